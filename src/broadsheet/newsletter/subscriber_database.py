"""The subscribers of `broadsheet newsletter serve`: one file of SQLite, which several processes may
use at once (WAL; each change is a transaction).

=================  ==================================================================================
`subscribers`      who has confirmed: the address, the language, the token to unsubscribe by, since when
`requests`         sign-ups whose mail has still to go out
`confirmations`    the links that were sent: a digest of each token, for whom, until when
`attempts`         who signed up when, for the rate limits: digests, of the last day alone
`unsubscribed`     digests of the addresses that have left, so that no import brings them back
=================  ==================================================================================

Only the reader knows the token to confirm by. It works once, for two days. Tokens are looked up by their
digests, so that the time of a look-up says nothing about a token. Times are seconds since 1970; a clock
that was put forward and back again keeps no mail waiting. The file is input like any other: it may hold
an address that an earlier version took. Only the owner may read the file.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from broadsheet.errors import ConfigError, LetterError
from broadsheet.newsletter.email_address import EmailAddress, email_address, identity
from broadsheet.newsletter.issue_files import FOLDER, private_folder
from broadsheet.project.project import Project
from broadsheet.site.build.copied_files import is_asked_for
from broadsheet.site.index.sign_up import OWN
from broadsheet.site.output.output_folder import lies_in
from broadsheet.storage.files import seen_from
from broadsheet.storage.limits import TABLE
from broadsheet.storage.private_paths import APPLICATION, private_name

HOUR, DAY = 3600.0, 86_400.0
VALID = 2 * DAY
"""The seconds for which a link to confirm by works, and for which its mail is tried."""
BY_CLIENT, BY_ADDRESS = 10, 3
"""The most sign-ups of a client in an hour, and the most mails to an address in a day."""
WAITING = 10_000
"""The most mails that may wait to be sent."""
CLAIMED = 300.0
"""The seconds for which a request belongs to the process that took it."""
_OF_THE_DISK = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
"""The codes of SQLite's errors that are of the disk, and not of the file."""
_VERSION = 2
_PATIENCE = 10
"""The seconds to wait for another process's transaction."""
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
_SECOND = f"""
ALTER TABLE requests ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscribers ADD COLUMN digest TEXT;
CREATE UNIQUE INDEX subscribers_by_digest ON subscribers (digest);
PRAGMA application_id = {APPLICATION}
"""
"""The additions of the second version to the tables of the first."""


@dataclass(frozen=True)
class Subscriber:
    """A reader who has confirmed."""

    address: str
    """The address."""
    lang: str
    """The language."""
    token: str
    """The token to unsubscribe by."""
    since: str
    """The moment of the confirmation in ISO 8601, in UTC."""


@dataclass(frozen=True)
class Request:
    """A sign-up whose mail is to be sent."""

    id: int
    """The number of the row."""
    address: str
    """The address."""
    lang: str
    """The language of the form."""
    token: str
    """The token that confirms it; for a subscriber, the token to unsubscribe by."""
    is_subscriber: bool
    """True if the reader is a subscriber already."""
    tries: int = 0
    """The number of tries that failed."""


