"""What a zygote has imported: at first what nearly every notebook uses, later what a run was seen
to import.

To import a rare library for nothing would cost as much as some runs do. So at its end a run leaves
word, in memory that it shares with the zygote, of what it has loaded
(:meth:`Libraries.leave_word`), and before the next run begins the zygote has that too
(:meth:`Libraries.learn`).

A library that says something when it is imported, so that a notebook must see it, or that keeps
threads, is left out. At the start it is the engine that leaves it out, with a new zygote; later it
is tried in a fork first.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import mmap
import os
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from broadsheet.engine import exercise

_MADV_COLLAPSE = 25  # Linux 6.1; an older one refuses
_libc = ctypes.CDLL(None)


class Libraries:
    """The libraries of this process, imported for the kernel's ``shell``."""

    def __init__(self, shell: Any, first: Sequence[str], rare: Sequence[str]) -> None:
        self._shell = shell
        self._cold = set(sys.modules)
        self.noisy = self._load(first)
        """Those that had something to say."""
        self._rare = [name for name in rare if name not in sys.modules]
        self._tried: set[str] = set()
        self._used = mmap.mmap(-1, max(1, len(self._rare)))  # shared with forks

    def names(self) -> list[str]:
        """Top-level modules that a cold kernel would not have."""
        return sorted(
            {name.partition(".")[0] for name in set(sys.modules) - self._cold}
            - sys.stdlib_module_names
        )

    def settle(self) -> None:
        """What is there now stays as it is: forks are made of it."""
        gc.freeze()  # no collection before: it would take long, and leave holes that each run fills with copied pages
        _gather()

    def leave_word(self) -> None:
        """In a run, at its end: of the rare libraries that it has loaded."""
        for number, name in enumerate(self._rare):
            if name in sys.modules:
                self._used[number] = 1

    def learn(self) -> bool:
        """Import what runs have left word of; whether anything was."""
        asked = [
            name
            for number, name in enumerate(self._rare)
            if self._used[number] and name not in self._tried
        ]
        self._tried.update(asked)
        fit = [name for name in asked if _in_fork(partial(self._can_be_kept, name))]
        if fit:
            gc.disable()
            self._load(fit)
            self.settle()
            gc.enable()
        return bool(fit)

    def _can_be_kept(self, name: str) -> bool:
        return not self._load([name]) and threads() == 1

    def _load(self, libraries: Sequence[str]) -> list[str]:
        with (
            self._shell.builtin_trap
        ):  # pandas, for one, looks for `get_ipython` when it is imported
            noisy = [name for name in libraries if _import_noisily(name)]
        exercise.all_of(set(libraries) - set(noisy), self._shell)
        _in_fork(lambda: True)  # libraries that end their threads before a fork have then done so
        assert threading.active_count() == 1
        return noisy


def threads() -> int:
    """How many threads this process has."""
    return len(list(Path("/proc/self/task").iterdir()))


def _in_fork(act: Callable[[], bool]) -> bool:
    """What ``act`` gives in a fork of this process, of which nothing else is left; false if it
    fails.
    """
    pid = os.fork()
    if pid == 0:
        done = False
        try:
            done = act()
        finally:
            os._exit(not done)
    return os.waitpid(pid, 0)[1] == 0


def _import_noisily(name: str) -> bool:
    """Import a library if it is there; whether it had something to say."""
    said: list[object] = []
    show = warnings.showwarning
    warnings.showwarning = lambda *told, **_: said.append(
        told
    )  # not catch_warnings: it would undo their filters
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return False
    finally:
        warnings.showwarning = show
    return bool(said)


def _gather() -> None:
    """Have the system put this memory into large pages, if it can: a fork copies an entry for each
    page there is.
    """
    for line in Path("/proc/self/maps").read_text().splitlines():
        extent, access, _, _, file, *_ = line.split()
        if access == "rw-p" and file == "0":
            start, end = (int(address, 16) for address in extent.split("-"))
            _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_COLLAPSE)
