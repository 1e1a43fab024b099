"""Mistakes that authors make, each as a change of the publication that `broadsheet init` writes.

The publication has the article of `init` as a notebook, and one with editions as text, `decades`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

NOTEBOOK = "posts/first-article/index.ipynb"
TEXT = "posts/decades/index.qmd"
CONFIG = "_quarto.yml"
TABLE = "data/co2-mauna-loa.csv"
DESCRIPTOR = "data/datapackage.json"

Edit = Callable[[str], str | None]
"""What becomes of a file's text, which is empty if there is none; None if it is removed."""


@dataclass(frozen=True)
class Mistake:
    """What an author has done, and the page at which the author looks."""

    name: str
    edits: Mapping[str, Edit]
    page: str = "posts/first-article/index.html"

    def make(self, root: Path) -> Mapping[str, str | None]:
        """Make it. Returns the files as they were."""
        before = {
            path: (root / path).read_text("utf-8") if (root / path).is_file() else None
            for path in self.edits
        }
        made: Mapping[str, Any] = {
            path: edit(before[path] or "") for path, edit in self.edits.items()
        }
        put(root, made)
        return before


def put(root: Path, files: Mapping[str, str | None]) -> None:
    """Write files, and remove those without a text."""
    for path, text in files.items():
        if text is None:
            (root / path).unlink()
            continue
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def text(*changes: str) -> Edit:
    """Old and new texts in turn; each old one is there once."""

    def edit(before: str) -> str:
        for old, new in zip(changes[::2], changes[1::2], strict=True):
            assert before.count(old) == 1, old
            before = before.replace(old, new)
        return before

    return edit


def cell(old: str, new: str) -> Edit:
    """The one cell of a notebook that has the old text, with the new one."""

    def edit(before: str) -> str:
        notebook = nbformat.reads(before, as_version=4)
        (found,) = [one for one in notebook.cells if old in one.source]
        found.source = text(old, new)(found.source)
        return _written(notebook)

    return edit


def new_cell(source: str, kind: str = "code") -> Edit:
    """A further cell at the end of a notebook."""

    def edit(before: str) -> str:
        notebook = nbformat.reads(before, as_version=4)
        made: Mapping[str, Any] = {
            "code": nbformat.v4.new_code_cell,
            "markdown": nbformat.v4.new_markdown_cell,
        }
        notebook.cells.append(made[kind](source, id="added"))
        return _written(notebook)

    return edit


def _written(notebook: Any) -> str:
    return str(nbformat.writes(notebook)) + "\n"


def added(more: str) -> Edit:
    """The text, and more at its end."""
    return lambda before: before + more


def whole(new: str | None) -> Edit:
    """Another text in its place."""
    return lambda before: new


def described(**changes: object) -> Edit:
    """The entry of the table in the descriptor, changed."""

    def edit(before: str) -> str:
        package = json.loads(before)
        package["resources"][0] |= changes
        return json.dumps(package, indent=2)

    return edit


def code(name: str, old: str, new: str) -> Mistake:
    return Mistake(name, {NOTEBOOK: cell(old, new)})


def more_code(name: str, source: str) -> Mistake:
    return Mistake(name, {NOTEBOOK: new_cell(source)})


def prose(name: str, source: str) -> Mistake:
    return Mistake(name, {NOTEBOOK: new_cell(source, "markdown")})


def edition(name: str, old: str, new: str, page: str = "index") -> Mistake:
    return Mistake(name, {TEXT: text(old, new)}, f"posts/decades/{page}.html")


CHART = 'px.line(co2.loc[:year].reset_index(), x="year", y="ppm")'
FACT = '`{python} amount(co2.ppm[year], "424.6 ppm")` of carbon'
MERGED = """\
<<<<<<< HEAD
   "source": ["A"]
=======
   "source": ["B"]
>>>>>>> theirs
"""
SECOND = """
```{python}
#| label: fig-co2
#| fig-cap: "Again"
#| fig-alt: "A line."
px.line(co2.reset_index(), x="year", y="ppm")
```
"""

