"""The copy of an article in Markdown, as a program or a person reads it."""

from __future__ import annotations

import pytest

from broadsheet.figures.drawing.page_figure import Download
from broadsheet.site.build.build import build
from broadsheet.site.formats.markdown_copy import markdown_of
from conftest import Site
from publishing import SITE, article, chart, publish, write

URL = "https://gazette.example/paper/"


def copied(root, body: str, assets=None, **keys: str) -> str:
    """The copy of an article with that body."""
    write(root, {"posts/a/index.qmd": article("The title", body=body, **keys)})
    publish(root, assets=assets)
    return (root / "_site/posts/a/index.md").read_text()


def test_an_article_has_a_copy_beside_it_that_its_page_names(tmp_path):
    text = copied(tmp_path, "It *is*.", subtitle="What it is", date_modified="2024-05-03")
    assert text == (
        f"# The title\n> What it is\n\nBy A. Reporter · 1 May 2024 · Updated 3 May 2024 · Town · "
        f"The Gazette · <{URL}posts/a/>\n\nIt *is*.\n"
    )
    page = (tmp_path / "_site/posts/a/index.html").read_text()
    assert '<link rel="alternate" type="text/markdown" href="index.md">' in page
    assert not (tmp_path / "_site/about.md").exists()


def test_a_chart_is_its_title_its_picture_and_its_table(tmp_path):
    assets = {"posts/a/index_files/fig-x.svg": b"<svg/>", "posts/a/index_files/fig-x.json": b"{}"}
    unit = '<th>Trade <span class="unit">US$ bn</span></th>'
    body = chart(table=f"<table><tr>{unit}</tr><tr><td>1</td></tr></table>")
    text = copied(tmp_path, f"Before.\n{body}\nAfter.", assets)
    assert f"**It rises**\n\n![A rising line.]({URL}posts/a/index_files/fig-x.svg)" in text
    assert "Source: The town." in text and "| Trade (US$ bn) |" in text and "| 1 |" in text
    assert text.endswith("After.\n")
    assert "<svg" not in text and "Get the" not in text


def test_a_long_table_of_a_chart_is_a_link_to_its_data(tmp_path):
    rows = "".join(f"<tr><td>{number}</td></tr>" for number in range(100))
    csv = Download("CSV", "index_files/fig-x.csv", "fig-x.csv")
    long = chart(table=f"<table>{rows}</table>", rows=100, downloads=(csv,))
    text = copied(tmp_path, long)
    assert (
        f"[Download the data (CSV)]({URL}posts/a/index_files/fig-x.csv)" in text and "|" not in text
    )


def test_links_are_absolute_and_those_within_the_page_are_words(tmp_path):
    text = copied(
        tmp_path,
        "See [us](/about.qmd), [there](https://there.example/), [below](#how).[^1]\n\n"
        "## How {#how}\n\nSo.\n\n[^1]: A note.",
    )
    assert f"See [us]({URL}about.html), [there](https://there.example/), below.[1]" in text
    assert (
        "## How" in text
        and "A note." in text
        and "#" not in text.replace("# The title", "").replace("## How", "")
    )
    assert "↩" not in text


def test_without_a_site_url_addresses_are_those_of_the_page(tmp_path):
    write(
        tmp_path,
        {
            "_quarto.yml": SITE.replace("  site-url: https://gazette.example/paper\n", ""),
            "posts/a/index.qmd": article("The title", body="[us](/about.qmd)"),
        },
    )
    publish(tmp_path)
    assert "[us](../../about.html)" in (tmp_path / "_site/posts/a/index.md").read_text()


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<b onclick=x>", "`<b>`"]
)
def test_what_looks_like_markup_in_a_text_stays_text(tmp_path, hostile):
    from pypandoc import convert_text

    cell = hostile.replace("<", "&lt;")
    text = copied(
        tmp_path, f"```{{=html}}\n<p>{cell}</p><table><tr><th>{cell}</th></tr></table>\n```"
    )
    shown = convert_text(text, "html", format="commonmark_x")
    assert "<script" not in shown and "<b " not in shown and 'href="javascript' not in shown
    assert "<b>" not in shown and "<code" not in shown


