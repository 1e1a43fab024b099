"""Changes of a source that leave all else of it byte for byte as it is: texts of cells of a notebook,
and cells that are added.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import count

from broadsheet.storage.json_text import positions


def with_sources(text: str, sources: Mapping[int, str]) -> str:
    """Return the JSON ``text`` of a notebook in which cells, by their numbers from 1, have other
    sources.
    """
    spans = _spans(text)
    for number, source in sorted(sources.items(), reverse=True):
        start, end = spans["cells", number - 1, "source"]
        text = f"{text[:start]}{_written(text[start:end], source)}{text[end:]}"
    return text


def with_code_cells(text: str, cells: Mapping[int, str]) -> str:
    """Return the JSON ``text`` of a notebook with code cells behind some others, by their numbers; 0
    is before all.
    """
    spans = _spans(text)
    ids = {json.loads(text[slice(*span)]) for keys, span in spans.items() if keys[2:] == ("id",)}
    for number, code in sorted(cells.items(), reverse=True):
        start, end = spans["cells", max(0, number - 1)]
        gap = text[text.rfind("\n", 0, start) : start] if "\n" in text else " "
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
        at, added = (end, f",{gap}{written}") if number else (start, f"{written},{gap}")
        text = f"{text[:at]}{added}{text[at:]}"
    return text


def _step(gap: str) -> int:
    """Return the spaces by which a level is indented, of the gap before a cell, the second level."""
    return len(gap.strip("\n")) // 2


def _written(was: str, source: str) -> str:
    """Return a source as JSON, in the form of what it was."""
    if was.startswith('"'):
        return json.dumps(source, ensure_ascii=False)
    first = re.match(r"\[([ \t\r\n]*)", was)
    last = re.search(r"([ \t\r\n]*)\]$", was)
    assert first is not None
    assert last is not None
    lines = [json.dumps(line, ensure_ascii=False) for line in source.splitlines(keepends=True)]
    between = f",{first[1]}" if first[1] else ", "
    return f"[{first[1]}{between.join(lines)}{last[1]}]" if lines else "[]"


def _spans(text: str) -> dict[tuple[str | int, ...], tuple[int, int]]:
    """Return the places of the cells of a notebook and of their parts, by the keys that lead there."""
    return {
        keys: (start, end)
        for keys, start, end in positions(text)
        if keys[:1] == ("cells",) and len(keys) in (2, 3)
    }
