"""Gives Quarto the finished form of a notebook in place of its source (`ipynb-filters`).

The finished notebooks are under `.broadsheet/finished/`, each in its source's folder and named by
its source's digest, since Quarto passes the text of a notebook and not its name.
`quarto preview` reads the notebooks before it calls `pre-render` for the first time; a finished
notebook that is missing then is made here. This runs once for each notebook, so it imports little.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from broadsheet.errors import NotebookError, Place

FINISHED = PurePosixPath(".broadsheet/finished")


def filter_notebook(root: Path) -> int:
    """Read a notebook from stdin and write its finished form to stdout. Returns the exit code.

    Raises :class:`NotebookError` for a notebook that does not belong to the publication.
    """
    here = Path.cwd().resolve()
    folder = PurePosixPath(here.relative_to(root).as_posix())
    path = root / finished_path(folder, json.loads(sys.stdin.read()))
    if not path.is_file():
        from broadsheet.quarto.pre_render import pre_render

        if pre_render(root):
            return 1
    if not path.is_file():
        raise NotebookError(
            Place(str(folder)),
            "a notebook here is not of the publication",
            "Add it to `project: render` in _quarto.yml, or render it elsewhere.",
        )
    sys.stdout.write(path.read_text(encoding="utf-8"))
    return 0


def finished_path(folder: PurePosixPath, source: Mapping[str, Any]) -> PurePosixPath:
    """The path, from the root, of the finished form of a notebook in ``folder``."""
    return FINISHED / folder / f"{_digest(source)}.ipynb"


def _digest(source: Mapping[str, Any]) -> str:
    """The digest of a notebook's cells, their types, texts and tags, without their outputs."""
    cells = [
        [cell["cell_type"], _text(cell["source"]), cell.get("metadata", {}).get("tags", [])]
        for cell in source.get("cells", ())
    ]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:32]


def _text(source: str | Sequence[str]) -> str:
    """The text of a cell with line feeds alone, as the publication's own reader has it."""
    return "".join(source).replace("\r\n", "\n").replace("\r", "\n")
