"""Sends an issue to a list of readers by SMTP: one message each, and each once.

The journal notes, before the last line of a message is sent, that it will be, and then the server's
answer. So a run that was stopped anywhere can be continued. Readers who may have the
message, though nobody knows, are left out and reported. A fault with one reader's message does not stop
the others. A reader who is put off is tried once more when all others have theirs. The run ends if the
server cannot be reached, breaks off for several readers in a row, or refuses our login.
"""

from __future__ import annotations

import hashlib
import re
import smtplib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from select import select

from broadsheet.errors import LetterError, Place
from broadsheet.newsletter.email_address import EmailAddress, identity
from broadsheet.newsletter.email_message import SAMPLE, Letter, message_to, one_line
from broadsheet.newsletter.send_journal import Journal, Status
from broadsheet.processes.secret_values import PASSWORD
from broadsheet.project.settings.settings import Smtp
from broadsheet.storage.limits import TABLE

PORTS = {"starttls": 587, "tls": 465, "none": 25}
ATTEMPTS = 3
"""The most attempts at a connection that breaks before any part of a message can have been
accepted.
"""
REFUSALS = 20
"""The number of refusals in a row after which the server is taken to refuse us, and not the
readers.
"""
BREAKS = 3
"""The number of readers in a row for whom every attempt broke off, after which the server is taken
to be gone.
"""
_SETTLED: frozenset[Status] = frozenset(("sent", "refused", "unsure"))
_LINE = re.compile(rb"(?m)^\.")


@dataclass(frozen=True)
class SendingPlan:
    """The readers who would get an issue now, and the others."""

    addresses: tuple[EmailAddress, ...]
    """The readers who would get it."""
    has: tuple[str, ...] = ()
    """The readers who have it."""
    refused: tuple[str, ...] = ()
    """The readers whom the server refused."""
    unsure: tuple[str, ...] = ()
    """The readers of whom nobody knows whether they have it."""
    earlier: int = 0
    """The number of those who have an earlier version of it."""


