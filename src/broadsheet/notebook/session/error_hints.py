"""Hints in errors of names that are misspelt: a KeyError of a DataFrame or Series names its
columns or rows, others the name that may be meant, among them those of columns in a chart of Plotly Express.

pandas says `KeyError: 'exprts'`, below many lines of its own. :func:`start`, in the run's
first cell, has IPython complete such an error once it has ended a cell. An error that the
notebook itself catches stays as it was raised.
"""

from __future__ import annotations

import builtins
import importlib.metadata
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from plotly_alive.errors import enumerated, shown
from plotly_alive.text.did_you_mean import MOST, meant

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 12


class _Words(str):
    """A text that a KeyError shows as it is, without quotation marks."""

    def __repr__(self) -> str:
        return str(self)


def start() -> None:
    """Have such errors completed from now on in the run."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None and not shell.custom_exceptions:
        shell.set_custom_exc((*_COMPLETE, KeyError), _completed)  # type: ignore[no-untyped-call]


def _message_of(error: KeyError, raised: TracebackType | None) -> str:
    """Return the message of the error: pandas' own words, and the names that the table has;
    "" for an error of another mapping.
    """
    key = error.args[0] if len(error.args) == 1 else None
    table = None if key is None or isinstance(key, _Words) else _table_of(raised)
    if table is None:
        return ""
    names = table.columns if table.ndim == 2 else ()
    is_row = table.ndim == 1 or (
        type(key) is not str and all(type(column) is str for column in names)
    )
    labels = [shown(label) for label in (table.index if is_row else table.columns)[:MOST].tolist()]
    match = re.match(r"\[?(.*?)\]? not in index$", str(key))
    mean = meant(match[1] if match else shown(key), labels, shown=str)  # labels as they are shown
    name = "rows" if is_row else "columns"
    return f"{error}: the {name} are {enumerated(labels, _SHOWN) or 'none'}{mean}"


def complete_message(error: Exception, raised: TracebackType | None) -> None:
    """Complete the message of an error, if there is more to say of its kind."""
    # A table of odd labels, an object that refuses: its own words will do.
    with suppress(Exception):
        if isinstance(error, KeyError) and (message := _message_of(error, raised)):
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
    """Handle such an error in IPython's place: show it as usual, completed."""
    complete_message(error, raised)
    shell.showtraceback((kind, error, raised), running_compiled_code=True)


def _public(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if not name.startswith("_"))


def _say(error: Any, meant: str) -> None:
    """Add to a message. Newer Pythons would add the same again, when they show the error."""
    if meant:
        error.args, error.name = (f"{error}{meant}",), None


def _complete_name(error: Any, raised: TracebackType | None) -> None:
    """Complete the error of an unknown name with the nearest name that the cell can see."""
    *_, (frame, _) = traceback.walk_tb(raised)
    visible = meant(error.name, _public({*frame.f_locals, *frame.f_globals}))
    _say(error, visible or meant(error.name, _public(vars(builtins)), 0.75))


def _complete_attribute(error: Any, raised: TracebackType | None) -> None:
    """Complete the error of an unknown attribute with the nearest one of the object."""
    _say(error, meant(error.name, _public(dir(error.obj))))


def _complete_module(error: Any, raised: TracebackType | None) -> None:
    """Complete the error of a missing module with the nearest one that is installed."""
    name = error.name.partition(".")[0]
    modules = {*sys.stdlib_module_names, *importlib.metadata.packages_distributions()}
    if name not in modules:
        error.msg += meant(name, _public(modules), 0.75)


def _complete_file(error: Any, raised: TracebackType | None) -> None:
    """Complete the error of a missing file with the nearest one in its folder, and with the
    folder in which the notebook runs.
    """
    file, folder = Path(error.filename), Path.cwd()
    files = [path.name for path in (folder / file).parent.iterdir()]
    near = meant(file.name, _public(files))
    root = Path(os.environ.get("BROADSHEET_ROOT", folder))
    from_here = f"; the notebook runs in {folder.relative_to(root).as_posix()}/"
    error.filename = _Words(f"{error.filename!r}{'' if file.is_absolute() else from_here}{near}")


def _complete_chart(error: Any, raised: TracebackType | None) -> None:
    """Complete the error of a chart of Plotly Express with the nearest column of its table."""
    *_, (frame, _) = traceback.walk_tb(raised)
    if frame.f_globals.get("__name__") != "plotly.express._core":
        return
    argument, table = frame.f_locals["argument"], frame.f_locals["df_input"]
    columns = [*map(str, table.columns[:MOST])]
    if isinstance(argument, str):
        error.args = (f"{error}{meant(argument, columns)}",)
        return
    # A list of names of which one is none is taken for values, and their number is what is wrong.
    for name in argument if isinstance(argument, list | tuple) else ():
        if isinstance(name, str) and name not in columns and (near := meant(name, columns)):
            error.args = (f"{error}; there is no column {name!r}{near}",)
            return


_COMPLETE: dict[type[Exception], Callable[[Any, TracebackType | None], None]] = {
    NameError: _complete_name,
    AttributeError: _complete_attribute,
    ModuleNotFoundError: _complete_module,
    FileNotFoundError: _complete_file,
    ValueError: _complete_chart,
}


def _table_of(raised: TracebackType | None) -> pd.DataFrame | pd.Series[Any] | None:
    """Return the table in which the author's code looked for the key."""
    import pandas as pd

    for frame, _ in traceback.walk_tb(raised):
        if not frame.f_globals.get("__name__", "").startswith("pandas."):
            continue
        for name in ("self", "obj", "frame"):
            value = frame.f_locals.get(name)
            table = value if name != "self" else getattr(value, "__dict__", {}).get("obj", value)
            if isinstance(table, (pd.DataFrame, pd.Series)):
                return table
    return None
