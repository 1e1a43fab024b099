"""The input and the result of a renderer of Markdown."""

from __future__ import annotations

import re
import secrets
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml.etree import Comment
from lxml.html import HtmlElement

from broadsheet.errors import Notice, Place, RenderError
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown.prose import Passage, Prose, is_marked, read
from broadsheet.text.html_tree import parsed, put_in_place, replace_element, written

OUTPUT = "markdown-output"
"""The format of the raw block around a cell's output in Markdown (see `lua/outputs.lua`)."""


@dataclass(frozen=True)
class Stretch:
    """Some lines of a document's Markdown that come from one place."""

    line: int
    """The first of its lines in the Markdown, from 1."""
    place: Place
    """The place of the lines. Its line belongs to the first of them; a place without a line is the
    place of all of them.
    """
    is_one: bool = False
    """The lines are one piece, such as a cell's output: the place is the place of all of them."""


_PLACED = re.compile(r"`{=slot}\n[\s>]*([0-9]{1,9})\b")
STRICT = "is-strict"
"""The option of pages of a publication with a catalogue, and of articles."""
HAS_HTML = "has-html"
"""The option of short texts in which raw HTML is HTML: those of the configuration."""


@dataclass(frozen=True)
class Document:
    """One page's Markdown, the input of a renderer."""

    file: str
    """The path of the page's file from the root, posix. Messages name it; relative links and
    includes count from it.
    """
    markdown: str
    """The text. It has each slot once as a raw block, "```{=slot}" around its index."""
    slots: Sequence[str | PageFigure] = ()
    """Figures and pieces of finished HTML."""
    inlines: Mapping[str, str] = field(default_factory=dict)
    """Short Markdown texts rendered with the page, such as the title; raw HTML in them is text."""
    options: Mapping[str, object] = field(default_factory=dict)
    """The options of the filters: ``number-sections``, ``reference-location``, ``bibliography``
    (absolute paths), ``csl``, ``link-citations``, ``notes-after-punctuation``, ``nocite``,
    ``lang``; :data:`STRICT`, with which citations and references that lead nowhere are errors;
    and :data:`HAS_HTML`.
    """
    metadata: Mapping[str, object] = field(default_factory=dict)
    """The merged front matter for `meta` shortcodes and `when-meta`."""
    stretches: Sequence[Stretch] = ()
    """The places of the Markdown's lines, sorted by line."""
    notices: tuple[Notice, ...] = ()
    """The notices so far."""
    reads: tuple[str, ...] = ()
    """The publication's files that go into the page in addition to its source: included files,
    bibliographies.
    """
    references: tuple[str, ...] = ()
    """Keys that the bibliography must have, in addition to the keys that the Markdown cites."""
    page: str = ""
    """The path of the page, from the site's root."""
    values: tuple[str, ...] = ()
    """The inline values of the page, as plain text."""

    @property
    def placed(self) -> frozenset[int]:
        """The numbers of the slots that the Markdown has."""
        numbers = map(int, _PLACED.findall(self.markdown))
        return frozenset(number for number in numbers if number < len(self.slots))

    def place(self, line: int | None = None) -> Place:
        """Return the place where the author wrote this ``line`` of the Markdown."""
        index = bisect_right([stretch.line for stretch in self.stretches], line) - 1 if line else -1
        if index < 0 or line is None:
            return Place(self.file)
        stretch = self.stretches[index]
        if stretch.place.line is None or stretch.is_one:
            return stretch.place
        return stretch.place.at(line - stretch.line + 1)

    def find(self, needle: str) -> Place:
        """Return the place of the first ``needle`` in the Markdown; the page alone if there is
        none.
        """
        at = self.markdown.find(needle) if needle else -1
        return self.place(self.markdown.count("\n", 0, at) + 1 if at >= 0 else None)

    def places_of(self, identifier: str) -> list[Place]:
        """Return the places at which an element has the id `#…`; none for a text that is no id."""
        pattern = rf"{re.escape(identifier)}(?![\w:.-])" if identifier.startswith("#") else r"(?!)"
        matches = re.finditer(pattern, self.markdown)
        lines = (self.markdown.count("\n", 0, match.start()) + 1 for match in matches)
        return list(dict.fromkeys(self.place(line) for line in lines))


@dataclass(frozen=True)
class Inline:
    """A short text, rendered."""

    html: str
    """The text as HTML."""
    text: str
    """The text without marks."""


