"""The words of a language, from its file `words/LANG.toml`: numbers, comparisons, abbreviations.

A file has what is language-bound in reading prose and in writing facts:

    [sentences]     abbreviations that end no sentence, and words that begin one
    [check]         what is a number or a comparison in prose: classes of words, and rules over them
    [meanings]      what the words mean that rest on a claim: "doubled", "the second-highest since 2010"
    [stale]         words whose meaning depends on the day, such as "this year"
    [facts]         number words, fractions, ranks, rounding words, scales and units

docs/languages.md describes each key. Prose is read by English where a language has no section for
it; facts are then written in figures alone.

A publication's own file, `theme/words/LANG.toml`, adds a language or changes one that ships here:
words, rules and entries of lists are added before ours, anything else takes the place of ours; with
`replaces = true` it stands alone.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from broadsheet.errors import ConfigError, Place
from broadsheet.storage.files import read_text
from broadsheet.storage.json_text import decoder

EXAMPLE = "`words/en.toml` in the installed package `broadsheet` shows how each part is written."
"""The end of a message about such a file."""
FOLDER = "theme/words"
"""Where a publication's own files are, from its root."""

_SHIPPED = Path(__file__).parents[1] / "words"
_READING = ("sentences", "check", "stale")
_ADDED = frozenset(
    {
        *("goes-on", "goes-on-with-a-figure", "ends-before-an-opener", "openers"),
        *("words", "except", "rules", "formats", "ratios", "than", "denials", "shared", "alike"),
    }
)
"""Keys whose texts are lists: a publication's own text is added before ours."""
_LINE = re.compile(r"line (\d+)")


class Words(frozenset[str]):
    """A set of words, in a file a text."""


class WordList(tuple[str, ...]):
    """Words in their order, in a file a text."""

    __slots__ = ()


class _Section(msgspec.Struct, eq=False, forbid_unknown_fields=True, rename="kebab"):
    """A table of the file; keys are written with hyphens there."""


class SentenceWords(_Section):
    """Where sentences end (:mod:`broadsheet.verify.sentences`)."""

    goes_on: Words = Words()
    goes_on_with_a_figure: Words = Words()
    ends_before_an_opener: Words = Words()
    openers: Words = Words()
    stops_make_ranks: bool = False


class WordClass(_Section):
    """A class of words: a set, in which `{name}` stands for another class, and a regular expression
    for words that cannot be listed. ``except_`` are not of it.
    """

    words: Words = Words()
    pattern: str = ""
    except_: Words = msgspec.field(default=Words(), name="except")


class RuleTable(_Section):
    """Rules, one a line, that are tried at words that fit ``at``."""

    at: str
    rules: str


class CheckWords(_Section):
    """How the number check finds numbers and comparisons (:mod:`broadsheet.verify.numbers.rules`)."""

    classes: dict[str, WordClass]
    rules: dict[str, RuleTable]
    parts: dict[str, str] = {}
    formats: str = ""
    before_a_number: str = "(?!)"
    open_ended: str = "(?!)"
    range: str = "(?!)"
    joins: str = "(?!)"
    parts_of: str = "(?!)"
    between_times: str = ""


