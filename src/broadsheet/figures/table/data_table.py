"""A DataFrame that a cell ended in, as a table of the page, made from the description by
:mod:`broadsheet.notebook.session.dataframes`.

- Numbers have thousands separated and the same decimals all down a column: the decimals of the
  values, up to three; else as many as give the middle value three digits. Years are written as
  such.
- Dates are written out; a missing value is a dash, which screen readers read as missing.
- A column that still has the values of the catalogue's column of that name, as they are or rounded,
  has its title and unit. A column that was computed under the same name does not have them: its
  unit may be another.
- The header of a table of :data:`SORTED_FROM` rows or more sorts it where scripts run
  (`theme/tables.js`), unless rows are left out; from :data:`LONG` rows on it scrolls in a box, which
  a button opens. With a field its rows are searched, if the author wants that.
- A column of numbers may have bars in its cells.

The caption is the renderer's, as for every float.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from markupsafe import Markup

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.origin import Origin
from broadsheet.notebook.session import dataframes
from broadsheet.text.language import t_
from broadsheet.text.templating import Templates
from plotly_alive.table.table import Column, Table

if TYPE_CHECKING:
    import pandas as pd

LONG = 40
WIDE = 5
"""A table with this many columns or more is wide."""
PROSE = 40
"""A text of this many characters or more may break in a wide table."""

_TEMPLATES = Templates()


def is_described(value: object) -> bool:
    """True if ``value`` has the shape of the result of
    :func:`~broadsheet.notebook.session.dataframes.described`.
    """
    if not isinstance(value, Mapping) or type(value.get("rows")) is not int:
        return False
    parts = [value.get(part) for part in ("index", "columns")]
    columns = [column for part in parts if isinstance(part, list) for column in part]
    return (
        all(isinstance(part, list) for part in parts)
        and all(map(_is_column, columns))
        and len({len(column["values"]) for column in columns}) <= 1
    )


def _is_column(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    name, kind, values = (value.get(key) for key in ("name", "kind", "values"))
    return (
        isinstance(name, list)
        and bool(name)
        and all(isinstance(part, str) for part in name)
        and isinstance(values, list)
        and str(kind) in _FIT
        and all(map(_FIT[str(kind)], values))
    )


def read(
    described: Mapping[str, Any], catalogue: Catalogue | None = None, *, with_numbers: bool = False
) -> Table:
    """Return the table of a description, with the titles and units that ``catalogue`` has for it.
    An index that only counts the rows is left out, unless it is to be ``with_numbers``.
    """
    if described.get("counts") and not with_numbers:
        described = {**described, "index": []}
    index, columns = (
        tuple(
            Column(tuple(column["name"]), column["kind"], column["values"])
            for column in described[part]
        )
        for part in ("index", "columns")
    )
    origin = described["origin"]
    if catalogue is not None and origin and catalogue.has(origin):
        catalogued = {
            column.name[0]: (titled, values)
            for column, titled, values in known_columns(catalogue.table(origin))
        }
        index, columns = (
            tuple(_titled(column, catalogued) for column in part) for part in (index, columns)
        )
    return Table(index, columns, described["rows"])


def html_table(table: Table, name: str = "", foot: str = "", *, is_boxed: bool = False) -> str:
    """Return the table in its box, with the ``foot`` under it. ``name`` is for screen readers;
    ``is_boxed`` says that there is room for few rows, so that the table scrolls however short it
    is.
    """
    columns = (*table.index, *table.columns)
    return _TEMPLATES.render(
        "table.html.jinja",
        table=table,
        name=name or t_("Table"),
        foot=Markup(foot),
        is_long=table.length >= LONG,
        is_wide=len(columns) + sum(column.has_bars for column in columns) >= WIDE,
        is_boxed=is_boxed,
        prose=PROSE,
    )


# Titles and units


Result = TypeVar("Result")
_known: dict[Origin, tuple[tuple[Column, Column, frozenset[Any]], ...]] = {}
"""Results of :func:`known_columns` in this process."""
_REMEMBERED = 64


def of_table(results: dict[Origin, Result], origin: Origin, make: Callable[[], Result]) -> Result:
    """Return what is made of a table, which the editions of an article share: as it is among the
    last ``results``, or else made now.
    """
    result = results.pop(origin) if origin in results else make()
    results[origin] = result
    if len(results) > _REMEMBERED:
        results.pop(next(iter(results)), None)
    return result


def known_columns(frame: pd.DataFrame) -> tuple[tuple[Column, Column, frozenset[Any]], ...]:
    """Return each column of a table of the catalogue, under its name and under its title, with its
    unit and its values.
    """
    origin: Origin = frame.attrs["origin"]
    return of_table(_known, origin, lambda: _columns_of(frame, origin))


def _columns_of(
    frame: pd.DataFrame, origin: Origin
) -> tuple[tuple[Column, Column, frozenset[Any]], ...]:
    described = {column["name"][0]: column for column in dataframes.described(frame)["columns"]}
    return tuple(
        (
            Column((column.name,), kind, described[column.name]["values"]),
            Column((column.title,), kind, (), column.unit or ""),
            frozenset(described[column.name]["values"]),
        )
        for column in origin.columns
        if column.name in described
        for kind in (described[column.name]["kind"],)
    )


def _titled(column: Column, catalogued: Mapping[str, tuple[Column, frozenset[Any]]]) -> Column:
    if len(column.name) > 1 or column.name[0] not in catalogued:
        return column
    original, values = catalogued[column.name[0]]
    if not column.is_of(values):
        return column
    return Column(original.name, column.kind, column.values, original.unit)


def _is_moment(value: object) -> bool:
    try:
        return value is None or bool(datetime.fromisoformat(str(value)))
    except ValueError:
        return False


def _is_figure(value: object) -> bool:
    return value in (None, "∞", "−∞") or (isinstance(value, (int, float)) and abs(value) < 10**308)


_FIT: Mapping[str, Callable[[object], bool]] = {
    "number": _is_figure,
    "date": _is_moment,
    "time": _is_moment,
    "text": lambda value: True,
}
