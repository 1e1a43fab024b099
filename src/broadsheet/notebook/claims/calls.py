"""What a function of ours can know of its arguments: how the caller wrote them.

In prose, the tracer that evaluates the expression says it
(:func:`~broadsheet.notebook.claims.tracing.calling`). In a cell, the code of the call is found by its frame.
"""

from __future__ import annotations

import ast
import linecache
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from types import FrameType
from typing import Any

from broadsheet.notebook.claims.definitions import Definitions, cell_code
from broadsheet.notebook.claims.traced import (
    Traced,
    carried,
    is_same,
)
from broadsheet.notebook.claims.tracing import Call, Tracer, call_now
from broadsheet.notebook.values.written_numbers import in_computation


def current_call(frame: FrameType) -> Call | None:
    """The call of one of our functions, with its arguments traced: that of an expression in the
    prose, or else that which a cell is at, in ``frame``; None where its code is not to be had.
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
    for one in node.args:
        known = None
        # The call itself has its value; only what is known of it is missing.
        with suppress(Exception):
            known = tracer.trace(one) if tracer.is_pure(one) else None
        traced.append(known or Traced(None, tracer.sources(one)))
    return Call(tuple(traced), node)


def _node_at(frame: FrameType) -> ast.Call | None:
    """The call that a frame is at: the one that ends where the interpreter says that this instruction
    does.
    """
    places = frame.f_code.co_positions()
    _, line, _, column = next(islice(places, frame.f_lasti // 2, None), (None,) * 4)
    linecache.checkcache(frame.f_code.co_filename)  # a module may be written and loaded again
    lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
    return cell_code("".join(lines)).calls.get((line, column))


def traced(value: Any) -> Traced:
    """What is known of an argument of the current call."""
    call = call_now()
    for one in call.arguments if call else ():
        if one.value is value or is_same(one.value, value):
            return replace(one, value=value)
    known = carried(Traced(value, working=in_computation(value)))
    if call and not known.sources and call.arguments:
        return replace(known, sources=call.arguments[0].sources)
    return known


def tracer_of(namespace: dict[str, Any]) -> Tracer:
    """A tracer for expressions of the prose, in the namespace of a notebook."""
    cells = namespace.get("In")  # that have run, as IPython keeps them
    known = cells if isinstance(cells, list) else ()
    return Tracer(namespace, _definitions(tuple(one for one in known if isinstance(one, str))))


_definitions = lru_cache(maxsize=1)(Definitions)
"""What the cells define; the same for all expressions between two cells."""
