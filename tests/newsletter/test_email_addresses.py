"""One type for addresses: whatever is taken in can be written to, by every way in."""

# ruff: noqa: F811

from __future__ import annotations

import sqlite3
from contextlib import closing
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_subscriptions import (  # noqa: F401 - fixtures
    Service,
    database,
    gazette,
    heading,
    mail,
    room,
    sent,
    start,
)

from broadsheet.newsletter.email_address import HEADERS, email_address, mailbox, named
from broadsheet.newsletter.subscriber_database import SubscriberDatabase
from conftest import Site

BAD = (
    "=?utf-8?q?a?=@x.org",
    "=?us-ascii?q?=41?=b@x.org",
    "a=?utf-8?q?b?=@x.org",
    "=?utf-8?b?####?=@x.org",
    "nobody",
    "@x.org",
    "a@",
    "a@localhost",
    "a@x.local",
    "a@x.test",
    "a@[127.0.0.1]",
    "a@127.0.0.1",
    '"a b"@x.org',
    '"a"@x.org',
    "a(c)@x.org",
    "a@x.org (c)",
    "<a@x.org>",
    "A <a@x.org>",
    "a@x.org, b@x.org",
    "a@x.org;b@x.org",
    "a b@x.org",
    ".a@x.org",
    "a..b@x.org",
    "a@-x.org",
    "a@x..org",
    "a@x_y.org",
    "ü@x.org",
    "a\u202e@x.org",
    "a@\u202ex.org",
    "a@x.org\u2028",
    "a@x.org\r\nBcc: b@x.org",
    "a\r\n@x.org",
    "a\0@x.org",
    "a@x.org\0",
    "a\ud800@x.org",
    "a@\udcffx.org",
    f"{'a' * 65}@x.org",
    f"a@{'x' * 64}.org",
    f"{'a' * 64}@{'.'.join(['x' * 60] * 4)}.org",
    "a@xn--a.org",
)
GOOD = {
    "a@x.org": "a@x.org",
    " a@x.org\t": "a@x.org",
    "Ada.Lovelace+news@Mail.Example": "Ada.Lovelace+news@mail.example",
    "a@bücher.example": "a@xn--bcher-kva.example",
    "a@日本.example": "a@xn--wgv71a.example",
    "o'neil/1=2@x.org": "o'neil/1=2@x.org",
    f"{'a' * 64}@x.org": f"{'a' * 64}@x.org",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        email_address(text)


@pytest.mark.parametrize("text", GOOD)
def test_what_is_taken(text):
    assert email_address(text) == GOOD[text]


def is_written(text: str) -> bool:
    """Whether a text is refused, or comes back from header and envelope."""
    try:
        address = email_address(text)
    except ValueError:
        return True
    message = EmailMessage(policy=HEADERS)
    message["To"] = named(address)
    read = message_from_bytes(message.as_bytes(), policy=default)
    return (
        [one.addr_spec for one in read["To"].addresses] == [address]
        and len(read.items()) == 1
        and address.isascii()
        and len(address) <= 254
        and email_address(address) == address
    )


@given(
    st.one_of(
        st.text(),
        st.tuples(st.text(), st.text()).map("@".join),
        st.from_regex(r"[!#$%&'*+/=?^_`{|}~.a-zA-Z0-9-]{1,70}@[a-z.-]{1,20}\.org", fullmatch=True),
        st.from_regex(
            r"=\?(utf-8|us-ascii|x)\?[qQbB]\?[!-~]{0,12}\?=[a-z]?@x\.org", fullmatch=True
        ),
        st.from_regex(r"[a=?_]{1,12}@x\.org", fullmatch=True),
    )
)
@example("=?utf-8?q?a?=@x.org")
def test_each_text_is_refused_or_can_be_written_to(text):
    assert is_written(text)


@given(st.text(max_size=80))
@example("=?utf-8?q?a?=")
def test_each_name_of_a_sender_is_refused_or_comes_back(name):
    address = email_address("news@gazette.example")
    try:
        header = named(address, name)
    except ValueError:
        return
    message = EmailMessage(policy=HEADERS)
    message["From"] = header
    (read,) = message_from_bytes(message.as_bytes(), policy=default)["From"].addresses
    assert (read.display_name, read.addr_spec) == (name, address)


def test_a_mailbox_has_a_name_and_an_address():
    assert mailbox("The Gazette <news@bücher.example>") == (
        "The Gazette",
        "news@xn--bcher-kva.example",
    )


# Each way in


def test_no_sign_up_stops_the_mail_of_others(gazette, room, start):
    service: Service = start()
    for text in BAD[:8]:
        status, _, page = service.sign_up(text)
        assert (status, heading(page)) == (422, "That is not an e-mail address"), text
    assert service.sign_up("b@mail.example")[0] == 303
    assert mail(room)[0]["To"] == "b@mail.example"
    assert service.end() == 0


@pytest.mark.parametrize("text", [BAD[0], BAD[1], "a@x.local"])
def test_a_list_with_one_is_not_imported_or_sent_to(gazette, run, room, text):
    config = gazette.read("_quarto.yml").replace(
        "    imprint:",
        "    unsubscribe: 'mailto:leave@gazette.example?subject={address}'\n    imprint:",
    )
    gazette.write("_quarto.yml", config)
    gazette.write("list.csv", f"email\na@mail.example\n{text}\n")
    for arguments in (["subscribers", "--import", "list.csv"], ["bridge", "--send", "list.csv"]):
        exit_code, _, errors = run(gazette, "newsletter", *arguments)
        assert exit_code == 1 and "list.csv, row 2, column 'email': this is no e-mail" in errors
    assert room.kept == []


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("from", '"=?utf-8?q?a?=@x.org"', "'=?utf-8?q?a?=@x.org' has no e-mail address"),
        ("from", '"=?utf-8?q?a?= <a@x.org>"', "cannot be the name of a sender"),
        ("reply-to", "desk@localhost", "what stands after the @ is no host"),
        (
            "unsubscribe",
            '"mailto:=?utf-8?q?a?=@x.org?subject={address}"',
            "`broadsheet.newsletter.unsubscribe`",
        ),
    ],
)
def test_an_address_of_the_settings_is_one(gazette, run, room, key, value, said):
    lines = [
        line
        for line in gazette.read("_quarto.yml").splitlines()
        if not line.startswith(f"    {key}:")
    ]
    gazette.write("_quarto.yml", "\n".join([*lines, f"    {key}: {value}"]) + "\n")
    exit_code, _, errors = run(gazette, "newsletter", "bridge")
    assert (
        exit_code == 1 and said in errors and "\n  → " in errors and "_quarto.yml, line" in errors
    )


