"""A notebook with the outputs that are saved in it, in the form of one that was run."""

from __future__ import annotations

import nbformat
from nbformat.notebooknode import NotebookNode

from broadsheet.project.edition import Edition
from broadsheet.run.notebook_to_run import expressions_of, front_matter_expressions


def saved_notebook(edition: Edition) -> NotebookNode:
    """The cells of ``edition`` with their saved outputs, and its inline expressions as they are
    written.
    """
    source = edition.source
    assert source.notebook is not None
    saved: NotebookNode = nbformat.from_dict(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {
                **source.notebook.metadata,
                "broadsheet": {
                    "inline": _as_written(front_matter_expressions(edition)),
                    "reads": {},
                    "facts": {},
                    "is_saved": True,
                },
            },
            "cells": [],
        }
    )
    for number, (cell, options) in enumerate(
        zip(source.cells(), source.options, strict=True), start=1
    ):
        copy = NotebookNode(cell)
        written = _as_written(expressions_of(cell, options)) if cell.cell_type == "code" else []
        copy.metadata = nbformat.from_dict(
            {**cell.metadata, "broadsheet": {"cell": number, "inline": written, "reads": []}}
        )
        if cell.cell_type == "code":
            copy.outputs = nbformat.from_dict(cell.outputs)
        saved.cells.append(copy)
    return saved


def _as_written(expressions: list[str]) -> list[dict[str, str]]:
    return [{"expression": one, "text": f"`{{python}} {one}`"} for one in expressions]
