"""Reads a page's prose, once: Pandoc's HTML comes in, passages of plain text go out.

The body is read as a renderer made it, before the outputs of cells are put in: the text is what a
reader reads, marks are elements. A parenthetical citation, "(Reuters 2023)" or a raised number, is
not part of the text; an empty mark is at its position, with the sentence before it. Code that is
shown and lists of references are not prose. The result also has the page's headings, the entries of
live coverage, and the ids that more than one element has.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Literal

from lxml import etree
from lxml.html import HtmlElement

from broadsheet.errors import Place
from broadsheet.text.html_tree import written

MarkKind = Literal["fact", "claim", "cite", "held", "unchecked", "reference", "code"]

OPAQUE: frozenset[MarkKind] = frozenset(("cite", "reference", "code"))
"""Marks whose text is not prose: nothing in it is checked."""

_LEVELS = {f"h{level}": level for level in range(1, 7)}
_KINDS = {
    "p": "paragraph",
    "li": "list item",
    "figcaption": "caption",
    "caption": "caption",
    "td": "table cell",
    "th": "table cell",
    "dt": "definition",
    "dd": "definition",
    "summary": "heading",
    "label": "heading",
    **dict.fromkeys(_LEVELS, "heading"),
}
_BLOCKS = {
    "article",
    "aside",
    "blockquote",
    "br",
    "details",
    "div",
    "dl",
    "figure",
    "hr",
    "ol",
    "section",
    "table",
    "tbody",
    "thead",
    "tr",
    "ul",
    *_KINDS,
}
_APART = {"pre", "script", "style", "svg", "input", "video", "annotation"}
"""Elements that are not prose."""
_APART_CLASSES = {
    "references",
    "csl-entry",
    "header-section-number",
    "footnote-back",
    "screen-reader-only",
    "code-with-filename-file",
    "code-annotation-number",
    "quarto-appendix-contents",
    "updates",
}
_BESIDE = {"figure", "table"}
_BESIDE_CLASSES = {"cell-output", "code-fold", "nav-link"}
"""Elements whose text is not part of the running prose."""
_UNLISTED = {"callout", "panel-tabset", "quarto-float", "cell-output", "update", "copy-only"}
"""Classes whose headings are not the page's."""
ALTERNATIVE = "alternative text of a picture"
"""The kind of passage that the alternative text of a picture in the Markdown is."""
_SPACE = re.compile(r"\s+")
_CITING_ALONE = re.compile(r"[(\[\d]")
_NUMBERED_CALLOUT = re.compile(r"(?:nte|tip|wrn|imp|cau)-", re.IGNORECASE)
_NUMERAL = r"(?:[^\W\d]\.|\d+\.)*(?:\d+|[ivxlcdm]+|[^\W\d]{1,2}|\?)(?=\W|\Z)"
_NAMED = re.compile(rf"\s*(?:(?:[^\s\d:]+ ){{0,3}}[^\s\d:]+\u00a0)?{_NUMERAL}", re.IGNORECASE)
"""The number of a float or a callout, its word in any language: "Figure 1", "Figure 2.iv", "1"."""
_BRACKETED = re.compile(r"\s*\([^\s()]{1,12}\)")
"""The number of a part of a float, or of an equation: "(a)", "(xiv)", "(2.1)"."""
_NUMBERS = {
    "quarto-float-caption": _NAMED,
    "quarto-subfloat-caption": _BRACKETED,
    "quarto-equation-number": _BRACKETED,
    "callout-title-container": _NAMED,
}
"""The classes of the elements that begin with a number of the renderer's (`lua/kinds.lua`), or of
Quarto's, and what it looks like.
"""
_MARKED = etree.XPath("boolean(.//*[@data-claim or contains(concat(' ', @class, ' '), ' fact ')])")


