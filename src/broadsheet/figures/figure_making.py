"""Makes a cell's plotly figure a figure of the page, with its files: :func:`sketched` plans it, and
:func:`drawn` makes the figure of the plan and its pictures.

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

from broadsheet.data.catalogue import Catalogue
from broadsheet.figures.drawing.chart_renderer import Pictures, UndrawableError
from broadsheet.figures.drawing.page_figure import Download, PageFigure
from broadsheet.figures.drawing.sketch import PLAIN, Drawings, FigureOptions, Sketch
from broadsheet.figures.interactivity import LIGHT, NONE
from broadsheet.figures.table import data_table
from broadsheet.figures.table.credits import Credits, credits_of, read_tables, remarks
from broadsheet.text.language import t_
from plotly_alive.alive.interactive_file import interactive, trace_types
from plotly_alive.alive.keyboard_series import KeyboardSeries, keyboard_series
from plotly_alive.alive.values_file import values_file
from plotly_alive.drawing import svg
from plotly_alive.drawing.map_miniature import map_miniature
from plotly_alive.drawing.miniature import miniature
from plotly_alive.figure_plan import planned
from plotly_alive.layout import pixels
from plotly_alive.layout.figure_layout import narrow, wide
from plotly_alive.reading.chart_data import Chart
from plotly_alive.reading.plotly_json import PlotlyFigure
from plotly_alive.table.table import Column

MIME = "application/vnd.plotly.v1+json"
SHOWN = 100
"""The most rows of a chart's table in the page; the file has all."""
PNG = "-full.png"
"""The end of the name of the picture in PNG."""
_DOWNLOADS = {".csv": "CSV", "-full.svg": "SVG", PNG: "PNG"}
"""The files for readers to download, by the ends of their names."""


@dataclass(frozen=True)
class DrawnFigure:
    """A figure of the page with its files."""

    figure: PageFigure
    """The figure."""
    assets: Mapping[str, bytes]
    """The bytes of its files by their path from the site's root."""
    fault: UndrawableError | None
    """The reason why plotly.js refuses to draw it."""
    is_drawn: bool
    """True if it has all the pictures that it can have."""
    export: tuple[int, int] | None = None
    """The width and the height of the picture to take along, in CSS pixels; None if it has none."""


def sketched(
    figure: PlotlyFigure,
    label: str,
    folder: PurePosixPath,
    catalogue: Catalogue | None = None,
    options: FigureOptions = PLAIN,
) -> Sketch:
    """Return the plan of a ``figure`` that is
    :func:`~plotly_alive.reading.plotly_json.checked`, in the current language.

    ``folder`` is where the edition's files lie, from the site's root; ``catalogue`` has the tables
    that the figure is drawn from.
    """
    frames = read_tables(catalogue, options.drawn_from)
    columns = [column for _, frame in frames for column in data_table.known_columns(frame)]
    columns_of_tables = [(titled, values) for _, titled, values in columns]
    plan = planned(figure, options.alt, _titles(columns), columns_of_tables)
    remarked = remarks(frames, plan.table)
    credits = credits_of(options.credit, [origin for origin, _ in frames], remarked)
    return Sketch(
        label,
        folder,
        plan.chart,
        plan.table,
        plan.alt,
        _noted(credits, plan.notes),
        wide(plan.untitled),
        narrow(plan.untitled),
        options,
        is_explorable=_is_explorable(plan.figure),
        unplaced=plan.unplaced,
        remarks={value: text for text, values in remarked.items() for value in values},
    )


def drawn(sketch: Sketch, pictures: Pictures) -> DrawnFigure:
    """Return the figure of a ``sketch``, with its ``pictures``. Raises as they do, but for what
    plotly.js refuses.
    """
    try:
        drawings = None if sketch.is_table else sketch.drawings(pictures)
    except UndrawableError as error:
        credits = _noted(sketch.credits, [t_("This chart could not be drawn.")])
        undrawn = _drawn(replace(sketch, credits=credits), None, is_picture=False)
        return replace(undrawn, fault=error)
    return _drawn(sketch, drawings, is_picture=not sketch.is_table)


def placed(
    drawn: DrawnFigure, label: str, folder: PurePosixPath, options: FigureOptions
) -> DrawnFigure:
    """Return a figure that was drawn for another page as one with its files in this ``folder``, and
    the page and the names of saved files of these ``options``.
    """
    figure = drawn.figure

    def path(elsewhere: str) -> str:
        return elsewhere and f"{folder}/{elsewhere.rpartition('/')[2]}"

    downloads = (
        Download(file.kind, path(file.path), _saved_as(label, options, file.kind))
        for file in figure.downloads
    )
    here = replace(
        figure,
        data=path(figure.data),
        values=path(figure.values),
        downloads=tuple(downloads),
        page=options.page,
    )
    if here == figure:
        return drawn
    assets = {path(elsewhere): content for elsewhere, content in drawn.assets.items()}
    return replace(drawn, figure=here, assets=assets)


