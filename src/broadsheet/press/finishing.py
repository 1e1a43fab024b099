"""From a run to a finished edition: each cell's outputs become what a page shows.

First all of it is planned: each cell gets the outputs of a page, in which a figure is a number, and
each figure a sketch. Then the sketches are drawn. Then the edition is put together, once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import accumulate, chain, count
from pathlib import PurePosixPath
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import DESCRIPTOR
from broadsheet.data.origin import Origin
from broadsheet.errors import (
    AssemblyError,
    BroadsheetError,
    ConfigError,
    NotebookError,
    Notice,
    Place,
    ToolError,
    guarded,
)
from broadsheet.figures.colour_meanings import colour_notices
from broadsheet.figures.drawing.chart_renderer import Pictures
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.figures.drawing.sketch import FigureOptions, Sketch
from broadsheet.figures.figure_making import MIME
from broadsheet.figures.figure_notices import notices_of, undrawn
from broadsheet.figures.interactivity import interactivity
from broadsheet.figures.table import credits, data_table, table_making
from broadsheet.markdown import (
    cell_lines,
    inline_values,
    outputs,
    page_picture,
    plotly_html,
    saved_parts,
)
from broadsheet.markdown.edition_reads import in_another_language, lineage_of
from broadsheet.markdown.elements import big_numbers, figure_steps, live_updates
from broadsheet.markdown.elements.embeds import Embedded, calls_of, cells_named, embed_of
from broadsheet.markdown.finished_edition import (
    ALTERNATIVE_TEXT,
    FIGURE,
    NOTE,
    Finished,
    PictureText,
    chart_texts,
)
from broadsheet.markdown.markdown_text import shows_code
from broadsheet.markdown.output_styles import styles_of
from broadsheet.markdown.prose import ALTERNATIVE
from broadsheet.notebook.session import dataframes
from broadsheet.notebook.values.declarations import declared_tables
from broadsheet.press import frozen_results
from broadsheet.press.kept_figures import FigureMemory, KeptFigure
from broadsheet.project.editions.edition import Edition
from broadsheet.project.editions.execution import is_article
from broadsheet.project.project import Project
from broadsheet.project.settings.address import slug
from broadsheet.project.sources.cell_options import (
    CellOptions,
    cell_options,
    tags_of,
    with_options,
)
from broadsheet.project.sources.source import Source, read_source
from broadsheet.run.notebook_to_run import own_metadata
from broadsheet.storage.files import is_file
from broadsheet.storage.yaml_text import YamlText
from broadsheet.text.language import speaking_with
from broadsheet.text.quotation_marks import SMART, has_marks
from plotly_alive.alive.figure_state import at_state, described
from plotly_alive.errors import FigureError, shown
from plotly_alive.reading.plotly_json import checked
from plotly_alive.text.did_you_mean import question

_LABEL = re.compile(r"[\w.:-]{1,100}")
_LABELLED = ("display_data", "execute_result")
"""The types of the outputs that are called by their cell's label; the rest is printed."""


@dataclass(frozen=True)
class _Figure:
    """A figure of the page that is planned."""

    sketch: Sketch | KeptFigure
    """The figure before it is drawn, or as an earlier build drew it."""
    plotly: Mapping[str, Any]
    """The plotly figure that it is made of."""
    place: Place
    """The place of its cell, or of its step."""
    said: Mapping[str, Any] | None = None
    """The words of the big number whose line it is."""
    step_of: int | None = None
    """The number of the figure that has it as a step."""


