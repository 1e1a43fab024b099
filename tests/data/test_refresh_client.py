"""The rules by which a refresh asks a source: retries, waits, limits, redirects, lengths, keys."""
# ruff: noqa: F811

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from refreshing import CSV, NEWER, Refreshed, refreshed  # noqa: F401 - a fixture

from broadsheet.data.refresh.answers import Rate
from broadsheet.data.refresh.client import MOST_ATTEMPTS
from broadsheet.data.refresh.rates import close_until, seconds_to_wait
from broadsheet.errors import RetrievalError
from broadsheet.processes.secret_values import withheld
from broadsheet.storage.limits import under
from standin_source import Reply

KEY = "s3cr3t+k/ey 0123456789"


def refused(refreshed: Refreshed, **options: Any) -> str:
    """The message of a refresh that fails, by which nothing changes."""
    before = refreshed.files()
    with pytest.raises(RetrievalError) as error:
        refreshed.refresh(**options)
    assert refreshed.files() == before and refreshed.is_whole()
    return str(error.value)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_source_that_is_busy_is_asked_again(status: int, refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives(b"", Reply("busy", status), Reply("busy", status), NEWER)
    assert refreshed.refresh()
    assert refreshed.clock.waits == [1.0, 2.0]


def test_one_that_stays_busy_is_given_up(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives(b"", Reply("busy", 503))
    message = refused(refreshed)
    assert f"was sent {MOST_ATTEMPTS} times, and 503 Service Unavailable came" in message
    assert len(refreshed.standin.asked) == 1 + MOST_ATTEMPTS


def test_retry_after_is_obeyed(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives(b"", Reply("", 429, {"Retry-After": "17"}), NEWER)
    assert refreshed.refresh()
    assert refreshed.clock.waits == [17.0]


def test_a_day_in_retry_after_is_obeyed(refreshed: Refreshed) -> None:
    from email.utils import formatdate

    refreshed.file()
    moment = formatdate(refreshed.clock.now() + 30, usegmt=True)
    refreshed.standin.gives(b"", Reply("", 503, {"Retry-After": moment}), NEWER)
    assert refreshed.refresh()
    assert refreshed.clock.waits == [30.0]


def test_a_wait_that_is_too_long_is_told_and_holds_for_other_processes(
    refreshed: Refreshed,
) -> None:
    refreshed.file()
    refreshed.standin.gives(b"", Reply("", 429, {"Retry-After": "3600"}), NEWER)
    message = refused(refreshed)
    assert "takes no further request before 2027-01-15 09:00 UTC" in message
    assert refreshed.clock.waits == []
    refreshed.standin.asked.clear()
    assert "takes no further request before" in refused(refreshed)
    assert not refreshed.standin.asked
    refreshed.clock.time += 3600
    assert refreshed.refresh()


def test_the_limit_of_a_source_counts_the_requests_of_all_processes(refreshed: Refreshed) -> None:
    rates = (Rate(3, 60.0), Rate(1, 1.0))
    assert [seconds_to_wait("agency", rates, 100.0 + at) for at in (0, 1, 2)] == [0, 0, 0]
    assert seconds_to_wait("agency", rates, 102.5) == 57.5
    assert seconds_to_wait("another", rates, 102.5) == 0
    close_until("agency", 200.0)
    assert seconds_to_wait("agency", rates, 170.0) == 30.0
    assert seconds_to_wait("agency", rates, 200.0) == 0


def test_a_damaged_count_is_begun_anew(refreshed: Refreshed) -> None:
    assert seconds_to_wait("agency", (Rate(1, 60.0),), 100.0) == 0
    folder = refreshed.root.parent / "caches/broadsheet/requests"
    for file in folder.iterdir():
        file.write_bytes(b"\xff")
    assert seconds_to_wait("agency", (Rate(1, 60.0),), 101.0) == 0


# Bodies


def test_half_a_body_is_no_body(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.answer = lambda asked: Reply(NEWER[:30], length=len(NEWER))
    message = refused(refreshed)
    assert f"the body ended too soon, after 30 bytes of {len(NEWER)}" in message


def test_a_body_that_ends_too_soon_is_asked_for_again(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives(b"", Reply(NEWER[:30], length=len(NEWER)), NEWER)
    assert refreshed.refresh() and refreshed.csv == NEWER


def test_a_body_that_is_too_large_is_refused(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives(NEWER)
    with under({"retrieved-size": 30}):
        assert "sends more than 30 bytes" in refused(refreshed)


def test_a_body_is_not_unpacked_beyond_the_limit(refreshed: Refreshed) -> None:
    packed = gzip.compress(b"year,total\n" + b"0" * 50_000_000)
    refreshed.file()
    refreshed.standin.gives(Reply(packed, headers={"Content-Encoding": "gzip"}))
    with under({"retrieved-size": 1_000_000}):
        assert "sends more than 976.6 KB" in refused(refreshed)
    refreshed.file(address=f"{refreshed.standin.address}/trade.csv.gz")
    refreshed.standin.gives(packed)
    with under({"retrieved-size": 1_000_000}):
        assert "more than 976.6 KB unpacked" in refused(refreshed)


@contextmanager
def mute_server(*pieces: bytes) -> Iterator[str]:
    """A server that sends these pieces, and then nothing more, and does not hang up."""
    listener = socket.create_server(("127.0.0.1", 0))
    ends = threading.Event()

    def serve() -> None:
        while not ends.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            connection.recv(65536)
            for piece in pieces:
                connection.sendall(piece)

    connections: list[socket.socket] = []
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ends.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in connections:
            connection.close()


@pytest.mark.parametrize(
    "pieces", [(), (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nyear,total\n",)]
)
def test_a_source_that_sends_nothing_more_is_given_up(
    pieces: tuple[bytes, ...],
    refreshed: Refreshed,
) -> None:
    with mute_server(*pieces) as address, under({"answer-time": 0.1}):
        refreshed.file(address=f"{address}/trade.csv")
        assert "came in 0 seconds" in refused(refreshed)


def test_a_source_that_never_ends_is_given_up(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives(NEWER)
    with under({"retrieval-time": 0}):
        assert "has not ended after 0 seconds" in refused(refreshed)


@contextmanager
def dripping_server(beginning: bytes) -> Iterator[str]:
    """A server that sends this beginning, and then a byte at a time without an end."""
    listener, is_over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(beginning)
            while not is_over.wait(0.02):
                connection.sendall(b"1")

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=drip, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        is_over.set()
        listener.close()


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 302 Found\r\nLocation: /",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;slow=",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
    ],
)
def test_what_comes_byte_by_byte_is_given_up(refreshed: Refreshed, beginning: bytes) -> None:
    with dripping_server(beginning) as address, under({"retrieval-time": 1}):
        refreshed.entry({"source": "file", "address": f"{address}/trade.csv"})
        assert "has not ended after 1 second" in refused(refreshed)


@contextmanager
def blunt_server(answer: bytes) -> Iterator[str]:
    """A server that sends these bytes whatever is asked, and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nyear,\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nyear",
        b"HTTP/1.1 99999 what\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nyear",
        b"HTTP/1.0 200 OK\r\n\r\n" + NEWER[:-2].encode(),
        b"\x00" * 70_000,
    ],
)
def test_what_is_no_http_or_no_whole_body_is_an_error(answer: bytes, refreshed: Refreshed) -> None:
    with blunt_server(answer) as address:
        refreshed.file(address=f"{address}/trade.csv")
        assert "stays as it is" in refused(refreshed)


def test_a_body_without_a_length_that_ends_with_a_line_is_taken(refreshed: Refreshed) -> None:
    with blunt_server(b"HTTP/1.0 200 OK\r\n\r\n" + NEWER.encode()) as address:
        refreshed.file(address=f"{address}/trade.csv")
        assert refreshed.refresh() and refreshed.csv == NEWER


# Redirects and addresses


def test_a_redirect_within_the_host_is_followed(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.answer = lambda asked: (
        NEWER
        if asked.path == "/2/trade.csv"
        else Reply(status=302, headers={"Location": "/2/trade.csv"})
    )
    assert refreshed.refresh() and refreshed.csv == NEWER


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/trade.csv?sign=abc",
        "//localhost/x",
        "file:///etc/passwd",
        "http://[",
    ],
)
def test_a_redirect_elsewhere_is_an_error_that_says_where(
    target: str, refreshed: Refreshed
) -> None:
    refreshed.file()
    refreshed.standin.answer = lambda asked: Reply(status=301, headers={"Location": target})
    message = refused(refreshed)
    assert "stays as it is" in message and "sign=abc" not in message
    if target.startswith("https"):
        assert "redirected elsewhere, to https://elsewhere.example/trade.csv\n" in message


def test_redirects_in_a_circle_end(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.answer = lambda asked: Reply(status=302, headers={"Location": "/trade.csv"})
    assert "redirected more than 5 times" in refused(refreshed)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/x.csv",
        "http://127.0.0.1.example.org/x.csv",
        "ftp://example.org/x",
        "https:///x",
    ],
)
def test_only_https_and_this_machine_are_asked(address: str, refreshed: Refreshed) -> None:
    refreshed.file(address=address)
    refused(refreshed)


def test_a_status_is_told_with_what_came(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.answer = lambda asked: Reply("no such \x1b[31mflow", 404)
    message = refused(refreshed)
    assert f"GET {refreshed.standin.address}/trade.csv is answered by 404" in message
    assert "no such" in message and "\x1b" not in message


def test_the_proxy_of_the_environment_is_asked(refreshed: Refreshed, monkeypatch: Any) -> None:
    monkeypatch.setenv("http_proxy", refreshed.standin.address)
    monkeypatch.setenv("no_proxy", "")
    refreshed.file(address="http://localhost:9/trade.csv")
    refreshed.standin.gives(NEWER)
    assert refreshed.refresh() and refreshed.csv == NEWER
    assert refreshed.standin.asked[-1].headers["Host"] == "localhost:9"


# Keys


@pytest.fixture
def with_key(refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch) -> Iterator[Refreshed]:
    """A table whose source wants a key, which the environment has."""
    monkeypatch.setenv("HARBOUR_API_KEY", KEY)
    refreshed.file(key="$HARBOUR_API_KEY")
    with withheld():
        yield refreshed


def test_a_key_goes_into_the_request_alone(with_key: Refreshed) -> None:
    with_key.standin.gives(Reply(NEWER, headers={"ETag": f'"{KEY}"'}))
    assert with_key.refresh()
    assert with_key.standin.asked[-1].headers["Authorization"] == f"Bearer {KEY}"
    assert KEY.encode() not in with_key.everything()


def test_a_key_that_a_source_sends_back_is_neither_kept_nor_told(with_key: Refreshed) -> None:
    from urllib.parse import quote, quote_plus

    written = [KEY, quote(KEY, safe=""), quote_plus(KEY)]
    for status in (200, 400, 401):
        body = json.dumps({"error": "bad key", "api_key": written})
        with_key.standin.answer = lambda asked, body=body, status=status: Reply(body, status)
        message = refused(with_key)
        assert not [form for form in written if form in message]
        assert not [form for form in written if form.encode() in with_key.everything()]


def test_a_redirect_with_a_key_does_not_tell_it(with_key: Refreshed) -> None:
    with_key.standin.answer = lambda asked: Reply(
        status=302, headers={"Location": f"https://elsewhere.example/{KEY}"}
    )
    assert KEY not in refused(with_key)


def test_a_key_that_is_missing_is_named(refreshed: Refreshed) -> None:
    refreshed.file(key="$HARBOUR_API_KEY")
    assert "the environment has no HARBOUR_API_KEY" in refused(refreshed)


def test_a_netrc_is_not_read(refreshed: Refreshed, monkeypatch: Any, tmp_path: Any) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    refreshed.file()
    refreshed.standin.gives(CSV)
    refreshed.refresh()
    assert "Authorization" not in refreshed.standin.asked[-1].headers
