"""Bad data of every kind: each ends in a message that names what is wrong, and what does not depend
on it is built.

The cases are in `bad_data/`, a module a kind; the messages that they must give are in
`bad_data/messages/`, a file a kind, written anew with `pytest --snapshot-update`, and the words of
the messages in `message_kinds.txt`. One publication has all bad things of a kind, with good pages
between them.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.location import PyTestLocation

from bad_data import commands, descriptors, editions, outputs, pages, tables
from broadsheet.errors import BroadsheetError
from conftest import CONFIG, TABLE, Site, slow_but, tried
from message_kinds import MessageSnapshots

Command = Callable[..., tuple[int, str, str]]


class Messages(MessageSnapshots):
    """A file of messages for each test, in `bad_data/messages/`."""

    snapshot_dirname = "../bad_data/messages"

    @classmethod
    def get_file_basename(cls, *, test_location: PyTestLocation, index: Any) -> str:
        return f"test_bad_data.{str(test_location.methodname).removeprefix('test_bad_')}"


@pytest.fixture
def messages(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Messages)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Site]:
    """An empty publication of a kind, for all of its cases."""

    def made(kind: str) -> Site:
        site = Site(tmp_path_factory.mktemp(kind))
        site.write("_quarto.yml", CONFIG)
        return site

    return made


def command(site: Site, *arguments: str) -> tuple[int, str, str]:
    """`broadsheet …` in a publication: its exit code and what it printed; for fixtures of more than
    one test.
    """
    import contextlib
    import io

    from broadsheet.cli.main import main

    before, out, err = Path.cwd(), io.StringIO(), io.StringIO()
    os.chdir(site.root)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(arguments)
    finally:
        os.chdir(before)
    return code, out.getvalue(), err.getvalue()


# Descriptors

SOUND = {"byte-order-mark", "source-path-a-folder", "source-path-broken", "notes-of-text"}
"""What may look odd and is taken; links are looked at where they are written."""


@pytest.mark.parametrize("case", descriptors.CASES)
def test_bad_descriptors(site: Site, run: Command, messages: SnapshotAssertion, case: str) -> None:
    site.table()
    data = site.root / "data"
    for place, put in tables.PLACES.items():
        put(data / f"{place}.csv")
    known = json.loads(site.read("data/datapackage.json"))
    (data / "datapackage.json").write_bytes(descriptors.CASES[case](known))
    code, _, err = run(site, "data", "check")
    assert (code, err) == (0, "") if case in SOUND else code == 1
    assert err == messages
    for more in (
        ("data", "list"),
        ("data", "list", "--json"),
        ("data", "check", "--json"),
        ("data", "check", "--update-hashes"),
    ):
        assert run(site, *more)[0] in (0, 1)


def test_a_broken_descriptor_stops_what_reads_it_alone(site: Site, run: Command) -> None:
    site.table()
    site.write("index.qmd", "---\ntitle: Home\n---\nOld words.\n")
    site.article("trade", "import broadsheet as bs\nlen(bs.table('trade'))")
    assert run(site, "build")[0] == 0
    old = site.read("_site/posts/trade/index.html")
    site.write(
        "data/datapackage.json",
        site.read("data/datapackage.json").replace('"as_of"', '"refresh": "P99999Y", "as_of"'),
    )
    site.write("index.qmd", "---\ntitle: Home\n---\nNew words.\n")
    code, _, err = run(site, "build")
    assert code == 1 and "`refresh` is 'P99999Y', which leads past the year 9999" in err
    assert "it concerns posts/trade/index" in err and err.count("error: ") == 1
    assert "New words." in site.read("_site/index.html")
    assert site.read("_site/posts/trade/index.html") == old


# Tables


@pytest.fixture(scope="module")
def table_faults(shared: Callable[[str], Site]) -> dict[str, str]:
    """What `data check` says of each bad table, all of one catalogue."""
    site = shared("tables")
    (site.root / "data").mkdir()
    for name, content in tables.CASES.items():
        (site.root / f"data/{name}.csv").write_bytes(content)
    for name, put in tables.PLACES.items():
        put(site.root / f"data/{name}.csv")
    (site.root / "data/good.csv").write_bytes(tables.GOOD)
    names = ["good", *tables.CASES, *tables.PLACES]
    site.write(
        "data/datapackage.json",
        json.dumps(
            {
                "name": "test",
                "title": "Test",
                "resources": [
                    {
                        **TABLE,
                        "name": name,
                        "path": f"{name}.csv",
                        "schema": {"fields": tables.FIELDS, "primaryKey": ["year"]},
                    }
                    for name in names
                ],
            }
        ),
    )
    code, _, _ = command(site, "data", "check", "good", "--update-hashes")
    assert code == 0
    code, _, err = command(site, "data", "check")
    assert code == 1
    code, listed, _ = command(site, "data", "list")
    assert code == 0 and listed.count("has a fault") == len(names) - 2
    found = dict.fromkeys(names, "")
    for message in err.split("error: ")[1:]:
        (name,) = [name for name in names if f"table {name!r}:" in message]
        found[name] += f"error: {message}"
    return found


@pytest.mark.parametrize("case", [*tables.CASES, *tables.PLACES])
def test_bad_tables(table_faults: dict[str, str], messages: SnapshotAssertion, case: str) -> None:
    """A file of carriage returns alone is one of an old Macintosh, and taken; it only has no
    checksum yet.
    """
    assert table_faults[case] == messages
    assert not table_faults["good"]


# Pages and what they refer to


@pytest.fixture(scope="module")
def page_faults(shared: Callable[[str], Site]) -> dict[str, str]:
    """What a build says of each bad page, all of one publication."""
    site = shared("pages")
    for name, content in pages.FILES.items():
        file = site.root / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
    for name, put in pages.PLACES.items():
        put(site.root / name)
    site.write("_variables.yml", "many: [1, 2]\nnothing-there:\n")
    for case, text in pages.CASES.items():
        site.write(f"posts/{case}/index.qmd", text)
    return built(site, pages.CASES)


@pytest.mark.parametrize("case", pages.CASES)
def test_bad_pages(page_faults: dict[str, str], messages: SnapshotAssertion, case: str) -> None:
    assert page_faults[case] == messages


def built(site: Site, cases: Iterable[str]) -> dict[str, str]:
    """Build a publication of one page a case, in `posts/CASE/`, and a good one; what is said of
    each case.

    A page is either built, perhaps with a warning, or has an error.
    """
    site.write("_quarto.yml", CONFIG.replace('"posts/**/*.ipynb"', '"posts/**/*"'))
    site.write("index.qmd", "---\ntitle: Home\nlisting:\n  contents: posts\n---\n")
    site.write("posts/good/index.qmd", pages.page("All is well."))
    code, _, err = command(site, "build", "--verbose", "--jobs", "2")
    assert code == 1 and "Traceback" not in err
    assert "All is well." in site.read("_site/posts/good/index.html")
    assert "posts/good/" in site.read("_site/index.html")
    found = dict.fromkeys(cases, "")
    err = re.sub(
        r"/[\w./-]*(?=/etc[/\]])", "/…", err.replace(f"{site.root}/", "")
    )  # where temporary files are varies
    for message in re.split(r"^(?=error: |warning: |note: )", err, flags=re.MULTILINE):
        reported = re.search(r"posts/([^/]+)/", message)
        if reported is not None and reported[1] in found and "\n" in message:
            found[reported[1]] += message
    for case, said in found.items():
        has_page = (site.root / f"_site/posts/{case}/index.html").is_file()
        assert has_page != ("error: " in said), (case, said)
    return found


# Rules for editions


@pytest.fixture(scope="module")
def edition_faults(shared: Callable[[str], Site]) -> dict[str, str]:
    """What a build says of each bad rule."""
    site = shared("editions")
    resource = {
        **TABLE,
        "name": "partners",
        "path": "partners.csv",
        "schema": {"fields": editions.COLUMNS, "primaryKey": ["year"]},
    }
    site.write("data/partners.csv", editions.TABLE)
    site.write("data/broken.csv", "year,total\nx,y\n")
    site.write(
        "data/datapackage.json",
        json.dumps(
            {
                "name": "test",
                "title": "Test",
                "resources": [resource, {**TABLE, "name": "broken", "path": "broken.csv"}],
            }
        ),
    )
    command(site, "data", "check", "--update-hashes")
    for case, rule in editions.CASES.items():
        site.write(f"posts/{case}/index.qmd", pages.page("Text.", editions=rule))
    return built(site, editions.CASES)


@pytest.mark.parametrize("case", editions.CASES)
def test_bad_editions(
    edition_faults: dict[str, str], messages: SnapshotAssertion, case: str
) -> None:
    assert edition_faults[case] == messages


# Outputs of cells


OUTPUTS: dict[str, tuple[Any, ...]] = {
    **{case: (code,) for case, code in outputs.CELLS.items() if case != "printed-surrogate"},
    **{
        f"inline-{case}": (outputs.ODD, ("md", f"A value: `{{python}} {code}`."))
        for case, code in outputs.INLINE.items()
    },
}


@pytest.fixture(scope="module")
def output_faults(shared: Callable[[str], Site], request: pytest.FixtureRequest) -> dict[str, str]:
    """What a build says of each bad output and inline value that is tried."""
    site, asked = shared("outputs"), tried(request, "case")
    cases = {case: cells for case, cells in OUTPUTS.items() if case in asked}
    for case, cells in cases.items():
        site.article(case, *cells)
    for case, cells in cases.items():
        if len(cells) == 1 and "display(" in cells[0] and "\\ud8" not in cells[0]:
            plant(site, case, cells[0])
    return {**built(site, cases), "root": str(site.root)}


def plant(site: Site, case: str, code: str) -> None:
    """Keep a run of the case's notebook, as if it had run: its cell has put out what it displays."""
    from broadsheet.project.editions.edition import editions_of
    from broadsheet.project.project import open_project
    from broadsheet.project.sources.source import read_source
    from broadsheet.run.cache import Runs, recipe_of
    from broadsheet.run.notebook_to_run import script_of
    from broadsheet.run.running import STORE

    shown: list[dict[str, Any]] = []
    digits = sys.get_int_max_str_digits()
    try:
        exec(code, {"display": lambda data, raw: shown.append(data)})
    finally:
        sys.set_int_max_str_digits(digits)
    try:
        data = json.loads(json.dumps(shown[0], allow_nan=False))
    except ValueError:  # it cannot be kept as it is: the cell runs
        return
    project = open_project(site.root)
    (edition, *_), _ = editions_of(
        project, read_source(project.root, PurePosixPath(f"posts/{case}/index.ipynb"))
    )
    try:
        script = script_of(edition)
    except BroadsheetError:  # its options are what is bad
        return
    recipe = recipe_of(script, {}, str(edition.path.parent))
    ran = nbformat.from_dict(json.loads(json.dumps(script)))
    ran.cells[1].outputs = [
        nbformat.from_dict({"output_type": "display_data", "data": data, "metadata": {}})
    ]
    Runs(project.root, project.root / STORE).keep(recipe, str(edition.path), ran)


