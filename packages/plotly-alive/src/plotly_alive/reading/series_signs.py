"""A second sign for series whose colours repeat.

plotly gives a colour to each series in turn, and begins again when it has given all of them. From
there on, lines are dashed, marks have other shapes, and areas are hatched, so that no two series
look the same. The same holds if an author gives colours to some names of a legend alone
(`color_discrete_map`), since express begins with the first colour for the others. Elsewhere colours
that an author has chosen are left alone, repeated or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from plotly_alive.chart_theme import PALETTE
from plotly_alive.reading.plotly_json import PlotlyFigure, Raw

DASHES = ("solid", "dash", "dot", "dashdot", "12px,3px", "12px,3px,3px,3px,3px,3px")
SYMBOLS = (
    *("circle", "diamond", "square", "x", "triangle-up", "cross", "star"),
    *("circle-open", "diamond-open", "square-open", "triangle-up-open", "star-open"),
)
PATTERNS = ("", "/", "\\", "x", "-", "|", "+", ".")
OPACITIES = (1.0, 0.6, 0.3)
_BARS = frozenset({"bar", "histogram", "funnel", "barpolar"})
_PLAIN = {"dash": "solid", "symbol": "circle", "shape": ""}


def with_signs(figure: PlotlyFigure) -> PlotlyFigure:
    """Return the figure, with signs where its colours repeat."""
    data = figure["data"]
    names = list(dict.fromkeys(filter(None, map(_name, data))))
    colours = _colourway(figure)
    if not colours:
        return figure
    rounds = _repeats(data, colours)
    if len(names) > len(colours) and _are_in_turn(data, names, colours):
        rounds = {name: at // len(colours) for at, name in enumerate(names)}
    if not any(rounds.values()):
        return figure
    signed = {**figure, "data": [_signed(trace, rounds.get(_name(trace), 0)) for trace in data]}
    if "frames" in figure:
        signed["frames"] = [
            {
                **frame,
                "data": [_signed(trace, rounds.get(_name(trace), 0)) for trace in frame["data"]],
            }
            for frame in figure["frames"]
        ]
    return signed


def _repeats(data: Sequence[Raw], colours: Sequence[str]) -> Mapping[str, int]:
    """Count the names of the legend before each name that have its colour, of plotly's ``colours``."""
    named = {
        _name(trace): _colour(trace)
        for trace in data
        if trace.get("showlegend") is True and _name(trace)
    }
    repeats: dict[str, int] = {}
    before: Counter[str] = Counter()
    for name, colour in named.items():
        if colour is not None and colour in colours:
            repeats[name] = before[colour]
            before[colour] += 1
    return repeats


def _name(trace: Raw) -> str:
    return str(trace.get("legendgroup") or trace.get("name") or "")


def _colourway(figure: PlotlyFigure) -> Sequence[str]:
    layout = figure["layout"]
    template = (layout.get("template") or {}).get("layout") or {}
    way = layout.get("colorway") or template.get("colorway") or ()
    return [str(colour).lower() for colour in way]


def _are_in_turn(data: Sequence[Raw], names: Sequence[str], colours: Sequence[str]) -> bool:
    """True if each series has the colour that plotly gives to it."""
    turns = {name: colours[at % len(colours)] for at, name in enumerate(names)}
    return all(
        (colour := _colour(trace)) is None or colour == turns.get(_name(trace)) for trace in data
    )


def _colour(trace: Raw) -> str | None:
    """Return the colour of a trace; None if it has none of its own."""
    for part in ("line", "marker"):
        look = trace.get(part)
        if isinstance(look, Mapping) and isinstance(look.get("color"), str):
            return str(look["color"]).lower()
    scale = trace.get("colorscale")
    if isinstance(scale, list) and len(scale) == 2 and isinstance(scale[0], list):
        return str(scale[0][-1]).lower() if scale[0][-1] == scale[1][-1] else ""
    return None


def _signed(trace: Raw, at: int) -> Raw:
    """Return a trace in the look of the round in which it got its colour."""
    if not at:
        return trace
    kind = str(trace.get("type") or "scatter")
    if kind in _BARS:
        marker = trace.get("marker") or {}
        return {**trace, "marker": {**marker, "pattern": _hatched(marker.get("pattern"), at)}}
    if not kind.startswith("scatter") and kind != "splom":
        opacity = OPACITIES[at % len(OPACITIES)]
        if kind.startswith("choropleth"):
            return {**trace, "marker": {"opacity": opacity, **(trace.get("marker") or {})}}
        return {"opacity": opacity, **trace}
    mode = str(trace.get("mode") or ("markers" if kind == "splom" else "lines"))
    signed = dict(trace)
    if "lines" in mode:
        signed["line"] = _with(trace.get("line") or {}, "dash", DASHES[at % len(DASHES)])
    if "markers" in mode:
        signed["marker"] = _with(trace.get("marker") or {}, "symbol", SYMBOLS[at % len(SYMBOLS)])
    if trace.get("stackgroup") or str(trace.get("fill") or "none") != "none":
        signed["fillpattern"] = _hatched(trace.get("fillpattern"), at)
    return signed


def _hatched(pattern: Any, at: int) -> dict[str, Any]:
    """Return a pattern in the colour of the paper, over the series' own."""
    paper = PALETTE["chart-paper"][0]
    pattern = {"fillmode": "overlay", "fgcolor": paper, "solidity": 0.3, **(pattern or {})}
    return _with(pattern, "shape", PATTERNS[at % len(PATTERNS)])


def _with(part: Raw, name: str, sign: str) -> dict[str, Any]:
    """Return a part with the sign, if it has none of its own."""
    return {**part, name: sign} if part.get(name, _PLAIN[name]) == _PLAIN[name] else dict(part)
