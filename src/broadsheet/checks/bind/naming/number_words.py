"""The numbers of a sentence that may be bound, each with the formats in which prose states such ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.bind.naming.labels import dates_in
from broadsheet.checks.bind.naming.passages import BoundPassage, PlacedWords

_PARTS = {
    "half": 1 / 2, "third": 1 / 3, "thirds": 1 / 3, "quarter": 1 / 4, "quarters": 1 / 4,
    "fifth": 1 / 5, "fifths": 1 / 5, "tenth": 1 / 10, "hälfte": 1 / 2, "drittel": 1 / 3, "viertel": 1 / 4,
    "fünftel": 1 / 5, "zehntel": 1 / 10,
}  # fmt: skip
_COUNTS = {
    "a": 1,
    "one": 1,
    "ein": 1,
    "die": 1,
    "two": 2,
    "zwei": 2,
    "three": 3,
    "drei": 3,
    "four": 4,
    "vier": 4,
}
_PART = re.compile(
    rf"(?P<about>(?:about|nearly|almost|more than|less than|over|rund|fast|knapp|etwa|gut) )?"
    rf"(?:(?P<count>{'|'.join(_COUNTS)})[ -])?(?P<part>{'|'.join(_PARTS)})\b(?!-)",
    re.IGNORECASE,
)
_ONE = re.compile(r"(?<![\w-])one(?= (?:in|on|by|at) \d| (?!of\b)[a-z]{3,}\b)", re.IGNORECASE)
"""The word "one" where it may be a number: "one in 1979", "one site"."""
_FUNCTIONS = {"percent": "pct", "points": "pp", "times": "times", "rank": "rank", "part": "share"}
_MONEY = {"USD": "usd", "EUR": "eur", "GBP": "gbp"}


_POWERS = (0, 2, -2, 3, -3, 6, -6, 9, -9, 12, -12)


@dataclass(frozen=True)
class Written:
    """A number as it is written."""

    number: float
    """Its figures."""
    within: float
    """The distance from them within which a value reads so."""
    kind: str
    """The kind of its unit: `percent`, `points`, `times`, `currency`, `unit`, `rank`, `part`, `day`, empty."""
    function: str
    """The function that states it."""
    size: int
    """The number of its figures that tell."""
    scale: float = 1
    """The power of ten that a word behind them says: a million."""

    def may_be(self, value: float) -> bool:
        """True if a value may read so, in some unit, whatever its sign."""
        near = max(self.within, 0.08 * self.number if self.kind == "part" else 0)
        return any(abs(size - abs(self.number)) <= near for size in self._sizes(value))

    def is_exceeded(self, value: object, side: int) -> bool:
        """True if a value that reads so is more than the number, for ``side`` -1 less."""
        if not isinstance(value, int | float):
            return False
        size = min(self._sizes(value), key=lambda each: abs(each - abs(self.number)))
        return (size - abs(self.number)) * side > 0

    def _sizes(self, value: float) -> Sequence[float]:
        """Return the size of a value in each of the units in which it may be said."""
        powers: Sequence[int] = (0, 2) if self.kind in ("percent", "points", "part") else (0,)
        if self.kind in ("currency", "unit"):
            powers = _POWERS
        return [abs(value) * 10.0**power for power in powers]


def numbers_in(passage: BoundPassage) -> Iterator[tuple[PlacedWords, Written]]:
    """Yield the words of each number of a sentence, each time with a way in which it may be stated."""
    sentence = passage.text
    for quantity in passage.quantities:
        if quantity.kind != "rank":
            yield from _with_reach(passage, quantity)
    for match in _ONE.finditer(sentence) if passage.language == "en" else ():
        if not any(of.start <= match.start() < of.end for of in passage.quantities):
            words = PlacedWords(passage, match.start(), match.end())
            yield words, Written(1, 0, "", "count", 1)
    for start, end, (year, month, day) in dates_in(sentence, passage.language):
        figures = year * 10_000 + month * 100 + day
        written = Written(figures, 0, "day", "day", 8 if year else 4)
        yield PlacedWords(passage, start, end), written
    for match in _PART.finditer(sentence):
        name = match["part"].lower()
        if match["count"] is None and name != "half":
            continue
        value = _PARTS[name] * _COUNTS[(match["count"] or "a").lower()]
        words = PlacedWords(passage, match.start(), match.end())
        yield words, Written(value * 100, 0.5, "part", "share", 1)


def _with_reach(passage: BoundPassage, quantity: Quantity) -> Iterator[tuple[PlacedWords, Written]]:
    """Yield a number with its unit, and without it where a unit of a table may be left out."""
    figures = quantity.value / quantity.scale
    within = 0.5 * quantity.step / quantity.scale * (1 + 1e-9)
    if quantity.round_to.side or quantity.round_to.is_near:
        within *= 2.2
    digits = re.sub(r"\D", "", quantity.text).lstrip("0")
    size = max(1, len(digits if "." in quantity.text or len(digits) < 3 else digits.rstrip("0")))
    words = PlacedWords(passage, quantity.start, quantity.end)
    if quantity.kind in ("", "unit", "times"):
        end = _end_of_figures(quantity)
        bare = PlacedWords(passage, quantity.start, end)
        whole = quantity.scale == 1 and within < 1 and figures == int(figures)
        plain = Written(
            figures,
            within,
            "unit" if quantity.scale != 1 else "",
            "count" if whole else "amount",
            size,
            quantity.scale,
        )
        scaled = Written(figures, within, "unit", "amount", size, quantity.scale)
        if quantity.kind == "times":
            yield words, Written(abs(figures), within, "times", "times", size)
        elif quantity.end > end or not whole:
            yield words, scaled
        yield bare, plain
        return
    function = _FUNCTIONS.get(quantity.kind) or _MONEY.get(quantity.unit, "amount")
    yield words, Written(abs(figures), within, quantity.kind, function, size, quantity.scale)


def _end_of_figures(quantity: Quantity) -> int:
    match = re.match(r"[-−–]?[\d.,\u00a0\u202f ]*\d|[^\W\d_]+(?:-[^\W\d_]+)?", quantity.text)
    return quantity.start + (match.end() if match else len(quantity.text))
