"""What stands under a chart: the sources of the tables that its cell read, their date and terms,
notes on rows.
"""

from __future__ import annotations

import json

import pytest

import publishing
from broadsheet.data.catalogue import update_hashes
from broadsheet.figures.table.table_lineage import CellStep, lineage
from broadsheet.project.reading import open_publication
from conftest import TABLE
from pressing import prepare

DRAW = """import plotly.graph_objects as go
fig = go.Figure(go.Bar(x=list({0}["year"]), y=list({0}["total"])))
fig"""


pytestmark = pytest.mark.usefixtures("no_browser")
"""What is told here is told without pictures."""


def tables(site, **of):
    """A catalogue of some tables: the same figures under other publishers, ``of`` has each one's
    own keys.
    """
    resources = []
    for name, own in of.items():
        site.write(f"data/{name}.csv", own.pop("csv", "year,total\n2021,146.9\n2022,190.3\n"))
        resources.append(
            {
                **TABLE,
                "name": name,
                "path": f"{name}.csv",
                "sources": [{"title": "T", "publisher": f"Office of {name}"}],
                **own,
            }
        )
    site.write(
        "data/datapackage.json",
        json.dumps({"name": "test", "title": "Test", "resources": resources}),
    )
    update_hashes(site.root)


def built(site):
    publication = open_publication(site.root)
    made = prepare(publication.project, publication.editions, jobs=1)
    assert not made.faults, [str(fault) for fault in made.faults.values()]
    return made


def fault(site):
    publication = open_publication(site.root)
    return str(
        next(iter(prepare(publication.project, publication.editions, jobs=1).faults.values()))
    )


def foots(made, number=0):
    """What is read under each chart of a page: the note if there is one, and the parts of the line."""
    charts = publishing.charts_of(made.finished[number])
    return [
        [
            part.text_content().strip()
            for part in (*chart.find_class("chart-note"), *chart.find_class("chart-line")[0][:-1])
        ]
        for chart in charts
    ]


# From cell to cell


def test_a_cell_has_the_tables_that_went_into_the_names_that_it_uses():
    assert flow(
        "a = bs.table('a')\nb = bs.table('b')", "x = a.query('year > 3')", "x.plot()", "b.plot()"
    ) == ["a b", "a", "a", "b"]


def test_a_function_has_the_tables_of_the_names_that_it_uses_when_it_is_called():
    assert flow(
        "a = bs.table('a')",
        "def total(a_year):\n    return shown.loc[a_year]",
        "shown = a",
        "total(3)",
    ) == ["a", "", "a", "a"]


def test_a_parameter_of_a_function_is_not_the_table_of_that_name():
    assert flow("a = bs.table('a')", "def twice(a):\n    return 2 * a", "twice(3)") == ["a", "", ""]


def test_what_is_put_into_a_figure_goes_with_it_and_a_new_figure_has_none_of_it():
    assert flow(
        "a = bs.table('a')",
        "fig = go.Figure()\nfor year in a:\n    fig.add_bar(y=[year])",
        "fig",
        "fig = go.Figure()\nfig",
    ) == ["a", "a", "a", ""]


def test_a_name_of_branches_and_loops_has_the_tables_of_all_of_them():
    assert flow("if x:\n    d = bs.table('a')\nelse:\n    d = bs.table('b')", "d") == ["a b", "a b"]
    assert flow(
        "a = bs.table('a')\nb = c = 0", "for n in range(3):\n    c = b\n    b = a", "c"
    ) == ["a", "a", "a"]


def test_a_column_that_is_added_brings_its_table():
    assert flow("a = bs.table('a')\nb = bs.table('b')", "a['share'] = b['total']", "a") == [
        "a b",
        "a b",
        "a b",
    ]


def test_showing_two_tables_does_not_make_one_of_them():
    assert flow("a = bs.table('a')\nb = bs.table('b')", "print(a, b)", "b") == ["a b", "a b", "b"]


def test_what_a_cell_opened_without_naming_it_goes_to_what_it_called():
    steps = (
        CellStep(1, "name = 'a'"),
        CellStep(2, "d = bs.table(name)\nn = 3", frozenset("a")),
        CellStep(3, "d"),
        CellStep(4, "n"),
    )
    assert [sorted(tables) for tables in lineage(steps).values()] == [[], ["a"], ["a"], []]


