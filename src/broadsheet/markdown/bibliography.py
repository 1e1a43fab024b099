"""Checks the files that a page cites from before Pandoc reads them: bibliographies, and the
citation style.

Pandoc would wait for ever for a pipe, stop at a file that is no style, and report a file's errors
without saying who named it. Here each must be a regular, readable file in the format that its name
says; a file that is not is a fault of each page that names it, and one that is not there, or is on
another site, is a notice: citations of its entries stay as they are written. So is a style that
only stands for another one, which Pandoc would fetch. The entries are left to Pandoc.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lxml import etree

from broadsheet.errors import MISSING_FILE, Notice, Place, RenderError
from broadsheet.project.editions.edition import Edition
from broadsheet.storage import limits
from broadsheet.storage.files import UnreadableError, check_path, content
from plotly_alive.errors import shown
from plotly_alive.text.unprintable import UNPRINTABLE, named

_Found = tuple[int | None, str, str] | None
"""The line, its fault, and the mend; None for a file that can be used."""
_Check = Callable[[str, bytes], _Found]

_WITHOUT = {
    "bibliography": "what is cited from it stays as written",
    "csl": "references are in the site's own style",
}
_XML = etree.XMLParser(resolve_entities=False, no_network=True)
_CSL = "http://purl.org/net/xbiblio/csl"
_KEYED = re.compile(r"@\s*\w+\s*[{(]\s*(?P<key>[^\s,{}()]+)\s*,")
_CROSSREF = re.compile(r"\b(?:crossref|xdata)\s*=\s*[{\"]([^}\"]*)[}\"]", re.IGNORECASE)
_ESCAPED = re.compile(r"\\[{}]")
_ENTRY = re.compile(r"@\s*\w+\s*[{(]")


@dataclass(frozen=True)
class Cited:
    """The files that a page cites from."""

    bibliography: tuple[str, ...]
    """The bibliographies that exist, as paths from the root."""
    csl: str | None
    """The citation style, as a path from the root; None for the site's own."""
    notices: tuple[Notice, ...]
    """A notice for each file that does not exist."""


def check_cited(edition: Edition, root: Path) -> Cited:
    """Check that the files of ``bibliography`` and ``csl`` can be used. Raises
    :class:`RenderError` for a file that is there and cannot.
    """
    settings, text = edition.settings, edition.source.front_matter
    notices: list[Notice] = []

    def is_there(check: _Check, name: str, key: str) -> bool:
        notice = _check(check, name, root, text.place((key,)), key)
        notices.extend([notice] if notice else [])
        return notice is None

    bibliography = [
        name for name in settings.bibliography if is_there(_bibliography, name, "bibliography")
    ]
    csl = settings.csl if settings.csl and is_there(_style, settings.csl, "csl") else None
    return Cited(tuple(bibliography), csl, tuple(notices))


def _check(check: _Check, name: str, root: Path, where: Place, key: str) -> Notice | None:
    if "://" in name:
        mend = "Save the file beside the page, and name it from there."
        return Notice(
            where,
            f"`{key}` names {shown(name)} on another site; {_WITHOUT[key]}",
            mend,
            topic=MISSING_FILE,
        )
    if name:
        check_path(root, root / name, where)
    try:
        data = content(root / name, name, limits.TABLE["bibliography-size"])
    except UnreadableError as error:
        what = f"`{key}` names {shown(name)}: the file {error}"
        mend = (
            "Mend the name, which counts from the "
            "file that gives it, or from the root where it starts with a slash."
        )
        if str(error) == "does not exist":
            return Notice(where, f"{what}; {_WITHOUT[key]}", mend, topic=MISSING_FILE)
        raise RenderError(where, what, mend) from None
    if (fault := check(name, data)) is not None:
        line, what, mend = fault
        raise RenderError(Place(name, line=line), what, mend, f"{where} names this file as `{key}`")
    if key == "csl" and (parent := _parent(data)):
        what = (
            f"`csl` names {shown(name)}, which is {shown(parent)} by another name; {_WITHOUT[key]}"
        )
        return Notice(where, what, f"Save {parent} beside the page, and name that file.")
    return None


