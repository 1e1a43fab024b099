"""The notebook's own process: an ordinary IPython kernel, except that its messages go over one
socket.

:func:`run` continues the kernel's start after the fork (:mod:`papermill_warm.kernel_app`): it
sets the run's own environment, redirects the standard streams (:mod:`papermill_warm.streams`),
runs a profile's startup code, and serves messages until a message ends it or its socket closes. If
the notebook's head is shared (:mod:`papermill_warm.shared_head`), it goes on in the processes that
are forked below it.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import asyncio
import atexit
import io
import json
import logging
import os
import random
import resource
import selectors
import signal
import socket
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import zmq
from ipykernel.displayhook import ZMQDisplayHook

from papermill_warm import wire
from papermill_warm.kernel_app import ARGUMENTS, Forks, Send, WarmApp
from papermill_warm.shared_head import SharedHead
from papermill_warm.streams import Capture, Stream
from papermill_warm.wire import PASSING

if TYPE_CHECKING:
    from papermill_warm.wire import RunRequest

_CHUNK = 1 << 16


def run(
    app: WarmApp, messages: socket.socket, request: RunRequest, head: SharedHead | None
) -> None:
    """Run the notebook's process, to its end; does not return."""
    _surround(app, request)
    sender = MessageSender(messages, head)
    capture = _redirect(app, sender.send)
    app.kernel.forks = Forks(capture, messages)
    _renew(app)
    atexit.register(_forget_history, app)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    queue: asyncio.Queue[list[bytes] | None] = asyncio.Queue()

    def greet(messages: socket.socket) -> None:
        ready = {"language_info": app.kernel.language_info, "pid": os.getpid()}
        sender.send(wire.CONTROL, [json.dumps(ready).encode()], False)
        loop.add_reader(messages.fileno(), _reader(messages, queue.put_nowait))

    @_or_end()
    def is_below_head(parts: list[bytes]) -> bool:
        """Return False if a request was answered. If it is the first below a shared head, this
        returns in the process of each edition.
        """
        if head is None or head.is_over or not head.begin(parts):
            return True
        with app.kernel.forks.of_head():
            turn = head.fork(capture, messages)
        if turn is None:
            return True
        _take_over(app, sender, capture, loop, turn.messages)
        if turn.request is None:
            loop.add_reader(messages.fileno(), _reader(messages, queue.put_nowait))
            return True
        _pass_on(request.environment, turn.request.environment)
        greet(turn.messages)
        return False

    async def begin() -> None:
        if head is not None:
            head.watch()
        app.kernel.start()
        app.run_own_code()
        sys.stdout.flush()
        sys.stderr.flush()
        greet(messages)
        while (parts := await queue.get()) is not None:
            if head is not None and head.answer(parts, sender.send):
                continue
            if not is_below_head(parts):
                continue
            count = app.replies.count
            with suppress(Exception):
                await app.kernel.dispatch_shell([zmq.Frame(part) for part in parts])
            if app.replies.count == count:
                os._exit(1)  # the engine would wait for a reply that cannot be made any more
        app.kernel.shell.exit_now = True
        loop.stop()

    task = loop.create_task(begin())
    with suppress(KeyboardInterrupt):
        loop.run_forever()
    del task
    _leave()


@contextmanager
def _or_end() -> Iterator[None]:
    """End this process if an error is raised, such as that it cannot be forked: nobody would answer
    the engine any more.
    """
    try:
        yield
    except Exception:
        os._exit(1)


def _take_over(
    app: WarmApp,
    sender: MessageSender,
    capture: Capture,
    loop: asyncio.AbstractEventLoop,
    messages: socket.socket,
) -> None:
    """Go on in this process, which was forked by that of a shared head, as an edition's own."""
    sender.socket = messages
    capture.take_over()
    app.kernel.forks.take_over(messages)
    app.session.session = str(uuid.uuid4())
    app.session.pid = os.getpid()
    app.kernel.ident = str(uuid.uuid4())
    selector: Any = loop
    selector._selector.close()  # which was shared with the process that made it
    selector._selector = selectors.DefaultSelector()
    selector._close_self_pipe()
    selector._make_self_pipe()
    asyncio.set_event_loop(loop)
    asyncio._set_running_loop(loop)


