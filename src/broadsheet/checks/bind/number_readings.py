"""The expressions that a number may be: cells, changes, ratios, sums, counts of the values that the
notebook has by name. Each has a score, by how clearly the text names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, median
from typing import Any

from broadsheet.checks.bind.named_values import NamedColumn, NamedValues, plain, text_code
from broadsheet.checks.bind.passages import PlacedWords, label_positions, shared_part
from broadsheet.notebook.values.fact import Fact

_POWERS = (0, 2, -2, 3, -3, 6, -6, 9, -9, 12, -12)
_MOST_NAMED = 40
"""The most columns that a number is held against."""
_STRANGE = 0.9
"""The clearness that a number lacks whose noun is not of the column."""
_MOST_PAIRS = 16
"""The most columns of which two are put together."""
_CHANGE = re.compile(
    r"\b(?:rose|fell|grew|grow\w*|increas\w+|decreas\w+|declin\w+|drop\w+|up|down|jump\w*|shrank|more|less|fewer|higher|lower|"
    r"gain\w*|lost|climb\w*|surg\w+|plung\w+|stieg\w*|fiel\w*|sank\w*|mehr|weniger|zunahm|wuchs|growth)\b"
)
_AGGREGATES: Sequence[tuple[str, Callable[[Sequence[float]], float], re.Pattern[str]]] = (
    ("sum()", sum, re.compile(
        r"\b(?:in all|total|together|between|altogether|sum|from|of the|counts?|insgesamt|zwischen|zählt|bis|von)\b")),
    ("max()", max, re.compile(
        r"\b(?:highest|most|record|peak|longest|largest|maximum|up to|to|höchst\w*)\b")),
    ("min()", min, re.compile(r"\b(?:lowest|least|shortest|smallest|minimum|from|niedrigst\w*)\b")),
    ("mean()", mean, re.compile(r"\b(?:average|mean|averaged|durchschnitt\w*|mittel)\b")),
    ("median()", median, re.compile(r"\bmedian\w*|half of\b")),
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A number as it is written."""

    number: float
    """Its figures."""
    within: float
    """The distance from them within which a value reads so."""
    kind: str
    """The kind of its unit: `percent`, `points`, `times`, `currency`, `unit`, `rank`, `part`, empty."""
    function: str
    """The function that states it."""
    size: int
    """The number of its figures that tell."""

    def may_be(self, value: float) -> bool:
        """True if a value may read so, in some unit."""
        size, near = abs(value), max(self.within, 0.06 * self.number if self.kind == "part" else 0)
        powers: Sequence[int] = (0, 2) if self.kind in ("percent", "points", "part") else (0,)
        if self.kind in ("currency", "unit"):
            powers = _POWERS
        return any(abs(size * 10.0**power - self.number) <= near for power in powers)


@dataclass(frozen=True)
class Candidate:
    """An expression that a number may be."""

    value: str
    """The code of its value."""
    score: float
    """The clearness with which the text names it."""
    fact: str = ""
    """The code of a fact that stands for itself."""


def readings(
    words: PlacedWords, number: Written, named: NamedValues, parameters: Sequence[str]
) -> Iterator[Candidate]:
    """Yield the expressions that a number may be."""
    columns = sorted(
        (
            (
                words.naming(column)
                - (
                    (_STRANGE if number.size > 1 else 2 * _STRANGE)
                    if number.kind == "" and words.is_of_others(column)
                    else 0
                ),
                column,
            )
            for column in named.columns
        ),
        key=lambda item: -item[0],
    )[:_MOST_NAMED]
    yield from _facts(words, number, named)
    for naming, column in columns:
        labels = labels_of(words, column, named, parameters)
        if number.kind not in ("points", "times"):
            yield from _cells(words, number, naming, column, labels, named, parameters)
            yield from _aggregates(words, number, naming, column)
        yield from _changes(words, number, naming, column, labels, named, parameters)
    if number.kind in ("percent", "times", "part", "points"):
        yield from _ratios(number, columns[:_MOST_PAIRS], words, named, parameters)
    if number.kind in ("", "percent", "part"):
        yield from _counts(words, number, named)


def _facts(words: PlacedWords, number: Written, named: NamedValues) -> Iterator[Candidate]:
    """Yield facts that a cell has made, if they read so."""
    for name, value in named.single.items():
        if isinstance(value, Fact) and value.text in (words.text, words.text.lower()):
            naming = shared_part(
                words,
                f"{name.replace('_', ' ')} {value.place} {value.unit} {value.name.replace('-', ' ')}",
            )
            clear = (1.2 if naming else 0.6) + naming + (0.5 if number.size > 1 else 0)
            yield Candidate(name, clear, fact=name)


def labels_of(
    words: PlacedWords, column: NamedColumn, named: NamedValues, parameters: Sequence[str]
) -> Mapping[Any, float]:
    """Return the labels of a column that the text names, each with how clearly; without any, those
    that are the values of parameters.
    """
    labels = dict(words.labels(column))
    if not any(clear >= 0.5 for clear in labels.values()):
        for name in parameters:
            value = plain(named.single.get(name))
            if value in column.values and not isinstance(value, bool | float):
                labels[value] = max(0.5, labels.get(value, 0))
    return labels


def _cells(  # noqa: PLR0917
    words: PlacedWords,
    number: Written,
    naming: float,
    column: NamedColumn,
    labels: Mapping[Any, float],
    named: NamedValues,
    parameters: Sequence[str],
) -> Iterator[Candidate]:
    for label, clear in labels.items():
        if number.may_be(column.values[label]):
            for key in named.keys(label, parameters):
                yield Candidate(column.at(key), naming + clear)
    is_of_last = not labels or max(labels.values()) <= 0.5
    if is_of_last and number.may_be(column.values[column.places[-1]]):
        yield Candidate(column.at(named.keys(column.places[-1], ())[0]), naming + 0.3)


