"""Names similar to a misspelt one, for messages: "Did you mean `total`?"."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from difflib import get_close_matches

LONGEST, MOST = 200, 2_000
"""The most letters of a name, and the most names, that are compared: the time grows with their
squares.
"""


def question(name: str, known: Iterable[str]) -> str:
    """ "Did you mean `total`? ", with the most similar name; empty if there is none."""
    return "".join(f"Did you mean `{near}`? " for near in nearest(name, known))


def nearest(name: str, known: Iterable[str], count: int = 1, likeness: float = 0.6) -> list[str]:
    """The names of ``known`` most similar to ``name``, at most ``count`` of them, the most similar
    first.
    """
    if len(name) > LONGEST:
        return []
    short = (other for other in known if len(other) <= LONGEST)
    return get_close_matches(name, list(itertools.islice(short, MOST)), count, likeness)
