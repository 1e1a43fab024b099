"""Plotly figures that stand in HTML: as plotly's `to_html` and `show` write them, with plotly.js
from anywhere, and as R's plotly does, in an htmlwidget.

HTML of this kind is left of a figure if somebody else ran the code: in pages that Quarto has
frozen, and in outputs that were saved without plotly's own type. The figure's data stand in a
script, as JSON; nothing is run to read them.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import nbformat
from lxml.html import HtmlElement
from nbformat.notebooknode import NotebookNode

from broadsheet.figures.figure_making import MIME
from broadsheet.markdown.outputs import clean_html, is_seen
from broadsheet.text.html_tree import new_element, parsed, replace_element, written

Piece = str | Mapping[str, Any]
"""HTML, or a plotly figure."""

_ID = r"(?:document\.getElementById\(\s*)?(['\"])(?P<id>[^'\"]{1,200})\1\s*\)?\s*,\s*(?=\[)"
_PLOT = re.compile(r"\bPlotly\.(?:newPlot|plot|react)\(\s*" + _ID)
_FRAMES = re.compile(r"\bPlotly\.addFrames\(\s*" + _ID)
_COMMA = re.compile(r"\s*,\s*")
_IS_LIBRARY = re.compile(
    r"PlotlyConfig|PLOTLYENV|\bplotly\.js v\d|require\.undef\(['\"]plotly|define\(['\"]plotly|"
    r"import .{0,200}plotly|MathJax\.Hub"
)
_IS_ADDRESS_OF_LIBRARY = re.compile(r"plotly|mathjax|require(?:\.min)?\.js|jquery", re.IGNORECASE)
_JSON = json.JSONDecoder()


def pieces(html: str) -> list[Piece]:
    """Return ``html`` in pieces, with each of its figures as a figure; whole if it has no figure.
    Scripts that only load plotly.js are left out.
    """
    if "plotly" not in html and "Plotly" not in html:
        return [html]
    fragment = parsed(html)
    figures: dict[str, dict[str, Any]] = {}
    is_changed = False
    for script in list(fragment.iter("script")):
        read = _figures(script, fragment)
        figures |= read
        if read or _is_library(script):
            script.drop_tree()
            is_changed = True
    if not is_changed:
        return [html]
    return list(_split(fragment, figures))


def as_outputs(outputs: Iterable[NotebookNode]) -> Iterator[NotebookNode]:
    """Yield the outputs of a cell; figures within HTML have plotly's own type."""
    for output in outputs:
        data = output.get("data", {})
        html = data.get("text/html")
        if isinstance(html, list):
            html = "".join(map(str, html))
        read = pieces(html) if isinstance(html, str) and MIME not in data else [html]
        if read == [html]:
            yield output
            continue
        for piece in read:
            kind = "text/html" if isinstance(piece, str) else MIME
            yield nbformat.from_dict(
                {"output_type": "display_data", "data": {kind: piece}, "metadata": {}}
            )


def _figures(script: HtmlElement, page: HtmlElement) -> dict[str, Any]:
    """Return the figures that a script draws, by the id of the element that each is drawn in; none
    whose data cannot be read.
    """
    text, target = script.text or "", str(script.get("data-for", ""))
    if target and script.get("type") == "application/json":
        return _of_widget(text, target, page)
    figures: dict[str, dict[str, Any]] = {}
    for call in _PLOT.finditer(text):
        data, end = _json(text, call.end())
        comma = _COMMA.match(text, end) if isinstance(data, list) else None
        layout, _ = _json(text, comma.end()) if comma else (None, 0)
        if isinstance(data, list):
            is_layout = isinstance(layout, dict)
            figures[call["id"]] = {"data": data, "layout": layout if is_layout else {}}
    for call in _FRAMES.finditer(text):
        frames, _ = _json(text, call.end())
        if call["id"] in figures and isinstance(frames, list):
            figures[call["id"]]["frames"] = frames
    return figures


def _of_widget(text: str, target: str, page: HtmlElement) -> dict[str, Any]:
    is_plotly = any(
        "plotly" in str(element.get("class", "")).split()
        for element in page.xpath(".//*[@id=$name]", name=target)
    )
    widget, _ = _json(text, 0) if is_plotly else (None, 0)
    said = widget.get("x") if isinstance(widget, dict) else None
    if not isinstance(said, dict) or not isinstance(said.get("data"), list):
        return {}
    layout = said.get("layout")
    return {target: {"data": said["data"], "layout": layout if isinstance(layout, dict) else {}}}


def _json(text: str, at: int) -> tuple[Any, int]:
    """Return the JSON value at a place and its end; None for text that is not JSON."""
    try:
        return _JSON.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None, at


def _is_library(script: HtmlElement) -> bool:
    """True if a script only loads or sets up plotly.js."""
    if address := script.get("src"):
        return bool(_IS_ADDRESS_OF_LIBRARY.search(address))
    text = script.text or ""
    return bool(_IS_LIBRARY.search(text)) and not re.search(
        r"Plotly\.(?:newPlot|plot|react)\(", text
    )


def _split(fragment: HtmlElement, figures: Mapping[str, Mapping[str, Any]]) -> Iterator[Piece]:
    mark = secrets.token_hex(8)
    in_order = []
    for element in list(fragment.iter()):
        if isinstance(element.tag, str) and (name := element.get("id")) in figures:
            in_order.append(figures[name])
            replace_element(element, new_element("span", {}, mark))
    in_order += [figure for figure in figures.values() if figure not in in_order]
    html = clean_html(written(fragment))
    for number, rest in enumerate(html.split(mark)):
        if number:
            yield in_order.pop(0)
        if is_seen(rest):
            yield rest
    yield from in_order
