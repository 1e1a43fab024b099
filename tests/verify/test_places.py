"""The place of a message is where the author wrote it, whatever stands before it that is not the
author's: cells that the program inserts, drawings of steps, words of big numbers, parameters of an
edition, values of several lines.

An article has a sentence that nothing accounts for behind each of them. It is checked in each form of
a source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import nbformat
import pytest

from conftest import CONFIG, TABLE, Site

Command = Callable[..., tuple[int, str, str]]

SETUP = """import pandas as pd
from IPython.display import Markdown, display
import broadsheet as bs
trade = bs.table("trade").set_index("year")
data = pd.DataFrame({"China": [10, 12], "India": [8, 9]}, index=[2021, 2022])"""
CHART = "#| label: fig-a\n#| source: trade\n#| echo: true\nbs.charts.lines(data, unit='US$ bn')"
STEPS = """::: {.steps figure="fig-a"}

::: {.step}
It rose by @ percent.
:::

::: {.step highlight="China"
  alt="China"}
:::
::: {.step events="2022: The embargo"}
It fell by @ percent.
:::

:::
"""
HALVES = (
    '::: {.steps figure="fig-a"}\n::: {.step}\nIt rose by @ percent.',
    "It fell by @ percent.\n:::\n:::\n\nIt rose by @ percent.",
)
"""Steps that begin in one cell and end in another."""
TALL = "`{python} Markdown('one\\n\\ntwo\\n\\n```\\nthree\\n```\\n')`\n\nIt rose by @ percent."
CHOICE = (
    'Trade [rose\nstrongly|fell\nstrongly]{by="trade.total,\n2021, 2022"}.\nIt fell by @ percent.'
)
SAYS = "\"It is so that trade\nin [all]{.unchecked reason='so'} years is more than `{python} (1 +\n1)`.\"\n\nIt fell by @ percent."
FEATURES: dict[str, tuple[Any, ...]] = {
    "steps": (("md", STEPS), ("md", "It rose by @ percent.")),
    "steps of two cells": tuple(("md", half) for half in HALVES),
    "a big number": ("bs.big_number(trade.total, 'Trade')", ("md", "It rose by @ percent.")),
    "several big numbers": (
        "#| column: margin\n#| echo: true\ndisplay(bs.big_number(trade.total, 'A'), bs.big_number(trade.total, 'B'))",
        ("md", "\n\nIt rose by @ percent.\n\nIt fell by @ percent."),
    ),
    "a value of several lines": (("md", TALL),),
    "words that are chosen": (("md", CHOICE),),
    "an expression of several lines": (("md", SAYS),),
    "an update": (
        ("md", '::: {.update time="2023-11-25"}\n### More\n\nIt rose by @ percent.\n:::\n\nIt fell by @ percent.'),
    ),
    "a callout and tabs": (
        ("md", "::: {.callout-note}\nIt rose by @ percent.\n:::\n\n::: {.panel-tabset}\n## A\n\n## B\nIt fell by @ percent.\n:::"),
    ),
    "printed Markdown": (
        "#| output: asis\nprint('a\\n\\nb\\n\\nc')",
        ("md", "It rose by @ percent."),
        "#| echo: false\nMarkdown('a\\n\\nb')",
        ("md", "It rose by @ percent."),
    ),
    "a block that does not run": (("md", "```{mermaid}\n%%| echo: false\nA --> B\n```\n\nIt rose by @ percent."),),
    "an attachment and a note": (
        ("md", "A note[^@@].\n\n[^@@]: It rose by @ percent.\n\nIt fell by @ percent."),
    ),
    "an included file": (
        ("md", "{{< include _part.md >}}\n\nIt rose by @ percent."),
    ),
}  # fmt: skip
PARAMETERS = "year: int = 2022"
FRONT = (
    "title: Trade\ndate: 2023-05-26\nsubtitle: 'In `{python} year`'\n"
    "editions:\n  - {slug: again, title: Again, parameters: {year: 2021}}"
)


def cells_of(features: list[str]) -> list[Any]:
    """The cells after the parameters; each sentence has a number of its own."""
    numbers = iter(range(1001, 9999))

    def numbered(text: str) -> str:
        text = text.replace("@@", str(next(numbers)))
        return re.sub("@(?= percent)", lambda _: str(next(numbers)), text)

    cells: list[Any] = [SETUP, CHART]
    for name in features:
        for cell in FEATURES[name]:
            cells.append(cell if isinstance(cell, str) else ("md", numbered(cell[1])))
    return cells


def qmd(cells: list[Any]) -> str:
    parts = [f"---\n{FRONT}\n---", f"```{{python}}\n#| tags: [parameters]\n{PARAMETERS}\n```"]
    for cell in cells:
        parts.append(f"```{{python}}\n{cell}\n```" if isinstance(cell, str) else cell[1])
    return "\n\n".join(parts) + "\n"


def percent(cells: list[Any]) -> str:
    parts = [f"# %% [raw]\n{commented(f'---{chr(10)}{FRONT}{chr(10)}---')}"]
    parts.append(f'# %% tags=["parameters"]\n{PARAMETERS}')
    for cell in cells:
        is_code = isinstance(cell, str)
        parts.append(f"# %%\n{cell}" if is_code else f"# %% [markdown]\n{commented(cell[1])}")
    return "\n\n".join(parts) + "\n"


def commented(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.split("\n"))


def jupytext(cells: list[Any]) -> str:
    header = f"---\n{FRONT}\njupyter: {{kernelspec: {{name: python3}}}}\n---"
    parts = [header, f'```python tags=["parameters"]\n{PARAMETERS}\n```']
    for cell in cells:
        parts.append(
            f"```python\n{cell}\n```"
            if isinstance(cell, str)
            else f"<!-- #region -->\n{cell[1]}\n<!-- #endregion -->"
        )
    return "\n\n".join(parts) + "\n"


def put(site: Site, form: str, cells: list[Any]) -> str:
    """Write the article in a form; the path of its source."""
    site.write("_quarto.yml", CONFIG.replace("*.ipynb", f"*{form}"))
    site.table(entry=TABLE)
    site.write("posts/a/_part.md", "Included.\n\nIt is there.\n")
    if form == ".ipynb":
        site.article("a", *cells, front=FRONT, parameters=PARAMETERS)
    else:
        text = {".qmd": qmd, ".py": percent, ".md": jupytext}[form](cells)
        site.write(f"posts/a/index{form}", text)
    return f"posts/a/index{form}"


def written_at(site: Site, path: str, words: str) -> tuple[int | None, int]:
    """Where words are in a source: the cell, if it is a notebook, and the line."""
    if path.endswith(".ipynb"):
        for number, cell in enumerate(nbformat.read(site.root / path, as_version=4).cells, start=1):
            for line, text in enumerate(cell.source.split("\n"), start=1):
                if words in text:
                    return number, line
    lines = site.read(path).split("\n")
    return None, next(at for at, line in enumerate(lines, start=1) if words in line)


def place_of(message: dict[str, Any]) -> tuple[int | None, int | None]:
    """The cell of a message and the line in it, or the line of its file."""
    line = message["line"] if message["cell"] is None else message["cell_line"]
    return message["cell"], line


def unaccounted(out: str, path: str) -> dict[str, tuple[int | None, int | None]]:
    """The places of the sentences that nothing accounts for, by their numbers."""
    return {
        match[1]: place_of(one["notice"])
        for one in json.loads(out)["result"]["unaccounted"]
        if one["notice"]["file"] == path
        and (match := re.search(r"(\d{4}) percent", one["sentence"]))
    }


FORMS = (".ipynb", ".qmd", ".py", ".md")


@pytest.mark.parametrize("form", FORMS)
def test_what_stands_behind_all_of_them_is_where_it_was_written(
    form: str, site: Site, run: Command
) -> None:
    cells = cells_of([*FEATURES, *reversed(FEATURES)])
    path = put(site, form, cells)
    code, out, err = run(site, "check", "--json")
    assert code == 0, err + str(json.loads(out)["faults"])
    found = unaccounted(out, path)
    wanted = {
        number: written_at(site, path, f"{number} percent")
        for number in re.findall(r"(\d{4}) percent", site.read(path))
    }
    assert len(wanted) > 30
    assert {one: (found.get(one), at) for one, at in wanted.items() if found.get(one) != at} == {}


@pytest.mark.parametrize("form", FORMS)
def test_an_error_of_a_cell_names_the_cells_of_the_author(
    form: str, site: Site, run: Command
) -> None:
    """In its place, and in each frame of its traceback."""
    cells = cells_of([*FEATURES])
    cells += ["def divided():\n    return 1 / 0  # inner", ("md", "Text."), "1\ndivided()  # outer"]
    path = put(site, form, cells)
    code, out, _ = run(site, "check", "--json")
    assert code == 1
    (fault,) = json.loads(out)["faults"]
    cell, line = written_at(site, path, "# outer")
    assert place_of(fault) == (cell, line)
    frames = re.findall(r"^(?:cell (\d+), )?line (\d+)", fault["detail"], re.MULTILINE)
    inner = written_at(site, path, "# inner")
    assert [(int(one) if one else None, int(at)) for one, at in frames] == [(cell, line), inner]
    assert "In[" not in fault["detail"]


SAME = "Then it rose to 42 percent of it."
FALSE = 'Trade [fell by far]{claim="trade.total[2022] < trade.total[2021]"} then.'
TWICE: dict[str, tuple[str, ...]] = {
    "in two cells": ("@", "@"),
    "in one cell": ("@\n\nBetween.\n\n@",),
    "in lines that follow": ("@\n@",),
    "first in a paragraph": ("Text.\n@\nIt ended so.", "@"),
    "last in a paragraph": ("@", "Text.\n@\nIt ended so."),
    "in a list": ("- Text.\n- @\n- More text.\n- @",),
    "behind its first words": ("Then it rose. Trade was good.\n\n@", "Text.\n\n@\n\n> @"),
}


@pytest.mark.parametrize("words", [SAME, FALSE], ids=["a number", "a claim"])
@pytest.mark.parametrize("case", TWICE)
def test_what_is_written_twice_is_told_at_each_place(
    case: str, words: str, site: Site, run: Command
) -> None:
    site.table(entry=TABLE)
    cells = [text.replace("@", words) for text in TWICE[case]]
    site.article("a", SETUP, *(("md", text) for text in cells))
    _, out, err = run(site, "check", "--json")
    report = json.loads(out)
    unbound = [one["notice"] for one in report["result"]["unaccounted"]]
    places = [place_of(one) for one in [*unbound, *report["faults"]]]
    wanted = [
        (number, line)
        for number, text in enumerate(cells, start=3)
        for line, written in enumerate(text.split("\n"), start=1)
        if words in written
    ]
    assert len(wanted) > 1
    assert sorted(places) == wanted, err


WRONG = {
    "a citation": "See [@nobody].",
    "a reference": "See @fig-nowhere.",
    "a shortcode": "See {{< var nothing >}}.",
    "a link": "See [it](article:nowhere).",
    "a value": "It is `{python} nothing`.",
    "a claim": 'It [fell]{claim="trade.total[2022] < trade.total[2021]"}.',
    "an attribute of a step": '::: {.steps figure="fig-a"}\n::: {.step nothing="1"}\n:::\n:::',
    "a name in a step": '::: {.steps figure="fig-a"}\n::: {.step highlight="Nobody"}\n:::\n:::',
    "an update": '::: {.update time="2024-11-25"}\n:::',
}


@pytest.mark.parametrize("form", [".ipynb", pytest.param(".qmd", marks=pytest.mark.slow)])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_fault_behind_all_of_them_is_where_it_was_written(
    wrong: str, form: str, site: Site, run: Command
) -> None:
    text = f"Text.\n\n{WRONG[wrong]}\n\nIt ends."
    path = put(site, form, [*cells_of([*FEATURES]), ("md", text)])
    _, out, _ = run(site, "check", "--json")
    places = [
        place_of(one)
        for one in [*json.loads(out)["faults"], *json.loads(out)["notices"]]
        if one["file"] == path
    ]
    words = WRONG[wrong].split("\n")[1 if "step" in wrong else 0]
    assert written_at(site, path, words) in places


@pytest.mark.parametrize("form", [".ipynb", ".py"])
def test_other_programs_are_told_the_line_of_the_file(form: str, site: Site, run: Command) -> None:
    path = put(site, form, cells_of([*FEATURES]))
    code, out, err = run(site, "check", "--format", "sarif")
    assert code == 0, err
    lines, seen = site.read(path).splitlines(), 0
    for result in json.loads(out)["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        number = re.search(r"\d{4} percent", result["message"]["text"])
        if number and place["artifactLocation"]["uri"] == path:
            assert number[0] in lines[place["region"]["startLine"] - 1]
            seen += 1
    assert seen > 15