def code_of(letter: Letter, addresses: Iterable[str]) -> str:
    """Return the code that a dry run shows and a run asks for. It belongs to this letter and these
    readers.
    """
    parts = [letter.digest, *sorted(map(identity, addresses))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def plan(
    addresses: Iterable[EmailAddress], journal: Journal, letter: Letter, *, unsure: bool = False
) -> SendingPlan:
    """Return the readers among ``addresses`` who are to get ``letter``; with ``unsure``, also those
    of whom nobody knows whether they have it.
    """
    steps = {address: journal.of(address) for address in addresses}
    by = {
        status: tuple(address for address, step in steps.items() if step and step.status == status)
        for status in _SETTLED
    }
    missing = [
        address
        for address, step in steps.items()
        if step is None or step.status not in _SETTLED or (unsure and step.status == "unsure")
    ]
    earlier = sum(
        step.issue != letter.digest for step in steps.values() if step and step.status == "sent"
    )
    return SendingPlan(
        tuple(missing), by["sent"], by["refused"], () if unsure else by["unsure"], earlier
    )


@dataclass(frozen=True)
class Answer:
    """The result of sending one message."""

    status: Status
    """The status for the journal."""
    text: str = ""
    """The server's words."""
    is_broken: bool = False
    """True if there was no answer: each attempt broke off before the end of the message."""


class MailServer:
    """A mail server with our login; a context manager. Has state: the connection, made when it is
    needed.
    """

    def __init__(self, smtp: Smtp, password: str | None) -> None:
        self._smtp, self._password = smtp, password
        self._port = smtp.port or PORTS[smtp.security]
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> MailServer:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
            self.drop()

    def __str__(self) -> str:
        return f"{self._smtp.host}:{self._port}"

    def connected(self) -> smtplib.SMTP:
        """Return the connection. Raises :class:`LetterError` for a server that refuses our login,
        :class:`OSError` or :class:`SMTPException` for one that cannot be reached.
        """
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def drop(self) -> None:
        """Forget a connection that broke."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def deliver(self, sender: EmailAddress, address: EmailAddress, content: bytes) -> Answer:
        """Hand over a message by itself, and try once more if the connection breaks. Raises as
        :func:`deliver` does.
        """
        return deliver(self, sender, address, content, attempts=2)

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Break off the connection if the block takes longer than a message may. A server that
        sends a byte a minute never lets a read time out.
        """
        timer = threading.Timer(TABLE["mail-time"].value, self._break_off)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _break_off(self) -> None:
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _connect(self) -> smtplib.SMTP:
        smtp, where = self._smtp, f"the mail server {self}"
        patience = TABLE["mail-time"].value / 2
        if smtp.user and not self._password:
            raise LetterError(
                where, f"no password for {smtp.user}", f"Put it into the environment as {PASSWORD}."
            )
        connection: smtplib.SMTP
        try:
            if smtp.security == "tls":
                connection = smtplib.SMTP_SSL(
                    smtp.host, self._port, timeout=patience, context=ssl.create_default_context()
                )
            else:
                connection = smtplib.SMTP(smtp.host, self._port, timeout=patience)
            connection.ehlo()
            if smtp.security == "starttls":
                if not connection.has_extn("starttls"):
                    connection.close()
                    raise LetterError(
                        where,
                        "does not offer STARTTLS, so that anybody could read along",
                        "Write `security: tls` if it wants TLS from the start.",
                    )
                connection.starttls(context=ssl.create_default_context())
                connection.ehlo()
            if smtp.user:
                connection.login(smtp.user, self._password or "")
        except ssl.SSLCertVerificationError as error:
            raise LetterError(
                where,
                f"its certificate is not trusted: {error.verify_message}",
                "Name the host that is in its certificate; SSL_CERT_FILE in the environment adds "
                "authorities.",
            ) from error
        except smtplib.SMTPAuthenticationError as error:
            raise LetterError(
                where,
                f"does not let {smtp.user} in: {_answer_text(error.smtp_code, error.smtp_error)}",
                f"Mend `user`, or the password in {PASSWORD}.",
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise LetterError(
                where, f"cannot log {smtp.user} in: {error}", "Take `user` out, or mend `security`."
            ) from error
        return connection


def try_server(server: MailServer) -> None:
    """Log in and out again. Raises :class:`LetterError`."""
    try:
        server.connected()
    except (smtplib.SMTPException, OSError) as error:
        raise _unreachable(server, error) from error


def send(
    letter: Letter,
    addresses: Iterable[EmailAddress],
    server: MailServer,
    journal: Journal,
    *,
    report: Callable[[str], None] = lambda line: None,
    token_of: Callable[[str], str | None] = lambda address: SAMPLE,
) -> Counter[Status]:
    """Send ``letter`` to each of ``addresses``; at the end once more to those who were put off.
    Returns the number of readers in each status.

    ``report`` is called with a line for each message that is not sent. ``token_of`` returns a
    reader's token to unsubscribe by, or None for a reader who has unsubscribed meanwhile and gets
    nothing. Raises :class:`LetterError` if the server ends the run; the journal says what was done.
    """
    outcome, waiting = Counter[Status](), list(addresses)
    refused = broken = 0  # readers in a row
    for last in (False, True):
        still = []
        for address in waiting:
            token = token_of(address)
            if token is None:
                continue
            answer = _sent(letter, address, token, server, journal)
            refused = refused + 1 if answer.status == "refused" else 0
            broken = broken + 1 if answer.is_broken else 0
            if broken == BREAKS:
                raise _unreachable(server, answer.text)
            if answer.status == "later" and not last:
                still.append(address)
                continue
            outcome[answer.status] += 1
            if answer.status == "sent":
                continue
            report(f"{address}: {answer.status}{': ' + answer.text if answer.text else ''}")
            if refused == REFUSALS:
                raise LetterError(
                    f"the mail server {server}",
                    f"refused {REFUSALS} readers one after another, the last with: {answer.text}",
                    "It may refuse us and not them: ask who runs it. To try "
                    "these again take their lines out of the journal.",
                )
        waiting = still
    return outcome


def _sent(
    letter: Letter, address: EmailAddress, token: str, server: MailServer, journal: Journal
) -> Answer:
    """Send one message to one reader, and note the result."""
    try:
        content = message_to(letter, address, datetime.now(UTC), token)
    except Exception as error:  # whatever it is, it is this reader's: the others get theirs
        return Answer("later", f"no message could be made: {one_line(str(error))[:200]}")
    answer = deliver(
        server,
        letter.sender.address,
        address,
        content,
        at_end=lambda: journal.note(address, "sending", letter.digest),
    )
    journal.note(address, answer.status, letter.digest, answer.text)
    return answer


def deliver(
    server: MailServer,
    sender: EmailAddress,
    address: EmailAddress,
    content: bytes,
    *,
    at_end: Callable[[], None] = lambda: None,
    attempts: int = ATTEMPTS,
) -> Answer:
    """Hand a message to the server. ``at_end`` is called before its last line is sent: without that
    line no server takes it. Raises :class:`LetterError` if the server cannot be reached, or does
    not let us write.
    """
    content = _LINE.sub(b"..", content)
    content = content if content.endswith(b"\r\n") else content + b"\r\n"
    for attempt in range(1, attempts + 1):
        try:
            smtp = server.connected()
        except (smtplib.SMTPException, OSError) as error:
            if attempt == attempts:
                raise _unreachable(server, error) from error
            continue
        with server.bounded():
            try:
                code, text = _opened(smtp, sender, address, server)
                if code != 354:
                    return _answer(smtp, server, code, text)
                smtp.send(content)
                if smtp.sock and select([smtp.sock], [], [], 0)[0]:
                    raise smtplib.SMTPServerDisconnected(
                        "it broke off before the end of the message"
                    )
            except (smtplib.SMTPException, OSError) as error:
                server.drop()
                broken = Answer("later", f"the connection broke ({one_line(str(error))})", True)
                continue
            at_end()
            try:
                smtp.send(b".\r\n")
                code, text = smtp.getreply()
            except (smtplib.SMTPException, OSError) as error:
                server.drop()
                return Answer("unsure", f"the connection broke before the answer ({error})")
            if code < 200:
                server.drop()
                return Answer("unsure", "the answer was no answer")
            return _answer(smtp, server, code, text)
    return broken


def _opened(
    smtp: smtplib.SMTP, sender: EmailAddress, address: EmailAddress, server: MailServer
) -> tuple[int, bytes]:
    """Return the server's answer to the envelope: 354 if it is ready for the message."""
    code, text = smtp.mail(sender)
    if code >= 500:
        raise LetterError(
            f"the mail server {server}",
            f"does not take messages from {sender}: {_answer_text(code, text)}",
            "Mend `broadsheet: newsletter: from:`, or log in as one who may write from there.",
        )
    if 200 <= code < 300:
        code, text = smtp.rcpt(address)
    if 200 <= code < 300:
        code, text = smtp.docmd("DATA")
    return code, text


def _answer(smtp: smtplib.SMTP, server: MailServer, code: int, text: bytes) -> Answer:
    if 200 <= code < 300:
        return Answer("sent")
    if code in (421, -1):  # it closes the connection
        server.drop()
    else:
        try:
            smtp.rset()
        except (smtplib.SMTPException, OSError):
            server.drop()
    return Answer("refused" if code >= 500 else "later", _answer_text(code, text))


def _answer_text(code: int, answer: bytes | str) -> str:
    """Return an answer for people: one line, without control codes of a terminal."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {one_line(text)[:200]}"


def _unreachable(server: MailServer, error: Exception | str) -> LetterError:
    return LetterError(
        Place(f"the mail server {server}"),
        f"cannot be reached: {error}",
        "Look at `broadsheet: newsletter: smtp:`; then give the same command again: it goes on where it "
        "was.",
    )
