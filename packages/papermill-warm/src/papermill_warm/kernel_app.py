"""The kernel of the warm process: ipykernel's own application and kernel, without ZMQ's sockets.

:func:`warm_app` makes it in the zygote, through the same application class that a cold kernel is
started by, so that profile, configuration, magics and hooks are those of a cold kernel. Sockets,
heartbeat and the threads that serve them are left out; what is sent goes to :class:`Publisher` and
:class:`Replies`. :mod:`papermill_warm.forked_kernel` goes on from there after the fork.

A process that a cell forks, and that comes to the end of the cell, would go on as a second kernel.
It ends there, and the cell fails (:meth:`WarmKernel.do_execute`).
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import mmap
import os
import select
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import IPython.core.logger  # noqa: F401  (here and below: what a kernel imports late)
import tornado.platform.asyncio  # noqa: F401
import zmq
from ipykernel import ipkernel, kernelbase
from ipykernel.iostream import BackgroundSocket, IOPubThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.application import ENV_CONFIG_DIRS, SYSTEM_CONFIG_DIRS
from jupyter_client.jsonutil import json_clean, json_default
from jupyter_client.session import json_packer
from tornado.ioloop import IOLoop
from traitlets import Any as AnyTrait

from papermill_warm import wire
from papermill_warm.processes import children, is_alive
from papermill_warm.streams import Capture

ARGUMENTS = ["--HistoryManager.hist_file=:memory:"]
"""The arguments that nbclient adds to a kernel's command line."""

_TO_COME_THROUGH = 3.0
"""The seconds that the forks of a cell have to reach its end."""
_FORKED = "The cell forked the notebook's process, and the fork ran to the end of the cell too; end it by os._exit()"
_QUIET = "PYDEVD_DISABLE_FILE_VALIDATION"
# The kernel's debugger warns on standard error when it is loaded; a cold kernel's capture hides
# that.

_ENCODER = json.JSONEncoder(default=json_default, ensure_ascii=False, allow_nan=False)

Send = Callable[[int, Sequence[bytes], bool], None]
"""A function that sends the parts of a message over a channel. It is also told whether another
message follows at once.
"""


def _to_nobody(channel: int, parts: Sequence[bytes], more: bool) -> None:
    """Send nothing. The zygote has nobody to send to."""


class Publisher(IOPubThread):
    """Sends ipykernel's IOPub messages. It has no thread of its own, and none of ZMQ's sockets."""

    thread: Any = None
    """None, since there is no thread."""
    closed = False

    def __init__(self) -> None:
        self.background_socket = BackgroundSocket(self)
        self.io_loop: Any = self  # streams ask it for `call_later`
        self.capture: Capture | None = None
        self.send: Send = _to_nobody
        self.more = False
        """True if another message follows the next one at once."""

    def schedule(self, call: Callable[[], None]) -> None:
        """Call ``call`` at once."""
        call()

    def call_later(self, delay: float, call: Callable[[], None]) -> None:
        """Call ``call`` in ``delay`` seconds, in the capturing thread."""
        if self.capture is not None:
            self.capture.call_later(delay, call)

    def send_multipart(self, parts: Sequence[Any], *_: object, **__: object) -> None:
        """Send a message; a forked child of the notebook sends it by way of the notebook's process."""
        packed = [bytes(part) for part in parts]
        if self.capture is not None and self.capture.in_fork():
            self.capture.relay(packed)
        else:
            self.send(wire.IOPUB, packed, self.more)


class Replies:
    """Sends the kernel's replies."""

    def __init__(self, channel: int) -> None:
        self.channel = channel
        self.count = 0
        """The number of replies sent."""
        self.send: Send = _to_nobody

    def send_multipart(self, parts: Sequence[Any], *_: object, **__: object) -> None:
        """Send a message."""
        self.count += 1
        idle_follows = self.channel == wire.SHELL
        self.send(self.channel, [bytes(part) for part in parts], idle_follows)

    def flush(self, *_: object) -> None:
        """Do nothing. No message waits here."""


