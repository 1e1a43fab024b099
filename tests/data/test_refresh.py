"""`broadsheet data refresh`: the order of a refresh, what is refused, and what changes no file."""
# ruff: noqa: F811

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import socket
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from refreshing import CSV, NEWER, TODAY, Refreshed, refreshed  # noqa: F401 - a fixture

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.refresh.client import LOOPBACK_ALLOWED
from broadsheet.errors import ConfigError, RetrievalError
from broadsheet.storage.limits import under
from git_repository import commit, git, new_repository
from standin_source import Reply


def test_a_newer_table_takes_the_place_of_the_old_one_whole(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives(Reply(NEWER, headers={"ETag": '"3"', "Content-Type": "text/csv"}))
    assert refreshed.refresh()
    assert refreshed.csv == NEWER
    assert refreshed.is_whole()
    resource = refreshed.resource
    assert (resource["as_of"], resource["retrieved"]) == ("2023-12-31", "2026-11-30")
    assert resource["bytes"] == len(NEWER)


def test_only_four_values_of_the_descriptor_change(refreshed: Refreshed) -> None:
    refreshed.file()
    before = refreshed.site.read("data/datapackage.json").splitlines()
    refreshed.standin.gives(NEWER)
    refreshed.refresh()
    after = refreshed.site.read("data/datapackage.json").splitlines()
    changed = [line.split('"')[1] for line, old in zip(after, before, strict=True) if line != old]
    assert sorted(changed) == ["as_of", "bytes", "hash", "retrieved"]


def test_the_bytes_that_came_are_kept_with_their_request(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives(Reply(NEWER, headers={"ETag": '"3"', "Set-Cookie": "a=b"}))
    refreshed.refresh()
    kept = json.loads(refreshed.site.read("data/originals/trade/request.json"))
    (answer,) = kept["answers"]
    assert refreshed.site.read(f"data/originals/trade/{answer['file']}") == NEWER
    assert answer["request"] == f"GET {refreshed.standin.address}/trade.csv"
    assert answer["headers"]["etag"] == '"3"' and "set-cookie" not in answer["headers"]
    assert kept["licences"] == ["CC-BY-4.0"] and answer["sha256"] and answer["at"]


def test_what_is_refused_is_kept_to_be_looked_at_and_not_committed(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives("<!doctype html><title>Maintenance</title>")
    with pytest.raises(RetrievalError, match="a web page"):
        refreshed.retrieve()
    kept = refreshed.root / ".broadsheet/retrieved/trade"
    assert b"Maintenance" in (kept / "answer-1.csv").read_bytes()
    assert not (refreshed.root / "data/originals").exists()


# A source that has nothing new


def test_a_source_with_nothing_new_touches_no_file(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives(CSV)
    before = refreshed.files()
    assert not refreshed.refresh()
    assert refreshed.files() == before


def test_what_is_written_otherwise_is_nothing_new(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives("\ufeffyear;total;x\n2022;190.30;a\n2021;146.9;b\n")
    before = refreshed.files()
    assert not refreshed.refresh()
    assert refreshed.files() == before


def test_the_same_entity_tag_spares_the_download(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives(Reply(NEWER, headers={"ETag": '"3"'}))
    refreshed.refresh()
    refreshed.standin.asked.clear()
    assert not refreshed.refresh()
    assert refreshed.standin.paths == ["HEAD /trade.csv"]


def test_another_mapping_asks_again_although_the_source_is_the_same(refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives(Reply(NEWER, headers={"ETag": '"3"'}))
    refreshed.refresh()
    text = refreshed.site.read("data/datapackage.json")
    package = json.loads(text)
    package["resources"][0]["refresh"]["columns"] = {"total": {"decimals": 0}}
    refreshed.site.write("data/datapackage.json", json.dumps(package))
    assert refreshed.refresh()
    assert refreshed.csv.endswith("2023,240\n")


def test_of_a_table_that_was_due_the_day_of_the_look_is_noted(refreshed: Refreshed) -> None:
    refreshed.file(every="P1Y")
    refreshed.standin.gives(CSV)
    before = refreshed.files()
    assert refreshed.refresh()
    changed = {name for name, data in refreshed.files().items() if before.get(name) != data}
    # That it was known before is kept, too.
    assert {name for name in changed if not name.startswith("data/vintages/")} == {
        "data/datapackage.json"
    }
    assert refreshed.resource["retrieved"] == "2026-11-30"
    assert refreshed.resource["as_of"] == "2022-12-31"
    assert not refreshed.refresh()


def test_a_late_table_that_has_a_source_is_refreshed_by_a_command(refreshed: Refreshed) -> None:
    refreshed.file(every="P1Y")
    (notice,) = Catalogue.open(refreshed.root).overdue(TODAY)
    assert notice.mend.startswith("Retrieve it again (broadsheet data refresh trade), or")
    refreshed.standin.gives(CSV)
    refreshed.refresh()
    assert not Catalogue.open(refreshed.root).overdue(TODAY)


# What is refused

OTHER = {
    "HTML": "<!doctype html><html><title>Sign in</title></html>",
    "JSON": '{"error": "no such file"}',
    "nothing": "",
    "a header alone": "year,total\n",
    "a column that has another name": NEWER.replace("total", "sum"),
    "text for a number": NEWER.replace("240.1", "see note 3"),
    "a row that is cut": NEWER + "2024",
    "a key twice": NEWER + "2023,1\n",
    "a number out of bounds": NEWER.replace("2023", "99999999999999999999"),
    "binary": b"\x00\x01\x02\x03",
    "a picture": b"\x89PNG\r\n\x1a\n",
}


@pytest.mark.parametrize("what", OTHER)
def test_what_is_no_such_table_leaves_the_old_one(what: str, refreshed: Refreshed) -> None:
    refreshed.file()
    refreshed.standin.gives(OTHER[what])
    before = refreshed.files()
    with pytest.raises(RetrievalError, match="table 'trade' stays as it is: ") as error:
        refreshed.refresh()
    assert refreshed.files() == before and refreshed.is_whole()
    assert error.value.mend and str(error.value.where) == "data/trade.csv"


OLD = "year,total\n" + "".join(f"{year},{100 + year % 7}.5\n" for year in range(2010, 2023))
SUSPICIOUS = {
    "a lost year": (OLD.replace("2015,106.5\n", ""), "no row has `year` 2015"),
    "another level": (
        OLD.replace("\n201", "\n201").replace(".5", "500"),
        "about 1,000 times",
    ),
    "another base": (
        "year,total\n" + "".join(f"{year},{130 + year % 5}.5\n" for year in range(2010, 2023)),
        "numbers of `total` change by more than 15 percent",
    ),
    "empty cells": (OLD.replace("2022,106.5", "2022,"), ""),
}


@pytest.mark.parametrize("what", SUSPICIOUS)
def test_what_is_mostly_a_mistake_is_taken_only_after_a_look(
    what: str, refreshed: Refreshed
) -> None:
    csv, message = SUSPICIOUS[what]
    refreshed.entry({"source": "file", "address": f"{refreshed.standin.address}/trade.csv"}, OLD)
    refreshed.standin.gives(csv)
    before = refreshed.files()
    with pytest.raises(RetrievalError, match="as only a mistake does") as error:
        refreshed.refresh()
    assert message in str(error.value) and "--accept" in error.value.mend
    assert error.value.code == "suspicious-revision"
    assert refreshed.files() == before
    assert refreshed.refresh(is_accepted=True)
    assert refreshed.is_whole()


def test_an_ordinary_revision_is_taken(refreshed: Refreshed) -> None:
    refreshed.entry({"source": "file", "address": f"{refreshed.standin.address}/trade.csv"}, OLD)
    revised = OLD.replace("2022,106.5", "2022,109.1").replace("2021,105.5", "2021,104.9")
    refreshed.standin.gives(f"{revised}2023,120.1\n")
    assert refreshed.refresh()
    assert refreshed.csv == f"{revised}2023,120.1\n"


def test_an_identity_that_breaks_is_refused_even_after_a_look(refreshed: Refreshed) -> None:
    refreshed.entry(
        {"source": "file", "address": f"{refreshed.standin.address}/trade.csv"},
        identities=[{"holds": "total < 200"}],
    )
    refreshed.standin.gives(NEWER)
    with pytest.raises(RetrievalError, match=r"breaks its rules: .*`total < 200` does not hold"):
        refreshed.refresh(is_accepted=True)
    assert refreshed.csv == CSV


def test_a_table_that_changes_meanwhile_is_not_overwritten(refreshed: Refreshed) -> None:
    from broadsheet.data.refresh.retrieval import accept

    refreshed.file()
    refreshed.standin.gives(NEWER)
    revision = refreshed.retrieve()
    by_hand = CSV.replace("190.3", "190.4")
    refreshed.site.write("data/trade.csv", by_hand)
    with pytest.raises(RetrievalError, match="has changed since it was retrieved"):
        accept(refreshed.root, revision)
    assert refreshed.csv == by_hand


# The mapping

MAPPINGS: dict[str, tuple[Any, dict[str, Any], str]] = {
    "renamed, chosen, scaled": (
        "Land;Jahr;Wert\nRU;2021;146900\nRU;2022;190300\nRU;2023;240100\nDE;2023;1\n",
        {
            "columns": {"year": "Jahr", "total": {"from": "Wert", "scale": -3}},
            "rows": {"Land": "RU"},
        },
        NEWER,
    ),
    "decimal commas": (
        "year;total\n2021;146,9\n2022;190,3\n2023;1.240,1\n",
        {"decimal": ","},
        CSV + "2023,1240.1\n",
    ),
    "numbers of JSON beside texts with decimal commas": (
        [
            {"year": 2021, "total": "146,9"},
            {"year": 2022, "total": 190.3},
            {"year": 2023, "total": 240.125},
        ],
        {"decimal": ",", "format": "json"},
        CSV + "2023,240.125\n",
    ),
    "years in columns": (
        "Country,Code,2021,2022,2023\nRussia,RU,146.9,190.3,240.1\nIndia,IN,1,2,3\n",
        {
            "unpivot": {"columns": r"\d{4}", "names": "when", "values": "value"},
            "columns": {"year": "when", "total": "value"},
            "rows": {"Code": ["RU"]},
        },
        NEWER,
    ),
    "lines above the header, and rows that are yet to come": (
        "Table 1\n\nyear,total\n2021,146.9\n2022,190.3\n2023,240.1\n2024,..\n",
        {"skip": 2},
        NEWER,
    ),
    "JSON within JSON": (
        {
            "data": {
                "items": [
                    {"y": 2021, "v": {"usd": 146.9}},
                    {"y": 2022, "v": {"usd": 190.30}},
                    {"y": 2023, "v": {"usd": 240.1}},
                    {"y": 2024, "v": {"usd": None}},
                ]
            }
        },
        {"at": "data.items", "columns": {"year": "y", "total": "v.usd"}, "format": "json"},
        NEWER,
    ),
    "days of which the year is meant, rounded": (
        "DATE,VALUE\n2021-01-01,146.9\n2022-01-01,190.3\n2023-01-01,240.149\n",
        {
            "columns": {
                "year": {"from": "DATE", "part": "year"},
                "total": {"from": "VALUE", "decimals": 1},
            }
        },
        NEWER,
    ),
    "a row for each value": (
        "what,when,value\nexports,2021,1\ntrade,2021,146.9\ntrade,2022,190.3\ntrade,2023,240.1\n",
        {"columns": {"year": "when", "total": {"from": "value", "where": {"what": "trade"}}}},
        NEWER,
    ),
}


@pytest.mark.parametrize("what", MAPPINGS)
def test_a_published_file_is_mapped_to_the_table(what: str, refreshed: Refreshed) -> None:
    body, keys, csv = MAPPINGS[what]
    refreshed.file(**keys)
    refreshed.standin.gives(body)
    refreshed.refresh(is_accepted=True)
    assert refreshed.csv == csv
    assert refreshed.resource["as_of"] == "2023-12-31"


PERIODS = [
    ("2023-03", "2023-03-01", "2023-03-31"),
    ("2023M03", "2023-03-01", "2023-03-31"),
    ("2023-Q1", "2023-01-01", "2023-03-31"),
    ("202303", "2023-03-01", "2023-03-31"),
    ("2023-S2", "2023-07-01", "2023-12-31"),
    ("2023-W01", "2023-01-02", "2023-01-08"),
    ("2023", "2023-01-01", "2023-12-31"),
    ("2023-03-15", "2023-03-15", "2023-03-15"),
    ("2023-03-15T00:00:00", "2023-03-15", "2023-03-15"),
]


@pytest.mark.parametrize(("period", "first", "last"), PERIODS)
def test_a_period_begins_on_a_day_and_covers_its_last(
    period: str,
    first: str,
    last: str,
    refreshed: Refreshed,
) -> None:
    fields = [
        {"name": "day", "title": "Day", "type": "date"},
        {"name": "total", "title": "Total", "type": "number"},
    ]
    refreshed.entry(
        {"source": "file", "address": f"{refreshed.standin.address}/x.csv"},
        "day,total\n",
        schema={"primaryKey": ["day"], "fields": fields},
    )
    refreshed.standin.gives(f"day,total\n{period},5\n")
    refreshed.refresh()
    assert refreshed.csv == f"day,total\n{first},5\n"
    assert refreshed.resource["as_of"] == last


def test_rows_keep_their_order_and_cells_their_writing(refreshed: Refreshed) -> None:
    refreshed.entry(
        {"source": "file", "address": f"{refreshed.standin.address}/trade.csv"},
        "year,total\n2022,190.30\n2021,146.90\n",
    )
    refreshed.standin.gives("year,total\n2021,146.9\n2022,190.3\n2023,240.10\n")
    refreshed.refresh()
    assert refreshed.csv == "year,total\n2023,240.10\n2022,190.30\n2021,146.90\n"


def test_rows_without_a_value_stay_where_the_table_has_them(refreshed: Refreshed) -> None:
    refreshed.entry(
        {"source": "file", "address": f"{refreshed.standin.address}/trade.csv"},
        "year,total\n2020,\n2021,146.9\n2022,190.3\n",
    )
    refreshed.standin.gives("year,total\n2020,\n2021,146.9\n2022,190.3\n2023,240.1\n2024,\n")
    refreshed.refresh()
    assert refreshed.csv == "year,total\n2020,\n2021,146.9\n2022,190.3\n2023,240.1\n"
    assert refreshed.resource["as_of"] == "2023-12-31"


# Where a file is


def test_a_file_of_a_folder(refreshed: Refreshed) -> None:
    refreshed.entry({"source": "file", "address": "raw/trade.csv.gz"})
    (refreshed.root / "raw").mkdir()
    (refreshed.root / "raw/trade.csv.gz").write_bytes(gzip.compress(NEWER.encode()))
    assert refreshed.refresh() and refreshed.csv == NEWER
    assert not refreshed.refresh()


def test_a_file_of_another_folder_is_refused_unless_it_is_allowed(refreshed: Refreshed) -> None:
    (refreshed.root.parent / "elsewhere").mkdir()
    (refreshed.root.parent / "elsewhere/trade.csv").write_text(NEWER)
    refreshed.entry({"source": "file", "address": "../elsewhere/trade.csv"})
    with pytest.raises(RetrievalError, match="lies outside of the publication"):
        refreshed.refresh()
    config = refreshed.site.read("_quarto.yml")
    refreshed.site.write(
        "_quarto.yml", f"{config}broadsheet: {{allowed-folders: [../elsewhere]}}\n"
    )
    assert refreshed.refresh() and refreshed.csv == NEWER


def test_a_file_of_a_git_repository(refreshed: Refreshed) -> None:
    origin = new_repository(refreshed.root / "origin")
    commit(origin, {"trade.csv": NEWER})
    refreshed.entry({"source": "file", "address": "git+origin", "path": "trade.csv"})
    assert refreshed.refresh() and refreshed.csv == NEWER
    assert not refreshed.refresh()
    git(origin, "branch", "dev/main")  # which git lists before `main`, where `main` is asked for
    commit(origin, {"trade.csv": CSV + "2023,240.2\n"})
    entry = {"source": "file", "address": "git+origin", "path": "trade.csv", "branch": "main"}
    refreshed.entry(entry, NEWER)
    assert refreshed.refresh() and refreshed.csv == CSV + "2023,240.2\n"
    commit(origin, {"trade.csv": NEWER})
    assert refreshed.refresh() and refreshed.csv == NEWER
    refreshed.entry({"source": "file", "address": "git+origin", "path": "gone.csv"})
    with pytest.raises(RetrievalError, match=r"has no file 'gone\.csv'"):
        refreshed.refresh()


def test_a_file_of_a_storage(refreshed: Refreshed) -> None:
    import fsspec

    refreshed.entry({"source": "file", "address": "memory://figures/trade.csv"})
    fsspec.filesystem("memory").pipe("/figures/trade.csv", NEWER.encode())
    assert refreshed.refresh() and refreshed.csv == NEWER
    for address in (
        f"file://{refreshed.root}/_quarto.yml",
        "ftp://example.org/x",
        "zip://a::s3://b",
    ):
        refreshed.entry({"source": "file", "address": address})
        with pytest.raises(RetrievalError, match="no address of a storage"):
            refreshed.refresh()


@pytest.fixture
def git_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The commands of git that are called: a script notes them, and calls the real one. It never ends
    for the command in the file `hangs`.
    """
    folder = tmp_path / "programs"
    folder.mkdir()
    os.mkfifo(folder / "nothing")
    script = folder / "git"
    script.write_text(
        "#!/bin/sh\n"
        f'for word; do case "$word" in ls-remote|fetch|init|cat-file) echo "$word" >> {folder}/log; '
        f'[ "$word" = "$(cat {folder}/hangs)" ] && exec cat {folder}/nothing;; esac; done\n'
        f'exec {shutil.which("git")} "$@"\n'
    )
    script.chmod(0o755)
    (folder / "hangs").write_text("")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return lambda: (folder / "log").read_text().split()


def test_a_repository_is_asked_once_for_its_commit(
    refreshed: Refreshed, git_calls: Callable[[], list[str]]
) -> None:
    commit(new_repository(refreshed.root / "origin"), {"trade.csv": NEWER})
    refreshed.entry({"source": "file", "address": "git+origin", "path": "trade.csv"})
    assert refreshed.refresh() and refreshed.csv == NEWER
    assert [word for word in git_calls() if word in ("ls-remote", "fetch")] == [
        "ls-remote",
        "fetch",
    ]


@pytest.mark.parametrize("command", ["ls-remote", "fetch", "cat-file"])
def test_git_keeps_the_time_of_a_retrieval(
    command: str, refreshed: Refreshed, git_calls: Callable[[], list[str]], tmp_path: Path
) -> None:
    commit(new_repository(refreshed.root / "origin"), {"trade.csv": NEWER})
    refreshed.entry({"source": "file", "address": "git+origin", "path": "trade.csv"})
    (tmp_path / "programs/hangs").write_text(command)
    with under({"retrieval-time": 3}), pytest.raises(RetrievalError, match="not ended after 3 sec"):
        refreshed.refresh()
    assert refreshed.csv == CSV


def test_a_storage_keeps_the_time_of_a_retrieval(
    refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = socket.create_server(("127.0.0.1", 0))  # which takes connections, and says nothing
    with listener:
        port = listener.getsockname()[1]
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "nobody")
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        refreshed.entry({"source": "file", "address": "s3://tables/trade.csv"})
        with under({"retrieval-time": 1}), pytest.raises(RetrievalError) as error:
            refreshed.refresh()
    assert "has not ended after 1 second" in str(error.value)
    assert refreshed.csv == CSV


def test_a_workbook_and_a_parquet_file(refreshed: Refreshed) -> None:
    import openpyxl
    import pyarrow
    import pyarrow.parquet

    book = openpyxl.Workbook()
    book.active.append(["Notes"])
    sheet = book.create_sheet("Figures")
    for row in (
        ["Trade of the two countries"],
        ["year", "total"],
        [2021, 146.9],
        [2022, 190.3],
        [2023, 240.1],
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    refreshed.file(format="excel", sheet="Figures", skip=1, decimal=",")  # its numbers are numbers
    refreshed.standin.gives(out.getvalue())
    assert refreshed.refresh() and refreshed.csv == NEWER
    refreshed.standin.gives(out.getvalue()[:-300])
    with pytest.raises(RetrievalError, match="no workbook"):
        refreshed.refresh()

    with under({"cells": 5}), pytest.raises(RetrievalError, match="has more than 5 cells"):
        refreshed.standin.gives(out.getvalue())
        refreshed.refresh()

    table = pyarrow.table({"year": [2021, 2022, 2023], "total": [146.9, 190.3, None]})
    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out)
    refreshed.entry({"source": "file", "address": f"{refreshed.standin.address}/trade.parquet"})
    refreshed.standin.gives(out.getvalue())
    assert not refreshed.refresh() and refreshed.csv == CSV


def parquet(table: Any, **options: Any) -> bytes:
    import pyarrow.parquet

    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out, **options)
    return out.getvalue()


def test_a_parquet_file_keeps_the_bounds_of_any_file(refreshed: Refreshed) -> None:
    import pyarrow

    refreshed.entry({"source": "file", "address": f"{refreshed.standin.address}/trade.parquet"})

    def comes(table: Any, message: str, limits: dict[str, int], **options: Any) -> None:
        refreshed.standin.gives(parquet(table, **options))
        with under(limits), pytest.raises(RetrievalError, match=message):
            refreshed.refresh()
        assert refreshed.csv == CSV

    years, totals = pyarrow.array([2021, 2022, 2023]), pyarrow.array([146.9, 190.3, 240.1])
    plain = pyarrow.table({"year": years, "total": totals})
    twice = pyarrow.table([years, totals, totals], names=["year", "total", "total"])
    comes(twice, "has two columns 'total'", {})
    comes(plain, ": a row group has ", {"row-group-size": 40})
    comes(plain, "has 2 columns and 3 rows", {"columns": 1})
    comes(plain, "has 2 columns and 3 rows", {"cells": 5})
    spaced = pyarrow.table({" year": years, "total ": totals, "parts": [[1], [2, 3], None]})
    refreshed.standin.gives(parquet(spaced))
    assert refreshed.refresh() and refreshed.csv == NEWER


def test_a_text_that_a_small_parquet_file_has_often_does_not_take_the_memory(
    refreshed: Refreshed,
) -> None:
    import pyarrow

    refreshed.entry({"source": "file", "address": f"{refreshed.standin.address}/trade.parquet"})
    text = pyarrow.array(["x" * 200_000] * 200)
    small = parquet(pyarrow.table({"year": list(range(200)), "total": text}))
    assert len(small) < 100_000
    refreshed.standin.gives(small)
    tracemalloc.start()
    limits = {"retrieved-size": 20_000_000, "table-size": 1_000_000}
    with under(limits), pytest.raises(RetrievalError, match="of text"):
        refreshed.refresh()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_the_first_table_of_an_entry_is_the_source_s(refreshed: Refreshed) -> None:
    refreshed.file()
    (refreshed.root / "data/trade.csv").unlink()
    refreshed.standin.gives(NEWER)
    assert refreshed.refresh() and refreshed.csv == NEWER and refreshed.is_whole()


# The command


@pytest.fixture
def of_this_machine(refreshed: Refreshed) -> Refreshed:
    refreshed.entry({"every": "P1Y", "source": "file", "address": "raw.csv"})
    refreshed.site.write("raw.csv", NEWER)
    return refreshed


def test_the_command_tells_what_changed(of_this_machine: Refreshed, run: Any) -> None:
    code, out, err = run(of_this_machine.site, "data", "refresh")
    assert (code, err) == (0, "")
    assert out.splitlines()[-2:] == [
        "trade: as of 2023-12-31 (was 2022-12-31)",
        "1 table: 1 refreshed, 0 unchanged, 0 failed",
    ]
    assert out.startswith("trade: no sentence and no chart moves\n")
    code, out, _ = run(of_this_machine.site, "data", "refresh", "trade")
    assert (code, out.splitlines()[0]) == (0, "trade: nothing has changed")


def test_a_dry_run_touches_nothing(of_this_machine: Refreshed, run: Any) -> None:
    before = of_this_machine.everything()
    code, out, _ = run(of_this_machine.site, "data", "refresh", "--dry-run")
    assert code == 0 and "1 row added: 2023" in out and "1 would be refreshed" in out
    assert of_this_machine.everything() == before


def test_the_report_for_machines(of_this_machine: Refreshed, run: Any) -> None:
    code, out, _ = run(of_this_machine.site, "data", "refresh", "--json")
    report = json.loads(out)["result"]
    (table,) = report["tables"]
    assert (code, table["name"], table["state"]) == (0, "trade", "refreshed")
    assert table["as_of"] == "2023-12-31" and report["moved"]["headline"]


def test_the_branch_of_a_pull_request(of_this_machine: Refreshed, run: Any) -> None:
    root = of_this_machine.root
    of_this_machine.site.write(".gitignore", ".broadsheet/\n")
    commit(new_repository(root))
    before = of_this_machine.files()
    code, out, err = run(of_this_machine.site, "data", "refresh", "--pr")
    assert (code, err) == (0, "") and "The branch refresh-trade is made" in out
    assert git(root, "status", "--short") == ""
    assert before["data/trade.csv"].decode() == of_this_machine.csv == CSV
    assert git(root, "show", "refresh-trade:data/trade.csv") == NEWER.strip()
    changed = set(git(root, "diff", "--name-only", "main", "refresh-trade").split())
    assert {
        "data/trade.csv",
        "data/datapackage.json",
        "data/recorded/trade.jsonl",
        "data/originals/trade/request.json",
        "data/originals/trade/answer-1.csv",
    } <= changed
    assert all(name.startswith("data/") for name in changed)
    assert (root / ".broadsheet/proposal/title").is_file()

    git(root, "merge", "-q", "refresh-trade")
    code, out, _ = run(of_this_machine.site, "data", "refresh", "--pr")
    assert code == 0 and "trade: nothing has changed" in out and "Nothing is proposed." in out
    assert not (root / ".broadsheet/proposal/branch").exists()


def test_the_report_is_a_file_of_markdown(of_this_machine: Refreshed, run: Any) -> None:
    code, _, _ = run(of_this_machine.site, "data", "refresh", "--report", "moves.md")
    assert code == 0 and "trade" in of_this_machine.site.read("moves.md")


def test_one_that_fails_does_not_stop_the_others(refreshed: Refreshed, run: Any) -> None:
    refreshed.entry({"source": "file", "address": "raw.csv"})
    refreshed.site.write("raw.csv", NEWER)
    package = json.loads(refreshed.site.read("data/datapackage.json"))
    bad = {**package["resources"][0], "name": "bad", "path": "bad.csv"}
    bad["refresh"] = {"every": "P1D", "source": "file", "address": "gone.csv"}
    package["resources"].append(bad)
    refreshed.site.write("data/bad.csv", CSV)
    refreshed.site.write("data/datapackage.json", json.dumps(package, indent=2))
    code, out, err = run(refreshed.site, "data", "refresh")
    assert code == 1
    states = [line for line in out.splitlines() if line.startswith(("bad: stays", "trade: as of"))]
    assert states[0] == "bad: stays as it is"  # it is due, and so the first
    assert len(states) == 2
    assert out.splitlines()[-1] == "2 tables: 1 refreshed, 0 unchanged, 1 failed"
    assert (
        "error: data/bad.csv: table 'bad' stays as it is: the file 'gone.csv' does not exist" in err
    )
    assert refreshed.csv == NEWER


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nothing",), "no table has this name"),
        (("--accept",), "no table is named"),
        (("--pr", "--dry-run"), "it makes a branch, and --dry-run touches nothing"),
    ],
)
def test_the_command_used_wrongly(
    words: tuple[str, ...], message: str, of_this_machine: Refreshed, run: Any
) -> None:
    code, _, err = run(of_this_machine.site, "data", "refresh", *words)
    assert code == 2 and message in err


def test_a_table_without_a_source(refreshed: Refreshed, run: Any) -> None:
    refreshed.entry("P1Y")
    code, out, _ = run(refreshed.site, "data", "refresh")
    assert code == 0 and out.startswith("no table has a source")
    code, _, err = run(refreshed.site, "data", "refresh", "trade")
    assert code == 2 and "names no source" in err


# The entry

WRONG = {
    "an unknown key": ({"source": "file", "adress": "x"}, "Did you mean 'address'?"),
    "no source": ({"every": "P1Y"}, "the key 'source' is missing"),
    "nothing of an address": ({"source": "file"}, "`address` is missing"),
    "no time": ({"source": "file", "address": "x", "every": "yearly"}, "`every` is 'yearly'"),
    "a column that is no field": (
        {"source": "file", "address": "x", "columns": {"totl": "x"}},
        "`columns` of `refresh` names 'totl', which is not a field",
    ),
    "a word for a number": (
        {"source": "file", "address": "x", "columns": {"total": {"scale": "3"}}},
        "refresh: columns: total: 'scale' is '3': it should be a whole number",
    ),
    "a key of a column that is unknown": (
        {"source": "file", "address": "x", "columns": {"total": {"scal": 3}}},
        "Did you mean 'scale'?",
    ),
    "a pattern that is none": (
        {
            "source": "file",
            "address": "x",
            "unpivot": {"columns": "(", "names": "a", "values": "b"},
        },
        "`columns` is '(', which is no regular expression",
    ),
    "a password in the address": (
        {"source": "file", "address": "https://me:hunter2@example.org/x.csv"},
        "`address` has a password",
    ),
    "a list within a list": ({"source": "eia", "query": {"a": [["b"]]}}, "`query`: 'a' is a text"),
    "no address": ({"source": "file", "address": "http://[::"}, "`address` is no address"),
    "a key in the query": (
        {"source": "eia", "query": {"api_key": "hunter2"}},
        "`query` has 'api_key': a key comes from the environment",
    ),
    "a path without a repository": (
        {"source": "file", "address": "x.csv", "path": "y"},
        "`path` is of a git repository",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_entry_that_cannot_be_used_says_why(what: str, refreshed: Refreshed) -> None:
    refresh, message = WRONG[what]
    with pytest.raises(ConfigError) as error:
        refreshed.entry(refresh)
    assert message in str(error.value)
    assert "hunter2" not in str(error.value)


def test_a_key_that_stands_in_the_entry_is_not_told(refreshed: Refreshed) -> None:
    with pytest.raises(ConfigError, match="`key` is the name of an environment variable") as error:
        refreshed.entry({"source": "eia", "key": "0123456789abcdef"})
    assert "0123456789abcdef" not in str(error.value)


def test_a_source_of_that_name_is_missing(refreshed: Refreshed) -> None:
    refreshed.entry({"source": "wrld-bank"})
    with pytest.raises(RetrievalError, match="there is no source 'wrld-bank'") as error:
        refreshed.refresh()
    assert "world-bank" in error.value.mend


def test_a_source_of_one_s_own(refreshed: Refreshed, tmp_path: Path, monkeypatch: Any) -> None:
    distribution = tmp_path / "harbour-1.0.dist-info"
    distribution.mkdir()
    (distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: harbour\nVersion: 1.0\n")
    (distribution / "entry_points.txt").write_text(
        "[broadsheet.sources]\nharbour = harbour_tables:Harbour\nbroken = harbour_tables:Nobody\n"
    )
    (tmp_path / "harbour_tables.py").write_text(
        "from datetime import UTC, datetime\n"
        "from broadsheet.data.refresh.answers import RawAnswer, SourceDescription, SourceTable\n"
        "class Harbour:\n"
        "    def describe(self, entry): return SourceDescription('The harbour')\n"
        "    def latest(self, entry, client): return ''\n"
        "    def fetch(self, entry, client):\n"
        "        return [RawAnswer('the log', b'2023 240.1', datetime.now(UTC))]\n"
        "    def parse(self, entry, answers):\n"
        "        rows = (('2021', '146.9'), ('2022', '190.3'), tuple(answers[0].content.decode().split()))\n"
        "        return SourceTable(('year', 'total'), rows)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    refreshed.entry({"source": "harbour"})
    assert refreshed.refresh() and refreshed.csv == NEWER
    refreshed.entry({"source": "broken"})
    with pytest.raises(RetrievalError, match="cannot be loaded: AttributeError"):
        refreshed.refresh()


def test_http_on_this_machine_is_allowed_by_name(refreshed: Refreshed, monkeypatch: Any) -> None:
    monkeypatch.delenv(LOOPBACK_ALLOWED)
    refreshed.file()
    refreshed.standin.gives(NEWER)
    with pytest.raises(RetrievalError, match="is http on this machine") as error:
        refreshed.refresh()
    assert f"{LOOPBACK_ALLOWED}=1" in error.value.mend and not refreshed.standin.asked
