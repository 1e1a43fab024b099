"""A finished notebook as a page: what of its cells is shown, and how."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from lxml import html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from broadsheet.errors import BroadsheetError, RenderError
from broadsheet.markdown.document import Document, Rendered
from broadsheet.markdown.finished_edition import Finished
from broadsheet.markdown.markdown_text import ACTED_ON, document_of
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.project.reading import open_publication

HTML = {"text/html": '<div class="chart">*chart* & <b>it</b></div>', "text/plain": "Figure()"}


@pytest.fixture(scope="module")
def pandoc() -> Iterator[Pandoc]:
    with Pandoc(workers=1) as pool:
        yield pool


class Desk:
    """Makes pages of cells."""

    def __init__(self, root: Path, pandoc: Pandoc) -> None:
        self.root = root
        self.pandoc = pandoc

    def document(self, *cells: Any, front: str = "title: T") -> Document:
        (self.root / "_quarto.yml").write_text("project:\n  type: website\n")
        notebook = new_notebook(cells=[new_raw_cell(f"---\n{front}\n---"), *cells])
        nbformat.write(notebook, self.root / "a.ipynb")
        (edition,) = open_publication(self.root).editions
        return document_of(Finished(edition, notebook), self.root)

    def page(self, *cells: Any, front: str = "title: T") -> Rendered:
        return self.pandoc.render(self.document(*cells, front=front))

    def markdown(self, text: str) -> Document:
        (self.root / "_quarto.yml").write_text("project:\n  type: website\n")
        (self.root / "a.qmd").write_text(text)
        (edition,) = [one for one in open_publication(self.root).editions if one.slug == "a"]
        return document_of(Finished(edition, markdown=edition.source.markdown), self.root)

    def fault(self, *cells: Any) -> str:
        with pytest.raises(RenderError) as caught:
            self.page(*cells)
        return str(caught.value)


@pytest.fixture
def desk(tmp_path: Path, pandoc: Pandoc) -> Desk:
    return Desk(tmp_path, pandoc)


def code(
    source: str,
    *data: dict[str, str],
    stdout: str = "",
    stderr: str = "",
    tags: tuple[str, ...] = (),
) -> Any:
    streams = {"stdout": stdout, "stderr": stderr}
    outputs = [new_output("stream", name=name, text=text) for name, text in streams.items() if text]
    outputs += [new_output("display_data", data=one) for one in data]
    return new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)})


def test_prose_code_and_outputs_in_order(desk: Desk) -> None:
    html = desk.page(
        new_markdown_cell("## Head\n\nProse."), code("x = 1", HTML, stdout="said <b>\n")
    ).html
    assert (
        html
        == """\
<section id="head" class="level2">
<h2>Head</h2>
<p>Prose.</p>
<div class="cell">
<div class="sourceCode cell-code" id="cb1">\
<pre class="sourceCode python code-with-copy code-copy-hover"><code class="sourceCode python">\
<span id="cb1-1"><a href="#cb1-1" aria-hidden="true" tabindex="-1"></a>\
x <span class="op">=</span> <span class="dv">1</span></span></code></pre></div>
<div class="cell-output cell-output-stdout">
<pre><code>said &lt;b&gt;
</code></pre>
</div>
<div class="cell-output cell-output-display">
<div class="chart">*chart* &amp; <b>it</b></div>
</div>
</div>
</section>"""
    )


def test_a_labelled_figure(desk: Desk) -> None:
    options = (
        "#| label: fig-trade\n#| fig-cap: 'Trade, *US$ bn*: \"record\" [a](b.qmd)'\n#| echo: false"
    )
    html = desk.page(new_markdown_cell("See @fig-trade."), code(f"{options}\nfig", HTML)).html
    assert (
        html
        == """\
