"""Outputs that are not figures, made fit for a page: HTML without scripts and inline styles, pictures as files.

Notebooks are trusted; this is about pages that work under `default-src 'self'`, where an inline style or script would
be refused by the browser and leave a blank.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

import lxml.html
from jinja2 import Template
from lxml import etree

from broadsheet.assembly import svg
from broadsheet.errors import AssemblyError, Place

IMAGES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}
_SHOWN = ("text/html", "text/markdown", *IMAGES, "text/latex", "text/plain")
_IMG = Template('<p><img src="{{ src }}" alt="{{ alt }}"{% if size %} width="{{ size[0] }}" height="{{ size[1] }}"'
                '{% endif %} loading="lazy"></p>', autoescape=True)
_LENGTH = re.compile(r"([\d.]+)(pt|px)?")
_PNG = b"\x89PNG\r\n\x1a\n"
_MENDS = {
    "vega": "Draw it as a picture: `alt.renderers.enable(\"svg\")` in the first cell, which needs the package "
            "vl-convert-python; and say in `fig-alt` what it shows.",
    "": "End the cell with a plotly figure, a table, a picture, Markdown or text."}
_SCROLL = '<div class="table-scroll" tabindex="0" role="region" aria-label="Table"></div>'


def kind_of(data: Mapping[str, object], place: Place) -> str:
    """The richest type of an output that a page can show. Text that only stands in for something richer is none."""
    scripted = "text/html" in data and _is_script_alone(str(data["text/html"]))
    for kind in _SHOWN:
        if kind in data and not (kind == "text/html" and scripted):
            if kind == "text/plain" and (scripted or any(other.startswith("application/") for other in data)):
                break
            return kind
    told = ", ".join(sorted(data)) + (", the HTML but a script" if scripted else "")
    mend = next(mend for word, mend in _MENDS.items() if word in f"{told} {data.get('text/html', '')}")
    raise AssemblyError(place, f"this output is of a kind that a page cannot show: {told}", mend)


def clean_html(html: str) -> str:
    """``html`` without script and style elements, style attributes and handlers; tables in a box that scrolls."""
    fragment = lxml.html.fragment_fromstring(html, create_parent="div")
    for element in list(fragment.iter()):
        if not isinstance(element.tag, str) or element.tag in ("script", "style"):
            element.drop_tree()
            continue
        for name in list(element.attrib):
            if name in ("style", "border", "bgcolor", "align", "width") or str(name).startswith("on"):
                del element.attrib[name]
        for name in ("href", "src"):
            if str(element.get(name, "")).strip().lower().startswith("javascript:"):
                del element.attrib[name]
    for table in list(fragment.iter("table")):
        parent = table.getparent()
        assert parent is not None
        box = lxml.html.fragment_fromstring(_SCROLL)
        parent.replace(table, box)
        box.tail, table.tail = table.tail, None
        box.append(table)
    inner = [fragment.text or "", *(etree.tostring(child, encoding="unicode", method="html") for child in fragment)]
    return "".join(inner).strip()


def image(data: object, kind: str, src: str, alt: str) -> tuple[str, bytes]:
    """HTML that shows a picture from ``src`` in its own size, and the picture's bytes."""
    text = "".join(data) if isinstance(data, list) else str(data)
    content = text.encode() if kind == "image/svg+xml" else base64.b64decode(text)
    return _IMG.render(src=src, alt=alt, size=_size(content)), content


def _size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or an SVG in CSS pixels; None of another picture."""
    if content.startswith(_PNG):
        return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if b"<svg" not in content[:1000]:
        return None
    root = etree.fromstring(content, svg.PARSER)
    found = [_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height")]
    width, height = (round(float(one[1]) * (4 / 3 if one[2] == "pt" else 1)) if one else 0 for one in found)
    return (width, height) if width and height else None


def _is_script_alone(html: str) -> bool:
    fragment = lxml.html.fragment_fromstring(html, create_parent="div")
    if not any(True for _ in fragment.iter("script")):
        return False
    for element in list(fragment.iter("script", "style")):
        element.drop_tree()
    return not fragment.text_content().strip() and not any(True for _ in fragment.iter("img", "svg", "table"))
