"""Pages that show a table as it was known on a day: their text, figures, evidence, and builds."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import Resource
from broadsheet.data.vintages import Accepted, files_to_keep, keep_all
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite
from broadsheet.site.build.build import build
from broadsheet.storage.data_swap import replace_together
from broadsheet.text.html_tree import parsed_page
from conftest import Site

CONFIG = (
    'project:\n  type: website\nwebsite:\n  title: The Test\n  site-url: "https://example.org/"\n'
)
FIRST = b"year,total\n2020,107.8\n2021,146.9\n"
STANDING = b"year,total\n2020,108.1\n2021,147.2\n2022,190.3\n"
TABLE = 'import broadsheet as bs\ntrade = bs.table("trade", known="2022-12-31").set_index("year")'
CHART = (
    "#| label: fig-trade\n#| fig-cap: Trade\nimport plotly.express as px\n"
    'px.line(trade.reset_index(), x="year", y="total")'
)
TEXT = ("md", "It was `{python} usd(trade.total[2021], '$146.9 billion')` then.")
NOW = 'now = bs.table("trade").set_index("year")'
NOW_TEXT = ("md", "It is `{python} usd(now.total[2021], '$147.2 billion')` now.")


def entry(root: Path) -> Resource:
    return Catalogue.open(root).resource("trade")


@pytest.fixture
def paper(site: Site) -> Site:
    """A publication of a table with one version before the one that stands."""
    site.write("_quarto.yml", CONFIG)
    site.front()
    site.table(STANDING.decode())
    keep_all(site.root, "trade", [Accepted(entry(site.root), FIRST, date(2022, 3, 1), "by hand")])
    return site


def revise(site: Site, content: bytes, day: date) -> None:
    """Accept a new version, as a refresh does."""
    version = Accepted(entry(site.root), content, day, "by hand")
    assert replace_together(site.root, files_to_keep(site.root, "trade", [version]), {})
    site.table(content.decode())


def page(site: Site, name: str = "index") -> str:
    return site.read(f"_site/posts/trade/{name}.html")


def text_of(site: Site, name: str = "index") -> str:
    return " ".join(parsed_page(page(site, name)).text_content().split())


def test_prose_figures_and_evidence_are_those_of_the_day_and_say_so(paper: Site) -> None:
    paper.article(
        "trade", TABLE, CHART, TEXT, NOW, NOW_TEXT, front="title: Trade\ndate: 2024-01-02"
    )
    report = build(paper.root)
    assert not report.faults
    text = text_of(paper)
    assert "It was $146.9 billion then." in text and "It is $147.2 billion now." in text
    assert "As known on 31 December 2022" in text
    assert "Trade, as known on 31 December 2022, row 3" in text
    assert "Trade, row 3" in text
    facts = json.loads(next(paper.root.glob("_site/posts/trade/**/facts.json")).read_text())[
        "facts"
    ]
    sources = {fact["text"]: fact["sources"][0] for fact in facts}
    assert (
        sources["$146.9 billion"]["known"] == "2022-12-31"
        and "known" not in sources["$147.2 billion"]
    )
    assert sources["$146.9 billion"]["sha256"] != sources["$147.2 billion"]["sha256"]
    assert "146.9" in next(paper.root.glob("_site/posts/trade/**/*.csv")).read_text()


def test_a_later_version_runs_nothing_and_an_earlier_one_that_answers_does(paper: Site) -> None:
    paper.article("trade", TABLE, CHART, TEXT, front="title: Trade\ndate: 2024-01-02")
    assert not build(paper.root).faults
    revise(paper, STANDING + b"2023,240.1\n", date(2026, 1, 1))
    report = build(paper.root)
    assert not report.ran and "It was $146.9 billion then." in text_of(paper)
    keep_all(
        paper.root,
        "trade",
        [Accepted(entry(paper.root), b"year,total\n2021,146.4\n", date(2022, 6, 1), "by hand")],
    )
    report = build(paper.root)
    assert not report.faults and "It was $146.4 billion then." in text_of(paper)
    site = paper.root / "_site"
    before = {path: path.read_bytes() for path in site.rglob("*.html")}
    shutil.rmtree(site)
    shutil.rmtree(paper.root / ".broadsheet")
    assert not build(paper.root).faults
    assert {path: path.read_bytes() for path in site.rglob("*.html")} == before


def test_the_standing_table_is_a_version_once_it_is_replaced(paper: Site) -> None:
    paper.article("trade", TABLE.replace("2022-12-31", "2025-06-01"), TEXT, front="title: Trade")
    assert not build(paper.root).faults and "It was $147.2 billion then." in text_of(paper)
    revise(paper, STANDING.replace(b"147.2", b"149.9"), date(2026, 1, 1))
    report = build(paper.root)
    assert not report.ran and not report.faults and "It was $147.2 billion then." in text_of(paper)


def test_a_day_before_the_first_version_is_a_fault_of_the_page_alone(paper: Site) -> None:
    paper.article("early", TABLE.replace("2022-12-31", "2001-01-01"), front="title: Early")
    paper.article("trade", TABLE, TEXT, front="title: Trade")
    report = build(paper.root)
    assert ["its first version is of 2022-03-01" in str(fault) for fault in report.faults] == [True]
    assert "It was $146.9 billion then." in text_of(paper)


def test_editions_take_the_day_as_a_parameter(paper: Site) -> None:
    paper.article(
        "trade",
        'import broadsheet as bs\ntrade = bs.table("trade", known=known).set_index("year")',
        CHART,
        TEXT,
        front="title: Trade\ndate: 2024-01-02\neditions:\n  - slug: later\n    title: Later\n"
        "    parameters: {known: '2025-06-01'}",
        parameters='known: str = "2022-12-31"',
    )
    assert not build(paper.root).faults
    assert "It was $146.9 billion then." in text_of(paper)
    assert "As known on 31 December 2022" in text_of(paper)
    assert "It was $147.2 billion then." in text_of(paper, "later")
    assert "As known on 1 June 2025" in text_of(paper, "later")


def test_a_german_page_says_so_in_german(paper: Site) -> None:
    paper.article(
        "trade", 'import broadsheet as bs\nbs.language("de")', TABLE, CHART,
        ("md", "Es waren `{python} usd(trade.total[2021])`."),
        front="title: Handel\nlang: de\ndate: 2024-01-02",
    )  # fmt: skip
    assert not build(paper.root).faults
    assert text_of(paper).count("Kenntnisstand vom 31. Dezember 2022") == 2


def test_a_column_of_a_version_can_be_named_as_the_source(paper: Site) -> None:
    paper.article(
        "trade", TABLE, CHART.replace("#| fig-cap", '#| source: "trade@2022-12-31"\n#| fig-cap'),
        front="title: Trade",
    )  # fmt: skip
    assert not build(paper.root).faults
    assert "As known on 31 December 2022" in text_of(paper)


def test_the_preview_makes_a_page_anew_when_another_version_answers(paper: Site) -> None:
    paper.article("trade", TABLE.replace("2022-12-31", "2021-01-01"), TEXT, front="title: Trade")
    address = PageAddress("posts/trade/index.html")

    def kept(known: date, content: bytes) -> str:
        keep_all(paper.root, "trade", [Accepted(entry(paper.root), content, known, "by hand")])
        previewed.note({"data/vintages/trade/index.txt"})
        page = previewed.page(address)
        assert page is not None
        return page.html

    with PreviewedSite(paper.root) as previewed:
        page = previewed.page(address)
        assert page is not None and "its first version is of 2022-03-01" in str(page.fault)
        assert "$146.3 billion" in kept(date(2020, 1, 1), FIRST.replace(b"146.9", b"146.3"))
        assert "$145.9 billion" in kept(date(2020, 6, 1), FIRST.replace(b"146.9", b"145.9"))
        assert "$145.9 billion" in kept(date(2021, 6, 1), FIRST.replace(b"146.9", b"140.9"))


def test_a_chart_of_two_versions_names_the_day_of_each(paper: Site) -> None:
    code = (
        'both = [bs.table("trade", known=day).assign(known=day)'
        ' for day in ("2022-12-31", "2025-06-01")]\nimport pandas as pd\n'
        'px.line(pd.concat(both), x="year", y="total", color="known")'
    )
    chart = CHART.rpartition("\n")[0]
    paper.article("trade", "import broadsheet as bs", f"{chart}\n{code}", front="title: Trade")
    assert not build(paper.root).faults
    assert "As known on 31 December 2022 and 1 June 2025" in text_of(paper)


def test_a_table_that_was_withdrawn_is_read_as_it_was_known(paper: Site) -> None:
    package = json.loads(paper.read("data/datapackage.json"))
    package["resources"][0] |= {"name": "other"}
    paper.write("data/datapackage.json", json.dumps(package))
    paper.article("trade", TABLE, CHART, TEXT, front="title: Trade")
    assert not build(paper.root).faults
    assert "It was $146.9 billion then." in text_of(paper)
    assert "As known on 31 December 2022" in text_of(paper)
