"""The row of a table that has a value which a page states: what it cites, and what is noted of it."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from broadsheet.data.descriptor import SourceEntry
from broadsheet.data.origin import Origin

Cells = Mapping[str, str]
_NEAR = 1e-9
"""The part of a number by which it may differ from that of the file."""


@dataclass(frozen=True)
class Row:
    """``sources`` are those that the row cites by their keys, ``remarks`` the notes of the table's
    columns on the value: "an estimate of the Fund".
    """

    sources: tuple[SourceEntry, ...]
    remarks: tuple[str, ...]


def row_of(root: Path, origin: Origin, place: str, value: Any) -> Row | None:
    """The one row of a table with a ``value`` at a ``place`` such as "Total trade, China, 2022"; None
    if there is none, or more than one.
    """
    keys = {source.key: source for source in origin.sources if source.key}
    has_notes = any(column.notes for column in origin.columns)
    if not place or not isinstance(value, (int, float)) or not (keys or has_notes):
        return None
    title = next((c.title for c in origin.columns if place.startswith(f"{c.title}, ")), "")
    where = place.removeprefix(f"{title}, ")
    table = _table(str(root / origin.path), origin.sha256)
    at = table.at(where)
    found: dict[int, list[str]] = {}
    for row, column in table.with_number(float(value)):
        if row in at:
            found.setdefault(row, []).append(column)
    if len(found) != 1:
        return None
    ((row, columns),) = found.items()
    cells = table.rows[row]
    cited = [keys[text] for text in cells.values() if text in keys]
    remarks = [
        note.text
        for column in origin.columns
        for note in column.notes
        if cells.get(column.name) == note.value and (not column.of or {*column.of} & {*columns})
    ]
    return Row(tuple(dict.fromkeys(cited)), tuple(dict.fromkeys(remarks)))


@dataclass(frozen=True)
class _Table:
    """The rows of a table, which of them have a text in a cell, and their numbers in order, each with
    its row and column.
    """

    rows: list[Cells]
    by_text: Mapping[str, set[int]]
    numbers: list[tuple[float, int, str]]

    def at(self, where: str) -> set[int]:
        """The rows that have all parts of a place in their cells."""
        parts = [where] if where in self.by_text else where.split(", ")
        return set.intersection(*(self.by_text.get(part, set()) for part in parts))

    def with_number(self, value: float) -> Iterator[tuple[int, str]]:
        """The rows and columns of a number."""
        start = bisect_left(self.numbers, value - abs(value) * 2 * _NEAR, key=itemgetter(0))
        for number, row, column in islice(self.numbers, start, None):
            if math.isclose(number, value, rel_tol=_NEAR):
                yield row, column
            elif number > value:
                return


@lru_cache(maxsize=32)
def _table(path: str, sha256: str) -> _Table:
    """The file that the run has read; without rows if it is another file by now."""
    try:
        content = Path(path).read_bytes()
    except OSError:
        return _Table([], {}, [])
    if hashlib.sha256(content).hexdigest() != sha256:
        return _Table([], {}, [])
    text = io.StringIO(content.decode("utf-8-sig", "replace"), newline="")
    rows: list[Cells] = [dict(row) for row in csv.DictReader(text)]
    by_text: dict[str, set[int]] = {}
    numbers: list[tuple[float, int, str]] = []
    for number, row in enumerate(rows):
        for column, cell in row.items():
            by_text.setdefault(cell, set()).add(number)
            with suppress(ValueError):
                if math.isfinite(value := float(cell)):
                    numbers.append((value, number, column))
    return _Table(rows, by_text, sorted(numbers))
