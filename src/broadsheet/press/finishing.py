"""From an executed notebook to a finished one: each cell's outputs become what a page shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import accumulate
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
    Notice,
    Place,
    ToolError,
    guarded,
    shown,
)
from broadsheet.figures import figure_making
from broadsheet.figures.alive.interactivity import interactivity
from broadsheet.figures.drawing.chart_renderer import Pictures
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.figures.figure_notices import notices_of
from broadsheet.figures.reading.colour_meanings import colour_notices
from broadsheet.figures.reading.plotly_json import checked
from broadsheet.figures.table import credits, data_table, table_making
from broadsheet.markdown import (
    big_numbers,
    cell_lines,
    inline_values,
    live_updates,
    outputs,
    page_picture,
    plotly_html,
    saved_parts,
    step_drawings,
)
from broadsheet.markdown.edition_reads import in_another_language, lineage_of
from broadsheet.markdown.finished_edition import (
    ALTERNATIVE_TEXT,
    FIGURE,
    NOTE,
    Finished,
    PictureText,
    chart_texts,
)
from broadsheet.markdown.prose import ALTERNATIVE
from broadsheet.notebook.session import dataframes
from broadsheet.press import frozen_results
from broadsheet.project.editions.edition import Edition
from broadsheet.project.editions.execution import is_article
from broadsheet.project.settings.address import slug
from broadsheet.project.sources.cell_options import CellOptions, cell_options, with_options
from broadsheet.run.notebook_to_run import own_metadata
from broadsheet.storage.yaml_text import YamlText
from broadsheet.text.did_you_mean import question
from broadsheet.text.language import speaking
from broadsheet.text.quotation_marks import SMART, has_marks

_LABEL = re.compile(r"[\w.:-]{1,100}")
_LABELLED = ("display_data", "execute_result")
"""The types of the outputs that are called by their cell's label; the rest is printed."""


@dataclass
class _State:
    """What the cells of one edition share: where files go, the tables of each cell, what has been
    made so far.
    """

    edition: Edition
    pictures: Pictures
    catalogue: Catalogue | None
    lineage: Mapping[int, frozenset[str]]
    make: figure_making.MakesFigure
    colours: Mapping[str, str]
    assets: dict[str, bytes] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    charts: list[tuple[PageFigure, Mapping[str, Any]]] = field(default_factory=list)
    """Each figure of the page with the plotly figure that it is made of."""
    picture_texts: list[PictureText] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    updates: live_updates.Updates = field(default_factory=live_updates.Updates)
    printed: saved_parts.Printed = field(default_factory=saved_parts.Printed)
    is_foreign: bool = False
    """Whether an output that no page can show is only noted: of a page that is no article, and is
    shown as it is saved or is written in Markdown."""


@dataclass(frozen=True)
class _Cell:
    """A code cell: its number, where it is, its options with values put in, and as written."""

    number: int
    place: Place
    options: Mapping[str, Any]
    text: YamlText


def finish(
    edition: Edition,
    executed: NotebookNode | None,
    pictures: Pictures,
    catalogue: Catalogue | None = None,
    *,
    make: figure_making.MakesFigure = figure_making.make,
    colours: Mapping[str, str] | None = None,
) -> Finished:
    """The finished form of ``edition``; ``executed`` is None for a Markdown page, which is finished
    as it is.

    Raises :class:`AssemblyError` for an output that a page cannot show, :class:`ConfigError` for an
    option that does not fit, and :class:`ToolError` for a browser that fails. ``make`` makes the
    figures; ``colours`` are the publication's, by their names.
    """
    if executed is None:
        return Finished(edition, markdown=edition.source.markdown)
    with speaking(edition.settings.lang):
        is_saved = executed.metadata["broadsheet"].get("is_saved", False)
        state = _State(
            edition,
            pictures,
            catalogue,
            lineage_of(edition, executed, catalogue),
            make,
            colours or {},
            is_foreign=is_saved or (bool(edition.source.places) and not is_article(edition)),
        )
        return _finished(executed, state)


