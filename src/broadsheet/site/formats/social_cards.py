"""Social cards: the picture of an article that is shown where somebody shares it, 1200 by 630
pixels, as PNG.

Headline, section and the publication's name are at the left, the article's own chart at the right;
a photograph, where `image` is one; words alone where there is neither. Each edition has a card of
its own. A card is an SVG, in the publication's typefaces and its light colours, that resvg draws.
It is stored in `.broadsheet/cards/` by what it shows, so none is drawn twice.

The two typefaces come with the program, and have Latin, Greek and Cyrillic letters. For other
scripts the machine's own fonts are used, which takes longer, and leaves letters out where it has
none.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import json
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree
from markupsafe import Markup

from broadsheet.errors import Place, RenderError
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import Project
from broadsheet.site.article.article import Article
from broadsheet.site.article.entry import Picture
from broadsheet.site.article.photos import cropped
from broadsheet.site.index.scene import site_title
from broadsheet.site.theme.templates import rendered
from broadsheet.storage import files as publication_files
from broadsheet.storage import limits
from broadsheet.storage.files import check_path
from broadsheet.storage.store import Store
from plotly_alive.chart_theme import PALETTE
from plotly_alive.drawing import svg
from plotly_alive.text import text_width
from plotly_alive.text.unprintable import UNPRINTABLE

STORE = "cards"
KEPT = 1024 * 2**20
"""The most bytes of cards that the store keeps."""
SIZE = (1200, 630)
SERIF, SANS = "Source Serif 4", "Source Sans 3"
MARGIN, COLUMN, PICTURE, FOOT = 56, 600, 432, 40
"""In pixels: the margin; the width of the words beside a picture, and that of the picture; the
space under a chart.
"""
_LEFT = SIZE[0] - MARGIN - PICTURE
"""The left edge of a photograph, in pixels."""
ROOM = 372
"""The height in pixels that headline and standfirst may take."""
_SIZES = {
    True: ((60, 5), (52, 6), (45, 7), (39, 8), (34, 9)),
    False: ((100, 3), (82, 4), (66, 5), (54, 6), (44, 7)),
}
"""The sizes of the headline, with a picture and without one. Each has the most lines that it may
have.
"""
_LONGEST = 2_000
_LINE = 200
"""The most letters of a headline or standfirst, and of a text on one line, that are drawn: more
than there is room for.
"""
_STANDFIRST, _MEASURE = 27, 19
_WEIGHTS = {"normal": "400", "bold": "700", "bolder": "700", "lighter": "200"}
"""The weights of letters that have names. resvg draws regular letters as light as the font begins,
unless their weight is also a setting of the font.
"""
_AS_IT_IS = (1, 0, 0, 0, 1, 0)
"""The transform that changes nothing."""
_FAMILIES = {SERIF: "fontpkg-source-serif-4", SANS: "fontpkg-source-sans-3"}
_OTHER_SCRIPTS = re.compile("[\u0530-\u1dff\u2c00-\ua6ff\ua720-\ufaff\ufb07-\U0010ffff]")


@dataclass(frozen=True)
class TextBlock:
    """Lines of text on a card; its measures are in pixels."""

    lines: Sequence[str]
    """The lines."""
    size: float
    """The size of the letters."""
    leading: float
    """The distance from one line to the next."""
    top: float
    """The top of the first line."""

    @property
    def baselines(self) -> list[tuple[float, str]]:
        """Each line with the height of its baseline."""
        return [
            (round(self.top + self.size * 0.9 + number * self.leading, 1), line)
            for number, line in enumerate(self.lines)
        ]

    @property
    def bottom(self) -> float:
        """The bottom of the last line."""
        return self.top + len(self.lines) * self.leading


def with_card(
    content: Article, edition: Edition, files: Mapping[str, bytes], project: Project
) -> tuple[Article, dict[str, bytes]]:
    """Return the content of an article with its card, and the card by its path. ``files`` are the
    content's. Raises :class:`RenderError`.
    """
    meta = content.meta
    if not project.site_url:  # no other site could ask for it
        return content, {}
    chart, photograph = _shown(content, files, project.root)
    drawn = card_svg(
        meta.title,
        meta.subtitle or meta.description,
        "".join(meta.categories[:1]),
        site_title(project),
        chart=chart,
        photograph=photograph,
    )
    try:
        png = _drawn(drawn, project.root)
    except ValueError as error:
        raise RenderError(
            Place(str(edition.path)),
            f"the card for social networks cannot be drawn: {error}",
            "Give the article another `image`, or report it with the page.",
        ) from error
    alt = meta.title if chart is None else f"{meta.title}. {chart.alt}"
    card = Picture(f"{edition.files}/card.png", alt)
    return replace(content, meta=replace(meta, card=card), files=(*content.files, card.path)), {
        card.path: png
    }


def trim(root: Path) -> None:
    """Remove the cards that served longest ago until there is room."""
    Store(root, STORE).trim(KEPT)


def card_svg(
    headline: str,
    standfirst: str,
    section: str,
    name: str,
    *,
    chart: PageFigure | None = None,
    photograph: str = "",
) -> str:
    """Return a card as SVG; ``name`` is the publication's, ``photograph`` a picture as a `data:`
    address.
    """
    headline, standfirst, section, name = (
        headline[:_LONGEST],
        standfirst[:_LONGEST],
        section[:_LINE],
        name[:_LINE],
    )
    pictured = chart is not None or bool(photograph)
    width = COLUMN if pictured else SIZE[0] - 2 * MARGIN
    top = MARGIN + (44 if section else 0)
    head = _headline(headline, width, _SIZES[pictured], top)
    size = _STANDFIRST if pictured else _STANDFIRST * 1.2
    below = TextBlock(_lines(standfirst, width / size), size, size * 1.35, head.bottom + 18)
    if below.bottom > top + ROOM:
        below = replace(below, lines=())
    drawing, left, measure = _placed(chart) if chart else ("", _LEFT, None)
    colours = {name: PALETTE[f"chart-{name}"][0] for name in ("paper", "ink", "muted", "grid", "1")}
    return rendered(
        "card.svg.jinja",
        size=SIZE,
        margin=MARGIN,
        width=width,
        section=section.upper(),
        headline=head,
        standfirst=below,
        name=name,
        drawing=Markup(drawing),
        left=left,
        measure=measure,
        photograph=photograph,
        serif=SERIF,
        sans=SANS,
        colours=colours,
    )


def _shown(
    content: Article, files: Mapping[str, bytes], root: Path
) -> tuple[PageFigure | None, str]:
    """Return the chart that a card shows, or else its photograph."""
    picture = content.meta.picture
    chart = content.figure
    if picture is None or not picture.local or (picture.is_chart and chart):
        return chart, ""
    kind = mimetypes.guess_type(picture.path)[0] or ""
    if picture.path not in files:
        check_path(root, root / picture.path, Place(content.meta.source), published=True)
    data = files.get(picture.path) or publication_files.content(
        root / picture.path, picture.path, limits.TABLE["image-size"]
    )
    if picture.focal:
        data = cropped(data, (SIZE[0] - _LEFT, SIZE[1]), picture.focal)
    return None, f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _placed(chart: PageFigure) -> tuple[str, float, TextBlock]:
    """Return the drawing in the largest size that fits at the right, its left edge, and the lines
    above it that say what it measures.
    """
    lines = text_width.lines(chart.subtitle, PICTURE / _MEASURE, "sans", breaks_words=True)[:3]
    measure = TextBlock(lines, _MEASURE, _MEASURE * 1.3, MARGIN)
    inner = svg.parsed_svg(
        svg.standalone_svg((chart.narrow or chart.wide).encode(), chart.alt, dark=False)
    )
    width, height = (float(inner.get(side, "0")) or 1 for side in ("width", "height"))
    top = measure.bottom + 10 if lines else MARGIN
    scale = min(PICTURE / width, (SIZE[1] - FOOT - top) / height)
    left = (
        SIZE[0]
        - MARGIN
        - max(
            width * scale,
            *(text_width.text_width(line, "sans") * _MEASURE for line in ("", *lines)),
        )
    )
    for name, value in {
        "x": left,
        "y": top,
        "width": width * scale,
        "height": height * scale,
    }.items():
        inner.set(name, f"{value:.1f}")
    for part in inner.iter():
        if weight := _WEIGHTS.get(part.get("font-weight", ""), part.get("font-weight")):
            part.set("font-variation-settings", f"'wght' {weight}")
    inner.set("font-family", f"'{SANS}'")
    inner.set("overflow", "visible")  # a clip of its own would cost a fifth of the time
    return etree.tostring(inner, encoding="unicode"), left, measure


def _drawn(card: str, root: Path) -> bytes:
    """Return a card as PNG, from the store or drawn now. Raises :class:`ValueError`."""
    name = hashlib.sha256(json.dumps([card, _versions()]).encode()).hexdigest()
    store, key = Store(root, STORE), f"{name}.png"
    kept = store.get(key)
    if kept is not None:
        return kept
    words = UNPRINTABLE.sub("", card)
    drawn = _png(words, others=bool(_OTHER_SCRIPTS.search(words)))
    store.put(key, drawn)
    return drawn


def _png(card: str, *, others: bool) -> bytes:
    """Return a card as PNG; with the machine's ``others`` fonts, too, if its words need them."""
    import resvg

    try:
        return resvg.render(resvg.usvg.Tree.from_str(card, _fonts(others)), _AS_IT_IS)
    except BaseException as error:
        # resvg tells of no SVG by a panic, which is no Exception
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise ValueError(str(error)) from error


