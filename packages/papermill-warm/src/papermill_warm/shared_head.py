"""The head of a notebook, which is what stands above its parameters, run once for several editions.

An *edition* is a notebook with the parameters that papermill has put in. The process in which the
head of the first edition runs records the messages that each cell sends (:class:`SharedHead`). When
the first cell below is about to run, the process forks: the child goes on as the first edition, and
the process itself waits. For each edition that follows it forks a child, which answers the requests
to run the head's cells by the recorded messages, and runs what stands below.

If the process cannot be forked (:mod:`papermill_warm.fork_safety`), it goes on as the one edition's
that it is, and so does the next edition's. The other end, in the zygote, is
:mod:`papermill_warm.head_process`.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from typing import Any

from papermill_warm.fork_safety import Ties
from papermill_warm.kernel_line import header_of
from papermill_warm.preloading import Warmth
from papermill_warm.processes import end_with_parent
from papermill_warm.streams import Capture
from papermill_warm.wire import RunRequest

MessageParts = list[bytes]


@dataclass
class Recording:
    """The messages of a cell."""

    code: str
    """The text of the cell."""
    request: bytes
    """The id of the request to run it."""
    messages: list[tuple[int, MessageParts, bool]] = field(default_factory=list)
    """The messages, each with its channel, and whether another follows at once."""


@dataclass
class Turn:
    """The part of a process that was forked for an edition."""

    messages: socket.socket
    """The socket of its messages."""
    request: RunRequest | None = None
    """The request for its run; None for the first."""


class SharedHead:
    """The head, in the process that runs it, and in those that are forked from this. Has state: the
    cells that have run, and those that were answered.
    """

    def __init__(self, line: Connection, sources: Sequence[str], warmth: Warmth) -> None:
        self._line, self._warmth = line, warmth
        self._sources = list(sources)
        self._recordings: list[Recording] = []
        self._answered: int | None = None
        self.is_over = False
        """True if there is nothing more to record or to answer."""

    def watch(self) -> None:
        """Watch this process, which is about to run the head."""
        self._ties = Ties(self._warmth.touched())

    def record(self, channel: int, parts: Sequence[bytes], more: bool) -> None:
        """Note a message that is sent."""
        if self._answered is None and not self.is_over and self._recordings:
            self._recordings[-1].messages.append((channel, list(parts), more))

    def begin(self, parts: MessageParts) -> bool:
        """Hear of a request that is to be carried out. Returns True if it is the first below the
        head.
        """
        request = _execution(parts)
        if request is None:
            return False
        code, number = request
        done = len(self._recordings)
        if done == len(self._sources):
            return True
        if code == self._sources[done]:
            self._recordings.append(Recording(code, number))
        else:
            self.leave()
        return False

    def answer(
        self, parts: MessageParts, send: Callable[[int, Sequence[bytes], bool], None]
    ) -> bool:
        """Answer a request to run a cell of the head by the messages that it sent; in a process
        that was forked. Returns False if it is to be carried out.
        """
        request = _execution(parts)
        if self._answered is None or self.is_over or request is None:
            return False
        recording = self._recordings[self._answered]
        if request[0] != recording.code:
            os._exit(1)  # the cells above have run, and others were asked for
        self._answered += 1
        self.is_over = self._answered == len(self._recordings)
        for channel, sent, more in recording.messages:
            send(channel, _renewed(sent, recording.request, request[1]), more)
        return True

    def leave(self) -> None:
        """Go on as the process of one edition."""
        self.is_over = True
        self._ties.end()
        self._line.close()

    def fork(self, capture: Capture, messages: socket.socket) -> Turn | None:
        """Fork for each edition, for the first with the socket of its ``messages``. Returns in the
        process of an edition; None in this process, if it cannot be forked.
        """
        self._warmth.look_above()
        if self._ties.objection():
            self.leave()
            return None
        capture.stop()
        self._ties.end()
        chance = self._ties.chance()
        self._warmth.leave_note(is_above=True)
        gc.freeze()
        here, turn = os.getpid(), Turn(messages)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        while True:
            pid = os.fork()
            if pid == 0:
                os.setsid()
                end_with_parent()
                if os.getppid() != here:
                    os._exit(1)
                self._line.close()
                self._ties.renew(chance)
                self._answered, self.is_over = 0, turn.request is None
                signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
                return turn
            turn = self._next(pid, turn)

    def _next(self, notebook: int, turn: Turn) -> Turn:
        """Tell of the notebook's process and its end, and wait for the next turn. Ends this process
        if there is none, or if a file has changed.
        """
        try:
            self._line.send_bytes(json.dumps({"notebook": notebook}).encode())
            turn.messages.close()  # the edition's end is seen once nobody has it open
            end = os.waitid(os.P_PID, notebook, os.WEXITED | os.WNOWAIT)
            assert end is not None
            status = end.si_status << 8 if end.si_code == os.CLD_EXITED else end.si_status
            self._line.send_bytes(json.dumps({"status": status}).encode())
            request = RunRequest(**json.loads(self._line.recv_bytes()))
            messages = socket.socket(fileno=recv_handle(self._line))
            os.waitpid(notebook, 0)  # not before: its id might have been given to another
        except (EOFError, OSError):
            os._exit(0)
        if not self._ties.are_as_before():
            os._exit(0)
        messages.set_inheritable(False)
        self._warmth.read(request.sources)
        return Turn(messages, request)


def _execution(parts: MessageParts) -> tuple[str, bytes] | None:
    """Return the code of a request to run a cell, and the request's id; None for another one."""
    first = header_of(parts)
    header: dict[str, Any] = json.loads(parts[first])
    if header["msg_type"] != "execute_request":
        return None
    return json.loads(parts[first + 3])["code"], header["msg_id"].encode()


def _renewed(parts: MessageParts, before: bytes, now: bytes) -> MessageParts:
    """Return a message as an answer to another request, sent at this moment."""
    renewed = [part.replace(before, now) for part in parts]
    first = header_of(parts)
    header = json.loads(parts[first])
    renewed[first] = json.dumps({**header, "date": datetime.now(UTC).isoformat()}).encode()
    return renewed
