"""The words of the audit (`words.toml`): which words of a sentence and of a table name the same
measure, and by which words a sentence says what it does with a number.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from broadsheet.checks.audit.places import names_by_region, plain_name
from broadsheet.notebook.values.fact_words import words_in
from broadsheet.notebook.values.rounding import RoundingWords, at_end, known_words
from broadsheet.text.lexicon import lexicon

BY_TOPIC = 0.7
"""The score of a measure that a sentence names only by what its table is of."""
CLEAR = 1.5
"""The score of a measure of which a sentence names most words."""
BY_LABEL = 0.5
"""The score of a measure of which a sentence names only a row."""


_OF_NOTHING = ("function", "explained", "openers", "beside", "rows")
"""The lists of words that say nothing of what a value is of."""
_YEAR = re.compile(r"(?:1[5-9]|2[01])\d\d")


@dataclass(frozen=True, eq=False)
class AuditWords:
    """The words of a language by which a sentence says what it does with a number."""

    language: str
    """The language."""
    patterns: Mapping[str, re.Pattern[str]]
    """Patterns of whole words in small letters, by their names in the file."""
    doubts: Mapping[str, re.Pattern[str]]
    """Patterns of words by which a sentence may be of something else than it seems."""
    counts: Mapping[str, int]
    """Numbers in words."""
    ordinals: tuple[re.Pattern[str], ...]
    """Patterns of the words for a place: "first", "second", to the tenth."""
    scales: Mapping[str, int]
    """The exponents of words for powers of ten."""
    rounding: RoundingWords
    """Rounding words."""
    limits: RoundingWords
    """Rounding words, and verbs that say the same: "exceeded"."""
    percent: re.Pattern[str]
    """A pattern of the words of percent."""
    points: re.Pattern[str]
    """A pattern of percentage points."""
    compounds: frozenset[str]
    """Nouns that make of a measure behind which they stand another one: "GDP growth"."""
    neutral: frozenset[str]
    """Words that say how a value stands, and nothing of what it is of."""
    decimal: str
    """The decimal mark."""

    def is_compound(self, noun: str) -> bool:
        """True if a noun makes another measure of the one behind which it stands."""
        return lemma(noun) in self.compounds or noun in self.compounds

    def has(self, name: str, text: str) -> bool:
        """True if a text in small letters has a word of these."""
        return self.patterns[name].search(text) is not None

    def doubts_of(self, name: str, text: str) -> bool:
        """True if a text in small letters has a word that leaves this doubt."""
        return self.doubts[name].search(text) is not None

    def is_opener(self, word: str) -> bool:
        """True if a word in small letters often begins a sentence, and is no subject."""
        return (
            word in lexicon(self.language).sentences.openers
            or word in words_listed("openers")
            or word in self.neutral
            or is_generic(plain_name(word))
            or _is_adverb(word)
            or word in self.counts
        )

    def says_nothing(self, word: str) -> bool:
        """True if a word in small letters says how a value stands, or nothing, and not what it is of."""
        return (
            word in self.neutral
            or any(word in words_listed(name) for name in _OF_NOTHING)
            or is_generic(plain_name(word))
            or word in units()
            or _is_adverb(word)
            or _YEAR.fullmatch(word) is not None
            or any(form.fullmatch(word) for form in self.patterns.values())
        )

    def place_of(self, word: str) -> int | None:
        """Return the place that a word or figures say: 2 for "second"; None for another word."""
        if word.isdecimal():
            return int(word)
        places = (at for at, form in enumerate(self.ordinals, 1) if form.fullmatch(word))
        return next(places, self.counts.get(word))

    def ends(self, name: str, text: str) -> bool:
        """True if a text in small letters ends in a word of these, but for spaces and articles."""
        return self.ending(name).search(text) is not None

    def unrounded(self, text: str) -> str:
        """Return a text without the rounding word and the spaces at its end."""
        return text.rstrip().removesuffix(at_end(text, self.rounding)).rstrip()

    def leads(self, name: str, text: str) -> bool:
        """True if a text in small letters ends in a word of these, but for a rounding word, spaces and
        articles, and a sign of the number behind it.
        """
        return self.ends(name, self.unrounded(re.sub(r"(?<=\s)\S$", "", text)))

    def ending(self, name: str) -> re.Pattern[str]:
        """Return the pattern of a text that ends in these words."""
        return _ending(self.patterns[name].pattern)


@lru_cache(maxsize=500)
def _ending(pattern: str) -> re.Pattern[str]:
    return re.compile(
        rf"{pattern}(?: (?:the|a|an|by|of|to|just|only|dem|der|die|das|um|auf|de|à))*\s*$"
    )


_NO_PATTERNS = (
    "counts", "ordinals", "percent", "points", "compound", "neutral", "quarter-of"
)  # fmt: skip
"""The texts of a language that are no patterns of whole words."""


@cache
def words_of(language: str) -> AuditWords:
    """Return the words of a language; of one that the file has not, those of English."""
    sections: dict[str, dict[str, Any]] = _file()["languages"]
    language = language if language in sections else "en"
    section = sections[language]
    facts = words_in(language if language in ("en", "de") else "en")
    ordinals = section["ordinals"].split()
    patterns = {
        name: _whole_words(pattern.replace("ORDINAL", "|".join(ordinals)))
        for name, pattern in section.items()
        if isinstance(pattern, str) and name not in _NO_PATTERNS
    }
    rounding = known_words(section.get("rounding", facts.rounding))
    counts = section["counts"].split() if "counts" in section else facts.counts
    return AuditWords(
        language,
        patterns,
        {name: _whole_words(pattern) for name, pattern in section["doubts"].items()},
        {word: number for number, word in enumerate(counts)},
        tuple(map(re.compile, ordinals)),
        section.get("scales") or dict(facts.scales),
        rounding,
        {**rounding, **known_words(section["limits"])},
        re.compile(section["percent"]) if "percent" in section else facts.percent,
        re.compile(
            section.get("points", r"(?:percentage|prozent)[ -]?(?:points?|punkte?n?)|pp\b|pts\b"),
            re.IGNORECASE,
        ),
        frozenset(section["compound"].split()),
        words_listed("neutral") | frozenset(section.get("neutral", "").split()),
        "." if language == "en" else ",",
    )


@cache
def quarters_of(language: str) -> tuple[tuple[str, ...], str]:
    """Return patterns of the words for the first to the last quarter of a year, and of the noun behind them."""
    sections = _file()["languages"]
    section = sections.get(language, sections["en"])
    return tuple(section["quarters"]), section["quarter-of"]


def _is_adverb(word: str) -> bool:
    return word.endswith("ly") and word not in words_listed("no-adverbs")


def _whole_words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)" if pattern else "(?!)")


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


@cache
def words_listed(name: str) -> frozenset[str]:
    """Return the words of a list of the file."""
    return frozenset(_file()["listed"][name].split())


@cache
def words_for_count(number: int) -> tuple[str, ...]:
    """Return the words for a whole number in each language: "twelve"."""
    return tuple(
        word
        for language in _file()["languages"]
        for word, count in words_of(language).counts.items()
        if count == number
    )


@cache
def label_sets() -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """Return sets of short labels, such as codes of states, each label with its other names."""
    return tuple(
        {
            label: tuple(plain_name(name.replace("_", " ")) for name in names.split())
            for label, names in labels.items()
        }
        for labels in (*names_by_region(), *_file()["labels"].values())
    )


def verbs_of(concepts: Iterable[str]) -> frozenset[str]:
    """Return the verbs of some measures that say nothing else than them, in plain letters: an economy *produces*
    so much.
    """
    return frozenset(tokens(_words_for("verbs", concepts)))


def things_counted_by(concepts: Iterable[str]) -> frozenset[str]:
    """Return what some measures count, by the groups of words that name it: a team won so many *games*."""
    return concepts_in(_words_for("counts-of", concepts))


def _words_for(section: str, concepts: Iterable[str]) -> str:
    """Return the words that a section of the file has for some concepts."""
    words: dict[str, str] = _file()[section]
    return " ".join(words.get(each, "") for each in sorted(concepts))


@cache
def units() -> Mapping[str, tuple[str, float]]:
    """Return the family of each unit in prose, and how much of the first of its family it is."""
    return {
        name: (family, size)
        for family, names in _file()["units"].items()
        for name, size in names.items()
    }


def is_group_of_words(concept: str) -> bool:
    """True if several words name the same thing."""
    return concept in _file()["concepts"]


def is_generic(word: str) -> bool:
    """True if a word says nothing of what is measured."""
    return stem(word) in _generic_stems()


@cache
def _generic_stems() -> frozenset[str]:
    return stems_listed("generic") | words_listed("currency-codes")


# What names a measure


@cache
def _phrases(section: str) -> Mapping[str, frozenset[str]]:
    """Return the groups of each phrase, its words plain and with single spaces."""
    groups: dict[str, set[str]] = {}
    for group, phrases in _file()[section].items():
        for phrase in phrases.split():
            if name := plain_name(phrase.replace("_", " ")):
                groups.setdefault(name, set()).add(group)
    return {phrase: frozenset(names) for phrase, names in groups.items()}


@cache
def stems_listed(section: str) -> frozenset[str]:
    """Return the stems of the words of a section of the file."""
    return frozenset(stem(word.rstrip("_")) for word in _file()[section]["words"].split())


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return a word without its endings, such that "observed" and "observations" are the same; a word
    of a group, or one that a group is called by, stays as it is.
    """
    whole = lemma(word)
    if whole in _phrases("concepts") or whole in _file()["concepts"]:
        return whole
    bare = _ENDINGS.sub("", whole)
    return whole if bare in _file()["concepts"] else bare


