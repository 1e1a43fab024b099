"""The places at which the Python of an article names a column of a table: an attribute, a text in a
subscript or in the arguments of a call, a keyword, a word in the condition of `query`, a source.

Where two tables of an article have such a column, and both may be meant, the use has a doubt.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass

from broadsheet.editor.code import group_of, tree_of
from broadsheet.editor.column_reading import (
    ColumnReading,
    TableNames,
    in_condition,
    is_attribute,
    named_sources,
    nodes_of,
    word_in,
)
from broadsheet.errors import Place
from broadsheet.notebook.claims.definitions import name_from
from broadsheet.project.sources import inline_expressions as inline

_LITERAL = re.compile(r"[bBrRuU]*(\"\"\"|'''|\"|')(?P<text>.*)\1", re.DOTALL)


@dataclass(frozen=True)
class Snippet:
    """A piece of Python of an article: a cell, or an expression in prose."""

    place: Place
    """The place of its first line."""
    column: int
    """The column at which its first line begins, from 0."""
    code: str
    """The text."""


@dataclass(frozen=True)
class ColumnUse:
    """A column where code names it."""

    place: Place
    """The line."""
    line: str
    """The line, as the code has it."""
    start: int
    """The first column of the name in that line."""
    margin: int = 0
    """The columns of the file before that line."""
    form: str = "text"
    """`attribute`, `text`, `keyword`, `query`, or `source`; `computed` for what is no name."""
    doubt: str = ""
    """The reason for which it cannot be changed; empty without one."""

    def written(self, name: str, before: str) -> tuple[int, str] | None:
        """Return a column's new ``name`` as it is written here, behind the text ``before`` it in the
        line of the file, and the number of signs of that text that it replaces, too; None if it
        cannot be written.
        """
        if self.form == "text" or is_attribute(name):
            return 0, name
        if self.form == "query" and before.removesuffix("`").count("`") % 2:
            return None  # in an inline expression, which a backtick ends
        if self.form == "query":
            return 0, name if before.endswith("`") else f"`{name}`"
        if self.form != "attribute" or not before.endswith("."):
            return None
        quote = "'" if before.count('"') % 2 else '"'
        return 1, f"[{quote}{name}{quote}]"


def snippets_in(place: Place, text: str) -> Iterator[Snippet]:
    """Yield the inline expressions of a piece of Markdown, and the conditions of its claims."""
    for match in inline.matches(text):
        group = group_of(match)
        opening = "print(" if match["kind"] == "by" else "("
        start = match.start(group)
        first = text.rfind("\n", 0, start) + 1
        yield Snippet(
            place.at(text.count("\n", 0, start) + 1),
            start - first - len(opening),
            f"{opening}{match[group]})",
        )


def column_uses(
    snippets: Iterable[Snippet], tables: Collection[str], table: str, column: str
) -> Iterator[ColumnUse]:
    """Yield the uses of a ``column`` of a ``table`` in the code of an article. ``tables`` are those
    that the article reads and that have such a column.
    """
    trees = []
    for snippet in snippets:
        tree = tree_of(snippet.code)
        trees += [(snippet, tree)] if tree else []
        if tree is None and word_in(column).search(snippet.code):
            yield ColumnUse(snippet.place, "", 0, doubt="the code here is no Python")
    reading = ColumnReading.of([tree for _, tree in trees], frozenset(tables))
    for snippet, tree in trees:
        for node, above in nodes_of(tree):
            for form, meant in reading.meant(node, above, column):
                if table in meant:
                    yield from _placed(snippet, node, column, form, meant)


def derived_names(
    snippets: Iterable[Snippet], tables: Collection[str], table: str, column: str, name: str
) -> dict[str, str]:
    """Return the names that facts and claims derive from the expressions with a column, each with the
    one that they derive if the column has another ``name``.
    """
    trees = [deepcopy(tree) for snippet in snippets if (tree := tree_of(snippet.code))]
    reading = ColumnReading.of(trees, frozenset(tables))
    uses = [
        (node, above)
        for tree in trees
        for node, above in nodes_of(tree)
        for _, meant in reading.meant(node, above, column)
        if table in meant
    ]
    parts = [
        part
        for node, above in uses
        for part in (*above, node)
        if isinstance(part, (ast.Attribute, ast.Subscript, ast.Call))
    ]
    before = list(map(name_from, parts))
    for node, _ in uses:
        if isinstance(node, ast.Attribute):
            node.attr = name
        elif isinstance(node, ast.Constant) and node.value == column:
            node.value = name
    return dict(zip(before, map(name_from, parts), strict=True))


def sources_in(place: Place, text: str, table: str, column: str) -> Iterator[ColumnUse]:
    """Yield where the options of a cell name a column of a table as a source."""
    for number, line in enumerate(text.split("\n"), start=1):
        for name, start in named_sources(line, column) if "`" not in line else ():
            if name == table:
                yield ColumnUse(place.at(number), line, start, form="source")


def _placed(
    snippet: Snippet, node: ast.AST, column: str, form: str, meant: TableNames
) -> Iterator[ColumnUse]:
    """Yield a node as uses of a column, at the places of its name; of a condition, of each."""
    number, end = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1)
    of_name = end if form == "attribute" else number
    line, place = snippet.code.split("\n")[of_name - 1], snippet.place.at(of_name)
    margin = snippet.column if of_name == 1 else 0
    written = line.encode()
    first = len(written[: getattr(node, "col_offset", 0)].decode(errors="replace"))
    last = len(written[: getattr(node, "end_col_offset", 0)].decode(errors="replace"))
    starts = [last - len(column)] if form == "attribute" else [first]
    if form in ("text", "query", "source"):
        literal = _LITERAL.fullmatch(line[first:last]) if number == end else None
        text, start = (literal["text"], first + literal.start("text")) if literal else ("", 0)
        starts = [start] if text == column else []
        if form == "query":
            starts = [start + match.start() for match in in_condition(column).finditer(text)]
        if form == "source":
            starts = [start + at for _, at in named_sources(text, column)]
    both = " and ".join(map(repr, sorted(meant - {""})))
    doubt = "this may be the column, or something else" if "" in meant else ""
    if len(meant - {""}) > 1:
        doubt = f"the tables {both} both have such a column"
    if not starts or any(line[start : start + len(column)] != column for start in starts):
        doubt, starts = doubt or "this text is in several pieces", [first]
    for start in starts:
        yield ColumnUse(place, line, start, margin, form, doubt)
