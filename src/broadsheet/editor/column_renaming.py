"""A column of a table gets another name: in its file, its entry of the catalogue and its record, and in
the articles that read the table. All of it is changed, or nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath

import msgspec

from broadsheet.data.descriptor import DESCRIPTOR, Resource
from broadsheet.editor.code import tree_of
from broadsheet.editor.column_reading import tables_in_code
from broadsheet.editor.column_uses import (
    ColumnUse,
    Snippet,
    column_uses,
    derived_names,
    snippets_in,
    sources_in,
)
from broadsheet.editor.edited_file import EditedCell, EditedFile
from broadsheet.editor.imported_modules import first_mention, imported_modules
from broadsheet.editor.problem import Edit
from broadsheet.editor.renamed_table import NewText, renamed_column
from broadsheet.editor.workspace import Workspace, if_sound
from broadsheet.errors import BroadsheetError, NotebookError, Place, UsageError
from broadsheet.project.project import NOTEBOOK
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.kernels import PYTHON
from broadsheet.project.sources.notebook_file import language_of_cell, read_notebook
from broadsheet.project.sources.source import Source
from broadsheet.storage.files import read_text, refusal
from broadsheet.storage.json_text import positions
from broadsheet.verify.ledger import Statement, as_lines, entries_in, ledger_path

_SIGN = re.compile(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|.", re.DOTALL)
"""A character in a string of JSON."""
_CODE = re.compile(r"^(?![ \t]*#[ \t]*\|).*$", re.MULTILINE)
"""The lines of a cell that are no options."""
_BY_HAND = "Change it there by hand, or write it in another way, and rename the column then."
Opened = Mapping[str, EditedFile]
"""The files that are open in the editor, by name."""


@dataclass(frozen=True)
class ColumnName:
    """The name of a column at a place of a file."""

    table: str
    """The table."""
    name: str
    """The name."""
    start: int
    """The first column of the line."""
    end: int
    """The column behind it."""


@dataclass(frozen=True)
class ColumnRenaming:
    """The changes by which a column gets another name."""

    edits: list[Edit]
    """The changes of lines of articles, and of cells of open notebooks."""
    texts: Mapping[str, NewText]
    """The texts of the catalogue and of closed notebooks, by file."""


@dataclass(frozen=True)
class _Article:
    """An article that reads a table."""

    edited: EditedFile
    """The file."""
    source: Source
    """The file as a source."""
    included: Mapping[str, EditedFile]
    """The files that it includes."""
    tables: frozenset[str]
    """The tables that it reads; an empty name for one that is computed."""

    def having(self, workspace: Workspace, column: str) -> set[str]:
        """Return the tables that it reads and that have such a column."""
        tables = self.tables & {*workspace.tables}
        return {name for name in tables if column in _fields(workspace.tables[name])}

    def uses(self, workspace: Workspace, table: str, column: str) -> list[ColumnUse]:
        """Return the places that name a column of a table."""
        tables = {table} | self.having(workspace, column)
        options = (sources_in(place, text, table, column) for place, text in _options(self))
        uses = chain(*options, column_uses(_snippets(self), tables, table, column))
        return list({(use.place, use.margin + use.start): use for use in uses}.values())

    def line(self, place: Place) -> str:
        """Return the line of the file, or of a file that it includes, at a place."""
        return self.included.get(place.file, self.edited).line(place)


def column_at(
    edited: EditedFile, workspace: Workspace, place: Place, column: int, opened: Opened
) -> ColumnName | None:
    """Return the column of a table that is named at a column of the line at a place; None if there
    is none.
    """
    if str(edited.path) == DESCRIPTOR:
        return _in_descriptor(edited.text, place, column)
    line = edited.line(place)
    with workspace.at_work():
        article = if_sound(partial(_article, edited, workspace, opened))
        for table in sorted(article.tables & {*workspace.tables}) if article else ():
            for name in _fields(workspace.tables[table]):
                for use in article.uses(workspace, table, name) if article and name in line else ():
                    start = _start(use, line)
                    is_here = use.place == Place(str(edited.path), place.line, place.cell)
                    if is_here and start <= column <= start + len(name):
                        return ColumnName(table, name, start, start + len(name))
    return None


def column_renamed(
    workspace: Workspace, column: ColumnName, name: str, opened: Opened
) -> ColumnRenaming:
    """Return what gives a column another ``name``. Raises :class:`UsageError` if that cannot be done
    everywhere.
    """
    with workspace.at_work():
        try:
            texts = dict(renamed_column(workspace.root, column.table, column.name, name))
            edits = dict[Edit, None]()
            for article in _articles(workspace, column.table, opened):
                _refuse_modules(article, workspace, column, opened)
                changes = list(_edits(article, workspace, column, name))
                edits |= dict.fromkeys(changes)
                texts |= dict(_ledgers(article, workspace, column, name, changes))
            closed = {edit.place.file for edit in edits if edit.place.cell} - {*opened}
            for file in sorted(closed):
                where = Place(file)
                text = read_text(workspace.root / file, where, NotebookError)
                here = [edit for edit in edits if edit.place.file == file]
                texts[file] = NewText(text, _in_notebook(text, where, here))
        except UsageError:
            raise
        except BroadsheetError as error:
            raise UsageError(
                str(error.where), f"{error.where}: {error.what}", error.mend
            ) from error
    return ColumnRenaming([edit for edit in edits if edit.place.file not in closed], texts)


def _fields(resource: Resource) -> list[str]:
    return [field.name for field in resource.table_schema.fields]


def _in_descriptor(text: str, place: Place, column: int) -> ColumnName | None:
    first = sum(len(line) + 1 for line in text.split("\n")[: (place.line or 1) - 1])
    values = {path: (start, end) for path, start, end in positions(text)}
    for path, (start, end) in values.items():
        match path:
            case ("resources", int(at), "schema", "fields", int(), "name") if (
                start <= first + column <= end
            ):
                spans = (values.get(("resources", at, "name"), (0, 0)), (start, end))
                with suppress(ValueError):  # it is being written
                    table, name = (str(json.loads(text[slice(*span)])) for span in spans)
                    return ColumnName(table, name, start + 1 - first, end - 1 - first)
    return None


# Articles


def _articles(workspace: Workspace, table: str, opened: Opened) -> Iterator[_Article]:
    """Yield the articles that read a table. Raises :class:`UsageError` for one of which that cannot
    be told.
    """
    project, resource = workspace.project, workspace.tables[table]
    for path in [*project.inputs({}), *project.copies()]:
        edited = opened.get(str(path)) or _on_disk(workspace.root, path, (table, resource.path))
        if edited is None:
            continue
        article = _article(edited, workspace, opened)
        written = [
            (article.source.place(number, 1), cell.source)
            for number, cell in enumerate(article.source.cells(), start=1)
            if cell.cell_type == "code"
        ]
        for place, code in written:
            mentions = re.search(rf"[\"'/]{re.escape(resource.path)}[\"']", code)
            is_computed = "" in article.tables and re.search(rf"[\"']{table}[\"']", code)
            if mentions or (is_computed and table not in article.tables):
                raise _refusal(place, "the table may be read here in another way than by its name")
            if table in code and "table" in code and tree_of(code) is None:
                raise _refusal(place, "the code here is no Python")
        if table in article.tables:
            yield article


def _on_disk(root: Path, path: PurePosixPath, words: tuple[str, ...]) -> EditedFile | None:
    """Return a file as it is on the disk; None if it has none of the ``words``, and includes no
    others. Raises :class:`NotebookError`.
    """
    where = Place(str(path))
    text = read_text(root / path, where, NotebookError)
    if not any(word in text for word in (*words, "{{< include")):
        return None
    if path.suffix != NOTEBOOK:
        return EditedFile(path, text)
    cells = (
        EditedCell(cell.cell_type, cell.source, tuple(cell.metadata.get("tags", ())))
        for cell in read_notebook(text, where).cells
    )
    return EditedFile(path, cells=tuple(cells))


def _article(edited: EditedFile, workspace: Workspace, opened: Opened) -> _Article:
    source = edited.source(workspace.root)
    included = {
        name: opened.get(name) or EditedFile(PurePosixPath(name), workspace.text(name))
        for name in source.includes
    }
    article = _Article(edited, source, included, frozenset())
    trees = (tree_of(snippet.code) for snippet in _snippets(article))
    return _Article(edited, source, included, frozenset(tables_in_code(filter(None, trees))))


def _snippets(article: _Article) -> Iterator[Snippet]:
    """Yield the cells of Python of an article, and the expressions in its prose and options."""
    edited, source = article.edited, article.source
    for number, cell in enumerate(source.cells(), start=1):
        assert source.notebook is not None
        if cell.cell_type == "code" and language_of_cell(source.notebook, cell) == PYTHON:
            yield Snippet(source.place(number, 1), 0, cell.source)
    for place, text in _options(article):
        yield from snippets_in(place, text)
    for number, written in enumerate(edited.cells, start=1):
        if written.kind != "code":
            yield from snippets_in(Place(str(edited.path), 1, number), written.text)
    for file in (edited, *article.included.values()) if not edited.cells else ():
        yield from snippets_in(Place(str(file.path), 1), "\n".join(file.lines()))


def _options(article: _Article) -> Iterator[tuple[Place, str]]:
    """Yield the options of the cells of an article, with blanks in place of the other lines."""
    for number, cell in enumerate(article.source.cells(), start=1):
        if cell.cell_type == "code":
            text = _CODE.sub(lambda line: " " * len(line[0]), cell.source)
            yield article.source.place(number, 1), text


def _edits(
    article: _Article, workspace: Workspace, column: ColumnName, name: str
) -> Iterator[Edit]:
    """Yield the changes of an article. Raises :class:`UsageError` for what cannot be changed."""
    uses = article.uses(workspace, column.table, column.name)
    if uses:
        _refuse_front_matter(article, column)
    for use in article.uses(workspace, column.table, name) if uses else ():
        if not use.doubt:
            raise _refusal(use.place, f"the code here has a column {name!r} already")
    for use in uses:
        if use.doubt:
            raise _refusal(use.place, use.doubt)
        line = article.line(use.place)
        start = _start(use, line)
        written, end = use.written(name, line[:start]), start + len(column.name)
        if written is None or line[start:end] != column.name:
            raise _refusal(use.place, f"{name!r} cannot stand here in place of {column.name!r}")
        before, text = written
        yield Edit(f"Rename `{column.name}`", use.place, start - before, end, text)


def _start(use: ColumnUse, line: str) -> int:
    """Return the first column of a name in a line of the file. A block of code may have a margin."""
    margin = len(line) - len(use.line) if line.endswith(use.line) else use.margin
    return margin + use.start


def _refuse_front_matter(article: _Article, column: ColumnName) -> None:
    """Raise :class:`UsageError` for front matter by which pages are made of the column."""
    front = article.source.front_matter
    for key, source in (("editions", "from"), ("edition-index", "table")):
        rule = front.data.get(key)
        table = rule.get(source) if isinstance(rule, Mapping) else None
        words = set(inline.front_matter_strings(rule)) if table is None else set[str]()
        if table == column.table:
            words = set(re.findall(r"[^\s\"'{}\[\],:|]+", repr(rule)))
        if column.name in words:
            raise _refusal(front.place((key,)), f"`{key}` names {column.name!r} here")


def _refuse_modules(
    article: _Article, workspace: Workspace, column: ColumnName, opened: Opened
) -> None:
    """Raise :class:`UsageError` for a module of the publication that an article imports and that
    names the column, or something that is called so.
    """
    importing = f"a module that {article.edited.path} imports"

    def text_of(file: PurePosixPath) -> str:
        place = Place(str(file))
        if why := refusal(workspace.root, workspace.root / file):
            raise UsageError(str(place), f"{place}: {importing} cannot be read: {why[0]}", why[1])
        edited = opened.get(str(file))
        return edited.text if edited else read_text(workspace.root / file, place)

    trees = filter(None, (tree_of(snippet.code) for snippet in _snippets(article)))
    for file, text in imported_modules(workspace.root, article.edited.path.parent, trees, text_of):
        line = first_mention(text, column.table, column.name)
        if line is not None:
            raise _refusal(Place(str(file), line), f"{importing} has {column.name!r} here")


def _ledgers(
    article: _Article, workspace: Workspace, column: ColumnName, name: str, edits: list[Edit]
) -> Iterator[tuple[str, NewText]]:
    """Yield the ledgers of an article that change, since facts and claims without a name of their own
    have that of their expression, and chosen values their expression itself. Their history goes on
    under the new name.
    """
    tables = article.having(workspace, column.name)
    derived = derived_names(_snippets(article), tables, column.table, column.name, name)
    codes = {f"{old}: ": f"{new}: " for old, new in _expressions(article, edits)}
    named = "\n".join((article.edited.text, *(cell.text for cell in article.edited.cells)))
    longest = sorted((old for old in derived if old != derived[old]), key=len, reverse=True)
    names = re.compile("|".join(rf"(?<!\w){re.escape(old)}(?!\w)" for old in longest) or "(?!)")

    def renamed(entry: Statement) -> Statement:
        old = entry.name
        if entry.kind == "chosen":
            code = max((code for code in codes if old.startswith(code)), key=len, default="")
            new = codes.get(code, "") + old[len(code) :]
        else:
            is_explicit = f"'{old}'" in named or f'"{old}"' in named
            new = old if is_explicit else names.sub(lambda match: derived[match[0]], old)
        return msgspec.structs.replace(entry, name=new)

    for path in {ledger_path(each) for each in workspace.editions(article.source)[0]}:
        entries = list(chain.from_iterable(entries_in(workspace.root, path).values()))
        changed = list(map(renamed, entries))
        if changed != entries:
            before = read_text(workspace.root / path, str(path))
            yield str(path), NewText(before, as_lines(changed))


def _expressions(article: _Article, edits: list[Edit]) -> Iterator[tuple[str, str]]:
    """Yield the expressions in prose that the edits change: each as it is, and as it becomes."""
    for snippet in _snippets(article):
        if snippet.code[:1] != "(":
            continue
        lines = snippet.code.split("\n")
        for number, line in enumerate(lines):
            place, margin = snippet.place.at(number + 1), 0 if number else snippet.column
            here = [
                (edit.start - margin, edit.end - margin, edit.text)
                for edit in edits
                if edit.place == place and margin <= edit.start and edit.end <= margin + len(line)
            ]
            for start, end, text in sorted(here, reverse=True):
                lines[number] = f"{lines[number][:start]}{text}{lines[number][end:]}"
        changed = "\n".join(lines)
        if changed != snippet.code:
            yield snippet.code[1:-1].strip(), changed[1:-1].strip()


def _refusal(place: Place, what: str) -> UsageError:
    return UsageError(str(place), f"{place}: {what}", _BY_HAND)


# Closed notebooks


def _in_notebook(text: str, where: Place, edits: list[Edit]) -> str:
    """Return the JSON of a notebook with changes in its cells; all else stays as it is written."""
    signs: dict[int, list[tuple[int, int, str]]] = {}
    for path, start, end in positions(text):
        match path:
            case ("cells", int(cell), "source") | ("cells", int(cell), "source", int()) if (
                text[start] == '"'
            ):
                matches = _SIGN.finditer(text, start + 1, end - 1)
                signs.setdefault(cell + 1, []).extend((*one.span(), one[0]) for one in matches)
    changes = []
    for edit in edits:
        place, characters = edit.place, signs.get(edit.place.cell or 1, [])
        breaks = [-1, *(at for at, (_, _, sign) in enumerate(characters) if sign == r"\n")]
        first = breaks[(place.line or 1) - 1] + 1
        covered = characters[first + edit.start : first + edit.end]
        if not covered:
            raise UsageError(
                str(where),
                f"{where}: the notebook is of an older format",
                "Save it in Jupyter, and rename the column then.",
            )
        written = json.dumps(edit.text, ensure_ascii=False)[1:-1]
        changes.append((covered[0][0], covered[-1][1], written))
    for start, end, written in sorted(changes, reverse=True):
        text = f"{text[:start]}{written}{text[end:]}"
    read_notebook(text, where)
    return text
