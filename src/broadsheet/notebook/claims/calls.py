"""The arguments of a function of ours, as its caller wrote them.

In prose, the tracer that evaluates the expression hands them over
(:func:`~broadsheet.notebook.claims.tracing.calling`). In a cell, the frame leads to the code
of the call.
"""

from __future__ import annotations

import ast
import linecache
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from types import FrameType
from typing import Any

from broadsheet.notebook.claims.definitions import Definitions, cell_code
from broadsheet.notebook.claims.traced import Traced, carried, is_same
from broadsheet.notebook.claims.tracing import Call, Tracer, call_now, owners_if_pure
from broadsheet.notebook.values.replaced import replace
from broadsheet.notebook.values.written_numbers import in_computation
from broadsheet.project.sources.inline_expressions import PROBE

_MOST_ROWS = 20_000
"""The most rows of a table that is traced before a fact needs it."""


def current_call(frame: FrameType) -> Call | None:
    """Return the call of one of our functions, with its arguments traced: that of an
    expression in the prose, or else that which a cell is at, in ``frame``. None if its code
    cannot be read.
    """
    if (call := call_now()) is not None:
        return call
    try:
        node = _node_at(frame)
    except Exception:  # a loader that does not give its code
        return None
    if node is None:
        return None
    tracer = tracer_of({**frame.f_globals, **frame.f_locals})
    traced = []
    for argument in node.args:
        result = None
        # The call itself has its value; only its sources, unit and place are missing.
        with suppress(Exception):
            result = tracer.trace(argument) if tracer.is_pure(argument) else None
        traced.append(result or Traced(None, tracer.sources(argument)))
    return Call(tuple(traced), node)


def _node_at(frame: FrameType) -> ast.Call | None:
    """Return the call that a frame is at: the one that ends where the interpreter says that
    this instruction does.
    """
    places = frame.f_code.co_positions()
    _, line, _, column = next(islice(places, frame.f_lasti // 2, None), (None,) * 4)
    linecache.checkcache(frame.f_code.co_filename)  # a module may be written and loaded again
    lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
    return cell_code("".join(lines)).calls.get((line, column))


def read_calls(text: str) -> None:
    """Read in a cell that is to run several times what its calls and its names ask of its code."""
    code = cell_code(text)
    arguments = (argument for call in code.calls.values() for argument in call.args)
    values = (value for _, value, _ in code.assigned if value is not None)
    for node in (*arguments, *values):
        owners_if_pure(node)


def trace_tables(namespace: dict[str, Any]) -> None:
    """Trace the tables of a notebook that goes on in several processes, each once for all of them;
    none of a notebook with a table of more than :data:`_MOST_ROWS` rows, which may take long.
    """
    tables = {name: value for name, value in namespace.items() if hasattr(value, "iloc")}
    tracer = tracer_of(namespace)
    for name in tables if all(len(table) <= _MOST_ROWS for table in tables.values()) else ():
        if tracer.definitions(name):
            with suppress(Exception):  # a run goes without
                tracer.trace_ahead(name)


def traced(value: Any) -> Traced:
    """Return an argument of the current call with its sources, unit and place."""
    call = call_now()
    for argument in call.arguments if call else ():
        if argument.value is value or is_same(argument.value, value):
            return replace(argument, value=value)
    base = carried(Traced(value, working=in_computation(value)))
    if call and not base.sources and call.arguments:
        return replace(base, sources=call.arguments[0].sources)
    return base


def tracer_of(namespace: dict[str, Any]) -> Tracer:
    """Return a tracer for expressions of the prose, in the namespace of a notebook."""
    cells = namespace.get("In")  # that have run, as IPython keeps them
    codes = cells if isinstance(cells, list) else ()
    written = (cell for cell in codes if isinstance(cell, str) and not cell.startswith(PROBE))
    return Tracer(namespace, _definitions(tuple(written)))


_definitions = lru_cache(maxsize=1)(Definitions)
"""Reads the definitions of the cells, once for all expressions between two cells of the author's."""
