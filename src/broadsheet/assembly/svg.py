"""plotly's SVG, made fit for a page.

What a browser draws for kaleido is full of inline styles (which a strict Content-Security-Policy refuses), of random
identifiers (which differ at each drawing), of empty groups and of invisible areas for the mouse. :func:`cleaned` makes
it small, the same for the same figure, and coloured by the stylesheet's custom properties; that takes a while, and is
what is kept. From it the drawing in a page and the files beside it are made by filling in what they differ in.
"""

from __future__ import annotations

import re

from lxml import etree
from markupsafe import escape

from broadsheet.house import FONT, PALETTE

SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_UNIQUE = re.compile(r"^defs-(\w+)$")
_RGB = re.compile(r"rgb\((\d+), (\d+), (\d+)\)")
_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_ATTRIBUTES = frozenset({
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "opacity", "font-size", "font-weight", "font-style",
    "text-anchor", "dominant-baseline", "text-decoration", "clip-path", "mask"})
_DEFAULTS = {"fill-opacity": "1", "stroke-opacity": "1", "opacity": "1", "stroke-miterlimit": "2",
             "font-weight": "normal", "font-style": "normal", "text-decoration": "none", "text-anchor": "start"}
_DROPPED = frozenset({"script", "foreignObject", "style", "animate", "set"})
_KEPT = frozenset({
    "id", "d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points", "transform",
    "viewBox", "clip-path", "fill", "offset", "gradientUnits", "gradientTransform", "patternUnits", "dy", "dx",
    "preserveAspectRatio", "clipPathUnits", "maskUnits", "fill-opacity", "stroke", "text-anchor", "font-size",
    "stop-color", "stop-opacity", "href", _XLINK})
_COLOURS = {light: name for name, (light, _) in reversed(list(PALETTE.items()))}

_PREFIX = "\ue000"
"""Stands in each id for what makes it the only one of its page."""
_PROPERTY = re.compile(r"var\(--([\w-]+)\)")


def cleaned(drawn: bytes) -> bytes:
    """A browser's drawing without all that a page does not want."""
    root = _cleaned(drawn)
    root.attrib.pop("viewBox", "")
    root.set("viewBox", f"0 0 {root.get('width', '')} {root.get('height', '')}")
    return etree.tostring(root, encoding="utf-8")


def inline_svg(drawing: bytes, prefix: str, label: str, css_class: str) -> str:
    """A cleaned drawing for the page itself: its ids prefixed, named for a screen reader."""
    text = drawing.decode().replace(_PREFIX, prefix)
    return text.replace("<svg ", f'<svg class="{css_class}" role="img" aria-label="{escape(label)}" ', 1)


def standalone_svg(drawing: bytes, label: str, *, dark: bool) -> bytes:
    """A cleaned drawing as a file of its own, in the light or the dark colours."""
    text = _PROPERTY.sub(lambda found: PALETTE[found[1]][dark] if found[1] in PALETTE else found[0],
                         drawing.decode().replace(_PREFIX, "f"))
    start, rest = text.split(">", 1)
    return f'{start} font-family="{escape(FONT)}"><title>{escape(label)}</title>{rest}'.encode()


def _cleaned(drawn: bytes) -> etree._Element:
    root = etree.fromstring(drawn, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    unique = next((match[1] for element in root.iter() if (match := _UNIQUE.match(element.get("id", "")))), "\0")
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or etree.QName(element).localname in _DROPPED or _is_for_the_mouse(element):
            _remove(element)
            continue
        _clean(element, unique)
    for element in reversed(list(root.iter())):
        if etree.QName(element).localname in ("g", "defs", "path", "text", "rect") and _is_empty(element):
            _remove(element)
    etree.cleanup_namespaces(root)
    return root


def _clean(element: etree._Element, unique: str) -> None:
    styles = dict(_declarations(element.get("style", "")))
    for name in list(element.attrib):
        value = element.attrib[name]
        leads_out = name in ("href", _XLINK) and not str(value).startswith(("#", "data:image/"))
        if str(name) not in _KEPT or leads_out:
            del element.attrib[name]
        else:
            element.set(name, _NUMBER.sub(_rounded, _named(str(value), unique)))
    if styles.get("display") == "none" or styles.get("visibility") == "hidden":
        element.clear()
        return
    for name, value in styles.items():
        if name in _ATTRIBUTES and _DEFAULTS.get(name) != value:
            element.set(name, _named(value.replace('"', ""), unique).removesuffix("px"))
    for name in ("fill", "stroke", "stop-color"):
        paint = element.get(name)
        if paint is not None:
            element.set(name, _coloured(paint))
    if element.get("stroke-width") == "0" or element.get("stroke") == "none":
        for name in ("stroke", "stroke-width"):
            element.attrib.pop(name, "")


def _declarations(style: str) -> list[tuple[str, str]]:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return [(name.strip(), value.strip()) for name, value in pairs]


def _named(value: str, unique: str) -> str:
    """Ids and references without the drawing's random part: `clip0733a7xy` becomes `PREFIX-clipxy`."""
    if unique not in value:
        return value
    value = re.sub(rf"\bdefs-{unique}", f"{_PREFIX}-defs", value)
    return re.sub(rf"([\w-]*?){unique}", rf"{_PREFIX}-\1", value)


def _coloured(value: str) -> str:
    match = _RGB.match(value)
    plain = f"#{int(match[1]):02x}{int(match[2]):02x}{int(match[3]):02x}" if match else value.lower()
    name = _COLOURS.get(plain)
    return f"var(--{name})" if name else plain


def _rounded(match: re.Match[str]) -> str:
    return f"{round(float(match[0]), 1):g}"


def _is_for_the_mouse(element: etree._Element) -> bool:
    classes = element.get("class", "").split()
    return any(name in ("draglayer", "drag", "hoverlayer", "zoomlayer", "legendtoggle", "infolayer-toggle")
               for name in classes)


def _is_empty(element: etree._Element) -> bool:
    if len(element) or (element.text or "").strip():
        return False
    if etree.QName(element).localname == "rect":
        return "0" in (element.get("width"), element.get("height"))
    return etree.QName(element).localname != "path" or not element.get("d")


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
