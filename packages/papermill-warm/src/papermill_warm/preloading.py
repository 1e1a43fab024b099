"""Prepares a zygote: at first with what nearly every notebook uses, later with what runs have used.

Some libraries are imported at the start and used once (:mod:`papermill_warm.library_first_use`).
Importing a rare library without need would cost as much as some runs do. So a run leaves a note, at
its end, of the rare libraries that it has loaded (:meth:`Warmth.leave_note`), and before the next
run begins the zygote imports them too (:meth:`Warmth.learn`).

What IPython computes from the text of a cell alone the zygote computes before it forks, once for each
text (:meth:`Warmth.read`, :mod:`papermill_warm.cell_texts`).

The engine may be given a module of the caller's, which is warmed up in the same way. It has four
functions: `warm_up()` is called at the start; `read(text)` with the code of a cell that runs again;
`note()` at a run's end gives a list of texts, and `learn(texts)` is called with it in the zygote. It
may have two more: `touched()` gives the files that a run has read and written so far, if the caller
notes them anyway, else None; and `above(names)` is called with the names of a notebook whose cells above
the parameters have run, before the process is forked for editions.

A library that prints or warns when it is imported, which a notebook must show, or that keeps threads,
is left out. So is one whose import fails. All of this is found out in a fork, except for the engine's
own choice of libraries: those are imported at once, and if one of them cannot be kept, the zygote
begins again without it.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import select
import sys
import warnings
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from papermill_warm import cell_texts, library_first_use
from papermill_warm.settings import FIRST
from papermill_warm.wire import Preparation

RARE = (
    "plotly.express",
    "matplotlib.figure",
    "matplotlib.font_manager",
    "matplotlib.backends.backend_agg",
    "kaleido",
    "jinja2",
    "pydantic",
    "yaml",
    "babel.numbers",
    "babel.dates",
)
"""Libraries that are imported once a run has imported them."""

LONGEST = 100_000
"""The most characters of a cell that is prepared before the fork."""
Touched = tuple[Collection[str], Collection[str]]
"""The paths of the files that were read, listed or that a cell tried to open, and of those that were written."""
_MISSING = "it is not installed"
_MADV_COLLAPSE = 25  # Linux 6.1; an older one refuses
_libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Learned:
    """The news that the notes of runs have brought."""

    modules: bool
    """True if modules have been added."""
    is_below: bool
    """True if something came of cells below the parameters, or of a notebook without."""


class Warmth:
    """The preparation of this process for the notebooks of the kernel's ``shell``."""

    def __init__(self, shell: Any, preparation: Preparation) -> None:
        self._shell = shell
        self._cold = set(sys.modules)
        self._tried: set[str] = set()
        self._noted: set[str] = set()
        """The rare libraries that this process, or the one that it was forked from, has noted."""
        self._read: dict[str, bool] = {}
        """The texts of cells that were read, each with whether it came again."""
        self._reading, self._writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self.left_out = dict(preparation.left_out)
        """The modules that were to be imported and were not, each with the reason."""
        others = [name for name in preparation.preload if name not in (*FIRST, *self.left_out)]
        objections = {name: _in_fork(partial(self._objection, name)) for name in others}
        self.missing = [name for name, reason in objections.items() if reason == _MISSING]
        """The modules that were to be imported and are not installed."""
        self.left_out |= {
            name: reason for name, reason in objections.items() if reason not in ("", _MISSING)
        }
        fit = [name for name in preparation.preload if name not in (*self.missing, *self.left_out)]
        objections = self._load(fit)
        self.missing += [name for name, reason in objections.items() if reason == _MISSING]
        self.rejected = {name: reason for name, reason in objections.items() if reason != _MISSING}
        """The modules that were imported and cannot be kept, each with the reason."""
        cell_texts.remember()
        self._caller: Any = None
        if preparation.warm_up and not self.rejected:
            with suppress(Exception), library_first_use.quiet():  # runs do without, and take longer
                self._caller = importlib.import_module(preparation.warm_up)
                self._caller.warm_up()
            end_idle_threads()

    def names(self) -> list[str]:
        """Return the top-level modules that a cold kernel would not have."""
        modules = {name.partition(".")[0] for name in set(sys.modules) - self._cold}
        return sorted(modules - sys.stdlib_module_names)

    def settle(self) -> None:
        """Take the current objects out of garbage collection, since forks are made of them."""
        gc.freeze()  # no collection before: it would take long, and leave holes that each run fills with copied pages
        gc.collect()  # of nothing: it empties the lists of free objects, which each run would do at its end
        _gather()

    def read(self, sources: Sequence[str]) -> None:
        """Compute what depends only on the texts of cells. The results for the caller's own cells,
        which come again, are kept: they are more than one run needs.
        """
        for source in sources:
            if len(source) > LONGEST or self._read.get(source):
                continue
            self._read[source] = is_again = source in self._read
            with suppress(Exception):  # the run has the same error
                code = self._shell.input_transformer_manager.transform_cell(source)
                self._shell.compile.get_code_name(source, source, 0)
                if is_again:
                    cell_texts.prepare(self._shell, code)
                    if self._caller is not None:
                        self._caller.read(code)
        gc.freeze()

    def touched(self) -> Callable[[], Touched | None] | None:
        """Return the caller's function that names the files of a run, if it has one."""
        function: Callable[[], Touched | None] | None = getattr(self._caller, "touched", None)
        return function

    def look_above(self) -> None:
        """Have the caller prepare what the editions of a notebook share, once its head has run."""
        act: Callable[[dict[str, Any]], None] | None = getattr(self._caller, "above", None)
        if act is None:
            return
        show = warnings.showwarning  # not catch_warnings: it would have others shown again
        warnings.showwarning = lambda *message, **_: None
        try:
            with suppress(Exception):  # editions do without
                act(dict(self._shell.user_ns))
        finally:
            warnings.showwarning = show

    def leave_note(self, is_above: bool = False) -> None:
        """Write down, at the end of a run, what it has used and the zygote does not have; or before
        its head is shared, what was used above the parameters.
        """
        noted = self._caller.note() if self._caller is not None else []
        rare = [name for name in RARE if name in sys.modules and name not in self._noted]
        self._noted.update(rare)
        note = {"rare": rare, "noted": noted, "is_above": is_above}
        line = json.dumps(note).encode() + b"\n"
        if len(line) <= select.PIPE_BUF:  # else lines of two runs might mix
            with suppress(OSError):  # the pipe is full, or a cell has closed it
                os.write(self._writing, line)

    def learn(self) -> Learned:
        """Import and read what runs have noted."""
        notes = _lines(self._reading)
        rare = {name for note in notes for name in note["rare"]} - self._tried
        rare = {name for name in rare if name not in sys.modules}
        self._tried |= rare
        fit = [name for name in sorted(rare) if not _in_fork(partial(self._objection, name))]
        noted = [note["noted"] for note in notes if note["noted"]]
        if fit or noted:
            gc.disable()
            self._load(fit)
            for texts in noted:
                with (
                    suppress(Exception),
                    library_first_use.quiet(),
                ):  # runs say what is wrong with it
                    self._caller.learn(texts)
            self.settle()
            gc.enable()
        below = [note for note in notes if not note["is_above"]]
        news = any(note["noted"] or not {*fit}.isdisjoint(note["rare"]) for note in below)
        return Learned(bool(fit), news)

    def _objection(self, name: str) -> str:
        """Return why a module cannot be kept, or nothing; in a fork of this process."""
        output = os.memfd_create("output")
        for stream in (1, 2):
            os.dup2(output, stream)
        reason = self._load([name]).get(name, "")
        sys.stdout.flush()
        sys.stderr.flush()
        if not reason and os.fstat(output).st_size:
            reason = "it prints when it is imported"
        if not reason and threads() > 1:
            reason = "it keeps a thread, which a fork would break"
        return reason

    def _load(self, libraries: Sequence[str]) -> dict[str, str]:
        """Import and use modules that are installed. Returns those that cannot be kept, each with the
        reason.
        """
        with self._shell.builtin_trap:  # pandas looks for `get_ipython` when it is imported
            reasons = {name: _import(name) for name in libraries}
        library_first_use.all_of(
            {name for name, reason in reasons.items() if not reason}, self._shell
        )
        end_idle_threads()
        return {name: reason for name, reason in reasons.items() if reason}


