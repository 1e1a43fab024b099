"""The files and libraries that a run read, of the publication and of the installed ones.

:func:`start`, in the run's first cell, hooks the interpreter's own audit events; :func:`publish`,
in its last, puts out, as one output of type :data:`MIME`, what was read under the root, each with
the digest that :func:`state` gives:

    {"data/trade.csv": "9f…", "data/datapackage.json: trade": "e0…", "data/": "c1…",
     "posts/a/mine.py": "07…", "data/none.csv": ""}

These are files that were opened for reading or imported as a module; of the catalogue, the entry of
each table that was read through it; folders whose files were listed (`glob`), with a slash at the
end; and, with no digest, files that were looked for in vain.
Only what Python itself opens is seen (pandas, numpy, sqlite3 and `bs.table` do go through it; a
child process does not), and a question whether a file is there is not. Files that the run wrote
itself are left out.

Beside it, as :data:`MODULES`, stand the top-level names of the modules that were loaded from
installed libraries; as :data:`MISSING` those of modules that were asked for and are not installed;
and as :data:`CELLS` which cell opened which files of the publication, the cells counted from the
first, which is 0: `{"3": ["data/trade.csv"]}`.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.abc
import importlib.util
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import Any

from broadsheet.data.catalogue import leave_records
from broadsheet.data.descriptor_reading import consulted
from broadsheet.data.versions.partial_reads import files_behind, is_part, part_digest
from broadsheet.notebook.session import dataframes, error_hints
from broadsheet.notebook.values import declarations as declared
from broadsheet.run import installs
from broadsheet.run.page_format import LIMITS, ROOT
from broadsheet.storage import limits
from broadsheet.version import FOLDERS

MIME = "application/vnd.broadsheet.reads+json"
MODULES = "application/vnd.broadsheet.modules+json"
MISSING = "application/vnd.broadsheet.missing+json"
CELLS = "application/vnd.broadsheet.cells+json"
START = f"__import__({__name__!r}, fromlist=['start']).start()"
FINISH = f"__import__({__name__!r}, fromlist=['publish']).publish()"

_LOOKING = ("<frozen importlib", str(Path(os.__file__).with_name("importlib")))
"""The code that lists folders to find modules and libraries."""
_PACKAGES = ("site-packages", "dist-packages")
_INSTALLED = tuple(f"/{folder}/" for folder in _PACKAGES)
_PYTHON = f"{Path(os.__file__).parent}/"
_opened: set[str] = set()
_written: set[str] = set()
_listed: set[str] = set()
_missing: set[str] = set()
_by_cell: dict[int, set[str]] = {}


@dataclass
class _Process:
    """State of the process, which a run has for itself."""

    root: Path = Path()
    """The root of the publication, as it is before a cell changes it."""
    shell: Any = None
    """The shell of IPython."""
    first: int = 0
    """The number of the first cell."""
    packages: dict[str, str] = field(default_factory=dict)
    """The path of each top-level module or package of the warm process; empty without one."""
    own_modules: frozenset[str] = frozenset()
    """The files of its own modules, without this program's."""


_process = _Process()


def start() -> None:
    """Start recording in this process; once is enough, since an audit hook stays. From here on,
    frames are described, facts registered, the chart theme is in force, and nothing is installed.
    """
    from IPython.core.getipython import get_ipython

    importlib.import_module("broadsheet")  # which a warm process has not executed
    dataframes.start()
    error_hints.start()
    declared.start()
    leave_records()
    if _process.shell is None:
        _process.root = Path(os.environ[ROOT])
        limits.enforce(json.loads(os.environ[LIMITS]))
        _process.shell = get_ipython()
        _process.first = _process.shell.execution_count
        installs.refuse()
        sys.addaudithook(_hear)
        sys.meta_path.append(_Missing())