def _fonts(others: bool) -> Any:
    """Return what resvg draws with: our two typefaces. It serves the thread alone that made it."""
    import resvg

    options = resvg.usvg.Options.default()
    options.font_family = SERIF
    if others:
        options.load_system_fonts()
    for font in _font_files():
        options.load_font_data(font)
    return options


@cache
def _font_files() -> tuple[bytes, ...]:
    """Return the bytes of our two typefaces' files. Of a font that it knows by its file alone, resvg opens
    the file again for each text and letter, which takes six times as long.
    """
    import fontpkg

    return tuple(Path(fontpkg.path(family, weight=700)).read_bytes() for family in _FAMILIES)


@cache
def _versions() -> list[str]:
    return [importlib.metadata.version(package) for package in ("resvg", *_FAMILIES.values())]


def _headline(text: str, width: float, sizes: Sequence[tuple[float, int]], top: float) -> TextBlock:
    """Return a headline in the largest of the ``sizes`` at which it has few enough lines, all of
    them about equally long; cut off if it is too long even for the smallest.
    """
    for size, most in sizes:
        lines = _lines(text, width / size)
        if len(lines) <= most:
            return TextBlock(_balanced(text, width / size, len(lines)), size, size * 1.12, top)
    size, most = sizes[-1]
    lines = _lines(text, width / size)[:most]
    return TextBlock(
        [*lines[:-1], lines[-1].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"], size, size * 1.12, top
    )


def _lines(text: str, room: float) -> list[str]:
    return text_width.lines(text, room, "serif bold", breaks_words=True)


def _balanced(text: str, room: float, count: int) -> list[str]:
    """Return ``text`` in ``count`` lines within ``room``, broken so that the longest is as short as
    possible.
    """
    low, high = room / 2, room
    for _ in range(8):
        middle = (low + high) / 2
        low, high = (low, middle) if len(_lines(text, middle)) <= count else (middle, high)
    return _lines(text, high)
