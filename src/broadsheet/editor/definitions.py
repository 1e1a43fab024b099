"""Where the word at a place of an edited file comes from: the row of a value, the entry of a table or
of its column, the label of a reference, the entry of a citation, the article of a link.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from broadsheet.data.descriptor import DESCRIPTOR
from broadsheet.editor.completions import calls_in, claim_at, kind_at
from broadsheet.editor.edited_file import EditedFile
from broadsheet.editor.evidence import facts_of, rows_of
from broadsheet.editor.prose import masked
from broadsheet.editor.references import is_label, labels_written, references_in
from broadsheet.editor.workspace import Workspace, if_sound
from broadsheet.errors import Place
from broadsheet.project.bibliographies import ENTRY
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.source import Source, slug_of
from broadsheet.storage.files import refusal

_ARTICLE = re.compile(r"\]\(article:(?P<slug>[\w-]+)")
_DECODER = json.JSONDecoder()
_NEXT = re.compile(r"[\s,]*\{")
_STRING = r'"(?:[^"\\]|\\.)*"'
_TOKEN = re.compile(rf"(?P<key>{_STRING})\s*:\s*(?P<value>{_STRING})|{_STRING}|[\[\]{{}}]")
_QUOTED = re.compile(r"[\"'](?P<name>[^\"'\n]+)[\"']")
_ATTRIBUTE = re.compile(r"(?<![\w.])(?P<variable>\w+)\.(?P<name>\w+)")


@dataclass(frozen=True)
class Target:
    """A place to go to."""

    place: Place
    """The line, with the file from the publication's root."""
    column: int = 0
    """The column, from 0."""
    length: int = 0
    """The number of characters."""


@dataclass(frozen=True)
class _Asked:
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
) -> list[Target]:
    """Return where the word at a column of the line at a place comes from; nothing if it is not
    known.
    """
    with workspace.at_work():
        source = if_sound(partial(edited.source, workspace.root))
        if source is None:
            return []
        asked = _Asked(edited, source, workspace, place, column)
        return list(dict.fromkeys(_targets(asked)))


def _targets(asked: _Asked) -> Iterator[Target]:
    kind = kind_at(asked.edited, asked.place)
    if kind == "code":
        yield from _of_code(asked)
    if kind != "prose":
        return
    for expression in inline.matches(asked.line):
        if expression["code"] and expression.start() <= asked.column <= expression.end():
            yield from _of_value(asked, expression)
            return
    for reference in references_in([(asked.place, masked(asked.line))]):
        if reference.column - 1 <= asked.column <= reference.column + len(reference.key):
            yield from _of_reference(asked, reference.key)
            return
    if match := asked.at(_ARTICLE):
        for path in sorted(asked.workspace.project.inputs({})):
            if slug_of(path) == match["slug"]:
                yield Target(Place(str(path), 1))
    elif claim := claim_at(asked.edited, asked.workspace, asked.place, asked.column):
        claims = asked.workspace.declared(asked.edited.path).get("claims", {})
        yield from _rows(asked, claims.get(claim.name))


def _rows(asked: _Asked, declared: Mapping[str, Any] | None) -> Iterator[Target]:
    for row in rows_of(asked.workspace, declared) if declared else ():
        yield Target(Place(row.file, row.line))


def _of_value(asked: _Asked, expression: re.Match[str]) -> Iterator[Target]:
    """Yield the rows of a value; without one, what its code names."""
    facts = facts_of(asked.workspace, asked.edited.path, expression["code"].strip())
    rows = [row for fact in facts for row in _rows(asked, fact)]
    yield from rows or _of_code(asked, *expression.span("code"))


def _of_code(asked: _Asked, start: int = 0, end: int | None = None) -> Iterator[Target]:
    """Yield the entry of a table, or of a column of one that the file reads, which code in these
    columns of the line names.
    """
    calls, tables = calls_in(asked.edited, asked.source), asked.workspace.tables
    if match := asked.at(_QUOTED, start, end):
        if match["name"] in tables:
            yield from _entry(asked.workspace, match["name"])
            return
        names = [call.name for call in calls]
    elif match := asked.at(_ATTRIBUTE, start, end):
        names = [call.name for call in calls if call.variable == match["variable"]]
    else:
        return
    for name in dict.fromkeys(names):
        fields = tables[name].table_schema.fields if name in tables else ()
        if any(field.name == match["name"] for field in fields):
            yield from _entry(asked.workspace, name, match["name"])


def _entry(workspace: Workspace, table: str, column: str = "") -> Iterator[Target]:
    """Yield the place in the descriptor of the name of a table, or of a column of it."""
    text = workspace.text(DESCRIPTOR)
    span = _named(text, "resources", table, 0, len(text))
    if span and column:
        span = _named(text, "fields", column, *span)
    at = _name_of(text, column or table, *span) if span else None
    if at:
        start = text.rfind("\n", 0, at[0]) + 1
        place = Place(DESCRIPTOR, text.count("\n", 0, at[0]) + 1)
        yield Target(place, at[0] - start, at[1] - at[0])


def _named(text: str, key: str, name: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the object with a name begins and ends that is in the list of a ``key`` of JSON."""
    opening = re.compile(rf'"{key}"\s*:\s*\[').search(text, start, end)
    at = opening.end() if opening else end
    while (item := _NEXT.match(text, at, end)) is not None:
        try:
            read, after = _DECODER.raw_decode(text, item.end() - 1)
        except (ValueError, RecursionError):
            return None
        if read.get("name") == name:
            return item.end() - 1, after
        at = after
    return None


def _name_of(text: str, name: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the name of an object is written, that begins and ends there."""
    depth = 0
    for token in _TOKEN.finditer(text, start, end):
        depth += (token[0] in "{[") - (token[0] in "}]")
        key = depth == 1 and token["key"]
        if key and json.loads(token["value"]) == name and json.loads(key) == "name":
            return token.span("value")
    return None


def _of_reference(asked: _Asked, key: str) -> Iterator[Target]:
    written = labels_written(asked.edited.texts(asked.source))
    labels = [one for one in written if is_label(key, [one.label])]
    exact = [one for one in labels if one.label.lower() == key.lower()]
    for label in exact or labels:
        yield Target(label.place, label.column, len(label.label))
    workspace = asked.workspace
    editions = if_sound(partial(workspace.editions, asked.source)) if not labels else None
    for name in editions[0][0].settings.bibliography if editions else ():
        is_readable = not refusal(workspace.root, workspace.root / name)
        text = workspace.text(name) if is_readable else ""
        for entry in ENTRY.finditer(text):
            if entry["key"] == key:
                yield Target(Place(name, text.count("\n", 0, entry.start("key")) + 1))
