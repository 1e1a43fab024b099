"""The day on which a build takes place."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime


def today() -> date:
    """Today, in Greenwich; or the day of `SOURCE_DATE_EPOCH` (seconds since 1970), with which a build can be repeated.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(given), UTC).date() if given.isdecimal() else datetime.now(UTC).date()