def threads() -> int:
    """Return the number of threads of this process."""
    return len(list(Path("/proc/self/task").iterdir()))


def end_idle_threads() -> None:
    """Have libraries that end their threads before a fork do so."""
    _in_fork(str)


def _lines(pipe: int) -> list[dict[str, Any]]:
    """Return the notes that are waiting in the pipe."""
    data = b""
    with suppress(BlockingIOError):
        while more := os.read(pipe, 1 << 16):
            data += more
    return [json.loads(line) for line in data.splitlines()]


def _in_fork(act: Callable[[], str]) -> str:
    """Return the result of ``act`` in a fork of this process, which leaves nothing else behind; what
    is wrong if the fork dies.
    """
    result = os.memfd_create("result")
    pid = os.fork()
    if pid == 0:
        with suppress(BaseException):
            os.write(result, act().encode())
            os._exit(0)
        os._exit(1)
    status = os.waitpid(pid, 0)[1]
    with os.fdopen(result, "rb") as reading:
        reading.seek(0)
        return "its import ends the process" if status else reading.read().decode()


def _import(name: str) -> str:
    """Import a module. Returns why it cannot be kept, or nothing."""
    messages: list[object] = []
    show = warnings.showwarning
    # not catch_warnings: it would undo their filters
    warnings.showwarning = lambda *message, **_: messages.append(message)
    try:
        importlib.import_module(name)
    except Exception as error:
        is_missing = isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(
            f"{error.name}."
        )
        return _MISSING if is_missing else f"{type(error).__name__}: {error}"
    finally:
        warnings.showwarning = show
    return "it warns when it is imported" if messages else ""


def _gather() -> None:
    """Have the system put this memory into large pages, if it can: a fork copies an entry for each
    page.
    """
    for line in Path("/proc/self/maps").read_text().splitlines():
        extent, access, _, _, file, *_ = line.split()
        if access == "rw-p" and file == "0":
            start, end = (int(address, 16) for address in extent.split("-"))
            _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_COLLAPSE)
