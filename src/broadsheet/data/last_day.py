"""The last day that a table speaks of: that of the latest day or year in its key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from typing import Any

from broadsheet.data.csv_reading import CsvColumn
from broadsheet.data.descriptor import Field

YEARS = range(1500, 2200)
"""The whole numbers in a key that are years."""


def last_day(
    columns: Iterable[Field | CsvColumn], key: Collection[str], greatest: Callable[[str], Any]
) -> date | None:
    """Return the last day of the first column of a ``key`` that has days or years, of which
    ``greatest`` returns the greatest value by its name; None without one.
    """
    for column in columns:
        if column.name in key and column.type in ("date", "integer"):
            last = greatest(column.name)
            if isinstance(last, datetime):
                return last.date()
            if isinstance(last, date):
                return last
            if last is not None and int(last) in YEARS:
                return date(int(last), 12, 31)
    return None
