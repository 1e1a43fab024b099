"""A KeyError of a DataFrame or Series says which columns or rows there are.

pandas says `KeyError: 'exprts'`, below many lines of its own. :func:`start`, in the run's first
cell, has IPython complete such an error once it has ended a cell: what the notebook itself catches
is pandas' own.
"""

from __future__ import annotations

import re
import traceback
from types import TracebackType
from typing import TYPE_CHECKING, Any

from broadsheet.did_you_mean import MOST, nearest
from broadsheet.errors import enumerated, shown

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 12


class _Words(str):
    """A text that a KeyError shows as it is, without quotation marks."""

    def __repr__(self) -> str:
        return str(self)


def start() -> None:
    """Called in the run: from now on such errors are completed."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None and not shell.custom_exceptions:
        shell.set_custom_exc((KeyError,), _completed)  # type: ignore[no-untyped-call]


def message_of(error: KeyError, raised: TracebackType | None) -> str:
    """The message of the error: pandas' own words, and what the table has instead; empty for an
    error of another mapping.
    """
    key = error.args[0] if len(error.args) == 1 else None
    table = None if key is None or isinstance(key, _Words) else _asked(raised)
    if table is None:
        return ""
    names = table.columns if table.ndim == 2 else ()
    is_row = table.ndim == 1 or (type(key) is not str and all(type(one) is str for one in names))
    known = [shown(one) for one in (table.index if is_row else table.columns)[:MOST].tolist()]
    wanted = re.match(r"\[?(.*?)\]? not in index$", str(key))
    near = nearest(wanted[1] if wanted else shown(key), known)
    mean = f"; did you mean {near[0]}?" if near else ""
    name = "rows" if is_row else "columns"
    return f"{error}: the {name} are {enumerated(known, _SHOWN) or 'none'}{mean}"


def _completed(
    shell: Any,
    kind: type[BaseException],
    error: KeyError,
    raised: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """IPython's handler of such an error: shows it as it would be shown, completed."""
    try:
        if message := message_of(error, raised):
            error.args = (_Words(message),)
    except Exception:  # a table of odd labels: pandas' own words are better than none
        pass
    shell.showtraceback((kind, error, raised), running_compiled_code=True)


def _asked(raised: TracebackType | None) -> pd.DataFrame | pd.Series[Any] | None:
    """The table that the author's code asked for the key."""
    import pandas as pd

    for frame, _ in traceback.walk_tb(raised):
        if not frame.f_globals.get("__name__", "").startswith("pandas."):
            continue
        for name in ("self", "obj", "frame"):
            asked = frame.f_locals.get(name)
            table = asked if name != "self" else getattr(asked, "__dict__", {}).get("obj", asked)
            if isinstance(table, (pd.DataFrame, pd.Series)):
                return table
    return None
