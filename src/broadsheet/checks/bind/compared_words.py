"""The words of a sentence that compare: a record, more than, rose, doubled."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from broadsheet.checks.audit.comparing.comparisons import SIDES
from broadsheet.checks.audit.vocabulary import concepts_in, is_generic, lemma, words_listed
from broadsheet.checks.bind.naming.passages import GAP_WORDS, BoundPassage, PlacedWords
from broadsheet.text.lexicon import MeaningWords, any_of, lexicon
from broadsheet.verify.wording.meaning_rules import Meaning, meanings_of
from broadsheet.verify.wording.recorded_comparisons import time_of

_WITH_OTHER_SIDE = re.compile(r"[^.;:]{0,60}?\b(?:than|as|als|wie)\b")
"""The words behind a comparison that has another side."""
_NOUN_BEFORE = re.compile(r"\b(?:the|its|this|their|der|die|dieser|ihr)\s+$", re.IGNORECASE)
"""The word before a change that is a noun."""
_OVER = re.compile(
    r"[^.;:,]{0,40}?\b(?:over|ended|ends|stopped|stops|halted|paused|beendet|vorbei|endete?)\b",
    re.IGNORECASE,
)
"""The words behind such a noun that say that there is no change any more: "the fall was over"."""
_SUBJECT = re.compile(
    r"\b(?:and|but|while|when|whereas|und|aber|während|als) "
    r"(?P<article>(?:the|an?|der|die|das|ein|eine) )?(?P<noun>(?!(?:it|they|he|she|es|sie|er)\b)[^\W\d_]{3,}) "
    r"(?:(?:was|were|is|are|has|had|have|been|war|waren|wurde|wurden|hat|ist) )*$"
)
"""The subject of words, directly behind that with which their clause begins."""
_SUPERLATIVE = re.compile(
    r"(?:the |its |der |die |das )?(?:more|fewer|most|fewest|\w+est) (?P<noun>[^\W\d_]{3,})"
    r"(?= (?:on record|ever|than ever|since|so far|yet|of|in)\b)",
    re.IGNORECASE,
)
"""A superlative with its noun."""
_MORE_BEFORE = re.compile(r"\b(?:more|fewer) (?P<noun>[^\W\d_]{3,}) $")
"""The same before "than ever"."""
_MEASURES = frozenset(
    (
        "share",
        "rate",
        "number",
        "amount",
        "total",
        "proportion",
        "percentage",
        "part",
        "level",
        "count",
    )
)
"""Nouns of measures that are of another thing, which stands behind them."""
_OF_EACH = ("up", "down", "more", "less")
"""The kinds of words that may be said of each time."""
KINDS_OF_TIMES = tuple(
    map(
        concepts_in,
        (
            "day tag",
            "week woche",
            "month monat",
            "quarter quartal",
            "season winter summer saison sommer spielzeit",
            "year jahr",
            "decade jahrzehnt",
        ),
    )
)
"""Kinds of times, each by its words: a column of a table may have those of another language."""
TIMES = frozenset[str]().union(*KINDS_OF_TIMES)
"""The words for all of them."""
_PAUSE = re.compile(r"[;:—]\s")
"""The marks between words that are not said of the same."""
_SIDED = ("more", "less")
"""The kinds of words for a side."""
RANKED = ("high", "low", "none-more", "none-less")
"""The kinds of words for a record, or a rank."""
_SHOWN = (
    *("up", "down", "times", "as-much", "equal", "level", "nothing", "none", "no", "all"),
    *("overtake", "at-least", "at-most"),
)


@dataclass(frozen=True)
class PlacedComparison:
    """Words that compare, with their meaning."""

    words: PlacedWords
    """The words."""
    meaning: Meaning
    """The meaning."""
    is_on_time_before: bool = False
    """The sentence compares with the time before one that it names, "a year earlier"."""
    is_held_against_it: bool = False
    """That time stands behind the words, in their clause: "less than the year before"."""
    each: Meaning | None = None
    """The words that say it of each time, "every year"."""
    since: Meaning | None = None
    """The words that say since when it is so, "ahead since 2021", "the highest since 2021"."""

    @property
    def is_of_cases(self) -> bool:
        """True if they tell of each time, or of all times since one."""
        is_since = self.since is not None and self.is_of_side
        return self.each is not None or is_since or self.meaning.kind == "each"

    @property
    def is_of_side(self) -> bool:
        """True for words with which something is more or less than something else."""
        return self.meaning.kind in _SIDED

    @property
    def side(self) -> int:
        """1 for words with which something is more, or the highest, -1 for those for less, 0 for others; of
        words that are denied the other one.
        """
        return SIDES.get(self.meaning.kind, 0) * (-1 if self.meaning.is_denied else 1)

    @property
    def is_without_other_side(self) -> bool:
        """True if no "than" stands behind "more"."""
        behind = _WITH_OTHER_SIDE.match(self.words.sentence, self.words.end)
        return self.is_of_side and behind is None

    def is_since(self, label: Any) -> bool:
        """True if a label is of the time since which it is so: "2021-03" of "since 2021"."""
        time = self.since.time if self.since is not None else None
        return time is not None and (time_of(label) or ())[: len(time)] == time


def subject_of(compared: PlacedComparison) -> frozenset[str]:
    """Return what the noun names of which words compare something, if it stands beside them: "and the
    rain was less", "the highest tide on record"; nothing if none does.
    """
    words = compared.words
    before = _SUBJECT.search(words.sentence[: words.start])
    more = _MORE_BEFORE.search(words.sentence[: words.start])
    match = before or more or _SUPERLATIVE.match(words.sentence, words.start)
    if match is None or (before and not _is_noun(before)):
        return frozenset()
    noun = match["noun"].lower()
    is_telling = noun not in words_listed("function") and not is_generic(noun)
    is_telling = is_telling and noun not in _MEASURES and GAP_WORDS.fullmatch(noun) is None
    return concepts_in(noun) if is_telling else frozenset()


def _is_noun(match: re.Match[str]) -> bool:
    """True if a word behind "and" is a noun: one with an article, a capital letter or a plural."""
    noun = match["noun"]
    return bool(match["article"]) or noun[0].isupper() or lemma(noun) != noun


def compared_words_in(passage: BoundPassage) -> Iterator[PlacedComparison]:
    """Yield the comparisons of a sentence."""
    words = lexicon(passage.language)
    if not words.has_rules:
        return
    meanings = meanings_of(words).of(passage.text, 0, len(passage.text))
    times_before = [meaning for meaning in meanings if meaning.kind == "year-before"]
    for meaning in meanings:
        each = _each_beside(meaning, meanings, passage.text, words.meanings)
        is_part = meaning.kind == "part" and _is_beyond(meaning)
        if not is_part and meaning.kind not in (*SIDES, *_SHOWN):
            continue
        if meaning.is_denied and each is None:
            continue
        if _is_over(meaning, passage.text) or _is_of_more_of_them(meaning, passage):
            continue
        start, end = meaning.start, meaning.end
        if each is not None:
            if not passage.text[end : each.start].strip():
                end = max(each.end, end)
            if each.kind == "no":  # "never fell"
                start = min(each.start, start)
        since = _since_beside(meaning, meanings, passage.text)
        placed = PlacedWords(passage, start, end)
        clause_end = placed.end + len(placed.clause_behind)
        is_held_against_it = any(placed.end < time.end <= clause_end for time in times_before)
        yield PlacedComparison(placed, meaning, bool(times_before), is_held_against_it, each, since)
    for meaning in meanings:
        is_alone = all(_is_apart(meaning, other, passage.text) for other in meanings)
        if meaning.kind == "each" and not meaning.is_denied and is_alone:
            yield PlacedComparison(PlacedWords(passage, meaning.start, meaning.end), meaning)


def _is_beyond(meaning: Meaning) -> bool:
    """True if words say that something is more or less than a part: "more than half"; not "almost half"."""
    is_part = meaning.of is None and not meaning.is_percent and 0 < (meaning.size or 0) < 1
    return is_part and meaning.round_to.side != 0 and not meaning.round_to.is_near


def _is_apart(meaning: Meaning, other: Meaning, text: str) -> bool:
    """True if other words are in another part of a sentence, or say nothing of what words may mean."""
    first, last = sorted((meaning, other), key=lambda of: of.start)
    return (
        other is meaning
        or other.kind in ("since", "within", "year-before", "ever")
        or _PAUSE.search(text, first.end, last.start) is not None
    )


def _is_over(meaning: Meaning, text: str) -> bool:
    """True if a sentence says of a change that it has ended."""
    return (
        meaning.kind in ("up", "down")
        and _NOUN_BEFORE.search(text[: meaning.start]) is not None
        and _OVER.match(text, meaning.end) is not None
    )


def _is_of_more_of_them(meaning: Meaning, passage: BoundPassage) -> bool:
    """True if "more" says that there are others, "ten more hostages", and compares nothing."""
    return (
        meaning.kind in _SIDED
        and any(each.end == meaning.start - 1 for each in passage.quantities)
        and _WITH_OTHER_SIDE.match(passage.text, meaning.end) is None
    )


def _each_beside(
    meaning: Meaning, meanings: Sequence[Meaning], text: str, words: MeaningWords
) -> Meaning | None:
    """Return the words for each time that belong to words for a change or a side, of their clause; of
    those that are denied, the "never" before them.
    """
    if meaning.kind not in _OF_EACH:
        return None
    for each in meanings:
        first, last = sorted((each, meaning), key=lambda of: of.start)
        if _is_of_nearer(each, meaning, meanings, text, words.contrasts):
            continue  # "was ahead in every year, but the gap shrank"
        is_of_times = each.kind == "all" and bool(concepts_in(each.words) & TIMES)
        is_each = (each.kind == "each" or is_of_times) and not meaning.is_denied
        is_never = meaning.is_denied and re.fullmatch(words.never, each.words.lower()) is not None
        if (is_each or is_never) and not _PAUSE.search(text, first.end, last.start):
            return each
    return None


def _is_of_nearer(
    each: Meaning,
    meaning: Meaning,
    meanings: Sequence[Meaning],
    text: str,
    contrasts: Collection[str],
) -> bool:
    """True if words for each time belong to others than these, from which "but" or ", and" parts them."""
    first, last = sorted((each, meaning), key=lambda of: of.start)
    between = re.search(
        rf"\b(?:{any_of(contrasts)})\b|, (?:and|und)\b", text[first.end : last.start]
    )
    if between is None:
        return False
    at = first.end + between.start()
    is_before = each.end <= at
    return any(
        of.kind in _OF_EACH and of is not meaning and (of.end <= at) == is_before for of in meanings
    )


def _since_beside(meaning: Meaning, meanings: Sequence[Meaning], text: str) -> Meaning | None:
    """Return the words that say since when words for a side, or a record, are so, of their clause; of a
    record those behind it.
    """
    for since in meanings if meaning.kind in (*_SIDED, *RANKED) else ():
        if meaning.kind in RANKED and since.start < meaning.end:
            continue
        first, last = sorted((since, meaning), key=lambda of: of.start)
        is_timed = since.kind == "since" and since.time is not None
        if is_timed and not _PAUSE.search(text, first.end, last.start):
            return since
    return None
