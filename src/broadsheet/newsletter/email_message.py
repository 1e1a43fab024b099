"""An issue as a message: HTML, plain text, and the headers that a newsletter needs.

Mail programs look for style in the elements, so the style sheet is put there. Rules for a narrow window and
for dark mode cannot be, and stay rules. The picture is in the message (a `cid:` address): no request for it
shows who reads, and programs that hide remote pictures show it. Programs cut HTML off at some 102 KB, so
more than :data:`LARGEST` is an error.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from importlib.resources import files
from urllib.parse import quote, unquote, urlsplit

import css_inline
from markupsafe import Markup, escape

from broadsheet.errors import ConfigError
from broadsheet.newsletter.email_address import (
    HEADERS,
    EmailAddress,
    identity,
    mailbox,
    named,
)
from broadsheet.newsletter.issue import Issue, fault_of
from broadsheet.processes import secret_values
from broadsheet.project.project import Project
from broadsheet.site.index.sign_up import OWN, service_address
from broadsheet.storage.value_digest import digest_of
from broadsheet.text import url_schemes
from broadsheet.text.html_tree import parsed, parsed_page, written_page
from broadsheet.text.language import listed
from broadsheet.text.templating import Templates

LARGEST = 100 * 1024
"""The most bytes of HTML."""
WIDTH = 72
"""The characters of a line of text."""
WIDTHS = {"narrow": 420, "wide": 640}
"""The width of the pictures in CSS pixels where no media query gives another."""
_LEAVE = "https://unsubscribe.invalid/"
"""The placeholder for the reader's own unsubscribe address."""
SAMPLE = "sample"
"""The text in place of a reader's own token in a message that is only looked at."""
_SPELLING = re.compile("[\u061c\u200c-\u200f\U000e0020-\U000e007f]")
"""Marks without a width that belong to the spelling: joiners, as in Persian words and emoji of
several people; the direction of a letter; the letters of flags.
"""
_FILLING = "\u2007\u034f" * 60
"""Blanks after the preheader, so that programs show nothing of the text after it."""


