"""A table beside its record, row by row, and the evidence of cells that agree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from broadsheet.data.descriptor import Resource
from broadsheet.data.identities import shown_value
from broadsheet.data.recorded import Record, cells, numbers, short
from broadsheet.errors import Notice, Place, enumerated, shown

if TYPE_CHECKING:
    import pandas as pd


ORDINARY = 1.35
"""A revision changes a number by no more than this factor."""
ENOUGH = 12.0
"""The bits of evidence for values that were exchanged, each of which stands in the place of the other."""
SURE = 14.0
"""The bits of evidence for values that were moved."""
_MOST_BITS = 10.0
HEAVY_BITS = 4.0
"""The evidence of a cell that agrees, beside its digits, if no ordinary revision changes it so much."""
MOST_OF = 0.8
MORE_THAN_HALF = 0.6
FEW = 3
"""So many cells are a pattern."""
MOST_COLUMNS = 60
"""How many changed columns are compared with each other."""
_ROWS_SHOWN = 5
RECORDED = "recorded-table"
"""The topic of a notice of a table that differs from its record."""

Array = Any
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Difference:
    """A change of a table since it was recorded: ``text`` says which, ``rows`` name those that it
    concerns, ``row`` is the first of them in the file, counted from 1.
    """

    text: str
    rows: tuple[str, ...] = ()
    row: int | None = None
    column: str | None = None

    def notice(self, resource: Resource) -> Notice:
        """The difference as a message to the author."""
        rows = f": {enumerated(self.rows, _ROWS_SHOWN)}" if self.rows else ""
        return Notice(
            Place(resource.file, row=self.row, column=self.column),
            f"table {resource.name!r}: since it was recorded, {self.text}{rows}",
            "Correct the table. If this is meant, record it: broadsheet data record "
            f"{resource.name}",
            topic=RECORDED,
        )


class Compared:
    """A record and a table, row by row. Has state: ``explained`` are the cells of the record whose
    change has been found.

    ``was`` and ``now`` have the cells by column, in the order of the record's rows; ``at`` is where
    each of these rows is in the table, -1 if it is gone.
    """

    def __init__(self, record: Record, resource: Resource, frame: pd.DataFrame) -> None:
        import numpy as np
        import pandas as pd

        self.resource, self.record, self.frame = resource, record, frame
        self.types = dict(record.head.columns)
        self.key = record.head.key
        by_name = dict(zip(record.names, zip(*record.rows, strict=True), strict=False))
        types_now = {one.name: one.type for one in resource.table_schema.fields}
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
        made: pd.Series[Any] = pd.Series(list(values), dtype=dtypes.get(self.types[name], "object"))
        return made

    def _array(self, values: Sequence[Any], name: str) -> Array:
        import numpy as np

        if self.is_number(name):
            return np.array([np.nan if one is None else one for one in values], dtype="float64")
        return np.array([*values, None], dtype="object")[:-1]

    def is_number(self, name: str) -> bool:
        """Whether a column holds numbers."""
        return self.types[name] in ("integer", "number")

    @cached_property
    def now_keys(self) -> pd.DataFrame:
        """The keys of the table, texts as a record has them."""
        import pandas as pd

        made = {}
        for name in self.key:
            column = self.frame[name]
            if self.types[name] == "string":
                codes, texts = pd.factorize(column)
                cut = pd.Series([short(text) for text in texts], dtype="object")
                made[name] = cut.take(codes).set_axis(column.index)
            else:
                made[name] = column
        return pd.DataFrame(made)

    @cached_property
    def _index(self) -> pd.Index[Any]:
        import pandas as pd

        keys = self.now_keys
        index = (
            pd.Index(keys[self.key[0]]) if len(self.key) == 1 else pd.MultiIndex.from_frame(keys)
        )
        return index if index.is_unique else index[:0]

    def positions(self, keys: pd.DataFrame) -> Array:
        """Where these keys are in the table; -1 for those that are not there."""
        import pandas as pd

        one = len(self.key) == 1
        return self._index.get_indexer(
            pd.Index(keys[self.key[0]]) if one else pd.MultiIndex.from_frame(keys)
        )

    def taken(self, name: str, at: Array) -> Array:
        """The cells of a column of the table at these positions; missing for -1."""
        import numpy as np

        part = self.frame[name].take(np.maximum(at, 0))
        if self.is_number(name):
            return np.where(at < 0, np.nan, numbers(part))
        values = self._array(cells(part, self.types[name]), name)
        values[at < 0] = None
        return values

    @cached_property
    def row_at(self) -> Array:
        """The row of the record that stands at each position of the table; -1 for a new one."""
        import numpy as np

        rows = np.full(len(self.frame), -1)
        there = np.flatnonzero(self.at >= 0)
        rows[self.at[there]] = there
        return rows

    def open_cells(self, name: str) -> Array:
        """The changed cells of a column that nothing explains yet."""
        return self.changed[name] & ~self.explained[name]

    @cached_property
    def bits(self) -> dict[str, Array]:
        """The evidence of each cell, by column, if what it was is met elsewhere now."""
        import numpy as np
        import pandas as pd

        found = {}
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
                found[name] = np.where(shared > 1, np.minimum(digits, rarity), digits)
                found[name][np.isnan(values)] = 0.0
            else:
                of_texts = np.where(
                    shared > 1, rarity, 8.0 if self.types[name] == "string" else 4.0
                )
                found[name] = np.where(series.notna(), np.minimum(of_texts, 8.0), 0.0)
        return found

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
        """The number of the series that each row is in, and how many there are: rows that differ in
        years and days alone.
        """
        import numpy as np

        others = [name for name in self.key if self.types[name] not in ("integer", "date")]
        if not others:
            return np.zeros(len(self.keys), dtype="int64"), 1
        groups = self.keys.groupby(others, sort=False).ngroup().to_numpy()
        return groups, int(groups.max()) + 1

    def rivals(self, part: str, name: str) -> Array:
        """How many cells of a column have changed in rows whose key is the same but for a part."""
        if (part, name) not in self._rivals_of:
            import pandas as pd

            others = [one for one in self.key if one != part]
            changed = pd.Series(self.changed[name])
            groups = [self.keys[one] for one in others]
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
        """A column of the table, as the record has its cells."""
        import pandas as pd

        column = self.frame[name]
        if self.is_number(name):
            return numbers(column)
        codes, values = pd.factorize(column, use_na_sentinel=True)
        cut = self._array([*cells(pd.Series(values), self.types[name]), None], name)
        return cut[codes]

    def difference(self, text: str, rows: Iterable[int], columns: Sequence[str]) -> Difference:
        """A difference that concerns these rows of the record and columns."""
        rows = [int(row) for row in rows]
        there = [row for row in rows if self.at[row] >= 0]
        first = int(self.at[there[0]]) + 1 if there else None
        return Difference(
            text, self.named(rows, columns), first, columns[0] if len(columns) == 1 else None
        )

    def named(self, rows: Iterable[int], columns: Sequence[str]) -> tuple[str, ...]:
        """The rows by their keys, the first with what stands in them now, and what did."""
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
    """Days that are written as in a record."""
    import numpy as np
    import pandas as pd

    return pd.Series(np.array([value or "NaT" for value in values], dtype="datetime64[us]"))


def is_missing(value: Any) -> bool:
    """Whether a cell is empty."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def kind_of(of_type: str) -> str:
    """What a column of a type holds, in words: types of one kind can be compared."""
    return _NOUNS.get(of_type, "")


