"""Changes of a source that leave all else of it byte for byte as it is: texts of cells of a notebook,
and cells that are added.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class _Value:
    """A value of a JSON text."""

    key: str
    """Its key; empty for an item of a list."""
    start: int
    """The position of its first letter."""
    end: int
    """The position behind its last letter."""


def with_sources(text: str, sources: Mapping[int, str]) -> str:
    """Return the JSON ``text`` of a notebook in which cells, by their numbers from 1, have other
    sources.
    """
    for number, cell in reversed(list(enumerate(_cells(text), start=1))):
        if number in sources:
            place = next(value for value in _parts(text, cell.start) if value.key == "source")
            text = text[: place.start] + _written(text, place, sources[number]) + text[place.end :]
    return text


def with_code_cells(text: str, cells: Mapping[int, str]) -> str:
    """Return the JSON ``text`` of a notebook with code cells behind some others, by their numbers; 0
    is before all.
    """
    places = list(_cells(text))
    ids = {
        json.loads(text[value.start : value.end])
        for place in places
        for value in _parts(text, place.start)
        if value.key == "id"
    }
    for number, code in sorted(cells.items(), reverse=True):
        before = places[max(0, number - 1)]
        gap = text[text.rfind("\n", 0, before.start) : before.start] if "\n" in text else " "
        cell: dict[str, object] = {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": code.splitlines(keepends=True),
        }
        if ids:
            free = next(name for at in count(number) if (name := f"bound-{at}") not in ids)
            ids.add(free)
            cell = {"cell_type": "code", "execution_count": None, "id": free, **cell}
        step = _step(gap)
        written = json.dumps(cell, indent=step or None, ensure_ascii=False)
        written = written.replace("\n", gap) if step else written
        if number:
            text = f"{text[: before.end]},{gap}{written}{text[before.end :]}"
        else:
            text = f"{text[: before.start]}{written},{gap}{text[before.start :]}"
    return text


def _step(gap: str) -> int:
    """Return the spaces by which a level is indented, of the gap before a cell, the second level."""
    return len(gap.strip("\n")) // 2


def _written(text: str, place: _Value, source: str) -> str:
    """Return a source as JSON, in the form of the one at a place."""
    if text[place.start] == '"':
        return json.dumps(source, ensure_ascii=False)
    first = re.match(r"\[([ \t\r\n]*)", text[place.start : place.end])
    last = re.search(r"([ \t\r\n]*)\]$", text[place.start : place.end])
    assert first is not None
    assert last is not None
    lines = [json.dumps(line, ensure_ascii=False) for line in source.splitlines(keepends=True)]
    between = f",{first[1]}" if first[1] else ", "
    return f"[{first[1]}{between.join(lines)}{last[1]}]" if lines else "[]"


def _cells(text: str) -> Iterator[_Value]:
    start = _SPACE.match(text, 0)
    for value in _parts(text, start.end() if start else 0):
        if value.key == "cells":
            yield from _parts(text, value.start)


def _parts(text: str, start: int) -> Iterator[_Value]:
    """Yield the values of an object or a list that begins at a position."""
    is_object, at = text[start] == "{", _after_space(text, start + 1)
    while text[at] not in "]}":
        key = ""
        if is_object:
            key, at = _DECODER.raw_decode(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
        _, end = _DECODER.raw_decode(text, at)
        yield _Value(key, at, end)
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
