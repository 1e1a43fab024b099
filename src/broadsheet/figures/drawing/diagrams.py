"""Diagrams of Mermaid and Graphviz, drawn as static SVG in the browser page that draws charts.

Both are scripts of npm's (`mermaid`, `@viz-js/viz`); :data:`LIBRARIES` says where each is looked
for. `diagrams.js`, beside this module, calls them. Nothing that a diagram says is trusted: Mermaid
is at its strictest, the page has no network, and of the drawing only what draws is kept
(:func:`cleaned`): no scripts, no HTML, no links, no addresses.

The colours are those of the theme, so that a drawing follows the reader's setting. One with colours
of its own keeps its light paper on dark pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from lxml import etree
from markupsafe import Markup, escape

from broadsheet.text.language import t_
from plotly_alive.chart_theme import PALETTE
from plotly_alive.drawing.drawing_page import DrawingPage
from plotly_alive.drawing.svg import parsed_svg

_SCRIPT = Path(__file__).with_name("diagrams.js")
_PROGRAM = Path(__file__).parents[2]
_FILES = {
    "mermaid": ("mermaid/dist/mermaid.min.js", "mermaid.min.js"),
    "dot": ("@viz-js/viz/dist/viz-global.js", "viz-global.js"),
}
"""The script of each kind: in `node_modules`, and in the program's own folder in a wheel."""
DIAGRAM_NAMES = {"mermaid": "Mermaid", "dot": "Graphviz"}
"""The kinds of diagrams, with their names for people."""
_FONT = "Arial"
_TINT = "#f4f2ec"
_COLOURS = {light: f"--{name}" for name, (light, _) in reversed(list(PALETTE.items()))} | {
    _TINT: "--paper-tint"
}
"""The colours that a page has in light and in dark: the light value, and the custom property."""
_PLAIN = {
    "#000000": PALETTE["chart-ink"][0],
    "#ffffff": PALETTE["chart-paper"][0],
    "#d3d3d3": PALETTE["chart-grid"][0],
}
"""Colours that both programs have where nothing says another, and those of the theme in their place."""
_ELEMENTS = frozenset(
    {
        *("svg", "g", "path", "rect", "circle", "ellipse", "polygon", "polyline", "line", "text"),
        *("tspan", "marker", "defs", "clipPath", "linearGradient", "radialGradient", "stop"),
    }
)
_UNWRAPPED = frozenset({"a", "switch"})
_ATTRIBUTES = frozenset(
    {
        *("id", "d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy"),
        *("width", "height", "points", "transform", "viewBox", "preserveAspectRatio", "textLength"),
        *("fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray"),
        *("stroke-linecap", "stroke-linejoin", "opacity", "font-size", "font-weight", "font-style"),
        *("text-anchor", "dominant-baseline", "marker-start", "marker-mid", "marker-end", "orient"),
        *("markerWidth", "markerHeight", "markerUnits", "refX", "refY", "clip-path", "offset"),
        *("clipPathUnits", "stop-color", "stop-opacity", "gradientUnits", "gradientTransform"),
    }
)
_INNER = re.compile(r"url\(#([\w.:-]+)\)")
_RGB = re.compile(r"rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)")
_HEX = re.compile(r"#[0-9a-f]{6}")
_PAINTS = ("fill", "stroke", "stop-color")
_WIDE = 600
"""A drawing that is wider than this many pixels is scrolled on a phone, and not made tiny."""
_LONGEST = 320
"""The most characters of a generated alternative text, about."""


@dataclass(frozen=True)
class DiagramRequest:
    """A request for a drawing of a diagram."""

    kind: str
    """The kind: `mermaid` or `dot`."""
    text: str
    """The diagram, as its author wrote it."""
    theme: str
    """The name of a theme of Mermaid's; empty for the colours of the page."""
    library: Path
    """The script that draws it."""
    form: str = "diagram"
    """Its format, for the store."""

    @property
    def named(self) -> list[object]:
        """All that makes the drawing, for its name in the store."""
        scripts = [_digest(self.library), _digest(_SCRIPT)]
        return [self.kind, self.text, self.theme, _settings(self.theme), *scripts]

    def drawn_by(self, page: DrawingPage) -> bytes:
        """Return the drawing in JSON, drawn by the browser's page. Raises the errors of
        :meth:`DrawingPage.answer`.
        """
        spec = {
            "kind": self.kind,
            "text": self.text,
            "font": _FONT,
            "settings": _settings(self.theme),
        }
        function = _SCRIPT.read_text("utf-8").partition("async function")[2]
        return page.answer(f"async function{function}", json.dumps(spec), self.library).encode()


