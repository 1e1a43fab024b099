"""The mail that answers sign-ups, at a real server that puts off, refuses, breaks off and hangs."""

# ruff: noqa: F811

from __future__ import annotations

import signal
import socket
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing

import pytest
from test_subscriptions import (  # noqa: F401 - fixtures
    CONFIG,
    READER,
    Service,
    database,
    gazette,
    mail,
    room,
    start,
)

from broadsheet.newsletter import confirmation_mail
from broadsheet.newsletter.email_address import email_address
from broadsheet.newsletter.sending import MailServer
from broadsheet.newsletter.subscriber_database import VALID, Request, SubscriberDatabase
from broadsheet.project.project import open_project
from conftest import Site, slow_but
from mailroom import open_mailroom

HEALTH = "/paper/subscribe/health"


def sign_up(site: Site, *addresses: str) -> None:
    """Sign-ups of as many clients, in this order."""
    kept = database(site)
    for number, address in enumerate(addresses):
        assert kept.sign_up(email_address(address), "en", f"client {number}")


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that will hold."""
    pause = threading.Event()
    for _ in range(2400):
        if holds():
            return
        pause.wait(0.05)
    raise AssertionError("this never came")


def waiting(site: Site) -> list[tuple[str, int]]:
    """Whose mail waits, and how often it has been tried."""
    with closing(sqlite3.connect(database(site).path)) as connection:
        rows = connection.execute("SELECT address, tries FROM requests ORDER BY id").fetchall()
    return [(str(address), int(tries)) for address, tries in rows]


def make_due(site: Site) -> None:
    """Let the time of all waiting mail come."""
    with closing(sqlite3.connect(database(site).path)) as connection, connection:
        connection.execute("UPDATE requests SET due = 0")


# One by one


def test_who_is_put_off_keeps_nobody_waiting(gazette, room, start):
    put_off = [f"later{number}@mail.example" for number in range(70)]
    healthy = [f"reader{number}@mail.example" for number in range(3)]
    room.on_rcpt = {address: ["451 4.7.1 Greylisted"] for address in put_off}
    sign_up(gazette, *put_off, *healthy)
    service: Service = start()
    assert sorted(str(one["To"]) for one in mail(room, 3)) == healthy
    until(lambda: len(waiting(gazette)) == 70)
    # Each once: nobody was tried again before all others had their turn, and by one connection.
    assert room.asked == [*put_off, *healthy] and len(room.clients) == 1
    assert waiting(gazette) == [(address, 1) for address in put_off]
    assert service.ask("GET", HEALTH)[0] == 200
    make_due(gazette)
    service.sign_up("last@mail.example")
    assert len(mail(room, 74)) == 74 and waiting(gazette) == []
    assert len(set(room.addresses)) == 74


def test_the_wait_grows_with_each_try_and_has_an_end(gazette, room):
    sign_up(gazette, READER)
    kept, waits = database(gazette), []
    for _ in range(8):
        make_due(gazette)
        request = kept.take_request()
        assert request is not None
        kept.put_off(request)
        with closing(sqlite3.connect(kept.path)) as connection:
            (due,) = connection.execute("SELECT due FROM requests").fetchone()
            (last,) = connection.execute("SELECT until FROM requests").fetchone()
        waits.append(due - (last - VALID))
    rounded = [round(wait / 300) for wait in waits]
    assert rounded == [1, 2, 4, 8, 12, 12, 12, 12]


@pytest.mark.parametrize(
    ("where", "answers", "outcome"),
    [
        ("on_rcpt", ["drop", "drop"], "waits"),
        ("on_data", ["drop"], "waits"),
        ("on_rcpt", ["421 4.3.2 Closing"], "waits"),
        ("on_data", ["451 Later"], "waits"),
        ("on_rcpt", ["550 No such mailbox"], "gone"),
        ("on_data", ["554 Spam"], "gone"),
    ],
)
def test_what_becomes_of_one_is_its_own(gazette, room, start, where, answers, outcome):
    getattr(room, where)[READER] = answers
    sign_up(gazette, READER, "b@mail.example")
    service: Service = start()
    assert mail(room)[0]["To"] == "b@mail.example"
    until(lambda: waiting(gazette) == ([(READER, 1)] if outcome == "waits" else []))
    assert service.ask("GET", HEALTH)[0] == 200
    service.process.terminate()
    log = service.process.communicate(timeout=60)[1]
    assert ("put off" in log or "given up" in log) and READER not in log


@pytest.mark.parametrize("how", slow_but(["hang", "drip"], 1))
def test_a_server_that_never_answers_for_one_answers_for_the_others(gazette, room, start, how):
    limits = "  limits: {mail-time: 4}\n  newsletter:\n"
    gazette.write("_quarto.yml", gazette.read("_quarto.yml").replace("  newsletter:\n", limits))
    room.on_rcpt[READER] = [how, how]
    sign_up(gazette, READER, "b@mail.example")
    start()
    assert mail(room)[0]["To"] == "b@mail.example"
    until(lambda: waiting(gazette) == [(READER, 1)])


def test_a_connection_that_the_server_has_closed_is_made_again(gazette, room, start):
    room.on_rcpt["b@mail.example"] = ["drop"]  # once: the second attempt is by a new connection
    sign_up(gazette, READER, "b@mail.example", "c@mail.example")
    start()
    assert [str(one["To"]) for one in mail(room, 3)] == [READER, "b@mail.example", "c@mail.example"]
    assert len(room.clients) == 2


# The server as a whole


def test_a_server_that_is_not_there_is_a_fault_of_the_service_until_it_is(gazette, start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    gazette.write("_quarto.yml", CONFIG.format(port=port, lang="en"))
    service = Service(gazette.root)
    try:
        assert service.ask("GET", HEALTH)[0] == 200  # nothing is to be sent
        service.sign_up()
        until(lambda: service.ask("GET", HEALTH)[0] == 503)
        _, headers, text = service.ask("GET", HEALTH)
        assert text == "the mail server cannot be reached, or does not let us write\n"
        assert headers["content-type"].startswith("text/plain") and str(port) not in text
        assert waiting(gazette) == [(READER, 0)]  # it has not been its turn
    finally:
        service.process.terminate()
        log = service.process.communicate(timeout=60)[1]
    assert service.process.returncode == 0
    assert log.count("confirmations cannot be sent now") == 1 and READER not in log


def test_a_server_that_breaks_off_for_everybody_is_a_fault(gazette, room, start):
    many = [f"reader{number}@mail.example" for number in range(6)]
    room.on_rcpt = {address: ["drop"] * 4 for address in many[:3]}
    sign_up(gazette, *many)
    service: Service = start()
    until(lambda: service.ask("GET", HEALTH)[0] == 503 or len(room.kept) == 3)
    # Whoever comes after gets mail as soon as the server has recovered.
    assert sorted(str(one["To"]) for one in mail(room, 3)) == many[3:]
    until(lambda: service.ask("GET", HEALTH)[0] == 200)
    assert waiting(gazette) == [(address, 1) for address in many[:3]]


def test_a_server_that_does_not_take_our_sender_is_a_fault(gazette, room, start):
    async def refuse(*_: object) -> str:
        return "550 5.7.1 Not your address"

    room.handle_MAIL = refuse  # type: ignore[attr-defined]
    sign_up(gazette, *(f"reader{number}@mail.example" for number in range(4)))
    service: Service = start()
    until(lambda: service.ask("GET", HEALTH)[0] == 503)
    assert len(waiting(gazette)) == 4 and room.kept == []


# The thread

BROKEN = """
import sys
from broadsheet.newsletter.subscriber_database import SubscriberDatabase
def broken(self):
    raise {error}