def finish_frozen(
    page: Finished,
    pictures: Pictures,
    catalogue: Catalogue | None = None,
    *,
    make: figure_making.MakesFigure = figure_making.make,
) -> Finished:
    """A page that Quarto has frozen, with its plotly figures as figures of the page. What cannot be
    drawn is noted. Raises as :func:`finish` does.
    """
    edition = page.edition
    state = _State(edition, pictures, catalogue, {}, make, {}, is_foreign=True)

    def show(figure: Mapping[str, Any], label: str, options: CellOptions) -> int | str:
        cell = _Cell(0, edition.source.place(), options.options, options.text)
        output = new_output("display_data", {figure_making.MIME: figure})
        shown = _output(output, 0, cell, state, label).data
        return int(shown[FIGURE]) if FIGURE in shown else str(shown["text/html"])

    with speaking(edition.settings.lang):
        markdown = frozen_results.with_figures(page, show)
        metadata = dict(edition.metadata)
        _add_picture(metadata, state)
    return replace(
        page,
        edition=edition.with_metadata(metadata),
        markdown=markdown,
        figures=tuple(figure for figure, _ in state.charts),
        assets={**page.assets, **state.assets},
        reads=tuple(sorted({*page.reads, *state.tables})),
        picture_texts=tuple(state.picture_texts),
        notices=(*page.notices, *state.notices),
    )


def _finished(executed: NotebookNode, state: _State) -> Finished:
    edition = state.edition
    results = executed.metadata["broadsheet"]["inline"]
    filled = inline_values.filled(own_metadata(edition), results)
    metadata = {**edition.metadata, **filled}
    _note_text("image-alt", own_metadata(edition), results, edition.source.front_matter, state)
    state.updates.until = live_updates.until(metadata, edition.source.front_matter)
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
    notebook.cells = [_cell(cell, state) for cell in executed.cells]
    _add_steps(executed, notebook, state)
    _add_picture(metadata, state)
    drawn = [(made.label, figure) for made, figure in state.charts if not made.number]
    state.notices += colour_notices(drawn, state.colours, edition.source.place())
    found = [(0, result) for result in results]
    found += [
        (own["cell"], result)
        for cell in executed.cells
        if (own := cell.metadata.get("broadsheet"))
        for result in own["inline"]
    ]
    facts = executed.metadata["broadsheet"].get("facts", {})
    origins = _facts_origins(facts, state)
    state.notices += in_another_language(facts, edition)
    files = {*executed.metadata["broadsheet"]["reads"], *state.tables}
    entries = state.catalogue.entries(files) if state.catalogue is not None else {DESCRIPTOR}
    return Finished(
        edition.with_metadata(metadata),
        notebook,
        figures=tuple(figure for figure, _ in state.charts),
        assets=state.assets,
        reads=tuple(sorted(files | entries)),
        libraries=executed.metadata["broadsheet"].get("libraries", {}),
        facts=facts,
        origins=origins,
        picture_texts=tuple(state.picture_texts),
        notices=tuple(state.notices),
        values=tuple(
            (number, result["expression"], inline_values.plain(result)) for number, result in found
        ),
    )


def _cell(cell: NotebookNode, state: _State) -> NotebookNode:
    own = cell.metadata.get("broadsheet", {"cell": None, "inline": []})
    cell = NotebookNode(cell)
    cell.metadata = NotebookNode(
        {key: value for key, value in cell.metadata.items() if key != "broadsheet"}
    )
    number, results = own["cell"], own["inline"]
    if cell.cell_type == "markdown" and results:
        cell_lines.fill(cell, [inline_values.markdown(result) for result in results])
    if cell.cell_type == "markdown" and number is not None:
        place = state.edition.source.place(number)
        cell.source = state.updates.marked(cell_lines.written_lines(cell, place))
    if cell.cell_type == "markdown" and cell.get("attachments") and number is not None:
        files = state.edition.files
        cell.source, pictures = saved_parts.with_pictures(cell, number, files.name)
        state.assets.update({str(files / name): data for name, data in pictures.items()})
        del cell["attachments"]
    if cell.cell_type == "code" and number is not None:
        place = state.edition.source.place(number)
        options = cell_options(cell.source, place)
        filled = inline_values.filled(options.options, results)
        if results:
            cell.source = with_options(filled, options.body)
        this = _Cell(number, place, filled, options.text)
        _note_text("fig-alt", options.options, results, options.text, state)
        _note_text("note", options.options, results, options.text, state, kind=NOTE)
        if not state.is_foreign:
            state.notices += table_making.unused(filled, options.text, cell.outputs)
        displays = list(plotly_html.as_outputs(saved_parts.worth_showing(cell.outputs)))
        # What is printed, or warned of, before a chart takes nothing of its label.
        before = accumulate((output.output_type in _LABELLED for output in displays), initial=0)
        cell.outputs = [
            _output(output, index, this, state)
            for index, output in zip(before, displays, strict=False)
        ]
    return cell


