"""`--json`: one object of one shape for every command, and for every message."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from broadsheet.cli import options
from broadsheet.cli.formats.json_report import SCHEMA_FILE, envelope
from broadsheet.cli.main import main
from broadsheet.cli.options import Misuse, parser
from broadsheet.cli.report import CommandReport
from broadsheet.errors import ConfigError, Notice, OnPage, Place, UsageError
from conftest import Site
from message_kinds import VALUE, catalogue

Command = Callable[..., tuple[int, str, str]]
SCHEMA = json.loads(SCHEMA_FILE.read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SPECS = options._commands()
WITH_JSON = [name for name, spec in SPECS.items() if "--json" in spec.get("arguments", {})]
PROSE = "All is well.\n\nTrade came to $190 billion,\nas @nobody says."
HOSTILE = "\x00\x1b[31m\ud800\udcff\u2028“…”`x`</script>\n\t\\"


def read(out: str) -> dict[str, Any]:
    """The report that was printed, which is all that was printed, and as the schema has it."""
    report: dict[str, Any] = json.loads(out)
    VALIDATOR.validate(report)
    return report


@pytest.fixture
def paper(site: Site) -> Site:
    """A publication with a table, and an article that states it."""
    site.table("year,total\n2021,146.9\n2022,190.3\n")
    site.write("index.qmd", "---\ntitle: Home\n---\nWelcome.\n")
    site.article(
        "trade",
        'import broadsheet as bs\ntrade = bs.table("trade").set_index("year")',
        ("md", "Trade came to `{python} usd(trade.total[2022])`."),
        front="title: Trade\ndate: 2023-05-26\nexcerpt: Of trade.",
    )
    return site


def test_the_schema_is_one_and_names_each_command_that_has_the_option() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert {*WITH_JSON} <= {*SCHEMA["properties"]["command"]["enum"]}
    assert {rule["if"]["properties"]["command"]["const"] for rule in SCHEMA["allOf"]} == {
        *WITH_JSON
    }


def test_each_command_that_ends_by_itself_has_the_option() -> None:
    stays = {"preview", "lsp", "newsletter serve"}
    assert {*WITH_JSON} | stays == {name for name, spec in SPECS.items() if "call" in spec}


def test_the_schema_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--print-json-schema"]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMA


PLAIN = "posts/plain/index.qmd"
WORK = [
    "init {away}",
    "publish {away}/www --dry-run",
    "publish {away}/www",
    "publish {away}/www --verify",
    "new other",
    "build",
    "check",
    "check --claims",
    "check --parameters",
    "check --mutate 3",
    f"bind {PLAIN} --write --yes",
    "archive trade",
    "adopt posts/trade/index.ipynb",
    "audit posts",
    "run trade",
    "facts record",
    "newsletter trade",
    "newsletter subscribers",
    "newsletter subscribers --remove nobody@example.org",
    "data list",
    "data add {away}/more.csv",
    "data add {away}/more.csv --replace --dry-run",
    "data check",
    "data check --update-hashes",
    "data record",
    "data refresh",
    "data log trade",
    "data diff trade now now",
    "doctor",
    "kernel install",
]


def test_each_command_prints_its_result_as_the_schema_has_it(
    paper: Site, run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    paper.write(
        "_quarto.yml",
        paper.read("_quarto.yml")
        + "\nbroadsheet:\n  newsletter:\n    provider: broadsheet\n    url: https://example.org/letter/\n"
        "    from: The Test <letter@example.org>\n    imprint: 1 Test Road\n",
    )
    away = tmp_path / "away"
    away.mkdir()
    (away / "more.csv").write_text("year,price\n2021,3\n2022,4\n", "utf-8")
    named = set()
    for line in WORK:
        if line.startswith("bind"):
            paper.write(PLAIN, "---\ntitle: Plain\n---\nTrade was 190.3 in 2022.\n")
        words = [word.format(away=away) for word in line.split()]
        code, out, _ = run(paper, *words, "--json")
        report = read(out)
        named.add(report["command"])
        assert report["result"] is not None, (line, report["faults"][0]["detail"])
        outcomes = {"ok": 0, "notice": 0, "fault": 1}
        assert code == outcomes[report["outcome"]], (line, report)
        assert (report["outcome"] == "ok") <= (not report["notices"]), line
    assert named == {*WITH_JSON}


@pytest.mark.parametrize("command", WITH_JSON)
def test_a_command_that_is_called_wrongly_says_so_in_json_alone(
    command: str, site: Site, run: Command
) -> None:
    code, out, err = run(site, *command.split(), "--no-such-option", "--json", "a", "b", "c", "d")
    report = read(out)
    assert (code, err, report["command"], report["outcome"]) == (2, "", command, "usage")
    (fault,) = report["faults"]
    assert fault["kind"] == "usage" and fault["remedy"] and report["result"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("build --json", "no _quarto.yml here"),
        ("check --format json", "no _quarto.yml here"),
        ("data check --format=json", "no _quarto.yml here"),
        ("nothing --json", "invalid choice: 'nothing'"),
        ("buidl --json", "; did you mean 'build'?"),
        ("new x --template stroy --json", "; did you mean 'story'?"),
        ("init /dev/null/x --json", "this folder cannot be made: not a directory"),
        ("--json", "arguments are required: COMMAND"),
        ("preview --json", "unrecognized arguments"),
        ("data --json", "arguments are required: WHAT"),
        ("build --jobs 0 --json", "not a whole number"),
    ],
)
def test_a_fault_outside_of_any_publication_is_json_too(
    arguments: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments.split()) == 2
    printed = capsys.readouterr()
    (fault,) = read(printed.out)["faults"]
    assert words in fault["message"]
    assert printed.err == ""


@pytest.mark.parametrize("choices", ["'build', 'check'", "build, check"])
def test_the_choice_that_may_be_meant_is_told_in_each_python(choices: str) -> None:
    """Newer Pythons write choices without quotation marks."""
    with pytest.raises(Misuse) as caught:
        parser().error(f"argument COMMAND: invalid choice: 'buidl' (choose from {choices})")
    assert caught.value.what.endswith("; did you mean 'build'?")


def test_a_word_behind_two_hyphens_asks_for_no_format() -> None:
    assert options.format_in(["build", "--", "--json"]) == "text"
    assert options.format_in(["build", "--format", "sarif"]) == "sarif"


@pytest.mark.parametrize(
    "line",
    [
        "build",
        "build --json",
        "build --js",
        "build --form=sarif",
        "check --format json --strict",
        "check --json --format text",
        "run a -p x=1 --json",
        "newsletter a --send --json",
        "data add a.csv --repl --json",
        "publish --json -- --format",
    ],
)
def test_the_format_is_known_before_the_arguments_are_parsed(line: str) -> None:
    words = line.split()
    parsed = options.parser().parse_args(options.joined(words))
    assert options.format_in(words) == parsed.format


def test_nobody_need_read_what_is_printed_to_its_end() -> None:
    for option in ("--print-json-schema", "--help"):
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", f'"$0" -m broadsheet {option} | true', sys.executable],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), option


@pytest.mark.parametrize("command", ["build", "check", "run trade", "facts record"])
def test_a_broken_configuration_is_a_fault_with_its_line(
    command: str, paper: Site, run: Command
) -> None:
    paper.write("_quarto.yml", "project:\n  type: website\nwebsite:\n  site-url: [3]\n")
    code, out, err = run(paper, *command.split(), "--json")
    report = read(out)
    assert (code, err, report["outcome"], report["result"]) == (1, "", "fault", None)
    (fault,) = report["faults"]
    assert (fault["kind"], fault["file"], fault["line"]) == ("config", "_quarto.yml", 4)


def test_a_message_has_its_place_in_the_cell_and_in_the_file(site: Site, run: Command) -> None:
    site.article("trade", ("md", PROSE), front="title: Trade\ndate: 2023-05-26")
    code, out, err = run(site, "check", "--json")
    report = read(out)
    assert (code, err, report["outcome"]) == (0, "", "notice")
    (number,) = [one for one in report["notices"] if one["kind"] == "unbound-number"]
    assert (number["level"], number["cell"], number["cell_line"]) == ("warning", 2, 3)
    line = site.read(number["file"]).splitlines()[number["line"] - 1]
    assert line[number["column"] - 1 : number["end_column"] - 1] == "$190 billion"
    assert run(site, "check", "--strict", "--json")[0] == 1


def test_the_faults_of_editions_name_their_pages(paper: Site, run: Command) -> None:
    paper.article(
        "years",
        "assert year == 2021",
        front="title: Years\ndate: 2023-05-26\neditions:\n"
        '  - {slug: "2022", title: Later, parameters: {year: 2022}}',
        parameters="year: int = 2021",
    )
    code, out, _ = run(paper, "build", "--json")
    report = read(out)
    assert code == 1 and report["result"]["pages"] > 1
    (fault,) = report["faults"]
    assert fault["edition"] == "posts/years/2022" and fault["kind"] == "execution"


def test_annotations_are_there_for_each_command_that_tells_of_files(
    paper: Site, run: Command
) -> None:
    paper.write("data/trade.csv", "year,total\n2021,146.9\n2022,n/a\n")
    for command in ("check", "build", "data check"):
        code, out, _ = run(paper, *command.split(), "--format", "github")
        file = "posts/trade/index.ipynb,line=" if command == "build" else "data/trade.csv,line=3,"
        assert code == 1 and f"::error file={file}" in out, command
    code, out, _ = run(paper, "publish", f"{paper.root}/../www", "--format", "github")
    assert code == 1 and out.startswith("::error file=_quarto.yml,line=1,title=Publish::")


def test_annotations_outside_of_any_publication_are_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for line in ("check --format github", "build --format sarif", "build --jobs 0 --format sarif"):
        assert main(line.split()) == 2
        out, err = capsys.readouterr()
        assert out == "" and "error: " in err and "Traceback" not in err, line


def test_an_interrupted_command_says_so(paper: Site, run: Command, monkeypatch: Any) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("broadsheet.data.catalogue.Catalogue.states", interrupted)
    monkeypatch.setattr("broadsheet.data.catalogue.Catalogue.check", interrupted)
    monkeypatch.setattr("broadsheet.cli.main.signal.signal", lambda *_: None)
    code, out, err = run(paper, "data", "list", "--json")
    assert (code, err, read(out)["outcome"]) == (130, "", "interrupted")
    code, out, err = run(paper, "data", "check", "--format", "sarif")
    assert (code, out) == (130, "") and err.startswith("interrupted: ")


# Every message


@pytest.mark.parametrize("words", [VALUE, HOSTILE])
def test_each_kind_of_message_is_valid_whatever_is_in_it(words: str, tmp_path: Path) -> None:
    places = [
        Place("nowhere.qmd", line=3),
        Place(words.replace("\x00", "")),
        Place("a.ipynb", cell=2, line=1),
        Place("a.csv", row=2, column=words),
    ]
    messages: list[Any] = []
    for number, (kind, text) in enumerate(catalogue().items()):
        told = text.replace(VALUE, words)
        place = places[number % len(places)]
        page = (OnPage("posts/a", told), OnPage(""))
        messages.append(Notice(place, told, told, told, topic=kind, pages=page))
        messages.append(ConfigError(place, told, told, told, topic=kind))
        messages.append(UsageError(words, told, told))
        messages.append(told)
    report = CommandReport(1, "words", messages, root=tmp_path)
    text = envelope(report, "check")
    found = read(text)
    assert len(found["faults"]) == len(found["notices"]) == 2 * len(catalogue())
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    assert {one["message"] for one in found["faults"]} >= {
        text.replace(VALUE, words) for text in catalogue().values()
    }


def test_each_code_of_a_message_is_a_kind_that_the_schema_takes() -> None:
    page = (Path(__file__).parents[2] / "docs/errors.md").read_text("utf-8")
    kinds = re.findall(r"^## (.+)$", page, re.MULTILINE)
    pattern = SCHEMA["$defs"]["message"]["properties"]["kind"]["pattern"]
    assert len(kinds) > 50 and [kind for kind in kinds if not re.search(pattern, kind)] == []


def test_a_kernel_runs_this_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main(["kernel", "install", "--json"]) == 0
    result = read(capsys.readouterr().out)["result"]
    assert result["program"] == sys.executable and Path(result["folder"]).is_dir()
