"""Outputs that are not figures, cleaned for a page: HTML without scripts and inline styles,
pictures as files.

Notebooks are trusted; the purpose is pages that work under `default-src 'self'`, where the browser
would refuse an inline style or script and leave a blank.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from html import escape
from urllib.parse import quote

from jinja2 import Template
from lxml import etree
from lxml.html import HtmlElement

from broadsheet.errors import AssemblyError, Notice, Place
from broadsheet.figures.drawing.svg_sanitizer import harmless
from broadsheet.text.html_tree import new_element, parsed, wrap, written
from broadsheet.text.url_schemes import is_link, is_picture, is_raster, remove_refused
from plotly_alive.drawing.svg import parsed_svg
from plotly_alive.errors import shown
from plotly_alive.text.unprintable import UNPRINTABLE

IMAGES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}
_SHOWN = ("text/html", "text/markdown", *IMAGES, "text/latex", "text/plain")
_IMG = Template(
    '<p><img src="{{ src }}" class="img-fluid figure-img" alt="{{ alt }}"'
    '{% if size %} width="{{ size[0] }}" height="{{ size[1] }}"{% endif %} loading="lazy"></p>',
    autoescape=True,
)
_LENGTH = re.compile(r"(\d{1,6}(?:\.\d*)?|\.\d+)(pt|px)?")
_LARGEST = 32_767
"""The most pixels of a picture's side that browsers draw."""
_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_MENDS = {
    "vega": 'Draw it as a picture: `alt.renderers.enable("svg")` in the first cell, which needs the package '
    "vl-convert-python; and say in `fig-alt` what it shows.",
    "": "End the cell with a plotly figure, a table, a picture, Markdown or text.",
}
_LIBRARIES = {
    "Bokeh": "bokeh",
    "Vega-Altair": "vega",
    "Leaflet": "leaflet",
    "ECharts": "echarts",
    "Highcharts": "highcharts",
    "DataTables": "datatable",
    "plotly": "plotly",
    "a widget of Jupyter": "jupyter-widget",
    "a widget of R": "html-widget",
}
"""Libraries that draw in the browser, by a word that their HTML has; the first that fits is named."""
_SEEN = ("img", "svg", "table", "iframe", "audio", "video", "input", "hr", "math")
_WEB = ("http", "https")
_NAME = re.compile(r"[a-z][a-z0-9:_.-]*")
_GONE = frozenset(
    {
        "script",
        "style",
        "base",
        "meta",
        "link",
        "template",
        "noscript",
        "noembed",
        "noframes",
        "xmp",
        "plaintext",
        "listing",
        "textarea",
        "title",
        "head",
        "foreignobject",
        "annotation-xml",
    }
)
"""Elements that are removed with their content."""
ELEMENTS = frozenset(
    {
        "a",
        "abbr",
        "address",
        "article",
        "aside",
        "audio",
        "b",
        "bdi",
        "bdo",
        "blockquote",
        "br",
        "button",
        "canvas",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "data",
        "datalist",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "fieldset",
        "figcaption",
        "figure",
        "font",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "i",
        "iframe",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "legend",
        "li",
        "main",
        "map",
        "area",
        "mark",
        "meter",
        "nav",
        "ol",
        "optgroup",
        "option",
        "output",
        "p",
        "picture",
        "pre",
        "progress",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "select",
        "small",
        "source",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "track",
        "tt",
        "u",
        "ul",
        "var",
        "video",
        "wbr",
        "svg",
        "g",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "textpath",
        "defs",
        "use",
        "symbol",
        "image",
        "marker",
        "mask",
        "pattern",
        "clippath",
        "lineargradient",
        "radialgradient",
        "stop",
        "filter",
        "desc",
        "metadata",
        "switch",
        "view",
        "animate",
        "animatetransform",
        "animatemotion",
        "set",
        "mpath",
        "math",
        "mrow",
        "mi",
        "mo",
        "mn",
        "ms",
        "mtext",
        "mspace",
        "mfrac",
        "msqrt",
        "mroot",
        "mstyle",
        "merror",
        "mpadded",
        "mphantom",
        "msub",
        "msup",
        "msubsup",
        "munder",
        "mover",
        "munderover",
        "mtable",
        "mtr",
        "mtd",
        "semantics",
        "annotation",
    }
)
"""Elements that stay; any other element is replaced by its content."""
_ATTRIBUTES_GONE = frozenset(
    {
        "style",
        "border",
        "bgcolor",
        "align",
        "width",
        "srcdoc",
        "action",
        "formaction",
        "ping",
        "background",
        "target",
        "is",
        "slot",
        "nonce",
    }
)
_SCROLL = {"class": "table-scroll", "tabindex": "0", "role": "region", "aria-label": "Table"}


