"""Sitemaps, `robots.txt` and `llms.txt`, as programs that look for pages find them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from broadsheet.site.build.build import build
from broadsheet.site.formats.sitemaps import sitemaps
from publishing import article, publish, write

URL = "https://gazette.example/paper/"
MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def on(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    """Have builds take place on a day."""
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(moment.timestamp())))


def news(root: Path) -> list[str | None]:
    found = etree.fromstring((root / "_site/sitemap-news.xml").read_bytes())
    return [title.text for title in found.iter(f"{NEWS}title")]


def test_the_sitemap_has_the_pages_that_are_searched_with_the_dates_that_are_known(tmp_path):
    write(
        tmp_path,
        {
            "posts/a/index.qmd": article("A", "2024-01-01", date_modified="2024-03-05"),
            "posts/hidden.qmd": article("Hidden", search="false"),
        },
    )
    publish(tmp_path)
    root = etree.fromstring((tmp_path / "_site/sitemap.xml").read_bytes())
    found = [[child.text for child in url] for url in root]
    assert found == [
        [URL],
        [URL + "about.html"],
        [URL + "archive/", "2024-03-05"],
        [URL + "archive/2024/", "2024-03-05"],
        [URL + "authors/a-reporter/", "2024-03-05"],
        [URL + "feeds/"],
        [URL + "posts/a/", "2024-03-05"],
        [URL + "town.html"],
    ]


def test_more_pages_than_a_sitemap_may_have_go_into_several_under_an_index():
    pages = [(f"{URL}{number}.html", date(2024, 1, number)) for number in range(1, 6)]
    made = sitemaps(pages, URL, largest=2)
    index = etree.fromstring(made["sitemap.xml"])
    assert index.tag == f"{MAPS}sitemapindex"
    assert [[child.text for child in one] for one in index] == [
        [URL + "sitemap-1.xml", "2024-01-02"],
        [URL + "sitemap-2.xml", "2024-01-04"],
        [URL + "sitemap-3.xml", "2024-01-05"],
    ]
    assert [len(etree.fromstring(made[f"sitemap-{number}.xml"])) for number in (1, 2, 3)] == [
        2,
        2,
        1,
    ]


def test_robots_may_read_everything_and_are_told_of_both_sitemaps(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A")})
    publish(tmp_path)
    assert (tmp_path / "_site/robots.txt").read_text() == (
        f"User-agent: *\nAllow: /\n\nSitemap: {URL}sitemap.xml\nSitemap: {URL}sitemap-news.xml\n"
    )


def test_the_news_sitemap_has_the_articles_of_the_last_two_days(tmp_path, monkeypatch):
    """https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap"""
    on(monkeypatch, "2024-05-10")
    write(
        tmp_path,
        {
            "posts/today.qmd": article("Today & <now>", "2024-05-10"),
            "posts/recent.qmd": article("Recent", "2024-05-08"),
            "posts/old.qmd": article("Old", "2024-05-07"),
            "posts/hidden.qmd": article("Hidden", "2024-05-10", search="false"),
        },
    )
    publish(tmp_path)
    root = etree.fromstring((tmp_path / "_site/sitemap-news.xml").read_bytes())
    reported = [
        [text for element in url.iter() if (text := (element.text or "").strip())] for url in root
    ]
    assert reported == [
        [URL + "posts/today.html", "The Gazette", "en", "2024-05-10", "Today & <now>"],
        [URL + "posts/recent.html", "The Gazette", "en", "2024-05-08", "Recent"],
    ]
    assert [element.tag for element in root[0].iter()] == [
        f"{MAPS}url",
        f"{MAPS}loc",
        f"{NEWS}news",
        f"{NEWS}publication",
        f"{NEWS}name",
        f"{NEWS}language",
        f"{NEWS}publication_date",
        f"{NEWS}title",
    ]


def test_a_build_on_a_later_day_takes_what_is_no_news_any_more_out_of_the_news(
    tmp_path, monkeypatch
):
    on(monkeypatch, "2024-05-10")
    write(
        tmp_path,
        {"posts/a.qmd": article("A", "2024-05-10"), "posts/b.qmd": article("B", "2024-05-08")},
    )
    build(tmp_path)
    assert news(tmp_path) == ["A", "B"]
    page = (tmp_path / "_site/posts/a.html").stat().st_ino
    on(monkeypatch, "2024-05-11")
    build(tmp_path)
    assert news(tmp_path) == ["A"] and (tmp_path / "_site/posts/a.html").stat().st_ino == page
    folder = (tmp_path / "_site").stat().st_ino
    on(monkeypatch, "2024-05-12")
    build(tmp_path)
    assert (
        news(tmp_path) == ["A"] and (tmp_path / "_site").stat().st_ino == folder
    )  # the same news: nothing to do
    on(monkeypatch, "2024-05-13")
    build(tmp_path)
    assert news(tmp_path) == []


def test_llms_txt_leads_to_the_copies_of_the_newest_articles_by_section(tmp_path):
    """https://llmstxt.org/: a title, a summary, text, sections of links, `Optional` last."""
    write(
        tmp_path,
        {
            "posts/a/index.qmd": article("A [draft] of 5 < 6", "2024-01-02", description='"On A."'),
            "posts/b.qmd": article("B", "2024-01-03").replace("[Town]", "[Sea]"),
            "posts/hidden.qmd": article("Hidden", search="false"),
        },
    )
    publish(tmp_path)
    text = (tmp_path / "_site/llms.txt").read_text()
    assert text.startswith(
        "# The Gazette\n\n> News of the town.\n\nEach article has a copy in Markdown"
    )
    assert f"\n## Sea\n\n- [B]({URL}posts/b.md)\n\n## Town\n\n" in text
    assert f"- [A \\[draft\\] of 5 \\< 6]({URL}posts/a/index.md): On A.\n" in text
    assert re.search(
        rf"## Optional\n\n- \[About\]\({URL}about.html\)\n- \[The Gazette \(RSS\)\]", text
    )
    assert "Hidden" not in text
    for address in re.findall(rf"\]\({URL}([^)]*)\)", text):
        assert (tmp_path / "_site" / address).is_file()