@pytest.mark.parametrize("case", slow_but(OUTPUTS, [*OUTPUTS][::5]))
def test_bad_outputs(output_faults: dict[str, str], messages: SnapshotAssertion, case: str) -> None:
    assert re.sub(r"0x[0-9a-f]{6,}", "0x…", output_faults[case]) == messages


def test_no_output_has_characters_that_nothing_can_show(
    output_faults: dict[str, str], shared: Any
) -> None:
    from plotly_alive.text.unprintable import UNPRINTABLE

    (folder,) = {file.parent for file in Path(output_faults["root"]).glob("_site/index.html")}
    for file in folder.rglob("*"):
        if file.suffix in (".html", ".xml", ".json", ".svg", ".csv", ".md", ".atom"):
            assert not UNPRINTABLE.search(file.read_text(encoding="utf-8")), file


# Ledgers, lists of readers, commands

LEDGERS = {
    "empty": b"",
    "text": b"no entry\n",
    "conflict": b"<<<<<<< HEAD\n",
    "null": b"null\n",
    "list": b"[1, 2]\n",
    "half": b'{"name": "a", "on": "2023-05-',
    "key-missing": b'{"name": "a", "on": "2023-05-26"}\n',
    "day": b'{"name": "a", "on": "2023-02-30", "text": "1", "value": 1}\n',
    "day-number": b'{"name": "a", "on": 2023, "text": "1", "value": 1}\n',
    "name-list": b'{"name": [], "on": "2023-05-26", "text": "1", "value": 1}\n',
    "text-null": b'{"name": "a", "on": "2023-05-26", "text": null, "value": 1}\n',
    "nan": b'{"name": "a", "on": "2023-05-26", "text": "1", "value": NaN}\n',
    "digits": b'{"name": "a", "on": "2023-05-26", "text": "1", "value": ' + b"9" * 5000 + b"}\n",
    "deep": b"[" * 5000 + b"\n",
    "latin": b'{"name": "caf\xe9"}\n',
    "utf-16": "{}".encode("utf-16"),
    "nul": b"\0\n",
    "yaml": b"name: a\non: 2023-05-26\n",
}


