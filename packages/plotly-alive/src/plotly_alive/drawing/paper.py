"""The paper of a drawing on dark pages: dark as the page, or its own light one.

A drawing follows its page, since its colours are those of the palette. A colour that an author wrote
stays as it is: a dark line vanishes on dark paper, and our ink, which is light there, vanishes on a
pale plot. Such a drawing keeps the light colours everywhere, and so does one with a picture of
pixels from WebGL, which has the light colours in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from plotly_alive.chart_theme import PALETTE

LIGHT = "light"
ATTRIBUTE = "data-paper"
"""The attribute of a drawing that keeps its light paper."""
_LETTERS, _LINES, _AREAS, _INK = 2.5, 1.6, 1.25, 3.0
"""The least contrast to dark paper of an author's letters, lines and areas, and of our ink to an
author's paper.
"""
_DARK, _LIGHT_INK = PALETTE["chart-paper"][1], PALETTE["chart-ink"][1]
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class Parts:
    """The parts of a browser's drawing that are told apart by its classes, which are not kept."""

    on_marks: Collection[etree._Element]
    """Texts on slices, bars and cells."""
    lands: Collection[etree._Element]
    """The land of maps."""
    is_scaled: bool
    """It has a scale of colours."""
    has_pixels: bool
    """It has a picture from WebGL."""


def drawn_parts(root: etree._Element, on_marks: Collection[etree._Element]) -> Parts:
    """Return the parts of a browser's drawing."""
    return Parts(
        on_marks,
        [path for group in _groups(root, "land") for path in group.iter("{*}path")],
        any(True for _ in _groups(root, "cbfills")),
        any(True for group in _groups(root, "glimages") for _ in group.iter("{*}image")),
    )


def keeps_light(root: etree._Element, parts: Parts) -> bool:
    """True if a drawing whose colours are cleaned loses something on dark paper."""
    if parts.has_pixels:
        return True
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    papers = [box for box in elements if kind(box) == "rect" and not _is_clip(box)]
    has_ink = any(_is_ink(element.get("fill")) for element in elements if kind(element) == "text")
    if has_ink and any(_is_pale(box) for box in (*papers, *parts.lands)):
        return True
    has_our_paper = any(box.get("fill") == "var(--chart-paper)" for box in papers)
    return has_our_paper and any(
        _vanishes(element, parts) and not _is_clip(element) for element in elements
    )


def kind(element: etree._Element) -> str:
    """Return `path` for an element `path`, without the namespace."""
    return _local(element.tag)


def contrast(colour: str, other: str) -> float:
    """Return the contrast of two colours `#rrggbb`, from 1 to 21 (WCAG 2.2)."""
    low, high = sorted((_luminance(colour), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _vanishes(element: etree._Element, parts: Parts) -> bool:
    """True if dark paper swallows an element in an author's colour."""
    name, fill, stroke = kind(element), element.get("fill", ""), element.get("stroke", "")
    if name in ("text", "tspan"):
        return _is_near(fill, _LETTERS) and element not in parts.on_marks
    if name not in ("path", "line", "circle"):
        return False
    if fill in ("none", "") or element.get("fill-opacity") == "0":
        return _is_near(stroke, _LINES)
    return not parts.is_scaled and _is_near(fill, _AREAS)


def _is_near(colour: str, least: float) -> bool:
    return _COLOUR.fullmatch(colour) is not None and contrast(colour, _DARK) < least


def _is_pale(element: etree._Element) -> bool:
    """True if our ink, light on dark pages, cannot be read on an element in an author's colour."""
    colour, opacity = element.get("fill", ""), element.get("fill-opacity", "1")
    is_painted = _COLOUR.fullmatch(colour) is not None and float(opacity) > 0.4
    is_shown = "0" not in (element.get("width"), element.get("height"))
    return is_painted and is_shown and contrast(colour, _LIGHT_INK) < _INK


def _is_ink(colour: str | None) -> bool:
    return colour in ("var(--chart-ink)", "var(--chart-muted)")


def _groups(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return (group for group in root.iter("{*}g") if name in group.get("class", "").split())


def _is_clip(element: etree._Element) -> bool:
    return any(kind(above) in ("clipPath", "pattern") for above in element.iterancestors())


@lru_cache(1_000)
def _local(tag: str) -> str:
    return str(tag).rpartition("}")[2]