def _aggregates(
    words: PlacedWords, number: Written, naming: float, column: NamedColumn
) -> Iterator[Candidate]:
    values = list(column.values.values())
    low = words.sentence.lower()
    for name, of, form in _AGGREGATES:
        is_said = form.search(low) is not None
        is_tried = is_said or (of is sum and number.size > 1 and not column.is_rate)
        if len(values) > 1 and is_tried and number.may_be(of(values)):
            yield Candidate(f"{column.code}.{name}", naming + (0.7 if is_said else 0.1))
    if number.kind == "" and number.may_be(len(values)):
        yield Candidate(f"len({column.code})", 0.5 * naming)


def _changes(  # noqa: PLR0917
    words: PlacedWords,
    number: Written,
    naming: float,
    column: NamedColumn,
    labels: Mapping[Any, float],
    named: NamedValues,
    parameters: Sequence[str],
) -> Iterator[Candidate]:
    if number.kind not in ("percent", "points", "times", "part"):
        return
    clear = 0.4 if _CHANGE.search(words.sentence.lower()) or number.kind == "times" else -0.6
    for first, last, score in spans_of(column, labels):
        then, now = column.values[first], column.values[last]
        key = (named.keys(first, parameters)[-1], named.keys(last, parameters)[0])
        if isinstance(first, int) and isinstance(last, int) and last - first == 1:
            key = (f"{key[1]} - 1" if not key[1].isdigit() else str(first), key[1])
        if number.kind == "points":
            if number.may_be(now - then):
                yield Candidate(
                    f"{column.at(key[1])} - {column.at(key[0])}", naming + clear + score
                )
        elif number.kind == "times":
            if then and number.may_be(now / then):
                yield Candidate(
                    f"{column.at(key[1])} / {column.at(key[0])}", naming + clear + score
                )
            elif now and number.may_be(then / now):
                yield Candidate(
                    f"{column.at(key[0])} / {column.at(key[1])}", naming + clear + score - 0.2
                )
        elif then and number.may_be(now / then - 1):
            code = f"{column.at(key[1])} / {column.at(key[0])} - 1"
            code = code if now >= then else f"1 - {column.at(key[1])} / {column.at(key[0])}"
            yield Candidate(code, naming + clear + score - 0.8 * column.is_rate)


def spans_of(column: NamedColumn, labels: Mapping[Any, float]) -> Iterator[tuple[Any, Any, float]]:
    """Yield pairs of labels, the first before the last, with how clearly they are named."""
    order = [label for label in column.places if label in labels]
    for at, first in enumerate(order):
        for last in order[at + 1 :]:
            yield first, last, (labels[first] + labels[last]) / 2
    before = {later: earlier for earlier, later in pairwise(column.places)}
    for label in order:
        if label in before and before[label] not in labels:
            yield before[label], label, labels[label] * 0.6


def _ratios(
    number: Written,
    columns: Sequence[tuple[float, NamedColumn]],
    words: PlacedWords,
    named: NamedValues,
    parameters: Sequence[str],
) -> Iterator[Candidate]:
    for naming, column in columns:
        labels = labels_of(words, column, named, parameters)
        for other_naming, other in columns:
            if other is column:
                continue
            for label, clear in labels.items():
                under = other.values.get(label)
                if not under or clear < 0.4:
                    continue
                value = column.values[label] / under
                if number.may_be(value):
                    key = named.keys(label, parameters)[0]
                    yield Candidate(
                        f"{column.at(key)} / {other.at(key)}",
                        0.6 * naming + 0.4 * other_naming + clear - 0.2,
                    )
        total = sum(column.values.values())
        for label, clear in labels.items():
            if (
                total
                and len(column.values) > 1
                and not column.is_rate
                and number.may_be(column.values[label] / total)
            ):
                key = named.keys(label, parameters)[0]
                yield Candidate(f"{column.at(key)} / {column.code}.sum()", naming + clear - 0.3)
        for other_naming, other in columns:
            below = sum(other.values.values())
            if other is not column and below and number.may_be(total / below):
                yield Candidate(
                    f"{column.code}.sum() / {other.code}.sum()", 0.6 * naming + 0.4 * other_naming
                )


def _counts(words: PlacedWords, number: Written, named: NamedValues) -> Iterator[Candidate]:
    """Yield the number of rows of a frame, and of those with a text that the sentence names."""
    if number.kind != "":
        return
    for name, frame in named.frames.items():
        told = 1.3 * shared_part(words, name.replace("_", " "))
        if number.may_be(len(frame)):
            yield Candidate(f"len({name})", told + 0.4)
        if not hasattr(frame, "columns"):
            continue
        for column in frame.columns:
            if not isinstance(column, str) or frame[column].dtype != object:
                continue
            texts = frame[column].dropna()
            if number.may_be(texts.nunique()):
                yield Candidate(
                    f"{name}[{text_code(column)}].nunique()", told + shared_part(words, column)
                )
            for text, count in texts.value_counts().head(60).items():
                if (
                    number.may_be(count)
                    and isinstance(text, str)
                    and label_positions(words.sentence, text)
                ):
                    code = f"({name}[{text_code(column)}] == {text_code(text)}).sum()"
                    yield Candidate(code, told + 1.3)
