"""The mail that answers a sign-up: a link to confirm by, or word that the reader is subscribed already.

A thread sends it, so that no reader waits for a mail server, and the time of an answer does not show
whether an address is known. The mails to send are in the database. After a crash, the next process, or
another one beside it, goes on with them.

The requests are independent. A request that the server puts off, or that fails, waits, twice as long at
each try; the next one is sent at once over the same connection. All wait only if the server cannot be
reached, or breaks off one message after another; then :attr:`Outbox.fault` says so.
"""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Callable
from contextvars import copy_context
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from functools import partial
from typing import Protocol

from broadsheet.errors import BroadsheetError
from broadsheet.newsletter.email_address import EmailAddress, email_address
from broadsheet.newsletter.email_message import Sender, as_sent, message_from
from broadsheet.newsletter.sending import BREAKS, Answer
from broadsheet.newsletter.subscriber_database import Request, SubscriberDatabase
from broadsheet.storage.limits import TABLE
from broadsheet.text.language import speaking, t_

POLL = 5.0
"""The seconds after which the thread looks for mails that another process left to send."""


def confirmation(
    request: Request, to: EmailAddress, sender: Sender, site: str, service: str
) -> bytes:
    """Return the message that answers a sign-up. ``service`` is the service's own address."""
    message = message_from(sender, to, datetime.now(UTC))
    message["Auto-Submitted"] = "auto-generated"
    with speaking(request.lang):
        if request.is_subscriber:
            subject = t_("You are subscribed: newsletter of %(site)s", site=site)
            said = t_(
                "Somebody, perhaps you, signed up this address for the newsletter of %(site)s. "
                "You are already subscribed, so there is nothing to do.",
                site=site,
            )
            told, way = t_("To unsubscribe, follow this link:"), "unsubscribe"
        else:
            subject = t_("Please confirm: newsletter of %(site)s", site=site)
            said = t_(
                "Somebody, perhaps you, signed up this address for the newsletter of %(site)s. "
                "If it was not you, ignore this message: we will not write again.",
                site=site,
            )
            told, way = t_("To confirm, follow this link within two days:"), "confirm"
    link = f"{service}/{way}/{request.token}?lang={request.lang}"
    text = "\n\n".join(filter(None, (said, f"{told}\n{link}", f"-- \n{sender.imprint or site}")))
    message.set_content(f"{text}\n", cte="quoted-printable")
    return as_sent(message, subject)


class Post(Protocol):
    """A way on which mails go out; a context manager."""

    def __enter__(self) -> object: ...

    def __exit__(self, *_: object) -> None: ...

    def connected(self) -> object:
        """Do what has to be done before the first mail. Raises :class:`BroadsheetError`,
        :class:`SMTPException` or :class:`OSError` if no mail can go out.
        """

    def drop(self) -> None:
        """Begin anew, since nobody knows what became of the last mail."""

    def deliver(self, sender: EmailAddress, address: EmailAddress, content: bytes) -> Answer:
        """Let a mail go out."""
        ...


