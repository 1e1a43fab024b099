"""The conditions that words of a sentence may mean: a record, more than, rose, doubled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product

from broadsheet.checks.audit.comparisons import SIDES
from broadsheet.checks.audit.vocabulary import concepts_in, words_listed
from broadsheet.checks.bind.compared_words import PlacedComparison, subject_of
from broadsheet.checks.bind.named_values import (
    QUOTE,
    NamedColumn,
    NamedValues,
    is_dated,
    is_time,
    written,
)
from broadsheet.checks.bind.number_readings import (
    OF_SIGNS,
    Candidate,
    ColumnHere,
    columns_here,
    limit_of,
)
from broadsheet.checks.bind.passages import PlacedWords
from broadsheet.verify.wording.meaning_rules import Meaning

_TO_LIMIT = re.compile(r"(?:\s+(?:than|als))?\s+")
"""The words between those of a comparison and the number that is its limit."""
_TO_FIRST = re.compile(r"[^.;:\d]{0,60}\b(?:from|than|von|als|after|nach)\s[^.;:\d]{0,20}")
"""The words of a comparison and those between them and the number that was before."""
_TO_LABEL = re.compile(
    r"[^.;:,\d]{0,60}|\s*(?:than|as|als|wie)\b[^.;:,]{0,60}|[^.;:,]{0,60}\b(?:than|as|als|wie)(?: \w+){0,2} "
)
"""The words between a comparison and the label that is held against."""
_THAN = re.compile(r"(?:[^.;:,]{0,60}\b|\s*)(?:than|as|als|wie)(?: \w+){0,2} ")
"""The words between a comparison and the label that stands directly behind "than"."""
_TO_LAST = re.compile(r"[^.;:]{0,60}\b(?:to|auf)\s[^.;:\d]{0,20}")
"""The words between it and the number that is now."""
_TO_REACHED = re.compile(r"\s*(?:again )?(?:to|auf)\s+[^.;:\d]{0,20}")
"""The words between a change and the number that it came to."""
_FROM_LAST = re.compile(r"[^.;:]{0,60}")
"""The words between a number that is now and a comparison behind it."""
_BY = re.compile(r"\s*(?:by|um)?(?:\s+[a-z]+)?\s+")
"""The words between a change and the number that says by how much."""
_UNSAID = 0.3
"""The clearness that a comparison of two numbers lacks if the words do not say which they are."""
_CELL = re.compile(r"(?P<of>[^\s()]+)\[(?P<key>[^\[\]]+)\]")
"""A value of a column by its label."""
_OTHER_COURSE = 1.0
"""The clearness that a change lacks from a value of one column to that of another."""
_NOUN = 0.6
"""The clearness that the noun behind "no" adds to its column."""
_JOINED = 4.0
"""The clearness that a condition on one label of a list lacks, "in May and June"."""
_PLACED = frozenset(
    ("above", "below", "under", "over", "beneath", "beyond", "unter", "unterhalb", "über", "oberhalb")
)  # fmt: skip
"""Words that compare with what stands behind them, if that has a number."""
_SMALL = words_listed("small-en") | words_listed("small-de") | words_listed("function")
_UNPLACED = 4.0
"""The clearness that a comparison lacks of which another thing stands behind such words."""
_APART = re.compile(r"[;—]\s|\b(?:while|whereas|but|während|aber)\b")
"""Words and marks behind which a sentence is about something else."""
_TO_EACH_LIMIT = re.compile(r"\s+(?:(?:than|als)\b[^.;:,\d]{0,40})?[$€£]?")
"""The same, with the name of the limit between them, "than the cap of 60 dollars"."""
_TIMES = concepts_in("day week month quarter year decade tag woche monat quartal jahr jahrzehnt")
_ALMOST = re.compile(
    r"\b(?:almost|nearly|virtually|practically|fast|beinahe|nahezu)(?: \w+)? $", re.IGNORECASE
)
"""The words before "every year" that say that it was not each."""
_MOST_PAIRED = 16
"""The most columns with which one is held against another at each time."""
_UNSAID_SPAN = 1.0
"""The clearness that a change lacks of which the sentence does not say from when or to when it is."""
_REACHED = 0.6
"""The clearness that a change has in addition which comes to the number that is said."""
_UNNAMED = 1.6
"""The clearness that a value of zero lacks whose column the words beside do not name."""
_THAN_LABEL = 1.0
"""The clearness that a comparison of two columns lacks if the words compare with another label."""
_OTHER_DIMENSION = 2.0
"""The clearness that a record lacks which the words say of places of another kind."""
_SCOPE = 25
"""The letters behind the words of a record that may say of which places it is one."""
_MOST_VALUES = 4
"""The most expressions of a number of which conditions are made."""
_HELD = (0.005, 0.01, 0.02, 0.05)
"""The parts by which a value differs that is said to have held."""
_SIGNS = {"more": ">", "less": "<", "at-least": ">=", "at-most": "<="}
"""The signs of words that hold a value against a number."""


@dataclass(frozen=True)
class StatedNumber:
    """A number of a sentence, with what it may state."""

    words: PlacedWords
    """Its words."""
    kind: str
    """The kind of its unit."""
    values: Sequence[Candidate]
    """The expressions that read so, the clearest first."""


def conditions(
    compared: PlacedComparison, named: NamedValues, stated: Sequence[StatedNumber]
) -> Iterator[Candidate]:
    """Yield the conditions that a comparison may mean, in a sentence with some numbers."""
    words, meaning = compared.words, compared.meaning
    if compared.each is not None:
        columns = columns_here(words, named, lambda column: 0)
        yield from _everywhere(compared, compared.each, columns)
        return
    if _is_of_others(compared, named):
        return
    is_placed = words.text.lower() in _PLACED
    if meaning.kind not in ("high", "low", "none-more", "none-less") and not is_placed:
        yield from _of_numbers(compared, stated)
    columns = columns_here(words, named, lambda column: 0)
    for here in columns:
        if meaning.kind in ("high", "low", "none-more", "none-less"):
            yield from _extremes(compared, here)
        if meaning.kind in ("up", "down", "times", "as-much", "level"):
            yield from _moves(compared, here, stated)
        if meaning.kind in ("nothing", "none", "no", "none-more"):
            is_noun = bool(concepts_in(words.noun) & here.column.own)
            said = len((words.beside | concepts_in(words.noun)) & here.column.own)
            lack = _UNNAMED * (2 * said <= len(here.column.own))
            for label, clear in here.labels.items():
                if here.value(label) == 0:
                    score = here.naming + clear + _NOUN * is_noun - lack
                    yield Candidate(f"{here.at(label)} == 0", score)
        if meaning.kind in ("more", "less", "as-much", "times", "equal", "all", "overtake"):
            yield from _pairs(compared, here, columns)
            yield from _labels(compared, here)
        if meaning.kind in _SIGNS:
            yield from _beyond(compared, here)


def _is_of_others(compared: PlacedComparison, named: NamedValues) -> bool:
    """True if words compare nothing that a column has: "fewer tourists came", "and the rain was less",
    "the highest tide"; or set a scene: "Under the cap, wind gave 31 TWh".
    """
    words, subject = compared.words, subject_of(compared)
    is_more_of = compared.meaning.kind in ("more", "less")
    return (
        (is_more_of and all(map(words.is_of_others, named.columns)))
        or (bool(subject) and not any(subject & each.named_with_places for each in named.columns))
        or (words.text.lower() in _PLACED and not words.sentence[: words.start].strip())
    )


def _everywhere(
    compared: PlacedComparison, each: Meaning, columns: Sequence[ColumnHere]
) -> Iterator[Candidate]:
    """Yield conditions on each time of a column, or on those that the words name: each step of it, each
    value held against a number, or against another column.
    """
    side, words = SIDES[compared.meaning.kind], compared.words
    sign = ">" if side > 0 else "<"
    if _ALMOST.search(words.sentence[: each.start]):
        return
    times = concepts_in(words.sentence[each.start : each.end]) & _TIMES
    limits = [
        number
        for number in words.passage.quantities
        if _TO_EACH_LIMIT.fullmatch(words.sentence, compared.meaning.end, number.start)
    ]
    for here in columns:
        places = here.column.places
        if len(places) < 3 or not all(map(is_dated, places)) or not here.column.is_in_order:
            continue
        if here.column.dimension and times - here.column.dimension:
            continue  # "every month" of the values of years
        if compared.meaning.kind in ("up", "down"):
            for span, clear in _times(here, is_of_steps=True):
                code = f"every({here.column.code}.diff(){span} {sign} 0)"
                yield Candidate(code, here.naming + clear)
            continue
        for span, clear in _times(here, is_of_steps=False):
            for limit in filter(None, (limit_of(number, here.column) for number in limits)):
                score = here.naming + clear
                yield Candidate(f"every({here.column.code}{span} {sign} {limit})", score)
            for other in columns[:_MOST_PAIRED]:
                if _are_named(here, other) and _are_alike(here.column, other.column):
                    score = 0.6 * here.naming + 0.6 * other.naming + clear
                    code = f"{here.column.code}{span} {sign} {other.column.code}{span}"
                    yield Candidate(f"every({code})", score)


def _times(here: ColumnHere, *, is_of_steps: bool) -> Iterator[tuple[str, float]]:
    """Yield the slices of a column from one named time on, and up to another, or all of it; of steps,
    from the first one behind the time. Each has how clearly it is named.
    """
    places = here.column.places
    named = [label for label in places if here.labels.get(label, 0) > 0.5]
    if not named:
        yield (f"[{written(places[1])}:]" if is_of_steps else "", 0.5)
        return
    for first, last in ((named[0], named[-1]), (named[0], places[-1])):
        at = places.index(first) + is_of_steps
        if at < places.index(last):
            clear = (here.labels[first] + here.labels.get(last, 0.8)) / 2
            end = "" if last == places[-1] and last not in named else here.key(last)
            start = here.key(first) if not is_of_steps else written(places[at])
            yield f"[{start}:{end}]", clear


def _extremes(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    meaning, column = compared.meaning, here.column
    side = SIDES.get(meaning.kind, 0)
    if len(column.values) < 3:
        return
    function = "highest" if side > 0 else "lowest"
    words = compared.words
    scope = concepts_in(words.sentence[words.start : words.end + _SCOPE].partition(",")[0])
    lack = _OTHER_DIMENSION * bool(scope & here.named.dimensions and not scope & column.dimension)
    for label, clear in here.labels.items():
        value, score = here.value(label), here.naming + clear - lack
        rank = sum(other * side > value * side for other in column.values.values()) + 1
        before = column.places[: column.places.index(label)]
        for key in here.named.keys(label):
            if meaning.size and meaning.size > 1:
                if rank == int(meaning.size):
                    lowest = ", lowest_first=True" if side < 0 else ""
                    yield Candidate(f"ranks({column.code}, {key}, {rank}{lowest})", score)
                continue
            is_so_far = bool(before) and all(
                here.value(other) * side < value * side for other in before
            )
            courses = [(f"{column.code}, {key}", score)] if rank == 1 else []
            if is_time(label) and is_so_far and column.is_in_order:
                courses.append((f"{column.code}[:{key}]", score - 0.05 * (rank == 1)))
            for course, clearness in courses:
                yield Candidate(f"{function}({course})", clearness)
            if meaning.time is not None:
                year = str(getattr(meaning.time, "year", meaning.time))
                for since in (other for other in before if str(other) == year):
                    code = f"{function}({column.code}, {key}, since={written(since)})"
                    yield Candidate(code, score + 0.3)


def _of_numbers(compared: PlacedComparison, stated: Sequence[StatedNumber]) -> Iterator[Candidate]:
    """Yield comparisons of what the numbers of the sentence state: of two of them, best of the two that
    the words speak of, "fell from 56 to 28 percent", "28 percent, down from 56"; of the sides of a
    change, "rose by 8 percent".
    """
    for then, now, less in _ends(compared, stated):
        values = (
            [value for value in number.values if value.is_share or not value.sides]
            for number in (then, now)
        )
        for first, last in product(*(of[:_MOST_VALUES] for of in values)):
            clear = (first.score + last.score) / 2 - less
            yield from _compared(compared.meaning, last.value, first.value, clear)
    for number in stated:
        if _is_within(compared.words, number.words):
            for value in number.values[:_MOST_VALUES]:
                if value.sides and not value.is_share:
                    upper, lower = value.sides
                    yield from _compared(compared.meaning, upper, lower, value.score)


def _compared(meaning: Meaning, now: str, then: str, clear: float) -> Iterator[Candidate]:
    """Yield the comparison of two values; of two of a column, as a change of it."""
    is_size = meaning.kind in ("times", "as-much")
    if not (side := SIDES.get(meaning.kind, int(is_size))):
        return
    start, end = _CELL.fullmatch(then), _CELL.fullmatch(now)
    if start and end and start["of"] == end["of"] and meaning.kind in ("up", "down"):
        function = "rose" if side > 0 else "fell"
        if not _is_later(start["key"], end["key"]):
            yield Candidate(f"{function}({start['of']}, {start['key']}, {end['key']})", clear)
    else:
        is_course = meaning.kind in ("up", "down") and start is not None and end is not None
        less = _OTHER_COURSE * is_course
        yield Candidate(f"{now} {'>' if side > 0 else '<'} {then}", clear - less)


def _is_later(key: str, other: str) -> bool:
    """True if the first of two labels is surely the later one."""
    years = (key.strip(QUOTE), other.strip(QUOTE))
    return all(year[:4].isdigit() for year in years) and years[0] > years[1]


def _overlap(words: PlacedWords, number: PlacedWords) -> bool:
    return number.start < words.end and words.start < number.end


def _is_within(words: PlacedWords, number: PlacedWords) -> bool:
    """True if a number is in the words, or directly beside them: "rose by 8 percent"."""
    if _overlap(words, number):
        return True
    between = words.sentence[min(number.end, words.end) : max(number.start, words.start)]
    return not between.strip() or (words.end <= number.start and _BY.fullmatch(between) is not None)


def _ends(
    compared: PlacedComparison, stated: Sequence[StatedNumber]
) -> Iterator[tuple[StatedNumber, StatedNumber, float]]:
    """Yield the pairs of numbers that words may compare, what was before and what is now, with the
    clearness that they lack: none if the words say which they are.
    """
    words, text = compared.words, compared.words.sentence
    beside = [number for number in stated if not _overlap(words, number.words)]
    for then, now in permutations(beside, 2):
        if now.kind != then.kind or now.words.start == then.words.start:
            continue
        if all(_is_apart(words, number.words) for number in (then, now)):
            continue
        is_from = then.words.start >= words.end and _TO_FIRST.fullmatch(
            text, words.end, then.words.start
        )
        is_to = now.words.start >= then.words.end and _TO_LAST.fullmatch(
            text, then.words.end, now.words.start
        )
        is_before = now.words.end <= words.start and _FROM_LAST.fullmatch(
            text, now.words.end, words.start
        )
        yield then, now, 0 if is_from and (is_to or is_before) else _UNSAID


def _is_apart(words: PlacedWords, number: PlacedWords) -> bool:
    """True if a number is in another part of the sentence."""
    first, last = sorted((words, number), key=lambda each: each.start)
    return _APART.search(words.sentence, first.end, last.start) is not None


def _moves(
    compared: PlacedComparison, here: ColumnHere, stated: Sequence[StatedNumber]
) -> Iterator[Candidate]:
    meaning, words = compared.meaning, compared.words
    side = SIDES.get(meaning.kind, 0)
    reached = {
        value.value
        for number in stated
        if number.words.start >= words.end
        and _TO_REACHED.fullmatch(words.sentence, words.end, number.words.start)
        for value in number.values
    }
    for first, last, clear in here.spans():
        if first not in here.labels and not compared.is_on_time_before:
            continue
        is_reached = here.at(last) in reached
        begins, ends = here.labels.get(first, 1), here.labels.get(last, 1)
        if begins >= 0.5 > ends and not is_reached:
            continue  # the sentence says from when on, and not to when
        score = here.naming + clear + _REACHED * is_reached
        score -= _UNSAID_SPAN * (begins < 0.5 and not is_reached)
        then, now = here.value(first), here.value(last)
        start, end = here.span(first, last)
        course = f"({here.column.code}, {start}, {end})"
        if meaning.kind in ("times", "as-much"):
            if meaning.size and then and now != then:
                yield Candidate(f"{'rose' if now > then else 'fell'}{course}", score)
        elif meaning.kind == "level":
            parts = (part for part in _HELD if abs(now - then) <= part * abs(then))
            if (part := next(parts, None)) is not None:
                code = f"held{course[:-1]}, within={part})"
                yield Candidate(code, score)
        elif (now - then) * side > 0:
            yield Candidate(f"{'rose' if side > 0 else 'fell'}{course}", score)


def _pairs(
    compared: PlacedComparison, here: ColumnHere, columns: Sequence[ColumnHere]
) -> Iterator[Candidate]:
    """Yield comparisons of two columns at a label."""
    meaning = compared.meaning
    side = SIDES.get(meaning.kind, 0)
    lack = 0.3 + _THAN_LABEL * bool(_labels_behind(compared.words, here, _THAN))
    of_more = concepts_in(compared.words.noun) if compared.is_without_other_side else frozenset()
    for other in columns:
        if not (_are_named(here, other) and _are_alike(here.column, other.column)):
            continue
        if of_more & (here.column.own | other.column.own):
            continue  # "they grew more barley"
        if meaning.kind == "overtake" and not _is_in(_behind(compared.words), other.column):
            continue  # "passengers overtook their level of 2019"
        for label, clear in here.labels.items():
            if clear < 0.4 or label not in other.column.values:
                continue
            off = here.value(label) - other.value(label)
            score = 0.6 * here.naming + 0.6 * other.naming + clear - lack
            score -= _JOINED * compared.words.lists([label])
            score -= _UNPLACED * (not _stands_behind(compared.words, other.column))
            if meaning.kind in ("equal", "all"):
                if not off:
                    yield Candidate(f"{here.at(label)} == {other.at(label)}", score)
            elif off * (side or 1) > 0:
                sign = "<" if side < 0 else ">"
                yield Candidate(f"{here.at(label)} {sign} {other.at(label)}", score)


def _stands_behind(words: PlacedWords, column: NamedColumn) -> bool:
    """True unless the words compare with what stands behind them, and that is not a column."""
    if words.text.lower() not in _PLACED:
        return True
    telling = (word for word in _behind(words).split() if word.lower() not in _SMALL)
    return _is_in(next(telling, ""), column)


def _behind(words: PlacedWords) -> str:
    """Return the rest of the clause behind words."""
    return re.split(r"[.,;:()]", words.sentence[words.end :])[0]


def _is_in(text: str, column: NamedColumn) -> bool:
    """True if a text names a column, or one of its groups."""
    named = column.own | frozenset[str]().union(*map(concepts_in, column.groups))
    return bool(concepts_in(text) & named)


def _labels(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield comparisons of two labels of a column, of which the one behind the words is held against."""
    side, words = SIDES.get(compared.meaning.kind, 0), compared.words
    than = _labels_behind(words, here, _THAN)
    behind = than or _labels_behind(words, here, _TO_LABEL)
    for first, clear in here.labels.items():
        for last in behind if first not in behind else ():
            other_clear, off = here.labels[last], here.value(first) - here.value(last)
            if side and off * side > 0 and min(clear, other_clear) >= 0.4:
                score = here.naming + (clear + other_clear) / 2 - 0.1
                score += _THAN_LABEL / 2 * bool(than)
                score -= _UNPLACED * (words.text.lower() in _PLACED and not than)
                sign = ">" if side > 0 else "<"
                yield Candidate(f"{here.at(first)} {sign} {here.at(last)}", score)


