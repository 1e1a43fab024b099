"""The sources that agencies have, each against a stand-in that speaks its shapes, pages, and faults."""
# ruff: noqa: F811

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from refreshing import NEWER, Refreshed, refreshed  # noqa: F401 - a fixture

from broadsheet.errors import RetrievalError
from broadsheet.processes.secret_values import withheld
from broadsheet.storage.limits import under
from standin_source import Asked, Reply

KEY = "k3y-0123456789abcdef"
YEARS = {2021: 146.9, 2022: 190.3, 2023: 240.1}


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("EIA_API_KEY", "FRED_API_KEY", "COMTRADE_API_KEY"):
        monkeypatch.setenv(name, KEY)
    with withheld():
        yield


def source(
    refreshed: Refreshed, name: str, query: dict[str, Any], columns: Any = None, path: str = ""
) -> None:
    refreshed.entry(
        {
            "source": name,
            "address": refreshed.standin.address + path,
            "query": query,
            "columns": columns or {},
        }
    )


def refusal(refreshed: Refreshed) -> str:
    before = refreshed.files()
    with pytest.raises(RetrievalError) as error:
        refreshed.refresh()
    assert refreshed.files() == before and refreshed.is_whole()
    assert KEY.encode() not in refreshed.everything() and KEY not in str(error.value)
    return str(error.value)


# The World Bank


