"""The notebook that runs, made from a source; and the executed notebook, made from the run.

The notebook that runs is not quite the author's: cell options are blanked (they are not code; the
lines stay, so that a traceback's line numbers are right), cells that are not evaluated are emptied, a
first cell is added that starts recording which files are read, and after each cell with inline
expressions one that publishes their values. Each cell has in its metadata (`broadsheet: cell`) the
number of its source cell, from 1; 0 is the front matter.

A notebook in another language than Python has two parts (:mod:`broadsheet.run.parts`): the author's
cells, which its kernel runs; and what runs in Python beside it. That is the Python cells of such a page
and its inline expressions, with the parameters, `bs`, and each table of the catalogue that an
expression names, under its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from keyword import iskeyword
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from broadsheet.errors import ExecutionError, Place
from broadsheet.notebook.values import declarations as declared
from broadsheet.project.editions.edition import Edition
from broadsheet.project.editions.execution import is_evaluated
from broadsheet.project.editions.parameters import declared as parameters_of
from broadsheet.project.settings.settings import FrontMatter
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.cell_options import CellOptions
from broadsheet.project.sources.kernels import PYTHON
from broadsheet.project.sources.notebook_file import (
    CELL_LANGUAGE,
    language_of,
    language_of_cell,
    new_cell,
    new_notebook,
)
from broadsheet.project.sources.source import TAG, Source
from broadsheet.run import reads
from broadsheet.run.declared_reads import reads_named_in
from broadsheet.run.job import MAY_FAIL
from broadsheet.run.parts import BESIDE_KERNEL, READS
from broadsheet.text.quotation_marks import SMART, has_marks, straight

FRONT_MATTER = 0
KERNEL = "broadsheet"
"""The kernel, and the start of the names of others, that `broadsheet kernel install` makes for
Jupyter: here it is this environment's own.
"""
LIBRARIES = "broadsheet-libraries"
"""The key of a kept run for the libraries that it loaded, with their versions."""


def script_of(edition: Edition, tables: Callable[[], Iterable[str]] = tuple) -> NotebookNode:
    """Return the notebook to run for ``edition``; the same bytes for the same code, whatever its
    prose. ``tables`` are the names of the catalogue's.
    """
    source = edition.source
    assert source.notebook is not None
    language = language_of(source.notebook)
    cells = [_code(reads.START, FRONT_MATTER, READS)]
    if language == PYTHON:
        cells += _figure_setup(edition.settings)
    else:
        cells += _setup(edition, tables)
    for number, (cell, options) in enumerate(
        zip(source.cells(), source.options, strict=True), start=1
    ):
        if cell.cell_type == "code":
            execute = edition.settings.execute
            runs = is_evaluated(options.options.get("eval"), execute.eval)
            spoken = language_of_cell(source.notebook, cell)
            code = _without_options(cell.source, options, spoken) if runs else ""
            tags = list(cell.metadata.get("tags", []))
            if spoken != language:
                tags.append(BESIDE_KERNEL)
            if is_evaluated(options.options.get("error"), execute.error):
                tags.append(MAY_FAIL)
            cells.append(_code(code, number, *tags))
        cells += _probe(expressions_of(cell, options), number)
    cells += _probe(front_matter_expressions(edition), FRONT_MATTER)
    cells.append(_code(reads.FINISH, FRONT_MATTER, READS))
    kernel = {
        "name": "python3",
        "display_name": "Python 3",
        **source.notebook.metadata.get("kernelspec", {}),
        "language": language,
    }
    if kernel["name"] == KERNEL or kernel["name"].startswith(f"{KERNEL}-"):
        kernel["name"] = "python3"
    for index, cell in enumerate(cells):
        cell["id"] = f"cell-{index}"
    script: NotebookNode = nbformat.from_dict(new_notebook(cells, kernel))
    return script


def _setup(edition: Edition, tables: Callable[[], Iterable[str]]) -> Iterator[NotebookNode]:
    """Yield the first cells of what runs in Python beside another kernel: the parameters, and the
    tables that its expressions and cells name.
    """
    source = edition.source
    texts = [*front_matter_expressions(edition)]
    for cell, options in zip(source.cells(), source.options, strict=True):
        texts += expressions_of(cell, options)
    if not texts and not any(CELL_LANGUAGE in cell.metadata for cell in source.cells()):
        return
    parameters = {
        name: parameter.default
        for name, parameter in parameters_of(source).items()
        if name.isidentifier() and not iskeyword(name)
    }
    lines = [f"{name} = {default!r}" for name, default in parameters.items()]
    yield _code("\n".join(lines), FRONT_MATTER, BESIDE_KERNEL, *([TAG] if lines else []))
    words = {word for text in texts for word in _NAME.findall(text)} - parameters.keys()
    names = {re.sub(r"\W", "_", name): name for name in tables()} if words else {}
    lines = ["import broadsheet as bs"]
    lines += [f"{word} = bs.table({names[word]!r})" for word in sorted(words & names.keys())]
    yield _code("\n".join(lines), FRONT_MATTER, BESIDE_KERNEL)


_NAME = re.compile(r"\b[^\W\d]\w*")


def _figure_setup(settings: FrontMatter) -> list[NotebookNode]:
    """Return the cell that tells matplotlib of `fig-format`, `fig-width`, `fig-height` and
    `fig-dpi`, if any is set; the others then are Quarto's own.
    """
    size = settings.fig_width, settings.fig_height
    if (settings.fig_format, settings.fig_dpi, *size) == (None,) * 4:
        return []
    rc = {
        "figure.figsize": (size[0] or 7, size[1] or 5),
        "figure.dpi": settings.fig_dpi or 96,
        "savefig.dpi": "figure",
    }
    formats = {settings.fig_format or "retina"}
    code = f"get_ipython().config.InlineBackend.update({{'figure_formats': {formats!r}, 'rc': {rc!r}}})"
    return [_code(code, FRONT_MATTER, READS)]


def own_metadata(edition: Edition) -> dict[str, object]:
    """Return the metadata whose inline expressions are this edition's: all but those of other
    editions.
    """
    return {key: value for key, value in edition.metadata.items() if key != "editions"}


def front_matter_expressions(edition: Edition) -> list[str]:
    """Return the inline expressions of an edition's front matter."""
    return inline.expressions_in(own_metadata(edition))


