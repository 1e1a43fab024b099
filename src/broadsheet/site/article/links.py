"""Addresses: from the author's to the site's, and from one page to another.

An author links to sources (`../about.qmd`, `/posts/a/index.ipynb#how`), a site has pages. Every
internal address becomes relative to the page that has it, so that the site works at any depth of
any host, and straight from disk. A link to nothing is a :class:`Notice` with the nearest name that
exists.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from broadsheet.errors import Notice, Place
from broadsheet.project.project import INPUTS
from broadsheet.text.html_tree import attributes, changed
from plotly_alive.text.did_you_mean import nearest

_ADDRESSES = {
    "a": ("href",),
    "area": ("href",),
    "img": ("src", "srcset"),
    "image": ("href",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "iframe": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "link": ("href",),
    "script": ("src",),
    "div": ("data-figure", "data-values"),
}
_ANCHORS = etree.XPath(".//@id | .//a/@name")
SCHEME = "article:"
"""The start of an address that names another article by its slug."""

Rewrite = Callable[[str], str]


@dataclass(frozen=True)
class Address:
    """An internal address."""

    path: PurePosixPath
    """The path of a file from the site's root."""
    query: str = ""
    """The query, without its sign."""
    fragment: str = ""
    """The fragment, without its sign."""

    def from_page(self, page: PurePosixPath) -> str:
        """Return the address as ``page`` writes it."""
        if self.path == page and self.fragment:
            return self._tail() if not self.query else quote(page.name) + self._tail()
        return relative(page, self.path) + self._tail()

    def from_root(self, base: str) -> str:
        """Return the address as the 404 page writes it, which is shown at any depth; ``base`` is
        the path of the site on its host.
        """
        return quote(f"{base}{self.path}") + self._tail()

    def _tail(self) -> str:
        return (f"?{self.query}" if self.query else "") + (
            f"#{self.fragment}" if self.fragment else ""
        )


def url_of(path: str) -> str:
    """Return the address of a page from the site's root, by its path."""
    return path.removesuffix("index.html") if PurePosixPath(path).name == "index.html" else path


def relative(page: PurePosixPath, target: PurePosixPath | str) -> str:
    """Return the address of a file of the site as written on ``page``; both count from the site's
    root.
    """
    return _relative(str(page).rpartition("/")[0] or ".", str(target))


@lru_cache(maxsize=4096)
def _relative(folder: str, target: str) -> str:
    start, end = (
        [part for part in posixpath.normpath(path).split("/") if part != "."]
        for path in (folder, target)
    )
    shared = len(
        posixpath.commonprefix([start, end])
    )  # pages have many addresses, and `relpath` asks where it runs
    return quote("/".join([".."] * (len(start) - shared) + end[shared:]) or ".")


@dataclass(frozen=True)
class Lead:
    """An internal link of a page."""

    written: str
    """The address as its author wrote it."""
    path: str
    """The path of the file that it leads to."""
    fragment: str = ""
    """The place in that file."""


@dataclass(frozen=True)
class Reference:
    """A link of a page to another article by its slug (see
    :mod:`broadsheet.site.article.article_references`).
    """

    slug: str
    """The slug of the other article."""
    fragment: str
    """The place in that article."""
    place: Place
    """The place at which the author wrote the link."""
    is_titled: bool
    """The page shows the other article's title."""

    @property
    def written(self) -> str:
        """The address as its author wrote it."""
        return f"{SCHEME}{self.slug}" + (f"#{self.fragment}" if self.fragment else "")


def target_of(address: str, folder: PurePosixPath) -> Address | None:
    """Return the file of the site to which an author's ``address`` leads; None if it leads
    elsewhere. A link to a source leads to the page that is made of it. ``folder`` is the folder of
    the author's source.
    """
    target = internal(address, folder)
    if target is None or not is_source(target.path):
        return target
    return replace(target, path=target.path.with_suffix(".html"))