def world_bank(total: int = 3, size: int = 2, **changes: Any) -> Callable[[Asked], Any]:
    """A stand-in that sends so many values, some to a page; ``changes`` are of the heads of pages,
    by number.
    """
    values = [
        {
            "indicator": {"id": "X", "value": "Trade"},
            "country": {"id": "CN", "value": "China"},
            "countryiso3code": "CHN",
            "date": str(2024 - number),
            "value": None if number == 0 else YEARS.get(2024 - number, 1),
        }
        for number in range(total + 1)
    ]

    def answer(asked: Asked) -> Any:
        page, per_page = int(asked.query["page"]), min(int(asked.query["per_page"]), size)
        head = {
            "page": page,
            "pages": -(-len(values) // per_page),
            "per_page": per_page,
            "total": len(values),
            "sourceid": "2",
            "lastupdated": "2026-10-01",
        } | changes.get(f"page_{page}", {})
        return [head, changes.get(f"rows_{page}", values[(page - 1) * per_page : page * per_page])]

    return answer


WORLD_BANK: tuple[str, dict[str, Any], dict[str, Any]] = (
    "world-bank",
    {"indicator": "X", "country": ["CHN"], "date": "2021:2024"},
    {"year": "date", "total": "value"},
)


def test_the_world_bank_sends_pages(refreshed: Refreshed) -> None:
    source(refreshed, *WORLD_BANK)
    refreshed.standin.answer = world_bank()
    assert refreshed.refresh() and refreshed.csv == NEWER
    assert refreshed.resource["as_of"] == "2023-12-31"
    asked = refreshed.standin.asked[-1]
    assert asked.path == "/country/CHN/indicator/X"
    assert (asked.query["format"], asked.query["date"]) == ("json", "2021:2024")
    refreshed.standin.asked.clear()
    assert not refreshed.refresh()
    assert len(refreshed.standin.asked) == 1  # the cheap look


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows_1": []}, "4 rows in all, and 2 came"),
        ({"page_2": {"page": 1}}, "sent page 1"),
        ({"page_2": {"total": 5}}, "has `total` 5, and the first page had 4"),
        ({"page_2": {"lastupdated": "2026-11-01"}}, "has `lastupdated` 2026-11-01"),
        ({"page_1": {"pages": 1}}, "4 rows in all, and 2 came"),
        ({"page_1": {"pages": "many"}}, "says that `pages` is 'many'"),
        (
            {
                "rows_2": [
                    {
                        "date": "2024",
                        "value": None,
                        "country": {"id": "CN", "value": "China"},
                        "indicator": {"id": "X", "value": "Trade"},
                        "countryiso3code": "CHN",
                    }
                ]
                * 2
            },
            "came twice",
        ),
    ],
)
def test_pages_of_the_world_bank_that_do_not_agree(
    changes: dict[str, Any], message: str, refreshed: Refreshed
) -> None:
    source(refreshed, *WORLD_BANK)
    refreshed.standin.answer = world_bank(**changes)
    assert message in refusal(refreshed)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            [
                {
                    "message": [
                        {"id": "120", "key": "Invalid value", "value": "The provided parameter"}
                    ]
                }
            ],
            "is answered by an error: 'The provided parameter'",
        ),
        ([{"page": 1, "pages": 1, "per_page": "50", "total": 0}, None], "has no values"),
        ({"surprise": 1}, "another shape"),
        ("<html><title>Bad gateway</title>", "no JSON: a page or XML, 'Bad gateway'"),
        ("[{", "no JSON"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_the_world_bank_says_200_and_means_an_error(
    body: Any, message: str, refreshed: Refreshed
) -> None:
    source(refreshed, *WORLD_BANK)
    refreshed.standin.gives(body)
    assert message in refusal(refreshed)


@pytest.mark.parametrize("is_list", [False, True])
def test_the_archive_of_the_world_bank(is_list: bool, refreshed: Refreshed) -> None:
    data = [
        {
            "variable": [
                {"concept": "Country", "id": "CHN", "value": "China"},
                {"concept": "Series", "id": "X", "value": "Trade"},
                {"concept": "Version", "id": "202305", "value": "2023 May"},
                {"concept": "Time", "id": f"YR{year}", "value": str(year)},
            ],
            "value": value,
        }
        for year, value in YEARS.items()
    ]
    inner: Any = {"id": "57", "name": "WDI Database Archives", "data": data}
    refreshed.standin.gives(
        {
            "page": 1,
            "pages": 1,
            "per_page": 1000,
            "total": 3,
            "lastupdated": "",
            "source": [inner] if is_list else inner,
        }
    )
    source(
        refreshed,
        "world-bank",
        {"indicator": "X", "country": "CHN", "version": "202305"},
        {"year": "date", "total": "value"},
    )
    assert refreshed.refresh() and refreshed.csv == NEWER
    path = refreshed.standin.asked[-1].path
    assert path == "/sources/57/country/CHN/series/X/time/all/version/202305/data"


# Comtrade

COMTRADE = (
    "comtrade",
    {
        "reporterCode": 156,
        "partnerCode": 643,
        "cmdCode": "TOTAL",
        "flowCode": ["M", "X"],
        "period": ["2021", "2022", "2023"],
    },
    {"year": "period", "total": {"from": "primaryValue", "scale": -9}},
)


def comtrade(asked: Asked) -> Any:
    year = int(asked.query["period"])
    row = {
        "period": str(year),
        "reporterCode": 156,
        "primaryValue": YEARS[year] * 1e9,
        "isReported": False,
    }
    return {"elapsedTime": "0.1 secs", "count": 1, "data": [row], "error": ""}


def test_comtrade_without_a_key_is_the_preview(refreshed: Refreshed) -> None:
    source(refreshed, *COMTRADE)
    refreshed.standin.answer = comtrade
    assert refreshed.refresh() and refreshed.csv == NEWER
    asked = refreshed.standin.asked[0]
    assert asked.path == "/public/v1/preview/C/A/HS"
    assert asked.query["maxRecords"] == "500"
    assert {name: asked.query[name] for name in ("partner2Code", "motCode", "customsCode")} == {
        "partner2Code": "0",
        "motCode": "0",
        "customsCode": "C00",
    }
    assert asked.query["flowCode"] == "M,X"
    assert refreshed.clock.waits  # a request a second


def test_comtrade_with_a_key(refreshed: Refreshed, keys: None) -> None:
    source(refreshed, *COMTRADE)
    refreshed.standin.answer = comtrade
    assert refreshed.refresh() and refreshed.csv == NEWER
    asked = refreshed.standin.asked[0]
    assert asked.path == "/data/v1/get/C/A/HS"
    assert asked.headers["Ocp-Apim-Subscription-Key"] == KEY
    assert KEY.encode() not in refreshed.everything()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"count": 0, "data": [], "error": ""}, "has no rows"),
        (
            {"count": 500, "data": [{"period": "2021", "primaryValue": 1}] * 500},
            "as many as it sends at most",
        ),
        (
            {"count": 2, "data": [{"period": "2021", "primaryValue": 1}]},
            "2 rows in all, and 1 came",
        ),
        ({"data": [], "error": "Invalid subscription"}, "an error: 'Invalid subscription'"),
        ({"statusCode": 401, "message": "Access denied"}, "another shape"),
    ],
)
def test_comtrade_s_answers_that_are_none(body: Any, message: str, refreshed: Refreshed) -> None:
    source(refreshed, *COMTRADE)
    refreshed.standin.gives(body)
    assert message in refusal(refreshed)


# The EIA

EIA = (
    "eia",
    {
        "route": "petroleum/pri/spt",
        "frequency": "annual",
        "data": ["value"],
        "facets[series]": ["RBRTE"],
    },
    {"year": "period", "total": "value"},
)


