"""An article's picture, which is shown with its headline on other pages.

It is the front matter's `image`, if there is one: a file, or one of the article's own charts; else a
picture of the text with the class `preview-image`; else the first chart; else the first picture of
the text, as for Quarto. A list shows a chart as it is drawn for that size
(:mod:`plotly_alive.drawing.miniature`, :mod:`plotly_alive.drawing.map_miniature`); one
that is not, without its words and its legend, which nobody could read there. The lead of the front
page shows it whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from lxml import etree
from lxml.html import HtmlElement

from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.site.article.entry import Picture
from broadsheet.site.article.links import internal
from broadsheet.text.html_tree import classes
from broadsheet.text.url_schemes import scheme_of
from plotly_alive.chart_theme import PALETTE
from plotly_alive.drawing.svg import parsed_svg

_PROPERTY = re.compile(r"var\(--([\w-]+)\)")
_WORDS = frozenset({"text", "title", "desc", "textPath"})
_LEGEND = re.compile(r"url\(#[\w-]*legend\d*\)")
_LARGEST = 24_000
ELSEWHERE = ("http", "https")
"""The schemes of pictures on other sites."""
_CHOSEN = "preview-image"
_NAMED = re.compile(r"preview|feature|cover|thumbnail")
"""Words in the name of a picture by which Quarto prefers it to those before it."""


@dataclass(frozen=True)
class PreviewPicture:
    """A picture of the text that stands for its page."""

    address: str
    """Its address, as the text has it."""
    alt: str
    """Its text for readers who do not see it."""
    is_chosen: bool
    """The author has chosen it, by its class."""


def preview_pictures(body: HtmlElement) -> list[PreviewPicture]:
    """Return the pictures of a text in the order in which Quarto takes one for its page: those that
    are marked for it, those that have such a name, the others.
    """
    pictures = [
        PreviewPicture(
            address,
            image.get("alt", ""),
            any(_CHOSEN in classes(element) for element in (image, *image.iterancestors())),
        )
        for image in body.iter("img")
        if internal(address := image.get("src", ""), PurePosixPath()) is not None
        or scheme_of(address) in ELSEWHERE
    ]
    return sorted(
        pictures,
        key=lambda picture: (
            not picture.is_chosen,
            not _NAMED.search(PurePosixPath(picture.address).name),
        ),
    )


def figure_of(figures: Iterable[PageFigure], picture: Picture | None) -> PageFigure | None:
    """Return the figure that a page's picture shows; else the first that is drawn. The line of a
    big number does not count.
    """
    drawn = [figure for figure in figures if figure.wide and not figure.number]
    label = PurePosixPath(picture.path).stem if picture else ""
    named = [figure for figure in drawn if figure.label == label]
    return next(iter([*named, *drawn]), None)


def miniature(figure: PageFigure, *, dark: bool) -> bytes | None:
    """Return the drawing of a chart for lists, as a file of its own; None where it is not SVG, or
    too large.
    """
    try:
        root = parsed_svg((figure.small or figure.wide).encode())
    except etree.XMLSyntaxError:
        return None
    for element in list(root.iter()):
        if (
            not figure.small
            and isinstance(element.tag, str)
            and (
                etree.QName(element).localname in _WORDS
                or _LEGEND.fullmatch(element.get("clip-path", ""))
            )
        ):
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
            continue
        for name, value in element.attrib.items():
            element.set(name, _PROPERTY.sub(lambda match: _colour(match[1], dark=dark), str(value)))
        if "stroke" in element.attrib:
            element.set("vector-effect", "non-scaling-stroke")
    for name in ("class", "role", "aria-label"):
        if name in root.attrib:
            del root.attrib[name]
    drawn = etree.tostring(root, encoding="utf-8")
    return drawn if len(drawn) <= _LARGEST else None


def _colour(name: str, *, dark: bool) -> str:
    return PALETTE[name][dark] if name in PALETTE else "currentColor"
