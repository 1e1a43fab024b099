"""The expressions that a number may be: cells, changes, ratios, sums, counts of the values that the
notebook has by name. Each has a score, by how clearly the text names it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, lru_cache, partial
from itertools import permutations
from statistics import mean, median
from typing import Any

from broadsheet.checks.audit.vocabulary import concepts_in, words_of
from broadsheet.checks.bind.naming.columns_here import (
    BY_PARAMETER,
    OF_SIGNS,
    Candidate,
    ColumnHere,
    columns_here,
    is_level,
    limit_of,
    unrounded,
)
from broadsheet.checks.bind.naming.labels import label_positions
from broadsheet.checks.bind.naming.named_values import (
    NamedColumn,
    NamedValues,
    TextColumn,
    is_dated,
    is_time,
    plain,
    text_code,
)
from broadsheet.checks.bind.naming.number_words import Written
from broadsheet.checks.bind.naming.other_things import (
    counts_others,
    is_age,
    is_in_other_unit,
    is_of_unknown_unit,
)
from broadsheet.checks.bind.naming.passages import (
    GAP_WORDS,
    NEXT_TIME,
    PlacedWords,
    is_gap,
    shared_part,
)
from broadsheet.notebook.values.fact import Fact

_OF_TIME = 2.0
"""The clearness that a share lacks of what one time is of all times, or all times of a named one; or what
one is of another if the sentence says neither."""
_SAID = 0.5
"""The clearness from which on a label is named in the sentence."""
_OF_RATE = 0.8
"""The clearness that a share lacks of which a side is a rate itself."""
_UNNAMED = 0.8
"""The clearness that a ratio of two columns lacks of which the text does not name one."""
_STRANGE = 0.9
"""The clearness that a number lacks behind which stands a word that is not of the column."""
_OTHER_THING = 6.0
"""The clearness that a number lacks whose unit is of another kind than that of the column, or whose noun
says that it counts other things.
"""
_TIMES = re.compile(r"(?: times|[ -]?mal)\b", re.IGNORECASE)
"""The word behind a number that says how often something was."""
_ALL_OF = re.compile(
    r"[^.,;:()\d]{0,24}(?:\b\d{4})?,\s+(?:all|allesamt|sämtlich)\b(?: of (?:them|whom))?(?: (?:of|von))?"
    r" (?P<of>[^\W\d_]+)"
)
"""The part to which all belong that a number counts: "17 in 2014, all hired"."""
_SHORTEST = 4
"""The letters of a word that may have another form in a sentence."""
_MOST_TIMES = 50
"""From so many times on, a number counts how often something was, and is no ratio."""
_MOST_PAIRS = 16
"""The most columns of which two are put together."""
_CHANGE = re.compile(
    r"\b(?:rose|fell|grew|grow\w*|increas\w+|decreas\w+|declin\w+|drop\w+|jump\w*|shrank|more|less|fewer|higher|lower|"
    r"gain\w*|lost|climb\w*|surg\w+|plung\w+|stieg\w*|fiel\w*|sank\w*|mehr|weniger|zunahm|wuchs|growth|"
    r"(?<!make )(?<!makes )(?<!made )(?:up|down)(?! (?:from|to)\b))\b"
)
_BY = re.compile(
    r"\b(?:by|of|gain\w*|lost|los\w+|grew|grow\w*|rose|fell|add\w*|shed|up|down|um|von|verlor\w*|gewann\w*)"
    r"(?: (?:only|just|nur))?$"
)
"""The words before a number that is the size of a change: "fell by 12 tonnes", "a rise of 3"."""
_ARTICLE = re.compile(r"\s(?:an?|the|another)\s*$")
"""The article of such a number."""
_COURSE = re.compile(
    r"\b(?:from|von) (?:[$€£]?[\d.,/–-]*\d(?: [^\W\d_]+)? (?P<to>to|auf|bis) )?[$€£]?$",
    re.IGNORECASE,
)
"""The words before a time or a number that is an end of a change: "from 254 to 296"."""
_OF = re.compile(r"\s+(?:of|der|des|aller|von)\b(?! (?:what it|its? level))")
"""The words behind a percentage that is a part of something, and no change."""
_AGGREGATES: Sequence[tuple[str, Callable[[Sequence[float]], float], re.Pattern[str]]] = (
    ("sum()", sum, re.compile(
        r"\b(?:in all|total|together|between|altogether|sum|counts?|insgesamt|zusammen|zwischen|zählt)\b")),
    ("max()", max, re.compile(
        r"\b(?:highest|most|record|peak|longest|largest|maximum|up to|höchst\w*|längste\w*)\b")),
    ("min()", min, re.compile(
        r"\b(?:lowest|least|shortest|smallest|minimum|or more|niedrigst\w*|kürzeste\w*)\b")),
    ("mean()", mean, re.compile(r"\b(?:average|mean|averaged|durchschnitt\w*|mittel)\b")),
    ("median()", median, re.compile(r"\b(?:median\w*|half of)\b")),
)  # fmt: skip


_END: Mapping[Callable[[Sequence[float]], float], re.Pattern[str]] = {
    min: re.compile(r"\b(?:between|zwischen)\s+$"),
    max: re.compile(r"\b(?:between|zwischen)\s[^.;]{1,40}\b(?:and|und)\s+$"),
}
"""The words before the ends of a range."""


def readings(words: PlacedWords, number: Written, named: NamedValues) -> Iterator[Candidate]:
    """Yield the expressions that a number may be."""
    if number.kind == "day":
        yield from _days(words, number, named)
        return

    is_one = words.text.lower() == "one"

    def lack(column: NamedColumn) -> float:
        if is_one and words.noun and not concepts_in(words.noun) & column.named:
            return _OTHER_THING
        if is_in_other_unit(words, number, column) or is_age(words, number):
            return _OTHER_THING
        is_of_things = number.kind in ("", "unit") and not is_of_unknown_unit(words, column)
        if is_of_things and counts_others(words, column):
            return _OTHER_THING
        if not is_of_things or not words.is_of_others(column):
            return 0
        return words.carrying(column) + _STRANGE * (1 if number.size > 1 else 2)

    all_of = _ALL_OF.match(words.sentence, words.end)
    part = concepts_in(all_of["of"]) if all_of else frozenset[str]()

    def lack_of_part(column: NamedColumn) -> float:
        return lack(column) + _STRANGE * 2 * bool(part & column.own)

    def may_be_level(column: NamedColumn) -> bool:
        return number.kind not in ("points", "times") and (
            column.may_be_in_percent or number.kind not in ("percent", "part")
        )

    columns = columns_here(words, named, lack_of_part)
    totals = columns_here(words, named, lack, named.totals)
    yield from _facts(words, number, named)
    for here in (*columns, *totals):
        if may_be_level(here.column):
            yield from _cells(words, number, here)
            yield from _aggregates(words, number, here)
    for here in columns:
        yield from _changes(words, number, here)
    yield from _gaps(words, number, columns[:_MOST_PAIRS])
    is_part = number.kind in ("percent", "part", "points") and not _is_of_more(words)
    if is_part or (number.kind == "times" and number.number < _MOST_TIMES):
        yield from _ratios(words, number, columns[:_MOST_PAIRS])
        for whole in totals:
            parts = [here for here in columns if here.column.is_read_by(whole.column.code)]
            yield from _ratios(words, number, [*parts, whole])
    if number.kind == "":
        yield from _counts(words, number, named)
        of_places = columns_here(words, named, partial(_lack_of_places, words))
        yield from _counts_beyond(words, number, of_places[:_MOST_PAIRS])


def _lack_of_places(words: PlacedWords, column: NamedColumn) -> float:
    """Return the clearness that the number of the places of a column lacks whose noun is another one."""
    if concepts_in(words.noun) & column.dimension:
        return 0
    if column.dimension and counts_others(words, column):
        return _OTHER_THING
    return _STRANGE * words.is_of_others(column)


def _facts(words: PlacedWords, number: Written, named: NamedValues) -> Iterator[Candidate]:
    """Yield facts that a cell has made, if they read so."""
    for name, value in named.single.items():
        if isinstance(value, Fact) and value.text in (words.text, words.text.lower()):
            naming = shared_part(
                words,
                f"{name.replace('_', ' ')} {value.place} {value.unit} {value.name.replace('-', ' ')}",
            )
            clear = (1.2 if naming else 0.6) + naming + (0, 0, 0.5, 1.0)[min(3, number.size)]
            yield Candidate(name, clear, is_fact=True)


def _days(words: PlacedWords, number: Written, named: NamedValues) -> Iterator[Candidate]:
    """Yield the values with names that are the day of a date as it is written."""
    for name, value in named.single.items():
        day = str(plain(value)).removesuffix(" 00:00:00")
        is_day = re.fullmatch(r"\d{4}-\d\d-\d\d", day)
        if is_day and int(day.replace("-", "")[-number.size :]) == number.number:
            yield Candidate(name, 1.5 + shared_part(words, name.replace("_", " ")))


def _cells(words: PlacedWords, number: Written, here: ColumnHere) -> Iterator[Candidate]:
    for label, clear in here.labels.items():
        if (
            number.may_be(here.value(label))
            and not words.is_held_against(label)
            and not _is_of_other_end(words, label)
        ):
            for key in here.named.keys(label):
                yield Candidate(here.column.at(key), here.naming + clear)
    if here.column.is_numbered or NEXT_TIME.search(words.sentence):
        return  # "a year later" is no word for the present
    last = here.column.places[-1]
    if (not here.labels or max(here.labels.values()) <= 0.5) and number.may_be(here.value(last)):
        yield Candidate(here.column.at(here.named.keys(last)[-1]), here.naming + 0.3)


def _is_of_other_end(words: PlacedWords, label: Any) -> bool:
    """True if a number is what a change began with, and a label is the time at which it ended, or the other
    way round: "from 2019 to 2020 it rose from 254 to 296".
    """
    end = _end_at(words.sentence[: words.start])
    if not end:
        return False
    ends = [_end_at(words.sentence[:start]) for start, _ in words.positions(label)]
    return bool(ends) and all(each and each != end for each in ends)


def _end_at(before: str) -> str:
    """Return the end of a change that stands behind a text, `first` or `last`; empty for none."""
    match = _COURSE.search(before)
    return "" if match is None else "last" if match["to"] else "first"


def _aggregates(words: PlacedWords, number: Written, here: ColumnHere) -> Iterator[Candidate]:
    values = list(here.column.values.values())
    for name, of, form in _AGGREGATES:
        is_near = form.search(words.about) is not None or (
            of in (min, max) and _END[of].search(words.sentence[: words.start].lower()) is not None
        )
        is_said = is_near or form.search(words.sentence.lower()) is not None
        is_tried = is_said or (of is sum and number.size > 1 and not here.column.is_rate)
        if len(values) > 1 and is_tried and number.may_be(of(values)):
            clear = 1.2 if is_near and of is not sum else 0.7 if is_said else 0.1
            yield Candidate(f"{here.column.code}.{name}", here.naming + clear)
    counts_places = number.kind == "" and not concepts_in(words.noun) & here.column.own
    if counts_places and here.column.title and number.may_be(len(values)):
        yield Candidate(f"len({here.column.code})", 0.5 * here.naming)


def _changes(words: PlacedWords, number: Written, here: ColumnHere) -> Iterator[Candidate]:
    if number.kind in ("percent", "part") and _OF.match(words.sentence, words.end):
        return
    is_said = not is_level(words) and _CHANGE.search(words.about) is not None
    is_change = is_said or number.kind == "times"
    is_size = is_said and _is_size(words)
    clear = here.naming + (0.4 if is_change else -1.0)
    for first, last, score in here.spans():
        if not is_change and min(here.labels.get(each, 0) for each in (first, last)) < 0.5:
            continue  # the sentence says neither a change nor from when to when
        then, now = here.value(first), here.value(last)
        start, end = map(here.column.at, here.span(first, last))
        if number.kind == "points" or (number.kind in ("currency", "unit", "") and is_size):
            less = 0 if number.kind == "points" else 0.8
            if number.may_be(now - then):
                code = f"{end} - {start}" if now >= then else f"{start} - {end}"
                yield Candidate(code, clear + score - less, sides=(end, start))
        elif number.kind == "times":
            if then and number.may_be(now / then):
                yield Candidate(f"{end} / {start}", clear + score, sides=(end, start))
            elif now and number.may_be(then / now):
                yield Candidate(f"{start} / {end}", clear + score - 0.2, sides=(start, end))
        elif number.kind in ("percent", "part") and then and number.may_be(now / then - 1):
            code = f"{end} / {start} - 1" if now >= then else f"1 - {end} / {start}"
            clearness = clear + score - 0.8 * here.column.is_rate
            yield Candidate(code, clearness, sides=(end, start))


@lru_cache(maxsize=2_000)
def _is_size(words: PlacedWords) -> bool:
    """True if the words around a number make it the size of a change, and not what was reached."""
    before = _ARTICLE.sub(" ", words.sentence[: words.start].lower())
    return _BY.search(unrounded(words, before)) is not None or _is_of_more(words)


def _is_of_more(words: PlacedWords) -> bool:
    """True if a number is by how much something is more or less: "12 tonnes more", "12 days longer"."""
    more = _more(words.passage.language)
    return more.match(words.sentence[words.end :].lower()) is not None


@cache
def _more(language: str) -> re.Pattern[str]:
    """Return the pattern of the words behind the size of a difference."""
    difference = words_of(language).patterns["difference"].pattern
    return re.compile(rf"(?:[\s-][\w.$€£%-]+){{0,2}}?[\s-]{difference}")


def _ratios(
    words: PlacedWords, number: Written, columns: Sequence[ColumnHere]
) -> Iterator[Candidate]:
    is_times = number.kind == "times"
    for here in columns:
        if here.is_listed:
            continue
        total = here.column.total
        is_parted = total and len(here.column.values) > 1 and here.column.has_sum
        for label, clear in here.labels.items():
            for other in columns:
                under = other.column.values.get(label) if other is not here else None
                if under and is_times and words.passage.has_part(here.value(label), under):
                    continue
                if under and clear >= 0.4 and number.may_be(here.value(label) / under):
                    score = 0.6 * here.naming + 0.4 * other.naming + clear - 0.2
                    score -= _UNNAMED * (min(here.naming, other.naming) <= 0)
                    is_of_rate = here.column.is_rate or other.column.is_rate
                    score -= _OF_RATE * (is_of_rate and number.kind != "times")
                    yield _quotient(number, here.at(label), other.at(label), score)
            for other_label, other_clear in here.labels.items():
                under = here.value(other_label)
                if label != other_label and under and number.may_be(here.value(label) / under):
                    score = here.naming + (clear + other_clear) / 2 - 0.5
                    are_times = is_dated(label) and is_dated(other_label)
                    score -= _OF_TIME * (are_times and max(clear, other_clear) < _SAID)
                    yield _quotient(number, here.at(label), here.at(other_label), score)
            if is_parted and number.may_be(here.value(label) / total):
                less = _OF_TIME if is_time(label) else 0.3
                whole = f"{here.column.code}.sum()"
                yield _quotient(number, here.at(label), whole, here.naming + clear - less)
        for other in columns if here.column.has_sum else ():
            below = other.column.total if other.column.has_sum else 0.0
            if other is not here and below and number.may_be(total / below):
                score = 0.6 * here.naming + 0.4 * other.naming
                is_timed = any(clear > BY_PARAMETER for clear in here.labels.values())
                score -= _OF_TIME if is_timed else 0.3
                yield _quotient(
                    number, f"{here.column.code}.sum()", f"{other.column.code}.sum()", score
                )


def _gaps(
    words: PlacedWords, number: Written, columns: Sequence[ColumnHere]
) -> Iterator[Candidate]:
    """Yield the differences of two columns at a label, and those of two labels of a column, of a sentence
    that tells of a gap: "the gap shrank to 114,000".
    """
    is_of_gap, is_of_more = GAP_WORDS.search(words.sentence) is not None, _is_of_more(words)
    is_of_gap = is_of_gap and not any(is_gap(each.column) for each in columns)
    if number.kind not in ("", "unit", "currency", "points") or not (is_of_gap or is_of_more):
        return
    for here, other in permutations(columns, 2):
        if not here.is_comparable(other):
            continue
        naming = 0.6 * here.naming + 0.6 * other.naming
        for label, clear in here.labels.items():
            off = here.value(label) - other.column.values.get(label, math.inf)
            if clear >= BY_PARAMETER and off > 0 and number.may_be(off):
                code = f"{here.at(label)} - {other.at(label)}"
                yield Candidate(code, naming + clear, is_share=not is_of_more)
    for here in columns if is_of_gap else ():
        for (label, clear), (last, other_clear) in permutations(here.labels.items(), 2):
            off = here.value(label) - here.value(last)
            is_said = min(clear, other_clear) >= BY_PARAMETER and not is_dated(label)
            if is_said and off > 0 and number.may_be(off):
                score = here.naming + (clear + other_clear) / 2
                code = f"{here.at(label)} - {here.at(last)}"
                yield Candidate(code, score, is_share=not is_of_more)


def _quotient(number: Written, upper: str, lower: str, score: float) -> Candidate:
    is_share = number.kind != "times"
    return Candidate(f"{upper} / {lower}", score, sides=(upper, lower), is_share=is_share)


def _counts(words: PlacedWords, number: Written, named: NamedValues) -> Iterator[Candidate]:
    """Yield the number of rows of a frame, and of those with a text that the sentence names."""
    for name, frame in named.frames.items():
        with suppress(Exception):  # of values that are no plain numbers and texts
            yield from _counts_of(words, number, name, frame, named.texts[name])


def _counts_of(
    words: PlacedWords, number: Written, name: str, frame: Any, columns: Sequence[TextColumn]
) -> Iterator[Candidate]:
    noun, origin = concepts_in(words.noun), frame.attrs.get("origin")
    title = getattr(origin, "title", "") or ""
    told = 1.3 * shared_part(words, name.replace("_", " "))
    is_noun = bool(noun & (concepts_in(name.replace("_", " ")) | concepts_in(title)))
    counts_its_values = frame.ndim == 1 and is_noun  # "seven hostages" are no seven days with some
    if number.may_be(len(frame)) and not counts_its_values:
        yield Candidate(f"len({name})", told + (1.6 if is_noun else 0.4))
    for column in columns:
        code = f"{name}[{text_code(column.name)}]"
        if number.may_be(column.number):
            is_column = bool(noun & concepts_in(column.name.replace("_", " ")))
            clear = told + shared_part(words, column.name) + (1.2 if is_column else -1)
            yield Candidate(f"{code}.nunique()", clear)
        for text, count in column.counts.items():
            if number.may_be(count) and _says(words, text):
                rows = f"({code} == {text_code(text)}).sum()"
                is_of_several = any(text in each.counts for each in columns if each is not column)
                clear = 0.6 * shared_part(words, column.name) if is_of_several else 0
                clear += 0.6 if _TIMES.match(words.sentence, words.end) else 0.4 * is_noun
                yield Candidate(rows, told + 1.3 + clear)


def _says(words: PlacedWords, text: str) -> bool:
    """True if a sentence has a text, or the only word of one in another form: "abstained"."""
    is_word = text.isalpha() and len(text) >= _SHORTEST
    return bool(label_positions(words.sentence, text)) or (
        is_word and concepts_in(text) <= words.concepts
    )


def _counts_beyond(
    words: PlacedWords, number: Written, columns: Sequence[ColumnHere]
) -> Iterator[Candidate]:
    """Yield the number of places at which a column is above or below a number of the sentence."""
    for quantity in words.passage.quantities:
        side, or_equal = quantity.round_to.side, quantity.round_to.or_equal
        if not side or quantity.round_to.is_near or quantity.start < words.end:
            continue
        sign = (">" if side < 0 else "<") + "=" * or_equal
        for here in columns:
            limit = limit_of(quantity, here.column)
            values = here.column.values.values()
            count = sum(OF_SIGNS[sign](value, float(limit)) for value in values) if limit else 0
            if 0 < count < len(values) and number.may_be(count):
                yield Candidate(f"({here.column.code} {sign} {limit}).sum()", here.naming + 1.4)
