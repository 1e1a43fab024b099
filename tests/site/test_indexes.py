"""The lists that no source asks for (authors, topics, the archive), lists on several pages, and
what has changed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_site import URL, page, text

from broadsheet.site.build.build import build
from conftest import Site, is_exact
from publishing import FRONT, SITE, TOWN, article, publish, select, write

HARBOUR = article(
    "The harbour",
    "2024-05-02",
    author="[A. Reporter, {name: Zoë Öz, url: 'https://zoe.example/'}]",
    categories="[Town, Sea, Trade & ports]",
).replace("categories: [Town]\nauthor: A. Reporter\n", "")


def links(element, css: str) -> dict[str, str]:
    """The addresses below a selector, by their words."""
    return {
        " ".join(found.text_content().split()): found.get("href") for found in select(element, css)
    }


# Authors and topics


def test_a_desk_is_an_organization_and_a_sentence_about_an_author_stands_in_both_places(tmp_path):
    known = (
        "broadsheet:\n  authors:\n    A. Reporter: {about: She writes about the <harbour>.}\n"
        "    Town desk: {desk: true}\n"
    )
    by_all = article("The pier", "2024-06-01").replace(
        "author: A. Reporter", "author: [A. Reporter, Town desk, The Gazette]"
    )
    write(tmp_path, {"_quarto.yml": SITE + known, "posts/a.qmd": by_all})
    publish(tmp_path)
    story = page(tmp_path, "posts/a.html")
    data = json.loads(select(story, "script[type='application/ld+json']")[0].text)
    publisher = {"@type": "NewsMediaOrganization", "name": "The Gazette", "url": URL}
    reporter = {
        "@type": "Person",
        "name": "A. Reporter",
        "description": "She writes about the <harbour>.",
        "url": f"{URL}authors/a-reporter/",
    }
    desk = {
        "@type": "Organization",
        "name": "Town desk",
        "url": f"{URL}authors/town-desk/",
        "parentOrganization": publisher,
    }
    house = {"@type": "Organization", "name": "The Gazette", "url": f"{URL}authors/the-gazette/"}
    assert data["author"] == [reporter, desk, house]
    assert text(story, ".author-box p") == [
        "She writes about the <harbour>. All articles by A. Reporter",
        "Town desk All articles by Town desk",
        "The Gazette All articles by The Gazette",
    ]
    own, of_desk = (
        page(tmp_path, f"authors/{name}/index.html") for name in ("a-reporter", "town-desk")
    )
    assert text(own, ".standfirst") == ["She writes about the <harbour>."]
    assert text(of_desk, ".section-head .kicker") == ["Desk"] and not text(of_desk, ".standfirst")
    profile = json.loads(select(of_desk, "script[type='application/ld+json']")[0].text)
    assert profile["@type"] == "ProfilePage" and profile["mainEntity"] == desk
    write(tmp_path, {"_quarto.yml": SITE + known.replace("harbour", "pier")})
    publish(tmp_path)
    assert "about the <pier>" in text(page(tmp_path, "posts/a.html"), ".author-box p")[0]


def test_a_byline_leads_to_the_author_s_page_which_lists_what_has_that_byline(tmp_path):
    write(tmp_path, {"posts/a.qmd": HARBOUR, "posts/b.qmd": article("The bridge", "2024-05-01")})
    publish(tmp_path)
    story = page(tmp_path, "posts/a.html")
    assert links(story, ".authors a") == {
        "A. Reporter": "../authors/a-reporter/index.html",
        "Zoë Öz": "../authors/zoe-oz/index.html",
    }
    data = json.loads(select(story, "script[type='application/ld+json']")[0].text)
    assert data["author"] == [
        {"@type": "Person", "name": "A. Reporter", "url": f"{URL}authors/a-reporter/"},
        {
            "@type": "Person",
            "name": "Zoë Öz",
            "url": f"{URL}authors/zoe-oz/",
            "sameAs": "https://zoe.example/",
        },
    ]
    reporter, zoe = (
        page(tmp_path, f"authors/{name}/index.html") for name in ("a-reporter", "zoe-oz")
    )
    assert text(reporter, "h1") == ["A. Reporter"] and text(reporter, ".section-head .kicker") == [
        "Author"
    ]
    assert text(reporter, ".headline") == ["The harbour", "The bridge"]
    assert text(zoe, ".headline") == ["The harbour"] and links(zoe, ".author-address a") == {
        "https://zoe.example/": "https://zoe.example/"
    }
    assert select(zoe.head, "link[rel=canonical]")[0].get("href") == f"{URL}authors/zoe-oz/"


def test_the_topics_of_an_article_lead_to_their_pages_and_a_section_is_its_own(tmp_path):
    write(
        tmp_path,
        {
            "posts/a.qmd": HARBOUR,
            "posts/b.qmd": article("Waves").replace("[Town]", "[Sea]"),
            "posts/c.qmd": article("A port").replace("[Town]", '[Town, "Trade & ports", Fog]'),
        },
    )
    publish(tmp_path)
    assert links(page(tmp_path, "posts/a.html"), ".topics a") == {
        "Sea": "../topics/sea/index.html",
        "Trade & ports": "../topics/trade-ports/index.html",
    }
    assert links(page(tmp_path, "posts/a.html"), ".story-head .kicker a") == {
        "Town": "../town.html"
    }
    assert links(page(tmp_path, "posts/b.html"), ".story-head .kicker a") == {
        "Sea": "../topics/sea/index.html"
    }
    assert text(page(tmp_path, "topics/sea/index.html"), ".headline") == ["The harbour", "Waves"]
    assert not (tmp_path / "_site/topics/town").exists()


def test_a_topic_of_one_article_has_no_page_which_would_lead_back_to_where_the_reader_is(tmp_path):
    editions = "editions:\n- {slug: later, title: Later, date: 2025-01-01}\n---\n"
    write(tmp_path, {"posts/a.qmd": HARBOUR.replace("---\nA par", f"{editions}A par")})
    publish(tmp_path)
    assert not (tmp_path / "_site/topics").exists() and not select(
        page(tmp_path, "posts/a.html"), ".topics a"
    )


def test_they_list_an_article_once_and_no_draft_and_nothing_hidden(tmp_path):
    editions = "editions:\n- {slug: later, title: Later, date: 2025-01-01}\n---\n"
    write(
        tmp_path,
        {
            "posts/a.qmd": HARBOUR.replace("---\nA par", f"{editions}A par"),
            "posts/b.qmd": article("Hidden", search="false"),
            "posts/c.qmd": article("A draft", draft="true"),
            "posts/d.qmd": article("Ghost", author="Nobody", search="false").replace(
                "author: A. Reporter\n", ""
            ),
        },
    )
    publish(tmp_path)
    for path in ("authors/a-reporter/index.html", "archive/index.html"):
        assert text(page(tmp_path, path), ".headline") + text(page(tmp_path, path), ".lines a") == [
            "The harbour"
        ]
    assert text(page(tmp_path, "posts/d.html"), ".authors") == ["By Nobody"]
    assert (
        not links(page(tmp_path, "posts/d.html"), ".authors a")
        and not (tmp_path / "_site/authors/nobody").exists()
    )


def test_a_source_at_the_same_address_stands_in_its_place(tmp_path):
    write(
        tmp_path,
        {
            "posts/a.qmd": HARBOUR,
            "authors/zoe-oz/index.qmd": "---\ntitle: Zoë\n---\nShe writes.\n",
            "archive.qmd": "---\ntitle: Old things\n---\nOld.\n",
        },
    )
    report = publish(tmp_path)
    assert text(page(tmp_path, "authors/zoe-oz/index.html"), "#article-body p") == ["She writes."]
    assert (
        links(page(tmp_path, "posts/a.html"), ".authors a")["Zoë Öz"]
        == "../authors/zoe-oz/index.html"
    )
    assert report.notices == () and (tmp_path / "_site/archive/index.html").is_file()
    assert (tmp_path / "_site/sitemap.xml").read_text().count("authors/zoe-oz/") == 1


def test_an_author_s_page_of_one_s_own_lists_what_has_that_byline_and_is_no_section(tmp_path):
    own = "---\ntitle: Zoë Öz\nlisting: {contents: ../../posts, include: {author: Zoë Öz}}\n---\nShe writes.\n"
    write(
        tmp_path,
        {
            "posts/a.qmd": HARBOUR,
            "authors/zoe-oz/index.qmd": own,
            **{f"posts/n{number:02}.qmd": article(f"Number {number}") for number in range(16)},
        },
    )
    publish(tmp_path)
    found = page(tmp_path, "authors/zoe-oz/index.html")
    assert text(found, ".headline") == ["The harbour"] and text(found, ".prose p") == [
        "She writes."
    ]
    assert text(page(tmp_path, "index.html"), ".section-column h2") == ["Town"]


def test_names_that_are_the_same_in_an_address_share_a_page_and_one_without_letters_has_none(
    tmp_path,
):
    def by(name: str) -> str:
        return article(f"By {name}", author=f"'{name}'").replace("author: A. Reporter\n", "")

    write(
        tmp_path, {"posts/a.qmd": by("J. Doe"), "posts/b.qmd": by("J Doe"), "posts/c.qmd": by("…")}
    )
    publish(tmp_path)
    assert sorted(text(page(tmp_path, "authors/j-doe/index.html"), ".headline")) == [
        "By J Doe",
        "By J. Doe",
    ]
    assert text(page(tmp_path, "posts/c.html"), ".authors") == ["By …"]
    assert [path.name for path in (tmp_path / "_site/authors").iterdir()] == ["j-doe"]


def test_links_to_them_are_good_links_and_they_are_in_the_sitemap(tmp_path):
    write(
        tmp_path,
        {
            "posts/a.qmd": article(
                "A",
                body="[By her](/authors/a-reporter/), [all](/archive/index.html), "
                "[none](/authors/nobody/)",
            )
        },
    )
    reported = [notice.what for notice in publish(tmp_path).notices]
    assert reported == ["a link or image leads to `/authors/nobody/`, which the site does not have"]
    sitemap = (tmp_path / "_site/sitemap.xml").read_text()
    assert f"<loc>{URL}authors/a-reporter/</loc>\n  <lastmod>2024-05-01</lastmod>" in sitemap
    assert f"<loc>{URL}archive/</loc>" in sitemap


def test_what_comes_from_front_matter_cannot_break_out_of_them(tmp_path):
    hostile = "<script>alert(1)</script>"
    named = article("A", author=f'"{hostile}"', categories=f'[Town, "{hostile}"]').replace(
        "categories: [Town]\nauthor: A. Reporter\n", ""
    )
    write(tmp_path, {"posts/a.qmd": named, "posts/b.qmd": named})
    publish(tmp_path)
    made = list((tmp_path / "_site").glob("*/script-alert-1-script/index.html"))
    assert len(made) == 2 and not any("<script>alert" in path.read_text() for path in made)


# The archive


def test_the_archive_has_all_articles_by_month_and_a_page_for_each_year(tmp_path):
    write(
        tmp_path,
        {
            f"posts/n{number}.qmd": article(f"Number {number}", day)
            for number, day in enumerate(("2022-12-31", "2024-03-02", "2024-03-01", "2024-05-01"))
        },
    )
    publish(tmp_path)
    archive = page(tmp_path, "archive/index.html")
    assert text(archive, ".month h2") == ["May 2024", "March 2024", "December 2022"]
    assert text(archive, ".lines a") == ["Number 3", "Number 1", "Number 2", "Number 0"]
    assert links(archive, ".years a") == {"2024": "2024/index.html", "2022": "2022/index.html"}
    year = page(tmp_path, "archive/2024/index.html")
    assert text(year, "h1") == ["Archive: 2024"] and text(year, ".lines a") == [
        "Number 3",
        "Number 1",
        "Number 2",
    ]
    assert text(year, ".years [aria-current]") == ["2024"]


def test_a_large_archive_leads_to_each_month_in_its_year(tmp_path):
    from broadsheet.site.article.entry import Entry
    from broadsheet.site.index.author_and_topic_pages import LINES, indexes_of
    from broadsheet.site.index.listing import ordered

    entries = [
        Entry(
            f"{number}.html",
            f"{number}.html",
            f"{number}.qmd",
            "",
            "",
            date=__import__("datetime").date(
                2020 + number // 300, 1 + number % 12, 1 + number % 28
            ),
        )
        for number in range(600)
    ]
    pages = {
        one.meta.path: one for one in indexes_of(ordered(entries, ["date desc"]), (), "en").pages()
    }
    assert list(pages) == [
        "archive/index.html",
        *(f"archive/{year}/{name}.html" for year in (2021, 2020) for name in ("index", "page-2")),
    ]
    archive = pages["archive/index.html"].archive
    assert archive is not None and not archive.months
    for year, _, months in archive.contents:
        assert sum(count for _, _, count, _ in months) == 300
        for title, id_, _, path in months:
            shown = pages[path].archive
            assert (
                shown
                and title in [one.title for one in shown.months if one.id == id_]
                and shown.current == year
            )
    assert all(
        sum(len(month.entries) for month in one.archive.months) <= LINES
        for one in pages.values()
        if one.archive
    )


# Lists on several pages


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A section of seven articles, three to a page."""
    root = tmp_path_factory.mktemp("long")
    write(
        root,
        {
            "town.qmd": TOWN.replace(
                "contents: posts", "contents: posts\n  page-size: 3\n  feed: true"
            ).replace("title: Town\n", "title: Town\nsubtitle: All of it\n"),
            **{
                f"posts/n{number}.qmd": article(f"Number {number}", f"2024-01-0{number}")
                for number in range(1, 8)
            },
        },
    )
    assert not publish(root).notices
    return root


