"""RSS, Atom and JSON Feed, as a feed reader finds them, and as their specifications want them."""

from __future__ import annotations

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime

import feedparser
import pytest
from lxml import etree, html

from publishing import FRONT, SITE, article, chart, publish, write

URL = "https://gazette.example/paper/"


def feeds(root):
    return [
        feedparser.parse((root / "_site" / name).read_bytes())
        for name in ("index.xml", "index.atom")
    ]


def json_feed(root, name="index.feed.json"):
    return json.loads((root / "_site" / name).read_bytes())


def test_a_listing_with_a_feed_has_all_kinds_newest_first_with_whole_articles(tmp_path):
    write(
        tmp_path,
        {
            "posts/old.qmd": article("Old", "2024-01-01"),
            "posts/new.qmd": article(
                "New", "2024-02-01", "First.\n\nSecond, with a [link](old.qmd)."
            ),
            "posts/undated.qmd": "---\ntitle: Undated\n---\n",
        },
    )
    publish(tmp_path)
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
    feed = json_feed(tmp_path)
    assert [item["title"] for item in feed["items"]] == ["New", "Old"]
    assert feed["items"][0] | {"content_html": ""} == {
        "id": URL + "posts/new.html",
        "url": URL + "posts/new.html",
        "title": "New",
        "content_html": "",
        "image": URL + "posts/new_files/card.png",
        "date_published": "2024-02-01T00:00:00+00:00",
        "date_modified": "2024-02-01T00:00:00+00:00",
        "authors": [{"name": "A. Reporter"}],
        "tags": ["Town"],
        "language": "en",
    }
    assert f'href="{URL}posts/old.html"' in feed["items"][0]["content_html"]


def test_a_page_leads_to_its_own_feeds_and_to_those_of_the_front_page(tmp_path):
    town = "---\ntitle: Town\nlisting: {contents: posts, feed: true}\n---\n"
    write(tmp_path, {"town.qmd": town, "posts/a.qmd": article("A")})
    publish(tmp_path)
    page = html.parse(tmp_path / "_site/town.html")
    found = [
        (link.get("type"), link.get("title"), link.get("href"))
        for link in page.iterfind("head/link[@rel='alternate']")
    ]
    assert found == [
        ("application/rss+xml", "Town – The Gazette", "town.xml"),
        ("application/atom+xml", "Town – The Gazette", "town.atom"),
        ("application/feed+json", "Town – The Gazette", "town.feed.json"),
        ("application/rss+xml", "The Gazette", "index.xml"),
        ("application/atom+xml", "The Gazette", "index.atom"),
        ("application/feed+json", "The Gazette", "index.feed.json"),
    ]
    assert [item["title"] for item in json_feed(tmp_path, "town.feed.json")["items"]] == ["A"]
    (shown,) = page.findall(".//p[@class='feeds']/a")
    assert (shown.text, shown.get("href")) == ("Feeds", "feeds/index.html")
    explained = html.parse(tmp_path / "_site/feeds/index.html").getroot()
    assert [item.text for item in explained.findall(".//ul[@class='feed-list']/li")] == [
        "The Gazette",
        "Town – The Gazette",
    ]


def test_a_change_after_the_day_of_publication_is_reported_in_every_feed(tmp_path):
    write(
        tmp_path,
        {
            "posts/a.qmd": article("A", "2024-01-01", date_modified="2024-03-05"),
            "posts/b.qmd": article(
                "B", "2023-01-01", corrections="[{date: 2024-04-06, wrong: '5', right: '6'}]"
            ),
        },
    )
    publish(tmp_path)
    for feed in feeds(tmp_path):
        assert [entry.published_parsed[:3] for entry in feed.entries] == [
            (2024, 1, 1),
            (2023, 1, 1),
        ]
        assert [entry.updated_parsed[:3] for entry in feed.entries] == [(2024, 3, 5), (2024, 4, 6)]
    assert [item["date_modified"][:10] for item in json_feed(tmp_path)["items"]] == [
        "2024-03-05",
        "2024-04-06",
    ]