class ShownMail:
    """Shows each mail to whoever tries the service, in place of sending it."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def __enter__(self) -> ShownMail:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def connected(self) -> None:
        """Nothing has to be done before."""

    def drop(self) -> None:
        """Nothing is left of the last mail."""

    def deliver(self, sender: EmailAddress, address: EmailAddress, content: bytes) -> Answer:
        """Show a mail: its reader, its subject and its text."""
        message = message_from_bytes(content, policy=default)
        body = message.get_body(("plain",))
        lines = [line for line in (body.get_content() if body else "").splitlines() if line.strip()]
        head = f"A mail to {address}, which is not sent: {message['Subject']}"
        self._say("\n  ".join([head, *lines]))
        return Answer("sent")


class Outbox:
    """Sends the mails in the database, in a thread of its own, until :meth:`close`. Has state: the
    connection to the mail server, and its fault.
    """

    def __init__(
        self,
        database: SubscriberDatabase,
        post: Post,
        write: Callable[[Request, EmailAddress], bytes],
        sender: EmailAddress,
        say: Callable[[str], None],
    ) -> None:
        self._database, self._post, self._write = database, post, write
        self._sender, self._say = sender, say
        self._woken, self._ends = threading.Event(), threading.Event()
        self._trouble = self._last_said = ""
        self.has_failed = False
        """True if the thread met an unexpected error, and has not worked since."""
        # A server that does not answer must not keep the process from ending.
        work = partial(copy_context().run, self._work)
        self._thread = threading.Thread(target=work, name="outbox", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Tell the thread that there is something to send."""
        self._woken.set()

    def close(self) -> None:
        """End the thread, after the message that it is sending."""
        self._ends.set()
        self._woken.set()
        self._thread.join(timeout=10)

    @property
    def fault(self) -> str:
        """The reason for which no mail goes out at the moment, in words that anybody may read;
        empty if mails go out.
        """
        return self._trouble if self._thread.is_alive() else _ENDED

    def _work(self) -> None:
        try:
            pause = POLL
            while not self._ends.is_set():
                trouble = self._pass()
                if not trouble:
                    pause, self._last_said = POLL, ""
                    self._woken.wait(POLL)
                    self._woken.clear()
                else:  # whoever signs up does not make the server answer sooner
                    self._ends.wait(pause)
                    pause = min(2 * pause, TABLE["retry-time"].value)
        except BaseException as error:
            self.has_failed = True
            self._say(f"error: {_ENDED}: {type(error).__name__}: {error}")

    def _pass(self) -> str:
        """Send all mails that are due. Returns the reason for which the rest is not sent, for
        anybody to read.
        """
        try:
            with self._post:
                self._send_all()
            self._trouble, self.has_failed = "", False
        except _ServerError as error:
            self._trouble = "the mail server cannot be reached, or does not let us write"
            self._tell(f"warning: confirmations cannot be sent now: {error}")
        except BroadsheetError as error:
            self._trouble = "the database of subscribers cannot be used"
            self._tell(f"warning: confirmations cannot be sent now: {error}")
        except Exception as error:
            self._trouble, self.has_failed = "an error of the program keeps mail back", True
            self._tell(f"error: confirmations cannot be sent now: {type(error).__name__}: {error}")
        return self._trouble

    def _send_all(self) -> None:
        broken = 0
        while not self._ends.is_set() and self._database.is_due():
            try:
                self._post.connected()  # before a request is taken, which would then have to wait
            except (BroadsheetError, smtplib.SMTPException, OSError) as error:
                raise _ServerError(str(error)) from error
            request = self._database.take_request()
            if request is None:  # another process was quicker
                return
            broken = 0 if self._send(request) else broken + 1
            if broken == BREAKS:
                raise _ServerError(f"{self._post} breaks off one message after another")
            if not broken:
                self._trouble = ""

    def _send(self, request: Request) -> bool:
        """Send one mail, or put it off. A fault of this mail does not stop the others. Returns True
        if the server has answered.
        """
        try:
            address = email_address(request.address)
        except ValueError as error:
            self._say(f"warning: {request.address[:80]!r} has signed up and is no address: {error}")
            self._database.settle(request)
            return True
        try:
            message = self._write(request, address)
            answer = self._post.deliver(self._sender, address, message)
        except Exception as error:
            self._post.drop()  # nobody knows what the server has of it
            answer = Answer("later", f"{type(error).__name__}: {error}", is_broken=True)
        if answer.status in ("sent", "refused"):
            self._database.settle(request)
        else:
            self._database.put_off(request)
        if answer.status != "sent":
            said = answer.text.replace(address, "…")
            self._tell(
                f"warning: a confirmation was not sent, but is {_SAID[answer.status]}: {said}"
            )
        return not answer.is_broken

    def _tell(self, line: str) -> None:
        """Print a line, unless it was the last one."""
        if line != self._last_said:
            self._say(line)
        self._last_said = line


class _ServerError(Exception):
    """A fault of the mail server as a whole, and not of one request."""


_ENDED = "the thread that sends mail has ended"
_SAID = {
    "later": "put off",
    "unsure": "put off, though it may have gone out",
    "refused": "given up",
}
