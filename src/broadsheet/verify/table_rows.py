"""The row of a table that has a value which a page states: what it cites, and what is noted of it."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from broadsheet.data.descriptor import SourceEntry
from broadsheet.data.origin import Origin

Cells = Mapping[str, str]


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
    found = []
    for cells in _rows_with(str(root / origin.path), origin.sha256, where):
        columns = [name for name, text in cells.items() if _is_number(text, value)]
        found += [(cells, columns)] if columns else []
    if len(found) != 1:
        return None
    cells, columns = found[0]
    cited = [keys[text] for text in cells.values() if text in keys]
    remarks = [
        note.text
        for column in origin.columns
        for note in column.notes
        if cells.get(column.name) == note.value and (not column.of or {*column.of} & {*columns})
    ]
    return Row(tuple(dict.fromkeys(cited)), tuple(dict.fromkeys(remarks)))


def _is_number(text: str, value: float) -> bool:
    try:
        return math.isclose(float(text), value, rel_tol=1e-9)
    except ValueError:
        return False


def _rows_with(path: str, sha256: str, where: str) -> list[Cells]:
    """The rows that have all parts of a place in their cells."""
    rows, by_text = _rows(path, sha256)
    parts = [where] if where in by_text else where.split(", ")
    numbers = set.intersection(*(by_text.get(part, set()) for part in parts))
    return [rows[number] for number in sorted(numbers)]


@lru_cache(maxsize=32)
def _rows(path: str, sha256: str) -> tuple[list[Cells], Mapping[str, set[int]]]:
    """The rows of the file that the run has read, and which of them have a text in a cell; none if it
    is another file by now.
    """
    try:
        content = Path(path).read_bytes()
    except OSError:
        return [], {}
    if hashlib.sha256(content).hexdigest() != sha256:
        return [], {}
    text = io.StringIO(content.decode("utf-8-sig", "replace"), newline="")
    rows: list[Cells] = [dict(row) for row in csv.DictReader(text)]
    by_text: dict[str, set[int]] = {}
    for number, row in enumerate(rows):
        for cell in row.values():
            by_text.setdefault(cell, set()).add(number)
    return rows, by_text
