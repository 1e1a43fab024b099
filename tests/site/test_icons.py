"""Icons of links: in the bar, in menus, in the foot, and on a page about somebody."""

from __future__ import annotations

import pytest

from broadsheet.site.build.build import build
from broadsheet.site.theme import icons
from page_queries import page_at, select, words

CONFIG = """\
website:
  title: T
  navbar:
    left:
      - {text: More, icon: list, menu: [{href: about.qmd, icon: bi-person}]}
    right:
      - {icon: github, href: https://github.com/x, aria-label: Our code}
      - {icon: rss, href: https://t.example/feed}
      - {icon: no-such-icon, href: https://t.example/}
      - {icon: envelope, text: Write, href: "mailto:a@b.example"}
  page-footer:
    left: [{icon: mastodon, href: https://m.example/@t}]
"""


@pytest.fixture
def home(site):
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: Home\n---\nWords.\n")
    site.write("about.qmd", "---\ntitle: About us\n---\nWords.\n")
    assert not build(site.root).faults
    return page_at(site.root / "_site", "index.html")


def test_an_icon_stands_alone_or_before_the_text_and_has_a_name(home):
    links = {link.get("href"): link for link in select(home, "header nav a")}
    assert words(links["https://github.com/x"]) == "Our code"
    assert links["https://github.com/x"].get("aria-label") == "Our code"
    assert words(links["https://t.example/feed"]) == "RSS"
    assert words(links["about.html"]) == "About us"
    for address in ("https://github.com/x", "https://t.example/feed", "about.html"):
        [icon] = select(links[address], "svg.icon")
        assert icon.get("aria-hidden") == "true"
        assert select(links[address], "span.visually-hidden")
    written = links["mailto:a@b.example"]
    assert words(written) == "Write" and select(written, "svg.icon")
    assert not select(written, ".visually-hidden")
    [menu] = select(home, "header summary")
    assert words(menu) == "More" and select(menu, "svg.icon")
    assert select(home, "footer svg.icon") and words(select(home, "footer ul")[0]) == "Mastodon"


def test_an_icon_that_is_not_there_is_its_name(home):
    [link] = [
        one for one in select(home, "header nav a") if one.get("href") == "https://t.example/"
    ]
    assert words(link) == "No such icon"
    assert not select(link, "svg") and not select(link, ".visually-hidden")


def test_without_the_icons_of_npm_links_have_words(site, monkeypatch):
    monkeypatch.setattr(icons, "PLACES", ())
    icons._symbols.cache_clear()
    icons.icon_svg.cache_clear()
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: Home\n---\nWords.\n")
    site.write(
        "about.qmd",
        "---\ntitle: About us\nabout: {links: [{icon: github, href: 'https://g.example'}]}\n---\nW.\n",
    )
    assert not build(site.root).faults
    icons._symbols.cache_clear()
    icons.icon_svg.cache_clear()
    for page, path in (("index.html", "header nav a"), ("about.html", ".about-links a")):
        links = select(page_at(site.root / "_site", page), path)
        assert links and all(words(link) for link in links)
        assert not [
            link for link in links if select(link, "svg") or select(link, ".visually-hidden")
        ]


@pytest.mark.parametrize(
    ("template", "more", "shape"),
    [
        ("jolla", "", "round"),
        ("trestles", "", "rounded"),
        ("solana", "", "rounded"),
        ("marquee", "", "rectangle"),
        ("broadside", "", "rectangle"),
        ("jolla", ", image-shape: rectangle, image-width: 12em", "rectangle"),
    ],
)
def test_the_picture_of_a_page_about_somebody_has_the_shape_of_its_template(
    site, template, more, shape
):
    site.write("index.qmd", "---\ntitle: Home\n---\nWords.\n")
    site.write("me.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
    links = "links: [{text: Elsewhere, href: 'https://e.example'}]"
    site.write(
        "about.qmd",
        f"---\ntitle: Me\nimage: me.svg\nabout: {{template: {template}{more}, {links}}}\n---\nWords.\n",
    )
    assert not build(site.root).faults
    [article] = select(
        page_at(site.root / "_site", "about.html"), f"article.quarto-about-{template}"
    )
    [picture] = select(article, "img.about-image")
    assert shape in picture.get("class").split()
    assert picture.get("width") == ("192" if more else None)
    order = [element.tag for element in article if element.tag in ("img", "header", "ul")]
    assert order == ["img", "header", "ul"]
    is_last = article[-1].tag == "ul"
    assert is_last == (template in ("jolla", "marquee", "broadside"))
