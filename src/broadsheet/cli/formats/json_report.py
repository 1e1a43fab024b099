"""The report of a command for programs: one JSON object of the same shape for each command, also where
it fails early. `report.schema.json` describes it, and docs/json.md.

A message has its place twice: as the line and the column of a file, for programs that know nothing of
notebooks and tables, and as a cell or a row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.cli.report import CommandReport, root_of
from broadsheet.errors import BroadsheetError, Notice
from broadsheet.version import __version__

if TYPE_CHECKING:
    from broadsheet.cli.report import Message

SHAPE = 1
"""The version of the shape. It rises when a member goes or changes; a new member leaves it."""
SCHEMA_FILE = Path(__file__).with_name("report.schema.json")
"""The JSON Schema of the shape."""

_CONTROL = re.compile("[\x7f-\x9f]")
"""Control codes that JSON would let stand."""
_OUTCOMES = {1: "fault", 2: "usage", 130: "interrupted"}
"""The outcome that an exit code tells, other than that of success."""


def envelope(report: CommandReport, command: str) -> str:
    """Return the report of a command as JSON."""
    faults: list[BroadsheetError] = []
    notices: list[Notice | str] = []
    for message in report.for_programs:
        if isinstance(message, BroadsheetError):
            faults.append(message)
        else:
            notices.append(message)
    root = root_of(report)
    whole = {
        "broadsheet": {"version": __version__, "schema": SHAPE},
        "command": command,
        "outcome": _OUTCOMES.get(report.code, "notice" if notices else "ok"),
        "faults": [message_data(fault, root) for fault in faults],
        "notices": [message_data(notice, root) for notice in notices],
        "result": report.result,
    }
    return as_json(whole, root)


def as_json(value: object, root: Path | None = None) -> str:
    """Return a value as JSON; messages in it have their files below ``root``."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=partial(_data, root=root))
    return _CONTROL.sub(_escaped, text)


def message_data(message: Message, root: Path | None) -> dict[str, object]:
    """Return a message for programs. A text is a note of the kind `note`."""
    if isinstance(message, str):
        return _members("note", "note", message)
    level = "fault"
    if isinstance(message, Notice):
        level = "warning" if message.is_strict else "note"
    members = _members(level, message.code, message.what)
    members |= {"remedy": message.mend, "detail": message.detail, "place": str(message.where)}
    where = message.where
    members |= {"cell": where.cell, "row": where.row, "field": where.column}
    members["cell_line"] = None if where.cell is None else where.line
    if message.pages:
        pages = [page for page in message.pages if page.page]
        members["edition"] = pages[0].page if pages else None
        members["pages"] = [{"page": page.page, "message": page.words} for page in pages]
    return members | _in_file(message, root)


def _members(level: str, kind: str, text: str) -> dict[str, object]:
    """Return all members of a message, most of them empty."""
    nothing = dict.fromkeys(
        ("file", "line", "column", "end_column", "cell", "cell_line", "row", "field")
    )
    head = {"level": level, "kind": kind, "message": text, "remedy": "", "detail": ""}
    return {**head, "place": "", **nothing, "edition": None, "pages": []}


def _in_file(message: Notice | BroadsheetError, root: Path | None) -> dict[str, object]:
    """Return the file of a message and the stretch of it; nothing if its place is no file."""
    from broadsheet.project.file_lines import region_of

    region = region_of(root, message) if root is not None else None
    if region is None:
        return {}
    where = message.where
    is_whole = where.line is None and where.cell is None and where.row is None
    return {
        "file": where.file,
        "line": None if is_whole and not region.column else region.line,
        "column": region.column or None,
        "end_column": region.end or None,
    }


def _data(value: object, root: Path | None) -> object:
    if isinstance(value, BroadsheetError | Notice):
        return message_data(value, root)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no value of JSON")


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
