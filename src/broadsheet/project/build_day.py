"""The day of a build: pages with a later date are not on the site, and old ones are not news."""

from __future__ import annotations

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

from broadsheet.errors import UsageError, shown


def today(zone: str = "UTC") -> date:
    """Today in a time zone; or the day of `SOURCE_DATE_EPOCH` (seconds since 1970), with which a
    build can be repeated.

    https://reproducible-builds.org/specs/source-date-epoch/ Raises :class:`UsageError` for a
    variable that is none.
    """
    given, there = os.environ.get("SOURCE_DATE_EPOCH", ""), ZoneInfo(zone)
    if not given:
        return datetime.now(there).date()
    try:
        return datetime.fromtimestamp(int(given), there).date()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            "SOURCE_DATE_EPOCH",
            f"this environment variable is {shown(given)}, and not a number of seconds since 1970",
            "Set it as `date +%s` prints it, or unset it.",
        ) from None
