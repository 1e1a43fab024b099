"""`from`: the Markdown in which a page is written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from broadsheet.markdown.document import Document, Rendered
from broadsheet.markdown.pandoc import Pandoc

EMOJI = '<span class="emoji" data-emoji="tada">🎉</span>'


@pytest.fixture(scope="module")
def pandoc() -> Iterator[Pandoc]:
    with Pandoc(workers=1, time_limit=30) as pool:
        yield pool


def rendered(pandoc: Pandoc, markdown: str, name: str = "markdown") -> Rendered:
    document = Document(
        "a.qmd", markdown, ["<p>An output.</p>"], {"title": "So :tada:"}, {"from": name}
    )
    return pandoc.render(document)


def test_emoji_have_names_where_the_page_says_so(pandoc: Pandoc):
    page = rendered(pandoc, "Text :tada:", "markdown+emoji")
    assert page.html == f"<p>Text {EMOJI}</p>" and page.inlines["title"].html == f"So {EMOJI}"
    plain = rendered(pandoc, "Text :tada:")
    assert plain.html == "<p>Text :tada:</p>" and plain.inlines["title"].html == "So :tada:"


@pytest.mark.parametrize(
    ("name", "markdown", "html"),
    [
        ("markdown-smart", '"It\'s" -- so', '<p>"It\'s" -- so</p>'),
        (
            "commonmark_x",
            "{#here}\n> Quoted",
            '<blockquote id="here">\n<p>Quoted</p>\n</blockquote>',
        ),
        ("gfm", "https://example.org", '<p><a href="https://example.org">'),
        ("markdown+hard_line_breaks", "a\nb", "<p>a<br>\nb</p>"),
    ],
)
def test_the_page_is_read_by_its_rules(pandoc: Pandoc, name: str, markdown: str, html: str):
    page = rendered(pandoc, markdown, name)
    assert page.html.startswith(html) and not page.notices


@pytest.mark.parametrize(
    "name", ["commonmark", "gfm", "markdown_strict", "commonmark_x-attributes"]
)
def test_cells_and_outputs_are_there_in_any(pandoc: Pandoc, name: str):
    markdown = "::: {.cell}\n\n```{.python .cell-code}\n1\n```\n\n```{=slot}\n0\n```\n\n:::\n"
    html = rendered(pandoc, markdown, name).html
    assert html.startswith('<div class="cell">') and "<p>An output.</p>" in html
    assert 'class="sourceCode cell-code"' in html


@pytest.mark.parametrize(
    "name", ["html", "markdown+nonsense", "latex", "", "markdown +emoji; x", "docx"]
)
def test_what_is_no_markdown_is_reported(pandoc: Pandoc, name: str):
    page = rendered(pandoc, "*Text*", name)
    assert page.html == "<p><em>Text</em></p>"
    (notice,) = page.notices
    assert f"`from: {name}` is no Markdown that Pandoc reads" in notice.what
