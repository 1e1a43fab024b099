"""Holds the words that rest on a claim against the values that it compares.

A condition may be true, and the words that rest on it false: "doubled" on `trade[2022] > trade[2021]`.
The words are read (:mod:`broadsheet.verify.wording.meaning_rules`) and evaluated
(:mod:`broadsheet.verify.wording.word_truth`). Words are **by meaning** if everything in them that the number
check would report is proved. Words that no rule knows, and those that the values leave open, rest **on
the author's word**.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from broadsheet.text.language import language_of
from broadsheet.text.lexicon import Lexicon, any_of
from broadsheet.verify.numbers.number_rules import rules_of
from broadsheet.verify.sentences import Span
from broadsheet.verify.wording.beside_claims import OtherName
from broadsheet.verify.wording.meaning_rules import Meaning, meanings_of, plain
from broadsheet.verify.wording.recorded_comparisons import (
    Cases,
    Comparison,
    Extreme,
    Pair,
    comparisons_of,
)
from broadsheet.verify.wording.word_context import (
    OPEN,
    Context,
    Truth,
    Verdict,
    bare,
    cases_in,
    two_times,
)
from broadsheet.verify.wording.word_manner import manners
from broadsheet.verify.wording.word_subjects import Subjects
from broadsheet.verify.wording.word_times import is_at_another_time, misplaced
from broadsheet.verify.wording.word_truth import evaluated
from plotly_alive.text.numbers import COUNT, NumberStyle

LONGEST = 1_500
"""The most characters of a claim's words that are read, and of its sentence before and after them."""
_CHANGES = frozenset(("up", "down", "level", "times", "by"))
"""The meanings in place of which a change may be said, "rose by 30 percent"."""
_RANKS = frozenset(("high", "low", "extreme", "none-more", "none-less"))
_SIDES = frozenset(("more", "less", "equal", "at-most", "at-least", "overtake"))
_HOW_MANY = frozenset(("all", "most", "count", "only", "none", "no", "part", "each"))
_IN_CASES = _HOW_MANY | {"all-but", "only-these", "top", "none-more", "none-less"}
_OF_ALL = _HOW_MANY | _RANKS | {"up", "down", "ever"}
_OF_ONE = frozenset(("more", "less", "at-least", "at-most"))
_GOES_ON = frozenset(("faster", "slower", "more", "less", "equal", "high", "low"))
"""The comparisons of more than a change that may stand behind it."""
_SIZES = frozenset(("as-much", "times"))
_OPPOSITES = {"slower": "faster", "faster": "slower", "wider": "narrower", "narrower": "wider"}


@dataclass(frozen=True)
class JudgedWords:
    """The words of a mark, held against the values of its claim."""

    truth: Truth
    """The words are proved, refuted or open."""
    refutations: tuple[tuple[str, str], ...] = ()
    """The refuted words, each with what the values say."""
    alternative: str = ""
    """Words that would be true."""
    beside: OtherName | None = None
    """The name that their sentence has in place of what the claim reads."""


