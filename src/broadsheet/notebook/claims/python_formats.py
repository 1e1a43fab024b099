"""Facts of numbers that an expression writes by Python's own means.

    life[1952]                          63.03
    f"{life[1952]:.1f} years"           63.0 years
    round(life[1952], 1)                63.0
    "{:.1f} years".format(life[1952])   63.0 years
    years(life[1952])                   63.0 years, by a function of the notebook

The text is taken for the example of its own format (:mod:`broadsheet.notebook.values.number_format`). If the
number in the expression reads, after that example, letter for letter like the text, then it is the fact that the
text states, with its source, unit and date. Otherwise the text stays plain: a sentence, a text with two numbers, a
number of an unknown source, or a year, which needs no account.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

from broadsheet.notebook.claims.definitions import name_from
from broadsheet.notebook.claims.formats import stated
from broadsheet.notebook.claims.tracing import Tracer
from broadsheet.notebook.values import declarations
from broadsheet.notebook.values.fact import Fact
from broadsheet.notebook.values.places import is_year
from broadsheet.notebook.values.written_numbers import bare, is_number

_WORDS = 5
"""The most words of a text that states a number: "about 190.3 billion US dollars"."""
_NUMBER = re.compile(r"\d(?:[\d.,'’\s]*\d)?")
_DIGITS = 3
"""The fewest digits by which a number is known again behind a function of which nothing else is known."""
_CONVERTED = ("round", "int", "float", "str", "format")
"""Functions of Python whose first argument is the number that they give."""


def fact_in(tracer: Tracer, node: ast.expr, value: Any) -> Fact | None:
    """Return the fact that an expression with this value states, declared to the run; None if it states
    none.
    """
    text = str(value)
    if len(text.split()) > _WORDS or len(numbers := _NUMBER.findall(text)) != 1:
        return None
    may_be_year = numbers[0].isdecimal() and is_year(Decimal(numbers[0]))
    digits = len(re.sub(r"\D", "", numbers[0]).lstrip("0"))
    for part in _numbers_in(tracer, node, value, sees_through=digits >= _DIGITS):
        if not tracer.is_pure(part) or not tracer.sources(part):
            continue
        before = declarations.declared()
        with suppress(Exception):  # it gives another value now, or the format does not fit it
            traced = tracer.trace(part)
            if not is_number(bare(traced.value)):
                continue
            if may_be_year and (text.isdecimal() or not traced.unit):
                continue
            fact = stated(traced, text, name=name_from(part))
            if fact.text == text:
                return fact
        declarations.restore(before)
    return None


def _numbers_in(
    tracer: Tracer, node: ast.expr, value: Any, *, sees_through: bool
) -> Iterator[ast.expr]:
    """Yield the parts of an expression of that value that may be the number in its text, the outermost
    first. With ``sees_through``, so may be the arguments of a function of the notebook.
    """

    def within(*parts: ast.expr) -> Iterator[ast.expr]:
        for part in parts:
            yield from _numbers_in(tracer, part, None, sees_through=sees_through)

    match node:
        case ast.JoinedStr(values=parts):
            yield from within(
                *(part.value for part in parts if isinstance(part, ast.FormattedValue))
            )
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _CONVERTED:
            yield from within(first)
            yield node
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
            yield from within(*node.args, *(keyword.value for keyword in node.keywords))
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod(), right=right):
            yield from within(*(right.elts if isinstance(right, ast.Tuple) else (right,)))
        case ast.BinOp(left=left, op=ast.Add(), right=right) if _is_text(node):
            yield from within(left, right)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=ast.Constant()):
            yield node
            yield from within(left)
        case ast.Name(id=name):
            yield node
            defined = tracer.definition(name, value) if isinstance(value, str) else None
            if defined is not None:
                yield from _numbers_in(tracer, defined, value, sees_through=sees_through)
        case ast.Call() if not tracer.is_pure(node):
            if sees_through:
                yield from within(*node.args)
        case ast.expr():
            yield node


def _is_text(node: ast.expr) -> bool:
    """True if an expression puts text together with `+`."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _is_text(left) or _is_text(right)
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
    return False
