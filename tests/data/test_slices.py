"""Slices of tables in Parquet and in CSV: what is read, what a run depends on, what is refused."""

from __future__ import annotations

import json
import sys
from datetime import date

import pandas as pd
import pyarrow
import pyarrow.parquet
import pytest

import broadsheet as bs
from broadsheet.data.catalogue import Catalogue, update_hashes
from broadsheet.data.slicing import parquet_file
from broadsheet.data.slicing.slices import Slice, named_slice, slice_name
from broadsheet.errors import BroadsheetError, ConfigError
from broadsheet.run.reads import state
from broadsheet.storage import limits

ROWS = pd.DataFrame(
    {
        "partner": ["Chad", "Chad", "Türkiye & co", "Türkiye & co", "Zambia"],
        "year": [2022, 2023, 2022, 2023, 2023],
        "value": [1.5, 2.0, 146.9, 190.25, None],
        "day": pd.to_datetime(["2022-12-31", "2023-12-31"] * 2 + ["2023-12-31"]),
        "late": [False, True, False, False, True],
    }
)
TURKEY = "Türkiye & co"


def entry(form: str, **more: object) -> dict[str, object]:
    types = ("string", "integer", "number", "date", "boolean")
    fields: list[dict[str, object]] = [
        {"name": name, "title": name.title(), "type": kind}
        for name, kind in zip(ROWS, types, strict=True)
    ]
    fields[2]["unit"] = "US$ bn"
    return {
        "name": "flows",
        "type": "table",
        "path": f"flows.{form}",
        "format": form,
        "title": "Flows",
        "description": "Flows by partner.",
        "schema": {"fields": fields, "primaryKey": ["partner", "year"]},
        "sources": [{"title": "Flows", "publisher": "The Customs"}],
        "licenses": [{"name": "CC-BY-4.0"}],
        "as_of": "2023-12-31",
        "retrieved": "2024-01-31",
        **more,
    }


def put(site, frame: pd.DataFrame, form: str = "parquet", groups: int = 2) -> None:
    """Put a frame into the file of the table."""
    path = site.root / f"data/flows.{form}"
    path.parent.mkdir(exist_ok=True)
    if form == "parquet":
        table = pyarrow.Table.from_pandas(frame, preserve_index=False)
        pyarrow.parquet.write_table(table, path, row_group_size=groups)
    else:
        frame.assign(day=frame["day"].dt.date.astype(str)).to_csv(path, index=False)


def catalogued(site, form: str = "parquet", frame: pd.DataFrame = ROWS, **more: object) -> None:
    put(site, frame, form)
    descriptor = {"name": "test", "title": "Test", "resources": [entry(form, **more)]}
    site.write("data/datapackage.json", json.dumps(descriptor))
    update_hashes(site.root)


@pytest.fixture(params=["parquet", "csv"])
def form(request) -> str:
    return request.param


@pytest.fixture
def paper(site, monkeypatch, form):
    catalogued(site, form)
    monkeypatch.chdir(site.root)
    return site


def test_a_slice_has_its_rows_typed_with_their_origin(paper):
    frame = bs.table("flows", where={"partner": TURKEY}, columns=["year", "value", "day"])
    assert frame.to_dict("list") == {
        "year": [2022, 2023],
        "value": [146.9, 190.25],
        "day": [pd.Timestamp(2022, 12, 31), pd.Timestamp(2023, 12, 31)],
    }
    origin = frame.attrs["origin"]
    assert (origin.units, origin.as_of, origin.key) == (
        {"value": "US$ bn"},
        date(2023, 12, 31),
        ("year",),
    )
    assert Catalogue.open(paper.root).table(origin.name).equals(frame)


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ({"year": 2023}, [1, 3, 4]),
        ({"year": [2022, 2023], "partner": ["Zambia", "Chad"]}, [0, 1, 4]),
        ({"late": True}, [1, 4]),
        ({"day": date(2022, 12, 31)}, [0, 2]),
        ({"day": "2022-12-31"}, [0, 2]),
        ({"day": pd.Timestamp(2022, 12, 31)}, [0, 2]),
        ({"value": 2}, [1]),
        ({"value": 190.25}, [3]),
        ({"year": ROWS["year"][1]}, [1, 3, 4]),
        ({}, [0, 1, 2, 3, 4]),
    ],
)
def test_rows_are_chosen_by_values_of_each_type(paper, where, rows):
    frame = bs.table("flows", where=where)
    assert list(frame["value"].fillna(-1)) == list(ROWS["value"].fillna(-1)[rows])
    assert list(frame.columns) == list(ROWS.columns)


