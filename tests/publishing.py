"""The smallest publication that shows a thing: Markdown pages in, a site out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from lxml import html

from broadsheet.errors import BroadsheetError, RenderError
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.figures.table.credits import CreditLink, Credits
from broadsheet.markdown.document import Document, Rendered
from broadsheet.markdown.finished_edition import Finished
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.project.reading import Publication, open_publication
from broadsheet.site.article import links
from broadsheet.site.build.build import make_site
from broadsheet.site.build.report import Report

SITE = """
project:
  type: website
website:
  title: The Gazette
  description: News of the town.
  site-url: https://gazette.example/paper
  navbar:
    left:
      - href: town.qmd
        text: Town
      - href: about.qmd
        text: About
  page-footer:
    left: "Printed *weekly*."
lang: en
"""
FRONT = """---
title: The Gazette
listing:
  contents: posts
  feed: true
---
"""
TOWN = """---
title: Town
listing:
  contents: posts
  include: {categories: Town}
---
"""
ABOUT = """---
title: About
---
Who we are.
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" height="420" role="img" aria-label="A rising line." '
WIDE = (
    f'{SVG}width="720" viewBox="0 0 720 420" class="chart-wide"><path d="M40 400L300 180L700 20"'
    ' fill="none" stroke="var(--chart-1)" stroke-width="2"/>'
    '<text x="40" y="20" fill="var(--chart-muted)">Words</text></svg>'
)
NARROW = (
    f'{SVG}width="360" viewBox="0 0 360 420" class="chart-narrow">'
    '<path d="M40 400L320 20" fill="none" stroke="var(--chart-1)"/></svg>'
)
_FIGURES: list[PageFigure] = []
"""The figures that pages are to have, by the numbers in their Markdown."""


def article(title: str, date: str = "2024-05-01", body: str = "A paragraph.", **keys: str) -> str:
    """A dated page of the section Town."""
    more = "".join(f"{key.replace('_', '-')}: {value}\n" for key, value in keys.items())
    return f'---\ntitle: "{title}"\ndate: {date}\ncategories: [Town]\nauthor: A. Reporter\n{more}---\n{body}\n'


def chart(
    title: str = "It rises", label: str = "fig-x", files: str = "index_files", **fields: object
) -> str:
    """The Markdown of a chart as a cell makes one, with some ``fields`` of its own. The addresses
    of its files count from the page.
    """
    whole: dict[str, object] = {
        "alt": "A rising line.",
        "credits": Credits((CreditLink("The town."),)),
        "wide": WIDE,
        "narrow": NARROW,
        "data": f"{files}/{label}.json",
        "kinds": "bar scatter",
        "table": "<table><tr><td>1</td></tr></table>",
        "rows": 1,
    }
    _FIGURES.append(PageFigure(label, title=title, **(whole | fields)))  # type: ignore[arg-type]
    return f"\n```{{=slot}}\nfigure {len(_FIGURES) - 1}\n```\n"


def write(root: Path, files: Mapping[str, str]) -> Path:
    """A publication of the usual front page, section and about page, and of ``files``."""
    usual = {"_quarto.yml": SITE, "index.qmd": FRONT, "town.qmd": TOWN, "about.qmd": ABOUT}
    for name, text in (usual | dict(files)).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def publish(
    root: Path,
    *,
    broken: Sequence[str] = (),
    assets: Mapping[str, bytes] | None = None,
    output: Path | None = None,
) -> Report:
    """Build the site of the publication at ``root``; the pages in ``broken`` (by source) fail to render."""
    publication = open_publication(root)
    with Pandoc(2, root=root) as pandoc:
        return make_site(
            publication,
            finished(publication, assets or {}),
            output or root / "_site",
            pandoc=_Failing(pandoc, broken),
            jobs=2,
        )


def finished(publication: Publication, assets: Mapping[str, bytes]) -> list[Finished]:
    """The editions as they are after finishing; an asset goes to the edition in whose folder of
    files it lies.
    """
    return [
        Finished(
            edition,
            markdown=edition.source.markdown,
            assets={
                name: data for name, data in assets.items() if name.startswith(f"{edition.files}/")
            },
        )
        for edition in publication.editions
    ]


def charts_of(page: Finished) -> list[html.HtmlElement]:
    """The charts of a page, as the page shows them."""

    def address(path: str) -> str:
        return links.relative(page.edition.output, path)

    return [html.fragment_fromstring(figure.html(address)) for figure in page.figures]


def select(element: html.HtmlElement, selector: str) -> list[html.HtmlElement]:
    """The elements below one that fit a plain CSS selector: tags, classes, ids, attributes,
    descendants.
    """
    path = "."
    for step in re.findall(r"(?:[^\s\[]|\[[^\]]*\])+", selector):
        tag, tests = re.match(r"([\w-]*)(.*)", step).groups()  # type: ignore[union-attr]
        path += f"//{tag or '*'}"
        for sign, name, value in re.findall(
            r"([.#\[])([\w-]+)(?:=['\"]?([^\]'\"]*)['\"]?)?\]?", tests
        ):
            path += {
                ".": f"[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]",
                "#": f"[@id='{name}']",
                "[": f"[@{name}='{value}']" if value else f"[@{name}]",
            }[sign]
    found: list[html.HtmlElement] = element.xpath(path)
    return found


class _Failing:
    """A Pandoc that cannot render some pages."""

    def __init__(self, pandoc: Pandoc, broken: Sequence[str]) -> None:
        self.pandoc = pandoc
        self.broken = broken

    def render(self, document: Document) -> Rendered:
        """The page's body, or the fault."""
        if document.file in self.broken:
            fault: BroadsheetError = RenderError(document.file, "cannot be rendered", "Mend it.")
            raise fault
        return self.pandoc.render(_with_figures(document))


def _with_figures(document: Document) -> Document:
    """``document`` with the figures that its Markdown names in its slots."""
    folder, slots = PurePosixPath(document.file).parent, list(document.slots)

    def slot(match: re.Match[str]) -> str:
        figure = _FIGURES[int(match[1])]
        downloads = tuple(replace(one, path=str(folder / one.path)) for one in figure.downloads)
        slots.append(replace(figure, data=str(folder / figure.data), downloads=downloads))
        return f"```{{=slot}}\n{len(slots) - 1}\n```"

    markdown = re.sub(r"```\{=slot\}\nfigure (\d+)\n```", slot, document.markdown)
    return replace(document, markdown=markdown, slots=slots)
