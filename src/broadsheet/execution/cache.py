"""Runs, remembered: `.broadsheet/runs/<key>.json`, content-addressed, whole or absent.

The key of a run is what can be known before it: the code that runs (inline expressions with it, prose without),
parameter values, the address of the notebook's folder in the publication, and the versions of Python, of the
libraries and of this program. An entry also holds what only the run could tell: the digest of each file that it read.
It serves again only while each of these files still has that digest, so a changed table is never missed and a
changed file that the run did not read is never minded. Modification times play no part.

A comment in a code cell is code here: the cell's text is hashed, not its meaning.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import platform
import tempfile
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

import broadsheet
from broadsheet.execution.script import reads_of
from broadsheet.kernel.reads import digest

_LIBRARIES = ("papermill", "nbclient", "ipykernel", "ipython", "pandas", "numpy", "plotly", "matplotlib", "altair")


def key_of(script: NotebookNode, parameters: Mapping[str, object], folder: str) -> str:
    """The key of running ``script`` with ``parameters`` in ``folder`` (from the root)."""
    cells = [[cell.cell_type, cell.source, cell.metadata.get("tags", [])] for cell in script.cells]
    kernel = script.metadata.kernelspec.name
    parts = [cells, kernel, sorted((name, repr(value)) for name, value in parameters.items()), folder, _versions()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def load(store: Path, key: str, root: Path) -> NotebookNode | None:
    """The run under ``key``, if there is one and all that it read is unchanged."""
    try:
        ran: NotebookNode = nbformat.from_dict(json.loads((store / f"{key}.json").read_text(encoding="utf-8")))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    changed = any(not (root / name).is_file() or digest(root / name) != known for name, known in reads_of(ran).items())
    return None if changed else ran


def save(store: Path, key: str, ran: NotebookNode) -> None:
    """Keep a run; another process that keeps the same one at the same time does no harm."""
    store.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=store, suffix=".part", delete=False, encoding="utf-8") as file:
        json.dump(ran, file)
    Path(file.name).replace(store / f"{key}.json")


@functools.cache
def _versions() -> list[str]:
    versions = [f"python {platform.python_version()}", f"broadsheet {_own_digest()}"]
    for name in _LIBRARIES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def _own_digest() -> str:
    """Of the modules that act within a run, so that a change of them is seen without a new version."""
    package = Path(broadsheet.__file__).parent
    files = [package / "__init__.py", package / "house.py",
             *(path for part in ("catalogue", "execution", "kernel") for path in sorted(package.glob(f"{part}/*.py")))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files if path.is_file())).hexdigest()[:16]
