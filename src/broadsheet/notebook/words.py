"""What facts are said with, by language: numbers in words, fractions, multiples, ranks, rounding
words.

A language is a :class:`Words`; one that has none is written in figures alone. A word that is
declined stands once for each of its forms, so that the example of a format gives the form: "rund
ein Drittel", "mit einem Drittel".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from broadsheet.notebook.rounding import (
    ABOUT,
    AT_LEAST,
    AT_MOST,
    JUST_OVER,
    LESS,
    MORE,
    NEARLY,
    Rounding,
)

Ranks = Callable[[int], str]
"""A rank, in the form of an example."""


@dataclass(frozen=True)
class Words:
    """The words of a language, in small letters.

    ``counts`` are those from 0 on; ``ones`` are the forms of one where it is declined, and then a
    count of one is written only after an example that has such a form. ``fractions`` are sets of
    names in one form each. ``multiples`` are pairs: twice, and what a count is put into. ``ranks``
    are sets of ordinals from 0 on in one form each, and ``ordinal`` makes a rank above these of
    figures.
    """

    counts: Sequence[str] = ()
    ones: Sequence[str] = ()
    fractions: Sequence[Mapping[str, Fraction]] = ()
    multiples: Sequence[tuple[str, str]] = ()
    ranks: Sequence[Sequence[str]] = ()
    ordinal: Ranks = str
    ordinal_signs: str = r"(?!)"
    """What stands after the figures of a rank, as a regular expression."""
    rounding: Mapping[str, Rounding] = field(default_factory=dict)
    group: str = ","
    """What divides thousands."""

    def figures(self, number: int) -> str:
        """A count in figures."""
        return f"{number:,}".replace(",", self.group)


def words_in(language: str) -> Words:
    """The words of a language by its code, such as "de"; none for one that is not known."""
    return _KNOWN.get(language, NONE)


def _parts(names: str) -> dict[str, Fraction]:
    """The plain fractions, smallest first, under names that a bar divides."""
    return dict(zip((name.strip() for name in names.split("|")), _FRACTIONS, strict=True))


def _list(text: str) -> list[str]:
    return text.split()


_FRACTIONS = [
    Fraction(*part)
    for part in (
        (1, 10),
        (1, 8),
        (1, 7),
        (1, 6),
        (1, 5),
        (1, 4),
        (1, 3),
        (2, 5),
        (1, 2),
        (3, 5),
        (2, 3),
        (3, 4),
        (4, 5),
        (9, 10),
    )
]

# English

_ONES = _list("""zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""")
_TENS = _list("twenty thirty forty fifty sixty seventy eighty ninety")


def _ordinal(number: int) -> str:
    suffix = (
        "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return f"{number:,}{suffix}"


ENGLISH = Words(
    counts=[
        *_ONES,
        *(ten + (f"-{one}" if one != "zero" else "") for ten in _TENS for one in _ONES[:10]),
    ],
    fractions=[
        _parts(
            "a tenth | an eighth | a seventh | a sixth | a fifth | a quarter | a third | two fifths | half | "
            "three fifths | two thirds | three quarters | four fifths | nine tenths"
        )
    ],
    multiples=[("twice", "{} times")],
    ranks=[
        _list(
            "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
        )
    ],
    ordinal=_ordinal,
    ordinal_signs=r"(?:st|nd|rd|th)\b",
    rounding={
        "about": ABOUT,
        "around": ABOUT,
        "roughly": ABOUT,
        "approximately": ABOUT,
        "some": ABOUT,
        "nearly": NEARLY,
        "almost": NEARLY,
        "close to": NEARLY,
        "just under": NEARLY,
        "not quite": NEARLY,
        "just over": JUST_OVER,
        "slightly more than": JUST_OVER,
        "slightly less than": NEARLY,
        "less than": LESS,
        "fewer than": LESS,
        "under": LESS,
        "below": LESS,
        "more than": MORE,
        "over": MORE,
        "above": MORE,
        "at least": AT_LEAST,
        "up to": AT_MOST,
        "at most": AT_MOST,
    },
)

# German

_EINER = _list("""null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn
sechzehn siebzehn achtzehn neunzehn""")
_ZEHNER = _list("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
_STEMS = _list("null erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft")

GERMAN = Words(
    counts=[
        *_EINER,
        *(
            f"{'ein' if one == 1 else _EINER[one]}und{ten}" if one else ten
            for ten in _ZEHNER
            for one in range(10)
        ),
    ],
    ones=_list("eine einen einem einer eines ein"),
    fractions=[
        _parts(
            "ein Zehntel | ein Achtel | ein Siebtel | ein Sechstel | ein Fünftel | ein Viertel | ein Drittel | "
            "zwei Fünftel | die Hälfte | drei Fünftel | zwei Drittel | drei Viertel | vier Fünftel | neun Zehntel"
        ),
        _parts(
            "einem Zehntel | einem Achtel | einem Siebtel | einem Sechstel | einem Fünftel | einem Viertel | "
            "einem Drittel | zwei Fünfteln | der Hälfte | drei Fünfteln | zwei Dritteln | drei Vierteln | "
            "vier Fünfteln | neun Zehnteln"
        ),
    ],
    multiples=[("doppelt", "{}mal")],
    ranks=[[stem + ending for stem in _STEMS] for ending in ("en", "er", "es", "em", "e")],
    ordinal=lambda number: f"{number}.",
    ordinal_signs=r"\.(?=\s)",
    rounding={
        "rund": ABOUT,
        "etwa": ABOUT,
        "ungefähr": ABOUT,
        "circa": ABOUT,
        "zirka": ABOUT,
        "ca.": ABOUT,
        "gegen": ABOUT,
        "knapp": NEARLY,
        "fast": NEARLY,
        "beinahe": NEARLY,
        "nahezu": NEARLY,
        "annähernd": NEARLY,
        "nicht ganz": NEARLY,
        "etwas weniger als": NEARLY,
        "gut": JUST_OVER,
        "etwas mehr als": JUST_OVER,
        "weniger als": LESS,
        "unter": LESS,
        "mehr als": MORE,
        "über": MORE,
        "mindestens": AT_LEAST,
        "wenigstens": AT_LEAST,
        "bis zu": AT_MOST,
        "höchstens": AT_MOST,
    },
    group=".",
)

NONE = Words()
_KNOWN = {"en": ENGLISH, "de": GERMAN}
