"""The cells of a measure of a table: which have a value, which are totals, which are of groups of others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from broadsheet.checks.audit.audit_table import AuditTable, IntArray, Mask, MeasureColumn, ordinals
from broadsheet.checks.audit.places import is_group


class MeasureCells:
    """The cells of a measure of a table, whatever a sentence says of them."""

    def __init__(self, table: AuditTable, measure: MeasureColumn) -> None:
        self.table, self.measure = table, measure

    @property
    def has_values(self) -> Mask:
        """The cells with a value."""
        return self.measure.present

    @cached_property
    def needs_label(self) -> bool:
        """True if a cell is of a label: the table has several rows for a time."""
        is_series = self.is_series and not self.table.is_of_things
        return bool(self.table.labels) and self.table.size > 1 and not is_series

    @cached_property
    def is_series(self) -> bool:
        """True if the table has one row for each time."""
        if self.table.time is None:
            return False
        key = f"series {self.measure.name}"
        if key not in self.table.cache:
            keys = self.table.time.keys[self.has_values]
            self.table.cache[key] = len(np.unique(keys)) == len(keys)
        return bool(self.table.cache[key])

    @property
    def is_of_years(self) -> bool:
        """True if the times of the table are years."""
        return self.table.time is not None and self.table.time.resolution == "year"

    def is_over_time(self, places: IntArray) -> bool:
        """True if cells are of several times."""
        return self.table.time is not None and len(np.unique(self.table.time.keys[places])) > 1

    def totals(self, places: IntArray) -> IntArray:
        """Return of several cells the one whose other labels say "total"."""
        for column in self.table.labels:
            labels = [
                column.labels[code].lower() if (code := int(column.codes[place])) >= 0 else ""
                for place in places
            ]
            if len(set(labels)) == len(places):
                kept = [
                    place
                    for place, label in zip(places, labels, strict=True)
                    if label in ("total", "all", "both sexes", "insgesamt", "ensemble")
                ]
                if len(kept) == 1:
                    return np.array(kept)
        return places

    def are_next(self, keys: IntArray) -> bool:
        """True if of two times one follows the other: between them the table leaves none out."""
        column = self.table.time
        return column is not None and bool(np.diff(ordinals(keys, column.resolution)) == 1)

    def parts(self, places: IntArray) -> IntArray:
        """Return of cells those whose labels are no groups of others."""
        kept = [
            ~np.isin(column.codes[places], groups)
            for column in self.table.labels
            if (groups := self.groups(column.labels))
        ]
        return places[np.logical_and.reduce(kept)] if kept else places

    def groups(self, labels: Sequence[str]) -> list[int]:
        """Return the labels that are groups of others, by their numbers."""
        key = f"groups {id(labels)}"
        if key not in self.table.cache:
            self.table.cache[key] = [at for at, label in enumerate(labels) if is_group(label)]
        kept = self.table.cache[key]
        assert isinstance(kept, list)
        is_table_of_groups = self.table.is_of_things or 2 * len(kept) >= len(labels)
        return [] if is_table_of_groups else kept
