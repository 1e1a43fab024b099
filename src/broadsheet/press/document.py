"""What goes into a Pandoc worker and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from broadsheet.errors import Notice


@dataclass(frozen=True)
class Document:
    """One page's Markdown.

    ``file`` names it in messages and places relative links and includes (a path from the root, posix).
    ``slots`` are pieces of finished HTML; in the Markdown each stands as a raw block, "```{=slot}" around its index.
    ``inlines`` are short Markdown texts rendered beside the page, such as the title. ``options`` holds what the
    filters need: ``toc-depth``, ``number-sections``, ``code-fold``, ``code-summary``, ``reference-location``,
    ``bibliography`` (absolute paths), ``csl``, ``link-citations``, ``nocite``, ``lang``; ``metadata`` is the merged
    front matter for `meta` shortcodes and `when-meta`.
    """

    file: str
    markdown: str
    slots: Sequence[str] = ()
    inlines: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    metadata: Mapping[str, object] = field(default_factory=dict)


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
    """A page's body. ``links`` and ``images`` are the addresses in it as written; ``text`` is its prose, plain."""

    html: str
    text: str
    inlines: Mapping[str, Inline]
    headings: tuple[Heading, ...]
    links: tuple[str, ...]
    images: tuple[str, ...]
    notices: tuple[Notice, ...] = ()
