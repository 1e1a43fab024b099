"""The place from which a word of an edited file comes: the row of a value, the entry of a table or of its
column, the label of a reference, the entry of a citation, the article of a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from broadsheet.data.descriptor import DESCRIPTOR
from broadsheet.editor.completions import calls_in, claim_at, kind_at
from broadsheet.editor.edited_file import EditedFile
from broadsheet.editor.evidence import evidence_rows, facts_of
from broadsheet.editor.prose import masked
from broadsheet.editor.references import is_label, labels_written, references_in
from broadsheet.editor.workspace import Workspace, if_sound
from broadsheet.errors import Place
from broadsheet.project.bibliographies import ENTRY
from broadsheet.project.file_lines import line_of_row
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.source import Source, slug_of
from broadsheet.storage.files import refusal
from broadsheet.storage.json_text import positions

_ARTICLE = re.compile(r"\]\(article:(?P<slug>[\w-]+)")
_QUOTED = re.compile(r"[\"'](?P<name>[^\"'\n]+)[\"']")
_ATTRIBUTE = re.compile(r"(?<![\w.])(?P<variable>\w+)\.(?P<name>\w+)")


@dataclass(frozen=True)
class Definition:
    """A place to go to."""

    place: Place
    """The line, with the file from the publication's root."""
    column: int = 0
    """The column, from 0."""
    length: int = 0
    """The number of characters."""


@dataclass(frozen=True)
class _Spot:
    """A place of an edited file about which is asked."""

    edited: EditedFile
    """The file."""
    source: Source
    """The file as a source."""
    workspace: Workspace
    """Its publication."""
    place: Place
    """The line."""
    column: int
    """The column, from 0."""

    @property
    def line(self) -> str:
        """The text of the line."""
        return self.edited.line(self.place)

    def at(
        self, pattern: re.Pattern[str], start: int = 0, end: int | None = None
    ) -> re.Match[str] | None:
        """Return the match of a pattern, in these columns of the line, that the column is in; None
        without one.
        """
        matches = pattern.finditer(self.line, start, len(self.line) if end is None else end)
        return next((one for one in matches if one.start() <= self.column <= one.end()), None)


def definitions(
    edited: EditedFile, workspace: Workspace, place: Place, column: int
) -> list[Definition]:
    """Return where the word at a column of the line at a place comes from; nothing if it is not
    known.
    """
    with workspace.at_work():
        source = if_sound(partial(edited.source, workspace.root))
        if source is None:
            return []
        spot = _Spot(edited, source, workspace, place, column)
        return list(dict.fromkeys(_found(spot)))


def _found(spot: _Spot) -> Iterator[Definition]:
    kind = kind_at(spot.edited, spot.place)
    if kind == "code":
        yield from _of_code(spot)
    if kind != "prose":
        return
    for expression in inline.matches(spot.line):
        if expression["code"] and expression.start() <= spot.column <= expression.end():
            yield from _of_value(spot, expression)
            return
    for reference in references_in([(spot.place, masked(spot.line))]):
        if reference.column - 1 <= spot.column <= reference.column + len(reference.key):
            yield from _of_reference(spot, reference.key)
            return
    if match := spot.at(_ARTICLE):
        for path in sorted(spot.workspace.project.inputs({})):
            if slug_of(path) == match["slug"]:
                yield Definition(Place(str(path), 1))
    elif claim := claim_at(spot.edited, spot.workspace, spot.place, spot.column):
        claims = spot.workspace.declared(spot.edited.path).get("claims", {})
        yield from _rows(spot, claims.get(claim.name))


def _rows(spot: _Spot, declared: Mapping[str, Any] | None) -> Iterator[Definition]:
    for row in evidence_rows(spot.workspace, declared) if declared else ():
        line = line_of_row(spot.workspace.text(row.file), row.number - 1)
        yield Definition(Place(row.file, line))


def _of_value(spot: _Spot, expression: re.Match[str]) -> Iterator[Definition]:
    """Yield the rows of a value; without one, what its code names."""
    facts = facts_of(spot.workspace, spot.edited.path, expression["code"].strip())
    rows = [row for fact in facts for row in _rows(spot, fact)]
    yield from rows or _of_code(spot, *expression.span("code"))


def _of_code(spot: _Spot, start: int = 0, end: int | None = None) -> Iterator[Definition]:
    """Yield the entry of a table, or of a column of one that the file reads, which code in these
    columns of the line names.
    """
    calls, tables = calls_in(spot.edited, spot.source), spot.workspace.tables
    if match := spot.at(_QUOTED, start, end):
        if match["name"] in tables:
            yield from _entry(spot.workspace, match["name"])
            return
        names = [call.name for call in calls]
    elif match := spot.at(_ATTRIBUTE, start, end):
        names = [call.name for call in calls if call.variable == match["variable"]]
    else:
        return
    for name in dict.fromkeys(names):
        fields = tables[name].table_schema.fields if name in tables else ()
        if any(field.name == match["name"] for field in fields):
            yield from _entry(spot.workspace, name, match["name"])


def _entry(workspace: Workspace, table: str, column: str = "") -> Iterator[Definition]:
    """Yield the place in the descriptor of the name of a table, or of a column of it."""
    text = workspace.text(DESCRIPTOR)
    path: tuple[str | int, ...] = ("resources", list(workspace.tables).index(table))
    if column:
        fields = [field.name for field in workspace.tables[table].table_schema.fields]
        path = (*path, "schema", "fields", fields.index(column))
    for keys, begin, end in positions(text):
        if keys == (*path, "name"):
            start = text.rfind("\n", 0, begin) + 1
            line = text.count("\n", 0, begin) + 1
            yield Definition(Place(DESCRIPTOR, line), begin - start, end - begin)
            return


def _of_reference(spot: _Spot, key: str) -> Iterator[Definition]:
    written = labels_written(spot.edited.texts(spot.source))
    labels = [one for one in written if is_label(key, [one.label])]
    exact = [one for one in labels if one.label.lower() == key.lower()]
    for label in exact or labels:
        yield Definition(label.place, label.column, len(label.label))
    workspace = spot.workspace
    editions = if_sound(partial(workspace.editions, spot.source)) if not labels else None
    for name in editions[0][0].settings.bibliography if editions else ():
        is_readable = not refusal(workspace.root, workspace.root / name)
        text = workspace.text(name) if is_readable else ""
        for entry in ENTRY.finditer(text):
            if entry["key"] == key:
                yield Definition(Place(name, text.count("\n", 0, entry.start("key")) + 1))
