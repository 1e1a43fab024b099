"""HTML of an author's own around a page: `include-in-header`, `include-before-body`,
`include-after-body`.

It is on the page as it is written, with the values of its shortcodes and the site's addresses.
Feeds, copies and e-mails go without it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from broadsheet.errors import MISSING_FILE, Notice, Place
from broadsheet.markdown.document import Document
from broadsheet.markdown.shortcodes import Shortcodes
from broadsheet.project.editions.edition import Edition
from broadsheet.project.settings.settings import Included
from broadsheet.site.article.links import rewritten
from broadsheet.storage.files import is_file, read_text, refusal
from broadsheet.storage.limits import TABLE
from broadsheet.text.html_tree import parsed

_RUNS = re.compile(
    r"|module|importmap|speculationrules|text/(?:jscript|livescript)"
    r"|(?:text|application)/(?:x-)?(?:java|ecma)script(?:1\.[0-5])?",
    re.IGNORECASE,
)
"""The types of scripts that a browser reads as code or as orders; any other is data."""


@dataclass(frozen=True)
class AroundPage:
    """HTML around a page."""

    head: str = ""
    """The HTML in its head."""
    before: str = ""
    """The HTML at its beginning."""
    after: str = ""
    """The HTML at its end."""


@dataclass(frozen=True)
class IncludedHtml:
    """The HTML that a page includes."""

    around: AroundPage | None = None
    """The HTML around the page; None without any."""
    reads: tuple[str, ...] = ()
    """The paths of the files that it was read from."""
    notices: tuple[Notice, ...] = ()
    """Messages about what was left out, or what browsers ignore."""


def included_html(
    edition: Edition, document: Document, root: Path, rewrite: Callable[[str], str]
) -> IncludedHtml:
    """Return the HTML that a page includes, with its addresses by ``rewrite``. The metadata of its Markdown,
    ``document``, answer its shortcodes. A file that may not be read is left out, with a notice.
    """
    front, reads, notices = edition.settings, list[str](), list[Notice]()

    def html(key: str, parts: Sequence[Included]) -> str:
        if not parts:
            return ""
        place = edition.source.front_matter.place((key,))
        texts = list[str]()
        for part in parts:
            texts += [part.text] if part.text else []
            if part.file is None:
                continue
            if isinstance(text := _read(key, part.file, root, place), Notice):
                notices.append(text)
            else:
                reads.append(part.file)
                texts.append(text)
        filled = _filled(key, "\n".join(texts), Shortcodes(document, root), place, notices)
        return rewritten(filled, rewrite) if filled else ""

    around = AroundPage(
        html("include-in-header", front.include_in_header),
        html("include-before-body", front.include_before_body),
        html("include-after-body", front.include_after_body),
    )
    has_any = around != AroundPage()
    return IncludedHtml(around if has_any else None, tuple(reads), tuple(notices))


def _read(key: str, file: str, root: Path, place: Place) -> str | Notice:
    """Return the text of a file that a ``key`` names, or the notice of one that may not be read."""
    if refused := refusal(root, root / file):
        return Notice(place, f"`{key}`: {refused[0]}", refused[1])
    if not is_file(root / file):
        what, mend = f"`{key}`: there is no file {file!r}", "Mend the path."
        return Notice(place, what, mend, topic=MISSING_FILE)
    return read_text(root / file, file, limit=TABLE["config-size"])


def _filled(
    key: str, text: str, shortcodes: Shortcodes, place: Place, notices: list[Notice]
) -> str:
    """Return HTML with the answers of its shortcodes, and those of their values. Add notices."""
    secret = secrets.token_hex(8)
    word = re.compile(rf"sc{secret}n\d+x")
    html = shortcodes.replaced(text, secret, lambda _: place)
    notices += shortcodes.notices
    if _is_refused(html):
        what = f"`{key}` has an inline style or script: browsers ignore it under the policy "
        what += "`default-src 'self'`"
        mend = "Put it into a file of the site, or let your server's policy allow it."
        notices.append(Notice(place, what, mend, topic="markdown"))

    def filled(match: re.Match[str]) -> str:
        answer = shortcodes.answers[match[0]]
        if "text" not in answer:
            what = f"`{key}` has a shortcode for `{answer['kind']}`, which is left out"
            mend = "HTML can have shortcodes whose answer is a text: write the element itself."
            notices.append(Notice(place, what, mend, topic="shortcode"))
        return word.sub(filled, answer.get("text", ""))

    return word.sub(filled, html)


def _is_refused(html: str) -> bool:
    """True if HTML has a script that runs, or a style, in itself."""
    return any(
        element.tag == "style"
        or (not element.get("src") and _RUNS.fullmatch(element.get("type", "").strip()))
        for element in parsed(html).iter("style", "script")
    )
