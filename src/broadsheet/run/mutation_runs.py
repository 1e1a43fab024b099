"""Runs of a notebook with changed tables, for the mutation test, many of them in one process.

:func:`notebook_of` makes a notebook of one cell, which calls :func:`run` in the run. That executes the
cells in a fork of the notebook's process. When a cell reads a table for the first time, the process
forks once more for each change of that table, and the fork goes on from there with the change in
force: what comes before is done once for all of them. A fork writes what its cells have published,
values, claims and facts, into the folder of the runs. What they show is not written out.

State of the process: :class:`_Forks`.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broadsheet.data.trial_changes import Change, put_in_force, when_read
from broadsheet.notebook.values import declarations as declared
from broadsheet.project.sources import inline_expressions as inline

if TYPE_CHECKING:  # a notebook's process has no need of it
    from nbformat.notebooknode import NotebookNode

Published = Mapping[str, Any]
"""The values, claims and facts that a cell has published, by their MIME types."""

_TASK, _PLAIN = "task.json", "plain"
_MIMES = (inline.MIME, declared.MIME)


def notebook_of(
    notebook: NotebookNode,
    changes: Sequence[tuple[int, Mapping[str, Any]]],
    folder: Path,
    seconds: float,
    may_fail: str,
) -> NotebookNode:
    """Return the notebook that runs ``notebook`` with each of the numbered ``changes``, for some
    ``seconds`` at most, and leaves the results in ``folder``. Cells with the tag ``may_fail`` may
    do so.
    """
    cells = [
        {"id": cell.get("id", ""), "source": cell.source, "may_fail": may_fail in _tags(cell)}
        for cell in notebook.cells
    ]
    task = {"cells": cells, "changes": changes, "seconds": max(1, round(seconds))}
    (folder / _TASK).write_text(json.dumps(task), "utf-8")
    first = notebook.cells[0]
    first.source = f"__import__({__name__!r}, fromlist=['run']).run({str(folder)!r})"
    notebook.cells = [first]
    return notebook


def results_in(
    folder: Path,
) -> tuple[Mapping[str, Published], Mapping[int, Mapping[str, Published] | None]]:
    """Return what each cell has published, by the cell's id: without a change, and with each change
    that was tried; None for a run that failed. Raises :class:`ValueError` if the run without a
    change has.
    """
    plain = _read(folder / f"{_PLAIN}.json")
    if plain is None or plain["cells"] is None:
        raise ValueError("the notebook cannot be run twice")
    tried = ((number, _read(folder / f"{number}.json")) for number in plain["tried"])
    return plain["cells"], {number: result and result["cells"] for number, result in tried}


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):  # its process was ended, perhaps as it wrote
        return None


def _tags(cell: NotebookNode) -> Sequence[str]:
    tags: Sequence[str] = cell.metadata.get("tags", ())
    return tags


# In the run


def run(folder: str) -> None:
    """Run the cells of the task in ``folder`` with each of its changes, in forks of this process."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    with contextlib.suppress(BaseException):
        asyncio._set_running_loop(None)  # so that cells may await
        _run_cells(Path(folder))
    os._exit(0)


@dataclass
class _Forks:
    """The forks of a run, one for each change of a table. Has state: ``name`` and ``tried`` change
    in each fork.
    """

    changes: dict[str, list[tuple[int, Change]]]
    """The changes that are to be tried, by table."""
    seconds: int
    """The seconds that a fork may run."""
    name: str = _PLAIN
    """The name of this process's result."""
    tried: list[int] = field(default_factory=list)
    """The changes that were tried from this process."""

    def of(self, table: str) -> None:
        """Fork for each change of a table, and wait for the forks."""
        for number, change in self.changes.pop(table, ()):
            child = os.fork()
            if child:
                os.waitpid(child, 0)
                self.tried.append(number)
                continue
            self.changes.clear()
            self.name, self.tried = str(number), []
            put_in_force(change)
            signal.alarm(self.seconds)  # which ends this process
            return


def _run_cells(folder: Path) -> None:
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.getipython import get_ipython

    task = json.loads((folder / _TASK).read_text("utf-8"))
    forks = _Forks({}, task["seconds"])
    for number, change in task["changes"]:
        forks.changes.setdefault(change["table"], []).append((number, _change(change)))
    when_read(forks.of)
    shell: Any = get_ipython()
    publisher: Any = CapturingDisplayPublisher
    shell.display_pub = publisher = publisher(shell=shell)
    sys.displayhook = lambda value: None  # the one of this cell, and of those within it
    shell.display_formatter.format = lambda *_, **__: ({"text/plain": ""}, {})  # no figure is drawn
    shell._showtraceback = lambda *_: None
    published_by, has_failed = dict[str, Published](), False
    for cell in task["cells"]:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            ran = shell.run_cell(cell["source"], store_history=True)
        if not ran.success and not cell["may_fail"]:
            has_failed = True
            break
        bundles = [output["data"] for output in publisher.outputs]
        published = {mime: data[mime] for data in bundles for mime in _MIMES if mime in data}
        if published:
            published_by[cell["id"]] = published
        publisher.outputs.clear()
    result = {"cells": None if has_failed else published_by, "tried": forks.tried}
    (folder / f"{forks.name}.json").write_text(json.dumps(result), "utf-8")


def _change(task: Mapping[str, Any]) -> Change:
    cells = tuple((row, column, text) for row, column, text in task["cells"])
    rows = {"removed": tuple(task["removed"]), "added": tuple(map(tuple, task["added"]))}
    return Change(**{**task, "cells": cells, **rows})