def judged(
    sentence: str,
    span: Span,
    claim: Mapping[str, Any],
    words: Lexicon,
    facts: Sequence[Span] = (),
    *,
    is_advice: bool = True,
) -> JudgedWords:
    """Judge the words at ``span`` of a sentence that rest on a claim. ``facts`` are the spans of
    facts in the sentence. Words that would be true are looked for if ``is_advice``.
    """
    if span[1] - span[0] > LONGEST:
        return JudgedWords("open")
    if len(sentence) > 3 * LONGEST:
        first, last = max(0, span[0] - LONGEST), span[1] + LONGEST
        facts = [(start - first, end - first) for start, end in facts if first <= start < last]
        sentence, span = sentence[first:last], (span[0] - first, span[1] - first)
    subjects, meanings = Subjects(sentence, words), meanings_of(words)
    comparisons = [subjects.in_order(comparison) for comparison in comparisons_of(claim)]
    subjects = replace(subjects, comparisons=comparisons)
    within, outside = meanings.of(sentence, *span), meanings.around(sentence, *span)
    low = plain(sentence)
    is_shared = meanings.shared.search(low) is not None
    context = Context(comparisons, [*within, *outside], subjects, is_shared, low)
    ranked = context.meaning("high", "low", "none-more", "none-less")
    left_out = {"year-before", "of-year"} if ranked else {"year-before", "of-year", "within"}
    read = [meaning for meaning in within if meaning.kind not in left_out]
    verdicts = [(meaning, evaluated(meaning, context)) for meaning in read] if comparisons else []
    of_all = _of_all([meaning for meaning in outside if meaning.kind not in _RANKS], context)
    if not read:  # "The largest of them [was Coal]"
        verdicts = _ranks_before(
            [meaning for meaning in outside if meaning.kind in _RANKS], context
        )
    if meanings.excepted.search(low):
        of_several = len(comparisons) > 1
        verdicts = _but_exceptions(verdicts, of_several)
        of_all = _but_exceptions(of_all, of_several)
    refutations = tuple(_refutations([*verdicts, *of_all]))
    more = list(manners(sentence, span, within, comparisons, words)) if comparisons else []
    refutations += tuple(
        (sentence[slice(*said)], verdict.says)
        for said, verdict in more
        if verdict.truth == "refuted"
    )
    refutations = refutations or tuple(
        misplaced(sentence, span, comparisons, [*within, *meanings.of(sentence, 0, span[0])], words)
    )
    if refutations:
        tried = _advice(sentence, span, verdicts, context, words) if is_advice else ()
        others = {refuted for refuted, _ in refutations[1:]}
        for instead, put, again in tried:
            judgement = judged(put, again, claim, words, facts, is_advice=False)
            if others.issuperset(refuted for refuted, _ in judgement.refutations):
                return JudgedWords("refuted", refutations, instead)
        return JudgedWords("refuted", refutations)
    is_proved = bool(verdicts) and all(
        verdict.truth == "proved" for _, verdict in (*verdicts, *more)
    )
    is_proved = is_proved and not _is_of_more(outside, context, words)
    is_proved = is_proved and not is_at_another_time(sentence, span, comparisons, words)
    is_proved = is_proved and _says_how_many(
        sentence, span, comparisons, [*verdicts, *of_all], words
    )
    covered = [(meaning.start, meaning.end) for meaning, _ in verdicts] + list(facts)
    covered += [said for said, _ in more]
    covered += _limits(sentence, span, comparisons, words)
    is_proved = is_proved and not _goes_on(sentence, span, [*verdicts, *of_all], words)
    if is_proved and not _left(sentence, span, covered, words):
        return JudgedWords("proved")
    return JudgedWords("open")


def _of_all(outside: Sequence[Meaning], context: Context) -> list[tuple[Meaning, Verdict]]:
    """Evaluate the words around the mark that say of how many the claim is, or since when."""
    counted = [
        comparison
        for comparison in context.comparisons
        if isinstance(comparison, Pair) and cases_in(comparison)
    ]
    everywhere = [comparison for comparison in context.comparisons if isinstance(comparison, Cases)]
    verdicts = []
    for meaning in outside:
        if meaning.kind in ("each", "since", "first-time"):
            concerned: Sequence[Comparison] = context.comparisons
        else:
            concerned = [*counted, *everywhere] if meaning.kind == "all" else counted
        if concerned:
            subjects = replace(context.subjects, comparisons=concerned)
            narrowed = replace(context, comparisons=concerned, subjects=subjects)
            verdicts.append((meaning, evaluated(meaning, narrowed)))
    return verdicts


def _is_of_more(outside: Sequence[Meaning], context: Context, words: Lexicon) -> bool:
    """Return True if words around the mark say it of most, "and all others", and the condition has no
    cases.
    """
    is_of_most = any(
        meaning.kind == "most"
        or (
            meaning.kind == "all"
            and not words.meanings.joins.isdisjoint(context.sentence[: meaning.start].split()[-1:])
        )
        for meaning in outside
    )
    return is_of_most and not any(cases_in(comparison) for comparison in context.comparisons)


def _ranks_before(outside: Sequence[Meaning], context: Context) -> list[tuple[Meaning, Verdict]]:
    """Return the ranks before a mark that has no words of degree, if the claim is of a rank. They
    prove the claim, or say nothing of it.
    """
    if not all(isinstance(comparison, Extreme) for comparison in context.comparisons):
        return []
    verdicts = [(meaning, evaluated(meaning, context)) for meaning in outside]
    return [(meaning, verdict) for meaning, verdict in verdicts if verdict.truth == "proved"][:1]


def _but_exceptions(
    verdicts: Sequence[tuple[Meaning, Verdict]], of_several: bool
) -> list[tuple[Meaning, Verdict]]:
    """Return verdicts in a sentence that names an exception: what is not so of all may be so of the
    others, and what is not so by one ``of_several`` comparisons may be so by that of the others.
    """
    unclear = {*_OF_ALL, *(_OF_ONE if of_several else ())}
    return [
        (meaning, OPEN if meaning.kind in unclear and verdict.truth == "refuted" else verdict)
        for meaning, verdict in verdicts
    ]


