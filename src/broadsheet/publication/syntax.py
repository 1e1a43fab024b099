"""Python code as a tree, for those who read it without running it.

Until Python 3.11.8 the interpreter counts the depth of the tree that it makes once for all threads, so that two that
parse at a time break off with a `SystemError`. Here they take turns, and the code of a notebook that has many editions
is parsed once. A tree is to be read, not changed.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from threading import Lock

_turn = Lock()


@lru_cache(maxsize=512)
def parsed(code: str) -> ast.Module:
    """The tree of ``code``. Raises :class:`SyntaxError`."""
    with _turn:
        return ast.parse(code)
