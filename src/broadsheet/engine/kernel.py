"""A warm kernel as nbclient sees it: a kernel manager and a kernel client, with sockets of ours in
place of ZMQ's.

nbclient does all else as ever: it sends the cells, makes outputs of messages, keeps the time, and
says when a kernel has died. Only :meth:`WarmKernelManager.start_kernel` asks a zygote for a run
where the stock manager starts a program, and messages come over one socket (:class:`Line`) where
they come over five.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import signal
import socket
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.client import KernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.session import DELIM

from broadsheet import limits
from broadsheet.engine import warden, wire
from broadsheet.engine.wire import Request
from broadsheet.engine.zygotes import Zygote

logger = logging.getLogger("papermill")

_CHUNK = 1 << 18
_STILL = 2
"""How many times in a row, a second apart, a run is seen stopped by a signal before it is ended."""
_WORTH_WAITING = 0.05


class Line:
    """One end of a socket, read by whichever event loop waits for it; a queue for each channel."""

    def __init__(self, end: socket.socket, bound: Bound | None = None) -> None:
        self._socket = end
        self._bound = bound
        self._unpacker = wire.Unpacker()
        self._queues: dict[int, deque[list[bytes]]] = {}
        self._out = bytearray()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiters: list[tuple[int, asyncio.Future[None]]] = []
        self.ended = False
        self.busy = False
        """Whether a request waits for its reply."""

    def send(self, data: bytes) -> None:
        """Send, now or as soon as there is room; to nobody, if nobody is there."""
        self._out += data
        self._push()

    async def get(self, channel: int, timeout: float | None = None) -> list[bytes] | None:
        """The next message of a channel; None at the end of the line. Raises :class:`queue.Empty`
        after ``timeout``.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        queue = self._queues.setdefault(channel, deque())
        while not queue and not self.ended:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0 and not self.take_in():
                raise Empty
            await self._wait(channel, left)
        return queue.popleft() if queue else None

    def take_in(self) -> bool:
        """Read what is there, without waiting; whether there was anything."""
        try:
            data = self._socket.recv(_CHUNK, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if self._bound is not None and self._bound.is_exceeded(len(data)):
            data = self._refuse()
        for channel, parts in self._unpacker.feed(data):
            if self._bound is not None:
                self._bound.count(channel, parts)
            self._queues.setdefault(channel, deque()).append(parts)
        if not data:
            self._end()
        for channel, waiter in self._waiters:
            if self._queues.get(channel):
                _release(waiter)
        return bool(data)

    def take(self, channel: int) -> list[bytes] | None:
        """The next message of a channel that was read already."""
        queue = self._queues.get(channel)
        return queue.popleft() if queue else None

    def pending(self) -> bool:
        """Whether there are messages that nobody has taken yet."""
        return any(self._queues.values())

    def hear_no_more(self) -> None:
        """What the other end still has to say is lost to it, without waiting."""
        try:
            self._socket.shutdown(socket.SHUT_RD)
        except OSError:
            self._end()

    def close(self) -> None:
        """Close this end."""
        self._end()
        self._socket.close()

    def _refuse(self) -> bytes:
        """Take nothing more in: what is waiting is let go, so that the run is seen to be dead at
        once.
        """
        self.hear_no_more()
        self._queues.clear()
        return b""

    async def _wait(self, channel: int, timeout: float | None) -> None:
        """Until there is a message of that channel, or the end; or ``timeout`` seconds."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._listen_no_more()
            self._loop = loop
            loop.add_reader(self._socket.fileno(), self.take_in)
        if self._out:
            loop.add_writer(self._socket.fileno(), self._on_writable)
        waiting = channel, loop.create_future()
        self._waiters.append(waiting)
        expiry = None if timeout is None else loop.call_later(timeout, _release, waiting[1])
        try:
            await waiting[1]
        finally:
            self._waiters.remove(waiting)
            if expiry is not None:
                expiry.cancel()

    def _end(self) -> None:
        self.ended = True
        self._listen_no_more()
        for _, waiter in self._waiters:
            _release(waiter)

    def _listen_no_more(self) -> None:
        loop, self._loop = self._loop, None
        if loop is not None and not loop.is_closed():
            loop.remove_reader(self._socket.fileno())

    def _on_writable(self) -> None:
        self._push()
        if not self._out:
            asyncio.get_running_loop().remove_writer(self._socket.fileno())

    def _push(self) -> None:
        try:
            while self._out:
                del self._out[
                    : self._socket.send(self._out, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
                ]
        except BlockingIOError:
            return
        except OSError:
            self._out.clear()


class Bound:
    """How much a run may put out; ``stop`` is called when that is exceeded, with the ``reason``."""

    def __init__(self, size: float, outputs: float, stop: Callable[[str], None]) -> None:
        self.reason = ""
        self._most, self._most_outputs, self._stop = size, outputs, stop
        self._size = self._outputs = 0

    def is_exceeded(self, size: int) -> bool:
        """Whether it is, with ``size`` bytes more."""
        self._size += size
        if not self.reason and self._size > self._most:
            self._end("output-size")
        return bool(self.reason)

    def count(self, channel: int, parts: Sequence[bytes]) -> None:
        """Count a message, if it is an output; with its reply a cell ends, and the next one has
        none yet.
        """
        if channel == wire.SHELL:
            self._outputs = 0
        elif channel == wire.IOPUB and any(kind in parts[_header(parts)] for kind in _OUTPUTS):
            self._outputs += 1
            if not self.reason and self._outputs > self._most_outputs:
                self._end("outputs")

    def _end(self, reason: str) -> None:
        self.reason = reason
        self._stop(reason)


_OUTPUTS = (b'"display_data"', b'"execute_result"')


def _header(parts: Sequence[bytes]) -> int:
    """Which part of a message is its header: the one after the signature."""
    return list(parts).index(DELIM) + 2


def _release(waiter: asyncio.Future[None]) -> None:
    if not waiter.done() and not waiter.get_loop().is_closed():
        waiter.set_result(None)


class Channel:
    """One of the protocol's channels, on a line."""

    def __init__(self, client: WarmClient, number: int) -> None:
        self._client = client
        self._number = number

    def send(self, message: dict[str, Any]) -> None:
        """Send a message."""
        self._client.line.busy = message["header"]["msg_type"].endswith("_request")
        self._client.session.send(self, message)

    def send_multipart(self, parts: Sequence[bytes], **_: object) -> None:
        """What the session calls to send."""
        self._client.line.send(wire.pack(self._number, [bytes(part) for part in parts]))

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message. Raises :class:`queue.Empty` after ``timeout`` seconds, not counting
        those in which the notebook was ready to run and other processes had the processors.
        """
        parts = await self._client.kernel.got(self._client.line.get, self._number, timeout)
        while (
            parts is None
        ):  # nbclient finds out by itself that the kernel is dead, and cancels this
            await asyncio.sleep(3600 if timeout is None else timeout)
            if timeout is not None:
                raise Empty
        if self._number == wire.SHELL:
            self._client.line.busy = False
        return _message(parts)


class WarmClient(KernelClient):
    """A client whose channels are on one line."""

    line: Line
    kernel: WarmKernelManager

    def start_channels(self, *_: object, **__: object) -> None:
        """They are there when the run is."""
        self._shell, self._iopub = Channel(self, wire.SHELL), Channel(self, wire.IOPUB)

    def stop_channels(self) -> None:
        """The manager closes the line."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """The manager has waited."""

    @property
    def shell_channel(self) -> Any:
        """Requests and their replies."""
        return self._shell

    @property
    def iopub_channel(self) -> Any:
        """What the notebook publishes."""
        return self._iopub

    async def is_alive(self) -> bool:
        """Whether more can come."""
        return await self.kernel.is_alive()


class WarmKernelManager(AsyncKernelManager):
    """A kernel that a zygote forks. A subclass gives :attr:`zygotes` and the limits."""

    zygotes: Callable[[], Zygote]
    environment: dict[str, str]
    memory: int | None = None
    patience: float = 60
    """Seconds that a run has to become ready."""
    asked_if_alive: Callable[[], None]
    most_output: float = math.inf
    """Bytes that a run may put out."""
    most_outputs: float = math.inf
    """Outputs that a cell may have."""
    stopped: Callable[[str], None]
    """Called with the reason when a run is ended before its time: "output-size", "outputs",
    "stopped".
    """

    _pid = 0
    _still = 0
    _messages: Line | None = None
    _control: Line | None = None
    _report: dict[str, Any] | None = None

    @property
    def has_kernel(self) -> bool:
        """Whether a run was started."""
        return self._messages is not None

    @property
    def ipykernel(self) -> bool:
        """Whether nbclient is to add to the kernel's arguments: what it would add is there."""
        return False

    async def start_kernel(self, **_: object) -> None:  # type: ignore[override]
        """Ask for a run and wait until it is ready; once more, if the zygote is found dead.

        Raises :class:`RuntimeError`, as a cold kernel does, if it dies or is not ready in time.
        """
        self.session.key = b""  # a socket that nobody else can open needs no signatures
        for _attempt in range(2):
            zygote = type(self).zygotes()
            try:
                messages, control = zygote.ask(self._request())
            except OSError:
                zygote.close()  # its sockets are gone a moment before the system says that it is
                continue
            bound = Bound(self.most_output, self.most_outputs, self._stop)
            self._messages, self._control = Line(messages, bound), Line(control)
            try:
                ready = await self._messages.get(wire.CONTROL, self.patience)
                if ready is not None:
                    self._pid = json.loads(ready[0])["pid"]
                    return
            except Empty:
                await self._give_up()
                raise RuntimeError(f"Kernel didn't respond in {self.patience:g} seconds") from None
            died = await self._end()
            await self._give_up()
            if died:
                break
            zygote.close()
        raise RuntimeError("Kernel died before replying to kernel_info")

    def client(self, **_: object) -> WarmClient:  # type: ignore[override]
        """A client for the run."""
        assert self._messages is not None
        client = WarmClient(session=self.session)
        client.line, client.kernel = self._messages, self
        return client

    async def is_alive(self) -> bool:  # type: ignore[override]
        """Whether the notebook's process lives, or has left messages that were not read yet."""
        self.asked_if_alive()
        self._still = self._still + 1 if warden.state(self._pid) == "T" else 0
        if self._still == _STILL:
            self._stop("stopped")
        if self._messages is None or self._control is None:
            return False
        if self._report is None and not self._control.ended:
            self._control.take_in()
            self._read_report()
        if self._report is None and not self._control.ended:
            return True
        return self._messages.take_in() or self._messages.pending()

    async def got(
        self,
        get: Callable[[int, float | None], Awaitable[list[bytes] | None]],
        channel: int,
        timeout: float | None,
    ) -> list[bytes] | None:
        """A message of a channel within ``timeout`` seconds, and as many more as the notebook
        waited for a processor.

        Raises :class:`queue.Empty`.
        """
        if timeout is None or not self._pid:
            return await get(channel, timeout)
        begun, before = time.monotonic(), limits.seconds_waited(self._pid)
        left = timeout
        while True:
            try:
                return await get(channel, left)
            except Empty:
                waited = limits.longest_wait(before, limits.seconds_waited(self._pid))
                left = timeout + waited - (time.monotonic() - begun)
                if left < _WORTH_WAITING:
                    raise

    async def interrupt_kernel(self) -> None:  # type: ignore[override]
        """SIGINT to the notebook's process and its group."""
        self._order(warden.INTERRUPT)

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]
        """End the run: ask it to, wait, and kill what does not."""
        if self._messages is None or self._control is None:
            return
        if not now and self._messages.busy:
            self._order(warden.INTERRUPT)
            self._messages.send(wire.pack(wire.CONTROL, []))
            now = not await self._falls_silent(self.shutdown_wait_time)
        elif not now:
            self._messages.send(wire.pack(wire.CONTROL, []))
            self._messages.hear_no_more()
        if now:
            self._order(warden.KILL)
        try:
            await self._end(self.shutdown_wait_time)
        except Empty:
            self._order(warden.KILL)
            await self._end()

    async def cleanup_resources(self, restart: bool = False) -> None:  # type: ignore[override]
        """Close the sockets; say what the run left behind, if anything."""
        await self._end()
        for line in (self._messages, self._control):
            if line is not None:
                line.close()
        self._messages = self._control = None
        report, self._report = self._report, None
        if report and os.WIFSIGNALED(report["status"]):
            number = os.WTERMSIG(report["status"])
            logger.debug("The notebook's process was ended by %s", signal.Signals(number).name)
        if report and report["strays"]:
            logger.warning(
                "Processes that the notebook left running were ended: %s",
                "; ".join(report["strays"]),
            )

    async def _falls_silent(self, timeout: float) -> bool:
        """Whether an interrupted cell comes to its end in time; nbclient takes in what it still has
        to say.
        """
        assert self._messages is not None
        try:
            return await self._messages.get(wire.CONTROL, timeout) is None
        except Empty:
            return False

    def _stop(self, reason: str) -> None:
        """End the run before its time."""
        self.stopped(reason)
        self._order(warden.KILL)

    async def _give_up(self) -> None:
        self._order(warden.KILL)
        await self.cleanup_resources()

    def _request(self) -> Request:
        return Request(self.environment, str(Path.cwd()), _mask(), os.getpid(), self.memory)

    def _order(self, order: bytes) -> None:
        if self._control is not None:
            self._control.send(order)

    async def _end(self, timeout: float | None = None) -> bool:
        """Wait for the guard's report; whether there is one."""
        if self._control is not None and self._report is None:
            parts = await self._control.get(wire.CONTROL, timeout)
            self._report = json.loads(parts[0]) if parts else None
        return self._report is not None

    def _read_report(self) -> None:
        if self._control is not None and (parts := self._control.take(wire.CONTROL)):
            self._report = json.loads(parts[0])


def _message(parts: Sequence[bytes]) -> dict[str, Any]:
    """A message of its parts, as a session reads it, which would go through the texts of its
    headers for dates.
    """
    first = _header(parts)
    header, parent, metadata, content = (
        json.loads(part.decode("utf-8", "replace")) for part in parts[first : first + 4]
    )
    for one in (header, parent):
        if "date" in one:
            one["date"] = datetime.fromisoformat(one["date"])
    return {
        "header": header,
        "msg_id": header["msg_id"],
        "msg_type": header["msg_type"],
        "parent_header": parent,
        "metadata": metadata,
        "content": content,
        "buffers": [memoryview(part) for part in parts[first + 4 :]],
    }


def _mask() -> int:
    """The umask of this process; `os.umask` could only tell it by changing it, for all threads."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("Umask:")[2].split()[0], 8)
