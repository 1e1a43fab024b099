"""`broadsheet data add`: a CSV file as people have it becomes a table of the catalogue."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.csv_reading import plain_table
from broadsheet.data.descriptor import DESCRIPTOR
from broadsheet.errors import DataError

GERMAN = (
    "Land;Jahr;Kaffee (kg);Anteil;Tag\n"
    "Dänemark;2020;8,70;12,5 %;01.02.2020\n"
    "Dänemark;2021;1.208,5;13 %;13.02.2021\n"
    "Österreich;2020;–;1 %;01.05.2020\n"
)


@pytest.fixture
def add(site, run):
    site.write("_quarto.yml", "website:\n  title: The Town\n")

    def command(text, *options, file="in.csv", encoding="utf-8"):
        (site.root / file).parent.mkdir(exist_ok=True)
        (site.root / file).write_bytes(text.encode(encoding))
        return run(site, "data", "add", file, *options)

    return command


def entries(site):
    return json.loads((site.root / "data/datapackage.json").read_text())["resources"]


def test_a_file_of_a_german_spreadsheet_becomes_a_plain_table_with_types_units_and_key(site, add):
    options = ("--name", "Kaffee", "--source", "Das Amt", "--licence", "CC0-1.0")
    code, out, err = add(GERMAN, *options, encoding="cp1252")
    assert code == 0
    assert 'bs.table("kaffee")' in out
    assert "decimal commas" in err and "Windows-1252" in err and "`?`" not in err
    (entry,) = entries(site)
    assert entry["title"] == "Kaffee"
    assert entry["as_of"] == "2021-02-13"
    assert entry["schema"]["primaryKey"] == ["Tag"]
    assert [(one["type"], one.get("unit")) for one in entry["schema"]["fields"]] == [
        ("string", None),
        ("integer", None),
        ("number", "kg"),
        ("number", "percent"),
        ("date", None),
    ]
    frame = Catalogue.open(site.root).table("kaffee")
    assert frame["Kaffee (kg)"].tolist()[:2] == [8.7, 1208.5]
    assert frame["Land"].tolist() == ["Dänemark", "Dänemark", "Österreich"]


def test_what_is_not_known_is_told_and_the_table_can_be_used(site, add, run):
    code, _, err = add("year,total\n2020,1\n2021,2\n", file="data/trade.csv")
    assert code == 0
    assert "`?` for its source and its licence" in err and "no unit for total" in err
    assert len(Catalogue.open(site.root).table("trade")) == 2
    assert "`?` for its source" in run(site, "check")[2]
    assert add("year,total\n2020,1\n", "--unit", "totl=t")[0] == 2


def test_other_entries_stay_as_they_are_written(site, add):
    site.table()
    descriptor = site.root / "data/datapackage.json"
    mine = descriptor.read_text().replace(": [", ":    [", 1)
    descriptor.write_text(mine)
    assert add("city,people\nOslo,7\n", "--name", "cities")[0] == 0
    now = descriptor.read_text()
    kept = mine[: mine.rindex("]")].rstrip()
    assert now.startswith(kept)
    assert [one["name"] for one in entries(site)] == ["trade", "cities"]


def test_a_catalogue_may_write_its_keys_with_escapes(site, add):
    site.table()
    descriptor = site.root / "data/datapackage.json"
    descriptor.write_text(descriptor.read_text().replace('"resources"', '"\\u0072esources"'))
    assert add("city,people\nOslo,7\n", "--name", "cities")[0] == 0
    assert [one["name"] for one in entries(site)] == ["trade", "cities"]


def test_a_name_that_is_there_is_refused_and_replaced_without_loss_on_demand(site, add):
    first = ("--name", "cities", "--source", "The Town", "--unit", "people=thousand")
    add("city,people\nOslo,7\n", *first)
    descriptor, file = site.root / "data/datapackage.json", site.root / "data/cities.csv"
    before = descriptor.read_text(), file.read_text()
    code, _, err = add("city,people\nOslo,8\n", "--name", "cities")
    assert (code, "--replace" in err) == (2, True)
    assert (descriptor.read_text(), file.read_text()) == before
    options = ("--name", "cities", "--replace", "--url", "https://example.org/")
    code, _, err = add("city,people\nOslo,8\n", *options)
    assert code == 0
    (entry,) = entries(site)
    assert entry["sources"] == [
        {"title": "The Town", "publisher": "The Town", "path": "https://example.org/"}
    ]
    assert entry["schema"]["fields"][1]["unit"] == "thousand"
    (kept,) = (site.root / "data/originals").iterdir()
    assert kept.read_text() == before[1]


def test_a_file_in_data_without_an_entry_is_offered(site, add, run):
    site.table()
    site.write("data/cities.csv", "city,people\nOslo,7\n")
    assert "broadsheet data add data/cities.csv" in run(site, "data", "check", "cities")[2]
    with pytest.raises(DataError, match="has no entry in the catalogue"):
        Catalogue.open(site.root).table("cities")


@pytest.mark.parametrize(
    "text, types, key",
    [
        (
            "country,year,people\nA,2020,5\nA,2021,7\nB,2020,6\n",
            "string integer integer",
            "country year",
        ),
        ("year,total\n2020,1\n2021,1.5\n", "integer number", "year"),
        ("code,n\n007,1\n008,2\n", "string integer", "code"),
        ('a,n\nx,"1,234"\ny,"12,345.5"\n', "string number", "a"),
        ("a\tn\nx\t1 234\ny\tn/a\n", "string integer", "a"),
        ("day,n\n13/04/2023,1\n01/05/2023,2\n", "date integer", "day"),
        ("day,n\n03/04/2023,1\n01/05/2023,2\n", "string integer", "day"),
        ("a,ok\nx,True\ny,false\n", "string boolean", "a"),
    ],
)
def test_types_and_keys_are_found(text, types, key):
    table = plain_table(text.encode(), "x.csv")
    assert " ".join(column.type for column in table.columns) == types
    assert table.key == tuple(key.split())


@pytest.mark.parametrize(
    ("cells", "kind", "plain"),
    [
        (["1 234", "12\u202f345\u202f678"], "integer", "12345678"),
        (["1'234", "- 5"], "integer", "-5"),
        (["12.5 %", "0.123 456"], "number", "0.123456"),
        (["1", "5 6 2026"], "string", "5 6 2026"),
        (["1", "555 1234"], "string", "555 1234"),
        (["1", "1  234"], "string", "1  234"),
        (["1", "12345 678"], "string", "12345 678"),
    ],
)
def test_spaces_in_a_number_stand_between_each_three_digits(cells, kind, plain):
    table = plain_table(f"k,n\na,{cells[0]}\nb,{cells[1]}\n".encode(), "t.csv")
    assert (table.columns[1].type, table.rows[1][1]) == (kind, plain)


@pytest.mark.parametrize(
    "days", [("5/6/26", "6/7/26"), ("05.06.26", "31.12.99"), ("5-6-26", "1-2-03")]
)
def test_a_day_without_its_century_stays_text_and_is_told(days):
    table = plain_table("day\n{}\n{}\n".format(*days).encode(), "t.csv")
    assert table.columns[0].type == "string"
    assert f"'{days[0]}' may be a day, and stays text" in table.notes[0]


@pytest.mark.parametrize(
    "name, title",
    [
        ("life_expectancy", "Life expectancy"),
        ("lifeExpectancy", "Life expectancy"),
        ("life.expectancy", "Life expectancy"),
        ("gdpPerCapita", "Gdp per capita"),
        ("totalGDPShare", "Total GDP share"),
        ("GDP", "GDP"),
        ("eBay", "eBay"),
        ("pH", "pH"),
        ("YouTube", "YouTube"),
        ("self-employed", "Self-employed"),
        ("Ø price (€)", "Ø price"),
        ("U.S. share", "U.S. share"),
        ("émissions", "Émissions"),
        ("1990", "1990"),
        ("_", "_"),
    ],
)
def test_a_column_has_a_title_for_people(name, title):
    table = plain_table(f"place,{name}\nx,1.5\n".encode(), "x.csv")
    assert table.columns[1].title == title


def test_an_author_gives_titles_of_columns(site, add):
    assert add("year,gdp_pc\n2020,1.5\n", "--column-title", "gdp_pc=GDP per head")[0] == 0
    assert add("year,gdp_pc\n2021,1.5\n", "--replace")[0] == 0
    (entry,) = entries(site)
    assert [one["title"] for one in entry["schema"]["fields"]] == ["Year", "GDP per head"]
    assert add("year,n\n2020,1.5\n", "--name", "n", "--column-title", "m=N")[0] == 2
    code, _, err = add("year,n\n2020,1.5\n", "--name", "n", "--column-title", "n")
    assert (code, "Write --column-title" in err) == (2, True)


@pytest.mark.parametrize(
    "data, told",
    [
        (b"", "no table"),
        (b"a,b\n", "no table"),
        (b"a,b\n1,2\n1,2\n", "no columns together"),
        (b"A title\na,b\n1,2\n", "line 2: the row has 2 cells"),
        (b"a,a\n1,2\n", "two columns"),
        (b'a,b\n"1,2\n', "this is not CSV"),
    ],
)
def test_what_is_no_table_is_told(data, told):
    with pytest.raises(DataError, match=told):
        plain_table(data, "x.csv")


def test_only_a_file_of_text_is_read(site, add):
    for name in ("in.xlsx", "in.yml"):
        assert "no CSV file" in add("a,b\n1,2\n", file=name)[2]
    assert not Path(site.root / "data/datapackage.json").exists()


@pytest.mark.parametrize("last", range(1, 6))
def test_a_table_is_replaced_whole_or_not_at_all(last, site, run, monkeypatch):
    site.table()
    site.write("new.csv", "year,total\n2021,146.9\n2022,190.3\n2023,240.1\n")
    before, steps, move = (site.read("data/trade.csv"), site.read(DESCRIPTOR)), 0, Path.replace

    def failing(path: Path, target: Path) -> Path:
        nonlocal steps
        steps += target.name in ("trade.csv", "datapackage.json", "index.txt")
        if steps == last:
            steps += 1
            raise OSError(errno.ENOSPC, "No space left on device")
        return move(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", failing)
        code, _, err = run(site, "data", "add", "new.csv", "--name", "trade", "--replace")
    after = site.read("data/trade.csv"), site.read(DESCRIPTOR)
    assert (after == before) == ("No space left" in err and code != 0)
    assert not Catalogue.open(site.root).check()


def test_a_table_file_that_is_a_link_is_refused_before_anything_is_written(site, run):
    site.table()
    site.write("new.csv", "year,total\n2021,146.9\n2022,190.3\n2023,240.1\n")
    (site.root / "data/trade.csv").rename(site.root / "data/other.csv")
    (site.root / "data/trade.csv").symlink_to("other.csv")
    before = sorted(site.root.rglob("*")), site.read("data/other.csv"), site.read(DESCRIPTOR)
    code, _, err = run(site, "data", "add", "new.csv", "--name", "trade", "--replace")
    assert code == 1 and "this is a link, or in a folder that is one" in err
    files = [path for path in sorted(site.root.rglob("*")) if ".broadsheet" not in path.parts]
    assert (files, site.read("data/other.csv"), site.read(DESCRIPTOR)) == before
