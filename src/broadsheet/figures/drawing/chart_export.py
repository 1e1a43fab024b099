"""A chart as a picture for download, with its title, its subtitle and its source."""

from __future__ import annotations

from lxml import etree

from broadsheet.figures.table.credits import Credits
from broadsheet.text.templating import Templates
from plotly_alive.chart_theme import FONT, PALETTE
from plotly_alive.drawing import svg
from plotly_alive.drawing.text_around import TEXT_MARGIN, text_around

_TEMPLATES = Templates()


def chart_export(
    drawing: bytes, title: str, subtitle: str, credits: Credits, alt: str
) -> tuple[bytes, tuple[int, int]]:
    """Return a cleaned ``drawing`` with title, subtitle and source, as SVG in the light colours,
    and its size in CSS pixels.
    """
    inner = svg.parsed_svg(svg.standalone_svg(drawing, alt, dark=False))
    width, height = (int(float(inner.get(name, "0"))) for name in ("width", "height"))
    for child in inner.findall(f"{{{svg.SVG}}}title"):
        inner.remove(child)
    around = text_around((width, height), title, subtitle, (credits.note, credits.line))
    inner.set("x", str(TEXT_MARGIN))
    inner.set("y", f"{around.top:g}")
    page = {
        "size": around.size,
        "lines": around.lines,
        "margin": TEXT_MARGIN,
        "font": FONT,
        "paper": PALETTE["chart-paper"][0],
        "alt": alt,
        "drawing": etree.tostring(inner, encoding="unicode"),
    }
    return _TEMPLATES.render("chart-export.svg.jinja", **page).encode(), around.size