def _says_how_many(
    sentence: str,
    span: Span,
    comparisons: Sequence[Comparison],
    verdicts: Sequence[tuple[Meaning, Verdict]],
    words: Lexicon,
) -> bool:
    """Return True if the sentence says in how many cases something is so, or if the condition
    counts none.
    """
    counts = [
        int(side.number)
        for comparison in comparisons
        if isinstance(comparison, Pair)
        for side in (comparison.this, comparison.than)
        if side.cases and side.number is not None
    ]
    if not counts:
        return True
    if any(
        meaning.kind in _IN_CASES and verdict.truth == "proved" for meaning, verdict in verdicts
    ):
        return True
    low, spelled = plain(sentence), list(words.facts.counts)
    for number in counts:
        written = [str(number), *spelled[number : number + 1]]
        if re.search(rf"(?<![\w.,])(?:{any_of(written)})(?![\w,.]*\d)(?!\w)", low[: span[1]]):
            return True
    return False


def _refutations(verdicts: Iterable[tuple[Meaning, Verdict]]) -> Iterable[tuple[str, str]]:
    """Return the refuted words, each once, with what the values say."""
    by_words: dict[str, str] = {}
    for meaning, verdict in verdicts:
        if verdict.truth == "refuted":
            by_words.setdefault(meaning.words, verdict.says)
    return by_words.items()


def _limits(
    sentence: str, span: Span, comparisons: Sequence[Comparison], words: Lexicon
) -> Iterator[Span]:
    """Yield the spans of the figures that the condition has as a number, "above 200 billion", and
    of those of its values and of their names.
    """
    limits, names = set[float | None](), ""
    for comparison in comparisons:
        if isinstance(comparison, Pair):
            limits |= {side.number for side in (comparison.this, comparison.than)}
            limits |= {part.number for part in comparison.this.parts}
            names += f" {comparison.this.names} {comparison.than.names}"
            if times := comparison.in_time or two_times(comparison.this):
                later, earlier = (value.time or (0,) for value in times)
                limits.add(float(later[0] - earlier[0]))  # "in nine years"
        elif isinstance(comparison, Extreme):
            limits.add(comparison.this.number)
        elif isinstance(comparison, Cases):
            limits.add(comparison.limit)
            names += f" {comparison.this} {comparison.than}"
    scales, counts, form = _figures(words)
    named = set(re.findall(r"\d+", names))
    for match in form.finditer(plain(sentence), *span):
        figure, scale = match["figure"], scales.get(match["scale"] or "", 1.0)
        readings = [re.sub(r"\D", "", figure), figure.replace(",", ".")]
        sizes = [float(reading) for reading in readings if re.fullmatch(r"\d+(?:\.\d+)?", reading)]
        sizes += [float(counts[figure])] if figure in counts else []
        if figure in named or any(size * by in limits for size in sizes for by in (1.0, scale)):
            yield match.span()


@cache
def _figures(words: Lexicon) -> tuple[dict[str, float], dict[str, int], re.Pattern[str]]:
    """Return the scale words and the number words of a language, and a pattern of its figures."""
    scales = {word: 10.0**power for word, power in words.facts.scales.items()}
    counts = {word: number for number, word in enumerate(words.facts.counts)}
    return (
        scales,
        counts,
        re.compile(
            rf"(?<![\w.,])(?P<figure>\d{{1,3}}(?:[ .,\u00a0\u202f]\d{{3}})+(?!\d)|\d+(?:[.,]\d+)?|{any_of(counts)})"
            rf"(?:\s(?P<scale>{any_of(scales)}))?(?!\w)"
        ),
    )


def _left(sentence: str, span: Span, covered: Sequence[Span], words: Lexicon) -> bool:
    """Return True if the mark has a number or a comparison in it that no meaning covers."""
    findings = rules_of(words).findings(sentence, (0, len(sentence)))
    return any(
        not finding.exempt
        and span[0] <= finding.start
        and finding.end <= span[1]
        and not any(start < finding.end and finding.start < end for start, end in covered)
        for finding in findings
    )


