"""The version of Broadsheet, and the packages that it is made of."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

__version__ = "0.1.0"
PACKAGES = ("broadsheet", "plotly_alive")
"""The packages of this program, each from a distribution of its own."""


@cache
def program_folders() -> tuple[Path, ...]:
    """Return the folder of each package of this program."""
    specs = map(find_spec, PACKAGES)
    return tuple(Path(spec.origin).resolve().parent for spec in specs if spec and spec.origin)


def program_file(file: str) -> str:
    """Return the path of a file of this program in its package: `site/article/article.py`; empty for any
    other file.
    """
    path = Path(file)
    folder = next((folder for folder in program_folders() if folder in path.parents), None)
    return "" if folder is None else path.relative_to(folder).as_posix()
