"""The sources that send JSON in pages: the World Bank, UN Comtrade, the EIA.

Each tells how many rows there are in all, and in which order. Pages are asked for one after another,
and their numbers, counts and totals must agree: a page that is missing in the middle, that comes
twice, or whose total differs from the first one's is a :class:`SourceError`, as is an error that
comes with the status 200.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

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
from broadsheet.storage.limits import TABLE
from plotly_alive.errors import shown

_CHANGING = "Run it again: it may have been revised meanwhile."


class WorldBank:
    """The World Bank's indicators, API v2; with `version`, source 57, as they were in a month.

    ``query`` has `indicator`, and `country` and `date` if not all are meant. With `version`, such as
    `202305`, `date` is `time`, written as `YR2020;YR2021` or `all`.
    """

    def describe(self, entry: Refresh) -> SourceDescription:
        """Describe the source."""
        return SourceDescription(
            "World Bank, World Development Indicators",
            "Most data are under the Creative Commons Attribution 4.0 licence.",
            "https://datacatalog.worldbank.org/public-licenses",
        )

    def latest(self, entry: Refresh, client: Client) -> str:
        """Return the day on which the source was last updated, and the number of values."""
        head, _ = _world_bank_page(client.get(*_world_bank_request(entry, 1, 1)))
        return (
            f"{head.get('lastupdated') or ''} {head['total']}"
            if "version" not in entry.query
            else ""
        )

    def fetch(self, entry: Refresh, client: Client) -> Sequence[RawAnswer]:
        """Return all pages."""

        def page(number: int) -> tuple[RawAnswer, bool]:
            answer = client.get(*_world_bank_request(entry, number, _WORLD_BANK_PAGE))
            head, _ = _world_bank_page(answer)
            return answer, number >= _whole(head, "pages", answer)

        return pages_of(page)

    def parse(self, entry: Refresh, answers: Sequence[RawAnswer]) -> SourceTable:
        """Return the values, a row each."""
        rows: list[Any] = []
        first: dict[str, Any] = {}
        for number, answer in enumerate(answers, 1):
            head, values = _world_bank_page(answer)
            first = first or head
            if _whole(head, "page", answer) != number:
                raise SourceError(f"{answer.request} sent page {head['page']}", _CHANGING)
            for name in ("total", "pages", "lastupdated"):
                if head.get(name) != first.get(name):
                    raise SourceError(
                        f"{answer.request} has `{name}` {head.get(name)}, and the first page had "
                        f"{first.get(name)}",
                        _CHANGING,
                    )
            rows += values
        _check_count(len(rows), _whole(first, "total", answers[0]), answers[0])
        return _unrepeated(table_of_objects(rows, answers[0]), answers[0])


_WORLD_BANK_PAGE = 1000


def _world_bank_request(entry: Refresh, page: int, size: int) -> tuple[str, dict[str, Any]]:
    query = {name: _joined(value, ";") for name, value in entry.query.items()}
    indicator = query.pop("indicator", "") or query.pop("series", "")
    if not indicator:
        raise SourceError(
            "`query` has no `indicator`",
            "Give its code, such as NY.GDP.MKTP.CD, as data.worldbank.org shows it in its address.",
        )
    country, version = query.pop("country", "all"), query.pop("version", "")
    base = (entry.address or "https://api.worldbank.org/v2").rstrip("/")
    if version:
        time = query.pop("time", "all")
        path = f"sources/57/country/{country}/series/{indicator}/time/{time}/version/{version}/data"
    else:
        path = f"country/{country}/indicator/{indicator}"
    return f"{base}/{path}", {**query, "format": "json", "per_page": size, "page": page}


def _world_bank_page(answer: RawAnswer) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the head of a page, and its values."""
    match read_json_answer(answer):
        case [{"message": [{"value": reason}, *_]}] | [{"message": [{"key": reason}, *_]}]:
            raise SourceError(
                f"{answer.request} is answered by an error: {shown(reason)}",
                "Correct `query`: the codes are those of data.worldbank.org.",
            )
        case [{"total": _} as head, None] if _whole(head, "total", answer) == 0:
            raise SourceError(f"{answer.request} has no values", "Correct `query`.")
        case [{"total": _} as head, list(values)]:
            return head, values
        case {"total": _, "source": {"data": list(values)}} as head:
            return head, [_of_concepts(value, answer) for value in values]
        case {"total": _, "source": [{"data": list(values)}]} as head:
            return head, [_of_concepts(value, answer) for value in values]
    raise _other_shape(answer)


def _of_concepts(value: Any, answer: RawAnswer) -> dict[str, Any]:
    """Return a value of the archive with a name for each of its dimensions: `country.id`, `time`."""
    row: dict[str, Any] = {}
    try:
        for part in value["variable"]:
            name = str(part["concept"]).lower()
            row[f"{name}.id"], row[f"{name}.value"] = part["id"], part["value"]
        row["value"] = value["value"]
    except (KeyError, TypeError):
        raise _other_shape(answer) from None
    if "time.id" in row:
        row["date"] = str(row["time.id"]).removeprefix("YR")
    return row


