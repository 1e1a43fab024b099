"""plotly's SVG, cleaned for a page.

What a browser draws for kaleido is full of inline styles (which a strict Content-Security-Policy
refuses), of random identifiers (which differ at each drawing), of empty groups and of invisible
areas for the mouse. :func:`cleaned` makes it small, the same for the same figure, and coloured by
the stylesheet's custom properties. That is slow, so its result is stored. The drawing in a page and
the files beside it are made from it by filling in their differences.

A figure of thousands of points stays small: its lines are simplified
(:mod:`plotly_alive.drawing.svg_paths`), its round marks become the dots of a few paths. Text
stays text, each word where it was drawn. Lines, slices and places of maps keep the numbers of their
traces and points (`data-trace`, `data-point`), by which `alive/alive.js` finds them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import cast

from lxml import etree
from markupsafe import escape

from plotly_alive.chart_theme import FONT, PALETTE
from plotly_alive.drawing import paper, svg_paths
from plotly_alive.drawing.paper import kind

SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_ID = re.compile(r"[\w-]+")
_UNIQUE = re.compile(r"^defs-(\w+)$")
_RGB = re.compile(r"rgb\((\d+), (\d+), (\d+)\)")
_NUMBER = re.compile(r"-?(?<!\d)\d++\.\d{2,}")
_ATTRIBUTES = frozenset(
    {
        "fill",
        "fill-opacity",
        "fill-rule",
        "stroke",
        "stroke-opacity",
        "stroke-width",
        "stroke-dasharray",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "opacity",
        "font-size",
        "font-weight",
        "font-style",
        "text-anchor",
        "dominant-baseline",
        "text-decoration",
        "clip-path",
        "mask",
        "image-rendering",
    }
)
_DEFAULTS = {
    "fill-opacity": "1",
    "stroke-opacity": "1",
    "opacity": "1",
    "stroke-miterlimit": "2",
    "font-weight": "normal",
    "font-style": "normal",
    "text-decoration": "none",
    "text-anchor": "start",
}
_ON_MARKS = {"slicetext", "bartext", "heatmap-label"}
"""The classes of texts that stand on slices, bars and cells."""
_FOR_THE_MOUSE = frozenset(
    {"draglayer", "drag", "hoverlayer", "zoomlayer", "legendtoggle", "infolayer-toggle"}
)
_DROPPED = frozenset({"script", "foreignObject", "style", "animate", "set"})
_KEPT = frozenset(
    {
        "id",
        "d",
        "x",
        "y",
        "x1",
        "x2",
        "y1",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "width",
        "height",
        "points",
        "transform",
        "viewBox",
        "clip-path",
        "fill",
        "offset",
        "gradientUnits",
        "gradientTransform",
        "patternUnits",
        "dy",
        "dx",
        "preserveAspectRatio",
        "clipPathUnits",
        "maskUnits",
        "fill-opacity",
        "opacity",
        "stroke",
        "stroke-opacity",
        "stroke-width",
        "stroke-dasharray",
        "text-anchor",
        "font-size",
        "stop-color",
        "stop-opacity",
        "href",
        "data-trace",
        "data-point",
        _XLINK,
    }
)
_TRANSLATE = re.compile(r"translate\((-?[\d.]+)(?:[, ]\s*(-?[\d.]+))?\)")
_STILL = re.compile(r"(?:rotate\(0(?:,[^)]*)?\)|translate\(0(?:[, ]\s*0)?\))?")
_CIRCLE = re.compile(r"M([\d.]+),0A\1,\1 0 1,1 0,-\1A\1,\1 0 0,1 \1,0Z")
_BEGINNING = 1000
"""Letters of a drawing that are parsed at a time to find its size."""
_LINE = 20
"""The pixels of a line of text below a drawing."""
_MANY = 100
"""From this many marks that look the same, they become the dots of a path."""
_LAYERS = 48
"""The most paths of translucent dots; more dots than this on one place look no different."""
_OF_PLOTLY = {
    "#000000": "chart-ink",
    "#000": "chart-ink",
    "black": "chart-ink",
    "magenta": "chart-ink",  # what is chosen on an axis of parallel coordinates
    "#444444": "chart-axis",
    "#444": "chart-axis",
    "#f4faff": "chart-grid",
}
"""Colours of plotly.js that no template can set, such as that of a pressed button, by what they are
on our paper.
"""
_COLOURS = {light: name for name, (light, _) in reversed(list(PALETTE.items()))}

_PAINTS = ("fill", "stroke", "stop-color")
_URL = re.compile(r"url\(['\"]?#([^)'\"]+)")
_PLACES = frozenset({"d", "points", "transform", "x", "y", "width", "height", "viewBox"})
"""Attributes of numbers. The random part of ids may be a number, too, and name none of them."""
_PREFIX = "\ue000"
"""The placeholder in each id for the part that makes it unique in its page."""
_PROPERTY = re.compile(r"var\(--([\w-]+)\)")


def cleaned(drawn: bytes) -> bytes:
    """Return a browser's drawing without the parts that a page does not need."""
    root = _cleaned(drawn)
    root.attrib.pop("viewBox", "")
    root.set("viewBox", f"0 0 {root.get('width', '')} {root.get('height', '')}")
    return etree.tostring(root, encoding="utf-8")


