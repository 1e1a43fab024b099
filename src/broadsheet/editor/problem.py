"""A problem of an edited file: a message with its place in the text, and the edits that would mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from broadsheet.editor.edited_file import EditedFile
from broadsheet.errors import QUOTED, BroadsheetError, Notice, Place

Message = Notice | BroadsheetError

_MEANT = re.compile(r"Did you mean `([^`]+)`\?")


@dataclass(frozen=True)
class Edit:
    """A change of a line."""

    title: str
    """The title in the editor's menu."""
    place: Place
    """The line."""
    start: int
    """The first column that it replaces, from 0."""
    end: int
    """The column behind the last one."""
    text: str
    """The new text."""


@dataclass(frozen=True)
class Problem:
    """A message about a part of a line."""

    message: Message
    """The message, with the line as its place."""
    start: int
    """The first column, from 0."""
    end: int
    """The column behind the last one."""

    @property
    def place(self) -> Place:
        """The line."""
        return self.message.where

    @property
    def severity(self) -> Literal["error", "warning", "information"]:
        """The weight: a notice that stops nothing even with `--strict` is information."""
        if not isinstance(self.message, Notice):
            return "error"
        return "warning" if self.message.is_strict else "information"

    @property
    def text(self) -> str:
        """The message for an author who sees its place: what is wrong, and what to do."""
        message = self.message
        return "\n".join(filter(None, (message.what, message.mend, message.detail)))

    @property
    def mends(self) -> list[Edit]:
        """The edits to the words that the message suggests: "Did you mean …?"."""
        return [
            Edit(f"Change to `{text}`", self.place, self.start, self.end, text)
            for text in _MEANT.findall(self.message.mend)
        ]


def located(edited: EditedFile, message: Message) -> Problem:
    """Return a message as a problem of its line. The words that it quotes give the columns."""
    line = edited.line(message.where)
    start, end = len(line) - len(line.lstrip()), len(line.rstrip())
    quoted = (
        word
        for quotation in QUOTED.findall(message.what)
        for word in (quotation, quotation.split(".")[-1])
    )
    words = (re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", line) for word in quoted)
    if match := next(filter(None, words), None):
        start, end = match.span()
    return Problem(message, start, end)


def placed(place: Place, text: str, at: int) -> tuple[Place, int]:
    """Return the place and the column, from 0, of the character ``at`` of a text that begins at a
    place.
    """
    return place.at(text.count("\n", 0, at) + 1), at - (text.rfind("\n", 0, at) + 1)