def eia(total: int = 5_003, **changes: Any) -> Callable[[Asked], Any]:
    """A stand-in that sends the years last, as so many rows in pages of 5,000."""
    years = {1: 1.0} if total == 1 else {}
    rows = [
        {"period": str(7000 + number), "series": "RBRTE", "value": None, "units": "$/BBL"}
        for number in range(total - 3)
    ] + [
        {"period": str(year), "series": "RBRTE", "value": str(value), "units": "$/BBL"}
        for year, value in (years or YEARS).items()
    ]

    def answer(asked: Asked) -> Any:
        offset, length = int(asked.query["offset"]), int(asked.query["length"])
        page = offset // length + 1
        return {
            "response": {
                "total": str(changes.get(f"total_{page}", len(rows))),
                "dateFormat": "YYYY",
                "frequency": "annual",
                "data": changes.get(f"rows_{page}", rows[offset : offset + length]),
            },
            "request": {"command": "/v2/petroleum/pri/spt/data/", "params": {"api_key": KEY}},
            "apiVersion": "2.1.12",
        }

    return answer


def test_the_eia_sends_pages_in_a_fixed_order(refreshed: Refreshed, keys: None) -> None:
    source(refreshed, *EIA)
    refreshed.standin.answer = eia()
    assert refreshed.refresh() and refreshed.csv == NEWER
    assert [asked.query["offset"] for asked in refreshed.standin.asked] == ["0", "5000"]
    pairs = refreshed.standin.asked[0].pairs
    assert ("sort[0][column]", "period") in pairs and ("sort[1][column]", "series") in pairs
    assert ("facets[series][]", "RBRTE") in pairs and ("data[0]", "value") in pairs
    assert ("api_key", KEY) in pairs
    assert KEY.encode() not in refreshed.everything()
    assert b"[EIA_API_KEY]" in refreshed.everything()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"total_2": 5_004}, "5,004 rows in all, and the first page had 5,003"),
        ({"rows_2": []}, "5,003 rows in all, and 5,000 came"),
        ({"rows_1": [{"period": "1", "value": "2"}]}, "5,003 rows in all, and 4 came"),
        ({"total_1": 0}, "has no rows"),
        ({"total_1": "a lot"}, "says that `total` is 'a lot'"),
    ],
)
def test_pages_of_the_eia_that_do_not_agree(
    changes: dict[str, Any], message: str, refreshed: Refreshed, keys: None
) -> None:
    source(refreshed, *EIA)
    refreshed.standin.answer = eia(**changes)
    assert message in refusal(refreshed)


def test_pages_of_the_eia_that_overlap(refreshed: Refreshed, keys: None) -> None:
    source(refreshed, *EIA)
    answer = eia()

    def overlapping(asked: Asked) -> Any:
        body = answer(asked)
        if asked.query["offset"] != "0":
            body["response"]["data"] = [
                {"period": str(7000 + n), "series": "RBRTE", "value": None, "units": "$/BBL"}
                for n in range(3)
            ]
        return body

    refreshed.standin.answer = overlapping
    assert "its pages overlap" in refusal(refreshed)


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": "API_KEY_INVALID", "message": "An invalid api_key was supplied."}},
        {"error": "An invalid api_key was supplied.", "code": 403},
    ],
)
def test_an_error_of_the_eia(body: Any, refreshed: Refreshed, keys: None) -> None:
    source(refreshed, *EIA)
    refreshed.standin.gives(body)
    assert "An invalid api_key was supplied." in refusal(refreshed)
    refreshed.standin.gives(Reply(body, 403))
    message = refusal(refreshed)
    assert "is answered by 403" in message and "API_KEY" in message


def test_a_source_that_needs_a_key_says_where_to_get_one(refreshed: Refreshed) -> None:
    source(refreshed, *EIA)
    message = refusal(refreshed)
    assert (
        "has no EIA_API_KEY" in message and "https://www.eia.gov/opendata/register.php" in message
    )
    assert not refreshed.standin.asked


# FRED


def fred(asked: Asked) -> Any:
    if asked.path == "/series":
        return {
            "seriess": [{"id": asked.query["series_id"], "last_updated": "2026-11-27 08:01:02-06"}]
        }
    observations = [
        {
            "realtime_start": "2026-11-30",
            "realtime_end": "2026-11-30",
            "date": f"{year}-01-01",
            "value": str(value),
        }
        for year, value in {**YEARS, 2024: "."}.items()
    ]
    return {"count": len(observations), "offset": 0, "limit": 100000, "observations": observations}


FRED = (
    "fred",
    {"series_id": "GDP"},
    {"year": {"from": "date", "part": "year"}, "total": "value"},
)