def test_corrections_of_one_day_are_told_apart(tmp_path):
    twice, once = (
        "["
        + ", ".join(f"{{date: 2024-04-06, wrong: '{wrong}', right: '9'}}" for wrong in given)
        + "]"
        for given in ("57", "1")
    )
    write(
        tmp_path,
        {
            "posts/a.qmd": article("A", "2024-01-01", corrections=twice),
            "posts/b.qmd": article("B", "2024-01-01", corrections=once),
            "corrections.qmd": "---\ntitle: Corrections\ncorrections-page: true\n---\n",
        },
    )
    publish(tmp_path)
    reported = [
        item["id"].removeprefix(URL)
        for item in json_feed(tmp_path, "corrections.feed.json")["items"]
    ]
    assert sorted(reported) == [
        "posts/a.html#correction-2024-04-06",
        "posts/a.html#correction-2024-04-06-2",
        "posts/b.html#correction-2024-04-06",
    ]
    for name in ("posts/a.html", "corrections.html"):
        ids = html.parse(tmp_path / "_site" / name).xpath("//@id")
        assert len(set(ids)) == len(ids)
    assert {"correction-2024-04-06", "correction-2024-04-06-2"} <= set(
        html.parse(tmp_path / "_site/posts/a.html").xpath("//@id")
    )


BARE = "---\ntitle: Bare\ndate: 2024-01-03\n---\n"


def test_rss_has_what_its_specification_demands(tmp_path):
    """https://www.rssboard.org/rss-specification, and the board's profile for `atom:link` and
    `content:encoded`.
    """
    write(tmp_path, {"posts/a.qmd": article("A", description='"Of A."'), "posts/bare.qmd": BARE})
    publish(tmp_path)
    root = etree.fromstring((tmp_path / "_site/index.xml").read_bytes())
    assert root.tag == "rss" and root.get("version") == "2.0" and len(root) == 1
    channel = root[0]
    assert [channel.findtext(name) for name in ("title", "link", "description", "language")] == [
        "The Gazette",
        URL,
        "News of the town.",
        "en",
    ]
    own = channel.find("{http://www.w3.org/2005/Atom}link")
    assert dict(own.attrib) == {
        "rel": "self",
        "href": URL + "index.xml",
        "type": "application/rss+xml",
    }
    assert parsedate_to_datetime(channel.findtext("lastBuildDate"))
    items = channel.findall("item")
    assert len(items) == 2
    for item in items:
        assert item.findtext("title") and item.findtext("description") != ""
        assert item.find("guid").get("isPermaLink") == "true" and item.findtext(
            "guid"
        ) == item.findtext("link")
        assert re.fullmatch(
            r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000", item.findtext("pubDate")
        )
        for once in ("title", "link", "description", "guid", "pubDate"):
            assert len(item.findall(once)) <= 1
    assert len({item.findtext("guid") for item in items}) == len(items)


def test_atom_has_what_its_specification_demands(tmp_path):
    """RFC 4287, 4.1.1 and 4.1.2."""
    write(tmp_path, {"posts/a.qmd": article("A", description='"Of A."'), "posts/bare.qmd": BARE})
    publish(tmp_path)
    atom = "{http://www.w3.org/2005/Atom}"
    root = etree.fromstring((tmp_path / "_site/index.atom").read_bytes())
    assert root.tag == f"{atom}feed"
    for element in (root, *root.findall(f"{atom}entry")):
        for once in ("id", "title", "updated"):
            assert len(element.findall(f"{atom}{once}")) == 1 and element.findtext(f"{atom}{once}")
        assert datetime.fromisoformat(element.findtext(f"{atom}updated")).tzinfo is not None
        assert [
            link.get("href")
            for link in element.findall(f"{atom}link")
            if link.get("rel") == "alternate"
        ]
    assert [link.get("href") for link in root.findall(f"{atom}link[@rel='self']")] == [
        URL + "index.atom"
    ]
    for entry in root.findall(f"{atom}entry"):
        assert entry.find(f"{atom}author") is not None or root.find(f"{atom}author") is not None
        assert all(content.get("type") == "html" for content in entry.iter(f"{atom}content"))
    ids = [element.findtext(f"{atom}id") for element in (root, *root.findall(f"{atom}entry"))]
    assert len(set(ids)) == len(ids)


def test_json_feed_has_what_its_specification_demands(tmp_path):
    """https://www.jsonfeed.org/version/1.1/"""
    write(
        tmp_path,
        {
            "posts/a.qmd": article("A", description='"Of A."', image="a.png"),
            "posts/bare.qmd": BARE,
            "posts/a.png": "",
            "index.qmd": FRONT.replace("feed: true", "feed: {type: metadata}"),
        },
    )
    publish(tmp_path)
    feed = json_feed(tmp_path)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["title"], feed["home_page_url"], feed["feed_url"]) == (
        "The Gazette",
        URL,
        URL + "index.feed.json",
    )
    known = {
        "id",
        "url",
        "external_url",
        "title",
        "content_html",
        "content_text",
        "summary",
        "image",
        "banner_image",
        "date_published",
        "date_modified",
        "authors",
        "tags",
        "language",
        "attachments",
    }
    for item in feed["items"]:
        assert set(item) <= known and isinstance(item["id"], str) and item["id"]
        assert item.get("content_html") or item.get("content_text")
        assert all(
            datetime.fromisoformat(item[day]).tzinfo for day in ("date_published", "date_modified")
        )
        assert all(set(author) & {"name", "url", "avatar"} for author in item.get("authors", []))
    assert [item["content_text"] for item in feed["items"]] == ["Of A.", "Bare"]
    assert len({item["id"] for item in feed["items"]}) == 2


