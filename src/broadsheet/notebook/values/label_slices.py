"""Slices by label, as prose takes them: `trade.total[2014:2022]` has both its ends."""

from __future__ import annotations

from typing import Any


class ByLabel:
    """Values whose slices are by label, with both ends: `[2014:2022]` is nine years, where pandas
    would count rows. Where rows have no labels but their numbers, a slice is Python's.
    """

    def __init__(self, values: Any) -> None:
        self._values = values

    def __getitem__(self, at: slice) -> Any:
        index = getattr(self._values, "index", None)
        if not hasattr(self._values, "loc") or getattr(index, "start", None) == 0:
            return self._values[at]
        return self._values.loc[at]
