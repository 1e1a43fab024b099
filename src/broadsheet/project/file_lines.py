"""Places as lines and columns of files, for programs that know nothing of cells and rows; and the
places of addresses that are in a file.

A line of a notebook's cell is a line of the notebook's JSON; a row of a table is the line on which
it begins. The words that a message quotes give the columns.
"""

from __future__ import annotations

import csv
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from broadsheet.errors import QUOTED, BroadsheetError, ConfigError, Notice, Place
from broadsheet.project.project import INPUTS
from broadsheet.project.sources.front_matter import split
from broadsheet.project.sources.includes import Includes, Line, numbered
from broadsheet.storage.json_text import positions

_LINE_BREAK = re.compile(r"(?:\\\\|(?:\\[^n\\])|[^\\])*?\\n")
"""A string of JSON up to the next line break in it."""


@dataclass(frozen=True)
class LinePart:
    """A stretch of a line."""

    line: int
    """The line, from 1."""
    column: int = 0
    """The first character, from 1; 0 if it is not known."""
    end: int = 0
    """The character behind the last one, from 1; 0 if it is not known."""


def region_of(root: Path, message: BroadsheetError | Notice) -> LinePart | None:
    """Return the region of a message in its file, which is below ``root``; None if the file does
    not exist.
    """
    path = root / message.where.file
    try:
        if not path.is_file():  # a pipe without a writer is never read to its end
            return None
        text = path.read_text("utf-8", errors="replace")
    except (OSError, ValueError):
        return None
    start = _start(text, message.where)
    lines = text.split("\n")
    line = text.count("\n", 0, start) + 1
    shown = lines[line - 1]
    first = start - (text.rfind("\n", 0, start) + 1)
    for quoted in QUOTED.findall(message.what):
        at = shown.find(quoted, first)
        if at >= 0:
            return LinePart(line, at + 1, at + 1 + len(quoted))
    return LinePart(line)


def place_of_address(root: Path, file: str, address: str) -> Place:
    """Return the place, by cell and line, at which an address first stands in a source or in a file
    that it includes: in its text, or else in its front matter. The address of a page may be written
    as that of its source. If it is not found, the place is the file alone.
    """
    with suppress(OSError, ValueError, LookupError, TypeError, BroadsheetError):
        whole = (root / file).read_text("utf-8")
        is_notebook = file.endswith(".ipynb")
        texts = [
            source if isinstance(source, str) else "".join(source)
            for source in (
                [cell["source"] for cell in json.loads(whole)["cells"]] if is_notebook else [whole]
            )
        ]
        plain = unquote(address)
        without_suffix = f"]({plain.rpartition('.')[0]})"  # as `default-image-extension` lets it be
        sources = (plain.replace(".html", suffix) for suffix in INPUTS)
        written_as = (address, plain, *sources, without_suffix)
        body, front = list[Line](), list[Line]()
        for number, of_cell in enumerate(texts, start=1):
            begin = Place(file, 1, number if is_notebook else None)
            lines = list(numbered(of_cell, begin))
            count = _front_lines(of_cell, begin)
            front += lines[:count]
            body += Includes(root).lines(lines[count:])
        for lines in (body, front):
            for text in dict.fromkeys(written_as):
                for place, line in lines:
                    if text in line:
                        return place
    return Place(file)


def _front_lines(text: str, where: Place) -> int:
    """Return the number of lines of the front matter with which a text begins."""
    try:
        return text.count("\n") - split(text, where)[1].count("\n")
    except ConfigError:
        return 0


def _start(text: str, where: Place) -> int:
    """Return the index in the text of its file at which a place begins."""
    if where.cell is not None and where.file.endswith(".ipynb"):
        return _in_notebook(text, where.cell, where.line or 1)
    line = where.line or 1
    if where.row is not None:
        line = line_of_row(text, where.row)
    ends = [match.end() for match in re.finditer("\n", text)]
    return 0 if line == 1 or not ends else ends[min(line - 2, len(ends) - 1)]


def line_of_row(text: str, row: int) -> int:
    """Return the line on which a data row of a CSV file begins; rows count from 1, without the
    header and without empty lines.
    """
    reader, at, before = csv.reader(text.splitlines(keepends=True)), 0, 0
    try:
        for cells in reader:
            if cells and at == row:
                break
            at += bool(cells)
            before = reader.line_num
    except csv.Error:
        return row + 1
    return before + 1


def _in_notebook(text: str, cell: int, line: int) -> int:
    """Return the index at which a line of a cell begins in the JSON of a notebook; 0 if it is not
    found.
    """
    start = 0
    for path, begin, end in positions(text):
        if path[:3] != ("cells", cell - 1, "source") or text[begin] != '"':
            continue
        if not start or len(path) == 4:
            start = begin + 1
        if len(path) == 4 and path[3] == line - 1:
            return start
        if len(path) == 3:
            for _ in range(line - 1):
                match = _LINE_BREAK.match(text, start, end - 1)
                start = match.end() if match else start
            return start
    return start