class Comtrade:
    """UN Comtrade, API v1: the preview of 500 rows without a key, 100,000 rows with one.

    ``query`` has the words of the API: `reporterCode`, `partnerCode`, `period`, `cmdCode`,
    `flowCode`; `type`, `freq` and `classification` are C, A and HS without them. What is not asked
    of second partners, modes of transport and customs procedures is asked for their totals, since
    rows would else be counted twice.
    """

    def describe(self, entry: Refresh) -> SourceDescription:
        """Describe the source."""
        return SourceDescription(
            "United Nations, Comtrade",
            "For use and re-dissemination see the policy of UN Comtrade.",
            "https://uncomtrade.org/docs/policy-on-use-and-re-dissemination/",
            "COMTRADE_API_KEY",
            (Rate(1, 1.0),),
        )

    def latest(self, entry: Refresh, client: Client) -> str:
        """Return nothing: the source has no cheap request that says so for a query."""
        return ""

    def fetch(self, entry: Refresh, client: Client) -> Sequence[RawAnswer]:
        """Return the rows, period by period."""
        query = {name: _joined(value, ",") for name, value in entry.query.items()}
        words = [query.pop(name, usual) for name, usual in _COMTRADE_PATH]
        periods = [period for period in query.pop("period", "").split(",") if period]
        if not periods:
            raise SourceError("`query` has no `period`", "Give years or months: 2022, or 202207.")
        base = (entry.address or "https://comtradeapi.un.org").rstrip("/")
        kind = "data/v1/get" if client.key else "public/v1/preview"
        headers = {"Ocp-Apim-Subscription-Key": client.key} if client.key else {}
        most = _COMTRADE_ROWS if client.key else _COMTRADE_PREVIEW
        return [
            client.get(
                "/".join((base, kind, *words)),
                {**_COMTRADE_TOTALS, "maxRecords": most, **query, "period": period},
                headers=headers,
            )
            for period in periods
        ]

    def parse(self, entry: Refresh, answers: Sequence[RawAnswer]) -> SourceTable:
        """Return the rows. An answer without any, or one that is full, is an error."""
        rows: list[Any] = []
        for answer in answers:
            value = read_json_answer(answer)
            if not isinstance(value, dict) or not isinstance(value.get("data"), list):
                raise _other_shape(answer)
            if value.get("error"):
                raise SourceError(
                    f"{answer.request} is answered by an error: {shown(value['error'], 200)}",
                    "Correct `query`.",
                )
            data = value["data"]
            if not data:
                raise SourceError(
                    f"{answer.request} has no rows",
                    "Correct `query`; or take the period out that the source does not have yet.",
                )
            most = _COMTRADE_PREVIEW if "/public/" in answer.request else _COMTRADE_ROWS
            if len(data) >= most:
                raise SourceError(
                    f"{answer.request} has {len(data):,} rows, as many as it sends at most: there "
                    "may be more",
                    "Ask for less at once; or set COMTRADE_API_KEY, with which it sends more.",
                )
            if "count" in value:
                _check_count(len(data), _whole(value, "count", answer), answer)
            rows += data
        return table_of_objects(rows, answers[0])


_COMTRADE_PATH = (("type", "C"), ("freq", "A"), ("classification", "HS"))
_COMTRADE_TOTALS = {"partner2Code": 0, "motCode": 0, "customsCode": "C00", "includeDesc": "true"}
_COMTRADE_PREVIEW, _COMTRADE_ROWS = 500, 100_000


class EnergyInformation:
    """The US Energy Information Administration, API v2.

    ``query`` has `route`, such as `petroleum/pri/spt`, and the words of the API: `frequency`,
    `data`, `start`, `end`, and `facets[series]`. Rows come sorted by period and facets, since pages
    of rows in no order overlap.
    """

    def describe(self, entry: Refresh) -> SourceDescription:
        """Describe the source."""
        return SourceDescription(
            "U.S. Energy Information Administration",
            "Public domain; the source is to be named, with the date.",
            "https://www.eia.gov/about/copyrights_reuse.php",
            "EIA_API_KEY",
            (Rate(5, 1.0), Rate(9_000, 3600.0)),
        )

    def latest(self, entry: Refresh, client: Client) -> str:
        """Return nothing: a later period is not all that may be revised."""
        return ""

    def fetch(self, entry: Refresh, client: Client) -> Sequence[RawAnswer]:
        """Return all pages."""

        def page(number: int) -> tuple[RawAnswer, bool]:
            answer = client.get(*_eia_request(entry, client, (number - 1) * _EIA_ROWS))
            total, rows = _eia_page(answer)
            return answer, number * _EIA_ROWS >= total or not rows

        return pages_of(page)

    def parse(self, entry: Refresh, answers: Sequence[RawAnswer]) -> SourceTable:
        """Return the rows of all pages."""
        rows: list[Any] = []
        first: int | None = None
        for answer in answers:
            total, data = _eia_page(answer)
            first = total if first is None else first
            if total != first:
                raise SourceError(
                    f"{answer.request} has {total:,} rows in all, and the first page had {first:,}",
                    _CHANGING,
                )
            rows += data
        _check_count(len(rows), first or 0, answers[0])
        return _unrepeated(table_of_objects(rows, answers[0]), answers[0])