_ENDINGS = re.compile(
    r"(?<=\w{4})(?:ations?|s?ion(?:s|en)?|ings?|ments?|ances?|ences?|ers?|ors?|ants?|ies|y|ed|es|e|i"
    r"|(?<=ung|eit|aft)en|(?<=\w{5}[dt])en)$"
)
"""Endings of English words that leave what they name, and those of German plurals."""


@lru_cache(maxsize=100_000)
def lemma(word: str) -> str:
    """Return a plain word without the ending of its plural."""
    word = word.removesuffix("'s").removesuffix("'")
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] not in "sui" else word


def tokens(text: str) -> list[str]:
    """Return the words of a text, plain."""
    return plain_name(_ELIDED.sub(" ", text.replace("’", "'")).replace("/", " ")).split()


@lru_cache(maxsize=20_000)
def parts_of_compound(word: str) -> tuple[tuple[str, str], ...]:
    """Return what may be the parts of a plain German word whose last noun says how much there is of the
    first: "weizen" and "ernte" of "weizenernte".
    """
    heads = [head for head in words_listed("heads") if word.endswith(head)]
    if not heads:
        return ()
    head = max(heads, key=len)
    first = word.removesuffix(head)
    bases = dict.fromkeys(first.removesuffix(link) for link in ("", *_LINKS))
    return tuple((base, head) for base in bases if len(base) >= _FIRST)


