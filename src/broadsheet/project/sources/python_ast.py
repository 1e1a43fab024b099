"""Python code as a tree, to be analysed without running it.

Until Python 3.11.8 the interpreter counts the depth of the syntax tree once for everything that is
parsed at the same time, and stops with a `SystemError`. So threads take turns here, and garbage
collection is off meanwhile, because a finalizer may print a traceback, which parses too. The code
of a notebook that has many editions is parsed once. The tree must not be changed.
"""

from __future__ import annotations

import ast
import gc
from functools import lru_cache
from threading import Lock

_turn = Lock()


@lru_cache(maxsize=512)
def parsed(code: str) -> ast.Module:
    """Return the tree of ``code``. Raises :class:`SyntaxError`."""
    with _turn:
        collects = gc.isenabled()
        gc.disable()
        try:
            return ast.parse(code)
        finally:
            if collects:
                gc.enable()
