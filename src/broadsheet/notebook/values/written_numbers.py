"""Numbers as a computation has them, for a reader who checks it by hand."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from broadsheet.notebook.values.fact import Fact
from broadsheet.notebook.values.places import YEARS, place_in_words
from broadsheet.text.language import written_number
from plotly_alive.text.numbers import AS_IT_IS, MINUS, YEAR, computed


def in_computation(value: Any, *, is_plain: bool = False) -> str:
    """Return a number in the form of a computation; one without a unit, ``is_plain``, may be a
    year.
    """
    if not is_number(value):
        return ""
    is_year = (is_plain or type(value) is int) and float(value) in YEARS
    return written_number(value, YEAR if is_year else computed(value))


def with_limit(column: str, sign: str, limit: Any) -> str:
    """Return a condition of a column: `Exports > 1,000`. A number that is equal to another
    may be a code, and has its digits as they are.
    """
    is_amount = is_number(limit) and math.isfinite(limit) and sign not in ("=", "≠")
    return f"{column} {sign} {as_given(limit) if is_amount else place_in_words(limit)}"


def as_given(number: Any) -> str:
    """Return a number that an author gives, with all its digits; it may be a year."""
    return written_number(number, YEAR if number in YEARS else AS_IT_IS)


def with_unit(number: str, unit: str | None) -> str:
    """Return a number of a computation with the unit in which its table has it."""
    return f"{number} {unit}" if number and unit else number


def bracketed(text: str) -> str:
    """Return a number of a computation after a sign, a negative one in brackets."""
    return f"({text})" if text.startswith(MINUS) else text


def bare(value: Any) -> Any:
    """Return the number of a fact; any other value unchanged."""
    return value.value if isinstance(value, Fact) else value


def is_number(value: Any) -> bool:
    """True if a value is a number, of Python or NumPy."""
    if isinstance(value, (int, float, Decimal)):
        return not isinstance(value, bool)
    return (
        type(value).__module__ == "numpy"
        and getattr(value, "ndim", 1) == 0
        and value.dtype.kind in "iuf"
    )