<p>See <a href="#fig-trade" class="quarto-xref">Figure\u00a01</a>.</p>
<div id="cell-fig-trade" class="cell">
<div class="cell-output cell-output-display">
<div id="fig-trade" class="quarto-float quarto-figure quarto-figure-center anchored">
<figure class="quarto-float quarto-float-fig figure">
<div aria-describedby="fig-trade-caption">
<div class="chart">*chart* &amp; <b>it</b></div>
</div>
<figcaption class="quarto-float-caption-bottom quarto-float-caption quarto-float-fig" id="fig-trade-caption">\
Figure\u00a01: Trade, <em>US$ bn</em>: “record” <a href="b.html">a</a></figcaption>
</figure>
</div>
</div>
</div>"""
    )


def test_a_caption_without_a_label_is_unnumbered(desk: Desk) -> None:
    html = desk.page(code("#| fig-cap: A caption\nfig", HTML)).html
    assert (
        '<div class="quarto-figure quarto-figure-center">\n<figure class="figure">\n<div class="chart">'
        in html
    )
    assert "<figcaption>A caption</figcaption>" in html


def test_parts_of_a_figure(desk: Desk) -> None:
    options = "#| label: fig-two\n#| fig-cap: Both\n#| fig-subcap: [Left, Right]\n#| layout-ncol: 2"
    html = desk.page(code(f"{options}\nx", HTML, HTML), new_markdown_cell("@fig-two-2")).html
    assert "Figure\u00a01: Both" in html
    assert "(a) Left" in html
    assert "(b) Right" in html
    assert "layout-ncol-2" in html
    assert "Figure\u00a01\u00a0(b)</a>" in html


def test_a_labelled_table_and_a_listing(desk: Desk) -> None:
    html = desk.page(
        code("#| label: tbl-x\n#| tbl-cap: A table\nx", {"text/html": "<table></table>"}),
        code("#| label: lst-x\n#| lst-cap: A listing\ny = 1"),
    ).html
    assert "Table\u00a01: A table" in html
    assert "Listing\u00a01: A listing" in html


@pytest.mark.parametrize(
    ("options", "tags", "shows"),
    [
        ("", (), "code warning output"),
        ("#| echo: false", (), "warning output"),
        ("#| output: false", (), "code"),
        ("#| include: false", (), ""),
        ("#| warning: false", (), "code output"),
        ("", ("hide-input",), "code warning output"),
        ("", ("hide-code",), "warning output"),
        ("", ("remove-input",), "warning output"),
        ("", ("remove-output",), "code"),
        ("", ("remove-cell",), ""),
        ("#| tags: [remove-cell]", (), ""),
        ("", ("parameters",), "code warning output"),
    ],
)
def test_what_is_shown(desk: Desk, options: str, tags: tuple[str, ...], shows: str) -> None:
    html = desk.page(
        code(f"{options}\ncode", {"text/plain": "output"}, stderr="warning", tags=tags)
    ).html
    assert " ".join(word for word in ("code", "warning", "output") if f">{word}" in html) == shows


def test_execute_gives_the_defaults_and_a_cell_overrides(desk: Desk) -> None:
    html = desk.page(
        code("secret"), code("#| echo: true\nshown"), front="title: T\nexecute:\n  echo: false"
    ).html
    assert "shown" in html
    assert "secret" not in html


def test_folded_code(desk: Desk) -> None:
    html = desk.page(
        code("#| code-summary: 'See \"it\"'\nx"), front="title: T\ncode-fold: true"
    ).html
    assert '<details class="code-fold">\n<summary>See “it”</summary>' in html


def test_code_with_fences_and_markup(desk: Desk) -> None:
    html = desk.page(code('x = """\n```\n:::\n{{{< meta title >}}}\n"""')).html
    assert "```" in html
    assert ":::" in html


def test_columns_and_classes(desk: Desk) -> None:
    html = desk.page(code("#| column: page\n#| classes: [tall, .wide]\nx", HTML)).html
    assert '<div class="cell column-page tall wide">' in html


def test_markdown_on_purpose(desk: Desk) -> None:
    html = desk.page(
        code("#| output: asis\nx", stdout="**bold**"),
        code("y", {"text/markdown": "*it*", "text/plain": "z"}),
    ).html
    assert "<p><strong>bold</strong></p>" in html
    assert "<p><em>it</em></p>" in html


def test_raw_cells(desk: Desk) -> None:
    html = desk.page(
        new_raw_cell("<b>kept</b>", metadata={"raw_mimetype": "text/html"}),
        new_raw_cell("\\gone", metadata={"raw_mimetype": "text/latex"}),
        new_raw_cell("*as it is*"),
    ).html
    assert "<b>kept</b>" in html
    assert "gone" not in html
    assert "<em>as it is</em>" in html


def test_terminal_colours_are_classes(desk: Desk) -> None:
    html = desk.page(code("x", stdout="\x1b[31mred\x1b[0m\n")).html
    assert '<pre><code><span class="ansi-red-fg">red</span>\n</code></pre>' in html


def test_an_unknown_option_is_a_notice_with_its_line(desk: Desk) -> None:
    (notice,) = desk.page(code("#| echo: false\n#| fig-capp: x\ny")).notices
    assert str(notice).startswith(
        "a.ipynb, cell 2, line 2: Broadsheet does not know the cell option `fig-capp`"
    )


