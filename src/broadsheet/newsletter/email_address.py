"""The addresses that mail goes to and comes from: one type, and one way to make it.

:func:`email_address` is the only maker of an :data:`EmailAddress`. Whatever comes from outside goes
through it: a form, a list, the database, the settings. `email-validator` reads the text. Then the
address has to come back unchanged from a header that is made of it, and from the envelope: some that
the standards allow cannot be written by Python's `email`, such as `=?utf-8?q?a?=@x.org`, which a
header would decode.

=============================  ==========================================================================
what                           decision
=============================  ==========================================================================
a host in another script       taken, in ASCII (IDNA 2008): `a@bücher.example` is `a@xn--bcher-kva.example`
letters beyond ASCII before @  refused: a server must offer SMTPUTF8 for them, and few do
quotes, comments, `<…>`        refused, and so are an address of IP in brackets and several addresses
no dot after the @             refused, as are names that no mail reaches: `.local`, `.test`, `.invalid`
longer than RFC 5321 allows    refused: 64 characters before the @, 254 in all
CR, LF, NUL, surrogates, bidi  refused; only blanks and tabs around an address are taken off
capitals                       stay before the @; :func:`identity` is the same for all of them
=============================  ==========================================================================

No name is looked up: nobody learns from DNS who signs up, and a sign-up takes the same time for each.
"""

from __future__ import annotations

from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import parseaddr
from smtplib import quoteaddr
from typing import NewType

from email_validator import EmailNotValidError, validate_email

EmailAddress = NewType("EmailAddress", str)
"""An address in ASCII that has passed :func:`email_address`."""
HEADERS = SMTP.clone(max_line_length=998)
"""The policy by which headers with addresses are written: an address is never folded."""
_ENCODED = "=?"
"""The beginning of an encoded word (RFC 2047), which no address may hold."""


def email_address(text: object) -> EmailAddress:
    """Return the address that a text is. Raises :class:`ValueError` with the fault."""
    if not isinstance(text, str):
        raise ValueError("this is no text")
    text = text.strip(" \t")
    local, at, _ = text.rpartition("@")
    if not at:
        raise ValueError("there is no @ in it")
    try:
        address = EmailAddress(_validated(text) or "")
    except EmailNotValidError:
        raise ValueError(_fault(local)) from None
    if _ENCODED in address or quoteaddr(address) != f"<{address}>":
        raise ValueError("what stands before the @ is no mailbox that every server reads alike")
    named(address)
    return address


def named(address: EmailAddress, name: str = "") -> Address:
    """Return an address for a header, with the ``name`` of its owner. Raises :class:`ValueError` if
    the header would read otherwise.
    """
    message = EmailMessage(policy=HEADERS)
    try:
        header = Address(name, addr_spec=address)
        message["To"] = header
        written = message_from_bytes(message.as_bytes(), policy=default)["To"]
    except Exception:  # what Python's parser of headers raises depends on the text
        raise ValueError("no header can name it") from None
    if written.defects or [*written.addresses] != [header]:
        raise ValueError("a header that names it would say something else")
    return header


def mailbox(text: str) -> tuple[str, EmailAddress]:
    """Return the name and the address of `The Gazette <news@gazette.example>`. Raises
    :class:`ValueError`.
    """
    name, address = parseaddr(text)
    return name, email_address(address)


def identity(address: str) -> str:
    """Return a form of an address that is the same for all its spellings."""
    return address.casefold()


def _validated(text: str) -> str | None:
    return validate_email(
        text,
        strict=True,
        allow_smtputf8=False,
        allow_quoted_local=False,
        allow_domain_literal=False,
        allow_display_name=False,
        check_deliverability=False,
    ).ascii_email


def _fault(local: str) -> str:
    """Return the half of an address that is at fault; ``local`` is the half before the @."""
    if not local.isascii():
        return "letters beyond ASCII before the @, which few servers take"
    try:
        _validated(f"{local}@mail.example")
    except EmailNotValidError:
        return "what stands before the @ is no mailbox"
    return "what stands after the @ is no host that mail reaches"