_EIA_ROWS = 5_000


def _eia_request(entry: Refresh, client: Client, offset: int) -> tuple[str, list[tuple[str, Any]]]:
    query = dict(entry.query)
    route = str(query.pop("route", "")).strip("/").removesuffix("/data")
    if not route:
        raise SourceError(
            "`query` has no `route`",
            "Give it as the browser of eia.gov/opendata shows it: petroleum/pri/spt.",
        )
    values = query.pop("data", "value")
    pairs: list[tuple[str, Any]] = [
        (f"data[{number}]", value)
        for number, value in enumerate(values if isinstance(values, list) else [values])
    ]
    facets = []
    for name, value in query.items():
        if name.startswith("facets["):
            facets.append(name.removeprefix("facets[").rstrip("[]"))
            pairs += [
                (f"facets[{facets[-1]}][]", item)
                for item in (value if isinstance(value, list) else [value])
            ]
        else:
            pairs.append((name, _joined(value, ",")))
    for number, column in enumerate(["period", *facets]):
        pairs += [(f"sort[{number}][column]", column), (f"sort[{number}][direction]", "asc")]
    pairs += [("offset", offset), ("length", _EIA_ROWS)]
    pairs.append(("api_key", client.needed_key("https://www.eia.gov/opendata/register.php")))
    base = (entry.address or "https://api.eia.gov/v2").rstrip("/")
    return f"{base}/{route}/data/", pairs


def _eia_page(answer: RawAnswer) -> tuple[int, list[Any]]:
    """Return the number of rows in all, and those of a page."""
    value = read_json_answer(answer)
    response = value.get("response") if isinstance(value, dict) else None
    if isinstance(value, dict) and (error := value.get("error")):
        reason = error.get("message", error) if isinstance(error, dict) else error
        raise SourceError(
            f"{answer.request} is answered by an error: {shown(reason, 200)}", "Correct `query`."
        )
    if not isinstance(response, dict) or not isinstance(response.get("data"), list):
        raise _other_shape(answer)
    total = _whole(response, "total", answer)
    if not total:
        raise SourceError(f"{answer.request} has no rows", "Correct `query`.")
    return total, response["data"]


# All


def pages_of(page: Callable[[int], tuple[RawAnswer, bool]], before: int = 0) -> list[RawAnswer]:
    """Return all pages, of which ``page`` asks for one by its number, from 1, and says if it is the
    last. Raises :class:`SourceError` if there are too many; so many came ``before``.
    """
    most, answers = TABLE["retrieved-pages"], list[RawAnswer]()
    while before + len(answers) < most.value:
        answer, is_last = page(len(answers) + 1)
        answers.append(answer)
        if is_last:
            return answers
    raise SourceError(
        f"the source has more than {most.shown(most.value)}", f"Ask for less.{most.mend}"
    )


def _joined(value: Any, sign: str) -> str:
    return sign.join(map(str, value if isinstance(value, list) else [value]))


def _whole(head: dict[str, Any], name: str, answer: RawAnswer) -> int:
    """Return a count in the head of a page."""
    text = str(head.get(name))
    if not text.isdecimal() or len(text) > 12:
        raise SourceError(
            f"{answer.request} says that `{name}` is {shown(head.get(name))}", _CHANGING
        )
    return int(text)


def _check_count(came: int, total: int, answer: RawAnswer) -> None:
    if came != total:
        raise SourceError(
            f"{answer.request} has {total:,} rows in all, and {came:,} came: a page is missing, or "
            "came twice",
            _CHANGING,
        )


def _unrepeated(table: SourceTable, answer: RawAnswer) -> SourceTable:
    """Return the table, if no row of it came twice."""
    if len(set(table.rows)) != len(table.rows):
        raise SourceError(f"a row came twice from {answer.request}: its pages overlap", _CHANGING)
    return table


def _other_shape(answer: RawAnswer) -> SourceError:
    return SourceError(
        f"{answer.request} is answered by JSON of another shape than the source's: "
        f"{beginning_of(answer.content)}",
        "See whether the source has a new version of its API.",
    )