def is_part_of(word: str, nouns: Iterable[str]) -> bool:
    """True if a German word, with the ending of a plural or without, is the last part of one of some plain
    nouns: "Kreisen" of "landkreis".
    """
    base = _PLURAL.sub("", plain_name(word))
    return len(base) >= _FIRST and any(
        each.endswith(base) for noun in nouns for each in (noun, _PLURAL.sub("", noun))
    )


_PLURAL = re.compile(r"(?<=\w{4})(?:en|er|n|e|s)$")
"""The endings of German plurals."""
_LINKS = ("s", "n", "en", "e", "er")
"""The letters between the two parts of a German word."""
_FIRST = 4
"""The fewest letters of the first of them."""


def bare_word(word: str) -> str:
    """Return a word of a text in small letters, without what is elided before it and a full stop."""
    return _ELIDED.sub("", word.lower().replace("’", "'")).rstrip(".")


_ELIDED = re.compile(r"\b(?:[ldnsj]|qu)'", re.IGNORECASE)
"""French words that end before a vowel."""


def phrases_in(words: Sequence[str], section: str) -> Iterator[tuple[int, frozenset[str]]]:
    """Yield each phrase of a section in some words, the longest at each place, by the number of its
    words and its groups; another word with none.
    """
    phrases, beginnings = _phrases(section), _beginnings(section)
    at = 0
    while at < len(words):
        word = words[at]
        length, groups = 1, phrases.get(word) or phrases.get(lemma(word)) or frozenset()
        for longer in range(min(beginnings.get(word, 1), len(words) - at), 1, -1):
            if several := phrases.get(" ".join(words[at : at + longer])):
                length, groups = longer, several
                break
        yield length, groups
        at += length


@lru_cache(maxsize=20_000)
def concepts_in(text: str) -> frozenset[str]:
    """Return what the words of a text name: groups of words, and each other word by itself."""
    return frozenset(name for _, names in concepts_of_words(text) for name in names)


@lru_cache(maxsize=2_000)
def concepts_of_words(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return the words of a text, each with what it names, or the phrase that it is of."""
    words, result, at = tokens(text), list[tuple[str, frozenset[str]]](), 0
    for length, groups in phrases_in(words, "concepts"):
        part = words[at : at + length]
        result += [(word, groups or frozenset((stem(word),))) for word in part]
        at += length
    return tuple(result)


@lru_cache(maxsize=20_000)
def qualifiers_in(text: str) -> frozenset[str]:
    """Return the words of a text that make another measure of one: "per capita", "youth"."""
    words = tokens(text)
    phrases, beginnings = _phrases("qualifiers"), _beginnings("qualifiers")
    return frozenset(
        name
        for at, word in enumerate(words)
        for length in range(1, beginnings.get(word, 0) + 1)
        for name in phrases.get(" ".join(words[at : at + length]), ())
    )


@cache
def _beginnings(section: str) -> Mapping[str, int]:
    """Return the words with which phrases begin, and the most words of such a phrase."""
    longest: dict[str, int] = {}
    for phrase in _phrases(section):
        first, *others = phrase.split()
        longest[first] = max(longest.get(first, 0), 1 + len(others))
    return longest


def words_said(text: str) -> frozenset[str]:
    """Return what the words of a table say, but for those that any table may have."""
    generic = _generic_stems()
    return frozenset(
        word
        for word in concepts_in(text)
        if word not in generic and not word.isdecimal() and len(word) > 1
    )
