"""The subscribers of `broadsheet newsletter serve`: one file of SQLite, which several processes may
use at once (WAL; each change is a transaction).

=================  ==================================================================================
`subscribers`      who has confirmed: the address, the language, the token to unsubscribe by, since when
`requests`         sign-ups whose mail has still to go out
`confirmations`    the links that were sent: a digest of each token, for whom, until when
`attempts`         who signed up when, for the rate limits: digests, of the last day alone
`unsubscribed`     digests of the addresses that have left, so that no import brings them back
=================  ==================================================================================

A token to confirm by is known to the reader alone, works once, and for two days. Times are seconds
since 1970. Only the owner may read the file.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from broadsheet.errors import ConfigError, LetterError
from broadsheet.newsletter.issue_files import private_folder
from broadsheet.newsletter.subscribers import identity
from broadsheet.project.project import Project
from broadsheet.site.sign_up import OWN

HOUR, DAY = 3600.0, 86_400.0
VALID = 2 * DAY
"""How long a link to confirm by works, and a mail with it is tried to be sent."""
BY_CLIENT, BY_ADDRESS = 10, 3
"""How many sign-ups a client may make in an hour, and how many mails an address gets in a day."""
WAITING = 10_000
"""How many mails may wait to be sent."""
CLAIMED = 300.0
"""For how long a request belongs to the process that has taken it."""
_VERSION = 1
_PATIENCE = 30
"""Seconds to wait for another process's transaction."""
_TABLES = """
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
"""


@dataclass(frozen=True)
class Subscriber:
    """A reader who has confirmed. ``since`` is a moment in ISO 8601, in UTC."""

    address: str
    lang: str
    token: str
    since: str


@dataclass(frozen=True)
class Request:
    """A sign-up whose mail is to be sent. ``token`` confirms it; if the reader is a subscriber
    already, it is the one to unsubscribe by.
    """

    id: int
    address: str
    lang: str
    token: str
    is_subscriber: bool


