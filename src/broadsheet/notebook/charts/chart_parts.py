"""Parts that the staple charts of :mod:`broadsheet.notebook.charts.newsroom_charts` have in common."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from broadsheet.notebook.charts import chart_style
from broadsheet.notebook.values.places import YEARS
from broadsheet.text.language import written_number
from plotly_alive import chart_theme
from plotly_alive.text.numbers import COUNT, YEAR, decimal_of, style_of

if TYPE_CHECKING:
    import pandas as pd

ColoursByName = Mapping[str, str]
"""Colours by the names of columns, rows or words."""
BELOW, ABOVE = 36, 12
"""Pixels under a plot and above it."""
DOT_MARKS = {True: "circle-open", False: "circle"}
"""The mark of a dot, by whether it is hollow."""

_OTHERS = tuple(chart_theme.PALETTE[f"chart-{number}"][0] for number in (5, 2, 3, 1, 4))


def colours_of(columns: Iterable[Any], colours: ColoursByName | None) -> dict[Any, str]:
    """Return the colour of each column: its own, else one that no other has."""
    names = list(columns)
    chosen = {name: colour for name in names if (colour := (colours or {}).get(str(name)))}
    taken = {colour.lower() for colour in chosen.values()}
    others = iter([chart_theme.by_default(colour) for colour in _OTHERS if colour not in taken])
    return {name: chosen.get(name) or next(others, chart_style.ROLES["context"]) for name in names}


def for_json(values: Iterable[Any]) -> list[Any]:
    """Return values for JSON: numbers, text, dates as text; None for a missing one."""
    import pandas as pd

    unwrapped = [value.item() if hasattr(value, "item") else value for value in values]
    return [
        None if pd.isna(value) else value.isoformat() if hasattr(value, "isoformat") else value
        for value in unwrapped
    ]


def finite(values: Iterable[Any]) -> list[float]:
    """Return values as numbers. Raises ValueError for an infinite one."""
    numbers = [float(value) for value in values]
    if any(map(math.isinf, numbers)):
        raise ValueError("an infinite number cannot be shown: was something divided by zero?")
    return numbers


def check_once(
    places: Iterable[Any], values: Iterable[Any], keys: Iterable[object] | None = None
) -> None:
    """Raise ValueError if a place stands in two rows: one would be drawn over the other. Two
    places are one if their ``keys`` are the same; without keys, their names.
    """
    import pandas as pd

    names = [str(place) for place in places]
    rows: dict[object, list[tuple[int, str, str]]] = {}
    for number, (key, name, value) in enumerate(
        zip(keys or names, names, values, strict=True), start=1
    ):
        said = "no value" if pd.api.types.is_scalar(value) and pd.isna(value) else str(value)
        rows.setdefault(key, []).append((number, name, said))
    twice = [same for same in rows.values() if len(same) > 1]
    if not twice:
        return
    first, more = twice[0], len(twice) - 1
    named = list(dict.fromkeys(name for _, name, _ in first))
    times = "twice" if len(first) == 2 else f"{len(first)} times"
    what = (
        f"{' and '.join(named)} are one place" if len(named) > 1 else f"{named[0]} stands {times}"
    )
    others = f" ({more} more {'does' if more == 1 else 'do'}, too)" if more else ""
    listed = ", ".join(f"row {number} has {said}" for number, _, said in first)
    raise ValueError(
        f"{what} in the data{others}: {listed}; keep one row of each place, or put the rows together "
        "first, such as by `groupby`"
    )


def names_for_readers(names: Mapping[Any, Any] | pd.Series[Any] | None) -> dict[str, str]:
    """Return an author's names for things, by their names or codes in the data; missing values
    are left out.
    """
    import pandas as pd

    pairs = () if names is None else names.items()
    return {str(key): str(value) for key, value in pairs if not pd.isna(value)}


def heads_from(axis: str, names: pd.Index[Any]) -> dict[str, Any]:
    """Return the heading of a table for an axis without a title: the name that pandas has for the
    index.
    """
    return {"heads": {axis: names.name}} if isinstance(names.name, str) else {}


def written(value: float, number: str) -> str:
    """Return a number in a format of Python, in the article's language. Raises ValueError."""
    style = style_of(number)
    if style is None:
        raise ValueError(f'`number` is {number!r}: write a format such as ",.1f", ".0%" or "d"')
    if style == COUNT and "," not in number and decimal_of(value) in YEARS:
        style = YEAR
    return written_number(value, style)


def hover(place: str, value: str, number: str, unit: str) -> str:
    """Return the hover template of a place and its value: `2022: US$ 190.3 bn`."""
    before, after = (
        ("", unit) if not unit or unit[0].islower() or unit[0] == "%" else unit.partition(" ")[::2]
    )
    after = after if after[:1] in ("", "%") else f" {after}"
    return f"%{{{place}}}: {f'{before} ' if before else ''}%{{{value}:{number}}}{after}"


def positions_of(
    places: Mapping[str, tuple[float, float]] | pd.DataFrame,
) -> dict[str, tuple[float, float]]:
    """Return latitude and longitude of each place, in degrees, by its name. Raises ValueError for
    a table without them, and for a pair that is no position on the earth.
    """
    rows: Iterable[tuple[Any, tuple[Any, Any]]]
    if isinstance(places, Mapping):
        rows = places.items()
    else:
        if missing := {"lat", "lon"} - set(places.columns):
            raise ValueError(
                f"the table of places has no column {', '.join(sorted(missing))}; its index has the "
                "names, `lat` and `lon` are degrees"
            )
        pairs = list(zip(places["lat"], places["lon"], strict=True))
        check_once(places.index, (f"latitude {lat}, longitude {lon}" for lat, lon in pairs))
        rows = zip(places.index, pairs, strict=True)
    positions = {str(name): (float(lat), float(lon)) for name, (lat, lon) in rows}
    if not positions:
        raise ValueError("there is no place to show")
    for name, (lat, lon) in positions.items():
        if not (-90 <= lat <= 90 and -180 <= lon <= 360):
            raise ValueError(
                f"{name} is at latitude {lat:g}, longitude {lon:g}: latitudes, which come first, go "
                "from -90 to 90, longitudes from -180 to 180"
            )
    return positions