def executed_of(edition: Edition, ran: NotebookNode) -> NotebookNode:
    """Return the source's cells with the outputs of ``ran``.

    Inline results are in each cell's metadata, `broadsheet: inline`, a list in the order of the
    expressions; those of the front matter, the recorded reads, the libraries and the declared
    facts, in the notebook's; `broadsheet: reads` are the files that the cell itself opened. The
    parameters that papermill put in are added to the `parameters` cell, so that a page that shows
    its code shows its edition's values. Raises :class:`ExecutionError` for an inline expression
    that failed.
    """
    outputs: dict[int, NotebookNode] = {}
    injected = None
    for cell in ran.cells:
        number = cell.metadata.get("broadsheet", {}).get("cell")
        tags = cell.metadata.get("tags", [])
        if inline.TAG in tags or READS in tags:
            continue
        if number is not None:
            outputs[number] = cell
        elif "injected-parameters" in tags:
            injected = cell
    results = inline_results_of(edition, ran)
    recorded: dict[str, dict[str, Any]] = {
        "reads": reads_of(ran),
        "libraries": dict(libraries_of(ran)),
        "facts": dict(_recorded(ran, declared.MIME) or {}),
    }
    opened = _named_by(edition, recorded["reads"]) | _opened_by(ran)
    executed = _with_results(edition.source, recorded, results, opened)
    for number, cell in enumerate(executed.cells, start=1):
        if cell.cell_type == "code":
            cell.outputs = outputs[number].outputs
            cell.execution_count = outputs[number].execution_count
            if injected is not None and TAG in cell.metadata.get("tags", []):
                cell.source += f"\n\n{injected.source}"
    return executed


