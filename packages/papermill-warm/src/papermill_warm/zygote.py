"""The warm process: it imports the libraries, makes a kernel, and forks itself once for each
notebook.

:mod:`papermill_warm.zygote_pool` starts it, with one end of a socket. It speaks first, when it is warm
(:class:`~papermill_warm.wire.Hello`); then for each run it takes one message, a
:class:`~papermill_warm.wire.RunRequest`, with two file descriptors: the run's message socket and
its control socket. It answers nothing; the run's own sockets do. It has one run at a time, and ends
when its socket has closed and no run is under way. Of editions that come one after the other, it runs
what stands above their parameters once (:mod:`papermill_warm.head_process`).

One thread only. A library whose threads are still there after a fork (OpenBLAS, for one, ends its
own before) would leave its locks held in the child for ever; the zygote then says so in its
greeting and is not used. A library that warns when it is imported must do so in each notebook, so
the zygote begins again without it.

The notebook does not see this package's own modules: `import papermill_warm` does its work in the
notebook, at its place, as it does in a cold kernel.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import socket
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path

from papermill_warm import forked_kernel, supervisor
from papermill_warm.head_process import HEAD_KEPT, HeadProcess
from papermill_warm.kernel_app import warm_app
from papermill_warm.preloading import Warmth, threads
from papermill_warm.shared_head import SharedHead
from papermill_warm.wire import Hello, Preparation, RunRequest


def main(descriptor: int, preparation: str) -> None:
    """Warm up, send the greeting, and serve until the engine ends. ``preparation`` is a
    :class:`~papermill_warm.wire.Preparation`, as JSON.
    """
    gc.disable()
    environment = dict(os.environ)
    del sys.path[: 1 if sys.flags.safe_path else 2]  # this program's folder, the working directory
    _forget_own_names()
    watched = _times(sys.path)
    app = warm_app()
    watched |= _times(map(str, app.startup_folders()))
    warm = Warmth(app.kernel.shell, Preparation(**json.loads(preparation)))
    if warm.rejected:
        again = {**json.loads(preparation), "left_out": {**warm.left_out, **warm.rejected}}
        os.execve(sys.executable, [*sys.orig_argv[:-1], json.dumps(again)], environment)
    line = Connection(descriptor)
    os.set_inheritable(descriptor, False)

    def greet() -> None:
        hello = Hello(watched, warm.names(), threads(), warm.missing, warm.left_out)
        with suppress(OSError):  # the engine has gone
            line.send_bytes(json.dumps(asdict(hello)).encode())

    def run(request: RunRequest, messages: socket.socket, head: HeadProcess | None) -> None:
        line.close()
        atexit.register(warm.leave_note)
        shared = None
        if head is not None:
            head.line.close()
            shared = SharedHead(head.other_end, request.head, warm)
        forked_kernel.run(app, messages, request, shared)

    greet()
    warm.settle()
    gc.enable()
    heads = _Heads()
    while (received := _receive(line, heads)) is not None:
        request, messages, control = received
        warm.read(request.sources)
        sys.stdout.flush()
        sys.stderr.flush()
        head = heads.begin(request, messages)
        notebook = head.pid if head is not None else 0
        if not notebook:
            notebook = supervisor.start(partial(run, request, messages, head), control)
            heads.note(notebook)
        messages.close()
        report = supervisor.wait(notebook, control, head)
        learned = warm.learn()
        if (
            learned.modules
        ):  # before the engine hears of the end: then it reads which names are warm
            greet()
        if head is not None and (learned.is_below or not head.waits()):
            heads.end()
        supervisor.send_report(report, control)
    heads.end()
    os._exit(0)  # nothing of the kernel was used here, so there is nothing to tidy up


class _Heads:
    """The head of the last editions, if there is one. Has state."""

    def __init__(self) -> None:
        self._last: HeadProcess | None = None

    def begin(self, request: RunRequest, messages: socket.socket) -> HeadProcess | None:
        """Return the head of a run, which has begun; or one without a process, if it is to be
        started. None if the run has no head.
        """
        last = self._last
        if last is not None and last.is_for(request) and last.begin(request, messages):
            return last
        self.end()
        self._last = HeadProcess(request) if request.head else None
        return self._last

    def note(self, pid: int) -> None:
        """Note the process of a head that was started."""
        if self._last is not None:
            self._last.pid = pid
            self._last.other_end.close()

    def end_in_time(self, line: Connection) -> None:
        """End the head if no run comes in time."""
        if self._last is not None and not line.poll(HEAD_KEPT):
            self.end()

    def end(self) -> None:
        """End the head, if there is one."""
        if self._last is not None:
            self._last.end()
        self._last = None


def _receive(
    line: Connection, heads: _Heads
) -> tuple[RunRequest, socket.socket, socket.socket] | None:
    """Return the next request, its message socket and its control socket; None when the engine has
    ended.
    """
    heads.end_in_time(line)
    try:
        request = RunRequest(**json.loads(line.recv_bytes()))
        messages, control = (socket.socket(fileno=recv_handle(line)) for _ in range(2))
    except (EOFError, OSError):
        return None
    for end in (messages, control):
        end.set_inheritable(False)
    return request, messages, control


def _times(folders: Iterable[str]) -> dict[str, int]:
    """Return the time of each existing folder's last change, in nanoseconds."""
    return {folder: Path(folder).stat().st_mtime_ns for folder in folders if Path(folder).is_dir()}


def _forget_own_names() -> None:
    """Leave `sys.modules` as it was before this program was loaded: the notebook may import the
    package for itself.
    """
    for name in list(sys.modules):
        if name.partition(".")[0] == __package__:
            del sys.modules[name]
