"""The tables that code means by its names, and the nodes of it that name a column of one.

Nothing is run. A name in the code has the tables of what is assigned to it; a text names a column if
it stands in a subscript or a call of something that has the table.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from broadsheet.data.vintages import SIGN
from broadsheet.notebook.claims.conditions import VOCABULARY

TableNames = frozenset[str]
_NONE: TableNames = frozenset()

_VALUED = frozenset(
    ("contains", "endswith", "eq", "fillna", "get_group", "isin", "join", "map", "match", "ne")
) | {"replace", "split", "startswith", "strftime", "where", "xs"}
"""The methods whose arguments are values, and not columns."""
_SAYING = frozenset(("Markdown", "display", "format", "print", *VOCABULARY))
"""The functions whose texts are words for readers."""
_WORDS = frozenset(("name", "title"))
"""The arguments of functions, other than methods of a table, whose texts are words for readers."""
NAMING = frozenset(("agg", "aggregate", "assign", "dict"))
"""The functions whose keywords are columns."""
_OF_LETTERS = frozenset(("capitalize", "casefold", "lower", "title", "upper"))
"""The methods that change the letters of a text."""
CONDITIONS = frozenset(("eval", "query"))
"""The methods that take a condition as a text."""
_ITSELF = frozenset(("cls", "self"))


@dataclass(frozen=True)
class ColumnReading:
    """The tables that the names of an article's code have."""

    tables: TableNames
    """The tables that have the column."""
    names: Mapping[str, TableNames]
    """The tables of each name."""
    taken: Mapping[str, TableNames]
    """The tables from which something is taken by a name: `trade[columns]`."""
    drawing: frozenset[str]
    """The names of modules and functions of plotly, whose results are no tables."""
    texts: frozenset[str]
    """The texts in the code."""

    @classmethod
    def of(cls, trees: list[ast.Module], tables: TableNames) -> ColumnReading:
        """Return the names of some code, by what is assigned to them."""
        nodes = [node for tree in trees for node in ast.walk(tree)]
        names: dict[str, TableNames] = {
            node.arg: tables
            for node in nodes
            if isinstance(node, ast.arg) and node.arg not in _ITSELF
        }
        texts = frozenset(
            node.value
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
        reading = cls(tables, names, {}, frozenset(_of_plotly(nodes)), texts)
        bindings = [pair for node in nodes for pair in _bindings(node)]
        before = -1
        while before != (before := sum(map(len, names.values()))):
            for targets, value in bindings:
                if tables_of_value := reading.tables_in(value):
                    for name in targets:
                        names[name] = names.get(name, _NONE) | tables_of_value
        taken: dict[str, TableNames] = {}
        for node in nodes:
            for tables_asked, by in reading._lookups(node):
                for part in ast.walk(by):
                    if isinstance(part, ast.Name):
                        taken[part.id] = taken.get(part.id, _NONE) | tables_asked
        return replace(reading, taken=taken)

    def tables_in(self, *parts: ast.AST) -> TableNames:
        """Return the tables that expressions have."""
        tables, waiting = _NONE, list(parts)
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Name):
                tables |= self.names.get(node.id, _NONE)
            elif (name := _table_of(node)) is not None:
                tables |= self.tables & {name}
            elif not self._is_drawing(node):
                waiting += ast.iter_child_nodes(node)
        return tables

    def meant(
        self, node: ast.AST, above: tuple[ast.AST, ...], column: str
    ) -> Iterator[tuple[str, TableNames]]:
        """Yield the form in which a node names the column, with the tables whose it may be. With an
        empty name among them, it may be none.
        """
        outer = above[-1] if above else None
        match node:
            case ast.Attribute(value=value, attr=name) if name == column and is_attribute(name):
                yield "attribute", self.tables_in(value)
            case ast.keyword(arg=name) if name == column and function_of(outer) in NAMING:
                yield "keyword", self._named(node, above)
            case ast.Constant(value=str(text)) if text == column:
                yield "text", self._named(node, above)
            case ast.Constant(value=str(text)) if sources := [*named_sources(text, column)]:
                yield "source", self.tables & {name for name, _ in sources}
            case ast.Subscript(value=value, slice=index) if self._may_give(index, column):
                yield "computed", self.tables_in(value) and self.tables | {""}
            case ast.Constant(value=str(text)) if in_condition(column).search(text):
                if function_of(outer) in CONDITIONS and isinstance(outer, ast.Call):
                    yield "query", self.tables_in(outer.func)

    def _named(self, inner: ast.AST, above: tuple[ast.AST, ...]) -> TableNames:
        """Return the tables of which a text in some nodes names a column; none if it is a value, or
        words for readers.
        """
        marks: frozenset[str] = frozenset()
        for outer in reversed(above):
            marks = _marked(outer, inner, marks)
            tables = self._asked(outer, inner, marks)
            if tables is not None:
                return _NONE if "value" in marks else tables
            if isinstance(outer, ast.stmt):
                break
            inner = outer
        return _NONE

    def _asked(self, outer: ast.AST, inner: ast.AST, marks: frozenset[str]) -> TableNames | None:
        """Return the tables of which a node asks for the column that is named within it; none if
        that is no column, and None if the node does not say.
        """
        tables = None
        match outer:
            case ast.JoinedStr():
                return _NONE
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()]) if left is inner:
                tables = self.tables_in(*outer.comparators)
            case ast.Compare():
                return _NONE
            case ast.Subscript(value=ast.Attribute(attr="at" | "loc") as value) if (
                "row" in marks or not isinstance(inner, ast.Tuple)
            ):
                is_row = "row" in marks or not self.tables_in(value)
                return _NONE if is_row else self.tables | {""}
            case ast.Subscript(value=value) if value is not inner:
                return self.tables_in(value)
            case ast.Call() if inner is not outer.func:
                is_of_table = outer.args[:1] == [inner] and _table_of(outer) is not None
                is_other = is_of_table or self._takes_values(outer)
                is_other |= "words" in marks and not self.tables_in(outer.func)
                return _NONE if is_other else self._called(outer) or None
            case ast.arguments() | ast.Return():
                return self.tables | {""}
            case ast.stmt() | ast.comprehension() | ast.NamedExpr():
                tables = self._taken_by(outer, is_key="key" in marks)
        return tables or None

    def _called(self, call: ast.Call) -> TableNames:
        """Return the tables that a call has, or that it is called with."""
        tables = self.tables_in(call.func, *call.args, *call.keywords)
        return tables | (self.tables & {_table_of(call) or ""})

    def _taken_by(self, node: ast.AST, *, is_key: bool) -> TableNames:
        """Return the tables from which the names that a node binds take something, or in which the
        text is a key.
        """
        names = [name for targets, _ in _bindings(node) for name in targets]
        tables = (self.names.get(name, _NONE) for name in names if is_key)
        return _NONE.union(*(self.taken.get(name, _NONE) for name in names), *tables)

    def _lookups(self, node: ast.AST) -> Iterator[tuple[TableNames, ast.AST]]:
        """Yield the tables of which a node takes something, with that by which it does."""
        match node:
            case ast.Subscript(value=value, slice=index):
                yield self.tables_in(value), index
            case ast.Call(args=args, keywords=keywords) if not self._takes_values(node):
                tables = self._called(node)
                for by in (*args, *(each for each in keywords if each.arg not in _WORDS)):
                    yield tables, by

    def _may_give(self, index: ast.AST, column: str) -> bool:
        """True if a column may be computed of pieces, or of a text in other letters."""
        for node in ast.walk(index):
            match node:
                case ast.JoinedStr(values=parts):
                    pattern = "".join(
                        re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".*"
                        for part in parts
                    )
                    if re.fullmatch(pattern, column):
                        return True
                case ast.BinOp(op=ast.Add(), left=ast.Constant(value=str(text))) if (
                    text and column.startswith(text)
                ):
                    return True
                case ast.BinOp(op=ast.Add(), right=ast.Constant(value=str(text))):
                    if text and column.endswith(text):
                        return True
                case ast.Call(func=ast.Attribute(attr=name)) if name in _OF_LETTERS:
                    same = (text.lower() == column.lower() for text in self.texts - {column})
                    if any(same):
                        return True
        return False

    def _takes_values(self, call: ast.Call) -> bool:
        """True for a call whose texts are values, or words for readers. A function of the article
        comes before ours.
        """
        name = function_of(call)
        return name in _VALUED or (name in _SAYING and name not in self.names)

    def _is_drawing(self, node: ast.AST) -> bool:
        """True for a call that draws, whose result is no table."""
        if not isinstance(node, ast.Call):
            return False
        root = node.func
        while isinstance(root, ast.Attribute):
            if root.attr == "plot":
                return True
            root = root.value
        return isinstance(root, ast.Name) and root.id in self.drawing


