"""What goes into a renderer of Markdown, and what comes out of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from broadsheet.errors import Notice, Place, RenderError
from broadsheet.figures.page_figure import PageFigure
from broadsheet.markdown.prose import Passage, Prose, is_marked, read

OUTPUT = "markdown-output"
"""The format of the raw block around what a cell put out as Markdown (see `lua/outputs.lua`)."""


@dataclass(frozen=True)
class Stretch:
    """Where a run of a document's Markdown was written: its ``line`` (from 1) and those after it
    stand at ``place``.

    ``place.line`` is the line there of the run's first; a place without a line stands for the whole
    run.
    """

    line: int
    place: Place


@dataclass(frozen=True)
class Document:
    """One page's Markdown.

    ``file`` names it in messages and places relative links and includes (a path from the root,
    posix). ``slots`` are figures and pieces of finished HTML; in the Markdown each stands once as a
    raw block, "```{=slot}" around its index. ``inlines`` are short Markdown texts rendered beside the page,
    such as the title; raw HTML in them is text. ``options`` holds what the filters need:
    ``number-sections``, ``reference-location``, ``bibliography`` (absolute paths), ``csl``,
    ``link-citations``, ``notes-after-punctuation``, ``nocite``, ``lang``; ``metadata`` is the
    merged front matter for `meta` shortcodes and `when-meta`. ``stretches``, sorted by line, say
    where the Markdown was written. ``reads`` are the publication's files that go into the page
    beside its source: included ones, bibliographies. ``references`` are keys of the bibliography
    that must be there, beside those that the Markdown cites. ``page`` is the page that it becomes,
    from the site's root.
    """

    file: str
    markdown: str
    slots: Sequence[str | PageFigure] = ()
    inlines: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    metadata: Mapping[str, object] = field(default_factory=dict)
    stretches: Sequence[Stretch] = ()
    notices: tuple[Notice, ...] = ()
    reads: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    page: str = ""

    def place(self, line: int | None = None) -> Place:
        """Where the author wrote this ``line`` of the Markdown."""
        index = bisect_right([stretch.line for stretch in self.stretches], line) - 1 if line else -1
        if index < 0 or line is None:
            return Place(self.file)
        stretch = self.stretches[index]
        if stretch.place.line is None:
            return stretch.place
        return replace(stretch.place, line=stretch.place.line + line - stretch.line)

    def find(self, needle: str) -> Place:
        """Where ``needle`` first stands in the Markdown; the page alone if it does not."""
        at = self.markdown.find(needle) if needle else -1
        return self.place(self.markdown.count("\n", 0, at) + 1 if at >= 0 else None)


@dataclass(frozen=True)
class Inline:
    """A short text, rendered: as HTML and as plain text."""

    html: str
    text: str


@dataclass(frozen=True)
class Rendered:
    """A page's body, as a renderer made it and as it was read: ``html``, in which each of the
    ``figures`` stands as a mark that nobody can guess; its ``prose``; and the passages of its
    ``titles``, of the kinds that ``inlines`` have as names. ``references`` says of each key that was asked for what the
    bibliography has: `title`, `publisher`, `published`, `accessed`, `url`, `archived`.
    """

    html: str = ""
    inlines: Mapping[str, Inline] = field(default_factory=dict)
    prose: Prose = field(default_factory=Prose)
    titles: tuple[Passage, ...] = ()
    notices: tuple[Notice, ...] = ()
    references: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    figures: Mapping[str, PageFigure] = field(default_factory=dict)


def titles_of(inlines: Mapping[str, Inline], file: str) -> Iterator[Passage]:
    """The passages of a page's title, subtitle and the like."""
    place = Place(file, cell=1)
    for name, inline in inlines.items():
        for passage in read(f"<p>{inline.html}</p>", place).passages:
            yield replace(passage, kind=name)


def read_body(html: str, document: Document, slots: Sequence[str | PageFigure]) -> Prose:
    """The prose of a body whose slots are still to be filled. Marks in what fills them are its
    marks too. Raises :class:`RenderError` for an id that two elements have.
    """
    prose = read(html, Place(document.file))
    for name in prose.doubled:
        raise RenderError(
            document.find(f"#{name}"),
            f"two elements have the id `{name}`",
            "Give one of them another id.",
        )
    marked = [slot for slot in slots if isinstance(slot, str) and is_marked(slot)]
    apart = [one for slot in marked for one in read(slot, Place(document.file)).passages]
    return replace(prose, apart=(*prose.apart, *apart))


def fill(
    html: str, mark: re.Pattern[str], slots: Sequence[str | PageFigure], document: Document
) -> tuple[str, dict[str, PageFigure]]:
    """``html`` with what fills its slots in place of each ``mark``, once; the marks that stay are
    figures'. Raises :class:`RenderError` for a mark that is no slot's.
    """
    used: set[int] = set()
    figures: dict[str, PageFigure] = {}

    def content(match: re.Match[str]) -> str:
        index = int(match[1]) if match[1].isdigit() else -1
        if not 0 <= index < len(slots) or index in used:
            raise RenderError(
                document.find(f"```{{=slot}}\n{match[1]}\n"),
                f"a raw block of the format `slot` that is no output's, or one twice ({match[1]})",
                "The press alone writes these; take it out, or show it inside of a code block.",
            )
        used.add(index)
        found = slots[index]
        if isinstance(found, str):
            return found
        figures[match[0]] = found
        return match[0]

    return mark.sub(content, html), figures
