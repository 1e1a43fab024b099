"""The icons of links, `icon: github`: those of Bootstrap Icons, by Quarto's names.

npm installs them, for the publication or for us, and the wheel has them. An icon stands in the page
itself, so that nothing is fetched for it, and has the colour of its text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path

from lxml import etree

from plotly_alive.drawing.svg import parsed_svg

_HERE = Path(__file__).resolve()
_SPRITE = "bootstrap-icons.svg"
PLACES = (
    _HERE.parents[4] / "node_modules/bootstrap-icons" / _SPRITE,
    _HERE.parents[2] / "theme/icons" / _SPRITE,
)
"""The files that may have the icons: npm's beside our source, or that of our wheel."""
_PREFIX = re.compile(r"^(?:bi(?:-|\s+bi-|\s+))")


@cache
def icon_svg(name: str) -> str:
    """Return the drawing of an icon as SVG; empty if there is none of the name."""
    symbol = _symbols().get(_PREFIX.sub("", name.strip())) if name.strip() else None
    if symbol is None:
        return ""
    box = {"class": "icon", "viewBox": symbol.get("viewBox", ""), "aria-hidden": "true"}
    drawing = etree.Element("svg", box)
    drawing.extend(deepcopy(list(symbol)))
    for element in drawing.iterdescendants():
        element.tag = etree.QName(element).localname
    etree.cleanup_namespaces(drawing)
    return etree.tostring(drawing, encoding="unicode")


@cache
def _symbols() -> Mapping[str, etree._Element]:
    """The icons as npm has them, by name."""
    file = next((place for place in PLACES if place.is_file()), None)
    if file is None:
        return {}
    return {symbol.get("id", ""): symbol for symbol in parsed_svg(file.read_bytes())}
