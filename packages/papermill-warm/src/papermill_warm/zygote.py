"""The warm process: it imports the libraries, makes a kernel, and forks itself once for each
notebook.

:mod:`papermill_warm.zygote_pool` starts it, with one end of a socket. It speaks first, when it is warm
(:class:`~papermill_warm.wire.Hello`); then for each run it takes one message, a
:class:`~papermill_warm.wire.RunRequest`, with two file descriptors: the run's message socket and
its control socket. It answers nothing; the run's own sockets do. It has one run at a time, and ends
when its socket has closed and no run is under way.

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
from papermill_warm.kernel_app import warm_app
from papermill_warm.preloading import Warmth, threads
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

    def run(request: RunRequest, messages: socket.socket) -> None:
        line.close()
        atexit.register(warm.leave_note)
        forked_kernel.run(app, messages, request)

    greet()
    warm.settle()
    gc.enable()
    while (received := _receive(line)) is not None:
        request, messages, control = received
        warm.read(request.sources)
        sys.stdout.flush()
        sys.stderr.flush()
        notebook = supervisor.start(partial(run, request, messages), control)
        messages.close()
        report = supervisor.wait(notebook, control)
        if warm.learn():  # before the engine hears of the end: then it reads which names are warm
            greet()
        supervisor.send_report(report, control)
    os._exit(0)  # nothing of the kernel was used here, so there is nothing to tidy up


def _receive(line: Connection) -> tuple[RunRequest, socket.socket, socket.socket] | None:
    """Return the next request, its message socket and its control socket; None when the engine has
    ended.
    """
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
