"""`broadsheet archive`: a page as it was, under an address that no later build changes."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from lxml import html

from broadsheet.cli.main import main
from broadsheet.site.article.links import addresses, internal
from broadsheet.site.build.build import build
from conftest import CONFIG, Site

DAY = "2024-03-01"
HERE = f"archived/{DAY}/"
WITH_DATA = CONFIG.replace("  render:", '  resources: ["data/*.csv"]\n  render:')
CHART = """\
#| label: fig-trade
#| fig-cap: "Trade by year"
import broadsheet as bs
import plotly.express as px
trade = bs.table("trade")
px.line(trade, x="year", y="total")
"""
TEXT = "In 2022 it was `{python} usd(trade.set_index('year').total[2022], '$190.3 billion')`. See @fig-trade, and [the rest](/about.qmd)."


@pytest.fixture
def paper(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    site.front(WITH_DATA)
    site.table()
    site.write("about.qmd", "---\ntitle: About\n---\nUs.\n")
    site.article(
        "a", CHART, ("md", TEXT), front='title: "Of trade"\nauthor: Ada King\ndate: 2023-05-26'
    )
    monkeypatch.chdir(site.root)
    return site


def archived(site: Site) -> dict[str, bytes]:
    """The bytes of the archived files in the site."""
    folder = site.root / "_site/archived"
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def tree(site: Site, path: str) -> html.HtmlElement:
    return html.fromstring((site.root / "_site" / path).read_bytes())


def revise(site: Site) -> None:
    """Another table, another text, another look."""
    site.table("year,total\n2021,146.9\n2022,190.34\n2023,240.1\n")
    site.article(
        "a", CHART, ("md", TEXT + " More."), front='title: "Of more trade"\ndate: 2023-05-26'
    )
    site.write("_quarto.yml", WITH_DATA + "format: {html: {css: own.css}}\n")
    site.write("own.css", "body { color: red; }\n")


def test_no_later_build_changes_a_byte_of_an_archived_page(
    paper: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["archive", "a", "--today", DAY]) == 0
    assert f"{HERE}posts/a/index.html: Of trade" in capsys.readouterr().out
    before = archived(paper)
    assert {name for name in before if name.endswith(".html")} == {
        f"{DAY}/posts/a/index.html",
        f"{DAY}/posts/a/figures/fig-trade/index.html",
    }
    assert f"{DAY}/data/trade.csv" in before and f"{DAY}/posts/a/index_files/facts.json" in before
    assert b"2022,190.3\n" in before[f"{DAY}/data/trade.csv"]
    revise(paper)
    report = build(paper.root)
    assert not report.faults and archived(paper) == before
    assert "190.34" in paper.read("_site/data/trade.csv")
    paper.write("own.css", "body { color: blue; }\n")
    assert not build(paper.root, use_cache=False).faults
    assert archived(paper) == before


def test_each_file_that_an_archived_page_asks_for_is_there(paper: Site) -> None:
    assert main(["archive", "a", "--today", DAY]) == 0
    site = paper.root / "_site"
    for name in [name for name in archived(paper) if name.endswith(".html")]:
        path = Path("archived") / name
        leads = [internal(one, path.parent) for one in addresses(tree(paper, str(path)))]
        missing = [str(one.path) for one in leads if one and not (site / one.path).is_file()]
        assert leads and not missing, path
    text = paper.read(f"_site/{HERE}posts/a/index.html")
    assert 'href="../../../../about.html"' in text  # what is not archived is the living page
    assert 'href="../../data/trade.csv"' in text and 'href="../../site_libs/' in text


STYLE = """\
@import "more.css";
@font-face { font-family: F; src: url("/fonts/f.woff2?v=1#x"); }
body { background: url(fonts/back.png), url(https://example.org/far.png); }
/* url(fonts/unused.png) */
"""
LINKS = """\
::: {style="background: url(/fonts/side.png)"}
[kept](/data/trade.csv) [same](#here) [part](/about.qmd#us) [asked](/about.qmd?a=1#us)
[far](https://example.org/about.html) [mail](mailto:us@example.org) [near](../../about.qmd)

<img src="/fonts/a.png" srcset="/fonts/a.png 1x, /fonts/b.png 2x" alt="">
:::
"""


def test_links_of_every_kind_lead_to_what_is_archived_or_else_to_the_living_site(
    paper: Site,
) -> None:
    fonts = ("f.woff2", "back.png", "side.png", "unused.png", "more.png", "a.png", "b.png")
    for name in fonts:
        paper.write(f"fonts/{name}", name)
    resources = WITH_DATA.replace('*.csv"]', '*.csv", "fonts/*", "more.css"]')
    paper.write("_quarto.yml", resources + "format: {html: {css: own.css}}\n")
    paper.write("own.css", STYLE)
    paper.write("more.css", "p { background: url(fonts/more.png); }  @import 'own.css';")
    paper.write("about.qmd", "---\ntitle: About\n---\n# Us {#us}\n\nUs.\n")
    paper.article("a", CHART, ("md", TEXT + "\n\n# Here {#here}\n\n" + LINKS))
    assert main(["archive", "a", "--today", DAY]) == 0
    there = paper.root / "_site" / HERE
    kept = {name for name in fonts if (there / "fonts" / name).is_file()}
    assert kept == {*fonts} - {"unused.png"} and (there / "more.css").is_file()
    assert (there / "more.css").read_bytes() == (paper.root / "more.css").read_bytes()
    style = (there / "own.css").read_text()
    assert 'url("fonts/f.woff2?v=1#x")' in style and "url(https://example.org/far.png)" in style
    page = tree(paper, f"{HERE}posts/a/index.html")
    leads = {link.text: link.get("href") for link in page.iter("a")}
    living = "../../../../about.html"
    assert {name: leads[name] for name in ("kept", "same", "part", "asked", "near", "far")} == {
        "kept": "../../data/trade.csv",
        "same": "#here",
        "part": f"{living}#us",
        "asked": f"{living}?a=1#us",
        "near": living,
        "far": "https://example.org/about.html",
    }
    (picture,) = page.xpath("//img[@srcset]")
    assert picture.get("srcset") == "../../fonts/a.png 1x, ../../fonts/b.png 2x"
    (side,) = page.xpath("//div[contains(@style, 'side.png')]/@style")
    assert "../../fonts/side.png" in side and "/archived/" not in side


def test_an_archived_page_says_so_and_the_living_one_leads_to_it(paper: Site) -> None:
    assert main(["archive", "a", "--today", DAY]) == 0
    page = tree(paper, f"{HERE}posts/a/index.html")
    (banner,) = page.find_class("archived")
    assert banner.text_content().strip() == (
        "Archived on 1 March 2024: the page as it stood on that day. The current version"
    )
    (link,) = banner.iter("a")
    lead = internal(link.get("href"), Path(f"{HERE}posts/a"))
    assert lead is not None and str(lead.path) == "posts/a/index.html"
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    cited = page.get_element_by_id("quarto-citation").text_content()
    assert f"https://example.org/{HERE}posts/a/" in cited and "King, Ada. 2023" in cited
    revise(paper)
    assert main(["archive", "a", "--today", "2024-04-02"]) == 0
    living = tree(paper, "posts/a/index.html")
    versions = living.xpath("//section[@aria-labelledby='earlier-versions']//li")
    assert [" ".join(one.text_content().split()) for one in versions] == [
        "2 April 2024",
        "1 March 2024: Of trade",
    ]
    assert (
        "https://example.org/posts/a/" in living.get_element_by_id("quarto-citation").text_content()
    )
    # Each version knows those before it, and no version is cited by the address of another.
    second = tree(paper, "archived/2024-04-02/posts/a/index.html")
    older = [
        internal(one, Path("archived/2024-04-02/posts/a"))
        for one in second.xpath("//section[@aria-labelledby='earlier-versions']//a/@href")
    ]
    assert [str(one.path) for one in older if one] == [f"{HERE}posts/a/index.html"]


def test_archived_pages_are_in_no_list_feed_search_or_sitemap(paper: Site) -> None:
    assert main(["archive", "a", "--today", DAY]) == 0
    site = paper.root / "_site"
    named = [
        file.relative_to(site).as_posix()
        for file in site.rglob("*")
        if file.is_file() and b"archived/" in file.read_bytes()
    ]
    own = re.compile(
        rf"{HERE}|posts/a/(index\.html|index\.md|figures/)|\.broadsheet\.json|robots\.txt"
    )
    assert [name for name in named if not own.match(name)] == []


def test_an_incremental_build_has_the_bytes_of_one_from_nothing(
    paper: Site, tmp_path: Path
) -> None:
    assert main(["archive", "a", "--today", DAY]) == 0
    standing = paper.read("_site/posts/a/index.html")
    report = build(paper.root, output=tmp_path / "anew")
    assert not report.faults
    assert (tmp_path / "anew/posts/a/index.html").read_text() == standing
    assert build(paper.root).new_pages == 0


def test_nothing_that_is_archived_is_written_over(
    paper: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["archive", "a", "--today", DAY]) == 0
    before = archived(paper)
    revise(paper)
    assert main(["archive", "a", "--today", DAY]) == 2
    assert "was archived on that day" in capsys.readouterr().err
    paper.article("b", CHART, ("md", TEXT))
    assert main(["archive", "b", "--today", DAY]) == 1  # its table is another one now
    assert "needs this file with another content" in capsys.readouterr().err
    assert archived(paper) == before and not list(paper.root.glob("archived/*/*b.archived.json"))
    assert main(["archive", "c", "--today", DAY]) == 2
    assert "the site has no page with this slug" in capsys.readouterr().err


def test_a_publication_with_a_fault_archives_nothing(
    paper: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    paper.article("b", "1 / 0")
    assert main(["archive", "a", "--today", DAY]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert not (paper.root / "archived").exists()


def test_a_file_that_was_changed_or_lost_is_told(paper: Site) -> None:
    assert main(["archive", "a", "--today", DAY]) == 0
    paper.write(f"{HERE}data/trade.csv", "year,total\n2022,1\n")
    (paper.root / HERE / "posts/a/index_files/facts.json").unlink()
    said = {
        notice.where.file: notice.what
        for notice in build(paper.root).notices
        if notice.topic == "archived-page"
    }
    assert said == {
        f"{HERE}data/trade.csv": "this file is not as it was archived on 2024-03-01: "
        "readers cite it as it was",
        f"{HERE}posts/a/index_files/facts.json": "this file was archived, and cannot be read on "
        "2024-03-01: readers cite it as it was",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"files": {"../../secret.txt": "0" * 64, "posts/a/index.html": "0" * 64}},
        {"files": {"/etc/hostname": "0" * 64, "posts/a/index.html": "0" * 64}},
        {"files": {"data/trade.csv": "0" * 64}},
        {"article": "../../index.html"},
        {"archived": "2024-03-02"},
        {"more": 1},
    ],
    ids=json.dumps,
)
def test_a_manifest_that_is_none_publishes_nothing(paper: Site, change: dict[str, object]) -> None:
    assert main(["archive", "a", "--today", DAY]) == 0
    paper.write("secret.txt", "secret")
    (manifest,) = (paper.root / HERE).glob("*.archived.json")
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | change))
    report = build(paper.root)
    said = [notice for notice in report.notices if notice.topic == "archived-page"]
    assert [one.what.partition(":")[0] for one in said] == [
        "this is no manifest of an archived page"
    ]
    assert not (paper.root / "_site/archived").exists()
    assert "archived/" not in paper.read("_site/posts/a/index.html")


def test_a_link_among_archived_files_leads_out_of_nothing(paper: Site, tmp_path: Path) -> None:
    assert main(["archive", "a", "--today", DAY]) == 0
    (tmp_path / "outside.txt").write_text("outside")
    file = paper.root / HERE / "data/trade.csv"
    file.unlink()
    file.symlink_to(tmp_path / "outside.txt")
    report = build(paper.root)
    (fault,) = report.faults  # no word of `resources`, which does not name it
    assert fault.where.file == f"{HERE}data/trade.csv"
    assert not os.path.lexists(paper.root / "_site" / HERE / "data/trade.csv")


def test_an_edition_is_archived_by_its_own_name(
    paper: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    paper.article(
        "years",
        ("md", "Of the year."),
        parameters="year = 2021",
        front='title: Years\ndate: 2023-05-26\neditions: [{slug: "2022", parameters: {year: 2022}}]',
    )
    assert main(["archive", "years/2022", "--today", DAY]) == 0
    assert {name for name in archived(paper) if name.endswith(".html")} == {
        f"{DAY}/posts/years/2022.html"
    }
    assert main(["archive", "years", "--today", DAY]) == 0
    assert f"{DAY}/posts/years/index.html" in archived(paper)
