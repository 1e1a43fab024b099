"""The tables that bear out a text and that its source does not read: their entries in the catalogue, and
the code that loads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from broadsheet.checks.audit.audit_table import AuditTable
from broadsheet.checks.audit.measured import currency_in_name
from broadsheet.checks.bind.bound_source import BoundSource
from broadsheet.checks.bind.loading_code import (
    LoadedTable,
    code_words,
    loading_line,
    variable_for,
    with_lines,
)
from broadsheet.data.adding import Details, add, read_table
from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import has_catalogue
from broadsheet.errors import Notice, Place
from broadsheet.figures.table.table_lineage import tables_named
from broadsheet.project.project import Project

_NOT_OF_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Loaded:
    """A source with the code that loads its tables."""

    source: BoundSource
    """The source."""
    tables: tuple[LoadedTable, ...] = ()
    """The tables that it loads now."""
    cell: int = 0
    """The number of the cell that was added for them; 0 for none."""
    block: str = ""
    """The block of code that was added for them; empty for none."""
    notices: tuple[Notice, ...] = ()
    """The tables that cannot be loaded, and why."""


def tables_read(source: BoundSource) -> frozenset[str]:
    """Return the names of the tables that a source reads."""
    return frozenset[str]().union(*map(tables_named, source.codes()))


def with_tables(
    root: Path, source: BoundSource, tables: Iterable[tuple[AuditTable, Path]], today: date
) -> Loaded:
    """Return a source that loads ``tables``, each with its file, too. Raises :class:`ConfigError` for a
    page that has no code.
    """
    files = dict[Path, str]()
    if has_catalogue(root):
        catalogue = Catalogue.open(root, today)
        files = {(root / catalogue.resource(name).file).resolve(): name for name in catalogue.names}
    read, taken = tables_read(source), set(code_words(source))
    loaded, notices = list[LoadedTable](), list[Notice]()
    for table, path in tables:
        file = path.resolve()
        name, is_new = files.get(file, ""), file not in files
        if is_new:
            name = _NOT_OF_NAMES.sub("-", file.stem.lower()).strip("-") or "table"
            if why := _why_not(root, name, file, table, files.values()):
                notices.append(_not_loaded(path, why))
                continue
            files[file] = name
        if name in read or any(each.name == name for each in loaded):
            continue
        variable = variable_for(name, taken)
        taken.add(variable)
        code = loading_line(variable, name, table)
        loaded.append(LoadedTable(name, variable, code, file if is_new else None))
    if not loaded:
        return Loaded(source, notices=tuple(notices))
    whole, cell, block = with_lines(source, [table.code for table in loaded])
    return Loaded(whole, tuple(loaded), cell, block, tuple(notices))


def _why_not(root: Path, name: str, file: Path, table: AuditTable, names: Iterable[str]) -> str:
    """Return why a file cannot come into the catalogue; empty if it can."""
    target = root / "data" / f"{name}.csv"
    if table.sheet or file.suffix.lower() != ".csv":
        return "it is no CSV file"
    if name in names or (target.exists() and target.resolve() != file):
        return f"another table has the name {name!r}"
    return ""


def _not_loaded(path: Path, why: str) -> Notice:
    return Notice(
        Place(path.name),
        f"the text agrees with this table, which is not loaded: {why}",
        "Add it by `broadsheet data add`, with a name of its own, and bind the page again.",
        topic="not-bound",
    )


def add_tables(
    project: Project, added: Sequence[tuple[str, Path]], *, replace: bool = False
) -> None:
    """Add tables to the catalogue of a publication, with what their files say of them. Raises as
    :func:`broadsheet.data.adding.add` does.
    """
    for name, file in added:
        table = read_table(project.root, file, Details())
        details = details_of(file, [column.name for column in table.columns])
        add(
            project.root,
            file,
            table,
            name,
            details,
            today=project.today,
            title_of_all=f"The tables of {project.settings.website.title or 'the publication'}",
            replace=replace,
        )


def details_of(file: Path, columns: Iterable[str] = ()) -> Details:
    """Return what the name of a file says of its table, and those of its columns of their currencies:
    `schools_eur_m` is in million EUR.
    """
    title = file.stem.replace("-", " ").replace("_", " ")
    units = {name: unit for name in columns if (unit := currency_in_name(name))}
    return Details(title=title, units=units)
