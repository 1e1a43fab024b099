"""A table whose header stands below a title, and above notes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from audited_texts import audited, cache, words_with  # noqa: F401 - a fixture

from broadsheet.checks.audit.auditing import Audit, audit

ROWS = [
    ["Ministry", "2022", "2023"],
    ["Defence", "5120", "5875"],
    ["Health", "4210", "3980"],
    ["Culture", "410", "425"],
]
TEXT = (
    "Defence got 5.12bn euros of the budget in 2022. The budget of health was 3.89bn euros in 2023."
)


def _judged(statements: Sequence[object]) -> tuple[list[str], list[str]]:
    return words_with("borne out", statements), words_with("contradicted", statements)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "above",
    [
        "Budget by ministry (million euros)\n",
        '"Budget by ministry, million euros",,\n,,\n',
        "# Budget by ministry in million euros\n\n",
    ],
)
def test_the_title_above_a_header_tells_what_is_measured_and_its_unit(tmp_path, above):
    table = above + "".join(f"{','.join(row)}\n" for row in ROWS)
    statements = audited(tmp_path, {"table.csv": table}, TEXT)
    assert _judged(statements) == (["5.12bn euros"], ["3.89bn euros"])


def _audited_sheet(folder: Path, rows: Sequence[Sequence[str]]) -> Audit:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([int(cell) if cell.isdecimal() else cell for cell in row])
    book.save(folder / "table.xlsx")
    (folder / "page.md").write_text(TEXT)
    return audit(folder)


def test_a_sheet_with_a_title_above_its_header_and_a_note_below(tmp_path: Path):
    above = [["Budget by ministry, million euros"], []]
    rows = [*above, *ROWS, [], ["Source: ministry of finance"]]
    statements = _audited_sheet(tmp_path, rows).statements
    assert _judged(statements) == (["5.12bn euros"], ["3.89bn euros"])


@pytest.mark.parametrize("above", [[], [["Budget by ministry, million euros"], []]])
def test_a_sheet_with_a_header_alone_is_told(tmp_path, above):
    notices = _audited_sheet(tmp_path, [*above, ROWS[0]]).notices
    assert [each.what for each in notices] == ["this table is not read: it has no rows"]


def test_a_table_whose_header_is_its_first_row_has_no_title(tmp_path):
    table = "name,passengers\nEast,\nWest,\nNorth,120\n"
    statements = audited(tmp_path, {"stations.csv": table}, "North had 120 passengers.")
    assert words_with("borne out", statements) == ["120"]
