"""Rounding words: what "about", "nearly", "more than" say of the exact value, and whether they say
it truly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

NEAR = Decimal("0.05")
"""By which part of itself a number after "about" or "nearly" may be off."""


@dataclass(frozen=True)
class Rounding:
    """``side`` is where the number said lies: above the exact value (1), below (-1), or on either
    side (0).

    ``is_near`` tells that it must not be further off than :data:`NEAR`; ``or_equal`` that it may be
    the exact value.
    """

    side: int
    is_near: bool
    or_equal: bool = False

    def holds(self, said: Decimal, exact: Decimal, tolerance: Decimal | None = None) -> bool:
        """Whether a number ``said`` after this word is true of ``exact``; ``tolerance`` in place of
        the usual one.
        """
        off = said - exact
        if self.side and (off * self.side < 0 or (off == 0 and not self.or_equal)):
            return False
        return not self.is_near or abs(off) <= (
            abs(said) * NEAR if tolerance is None else tolerance
        )

    def rounded(self, amount: Decimal, step: Decimal) -> Decimal:
        """``amount`` in whole ``step``\\ s, to the side that the word asks for."""
        if not amount and self.side > 0:
            return step  # "less than 1,000" is as true of nothing
        away = {1: ROUND_CEILING, -1: ROUND_FLOOR, 0: ROUND_HALF_UP}[self.side]
        return (amount / step).to_integral_value(away) * step


PLAIN = Rounding(0, is_near=False)
"""No rounding word."""

ABOUT, NEARLY, JUST_OVER = (
    Rounding(0, is_near=True),
    Rounding(1, is_near=True),
    Rounding(-1, is_near=True),
)
LESS, MORE = Rounding(1, is_near=False), Rounding(-1, is_near=False)
AT_LEAST, AT_MOST = (
    Rounding(-1, is_near=False, or_equal=True),
    Rounding(1, is_near=False, or_equal=True),
)

Known = Mapping[str, Rounding]
"""Rounding words of a language (:mod:`broadsheet.notebook.words`)."""
_LONGEST = 3
"""The most words that a rounding word is written in."""


def rounding_of(word: str, known: Known) -> Rounding:
    """What a rounding word says."""
    return known[" ".join(word.lower().split())]


def at_start(text: str, known: Known) -> str:
    """The rounding word that ``text`` begins with, and the spaces around it; "" if it begins with
    none.
    """
    pieces = text.split(maxsplit=_LONGEST)
    for count in range(min(_LONGEST, len(pieces) - 1), 0, -1):
        if " ".join(pieces[:count]).lower() in known:
            return text[: text.index(pieces[count], sum(map(len, pieces[:count])))]
    return ""


def at_end(text: str, known: Known) -> str:
    """The rounding word that ``text`` ends with, before what it rounds; "" if it ends with none."""
    words = text.split()[-_LONGEST:] if text[-1:].isspace() else []
    tails = (" ".join(words[-count:]) for count in range(len(words), 0, -1))
    return next((tail for tail in tails if tail.lower() in known), "")
