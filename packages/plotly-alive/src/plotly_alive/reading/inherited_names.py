"""Names that every object of JavaScript inherits, such as `toString` and `__proto__`. plotly.js
keeps the names of a figure as keys of objects, and so takes an inherited name for a name that it
has already: the bar, the slice or the whole chart is missing, and `__proto__` spoils all charts
that are drawn after it.

So plotly.js gets an inherited name with a space of no width behind it, which no reader sees; the
drawing has the name without the space.
"""

from __future__ import annotations

import json
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
_IN_JSON = re.compile(f'"(?:{"|".join(sorted(NAMES))})"')


def are_in(written: str) -> bool:
    """True if one of these names is a key or a text of what is ``written`` in JSON. To look there costs
    a tenth of what it costs to look at each value.
    """
    return _IN_JSON.search(written) is not None


def marked(part: Any) -> Any:
    """Return a part of a figure in which these names, as keys and as texts, have the mark; the part
    itself if it has none of them.
    """
    return _marked(part) if are_in(json.dumps(part)) else part


def _marked(part: Any) -> Any:
    if isinstance(part, str):
        return part + _MARK if part in NAMES else part
    if isinstance(part, dict):
        return {_marked(key): _marked(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_marked(item) if isinstance(item, (str, dict, list)) else item for item in part]
    return part


def unmarked(drawing: str) -> str:
    """Return a drawing of plotly.js with the names as they are."""
    return _MARKED.sub(r"\1", drawing)
