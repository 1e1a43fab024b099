"""The colours of code that a page asks for: `syntax-highlighting` and its like."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from broadsheet.site.build.build import build
from conftest import Site

CODE = "```python\nimport csv  # why\n```\n"
OURS = json.dumps(
    {
        "text-color": "#112233",
        "background-color": "#ffeedd",
        "text-styles": {
            "Import": {"text-color": "#aa0000", "bold": True},
            "Comment": {"text-color": "url(x)", "italic": True},
            "Unheard": {"text-color": "#000000"},
        },
    }
)
INK = "element => getComputedStyle(element).color"


def made(site: Site, front: str) -> list[str]:
    site.write("_quarto.yml", "project: {type: website}\nwebsite: {title: T}\n")
    site.write("code/ours.theme", OURS)
    site.write("code/a.qmd", f"---\ntitle: Code\n{front}\n---\n\n{CODE}")
    result = build(site.root)
    assert not result.faults, result.faults
    return [notice.what for notice in result.notices]


def colours(browser: Browser, address: str, scheme: str) -> dict[str, str]:
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text))
    page.goto(f"{address}/code/a.html")
    parts = {"import": "pre .im", "comment": "pre .co", "text": "pre code"}
    found = {name: str(page.locator(path).evaluate(INK)) for name, path in parts.items()}
    found["paper"] = str(
        page.locator("pre").evaluate("element => getComputedStyle(element).backgroundColor")
    )
    context.close()
    assert not troubles
    return found


@pytest.mark.browser
@pytest.mark.parametrize(
    ("front", "light", "dark"),
    [
        ("syntax-highlighting: ours.theme", ("rgb(170, 0, 0)", "rgb(255, 238, 221)"), None),
        ("highlight-style: /code/ours.theme", ("rgb(170, 0, 0)", "rgb(255, 238, 221)"), None),
        ("format: {html: {syntax-highlighting: {light: ours.theme, dark: zenburn}}}", ("rgb(170, 0, 0)", "rgb(255, 238, 221)"), ("rgb(204, 204, 204)", "rgb(48, 48, 48)")),
        ("syntax-highlighting: espresso", ("rgb(189, 174, 157)", "rgb(42, 33, 28)"), ("rgb(189, 174, 157)", "rgb(42, 33, 28)")),
        ("code-block-bg: '#ffeedd'", (None, "rgb(255, 238, 221)"), None),
        ("code-block-bg: false", (None, "rgba(0, 0, 0, 0)"), (None, "rgba(0, 0, 0, 0)")),
    ],
)  # fmt: skip
def test_code_has_the_colours_that_the_page_says(
    site: Site,
    serve: Callable[[Path], str],
    browser: Browser,
    front: str,
    light: tuple[str | None, str],
    dark: tuple[str | None, str] | None,
):
    made(site, "")
    address = serve(site.root / "_site")
    plain = {scheme: colours(browser, address, scheme) for scheme in ("light", "dark")}
    assert made(site, front) == []
    for scheme, wanted in (("light", light), ("dark", dark)):
        seen = colours(browser, address, scheme)
        if wanted is None:
            assert seen == plain[scheme], "a style of light paper is not for dark pages"
        else:
            ink = wanted[0] or plain[scheme]["import"]
            assert (seen["import"], seen["paper"]) == (ink, wanted[1])


@pytest.mark.browser
def test_none_leaves_code_in_the_colour_of_text(
    site: Site, serve: Callable[[Path], str], browser: Browser
):
    assert made(site, "syntax-highlighting: none\ncode-line-numbers: true") == []
    seen = colours(browser, serve(site.root / "_site"), "dark")
    assert seen["import"] == seen["comment"] == seen["text"]


@pytest.mark.parametrize(
    ("front", "what"),
    [
        ("syntax-highlighting: github", "the style of code `github` is not here"),
        ("syntax-highlighting: none-such.theme", "the style of code `none-such.theme` is not here"),
        ("code-block-bg: 'url(x)'", "`code-block-bg` is no colour such as"),
        ("code-block-border-left: red; }", "`code-block-border-left` is no colour"),
    ],
)
def test_what_is_asked_for_in_vain_is_told(site: Site, front: str, what: str):
    [notice] = made(site, front)
    assert what in notice
    assert "code-" not in site.read("_site/code/a.html").partition("</head>")[0]


@pytest.mark.parametrize(
    "front", ["", "syntax-highlighting: idiomatic", "highlight-style: default"]
)
def test_the_theme_has_its_own_colours(site: Site, front: str):
    assert made(site, front) == []
    assert not list(site.root.glob("_site/code/**/*.css"))


def test_a_changed_style_is_written_again(site: Site):
    made(site, "syntax-highlighting: ours.theme")
    site.write("code/ours.theme", OURS.replace("#aa0000", "#00aa00"))
    build(site.root)
    [style] = site.root.glob("_site/code/**/*.css")
    assert "#00aa00" in style.read_text() and "url" not in style.read_text()
    assert style.name in site.read("_site/code/a.html")
