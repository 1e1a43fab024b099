"""Finds numbers that are ten, a hundred or a thousand times off or turned their sign, and days that
moved.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from broadsheet.data.compared_table import (
    FEW,
    HEAVY_BITS,
    MOST_OF,
    ORDINARY,
    SURE,
    Array,
    Compared,
    Difference,
    are_years,
    count_of,
    days_of,
    many,
    same,
)

_FACTORS = (1e3, 1e6, 1e9, 100.0, 10.0)


def changed_levels(table: Compared) -> Iterator[Difference]:
    """Yield columns, or runs of rows in them, whose numbers are ten, a hundred, a thousand or more
    times off.
    """
    import numpy as np

    for name in filter(table.is_number, table.columns):
        ratios = _ratios(table, name)
        with np.errstate(all="ignore"):
            levels = np.log10(ratios)  # NaN for what turned its sign
        heavy = np.abs(levels) > math.log10(ORDINARY)
        compared = np.isfinite(levels) | (
            same(table.was[name], table.now[name]) & (table.was[name] != 0)
        )
        for factor in (ratio for size in _FACTORS for ratio in (size, 1 / size)):
            off = np.abs(levels - math.log10(factor))
            near = off < math.log10(ORDINARY)
            exact = off < 0.002
            count = int(near.sum())
            if not count:
                continue
            is_large = not 0.002 < factor < 500
            most = count >= MOST_OF * heavy.sum()
            if count >= min(FEW, int(compared.sum())) and is_large:
                rows = near if most or exact.sum() < FEW else exact
            elif (
                count >= FEW
                and most
                and (count >= compared.sum() / 2 or exact.sum() >= MOST_OF * count)
            ):
                rows = near
            elif is_large:
                rows = near & (exact | _is_outside(table, name))
            else:
                rows = exact & (table.bits[name] > 3 + HEAVY_BITS)
            if not rows.any():
                continue
            table.explained[name] |= rows
            size = f"{max(factor, 1 / factor):,.0f}"
            how = f"{size} times what it was" if factor > 1 else f"{size} times smaller than it was"
            yield table.difference(
                f"`{name}` is about {how} in {count_of(int(rows.sum()))}",
                np.flatnonzero(rows),
                [name],
            )
            levels = np.where(rows, np.nan, levels)
            heavy &= ~rows


def _ratios(table: Compared, name: str) -> Array:
    """Return the factor by which each changed number was multiplied; NaN where it is unclear."""
    import numpy as np

    was, now = table.was[name], table.now[name]
    is_judged = table.open_cells(name) & ~table.is_lost & (was != 0) & (now != 0)
    with np.errstate(all="ignore"):
        return np.where(is_judged, now / was, np.nan)


def _is_outside(table: Compared, name: str) -> Array:
    """Return, for each cell of a column, whether its number is far outside of the range of the
    column.
    """
    import numpy as np

    sizes = np.abs(table.was[name][np.nan_to_num(table.was[name]) != 0])
    if not len(sizes):
        return np.zeros(len(table.was[name]), dtype=bool)
    now = np.abs(np.nan_to_num(table.now[name]))
    return (now > 30 * sizes.max()) | (now < sizes.min() / 30)


def turned_signs(table: Compared) -> Iterator[Difference]:
    """Yield columns whose signs turned, in all rows or in many."""
    import numpy as np

    for name in filter(table.is_number, table.columns):
        ratios = _ratios(table, name)
        with np.errstate(all="ignore"):
            near = (ratios < 0) & (np.abs(np.log10(-ratios)) < math.log10(ORDINARY))
        exact = np.abs(ratios + 1) < 0.002
        compared = int((~table.is_lost & (np.nan_to_num(table.was[name]) != 0)).sum())
        if near.sum() >= max(2, MOST_OF * compared):
            rows = near
        elif exact.sum() >= FEW and table.bits[name][exact].sum() >= SURE:
            rows = exact
        else:
            continue
        table.explained[name] |= rows
        yield table.difference(
            f"`{name}` has the opposite sign in {count_of(int(rows.sum()))}",
            np.flatnonzero(rows),
            [name],
        )


def moved_dates(table: Compared) -> Iterator[Difference]:
    """Yield columns of years or days outside of the key in which all have moved alike."""
    import numpy as np
    import pandas as pd

    for name in table.columns:
        rows = table.open_cells(name) & ~table.is_lost
        if table.types[name] == "date":
            was, now = (days_of(part[name]) for part in (table.was, table.now))
            months = 12 * (now.dt.year - was.dt.year) + now.dt.month - was.dt.month
            same_day = (was.dt.day == now.dt.day) | (was.dt.is_month_end & now.dt.is_month_end)
            steps = [("day", (now - was).dt.days), ("month", months.where(same_day))]
        elif table.types[name] == "integer" and are_years(table.was[name]):
            steps = [("year", pd.Series(table.now[name] - table.was[name]))]
        else:
            continue
        for noun, step in steps:
            filled = step[rows & step.notna().to_numpy()]
            if len(filled) < FEW:
                continue
            usual = filled.mode().iloc[0]
            alike = rows & (step == usual).to_numpy()
            if alike.sum() >= max(FEW, MOST_OF * rows.sum()):
                table.explained[name] |= alike
                words = f"{many(int(abs(usual)), noun)} {'later' if usual > 0 else 'earlier'}"
                yield table.difference(
                    f"`{name}` is {words} in {count_of(int(alike.sum()))}",
                    np.flatnonzero(alike),
                    [name],
                )
                break
