"""Faults and warnings as the preview shows them, each with a link that opens the editor there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from broadsheet.checks.check import CheckedSentence
from broadsheet.errors import BroadsheetError, Notice, Place, UsageError
from broadsheet.project.file_lines import region_of

EDITOR = "vscode://file/{path}:{line}"
"""The address that opens a file in an editor; `{path}` is absolute, without a slash at its start.
"""


@dataclass(frozen=True)
class Message:
    """A message to the author."""

    where: Place
    """Its place."""
    link: str
    """The address that opens the editor there; empty if there is no such file."""
    what: str
    """The fault."""
    mend: str = ""
    """The remedy."""
    detail: str = ""
    """Lines of detail."""


def check_editor(editor: str) -> None:
    """Raise :class:`UsageError` for an address in which something is left open."""
    try:
        editor.format(path="", line=1, cell=1)
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise UsageError(
            f"--editor {editor}",
            "this is no address in which a file and a line can be put",
            "In braces are {path}, {line} and {cell}; write any other brace twice.",
        ) from error


def message_of(one: BroadsheetError | Notice, root: Path, editor: str) -> Message:
    """Return a fault or a warning as a message."""
    return Message(one.where, _link(one, root, editor), one.what, one.mend, one.detail)


def sentence_message(one: CheckedSentence, root: Path, editor: str) -> Message:
    """Return a sentence with words that nothing accounts for."""
    words = ", ".join(f"“{words}”" for words in one.words)
    notice = Notice(one.where, f"nothing accounts for {words}: {one.text}", one.mend)
    return message_of(notice, root, editor)


def _link(one: BroadsheetError | Notice, root: Path, editor: str) -> str:
    """Return the address that opens the editor. In a notebook, the line is that of its JSON."""
    region, file = region_of(root, one), root / one.where.file
    if region is None:
        return ""
    path = quote(str(file.resolve()).lstrip("/"))
    return editor.format(path=path, line=region.line, cell=one.where.cell or 1)
