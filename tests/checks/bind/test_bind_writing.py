"""`broadsheet bind --write`: what is written is proved, and nothing else of the publication changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from broadsheet.checks.audit.indexed_tables import tables_with
from broadsheet.checks.audit.tables.table_shapes import TableWords, shaped
from broadsheet.checks.bind.asking import AskedSentence
from broadsheet.checks.bind.audited_texts import audited_numbers, mended_sentences
from broadsheet.checks.bind.binding import bind_source, edits_apart, proved
from broadsheet.checks.bind.bound_source import BoundSource
from broadsheet.checks.bind.document_texts import TextStretch
from broadsheet.checks.bind.loading import tables_read
from broadsheet.checks.bind.source_edits import with_code_cells
from broadsheet.data.refresh.answers import SourceTable
from conftest import Site

Command = Callable[..., tuple[int, str, str]]

POWER = "year,wind,coal\n2021,17,24\n2022,22,19\n2023,27,15\n2024,31,11\n"
RAIN = "year,rainfall\n2021,801\n2022,702\n2023,655\n2024,912\n"
FRONT = '---\ntitle: "Wind power"\ndate: 2025-01-01\n---\n'
TRUE = "In 2024 wind gave 31 TWh."
FALSE = "In 2022 wind gave 23 TWh."


@pytest.fixture
def power(site: Site) -> Site:
    """A publication with a table that is not in its catalogue."""
    site.write("data/power.csv", POWER)
    return site


def answering(monkeypatch: pytest.MonkeyPatch, answers: Iterator[str]) -> None:
    def answer(question: str) -> str:
        try:
            return next(answers)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", answer)


def test_a_page_that_was_saved_meanwhile_is_not_written(
    power: Site, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    power.write("wind.qmd", f"{FRONT}\n{TRUE}\n")
    saved = f"{FRONT}\n{TRUE} And more.\n"

    def answers() -> Iterator[str]:
        power.write("wind.qmd", saved)
        yield "a"

    answering(monkeypatch, answers())
    code, _, err = run(power, "bind", "wind.qmd", "--write")
    assert code != 0
    assert "it has changed meanwhile" in err
    assert (power.root / "wind.qmd").read_text() == saved
    assert not (power.root / "data/datapackage.json").exists()


def test_a_page_of_another_publication_gets_its_tables_there(
    power: Site, run: Command, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    (other / "data").mkdir(parents=True)
    (other / "_quarto.yml").write_bytes((power.root / "_quarto.yml").read_bytes())
    (other / "data/power.csv").write_text(POWER)
    (other / "wind.qmd").write_text(f"{FRONT}\n{TRUE}\n")
    run(power, "bind", str(other / "wind.qmd"), "--write", "--yes")
    assert "power.wind[2024]" in (other / "wind.qmd").read_text()
    assert (other / "data/datapackage.json").exists()
    assert not (power.root / "data/datapackage.json").exists()


@pytest.mark.parametrize("text", ["a\r\nb\n", "a\fb\n", "a\rb\n"])
def test_a_page_whose_bytes_would_change_is_refused(power: Site, run: Command, text: str) -> None:
    content = f"{FRONT}\n{TRUE}\n{text}".encode()
    (power.root / "wind.qmd").write_bytes(content)
    code, _, err = run(power, "bind", "wind.qmd", "--write", "--yes")
    assert code != 0
    assert "binding would not keep" in err
    assert (power.root / "wind.qmd").read_bytes() == content


def test_a_table_comes_into_the_catalogue_only_if_a_change_that_is_accepted_reads_it(
    power: Site, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    power.write("data/rain.csv", RAIN)
    power.write("wind.qmd", f"{FRONT}\n{TRUE} In 2024 the rainfall was 912 mm.\n")
    answering(monkeypatch, iter(["y", "n", "n"]))
    run(power, "bind", "wind.qmd", "--write")
    text = (power.root / "wind.qmd").read_text()
    catalogue = json.loads((power.root / "data/datapackage.json").read_text())
    assert [table["name"] for table in catalogue["resources"]] == ["power"]
    assert "power = bs.table" in text
    assert "rain = bs.table" not in text


def test_of_two_files_of_one_name_the_second_is_refused(power: Site, run: Command) -> None:
    power.write("data/old/power.csv", RAIN)
    power.write("wind.qmd", f"{FRONT}\n{TRUE} In 2024 the rainfall was 912 mm.\n")
    before = (power.root / "data/old/power.csv").read_bytes()
    _, out, err = run(power, "bind", "wind.qmd", "--data", "data/old/power.csv")
    assert "another table has the name 'power'" in err
    assert out.count('bs.table("power")') == 1
    assert (power.root / "data/old/power.csv").read_bytes() == before


def test_the_end_of_the_input_is_a_quit_and_codes_of_a_terminal_are_shown(
    power: Site, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = f"{FRONT}\nThe \x1b[2Jyear. {TRUE}\n"
    power.write("wind.ipynb", notebook(content))
    answering(monkeypatch, iter(()))
    _, out, _ = run(power, "bind", "wind.ipynb", "--write")
    assert "\x1b" not in out
    assert (power.root / "wind.ipynb").read_text() == notebook(content)


def test_false_words_are_mended_together_with_others_and_left_without_being_asked(
    power: Site, run: Command
) -> None:
    text = f"{FRONT}\n{TRUE} {FALSE}\n"
    power.write("wind.qmd", text)
    code, out, _ = run(power, "bind", "wind.qmd", "--write", "--yes")
    assert code == 1
    assert "1 contradicted" in out
    power.write("wind.qmd", text)
    code, out, _ = run(power, "bind", "wind.qmd", "--mend")
    assert code == 1, "nothing is written, so it is still false"
    code, out, _ = run(power, "bind", "wind.qmd", "--write", "--yes", "--mend")
    assert code == 0
    assert "0 contradicted" in out
    after = (power.root / "wind.qmd").read_text()
    assert 'power.wind[2024], "31 TWh"' in after
    assert 'power.wind[2022], "22 TWh"' in after


def test_false_words_that_are_mended_one_by_one_are_not_left(
    power: Site, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    power.write("wind.qmd", f"{FRONT}\n{TRUE} {FALSE}\n")
    answering(monkeypatch, iter(["y", "y"]))
    code, out, _ = run(power, "bind", "wind.qmd", "--write")
    assert code == 0
    assert "2 numbers and 0 comparisons bound, written; 0 unsure, 0 contradicted" in out


def test_a_cell_that_ends_in_a_value_keeps_it(power: Site, run: Command) -> None:
    cell = "import broadsheet as bs\npower = 31\npower"
    power.write("wind.qmd", f"{FRONT}\n```{{python}}\n{cell}\n```\n\n{TRUE}\n")
    run(power, "bind", "wind.qmd", "--write", "--yes")
    after = (power.root / "wind.qmd").read_text()
    assert 'import broadsheet as bs\npower_table = bs.table("power").set_index("year")\n' in after
    assert "\npower = 31\npower\n```" in after
    assert "power_table.wind[2024]" in after


def notebook(text: str) -> str:
    return json.dumps(
        {
            "cells": [{"cell_type": "markdown", "metadata": {}, "source": text}],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
            "nbformat": 4,
            "nbformat_minor": 4,
        }
    )


def test_a_table_of_the_catalogue_is_loaded_by_its_name(power: Site, run: Command) -> None:
    run(power, "data", "add", "data/power.csv", "--name", "energy", "--title", "Energy")
    (power.root / "data/power.csv").unlink()
    power.write("wind.qmd", f"{FRONT}\n{TRUE}\n")
    run(power, "bind", "wind.qmd", "--write", "--yes")
    assert 'energy = bs.table("energy")' in (power.root / "wind.qmd").read_text()
    catalogue = json.loads((power.root / "data/datapackage.json").read_text())
    assert [table["name"] for table in catalogue["resources"]] == ["energy"]


def test_a_title_that_begins_with_a_number_is_left_and_the_rest_is_bound(
    power: Site, run: Command
) -> None:
    front = "---\ntitle: 31 TWh of wind in 2024\ndate: 2025-01-01\n---\n"
    power.write("wind.qmd", f"{front}\n{TRUE}\n")
    run(power, "bind", "wind.qmd", "--write", "--yes")
    after = (power.root / "wind.qmd").read_text()
    assert after.startswith(front)
    assert 'power.wind[2024], "31 TWh"' in after


def test_what_is_accepted_is_proved_before_it_is_written(power: Site) -> None:
    power.write("wind.qmd", f"{FRONT}\n{TRUE}\n\n{FALSE}\n")
    binding = bind_source(power.root / "wind.qmd")
    true, false = binding.edits[0], binding.contradicted[0]
    edits, notices = proved(binding, [true, false])
    assert edits == (true, false)
    assert not notices
    other = replace(false, code='amount(power.wind[2021], "17 TWh")')
    edits, notices = proved(binding, [true, other])
    assert edits == (true,)
    assert [notice.topic for notice in notices] == ["not-bound"]


def test_false_words_that_overlap_others_are_not_mended(power: Site) -> None:
    power.write("wind.qmd", f"{FRONT}\n{TRUE}\n")
    true = bind_source(power.root / "wind.qmd").edits[0]
    within = replace(true, start=true.start + 1, instead="32 TWh")
    beside = replace(true, start=true.end + 1, end=true.end + 3, instead="32 TWh")
    assert edits_apart([within, true, beside, beside]) == ([true], [beside])


@pytest.mark.parametrize(
    ("header", "rows", "false", "true"),
    [
        (
            "gdp (billion US dollars)", (3890, 4280, 4080),
            "5.08 trillion dollars", "4.08 trillion dollars",
        ),
        ("gdp (million US dollars)", (3.89e6, 4.28e6, 4.08e6), "$5.1 trillion", "$4.1 trillion"),
        ("unemployment rate (percent)", (4.1, 3.6, 5.3), "6.3 percent", "5.3 percent"),
        ("loss (tonnes)", (12, 14, 17), "23,000 kg", "17,000 kg"),
    ],
)  # fmt: skip
def test_false_words_are_mended_in_their_own_unit(
    header: str, rows: tuple[float, ...], false: str, true: str
) -> None:
    cells = SourceTable(
        ("year", header),
        tuple(
            (str(year), str(value)) for year, value in zip((2020, 2021, 2022), rows, strict=True)
        ),
    )
    (table,) = shaped(cells, TableWords("table.csv", "table"))
    name = header.partition(" (")[0]
    text = f"In 2022 the {name} was {false}."
    sentence = AskedSentence(TextStretch(1, 0, text, text, "paragraph"), 0, text, "")
    audited = audited_numbers([sentence], tables_with([table]), "en")
    (mended,) = mended_sentences([sentence], audited, "en")
    assert mended.text == f"In 2022 the {name} was {true}."


def test_a_notebook_of_an_older_format_is_refused(power: Site, run: Command) -> None:
    cell = {"cell_type": "markdown", "metadata": {}, "source": f"{FRONT}\n{TRUE}"}
    old = {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": [cell]}]}
    power.write("wind.ipynb", json.dumps(old))
    code, _, err = run(power, "bind", "wind.ipynb", "--write", "--yes")
    assert code == 1
    assert "a notebook of an older format" in err


def test_a_cell_that_is_added_has_an_id_if_the_others_have_one() -> None:
    output = {"output_type": "display_data", "metadata": {}, "data": {"x/json": {"id": 1}}}
    old = {"cell_type": "code", "metadata": {}, "source": "1", "outputs": [output]}
    (added, _) = json.loads(with_code_cells(json.dumps({"cells": [old]}), {0: "2"}))["cells"]
    assert "id" not in added
    cells = [
        {"id": f"bound-{at}", "cell_type": "raw", "metadata": {}, "source": ""} for at in (0, 1)
    ]
    text = with_code_cells(json.dumps({"cells": cells}), {0: "2", 1: "3", 2: "4"})
    ids = [cell["id"] for cell in json.loads(text)["cells"]]
    assert len(set(ids)) == len(ids) == 5


@pytest.mark.parametrize(
    "read",
    [
        "from broadsheet import table\nwind = table('power').set_index('year')",
        "import broadsheet as bs\nNAME = 'power'\nwind = bs.table(NAME).set_index('year')",
    ],
)
def test_a_table_that_is_read_in_any_way_is_asked(power: Site, run: Command, read: str) -> None:
    run(power, "data", "add", "data/power.csv", "--title", "Power", "--replace")
    prose = "From 2021 to 2024, output was 1.82 times as much."
    power.write("wind.qmd", f"{FRONT}\n```{{python}}\n{read}\n```\n\nWind: {prose}\n")
    run(power, "bind", "wind.qmd", "--write", "--yes")
    assert "wind.wind[2024] / wind.wind[2021]" in (power.root / "wind.qmd").read_text()


def test_a_table_in_a_comment_or_in_prose_is_not_read() -> None:
    def read(code: str) -> frozenset[str]:
        text = f"{FRONT}\n```{{python}}\n{code}\n```\n\nSay `bs.table('b')`.\n"
        return tables_read(BoundSource(PurePosixPath("a.qmd"), text))

    assert not read("# bs.table('a')\n'bs.table(\"a\")'")
    assert read("%matplotlib inline\nimport broadsheet\nbroadsheet.table('a')") == {"a"}
