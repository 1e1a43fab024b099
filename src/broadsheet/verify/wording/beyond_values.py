"""Finds words beside a claim that say more than its values can bear out, though no other row or column of
the tables is named in their place.

    Ramsey fell, as did Lundy        what the condition says of Ramsey alone
    Ramsey may fall                  what may be, and not what was
    Europe's largest                 a rank among more places than the values have
    Ramsey is richer than Lundy      a word of another measure than the one that is compared
    Rents in Ramsey fell             a measure that no table of the page has

Which words these are is said by the file of a language, under `[meanings]`. The values do not contradict such
words: they are left to the author.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from broadsheet.text.lexicon import Lexicon
from broadsheet.verify.sentences import Span
from broadsheet.verify.wording.beyond_measure import measure, quality
from broadsheet.verify.wording.beyond_scope import elsewhere, scope
from broadsheet.verify.wording.claim_beside import (
    Beside,
    Beyond,
    pattern,
    series_of_ranks,
)
from broadsheet.verify.wording.meaning_rules import plain
from broadsheet.verify.wording.place_names import names_place
from broadsheet.verify.wording.recorded_comparisons import Cases, ComparedValue, Comparison, Pair
from broadsheet.verify.wording.table_names import stems_of
from broadsheet.verify.wording.word_subjects import Subjects
from broadsheet.verify.wording.word_times import closer_time, other_years

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|2[01])\d\d(?!\d)")
_ASKED = re.compile(r"[^,;:()—–]*(?P<said>\?)\W*$")
"""The rest of a question."""


def beyond(
    beside: Beside,
    alike: Iterable[Span],
    ours: Sequence[str],
    values: Sequence[ComparedValue],
) -> Beyond | None:
    """Return the words that say more than a claim, which reads the rows ``ours`` and some ``values``;
    None if there are none. ``alike`` are the spans of the others of which the sentence says the same.
    """
    of = ", ".join(ours[:2]) or next((value.what for value in values if value.what), "")
    of_others = (
        Beyond(others, of) for others in alike if not _is_read(beside, others, ours, values)
    )
    return (
        next(of_others, None)
        or _possible(beside)
        or _time(beside, values)
        or scope(beside)
        or quality(beside, values)
        or elsewhere(beside, ours)
        or measure(beside, ours, values)
    )


def likenesses(beside: Beside) -> Iterator[tuple[Span, Span]]:
    """Yield the words that say of others what a claim says, "as did Lundy", each with the span of the
    others.
    """
    for form, is_of_names in _likenesses(beside.words):
        for match in form.finditer(beside.text):
            start, end = match.span("other")
            end = min(end, beside.span[0]) if start < beside.span[0] else end
            end = start + len(beside.text[start:end].rstrip())
            if beside.is_apart(match.span()) or any(
                start <= first < end for first, _ in beside.others
            ):
                continue
            if not is_of_names or _is_name_like(beside, (start, end)):
                yield match.span(), (start, end)


def blanked(text: str, spans: Iterable[Span]) -> str:
    """Return a text with blanks in place of some spans."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _is_name_like(beside: Beside, span: Span) -> bool:
    """Return True if words have a year or a name: one with a capital, a row, or a column."""
    words = beside.sentence[slice(*span)]
    low = beside.text[slice(*span)]
    language = beside.words.language
    has_capital = not beside.words.meanings.capital_nouns and any(map(str.isupper, words))
    columns = stems_of(
        " ".join(title for table in beside.around.columns for title in table.values())
    )
    return bool(
        has_capital
        or _YEAR.search(low)
        or any(names_place(low, row, language) for row in beside.around.named_in(low))
        or (stems_of(low) & columns) - beside.around.common
    )


def _is_read(
    beside: Beside, span: Span, ours: Sequence[str], values: Sequence[ComparedValue]
) -> bool:
    """Return True if a claim reads what some words name: a row, or a column or a time where these are
    not of one row or time alone.
    """
    low = beside.text[slice(*span)]
    rows = {row for comparison in beside.comparisons for row in _rows(comparison)}
    language = beside.words.language
    named = [row for row in beside.around.named_in(low) if names_place(low, row, language)]
    if named:
        return {*map(plain, named)} <= {*map(plain, ours), *map(plain, rows)}
    times = {value.time[0] for value in values if value.time}
    times |= {
        time[0] for each in series_of_ranks(beside.comparisons) for time in each.times.values()
    }
    if years := {int(year) for year in _YEAR.findall(low)}:
        return years <= times
    whats = {value.what for value in values}
    stems = Subjects(beside.sentence, beside.words).alike(set(stems_of(" ".join(whats))))
    return len(whats) > 1 and not stems.isdisjoint(stems_of(low))


def _rows(comparison: Comparison) -> frozenset[str]:
    """Return the rows of all that a comparison reads at once."""
    if isinstance(comparison, Cases):
        return comparison.holds.rows
    sides = (comparison.this, comparison.than) if isinstance(comparison, Pair) else ()
    return frozenset[str]().union(
        *(side.series.rows for side in sides if side.method and side.series)
    )


def _possible(beside: Beside) -> Beyond | None:
    """Return the words that tell what may be, in the words of a claim or directly beside them."""
    if question := _ASKED.match(beside.text, beside.span[1]):
        return Beyond(question.span("said"))
    before, behind = _possibles(beside.words)
    (start, end), low = beside.span, beside.text
    clause = beside.part[0]
    for match in before.finditer(low, clause, end):
        if beside.sentence[match.start()].isupper() and match.start() > 0:
            continue  # the month of May
        if match.start() < end and (match.end() >= start or not low[match.end() : start].strip()):
            return Beyond(match.span())
    at = end + len(low[end:]) - len(low[end:].lstrip())
    said = behind.match(low, at)
    return Beyond(said.span()) if said else None


# Another time


def _time(beside: Beside, values: Sequence[ComparedValue]) -> Beyond | None:
    """Return a month beside a claim on values of years, or a number of years that is not that between the
    values: "in ten years" on two that are three years apart.
    """
    said = closer_time(beside.sentence, beside.span, beside.comparisons, beside.words)
    said = said or other_years(
        beside.sentence, (beside.part[0], beside.span[1]), beside.comparisons, beside.words
    )
    of = ", ".join(dict.fromkeys(value.where for value in values if value.time and value.where))
    return Beyond(said, of) if said and of else None


@cache
def _likenesses(words: Lexicon) -> list[tuple[re.Pattern[str], bool]]:
    """Return the patterns of what is said of others as well, each with True if they have to be names."""
    others = r"(?P<other>(?!\s)[^,;:.()—–]{1,80})"
    return [
        (
            pattern(re.sub(r"\{(?:other|name)\}", lambda _: others, line), "likenesses", words),
            "{name}" in line,
        )
        for line in words.meanings.likenesses.splitlines()
        if line
    ]


@cache
def _possibles(words: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return patterns of the words before what may be, and of those behind it."""
    meanings = words.meanings
    return (
        pattern(rf"(?:{meanings.possible})(?!\w)", "possible", words),
        pattern(rf"(?:{meanings.possible_behind})(?!\w)", "possible-behind", words),
    )
