"""The version of Broadsheet, and where the code is that it consists of."""

from importlib.util import find_spec
from pathlib import Path

__version__ = "0.1.0"

PACKAGES = ("broadsheet", "papermill_warm", "plotly_alive")
"""Broadsheet's own package, and those of the distributions in `packages/`, which change results too."""

FOLDERS = tuple(
    Path(folder)
    for name in PACKAGES
    if (spec := find_spec(name))
    for folder in spec.submodule_search_locations or ()
)
"""The folders of :data:`PACKAGES`."""