def _labels_behind(words: PlacedWords, here: ColumnHere, between: re.Pattern[str]) -> list[object]:
    """Return the labels behind words, with some words between."""
    return [
        label
        for label in here.labels
        if any(
            start >= words.end and between.fullmatch(words.sentence, words.end, start)
            for start, _ in words.positions(label)
        )
    ]


def _beyond(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield comparisons of a value with the number that the sentence has behind the words."""
    sign, words = _SIGNS.get(compared.meaning.kind, ""), compared.words
    behind = (each for each in words.passage.quantities if each.start >= words.end)
    number = next(behind, None)
    if not sign or number is None:
        return
    limit = limit_of(number, here.column)
    if not limit or not _TO_LIMIT.fullmatch(words.sentence, words.end, number.start):
        return
    for label, clear in here.labels.items():
        if OF_SIGNS[sign](here.value(label), float(limit)) and str(label) != limit:
            score = here.naming + clear - _JOINED * words.lists([label])
            yield Candidate(f"{here.at(label)} {sign} {limit}", score)


def _are_named(here: ColumnHere, other: ColumnHere) -> bool:
    """True if the text names two columns, both by words of their own."""
    return other is not here and min(here.naming, other.naming) > 0


def _are_alike(column: NamedColumn, other: NamedColumn) -> bool:
    """True if two columns may be compared: of one frame or one name, and of one unit."""
    if column.own == other.own and column.groups == other.groups:
        return False  # the same column in a part of its frame
    frames = [re.split(r"[.\[]", each.code)[0] for each in (column, other)]
    is_of_both = frames[0] == frames[1] or bool(column.own & other.own)
    is_of_unit = column.unit == other.unit or not (column.unit and other.unit)
    return is_of_both and is_of_unit and column.is_rate == other.is_rate
