"""Papermill's record of a run: the times and states of its cells, and the file of the running notebook.

Papermill writes the whole notebook at each cell's start and end, which would take as long as running
it. While the warm engine runs it, a save within :data:`SAVING` seconds of the last one waits, for the
next save or for the moment in each second of a running cell at which nbclient checks whether the
kernel lives. If a save takes long, since the outputs are large, the next one waits :data:`SHARE` times
as long. A run that is interrupted is saved at once; one that completes is not, since
`papermill.execute_notebook` itself then writes it.
"""

from __future__ import annotations

import logging
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from papermill.engines import NotebookExecutionManager

logger = logging.getLogger("papermill")

SAVING = 5.0
"""The seconds between two saves of a running notebook."""
SHARE = 10
"""The least ratio of the time between two saves to the length of a save."""


class RunRecord(NotebookExecutionManager):  # type: ignore[misc]
    """The record of a run. Has state: when the notebook was saved last, and whether a save waits."""

    nb: Any
    """The notebook."""
    _pause = 0.0
    """The seconds from the last save to the next."""
    _waits = False

    @contextmanager
    def seldom_saved(self) -> Iterator[None]:
        """Save seldom in the block. Once it has completed, the caller saves the notebook."""
        self._pause = SAVING
        try:
            yield
        except BaseException:
            self._pause = 0.0
            raise
        self._pause = math.inf

    def save(self, nb: Any = None, **_: object) -> None:
        """Save the notebook, if it is not too soon."""
        self.nb = nb or self.nb
        since_last = (self.now() - self.last_save_time).total_seconds()
        self._waits = since_last < self._pause
        if self._waits:
            return
        begun = time.monotonic()
        super().save()
        if self._pause:
            self._pause = max(SAVING, SHARE * (time.monotonic() - begun))

    def save_waiting(self) -> None:
        """Save the notebook if a save waits and has waited long enough."""
        if self._waits:
            self.save()

    def cell_complete(self, cell: Any, cell_index: int | None = None, **options: Any) -> None:
        """Note the end of a cell as papermill does, whose parser of times would take longer than some
        cells.
        """
        end, times = self.now(), cell.metadata.papermill
        if self.log_output:
            logger.info(f"Ending Cell {'' if cell_index is None else cell_index + 1:-<43}")
            sys.stdout.flush()
            sys.stderr.flush()
        times["end_time"] = end.isoformat()
        if begun := times.get("start_time"):
            times["duration"] = (end - datetime.fromisoformat(begun)).total_seconds()
        if times["status"] != self.FAILED:
            times["status"] = self.COMPLETED
        self.save(**options)
        if self.pbar:
            self.pbar.update(1)
