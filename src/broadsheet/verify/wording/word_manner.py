"""Evaluates words that say more of a change than its direction: "rose slightly", "collapsed", "grew steadily";
and words for a measure that is none of the claim's, "the lowest density" on a population.

They are proved where the values bear them out, refuted where these say the opposite, and else open: how
much is much is a judgement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from broadsheet.text.lexicon import Lexicon
from broadsheet.verify.sentences import PAUSE, Span
from broadsheet.verify.wording.meaning_rules import Meaning, meanings_of, plain
from broadsheet.verify.wording.recorded_comparisons import (
    LEAST_COUNT,
    Cases,
    ComparedValue,
    Comparison,
    Extreme,
    Pair,
)
from broadsheet.verify.wording.word_context import OPEN, Verdict, best, changes

_CHANGES = frozenset(("up", "down", "more", "less"))
_SIZED = frozenset(("by", "amount", "times", "as-much", "part"))
_NEAR = 12
"""The most letters between a word of manner and the change that it is of."""
_LITTLE, _MUCH = 0.1, 0.25
"""The part of a value up to which a change is slight, and from which it is steep."""
_NOT_LITTLE, _NOT_MUCH = 0.25, 0.05
"""The part from which a change is not slight, and below which it is not steep."""
_AVERAGES = ("mean", "median")
_ALIKE = 4
"""The number of letters, at the beginning or the end, by which measures are compared."""


def manners(
    sentence: str,
    span: Span,
    meanings: Sequence[Meaning],
    comparisons: Sequence[Comparison],
    words: Lexicon,
) -> Iterator[tuple[Span, Verdict]]:
    """Yield the spans of the words of manner in the words of a claim at ``span``, or directly beside
    them, and those of a measure there or in the part of the sentence before, each with the verdict of
    the values on it. ``meanings`` are those of the claim's words.
    """
    low = plain(sentence)
    moves = [meaning for meaning in meanings if meaning.kind in _CHANGES]
    is_free = any(meaning.is_denied or meaning.kind in _SIZED for meaning in meanings)
    for kind, form in _forms(words).items():
        for match in form.finditer(low):
            is_inside = span[0] <= match.start() and match.end() <= span[1]
            if any(_is_part_of(match.span(), meaning) for meaning in meanings):
                continue
            if kind == "measures":
                is_said_of = is_inside or _leads_to(low, match.end(), span[0], words)
                if is_said_of and not _is_of_claim(match[0], form, comparisons):
                    yield match.span(), OPEN
                continue
            is_near = any(_are_near(low, match.span(), move) for move in moves)
            is_beside = is_inside or _are_side_by_side(low, match.span(), span)
            is_of_change = is_beside if is_near else is_inside and _is_behind(match, moves)
            if is_of_change:
                verdict = best(_of_change(kind, comparison) for comparison in comparisons)
                is_left = (is_free or not is_near) and verdict.truth == "refuted"
                yield match.span(), OPEN if is_left else verdict


def _is_behind(words: re.Match[str], moves: Sequence[Meaning]) -> bool:
    """Return True if words may be of a change far before them in their part of a sentence: "fiel die
    Pünktlichkeit der Züge deutlich".
    """
    return any(
        move.end < words.start() and not PAUSE.search(words.string, move.end, words.start())
        for move in moves
    )


def _is_part_of(words: Span, meaning: Meaning) -> bool:
    """Return True if words are part of those of a meaning that is more than a direction: "each"."""
    return meaning.start <= words[0] and words[1] <= meaning.end and meaning.kind not in _CHANGES


def _are_side_by_side(text: str, words: Span, mark: Span) -> bool:
    first, last = sorted((words, mark))
    return first[1] <= last[0] and not text[first[1] : last[0]].strip()


def _leads_to(text: str, end: int, start: int, words: Lexicon) -> bool:
    """Return True if words that end before those of a claim are in one part of a sentence with them:
    "trade per head [rose]".
    """
    between, breaks = text[end:start], meanings_of(words).breaks
    return end <= start and not (PAUSE.search(between) or breaks.search(between))


def _are_near(text: str, words: Span, move: Meaning) -> bool:
    first, last = sorted((words, (move.start, move.end)))
    between = text[first[1] : last[0]]
    return len(between) <= _NEAR and PAUSE.search(between) is None


def _of_change(kind: str, comparison: Comparison) -> Verdict:
    """Return the verdict of a comparison on a manner of its change."""
    if isinstance(comparison, Cases):
        is_steady = kind == "steady" and comparison.step and all(comparison.holds.values.values())
        return Verdict("proved") if is_steady else OPEN
    steps = list(changes(comparison, None))
    if not steps and isinstance(comparison, Pair):
        steps = [(comparison.this, comparison.than)]
    return best(_of_step(kind, now, then) for now, then in steps)


def _of_step(kind: str, now: ComparedValue, then: ComparedValue) -> Verdict:
    number, base = now.number, then.number
    if number is None or not base or kind == "whole":
        return OPEN
    if kind == "steady":
        return _steady(now, then)
    part = abs(number / base - 1)
    says = f"{now} differs from {then} by {part * 100:.3g} percent"
    if kind == "slight":
        is_amount = not (now.parts or now.is_rate) or (not now.unit and abs(base) >= LEAST_COUNT)
        is_so, is_wrong = part <= _LITTLE, is_amount and part > _NOT_LITTLE
    else:
        is_so = part >= (_LITTLE if kind == "strong" else _MUCH)
        is_wrong = kind == "steep" and part < _NOT_MUCH
    return Verdict("proved") if is_so else Verdict("refuted", says) if is_wrong else OPEN


def _steady(now: ComparedValue, then: ComparedValue) -> Verdict:
    """Evaluate a steady change: each step goes its way; a step back of more than a tenth refutes it."""
    if now.history is None or not (now.time and then.time) or now.number is None:
        return OPEN
    start, end = sorted((then.time, now.time))
    places = [
        place
        for place, time in now.history.times.items()
        if start <= time[: len(start)] and time <= end
    ]
    sign = 1 if (now.number > (then.number or 0.0)) == (now.time > then.time) else -1
    is_so = len(places) > 2
    for place, next_place in pairwise(places):
        earlier, later = now.history.values[place], now.history.values[next_place]
        if not earlier or later is None:
            return OPEN
        step = (later / earlier - 1) * sign
        if step < -_LITTLE:
            return Verdict(
                "refuted", f"{later:g} in {next_place} comes after {earlier:g} in {place}"
            )
        is_so = is_so and step > 0
    return Verdict("proved") if is_so else OPEN


def _is_of_claim(word: str, form: re.Pattern[str], comparisons: Sequence[Comparison]) -> bool:
    """Return True if a claim has a measure in the names of its values, or computes it. Measures of one
    ``form`` that begin or end alike are one: "per head" and "per capita".
    """
    for comparison in comparisons:
        if isinstance(comparison, Pair):
            sides = [comparison.this, comparison.than]
        elif isinstance(comparison, Extreme):
            sides = [comparison.this]
        else:
            return True
        sides += [part for side in sides for part in side.parts]
        names = plain(" ".join(f"{side.names} {side.unit}" for side in sides)).replace("_", " ")
        measures = (match[0] for match in form.finditer(names))
        if any(
            word[:_ALIKE] == name[:_ALIKE] or word[-_ALIKE:] == name[-_ALIKE:] for name in measures
        ):
            return True
        are_computed = (side.parts or side.is_percent or side.method in _AVERAGES for side in sides)
        if " / " in names or any(are_computed):
            return True
    return False


@cache
def _forms(words: Lexicon) -> dict[str, re.Pattern[str]]:
    return {
        kind: re.compile(rf"(?<!\w)(?:{form})(?!\w)")
        for kind, form in words.meanings.manners.items()
    }
