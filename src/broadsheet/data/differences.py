"""Compares a table with its record, and reports changes that are mostly mistakes.

A revision of some cells, new rows, new columns and another order of rows are ordinary, and nothing is
said of them. Reported are

* values that stand at another year or day: shifted by one, by a month, by a row;
* columns that were exchanged (exports and imports), in all rows or in some;
* labels that were exchanged: the values of one key now stand at another;
* levels ten, a hundred or a thousand times off, and signs that turned, in a column or a run of it;
* rows and columns that are gone, values that are missing, texts that differ in many rows.

Most of these are found in the same way: a change predicts the cells of the table, and the table is
compared with the prediction. A cell that agrees is evidence in bits. A number of four digits hardly
agrees by chance; a 0, or a value that many rows share, says nothing. A cell that is explained is not
looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from broadsheet.data.changed_levels import changed_levels, moved_dates, turned_signs
from broadsheet.data.compared_table import (
    FEW,
    Compared,
    Difference,
    count_of,
    kind_of,
    listed,
    many,
)
from broadsheet.data.descriptor import Resource
from broadsheet.data.moved_labels import exchanged_columns, moved_labels
from broadsheet.data.recorded import TableRecord
from broadsheet.data.shifted_values import shifted_values

if TYPE_CHECKING:
    import pandas as pd

_MANY = 0.25
"""The part of a column that no ordinary revision makes 0, or another text."""


def differences(record: TableRecord, resource: Resource, frame: pd.DataFrame) -> list[Difference]:
    """Return the suspicious changes of a table, which is this ``frame`` now, the most telling
    first.
    """
    key, was = resource.table_schema.primary_key, record.head.key
    reported = list(_other_columns(record, resource))
    if list(key) != was or any(difference.column in was for difference in reported):
        return [
            *reported,
            Difference(f"rows are named by {', '.join(key)}, not by {', '.join(was)}"),
        ]
    if not record.rows:
        return reported
    table = Compared(record, resource, frame)
    for changes in (
        shifted_values,
        exchanged_columns,
        moved_labels,
        changed_levels,
        turned_signs,
        moved_dates,
        _lost_rows,
        _missing,
        _zeros,
        _other_texts,
    ):
        reported += changes(table)
    return reported


def _other_columns(record: TableRecord, resource: Resource) -> Iterator[Difference]:
    """Yield the columns that are gone, and those that are of another kind."""
    types = {field.name: field.type for field in resource.table_schema.fields}
    if lost := [name for name in record.head.columns if name not in types]:
        yield Difference(f"{many(len(lost), 'column')} went: {listed(lost)}")
    for name, before in record.head.columns.items():
        if name in types and kind_of(types[name]) != kind_of(before):
            what = f"`{name}` was {kind_of(before)}, and is {kind_of(types[name])}"
            yield Difference(what, column=name)


def _lost_rows(table: Compared) -> Iterator[Difference]:
    """Yield the rows that are gone; of a sample those that it has, and the least number of all."""
    import numpy as np

    lost = table.is_lost & ~table.lost_explained
    count = int(lost.sum())
    fewer = table.record.head.rows - len(table.frame)
    if not table.record.is_whole and fewer > count and not table.lost_explained.any():
        names = table.named(np.flatnonzero(lost), ())
        among = "; among them" if count else ""
        yield Difference(f"{count_of(fewer)} or more are gone{among}", names)
    elif count:
        which = (
            "they are all"
            if count == len(table.at)
            else f"{count_of(count)} {'is' if count == 1 else 'are'}"
        )
        yield Difference(f"{which} gone", table.named(np.flatnonzero(lost), ()))


def _missing(table: Compared) -> Iterator[Difference]:
    """Yield the columns with cells that are empty now."""
    import numpy as np
    import pandas as pd

    for name in table.columns:
        rows = table.open_cells(name) & ~table.is_lost & pd.isna(table.now[name])
        if rows.any():
            table.explained[name] |= rows
            yield table.difference(
                f"`{name}` is empty in {count_of(int(rows.sum()))}", np.flatnonzero(rows), [name]
            )


def _zeros(table: Compared) -> Iterator[Difference]:
    """Yield the columns in which many numbers are 0 now."""
    import numpy as np

    for name in filter(table.is_number, table.columns):
        had = ~table.is_lost & (np.nan_to_num(table.was[name]) != 0)
        rows = table.open_cells(name) & had & (table.now[name] == 0)
        if rows.sum() >= max(FEW, _MANY * had.sum()):
            what = f"`{name}` is 0 in {count_of(int(rows.sum()))}"
            yield table.difference(what, np.flatnonzero(rows), [name])


def _other_texts(table: Compared) -> Iterator[Difference]:
    """Yield the texts and truths that differ in many rows."""
    import numpy as np
    import pandas as pd

    for name in table.columns:
        if table.is_number(name):
            continue
        had = pd.notna(table.was[name]) & ~table.is_lost
        rows = table.open_cells(name) & had
        if rows.sum() >= max(FEW, _MANY * had.sum()):
            yield table.difference(
                f"`{name}` says something else in {count_of(int(rows.sum()))}",
                np.flatnonzero(rows),
                [name],
            )