@dataclass
class _Plan:
    """The plan of one edition, which its cells share. Has state: all that has been planned so far."""

    edition: Edition
    """The edition that is planned."""
    catalogue: Catalogue | None
    """The catalogue with the tables of its figures."""
    lineage: Mapping[int, frozenset[str]]
    """The names of the tables that each cell is made of, by its number."""
    memory: FigureMemory
    """The figures that were made before."""
    assets: dict[str, bytes] = field(default_factory=dict)
    """The files of the page, by their path from the site's root."""
    notices: list[Notice] = field(default_factory=list)
    """The notices for the author."""
    figures: list[_Figure] = field(default_factory=list)
    """The figures by their numbers."""
    picture_texts: list[PictureText] = field(default_factory=list)
    """The texts of pictures that the number check reads."""
    tables: set[str] = field(default_factory=set)
    """The files of the tables that figures, tables and facts are made of."""
    updates: live_updates.Updates = field(default_factory=live_updates.Updates)
    """The updates of a page that is told as it happens."""
    printed: saved_parts.Printed = field(default_factory=saved_parts.Printed)
    """The room that is left on the page for what cells print."""
    is_foreign: bool = False
    """True if an output that no page can show is only noted: of a page that is no article, and is
    shown as it is saved or is written in Markdown."""


@dataclass(frozen=True)
class _Cell:
    """A code cell."""

    number: int
    """Its number, from 1."""
    place: Place
    """Its place in the source."""
    options: Mapping[str, Any]
    """Its options, with values put in."""
    text: YamlText
    """Its options as they are written."""
    shows_code: bool = False
    """Its code is on the page."""


def finish(
    edition: Edition,
    executed: NotebookNode | None,
    pictures: Pictures,
    catalogue: Catalogue | None = None,
    memory: FigureMemory | None = None,
    *,
    colours: Mapping[str, str] | None = None,
) -> Finished:
    """Return the finished form of ``edition``; ``executed`` is None for a Markdown page, which is
    finished as it is.

    Raises :class:`AssemblyError` for an output that a page cannot show, :class:`ConfigError` for an
    option that does not fit, and :class:`ToolError` for a browser that fails. ``memory`` has the
    figures that were made before; ``colours`` are the publication's, by their names.
    """
    if executed is None:
        return Finished(edition, markdown=edition.source.markdown)
    with speaking_with(edition.settings.lang, edition.settings.language):
        is_saved = executed.metadata["broadsheet"].get("is_saved", False)
        plan = _Plan(
            edition,
            catalogue,
            lineage_of(edition, executed, catalogue),
            memory or FigureMemory(),
            is_foreign=is_saved or (bool(edition.source.places) and not is_article(edition)),
        )
        results = executed.metadata["broadsheet"]["inline"]
        written = own_metadata(edition)
        metadata = {**edition.metadata, **inline_values.filled(written, results)}
        _note_text("image-alt", written, results, edition.source.front_matter, plan)
        plan.updates.until = live_updates.until(metadata, edition.source.front_matter)
        notebook = _planned(executed, plan)
        figures = _drawn(plan, pictures)
        _add_picture(metadata, figures, plan, pictures)
        charts = [(one.sketch.label, one.plotly) for one in plan.figures if one.said is None]
        plan.notices += colour_notices(charts, colours or {}, edition.source.place())
        return _finished(executed, notebook, metadata, figures, plan)


def finish_frozen(
    page: Finished,
    pictures: Pictures,
    catalogue: Catalogue | None = None,
    memory: FigureMemory | None = None,
) -> Finished:
    """Return a page that Quarto has frozen, with its plotly figures as figures of the page. What
    cannot be drawn is noted. Raises as :func:`finish` does.
    """
    edition = page.edition
    plan = _Plan(edition, catalogue, {}, memory or FigureMemory(), is_foreign=True)

    def show(figure: Mapping[str, Any], label: str, options: CellOptions) -> int | str:
        cell = _Cell(0, edition.source.place(), options.options, options.text)
        output = new_output("display_data", {MIME: figure})
        shown = _output(output, 0, cell, plan, label).data
        return int(shown[FIGURE]) if FIGURE in shown else str(shown["text/html"])

    with speaking_with(edition.settings.lang, edition.settings.language):
        markdown = frozen_results.with_figures(page, show)
        metadata = dict(edition.metadata)
        figures = _drawn(plan, pictures)
        _add_picture(metadata, figures, plan, pictures)
    return replace(
        page,
        edition=edition.with_metadata(metadata),
        markdown=markdown,
        figures=figures,
        assets={**page.assets, **plan.assets},
        reads=tuple(sorted({*page.reads, *plan.tables})),
        picture_texts=tuple(plan.picture_texts),
        notices=(*page.notices, *plan.notices),
    )


