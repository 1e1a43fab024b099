"""The day of a build: pages with a later date are not on the site, and old ones are not news."""

from __future__ import annotations

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

from broadsheet.errors import UsageError
from plotly_alive.errors import shown


def today(zone: str = "UTC") -> date:
    """Return today in a time zone; or the day of `SOURCE_DATE_EPOCH` (seconds since 1970), with
    which a build can be repeated.

    https://reproducible-builds.org/specs/source-date-epoch/ Raises :class:`UsageError` if the
    variable is not a number of seconds.
    """
    seconds, clock = os.environ.get("SOURCE_DATE_EPOCH", ""), ZoneInfo(zone)
    if not seconds:
        return datetime.now(clock).date()
    try:
        return datetime.fromtimestamp(int(seconds), clock).date()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            "SOURCE_DATE_EPOCH",
            f"this environment variable is {shown(seconds)}, and not a number of seconds since 1970",
            "Set it as `date +%s` prints it, or unset it.",
        ) from None
