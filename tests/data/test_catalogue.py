"""The data catalogue, as an author meets it: what a table is worth in a notebook, and each thing
said of a bad one.
"""

from __future__ import annotations

import copy
import hashlib
import json
import math
import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from broadsheet.data import catalogue
from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import (
    Constraints,
    Field,
    Identity,
    LicenceEntry,
    Package,
    Remark,
    Resource,
    Schema,
    SourceEntry,
)
from broadsheet.errors import BroadsheetError, ConfigError, DataError
from conftest import examples

GOOD = "year,total,region,record,day\n2021,146.9,east,true,2022-01-14\n2022,190.3,west,false,\n"


def descriptor() -> dict[str, Any]:
    """The smallest catalogue that has a column of each type."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "small",
        "title": "A small catalogue",
        "resources": [
            {
                "name": "trade",
                "type": "table",
                "path": "trade.csv",
                "title": "Trade",
                "description": "Trade by year.",
                "bytes": 0,
                "hash": "",
                "as_of": "2022-12-31",
                "retrieved": "2026-11-24",
                "sources": [
                    {
                        "key": "east",
                        "title": "Statistics",
                        "publisher": "Customs",
                        "path": "https://a.test/",
                    }
                ],
                "licenses": [{"name": "CC-BY-4.0"}],
                "schema": {
                    "primaryKey": ["year"],
                    "fields": [
                        {
                            "name": "year",
                            "type": "integer",
                            "title": "Year",
                            "constraints": {"minimum": 1996},
                        },
                        {
                            "name": "total",
                            "type": "number",
                            "title": "Total",
                            "unit": "US$ bn",
                            "constraints": {"maximum": 1000},
                        },
                        {
                            "name": "region",
                            "type": "string",
                            "title": "Region",
                            "constraints": {
                                "required": True,
                                "enum": ["east", "west"],
                                "pattern": "[a-z]+",
                            },
                        },
                        {"name": "record", "type": "boolean", "title": "Record"},
                        {
                            "name": "day",
                            "type": "date",
                            "title": "Day",
                            "constraints": {"unique": True},
                        },
                    ],
                },
            }
        ],
    }


class Publication:
    """A publication of one table, to write and to break."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "data").mkdir()
        self.describe()
        self.write(GOOD)

    def describe(self, change: Callable[[dict[str, Any]], Any] = lambda package: None) -> None:
        package = descriptor()
        change(package)
        text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
        (self.root / "data/datapackage.json").write_text(text, "utf-8")

    def write(self, table: str | bytes) -> None:
        """Writes the table, and its checksum, so that only what a test is about is wrong."""
        data = table if isinstance(table, bytes) else table.encode()
        (self.root / "data/trade.csv").write_bytes(data)
        path = self.root / "data/datapackage.json"
        package = json.loads(path.read_text("utf-8"))
        resource = package["resources"][0]
        resource["bytes"], resource["hash"] = (
            len(data),
            "sha256:" + hashlib.sha256(data).hexdigest(),
        )
        path.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", "utf-8")

    def table(self) -> pd.DataFrame:
        return Catalogue.open(self.root).table("trade")

    def faults(self) -> str:
        return "\n".join(map(str, Catalogue.open(self.root).check()))


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    return Publication(tmp_path)


def reported(text: str) -> str:
    return dedent(text).strip()


# A sound table


def test_a_table_is_typed(publication: Publication) -> None:
    frame = publication.table()
    assert frame["year"].dtype == "int64"
    assert frame["total"].dtype == "float64"
    assert pd.api.types.is_string_dtype(frame["region"])
    assert frame["record"].dtype == "bool"
    assert frame["day"].dtype == "datetime64[us]"
    assert frame.loc[frame.year == 2022, "total"].item() == 190.3


def test_missing_values_keep_the_type(publication: Publication) -> None:
    publication.describe(
        lambda package: package["resources"][0]["schema"].update(primaryKey=["region"])
    )
    publication.write("year,total,region,record,day\n,,east,,\n2022,190.3,west,false,2023-01-13\n")
    frame = publication.table()
    assert str(frame["year"].dtype) == "Int64"
    assert math.isnan(frame["total"][0])
    assert str(frame["record"].dtype) == "boolean"
    assert frame["day"].isna().tolist() == [True, False]


