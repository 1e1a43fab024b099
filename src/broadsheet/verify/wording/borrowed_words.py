"""Words that a text borrows in which nothing can be marked, such as the title of a chart.

They are accounted for if the page has the same words under a mark, or as a fact, and these are of the same
year and the same thing: "Exports rose in 2022" may borrow a "rose" about exports in 2022, and neither one
about 2015 nor one about imports. What a mark is about, its claim says, and the sentence in which it
stands; what a text is about, the years, columns, rows and quantities that its sentence names. A fact is
lent unless the words beside it contradict its place (:mod:`broadsheet.verify.wording.beside_facts`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from broadsheet.markdown.prose import Mark, Passage
from broadsheet.text.lexicon import Lexicon, lexicon
from broadsheet.verify.numbers.number_rules import rules_of
from broadsheet.verify.sentences import sentences
from broadsheet.verify.wording.beside_facts import contradictions, placed
from broadsheet.verify.wording.meaning_rules import plain
from broadsheet.verify.wording.recorded_comparisons import (
    Cases,
    ComparedValue,
    Comparison,
    Extreme,
    Pair,
    comparisons_of,
)
from broadsheet.verify.wording.table_names import Surroundings

_LENT = ("claim", "held", "unchecked")
"""Marks whose words may be borrowed; facts may be, too."""
_YEAR = re.compile(
    r"(?P<before>(?:[^\W\d_]+ ){0,2})(?<![\d.,])(?P<year>(?:1[5-9]|2[01])\d\d)(?!\d)"
)
_RANGE = re.compile(r"((?:1[5-9]|2[01])\d\d) ?[-–—/] ?((?:1[5-9]|2[01])?\d\d)(?!\d)")
_STOP = re.compile(r"[;:()—–]")
_WORD = re.compile(r"[^\W\d_]+")
_SHORT, _STEM = 4, 5
"""The fewest letters of a word that names something, and the number of them that are compared."""


@dataclass(frozen=True)
class _Lender:
    """A mark whose words a text may borrow."""

    words: str
    """The words of the mark, in small letters."""
    mark: Mark
    """The mark."""
    about: str
    """The names of what the mark is about, in small letters."""
    years: frozenset[int]
    """The years that the mark may be of."""
    year: int | None
    """The year that the mark is about if it compares that with others."""
    columns: frozenset[str]
    """The columns of the mark's values."""
    is_bound: bool
    """The values that the mark rests on are known."""


def with_borrowed(
    texts: Iterable[Passage],
    marked: Iterable[Passage],
    declared: Mapping[str, Mapping[str, Any]],
    around: Surroundings,
    *,
    language: str = "en",
    own: Path | None = None,
) -> Iterator[Passage]:
    """Yield ``texts`` with a mark on each stretch of words that they may borrow from the passages
    that are ``marked``, or from a fact that is ``declared``. ``around`` is what the page's tables
    name; ``own`` the publication's folder of word files.
    """
    words = lexicon(language, own)
    lenders = [
        _lender(passage, mark, span, declared, words)
        for passage in marked
        if any(mark.kind in _LENT for mark in passage.marks)
        for span in sentences(passage.text, language, own)
        for mark in passage.marks
        if mark.kind in _LENT and _overlap(span, (mark.start, mark.end))
    ]
    facts = declared.get("facts", {})
    rules = rules_of(words)
    for text in texts:
        marks = list[Mark]()
        for start, end in sentences(text.text, language, own):
            sentence = plain(text.text[start:end])
            findings = [
                (finding.start - start, finding.end - start)
                for finding in rules.findings(text.text, (start, end))
            ]
            marks += [
                replace(lender.mark, start=start + match.start(), end=start + match.end())
                for lender in lenders
                for match in (_form(lender.words).finditer(sentence) if lender.words else ())
                if not any(_goes_beyond(span, match.span(), sentence) for span in findings)
                and _is_about(lender, sentence, match.span(), words, around)
            ]
            marks += _facts(sentence, start, facts, around, words)
        yield replace(text, marks=(*text.marks, *marks))


def _goes_beyond(finding: tuple[int, int], lent: tuple[int, int], sentence: str) -> bool:
    """Return True if a finding says more than the words that are lent for it: "rose steeply"."""
    outside = f"{sentence[finding[0] : lent[0]]} {sentence[lent[1] : finding[1]]}"
    is_more = any(len(word) >= _STEM for word in _WORD.findall(outside))
    return is_more and _overlap(finding, lent)