def kind_of(data: Mapping[str, object], place: Place) -> str:
    """Return the richest type of an output that a page can show. Text that only replaces something
    richer does not count.
    """
    scripted = "text/html" in data and _is_script_alone(str(data["text/html"]))
    for kind in _SHOWN:
        if kind in data and not (kind == "text/html" and scripted):
            if kind == "text/plain" and (
                scripted or any(other.startswith("application/") for other in data)
            ):
                break
            return kind
    kinds = (
        ", ".join(UNPRINTABLE.sub("", " ".join(str(kind).split())) for kind in sorted(data))
        or "none at all"
    )
    kinds += ", the HTML but a script" if scripted else ""
    mend = next(
        mend for word, mend in _MENDS.items() if word in f"{kinds} {data.get('text/html', '')}"
    )
    raise AssemblyError(place, f"this output is of a kind that a page cannot show: {kinds}", mend)


def is_text(value: object) -> bool:
    """True if the value is a text as notebooks have it: whole, or in lines."""
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(line, str) for line in value)
    )


def clean_html(html: str) -> str:
    """Return ``html`` without anything that runs, styles, embeds, or leads where a page may not;
    tables in a box that scrolls. Its text stays. An element that is not one of HTML's or SVG's is
    replaced by its content; elements in which browsers parse text by other rules are removed with
    their content, since their text here may be HTML there.
    """
    fragment = parsed(html)
    for element in list(fragment.iterdescendants()):
        name = str(element.tag).lower() if isinstance(element.tag, str) else ""
        if (
            not name
            or name in _GONE
            or _is_moving_a_link(element)
            or (name == "iframe" and not _is_frame(element))
        ):
            element.drop_tree()
        elif name not in ELEMENTS:
            element.drop_tag()
        else:
            _clean_attributes(element, name)
    for table in list(fragment.iter("table")):
        wrap(table, new_element("div", _SCROLL))
    remove_refused(fragment)
    return written(fragment).strip()


def styled(html: str, address: str) -> str:
    """Return an output with a link to the file of its own styles before it."""
    return f'<link rel="stylesheet" href="{escape(quote(address))}">{html}'


def is_seen(html: str) -> bool:
    """True if a reader sees anything of cleaned HTML."""
    root = parsed(html)
    return any(True for _ in root.iter(*_SEEN)) or bool(root.text_content().strip())


def lost_notices(data: object, kind: str, name: str, place: Place) -> Iterator[Notice]:
    """Yield a notice of the parts of an output, ``name`` in words, that a reader will miss on the
    page.
    """
    if missing := lost(data, kind):
        text = str(data).lower() if "<script>" in missing else ""
        drawn_by = next((library for library, word in _LIBRARIES.items() if word in text), "")
        of = f", by which {drawn_by} draws" if drawn_by else ""
        yield Notice(
            place,
            f"of {name} this is not on the page: {', '.join(missing)}{of}",
            "A page runs no script of an output and embeds nothing that stands in one: show a "
            "plotly figure, a picture, a table, or a file of the site.",
            topic="output",
        )


def lost(data: object, kind: str) -> list[str]:
    """Return the parts of an output that a reader will miss on the page, as tags: `<script>`,
    `<iframe srcdoc>`.
    """
    text = str(data)
    if kind == "image/svg+xml":
        return ["<foreignObject>"] if "<foreignobject" in text.lower() else []
    if kind != "text/html" or "<" not in text:
        return []
    fragment = parsed(text)
    tags = {f"<{element.tag}>" for element in fragment.iter("script", "object", "embed", "canvas")}
    tags |= {
        "<iframe srcdoc>" if element.get("srcdoc") is not None else "<iframe>"
        for element in fragment.iter("iframe")
        if not _is_frame(element)
    }
    tags |= {
        f"<{element.tag}>"
        for element in fragment.iter("audio", "video", "source", "img")
        if not is_picture(str(element.get("src", "")))
    }
    tags |= {
        "Markdown in `data-qmd`"
        for element in fragment.iter()
        if {"data-qmd", "data-qmd-base64"} & {*element.keys()} and not len(element)
    }
    return sorted(tags)


def _clean_attributes(element: HtmlElement, tag: str) -> None:
    for key in list(element.attrib):
        name = str(key).lower()
        value = str(element.get(key))
        is_fine = (
            _NAME.fullmatch(name) and name not in _ATTRIBUTES_GONE and not name.startswith("on")
        )
        if name == "href" and tag in ("use", "image", "feimage"):
            is_fine = is_fine and (
                value.strip().startswith("#") or (tag != "use" and is_raster(value))
            )
        if not is_fine:
            del element.attrib[key]