class SubscriberDatabase:
    """The database at ``path``, made if it is not there. Raises :class:`LetterError` for a file
    that is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._guarded():
            private_folder(path.parent)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            path.chmod(0o600)
        with self._writing() as connection:
            version = _number(connection, "PRAGMA user_version")
            if version == 0:
                for statement in filter(str.strip, _TABLES.split(";")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
        if version > _VERSION:
            raise LetterError(
                str(path), "a later version of Broadsheet has made this", "Install that version."
            )

    # Signing up

    def sign_up(self, address: str, lang: str, client: str) -> bool:
        """Note a sign-up. Returns False if its ``client`` has made too many, or too many mails wait.
        Of an address that has had enough mails nothing is noted, and nobody learns that.
        """
        now, who = time.time(), identity(address)
        by_client, by_address = _digest(f"client {client}"), _digest(f"address {who}")
        with self._writing() as connection:
            connection.execute("DELETE FROM attempts WHERE at < ?", (now - DAY,))
            connection.execute("DELETE FROM confirmations WHERE until < ?", (now,))
            waiting = _number(connection, "SELECT count(*) FROM requests")
            if waiting >= WAITING or _attempts(connection, by_client, now - HOUR) >= BY_CLIENT:
                return False
            connection.execute("INSERT INTO attempts VALUES (?, ?)", (by_client, now))
            if _attempts(connection, by_address, now - DAY) < BY_ADDRESS:
                connection.execute("INSERT INTO attempts VALUES (?, ?)", (by_address, now))
                connection.execute(
                    "INSERT INTO requests (identity, address, lang, due, until) VALUES (?, ?, ?, ?, ?)",
                    (who, address, lang, now, now + VALID),
                )
        return True

    def take_request(self) -> Request | None:
        """The next request whose mail is due, with a new token; no other process gets it meanwhile."""
        now = time.time()
        with self._writing() as connection:
            connection.execute("DELETE FROM requests WHERE until < ?", (now,))
            found = connection.execute(
                "SELECT id, identity, address, lang FROM requests WHERE due <= ? ORDER BY due, id",
                (now,),
            ).fetchone()
            if found is None:
                return None
            number, who, address, lang = found
            connection.execute("UPDATE requests SET due = ? WHERE id = ?", (now + CLAIMED, number))
            known = _token_of(connection, who)
            token = known or secrets.token_urlsafe(32)
            if known is None:
                connection.execute(
                    "INSERT INTO confirmations VALUES (?, ?, ?, ?, ?)",
                    (_digest(token), who, address, lang, now + VALID),
                )
        return Request(number, address, lang, token, known is not None)

    def settle(self, request: Request) -> None:
        """Note that a request's mail has gone out, or never can."""
        with self._writing() as connection:
            connection.execute("DELETE FROM requests WHERE id = ?", (request.id,))

    def language_to_confirm(self, token: str) -> str | None:
        """The language of whoever may confirm by ``token``; None if nobody may."""
        with self._open() as connection:
            return _text(
                connection,
                "SELECT lang FROM confirmations WHERE digest = ? AND until > ?",
                _digest(token),
                time.time(),
            )

    def confirm(self, token: str) -> bool:
        """Make a subscriber of whoever has this token. Returns whether it was still good."""
        with self._writing() as connection:
            found = connection.execute(
                "SELECT identity, address, lang FROM confirmations WHERE digest = ? AND until > ?",
                (_digest(token), time.time()),
            ).fetchone()
            if found is None:
                return False
            who, address, lang = found
            connection.execute("DELETE FROM confirmations WHERE identity = ?", (who,))
            connection.execute("DELETE FROM requests WHERE identity = ?", (who,))
            connection.execute("DELETE FROM unsubscribed WHERE digest = ?", (_digest(who),))
            _insert(connection, address, lang)
        return True

    # Leaving

    def language_of(self, token: str) -> str | None:
        """The language of the subscriber with this token; None if there is none."""
        with self._open() as connection:
            return _text(connection, "SELECT lang FROM subscribers WHERE token = ?", token)

    def unsubscribe(self, token: str) -> bool:
        """Take out the subscriber with this token. Returns whether there was one."""
        return self._take_out("token", token)

    def remove(self, address: str) -> bool:
        """Take out a subscriber by address. Returns whether there was one."""
        return self._take_out("identity", identity(address))

    def _take_out(self, column: str, value: str) -> bool:
        with self._writing() as connection:
            who = _text(connection, f"SELECT identity FROM subscribers WHERE {column} = ?", value)
            if who is None:
                return False
            for table in ("subscribers", "requests", "confirmations"):
                connection.execute(f"DELETE FROM {table} WHERE identity = ?", (who,))
            connection.execute(
                "INSERT OR REPLACE INTO unsubscribed VALUES (?, ?)", (_digest(who), _now())
            )
        return True

    # All of them

    def subscribers(self) -> list[Subscriber]:
        """Who has confirmed, in the order in which they did."""
        with self._open() as connection:
            found = connection.execute(
                "SELECT address, lang, token, since FROM subscribers ORDER BY since, rowid"
            ).fetchall()
        return [Subscriber(*one) for one in found]

    def token_of(self, address: str) -> str | None:
        """The token by which a subscriber leaves; None if the reader has left."""
        with self._open() as connection:
            return _token_of(connection, identity(address))

    def waiting(self) -> int:
        """How many addresses have been sent a link to confirm by, or will be, and have not used it."""
        with self._open() as connection:
            return _number(
                connection,
                "SELECT count(*) FROM (SELECT identity FROM confirmations WHERE until > ? UNION"
                " SELECT identity FROM requests) WHERE identity NOT IN (SELECT identity FROM subscribers)",
                time.time(),
            )

    def add(self, addresses: Iterable[str], lang: str) -> tuple[int, int]:
        """Take in readers who have confirmed elsewhere. Returns how many are new, and how many were
        left out because they had unsubscribed here.
        """
        new = left = 0
        with self._writing() as connection:
            for address in addresses:
                who = _digest(identity(address))
                if _text(connection, "SELECT digest FROM unsubscribed WHERE digest = ?", who):
                    left += 1
                else:
                    new += _insert(connection, address, lang)
        return new, left

    # The file

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._guarded():
            connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                yield connection
            finally:
                connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, which no other process has a part in."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise LetterError(
                str(self.path),
                f"the database of subscribers cannot be used: {error}",
                "Look whether it is a file of SQLite that you may write; else name another in "
                "`broadsheet: newsletter: database:`.",
            ) from error


def database_of(project: Project) -> SubscriberDatabase:
    """The publication's subscribers. Raises :class:`ConfigError` if it has no service of its own."""
    newsletter = project.settings.broadsheet.newsletter
    if newsletter.provider != OWN:
        raise ConfigError(
            project.text.place(("broadsheet", "newsletter")),
            "the subscribers are not kept here",
            "Write `provider: broadsheet` under `broadsheet: newsletter:`.",
        )
    return SubscriberDatabase(project.root / newsletter.database)


def _insert(connection: sqlite3.Connection, address: str, lang: str) -> int:
    """Make an address a subscriber, unless it is one. Returns how many are new: 1 or 0."""
    return connection.execute(
        "INSERT OR IGNORE INTO subscribers VALUES (?, ?, ?, ?, ?)",
        (identity(address), address, lang, secrets.token_urlsafe(24), _now()),
    ).rowcount


def _text(connection: sqlite3.Connection, query: str, *given: object) -> str | None:
    """The text that a query finds first; None if it finds nothing."""
    found = connection.execute(query, given).fetchone()
    return str(found[0]) if found else None


def _number(connection: sqlite3.Connection, query: str, *given: object) -> int:
    """The number that a query gives."""
    return int(connection.execute(query, given).fetchone()[0])


def _token_of(connection: sqlite3.Connection, who: str) -> str | None:
    return _text(connection, "SELECT token FROM subscribers WHERE identity = ?", who)


def _attempts(connection: sqlite3.Connection, who: str, since: float) -> int:
    query = "SELECT count(*) FROM attempts WHERE who = ? AND at > ?"
    return _number(connection, query, who, since)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
