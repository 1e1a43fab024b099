"""A page's prose as the gate reads it: passages of plain text, with marks on what is accounted for.

They are read from the body that a renderer made, before the outputs of cells are put in: the text
is what a reader reads, marks are elements. A citation that stands for itself, "(Reuters 2023)" or a
raised number, is no part of the text; where it stood is an empty mark, with the sentence before it.
Code that is shown and lists of references are no prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lxml import html
from lxml.html import HtmlElement

from broadsheet.errors import Place
from broadsheet.markdown.document import Document, Rendered
from broadsheet.verify.passage import Mark, MarkKind, Passage

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
    **{f"h{level}": "heading" for level in range(1, 7)},
}
_BLOCKS = {
    "div",
    "section",
    "aside",
    "blockquote",
    "figure",
    "table",
    "thead",
    "tbody",
    "tr",
    "ul",
    "ol",
    "dl",
    "details",
    "br",
    "hr",
    *_KINDS,
}
_APART = {"pre", "script", "style", "svg", "input", "video", "annotation"}
_APART_CLASSES = {
    "references",
    "csl-entry",
    "header-section-number",
    "footnote-back",
    "screen-reader-only",
    "code-with-filename-file",
    "quarto-appendix-contents",
    "updates",
}
_SPACE = re.compile(r"\s+")
_STANDING_APART = re.compile(r"[(\[\d]")
_TOKEN = re.compile(r"\w+")
_SKIPPED = 60
"""How many words of markup may stand between two words of the text."""
_LABEL = 2
_RENDERED = ("cite", "reference")
"""Marks whose words the renderer has made."""
_CLOSED = re.compile(r"\]\{([^{}]*)\}")
_NAMED = re.compile(r"""\.fact\s+name=["']?(?P<fact>[\w-]+)|\bclaim=["']?(?P<claim>[\w-]+)""")


def passages_of(rendered: Rendered, document: Document) -> Iterator[Passage]:
    """The passages of a page: title, subtitle and description, then the body in its order."""
    for name, inline in rendered.inlines.items():
        for passage in _read(f"<p>{inline.html}</p>", Place(document.file, cell=1)):
            yield replace(passage, kind=name)
    yield from _read(rendered.bare, Place(document.file))


def plain_passages(text: str, place: Place, kind: str) -> Iterator[Passage]:
    """A passage of plain text, such as an alternative text, in which facts and claims have
    Markdown's marks.
    """
    said, marks, opened, at = "", list[Mark](), list[int](), 0
    while at < len(text):
        closed = _CLOSED.match(text, at)
        if text[at] == "\\" and at + 1 < len(text):
            said, at = said + text[at + 1], at + 2
        elif text[at] == "[":
            opened, at = [*opened, len(said)], at + 1
        elif closed and opened:
            start, named = opened.pop(), _NAMED.search(closed[1])
            if named:
                kind_of: MarkKind = "claim" if named["claim"] else "fact"
                marks.append(Mark(start, len(said), kind_of, named["claim"] or named["fact"]))
            at = closed.end()
        else:
            said, at = said + text[at], at + 1
    if said:
        yield Passage(said, tuple(marks), place, kind)


def place_of(passage: Passage, at: int, document: Document) -> Place:
    """Where the author wrote what stands at ``at`` of a passage: its words are looked for in the
    Markdown.
    """
    if passage.place.cell is not None:
        return passage.place
    wanted = [
        match
        for match in _TOKEN.finditer(passage.text)
        if not any(
            mark.kind in _RENDERED and mark.start <= match.start() < mark.end
            for mark in passage.marks
        )
    ]
    index = sum(match.start() < at for match in wanted)
    written = list(_TOKEN.finditer(document.markdown))
    said, words = [match[0] for match in wanted], [match[0] for match in written]
    for first in range(min(index, _LABEL) + 1):  # "Figure 1:" before a caption is the renderer's
        found = _aligned(said[first:], words, index - first)
        if found is not None:
            return document.place(document.markdown.count("\n", 0, written[found].start()) + 1)
    return passage.place


def _aligned(wanted: Sequence[str], written: Sequence[str], index: int) -> int | None:
    """The index in ``written`` of the word ``index`` of ``wanted``: where all its words follow in
    order, closest.
    """
    best: tuple[int, int] | None = None
    for start, word in enumerate(written):
        if not wanted or word != wanted[0]:
            continue
        found, at = start, start
        for number, one in enumerate(wanted):
            try:
                at = written.index(one, at, at + _SKIPPED)
            except ValueError:
                break
            if number == index:
                found = at
            at += 1
        else:
            if best is None or at - start < best[0]:
                best = (at - start, found)
    return best[1] if best else None


def _read(body: str, place: Place) -> list[Passage]:
    if not body.strip():
        return []
    root = html.fragment_fromstring(body, create_parent="div")
    reader = _Reader(root, place)
    reader.element(root)
    reader.flush()
    return reader.passages


@dataclass
class _Reader:
    """The passage under way, as text and marks; those that are done."""

    root: HtmlElement
    place: Place
    passages: list[Passage] = field(default_factory=list)
    text: str = ""
    marks: list[Mark] = field(default_factory=list)
    kind: str = "paragraph"
    around: list[Mark] = field(default_factory=list)

    def element(self, element: HtmlElement) -> None:
        """An element with all that is in it, without its tail."""
        if (
            not isinstance(element.tag, str)
            or element.tag in _APART
            or _APART_CLASSES & set(_classes(element))
            or element.get("id") == "refs"
        ):
            return
        if element.tag in _BLOCKS:
            self.block(element)
        elif "footnote-ref" in _classes(element):
            self.footnote(element)
        elif "citation" in _classes(element):
            self.citation(element)
        else:
            self.inline(element)

    def block(self, element: HtmlElement) -> None:
        self.flush()
        before, self.kind = self.kind, _KINDS.get(str(element.tag), self.kind)
        reason = _reason(element)
        if reason:
            self.around.append(Mark(0, 0, "unchecked", reason))
        self.content(element)
        self.flush()
        if reason:
            self.around.pop()
        self.kind = before

    def inline(self, element: HtmlElement) -> None:
        kind, name = _mark_of(element)
        start = len(self.text)
        self.content(element)
        if kind and len(self.text) > start:
            self.marks.append(Mark(start, len(self.text), kind, name))

    def citation(self, element: HtmlElement) -> None:
        start = len(self.text)
        if _STANDING_APART.match((element.text_content() or "").strip()):
            self.text = self.text.rstrip()
            self.marks.append(
                Mark(len(self.text), len(self.text), "cite", element.get("data-cites") or "")
            )
            return
        self.content(element)
        self.marks.append(Mark(start, len(self.text), "cite", element.get("data-cites") or ""))

    def footnote(self, element: HtmlElement) -> None:
        """A note that cites is a citation of the sentence that it belongs to."""
        notes = self.root.xpath("//*[@id=$name]", name=(element.get("href") or "#").lstrip("#"))
        cited = [
            one.get("data-cites") or ""
            for note in notes
            for one in note.iter()
            if "citation" in _classes(one)
        ]
        if cited:
            self.text = self.text.rstrip()
            self.marks.append(Mark(len(self.text), len(self.text), "cite", " ".join(cited)))

    def content(self, element: HtmlElement) -> None:
        self.add(element.text)
        for child in element:
            self.element(child)
            self.add(child.tail)

    def add(self, text: str | None) -> None:
        said = _SPACE.sub(" ", text or "")
        if not self.text or self.text.endswith(" "):
            said = said.lstrip()
        self.text += said

    def flush(self) -> None:
        text = self.text.rstrip()
        if text:
            around = [replace(mark, end=len(text)) for mark in self.around]
            marks = [
                replace(mark, start=min(mark.start, len(text)), end=min(mark.end, len(text)))
                for mark in (*self.marks, *around)
            ]
            self.passages.append(Passage(text, tuple(marks), self.place, self.kind))
        self.text, self.marks = "", []


def _mark_of(element: HtmlElement) -> tuple[MarkKind | None, str]:
    classes = _classes(element)
    claim = element.get("data-claim")
    if claim is not None:
        return "claim", claim
    if "fact" in classes:
        return "fact", element.get("name") or element.get("data-name") or ""
    if element.tag in ("code", "math", "kbd", "samp"):
        return "code", ""
    if "quarto-xref" in classes:
        return "reference", (element.get("href") or "").lstrip("#")
    reason = _reason(element)
    return ("unchecked", reason) if reason else (None, "")


def _reason(element: HtmlElement) -> str:
    return (element.get("data-reason") or "").strip() if "unchecked" in _classes(element) else ""


def _classes(element: HtmlElement) -> list[str]:
    return (element.get("class") or "").split()