@dataclass(frozen=True)
class Sender:
    """The sender of messages."""

    name: str
    """The name."""
    address: EmailAddress
    """The address."""
    reply_to: EmailAddress | None = None
    """The address to which answers go; None if it is ``address``."""
    unsubscribe: tuple[str, ...] = ()
    """The addresses by which readers leave. ``{address}`` is the reader's, ``{token}`` the reader's
    token at our service.
    """
    imprint: str = ""
    """The imprint at the foot of each message."""

    @property
    def host(self) -> str:
        """The part after the @."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Letter:
    """An issue as it is written, before the addresses of a reader are put in."""

    issue: Issue
    """The issue."""
    sender: Sender
    """The sender."""
    html: str
    """The HTML, with :data:`_LEAVE` in place of a reader's unsubscribe address, and each picture by
    its `cid:`.
    """
    text: str
    """The plain text, with :data:`_LEAVE` in the same place."""
    cids: Mapping[str, str]
    """The content id of each picture, by its kind."""

    @property
    def digest(self) -> str:
        """The digest that identifies this letter."""
        pictures = list(self.issue.pictures.values())
        return digest_of((self.issue.title, self.sender, self.html, self.text, pictures))

    def with_pictures(self, html: str, addresses: Mapping[str, str]) -> str:
        """Return the ``html`` with these addresses of the pictures, by their kinds, in place of
        `cid:` ones.
        """
        for kind, cid in self.cids.items():
            html = html.replace(f"cid:{cid}", addresses[kind])
        return html


def sender_of(project: Project, *, has_list: bool = False) -> Sender:
    """Return the sender that the configuration names; without `from`, `newsletter@` the site's
    host. Readers leave by our own service if the publication has it, unless the message goes to a
    list. Raises :class:`ConfigError`.
    """
    newsletter = project.settings.broadsheet.newsletter
    site = project.settings.website.title or "Newsletter"
    default = f"newsletter@{urlsplit(project.site_url).hostname}"
    name, address = _mailbox(project, "from", newsletter.from_ or default)
    reply_to = (
        _mailbox(project, "reply-to", newsletter.reply_to)[1] if newsletter.reply_to else None
    )
    ways = tuple(newsletter.unsubscribe)
    for way in ways:
        if way.startswith("mailto:"):
            to = re.sub(r"\{(?:address|token)\}", "reader", urlsplit(way).path)
            _mailbox(project, "unsubscribe", unquote(to))
    if newsletter.provider == OWN and not has_list:
        by_mail = (way for way in ways if way.startswith("mailto:"))
        ways = (f"{service_address(project)}/unsubscribe/{{token}}", *by_mail)
    name = one_line(name or site)
    try:
        named(address, name)
    except ValueError as error:
        raise ConfigError(
            project.text.place(("broadsheet", "newsletter", "from")),
            f"{name!r} cannot be the name of a sender: {error}",
            'Write another one as `from: "The Gazette <news@gazette.example>"`.',
        ) from error
    return Sender(name, address, reply_to, ways, newsletter.imprint)


def write_letter(issue: Issue, sender: Sender) -> Letter:
    """Return the letter of an issue. Raises :class:`LetterError` for one that mail programs would
    cut off.
    """
    digest = hashlib.sha256(f"{issue.url}\n{issue.title}".encode()).hexdigest()[:16]
    cids = {kind: f"{digest}-{kind}@{sender.host}" for kind in issue.pictures}
    shown = {kind: f"cid:{cid}" for kind, cid in cids.items()}
    with issue.meta.speaking():
        html = html_of(issue, shown, _LEAVE if sender.unsubscribe else "", sender.imprint)
        text = text_of(issue, _LEAVE if sender.unsubscribe else "", sender.imprint)
    secret_values.refuse(f"{html}\n{text}", f"the e-mail edition of {issue.slug}", "it")
    return Letter(issue, sender, html, text, cids)


def html_of(issue: Issue, pictures: Mapping[str, str], unsubscribe: str, imprint: str) -> str:
    """Return the HTML, with the pictures at these addresses by their kinds: the issue's own, or the
    site's as `whole`, which has its words in it. Raises :class:`LetterError` if it is too large.
    """
    written = _TEMPLATES.render(
        "letter.html.jinja",
        issue=issue,
        entry=issue.meta,
        pictures=pictures,
        widths={kind: WIDTHS.get(kind.removesuffix("-dark"), WIDTHS["wide"]) for kind in pictures},
        unsubscribe=unsubscribe,
        imprint=imprint,
        filling=_FILLING,
        style=Markup(_style()),
    )
    inlined = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False).inline(
        written
    )
    html, _ = url_schemes.filtered(
        _after_metadata(inlined), pictures=url_schemes.PICTURES | {"cid"}
    )
    size = len(html.encode())
    if size > LARGEST:
        raise fault_of(
            issue.slug,
            f"its HTML is {size / 1024:.0f} KB; mail programs cut off what is longer than "
            f"{LARGEST // 1024} KB",
            "Shorten the excerpt.",
        )
    return html


def text_of(issue: Issue, unsubscribe: str, imprint: str) -> str:
    """Return the letter as plain text."""
    figure = issue.chart.figure if issue.chart else None
    shown = (
        (figure.title, figure.subtitle, figure.alt, figure.credits.note, figure.source)
        if figure
        else ()
    )
    return _TEMPLATES.render(
        "letter.txt.jinja",
        issue=issue,
        entry=issue.meta,
        chart_lines=[line for text in shown for line in textwrap.wrap(text, WIDTH - 2)],
        unsubscribe=unsubscribe,
        imprint=imprint,
    )


def leaving(sender: Sender, address: EmailAddress, token: str = SAMPLE) -> list[str]:
    """Return the addresses by which a reader can unsubscribe."""
    fillings = {"{address}": quote(address, safe=""), "{token}": quote(token, safe="")}
    return [
        re.sub(r"\{(?:address|token)\}", lambda name: fillings[name[0]], way)
        for way in sender.unsubscribe
    ]


def html_to(letter: Letter, address: EmailAddress, token: str = SAMPLE) -> str:
    """Return the HTML for one reader."""
    ways = leaving(letter.sender, address, token)
    return letter.html.replace(_LEAVE, str(escape("".join(ways[:1]))))


def message_to(letter: Letter, address: EmailAddress, when: datetime, token: str = SAMPLE) -> bytes:
    """Return the message to one reader, as it is sent."""
    issue, sender = letter.issue, letter.sender
    ways = leaving(sender, address, token)
    message = message_from(sender, address, when)
    message["Message-ID"] = f"<{message_id(letter, address)}>"
    message["List-ID"] = f"<newsletter.{sender.host}>"
    if ways:
        message["List-Unsubscribe"] = ", ".join(f"<{way}>" for way in ways)
    if any(way.startswith("https:") for way in ways):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text.replace(_LEAVE, "".join(ways[:1])), cte="quoted-printable")
    message.add_alternative(html_to(letter, address, token), subtype="html", cte="quoted-printable")
    html = message.get_payload()[1]  # type: ignore[index]
    assert isinstance(html, EmailMessage)
    for kind, picture in issue.pictures.items():
        html.add_related(
            picture,
            "image",
            "png",
            cid=f"<{letter.cids[kind]}>",
            disposition="inline",
            filename=f"chart-{kind}.png",
        )
    return as_sent(message, issue.title)


def message_from(sender: Sender, address: EmailAddress, when: datetime) -> EmailMessage:
    """Return a message from ``sender`` to ``address``, without content."""
    message = EmailMessage(policy=HEADERS)
    message["From"] = named(sender.address, sender.name)
    message["To"] = named(address)
    message["Date"] = format_datetime(when)
    if sender.reply_to:
        message["Reply-To"] = named(sender.reply_to)
    return message


def as_sent(message: EmailMessage, subject: str) -> bytes:
    """Return a message as bytes for the server. Its subject is folded separately: the other headers
    have addresses, which must not be folded, and short lines.
    """
    subject = one_line(subject)
    charset = "us-ascii" if subject.isascii() else "utf-8"
    head = Header(subject, charset, header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {head}\r\n".encode() + message.as_bytes(policy=HEADERS)


def message_id(letter: Letter, address: EmailAddress) -> str:
    """Return the same id for the same issue to the same reader, so that mailboxes recognize a
    second copy.
    """
    digest = hashlib.sha256(f"{letter.issue.url}\n{identity(address)}".encode()).hexdigest()
    return f"{digest[:32]}@{letter.sender.host}"


def _after_metadata(html: str) -> str:
    """Put the remaining rules after the character set, which has to come early."""
    page = parsed_page(html)
    for rules in list(page.iter("style")):
        page.head.append(rules)
    return written_page(page)


def _mailbox(project: Project, key: str, text: str) -> tuple[str, EmailAddress]:
    try:
        return mailbox(text)
    except ValueError as error:
        raise ConfigError(
            project.text.place(("broadsheet", "newsletter", key)),
            f"`broadsheet.newsletter.{key}`: {text!r} has no e-mail address: {error}",
            "Write one as news@gazette.example; `from` and `reply-to` may have a name, as in "
            '"The Gazette <news@gazette.example>".',
        ) from error


def _as_text(html: str) -> str:
    """Return HTML of a paragraph as text, with the address of each link after it."""
    root = parsed(html)
    for link in root.iter("a"):
        if link.get("href"):
            link.tail = f" <{link.get('href')}>{link.tail or ''}"
    return " ".join(str(root.text_content()).split())


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def one_line(text: str) -> str:
    """Return text for a header: one line, without control codes for a terminal or a program. What
    joins letters and emoji stays; marks without a width, such as soft hyphens, leave no gap.
    """
    return " ".join("".join(map(_in_header, text)).split())


def _in_header(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf":
        return char if _SPELLING.match(char) else ""
    return " " if category in ("Cc", "Cs", "Zl", "Zp") else char


@cache
def _style() -> str:
    return (files("broadsheet") / "templates" / "letter.css").read_text(encoding="utf-8")


_TEMPLATES = Templates(
    {"listed": listed, "wrapped": _wrapped, "as_text": _as_text}, keep_trailing_newline=True
)
