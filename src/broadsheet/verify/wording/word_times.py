"""Holds the year or the month that a sentence names beside a claim against the times of the values that
the claim compares: "fell in June 2024" on a fall in 2023, "than a year earlier" on values three years
apart.

Only a time that begins the clause, stands in the mark or directly behind it is read, and only if it is the
only one there; a time behind "than" in the mark, "higher than in 2018"; or a span, "from 2010 to 2015",
"since 2010", whose ends are those of the change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain

from broadsheet.errors import ConfigError
from broadsheet.text.lexicon import EXAMPLE, Lexicon, any_of
from broadsheet.verify.sentences import PAUSE, Span
from broadsheet.verify.wording.meaning_rules import Meaning, meanings_of, plain
from broadsheet.verify.wording.recorded_comparisons import (
    Cases,
    Comparison,
    Extreme,
    Pair,
    Time,
    year_in,
)

_OF_CHANGES = frozenset(("up", "down", "times", "by", "within", "amount"))
"""The meanings beside which a number of years is the length of a change."""
_STATED = _OF_CHANGES | {"level", "more", "less", "equal"}
"""The meanings beside which a span of time in the words of a claim is that of its change."""
_YEAR = r"(?<![\d-])(?:1[5-9]|2[01])\d\d(?![\d-])"


@dataclass(frozen=True)
class _Mention:
    """A time that a sentence names."""

    time: Time
    """The time."""
    span: Span
    """The place of its words."""
    is_of_verb: bool = False
    """It stands beside the verb of the claim."""


def misplaced(
    sentence: str,
    span: Span,
    comparisons: Sequence[Comparison],
    meanings: Sequence[Meaning],
    words: Lexicon,
) -> Iterator[tuple[str, str]]:
    """Yield the words of time beside a claim that are of another time than its values, with what
    these are of.
    """
    changes = [pair for pair in comparisons if isinstance(pair, Pair) and pair.in_time]
    are_changes = 0 < len(changes) == len(comparisons)
    if are_changes:
        yield from _misplaced_before(meanings, changes)
    are_changes = are_changes and not any(map(_is_difference, changes))
    if are_changes and (said := _span_beside(sentence, span, meanings, words)) is not None:
        yield from _misplaced_span(sentence, said, changes, words)
        return
    if are_changes:
        yield from _misplaced_other(sentence, span, changes, words)
    named = _time_beside(sentence, span, words)
    if named is None:
        return
    shown = sentence[slice(*named.span)]
    if are_changes:
        later = [pair.in_time[0] for pair in changes if pair.in_time]
        earlier = [pair.in_time[1] for pair in changes if pair.in_time]
        moves = any(meaning.kind in ("up", "down") for meaning in meanings)
        sides = any(meaning.kind in ("more", "less", "equal") for meaning in meanings)
        is_of_later = named.is_of_verb and moves and not sides and all(map(_is_step, changes))
        fits = [*later, *(() if is_of_later else earlier)]
        if not any(_fits(named.time, value.time) for value in fits):
            yield shown, _of_times(changes[0])
    for of in comparisons if not changes else ():
        if isinstance(of, Cases) and of.since is not None and _is_false_at(named.time, of):
            yield shown, f"it is so from {of.since} on"
    if span[0] <= named.span[0] < span[1] and _is_of_no_rank(named.time, comparisons):
        yield shown, f"the value is of {comparisons[0].this}"


def _misplaced_before(
    meanings: Sequence[Meaning], changes: Sequence[Pair]
) -> Iterator[tuple[str, str]]:
    """Yield "a year earlier" and the like, if no change is of so long a time."""
    for meaning in meanings:
        is_before = meaning.kind == "year-before"
        if is_before and not any(_is_apart(pair, meaning.size) for pair in changes):
            yield meaning.words, _of_times(changes[0])


def _is_false_at(time: Time, cases: Cases) -> bool:
    """Return True if a condition does not hold at a time."""
    holds = cases.holds
    return any(at == time and holds.values[place] == 0 for place, at in holds.times.items())


def is_at_another_time(
    sentence: str, span: Span, comparisons: Sequence[Comparison], words: Lexicon
) -> bool:
    """Return True if the only time beside a claim is that of none of its ranks: "In 2023 it [peaked]" on
    the highest of 2022.
    """
    named = _time_beside(sentence, span, words)
    return named is not None and _is_of_no_rank(named.time, comparisons)


def _is_of_no_rank(time: Time, comparisons: Sequence[Comparison]) -> bool:
    """Return True if a claim has ranks over time alone, and none of them at a time."""
    ranks = [each for each in comparisons if isinstance(each, Extreme) and each.among.times]
    is_known = 0 < len(ranks) == len(comparisons)
    return is_known and not any(_fits(time, rank.this.time) for rank in ranks)


def closer_time(
    sentence: str, span: Span, comparisons: Sequence[Comparison], words: Lexicon
) -> Span | None:
    """Return the place of a month beside a claim, if all of its values are of years."""
    pairs = [pair for pair in comparisons if isinstance(pair, Pair)]
    sides = [side for pair in pairs for side in (pair.this, pair.than) if side.time]
    named = _time_beside(sentence, span, words)
    are_years = all(re.search(rf"(?:^|, ){_YEAR}$", side.where) for side in sides)
    if named is None or len(named.time) < 2 or not (sides and are_years):
        return None
    return named.span


def other_years(
    sentence: str, part: Span, comparisons: Sequence[Comparison], words: Lexicon
) -> Span | None:
    """Return the place of a number of years in a part of a sentence, "in ten years", if no change of the
    claim is of so many. What is the most in ten years, or happens each time, is of no single change.
    """
    changes = [pair for pair in comparisons if isinstance(pair, Pair) and pair.in_time]
    meanings = meanings_of(words).of(sentence, *part)
    is_change = any(meaning.kind in ("up", "down", "times", "by") for meaning in meanings)
    if len(changes) != len(comparisons) or not is_change:
        return None
    if any(meaning.kind not in _OF_CHANGES for meaning in meanings):
        return None
    for meaning in meanings:
        if meaning.kind == "within" and meaning.size is not None:
            size = meaning.size
            if not any(abs(_years_between(pair) - size) <= 1 for pair in changes):
                return meaning.start, meaning.end
    return None


def _years_between(pair: Pair) -> int:
    """Return the years between the two values of a change."""
    assert pair.in_time is not None
    later, earlier = (value.time or (0,) for value in pair.in_time)
    return later[0] - earlier[0]


@cache
def _mentioned(words: Lexicon) -> re.Pattern[str]:
    """Return a pattern of a time that a text names, with its month, if there is one, and its year."""
    return re.compile(rf"(?:(?P<month>{any_of(words.meanings.months)})\.? )?(?P<year>{_YEAR})")


def _time_form(words: Lexicon) -> str:
    """Return a pattern of a time: a year, or a month and a year."""
    return rf"(?:(?:{any_of(words.meanings.months)})\.? )?{_YEAR}"


@cache
def _lead(words: Lexicon) -> str:
    """Return a pattern of the words before the time of a claim: "in", "in the", "im Jahr"."""
    before, articles = any_of(words.meanings.in_times), any_of(words.meanings.articles)
    return rf"(?:(?:(?:{before})(?: (?:{articles}))? ){{1,2}})"


@cache
def _spans(words: Lexicon) -> list[re.Pattern[str]]:
    """Return the patterns of spans of time in a language. Raises :class:`ConfigError` for one of a
    publication that cannot be read.
    """
    ends = {name: rf"(?P<{name}>{_time_form(words)})" for name in ("begin", "end")}
    try:
        return [
            re.compile(rf"\s*(?P<span>{line.format_map(ends)})(?![\w-])")
            for line in words.meanings.spans.splitlines()
            if line
        ]
    except (re.error, ValueError, LookupError) as error:
        what = f"`meanings.spans` cannot be used: {error}"
        raise ConfigError(words.file, what, EXAMPLE) from error


def _span_beside(
    sentence: str, span: Span, meanings: Sequence[Meaning], words: Lexicon
) -> tuple[Time, Time | None, Span] | None:
    """Return the span of time that begins the clause of a claim, stands directly behind its words, or in
    them, if they say no more than a change: its ends, and its place. None if there is none.
    """
    low, splits = plain(sentence), meanings_of(words).breaks
    starts = [0, *(split.end() for split in splits.finditer(low, 0, span[0])), span[1]]
    if all(meaning.kind in _STATED or meaning.kind == "since" for meaning in meanings):
        starts += [at for at in range(*span) if low[at] == " "]
    matches = (match for form in _spans(words) for at in starts if (match := form.match(low, at)))
    for match in matches:
        is_behind = match.start() >= span[0]
        if span[0] <= match.start() < span[1] and not match.groupdict().get("end"):
            continue  # "since 2010" in the words is a meaning of theirs
        if is_behind or not (match.end() > span[0] or splits.search(low, match.end(), span[0])):
            begin, end = (_time(match.groupdict().get(name), words) for name in ("begin", "end"))
            if begin is not None:
                return begin, end, match.span("span")
    return None


def _misplaced_span(
    sentence: str,
    said: tuple[Time, Time | None, Span],
    changes: Sequence[Pair],
    words: Lexicon,
) -> Iterator[tuple[str, str]]:
    """Yield a span of time whose ends are not those of any change, with the times of the first one. A
    sentence that has the time of a change elsewhere speaks of a part of the span: "From 2010 to 2020 it
    fell once, in 2015".
    """
    (begin, end, (start, last)), low, form = said, plain(sentence), _mentioned(words)
    elsewhere = chain(form.finditer(low, 0, start), form.finditer(low, last))
    others = [_time(mention[0], words) or () for mention in elsewhere]
    times = [pair.in_time for pair in changes if pair.in_time]
    if not any(
        (_fits(begin, then.time) and (end is None or _fits(end, now.time)))
        or any(_fits(other, now.time) for other in others)
        for now, then in times
    ):
        yield sentence[start:last], _of_times(changes[0])


def _time(text: str | None, words: Lexicon) -> Time | None:
    """Return a year or a month in words as a time."""
    match = _mentioned(words).fullmatch(text or "")
    return meanings_of(words).named_time(match["year"], match["month"]) if match else None


def _misplaced_other(
    sentence: str, span: Span, changes: Sequence[Pair], words: Lexicon
) -> Iterator[tuple[str, str]]:
    """Yield the time behind "than" in the words of a claim that is that of none of its values: "higher
    than in 2018" on a change from 2021.
    """
    values = [value for pair in changes for value in pair.in_time or ()]
    for match in _other_times(words).finditer(plain(sentence), *span):
        time = _time(match["time"], words)
        if time and not any(_fits(time, value.time) for value in values):
            yield sentence[slice(*match.span("time"))], _of_times(changes[0])


@cache
def _other_times(words: Lexicon) -> re.Pattern[str]:
    """Return a pattern of a time behind "than", and perhaps "in"."""
    than = any_of(words.meanings.than)
    return re.compile(rf"(?<!\w)(?:{than}) {_lead(words)}?(?P<time>{_time_form(words)})(?!\w)")


def _time_beside(sentence: str, span: Span, words: Lexicon) -> _Mention | None:
    """Return the only time of a clause, if it belongs to the claim."""
    low, splits, form = plain(sentence), meanings_of(words).breaks, _mentioned(words)
    start = max((split.end() for split in splits.finditer(low, 0, span[0])), default=0)
    ends = chain(PAUSE.finditer(low, span[1]), splits.finditer(low, span[1]))
    end = min((split.start() for split in ends), default=len(low))
    mentions = [mention for mention in form.finditer(low[:end]) if mention.start() >= start]
    if len(mentions) != 1:
        return None
    (mention,) = mentions
    meanings, lead = words.meanings, _lead(words)
    named = _Mention(_time(mention[0], words) or (), mention.span())
    bare = rf"(?:{lead})?" if meanings.bare_times else lead
    adverb = rf"(?:(?:{meanings.time_adverbs}) )?"
    if re.fullmatch(rf"\s*{adverb}{bare}", low[start : mention.start()]):
        return named
    if span[0] <= mention.start() < span[1]:
        return _time_inside(named, low[span[0] : mention.start()], mention.end() < span[1], words)
    if mention.start() >= span[1] and re.fullmatch(rf"\s*{lead}", low[span[1] : mention.start()]):
        return named
    return None


def _time_inside(named: _Mention, before: str, goes_on: bool, words: Lexicon) -> _Mention | None:
    """Return a time in the words of a claim that have some ``before`` it, and perhaps go on behind it, if
    it belongs to the claim.
    """
    meanings = words.meanings
    is_bare = meanings.bare_times and re.fullmatch(r"[\w'-]+ ", before)
    if is_bare or re.fullmatch(rf"(?:[\w'-]+ ){{1,3}}{_lead(words)}", before):
        is_from = re.search(rf"(?<!\w)(?:{any_of(meanings.from_times)})(?!\w)", before)
        return None if is_from else replace(named, is_of_verb=True)
    if meanings.bare_times and re.fullmatch(r"(?:[\w'-]+ ){2,5}", before):
        others = {
            *meanings.from_times,
            *meanings.of_times,
            *meanings.at_times,
            *meanings.bound_times,
        }
        return None if goes_on or before.rsplit(maxsplit=1)[-1] in others else named
    return None


def _of_times(pair: Pair) -> str:
    """Return in words of which times the values of a change are."""
    later, earlier = pair.in_time or (pair.this, pair.than)
    places = (
        value.where if year_in(value.where) else value.what or value.where
        for value in (earlier, later)
    )
    return f"the values are of {' and '.join(dict.fromkeys(places))}"


def _is_difference(pair: Pair) -> bool:
    return bool(pair.this.parts or pair.than.parts)


def _is_step(pair: Pair) -> bool:
    """Return True if the values of a pair stand one directly behind the other: "began to fall in
    2015" is said of longer falls.
    """
    later, earlier = pair.in_time or (pair.this, pair.than)
    places = list(later.history.times) if later.history else []
    if later.at not in places or earlier.at not in places:
        return False
    return places.index(later.at) - places.index(earlier.at) == 1


def _is_apart(pair: Pair, months: float | None) -> bool:
    """Return True if the values of a pair are so many months apart, as exactly as their times are
    known.
    """
    assert pair.in_time is not None
    later, earlier = (value.time or () for value in pair.in_time)
    if len(later) != len(earlier) or len(later) > 2 or (len(later) == 1 and months == 1):
        return True
    apart = (later[0] - earlier[0]) * 12
    apart += later[1] - earlier[1] if len(later) == 2 else 0
    return apart == months


def _fits(time: Time, other: Time | None) -> bool:
    if other is None:
        return True
    short = min(len(time), len(other))
    return time[:short] == other[:short]