def parted(drawing: bytes) -> tuple[bytes, str]:
    """Return a cleaned drawing without the data of its marks, and these data: JSON, or empty."""
    root = parsed_svg(drawing)
    told = root.find(f"{{{SVG}}}metadata")
    if told is None:
        return drawing, ""
    root.remove(told)
    return etree.tostring(root, encoding="utf-8"), told.text or ""


def inline_svg(drawing: bytes, prefix: str, label: str, css_class: str) -> str:
    """Return a cleaned drawing for the page itself: its ids prefixed, named for a screen reader."""
    text = drawing.decode().replace(_PREFIX, prefix)
    return text.replace(
        "<svg ", f'<svg class="{css_class}" role="img" aria-label="{escape(label)}" ', 1
    )


def without_page(inline: str) -> bytes:
    """Return a drawing of a page without what :func:`inline_svg` has put into it for the page."""
    root = parsed_svg(inline.encode())
    for name in ("class", "role", "aria-label"):
        root.attrib.pop(name, "")
    return etree.tostring(root, encoding="utf-8")


def drawing_size(inline: str) -> tuple[float, float]:
    """Return the width and the height of a drawing in a page; 0 for those that it does not have. No
    more than its beginning is parsed.
    """
    parser = etree.XMLPullParser(("start",), resolve_entities=False, no_network=True)
    for start in range(0, len(inline), _BEGINNING):
        parser.feed(inline[start : start + _BEGINNING])
        for _, element in parser.read_events():
            root = cast("etree._Element", element)
            return float(root.get("width", "0")), float(root.get("height", "0"))
    return 0, 0


def with_line(drawing: bytes, line: str) -> bytes:
    """Return a cleaned drawing with a line of text below it."""
    if not line:
        return drawing
    root = parsed_svg(drawing)
    height = float(root.get("height", "0"))
    root.set("height", f"{height + _LINE:g}")
    root.set("viewBox", f"0 0 {root.get('width', '')} {height + _LINE:g}")
    sheet = next((box for box in root.iter("{*}rect") if box.get("height") == f"{height:g}"), None)
    if sheet is not None:
        sheet.set("height", f"{height + _LINE:g}")
    place = {"x": "8", "y": f"{height + 12:g}", "font-size": "12", "fill": "var(--chart-muted)"}
    etree.SubElement(root, f"{{{SVG}}}text", place).text = line
    return etree.tostring(root, encoding="utf-8")


