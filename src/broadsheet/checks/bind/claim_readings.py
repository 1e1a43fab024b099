"""The conditions that words of a sentence may mean: a record, more than, rose, doubled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from broadsheet.checks.audit.comparisons import SIDES
from broadsheet.checks.bind.named_values import NamedColumn, NamedValues, written
from broadsheet.checks.bind.number_readings import Candidate, labels_of, spans_of
from broadsheet.checks.bind.passages import PlacedWords
from broadsheet.text.lexicon import lexicon
from broadsheet.verify.wording.meaning_rules import Meaning, meanings_of

_MOST_NAMED = 14
_SHOWN = ("up", "down", "times", "as-much", "equal", "level", "nothing", "none", "no", "all")


@dataclass(frozen=True)
class PlacedComparison:
    """Words that compare, with their meaning."""

    words: PlacedWords
    """The words."""
    meaning: Meaning
    """The meaning."""


def compared_words_in(sentence: str, before: str, language: str) -> Iterator[PlacedComparison]:
    """Yield the comparisons of a sentence."""
    words = lexicon(language)
    if not words.has_rules:
        return
    for meaning in meanings_of(words).of(sentence, 0, len(sentence)):
        if meaning.is_denied or meaning.kind not in (*SIDES, *_SHOWN):
            continue
        yield PlacedComparison(
            PlacedWords(sentence, meaning.start, meaning.end, before, language), meaning
        )


def conditions(
    compared: PlacedComparison, named: NamedValues, parameters: Sequence[str]
) -> Iterator[Candidate]:
    """Yield the conditions that a comparison may mean."""
    words, meaning = compared.words, compared.meaning
    columns = sorted(
        ((words.naming(column), column) for column in named.columns), key=lambda item: -item[0]
    )[:_MOST_NAMED]
    side = SIDES.get(meaning.kind, 0)
    for naming, column in columns:
        labels = labels_of(words, column, named, parameters)
        if meaning.kind in ("high", "low", "none-more", "none-less"):
            yield from _extremes(meaning, naming, column, labels, named, parameters, side)
        if meaning.kind in ("up", "down", "times", "as-much", "level"):
            yield from _moves(meaning, naming, column, labels, named, parameters, side)
        if meaning.kind in ("nothing", "none", "no", "none-more"):
            for label, clear in labels.items():
                if column.values[label] == 0:
                    yield Candidate(
                        f"{column.at(named.keys(label, parameters)[0])} == 0", naming + clear
                    )
        if meaning.kind in ("more", "less", "as-much", "equal", "all"):
            yield from _pairs(meaning, naming, column, labels, columns, named, parameters, side)


def _are_alike(column: NamedColumn, other: NamedColumn) -> bool:
    """True if two columns may be compared: of one frame, one name, or one unit."""
    if column.own == other.own and column.group == other.group:
        return False  # the same column in a part of its frame
    frames = [re.split(r"[.\[]", each.code)[0] for each in (column, other)]
    is_of_both = frames[0] == frames[1] or bool(column.own & other.own)
    return is_of_both and (column.unit == other.unit or not (column.unit and other.unit))


def _extremes(  # noqa: PLR0917
    meaning: Meaning,
    naming: float,
    column: NamedColumn,
    labels: Mapping[Any, float],
    named: NamedValues,
    parameters: Sequence[str],
    side: int,
) -> Iterator[Candidate]:
    if len(column.values) < 3:
        return
    function = "highest" if side > 0 else "lowest"
    for label, clear in labels.items():
        value = column.values[label]
        rank = sum(other * side > value * side for other in column.values.values()) + 1
        for key in named.keys(label, parameters):
            if meaning.size and meaning.size > 1:
                if rank == int(meaning.size):
                    lowest = ", lowest_first=True" if side < 0 else ""
                    yield Candidate(f"ranks({column.code}, {key}, {rank}{lowest})", naming + clear)
                continue
            at = column.places.index(label)
            before = column.places[:at]
            if rank == 1:
                yield Candidate(f"{function}({column.code}, {key})", naming + clear)
            if (
                isinstance(label, int)
                and before
                and all(column.values[other] * side < value * side for other in before)
            ):
                code = f"{function}({column.code}[:{key}])"
                yield Candidate(code, naming + clear - 0.05)
                yield Candidate(
                    f"{function}({column.code}[:{key}], gaps=True)", naming + clear - 0.06
                )
            if meaning.time is not None and before:
                since = next(
                    (
                        other
                        for other in before
                        if str(other) == str(getattr(meaning.time, "year", meaning.time))
                    ),
                    None,
                )
                if since is not None:
                    yield Candidate(
                        f"{function}({column.code}, {key}, since={written(since)})",
                        naming + clear + 0.3,
                    )


def _moves(  # noqa: PLR0917
    meaning: Meaning,
    naming: float,
    column: NamedColumn,
    labels: Mapping[Any, float],
    named: NamedValues,
    parameters: Sequence[str],
    side: int,
) -> Iterator[Candidate]:
    for first, last, score in spans_of(column, labels):
        then, now = column.values[first], column.values[last]
        end = named.keys(last, parameters)[0]
        start = named.keys(first, parameters)[0]
        if (
            isinstance(first, int)
            and isinstance(last, int)
            and last - first == 1
            and not end.isdigit()
        ):
            start = f"{end} - 1"
        if meaning.kind in ("times", "as-much") and meaning.size and then:
            if now > then:
                yield Candidate(f"rose({column.code}, {start}, {end})", naming + score)
            elif now < then:
                yield Candidate(f"fell({column.code}, {start}, {end})", naming + score)
        elif meaning.kind == "level":
            yield Candidate(f"held({column.code}, {start}, {end})", naming + score)
        elif (now - then) * side > 0:
            function = "rose" if side > 0 else "fell"
            yield Candidate(f"{function}({column.code}, {start}, {end})", naming + score)


def _pairs(  # noqa: PLR0917
    meaning: Meaning,
    naming: float,
    column: NamedColumn,
    labels: Mapping[Any, float],
    columns: Sequence[tuple[float, NamedColumn]],
    named: NamedValues,
    parameters: Sequence[str],
    side: int,
) -> Iterator[Candidate]:
    for other_naming, other in columns:
        if other is column or not _are_alike(column, other):
            continue
        for label, clear in labels.items():
            if clear < 0.4 or label not in other.values:
                continue
            off = column.values[label] - other.values[label]
            key = named.keys(label, parameters)[0]
            score = 0.6 * naming + 0.6 * other_naming + clear - 0.3
            if meaning.kind in ("equal", "all"):
                if not off:
                    yield Candidate(f"{column.at(key)} == {other.at(key)}", score)
            elif side and off * side > 0:
                yield Candidate(
                    f"{column.at(key)} {'>' if side > 0 else '<'} {other.at(key)}", score
                )
            elif not side and off > 0:
                yield Candidate(f"{column.at(key)} > {other.at(key)}", score)
    named_here = [label for label, clear in labels.items() if clear >= 0.5]
    for first in named_here:
        for last in named_here:
            off = column.values[first] - column.values[last]
            if first == last or not side or off * side <= 0:
                continue
            keys = named.keys(first, parameters)[0], named.keys(last, parameters)[0]
            score = naming + (labels[first] + labels[last]) / 2 - 0.1
            yield Candidate(
                f"{column.at(keys[0])} {'>' if side > 0 else '<'} {column.at(keys[1])}", score
            )
