"""A finished edition, rendered: the last that is known of a page before the site around it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from broadsheet.figures.drawing.chart_renderer import Pictures
from broadsheet.markdown.document import Document, Rendered
from broadsheet.markdown.finished_edition import Finished
from broadsheet.markdown.markdown_text import document_of


class Renders(Protocol):
    """A renderer of Markdown: Pandoc, or Quarto."""

    def render(self, document: Document) -> Rendered:
        """Return the body of a page. Raises :class:`RenderError`."""


@dataclass(frozen=True)
class Rendering:
    """The body of an edition, with all that it was made of."""

    finished: Finished
    """The edition, finished."""
    document: Document
    """Its Markdown."""
    rendered: Rendered
    """The result of a renderer."""


def rendering_of(
    finished: Finished, renderer: Renders, root: Path, pictures: Pictures | None = None
) -> Rendering:
    """Return the body of an edition of the publication at ``root``, by this ``renderer``, with the
    ``pictures`` of its diagrams. Raises :class:`RenderError`.
    """
    document = document_of(finished, root, pictures)
    return Rendering(finished, document, renderer.render(document))
