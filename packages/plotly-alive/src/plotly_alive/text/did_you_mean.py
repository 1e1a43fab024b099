"""Names similar to a misspelt one, for messages: "Did you mean `total`?"."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from difflib import get_close_matches

LONGEST, MOST = 200, 2_000
"""The most letters of a name, and the most names, that are compared. The time grows with their
squares.
"""


def question(name: str, names: Iterable[str]) -> str:
    """Return "Did you mean `total`? ", with the most similar name; empty if there is none."""
    return "".join(f"Did you mean `{near}`? " for near in nearest(name, names))


def meant(
    name: str,
    names: Iterable[str],
    likeness: float = 0.6,
    *,
    shown: Callable[[str], str] = repr,
) -> str:
    """Return "; did you mean 'total'?", to end a message, with the most similar name as it is
    ``shown``; empty if there is none.
    """
    return "".join(f"; did you mean {shown(near)}?" for near in nearest(name, names, 1, likeness))


def nearest(name: str, names: Iterable[str], count: int = 1, likeness: float = 0.6) -> list[str]:
    """Return the ``names`` most similar to ``name``, at most ``count``, the most similar first."""
    if len(name) > LONGEST:
        return []
    short = (other for other in names if len(other) <= LONGEST)
    return get_close_matches(name, list(itertools.islice(short, MOST)), count, likeness)
