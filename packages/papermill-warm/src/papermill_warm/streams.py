"""Standard output and error of a notebook's process, whichever code writes to them.

A cold kernel has several threads for this; here there is one (:class:`Capture`), which begins after
the fork. It watches file descriptors 1 and 2, so that what libraries and child processes write
there reaches the notebook; it relays what forked child processes print; and it flushes `print`
after a fifth of a second. Before each flush everything waiting in these descriptors is read, so
that the order is that of writing and nothing is lost at a cell's end.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import array
import codecs
import fcntl
import heapq
import os
import select
import socket
import termios
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from typing import Any

from ipykernel.iostream import OutStream

from papermill_warm import wire

_PACKET = 1 << 16


class Stream(OutStream):
    """Standard output or error: ipykernel's stream, which first reads what is waiting in the
    descriptors. ``original`` is a descriptor of the process's earlier output.
    """

    def __init__(self, session: Any, capture: Capture, name: str, original: int) -> None:
        super().__init__(session, capture.publisher, name, watchfd=False)
        self._original_stdstream_copy = original
        self._capture = capture
        self._sending = threading.RLock()

    def write(self, string: str) -> int | None:  # type: ignore[override]
        """Write after everything that was written before in other ways."""
        self._capture.drain()
        return self.write_captured(string)

    def write_captured(self, string: str) -> int | None:
        """Write text that was read from the descriptor."""
        written: int | None = super().write(string)
        return written

    def flush(self) -> None:
        """Send everything that was written so far, in whatever way."""
        self._capture.drain()
        super().flush()

    def _flush(self) -> None:
        """Send what is buffered. A second thread that calls this waits, or its own message would be
        sent first.
        """
        with nullcontext() if self._capture.in_fork() else self._sending:
            super()._flush()

    def close(self) -> None:
        """Do nothing. A standard stream stays open as long as the process."""

    def take_over(self) -> None:
        """Belong to this process, which is a fork of the one that made the stream."""
        self._master_pid = os.getpid()
        self._flush_pending = self._subprocess_flush_pending = False


class Capture:
    """The one thread in addition to the notebook's. It serves descriptors 1 and 2, forked children,
    and streams' timers.
    """

    def __init__(self, publisher: Any) -> None:
        self.publisher = publisher
        self._streams: dict[int, Stream] = {}
        self._pipes: dict[int, tuple[Stream, codecs.IncrementalDecoder]] = {}
        self._begin()

    def _begin(self) -> None:
        """Make what belongs to one process."""
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._is_running = False
        for number, stream in self._streams.items():
            self.watch(number, stream)

    def watch(self, number: int, stream: Stream) -> None:
        """Write to ``stream`` what is written to descriptor ``number``."""
        self._streams[number] = stream
        reading, writing = os.pipe()
        os.dup2(writing, number)
        os.close(writing)
        self._pipes[reading] = (stream, codecs.getincrementaldecoder("utf-8")("replace"))

    def start(self) -> None:
        """Start the thread."""
        self._is_running = True
        self._thread = threading.Thread(target=self._serve, name="IOPub", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send what was written so far, and end the thread. It can be started again."""
        for stream in self._streams.values():
            stream.flush()
        self._is_running = False
        os.eventfd_write(self._wake, 1)
        self._thread.join()

    def take_over(self) -> None:
        """Belong to this process, which is a fork of the one whose streams these were. The thread
        was stopped before the fork.
        """
        for descriptor in (*self._pipes, self._wake):
            os.close(descriptor)
        self._ours.close()
        self._theirs.close()
        self._pipes.clear()
        for stream in self._streams.values():
            stream.take_over()
        self._begin()
        self.start()

    def in_fork(self) -> bool:
        """True if this process was forked by the notebook's."""
        return os.getpid() != self._process

    def relay(self, parts: Sequence[bytes]) -> None:
        """Pass a message on from a forked child as a whole: in the packet or, if it is big, in an
        unnamed file.
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
        """Read what is waiting now."""
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

    def _serve(self) -> None:
        """Watch and wait, until it is told to stop."""
        poll = select.poll()
        for descriptor in (*self._pipes, self._ours.fileno(), self._wake):
            poll.register(descriptor, select.POLLIN)
        while self._is_running:
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
            self.publisher.send(wire.IOPUB, parts, False)


def _waiting(descriptor: int) -> int:
    """Return the number of bytes that can be read at once."""
    count = array.array("i", [0])
    fcntl.ioctl(descriptor, termios.FIONREAD, count)
    return count[0]