def note_modules() -> None:
    """Note the modules of a warm process. A run then looks only at those that it loads itself: to touch
    a module in a forked process copies memory.
    """
    sys.modules[__name__] = sys.modules.pop(__name__)  # the last: all after it are a run's
    modules, machinery = list(sys.modules), _machinery()
    _process.packages = _places(modules)
    _process.own_modules = frozenset(
        file for file in _own_files(modules, _process.packages) if not file.startswith(machinery)
    )


class _Missing(importlib.abc.MetaPathFinder):
    """Notes the modules that no other finder has found."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        """Find nothing."""
        if path is None:
            _missing.add(fullname)


def publish() -> None:
    """Publish what was recorded, and the facts that were declared, as this cell's output."""
    root = _process.root
    _process.shell.display_pub.publish(
        {
            MIME: recorded(root),
            MODULES: installed(),
            MISSING: sorted(name for name in _missing if name not in sys.modules),
            CELLS: opened(root),
            declared.MIME: declared.declared(),
            "text/plain": "",
        }
    )


@contextmanager
def unattributed() -> Iterator[None]:
    """Attribute what is opened in the block to no cell."""
    before = {cell: set(names) for cell, names in _by_cell.items()}
    try:
        yield
    finally:
        _by_cell.clear()
        _by_cell.update(before)


def names_touched() -> tuple[set[str], set[str]] | None:
    """Return the names of the files that were read or listed so far, and of those that were written;
    None if nothing is recorded.
    """
    return None if _process.shell is None else (_opened | _listed, _written)


def recorded(root: Path) -> dict[str, str]:
    """Return the digest of each path from ``root``, sorted; hidden folders, installed packages and
    the machinery are not recorded.
    """
    machinery = _machinery()
    opened, names_read = {_source(name) for name in _opened} | _own_modules(), set()
    for names, is_listing in ((opened - _written, False), (_listed, True)):
        for path in (_seen_from(root, name) for name in names):
            if (
                _is_below(path, root)
                and not path.startswith(machinery)
                and Path(path).is_dir() <= is_listing
            ):
                relative = Path(path).relative_to(root)
                names_read |= (
                    set()
                    if _is_hidden(relative)
                    else {f"{relative.as_posix()}{'/' if is_listing else ''}"}
                )
    return {name: state(root, name) for name in sorted(names_read)}


def opened(root: Path) -> dict[str, list[str]]:
    """Return, for each cell, the paths from ``root`` of the files there that it opened for reading,
    both sorted.
    """
    paths_by_cell = {
        cell: {
            relative.as_posix()
            for path in (_seen_from(root, _source(name)) for name in names)
            if _is_below(path, root) and not _is_hidden(relative := Path(path).relative_to(root))
        }
        for cell, names in sorted(_by_cell.items())
    }
    return {str(cell): sorted(paths) for cell, paths in paths_by_cell.items() if paths}


def tables_opened(root: Path) -> list[str]:
    """Return the CSV files of ``root``'s `data/` that were opened for reading, from the root."""
    folder = f"{root}/data/"
    names = (name.removeprefix(f"{root}/") for name in _opened if name.startswith(folder))
    files = {files_behind(name)[-1] for name in names}
    return sorted(file for file in files if file.endswith(".csv"))


def installed() -> list[str]:
    """Return the top-level names of all modules that were loaded from installed libraries, sorted."""
    return sorted(name for name, place in _packages().items() if _is_installed(place))


def state(root: Path, name: str) -> str:
    """Return a value that shows if a read would still be the same: the SHA-256 of a file's bytes,
    of an entry of the catalogue, of a version or a slice of a table or, if ``name`` ends in a slash, of the
    names that are not hidden in that folder; hexadecimal, and empty for what does not exist.
    """
    if is_part(name):
        return part_digest(root, name)
    path = root / name
    if not name.endswith("/"):
        return digest(path) if path.is_file() else ""
    if not path.is_dir():
        return ""
    names = sorted(entry.name for entry in path.iterdir() if not _is_hidden(Path(entry.name)))
    return hashlib.sha256("\n".join(names).encode(errors="surrogateescape")).hexdigest()


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        name, mode, flags = arguments
        writes = (isinstance(mode, str) and bool(set(mode) & set("wax+"))) or (
            isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
        )
        _note(_written if writes else _opened, name)
        if not writes:
            _note(_by_cell.setdefault(_process.shell.execution_count - _process.first, set()), name)
    elif event in ("os.listdir", "os.scandir"):
        if not sys._getframe(1).f_code.co_filename.startswith(_LOOKING):
            _note(_listed, "." if arguments[0] is None else arguments[0])
    elif event == "sqlite3.connect":
        _note(_opened, _database(arguments[0]))