def finish_embedded(
    page: Finished,
    project: Project,
    pictures: Pictures,
    catalogue: Catalogue | None = None,
    memory: FigureMemory | None = None,
) -> Finished:
    """Return a page with the cells of other notebooks that it shows (:mod:`broadsheet.markdown.elements.embeds`). A
    notebook that cannot be read, or has no such cell, is left to the shortcode. Raises as
    :func:`finish` does.
    """
    edition, source = page.edition, page.edition.source
    plan = _Plan(edition, catalogue, {}, memory or FigureMemory(), is_foreign=True)
    embedded: dict[str, Embedded] = {}
    names: dict[PurePosixPath, str] = {}
    reads: set[str] = set()
    with speaking_with(edition.settings.lang, edition.settings.language):
        for call in calls_of(source):
            embed = embed_of(call, source.path)
            if embed is None or not is_file(project.root / embed.path):
                continue
            reads.add(str(embed.path))
            with suppress(NotebookError, ConfigError):
                other = read_source(project.root, embed.path)
                name = _name_among(names, embed.path)
                cells = [
                    (
                        number,
                        _embedded_cell(cell, number, other, name, plan, before=len(page.figures)),
                    )
                    for number, cell in cells_named(other, embed.names)
                ]
                if any(embed.echo or cell.get("outputs") for _, cell in cells):
                    is_page = project.may_render(embed.path)
                    address = os.path.relpath(embed.path.with_suffix(".html"), source.path.parent)
                    embedded[call] = Embedded(
                        other, tuple(cells), embed.echo, address if is_page else ""
                    )
        figures = _drawn(plan, pictures)
    return replace(
        page,
        embedded=embedded,
        figures=(*page.figures, *figures),
        assets={**page.assets, **plan.assets},
        reads=tuple(sorted({*page.reads, *reads, *plan.tables})),
        picture_texts=(*page.picture_texts, *plan.picture_texts),
        notices=(*page.notices, *plan.notices),
    )


def _name_among(names: dict[PurePosixPath, str], path: PurePosixPath) -> str:
    """Return the name of a notebook's files among those of the others, to which it is added: its
    path, with a number if another one has the same.
    """
    if path not in names:
        name, taken = slug(str(path.with_suffix(""))), set(names.values())
        numbered = (f"{name}-{number}" for number in count(2))
        names[path] = next(each for each in chain([name], numbered) if each not in taken)
    return names[path]


def _embedded_cell(
    cell: NotebookNode, number: int, source: Source, name: str, plan: _Plan, *, before: int
) -> NotebookNode:
    """Return a cell of another notebook with the outputs of a page that has so many figures
    ``before``. Its files begin with the ``name`` of the notebook.
    """
    if cell.cell_type != "code":
        return cell
    place = source.place(number)
    options = source.options[number - 1]
    this = _Cell(number, place, options.options, options.text)
    label = f"{name}-{options.options.get('label') or f'cell-{number}'}"
    displays = list(plotly_html.as_outputs(saved_parts.worth_showing(cell.outputs)))
    finished = [
        _output(output, index, this, plan, f"{label}-{index + 1}" if index else label)
        for index, output in enumerate(displays)
    ]
    for output in finished:
        if FIGURE in output.get("data", {}):
            output.data[FIGURE] = str(int(output.data[FIGURE]) + before)
    return NotebookNode({**cell, "outputs": finished})


# What is drawn


