"""The tables that bear out a text and that its source does not read: their entries in the catalogue, and
the code that loads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from broadsheet.checks.audit.audit_table import AuditTable
from broadsheet.checks.bind.bound_source import IPYNB_SUFFIX, BoundSource, Insertion
from broadsheet.checks.bind.source_edits import with_code_cells
from broadsheet.data.adding import Details, add, read_table
from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import has_catalogue
from broadsheet.errors import ConfigError
from broadsheet.project.project import Project

_IMPORT = re.compile(r"^import broadsheet as bs[ \t]*$", re.MULTILINE)
_READS = re.compile(r"""\bbs\.table\(\s*["'](?P<name>[^"']+)["']""")
_FRONT = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_NOT_OF_NAMES = re.compile(r"[^a-z0-9]+")
_CELL = re.compile(r"^```\{python\}[ \t]*\n(?P<code>.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Loaded:
    """A source with the code that loads its tables."""

    source: BoundSource
    """The source."""
    added: tuple[tuple[str, Path], ...] = ()
    """The names of the tables that the catalogue does not have, each with its file."""


def tables_read(source: BoundSource) -> frozenset[str]:
    """Return the names of the tables that a source reads."""
    return frozenset(match["name"] for _, text in source.cells for match in _READS.finditer(text))


def with_tables(
    root: Path, source: BoundSource, tables: Iterable[tuple[AuditTable, Path]], today: date
) -> Loaded:
    """Return a source that loads ``tables``, each with its file, too. Raises :class:`ConfigError` for a
    page that has no code.
    """
    files = {}
    if has_catalogue(root):
        catalogue = Catalogue.open(root, today)
        files = {(root / catalogue.files(name)[0]).resolve(): name for name in catalogue.names}
    read, lines = tables_read(source), dict[str, str]()
    added = list[tuple[str, Path]]()
    for table, path in tables:
        file = path.resolve()
        name = files.get(file, "")
        if not name:
            name = _NOT_OF_NAMES.sub("-", file.stem.lower()).strip("-") or "table"
            target = root / "data" / f"{name}.csv"
            is_other = name in files.values() or (target.exists() and target.resolve() != file)
            if is_other or table.sheet or file.suffix.lower() != ".csv":
                continue
            added.append((name, file))
        if name not in read:
            lines[name] = _line(name, table)
    return Loaded(_with_lines(source, lines) if lines else source, tuple(added))


def _line(name: str, table: AuditTable) -> str:
    variable = re.sub(r"\W", "_", name)
    variable = variable if variable[0].isalpha() else f"table_{variable}"
    keys = [column.name for column in table.labels if column.name]
    keys += [table.time.name] if table.time is not None and table.time.name else []
    if table.wide or not keys:
        return f'{variable} = bs.table("{name}")'
    shown = f'"{keys[0]}"' if len(keys) == 1 else "[" + ", ".join(f'"{key}"' for key in keys) + "]"
    ordered = ".sort_index()" if len(keys) > 1 else ""
    return f'{variable} = bs.table("{name}").set_index({shown}){ordered}'


def _with_lines(source: BoundSource, lines: Mapping[str, str]) -> BoundSource:
    added = "\n".join(lines.values())
    whole = f"import broadsheet as bs\n\n{added}"
    if source.path.suffix == IPYNB_SUFFIX:
        for number, (kind, text) in enumerate(source.cells, start=1):
            if kind == "code" and _IMPORT.search(text):
                end = len(text.rstrip("\n"))
                change = Insertion(number, end, end, f"\n{added}")
                return BoundSource(source.path, source.edited([change]))
        return BoundSource(
            source.path, with_code_cells(source.text, {_before_prose(source.cells): whole})
        )
    if source.path.suffix != ".qmd":
        raise ConfigError(
            str(source.path),
            "a page of Markdown has no code that could load a table",
            f"Call it {source.path.stem}.qmd, and bind that.",
        )
    for cell in _CELL.finditer(source.text):
        if _IMPORT.search(cell["code"]):
            end = cell.end("code")
            return BoundSource(source.path, f"{source.text[:end]}{added}\n{source.text[end:]}")
    front = _FRONT.match(source.text)
    at = front.end() if front else 0
    code = f"\n```{{python}}\n#| echo: false\n{whole}\n```\n"
    return BoundSource(source.path, f"{source.text[:at]}{code}{source.text[at:]}")


def _before_prose(cells: Sequence[tuple[str, str]]) -> int:
    """Return the number of the cell behind which tables are loaded: the front matter, or the first."""
    for number, (kind, text) in enumerate(cells, start=1):
        if kind == "raw" or text.startswith("---"):
            return number
    return 1


def add_tables(project: Project, added: Sequence[tuple[str, Path]]) -> None:
    """Add tables to the catalogue of a publication, with what their files say of them."""
    for name, file in added:
        details = details_of(file)
        table = read_table(project.root, file, details)
        add(
            project.root,
            file,
            table,
            name,
            details,
            today=project.today,
            title_of_all=f"The tables of {project.settings.website.title or 'the publication'}",
            replace=True,
        )


def details_of(file: Path) -> Details:
    """Return what the name of a file says of its table."""
    return Details(title=file.stem.replace("-", " ").replace("_", " "))
