"""The parts that our servers share, that of the preview and that of the newsletter: a socket,
uvicorn's settings, deadlines, the bodies of requests within a limit, headers for each answer.

uvicorn bounds how many connections there are and how long one without a request stays. It has no
bound for a request that never ends: some of its headers, a byte of its body a minute. So
:class:`Deadlines` gives each request a time in which it has to come whole. Until then enough such
requests could still fill all places, so a new connection takes the place of the one that has waited
longest.
"""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import h11
import uvicorn
from starlette.staticfiles import StaticFiles
from uvicorn.protocols.http.h11_impl import H11Protocol

from broadsheet.storage.files import beginning
from broadsheet.storage.limits import TABLE
from broadsheet.storage.private_paths import BEGINNING, private_content, private_name

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Scope, Send

_LONGEST_HEADERS = 32 * 1024
"""The most bytes of a request's headers."""
_IDLE = 5
"""The seconds for which a connection stays without a request."""
_BACKLOG = 64
"""The most connections that wait to be taken, and are taken at once, before any of them is dropped.
"""


class Deadlines(H11Protocol):
    """A connection of uvicorn's that closes when a request does not arrive in time, or when a new
    connection needs its place.
    """

    since = 0.0
    """The time, by the loop's clock, at which the request began that is expected or was answered last."""
    _deadline: asyncio.TimerHandle | None = None
    """The timer of the present request; None while there is none."""
    _begun: frozenset[asyncio.Task[None]] = frozenset()
    """The tasks that the last bytes of the client began."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection. At the limit, the connection that has waited longest for its client is
        closed.
        """
        if len(self.connections) >= _places():
            waiting = [
                connection
                for connection in self.connections
                if isinstance(connection, Deadlines) and connection.waits
            ]
            if waiting:
                min(waiting, key=lambda connection: connection.since).end()
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Take some bytes. The first bytes of a request begin its time, the last end it."""
        self._expect()
        before = frozenset(self.tasks)
        super().data_received(data)
        self._begun = frozenset(self.tasks) - before or self._begun
        if not self._is_incomplete:
            self._cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._cancel()
        super().connection_lost(exc)

    def end(self) -> None:
        """Close the connection, whatever it is doing, and free its place at once. uvicorn counts
        tasks, too, and a task that waits for its client ends only some turns of the loop later.
        """
        self._cancel()
        self.connections.discard(self)
        self.tasks.difference_update(self._begun)
        self.transport.abort()

    @property
    def waits(self) -> bool:
        """True if it is the client's turn: to send the rest of a request or a new one, or to read."""
        return self._is_incomplete or self.flow.write_paused

    @property
    def _is_incomplete(self) -> bool:
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY)

    def _expect(self) -> None:
        if self._deadline is None:
            self.since = self.loop.time()
            self._deadline = self.loop.call_later(TABLE["request-time"].value, self.end)

    def _cancel(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class PublicFiles(StaticFiles):
    """The files of a folder, without those that are private."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Return the file at a path, if it is public."""
        place, status = super().lookup_path(path)
        is_private = private_name(path) or (
            status is not None
            and stat.S_ISREG(status.st_mode)
            and private_content(beginning(Path(place), BEGINNING))
        )
        return ("", None) if is_private else (place, status)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the answer. If it leads elsewhere, it leads to this host, whatever the client
        calls it.
        """
        answer = await super().get_response(path, scope)
        if "location" in answer.headers:
            address = urlsplit(answer.headers["location"])
            local = urlunsplit(("", "", "/" + address.path.lstrip("/"), address.query, ""))
            answer.headers["location"] = local
        return answer


def configured(application: ASGIApp, **settings: Any) -> uvicorn.Config:
    """Return uvicorn's settings for one of our servers."""
    return uvicorn.Config(
        application,
        http=Deadlines,
        ws="none",
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        timeout_keep_alive=_IDLE,
        limit_concurrency=_places() + 1,
        backlog=_BACKLOG,
        h11_max_incomplete_event_size=_LONGEST_HEADERS,
        **settings,
    )


def _places() -> int:
    """Return the most connections that may be open. The process needs descriptors for other things,
    too.
    """
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = int(TABLE["connections"].value)
    return most if descriptors == resource.RLIM_INFINITY else min(most, descriptors // 4)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket at an address of this machine. Raises :class:`OSError` for an address that is
    taken or does not exist.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # so that whoever is quick waits
    except OSError:
        listening.close()
        raise
    return listening


async def body_of(request: Request, most: int) -> bytes | None:
    """Return the body of a request; None for one of more than ``most`` bytes, the rest of which is
    not read.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most:
            return None
    return body


def with_headers(send: Send, headers: Mapping[str, str]) -> Send:
    """Return a ``send`` that adds these headers to each answer. A header that an answer has already
    stays.
    """
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            names = {name for name, _ in message["headers"]}
            added = [pair for pair in pairs if pair[0] not in names]
            message["headers"] = [*message["headers"], *added]
        await send(message)

    return sent
