"""Parameters are typed and strict: what does not fit is told before anything runs."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath

import pytest

from broadsheet.errors import ParameterError
from broadsheet.project.editions.parameters import bind, declared
from broadsheet.project.sources.source import read_source

CELL = """\
year: int = 2022  # the year that the article is about
share: float = 0.5
name: str = "China"
quiet: bool = False
day: date = date(2023, 5, 26)
measure: Literal["value", "tonnes"] = "value"
rivals: list[str] = ["Germany", "India"]
until: int | None = None
plain = 3
"""


@pytest.fixture
def source(site):
    site.article("a", parameters=CELL)
    return read_source(site.root, PurePosixPath("posts/a/index.ipynb"))


def test_declares_names_types_defaults_and_comments(source):
    found = declared(source)
    assert list(found) == [
        "year",
        "share",
        "name",
        "quiet",
        "day",
        "measure",
        "rivals",
        "until",
        "plain",
    ]
    assert found["year"].help == "the year that the article is about"
    assert found["day"].default == date(2023, 5, 26)
    assert found["measure"].annotation == "Literal['value', 'tonnes']"
    assert found["plain"].annotation == "int"


@pytest.mark.parametrize(
    "given, bound",
    [
        ({"year": 2024}, {"year": 2024}),
        ({"share": 1}, {"share": 1.0}),
        ({"day": "2024-01-02"}, {"day": date(2024, 1, 2)}),
        ({"day": date(2024, 1, 2)}, {"day": date(2024, 1, 2)}),
        ({"measure": "tonnes"}, {"measure": "tonnes"}),
        ({"rivals": ["Japan"]}, {"rivals": ["Japan"]}),
        ({"until": None}, {"until": None}),
    ],
)
def test_takes_what_fits(source, given, bound):
    assert bind(source, given) == bound


@pytest.mark.parametrize(
    "name, text, value",
    [
        ("year", "2024", 2024),
        ("share", "0.25", 0.25),
        ("quiet", "true", True),
        ("day", "2024-01-02", date(2024, 1, 2)),
        ("name", "007", "007"),
        ("measure", "tonnes", "tonnes"),
        ("rivals", '["Japan"]', ["Japan"]),
    ],
)
def test_reads_the_command_line_as_the_parameter_s_type(source, name, text, value):
    assert bind(source, {name: text}, from_text=True) == {name: value}


@pytest.mark.parametrize(
    "given, reported",
    [
        (
            {"year": "2024"},
            "posts/a/index.ipynb, cell 2, line 1: article 'a': parameter `year` is '2024', which is not "
            "`int`\n  → Give a whole number, such as 2022.",
        ),
        (
            {"year": True},
            "posts/a/index.ipynb, cell 2, line 1: article 'a': parameter `year` is True, which is not "
            "`int`\n  → Give a whole number, such as 2022.",
        ),
        (
            {"quiet": 1},
            "posts/a/index.ipynb, cell 2, line 4: article 'a': parameter `quiet` is 1, which is not "
            "`bool`\n  → Give true or false.",
        ),
        (
            {"day": "26 May"},
            "posts/a/index.ipynb, cell 2, line 5: article 'a': parameter `day` is '26 May', which is not "
            "`date`\n  → Give a date, such as 2023-05-26.",
        ),
        (
            {"measure": "barrels"},
            "posts/a/index.ipynb, cell 2, line 6: article 'a': parameter `measure` is 'barrels', "
            "which is not `Literal['value', 'tonnes']`\n"
            "  → Give one of 'value', 'tonnes'.",
        ),
        (
            {"rivals": [1]},
            "posts/a/index.ipynb, cell 2, line 7: article 'a': parameter `rivals` is [1], which is not "
            "`list[str]`\n  → Give a value of `list[str]`.",
        ),
    ],
)
def test_refuses_what_does_not_fit(source, given, reported):
    with pytest.raises(ParameterError) as caught:
        bind(source, given)
    assert str(caught.value) == reported


@pytest.mark.parametrize(
    "values, mend",
    [
        ("1985, 2025", "Give a whole number from 1985 to 2024."),
        ("2024, 1984, -10", "Give a whole number from 1994 to 2024 in steps of 10."),
        (
            "2, 1000000000000000000000000000000",
            "Give a whole number from 2 to 999999999999999999999999999999.",
        ),
        ("5, 6", "Give 5."),
    ],
)
def test_numbers_of_a_range_are_told_in_words(site, values, mend):
    number = values.partition(",")[0]
    site.article("a", parameters=f"year: Annotated[int, range({values})] = {number}")
    source = read_source(site.root, PurePosixPath("posts/a/index.ipynb"))
    with pytest.raises(ParameterError) as caught:
        bind(source, {"year": 1})
    assert caught.value.mend == mend


def test_names_the_nearest_parameter(source):
    with pytest.raises(ParameterError, match="has no parameter `yaer`\n  → Did you mean `year`"):
        bind(source, {"yaer": 2024})


@pytest.mark.parametrize(
    "cell, reported",
    [
        ("year = 2000 + 22", "the default of `year` is computed: `2000 + 22`"),
        ("year: Path = 1", "the annotation `Path` is not one that a parameter can have"),
        ("year: str = 2022", "the default of `year` is 2022, which is not `str`"),
        ("print(1)", "`print(1)` is not a parameter"),
        ("year: int = (", "the `parameters` cell is not Python"),
    ],
)
def test_refuses_a_cell_that_is_not_plain_parameters(site, cell, reported):
    site.article("b", parameters=cell)
    with pytest.raises(ParameterError) as caught:
        declared(read_source(site.root, PurePosixPath("posts/b/index.ipynb")))
    assert reported in str(caught.value)


def test_an_article_without_parameters_takes_none(site):
    site.article("c", "1")
    source = read_source(site.root, PurePosixPath("posts/c/index.ipynb"))
    assert bind(source, {}) == {}
    with pytest.raises(
        ParameterError, match="article 'c' is given `year`, and has no `parameters` cell"
    ):
        bind(source, {"year": 1})


@pytest.mark.parametrize("odd", ["\ud800", "a\udc80", "\0", "\x1b[31m", "\ufffe"])
def test_a_text_with_a_character_that_no_page_can_show_is_refused(source, odd):
    for given in ({"name": odd}, {"measure": odd}, {"rivals": ["India", odd]}):
        with pytest.raises(ParameterError, match="which no page can show"):
            bind(source, given)
    for name in ("name", "rivals", "year"):
        with pytest.raises(ParameterError, match="which no page can show"):
            bind(source, {name: odd}, from_text=True)
