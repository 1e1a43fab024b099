"""Where lists stand on a page: in the place of an empty division of their id, else at its end."""

from __future__ import annotations

from typing import cast

from markupsafe import Markup

from broadsheet.project.settings.settings import Listing
from broadsheet.site.article.entry import Entry
from broadsheet.site.index.scene import Block, Page


def pieces_of(body: str, *ids: str) -> list[str]:
    blocks = [Block(Listing(id=name), ()) for name in ids]
    page = Page(cast("Entry", None), body=Markup(body), blocks=blocks)
    return [f"@{one.listing.id}" if isinstance(one, Block) else str(one) for one in page.pieces]


def test_a_list_is_where_its_division_is() -> None:
    body = '<p>é &lt;div id="a"&gt;</p><section><div  id=a--b>\n</div></section><p>End.</p>'
    before, first, after, last = pieces_of(body, "a--b", "c")
    assert (before, first, last) == (
        '<p>é &lt;div id="a"&gt;</p><section>',
        "@a--b",
        "@c",
    )
    assert after == "</section><p>End.</p>"


def test_lists_stand_in_the_order_of_their_divisions() -> None:
    body = '<div id="b"></div><p>Between.</p><div id="a"></div><div id="a"></div>'
    assert pieces_of(body, "a", "b") == ["", "@b", "<p>Between.</p>", "@a", '<div id="a"></div>']


def test_a_division_that_is_more_than_a_place_stays() -> None:
    for division in (
        '<div id="a">Text.</div>',
        '<div id="a" class="x"></div>',
        "<!--<div id=a>-->",
    ):
        assert pieces_of(f"<p>Text.</p>{division}", "a") == [f"<p>Text.</p>{division}", "@a"]


def test_a_page_without_places_stays_to_the_byte() -> None:
    body = "<p>A<br/>b</P><svg viewBox='0 0 1 1'/>"
    assert pieces_of(body, "a") == [body, "@a"]
