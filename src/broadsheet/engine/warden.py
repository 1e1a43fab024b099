"""A run's guard: it starts the notebook's process, waits for its end, and leaves nothing of it
behind.

The guarding process is a *subreaper*: whatever the notebook's process starts becomes a child of it
when its own parent is gone, also what has a session of its own. So when the notebook's process has
ended, all that is left below the guard is what outlived the notebook. It is given a moment to end
by itself (helpers that do so when their pipe closes), then killed, and named in the report. The
engine's own end closes the control socket; then the guard kills all.

The zygote guards one run itself. A run that begins while another is under way has a *warden*, a
fork of the zygote that guards it and ends with it: so what is left below either is that run's own,
but for the wardens.

Orders come over the control socket, a byte each; the report is one message of JSON:
`{"status": wait status, "strays": ["sleep 1000 (3 times)", …], "peak": bytes}`.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from broadsheet.engine import wire

INTERRUPT, KILL = b"i", b"k"
BUSY = b"b"
"""What a zygote that is to end answers while it guards a run."""
GRACE = 0.25
"""Seconds that what outlives a notebook has to end by itself."""

_NAMED = 10
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None, use_errno=True)


class Guard:
    """The guard of one run, in the process that made it."""

    def __init__(self, run: Callable[[], None], control: socket.socket) -> None:
        """Start ``run`` in a process of its own; orders and report go over ``control``."""
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        parent = os.getpid()
        self._control = control
        self._child = os.fork()
        if self._child == 0:
            control.close()
            os.setsid()
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() == parent:
                run()
            os._exit(1)
        self._handle = os.pidfd_open(self._child)
        self._killed = False
        self._poll = select.poll()
        self._poll.register(self._handle, select.POLLIN)
        self._poll.register(control, select.POLLIN)

    def wait(self, other: socket.socket | None = None) -> bool:
        """Until the notebook's process has ended, obeying orders; False if ``other`` can be read
        before that.
        """
        if other is not None:
            self._poll.register(other, select.POLLIN)
        while True:
            ready = dict(self._poll.poll())
            if self._handle in ready:
                return True
            if self._control.fileno() in ready:
                self._obey()
            if other is not None and other.fileno() in ready:
                self._poll.unregister(other)
                return False

    def sweep(self, spared: Collection[int] = ()) -> None:
        """When it has ended: end what it has left below this process, but for the children
        ``spared``.
        """
        _, status, usage = os.wait4(self._child, 0)
        strays = _sweep(self._child, 0 if self._killed or os.WIFSIGNALED(status) else GRACE, spared)
        self._report = {"status": status, "strays": strays, "peak": usage.ru_maxrss * 1024}

    def report(self) -> None:
        """Tell the engine, and let go of the run."""
        with suppress(OSError):
            self._control.sendall(wire.pack(wire.CONTROL, [json.dumps(self._report).encode()]))
        self.forget()

    def forget(self) -> None:
        """Let go of the run; in a forked child: it is the parent's."""
        os.close(self._handle)
        self._control.close()

    def _obey(self) -> None:
        try:
            orders = self._control.recv(64)
        except OSError:
            orders = b""
        if KILL in orders or not orders:
            self._killed = True
            self._poll.unregister(self._control)
            _kill_group(self._child, signal.SIGKILL)
        elif INTERRUPT in orders:
            _kill_group(self._child, signal.SIGINT)


def _kill_group(leader: int, number: int) -> None:
    try:
        os.killpg(leader, number)
    except ProcessLookupError:  # it has not got as far as having a group
        with suppress(ProcessLookupError):
            os.kill(leader, number)


def _sweep(group: int, grace: float, spared: Collection[int]) -> list[str]:
    """End what is left below this process, and give its names; the whole group of the notebook at
    one blow.
    """
    if not _left(spared) or (grace and _ended_by_themselves(grace, spared)):
        return []
    found = Counter(
        name
        for child in _left(spared)
        for pid in (child, *_descendants(child))
        if (name := _name(pid))
    )
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    while left := _left(spared):
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(-1, 0)
    named = [
        name if count == 1 else f"{name} ({count} times)"
        for name, count in found.most_common(_NAMED)
    ]
    more = found.total() - sum(count for _, count in found.most_common(_NAMED))
    return named + ([f"and {more} more"] if more else [])


def _ended_by_themselves(grace: float, spared: Collection[int]) -> bool:
    """Whether all that is left ends within ``grace`` seconds."""
    deadline = time.monotonic() + grace
    while left := _left(spared):
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        try:
            handle = os.pidfd_open(left[0])
        except OSError:
            continue
        ready, _, _ = select.select([handle], [], [], max(0, deadline - time.monotonic()))
        os.close(handle)
        if not ready:
            return False
    return True


def _left(spared: Collection[int]) -> list[int]:
    return [child for child in children(os.getpid()) if child not in spared]


def children(pid: int) -> list[int]:
    """The processes whose parent it is."""
    try:
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    except OSError:
        return []


def is_alive(pid: int) -> bool:
    """Whether a process is there, and not one that is dead and only waits to be taken note of."""
    return state(pid) not in ("", "Z", "X")


def state(pid: int) -> str:
    """The letter that the system has for what a process is at; nothing for one that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0].decode()
    except (OSError, IndexError):
        return ""


def _descendants(pid: int) -> list[int]:
    found = []
    for child in children(pid):
        found += [child, *_descendants(child)]
    return found


def _name(pid: int) -> str:
    """What a process was started as; empty for one that is dead and only waits to be taken note of."""
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if command == Path("/proc/self/cmdline").read_bytes():
            return "a fork of the notebook"
        return " ".join(command.replace(b"\0", b" ").decode(errors="replace").split())[:120]
    return ""
