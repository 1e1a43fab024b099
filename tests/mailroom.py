"""A mail server and a provider's API on loopback: real ones, which write down what they are sent."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Protocol
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from loopback import LoopbackServer

USER, PASSWORD = "gazette", "open sesame"


class Mailroom:
    """What a server does with each message: keeps it, or what a test has written for an address.

    ``on_rcpt`` and ``on_data`` give an answer by address, a list of answers to be given in turn, or
    something to do: `drop` breaks the connection before the message is kept, `keep and drop` after
    that; `hang` never answers, `drip` never ends its answer. ``asked`` has who was asked for, in order,
    and ``clients`` the connections.
    """

    def __init__(self) -> None:
        self.kept: list[tuple[str, bytes]] = []
        self.on_rcpt: dict[str, list[str]] = {}
        self.on_data: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.clients: set[object] = set()
        self.pid: int | None = None

    @property
    def addresses(self) -> list[str]:
        """Who has got something, in order."""
        return [address for address, _ in self.kept]

    def message(self, address: str) -> EmailMessage:
        """The one message that an address has."""
        (found,) = (content for to, content in self.kept if to == address)
        message = message_from_bytes(found, policy=default)
        assert isinstance(message, EmailMessage)
        return message

    async def handle_RCPT(
        self,
        server: Protocol,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Who is it for."""
        self.asked.append(address)
        self.clients.add(session.peer)
        answer = self._next(self.on_rcpt, address)
        while answer in ("hang", "drip"):
            await asyncio.sleep(0.05)
            if answer == "drip":
                server.transport.write(b"2")
        if self._act(answer, server):
            return "421 gone"
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Protocol, session: Session, envelope: Envelope) -> str:
        """The message itself."""
        (address,) = envelope.rcpt_tos
        answer = self._next(self.on_data, address)
        if not answer or answer.startswith("keep"):
            self.kept.append((address, bytes(envelope.content or b"")))
        return "421 gone" if self._act(answer, server) else answer or "250 OK"

    def _act(self, answer: str, server: Protocol) -> bool:
        if answer.endswith("kill"):
            assert self.pid is not None
            os.kill(self.pid, signal.SIGKILL)
        if answer.endswith(("drop", "kill")):
            server.transport.abort()
            return True
        return False

    @staticmethod
    def _next(answers: dict[str, list[str]], address: str) -> str:
        return answers[address].pop(0) if answers.get(address) else ""


class _Controller(Controller):
    """A controller on a socket that listens already: a port that is looked up and let go may be
    another's by the time that it is used.
    """

    def __init__(self, room: Mailroom, listening: socket.socket, **given: Any) -> None:
        self._listening = listening
        host, port = listening.getsockname()
        super().__init__(room, hostname=host, port=port, ready_timeout=60, **given)

    def _create_server(self) -> Any:
        return self.loop.create_server(
            self._factory_invoker, sock=self._listening, ssl=self.ssl_context
        )


@contextmanager
def open_mailroom(
    certificate: Path | None = None, *, tls: bool = False
) -> Iterator[tuple[Mailroom, int]]:
    """A mailroom and its port; with a ``certificate`` it offers STARTTLS (or is ``tls`` from the
    start) and asks for a login.
    """
    room, context = Mailroom(), None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)

    def login(
        server: Protocol, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        known = isinstance(data, LoginPassword) and (data.login, data.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=known, handled=False)

    given: dict[str, Any] = {}
    if context:
        given = {"authenticator": login, "auth_required": True, "auth_require_tls": not tls}
        given |= (
            {"ssl_context": context} if tls else {"tls_context": context, "require_starttls": True}
        )
    listening = socket.create_server(("127.0.0.1", 0))
    controller = _Controller(room, listening, **given)
    controller.start()
    try:
        yield room, controller.port
    finally:
        controller.stop()


def certificate(folder: Path) -> Path:
    """A certificate and its key in one file, made by ourselves for 127.0.0.1."""
    path, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            key,
            "-out",
            path,
            "-days",
            "2",
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
        ],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + key.read_text())
    return path


Answer = Callable[[str, str, Any], tuple[int, Any]]


@contextmanager
def open_api(answer: Answer) -> Iterator[tuple[str, list[tuple[str, str, dict[str, str], Any]]]]:
    """An API's address, and what it is asked: method, path, headers, JSON. ``answer`` gives status
    and JSON.
    """
    asked: list[tuple[str, str, dict[str, str], Any]] = []

    class Api(BaseHTTPRequestHandler):
        def answer(self) -> None:
            reported = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            data = json.loads(reported) if reported else None
            asked.append((self.command, self.path, dict(self.headers.items()), data))
            status, content = answer(self.command, self.path, data)
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = answer

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = LoopbackServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
