"""Values, their texts, and the errors of formats, which all ways to write a value share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

PlainNumber = Decimal | tuple[Decimal, Decimal]
PlainValue = Decimal | tuple[Decimal, Decimal] | date | str


class FormatFault(ValueError):
    """An invalid format, or one for another unit."""


class MisfitError(FormatFault):
    """A format that does not fit this value; another might."""


@dataclass(frozen=True)
class Reading:
    """The text of a value."""

    text: str
    """The text."""
    stated: PlainNumber | None = None
    """The number in the text, in the value's own unit; None if there is none."""


def is_absent(value: object) -> bool:
    """True if a value is None, or the mark of pandas for a missing value."""
    return value is None or type(value).__name__ in ("NAType", "NaTType")


def has_time(value: object) -> bool:
    """True if a value is a time of a day other than its first moment."""
    return bool(getattr(value, "time", time)() != time())


def of_python(value: Any) -> Any:
    """Return a single value of NumPy as one of Python; any other unchanged."""
    return value.item() if type(value).__module__ == "numpy" and value.ndim == 0 else value


def plain_value(value: object) -> PlainValue:
    """Return a value of Python, NumPy or pandas in the form that formats take. Raises TypeError
    or ValueError.
    """
    if isinstance(value, (tuple, list)) and len(value) == 2:
        low, high = plain_value(value[0]), plain_value(value[1])
        if isinstance(low, Decimal) and isinstance(high, Decimal):
            return low, high
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, (str, date, Decimal)):
        return value
    if isinstance(value, Integral) and not isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, Real) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise ValueError(
                "there is no value (NaN)" if math.isnan(value) else f"the value is {value}"
            )
        return Decimal(repr(float(value)))
    if is_absent(value):
        raise ValueError("there is no value")
    raise TypeError(
        f"a value of the type {type(value).__name__} is no fact: give a number, a date, a text, or a pair "
        "of numbers"
    )


def whole_number(value: Decimal, example: str) -> int:
    """Return a value that has to be a count. Raises :class:`FormatFault`."""
    if value != value.to_integral_value() or value < 0:
        raise FormatFault(
            f"the format {example!r} is for a whole number, and the value is {in_message(value)}"
        )
    return int(value)


def in_message(number: Decimal) -> str:
    """Return a number for a message."""
    return f"{float(number):,.6g}" if abs(number) < 10**6 else f"{float(number):,.0f}"