SubscriberDatabase.take_request = broken
from broadsheet.cli.main import main
sys.exit(main())
"""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("RuntimeError('unforeseen')", "an error of the program keeps mail back"),
        ("SystemExit('unforeseen')", "the thread that sends mail has ended"),
    ],
)
def test_a_thread_that_fails_shows_in_health_log_and_exit_code(gazette, room, error, said):
    service = Service(gazette.root, program=("-c", BROKEN.format(error=error)))
    service.sign_up()
    until(lambda: service.ask("GET", HEALTH)[0] == 503)
    assert service.ask("GET", HEALTH)[2] == f"{said}\n"
    assert service.sign_up("b@mail.example")[0] == 303  # it is kept for the next process
    service.process.send_signal(signal.SIGTERM)
    log = service.process.communicate(timeout=60)[1]
    assert service.process.returncode == 1
    assert "error: " in log and "unforeseen" in log and "Traceback" not in log
    assert [address for address, _ in waiting(gazette)] == [READER, "b@mail.example"]


def test_a_mail_that_cannot_be_made_is_put_off_and_the_next_is_sent(gazette, room, monkeypatch):
    """An error that nobody has foreseen is one request's."""
    said: list[str] = []
    settings = open_project(gazette.root).settings.broadsheet.newsletter
    assert settings.smtp is not None

    def write(request: Request, to: object) -> bytes:
        if request.address == READER:
            raise IndexError("what Python's headers raise")
        return b"Subject: x\r\n\r\nx\r\n"

    sign_up(gazette, READER, "b@mail.example")
    outbox = confirmation_mail.Outbox(
        database(gazette),
        MailServer(settings.smtp, None),
        write,
        email_address("news@gazette.example"),
        said.append,
    )
    try:
        until(lambda: room.addresses == ["b@mail.example"])
        until(lambda: waiting(gazette) == [(READER, 1)])
        assert outbox.fault == "" and not outbox.has_failed
        assert "IndexError: what Python's headers raise" in said[0] and READER not in said[0]
    finally:
        outbox.close()


