"""Rounding words: the meaning of "about", "nearly", "more than", and whether it is true of a
value.

The file of a language lists its words for each meaning (:mod:`broadsheet.text.lexicon`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from plotly_alive.text.numbers import to_step

NEAR = Decimal("0.05")
"""The most that a number after "about" or "nearly" may be off, as a part of itself."""


@dataclass(frozen=True)
class Rounding:
    """The meaning of a rounding word."""

    side: int
    """The side of the written number: above the exact value (1), below (-1), or either (0)."""
    is_near: bool = False
    """It must not be further off than :data:`NEAR`."""
    or_equal: bool = False
    """It may be the exact value."""

    def holds(self, written: Decimal, exact: Decimal, tolerance: Decimal | None = None) -> bool:
        """True if a number ``written`` after this word fits ``exact``. ``tolerance`` takes the
        place of the usual one.
        """
        off = written - exact
        if self.side and (off * self.side < 0 or (off == 0 and not self.or_equal)):
            return False
        usual = abs(written) * NEAR
        return not self.is_near or abs(off) <= (usual if tolerance is None else tolerance)

    def rounded(self, amount: Decimal, step: Decimal) -> Decimal:
        """Return ``amount`` in whole ``step``\\ s, to the side that the word asks for."""
        if not amount and self.side > 0:
            return step  # "less than 1,000" is as true of nothing
        return to_step(amount, step, self.side)


PLAIN = Rounding(0)
"""No rounding word."""
KINDS: Mapping[str, Rounding] = {
    "about": Rounding(0, is_near=True),
    "nearly": Rounding(1, is_near=True),
    "just-over": Rounding(-1, is_near=True),
    "less": Rounding(1),
    "more": Rounding(-1),
    "at-least": Rounding(-1, or_equal=True),
    "at-most": Rounding(1, or_equal=True),
}
"""The meanings of rounding words, by their names in the files of languages."""

RoundingWords = Mapping[str, Rounding]
"""The rounding words of a language in small letters, each with its meaning."""


def known_words(by_kind: Mapping[str, Iterable[str]]) -> RoundingWords:
    """Return the rounding words with their meanings; an unknown kind is ignored."""
    return {
        word.lower(): KINDS[kind]
        for kind, words in by_kind.items()
        if kind in KINDS
        for word in words
    }


def rounding_of(word: str, meanings: RoundingWords) -> Rounding:
    """Return the meaning of a rounding word; :data:`PLAIN` for any other."""
    return meanings[" ".join(word.lower().split())] if word else PLAIN


def at_start(text: str, meanings: RoundingWords) -> str:
    """Return the rounding word at the start of ``text``, with the spaces around it; "" if
    there is none.
    """
    longest = _longest(tuple(meanings))
    pieces = text.split(maxsplit=longest)
    for count in range(min(longest, len(pieces) - 1), 0, -1):
        if " ".join(pieces[:count]).lower() in meanings:
            return text[: text.index(pieces[count], sum(map(len, pieces[:count])))]
    return ""


def at_end(text: str, meanings: RoundingWords) -> str:
    """Return the rounding word at the end of ``text``, before the number; "" if there is none."""
    is_whole = text[-1:].isspace() or text.endswith("'")  # "plus d'un"
    words = text.split()[-_longest(tuple(meanings)) :] if meanings and is_whole else []
    tails = (" ".join(words[-count:]) for count in range(len(words), 0, -1))
    return next((tail for tail in tails if tail.lower() in meanings), "")


@lru_cache
def _longest(rounding_words: tuple[str, ...]) -> int:
    """Return the most words in a rounding word."""
    return max((len(word.split()) for word in rounding_words), default=0)
