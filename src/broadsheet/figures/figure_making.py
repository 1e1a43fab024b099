"""Makes a cell's plotly figure a figure of the page, with its files.

The figure's own title and subtitle become text, and the picture is drawn without them, once for a
wide page and once for a phone. Beside the page go the values by which it answers pointer, finger
and keys, the figure's JSON, from which plotly.js makes the chart when a reader asks to explore it,
the picture in light and dark, the data as CSV, and the whole of it, with title and source, as a
picture to take along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Protocol

from broadsheet.data.catalogue import Catalogue
from broadsheet.figures.alive.interactive_file import interactive, trace_types
from broadsheet.figures.alive.interactivity import LIGHT, NONE
from broadsheet.figures.alive.keyboard_series import KeyboardSeries, Remarks, keyboard_series
from broadsheet.figures.alive.values_file import values_file
from broadsheet.figures.drawing import svg
from broadsheet.figures.drawing.chart_renderer import Pictures, UndrawableError
from broadsheet.figures.drawing.map_miniature import map_miniature
from broadsheet.figures.drawing.miniature import miniature
from broadsheet.figures.drawing.page_figure import Download, PageFigure
from broadsheet.figures.drawing.self_contained import self_contained
from broadsheet.figures.drawing.sketch import Drawings, Sketch
from broadsheet.figures.layout import pixels
from broadsheet.figures.layout.axis_titles import with_column_titles
from broadsheet.figures.layout.figure_layout import narrow, wide
from broadsheet.figures.reading import marked_events
from broadsheet.figures.reading.chart_data import ChartData
from broadsheet.figures.reading.chart_reading import read
from broadsheet.figures.reading.map_reading import repeated_places
from broadsheet.figures.reading.plotly_json import PlotlyFigure
from broadsheet.figures.reading.series_signs import with_signs
from broadsheet.figures.reading.views import begun, still, views_of
from broadsheet.figures.table import data_table
from broadsheet.figures.table.chart_table import tabulate
from broadsheet.figures.table.credits import (
    NOTHING,
    Credits,
    Given,
    credits_of,
    read_tables,
    remarks,
)
from broadsheet.figures.table.data_table import Column
from broadsheet.figures.words.alt_text import describe
from broadsheet.notebook.charts import map_outlines
from broadsheet.text.language import listed, spoken, t_

MIME = "application/vnd.plotly.v1+json"
_SEPARATORS = ".,"
"""plotly's own marks: of decimals, and between thousands."""
SHOWN = 100
"""How many rows of a chart's table are in the page; the file has all."""
_DOWNLOADS = {".csv": "CSV", "-full.svg": "SVG", "-full.png": "PNG"}
"""The files for readers to download, by the ends of their names."""


@dataclass(frozen=True)
class Made:
    """A figure of the page, the bytes of its files by their path from the site's root, and what its
    pictures are drawn from. ``is_drawn`` says that it has all the pictures that it can have,
    ``fault`` why it has none, ``unplaced`` which places its map does not have,
    ``repeated`` which it has twice, ``needs_source``
    that neither a table nor the author names a source, ``is_empty`` that it has traces without a
    single value. ``remarks`` are what the tables say of its values.
    """

    figure: PageFigure
    assets: dict[str, bytes]
    sketch: Sketch
    is_drawn: bool
    fault: UndrawableError | None
    unplaced: Sequence[str]
    repeated: Sequence[str]
    needs_source: bool
    is_empty: bool
    remarks: Remarks


@dataclass(frozen=True)
class FigureOptions:
    """What a page says of a figure, and how the figure answers its readers."""

    alt: str = ""
    """The alternative text; without it, the figure is described from its data."""
    given: Given = NOTHING
    """The credits as the author wrote them."""
    drawn_from: tuple[str, ...] = ()
    """The tables that the figure is drawn from."""
    interactivity: str = LIGHT
    """How the figure answers pointer, finger and keys."""
    saved_as: str = ""
    """The name of its files when a reader takes them along."""
    page: str = ""
    """The path of its own page, empty if it has none."""


PLAIN = FigureOptions()
"""No options: the figure is described from its data, and has neither credits nor a page."""


class MakesFigure(Protocol):
    """A function like :func:`make`."""

    def __call__(
        self,
        figure: PlotlyFigure,
        identifier: str,
        folder: PurePosixPath,
        pictures: Pictures,
        *,
        catalogue: Catalogue | None = None,
        options: FigureOptions = PLAIN,
    ) -> Made:
        """A figure of the page."""


