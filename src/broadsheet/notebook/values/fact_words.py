"""The words for facts in a language, from its file (:mod:`broadsheet.text.lexicon`)."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from broadsheet.text.lexicon import FOLDER, FactWords, lexicon


def words_in(language: str) -> FactWords:
    """Return the words of a language by its code, such as "de"; none if it has no file. Raises
    :class:`~broadsheet.errors.ConfigError` for a file that cannot be used.
    """
    return words_in_each(language)[0]


def words_in_each(*languages: str) -> tuple[FactWords, ...]:
    """Return the words of some languages, as :func:`words_in` does."""
    # A page asks some hundreds of times, and a Path is ten times as slow.
    folder = os.environ.get("BROADSHEET_ROOT") or os.getcwd()  # noqa: PTH109
    return tuple([_words(language, folder) for language in languages])


def forget() -> None:
    """Forget the files that were read. A run does so at its start: it could not note a file that
    the process has read before.
    """
    _words.cache_clear()


def own_rounding(language: str) -> dict[str, list[str]]:
    """Return the rounding words of a language, if the publication has a file of its own for it,
    which readers of the facts elsewhere do not have; else an empty mapping.
    """
    words = words_in(language)
    return {} if words.rounding == lexicon(language).facts.rounding else words.rounding


@cache
def _words(language: str, folder: str) -> FactWords:
    start = Path(folder)
    root = next(
        (place for place in (start, *start.parents) if (place / "_quarto.yml").is_file()), start
    )
    return lexicon(language, root / FOLDER).facts
