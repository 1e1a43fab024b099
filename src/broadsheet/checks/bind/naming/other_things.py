"""The words of a sentence that are about something else than a column has: another measure of the same
things, other things that are counted, a plan, the words of someone else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from broadsheet.checks.audit.places import place_code, plain_name
from broadsheet.checks.audit.vocabulary import (
    concepts_in,
    concepts_of_words,
    is_group_of_words,
    lemma,
    tokens,
    units,
    words_listed,
    words_of,
)
from broadsheet.checks.bind.naming.labels import mentions
from broadsheet.checks.bind.naming.named_values import NamedColumn, is_money
from broadsheet.checks.bind.naming.number_words import Written
from broadsheet.checks.bind.naming.other_names import is_of_other_names, without_wars
from broadsheet.checks.bind.naming.passages import PlacedWords, families
from broadsheet.notebook.values.units import unit_of

_COSTS = concepts_in("price")
_IN = re.compile(r"\b[Ii]n (?:the )?(?P<place>[A-Z]\w+(?: [A-Z]\w+)?)")
"""The place in which something was."""
_CLAUSE = re.compile(r"[.,;:()—]\s")
_PART_END = re.compile(r"[.;:()—]\s")
"""Marks longer than a comma."""
_RATE = re.compile(r"(?:[\s-]*[\w-]+)? (?:an?|per|je|pro) (?P<of>[^\W\d]\w+)")
"""The words behind a number and its unit that make it a rate: "240 tonnes an hour"."""
_QUOTED = re.compile(r"“[^”]*(?:”|$)|„[^“”]*(?:[“”]|$)|«[^»]*(?:»|$)|\"[^\"]*(?:\"|$)")
"""The words of someone else in a sentence."""
_PASSING = re.compile(r"[^\W\d]{3,}, $")
_PASSED = re.compile(r", (?!(?:or|and|oder|und)\b)")
_OLDEST = 120
"""The years that nobody lives."""
_PART = re.compile(r"\s+(?:of (?:the|its|their)|der|von den|seiner|ihrer) (?P<of>[^\W\d_]+)")
_PARTS = frozenset(("share", "growth", "rate", "ratio", "change", "anteil", "wachstum"))
"""Nouns of what is worked out of a measure."""
_PASSIVE = re.compile(
    r"[^.,;:()\d]{0,50}?\b(?:were|was|are|is|been|being) (?P<denied>(?:not|never) )?"
    r"(?:(?:also|then|later|still|\w+ly) )*"
    r"(?P<fate>[a-z]{2,}(?:ed|en|wn|ght|ld|lt))\b"
)
"""The words behind a number that say what became of what it counts."""
_FORMS_OF = 4
"""The letters with which two forms of a word begin: "landed" and "Landings"."""
_DONE = re.compile(r"\b[A-Za-z]{3,}(?:ings?|tions?)\b")
"""A noun in the title of a table for what was done: "Landings", "Production"."""
_HYPHENED = re.compile(r"\b(?P<of>[^\W\d_]{1,40})-(?P<noun>[A-ZÄÖÜ][^\W\d_]+)")
"""A noun with another one before it, in German."""
_PURPOSE = re.compile(
    r"\b(?P<of>[^\W\d_]{1,40}) (?:for|für) (?:(?:the|its|their|die|den|das|ihre|seine) )?(?P<noun>[^\W\d_]+)"
)
"""A thing with what it is for."""
_THINGS = frozenset(("things",))
"""The family of units that are nouns of what is counted."""
_OF_PROSE = frozenset(("length", "time", "things"))
"""The families of the units in which prose says distances, ages, and how many people there are."""
_ADJECTIVE = re.compile(r"[a-z]{3,}(?:al|ic|ary|ive|ous|ern)")
"""An adjective that makes a kind of a thing."""
_SURE = 3
"""The figures of a number from which on a unit may be that of a column for which none is known."""
_NEAR = 0.06
"""The part by which a rounded number may differ from its value."""


def is_of_other_measure(words: PlacedWords, column: NamedColumn) -> bool:
    """True if words are about another measure of what a column has, a price or a quota of it; about what
    is planned; or if they are quoted.
    """
    return (
        is_quoted(words)
        or _is_elsewhere(words, column)
        or bool(_plans(words.sentence, words.passage.language) - column.named)
        or _is_of_price(words, column)
        or _is_of_compound(words, column)
        or is_of_other_names(words, column)
        or _is_of_fate(words, column)
        or _is_of_parts(words, column)
        or _is_for_others(words, column)
        or _is_of_kind(words, column)
        or _is_of_speaker(words, column)
    )


def is_planned(words: PlacedWords) -> bool:
    """True if words tell of a plan, or of what will be."""
    language = words.passage.language
    is_future = words_of(language).doubts_of("future", words.sentence.lower())
    return is_future or bool(_plans(words.sentence, language))


def is_quoted(words: PlacedWords) -> bool:
    """True if words are those of someone else: data do not change them."""
    return any(start < words.start < end for start, end in _quotes(words.sentence))


@lru_cache(maxsize=100)
def _quotes(sentence: str) -> Sequence[tuple[int, int]]:
    return [match.span() for match in _QUOTED.finditer(sentence)]


@lru_cache(maxsize=100)
def _plans(sentence: str, language: str) -> frozenset[str]:
    """Return the words of a sentence that say that it tells of a plan; none of one about how long people
    are expected to live.
    """
    if "life_expectancy" in concepts_in(sentence):
        return frozenset()
    planned = words_of(language).doubts["planned"]
    return concepts_in(" ".join(planned.findall(sentence.lower())))


def _is_of_price(words: PlacedWords, column: NamedColumn) -> bool:
    """True if words are about a price or a tax, and a column is not, or about the price of other things."""
    said = _prices(words)
    if said & column.own:
        of = _priced(words.sentence)
        return bool(of) and not of & column.named
    if not said or said & column.named or is_money(column.unit):
        return False
    is_in_money = any(quantity.kind == "currency" for quantity in words.passage.quantities)
    return bool(column.unit or said - _COSTS) or not is_in_money


@lru_cache(maxsize=100)
def _priced(sentence: str) -> frozenset[str]:
    """Return the things whose price a sentence tells: "the price of gas", "oil cost"."""
    of = frozenset[str]()
    for clause in _CLAUSE.split(sentence):
        words = concepts_of_words(clause)
        for at, (_, concepts) in enumerate(words):
            if concepts & _COSTS:
                behind = words[at + 1 : at + 3]
                is_of = len(behind) == 2 and behind[0][0] in ("of", "for", "von")
                of |= frozenset[str]().union(
                    *(each for _, each in (words[at - 1 : at] if at else [])),
                    behind[1][1] if is_of else (),
                )
    return frozenset(filter(is_group_of_words, of))


def _is_elsewhere(words: PlacedWords, column: NamedColumn) -> bool:
    """True if a sentence is about a country that a table does not name, and not about one of it."""
    places = _places_of(words)
    return (
        bool(places)
        and not column.code.isidentifier()
        and not column.countries & places
        and not any(mentions(_clause_of(words), group) for group in column.groups)
    )


def is_of_other_group(words: PlacedWords, column: NamedColumn) -> bool:
    """True if the part of a sentence names another group than that of a column, which only the text
    before has; not if it goes on about that.
    """
    return (
        bool(column.groups and column.siblings)
        and not words.carried
        and not any(mentions(words.sentence, group) for group in column.groups)
        and _is_any_named(words.sentence[slice(*words.part(_PART_END))], column.siblings)
    )


@lru_cache(maxsize=2_000)
def _is_any_named(text: str, labels: frozenset[str]) -> bool:
    """True if a text names one of some labels."""
    return any(mentions(text, label) for label in labels)


@lru_cache(maxsize=2_000)
def _places_of(words: PlacedWords) -> frozenset[str]:
    """Return the codes of the countries in which the clause of some words tells that something was, but
    for those that the text before it tells of.
    """
    return _places(_clause_of(words)) - _places(words.passage.before)


@lru_cache(maxsize=200)
def _places(text: str) -> frozenset[str]:
    """Return the codes of the countries in which a text tells that something was."""
    return frozenset(
        filter(None, (place_code(match["place"]) for match in _IN.finditer(without_wars(text))))
    )


@lru_cache(maxsize=2_000)
def _prices(words: PlacedWords) -> frozenset[str]:
    """Return what the words for prices name in the clause before words, and beside them."""
    start, end = words.part(_CLAUSE)
    behind = " ".join(words.sentence[words.end : end].split()[:3])
    said = words_listed("prices").intersection(
        tokens(f"{words.sentence[start : words.start]} {behind}")
    )
    return concepts_in(" | ".join(sorted(said)))


def _is_of_compound(words: PlacedWords, column: NamedColumn) -> bool:
    """True if a noun stands behind each word for a column that makes another measure of it."""
    nouns = _compounds(words.sentence, words.passage.language)
    return any(
        behind and all(noun and not noun & column.named for noun in behind)
        for behind in (nouns.get(of, ()) for of in column.own)
    )


@lru_cache(maxsize=100)
def _compounds(sentence: str, language: str) -> Mapping[str, Sequence[frozenset[str]]]:
    """Return the words of a sentence, and what is named by the noun behind each time that it is there,
    if that makes another measure of it.
    """
    lexical, others = words_of(language), words_listed("measures-beside")
    nouns = defaultdict[str, list[frozenset[str]]](list)
    for clause in _CLAUSE.split(sentence):
        of_words = concepts_of_words(clause)
        for at, (word, concepts) in enumerate(of_words):
            behind = (
                of_words[at + 1 : at + 2] if not word.endswith("'s") else ()
            )  # "China's exports"
            is_of = at > 1 and of_words[at - 1][0] in ("of", "for", "von", "für")
            said = next(
                (
                    names
                    for noun, names in (*behind, *of_words[at - 2 : at - 1] * is_of)
                    if (lexical.is_compound(noun) or lemma(noun) in others) and noun not in _PARTS
                ),
                frozenset[str](),
            )
            for concept in concepts:
                nouns[concept].append(said)
    return nouns


def _is_of_fate(words: PlacedWords, column: NamedColumn) -> bool:
    """True if a clause says of what it counts that it was stolen, allowed, or eaten, and a column does
    not; in English also anything else, if its table says of what it counts that it was landed.
    """
    language = words.passage.language
    fates = _fates(_clause_of(words), language)
    passive = _PASSIVE.match(words.sentence, words.end)
    if passive and language != "de" and _DONE.search(column.about):
        if passive["denied"]:
            return True
        if passive["fate"] not in words_listed("neutral-fates"):
            fates |= {passive["fate"]}
    named = tuple(tokens(column.about))
    return any(
        not concepts_in(fate) & column.named
        and not any(word.startswith(fate[:_FORMS_OF]) for word in named)
        for fate in fates
    )


@lru_cache(maxsize=200)
def _fates(clause: str, language: str) -> frozenset[str]:
    listed = words_listed("other-fates-de" if language == "de" else "other-fates-en")
    text = f" {' '.join(tokens(clause))} "
    return frozenset(
        fate for each in listed if f" {(fate := plain_name(each.replace('_', ' ')))} " in text
    )


def _clause_of(words: PlacedWords) -> str:
    """Return the clause of some words."""
    return words.sentence[slice(*words.part(_CLAUSE))]


def _is_of_parts(words: PlacedWords, column: NamedColumn) -> bool:
    """True if a clause tells how much a noun is behind a word for a column: "cod bones weighed"; in
    German one with a hyphen.
    """
    clause = _clause_of(words)
    if words.passage.language == "de":
        pairs = [(match["of"], match["noun"]) for match in _HYPHENED.finditer(clause)]
    else:
        said = [word for word, _ in concepts_of_words(clause)]
        pairs = [
            (of, noun)
            for of, noun, verb in zip(said, said[1:], said[2:], strict=False)
            if _is_noun(noun, "en") and verb in words_listed("of-amount")
        ]
    return any(
        concepts_in(of) & column.own and not concepts_in(noun) & column.named for of, noun in pairs
    )


def _is_for_others(words: PlacedWords, column: NamedColumn) -> bool:
    """True if a clause tells for what a thing of a column is, and the column does not: "electricity for
    trains".
    """
    named = column.named_with_places | concepts_in(f"{column.about} | {column.beside}")
    return any(
        _is_noun(match["noun"], words.passage.language)
        and concepts_in(match["of"]) & (column.own | column.other)
        and not concepts_in(match["noun"]) & named
        for match in _PURPOSE.finditer(_clause_of(words))
    )


def _is_of_kind(words: PlacedWords, column: NamedColumn) -> bool:
    """True if an adjective makes a part of each thing of a column that a clause names, and the column does
    not: "industrial electricity".
    """
    said = _kinds_of(_clause_of(words)) if words.passage.language == "en" else {}
    kinds = [kind for of in column.own for kind in said.get(of, ())]
    if not (kinds and all(kinds)):
        return False
    told = concepts_in(f"{column.told} | {words.passage.head} | {words.passage.before}")
    return not any(kind <= column.named | told for kind in kinds)


@lru_cache(maxsize=200)
def _kinds_of(clause: str) -> Mapping[str, Sequence[frozenset[str]]]:
    """Return the nouns of a clause, and what the adjective before each time that it is there names."""
    kinds = defaultdict[str, list[frozenset[str]]](list)
    pairs = concepts_of_words(clause)
    for (word, names), (_, noun) in zip((("", frozenset[str]()), *pairs), pairs, strict=False):
        is_of_any = word in words_listed("neutral-adjectives")
        is_kind = _ADJECTIVE.fullmatch(word) is not None and not is_of_any
        for concept in noun:
            kinds[concept].append(names if is_kind else frozenset())
    return kinds


def _is_of_speaker(words: PlacedWords, column: NamedColumn) -> bool:
    """True if someone says it of himself, and a column is not his: "the mill said it sold 3 million"."""
    said = words_of(words.passage.language).doubts["of-himself"]
    match = said.search(words.sentence[: words.start].lower())
    if match is None:
        return False
    speaker = concepts_in(match["who"]) - words_listed("function")
    told = concepts_in(f"{column.told} | {words.passage.head}")
    return not speaker & (column.named_with_places | told)


def _is_noun(word: str, language: str) -> bool:
    """True if a word is surely a noun: one in the plural, in German one with a capital letter."""
    if language == "de":
        return word[0].isupper()
    return lemma(word) != word or word in words_listed("plurals")


def counts_others(words: PlacedWords, column: NamedColumn) -> bool:
    """True if the word behind a number is surely the noun of what it counts, and that is not what a
    column has: one in the plural, in German one with a capital letter; or that it is a part of that. A
    unit is none if that of the column is not known.
    """
    part = _PART.match(words.sentence, words.end)
    if part and concepts_in(part["of"]) & column.counted:
        return True  # "31 of the boats"
    is_german = words.passage.language == "de"
    is_noun = bool(words.noun) and _is_noun(
        words.behind if is_german else words.noun, words.passage.language
    )
    return is_noun and not is_of_unknown_unit(words, column) and words.is_of_others(column)


def is_of_unknown_unit(words: PlacedWords, column: NamedColumn) -> bool:
    """True if a number has a unit, and that of a column is not known."""
    return not column.unit and bool(families(words.noun) - _THINGS)


def is_age(words: PlacedWords, number: Written) -> bool:
    """True if a number is said of someone in passing: "the mayor, 41, came"."""
    is_passing = _PASSING.search(words.sentence[: words.start]) and _PASSED.match(
        words.sentence, words.end
    )
    return number.kind == "" and number.number < _OLDEST and bool(is_passing)


def is_in_other_unit(words: PlacedWords, number: Written, column: NamedColumn) -> bool:
    """True if a number has a unit, and its column one of another kind: "2,980 inhabitants" of tonnes; or
    if it is a rate, and its column is not.
    """
    if number.kind == "currency":
        unit = unit_of(column.unit)
        is_of_table = not column.unit and not column.code.isidentifier()
        if is_of_table and number.size < _SURE and not words_listed("of-money") & column.named:
            return True
        return unit.kind == "amount" and not is_money(unit.text) and unit.scale == 1
    if number.kind not in ("", "unit"):
        return False
    said, of_column = families(words.noun), families(column.unit)
    rate = _RATE.match(words.sentence, words.end) if said else None
    if rate and not re.search(r"/|\bper\b|\bpro\b", column.unit):
        of = concepts_in(rate["of"])
        return not of & (column.own | column.other | column.labels | column.dimension)
    if not column.unit and number.size < _SURE and words.is_of_others(column):
        return bool(said & _OF_PROSE)
    return bool(said and of_column) and not said & of_column


def is_of_magnitude(words: PlacedWords, number: Written, declared: Mapping[str, Any]) -> bool:
    """True unless a number says a unit or a power of ten in which its value is another one: "986 thousand
    tonnes" of 986 tonnes.
    """
    unit, value = unit_of(declared.get("unit")), declared["value"]
    if number.kind not in ("", "unit", "currency") or unit.kind != "amount":
        return True
    said, of_value = _sizes(words.noun), _sizes(unit.text)
    families_of_both = said.keys() & of_value.keys()
    if number.scale == 1 and not families_of_both:
        return True
    by = 1.0
    for family in families_of_both:
        by = said[family] / of_value[family]
    size = abs(float(value)) * float(unit.scale)
    return abs(size - abs(number.number) * number.scale * by) <= _NEAR * size


def _sizes(text: str) -> Mapping[str, float]:
    """Return the families of the units in a text, with how much of the first of its family each is."""
    return {units()[word][0]: units()[word][1] for word in tokens(text) if word in units()}