def test_a_chart_is_a_picture_in_a_feed_and_its_table_and_scripts_stay_out(tmp_path):
    write(tmp_path, {"posts/a/index.qmd": article("A", body="Before.\n" + chart() + "\nAfter.")})
    publish(
        tmp_path,
        assets={
            "posts/a/index_files/fig-x.svg": b"<svg/>",
            "posts/a/index_files/fig-x.json": b"{}",
        },
    )
    for feed in feeds(tmp_path):
        content = feed.entries[0].content[0].value
        assert (
            f'src="{URL}posts/a/index_files/fig-x.svg"' in content
            and 'alt="A rising line."' in content
        )
        assert "It rises" in content and "Source: The town." in content
        assert "<svg" not in content and "<details" not in content and "<script" not in content
        assert "Get the" not in content and "class=" not in content
    assert (
        f'src="{URL}posts/a/index_files/fig-x.svg"'
        in json_feed(tmp_path)["items"][0]["content_html"]
    )


def test_everything_from_front_matter_is_escaped(tmp_path):
    hostile = '<script>alert(1)</script> & "co"'
    quoted = hostile.replace('"', '\\"')
    write(tmp_path, {"posts/a.qmd": article(quoted, description=f'"{quoted}"')})
    publish(tmp_path)
    for name in ("index.xml", "index.atom"):
        text = (tmp_path / "_site" / name).read_text()
        assert "<script>" not in text
        etree.fromstring(text.encode())
        assert feedparser.parse(text).entries[0].title
    assert json_feed(tmp_path)["items"][0]["title"].startswith("<script>")


def test_a_feed_says_nothing_of_when_it_was_built(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A", "2024-01-01", date_modified="2024-03-05")})
    publish(tmp_path)
    names = ("index.xml", "index.atom", "index.feed.json", "sitemap.xml")
    first = [(tmp_path / "_site" / name).read_bytes() for name in names]
    publish(tmp_path)
    assert first == [(tmp_path / "_site" / name).read_bytes() for name in names]
    assert feeds(tmp_path)[1].feed.updated == "2024-03-05T00:00:00+00:00"


def test_without_a_site_url_there_is_no_feed_and_the_author_is_reported(tmp_path):
    write(
        tmp_path,
        {
            "_quarto.yml": SITE.replace("  site-url: https://gazette.example/paper\n", ""),
            "posts/a.qmd": article("A"),
        },
    )
    report = publish(tmp_path)
    for name in (
        "index.xml",
        "index.atom",
        "index.feed.json",
        "sitemap.xml",
        "sitemap-news.xml",
        "llms.txt",
    ):
        assert not (tmp_path / "_site" / name).exists()
    assert [str(notice) for notice in report.notices] == [
        "_quarto.yml, line 4: no feed for index.qmd, no sitemap and no social cards: they need the site's full "
        'address\n  → Set it under `website`: `site-url: "https://example.org/"`.'
    ]
    assert "canonical" not in (tmp_path / "_site/posts/a.html").read_text()


@pytest.mark.parametrize(
    "form, has", [("full", {"First.", "Second."}), ("partial", {"First."}), ("metadata", set())]
)
def test_a_feed_carries_what_it_is_asked_to(tmp_path, form, has):
    front = FRONT.replace(
        "feed: true", f"feed: {{type: {form}, items: 1, title: Wire, categories: Town}}"
    )
    write(
        tmp_path,
        {
            "index.qmd": front,
            "posts/a.qmd": article("A", "2024-01-02", "First.\n\nSecond."),
            "posts/b.qmd": article("B", "2024-01-01"),
        },
    )
    publish(tmp_path)
    for feed in feeds(tmp_path):
        assert feed.feed.title == "Wire" and [entry.title for entry in feed.entries] == ["A"]
        content = feed.entries[0].get("content", [{"value": ""}])[0]["value"]
        assert {word for word in ("First.", "Second.") if word in content} == has
    assert (
        feedparser.parse((tmp_path / "_site/index-town.xml").read_bytes()).feed.title
        == "Wire: Town"
    )
