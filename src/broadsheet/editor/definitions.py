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

    def at(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return the match of a pattern in the line that the column is in; None without one."""
        matches = pattern.finditer(self.line)
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
    for match in inline.matches(asked.line):
        if match["code"] and match.start() <= asked.column <= match.end():
            yield from _of_value(asked, match["code"].strip())
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
    for file, number in rows_of(asked.workspace, declared) if declared else ():
        yield Target(Place(file, number))


def _of_value(asked: _Asked, code: str) -> Iterator[Target]:
    """Yield the rows of a value; without one, what its code names."""
    facts = facts_of(asked.workspace, asked.edited.path, code)
    rows = [row for fact in facts for row in _rows(asked, fact)]
    yield from rows or _of_code(asked)


def _of_code(asked: _Asked) -> Iterator[Target]:
    """Yield the entry of a table, or of a column of one that the file reads."""
    calls, tables = calls_in(asked.edited, asked.source), asked.workspace.tables
    if match := asked.at(_QUOTED):
        if match["name"] in tables:
            yield from _entry(asked.workspace, match["name"])
            return
        names = [call.name for call in calls]
    elif match := asked.at(_ATTRIBUTE):
        names = [call.name for call in calls if call.variable == match["variable"]]
    else:
        return
    for name in dict.fromkeys(names):
        fields = tables[name].table_schema.fields if name in tables else ()
        if any(field.name == match["name"] for field in fields):
            yield from _entry(asked.workspace, name, match["name"])


def _entry(workspace: Workspace, table: str, column: str = "") -> Iterator[Target]:
    """Yield the line of the descriptor that has the name of a table, or of a column of it."""
    text = workspace.text(DESCRIPTOR)
    at = _name_in(text, table, 0)
    if at >= 0 and column:
        at = _name_in(text, column, at)
    if at >= 0:
        start = text.rfind("\n", 0, at) + 1
        length = len(json.dumps(column or table, ensure_ascii=False))
        yield Target(Place(DESCRIPTOR, text.count("\n", 0, at) + 1), at - start, length)


def _name_in(text: str, name: str, start: int) -> int:
    written = re.escape(json.dumps(name, ensure_ascii=False))
    match = re.compile(rf'"name"\s*:\s*({written})').search(text, start)
    return match.start(1) if match else -1


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
