"""RSS, Atom and the sitemap, as a feed reader and a crawler find them."""

from __future__ import annotations

import feedparser
import pytest
from lxml import etree

from pressed import FRONT, SITE, article, chart, press, write

URL = "https://gazette.example/paper/"


def feeds(root):
    return [feedparser.parse((root / "_site" / name).read_bytes()) for name in ("index.xml", "index.atom")]


def test_a_listing_with_a_feed_has_both_kinds_newest_first_with_whole_articles(tmp_path):
    write(tmp_path, {"posts/old.qmd": article("Old", "2024-01-01"),
                     "posts/new.qmd": article("New", "2024-02-01", "First.\n\nSecond, with a [link](old.qmd)."),
                     "posts/undated.qmd": "---\ntitle: Undated\n---\n"})
    press(tmp_path)
    for feed in feeds(tmp_path):
        assert not feed.bozo
        assert [entry.title for entry in feed.entries] == ["New", "Old"]
        entry = feed.entries[0]
        assert entry.id == entry.link == URL + "posts/new.html"
        assert entry.published_parsed[:3] == (2024, 2, 1)
        assert entry.author == "A. Reporter"
        content = entry.content[0].value
        assert "First." in content and "Second" in content
        assert f'href="{URL}posts/old.html"' in content


def test_a_chart_is_a_picture_in_a_feed_and_its_table_and_scripts_stay_out(tmp_path):
    write(tmp_path, {"posts/a/index.qmd": article("A", body="Before.\n" + chart() + "\nAfter.")})
    press(tmp_path, assets={"posts/a/index_files/fig-x.svg": b"<svg/>", "posts/a/index_files/fig-x.json": b"{}"})
    for feed in feeds(tmp_path):
        content = feed.entries[0].content[0].value
        assert f'src="{URL}posts/a/index_files/fig-x.svg"' in content and 'alt="A rising line."' in content
        assert "It rises" in content and "Source: The town." in content
        assert "<svg" not in content and "<details" not in content and "<script" not in content
        assert "Get the" not in content and "class=" not in content


def test_everything_from_front_matter_is_escaped(tmp_path):
    hostile = '<script>alert(1)</script> & "co" \x07'
    quoted = hostile.replace('"', '\\"').replace("\x07", "\\a")
    write(tmp_path, {"posts/a.qmd": article(quoted, description=f'"{quoted}"')})
    press(tmp_path)
    for name in ("index.xml", "index.atom"):
        text = (tmp_path / "_site" / name).read_text()
        assert "<script>" not in text
        etree.fromstring(text.encode())
        assert feedparser.parse(text).entries[0].title


def test_a_feed_says_nothing_of_when_it_was_built(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A", "2024-01-01", date_modified="2024-03-05")})
    press(tmp_path)
    first = [(tmp_path / "_site" / name).read_bytes() for name in ("index.xml", "index.atom", "sitemap.xml")]
    press(tmp_path)
    assert first == [(tmp_path / "_site" / name).read_bytes() for name in ("index.xml", "index.atom", "sitemap.xml")]
    assert feeds(tmp_path)[1].feed.updated == "2024-03-05T00:00:00+00:00"


def test_without_a_site_url_there_is_no_feed_and_the_author_is_told(tmp_path):
    write(tmp_path, {"_quarto.yml": SITE.replace("  site-url: https://gazette.example/paper\n", ""),
                     "posts/a.qmd": article("A")})
    report = press(tmp_path)
    assert not (tmp_path / "_site/index.xml").exists() and not (tmp_path / "_site/sitemap.xml").exists()
    assert [str(notice) for notice in report.notices] == [
        "_quarto.yml, line 4: no feed for index.qmd: a feed needs full addresses\n  → Set `site-url` under `website`."]
    assert "canonical" not in (tmp_path / "_site/posts/a.html").read_text()


@pytest.mark.parametrize("form, has", [("full", {"First.", "Second."}), ("partial", {"First."}), ("metadata", set())])
def test_a_feed_carries_what_it_is_asked_to(tmp_path, form, has):
    front = FRONT.replace("feed: true", f"feed: {{type: {form}, items: 1, title: Wire, categories: Town}}")
    write(tmp_path, {"index.qmd": front, "posts/a.qmd": article("A", "2024-01-02", "First.\n\nSecond."),
                     "posts/b.qmd": article("B", "2024-01-01")})
    press(tmp_path)
    for feed in feeds(tmp_path):
        assert feed.feed.title == "Wire" and [entry.title for entry in feed.entries] == ["A"]
        content = feed.entries[0].get("content", [{"value": ""}])[0]["value"]
        assert {word for word in ("First.", "Second.") if word in content} == has
    assert feedparser.parse((tmp_path / "_site/index-town.xml").read_bytes()).feed.title == "Wire: Town"


def test_the_sitemap_has_the_pages_that_are_searched_with_the_dates_that_are_known(tmp_path):
    write(tmp_path, {"posts/a/index.qmd": article("A", "2024-01-01", date_modified="2024-03-05"),
                     "posts/hidden.qmd": article("Hidden", search="false")})
    press(tmp_path)
    root = etree.fromstring((tmp_path / "_site/sitemap.xml").read_bytes())
    found = [[child.text for child in url] for url in root]
    assert found == [[URL], [URL + "about.html"], [URL + "posts/a/", "2024-03-05"], [URL + "town.html"]]
    assert f"Sitemap: {URL}sitemap.xml" in (tmp_path / "_site/robots.txt").read_text()