class MeaningWords(_Section):
    """What words mean (:mod:`broadsheet.verify.claims.meanings`): ``rules``, one a line, over ``classes`` of
    words. ``than`` and ``compared`` are the words before what something is compared with, "more than in
    2021", "compared with 2021"; ``degree`` those before a degree, "as much". ``denials`` turn the words
    after them round, ``denials_after`` those before them, ``never`` a clause that it
    begins; of ``wholes`` behind them they deny these alone, "not all"; ``shared`` say that a place is shared.
    ``fractions``, ``ranks`` and ``months`` are the forms in which these stand there.

    ``at_times`` are words before the time of a value, "in 2021", ``of_times`` those that bind a time to
    the noun before it, ``in_times`` those before the time at which something happened, perhaps behind
    ``time_adverbs``, "already in 2021", ``from_times`` those before the time of which something is a change, "than in
    2019"; with ``bare_times``, a year needs none; after ``participles`` a time is of something else,
    "founded in 1998". ``joins`` stand before the last of a list, ``partly`` in one that names some
    alone; with ``capital_nouns``, a noun begins with one. ``contrasts`` join clauses that speak of
    different things, "while"; ``pronouns`` stand for what was named before. Each line of ``alike`` has
    words that name the same. Columns whose names have words of ``earlier`` and ``later`` are of
    different times.

    ``instead`` are the words that a message proposes in place of others.
    ``units`` are families of words of units, "tonne tonnes ton"; they stand alone or behind ``each``, "a
    tonne". ``in_places`` stand before a place, "in Norway"; ``quarters`` are those of a year.
    ``hedges`` say behind a size that it is rounded, ``exceptions`` that something is not of all.
    ``points`` are those of a difference of two shares. ``counted`` are nouns in one and in
    many, "man/men"; behind a noun in one may stand ``after_a_noun``.
    """

    rules: str = ""
    classes: dict[str, WordClass] = {}
    fractions: dict[str, Fraction] = {}
    ranks: WordList = WordList()
    months: WordList = WordList()
    than: Words = Words()
    compared: Words = Words()
    degree: Words = Words()
    at_times: Words = Words()
    of_times: Words = Words()
    from_times: Words = Words()
    articles: Words = Words()
    bare_times: bool = False
    joins: Words = Words()
    capital_nouns: bool = False
    partly: Words = Words()
    participles: re.Pattern[str] = re.compile(r"(?!)")
    denials: Words = Words()
    denials_after: Words = Words()
    shared: Words = Words()
    decimal: str = "."
    rank_figures: str = "(?!)"
    percent: str = "%"
    contrasts: Words = Words()
    pronouns: Words = Words()
    alike: str = ""
    earlier: Words = Words()
    later: Words = Words()
    units: dict[str, Words] = {}
    instead: dict[str, str] = {}
    each: Words = Words()
    in_places: Words = Words()
    quarters: Words = Words()
    points: str = "(?!)"
    hedges: str = "(?!)"
    exceptions: str = "(?!)"
    never: str = "(?!)"
    wholes: Words = Words()
    in_times: Words = Words()
    time_adverbs: str = "(?!)"
    counted: Words = Words()
    after_a_noun: Words = Words()


class StaleWords(_Section):
    """Words that depend on the day, by the period that they speak of; and those by which words beside
    a name or a year describe it (:mod:`broadsheet.verify.chosen_values`).
    """

    day: str = "(?!)"
    week: str = "(?!)"
    month: str = "(?!)"
    year: str = "(?!)"
    before_a_year: str = "(?!)"
    after_a_name: str = "(?!)"
    before_a_name: str = "(?!)"


class FactWords(_Section):
    """How facts are written, in small letters (:mod:`broadsheet.notebook.values.spelled_numbers`).

    ``counts`` are those from 0 on; ``ones`` are the forms of one where it is declined. ``fractions``
    and ``ranks`` are sets of names in one form each. ``multiples`` are pairs: twice, and what a
    count is put into. ``ordinals`` are what the figures of a rank are put into, by the plural forms
    of the CLDR. ``rounding`` has words by what they mean. ``scales`` are powers of ten.
    ``formats`` are the examples that `usd`, `pct` and the like go by, ``changes`` what a size is put
    into by `change` and `moved`.
    """

    counts: WordList = WordList()
    ones: WordList = WordList()
    multiples: list[tuple[str, str]] = []
    ranks: list[WordList] = []
    ordinals: dict[str, str] = {}
    fractions: list[dict[str, Fraction]] = []
    rounding: dict[str, list[str]] = {}
    scales: dict[str, int] = {}
    percent: re.Pattern[str] = re.compile(r"(?!)")
    ratios: Words = Words()
    formats: dict[str, list[str]] = {}
    changes: dict[str, str] = {}


