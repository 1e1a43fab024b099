"""The bodies of pages as Quarto has rendered them.

A page comes from Quarto with its body between two marks (`theme/quarto/page.html`). The body is
taken out, its slots are filled, and what Quarto writes otherwise than our renderer is written as
that does: classes in place of inline styles, which browsers refuse under `default-src 'self'`. It
is kept under `.broadsheet/quarto/bodies/`, since a page that has gone into the site is no longer as
Quarto left it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import msgspec

from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown import divs
from broadsheet.markdown.document import (
    Document,
    Rendered,
    doubled_ids,
    fill,
    read_body,
    refuse_unfilled,
)
from broadsheet.markdown.filter_words import words
from broadsheet.quarto.notebook import SLOT
from broadsheet.site.build.edition_pages import Renders
from broadsheet.storage import store

KEPT = PurePosixPath(".broadsheet/quarto/bodies")
_BODY = re.compile(r"<!--body-->\n?(.*)<!--/body-->", re.DOTALL)
_SLOT = re.compile(SLOT.format(r"(\d+)").replace("><", r">\s*<"))
"""A slot as it comes back: one within Markdown is a div that Pandoc has read, and written on lines of
its own."""
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(
    r"""<[a-zA-Z][\w-]*(?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*\s*/?>"""
)
_STYLE = re.compile(r"""\sstyle=(?:"([^"]*)"|'([^']*)')""")
_ALIGNED = re.compile(r"text-align:\s*(left|right|center)")
_WIDTH = re.compile(r"^\s*width:\s*([\d.]+)%;?\s*$")
_ALIGNMENTS = {"left": "text-start", "right": "text-end", "center": "text-center"}
_LISTING = re.compile(r'<div class="quarto-listing\b')
_REFERENCES = re.compile(r'<div id="refs"')
_PLACED = re.compile(r"\{[^}\n]*#refs\b")
_COLUMN = re.compile(r'(?<=class="cell-output)([^"]*) (column-[\w-]+)(?=[ "])')
_CELL = re.compile(r'\bclass="(?=(?:[^"]* )?(?:cell|quarto-float)[ "])')
_ROW = re.compile(r'(<div class="quarto-layout-row)(")(?=[^>]*>\s*<div [^>]*flex-basis: ([\d.]+)%)')
_APPENDIX = (
    '<section id="quarto-bibliography" class="quarto-appendix-contents" role="doc-bibliography">\n'
    '<h2 class="quarto-appendix-heading">{}</h2>\n{}\n</section>\n'
)
_MARKS_OF_QUARTO = (
    (re.compile(r"(-caption)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), r"\1"),
    (re.compile(r'\s(?:data-execution_count|data-quarto-[a-z-]+|data-ref-parent)="[^"]*"'), ""),
    (
        re.compile(r'<table class="(?:do-not-create-environment )?(?:cell )?caption-top"'),
        '<table class="caption-top table"',
    ),
    (
        re.compile(r'(<div id="(?:fig|tbl|lst)-[^"]*" class=")quarto-layout-panel'),
        r"\1quarto-float quarto-figure",
    ),
)


def take_body(page: str) -> str | None:
    """What Quarto has put between the marks; None if this page is not as Quarto left it."""
    found = _BODY.search(page)
    return _as_ours(_without_listings(found[1])) if found else None


@dataclass(frozen=True)
class _Kept:
    """A ``body``, and the digest of what Quarto has rendered it ``of``."""

    of: str
    body: str


def collect(root: Path, site: Path, pages: Mapping[str, str]) -> dict[str, str]:
    """The body of each page that Quarto has rendered, now or before, with open slots.

    ``pages`` has what Quarto was given for each: a body of something else than that is out of date,
    and left out.
    """
    bodies = {}
    for page, given in pages.items():
        kept, source = root / KEPT / f"{page}.json", hashlib.sha256(given.encode()).hexdigest()
        made = (
            take_body((site / page).read_text(encoding="utf-8"))
            if (site / page).is_file()
            else None
        )
        if made is not None:
            store.write(kept, msgspec.json.encode(_Kept(source, made)))
        known = store.decode(kept, store.read(kept), _Kept)
        if known is not None and known.of == source:
            bodies[page] = known.body
    return bodies


@dataclass(frozen=True)
class QuartoBodies:
    """Renders a page as Quarto did. Its title and the like, and pages that Quarto has not rendered
    yet, are of our renderer: those are needed in lists.
    """

    renderer: Renders
    bodies: Mapping[str, str]
    slots: Mapping[str, Sequence[str | PageFigure]]

    def render(self, document: Document) -> Rendered:
        """The page's body. Raises :class:`RenderError`."""
        made = self.bodies.get(document.page)
        if made is None:
            return self.renderer.render(document)
        if not _PLACED.search(document.markdown):
            made = _references_last(
                made, words(str(document.options.get("lang") or "en"))["references"]
            )
        other = self.renderer.render(replace(document, markdown="", slots=(), stretches=()))
        slots = self.slots.get(document.page, ())
        made = _COMMENT.sub(lambda text: "" if _SLOT.search(text[0]) else text[0], made)
        html, figures, filled = fill(made, _SLOT, slots, document)
        if unfilled := _wanted(document, slots, filled):
            refuse_unfilled(unfilled - self.renderer.render(document).hidden, document)
        prose = read_body(made, document, slots)
        return replace(
            other,
            html=html,
            prose=prose,
            notices=(*document.notices, *doubled_ids(prose, document)),
            figures=figures,
        )


def _wanted(
    document: Document, slots: Sequence[str | PageFigure], filled: Collection[int]
) -> set[int]:
    """The numbers of the ``document``'s slots whose content Quarto was given and is not ``filled``.
    Quarto's ``slots`` are those of all outputs, of which a page need not show each, in the same order.
    """
    wanted, rest = set(), dict(enumerate(slots))
    for index, content in enumerate(document.slots):
        number = next((number for number, other in rest.items() if other == content), None)
        if number is not None:
            del rest[number]
            if number not in filled:
                wanted.add(index)
    return wanted


def _without_listings(text: str) -> str:
    """Without the lists that Quarto has put where an author has placed them: lists are ours."""
    while (found := _cut(text, _LISTING))[1]:
        text = found[0]
    return text


def _references_last(text: str, heading: str) -> str:
    """The references that no author has placed, after the notes and under a heading."""
    rest, references = _cut(text, _REFERENCES)
    return rest + _APPENDIX.format(heading, references) if references else text


def _cut(text: str, start: re.Pattern[str]) -> tuple[str, str]:
    """``text`` without the first div that begins with ``start``, and that div; an empty one where
    there is none.
    """
    found = start.search(text)
    end = divs.closing(text, found.start()) if found else None
    if not found or not end:
        return text, ""
    return text[: found.start()] + text[end.end() :], text[found.start() : end.end()]


def _with_wide_cells(text: str) -> str:
    """With a cell's `column` on the cell or the figure around it, not on each of its outputs."""
    tags: dict[int, str] = {}
    enclosing: list[re.Match[str]] = []
    for div in divs.TAG.finditer(text):
        if div[1]:
            del enclosing[-1:]
            continue
        enclosing.append(div)
        column = _COLUMN.search(div[0])
        cell = next((one for one in enclosing if _CELL.search(one[0])), div)
        if column and cell is not div:
            tags[div.start()] = _COLUMN.sub(r"\1", div[0])
            tags[cell.start()] = _CELL.sub(rf"\g<0>{column[2]} ", cell[0])
    return divs.TAG.sub(lambda div: tags.get(div.start(), div[0]), text)


def _as_ours(text: str) -> str:
    def tag(match: re.Match[str]) -> str:
        written = match[0]
        for pattern, instead in _MARKS_OF_QUARTO:
            written = pattern.sub(instead, written)
        style = _STYLE.search(written)
        if style is None:
            return written
        return _in_words(
            written[: style.start()] + written[style.end() :], style[1] or style[2] or ""
        )

    text = _ROW.sub(lambda row: f"{row[1]} layout-ncol-{round(100 / float(row[3]))}{row[2]}", text)
    return _with_wide_cells(_TAG.sub(tag, text)).strip() + "\n"


def _in_words(tag: str, style: str) -> str:
    """A start tag with what its inline style meant as a class or an attribute, where the theme knows
    one.
    """
    aligned, width = _ALIGNED.search(style), _WIDTH.match(style)
    if tag.startswith(("<th", "<td")) and aligned:
        return _with(tag, f' class="{_ALIGNMENTS[aligned[1]]}"')
    if tag.startswith("<mtd") and aligned:
        return _with(tag, f' class="align-{aligned[1]}"')
    if tag.startswith(("<col", "<table", "<img")) and width:
        return _with(tag, f' width="{width[1]}%"')
    return tag


def _with(tag: str, attribute: str) -> str:
    end = len(tag) - (2 if tag.endswith("/>") else 1)
    return tag[:end].rstrip() + attribute + tag[end:]
