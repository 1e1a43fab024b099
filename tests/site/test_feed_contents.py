"""What readers of a feed get where titles, links, categories and languages are not plain."""

from __future__ import annotations

import json

import feedparser
import pytest
from lxml import etree, html

from publishing import FRONT, SITE, article, publish, write

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
ATOM = "{http://www.w3.org/2005/Atom}"


def rss_items(root, name="index.xml"):
    return etree.fromstring((root / "_site" / name).read_bytes()).findall("channel/item")


def contents(root):
    """The HTML of the first item in each kind of feed."""
    atom = etree.fromstring((root / "_site/index.atom").read_bytes())
    feed = json.loads((root / "_site/index.feed.json").read_bytes())
    return [
        rss_items(root)[0].findtext(CONTENT),
        atom.findtext(f"{ATOM}entry/{ATOM}content"),
        feed["items"][0]["content_html"],
    ]


@pytest.mark.parametrize(
    "address",
    [
        "mailto:desk@gazette.example?subject=Trade&body=Dear%20desk",
        "tel:+15550100",
        "sms:+15550100",
        "geo:50.45,30.52",
    ],
)
def test_links_that_are_no_pages_lead_where_those_of_the_page_lead(tmp_path, address):
    write(tmp_path, {"posts/a.qmd": article("A", body=f"Write [to us]({address}).")})
    publish(tmp_path)
    for content in contents(tmp_path):
        assert html.fromstring(content).xpath("//a/@href") == [address]


def test_an_address_that_no_page_may_have_leaves_no_link_to_somewhere_else(tmp_path):
    body = 'See <a href="javascript:x">this</a> and [that](http://[x).'
    write(tmp_path, {"posts/a.qmd": article("A", body=body)})
    publish(tmp_path)
    for content in contents(tmp_path):
        assert "See" in content and "this" in content
        assert not html.fromstring(content).xpath("//@href[. = '' or contains(., 'javascript')]")


def test_a_description_with_signs_of_html_reads_as_it_is_written(tmp_path):
    said = "Tea < coffee & <b>R&D</b> so on ]]>"
    write(tmp_path, {"posts/a.qmd": article("A", description=f"'{said}'")})
    publish(tmp_path)
    description = rss_items(tmp_path)[0].findtext("description")
    assert html.fromstring(f"<p>{description}</p>").text_content() == said  # RSS has HTML there
    atom = etree.fromstring((tmp_path / "_site/index.atom").read_bytes())
    assert atom.findtext(f"{ATOM}entry/{ATOM}summary") == said  # Atom has plain text
    feed = json.loads((tmp_path / "_site/index.feed.json").read_bytes())
    assert feed["items"][0]["summary"] == said


@pytest.mark.parametrize("lang, direction", [("ar", ["rtl"]), ("he", ["rtl"]), ("de", [])])
def test_an_article_is_read_from_its_own_side(tmp_path, lang, direction):
    write(tmp_path, {"posts/a.qmd": article("A", lang=lang, body="One.\n\nTwo.")})
    publish(tmp_path)
    for content in contents(tmp_path):
        whole = html.fragment_fromstring(content, create_parent=True)
        assert whole.xpath("./*/@dir") == direction
        assert whole.xpath(".//p/text()") == ["One.", "Two."]


def test_each_category_has_a_feed_of_its_own(tmp_path):
    categories = ["السياسة", "الاقتصاد", "C++", "C#", "Zürich", "★", "Town"]
    front = FRONT.replace("feed: true", f"feed: {{categories: {json.dumps(categories)}}}")
    posts = {
        f"posts/{number}.qmd": f"---\ntitle: T{number}\ndate: 2024-05-01\n"
        f"categories: [{json.dumps(category)}]\n---\nWords.\n"
        for number, category in enumerate(categories)
    }
    write(tmp_path, {"_quarto.yml": SITE, "index.qmd": front, **posts})
    publish(tmp_path)
    names = [path.name for path in (tmp_path / "_site").glob("index-*.xml")]
    titles = {
        feed.feed.title.partition(": ")[2]: [entry.title for entry in feed.entries]
        for name in names
        if (feed := feedparser.parse((tmp_path / "_site" / name).read_bytes()))
    }
    assert titles == {category: [f"T{number}"] for number, category in enumerate(categories)}
    assert {"index-c.xml", "index-town.xml", "index-z-rich.xml"} < set(names)  # as they were
    assert not {"index-.xml"} & set(names)


def test_code_has_no_links_without_words(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A", body="```python\nx = 1\ny = 2\n```")})
    publish(tmp_path)
    for content in contents(tmp_path):
        assert "x" in content and not html.fromstring(content).xpath("//a")


def test_readers_find_the_feeds_of_categories_on_the_page_of_all_feeds(tmp_path):
    front = FRONT.replace("feed: true", "feed: {categories: [Town, السياسة]}")
    write(tmp_path, {"_quarto.yml": SITE, "index.qmd": front, "posts/a.qmd": article("A")})
    publish(tmp_path)
    page = html.fromstring((tmp_path / "_site/feeds/index.html").read_text())
    groups = page.xpath("//ul[@class='feed-list']/li")
    assert [group.text for group in groups] == [
        "The Gazette",
        "The Gazette: Town",
        "The Gazette: السياسة",
    ]
    links = [link.removeprefix("../") for link in page.xpath("//ul[@class='feed-list']//a/@href")]
    assert len(set(links)) == 9 and all((tmp_path / "_site" / link).is_file() for link in links)
    heads = page.xpath("//link[@rel='alternate']/@href")
    assert len(heads) == 3  # a browser offers the whole list alone