def _goes_on(
    sentence: str,
    span: Span,
    verdicts: Sequence[tuple[Meaning, Verdict]],
    words: Lexicon,
) -> bool:
    """Return True if a comparison goes on directly behind the mark with words that no verdict is on:
    "[rose] faster than prices".
    """
    proved = {meaning.start for meaning, verdict in verdicts if verdict.truth == "proved"}
    ends = [
        finding.end
        for finding in rules_of(words).findings(sentence, (0, len(sentence)))
        if not finding.exempt and span[0] <= finding.start < span[1] < finding.end
    ]
    return any(
        meaning.kind in _GOES_ON and meaning.start >= span[1] and meaning.start not in proved
        for end in ends
        for meaning in meanings_of(words).of(sentence, span[1], end)
    )


def _advice(
    sentence: str,
    span: Span,
    verdicts: Sequence[tuple[Meaning, Verdict]],
    context: Context,
    words: Lexicon,
) -> Iterator[tuple[str, str, Span]]:
    """Yield words that may be true in place of the first refuted ones, with the sentence in which
    they stand in their place, and the span of the mark there.
    """
    refuted = [(meaning, verdict) for meaning, verdict in verdicts if verdict.truth == "refuted"]
    if not refuted:  # the words around the mark are
        return
    meaning, verdict = refuted[0]
    if meaning.start < span[0] or span[1] < meaning.end:
        return
    before, behind = sentence[: meaning.start], sentence[meaning.end :]
    for instead in _alternatives(meaning, verdict, context.of(meaning).comparisons, words):
        *_, last = instead.split() or [""]
        is_twice = behind.split()[:1] == [last]  # "more than" before "than"
        fitting = instead.removesuffix(last).rstrip() if is_twice else instead
        if fitting:
            put = f"{before}{fitting}{behind}"
            yield fitting, put, (span[0], span[1] + len(put) - len(sentence))


def _alternatives(
    meaning: Meaning, verdict: Verdict, comparisons: Sequence[Comparison], words: Lexicon
) -> Iterator[str]:
    """Yield words that may be true in place of those of a meaning."""
    instead, kind, size = words.meanings.instead, meaning.kind, verdict.size
    if kind in _CHANGES:
        yield from _changes(comparisons, words)
    if kind in _RANKS:
        for comparison in comparisons:
            yield from _ranks(comparison, words)
    if kind in _SIDES:
        yield from (instead.get(side, "") for side in ("less", "more", "equal"))
    yield instead.get(_OPPOSITES.get(kind, ""), "")
    if size is None:
        return
    if verdict.whole:
        yield instead.get("cases", "").format(_written(size, COUNT, words), verdict.whole)
    elif kind == "in-a-row":
        yield instead.get("in-a-row", "").format(_written(size, COUNT, words))
    elif kind in _SIZES:
        yield instead.get("times", "").format(_written(size, NumberStyle(digits=2), words))
    elif kind == "part":
        yield _percent(size, words)


def _ranks(comparison: Comparison, words: Lexicon) -> Iterator[str]:
    """Yield the rank of a value among those that its claim reads."""
    if not isinstance(comparison, Extreme) or comparison.this.number is None:
        return
    instead, value = words.meanings.instead, comparison.this.number
    values = [other for other in comparison.among.values.values() if other is not None]
    for kind, number in (
        ("high", 1 + sum(other > value for other in values)),
        ("low", 1 + sum(other < value for other in values)),
    ):
        if number == 1:
            yield instead.get(kind, "")
        elif number <= len(words.meanings.ranks):
            yield instead.get(f"{kind}-ranked", "").format(words.meanings.ranks[number - 1])


def _changes(comparisons: Sequence[Comparison], words: Lexicon) -> Iterator[str]:
    """Yield changes, such as "rose by 30 percent"; none of a rate, which has its direction alone."""
    for comparison in comparisons:
        if not isinstance(comparison, Pair) or not (comparison.in_time or comparison.is_change):
            continue
        now, then = (
            bare(side).number for side in comparison.in_time or (comparison.this, comparison.than)
        )
        if now is None or then is None:
            continue
        kind = "held" if now == then else "rose" if now > then else "fell"
        template = words.facts.changes.get(f"verb-{kind}", "")
        if then > 0 and now >= 0 and not comparison.this.is_rate:
            yield template.replace("{}", _percent(now / then - 1, words))
        yield words.meanings.instead.get(kind, "")


def _percent(part: float, words: Lexicon) -> str:
    """Return a part as a percentage in a language, `12.3 percent`."""
    example = next(iter(words.facts.formats.get("pct", ())), "")
    size = _written(abs(part) * 100, NumberStyle(most=1), words)
    return re.sub(r"\d+[.,]\d+", size, example)


def _written(size: float, style: NumberStyle, words: Lexicon) -> str:
    return style.write(size, language_of(words.language).notation)
