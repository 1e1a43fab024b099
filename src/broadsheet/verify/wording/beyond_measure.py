"""Finds words beside a claim that name another measure than its values have: "richer" on people, "rents" where no
table has rents, "industrial" before electricity.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from broadsheet.text.lexicon import Lexicon, any_of
from broadsheet.verify.wording.claim_beside import Beside, Beyond, pattern
from broadsheet.verify.wording.meaning_rules import plain
from broadsheet.verify.wording.recorded_comparisons import Cases, ComparedValue, Comparison, Pair
from broadsheet.verify.wording.table_names import stem_of, stems_of, words_at
from broadsheet.verify.wording.word_subjects import Subjects

_STEM = 5
"""The number of letters by which a measure is compared."""


def quality(beside: Beside, values: Sequence[ComparedValue]) -> Beyond | None:
    """Return a word in the words of a claim that compares another measure than its values: "richer"."""
    cases = [each for each in beside.comparisons if isinstance(each, Cases)]
    names = " ".join(f"{value.names} {_units(value)}" for value in values)
    names += "".join(f" {each.this} {each.than} {each.unit}" for each in cases)
    whats = [value.what or value.names for value in values] + [each.this for each in cases]
    names += " /" * any(_is_of_two(comparison) for comparison in beside.comparisons)
    if not names.strip():
        return None
    stems, low, (start, end) = stems_of(names), beside.text, beside.span
    for form, of in _qualities(beside.words):
        for match in form.finditer(low, start):
            if match.start() >= end:
                break
            is_of = stems & {stem_of(word) for word in of} - {""}
            if not is_of and not any(word in _signs(names) for word in of):
                return Beyond(match.span(), next(filter(None, whats), names.strip()))
    return None


def measure(beside: Beside, ours: Sequence[str], values: Sequence[ComparedValue]) -> Beyond | None:
    """Return a word for a measure, or for a kind of one, that no table of the page has: "rents",
    "industrial" before "electricity". It stands in the part of the sentence that ends with the words of
    the claim.
    """
    whats = [value.what for value in values if value.what]
    if not whats:
        return None
    stems = stems_of(" ".join(whats)) - stems_of(" ".join(ours)) - beside.around.common
    read = Subjects(beside.sentence, beside.words).alike(set(stems))
    near = list(words_at(beside.text, *beside.part))
    is_told = any(stem_of(word) in read for _, word in near)
    measures, kinds = _measures(beside.words), _kinds(beside.words)
    for index, (at, word) in enumerate(near):
        follows = near[index + 1][1] if index + 1 < len(near) else ""
        is_before = stem_of(follows) in read and bool(stem_of(follows))
        is_kind = kinds.fullmatch(word) is not None or word in measures
        is_kind &= is_before or beside.words.meanings.capital_nouns
        is_measure = not is_told and word in measures
        if (is_kind or is_measure) and not _is_known(word, beside, values):
            return Beyond((at, at + len(word)), whats[0])
    return None


def _is_of_two(comparison: Comparison) -> bool:
    """Return True if a value that is compared is made of two columns, as a rate is."""
    sides = [] if isinstance(comparison, Cases) else [comparison.this]
    sides += [comparison.than] if isinstance(comparison, Pair) else []
    return any(len({part.what for part in side.parts}) > 1 for side in sides)


def _units(value: ComparedValue) -> str:
    return " ".join((value.unit, *(_units(part) for part in value.parts)))


def _signs(names: str) -> set[str]:
    """Return the words of names and units, and their signs, "$", "°c", "/"."""
    low = plain(names).replace("_", " ")
    return {*re.findall(r"\w+", low), *re.findall(r"[$€£¥/]|°\w?", low)}


def _is_known(word: str, beside: Beside, values: Sequence[ComparedValue]) -> bool:
    """Return True if a table of the page, or a value, has a word in its names, or one that means the
    same.
    """
    same = _measures(beside.words).get(word, frozenset((word,)))
    stems = Subjects(beside.sentence, beside.words).alike({each[:_STEM] for each in same})
    names = plain(" ".join(f"{value.names} {_units(value)}" for value in values)).replace("_", " ")
    starts = "" if beside.words.meanings.capital_nouns else r"(?<![^\W_])"
    form = re.compile(rf"{starts}(?:{any_of(stems)})")
    return bool(
        form.search(beside.around.about) or form.search(names) or beside.around.named_in(word)
    )


@cache
def _qualities(words: Lexicon) -> list[tuple[re.Pattern[str], frozenset[str]]]:
    """Return the patterns of words that compare a measure, each with the words that name it."""
    return [
        (pattern(rf"(?:{form})(?!\w)", "qualities", words), of)
        for form, of in words.meanings.qualities.items()
    ]


@cache
def _measures(words: Lexicon) -> Mapping[str, frozenset[str]]:
    """Return, for each word for a measure, those that name the same."""
    same = defaultdict[str, frozenset[str]](frozenset)
    for line in words.meanings.measures.splitlines():
        measures, _, names = line.partition(":")
        for word in measures.split():
            same[word] |= frozenset((*measures.split(), *names.split()))
    return dict(same)


@cache
def _kinds(words: Lexicon) -> re.Pattern[str]:
    """Return a pattern of the words that name a part of a measure."""
    return pattern(rf"(?:{words.meanings.kinds})(?!\w)", "kinds", words)