def _drawn(plan: _Plan, pictures: Pictures) -> tuple[PageFigure, ...]:
    """Return the figures of the page."""
    figures: list[PageFigure] = []
    for planned in plan.figures:
        sketch, place = planned.sketch, planned.place
        doing = f"making a page's part of the output `{sketch.label}`"
        with _naming(sketch.label, place), guarded(place, doing):
            drawn = plan.memory.figure(sketch, pictures)
        plan.assets.update(drawn.assets)
        figure = drawn.figure
        if planned.said is not None and isinstance(sketch, Sketch):
            figure = big_numbers.with_words(figure, sketch, planned.said)
        if planned.step_of is not None:
            figure = figure_steps.of_step(figure, figures[planned.step_of])
        else:
            plan.picture_texts += chart_texts(figure, planned.plotly, place)
            if drawn.fault is not None:
                plan.notices.append(undrawn(sketch, drawn.fault, place))
        figures.append(figure)
    return tuple(figures)


def _add_picture(
    metadata: dict[str, object], figures: Sequence[PageFigure], plan: _Plan, pictures: Pictures
) -> None:
    plotly = (planned.plotly for planned in plan.figures)
    charts = list(zip(figures, plotly, strict=True))
    plan.assets.update(page_picture.add(metadata, plan.edition, charts, pictures))


def _finished(
    executed: NotebookNode,
    notebook: NotebookNode,
    metadata: Mapping[str, object],
    figures: tuple[PageFigure, ...],
    plan: _Plan,
) -> Finished:
    """Return the edition put together."""
    edition, ran = plan.edition, executed.metadata["broadsheet"]
    results = [(0, result) for result in ran["inline"]]
    results += [
        (of_cell["cell"], result)
        for cell in executed.cells
        if (of_cell := cell.metadata.get("broadsheet"))
        for result in of_cell["inline"]
    ]
    facts = ran.get("facts", {})
    origins = _facts_origins(facts, plan)
    plan.notices += in_another_language(facts, edition)
    files = {*ran["reads"], *plan.tables}
    entries = plan.catalogue.entries(files) if plan.catalogue is not None else {DESCRIPTOR}
    return Finished(
        edition.with_metadata(metadata),
        notebook,
        figures=figures,
        assets=plan.assets,
        reads=tuple(sorted(files | entries)),
        libraries=ran.get("libraries", {}),
        facts=facts,
        origins=origins,
        picture_texts=tuple(plan.picture_texts),
        notices=tuple(plan.notices),
        values=tuple(
            (number, result["expression"], inline_values.plain(result))
            for number, result in results
        ),
    )


# What is planned


def _planned(executed: NotebookNode, plan: _Plan) -> NotebookNode:
    """Return the notebook with the outputs of a page, in which figures are numbers."""
    notebook: NotebookNode = nbformat.from_dict(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "cells": [],
            "metadata": {
                key: value for key, value in executed.metadata.items() if key != "broadsheet"
            },
        }
    )
    notebook.cells = [_cell(cell, plan) for cell in executed.cells]
    _add_steps(executed, notebook, plan)
    return notebook


