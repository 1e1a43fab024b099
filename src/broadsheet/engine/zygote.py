"""The warm process: it imports the libraries, makes a kernel, and forks itself once for each
notebook.

Started by :mod:`broadsheet.engine.zygotes` as a program of its own, with one end of a socket. It
speaks first, when it is warm (:class:`~broadsheet.engine.wire.Hello`); then for each run it takes
one message, a :class:`~broadsheet.engine.wire.Request`, with two file descriptors: the run's
message socket and its control socket. It answers nothing; the run's own sockets do. It ends when
the socket closes and the run that it guards (:mod:`~broadsheet.engine.warden`) has ended.

One thread only. A library whose threads are still there after a fork (OpenBLAS, for one, ends its
own before) would leave its locks held in the child for ever; the zygote then says so in its
greeting and is not used.

Nothing of the `broadsheet` package is imported by name here but this folder's own modules, which
the notebook does not see: `import broadsheet` does its work in the notebook, at its place, as it
does in a cold kernel.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path

from broadsheet.engine import child, warden, wire
from broadsheet.engine.libraries import Libraries, threads
from broadsheet.engine.wire import Hello, Request

Asked = tuple[Request, socket.socket, socket.socket]
"""A run that is asked for, its message socket and its control socket."""

Run = Callable[[Request, socket.socket], None]
"""What a notebook's process does, with its message socket."""


def main(descriptor: int, first: Sequence[str], rare: Sequence[str]) -> None:
    """Warm up, greet, and serve until the engine goes."""
    _forget_own_names()
    line = socket.socket(fileno=descriptor)
    line.set_inheritable(False)
    watched = {
        folder: Path(folder).stat().st_mtime_ns for folder in sys.path if Path(folder).is_dir()
    }
    app = child.warm_app()
    watched |= {
        str(folder): folder.stat().st_mtime_ns
        for folder in app.startup_folders()
        if folder.is_dir()
    }
    warm = Libraries(app.kernel.shell, first, rare)

    def greet() -> None:
        hello = Hello(watched, warm.names(), warm.noisy, threads())
        with suppress(OSError):  # the engine has gone
            line.sendall(wire.pack(wire.CONTROL, [json.dumps(asdict(hello)).encode()]))

    def learn() -> None:
        if warm.learn():
            greet()

    def run(request: Request, messages: socket.socket) -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        line.close()
        atexit.register(warm.leave_word)
        child.run(app, messages, request)

    greet()
    warm.settle()
    gc.enable()
    _serve(line, run, learn)
    os._exit(0)  # nothing of the kernel was used here, so there is nothing to tidy up


def _serve(line: socket.socket, run: Run, learn: Callable[[], None]) -> None:
    """Take runs until the engine goes: one to be guarded here, and for each that comes meanwhile a
    warden.
    """
    wardens: set[int] = set()
    signal.signal(signal.SIGCHLD, lambda *_: _reap(wardens))
    while (asked := _receive(line)) is not None:
        guard = _begin(asked, run)
        while not guard.wait(line):
            another = _receive(line)
            if another is None:
                with suppress(OSError):
                    line.send(warden.BUSY)
                guard.wait()
                break
            wardens.add(_fork_warden(another, line, run, guard))
        guard.sweep(wardens)
        learn()  # before the engine hears that the run has ended: it reads then which names are those of warm modules
        guard.report()


def _begin(asked: Asked, run: Run) -> warden.Guard:
    request, messages, control = asked
    sys.stdout.flush()
    sys.stderr.flush()
    guard = warden.Guard(partial(run, request, messages), control)
    messages.close()
    return guard


def _fork_warden(asked: Asked, line: socket.socket, run: Run, first: warden.Guard) -> int:
    """A process that guards one run while this one guards ``first``; its id."""
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setpgid(0, 0)
            first.forget()
            guard = _begin(asked, run)
            line.close()
            guard.wait()
            guard.sweep()
            guard.report()
        finally:
            os._exit(0)
    for end in asked[1:]:
        end.close()
    return pid


def _receive(line: socket.socket) -> Asked | None:
    unpacker, descriptors = wire.Unpacker(), []
    while True:
        try:
            data, more, _, _ = socket.recv_fds(line, 1 << 16, 2)
        except ConnectionResetError:
            return None
        descriptors += more
        if not data:
            return None
        for _, (body,) in unpacker.feed(data):
            messages, control = (socket.socket(fileno=descriptor) for descriptor in descriptors)
            for end in (messages, control):
                end.set_inheritable(False)
            return Request(**json.loads(body)), messages, control


def _reap(wardens: set[int]) -> None:
    """Take note of wardens that have ended, so that none stays as a zombie and their work is
    counted.
    """
    for pid in list(wardens):
        try:
            if os.waitpid(pid, os.WNOHANG) != (0, 0):
                wardens.discard(pid)
        except ChildProcessError:  # the end of a run has taken note of it
            wardens.discard(pid)


def _forget_own_names() -> None:
    """Leave `sys.modules` as it was before this program was loaded: the notebook may import the
    package for itself.
    """
    for name in [
        name for name in sys.modules if name == "broadsheet" or name.startswith("broadsheet.")
    ]:
        del sys.modules[name]
