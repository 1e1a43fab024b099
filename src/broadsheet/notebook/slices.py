"""Evaluates an expression of the prose, in which slices of a table are by label.

In `trade.total[2014:2022]`, plain pandas takes the years for positions and leaves nothing out.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping
from typing import Any

_ITEM = "__item__"


def evaluated(node: ast.expr, namespace: Mapping[str, Any]) -> Any:
    """The value of an expression. Raises whatever it raises."""
    by_label = ast.fix_missing_locations(_ByLabel().visit(copy.deepcopy(node)))
    code = compile(ast.Expression(by_label), "<expression>", "eval")
    return eval(code, {**namespace, _ITEM: item})


def item(values: Any, at: Any) -> Any:
    """``values[at]``. A slice of a series or a frame whose index has whole numbers that do
    not begin with 0, such as years, is by label, both ends included.
    """
    index: Any = getattr(values, "index", None)
    has_numbers = getattr(getattr(index, "dtype", None), "kind", "") in ("i", "u")
    if isinstance(at, slice) and has_numbers and len(index) and index[0] != 0:
        return values.loc[at]
    return values[at]


class _ByLabel(ast.NodeTransformer):
    """Puts a call of :func:`item` in the place of each slice."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.slice, ast.Slice):
            return node
        bounds = [one or ast.Constant(None) for one in (node.slice.lower, node.slice.upper)]
        step = node.slice.step or ast.Constant(None)
        cut = ast.Call(ast.Name("slice", ast.Load()), [*bounds, step], [])
        return ast.Call(ast.Name(_ITEM, ast.Load()), [node.value, cut], [])
