"""The page of a figure: the figure alone, to be embedded elsewhere, to be cited, and to be shared.

It is light enough for a frame on another site: no masthead, the one stylesheet, the script of
charts. The snippet to embed it with and the citation stand below the figure and are shown when they
are asked for (`#embed`); in a frame every link leads out of it. Search engines are led to the
article, where the figure is explained.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePosixPath

from markupsafe import Markup

from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.site.article import links
from broadsheet.site.article.entry import Entry
from broadsheet.site.index.scene import Scene, render
from broadsheet.text.html_tree import words_of
from plotly_alive.drawing.svg import drawing_size

FRAME = 110
"""Pixels that a page needs in addition to picture and words: margins, and the line that names the
figure's source.
"""


def render_figure_page(
    scene: Scene, meta: Entry, figure: PageFigure, kinds: Collection[str]
) -> str:
    """Return the page of a figure of ``meta``; ``scene`` is the site as seen from there, ``kinds``
    are the trace types of the article's figures, so that it has the scripts which its article has.
    Raises :class:`RenderError`.
    """
    article = PurePosixPath(meta.path)

    def rewrite(address: str) -> str:
        if address.startswith("#"):
            return f"{scene.href(article)}{address}"
        target = links.internal(address, article.parent)
        return target.from_page(scene.page) if target else address

    with meta.speaking():
        chart = figure.html(lambda path: "" if path == figure.page else scene.href(path))
    url = scene.absolute(links.url_of(figure.page))
    return render(
        "figure",
        meta,
        scene=scene,
        figure=figure,
        url=url,
        charts=kinds,
        chart=Markup(chart),
        caption=Markup(links.rewritten(figure.caption, rewrite)),
        height=_height(figure, chart),
    )


def _height(figure: PageFigure, chart: str) -> int:
    """Return the height in pixels of a frame that holds a figure on a phone, where a line of 18
    pixels has some 36 letters.
    """
    _, height = drawing_size(figure.wide)
    for apart in filter(None, (figure.wide, figure.narrow, figure.table)):
        chart = chart.replace(apart, "")  # without words: most of a figure's HTML need not be read
    words = len(words_of(chart + figure.caption, without=("svg", "details")))
    return FRAME + words // 2 + int(height)
