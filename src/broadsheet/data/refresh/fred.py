"""FRED and ALFRED, the economic data of the Federal Reserve Bank of St. Louis.

``query`` has `series_id`, one or several, and the words of the API's `series/observations`:
`observation_start`, `units`, `frequency`. With `realtime_start` and `realtime_end` the answer is
ALFRED's: what was known on a day, or on each day of a time. The columns are `series_id`, `date`,
`value`, `realtime_start`, `realtime_end`; a value that is missing is a dot.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from broadsheet.data.descriptor import Refresh
from broadsheet.data.refresh.answers import (
    Rate,
    RawAnswer,
    SourceDescription,
    SourceError,
    SourceTable,
)
from broadsheet.data.refresh.client import Client, beginning_of, read_json_answer
from broadsheet.data.refresh.file_formats import table_of_objects
from broadsheet.data.refresh.paged_json import pages_of
from plotly_alive.errors import shown

_ROWS = 100_000
_REGISTER = "https://fred.stlouisfed.org/docs/api/api_key.html"


class Fred:
    """FRED, and ALFRED by its real-time dates."""

    def describe(self, entry: Refresh) -> SourceDescription:
        """Describe the source."""
        return SourceDescription(
            "FRED, Federal Reserve Bank of St. Louis",
            "Each series has the terms of the source that it comes from.",
            "https://fred.stlouisfed.org/legal/",
            "FRED_API_KEY",
            (Rate(120, 60.0),),
        )

    def latest(self, entry: Refresh, client: Client) -> str:
        """Return the times at which the series were last updated."""
        if _is_of_the_past(entry):
            return ""
        times = []
        for series in _series(entry):
            value = _read(client.get(*_request(entry, client, "series", {"series_id": series})))
            match value:
                case {"seriess": [{"last_updated": str(moment)}, *_]}:
                    times.append(moment)
                case _:
                    return ""
        return " ".join(times)

    def fetch(self, entry: Refresh, client: Client) -> Sequence[RawAnswer]:
        """Return the observations of each series."""
        answers: list[RawAnswer] = []
        for series in _series(entry):
            page = partial(_page, entry, client, series)
            answers += pages_of(page, len(answers))
        return answers

    def parse(self, entry: Refresh, answers: Sequence[RawAnswer]) -> SourceTable:
        """Return the observations of all series, with the name of each."""
        rows: list[dict[str, Any]] = []
        for series in _series(entry):
            came = 0
            count = 0
            for answer in answers:
                if _series_in(answer.request) != series:
                    continue
                count, observations = _observations(answer)
                came += len(observations)
                rows += [{"series_id": series, **observation} for observation in observations]
            if came != count or not came:
                raise SourceError(
                    f"the series {series} has {count:,} observations, and {came:,} came",
                    "Run it again: it may have been revised meanwhile.",
                )
        return table_of_objects(rows, answers[0])


_ORDER = {"sort_order": "asc"}


def _series(entry: Refresh) -> list[str]:
    value = entry.query.get("series_id", [])
    names = [str(name) for name in (value if isinstance(value, list) else [value])]
    if not names:
        raise SourceError("`query` has no `series_id`", "Give it, such as DCOILBRENTEU.")
    return names


def _is_of_the_past(entry: Refresh) -> bool:
    return bool({"realtime_start", "realtime_end", "vintage_dates"} & entry.query.keys())


def _request(
    entry: Refresh, client: Client, path: str, query: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    base = (entry.address or "https://api.stlouisfed.org/fred").rstrip("/")
    key = client.needed_key(_REGISTER)
    return f"{base}/{path}", {**query, "file_type": "json", "api_key": key}


def _page(entry: Refresh, client: Client, series: str, number: int) -> tuple[RawAnswer, bool]:
    """Return a page of the observations of a series, and True if it is the last."""
    place = {"limit": _ROWS, "offset": (number - 1) * _ROWS}
    query = {**entry.query, "series_id": series, **_ORDER, **place}
    answer = client.get(*_request(entry, client, "series/observations", query))
    count, rows = _observations(answer)
    return answer, number * _ROWS >= count or not rows


def _series_in(request: str) -> str:
    return parse_qs(urlsplit(request).query).get("series_id", [""])[0]


def _read(answer: RawAnswer) -> Any:
    value = read_json_answer(answer)
    if isinstance(value, dict) and value.get("error_message"):
        raise SourceError(
            f"{answer.request} is answered by an error: {shown(value['error_message'], 200)}",
            "Correct `query`.",
        )
    return value


def _observations(answer: RawAnswer) -> tuple[int, list[dict[str, Any]]]:
    """Return the number of observations in all, and those of a page."""
    match _read(answer):
        case {"count": str(count), "observations": list(rows)} if count.isdecimal():
            return int(count), rows
    raise SourceError(
        f"{answer.request} is answered by JSON of another shape than FRED's: "
        f"{beginning_of(answer.content)}",
        "See whether the source has a new version of its API.",
    )