def test_a_long_list_goes_on_on_pages_of_its_own_and_the_first_keeps_its_address(long):
    found = [page(long, path) for path in ("town.html", "town-page-2.html", "town-page-3.html")]
    assert [text(one, ".headline") for one in found] == [
        ["Number 7", "Number 6", "Number 5"],
        ["Number 4", "Number 3", "Number 2"],
        ["Number 1"],
    ]
    assert [text(one, "title") for one in found] == [
        ["Town – The Gazette"],
        ["Town, Page 2 of 3 – The Gazette"],
        ["Town, Page 3 of 3 – The Gazette"],
    ]
    assert [select(one, "link[rel=canonical]")[0].get("href") for one in found] == [
        f"{URL}{path}" for path in ("town.html", "town-page-2.html", "town-page-3.html")
    ]
    assert [text(one, "h1") for one in found] == [["Town"]] * 3
    assert [text(one, ".standfirst") for one in found] == [["All of it"], [], []]
    assert not (long / "_site/town-page-4.html").exists()


def test_each_page_says_where_it_is_and_leads_to_the_others(long):
    first, second, third = (
        page(long, path) for path in ("town.html", "town-page-2.html", "town-page-3.html")
    )
    assert text(second, ".paging .paging-told") == ["Page 2 of 3"]
    assert links(second, ".paging a") == {
        "Previous": "town.html",
        "1": "town.html",
        "2": "town-page-2.html",
        "3": "town-page-3.html",
        "Next": "town-page-3.html",
    }
    assert text(second, ".paging [aria-current=page]") == ["2"]
    rels = [
        [
            (one.get("rel"), one.get("href"))
            for one in select(found, "link[rel]")
            if one.get("rel") in ("prev", "next")
        ]
        for found in (first, second, third)
    ]
    assert rels == [
        [("next", "town-page-2.html")],
        [("prev", "town.html"), ("next", "town-page-3.html")],
        [("prev", "town-page-2.html")],
    ]


