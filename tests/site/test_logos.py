"""Logos beside the title and above sidebars, and the icon, in each form that Quarto takes."""

from __future__ import annotations

import pytest
from lxml import html

from broadsheet.project.settings.brand import BrandColors
from broadsheet.project.settings.logos import (
    IN_BAR,
    IN_SIDEBAR,
    BrandLogos,
    LightDarkLogo,
    shown_logo,
)
from broadsheet.project.settings.validation import check
from broadsheet.project.settings.website_settings import Navbar
from small_sites import page, small_site

BRAND = {
    "images": {"sun": {"path": "sun.png", "alt": "A sun"}, "moon": "moon.png"},
    "small": "sun",
    "medium": {"light": "sun", "dark": "moon"},
    "large": {"dark": "night.png"},
}


def shown(logo: object, brand: object = BRAND, order=IN_BAR, alt: str = "") -> object:
    bar = check(Navbar, {"logo": logo} if logo is not None else {})
    found = shown_logo(bar.logo, check(BrandLogos, brand), order, alt)
    return found and [
        (shades.replace("-content", ""), path, words) for shades, path, words in found.pictures
    ]


@pytest.mark.parametrize(
    "logo, order, pictures",
    [
        (None, IN_BAR, [("light dark", "sun.png", "A sun")]),
        (None, IN_SIDEBAR, [("light", "sun.png", "A sun"), ("dark", "moon.png", "")]),
        (False, IN_BAR, None),
        ("own.png", IN_BAR, [("light dark", "own.png", "")]),
        ("/own.png", IN_BAR, [("light dark", "own.png", "")]),
        ("moon", IN_BAR, [("light dark", "moon.png", "")]),
        ("medium", IN_BAR, [("light", "sun.png", "A sun"), ("dark", "moon.png", "")]),
        ({"path": "sun", "alt": "Ours"}, IN_BAR, [("light dark", "sun.png", "Ours")]),
        (
            {"light": "a.png", "dark": {"path": "b.png", "alt": "Night"}},
            IN_BAR,
            [("light", "a.png", ""), ("dark", "b.png", "Night")],
        ),
        ({"light": "a.png"}, IN_BAR, [("light", "a.png", ""), ("dark", "sun.png", "A sun")]),
        (
            "https://example.org/l.png",
            IN_BAR,
            [("light dark", "https://example.org/l.png", "")],
        ),
    ],
)
def test_which_pictures_a_logo_is(logo, order, pictures):
    assert shown(logo, order=order) == pictures


def test_without_a_brand_one_picture_serves_light_and_dark_pages():
    assert shown({"dark": "b.png"}, {}) == [("light dark", "b.png", "")]
    assert shown({"light": "a.png"}, {}, alt="An owl") == [("light dark", "a.png", "An owl")]
    assert shown(None, {}) is None
    assert shown_logo(LightDarkLogo(), BrandLogos(), IN_BAR) is None


SIDEBARS = """project: {type: website}
website:
  title: T
  navbar: {left: [index.qmd], logo: false}
  sidebar:
    - {title: One, logo-href: two.qmd, contents: [index.qmd]}
    - {title: Two, contents: [two.qmd]}
    - {title: Three, logo: false, contents: [three.qmd]}
brand: _house/brand.yml
"""


def test_a_sidebar_has_the_brands_logo_and_the_icon_is_the_small_one(tmp_path):
    made = small_site(
        tmp_path,
        SIDEBARS,
        **{
            "_house/brand.yml": "logo: {small: s.png, medium: {light: l.png, dark: d.png}}\n",
            "_house/s.png": "s",
            "_house/l.png": "l",
            "_house/d.png": "d",
            "two.qmd": page("Two"),
            "three.qmd": page("Three"),
        },
    )
    for name in ("index.html", "two.html"):
        assert (
            '<a class="sidebar-logo-link" href="two.html">'
            '<img class="sidebar-logo light-content" src="_house/l.png" alt="">'
            '<img class="sidebar-logo dark-content" src="_house/d.png" alt="">'
        ) in made[name].replace("\n", "")
        assert '<link rel="icon" href="_house/s.png">' in made[name]
    assert "sidebar-logo" not in made["three.html"]
    assert "masthead-logo" not in made["index.html"]
    assert made.has("_house/d.png")
    assert not made.said