def _pass_on(before: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Set the variables of the environment that differ between editions, if no cell has."""
    for name in PASSING & (before.keys() | now.keys()):
        if os.environ.get(name) == before.get(name) != now.get(name):
            if name in now:
                os.environ[name] = now[name]
            else:
                del os.environ[name]


def _surround(app: WarmApp, request: RunRequest) -> None:
    """Make the process like a cold kernel's: environment, folder, arguments, limits, random state."""
    environment = {**request.environment, **app.variables, "JPY_PARENT_PID": str(request.parent)}
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    for name, value in environment.items():
        if os.environ.get(name) != value:  # nearly all is as it was
            os.environ[name] = value
    shell = app.kernel.shell
    os.chdir(request.folder)
    os.umask(request.mask)
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    for number, entry in enumerate(sys.path):
        if entry and any(entries) and (relative := os.path.relpath(entry, "/")) in entries:
            sys.path[number] = os.path.abspath(relative)
    here = Path.cwd()
    shell.starting_dir = str(here)
    shell.history_manager.dir_hist[:] = [here]
    app.connection_file = f"{tempfile.gettempdir()}/tmp{uuid.uuid4().hex[:8]}.json"
    sys.argv[:] = [app.launcher, "-f", app.connection_file, *ARGUMENTS]
    if request.memory is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (request.memory, request.memory))
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _renew(app: WarmApp) -> None:
    """Give this process a session of its own, and new streams."""
    session, kernel = app.session, app.kernel
    session.session = str(uuid.uuid4())
    session.pid = os.getpid()
    kernel.ident = str(uuid.uuid4())
    kernel._stdout, kernel._stderr = sys.stdout, sys.stderr
    app.displayhook = sys.displayhook = ZMQDisplayHook(session, app.iopub_socket)
    app.displayhook.get_execution_count = lambda: kernel.execution_count


class MessageSender:
    """Sends the messages of this process, and has them recorded while a head runs that is shared."""

    def __init__(self, messages: socket.socket, head: SharedHead | None) -> None:
        self.socket = messages
        self._head = head
        self._lock, self._held = threading.RLock(), bytearray()

    def send(self, channel: int, parts: Sequence[bytes], more: bool) -> None:
        """Send a message. One with ``more`` to follow is sent with the next, since each sending
        wakes the engine.
        """
        data = wire.pack(channel, parts)
        before = signal.pthread_sigmask(
            signal.SIG_BLOCK, [signal.SIGINT]
        )  # half a message would be the last
        try:
            with self._lock, suppress(OSError):  # the engine has gone, or wants to hear no more
                if self._head is not None:
                    self._head.record(channel, parts, more)
                self._held.extend(data)
                if not more:
                    data = bytes(self._held)
                    self._held.clear()
                    self.socket.sendall(data)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _reader(
    messages: socket.socket, take: Callable[[list[bytes] | None], None]
) -> Callable[[], None]:
    unpacker = wire.Unpacker()

    def read() -> None:
        try:
            data = messages.recv(_CHUNK, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:  # also in a process that a cell has forked
            data = b""
        if not data:
            take(None)
        for channel, parts in unpacker.feed(data):
            take(parts if channel == wire.SHELL else None)

    return read


def _redirect(app: WarmApp, send: Send) -> Capture:
    """Send the standard streams to the notebook, and the kernel's own log to where the engine's
    errors go.
    """
    app.publisher.send = app.replies.send = app.kernel.stdin_socket.send = send
    app.publisher.capture = capture = Capture(app.publisher)
    log = io.TextIOWrapper(io.FileIO(os.dup(2), "w", closefd=False), line_buffering=True)
    for handler in app.log.handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream in (
            sys.stderr,
            sys.__stderr__,
        ):
            handler.setStream(log)
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = Stream(app.session, capture, name, os.dup(number))
        setattr(sys, name, stream)
        capture.watch(number, stream)
    capture.start()
    return capture


def _forget_history(app: WarmApp) -> None:
    """Keep IPython, which does so next, from writing the end of the session into its history and
    closing that, if it is in this process's memory alone.
    """
    shell = app.kernel.shell
    history = shell.history_manager
    if history is not None and str(history.hist_file) == ":memory:":
        app.history, shell.history_manager = history, None
        with suppress(AttributeError):  # of another IPython
            history._finalizer.detach()


def _leave() -> None:
    """End as a Python program does: wait for its threads, call the exit handlers, and do no more."""
    with suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]
    with suppress(BaseException):
        atexit._run_exitfuncs()
    with suppress(BaseException):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)
