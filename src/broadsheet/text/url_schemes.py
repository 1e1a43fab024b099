"""The schemes that published addresses may have, and a filter for finished HTML.

A browser runs the content of a `javascript:` address, and shows a `data:` address as a page,
wherever the address came from: a bibliography, a table, an author's own HTML. So there is a list of
allowed schemes, and all other addresses are removed from each file when it is written
(:meth:`broadsheet.site.output.new_site.SiteFolder.put`), whatever made the file.

An address is read as browsers read it: entities are decoded, spaces and control characters in front
and tabs and line breaks anywhere are ignored, and letters may be capitals. Tags are read by the
rules of HTML's tokenizer, from each `<` that could begin one; so a tag that another parser would
take for a comment or for text is filtered too. That is why this guard reads the text and no tree:
a tree has what its parser has understood, and a browser may understand the rest otherwise.

Most pages have nothing to filter. Two fast searches find that out first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from html import escape, unescape

from lxml import etree
from lxml.html import HtmlElement

from broadsheet.text.html_tree import attributes

LINKS = frozenset({"http", "https", "mailto", "tel", "sms", "geo"})
"""The schemes of links."""
PICTURES = frozenset({"http", "https"})
"""The schemes of pictures, which may also be in a `data:` address of a raster format."""

_RASTER = re.compile(r"data:image/(?:png|jpeg|gif|webp|avif)[;,]", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_IGNORED = re.compile("[\t\n\r]")
_LEADING = "".join(map(chr, range(0x21)))

_LINKING = frozenset(
    {
        "href",
        "xlink:href",
        "src",
        "action",
        "formaction",
        "data",
        "cite",
        "longdesc",
        "codebase",
        "classid",
        "archive",
        "manifest",
        "profile",
        "icon",
        "ping",
        "lowsrc",
        "dynsrc",
    }
)
_PICTURING = frozenset({"poster", "background", "srcset", "imagesrcset"})
_PICTURES_OF = frozenset({"img", "image", "feimage", "input", "source", "video", "audio", "track"})
"""Elements whose `src` or `href` is a picture, a film or a sound."""
_MOVING = frozenset({"to", "from", "by", "values"})
"""Attributes by which SVG's animations set other attributes."""
_NAMES = _LINKING | _PICTURING

_SUSPECT = re.compile(
    r"""=["'\x00-\x20]*(?!https?://|mailto:|tel:|&#3[49];|&quot;)(?=[A-Za-z&])[A-Za-z0-9+.\-\t\r\n]*[:&]"""
)
"""A value that begins with a scheme, or with an entity that could hide one. Most of them are not
addresses.
"""
_SPECIAL = re.compile(r"<(?:[aA][nN][iI][mM]|[sS][eE][tT]|[iI][fF][rR])")
_REFRESHING = re.compile(r"-[eE][qQ][uU][iI][vV]")
"""Texts with an address elsewhere than at the start of a value: SVG's animations, a frame's
`srcdoc`; and `http-equiv`. `srcset` has one, too, but no browser runs anything from it.
"""
_OPENING = re.compile(r"<([A-Za-z][^\x00\s/>]*)")
_ATTRIBUTE = re.compile(
    r"""[\s/]*(?P<attribute>(?P<name>=?[^\s/>=]+|=)"""
    r"""(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|(?!["'>])[^\s>]+|["'][^>]*)?)?)"""
)
_SUSPECTS = etree.XPath(".//@*[contains(., ':') or name() = 'srcdoc']")
"""The attributes of a tree that can have a scheme."""
_REFRESH = re.compile(r"""[\s\d.]*[;,\s]*(?:[uU][rR][lL]\s*=)?[\s"']*""")
_ROUNDS = 20
"""The most rounds of the filter. It is repeated because a removal may make a new address of the
remaining text.
"""
_MOST = 20_000
"""The most attributes of one file that are read, in addition to two for each equals sign in it. A
file has more only if tags are nested in tags without end.
"""


