"""The command `plotly-alive`: what it writes, what it prints, its exit codes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from plotly_alive import __version__
from plotly_alive.command import main

pytestmark = pytest.mark.whole

FIGURE = {
    "data": [{"type": "bar", "x": ["a", "b"], "y": [1.5, 2]}],
    "layout": {"title": {"text": "Sales <b>&</b> costs"}},
}
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """`plotly-alive …` in a folder with `figure.json`: its exit code, what it printed, its errors."""
    monkeypatch.chdir(tmp_path)
    Path("figure.json").write_text(json.dumps(FIGURE), "utf-8")

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_words_and_table(command: Command) -> None:
    assert command("figure.json", "--alt") == (
        0,
        "Bar chart: Sales & costs. The highest is b, at 2, and the lowest is a, at 1.5.\n",
        "",
    )
    code, printed, _ = command("figure.json", "--alt", "--table", "-", "--language", "de")
    assert code == 0
    assert "mit 1,5." in printed
    assert printed.endswith("Name,Wert\na,1.5\nb,2\n")
    assert command("figure.json", "--table", "values.csv")[0] == 0
    assert Path("values.csv").read_text("utf-8") == "Name,Value\na,1.5\nb,2\n"


def test_standard_input(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.BytesIO(json.dumps(FIGURE).encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(text))
    code, printed, _ = command("-", "--alt")
    assert (code, printed[:10]) == (0, "Bar chart:")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{")))
    code, printed, errors = command("-", "--alt")
    assert (code, printed) == (1, "")
    assert errors.startswith("error: standard input: the figure is text, and no JSON")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "required: figure"),
        ("figure.json", "nothing is asked for"),
        ("figure.json -o chart.png", "the file's name ends in .html or .svg"),
        ("figure.json -o chart", "the file's name ends in .html or .svg"),
        ("figure.json -o -", "the file's name ends in .html or .svg"),
        ("figure.json -o chart.svg --width 5", "'5' is not 200 to 4000 pixels"),
        ("figure.json -o chart.svg --width wide", "'wide' is not 200 to 4000 pixels"),
        ("figure.json -o chart.html --width 500", "--dark and --width are for an SVG"),
        ("figure.json -o chart.html --dark", "--dark and --width are for an SVG"),
        ("figure.json -o chart.svg --script none", "--script is for a page"),
        ("figure.json -o chart.html --script no", "invalid choice"),
        ("figure.json --alt --language xx", "there is no language 'xx'"),
        ("figure.json --alt --unknown", "unrecognized arguments"),
    ],
)
def test_wrong_use_is_2(command: Command, arguments: str, said: str) -> None:
    code, printed, errors = command(*arguments.split())
    assert (code, printed) == (2, "")
    assert said in errors
    assert [*map(str, Path().iterdir())] == ["figure.json"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the figure is text, and no JSON"),
        ("[]", "neither `data` nor `layout`"),
        ('{"data": 1}', "`data` is 1, and not a list of traces\n  → "),
    ],
)
def test_a_bad_figure_is_1(command: Command, text: str, said: str) -> None:
    Path("bad.json").write_text(text, "utf-8")
    code, printed, errors = command("bad.json", "--alt", "-o", "chart.svg")
    assert (code, printed) == (1, "")
    assert errors.startswith("error: bad.json: ")
    assert said in errors
    assert not Path("chart.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("none.json --alt", "error: none.json: No such file or directory\n"),
        (". --alt", "error: .: Is a directory\n"),
        ("figure.json --table none/values.csv", "error: none/values.csv: No such file"),
        ("figure.json --table .", "error: .: Is a directory\n"),
    ],
)
def test_a_bad_path_is_1(command: Command, arguments: str, said: str) -> None:
    code, _, errors = command(*arguments.split())
    assert code == 1
    assert said in errors


@pytest.mark.browser
def test_pages_and_pictures(command: Command) -> None:
    assert command("figure.json", "-o", "chart.html", "--language", "de") == (0, "", "")
    page = Path("chart.html").read_text("utf-8")
    assert "<title>Sales &amp; costs</title>" in page
    assert '<html lang="de">' in page
    assert "<script>" in page
    assert command("figure.json", "-o", "chart.html", "--script", "none")[0] == 0
    assert "<script" not in Path("chart.html").read_text("utf-8")
    Path("site").mkdir()
    assert command("figure.json", "-o", "site/chart.HTML", "--script", "link")[0] == 0
    assert 'src="plotly-alive.js"' in Path("site/chart.HTML").read_text("utf-8")
    assert sorted(path.name for path in Path("site").iterdir()) == [
        "chart.HTML",
        "plotly-alive.css",
        "plotly-alive.js",
    ]
    assert command("figure.json", "-o", "chart.svg", "--width", "300")[0] == 0
    assert 'width="340"' in Path("chart.svg").read_text("utf-8")
    light = Path("chart.svg").read_text("utf-8")
    assert command("figure.json", "-o", "chart.svg", "--width", "300", "--dark")[0] == 0
    assert Path("chart.svg").read_text("utf-8") != light
    code, _, errors = command("figure.json", "-o", "none/chart.svg")
    assert (code, errors) == (1, "error: none/chart.svg: No such file or directory\n")


@pytest.mark.browser
def test_a_figure_that_is_refused_is_1(command: Command) -> None:
    Path("bad.json").write_text('{"data": [{"type": "nonsense"}]}', "utf-8")
    code, _, errors = command("bad.json", "-o", "chart.html")
    assert code == 1
    assert errors.startswith("error: bad.json: the figure cannot be drawn: there is no trace type")


def test_it_is_installed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "plotly_alive", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"plotly-alive {__version__}\n"
