"""`{{< embed notebook.ipynb#label >}}`: cells of another notebook, with the outputs saved in it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import nbformat
import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)

from broadsheet.markdown.elements.embeds import Embedded, call_of, cells_named, embed_of
from broadsheet.project.sources.source import source_of_notebook
from broadsheet.site.build.build import build

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
BARS = {"data": [{"type": "bar", "x": ["a", "b"], "y": [1, 2]}], "layout": {}}


def notebook() -> nbformat.NotebookNode:
    picture = new_code_cell("#| label: fig-pic\n#| fig-cap: A picture\n#| fig-alt: Dots.\nplot()")
    picture.outputs = [new_output("display_data", {"image/png": PNG})]
    chart = new_code_cell("#| label: fig-chart\n#| fig-cap: A chart\nplot()")
    chart.outputs = [new_output("display_data", {"application/vnd.plotly.v1+json": BARS})]
    tagged = new_code_cell("print('hello')", metadata={"tags": ["said"]})
    tagged.outputs = [new_output("stream", text="hello\n")]
    return new_notebook(
        cells=[new_markdown_cell("Text.\n\n# The *other* one"), picture, chart, tagged]
    )


@pytest.fixture
def page(site):
    """Builds a page that embeds."""

    def made(markdown: str) -> tuple[str, list[str]]:
        site.write("_quarto.yml", "project:\n  type: website\n")
        nbformat.write(notebook(), site.root / "other.ipynb")
        site.write("index.qmd", f"---\ntitle: A page\n---\n\n{markdown}\n")
        result = build(site.root, jobs=1)
        assert not result.faults
        return site.read("_site/index.html"), [
            notice.what for notice in result.notices if str(notice.where).startswith("index.qmd")
        ]

    return made


def test_outputs_are_shown_with_their_numbers_and_the_notebook_named(page, site):
    html, notices = page("@fig-pic, @fig-chart\n\n{{< embed other.ipynb#fig-pic,fig-chart >}}")
    assert "Figure\u00a01: A picture" in html and "Figure\u00a02: A chart" in html
    assert 'src="index_files/other-fig-pic.png"' in html and "plot()" not in html
    assert (site.root / "_site/index_files/other-fig-pic.png").is_file()
    assert 'data-figure="index_files/other-fig-chart.json"' in html
    assert '<a class="quarto-notebook-link" href="other.html">Source: The other one</a>' in html
    assert not notices


def test_code_is_shown_if_it_is_asked_for(page):
    html, _ = page("{{< embed other.ipynb#said >}}")
    assert "hello" in html and "print" not in html
    html, _ = page("{{< embed other.ipynb#said echo=true >}}")
    assert "print" in html


def test_a_whole_notebook_is_shown_with_its_text(page):
    html, _ = page("Before.\n\n{{< embed other.ipynb >}}\n\nAfter.")
    assert html.index("Before.") < html.index("Text.") < html.index("hello") < html.index("After.")


def test_a_change_of_the_notebook_makes_the_page_again(page, site):
    page("{{< embed other.ipynb#said >}}")
    path = site.root / "other.ipynb"
    path.write_text(
        path.read_text().replace("hello\\\\n", "goodbye\\\\n").replace("hello", "goodbye")
    )
    build(site.root, jobs=1)
    assert "goodbye" in site.read("_site/index.html")


@pytest.mark.parametrize(
    ("call", "told", "shown"),
    [
        ("missing.ipynb", "there is no such notebook", "missing.ipynb"),
        ("other.ipynb#nothing", "a link leads to the notebook's page", 'href="other.html"'),
        ("../../other.ipynb", "there is no such notebook", "../../other.ipynb"),
    ],
)
def test_what_cannot_be_embedded_is_told_and_leads_nowhere_wrong(page, call, told, shown):
    html, notices = page(f"{{{{< embed {call} >}}}}")
    assert [notice for notice in notices if told in notice] == notices and len(notices) == 1
    assert shown in html


def test_two_notebooks_of_one_name_keep_their_pictures_apart(site):
    site.write("_quarto.yml", "project:\n  type: website\n")
    pictures = {"a": PNG, "b": PNG.replace("mNk", "mNg"), "c/a": PNG.replace("mNk", "mNh")}
    for folder, data in pictures.items():
        cell = new_code_cell("plot()", metadata={"tags": ["pic"]})
        cell.outputs = [new_output("display_data", {"image/png": data})]
        (site.root / folder).mkdir(parents=True)
        nbformat.write(new_notebook(cells=[cell]), site.root / folder / "index.ipynb")
    (site.root / "c-a").mkdir()
    cell.outputs = [new_output("display_data", {"image/png": PNG.replace("mNk", "mNi")})]
    nbformat.write(new_notebook(cells=[cell]), site.root / "c-a/index.ipynb")
    calls = "\n\n".join(f"{{{{< embed {at}/index.ipynb#pic >}}}}" for at in (*pictures, "c-a"))
    site.write("index.qmd", f"---\ntitle: A page\n---\n\n{calls}\n")
    assert not build(site.root, jobs=1).faults
    shown = re.findall(r'src="(index_files/[^"]+)"', site.read("_site/index.html"))
    assert len(set(shown)) == 4
    assert len({(site.root / "_site" / name).read_bytes() for name in shown}) == 4


def test_names_of_files_that_have_numbers_of_their_own_stay_apart(site):
    site.write("_quarto.yml", "project:\n  type: website\n")
    names = ("b/a", "b-a", "b/a-2")
    (site.root / "b").mkdir()
    for name, letter in zip(names, "gh4", strict=True):
        cell = new_code_cell("plot()", metadata={"tags": ["pic"]})
        cell.outputs = [
            new_output("display_data", {"image/png": PNG.replace("mNk", f"mN{letter}")})
        ]
        nbformat.write(new_notebook(cells=[cell]), site.root / f"{name}.ipynb")
    calls = "\n\n".join(f"{{{{< embed {name}.ipynb#pic >}}}}" for name in names)
    site.write("index.qmd", f"---\ntitle: A page\n---\n\n{calls}\n")
    assert not build(site.root, jobs=1).faults
    shown = re.findall(r'src="(index_files/[^"]+)"', site.read("_site/index.html"))
    assert len({(site.root / "_site" / name).read_bytes() for name in shown}) == 3


@pytest.mark.parametrize("call", ["other.ipynb", "other.ipynb#said,private,mine,noted"])
@pytest.mark.parametrize("options", ["", " echo=true"])
def test_what_its_author_removes_is_shown_nowhere(site, call, options):
    other = notebook()
    private = new_code_cell("#| label: private\n#| tags: [remove-cell]\nprint(1)")
    private.outputs = [new_output("stream", text="withheld\n")]
    other.cells += [
        private,
        new_markdown_cell("withheld words", metadata={"tags": ["remove-cell", "noted"]}),
        new_code_cell("withheld()", metadata={"tags": ["hide-cell", "mine"]}),
        new_raw_cell("withheld and raw", metadata={"tags": ["mine"]}),
    ]
    site.write("_quarto.yml", "project:\n  type: website\n  render: [index.qmd]\n")
    nbformat.write(other, site.root / "other.ipynb")
    site.write("index.qmd", f"---\ntitle: A page\n---\n\n{{{{< embed {call}{options} >}}}}\n")
    assert not build(site.root, jobs=1).faults
    html = site.read("_site/index.html")
    assert "hello" in html and "withheld" not in html


def test_a_cell_is_named_by_a_tag_among_its_options(page, site):
    other = notebook()
    other.cells.append(new_code_cell("#| tags: [said-too]\n#| output: false\n1"))
    other.cells[-1].outputs = [new_output("stream", text="no\n")]
    source = source_of_notebook(PurePosixPath("n.ipynb"), other)
    assert [number for number, _ in cells_named(source, ("said-too",))] == [5]


def test_the_text_of_a_notebook_is_read_as_that_of_a_page(page, site):
    html, _ = page("{{< embed third.ipynb >}}")
    site.write("folder/part.md", "An *included* part.\n")
    written = (
        "{{< include part.md >}}\n\n```{python}\nleft()\n```\n\n{{< embed folder/third.ipynb >}}"
    )
    nbformat.write(
        new_notebook(cells=[new_markdown_cell(written), *notebook().cells[3:]]),
        site.root / "folder/third.ipynb",
    )
    html, _ = page("{{< embed folder/third.ipynb >}}")
    assert "An <em>included</em> part." in html and html.count("hello") == 1
    assert "Code in Python, which is not run here." in html


def test_a_shortcode_in_code_embeds_nothing(page):
    html, _ = page("```\n{{< embed other.ipynb#said >}}\n```")
    assert "hello" not in html


def test_which_lines_ask_and_for_what():
    here = PurePosixPath("posts/a/index.qmd")
    assert call_of("  {{< embed ../b.ipynb#x echo=true >}} ") == "../b.ipynb#x echo=true"
    assert call_of("Text {{< embed b.ipynb >}}") is None
    embed = embed_of("../b.ipynb#x, echo=true", here)
    assert embed is not None and str(embed.path) == "posts/b.ipynb"
    assert embed_of("/b.ipynb#x,y", here).names == ("x", "y")
    for outside in ("../../../b.ipynb", "b.qmd", "'b.ipynb"):
        assert embed_of(outside, here) is None


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        ([new_code_cell("# no title")], "n.ipynb"),
        ([new_markdown_cell("```\n# no title\n```\n\n## Yes {#id}")], "Yes"),
    ],
)
def test_the_title_of_a_notebook(cells, title):
    source = source_of_notebook(PurePosixPath("n.ipynb"), new_notebook(cells=cells))
    assert Embedded(source, (), False, "").title == title