def test_two_brands_are_one_for_light_and_one_for_dark_pages(tmp_path):
    made = small_site(
        tmp_path,
        "website: {title: T, navbar: {left: [index.qmd]}}\n"
        "brand: {light: day.yml, dark: night.yml}\n",
        **{
            "day.yml": 'color: {primary: "#005f73"}\nlogo: {small: a.png}\n',
            "night.yml": 'color: {primary: "#ffd166"}\nlogo: {small: b.png}\n',
            "a.png": "a",
            "b.png": "b",
        },
    )
    assert 'light-content" src="a.png"' in made["index.html"]
    assert 'dark-content" src="b.png"' in made["index.html"]
    style = next((tmp_path / "_site/site_libs/broadsheet").glob("broadsheet-*.css")).read_text()
    assert "--accent: #005f73" in style.partition("prefers-color-scheme: dark) { :root { --")[0]
    assert "--accent: #ffd166" in style


def test_a_logo_of_a_brand_in_a_folder_is_the_same_in_bars_and_in_the_text(tmp_path):
    config = "website: {title: T, navbar: {left: [a.qmd]}}\nbrand: house/brand.yml\n"
    brand = (
        "logo:\n  images: {sun: sun.png}\n  small: /icon.png\n  medium: sun\n  large: wide.png\n"
    )
    text = "".join(f"{{{{< brand logo {size} >}}}}\n\n" for size in ("small", "medium", "large"))
    for folder in ("", "house/"):  # the file is at the root, or beside the brand
        site = tmp_path / f"site{folder.strip('/')}"
        names = (f"{folder}sun.png", "icon.png", f"{folder}wide.png")
        files = {"house/brand.yml": brand, **dict.fromkeys(names, "png")}
        for size, logo in zip(
            ("small", "medium", "large"), names[1:2] + names[:1] + names[2:], strict=True
        ):
            chosen = config.replace("navbar: {", f"navbar: {{logo: {size}, ")
            made = small_site(site, chosen, **files, **{"a.qmd": page("A", body=text)})
            tree = html.fromstring(made["a.html"])
            assert tree.xpath("//nav//img/@src | //header//img/@src") == [logo]
            shown = tree.xpath("//main//img/@src")
            assert shown == ["icon.png", names[0], names[2]]


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_a_colour_may_be_another_ones(shade):
    colours = check(
        BrandColors,
        {
            "palette": {"sea": "#05F"},
            "foreground": {"light": "sea", "dark": "#ffffff"},
            "primary": {"light": "foreground", "dark": "foreground"},
            "secondary": "secondary",
        },
    )
    read = colours.colour(getattr(colours.primary, shade), shade)
    assert read == {"light": "#0055ff", "dark": "#ffffff"}[shade]
    assert colours.colour(colours.secondary.light) is None


def test_a_colour_that_is_a_role_s_of_light_pages_alone_is_its_colour_on_dark_ones():
    primary = {"light": "#112233", "dark": "secondary"}
    colours = check(BrandColors, {"primary": primary, "secondary": "#aa3344"})
    assert colours.colour(colours.primary.dark, "dark") == "#aa3344"


def test_a_logo_without_its_file_is_told(tmp_path):
    logo = "{light: a.png, dark: b.png}"
    made = small_site(tmp_path, f"website: {{title: T, navbar: {{logo: {logo}}}}}\n")
    assert made.said == [
        f"`website.navbar.logo`: there is no file '{name}'" for name in ("a.png", "b.png")
    ]
