"""Two pictures of the same thing compared, `::: {.before-after}`: a photo or a map before and
after, or two charts of the same frame.

The div holds two pictures, each with its caption. As it is, they stand beside or below each other:
so feeds, e-mail and paper have them. If both have the same proportions, it gets the class
`is-compared`: then, where scripts run, the style sheet lays the second on the first, and
`theme/before-after.js` lets a reader move the line between them. What cannot be laid on each other
stays, with a notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from broadsheet.errors import Notice, Place
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown.document import Document
from broadsheet.text.html_tree import classes, comments
from broadsheet.text.language import speaking, t_
from plotly_alive.drawing.svg import drawing_size

ALIKE = 0.01
"""The part by which the proportions of two pictures may differ."""
_CLASS, IS_COMPARED = "before-after", "is-compared"
"""The class of two pictures beside each other; and of two that are laid on each other."""

_SIDE = re.compile(r"\d+(?:\.\d+)?")
_TWO = (
    "Write two pictures, each in a paragraph of its own, or two charts: "
    "`::: {.before-after}`, `![Before](a.jpg)`, `![After](b.jpg)`, `:::`."
)
_SIZED = (
    "See that its file is there, install `broadsheet[pictures]`, or give both `width` and `height`."
)
_INNER = "Put it into the figure: `::: {.before-after}` within `::: {#fig-…}`."
_CUT = "Cut both to the same part, or give both charts the same height."


@dataclass
class Comparisons:
    """The comparisons of one page."""

    document: Document
    """The page's document, for the places of messages."""
    figures: Mapping[str, PageFigure]
    """The page's charts, by the texts of their comments in the body."""
    notices: list[Notice] = field(default_factory=list)
    """The messages to the author."""

    def mark(self, body: HtmlElement, lang: str) -> None:
        """Give pairs of the same proportions the class of those."""
        pairs = (one for one in body.iter("div") if _CLASS in classes(one))
        for number, pair in enumerate(pairs):
            fault, mend = self._fault(pair)
            if "quarto-float" in classes(pair):
                fault, mend = "`.before-after` is a figure with a caption", _INNER
            if fault:
                self.notices.append(Notice(self._place(number), fault, mend, topic="picture"))
                continue
            with speaking(lang):
                label = t_("Move the line between the two pictures")
                value = t_("%(number)s percent of the first picture", number="#")
            names = [f"{one} {IS_COMPARED}" if one == _CLASS else one for one in classes(pair)]
            pair.set("class", " ".join(names))
            pair.set("data-label", label)
            pair.set("data-value", value)

    def _place(self, number: int) -> Place:
        """Return the place at which the comparison of this number begins."""
        written = self.document.markdown
        starts = [one.start() for one in re.finditer(r"\.before-after(?![\w-])", written)]
        line = written.count("\n", 0, starts[number]) + 1 if number < len(starts) else None
        return self.document.place(line)

    def _fault(self, inner: HtmlElement) -> tuple[str, str]:
        """Say why the pictures of a div cannot be laid on each other, and what to do; else empty."""
        photos = list(inner.iter("img"))
        marks = (one.text for one in comments(inner, ""))
        charts = [self.figures[mark] for mark in marks if mark in self.figures]
        count = len(photos) + len(charts)
        if count != 2:
            return f"`.before-after` compares two pictures, and has {count or 'none'}", _TWO
        if len(photos) == 1:
            return (
                "`.before-after` has a picture and a chart, which cannot be laid on each other",
                _TWO,
            )
        sizes = list(_sizes(photos, charts))
        if len(sizes) < 2:
            what = "the size of a picture of `.before-after` is not known"
            return f"{what}, so they stand beside each other", _SIZED
        (wide, high), (other_wide, other_high) = sizes
        if abs(wide * other_high / high / other_wide - 1) > ALIKE:
            first, second = (f"{width:g} × {height:g}" for width, height in sizes)
            what = f"the pictures of `.before-after` have other proportions, {first} and {second}"
            return f"{what}, so they stand beside each other", _CUT
        return "", ""


def _sizes(photos: list[HtmlElement], charts: list[PageFigure]) -> Iterator[tuple[float, float]]:
    for photo in photos:
        width, height = (photo.get(name, "") for name in ("width", "height"))
        if all(_SIDE.fullmatch(side) and float(side) for side in (width, height)):
            yield float(width), float(height)
    yield from (size for chart in charts if all(size := drawing_size(chart.wide)))