class SubscriberDatabase:
    """The database at ``path``, which is made if it does not exist. Raises :class:`LetterError` if
    the file is not a database.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._guarded():
            private_folder(path.parent)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            path.chmod(0o600)
        with self._writing() as connection:
            version = _number(connection, "PRAGMA user_version")
            for number, statements in ((1, _TABLES), (2, _SECOND)):
                if version < number:
                    for statement in filter(str.strip, statements.split(";")):
                        connection.execute(statement)
            if version < _VERSION:
                for token in connection.execute("SELECT token FROM subscribers").fetchall():
                    connection.execute(
                        "UPDATE subscribers SET digest = ? WHERE token = ?",
                        (_digest(str(token[0])), *token),
                    )
                connection.execute(f"PRAGMA user_version = {_VERSION}")
        if version > _VERSION:
            raise LetterError(
                str(path), "a later version of Broadsheet has made this", "Install that version."
            )

    # Signing up

    def sign_up(self, address: EmailAddress, lang: str, client: str) -> bool:
        """Note a sign-up. Returns False if its ``client`` has made too many, or too many mails
        wait.

        For an address that has had enough mails nothing is noted, and nobody learns that.
        """
        now, who = time.time(), identity(address)
        by_client, by_address = _digest(f"client {client}"), _digest(f"address {who}")
        with self._writing() as connection:
            connection.execute("DELETE FROM attempts WHERE at < ? OR at > ?", (now - DAY, now))
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

    def is_due(self) -> bool:
        """Return True if there is a mail to send now."""
        with self._open() as connection:
            return _number(connection, f"SELECT count(*) FROM requests WHERE {_DUE}", *_times()) > 0

    def take_request(self) -> Request | None:
        """Return the next request whose mail is due, with a new token; None without one. No other
        process gets it meanwhile.
        """
        now = time.time()
        with self._writing() as connection:
            connection.execute("DELETE FROM requests WHERE until < ?", (now,))
            row = connection.execute(
                "SELECT id, CAST(identity AS TEXT), CAST(address AS TEXT), lang, tries FROM requests"
                f" WHERE {_DUE} ORDER BY due, id",
                _times(),
            ).fetchone()
            if row is None:
                return None
            number, who, address, lang, tries = row
            connection.execute("UPDATE requests SET due = ? WHERE id = ?", (now + CLAIMED, number))
            existing = _token_of(connection, who)
            token = existing or secrets.token_urlsafe(32)
            if existing is None:
                connection.execute(
                    "INSERT INTO confirmations VALUES (?, ?, ?, ?, ?)",
                    (_digest(token), who, address, lang, now + VALID),
                )
        return Request(number, address, lang, token, existing is not None, tries)

    def settle(self, request: Request) -> None:
        """Note that a request's mail has gone out, or never can."""
        with self._writing() as connection:
            connection.execute("DELETE FROM requests WHERE id = ?", (request.id,))

    def put_off(self, request: Request) -> None:
        """Note that a request's mail is to be tried again, after twice the last wait."""
        wait = min(TABLE["retry-time"].value * 2**request.tries, TABLE["longest-retry"].value)
        with self._writing() as connection:
            connection.execute(
                "UPDATE requests SET due = ?, tries = tries + 1 WHERE id = ?",
                (time.time() + wait, request.id),
            )

    def language_to_confirm(self, token: str) -> str | None:
        """Return the language of the reader who may confirm by ``token``; None if nobody may."""
        with self._open() as connection:
            return _text(
                connection,
                "SELECT lang FROM confirmations WHERE digest = ? AND until > ?",
                _digest(token),
                time.time(),
            )

    def confirm(self, token: str) -> bool:
        """Make the reader with this token a subscriber. Returns True if the token was still valid."""
        with self._writing() as connection:
            row = connection.execute(
                "SELECT identity, address, lang FROM confirmations WHERE digest = ? AND until > ?",
                (_digest(token), time.time()),
            ).fetchone()
            if row is None:
                return False
            who, address, lang = row
            connection.execute("DELETE FROM confirmations WHERE identity = ?", (who,))
            connection.execute("DELETE FROM requests WHERE identity = ?", (who,))
            connection.execute("DELETE FROM unsubscribed WHERE digest = ?", (_digest(who),))
            _insert(connection, address, lang)
        return True

    # Leaving

    def language_of(self, token: str) -> str | None:
        """Return the language of the subscriber with this token; None if there is none."""
        with self._open() as connection:
            subscriber = _with_token(connection, token)
        return subscriber and subscriber[1]

    def unsubscribe(self, token: str) -> bool:
        """Remove the subscriber with this token. Returns True if there was one."""
        with self._writing() as connection:
            subscriber = _with_token(connection, token)
            return subscriber is not None and _take_out(connection, subscriber[0])

    def remove(self, address: str) -> bool:
        """Remove a subscriber by address. Returns True if there was one. An invalid address may be
        in the database from an earlier version.
        """
        try:
            address = email_address(address)
        except ValueError:
            address = address.encode(errors="replace").decode()
        with self._writing() as connection:
            return _take_out(connection, identity(address))

    # All of them

    def subscribers(self) -> list[Subscriber]:
        """Return the readers who have confirmed, in the order in which they did."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT address, lang, token, since FROM subscribers ORDER BY since, rowid"
            ).fetchall()
        return [Subscriber(*map(str, row)) for row in rows]

    def token_of(self, address: str) -> str | None:
        """Return the token by which a subscriber leaves; None if the reader has left."""
        with self._open() as connection:
            return _token_of(connection, identity(address))

    def waiting(self) -> int:
        """Return the number of addresses with a link to confirm by, sent or still to be sent, that
        was not used.
        """
        with self._open() as connection:
            return _number(
                connection,
                "SELECT count(*) FROM (SELECT identity FROM confirmations WHERE until > ? UNION"
                " SELECT identity FROM requests) WHERE identity NOT IN (SELECT identity FROM subscribers)",
                time.time(),
            )

    def add(self, addresses: Iterable[EmailAddress], lang: str) -> tuple[int, int]:
        """Add readers who have confirmed elsewhere. Returns the number of new ones, and the number
        of those left out because they had unsubscribed here.
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
            connection.text_factory = partial(str, encoding="utf-8", errors="replace")
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                yield connection
            finally:
                connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that no other process has a part in."""
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
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_THE_DISK:
                raise LetterError(
                    str(self.path),
                    f"the database of subscribers cannot be used: {error}",
                    "See that the disk has room and can be written; then run the command again.",
                ) from error
            raise LetterError(
                str(self.path),
                f"the database of subscribers cannot be used: {error}",
                "Look whether it is a file of SQLite that you may write; else name another in "
                "`broadsheet: newsletter: database:`.",
            ) from error


_OF_TRIALS = "_newsletter/trial.sqlite3"
"""The database of those who sign up while the service is tried."""


def database_of(project: Project, *, is_trial: bool = False) -> SubscriberDatabase:
    """Return the publication's subscribers, or those of a trial of the service. Raises
    :class:`ConfigError` if it has no service of its own, or if everybody could read the file.
    """
    newsletter = project.settings.broadsheet.newsletter
    if newsletter.provider != OWN:
        raise ConfigError(
            project.text.place(("broadsheet", "newsletter")),
            "the subscribers are not kept here",
            "Write `provider: broadsheet` under `broadsheet: newsletter:`.",
        )
    path = (project.root / (_OF_TRIALS if is_trial else newsletter.database)).resolve()
    name = seen_from(project.root.resolve(), path)
    reasons = {
        "is in the site, which everybody can read": lies_in(path, project.output),
        "is among what `resources` publishes": is_asked_for(project, name.as_posix()),
        "is no place for it": any(private_name(part) for part in name.parts if part != FOLDER.name),
    }
    for reason, holds in reasons.items():
        if holds:
            raise ConfigError(
                project.text.place(("broadsheet", "newsletter", "database")),
                f"the database of subscribers, {name.as_posix()}, {reason}",
                "Move the file and write its new name as `database`; without it, it is in `_newsletter/`.",
            )
    return SubscriberDatabase(path)


def _insert(connection: sqlite3.Connection, address: str, lang: str) -> int:
    """Make an address a subscriber, unless it is one. Returns the number of new ones: 1 or 0."""
    token = secrets.token_urlsafe(24)
    return connection.execute(
        "INSERT OR IGNORE INTO subscribers (identity, address, lang, token, since, digest)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (identity(address), address, lang, token, _now(), _digest(token)),
    ).rowcount


def _with_token(connection: sqlite3.Connection, token: str) -> tuple[str, str] | None:
    """Return the identity and the language of the subscriber with this token. A row without a
    digest was written by another program.
    """
    rows = connection.execute(
        "SELECT identity, lang, token FROM subscribers WHERE digest = ? OR digest IS NULL",
        (_digest(token),),
    )
    return next(
        (
            (str(who), str(lang))
            for who, lang, right in rows
            if hmac.compare_digest(_bytes(str(right)), _bytes(token))
        ),
        None,
    )


def _take_out(connection: sqlite3.Connection, who: str) -> bool:
    """Remove a subscriber. Returns True if there was one."""
    if not connection.execute("DELETE FROM subscribers WHERE identity = ?", (who,)).rowcount:
        return False
    for table in ("requests", "confirmations"):
        connection.execute(f"DELETE FROM {table} WHERE identity = ?", (who,))
    connection.execute("INSERT OR REPLACE INTO unsubscribed VALUES (?, ?)", (_digest(who), _now()))
    return True


def _text(connection: sqlite3.Connection, query: str, *values: object) -> str | None:
    """Return the first text that a query finds; None without one."""
    row = connection.execute(query, values).fetchone()
    return str(row[0]) if row else None


def _number(connection: sqlite3.Connection, query: str, *values: object) -> int:
    """Return the number that a query gives."""
    return int(connection.execute(query, values).fetchone()[0])


def _token_of(connection: sqlite3.Connection, who: str) -> str | None:
    return _text(connection, "SELECT token FROM subscribers WHERE identity = ?", who)


def _attempts(connection: sqlite3.Connection, who: str, since: float) -> int:
    query = "SELECT count(*) FROM attempts WHERE who = ? AND at > ?"
    return _number(connection, query, who, since)


_DUE = "(due <= ? OR due > ?)"
"""The condition on a request that is due, or that was put off by a clock that has been put back
since.
"""


def _times() -> tuple[float, float]:
    """Return the times for :data:`_DUE`. No request is put off for longer than the longest wait."""
    now = time.time()
    return now, now + max(CLAIMED, TABLE["longest-retry"].value) + HOUR


def _digest(text: str) -> str:
    return hashlib.sha256(_bytes(text)).hexdigest()


def _bytes(text: str) -> bytes:
    """Return a text as it is digested and compared. A text from an address may hold surrogates."""
    return text.encode(errors="surrogatepass")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
