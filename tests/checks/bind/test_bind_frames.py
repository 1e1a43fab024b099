"""The frames that a notebook has, of whichever kind, and what `broadsheet bind` finds in them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from broadsheet.checks.audit.tables.table_shapes import TableWords, shaped
from broadsheet.checks.bind.loading_code import loading_line
from broadsheet.checks.bind.naming.labels import label_positions, mentions
from broadsheet.checks.bind.probe import value_of
from broadsheet.data.refresh.answers import SourceTable
from probing import as_table, codes

WIND = 'amount(power.wind[2024], "31 TWh")'
SENTENCE = "In 2024 wind gave 31 TWh."


def power() -> pd.DataFrame:
    return as_table(pd.DataFrame({"wind": [27, 31]}, index=pd.Index([2023, 2024], name="year")))


@pytest.mark.parametrize(
    "odd",
    [
        pd.DataFrame([[1, 2], [3, 4]], columns=["wind", "wind"]),
        pd.DataFrame([["a", "b"], ["c", "d"]], columns=["kind", "kind"]),
        pd.DataFrame({"lists": [[1], [2, 3]]}),
        pd.DataFrame({"mixed": [[1], "b", None]}),
        pd.DataFrame({"complex": [1 + 2j, 3]}),
        pd.DataFrame({("a", "b"): [1, 2], ("a", "c"): ["x", "y"]}),
        pd.DataFrame({"times": pd.to_timedelta([1, 2], "s"), "spans": pd.interval_range(0, 2)}),
        pd.DataFrame({"none": pd.array([None, None], dtype="Int64")}),
        pd.Series([[1], "b", None]),
    ],
    ids=lambda frame: "-".join(map(str, getattr(frame, "columns", ["series"]))),
)
def test_a_frame_of_odd_values_leaves_the_others(odd: Any) -> None:
    assert WIND in codes(SENTENCE, odd=odd, power=power())
    assert not codes("Of these, 3 were odd.", odd=odd)


@pytest.mark.parametrize("kind", ["str", "object", "category"])
def test_rows_with_a_text_are_counted(kind: str) -> None:
    plants = as_table(pd.DataFrame({"fuel": pd.Series(["coal"] * 31 + ["gas", None], dtype=kind)}))
    assert 'count((plants["fuel"] == "coal").sum())' in codes(
        "Of the plants, 31 were coal plants.", plants=plants
    )


@pytest.mark.parametrize("language", ["it", "nl", "ja", "gsw", "xx"])
def test_a_page_in_a_language_without_words_of_its_own_is_read(language: str) -> None:
    assert WIND in codes(SENTENCE, language=language, power=power())


JOBS = as_table(
    pd.DataFrame({"jobs": [1, 2, 1000, 1200, 1500]}, index=pd.Index(range(2020, 2025), name="year"))
)


@pytest.mark.parametrize(
    ("language", "sentence", "expression"),
    [
        ("en", "There were 2 years with more than 1,000 jobs.", "(jobs.jobs > 1000).sum()"),
        ("en", "There were 3 years with at least 1,000 jobs.", "(jobs.jobs >= 1000).sum()"),
        ("en", "There were 2 years with no more than 2 jobs.", "(jobs.jobs <= 2).sum()"),
        ("en", "There were 3 years with more than 2.5 jobs a day.", "(jobs.jobs > 2.5).sum()"),
        ("de", "In 2 Jahren gab es mehr als 1.000 Jobs.", "(jobs.jobs > 1000).sum()"),
        ("de", "In 3 Jahren gab es mehr als 2,5 Jobs am Tag.", "(jobs.jobs > 2.5).sum()"),
        ("de", "In 3 Jahren gab es mindestens 1.000 Jobs.", "(jobs.jobs >= 1000).sum()"),
    ],
)
def test_rows_beyond_a_limit_are_counted(language: str, sentence: str, expression: str) -> None:
    (code,) = codes(sentence, language=language, jobs=JOBS)
    assert code.startswith(f"count({expression}")


@pytest.mark.parametrize(
    ("language", "sentence", "condition"),
    [
        ("en", "In 2023 there were more than 1,000 jobs.", "jobs.jobs[2023] > 1000"),
        ("de", "Im Jahr 2023 gab es mehr als 1.000 Jobs.", "jobs.jobs[2023] > 1000"),
        ("de", "Im Jahr 2021 gab es weniger als 2,5 Jobs.", "jobs.jobs[2021] < 2.5"),
    ],
)
def test_a_value_beyond_a_limit_is_compared(language: str, sentence: str, condition: str) -> None:
    assert codes(sentence, language=language, jobs=JOBS) == {condition}


@pytest.mark.parametrize("limit", ["2 million", "2 percent", "2 times"])
def test_a_limit_of_another_magnitude_or_unit_is_none(limit: str) -> None:
    assert not codes(f"There were 3 years with more than {limit} the jobs.", jobs=JOBS)
    assert not codes(f"In 2023 there were more than {limit} the jobs.", jobs=JOBS)


def test_a_loss_is_no_gain_and_thousands_are_no_ones() -> None:
    def value(number: float, unit: str = "") -> str:
        return value_of({"value": number, "unit": unit})

    assert len({value(31), value(-31), value(3100), value(0.31)}) == 4
    assert value(0.31, "ratio") == value(31, "percent")


def test_labels_are_found_in_each_of_their_spellings() -> None:
    text = "In Germany, egypt and the US, on 7 April."
    assert label_positions(text, "Germany")
    assert label_positions(text, "Egypt, Arab Rep.")
    assert label_positions(text, "2022-04-07")
    assert not label_positions(text, "2022-04-08")
    assert mentions(text, "United States")
    assert not mentions(text, "France")


def test_no_pattern_is_made_for_a_label_that_a_text_has_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("re.finditer", lambda *of: pytest.fail(f"a pattern {of[0]}"))
    labels = [*(f"Country {number}, Rep." for number in range(100)), *range(1900, 2000), "2021-05"]
    assert not any(label_positions(SENTENCE, label) for label in labels)


def test_a_value_of_a_group_within_a_group_is_found() -> None:
    index = pd.MultiIndex.from_product(
        [["France", "Germany"], ["women", "men"], [2021, 2022]], names=["country", "sex", "year"]
    )
    jobless = as_table(pd.DataFrame({"jobless": [4, 5, 6, 7, 8, 9, 10, 131]}, index=index))
    assert 'count(jobless.jobless["Germany"]["men"][2022])' in codes(
        "In 2022 there were 131 jobless men in Germany.", jobless=jobless
    )


def loading(columns: str, *rows: str) -> str:
    cells = SourceTable(tuple(columns.split(",")), tuple(tuple(row.split(",")) for row in rows))
    (table,) = shaped(cells, TableWords("table.csv", "table"))
    return loading_line("table", "table", table)


def test_a_table_has_the_fewest_labels_that_name_its_rows() -> None:
    read = 'table = bs.table("table")'
    world = ("DEU,Germany,2021,a,4", "DEU,Germany,2022,,5", "FRA,France,2021,b,6")
    line = loading("code,country,year,note,jobs", *world)
    assert line == f'{read}.set_index(["country", "year"]).sort_index()'
    assert loading("year,jobs", "2021,4", "2022,5") == f'{read}.set_index("year")'
    sexes = ("Aland,men,2021,4", "Aland,women,2021,5", "Cland,men,2021,6", "Cland,women,2021,7")
    line = loading("country,sex,year,jobs", *sexes)
    assert line == f'{read}.set_index(["country", "sex", "year"]).sort_index()'
    assert loading("country,year,jobs", "Aland,2021,4", "Aland,2021,5") == read
