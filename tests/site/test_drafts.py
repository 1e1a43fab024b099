"""Drafts, and what is dated later than the day of the build: not on the site, until its day has
come.
"""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from broadsheet.site.build.build import build
from conftest import Site, is_exact

BEFORE, DAY = date(2024, 5, 10), date(2024, 5, 11)
CONFIG = """\
project: {type: website, render: ["*.qmd", "posts/**"]}
website: {title: The Test, site-url: "https://example.org/"}
"""
LATER = f"---\ntitle: The zeppelin\ndate: {DAY}\ncategories: [Town]\naliases: [/zeppelin/]\n---\nIt flies.\n"
YEARS = f"""title: Trade
date: 2024-01-20
categories: [Town]
editions:
  - slug: zeppelins
    title: Trade in zeppelins
    parameters: {{year: 2021}}
    date: {DAY}
  - slug: hidden
    title: Trade in secrets
    draft: true"""


@pytest.fixture
def publication(site: Site) -> Site:
    """An article of January, and one of the 11th of May."""
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts, feed: true}\n---\n")
    site.write(
        "posts/old.qmd", "---\ntitle: Old\ndate: 2024-01-01\ncategories: [Town]\n---\nOld news.\n"
    )
    site.write("posts/zeppelin.qmd", LATER)
    return site


def mentions(folder: Path, word: str) -> set[str]:
    """The files that have a word in their name or text."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and (word in str(path.relative_to(folder)) or word.encode() in path.read_bytes().lower())
    }


def inode(publication: Site) -> int:
    return (publication.root / "_site").stat().st_ino


def everything(folder: Path) -> dict[str, bytes]:
    """What readers can ask for."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if is_exact(path)
    }


@pytest.mark.parametrize(
    "front", [LATER, "---\ntitle: The zeppelin\ndate: 2024-01-02\ndraft: true\n---\nIt flies.\n"]
)
def test_nothing_of_the_site_knows_of_it(publication: Site, front: str) -> None:
    publication.write("posts/zeppelin.qmd", front)
    report = build(publication.root, day=BEFORE)
    assert report.pages == 2 and not report.faults and not report.notices
    assert mentions(publication.root / "_site", "zeppelin") == set()


def test_a_build_on_its_day_brings_it_with_nothing_else_changed(
    publication: Site, tmp_path: Path
) -> None:
    build(publication.root, day=BEFORE)
    before = inode(publication)
    build(publication.root, day=BEFORE)
    assert inode(publication) == before  # the day has not come: the site is not touched
    build(publication.root, day=DAY)
    shown = mentions(publication.root / "_site", "zeppelin")
    assert shown >= {
        "posts/zeppelin.html",
        "posts/zeppelin.md",
        "zeppelin/index.html",
        "index.html",
        "index.xml",
        "index.atom",
        "index.feed.json",
        "sitemap.xml",
        "sitemap-news.xml",
        "llms.txt",
        "posts/old.html",
    }
    build(publication.root, day=DAY, output=tmp_path / "fresh/_site")
    assert everything(publication.root / "_site") == everything(tmp_path / "fresh/_site")


def test_a_build_for_an_earlier_day_takes_it_out_again(publication: Site) -> None:
    build(publication.root, day=BEFORE)
    before = everything(publication.root / "_site")
    build(publication.root, day=DAY)
    build(publication.root, day=BEFORE)
    assert everything(publication.root / "_site") == before


def test_a_published_article_that_becomes_a_draft_goes(publication: Site) -> None:
    build(publication.root, day=DAY)
    publication.write("posts/zeppelin.qmd", LATER.replace("---\nIt", "draft: true\n---\nIt"))
    build(publication.root, day=DAY)
    assert not any(
        "It flies" in path.read_text() for path in (publication.root / "_site").rglob("*.html")
    )


def test_an_edition_waits_for_its_own_day_and_the_notebook_runs_only_for_it(
    publication: Site,
) -> None:
    publication.article("trade", front=YEARS, parameters="year: int = 2022")
    report = build(publication.root, day=BEFORE)
    assert report.ran == 1 and sorted(report.withheld) == ["2024-05-11", "2024-05-11", "draft"]
    assert mentions(publication.root / "_site", "trade in ") == set()
    before = inode(publication)
    report = build(publication.root, day=BEFORE)
    assert inode(publication) == before and sorted(report.withheld) == [
        "2024-05-11",
        "2024-05-11",
        "draft",
    ]
    assert build(publication.root, day=DAY).ran == 1
    assert "posts/trade/zeppelins.html" in mentions(
        publication.root / "_site", "trade in zeppelins"
    )
    assert mentions(publication.root / "_site", "trade in secrets") == set()