def _cell(cell: NotebookNode, plan: _Plan) -> NotebookNode:
    ran = cell.metadata.get("broadsheet", {"cell": None, "inline": []})
    cell = NotebookNode(cell)
    cell.metadata = NotebookNode(
        {key: value for key, value in cell.metadata.items() if key != "broadsheet"}
    )
    number, results = ran["cell"], ran["inline"]
    if cell.cell_type == "markdown" and results:
        cell_lines.fill(cell, [inline_values.markdown(result) for result in results])
    if cell.cell_type == "markdown" and number is not None:
        place = plan.edition.source.place(number)
        cell.source = plan.updates.marked(cell_lines.written_lines(cell, place))
    if cell.cell_type == "markdown" and cell.get("attachments") and number is not None:
        files = plan.edition.files
        cell.source, pictures = saved_parts.with_pictures(cell, number, files.name)
        plan.assets.update({str(files / name): data for name, data in pictures.items()})
        del cell["attachments"]
    if cell.cell_type == "code" and number is not None:
        place = plan.edition.source.place(number)
        options = cell_options(cell.source, place)
        filled = inline_values.filled(options.options, results)
        if results:
            cell.source = with_options(filled, options.body)
        shows = shows_code(filled, tags_of(cell, filled), plan.edition.settings.execute)
        this = _Cell(number, place, filled, options.text, shows)
        _note_text("fig-alt", options.options, results, options.text, plan)
        _note_text("note", options.options, results, options.text, plan, kind=NOTE)
        if not plan.is_foreign:
            plan.notices += table_making.unused(filled, options.text, cell.outputs)
        displays = list(plotly_html.as_outputs(saved_parts.worth_showing(cell.outputs)))
        # What is printed, or warned of, before a chart takes nothing of its label.
        before = accumulate((output.output_type in _LABELLED for output in displays), initial=0)
        cell.outputs = [
            _output(output, index, this, plan)
            for index, output in zip(before, displays, strict=False)
        ]
    return cell


def _note_text(
    key: str,
    data: Mapping[str, object],
    results: Sequence[inline_values.Result],
    text: YamlText,
    plan: _Plan,
    *,
    kind: str = ALTERNATIVE_TEXT,
) -> None:
    """Note a text that an author wrote for a picture, for the number check."""
    if data.get(key):
        marked = inline_values.filled(data, results, marked=True)
        written = marked[key] if isinstance(marked[key], list) else [marked[key]]
        plan.picture_texts += [PictureText(text.place((key,)), str(one), kind) for one in written]


def _output(
    output: NotebookNode, index: int, cell: _Cell, plan: _Plan, label: str = ""
) -> NotebookNode:
    """Return an output, finished. A fault of it is a fault of its cell. It is called by its cell's
    label unless it has one of its own.
    """
    if output.output_type == "error" and not plan.is_foreign:
        return NotebookNode({**output, "traceback": []})  # an article tells what, not where
    if output.output_type == "stream":
        return NotebookNode({**output, "text": _printed(output.text, cell, plan)})
    if output.output_type not in _LABELLED:
        return output
    label = label or str(cell.options.get("label") or f"cell-{cell.number}") + (
        f"-{index + 1}" if index else ""
    )
    written = cell.options.get("label")
    if written is not None and not (isinstance(written, str) and _LABEL.fullmatch(written)):
        if plan.is_foreign:
            unlabelled = {key: value for key, value in cell.options.items() if key != "label"}
            return _output(output, index, replace(cell, options=unlabelled), plan)
        raise AssemblyError(
            cell.text.place(("label",)),
            f"`label` is {shown(written)}, and files are called after it",
            "Write letters, digits and hyphens, such as fig-trade; at most 100."
            + (f" {SMART}" if has_marks(str(written)) else ""),
        )
    try:
        with guarded(cell.place, f"making a page's part of the output `{label}`"):
            return _shown(output, label, cell, plan)
    except AssemblyError as error:
        if not plan.is_foreign:
            raise
        html, notice = saved_parts.not_shown(error)
        plan.notices.append(notice)
        return _display({"text/html": html})