@dataclass(frozen=True)
class Refused:
    """An address that was removed."""

    attribute: str
    """The attribute that had it."""
    address: str
    """The address as it was written."""

    def __str__(self) -> str:
        shown = self.address if len(self.address) <= 80 else self.address[:80] + "…"
        return f"`{self.attribute}` with the address {shown!r}"


def scheme_of(address: str) -> str:
    """Return the scheme of an address as a browser reads it, in small letters; empty for an address
    without one.
    """
    match = _SCHEME.match(_without_ignored(address))
    return match[1].lower() if match else ""


def is_link(address: str, allowed: Collection[str] = LINKS) -> bool:
    """True if a link may have this address: it is relative, or its scheme is allowed."""
    scheme = scheme_of(address)
    return not scheme or scheme in allowed


def allowed_link(address: str) -> str:
    """Return the address. Raises ValueError for an address that a link may not have."""
    if is_link(address):
        return address
    raise ValueError(
        f"no link may have an address of the scheme `{scheme_of(address)}:`; there may be "
        f"{', '.join(sorted(LINKS))}"
    )


def is_picture(address: str, allowed: Collection[str] = PICTURES) -> bool:
    """True if a picture may have this address."""
    return is_link(address, allowed) or is_raster(address)


def is_raster(address: str) -> bool:
    """True if the address itself holds a picture of a raster format."""
    return bool(_RASTER.match(_without_ignored(address)))


def filtered(
    html: str, links: Collection[str] = LINKS, pictures: Collection[str] = PICTURES
) -> tuple[str, list[Refused]]:
    """Return ``html`` without the attributes whose addresses are not allowed, and the addresses
    that were removed. ``links`` and ``pictures`` are the allowed schemes. Everything else stays the
    same, to the byte.
    """
    refused: list[Refused] = []
    with suppress(_EndlessError):
        for _ in range(_ROUNDS):
            changes = _apart(_changes(html, links, pictures))
            if not changes:
                return html, refused
            html = _changed(html, changes)
            refused += (address for change in changes for address in change.refused)
    # Nobody writes such HTML but to get an address past this filter: it is shown as the text that
    # it is.
    return escape(html), refused


def remove_refused(
    root: HtmlElement, links: Collection[str] = LINKS, pictures: Collection[str] = PICTURES
) -> list[Refused]:
    """Remove the attributes whose addresses are not allowed from a tree. Returns what was removed."""
    refused: list[Refused] = []
    for value in attributes(root, _SUSPECTS):
        element, name = value.getparent(), value.attrname
        refreshes = _refreshes(element.tag, element.items())
        attribute = _Attribute(name, str(value), 0, 0)
        if name == "srcdoc" and element.tag == "iframe":
            inner, within = filtered(str(value), links, pictures)
            element.set(name, inner)
            refused += within
        elif not _is_allowed(element.tag, attribute, links, pictures, refreshes=refreshes):
            del element.attrib[name]
            refused.append(Refused(name, value.strip()))
    return refused


def _without_ignored(address: str) -> str:
    """Return an address without the characters that browsers ignore."""
    return _IGNORED.sub("", address).lstrip(_LEADING)


class _EndlessError(Exception):
    """An error of a file that has more attributes than any page has."""


@dataclass(frozen=True)
class _Change:
    """A change to a stretch of HTML."""

    start: int
    """The first character."""
    end: int
    """The character behind the last one."""
    text: str
    """The new text."""
    refused: tuple[Refused, ...]
    """The addresses that it removes."""


@dataclass(frozen=True)
class _Attribute:
    """An attribute of a tag."""

    name: str
    """The name, in small letters."""
    value: str
    """The value, as a browser reads it."""
    start: int
    """The first character."""
    end: int
    """The character behind the last one."""


def _changes(html: str, links: Collection[str], pictures: Collection[str]) -> Iterator[_Change]:
    """Yield the changes to ``html``. Two of them may have the same position."""
    if (
        "srcset" not in html
        and not _SPECIAL.search(html)
        and not _REFRESHING.search(html)
        and not any(
            _name_before(html, match.start()) in _NAMES for match in _SUSPECT.finditer(html)
        )
    ):
        return
    left = _MOST + 2 * html.count("=")
    for opening in _OPENING.finditer(html):
        attributes = _attributes(html, opening.end())
        yield from _of_tag(opening[1].lower(), attributes, links, pictures)
        left -= len(attributes)
        if left < 0:
            raise _EndlessError


