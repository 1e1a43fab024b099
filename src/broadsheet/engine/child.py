"""The notebook's own process: an IPython kernel as it always is, except that its messages go over
one socket.

:func:`warm_app` makes the kernel in the zygote, through the same application class that a cold
kernel is started by, so that profile, configuration, magics and hooks are those of a cold kernel;
only sockets, heartbeat and the threads that serve them are left out. :func:`run` takes it up after
the fork: it puts the run's own environment around it, redirects the standard streams, runs what a
profile asks to be run at start, and serves messages until it is told to stop or its socket closes.

What a cold kernel does in several threads, one does here (:class:`Capture`), and later than the
fork: it watches file descriptors 1 and 2, so that what libraries and child processes write there
reaches the notebook; it takes what forked child processes print; and it flushes `print` after a
fifth of a second. Before each flush all that is waiting in these descriptors is taken in first, so
that the order is that of writing and nothing is lost at a cell's end.

A process that a cell forks, and that comes to the end of the cell, would go on as a second kernel.
It ends there, and the cell fails (:meth:`WarmKernel.do_execute`).
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import array
import asyncio
import atexit
import codecs
import fcntl
import heapq
import importlib.util
import io
import json
import logging
import mmap
import os
import random
import resource
import select
import signal
import socket
import sys
import tempfile
import termios
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol

import IPython.core.logger  # noqa: F401  (here and below: what a kernel imports late)
import tornado.platform.asyncio  # noqa: F401
import zmq
from ipykernel.displayhook import ZMQDisplayHook
from ipykernel.iostream import BackgroundSocket, IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.application import ENV_CONFIG_DIRS, SYSTEM_CONFIG_DIRS
from jupyter_client.jsonutil import json_clean, json_default
from jupyter_client.session import json_packer
from tornado.ioloop import IOLoop
from traitlets import Any as AnyTrait

from broadsheet.engine import warden, wire

if TYPE_CHECKING:
    from broadsheet.engine.wire import Request

ARGUMENTS = ["--HistoryManager.hist_file=:memory:"]
"""What nbclient adds to a kernel's command line."""

_PACKET = 1 << 16
_TO_COME_THROUGH = 3.0
"""Seconds that the forks of a cell have to come to its end, if they do."""
_FORKED = "The cell forked the notebook's process, and the fork ran to the end of the cell too; end it by os._exit()"


class Send(Protocol):
    """Sends a message of a channel to the engine; ``more`` tells that another follows at once."""

    def __call__(self, channel: int, parts: Sequence[bytes], more: bool = False) -> None:
        """Send it."""


_QUIET = "PYDEVD_DISABLE_FILE_VALIDATION"
# The kernel's debugger warns on standard error when it is loaded; a cold kernel's capture hides
# that.


class Publisher(IOPubThread):
    """What ipykernel sends its IOPub messages to; no thread of its own, and none of ZMQ's sockets."""

    thread: Any = None

    def __init__(self) -> None:
        self.background_socket = BackgroundSocket(self)
        self.io_loop: Any = self  # streams ask it for `call_later`
        self.capture: Capture | None = None
        self.send: Send = lambda channel, parts, more=False: None
        self.more = False
        """Whether what is sent next is followed by something else at once."""

    @property
    def closed(self) -> bool:
        """Whether it is closed: never."""
        return False

    def schedule(self, call: Callable[[], None]) -> None:
        """Call at once."""
        call()

    def call_later(self, delay: float, call: Callable[[], None]) -> None:
        """Call in ``delay`` seconds, in the capturing thread."""
        if self.capture is not None:
            self.capture.call_later(delay, call)

    def send_multipart(self, parts: Sequence[Any], *_: object, **__: object) -> None:
        """Send a message; from a forked child of the notebook, by way of the notebook's process."""
        packed = [bytes(part) for part in parts]
        if self.capture is not None and self.capture.in_fork():
            self.capture.relay(packed)
        else:
            self.send(wire.IOPUB, packed, self.more)


class Shell:
    """What the kernel sends its replies to."""

    def __init__(self, channel: int) -> None:
        self.channel = channel
        self.count = 0
        """How many were sent."""
        self.send: Send = lambda channel, parts, more=False: None

    def send_multipart(self, parts: Sequence[Any], *_: object, **__: object) -> None:
        """Send a message."""
        self.count += 1
        self.send(
            self.channel, [bytes(part) for part in parts], self.channel == wire.SHELL
        )  # "idle" follows

    def flush(self, *_: object) -> None:
        """Nothing waits here."""


