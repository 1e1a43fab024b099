"""What facts are written with in a language: the words of its file (:mod:`broadsheet.lexicon`)."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from broadsheet.lexicon import FOLDER, FactWords, lexicon


def words_in(language: str) -> FactWords:
    """The words of a language by its code, such as "de"; none for one that has no file. Raises
    :class:`~broadsheet.errors.ConfigError` for a file that cannot be used.
    """
    return _words(language, os.environ.get("BROADSHEET_ROOT") or str(Path.cwd()))


def own_rounding(language: str) -> dict[str, list[str]]:
    """The rounding words of a language where the publication has a file of its own, which whoever
    reads the facts does not know; else nothing.
    """
    found = words_in(language)
    return {} if found.rounding == lexicon(language).facts.rounding else found.rounding


@cache
def _words(language: str, folder: str) -> FactWords:
    start = Path(folder)
    root = next((one for one in (start, *start.parents) if (one / "_quarto.yml").is_file()), start)
    return lexicon(language, root / FOLDER).facts
