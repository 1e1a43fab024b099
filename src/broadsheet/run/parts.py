"""The two parts of a notebook whose kernel is of another language than Python.

What is in Python runs in a process of its own, beside the kernel: inline expressions, Python cells
of the page, and what records the reads. :mod:`broadsheet.run.notebook_to_run` writes both parts into
one script; a worker takes it apart, has each engine run its part, and puts the runs together.
"""

from __future__ import annotations

from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.kernels import PYTHON
from broadsheet.project.sources.notebook_file import new_cell, new_kernel, new_notebook
from broadsheet.run.installs import MEND
from broadsheet.run.reads import MIME

READS = "broadsheet-reads"
"""The tag of the cells that record what a run reads."""
BESIDE_KERNEL = "broadsheet-beside"
"""The tag of a cell that runs in Python beside a kernel of another language."""
_OURS = frozenset({inline.TAG, READS, BESIDE_KERNEL})


def part_in_python(script: NotebookNode) -> NotebookNode:
    """Return the notebook that Python runs beside a kernel of another language."""
    beside = [cell for cell in script.cells if _OURS & {*cell.metadata.tags}]
    python: NotebookNode = nbformat.from_dict(new_notebook(beside, new_kernel("python3", PYTHON)))
    return python


def taken_apart(script: NotebookNode) -> tuple[NotebookNode, NotebookNode | None]:
    """Return the notebook for the kernel of another language, and the one that Python runs beside it;
    None for the second if it would compute nothing.
    """
    theirs = [cell for cell in script.cells if not _OURS & {*cell.metadata.tags}]
    python = part_in_python(script)
    computes = any(
        inline.TAG in cell.metadata.tags or cell.metadata.broadsheet.cell for cell in python.cells
    )
    return NotebookNode({**script, "cells": theirs}), python if computes else None


def refusing(main: NotebookNode) -> NotebookNode:
    """Return the notebook for a kernel, with a first cell by which cells of R install nothing. It is
    in no run.
    """
    code = _REFUSALS.get(main.metadata.kernelspec.language)
    if code is None:
        return main
    cell = nbformat.from_dict(new_cell("code", code, tags=[], broadsheet={"cell": 0}))
    cell["id"] = "refusal"
    return NotebookNode({**main, "cells": [cell, *main.cells]})


_REFUSALS = {
    "r": f"""\
local({{
  refuse <- function(...) stop("a cell installs packages. {MEND}", call. = FALSE)
  for (place in list(asNamespace("utils"), as.environment("package:utils")))
    for (name in c("install.packages", "remove.packages", "update.packages")) {{
      unlockBinding(name, place)
      assign(name, refuse, envir = place)
      lockBinding(name, place)
    }}
}})"""
}
"""The code that has each language refuse to install, by the language."""


def together(script: NotebookNode, main: NotebookNode, python: NotebookNode | None) -> NotebookNode:
    """Return the run of both parts of a ``script``, in its order."""
    parts = [main, python] if python is not None else [main]
    ran: dict[str, Any] = {cell["id"]: cell for part in parts for cell in part.cells}
    cells = [ran.get(cell["id"], cell) for cell in script.cells]
    cells += [cell for cell in main.cells if "injected-parameters" in cell.metadata.tags]
    if python is None:  # then nothing was recorded
        empty = {MIME: {}, "text/plain": ""}
        output = {"output_type": "display_data", "data": empty, "metadata": {}}
        script.cells[-1].outputs = [nbformat.from_dict(output)]
    return NotebookNode({**main, "cells": cells})
