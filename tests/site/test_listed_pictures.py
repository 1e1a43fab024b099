"""Pictures of other sites in lists and on cards, when pictures are loaded, and about pages."""

from __future__ import annotations

import pytest
from lxml import html

from small_sites import page, small_site

FAR = "https://far.example/{}.png"
LISTS = "website: {title: T, site-url: https://t.example}\n"


def loading(made, name: str) -> dict[str, str | None]:
    images = html.fromstring(made[name]).xpath("//main//img")
    return {image.get("src"): image.get("loading") for image in images}


@pytest.mark.parametrize("kind", ["default", "grid", "table"])
def test_a_list_shows_pictures_of_other_sites_when_they_are_to_be_loaded(tmp_path, kind):
    listing = f"{{type: {kind}, contents: 'p*.qmd', fields: [title, image]MORE}}"
    made = small_site(
        tmp_path,
        LISTS,
        **{
            "p1.qmd": page("P1", f"image: {FAR.format(1)}\n"),
            "p2.qmd": page("P2", f"image: {FAR.format(2)}\nimage-lazy-loading: false\n"),
            "lazy.qmd": page("Lazy", f"listing: {listing.replace('MORE', '')}\n"),
            "eager.qmd": page(
                "Eager", f"listing: {listing.replace('MORE', ', image-lazy-loading: false')}\n"
            ),
        },
    )
    assert loading(made, "lazy.html") == {FAR.format(1): "lazy", FAR.format(2): None}
    assert loading(made, "eager.html") == {FAR.format(1): None, FAR.format(2): None}
    assert f'<meta property="og:image" content="{FAR.format(1)}">' in made["p1.html"]
    assert not made.said


def test_an_entry_that_is_written_out_has_a_picture_of_another_site(tmp_path):
    listing = (
        f"listing: {{contents: [{{title: E, path: https://e.example, image: {FAR.format(1)}}}]}}\n"
    )
    made = small_site(tmp_path, LISTS, **{"l.qmd": page("L", listing)})
    assert FAR.format(1) in loading(made, "l.html")


def test_a_picture_of_another_scheme_is_in_no_list(tmp_path):
    made = small_site(
        tmp_path,
        LISTS,
        **{
            "p1.qmd": page("P1", "image: 'file:///etc/x.png'\n"),
            "l.qmd": page("L", "listing: {contents: 'p*.qmd'}\n"),
        },
    )
    assert not loading(made, "l.html")


def test_the_picture_of_the_site_is_on_cards_of_pages_without_one(tmp_path):
    site = "website: {title: T, image: /i/own.png, image-alt: A quay, open-graph: true"
    files = {"a/b.qmd": page("B"), "i/own.png": "png"}
    made = small_site(tmp_path / "near", site + "}\n", **files)
    assert '<meta property="og:image" content="../i/own.png">' in made["a/b.html"]
    assert '<meta property="og:image:alt" content="A quay">' in made["a/b.html"]
    assert made.has("i/own.png")
    made = small_site(tmp_path / "far", site + ", site-url: https://t.example/x}\n", **files)
    assert 'content="https://t.example/x/i/own.png"' in made["a/b.html"]
    plain = small_site(tmp_path / "plain", "website: {title: T}\n", **files)
    assert "og:image" not in plain["a/b.html"]


def test_the_head_of_an_about_page_stands_around_the_part_that_it_names(tmp_path):
    about = "about: {id: us, template: solana, image: us.png, image-alt: We, links: [{text: H, href: /}]}\n"
    body = "Before.\n\n::: {#us}\nWho we are.\n:::\n\nAfter.\n"
    made = small_site(tmp_path, LISTS, **{"about.qmd": page("Us", about, body), "us.png": "png"})
    (box,) = html.fromstring(made["about.html"]).find_class("quarto-about-solana")
    assert [part.get("id") or part.tag for part in box] == ["us", "img", "ul"]
    assert box.getprevious().text == "Before." and box.getnext().text == "After."
    assert made["about.html"].count("us.png") == 1 and made.has("us.png")


def test_an_about_page_without_picture_and_links_has_no_empty_box(tmp_path):
    made = small_site(tmp_path, LISTS, **{"about.qmd": page("Us", "about: {template: jolla}\n")})
    assert 'class="about' not in made["about.html"]
