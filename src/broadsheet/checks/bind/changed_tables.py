"""Tables in which every number is another one, so that expressions that mean different things differ:
the value of a year from the highest one, a column from another that agrees with it today.

A run reads the changed tables in place of the files, as one of the mutation test does
(:mod:`broadsheet.data.trial_changes`). Where the identities of a table can be kept, they are.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadsheet.data.catalogue import Catalogue, find_root
from broadsheet.data.checking import judge
from broadsheet.data.descriptor import Resource
from broadsheet.data.trial_changes import Change, put_in_force, when_read
from broadsheet.data.trial_revisions import revised
from broadsheet.errors import BroadsheetError

if TYPE_CHECKING:
    import pandas as pd

SIZES_OF_CHANGES = (0.05, 0.4, 0.4, 0.2, 0.05, 0.01)
"""The parts by which numbers change, in one run after another; in every second one, texts change, too."""
_STATUSES = 12
"""The most different texts of a column that change."""
_OTHER_STATUS = 0.3
"""The part of the texts that change."""


def code_of(number: int) -> str:
    """Return the code of a cell after which a run reads the changed tables of this number."""
    return f"__import__({__name__!r}, fromlist=['change_tables']).change_tables({number})"


def change_tables(number: int) -> None:
    """Let this process read each table changed from now on, the same way for the same number."""
    changed = set[str]()

    def change(name: str) -> None:
        if name in changed:
            return
        changed.add(name)
        try:
            resource, data = Catalogue.open(find_root()).changeable(name)
            frame = judge(resource, data).frame
        except BroadsheetError:  # which the reading itself tells
            return
        if frame is not None:
            put_in_force(_Changed(resource, frame, number).change())

    when_read(change)


@dataclass(frozen=True, eq=False)
class _Changed:
    """A table that is changed."""

    resource: Resource
    """Its entry."""
    frame: pd.DataFrame
    """Its rows."""
    number: int
    """The number of the change."""

    def change(self) -> Change:
        """Return the change of the table."""
        chance = random.Random(f"{self.number} {self.resource.name}")
        kinds = {field.name: field.type for field in self.resource.measured}
        numbers = [
            (row, name, f"{value:.{0 if kinds[name] == 'integer' else 9}f}")
            for (row, name), value in self._numbers(chance).items()
        ]
        return Change(
            self.resource.name, "extreme", "other numbers", (*numbers, *self._statuses(chance))
        )

    def _numbers(self, chance: random.Random) -> Mapping[tuple[int, str], float]:
        """Return the new numbers: such that as many of the first equations hold as is possible."""
        every = {
            (int(str(row)), field.name): self._other(float(value), field.type == "integer", chance)
            for field in self.resource.measured
            if not self._are_years(field.name)
            for row, value in self.frame[field.name].dropna().items()
        }
        equations = [of for of in self.resource.identities if "==" in of.holds and not of.unless]
        for count in range(len(equations), 0, -1):
            kept = self.resource.model_copy(update={"identities": tuple(equations[:count])})
            solved = {
                of.holds.partition("==")[0].strip(" +*(").split()[0] for of in equations[:count]
            }
            free = {cell: value for cell, value in every.items() if cell[1] not in solved}
            with contextlib.suppress(ArithmeticError, ValueError, LookupError):
                if free and (numbers := revised(kept, self.frame, free)) is not None:
                    return numbers
        return every

    def _other(self, value: float, is_whole: bool, chance: random.Random) -> float:
        """Return another number near a number."""
        size = SIZES_OF_CHANGES[self.number]
        other = value * (1 + chance.uniform(-size, size))
        if is_whole and round(other) == value:
            return value + chance.choice((1, 2) if value < 2 else (-1, 1, 2))
        return other

    def _are_years(self, name: str) -> bool:
        """True if the numbers of a column are years, which tables and cells agree on."""
        numbers = self.frame[name].dropna()
        return len(numbers) > 0 and bool(
            numbers.between(1500, 2200).all() and not (numbers % 1).any()
        )

    def _statuses(self, chance: random.Random) -> Iterator[tuple[int, str, str]]:
        """Yield the cells of texts that become others of their column, but for those that name rows."""
        keys = list(self.resource.table_schema.primary_key)
        for field in self.resource.table_schema.fields if self.number % 2 == 0 else ():
            texts = list(self.frame[field.name].dropna().unique())
            if field.type != "string" or field.name in keys or field.source_key:
                continue
            if len(texts) < 2 or len(texts) > min(_STATUSES, len(self.frame) / 2):
                continue
            if len(keys) > 1 and any(
                self.frame.groupby(key)[field.name].nunique().max() == 1 for key in keys
            ):
                continue
            for row in self.frame[field.name].dropna().index:
                if chance.random() < _OTHER_STATUS:
                    yield int(str(row)), field.name, chance.choice(texts)