def test_a_feed_of_a_list_is_of_all_its_pages(long):
    assert (long / "_site/town.xml").read_text().count("<item>") == 7


def test_a_list_that_one_page_has_room_for_says_nothing_of_pages(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A")})
    publish(tmp_path)
    assert not select(page(tmp_path, "town.html"), ".paging") and not select(
        page(tmp_path, "town.html"), "link[rel=next]"
    )


def test_a_long_way_through_a_list_names_the_ends_and_the_nearest(tmp_path):
    listing = TOWN.replace("contents: posts", "contents: posts\n  page-size: 1")
    write(
        tmp_path,
        {
            "town.qmd": listing,
            **{f"posts/n{number:02}.qmd": article(f"N {number}") for number in range(12)},
        },
    )
    publish(tmp_path)
    assert text(page(tmp_path, "town-page-6.html"), ".paging li") == [
        "Previous",
        "1",
        "…",
        "4",
        "5",
        "6",
        "7",
        "8",
        "…",
        "12",
        "Next",
    ]


def test_a_page_size_of_nothing_is_an_error_with_its_line(site, run):
    site.write("list.qmd", "---\ntitle: List\nlisting:\n  page-size: 0\n---\n")
    code, _, reported = run(site, "build")
    assert code == 1 and "list.qmd, line 4" in reported and "page-size" in reported


# The front page: updated and corrected


def test_the_front_page_has_the_latest_updates_and_corrections(tmp_path):
    correction = "corrections:\n- {date: %s, wrong: It was ten, right: It was two.}\n---\n"
    write(
        tmp_path,
        {
            "corrections.qmd": "---\ntitle: Corrections\ncorrections-page: true\n---\n",
            "posts/same.qmd": article("Same day", "2024-05-01", date_modified="2024-05-01"),
            "posts/up.qmd": article("Updated one", "2024-05-01", date_modified="2024-05-04"),
            "posts/both.qmd": article("Both", "2024-05-01", date_modified="2024-05-02").replace(
                "---\nA par", f"{correction % '2024-05-03'}A par"
            ),
            "posts/ed.qmd": article("Of two", "2024-05-01").replace(
                "---\nA par",
                "editions:\n- {slug: other, title: Other, date-modified: 2024-05-09}\n---\nA par",
            ),
        },
    )
    publish(tmp_path)
    front = page(tmp_path, "index.html")
    assert text(front, ".changes li") == [
        "Other Updated 9 May 2024",
        "Updated one Updated 4 May 2024",
        "Both Corrected 3 May 2024",
    ]
    assert text(front, ".changes h2") == ["Updated and corrected"]
    assert (
        links(front, ".changes a")["Corrected 3 May 2024"]
        == "posts/both.html#correction-2024-05-03"
    )
    assert page(tmp_path, "posts/both.html").get_element_by_id("correction-2024-05-03") is not None
    (tmp_path / "posts/up.qmd").unlink()
    write(tmp_path, {"posts/both.qmd": article("Both"), "posts/ed.qmd": article("Of two")})
    publish(tmp_path)
    assert not select(page(tmp_path, "index.html"), ".changes")


# From build to build


@pytest.fixture
def weekly(tmp_path: Path) -> Iterator[Site]:
    """A publication, built; at the end it is held against one that is built from nothing."""
    site = Site(tmp_path / "weekly")
    write(
        site.root,
        {
            "_quarto.yml": SITE,
            "index.qmd": FRONT,
            "town.qmd": TOWN.replace("contents: posts", "contents: posts\n  page-size: 2"),
            **{
                f"posts/n{number}.qmd": article(f"Number {number}", f"202{number}-01-01")
                for number in range(1, 6)
            },
            "posts/a.qmd": HARBOUR,
        },
    )
    assert not build(site.root).faults
    yield site
    assert not build(site.root).faults
    shutil.copytree(
        site.root, tmp_path / "twin", ignore=shutil.ignore_patterns("_site*", ".broadsheet")
    )
    assert not build(tmp_path / "twin").faults
    assert _files(site.root) == _files(tmp_path / "twin")


def _files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root / "_site").as_posix(): path.read_bytes()
        for path in (root / "_site").rglob("*")
        if is_exact(path)
    }


