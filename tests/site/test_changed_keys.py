"""A key of an article changes: whatever lists the article is made again, of each type of list, and
the site is the one that is built from nothing.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from test_incremental import rebuilt, state

from broadsheet.site.build.build import build
from conftest import Site, slow_but

CONFIG = """\
project:
  type: website
  render: ["*.qmd", "posts/*.qmd", "lists/*.qmd"]
website:
  title: The Test
  site-url: "https://example.org/"
"""
OWN = """\
{% extends "broadsheet/section.html.jinja" %}
{% block content %}{{ super() }}
{% for block in page.blocks if block.listing.type == "custom" %}{% for entry in block.entries -%}
<p class="own">{{ entry.order }} {{ entry.fields }}</p>
{%- endfor %}{% endfor %}{% endblock %}
"""
LISTED = """\
---
title: "The article"
subtitle: "A standfirst."
description: "A description."
author:
  - {name: Ann, url: "https://ann.example/"}
date: 2024-01-05
date-modified: 2024-01-06
categories: [Town, Sea]
image: photo.svg
image-alt: "A photo"
order: 3
price: 12.5
status: open
place: {name: Odesa, at: {lat: 46, lon: 30}, tags: [a, b]}
corrections:
  - {date: 2024-01-07, wrong: "One.", right: "Two."}
---
Text.
"""
LISTS = {
    "plain": "",
    "grid": "type: grid, ",
    "table": "type: table, fields: [title, price, status, place], ",
    "own": "type: custom, ",
}
SHOWING = {
    "index.html",
    *(f"lists/{name}.html" for name in LISTS),
    "lists/town.html",
    "topics/sea/index.html",
    "authors/ann/index.html",
    "archive/index.html",
    "archive/2024/index.html",
    "posts/other.html",
}
"""The pages on which the article stands: lists of each type, its section, topic and author, the
archive, and the article to which it is related.
"""
FEEDS = {"index.xml", "index.atom", "index.feed.json", "lists/town.xml"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = Site(tmp_path_factory.mktemp("keys") / "built")
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts, feed: true}\n---\n")
    for name, kind in LISTS.items():
        text = f"listing: {{{kind}contents: ../posts, sort: [order, price]}}"
        site.write(f"lists/{name}.qmd", f"---\ntitle: List {name}\n{text}\n---\n")
    site.write(
        "lists/town.qmd",
        "---\ntitle: Town\nlisting: {contents: ../posts, include: {categories: Town}, feed: true}\n---\n",
    )
    site.write("theme/templates/section.html.jinja", OWN)
    site.write("posts/photo.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='3' height='2'/>")
    site.write("posts/second.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='3' height='2'/>")
    site.write("posts/article.qmd", LISTED)
    for name, topics in {"other": "[Town, Sea]", "third": "[Village]"}.items():
        front = f"title: The {name}\ndescription: A report.\ndate: 2024-01-02\ncategories: {topics}\nauthor: Bea\norder: 5"
        site.write(f"posts/{name}.qmd", f"---\n{front}\n---\nText.\n")
    assert not build(site.root, jobs=2).faults
    return site.root


@pytest.fixture
def publication(built: Path, tmp_path: Path) -> Site:
    shutil.copytree(built, tmp_path / "publication")
    return Site(tmp_path / "publication")


CHANGES = {
    "an own number": ("price: 12.5", "price: 13.5"),
    "an own text": ("status: open", "status: closed"),
    "a part of an own mapping": ("lon: 30", "lon: 31"),
    "the order of an own mapping": ("{lat: 46, lon: 30}", "{lon: 30, lat: 46}"),
    "an own key that is new": ("price: 12.5", "price: 12.5\nowner: Nobody"),
    "an own key that is gone": ("status: open\n", ""),
    "the type of an own value": ("price: 12.5", 'price: "12.5"'),
    "an item of an own list": ("tags: [a, b]", "tags: [a, c]"),
    "the title": ('title: "The article"', 'title: "Another title"'),
    "the subtitle": ("A standfirst", "Another standfirst"),
    "the description": ("A description", "Another description"),
    "the image": ("image: photo.svg", "image: second.svg"),
    "its alternative text": ("A photo", "Another photo"),
    "the author": ("name: Ann,", "name: Ann B,"),
    "the author's address": ("https://ann.example/", "https://ann.example/b"),
    "a category": ("[Town, Sea]", "[Town, Sea, Village]"),
    "the date": ("date: 2024-01-05", "date: 2024-01-04"),
    "the date of a change": ("date-modified: 2024-01-06", "date-modified: 2024-01-08"),
    "the order": ("order: 3", "order: 9"),
    "a correction": ("Two.", "Three."),
}
QUICK = {"an own number", "a part of an own mapping", "an own key that is gone", "the title"}
UNSEEN = {"the order of an own mapping"}
"""A mapping has its keys in one order on all pages, so that this changes nothing."""


@pytest.mark.parametrize("what", slow_but(CHANGES, QUICK | UNSEEN))
def test_whatever_lists_an_article_shows_its_key(publication: Site, what: str):
    old, new = CHANGES[what]
    text = publication.read("posts/article.qmd")
    assert old in text
    publication.write("posts/article.qmd", text.replace(old, new))
    report, _ = rebuilt(publication)
    assert not report.faults
    if what in UNSEEN:
        assert report.reasons.keys() <= {"posts/article.html"}
    else:
        gone = {"authors/ann/index.html"} if what == "the author" else set()
        assert report.reasons.keys() >= (SHOWING | FEEDS) - gone
    assert build(publication.root, jobs=2).new_pages == 0


def test_a_table_has_the_new_value_of_an_own_key(publication: Site):
    page = publication.root / "_site/lists/table.html"
    assert "<td>12.5</td><td>open</td>" in page.read_text("utf-8")
    text = publication.read("posts/article.qmd")
    for price, status in (("13.5", "closed"), ("0", "open")):
        changed = text.replace("price: 12.5", f"price: {price}").replace("open", status)
        publication.write("posts/article.qmd", changed)
        build(publication.root, jobs=2)
        assert f"<td>{price}</td><td>{status}</td>" in page.read_text("utf-8")


def test_nothing_is_made_where_nothing_has_changed(publication: Site):
    before = state(publication.root / "_site")
    report = build(publication.root, jobs=2)
    assert (report.new_pages, report.kept, report.ran) == (0, 0, 0)
    assert state(publication.root / "_site") == before
    (publication.root / "posts/third.qmd").write_text(
        publication.read("posts/third.qmd").replace("Text.", "More text."), "utf-8"
    )
    report, made = rebuilt(publication)
    assert made == {"posts/third.html"} and not report.faults