def test_a_table_carries_its_origin(publication: Publication) -> None:
    origin = publication.table().attrs["origin"]
    assert (origin.name, origin.title, origin.description) == ("trade", "Trade", "Trade by year.")
    assert (origin.unit, origin.units) == ("US$ bn", {"total": "US$ bn"})
    assert origin.sources == (
        SourceEntry(title="Statistics", publisher="Customs", path="https://a.test/", key="east"),
    )
    assert origin.licences == (LicenceEntry(name="CC-BY-4.0"),)
    assert (origin.as_of, origin.retrieved) == (date(2022, 12, 31), date(2026, 11, 24))
    assert origin.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()
    assert origin.path == "data/trade.csv"
    assert [column.title for column in origin.columns] == [
        "Year",
        "Total",
        "Region",
        "Record",
        "Day",
    ]


@pytest.mark.parametrize(
    "survive",
    [
        lambda frame: frame.copy(),
        copy.deepcopy,
        lambda frame: pickle.loads(pickle.dumps(frame)),
        lambda frame: frame[frame.year > 2021].assign(more=1),
        lambda frame: pd.concat([frame, frame]),
    ],
    ids=["copy", "deepcopy", "pickle", "select", "concat"],
)
def test_the_origin_survives(
    publication: Publication, survive: Callable[[pd.DataFrame], pd.DataFrame]
) -> None:
    frame = publication.table()
    assert survive(frame).attrs["origin"] == frame.attrs["origin"]


def test_a_table_belongs_to_who_asked(publication: Publication) -> None:
    mine = publication.table()
    mine["total"] = 0.0
    assert publication.table()["total"].tolist() == [146.9, 190.3]


def test_a_change_of_the_file_is_seen(publication: Publication) -> None:
    publication.table()
    publication.write(GOOD.replace("190.3", "190.27"))
    assert publication.table()["total"].tolist() == [146.9, 190.27]


