"""A table beside its record, row by row, and the evidence of cells that agree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from broadsheet.data.descriptor import Resource
from broadsheet.data.identities import shown_value
from broadsheet.data.recorded import TableRecord, cells, numbers, short
from broadsheet.errors import Notice, Place
from plotly_alive.errors import enumerated, shown

if TYPE_CHECKING:
    import pandas as pd


ORDINARY = 1.35
"""The largest factor by which an ordinary revision changes a number."""
ENOUGH = 12.0
"""The bits of evidence that two values were exchanged, each for the other."""
SURE = 14.0
"""The bits of evidence that values were moved."""
_MOST_BITS = 10.0
HEAVY_BITS = 4.0
"""The evidence of a cell that agrees, beside its digits, if no ordinary revision changes it so
much.
"""
MOST_OF = 0.8
MORE_THAN_HALF = 0.6
FEW = 3
"""The fewest cells that make a pattern."""
MOST_COLUMNS = 60
"""The most changed columns that are compared with each other."""
_ROWS_SHOWN = 5
RECORDED = "recorded-table"
"""The topic of a notice of a table that differs from its record."""

Array = Any
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Difference:
    """A suspicious change of a table since it was recorded."""

    text: str
    """The change in words."""
    rows: tuple[str, ...] = ()
    """The names of the rows that it concerns."""
    row: int | None = None
    """The first of these rows in the file, counted from 1; None if all are gone."""
    column: str | None = None
    """The column, if it concerns only one."""

    def notice(self, resource: Resource) -> Notice:
        """Return the difference as a message to the author."""
        rows = f": {enumerated(self.rows, _ROWS_SHOWN)}" if self.rows else ""
        return Notice(
            Place(resource.file, row=self.row, column=self.column),
            f"table {resource.name!r}: since it was recorded, {self.text}{rows}",
            "Correct the table. If this is meant, record it: broadsheet data record "
            f"{resource.name}",
            topic=RECORDED,
        )


class Compared:
    """A record and a table, row by row. Has state: ``explained`` has the cells of the record whose
    change is explained.

    ``was`` and ``now`` have the cells by column, in the order of the record's rows; ``at`` has the
    position of each of these rows in the table, -1 if it is gone.
    """

    def __init__(self, record: TableRecord, resource: Resource, frame: pd.DataFrame) -> None:
        import numpy as np
        import pandas as pd

        self.resource, self.record, self.frame = resource, record, frame
        self.types = dict(record.head.columns)
        self.key = record.head.key
        by_name = dict(zip(record.names, zip(*record.rows, strict=True), strict=False))
        types_now = {field.name: field.type for field in resource.table_schema.fields}
        self.columns = [
            name
            for name in record.names
            if name not in self.key
            and kind_of(self.types[name]) == kind_of(types_now.get(name, ""))
        ]
        count = len(record.rows)
        self.keys = pd.DataFrame(
            {name: self._key_column(by_name.get(name, ()), name) for name in self.key}
        )
        self.at = self.positions(self.keys)
        self.was = {name: self._array(by_name.get(name, ()), name) for name in self.columns}
        self.now = {name: self.taken(name, self.at) for name in self.columns}
        self.is_lost = self.at < 0
        self.changed = {
            name: ~same(self.was[name], self.now[name]) | self.is_lost for name in self.columns
        }
        self.explained = {name: np.zeros(count, dtype=bool) for name in self.columns}
        self.lost_explained = np.zeros(count, dtype=bool)
        self._rivals_of: dict[tuple[str, str], Array] = {}

    def _key_column(self, values: Sequence[Any], name: str) -> pd.Series[Any]:
        import pandas as pd

        if self.types[name] == "date":
            return days_of(values)
        dtypes: dict[str, Any] = {"integer": "int64", "number": "float64", "boolean": "bool"}
        column: pd.Series[Any] = pd.Series(
            list(values), dtype=dtypes.get(self.types[name], "object")
        )
        return column

    def _array(self, values: Sequence[Any], name: str) -> Array:
        import numpy as np

        if self.is_number(name):
            return np.array(
                [np.nan if value is None else value for value in values], dtype="float64"
            )
        return np.array([*values, None], dtype="object")[:-1]

    def is_number(self, name: str) -> bool:
        """True if a column holds numbers."""
        return self.types[name] in ("integer", "number")

    @cached_property
    def now_keys(self) -> pd.DataFrame:
        """The keys of the table, with texts as a record has them."""
        import pandas as pd

        columns = {}
        for name in self.key:
            column = self.frame[name]
            if self.types[name] == "string":
                codes, texts = pd.factorize(column)
                cut = pd.Series([short(text) for text in texts], dtype="object")
                columns[name] = cut.take(codes).set_axis(column.index)
            else:
                columns[name] = column
        return pd.DataFrame(columns)

    @cached_property
    def _index(self) -> pd.Index[Any]:
        import pandas as pd

        keys = self.now_keys
        index = (
            pd.Index(keys[self.key[0]]) if len(self.key) == 1 else pd.MultiIndex.from_frame(keys)
        )
        return index if index.is_unique else index[:0]

    def positions(self, keys: pd.DataFrame) -> Array:
        """Return the positions of keys in the table; -1 for keys that it does not have."""
        import pandas as pd

        is_single = len(self.key) == 1
        return self._index.get_indexer(
            pd.Index(keys[self.key[0]]) if is_single else pd.MultiIndex.from_frame(keys)
        )

    def taken(self, name: str, at: Array) -> Array:
        """Return the cells of a column of the table at these positions; missing for -1."""
        import numpy as np

        part = self.frame[name].take(np.maximum(at, 0))
        if self.is_number(name):
            return np.where(at < 0, np.nan, numbers(part))
        values = self._array(cells(part, self.types[name]), name)
        values[at < 0] = None
        return values

    @cached_property
    def row_at(self) -> Array:
        """The row of the record at each position of the table; -1 for a new one."""
        import numpy as np

        rows = np.full(len(self.frame), -1)
        present = np.flatnonzero(self.at >= 0)
        rows[self.at[present]] = present
        return rows

    def open_cells(self, name: str) -> Array:
        """Return the changed cells of a column that nothing explains yet."""
        return self.changed[name] & ~self.explained[name]

    @cached_property
    def bits(self) -> dict[str, Array]:
        """The bits of evidence of each cell, by column, if its old value is met elsewhere now."""
        import numpy as np
        import pandas as pd

        evidence = {}
        for name, values in self.was.items():
            series = pd.Series(values)
            shared = series.map(series.value_counts()).fillna(len(series)).to_numpy("float64")
            rarity = np.log2(len(series) / np.maximum(shared, 1))
            if self.is_number(name):
                with np.errstate(all="ignore"):
                    digits = np.log2(np.abs(values) / _resolution(values) / 2)
                digits = (
                    np.clip(np.nan_to_num(digits), 0, _MOST_BITS) + HEAVY_BITS * self._heavy[name]
                )
                evidence[name] = np.where(shared > 1, np.minimum(digits, rarity), digits)
                evidence[name][np.isnan(values)] = 0.0
            else:
                of_texts = np.where(
                    shared > 1, rarity, 8.0 if self.types[name] == "string" else 4.0
                )
                evidence[name] = np.where(series.notna(), np.minimum(of_texts, 8.0), 0.0)
        return evidence

    @cached_property
    def _heavy(self) -> dict[str, Array]:
        return {
            name: _is_heavy(self.was[name], self.now[name]) & ~self.is_lost
            if self.is_number(name)
            else self.changed[name] & False
            for name in self.columns
        }

    @cached_property
    def series(self) -> tuple[Array, int]:
        """The number of the series of each row, and the number of series. Rows of a series differ
        only in years and days.
        """
        import numpy as np

        others = [name for name in self.key if self.types[name] not in ("integer", "date")]
        if not others:
            return np.zeros(len(self.keys), dtype="int64"), 1
        groups = self.keys.groupby(others, sort=False).ngroup().to_numpy()
        return groups, int(groups.max()) + 1

    def rivals(self, part: str, name: str) -> Array:
        """Return the number of changed cells of a column in rows whose key is the same but for a
        part.
        """
        if (part, name) not in self._rivals_of:
            import pandas as pd

            others = [column for column in self.key if column != part]
            changed = pd.Series(self.changed[name])
            groups = [self.keys[column] for column in others]
            counts = (
                changed.groupby(groups).transform("sum") if groups else changed * 0 + changed.sum()
            )
            self._rivals_of[part, name] = counts.to_numpy()
        return self._rivals_of[part, name]

    def explain(self, rows: Iterable[tuple[int, list[str]]]) -> None:
        """Note that the cells of these rows, each with its columns, are explained."""
        for row, names in rows:
            self.lost_explained[row] |= self.is_lost[row]
            for name in names:
                self.explained[name][row] = True

    def whole(self, name: str) -> Array:
        """Return a column of the table, with cells as the record has them."""
        import pandas as pd

        column = self.frame[name]
        if self.is_number(name):
            return numbers(column)
        codes, values = pd.factorize(column, use_na_sentinel=True)
        cut = self._array([*cells(pd.Series(values), self.types[name]), None], name)
        return cut[codes]

    def difference(self, text: str, rows: Iterable[int], columns: Sequence[str]) -> Difference:
        """Return a difference that concerns these rows of the record and these columns."""
        rows = [int(row) for row in rows]
        present = [row for row in rows if self.at[row] >= 0]
        first = int(self.at[present[0]]) + 1 if present else None
        return Difference(
            text, self.named(rows, columns), first, columns[0] if len(columns) == 1 else None
        )

    def named(self, rows: Iterable[int], columns: Sequence[str]) -> tuple[str, ...]:
        """Return the rows by their keys; for the first, its values now and before."""
        named = []
        for number, row in enumerate(rows):
            if number >= _ROWS_SHOWN:
                named.append("")
                continue
            key = self.keys.iloc[row]
            text = " ".join(f"{name} {label_of(key[name])}" for name in self.key)
            parts = [
                f"{name if len(columns) > 1 else ''} {self._cell(self.now, name, row)}, was "
                f"{self._cell(self.was, name, row)}".strip()
                for name in columns
                if self.changed[name][row]
            ][:3]
            is_there = self.at[row] >= 0
            named.append(f"{text} ({'; '.join(parts)})" if parts and is_there else text)
        return tuple(named)

    def _cell(self, cells_: dict[str, Array], name: str, row: int) -> str:
        value = cells_[name][row]
        if is_missing(value):
            return "empty"
        if isinstance(value, float) and are_years(self.was[name]):
            return f"{value:.10g}"
        return label_of(float(value) if isinstance(value, float) else value)


_NOUNS = {
    "integer": "a number",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date",
    "string": "text",
}


def days_of(values: Iterable[str | None]) -> pd.Series[Any]:
    """Return days in the form of a record."""
    import numpy as np
    import pandas as pd

    return pd.Series(np.array([value or "NaT" for value in values], dtype="datetime64[us]"))


def is_missing(value: Any) -> bool:
    """True if a cell is empty."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def kind_of(of_type: str) -> str:
    """Return the kind of a column of a type, in words. Types of one kind can be compared."""
    return _NOUNS.get(of_type, "")


