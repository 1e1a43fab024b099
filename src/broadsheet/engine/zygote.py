"""The warm process: it imports the libraries, makes a kernel, and forks itself once for each notebook.

Started by :mod:`broadsheet.engine.zygotes` as a program of its own, with one end of a socket. It speaks first, when
it is warm (:class:`~broadsheet.engine.wire.Hello`); then for each run it takes one message, a
:class:`~broadsheet.engine.wire.Request`, with two file descriptors: the run's message socket and its control socket.
It answers nothing; the run's own sockets do. It ends when the socket closes.

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

_LARGE, _MADV_COLLAPSE = 1 << 21, 25  # Linux 6.1; an older one refuses
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
    signal.signal(signal.SIGCHLD, _reap)
    gc.freeze()  # and no collection before: it would take long, and leave holes that each run fills with copied pages
    gc.enable()
    _gather()
    _serve(line, app)
    os._exit(0)  # nothing of the kernel was used here, so there is nothing to tidy up


def _serve(line: socket.socket, app: child.WarmApp) -> None:
    while True:
        received = _receive(line)
        if received is None:
            return
        request, (messages, control) = received
        sys.stdout.flush()
        sys.stderr.flush()
        if os.fork() == 0:
            line.close()
            _become_warden(request, socket.socket(fileno=messages), socket.socket(fileno=control), app)
        os.close(messages)
        os.close(control)


def _become_warden(request: Request, messages: socket.socket, control: socket.socket, app: child.WarmApp) -> None:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setpgid(0, 0)

        def run() -> None:
            child.run(app, messages, request)

        warden.guard(run, control, messages.close)
    finally:
        os._exit(0)


def _receive(line: socket.socket) -> tuple[Request, tuple[int, int]] | None:
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
            for descriptor in descriptors:
                os.set_inheritable(descriptor, False)
            return Request(**json.loads(body)), (descriptors[0], descriptors[1])


def _reap(*_: object) -> None:
    """Take note of wardens that have ended, so that none stays as a zombie and their work is counted."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


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
            for place in range(-(-start // _LARGE) * _LARGE, end - _LARGE + 1, _LARGE):
                _libc.madvise(ctypes.c_void_p(place), ctypes.c_size_t(_LARGE), _MADV_COLLAPSE)


def _rehearse() -> None:
    """Fork once for nothing: libraries that end their threads before a fork have then done so."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    assert threading.active_count() == 1