def test_a_link_to_it_is_reported_with_the_reason(publication: Site) -> None:
    publication.write("posts/old.qmd", publication.read("posts/old.qmd") + "[Soon](zeppelin.qmd)\n")
    (reported,) = build(publication.root, day=BEFORE).notices
    assert str(reported) == (
        "posts/old.qmd, line 7: a link leads to `zeppelin.html`, which is not on the site: it comes out on "
        "2024-05-11\n  → Take the link out until then."
    )
    assert not build(publication.root, day=DAY).notices


def test_a_reference_to_it_by_its_slug_is_an_error_until_then(publication: Site) -> None:
    publication.write(
        "posts/old.qmd", publication.read("posts/old.qmd") + "[Soon](article:zeppelin)\n"
    )
    (reported,) = build(publication.root, day=BEFORE).faults
    assert (
        "refers to `article:zeppelin`, which is not on the site: it comes out on 2024-05-11"
        in str(reported)
    )
    assert not build(publication.root, day=DAY).faults


def test_the_day_begins_where_the_publication_is(
    publication: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening = datetime(2024, 5, 10, 20, tzinfo=UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(evening.timestamp())))
    assert build(publication.root).pages == 2
    publication.write("_quarto.yml", CONFIG + "broadsheet: {time-zone: Asia/Shanghai}\n")
    assert build(publication.root).pages == 3


def test_the_command_says_what_is_not_on_the_site(publication: Site, run) -> None:
    publication.article("sketch", "1 / 0", front="title: Sketch\ndraft: true")
    code, out, _ = run(publication, "build", "--today", "2024-05-10", "--explain")
    assert (
        code == 0 and "; not on the site: 1 draft and 1 page to come, on 2024-05-11. To look" in out
    )
    assert "sketch: not run: it is a draft\n" in out
    code, _, err = run(publication, "build", "sketch")
    assert (
        code == 2
        and "sketch: it is a draft, so it is not on the site\n  → Change `draft` or `date`" in err
    )
    code, _, err = run(publication, "build", "zeppelin", "--today", "2024-05-10")
    assert code == 2 and "zeppelin: it comes out on 2024-05-11, so it is not on the site" in err


def test_a_draft_can_be_run_and_checked(publication: Site, run) -> None:
    publication.article(
        "sketch", ("md", "There were 17 of them."), front="title: Sketch\ndraft: true"
    )
    assert run(publication, "run", "sketch")[:2] == (0, "sketch: Sketch\n")
    assert "17" not in run(publication, "check")[2]
    assert "There were 17 of them." in run(publication, "check", "--drafts")[2]


def test_a_site_with_drafts_stands_beside_the_real_one_and_marks_them(
    publication: Site, run
) -> None:
    publication.article("sketch", ("md", "A sketch."), front="title: Sketch\ndraft: true")
    run(publication, "build", "--today", "2024-05-10")
    before = inode(publication)
    code, out, _ = run(publication, "build", "--today", "2024-05-10", "--drafts")
    assert (
        code == 0
        and "4 pages in" in out
        and "; among them: 1 draft and 1 page to come, on 2024-05-11." in out
    )
    draft, later = (
        publication.read(f"_drafts/posts/{name}") for name in ("sketch/index.html", "zeppelin.html")
    )
    assert (
        '<p class="withheld">Draft</p>' in draft
        and '<p class="withheld">Comes out on 11 May 2024</p>' in later
    )
    assert all('<meta name="robots" content="noindex">' in page for page in (draft, later))
    assert 'class="withheld"' not in publication.read("_drafts/posts/old.html")
    assert inode(publication) == before
    run(publication, "build", "--today", "2024-05-11", "--drafts")
    assert 'class="withheld"' not in publication.read("_drafts/posts/zeppelin.html")
    shutil.rmtree(publication.root / "_drafts")


def test_a_time_zone_that_is_none_is_reported(publication: Site, run) -> None:
    publication.write("_quarto.yml", CONFIG + "broadsheet:\n  time-zone: Shanghai\n")
    code, _, err = run(publication, "build")
    assert (
        code == 1
        and "_quarto.yml, line 4: `broadsheet.time-zone`: there is no such time zone; one is" in err
    )


def test_no_front_matter_takes_a_source_off_the_list_of_drafts(publication: Site, run) -> None:
    publication.write(
        "_quarto.yml", CONFIG.replace("website: {", "website: {drafts: [posts/trade/*], ")
    )
    front = YEARS.replace("draft: true", "draft: false").replace("date: 2024-01-20", "draft: false")
    publication.article("trade", front=front, parameters="year: int = 2022")
    report = build(publication.root, day=DAY)
    assert report.withheld == ("draft",) * 3 and not report.faults
    assert mentions(publication.root / "_site", "trade") == set()
    assert mentions(publication.root / "_site", "zeppelins") == set()
