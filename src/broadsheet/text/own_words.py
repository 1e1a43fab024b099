"""An author's own words in place of ours: `language:`, by Quarto's keys.

    language:
      callout-note-title: Please note
      crossref-fig-title: Exhibit
      fr:
        crossref-fig-title: Graphique

Words below a language's tag are for pages in that language; those at the top are for all.
`quarto_words.toml` has the keys, and the words of ours that each takes the place of.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from plotly_alive.text.language import catalogue_key

OWN_WORDS = "language"
_OF_FLOATS = re.compile(r"crossref-[\w-]+-(title|prefix)")
"""The keys for the name of any kind of float, also of an author's own."""
_NUMBER = "{0}"
"""The mark of a number in a word of Quarto's."""
_PLACEHOLDER = re.compile(r"%\(\w+\)s")


def of_metadata(metadata: Mapping[str, object]) -> Mapping[str, object]:
    """Return `language:` of the metadata of a page, once its files are read."""
    words = metadata.get(OWN_WORDS)
    return words if isinstance(words, Mapping) else {}


def is_key(name: str) -> bool:
    """True if a name is a key of `language:`."""
    return name in word_keys() or bool(_OF_FLOATS.fullmatch(name))


@cache
def word_keys() -> Mapping[str, tuple[str, ...]]:
    """Return Quarto's keys, each with the words of ours that its value takes the place of."""
    text = Path(__file__).with_name("quarto_words.toml").read_text("utf-8")
    return {name: tuple(words) for name, words in tomllib.loads(text).items()}


def words_by_key(language: Mapping[str, object], lang: str) -> dict[str, str]:
    """Return the words that `language:` has for pages in ``lang``, by Quarto's keys. What is said
    of a language wins over what is said of all, and what is said of `pt-BR` over `pt`.
    """
    tags = lang.replace("_", "-").casefold().split("-")
    layers = [language]
    for count in range(1, len(tags) + 1):
        layers += [
            words
            for tag, words in language.items()
            if tag.casefold() == "-".join(tags[:count]) and isinstance(words, Mapping)
        ]
    return {
        key: str(word)
        for layer in layers
        for key, word in layer.items()
        if is_key(key) and isinstance(word, str | int | float)
    }


def in_place_of_ours(language: Mapping[str, object], lang: str) -> dict[str, str]:
    """Return the words of `language:` by the words of ours that they take the place of, for
    :func:`~plotly_alive.text.language.speaking`.
    """
    words = words_by_key(language, lang)
    return dict(_replacements(words)) if words else {}


def _replacements(words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, ours in word_keys().items():
        if word := words.get(key):
            for text in ours:
                context, _, plain = text.rpartition("|")
                yield catalogue_key(plain, context), _with_values(word, plain)


def _with_values(word: str, ours: str) -> str:
    """Return a word with the values that ours has: in the place of Quarto's `{0}`, or behind it."""
    placeholder = _PLACEHOLDER.search(ours)
    if placeholder is None:
        return word
    escaped = word.replace("%", "%%")
    if _NUMBER in escaped:
        return escaped.replace(_NUMBER, placeholder[0])
    return f"{escaped} {placeholder[0]}"
