"""The two renderers' sites of one publication, compared: what a reader, a feed reader and a search
engine are given.

The pages around the bodies are ours in both; what is compared is above all what Quarto makes
of the Markdown. Where the two differ for a good reason, the difference is named here
(:func:`alike`) and in docs/quarto.md.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from lxml import etree, html
from test_quarto import environment, quarto  # noqa: F401 - a fixture

from conftest import Site
from sample import write_sample

IGNORED = Path(__file__).parents[2] / "src/broadsheet/starter/publication/gitignore"
ELEMENTS = """\
An opening with a note[^n], [another article](article:china-russia), a citation [@reuters2023] and two
[@tass2023; @afp2023].

[^n]: The note, with a [link](../china-russia/index.ipynb#what-they-trade) to a part of an article.

::: {.callout-note}
## A title of its own
Text with `code`.
:::

::: {.content-hidden when-format="html"}
NEVER $$ 1 $$ {#eq-never}

::: {#tip-never .callout-tip}
NEVER
:::
:::

::: {#tip-rule .callout-tip}
## Rule
Numbered. See @tip-rule.
:::

[](article:china-russia/2024)

## Numbers

$$ E = mc^2 $$ {#eq-energy}

See @eq-energy, @tbl-frame, @fig-bars, @tbl-plain, @fig-pair, @lst-one and [-@fig-bars].

| a | b |
|:--|--:|
| 1 | 2 |

: A plain table {#tbl-plain}

::: {.panel-tabset}
### One
First, with **bold**.

### Two
Second.
:::

::: {.column-margin}
Marginal.
:::

::: {.update time="2023-11-25T16:00+02:00"}
### The *newest* first
With a citation [@tass2023].
:::

::: {.update time="2023-11-24"}
The day before.
:::

::: {#fig-pair layout-ncol=2}
![First](picture.svg){#fig-pair-a}

![Second](picture.svg){#fig-pair-b}

A pair.
:::

![Alone](picture.svg){fig-alt="An icon." width=40px}

```{#lst-one .python lst-cap="A listing"}
x = 1
```
"""
CELLS = (
    ("md", ELEMENTS),
    "#| label: tbl-frame\n#| tbl-cap: A frame.\n#| column: page\nimport pandas as pd\n"
    "pd.DataFrame({'year': [2021, 2022], 'total': [1.5, 2.5]})",
    "#| echo: true\n#| code-fold: true\nprint('said & done')",
    "#| echo: true\n1 + 1",
    "#| column: screen\npd.DataFrame({'x': ['<b>', 'a|b']})",
    "import plotly.graph_objects as go\nbars = go.Figure(go.Bar(x=[1, 2], y=[3, 4]))\nNone",
    "#| label: fig-bars\n#| fig-cap: Bars of `{python} 1 + 1`.\n#| fig-alt: Two bars.\n#| source: false\nbars",
    "#| fig-alt: Two bars more.\n#| source: false\nbars",
    "from IPython.display import Markdown\nMarkdown('*Set* in Markdown')",
    "#| label: tbl-set\n#| tbl-cap: A table in Markdown.\nMarkdown('| a | b |\\n|--|--|\\n| 1 | 2 |')",
    "#| label: fig-two\n#| fig-cap: Two pictures.\n#| fig-subcap: [One, Two]\n#| layout-ncol: 2\n"
    "#| column: body-outset\nfrom IPython.display import display\n"
    "for _ in '12':\n    display(Markdown('![A picture](picture.svg)'))",
    (
        "md",
        "Value `{python} '<i>*x*</i> & co'` here.\n\n- [x] done\n- [ ] open\n\nLast[^m].\n\n[^m]: Second note.",
    ),
)
SHOWN = "#| fig-alt: Two lines.\n#| source: false\n{}lines({})"
"""A cell with a chart: its options, and what the chart is told."""
STEPS = """\
::: {.steps figure="fig-lines"}

::: {.step highlight="China"}
China *first*.
:::

::: {.step highlight="India" from="2022" to="2023" events="2022-02-24: The invasion"}
- Then India.
- And a list.
:::

:::
"""
CHARTS = (
    "import broadsheet as bs\nimport plotly.graph_objects as go\n"
    "trade = bs.table('china-russia-trade').set_index('year')\n"
    "def lines(title='', top=9):\n"
    "    figure = go.Figure([go.Scatter(x=[2021, 2022, 2023], y=[1, 2, 5], name='China'),\n"
    "                        go.Scatter(x=[2021, 2022, 2023], y=[3, 2, 4], name='India')])\n"
    "    return figure.update_layout(title=title, yaxis_range=[0, top])",
    ("md", "An opening."),
    "bs.big_number(trade.total, 'Trade', since=2021)",
    "display(bs.big_number(trade.total, 'One', 2021), bs.big_number(trade.total, 'Two', 2022))",
    "#| column: margin\nbs.big_number(trade.total, 'In the margin')",
    ("md", "## Steps\n\n" + STEPS),
    SHOWN.format("#| label: fig-lines\n#| fig-cap: Lines.\n", ""),
    ("md", "::: {.before-after}"),
    SHOWN.format("#| label: fig-may\n#| fig-cap: In May.\n", "top=9"),
    SHOWN.format("#| label: fig-june\n#| fig-cap: In June.\n", "top=9"),
    (
        "md",
        ":::\n\n::: {.before-after}\n![May](picture.svg){width=10 height=10}\n\n![June](picture.svg){width=10 height=10}\n:::",
    ),
    ("md", "::: {.panel-tabset}\n## As a chart"),
    SHOWN.format("", "'In a tab'"),
    "bs.big_number(trade.total, 'In a tab')",
    ("md", "## As a table"),
    "trade.reset_index().head(2)",
    ("md", ":::\n\n::: {.column-margin}"),
    SHOWN.format("", "'In the margin'"),
    ("md", ":::\n\n::: {.callout-note}\n## A note with a chart"),
    SHOWN.format("", "'In a callout'"),
    ("md", ":::\n\n::: {.update time='2023-11-25T16:00+02:00'}\n### News"),
    SHOWN.format("", "'In an update'"),
    ("md", ":::\n\n::: {.content-hidden when-format='html'}"),
    SHOWN.format("", "'NEVER'"),
    "bs.big_number(trade.total, 'NEVER')",
    ("md", ":::\n\n<!-- Not yet:"),
    SHOWN.format("", "'NEVER'"),
    ("md", "-->\n\nSeveral of one cell:"),
    "#| layout-ncol: 2\n#| fig-alt: Two lines.\n#| source: false\n"
    "display(lines('Left'), lines('Right'), trade.reset_index().tail(2))",
    "#| label: fig-parts\n#| fig-cap: Parts.\n#| fig-subcap: [One, Two]\n#| fig-alt: Two lines.\n"
    "#| source: false\ndisplay(lines('A'), lines('B'))",
    "#| column: page\n" + SHOWN.format("", "'Wide'"),
    ("md", "::: {#fig-both}"),
    SHOWN.format("", "'In a figure'"),
    ("md", "A figure around a chart.\n:::\n\nThe end, with @fig-lines and @fig-may."),
)
"""Charts wherever a chart may be."""
FRONT_OF_CHARTS = "title: Charts\ndate: 2024-05-02\nexecute: {echo: false}"
FRONT = (
    "title: 'Elements & `{python} 1 + 2` others'\ndate: 2024-05-01\ncategories: [World News, China]\ntoc: true\n"
    "corrections:\n  - {date: 2024-05-03, wrong: 'It said *two*.', right: 'It says three.'}\n"
    "excerpt: 'An *excerpt* of `{python} 1 + 3` words, and [more](article:china-russia).'\n"
    "author: [A. One, {name: B. Two, url: 'https://example.org/b'}]\nexecute: {echo: false}\n"
    "editions:\n  - slug: again\n    title: Elements again\n    date: 2024-06-01"
)
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><path d="M0 0L10 10"/></svg>'
)


@dataclass(frozen=True)
class Built:
    """A site on disk."""

    root: Path

    @cached_property
    def pages(self) -> dict[str, html.HtmlElement]:
        return {
            path.relative_to(self.root).as_posix(): html.fromstring(
                path.read_text(encoding="utf-8")
            )
            for path in sorted(self.root.rglob("*.html"))
        }

    @property
    def files(self) -> set[str]:
        """But for the pieces of search: their names are digests of words, and an equation's number
        is not in both.
        """
        return {
            path.relative_to(self.root).as_posix()
            for path in self.root.rglob("*")
            if path.is_file() and not path.suffix.startswith(".pf_")
        }


def alike(text: str) -> str:
    """A text without what the two set differently: white space, and see :func:`punctuated`."""
    return "".join(punctuated(text).split())


def punctuated(text: str) -> str:
    """A text with each closing quotation mark before a full stop or a comma: where a citation's
    number follows, older versions of Pandoc put it after.
    """
    return re.sub("([.,])”", r"”\1", text)


def text_of(element: html.HtmlElement) -> str:
    """The text under an element."""
    return alike(str(element.text_content()))


@pytest.fixture(scope="session")
def both(quarto: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Built]:  # noqa: F811
    """The publication and an article of every element, directly and by Quarto."""
    folder = tmp_path_factory.mktemp("parity")
    root = write_sample(folder / "publication")
    publication = Site(root)
    shutil.copy(IGNORED, root / ".gitignore")
    publication.article("elements", *CELLS, front=FRONT)
    publication.write("posts/elements/picture.svg", PICTURE)
    publication.article("charts", *CHARTS, front=FRONT_OF_CHARTS)
    publication.write("posts/charts/picture.svg", PICTURE)
    for command in (
        [sys.executable, "-m", "broadsheet", "build", "--output", str(folder / "press")],
        [quarto, "render"],
    ):
        done = subprocess.run(
            command, cwd=root, env=environment(folder), text=True, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "warning: posts/elements" not in done.stderr
        assert "warning: posts/charts" not in done.stderr, done.stderr
    return Built(folder / "press"), Built(root / "_site")


@pytest.fixture
def direct(both: tuple[Built, Built]) -> Built:
    return both[0]


@pytest.fixture
def rendered(both: tuple[Built, Built]) -> Built:
    return both[1]


def each(direct: Built, rendered: Built) -> list[tuple[str, html.HtmlElement, html.HtmlElement]]:
    return [(path, page, rendered.pages[path]) for path, page in direct.pages.items()]


def body(page: html.HtmlElement) -> html.HtmlElement:
    """The body of an article, the main part of another page, all of a page that leads elsewhere."""
    bodies = page.xpath("//*[@id='article-body']") or page.xpath("//main") or page.xpath("//body")
    return bodies[0]


pytestmark = pytest.mark.quarto


def test_the_same_pages_and_files(direct, rendered):
    assert set(direct.pages) == set(rendered.pages)
    assert direct.files == rendered.files


def test_nothing_is_to_be_added_to_what_git_ignores(rendered):
    """Quarto adds lines that it misses."""
    assert (rendered.root.parent / ".gitignore").read_bytes() == IGNORED.read_bytes()


def test_the_same_head(direct, rendered):
    """Titles, descriptions, addresses, cards, scripts."""

    def head(page: html.HtmlElement) -> str:
        return str(html.tostring(page.xpath("//head")[0], encoding="unicode"))

    for path, ours, theirs in each(direct, rendered):
        assert head(ours) == head(theirs), path


def test_the_same_page_around_the_body(direct, rendered):
    """Masthead, section, byline, dates, contents, corrections, editions, topics, links to pass it
    on, related ones.
    """

    def around(page: html.HtmlElement) -> str:
        whole = html.fromstring(html.tostring(page.xpath("//body")[0]))
        for inner in whole.xpath("//*[@id='article-body']"):
            inner.clear()
        return str(html.tostring(whole, encoding="unicode"))

    for path, ours, theirs in each(direct, rendered):
        assert around(ours) == around(theirs), path
    for part in (
        "kicker",
        "authors",
        "corrected",
        "minutes",
        "corrections",
        "editions",
        "topics",
        "share",
        "related",
    ):
        assert direct.pages["posts/elements/index.html"].find_class(part), part


def test_the_same_lists_in_the_same_order(direct, rendered):
    for path in ("index.html", "sections/world-news.html"):
        ours, theirs = (
            html.tostring(site.pages[path].xpath("//main")[0]) for site in (direct, rendered)
        )
        assert ours == theirs and ours.count(b'class="headline"') >= 2


def test_the_same_headings_with_the_same_names(direct, rendered):
    def headings(page: html.HtmlElement) -> list[tuple[str, str, str | None]]:
        return [
            (element.tag, text_of(element), element.get("id") or element.getparent().get("id"))
            for element in page.iter("h1", "h2", "h3", "h4")
        ]

    for path, ours, theirs in each(direct, rendered):
        assert headings(ours) == headings(theirs), path


def test_the_same_cells_are_wide(direct, rendered):
    """The style sheet looks for what is wide among the children of the prose and of its sections."""

    def wide(page: html.HtmlElement) -> list[tuple[str, bool]]:
        return [
            (
                found[0],
                element.getparent().get("id") == "article-body"
                or element.getparent().tag == "section",
            )
            for element in body(page).iter("div")
            if (found := re.findall(r"\bcolumn-[\w-]+", element.get("class") or ""))
        ]

    for path, ours, theirs in each(direct, rendered):
        assert wide(ours) == wide(theirs), path
    assert wide(direct.pages["posts/elements/index.html"])[-1] == ("column-body-outset", True)


def test_the_same_text(direct, rendered):
    for path, ours, theirs in each(direct, rendered):
        assert text_of(body(ours)) == text_of(body(theirs)), path


def test_the_same_figures(direct, rendered):
    def figures(page: html.HtmlElement) -> list[tuple[str | None, list[str], list[str | None]]]:
        return [
            (
                next((parent.get("id") for parent in figure.iterancestors("div")), None),
                [text_of(caption) for caption in figure.findall("figcaption")],
                [
                    chart.get("data-figure")
                    for chart in figure.iter("div")
                    if chart.get("class") == "chart"
                ],
            )
            for figure in body(page).iter("figure")
        ]

    for path, ours, theirs in each(direct, rendered):
        assert figures(ours) == figures(theirs), path
    assert len(figures(direct.pages["posts/elements/index.html"])) >= 6


def test_no_chart_or_table_is_lost(direct, rendered):
    """Each drawing of the wide page, each small line, each table and each link to data."""

    def counts(page: html.HtmlElement) -> list[int]:
        return [
            len(body(page).xpath(path))
            for path in (
                ".//*[local-name()='svg']",
                ".//table",
                ".//a[@download]",
                ".//*[@data-figure]",
                ".//*[contains(@class, 'source')]",
            )
        ]

    for path, ours, theirs in each(direct, rendered):
        assert counts(ours) == counts(theirs), path
    page = direct.pages["posts/charts/index.html"]
    assert len(body(page).find_class("big-number")) == 5
    assert len(body(page).find_class("step-figure")) == 2
    assert len(body(page).find_class("chart")) >= 15


def test_the_same_links_and_pictures(direct, rendered):
    def addresses(page: html.HtmlElement) -> list[tuple[str, str | None, str | None]]:
        return [
            (element.tag, element.get("href") or element.get("src"), element.get("alt"))
            for element in body(page).iter("a", "img")
            if element.get("aria-hidden") is None
        ]

    for path, ours, theirs in each(direct, rendered):
        assert addresses(ours) == addresses(theirs), path


def test_the_same_copies_in_markdown(direct, rendered):
    copies = {name for name in direct.files if name.endswith(".md")}
    assert "posts/elements/index.md" in copies
    for name in copies:
        ours, theirs = (
            punctuated((site.root / name).read_text("utf-8")) for site in (direct, rendered)
        )
        assert ours == theirs, name


def test_the_same_names_and_kinds_of_elements(direct, rendered):
    """What links and the style sheet go by. `cell-…` and `cb…` count cells and blocks of code in
    Quarto's own way.
    """
    kinds = re.compile(
        r"^(callout.*|panel-tabset|tab-.*|nav-link|column-.*|layout-.*|table|text-.*|chart.*|footnote.*|"
        r"csl-.*|quarto-xref|quarto-appendix-.*|sourceCode|code-(?:fold|with-copy|copy-.*|overflow-.*)|dataframe|table-scroll|"
        r"update.*)$"
    )

    def names(page: html.HtmlElement) -> tuple[list[str], list[str]]:
        elements = [element for element in body(page).iter() if isinstance(element.tag, str)]
        ids = sorted(
            name
            for element in elements
            if (name := element.get("id")) and not re.match(r"cell-|cb\d", name)
        )
        return ids, [
            name
            for element in elements
            for name in (element.get("class") or "").split()
            if kinds.match(name)
        ]

    for path, ours, theirs in each(direct, rendered):
        assert names(ours) == names(theirs), path


@pytest.mark.parametrize("feed", ["index.xml", "index.atom"])
def test_the_same_feed(direct, rendered, feed):
    def entries(site: Built) -> list[list[tuple[str, str]]]:
        tree = etree.parse(site.root / feed)
        return [
            [
                (str(etree.QName(field).localname), field.get("href") or _plain(field.text))
                for field in entry
            ]
            for entry in tree.iter("{*}item", "{*}entry")
        ]

    ours, theirs = entries(direct), entries(rendered)
    assert ours == theirs and len(ours) >= 2
    assert (rendered.root / feed).stat().st_size < 300_000


def _plain(text: str | None) -> str:
    return (
        text_of(html.fragment_fromstring(text, create_parent="div"))
        if text and text.strip()
        else ""
    )


def test_nothing_of_ours_is_left_to_see(rendered):
    for path, page in rendered.pages.items():
        written = html.tostring(page, encoding="unicode")
        assert (
            "{python}" not in written and "data-slot" not in written and "NEVER" not in written
        ), path


def test_no_inline_style_no_inline_script_no_request_elsewhere(rendered):
    for path, page in rendered.pages.items():
        outside_svg = [element for element in page.iter() if isinstance(element.tag, str)]
        assert not [element for element in outside_svg if element.get("style")], path
        assert not page.xpath("//style"), path
        assert not [
            script
            for script in page.iter("script")
            if not script.get("src") and script.get("type") != "application/ld+json"
        ], path
        assert not [
            name for element in page.iter() for name in element.attrib if str(name).startswith("on")
        ], path
        loaded = [
            element.get("src") or element.get("href")
            for element in page.iter("script", "img", "link", "source")
            if element.get("rel") not in ("canonical", "alternate")
        ]
        assert not [
            address for address in loaded if address and re.match(r"(https?:)?//", address)
        ], path


def test_nothing_of_bootstrap_or_of_quartos_scripts(direct, rendered):
    libraries = [
        {path.name for path in (site.root / "site_libs").iterdir()} for site in (direct, rendered)
    ]
    assert libraries[0] == libraries[1]
    assert not {
        name for name in rendered.files if "bootstrap" in name or "quarto" in Path(name).name
    }
