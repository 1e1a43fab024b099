"""The libraries that a run depends on, with their versions.

Some are known beforehand: :func:`versions`, and those that its code imports, :func:`imported`.
Others, and the libraries that these import in turn, are known only after the run; :func:`used`
finds the libraries of the modules that it loaded.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.machinery
import importlib.metadata
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from broadsheet.version import FOLDERS

_ALWAYS = (
    "papermill",
    "nbclient",
    "ipykernel",
    "ipython",
    "pandas",
    "numpy",
    "plotly",
    "pyarrow",
    "numexpr",
    "bottleneck",
)
"""The last three are what pandas uses if they are there."""

_IMPORT = re.compile(r"\b(?:from[ ]+(\w+)[\w.]*[ ]+import|import[ ]+(\w[\w., ]*))\b")


@functools.cache
def versions() -> dict[str, str]:
    """Return the versions in the key of every run: of Python, the libraries that nearly all
    articles use, this program.
    """
    basic = {"Python": platform.python_version(), "broadsheet": _own_digest()}
    return basic | {name: version for name in _ALWAYS if (version := version_of(name))}


def used(modules: Iterable[str]) -> dict[str, str]:
    """Return the version of each library of the top-level ``modules``."""
    return {
        name: version_of(name)
        for name in sorted(
            {name for module in modules for name in _distributions().get(module, ())}
        )
    }


def imported(texts: Iterable[str]) -> dict[str, str]:
    """Return the version of each installed library that ``texts``, programs or notebooks, import."""
    matches = [match for text in texts for match in _IMPORT.finditer(text)]
    modules = {
        name.split()[0].partition(".")[0]
        for match in matches
        for name in (match[1] or match[2]).split(",")
        if name.strip()
    }
    return used(modules)


def installed() -> Iterator[str]:
    """Return the folders in which installed libraries describe themselves, such as
    `…/numpy-2.1.0.dist-info`, in the order in which Python looks for libraries. To open each of
    them would take longer.
    """
    return (
        entry.path
        for folder in sys.path
        if folder and Path(folder).is_dir()
        for entry in os.scandir(folder)
        if entry.name.endswith((".dist-info", ".egg-info"))
    )


def different(libraries: Mapping[str, str]) -> list[str]:
    """Return messages about the ``libraries`` that have another version now."""
    return [
        f"{name} is {version_now(name, was) or 'not there'}, was {was or 'not there'}"
        for name, was in libraries.items()
        if version_now(name, was) != was
    ]


@functools.cache
def version_now(name: str, was: str) -> str:
    """Return the version of a library that ``was`` of this version. For a module that was not
    there, return "installed" if it is now.
    """
    if was:
        return version_of(name)
    spec = importlib.machinery.PathFinder.find_spec(name)
    return "installed" if spec is not None else ""


@functools.cache
def of_the_program() -> dict[str, str]:
    """Return the versions of the libraries that this program is made of, and of those that they
    need in turn: the others serve notebooks alone.
    """
    return {library: version_of(library) for library in sorted(_libraries_of_the_program())}


def descriptions_of_the_program() -> list[Path]:
    """Return the files in which these libraries say what they need."""
    return [_folders()[name] / _METADATA for name in _libraries_of_the_program()]


@functools.cache
def _libraries_of_the_program() -> frozenset[str]:
    names, waiting = set[str](), ["broadsheet"]
    while waiting:
        name = _normal(waiting.pop())
        if name not in names and name in _folders():
            names.add(name)
            waiting += _requirements(_folders()[name] / _METADATA)
    return frozenset(names)


def _requirements(metadata: Path) -> Iterator[str]:
    """Return the libraries that a library needs, without those of its extras."""
    text = metadata.read_text("utf-8", "replace") if metadata.is_file() else ""
    return (match[1] for match in _NEEDS.finditer(text) if "extra ==" not in match[0])


_NEEDS = re.compile(r"^Requires-Dist: ([\w.-]+).*$", re.ASCII | re.MULTILINE)


@functools.cache
def version_of(name: str) -> str:
    """Return the installed version of a library; empty if it is not installed."""
    if folder := _folders().get(_normal(name)):
        return folder.name.removesuffix(_INFO).rpartition("-")[2]
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


@functools.cache
def _folders() -> Mapping[str, Path]:
    """Return the folder in which each installed library describes itself, by the library's name. Of
    two folders the imported one counts.
    """
    folders = [Path(folder) for folder in reversed(list(installed())) if folder.endswith(_INFO)]
    return {_normal(path.name.removesuffix(_INFO).rpartition("-")[0]): path for path in folders}


_INFO, _METADATA = ".dist-info", "METADATA"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


_distributions = functools.cache(importlib.metadata.packages_distributions)


def _own_digest() -> str:
    """Return the digest of the modules that run inside of a notebook, so that a change of them is
    noticed without a new version.
    """
    package, *others = FOLDERS
    names = (
        "text/language.py",
        "text/lexicon.py",
        *(f"project/settings/{name}.py" for name in ("address", "colours")),
        "__init__.py",
        "project/sources/inline_expressions.py",
    )
    files = [
        *(package / name for name in names),
        *(
            path
            for part in ("data", "run", "notebook")
            for path in sorted(package.glob(f"{part}/**/*.py"))
        ),
        *sorted(package.glob("locale/**/*.po")),
        *sorted(package.glob("words/*.toml")),
        *(
            path
            for folder in others
            for pattern in ("*.py", "text/*", "table/table.py", "locale/**/*.po")
            for path in sorted(folder.glob(pattern))
            if path.is_file()
        ),
    ]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
