"""The engine's end of a run's sockets: messages by channel, read by the event loop that waits."""

from __future__ import annotations

import asyncio
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from queue import Empty

from jupyter_client.session import DELIM

from papermill_warm import wire
from papermill_warm.wire import Message

_CHUNK = 1 << 18
_OUTPUTS = (b'"display_data"', b'"execute_result"')


class KernelLine:
    """An end of a socket, with a queue for each channel. Whichever event loop waits for it reads
    it.
    """

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
        """True while a request waits for its reply."""

    def send(self, data: bytes) -> None:
        """Send a message, now or as soon as there is room. It is dropped if the other end is
        closed.
        """
        self._out += data
        self._push()

    async def get(self, channel: int, timeout: float | None = None) -> list[bytes] | None:
        """Return the next message of a channel; None at the end of the line. Raises
        :class:`queue.Empty` after ``timeout``.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        queue = self._queues.setdefault(channel, deque())
        while not queue and not self.ended:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0 and not self.take_in():
                raise Empty
            await self._wait(channel, left)
        return queue.popleft() if queue else None

    def wait(self, channel: int, seconds: float) -> None:
        """Wait at most so long for a message of a channel, in this thread and without an event loop."""
        poll, deadline = select.poll(), time.monotonic() + seconds
        poll.register(self._socket, select.POLLIN)
        while not self._out and not self.ended and not self._queues.get(channel):
            left = deadline - time.monotonic()
            if left <= 0:
                return
            if poll.poll(1000 * left):
                self.take_in()

    def take_in(self) -> bool:
        """Read what has arrived, without waiting. Returns True if there was anything."""
        try:
            data = self._socket.recv(_CHUNK, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        messages = list(self._unpacker.feed(data))
        if self._bound is not None and self._bound.is_exceeded(len(data), messages):
            self.hear_no_more()
            self._queues.clear()  # so that the run is seen to be dead at once
            data, messages = b"", []
        for channel, parts in messages:
            self._queues.setdefault(channel, deque()).append(parts)
        if not data:
            self._end()
        for channel, waiter in self._waiters:
            if self._queues.get(channel):
                _release(waiter)
        return bool(data)

    def take(self, channel: int) -> list[bytes] | None:
        """Return the next message of a channel among those already read."""
        queue = self._queues.get(channel)
        return queue.popleft() if queue else None

    def pending(self) -> bool:
        """Return True if there are messages that nobody has taken yet."""
        return any(self._queues.values())

    def hear_no_more(self) -> None:
        """Drop what the other end still sends, so that it need not wait."""
        try:
            self._socket.shutdown(socket.SHUT_RD)
        except OSError:
            self._end()

    def close(self) -> None:
        """Close this end."""
        self._end()
        self._socket.close()

    async def _wait(self, channel: int, timeout: float | None) -> None:
        """Wait for a message of that channel, or the end; at most ``timeout`` seconds."""
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
    """A limit on a run's output. ``stop`` is called with the reason when it is exceeded."""

    def __init__(self, most_bytes: float, most_outputs: float, stop: Callable[[str], None]) -> None:
        self._most_bytes, self._most_outputs, self._stop = most_bytes, most_outputs, stop
        self._bytes = self._outputs = 0
        self._reason = ""

    def is_exceeded(self, size: int, messages: Sequence[Message]) -> bool:
        """Return True if ``messages`` of ``size`` bytes more exceed it."""
        self._bytes += size
        for channel, parts in messages:
            if channel == wire.SHELL:  # the reply: a cell ends, and the next one has no output yet
                self._outputs = 0
            elif channel == wire.IOPUB:
                self._outputs += any(kind in parts[header_of(parts)] for kind in _OUTPUTS)
            if self._outputs > self._most_outputs and not self._reason:
                self._end("outputs")
        if self._bytes > self._most_bytes and not self._reason:
            self._end("output-size")
        return bool(self._reason)

    def _end(self, reason: str) -> None:
        self._reason = reason
        self._stop(reason)


def header_of(parts: Sequence[bytes]) -> int:
    """Return the index of a message's header: the part after the signature."""
    return list(parts).index(DELIM) + 2


def _release(waiter: asyncio.Future[None]) -> None:
    if not waiter.done() and not waiter.get_loop().is_closed():
        waiter.set_result(None)
