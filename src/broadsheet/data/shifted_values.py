"""Finds values that are at another year or day than in the record."""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.data.compared_table import (
    FEW,
    MORE_THAN_HALF,
    MOST_OF,
    SURE,
    Array,
    Compared,
    Difference,
    count_of,
    listed,
    many,
    same,
)
from broadsheet.data.identities import Rows

_STEPS = (1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 10, -10, 100, -100)
_DAYS = (1, -1, 7, -7, 1462, -1462)
"""The numbers of days of a shift. The last are those by which spreadsheets' two ways of counting
days differ.
"""
_MONTHS = (1, -1, 2, -2, 3, -3, 6, -6, 12, -12)


def shifted_values(table: Compared) -> Iterator[Difference]:
    """Yield values that are at another year or day now, in all of the table or in a part."""
    import numpy as np

    if not any(table.changed[name].any() for name in table.columns):
        return
    moves = list(_shifts(table))
    while True:
        best: tuple[float, str, Array, dict[str, Array]] | None = None
        for words, targets in moves:
            scope = _scope(table, *_agreeing(table, targets), targets)
            weight = sum(float(table.bits[name][rows].sum()) for name, rows in scope.items())
            rows = np.logical_or.reduce([*scope.values(), table.is_lost & False])
            if rows.sum() > 1 and (best is None or weight > best[0] + 1e-9):
                best = weight, words, targets, scope
        if best is None:
            return
        _, words, targets, scope = best
        yield _of_shift(table, words, targets, scope)


def _shifts(table: Compared) -> Iterator[tuple[str, Array]]:
    """Yield the ways in which years or days may have moved: in words, and the position of each row
    of the record then.
    """
    import numpy as np

    for name in table.key:
        if table.types[name] == "integer":
            for step in _STEPS:
                keys = table.keys.assign(**{name: table.keys[name] + step})
                how = "later" if step > 0 else "earlier"
                yield f"at a `{name}` {abs(step)} {how}", table.positions(keys)
        elif table.types[name] == "date":
            for days in _DAYS:
                yield _shift_of_days(table, name, days)
            for months in _MONTHS:
                yield _shift_of_months(table, name, months)
    columns = table.resource.columns
    if columns.along in table.key:
        before, after = Rows(columns, table.frame).neighbours
        for words, neighbours in (("next", after), ("previous", before)):
            at = np.where(table.at < 0, -1, neighbours[np.maximum(table.at, 0)])
            yield f"at the {words} `{columns.along}`", at


def _shift_of_days(table: Compared, name: str, days: int) -> tuple[str, Array]:
    import pandas as pd

    keys = table.keys.assign(**{name: table.keys[name] + pd.Timedelta(days=days)})
    words = f"at a `{name}` {many(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"
    return words, table.positions(keys)


def _shift_of_months(table: Compared, name: str, months: int) -> tuple[str, Array]:
    import pandas as pd

    days = table.keys[name]
    moved = days + pd.DateOffset(months=months)
    if bool(days.dt.is_month_end.all()):
        moved = moved + pd.offsets.MonthEnd(0)
    size, noun = (1, "year") if abs(months) == 12 else (abs(months), "month")
    words = f"at a `{name}` {many(size, noun)} {'later' if months > 0 else 'earlier'}"
    return words, table.positions(table.keys.assign(**{name: moved}))


def _agreeing(table: Compared, targets: Array) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return the changed cells of each column whose old values are at these positions now: those
    that were not there before, and those that were, which say nothing.
    """
    stood = table.row_at[targets]  # of -1 it does not matter
    fresh, idle = {}, {}
    for name in table.columns:
        if table.changed[name].any():
            stands = same(table.was[name], table.taken(name, targets)) & (targets >= 0)
            is_new = (stood < 0) | table.changed[name][stood]
            fresh[name] = table.open_cells(name) & stands & is_new
            idle[name] = stands & ~is_new
    return fresh, idle


def _scope(
    table: Compared, agree: dict[str, Array], idle: dict[str, Array], targets: Array
) -> dict[str, Array]:
    """Return the largest part of the table whose changes a shift explains, by column the cells that
    agree. The part is the whole, some columns, some series, or some of both.
    """
    import numpy as np

    groups, count = table.series
    is_there = targets >= 0

    def is_enough(met: Array, open_: Array, present: Array, evidence: Array) -> Array:
        # Of two rows that were exchanged, a shift explains half.
        is_most = (met >= MOST_OF * present) & (met >= MORE_THAN_HALF * open_)
        return (met >= FEW) & is_most & (evidence >= SURE)

    def counted(rows: Array) -> Array:
        return np.bincount(groups[rows], minlength=count)

    met = {name: counted(rows) for name, rows in agree.items()}
    judged = {name: table.open_cells(name) & ~idle[name] for name in agree}
    open_ = {name: counted(rows) for name, rows in judged.items()}
    present = {name: counted(rows & is_there) for name, rows in judged.items()}
    bits = {
        name: np.bincount(groups[rows], weights=table.bits[name][rows], minlength=count)
        for name, rows in agree.items()
    }
    if not agree:
        return {}
    sums = [sum(part.values()) for part in (met, open_, present, bits)]
    if is_enough(*(float(np.sum(part)) for part in sums)):
        return agree
    by_column = {
        name: rows
        for name, rows in agree.items()
        if is_enough(*(part[name].sum() for part in (met, open_, present, bits)))
    }
    if by_column:
        return by_column
    together = counted(np.logical_or.reduce(list(agree.values())))
    series = is_enough(*sums) & (together > 1)
    if series.any():
        return {name: rows & series[groups] for name, rows in agree.items()}
    some = {
        name: rows & is_enough(met[name], open_[name], present[name], bits[name])[groups]
        for name, rows in agree.items()
    }
    return {name: rows for name, rows in some.items() if rows.any()}


def _of_shift(table: Compared, words: str, targets: Array, scope: dict[str, Array]) -> Difference:
    import numpy as np

    groups, _ = table.series
    names = [name for name, rows in scope.items() if rows.any()]
    rows = np.logical_or.reduce([scope[name] for name in names])
    concerned = np.isin(groups, np.unique(groups[rows]))
    for name in names:
        table.explained[name] |= table.changed[name] & concerned
    whole = [same(table.was[name], table.taken(name, targets)) for name in table.columns]
    table.lost_explained |= table.is_lost & (targets >= 0) & np.logical_and.reduce(whole)
    return table.difference(
        f"the values of {count_of(int(rows.sum()))} in {listed(names)} stand {words}",
        np.flatnonzero(rows),
        names,
    )