@dataclass(frozen=True)
class Mark:
    """A stretch of a passage's text, from ``start`` up to ``end``, that is accounted for or is no
    prose.

    ==========  =======================================================================================
    kind        what it is, and what ``name`` says
    ==========  =======================================================================================
    fact        a value that is bound to its data; the fact's name
    claim       words that rest on a claim; the claim's name
    cite        a citation, which accounts for its sentence; its keys. It may be empty: ``start == end``
    held        words that report what somebody said; who holds them: a text, or the @key of a document
    unchecked   words that an author answers for; the reason
    reference   "Figure 1", "Section 2": a cross reference; what it refers to. Without a name it is the
                number that a figure, a table or the like has itself, or a picture's credit
    code        code or mathematics
    ==========  =======================================================================================
    """

    start: int
    """The offset of its first character."""
    end: int
    """The offset after its last character."""
    kind: MarkKind
    """Its kind."""
    name: str = ""
    """Its name; empty for none."""


@dataclass(frozen=True)
class Passage:
    """One unit of an edition's text: a paragraph, list item, heading, caption, title, table cell …"""

    text: str
    """The text, plain, with the values of the edition put in."""
    marks: tuple[Mark, ...]
    """The marks in the text."""
    place: Place
    """The place where it was written, with the line on which it begins."""
    kind: str = "paragraph"
    """Its name in messages (`paragraph`, `title`, `caption`, `alt text` …)."""
    is_running: bool = True
    """A reader reads it from start to end; false for captions, tables and outputs."""


@dataclass(frozen=True)
class Heading:
    """A heading of the page."""

    level: int
    """Its level, 1 to 6."""
    id: str
    """The fragment that leads to it."""
    html: str
    """Its text as HTML."""


@dataclass(frozen=True)
class Update:
    """An entry of live coverage."""

    id: str
    """Its id."""
    time: str
    """Its time as HTML has it."""
    headline: str
    """Its headline."""
    text: str
    """Its text."""


@dataclass(frozen=True)
class Prose:
    """The prose of a body."""

    passages: tuple[Passage, ...] = ()
    """The passages, in order."""
    apart: tuple[Passage, ...] = ()
    """Passages with marks outside of prose."""
    headings: tuple[Heading, ...] = ()
    """The headings of the page."""
    updates: tuple[Update, ...] = ()
    """The entries of live coverage."""
    doubled: tuple[str, ...] = ()
    """The ids that more than one element has."""

    @property
    def text(self) -> str:
        """The running prose."""
        return "\n".join(passage.text for passage in self.passages if passage.is_running)


def read(root: HtmlElement, place: Place, *, with_lines: bool = False) -> Prose:
    """Read the prose of the body ``root`` that belongs to the page at ``place``; ``with_lines``,
    each passage is at the line of the HTML on which its element begins.
    """
    reader = _Reader(root, place, with_lines=with_lines)
    reader.element(root)
    reader.flush()
    ids = Counter(element.get("id") for element in root.iter("*"))
    return Prose(
        tuple(reader.passages),
        tuple(reader.apart),
        tuple(reader.headings),
        tuple(reader.updates),
        tuple(name for name, count in ids.items() if name and count > 1),
    )


def is_marked(element: HtmlElement) -> bool:
    """True if some words in an element are marked as a fact, or as resting on a claim."""
    return bool(_MARKED(element))


def mark_of(element: HtmlElement) -> tuple[MarkKind | None, str]:
    """Return the kind of mark that an element is, and its name; no kind for any other element."""
    classes = _classes(element)
    claim = element.get("data-claim")
    if claim is not None:
        return "claim", claim
    if "fact" in classes:
        return "fact", element.get("name") or element.get("data-name") or ""
    if element.tag in ("code", "math", "kbd", "samp"):
        return "code", ""
    if "picture-credit" in classes:
        return "reference", ""
    if "quarto-xref" in classes:
        return "reference", (element.get("href") or "").lstrip("#")
    if holder := _holder(element):
        return "held", holder
    reason = _reason(element)
    return ("unchecked", reason) if reason else (None, "")