def parsed_svg(text: bytes | str) -> etree._Element:
    """Return the tree of a drawing. The parser is a new one each time: one that threads share is locked
    while it works, and in a process that is forked meanwhile it would be locked for ever.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(text, parser)


def standalone_svg(drawing: bytes, label: str, *, dark: bool) -> bytes:
    """Return a cleaned drawing as a file of its own, in the light or the dark colours; one that keeps
    its light paper has the light ones.
    """
    dark = dark and parsed_svg(drawing).get(paper.ATTRIBUTE) != paper.LIGHT
    text = _PROPERTY.sub(
        lambda match: PALETTE[match[1]][dark] if match[1] in PALETTE else match[0],
        drawing.decode().replace(_PREFIX, "f"),
    )
    start, rest = text.split(">", 1)
    return f'{start} font-family="{escape(FONT)}"><title>{escape(label)}</title>{rest}'.encode()


def _cleaned(drawn: bytes) -> etree._Element:
    root = parsed_svg(drawn)
    unique = next(
        (match[1] for element in root.iter() if (match := _UNIQUE.match(element.get("id", "")))),
        "\0",
    )
    on_marks = [text for text in root.iter("{*}text") if _ON_MARKS & _classes(text)]
    parts = paper.drawn_parts(root, on_marks)
    of_plotly = []
    for element in list(root.iter()):
        if (
            not isinstance(element.tag, str)
            or kind(element) in _DROPPED
            or _is_for_the_mouse(element)
        ):
            _remove(element)
        elif _OF_PLOTLY.keys() & _clean(element, unique):
            of_plotly.append(element)
    for text in on_marks:
        _set_on_mark(text)
    if any(element.get("fill") == "var(--chart-paper)" for element in root.iter("{*}rect")):
        _recolour(of_plotly)
    if paper.keeps_light(root, parts):
        root.set(paper.ATTRIBUTE, paper.LIGHT)
    for element in reversed(list(root.iter())):
        _tidy(element)
    for element in list(root.iter("{*}g")):
        _gather(element)
    named = {
        name
        for element in root.iter()
        for value in element.attrib.values()
        if "url(" in (style := str(value))
        for name in _URL.findall(style)
    }
    for element in list(root.iter("{*}clipPath", "{*}linearGradient")):
        if element.get("id") not in named:
            _remove(element)
    for element in reversed(list(root.iter("{*}g", "{*}defs"))):
        if not len(element):
            _remove(element)
    etree.cleanup_namespaces(root)
    return root


def _attributes(element: etree._Element) -> list[tuple[str, str]]:
    return cast("list[tuple[str, str]]", element.items())


def _is_linking(element: etree._Element) -> bool:
    """True if an element has a clip or a gradient, which have places of their own."""
    return any("url(" in value for _, value in _attributes(element))


def _classes(element: etree._Element) -> set[str]:
    above = element.getparent()
    both = (element, above) if above is not None else (element,)
    return {name for each in both for name in each.get("class", "").split()}


def _set_on_mark(text: etree._Element) -> None:
    """Keep a text legible on its mark: plotly.js makes it white or grey for the light colours. A
    mark in a colour of the palette is lighter on dark paper; any other is the same on both.
    """
    colour = {"#ffffff": "var(--chart-paper)", "#444444": "var(--chart-ink)"}.get(
        text.get("fill", "")
    )
    groups = (above.find("{*}path") for above in text.iterancestors("{*}g"))
    mark = next((path for path in groups if path is not None), None)
    is_ours = mark is not None and mark.get("fill", "").startswith("var(")
    if colour is not None:  # "#434343" is not plotly's own grey, which `_recolour` would change
        text.set("fill", colour if is_ours else text.get("fill", "").replace("#444444", "#434343"))


def _recolour(elements: Iterable[etree._Element]) -> None:
    """Replace plotly's own colours by the colours of our paper."""
    for element in elements:
        for name in ("fill", "stroke"):
            if (colour := _OF_PLOTLY.get(element.get(name, ""))) is not None:
                element.set(name, f"var(--{colour})")


def _tidy(element: etree._Element) -> None:
    """Remove elements that show and group nothing, and apply moves to the coordinates where that is
    possible.
    """
    name = kind(element)
    if name in ("g", "defs", "path", "text", "rect") and _is_empty(element):
        _remove(element)
    elif name in ("g", "text", "path"):
        transform = element.get("transform")
        if transform is not None and _STILL.fullmatch(transform):
            del element.attrib["transform"]
            transform = None
        moved = _TRANSLATE.fullmatch(transform) if transform is not None else None
        if moved and _move(element, float(moved[1]), float(moved[2] or 0)):
            del element.attrib["transform"]
        elif name == "path" and not moved:
            _move(element, 0, 0)
        if name == "g" and not element.attrib:
            _unwrap(element)