GROUPS: Mapping[str, list[Mistake]] = {
    "In code": [
        code("a bracket that is not closed", CHART, CHART[:-1]),
        code("a misspelt name", CHART, CHART.replace("co2", "co3")),
        code("a misspelt column", CHART, f"co2['pmm'].max()\n{CHART}"),
        code("a misspelt column of a chart", CHART, CHART.replace('"ppm"', '"pmm"')),
        code("a misspelt table", 'bs.table("co2-mauna-loa")', 'bs.table("co2-muana-loa")'),
        code("a library that is not there", "import plotly.express", "import ploty.express"),
        code("a misspelt function of a library", CHART, CHART.replace("line", "lime")),
        code("a wrong indentation", CHART, f"top = 3\n  {CHART}"),
        more_code("a file that is not there", 'import pandas as pd\npd.read_csv("prices.csv")'),
        more_code("a loop without an end", "while True:\n    pass"),
        more_code("more memory than there is", "ones = bytearray(10**15)"),
        more_code("very much that is printed", "for number in range(100_000):\n    print(number)"),
        more_code("an exit", "import sys\nsys.exit(1)"),
        more_code("a kernel that ends itself", "import os\nos._exit(1)"),
    ],
    "In parameters and editions": [
        code("a parameter of another type", "2025)] = 2024", '2025)] = "2024"'),
        edition("a parameter that the article does not have", "{year: 2000}", "{yaer: 2000}"),
        edition("a value that does not fit its parameter", "{year: 2000}", "{year: MM}"),
        edition("a year that the table does not have", "{year: 2000}", "{year: 1900}", "2000"),
    ],
    "In front matter and configuration": [
        edition("a colon in a title", '"Decades"', "Carbon: dioxide"),
        edition("front matter that is not closed", "categories: [Science]", "categories: [Science"),
        edition("a tab in front matter", '  - slug: "2000"', '\t- slug: "2000"'),
        edition("no title", 'title: "Decades"\n', ""),
        code("a wrong date", "date: 2026-11-27", "date: 2026-13-27"),
        code("a misspelt key", "subtitle:", "subtitel:"),
        code("a misspelt cell option", "#| fig-cap:", "#| fig-cpa:"),
        code("a cell option that is no YAML", 'by year"', "by year"),
        Mistake("a configuration that is no YAML", {CONFIG: text("lang: en", "lang: [en")}),
        Mistake("an unknown key of the configuration", {CONFIG: text("  navbar:", "  navbra:")}),
        Mistake(
            "a script in a text of the navigation",
            {CONFIG: text("text: About", "text: About <script>alert(1)</script>")},
        ),
    ],
    "In prose": [
        prose("a citation without an entry", "So says @noaa2024."),
        prose("a reference without a target", "See @fig-co3."),
        Mistake("two charts of one label", {TEXT: added(SECOND)}, "posts/decades/index.html"),
        code("a false claim", "highest(co2.ppm[:year])", "lowest(co2.ppm[:year])"),
        code("a value that is misspelt", FACT, FACT.replace("co2.ppm", "co2.pmm")),
        code("an expression that is no Python", FACT, FACT.replace("[year]", "[year")),
        prose("a number without a source", "That is 25 percent more than 50 years before."),
        prose("a fence that is not closed", "```text\nMore."),
        prose("a div that is not closed", "::: {.callout-note}\nMore."),
        prose("a link to a page that there is not", "[More](../secnd-article/index.ipynb)"),
        prose("a link to a heading that there is not", "[More](#what-to-chagne)"),
        prose(
            "a picture that is not there",
            '![A view](veiw.png){credit="A. Nobody" licence="CC BY 4.0" fig-alt="A view"}',
        ),
        prose("an include that is not there", "{{< include _metods.md >}}"),
        prose("an unknown shortcode", "{{< vidoe https://example.org/a.mp4 >}}"),
    ],
    "In files": [
        Mistake("a notebook that is cut off", {NOTEBOOK: lambda before: before[:1000]}),
        Mistake("an empty notebook", {NOTEBOOK: whole("")}),
        Mistake(
            "a merge conflict in a notebook",
            {NOTEBOOK: lambda before: before.replace("  {\n", f"{MERGED}  {{\n", 1)},
        ),
        Mistake("a merge conflict in text", {TEXT: added(MERGED)}, "posts/decades/index.html"),
    ],
    "In tables": [
        Mistake("a table that was changed", {TABLE: text("424.61", "425.61")}),
        Mistake("a table that a spreadsheet has saved", {TABLE: lambda one: one.replace(",", ";")}),
        Mistake("a table that is not there", {TABLE: whole(None)}),
        Mistake(
            "a descriptor that is no JSON", {DESCRIPTOR: text('"resources": [', '"resources": [,')}
        ),
        Mistake(
            "rows that break an identity",
            {DESCRIPTOR: described(identities=[{"holds": "ppm > 320"}])},
        ),
    ],
    "In looks and lists": [
        Mistake(
            "a template that is no Jinja",
            {"theme/templates/page.html.jinja": whole("{% if title %}")},
        ),
        Mistake(
            "a misspelt name in a template",
            {"theme/templates/page.html.jinja": whole("{{ ttile.x }}")},
        ),
        Mistake("a colour that is none", {"_brand.yml": whole("color:\n  primary: bleu\n")}),
        Mistake(
            "a list of what is not there",
            {"index.qmd": text("contents: posts", "contents: psots")},
            "index.html",
        ),
        Mistake(
            "two articles at one address",
            {
                "posts/decades.qmd": whole("---\ntitle: D\n---\n"),
                "posts/first-article/index.qmd": whole("---\ntitle: D\n---\n"),
            },
        ),
    ],
}


def id_of(mistake: Mistake) -> str:
    """The name of its test."""
    return re.sub(r"\W+", "-", mistake.name)
