"""Makes a cell's plotly figure a chart of the publication: a :class:`Figure`.

The figure's own title and subtitle become text, and the picture is drawn without them, once for a
wide page and once for a phone. Beside the page go the figure's JSON, from which the interactive
chart is made when a reader comes to it, the picture in light and dark, the data as CSV, and the
whole of it, with title and source, as a picture to take along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.origin import Origin
from broadsheet.errors import AssemblyError, Place
from broadsheet.figures import layout as setting
from broadsheet.figures import svg, tables
from broadsheet.figures.chart_export import poster
from broadsheet.figures.chart_renderer import Engraver
from broadsheet.figures.chart_table import tabulate
from broadsheet.figures.credits import NOTHING, Given, credits_of
from broadsheet.figures.drawing import Figure as PlotlyFigure
from broadsheet.figures.figure import Drawings, Export, Figure
from broadsheet.figures.interactive import interactive, kinds
from broadsheet.figures.keyboard_series import readout
from broadsheet.figures.traces import plain_text
from broadsheet.language import spoken

if TYPE_CHECKING:
    import pandas as pd

MIME = "application/vnd.plotly.v1+json"
_SEPARATORS = ".,"
"""plotly's own marks: of decimals, and between thousands."""
SCALE = 1.5
"""Pixels of a PNG for each CSS pixel."""


def make(
    figure: PlotlyFigure,
    identifier: str,
    folder: PurePosixPath,
    engraver: Engraver,
    *,
    alt: str = "",
    given: Given = NOTHING,
    catalogue: Catalogue | None = None,
    drawn_from: Sequence[str] = (),
    saved_as: str = "",
    page: str = "",
) -> Figure:
    """The chart of a ``figure`` that is :func:`~broadsheet.figures.plotly_figure.checked`.

    ``folder`` is where the edition's files lie, from the site's root. Without ``alt``, the figure
    is described from its data. ``drawn_from`` are the tables that it is drawn from; ``saved_as`` is
    what its files are called when a reader takes them along; ``page`` is the path of its own
    page, if it has one. Raises :class:`AssemblyError` and :class:`ToolError` as the engraver does.
    """
    figure = {"data": figure["data"], "layout": dict(figure["layout"])}
    title, subtitle = _take_title(figure["layout"])
    if spoken().separators != _SEPARATORS:
        figure["layout"].setdefault("separators", spoken().separators)
    alt = alt or _described(figure, title, subtitle)
    on_page, on_phone = setting.wide(figure), setting.narrow(figure)
    wide, narrow = engraver.draw(*on_page), engraver.draw(*on_phone)
    series = readout(figure, subtitle or title)
    table = tabulate(figure, subtitle or title, _columns(catalogue, drawn_from))
    credits = credits_of(given, _frames(catalogue, drawn_from), table)
    files = {f"{identifier}.json": interactive(on_page[0], on_phone[0], series)}
    if table is not None:
        files[f"{identifier}.csv"] = table.csv().encode()
    if wide is not None:
        files[f"{identifier}.svg"] = svg.standalone_svg(wide, alt, dark=False)
        files[f"{identifier}-dark.svg"] = svg.standalone_svg(wide, alt, dark=True)
        picture, size = poster(wide, title, subtitle, credits, alt)
        files[f"{identifier}-full.svg"] = picture
        if (png := engraver.rasterize(picture, size, SCALE)) is not None:
            files[f"{identifier}-full.png"] = png
    return Figure(
        identifier,
        title,
        subtitle,
        alt,
        credits,
        folder,
        drawings=Drawings(wide, narrow) if wide and narrow else None,
        table=table,
        series=series,
        trace_types=tuple(kinds(on_page[0]).split()),
        files=files,
        exports=tuple(_exports(files, identifier, saved_as or identifier)),
        page=page,
        needs_source=not credits.sources and given.sources is None,
    )


def _exports(files: Iterable[str], identifier: str, saved_as: str) -> Iterator[Export]:
    for ending, kind in ((".csv", "CSV"), ("-full.svg", "SVG"), ("-full.png", "PNG")):
        if (name := f"{identifier}{ending}") in files:
            yield Export(kind, name, f"{saved_as}.{kind.lower()}")


def _columns(
    catalogue: Catalogue | None, names: Iterable[str]
) -> Iterator[tuple[tables.Column, frozenset[Any]]]:
    if catalogue is not None:
        for name in names:
            yield from (
                (column, values) for _, column, values in tables.known_columns(catalogue, name)
            )


def _frames(
    catalogue: Catalogue | None, names: Iterable[str]
) -> Iterator[tuple[Origin, pd.DataFrame]]:
    if catalogue is not None:
        for name in names:
            frame = catalogue.table(name)
            yield frame.attrs["origin"], frame


def _described(figure: PlotlyFigure, title: str, subtitle: str) -> str:
    from broadsheet.figures.alt_text import describe
    from broadsheet.figures.statements import FalseStatementError

    try:
        return describe(figure, title, subtitle)
    except FalseStatementError as error:
        raise AssemblyError(
            Place("charts"),
            f"the chart cannot be described from its data: {error}",
            "Say in `fig-alt` what it shows; and report the figure: this is a fault of ours.",
        ) from error


def picture(figure: PlotlyFigure, engraver: Engraver) -> bytes | None:
    """A PNG of the whole figure, title and all, in the proportions of a card for social sites (1200
    × 630).
    """
    layout = {**figure.get("layout", {}), "margin": {"l": 56, "r": 96, "t": 84, "b": 48}}
    layout.pop("height", None)
    return engraver.draw(
        {"data": figure.get("data", []), "layout": layout}, (800, 420), "png", scale=1.5
    )


def _take_title(layout: dict[str, Any]) -> tuple[str, str]:
    title = layout.pop("title", None) or {}
    if isinstance(title, str):
        title = {"text": title}
    subtitle = title.get("subtitle") or {}
    return plain_text(title.get("text") or ""), plain_text(subtitle.get("text") or "")