def tables_in_code(trees: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the tables that code reads; an empty name for one that is computed."""
    for tree in trees:
        for node in ast.walk(tree):
            if (name := _table_of(node)) is not None:
                yield name


@lru_cache(maxsize=1024)
def is_attribute(name: str) -> bool:
    """True if a column of this name is an attribute of its table."""
    import pandas as pd

    try:
        is_name = isinstance(ast.parse(name, mode="eval").body, ast.Name)
    except (SyntaxError, ValueError):
        is_name = False
    return is_name and not (hasattr(pd.DataFrame, name) or hasattr(pd.Series, name))


def _table_of(node: ast.AST) -> str | None:
    """Return the table that a call reads; None if it is no such call."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="bs" | "broadsheet"), attr="table"), args=args
        ):
            match args:
                case [ast.Constant(value=str(name)), *_]:
                    return name.partition(SIGN)[0]
            return ""
    return None


def nodes_of(tree: ast.AST) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    """Yield the nodes of a tree, each with those that it is in, the outermost first."""
    waiting: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [(tree, ())]
    while waiting:
        node, above = waiting.pop()
        yield node, above
        waiting += [(child, (*above, node)) for child in ast.iter_child_nodes(node)]


def named_sources(text: str, column: str) -> Iterator[tuple[str, int]]:
    """Yield where a text names a column of a source, or of a slice of a table, with the table:
    `trade.total`, `trade?partner=Turkey#year,total`.
    """
    name = re.escape(column)
    for match in re.finditer(rf"(?<![\w.?-])(?P<table>[a-z0-9-]+)[.?#](?:{name}|[^\s\"'])*", text):
        names = re.compile(rf"(?<=[.?&#,]){name}(?![^=&#,\s\"'\]])")
        for each in names.finditer(text, match.start(), match.end()):
            yield match["table"], each.start()


