"""A problem of an edited file: a message with its place in the text, and the edits that would mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from broadsheet.editor.edited_file import EditedFile
from broadsheet.errors import QUOTED, BroadsheetError, Notice, Place

Message = Notice | BroadsheetError

_MEANT = re.compile(r"Did you mean `([^`]+)`\?")


@dataclass(frozen=True)
class Edit:
    """``text`` in place of the columns from ``start`` up to ``end`` of the line at ``place``."""

    title: str
    place: Place
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Problem:
    """A message about the columns from ``start`` up to ``end`` of the line at its place."""

    message: Message
    start: int
    end: int

    @property
    def place(self) -> Place:
        """The line."""
        return self.message.where

    @property
    def mends(self) -> list[Edit]:
        """What would mend it, where the message asks "Did you mean …?": what it names."""
        return [
            Edit(f"Change to `{one}`", self.place, self.start, self.end, one)
            for one in _MEANT.findall(self.message.mend)
        ]


def located(edited: EditedFile, message: Message) -> Problem:
    """The problem of a message that has its line; the words that it quotes give the columns."""
    line = edited.line(message.where)
    start, end = len(line) - len(line.lstrip()), len(line.rstrip())
    quoted = (
        one for found in QUOTED.findall(message.what) for one in (found, found.split(".")[-1])
    )
    words = (re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", line) for one in quoted)
    if match := next(filter(None, words), None):
        start, end = match.span()
    return Problem(message, start, end)


def placed(place: Place, text: str, at: int) -> tuple[Place, int]:
    """The place and the column, from 0, of the character ``at`` of a text that begins at a place."""
    return place.at(text.count("\n", 0, at) + 1), at - (text.rfind("\n", 0, at) + 1)
