"""Holds the year or the month that a sentence names beside a claim against the times of the values that
the claim compares: "fell in June 2024" on a fall in 2023, "than a year earlier" on values three years
apart.

Only a time that begins the clause, stands in the mark or directly behind it is read, and only if it is the
only one there; or a span, "from 2010 to 2015", "since 2010", whose ends are those of the change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain

from broadsheet.errors import ConfigError
from broadsheet.text.lexicon import EXAMPLE, Lexicon, any_of
from broadsheet.verify.sentences import Span
from broadsheet.verify.wording.meaning_rules import Meaning, meanings_of, plain
from broadsheet.verify.wording.recorded_comparisons import Cases, Comparison, Pair, Time

_STOP = re.compile(r"[,;:()—–]")
_OF_CHANGES = frozenset(("up", "down", "times", "by", "within", "amount"))
"""The meanings beside which a number of years is the length of a change."""
_YEAR = r"(?<![\d-])(?:1[5-9]|2[01])\d\d(?![\d-])"


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
    if len(changes) == len(comparisons) and changes:
        for meaning in meanings:
            if meaning.kind == "year-before" and not any(
                _is_apart(pair, meaning.size) for pair in changes
            ):
                yield meaning.words, f"it is {changes[0]}"
    are_changes = (
        len(changes) == len(comparisons)
        and bool(changes)
        and not any(_is_difference(pair) for pair in changes)
    )
    if are_changes and (said := _span_beside(sentence, span, words)) is not None:
        yield from _misplaced_span(sentence, said, changes, words)
        return
    named = _time_beside(sentence, span, words)
    if named is None:
        return
    time, shown, is_of_verb = named
    if are_changes:
        later = [pair.in_time[0] for pair in changes if pair.in_time]
        earlier = [pair.in_time[1] for pair in changes if pair.in_time]
        moves = any(meaning.kind in ("up", "down") for meaning in meanings)
        sides = any(meaning.kind in ("more", "less", "equal") for meaning in meanings)
        is_of_later = is_of_verb and moves and not sides and all(map(_is_step, changes))
        fits = [*later, *(() if is_of_later else earlier)]
        if not any(_fits(time, value.time) for value in fits):
            yield shown, f"the values are of {earlier[0].where} and {later[0].where}"
    for of in comparisons:
        if isinstance(of, Cases) and of.since is not None and not changes:
            for place, at in of.holds.times.items():
                if at == time and of.holds.values[place] == 0:
                    yield shown, f"it is so from {of.since} on"


def closer_time(
    sentence: str, span: Span, comparisons: Sequence[Comparison], words: Lexicon
) -> Span | None:
    """Return the place of a month beside a claim, if all of its values are of years."""
    pairs = [pair for pair in comparisons if isinstance(pair, Pair)]
    sides = [side for pair in pairs for side in (pair.this, pair.than) if side.time]
    named = _time_beside(sentence, span, words)
    are_years = all(re.search(rf"(?:^|, ){_YEAR}$", side.where) for side in sides)
    if named is None or len(named[0]) < 2 or not (sides and are_years):
        return None
    start = sentence.find(named[1])
    return start, start + len(named[1])


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
def _forms(words: Lexicon) -> tuple[dict[str, int], re.Pattern[str], re.Pattern[str]]:
    """Return the months of a language by their names, a pattern of the ends of clauses, and one of
    a time.
    """
    meanings = words.meanings
    months = {word: number % 12 + 1 for number, word in enumerate(meanings.months)}
    joins = any_of([*meanings.contrasts, *meanings.joins])
    return (
        months,
        re.compile(rf"[;:()—–]|(?<!\w)(?:{joins})(?!\w)"),
        re.compile(rf"(?:(?P<month>{any_of(months)})\.? )?(?P<year>{_YEAR})"),
    )


@cache
def _lead(words: Lexicon) -> str:
    """Return a pattern of the words before the time of a claim: "in", "in the"."""
    meanings = words.meanings
    return rf"(?:(?:{any_of(meanings.in_times)})(?: {any_of(meanings.articles)})? )"


@cache
def _spans(words: Lexicon) -> list[re.Pattern[str]]:
    """Return the patterns of spans of time in a language. Raises :class:`ConfigError` for one of a
    publication that cannot be read.
    """
    months, _, _ = _forms(words)
    time = rf"(?:(?:{any_of(months)})\.? )?{_YEAR}"
    ends = {"begin": rf"(?P<begin>{time})", "end": rf"(?P<end>{time})"}
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
    sentence: str, span: Span, words: Lexicon
) -> tuple[Time, Time | None, Span] | None:
    """Return the span of time that begins the clause of a claim, or stands directly behind its words:
    its ends, and its place. None if there is none.
    """
    low = plain(sentence)
    _, splits, _ = _forms(words)
    starts = [0, *(split.end() for split in splits.finditer(low, 0, span[0])), span[1]]
    matches = (match for form in _spans(words) for at in starts if (match := form.match(low, at)))
    for match in matches:
        is_behind = match.start() == span[1]
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
    (begin, end, (start, last)), low, (_, _, form) = said, plain(sentence), _forms(words)
    elsewhere = chain(form.finditer(low, 0, start), form.finditer(low, last))
    others = [_time(mention[0], words) or () for mention in elsewhere]
    times = [pair.in_time for pair in changes if pair.in_time]
    if not any(
        (_fits(begin, then.time) and (end is None or _fits(end, now.time)))
        or any(_fits(other, now.time) for other in others)
        for now, then in times
    ):
        now, then = times[0]
        yield sentence[start:last], f"the values are of {then.where} and {now.where}"


def _time(text: str | None, words: Lexicon) -> Time | None:
    """Return a year or a month in words as a time."""
    months, _, form = _forms(words)
    match = form.fullmatch(text or "")
    if match is None:
        return None
    month = match["month"]
    return (int(match["year"]), months[month]) if month else (int(match["year"]),)


def _time_beside(sentence: str, span: Span, words: Lexicon) -> tuple[Time, str, bool] | None:
    """Return the only time of a clause, if it belongs to the claim: the time, its words, and True
    if it stands beside the verb. None if there is none.
    """
    meanings, low = words.meanings, plain(sentence)
    _, splits, form = _forms(words)
    start = max((split.end() for split in splits.finditer(low, 0, span[0])), default=0)
    ends = chain(_STOP.finditer(low, span[1]), splits.finditer(low, span[1]))
    end = min((split.start() for split in ends), default=len(low))
    mentions = list(form.finditer(low[:end]))
    mentions = [mention for mention in mentions if mention.start() >= start]
    if len(mentions) != 1:
        return None
    (mention,) = mentions
    time = _time(mention[0], words) or ()
    lead = _lead(words)
    bare = rf"(?:{lead})?" if meanings.bare_times else lead
    before = low[start : mention.start()]
    if re.fullmatch(rf"\s*(?:(?:{meanings.time_adverbs}) )?{bare}", before):
        return time, sentence[mention.start() : mention.end()], False
    if span[0] <= mention.start() < span[1]:
        inside = low[span[0] : mention.start()]
        if re.fullmatch(rf"(?:[\w'-]+ ){{1,3}}{lead}", inside) or (
            meanings.bare_times and re.fullmatch(r"[\w'-]+ ", inside)
        ):
            is_from = re.search(rf"(?<!\w)(?:{any_of(meanings.from_times)})(?!\w)", inside)
            return None if is_from else (time, sentence[mention.start() : mention.end()], True)
        if meanings.bare_times and re.fullmatch(r"(?:[\w'-]+ ){2,5}", inside):
            others = {
                *meanings.from_times,
                *meanings.of_times,
                *meanings.at_times,
                "von",
                "bis",
                "ab",
                "vor",
            }
            is_of_noun = inside.split()[-1] in others or mention.end() < span[1]
            return None if is_of_noun else (time, sentence[mention.start() : mention.end()], False)
        return None
    if mention.start() >= span[1] and re.fullmatch(rf"\s*{lead}", low[span[1] : mention.start()]):
        return time, sentence[mention.start() : mention.end()], False
    return None


def _is_difference(pair: Pair) -> bool:
    return bool(pair.this.parts or pair.than.parts)


def _is_step(pair: Pair) -> bool:
    """Return True if the values of a pair stand one directly behind the other: "began to fall in
    2015" is said of longer falls.
    """
    later, earlier = pair.in_time or (pair.this, pair.than)
    places = list(later.series.times) if later.series else []
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
