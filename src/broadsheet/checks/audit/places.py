"""The names of places: those of the Unicode CLDR in the language of the text and in English, their
codes, and other usual spellings (`places.toml`).

A place has the alpha-2 code of ISO 3166-1; the world is `001`, the European Union `EU`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

from babel import Locale
from babel.core import get_global

_LANGUAGES = ("en", "de", "fr", "es")
"""The languages whose names of places are known."""
WHOLE_WORLD = "001"
"""The code of the world."""
_GROUPS = frozenset(
    (WHOLE_WORLD, "EU", "EZ", "150", "002", "019", "142", "009", "003", "005", "013", "021", "419")
)
"""The codes of places that others are parts of."""
WORD = re.compile(r"[^\W_]+(?:[.'’&]+[^\W_]+)*\.?")
"""A word of a text or a label."""


def place_code(label: str) -> str | None:
    """Return the code of a place by its name, its code or its own adjective; None for any other
    text.
    """
    if label.isupper() and len(label) <= 4:
        return _by_capitals().get(label)
    return _by_name().get(plain_name(label))


@lru_cache(maxsize=50_000)
def plain_name(text: str) -> str:
    """Return a text to compare: small letters without accents, words with single spaces."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("&", " and "))
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    words = (word.rstrip(".") for word in WORD.findall(letters))
    return " ".join(word for word in words if word != "the")


def names_of_places() -> Mapping[str, str]:
    """Return the codes of places by their plain names."""
    return _by_name()


@cache
def names_by_region() -> tuple[Mapping[str, str], ...]:
    """Return the states and provinces of some countries, each by its code or its name, with others."""
    return tuple(_file()["regions"].values())


@cache
def names_of_regions() -> frozenset[str]:
    """Return the plain names and the codes of states and provinces."""
    return frozenset(
        plain_name(name.replace("_", " "))
        for region in names_by_region()
        for code, names in region.items()
        for name in (code, *names.split())
    )


@cache
def capitals_of_places() -> Mapping[str, str]:
    """Return the codes of places by the names of capitals alone that prose has: "US", not "IT"."""
    return {name.rstrip("."): code for code, name in _spellings() if name.isupper()}


@cache
def _peoples() -> frozenset[str]:
    names = (name for names in _file()["adjectives"].values() for name in names.split("|"))
    return frozenset(f"{plain_name(name)}s" for name in names) - {"s"}


def is_people(name: str) -> bool:
    """True if a name is of the people of a place: "Canadians"."""
    return plain_name(name) in _peoples()


@lru_cache(maxsize=50_000)
def is_group(label: str) -> bool:
    """True if a label names all places or a group of them, whose row is a sum of others."""
    if (code := place_code(label)) is not None:
        return code in _GROUPS
    groups = _file()["groups"]
    low = " ".join(label.lower().split())
    return low in _group_labels() or _compiled(groups["patterns"]).fullmatch(low) is not None


@cache
def _group_labels() -> frozenset[str]:
    return frozenset(_file()["groups"]["labels"].replace("\n", "").split("|"))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def _spellings() -> list[tuple[str, str]]:
    """Return pairs of a code and another spelling, from the file."""
    return [
        (code, name)
        for section in ("names", "adjectives")
        for code, names in _file()[section].items()
        for name in names.split("|")
    ]


@cache
def _by_name() -> dict[str, str]:
    names: dict[str, str] = {}
    for tag in reversed(_LANGUAGES):
        for code, name in Locale(tag).territories.items():
            if code.isalpha() and len(code) == 2 and code not in ("ZZ", "XA", "XB", "QO", "UN"):
                names[plain_name(str(name))] = code
                names[plain_name(re.sub(r"\s*\(.*\)", "", str(name)))] = code
    for code, name in _spellings():
        if not name.isupper():
            names[plain_name(name)] = code
        if name.endswith("sche"):  # "französischen"
            names |= dict.fromkeys((plain_name(f"{name}{end}") for end in "nrs"), code)
    names.pop("", None)
    return names


@cache
def _by_capitals() -> dict[str, str]:
    aliases = cast("dict[str, list[str]]", get_global("territory_aliases"))
    codes: dict[str, str] = {
        alpha3: targets[0]
        for alpha3, targets in aliases.items()
        if len(alpha3) == 3 and alpha3.isalpha() and len(targets) == 1
    }
    names = map(str, Locale("en").territories)
    codes |= {code: code for code in names if len(code) == 2 and code.isalpha()}
    codes |= {name: code for code, name in _spellings() if name.isupper()}
    return codes