def make(
    figure: PlotlyFigure,
    identifier: str,
    folder: PurePosixPath,
    pictures: Pictures,
    *,
    catalogue: Catalogue | None = None,
    options: FigureOptions = PLAIN,
) -> Made:
    """The chart of a ``figure`` that is :func:`~broadsheet.figures.reading.plotly_json.checked`, in the
    current language.

    ``folder`` is where the edition's files lie, from the site's root; ``catalogue`` has the tables
    that the figure is drawn from. Raises as ``pictures`` does.
    """
    frames = read_tables(catalogue, options.drawn_from)
    known = [column for _, frame in frames for column in data_table.known_columns(frame)]
    figure = with_signs(with_column_titles(begun(figure), _titles(known)))
    chart = read(figure)
    alt = options.alt or describe(chart)
    table = tabulate(chart, [(titled, values) for _, titled, values in known])
    remarked = remarks(frames, table)
    credits = credits_of(options.given, [origin for origin, _ in frames], remarked)
    figure, unseen = self_contained(figure)
    unplaced = map_outlines.unknown_places(figure)
    if unplaced:
        unseen.append(t_("Not on the map: %(places)s.", places=listed(unplaced)))
    said = {value: text for text, values in remarked.items() for value in values}
    credits = _noted(credits, unseen)
    untitled = _untitled(figure)
    on_page, on_phone = wide(untitled), narrow(untitled)
    line = views_of(figure).line
    drawn = [(still(one), size) for one, size in (on_page, on_phone)]
    sketch = Sketch(drawn[0], drawn[1], chart.title, chart.subtitle, credits, alt, line)
    is_table = table is not None and chart.family == "table"
    drawings, fault = None, None
    if not is_table:
        try:
            drawings = sketch.draw(pictures)
        except UndrawableError as error:
            fault = error
            credits = _noted(credits, [t_("This chart could not be drawn.")])
    is_picture = not is_table and fault is None
    files = {".json": interactive(on_page[0], on_phone[0])}
    table_html = wide_svg = narrow_svg = ""
    series: Sequence[KeyboardSeries] = ()
    if table is not None:
        files[".csv"] = table.csv().encode()
        name = t_("Data: %(name)s", name=chart.title or alt)
        table_html = data_table.html(table.first(SHOWN), name=name, is_boxed=not is_table)
    if drawings is not None:
        files[".svg"] = svg.standalone_svg(drawings.wide, alt, dark=False)
        files["-dark.svg"] = svg.standalone_svg(drawings.wide, alt, dark=True)
        files["-full.svg"] = drawings.export
        wide_svg = svg.inline_svg(drawings.wide, identifier, alt, "chart-wide")
        narrow_svg = svg.inline_svg(drawings.narrow, f"{identifier}-n", alt, "chart-narrow")
        marks = drawings.wide_marks, drawings.narrow_marks
        series = keyboard_series(chart, marks[0], said) if options.interactivity != NONE else []
        if series:
            files["-values.json"] = values_file(chart, series, *marks)
        if drawings.png is not None:
            files["-full.png"] = drawings.png
    paths = {ending: str(folder / f"{identifier}{ending}") for ending in files}
    made = PageFigure(
        identifier,
        alt,
        chart.title,
        chart.subtitle,
        credits,
        wide_svg,
        narrow_svg,
        _small(chart, drawings),
        data=paths[".json"],
        kinds=" ".join(trace_types(on_page[0]))
        if is_picture and options.interactivity != NONE
        else "",
        values=paths.get("-values.json", ""),
        series=len(series),
        pointing=bool(series) and options.interactivity == LIGHT and _has_marks(drawings),
        is_explorable=_is_explorable(figure),
        table=table_html,
        rows=min(table.length, SHOWN) if table is not None else 0,
        downloads=tuple(
            Download(kind, paths[ending], f"{options.saved_as or identifier}.{kind.lower()}")
            for ending, kind in _DOWNLOADS.items()
            if ending in files
        ),
        page=options.page,
        is_table=is_table,
        marked=marked_events.said(chart.events),
    )
    return Made(
        made,
        {
            **{paths[ending]: content for ending, content in files.items()},
            **pixels.files_of(wide_svg + narrow_svg, made.data),
        },
        sketch,
        is_drawn=not is_picture or (drawings is not None and drawings.png is not None),
        fault=fault,
        unplaced=unplaced,
        repeated=repeated_places(figure),
        needs_source=not credits.sources and options.given.sources is None,
        is_empty=bool(chart.traces) and all(trace.is_empty for trace in chart.traces),
        remarks=said,
    )


def _small(chart: ChartData, drawings: Drawings | None) -> str:
    """The drawing for lists, in the colours of the large one."""
    if drawings is None:
        return ""
    traces = drawings.wide_marks.traces
    colours = {number: one.colour for number, one in traces.items()}
    return miniature(chart, colours) or map_miniature(chart, drawings.wide)


def _is_explorable(figure: PlotlyFigure) -> bool:
    """Whether plotly.js may draw it: a layout whose `meta` has `explore: false` has labels that are
    right in this picture alone.
    """
    meta = figure["layout"].get("meta")
    return not isinstance(meta, Mapping) or meta.get("explore") is not False


def _has_marks(drawings: Drawings | None) -> bool:
    """Whether there is something in a drawing to point at."""
    if drawings is None:
        return False
    marked = any(trace.marks for trace in drawings.wide_marks.traces.values())
    return marked or b"data-point" in drawings.wide


def _untitled(figure: PlotlyFigure) -> PlotlyFigure:
    """The figure as it is drawn: its title is the page's, its numbers have the language's marks."""
    layout = {name: value for name, value in figure["layout"].items() if name != "title"}
    if spoken().separators != _SEPARATORS:
        layout.setdefault("separators", spoken().separators)
    return {**figure, "layout": layout}


def _titles(known: Iterable[tuple[Column, Column, object]]) -> dict[str, str]:
    """The title of each column, with its unit, by its name."""
    return {one.name[0]: titled.header for one, titled, _ in known if titled.name != one.name}


def _noted(credits: Credits, lines: Sequence[str]) -> Credits:
    """The credits with more lines in their note."""
    return replace(credits, note=" ".join(filter(None, [credits.note, *lines])))
