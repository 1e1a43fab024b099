"""The mail that answers a sign-up: a link to confirm by, or word that the reader is subscribed already.

A thread sends it, so that no reader waits for a mail server, and nobody learns from an answer's time
what is known of an address. What is to be sent is in the database: a process that was killed, or
another one that runs beside it, goes on with it. A server that cannot be reached is tried again.
"""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from broadsheet.errors import BroadsheetError
from broadsheet.language import speaking, t_
from broadsheet.newsletter.email_message import Sender, as_sent, message_from
from broadsheet.newsletter.sending import Server
from broadsheet.newsletter.subscriber_database import Request, SubscriberDatabase

POLL = 5.0
"""Seconds after which it is looked whether another process has left a mail to send."""


def confirmation(request: Request, sender: Sender, site: str, address: str) -> bytes:
    """The message that answers a sign-up. ``address`` is that of the service."""
    message = message_from(sender, request.address, datetime.now(UTC))
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
    link = f"{address}/{way}/{request.token}?lang={request.lang}"
    text = "\n\n".join(filter(None, (said, f"{told}\n{link}", f"-- \n{sender.imprint or site}")))
    message.set_content(f"{text}\n", cte="quoted-printable")
    return as_sent(message, subject)


class Outbox:
    """Sends what the database has to send, in a thread of its own, until :meth:`close`. Has state:
    the connection to the mail server.
    """

    def __init__(
        self,
        database: SubscriberDatabase,
        server: Server,
        write: Callable[[Request], bytes],
        sender: str,
        say: Callable[[str], None],
    ) -> None:
        self._database, self._server, self._write = database, server, write
        self._sender, self._say = sender, say
        self._woken, self._ends = threading.Event(), threading.Event()
        # A server that does not answer must not keep the process from ending.
        self._thread = threading.Thread(target=self._work, name="outbox", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something to send."""
        self._woken.set()

    def close(self) -> None:
        """End, after the message that is being sent."""
        self._ends.set()
        self._woken.set()
        self._thread.join(timeout=10)

    def _work(self) -> None:
        while not self._ends.is_set():
            try:
                with self._server:
                    while not self._ends.is_set() and (request := self._database.take_request()):
                        self._send(request)
            except (BroadsheetError, smtplib.SMTPException, OSError) as error:
                # The request is due again when it belongs to this process no more.
                self._say(f"warning: a confirmation could not be sent yet: {error}")
            self._woken.wait(POLL)
            self._woken.clear()

    def _send(self, request: Request) -> None:
        try:
            message = self._write(request)
            self._server.connected().sendmail(self._sender, [request.address], message)
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()))
            if code < 500:
                raise
        self._database.settle(request)
