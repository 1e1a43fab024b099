"""Zygotes of this process: found or started for an environment, asked for a run, ended with the
process.

A zygote's interpreter read its environment when it started (hash seed, locale, library settings),
so it serves only runs that have the same one, but for the names in :data:`PASSING`; and only as
long as no package was installed or removed in the folders that it imported from. Two are kept; the
one not used for longest goes first. A process that is forked from this one starts its own.

State of the process: :data:`_kept`, under :data:`_lock`.
"""

from __future__ import annotations

import array
import atexit
import json
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from broadsheet.engine import warden, wire
from broadsheet.engine.wire import Hello, Request

logger = logging.getLogger("papermill")

LIBRARIES = (
    "numpy",
    "pandas",
    "plotly.graph_objects",
    "plotly.io._base_renderers",
    "webbrowser",
    "IPython.display",
    "IPython.extensions.storemagic",
    "nbformat",
    "psutil",
)
"""Imported before the first fork where they are installed. Not `matplotlib.pyplot`,
`matplotlib_inline` nor `plotly.io`'s renderers: what these do when they are imported depends on the
notebook, and with the rest at hand they cost little.
"""

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
"""Imported when a run has imported them."""

PASSING = frozenset(
    {"_", "SHLVL", "PWD", "OLDPWD", "COLUMNS", "LINES", "JPY_PARENT_PID", "PYTEST_CURRENT_TEST"}
)
"""Environment variables that differ from run to run and that no library reads when it is imported.
"""

KEPT = 2
_PATIENCE, _CHUNK = 5, 1 << 16
_START = """\
import gc, sys, types
gc.disable()
for name, folder in (("broadsheet", sys.argv[1]), ("broadsheet.engine", sys.argv[2])):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [folder]
if sys.path[0] == "":
    del sys.path[0]
from broadsheet.engine.zygote import main
main(int(sys.argv[3]), sys.argv[4].split(), sys.argv[5].split())
"""
# The stand-in packages keep `broadsheet/__init__.py`, which sets the house's chart template, from
# running.

Key = tuple[tuple[str, ...], frozenset[tuple[str, str]]]


class ZygoteError(Exception):
    """There can be no zygote here; says why."""


class Zygote:
    """One warm process, and the line to it."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], patience: float
    ) -> None:
        libraries: Sequence[str] = LIBRARIES
        self._open(command, environment, libraries)
        self.hello = self._greeting(patience)
        if self.hello.noisy:
            logger.info(
                "Not kept warm, since they warn when imported: %s", ", ".join(self.hello.noisy)
            )
            self.close()
            self._open(
                command, environment, [name for name in libraries if name not in self.hello.noisy]
            )
            self.hello = self._greeting(patience)
        if self.hello.threads > 1:
            self.close()
            raise ZygoteError(
                f"an imported library holds {self.hello.threads - 1} threads, which a fork would break"
            )

    def ask(self, request: Request) -> tuple[socket.socket, socket.socket]:
        """Have a run started: its message socket and its control socket. Raises :class:`OSError` if
        it is gone.
        """
        messages, run_messages = socket.socketpair()
        control, run_control = socket.socketpair()
        try:
            data = wire.pack(wire.CONTROL, [json.dumps(vars(request)).encode()])
            descriptors = array.array("i", [run_messages.fileno(), run_control.fileno()])
            with self._sending:
                sent = self._line.sendmsg(
                    [data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)]
                )
                self._line.sendall(data[sent:])
        except OSError:
            messages.close()
            control.close()
            raise
        finally:
            run_messages.close()
            run_control.close()
        return messages, control

    def serves(self) -> bool:
        """Whether it lives, and the libraries are those that it imported."""
        self._hear()
        return self._process.poll() is None and all(
            _mtime(folder) == known for folder, known in self.hello.watched.items()
        )

    def close(self) -> None:
        """Let it end, and wait for that; one that guards a run ends when that does."""
        busy = self._is_busy()
        self._line.close()
        if busy:
            return
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def forget(self) -> None:
        """In a forked child: it is the parent's."""
        self._line.close()
        self._process.returncode = 0

    def _is_busy(self) -> bool:
        """Ask it to end; whether it must guard a run first."""
        try:
            self._line.shutdown(socket.SHUT_WR)
            self._line.settimeout(_PATIENCE)
            while data := self._line.recv(_CHUNK):
                if data.endswith(warden.BUSY):
                    return True
        except OSError:
            pass
        return False

    def _open(
        self, command: Sequence[str], environment: Mapping[str, str], libraries: Sequence[str]
    ) -> None:
        folder = Path(__file__).parent
        self._sending = threading.Lock()
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    *command,
                    "-c",
                    _START,
                    str(folder.parent),
                    str(folder),
                    str(theirs.fileno()),
                    " ".join(libraries),
                    " ".join(RARE),
                ],
                env=dict(environment),
                cwd="/",
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def _greeting(self, patience: float) -> Hello:
        self._unpacker = wire.Unpacker()
        self._line.settimeout(patience)
        with suppress(TimeoutError):
            while data := self._line.recv(_CHUNK):
                for _, (body,) in self._unpacker.feed(data):
                    self._line.settimeout(None)
                    return Hello(**json.loads(body))
        self.close()
        raise ZygoteError("the warm process did not start")

    def _hear(self) -> None:
        """Take in what it has said since: it greets again when it has more libraries."""
        with self._sending, suppress(OSError):
            while data := self._line.recv(_CHUNK, socket.MSG_DONTWAIT):
                for _, (body,) in self._unpacker.feed(data):
                    self.hello = Hello(**json.loads(body))


def zygote_for(command: Sequence[str], environment: Mapping[str, str], patience: float) -> Zygote:
    """A zygote that serves ``environment``, started with ``command`` (an interpreter and its
    options) if need be.

    ``patience`` is how many seconds it has to get warm. Raises :class:`ZygoteError`.
    """
    key = (
        tuple(command),
        frozenset((name, value) for name, value in environment.items() if name not in PASSING),
    )
    with _lock:
        zygote = _kept.pop(key, None)
        if zygote is not None and not zygote.serves():
            zygote.close()
            zygote = None
        if zygote is None:
            zygote = Zygote(command, environment, patience)
        _kept[key] = zygote
        while len(_kept) > KEPT:
            _kept.pop(next(iter(_kept))).close()
    return zygote


def close_all() -> None:
    """End every zygote of this process; one that guards a run, with that."""
    with _lock:
        while _kept:
            _kept.popitem()[1].close()


class _Lock:
    """A lock that can be made new in a forked child, where a thread that is not there may have held
    it.
    """

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _forget_all() -> None:
    _lock.renew()
    for zygote in _kept.values():
        zygote.forget()
    _kept.clear()


def _mtime(folder: str) -> int | None:
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return None


_lock = _Lock()
_kept: dict[Key, Zygote] = {}
atexit.register(close_all)
if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forget_all)
