"""The settings of the engine: the modules that the warm process imports, and limits.

Each setting is an argument of `papermill.execute_notebook`, an environment variable, or a key of the
nearest `pyproject.toml` that has the table, from the working directory upwards. The first of these
that is there counts:

    papermill.execute_notebook(…, engine_name="warm", preload=["polars"], memory_limit="2G")
    PAPERMILL_WARM_PRELOAD=polars,altair papermill in.ipynb out.ipynb --engine warm

    [tool.papermill-warm]
    preload = ["polars", "altair"]
    memory-limit = "2G"
    time-limit = 600
    share-head = false
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

TABLE = "papermill-warm"
"""The name of the table in `pyproject.toml`, below `tool`."""
VARIABLE_PREFIX = "PAPERMILL_WARM_"
"""The beginning of the names of environment variables."""

FIRST = (
    "numpy",
    "pandas",
    "plotly.graph_objects",
    "plotly.io._base_renderers",
    "webbrowser",
    "IPython.display",
    "IPython.extensions.storemagic",
    "nbformat",
    "psutil",
)
"""The modules that the warm process imports, if they are installed, where none are set. Not `matplotlib.pyplot`,
`matplotlib_inline` nor `plotly.io`'s renderers: their import depends on the notebook, and with the
others loaded they cost little.
"""

_FILE = "pyproject.toml"
_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


class SettingsError(ValueError):
    """An error: a setting has a value that it cannot have. The message says where, and what to do."""


@dataclass(frozen=True)
class EngineSettings:
    """The settings of a run."""

    preload: tuple[str, ...]
    """The modules that the warm process imports."""
    preload_source: str
    """The place where they are set; empty if they are the engine's own choice."""
    memory_limit: int | None
    """The memory of a notebook's process in bytes; None without a limit."""
    time_limit: float | None
    """The seconds that a whole notebook may take; None without a limit."""
    share_head: bool = True
    """The cells above the parameters run once for all editions."""

    @classmethod
    def of(
        cls, preload: object, memory_limit: object, time_limit: object, share_head: object = None
    ) -> EngineSettings:
        """Return the settings of a run with these arguments; None for one that is not given.
        Raises :class:`SettingsError`.
        """
        arguments = {
            "preload": preload,
            "memory-limit": memory_limit,
            "time-limit": time_limit,
            "share-head": share_head,
        }
        file, table = _table()
        values: dict[str, Any] = {}
        source = ""
        for name, read in _READERS.items():
            variable = VARIABLE_PREFIX + name.upper().replace("-", "_")
            for where, value in (
                (f"the argument {name.replace('-', '_')}", arguments[name]),
                (f"the environment variable {variable}", os.environ.get(variable) or None),
                (f"{file}, [tool.{TABLE}]: {name}", table.get(name)),
            ):
                if value is not None:
                    values[name] = _read(read, value, where)
                    source = where if name == "preload" else source
                    break
        return cls(
            values.get("preload", FIRST),
            source,
            values.get("memory-limit"),
            values.get("time-limit"),
            values.get("share-head", True),
        )


def parse_memory(limit: object) -> int | None:
    """Return a limit of memory in bytes: that of bytes, or of a number with K, M, G or T. Raises
    :class:`ValueError`.
    """
    if limit is None or limit == "":
        return None
    text = str(limit).strip().upper().removesuffix("B").removesuffix("I")
    unit = _UNITS.get(text[-1:], 1)
    number = text if unit == 1 else text[:-1]
    if isinstance(limit, bool) or not number.isdecimal() or int(number) == 0:
        raise ValueError("give bytes, or a number with K, M or G, such as 2G")
    return int(number) * unit


def _seconds(limit: object) -> float:
    """Return a limit of time in seconds. Raises :class:`ValueError`."""
    try:
        seconds = float(str(limit))
    except ValueError:
        seconds = 0.0
    if isinstance(limit, bool) or not 0 < seconds < float("inf"):
        raise ValueError("give seconds, such as 600")
    return seconds


def _truth(value: object) -> bool:
    """Return a truth value, or that of a word. Raises :class:`ValueError`."""
    truth = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    try:
        return truth[str(value).lower()]
    except KeyError:
        raise ValueError("give true or false") from None


def _modules(names: object) -> tuple[str, ...]:
    """Return the names of modules, of a list or of a text with commas. Raises :class:`ValueError`."""
    if isinstance(names, str):
        names = [name.strip() for name in names.split(",") if name.strip()]
    if not isinstance(names, list | tuple | set | frozenset):
        raise ValueError('give a list of modules, such as ["polars", "altair"]')
    for name in names:
        if not isinstance(name, str) or not _MODULE.fullmatch(name):
            raise ValueError(
                f"{name!r} is not the name of a module, as `import` has it, such as sklearn.linear_model"
            )
    return tuple(dict.fromkeys(sorted(names) if isinstance(names, set | frozenset) else names))


_READERS: Mapping[str, Callable[[object], Any]] = {
    "preload": _modules,
    "memory-limit": parse_memory,
    "time-limit": _seconds,
    "share-head": _truth,
}


def _read(read: Callable[[object], Any], value: object, where: str) -> Any:
    try:
        return read(value)
    except ValueError as error:
        raise SettingsError(f"{where} is {value!r}: {error}") from None


@lru_cache(maxsize=1)
def _tools(text: str) -> Mapping[str, Any]:
    """Return the tables of tools in a `pyproject.toml`, which is read for each run."""
    tools: Mapping[str, Any] = tomllib.loads(text).get("tool", {})
    return tools


def _table() -> tuple[str, Mapping[str, Any]]:
    """Return the nearest file that has the table, and the table; nothing if there is none. Raises
    :class:`SettingsError`.
    """
    try:
        here = Path.cwd()
    except OSError:  # it has been removed
        return "", {}
    for folder in (here, *here.parents):
        file = folder / _FILE
        try:
            text = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if TABLE not in text:
            continue
        try:
            table = _tools(text).get(TABLE)
        except (tomllib.TOMLDecodeError, AttributeError) as error:
            raise SettingsError(f"{file} cannot be read: {error}") from None
        if table is None:
            continue
        if not isinstance(table, dict):
            raise SettingsError(f"{file}: tool.{TABLE} is {table!r}: make it a table")
        if unknown := sorted(table.keys() - _READERS.keys()):
            raise SettingsError(
                f"{file}, [tool.{TABLE}]: {', '.join(unknown)} is no setting: there are {', '.join(_READERS)}"
            )
        return str(file), table
    return "", {}
