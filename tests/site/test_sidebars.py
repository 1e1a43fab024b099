"""A sidebar lists sources: an article stands in it once, by its own page, whatever else is made of it."""

from __future__ import annotations

from itertools import permutations
from pathlib import PurePosixPath

import pytest

from broadsheet.project.settings.website_settings import NavItem, Sidebar
from broadsheet.site.article.entry import Entry
from broadsheet.site.article.links import relative
from broadsheet.site.index.navigation import Navigation

ENTRIES = (
    Entry("posts/trade/index.html", "/posts/trade/", "posts/trade/index.ipynb", "Trade", "Trade"),
    Entry("posts/trade/2000.html", "/x", "posts/trade/index.ipynb", "Trade in 2000", "Trade"),
    Entry("posts/trade/2010.html", "/y", "posts/trade/index.ipynb", "Trade in 2010", "Trade"),
    Entry("posts/plain.html", "/posts/plain.html", "posts/plain.qmd", "Plain", "Plain"),
    Entry("about.html", "/about.html", "about.qmd", "About", "About"),
)
POSTS = Sidebar(id="posts", contents=[NavItem(auto="posts")])
OTHER = Sidebar(id="other", contents=[NavItem(href="about.qmd")])


def navigation(page: str, entries: tuple[Entry, ...] = ENTRIES) -> Navigation:
    """That of a page."""
    at = PurePosixPath(page)
    return Navigation(
        {meta.path: meta for meta in entries}, at, False, lambda to: relative(at, str(to.path))
    )


def test_an_article_with_editions_stands_in_it_by_its_own_page_in_whichever_order_pages_are_made():
    for entries in permutations(ENTRIES):
        links = navigation("about.html", entries).contents("posts")
        assert [(one.text, one.href) for one in links] == [
            ("Plain", "posts/plain.html"),
            ("Trade", "posts/trade/index.html"),
        ]


@pytest.mark.parametrize(
    "contents", [[NavItem(auto="posts")], [NavItem(href="/posts/trade/index.ipynb")]]
)
def test_an_edition_has_the_sidebar_of_its_article_and_the_way_through_it(contents):
    section = Sidebar(id="posts", contents=[NavItem(section="All", contents=contents)])
    page = navigation("posts/trade/2000.html")
    found = page.sidebar([section, OTHER])
    assert found is not None
    assert found[0] is section
    assert [one.text for one in page.way(found[1])] == ["All", "Trade"]
    assert not any(one.current for one in page.way(found[1]))
    assert page.beside(found[1]) == (None, None)


def test_a_page_of_its_own_has_its_own_sidebar():
    for path, expected in (("posts/trade/index.html", POSTS), ("about.html", OTHER)):
        found = navigation(path).sidebar([POSTS, OTHER])
        assert found is not None
        assert found[0] is expected