def _resolution(values: Array) -> float:
    """The last decimal of a column of numbers, as a number: 0.01."""
    import numpy as np

    finite = values[np.isfinite(values)]
    for decimals in range(7):
        if np.allclose(np.round(finite, decimals), finite, rtol=1e-9, atol=0):
            return float(10.0**-decimals)
    return 1e-7


def same(one: Array, other: Array) -> Array:
    """Whether cells are equal, cell by cell; missing ones are."""
    import numpy as np

    if one.dtype.kind == "f" and other.dtype.kind == "f":
        both = np.isnan(one) & np.isnan(other)
        with np.errstate(all="ignore"):
            return both | (np.abs(one - other) <= 1e-9 * np.maximum(np.abs(one), np.abs(other)))
    return np.asarray(one == other, dtype=bool)


def _is_heavy(was: Array, now: Array) -> Array:
    """Whether a number changed by more than an ordinary revision."""
    import numpy as np

    with np.errstate(all="ignore"):
        ratios = now / was
        inside = (ratios > 1 / ORDINARY) & (ratios < ORDINARY)
    return ~inside & ~np.isnan(was) & ~np.isnan(now) & (was != now)


def are_years(values: Array) -> bool:
    """Whether the numbers of a column are years."""
    import numpy as np

    finite = values[np.isfinite(values)]
    return bool(len(finite)) and bool(((finite >= 1000) & (finite < 2500)).all())


def signature_of(values: Iterable[Any]) -> Key:
    """A row of cells as a key of a mapping: NaN is not equal to itself."""
    return tuple(
        None if is_missing(value) else float(f"{value:.6g}") if isinstance(value, float) else value
        for value in values
    )


def label_of(value: Any) -> str:
    """A label or a cell in a message."""
    text = shown_value(value)
    return text if text.isprintable() and len(text) <= 60 else shown(text, 60)


def many(count: int, noun: str) -> str:
    """A count with its noun: `3 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(names: Sequence[str]) -> str:
    """The names of columns in a message."""
    return enumerated([f"`{name}`" for name in names], 4)


def count_of(count: int) -> str:
    """A count of rows."""
    return many(count, "row")