@lru_cache(maxsize=16)
def _bibliography(name: str, data: bytes) -> _Found:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return (
            line,
            f"byte {error.start} is not UTF-8: {error.object[error.start]:#04x}",
            "Save the file as UTF-8.",
        )
    if (sign := UNPRINTABLE.search(text)) is not None:
        line = text.count("\n", 0, sign.start()) + 1
        return line, f"here is {named(sign[0])}, which no page can show", "Take the character out."
    if name.endswith(".json"):
        return _csl_json(text)
    if name.endswith(".bib") and (unclosed := _unclosed(text)) is not None:
        return (
            text.count("\n", 0, unclosed.start()) + 1,
            f"the entry `{unclosed['key']}` is not closed: its braces do not match",
            "Close it with a } before the next entry.",
        )
    if (circle := _circle(text)) is not None:
        line = text.count("\n", 0, text.find(circle)) + 1
        return (
            line,
            f"the entry `{circle}` refers to itself by `crossref`",
            "Take one `crossref` of the circle out.",
        )
    if name.endswith(".bib") and text.strip() and not _ENTRY.search(text):
        return (
            1,
            "this is no BibTeX: it has no entry",
            "An entry begins with @book{smith2020, or the like.",
        )
    return None


def _unclosed(text: str) -> re.Match[str] | None:
    """Return the entry in which another entry begins, or the text ends, before its braces are
    closed. Only what begins a line is looked at, since an @ may stand in a value.
    """
    starts = [match for match in _KEYED.finditer(text) if _begins_line(text, match.start())]
    ends = [*(match.start() for match in starts[1:]), len(text)]
    for start, end in zip(starts, ends, strict=False):
        if "{" in start[0]:
            entry = _ESCAPED.sub("", text[start.start() : end])
            if entry.count("{") > entry.count("}"):
                return start
    return None


def _begins_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()


def _circle(text: str) -> str | None:
    """Return the key of an entry whose cross-references lead back to it; Pandoc would follow them
    for ever.
    """
    starts = list(_KEYED.finditer(text))
    ends = [*(match.start() for match in starts[1:]), len(text)]
    leads = {
        start["key"]: match[1].strip()
        for start, end in zip(starts, ends, strict=False)
        if (match := _CROSSREF.search(text, start.end(), end))
    }
    for key in leads:
        seen, at = set[str](), key
        while at in leads and at not in seen:
            seen.add(at)
            at = leads[at]
        if at == key and key in seen:
            return key
    return None


def _csl_json(text: str) -> _Found:
    mend = "Export it again as CSL JSON: a list of entries, each with an `id`."
    try:
        library = json.loads(text)
    except json.JSONDecodeError as error:
        return (
            error.lineno,
            f"this is not JSON: {error.msg[0].lower()}{error.msg[1:].removesuffix(' at')}",
            mend,
        )
    except (RecursionError, ValueError):
        return 1, "this JSON is nested too deeply, or has a number of too many digits", mend
    entries = (
        library.get("references", library.get("items")) if isinstance(library, dict) else library
    )
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) and entry.get("id") for entry in entries
    ):
        return 1, f"these are no references but {_cut(text.strip())}", mend
    return None


@lru_cache(maxsize=16)
def _style(name: str, data: bytes) -> _Found:
    mend = "Take a style from https://www.zotero.org/styles, or leave `csl` out."
    try:
        root = etree.fromstring(data, _XML)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = str(getattr(error, "msg", None) or "it is empty").partition(", line")[0]
        return line, f"this is not XML, as a style of citations is: {reason}", mend
    if root.tag != f"{{{_CSL}}}style":
        return (
            1,
            f"this is no style of citations: its outermost element is `{root.tag}`, not CSL's `style`",
            mend,
        )
    return None


def _parent(data: bytes) -> str:
    """Return the address of the style that a dependent style stands for, which Pandoc would fetch;
    empty for a style of its own.
    """
    links = etree.fromstring(data, _XML).iterfind(f".//{{{_CSL}}}link[@rel='independent-parent']")
    return next((str(link.get("href") or "another style") for link in links), "")


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"


_LONG = 60
"""The most characters of a file that a message quotes."""
