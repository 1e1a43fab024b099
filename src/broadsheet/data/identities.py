"""Identities: comparisons that hold for each row of a table, from its entry in the catalogue.

    {"holds": "total == exports + imports", "within": 0.05, "unless": "implausible"}

`holds` is a comparison, `unless` a condition that excepts rows. Both are in a small part of Python:
columns by name, numbers, texts in quotes, `+ - * /`, comparisons, `and or not`, and the functions

    abs(x), min(x, y), max(x, y)
    before(x), after(x)          x in the row before, or after: that of the next year, month or day
                                 whose primary key is the same otherwise
    at(x, partner="World")       x in the row whose primary key is the same otherwise
    sum(x), sum(x, year, flow)   the sum over all rows, or over those with the same year and flow

A truth counts as 1 or 0, so `sum(vote == "yes")` counts. A comparison with a value that is missing
is not judged: an empty cell, the row before the first, a sum over an empty cell. Numbers are equal
if they differ by no more than `within`, and for `<=` the left may be as much higher.

Nothing is executed: an expression is a syntax tree that is walked, and what is not in this list is
an error of the catalogue (:func:`check`). :class:`Rows` computes column by column.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

LONGEST = 300
"""The most characters of an expression."""

Kind = str
_KINDS = {
    "integer": "number",
    "number": "number",
    "boolean": "condition",
    "date": "date",
    "string": "text",
}
_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARED: Mapping[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FUNCTIONS = ("abs", "min", "max", "before", "after", "at", "sum")
_NUMBERS = ("number", "condition")
_TOO_NEAR = 1e-9
"""The part of a number by which two results of different computations may differ."""


@dataclass(frozen=True)
class Columns:
    """The columns of a table."""

    types: Mapping[str, str]
    """The type of each column, by its name."""
    key: Sequence[str]
    """The primary key."""

    @property
    def along(self) -> str | None:
        """The column of the key by which rows follow each other: its last year, count or day."""
        ordered = [name for name in self.key if self.types.get(name) in ("integer", "date")]
        return ordered[-1] if ordered else None


def check(holds: str, unless: str | None, columns: Columns) -> None:
    """Raise ValueError, with the fault in words, for expressions that cannot be judged."""
    if not isinstance(_parsed(holds), ast.Compare):
        raise ValueError(f"`{holds}` is no comparison, such as total == exports + imports")
    _kind(_parsed(holds), columns)
    if unless is not None:
        _want(["condition"], [_parsed(unless)], columns)


def names_in(holds: str) -> list[str]:
    """Return the names in an expression, each once."""
    names = (part.id for part in ast.walk(_parsed(holds)) if isinstance(part, ast.Name))
    return list(dict.fromkeys(names))


def is_row_by_row(holds: str, unless: str | None) -> bool:
    """True if an identity is judged by each row alone, whichever other rows there are."""
    parts = (part for text in (holds, unless or "True") for part in ast.walk(_parsed(text)))
    names = {
        part.func.id
        for part in parts
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
    }
    return names.isdisjoint(("before", "after", "at", "sum"))


def _parsed(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise ValueError(f"an expression of {len(text):,} characters; {LONGEST} are the most")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"`{text}` is no expression, such as total == exports + imports") from None


# Which expressions there are


def _kind(node: ast.expr, columns: Columns) -> Kind:
    """Return the kind of an expression's value: a number, a condition, a date or a text. Raises
    ValueError.
    """
    match node:
        case ast.Name(id=name) if name in columns.types:
            return _KINDS[columns.types[name]]
        case ast.Name(id=name):
            raise ValueError(f"{name!r} is not a column; there are {', '.join(columns.types)}")
        case ast.Constant(value=bool()):
            return "condition"
        case ast.Constant(value=int() | float() as value) if abs(value) < 1e300:
            return "number"
        case ast.Constant(value=str()):
            return "text"
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return _want(_NUMBERS, [left, right], columns)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _want(_NUMBERS, [inner], columns)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _want(["condition"], [inner], columns)
        case ast.BoolOp(values=values):
            return _want(["condition"], values, columns)
        case ast.Compare(left=left, ops=ops, comparators=others) if set(map(type, ops)) <= set(
            _COMPARED
        ):
            for side, other in zip((left, *others), others, strict=False):
                _comparable(side, other, columns)
            return "condition"
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in _FUNCTIONS:
            return _call_kind(name, arguments, node.keywords, columns)
    raise ValueError(
        f"`{ast.unparse(node)[:80]}` may not stand in it; columns, numbers, texts, + - * /, comparisons, "
        f"and, or, not, {', '.join(_FUNCTIONS)} may"
    )


def _call_kind(
    name: str, arguments: list[ast.expr], keywords: list[ast.keyword], columns: Columns
) -> Kind:
    if not arguments or (keywords and name != "at"):
        raise ValueError(f"`{name}` takes an expression first, and only `at` takes names with =")
    first, *others = arguments
    kind = _kind(first, columns)
    if name in ("abs", "min", "max", "sum"):
        kind = _want(_NUMBERS, [first] if name == "sum" else arguments, columns)
    if name == "sum":
        if not all(
            isinstance(argument, ast.Name) and argument.id in columns.types for argument in others
        ):
            raise ValueError("`sum` takes an expression, and then the columns that its rows share")
    elif others and name not in ("min", "max"):
        raise ValueError(f"`{name}` takes one expression")
    if name in ("before", "after") and columns.along is None:
        raise ValueError(f"`{name}` needs a year, a count or a day in the primary key")
    if name == "at" and not keywords:
        raise ValueError('`at` takes a column of the primary key: at(total, partner="World")')
    for keyword in keywords:
        if (
            keyword.arg is None
            or keyword.arg not in columns.key
            or not isinstance(keyword.value, ast.Constant)
        ):
            raise ValueError(
                f"`at` takes columns of the primary key, {', '.join(columns.key)}, each with a value"
            )
        _comparable(ast.Name(keyword.arg), keyword.value, columns)
    return kind


def _want(kinds: Sequence[Kind], nodes: list[ast.expr], columns: Columns) -> Kind:
    """Return the kind that all ``nodes`` have. Raises ValueError for a node that is of none of
    ``kinds``.
    """
    for node in nodes:
        if (kind := _kind(node, columns)) not in kinds:
            raise ValueError(f"`{ast.unparse(node)}` is a {kind}, and no {kinds[0]}")
    return kinds[0]


def _comparable(first: ast.expr, other: ast.expr, columns: Columns) -> None:
    kinds = {_kind(first, columns), _kind(other, columns)}
    if kinds == {"date", "text"}:
        text = other if isinstance(other, ast.Constant) else first
        if isinstance(text, ast.Constant) and is_day(str(text.value)):
            return
    if len(kinds) > 1 and not kinds <= set(_NUMBERS):
        raise ValueError(
            f"`{ast.unparse(first)}` and `{ast.unparse(other)}` are a {' and a '.join(sorted(kinds))}"
        )


def is_day(text: str) -> bool:
    """True if a text is a day that exists, as a column of dates has it: `2024-12-31`."""
    try:
        return _ISO_DATE.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


# What they give


class Rows:
    """Judges the rows of a frame. Numbers and truths become floats, NaN where they are missing."""

    def __init__(self, columns: Columns, frame: pd.DataFrame) -> None:
        self._columns = columns
        self._frame = frame

    def breaches(
        self, holds: str, within: float, unless: str | None
    ) -> Iterator[tuple[int | None, str]]:
        """Yield the rows in which an identity does not hold, counted from 0, each with its numbers:
        `195 == 193 (yes 143, no 5)`. The row is None for an identity that is only about sums.
        """
        import pandas as pd

        compared = _parsed(holds)
        assert isinstance(compared, ast.Compare)
        sides = [self.values(side) for side in (compared.left, *compared.comparators)]
        is_of_table = not any(isinstance(side, pd.Series) for side in sides)
        is_judged = ~self.truth(_parsed(unless)) if unless else self.series(True)
        used = {part.id for part in ast.walk(compared) if isinstance(part, ast.Name)}
        names = [name for name in self._columns.types if name in used]
        for op, left, right in zip(compared.ops, sides, sides[1:], strict=False):
            pair = self.series(left), self.series(right)
            broken = is_judged & ~_holds(op, *pair, within)
            sign = f" {_COMPARED[type(op)][0]} "
            for row in broken[broken].index:
                numbers = sign.join(shown_value(side[row]) for side in pair)
                numbers += f", within {within:g}" if within else ""
                if is_of_table:
                    yield None, numbers
                    break
                values = [f"{name} {shown_value(self._frame[name][row])}" for name in names]
                yield row, f"{numbers} ({', '.join(values)})"

    def distance(self, holds: str) -> pd.Series[float] | None:
        """Return the left side minus the right side of an equation of numbers, by row; None for
        another comparison.
        """
        compared = _parsed(holds)
        if not (isinstance(compared, ast.Compare) and [*map(type, compared.ops)] == [ast.Eq]):
            return None
        sides = (compared.left, *compared.comparators)
        left, right = (self.series(self.values(side)) for side in sides)
        return left - right if left.dtype.kind == right.dtype.kind == "f" else None

    def values(self, node: ast.expr) -> Any:
        """Return the value of an expression: a Series, or a scalar if it is the same in all rows."""
        match node:
            case ast.Name(id=name):
                is_number = _KINDS[self._columns.types[name]] in _NUMBERS
                return self._frame[name].astype("float64") if is_number else self._frame[name]
            case ast.Constant(value=value):
                return float(value) if isinstance(value, int) else value
            case ast.BinOp(left=left, op=op, right=right):
                return self._arithmetic(op, self.values(left), self.values(right))
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -self.values(inner)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._called(name, arguments, node.keywords)
        return self.truth(node).astype("float64")

    def truth(self, node: ast.expr) -> pd.Series[bool]:
        """Return the truth of a condition, row by row. A condition about a missing value is false."""
        match node:
            case ast.BoolOp(op=op, values=values):
                truths, *others = [self.truth(value) for value in values]
                for other in others:
                    truths = truths & other if isinstance(op, ast.And) else truths | other
                return truths
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return ~self.truth(inner)
            case ast.Compare(left=left, ops=ops, comparators=others):
                sides = [self.series(self.values(side)) for side in (left, *others)]
                truths = self.series(True)
                for sign, side, other in zip(ops, sides, sides[1:], strict=False):
                    truths = truths & _compared(sign, side, other, unknown=False)
                return truths
        return self.series(self.values(node)) == 1

    def series(self, values: Any) -> pd.Series[Any]:
        """Return values by row. A scalar fills all rows."""
        import pandas as pd

        return values if isinstance(values, pd.Series) else pd.Series(values, self._frame.index)

    def _arithmetic(self, op: ast.operator, left: Any, right: Any) -> Any:
        if isinstance(op, ast.Div):
            left = self.series(left)  # so that nothing is raised where it is divided by zero
        return _ARITHMETIC[type(op)](left, right)

    def _called(self, name: str, arguments: list[ast.expr], keywords: list[ast.keyword]) -> Any:
        import numpy as np

        first = self.series(self.values(arguments[0]))
        if name == "abs":
            return first.abs()
        if name in ("min", "max"):
            for argument in arguments[1:]:
                first = (np.minimum if name == "min" else np.maximum)(first, self.values(argument))
            return first
        if name == "sum":
            return self._sum(
                first, [argument.id for argument in arguments[1:] if isinstance(argument, ast.Name)]
            )
        if name == "at":
            return self._at(first, keywords)
        return self._taken(first, self.neighbours[0 if name == "before" else 1])

    @cached_property
    def neighbours(self) -> tuple[Any, Any]:
        """The positions of the rows before and after each row; -1 where there is none."""
        import numpy as np

        along = self._columns.along
        others = [name for name in self._columns.key if name != along]
        groups = self._frame.groupby(others).ngroup() if others else self.series(0)
        order = np.lexsort((self._frame[along], groups))
        is_next = groups.to_numpy()[order[1:]] == groups.to_numpy()[order[:-1]]
        before, after = np.full(len(order), -1), np.full(len(order), -1)
        before[order[1:][is_next]] = order[:-1][is_next]
        after[order[:-1][is_next]] = order[1:][is_next]
        return before, after

    def _taken(self, values: pd.Series[Any], positions: Any) -> pd.Series[Any]:
        """Return each row's value from another row; missing where its position is -1."""
        return values.take(positions).set_axis(self._frame.index).where(positions >= 0)

    def _sum(self, values: pd.Series[Any], shared: list[str]) -> Any:
        if not shared:
            return float(values.sum(skipna=False))
        groups = values.groupby([self._frame[name] for name in shared])
        is_whole = groups.transform("count") == groups.transform("size")
        return groups.transform("sum").where(is_whole)

    def _at(self, values: pd.Series[Any], keywords: list[ast.keyword]) -> pd.Series[Any]:
        import pandas as pd

        keys = self._frame[list(self._columns.key)].copy()
        for keyword in keywords:
            assert isinstance(keyword.value, ast.Constant) and keyword.arg is not None
            value: Any = keyword.value.value
            is_day = self._columns.types[keyword.arg] == "date"
            keys[keyword.arg] = pd.Timestamp(value) if is_day else value
        return self._taken(values, self._keys.get_indexer(pd.MultiIndex.from_frame(keys)))

    @cached_property
    def _keys(self) -> pd.MultiIndex:
        import pandas as pd

        return pd.MultiIndex.from_frame(self._frame[list(self._columns.key)])