def test_fred(refreshed: Refreshed, keys: None) -> None:
    source(refreshed, *FRED)
    refreshed.standin.answer = fred
    assert refreshed.refresh() and refreshed.csv == NEWER
    assert refreshed.resource["as_of"] == "2023-12-31"
    asked = refreshed.standin.asked[-1]
    assert (asked.path, asked.query["file_type"]) == ("/series/observations", "json")
    refreshed.standin.asked.clear()
    assert not refreshed.refresh()
    assert refreshed.standin.paths == ["GET /series"]
    assert KEY.encode() not in refreshed.everything()


def test_alfred_by_its_days(refreshed: Refreshed, keys: None) -> None:
    query = {**FRED[1], "realtime_start": "2023-05-26", "realtime_end": "2023-05-26"}
    source(refreshed, FRED[0], query, FRED[2])
    refreshed.standin.answer = fred
    assert refreshed.refresh()
    assert [asked.path for asked in refreshed.standin.asked] == ["/series/observations"]
    assert refreshed.standin.asked[0].query["realtime_start"] == "2023-05-26"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            Reply(
                {"error_code": 400, "error_message": "Bad Request. The series does not exist."}, 400
            ),
            "answered by 400",
        ),
        ({"error_code": 400, "error_message": "Bad Request."}, "an error: 'Bad Request.'"),
        (
            {"count": 4, "observations": [{"date": "2021-01-01", "value": "1"}]},
            "4 observations, and 1 came",
        ),
        ({"count": 0, "observations": []}, "0 observations, and 0 came"),
        ({"observations": {}}, "another shape"),
    ],
)
def test_fred_s_answers_that_are_none(
    body: Any, message: str, refreshed: Refreshed, keys: None
) -> None:
    source(refreshed, *FRED)
    refreshed.standin.answer = lambda asked: fred(asked) if asked.path == "/series" else body
    assert message in refusal(refreshed)


def test_pages_of_fred_are_bounded_over_all_series(refreshed: Refreshed, keys: None) -> None:
    source(refreshed, FRED[0], {"series_id": ["GDP", "CPI"]}, FRED[2])

    def endless(asked: Asked) -> Any:
        count = 100_001 if asked.query.get("series_id") == "GDP" else 10**30
        return fred(asked) if asked.path == "/series" else {**fred(asked), "count": count}

    refreshed.standin.answer = endless
    with under({"retrieved-pages": 5}):
        assert "the source has more than 5 pages" in refusal(refreshed)
    pages = [asked.query for asked in refreshed.standin.asked if asked.path != "/series"]
    assert [(page["series_id"], page["offset"]) for page in pages] == [
        *(("GDP", "0"), ("GDP", "100000")),
        *(("CPI", "0"), ("CPI", "100000"), ("CPI", "200000")),
    ]


# SDMX

SDMX = "DATAFLOW,FREQ,CURRENCY,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n" + "".join(
    f"ECB:EXR(1.0),A,USD,{year},{value},A\n" for year, value in YEARS.items()
)
COLUMNS = {"year": "TIME_PERIOD", "total": "OBS_VALUE"}
SERVICES = [
    ("ecb", "EXR", "/data/EXR/A.USD", {"format": "csvdata"}, "version=1.0.0"),
    (
        "oecd",
        "OECD.SDD,DF_X,1.0",
        "/data/OECD.SDD,DF_X,1.0/A.USD",
        {"format": "csvfile", "dimensionAtObservation": "AllDimensions"},
        "csv",
    ),
    ("imf", "IMF.STA,CPI", "/data/dataflow/IMF.STA/CPI/+/A.USD", {}, "version=2.0.0"),
    ("ilo", "ILO,DF_X,1.0", "/data/ILO,DF_X,1.0/A.USD", {}, "csv"),
    ("bis", "WS_CBPOL", "/data/dataflow/BIS/WS_CBPOL/+/A.USD", {"format": "csv"}, "csv"),
    ("sdmx", "X", "/data/X/A.USD", {}, "csv"),
    ("eurostat", "nama_10_gdp", "/sdmx/2.1/data/nama_10_gdp/A.USD", {"format": "SDMX-CSV"}, "csv"),
]


