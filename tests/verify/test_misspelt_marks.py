"""What an editor or a hurried hand writes in place of what Markdown and YAML ask for: typographic
quotation marks, and options of cells without their space.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broadsheet.errors import Place
from broadsheet.markdown.markdown_text import unknown_options
from broadsheet.project.reading import open_publication
from broadsheet.project.sources.cell_options import cell_options
from broadsheet.site.build.build import build
from conftest import Site

Command = Callable[..., tuple[int, str, str]]

SETUP = """\
import broadsheet as bs
trade = bs.table("trade").set_index("year")
total = trade["total"]
"""


@pytest.fixture
def paper(site: Site) -> Site:
    site.front()
    site.table()
    return site


@pytest.mark.parametrize(
    ("written", "straight"),
    [
        ("[fell]{claim=“total[2022] < 1”}", 'claim="total[2022] < 1"'),
        ("[fell]{claim=”fell”}", 'claim="fell"'),
        ("[rose|fell]{by=‘total, 2021, 2022’}", 'by="total, 2021, 2022"'),
        ("[high]{if=«total[2022] > 1» .x}", 'if="total[2022] > 1"'),
        ("[high]{.x if=„total[2022] > 1“}", 'if="total[2022] > 1"'),
        ('[fell]{claim="total[2022] < 1”}', 'claim="total[2022] < 1"'),
        ("[big]{.unchecked reason=“a proverb”}", 'reason="a proverb"'),
        ("[big]{held-by=“Reuters,\n24 May”}", 'held-by="Reuters, 24 May"'),
        ("[x]{claim=“name == “China” and total[2022] > 1”}", "claim=\"name == 'China' and total"),
        ("::: {.callout-note title=“Read this”}\nText\n:::", 'title="Read this"'),
        ("::: {.steps figure=“fig-x”}\n\n::: {.step}\nOne\n:::\n\n:::", 'figure="fig-x"'),
        ("# Head {#a key=“b”}", 'key="b"'),
        ("{{< video film.mp4 title=“A film” >}}", 'title="A film"'),
    ],
)
def test_an_attribute_in_typographic_marks_is_a_fault_with_the_words_to_write(
    paper: Site, written: str, straight: str
) -> None:
    paper.article("a", SETUP, ("md", f"It is so.\n\n{written}\n"))
    [fault] = build(paper.root).faults
    assert str(fault.where) == "posts/a/index.ipynb, cell 3, line 3"
    assert "typographic" in fault.what and straight in fault.mend
    assert fault.code == "typographic-quotes"


def test_marks_in_words_in_straight_marks_and_in_code_are_the_authors(paper: Site) -> None:
    paper.article(
        "a",
        SETUP,
        (
            "md",
            '“It is so”, she said: [big]{.unchecked reason="it’s “so” said"}.\n\n'
            "`[x]{claim=“y”}`\n\n```\n[x]{claim=“y”}\n```\n\n{a=“b”} is no attribute.",
        ),
    )
    assert not build(paper.root).faults


def test_they_are_found_in_a_title_in_a_markdown_file_and_in_an_included_one(paper: Site) -> None:
    config = paper.read("_quarto.yml")
    paper.write("_quarto.yml", config.replace('"*.qmd"', '"**/*.qmd"'))
    paper.write("_note.md", "One.\n\n[x]{claim=“y”}\n")
    paper.write("posts/b/index.qmd", "---\ntitle: B\n---\n\nText.\n\n{{< include /_note.md >}}\n")
    paper.article("a", ("md", "x"), front="title: '[Fell]{claim=“x”}'\ndate: 2023-05-26")
    faults = build(paper.root).faults
    places = sorted(str(one.where) for one in faults)
    assert places == ["_note.md, line 3", "posts/a/index.ipynb, cell 1, line 2"]


def test_typographic_marks_in_an_inline_expression_are_named(paper: Site) -> None:
    paper.article("a", SETUP, ("md", "It came to\n`{python} usd(total[2022], “$190 billion”)`."))
    [fault] = build(paper.root).faults
    assert fault.where == Place("posts/a/index.ipynb", line=2, cell=3)
    assert "typographic" in fault.what
    assert '`usd(total[2022], "$190 billion")`' in fault.mend


# Options of cells


def notices(cell: str) -> list[tuple[str, str, str]]:
    options = cell_options(cell, Place("posts/a/index.ipynb", cell=4))
    return [(str(one.where), one.what, one.mend) for one in unknown_options(options)]


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("#| label:fig-x", "#| label: fig-x"),
        ("#|label:fig-x", "#| label: fig-x"),
        ("# | label:fig-x", "#| label: fig-x"),
        ("#| label = fig-x", "#| label: fig-x"),
        ("#| label=fig-x", "#| label: fig-x"),
        ("#| label fig-x", "#| label: fig-x"),
        ("#| echo:false", "#| echo: false"),
        ("#| echo", "#| echo: …"),
        ("#| fig-cap:A chart of trade", "#| fig-cap: A chart of trade"),
        ("#| labl:fig-x", "#| labl: fig-x"),
    ],
)
def test_an_option_that_is_no_yaml_is_told_with_its_place_and_the_right_spelling(
    line: str, right: str
) -> None:
    [(where, what, mend)] = notices(f"#| warning: false\n{line}\nx = 1")
    assert where == "posts/a/index.ipynb, cell 4, line 2"
    assert "is no option, and has no effect" in what
    assert mend.endswith(f"`{right}`.")
    assert len(notices(f"{line}\nx = 1")) == 1


@pytest.mark.parametrize(
    "line",
    ["#|label: fig-x", "# | label: fig-x", "#|   label: fig-x", "#| export", "#| default_exp core"],
)
def test_what_quarto_takes_for_an_option_and_what_is_for_other_tools_is_no_fault(line: str) -> None:
    assert notices(f"{line}\nx = 1") == []


def test_a_value_in_typographic_marks_is_told(paper: Site, run: Command) -> None:
    [(where, _, mend)] = notices("#| label: tbl-x\n#| tbl-cap: “A caption”\nx")
    assert where == "posts/a/index.ipynb, cell 4, line 2"
    assert '`#| tbl-cap: "A caption"`' in mend
    for caption in ('"He said “so”"', "“Guns” or “butter”", '"“War is peace”"', "’90s rock ’n’"):
        assert notices(f"#| tbl-cap: {caption}\nx") == [], caption


def test_a_dropped_option_stops_a_strict_build(paper: Site, run: Command) -> None:
    paper.article("a", "#| label:tbl-x\n1")
    code, out, err = run(paper, "build", "--strict")
    assert code == 1
    assert "posts/a/index.ipynb, cell 2, line 1: `#| label:tbl-x` is no option" in err
    assert "1 warning stops publication" in out


@pytest.mark.parametrize("before", ["x = 1", "", "# a comment", "%%time", "import a\n"])
def test_an_option_below_other_lines_is_told_with_its_place(before: str) -> None:
    cell = f"#| warning: false\n{before}\n#| label: fig-x\ny"
    [(where, what, mend)] = notices(cell)
    line = 3 + before.count("\n")
    assert where == f"posts/a/index.ipynb, cell 4, line {line}"
    assert what == "`#| label: fig-x` does not stand at the top of its cell, and has no effect"
    assert "Move it up" in mend


@pytest.mark.parametrize(
    "code",
    [
        'x = """\n#| label: fig-x\n"""',
        "x = '#| label: fig-x'",
        "x = 1  #| label: fig-x",
        "##| label: fig-x",
        "#| see: above",
        "#| a | b",
    ],
)
def test_what_is_no_option_below_other_lines_is_let_be(code: str) -> None:
    assert notices(f"y = 1\n{code}") == []


@pytest.mark.parametrize("value", ["“A: B”", "„A: B“", "‘A: B’", "“A”: B"])
def test_yaml_that_typographic_marks_break_is_told_so(paper: Site, value: str) -> None:
    paper.article("a", "1", front=f"title: {value}\ndate: 2023-05-26")
    paper.article("b", f"#| label: fig-x\n#| fig-cap: {value}\n1")
    faults = sorted(open_publication(paper.root).faults.values(), key=str)
    faults += build(paper.root).faults
    places = {str(fault.where) for fault in faults}
    assert places == {"posts/a/index.ipynb, cell 1, line 2", "posts/b/index.ipynb, cell 2, line 2"}
    for fault in faults:
        assert "quotation marks of this value are typographic" in fault.what
        assert "Write straight ones" in fault.mend


def test_a_label_in_typographic_marks_is_told_so(paper: Site) -> None:
    paper.article("a", "#| label: “fig-a”\nprint(1)\n2")
    [fault] = build(paper.root).faults
    assert "smart quotes" in fault.mend
