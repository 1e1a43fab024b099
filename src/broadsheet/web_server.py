"""What both of our servers need, that of the preview and that of the newsletter: a socket, the bodies
of requests within a limit, headers for each answer.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Message, Send


def listen(host: str, port: int) -> socket.socket:
    """A socket at an address of this machine. Raises :class:`OSError` for one that cannot be had."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # so that whoever is quick waits
    except OSError:
        listening.close()
        raise
    return listening


def bracketed(host: str) -> str:
    """A host as it stands before a port: an address of IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


async def body_of(request: Request, most: int) -> bytes | None:
    """The body of a request; None for one of more than ``most`` bytes, of which no more is read."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most:
            return None
    return body


def with_headers(send: Send, headers: Mapping[str, str]) -> Send:
    """What an application sends by, such that each answer gets these headers, unless it has them."""
    own = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name for name, _ in message["headers"]}
            added = [one for one in own if one[0] not in there]
            message["headers"] = [*message["headers"], *added]
        await send(message)

    return sent
