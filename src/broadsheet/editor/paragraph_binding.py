"""The quick fix that binds a text of an edited file: its numbers and comparisons become the expressions and the
claims that read just so, as `broadsheet bind` finds them.

They are looked for only when somebody asks for it, since the article is run for that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.checks.bind.bound_source import BoundSource
from broadsheet.checks.bind.document_texts import stretches_in, stretches_of
from broadsheet.editor.edited_file import EditedFile, edited_notebook
from broadsheet.errors import BroadsheetError, Place, UsageError
from broadsheet.project.project import NOTEBOOK
from broadsheet.storage.files import read_text

if TYPE_CHECKING:
    from broadsheet.checks.bind.bound_words import Binding

_SUFFIXES = (NOTEBOOK, ".qmd")


@dataclass(frozen=True)
class ChangedLines:
    """Lines in the place of some lines of a file, or of a cell of it."""

    cell: int | None
    """The number of the cell, from 1; None for a file without cells."""
    start: tuple[int, int]
    """The line and the column, both from 0, of the first sign that goes."""
    end: tuple[int, int]
    """The line and the column behind the last one."""
    text: str
    """The new text."""


def position_at(edited: EditedFile, place: Place, column: int) -> tuple[int, int] | None:
    """Return the cell, from 1, and the position in it of a column of an edited file, if it is in a text
    with a figure that is not bound; else None.
    """
    if edited.path.suffix not in _SUFFIXES:
        return None
    is_notebook = edited.path.suffix == NOTEBOOK
    lines = edited.lines(place.cell if is_notebook else None)
    cell, line = (place.cell or 1) if is_notebook else 1, (place.line or 1) - 1
    at = sum(len(each) + 1 for each in lines[:line]) + column
    if is_notebook:
        texts = stretches_of(edited.cells[cell - 1].kind, cell, "\n".join(lines))
    else:
        texts = stretches_in(edited.text)
    has_figure = any(text.has(cell, at) and any(map(str.isdigit, text.masked)) for text in texts)
    return (cell, at) if has_figure else None


def bound_text(edited: EditedFile, root: Path, at: tuple[int, int]) -> Binding:
    """Return the binding of the text at a position of an edited file of the publication at ``root``. The
    article is run as it is in the editor. Raises :class:`BroadsheetError`.
    """
    from broadsheet.checks.bind.binding import bind_text

    source = BoundSource(edited.path, _as_file(edited, root))
    return bind_text(root, source, source.text.encode(), at=at)


def changed_lines(binding: Binding) -> list[ChangedLines]:
    """Return the changes of a binding. Raises :class:`UsageError` if it adds a cell to a notebook, which
    no change of a text can do.
    """
    before = BoundSource(binding.source.path, binding.before)
    after = BoundSource(binding.source.path, binding.text)
    if len(before.cells) != len(after.cells):
        raise UsageError(
            str(before.path),
            "no cell imports broadsheet yet, behind which the tables of this text could be loaded",
            "Write a cell with `import broadsheet as bs`, and bind the text then.",
        )
    numbers = range(1, len(before.cells) + 1) if before.is_notebook else (None,)
    return [
        change
        for number, (_, was), (_, now) in zip(numbers, before.cells, after.cells, strict=True)
        for change in _between(number, was.split("\n"), now.split("\n"))
    ]


def told_of_binding(binding: Binding) -> str:
    """Return what an author is told of a binding: what is bound, and what is left as it is."""
    facts = sum(edit.kind == "fact" for edit in binding.edits)
    lines = [f"Numbers bound: {facts}. Comparisons bound: {len(binding.edits) - facts}."]
    lines += [
        f"Contradicted: “{words.words}”. The tables say “{words.instead}”."
        for words in binding.contradicted
    ]
    lines += [
        f"Unsure: “{words.words}” may be {' or '.join(words.codes)}." for words in binding.unsure
    ]
    lines += [f"Left as it is: {notice.what}." for notice in binding.notices]
    return "\n".join(lines)


def _between(cell: int | None, was: list[str], now: list[str]) -> Iterator[ChangedLines]:
    """Yield the changes from some lines to others."""
    for kind, first, last, start, end in SequenceMatcher(None, was, now, False).get_opcodes():
        text = "\n".join(now[start:end])
        if kind == "insert" and first < len(was):
            yield ChangedLines(cell, (first, 0), (first, 0), f"{text}\n")
        elif kind == "insert":
            behind = (first - 1, len(was[first - 1]))
            yield ChangedLines(cell, behind, behind, f"\n{text}")
        elif kind != "equal":
            yield ChangedLines(cell, (first, 0), (last - 1, len(was[last - 1])), text)


def _as_file(edited: EditedFile, root: Path) -> str:
    """Return an edited file as it would be saved: a notebook with the metadata that it has on the disk."""
    if edited.path.suffix != NOTEBOOK:
        return edited.text
    notebook = dict(edited_notebook(edited.cells))
    with suppress(BroadsheetError, OSError, ValueError, KeyError, TypeError):
        saved = json.loads(read_text(root / edited.path, str(edited.path)))
        notebook["metadata"] = dict(saved["metadata"])
    return json.dumps(notebook, indent=1, ensure_ascii=False)
