"""Numbers as text for readers: no other module rounds a number or writes its digits.

A :class:`NumberStyle` says how: the decimals or digits, the thousands in groups or not, the unit and
where it stands. :class:`Notation` has the marks and words of a language. Facts, tables, charts, their
alternative text, the values under a pointer, evidence and lists all write by these two, so that a
value with a unit and a number of decimals reads the same everywhere.

- A number is what Python writes of it: 2.675 is that, and not the slightly lower one that a
  computer keeps.
- Halves are rounded away from zero, as people round: 2.5 is 3, -2.5 is -3.
- Nothing is negative that is rounded to zero. The sign is `−`, and stands before the unit.
- Thousands are in groups of three, in all languages, with the mark of the language.
- An infinite number is `∞`. One that is missing (NaN) has no text.

Messages of errors are in English, with numbers in Python's format.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from functools import cache
from numbers import Integral
from typing import SupportsFloat

Number = SupportsFloat
"""A number of Python or NumPy."""

MINUS = "−"
_SIDES = {1: ROUND_CEILING, -1: ROUND_FLOOR, 0: ROUND_HALF_UP}
_EXACT = Context(prec=2000, rounding=ROUND_HALF_UP, Emin=MIN_EMIN, Emax=MAX_EMAX)
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_FORMAT = re.compile(
    r"(?P<plus>\+?)\$?0?\d*(?P<group>,?)(?:\.(?P<digits>\d+))?(?P<trim>~?)(?P<kind>[defgp%]?)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"^( (?:(?:tonne|ton|metre|litre|barrel|hour|day|year)(?=s\b)|(?:Tonne|Stunde)(?=n\b)|"
    r"(?:Tag|Jahr)(?=e\b)))\w+"
)


@dataclass(frozen=True)
class Notation:
    """The marks and words of a language for numbers."""

    decimal: str
    """The mark before the decimals."""
    group: str
    """The mark between thousands."""
    percent: str
    """The percent sign after a number, with the space before it."""
    scales: Mapping[int, tuple[str, str]]
    """The words of a million, a billion and a trillion, for one and for several, by their powers of
    ten: `%(number)s million`. A language may have words of other powers, as Chinese has.
    """
    is_one_below_two: bool = False
    """A fraction between one and two is written with the words for one: `1,5 million`."""


@dataclass(frozen=True)
class NumberStyle:
    """A way to write numbers."""

    least: int = 0
    """The decimals that a number has in any case."""
    most: int = 0
    """The decimals that it may have, where they are not zeros; ``digits`` takes their place."""
    digits: int = 0
    """The digits for which a number has decimals. Those before its point stand in any case."""
    is_grouped: bool = True
    """Thousands are in groups."""
    is_compact: bool = False
    """Large numbers are rounded to ``digits``, too, and millions are words."""
    is_percent: bool = False
    """A part of one is written in percent."""
    is_signed: bool = False
    """A number above zero has a `+`."""
    prefix: str = ""
    """The unit before a number, with the space between them."""
    suffix: str = ""
    """The unit after a number, with the space between them."""

    def with_unit(self, prefix: str = "", suffix: str = "") -> NumberStyle:
        """Return the style with a unit before or after the number."""
        return replace(self, prefix=prefix, suffix=suffix) if prefix or suffix else self

    def rounded(self, value: Number) -> Decimal:
        """Return the number that the text of a finite value says."""
        number = self._in_unit(value)
        part, _, power, _ = self._parts(number.copy_abs())
        rounded = _scaled(part, power - 2 if self.is_percent else power)
        return rounded.copy_negate() if number.is_signed() and rounded else rounded

    def write(self, value: Number, notation: Notation) -> str:
        """Return the text of a value in a language."""
        number = self._in_unit(value)
        text, is_zero = "∞", False
        if number.is_finite():
            part, decimals, power, is_in_words = self._parts(number.copy_abs())
            if is_in_words and power not in notation.scales:
                part, decimals, power = _in_scale(part, decimals, power, notation)
            text, is_zero = self._figures(part, decimals, notation), not part
            if is_in_words:
                is_one = text == "1" or (notation.is_one_below_two and part < 2)
                text = notation.scales[power][not is_one] % {"number": text}
            elif power:
                text = f"{text} × 10{str(power).translate(_RAISED)}"
        elif number.is_nan():
            return ""
        sign = "" if is_zero else MINUS if number.is_signed() else "+" if self.is_signed else ""
        suffix = notation.percent + self.suffix if self.is_percent else self.suffix
        if text == "1" and suffix:
            suffix = _SEVERAL.sub(r"\1", suffix)
        return sign + self.prefix + text + suffix

    def _in_unit(self, value: Number) -> Decimal:
        number = decimal_of(value)
        return _scaled(number, 2) if self.is_percent and number.is_finite() else number

    def _parts(self, size: Decimal) -> tuple[Decimal, int, int, bool]:
        """Return a number that is not negative, rounded, in terms of a power of ten; its decimals;
        the power; and whether words say that.
        """
        if not self.digits:
            return _to_decimals(size, self.most), self.most, 0, False
        if size and not SMALLEST <= size < (LARGEST if self.is_compact else _LONGEST):
            rounded = to_digits(size, self.digits)
            power = rounded.adjusted()
            return _scaled(rounded, -power), self.digits - 1, power, False
        power = 0
        if self.is_compact and size >= _MILLIONS:
            power = next(power for power in (12, 9, 6) if _scaled(size, -power) >= _NEARLY_ONE)
            size = _scaled(size, -power)
        decimals = self.digits - 1 - size.adjusted() if size else 0
        is_cut = self.is_compact and size >= _WHOLE_TO
        decimals = min(decimals, 0) if is_cut else max(self.least, decimals, 0)
        return _to_decimals(size, decimals), decimals, power, bool(power)

    def _figures(self, rounded: Decimal, decimals: int, notation: Notation) -> str:
        whole, _, part = f"{rounded:,f}".partition(".")
        if decimals > self.least:
            part = part[: self.least] + part[self.least :].rstrip("0")
        if "," in whole:
            whole = whole.replace(",", notation.group if self.is_grouped else "")
        return f"{whole}{notation.decimal}{part}" if part else whole


def _in_scale(
    part: Decimal, decimals: int, power: int, notation: Notation
) -> tuple[Decimal, int, int]:
    """Return a number in terms of a power of ten for which a language has a word: 1.41 of a billion
    is 14.1 of a hundred million.
    """
    size = power + part.adjusted()
    chosen = max((own for own in notation.scales if own <= size), default=min(notation.scales))
    shift = power - chosen
    return _scaled(part, shift), max(decimals - shift, 0), chosen


ENGLISH = Notation(
    ".",
    ",",
    "%",
    {
        power: (f"%(number)s {word}",) * 2
        for power, word in ((12, "trillion"), (9, "billion"), (6, "million"))
    },
)
"""The notation of Python, with the words of English."""


# ---- Styles

COUNT = NumberStyle()
"""Whole numbers: `1,234`."""
YEAR = NumberStyle(is_grouped=False)
"""Years: `2022`."""
COMPACT = NumberStyle(digits=3, is_compact=True)
"""Numbers of charts without a format, in sentences about them: three digits, and all of those before
the point up to ten thousand; `1.41 billion`, `2 × 10⁻⁷`.
"""
AT_A_GLANCE = NumberStyle(digits=3)
"""Numbers of a list: three digits, or all of those before the point."""
COMPUTED = NumberStyle(digits=6)
"""Numbers without the digits that only computing gives."""
AS_IT_IS = NumberStyle(digits=10)
"""Numbers that an author or the data give, without the traces of binary computing."""


@cache
def fixed(decimals: int) -> NumberStyle:
    """Return a style with so many decimals."""
    return NumberStyle(decimals, decimals)


@cache
def style_of(number_format: str) -> NumberStyle | None:
    """Return the style that a format of Python or d3 asks for (`,.1f`, `.0%`, `d`, `,.10g`); without
    a precision, a number has its own decimals. None for any other format.
    """
    match = _FORMAT.fullmatch(number_format)
    if match is None:
        return None
    kind, digits = match["kind"].lower(), int(match["digits"] or 0)
    style = NumberStyle(digits=_ALL)
    if kind == "d":
        style = COUNT
    elif match["digits"] and kind in ("f", "%"):
        style = NumberStyle(0 if match["trim"] else digits, digits)
    elif match["digits"]:
        style = NumberStyle(digits=digits + 1 if kind == "e" else max(digits, 1))
    return replace(style, is_percent=kind in ("%", "p"), is_signed=bool(match["plus"]))


def computed(value: Number) -> NumberStyle:
    """Return the style of a number of a computation, which a reader checks by hand: six digits, or
    all before the point, and a decimal of a fraction of millions.
    """
    number = decimal_of(value)
    is_long = number.is_finite() and 10**6 <= abs(number) < _LONGEST
    return fixed(1) if is_long and number % 1 else COMPUTED


def telling(value: Number, least: int = 0) -> NumberStyle:
    """Return a style with as many digits of a finite value as say something, and at least so many."""
    number = decimal_of(value)
    if number.adjusted() >= _LONGEST.adjusted():
        return replace(COMPUTED, digits=max(least, COMPUTED.digits))
    size = abs(number)
    low, high = (0, 0) if size >= 1000 else (0, 1) if size >= 1 or not number else (2, 3)
    needed = least - 1 - number.adjusted() if least and number else 0
    high = max(high, needed, 1 - number.adjusted() if 0 < size < 1 else 0)
    return NumberStyle(max(low, needed), high)


def column_decimals(values: Iterable[float]) -> int:
    """Return the decimals of a column of a table: as many as its values have, up to three; of those
    that have more, as many as give the typical value three digits.
    """
    numbers = list(values)
    most = max(map(decimals_of, numbers), default=0)
    if most <= 3:
        return most
    typical = statistics.median(abs(number) for number in numbers if number)
    return max(0, 2 - math.floor(math.log10(typical)))


def line_decimals(values: Iterable[float]) -> int:
    """Return the decimals of the values of a line: as many as they have, where the largest has four
    digits at most.
    """
    sizes = [abs(value) for value in values]
    most = max(decimals_of(float(_to_decimals(decimal_of(size), 6))) for size in sizes)
    return max(0, min(most, 3 - math.floor(math.log10(max(sizes) or 1))))


def decimals_of(value: float) -> int:
    """Return the number of decimals of a value."""
    if not isinstance(value, float):
        return 0
    digits, _, exponent = repr(float(value)).partition("e")
    fraction = digits.partition(".")[2].rstrip("0")
    return max(0, len(fraction) - int(exponent or 0))


# ---- Rounding

SMALLEST, LARGEST = Decimal("1e-5"), Decimal("999.5e12")
"""Outside of these bounds a number of a chart is written with a power of ten."""
_LONGEST = Decimal("1e16")
"""The same for numbers that keep all digits before the point."""
_WHOLE_TO, _MILLIONS, _NEARLY_ONE = Decimal(10_000), Decimal(999_500), Decimal("0.9995")
_ALL = 17
"""The most digits that a number of a computer has."""


def decimal_of(value: Number) -> Decimal:
    """Return the number that Python writes for a value: 2.675, and not the lower one of the computer."""
    if type(value) is float:
        return Decimal(repr(value))
    if isinstance(value, (int, Decimal)):
        return Decimal(value)
    return Decimal(int(value)) if isinstance(value, Integral) else Decimal(repr(float(value)))


def to_step(number: Decimal, step: Decimal, side: int = 0) -> Decimal:
    """Return a number in whole steps: to the nearest, halves away from zero; or to the one above
    (``side`` is 1) or below (-1).
    """
    return (number / step).to_integral_value(_SIDES[side]) * step


def to_digits(number: Decimal, digits: int) -> Decimal:
    """Return a number with so many digits that say something."""
    return _to_decimals(number, digits - 1 - number.adjusted()) if number else number


def _to_decimals(number: Decimal, decimals: int) -> Decimal:
    """Return a number with so many decimals, and zero without a sign."""
    rounded = number.quantize(_step(decimals), ROUND_HALF_UP, _EXACT)
    return rounded if rounded else rounded.copy_abs()


@cache
def _step(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def _scaled(number: Decimal, power: int) -> Decimal:
    return number.scaleb(power, context=_EXACT)