def _shown(output: NotebookNode, label: str, cell: _Cell, plan: _Plan) -> NotebookNode:
    options, place = cell.options, cell.place
    data: Mapping[str, Any] = output.data
    files = plan.edition.files
    alt = str(options.get("fig-alt") or "")
    if MIME in data:
        with _naming(label, place):
            planned = _figure(data, label, cell, plan)
        plan.figures.append(planned)
        is_generated = not alt and planned.said is None
        plan.notices += notices_of(planned.sketch, place, has_generated_alt=is_generated)
        return _display({FIGURE: str(len(plan.figures) - 1)})
    if dataframes.MIME in data:
        if not data_table.is_described(data[dataframes.MIME]):
            raise AssemblyError(
                place,
                f"`{label}`: an output of the type {dataframes.MIME} is not what `import "
                "broadsheet` makes of a table",
                "End the cell with the DataFrame itself.",
            )
        return _display({"text/html": _table(data[dataframes.MIME], label, cell, plan)})
    kind = outputs.kind_of(data, place)
    if not outputs.is_text(data[kind]):
        raise AssemblyError(
            place,
            f"`{label}`: the output of the type {kind} is {shown(data[kind], 60)}, and not a text",
            "Show it in another form.",
        )
    plan.notices += outputs.lost_notices(data[kind], kind, f"the output `{label}`", place)
    if kind == "text/html":
        html = outputs.clean_html(str(data[kind]))
        if css := styles_of(str(data[kind])):
            plan.assets[str(files / f"{label}.css")] = css.encode()
            html = outputs.styled(html, f"{files.name}/{label}.css")
        return _display({kind: html})
    if kind in outputs.IMAGES:
        name = f"{label}.{outputs.IMAGES[kind]}"
        with _naming(label, place):
            size = output.get("metadata", {}).get(kind)
            html, content = outputs.image(data[kind], kind, f"{files.name}/{name}", alt, size)
        plan.assets[str(files / name)] = content
        if not alt:
            plan.notices.append(
                Notice(
                    place,
                    f"the picture `{label}` has no `fig-alt`, and none can be made of it",
                    "Say in a sentence or two what it shows.",
                    topic="alt-text",
                )
            )
        return _display({"text/html": html})
    if kind == "text/plain":
        return _display({kind: _printed(data[kind], cell, plan)})
    return _display({kind: data[kind]})


def _figure(data: Mapping[str, Any], label: str, cell: _Cell, plan: _Plan) -> _Figure:
    """Return the plotly figure of an output, planned."""
    options, edition = cell.options, plan.edition
    said = big_numbers.said_of(data, cell.place)
    page = str(edition.figures / label / "index.html")
    credit = credits.given(options, cell.text)
    figure = checked(said["figure"] if said else data[MIME])
    of_page = FigureOptions(
        str(options.get("fig-alt") or ""),
        credit,
        drawn_from=_tables(credit, cell, plan, said["tables"] if said else None),
        interactivity=interactivity(options, cell.text),
        saved_as=slug(f"{edition.slug}-{label.removeprefix('fig-')}"),
        page=page if "label" in options and not said else "",
    )
    sketch = plan.memory.sketch(
        figure, label, edition.files, plan.catalogue, of_page, is_whole=said is not None
    )
    return _Figure(sketch, figure, cell.place, said)


@contextmanager
def _naming(label: str, place: Place) -> Iterator[None]:
    """Give the faults of the block a ``place``, and the label of what is made there."""
    try:
        yield
    except (AssemblyError, FigureError, ToolError) as error:
        kind = ToolError if isinstance(error, ToolError) else AssemblyError
        topic = "" if isinstance(error, FigureError) else error.topic
        raise kind(place, f"`{label}`: {error.what}", error.mend, topic=topic) from error


def _printed(text: str | list[str], cell: _Cell, plan: _Plan) -> str:
    """Return a text that a cell prints, as far as the page has room for it."""
    shown, notice = plan.printed.cut(text, cell.place)
    if notice is not None and cell.options.get("output") is not False:
        plan.notices.append(notice)
    return shown


def _table(described: Mapping[str, Any], label: str, cell: _Cell, plan: _Plan) -> str:
    is_float = str(cell.options.get("label") or "").startswith("tbl-")
    credit = credits.given(cell.options, cell.text)
    table = table_making.page_table(
        described,
        cell.options,
        cell.text,
        given=credit,
        drawn_from=_tables(credit, cell, plan) if is_float or credit != credits.NOTHING else (),
        catalogue=plan.catalogue,
        file=plan.edition.files / f"{label}.csv" if is_float else None,
        with_numbers=cell.shows_code,
    )
    plan.notices += table.notices
    plan.assets.update(table.assets)
    return table.html


