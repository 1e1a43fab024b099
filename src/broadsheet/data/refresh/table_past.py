"""Holds a new table against the one that stands: what is mostly a mistake is refused until somebody
has looked.

Beside the changes that a record shows (:mod:`broadsheet.data.differences`: levels, signs, exchanged
labels and columns, shifted years, what is gone), a source's new table is suspicious if a year or day
that the old one has is lost, or if most of what was known of a column is another number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from broadsheet.data.descriptor import Resource
from broadsheet.data.differences import differences
from broadsheet.data.identities import shown_value
from broadsheet.data.recorded import record_of
from plotly_alive.errors import enumerated

if TYPE_CHECKING:
    import pandas as pd

_SHARES = ((0.15, 0.5), (0.01, 0.9))
"""The parts by which a number changes, and for each the share of a column that no ordinary revision
changes so much.
"""
_FEWEST = 8
"""The fewest numbers of a column of which a share says something."""
_LISTED = 5


def suspicious_changes(
    resource: Resource, before: bytes, old: pd.DataFrame, new: pd.DataFrame
) -> list[str]:
    """Return the changes of a table that are mostly mistakes, in words. ``old`` is the table that
    stands, and ``before`` its bytes.
    """
    record = record_of(resource, old, hashlib.sha256(before).hexdigest())
    reported = [
        f"{difference.text}{': ' if difference.rows else ''}"
        f"{enumerated(difference.rows, _LISTED) if difference.rows else ''}"
        for difference in differences(record, resource, new)
    ]
    return [*_lost_times(resource, old, new), *reported, *_changed_shares(resource, old, new)]


def _lost_times(resource: Resource, old: pd.DataFrame, new: pd.DataFrame) -> Iterator[str]:
    """Yield the years or days that the table no longer has."""
    along = resource.columns.along
    if along is not None:
        lost = sorted(set(old[along].dropna()) - set(new[along].dropna()))
        if lost:
            names = enumerated([str(shown_value(value)) for value in lost], _LISTED)
            yield f"no row has `{along}` {names} any more"


def _changed_shares(resource: Resource, old: pd.DataFrame, new: pd.DataFrame) -> Iterator[str]:
    """Yield the columns of which most known numbers are others."""
    import numpy as np

    key = list(resource.table_schema.primary_key)
    both = old.merge(new, on=key, suffixes=("_before", "_now"))
    for field in resource.measured:
        was = both[f"{field.name}_before"].to_numpy("float64", na_value=np.nan)
        now = both[f"{field.name}_now"].to_numpy("float64", na_value=np.nan)
        is_known = np.isfinite(was) & np.isfinite(now)
        count = int(is_known.sum())
        if count < _FEWEST:
            continue
        was, now = was[is_known], now[is_known]
        change = np.abs(now - was) / np.where(was == 0, np.inf, np.abs(was))
        change[(was == 0) & (now != 0)] = np.inf
        for part, share in _SHARES:
            moved = int((change > part).sum())
            if moved > share * count:
                yield (
                    f"{moved:,} of {count:,} numbers of `{field.name}` change by more than "
                    f"{part * 100:.0f} percent"
                )
                break
