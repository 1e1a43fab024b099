"""A cell's plotly figure, made into a chart for a page.

The figure's own title and subtitle become text of the page, above the picture; the picture is drawn
without them, once for a wide page and once for a phone. Under it stand its credits, and its data as
a table. Beside the page go the figure's JSON, from which the interactive chart is made when a
reader comes to it, the picture in light and dark, the data as CSV, and the whole of it, with title
and source, as a picture to take along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.origin import Origin
from broadsheet.errors import AssemblyError, Place
from broadsheet.figures import layout as setting
from broadsheet.figures import svg, tables
from broadsheet.figures.chart_export import poster
from broadsheet.figures.chart_renderer import Engraver
from broadsheet.figures.chart_table import SHOWN, tabulate
from broadsheet.figures.credits import NOTHING, Given, credits_of
from broadsheet.figures.drawing import Figure
from broadsheet.figures.interactive import interactive, kinds
from broadsheet.figures.keyboard_series import readout
from broadsheet.figures.page_figure import Download
from broadsheet.figures.page_figure import Figure as PageFigure
from broadsheet.figures.traces import plain_text
from broadsheet.language import spoken, t_

if TYPE_CHECKING:
    import pandas as pd

MIME = "application/vnd.plotly.v1+json"
_SEPARATORS = ".,"
"""plotly's own marks: of decimals, and between thousands."""
SCALE = 1.5
"""Pixels of a PNG for each CSS pixel."""


@dataclass(frozen=True)
class Chart:
    """A ``figure`` of the page, and its ``assets`` by their path from the site's root.

    ``lacks`` says in words what a reader would look for under it in vain: its ``source``, its
    ``data`` as a table.
    """

    figure: PageFigure
    assets: Mapping[str, bytes]
    lacks: frozenset[str] = frozenset()


def chart(
    figure: Figure,
    label: str,
    files: PurePosixPath,
    engraver: Engraver,
    *,
    alt: str = "",
    given: Given = NOTHING,
    catalogue: Catalogue | None = None,
    of: Sequence[str] = (),
    name: str = "",
    page: str = "",
) -> Chart:
    """The chart of a ``figure`` that is :func:`~broadsheet.figures.figure.checked`; ``files`` is
    the edition's folder of assets, from the site's root.

    Without ``alt``, the figure is described from its data. ``of`` are the tables that it is drawn
    from; ``name`` is what its files are called when a reader takes them along; ``page`` is the path
    of its own page, if it has one.
    """
    figure = {"data": figure["data"], "layout": dict(figure["layout"])}
    title, subtitle = _take_title(figure["layout"])
    if spoken().separators != _SEPARATORS:
        figure["layout"].setdefault("separators", spoken().separators)
    alt = alt or _described(figure, title, subtitle)
    on_page, on_phone = setting.wide(figure), setting.narrow(figure)
    wide, narrow = engraver.draw(*on_page), engraver.draw(*on_phone)
    series = readout(figure, subtitle or title)
    table = tabulate(figure, subtitle or title, _columns(catalogue, of))
    credits = credits_of(given, _drawn_from(catalogue, of), table)
    assets = {f"{label}.json": interactive(on_page[0], on_phone[0], series)}
    if table is not None:
        assets[f"{label}.csv"] = table.csv().encode()
    if wide is not None:
        assets[f"{label}.svg"] = svg.standalone_svg(wide, alt, dark=False)
        assets[f"{label}-dark.svg"] = svg.standalone_svg(wide, alt, dark=True)
        picture, size = poster(wide, title, subtitle, credits, alt)
        assets[f"{label}-full.svg"] = picture
        if (png := engraver.rasterize(picture, size, SCALE)) is not None:
            assets[f"{label}-full.png"] = png
    shown = table.first(SHOWN) if table is not None else None
    named = t_("Data: %(name)s", name=title or alt)
    made = PageFigure(
        label,
        alt,
        title,
        subtitle,
        credits,
        wide=svg.inline_svg(wide, label, alt, "chart-wide") if wide else "",
        narrow=svg.inline_svg(narrow, f"{label}-n", alt, "chart-narrow") if narrow else "",
        data=str(files / f"{label}.json"),
        kinds=kinds(on_page[0]),
        series=len(series),
        table=tables.html(shown, name=named, is_boxed=True) if shown is not None else "",
        rows=shown.length if shown is not None else 0,
        downloads=tuple(
            Download(file.suffix[1:].upper(), str(files / file), f"{name or label}{file.suffix}")
            for ending in (".csv", "-full.svg", "-full.png")
            if str(file := PurePosixPath(f"{label}{ending}")) in assets
        ),
        page=page,
    )
    lacks = {"source": not credits.sources and given.sources is None, "data": table is None}
    return Chart(
        made,
        {str(files / name): data for name, data in assets.items()},
        frozenset(what for what, is_absent in lacks.items() if is_absent),
    )


def _columns(
    catalogue: Catalogue | None, names: Iterable[str]
) -> Iterator[tuple[tables.Column, frozenset[Any]]]:
    if catalogue is not None:
        for name in names:
            yield from (
                (column, values) for _, column, values in tables.known_columns(catalogue, name)
            )


def _drawn_from(
    catalogue: Catalogue | None, names: Iterable[str]
) -> Iterator[tuple[Origin, pd.DataFrame]]:
    if catalogue is not None:
        for name in names:
            frame = catalogue.table(name)
            yield frame.attrs["origin"], frame


def _described(figure: Figure, title: str, subtitle: str) -> str:
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


def picture(figure: Figure, engraver: Engraver) -> bytes | None:
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
