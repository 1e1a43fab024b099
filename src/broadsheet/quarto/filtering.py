"""Quarto's `ipynb-filters`: for each notebook, the finished one in place of the source.

`pre-render` has put the notebooks as Quarto is to see them under `.broadsheet/finished/`, in the
source's folder, by the digest of the source: Quarto gives us a source's text and not its name. This
runs once a notebook, so it loads little. `quarto preview` reads the notebooks before its first
`pre-render`: what is missing then is made here.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from broadsheet import environment
from broadsheet.errors import BroadsheetError, NotebookError, Place, guarded

STORE = PurePosixPath(".broadsheet/finished")


def finished_path(folder: PurePosixPath, source: Mapping[str, Any]) -> PurePosixPath:
    """Where the finished form of a notebook of ``folder`` is kept, from the root."""
    return STORE / folder / f"{digest(source)}.ipynb"


def digest(source: Mapping[str, Any]) -> str:
    """What tells one source from another: its cells' texts and tags, not its outputs."""
    text = json.dumps(
        [
            [cell["cell_type"], _lines(cell["source"]), cell.get("metadata", {}).get("tags", [])]
            for cell in source.get("cells", ())
        ]
    )
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _lines(source: str | Sequence[str]) -> str:
    """The text of a cell as our reader has it: each line ends in a line feed alone."""
    return "".join(source).replace("\r\n", "\n").replace("\r", "\n")


def filtered(root: Path, folder: Path, text: str) -> str | None:
    """The finished notebook for the source ``text``, a notebook of ``folder``; None if none can be
    made, which has been told.

    Raises :class:`NotebookError` for a notebook that is not of the publication.
    """
    here = PurePosixPath(folder.relative_to(root).as_posix())
    path = root / finished_path(here, json.loads(text))
    if not path.is_file():
        from broadsheet.quarto.rendering import before

        if before(root):
            return None
    if not path.is_file():
        raise NotebookError(
            Place(str(here)),
            "a notebook here is not of the publication",
            "Add it to `project: render` in _quarto.yml, or render it elsewhere.",
        )
    return path.read_text(encoding="utf-8")


def main() -> int:
    """From stdin to stdout, as Quarto asks; the exit code."""
    root = Path(os.environ.get("QUARTO_PROJECT_DIR") or Path.cwd()).resolve()
    try:
        with environment.withheld(), guarded(str(Path.cwd()), "filtering a notebook"):
            text = filtered(root, Path.cwd().resolve(), sys.stdin.read())
    except BroadsheetError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    sys.stdout.write(text or "")
    return 1 if text is None else 0
