"""A drawing as a picture of its own, with its title, its subtitle, and lines below it.

In a page these are text around the drawing; in a file of its own they have to be part of the
picture. Lines are short enough for a reader's own font, which may be wider than ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from plotly_alive.chart_theme import FONT, PALETTE
from plotly_alive.drawing import svg
from plotly_alive.text import text_width

TEXT_MARGIN = 20
"""The CSS pixels around a drawing and its text."""


@dataclass(frozen=True)
class Type:
    """The style of a line of text."""

    size: float
    """The size of its letters in CSS pixels."""
    leading: float
    """The height of the line in CSS pixels."""
    weight: int
    """The weight of its letters."""
    colour: str
    """The name of its colour in the palette."""

    @property
    def paint(self) -> str:
        """The colour's value on light paper."""
        return PALETTE[self.colour][0]


@dataclass(frozen=True)
class TextLine:
    """A line of text in a picture."""

    text: str
    """Its words."""
    y: float
    """Its baseline in CSS pixels."""
    type: Type
    """Its style."""


@dataclass(frozen=True)
class TextAround:
    """The text around a drawing."""

    lines: Sequence[TextLine]
    """Its lines."""
    top: float
    """The CSS pixels above the drawing."""
    size: tuple[int, int]
    """The size of the picture in CSS pixels."""


_TITLE = Type(19, 25, 700, "chart-ink")
_SUBTITLE = Type(14, 19, 400, "chart-muted")
_FOOT = Type(11.5, 16, 400, "chart-muted")


def text_around(
    size: tuple[int, int], title: str, subtitle: str, foot: Sequence[str]
) -> TextAround:
    """Return the text around a drawing of this ``size``, in CSS pixels."""
    width, height = size
    lines: list[TextLine] = []
    y = float(TEXT_MARGIN)
    y = _add_lines(lines, title, y, width, _TITLE)
    y = _add_lines(lines, subtitle, y, width, _SUBTITLE)
    top = y + (8 if lines else 0)
    y = top + height + 8
    for text in filter(None, foot):
        y = _add_lines(lines, text, y, width, _FOOT)
    return TextAround(lines, top, (width + 2 * TEXT_MARGIN, round(y + TEXT_MARGIN * 0.8)))


def picture_with_text(
    drawing: bytes, alt: str, title: str, subtitle: str, foot: Sequence[str] = (), *, dark: bool
) -> bytes:
    """Return a cleaned ``drawing`` with text around it, as an SVG in the light or the dark colours."""
    inner = svg.parsed_svg(svg.standalone_svg(drawing, alt, dark=dark))
    width, height = (int(float(inner.get(name, "0"))) for name in ("width", "height"))
    around = text_around((width, height), title, subtitle, foot)
    named = inner.find(f"{{{svg.SVG}}}title")
    root = svg.parsed_svg(f'<svg xmlns="{svg.SVG}"/>')
    for name, value in zip(("width", "height"), around.size, strict=True):
        root.set(name, str(value))
    root.set("viewBox", f"0 0 {around.size[0]} {around.size[1]}")
    root.set("font-family", FONT)
    if named is not None:
        root.append(named)
    paper = {"width": "100%", "height": "100%", "fill": PALETTE["chart-paper"][dark]}
    etree.SubElement(root, f"{{{svg.SVG}}}rect", paper)
    for line in around.lines:
        style = {
            "x": str(TEXT_MARGIN),
            "y": f"{line.y:g}",
            "font-size": f"{line.type.size:g}",
            "font-weight": str(line.type.weight),
            "fill": PALETTE[line.type.colour][dark],
        }
        etree.SubElement(root, f"{{{svg.SVG}}}text", style).text = line.text
    inner.set("x", str(TEXT_MARGIN))
    inner.set("y", f"{around.top:g}")
    root.append(inner)
    return etree.tostring(root, encoding="utf-8")


def _add_lines(lines: list[TextLine], text: str, y: float, width: float, style: Type) -> float:
    """Add ``text`` from ``y`` on, in as many lines as it takes. Returns where it ends."""
    face = "sans bold" if style.weight == 700 else "sans"
    for line in text_width.lines(text, width / style.size / text_width.READERS_OWN[face], face):
        lines.append(TextLine(line, y + style.leading * 0.8, style))
        y += style.leading
    return y
