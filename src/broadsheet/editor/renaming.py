"""A label gets another name, where it is defined and wherever the file refers to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import partial

from broadsheet.editor.edited_file import EditedFile
from broadsheet.editor.problem import Edit, placed
from broadsheet.editor.references import labels_written
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
    labels = _labels(edited, workspace)
    for label in labels:
        for where, start in _uses(edited, label, labels):
            is_here = (where.cell, where.line) == (place.cell, place.line)
            if is_here and start <= column <= start + len(label):
                return label, start, start + len(label)
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
    label, labels = at[0], _labels(edited, workspace)
    kind = label.partition("-")[0]
    if not _NAME.fullmatch(name):
        raise UsageError(
            name,
            "this is no label",
            "It begins with a letter from A to Z and ends with a letter or a digit; `-`, `_`, `.` and `:` "
            "may be between.",
        )
    if name != label and name.lower() in map(str.lower, labels):
        raise UsageError(name, "the file has this label already", "Choose another name.")
    if "-" in label and kind in CROSSREF_KINDS and not name.startswith(f"{kind}-"):
        raise UsageError(
            name, f"a label of this kind begins with `{kind}-`", f"Choose `{kind}-{name}`."
        )
    return [
        Edit(f"Rename `{label}`", where, start, start + len(label), name)
        for where, start in _uses(edited, label, labels)
    ]


def _labels(edited: EditedFile, workspace: Workspace) -> list[str]:
    """Return the labels that a file defines."""
    with workspace.at_work():
        source = if_sound(partial(edited.source, workspace.root))
        written = labels_written(edited.texts(source)) if source else ()
        return list(dict.fromkeys(one.label for one in written))


def _uses(edited: EditedFile, label: str, labels: Collection[str]) -> Iterator[tuple[Place, int]]:
    """Yield the places at which a file has a label, or refers to a part of it by a number behind it,
    unless that is another of its ``labels``: the line of each, and the first column. Code that is shown has
    none.
    """
    pattern = rf"{_BEFORE}(?P<label>{re.escape(label)})(?P<part>-\d+)?(?![\w-]|[:.](?=\w))"
    for cell in range(1, len(edited.cells) + 1) if edited.cells else [None]:
        text = "\n".join(_without_shown(edited.lines(cell)))
        for match in re.finditer(pattern, text, re.IGNORECASE):
            if not (match["part"] and f"{match['label']}{match['part']}" in labels):
                yield placed(Place(str(edited.path), 1, cell), text, match.start("label"))


def _without_shown(lines: list[str]) -> list[str]:
    """Return the lines with blanks in place of code that is shown and not run."""
    shown = [fence for fence in fences(lines) if not fence.info.startswith("{")]
    hidden = {number for fence in shown for number in range(fence.opens, fence.closes)}
    return [
        " " * len(line) if number in hidden else _CODE.sub(lambda code: " " * len(code[0]), line)
        for number, line in enumerate(lines)
    ]
