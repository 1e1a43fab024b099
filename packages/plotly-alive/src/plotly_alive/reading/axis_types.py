"""The types of a figure's axes as plotly finds them, and the arrays of its traces as such an axis
takes them.

An axis without a type gets one from its first trace: dates, names, else numbers. A number may be
written as text, with a sign of a currency, thousands or a percent sign (``1,000``, ``3$``,
``12 %``), unless the figure or its template has `autotypenumbers: "strict"`, as express has. On an
axis of numbers, what is no number is not drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from plotly_alive.reading.number_words import date_of, is_number, is_of_numbers, number_of
from plotly_alive.reading.plotly_json import Raw, text_of, values

_SAMPLE = 1000
"""The most values of an array by which an axis gets its type."""
_SIGNS = re.compile(r"""^['"%,$#\s']+|[, ]|['"%,$#\s']+$""")
"""Signs around a number that is written as text, and within it."""
_TWO_DIGITS = re.compile(r"\d\d(?:-|$)")
_ALONG = {
    "candlestick": ("open", "high", "low", "close"),
    "ohlc": ("open", "high", "low", "close"),
    "box": ("y", "q1", "median", "q3", "lowerfence", "upperfence", "mean"),
}
_BETWEEN_AXES = frozenset(
    {
        *("scatter", "scattergl", "bar", "funnel", "waterfall", "histogram", "box", "violin"),
        *("heatmap", "heatmapgl", "contour", "histogram2d", "histogram2dcontour"),
        *("candlestick", "ohlc"),
    }
)
"""The types of traces whose `x` and `y` lie along the axes of a plane."""
_WITHOUT_TYPES = {
    **dict.fromkeys(("scatterpolar", "scatterpolargl", "barpolar"), ("r",)),
    **dict.fromkeys(("scatter3d", "mesh3d"), ("x", "y", "z")),
}
"""Arrays of traces around a centre and in space, whose axes are of numbers if most values are."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def typed(layout: Raw, data: Sequence[Raw]) -> tuple[Raw, list[Raw]]:
    """Return the layout with a type for each axis, and the traces that are drawn with arrays as
    their axes take them.
    """
    types = _types(layout, data)
    axes = {f"{key[0]}axis{key[1:]}": kind for key, kind in types.items()}
    with_types = {
        name: {**_titled(layout, layout.get(name) or {}), "type": kind}
        for name, kind in axes.items()
    }
    return {**layout, **with_types}, [
        _typed(raw, types) if raw.get("visible", True) is True else raw for raw in data
    ]


def _titled(layout: Raw, axis: Raw) -> Raw:
    """Return an axis with the title of the axis that it matches, if it has none, as facets have."""
    key = str(axis.get("matches") or "")
    other = layout.get(f"{key[:1]}axis{key[1:]}") if key else None
    if not isinstance(other, Mapping) or text_of(axis.get("title")):
        return axis
    return {**axis, "title": other.get("title") or ""}


def _types(layout: Raw, data: Sequence[Raw]) -> dict[str, str]:
    """Return plotly's type of each axis that traces lie along (`x`, `y2`): ``linear``, ``log``,
    ``date``, ``category`` or ``multicategory``.
    """
    types: dict[str, str] = {}
    for raw in data:
        if raw.get("visible", True) is False:
            continue
        for letter, key in _axes(raw):
            axis = layout.get(f"{letter}axis{key[1:]}") or {}
            written = str(axis.get("type") or "-")
            if key not in types:
                kind = written if written != "-" else _found(layout, axis, raw, letter)
                if kind:
                    types[key] = kind
    return types


def _typed(raw: Raw, types: Mapping[str, str]) -> Raw:
    """Return a trace whose arrays are as its axes take them."""
    kind = str(raw.get("type") or "scatter")
    changed: dict[str, Any] = {}
    for name in _WITHOUT_TYPES.get(kind, ()):
        if isinstance(raw.get(name), list):
            changed[name] = as_numbers(raw[name])
    for letter, key in _axes(raw):
        axis_type, names = types.get(key, ""), [letter]
        names += [name for name in _ALONG.get(kind, ()) if letter == "y" and name != letter]
        for name in names:
            column = raw.get(name)
            if axis_type == "multicategory" and isinstance(column, list):
                changed[name] = of_levels(column)
            if not isinstance(column, list) or list in {*map(type, column)}:
                continue
            if axis_type in ("linear", "log"):
                changed[name] = on_numbers(column)
            elif axis_type == "date" and "base" not in raw:
                changed[name] = [_moment(item) for item in column]
    return {**raw, **changed} if changed else raw


