"""An issue: the content of an article's e-mail edition, made as its page is made.

The notebook is run or found in the cache, finished and rendered, so that each value is the page's
and each claim has been checked. The issue has the title, the excerpt and the chart of the page's
content.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote, urljoin

from broadsheet.errors import ConfigError, LetterError, Notice, UsageError, guarded
from broadsheet.figures.drawing.chart_renderer import Pictures
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.press.press import Press
from broadsheet.project.editions.edition import Edition
from broadsheet.project.reading import Publication, open_publication
from broadsheet.site.article import links
from broadsheet.site.article.article import Article
from broadsheet.site.article.article_references import resolve
from broadsheet.site.article.entry import Entry
from broadsheet.site.build.edition_pages import article_of
from broadsheet.site.index.scene import site_title
from broadsheet.text.html_tree import parsed, written
from plotly_alive.chart_theme import NARROW
from plotly_alive.drawing.svg import drawing_size, standalone_svg, without_page

PIXELS = {"narrow": 2, "wide": 1.5}
"""The pixels of a drawing for each CSS pixel, for dense screens."""


@dataclass(frozen=True)
class Chart:
    """The chart of an article."""

    figure: PageFigure
    """The figure."""
    pictures: Mapping[str, bytes]
    """Its drawings as PNG by their kinds, `narrow`, `wide`, `narrow-dark` and `wide-dark`; none
    without a browser to draw.
    """
    address: str
    """The full address of the picture on the site."""


@dataclass(frozen=True)
class Issue:
    """The e-mail edition of an article."""

    slug: str
    """The slug of the article."""
    site: str
    """The title of the site."""
    site_url: str
    """The full address of the site."""
    url: str
    """The full address of the article."""
    meta: Entry
    """The entry of its page."""
    excerpt: str
    """The excerpt: finished HTML with full addresses."""
    chart: Chart | None = None
    """The chart; None without one."""
    notices: tuple[Notice, ...] = ()
    """The notices of its page."""

    @property
    def title(self) -> str:
        """The headline, which is the subject of the e-mail."""
        return self.meta.title

    @property
    def pictures(self) -> Mapping[str, bytes]:
        """The drawings of its chart, if it has one."""
        return self.chart.pictures if self.chart else {}

    @property
    def preheader(self) -> str:
        """The line that mail programs show beside the subject."""
        return self.meta.subtitle or self.meta.description


def make_issue(root: Path, slug: str) -> Issue:
    """Return the issue of an article, or of an edition as ARTICLE/EDITION. Raises the faults of its
    page, and :class:`ConfigError` for an article without an `excerpt`, or a publication without a
    `site-url`.
    """
    publication = open_publication(root)
    edition = publication.choose_read([slug])[0]
    with Press(publication.project) as press:
        return issue_of(publication, edition, press, partial(_contents, press))


Contents = Callable[[Sequence[Edition]], tuple[list[Article], list[Notice]]]
"""Returns the contents of editions, with notices. Raises the fault of an edition."""


def issue_of(publication: Publication, edition: Edition, press: Press, contents: Contents) -> Issue:
    """Return the issue of an edition. ``contents`` gives the content of its page and of the pages
    to which it refers; the ``press`` draws its chart. Raises as :func:`make_issue` does.
    """
    project = publication.project
    if not project.site_url:
        raise ConfigError(
            project.text.place(("website",)),
            "a newsletter leads to the site by its full address",
            "Set `site-url` under `website`.",
        )
    if not edition.settings.excerpt:
        raise ConfigError(
            edition.source.front_matter.where,
            f"{edition.slug} has no `excerpt`, which is what its e-mail edition says",
            'Write one in its front matter: `excerpt: "…"`.',
        )
    referred = _referred(edition.settings.excerpt)
    try:
        others = [publication.choose_read([slug])[0] for slug in referred]
    except UsageError as error:
        raise ConfigError(
            edition.source.front_matter.place(("excerpt",)),
            f"the excerpt of {edition.slug} refers to "
            f"`{links.SCHEME}{error.where}`, and no article has that slug",
            error.mend,
        ) from error
    with guarded(edition.source.place(), "making the e-mail edition"):
        articles, notices = contents([edition, *others])
        return _issue(press, edition, articles, referred, notices)


def _issue(
    press: Press,
    edition: Edition,
    contents: Sequence[Article],
    referred: Sequence[str],
    notices: Sequence[Notice],
) -> Issue:
    """Return the issue of an edition. Its content comes first, then those of the articles to which
    its excerpt refers, by these slugs.
    """
    project, content, meta = press.project, contents[0], contents[0].meta
    url = project.site_url + quote(meta.url)
    entries = {slug: other.meta for slug, other in zip(referred, contents[1:], strict=True)}
    excerpt = parsed(content.excerpt)
    with meta.speaking():
        resolve(excerpt, entries, lambda entry: project.site_url + quote(entry.url))
    links.rewrite_addresses(excerpt, lambda address: urljoin(url, address))
    return Issue(
        edition.slug,
        site_title(project),
        project.site_url,
        url,
        meta,
        written(excerpt),
        _chart(content, press),
        tuple(notices),
    )


def _contents(press: Press, editions: Sequence[Edition]) -> tuple[list[Article], list[Notice]]:
    result = press.finish_all(editions)
    for fault in result.faults.values():
        raise fault
    contents = [article_of(press.project, press.render(one))[0] for one in result.finished]
    return contents, result.notices


def _referred(excerpt: str) -> list[str]:
    """Return the slugs of the articles to which an excerpt refers."""
    return list(dict.fromkeys(re.findall(rf"\]\({links.SCHEME}([^)#\s]+)", excerpt)))


def _chart(content: Article, press: Press) -> Chart | None:
    """Return the article's chart with its drawings for a phone and for a wide page, in light and in
    dark.
    """
    figure = content.figure
    if figure is None:
        return None
    pictures = {}
    for dark, end in ((False, ""), (True, "-dark")):
        for kind, drawing in (("narrow", figure.narrow), ("wide", figure.wide)):
            picture = _picture(
                drawing or figure.narrow or figure.wide,
                figure.alt,
                dark,
                PIXELS[kind],
                press.pictures,
            )
            if picture is not None:
                pictures[f"{kind}{end}"] = picture
    name = figure.file(".png")
    return Chart(figure, pictures, press.project.site_url + quote(name) if name else "")


def _picture(drawing: str, alt: str, dark: bool, pixels: float, drawn: Pictures) -> bytes | None:
    width, height = map(round, drawing_size(drawing))
    size = (width, height) if width and height else NARROW
    return drawn.rasterize(standalone_svg(without_page(drawing), alt, dark=dark), size, pixels)


def fault_of(slug: str, what: str, mend: str) -> LetterError:
    """Return an error of the e-mail edition of an article."""
    return LetterError(f"the e-mail edition of {slug}", what, mend)