class WarmKernel(IPythonKernel):
    """The IPython kernel, without sockets and without subshells."""

    shell_stream = AnyTrait()
    stdin_socket = AnyTrait()
    _execute_sleep = 0.0
    """Seconds after each cell in which ZMQ's threads may catch up; there are none."""

    @property
    def _supports_kernel_subshells(self) -> bool:
        return False

    def start(self) -> None:
        """Be ready for messages, within a running loop."""
        assert self.shell is not None
        self.shell.exit_now = False
        self.io_loop = IOLoop.current()

    forks: Forks | None = None

    async def do_execute(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Run a cell. In a process that the cell has forked, the end of the cell is the end of the
        process.
        """
        count = self.forks.count if self.forks is not None else 0
        try:
            reply: dict[str, Any] = await super().do_execute(*args, **kwargs)
        finally:
            if self.forks is not None and self.forks.in_fork():
                self.forks.end()
        if self.forks is not None and self.forks.count > count and self.forks.have_come_through():
            error = {
                "ename": "RuntimeError",
                "evalue": _FORKED,
                "traceback": [f"RuntimeError: {_FORKED}"],
            }
            self.send_response(self.iopub_socket, "error", error)
            reply = {**reply, "status": "error", **error}
        return reply

    def _publish_status(self, status: str, *args: Any, **kwargs: Any) -> None:
        self.iopub_thread.more = status == "busy"
        super()._publish_status(status, *args, **kwargs)
        self.iopub_thread.more = False

    def _abort_queues(self, *_: object, **__: object) -> None:
        """Nothing is queued: the client sends a cell when it has the last one's reply."""


class Forks:
    """The processes that the cells of this notebook fork."""

    def __init__(self, capture: Capture, messages: socket.socket) -> None:
        self.count = 0
        self._capture, self._messages = capture, messages
        self._came_through = mmap.mmap(-1, 1)  # shared with the forks
        os.register_at_fork(after_in_parent=self._forked, after_in_child=self._begun)

    def in_fork(self) -> bool:
        """Whether this is one of them."""
        return self._capture.in_fork()

    def end(self) -> None:
        """In one that came to the end of its cell: end it, and let the notebook's own process know."""
        self._came_through[0] = 1
        with suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(1)

    def have_come_through(self) -> bool:
        """Whether one came to the end of a cell. Those that live get a moment to do so, but for
        multiprocessing's, which never do.
        """
        processes = sys.modules.get("multiprocessing.process")
        others = (
            {child.pid for child in processes.active_children()} if processes is not None else set()
        )
        end = time.monotonic() + _TO_COME_THROUGH
        while (
            not self._came_through[0]
            and time.monotonic() < end
            and any(
                warden.is_alive(child)
                for child in warden.children(os.getpid())
                if child not in others
            )
        ):
            select.select([], [], [], 0.005)
        return bool(self._came_through[0])

    def _forked(self) -> None:
        self.count += 1

    def _begun(self) -> None:
        """In a new one: it has no part in what the engine sends."""
        self._messages.close()


class WarmApp(IPKernelApp):
    """The kernel's application as far as it goes before the fork; :func:`run` goes on from there."""

    publisher: Publisher
    replies: Shell
    launcher: str
    """The program that a cold kernel would be."""
    variables: dict[str, str]
    """What a kernel sets in its environment when it starts."""

    def init_sockets(self) -> None:
        """Stand-ins for sockets."""
        self.session.key = b""
        if self.session.pack is json_packer:
            self.session.pack = _packed
        self.configure_tornado_logger()
        self.publisher = Publisher()
        self.replies = Shell(wire.SHELL)
        self.iopub_thread = self.publisher
        self.iopub_socket = self.publisher.background_socket

    def init_connection_file(self) -> None:
        """There is none: nobody else can connect."""

    def init_poller(self) -> None:
        """The guard looks after the parent's end."""

    def init_heartbeat(self) -> None:
        """The control socket tells."""

    def write_connection_file(self, **_: object) -> None:
        """There is none."""

    def log_connection_info(self) -> None:
        """There is none."""

    def init_io(self) -> None:
        """After the fork, in :func:`run`."""
        self.patch_io()

    def init_kernel(self) -> None:
        """The kernel, with the stand-ins."""
        self.kernel = WarmKernel.instance(
            parent=self,
            session=self.session,
            shell_stream=self.replies,
            stdin_socket=Shell(wire.STDIN),
            shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
            iopub_thread=self.iopub_thread,
            iopub_socket=self.iopub_socket,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )

    def init_extensions(self) -> None:
        """Before the fork those that every kernel has, if the profile has none of its own."""
        if not self.has_own_code():
            super().init_extensions()

    def init_code(self) -> None:
        """Before the fork if the profile has no code of its own."""
        if not self.has_own_code():
            super().init_code()

    def run_own_code(self) -> None:
        """After the fork: the extensions, startup files and lines of the profile, which may be the
        author's code.
        """
        if self.has_own_code():
            super().init_extensions()
            super().init_code()

    def exercise(self) -> None:
        """Take a request that does nothing, so that what the first one loads and builds is there."""
        content = {
            "code": "None",
            "silent": True,
            "store_history": False,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        parts = self.session.serialize(self.session.msg("execute_request", content))
        asyncio.run(self.kernel.dispatch_shell([zmq.Frame(part) for part in parts]))

    def has_own_code(self) -> bool:
        """Whether the profile asks for anything to be run at a kernel's start."""
        asked = (
            self.extensions,
            self.extra_extensions,
            self.exec_lines,
            self.exec_files,
            self.code_to_run,
            self.file_to_run,
            self.module_to_run,
            os.environ.get("PYTHONSTARTUP"),
            self.pylab,
            self.matplotlib,
        )
        return any(asked) or any(
            file.suffix in (".py", ".ipy")
            for folder in self.startup_folders()
            if folder.is_dir()
            for file in folder.iterdir()
        )

    def startup_folders(self) -> list[Path]:
        """Where startup files are looked for."""
        assert self.profile_dir is not None
        return [
            Path(self.profile_dir.startup_dir),
            *(Path(folder, "startup") for folder in (*SYSTEM_CONFIG_DIRS, *ENV_CONFIG_DIRS)),
        ]


def warm_app() -> WarmApp:
    """The kernel, made and ready to be forked."""
    before = dict(os.environ)
    os.environ.setdefault(_QUIET, "1")
    app = WarmApp.instance()
    app.config.IPKernelApp.connection_file = ""  # tqdm and others look for the section
    app.initialize(ARGUMENTS)
    if _QUIET not in before:
        del os.environ[_QUIET]
    app.variables = {name: value for name, value in os.environ.items() if before.get(name) != value}
    app.exercise()
    launcher = importlib.util.find_spec("ipykernel_launcher")
    assert launcher is not None and launcher.origin is not None
    app.launcher = launcher.origin
    return app


def run(app: WarmApp, messages: socket.socket, request: Request) -> None:
    """Be the notebook's process, to its end; does not return."""
    _surround(app, request)
    send = _sender(messages)
    _redirect(app, send)
    shell = app.kernel.shell
    _renew(app)
    assert app.publisher.capture is not None
    app.kernel.forks = Forks(app.publisher.capture, messages)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    queue: asyncio.Queue[list[bytes] | None] = asyncio.Queue()

    async def begin() -> None:
        app.kernel.start()
        app.run_own_code()
        sys.stdout.flush()
        sys.stderr.flush()
        ready = {"language_info": app.kernel.language_info, "pid": os.getpid()}
        send(wire.CONTROL, [json.dumps(ready).encode()])
        loop.add_reader(messages.fileno(), _reader(messages, queue.put_nowait))
        while (parts := await queue.get()) is not None:
            count = app.replies.count
            with suppress(Exception):
                await app.kernel.dispatch_shell([zmq.Frame(part) for part in parts])
            if (
                app.replies.count == count
            ):  # the engine would wait for a reply that cannot be made any more
                os._exit(1)
        shell.exit_now = True
        loop.stop()

    task = loop.create_task(begin())
    with suppress(KeyboardInterrupt):
        loop.run_forever()
    del task
    _leave()


def _surround(app: WarmApp, request: Request) -> None:
    """The process as a cold kernel's would be: environment, folder, arguments, limits, chance."""
    wanted = {**request.environment, **app.variables, "JPY_PARENT_PID": str(request.parent)}
    for name in os.environ.keys() - wanted.keys():
        del os.environ[name]
    for name, value in wanted.items():
        if os.environ.get(name) != value:  # nearly all is as it was
            os.environ[name] = value
    shell = app.kernel.shell
    os.chdir(request.folder)
    os.umask(request.mask)
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    for number, entry in enumerate(sys.path):
        if entry and any(given) and (relative := os.path.relpath(entry, "/")) in given:
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
    """A session of this process's own, and the streams that were replaced."""
    session, kernel = app.session, app.kernel
    session.session = str(uuid.uuid4())
    session.pid = os.getpid()
    kernel.ident = str(uuid.uuid4())
    kernel._stdout, kernel._stderr = sys.stdout, sys.stderr
    app.displayhook = sys.displayhook = ZMQDisplayHook(session, app.iopub_socket)
    app.displayhook.get_execution_count = lambda: kernel.execution_count


def _sender(messages: socket.socket) -> Send:
    """What sends messages; one with ``more`` behind it goes with the next, since each sending wakes
    the engine.
    """
    lock, held = threading.RLock(), bytearray()

    def send(channel: int, parts: Sequence[bytes], more: bool = False) -> None:
        data = wire.pack(channel, parts)
        before = signal.pthread_sigmask(
            signal.SIG_BLOCK, [signal.SIGINT]
        )  # half a message would be the last
        try:
            with lock, suppress(OSError):  # the engine has gone, or wants to hear no more
                held.extend(data)
                if not more:
                    data = bytes(held)
                    held.clear()
                    messages.sendall(data)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    return send


def _packed(message: object) -> bytes:
    """A part of a message as JSON: as :func:`json_packer` does it, whose warning names the caller
    too; but half a character (a lone surrogate), which no text in UTF-8 has, becomes U+FFFD.
    """
    try:
        text = json.dumps(message, default=json_default, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        text = json.dumps(
            json_clean(message), default=json_default, ensure_ascii=False, allow_nan=False
        )
        warnings.warn(
            f"Message serialization failed with:\n{error}\nSupporting this message is deprecated in "
            "jupyter-client 7, please make sure your message is JSON-compliant",
            stacklevel=2,
        )
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _reader(
    messages: socket.socket, take: Callable[[list[bytes] | None], None]
) -> Callable[[], None]:
    unpacker = wire.Unpacker()

    def read() -> None:
        try:
            data = messages.recv(_PACKET, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:  # also in a process that a cell has forked
            data = b""
        if not data:
            take(None)
        for channel, parts in unpacker.feed(data):
            take(parts if channel == wire.SHELL else None)

    return read


def _redirect(app: WarmApp, send: Send) -> None:
    """Standard streams to the notebook; what the kernel itself logs, to where the engine's own
    errors go.
    """
    originals = {name: os.dup(number) for name, number in (("stdout", 1), ("stderr", 2))}
    app.publisher.send = app.replies.send = app.kernel.stdin_socket.send = send
    capture = Capture(app.publisher)
    for handler in app.log.handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream in (
            sys.stderr,
            sys.__stderr__,
        ):
            handler.setStream(
                io.TextIOWrapper(
                    io.FileIO(originals["stderr"], "w", closefd=False), line_buffering=True
                )
            )
    app.publisher.capture = capture
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = Stream(app.session, app.publisher, name, original=originals[name])
        setattr(sys, name, stream)
        capture.watch(number, stream)
    capture.start()


def _leave() -> None:
    """End as a Python program does: wait for its threads, call what asked to be called, and no
    more.
    """
    with suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]
    with suppress(BaseException):
        atexit._run_exitfuncs()
    with suppress(BaseException):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)


class Stream(OutStream):
    """Standard output or error: ipykernel's stream, which takes in what is waiting in the
    descriptors first.
    """

    def __init__(self, session: Any, publisher: Publisher, name: str, *, original: int) -> None:
        super().__init__(session, publisher, name, watchfd=False)
        self._original_stdstream_copy = original
        self._publisher = publisher
        self._sending = threading.RLock()

    def write(self, string: str) -> int | None:  # type: ignore[override]
        """Write, after what was written before by other ways."""
        if self._publisher.capture is not None:
            self._publisher.capture.drain()
        written: int | None = super().write(string)
        return written

    def flush(self) -> None:
        """Send all that was written so far, by whatever way."""
        if self._publisher.capture is not None:
            self._publisher.capture.drain()
        super().flush()

    def _flush(self) -> None:
        """Send what is buffered. Who comes while the other thread is at it waits, or its own
        message would be first.
        """
        capture = self._publisher.capture
        with nullcontext() if capture is None or capture.in_fork() else self._sending:
            super()._flush()

    def write_captured(self, text: str) -> None:
        """Write what came through the descriptor."""
        super().write(text)

    def close(self) -> None:
        """A standard stream stays open as long as the process."""


class Capture(threading.Thread):
    """The one thread beside the notebook's: descriptors 1 and 2, forked children, and streams'
    timers.
    """

    def __init__(self, publisher: Publisher) -> None:
        super().__init__(name="IOPub", daemon=True)
        self._publisher = publisher
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._pipes: dict[int, tuple[Stream, codecs.IncrementalDecoder]] = {}
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._timers: list[tuple[float, int, Callable[[], None]]] = []

    def watch(self, number: int, stream: Stream) -> None:
        """Have what is written to descriptor ``number`` written to ``stream``."""
        reading, writing = os.pipe()
        os.dup2(writing, number)
        os.close(writing)
        self._pipes[reading] = (stream, codecs.getincrementaldecoder("utf-8")("replace"))

    def in_fork(self) -> bool:
        """Whether this is a process that the notebook's forked."""
        return os.getpid() != self._process

    def relay(self, parts: Sequence[bytes]) -> None:
        """From a forked child: hand a message over whole, in the packet or, if it is big, in a file
        without a name.
        """
        data = wire.pack(wire.IOPUB, parts)
        with suppress(OSError):
            if len(data) <= _PACKET:
                self._theirs.send(data)
                return
            file = os.memfd_create("message")
            with os.fdopen(file, "wb") as writing:
                writing.write(data)
                writing.flush()
                socket.send_fds(self._theirs, [b"\0"], [file])

    def drain(self) -> None:
        """Take in what is waiting now."""
        if self.in_fork():
            return
        with self._lock:
            for reading, (stream, decoder) in self._pipes.items():
                if waiting := _waiting(reading):
                    stream.write_captured(decoder.decode(os.read(reading, waiting)))
            while _waiting(self._ours.fileno()):
                self._take_packet()

    def call_later(self, delay: float, call: Callable[[], None]) -> None:
        """Have the thread call ``call`` in ``delay`` seconds."""
        if self.in_fork():
            return
        with self._lock:
            heapq.heappush(self._timers, (time.monotonic() + delay, id(call), call))
        os.eventfd_write(self._wake, 1)

    def run(self) -> None:
        """Watch and wait, as long as the process lives."""
        poll = select.poll()
        for descriptor in (*self._pipes, self._ours.fileno(), self._wake):
            poll.register(descriptor, select.POLLIN)
        while True:
            with self._lock:
                due = self._timers[0][0] - time.monotonic() if self._timers else None
            poll.poll(None if due is None else max(0, due * 1000))
            with suppress(BlockingIOError):
                os.eventfd_read(self._wake)
            self.drain()
            while (call := self._next_due()) is not None:
                call()

    def _next_due(self) -> Callable[[], None] | None:
        with self._lock:
            if self._timers and self._timers[0][0] <= time.monotonic():
                return heapq.heappop(self._timers)[2]
        return None

    def _take_packet(self) -> None:
        data, files, _, _ = socket.recv_fds(self._ours, 2 * _PACKET, 1, socket.MSG_DONTWAIT)
        if files:
            with os.fdopen(files[0], "rb") as reading:
                reading.seek(0)
                data = reading.read()
        for _, parts in wire.Unpacker().feed(data):
            self._publisher.send(wire.IOPUB, parts)


def _waiting(descriptor: int) -> int:
    """How many bytes can be read at once."""
    count = array.array("i", [0])
    fcntl.ioctl(descriptor, termios.FIONREAD, count)
    return count[0]