@dataclass(frozen=True)
class Rendered:
    """A page's body as a renderer made it, and its prose."""

    body: HtmlElement = field(default_factory=lambda: parsed(""))
    """The body, with a comment in place of each figure. Changes of this tree make the page's
    content.
    """
    inlines: Mapping[str, Inline] = field(default_factory=dict)
    """The short texts, by their names."""
    prose: Prose = field(default_factory=Prose)
    """The prose of the body."""
    titles: tuple[Passage, ...] = ()
    """The passages of the page's titles; their kinds are the names in ``inlines``."""
    notices: tuple[Notice, ...] = ()
    """The notices of the renderer."""
    references: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The bibliography's data of each key of the document's ``references``: `title`, `publisher`,
    `published`, `accessed`, `url`, `archived`.
    """
    figures: Mapping[str, PageFigure] = field(default_factory=dict)
    """The figures, by the texts of their comments."""
    hidden: frozenset[int] = frozenset()
    """The numbers of the slots that the author hides, by a condition or in a comment."""

    @property
    def html(self) -> str:
        """The body as it is now, as text."""
        return written(self.body)


def titles_of(inlines: Mapping[str, Inline], file: str) -> Iterator[Passage]:
    """Yield the passages of a page's title, subtitle and the like."""
    place = Place(file, cell=1)
    for name, inline in inlines.items():
        for passage in read(parsed(f"<p>{inline.html}</p>"), place).passages:
            yield replace(passage, kind=name)


def contents_of(slots: Sequence[str | PageFigure]) -> list[HtmlElement | PageFigure]:
    """Return the slots with their HTML parsed."""
    return [parsed(slot) if isinstance(slot, str) else slot for slot in slots]


def read_body(
    root: HtmlElement, document: Document, contents: Sequence[HtmlElement | PageFigure]
) -> Prose:
    """Read the prose of a body whose slots are not filled yet. Marks in the HTML of their
    ``contents`` belong to the page too.
    """
    place = Place(document.file)
    prose = read(root, place)
    marked = [
        content
        for content in contents
        if not isinstance(content, PageFigure) and is_marked(content)
    ]
    apart = [passage for content in marked for passage in read(content, place).passages]
    return replace(prose, apart=(*prose.apart, *apart))


def doubled_ids(prose: Prose, document: Document) -> list[Notice]:
    """Return a notice for each id that more than one element of the body has."""
    return [
        Notice(
            document.find(f"#{name}"),
            f"two elements have the id `{name}`: a link to it leads to the first",
            "Give one of them another id.",
            topic="id",
        )
        for name in prose.doubled
    ]


def fill(
    places: Iterable[tuple[HtmlElement, str]],
    contents: Sequence[HtmlElement | PageFigure],
    document: Document,
) -> tuple[dict[str, PageFigure], frozenset[int]]:
    """Put the HTML of each slot in its place, and a comment in that of each figure. ``places`` are
    elements, each with the number of its slot. Returns the figures by the texts of their comments,
    and the numbers of the slots that are filled. Raises :class:`RenderError` for a place that is no
    slot's, or a second one of the same.
    """
    used: set[int] = set()
    figures: dict[str, PageFigure] = {}
    secret = secrets.token_hex(8)
    for place, number in places:
        index = int(number) if number.isdigit() else -1
        if not 0 <= index < len(contents) or index in used:
            raise RenderError(
                document.find(f"```{{=slot}}\n{number}\n"),
                f"a raw block of the format `slot` that is no output's, or one twice ({number})",
                "Broadsheet alone writes these; take it out, or show it inside of a code block.",
            )
        used.add(index)
        content = contents[index]
        if isinstance(content, PageFigure):
            mark = f"figure:{secret}:{index}"
            figures[mark] = content
            replace_element(place, Comment(mark))
        else:
            put_in_place(place, content)
    return figures, frozenset(used)


def refuse_unfilled(unfilled: Collection[int], document: Document) -> None:
    """Raise :class:`RenderError` for the first of the ``document``'s slots that are ``unfilled``."""
    if unfilled:
        raise RenderError(
            document.find(f"```{{=slot}}\n{min(unfilled)}\n"),
            "what this cell puts out is lost: its place in the Markdown is gone",
            "Look above it for a block of code or a formula that does not end, or a filter that "
            "removes its place. Write `#| output: false` for what is not to be on the page.",
        )
