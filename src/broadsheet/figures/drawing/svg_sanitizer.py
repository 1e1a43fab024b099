"""An SVG picture that a cell has shown, made harmless: it can run nothing and load nothing from
elsewhere.
"""

from __future__ import annotations

import re

from lxml import etree

from broadsheet.text.url_schemes import is_link, is_raster
from plotly_alive.drawing.svg import SVG, parsed_svg

_ALIVE = frozenset(
    {
        "script",
        "foreignobject",
        "handler",
        "listener",
        "iframe",
        "embed",
        "object",
        "audio",
        "video",
    }
)
_GONE = "gone"
_TELLING = frozenset(
    {
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://creativecommons.org/ns#",
        "http://purl.org/dc/elements/1.1/",
        "http://web.resource.org/cc/",
        "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
        "http://www.inkscape.org/namespaces/inkscape",
    }
)
"""Namespaces of metadata about a picture."""
_OUTWARD = re.compile(
    r"@import|url\(\s*['\"]?(?!['\"]?\s*(?:#|data:image/(?:png|jpeg|gif|webp)[;,]))|expression\(|\\",
    re.IGNORECASE,
)
"""Patterns in a style or an attribute that load something from elsewhere; or escapes, which could
hide that.
"""


def harmless(picture: bytes) -> bytes:
    """Return a picture that a cell has shown, without what runs or leads elsewhere: scripts,
    handlers, HTML in it, addresses of anything but its own parts and raster pictures in it. A
    picture without such things stays the same to the byte. Raises :class:`ValueError` for text that
    is not SVG.
    """
    try:
        root = parsed_svg(picture)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    if not isinstance(root.tag, str) or etree.QName(root).localname != "svg":
        raise ValueError(f"its outermost element is `{root.tag}`")
    changed = b"<!ENTITY" in picture or b"<?xml-stylesheet" in picture
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            changed |= not isinstance(element, etree._Comment)
        elif element is not root and _is_foreign(element):
            changed = True
            element.tag = _GONE
        else:
            changed |= _disarm(element)
    etree.strip_elements(
        root, _GONE, etree.Comment, etree.ProcessingInstruction, etree.Entity, with_tail=False
    )
    return _whole(etree.tostring(root, encoding="utf-8")) if changed else picture


def _whole(picture: bytes) -> bytes:
    try:
        parsed_svg(picture)
    except etree.XMLSyntaxError as error:
        raise ValueError("it defines entities of its own") from error
    return picture


def _is_foreign(element: etree._Element) -> bool:
    """True if an element has to go: it runs, holds HTML, or is not part of SVG's drawing."""
    name = etree.QName(element)
    if name.namespace not in (None, SVG, *_TELLING) or name.localname.lower() in _ALIVE:
        return True
    target = (element.get("attributeName") or "").rpartition(":")[2].lower()
    return (
        target == "href"
        or target.startswith("on")
        or (
            name.localname == "style"
            and bool(_OUTWARD.search("".join(map(str, element.itertext()))))
        )
    )


def _disarm(element: etree._Element) -> bool:
    """Remove the attributes of an element that run, or lead out of the picture. Returns whether it
    had any.
    """
    name = etree.QName(element).localname.lower()
    gone = []
    for key, value in element.attrib.items():
        attribute = etree.QName(key).localname.lower()
        is_inner = str(value).strip().startswith("#") or (
            name in ("image", "feimage") and is_raster(str(value))
        )
        link = name == "a" and is_link(str(value))
        if (
            attribute.startswith("on")
            or (attribute in ("href", "src", "base") and not is_inner and not link)
            or (("(" in value or attribute == "style") and _OUTWARD.search(str(value)))
        ):
            gone.append(key)
    for key in gone:
        del element.attrib[key]
    return bool(gone)