def inline_results_of(edition: Edition, ran: NotebookNode) -> dict[int, list[dict[str, str]]]:
    """Return the inline results of a run, by the numbers of their cells. Raises
    :class:`ExecutionError` for an expression that failed.
    """
    results = {
        cell.metadata["broadsheet"]["cell"]: _published(cell, inline.MIME) or []
        for cell in ran.cells
        if inline.TAG in cell.metadata.get("tags", [])
    }
    _refuse_failed(edition, results)
    return results


def saved_of(edition: Edition) -> NotebookNode:
    """Return the source's cells with the outputs that are saved in them, in the form of a run, with
    its inline expressions as they are written.
    """
    source = edition.source
    expressions = {FRONT_MATTER: front_matter_expressions(edition)} | {
        number: expressions_of(cell, options)
        for number, (cell, options) in enumerate(
            zip(source.cells(), source.options, strict=True), start=1
        )
        if cell.cell_type == "code"
    }
    written = {
        number: [{"expression": code, "text": f"`{{python}} {code}`"} for code in those]
        for number, those in expressions.items()
    }
    return _with_results(source, {"reads": {}, "facts": {}, "is_saved": True}, written, {})


def _with_results(
    source: Source,
    recorded: Mapping[str, object],
    results: Mapping[int, list[dict[str, str]]],
    opened: Mapping[int, list[str]],
) -> NotebookNode:
    """Return the source's cells, with what is known of the notebook and of each of them in the
    metadata.
    """
    assert source.notebook is not None
    notebook: NotebookNode = nbformat.from_dict(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": dict(source.notebook.metadata),
            "cells": source.cells(),
        }
    )
    # A node stays as it is: a mapping would be copied to its depth.
    notebook.metadata["broadsheet"] = NotebookNode(inline=results.get(FRONT_MATTER, []), **recorded)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata["broadsheet"] = {
            "cell": number,
            "inline": results.get(number, []),
            "reads": opened.get(number, []),
        }
    return notebook


def expressions_of(cell: NotebookNode, options: CellOptions) -> list[str]:
    """Return the inline expressions of a cell."""
    if cell.cell_type == "markdown":
        return inline.expressions(cell.source)
    return inline.expressions_in(options.options)


def _code(source: str, number: int, *tags: str) -> NotebookNode:
    cell: NotebookNode = nbformat.from_dict(
        new_cell("code", source, tags=list(tags), broadsheet={"cell": number})
    )
    return cell


def _probe(expressions: list[str], number: int) -> list[NotebookNode]:
    return [_code(inline.probe(expressions), number, inline.TAG)] if expressions else []


def _without_options(source: str, options: CellOptions, language: str) -> str:
    lines = source.splitlines()
    count = len(lines) - len(options.body.splitlines())
    blank = "#" if language == PYTHON else ""
    return "\n".join([blank] * count + lines[count:])


def reads_of(ran: NotebookNode) -> dict[str, str]:
    """Return the reads that a run recorded."""
    return dict(_recorded(ran, reads.MIME) or {})


def add_reads(ran: NotebookNode, more: Mapping[str, str]) -> None:
    """Add files to those that a run has recorded."""
    if not more:
        return
    for cell in ran.cells:
        for output in cell.outputs if READS in cell.metadata.get("tags", []) else ():
            if reads.MIME in output.get("data", {}):
                output.data[reads.MIME] = dict(sorted({**more, **output.data[reads.MIME]}.items()))


def says_reads(ran: NotebookNode) -> bool:
    """Return True if a run has published what it read."""
    return any(
        _published(cell, reads.MIME) is not None
        for cell in ran.cells
        if READS in cell.metadata.get("tags", [])
    )