def read(site, form: str, where: str, columns: str = "") -> str:
    asked = f"{where}#{columns}" if columns else where
    return state(site.root, f"data/flows.{form}: flows?{asked}")


def test_a_change_elsewhere_leaves_a_slice_as_it_was_and_one_within_does_not(paper, form):
    chad, cut = "partner=Chad", ("partner=Chad", "year,late")
    before, before_cut = read(paper, form, chad), read(paper, form, *cut)
    assert before
    elsewhere = ROWS.copy()
    elsewhere.loc[2, "value"] = 147.1
    put(paper, elsewhere, form)
    update_hashes(paper.root)
    assert read(paper, form, chad) == before
    within = elsewhere.copy()
    within.loc[0, "value"] = 1.6
    put(paper, within, form)
    update_hashes(paper.root)
    assert read(paper, form, chad) != before
    assert read(paper, form, *cut) == before_cut
    put(paper, ROWS.drop(index=[0, 1]), form)
    assert read(paper, form, chad) == ""


def test_a_slice_depends_on_the_entry_of_its_table(paper, form):
    before = read(paper, form, "partner=Chad")
    text = paper.read("data/datapackage.json")
    paper.write("data/datapackage.json", text.replace("US$ bn", "US$ m"))
    assert read(paper, form, "partner=Chad") not in ("", before)


def test_the_rows_of_a_slice_do_not_depend_on_how_a_file_is_packed(site, monkeypatch):
    catalogued(site)
    before = read(site, "parquet", "partner=Chad")
    put(site, ROWS.astype({"partner": "category", "year": "int16"}), groups=5)
    assert read(site, "parquet", "partner=Chad") == before
    update_hashes(site.root)
    monkeypatch.chdir(site.root)
    assert list(bs.table("flows", where={"partner": "Chad", "year": 2023})["value"]) == [2.0]


def test_a_file_in_the_same_state_is_not_read_again(site, monkeypatch):
    catalogued(site)
    monkeypatch.setattr("broadsheet.storage.file_states.SETTLED", -(10**12))
    first = read(site, "parquet", "partner=Chad")
    monkeypatch.setattr(parquet_file, "batches", None)
    assert read(site, "parquet", "partner=Chad") == first


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"where": {"partner": "Zambio"}}, ["no row with partner 'Zambio'", "`Zambia`"]),
        ({"where": {"partnr": "Chad"}}, ["no column 'partnr'", "`partner`"]),
        ({"where": {"year": "then"}}, ["'then' for 'year'", "integer"]),
        ({"where": {"partner": []}}, ["where['partner']", "[]"]),
        ({"where": {"partner": None}}, ["where['partner']", "None"]),
        ({"where": {"value": float("nan")}}, ["where['value']", "nan"]),
        ({"where": "partner"}, ["`where`", "'partner'"]),
        ({"columns": []}, ["`columns`", "[]"]),
        ({"columns": ["year", "total"]}, ["no column 'total'"]),
        ({"columns": ["year", "value"]}, ["without partner", "told apart", "`where`"]),
    ],
)
def test_what_no_table_can_answer_is_refused_with_what_to_do(paper, asked, words):
    with pytest.raises(BroadsheetError) as raised:
        bs.table("flows", **asked)
    assert all(word in str(raised.value) for word in words), str(raised.value)


def test_names_of_slices_keep_every_sign():
    where = {"a&b=c": ["x?#,@ ü", "1"], "b": True}
    name = slice_name("flows", where, ["a&b=c", "d,e"])
    assert named_slice(name) == (
        "flows",
        Slice((("a&b=c", ("1", "x?#,@ ü")), ("b", ("true",))), ("a&b=c", "d,e")),
    )
    assert slice_name("flows", {"a": [2, 1, 2]}, None) == slice_name("flows", {"a": [1, 2]}, None)
    assert slice_name("flows", None, None) == "flows"


