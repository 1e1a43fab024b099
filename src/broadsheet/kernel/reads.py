"""Which files of the publication a run read.

:func:`start`, in the run's first cell, hooks the interpreter's own audit events; :func:`publish`, in its last, puts
out each file under the root that was opened for reading or imported as a module, with the SHA-256 of its bytes, as
one output of type :data:`MIME`: `{"data/trade.csv": "9f…"}`. Only what Python itself opens is seen (pandas, numpy
and `bs.table` do go through it; a child process does not). Files that the run wrote itself are left out.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

from broadsheet.kernel import frames

MIME = "application/vnd.broadsheet.reads+json"
START = f"__import__({__name__!r}, fromlist=['start']).start()"
FINISH = f"__import__({__name__!r}, fromlist=['publish']).publish()"
ROOT = "BROADSHEET_ROOT"
"""The environment variable that names the publication's root in a run."""

_opened: set[str] = set()
_written: set[str] = set()
_hooked: list[bool] = []


def start() -> None:
    """Start recording in this process; once is enough, since an audit hook stays. Frames are described from here on."""
    frames.start()
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_hear)


def publish() -> None:
    """Publish what was recorded as this cell's output."""
    from IPython.core.getipython import get_ipython
    shell = get_ipython()
    assert shell is not None, "reads are published from within a run"
    shell.display_pub.publish({MIME: recorded(Path(os.environ[ROOT])), "text/plain": ""})


def recorded(root: Path) -> dict[str, str]:
    """Path from ``root`` → SHA-256, sorted; hidden folders, installed packages and the machinery are not recorded.

    A link that leads nowhere was looked for, and has "" for its digest.
    """
    modules = {file for module in list(sys.modules.values())
               if isinstance(file := getattr(module, "__file__", None), str)}
    machinery = Path(__file__).resolve().parents[1]
    found = {}
    for name in (_opened | modules) - _written:
        path = Path(name)
        there = path.exists() or not path.is_symlink()
        path = path.resolve() if there else path.parent.resolve() / path.name
        if path.is_relative_to(root) and (path.is_file() or not there):
            relative = path.relative_to(root)
            if not _is_hidden(relative) and not path.is_relative_to(machinery):
                found[relative.as_posix()] = digest(path) if there else ""
    return dict(sorted(found.items()))


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open":
        return
    name, mode, flags = arguments
    if isinstance(name, bytes):
        name = os.fsdecode(name)
    if not isinstance(name, (str, os.PathLike)):
        return
    writes = (isinstance(mode, str) and bool(set(mode) & set("wax+"))) or \
        (isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR)))
    (_written if writes else _opened).add(os.path.abspath(name))


def _is_hidden(relative: Path) -> bool:
    return any(part.startswith(".") or part in ("__pycache__", "node_modules", "site-packages")
               for part in relative.parts)