def own_number(element: HtmlElement, text: str) -> str:
    """Return the number that the renderer put at the start of the ``text`` of an element."""
    classes = _classes(element)
    pattern = next((pattern for name, pattern in _NUMBERS.items() if name in classes), None)
    if pattern is None or (match := pattern.match(text)) is None:
        return ""
    if "callout-title-container" in classes:
        callouts = (
            ancestor for ancestor in element.iterancestors() if "callout" in _classes(ancestor)
        )
        callout = next(callouts, element)
        if not _NUMBERED_CALLOUT.match(callout.get("id") or ""):
            return ""
    return match[0]


@dataclass
class _Reader:
    """Collects passages. It has state: the text and marks of the current passage, and finished
    passages.
    """

    root: HtmlElement
    """The body that is read."""
    place: Place
    """The place of the page."""
    reads_all: bool = False
    """It reads parts that are not prose, too, for their marks."""
    with_lines: bool = False
    """The place of a passage has the line of its element."""
    passages: list[Passage] = field(default_factory=list)
    """The finished passages."""
    apart: list[Passage] = field(default_factory=list)
    """The passages with marks outside of prose."""
    headings: list[Heading] = field(default_factory=list)
    """The headings so far."""
    updates: list[Update] = field(default_factory=list)
    """The entries of live coverage so far."""
    text: str = ""
    """The text of the current passage."""
    marks: list[Mark] = field(default_factory=list)
    """The marks of the current passage."""
    kind: str = "paragraph"
    """The kind of the current passage."""
    enclosing: list[Mark] = field(default_factory=list)
    """The marks of the enclosing elements."""
    is_beside: bool = False
    """An enclosing element is outside of the running prose."""
    is_unlisted: bool = False
    """An enclosing element has headings of its own."""

    def element(self, element: HtmlElement) -> None:
        """Read an element with its content, without its tail."""
        if not isinstance(element.tag, str):
            return
        classes = _classes(element)
        if not self.reads_all and (
            element.tag in _APART or _APART_CLASSES & classes or element.get("id") == "refs"
        ):
            self.read_apart(element)
        elif element.tag == "img":
            self.picture(element)
        elif element.tag in _BLOCKS:
            self.block(element, classes)
        elif "footnote-ref" in classes:
            self.footnote(element)
        elif "citation" in classes:
            self.citation(element)
        else:
            self.inline(element)

    def read_apart(self, element: HtmlElement) -> None:
        """Read the marks in an element that is not prose."""
        if len(element) and is_marked(element):
            reader = _Reader(self.root, self.place, reads_all=True)
            reader.content(element)
            reader.flush()
            self.apart += [passage for passage in reader.passages if passage.marks]

    def block(self, element: HtmlElement, classes: set[str]) -> None:
        self.flush()
        self.at(element)
        around = self.kind, self.enclosing, self.is_beside, self.is_unlisted
        if element.tag in _LEVELS and not self.is_unlisted and not _is_hidden(classes):
            self.headings.append(_heading(element))
        named: dict[MarkKind, str] = {"held": _holder(element), "unchecked": _reason(element)}
        marks = (Mark(0, 0, kind, name) for kind, name in named.items() if name)
        self.kind = _KINDS.get(str(element.tag), self.kind)
        self.enclosing = [*self.enclosing, *marks]
        self.is_beside |= element.tag in _BESIDE or not _BESIDE_CLASSES.isdisjoint(classes)
        self.is_unlisted |= not _UNLISTED.isdisjoint(classes)
        first = len(self.passages)
        self.content(element)
        self.flush()
        if element.tag == "article" and "update" in classes:
            self.note_update(element, self.passages[first:])
        self.kind, self.enclosing, self.is_beside, self.is_unlisted = around

    def at(self, element: HtmlElement) -> None:
        """Note the line of an element, where lines are asked for."""
        if self.with_lines:
            self.place = replace(self.place, line=element.sourceline)

    def picture(self, element: HtmlElement) -> None:
        """Read the alternative text of a picture, unless it is the caption."""
        text = _SPACE.sub(" ", element.get("alt") or "").strip()
        figure = next(element.iterancestors("figure"), None)
        captions = [] if figure is None else figure.iter("figcaption")
        if text and not any(
            text in _SPACE.sub(" ", caption.text_content()) for caption in captions
        ):
            self.passages.append(Passage(text, (), self.place, ALTERNATIVE, is_running=False))

    def note_update(self, element: HtmlElement, passages: list[Passage]) -> None:
        time = element.find(".//time")
        if time is None or not passages:
            return
        # without the time above it
        words = [passage for passage in passages[1:] if passage.is_running]
        title = next((passage for passage in words if passage.kind == "heading"), None)
        text = "\n".join(passage.text for passage in words if passage is not title)
        self.updates.append(
            Update(
                element.get("id") or "",
                time.get("datetime") or "",
                title.text if title else "",
                text,
            )
        )

    def inline(self, element: HtmlElement) -> None:
        kind, name = mark_of(element)
        start = len(self.text)
        self.content(element)
        if kind and (len(self.text) > start or kind in ("fact", "claim")):
            self.marks.append(Mark(start, len(self.text), kind, name))

    def citation(self, element: HtmlElement) -> None:
        start, keys = len(self.text), element.get("data-cites") or ""
        if _CITING_ALONE.match((element.text_content() or "").strip()):
            self.cite(keys)
        else:
            self.content(element)
            self.marks.append(Mark(start, len(self.text), "cite", keys))

    def footnote(self, element: HtmlElement) -> None:
        """Count a note that cites as a citation of the sentence that it belongs to."""
        notes = self.root.xpath("//*[@id=$name]", name=(element.get("href") or "#").lstrip("#"))
        cited = [
            part.get("data-cites") or ""
            for note in notes
            for part in note.iter("*")
            if "citation" in _classes(part)
        ]
        if cited:
            self.cite(" ".join(cited))

    def cite(self, keys: str) -> None:
        """Note a citation that is not part of the text."""
        self.text = self.text.rstrip()
        self.marks.append(Mark(len(self.text), len(self.text), "cite", keys))

    def content(self, element: HtmlElement) -> None:
        text = element.text or ""
        number = own_number(element, text)
        if number:
            start = len(self.text)
            self.add(number)
            self.marks.append(Mark(start, len(self.text), "reference"))
        self.add(text[len(number) :])
        for child in element:
            self.element(child)
            self.add(child.tail)

    def add(self, text: str | None) -> None:
        added = _SPACE.sub(" ", text or "")
        if not self.text or self.text.endswith(" "):
            added = added.lstrip()
        self.text += added

    def flush(self) -> None:
        text = self.text.rstrip()
        if text or any(mark.kind in ("fact", "claim") for mark in self.marks):
            enclosing = [replace(mark, end=len(text)) for mark in self.enclosing]
            marks = [
                replace(mark, start=min(mark.start, len(text)), end=min(mark.end, len(text)))
                for mark in (*self.marks, *enclosing)
            ]
            self.passages.append(
                Passage(text, tuple(marks), self.place, self.kind, not self.is_beside)
            )
        self.text, self.marks = "", []


def _holder(element: HtmlElement) -> str:
    """Return the name of the person who holds the words of an element, from its `held-by`."""
    return (element.get("data-held-by") or element.get("held-by") or "").strip()


def _reason(element: HtmlElement) -> str:
    return (element.get("data-reason") or "").strip() if "unchecked" in _classes(element) else ""


def _is_hidden(classes: set[str]) -> bool:
    """True if a heading of these classes is left out of the table of contents."""
    return not classes.isdisjoint(("unlisted", "quarto-appendix-heading"))


def _heading(element: HtmlElement) -> Heading:
    parent = element.getparent()
    in_section = parent is not None and parent.tag == "section"
    fragment = element.get("id") or (parent.get("id") if in_section else None)
    return Heading(_LEVELS[str(element.tag)], fragment or "", written(element).strip())


def _classes(element: HtmlElement) -> set[str]:
    return set((element.get("class") or "").split())