def _note_text(
    key: str,
    data: Mapping[str, object],
    results: Sequence[inline_values.Result],
    text: YamlText,
    state: _State,
    *,
    kind: str = ALTERNATIVE_TEXT,
) -> None:
    """Note a text that an author wrote for a picture, for the number check."""
    if data.get(key):
        marked = inline_values.filled(data, results, marked=True)
        written = marked[key] if isinstance(marked[key], list) else [marked[key]]
        state.picture_texts += [PictureText(text.place((key,)), str(one), kind) for one in written]


def _output(
    output: NotebookNode, index: int, cell: _Cell, state: _State, label: str = ""
) -> NotebookNode:
    """An output, finished; whatever is wrong with it is a fault of its cell. It is called by its
    cell's label unless it has one of its own.
    """
    if output.output_type == "error" and not state.is_foreign:
        return NotebookNode({**output, "traceback": []})  # an article tells what, not where
    if output.output_type == "stream":
        return NotebookNode({**output, "text": _printed(output.text, cell, state)})
    if output.output_type not in _LABELLED:
        return output
    label = label or str(cell.options.get("label") or f"cell-{cell.number}") + (
        f"-{index + 1}" if index else ""
    )
    written = cell.options.get("label")
    if written is not None and not (isinstance(written, str) and _LABEL.fullmatch(written)):
        if state.is_foreign:
            unlabelled = {key: value for key, value in cell.options.items() if key != "label"}
            return _output(output, index, replace(cell, options=unlabelled), state)
        raise AssemblyError(
            cell.text.place(("label",)),
            f"`label` is {shown(written)}, and files are called after it",
            "Write letters, digits and hyphens, such as fig-trade; at most 100."
            + (f" {SMART}" if has_marks(str(written)) else ""),
        )
    try:
        with guarded(cell.place, f"making a page's part of the output `{label}`"):
            return _shown(output.data, label, cell, state)
    except AssemblyError as error:
        if not state.is_foreign:
            raise
        html, notice = saved_parts.not_shown(error)
        state.notices.append(notice)
        return _display({"text/html": html})


def _shown(data: Mapping[str, Any], label: str, cell: _Cell, state: _State) -> NotebookNode:
    options, place = cell.options, cell.place
    files = state.edition.files
    alt = str(options.get("fig-alt") or "")
    if figure_making.MIME in data:
        said = big_numbers.said_of(data, place)
        page = str(state.edition.figures / label / "index.html")
        with _naming(label, place):
            given = credits.given(options, cell.text)
            figure = checked(said["figure"] if said else data[figure_making.MIME])
            made = state.make(
                figure,
                label,
                files,
                state.pictures,
                catalogue=state.catalogue,
                options=figure_making.FigureOptions(
                    alt,
                    given,
                    drawn_from=_tables(given, cell, state, said["tables"] if said else None),
                    interactivity=interactivity(options, cell.text),
                    saved_as=slug(f"{state.edition.slug}-{label.removeprefix('fig-')}"),
                    page=page if "label" in options and not said else "",
                ),
            )
        state.notices += notices_of(made, place, has_generated_alt=not alt and not said)
        if said:
            made = big_numbers.with_words(made, said)
        state.assets.update(made.assets)
        state.charts.append((made.figure, figure))
        state.picture_texts += chart_texts(made.figure, figure, place)
        return _display({FIGURE: str(len(state.charts) - 1)})
    if dataframes.MIME in data:
        if not data_table.is_described(data[dataframes.MIME]):
            raise AssemblyError(
                place,
                f"`{label}`: an output of the type {dataframes.MIME} is not what `import "
                "broadsheet` makes of a table",
                "End the cell with the DataFrame itself.",
            )
        return _display({"text/html": _table(data[dataframes.MIME], label, cell, state)})
    kind = outputs.kind_of(data, place)
    if not outputs.is_text(data[kind]):
        raise AssemblyError(
            place,
            f"`{label}`: the output of the type {kind} is {shown(data[kind], 60)}, and not a text",
            "Show it in another form.",
        )
    state.notices += outputs.lost_notices(data[kind], kind, f"the output `{label}`", place)
    if kind == "text/html":
        return _display({kind: outputs.clean_html(str(data[kind]))})
    if kind in outputs.IMAGES:
        name = f"{label}.{outputs.IMAGES[kind]}"
        with _naming(label, place):
            html, content = outputs.image(data[kind], kind, f"{files.name}/{name}", alt)
        state.assets[str(files / name)] = content
        if not alt:
            state.notices.append(
                Notice(
                    place,
                    f"the picture `{label}` has no `fig-alt`, and none can be made of it",
                    "Say in a sentence or two what it shows.",
                    topic="alt-text",
                )
            )
        return _display({"text/html": html})
    if kind == "text/plain":
        return _display({kind: _printed(data[kind], cell, state)})
    return _display({kind: data[kind]})