def _note(names: set[str], name: object) -> None:
    if isinstance(name, bytes):
        name = os.fsdecode(name)
    if isinstance(name, (str, os.PathLike)) and (path := os.fspath(name)):
        names |= {consulted(os.path.abspath(path))} - {""}


def _database(name: object) -> object:
    """Return the file of a database that SQLite opens by name or by address; empty for one in
    memory.
    """
    if not isinstance(name, str):
        return name
    return "" if name.startswith(":") else name.removeprefix("file:").partition("?")[0]


def _source(name: str) -> str:
    """Return the module of a bytecode file. Python reads either of the two, as the module was
    imported before or not.
    """
    folder, _, file = name.rpartition("/")
    is_bytecode = folder.endswith("/__pycache__") and file.endswith(".pyc") and file.count(".") == 2
    return importlib.util.source_from_cache(name) if is_bytecode else name


def _seen_from(root: Path, name: str) -> str:
    """Return the path of a file with links followed; of one to which a link leads out of ``root``,
    the path that has the link.
    """
    path = _real(name)
    return path if _is_below(path, root) or not _is_below(name, root) else name


def _real(name: str) -> str:
    """Return the path with links followed; for a missing file, in the folder where it would be."""
    folder, file = os.path.split(name)
    path = Path(_real_folder(folder), file)
    return os.path.realpath(path) if path.is_symlink() and path.exists() else str(path)


@functools.cache
def _real_folder(name: str) -> str:
    """Return a folder's path with links followed; a run needs it only at its end."""
    return os.path.realpath(name)


def _is_below(path: str, root: Path) -> bool:
    return path == str(root) or path.startswith(f"{root}/")


def _own_modules() -> set[str]:
    """Return the files of the modules that are neither Python's own nor an installed library's."""
    return _own_files(_modules(), _packages()) | _process.own_modules


def _own_files(modules: Iterable[str], packages: dict[str, str]) -> set[str]:
    names = {
        name
        for name, place in packages.items()
        if place and not place.startswith(_PYTHON) and not _is_installed(place)
    }
    return {
        file
        for name in modules
        if name.partition(".")[0] in names
        and isinstance(file := getattr(sys.modules.get(name), "__file__", None), str)
    }


@functools.cache
def _packages() -> dict[str, str]:
    """Return the path of each top-level module or package, empty for one without a file; a run
    needs it only at its end. Modules inside of packages are not looked at.
    """
    return _process.packages | _places(_modules())


def _places(modules: Iterable[str]) -> dict[str, str]:
    names = {name.partition(".")[0] for name in modules}
    return {name: _place(sys.modules.get(name)) for name in names}


def _modules() -> list[str]:
    """Return the names of the modules that were loaded after those of the warm process."""
    if not _process.packages:
        return list(sys.modules)
    try:
        return list(takewhile(lambda name: name != __name__, reversed(sys.modules)))
    except RuntimeError:  # a thread of a cell loads modules meanwhile
        return list(sys.modules)


def _machinery() -> tuple[str, ...]:
    """Return the folders of this program's own modules."""
    return tuple(f"{folder.resolve()}/" for folder in FOLDERS)


def _place(module: ModuleType | None) -> str:
    return str(getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), ""))


def _is_installed(file: str) -> bool:
    return any(folder in file for folder in _INSTALLED)


def _is_hidden(relative: Path) -> bool:
    return any(
        part.startswith(".") or part in ("__pycache__", "node_modules", *_PACKAGES)
        for part in relative.parts
    )
