"""The zygote's end of a shared head: the process that has run what stands above a notebook's parameters,
and forks itself for each edition (:mod:`papermill_warm.shared_head`).

Over the line between them go, as JSON: from the process `{"notebook": id}` when it has forked an
edition's process, and `{"status": wait status}` when that has ended; to it a
:class:`~papermill_warm.wire.RunRequest`, and the run's message socket. It closes the line if it
cannot be forked, and ends if a file has changed that the head has read or written.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import socket
from contextlib import suppress
from dataclasses import replace
from multiprocessing.reduction import send_handle
from typing import Any

from papermill_warm.wire import PASSING, RunRequest

HEAD_KEPT = 10.0
"""The seconds for which a head waits for the next edition."""


class HeadProcess:
    """A process that runs a head, or waits with one. Has state: the edition that it has forked."""

    def __init__(self, request: RunRequest) -> None:
        self.line, self.other_end = multiprocessing.Pipe()
        self.pid = 0
        """The id of the process."""
        self.notebook: int | None = None
        """The id of the process of the edition that it has forked; None if there is none."""
        self.status: int | None = None
        """The wait status of that process; None before its end."""
        self.is_lost = False
        """True if the process will not fork again."""
        self._has_forked = False
        self._shared = _shared(request)

    def is_for(self, request: RunRequest) -> bool:
        """True if a run begins with this head, in the same surroundings."""
        return self._shared == _shared(request)

    def begin(self, request: RunRequest, messages: socket.socket) -> bool:
        """Have it fork for a run. Returns False if it does not; it is lost then."""
        self.notebook = self.status = None
        try:
            self.line.send_bytes(json.dumps(vars(request)).encode())
            send_handle(self.line, messages.fileno(), self.pid)
        except OSError:
            self.is_lost = True
        while not self.is_lost and self.notebook is None:
            self.hear()
        return not self.is_lost

    def hear(self) -> None:
        """Take its next message in."""
        try:
            message: dict[str, Any] = json.loads(self.line.recv_bytes())
        except (EOFError, OSError):
            self.is_lost = True
            return
        self.notebook = message.get("notebook", self.notebook)
        self.status = message.get("status", self.status)
        self._has_forked = True

    def waits(self) -> bool:
        """True if it waits for another edition, after the end of a run."""
        return self.notebook is not None and not self.is_lost

    def end(self) -> None:
        """End it. It must have no run."""
        self.line.close()
        if self._has_forked:  # else it has ended as the one edition's, and its id may be another's
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(self.pid, 0)


def _shared(request: RunRequest) -> RunRequest:
    """Return the part of a request that is the same for all editions with one head."""
    environment = {
        name: value for name, value in request.environment.items() if name not in PASSING
    }
    return replace(request, environment=environment, sources=())
