"""The data of a chart as a table: exactly what it draws, one row a category, one column a series."""

from __future__ import annotations

import base64
import csv
import io
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_KINDS = {"scatter": ("x", "y"), "scattergl": ("x", "y"), "bar": ("x", "y"), "pie": ("labels", "values"),
          "funnel": ("x", "y"), "waterfall": ("x", "y")}
_DATE = re.compile(r"\d{4}-\d\d")
_TAG = re.compile(r"<[^<>]+>")


@dataclass(frozen=True)
class Table:
    """``columns`` are headers, the first that of the categories; ``rows`` hold a category and then values or None."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    def shown(self) -> Iterable[tuple[str, ...]]:
        """The rows as a reader sees them: numbers with thousands separated and at most three decimals."""
        return (tuple(_shown(value) for value in row) for row in self.rows)

    def csv(self) -> str:
        """The rows as CSV, values unrounded, without plotly's tags."""
        return csv_of([plain_text(name) for name in self.columns],
                      ([plain_text(value) if isinstance(value, str) else value for value in row] for row in self.rows))


def csv_of(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """CSV, None an empty cell. A cell that a spreadsheet would take for a formula is made text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_harmless(name) for name in columns])
    writer.writerows([["" if value is None else _harmless(value) for value in row] for row in rows])
    return text.getvalue()


def tabulate(figure: Mapping[str, Any]) -> Table | None:
    """The table of a figure of lines, bars, points or slices; None for other kinds."""
    traces = [trace for trace in figure.get("data", []) if trace.get("visible", True) is True]
    if not traces or any(trace.get("type", "scatter") not in _KINDS for trace in traces):
        return None
    layout = figure.get("layout", {})
    categories: dict[object, dict[str, object]] = {}
    names: list[str] = []
    runs: list[list[Any]] = []
    for number, trace in enumerate(traces, start=1):
        across, along = _KINDS[trace.get("type", "scatter")]
        if trace.get("orientation") == "h":
            across, along = along, across
        name = plain_text(str(trace.get("name") or (f"Series {number}" if len(traces) > 1 else "Value")))
        names += [name] if name not in names else []
        runs.append(values(trace.get(across)))
        for category, value in zip(runs[-1], values(trace.get(along)), strict=False):
            row = categories.setdefault(category, {})
            row[name] = value if value is not None else row.get(name)
    horizontal = any(trace.get("orientation") == "h" for trace in traces)
    axis = layout.get("yaxis" if horizontal else "xaxis", {})
    head = plain_text(str((axis.get("title") or {}).get("text") or ""))
    return Table((head or _kind_of(categories), *names),
                 tuple((category, *(categories[category].get(name) for name in names))
                       for category in _ordered(categories, runs)))


def values(array: object) -> list[Any]:
    """The elements of an array as plotly's JSON has it: a list, or base64 of typed numbers. NaN becomes None."""
    if isinstance(array, Mapping) and "bdata" in array:
        import numpy as np
        typed = np.frombuffer(base64.b64decode(array["bdata"]), dtype=np.dtype(str(array["dtype"])))
        array = typed.tolist()
    listed = list(array) if isinstance(array, (list, tuple)) else []
    return [None if isinstance(value, float) and math.isnan(value) else value for value in listed]


def plain_text(text: str) -> str:
    """A text of plotly without the few HTML tags that it understands."""
    return _TAG.sub("", re.sub(r"<br\s*/?>", " ", text)).strip()


def _ordered(categories: Iterable[object], runs: Iterable[list[Any]]) -> list[Any]:
    """Years, dates and numbers from first to last, where each series has them so; else as the figure has them."""
    listed: list[Any] = list(categories)
    is_scale = all(isinstance(one, (int, float)) for one in listed) or all(
        isinstance(one, str) and _DATE.match(one) for one in listed)
    return sorted(listed) if is_scale and all(run == sorted(run) for run in runs) else listed


def _kind_of(categories: Iterable[object]) -> str:
    first = next(iter(categories), "")
    if isinstance(first, int) and 1500 < first < 2200:
        return "Year"
    return "Date" if isinstance(first, str) and _DATE.match(first) else "Category"


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool) and not 1500 < value < 2200:
        return f"{value:,}"
    return plain_text(str(value))


def _harmless(value: object) -> object:
    if isinstance(value, str) and (value[:1] in ("=", "+", "@", "\t", "\r") or re.match(r"-\D", value)):
        return f"'{value}"
    return value
