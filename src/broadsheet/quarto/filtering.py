"""Gives Quarto the finished form of a notebook in place of its source (`ipynb-filters`).

`quarto preview` reads the notebooks before it calls `pre-render` for the first time; a finished
notebook that is missing then is made here. This runs once for each notebook, so it imports little.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path, PurePosixPath

from broadsheet.errors import NotebookError, Place
from broadsheet.quarto.finished_paths import finished_path


def filter_notebook(root: Path) -> int:
    """Read a notebook from stdin and write its finished form to stdout. Return the exit code.

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