class Lexicon(_Section):
    """The words of a ``language``. ``file`` is named in messages; ``has_rules`` tells whether prose is
    read by rules of the language, and not by those of English.
    """

    sentences: SentenceWords
    check: CheckWords
    stale: StaleWords
    file: str
    has_rules: bool
    language: str
    facts: FactWords = msgspec.field(default_factory=FactWords)
    meanings: MeaningWords = msgspec.field(default_factory=MeaningWords)
    replaces: bool = False


def lexicon(tag: str, own: Path | None = None) -> Lexicon:
    """The words of the language of ``tag`` (`de`, `de-AT`).

    ``own`` is the publication's folder for such files. Raises :class:`ConfigError` for a file that
    cannot be used.
    """
    language = tag.replace("_", "-").partition("-")[0].lower()
    if not re.fullmatch(r"[a-z]{2,8}", language):
        language = "en"
    return _lexicon(language, "" if own is None else _own_text(own, language))


def own_files(root: Path) -> list[str]:
    """The publication's own files, from its root."""
    return sorted(f"{FOLDER}/{path.name}" for path in (root / FOLDER).glob("*.toml"))


def _own_text(own: Path, language: str) -> str:
    """The publication's file; "" if there is none. A run takes note of the attempt to open it, so
    that facts are written anew when there is one.
    """
    path = own / f"{language}.toml"
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except OSError:
        if not os.path.lexists(path):
            return ""
    return read_text(path, f"{FOLDER}/{language}.toml")


@cache
def _lexicon(language: str, changes: str) -> Lexicon:
    data = dict(_shipped(language))
    name = f"words/{language}.toml"
    if changes:
        name = f"{FOLDER}/{language}.toml"
        own = _parsed(changes, name)
        data = own if own.get("replaces") is True else _merged(data, own)
    english = _shipped("en")
    reading = {section: english[section] for section in _READING}
    known = {"file": name, "has-rules": "check" in data, "language": language}
    decoder(Lexicon, _converted)
    try:
        return msgspec.convert(reading | data | known, Lexicon, dec_hook=_converted)
    except msgspec.ValidationError as error:
        raise ConfigError(name, f"these words cannot be used: {error}", EXAMPLE) from error


@cache
def _shipped(language: str) -> Mapping[str, Any]:
    path = _SHIPPED / f"{language}.toml"
    return _parsed(path.read_text(encoding="utf-8"), path.name) if path.is_file() else {}


def _parsed(text: str, name: str) -> dict[str, Any]:
    """The data of a file; a class that is a text is one of words."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = _LINE.search(str(error))
        place = Place(name, line=int(line[1]) if line else None)
        raise ConfigError(place, f"this is not TOML: {error}", EXAMPLE) from error
    for section in (data.get("check"), data.get("meanings")):
        classes = section.get("classes") if isinstance(section, dict) else None
        if isinstance(classes, dict):
            for key, given in classes.items():
                classes[key] = {"words": given} if isinstance(given, str) else given
    return data


def _merged(ours: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**ours, **own}
    for key in ours.keys() & own.keys():
        known, value = ours[key], own[key]
        if isinstance(value, dict) and isinstance(known, dict):
            merged[key] = _merged(known, value)
        elif isinstance(value, list) and isinstance(known, list):
            merged[key] = value + known
        elif key in _ADDED and isinstance(value, str) and isinstance(known, str):
            merged[key] = f"{value}\n{known}"
    return merged


def _converted(kind: type, value: Any) -> Any:
    """A text of the file as what it stands for. Raises ValueError, for which msgspec names the key."""
    if not isinstance(value, str):
        raise ValueError(f"expected a text, not {value!r}")
    if kind in (Words, WordList):
        return kind(value.split())
    try:
        return Fraction(value) if kind is Fraction else re.compile(value.replace("\n", ""))
    except (re.error, ZeroDivisionError) as error:
        raise ValueError(f"{value!r}: {error}") from error