def test_a_site_whose_host_has_no_mail_needs_a_sender(gazette, run, room):
    config = gazette.read("_quarto.yml").replace(
        '    from: "The Gazette <news@gazette.example>"\n', ""
    )
    gazette.write("_quarto.yml", config.replace("https://gazette.example", "http://127.0.0.1:8000"))
    exit_code, _, errors = run(gazette, "newsletter", "bridge")
    assert exit_code == 1 and "'newsletter@127.0.0.1' has no e-mail address" in errors


# Databases of earlier versions

FIRST = """
CREATE TABLE subscribers (
    identity TEXT PRIMARY KEY, address TEXT NOT NULL, lang TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE, since TEXT NOT NULL
);
CREATE TABLE requests (
    id INTEGER PRIMARY KEY, identity TEXT NOT NULL, address TEXT NOT NULL, lang TEXT NOT NULL,
    due REAL NOT NULL, until REAL NOT NULL
);
CREATE TABLE confirmations (
    digest TEXT PRIMARY KEY, identity TEXT NOT NULL, address TEXT NOT NULL, lang TEXT NOT NULL,
    until REAL NOT NULL
);
CREATE TABLE attempts (who TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX attempts_of ON attempts (who, at);
CREATE TABLE unsubscribed (digest TEXT PRIMARY KEY, since TEXT NOT NULL);
PRAGMA user_version = 1;
"""


