"""A label gets another name, where it is defined and wherever the file refers to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from broadsheet.editor.edited_file import EditedFile
from broadsheet.editor.problem import Edit, placed
from broadsheet.editor.references import WrittenLabel, labels_written
from broadsheet.editor.workspace import Workspace, if_sound
from broadsheet.errors import Place, UsageError
from broadsheet.project.settings.crossref_settings import CROSSREF_KINDS
from broadsheet.project.sources.code_fences import fences

_NAME = re.compile(r"[A-Za-z](?:[\w:.-]*\w)?")
_BEFORE = (
    r"(?:(?<![\w\\@/.])@\{?|(?<=[\s\"'({])#|\blabel:[ \t]+[\"']?|\bfigure=[\"']?|\bimage:[ \t]+[\"']?"
    r"|\bid=[\"']|\{\{<[ ]contents[ ])"
)
"""The signs before a label: in references, ids, options, attributes and shortcodes."""
_CODE = re.compile(r"(?<![\\`])(`+)(?!`).+?(?<!`)\1(?!`)")


def label_at(
    edited: EditedFile, workspace: Workspace, place: Place, column: int
) -> tuple[str, int, int] | None:
    """Return the label at a column of the line at a place, with its first column and the one behind
    it; None if there is none that the file defines.
    """
    with workspace.at_work():
        line = edited.line(place)
        for label in {one.label for one in _labels(edited, workspace)}:
            for match in _uses(label, line):
                if match.start("label") <= column <= match.end("label"):
                    return label, match.start("label"), match.end("label")
    return None


def renamed(
    edited: EditedFile, workspace: Workspace, place: Place, column: int, name: str
) -> list[Edit]:
    """Return the edits that give the label at a place another ``name``. Raises :class:`UsageError`
    for a name that cannot be used.
    """
    at = label_at(edited, workspace, place, column)
    if at is None:
        raise UsageError(name, "there is no label of this file here", "Choose a label.")
    label = at[0]
    with workspace.at_work():
        labels = {one.label for one in _labels(edited, workspace)}
    kind = label.partition("-")[0]
    if not _NAME.fullmatch(name):
        raise UsageError(
            name,
            "this is no label",
            "It begins with a letter from A to Z and ends with a letter or a digit; `-`, `_`, `.` and `:` "
            "may be between.",
        )
    if name != label and name.lower() in {other.lower() for other in labels}:
        raise UsageError(name, "the file has this label already", "Choose another name.")
    if "-" in label and kind in CROSSREF_KINDS and not name.startswith(f"{kind}-"):
        raise UsageError(
            name, f"a label of this kind begins with `{kind}-`", f"Choose `{kind}-{name}`."
        )
    others = {other for other in labels if other != label}
    return list(_edits(edited, label, name, others))


def _labels(edited: EditedFile, workspace: Workspace) -> list[WrittenLabel]:
    source = if_sound(partial(edited.source, workspace.root))
    return list(labels_written(edited.texts(source))) if source else []


def _uses(label: str, text: str) -> Iterator[re.Match[str]]:
    """Yield where a text has a label, or refers to a part of it by a number behind it; not in code
    that is shown.
    """
    text = _CODE.sub(lambda code: " " * len(code[0]), text)
    pattern = rf"{_BEFORE}(?P<label>{re.escape(label)})(?P<part>-\d+)?(?![\w-]|[:.](?=\w))"
    return re.finditer(pattern, text, re.IGNORECASE)


def _without_shown(lines: list[str]) -> list[str]:
    """Return the lines with blanks in place of blocks of code that are shown and not run."""
    shown = [fence for fence in fences(lines) if not fence.info.startswith("{")]
    hidden = {number for fence in shown for number in range(fence.opens, fence.closes)}
    return [" " * len(line) if number in hidden else line for number, line in enumerate(lines)]


def _edits(edited: EditedFile, label: str, name: str, others: set[str]) -> Iterator[Edit]:
    cells = range(1, len(edited.cells) + 1) if edited.cells else [None]
    for cell in cells:
        text = "\n".join(_without_shown(edited.lines(cell)))
        for match in _uses(label, text):
            if match["part"] and f"{match['label']}{match['part']}" in others:
                continue
            where, column = placed(Place(str(edited.path), 1, cell), text, match.start("label"))
            yield Edit(f"Rename `{label}`", where, column, column + len(label), name)
