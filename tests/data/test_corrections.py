"""Declared corrections: made when the table is read, refused once the source is mended, shown."""

from __future__ import annotations

import copy
from datetime import date

import pytest

import broadsheet as bs
from broadsheet.data.catalogue import Catalogue, update_hashes
from broadsheet.data.vintages import Accepted, keep_all
from broadsheet.errors import BroadsheetError
from broadsheet.project.reading import open_publication
from broadsheet.quarto.pre_render import PREPARED, pre_render
from broadsheet.quarto.prepared import read_prepared
from broadsheet.site.build.build import build
from broadsheet.text.html_tree import parsed_page
from conftest import TABLE

WRONG = "year,total\n2021,146.9\n2022,19.03\n2023,\n"
DIGIT = {"row": {"year": 2022}, "column": "total", "expect": 19.03, "value": 190.3,
         "reason": "the yearbook has 190.3; the table lost a digit."}  # fmt: skip
GAP = {"row": {"year": 2023}, "column": "total", "expect": None, "value": 240.1,
       "reason": "in the yearbook, not in the table"}  # fmt: skip
FRONT = "title: Trade\ndate: 2024-01-02"


def entry(*corrections):
    return copy.deepcopy(TABLE) | {"corrections": list(corrections)}


@pytest.fixture
def paper(site, monkeypatch):
    site.write("_quarto.yml", "project:\n  type: website\nwebsite:\n  title: The Town\n")
    site.front()
    site.table(WRONG, entry=entry(DIGIT, GAP))
    monkeypatch.chdir(site.root)
    return site


def test_a_cell_is_read_as_it_should_be_and_the_file_stays(paper):
    frame = bs.table("trade")
    assert list(frame["total"]) == [146.9, 190.3, 240.1]
    assert paper.read("data/trade.csv") == WRONG
    assert [one.column for one in frame.attrs["origin"].corrections] == ["total", "total"]


def test_a_value_that_breaks_a_rule_in_the_source_can_be_corrected(paper):
    described = entry(DIGIT, GAP)
    described["schema"]["fields"][1]["constraints"] = {"minimum": 100, "required": True}
    paper.table(WRONG, entry=described)
    assert list(bs.table("trade")["total"]) == [146.9, 190.3, 240.1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (WRONG.replace("19.03", "190.3"), "the source has '190.3', and not 19.03"),
        (WRONG.replace("19.03", ""), "the source has no value, and not 19.03"),
        (WRONG.replace("2023,", "2023,240.2"), "the source has '240.2', and not no value"),
        (WRONG.replace("2022,19.03\n", ""), "there is no such row"),
    ],
)
def test_once_the_source_has_something_else_the_check_fails(paper, run, content, message):
    paper.write("data/trade.csv", content)
    code, _, err = run(paper, "data", "check")
    assert code == 1 and message in err and "take the correction out" in err
    assert update_hashes(paper.root) == ()
    with pytest.raises(BroadsheetError, match="the correction of year 202"):
        bs.table("trade")


@pytest.mark.parametrize("written", ["19.03", "19.030", "1.903e1", "+19.03"])
def test_the_source_may_write_the_number_as_it_likes(paper, written):
    paper.table(WRONG.replace("19.03", written), entry=entry(DIGIT, GAP))
    assert list(bs.table("trade")["total"]) == [146.9, 190.3, 240.1]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"row": {"partner": 2022}}, "`row` has partner, and a row is named by year"),
        ({"row": 2022}, "`row` is 2022, and not an object with the primary key"),
        ({"row": {}}, "and not an object with the primary key"),
        ({"row": {"year": [2022]}}, "compares with numbers"),
        ({"row": {"year": "2022"}}, "'2022' is not of the type 'integer' of 'year'"),
        ({"column": "sum"}, "the column 'sum' is not a field"),
        ({"column": "year"}, "the column 'year' is part of the key"),
        ({"value": "190.3"}, "'190.3' is not of the type 'number' of 'total'"),
        ({"value": True}, "true is not of the type 'number' of 'total'"),
        ({"value": 19.03}, "`expect` and `value` are the same"),
        ({"reason": ""}, "empty"),
        ({"reson": "x"}, "unknown key 'reson'"),
    ],
)
def test_a_correction_that_fits_no_cell_is_a_fault_of_the_catalogue(paper, run, changed, message):
    with pytest.raises(BroadsheetError, match="correction") as fault:
        paper.table(WRONG, entry=entry(DIGIT | changed, GAP))
    assert message in str(fault.value)
    code, _, err = run(paper, "data", "check")
    assert code == 1 and message in err and "Traceback" not in err


