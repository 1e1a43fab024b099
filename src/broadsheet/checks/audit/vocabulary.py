"""The words of the audit (`words.toml`): which words of a sentence and of a table name the same
measure, and by which words a sentence says what it does with a number.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from broadsheet.checks.audit.audit_table import AuditTable, Measure
from broadsheet.checks.audit.places import folded
from broadsheet.checks.audit.table_shapes import spaced
from broadsheet.notebook.values.fact_words import words_in
from broadsheet.notebook.values.rounding import RoundingWords, known_words

_LONGEST = 4
"""The most words of a phrase that names a measure."""
_SHORT = 2


@dataclass(frozen=True)
class AuditWords:
    """The words of a language by which a sentence says what it does with a number."""

    language: str
    """The language."""
    patterns: Mapping[str, re.Pattern[str]]
    """Patterns of whole words in small letters, by their names in the file."""
    counts: Mapping[str, int]
    """Numbers in words."""
    scales: Mapping[str, int]
    """The exponents of words for powers of ten."""
    rounding: RoundingWords
    """Rounding words."""
    percent: re.Pattern[str]
    """A pattern of the words of percent."""
    points: re.Pattern[str]
    """A pattern of percentage points."""
    decimal: str
    """The decimal mark."""

    def has(self, name: str, text: str) -> bool:
        """True if a text in small letters has a word of these."""
        return self.patterns[name].search(text) is not None

    def ends(self, name: str, text: str) -> bool:
        """True if a text in small letters ends in a word of these, but for spaces and articles."""
        return self.ending(name).search(text) is not None

    def ending(self, name: str) -> re.Pattern[str]:
        """Return the pattern of a text that ends in these words."""
        return _ending(self.patterns[name].pattern)


@lru_cache(maxsize=500)
def _ending(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"{pattern}(?: (?:the|a|an|by|of|to|just|only|dem|der|die|das|um|auf|de|à))*\s*$")


@cache
def words_of(language: str) -> AuditWords:
    """Return the words of a language."""
    section: dict[str, Any] = _file()["languages"][language]
    facts = words_in(language if language != "fr" else "en")
    patterns = {
        name: re.compile(rf"(?<!\w)(?:{pattern})(?!\w)" if pattern else "(?!)")
        for name, pattern in section.items()
        if isinstance(pattern, str) and name not in ("counts", "percent", "points", "benign", "compound")
    }
    counts = section["counts"].split() if "counts" in section else facts.counts
    return AuditWords(
        language,
        patterns,
        {word: number for number, word in enumerate(counts)},
        section.get("scales") or dict(facts.scales),
        known_words(section["rounding"] if "rounding" in section else facts.rounding),
        re.compile(section["percent"]) if "percent" in section else facts.percent,
        re.compile(section.get("points", r"(?:percentage|prozent)[ -]?(?:points?|punkte?n?)|pp\b|pts\b"), re.IGNORECASE),
        "." if language == "en" else ",",
    )


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


@cache
def units() -> Mapping[str, tuple[str, float]]:
    """Return the family of each unit in prose, and how much of the first of its family it is."""
    return {
        name: (family, size) for family, names in _file()["units"].items() for name, size in names.items()
    }


# What names a measure


@cache
def _phrases(section: str) -> Mapping[str, frozenset[str]]:
    """Return the groups of each phrase, its words folded and with single spaces."""
    groups: dict[str, set[str]] = {}
    for group, phrases in _file()[section].items():
        for phrase in phrases.split():
            groups.setdefault(folded(phrase.replace("_", " ")), set()).add(group)
    return {phrase: frozenset(names) for phrase, names in groups.items()}


@cache
def _words(section: str) -> frozenset[str]:
    return frozenset(lemma(word.rstrip("_")) for word in _file()[section]["words"].split())


@lru_cache(maxsize=100_000)
def lemma(word: str) -> str:
    """Return a folded word without the ending of its plural."""
    word = word.removesuffix("'s").removesuffix("'")
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] not in "sui" else word


def tokens(text: str) -> list[str]:
    """Return the words of a text, folded."""
    return folded(text.replace("/", " ").replace("-", " ")).split()


@lru_cache(maxsize=20_000)
def concepts_in(text: str) -> frozenset[str]:
    """Return what the words of a text name: groups of words, and each other word by itself."""
    words = tokens(text)
    phrases = _phrases("concepts")
    names, at = set[str](), 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            part = " ".join(words[at : at + length])
            groups = phrases.get(part) or (phrases.get(lemma(part)) if length == 1 else None)
            if groups or length == 1:
                names |= groups or {lemma(part)}
                at += length
                break
    return frozenset(names)


@lru_cache(maxsize=20_000)
def qualifiers_in(text: str) -> frozenset[str]:
    """Return the words of a text that make another measure of one: "per capita", "youth"."""
    words = tokens(text)
    phrases = _phrases("qualifiers")
    return frozenset(
        name
        for at in range(len(words))
        for length in range(1, 4)
        for name in phrases.get(" ".join(words[at : at + length]), ())
    )


@dataclass(frozen=True)
class MeasureWords:
    """The words that name a measure."""

    own: frozenset[str]
    """Those of its column that say what is measured."""
    other: frozenset[str]
    """Those of its description and of its table."""
    qualifiers: frozenset[str]
    """The words that make another measure of it."""
    table_qualifiers: frozenset[str]
    """Those in the title of the table, which a sentence may leave out."""

    @cached_property
    def is_named_alone(self) -> bool:
        """A word of its column names it, without the table."""
        return bool(self.own - _words("broad"))

    def score(self, concepts: frozenset[str], qualifiers: frozenset[str]) -> float:
        """Return how well a sentence names it: 0 for not at all, up to 2."""
        if (self.qualifiers ^ qualifiers) - self.table_qualifiers:
            return 0.0
        broad = _words("broad")
        own, other = self.own & concepts, self.other & concepts
        if self.own:
            part = len(own) / len(self.own)
            if not own or (part < 0.5 and len(own) < _SHORT):
                return 0.0
            is_sure = bool(own - broad) or bool(other - broad) or not (self.other - broad)
            return (1 + part + 0.1 * min(len(other), 3)) if is_sure else 0.0
        telling = other - broad
        if not telling:
            return 0.0
        return 0.6 + min(len(telling), 4) * 0.2 + len(other & broad) * 0.1


def measure_words(table: AuditTable, measure: Measure) -> MeasureWords:
    """Return the words that name a measure of a table."""
    kept: dict[str, MeasureWords] = table.cache.setdefault("measure words", {})  # type: ignore[assignment]
    name = measure.name
    if name not in kept:
        kept[name] = _measure_words(table, measure)
    return kept[name]


def _measure_words(table: AuditTable, measure: Measure) -> MeasureWords:
    generic = _words("generic")
    column = re.sub(r"[(\[][^()\[\]]*[)\]]", " ", spaced(measure.name))
    about = f"{spaced(table.name)} {table.title} {table.sheet if 'sheet' not in table.sheet.lower() else ''}"
    own = _said(column, generic)
    other = (_said(measure.title, generic) | _said(about, generic)) - own
    described = measure.title if measure.name == "" or not own else column
    return MeasureWords(
        own,
        frozenset(other),
        qualifiers_in(f"{column} {described}"),
        qualifiers_in(f"{about} {measure.title}"),
    )


def _said(text: str, generic: Iterable[str]) -> frozenset[str]:
    return frozenset(
        word for word in concepts_in(text) if word not in generic and not word.isdecimal() and len(word) > 1
    )


def noun_beside(language: str, before: str, after: str) -> bool:
    """True if a word beside that of a measure makes another one of it: "GDP growth", "youth
    unemployment".
    """
    section = _file()["languages"][language]
    compound = set(section["compound"].split())
    benign = set(section["benign"].split())
    is_before = bool(benign) and before != "" and before not in benign
    return is_before or lemma(after) in compound or after in compound


