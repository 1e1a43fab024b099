"""A chart as a picture for download, with its title, its subtitle and its source.

On a page these are text around the drawing; in a file of its own they have to be part of the
picture. Lines are short enough for a reader's own font, which may be wider than ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from broadsheet.figures.table.credits import Credits
from broadsheet.text.templating import Templates
from plotly_alive.chart_theme import FONT, PALETTE
from plotly_alive.drawing import svg
from plotly_alive.text import text_width

MARGIN = 20

_TEMPLATES = Templates()


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
        """The colour's value."""
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


_TITLE = Type(19, 25, 700, "chart-ink")
_SUBTITLE = Type(14, 19, 400, "chart-muted")
_FOOT = Type(11.5, 16, 400, "chart-muted")


def chart_export(
    drawing: bytes, title: str, subtitle: str, credits: Credits, alt: str
) -> tuple[bytes, tuple[int, int]]:
    """Return a cleaned ``drawing`` with title, subtitle and source, as SVG in the light colours,
    and its size in CSS pixels.
    """
    inner = etree.fromstring(svg.standalone_svg(drawing, alt, dark=False), svg.PARSER)
    width, height = (int(float(inner.get(name, "0"))) for name in ("width", "height"))
    for child in inner.findall(f"{{{svg.SVG}}}title"):
        inner.remove(child)
    lines: list[TextLine] = []
    y = float(MARGIN)
    y = _add_lines(lines, title, y, width, _TITLE)
    y = _add_lines(lines, subtitle, y, width, _SUBTITLE)
    top = y + (8 if lines else 0)
    y = top + height + 8
    for text in filter(None, (credits.note, credits.line)):
        y = _add_lines(lines, text, y, width, _FOOT)
    size = width + 2 * MARGIN, round(y + MARGIN * 0.8)
    inner.set("x", str(MARGIN))
    inner.set("y", f"{top:g}")
    page = {
        "size": size,
        "lines": lines,
        "margin": MARGIN,
        "font": FONT,
        "paper": PALETTE["chart-paper"][0],
        "alt": alt,
        "drawing": etree.tostring(inner, encoding="unicode"),
    }
    return _TEMPLATES.render("chart-export.svg.jinja", **page).encode(), size


def _add_lines(lines: list[TextLine], text: str, y: float, width: float, style: Type) -> float:
    """Add ``text`` from ``y`` on, in as many lines as it takes. Returns where it ends."""
    face = "sans bold" if style.weight == 700 else "sans"
    for line in text_width.lines(text, width / style.size / text_width.READERS_OWN[face], face):
        lines.append(TextLine(line, y + style.leading * 0.8, style))
        y += style.leading
    return y
