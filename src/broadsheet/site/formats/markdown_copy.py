"""An article as Markdown: for programs that read, and for people who like their text plain.

It is made of the article's content, beside its page and under the same name: `posts/a/index.md`.
Prose, tables, notes and sources stay. A chart becomes its title, its picture, a link to its data,
and its table if that is a short one. What works only on a page is left out: the marks of facts and
their cards, and links from one place of the page to another. Addresses are absolute if the site has
a `site-url`.

Markdown's own signs are escaped in the text, and so is each `<`: data stay text, wherever the copy
is shown.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import quote

from html_to_markdown import ConversionOptions, convert
from markupsafe import Markup

from broadsheet.project.project import Project
from broadsheet.site.article import links
from broadsheet.site.article.article import Article
from broadsheet.site.index.page import site_title
from broadsheet.site.theme.templates import rendered
from broadsheet.text.language import speaking

LONGEST = 40
"""How many rows a chart's table may have to be written out."""

_NUMBERED = re.compile(
    r'<span class="citation"[^>]*><sup>(?P<cited>.*?)</sup></span>'
    r'|<a\b[^>]*\bclass="footnote-ref"[^>]*><sup>(?P<noted>.*?)</sup></a>',
    re.DOTALL,
)
_BACK = re.compile(r'<a\b[^>]*\bclass="footnote-back".*?</a>', re.DOTALL)
_WITHIN = re.compile(r'<a\b(?=[^>]*\shref="#)[^>]*>(.*?)</a>', re.DOTALL)
_MATHS = re.compile(
    r'<math\b.*?<annotation encoding="application/x-tex">(.*?)</annotation>.*?</math>', re.DOTALL
)
_CAPTION = re.compile(r"<figcaption\b[^>]*>(.*?)</figcaption>", re.DOTALL)
_UNIT = re.compile(r'<span class="unit">(.*?)</span>', re.DOTALL)
_FRAME = re.compile(r"</?figure\b[^>]*>")
_KEPT = re.compile(r"(<(?:pre|code)\b.*?</(?:pre|code)>|<[^>]*>)", re.DOTALL)
_SIGNS = re.compile(r"\[|`|&lt;|&amp;(?=#?\w+;)")
_HELD = {"[": "\ue000", "`": "\ue001", "&lt;": "\ue002", "&amp;": "\ue003"}
"""Private-use characters that stand for the escaped signs of the text during the conversion."""
_NOTE = "\ue004"
_ESCAPED = {"\ue000": "\\[", "\ue001": "\\`", "\ue002": "\\<", "\ue003": "\\&", _NOTE: "["}
_NOBODYS = re.compile("[\x1b\ue000-\ue004]")


def copy_of(content: Article, project: Project) -> dict[str, bytes]:
    """The copy of an article, by its path."""
    meta = content.meta
    page = PurePosixPath(meta.path)
    url = project.site_url + quote(meta.url) if project.site_url else ""
    with speaking(meta.lang):
        body = content.html(
            lambda figure: figure.plain_html(
                lambda path: links.relative(page, path), longest=LONGEST
            )
        )
        text = rendered(
            "copy.html.jinja",
            entry=meta,
            url=url,
            body=Markup(body),
            site_title=site_title(project),
        )
    return {meta.copy: markdown_of(text, url)}


def markdown_of(text: str, url: str) -> bytes:
    """HTML as Markdown; its addresses count from ``url``, if there is one."""
    text = _NOBODYS.sub("", text)
    text = _MATHS.sub(r"$<code>\1</code>$", _UNIT.sub(r"(\1)", text))
    text = _BACK.sub(
        "", _NUMBERED.sub(lambda found: f"{_NOTE}{found['cited'] or found['noted']}]", text)
    )
    text = _FRAME.sub("", _CAPTION.sub(r"<p><em>\1</em></p>", _WITHIN.sub(r"\1", text)))
    pieces = _KEPT.split(text)
    pieces[::2] = [_SIGNS.sub(lambda sign: _HELD[sign[0]], piece) for piece in pieces[::2]]
    options = ConversionOptions(
        base_url=url or None,
        extract_metadata=False,
        escape_asterisks=True,
        escape_underscores=True,
        sup_symbol="^",
        sub_symbol="~",
        compact_tables=True,
        exclude_selectors=["svg", "script", "style", "form", "nav"],
    )
    written = convert("".join(pieces), options).content or ""
    return (_NOBODYS.sub(lambda sign: _ESCAPED[sign[0]], written).strip() + "\n").encode()
