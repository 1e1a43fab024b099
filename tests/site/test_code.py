"""Code on a page: numbers of lines, notes on lines, and the button that copies it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from broadsheet.site.build.build import build
from conftest import Site

ADDRESS = "_site/code.html"
COMMENTS = {
    "#": "awk bash coffee dockerfile elm gap gawk julia octave perl powershell python r ruby sed stan yaml nameless",
    "//": "asy cc cpp csharp d3 dot fsharp go groovy java javascript js json kotlin node ojs rust sass scala scss swift "
    "typescript typst",
    "--": "haskell lua mysql psql sql vhdl",
    "%": "latex matlab tikz",
    "!": "fortran fortran95",
    "⍝": "apl",
    "%%": "mermaid",
    "/": "q",
    "*": "stata",
    "/* */": "c css",
    "<!-- -->": "html markdown",
    "(* *)": "ocaml",
    "* ;": "sas",
}
LANGUAGES = [(name, comment) for comment, names in COMMENTS.items() for name in names.split()]
CODE = "```python\nimport csv  # <1>\nrows = []  # <2>\nmore = []  # <2>\n```\n1. Reads *tables*.\n2. See [there](#end).\n\nText. []{#end}\n"


def page_with(site: Site, text: str, front: str = "") -> str:
    site.write("code.qmd", f"---\ntitle: Code\n{front}\n---\n\n{text}")
    result = build(site.root)
    assert not result.faults and not result.notices, (result.faults, result.notices)
    return site.read(ADDRESS)


def test_each_language_marks_its_lines_in_its_own_comments(site: Site):
    blocks = []
    for name, comment in LANGUAGES:
        opens, _, closes = comment.partition(" ")
        blocks.append(f"```{name}\nx {opens} <1> {closes}\n```\n1. Of {name}.\n")
    page = page_with(site, "\n".join(blocks))
    assert page.count('class="code-annotation-anchor"') == len(LANGUAGES)
    assert page.count("<dd id=") == len(LANGUAGES) and "<ol" not in page
    for name, comment in LANGUAGES:
        written = (
            comment.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").partition(" ")
        )
        mark = f"<span> {written[0]} &lt;1&gt; {written[2]}".rstrip()
        assert mark in page, name


@pytest.mark.parametrize(
    ("value", "there", "gone"),
    [
        ("false", ["# &lt;1&gt;", "<ol"], ["code-annotation-anchor", "<dl"]),
        ("none", ["<span class=\"im\">import</span> csv</span>"], ["&lt;1&gt;", "<ol", "<dl", "Reads"]),
        ("below", ["code-annotation-anchor", "<dl class=\"code-annotation-container-grid\">"], ["<ol", "data-trigger"]),
        ("hover", ["data-trigger=\"hover\""], ["<ol"]),
        ("select", ["data-trigger=\"click\""], ["<ol"]),
    ],
)  # fmt: skip
def test_the_page_says_where_notes_are(site: Site, value: str, there: list[str], gone: list[str]):
    page = page_with(site, CODE, f"code-annotations: {value}").partition('id="article-body"')[2]
    assert all(text in page for text in there), page
    assert not [text for text in gone if text in page], page


def test_a_comment_of_another_language_is_no_mark_and_an_entry_without_a_line_is_told(site: Site):
    text = "```c\nint a; // <1>\n```\n1. Stays.\n\n```c\nint a; /* <1> */\n```\n1. Of a line.\n2. Of none.\n"
    site.write("code.qmd", f"---\ntitle: Code\n---\n\n{text}")
    result = build(site.root)
    page = site.read(ADDRESS)
    assert "<li>Stays.</li>" in page and "// &lt;1&gt;" in page
    assert "Of none." in page
    assert [notice.what for notice in result.notices] == [
        "the entry 2 of this list is of no line of the code above it"
    ]


def test_feed_and_copy_have_the_marks_as_they_are_written(site: Site):
    site.write("index.qmd", "---\ntitle: T\nlisting: {contents: posts, feed: {type: full}}\n---\n")
    site.article("a", ("md", CODE), front="title: A\ndate: 2023-05-26\ncode-annotations: hover")
    result = build(site.root)
    assert not result.faults and not result.notices, (result.faults, result.notices)
    copy, feed = site.read("_site/posts/a/index.md"), site.read("_site/index.xml")
    assert "import csv  # <1>\nrows = []  # <2>\n" in copy and "Reads *tables*." in copy
    assert "code-annotation" not in copy
    assert "# &amp;lt;1&amp;gt;" in feed or "# &lt;1&gt;" in feed


def test_lines_are_numbered_where_the_page_or_the_block_says_so(site: Site):
    page = page_with(
        site,
        "```python\na = 1\n```\n\n```{.python code-line-numbers=false}\nb = 1\n```\n\n"
        '```{#from .python startFrom="9"}\nc = 1\nd = 2\n```\n\n```\nplain\n```\n',
        "format: {html: {code-line-numbers: true}}",
    )
    assert page.count("numberSource") == 2 and page.count(' aria-label="1"></a>') == 1
    assert ' aria-label="9"></a>c' in page and ' aria-label="10"></a>d' in page
    assert " style=" not in page


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, chromium: str, serve: Callable[[Path], str]
) -> str:
    site = Site(tmp_path_factory.mktemp("code") / "publication")
    site.write("_quarto.yml", "project: {type: website, title: T}\nwebsite: {title: T}\n")
    for value in ("below", "hover", "select"):
        site.write(
            f"{value}.qmd",
            f"---\ntitle: Code\ncode-annotations: {value}\ncode-line-numbers: true\n---\n\n{CODE}",
        )
    result = build(site.root)
    assert not result.faults, result.faults
    return serve(site.root / "_site")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1000, 390])
def test_a_reader_copies_code_without_numbers_and_marks(
    opened: Callable[..., Page], address: str, width: int
):
    page = opened(
        "/hover.html",
        width,
        permissions=["clipboard-read", "clipboard-write"],
    )
    button = page.get_by_role("button", name="Copy")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "import csv\nrows = []\nmore = []"
    expect(page.locator("main [role=status]")).to_have_text("Copied")


@pytest.mark.browser
def test_a_note_is_shown_beside_the_line_that_a_reader_points_at(opened: Callable[..., Page]):
    page = opened("/hover.html")
    note, marks = page.locator(".code-annotation-note"), page.locator("a.code-annotation-anchor")
    expect(page.locator("dl")).to_be_hidden()
    marks.nth(0).hover()
    expect(note).to_have_text("Reads tables.")
    expect(page.locator(".is-explained")).to_have_count(1)
    page.mouse.move(5, 5)
    expect(note).to_be_hidden()
    marks.nth(1).focus()
    expect(note).to_have_text("See there.")
    expect(page.locator(".is-explained")).to_have_count(2)
    expect(marks.nth(1)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")
    marks.nth(0).hover()
    expect(note).to_have_text("See there.")
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator("dl")).to_be_visible()
    expect(page.locator(".code-copy-button")).to_be_hidden()


@pytest.mark.browser
def test_a_note_is_shown_beside_the_line_that_a_reader_chooses(opened: Callable[..., Page]):
    page = opened("/select.html", 390, has_touch=True)
    note, marks = page.locator(".code-annotation-note"), page.locator("a.code-annotation-anchor")
    marks.nth(0).hover()
    expect(note).to_be_hidden()
    marks.nth(0).tap()
    expect(note).to_have_text("Reads tables.")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    marks.nth(0).tap()
    expect(note).to_be_hidden()
    marks.nth(2).focus()
    page.keyboard.press("Space")
    expect(note).to_have_text("See there.")
    page.get_by_role("heading", level=1).tap()
    expect(note).to_be_hidden()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["below", "hover"])
def test_without_a_script_the_notes_are_a_list_below(browser: Browser, address: str, name: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{name}.html")
    expect(page.locator("dl dd").first).to_have_text("Reads tables.")
    page.locator("a.code-annotation-anchor").nth(1).click()
    expect(page).to_have_url(f"{address}/{name}.html#annotated-cell-1-annote-2")
    context.close()


def test_control_characters_that_nobody_sees_are_left_out_and_told(site: Site):
    """Such as those of a file in Windows' encoding that was read in another."""
    code = "```{python}\nprint('a\x94b', '\\x94')\n```"
    site.write("code.qmd", f"---\ntitle: Code\n---\n\nFirst.\n\nSaid \x93so\x94.\n\n{code}\n")
    result = build(site.root)
    assert not result.faults, result.faults
    page = site.read(ADDRESS)
    assert "<p>Said so.</p>" in page and not set(page) & {"\x93", "\x94"}
    [notice] = result.notices
    assert str(notice).startswith("code.qmd, line 7: here is the control character U+0093")


