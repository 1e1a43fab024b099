"""What each part of Quarto's Markdown becomes: `markdown/<case>.md` beside the `<case>.html` that
it must give.

Front matter of a case is the options of its document; `metadata` in it is what shortcodes and
conditions see. After a change that is meant, `BROADSHEET_ACCEPT=1 pytest tests/markdown/test_markdown.py`
writes the pages anew, to be read in the diff.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from broadsheet.errors import RenderError
from broadsheet.markdown.document import STRICT, Document, Inline, Rendered
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.markdown.prose import Heading
from broadsheet.project.sources.source import read_source

CASES = Path(__file__).parents[1] / "markdown"
SLOTS = ("<p>slot *nought* &amp; $x$ [@no] \\1</p>", "<table><tr><td>slot one</td></tr></table>")


@pytest.fixture(scope="module")
def pandoc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pandoc]:
    root = tmp_path_factory.mktemp("publication")
    (root / "_variables.yml").write_text("version: 1.2\nnames:\n  - <first>\n")
    with Pandoc(workers=1, time_limit=30, root=root) as pool:
        yield pool


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.md")))
def test_case(pandoc: Pandoc, case: str) -> None:
    rendered = pandoc.render(document_of_case(case))
    expected = CASES / f"{case}.html"
    if os.environ.get("BROADSHEET_ACCEPT"):
        expected.write_text(rendered.html + "\n", encoding="utf-8")
    assert rendered.html + "\n" == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.md")))
def test_pages_carry_no_inline_style_or_script(case: str) -> None:
    page = (CASES / f"{case}.html").read_text(encoding="utf-8")
    assert not re.search(r"<[^>]* style=|<script|<[^>]* on[a-z]+=", page)


def document_of_case(case: str) -> Document:
    source = read_source(CASES, PurePosixPath(f"{case}.md"))
    options = dict(source.front_matter.data)
    metadata = options.pop("metadata", {})
    assert isinstance(metadata, dict)
    if "bibliography" in options:
        options["bibliography"] = [str(CASES / str(options["bibliography"]))]
    return Document(f"{case}.md", source.markdown, slots=SLOTS, options=options, metadata=metadata)


def render(pandoc: Pandoc, markdown: str, **more: object) -> Rendered:
    return pandoc.render(Document("posts/a/index.qmd", markdown, **more))  # type: ignore[arg-type]


def fault(pandoc: Pandoc, markdown: str, **more: object) -> str:
    with pytest.raises(RenderError) as caught:
        render(pandoc, markdown, **more)
    return str(caught.value)


# What is told beside the page


def test_headings_links_images_and_prose(pandoc: Pandoc) -> None:
    rendered = render(
        pandoc,
        """\
## A *b* & c

Prose [here](x.qmd) with `code`.[^1]

![Cap](a.png)

```python
no
```

::: {.callout-note}
## Title
In it.
:::

### Deeper {#deep}

| t |
|---|
| 1 |

## Not in the list {.unlisted}

