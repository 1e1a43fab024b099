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
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import msgspec
from lxml.html import HtmlElement

from broadsheet.figures.drawing.chart_renderer import Pictures, UndrawableError
from broadsheet.figures.drawing.diagrams import diagram_of
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown.document import (
    Document,
    Rendered,
    contents_of,
    doubled_ids,
    fill,
    read_body,
    refuse_unfilled,
)
from broadsheet.markdown.filter_words import words
from broadsheet.markdown.rendering import Renders
from broadsheet.quarto.notebook import SLOT
from broadsheet.storage import store
from broadsheet.text.html_tree import (
    add_class,
    classes,
    comments,
    new_element,
    parsed,
    replace_element,
    written,
)
from broadsheet.text.language import SOURCE
from broadsheet.text.own_words import of_metadata

KEPT = PurePosixPath(".broadsheet/quarto/bodies")
_BEGINS, _ENDS = "<!--body-->", "<!--/body-->"
_SLOT = SLOT.partition("{}")[0]
_ALIGNED = re.compile(r"text-align:\s*(left|right|center)")
_WIDTH = re.compile(r"^\s*width:\s*([\d.]+)%;?\s*$")
_BASIS = re.compile(r"flex-basis: ([\d.]+)%")
_ALIGNMENTS = {"left": "text-start", "right": "text-end", "center": "text-center"}
_PLACED = re.compile(r"\{[^}\n]*#refs\b")
_APPENDIX = {
    "id": "quarto-bibliography",
    "class": "quarto-appendix-contents",
    "role": "doc-bibliography",
}
_UNIQUE = re.compile(r"(?<=-caption)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
"""The end that Quarto adds to the id of a caption."""
_MARKS_OF_QUARTO = ("data-execution_count", "data-ref-parent", "data-quarto-")
"""The starts of the names of attributes that only Quarto reads."""
_TABLE = {"do-not-create-environment", "cell", "caption-top"}
_PANEL, _FLOAT = "quarto-layout-panel", ("quarto-float", "quarto-figure")
_FLOATS = ("fig-", "tbl-", "lst-")


def take_body(page: str) -> str | None:
    """Return the body that Quarto has put between the marks; None if this page is not as Quarto
    left it.
    """
    body, end, _ = page.partition(_BEGINS)[2].rpartition(_ENDS)
    if not end:
        return None
    root = parsed(body)
    for listing in list(root.iter("div")):
        if (listing.get("class") or "").startswith("quarto-listing"):  # lists are ours
            listing.drop_tree()
    _write_as_ours(root)
    return written(root).strip() + "\n"


@dataclass(frozen=True)
class _Kept:
    """A body as Quarto has rendered it."""

    of: str
    """The digest of the text that it was rendered of."""
    body: str
    """The body."""


def collect(root: Path, site: Path, pages: Mapping[str, str]) -> dict[str, str]:
    """Return the body of each page that Quarto has rendered, now or before, with open slots.

    ``pages`` has the text that Quarto got for each: a body of another text is out of date, and left
    out.
    """
    bodies = {}
    for page, text in pages.items():
        kept, source = root / KEPT / f"{page}.json", hashlib.sha256(text.encode()).hexdigest()
        new_body = (
            take_body((site / page).read_text(encoding="utf-8"))
            if (site / page).is_file()
            else None
        )
        if new_body is not None:
            store.write_entry(kept, msgspec.json.encode(_Kept(source, new_body)))
        stored = store.decode(kept, store.read_entry(kept), _Kept)
        if stored is not None and stored.of == source:
            bodies[page] = stored.body
    return bodies


@dataclass(frozen=True)
class QuartoBodies:
    """Renders a page as Quarto did. Our renderer makes its title and the like, and the pages that
    Quarto has not rendered yet, which lists need.
    """

    renderer: Renders
    """Our renderer."""
    bodies: Mapping[str, str]
    """The bodies by the addresses of pages."""
    slots: Mapping[str, Sequence[str | PageFigure]]
    """The contents of the slots of each page."""
    pictures: Pictures | None = None
    """The drawings of diagrams, which Quarto leaves to the reader's browser."""

    def render(self, document: Document) -> Rendered:
        """Return the page. Raises :class:`RenderError`."""
        rendered = self.bodies.get(document.page)
        if rendered is None:
            return self.renderer.render(document)
        body = parsed(rendered)
        if not _PLACED.search(document.markdown):
            lang = str(document.options.get("lang") or SOURCE)
            _move_references(body, words(lang, of_metadata(document.metadata))["references"])
        self._draw_diagrams(body, document)
        _mark_code(body, document.options)
        other = self.renderer.render(replace(document, markdown="", slots=(), stretches=()))
        slots = self.slots.get(document.page, ())
        for hidden in comments(body, ""):
            if _SLOT in (hidden.text or ""):
                hidden.drop_tree()
        contents = contents_of(slots)
        prose = read_body(body, document, contents)
        places = [
            (div, div.get("data-slot", "")) for div in list(body.iter("div")) if _is_slot(div)
        ]
        figures, filled = fill(places, contents, document)
        if unfilled := _unfilled(document, slots, filled):
            refuse_unfilled(unfilled - self.renderer.render(document).hidden, document)
        return replace(
            other,
            body=body,
            prose=prose,
            notices=(*document.notices, *doubled_ids(prose, document)),
            figures=figures,
        )

    def _draw_diagrams(self, body: HtmlElement, document: Document) -> None:
        """Put the drawings of Mermaid's diagrams in the place of their text. What cannot be drawn
        stays as it is.
        """
        settings = document.metadata.get("mermaid")
        theme = str(settings.get("theme") or "") if isinstance(settings, Mapping) else ""
        blocks = [block for block in body.iter("pre") if "mermaid" in classes(block)]
        for number, block in enumerate(blocks if self.pictures else ()):
            with suppress(UndrawableError):
                drawn = self.pictures and self.pictures.diagram(
                    "mermaid", block.text_content(), theme
                )
                if drawn:
                    shown = parsed(diagram_of(drawn).html(number))
                    replace_element(block, shown[0])


def _mark_code(body: HtmlElement, options: Mapping[str, object]) -> None:
    """Mark code in a language as our renderer does: with a button that copies it, or wrapped. Quarto
    does so only in pages with its own scripts.
    """
    copy = options.get("code-copy")
    marks = {
        "code-with-copy": bool(copy),
        "code-copy-hover": copy == "hover",
        "code-overflow-wrap": options.get("code-overflow") == "wrap",
    }
    for block in body.iter("pre"):
        names = classes(block)
        if not names or "mermaid" in names:
            continue
        added = [
            mark
            for mark, is_set in marks.items()
            if is_set and not (mark == "code-overflow-wrap" and "code-overflow-scroll" in names)
        ]
        block.set("class", " ".join(dict.fromkeys((*names, *added))))


def _unfilled(
    document: Document, slots: Sequence[str | PageFigure], filled: Collection[int]
) -> set[int]:
    """Return the numbers of the ``document``'s slots whose content Quarto got and is not
    ``filled``. Quarto's ``slots`` are those of all outputs, of which a page need not show each, in
    the same order.
    """
    missing, rest = set(), dict(enumerate(slots))
    for index, content in enumerate(document.slots):
        number = next((number for number, other in rest.items() if other == content), None)
        if number is not None:
            del rest[number]
            if number not in filled:
                missing.add(index)
    return missing


def _is_slot(element: HtmlElement) -> bool:
    is_empty = len(element) == 0 and not (element.text or "").strip()
    return is_empty and classes(element) == ["slot"] and "data-slot" in element.attrib


def _move_references(body: HtmlElement, heading: str) -> None:
    """Put the references that no author has placed after the notes and under a heading."""
    references = next((div for div in body.iter("div") if div.get("id") == "refs"), None)
    if references is None:
        return
    appendix = new_element("section", _APPENDIX)
    references.drop_tree()
    appendix.append(new_element("h2", {"class": "quarto-appendix-heading"}, heading))
    appendix.append(references)
    body.append(appendix)


def _write_as_ours(body: HtmlElement) -> None:
    """Make of what Quarto writes otherwise than our renderer what that would have written."""
    for row in body.iter("div"):
        if classes(row) == ["quarto-layout-row"] and len(row):
            basis = _BASIS.search(row[0].get("style") or "")
            if basis:
                add_class(row, f"layout-ncol-{round(100 / float(basis[1]))}")
    for element in body.iter("*"):
        if element.attrib:
            _write_tag_as_ours(element)
    for output in body.iter("div"):
        _widen_cell(output)


def _write_tag_as_ours(element: HtmlElement) -> None:
    for name, value in element.items():
        if name.startswith(_MARKS_OF_QUARTO):
            del element.attrib[name]
        elif "-caption-" in value:
            element.set(name, _UNIQUE.sub("", value))
    names = classes(element)
    if element.tag == "table" and names[-1:] == ["caption-top"] and _TABLE.issuperset(names):
        element.set("class", "caption-top table")
    if element.tag == "div" and names[:1] == [_PANEL] and element.get("id", "").startswith(_FLOATS):
        element.set("class", " ".join((*_FLOAT, *names[1:])))
    style = element.attrib.pop("style", None)
    if style is not None:
        _say_in_words(element, style)


def _say_in_words(element: HtmlElement, style: str) -> None:
    """Write what an inline style means as a class or an attribute, where the theme knows one."""
    aligned, width = _ALIGNED.search(style), _WIDTH.match(style)
    if element.tag in ("th", "td") and aligned:
        add_class(element, _ALIGNMENTS[aligned[1]])
    elif element.tag == "mtd" and aligned:
        add_class(element, f"align-{aligned[1]}")
    elif element.tag in ("col", "table", "img") and width:
        element.set("width", f"{width[1]}%")


def _widen_cell(output: HtmlElement) -> None:
    """Put the `column` of an output on the cell or the figure around it."""
    names = classes(output)
    column = next((name for name in names if name.startswith("column-")), None)
    around = [
        ancestor
        for ancestor in output.iterancestors("div")
        if {"cell", "quarto-float"} & {*classes(ancestor)}
    ]
    if column and around and names[0].startswith("cell-output"):
        cell = around[-1]
        output.set("class", " ".join(name for name in names if name != column))
        cell.set("class", " ".join(dict.fromkeys((column, *classes(cell)))))
