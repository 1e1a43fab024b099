"""Social cards, as somebody sees them who is sent a link."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from lxml import html
from PIL import Image

from broadsheet.site.build.build import build
from broadsheet.site.formats.social_cards import COLUMN, MARGIN, SIZE, card_svg
from conftest import Site
from plotly_alive.chart_theme import PALETTE
from publishing import SITE, article, chart, publish, write

URL = "https://gazette.example/paper/"
PAPER, RED = (tuple(bytes.fromhex(PALETTE[f"chart-{name}"][0][1:])) for name in ("paper", "1"))


def card(root: Path, name: str = "posts/a/index_files/card.png") -> Image.Image:
    return Image.open(io.BytesIO((root / "_site" / name).read_bytes())).convert("RGB")


def ink(picture: Image.Image, box: tuple[int, int, int, int]) -> set[tuple[int, ...]]:
    """The colours in a part of a picture."""
    return {colour for _, colour in picture.crop(box).getcolors(2**20)}


def said(headline: str, **given: str) -> list[str]:
    drawn = card_svg(headline, given.pop("standfirst", ""), "Town", "The Gazette", **given)
    return [text.replace("&amp;", "&") for text in re.findall(r"<text[^>]*>([^<]*)</text>", drawn)]


def meta(root: Path, page: str) -> dict[str, str]:
    found = html.fromstring((root / "_site" / page).read_text()).iterfind(".//meta[@content]")
    return {tag.get("property") or tag.get("name") or "": tag.get("content") or "" for tag in found}


def test_a_page_names_its_card_with_its_size_and_what_it_shows(tmp_path):
    write(tmp_path, {"posts/a/index.qmd": article("The title", body=chart())})
    publish(tmp_path, assets={"posts/a/index_files/fig-x.svg": b"<svg/>"})
    reported = meta(tmp_path, "posts/a/index.html")
    assert reported["og:image"] == URL + "posts/a/index_files/card.png"
    assert (reported["og:image:width"], reported["og:image:height"]) == ("1200", "630")
    assert (
        reported["og:image:alt"] == "The title. A rising line."
        and reported["twitter:card"] == "summary_large_image"
    )
    assert card(tmp_path).size == SIZE == (1200, 630)


def test_a_card_says_section_headline_and_publication():
    assert said("The bridge is open") == ["TOWN", "The bridge is open", "The Gazette"]
    assert said("The bridge is open", standfirst="At last.")[2] == "At last."


def test_the_article_s_own_chart_is_at_the_right_and_nothing_where_it_has_none(tmp_path):
    right = (MARGIN + COLUMN + 10, 100, SIZE[0], SIZE[1])
    write(
        tmp_path,
        {
            "posts/a/index.qmd": article("With", body=chart()),
            "posts/b/index.qmd": article("Without"),
        },
    )
    publish(tmp_path, assets={"posts/a/index_files/fig-x.svg": b"<svg/>"})
    assert RED in ink(card(tmp_path), right)
    assert ink(card(tmp_path, "posts/b/index_files/card.png"), right) <= {
        PAPER,
        *ink(card(tmp_path, "posts/b/index_files/card.png"), (MARGIN, 525, SIZE[0] - MARGIN, 535)),
    }


def test_letters_of_a_chart_are_as_bold_as_the_chart_says(tmp_path):
    weights = {"a": "", "b": 'font-weight="200"', "c": 'font-weight="bold"'}
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="400"><text x="9" y="99" font-size="60" {}>Rails</text></svg>'
    for name, weight in weights.items():
        body = chart(narrow=drawing.format(weight))
        write(tmp_path, {f"posts/{name}/index.qmd": article("A", body=body)})
    publish(tmp_path, assets={f"posts/{name}/index_files/fig-x.svg": b"<svg/>" for name in weights})
    regular, light, bold = (
        sum(
            count
            for count, colour in card(tmp_path, f"posts/{name}/index_files/card.png")
            .crop((MARGIN + COLUMN + 10, 100, *SIZE))
            .getcolors(2**20)
            if sum(colour) < 380  # dark
        )
        for name in weights
    )
    assert 0 < light < regular < bold


def test_a_card_that_cannot_be_drawn_is_told_with_its_page(tmp_path, monkeypatch):
    monkeypatch.setattr("broadsheet.site.formats.social_cards.rendered", lambda *_, **__: "<svg")
    write(tmp_path, {"posts/a/index.qmd": article("A")})
    (fault,) = publish(tmp_path).faults
    assert str(fault).startswith(
        "posts/a/index.qmd: the card for social networks cannot be drawn: "
    )


def test_a_photograph_fills_the_right_side(tmp_path):
    photo = io.BytesIO()
    Image.new("RGB", (400, 300), (10, 120, 200)).save(photo, "png")
    write(tmp_path, {"posts/a/index.qmd": article("A", image="photo.png", image_alt="A bridge")})
    (tmp_path / "posts/a/photo.png").write_bytes(photo.getvalue())
    publish(tmp_path)
    for place in ((1190, 10), (720, 620)):  # a JPEG's colours are near those of the photograph
        found = card(tmp_path).getpixel(place)
        assert all(abs(one - own) <= 3 for one, own in zip(found, (10, 120, 200), strict=True))
    assert meta(tmp_path, "posts/a/index.html")["og:image"].endswith("card.png")


@pytest.mark.parametrize(
    "headline",
    [
        "W",
        "The bridge is open, and so is the tunnel",
        "MAJORITIES WHO MOVED MOTIONS WITH WHOM " * 3,
        "A headline that goes on about what the General Assembly has decided, on whose motion, and with which majorities",
        "Donaudampfschifffahrtsgesellschaftskapitänswitwenversicherungspolice",
        "word " * 200,
    ],
)
def test_no_headline_leaves_its_column(tmp_path, headline):
    write(tmp_path, {"posts/a/index.qmd": article(headline, body=chart())})
    publish(tmp_path, assets={"posts/a/index_files/fig-x.svg": b"<svg/>"})
    picture = card(tmp_path)
    assert ink(picture, (MARGIN + COLUMN + 6, 100, MARGIN + COLUMN + 40, 520)) == {PAPER}
    lines = said(headline)
    shown = "".join(lines[1:-1]).removesuffix("…").replace(" ", "")
    assert "".join(headline.split()).startswith(shown) and len(shown) >= min(
        len("".join(headline.split())), 120
    )


def test_what_looks_like_markup_in_a_headline_stays_text(tmp_path):
    write(tmp_path, {"posts/a/index.qmd": article("A </text><image href='x'/> & <b>", body="x")})
    publish(tmp_path)
    assert card(tmp_path).size == SIZE


def test_each_edition_has_its_own(site: Site):
    site.table()
    site.article(
        "trade",
        "import broadsheet as bs",
        front=(
            "title: Trade\ndate: 2024-01-20\neditions:\n  from: trade\n  slug: 'y{{ year }}'\n"
            "  title: 'Trade of {{ year }}'\n  parameters: {year: '{{ year }}'}"
        ),
        parameters="year: int = 2022",
    )
    assert not build(site.root, jobs=2).faults
    first, second = (meta(site.root, f"posts/trade/y{year}.html") for year in (2021, 2022))
    assert first["og:image:alt"] == "Trade of 2021" and second["og:image:alt"] == "Trade of 2022"
    drawn = [
        (site.root / "_site" / one["og:image"].removeprefix("https://example.org/")).read_bytes()
        for one in (first, second)
    ]
    assert drawn[0] != drawn[1]


def test_a_card_is_not_drawn_twice(tmp_path):
    write(tmp_path, {"posts/a/index.qmd": article("A")})
    publish(tmp_path)
    kept = {path: path.stat().st_ino for path in (tmp_path / ".broadsheet/cards").glob("*.png")}
    (tmp_path / "posts/a/index.qmd").write_text(article("A", body="Another sentence."))
    publish(tmp_path)
    assert len(kept) == 1
    assert kept == {
        path: path.stat().st_ino for path in (tmp_path / ".broadsheet/cards").glob("*.png")
    }


def test_without_a_site_url_there_is_none(tmp_path):
    write(
        tmp_path,
        {
            "_quarto.yml": SITE.replace("  site-url: https://gazette.example/paper\n", ""),
            "posts/a/index.qmd": article("A"),
        },
    )
    publish(tmp_path)
    assert "og:image" not in meta(tmp_path, "posts/a/index.html")
    assert not (tmp_path / "_site/posts/a/index_files/card.png").exists()