def test_magics_are_passed_over_and_what_is_no_python_has_no_names():
    assert flow("a = bs.table('a')", "%matplotlib inline\nb = a", "b", "so what", "b") == [
        "a",
        "a",
        "a",
        "",
        "a",
    ]


def flow(*cells):
    steps = tuple(CellStep(number, code) for number, code in enumerate(cells))
    return [" ".join(sorted(tables)) for tables in lineage(steps).values()]


# Under the chart


def test_a_chart_without_source_names_that_of_the_table_which_its_cell_read(site):
    tables(site, trade={}, energy={"as_of": "2023-06-30"})
    site.write(
        "posts/a/figures.py",
        "import broadsheet as bs\n\n\ndef energy():\n    return bs.table('energy')\n",
    )
    site.article(
        "a",
        "import broadsheet as bs\nimport figures\nname = 'trade'\ntrade = bs.table(name)",
        "energy = figures.energy()",
        DRAW.format("trade"),
        DRAW.format("energy"),
    )
    assert foots(built(site)) == [
        ["Source: Office of trade", "As of 31 December 2024", "CC BY 4.0"],
        ["Source: Office of energy", "As of 30 June 2023", "CC BY 4.0"],
    ]


def linked(made, number=0):
    """The sources of a chart with their addresses."""
    chart = publishing.charts_of(made.finished[0])[number]
    line = chart.find_class("chart-source")[0]
    return [(one.text_content(), one.get("href")) for one in line.iter("a")]


def test_two_pages_of_a_publisher_are_two_sources_and_a_column_has_its_own(site):
    pages = [
        {
            "title": "GDP",
            "publisher": "World Bank",
            "path": "https://a.example/gdp",
            "of": ["total"],
        },
        {
            "title": "Population",
            "publisher": "World Bank",
            "path": "https://a.example/people",
            "of": ["year"],
        },
        {"title": "The copy", "publisher": "Others", "path": "https://b.example/"},
    ]
    tables(site, trade={"sources": pages})
    draw = DRAW.format('bs.table("trade")')
    site.article(
        "a",
        "import broadsheet as bs",
        draw,
        f"#| source: trade.total\n{draw}",
        f"#| source: trade.year\n{draw}",
    )
    made = built(site)
    others = ("Others", "https://b.example/")
    assert [linked(made, number) for number in range(3)] == [
        [
            ("World Bank, GDP", "https://a.example/gdp"),
            ("World Bank, Population", "https://a.example/people"),
            others,
        ],
        [("World Bank", "https://a.example/gdp"), others],
        [("World Bank", "https://a.example/people"), others],
    ]


def test_a_source_of_a_column_that_is_not_there_is_a_fault(site):
    pages = [{"title": "GDP", "publisher": "World Bank", "of": ["totl"]}]
    tables(site, trade={})
    descriptor = json.loads(site.read("data/datapackage.json"))
    descriptor["resources"][0]["sources"] = pages
    site.write("data/datapackage.json", json.dumps(descriptor))
    site.article("a", "import broadsheet as bs\nbs.table('trade')")
    assert "`of` of the source 'GDP' names 'totl', which is not a field" in fault(site)


def test_a_file_of_the_catalogue_counts_however_it_is_read(site):
    tables(site, trade={})
    site.article(
        "a",
        "import pandas as pd\ntrade = pd.read_csv('../../data/trade.csv')",
        DRAW.format("trade"),
    )
    assert foots(built(site))[0][0] == "Source: Office of trade"


def test_the_options_of_a_cell_win(site):
    tables(site, trade={}, energy={})
    options = (
        "#| source: [energy, {text: Our count, url: https://example.org/}]\n#| as-of: 2022-05-31\n"
        "#| licence: {text: Public domain}\n#| note: A word.\n"
    )
    site.article(
        "a", "import broadsheet as bs\ntrade = bs.table('trade')", options + DRAW.format("trade")
    )
    assert foots(built(site)) == [
        ["A word.", "Source: Office of energy; Our count", "As of 31 May 2022", "Public domain"]
    ]