def _move(element: etree._Element, dx: float, dy: float) -> bool:
    """Move an element by its coordinates, if they alone can move it; lines are simplified on the
    way. Returns whether it was moved.
    """
    if _is_linking(element):
        return False
    name = kind(element)
    if name == "path":
        lines = svg_paths.read(element.get("d", ""))
        if lines is not None:
            element.set(
                "d", svg_paths.write(svg_paths.simplified(line.moved(dx, dy)) for line in lines)
            )
        return lines is not None
    texts = list(element) if name == "g" else [element]
    if name == "g" and (
        set(element.attrib) != {"transform"} or any("transform" in text.attrib for text in texts)
    ):
        return False
    if any(kind(text) != "text" or not {"x", "y"} <= set(text.attrib) for text in texts):
        return False
    for part in (part for text in texts for part in text.iter()):
        for letter, by in (("x", dx), ("y", dy)):
            if letter in part.attrib:
                part.set(letter, f"{round(float(part.attrib[letter]) + by, 1):g}")
    return True


def _unwrap(group: etree._Element) -> None:
    parent = group.getparent()
    if parent is not None:
        for element in list(group):
            group.addprevious(element)
        parent.remove(group)


def _gather(group: etree._Element) -> None:
    """Join neighbours that look the same into one path."""
    for (look, is_dot), alike in groupby(list(group), key=_look):
        drawn = list(alike)
        if look is None or len(drawn) < (_MANY if is_dot else 2):
            continue
        first = drawn[0]
        if is_dot:
            dots = _dots(drawn, look)
            at = group.index(first)
            group[at : at + len(drawn)] = dots
        else:
            first.set("d", "".join(path.get("d", "") for path in drawn))
            for path in drawn[1:]:
                group.remove(path)


def _look(element: etree._Element) -> tuple[tuple[tuple[str, str], ...] | None, bool]:
    """Return the paint of an element, and whether it is a round mark; None if it must not be joined
    with its neighbours.
    """
    if kind(element) != "path" or _is_linking(element):
        return None, False
    circle = _CIRCLE.fullmatch(element.get("d", ""))
    paint = {name: value for name, value in _attributes(element) if name not in ("d", "transform")}
    if circle and _TRANSLATE.fullmatch(element.get("transform", "")) and "stroke" not in paint:
        return (("r", circle[1]), *sorted(paint.items())), True
    is_plain = not {"transform"} & set(element.attrib) and not {
        "opacity",
        "fill-opacity",
        "stroke-opacity",
        "stroke-dasharray",
    } & set(paint)
    return (
        (tuple(sorted(paint.items())), False)
        if is_plain and svg_paths.is_straight(element.get("d", ""))
        else (None, False)
    )


def _dots(marks: Iterable[etree._Element], look: Iterable[tuple[str, str]]) -> list[etree._Element]:
    """Return round marks as the dots of as few paths as look the same: within one path, translucent
    dots do not add up.
    """
    paint = dict(look)
    width = float(paint.pop("r")) * 2
    translucent = {"opacity", "fill-opacity"} & set(paint)
    reach = (
        [
            (x, y)
            for x in range(-int(width), int(width) + 1)
            for y in range(-int(width), int(width) + 1)
            if x * x + y * y < width * width
        ]
        if translucent
        else []
    )
    taken: dict[
        tuple[int, int], int
    ] = {}  # place → a bit for each layer that has a dot so near that the two overlap
    layers: list[dict[tuple[int, int], None]] = []
    for mark in marks:
        moved = _TRANSLATE.fullmatch(mark.get("transform", ""))
        assert moved is not None
        x, y = round(float(moved[1])), round(float(moved[2] or 0))
        bits = taken.get((x, y), 0)
        layer = (~bits & (bits + 1)).bit_length() - 1
        if layer < _LAYERS:
            layers += [{}] if layer == len(layers) else []
            layers[layer][x, y] = None
            for dx, dy in reach:
                taken[x + dx, y + dy] = taken.get((x + dx, y + dy), 0) | 1 << layer
    paths = []
    for dots in layers:
        path = etree.Element(
            f"{{{SVG}}}path",
            {
                "d": svg_paths.write(svg_paths.Line((point,)) for point in dots),
                "stroke": paint.get("fill", "#000"),
                "stroke-width": f"{width:g}",
                "stroke-linecap": "round",
            },
        )
        for name in translucent:
            path.set(name.replace("fill", "stroke"), paint[name])
        paths.append(path)
    return paths