@lru_cache(maxsize=65536)
def internal(address: str, folder: PurePosixPath) -> Address | None:
    """Return the file of the site to which ``address``, on a page in ``folder``, leads; None if it
    leads elsewhere. A path that climbs out of the publication keeps its `..`, and is broken.
    Results are cached, since the pages of an article's editions have hundreds of the same links to
    each other.
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not (parts.path or parts.query):
        return None
    path = unquote(parts.path)
    joined = path.lstrip("/") if path.startswith("/") else str(folder / path)
    normal = os.path.normpath(joined or ".")
    if path.endswith("/") or normal == ".":
        normal = str(PurePosixPath(normal) / "index.html")
    return Address(PurePosixPath(normal), parts.query, parts.fragment)


def rewrite_addresses(root: HtmlElement, rewrite: Rewrite) -> None:
    """Pass each address in a tree through ``rewrite``."""
    for element in root.iter(*_ADDRESSES):
        for name in _ADDRESSES[element.tag]:
            value = element.get(name)
            if value is None:
                continue
            new = _each_of_set(value, rewrite) if name == "srcset" else rewrite(value)
            if new != value:
                element.set(name, new)


def rewritten(html: str, rewrite: Rewrite) -> str:
    """Return a piece of HTML with each address in it passed through ``rewrite``."""
    return changed(html, lambda root: rewrite_addresses(root, rewrite))


def addresses(root: HtmlElement) -> list[str]:
    """Return each address in a tree, in order."""
    noted: list[str] = []

    def note(address: str) -> str:
        noted.append(address)
        return address

    rewrite_addresses(root, note)
    return noted


def anchors(root: HtmlElement) -> frozenset[str]:
    """Return the fragments that links may lead to."""
    return frozenset(map(str, attributes(root, _ANCHORS)))


def broken(
    page: str,
    place_of: Callable[[str], Place],
    leads: Iterable[Lead],
    files: Collection[str],
    anchors_of: Mapping[str, Collection[str]],
    *,
    withheld: Mapping[str, str],
) -> Iterator[Notice]:
    """Yield a notice for each link of a page to a file that the site does not have, or to a place
    that the file does not have. ``place_of`` gives the place of an address as it is written,
    ``withheld`` says why pages are not on the site yet.
    """
    for lead in leads:
        if lead.path not in files and lead.path in withheld:
            yield Notice(
                place_of(lead.written),
                f"a link leads to `{_in_words(lead.written)}`, which is not on the site: "
                f"{withheld[lead.path]}",
                "Take the link out until then.",
                topic="broken-link",
            )
        elif lead.path not in files and f"{lead.path}/index.html" not in files:
            yield Notice(
                place_of(lead.written),
                f"a link or image leads to `{_in_words(lead.written)}`, which the site does not have",
                _nearest(lead.path, PurePosixPath(page), files),
                topic="broken-link",
            )
        elif (
            lead.fragment
            and lead.path in anchors_of
            and unquote(lead.fragment) not in anchors_of[lead.path]
        ):
            yield Notice(
                place_of(lead.written),
                f"a link leads to `{_in_words(lead.written)}`, but that page has no `#{_in_words(lead.fragment)}`",
                _nearest_anchor(unquote(lead.fragment), anchors_of[lead.path]),
                topic="broken-link",
            )


def _in_words(address: str) -> str:
    """Return an address as people write it, `a b.png` for `a%20b.png`, if that can be read."""
    plain = unquote(address)
    return plain if plain.isprintable() and "\ufffd" not in plain else address


def is_source(path: PurePosixPath) -> bool:
    """True if a path has the suffix of a source, which is rendered and never copied."""
    return path.suffix in INPUTS


def _nearest(path: str, page: PurePosixPath, files: Iterable[str]) -> str:
    folder, name = posixpath.split(path)
    split = [posixpath.split(other) for other in sorted(files)]
    beside = nearest(name, [other for where, other in split if where == folder], 1, 0.75)
    elsewhere = [posixpath.join(where, name) for where, other in split if other == name]
    near = [posixpath.join(folder, beside[0])] if beside else nearest(path, elsewhere)
    return (
        f"The nearest that exists is `{relative(page, near[0])}`."
        if near
        else "Look for a misspelling, or add the file to the publication."
    )


def _nearest_anchor(fragment: str, known: Iterable[str]) -> str:
    near = nearest(fragment, known, 1, 0.5)
    return (
        f"The nearest that exists is `#{near[0]}`."
        if near
        else "Give the place an id, as in `{#how}`."
    )


def _each_of_set(value: str, rewrite: Rewrite) -> str:
    """Return the value of a `srcset`, each of its addresses passed through ``rewrite``. A comma
    within an address is part of it.
    """
    return ", ".join(
        " ".join([rewrite(picture["address"]), *(picture["size"] or "").split()])
        for picture in _OF_SET.finditer(value.strip(", \t\r\n"))
    )


_OF_SET = re.compile(r"[\s,]*+(?P<address>\S*[^\s,])(?:\s+(?P<size>[^\s,][^,]*))?\s*(?:,|$)")
"""A picture of a `srcset`: its address, and its width or density."""
