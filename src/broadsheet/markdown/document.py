"""What goes into a Pandoc worker and what comes out of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from broadsheet.errors import Notice, Place

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
    posix). ``slots`` are pieces of finished HTML; in the Markdown each stands once as a raw block,
    "```{=slot}" around its index. ``inlines`` are short Markdown texts rendered beside the page,
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
    slots: Sequence[str] = ()
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
class Heading:
    """A heading of the page: level 1-6, its fragment, its text as HTML."""

    level: int
    id: str
    html: str


@dataclass(frozen=True)
class Inline:
    """A short text, rendered: as HTML and as plain text."""

    html: str
    text: str


@dataclass(frozen=True)
class Rendered:
    """A page's body. ``links`` and ``images`` are the addresses in it as written; ``text`` is its
    prose, plain; ``bare`` is the body without the outputs of cells. ``references`` says of each key
    that was asked for what the bibliography has: `title`, `publisher`, `published`, `accessed`,
    `url`, `archived`.
    """

    html: str
    text: str
    inlines: Mapping[str, Inline]
    headings: tuple[Heading, ...]
    links: tuple[str, ...]
    images: tuple[str, ...]
    notices: tuple[Notice, ...] = ()
    references: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    bare: str = ""