class WarmKernel(IPythonKernel):
    """The IPython kernel, without sockets and without subshells."""

    shell_stream = AnyTrait()
    stdin_socket = AnyTrait()
    _execute_sleep = 0.0
    """Seconds after each cell for ZMQ's threads to catch up; there are none."""

    _supports_kernel_subshells = False
    forks: Forks | None = None
    """The processes that cells have forked; None before the run."""

    def start(self) -> None:
        """Get ready for messages, within a running loop."""
        assert self.shell is not None
        self.shell.exit_now = False
        self.io_loop = IOLoop.current()

    async def do_execute(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Run a cell. In a process that the cell has forked, the end of the cell is the end of the
        process.
        """
        if self.forks is None:  # this is the zygote
            reply: dict[str, Any] = await super().do_execute(*args, **kwargs)
            return reply
        count = self.forks.count
        try:
            reply = await super().do_execute(*args, **kwargs)
        finally:
            self.forks.end_if_this_is_one()
        if self.forks.count > count and self.forks.have_come_through():
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
        """Do nothing. The client sends a cell only after the reply to the last one."""


class Forks:
    """The processes that the cells of this notebook fork."""

    def __init__(self, capture: Capture, messages: socket.socket) -> None:
        self.count = 0
        self._capture = capture
        self._messages: socket.socket | None
        self.take_over(messages)
        os.register_at_fork(after_in_parent=self._forked, after_in_child=self._leave)

    @contextmanager
    def of_head(self) -> Iterator[None]:
        """Have forks for editions keep the socket."""
        messages, self._messages = self._messages, None
        try:
            yield
        finally:
            self._messages = messages

    def take_over(self, messages: socket.socket) -> None:
        """Note the forks of this process, which is the notebook's own from here on."""
        self._messages = messages
        self._came_through = mmap.mmap(-1, 1)  # shared with the forks

    def end_if_this_is_one(self) -> None:
        """End this process if it is a fork that reached the end of its cell, and report it to the
        notebook's own process.
        """
        if self._capture.in_fork():
            self._came_through[0] = 1
            with suppress(BaseException):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(1)

    def have_come_through(self) -> bool:
        """True if a fork reached the end of a cell. Living forks get a moment to do so, except
        multiprocessing's, which never do.
        """
        module = sys.modules.get("multiprocessing.process")
        others = {child.pid for child in module.active_children()} if module else set()
        end = time.monotonic() + _TO_COME_THROUGH
        while (
            not self._came_through[0]
            and time.monotonic() < end
            and any(is_alive(child) for child in children(os.getpid()) if child not in others)
        ):
            select.select([], [], [], 0.005)
        return bool(self._came_through[0])

    def _forked(self) -> None:
        self.count += 1

    def _leave(self) -> None:
        """Close what the engine sends; a fork has no part in it."""
        if self._messages is not None:
            self._messages.close()


class QuietLog(logging.Logger):
    """A log that makes no record of what none of its handlers would take. The kernel's own gets four
    for each request.
    """

    def isEnabledFor(self, level: int) -> bool:
        """True if a record of this level would be made."""
        is_taken = self.propagate or any(level >= handler.level for handler in self.handlers)
        return is_taken and super().isEnabledFor(level)


class WarmApp(IPKernelApp):
    """The part of the kernel's application that runs before the fork. :func:`run` continues after
    it.
    """

    publisher: Publisher
    """The sender of IOPub messages."""
    replies: Replies
    """The sender of replies."""
    launcher: str
    """The program that would start a cold kernel."""
    variables: dict[str, str]
    """The variables that a kernel sets in its environment when it starts."""
    history: Any = None
    """The history of a run that is ending, which nobody reads any more."""

    def init_sockets(self) -> None:
        """Make stand-ins for sockets."""
        self.session.key = b""
        if self.session.pack is json_packer:
            self.session.pack = _packed
        self.configure_tornado_logger()
        self.publisher = Publisher()
        self.replies = Replies(wire.SHELL)
        self.iopub_thread = self.publisher
        self.iopub_socket = self.publisher.background_socket

    def _nothing(self, **_: object) -> None:
        """Do nothing. There is no socket, so nobody else can connect, and the supervisor notices
        the parent's end.
        """

    init_connection_file = init_poller = init_heartbeat = _nothing
    write_connection_file = log_connection_info = _nothing

    def init_io(self) -> None:
        """Do nothing. :func:`run` does it after the fork."""
        self.patch_io()

    def init_kernel(self) -> None:
        """Make the kernel, with the stand-ins."""
        self.kernel = WarmKernel.instance(
            parent=self,
            session=self.session,
            shell_stream=self.replies,
            stdin_socket=Replies(wire.STDIN),
            shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
            iopub_thread=self.iopub_thread,
            iopub_socket=self.iopub_socket,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )

    def init_extensions(self) -> None:
        """Load the extensions that every kernel has before the fork, if the profile has none of its
        own.
        """
        if not self.has_own_code():
            super().init_extensions()

    def init_code(self) -> None:
        """Run code before the fork if the profile has no code of its own."""
        if not self.has_own_code():
            super().init_code()

    def run_own_code(self) -> None:
        """Run the extensions, startup files and lines of the profile after the fork. They may be
        the author's code.
        """
        if self.has_own_code():
            super().init_extensions()
            super().init_code()

    def exercise(self) -> None:
        """Handle a request that does nothing, so that what the first request loads and builds is
        ready.
        """
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
        """True if the profile has code that runs at a kernel's start."""
        settings = (
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
        return any(settings) or any(
            file.suffix in (".py", ".ipy")
            for folder in self.startup_folders()
            if folder.is_dir()
            for file in folder.iterdir()
        )

    def startup_folders(self) -> list[Path]:
        """Return the folders of startup files."""
        assert self.profile_dir is not None
        return [
            Path(self.profile_dir.startup_dir),
            *(Path(folder, "startup") for folder in (*SYSTEM_CONFIG_DIRS, *ENV_CONFIG_DIRS)),
        ]


for warm, stock in ((WarmKernel, IPythonKernel), (WarmApp, IPKernelApp)):
    # A notebook sees the stock names: in `%config`, in the values of a verbose traceback.
    warm.__module__, warm.__qualname__ = stock.__module__, stock.__qualname__
    warm.__name__ = stock.__name__


def warm_app() -> WarmApp:
    """Return the kernel, made and ready to be forked."""
    before = dict(os.environ)
    os.environ.setdefault(_QUIET, "1")
    stock = logging.getLoggerClass()
    logging.setLoggerClass(QuietLog)
    logging.getLogger(WarmApp.__name__)  # which the application asks for by its name
    logging.setLoggerClass(stock)
    app = WarmApp.instance()
    app.config.IPKernelApp.connection_file = ""  # tqdm and others look for the section
    app.initialize(ARGUMENTS)
    _remember_signatures()
    if _QUIET not in before:
        del os.environ[_QUIET]
    app.variables = {name: value for name, value in os.environ.items() if before.get(name) != value}
    app.exercise()
    launcher = importlib.util.find_spec("ipykernel_launcher")
    assert launcher is not None and launcher.origin is not None
    app.launcher = launcher.origin
    return app


def _remember_signatures() -> None:
    """Have ipykernel look once, not for each cell, at which arguments its methods take."""
    for module in map(vars, (kernelbase, ipkernel)):
        accepts = module.get("_accepts_parameters")
        if accepts is None:  # another ipykernel
            continue
        cached = lru_cache(lambda method, names, accepts=accepts: accepts(method, names))
        module["_accepts_parameters"] = lambda method, names, cached=cached: cached(
            method, tuple(names)
        )


def _packed(message: object) -> bytes:
    """Return a part of a message as JSON, as :func:`json_packer` makes it, whose warning would name
    the caller. Half a character (a lone surrogate), which no text in UTF-8 has, becomes U+FFFD.
    """
    try:
        text = _ENCODER.encode(message)
    except (TypeError, ValueError) as error:
        text = _ENCODER.encode(json_clean(message))
        warnings.warn(
            f"Message serialization failed with:\n{error}\nSupporting this message is deprecated in "
            "jupyter-client 7, please make sure your message is JSON-compliant",
            stacklevel=2,
        )
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
