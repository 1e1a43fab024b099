"""A notebook's file, checked: JSON in a shape that all other code can rely on.

:func:`read_notebook` reads nbformat 4, and converts older formats. It checks the shape itself,
once, and names the cell that does not have it; nbformat's own validator takes many times as long
and says only that some schema is not met. The result has a list of cells, each with a known type,
its source as one text that a page can show, with lines that end in a line feed alone, its metadata
a mapping and its tags a list of texts. Duplicate or missing ids of cells are allowed, since no code
uses them; so are odd outputs, because a run makes them anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from broadsheet.errors import NotebookError, Place
from broadsheet.unprintable import refuse_unprintable, unprintable

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

CURRENT = 4
"""The newest known major version of the format."""
DEEPEST = 50
"""How many levels of nesting metadata may have."""
RESERVED = frozenset({"broadsheet-inline", "broadsheet-reads"})
"""Tags of the cells that a run inserts."""

_RESTORE = "Open it in Jupyter, or restore it from git; a merge may have left conflict marks."
_SAVE = "Mend the JSON here, or restore the notebook from git."
_IS = dict.fromkeys(("the cell's `tags`", "the cell's `attachments`"), "are")
_KINDS = ("raw", "markdown", "code")
_SHOWN = 60


def read_notebook(text: str, where: Place) -> NotebookNode:
    """The notebook in ``text``, as nbformat 4. Raises :class:`NotebookError` with the line or the
    cell.
    """
    if not text.strip():
        raise NotebookError(
            Place(where.file, line=1), "not a notebook: the file is empty", _RESTORE
        )
    import nbformat  # a build in which no notebook has changed does without

    raw = _parsed(text, where)
    if not isinstance(raw, dict):
        raise NotebookError(
            where, f"not a notebook: its JSON is {_shape(raw)}, not a mapping", _RESTORE
        )
    version = raw.get("nbformat")
    if type(version) is not int or version < 1:
        state = (
            f"is {_shape(version)}, not a version such as {CURRENT}"
            if "nbformat" in raw
            else "is missing"
        )
        raise NotebookError(where, f"not a notebook: `nbformat` {state}", _RESTORE)
    if version > CURRENT:
        raise NotebookError(
            where,
            f"`nbformat` is {_shown(version)}, and no newer format than {CURRENT} is known",
            f"Save it in Jupyter as a notebook of format {CURRENT}.",
        )
    if version < CURRENT:
        raw = _converted(raw, where)
    _check(raw, where)
    notebook: NotebookNode = nbformat.from_dict(raw)
    return notebook


def _parsed(text: str, where: Place) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_mapping)
    except json.JSONDecodeError as error:
        raise NotebookError(
            Place(where.file, line=error.lineno),
            f"not a notebook: {error.msg}",
            "Mend the JSON here; a merge may have left conflict marks.",
        ) from error
    except _TwiceError as error:
        raise NotebookError(
            where,
            f"not a notebook: the key {_shown(error.args[0])} stands twice in one mapping",
            "Keep one of the two; a merge may have left both.",
        ) from None
    except RecursionError:
        raise NotebookError(
            where,
            "not a notebook: its JSON is nested too deeply",
            "Clear its outputs in Jupyter, or take levels of nesting out.",
        ) from None
    except ValueError as error:  # a number of more digits than Python reads
        raise NotebookError(
            where,
            "not a notebook: it has a number of more than 4,300 digits",
            "Write this number as text, or clear the output that has it.",
        ) from error


class _TwiceError(Exception):
    """A key occurs twice in a mapping: JSON's readers keep the last, and lose the first value."""


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
    return made


def _converted(raw: Mapping[str, Any], where: Place) -> dict[str, Any]:
    """A notebook of an older format, converted to the current one."""
    try:
        import nbformat
        from nbformat.reader import get_version

        version, minor = get_version(raw)
        return dict(
            nbformat.convert(nbformat.versions[version].to_notebook_json(raw, minor=minor), CURRENT)
        )
    except Exception as error:
        state = str(error).strip().splitlines()
        raise NotebookError(
            where,
            f"this notebook of format {raw['nbformat']} cannot be converted: "
            f"{state[0][:200] if state else type(error).__name__}",
            "Open it in Jupyter and save it, which converts it.",
        ) from error


