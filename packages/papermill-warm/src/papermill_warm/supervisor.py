"""The supervisor of a run: it starts the notebook's process, waits for its end, and leaves no
process behind.

It is part of the zygote, which has one run at a time, and which is a *subreaper*: whatever the
notebook's process starts becomes a child of the zygote when its own parent is gone, even if it has
a session of its own. So when the notebook's process has ended, all remaining descendants of the
zygote are processes that outlived the notebook. They get a moment to end by themselves (helpers do
so when their pipe closes), then they are killed, and named in the report. If the engine itself
ends, the control socket closes; then all are killed at once.

The process of a shared head (:mod:`papermill_warm.head_process`) is left, for the next edition.

Orders come over the control socket, a byte each. The report is one message of JSON: `{"status":
wait status, "strays": ["sleep 1000 (3 times)", …]}`.
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
from typing import Any

from papermill_warm import wire
from papermill_warm.head_process import HeadProcess
from papermill_warm.processes import children, descendants, end_with_parent

GRACE = 0.25
"""The seconds that processes which outlive a notebook have to end by themselves."""

_NAMED = 10
"""The most processes left by a notebook that are named."""
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


def start(run: Callable[[], None], control: socket.socket) -> int:
    """Call ``run`` in a process of its own, the notebook's. Returns its id."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    parent = os.getpid()
    notebook = os.fork()
    if notebook == 0:
        control.close()
        os.setsid()
        end_with_parent()
        if os.getppid() == parent:
            run()
        os._exit(1)
    return notebook


def wait(notebook: int, control: socket.socket, head: HeadProcess | None) -> dict[str, Any]:
    """Obey the orders of ``control`` until the notebook's process has ended, and end the processes
    that it left. Returns the report. If the notebook has a shared ``head``, its process may become
    that of the head, and have a child for the notebook.
    """
    is_killed = _obey(notebook, control, head)
    kept: set[int] = set()
    if head is None or head.notebook is None:
        status = os.waitpid(notebook, 0)[1]
    else:
        notebook, status = head.notebook, signal.SIGKILL if head.status is None else head.status
        kept = set() if head.is_lost else {head.pid}
    grace = 0 if is_killed or os.WIFSIGNALED(status) else GRACE
    return {"status": status, "strays": _sweep(notebook, grace, kept)}


def send_report(report: dict[str, Any], control: socket.socket) -> None:
    """Send the report to the engine, and close the run's sockets."""
    with control, suppress(OSError):  # the engine has gone
        control.sendall(wire.pack(wire.CONTROL, [json.dumps(report).encode()]))


def _obey(notebook: int, control: socket.socket, head: HeadProcess | None) -> bool:
    """Obey orders until the notebook's process has ended. Returns True if one was to kill it."""
    poll, is_killed = select.poll(), False
    handle = os.pidfd_open(notebook)
    for descriptor in (handle, control.fileno(), *([head.line.fileno()] if head else [])):
        poll.register(descriptor, select.POLLIN)
    while True:
        ready = dict(poll.poll())
        if head is not None and head.line.fileno() in ready:
            head.hear()
            if head.is_lost:
                poll.unregister(head.line)
        if head is None or head.notebook is None:
            pid, is_over = notebook, handle in ready
        else:
            pid, is_over = head.notebook, head.is_lost or head.status is not None
        if is_over:
            os.close(handle)
            return is_killed
        if control.fileno() not in ready:
            continue
        try:
            orders = control.recv(64)
        except OSError:
            orders = b""
        if wire.KILL in orders or not orders:
            is_killed = True
            poll.unregister(control)
            _signal_group(pid, signal.SIGKILL)
        elif wire.INTERRUPT in orders:
            _signal_group(pid, signal.SIGINT)


def _signal_group(leader: int, number: int) -> None:
    try:
        os.killpg(leader, number)
    except ProcessLookupError:  # it has not got as far as having a group
        with suppress(ProcessLookupError):
            os.kill(leader, number)


def _sweep(group: int, grace: float, kept: Collection[int]) -> list[str]:
    """End all descendants of this process but those to be ``kept``, and return their names; the whole
    group of the notebook is killed at once.
    """

    def left() -> list[int]:
        return [pid for pid in children(os.getpid()) if pid not in kept]

    if not left() or (grace and _end_by_themselves(left, grace)):
        return []
    counts = Counter(
        filter(None, map(_name, (pid for child in left() for pid in (child, *descendants(child)))))
    )
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    while pids := left():
        for pid in pids:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(-1, 0)
    named = counts.most_common(_NAMED)
    names = [name if count == 1 else f"{name} ({count} times)" for name, count in named]
    more = counts.total() - sum(count for _, count in named)
    return names + ([f"and {more} more"] if more else [])


def _end_by_themselves(left: Callable[[], list[int]], grace: float) -> bool:
    """Return True if all that are left end within ``grace`` seconds."""
    deadline = time.monotonic() + grace
    while pids := left():
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        try:
            handle = os.pidfd_open(pids[0])
        except OSError:
            continue
        ready, _, _ = select.select([handle], [], [], max(0, deadline - time.monotonic()))
        os.close(handle)
        if not ready:
            return False
    return True


def _name(pid: int) -> str:
    """Return the command line of a process; empty for one that has ended."""
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if command == Path("/proc/self/cmdline").read_bytes():
            return "a fork of the notebook"
        return " ".join(command.replace(b"\0", b" ").decode(errors="replace").split())[:120]
    return ""