def _tables(
    credit: credits.Given, cell: _Cell, plan: _Plan, read: Iterable[str] | None = None
) -> tuple[str, ...]:
    """Return the tables that a chart or a table is made of: those that its cell names, else those
    that were ``read``; without these, those that the cell read.
    """
    if plan.catalogue is None and credit.tables:
        raise ConfigError(
            cell.text.place(("source",)),
            "there is no data/datapackage.json to find the source in",
            "Add the catalogue, write `source: {text: …}`, or take `source` away.",
        )
    if plan.catalogue is None:
        return ()
    read = plan.lineage.get(cell.number, frozenset()) if read is None else read
    names = credit.tables if credit.tables is not None else plan.catalogue.in_order(read)
    where = cell.text.place(("source",))
    try:
        origins = {name: plan.catalogue.origin(name) for name in names}
    except BroadsheetError as error:
        raise ConfigError(where, error.what, error.mend) from error
    for name, column in credit.columns:
        columns = [one.name for one in origins[name].columns]
        if column not in columns:
            mend = f"{question(column, columns)}It has {', '.join(columns)}."
            raise ConfigError(where, f"the table {name} has no column {column!r}", mend)
    plan.tables.update(plan.catalogue.files(name)[-1] for name in origins)
    return names


def _facts_origins(facts: Mapping[str, Any], plan: _Plan) -> dict[str, Origin]:
    """Return the tables that facts and claims come from."""
    named = declared_tables(facts)
    where = plan.edition.source.place()
    if named and plan.catalogue is None:
        raise AssemblyError(
            where,
            f"facts come from {', '.join(named)}, and there is no {DESCRIPTOR}",
            "Add the catalogue.",
        )
    if plan.catalogue is None:
        return {}
    plan.tables.update(plan.catalogue.files(name)[-1] for name in named)
    return {name: plan.catalogue.origin(name) for name in named}


def _add_steps(executed: NotebookNode, notebook: NotebookNode, plan: _Plan) -> None:
    """Add the figures of steps, once all figures are planned that they may name."""
    numbers = (cell.metadata.get("broadsheet", {}).get("cell") for cell in executed.cells)
    cells = {
        number: (cell, plan.edition.source.place(number))
        for number, cell in zip(numbers, notebook.cells, strict=True)
        if cell.cell_type == "markdown" and number is not None
    }
    by_label = {one.sketch.label: number for number, one in reversed([*enumerate(plan.figures)])}
    for step in figure_steps.steps_of(cells, len(plan.figures)):
        if step.figure not in by_label:
            labels = list(reversed(by_label))
            others = f"There are: {', '.join(labels)}." if labels else "The page has no charts."
            raise AssemblyError(
                step.place,
                f"the steps show the figure `{step.figure}`, and no chart has that label",
                question(step.figure, labels) + others,
            )
        base, label = by_label[step.figure], f"{step.figure}-step-{step.number}"
        try:
            figure = at_state(dict(plan.figures[base].plotly), step.state)
        except FigureError as error:
            raise AssemblyError(step.place, error.what, error.mend) from error
        options = FigureOptions(step.alt or described(figure, step.state))
        with _naming(label, step.place):
            sketch = plan.memory.sketch(figure, label, plan.edition.files, None, options)
        plan.figures.append(_Figure(sketch, figure, step.place, step_of=base))
        if step.alt:
            plan.picture_texts.append(PictureText(step.place, step.alt, ALTERNATIVE))


def _display(data: dict[str, object]) -> NotebookNode:
    node: NotebookNode = nbformat.from_dict(
        {"output_type": "display_data", "data": data, "metadata": {}}
    )
    return node
