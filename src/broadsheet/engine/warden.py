"""One warden for each run: it starts the notebook's process, waits for its end, and leaves nothing of it behind.

The warden is a fork of the zygote, and a *subreaper*: whatever the notebook's process starts becomes the warden's
child when its own parent is gone, also what has a session of its own. So when the notebook's process has ended, all
that is left below the warden is what outlived the notebook. It is given a moment to end by itself (helpers that do
so when their pipe closes), then killed, and named in the report. The engine's own end closes the control socket;
then the warden kills all and ends too.

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
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from broadsheet.engine import wire

INTERRUPT, KILL = b"i", b"k"
GRACE = 0.25
"""Seconds that what outlives a notebook has to end by itself."""

_NAMED = 10
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None, use_errno=True)


def guard(run: Callable[[], None], control: socket.socket, leave: Callable[[], None]) -> None:
    """Do ``run`` in a process of its own and report on ``control`` when it has ended; the caller exits after this.

    ``leave`` lets go, in the warden, of what belongs to the run alone.
    """
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    warden = os.getpid()
    child = os.fork()
    if child == 0:
        control.close()
        os.setsid()
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() == warden:
            run()
        os._exit(1)
    leave()
    handle = os.pidfd_open(child)
    killed = _wait(child, handle, control)
    _, status, usage = os.wait4(child, 0)
    strays = _sweep(child, 0 if killed or os.WIFSIGNALED(status) else GRACE)
    report = {"status": status, "strays": strays, "peak": usage.ru_maxrss * 1024}
    with suppress(OSError):
        control.sendall(wire.pack(wire.CONTROL, [json.dumps(report).encode()]))


def _wait(child: int, handle: int, control: socket.socket) -> bool:
    """Until ``child`` has ended, obeying orders; whether it was killed by order."""
    killed = False
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.register(control, select.POLLIN)
    while True:
        ready = dict(poll.poll())
        if handle in ready:
            return killed
        try:
            orders = control.recv(64)
        except OSError:
            orders = b""
        if KILL in orders or not orders:
            killed = True
            poll.unregister(control)
            _kill_group(child, signal.SIGKILL)
        elif INTERRUPT in orders:
            _kill_group(child, signal.SIGINT)


def _kill_group(leader: int, number: int) -> None:
    try:
        os.killpg(leader, number)
    except ProcessLookupError:  # it has not got as far as having a group
        with suppress(ProcessLookupError):
            os.kill(leader, number)


def _sweep(group: int, grace: float) -> list[str]:
    """End what is left below this process, and give its names; the whole group of the notebook at one blow."""
    if not _children(os.getpid()) or (grace and _ended_by_themselves(grace)):
        return []
    found = Counter(name for pid in _descendants(os.getpid()) if (name := _name(pid)))
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    while children := _children(os.getpid()):
        for pid in children:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(-1, 0)
    named = [name if count == 1 else f"{name} ({count} times)" for name, count in found.most_common(_NAMED)]
    more = found.total() - sum(count for _, count in found.most_common(_NAMED))
    return named + ([f"and {more} more"] if more else [])


def _ended_by_themselves(grace: float) -> bool:
    """Whether all children end within ``grace`` seconds."""
    deadline = time.monotonic() + grace
    while children := _children(os.getpid()):
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        try:
            handle = os.pidfd_open(children[0])
        except OSError:
            continue
        left = deadline - time.monotonic()
        ready, _, _ = select.select([handle], [], [], max(0, left))
        os.close(handle)
        if not ready:
            return False
    return True


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _descendants(pid: int) -> list[int]:
    found = []
    for child in _children(pid):
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