@dataclass(frozen=True)
class Diagram:
    """A diagram as it is on a page."""

    svg: str
    """The drawing, cleaned, whose ids begin with `diagram-`."""
    size: tuple[float, float]
    """Its width and height in CSS pixels."""
    has_own_colours: bool
    """It has colours that the theme has not."""
    said: str
    """Its nodes and edges in words, in the language of the page."""

    def html(self, number: int, alt: str = "", width: float | None = None, align: str = "") -> str:
        """Return the diagram for a page that has ``number`` others before it: with an alternative
        text, a width in pixels, and where it stands. Its words are in it, for those who get no
        drawings (:func:`~broadsheet.text.html_tree.spell_drawings`).
        """
        wide, high = self.size
        shown = replace(self, size=(width, high * width / (wide or 1))) if width else self
        size = [f"{side:g}" for side in map(round, shown.size)]
        drawing = re.sub(r"(?<=[\"#])diagram-(?=[\w.:-]+[\")])", f"diagram-{number}-", self.svg)
        classes = ["diagram", *(["is-wide"] if shown.size[0] > _WIDE else [])]
        classes += [f"quarto-figure-{align}"] if align else []
        attributes = [f'class="{" ".join(classes)}"']
        attributes += [f'data-layout-align="{align}"'] if align else []
        attributes += ['data-paper="light"'] if self.has_own_colours else []
        attributes += ['tabindex="0"'] if shown.size[0] > _WIDE else []
        opening = f'<svg role="img" aria-label="{escape(alt or self.said)}" '
        opening += f'width="{size[0]}" height="{size[1]}" '
        drawing = drawing.replace(">", f"><desc>{escape(self.said)}</desc>", 1)
        return str(
            Markup("<div {}>{}</div>").format(
                Markup(" ".join(attributes)), Markup(drawing.replace("<svg ", opening, 1))
            )
        )


def diagram_script(kind: str, root: Path) -> Path | None:
    """Return the script that draws a kind of diagrams: that of the publication at ``root``, of a
    clone of this program, or of its wheel; None if it is not installed.
    """
    module, packed = _FILES[kind]
    folder = Path("node_modules")
    places = (root / folder / module, _PROGRAM.parents[1] / folder / module)
    return next(
        (file for file in (*places, _PROGRAM / "theme/diagrams" / packed) if file.is_file()), None
    )


def diagram_of(answer: bytes) -> Diagram:
    """Return the diagram of a drawing in JSON, in the current language."""
    drawn: dict[str, Any] = json.loads(answer)
    root = parsed_svg(str(drawn["svg"]).encode())
    has_own_colours = _clean(root)
    width, height = (float(root.get(side) or 0) for side in ("width", "height"))
    for side in ("width", "height"):
        root.attrib.pop(side, "")
    etree.cleanup_namespaces(root)
    said = _words_of(drawn["edges"], drawn["nodes"], drawn["texts"])
    return Diagram(etree.tostring(root, encoding="unicode"), (width, height), has_own_colours, said)


def _clean(root: etree._Element) -> bool:
    """Leave of a drawing only what draws. Return whether it has colours that the theme has not."""
    has_own_colours = False
    for element in list(root.iter()):
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if name in _UNWRAPPED:
            element.tag, name = "g", "g"
        if name not in _ELEMENTS:
            _remove(element)
            continue
        element.tag = name
        for key, value in [(str(key), str(text)) for key, text in element.attrib.items()]:
            del element.attrib[key]
            if key not in _ATTRIBUTES or ("(" in value and not _is_inner(key, value)):
                continue
            paint, is_own = _paint(value) if key in _PAINTS else (value, False)
            has_own_colours |= is_own
            paint = f"diagram-{value}" if key == "id" else paint
            element.set(key, _INNER.sub(r"url(#diagram-\1)", paint))
    return has_own_colours


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        if element.tail and element.tail.strip():
            before = element.getprevious()
            if before is None:
                parent.text = (parent.text or "") + element.tail
            else:
                before.tail = (before.tail or "") + element.tail
        parent.remove(element)