def _clean(element: etree._Element, unique: str) -> Collection[str]:
    """Leave the attributes of an element that a page needs. Returns its colours."""
    styles = _styles(element.get("style", ""))
    for name, value in _attributes(element):
        leads_out = name in ("href", _XLINK) and not value.startswith(("#", "data:image/"))
        if name not in _KEPT or leads_out:
            del element.attrib[name]
        elif (short := _short(value if name in _PLACES else _named(value, unique))) != value:
            element.set(name, short)
    if styles is None:
        element.clear()
        return ()
    for name, value in styles:
        element.set(name, _named(value, unique).removesuffix("px"))
    colours = []
    for name in _PAINTS:
        paint = element.get(name)
        if paint is not None:
            colours.append(colour := _coloured(paint))
            if colour != paint:
                element.set(name, colour)
    if element.get("stroke-width") == "0" or element.get("stroke") == "none":
        for name in ("stroke", "stroke-width"):
            element.attrib.pop(name, "")
    return colours


@lru_cache(1_000)
def _styles(style: str) -> Sequence[tuple[str, str]] | None:
    """Return the declarations of a style that become attributes; None for what is not shown."""
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    styles = {name.strip(): value.strip() for name, value in pairs}
    if styles.get("display") == "none" or styles.get("visibility") == "hidden":
        return None
    return [
        (name, value.replace('"', ""))
        for name, value in styles.items()
        if name in _ATTRIBUTES and _DEFAULTS.get(name) != value
    ]


def _named(value: str, unique: str) -> str:
    """Return ids without the drawing's random part: `clip0733a7xy` becomes `PREFIX-clipxy`."""
    if unique not in value:
        return value
    return _ID.sub(lambda name: _without(unique, name[0]), value)


def _without(unique: str, name: str) -> str:
    if name == f"defs-{unique}":
        return f"{_PREFIX}-defs"
    *parts, rest = name.split(unique)
    return "".join(f"{_PREFIX}-{part}" for part in parts) + rest


@lru_cache(1_000)
def _coloured(value: str) -> str:
    match = _RGB.match(value)
    plain = (
        f"#{int(match[1]):02x}{int(match[2]):02x}{int(match[3]):02x}" if match else value.lower()
    )
    name = _COLOURS.get(plain)
    return f"var(--{name})" if name else plain


def _short(value: str) -> str:
    """Return an attribute's value with its numbers to a tenth of a pixel."""
    return _NUMBER.sub(_rounded, value) if "." in value else value


def _rounded(match: re.Match[str]) -> str:
    return f"{round(float(match[0]), 1):g}"


def _is_for_the_mouse(element: etree._Element) -> bool:
    classes = element.get("class", "").split()
    if not classes:
        return False
    paint = element.get("stroke", "") + element.get("style", "")
    if "background" in classes and ("magenta" in paint or "rgb(255, 0, 255)" in paint):
        return True  # where parallel coordinates take the mouse
    return not _FOR_THE_MOUSE.isdisjoint(classes)


def _is_empty(element: etree._Element) -> bool:
    """True if an element shows nothing. The shapes of a clip show nothing and are still needed."""
    if len(element) or (element.text or "").strip():
        return False
    name, parent = kind(element), element.getparent()
    if name in ("path", "rect") and parent is not None and kind(parent) != "clipPath":
        is_filled = element.get("fill") != "none" and element.get("fill-opacity") != "0"
        is_drawn = "stroke" in element.attrib and element.get("stroke-opacity") != "0"
        if not is_filled and not is_drawn:
            return True
    if name == "rect":
        return "0" in (element.get("width"), element.get("height"))
    return name != "path" or not element.get("d")


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
