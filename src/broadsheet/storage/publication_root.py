"""Finds the publication that a folder belongs to. Nothing of it is read."""

from __future__ import annotations

import os
from pathlib import Path

from broadsheet.errors import UsageError

CONFIG = "_quarto.yml"
_OTHER_CONFIG = "_quarto.yaml"


def find_root(start: Path) -> Path:
    """Return the nearest folder at or above ``start`` that has a `_quarto.yml`."""
    for folder in (start, *start.parents):
        if os.path.lexists(folder / CONFIG):
            return folder
    if (start / _OTHER_CONFIG).is_file():
        raise UsageError(
            str(start),
            f"the configuration is called {_OTHER_CONFIG}",
            f"Call it {CONFIG}, which Quarto reads as well.",
        )
    raise UsageError(
        str(start),
        f"no {CONFIG} here or in a folder above",
        "Run this inside a publication: the folder with _quarto.yml.",
    )