PICTURE = """\
```{python}
from IPython.display import SVG
def draw(colour):
    display(SVG(f'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="{colour}"/></svg>'))
```
"""
SHADES = """\
```{python}
#| label: fig-one
#| fig-cap: A square
#| fig-alt: One colour
#| renderings: [dark, light]
draw("black"); draw("white")
```

See @fig-one.

```{python}
#| renderings: [light, dark]
#| fig-alt: Another
print("printed"); draw("red"); draw("blue")
```

::: {#fig-two}
```{python}
#| renderings: light
#| fig-alt: Green
draw("green")
```
Another
:::
"""  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize(
    ("scheme", "media"), [("light", "screen"), ("dark", "screen"), ("dark", "print")]
)
def test_a_page_shows_the_output_of_its_shade(
    site: Site, serve: Callable[[Path], str], browser: Browser, scheme: str, media: str
):  # fmt: skip
    page_with(site, PICTURE + SHADES, "execute: {echo: false}")
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(serve(site.root / "_site") + "/code.html")
    page.emulate_media(media=media, color_scheme=scheme)  # type: ignore[arg-type]
    expect(page.locator("img:visible")).to_have_count(3)
    expect(page.locator(".dark-content img:visible")).to_have_count(
        2 if (scheme, media) == ("dark", "screen") else 0
    )
    expect(page.get_by_text("Figure 1: A square")).to_have_count(1)
    context.close()