def test_windows_line_ends_a_byte_order_mark_and_blank_lines_are_no_fault(
    publication: Publication,
) -> None:
    publication.write(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    assert publication.table()["year"].tolist() == [2021, 2022]


def test_the_root_is_found_from_any_folder_within(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BROADSHEET_ROOT", raising=False)
    folder = publication.root / "posts" / "article"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    assert len(catalogue.table("trade")) == 2


def test_the_environment_variable_wins(
    publication: Publication,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    monkeypatch.setenv("BROADSHEET_ROOT", str(publication.root))
    assert len(catalogue.table("trade")) == 2
    monkeypatch.setenv("BROADSHEET_ROOT", "/nowhere")
    with pytest.raises(ConfigError) as caught:
        catalogue.table("trade")
    assert str(caught.value) == reported("""
        BROADSHEET_ROOT: /nowhere has no data/datapackage.json
          → Set it to the publication's root, or unset it.
        """)


def test_no_publication(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BROADSHEET_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"there is no such file in .* or any folder above it"):
        catalogue.table("trade")


def test_a_wrong_name_lists_the_nearest(publication: Publication) -> None:
    with pytest.raises(DataError) as caught:
        Catalogue.open(publication.root).table("trad")
    assert str(caught.value) == reported("""
        data/datapackage.json: there is no table 'trad' in the catalogue
          → The nearest names: trade.
        """)


def test_the_list(publication: Publication) -> None:
    (table,) = Catalogue.open(publication.root).states()
    assert table.frame is not None
    assert (table.resource.name, len(table.frame), table.checksum_ok) == ("trade", 2, True)
    assert table.resource.as_of == date(2022, 12, 31)
    (publication.root / "data/trade.csv").unlink()
    (table,) = Catalogue.open(publication.root).states()
    assert (table.frame, table.checksum_ok) == (None, False)


# Bad data: each fault is told once, whole


BAD_TABLES = {
    "missing column": (
        "year,region,record,day\n2021,east,true,\n2022,west,true,\n",
        """
        data/trade.csv, column 'total': table 'trade': the column is missing
          → Add it to the file, or take the field out of data/datapackage.json.
        """,
    ),
    "extra column": (
        "year,total,region,record,day,mood\n2021,1,east,true,,good\n2022,1,east,true,,good\n",
        """
        data/trade.csv, column 'mood': table 'trade': the column is not in the schema
          → Describe it in data/datapackage.json, or take it out of the file.
        """,
    ),
    "column twice": (
        "year,total,region,record,day,year\n2021,1,east,true,,2021\n",
        """
        data/trade.csv, column 'year': table 'trade': the column is there twice
          → Take one of the two out of the file.
        """,
    ),
    "columns in another order": (
        "total,year,region,record,day\n1,2021,east,true,\n",
        """
        data/trade.csv: table 'trade': the columns are in the order total, year, region, record, day; the schema has year, total, region, record, day
          → Put them in one order, in the file or in data/datapackage.json.
        """,
    ),
    "text in a number": (
        GOOD.replace("190.3", "n/a"),
        """
        data/trade.csv, row 2, column 'total': table 'trade': 'n/a' is not a number, the type `number`
          → Write digits, and a point for decimals: no unit, space or thousands separator. No figure? Leave the cell empty.
        """,
    ),
    "thousands separator": (
        GOOD.replace("190.3", '"1,903"'),
        """
        data/trade.csv, row 2, column 'total': table 'trade': '1,903' is not a number, the type `number`
          → Write digits, and a point for decimals: no unit, space or thousands separator. No figure? Leave the cell empty.
        """,
    ),
    "not a number": (
        GOOD.replace("190.3", "NaN"),
        """
        data/trade.csv, row 2, column 'total': table 'trade': 'NaN' is not a number, the type `number`
          → Write digits, and a point for decimals: no unit, space or thousands separator. No figure? Leave the cell empty.
        """,
    ),
    "fraction of a year": (
        GOOD.replace("2022,", "2022.5,"),
        """
        data/trade.csv, row 2, column 'year': table 'trade': '2022.5' is not a whole number, the type `integer`
          → Write digits, and a point for decimals: no unit, space or thousands separator. No figure? Leave the cell empty.
        """,
    ),
    "not a truth value": (
        GOOD.replace("false", "no"),
        """
        data/trade.csv, row 2, column 'record': table 'trade': 'no' is not true or false, the type `boolean`
          → Write true or false.
        """,
    ),
    "not a date": (
        GOOD.replace("2022-01-14", "2022-02-30"),
        """
        data/trade.csv, row 1, column 'day': table 'trade': '2022-02-30' is not a date like 2024-12-31, the type `date`
          → Write year, month and day: 2024-12-31.
        """,
    ),
    "duplicate key": (
        GOOD.replace("2022,", "2021,"),
        """
        data/trade.csv, row 2, column 'year': table 'trade': year 2021 is in row 1 already, and the primary key allows it once
          → Take one of the two rows out.
        """,
    ),
    "year out of range": (
        GOOD.replace("2021,", "1821,"),
        """
        data/trade.csv, row 1, column 'year': table 'trade': '1821' is less than 1996, the rule `minimum`
          → Correct the cell, or the rule in data/datapackage.json.
        """,
    ),
    "too much": (
        GOOD.replace("190.3", "19030"),
        """
        data/trade.csv, row 2, column 'total': table 'trade': '19030' is more than 1000, the rule `maximum`
          → Correct the cell, or the rule in data/datapackage.json.
        """,
    ),
    "not in the list": (
        GOOD.replace("west", "north"),
        """
        data/trade.csv, row 2, column 'region': table 'trade': 'north' is none of east, west, the rule `enum`
          → Correct the cell, or the rule in data/datapackage.json.
        """,
    ),
    "empty cell": (
        GOOD.replace("west", ""),
        """
        data/trade.csv, row 2, column 'region': table 'trade': the cell is empty, and the rule `required` wants a value
          → Fill it in, or drop the row.
        """,
    ),
    "empty key": (
        GOOD.replace("2022,", ","),
        """
        data/trade.csv, row 2, column 'year': table 'trade': the cell is empty, and the rule `required` wants a value
          → Fill it in, or drop the row.
        """,
    ),
    "not unique": (
        GOOD.replace("false,", "false,2022-01-14"),
        """
        data/trade.csv, row 2, column 'day': table 'trade': '2022-01-14' is in row 1 already, and the rule `unique` allows it once
          → Correct the cell, or the rule in data/datapackage.json.
        """,
    ),
    "ragged row": (
        GOOD.replace("190.3", "190,3"),
        """
        data/trade.csv, row 2: table 'trade': the row has 6 cells, the header has 5: 2022,190,3,west,false,
          → A figure with a comma needs quotes, or a point for its decimals; an empty cell still needs its comma.
        """,
    ),
    "latin-1": (
        GOOD.replace("west", "ouést").encode("latin-1"),
        """
        data/trade.csv, line 3: table 'trade': byte 74 of the file is 0xe9, which is not UTF-8
          → Save the file as UTF-8 (spreadsheets call it “CSV UTF-8”), and look at the letters with accents again.
        """,
    ),
    "latin-1 after a byte order mark": (
        b"\xef\xbb\xbf" + GOOD.replace("west", "ouést").encode("latin-1"),
        """
        data/trade.csv, line 3: table 'trade': byte 77 of the file is 0xe9, which is not UTF-8
          → Save the file as UTF-8 (spreadsheets call it “CSV UTF-8”), and look at the letters with accents again.
        """,
    ),
    "not CSV": (
        GOOD.replace("east", '"east"!'),
        """
        data/trade.csv, line 2: table 'trade': this is not CSV: ',' expected after '"'
          → Put a cell that holds a comma, a quote or a line break in "quotes", and double the quotes within it.
        """,
    ),
    "empty file": (
        "",
        """
        data/trade.csv: table 'trade': the file is empty
          → Put the table back from its last version, or take the resource out of the catalogue.
        """,
    ),
    "nothing but a byte order mark": (
        b"\xef\xbb\xbf\r\n",
        """
        data/trade.csv: table 'trade': the file is empty
          → Put the table back from its last version, or take the resource out of the catalogue.
        """,
    ),
    "header only": (
        "year,total,region,record,day\n",
        """
        data/trade.csv: table 'trade': the file has a header and no rows
          → Put the table back from its last version, or take the resource out of the catalogue.
        """,
    ),
}


@pytest.mark.parametrize(("table", "message"), BAD_TABLES.values(), ids=BAD_TABLES.keys())
def test_bad_data(publication: Publication, table: str | bytes, message: str) -> None:
    publication.write(table)
    assert publication.faults() == reported(message)
    with pytest.raises(DataError) as caught:
        publication.table()
    assert str(caught.value) == reported(message)


def test_a_pattern(publication: Publication) -> None:
    publication.describe(
        lambda package: package["resources"][0]["schema"]["fields"][2].update(
            constraints={"pattern": "[a-z]{4}"}
        )
    )
    publication.write(GOOD.replace("west", "westward"))
    assert publication.faults() == reported("""
        data/trade.csv, row 2, column 'region': table 'trade': 'westward' does not match [a-z]{4}, the rule `pattern`
          → Correct the cell, or the rule in data/datapackage.json.
        """)


def test_a_row_must_cite_a_source_of_the_table(publication: Publication) -> None:
    def cite(package: dict[str, Any]) -> None:
        package["resources"][0]["schema"]["fields"][2].update(source_key=True)

    publication.describe(cite)
    publication.write(GOOD)
    assert publication.faults() == reported("""
        data/trade.csv, row 2, column 'region': table 'trade': 'west' is not the key of a source of the table, the rule `source_key`
          → Correct the cell, or the rule in data/datapackage.json.
        """)


def test_a_file_that_is_absent(publication: Publication) -> None:
    (publication.root / "data/trade.csv").unlink()
    assert publication.faults() == reported("""
        data/trade.csv: table 'trade': the file does not exist
          → Put the file there, or correct `path` in data/datapackage.json.
        """)


@pytest.mark.parametrize(
    "path", ["../secret.csv", "/etc/passwd", "a/../../secret.csv", "..\\secret.csv"]
)
def test_a_path_that_leaves_the_folder(publication: Publication, path: str) -> None:
    (publication.root / "secret.csv").write_text(GOOD)
    publication.describe(lambda package: package["resources"][0].update(path=path))
    assert publication.faults() == reported(f"""
        data/datapackage.json: table 'trade': the path {path!r} leaves the folder data
          → Keep the file in data, and give its path from there: trade.csv.
        """)


def test_a_link_that_leaves_the_folder(publication: Publication) -> None:
    (publication.root / "secret.csv").write_text(GOOD)
    (publication.root / "data/trade.csv").unlink()
    (publication.root / "data/trade.csv").symlink_to("../secret.csv")
    assert "leaves the folder data" in publication.faults()


def test_several_faults_are_told_in_the_order_of_the_file(publication: Publication) -> None:
    publication.write(
        "year,total,region,record,day\n1821,x,east,true,\n2022,1\n2023,1,north,true,\n"
    )
    assert [
        (error.where.row, error.where.column)
        for error in Catalogue.open(publication.root).check(["trade"])
    ] == [(1, "year"), (1, "total"), (2, None), (3, "region")]
    with pytest.raises(DataError) as caught:
        publication.table()
    assert str(caught.value) == reported("""
        data/trade.csv, row 1, column 'year': table 'trade': '1821' is less than 1996, the rule `minimum`
          → Correct the cell, or the rule in data/datapackage.json.
          │ and 3 more faults: broadsheet data check trade
        """)


def test_many_faults_are_counted(publication: Publication) -> None:
    rows = "".join(f"{1996 + number},much,east,true,\n" for number in range(120))
    publication.write("year,total,region,record,day\n" + rows)
    faults = Catalogue.open(publication.root).check()
    assert len(faults) == 21
    assert str(faults[-1]) == reported("""
        data/trade.csv: table 'trade': 100 more faults in this table
          → Mend the first ones and check again.
        """)


# Checksums


def test_a_wrong_checksum(publication: Publication) -> None:
    (publication.root / "data/trade.csv").write_text(GOOD.replace("190.3", "190.4"))
    assert publication.faults() == reported("""
        data/trade.csv: table 'trade': the file is not the one in the catalogue, the rule `hash`: its checksum is sha256:1f6191d62993… of 84 bytes, not sha256:84990e9f077b… of 84
          → If you meant to change the table, run: broadsheet data check --update-hashes; if not, put it back from its last version.
        """)
    with pytest.raises(DataError):
        publication.table()


def test_a_new_table_has_no_checksum_yet(publication: Publication) -> None:
    def forget(package: dict[str, Any]) -> None:
        del package["resources"][0]["hash"], package["resources"][0]["bytes"]

    publication.describe(forget)
    assert publication.faults() == reported("""
        data/trade.csv: table 'trade': the catalogue has no checksum of the file yet, the rule `hash`
          → Look the table over, then run: broadsheet data check --update-hashes
        """)


def test_update_hashes_blesses_what_is_sound(publication: Publication) -> None:
    (publication.root / "data/trade.csv").write_text(GOOD.replace("190.3", "190.4"))
    before = (publication.root / "data/datapackage.json").read_text("utf-8")
    assert catalogue.update_hashes(publication.root) == ("trade",)
    after = (publication.root / "data/datapackage.json").read_text("utf-8")
    differing = [line for line in after.splitlines() if line not in before.splitlines()]
    assert [line.split(":")[0].strip() for line in differing] == ['"hash"']
    assert publication.faults() == ""
    assert catalogue.update_hashes(publication.root) == ()
    assert sorted(path.name for path in (publication.root / "data").iterdir()) == [
        "datapackage.json",
        "trade.csv",
    ]


def test_update_hashes_leaves_what_is_not(publication: Publication) -> None:
    (publication.root / "data/trade.csv").write_text(GOOD.replace("190.3", "many"))
    assert catalogue.update_hashes(publication.root) == ()
    assert "'many' is not a number" in publication.faults()


# The descriptor


def _resource(**changes: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda package: package["resources"][0].update(changes)


def _field(**changes: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda package: package["resources"][0]["schema"]["fields"][0].update(changes)


BAD_DESCRIPTORS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "unknown key": (
        _resource(titel="Trade"),
        """
        data/datapackage.json: resource 'trade': unknown key 'titel'
          → Did you mean 'title'?
        """,
    ),
    "key of another world": (
        _field(constraints={"between": [1996, 2024]}),
        """
        data/datapackage.json: resource 'trade': field 'year': constraints: unknown key 'between'
          → Known keys here: enum, maximum, minimum, pattern, required, unique.
        """,
    ),
    "limit that is no value": (
        _field(constraints={"minimum": [1996]}),
        """
        data/datapackage.json: resource 'trade': field 'year': constraints: minimum: a rule compares with numbers, text or dates, and not with [1996]
          → Correct it. `broadsheet data add FILE` writes an entry with all of its keys, to compare with.
        """,
    ),
    "missing key": (
        lambda package: package["resources"][0].pop("as_of"),
        """
        data/datapackage.json: resource 'trade': the key 'as_of' is missing
          → Add it. `broadsheet data add FILE` writes an entry with all of its keys, to compare with.
        """,
    ),
    "no source": (
        _resource(sources=[]),
        """
        data/datapackage.json: resource 'trade': 'sources' is empty
          → Fill it in. `broadsheet data add FILE` writes an entry with all of its keys, to compare with.
        """,
    ),
    "unknown rule": (
        _field(constraints={"minimun": 1996}),
        """
        data/datapackage.json: resource 'trade': field 'year': constraints: unknown key 'minimun'
          → Did you mean 'minimum'?
        """,
    ),
    "unknown type": (
        _field(type="float"),
        """
        data/datapackage.json: resource 'trade': field 'year': 'type' is 'float': input should be 'string', 'integer', 'number', 'boolean' or 'date'
          → Correct it. `broadsheet data add FILE` writes an entry with all of its keys, to compare with.
        """,
    ),
    "rule of another type": (
        _field(type="string"),
        """
        data/datapackage.json: resource 'trade': field 'year': the rule 'minimum' does not apply to the type 'string'
          → Correct it. `broadsheet data add FILE` writes an entry with all of its keys, to compare with.
        """,
    ),
    "limit of another type": (
        _field(constraints={"minimum": "1996"}),
        """
        data/datapackage.json: resource 'trade': field 'year': the rule 'minimum' has '1996', which is not of the type 'integer'
          → Correct it. `broadsheet data add FILE` writes an entry with all of its keys, to compare with.
        """,
    ),
    "bad pattern": (
        lambda package: package["resources"][0]["schema"]["fields"][2].update(
            constraints={"pattern": "("}
        ),
        """
        data/datapackage.json: resource 'trade': field 'region': constraints: the pattern '(' is not a regular expression: missing ), unterminated subpattern at position 0
          → Correct it. `broadsheet data add FILE` writes an entry with all of its keys, to compare with.
        """,
    ),
    "key of no field": (
        lambda package: package["resources"][0]["schema"].update(primaryKey=["jahr"]),
        """
        data/datapackage.json: resource 'trade': the primary key names 'jahr', which is not a field
          → Correct it. `broadsheet data add FILE` writes an entry with all of its keys, to compare with.
        """,
    ),
    "two tables of a name": (
        lambda package: package["resources"].append(package["resources"][0]),
        """
        data/datapackage.json: two resources are named 'trade'
          → Correct it. `broadsheet data add FILE` writes an entry with all of its keys, to compare with.
        """,
    ),
    "bad date": (
        _resource(as_of="last year"),
        """
        data/datapackage.json: resource 'trade': 'as_of' is 'last year': it should be a date that exists, such as 2024-12-31
          → Correct it. `broadsheet data add FILE` writes an entry with all of its keys, to compare with.
        """,
    ),
    "two faults": (
        lambda package: (package.pop("title"), package["resources"][0].pop("title")),
        """
        data/datapackage.json: the key 'title' is missing
          → Add it. `broadsheet data add FILE` writes an entry with all of its keys, to compare with.
          │ also: resource 'trade': the key 'title' is missing
        """,
    ),
}


@pytest.mark.parametrize(
    ("change", "message"), BAD_DESCRIPTORS.values(), ids=BAD_DESCRIPTORS.keys()
)
def test_bad_descriptor(
    publication: Publication, change: Callable[[dict[str, Any]], Any], message: str
) -> None:
    publication.describe(change)
    with pytest.raises(ConfigError) as caught:
        Catalogue.open(publication.root)
    assert str(caught.value) == reported(message)


def test_a_descriptor_that_is_not_json(publication: Publication) -> None:
    (publication.root / "data/datapackage.json").write_text(
        '{\n  "name": "small"\n  "title": "x"\n}\n'
    )
    with pytest.raises(ConfigError) as caught:
        Catalogue.open(publication.root)
    assert str(caught.value) == reported("""
        data/datapackage.json, line 3: this is not JSON: expecting ',' delimiter, at character 3 of the line
          → Look just before this place for a comma, quote or bracket that is missing or left over, or for the conflict marks of a merge.
        """)


def test_a_descriptor_in_latin_1(publication: Publication) -> None:
    (publication.root / "data/datapackage.json").write_bytes('{"name": "é"}'.encode("latin-1"))
    with pytest.raises(ConfigError) as caught:
        Catalogue.open(publication.root)
    assert str(caught.value) == reported("""
        data/datapackage.json, line 1: not UTF-8 text: here is the byte 0xe9
          → Save the file as UTF-8.
        """)


def test_errors_cross_process_borders(publication: Publication) -> None:
    publication.write(GOOD.replace("190.3", "n/a"))
    (error,) = Catalogue.open(publication.root).check()
    revived: BroadsheetError = pickle.loads(pickle.dumps(error))
    assert (str(revived), vars(revived)) == (str(error), vars(error))


# The guide


def test_the_guide_names_every_key_and_rule() -> None:
    guide = (Path(__file__).parents[2] / "docs/data-catalogue.md").read_text("utf-8")
    models: list[type[BaseModel]] = [
        Package,
        Resource,
        Schema,
        Field,
        Constraints,
        SourceEntry,
        LicenceEntry,
        Remark,
        Identity,
    ]
    keys = {info.alias or name for model in models for name, info in model.model_fields.items()}
    names = [
        "Catalogue",
        "Column",
        "Licence",
        "Origin",
        "Source",
        "Summary",
        "table",
        "update_hashes",
    ]
    assert [word for word in sorted({*keys, *names}) if f"`{word}" not in guide] == []


# Any sound table comes back as it was written


TEXT = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=["Cc"],
        include_characters="\t\n",
        exclude_characters="\ufeff\ufffe\uffff",
    ),
    min_size=1,
    max_size=12,
)
ROWS = st.lists(
    st.tuples(
        st.integers(-(2**63), 2**63 - 1),
        st.none() | st.floats(allow_nan=False, allow_infinity=False),
        TEXT,
        st.none() | st.booleans(),
        st.none() | st.dates(),
    ),
    min_size=1,
    max_size=20,
    unique_by=lambda row: row[0],
)


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=ROWS)
def test_any_sound_table_survives_the_file(
    publication: Publication, rows: list[tuple[Any, ...]]
) -> None:
    def loosen(package: dict[str, Any]) -> None:
        for field in package["resources"][0]["schema"]["fields"]:
            field.pop("constraints", None)

    publication.describe(loosen)
    columns = ["year", "total", "region", "record", "day"]
    written = pd.DataFrame(rows, columns=columns, dtype=object)
    publication.write(written.to_csv(index=False, lineterminator="\n"))
    frame = publication.table()
    read = (
        frame.astype(object)
        .where(frame.notna(), None)
        .assign(day=[None if pd.isna(day) else day.date() for day in frame["day"]])
    )
    assert [tuple(row) for row in read.itertuples(index=False)] == rows
