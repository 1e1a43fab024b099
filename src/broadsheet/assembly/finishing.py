"""The way of one edition through assembly, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from broadsheet.assembly import charts, outputs, tables, values
from broadsheet.assembly.engraving import Engraver
from broadsheet.assembly.finished import Finished
from broadsheet.catalogue import Catalogue, Origin
from broadsheet.catalogue.descriptor import DESCRIPTOR
from broadsheet.errors import AssemblyError, BroadsheetError, ConfigError, Notice, Place
from broadsheet.execution.script import own_metadata
from broadsheet.kernel import frames, inline
from broadsheet.publication import CellOptions, Edition
from broadsheet.publication.source import cell_options

FIGURE_KEYS = ("source", "as-of", "note")
"""Cell options of our own: the tables that a figure is drawn from, the last day that it speaks of (else the tables'
own), and a note for its foot."""


@dataclass
class _Desk:
    """What the cells of one edition share: where files go, what has been made so far."""

    edition: Edition
    engraver: Engraver
    catalogue: Catalogue | None
    assets: dict[str, bytes] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    charts: list[tuple[charts.Chart, Mapping[str, Any]]] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Cell:
    """A code cell: where it is, its options with values put in, and as written."""

    place: Place
    options: Mapping[str, Any]
    text: CellOptions


def finish(edition: Edition, executed: NotebookNode | None, engraver: Engraver,
           catalogue: Catalogue | None = None) -> Finished:
    """The finished form of ``edition``; ``executed`` is None for a Markdown page, which is finished as it is.

    Raises :class:`AssemblyError` for an output that a page cannot show, :class:`ConfigError` for an option that
    does not fit.
    """
    if executed is None:
        return Finished(edition, markdown=edition.source.markdown)
    results = executed.metadata["broadsheet"]["inline"]
    filled = values.filled(own_metadata(edition), results)
    assert isinstance(filled, dict)
    metadata = {**edition.metadata, **filled}
    desk = _Desk(edition, engraver, catalogue)
    notebook: NotebookNode = nbformat.v4.new_notebook(
        metadata={key: value for key, value in executed.metadata.items() if key != "broadsheet"})
    for cell in executed.cells:
        notebook.cells.append(_cell(cell, desk))
    _picture(metadata, desk)
    found = [(0, result) for result in results]
    found += [(own["cell"], result) for cell in executed.cells if (own := cell.metadata.get("broadsheet"))
              for result in own["inline"]]
    facts = executed.metadata["broadsheet"].get("facts", {})
    origins = _facts_origins(facts, desk)
    reads = (*executed.metadata["broadsheet"]["reads"], DESCRIPTOR, *desk.tables)
    return Finished(edition.with_metadata(metadata), notebook, assets=desk.assets, reads=reads,
                    facts=facts, origins=origins,
                    notices=tuple(desk.notices),
                    values=tuple((number, result["expression"], values.plain(result)) for number, result in found))


def _cell(cell: NotebookNode, desk: _Desk) -> NotebookNode:
    cell = nbformat.from_dict(cell)
    own = cell.metadata.pop("broadsheet", {"cell": None, "inline": []})
    number, results = own["cell"], own["inline"]
    if cell.cell_type == "markdown" and results:
        cell.source = inline.substitute(cell.source, [values.markdown(result) for result in results])
    if cell.cell_type == "code" and number is not None:
        place = desk.edition.source.place(number)
        options = cell_options(cell.source, place)
        filled = values.filled(dict(options.options), results)
        assert isinstance(filled, dict)
        if results:
            cell.source = _with_options(filled, options.body)
        this = _Cell(place, filled, options)
        cell.outputs = [_output(output, index, this, desk) for index, output in enumerate(cell.outputs)]
    return cell


def _output(output: NotebookNode, index: int, cell: _Cell, desk: _Desk) -> NotebookNode:
    if output.output_type not in ("display_data", "execute_result"):
        return output
    data, options, place = output.data, cell.options, cell.place
    label = str(options.get("label") or f"cell-{place.cell}") + (f"-{index + 1}" if index else "")
    files = desk.edition.files
    alt = str(options.get("fig-alt") or "")
    if charts.MIME in data:
        try:
            made = charts.chart(data[charts.MIME], label, files, desk.engraver, alt=alt,
                                note=str(options.get("note") or ""), origins=_origins(cell, desk), as_of=_as_of(cell))
        except AssemblyError as error:
            raise AssemblyError(place, f"`{label}`: {error.what}", error.mend) from error
        if not alt:
            desk.notices.append(Notice(
                place, f"the chart `{label}` has no `fig-alt`; this one is generated: “{made.alt}”",
                "Say in a sentence or two what the chart shows, or keep it."))
        desk.assets.update(made.assets)
        desk.charts.append((made, data[charts.MIME]))
        return _display({"text/html": made.html, "text/plain": made.alt})
    if frames.MIME in data:
        return _display({"text/html": _table(data[frames.MIME], label, cell, desk)})
    kind = outputs.kind_of(data, place)
    if kind == "text/html":
        return _display({kind: outputs.clean_html(str(data[kind]))})
    if kind in outputs.IMAGES:
        name = f"{label}.{outputs.IMAGES[kind]}"
        html, content = outputs.image(data[kind], kind, f"{files.name}/{name}", alt)
        desk.assets[str(files / name)] = content
        return _display({"text/html": html})
    return _display({kind: data[kind]})


def _table(described: Mapping[str, Any], label: str, cell: _Cell, desk: _Desk) -> str:
    table = tables.read(described, desk.catalogue)
    csv = desk.edition.files / f"{label}.csv" if str(cell.options.get("label") or "").startswith("tbl-") else None
    if csv is not None:
        desk.assets[str(csv)] = table.csv().encode()
    return tables.html(table, name=str(cell.options.get("tbl-cap") or ""),
                       csv_url=f"{csv.parent.name}/{csv.name}" if csv else "")


def _origins(cell: _Cell, desk: _Desk) -> tuple[Origin, ...]:
    named = cell.options.get("source") or []
    where = cell.text.text.place(("source",))
    names = [named] if isinstance(named, str) else named
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ConfigError(where, f"`source` is {named!r}",
                          "Name a table of the catalogue, or a list of them.")
    if names and desk.catalogue is None:
        raise ConfigError(where, "there is no data/datapackage.json to find the source in",
                          "Add the catalogue, or take `source` away.")
    try:
        origins = tuple(desk.catalogue.origin(name) for name in names) if desk.catalogue else ()
    except BroadsheetError as error:
        raise ConfigError(where, error.what, error.mend) from error
    desk.tables.update(origin.path for origin in origins)
    return origins


def _facts_origins(facts: Mapping[str, Any], desk: _Desk) -> dict[str, Origin]:
    """The tables that facts and claims come from."""
    named = {name: told for declared in facts.values() for told in declared.values()
             for name in told["sources"] if not name.startswith("@")}
    where = desk.edition.source.place()
    if named and desk.catalogue is None:
        raise AssemblyError(where, f"facts come from {', '.join(named)}, and there is no {DESCRIPTOR}",
                            "Add the catalogue.")
    origins = {name: desk.catalogue.origin(name) for name in named} if desk.catalogue else {}
    desk.tables.update(origin.path for origin in origins.values())
    return origins


def _as_of(cell: _Cell) -> date | None:
    given = cell.options.get("as-of")
    try:
        return given if given is None or isinstance(given, date) else date.fromisoformat(str(given))
    except ValueError as error:
        where = cell.text.text.place(("as-of",))
        raise ConfigError(where, f"`as-of` is {given!r}", "Write it as 2022-12-31.") from error


def _picture(metadata: dict[str, object], desk: _Desk) -> None:
    """The page's own picture: a chart that `image` names by its label, else the first chart of a page that is an entry
    of its own. An edition that no list shows by itself goes without, since a picture takes longer than the page.
    """
    wanted = metadata.get("image")
    labels = {made.label: (made, figure) for made, figure in desk.charts}
    if isinstance(wanted, str) and wanted.startswith("fig-") and "." not in wanted and wanted not in labels:
        raise AssemblyError(desk.edition.source.place(1), f"`image` names {wanted!r}, and no chart has that label",
                            f"There are: {', '.join(labels) or 'no charts'}.")
    is_entry = desk.edition.is_first or desk.edition.settings.edition_entries == "each"
    if wanted in labels and not is_entry:
        metadata.pop("image")
        return
    chosen = labels.get(str(wanted)) if wanted else desk.charts[0] if desk.charts and is_entry else None
    if chosen is None:
        return
    made, figure = chosen
    metadata.pop("image", None)
    drawn = charts.picture(dict(figure), desk.engraver)
    if drawn is not None:
        path = desk.edition.files / f"{made.label}.png"
        desk.assets[str(path)] = drawn
        metadata["image"] = f"{path.parent.name}/{path.name}"
        metadata.setdefault("image-alt", made.alt)


def _display(data: dict[str, object]) -> NotebookNode:
    node: NotebookNode = nbformat.from_dict({"output_type": "display_data", "data": data, "metadata": {}})
    return node


def _with_options(options: Mapping[str, object], body: str) -> str:
    """The cell's text with other option values, each as JSON, which is YAML too."""
    import json
    return "\n".join([*(f"#| {key}: {json.dumps(value, ensure_ascii=False, default=str)}"
                        for key, value in options.items()), body])
