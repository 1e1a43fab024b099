"""The declared corrections of a table: what is wrong in its source, and what is read in its place.

The file stays as the source has it. An entry of the catalogue says of a cell what the source has
there, what it should have, and why:

    "corrections": [{"row": {"year": 2022}, "column": "total", "expect": 19.03, "value": 190.3,
                     "reason": "the yearbook has 190.3; the table lost a digit"}]

`row` has the primary key; `expect` and `value` may be null, an empty cell. A correction is made
whenever the table is read, and only while the source has what is expected: once it has something
else, that is a fault, because it may have been mended. Readers see each as a note.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from broadsheet.data.descriptor import DESCRIPTOR, DeclaredCorrection, Resource
from broadsheet.data.identities import shown_value
from broadsheet.errors import DataError, Place
from broadsheet.text.language import t_, written_number
from plotly_alive.errors import shown
from plotly_alive.text.numbers import decimals_of, fixed

_Row = tuple[int, list[str]]
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def corrected(resource: Resource, rows: Sequence[_Row]) -> tuple[list[_Row], list[DataError]]:
    """Return the numbered rows of a table's file with its corrections made, and a fault for each
    that cannot be made.
    """
    result, faults = list(rows), list[DataError]()
    places = {field.name: place for place, field in enumerate(resource.table_schema.fields)}
    for correction in resource.corrections:
        key = [(places[name], value) for name, value in correction.row]
        at = next((at for at, (_, row) in enumerate(result) if _has(row, key)), None)
        if at is None:
            faults.append(_fault(resource, correction, None, "there is no such row"))
            continue
        number, row = result[at]
        place = places[correction.column]
        if not says(row[place], correction.expect):
            what = f"the source has {_cell(row[place])}, and not {_shown(correction.expect)}"
            faults.append(_fault(resource, correction, number, what))
            continue
        result[at] = number, [*row[:place], text_of(correction.value), *row[place + 1 :]]
    return result, faults


def correct_cells(
    corrections: Sequence[DeclaredCorrection], rows: Sequence[dict[str, str]]
) -> None:
    """Make the corrections of a table in the cells of its rows, by column."""
    for correction in corrections:
        for row in rows:
            if all(says(row.get(name) or "", value) for name, value in correction.row):
                row[correction.column] = text_of(correction.value)


def note_of(correction: DeclaredCorrection) -> str:
    """Return what readers are told of a correction, in the current language."""
    reason = correction.reason.rstrip(".")
    if correction.expect is None:
        return t_("filled in; the source has no value (%(reason)s)", reason=reason)
    value = correction.expect
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = written_number(value, fixed(decimals_of(value)))
    return t_("corrected; the source has %(value)s (%(reason)s)", value=value, reason=reason)


def says(cell: str, value: object) -> bool:
    """True if a cell of a file says a value."""
    if value is None or isinstance(value, str):
        return cell == (value or "")
    if isinstance(value, bool):
        return _TRUTHS.get(cell.lower()) is value
    for number in (int, float):
        try:
            return number(cell) == value
        except ValueError:
            continue
    return False


def text_of(value: object) -> str:
    """Return the cell of a file that says a value."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _has(row: Sequence[str], key: Sequence[tuple[int, Any]]) -> bool:
    return all(says(row[place], value) for place, value in key)


def _fault(resource: Resource, of: DeclaredCorrection, row: int | None, what: str) -> DataError:
    key = ", ".join(f"{name} {shown_value(value)}" for name, value in of.row)
    return DataError(
        Place(resource.file, row=row, column=of.column),
        f"table {resource.name!r}: the correction of {key}, column {of.column!r}: {what}",
        f"If the source was mended, take the correction out of {DESCRIPTOR}; if not, correct its "
        "`row` or its `expect` there.",
    )


def _cell(cell: str) -> str:
    return shown(cell) if cell else "no value"


def _shown(value: object) -> str:
    return "no value" if value is None else shown(value)
