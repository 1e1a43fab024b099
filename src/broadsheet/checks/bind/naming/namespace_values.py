"""Reads what a notebook has by name at a place of its text: its frames, series, and single values."""

from __future__ import annotations

import keyword
import math
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from broadsheet.checks.audit.places import is_group
from broadsheet.checks.audit.tables.table_shapes import spaced
from broadsheet.checks.audit.vocabulary import concepts_in, words_said
from broadsheet.checks.bind.naming.named_values import (
    NamedColumn,
    NamedValues,
    frame_columns,
    is_dated,
    plain,
    text_code,
    written,
)
from broadsheet.notebook.values.fact import Fact

_MOST_PLACES = 2_000
"""A column with more places is not searched."""
_MOST_COLUMNS = 400
"""The most columns that are searched."""


def named_in(
    namespace: Mapping[str, Any], is_named: Callable[[str], bool], parameters: Sequence[str] = ()
) -> NamedValues:
    """Return what a namespace has by name. Of columns of groups, such as those of all countries, there
    are the groups that the text names, as ``is_named`` has it, and those that are all of them.
    """
    columns, single, frames = list[NamedColumn](), dict[str, Any](), dict[str, Any]()
    across = list[NamedColumn]()
    for name, value in namespace.items():
        if name.startswith("_") or name in ("In", "Out") or not _is_name(name):
            continue
        if isinstance(value, pd.DataFrame):
            frames[name] = value
            with suppress(Exception):  # of values that are no plain numbers and texts
                for column, series in _of_frame(name, value):
                    columns += _of_series(column, series, is_named)
                    across += _across(column, series, is_named)
        elif isinstance(value, pd.Series):
            frames[name] = value
            title = value.name if isinstance(value.name, str) else spaced(name)
            said = words_said(f"{spaced(name)} {title}")
            with suppress(Exception):
                of_table = _told(value.attrs.get("origin"))
                column = NamedColumn(
                    name, {}, said, frozenset(), _unit(value), title=title, **of_table
                )
                columns += _of_series(column, value, is_named)
        elif isinstance(value, Fact | str | int | float | np.number | date) and not isinstance(
            value, bool
        ):
            single[name] = value
    return NamedValues(
        tuple(columns[:_MOST_COLUMNS]),
        single,
        frames,
        tuple(parameters),
        tuple(across[:_MOST_COLUMNS]),
    )


def _is_name(text: str) -> bool:
    """True if a text is a name in Python, as it is written."""
    is_same = unicodedata.normalize("NFKC", text) == text
    return text.isidentifier() and is_same and not keyword.iskeyword(text)


def _unit(series: Any) -> str:
    units = series.attrs.get("units") if isinstance(series.attrs, dict) else None
    return str(units.get(series.name, "")) if isinstance(units, dict) else ""


def _of_frame(name: str, frame: Any) -> Iterator[tuple[NamedColumn, Any]]:
    """Yield the columns of a frame, without numbers yet, each with its series."""
    origin = frame.attrs.get("origin")
    described = {column.name: column for column in origin.columns} if origin is not None else {}
    other = words_said(f"{spaced(name)} {origin.title if origin is not None else ''}")
    for column, values in frame_columns(frame):
        title = getattr(described.get(column), "title", "") or ""
        unit = getattr(described.get(column), "unit", "") or ""
        is_attribute = _is_name(column) and column[0] != "_" and not hasattr(type(frame), column)
        code = f"{name}.{column}" if is_attribute else f"{name}[{text_code(column)}]"
        said = words_said(f"{spaced(column)} {title}") or concepts_in(f"{spaced(column)} {title}")
        titled = title or spaced(column)
        yield NamedColumn(code, {}, said, other - said, unit, title=titled, **_told(origin)), values


def _told(origin: Any) -> dict[str, Any]:
    """Return what a table says of itself, as the fields of its columns."""
    if origin is None:
        return {}
    columns = (f"{column.name} {column.title} {column.description}" for column in origin.columns)
    sources = (f"{source.title} {source.publisher}" for source in origin.sources)
    about = f"{origin.title}. {origin.description}"
    return {"about": about, "beside": " | ".join((spaced(origin.name), *columns, *sources))}


def _is_searched(series: Any) -> bool:
    """True if a series has numbers, not too many, each with a label of its own."""
    types = pd.api.types
    is_of_numbers = types.is_numeric_dtype(series) and not (
        types.is_bool_dtype(series) or types.is_complex_dtype(series)
    )
    return 0 < len(series) <= _MOST_PLACES * 5 and is_of_numbers and series.index.is_unique


def _of_series(
    column: NamedColumn, series: Any, is_named: Callable[[str], bool]
) -> Iterator[NamedColumn]:
    """Yield a column with the numbers of a series, or those of its groups."""
    if not _is_searched(series):
        return
    labels = words_said(" ".join(str(name) for name in series.index.names if name))
    yield from _by_group(replace(column, labels=labels), series, is_named)


def _by_group(
    column: NamedColumn, series: Any, is_named: Callable[[str], bool]
) -> Iterator[NamedColumn]:
    """Yield a column with the numbers of a series; of one with several levels, those of its groups."""
    if series.index.nlevels == 1:
        values = _numbers(series) if len(series) <= _MOST_PLACES else {}
        if values:
            dimension = concepts_in(str(series.index.name or ""))
            is_numbered = isinstance(series.index, pd.RangeIndex) and series.index.start == 0
            yield replace(column, values=values, dimension=dimension, is_numbered=is_numbered)
        return
    names = frozenset(map(str, series.index.get_level_values(0).unique()))
    for group, part in series.groupby(level=0, sort=False):
        if is_named(str(group)) or is_group(str(group)):
            of_group = replace(
                column,
                code=f"{column.code}[{written(group)}]",
                other=column.other | words_said(str(group)),
                groups=(*column.groups, str(group)),
                siblings=column.siblings | names - {str(group)},
            )
            yield from _by_group(of_group, part.droplevel(0), is_named)


def _across(
    column: NamedColumn, series: Any, is_named: Callable[[str], bool]
) -> Iterator[NamedColumn]:
    """Yield the numbers of all groups of a series at each time that the text names, of one with two levels
    of which the second has times.
    """
    if series.index.nlevels != 2 or not _is_searched(series):
        return
    times = list(map(plain, series.index.get_level_values(1).unique()))
    if not all(map(is_dated, times)):
        return
    dimension = concepts_in(str(series.index.names[0] or ""))
    for time in times:
        if is_named(str(time)) and (values := _numbers(series.xs(time, level=1))):
            yield replace(
                column,
                code=f"{column.code}[:, {written(time)}]",
                values=values,
                dimension=dimension,
                groups=(str(time),),
                siblings=frozenset(map(str, times)) - {str(time)},
            )


def _numbers(series: Any) -> dict[Any, float]:
    return {
        plain(label): float(value)
        for label, value in zip(series.index, series.to_numpy(), strict=True)
        if value is not None and not pd.isna(value) and math.isfinite(float(value))
    }
