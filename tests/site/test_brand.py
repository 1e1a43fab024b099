"""The publication's own look: `brand:` and `_brand.yml`, `css:`, and `theme/broadsheet.css`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broadsheet.project.settings.brand import READABLE
from broadsheet.site.build.build import build
from broadsheet.site.build.report import Report
from plotly_alive.drawing.paper import contrast

FRONT = "title: First\ndate: 2023-05-26\n"


def configured(site, keys: str) -> None:
    """`_quarto.yml` with these keys more."""
    site.write("_quarto.yml", site.read("_quarto.yml") + keys)


def built(site) -> Report:
    return build(site.root, jobs=1)


def style(site) -> str:
    """The style sheet of the built site, after the theme's own rules and fonts."""
    (file,) = (site.root / "_site/site_libs/broadsheet").glob("broadsheet-*.css")
    ours = Path(__file__).parents[2] / "src/broadsheet/theme/broadsheet.css"
    without = re.sub(r"/\*.*?\*/\s*", "", ours.read_text("utf-8"), flags=re.DOTALL)
    sheet = file.read_text("utf-8")
    assert sheet.startswith(without)
    own = sheet.removeprefix(without)
    return re.sub(r"@font-face \{[^}]*unicode-range[^}]*\}\n?", "", own)


def rules(css: str) -> dict[str, str]:
    light = css.partition("@media")[0]
    return dict(re.findall(r"--([\w-]+): ([^;]+);", light))


@pytest.mark.parametrize("place", ["_quarto.yml", "_brand.yml", "brand/house.yml"])
def test_a_brand_s_colours_and_typefaces_follow_the_theme_s(site, place: str) -> None:
    brand = (
        "color:\n  palette: {sea: '#005f73', deep: sea}\n  primary: deep\n  background: '#fff'\n"
        "typography: {base: Literata, headings: {family: Inter}}\n"
    )
    if place == "_quarto.yml":
        configured(site, "brand:\n" + re.sub("^", "  ", brand, flags=re.MULTILINE))
    else:
        site.write(place, brand)
        if place != "_brand.yml":
            configured(site, f"brand: {place}\n")
    site.article("first", front=FRONT)
    assert not built(site).faults
    given = rules(css := style(site))
    assert given["accent"] == given["chart-1"] == "#005f73" and given["paper"] == "#ffffff"
    assert (
        given["serif"].startswith('"Literata", "Source Serif 4"') and '"Inter"' in given["headline"]
    )
    dark = re.search(r"dark\).*--accent: (#\w+);", css)
    assert dark and contrast(dark[1], "#161613") >= READABLE, (
        "a light page's blue is too dark there"
    )


def test_a_font_s_file_comes_with_the_site_and_a_service_is_not_asked(site) -> None:
    site.write("fonts/own.woff2", "wOF2")
    configured(
        site,
        "brand:\n  typography:\n    fonts:\n      - {family: Own, files: [{path: fonts/own.woff2, weight: 700}]}\n"
        "      - {family: Lato, source: google}\n    base: Own\n",
    )
    site.article("first", front=FRONT)
    report = built(site)
    (address,) = re.findall(
        r'url\("\.\./\.\./(site_libs/fonts/font-[0-9a-f]+\.woff2)"\)', style(site)
    )
    assert "font-weight: 700" in style(site)
    assert (site.root / "_site" / address).read_bytes() == b"wOF2"
    assert ["'Lato' comes from 'google'" in notice.what for notice in report.notices] == [True]


@pytest.mark.parametrize(
    ("brand", "said"),
    [
        ("brand: {color: {primary: navy}}", "'navy', which is no colour"),
        ("brand: {color: {palette: {sea: blueish}}}", "the colour of 'sea' is 'blueish'"),
        ("brand: {color: {palette: {a: b, b: a}, primary: a}}", "'a', which is no colour"),
        ("brand: {color: {secundary: '#123456'}}", "does not know the key `brand.color.secundary`"),
        ("brand: {typography: {fonts: [{family: A, files: [a.woff2]}]}}", "no file 'a.woff2'"),
        ("brand: house.yml", "there is no file 'house.yml'"),
        ("brand: {typography: {base: 'A\"; } body { x'}}", "typography.base"),
    ],
)
def test_what_does_not_fit_costs_no_page_and_is_named_with_its_line(site, brand, said) -> None:
    configured(site, f"{brand}\n")
    site.article("first", front=FRONT)
    report = built(site)
    assert not report.faults
    (notice,) = [notice for notice in report.notices if said in notice.what]
    assert notice.where.line and "body {" not in style(site)


def test_stylesheets_of_the_project_are_linked_after_the_theme_and_made_again(site) -> None:
    site.write("look/own.css", "h1 { color: red }")
    configured(site, "format:\n  html:\n    css: look/own.css\n")
    site.write("theme/broadsheet.css", ":root { --measure: 30rem }")
    site.article("first", front=FRONT)
    assert not built(site).faults
    links = re.findall(
        r'rel="stylesheet" href="([^"]+)"', site.read("_site/posts/first/index.html")
    )
    assert "broadsheet-" in links[0] and links[1].startswith("../../look/own.css?")
    assert "h1" in site.read("_site/look/own.css")
    assert style(site).strip() == ":root { --measure: 30rem }", "it adds to the theme's rules"
    site.write("look/own.css", "h1 { color: blue }")
    built(site)
    again = re.findall(
        r'rel="stylesheet" href="([^"]+)"', site.read("_site/posts/first/index.html")
    )
    assert again[1] != links[1] and "blue" in site.read("_site/look/own.css")


@pytest.mark.parametrize("name", ["../shared.css", ".env", "look/linked.css", "look/none.css"])
def test_a_stylesheet_that_may_not_be_on_the_site_is_left_out_and_named(site, name: str) -> None:
    site.write(".env", "KEY=1")
    site.write("../shared.css", "h1 {}")
    (site.root / "look").mkdir()
    (site.root / "look/linked.css").symlink_to(site.root / ".env")
    configured(site, f"broadsheet: {{allowed-folders: [..]}}\ncss: {name}\n")
    site.article("first", front=FRONT)
    report = built(site)
    assert not report.faults
    (notice,) = [one for one in report.notices if one.what.startswith("`css`")]
    assert notice.where.line
    assert not list((site.root / "_site").rglob("*.env")) and "KEY" not in style(site)
    assert site.read("_site/posts/first/index.html").count('rel="stylesheet"') == 1
