"""The day on which a build takes place: what is dated later is not on the site, and what is older is no news."""

from __future__ import annotations

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo


def today(zone: str = "UTC") -> date:
    """Today in a time zone; or the day of `SOURCE_DATE_EPOCH` (seconds since 1970), with which a build can be repeated.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    there = ZoneInfo(zone)
    return datetime.fromtimestamp(int(given), there).date() if given.isdecimal() else datetime.now(there).date()