def test_code_and_mathematics_are_as_they_were_written(tmp_path):
    text = copied(
        tmp_path, "Then $a_1 < b$ and `x[0] < y`.\n\n```python\nlist[0] = a * b_c < 1\n```\n"
    )
    assert "$`a_1 < b`$" in text and "`x[0] < y`" in text and "list[0] = a * b_c < 1\n" in text


def test_each_edition_of_a_notebook_has_its_own_without_the_marks_of_facts(site: Site):
    site.table()
    site.article(
        "trade",
        "import broadsheet as bs\ntrade = bs.table('trade').set_index('year')\n"
        "total = bs.amount(trade['total'][year], name='total')",
        ("md", "In `{python} year` it was `{python} total`."),
        front="title: Trade\ndate: 2024-01-20\neditions:\n  from: trade\n  slug: 'y{{ year }}'\n"
        "  title: 'Trade of {{ year }}'\n  parameters: {year: '{{ year }}'}",
        parameters="year: int = 2022",
    )
    report = build(site.root, jobs=2)
    assert not report.faults, report.faults
    text = site.read("_site/posts/trade/y2021.md")
    assert text.startswith("# Trade of 2021\n") and "In 2021 it was" in text and "190" not in text
    assert "How we know" not in text


def test_alternative_texts_titles_and_addresses_are_no_markup():
    copy = markdown_of(
        '<p><a title="a\n\n&lt;script>x()&lt;/script>" href="a b(c">k</a>'
        ' <img alt="[y](javascript:x()) <b>" src="d.png"></p>',
        "https://example.org/",
    ).decode()
    assert "\n" not in copy.strip() and "\\<script>" in copy
    assert "(https://example.org/a%20b%28c" in copy and "\\[y\\](javascript" in copy


def test_callouts_within_callouts_and_without_a_title_are_named(tmp_path):
    inner = "::: {.callout-tip title='Inner'}\nDeep.\n:::"
    body = f"::::: {{.callout-warning appearance='minimal'}}\n\n{inner}\n\nAfter.\n\n:::::\n"
    inside = "> > **TIP:** Inner\n> >\n> > Deep.\n>\n> After.\n"
    text = copied(tmp_path, body)
    assert text.endswith(f"\n\n> **WARNING:**\n>\n{inside}")
    text = copied(tmp_path, body.replace("appearance='minimal'", "title='Outer'"))
    assert text.endswith(f"\n\n> **WARNING:** Outer\n>\n{inside}")


@pytest.mark.parametrize(
    ("head", "said"), [("<p>Bare</p>", "**NOTE:** Bare"), ("", "**NOTE:**"), ("Note", "**NOTE:**")]
)
def test_the_head_of_a_callout_need_not_be_of_ours(head, said):
    html = (
        f'<div class="callout callout-note"><div class="callout-header">{head}</div><p>A.</p></div>'
    )
    assert markdown_of(html, "").decode() == f"> {said}\n>\n> A.\n"


@pytest.mark.parametrize("filling", ["\n", "> \n", ">\n ", " "])
def test_a_block_of_many_empty_lines_beside_callouts_is_copied(filling):
    note = '<div class="callout callout-note"><div class="callout-header">N</div><p>A.</p></div>'
    code = f"<pre><code>a{(filling * 50_000).replace('>', '&gt;')}b</code></pre>"
    text = markdown_of(f"{note}{note}<blockquote>{note}{note}</blockquote>{code}", "").decode()
    assert text.count("**NOTE:**") == 4 and text.endswith("b\n```\n")


@pytest.mark.parametrize(
    "name", ["code-copy-hover", "code-overflow-wrap", "code-overflow-scroll", "number-lines"]
)
def test_classes_of_looks_are_no_languages(name):
    html = f'<pre class="{name} r"><code>x</code></pre><pre class="{name}"><code>y</code></pre>'
    text = markdown_of(html, "").decode()
    assert "```r\nx\n```" in text and name not in text