def _drawn(sketch: Sketch, drawings: Drawings | None, *, is_picture: bool) -> DrawnFigure:
    chart, table, label = sketch.chart, sketch.table, sketch.label
    on_page, on_phone = sketch.wide[0], sketch.narrow[0]
    is_alive = sketch.options.interactivity != NONE
    files = {".json": interactive(on_page, on_phone)}
    table_html = wide_svg = narrow_svg = ""
    series: Sequence[KeyboardSeries] = ()
    if table is not None:
        files[".csv"] = table.csv().encode()
        name = t_("Data: %(name)s", name=chart.title or sketch.alt)
        table_html = data_table.html_table(
            table.first(SHOWN), name=name, is_boxed=not sketch.is_table
        )
    if drawings is not None:
        files[".svg"] = svg.standalone_svg(drawings.wide, sketch.alt, dark=False)
        files["-dark.svg"] = svg.standalone_svg(drawings.wide, sketch.alt, dark=True)
        files["-full.svg"] = drawings.export
        wide_svg = svg.inline_svg(drawings.wide, label, sketch.alt, "chart-wide")
        narrow_svg = svg.inline_svg(drawings.narrow, f"{label}-n", sketch.alt, "chart-narrow")
        marks = drawings.wide_marks, drawings.narrow_marks
        series = keyboard_series(chart, marks[0], sketch.remarks) if is_alive else []
        if series:
            files["-values.json"] = values_file(chart, series, *marks)
        if drawings.png is not None:
            files[PNG] = drawings.png
    paths = {ending: str(sketch.folder / f"{label}{ending}") for ending in files}
    figure = PageFigure(
        label,
        sketch.alt,
        chart.title,
        chart.subtitle,
        sketch.credits,
        wide_svg,
        narrow_svg,
        _small(chart, drawings),
        data=paths[".json"],
        kinds=" ".join(trace_types(on_page)) if is_picture and is_alive else "",
        values=paths.get("-values.json", ""),
        series=len(series),
        pointing=bool(series) and sketch.options.interactivity == LIGHT and _has_marks(drawings),
        is_explorable=sketch.is_explorable,
        table=table_html,
        rows=min(table.length, SHOWN) if table is not None else 0,
        downloads=tuple(
            Download(kind, paths[ending], _saved_as(label, sketch.options, kind))
            for ending, kind in _DOWNLOADS.items()
            if ending in files
        ),
        page=sketch.options.page,
        is_table=sketch.is_table,
        marked=chart.marked,
    )
    return DrawnFigure(
        figure,
        {
            **{paths[ending]: content for ending, content in files.items()},
            **pixels.files_of(wide_svg + narrow_svg, figure.data),
        },
        None,
        is_drawn=not is_picture or (drawings is not None and drawings.png is not None),
        export=drawings.export_size if drawings is not None else None,
    )


def _saved_as(label: str, options: FigureOptions, kind: str) -> str:
    """Return the name of a file of a kind when a reader takes it along."""
    return f"{options.saved_as or label}.{kind.lower()}"


def _small(chart: Chart, drawings: Drawings | None) -> str:
    """Return the drawing for lists, in the colours of the large one."""
    if drawings is None:
        return ""
    traces = drawings.wide_marks.traces
    colours = {number: trace.colour for number, trace in traces.items()}
    return miniature(chart, colours) or map_miniature(chart, drawings.wide)


def _is_explorable(figure: PlotlyFigure) -> bool:
    """True if plotly.js may draw the figure: a layout whose `meta` has `explore: false` has labels
    that are right in this picture alone.
    """
    meta = figure["layout"].get("meta")
    return not isinstance(meta, Mapping) or meta.get("explore") is not False


def _has_marks(drawings: Drawings | None) -> bool:
    """True if a drawing has something to point at."""
    if drawings is None:
        return False
    marked = any(trace.marks for trace in drawings.wide_marks.traces.values())
    return marked or b"data-point" in drawings.wide


def _titles(columns: Iterable[tuple[Column, Column, object]]) -> dict[str, str]:
    """Return the title of each column, with its unit, by its name."""
    return {
        column.name[0]: titled.header for column, titled, _ in columns if titled.name != column.name
    }


def _noted(credits: Credits, lines: Sequence[str]) -> Credits:
    """Return the credits with more lines in their note."""
    return replace(credits, note=" ".join(filter(None, [credits.note, *lines])))
