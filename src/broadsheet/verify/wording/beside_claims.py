"""Holds the names of rows and columns in a sentence against those that its claim reads: "Ramsey grew" on the
values of Caldey, "cars rose" on those of passengers.

A condition may be true, and of something else than the sentence says. Names that the sentence has in place
of those of the condition are told; a row that is the subject of the words is a fault. What the
condition reads may be named anywhere in the sentence: then all else in it is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from broadsheet.text.lexicon import Lexicon, any_of
from broadsheet.verify.sentences import PAUSE, Span
from broadsheet.verify.wording.beside_facts import other_column, other_row, segments
from broadsheet.verify.wording.beyond_values import beyond, blanked, likenesses
from broadsheet.verify.wording.claim_beside import Beside
from broadsheet.verify.wording.meaning_rules import meanings_of, plain
from broadsheet.verify.wording.place_names import in_language
from broadsheet.verify.wording.recorded_comparisons import (
    Cases,
    ComparedSeries,
    ComparedValue,
    Comparison,
    Extreme,
    Pair,
    comparisons_of,
    tied,
)
from broadsheet.verify.wording.table_names import (
    Surroundings,
    rows_in,
    stem_of,
    surroundings,
    words_at,
)
from broadsheet.verify.wording.word_subjects import Subjects

_STOP = re.compile(r"[;:()—–]")
_SIDES = frozenset(
    ("more", "less", "equal", "at-most", "at-least", "as-much", "overtake", "faster")
)
"""The meanings that compare with something else."""
_FEW = 7
"""The most words in which the other side of a comparison names a column."""


@dataclass(frozen=True)
class OtherName:
    """A name in a sentence that stands in place of what its claim reads."""

    start: int
    """The position of its first letter in the sentence."""
    end: int
    """The position behind its last letter."""
    words: str
    """The name."""
    of: str
    """The row or the column that the claim reads; "" of words for what may be."""
    is_sure: bool
    """It is another row of the same table, of which the words of the claim are said."""

    @property
    def message(self) -> str:
        """The message for the author."""
        if not self.of:
            return f"“{self.words}” tells what may be, and the claim beside it what is so"
        return f"“{self.words}” stands beside a claim that reads “{self.of}”"


def other_name(  # noqa: PLR0917
    sentence: str,
    span: Span,
    others: Sequence[Span],
    claim: Mapping[str, Any],
    around: Surroundings | None,
    words: Lexicon,
) -> OtherName | None:
    """Return the name that stands in a sentence in place of what a claim reads, whose words are at
    ``span``. ``others`` are the spans of the other marks of the sentence.
    """
    comparisons = comparisons_of(claim)
    around = _with_series(around or surroundings((), (), words), comparisons)
    values = [value for comparison in comparisons for value in _values(comparison)]
    values += [value for each in comparisons for value in _in_cases(each, around)]
    if not comparisons:
        return None
    beside = Beside(sentence, span, others, comparisons, around, words)
    alike = list(likenesses(beside))
    alone = blanked(sentence, (like for like, _ in alike))
    other = _row(alone, span, others, comparisons, values, around, words)
    other = other or _column(alone, span, others, values, around, words)
    if other is not None:
        return replace(other, words=sentence[other.start : other.end])
    ours = rows_in(dict.fromkeys(map(_place, values)), around)
    more = beyond(beside, [others for _, others in alike], ours, values)
    return OtherName(*more.span, sentence[slice(*more.span)], more.of, False) if more else None


def _row(  # noqa: PLR0917
    sentence: str,
    span: Span,
    others: Sequence[Span],
    comparisons: Sequence[Comparison],
    values: Sequence[ComparedValue],
    around: Surroundings,
    words: Lexicon,
) -> OtherName | None:
    """Return the name of a row that stands in place of one that the claim reads."""
    low = plain(sentence)
    ours = rows_in(dict.fromkeys(_place(value) for value in values if not value.method), around)
    if not ours:
        return None
    before, (_, end) = segments(low, span, others, around.joined)
    covered = frozenset[str]().union(*(rows for each in comparisons for rows in _covered(each)))
    leads, start = _leads(words), before[0]
    named = (
        other_row(low, part, len(low), ours, around, leads, covered)
        for part in _parts(low, start, span[1], end, leads)
    )
    stems = {stem_of(word) for value in values for _, word in words_at(plain(value.what), 0, 999)}
    owned = Subjects(sentence, words).alike(stems - {""})
    name = next(filter(None, named), None)
    name = name or _subject(low, start, span, ours, covered, around, words, owned)
    if name is None:
        joined = _joined(low, (start, end), ours, covered, around, words)
        return joined and OtherName(*joined, sentence[slice(*joined)], ", ".join(ours[:2]), False)
    if not _is_name(sentence, name, words):
        return None
    at, last = name
    of_table = {
        name
        for row in around.named_in(low[at:last], beside=ours)
        if row not in covered
        for name in in_language(row, words.language)
    }
    is_sure = (
        low[at:last] in of_table
        and not leads.search(low[:at])
        and re.fullmatch(r"\W*(?:\w\W+)?(?:\w+\W+)?", low[start:at]) is not None
        and _is_subject(low[last : span[0]], owned)
    )
    return OtherName(at, last, sentence[at:last], ", ".join(ours[:2]), is_sure)


def _subject(  # noqa: PLR0917
    text: str,
    start: int,
    span: Span,
    ours: Sequence[str],
    covered: Collection[str],
    around: Surroundings,
    words: Lexicon,
    owned: set[str],
) -> Span | None:
    """Return the span of another row in the words of a claim or directly before them, in a part of a
    sentence from ``start`` on, if one that the claim reads is not in the sentence: "From 2010 to 2015
    Poland [grew]" on the values of Germany. The stems ``owned`` are those of the columns that the
    claim reads.
    """
    rows = around.named_in(text, beside=ours)
    mentions = [each for group in _groups(text, (0, len(text)), rows, words) for each in group]
    missing = {*ours} - {row for row, _ in mentions}
    rivals = {*around.named_in(text, beside=missing)}
    near = [each for each in mentions if start <= each[1][0] and each[1][1] <= span[1]]
    if not near or near[-1][0] not in rivals - {*ours, *covered}:
        return None
    row, (at, last) = near[-1]
    between = text[last : span[0]]
    joins = {*words.sentences.openers} - {*words.meanings.pronouns}
    is_near = at >= span[0] or _is_subject(between, owned) or between.strip() in joins
    return (at, last) if is_near and not any(name in row for name in ours) else None


def _joined(  # noqa: PLR0917
    text: str,
    part: Span,
    ours: Collection[str],
    covered: Collection[str],
    around: Surroundings,
    words: Lexicon,
) -> Span | None:
    """Return the span of another row that a part of a sentence joins to one that a claim reads,
    wherever it names that: "Poland and Germany [grew]" on the values of Germany.
    """
    groups = list(_groups(text, part, around.named_in(text[slice(*part)], beside=ours), words))
    for row in ours:
        others = [
            next((span for other, span in group if other not in {*ours, *covered}), None)
            if _join(words).search(text, group[0][1][1], group[-1][1][0])
            else None
            for group in groups
            if any(other == row for other, _ in group)
        ]
        if others and all(others):
            return others[0]
    return None


def _groups(
    text: str, part: Span, rows: Iterable[str], words: Lexicon
) -> Iterator[list[tuple[str, Span]]]:
    """Yield the ``rows`` that a part of a sentence names, the longest first, those together that it
    lists: "Poland, Germany and France".
    """
    mentions = list[tuple[Span, str]]()
    for row in rows:
        for name in in_language(row, words.language):
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text[: part[1]]):
                start, end = match.span()
                is_free = not any(first < end and start < last for (first, last), _ in mentions)
                if part[0] <= start and is_free:
                    mentions.append(((start, end), row))
    group = list[tuple[str, Span]]()
    for span, row in sorted(mentions):
        if group and not _link(words).fullmatch(text, group[-1][1][1], span[0]):
            yield group
            group = []
        group.append((row, span))
    if group:
        yield group


def _column(  # noqa: PLR0917
    sentence: str,
    span: Span,
    others: Sequence[Span],
    values: Sequence[ComparedValue],
    around: Surroundings,
    words: Lexicon,
) -> OtherName | None:
    """Return the name of a column that stands in place of one that the claim reads."""
    titles = {title for table in around.columns for title in table.values()}
    whats = {what for value in values for what in _beginnings(value.what) if what in titles}
    if any(not value.what for value in values):
        return None
    if (compared := _compared(sentence, span, whats, around, words)) is not None:
        read = ", ".join(sorted(whats)[:2])
        return OtherName(*compared, sentence[slice(*compared)], read, is_sure=False)
    low, alike = plain(sentence), Subjects(sentence, words).alike
    (start, _), (_, end) = segments(low, span, others, around.joined)
    near = [*words_at(low, start, span[1]), *list(words_at(low, span[1], end))[:2]]
    named = other_column(near, whats, around, alike, is_whole=True) if len(whats) == 1 else None
    if named is None:
        return None
    at, last = named
    articles = any_of(words.meanings.articles)
    is_inside = span[0] < at < span[1]
    next_to = [*low[start:at].split()[-1:], *low[last:end].split()[:1]]
    if not words.meanings.joins.isdisjoint(next_to):  # it is only one of several
        return None
    if is_inside and not re.fullmatch(rf"\W*(?:(?:{articles})\W+)?", low[span[0] : at]):
        return None
    return OtherName(at, last, sentence[at:last], next(iter(whats)), is_sure=False)


def _compared(
    sentence: str,
    span: Span,
    whats: Collection[str],
    around: Surroundings,
    words: Lexicon,
) -> Span | None:
    """Return the span of the name of a column with which the words of a claim compare, if it is none of
    those that the claim reads, ``whats``: "exceeded those in construction" on the wages in nursing of two
    years.
    """
    text, meanings, alike = plain(sentence), meanings_of(words), Subjects(sentence, words).alike
    for meaning in meanings.of(sentence, *span) if whats else ():
        pivot = meanings.other_side(text, meaning) if meaning.kind in _SIDES else None
        if pivot is None or pivot >= span[1]:
            continue
        pause = PAUSE.search(text, pivot, span[1])
        near = list(words_at(text, pivot, pause.start() if pause else span[1]))[:_FEW]
        if named := other_column(near, whats, around, alike, is_whole=True):
            return named
    return None


def _values(comparison: Comparison) -> Iterator[ComparedValue]:
    """Yield the values of the data that a comparison reads one by one."""
    sides: tuple[ComparedValue, ...] = ()
    if isinstance(comparison, Pair):
        sides = (comparison.this, comparison.than)
    elif isinstance(comparison, Extreme):
        sides = (comparison.this,)
    for side in sides:
        yield from (part for part in (side.parts or (side,)) if not part.is_constant)


def _in_cases(comparison: Comparison, around: Surroundings) -> Iterator[ComparedValue]:
    """Yield what a condition compares at each of several times: a column, and the row that its name has
    behind the title, "Ships Rotterdam".
    """
    if not isinstance(comparison, Cases) or not comparison.holds.times:
        return
    titles = sorted({title for table in around.columns for title in table.values()}, key=len)
    for name in filter(None, (comparison.this, comparison.than)):
        title = next((each for each in reversed(titles) if each and each in name), "")
        row = name.partition(title)[2].strip() if title else ""
        if title:
            yield ComparedValue(None, title, row, comparison.unit)


def _beginnings(what: str) -> Iterator[str]:
    """Yield a column in words, and what of it stands before each comma: "Wind, Germany"."""
    yield what
    yield from (what[: match.start()] for match in re.finditer(", ", what))


def _place(value: ComparedValue) -> str:
    return ", ".join(filter(None, (value.what, value.where)))


def _covered(comparison: Comparison) -> Iterator[frozenset[str]]:
    """Yield the rows of all that a comparison reads at once: of a sum, of cases, of a shared rank."""
    if isinstance(comparison, Cases):
        yield comparison.holds.rows
    if isinstance(comparison, Extreme):
        yield ComparedSeries(dict.fromkeys(tied(comparison))).rows
    for value in _values(comparison):
        if value.method and value.series:
            yield value.series.rows


def _with_series(around: Surroundings, comparisons: Sequence[Comparison]) -> Surroundings:
    """Return the names around a claim with the rows of its series, which may be of no key."""
    series = [
        value.series for each in comparisons for value in _values(each) if value.series is not None
    ]
    series += [each.among for each in comparisons if isinstance(each, Extreme)]
    new = [
        rows
        for rows in dict.fromkeys(each.rows for each in series)
        if rows and not any(rows <= column for column in around.rows)
    ]
    return replace(around, rows=[*around.rows, *new]) if new else around


def _parts(text: str, start: int, at: int, end: int, leads: re.Pattern[str]) -> Iterator[Span]:
    """Yield the parts of a sentence that may name what a claim is of, whose words end ``at``: from the
    ``start`` of its clause up to there; what is directly behind, "[rose] in Poland"; and what is in front
    of the clause, "In Poland, coal power [rose]".
    """
    yield start, at
    few = list(words_at(text, at, end))[:2]
    if few and leads.search(text[at : few[0][0]] + few[0][1] + " "):
        yield at, end
    clause = max((match.end() for match in _STOP.finditer(text, 0, start)), default=0)
    first, comma, _ = text[clause:start].partition(",")
    few = list(words_at(first, 0, len(first)))[:2]
    if comma and any(leads.search(f" {word} ") for _, word in few):
        yield clause, clause + len(first)


def _is_subject(between: str, stems: set[str]) -> bool:
    """Return True if the words of a claim are said of the name before them, or of its own column:
    "Ramsey [grew]", "Poland's coal power [rose]".
    """
    if not between.strip():
        return True
    owned = re.match(r"'?s?\s+", between)
    rest = [word for _, word in words_at(between, owned.end(), len(between))] if owned else []
    return 0 < len(rest) <= 2 and any(stem_of(word) in stems for word in rest)


def _is_name(sentence: str, span: Span, words: Lexicon) -> bool:
    """Return True if a word is a name as it is written, and no part of a longer one: of "New Jersey"."""
    start, end = span
    if sentence[start:end].islower() or sentence[end : end + 1] == "-":
        return False
    before = sentence[:start].split()[-1:]
    is_capital = (
        bool(before) and before[0].isalpha() and len(before[0]) > 1 and before[0][0].isupper()
    )
    starts = {*words.meanings.articles, *words.meanings.in_places, *words.meanings.at_times}
    return not is_capital or plain(before[0]) in starts | {*words.sentences.openers}


@cache
def _link(words: Lexicon) -> re.Pattern[str]:
    """Return a pattern of what stands between two names of several: ", ", " and the ", "'s and "."""
    articles = any_of(words.meanings.articles)
    return re.compile(rf"(?:'?s|')?(?:,? {_join(words).pattern}|,) (?:(?:{articles}) )?")


@cache
def _join(words: Lexicon) -> re.Pattern[str]:
    """Return a pattern of the words that join names: "and", "nor"."""
    joins = any_of([*words.meanings.joins, *words.meanings.denials])
    return re.compile(rf"(?<!\w)(?:{joins})(?!\w)")


@cache
def _leads(words: Lexicon) -> re.Pattern[str]:
    """Return a pattern of the words before a place, or before the other side of a comparison."""
    meanings = words.meanings
    before = any_of([*meanings.in_places, *meanings.than])
    return re.compile(rf"(?<!\w)(?:{before})(?: (?:{any_of(meanings.articles)}))? $")
