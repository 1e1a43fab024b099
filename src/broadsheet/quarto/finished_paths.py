"""The paths of the finished notebooks between the stages, by which Quarto's filter finds each.

They are under `.broadsheet/finished/`, each in its source's folder and named by its source's
digest, since Quarto passes the text of a notebook and not its name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from broadsheet.storage.unprintable import plain_lines

FINISHED = PurePosixPath(".broadsheet/finished")


def finished_path(folder: PurePosixPath, source: Mapping[str, Any]) -> PurePosixPath:
    """Return the path, from the root, of the finished form of a notebook in ``folder``."""
    return FINISHED / folder / f"{_digest(source)}.ipynb"


def _digest(source: Mapping[str, Any]) -> str:
    """Return the digest of a notebook's cells, their types, texts and tags, without their outputs."""
    cells = [
        [
            cell["cell_type"],
            plain_lines("".join(cell["source"])),  # as the publication's own reader has it
            cell.get("metadata", {}).get("tags", []),
        ]
        for cell in source.get("cells", ())
    ]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:32]
