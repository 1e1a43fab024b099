"""Errors of names that are misspelt say what there is: a KeyError of a DataFrame or Series which
columns or rows, others the name that may be meant.

pandas says `KeyError: 'exprts'`, below many lines of its own. :func:`start`, in the run's first
cell, has IPython complete such an error once it has ended a cell: what the notebook itself catches
is as it was raised.
"""

from __future__ import annotations

import builtins
import importlib.metadata
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from broadsheet.errors import enumerated, shown
from broadsheet.text.did_you_mean import MOST, nearest

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
        shell.set_custom_exc((*_COMPLETE, KeyError), _completed)  # type: ignore[no-untyped-call]


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


def complete(error: Exception, raised: TracebackType | None) -> None:
    """Complete the message of an error, if it is of a kind of which there is more to say."""
    # A table of odd labels, an object that refuses: its own words will do.
    with suppress(Exception):
        if isinstance(error, KeyError) and (message := message_of(error, raised)):
            error.args = (_Words(message),)
        for kind, say_more in _COMPLETE.items():
            if isinstance(error, kind):
                say_more(error, raised)


def _completed(
    shell: Any,
    kind: type[BaseException],
    error: Exception,
    raised: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """IPython's handler of such an error: shows it as it would be shown, completed."""
    complete(error, raised)
    shell.showtraceback((kind, error, raised), running_compiled_code=True)


def _meant(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    near = nearest(name, (one for one in known if not one.startswith("_")), 1, likeness)
    return f"; did you mean {near[0]!r}?" if near else ""


def _say(error: Any, meant: str) -> None:
    """Add to a message. Newer Pythons would add the same again, when they show the error."""
    if meant:
        error.args, error.name = (f"{error}{meant}",), None


def _complete_name(error: Any, raised: TracebackType | None) -> None:
    """A name that nothing has, beside those that the cell can see."""
    *_, (frame, _) = traceback.walk_tb(raised)
    own = _meant(error.name, {*frame.f_locals, *frame.f_globals})
    _say(error, own or _meant(error.name, vars(builtins), 0.75))


def _complete_attribute(error: Any, raised: TracebackType | None) -> None:
    """An attribute that an object does not have, beside its own."""
    _say(error, _meant(error.name, dir(error.obj)))


def _complete_module(error: Any, raised: TracebackType | None) -> None:
    """A module that is not there, beside those that are installed."""
    name = error.name.partition(".")[0]
    known = {*sys.stdlib_module_names, *importlib.metadata.packages_distributions()}
    if name not in known:
        error.msg += _meant(name, known, 0.75)


def _complete_file(error: Any, raised: TracebackType | None) -> None:
    """A file that is not there, beside those in its folder, and where its path counts from."""
    file, folder = Path(error.filename), Path.cwd()
    there = [one.name for one in (folder / file).parent.iterdir()]
    meant = _meant(file.name, there)
    root = Path(os.environ.get("BROADSHEET_ROOT", folder))
    from_here = f"; the notebook runs in {folder.relative_to(root).as_posix()}/"
    error.filename = _Words(f"{error.filename!r}{'' if file.is_absolute() else from_here}{meant}")


_COMPLETE: dict[type[Exception], Callable[[Any, TracebackType | None], None]] = {
    NameError: _complete_name,
    AttributeError: _complete_attribute,
    ModuleNotFoundError: _complete_module,
    FileNotFoundError: _complete_file,
}


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