def _apart(changes: Iterable[_Change]) -> list[_Change]:
    """Return the changes in order, without those that overlap an earlier one."""
    chosen: list[_Change] = []
    for change in sorted(changes, key=lambda change: change.start):
        if not chosen or change.start >= chosen[-1].end:
            chosen.append(change)
    return chosen


def _changed(html: str, changes: Iterable[_Change]) -> str:
    pieces, at = list[str](), 0
    for change in changes:
        pieces += [html[at : change.start], change.text]
        at = change.end
    return "".join([*pieces, html[at:]])


def _name_before(html: str, at: int) -> str:
    """Return the name of the attribute before the equals sign ``at``; empty without one."""
    before = html[max(0, at - 40) : at].rstrip()
    size = len(before)
    while size and before[size - 1] not in " \t\n\r\f/\"'<>=":
        size -= 1
    return before[size:].lower()


def _attributes(html: str, at: int) -> list[_Attribute]:
    """Return the attributes of the tag whose name ends ``at``, by the rules of HTML's tokenizer."""
    attributes = []
    while (match := _ATTRIBUTE.match(html, at)) is not None:
        value = match["value"] or ""
        plain = unescape(
            value[1:-1]
            if value[:1] in ('"', "'") and value[-1:] == value[:1] and len(value) > 1
            else value.lstrip("\"'")
        )
        attributes.append(
            _Attribute(match["name"].lower(), plain, match.start("attribute"), match.end())
        )
        at = match.end()
    return attributes


def _of_tag(
    tag: str, attributes: list[_Attribute], links: Collection[str], pictures: Collection[str]
) -> Iterator[_Change]:
    """Yield the changes to a tag."""
    refreshes = _refreshes(tag, ((attribute.name, attribute.value) for attribute in attributes))
    for attribute in attributes:
        if attribute.name == "srcdoc" and tag == "iframe":
            inner, refused = filtered(attribute.value, links, pictures)
            if refused:
                yield _Change(
                    attribute.start, attribute.end, f'srcdoc="{escape(inner)}"', tuple(refused)
                )
        elif not _is_allowed(tag, attribute, links, pictures, refreshes=refreshes):
            yield _Change(
                attribute.start,
                attribute.end,
                "",
                (Refused(attribute.name, attribute.value.strip()),),
            )


def _refreshes(tag: str, attributes: Iterable[tuple[str, str]]) -> bool:
    """Return true if a tag sends the reader to another page."""
    return tag == "meta" and any(
        name == "http-equiv" and value.strip().lower() == "refresh" for name, value in attributes
    )


def _is_allowed(
    tag: str,
    attribute: _Attribute,
    links: Collection[str],
    pictures: Collection[str],
    *,
    refreshes: bool,
) -> bool:
    """Return true if a tag may have this attribute."""
    leads, shows = _addresses(tag, attribute, refreshes=refreshes)
    return all(is_link(address, links) for address in leads) and all(
        is_picture(address, pictures) for address in shows
    )


def _addresses(tag: str, attribute: _Attribute, *, refreshes: bool) -> tuple[list[str], list[str]]:
    """Return the addresses of links in an attribute, and those of pictures."""
    if attribute.name in ("srcset", "imagesrcset"):
        parts = re.split(r"[,\s]+", attribute.value)
        return [], [part for part in parts if not part.lower().startswith("base64")]
    if attribute.name in _PICTURING or (
        tag in _PICTURES_OF and attribute.name in ("src", "href", "xlink:href")
    ):
        return [], [attribute.value]
    if attribute.name in _LINKING:
        return [attribute.value], []
    if attribute.name in _MOVING and tag.startswith(("animate", "set")):
        return attribute.value.split(";"), []
    if refreshes and attribute.name == "content":
        return [_REFRESH.sub("", attribute.value, count=1)], []
    return [], []


def bracketed(host: str) -> str:
    """Return a host as it is written before a port: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host
