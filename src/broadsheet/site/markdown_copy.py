"""An article as Markdown: for programs that read, and for people who like their text plain.

It is made of the article's story, beside its page and under the same name: `posts/a/index.md`.
Prose, tables, notes and sources stay; a chart is its title, its picture, a link to its data, and
its table if that is a short one. What only a page can do goes: the marks of facts and their cards,
links from one place of the page to another. Addresses are absolute where the site has a `site-url`.

What the text has of Markdown's own signs is escaped, and so is each `<`: data stay text, wherever
the copy is shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePosixPath
from urllib.parse import quote

from html_to_markdown import ConversionOptions, convert
from markupsafe import Markup

from broadsheet.language import speaking, t_
from broadsheet.project.project import Project
from broadsheet.site import links
from broadsheet.site.page import part, site_title
from broadsheet.site.page_content import PageContent

LONGEST = 40
"""Rows of the longest table of a chart that is written out."""

_KNOWN = re.compile(r'<section class="known".*?</section>', re.DOTALL)
_CHART = re.compile(r'<div class="chart"[^>]*>')
_FIGURE = re.compile(r'\bdata-figure="([^"]*)\.json"')
_LABEL = re.compile(r'\baria-label="([^"]*)"')
_PICTURE = re.compile(r'<div class="chart-picture">.*?</svg>\s*</div>', re.DOTALL)
_TITLE = re.compile(r'<p class="chart-title">(.*?)</p>', re.DOTALL)
_PAGE = re.compile(r'<li><a class="chart-page".*?</li>', re.DOTALL)
_SHEET = re.compile(
    r'<li class="chart-more">.*?</details></li>\s*</ul>|<details class="chart-data">.*?</details>',
    re.DOTALL,
)
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_CSV = re.compile(r'<a href="([^"]*\.csv)"')
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
"""Characters of nobody's, which stand for the signs of the text while Markdown is made of the rest.
"""
_NOTE = "\ue004"
_ESCAPED = {"\ue000": "\\[", "\ue001": "\\`", "\ue002": "\\<", "\ue003": "\\&", _NOTE: "["}
_NOBODYS = re.compile("[\x1b\ue000-\ue004]")


def copy_of(story: PageContent, project: Project) -> dict[str, bytes]:
    """The copy of an article, by its path."""
    entry = story.entry
    url = project.site_url + quote(entry.url) if project.site_url else ""
    with speaking(entry.lang):
        text = part(
            "copy.html.jinja",
            entry=entry,
            url=url,
            body=Markup(story.body),
            site_title=site_title(project),
        )
        return {entry.copy: markdown_of(text, PurePosixPath(entry.path), url, story.files)}


def markdown_of(text: str, page: PurePosixPath, url: str, files: Collection[str]) -> bytes:
    """HTML with the addresses of ``page`` as Markdown with those of ``url``, if there is one.
    ``files`` are what comes with the page, the drawings of its charts among them.
    """
    text = _charts(_KNOWN.sub("", _NOBODYS.sub("", text)), page, files)
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


def _charts(text: str, page: PurePosixPath, files: Collection[str]) -> str:
    starts = [start.start() for start in _CHART.finditer(text)]
    parts = [text[start:stop] for start, stop in zip(starts, [*starts[1:], None], strict=False)]
    return "".join(
        [text[: starts[0]] if starts else text, *(_chart(part, page, files) for part in parts)]
    )


def _chart(part: str, page: PurePosixPath, files: Collection[str]) -> str:
    """A chart, and what follows it up to the next one."""
    figure = _FIGURE.search(part[: part.index(">")])

    def picture(found: re.Match[str]) -> str:
        label = _LABEL.search(found[0])
        alt, address = label[1] if label else "", f"{figure[1]}.svg" if figure else ""
        target = links.internal(address, page.parent) if address else None
        shown = target is not None and str(target.path) in files
        return f'<p><img src="{address}" alt="{alt}"></p>' if shown else f"<p>{alt}</p>"

    part = _PICTURE.sub(picture, _TITLE.sub(r"<p><strong>\1</strong></p>", part, count=1), count=1)
    return _SHEET.sub(_sheet, _PAGE.sub("", part, count=1), count=1)


def _sheet(found: re.Match[str]) -> str:
    """The data of a chart: a table, and a link to all of it."""
    table, csv = _TABLE.search(found[0]), _CSV.search(found[0])
    written = table[0] if table and table[0].count("<tr") <= LONGEST + 1 else ""
    offer = t_("Download the data (CSV)")
    linked = f'<p><a href="{csv[1]}">{offer}</a></p>' if csv else ""
    return ("</ul>" if found[0].endswith("</ul>") else "") + written + linked