def test_a_slice_of_a_version(site, monkeypatch):
    catalogued(site, "csv")
    update_hashes(site.root, today=date(2024, 2, 1))
    changed = ROWS.copy()
    changed.loc[0, "value"] = 9.5
    put(site, changed, "csv")
    update_hashes(site.root, today=date(2024, 3, 1))
    monkeypatch.chdir(site.root)
    assert list(bs.table("flows", where={"partner": "Chad"})["value"]) == [9.5, 2.0]
    catalogued(site, "parquet")
    with pytest.raises(BroadsheetError, match="no versions are kept"):
        bs.table("flows", where={"partner": "Chad"}, known="2024-02-01")


# Tables in Parquet as a whole


@pytest.fixture
def large(site, monkeypatch):
    """A publication whose table is larger than what is read at once."""
    catalogued(site)
    monkeypatch.chdir(site.root)
    with limits.under({"cells": 18}):
        yield site


def test_a_large_table_is_read_by_slices_alone(large):
    with pytest.raises(BroadsheetError) as raised:
        bs.table("flows")
    assert "5 rows of 5 columns" in str(raised.value)
    assert 'bs.table("flows", where={"partner": …})' in str(raised.value)
    assert list(bs.table("flows", where={"partner": "Chad"})["value"]) == [1.5, 2.0]
    with pytest.raises(BroadsheetError, match="what is read of it has more than 18 cells"):
        bs.table("flows", where={"year": 2023})


def faults(site) -> list[str]:
    update_hashes(site.root)
    return [str(fault).partition("\n")[0] for fault in Catalogue.open(site.root).check()]


@pytest.mark.parametrize("cells", [18, 1_000_000])
def test_every_rule_is_checked_however_large_a_table_is(site, cells):
    rules = {"identities": [{"holds": "value < year"}]}
    fields = entry("parquet")["schema"]["fields"]  # type: ignore[index]
    fields[0]["constraints"] = {"pattern": "[A-Z].*"}
    fields[2]["constraints"] = {"minimum": 1}
    schema = {"fields": fields, "primaryKey": ["partner", "year"]}
    catalogued(site, schema=schema, **rules)
    with limits.under({"cells": cells}):
        assert faults(site) == []
        wrong = {
            "pattern": ("partner", 4, "zambia"),
            "minimum": ("value", 3, 0.5),
            "`value < year` does not hold": ("value", 2, 5000.0),
            "required": ("partner", 1, None),
            "not a number": ("value", 1, float("inf")),
            "control characters": ("partner", 3, "T\x07"),
        }
        for words, (column, row, value) in wrong.items():
            frame = ROWS.copy()
            frame.loc[row, column] = value
            put(site, frame)
            (fault, *others) = faults(site)
            assert words in fault
            assert f"row {row + 1}" in fault
            assert not others
        twice = ROWS.copy()
        twice.loc[4, ["partner", "year"]] = ["Chad", 2022]
        put(site, twice)
        (fault,) = faults(site)
        assert "partner Chad, year 2022 is in row 1 already" in fault
        assert "row 5" in fault


def test_an_identity_of_several_rows_is_refused_of_a_large_table(large):
    catalogued(large, identities=[{"holds": "value >= before(value)"}])
    assert "is about several rows" in faults(large)[0]


def test_a_file_with_other_columns_or_types_is_named(site, monkeypatch):
    catalogued(site)
    monkeypatch.chdir(site.root)
    for frame, words in (
        (ROWS.drop(columns="late"), "the column is missing"),
        (ROWS.assign(more=1), "the column is not in the schema"),
        (ROWS.assign(value="much"), "the catalogue says 'number'"),
        (ROWS.assign(day=ROWS["day"] + pd.Timedelta(hours=1)), "times of the day"),
    ):
        put(site, frame)
        assert words in faults(site)[0]
        with pytest.raises(BroadsheetError):
            bs.table("flows", where={"partner": "Chad"})
    for content in (b"", b"PAR1", b"year,value\n", b"PAR1" + b"\0" * 100 + b"PAR1"):
        (site.root / "data/flows.parquet").write_bytes(content)
        assert "no Parquet file that can be read" in faults(site)[0]
    (site.root / "data/flows.parquet").unlink()
    assert "does not exist" in faults(site)[0]


