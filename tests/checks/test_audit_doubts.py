"""`broadsheet audit` contradicts nothing that is of a part, of another way, or of a few."""

from __future__ import annotations

import pytest

from broadsheet.checks.audit.auditing import audit


def rows(times, **values) -> str:
    """Rows of CSV: a country, a time, a value."""
    return "".join(
        f"{country},{time},{value}\n"
        for country, series in values.items()
        for time, value in zip(times, series, strict=True)
    )


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with tables."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    tables = {
        "population": "country,year,population\n"
        + rows(
            (1990, 2010, 2022),
            Germany=(80000000, 82000000, 84000000),
            France=(60000000, 65000000, 68000000),
            Poland=(38000000, 38500000, 37000000),
        ),
        "emissions": "country,year,emissions_mt\n"
        + rows(
            (1990, 2010, 2021, 2022),
            Germany=(1050, 830, 675, 660),
            France=(390, 350, 310, 300),
        ),
        "unemployment": "country,year,unemployment rate (%)\n"
        + rows(
            (2010, 2020, 2021, 2022),
            Germany=(7.0, 3.6, 3.1, 3.2),
            France=(9.3, 7.9, 7.3, 7.0),
        ),
        "sales": "year,sales (million euros)\n2019,120\n2020,90\n2021,110\n2022,140\n",
        "gold": "year,price of gold (dollars an ounce)\n2009,973\n2012,1670\n2015,1161\n",
        "companies": "company,sector,founded\n"
        + "".join(
            f"Firm{at},{'Energy' if at < 21 else 'Health Care'},{1950 + at}\n" for at in range(60)
        ),
    }
    folder = tmp_path / "site"
    folder.mkdir()
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def said_of(place, sentence):
    (place / "page.md").write_text(sentence)
    return audit(place).statements


@pytest.mark.parametrize(
    "sentence",
    [
        "In 2022, 64 million of Germany's 84 million people lived in cities.",
        "In 2022 about 150 million tonnes of Germany's emissions came from traffic.",
        "In 2022 sales of shoes were 40 million euros.",
        "Sales in the first half of 2022 were 70 million euros.",
        "In 2022 sales were 140 million euros, 30 million euros of it abroad.",
        "In 2022, unemployment in Germany was 5.3 percent in the east.",
        "By 2022, Germany's emissions had fallen 37 percent.",
        "Compared with France, Germany's population was 1.2 times as large in 2022.",
        "Since 1990, Germany's emissions have fallen by 390 million tonnes; in 2022 they fell by 2 percent.",
        "Between 2010 and 2022, Germany's emissions rose only once.",
        "Between 2010 and 2022, unemployment in Germany first rose to 3.8 percent and then fell again.",
        "Of the two neighbours, France had the largest population in 2022.",
        "In 2021 sales were the second-highest of the decade.",
        "The lowest sales outside of 2020 were 110 million euros.",
        "Between 2019 and 2022 sales fell below 100 million euros in one year only.",
        "In 2021 sales recovered to 110 million euros, having lost 30 million euros in 2020.",
        "7 companies in Energy are new.",
        "55 companies with a website are in the data.",
    ],
)
def test_what_is_of_less_is_not_contradicted(place, sentence):
    verdicts = {statement.verdict for statement in said_of(place, sentence)}
    assert "contradicted" not in verdicts
    assert "unknown" in verdicts


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("In 2022 the population of Germany was 94 million.", "94 million"),
        ("In 2022 sales were 150 million euros.", "150 million euros"),
        ("Germany's emissions fell by 20 percent in 2022.", "20 percent"),
        ("Unemployment in Germany was 5.3 percent in 2022.", "5.3 percent"),
        ("There are 30 companies in Energy in the data.", "30"),
        ("30 companies of the data have their sector in Energy.", "30"),
        (
            "In 1990 Germany's emissions were 290 million tonnes higher than in 2022.",
            "290 million tonnes",
        ),
        ("Gold fell from $1,670 in 2012 to $973 an ounce in 2015.", "$973"),
    ],
)
def test_what_is_whole_is_contradicted(place, sentence, words):
    (statement,) = (each for each in said_of(place, sentence) if each.verdict == "contradicted")
    assert statement.words == words


def test_two_times_are_read_in_the_order_of_the_sentence(place):
    statements = said_of(
        place, "In 1990 Germany's emissions were 390 million tonnes higher than in 2022."
    )
    assert {each.verdict for each in statements} == {"borne out"}


def test_the_row_of_a_change_is_that_of_the_time_behind_the_number(place):
    sentence = "Gold fell from $1,670 in 2012 to $973 an ounce in 2015."
    (statement,) = (each for each in said_of(place, sentence) if each.verdict == "contradicted")
    assert statement.reading is not None
    assert [operand.keys["year"] for operand in statement.reading.operands] == ["2015"]
