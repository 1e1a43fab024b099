"""The names of places and owners in a sentence, and in what a table says of itself: of a table "Rain in
Bergen" no number is that of Oslo's rain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import pairwise

from babel import Locale

from broadsheet.checks.audit.places import place_code, plain_name
from broadsheet.checks.audit.vocabulary import (
    concepts_in,
    is_group_of_words,
    lemma,
    units,
    words_listed,
    words_of,
)
from broadsheet.checks.bind.naming.named_values import NamedColumn
from broadsheet.checks.bind.naming.passages import PlacedWords

_CAPITAL = r"[^\W\d_a-zß-öø-ÿ][\w’'-]{0,40}\w"
_NAME = rf"(?P<name>{_CAPITAL}(?: {_CAPITAL})?)"
"""A name of one word or two."""
_BEGINNING = (
    r"(?:^\W*|[,;:—(]\s|\b(?:and|but|while|whereas|when|that|und|aber|während|dass)\s"
    r"|\b(?:[Ii]n|[Bb]y|[Ss]ince|[Jj]ahr|^) ?\d{4},?\s(?:hatte\s|zählte\s)?)(?:[Tt]he |[Dd]ie |[Dd]as )?"
)
"""The words before the subject of a clause."""
_SUBJECT = re.compile(
    rf"{_BEGINNING}{_NAME}(?! (?:said|says|announced|reported|sagte|meldete|teilte)\b)"
)
"""A subject that is not only the one who says it."""
_FORMS: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:[Ii]n|[Oo]f|[Aa]t|[Ff]rom|[Nn]ear|[Oo]ff|[Ff]or|[Aa]cross|[Aa]round|[Oo]ver|[Oo]utside"
        rf"|[Tt]hroughout)(?: the)? {_NAME}|\b(?:[Tt]he|\d{{4}},?) (?P<before>{_CAPITAL})(?= [a-z])"
    ),
    "de": re.compile(
        rf"\b(?:(?:[Ii]n|[Aa]us|[Nn]ahe) {_NAME}|(?:[Vv]on|[Bb]ei) (?P<bare>{_CAPITAL}(?<!n)))"
    ),
}
"""The names of a language behind the words for where something was, and those before a noun."""
_OWNERS: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(rf"\b{_NAME}(?<=[’']s)"),
    "de": re.compile(
        r"(?:^|[,;:—(] |\b(?:in|aus|von|und|für|mit|[Jj]ahr \d{4}|wogen|zählten|hatten) )"
        r"(?P<name>[A-ZÄÖÜ]\w{2,}s)(?= [A-ZÄÖÜ])"
    ),
}
"""The names of a language whose things are behind them."""
_HOLDERS: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        rf"{_BEGINNING}{_NAME}"
        r"(?= (?:had|has|saw|sees|got|gets|made|gave|took|sold|bought|won|spent|kept|held|\w{2,}ed)\b)"
    ),
    "de": re.compile(
        rf"{_BEGINNING}{_NAME}"
        r"(?= (?:hatte|hat|zählte|verzeichnete|bekam|erhielt|erlebte|meldete|sah|maß)\b)"
    ),
}
"""The subjects of a language that had, made, or got something."""
_ADJECTIVE = re.compile(r"\b(?P<adjective>\w{2,40}ische)[mnrs]?\b")
"""The adjectives of countries that have no capital letter."""
_OF_TITLE = re.compile(rf"[,(–] ?{_NAME}")
"""A name at the end of an English title: "Rain, Bergen"."""
_BREAK = re.compile(r"[.;:—]\s|,\s")
_EVENT = re.compile(
    rf"\b(?:wars?|crisis|invasion|conflict|revolution|Kriegs?|Krise|Revolution) (?:in|of|von) "
    rf"(?:the |der |den )?{_CAPITAL}(?: {_CAPITAL})?"
)
"""A war with its place."""
_SAME = 4
"""The letters with which two forms of a name begin: "Crimea" and "Crimean"."""


def is_of_other_names(words: PlacedWords, column: NamedColumn) -> bool:
    """True if a table says of what place it is, and the sentence names others, and nothing that the table
    or the head of the article has.
    """
    if not _names_of_table(column.about, words.passage.language):
        return False
    said = _names_beside(words)
    texts = (column.told, words.passage.head)
    return bool(said) and not any(_is_in(name, text) for name in said for text in texts)


@lru_cache(maxsize=1_000)
def _names_of_table(about: str, language: str) -> frozenset[str]:
    """Return the names in the title and the description of a table."""
    names = set(names_in(about, language))
    if language != "de":
        names |= {
            each["name"] for each in _OF_TITLE.finditer(about) if _is_name(each["name"], "en")
        }
    return frozenset(names)


@lru_cache(maxsize=2_000)
def _names_beside(words: PlacedWords) -> frozenset[str]:
    """Return the names in the clause of some words; if it has none, those before it in the sentence."""
    language = words.passage.language
    start, end = words.part(_BREAK)
    return names_in(words.sentence[start:end], language) or names_in(
        words.sentence[:start], language
    )


@lru_cache(maxsize=1_000)
def names_in(text: str, language: str) -> frozenset[str]:
    """Return the names in a text of places, of owners, and of those who had something."""
    names = _names(without_wars(text), language)
    return frozenset(name for name in names if _is_name(name, language))


def without_wars(text: str) -> str:
    """Return a text without the places of wars, which it has as a reason, or for a time: "because of the
    war in Korea".
    """
    return _EVENT.sub(lambda match: " " * len(match[0]), text)


def _names(text: str, language: str) -> Iterator[str]:
    language = language if language in _FORMS else "en"
    for match in _FORMS[language].finditer(text):
        yield next(filter(None, match.groups()))
    for match in _OWNERS[language].finditer(text):
        yield match["name"]
    for match in _HOLDERS[language].finditer(text):
        if not _is_common(match["name"]):
            yield match["name"]
    for match in _SUBJECT.finditer(text):
        yield from filter(_code, (match["name"], match["name"].split()[0]))
    if language == "de":
        yield from filter(_code, (match["adjective"] for match in _ADJECTIVE.finditer(text)))


def _is_common(name: str) -> bool:
    """True if a word with a capital letter may only be the first of its sentence."""
    word = plain_name(name.split(maxsplit=1)[0])
    return (
        " " not in name
        and _code(name) is None
        and (
            lemma(word) != word
            or word.endswith(("ing", "men"))
            or any(map(is_group_of_words, concepts_in(word)))
        )
    )


def _code(name: str) -> str | None:
    """Return the code of a country, also of its genitive."""
    bare = re.sub(r"[’']s$", "", name)
    return place_code(bare) or (place_code(bare[:-1]) if bare.endswith("s") else None)


def _is_name(name: str, language: str) -> bool:
    """True if a word with a capital letter is no month, day, unit, abbreviation, or empty word."""
    if _code(name):
        return True
    word = plain_name(re.sub(r"[’']s$", "", name).split()[0])
    return (
        len(word) > 2
        and not name[1:2].isupper()
        and not {word, word.removesuffix("n")} & units().keys()
        and word not in _times()
        and word not in words_listed("no-places")
        and not words_of(language).says_nothing(word)
    )


@cache
def _times() -> frozenset[str]:
    """Return the names of months and days of the week."""
    return frozenset(
        plain_name(str(name))
        for tag in ("en", "de")
        for names in (Locale(tag).months, Locale(tag).days)
        for width in ("wide", "abbreviated")
        for name in names["format"][width].values()
    )


@lru_cache(maxsize=20_000)
def _is_in(name: str, text: str) -> bool:
    """True if a text has a name, a country by another of its names, or another form of it."""
    code = _code(name)
    words = [word for word in plain_name(text).split() if len(word) >= _SAME]
    parts = [part for part in plain_name(name).split() if len(part) >= _SAME]
    return (
        any(word[:_SAME] == part[:_SAME] for word in words for part in parts)
        or plain_name(name) in plain_name(text)
        or bool(code and code in _codes(text))
    )


@lru_cache(maxsize=2_000)
def _codes(text: str) -> frozenset[str]:
    """Return the codes of the countries that a text names, in one word or in two."""
    words = re.findall(r"[\w’'.-]*\w", text)
    return frozenset(filter(None, map(_code, (*words, *map(" ".join, pairwise(words))))))