# The clock, the disk, other processes


def test_a_clock_that_went_ahead_and_back_keeps_no_mail_waiting(gazette, room, start):
    sign_up(gazette, READER)
    with closing(sqlite3.connect(database(gazette).path)) as connection, connection:
        connection.execute("UPDATE requests SET due = due + 1e9, until = until + 1e9")
        connection.execute("UPDATE attempts SET at = at + 1e9")
    service: Service = start()
    assert mail(room)[0]["To"] == READER
    for _ in range(3):  # nor do sign-ups of the future count
        assert service.sign_up()[0] == 303
    assert len(mail(room, 4)) == 4


@pytest.mark.slow
def test_a_database_that_is_locked_is_said_and_nothing_is_lost(gazette, room, start):
    service: Service = start()
    with closing(sqlite3.connect(database(gazette).path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert service.sign_up()[0] == 503
        assert service.ask("GET", "/paper/subscribe/check-your-mail")[0] == 200
        other.execute("ROLLBACK")
    assert service.sign_up()[0] == 303
    assert mail(room)[0]["To"] == READER


def test_a_killed_process_leaves_nobody_with_two_or_none(gazette, start):
    """Killed while the server has the message: another process sends it again, once."""
    with open_mailroom() as (room, port):
        gazette.write("_quarto.yml", CONFIG.format(port=port, lang="en"))
        many = [f"reader{number}@mail.example" for number in range(4)]
        room.on_data[many[2]] = ["kill"]
        sign_up(gazette, *many)
        service = Service(gazette.root)
        room.pid = service.process.pid
        assert service.process.wait(timeout=60) == -signal.SIGKILL
        assert sorted(room.addresses) == many[:2]
        make_due(gazette)
        second = Service(gazette.root)
        assert sorted(str(one["To"]) for one in mail(room, 4)) == many
        assert second.end() == 0 and waiting(gazette) == []


def test_a_database_of_a_later_version_is_left_alone(gazette, room):
    kept = database(gazette)
    kept.add([email_address("a@mail.example")], "en")
    with closing(sqlite3.connect(kept.path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(Exception, match="a later version of Broadsheet has made this"):
        SubscriberDatabase(kept.path)