@contextmanager
def _naming(label: str, place: Place) -> Iterator[None]:
    """Faults of the block are at ``place``, and name what is made there."""
    try:
        yield
    except (AssemblyError, ToolError) as error:
        kind = ToolError if isinstance(error, ToolError) else AssemblyError
        what = f"`{label}`: {error.what}"
        raise kind(place, what, error.mend, topic=error.topic) from error


def _printed(text: str | list[str], cell: _Cell, state: _State) -> str:
    """A text that a cell prints, as far as the page has room for it."""
    shown, notice = state.printed.cut(text, cell.place)
    if notice is not None and cell.options.get("output") is not False:
        state.notices.append(notice)
    return shown


def _table(described: Mapping[str, Any], label: str, cell: _Cell, state: _State) -> str:
    is_float = str(cell.options.get("label") or "").startswith("tbl-")
    given = credits.given(cell.options, cell.text)
    made = table_making.make(
        described,
        cell.options,
        cell.text,
        given=given,
        drawn_from=_tables(given, cell, state) if is_float or given != credits.NOTHING else (),
        catalogue=state.catalogue,
        file=state.edition.files / f"{label}.csv" if is_float else None,
    )
    state.notices += made.notices
    state.assets.update(made.assets)
    return made.html


def _tables(
    given: credits.Given, cell: _Cell, state: _State, known: Sequence[str] | None = None
) -> tuple[str, ...]:
    """The tables that a chart or a table is made of: those that its cell names, else those that are
    known, or that the cell read.
    """
    if state.catalogue is None and given.tables:
        raise ConfigError(
            cell.text.place(("source",)),
            "there is no data/datapackage.json to find the source in",
            "Add the catalogue, write `source: {text: …}`, or take `source` away.",
        )
    if state.catalogue is None:
        return ()
    read = state.lineage.get(cell.number, frozenset()) if known is None else known
    names = (
        given.tables
        if given.tables is not None
        else tuple(one for one in state.catalogue.names if one in read)
    )
    where = cell.text.place(("source",))
    try:
        origins = {name: state.catalogue.origin(name) for name in names}
    except BroadsheetError as error:
        raise ConfigError(where, error.what, error.mend) from error
    for name, column in given.columns:
        known = [one.name for one in origins[name].columns]
        if column not in known:
            mend = f"{question(column, known)}It has {', '.join(known)}."
            raise ConfigError(where, f"the table {name} has no column {column!r}", mend)
    state.tables.update(origin.path for origin in origins.values())
    return names


def _facts_origins(facts: Mapping[str, Any], state: _State) -> dict[str, Origin]:
    """The tables that facts and claims come from."""
    named = {
        name: one
        for declared in facts.values()
        for one in declared.values()
        for name in one["sources"]
        if not name.startswith("@")
    }
    where = state.edition.source.place()
    if named and state.catalogue is None:
        raise AssemblyError(
            where,
            f"facts come from {', '.join(named)}, and there is no {DESCRIPTOR}",
            "Add the catalogue.",
        )
    origins = {name: state.catalogue.origin(name) for name in named} if state.catalogue else {}
    state.tables.update(origin.path for origin in origins.values())
    return origins


def _add_steps(executed: NotebookNode, notebook: NotebookNode, state: _State) -> None:
    """The drawings of steps, once all figures are there that they may name."""

    def make(figure: Mapping[str, Any], label: str, alt: str, place: Place) -> figure_making.Made:
        with _naming(label, place):
            options = figure_making.FigureOptions(alt)
            files, pictures = state.edition.files, state.pictures
            return state.make(dict(figure), label, files, pictures, options=options)

    for place, made, alt in step_drawings.add(
        executed, notebook, state.charts, make, state.edition
    ):
        if alt:
            state.picture_texts.append(PictureText(place, alt, ALTERNATIVE))
        state.assets.update(made.assets)


def _add_picture(metadata: dict[str, object], state: _State) -> None:
    state.assets.update(page_picture.add(metadata, state.edition, state.charts, state.pictures))


def _display(data: dict[str, object]) -> NotebookNode:
    node: NotebookNode = nbformat.from_dict(
        {"output_type": "display_data", "data": data, "metadata": {}}
    )
    return node
