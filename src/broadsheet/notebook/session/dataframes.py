"""A DataFrame that a cell ends in, as data that a page can make a table of.

:func:`start`, in the run's first cell, has IPython put out the result of :func:`described` beside
pandas' own HTML and text, as a further output type, :data:`MIME`. Other programs pass it over:

    {"index": [COLUMN …], "counts": false, "columns": [COLUMN …], "rows": 10000, "origin": "trade"}
    COLUMN: {"name": ["exports", "2021"], "kind": "number", "values": [1.5, null]}

`name` has one text for each level of a header; `kind` is `number`, `date`, `time` or `text`; values
are JSON's own, dates in ISO form. `rows` counts all rows: of a frame of more than :data:`MOST_ROWS` the
values are the first so many, unless pandas' option `display.max_rows` asks for more. `origin` is
the table of the catalogue that the frame came of.

`counts` says that the index only has the rows' numbers, or the rest of these after a selection: it
has no name, and whole numbers that are not years. A page shows such an index beside the code that
made the table, as pandas does, and else without it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from plotly_alive.table.table import YEARS
from plotly_alive.text.unprintable import UNPRINTABLE

if TYPE_CHECKING:
    import pandas as pd

MIME = "application/vnd.broadsheet.table+json"
MOST_ROWS = 500

_TYPES = (
    ("pandas", "DataFrame"),
    ("pandas", "Series"),
    ("pandas.core.frame", "DataFrame"),
    ("pandas.core.series", "Series"),
)


def start() -> None:
    """Have each frame that is shown from now on in the run described."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        for module, name in _TYPES:
            shell.display_formatter.mimebundle_formatter.for_type_by_name(module, name, _bundle)


def described(frame: pd.DataFrame, limit: int | None = None) -> dict[str, Any]:
    """Return the description of the frame, with its first ``limit`` rows, or all."""
    shown = frame.iloc[:limit]
    levels = [shown.index.get_level_values(level) for level in range(shown.index.nlevels)]
    index = [
        _column((name,), values.array)
        for name, values in zip(shown.index.names, levels, strict=True)
    ]
    counts = len(index) == 1 and shown.index.names[0] is None and _counts(index[0])
    columns = [
        _column(name if isinstance(name, tuple) else (name,), shown.iloc[:, number].array)
        for number, name in enumerate(shown.columns)
    ]
    origin = getattr(frame.attrs.get("origin"), "name", None)
    return {
        "index": index,
        "counts": counts,
        "columns": columns,
        "rows": len(frame),
        "origin": origin,
    }


def _bundle(frame: Any, include: object = None, exclude: object = None) -> dict[str, Any]:
    import pandas as pd

    if isinstance(frame, pd.Series):
        frame = frame.to_frame("Value" if frame.name is None else frame.name)
    most = pd.get_option("display.max_rows")
    return {MIME: described(frame, max(most, MOST_ROWS) if most else None)}


def _column(name: tuple[object, ...], values: Iterable[object]) -> dict[str, Any]:
    plain = [_plain(value) for value in values]
    present = [value for value in plain if value is not None]
    kind = next(
        (
            kind
            for kind, types in _KINDS.items()
            if present and all(type(value) in types for value in present)
        ),
        "text",
    )
    if kind == "time" and all(value.time() == time() for value in present):
        kind, plain = "date", [value and value.date() for value in plain]
    return {
        "name": [_label(part) for part in name],
        "kind": kind,
        "values": [_written(value, kind) for value in plain],
    }


_GREATEST = 10**308
_KINDS: dict[str, tuple[type, ...]] = {"number": (int, float), "date": (date,), "time": (datetime,)}


def _plain(value: Any) -> Any:
    """Return a value for JSON: None if it is missing; a bool, int, float, date or datetime
    unchanged; any other as text.
    """
    import pandas as pd

    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, datetime):
        return value.to_pydatetime(warn=False) if isinstance(value, pd.Timestamp) else value
    if isinstance(value, str):
        return UNPRINTABLE.sub("\ufffd", str(value))
    if type(value) is int and not -_GREATEST < value < _GREATEST:
        return f"{Decimal(value):.6e}"
    if isinstance(value, date) or type(value) in (bool, int, float):
        return value
    if pd.api.types.is_bool(value):
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, (Real, Decimal)):
        return float(str(value))  # a float32 as short as it is, not as the nearest float64
    return UNPRINTABLE.sub("\ufffd", str(value))


def _written(value: Any, kind: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if kind == "number":
        return value if math.isfinite(value) else "∞" if value > 0 else "−∞"
    return value.isoformat() if isinstance(value, date) else str(value)


def _label(part: object) -> str:
    value = _plain(part)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return "" if value is None else str(value)


def _counts(index: dict[str, Any]) -> bool:
    """True if an index without a name only has numbers of rows."""
    return all(type(value) is int for value in index["values"]) and not (
        index["values"] and all(value in YEARS for value in index["values"])
    )
