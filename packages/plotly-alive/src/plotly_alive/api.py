"""Reads, describes, tabulates and draws a figure, and makes HTML of it."""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from plotly_alive import living_html
from plotly_alive.drawing import svg
from plotly_alive.drawing.browser import Browser
from plotly_alive.drawing.text_around import picture_with_text
from plotly_alive.errors import BrowserError, DrawingError, FigureError, shown
from plotly_alive.figure_plan import FigurePlan, planned, prepared
from plotly_alive.layout.figure_layout import narrow, wide
from plotly_alive.living_html import Script
from plotly_alive.reading import chart_reading
from plotly_alive.reading.chart_data import Chart
from plotly_alive.reading.plotly_json import checked
from plotly_alive.reading.views import still
from plotly_alive.table.chart_table import chart_table_of
from plotly_alive.table.table import Table
from plotly_alive.text.language import language_of, speaking
from plotly_alive.words import alt_text

PHONE = 480
"""A drawing of at most this many CSS pixels is laid out as for a phone."""
LEAST, MOST = 200, 4000
"""The fewest and the most CSS pixels of a drawing's width."""


@dataclass(frozen=True)
class Drawing:
    """A drawing that stands by itself, with the figure's title."""

    svg: str
    """The drawing as an SVG file, in the light colours."""
    dark_svg: str
    """The same in the dark colours."""
    alt: str
    """Its alternative text, which both have as their title."""
    width: int
    """The width in CSS pixels, with the margin around title and picture."""
    height: int
    """The height in CSS pixels."""

    def _repr_svg_(self) -> str:
        return self.svg


def read(figure: Any, language: str = "en") -> Chart:
    """Return the values that a figure shows, at its first view; names that it lacks, such as
    `Series 2`, are in the ``language``. Raises :class:`FigureError`, and ValueError for an unknown
    language.
    """
    with _speaking(language):
        return chart_reading.read(prepared(checked(_as_mapping(figure))))


def describe(chart: Any, language: str = "en") -> str:
    """Return the alternative text of a :class:`Chart` or a figure, made from its data. Raises as
    :func:`read` does.
    """
    chart = chart if isinstance(chart, Chart) else read(chart, language)
    with _speaking(language):
        return alt_text.describe(chart)


def tabulate(chart: Any, language: str = "en") -> Table:
    """Return the values of a :class:`Chart` or a figure as a table; `.csv()` writes it. It has no
    columns if there are no values. Raises as :func:`read` does.
    """
    chart = chart if isinstance(chart, Chart) else read(chart, language)
    with _speaking(language):
        return chart_table_of(chart, ()) or Table((), (), 0)


def draw(figure: Any, width: int = 720, *, alt: str | None = None, language: str = "en") -> Drawing:
    """Return the drawing of a figure, ``width`` CSS pixels wide without its margin, with a browser
    that stays open until the program ends. Up to 480 pixels it is laid out as for a phone. Raises
    :class:`FigureError`, :class:`DrawingError`, :class:`BrowserError`, and ValueError for a
    width or a language that there is not.
    """
    return _kept().draw(figure, width, alt=alt, language=language)


def html(
    figure: Any,
    alt: str | None = None,
    table: bool = True,
    script: Script = "inline",
    *,
    language: str = "en",
    base: str = "",
    without_picture: Literal["raise", "warn"] = "raise",
) -> str:
    """Return the HTML of a figure: title, drawings for a wide page and for a phone, alternative
    text, and table. ``script`` says how the script comes by which the drawings answer: "inline", by
    a "link" to the files of :func:`write_assets` in the folder at the address ``base``, or not at
    all. Where it cannot be drawn, ``without_picture="warn"`` gives its table instead, with a
    warning. Raises as :func:`draw` does.
    """
    return _kept().html(
        figure,
        alt,
        table,
        script,
        language=language,
        base=base,
        without_picture=without_picture,
    )