def _inodes(site: Site) -> dict[str, int]:
    return {
        path.relative_to(site.root / "_site").as_posix(): path.stat().st_ino
        for path in (site.root / "_site").rglob("*.html")
    }


def made(site: Site) -> set[str]:
    """The pages that a build makes anew, but for those that it always does."""
    before = _inodes(site)
    build(site.root)
    made = {path for path, inode in _inodes(site).items() if before.get(path) != inode}
    return made - {"404.html", "search/index.html"}


def test_a_list_is_made_again_only_if_what_is_on_it_has_changed(weekly):
    weekly.write("posts/n1.qmd", article("Number one", "2021-01-01"))
    changed = made(weekly)
    assert {
        "posts/n1.html",
        "index.html",
        "town-page-3.html",
        "authors/a-reporter/index.html",
        "archive/2021/index.html",
    } <= changed
    assert (
        not {
            "topics/sea/index.html",
            "archive/2022/index.html",
            "town.html",
            "authors/zoe-oz/index.html",
        }
        & changed
    )


def test_an_author_who_comes_and_goes(weekly):
    assert (weekly.root / "_site/authors/zoe-oz/index.html").is_file()
    (weekly.root / "posts/a.qmd").unlink()
    build(weekly.root)
    assert (
        not (weekly.root / "_site/authors/zoe-oz").exists()
        and not (weekly.root / "_site/topics").exists()
    )
    weekly.write("posts/a.qmd", HARBOUR)
    build(weekly.root)
    assert (weekly.root / "_site/authors/zoe-oz/index.html").is_file()


@pytest.mark.slow
def test_a_list_that_is_lost_is_made_again(weekly):
    (weekly.root / "_site/archive/index.html").unlink()
    (weekly.root / "_site/town-page-2.html").unlink()
    assert made(weekly) == {"archive/index.html", "town-page-2.html"}


@pytest.mark.slow
def test_a_list_stands_from_one_process_to_the_next(weekly):
    """Whatever order a process gives to what has none."""

    def build_in_a_process(seed: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "broadsheet", "build"],
            cwd=weekly.root,
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )

    build_in_a_process("1")
    before = _inodes(weekly)
    weekly.write("posts/n1.qmd", article("Number 1", "2021-01-01", "A paragraph.\n\nOther words."))
    build_in_a_process("2")
    assert {path for path, inode in _inodes(weekly).items() if before.get(path) != inode} == {
        "posts/n1.html"
    }