def _is_frame(element: HtmlElement) -> bool:
    """True if a frame shows a page of the web or of the site, and not a page that is written in it."""
    return element.get("srcdoc") is None and is_link(str(element.get("src", "")), _WEB)


def _is_moving_a_link(element: HtmlElement) -> bool:
    """True if an element is an animation of SVG that changes an address or a handler."""
    target = str(element.get("attributename") or element.get("attributeName") or "").strip().lower()
    return target.rpartition(":")[2] == "href" or target.startswith("on")


def image(
    data: object, kind: str, src: str, alt: str, shown_in: object = None
) -> tuple[str, bytes]:
    """Return HTML that shows a picture from ``src``, and the picture's bytes. It is shown in its own
    size, or in the one that its output says: ``shown_in`` has a `width` or a `height`. Raises
    :class:`AssemblyError`, without a place, for a picture that no browser could show.
    """
    text = "".join(map(str, data)) if isinstance(data, list) else str(data)
    if kind == "image/svg+xml":
        content = text.encode("utf-8", "replace")
        size = _displayed(_size_of_svg(content), shown_in)
        return _IMG.render(src=src, alt=alt, size=size), harmless(content)
    name = IMAGES[kind].upper()
    try:
        content = base64.b64decode(text)
    except (binascii.Error, ValueError):
        raise _broken(f"a {name} that is not base64: {shown(text, 60)}") from None
    if kind == "image/png":
        size = _displayed(_size_of_png(content), shown_in)
        return _IMG.render(src=src, alt=alt, size=size), content
    if not content.startswith(_JPEG):
        raise _broken(f"a {name} that is none: it begins with {content[:8]!r}")
    return _IMG.render(src=src, alt=alt, size=_displayed(None, shown_in)), content


def _displayed(size: tuple[int, int] | None, shown_in: object) -> tuple[int, int] | None:
    """Return the size in which a picture is shown, in CSS pixels: its own ``size``, or that which
    its output says. A side that is not said follows from the other.
    """
    said = shown_in if isinstance(shown_in, Mapping) else {}
    width, height = (_pixels(said.get(side)) for side in ("width", "height"))
    if size and (width or height):
        width, height = (
            width or round(height * size[0] / size[1]),
            height or round(width * size[1] / size[0]),
        )
    if not (0 < width <= _LARGEST and 0 < height <= _LARGEST):
        return size
    return width, height


def _pixels(side: object) -> int:
    """Return a side of a picture in whole pixels; 0 for what is none."""
    if not isinstance(side, (int, float)) or isinstance(side, bool):
        return 0
    return round(side) if 1 <= side <= _LARGEST else 0


def _broken(what: str) -> AssemblyError:
    return AssemblyError(
        Place("output"), f"this output is {what}", "Run the cell anew and see what it draws."
    )


def _size_of_png(content: bytes) -> tuple[int, int]:
    if not content.startswith(_PNG):
        raise _broken(
            f"a PNG that is none: it begins with {content[:8]!r}" if content else "an empty PNG"
        )
    if content[12:16] != b"IHDR" or b"IEND" not in content[-16:]:
        raise _broken("a PNG that is cut short")
    size = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if not all(0 < side <= _LARGEST for side in size):
        raise _broken(f"a PNG of {size[0]:,} × {size[1]:,} pixels; a side may have {_LARGEST:,}")
    return size


def _size_of_svg(content: bytes) -> tuple[int, int] | None:
    """Return width and height in CSS pixels, if the picture has both."""
    if not content.strip():
        raise _broken("an empty SVG")
    try:
        root = parsed_svg(content)
    except etree.XMLSyntaxError as error:
        raise _broken(
            f"an SVG that is not XML: {' '.join(str(error).partition(' (<string>')[0].split())}"
        ) from None
    if etree.QName(root).localname != "svg":
        raise _broken(f"an SVG whose outermost element is `{etree.QName(root).localname}`")
    declared = root.getroottree().docinfo.internalDTD
    if isinstance(declared, etree.DTD) and any(True for _ in declared.iterentities()):  # type: ignore[attr-defined]
        raise _broken("an SVG that declares entities, which could be of any size or lead anywhere")
    lengths = [_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height")]
    width, height = (
        round(float(length[1]) * (4 / 3 if length[2] == "pt" else 1)) if length else 0
        for length in lengths
    )
    return (width, height) if width and height else None


def _is_script_alone(html: str) -> bool:
    fragment = parsed(html)
    if not any(True for _ in fragment.iter("script")):
        return False
    for element in list(fragment.iter("script", "style")):
        element.drop_tree()
    return not fragment.text_content().strip() and not any(
        True for _ in fragment.iter("img", "svg", "table")
    )
