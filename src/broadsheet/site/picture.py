"""An article's picture: what stands beside its headline elsewhere on the site.

The front matter's `image`, if it has one: a file, or one of the article's own charts; else its
first chart. A list shows a chart as a miniature: the drawing alone, without its words and its
legend, which nobody could read at that size; the lead of the front page shows it whole.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from lxml import etree

from broadsheet.notebook.chart_theme import PALETTE
from broadsheet.site.page_meta import Picture

_CHART = re.compile(r'<div[^>]*\bclass="chart(?:\s[^"]*)?"[^>]*>')
_ID = re.compile(r'\bid="(?:chart-)?([^"]*)"')
_LABEL = re.compile(r'\baria-label="([^"]*)"')
_HEAD = re.compile(r'<div class="chart-head">(.*?)</div>', re.DOTALL)
_SVG = re.compile(r"<svg\b.*?</svg\s*>", re.DOTALL)
_PROPERTY = re.compile(r"var\(--([\w-]+)\)")
_XML = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
_WORDS = frozenset({"text", "title", "desc", "textPath"})
_LEGEND = re.compile(r"url\(#[\w-]*legend\d*\)")
_LARGEST = 24_000


@dataclass(frozen=True)
class Chart:
    """A chart of a page: its label, its alternative text, its drawings (wide, and others) as in the
    page.
    """

    label: str
    alt: str
    drawings: tuple[str, ...]
    head: str = ""
    """Its title and subtitle, as HTML."""


def chart_of(body: str, picture: Picture | None) -> Chart | None:
    """The chart in a page's HTML that its picture is drawn of; else the first that has a drawing."""
    label = PurePosixPath(picture.path).stem if picture else ""
    return (_first_chart(body, label) if label else None) or _first_chart(body)


def _first_chart(body: str, named: str = "") -> Chart | None:
    for start in _CHART.finditer(body):
        name = _ID.search(start[0])
        if named and (name is None or name[1] != named):
            continue
        stop = _CHART.search(body, start.end())
        part = body[start.end() : stop.start() if stop else len(body)]
        foot = part.find('class="chart-foot"')
        drawings = tuple(_SVG.findall(part[:foot] if foot >= 0 else part))
        if drawings:
            label = _LABEL.search(drawings[0][: drawings[0].index(">")]) or _LABEL.search(start[0])
            head = _HEAD.search(part)
            return Chart(
                name[1] if name else "",
                html.unescape(label[1]) if label else "",
                drawings,
                head[1].strip() if head else "",
            )
    return None


def miniature(drawing: str, *, dark: bool) -> bytes | None:
    """A drawing as a file of its own, without words and legend; None where it is not SVG, or too
    large.
    """
    try:
        root = etree.fromstring(drawing.encode(), _XML)
    except etree.XMLSyntaxError:
        return None
    for element in list(root.iter()):
        if isinstance(element.tag, str) and (
            etree.QName(element).localname in _WORDS
            or _LEGEND.fullmatch(element.get("clip-path", ""))
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