@pytest.mark.parametrize(("name", "flow", "path", "words", "accept"), SERVICES)
def test_services_of_sdmx(
    name: str, flow: str, path: str, words: dict[str, str], accept: str, refreshed: Refreshed
) -> None:
    query = {"flow": flow, "key": "A.USD", "startPeriod": 2021}
    source(refreshed, name, query, COLUMNS, "/sdmx/2.1" if name == "eurostat" else "")
    refreshed.standin.gives(SDMX)
    assert refreshed.refresh() and refreshed.csv == NEWER
    (asked,) = refreshed.standin.asked
    assert asked.path == path
    assert asked.query == {**asked.query, **words, "startPeriod": "2021"}
    assert accept in asked.headers["Accept"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<mes:Error xmlns:mes='x'>No results</mes:Error>", "not by CSV"),
        ('{"data": {}}', "not by CSV"),
        ("A,B\n1,2\n", "CSV without `TIME_PERIOD`"),
        (SDMX.splitlines()[0] + "\n", "no observations"),
        (SDMX[:-5].rpartition(",")[0], "has 4 cells, and the header 6"),
        ("", "has no table"),
        (Reply("NoRecordsFound", 404), "answered by 404"),
    ],
)
def test_answers_of_sdmx_that_are_none(body: Any, message: str, refreshed: Refreshed) -> None:
    source(refreshed, "ecb", {"flow": "EXR", "key": "A.USD"}, COLUMNS)
    refreshed.standin.gives(body)
    assert message in refusal(refreshed)


def queued(state: str) -> str:
    return (
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>'
        '<ns0:syncResponse xmlns:ns0="http://estat.ec.europa.eu/disschain/soap/extraction">'
        f"<queued><id>12-ab</id><status>{state}</status></queued>"
        "</ns0:syncResponse></env:Body></env:Envelope>"
    )


def eurostat(*states: str) -> Callable[[Asked], Any]:
    left = list(states)

    def answer(asked: Asked) -> Any:
        if asked.path == "/1.0/async/data/12-ab":
            return SDMX
        return queued(left.pop(0))

    return answer


def test_eurostat_sends_later_what_is_large(refreshed: Refreshed) -> None:
    source(refreshed, "eurostat", {"flow": "nama_10_gdp"}, COLUMNS, "/sdmx/2.1")
    refreshed.standin.answer = eurostat("SUBMITTED", "PROCESSING", "PROCESSING", "AVAILABLE")
    assert refreshed.refresh() and refreshed.csv == NEWER
    assert refreshed.standin.paths[1] == "GET /1.0/async/status/12-ab"
    assert refreshed.clock.waits == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("state", ["EXPIRED", "UNKNOWN_REQUEST", "ERROR"])
def test_eurostat_never_sends_it(state: str, refreshed: Refreshed) -> None:
    source(refreshed, "eurostat", {"flow": "nama_10_gdp"}, COLUMNS, "/sdmx/2.1")
    refreshed.standin.answer = eurostat("SUBMITTED", state)
    assert f"says of the data '{state}'" in refusal(refreshed)


def test_eurostat_refuses_what_is_too_large(refreshed: Refreshed) -> None:
    source(refreshed, "eurostat", {"flow": "nama_10_gdp"}, COLUMNS, "/sdmx/2.1")
    fault = "<S:Fault xmlns:S='x'><faultcode>413</faultcode><faultstring>EXTRACTION_TOO_BIG</faultstring></S:Fault>"
    refreshed.standin.gives(Reply(fault, 413))
    message = refusal(refreshed)
    assert "answered by 413" in message and "EXTRACTION_TOO_BIG" in message
    refreshed.standin.gives(fault)
    assert "EXTRACTION_TOO_BIG" in refusal(refreshed)


def test_the_oecd_sends_60_an_hour(refreshed: Refreshed) -> None:
    source(refreshed, "oecd", {"flow": "X"}, COLUMNS)
    refreshed.standin.gives(SDMX)
    for _ in range(60):
        refreshed.refresh()
        refreshed.clock.time += 3
    assert len(refreshed.standin.asked) == 60
    assert "takes no further request before" in refusal(refreshed)
    assert len(refreshed.standin.asked) == 60


@pytest.mark.parametrize(
    ("name", "query", "message"),
    [
        ("ecb", {}, "`query` has no `flow`"),
        ("ecb", {"flow": "../../x"}, "is no flow or key"),
        ("imf", {"flow": "CPI"}, "names no agency"),
        ("world-bank", {}, "`query` has no `indicator`"),
        ("comtrade", {"reporterCode": 1}, "`query` has no `period`"),
        ("eia", {}, "`query` has no `route`"),
        ("fred", {}, "`query` has no `series_id`"),
    ],
)
def test_a_query_that_lacks_something(
    name: str, query: dict[str, Any], message: str, refreshed: Refreshed, keys: None
) -> None:
    source(refreshed, name, query)
    assert message in refusal(refreshed)
    assert not refreshed.standin.asked
