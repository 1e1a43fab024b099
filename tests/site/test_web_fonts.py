"""The theme's typefaces: small files that each page asks for first."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.subset import parse_unicodes
from fontTools.ttLib import TTFont
from playwright.sync_api import Browser

from broadsheet.site.build.build import build
from broadsheet.site.theme import web_fonts
from conftest import CONFIG, Site

PRELOAD = re.compile(r'<link rel="preload" as="font" type="font/woff2" href="([^"]+)" crossorigin>')
OWN = "brand:\n  typography:\n    fonts:\n      - {family: Own, files: [own.woff2]}\n"


def made(site: Site) -> Path:
    """The built site, with one article."""
    site.article("first", front="title: First\ndate: 2023-05-26\n")
    assert not build(site.root, jobs=1).faults
    folder: Path = site.root / "_site"
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = Site(tmp_path_factory.mktemp("publication"))
    site.write("_quarto.yml", CONFIG)
    return made(site)


def preloaded(built: Path, page: str) -> list[Path]:
    file = built / page
    return [(file.parent / href).resolve() for href in PRELOAD.findall(file.read_text("utf-8"))]


def test_a_page_asks_for_two_fonts_of_60_kb_together(built: Path) -> None:
    fonts = preloaded(built, "posts/first/index.html")
    assert len(fonts) == 2
    assert sum(font.stat().st_size for font in fonts) <= 60_000


def test_the_style_sheet_loads_fonts_of_the_site(built: Path) -> None:
    (style,) = built.glob("site_libs/broadsheet/broadsheet-*.css")
    addresses = re.findall(r'url\("([^"]+\.woff2)"\)', style.read_text("utf-8"))
    assert len(addresses) == len(set(addresses)) == 6
    assert all((style.parent / address).is_file() for address in addresses)


def test_a_font_has_the_letters_and_figures_that_are_said_of_it() -> None:
    fonts = json.loads((web_fonts.FOLDER / "fonts.json").read_text("utf-8"))
    for one in fonts:
        font = TTFont(BytesIO((web_fonts.FOLDER / one["file"]).read_bytes()))
        cmap = font.getBestCmap()
        said = set(parse_unicodes(one["letters"].replace("U+", "")))
        assert set(cmap) <= said, one["file"]
        if one["preload"]:
            assert {ord(letter) for letter in "Aäßçñøœ–“”…€0−"} <= set(cmap)
            widths = {font["hmtx"][cmap[ord(figure)]][0] for figure in "0123456789"}
            assert len(widths) == 1, "figures stand under each other in a table"
            features = {
                record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord
            }
            assert "pnum" in features
        elif "ext" in one["file"]:
            assert {ord(letter) for letter in "ğłŞčőťž"} & said <= set(cmap)


@pytest.mark.parametrize(
    ("replaced", "count"),
    [("    base: Own\n", 2), ("    base: Own\n    headings: Own\n", 1)],
)
def test_a_typeface_that_the_brand_replaces_is_not_sent(site, replaced: str, count: int) -> None:
    site.write("own.woff2", "wOF2")
    site.write("_quarto.yml", site.read("_quarto.yml") + OWN + replaced)
    assert len(preloaded(made(site), "posts/first/index.html")) == count


def test_without_the_fonts_pages_have_those_of_the_machine(
    site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_fonts, "FOLDER", tmp_path / "none")
    built = made(site)
    assert not preloaded(built, "posts/first/index.html")
    assert not list(built.rglob("*.woff2"))


@pytest.mark.browser
def test_text_is_set_in_the_typefaces_of_the_theme(
    built: Path, browser: Browser, serve: Callable[..., str]
) -> None:
    page = browser.new_page()
    page.goto(f"{serve(built)}/posts/first/index.html")
    loaded = page.evaluate(
        "Promise.all(['400 1em \"Source Serif 4\"', '700 1em \"Source Sans 3\"']"
        ".map(one => document.fonts.load(one))).then(all => all.flat().map(one => one.status))"
    )
    assert loaded == ["loaded", "loaded"]
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith(
        '"Source Serif 4"'
    )
    page.close()
