"""The warm process: it imports the libraries, makes a kernel, and forks itself once for each notebook.

Started by :mod:`broadsheet.engine.zygotes` as a program of its own, with one end of a socket. It speaks first, when
it is warm (:class:`~broadsheet.engine.wire.Hello`); then for each run it takes one message, a
:class:`~broadsheet.engine.wire.Request`, with two file descriptors: the run's message socket and its control socket.
It answers nothing; the run's own sockets do. It ends when the socket closes and the run that it guards
(:mod:`~broadsheet.engine.warden`) has ended.

One thread only. A library whose threads are still there after a fork (OpenBLAS, for one, ends its own before) would
leave its locks held in the child for ever; the zygote then says so in its greeting and is not used.

Nothing of the `broadsheet` package is imported by name here but this folder's own modules, which the notebook does
not see: `import broadsheet` does its work in the notebook, at its place, as it does in a cold kernel.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from broadsheet.engine import child, exercise, warden, wire
from broadsheet.engine.wire import Hello, Request

_MADV_COLLAPSE = 25  # Linux 6.1; an older one refuses
_libc = ctypes.CDLL(None)


def main(descriptor: int, libraries: Sequence[str]) -> None:
    """Warm up, greet, and serve until the engine goes."""
    _forget_own_names()
    line = socket.socket(fileno=descriptor)
    line.set_inheritable(False)
    watched = {folder: Path(folder).stat().st_mtime_ns for folder in sys.path if Path(folder).is_dir()}
    app = child.warm_app()
    watched |= {str(folder): folder.stat().st_mtime_ns for folder in app.startup_folders() if folder.is_dir()}
    cold = set(sys.modules)
    with app.kernel.shell.builtin_trap:  # pandas, for one, looks for `get_ipython` when it is imported
        noisy = [name for name in libraries if _import_noisily(name)]
    names = {name.partition(".")[0] for name in set(sys.modules) - cold} - sys.stdlib_module_names
    exercise.all_of(set(libraries) - set(noisy), app.kernel.shell)
    _rehearse()
    hello = Hello(watched, sorted(names), noisy, len(list(Path("/proc/self/task").iterdir())))
    line.sendall(wire.pack(wire.CONTROL, [json.dumps(asdict(hello)).encode()]))
    gc.freeze()  # and no collection before: it would take long, and leave holes that each run fills with copied pages
    gc.enable()
    _gather()
    _serve(line, app)
    os._exit(0)  # nothing of the kernel was used here, so there is nothing to tidy up


def _serve(line: socket.socket, app: child.WarmApp) -> None:
    """Take runs until the engine goes: one to be guarded here, and for each that comes meanwhile a warden."""
    wardens: set[int] = set()
    signal.signal(signal.SIGCHLD, lambda *_: _reap(wardens))
    while (asked := _receive(line)) is not None:
        guard = _begin(asked, line, app)
        while not guard.wait(line):
            another = _receive(line)
            if another is None:
                with suppress(OSError):
                    line.send(warden.BUSY)
                guard.wait()
                break
            wardens.add(_fork_warden(another, line, app, guard))
        guard.report(wardens)


Asked = tuple[Request, socket.socket, socket.socket]


def _begin(asked: Asked, line: socket.socket, app: child.WarmApp) -> warden.Guard:
    request, messages, control = asked
    sys.stdout.flush()
    sys.stderr.flush()

    def run() -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        line.close()
        child.run(app, messages, request)

    guard = warden.Guard(run, control)
    messages.close()
    return guard


def _fork_warden(asked: Asked, line: socket.socket, app: child.WarmApp, first: warden.Guard) -> int:
    """A process that guards one run while this one guards ``first``; its id."""
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setpgid(0, 0)
            first.forget()
            guard = _begin(asked, line, app)
            line.close()
            guard.wait()
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
    """Take note of wardens that have ended, so that none stays as a zombie and their work is counted."""
    for pid in list(wardens):
        try:
            if os.waitpid(pid, os.WNOHANG) != (0, 0):
                wardens.discard(pid)
        except ChildProcessError:  # the end of a run has taken note of it
            wardens.discard(pid)


def _forget_own_names() -> None:
    """Leave `sys.modules` as it was before this program was loaded: the notebook may import the package for itself."""
    for name in [name for name in sys.modules if name == "broadsheet" or name.startswith("broadsheet.")]:
        del sys.modules[name]


def _import_noisily(name: str) -> bool:
    """Import a library if it is there; whether it had something to say."""
    said: list[object] = []
    show = warnings.showwarning
    warnings.showwarning = lambda *told, **_: said.append(told)  # not catch_warnings: it would undo their filters
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return False
    finally:
        warnings.showwarning = show
    return bool(said)


def _gather() -> None:
    """Have the system put this memory into large pages, if it can: a fork copies an entry for each page there is."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        extent, access, _, _, file, *_ = line.split()
        if access == "rw-p" and file == "0":
            start, end = (int(address, 16) for address in extent.split("-"))
            _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_COLLAPSE)


def _rehearse() -> None:
    """Fork once for nothing: libraries that end their threads before a fork have then done so."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    assert threading.active_count() == 1
