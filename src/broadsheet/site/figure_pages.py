"""The page of a figure: the figure alone, to be embedded elsewhere, to be cited, and to be shared.

What it shows is cut out of the finished page of its article, so it is the same for both renderers.
It is light enough for a frame on another site: no masthead, the one stylesheet, the script of
charts. The snippet to embed it with and the citation stand below the figure and are shown when they
are asked for (`#embed`); in a frame every link leads out of it. Search engines are led to the
article, where the figure is explained.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from markupsafe import Markup

from broadsheet.language import speaking, t_, written_date
from broadsheet.site import links
from broadsheet.site.page import Scene, press, site_title
from broadsheet.site.page_meta import PageMeta

FRAME = 110
"""Pixels that a page takes beside picture and words: margins, and the line that says where the
figure is from.
"""

_CHART = re.compile(
    r'<div class="chart" id="chart-(?P<label>[^"]+)"[^>]*\baria-label="(?P<name>[^"]*)"[^>]*>'
)
_DIV = re.compile(r"<(/?)div\b")
_PAGE = re.compile(r'<a class="chart-page" href="([^"]*)"')
_NO_WORDS = re.compile(r"<(svg|details)\b.*?</\1>|<[^>]*>", re.DOTALL)
_HEIGHT = re.compile(r'<svg class="chart-wide"[^>]*\bheight="(\d+)')
_PICTURE = re.compile(r'<a href="([^"]*-full\.png)"')
_NUMBER = re.compile(r"^\s*[^\d<>:]{1,20}\s\d+(?:\.\d+)*[:.]\s+")


@dataclass(frozen=True)
class Figure:
    """A figure as its article has it: ``path`` is that of its own page, ``picture`` that of its
    PNG, if there is one; ``chart`` and ``caption`` are HTML with the article's addresses.
    """

    label: str
    name: str
    path: PurePosixPath
    chart: str
    caption: str = ""
    picture: str = ""

    @property
    def height(self) -> int:
        """Of a frame that holds it on a phone: on each line of 18 pixels stand some 36 letters."""
        found = _HEIGHT.search(self.chart)
        words = len(_NO_WORDS.sub("", self.chart + self.caption))
        return FRAME + words // 2 + (int(found[1]) if found else 0)


def figures_of(page: PurePosixPath, text: str) -> Iterator[Figure]:
    """The figures of a page that have one of their own."""
    for start in _CHART.finditer(text):
        chart = text[start.start() : _end(text, start.start())]
        address = _PAGE.search(chart)
        target = links.internal(html.unescape(address[1]), page.parent) if address else None
        if target is None:
            continue
        picture = _PICTURE.search(chart)
        found = links.internal(html.unescape(picture[1]), page.parent) if picture else None
        yield Figure(
            html.unescape(start["label"]),
            html.unescape(start["name"]),
            target.path,
            chart,
            _caption(text, start["label"], start.start()),
            str(found.path) if found else "",
        )


def press_figure(scene: Scene, entry: PageMeta, figure: Figure, charts: Collection[str]) -> str:
    """The page of a figure of ``entry``; ``scene`` is the site as seen from there, ``charts`` are
    the trace types of the article's charts, so that it has the scripts which its article has.
    Raises :class:`RenderError`.
    """
    article = PurePosixPath(entry.path)

    def rewrite(address: str) -> str:
        if address.startswith("#"):
            return f"{scene.href(article)}{address}"
        target = links.internal(address, article.parent)
        return target.from_page(figure.path) if target else address

    url = scene.absolute(str(figure.path).removesuffix("index.html"))
    return press(
        "figure",
        entry,
        scene=scene,
        figure=figure,
        url=url,
        charts=charts,
        chart=Markup(links.rewritten(figure.chart, rewrite)),
        caption=Markup(links.rewritten(figure.caption, rewrite)),
        snippet=str(_snippet(figure, url)) if url else "",
        citation=_citation(scene, entry, figure, url),
    )


def _snippet(figure: Figure, url: str) -> Markup:
    return Markup(
        '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy" style="border: 0"></iframe>'
    ).format(url, figure.name, figure.height)


def _citation(scene: Scene, entry: PageMeta, figure: Figure, url: str) -> str:
    """``A. Reporter, My Blog: “The finding” (chart), in: “The headline”, edition of 26 May 2023.
    https://…``
    """
    name = site_title(scene.project)
    who = ", ".join([*(author.name for author in entry.authors), name])
    with speaking(entry.lang):
        said = t_(
            "%(who)s: “%(figure)s” (chart), in: “%(title)s”",
            who=who,
            figure=figure.name,
            title=entry.title,
        )
        if entry.updated:
            said += ", " + t_("edition of %(date)s", date=written_date(entry.updated))
    return f"{said}. {url}".strip()


def _end(text: str, start: int) -> int:
    """Where the div that starts there ends."""
    depth = 0
    for div in _DIV.finditer(text, start):
        depth += -1 if div[1] else 1
        if depth == 0:
            return text.index(">", div.end()) + 1
    return len(text)


def _caption(text: str, label: str, start: int) -> str:
    """The caption without the number, which counts the article's figures."""
    found = re.compile(
        rf'<figcaption[^>]*\bid="{re.escape(label)}-caption[^"]*"[^>]*>(.*?)</figcaption>',
        re.DOTALL,
    ).search(text, start)
    return _NUMBER.sub("", found[1].replace("&nbsp;", " ")).strip() if found else ""