def test_an_output_that_a_page_cannot_show(desk: Desk) -> None:
    reported = desk.fault(new_markdown_cell("x"), code("y", {"application/vnd.some+json": "{}"}))
    assert reported.startswith(
        "a.ipynb, cell 3: an output of the kind application/vnd.some+json, which a page cannot show"
    )


def test_a_picture_that_was_not_made_a_file(desk: Desk) -> None:
    assert "is not a file of the site yet" in desk.fault(code("y", {"image/png": "iVBORw0KGgo="}))


def test_a_fault_in_prose_names_cell_and_line(desk: Desk) -> None:
    reported = desk.fault(
        new_markdown_cell("One."),
        code("import broadsheet as bs"),
        new_markdown_cell("Two,\nsee @fig-nope."),
    )
    assert reported.startswith("a.ipynb, cell 4, line 2: the reference `@fig-nope` has no target")


# Markdown pages


def test_a_markdown_page_and_its_includes(desk: Desk) -> None:
    for folder in ("parts", "data"):
        (desk.root / folder).mkdir()
    (desk.root / "data/datapackage.json").write_text("{}")
    (desk.root / "parts/one.md").write_text(
        "---\nx: y\n---\nOne.\n\n{{< include parts/two.md >}}\n"
    )
    (desk.root / "parts/two.md").write_text("Two, @fig-nope.\n")
    document = desk.markdown(
        "---\ntitle: T\n---\n\nStart.\n\n{{< include parts/one.md >}}\n\nEnd @fig-no2.\n"
    )
    assert document.find("@fig-nope").file == "parts/two.md"
    assert str(document.find("@fig-no2")) == "a.qmd, line 9"
    assert str(document.find("One.")) == "parts/one.md, line 4"
    with pytest.raises(
        RenderError, match=r"^parts/two.md, line 1: the reference `@fig-nope` has no target"
    ):
        desk.pandoc.render(document)


@pytest.mark.parametrize(
    ("include", "what"),
    [
        ("a.qmd", "a.qmd includes itself"),
        ("b.ipynb", "is a notebook"),
    ],
)
def test_an_include_that_cannot_be(desk: Desk, include: str, what: str) -> None:
    with pytest.raises(BroadsheetError) as caught:
        desk.markdown(f"---\ntitle: T\n---\n\n{{{{< include {include} >}}}}\n")
    assert what in str(caught.value)


@pytest.mark.parametrize(
    ("include", "what"),
    [
        ("none.md", "a.qmd, line 5: there is no file none.md to include"),
        ("../../x.md", "lies outside of the publication"),
    ],
)
def test_a_missing_include_stays_as_written_but_where_there_is_a_catalogue(
    desk: Desk, include: str, what: str
) -> None:
    written = f"{{{{< include {include} >}}}}"
    text = f"---\ntitle: T\n---\n\n{written}\n\n```python\n{written}\n```\n"
    document = desk.markdown(text)
    assert [str(one).startswith("a.qmd") for one in document.notices] == [True, True]
    assert what in str(document.notices[0])
    rendered = html.fromstring(desk.pandoc.render(document).html).text_content()
    assert rendered.count(written) == 2
    (desk.root / "data").mkdir()
    (desk.root / "data/datapackage.json").write_text("{}")
    with pytest.raises(BroadsheetError, match=re.escape(what)):
        desk.markdown(text)


# The guide

GUIDE = (Path(__file__).parents[2] / "docs/markdown.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("option", sorted(ACTED_ON))
def test_each_cell_option_is_in_the_guide(option: str) -> None:
    assert f"`{option}`" in GUIDE


# Cells that a shortcode shows elsewhere


def test_a_cell_moves_to_where_its_label_is_asked_for(desk: Desk) -> None:
    page = desk.page(
        code("#| label: my-cell\n#| echo: false\nshow()", HTML),
        code("#| label: other\n#| echo: false\nshow()", stdout="stays"),
        new_markdown_cell("Text.\n\n::: {.callout-note}\n{{< contents my-cell >}}\n:::"),
    )
    body = html.fromstring(page.html)
    (cell,) = body.xpath("//*[@id='cell-my-cell']")
    assert next(around.get("class") for around in cell.iterancestors("div")).startswith(
        "callout-body"
    )
    assert page.html.count('<div class="chart">*chart* &amp; <b>it</b></div>') == 1
    assert page.html.index("stays") < page.html.index("Text.") < page.html.index("cell-my-cell")
    assert 'id="cell-other"' not in page.html
