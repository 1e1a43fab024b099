"""Days, months, quarters and years, as authors write them and as axes have them.

"2022-02-24"   "2022-02"   "2022-Q1"   "2022"   2022   date(2022, 2, 24)   pd.Period("2022-02")
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

_TEXT = re.compile(
    r"(?P<year>\d{4})(?:-?Q(?P<quarter>[1-4])|-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::[\d.]+)?)?)?)?"
)
MOMENT_YEARS = range(1000, 3000)


@dataclass(frozen=True)
class Moment:
    """A day, a month, a quarter or a year."""

    start: datetime
    """Its first moment."""
    end: datetime
    """The moment after its last."""
    text: str
    """The ISO form: `2022-Q1` of a quarter."""


def moment_of(value: Any) -> Moment | None:
    """Return the moment that a value names; None if it is no date."""
    if isinstance(value, Moment):
        return value
    if getattr(getattr(value, "dtype", None), "kind", "") == "M":
        value = value.astype("datetime64[us]")  # of nanoseconds numpy would give a number
    if hasattr(value, "item") and not hasattr(value, "isoformat"):
        value = value.item()  # numpy's
    if hasattr(value, "start_time") and hasattr(value, "freqstr"):
        value = str(value)  # pandas' periods
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        value = f"{value:04d}" if value in MOMENT_YEARS else ""
    if isinstance(value, (date, datetime)):
        value = value.isoformat()
    match = _TEXT.fullmatch(str(value).partition("+")[0])
    return _moment(match) if match else None


def _moment(match: re.Match[str]) -> Moment | None:
    year, text = int(match["year"]), match[0]
    try:
        if match["hour"]:
            start = datetime.fromisoformat(text)
            if start.time() == datetime.min.time():
                return Moment(start, start + timedelta(days=1), text[:10])
            return Moment(start, start, text)
        if match["day"]:
            start = datetime.fromisoformat(text)
            return Moment(start, start + timedelta(days=1), text)
        month = int(match["month"] or 3 * int(match["quarter"] or 0) - 2)
        months = 1 if match["month"] else 3 if match["quarter"] else 12
        start = datetime(year, max(month, 1), 1)
        last = start.month - 1 + months
        return Moment(start, datetime(year + last // 12, last % 12 + 1, 1), text)
    except ValueError:
        return None
