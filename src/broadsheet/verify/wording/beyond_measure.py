"""Finds words beside a claim that name another measure than its values have: "richer" on people, "rents" where no
table has rents, "industrial" before electricity.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache

from broadsheet.text.lexicon import Lexicon, any_of
from broadsheet.verify.sentences import PAUSE
from broadsheet.verify.wording.claim_beside import Beside, Beyond, pattern
from broadsheet.verify.wording.meaning_rules import plain
from broadsheet.verify.wording.recorded_comparisons import Cases, ComparedValue, Comparison, Pair
from broadsheet.verify.wording.table_names import stem_of, stems_of, words_at
from broadsheet.verify.wording.word_subjects import Subjects

_JOINED = re.compile(r"[\w-]+$")
"""The last word of a text, with those that hyphens join to it."""
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
            is_of = bool(stems & {stem_of(word) for word in of} - {""})
            behind = [word for _, word in words_at(low, match.end(), len(low))][:6]
            is_of = is_of or stem_of((*behind, "")[0]) in stems or _leads_to(behind, stems, beside)
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
    read = _with_alike(stems, beside)
    near = list(words_at(beside.text, *beside.part))
    is_told = any(stem_of(word) in read for word in [*(word for _, word in near), *_behind(beside)])
    for index, (at, word) in enumerate(near):
        is_aside = any(
            each in beside.words.meanings.circumstances
            for _, each in near[max(0, index - 3) : index]
        )
        name = _last_noun(word, read, beside.words)
        is_whole = not is_told or name != word
        is_said = _is_said(near, index, name, read, is_whole, beside)
        if is_said and not is_aside and not _is_known(name, beside, values):
            joined = _joined(beside.text, at + len(word))
            return Beyond((at + len(word) - len(joined), at + len(word)), whats[0])
    return None


def _joined(text: str, end: int) -> str:
    """Return a word that ends at a place, with those that hyphens join to it: "second-hand"."""
    joined = _JOINED.search(text, 0, end)
    return joined[0] if joined else ""


def _behind(beside: Beside) -> list[str]:
    """Return the first words behind those of a claim, up to a pause."""
    text, start = beside.text, beside.span[1]
    pause = PAUSE.search(text, start)
    return [word for _, word in words_at(text, start, pause.start() if pause else len(text))][:4]


def _is_said(  # noqa: PLR0917
    near: Sequence[tuple[int, str]],
    index: int,
    name: str,
    read: Collection[str],
    is_whole: bool,
    beside: Beside,
) -> bool:
    """Return True if something is said of a word, which is a measure or a part of one. If it ``is_whole``,
    no other word names a column that the claim reads.
    """
    follows = "".join(stem_of(word) for _, word in near[index + 1 : index + 2])
    if name in _measures(beside.words):
        return is_whole or follows in read or _makes_another(near, index, read, beside)
    end = near[index][0] + len(near[index][1])
    is_kind = _kinds(beside.words).fullmatch(_joined(beside.text, end)) is not None
    return is_kind and (follows in read or (is_whole and beside.words.meanings.capital_nouns))


def _with_alike(stems: Collection[str], beside: Beside) -> set[str]:
    """Return the stems of the names of columns, with those of the words that name the same."""
    alike = Subjects(beside.sentence, beside.words).alike({*stems})
    by_stem = _stems_of_measures(beside.words)
    return alike.union(*(by_stem.get(stem, ()) for stem in stems))


def _last_noun(word: str, read: Collection[str], words: Lexicon) -> str:
    """Return the measure that a noun ends with which begins with the name of a column, in a language that
    writes both as a single word: Preise of "Kohlepreise".
    """
    if not (words.meanings.capital_nouns and word[:_STEM] in read) or word in _measures(words):
        return word
    ends = (word[start:] for start in range(_STEM, len(word) - _STEM + 1))
    return next((end for end in ends if end in _measures(words)), word)


def _makes_another(
    near: Sequence[tuple[int, str]], index: int, read: Collection[str], beside: Beside
) -> bool:
    """Return True if a word for a measure makes another one of a column: "coal prices", "emissions from
    coal".
    """
    at = near[index][0]
    before = near[index - 1] if index else (at, "")
    is_joined = beside.text[before[0] + len(before[1]) : at] == " "
    behind = [word for _, word in near[index + 1 : index + 4]]
    return (is_joined and stem_of(before[1]) in read) or _leads_to(behind, read, beside, 1)


def _leads_to(behind: Sequence[str], read: Collection[str], beside: Beside, most: int = 3) -> bool:
    """Return True if a word such as "of" is among the first words behind another, and the name of a column
    behind that: "the busiest year for landings".
    """
    meanings = beside.words.meanings
    leads = meanings.at_times | meanings.of_times | meanings.from_times | meanings.in_places
    return any(
        word in leads - meanings.than
        and any(stem_of(each) in read for each in behind[at + 1 : at + 3])
        for at, word in enumerate(behind[:most])
    )


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
def _stems_of_measures(words: Lexicon) -> Mapping[str, frozenset[str]]:
    """Return, for the stem of a word for a measure, those of all that name the same."""
    alike = defaultdict[str, frozenset[str]](frozenset)
    for same in {*_measures(words).values()}:
        stems = frozenset(map(stem_of, same)) - {""}
        for stem in stems:
            alike[stem] |= stems
    return dict(alike)


@cache
def _kinds(words: Lexicon) -> re.Pattern[str]:
    """Return a pattern of the words that name a part of a measure."""
    return pattern(rf"(?:{words.meanings.kinds})(?!\w)", "kinds", words)
