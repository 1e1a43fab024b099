"""An edition that was run and finished: the input of a renderer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat.notebooknode import NotebookNode

from broadsheet.data.origin import Origin
from broadsheet.errors import Notice, Place
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown.elements.embeds import Embedded
from broadsheet.project.editions.edition import Edition
from plotly_alive.reading.plotly_json import plain_text

ALTERNATIVE_TEXT, NOTE = "alternative text", "note of a figure"
"""Texts of a picture in which an author may mark what values say."""
FIGURE = "application/vnd.broadsheet.figure"
"""The type of an output that is a figure of the page."""
HTML_OUTPUT, FIGURE_OUTPUT = "{=html}", f"{{={FIGURE}}}"
"""The outputs of cells in Markdown that is frozen: blocks of these formats. A figure's has its number."""


@dataclass(frozen=True)
class PictureText:
    """A text of a picture, for the marks of its facts and for the number check."""

    place: Place
    """The place where it is written."""
    markdown: str
    """The text, as Markdown."""
    kind: str = ALTERNATIVE_TEXT
    """The kind of text: alternative text or note of its author, or a chart's title or label."""


@dataclass(frozen=True)
class Finished:
    """An edition ready for a renderer."""

    edition: Edition
    """The edition, its metadata with inline values put in."""
    notebook: NotebookNode | None = None
    """Markdown cells without inline expressions, and code cells whose outputs are of kinds that a
    page shows: `text/html`, `text/markdown`, `text/plain`, streams; a chart is :data:`FIGURE`, with
    its number in ``figures``. A Markdown page has no notebook.
    """
    markdown: str = ""
    """The text of a Markdown page."""
    figures: tuple[PageFigure, ...] = ()
    """The figures of the page."""
    assets: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Files for the site (figures' data, pictures): their bytes by their path from the site's root."""
    values: tuple[tuple[int, str, str], ...] = ()
    """The inline expressions, each with the number of its cell (0 for front matter) and its value as
    text."""
    facts: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict, repr=False)
    """The facts and claims that the run declared (:mod:`broadsheet.notebook.values.declarations`): the text
    marks each fact that it states, and the words that rest on a claim."""
    origins: Mapping[str, Origin] = field(default_factory=dict, repr=False)
    """The tables that facts and claims name as their sources."""
    picture_texts: tuple[PictureText, ...] = ()
    """The texts of its pictures, except generated ones."""
    reads: tuple[str, ...] = ()
    """The files of the publication that the run read, and those that were read to finish it."""
    libraries: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The libraries that the run loaded, with their versions."""
    notices: tuple[Notice, ...] = ()
    """The notices for its author."""
    lacks: str = ""
    """The thing that its run needs and this machine does not have, so that it is shown as it is
    saved."""
    is_frozen: bool = False
    """True for Markdown with its outputs in it."""
    embedded: Mapping[str, Embedded] = field(default_factory=dict, repr=False)
    """The cells of other notebooks that it shows, by the texts that ask for them."""


def chart_texts(
    chart: PageFigure, figure: Mapping[str, Any], place: Place
) -> Iterator[PictureText]:
    """Yield the title, subtitle and labels that an author gave a chart, and the titles of its axes."""
    yield PictureText(place, chart.title, "chart title")
    yield PictureText(place, chart.subtitle, "chart subtitle")
    layout = figure.get("layout") or {}
    traces = _mappings(figure.get("data"))
    texts = [note.get("text") for note in _mappings(layout.get("annotations"))]
    texts += [
        label.get("text")
        for shape in _mappings(layout.get("shapes"))
        for label in _mappings([shape.get("label")])
    ]
    for trace in traces:
        written = trace.get("text")
        texts += [trace.get("name"), *(written if isinstance(written, list) else [written])]
    for part in (layout, *traces):
        texts += _titles_within(part)
    for text in dict.fromkeys(plain_text(str(title or "")) for title in texts):
        yield PictureText(place, text, "chart label")


def _titles_within(part: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the titles of the axes, legends and scales of colours within a part of a chart."""
    for key, value in part.items():
        if isinstance(value, Mapping) and key != "template":
            title = value.get("title")
            yield title.get("text") if isinstance(title, Mapping) else title
            yield from _titles_within(value)


def _mappings(parts: Any) -> list[Mapping[str, Any]]:
    return [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []
