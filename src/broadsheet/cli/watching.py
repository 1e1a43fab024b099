"""A command that runs again whenever a file of the publication changes, until Ctrl-C.

What the command needs is loaded once, in this process, which does nothing else. Each run is a fork
of it: so no run knows anything of the one before, and a fault ends one run alone. A process of its
own watches the files, since a process with threads must not be forked.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from multiprocessing.queues import SimpleQueue
from pathlib import Path

from broadsheet.cli.main import ended
from broadsheet.cli.report import CommandReport, say
from broadsheet.preview.file_watcher import was_written, watch_files

_FORKS = multiprocessing.get_context("fork")
_NEEDED = ("site.build.build", "site.build.composition", "site.build.edition_pages", "press.press")
"""The modules that a build needs."""
_CTRL_C = {signal.SIGINT}
_SOURCES = (".ipynb", ".qmd", ".md", ".py", ".yml")
"""The ends of names of files that authors save while a build runs."""


class _Orphaned:
    """An event that is set once the ``parent``, which has started this process, has ended."""

    def __init__(self, parent: int) -> None:
        self._parent = parent

    def is_set(self) -> bool:
        """True if it has ended."""
        return os.getppid() != self._parent

    def wait(self, timeout: float) -> bool:
        """Wait for some seconds."""
        time.sleep(timeout)
        return self.is_set()


def whenever_a_file_changes(
    root: Path, command: Callable[[], CommandReport], form: str
) -> CommandReport:
    """Run the ``command`` now, and again whenever a file below ``root`` changes. Each report is in a
    format.
    """
    root = root.resolve()
    changes: SimpleQueue[frozenset[str]] = _FORKS.SimpleQueue()
    watcher = _FORKS.Process(target=_watch, args=(root, changes.put, os.getpid()), daemon=True)
    watcher.start()
    with suppress(KeyboardInterrupt):
        for name in _NEEDED:
            import_module(f"broadsheet.{name}")
        changes.get()  # the watcher has begun
        say(f"watching {root}: a change of a file builds the site again (Ctrl-C ends it)")
        during = frozenset[str]()
        while True:
            begun = time.time()
            _run(command, form)
            during = _wait(changes, root, (begun, time.time()), during)
    watcher.terminate()
    watcher.join()
    return CommandReport(0)


def _run(command: Callable[[], CommandReport], form: str) -> None:
    """Run the command in a fork, to its end."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    run = _FORKS.Process(target=_once, args=(command, form))
    signal.pthread_sigmask(signal.SIG_BLOCK, _CTRL_C)  # the fork hears of it where it answers
    run.start()
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _CTRL_C)
        run.join()
    except KeyboardInterrupt:  # which the run has got from the terminal, too
        run.join()
        raise


def _wait(
    changes: SimpleQueue[frozenset[str]],
    root: Path,
    build: tuple[float, float],
    before: frozenset[str],
) -> frozenset[str]:
    """Wait until there is something to build, and return the files that were written during builds.
    A cell that fails may write its file in each of them: one that was among those ``before`` is
    nothing new, unless it is a source. The last ``build`` began and ended at these times.
    """
    while True:
        names = changes.get()
        while not changes.empty():
            names |= changes.get()
        during = {name for name in names if was_written(root / name, *build)}
        if names - during or any(name not in before or name.endswith(_SOURCES) for name in during):
            return before | during


def _once(command: Callable[[], CommandReport], form: str) -> None:
    """Run the command, in a fork in which Ctrl-C is held back until the command answers it."""

    def heard() -> CommandReport:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _CTRL_C)
        return command()

    with suppress(KeyboardInterrupt):
        try:
            ended(heard, "build", form)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _watch(root: Path, report: Callable[[frozenset[str]], None], parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch_files(root, None, report, say, _Orphaned(parent), begun=lambda: report(frozenset()))
