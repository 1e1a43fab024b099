"""Names that every object of JavaScript inherits, such as `toString` and `__proto__`. plotly.js keeps the
names of a figure as keys of objects, and so takes one of these for a name that is known already: the
bar, the slice or the whole chart is missing, and `__proto__` spoils all charts that are drawn after it.

So plotly.js is given such a name with a space of no width behind it, which no reader sees, and the
drawing has it without.
"""

from __future__ import annotations

import re
from typing import Any

NAMES = frozenset(
    {
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
    }
)
_MARK = "\u200b"
_MARKED = re.compile(f"({'|'.join(sorted(NAMES))}){_MARK}")


def marked(part: Any) -> Any:
    """A part of a figure in which such names, as keys and as texts, have the mark."""
    if isinstance(part, str):
        return part + _MARK if part in NAMES else part
    if isinstance(part, dict):
        return {marked(key): marked(value) for key, value in part.items()}
    if isinstance(part, list):
        return [marked(one) if isinstance(one, (str, dict, list)) else one for one in part]
    return part


def unmarked(drawing: str) -> str:
    """A drawing of plotly.js with the names as they are."""
    return _MARKED.sub(r"\1", drawing)
