"""Requests that never end keep nobody else from an answer, at the service and at the preview."""

# ruff: noqa: F811

from __future__ import annotations

import http.client
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from test_subscriptions import FORM, Service, database, gazette, room  # noqa: F401 - fixtures

from conftest import Site, slow_but
from previewing import ended, started

HALF_SENT = {
    "nothing": b"",
    "headers": b"GET /paper/subscribe/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-More: ",
    "a body": (
        b"POST /paper/subscribe/sign-up HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nemail=a"
    ),
    "a body in chunks": (
        b"POST /paper/subscribe/sign-up HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"7\r\nemail=a\r\n40\r\n"
    ),
    "the body of what is not there": (
        b"POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nx"
    ),
    "a second request": (
        b"GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: 127"
    ),
}
Opened = Callable[[bytes], socket.socket]


@dataclass(frozen=True)
class Asked:
    """A server: its port, and a function that asks it for something and returns the status."""

    port: int
    ask: Callable[[], int]

    def open(self, sent: bytes) -> socket.socket:
        """A connection by which something has been sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        connection.sendall(sent)
        return connection


def limited(site: Site, limits: str) -> None:
    config = site.read("_quarto.yml")
    assert "broadsheet:\n" in config
    site.write(
        "_quarto.yml", config.replace("broadsheet:\n", f"broadsheet:\n  limits: {{{limits}}}\n")
    )


Start = Callable[[str], Asked]


@pytest.fixture(params=["the service", "the preview"])
def start(request: pytest.FixtureRequest, gazette: Site, room: object) -> Iterator[Start]:
    """Either server, with other limits."""
    with ExitStack() as stack:

        def begun(limits: str = "") -> Asked:
            if limits:
                limited(gazette, limits)
            if request.param == "the service":
                service = Service(gazette.root)
                stack.callback(service.end, signal.SIGKILL)
                return Asked(service.port, lambda: service.ask("GET", "/paper/subscribe/health")[0])
            preview = started(gazette)
            stack.callback(ended, preview)
            port = urlsplit(preview.address).port
            assert port is not None
            return Asked(port, lambda: preview.ask("about.html")[0])

        yield begun


def is_closed(connection: socket.socket) -> bool:
    """Wait until the server has closed a connection, whatever it has answered before."""
    try:
        while connection.recv(65536):
            pass
    except ConnectionError:
        pass
    return True


def test_two_hundred_requests_of_each_kind_that_never_end(start):
    server: Asked = start()
    with ExitStack() as stack:
        for sent in HALF_SENT.values():
            for _ in range(200 // len(HALF_SENT) + 1):
                stack.enter_context(server.open(sent))
        assert [server.ask() for _ in range(5)] == [200] * 5


def test_more_than_there_are_places_for(start):
    """The one that has waited longest goes for a new one: whoever asks properly is never it."""
    server: Asked = start("connections: 20")
    with ExitStack() as stack:
        opened = [
            stack.enter_context(server.open(sent)) for sent in HALF_SENT.values() for _ in range(10)
        ]
        assert [server.ask() for _ in range(5)] == [200] * 5
        assert all(is_closed(one) for one in opened[:30])


@pytest.mark.parametrize("kind", slow_but(list(HALF_SENT), ["headers", "a body"]))
def test_each_has_a_time_in_which_it_must_have_come(start, kind):
    server: Asked = start("request-time: 1")
    with server.open(HALF_SENT[kind]) as half_sent:
        assert is_closed(half_sent)
    assert server.ask() == 200


@pytest.mark.parametrize(
    "kind", slow_but(["headers", "a body", "the body of what is not there"], 1)
)
def test_a_byte_now_and_then_does_not_help(start, kind):
    server: Asked = start("request-time: 1")
    over, sent = threading.Event(), []
    with server.open(HALF_SENT[kind]) as dripping:

        def drip() -> None:
            while not over.wait(0.05) and len(sent) < 2000:
                try:
                    sent.append(dripping.send(b"x" if len(sent) < 90 else b""))
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        assert is_closed(dripping)
        over.set()
        thread.join()
    assert server.ask() == 200


def test_headers_have_a_size(start):
    server: Asked = start()
    with server.open(b"GET / HTTP/1.1\r\nHost: x\r\n") as large:
        try:
            for _ in range(100):
                large.sendall(b"X-More: " + b"x" * 4000 + b"\r\n")
        except ConnectionError:
            pass
        assert is_closed(large)
    assert server.ask() == 200


@pytest.mark.parametrize("start", ["the service"], indirect=True)
def test_a_connection_serves_several_requests_one_after_another(start):
    server: Asked = start("request-time: 1")
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.connect()
        for _ in range(3):
            used = connection.sock
            connection.request("GET", "/paper/subscribe/health")
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"ok\n") and connection.sock is used


@pytest.mark.slow
@pytest.mark.parametrize("start", ["the service"], indirect=True)
def test_a_request_that_has_come_may_take_longer(start, gazette):
    """The time is for what the client sends, not for the answer."""
    server: Asked = start("request-time: 1")
    with closing(sqlite3.connect(database(gazette).path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        body = b"email=a%40mail.example"
        whole = (
            f"POST /paper/subscribe/sign-up HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode()
        with server.open(whole + body) as asking:
            assert asking.recv(65536).startswith(b"HTTP/1.1 503")
        other.execute("ROLLBACK")


def test_who_asks_right_after_a_crowd_is_answered(start):
    """What is left of the requests that had to go takes no place."""
    server: Asked = start("connections: 20")
    statuses = []
    for _ in range(10):
        with ExitStack() as stack:
            for _ in range(60):
                stack.enter_context(server.open(HALF_SENT["a body"]))
            statuses.append(server.ask())
    assert statuses == [200] * 10
