"""The pages of tables and the index of them: what they show, what stays private, and what is made
again.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from broadsheet.cli.main import main
from broadsheet.data.catalogue import Catalogue, update_hashes
from broadsheet.data.descriptor import Resource
from broadsheet.data.vintages import Accepted, keep_all
from broadsheet.site.build.build import build
from broadsheet.site.pages.data_chart import shown_of
from broadsheet.text.html_tree import parsed_page
from conftest import TABLE, Site, is_exact
from plotly_alive.drawing import drawing_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HEAD = 'project:\n  type: website\n  resources: ["/data/*.csv"]\n'
WEB = 'website:\n  title: The Test\n  site-url: "https://example.org/"\n'
PUBLIC = HEAD + WEB
PRIVATE = "project:\n  type: website\n" + WEB
ROWS = "year,total\n2019,110.9\n2020,107.8\n2021,146.9\n2022,190.3\n"
NAMES: dict[str, Any] = TABLE | {
    "name": "names",
    "path": "names.csv",
    "title": "Names",
    "schema": {
        "fields": [
            {"name": "code", "title": "Code", "type": "string"},
            {"name": "people", "title": "People", "type": "integer", "unit": "people"},
        ],
        "primaryKey": ["code"],
    },
}


def catalogue(site: Site, *tables: tuple[dict[str, Any], str], title: str = "Our tables") -> None:
    """Write a catalogue of ``tables``, each an entry and its rows."""
    for entry, rows in tables:
        site.write(f"data/{entry['path']}", rows)
    described = {"name": "test", "title": title, "resources": [entry for entry, _ in tables]}
    site.write("data/datapackage.json", json.dumps(described))
    update_hashes(site.root)


@pytest.fixture
def paper(site: Site) -> Site:
    """A publication of two published tables, without an article."""
    site.write("_quarto.yml", PUBLIC)
    site.write("index.qmd", "---\ntitle: Home\n---\nHome.\n")
    catalogue(site, (TABLE, ROWS), (NAMES, "code,people\nde,83\nfr,68\n"))
    return site


def made(site: Site, **options: Any) -> Any:
    report = build(site.root, **options)
    assert not report.faults
    return report


def text_of(site: Site, path: str) -> str:
    return " ".join(parsed_page(site.read(f"_site/{path}")).text_content().split())


def linked_data(site: Site, path: str) -> dict[str, Any]:
    blocks = parsed_page(site.read(f"_site/{path}")).findall(".//script[@type]")
    (block,) = (one for one in blocks if one.get("type") == "application/ld+json")
    described: dict[str, Any] = json.loads(block.text)
    return described


def files(site: Site) -> dict[str, bytes]:
    folder = site.root / "_site"
    return {
        str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if is_exact(one)
    }


def test_a_page_says_what_a_table_is_and_has_its_chart_and_its_files(paper: Site) -> None:
    made(paper)
    text = text_of(paper, "data/trade/index.html")
    for words in (
        "Trade by year.",
        "As of 31 December 2024",
        "Retrieved on 31 January 2025",
        "US$ bn",
        "The Customs: Trade",
        "Licence: CC-BY-4.0",
        "4 rows · customs.example",
        "The Test: “Trade” (data of The Customs), retrieved on 31 January 2025, version",
    ):
        assert words in text
    page = parsed_page(paper.read("_site/data/trade/index.html"))
    (chart,) = page.find_class("chart")
    assert (
        chart.get("data-values")
        and (paper.root / "_site/data/trade/fig-data-values.json").is_file()
    )
    assert "190.3" in chart.xpath(".//svg/@aria-label | .//svg/title/text()")[0]
    assert chart.find_class("chart-data")[0].findall(".//table")
    links = {one.get("href") for one in page.iter("a") if one.get("download") is not None}
    assert {"../trade.csv", "trade.json"} <= links
    package = json.loads(paper.read("_site/data/trade/trade.json"))
    (resource,) = package["resources"]
    assert resource["data"][-1] == {"year": 2022, "total": 190.3}
    assert resource["schema"]["primaryKey"] == ["year"] and "refresh" not in resource
    dataset = linked_data(paper, "data/trade/index.html")
    assert dataset["@type"] == "Dataset" and dataset["license"] == "CC-BY-4.0"
    assert dataset["temporalCoverage"] == "2019/2024-12-31"
    assert dataset["dateModified"] == "2025-01-31"
    assert dataset["creator"] == [{"@type": "Organization", "name": "The Customs"}]
    assert dataset["variableMeasured"][0]["unitText"] == "US$ bn"
    addresses = [one["contentUrl"] for one in dataset["distribution"]]
    assert "https://example.org/data/trade.csv" in addresses
    # Codes are no time: the first rows, and no line across them.
    names = parsed_page(paper.read("_site/data/names/index.html"))
    assert not names.find_class("chart") and "de" in text_of(paper, "data/names/index.html")


def test_the_index_and_the_sitemap_have_each_table(paper: Site) -> None:
    made(paper)
    page = parsed_page(paper.read("_site/data/index.html"))
    assert [one.get("href") for one in page.xpath("//main//h2/a")] == [
        "trade/index.html",
        "names/index.html",
    ]
    described = linked_data(paper, "data/index.html")
    assert described["@type"] == "DataCatalog" and described["name"] == "Our tables"
    assert [one["name"] for one in described["dataset"]] == ["Trade", "Names"]
    addresses = re.findall("<loc>(.*?)</loc>", paper.read("_site/sitemap.xml"))
    for path in ("data/", "data/trade/", "data/names/"):
        assert f"https://example.org/{path}" in addresses


def test_what_no_page_uses_and_nothing_publishes_is_named_nowhere(paper: Site) -> None:
    paper.write("_quarto.yml", PRIVATE)
    made(paper)
    assert not (paper.root / "_site/data").exists()
    assert not [name for name, content in files(paper).items() if b"The Customs" in content]


def test_a_page_that_reads_a_table_publishes_none_of_its_rows(paper: Site) -> None:
    paper.write("_quarto.yml", PRIVATE)
    cells = (
        'import broadsheet as bs\ntrade = bs.table("trade").set_index("year")',
        ("md", "It was `{python} usd(trade.total[2021], '$146.9 billion')` then."),
    )
    paper.article("trade", *cells, front="title: Our article\ndate: 2024-01-02")
    made(paper)
    text = text_of(paper, "data/trade/index.html")
    assert "Our article 2 January 2024" in text and "US$ bn" in text
    assert sorted(one.name for one in (paper.root / "_site/data").rglob("*.*")) == [
        "index.html",
        "index.html",
    ]
    page = paper.read("_site/data/trade/index.html")
    assert not [number for number in ("110.9", "107.8", "146.9", "190.3") if number in page]
    article = parsed_page(paper.read("_site/posts/trade/index.html"))
    (known,) = article.find_class("known-table")
    assert [one.get("href") for one in known.iter("a")] == ["../../data/trade/index.html"]
    # Once its file is published, the evidence leads to both.
    paper.write("_quarto.yml", PUBLIC)
    made(paper)
    (known,) = parsed_page(paper.read("_site/posts/trade/index.html")).find_class("known-table")
    assert [one.get("href") for one in known.iter("a")] == [
        "../../data/trade/index.html",
        "../../data/trade.csv",
    ]


def test_versions_say_what_was_lost_moved_and_added(paper: Site) -> None:
    entry = Catalogue.open(paper.root).resource("trade")
    before = b"year,total\n2018,1.0\n2019,100.0\n2020,107.8\n2021,146.9\n"
    source = "/home/somebody/tables/trade.csv"
    keep_all(paper.root, "trade", [Accepted(entry, before, date(2022, 3, 1), source)])
    made(paper)
    text = text_of(paper, "data/trade/index.html")
    assert "Lost: 2018" in text and "Added: 2022" in text
    assert "Moved: 2019, Total: 100 → 110.9" in text
    assert "1 March 2022 4 rows" in text and "somebody" not in text


def test_nothing_of_a_table_becomes_markup(paper: Site) -> None:
    bad = "</script><script>live(1)</script><img src=x onerror=live(1)>'\" onload='live(1)"
    texts = dict.fromkeys(("title", "description"), bad)
    entry = TABLE | texts
    entry["sources"] = [{"title": bad, "publisher": bad, "path": "https://a.example/?<script>"}]
    entry["licenses"] = [{"name": bad, "title": bad}]
    entry["corrections"] = [
        {"row": {"day": "2021-01-01"}, "column": "total", "expect": 1, "value": 2, "reason": bad}
    ]
    entry["schema"] = {
        "fields": [
            {"name": "day", "title": bad, "type": "date"},
            {"name": "total", "title": bad, "type": "number", "unit": bad},
            {"name": "note", "title": bad, "type": "string", "description": bad}
            | {"notes": [{"value": bad, "text": bad}]},
        ],
        "primaryKey": ["day"],
    }
    quoted = '"' + bad.replace('"', '""') + '"'
    rows = "".join(
        f"20{year}-01-01,{value},{quoted}\n" for year, value in ((20, 3), (21, 1), (22, 2))
    )
    catalogue(paper, (entry, f"day,total,note\n{rows}"), (NAMES, "code,people\n" + quoted + ",1\n"))
    made(paper)
    for path in ("data/index.html", "data/trade/index.html", "data/names/index.html"):
        page = parsed_page(paper.read(f"_site/{path}"))
        assert not page.xpath("//img | //*[@onerror] | //*[@onload]")
        assert not [
            one
            for one in page.iter("script")
            if not one.get("src") and "ld+json" not in one.get("type", "")
        ]
        assert linked_data(paper, path)["@context"] == "https://schema.org"
    assert linked_data(paper, "data/trade/index.html")["name"] == bad
    for drawing in (paper.root / "_site/data").rglob("*.svg"):
        assert (
            "<script" not in drawing.read_text()
            and "onerror" not in drawing.read_text().replace("onerror=live", "")
        )


def test_an_address_that_runs_is_a_fault_of_the_catalogue(paper: Site) -> None:
    entry = TABLE | {"sources": [{"title": "T", "publisher": "P", "path": "javascript:live(1)"}]}
    paper.write(
        "data/datapackage.json",
        json.dumps({"name": "test", "title": "Test", "resources": [entry]}),
    )
    build(paper.root)
    assert not [name for name, content in files(paper).items() if b"javascript:" in content]


def test_a_source_and_an_alias_win_and_the_setting_leaves_all_out(paper: Site) -> None:
    paper.write("data/trade/index.qmd", "---\ntitle: My own\n---\nOwn.\n")
    paper.write("about.qmd", "---\ntitle: About\naliases: [/data/names/]\n---\nAbout.\n")
    made(paper)
    assert "My own" in text_of(paper, "data/trade/index.html")
    assert "about.html" in paper.read("_site/data/names/index.html")
    assert not (paper.root / "_site/data/trade/trade.json").exists()
    assert "Trade" in text_of(paper, "data/index.html")
    paper.write("_quarto.yml", PUBLIC + "broadsheet:\n  data-pages: false\n")
    made(paper)
    assert not (paper.root / "_site/data/index.html").exists()
    assert (paper.root / "_site/data/trade.csv").is_file()


def test_only_the_page_of_what_changed_is_made_again_with_the_bytes_of_one_from_nothing(
    paper: Site,
) -> None:
    made(paper)
    assert not made(paper).reasons
    first = files(paper)
    described = json.loads(paper.read("data/datapackage.json"))
    described["resources"][1]["description"] = "Other words."
    paper.write("data/datapackage.json", json.dumps(described))
    report = made(paper)
    assert "the entry of the table" in report.reasons["data/names/index.html"]
    assert "data/trade/index.html" not in report.reasons
    assert "Other words." in text_of(paper, "data/names/index.html")
    entry = Catalogue.open(paper.root).resource("trade")
    keep_all(paper.root, "trade", [Accepted(entry, b"year,total\n2019,1\n", date(2020, 3, 1), "x")])
    report = made(paper)
    assert "its versions" in report.reasons["data/trade/index.html"]
    assert "data/names/index.html" not in report.reasons
    after = files(paper)
    shutil.rmtree(paper.root / "_site")
    shutil.rmtree(paper.root / ".broadsheet")
    made(paper)
    assert files(paper) == after != first


def test_another_library_that_writes_parquet_makes_the_pages_again(
    paper: Site, tmp_path: Path
) -> None:
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    path = os.pathsep.join([str(libraries), os.environ.get("PYTHONPATH", "")])

    def reasons() -> str:
        done = subprocess.run(
            [sys.executable, "-m", "broadsheet", "build", "--explain"],
            cwd=paper.root,
            env=os.environ | {"PYTHONPATH": path},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout + done.stderr

    reasons()
    assert "what writes Parquet" not in reasons()
    (libraries / "pyarrow-0.1.dist-info").mkdir()  # before the others on the path
    assert "what writes Parquet" in reasons()
    (libraries / "pyarrow-0.1.dist-info").rmdir()
    assert "what writes Parquet" in reasons()
    assert "what writes Parquet" not in reasons()


@pytest.mark.usefixtures("chromium")
def test_a_chart_that_plotly_refuses_is_told_in_each_build_and_tried_in_none(paper: Site) -> None:
    catalogue(paper, (TABLE, "year,total\n2019,5e-324\n2020,5e-324\n2021,5e-324\n"))
    sankey = "go.Figure(go.Sankey(link={'source': [0], 'target': [None], 'value': [1]}))"
    cell = f"#| label: fig-x\n#| source: false\nimport plotly.graph_objects as go\n{sankey}"
    paper.article("flows", cell, front="title: Flows\ndate: 2024-01-02")
    causes = ["data/trade.csv: `fig-data`: the figure", "posts/flows/index.ipynb, cell 2: `fig-x`:"]

    def told() -> Any:
        report = made(paper)
        refused = sorted(str(one) for one in report.notices if "cannot be drawn" in one.what)
        assert [one.startswith(cause) for one, cause in zip(refused, causes, strict=True)] == [
            True,
            True,
        ]
        return report

    told()
    assert "This chart could not be drawn." in text_of(paper, "data/trade/index.html")
    assert not told().reasons and not told().ran
    paper.write("index.qmd", "---\ntitle: Home\n---\nAnother word.\n")
    assert not {"data/trade/index.html", "posts/flows/index.html"} & {*told().reasons}


def test_a_browser_that_fails_costs_a_page_its_chart_until_the_next_build(
    paper: Site, own_browser: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*words: Any, **options: Any) -> None:
        raise drawing_page.LostError("it ended")

    with monkeypatch.context() as patch:
        patch.setattr(drawing_page.DrawingPage, "_ask", lost)
        (notice,) = made(paper, jobs=1).notices
    assert "the chart of its page is left out: the browser that draws the charts" in notice.what
    text = text_of(paper, "data/trade/index.html")
    assert "190.3" in text and not parsed_page(
        paper.read("_site/data/trade/index.html")
    ).find_class("chart")
    assert not made(paper, jobs=1).notices
    assert parsed_page(paper.read("_site/data/trade/index.html")).find_class("chart")


def test_a_template_of_the_publication_makes_the_page_of_a_table_with_its_chart(
    paper: Site,
) -> None:
    own = '{% extends "broadsheet/dataset.html.jinja" %}{% block title %}Our {{ super() }}{% endblock %}'
    paper.write("theme/templates/dataset.html.jinja", own)
    made(paper)
    page = parsed_page(paper.read("_site/data/trade/index.html"))
    assert page.find_class("chart") and "Our " in (page.findtext(".//title") or "")


def test_a_late_table_says_so_from_the_day_after(paper: Site) -> None:
    catalogue(paper, (TABLE | {"refresh": "P6M"}, ROWS), (NAMES, "code,people\nde,83\n"))
    made(paper, day=date(2025, 7, 31))
    assert "overdue" not in text_of(paper, "data/trade/index.html")
    report = made(paper, day=date(2025, 8, 1))
    assert "Update overdue since 31 July 2025" in text_of(paper, "data/trade/index.html")
    assert "data/names/index.html" not in report.reasons


def test_a_large_table_has_its_file_alone(paper: Site) -> None:
    paper.write("_quarto.yml", PUBLIC + "broadsheet:\n  limits: {data-page-size: 30}\n")
    made(paper)
    page = parsed_page(paper.read("_site/data/trade/index.html"))
    links = [one.get("href") for one in page.iter("a") if one.get("download") is not None]
    assert links == ["../trade.csv"] and not page.find_class("chart")
    assert not (paper.root / "_site/data/trade/trade.json").exists()


def test_a_table_that_breaks_its_rules_has_its_file_and_its_entry(paper: Site) -> None:
    paper.write("data/trade.csv", "year,total\n2019,many\n")
    made(paper)
    assert "Trade by year." in text_of(paper, "data/trade/index.html")
    assert not (paper.root / "_site/data/trade/trade.json").exists()


def test_the_page_is_archived_with_its_files(paper: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(paper.root)
    assert main(["archive", "data/trade", "--today", "2025-03-01"]) == 0
    there = paper.root / "archived/2025-03-01/data"
    for name in ("trade/index.html", "trade/trade.json", "trade.csv", "trade/fig-data-values.json"):
        assert (there / name).is_file()
    assert "Earlier versions 1 March 2025" in text_of(paper, "data/trade/index.html")


def test_a_page_is_in_the_language_of_the_publication(paper: Site) -> None:
    paper.write("_quarto.yml", PUBLIC + "lang: de\n")
    made(paper)
    text = text_of(paper, "data/trade/index.html")
    assert "Stand: 31. Dezember 2024" in text or "31. Dezember 2024" in text
    assert "Quellen und Lizenz" in text and "Columns" not in text and "Versions" not in text


def test_the_chart_answers_and_a_wide_table_scrolls_on_a_phone(
    paper: Site, browser: Browser, serve: Callable[[Path], str]
) -> None:
    made(paper)
    address = serve(paper.root / "_site")
    page = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page.goto(f"{address}/data/trade/")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    drawing = page.locator(".chart-narrow")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(".chart-tip:popover-open").wait_for()
    page.close()


# Which tables have a chart


def resource(key: list[str], **columns: tuple[str, str]) -> Resource:
    fields = [
        {"name": name, "title": name, "type": kind} | ({"unit": unit} if unit else {})
        for name, (kind, unit) in columns.items()
    ]
    schema = {"fields": fields, "primaryKey": key}
    return Resource.model_validate_json(json.dumps(TABLE | {"schema": schema}))


YEARS = list(range(2015, 2023))


def test_time_alone_in_the_key_has_a_line_for_each_column_of_the_first_unit() -> None:
    table = resource(
        ["year"],
        year=("integer", ""),
        out=("number", "t"),
        into=("number", "t"),
        share=("number", "percent"),
    )
    frame = pd.DataFrame({"year": YEARS, "out": 1.0, "into": 2.0, "share": 3.0})
    shown = shown_of(table, frame)
    assert shown is not None and list(shown.lines) == ["out", "into"] and shown.unit == "t"


def test_few_names_have_a_line_each_and_many_have_no_chart() -> None:
    table = resource(
        ["name", "year"], name=("string", ""), year=("integer", ""), out=("number", "t")
    )

    def frame(count: int) -> pd.DataFrame:
        rows = [(f"n{number}", year, 1.0) for number in range(count) for year in YEARS]
        return pd.DataFrame(rows, columns=["name", "year", "out"])

    shown = shown_of(table, frame(5))
    assert shown is not None and list(shown.lines) == ["n0", "n1", "n2", "n3", "n4"]
    assert shown_of(table, frame(6)) is None


@pytest.mark.parametrize(
    ("key", "columns", "values"),
    [
        (
            ["name"],
            {"name": ("string", ""), "out": ("number", "t")},
            {"name": list("abcd"), "out": 1.0},
        ),
        (["id"], {"id": ("integer", ""), "out": ("number", "t")}, {"id": [1, 2, 3, 4], "out": 1.0}),
        (["year"], {"year": ("integer", ""), "code": ("integer", "")}, {"year": YEARS, "code": 1}),
        (
            ["year"],
            {"year": ("integer", ""), "out": ("number", "t")},
            {"year": [2020, 2021], "out": 1.0},
        ),
    ],
    ids=["names", "numbers", "codes", "two years"],
)
def test_what_is_no_measure_over_time_has_no_chart(
    key: list[str], columns: dict[str, tuple[str, str]], values: dict[str, Any]
) -> None:
    assert shown_of(resource(key, **columns), pd.DataFrame(values)) is None


def test_no_line_leads_across_missing_years() -> None:
    table = resource(["year"], year=("integer", ""), out=("number", "t"))
    frame = pd.DataFrame({"year": [2015, 2016, 2019, 2020], "out": 1.0})
    shown = shown_of(table, frame)
    assert shown is not None
    assert list(shown.lines.index[shown.lines["out"].isna()]) == [2017, 2018]
