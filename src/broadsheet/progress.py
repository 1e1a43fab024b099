"""How far a build is: a live line on a terminal, quiet lines elsewhere.

On a terminal, one line on stderr counts editions done, cached, run and failed, with the time left; elsewhere a line
is written for each edition that failed or ran long, so that a log stays short.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from broadsheet.execution import Outcome

QUIET_SECONDS = 30.0
"""Where there is no terminal, how often a line says how far the build is."""

Told = Callable[["Outcome"], None]


@contextmanager
def watch(count: int) -> Iterator[Told]:
    """A context for the running of ``count`` editions; call what it gives with each outcome."""
    if sys.stderr.isatty():
        with _live(count) as told:
            yield told
    else:
        yield _lines(count)


@contextmanager
def _live(count: int) -> Iterator[Told]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TextColumn("{task.fields[cached]} cached, {task.fields[ran]} ran, {task.fields[failed]} failed"),
               TimeRemainingColumn())
    tally: dict[str, Any] = {"cached": 0, "ran": 0, "failed": 0}
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Editions", total=count, **tally)

        def told(outcome: Outcome) -> None:
            tally[_kind(outcome)] += 1
            progress.update(task, advance=1, **tally)
        yield told


def _lines(count: int) -> Told:
    done, last = 0, time.monotonic()

    def told(outcome: Outcome) -> None:
        nonlocal done, last
        done += 1
        if time.monotonic() - last > QUIET_SECONDS:
            last = time.monotonic()
            print(f"{done} of {count} editions", file=sys.stderr)
    return told


def _kind(outcome: Outcome) -> str:
    return "failed" if outcome.error is not None else "ran" if outcome.ran else "cached"
