"""A server on loopback in the place of an agency: real HTTP, with the answers that a test gives it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from loopback import LoopbackServer


@dataclass
class Reply:
    """An answer: its bytes, or what is to be JSON, with status and headers."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    """The length that the header says; the right one without it."""

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    pairs: list[tuple[str, str]]
    headers: dict[str, str]


class Standin:
    """The server. ``answer`` makes the reply to each request; ``asked`` has them in order."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Reply | Any] = lambda asked: Reply(status=404)
        self.address = ""

    def gives(self, *bodies: Any) -> None:
        """Give these answers in turn, the last one from then on."""
        left = list(bodies)
        self.answer = lambda asked: left.pop(0) if len(left) > 1 else left[0]

    @property
    def paths(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self.asked]


@contextmanager
def standin_source() -> Iterator[Standin]:
    """Run a server in the place of an agency."""
    standin = Standin()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            split = urlsplit(self.path)
            pairs = parse_qsl(split.query, keep_blank_values=True)
            asked = Asked(self.command, split.path, dict(pairs), pairs, dict(self.headers))
            standin.asked.append(asked)
            reply = standin.answer(asked)
            reply = reply if isinstance(reply, Reply) else Reply(reply)
            content = reply.content
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            length = len(content) if reply.length is None else reply.length
            self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            self.close_connection = self.close_connection or length != len(content)

        do_HEAD = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    server = LoopbackServer(("127.0.0.1", 0), Handler)
    standin.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield standin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
