"""The zygotes of this process: started for an environment, used for one run at a time, kept for the
next.

A zygote's interpreter read its environment when it started (hash seed, locale, library settings),
so it serves only runs that have the same one, but for the names in :data:`~papermill_warm.wire.PASSING`; and only as
long as no package was installed or removed in the folders that it imported from. :data:`KEPT` are
kept while they have no run; the one not used for longest goes first. A process that is forked from
this one starts its own.

State of the process: :data:`ZYGOTES`.
"""

from __future__ import annotations

import atexit
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from multiprocessing.reduction import send_handle
from pathlib import Path

from papermill_warm.wire import PASSING, Hello, Preparation, RunRequest

KEPT = 2
_START = """\
import sys
sys.path.insert(0, sys.argv[1])
from papermill_warm.zygote import main
main(int(sys.argv[2]), sys.argv[3])
"""
_PATIENCE = 5


class ZygoteError(Exception):
    """An error: there can be no zygote, for the reason given."""


_ALLOCATORS = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MIMALLOC_ARENA_RESERVE": "0",
}
"""Settings of the allocators of pyarrow, which pandas imports where it is installed: else they hold a
thread, which a fork would break, and reserve a gigabyte, which counts for the memory limit. A run does
not see them.
"""


@dataclass(frozen=True)
class ZygotePlan:
    """The description of a zygote."""

    command: Sequence[str]
    """The interpreter and its options."""
    environment: Mapping[str, str]
    """The environment."""
    preparation: Preparation
    """The preparation before it is warm."""

    def key(self) -> Key:
        """Return what is the same of plans that one zygote can serve."""
        lasting = {name: value for name, value in self.environment.items() if name not in PASSING}
        preparation = json.dumps(asdict(self.preparation))
        return tuple(self.command), frozenset(lasting.items()), preparation


class Zygote:
    """A warm process, and the line to it."""

    def __init__(self, plan: ZygotePlan, patience: float) -> None:
        """Start the process, and wait up to ``patience`` seconds until it is warm. Raises
        :class:`ZygoteError`.
        """
        self.key = plan.key()
        self.is_free = False
        self._line, theirs = multiprocessing.Pipe()
        folder = str(Path(__file__).parents[1])
        preparation = json.dumps(asdict(plan.preparation))
        program = ["-c", _START, folder, str(theirs.fileno()), preparation]
        with theirs:
            self._process = subprocess.Popen(
                [*plan.command, *program],
                env={**_ALLOCATORS, **plan.environment},
                cwd="/",
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        if not self._line.poll(patience) or not self._greets():
            self.close()
            raise ZygoteError("the warm process did not start")
        if self.hello.threads > 1:
            self.close()
            raise ZygoteError(
                f"an imported library holds {self.hello.threads - 1} threads, which a fork would break"
            )

    def ask(self, request: RunRequest) -> tuple[socket.socket, socket.socket]:
        """Ask for a run. Returns its message socket and its control socket. Raises :class:`OSError`
        if the zygote has ended.
        """
        messages, run_messages = socket.socketpair()
        control, run_control = socket.socketpair()
        with run_messages, run_control:
            try:
                self._line.send_bytes(json.dumps(vars(request)).encode())
                for end in (run_messages, run_control):
                    send_handle(self._line, end.fileno(), self._process.pid)
            except OSError:
                messages.close()
                control.close()
                raise
        return messages, control

    def serves(self) -> bool:
        """Return True if it lives, and the installed libraries are those that it imported."""
        while self._line.poll() and self._greets():  # again when it has more libraries
            pass
        return self._process.poll() is None and all(
            _mtime(folder) == mtime for folder, mtime in self.hello.watched.items()
        )

    def close(self) -> None:
        """End it, and wait for the end. It must have no run."""
        self._line.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def forget(self) -> None:
        """Drop it in a forked child, since it belongs to the parent."""
        self._line.close()
        self._process.returncode = 0

    def _greets(self) -> bool:
        """Read its next greeting. Returns False if it has ended."""
        try:
            self.hello = Hello(**json.loads(self._line.recv_bytes()))
        except (EOFError, OSError):
            return False
        return True


Key = tuple[tuple[str, ...], frozenset[tuple[str, str]], str]


class Zygotes:
    """The zygotes of a process, with the one given back last at the end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._zygotes: list[Zygote] = []
        atexit.register(self.close_all)
        if sys.platform != "win32":
            os.register_at_fork(after_in_child=self._forget_all)

    def take(self, plan: ZygotePlan, patience: float) -> Zygote:
        """Return a zygote without a run that serves ``plan``, started if there is none. The caller
        gives it back. Raises :class:`ZygoteError`.
        """
        key = plan.key()
        while True:
            with self._lock:
                zygote = next(
                    (free for free in reversed(self._zygotes) if free.is_free and free.key == key),
                    None,
                )
                if zygote is not None:
                    zygote.is_free = False
            if zygote is None:
                zygote = Zygote(plan, patience)
                with self._lock:
                    self._zygotes.append(zygote)
                return zygote
            if zygote.serves():
                return zygote
            self.end(zygote)

    def give_back(self, zygote: Zygote) -> None:
        """Keep a zygote for the next run, now that it has none, or end it if it is marked to end."""
        with self._lock:
            if zygote in self._zygotes:
                zygote.is_free = True
                self._zygotes.remove(zygote)
                self._zygotes.append(zygote)
                surplus = [free for free in self._zygotes if free.is_free][:-KEPT]
            else:
                surplus = [zygote]
        for unneeded in surplus:
            self.end(unneeded)

    def end(self, zygote: Zygote) -> None:
        """End a zygote that has no run."""
        with self._lock:
            if zygote in self._zygotes:
                self._zygotes.remove(zygote)
        zygote.close()

    def close_all(self) -> None:
        """End every zygote of this process. One that has a run ends when it is given back."""
        with self._lock:
            free = [zygote for zygote in self._zygotes if zygote.is_free]
            self._zygotes.clear()
        for zygote in free:
            zygote.close()

    def _forget_all(self) -> None:
        """Drop all in a forked child, since they belong to the parent, and a thread that does not
        exist here may hold the lock.
        """
        self._lock = threading.Lock()
        for zygote in self._zygotes:
            zygote.forget()
        self._zygotes.clear()


ZYGOTES = Zygotes()
"""The zygotes of this process."""


def _mtime(folder: str) -> int | None:
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return None