def _check(raw: dict[str, Any], where: Place) -> None:
    """Refuse a notebook that does not have the shape of nbformat 4; add what may be missing."""
    minor = raw.setdefault("nbformat_minor", 0)
    if type(minor) is not int or minor < 0:
        raise NotebookError(
            where, f"`nbformat_minor` is {_shape(minor)}, not a version such as 5", _RESTORE
        )
    if not isinstance(raw.get("cells"), list):
        state = f"is {_shape(raw['cells'])}, not a list" if "cells" in raw else "is missing"
        raise NotebookError(where, f"not a notebook: `cells` {state}", _RESTORE)
    metadata = raw.setdefault("metadata", {})
    _expect_metadata(metadata, "the notebook's `metadata`", where)
    for name in ("kernelspec", "language_info", "broadsheet"):
        if name in metadata:
            _expect(metadata[name], dict, f"`metadata.{name}` of the notebook", where)
    for name, value in metadata.get("kernelspec", {}).items():
        if name in ("name", "display_name", "language"):
            _expect(value, str, f"`metadata.kernelspec.{name}` of the notebook", where)
    for number, cell in enumerate(raw["cells"], start=1):
        _check_cell(cell, Place(where.file, cell=number))


def _check_cell(cell: Any, where: Place) -> None:
    _expect(cell, dict, "this cell", where)
    kind = cell.get("cell_type")
    if not isinstance(kind, str) or kind not in _KINDS:
        state = f"is {_shape(kind)}" if "cell_type" in cell else "is missing"
        raise NotebookError(
            where,
            f"the cell's `cell_type` {state}, and a cell is {', '.join(_KINDS[:-1])} or "
            f"{_KINDS[-1]}",
            _SAVE,
        )
    if "source" not in cell:
        raise NotebookError(where, "the cell has no `source`", _SAVE)
    source = cell["source"]
    if isinstance(source, list):
        for line in source:
            _expect(line, str, "a line of the cell's `source`", where)
        source = "".join(source)
    _expect(source, str, "the cell's `source`", where)
    cell["source"] = source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
    refuse_unprintable(source, where, NotebookError)
    metadata = cell.setdefault("metadata", {})
    _expect_metadata(metadata, "the cell's `metadata`", where)
    metadata.pop("broadsheet", None)  # what an earlier run has left there
    if "tags" in metadata:
        _expect(metadata["tags"], list, "the cell's `tags`", where)
        for tag in metadata["tags"]:
            _expect(tag, str, "a tag of the cell", where)
            if found := unprintable(tag):
                raise NotebookError(where, f"in a tag of the cell is {found}", _SAVE)
            if tag in RESERVED:
                raise NotebookError(
                    where,
                    f"the tag `{tag}` is for cells that a run puts in itself",
                    "Take the tag off, or delete the cell.",
                )
    attachments = cell.get("attachments", {})
    _expect(attachments, dict, "the cell's `attachments`", where)
    for name, bundle in attachments.items():
        _expect_metadata(bundle, f"the attachment {_shown(name)}", where)
    if kind == "code":
        cell["outputs"], cell["execution_count"] = [], None


def _expect(value: Any, kind: type[object], name: str, where: Place) -> None:
    wanted = "a mapping" if kind is dict else "a list" if kind is list else "text"
    if not isinstance(value, kind):
        raise NotebookError(
            where, f"{name} {_IS.get(name, 'is')} {_shape(value)}, not {wanted}", _SAVE
        )


def _expect_metadata(value: Any, name: str, where: Place) -> None:
    """Check a mapping that may hold anything, within limits, since much code handles it."""
    _expect(value, dict, name, where)
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise NotebookError(where, f"{name} is nested more than {DEEPEST} levels deep", _SAVE)
        level = [
            item
            for one in level
            for item in (one.values() if isinstance(one, dict) else one)
            if isinstance(item, (dict, list)) and item
        ]
    if found := unprintable(json.dumps(value, ensure_ascii=False)):
        raise NotebookError(where, f"in {name} is {found}, which is no text", _SAVE)


def _shape(value: Any) -> str:
    """The kind of a value, in words, for a message."""
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    return _shown(value)


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