def test_outputs_that_do_not_fit_their_shades_are_all_shown_and_told(site: Site):
    text = (
        PICTURE + '```{python}\n#| renderings: [light, dark]\n#| fig-alt: Red\ndraw("red")\n```\n'
    )
    site.write("code.qmd", f"---\ntitle: Code\n---\n\n{text}")
    [notice] = build(site.root).notices
    assert "`renderings` is light, dark, which does not fit" in str(notice)
    assert site.read(ADDRESS).count("<img") == 1 and "-content" not in site.read(ADDRESS)


def test_feed_and_copy_have_the_light_output(site: Site):
    site.write("index.qmd", "---\ntitle: T\nlisting: {contents: posts, feed: {type: full}}\n---\n")
    site.write(
        "posts/a.qmd",
        f"---\ntitle: A\ndate: 2023-05-26\nexecute: {{echo: false}}\n---\n\n{PICTURE}{SHADES}",
    )
    result = build(site.root)
    assert not result.faults, result.faults
    for name in ("_site/index.xml", "_site/posts/a.md"):
        assert site.read(name).count("A square") >= 1
        assert len(re.findall(r"a_files/[\w-]+\.svg", site.read(name))) == 3, name


def test_a_cell_is_shown_as_it_is_written_and_in_the_colours_of_its_language(site: Site):
    cell = "```{python}\n#| echo: fenced\n#| label: lst-a\n#| lst-cap: 'It''s'\n#| tags:\n#|   - x\nx = 1  # <1>\n```\n1. One.\n"
    page = page_with(site, cell)
    block = page[page.index('<pre class="sourceCode') : page.index("</pre>")]
    lines = [re.sub(r"<[^>]+>", "", line) for line in block.splitlines()]
    assert lines == [
        "```{python}",
        "#| label: lst-a",
        "#| lst-cap: 'It''s'",
        "#| tags:",
        "#|   - x",
        "x = 1  # &lt;1&gt;",
        "```",
    ]
    assert '<span class="dv">1</span><a class="code-annotation-anchor"' in block
    assert '<span class="co">```{python}</span>' in block and "Listing\xa01: It" in page


def test_the_words_of_the_button_are_those_of_the_page(site: Site):
    words = "language: {copy-button-tooltip: Take it, copy-button-tooltip-success: Taken}"
    assert '"copied": "Taken"' in (page := page_with(site, CODE, words)) and "Take it" in page
    assert '"copied": "Kopiert"' in page_with(site, CODE, "lang: de")