def _resolution(values: Array) -> float:
    """Return the last decimal of a column of numbers, as a number: 0.01."""
    import numpy as np

    finite = values[np.isfinite(values)]
    for decimals in range(7):
        if np.allclose(np.round(finite, decimals), finite, rtol=1e-9, atol=0):
            return float(10.0**-decimals)
    return 1e-7


def same(first: Array, other: Array) -> Array:
    """Compare cells one by one. Two missing cells are the same."""
    import numpy as np

    if first.dtype.kind == "f" and other.dtype.kind == "f":
        both = np.isnan(first) & np.isnan(other)
        with np.errstate(all="ignore"):
            return both | (np.abs(first - other) <= 1e-9 * np.maximum(np.abs(first), np.abs(other)))
    return np.asarray(first == other, dtype=bool)


def _is_heavy(was: Array, now: Array) -> Array:
    """Return, cell by cell, whether a number changed by more than an ordinary revision."""
    import numpy as np

    with np.errstate(all="ignore"):
        ratios = now / was
        inside = (ratios > 1 / ORDINARY) & (ratios < ORDINARY)
    return ~inside & ~np.isnan(was) & ~np.isnan(now) & (was != now)


def are_years(values: Array) -> bool:
    """True if the numbers of a column are years."""
    import numpy as np

    finite = values[np.isfinite(values)]
    return bool(len(finite)) and bool(((finite >= 1000) & (finite < 2500)).all())


def signature_of(values: Iterable[Any]) -> Key:
    """Return a row of cells as a key of a mapping. NaN is not equal to itself."""
    return tuple(
        None if is_missing(value) else float(f"{value:.6g}") if isinstance(value, float) else value
        for value in values
    )


def label_of(value: Any) -> str:
    """Return a label or a cell as a message has it."""
    text = shown_value(value)
    return text if text.isprintable() and len(text) <= 60 else shown(text, 60)


def many(count: int, noun: str) -> str:
    """Return a count with its noun: `3 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(names: Sequence[str]) -> str:
    """Return the names of columns as a message has them."""
    return enumerated([f"`{name}`" for name in names], 4)


def count_of(count: int) -> str:
    """Return a count of rows."""
    return many(count, "row")
