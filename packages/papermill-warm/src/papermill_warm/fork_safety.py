"""The ties of a notebook's process to what is outside of its memory, which a fork would share.

:class:`Ties` watches a notebook from its start. :meth:`Ties.objection` then says why the process
cannot go on as several: threads and child processes are not copied; two processes that write to one
file or connection get into each other's way; and what a cell wants done at the end (a temporary
folder to be removed) would be done by the first that ends. Files that were only read are no hindrance:
each process opens them again, where the reading stood (:meth:`Ties.renew`).

:meth:`Ties.are_as_before` is True as long as every file that was read, listed, written, or that a
cell tried to open, is as it was. Seen is what Python itself opens, by its audit events.
"""

from __future__ import annotations

import asyncio
import atexit
import fcntl
import importlib.util
import os
import random
import signal
import stat
import sys
import sysconfig
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from papermill_warm.preloading import Touched, end_idle_threads, threads
from papermill_warm.processes import children

_OWN_THREADS = 2
"""The threads of a notebook's process: the main one, and that of :class:`~papermill_warm.streams.Capture`."""
_OWN_READERS = 2
"""The descriptors that its event loop watches: the messages, and the loop's own."""
_JUST_NOW = 10_000_000
"""The nanoseconds by which the time of a file may lag behind the clock."""
_HARMLESS = frozenset({"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"})
_NO_FILES = ("/proc/", "/sys/", "/dev/")
_INSTALLED = tuple(
    {f"{sysconfig.get_path(name)}/" for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)
_IMPORTING = "<frozen importlib"
_EVENTS = frozenset({"open", "os.listdir", "os.scandir", "sqlite3.connect"})

_State = tuple[int, ...] | None
"""A value that changes with a file; None for no file."""


class Ties:
    """The ties of this process to what is outside of it, from now on."""

    def __init__(self, touched: Callable[[], Touched | None] | None) -> None:
        """Watch from now on. ``touched`` gives the files, if the caller notes them."""
        self._begun = time.time_ns()
        self._files: dict[str, _State] = {}
        self._exits = self._is_over = False
        self._touched = touched or self._names_of_files()
        self._open: list[tuple[int, str, int, int]] = []
        self._descriptors, self._memory = _descriptors(), _shared_memory()
        self._finalizers = set(_finalizers())
        self._chance = random.getstate(), _chance_of_numpy()
        self._register, atexit.register = atexit.register, self._note_exit

    def end(self) -> None:
        """Watch no more."""
        self._is_over = True
        atexit.register = self._register

    def objection(self) -> str:
        """Return why this process cannot be forked, or nothing."""
        self._open = []
        return (
            ("a thread runs" if _more_threads() else "")
            or ("a process that it started is there" if children(os.getpid()) else "")
            or ("a task waits in its event loop" if _has_tasks() else "")
            or ("a timer runs" if any(signal.getitimer(signal.ITIMER_REAL)) else "")
            or ("something is to be done at its end" if self._exits_wait() else "")
            or ("it shares memory" if _shared_memory() - self._memory else "")
            or ("numpy's generator came with its cells" if self._has_new_generator() else "")
            or self._objection_to_files()
        )

    def are_as_before(self) -> bool:
        """Return True if the files are as they were."""
        return all(_state(path) == state for path, state in self._files.items())

    def chance(self) -> Any:
        """Return the state of `random` if cells have used it; None else."""
        state = random.getstate()
        return None if state == self._chance[0] else state

    def renew(self, chance: Any) -> None:
        """Open files again, and give `random` and numpy's generator a state of their own, if cells
        have not used them; else that of before the fork, of which ``chance`` is the one of `random`.
        """
        # What the memory of a library still had open may have been freed, and closed, since then.
        targets = _descriptors() if self._open else {}
        for descriptor, target, flags, offset in self._open:
            if targets.get(descriptor) != target:
                continue
            again = _opened_again(descriptor, flags)
            os.lseek(again, offset, os.SEEK_SET)
            os.dup2(again, descriptor, os.get_inheritable(descriptor))
            os.close(again)
        if chance is not None:
            random.setstate(chance)
        if self._chance[1] is not None and self._chance[1] == _chance_of_numpy():
            sys.modules["numpy.random"].seed()

    def _objection_to_files(self) -> str:
        touched = self._touched()
        if touched is None:
            return "nobody has noted its files"
        read, written = (set(_paths(names)) for names in touched)
        self._files = {path: _state(path) for path in read | written}
        for path in read - written:
            state = self._files[path]
            if state is not None and max(state[:2]) > self._begun - _JUST_NOW:
                return f"{path} has changed since it began"
        for descriptor, target in _descriptors().items():
            if self._descriptors.get(descriptor) == target or target in _HARMLESS:
                continue
            flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
            is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
            if not is_file or flags & os.O_ACCMODE != os.O_RDONLY:
                return f"{target} is open"
            try:
                os.close(_opened_again(descriptor, flags))
            except OSError:
                return f"{target} cannot be opened again"
            offset = os.lseek(descriptor, 0, os.SEEK_CUR)
            self._open.append((descriptor, target, flags, offset))
        return ""

    def _has_new_generator(self) -> bool:
        """Return True if numpy's generator is there and was not before: whether cells have used it
        cannot be told then.
        """
        return self._chance[1] is None and "numpy.random" in sys.modules

    def _exits_wait(self) -> bool:
        new = (key for key in set(_finalizers()) - self._finalizers if key.alive)
        return self._exits or any(key.atexit for key in new)

    def _note_exit(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Register a function for the end, and note if it is not a library's."""
        file = sys._getframe(1).f_code.co_filename
        self._exits |= not self._is_over and not file.startswith(_INSTALLED)
        return self._register(function, *args, **kwargs)

    def _names_of_files(self) -> Callable[[], Touched]:
        """Note the files that are opened or listed."""
        read, written = set[str](), set[str]()

        def note(names: set[str], name: object) -> None:
            with suppress(TypeError, ValueError, OSError):  # a descriptor, for one
                names.add(os.path.abspath(os.fsdecode(name)))  # type: ignore[arg-type]

        def hear(event: str, arguments: tuple[Any, ...]) -> None:
            if event not in _EVENTS or self._is_over:  # `id` and others come by the ten thousand
                return
            if event == "open":
                name, mode, flags = arguments
                writes = (isinstance(mode, str) and not {*mode}.isdisjoint("wax+")) or (
                    isinstance(flags, int) and flags & os.O_ACCMODE != os.O_RDONLY
                )
                note(written if writes else read, name)
            elif not sys._getframe(1).f_code.co_filename.startswith(_IMPORTING):
                note(read, "." if arguments[0] is None else arguments[0])

        sys.addaudithook(hear)
        return lambda: (read, written)


def _opened_again(descriptor: int, flags: int) -> int:
    """Return another descriptor of an open file, at its beginning. Raises OSError."""
    return os.open(f"/proc/self/fd/{descriptor}", flags & ~os.O_NOFOLLOW)


def _paths(names: Iterable[str]) -> Iterator[str]:
    """Yield the files of which a change counts; with a module's bytecode its source."""
    for name in names:
        if name.startswith(_NO_FILES):
            continue
        yield name
        if name.endswith(".pyc"):
            with suppress(ValueError, NotImplementedError):
                yield importlib.util.source_from_cache(name)


def _state(path: str) -> _State:
    try:
        seen = os.stat(path)  # noqa: PTH116  (a fraction of the time)
    except (OSError, ValueError):
        return None
    return seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino, seen.st_dev


def _more_threads() -> bool:
    """Return True if threads run beside our own; those that a library ends before a fork do not
    count.
    """
    if threads() > _OWN_THREADS:
        end_idle_threads()
    return threads() > _OWN_THREADS


def _has_tasks() -> bool:
    """Return True if cells have left something in the running event loop."""
    loop: Any = asyncio.get_running_loop()
    is_other = type(loop) is not asyncio.SelectorEventLoop
    tasks: Any = asyncio.all_tasks(loop)
    return (
        is_other
        or len(tasks) > 1
        or bool(loop._scheduled or loop._signal_handlers)
        or len(loop._selector.get_map()) > _OWN_READERS
    )


def _descriptors() -> dict[int, str]:
    """Return each open descriptor, with what it is of."""
    targets = {}
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the descriptor of the list itself has gone
            targets[int(link.name)] = str(link.readlink())
    return targets


def _shared_memory() -> set[str]:
    """Return the places of memory that this process would share with a fork."""
    lines = Path("/proc/self/maps").read_text().splitlines()
    return {line for line in lines if line.split(maxsplit=2)[1][1::2] == "ws"}


def _finalizers() -> list[Any]:
    return list(weakref.finalize._registry)  # type: ignore[attr-defined]


def _chance_of_numpy() -> Any:
    """Return the state of numpy's generator, comparable; None if it is not there."""
    numpy = sys.modules.get("numpy.random")
    state = numpy and numpy.get_state()
    return state and (state[0], state[1].tobytes(), *state[2:])
