"""Python code as a tree, for those who read it without running it.

Until Python 3.11.8 the interpreter counts the depth of the tree that it makes once for all that is
parsed at a time, and breaks off with a `SystemError`. So threads take turns here, and no garbage is
collected meanwhile, whose end may be told with a traceback, which parses too. The code of a
notebook that has many editions is parsed once. A tree is to be read, not changed.
"""

from __future__ import annotations

import ast
import gc
from functools import lru_cache
from threading import Lock

_turn = Lock()


@lru_cache(maxsize=512)
def parsed(code: str) -> ast.Module:
    """The tree of ``code``. Raises :class:`SyntaxError`."""
    with _turn:
        collects = gc.isenabled()
        gc.disable()
        try:
            return ast.parse(code)
        finally:
            if collects:
                gc.enable()
