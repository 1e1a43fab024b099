"""Revisions that keep the identities of a table: a number changes together with the numbers that are
computed from it.

If `total == exports + imports` and the exports are revised, so is the total; then the share of the
total, and so on. Each identity that a change breaks, and that is an equation, is solved for a number of
its row that has not been changed yet.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from broadsheet.data.descriptor import Resource
from broadsheet.data.identities import Rows, names_in

if TYPE_CHECKING:
    import pandas as pd

_STEPS = 8
"""The most times that an identity is solved."""


def revised(
    resource: Resource, frame: pd.DataFrame, cells: Mapping[tuple[int, str], float]
) -> dict[tuple[int, str], float] | None:
    """Return the ``cells`` of a ``frame`` and those that follow from them, so that its identities
    hold; None if no such numbers are found. A cell is a row and a column.
    """
    changed = dict(cells)
    now = frame.astype({field.name: "float64" for field in resource.measured})
    for (row, column), value in changed.items():
        now.loc[row, column] = value
    for _ in range(_STEPS):
        breach = _breach(resource, now)
        if breach is None:
            return changed
        mended = _mended(resource, now, *breach, changed)
        if not mended:
            return None
        for (row, column), value in mended.items():
            changed[row, column] = now.loc[row, column] = value
    return None


def _breach(resource: Resource, frame: pd.DataFrame) -> tuple[str, list[int]] | None:
    """Return the first identity that does not hold, and the rows in which it does not; None if all
    hold.
    """
    rows = Rows(resource.columns, frame)
    for identity in resource.identities:
        breaches = rows.breaches(identity.holds, identity.within, identity.unless)
        if broken := [row for row, _ in breaches]:
            return identity.holds, [row for row in broken if row is not None]
    return None


def _mended(
    resource: Resource,
    frame: pd.DataFrame,
    holds: str,
    rows: Sequence[int],
    changed: Mapping[tuple[int, str], float],
) -> dict[tuple[int, str], float]:
    """Return a cell of each of the rows, with the number with which the equation holds there."""
    measured = {field.name for field in resource.measured}
    for column in names_in(holds):
        if column not in measured or any((row, column) in changed for row in rows):
            continue
        before = frame.loc[list(rows), column]
        further = frame.copy()
        further.loc[list(rows), column] += 1
        at, then = (Rows(resource.columns, version).distance(holds) for version in (frame, further))
        if at is None or then is None:
            return {}
        solved = before - (at / (then - at)).loc[list(rows)]
        if len(rows) and solved.map(math.isfinite).all() and (solved >= before.clip(upper=0)).all():
            return {(row, column): float(solved[row]) for row in rows}
    return {}
