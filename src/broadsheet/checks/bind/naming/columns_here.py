"""The columns of a notebook at a place of a text, with how clearly the text names each and its labels."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from broadsheet.checks.audit.places import place_code
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.vocabulary import concepts_in, words_of
from broadsheet.checks.bind.naming.labels import label_positions
from broadsheet.checks.bind.naming.named_values import (
    NamedColumn,
    NamedValues,
    is_dated,
    plain,
)
from broadsheet.checks.bind.naming.other_things import is_of_other_measure
from broadsheet.checks.bind.naming.passages import PlacedWords

_MOST_NAMED = 100
"""The most columns that a number is held against."""
_OTHER_MEASURE = 5.0
"""The clearness that a column lacks if the words are about another measure of the same things."""
OF_SIGNS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
"""The comparisons with a limit, by their signs."""
BY_PARAMETER = 0.45
"""The clearness of a label that is the value of a parameter, and that the text does not name."""
_PAST = re.compile(
    r"(?:\b(?:up|down) from|\bcompared (?:with|to)|, (?:after|against|gegenüber|nach))\b"
    r"(?:[^.;:]|\.(?=\d)){0,40}$",
    re.IGNORECASE,
)
"""The words before a time with which a sentence compares the present."""
_PERCENT = concepts_in("percent prozent")
_SINCE_THEN = re.compile(
    r"\b(?:since then|ever since|seitdem|seither|seit damals)\b", re.IGNORECASE
)
"""Words for the time from the one before them until the present."""
_SINCE = re.compile(r"\b(?:since|seit)\b[^.;:]{0,40}$", re.IGNORECASE)
"""The words before a time from which on something has changed."""
_LEVEL = re.compile(
    r"\b(?:from|to|at|von|auf|bei|(?:than|als)(?: [\w-]+(?:['’]s?|s))?)(?: (?:only|just|nur))?\s*$"
)
"""The words before a number that is no change, but what something was before or after it, or is held
against: "less than Germany's 52 percent"."""


@dataclass(frozen=True)
class Candidate:
    """An expression that a number may be."""

    value: str
    """The code of its value."""
    score: float
    """The clearness with which the text names it."""
    is_fact: bool = False
    """It is the name of a fact, which stands for itself."""
    sides: tuple[str, str] | tuple[()] = ()
    """The two values that it holds against each other, by their difference or their quotient."""
    is_share: bool = False
    """It is what one value is of another, or how far they are apart, and no change: what it says is not
    said of the two."""
    is_contrary: bool = False
    """It says the contrary of what the words say."""


@dataclass(frozen=True, eq=False)
class ColumnHere:
    """A column with what a text says of it."""

    column: NamedColumn
    """The column."""
    naming: float
    """The clearness with which the text names it."""
    labels: Mapping[Any, float]
    """The labels that the text names, each with how clearly."""
    named: NamedValues
    """All values that have names."""
    said: frozenset[str] = frozenset()
    """The things that the text names."""
    is_listed: bool = False
    """The sentence names its group in a list: what it says is of all of them."""

    def value(self, label: Any) -> float:
        """Return the value at a label."""
        return self.column.values[label]

    def at(self, label: Any) -> str:
        """Return the code of the value at a label."""
        return self.column.at(self.key(label))

    def key(self, label: Any) -> str:
        """Return the code of a label."""
        return self.named.keys(label)[0]

    def span(self, first: Any, last: Any) -> tuple[str, str]:
        """Return the codes of two labels, of which the first may be told by the last."""
        start, end = self.key(first), self.key(last)
        if isinstance(first, int) and isinstance(last, int) and last - first == 1:
            start = str(first) if end.isdigit() else f"{end} - 1"
        return start, end

    def is_comparable(self, other: ColumnHere) -> bool:
        """True if the text names this column and another one, both by words of their own, and they may be
        compared: they are of one frame or one name, and of one unit.
        """
        column, than = self.column, other.column
        if other is self or min(self.naming, other.naming) <= 0:
            return False
        if column.own == than.own and column.groups == than.groups:
            return False  # the same column in a part of its frame
        if any(
            own and not own & self.said for own in (column.own - than.own, than.own - column.own)
        ):
            return False  # a name of both is of neither: "Ramsey had more people"
        frames = [re.split(r"[.\[]", each.code)[0] for each in (column, than)]
        is_of_both = frames[0] == frames[1] or bool(column.own & than.own)
        is_of_unit = column.unit == than.unit or not (column.unit and than.unit)
        return is_of_both and is_of_unit and column.is_rate == than.is_rate

    def is_of_same(self, other: ColumnHere) -> bool:
        """True if another column has the same measure, of another group."""
        return self.column.own == other.column.own and self.column.unit == other.column.unit

    @property
    def is_of_owner(self) -> bool:
        """True if the text names whose a measure is, "Russia's exports", and not which it is."""
        said = self.column.own & self.said
        return bool(said) and all(map(place_code, said))

    def spans(self) -> Iterator[tuple[Any, Any, float]]:
        """Yield pairs of labels, the first before the last, with how clearly they are named."""
        order = [label for label in self.column.places if label in self.labels]
        for at, first in enumerate(order):
            for last in order[at + 1 :]:
                yield first, last, (self.labels[first] + self.labels[last]) / 2
        before = self.column.before
        for label in order:
            if label in before and before[label] not in self.labels:
                yield before[label], label, self.labels[label] * 0.6


def columns_here(
    words: PlacedWords,
    named: NamedValues,
    lack: Callable[[NamedColumn], float],
    among: Sequence[NamedColumn] | None = None,
) -> list[ColumnHere]:
    """Return the columns, or those ``among`` which are looked for, with what a text says of them, those
    that it names clearest first; ``lack`` is what one lacks.
    """
    clear = [
        (
            words.naming(column)
            - lack(column)
            - _OTHER_MEASURE * is_of_other_measure(words, column),
            column,
        )
        for column in (named.columns if among is None else among)
    ]
    return [
        ColumnHere(
            column,
            naming,
            _labels_of(words, column, named),
            named,
            words.said,
            words.lists(column.groups),
        )
        for naming, column in sorted(clear, key=lambda item: -item[0])[:_MOST_NAMED]
    ]


def _labels_of(words: PlacedWords, column: NamedColumn, named: NamedValues) -> Mapping[Any, float]:
    """Return the labels of a column that the text names, each with how clearly; without any but those
    with which it compares, the present one, too: those that are the values of parameters.
    """
    labels = dict(words.labels(column))
    said = [label for label, clear in labels.items() if clear >= 0.5]
    if all(_is_past(words, label) for label in said):
        present: Sequence[Any] = [plain(named.single.get(name)) for name in named.parameters]
        if said and not column.is_numbered and not any(v in column.values for v in present):
            present = column.places[-1:]
        for value in present:
            if value in column.values and not isinstance(value, bool | float):
                labels[value] = max(0.5 if said else BY_PARAMETER, labels.get(value, 0))
    return labels


def is_since_then(words: PlacedWords) -> bool:
    """True if words are said of the time from the one before them on: "since then it has fallen"."""
    return _SINCE_THEN.search(words.sentence, 0, words.start) is not None


def _is_past(words: PlacedWords, label: Any) -> bool:
    """True if a label is the time with which a sentence compares: "up from 11 percent in 2012"; or the
    one since which something has come to be: "since 2012 it has risen to 18", not "since 2012 18 sank".
    """
    is_course = (
        is_level(words)
        or bool(concepts_in(words.text) & _PERCENT)
        or not re.search(r"\d", words.text)
    )
    then = _SINCE_THEN.search(words.sentence, 0, words.start)
    return is_dated(label) and all(
        _PAST.search(words.sentence[:start])
        or (is_course and _SINCE.search(words.sentence[:start]))
        or (then is not None and end <= then.start())
        for start, end in label_positions(words.sentence, label)
    )


@lru_cache(maxsize=2_000)
def is_level(words: PlacedWords) -> bool:
    """True if the words before a number make it no change, but what something was: "fell to about 12"; not
    what it changed by: "fell by more than 12".
    """
    before = words.sentence[: words.start].lower()
    bare, lexical = unrounded(words, before), words_of(words.passage.language)
    is_than = _LEVEL.search(before) is not None and not lexical.ends("by", bare)
    return is_than or _LEVEL.search(bare) is not None


def unrounded(words: PlacedWords, before: str) -> str:
    """Return the text before a number without its rounding word."""
    return words_of(words.passage.language).unrounded(before)


def limit_of(quantity: Quantity, column: NamedColumn) -> str:
    """Return the code of a number that the values of a column are held against, a percentage as the
    ratio that it is for a column of ratios; empty for one whose figures are of another magnitude or unit.
    """
    kinds = ("", "unit", "currency", *(("percent",) if column.is_rate else ()))
    if quantity.kind not in kinds or quantity.scale != 1:
        return ""
    by = 100 if quantity.kind == "percent" and column.is_ratio else 1
    return f"{quantity.value / by:.15g}"