@pytest.fixture(scope="module")
def ledger_faults(shared: Callable[[str], Site]) -> dict[str, str]:
    """What a build says of each bad ledger."""
    site = shared("ledgers")
    for case in (*LEDGERS, "a-folder", "a-pipe", "a-looping-link", "a-dangling-link"):
        site.write(f"posts/{case}/index.qmd", pages.page("Text."))
        ledger = site.root / f"posts/{case}/facts.index.jsonl"
        tables.PLACES[case](ledger) if case in tables.PLACES else ledger.write_bytes(LEDGERS[case])
    return built(site, [*LEDGERS, "a-folder", "a-pipe", "a-looping-link", "a-dangling-link"])


@pytest.mark.parametrize(
    "case", [*LEDGERS, "a-folder", "a-pipe", "a-looping-link", "a-dangling-link"]
)
def test_bad_ledgers(ledger_faults: dict[str, str], messages: SnapshotAssertion, case: str) -> None:
    assert ledger_faults[case] == messages


@pytest.mark.parametrize(
    "case", [*commands.LISTS, "a-folder.txt", "a-pipe.txt", "a-looping-link.csv", "nul-in-name.txt"]
)
def test_bad_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, messages: SnapshotAssertion, case: str
) -> None:
    from broadsheet.newsletter.subscribers import read_list

    monkeypatch.chdir(tmp_path)
    if case in commands.LISTS:
        Path(case).write_bytes(commands.LISTS[case])
    elif case != "nul-in-name.txt":
        tables.PLACES[Path(case).stem](Path(case))
    with pytest.raises(BroadsheetError) as caught:
        read_list(Path(case.replace("nul-in-name", "a\0b")))
    assert f"error: {caught.value}" == messages


@pytest.fixture(scope="module")
def with_parameters(shared: Callable[[str], Site]) -> Site:
    """A publication of a notebook with parameters of many kinds."""
    site = shared("commands")
    site.write("index.qmd", "---\ntitle: Home\n---\n")
    site.table()
    site.article(
        "a",
        "year",
        parameters="from datetime import date\nfrom typing import Literal\nyear: int = 2022\n"
        "share: float = 0.5\nday: date = date(2023, 5, 26)\nyears: list[int] = [1]\n"
        'measure: Literal["value", "tonnes"] = "value"\n',
    )
    return site


@pytest.mark.parametrize("case", commands.CASES)
def test_bad_commands(
    with_parameters: Site, run: Command, messages: SnapshotAssertion, case: str
) -> None:
    code, _, err = run(with_parameters, *commands.CASES[case])
    assert code in (1, 2) and err == messages


def test_a_working_directory_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from broadsheet.cli.main import main

    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(["data", "list"]) == 2
    assert "the working directory: it is not there any more" in capsys.readouterr().err