def write_assets(folder: str | Path) -> list[Path]:
    """Write the script and the style sheet that ``html(script="link")`` links to, and return their
    paths.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    written = []
    for name in (living_html.SCRIPT_NAME, living_html.STYLE_NAME):
        path = Path(folder) / name
        path.write_text(living_html.asset(name), encoding="utf-8")
        written.append(path)
    return written


class Renderer:
    """Draws figures with a browser of its own, which stays open between them::

        with alive.Renderer() as renderer:
            for figure in figures:
                page += renderer.html(figure)

    Threads take turns. A process that is forked off has a browser of its own. The browser ends with
    the context, by :meth:`close`, or with the process. Has state: the browser.
    """

    def __init__(self) -> None:
        self._browser = Browser()
        self._process = os.getpid()
        self._end: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the browser. A later drawing starts another."""
        if self._process == os.getpid() and self._end is not None:
            self._end.cancel()
            self._end = None
            self._browser.close()

    def _opened(self) -> Browser:
        """Return the browser of this process, which ends with it at the latest. After a fork, the
        lock of the former one may be held for ever.
        """
        from multiprocessing.util import Finalize

        if self._process != os.getpid():
            self._browser, self._process, self._end = Browser(), os.getpid(), None
        if self._end is None:
            self._end = Finalize(None, self._browser.close, exitpriority=0)
        return self._browser

    def draw(
        self, figure: Any, width: int = 720, *, alt: str | None = None, language: str = "en"
    ) -> Drawing:
        """Return the drawing of a figure, as :func:`draw` does."""
        if type(width) is not int or not LEAST <= width <= MOST:
            raise ValueError(f"the width is {width!r}, and not {LEAST} to {MOST} pixels")
        plan = _plan(figure, alt or "", language)
        with _speaking(language):
            laid_out = (narrow if width <= PHONE else wide)(plan.untitled, width)
            drawing, _ = svg.parted(self._opened().cleaned_svg(still(laid_out[0]), laid_out[1]))
            drawing = svg.with_line(drawing, plan.chart.line)
            light, dark = (
                picture_with_text(
                    drawing, plan.alt, plan.chart.title, plan.chart.subtitle, plan.notes, dark=dark
                ).decode()
                for dark in (False, True)
            )
        across, down = map(round, svg.drawing_size(light))
        return Drawing(light, dark, plan.alt, across, down)

    def html(
        self,
        figure: Any,
        alt: str | None = None,
        table: bool = True,
        script: Script = "inline",
        *,
        language: str = "en",
        base: str = "",
        without_picture: Literal["raise", "warn"] = "raise",
    ) -> str:
        """Return the HTML of a figure, as :func:`html` does."""
        if script not in ("inline", "link", None):
            raise ValueError(f'script is {script!r}, and not "inline", "link" or None')
        if without_picture not in ("raise", "warn"):
            raise ValueError(f'without_picture is {without_picture!r}, and not "raise" or "warn"')
        plan = _plan(figure, alt or "", language)
        with _speaking(language):
            try:
                drawings = (
                    self._opened().cleaned_svg(still(laid_out), size)
                    for laid_out, size in (wide(plan.untitled), narrow(plan.untitled))
                )
                drawn: living_html.Drawn | None = living_html.Drawn(*drawings)
            except (BrowserError, DrawingError) as error:
                if without_picture == "raise":
                    raise
                warned(f"the figure is shown as its table: {error}")
                drawn = None
            name = living_html.next_name()
            return living_html.living_html(plan, drawn, name, table=table, script=script, base=base)


@cache
def _kept() -> Renderer:
    """Return the renderer of the functions of this module."""
    return Renderer()


def warned(message: str) -> None:
    """Warn of a figure, at the line that shows it."""
    level, frame = 1, sys._getframe()
    while frame.f_back and str(frame.f_globals.get("__name__")).split(".")[0] in _NOT_THEIRS:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level)


_NOT_THEIRS = ("plotly_alive", "plotly", "_plotly_utils", "IPython")


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    if language_of(language).tag != language:
        raise ValueError(f'there is no language {language!r}: write it as "en", "de", "pt-BR"')
    with speaking(language):
        yield


def _plan(figure: Any, alt: str, language: str) -> FigurePlan:
    with _speaking(language):
        return planned(checked(_as_mapping(figure)), alt)


def _as_mapping(figure: Any) -> Any:
    """Return a figure as plain values of JSON, arrays and dates as plotly writes them."""
    if callable(getattr(figure, "to_plotly_json", None)):
        figure = figure.to_plotly_json()
    if isinstance(figure, Mapping):
        figure = _as_json(figure)
    elif not isinstance(figure, (str, bytes)):
        raise FigureError(f"{shown(figure, 60)} is no figure of plotly", _GIVE)
    try:
        read = json.loads(figure)
    except ValueError as error:
        raise FigureError(f"the figure is text, and no JSON: {error}", _GIVE) from error
    except RecursionError as error:
        raise FigureError("the figure is nested too deeply", _GIVE) from error
    if not isinstance(read, Mapping) or not {"data", "layout"} & set(read):
        raise FigureError(f"{shown(read, 60)} has neither `data` nor `layout`", _GIVE)
    return read


_GIVE = "Give a `go.Figure`, its dictionary, or its JSON."


def _as_json(figure: Mapping[str, Any]) -> str:
    from plotly.utils import PlotlyJSONEncoder

    try:
        return json.dumps(figure, cls=PlotlyJSONEncoder)
    except (TypeError, ValueError, RecursionError) as error:
        raise FigureError(f"the figure has a value that is no JSON: {error}", _GIVE) from error