[^1]: A note.
""",
    )
    assert rendered.prose.headings == (
        Heading(2, "a-b-c", "A <em>b</em> &amp; c"),
        Heading(3, "deep", "Deeper"),
    )
    assert rendered.prose.text.split("\n") == [
        "A b & c",
        "Prose here with code.",
        "Title",
        "In it.",
        "Deeper",
        "Not in the list",
        "A note.",
    ]


SHORT_TEXTS = (
    "Trade *grew* in 1986",
    "1986. A **year**",
    "a *star that stays open",
    "`code that stays open",
    "[a link that stays open",
    "$5 and no $x^2$",
    "*[x](a.qmd)* beside [@no]",
    "a [fact]{.fact name=f} and a [claim]{claim=c}",
    "[a]: https://example.org",
    "$\\z$ of \\newcommand{\\z}{1}",
    "a note^[of its own] and one[^1]",
    "its end is a backslash\\",
    "two\n\nparagraphs",
    "::: x",
    "| a",
    "- b",
    "{{< meta story >}} again",
)


def test_a_short_text_is_the_same_alone_and_beside_others(pandoc: Pandoc) -> None:
    metadata = {"story": "*a* story"}
    texts = {str(number): text for number, text in enumerate(SHORT_TEXTS)}
    beside = render(pandoc, "", inlines=texts, metadata=metadata).inlines
    alone = [
        render(pandoc, "", inlines={"title": text}, metadata=metadata).inlines["title"]
        for text in SHORT_TEXTS
    ]
    assert [beside[name] for name in texts] == alone


def test_inlines_are_markdown_but_never_html_or_lists(pandoc: Pandoc) -> None:
    rendered = render(
        pandoc,
        "",
        inlines={
            "title": "1986. A *great* year",
            "hostile": "<script>alert(1)</script> <b>x</b> `<i>`{=html}",
            "heading": "# Not one",
            "meta": "In {{< meta place >}}",
        },
        metadata={"place": "*A* <b>"},
    )
    assert rendered.inlines["title"] == Inline("1986. A <em>great</em> year", "1986. A great year")
    assert rendered.inlines["hostile"].html.startswith(
        "&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;x&lt;/b&gt;"
    )
    assert "<i>" not in rendered.inlines["hostile"].html
    assert rendered.inlines["heading"].html == "# Not one"
    assert rendered.inlines["meta"].html == "In <em>A</em> &lt;b&gt;"


@pytest.mark.parametrize(
    "title",
    ["> quoted", "- a list", "a\n\nb", "", "***", "$x$ and [a](b.qmd)", "| a | b |", "@x said"],
)
def test_any_title_is_one_line(pandoc: Pandoc, title: str) -> None:
    html = render(pandoc, "", inlines={"title": title}).inlines["title"].html
    assert not re.search("<(p|ul|ol|blockquote|hr|table|div)", html)


def test_variables(pandoc: Pandoc) -> None:
    assert (
        render(pandoc, "v{{< var version >}} {{< var names.1 >}}").html
        == "<p>v1.2 &lt;first&gt;</p>"
    )


def test_hostile_metadata_stays_text(pandoc: Pandoc) -> None:
    hostile = "</p><script>alert(1)</script> [x](javascript:x) `{=html}`"
    html = render(
        pandoc,
        '{{< meta x >}}\n\n<b title="{{< meta x >}}">y</b>\n\n![a](b.png){fig-alt="{{< meta x >}}"}',
        metadata={"x": hostile},
    ).html
    assert "<script" not in html
    assert "javascript:x)" in html
    assert 'href="javascript' not in html


def test_small_numbers_stand_after_the_stop_where_that_is_asked_for(pandoc: Pandoc) -> None:
    style = CASES.parents[1] / "theme" / "references.csl"
    options = {"bibliography": [str(CASES / "references.bib")], "csl": str(style)}
    text = "It rose in 2022 [@customs2023]."
    assert 'in 2022<span class="citation"' in render(pandoc, text, options=options).html
    page = render(pandoc, text, options={**options, "notes-after-punctuation": True}).html
    assert 'in 2022.<span class="citation"' in page
    assert "13 January 2023" in page


# Slots


def test_slots_are_not_read_as_markdown(pandoc: Pandoc) -> None:
    slots = [
        r"<p>\1 \g *a* $b$ {{&lt; meta x &gt;}} <!--slot:x:0--> ```{=slot} é</p>",
        "<pre>\n\n  two\n</pre>",
    ]
    html = render(
        pandoc, "```{=slot}\n1\n```\n\n- item\n\n  ```{=slot}\n  0\n  ```\n", slots=slots
    ).html
    assert all(slot in html for slot in slots)


def test_a_forged_marker_is_not_filled(pandoc: Pandoc) -> None:
    html = render(pandoc, "<!--slot:0:0-->\n\n`<!--slot:0:0-->`", slots=["<p>secret</p>"]).html
    assert "secret" not in html


@pytest.mark.parametrize("index", ["7", "x", "0"])
def test_a_forged_slot_is_a_fault(pandoc: Pandoc, index: str) -> None:
    reported = fault(
        pandoc, f"```{{=slot}}\n0\n```\n\n```{{=slot}}\n{index}\n```", slots=["<p>x</p>"]
    )
    assert "a raw block of the format `slot` that is no output's" in reported


# Faults, as a person sees them

FAULTS = {
    "[x](javascript:alert(1))": "an address of the kind `javascript:` cannot be on a page",
}


@pytest.mark.parametrize("markdown", FAULTS)
def test_fault(pandoc: Pandoc, markdown: str) -> None:
    assert FAULTS[markdown] in fault(pandoc, markdown)


def test_all_faults_of_a_page_are_reported_at_once(pandoc: Pandoc) -> None:
    reported = fault(pandoc, "[a](javascript:a)\n\n[b](vbscript:b)")
    assert "of the kind `javascript:`" in reported.splitlines()[0]
    assert "also: posts/a/index.qmd: an address of the kind `vbscript:`" in reported


def test_a_bibliography_that_is_not_there(pandoc: Pandoc) -> None:
    reported = fault(pandoc, "[@a]", options={"bibliography": ["/nowhere/x.bib"]})
    assert "the bibliography /nowhere/x.bib cannot be read" in reported
    assert "there is no such file" in reported


# Notices


@pytest.mark.parametrize(
    ("markdown", "what"),
    [
        (
            "{{< nosuch 3 >}}",
            "Broadsheet does not know the shortcode `nosuch`; it stays as written",
        ),
        ("{{< video https://www.youtube.com/watch?v=x >}}", "it is a link here, not a player"),
        ("<p style='color:red'>x</p>", "inline style or script in raw HTML"),
        ("[x]{style='color:red'}", "an inline style: browsers ignore it"),
        ("::: {style='color:red'}\nx\n:::", "an inline style: browsers ignore it"),
        ("::: {.callout-note}\nnever closed", "a `:::` or `<div>` opens here and does not end"),
        ("![a](b.png){width=3cm}", "a picture's width is in pixels or percent, not `3cm`"),
        ("::: {.panel-tabset}\nx\n:::", "a tabset without headings has no tabs"),
        ('::: {layout="[[1,"}\nx\n:::', "is not a list of rows"),
        ("see @fig-nope.", "posts/a/index.qmd: the reference `@fig-nope` has no target"),
        ("see [@sec-nope]", "the reference `@sec-nope` has no target"),
        ("As [@nobody1999] said.", "the citation `@nobody1999` is not in the bibliography"),
        ("It is.[^n]", "index.qmd: the footnote `[^n]` has no text"),
        (
            "A\n\nB `[^n]` \\[^n] and\nC[^n] [^m]\n\n[^m]: M.\n\n```\nopen",
            "the footnote `[^n]` has no text",
        ),
        ("A.[^n]\n\n```\n[^n]: Code.\n```", "the footnote `[^n]` has no text"),
        ("A.[^n]\n[^n]: It goes on.", "the footnote `[^n]` has no text"),
        ("A.[^n]\n\n    [^n]: Code.", "the footnote `[^n]` has no text"),
        (
            "A.\n\n[^n]: Nobody reads it.",
            "index.qmd: nothing refers to the footnote `[^n]`",
        ),
        ("## A {#x}\n\n## B {#x}", "two elements have the id `x`"),
        (
            "::: {#fig-a}\na\n\nb\n:::\n\n::: {#fig-a}\na\n\nb\n:::",
            "two elements have the id `fig-a`",
        ),
        ("$$\\frac{$$", "this is not mathematics that a page can show"),
        ("{{< meta no.such >}}", "`{{< meta no.such >}}`: the page's metadata has no `no.such`"),
        ("text {{< include x.md >}}", "An include stands alone on its line."),
        ('{{< meta "x >}}', "no closing quotation"),
        ("{{< env NO_SUCH_VARIABLE >}}", "the environment has no variable `NO_SUCH_VARIABLE`"),
        ("{{< env GITHUB_TOKEN >}}", "a variable with such a name is a secret"),
        ("{{< embed a.ipynb#fig-x >}}", "the output a.ipynb#fig-x is not embedded"),
        ("{{< fa brands github >}}", "the icons of `fa` are of an extension"),
    ],
)
def test_notice(pandoc: Pandoc, markdown: str, what: str) -> None:
    assert what in str(render(pandoc, markdown).notices[0])


@pytest.mark.parametrize("source", ["markdown", "gfm"])
def test_brackets_that_are_meant_to_be_read_are_no_footnote(pandoc: Pandoc, source: str) -> None:
    markdown = "Write \\[^n] or `[^n]`.[^m]\n\n    [^n]\n\n[^m]: A text, of \\[^n]."
    assert not render(pandoc, markdown, options={"from": source}).notices


def test_a_footnote_without_text_stops_a_strict_page(pandoc: Pandoc) -> None:
    assert "the footnote `[^n]` has no text" in fault(pandoc, "A.[^n]", options={STRICT: True})


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("See @fig-nope.", '<p>See <span class="unresolved">?@fig-nope</span>.</p>'),
        ("Ask @name.", "<p>Ask @name.</p>"),
        ("A ?{{< meta no >}}", "<p>A ?<strong>?meta:no</strong></p>"),
        ("Use `{{< include x.md >}}`.", "<p>Use <code>{{&lt; include x.md &gt;}}</code>.</p>"),
        ("{{< kbd Ctrl-C >}}", '<p><kbd title="Ctrl-C">Ctrl-C</kbd></p>'),
        (
            "{{< kbd mac=Cmd-C win=Ctrl-C >}}",
            '<kbd title="mac: Cmd-C, windows: Ctrl-C" data-mac="Cmd-C" data-windows="Ctrl-C">Cmd-C / Ctrl-C</kbd>',
        ),
        ("{{< env NO_SUCH_VARIABLE none >}}", "<p>none</p>"),
        ("![](data:image/png;base64,AAAA)", '<img src="data:image/png;base64,AAAA"'),
        ("$\\LaTeX$", "<mtext"),
        ("$\\nosuch{x}$", '<span class="math inline">$\\nosuch{x}$</span>'),
        ("# Footnotes\n\nA^[note].", '<section id="footnotes-section"'),
        (
            "::: {#thm-a}\n## Name\nIt is.\n:::\n\n@thm-a",
            "Theorem\u00a01 (Name)</strong></span> It is.",
        ),
        ("::: {.proof}\nBy.\n:::", "<em>Proof</em>.</span> By.</p>"),
        ('::: {layout="[[30,70]]"}\na\n\nb\n:::', '"quarto-layout-cell layout-span-8"'),
    ],
)
def test_what_quarto_builds_is_built(pandoc: Pandoc, markdown: str, html: str) -> None:
    assert html in render(pandoc, markdown).html


def test_an_unknown_shortcode_can_be_read(pandoc: Pandoc) -> None:
    assert render(pandoc, "{{< nosuch 3 >}}").html == "<p>{{&lt; nosuch 3 &gt;}}</p>"
