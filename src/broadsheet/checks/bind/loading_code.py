"""The code that loads tables, as it is put into a source: behind the line that imports `broadsheet`, or
in a cell of its own.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from broadsheet.checks.audit.audit_table import AuditTable
from broadsheet.checks.bind.bound_source import BoundSource, Insertion
from broadsheet.checks.bind.document_texts import end_of_front
from broadsheet.checks.bind.source_edits import with_code_cells
from broadsheet.errors import BroadsheetError, ConfigError, Place
from broadsheet.notebook.claims.conditions import VOCABULARY
from broadsheet.project.editions.execution import is_evaluated
from broadsheet.project.sources.cell_options import cell_options
from broadsheet.project.sources.code_fences import Fence, fences

_KEY = re.compile(r"^[ \t-]*(\w+)[ \t]*:", re.MULTILINE)
_MAGIC = re.compile(r"^([ \t]*)[%!?].*$", re.MULTILINE)
_MOST_KEYS, _MOST_LABELS = 4, 8
"""The most columns, with the time, that name a row, and the most that are tried."""
_TAKEN = frozenset((*dir(builtins), *keyword.kwlist, *VOCABULARY, "bs", "display"))


@dataclass(frozen=True)
class LoadedTable:
    """A table that a source loads for its words."""

    name: str
    """Its name in the catalogue."""
    variable: str
    """The variable that has it."""
    code: str
    """The line that loads it."""
    file: Path | None = None
    """Its file, if the catalogue does not have it yet."""


def loading_line(variable: str, name: str, table: AuditTable) -> str:
    """Return the line that loads a table."""
    keys = _keys_of(table)
    read = f"{variable} = bs.table({_literal(name)})"
    if table.wide or not keys:
        return read
    shown = ", ".join(map(_literal, keys))
    shown, ordered = (shown, "") if len(keys) == 1 else (f"[{shown}]", ".sort_index()")
    return f"{read}.set_index({shown}){ordered}"


def _keys_of(table: AuditTable) -> list[str]:
    """Return the columns that name its rows: the fewest of labels that do, with the time; names before
    codes. Empty if there are none.
    """
    time = table.time if table.time is not None and table.time.name else None
    keys = time.keys if time is not None else np.zeros(table.size, dtype=np.int64)
    labels = [column for column in table.labels if column.name and (column.codes >= 0).all()]
    labels = sorted(labels, key=lambda column: not any(map(_is_in_small_letters, column.labels)))
    for count in range(_MOST_KEYS):
        for chosen in combinations(labels[:_MOST_LABELS], count):
            rows = np.column_stack([keys, *(column.codes for column in chosen)])
            if len(np.unique(rows, axis=0)) == len(rows):
                names = [column.name for column in chosen]
                return [*names, time.name] if time is not None else names
    return []


def _is_in_small_letters(label: str) -> bool:
    """True if a label has small letters, as names have and codes have not."""
    return label != label.upper()


def _literal(text: str) -> str:
    """Return the code of a text."""
    is_plain = text.isprintable() and not set('"\\') & set(text)
    return f'"{text}"' if is_plain else repr(text)


def variable_for(name: str, taken: Collection[str]) -> str:
    """Return a variable for a table that is none of the ``taken`` ones, nor one of Python's names."""
    variable = re.sub(r"\W", "_", unicodedata.normalize("NFKC", name))
    variable = variable if variable[:1].isalpha() else f"table_{variable}"
    first, number = variable, 1
    while variable in _TAKEN or variable in taken or not variable.isidentifier():
        first = first if f"{first}_table".isidentifier() else "a"
        variable = f"{first}_table{number if number > 1 else ''}"
        number += 1
    return variable


def code_words(source: BoundSource) -> frozenset[str]:
    """Return the words of the code of a source, and the keys of its front matter."""
    words = set[str]()
    for _, text in source.cells:
        words.update(_KEY.findall(text[: end_of_front(text)]))
    words.update(word for code in source.codes() for word in re.findall(r"\w+", code))
    return frozenset(words)


def with_lines(source: BoundSource, lines: Sequence[str]) -> tuple[BoundSource, int, str]:
    """Return a source with lines of code behind the import of `broadsheet`, or in a cell of their own,
    and what is new of it beside the lines: the number of its cell in a notebook, else 0; its text in a
    page. Raises :class:`ConfigError` for a page that has no code.
    """
    whole = "\n".join(("import broadsheet as bs", "", *lines))
    if source.is_notebook:
        for number, (kind, text) in enumerate(source.cells, start=1):
            count = _end_of_import(text) if kind == "code" else 0
            if count:
                at = len("\n".join(text.split("\n")[:count]))
                change = Insertion(number, at, at, "".join(f"\n{line}" for line in lines))
                return BoundSource(source.path, source.edited([change])), 0, ""
        before = _before_prose(source.cells)
        return (
            BoundSource(source.path, with_code_cells(source.text, {before: whole})),
            before + 1,
            "",
        )
    if source.path.suffix != ".qmd":
        raise ConfigError(
            str(source.path),
            "a page of Markdown has no code that could load a table",
            f"Call it {source.path.stem}.qmd, and bind that.",
        )
    at = end_of_front(source.text)
    written = source.text[at:].split("\n")
    for fence, code in _cells(written):
        if count := _end_of_import(code):
            place = fence.opens + 1 + count
            written[place:place] = lines
            return BoundSource(source.path, source.text[:at] + "\n".join(written)), 0, ""
    block = f"\n```{{python}}\n#| echo: false\n{whole}\n```\n"
    return BoundSource(source.path, f"{source.text[:at]}{block}{source.text[at:]}"), 0, block


def _cells(lines: Sequence[str]) -> Iterator[tuple[Fence, str]]:
    """Yield the cells of Python of a page, each with its code."""
    for fence in fences(lines):
        is_plain = not (fence.header or fence.prefix) and fence.closes < len(lines)
        if fence.language == "python" and is_plain:
            yield fence, "\n".join(fence.body(lines))


def _end_of_import(code: str) -> int:
    """Return the number of the line on which a cell that is run imports `broadsheet` as `bs`; 0 for
    none.
    """
    if "import" not in code or "\r" in code or "\f" in code or code.lstrip().startswith("%%"):
        return 0
    try:
        if not is_evaluated(cell_options(code, Place("")).options.get("eval"), True):
            return 0
    except BroadsheetError:
        return 0
    for text in (code, _MAGIC.sub(r"\1pass", code)):
        try:
            return _line_of_import(ast.parse(text).body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return 0


def _line_of_import(statements: Sequence[ast.stmt]) -> int:
    end = 0
    for statement in statements:
        last = statement.end_lineno or statement.lineno
        if end and statement.lineno <= end:  # on the same line, behind a semicolon
            end = max(end, last)
        elif end:
            break
        elif isinstance(statement, ast.Import) and any(
            alias.name == "broadsheet" and alias.asname == "bs" for alias in statement.names
        ):
            end = last
    return end


def _before_prose(cells: Sequence[tuple[str, str]]) -> int:
    """Return the number of the cell behind which tables are loaded: the front matter, or the first."""
    for number, (kind, text) in enumerate(cells, start=1):
        if kind == "raw" or text.startswith("---"):
            return number
    return 1