def test_what_an_option_takes_away_is_gone_and_nothing_is_said_of_it(site):
    tables(site, trade={})
    off = "".join(f"#| {key}: false\n" for key in ("source", "as-of", "licence", "note"))
    site.article(
        "a", "import broadsheet as bs\ntrade = bs.table('trade')", off + DRAW.format("trade")
    )
    made = built(site)
    assert foots(made) == [[]] and [notice.topic for notice in made.notices] == [
        "generated-alt-text",
        "picture",
    ]


def test_a_chart_whose_source_cannot_be_told_has_none_and_the_author_is_reported(site):
    tables(site, trade={})
    site.article("a", "#| label: fig-own\n" + DRAW.format('{"year": [1, 2], "total": [3, 4]}'))
    made = built(site)
    assert foots(made) == [["Embed or cite"]]
    reported = next(str(notice) for notice in made.notices if notice.topic == "source")
    assert reported.startswith("posts/a/index.ipynb, cell 2: the chart `fig-own` names no source: ")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("source: 3", "`source` is 3"),
        ("source: {txt: A}", "`source` is {'txt': 'A'}"),
        ("source: trad", "'trad'"),
        ("source: trade.totl", "the table trade has no column 'totl'"),
        (
            "source: {text: A, url: 'javascript:alert(1)'}",
            "`source` has the url 'javascript:alert(1)'",
        ),
        ("as-of: soon", "`as-of` is 'soon'"),
        ("licence: [A]", "`licence` is ['A']"),
    ],
)
def test_an_option_that_does_not_fit_is_reported_with_its_line(site, option, said):
    tables(site, trade={})
    site.article(
        "a", f"#| label: fig-x\n#| {option}\n" + DRAW.format('{"year": [1], "total": [3]}')
    )
    reported = fault(site)
    assert reported.startswith("posts/a/index.ipynb, cell 2, line 2: ") and said in reported


# What a table says of its rows

NOTED = {
    "csv": "year,total,status\n2019,101.5,reported\n2020,120.25,estimate\n2021,146.9,estimate\n"
    "2022,190.3,reported\n",
    "schema": {
        "primaryKey": ["year"],
        "fields": [
            {"name": "year", "title": "Year", "type": "integer"},
            {"name": "total", "title": "Total", "type": "number", "unit": "US$ bn"},
            {
                "name": "status",
                "title": "Status",
                "type": "string",
                "constraints": {"enum": ["reported", "estimate"]},
                "notes": [{"value": "estimate", "text": "estimates of the Office"}],
            },
        ],
    },
}


@pytest.mark.parametrize(
    ("drawn", "note"),
    [
        ("trade", ["2020–2021: estimates of the Office."]),
        (
            "trade[trade['year'] != 2020].assign(total=trade['total'] * 1000)",
            ["2021: estimates of the Office."],
        ),
        ("trade[trade['status'] == 'reported']", []),
        ("trade.assign(total=trade['total'].shift(1))", []),
    ],
)
def test_estimates_are_said_to_be_so_where_they_are_drawn(site, drawn, note):
    tables(site, trade=dict(NOTED))
    site.article(
        "a",
        f"import broadsheet as bs\ntrade = bs.table('trade')\nshown = {drawn}\nshown = shown.dropna()",
        DRAW.format("shown"),
    )
    assert [part for part in foots(built(site))[0] if "estimates" in part] == note


def test_the_run_of_an_article_does_not_depend_on_what_stands_under_its_charts(site):
    tables(site, trade={})
    site.article("a", "import broadsheet as bs\ntrade = bs.table('trade')", DRAW.format("trade"))
    assert built(site).ran == 1
    site.article(
        "a",
        "import broadsheet as bs\ntrade = bs.table('trade')",
        "#| note: A word.\n" + DRAW.format("trade"),
        ("md", "More prose."),
    )
    made = built(site)
    assert made.ran == 1  # a line more in the cell is another cell: its code stands elsewhere
    site.article(
        "a",
        "import broadsheet as bs\ntrade = bs.table('trade')",
        "#| note: Two.\n" + DRAW.format("trade"),
    )
    made = built(site)
    assert made.ran == 0 and foots(made)[0][0] == "Two."
