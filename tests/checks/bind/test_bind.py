"""`broadsheet bind`: numbers and comparisons of a page become expressions and claims that read just so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import Site

Command = Callable[..., tuple[int, str, str]]

POWER = """\
year,wind,coal
2016,9,30
2017,11,28
2018,12,33
2019,15,25
2020,18,19
2021,17,24
2022,22,19
2023,27,15
2024,31,11
"""
FRONT = '---\ntitle: "Wind power"\ndate: 2025-01-01\n---\n'
LOADING = 'import broadsheet as bs\n\npower = bs.table("power").set_index("year")'
TRUE = "In 2024 wind gave 31 TWh, and coal 11 TWh. Wind power rose by 15 percent from 2023 to 2024."


@pytest.fixture
def power(site: Site) -> Site:
    """A publication with a table that is not in its catalogue."""
    site.write("data/power.csv", POWER)
    return site


def report(run: Command, site: Site, *arguments: str) -> dict[str, Any]:
    _, out, _ = run(site, "bind", *arguments, "--json")
    report = json.loads(out)
    reported: dict[str, Any] = report["result"] | {"notices": report["notices"]}
    return reported


def page(site: Site) -> Path:
    return site.root / "wind.qmd"


def test_numbers_and_comparisons_become_expressions_and_claims(power: Site, run: Command) -> None:
    power.write("wind.qmd", f"{FRONT}\n{TRUE}\n")
    code, out, _ = run(power, "bind", "wind.qmd", "--write", "--yes")
    text = page(power).read_text()
    assert code == 0
    assert '`{python} amount(power.wind[2024], "31 TWh")`' in text
    assert '[rose]{claim="rose(power.wind, 2023, 2024)"}' in text
    assert '`{python} pct(power.wind[2024] / power.wind[2023] - 1, "15 percent")`' in text
    assert LOADING in text
    assert "written" in out
    catalogue = json.loads((power.root / "data/datapackage.json").read_text())
    assert [table["name"] for table in catalogue["resources"]] == ["power"]


def test_a_page_is_only_shown_unless_it_is_to_be_written(power: Site, run: Command) -> None:
    power.write("wind.qmd", f"{FRONT}\n{TRUE}\n")
    code, out, _ = run(power, "bind", "wind.qmd")
    assert code == 0
    assert "+++ b/wind.qmd" in out
    assert page(power).read_text() == f"{FRONT}\n{TRUE}\n"
    assert not (power.root / "data/datapackage.json").exists()


def test_what_the_tables_contradict_is_mended_only_if_asked(power: Site, run: Command) -> None:
    power.write("wind.qmd", f"{FRONT}\nIn 2022 wind gave 23 TWh. In 2024 wind gave 31 TWh.\n")
    said = report(run, power, "wind.qmd", "--write", "--yes")
    assert [(words["words"], words["instead"]) for words in said["contradicted"]] == [
        ("23 TWh", "22 TWh")
    ]
    assert "wind gave 23 TWh" in page(power).read_text()
    code, _, _ = run(power, "bind", "wind.qmd", "--write", "--yes", "--mend")
    assert code == 0
    assert '`{python} amount(power.wind[2022], "22 TWh")`' in page(power).read_text()


def test_a_notebook_keeps_all_else_of_its_file(power: Site, run: Command) -> None:
    notebook = {
        "cells": [
            {"cell_type": "raw", "id": "front", "metadata": {}, "source": [FRONT.rstrip()]},
            {
                "cell_type": "code", "id": "load", "execution_count": 3,
                "metadata": {"tags": ["kept"]}, "outputs": [], "source": LOADING,
            },
            {"cell_type": "markdown", "id": "prose", "metadata": {"own": 1.50}, "source": [TRUE]},
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }  # fmt: skip
    text = json.dumps(notebook, indent=3).replace("1.5", "1.50")
    power.write("wind.ipynb", text)
    run(power, "data", "add", "data/power.csv", "--title", "Power", "--replace")
    code, _, _ = run(power, "bind", "wind.ipynb", "--write", "--yes")
    assert code == 0
    after = (power.root / "wind.ipynb").read_text().splitlines()
    changed = [line for line in after if line not in text.splitlines()]
    assert len(changed) == 1
    assert "power.wind[2024]" in changed[0]
    assert "[rose]" in changed[0]
    assert len(after) == len(text.splitlines())


def test_a_number_of_other_things_stays(power: Site, run: Command) -> None:
    power.write("wind.qmd", f"{FRONT}\n{TRUE} She was 31, and lived in 11 houses.\n")
    run(power, "bind", "wind.qmd", "--write", "--yes")
    assert "She was 31, and lived in 11 houses." in page(power).read_text()


def test_a_page_outside_a_publication_is_told_how_to_make_one(
    power: Site, run: Command, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "wind.qmd"
    other.parent.mkdir()
    other.write_text(f"{FRONT}\n{TRUE}\n")
    code, _, err = run(power, "bind", str(other))
    assert code == 2
    assert "broadsheet init" in err


def test_a_page_that_binds_nothing_says_so(power: Site, run: Command) -> None:
    power.write("wind.qmd", f"{FRONT}\nNothing is told here.\n")
    code, out, _ = run(power, "bind", "wind.qmd")
    assert code == 0
    assert "0 numbers and 0 comparisons bound" in out


def test_a_file_keeps_its_byte_order_mark_and_its_ends_of_lines(power: Site, run: Command) -> None:
    text = f"{FRONT}\n{TRUE}\n".replace("\n", "\r\n").encode("utf-8-sig")
    page(power).write_bytes(text)
    run(power, "bind", "wind.qmd", "--write", "--yes")
    after = page(power).read_bytes()
    assert after.startswith(b"\xef\xbb\xbf---\r\n")
    assert after.count(b"\n") == after.count(b"\r\n") > text.count(b"\n")


def test_changes_are_accepted_one_by_one_in_a_terminal(
    power: Site, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["y", "n", "q"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    power.write("wind.qmd", f"{FRONT}\n{TRUE}\n")
    code, out, _ = run(power, "bind", "wind.qmd", "--write")
    text = page(power).read_text()
    assert code == 0
    assert '`{python} amount(power.wind[2024], "31 TWh")`, and coal 11 TWh.' in text
    assert "rose by 15 percent" in text
    assert "1 number and 0 comparisons bound, written" in out