def _is_inner(key: str, value: str) -> bool:
    """True if brackets in a value call nothing: a part of the drawing, a colour, a movement."""
    if key in ("transform", "gradientTransform"):
        return re.fullmatch(r"[\w\s().,+-]*", value) is not None and "url" not in value
    return _INNER.fullmatch(value) is not None or _RGB.fullmatch(value) is not None


def _paint(value: str) -> tuple[str, bool]:
    """Return a paint for a page: a custom property of the theme, with its light value where the
    page has no style sheet; and whether it is a colour of the drawing's own.
    """
    match, colour = _RGB.fullmatch(value), value.lower()
    if match is not None and match[4] == "0":
        return "none", False
    if match is not None:
        colour = "#{:02x}{:02x}{:02x}".format(*map(int, match.groups()[:3]))
    elif not _HEX.fullmatch(colour):
        return value, value not in ("none", "currentColor", "inherit") and not value.startswith(
            "url"
        )
    colour = _PLAIN.get(colour, colour)
    name = _COLOURS.get(colour)
    return (f"var({name}, {colour})", False) if name else (colour, True)


def _words_of(edges: Sequence[Sequence[str]], nodes: Sequence[str], texts: Sequence[str]) -> str:
    """Return what a drawing joins, in words; without edges its texts."""
    joined = {end for edge in edges for end in edge[:2]}
    parts = []
    for start, end, label in edges:
        course = t_("%(start)s to %(end)s", start=start, end=end)
        parts.append(f"{course} ({label})" if label else course)
    parts += [node for node in nodes if node not in joined]
    parts = list(dict.fromkeys(parts or texts))
    shown: list[str] = []
    while parts and sum(map(len, shown)) + len(parts[0]) < _LONGEST:
        shown.append(parts.pop(0))
    if parts and shown:
        shown.append(t_("and {count} more").format(count=len(parts)))
    said = "; ".join(shown) or (parts[0][:_LONGEST] if parts else "")
    return t_("Diagram: %(parts)s", parts=said) if said else t_("Diagram")


@cache
def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def _settings(theme: str) -> dict[str, object]:
    """Return Mermaid's settings: a theme of its own, or the colours of the page."""
    if theme:
        return {"theme": theme, "fontFamily": _FONT}
    paper, ink, grid, axis = (
        PALETTE[f"chart-{name}"][0] for name in ("paper", "ink", "grid", "axis")
    )
    fills = ("primaryColor", "secondaryColor", "mainBkg", "actorBkg", "noteBkgColor", "labelBoxBkgColor",
             "attributeBackgroundColorEven", "rowEven", "altBackground", "compositeTitleBackground",
             "labelColorBackground", "stateBkg")  # fmt: skip
    papers = ("background", "tertiaryColor", "clusterBkg", "edgeLabelBackground", "pieStrokeColor",
              "attributeBackgroundColorOdd", "rowOdd", "compositeBackground", "sequenceNumberColor",
              "labelBackground", "pieSectionTextColor", "innerEndBackground")  # fmt: skip
    lines = ("nodeBorder", "lineColor", "primaryBorderColor", "secondaryBorderColor", "tertiaryBorderColor",
             "actorBorder", "actorLineColor", "noteBorderColor", "labelBoxBorderColor", "stateBorder",
             "activationBorderColor", "pieOuterStrokeColor", "transitionColor", "relationColor",
             "defaultLinkColor", "arrowheadColor", "specialStateColor")  # fmt: skip
    letters = ("primaryTextColor", "secondaryTextColor", "tertiaryTextColor", "titleColor", "textColor",
               "nodeTextColor", "actorTextColor", "signalColor", "signalTextColor", "labelTextColor",
               "loopTextColor", "noteTextColor", "classText", "pieTitleTextColor", "pieLegendTextColor",
               "stateLabelColor", "transitionLabelColor", "relationLabelColor", "taskTextOutsideColor")  # fmt: skip
    variables = {
        **dict.fromkeys(fills, _TINT),
        **dict.fromkeys(papers, paper),
        **dict.fromkeys(lines, axis),
        **dict.fromkeys(letters, ink),
        **dict.fromkeys(("clusterBorder", "activationBkgColor", "relationLabelBackground"), grid),
        **{f"pie{number}": PALETTE[f"chart-{(number - 1) % 5 + 1}"][0] for number in range(1, 13)},
        "pieOpacity": "1",
        "fontSize": "15px",
    }
    return {"theme": "base", "fontFamily": _FONT, "themeVariables": variables}