def old_database(site: Site, *addresses: object) -> Path:
    """A database as the first version wrote it, of subscribers and of sign-ups."""
    path = site.root / "_newsletter/subscribers.sqlite3"
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(FIRST)
        for number, address in enumerate(addresses):
            row = (str(address), address, "en")
            connection.execute(
                "INSERT INTO subscribers VALUES (?, ?, ?, ?, '2024')", (*row, f"token{number}")
            )
            connection.execute("INSERT INTO requests VALUES (NULL, ?, ?, ?, 0, 1e12)", row)
    return path


def test_bad_rows_of_an_old_database_are_named_and_stop_nobody(gazette, run, room):
    old_database(gazette, "=?utf-8?q?a?=@x.org", "b@mail.example", b"\xff\xfe", "c@mail.example")
    _, said, errors = run(gazette, "newsletter", "subscribers")
    assert said.startswith("4 subscribers") and errors.count("is no e-mail address") == 2
    assert "'=?utf-8?q?a?=@x.org' is no e-mail address" in errors and "--remove" in errors
    exit_code, said, errors = sent(run, gazette)
    assert exit_code == 0 and "2 messages sent" in said and "nothing is sent to it" in errors
    assert room.addresses == ["b@mail.example", "c@mail.example"]
    assert run(gazette, "newsletter", "subscribers", "--remove", "=?utf-8?q?a?=@x.org")[0] == 0
    assert run(gazette, "newsletter", "subscribers")[1].startswith("3 subscribers")


def test_bad_sign_ups_of_an_old_database_are_named_and_stop_nobody(gazette, room, start):
    old_database(gazette, "=?utf-8?q?a?=@x.org", b"\xff\xfe", "b@mail.example")
    service: Service = start()
    assert mail(room)[0]["To"] == "b@mail.example"
    service.process.terminate()
    log = service.process.communicate(timeout=60)[1]
    assert service.process.returncode == 0
    assert "'=?utf-8?q?a?=@x.org' has signed up and is no address" in log
    assert "b@mail.example" not in log


def test_who_subscribed_before_leaves_by_the_same_link(gazette, room, start):
    old_database(gazette, "b@mail.example")
    service: Service = start()
    path = "/paper/subscribe/unsubscribe/token0"
    assert heading(service.ask("GET", path)[2]) == "Unsubscribe"
    assert heading(service.ask("POST", path)[2]) == "You have unsubscribed"
    assert database(gazette).subscribers() == []


def test_an_address_is_removed_by_each_of_its_spellings(gazette, run, room):
    gazette.write("list.txt", "a@bücher.example\nB@mail.example\n")
    run(gazette, "newsletter", "subscribers", "--import", "list.txt")
    for text in ("A@BÜCHER.example", " b@Mail.Example"):
        assert run(gazette, "newsletter", "subscribers", "--remove", text)[0] == 0
    for text in ("nobody", "\udcff@x.org", ""):
        assert run(gazette, "newsletter", "subscribers", "--remove", text)[0] in (0, 1)
    assert database(gazette).subscribers() == []


def test_a_message_that_cannot_be_made_is_one_readers(gazette, run, room, monkeypatch):
    from broadsheet.newsletter import sending

    made = sending.message_to

    def broken(letter: object, address: str, *more: object) -> bytes:
        if address == "b@mail.example":
            raise IndexError("what Python's headers raise")
        return made(letter, address, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "message_to", broken)
    people = [f"{name}@mail.example" for name in "abc"]
    SubscriberDatabase(gazette.root / "_newsletter/subscribers.sqlite3").add(
        map(email_address, people), "en"
    )
    exit_code, said, errors = sent(run, gazette)
    assert exit_code == 1 and "2 messages sent" in said
    assert "b@mail.example: later: no message could be made" in errors
    assert "1 to be tried later" in said and room.addresses == [people[0], people[2]]
