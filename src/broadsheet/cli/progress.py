"""The progress of a build: a live line on a terminal, occasional lines elsewhere.

On a terminal, one line on stderr counts articles and editions done, and how many of these were
cached, run and failed, with the time left. Elsewhere the same is a line of text now and then, so
that a log stays short.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from broadsheet.cli.report import say

if TYPE_CHECKING:
    from broadsheet.project.editions.edition import Edition
    from broadsheet.run.running import Run

QUIET_SECONDS = 30.0
"""Seconds between two lines of progress if there is no terminal."""

Count = Callable[["Run"], None]


class _Tally:
    """The number of articles and editions, and the results so far."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        self.count = len(editions)
        self._left = Counter(edition.source.slug for edition in editions)
        self._kinds = Counter[str]()

    def add(self, outcome: Run) -> None:
        """Count one more edition."""
        done = "ran" if outcome.ran else "cached"
        self._kinds["failed" if outcome.error is not None else done] += 1
        self._left[outcome.edition.source.slug] -= 1

    @property
    def articles(self) -> str:
        return f"{list(self._left.values()).count(0)}/{len(self._left)} articles"

    @property
    def editions(self) -> str:
        kinds = ", ".join(f"{self._kinds[kind]} {kind}" for kind in ("cached", "ran", "failed"))
        return f"{self._kinds.total()}/{self.count} editions: {kinds}"


@contextmanager
def watch(editions: Sequence[Edition]) -> Iterator[Count]:
    """Within this context, show the progress of running ``editions``. It gives a function to call
    with each run.
    """
    tally = _Tally(editions)
    if not sys.stderr.isatty():
        yield _lines(tally)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.fields[tally].articles}"),
        BarColumn(),
        TextColumn("{task.fields[tally].editions}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=tally.count, tally=tally)

        def count(outcome: Run) -> None:
            tally.add(outcome)
            progress.advance(task)

        yield count


def _lines(tally: _Tally) -> Count:
    last = time.monotonic()

    def count(outcome: Run) -> None:
        nonlocal last
        tally.add(outcome)
        if time.monotonic() - last > QUIET_SECONDS:
            last = time.monotonic()
            say(f"{tally.articles}, {tally.editions}")

    return count
