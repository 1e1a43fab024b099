"""The libraries that a run depends on, with their versions.

Some are known beforehand: :func:`versions`, and those that its code imports, :func:`imported`.
Others, and the libraries that these import in turn, are known only after the run; :func:`used`
finds the libraries of the modules that it loaded.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import broadsheet

_ALWAYS = (
    "papermill",
    "nbclient",
    "ipykernel",
    "ipython",
    "pandas",
    "numpy",
    "plotly",
    "matplotlib",
    "altair",
)


_IMPORT = re.compile(r"\b(?:from[ ]+(\w+)[\w.]*[ ]+import|import[ ]+(\w[\w., ]*))\b")


@functools.cache
def versions() -> dict[str, str]:
    """The versions in the key of every run: of Python, the libraries that nearly all articles use,
    this program.
    """
    found = {"Python": platform.python_version(), "broadsheet": _own_digest()}
    return found | {name: version for name in _ALWAYS if (version := version_of(name))}


def used(modules: Iterable[str]) -> dict[str, str]:
    """Library → version, for the libraries of the top-level ``modules``."""
    return {
        name: version_of(name)
        for name in sorted({name for module in modules for name in _sources(module)})
    }


def imported(texts: Iterable[str]) -> dict[str, str]:
    """Library → version, for the installed libraries that ``texts``, programs or notebooks, import."""
    found = [match for text in texts for match in _IMPORT.finditer(text)]
    return used(
        {
            name.split()[0].partition(".")[0]
            for match in found
            for name in (match[1] or match[2]).split(",")
            if name.strip()
        }
    )


def installed() -> Iterator[str]:
    """The names of the folders in which installed libraries describe themselves, such as
    `numpy-2.1.0.dist-info`, in the order in which Python looks for libraries. To open each of them
    would take longer.
    """
    return (
        entry.name
        for folder in sys.path
        if folder and Path(folder).is_dir()
        for entry in os.scandir(folder)
        if entry.name.endswith((".dist-info", ".egg-info"))
    )


def different(known: Mapping[str, str]) -> list[str]:
    """Messages about those of the ``known`` libraries that have another version now."""
    return [
        f"{name} is {version_of(name) or 'not there'}, was {was}"
        for name, was in known.items()
        if version_of(name) != was
    ]


@functools.cache
def version_of(name: str) -> str:
    """The installed version of a library; empty if it is not installed."""
    if found := _folders().get(_normal(name)):
        return found
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


@functools.cache
def _folders() -> Mapping[str, str]:
    """The version of each installed library, by its name; of two the one that is imported."""
    found = [
        name.removesuffix(".dist-info").rpartition("-")
        for name in reversed(list(installed()))
        if name.endswith(".dist-info")
    ]
    return {_normal(name): version for name, _, version in found}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _sources(module: str) -> Iterable[str]:
    return _distributions().get(module, ())


@functools.cache
def _distributions() -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()


def _own_digest() -> str:
    """The digest of the modules that run inside of a notebook, so that a change of them is noticed
    without a new version.
    """
    package = Path(broadsheet.__file__).parent
    files = [
        *(
            package / f"{name}.py"
            for name in ("__init__", "inline", "language", "lexicon", "text_width")
        ),
        *(package / f"project/{name}.py" for name in ("address", "colours")),
        package / "letter_widths.json",
        *(
            path
            for part in ("data", "engine", "run", "notebook")
            for path in sorted(package.glob(f"{part}/*.py"))
        ),
        *sorted(package.glob("locale/**/*.po")),
        *sorted(package.glob("words/*.toml")),
    ]
    text = "".join(path.read_text(encoding="utf-8") for path in files if path.is_file())
    return hashlib.sha256(text.encode()).hexdigest()[:16]