def test_a_key_without_its_place_and_a_cell_twice_are_faults(paper):
    for corrections, message in (
        ([{name: DIGIT[name] for name in DIGIT if name != "expect"}], "'expect' is missing"),
        ([DIGIT, DIGIT | {"value": 191.0}], "the same cell is corrected twice"),
    ):
        with pytest.raises(BroadsheetError, match=message):
            paper.table(WRONG, entry=entry(*corrections))


def text_of(site):
    return " ".join(parsed_page(site.read("_site/posts/trade/index.html")).text_content().split())


def test_readers_see_the_correction_at_the_figure_and_in_the_evidence(paper):
    paper.article(
        "trade",
        'import broadsheet as bs\ntrade = bs.table("trade").set_index("year")',
        "#| label: fig-trade\n#| fig-cap: Trade\nimport plotly.express as px\n"
        "px.line(trade.reset_index(), x='year', y='total')",
        ("md", "It was `{python} usd(trade.total[2022], '$190.3 billion')`, and before "
         "`{python} usd(trade.total[2021], '$146.9 billion')`."),
        front=FRONT,
    )  # fmt: skip
    assert not build(paper.root).faults
    text = text_of(paper)
    said = "corrected; the source has 19.03 (the yearbook has 190.3; the table lost a digit)"
    assert f"2022: {said}. 2023: filled in; the source has no value (in the yearbook" in text
    assert text.count(said) == 2 and "row 3" in text
    assert "146.9 billion US dollars (corrected" not in text


def test_the_note_is_in_the_language_of_the_page(paper):
    paper.article(
        "trade",
        'import broadsheet as bs\nbs.language("de")\ntrade = bs.table("trade").set_index("year")',
        "#| label: fig-trade\n#| fig-cap: Handel\nimport plotly.express as px\n"
        "px.line(trade.reset_index(), x='year', y='total')",
        ("md", "Es waren `{python} usd(trade.total[2022])`."),
        front=f"{FRONT}\nlang: de",
    )  # fmt: skip
    assert not build(paper.root).faults
    assert text_of(paper).count("berichtigt; in der Quelle steht 19,03") == 2


def test_a_correction_of_text_truth_and_day(site, monkeypatch):
    fields = [
        {"name": "day", "title": "Day", "type": "date"},
        {"name": "status", "title": "Status", "type": "string"},
        {"name": "is_final", "title": "Final", "type": "boolean"},
        {"name": "until", "title": "Until", "type": "date"},
    ]
    row = {"day": "2022-01-02"}
    corrections = [
        {"row": row, "column": "status", "expect": "repotred", "value": "reported", "reason": "x"},
        {"row": row, "column": "is_final", "expect": False, "value": True, "reason": "x"},
        {"row": row, "column": "until", "expect": "2020-02-01", "value": "2022-02-01", "reason": "x"},
    ]  # fmt: skip
    described = entry(*corrections) | {"schema": {"fields": fields, "primaryKey": ["day"]}}
    site.table("day,status,is_final,until\n2022-01-02,repotred,0,2020-02-01\n", entry=described)
    monkeypatch.chdir(site.root)
    frame = bs.table("trade")
    assert frame.astype(str).values.tolist() == [["2022-01-02", "reported", "True", "2022-02-01"]]


def test_quarto_s_stages_hand_on_what_a_version_is_and_what_was_corrected(paper):
    resource = next(iter(Catalogue.open(paper.root).package.resources))
    keep_all(paper.root, "trade", [Accepted(resource, WRONG.encode(), date(2024, 3, 1), "by hand")])
    paper.article(
        "trade",
        'import broadsheet as bs\ntrade = bs.table("trade", known="2024-05-01").set_index("year")',
        ("md", "It was `{python} usd(trade.total[2022], '$190.3 billion')`."),
        front=FRONT,
    )
    assert pre_render(paper.root) == 0
    (finished,) = read_prepared(paper.root / PREPARED, open_publication(paper.root).editions)[:1]
    origin = finished.origins["trade@2024-05-01"]
    assert (origin.known, origin.corrections) == (date(2024, 5, 1), resource.corrections)
    assert [one.row for one in origin.corrections] == [(("year", 2022),), (("year", 2023),)]
