"""Python cells in a `.qmd`, and blocks of code in languages that are not run."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from broadsheet.errors import ExecutionError, ParameterError, Place
from broadsheet.markdown.code_blocks import add_written, not_run
from broadsheet.markdown.markdown_writing import MarkdownText
from broadsheet.project.editions.parameters import declared
from broadsheet.project.settings.settings import Execute
from broadsheet.project.sources.cell_options import cell_options
from broadsheet.project.sources.code_fences import fences
from broadsheet.project.sources.includes import Includes, numbered
from broadsheet.project.sources.source import Source, source_of
from broadsheet.site.build.build import build
from broadsheet.text.language import speaking
from conftest import Site

CELL = "```{python}\nprint(1)\n```\n"


def source(text: str, root: Path = Path("/nowhere")) -> Source:
    return source_of(PurePosixPath("a.qmd"), text, root)


def shown(markdown: str, execute: Execute | None = None) -> tuple[str, list[str]]:
    text = MarkdownText(Includes(Path("/nowhere")))
    add_written(numbered(markdown, Place("a.qmd", line=1)), text, execute or Execute())
    return "\n".join(text.lines), [str(one) for one in not_run(text, has_python=True)]


# Blocks of code


def test_a_block_within_a_block_is_none() -> None:
    lines = [
        "````md",
        "```{python}",
        "1",
        "```",
        "````",
        "",
        "> ```{r, echo=FALSE}",
        "> x",
        "> ```",
        "",
    ]
    outer, quoted = fences(lines)
    assert (outer.language, outer.opens, outer.closes) == ("", 0, 4)
    assert (quoted.language, quoted.header, quoted.body(lines)) == ("r", "echo=FALSE", ["x"])


def test_what_is_in_a_comment_is_no_block() -> None:
    assert not list(fences(["<!--", "```{python}", "1", "```", "-->"]))
    assert list(fences(["<!-- never closed", "```{python}", "1", "```"]))


@pytest.mark.parametrize("info", ["{.python}", "python", "{=html}", "{#id .r}", "", "{{{<x>}}}"])
def test_other_blocks_are_pandocs(info: str) -> None:
    (fence,) = fences([f"```{info}", "x", "```"])
    assert (fence.language, fence.shown_as) == ("", "")


# Cells


def test_the_cells_of_a_page_and_their_lines() -> None:
    page = source(f"---\ntitle: T\n---\n\nProse.\n\n{CELL}\n\nLast `{{python}} x`.\n")
    cells = enumerate(page.cells(), start=1)
    assert [(cell.cell_type, cell.source, page.place(at).line) for at, cell in cells] == [
        ("raw", "---\ntitle: T\n---", 1),
        ("markdown", "Prose.", 5),
        ("code", "print(1)", 8),
        ("markdown", "Last `{python} x`.", 12),
    ]
    assert str(page.place(3, 1)) == "a.qmd, line 8"


@pytest.mark.parametrize(
    "text",
    [
        "Prose alone, and `{python} x`.",
        f"```{{r}}\n1\n```\n{CELL}",
        f"{CELL}```{{julia}}\n1\n```\n",
        f"---\nengine: knitr\n---\n{CELL}",
        f"---\njupyter: julia-1.10\n---\n{CELL}",
        "```{{python}}\n1\n```",
        "```python\n1\n```",
    ],
)
def test_pages_that_are_not_run(text: str) -> None:
    assert source(text).notebook is None


def test_a_page_that_names_its_kernel_has_values_in_its_prose() -> None:
    assert source("---\njupyter: python3\n---\n`{python} 1 + 1`").notebook is not None
    assert source("---\njupyter: python3\n---\nNothing.").notebook is None


def test_parameters_of_a_page_and_the_line_of_a_wrong_one() -> None:
    text = "Prose.\n\n```{python}\n#| tags: [parameters]\nyear: int = 2020\n```\n"
    assert declared(source(text))["year"].default == 2020
    with pytest.raises(ParameterError) as caught:
        declared(source(text.replace("2020", "now()")))
    assert str(caught.value).startswith("a.qmd, line 5: the default of `year` is computed")


def test_cells_of_an_included_file(tmp_path: Path) -> None:
    (tmp_path / "_b.qmd").write_text(f"---\ntitle: B\n---\nIncluded.\n\n{CELL}")
    page = source("One.\n\n{{< include _b.qmd >}}\n\nTwo.", tmp_path)
    places = [str(page.place(number)) for number in range(1, 5)]
    assert places == ["a.qmd, line 1", "_b.qmd, line 4", "_b.qmd, line 7", "a.qmd, line 5"]
    assert page.includes == ("_b.qmd",)


def test_a_page_with_cells_is_an_article(site: Site) -> None:
    site.write("_quarto.yml", "project:\n  type: website\nwebsite:\n  title: T\n")
    site.write("index.qmd", "---\ntitle: Front\n---\nHello.\n")
    front = "---\ntitle: P\ndate: 2024-01-01\neditions:\n  - slug: late\n    parameters: {year: 2021}\n---\n"
    parameters = "```{python}\n#| tags: [parameters]\nyear: int = 2020\n```\n"
    listed = "1. One\n\n   ```{python}\n   #| echo: false\n   print('in', year)\n   ```\n\n2. Two\n"
    site.write(
        "posts/p/index.qmd", f"{front}\n{parameters}\n{listed}\nSaid `{{python}} year + 1`.\n"
    )
    report = build(site.root)
    assert (report.faults, report.ran) == ((), 2)
    page, edition = (site.read(f"_site/posts/p/{name}.html") for name in ("index", "late"))
    assert "in 2020" in page and "Said 2021." in page and page.count("<ol") == 1
    assert "in 2021" in edition and "Said 2022." in edition
    assert build(site.root).ran == 0
    site.write(
        "posts/p/index.qmd", f"{front}\n{parameters}\nProse.\n\n```{{python}}\n1\n1 / 0\n```\n"
    )
    (fault,) = build(site.root).faults
    assert isinstance(fault, ExecutionError)
    assert str(fault).startswith("posts/p/index.qmd, line 18: ZeroDivisionError")


# Blocks that are not run


def test_a_block_in_another_language_is_code_with_a_note() -> None:
    html, (notice,) = shown("Before.\n\n```{r}\n#| label: fig-r\n#| fig-cap: A cap\nx\n\ny\n```\n")
    assert '::: {#fig-r fig-cap="A cap"}' in html
    assert "```{.r .cell-code}\nx\n\ny\n```" in html
    assert "Code in R, which is not run here." in html
    assert notice.startswith(
        "a.qmd, line 3: a block of code on this page is shown and not run: 1 in R"
    )


def test_a_diagram_is_its_code_with_a_note() -> None:
    html, (notice,) = shown(
        "```{mermaid}\n%%| fig-cap: A cap\ngraph LR\n\n  A --> B\n```\nAfter.\n"
    )
    assert "```{.mermaid .cell-code}\ngraph LR\n\n  A --> B\n```" in html and "After." in html
    assert "A diagram in Mermaid, which is not drawn here." in html and "1 in Mermaid" in notice


def test_options_of_such_a_block() -> None:
    html, notices = shown("```{julia}\n#| eval: false\n1\n```\n")
    assert "```{.julia .cell-code}\n1\n```" in html and "not run" not in html and not notices
    html, notices = shown("```{r, echo=FALSE}\nx\n```\n")
    assert "cell-code" not in html and "Code in R" in html
    html, notices = shown("```{ojs}\n//| include: false\nx\n```\n```{sql}\n1\n```\n")
    assert "Observable" not in html
    assert (
        "2 blocks of code on this page are shown and not run: 1 in Observable JS, 1 in SQL"
        in notices[0]
    )
    html, _ = shown("```{r}\nx\n```\n", Execute(echo=False))
    assert "cell-code" not in html
    with speaking("de"):
        assert "Code in R, der hier nicht ausgeführt wird." in shown("```{r}\nx\n```\n")[0]


def test_a_block_that_shows_how_a_cell_is_written() -> None:
    html, notices = shown("```{{python}}\na\n\nb\n```\n\nThen `` `{{python}} x` `` and prose.\n")
    assert "````{.markdown}\n```{python}\na\n\nb\n```\n````" in html
    assert "Then `` `{python} x` `` and prose." in html and not notices
    assert "````md\n```{python}\n1\n```\n````" in shown("````md\n```{{python}}\n1\n```\n````")[0]


def test_such_a_block_in_a_quotation_and_in_a_list() -> None:
    html, _ = shown("> ```{bash}\n> ls\n> ```\n\n- one\n\n  ```{sql}\n  1\n  ```\n")
    assert "> ```{.bash .cell-code}\n> ls\n> ```" in html
    assert "  ```{.sql .cell-code}\n  1\n  ```" in html


# Options


@pytest.mark.parametrize(
    ("written", "options"),
    [
        ("#|export\n#| label: a\nx", {"label": "a"}),
        ("#| default_exp core\nx", {}),
        ("#| hide\n#| filter_stream Future Other\n#| echo: false\nx", {"echo": False}),
        ("# | echo: false\nx", {"echo": False}),
        ("#|echo:false\nx", {}),
        ("#| fig-cap: A long\n#|   caption\nx", {"fig-cap": "A long caption"}),
    ],
)
def test_directives_of_other_tools_are_no_options(written: str, options: dict[str, object]) -> None:
    found = cell_options(written, Place("a.ipynb", cell=1))
    assert (found.options, found.body) == (options, "x")


@pytest.mark.parametrize(
    ("written", "options"),
    [
        (
            '#| echo = FALSE,\n#| fig.cap = "By [A](https://a.example), 1968."',
            {"echo": False, "fig-cap": "By [A](https://a.example), 1968."},
        ),
        ("#| fig.width = 7.5,\n#| out.width = '80%'", {"fig-width": 7.5, "out-width": "80%"}),
        ('#| fig.cap = paste("a", b),\n#| eval = T', {"eval": True}),
    ],
)
def test_options_in_knitr_s_older_form_are_read(written: str, options: dict[str, object]) -> None:
    read = cell_options(f"{written}\nplot(1)", Place("a.qmd", line=3))
    assert (dict(read.options), read.body, read.dropped) == (options, "plot(1)", ())


@pytest.mark.parametrize("written", ["#| echo = FALSE", "#| export", "#| label: a"])
def test_other_options_are_read_as_before(written: str) -> None:
    read = cell_options(f"{written}\n1", Place("a.ipynb", cell=1))
    assert dict(read.options) == ({"label": "a"} if ":" in written else {})
    assert len(read.dropped) == (0 if ":" in written else 1)
