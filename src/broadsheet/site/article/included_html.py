"""HTML of an author's own around a page: `include-in-header`, `include-before-body`,
`include-after-body`.

It is on the page as it is written, with the values of its shortcodes and the site's addresses.
Feeds, copies and e-mails go without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from broadsheet.errors import MISSING_FILE, Notice
from broadsheet.markdown.document import Document
from broadsheet.markdown.shortcodes import Shortcodes
from broadsheet.project.editions.edition import Edition
from broadsheet.project.settings.settings import Included
from broadsheet.site.article.links import rewritten
from broadsheet.storage.files import is_file, read_text, refusal
from broadsheet.storage.limits import TABLE
from broadsheet.text.html_tree import parsed

_SECRET = "included"
_WORD = re.compile(rf"sc{_SECRET}n\d+x")


@dataclass(frozen=True)
class AroundPage:
    """HTML around a page."""

    head: str = ""
    """The HTML in its head."""
    before: str = ""
    """The HTML at its beginning."""
    after: str = ""
    """The HTML at its end."""


@dataclass
class IncludedHtml:
    """Reads what a page includes. It has state: the files that were read, and notices."""

    edition: Edition
    """The edition."""
    document: Document
    """Its Markdown, by whose metadata shortcodes are answered."""
    root: Path
    """The root of the publication."""
    rewrite: Callable[[str], str]
    """Makes the page's addresses of the author's."""

    def __post_init__(self) -> None:
        self.reads: list[str] = []
        self.notices: list[Notice] = []
        self.around = self._around(self.rewrite)
        """The HTML around the page."""

    def _around(self, rewrite: Callable[[str], str]) -> AroundPage | None:
        """Return the HTML around the page, with its addresses by ``rewrite``; None without any.
        A file that may not be read is left out, with a notice.
        """
        front = self.edition.settings
        head, before, after = (
            rewritten(html, rewrite) if (html := self._html(key, parts)) else ""
            for key, parts in (
                ("include-in-header", front.include_in_header),
                ("include-before-body", front.include_before_body),
                ("include-after-body", front.include_after_body),
            )
        )
        return AroundPage(head, before, after) if head or before or after else None

    def _html(self, key: str, parts: Sequence[Included]) -> str:
        place = self.edition.source.front_matter.place((key,))
        shortcodes = Shortcodes(self.document, self.root)
        texts = list[str]()
        for part in parts:
            if part.text:
                texts.append(part.text)
            if part.file is None:
                continue
            if refused := refusal(self.root, self.root / part.file):
                self.notices.append(Notice(place, f"`{key}`: {refused[0]}", refused[1]))
                continue
            if not is_file(self.root / part.file):
                what, mend = f"`{key}`: there is no file {part.file!r}", "Mend the path."
                self.notices.append(Notice(place, what, mend, topic=MISSING_FILE))
                continue
            self.reads.append(part.file)
            limit = TABLE["config-size"]
            texts.append(read_text(self.root / part.file, part.file, limit=limit))
        html = shortcodes.replaced("\n".join(texts), _SECRET, lambda offset: place)
        self.notices += shortcodes.notices
        if _is_refused(html):
            what = f"`{key}` has an inline style or script: browsers ignore it under the policy "
            what += "`default-src 'self'`"
            mend = "Put it into a file of the site, or let your server's policy allow it."
            self.notices.append(Notice(place, what, mend, topic="markdown"))
        return _WORD.sub(lambda word: shortcodes.answers[word[0]].get("text", ""), html)


def _is_refused(html: str) -> bool:
    """True if HTML has a script or a style in itself."""
    return any(
        element.tag == "style" or (element.tag == "script" and not element.get("src"))
        for element in parsed(html).iter("style", "script")
    )