@cache
def _form(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")


def _facts(
    sentence: str,
    at: int,
    facts: Mapping[str, Mapping[str, Any]],
    around: Surroundings,
    words: Lexicon,
) -> Iterator[Mark]:
    """Yield the facts in a sentence that starts ``at`` a place, but those that words beside it
    contradict.
    """
    spans: dict[tuple[int, int], list[str]] = {}
    for name, fact in facts.items():
        text = plain(str(fact["text"]))
        for match in _form(text).finditer(sentence) if text.strip() else ():
            spans.setdefault(match.span(), []).append(name)
    candidates = [placed(*span, facts[name]) for span, names in spans.items() for name in names]
    for span, names in spans.items():
        others = [fact for fact in candidates if not _overlap(span, (fact.start, fact.end))]
        for name in names:
            this = placed(*span, facts[name])
            beside = [this, *{(fact.start, fact.end): fact for fact in others}.values()]
            against = contradictions(sentence, beside, around, words)
            if not any(
                contradiction.fact is this and _says(contradiction.words, around, words)
                for contradiction in against
            ):
                yield Mark(at + span[0], at + span[1], "fact", name)
                break


def _says(named: str, around: Surroundings, words: Lexicon) -> bool:
    """Return True if the words that contradict a fact are a time, a row or a quantity."""
    low = plain(named)
    is_row = low in map(plain, around.named_in(low))
    return is_row or not low.isalpha() or rules_of(words).is_quantity(low)


def _overlap(first: tuple[int, int], second: tuple[int, int]) -> bool:
    return first[0] < second[1] and second[0] < first[1]


# What a mark is about


def _bare(marked: str, words: Lexicon) -> str:
    """Return the words of a mark without the article before them."""
    first, _, rest = marked.strip().partition(" ")
    return rest if rest and first in words.meanings.articles else marked.strip()


def _lender(
    passage: Passage,
    mark: Mark,
    span: tuple[int, int],
    declared: Mapping[str, Mapping[str, Any]],
    words: Lexicon,
) -> _Lender:
    """Return a mark with what it is about: the values of its claim, and its sentence, at ``span``;
    the years of these values, else those of the sentence or the passage.
    """
    claim = declared.get("claims", {}).get(mark.name, {}) if mark.kind == "claim" else {}
    text, sentence = plain(passage.text), plain(passage.text[slice(*span)])
    compared = comparisons_of(claim)
    values = [value for comparison in compared for value in _values(comparison)]
    places = [str(evidence["place"]) for evidence in claim.get("evidence", ())]
    keys = [str(part) for key in claim.get("keys", ()) for part in key]
    sources = map(str, claim.get("sources", ()))
    named = plain(" ".join((*places, *keys, *sources, *(value.names for value in values))))
    times = {time[0] for value in values for time in _times(value)} | _years(named)
    times |= {
        time[0]
        for comparison in compared
        if isinstance(comparison, Cases)
        for time in comparison.holds.times.values()
    }
    subjects = {year for comparison in compared if (year := _subject(comparison)) is not None}
    return _Lender(
        _bare(text[mark.start : mark.end], words),
        mark,
        f"{sentence} {named}",
        frozenset(times or _years(sentence) or _years(text)),
        subjects.pop() if len(subjects) == 1 else None,
        frozenset(part.what for value in values for part in (value, *value.parts) if part.what),
        bool(places),
    )


def _values(comparison: Comparison) -> Iterator[ComparedValue]:
    if isinstance(comparison, Pair):
        yield from (comparison.this, comparison.than)
    elif isinstance(comparison, Extreme):
        yield comparison.this


def _times(value: ComparedValue) -> Iterator[tuple[int, ...]]:
    for part in (value, *value.parts):
        if part.time:
            yield part.time
    yield from (value.series.times.values() if value.series else ())


def _subject(comparison: Comparison) -> int | None:
    """Return the year that a comparison is about: the later of two, or the year that stands out of
    several.
    """
    times = [value.time for value in _values(comparison) if value.time]
    return max(times)[0] if times else None


# What a text is about


def _is_about(
    lender: _Lender, sentence: str, span: tuple[int, int], words: Lexicon, around: Surroundings
) -> bool:
    """Return True if the rest of a sentence names no other year and no other thing than a mark is
    about.
    """
    rest = f"{sentence[: span[0]]}…{sentence[span[1] :]}"
    starts = [match.end() for match in _STOP.finditer(rest, 0, span[0])]
    stop = _STOP.search(rest, span[0])
    clause = rest[max(starts, default=0) : stop.start() if stop else len(rest)]
    return (
        _is_of_year(lender, clause if _years(clause) else rest, words)
        and _is_of_quantity(lender, rest, words)
        and _is_of_place(lender, rest, around)
    )


def _is_of_year(lender: _Lender, text: str, words: Lexicon) -> bool:
    named = _years(text)
    if not named <= lender.years:
        return False
    if not named or lender.year is None or lender.year in named:
        return True
    first, *others = _YEAR.finditer(text)
    return not others and not words.meanings.from_times.isdisjoint(first["before"].split())


def _years(text: str) -> set[int]:
    """Return the years of a text, with both ends of a range: 2015–22."""
    years = {int(match["year"]) for match in _YEAR.finditer(text)}
    ends = (f"{match[1][: -len(match[2])]}{match[2]}" for match in _RANGE.finditer(text))
    return years | set(map(int, ends))


def _is_of_quantity(lender: _Lender, text: str, words: Lexicon) -> bool:
    """Return True if the quantities that a text names, if any, include that of the mark."""
    rules = rules_of(words)
    named = [word for word in _WORD.findall(text) if rules.is_quantity(word)]
    return not named or any(_stem(word) in lender.about for word in named)


def _is_of_place(lender: _Lender, text: str, around: Surroundings) -> bool:
    """Return True if a text names a column and a row of the mark's tables, if any, and not another."""
    stems = _stems(text) - around.common
    for table in around.columns:
        lent = [name for name, title in table.items() if title in lender.columns]
        is_own = any(stems & _stems(f"{name} {table[name]}") for name in lent)
        if lent and not is_own:
            others = _stems(" ".join(f"{name} {title}" for name, title in table.items()))
            if any(stem not in lender.about for stem in stems & others):
                return False
    rows = map(plain, around.named_in(plain(text)))
    if not any(_form(row).search(text) and row not in lender.about for row in rows):
        return True
    return lender.is_bound and not any(
        plain(row) in lender.about for column in around.rows for row in column
    )


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(plain(text).replace("_", " "))} - {""}


def _stem(word: str) -> str:
    return word[:_STEM] if len(word) >= _SHORT else ""