def _holds(
    op: ast.cmpop, left: pd.Series[Any], right: pd.Series[Any], within: float
) -> pd.Series[bool]:
    """Return the truth of a comparison, row by row. A comparison with a missing value is true."""
    if left.dtype.kind != "f":
        return _compared(op, left, right, unknown=True)
    sizes = left.abs() + right.abs()
    allowed = within + _TOO_NEAR * sizes.where(sizes < float("inf"), 0)
    if isinstance(op, (ast.Eq, ast.NotEq)):
        near = ast.LtE() if isinstance(op, ast.Eq) else ast.Gt()
        return _compared(near, (left - right).abs(), allowed, unknown=True)
    more = allowed if isinstance(op, (ast.Lt, ast.LtE)) else -allowed
    return _compared(op, left, right + more, unknown=True)


def _compared(
    op: ast.cmpop, left: pd.Series[Any], right: pd.Series[Any], *, unknown: bool
) -> pd.Series[bool]:
    """Return the truth of a comparison, row by row; ``unknown`` where a value is missing."""
    import numpy as np
    import pandas as pd

    if (left.dtype.kind == "M") != (right.dtype.kind == "M"):
        left, right = pd.to_datetime(left), pd.to_datetime(right)
    is_known = left.notna() & right.notna()
    truths = np.full(len(left), unknown)
    truths[is_known] = _COMPARED[type(op)][1](left[is_known], right[is_known])
    return pd.Series(truths, left.index)


def shown_value(value: Any) -> str:
    """Return a value of a cell, or a number computed from several, as a message has it."""
    if isinstance(value, float):
        return f"{value:,.10g}"
    return str(value).removesuffix(" 00:00:00")
