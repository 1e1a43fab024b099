"""A notebook's file, checked: JSON in a shape that all other code can rely on.

:func:`read_notebook` reads nbformat 4, and converts older formats. It checks the shape itself,
once, and names the cell that does not have it; nbformat's own validator takes many times as long
and says only that some schema is not met. The result has a list of cells, each with a known type,
its source as one text that a page can show, with lines that end in a line feed alone, its metadata
a mapping and its tags a list of texts. Duplicate or missing ids of cells are allowed, since no code
uses them. Odd outputs are left out: a run makes them anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from broadsheet.errors import NotebookError, Place
from broadsheet.project.sources.kernels import PYTHON, language_of_kernel
from broadsheet.storage.json_text import read_json
from broadsheet.storage.unprintable import plain_lines, refuse_unprintable
from plotly_alive.text.json_decoding import decoder
from plotly_alive.text.unprintable import unprintable

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

CELL_LANGUAGE = "language"
"""The key in the metadata of a cell that is in Python, on a page whose kernel is of another language."""
FOR_KNITR = "knitr"
"""The key in the metadata of a cell with the names of its options that only knitr acts on."""
CURRENT = 4
"""The newest known major version of the format."""
DEEPEST = 50
"""The most levels of nesting that metadata may have."""
RESERVED = frozenset({"broadsheet-inline", "broadsheet-reads"})
"""Tags of the cells that a run inserts."""

_RESTORE = "Open it in Jupyter, or restore it from git; a merge may have left conflict marks."
_SAVE = "Mend the JSON here, or restore the notebook from git."
_SHOWN = 60

# The shape that is checked. What is not named may be anything.


class _Kernel(msgspec.Struct):
    """The kernel that a notebook names."""

    name: str = ""
    """The name by which Jupyter starts it."""
    display_name: str = ""
    """The name for people."""
    language: str = ""
    """The language of its code."""


class _Metadata(msgspec.Struct):
    """The metadata of a notebook that are read."""

    kernelspec: _Kernel = msgspec.field(default_factory=_Kernel)
    """The kernel."""
    language_info: dict[str, Any] = {}
    """The language, as the kernel described it when it ran."""
    broadsheet: dict[str, Any] = {}
    """The metadata of ours."""


class _CellMetadata(msgspec.Struct):
    """The metadata of a cell that are read."""

    tags: list[str] = []
    """The tags."""


class _Cell(msgspec.Struct):
    """A cell as a file has it."""

    cell_type: Literal["raw", "markdown", "code"]
    """The kind of cell."""
    source: str | list[str]
    """The text, whole or as lines."""
    metadata: _CellMetadata = msgspec.field(default_factory=_CellMetadata)
    """The metadata."""
    attachments: dict[str, dict[str, Any]] = {}
    """Pictures in the cell: for each name, the data by media type."""


class _Stream(msgspec.Struct, tag_field="output_type", tag="stream"):
    """A text that a cell printed."""

    name: str = "stdout"
    """`stdout` or `stderr`."""
    text: str | list[str] = ""
    """The text, whole or as lines."""


class _Display(msgspec.Struct, tag_field="output_type", tag="display_data"):
    """An output that a cell displayed."""

    data: dict[str, Any] = {}
    """The data by media type."""
    metadata: dict[str, Any] = {}
    """The metadata by media type."""


class _Result(msgspec.Struct, tag_field="output_type", tag="execute_result"):
    """The value of a cell's last expression."""

    data: dict[str, Any] = {}
    """The data by media type."""
    metadata: dict[str, Any] = {}
    """The metadata by media type."""


class _Failure(msgspec.Struct, tag_field="output_type", tag="error"):
    """The error with which a cell ended."""

    ename: str = ""
    """The name of the exception's class."""
    evalue: str = ""
    """Its message."""
    traceback: list[str] = []
    """The lines of the traceback, coloured for a terminal."""


_Output = _Stream | _Display | _Result | _Failure


class _Notebook(msgspec.Struct):
    """A notebook of nbformat 4."""

    cells: list[_Cell]
    """The cells."""
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    """The metadata."""
    nbformat_minor: Annotated[int, msgspec.Meta(ge=0)] = 0
    """The minor version of the format."""


_KINDS = {
    "array": "a list",
    "object": "a mapping",
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str | array": "text or a list of lines",
}
"""The kinds of values in msgspec's messages, in words."""
_MISFIT = re.compile(r"(?P<what>.*?)(?: - at `\$\.(?:cells\[(?P<cell>\d+)\]\.?)?(?P<key>.*)`)?")
_WRONG_KIND = re.compile(r"Expected `(?P<wanted>[^`]*)`, got `(?P<given>[^`]*)`")
_UNKNOWN = "Invalid enum value "
_MISSING = re.compile(r"Object missing required field `(?P<key>.*)`")


def read_notebook(text: str, where: Place) -> NotebookNode:
    """Return the notebook in ``text``, as nbformat 4. Raises :class:`NotebookError` with the line
    or the cell.
    """
    raw = read_json(text, where, NotebookError, "not a notebook")
    import nbformat  # a build in which no notebook has changed does without

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
    try:
        decoder(_Notebook)
        msgspec.convert(raw, _Notebook)
    except msgspec.ValidationError as error:
        raise _misfit(str(error), where) from None
    raw.setdefault("nbformat_minor", 0)
    _check_metadata(raw.setdefault("metadata", {}), "the notebook's `metadata`", where)
    for number, cell in enumerate(raw["cells"], start=1):
        _check_cell(cell, Place(where.file, cell=number))
    notebook: NotebookNode = nbformat.from_dict(raw)
    return notebook