def test_a_file_that_nobody_has_looked_over_is_not_read(site, monkeypatch):
    catalogued(site)
    put(site, ROWS.assign(value=1.0))
    monkeypatch.chdir(site.root)
    with pytest.raises(BroadsheetError, match="the rule `hash`"):
        bs.table("flows", where={"partner": "Chad"})


def test_without_pyarrow_a_message_says_what_to_install(site, monkeypatch):
    catalogued(site)
    monkeypatch.chdir(site.root)
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyarrow"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(BroadsheetError, match=r"pip install 'broadsheet\[files\]'"):
        bs.table("flows", where={"partner": "Chad"})


def test_the_catalogue_adds_and_lists_a_parquet_file(site, run):
    put(site, ROWS)
    (site.root / "data/flows.parquet").rename(site.root / "exports.parquet")
    code, _, err = run(site, "data", "add", "exports.parquet", "--name", "flows")
    assert code == 2
    assert "--key" in err
    keys = ("--key", "partner", "--key", "year")
    code, out, err = run(site, "data", "add", "exports.parquet", "--name", "flows", *keys)
    assert code == 0, err
    assert "flows: 5 rows in data/flows.parquet" in out
    resource = Catalogue.open(site.root).package.resources[0]
    assert (resource.format, resource.as_of) == ("parquet", date(2023, 12, 31))
    assert "5 rows, as of 2023-12-31" in run(site, "data", "list")[1]
    assert run(site, "data", "check")[0] == 0
    code, _, err = run(site, "data", "add", "exports.parquet", "--name", "flows", *keys)
    assert code == 2
    assert "has a table of this name" in err


def test_pages_run_again_for_their_own_rows_alone(paper, form, run):
    paper.front()
    for slug, partner in (("turkey", TURKEY), ("chad", "Chad")):
        paper.article(
            slug,
            "import broadsheet as bs\n"
            f'flows = bs.table("flows", where={{"partner": {partner!r}}})\n'
            'value = flows.set_index("year")["value"]',
            ("md", "Exports were `{python} usd(value[2023])`."),
        )
    code, out, err = run(paper, "build")
    assert code == 0, err
    assert "190.25" in paper.read("_site/posts/turkey/index.html")
    changed = ROWS.copy()
    changed.loc[1, "value"] = 3.0
    put(paper, changed, form)
    update_hashes(paper.root)
    code, out, err = run(paper, "build", "--json")
    assert code == 0, err
    report = json.loads(out)["result"]
    assert report["explained"] == {
        "turkey": "unchanged",
        "chad": f"data/flows.{form}: flows?partner=Chad changed",
    }
    assert "stock engine" not in err
    assert "3" in paper.read("_site/posts/chad/index.html")


def test_a_correction_of_a_slice_needs_none_of_its_other_columns(site, monkeypatch):
    correction = {
        "row": {"partner": TURKEY, "year": 2022},
        "column": "value",
        "expect": 146.9,
        "value": 14.69,
        "reason": "Slipped.",
    }
    catalogued(site, "csv", corrections=[correction])
    monkeypatch.chdir(site.root)
    frame = bs.table("flows", where={"partner": TURKEY}, columns=["year", "value"])
    assert frame["value"].to_list()[0] == 14.69
    assert [one.reason for one in frame.attrs["origin"].corrections] == ["Slipped."]
    catalogued_again = json.loads((site.root / "data/datapackage.json").read_text())
    assert catalogued_again["resources"][0]["corrections"] == [correction]
    put(site, ROWS, "parquet")
    descriptor = {
        "name": "test",
        "title": "Test",
        "resources": [entry("parquet", corrections=[correction])],
    }
    site.write("data/datapackage.json", json.dumps(descriptor))
    with pytest.raises(ConfigError, match="correct a table in Parquet where it is made"):
        Catalogue.open(site.root)
