"""What must hold of a table's rows: said in the catalogue, checked wherever the table is read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from broadsheet.data.catalogue import Catalogue
from broadsheet.errors import BroadsheetError, ConfigError
from conftest import ROOT, TABLE, Site

Command = Callable[..., tuple[int, str, str]]

TYPES = {"year": "integer", "country": "string", "vote": "string", "day": "date", "odd": "boolean"}


def describe(site: Site, csv: str, *identities: dict[str, Any], key: str = "year") -> None:
    """A catalogue of one table whose columns are those of the ``csv``."""
    header = csv.split("\n", 1)[0].split(",")
    fields = [{"name": one, "title": one, "type": TYPES.get(one, "number")} for one in header]
    table = {
        **TABLE,
        "schema": {"fields": fields, "primaryKey": key.split()},
        "identities": list(identities),
    }
    site.table(csv)
    package = json.loads(site.read("data/datapackage.json"))
    package["resources"] = [table]
    site.write("data/datapackage.json", json.dumps(package))


def faults(site: Site) -> list[str]:
    """What is wrong with the table, but for its checksum."""
    found = map(str, Catalogue.open(site.root).check())
    return [one for one in found if "the rule `hash`" not in one]


PARTNERS = """year,country,exports,imports,total,odd
2021,Turkey,26.5,6.5,33.0,false
2022,Turkey,58.9,9.3,{turkey},false
2021,World,492.1,293.5,785.6,false
2022,World,592.5,240.4,832.9,false
"""
SUM = {"holds": "total == exports + imports", "within": 0.05, "unless": "odd"}


def test_a_total_at_a_tenth_of_its_parts_is_named_with_row_and_numbers(site: Site) -> None:
    describe(site, PARTNERS.format(turkey=68.2), SUM, key="country year")
    assert faults(site) == []
    describe(site, PARTNERS.format(turkey=6.82), SUM, key="country year")
    assert faults(site) == [
        "data/trade.csv, row 2: table 'trade': country Turkey, year 2022: `total == exports + imports` does "
        "not hold: 6.82 == 68.2, within 0.05 (exports 58.9, imports 9.3, total 6.82)\n"
        "  → Correct the row, or the identity in data/datapackage.json; its `unless` excepts rows."
    ]


@pytest.mark.parametrize(
    ("csv", "holds", "numbers"),
    [
        ("year,yes,no,away\n2022,141,5,47\n2023,141,9,45\n", "yes + no + away == 193", "195 == 193"),
        ("year,deaths,dead_guides\n2014,16,16\n2015,19,24\n", "dead_guides <= deaths", "24 <= 19"),
        ("year,part,whole\n2014,3,16\n2015,2,0\n", "100 * part / whole <= 50", "inf <= 50"),
        ("year,sites,added\n2001,5,1\n2003,9,3\n2002,6,1\n", "sites == before(sites) + added", "9 == 9"),
        ("year,price\n2001,5\n2002,51\n2003,6\n", "price <= 5 * max(before(price), after(price))", "51 <= 30"),
        ("year,price\n2001,5\n2002,51\n", "price / 5 <= before(price) <= 5 * price", "10.2 <= 5"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_refused(site: Site, csv: str, holds: str, numbers: str) -> None:
    describe(site, csv, {"holds": holds})
    found = faults(site)
    if numbers == "9 == 9":  # the rows follow each other by year, not as they stand
        assert found == []
    else:
        assert len(found) == 1 and f"`{holds}` does not hold: {numbers}" in found[0]


def test_a_share_is_that_of_the_row_of_the_whole(site: Site) -> None:
    share = {"holds": 'share == 100 * total / at(total, country="World")', "within": 0.05}
    rows = "year,country,total,share\n2022,World,832.9,100\n2022,China,180,{}\n2023,China,200,9\n"
    describe(site, rows.format(21.6), share, key="country year")
    assert faults(site) == []
    describe(site, rows.format(2.16), share, key="country year")
    assert "row 2" in faults(site)[0] and "2.16 == 21.61123784, within 0.05" in faults(site)[0]


def test_the_row_of_a_year_is_the_sum_of_its_months(site: Site) -> None:
    whole = {"holds": "total == sum(total * (month > 0), year)", "unless": "month > 0"}
    rows = "year,month,total\n2022,0,{}\n2022,1,4\n2022,2,5\n2023,0,7\n2023,1,3\n2023,2,\n"
    describe(site, rows.format(9), whole, key="year month")
    assert faults(site) == []  # a month of 2023 is not known
    describe(site, rows.format(10), whole, key="year month")
    assert [one.split(":")[0] for one in faults(site)] == ["data/trade.csv, row 1"]


def test_votes_are_counted_over_the_whole_table(site: Site) -> None:
    noes = {"holds": 'sum(vote == "no") == 2'}
    rows = "country,vote\nRussia,no\nSyria,no\nMali,{}\n"
    describe(site, rows.format("yes"), noes, key="country")
    assert faults(site) == []
    describe(site, rows.format("no"), noes, key="country")
    assert '`sum(vote == "no") == 2` does not hold: 3 == 2\n' in faults(site)[0]


def test_what_is_missing_or_excepted_is_not_judged(site: Site) -> None:
    rows = PARTNERS.format(turkey="1,true").replace(
        "2022,Turkey,58.9,9.3,1,true,false", "2022,Turkey,58.9,9.3,1,true"
    )
    describe(site, rows + "2023,Turkey,,5.1,400,false\n", SUM, key="country year")
    assert faults(site) == []


def test_dates_are_compared(site: Site) -> None:
    describe(site, "day,sent\n2022-01-31,3\n2022-02-28,4\n",
             {"holds": "sent == 3", "unless": 'day > "2022-02-01"'}, {"holds": "day >= before(day)"}, key="day")  # fmt: skip
    assert faults(site) == []


@pytest.mark.parametrize("text", ["2022-W05-1", "2022-02-30", "20220201"])
def test_what_is_no_day_is_not_compared_with_days(site: Site, text: str) -> None:
    identity = {"holds": f'day > "{text}"'}
    describe(site, "day,sent\n2022-01-31,3\n", identity, key="day")
    with pytest.raises(ConfigError, match=re.escape(f"`day` and `'{text}'` are a date and a text")):
        Catalogue.open(site.root)


def test_a_table_that_breaks_its_identity_is_never_read(site: Site, run: Command) -> None:
    describe(site, PARTNERS.format(turkey=6.82), SUM, key="country year")
    code, _, err = run(site, "data", "check", "--update-hashes")
    assert code == 1 and "6.82 == 68.2" in err
    site.article("trade", 'import broadsheet as bs\nbs.table("trade")')
    code, _, err = run(site, "build")
    assert (
        code == 1 and "country Turkey, year 2022: `total == exports + imports` does not hold" in err
    )


@pytest.mark.parametrize(
    ("identity", "message"),
    [
        ({"holds": "total == exports + imprts"}, "'imprts' is not a column; there are year, country, exports"),
        ({"holds": "total"}, "`total` is no comparison, such as total == exports + imports"),
        ({"holds": "total =="}, "`total ==` is no expression"),
        ({"holds": "total == country"}, "`total` and `country` are a number and a text"),
        ({"holds": "total == -country"}, "`country` is a text, and no number"),
        ({"holds": "total == __import__('os').getpid()"}, "`__import__('os').getpid()` may not stand in it"),
        ({"holds": "total == total.__class__"}, "`total.__class__` may not stand in it"),
        ({"holds": "total == 9 ** 9 ** 9"}, "`9 ** 9 ** 9` may not stand in it"),
        ({"holds": "total == [t for t in (1,)]"}, "may not stand in it"),
        ({"holds": "total == 1e999"}, "`1e309` may not stand in it"),
        ({"holds": f"total == {'(' * 300}1{')' * 300}"}, "an expression of 610 characters; 300 are the most"),
        ({"holds": f"total == {'-' * 280}1"}, ""),
        ({"holds": 'total == at(total, city="Rome")'}, "`at` takes columns of the primary key, country, year"),
        ({"holds": "total == at(total, year=country)"}, "`at` takes columns of the primary key"),
        ({"holds": "total == at(total)"}, "`at` takes a column of the primary key"),
        ({"holds": "total == sum(total, 3)"}, "`sum` takes an expression, and then the columns"),
        ({"holds": "total == before(total, year)"}, "`before` takes one expression"),
        ({"holds": "total == max()"}, "`max` takes an expression first"),
        ({"holds": "total > 0", "unless": "total"}, "`total` is a number, and no condition"),
        ({"holds": "total > 0", "within": -1}, "'within' is -1: input should be greater than or equal to 0"),
        ({"holds": "total > 0", "wihtin": 1}, "unknown key 'wihtin'\n  → Did you mean 'within'?"),
        ({"within": 1}, "the key 'holds' is missing"),
    ],
)  # fmt: skip
def test_an_identity_that_cannot_be_judged_is_named(
    site: Site, identity: dict[str, Any], message: str
) -> None:
    describe(site, PARTNERS.format(turkey=68.2), identity, key="country year")
    if not message:
        assert isinstance(faults(site), list)
        return
    with pytest.raises(BroadsheetError) as raised:
        Catalogue.open(site.root)
    assert message in str(raised.value)
    assert str(raised.value).startswith("data/datapackage.json: resource 'trade': ")


def test_before_needs_an_order(site: Site) -> None:
    describe(site, "country,vote\nRussia,no\n", {"holds": "vote != before(vote)"}, key="country")
    with pytest.raises(
        BroadsheetError, match="`before` needs a year, a count or a day in the primary key"
    ):
        Catalogue.open(site.root)


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("russia-trade-by-partner", "Türkiye,", None),
        ("unga-ukraine-resolutions", "peace\",141,7,", "peace\",141,9,"),
        ("unga-votes-es-11-1", "DZA,Algeria,abstain", "DZA,Algeria,no"),
        ("heritage-in-danger", "2013,44,7,1", "2013,44,6,1"),
    ],
)  # fmt: skip
def test_the_publication_says_what_must_hold(
    site: Site, table: str, old: str, new: str | None
) -> None:
    catalogue = Catalogue.open(ROOT)
    resource = catalogue.resource(table)
    text = (ROOT / resource.file).read_text("utf-8")
    if new is None:
        line = next(one for one in text.splitlines() if "Türkiye" in one and ",2022," in one)
        cells = line.split(",")
        cells[7] = str(round(float(cells[7]) / 10, 3))
        old, new = line, ",".join(cells)
    assert old in text
    site.write(resource.file, text.replace(old, new))
    site.write("data/datapackage.json", (ROOT / "data/datapackage.json").read_text("utf-8"))
    found = "\n".join(map(str, Catalogue.open(site.root).check([table])))
    assert "does not hold" in found
