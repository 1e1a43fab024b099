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
YEARS = range(1000, 3000)


@dataclass(frozen=True)
class Moment:
    """A day, a month, a quarter or a year: its ``start``, the ``end``, which is no longer in it,
    and how it is written in ISO form (``2022-Q1`` of a quarter).
    """

    start: datetime
    end: datetime
    text: str


def moment_of(value: Any) -> Moment | None:
    """What a value says; None if it is no date."""
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
        value = f"{value:04d}" if value in YEARS else ""
    if isinstance(value, (date, datetime)):
        value = value.isoformat()
    found = _TEXT.fullmatch(str(value).partition("+")[0])
    return _moment(found) if found else None


def _moment(found: re.Match[str]) -> Moment | None:
    year, text = int(found["year"]), found[0]
    try:
        if found["hour"]:
            start = datetime.fromisoformat(text)
            if start.time() == datetime.min.time():
                return Moment(start, start + timedelta(days=1), text[:10])
            return Moment(start, start, text)
        if found["day"]:
            start = datetime.fromisoformat(text)
            return Moment(start, start + timedelta(days=1), text)
        month = int(found["month"] or 3 * int(found["quarter"] or 0) - 2)
        months = 1 if found["month"] else 3 if found["quarter"] else 12
        start = datetime(year, max(month, 1), 1)
        last = start.month - 1 + months
        return Moment(start, datetime(year + last // 12, last % 12 + 1, 1), text)
    except ValueError:
        return None
