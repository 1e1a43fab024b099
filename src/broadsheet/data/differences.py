"""What a table is now, compared with its record: changes that are mostly mistakes.

A revision of some cells, new rows, new columns and another order of rows are ordinary, and nothing is
said of them. Reported are

* values that stand at another year or day: shifted by one, by a month, by a row;
* columns that were exchanged (exports and imports), in all rows or in some;
* labels that were exchanged: the values of one key now stand at another;
* levels ten, a hundred or a thousand times off, and signs that turned, in a column or a run of it;
* rows and columns that are gone, values that are missing, texts that differ in many rows.

Most of these are found in the same way: a change foretells what stands in each cell now, and the
cells are looked up. A cell that agrees is evidence in bits: a number of four digits is hardly met by
chance, a 0 or a value that many rows share says nothing (:attr:`_Compared.bits`). A cell that was
explained is not looked at again.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from broadsheet.data.descriptor import Resource
from broadsheet.data.identities import Rows, shown_value
from broadsheet.data.recorded import Record, cells, numbers, short
from broadsheet.errors import Notice, Place, enumerated, shown

if TYPE_CHECKING:
    import pandas as pd

RECORDED = "recorded-table"
"""The topic of a notice of a table that differs from its record."""

_ORDINARY = 1.35
"""A revision changes a number by no more than this factor."""
_ENOUGH = 12.0
"""The bits of evidence for values that were exchanged, each of which stands in the place of the other."""
_SURE = 14.0
"""The bits of evidence for values that were moved."""
_MOST_BITS = 10.0
_HEAVY_BITS = 4.0
"""The evidence of a cell that agrees, beside its digits, if no ordinary revision changes it so much."""
_MOST_OF = 0.8
_MORE_THAN_HALF = 0.6
_FEW = 3
"""So many cells are a pattern."""
_MANY_TEXTS = 0.25
_FACTORS = (1e3, 1e6, 1e9, 100.0, 10.0)
_STEPS = (1, -1, 2, -2, 3, -3, 10, -10)
_DAYS = (1, -1, 7, -7)
_MONTHS = (1, -1, 2, -2, 3, -3, 6, -6, 12, -12)
_MOST_COLUMNS = 60
"""How many changed columns are compared with each other."""
_MOST_PAIRS = 5
"""How many pairs of labels that were exchanged are told apart."""
_ROWS_SHOWN = 5

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


def differences(record: Record, resource: Resource, frame: pd.DataFrame) -> list[Difference]:
    """What is suspicious in a table that is this ``frame`` now."""
    head = record.head
    types = {one.name: one.type for one in resource.table_schema.fields}
    lost = [name for name in head.columns if name not in types]
    columns = [
        Difference(
            f"{_many(len(lost), 'column')} went: {enumerated([f'`{one}`' for one in lost], 10)}"
        )
    ] * bool(lost)
    for name, before in head.columns.items():
        if name in types and _kind(types[name]) != _kind(before):
            columns.append(
                Difference(
                    f"`{name}` was {_NOUNS[before]}, and is {_NOUNS[types[name]]}", column=name
                )
            )
    if list(resource.table_schema.primary_key) != head.key or any(
        _kind(types.get(name, "")) != _kind(head.columns[name]) for name in head.key
    ):
        key = ", ".join(resource.table_schema.primary_key)
        was = ", ".join(head.key)
        return [*columns, Difference(f"rows are named by {key}, and not by {was} any more")]
    compared = _Compared(record, resource, frame)
    return [*columns, *compared.found()]


_NOUNS = {
    "integer": "a number",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date",
    "string": "text",
}


def _kind(of_type: str) -> str:
    return _NOUNS.get(of_type, "")


class _Compared:
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
            if name not in self.key and _kind(self.types[name]) == _kind(types_now.get(name, ""))
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
            name: ~_same(self.was[name], self.now[name]) | self.is_lost for name in self.columns
        }
        self.explained = {name: np.zeros(count, dtype=bool) for name in self.columns}
        self.lost_explained = np.zeros(count, dtype=bool)
        self._rivals_of: dict[tuple[str, str], Array] = {}

    def found(self) -> Iterator[Difference]:
        """The differences, of the most to the least telling."""
        if not self.record.rows:
            return
        yield from self._shifted()
        yield from self._exchanged_columns()
        yield from self._moved_labels()
        yield from self._scaled()
        yield from self._turned_signs()
        yield from self._other_dates()
        yield from self._lost_rows()
        yield from self._missing()
        yield from self._other_texts()

    # The cells

    def _key_column(self, values: Sequence[Any], name: str) -> pd.Series[Any]:
        import pandas as pd

        if self.types[name] == "date":
            return pd.to_datetime(pd.Series(list(values), dtype="object"))
        dtypes: dict[str, Any] = {"integer": "int64", "number": "float64", "boolean": "bool"}
        return pd.Series(list(values), dtype=dtypes.get(self.types[name], "object"))

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
    def _row_at(self) -> Array:
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
                    np.clip(np.nan_to_num(digits), 0, _MOST_BITS) + _HEAVY_BITS * self._heavy[name]
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

    # Columns

    def _exchanged_columns(self) -> Iterator[Difference]:
        import numpy as np

        changed = [name for name in self.columns if self.changed[name].any()][:_MOST_COLUMNS]
        for number, one in enumerate(changed):
            for other in changed[number + 1 :]:
                if _kind(self.types[one]) != _kind(self.types[other]):
                    continue
                agree = (
                    self.open_cells(one)
                    & self.open_cells(other)
                    & ~self.is_lost
                    & _same(self.was[one], self.now[other])
                    & _same(self.was[other], self.now[one])
                )
                evidence = float((self.bits[one] + self.bits[other])[agree].sum())
                changes = int((self.open_cells(one) | self.open_cells(other)).sum())
                if evidence < _ENOUGH or (agree.sum() < changes / 2 and evidence < 2 * _SURE):
                    continue
                self.explained[one] |= agree
                self.explained[other] |= agree
                yield self._difference(
                    f"`{one}` and `{other}` are exchanged in {_rows(int(agree.sum()))}",
                    np.flatnonzero(agree),
                    [one, other],
                )

    # Years and days

    def _shifted(self) -> Iterator[Difference]:
        import numpy as np

        if not any(self.changed[name].any() for name in self.columns):
            return
        moves = list(self._shifts())
        while True:
            best: tuple[float, str, Array, dict[str, Array]] | None = None
            for words, targets in moves:
                scope = self._scope(*self._agreeing(targets), targets)
                weight = sum(float(self.bits[name][rows].sum()) for name, rows in scope.items())
                rows = np.logical_or.reduce([*scope.values(), self.is_lost & False])
                if rows.sum() > 1 and (best is None or weight > best[0] + 1e-9):
                    best = weight, words, targets, scope
            if best is None:
                return
            _, words, targets, scope = best
            yield self._of_shift(words, scope)

    def _shifts(self) -> Iterator[tuple[str, Array]]:
        """Ways in which years or days may have moved: in words, and where each row of the record is
        then.
        """
        import numpy as np

        for name in self.key:
            if self.types[name] == "integer":
                for step in _STEPS:
                    keys = self.keys.assign(**{name: self.keys[name] + step})
                    how = "later" if step > 0 else "earlier"
                    yield f"at a `{name}` {abs(step)} {how}", self.positions(keys)
            elif self.types[name] == "date":
                for days in _DAYS:
                    yield self._shift_of_days(name, days)
                for months in _MONTHS:
                    yield self._shift_of_months(name, months)
        columns = self.resource.columns
        if columns.along in self.key:
            before, after = Rows(columns, self.frame).neighbours
            for words, neighbours in (("next", after), ("previous", before)):
                at = np.where(self.at < 0, -1, neighbours[np.maximum(self.at, 0)])
                yield f"at the {words} `{columns.along}`", at

    def _shift_of_days(self, name: str, days: int) -> tuple[str, Array]:
        import pandas as pd

        keys = self.keys.assign(**{name: self.keys[name] + pd.Timedelta(days=days)})
        words = f"at a `{name}` {_many(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"
        return words, self.positions(keys)

    def _shift_of_months(self, name: str, months: int) -> tuple[str, Array]:
        import pandas as pd

        days = self.keys[name]
        moved = days + pd.DateOffset(months=months)
        if bool(days.dt.is_month_end.all()):
            moved = moved + pd.offsets.MonthEnd(0)
        size, noun = (1, "year") if abs(months) == 12 else (abs(months), "month")
        words = f"at a `{name}` {_many(size, noun)} {'later' if months > 0 else 'earlier'}"
        return words, self.positions(self.keys.assign(**{name: moved}))

    def _agreeing(self, targets: Array) -> tuple[dict[str, Array], dict[str, Array]]:
        """The changed cells of each column whose old value stands at these positions now: where it
        did not stand before, and where it did, which says nothing.
        """
        stood = self._row_at[targets]  # of -1 it does not matter
        fresh, idle = {}, {}
        for name in self.columns:
            if self.changed[name].any():
                there = _same(self.was[name], self.taken(name, targets)) & (targets >= 0)
                is_new = (stood < 0) | self.changed[name][stood]
                fresh[name] = self.open_cells(name) & there & is_new
                idle[name] = there & ~is_new
        return fresh, idle

    def _scope(
        self, agree: dict[str, Array], idle: dict[str, Array], targets: Array
    ) -> dict[str, Array]:
        """The largest part of the table whose changes a shift explains: all of it, some columns,
        some series, or some of both; by column, the cells that agree.
        """
        import numpy as np

        groups, count = self._series
        is_there = targets >= 0

        def is_enough(met: Array, open_: Array, there: Array, evidence: Array) -> Array:
            # Of two rows that were exchanged, a shift explains half.
            is_most = (met >= _MOST_OF * there) & (met >= _MORE_THAN_HALF * open_)
            return (met >= _FEW) & is_most & (evidence >= _SURE)

        def counted(rows: Array) -> Array:
            return np.bincount(groups[rows], minlength=count)

        met = {name: counted(rows) for name, rows in agree.items()}
        judged = {name: self.open_cells(name) & ~idle[name] for name in agree}
        open_ = {name: counted(rows) for name, rows in judged.items()}
        there = {name: counted(rows & is_there) for name, rows in judged.items()}
        bits = {
            name: np.bincount(groups[rows], weights=self.bits[name][rows], minlength=count)
            for name, rows in agree.items()
        }
        if not agree:
            return {}
        sums = [sum(part.values()) for part in (met, open_, there, bits)]
        if is_enough(*(float(np.sum(part)) for part in sums)):
            return agree
        by_column = {
            name: rows
            for name, rows in agree.items()
            if is_enough(*(part[name].sum() for part in (met, open_, there, bits)))
        }
        if by_column:
            return by_column
        together = counted(np.logical_or.reduce(list(agree.values())))
        series = is_enough(*sums) & (together > 1)
        if series.any():
            return {name: rows & series[groups] for name, rows in agree.items()}
        some = {
            name: rows & is_enough(met[name], open_[name], there[name], bits[name])[groups]
            for name, rows in agree.items()
        }
        return {name: rows for name, rows in some.items() if rows.any()}

    @cached_property
    def _series(self) -> tuple[Array, int]:
        """The number of the series that each row is in, and how many there are: rows that differ in
        years and days alone.
        """
        import numpy as np

        others = [name for name in self.key if self.types[name] not in ("integer", "date")]
        if not others:
            return np.zeros(len(self.keys), dtype="int64"), 1
        groups = self.keys.groupby(others, sort=False).ngroup().to_numpy()
        return groups, int(groups.max()) + 1

    def _of_shift(self, words: str, scope: dict[str, Array]) -> Difference:
        import numpy as np

        groups, _ = self._series
        names = [name for name, rows in scope.items() if rows.any()]
        rows = np.logical_or.reduce([scope[name] for name in names])
        concerned = np.isin(groups, np.unique(groups[rows]))
        for name in names:
            self.explained[name] |= self.changed[name] & concerned
        self.lost_explained |= self.is_lost & concerned
        return self._difference(
            f"the values of {_rows(int(rows.sum()))} in {_columns(names)} stand {words}",
            np.flatnonzero(rows),
            names,
        )

    # Labels

    def _moved_labels(self) -> Iterator[Difference]:
        import numpy as np

        changed = [name for name in self.columns if self.open_cells(name).any()]
        if not changed:
            return
        measured = [name for name in self.columns if self.is_number(name)]
        aspects = [self.columns, measured, *([name] for name in changed[:_MOST_COLUMNS])]
        moves: dict[tuple[str, Any, Any], list[tuple[int, list[str]]]] = defaultdict(list)
        settled = {name: np.zeros(len(self.keys), dtype=bool) for name in self.columns}
        for aspect in aspects:
            if not aspect or not set(aspect) & set(changed):
                continue
            for row, part, label, other in self._moves(aspect, settled):
                names = [name for name in aspect if self.open_cells(name)[row]]
                moves[part, label, other].append((row, names))
                for name in names:
                    settled[name][row] = True
        weights = {
            move: sum(self._weight(move[0], row, names) for row, names in rows)
            for move, rows in moves.items()
        }
        pairs = []
        for move in sorted(moves, key=lambda move: -weights[move]):
            part, label, other = move
            back = part, other, label
            rows = [*moves.pop(move, ()), *moves.pop(back, ())]
            weight = weights[move] + weights.get(back, 0)
            count = sum(len(names) for _, names in rows)
            is_enough = weight >= _ENOUGH if back in weights else weight >= _SURE and count > 1
            if rows and is_enough and self._is_most(move, rows, weight):
                self._explain(rows)
                pairs.append((move, rows, back in weights))
            else:
                moves[move] = rows
        if len(pairs) <= _MOST_PAIRS:
            yield from (self._of_labels(*pair) for pair in pairs)
        for part in self.key:
            moved = [one for move, rows, _ in pairs for one in rows if move[0] == part]
            if len(pairs) > _MOST_PAIRS and moved:
                yield self._at_other_labels(part, moved)
            rest = [one for move, rows in moves.items() for one in rows if move[0] == part]
            if self._is_permuted(part, rest):
                self._explain(rest)
                yield self._at_other_labels(part, rest)

    def _weight(self, part: str, row: int, names: Sequence[str]) -> float:
        """The evidence of a row that was met at another label: the more rows changed among which it
        could be met, the less.
        """
        chances = max(math.log2(max(self._rivals(part, name)[row] - 1, 1)) for name in names)
        return float(max(sum(self.bits[name][row] for name in names) - chances, 0.0))

    def _rivals(self, part: str, name: str) -> Array:
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

    def _is_most(
        self, move: tuple[str, Any, Any], rows: Sequence[tuple[int, list[str]]], weight: float
    ) -> bool:
        """Whether most of what changed at the two labels, in the columns that moved, is explained."""
        part, label, other = move
        met: dict[str, int] = defaultdict(int)
        for _, names in rows:
            for name in names:
                met[name] += 1
        concerned = self.keys[part].isin([label, other]).to_numpy()
        changes = sum(int((self.open_cells(name) & concerned).sum()) for name in met)
        return weight >= 3 * _SURE or sum(met.values()) >= _MORE_THAN_HALF * changes

    def _explain(self, rows: Iterable[tuple[int, list[str]]]) -> None:
        for row, names in rows:
            self.lost_explained[row] |= self.is_lost[row]
            for name in names:
                self.explained[name][row] = True

    def _is_permuted(self, part: str, rows: Sequence[tuple[int, list[str]]]) -> bool:
        """Whether rows have changed places in no order, such as labels that were sorted apart."""
        names = {name for _, some in rows for name in some}
        weight = sum(self._weight(part, row, some) for row, some in rows)
        changes = sum(int(self.open_cells(name).sum()) for name in names)
        is_most = sum(len(some) for _, some in rows) >= _MOST_OF * changes
        return len(rows) >= _FEW and weight >= _SURE and is_most

    def _at_other_labels(self, part: str, moved: Sequence[tuple[int, list[str]]]) -> Difference:
        names = list(dict.fromkeys(name for _, some in moved for name in some))
        rows = sorted({row for row, _ in moved})
        return self._difference(
            f"the values of {_rows(len(rows))} in {_columns(names)} stand at another {part}",
            rows,
            names,
        )

    def _moves(
        self, aspect: Sequence[str], settled: dict[str, Array]
    ) -> Iterator[tuple[int, str, Any, Any]]:
        """The rows of the record whose old values in some columns stand elsewhere now, where they did
        not stand: each with the part of the key that differs, its label, and the other label.
        """
        import numpy as np
        import pandas as pd

        is_open = np.logical_or.reduce([self.open_cells(name) & ~settled[name] for name in aspect])
        weight = sum(self.bits[name] * self.open_cells(name) for name in aspect)
        rows = np.flatnonzero(is_open & (weight >= 1))
        if not len(rows):
            return
        is_held = np.ones(len(self.frame), dtype=bool)
        for name in sorted(aspect, key=lambda name: -float(self.bits[name][rows].sum()))[:3]:
            is_held &= pd.Series(self._whole(name)).isin(pd.unique(self.was[name][rows])).to_numpy()
        held = np.flatnonzero(is_held)
        if len(held) > 50 * len(rows) + 1000:
            return  # values that so many rows share tell nothing
        there: dict[Key, list[int]] = defaultdict(list)
        for position, values in zip(
            held, zip(*(self.taken(name, held) for name in aspect), strict=True), strict=True
        ):
            there[_signature(values)].append(int(position))
        for row in rows:
            targets = there.get(_signature(self.was[name][row] for name in aspect), ())
            if len(targets) > 50:
                continue
            own = tuple(self.keys.iloc[row])
            met = []
            for position in targets:
                stood = int(self._row_at[position])
                if position == self.at[row]:
                    continue
                if stood < 0 and self.record.is_whole and not self.is_lost[row]:
                    continue  # a new row that resembles one which was revised
                if stood >= 0 and not any(self.changed[name][stood] for name in aspect):
                    continue
                key = tuple(self.now_keys.iloc[position])
                parts = [n for n, (a, b) in enumerate(zip(own, key, strict=True)) if a != b]
                if len(parts) == 1:
                    met.append((self.key[parts[0]], own[parts[0]], key[parts[0]]))
            if len(met) == 1:
                yield int(row), *met[0]

    def _whole(self, name: str) -> Array:
        """A column of the table, as the record has its cells."""
        import pandas as pd

        column = self.frame[name]
        if self.is_number(name):
            return numbers(column)
        codes, values = pd.factorize(column, use_na_sentinel=True)
        cut = self._array([*cells(pd.Series(values), self.types[name]), None], name)
        return cut[codes]

    def _of_labels(
        self,
        move: tuple[str, Any, Any],
        moved: Sequence[tuple[int, list[str]]],
        is_mutual: bool,
    ) -> Difference:
        part, label, other = move
        columns = list(dict.fromkeys(name for _, names in moved for name in names))
        rows = sorted({row for row, _ in moved})
        texts = [_label(one) for one in (label, other)]
        how = (
            f"{part} {texts[0]} and {texts[1]} have exchanged their values"
            if is_mutual
            else f"values of {part} {texts[0]} stand at {texts[1]}"
        )
        return self._difference(
            f"{how} in {_columns(columns)}, in {_rows(len(rows))}", rows, columns
        )

    # Levels and signs

    def _scaled(self) -> Iterator[Difference]:
        import numpy as np

        for name in filter(self.is_number, self.columns):
            ratios = self._ratios(name)
            with np.errstate(all="ignore"):
                levels = np.log10(ratios)  # NaN for what turned its sign
            heavy = np.abs(levels) > math.log10(_ORDINARY)
            compared = np.isfinite(levels) | (
                _same(self.was[name], self.now[name]) & (self.was[name] != 0)
            )
            for factor in (one for size in _FACTORS for one in (size, 1 / size)):
                off = np.abs(levels - math.log10(factor))
                near = off < math.log10(_ORDINARY)
                exact = off < 0.002
                count = int(near.sum())
                if not count:
                    continue
                is_large = not 0.002 < factor < 500
                most = count >= _MOST_OF * heavy.sum()
                if count >= min(_FEW, int(compared.sum())) and is_large:
                    rows = near if most or exact.sum() < _FEW else exact
                elif (
                    count >= _FEW
                    and most
                    and (count >= compared.sum() / 2 or exact.sum() >= _MOST_OF * count)
                ):
                    rows = near
                elif is_large:
                    rows = near & (exact | self._is_outside(name))
                else:
                    rows = exact & (self.bits[name] > 3 + _HEAVY_BITS)
                if not rows.any():
                    continue
                self.explained[name] |= rows
                size = f"{max(factor, 1 / factor):,.0f}"
                how = (
                    f"{size} times what it was"
                    if factor > 1
                    else f"{size} times smaller than it was"
                )
                yield self._difference(
                    f"`{name}` is about {how} in {_rows(int(rows.sum()))}",
                    np.flatnonzero(rows),
                    [name],
                )
                levels = np.where(rows, np.nan, levels)
                heavy &= ~rows

    def _ratios(self, name: str) -> Array:
        """By what each changed number was multiplied; NaN where it cannot be told."""
        import numpy as np

        was, now = self.was[name], self.now[name]
        is_judged = self.open_cells(name) & ~self.is_lost & (was != 0) & (now != 0)
        with np.errstate(all="ignore"):
            return np.where(is_judged, now / was, np.nan)

    def _is_outside(self, name: str) -> Array:
        """Whether a number is far outside of all that the column held."""
        import numpy as np

        sizes = np.abs(self.was[name][np.nan_to_num(self.was[name]) != 0])
        if not len(sizes):
            return np.zeros(len(self.was[name]), dtype=bool)
        now = np.abs(np.nan_to_num(self.now[name]))
        return (now > 30 * sizes.max()) | (now < sizes.min() / 30)

    def _turned_signs(self) -> Iterator[Difference]:
        import numpy as np

        for name in filter(self.is_number, self.columns):
            ratios = self._ratios(name)
            with np.errstate(all="ignore"):
                near = (ratios < 0) & (np.abs(np.log10(-ratios)) < math.log10(_ORDINARY))
            exact = np.abs(ratios + 1) < 0.002
            compared = int((~self.is_lost & (np.nan_to_num(self.was[name]) != 0)).sum())
            if near.sum() >= max(2, _MOST_OF * compared):
                rows = near
            elif exact.sum() >= _FEW and self.bits[name][exact].sum() >= _SURE:
                rows = exact
            else:
                continue
            self.explained[name] |= rows
            yield self._difference(
                f"`{name}` has the opposite sign in {_rows(int(rows.sum()))}",
                np.flatnonzero(rows),
                [name],
            )

    def _other_dates(self) -> Iterator[Difference]:
        """Columns of years or days that are not of the key, of which all have moved alike."""
        import numpy as np
        import pandas as pd

        for name in self.columns:
            rows = self.open_cells(name) & ~self.is_lost
            if self.types[name] == "date":
                was, now = (
                    pd.to_datetime(pd.Series(part[name], dtype="object"))
                    for part in (self.was, self.now)
                )
                months = 12 * (now.dt.year - was.dt.year) + now.dt.month - was.dt.month
                same_day = (was.dt.day == now.dt.day) | (was.dt.is_month_end & now.dt.is_month_end)
                steps = [("day", (now - was).dt.days), ("month", months.where(same_day))]
            elif self.types[name] == "integer" and _are_years(self.was[name]):
                steps = [("year", pd.Series(self.now[name] - self.was[name]))]
            else:
                continue
            for noun, step in steps:
                known = step[rows & step.notna().to_numpy()]
                if len(known) < _FEW:
                    continue
                usual = known.mode().iloc[0]
                alike = rows & (step == usual).to_numpy()
                if alike.sum() >= max(_FEW, _MOST_OF * rows.sum()):
                    self.explained[name] |= alike
                    words = f"{_many(int(abs(usual)), noun)} {'later' if usual > 0 else 'earlier'}"
                    yield self._difference(
                        f"`{name}` is {words} in {_rows(int(alike.sum()))}",
                        np.flatnonzero(alike),
                        [name],
                    )
                    break

    # What is gone

    def _lost_rows(self) -> Iterator[Difference]:
        import numpy as np

        lost = self.is_lost & ~self.lost_explained
        count = int(lost.sum())
        fewer = self.record.head.rows - len(self.frame)
        if not self.record.is_whole and fewer > count and not self.lost_explained.any():
            names = self._named(np.flatnonzero(lost), ())
            among = "; among them" if count else ""
            yield Difference(f"{_rows(fewer)} or more are gone{among}", names)
        elif count:
            which = (
                "they are all"
                if count == len(self.at)
                else f"{_rows(count)} {'is' if count == 1 else 'are'}"
            )
            yield Difference(f"{which} gone", self._named(np.flatnonzero(lost), ()))

    def _missing(self) -> Iterator[Difference]:
        import numpy as np
        import pandas as pd

        for name in self.columns:
            rows = self.open_cells(name) & ~self.is_lost & pd.isna(self.now[name])
            if rows.any():
                self.explained[name] |= rows
                yield self._difference(
                    f"`{name}` is empty in {_rows(int(rows.sum()))}", np.flatnonzero(rows), [name]
                )

    def _other_texts(self) -> Iterator[Difference]:
        import numpy as np
        import pandas as pd

        for name in self.columns:
            if self.is_number(name):
                continue
            had = pd.notna(self.was[name]) & ~self.is_lost
            rows = self.open_cells(name) & had
            if rows.sum() >= max(_FEW, _MANY_TEXTS * had.sum()):
                yield self._difference(
                    f"`{name}` says something else in {_rows(int(rows.sum()))}",
                    np.flatnonzero(rows),
                    [name],
                )

    # Messages

    def _difference(self, text: str, rows: Sequence[int], columns: Sequence[str]) -> Difference:
        there = [row for row in rows if self.at[row] >= 0]
        first = int(self.at[there[0]]) + 1 if there else None
        return Difference(
            text, self._named(rows, columns), first, columns[0] if len(columns) == 1 else None
        )

    def _named(self, rows: Iterable[int], columns: Sequence[str]) -> tuple[str, ...]:
        """The rows by their keys, the first with what stands in them now, and what did."""
        named = []
        for number, row in enumerate(rows):
            if number >= _ROWS_SHOWN:
                named.append("")
                continue
            key = self.keys.iloc[row]
            text = " ".join(f"{name} {_label(key[name])}" for name in self.key)
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
        if value is None or value != value:
            return "empty"
        if isinstance(value, float) and _are_years(self.was[name]):
            return f"{value:.10g}"
        return _label(float(value) if isinstance(value, float) else value)


def _resolution(values: Array) -> float:
    """The last decimal of a column of numbers, as a number: 0.01."""
    import numpy as np

    finite = values[np.isfinite(values)]
    for decimals in range(7):
        if np.allclose(np.round(finite, decimals), finite, rtol=1e-9, atol=0):
            return float(10.0**-decimals)
    return 1e-7


def _same(one: Array, other: Array) -> Array:
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
        inside = (ratios > 1 / _ORDINARY) & (ratios < _ORDINARY)
    return ~inside & ~np.isnan(was) & ~np.isnan(now) & (was != now)


def _are_years(values: Array) -> bool:
    import numpy as np

    finite = values[np.isfinite(values)]
    return bool(len(finite)) and bool(((finite >= 1000) & (finite < 2500)).all())


def _signature(values: Iterable[Any]) -> Key:
    """A row of cells as a key of a mapping: NaN is not equal to itself."""
    return tuple(
        None if value != value else float(f"{value:.6g}") if isinstance(value, float) else value
        for value in values
    )


def _label(value: Any) -> str:
    text = shown_value(value)
    return text if text.isprintable() and len(text) <= 60 else shown(text, 60)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _columns(names: Sequence[str]) -> str:
    return enumerated([f"`{name}`" for name in names], 4)


def _rows(count: int) -> str:
    return _many(count, "row")
