"""What the description of a figure states, and the proof of it.

A :class:`Statement` says one thing of a figure: where a series starts, which value is the highest,
how many there are. :func:`verify` reads the figure anew, with numpy and by a way of its own, and
compares. One that does not hold is a fault of ours and never reaches a page:
:class:`FalseStatementError` is an ordinary exception.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from broadsheet.figures.number_words import DRAWN
from broadsheet.figures.traces import plain_text, values
from broadsheet.language import t_

Figure = Mapping[str, Any]
_ARRAYS = ("x", "y", "z", "labels", "values", "locations", "open", "high", "low", "close", "median")


class FalseStatementError(AssertionError):
    """The description says what the figure does not show."""


@dataclass(frozen=True)
class Statement:
    """``what`` (a key of the table below) is ``value``, for ``series`` (all of them, if None) at
    ``place``.

    ``measure`` is what the value is of: a ``value`` of the figure, the ``total`` or ``share`` of a
    place, a ``median``.
    """

    what: str
    value: float
    series: str | None = None
    place: object = None
    measure: str = "value"


@dataclass(frozen=True)
class _Rows:
    """The figure as a long table: series, the ``keys`` of places, and values, NaN where there is
    none.
    """

    series: np.ndarray
    keys: np.ndarray
    values: np.ndarray

    def where(self, kept: np.ndarray) -> _Rows:
        return _Rows(self.series[kept], self.keys[kept], self.values[kept])

    @property
    def known(self) -> _Rows:
        return self.where(np.isfinite(self.values))


def verify(figure: Figure, statements: Iterable[Statement]) -> None:
    """Raise :class:`FalseStatementError` unless all ``statements`` hold for ``figure``."""
    measured: dict[str, _Rows] = {}
    for statement in statements:
        rows = measured.setdefault(statement.measure, _MEASURES[statement.measure](_read(figure)))
        own = rows if statement.series is None else rows.where(rows.series == statement.series)
        if not _HOLDS[statement.what](own, statement):
            raise FalseStatementError(f"{statement} does not hold")


def _read(figure: Figure) -> _Rows:
    found: list[tuple[str, object, object]] = []
    for number, trace in enumerate(_drawn(figure), start=1):
        name = plain_text(str(trace.get("name") or "")) or t_("Series %(number)s", number=number)
        found += [row if len(row) == 3 else (name, *row) for row in _cells(trace, figure)]
    hidden = {str(label) for label in figure.get("layout", {}).get("hiddenlabels") or ()}
    rows = [
        row
        for row in found
        if row[1] is not None
        and str(row[1]) not in hidden
        and not (isinstance(row[1], float) and abs(row[1]) >= DRAWN)
    ]
    return _Rows(
        np.array([row[0] for row in rows], dtype=object),
        np.fromiter((_key(row[1]) for row in rows), object),
        np.fromiter((_float(row[2]) for row in rows), float),
    )


def _drawn(figure: Figure) -> list[Mapping[str, Any]]:
    shown = [trace for trace in figure.get("data") or () if trace.get("visible", True) is True]
    return [trace for trace in shown if trace.get("hoverinfo") != "skip"] or shown


def _cells(trace: Mapping[str, Any], figure: Figure) -> list[tuple[Any, ...]]:
    """The places and values of a trace; for the kinds that have series within a trace, series,
    places and values.
    """
    kind = str(trace.get("type") or "scatter")
    array = {key: values(trace.get(key)) for key in _ARRAYS}
    if kind in ("heatmap", "contour"):
        shape = trace["z"].get("shape", "1") if isinstance(trace.get("z"), Mapping) else ""
        width = int(shape.split(",")[-1]) if shape else max(map(len, array["z"]), default=1)
        flat = array["z"] if shape else [cell for row in array["z"] for cell in row]
        columns, rows = (
            array["x"] or list(range(width)),
            array["y"] or list(range(len(flat) // max(width, 1))),
        )
        return [
            (plain_text(str(rows[at // width])), columns[at % width], value)
            for at, value in enumerate(flat)
        ]
    if kind in ("candlestick", "ohlc"):
        return [
            (side, place, value)
            for side in ("open", "close", "high", "low")
            for place, value in zip(array["x"], array[side], strict=False)
        ]
    if kind == "indicator":
        return [(0, trace.get("value"))]
    if kind in ("pie", "funnelarea"):
        return list(
            zip(array["labels"], array["values"] or [1] * len(array["labels"]), strict=False)
        )
    if kind.startswith("choropleth"):
        return list(zip(array["locations"], array["z"], strict=False))
    across, along = ("y", "x") if _is_horizontal(trace, array) else ("x", "y")
    if kind in ("histogram", "box", "violin"):
        samples, groups = (array["y"], array["x"]) if array["y"] else (array["x"], [])
        if kind != "histogram" and trace.get("orientation") == "h":
            samples, groups = array["x"], array["y"]
        samples = array["median"] or samples
        return (
            [(group, group, value) for group, value in zip(groups, samples, strict=False)]
            if groups
            else [(0, value) for value in samples]
        )
    places = array[across]
    if places and all(isinstance(level, list) for level in places):
        places = [", ".join(map(str, level)) for level in zip(*places, strict=False)]
    start, step = trace.get(f"{across}0", 0), trace.get(f"d{across}", 1)
    return list(
        zip(
            places or [start + step * at for at in range(len(array[along]))],
            array[along],
            strict=False,
        )
    )


def _is_horizontal(trace: Mapping[str, Any], array: Mapping[str, list[Any]]) -> bool:
    if trace.get("orientation"):
        return bool(trace["orientation"] == "h")
    numbers = {
        key: np.isfinite([_float(value) for value in array[key]]).any() for key in ("x", "y")
    }
    named = any(isinstance(value, str) for value in array["y"])
    return (
        str(trace.get("type") or "scatter").startswith("scatter")
        and named
        and numbers == {"x": True, "y": False}
    )


def _float(value: object) -> float:
    try:
        number = np.nan if value is None or isinstance(value, (bool, list)) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = np.nan
    return number if abs(number) < DRAWN else np.nan


def _key(place: object) -> object:
    """What a place is ordered by: a number, or the milliseconds of a date; else its text."""
    if isinstance(place, (int, float)):
        return float(place)
    if re.fullmatch(r"\d{4}(-\d\d.*)?", str(place)):
        try:
            return float(
                np.datetime64(
                    re.sub(r"(Z|[+-]\d\d:?\d\d)$", "", str(place))
                    if len(str(place)) > 10
                    else str(place),
                    "ms",
                ).astype(np.int64)
            )
        except ValueError:
            pass
    return plain_text(str(place))


def _by(
    rows: _Rows, groups: np.ndarray, merge: Callable[[np.ndarray], float]
) -> dict[object, float]:
    known = np.isfinite(rows.values)
    return {
        group: merge(rows.values[known & (groups == group)])
        for group in dict.fromkeys(groups[known])
    }


def _grouped(by: Mapping[object, float]) -> _Rows:
    names = np.fromiter(by, object, len(by))
    return _Rows(
        names, np.fromiter(map(_key, by), object, len(by)), np.fromiter(by.values(), float)
    )


def _shares(rows: _Rows) -> _Rows:
    sums = _grouped(_by(rows.where(rows.values >= 0), rows.keys[rows.values >= 0], np.sum))
    return _Rows(sums.series, sums.keys, sums.values / sums.values.sum() * 100)


def _normed(rows: _Rows) -> _Rows:
    sums = _by(rows, rows.keys, np.sum)
    whole = np.array([sums.get(key) or np.nan for key in rows.keys], float)
    return _Rows(rows.series, rows.keys, rows.values / whole * 100)


_MEASURES: dict[str, Callable[[_Rows], _Rows]] = {
    "value": lambda rows: rows,
    "total": lambda rows: _grouped(_by(rows, rows.keys, np.sum)),
    "share": _shares,
    "norm": _normed,
    "median": lambda rows: _grouped(_by(rows, rows.series, np.median)),
}


def _same(one: object, other: object) -> bool:
    return bool(np.isclose(one, other, rtol=1e-9, atol=0))  # type: ignore[call-overload]


def _edge(at_end: bool) -> Callable[[_Rows, Statement], bool]:
    def holds(rows: _Rows, said: Statement) -> bool:
        known = rows.known
        edge = max(known.keys) if at_end else min(known.keys)
        there = known.values[known.keys == edge]
        return edge == _key(said.place) and any(_same(value, said.value) for value in there)

    return holds


def _extreme(pick: Callable[[np.ndarray], float]) -> Callable[[_Rows, Statement], bool]:
    def holds(rows: _Rows, said: Statement) -> bool:
        there = rows.values if said.place is None else rows.values[rows.keys == _key(said.place)]
        return _same(pick(rows.values), said.value) and any(
            _same(value, said.value) for value in there
        )

    return holds


def _ends(pick: Callable[[Iterable[float]], float]) -> Callable[[_Rows, Statement], bool]:
    """The series ``said.place`` is the one that ends there, of those that reach the end."""

    def holds(rows: _Rows, said: Statement) -> bool:
        known = rows.known
        final = known.where(known.keys == max(known.keys))
        last = dict(zip(final.series, final.values, strict=True))
        return _same(pick(last.values()), said.value) and _same(last[said.place], said.value)

    return holds


_HOLDS: dict[str, Callable[[_Rows, Statement], bool]] = {
    "first": _edge(at_end=False),
    "last": _edge(at_end=True),
    "highest": _extreme(np.nanmax),
    "lowest": _extreme(np.nanmin),
    "ends highest": _ends(max),
    "ends lowest": _ends(min),
    "all": lambda rows, said: all(_same(value, said.value) for value in rows.known.values),
    "only": lambda rows, said: (
        len({*zip(rows.known.keys, rows.known.values, strict=True)}) == 1
        and _extreme(max)(rows.known, said)
    ),
    "value": lambda rows, said: any(
        _same(value, said.value) for value in rows.values[rows.keys == _key(said.place)]
    ),
    "count": lambda rows, said: len(rows.known.values) == said.value,
    "places": lambda rows, said: len(set(rows.known.keys)) == said.value,
    "series": lambda rows, said: len(set(rows.known.series)) == said.value,
    "middle": lambda rows, said: _same(np.nanmedian(rows.values), said.value),
    "missing": lambda rows, said: not np.isfinite(rows.values[rows.keys == _key(said.place)]).any(),
    "gaps": lambda rows, said: len({*rows.keys} - {*rows.known.keys}) == said.value,
    "furthest left": lambda rows, said: _same(min(rows.known.keys), said.value),
    "furthest right": lambda rows, said: _same(max(rows.known.keys), said.value),
}