def of_levels(places: list[Any]) -> list[Any]:
    """Return places that have several levels as texts with all of them."""
    if not places or not all(isinstance(level, list) for level in places):
        return places
    return [", ".join(map(str, levels)) for levels in zip(*places, strict=False)]


def as_numbers(column: list[Any]) -> list[Any]:
    """Return a column with numbers in the place of texts of numbers, if most values are numbers."""
    is_plain = list not in {*map(type, column)} and not is_of_numbers(column)
    if is_plain and type_of(column, is_strict=False) == "linear":
        return on_numbers(column)
    return column


def on_numbers(column: list[Any]) -> list[Any]:
    """Return a column with numbers in the place of texts of numbers, and with null for all that an
    axis of numbers does not draw.
    """
    return column if is_of_numbers(column) else [_cleaned(item) for item in column]


def _cleaned(item: Any) -> Any:
    """Return the number that plotly reads from a value."""
    if item is None or is_number(item):
        return item
    if not isinstance(item, str):
        return None
    text = _SIGNS.sub("", item)
    number = number_of(text)
    if number is None:
        return None
    return int(text) if re.fullmatch(r"-?\d{1,15}", text) else number


def _moment(item: Any) -> Any:
    """Return a number of milliseconds as an ISO date or time; a date whose year has two digits, in
    the hundred years that begin 70 years ago, with all four.
    """
    if isinstance(item, str) and _TWO_DIGITS.match(item):
        first = datetime.now(UTC).year - 70
        return f"{(int(item[:2]) - first) % 100 + first}{item[2:]}"
    if not is_number(item):
        return item
    try:
        moment = _EPOCH + timedelta(milliseconds=item)
    except OverflowError:
        return None
    return moment.replace(tzinfo=None).isoformat().removesuffix("T00:00:00")


def _axes(raw: Raw) -> Iterator[tuple[str, str]]:
    """Yield the letters and names of the axes that a trace between two axes lies along."""
    if str(raw.get("type") or "scatter") not in _BETWEEN_AXES:
        return
    for letter in "xy":
        yield letter, str(raw.get(f"{letter}axis") or letter)


def _found(layout: Raw, axis: Raw, raw: Raw, letter: str) -> str:
    """Return the type that a trace gives to its axis; empty if it gives none."""
    kind = str(raw.get("type") or "scatter")
    column = values(raw.get(letter))
    if letter == "y" and not column:
        column = next((values(raw[name]) for name in _ALONG.get(kind, ()) if name in raw), column)
    if kind == "histogram" and letter == ("x" if raw.get("orientation") == "h" else "y"):
        return "linear" if values(raw.get("x")) or values(raw.get("y")) else ""
    if not column:
        return ""
    template = (layout.get("template") or {}).get("layout") or {}
    of_template = (template.get(f"{letter}axis") or {}).get("autotypenumbers")
    rule = (
        axis.get("autotypenumbers")
        or layout.get("autotypenumbers")
        or of_template
        or template.get("autotypenumbers")
    )
    return type_of(column, is_strict=rule == "strict")


def type_of(column: Sequence[Any], *, is_strict: bool) -> str:
    """Return plotly's type of an axis whose first trace has ``column``; if ``is_strict``, texts of
    numbers are names.
    """
    if all(isinstance(level, list) for level in column):
        return "multicategory"
    step = max(1, (len(column) - 1) / _SAMPLE)
    places = (round(at * step) for at in range(int((len(column) - 1) // step) + 1))
    sample = {str(column[at]): column[at] for at in places}.values()
    dates = sum(date_of(item) is not None for item in sample)
    if dates > 2 * sum(number_of(item) is not None for item in sample):
        return "date"
    counts = {True: 0, False: 0}
    for item in sample:
        if item is None or isinstance(item, (list, dict)):
            continue
        is_name = isinstance(item, bool) or not (
            is_number(item) or (not is_strict and _cleaned(item) is not None)
        )
        counts[is_name] += 1
    if counts[True] > 2 * counts[False]:
        return "category"
    return "linear" if counts[False] else ""
