"""The outline of an edited file: its headings, and the parts that have a label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from broadsheet.editor.edited_file import EditedFile
from broadsheet.editor.problem import placed
from broadsheet.editor.prose import masked
from broadsheet.editor.references import labels_written
from broadsheet.editor.workspace import Workspace, if_sound
from broadsheet.errors import Place

_HEADING = re.compile(r"^(?P<signs>#{1,6})[ \t]+(?P<text>\S[^\n]*)", re.MULTILINE)
_ATTRIBUTES = re.compile(r"\{[^{}`]*\}$")


@dataclass(frozen=True)
class OutlinePart:
    """A heading, or a part with a label."""

    name: str
    """The heading, or the label."""
    detail: str
    """The caption of a part, as far as it is written there."""
    place: Place
    """The line."""
    start: int
    """The first column of the name, from 0."""
    end: int
    """The column behind the last one."""
    level: int = 0
    """The level of a heading, from 1; 0 for a part with a label."""


def outline_of(edited: EditedFile, workspace: Workspace) -> list[OutlinePart]:
    """Return the outline of a file in the order of its lines; empty while it cannot be read."""
    with workspace.at_work():
        source = if_sound(partial(edited.source, workspace.root))
        parts = edited.texts(source) if source else []
        return sorted(_parts(parts), key=lambda part: _order(part.place, part.start))


@dataclass(frozen=True)
class NestedPart:
    """A part, with those that are directly below it."""

    part: OutlinePart
    """The part."""
    below: list[NestedPart] = field(default_factory=list)
    """The parts below it, in the order of their lines."""


def nested(parts: Iterable[OutlinePart]) -> list[NestedPart]:
    """Return the parts that are below no other, each with those below it: a heading has what comes up
    to the next one that is not below it.
    """
    roots: list[NestedPart] = []
    open_headings: list[NestedPart] = []
    for part in parts:
        while part.level and open_headings and open_headings[-1].part.level >= part.level:
            open_headings.pop()
        here = NestedPart(part)
        (open_headings[-1].below if open_headings else roots).append(here)
        if part.level:
            open_headings.append(here)
    return roots


def _order(place: Place, column: int) -> tuple[int, int, int]:
    return place.cell or 0, place.line or 0, column


def _parts(texts: Sequence[tuple[str, Place, str]]) -> Iterator[OutlinePart]:
    for kind, place, text in texts:
        if kind == "markdown":
            for match in _HEADING.finditer(masked(text)):
                where, column = placed(place, text, match.start("text"))
                line = text[match.start("text") : match.end("text")].rstrip()
                name = _ATTRIBUTES.sub("", line).rstrip().rstrip("#").rstrip()
                if name:
                    end = column + len(line)
                    yield OutlinePart(name, "", where, column, end, len(match["signs"]))
    for label in labels_written(texts):
        if not label.is_of_heading:
            end = label.column + len(label.label)
            yield OutlinePart(label.label, label.caption, label.place, label.column, end)