def new_notebook(cells: Iterable[Mapping[str, Any]], kernel: Mapping[str, str]) -> dict[str, Any]:
    """Return a notebook of these cells, as JSON has it."""
    return {
        "nbformat": CURRENT,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel},
        "cells": list(cells),
    }


def new_kernel(name: str, language: str) -> dict[str, str]:
    """Return what a notebook's metadata say of its kernel."""
    return {"name": name, "display_name": name, "language": language}


def new_cell(kind: str, source: str, **metadata: object) -> dict[str, Any]:
    """Return a cell without outputs, as JSON has it."""
    of_code = {"outputs": list[object](), "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "source": source, "metadata": metadata, **of_code}


def language_of(notebook: NotebookNode) -> str:
    """Return the language of a notebook's code, in small letters: that of its kernel, else the one
    that Jupyter noted when it ran, else that of a kernel of its name.
    """
    kernel = notebook.metadata.get("kernelspec", {})
    noted = notebook.metadata.get("language_info", {}).get("name")
    name = str(kernel.get("name") or PYTHON)
    return str(kernel.get("language") or noted or language_of_kernel(name) or name).lower()


def language_of_cell(notebook: NotebookNode, cell: NotebookNode) -> str:
    """Return the language of a cell of code, in small letters."""
    return str(cell.metadata.get(CELL_LANGUAGE) or language_of(notebook))


def _converted(raw: Mapping[str, Any], where: Place) -> dict[str, Any]:
    """Return a notebook of an older format, converted to the current one."""
    import nbformat

    try:
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


def _misfit(message: str, where: Place) -> NotebookError:
    """Return the error for msgspec's message about a notebook: `Expected `str`, got `int` - at
    `$.cells[0].source``.
    """
    match = _MISFIT.fullmatch(message)
    assert match is not None
    what, cell, key = match["what"], match["cell"], match["key"]
    if cell is not None:
        where = Place(where.file, cell=int(cell) + 1)
    subject = f"`{key}` of the {'notebook' if cell is None else 'cell'}" if key else "this cell"
    if wrong := _WRONG_KIND.fullmatch(what):
        kind = _KINDS.get(wrong["given"], wrong["given"])
        return NotebookError(where, f"{subject} is {kind}, not {_KINDS[wrong['wanted']]}", _SAVE)
    if missing := _MISSING.fullmatch(what):
        whole = "the cell" if cell else "not a notebook: the file"
        return NotebookError(where, f"{whole} has no `{missing['key']}`", _SAVE)
    if what.startswith(_UNKNOWN):
        what = f"is {what.removeprefix(_UNKNOWN)}, and a cell is raw, markdown or code"
        return NotebookError(where, f"{subject} {what}", _SAVE)
    return NotebookError(where, f"{subject} is not one that a notebook has: {what}", _SAVE)


def _check_cell(cell: dict[str, Any], where: Place) -> None:
    """Refuse what a page cannot show, and bring the cell into the one form."""
    cell["source"] = plain_lines("".join(cell["source"]))
    refuse_unprintable(cell["source"], where, NotebookError, is_body=True)
    metadata = cell.setdefault("metadata", {})
    _check_metadata(metadata, "the cell's `metadata`", where)
    metadata.pop("broadsheet", None)  # what an earlier run has left there
    for key in (CELL_LANGUAGE, FOR_KNITR):
        metadata.pop(key, None)
    refuse_reserved(metadata.get("tags", []), where)
    _check_metadata(cell.get("attachments", {}), "the cell's `attachments`", where)
    if cell["cell_type"] == "code":
        cell["outputs"] = list(_outputs(cell.get("outputs")))


def refuse_reserved(tags: Iterable[str], where: Place) -> None:
    """Refuse the tags of a cell if a run has one of them for itself. Raises :class:`NotebookError`."""
    for tag in RESERVED.intersection(tags):
        raise NotebookError(
            where,
            f"the tag `{tag}` is for cells that a run puts in itself",
            "Take the tag off, or delete the cell.",
        )


def _outputs(raw: object) -> Iterator[dict[str, Any]]:
    """Yield the outputs of a cell that a notebook can have, with texts whole."""
    decoder(_Output)  # type: ignore[arg-type]
    for output in raw if isinstance(raw, list) else ():
        with suppress(msgspec.ValidationError):
            yield _plain(msgspec.convert(output, _Output))


def _plain(output: _Output) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(output)
    if "text" in plain:
        plain["text"] = _whole(plain["text"])
    if "data" in plain:
        plain["data"] = {kind: _whole(value) for kind, value in plain["data"].items()}
    return plain


def _whole(value: object) -> object:
    """Return a text that may be saved as a list of lines; anything else as it is."""
    if isinstance(value, list) and value and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value


def _check_metadata(value: dict[str, Any], name: str, where: Place) -> None:
    """Check a mapping that may hold anything, within limits, since much code handles it."""
    level: list[Any] = [value]
    depth = 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise NotebookError(where, f"{name} is nested more than {DEEPEST} levels deep", _SAVE)
        level = [
            item
            for container in level
            for item in (container.values() if isinstance(container, dict) else container)
            if isinstance(item, (dict, list)) and item
        ]
    if character := unprintable(json.dumps(value, ensure_ascii=False)):
        raise NotebookError(where, f"in {name} is {character}, which is no text", _SAVE)


def _shape(value: Any) -> str:
    """Return the kind of a value, in words, for a message."""
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    return _shown(value)


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