def word_in(column: str) -> re.Pattern[str]:
    """Return the pattern of a column in a text that is no Python."""
    return re.compile(rf"(?<!\w){re.escape(column)}(?!\w)")


def in_condition(column: str) -> re.Pattern[str]:
    """Return the pattern of a column in a condition of `query`."""
    return re.compile(rf"(?<![\w.@'\"]){re.escape(column)}(?![\w'\"(])")


def _marked(outer: ast.AST, inner: ast.AST, marks: frozenset[str]) -> frozenset[str]:
    """Return what is known of a text by the nodes in which it is, of which ``outer`` is the next: it
    is a `key` or a `value` of a mapping, the `row` of a pair, or `words` for readers.
    """
    match outer:
        case ast.Dict(values=values):
            return marks | {"value" if inner in values else "key"}
        case ast.Tuple(elts=parts):
            return marks | {"row"} if inner is parts[0] else marks - {"row"}
        case ast.keyword(arg="columns"):
            return marks - {"value"}
        case ast.keyword(arg=name) if name in _WORDS:
            return marks | {"words"}
    return marks


def _of_plotly(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names under which code imports plotly, its parts, and ours."""
    yield from ("bs", "broadsheet")
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                if f"{module}.{alias.name}".lstrip(".").startswith("plotly"):
                    yield (alias.asname or alias.name).partition(".")[0]


def function_of(node: ast.AST | None) -> str:
    """Return the last name of the function that a node calls; empty if it is no call."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
    return ""


def _bindings(node: ast.AST) -> Iterator[tuple[list[str], ast.AST]]:
    """Yield the names that a node binds, each with what it gives them."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield [name for target in targets for name in _stored(target)], value
        case (
            ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.AugAssign(target=target, value=value)
            | ast.NamedExpr(target=target, value=value)
            | ast.For(target=target, iter=value)
            | ast.comprehension(target=target, iter=value)
            | ast.withitem(optional_vars=ast.expr() as target, context_expr=value)
        ):
            yield _stored(target), value
        case ast.FunctionDef(name=name):
            yield [name], node


def _stored(target: ast.AST) -> list[str]:
    return [
        node.id
        for node in ast.walk(target)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
