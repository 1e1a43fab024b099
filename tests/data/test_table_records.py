"""The record of a table: written, compared with in each command, damaged, and renewed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from broadsheet.data.catalogue import Catalogue, record_tables, update_hashes
from broadsheet.preview.page_checks import look_over
from broadsheet.preview.page_document import document
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite
from broadsheet.project import starter

TRADE = "year,total\n2020,107.8\n2021,146.9\n2022,190.3\n"
THOUSAND = "year,total\n2020,107800\n2021,146900\n2022,190300\n"
RECORD = "data/recorded/trade.jsonl"
SAID = "since it was recorded, `total` is about 1,000 times what it was in 3 rows: year 2020"


@pytest.fixture
def recorded(site, run):
    site.table(TRADE)
    site.write("_quarto.yml", "website:\n  title: The Town\n")
    assert run(site, "data", "record") == (
        0,
        "trade: recorded in data/recorded/trade.jsonl\n1 table, 1 recorded anew\n",
        "",
    )
    return site


def test_a_record_is_a_line_for_each_row(recorded):
    head, *rows = recorded.read(RECORD).splitlines()
    assert json.loads(head) == {
        "sha256": Catalogue.open(recorded.root).origin("trade").sha256,
        "rows": 3,
        "key": ["year"],
        "columns": {"year": "integer", "total": "number"},
    }
    assert rows == ["[2020,107.8]", "[2021,146.9]", "[2022,190.3]"]


def test_what_is_suspicious_is_refused_until_it_is_recorded_as_meant(recorded, run):
    recorded.write("data/trade.csv", THOUSAND)
    for _ in range(2):  # that its checksum was renewed says nothing of its past
        code, out, err = run(recorded, "data", "check", "--strict")
        assert code == 1 and "1 warning" in out and SAID in err
        assert "If this is meant, record it: broadsheet data record trade" in err
        update_hashes(recorded.root)
    assert run(recorded, "data", "check")[0] == 0
    assert run(recorded, "data", "check", "--update-hashes", "--strict")[0] == 1
    code, out, err = run(recorded, "data", "record")
    assert code == 1 and "0 recorded anew" in out and SAID in err
    assert run(recorded, "data", "record", "trade")[0] == 0
    assert run(recorded, "data", "check", "--strict") == (0, "1 table, 0 faults\n", "")


def test_a_cell_that_breaks_a_rule_is_compared_too(recorded, run):
    entry = json.loads(recorded.read("data/datapackage.json"))
    entry["resources"][0]["schema"]["fields"][1]["constraints"] = {"maximum": 1000}
    recorded.write("data/datapackage.json", json.dumps(entry))
    recorded.write("data/trade.csv", THOUSAND)
    code, _, err = run(recorded, "data", "check")
    assert code == 1 and SAID in err and "the rule `maximum`" in err


def test_a_revision_renews_the_record_with_the_checksum(recorded, run):
    recorded.write("data/trade.csv", "year,total\n2020,107.8\n2021,147.1\n2022,190.3\n2023,240.1\n")
    assert "since it was recorded" not in run(recorded, "data", "check", "--strict")[2]
    assert run(recorded, "data", "check", "--update-hashes", "--strict")[0] == 0
    assert recorded.read(RECORD).splitlines()[2:] == [
        "[2021,147.1]",
        "[2022,190.3]",
        "[2023,240.1]",
    ]


def test_a_table_without_a_record_is_told_how_to_get_one(site, run):
    site.table(TRADE)
    code, out, err = run(site, "data", "check", "--strict")
    assert (code, err) == (0, "")
    assert out == "1 table, 0 faults; 1 not recorded: broadsheet data record\n"


def test_a_table_that_is_added_is_recorded_and_its_successor_compared(site, run):
    site.write("_quarto.yml", "website:\n  title: The Town\n")
    site.write("trade.csv", TRADE)
    known = ("--source", "Customs", "--licence", "CC0-1.0", "--unit", "total=t")
    assert run(site, "data", "add", "trade.csv", *known)[0] == 0
    assert (site.root / RECORD).exists()
    site.write("trade.csv", THOUSAND)
    assert SAID in run(site, "data", "add", "trade.csv", "--replace")[2]
    assert "107.8" in site.read(RECORD)


def test_json_has_the_warnings(recorded, run):
    recorded.write("data/trade.csv", THOUSAND)
    update_hashes(recorded.root)
    (one,) = json.loads(run(recorded, "data", "check", "--json")[1])["notices"]
    assert (one["kind"], one["level"]) == ("recorded-table", "warning")
    assert (one["file"], one["line"], one["row"], one["field"]) == (
        "data/trade.csv",
        2,
        1,
        "total",
    )


DAMAGED = {
    "empty": "",
    "no JSON": "{",
    "another JSON": "[1, 2]",
    "a conflict": "<<<<<<< HEAD\n{}\n=======\n",
    "a row too short": "{head}\n[2020]\n",
    "a row of text": '{head}\n[2020,"many"]\n',
    "NaN": "{head}\n[2020,NaN]\n",
    "a number without end": "{head}\n[2020,1e400]\n",
    "a year twice": "{head}\n[2020,1]\n[2020,2]\n",
    "a nested row": "{head}\n[2020,[[[[1]]]]]\n",
    "deeply nested": "{head}\n" + "[" * 100_000 + "\n",
    "control characters": '{head}\n["\\u0007",1]\n',
    "more rows than there are": "{head}\n" + "".join(f"[{year},1]\n" for year in range(9)),
    "no row of the key": "{head}\n[null,1]\n",
    "a huge whole number": "{head}\n[" + "9" * 400 + ",1]\n",
    "another key": '{"sha256":"","rows":0,"key":["month"],"columns":{"year":"integer"}}\n',
    "a foreign type": '{"sha256":"0","rows":0,"key":["year"],"columns":{"year":"money"}}\n',
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_record_is_a_clear_message_and_stops_no_build(recorded, run, damage):
    head = json.loads(recorded.read(RECORD).splitlines()[0]) | {"sha256": "0"}
    text = DAMAGED[damage].replace("{head}", json.dumps(head))
    recorded.write(RECORD, text)
    code, _, err = run(recorded, "data", "check", "--strict")
    assert code == 1 and "this is no record of the table 'trade'" in err, err
    assert RECORD in err and "broadsheet data record trade" in err
    assert "Traceback" not in err and "unexpected" not in err and "\x07" not in err
    assert run(recorded, "build")[0] == 0
    assert run(recorded, "data", "record", "trade")[0] == 0
    assert run(recorded, "data", "check", "--strict")[0] == 0


def test_a_record_that_is_no_plain_file(recorded, run):
    (recorded.root / RECORD).unlink()
    os.mkfifo(recorded.root / RECORD)
    code, _, err = run(recorded, "data", "check", "--strict")
    assert code == 1 and RECORD in err and "pipe" in err
    (recorded.root / RECORD).unlink()
    (recorded.root / RECORD).symlink_to("/etc/passwd")
    code, _, err = run(recorded, "data", "check", "--strict")
    assert code == 1 and RECORD in err and "root:" not in err


def test_a_large_record_is_refused(recorded, run):
    recorded.write(RECORD, recorded.read(RECORD) + "[2020,1]\n" * 1_000_000)
    code, _, err = run(recorded, "data", "check", "--strict")
    assert code == 1 and RECORD in err


def test_columns_and_keys_that_changed(recorded, run):
    entry = json.loads(recorded.read("data/datapackage.json"))
    schema = entry["resources"][0]["schema"]
    schema["fields"][1]["name"] = "trade"
    recorded.write("data/datapackage.json", json.dumps(entry))
    recorded.write("data/trade.csv", TRADE.replace("total", "trade"))
    assert "1 column went: `total`" in run(recorded, "data", "check")[2]
    schema["primaryKey"] = ["trade"]
    recorded.write("data/datapackage.json", json.dumps(entry))
    assert "rows are named by trade, not by year" in run(recorded, "data", "check")[2]


def test_build_and_check_warn_and_a_record_makes_no_page_anew(recorded, run):
    recorded.article("a", 'import broadsheet as bs\nprint(len(bs.table("trade")))')
    assert run(recorded, "build", "--strict")[0] == 0
    recorded.write("data/trade.csv", THOUSAND)
    update_hashes(recorded.root)
    for command in (["build", "--strict"], ["build", "--strict"], ["check", "--strict"]):
        code, out, err = run(recorded, *command)
        assert code == 1 and SAID in err and "stops publication" in out, command
    assert run(recorded, "build")[0] == 0
    page = recorded.root / "_site/posts/a/index.html"
    assert "since it was recorded" not in page.read_text()
    record_tables(recorded.root, ["trade"])
    code, out, err = run(recorded, "build")
    assert code == 0 and "unchanged" in out and "0 notebooks ran" in out
    assert "since it was recorded" not in err


def test_a_load_of_ones_own_warns(recorded):
    recorded.write("data/trade.csv", THOUSAND)
    update_hashes(recorded.root)
    code = "import broadsheet as bs; bs.table('trade')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=recorded.root, capture_output=True, text=True, check=True
    )
    assert SAID in done.stderr


def test_the_starter_has_the_record_of_its_table(run, site):
    assert run(site, "init", "fresh")[0] == 0
    record = site.root / "fresh" / starter.RECORD
    before = record.read_text()
    record.unlink()
    record_tables(site.root / "fresh")
    assert record.read_text() == before


def test_the_preview_tells_of_the_tables_of_a_page_until_they_are_recorded_as_meant(recorded, run):
    read = "import broadsheet as bs\ntrade = bs.table('trade').set_index('year')"
    recorded.article("trade", read, ("md", "It was `{python} usd(trade.total[2022])`."))
    recorded.article("plain", "1 + 1")
    address, other = (PageAddress(f"posts/{name}/index.html") for name in ("trade", "plain"))

    def told(at: PageAddress) -> bool:
        document(previewed, at, "/", "", "none")
        look_over(previewed, at)
        return "about 1,000 times what it was in 3 rows" in document(previewed, at, "/", "", "none")

    with PreviewedSite(recorded.root) as previewed:
        assert not told(address)
        recorded.write("data/trade.csv", THOUSAND)
        update_hashes(recorded.root)
        previewed.note(["data/trade.csv", "data/datapackage.json"])
        assert told(address) and not told(other)
        assert run(recorded, "data", "record", "trade")[0] == 0
        previewed.note([RECORD])
        assert not told(address)