def modules_of(ran: NotebookNode) -> list[str]:
    """Return the modules of installed libraries that a run loaded, by their top-level names."""
    return list(_recorded(ran, reads.MODULES) or [])


def missing_of(ran: NotebookNode) -> list[str]:
    """Return the modules that a run asked for and that are not installed, by their top-level names."""
    return list(_recorded(ran, reads.MISSING) or [])


def libraries_of(ran: NotebookNode) -> Mapping[str, str]:
    """Return the libraries that a kept run loaded, with their versions; without one, the modules
    that it asked for in vain.
    """
    libraries: Mapping[str, str] = ran.metadata.get(LIBRARIES, {})
    return libraries


def _opened_by(ran: NotebookNode) -> dict[int, list[str]]:
    """Return the files that each source cell opened, by the cell's number."""
    opened, first = _recorded(ran, reads.CELLS) or {}, ran.cells[0].get("execution_count")
    if not isinstance(first, int):  # no part of it ran in Python
        return {}
    is_other = ran.metadata.kernelspec.language != PYTHON
    return {
        cell.metadata["broadsheet"]["cell"]: opened[number]
        for cell in ran.cells
        if cell.get("execution_count")
        and (number := str(cell.execution_count - first)) in opened
        and "broadsheet" in cell.metadata
        and inline.TAG not in cell.metadata.get("tags", [])
        and (not is_other or BESIDE_KERNEL in cell.metadata.get("tags", []))
    }


def _named_by(edition: Edition, read: Iterable[str]) -> dict[int, list[str]]:
    """Return the files that each cell in another language names, of those that its run read."""
    source = edition.source
    assert source.notebook is not None
    return {
        number: reads_named_in(cell.source, language, edition.path.parent, read)
        for number, cell in enumerate(source.cells(), start=1)
        if cell.cell_type == "code"
        and (language := language_of_cell(source.notebook, cell)) != PYTHON
    }


def _recorded(ran: NotebookNode, mime: str) -> Any:
    return next(
        (
            published
            for cell in reversed(ran.cells)
            if READS in cell.metadata.get("tags", []) and (published := _published(cell, mime))
        ),
        None,
    )


def _published(cell: NotebookNode, mime: str) -> Any:
    for output in cell.get("outputs", []):
        if mime in output.get("data", {}):
            return output.data[mime]
    return None


def _refuse_failed(edition: Edition, results: Mapping[int, list[dict[str, str]]]) -> None:
    failed = [
        (number, result)
        for number, many in sorted(results.items())
        for result in many
        if "error" in result
    ]
    if not failed:
        return
    number, first = failed[0]
    others = "\n".join(
        f"{_cell_name(edition.source, other, result['expression'])}: `{result['expression']}`: {result['error']}"
        for other, result in failed[1:]
    )
    what = (
        f"the inline expression `{first['expression']}`{'' if number else ' of the front matter'}"
    )
    where = _place_of(edition.source, number, first["expression"])
    if first["error"].startswith("SyntaxError") and has_marks(first["expression"]):
        raise ExecutionError(
            where,
            f"{what} has typographic quotation marks, which are none in Python",
            f"Write straight ones: `{straight(first['expression'])}`. {SMART}",
            others,
        )
    raise ExecutionError(
        where,
        f"{what} fails: {first['error']}",
        "Mend the expression, or compute it in a cell before this one.",
        others,
    )


def _place_of(source: Source, number: int, expression: str) -> Place:
    """Return the line of a cell in which an expression stands; the cell, if it is there as
    something else.
    """
    written = source.cells()[number - 1].source.split("\n") if number else []
    lines = [at for at, line in enumerate(written, start=1) if expression in line]
    return source.place(number or 1, lines[0] if lines else None)


def _cell_name(source: Source, number: int, expression: str) -> str:
    if not number:
        return "front matter"
    place = _place_of(source, number, expression)
    return f"cell {number}" if place.cell else f"line {place.line}"
