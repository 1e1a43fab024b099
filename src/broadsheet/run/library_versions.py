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

import broadsheet

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
    """The versions in the key of every run: of Python, the libraries that nearly all articles use,
    this program.
    """
    found = {"Python": platform.python_version(), "broadsheet": _own_digest()}
    return found | {name: version for name in _ALWAYS if (version := version_of(name))}


def used(modules: Iterable[str]) -> dict[str, str]:
    """Library → version, for the libraries of the top-level ``modules``."""
    return {
        name: version_of(name)
        for name in sorted(
            {name for module in modules for name in _distributions().get(module, ())}
        )
    }


def imported(texts: Iterable[str]) -> dict[str, str]:
    """Library → version, for the installed libraries that ``texts``, programs or notebooks, import."""
    found = [match for text in texts for match in _IMPORT.finditer(text)]
    modules = {
        name.split()[0].partition(".")[0]
        for match in found
        for name in (match[1] or match[2]).split(",")
        if name.strip()
    }
    return used(modules)


def installed() -> Iterator[str]:
    """The folders in which installed libraries describe themselves, such as
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


def different(known: Mapping[str, str]) -> list[str]:
    """Messages about those of the ``known`` libraries that have another version now."""
    return [
        f"{name} is {version_now(name, was) or 'not there'}, was {was or 'not there'}"
        for name, was in known.items()
        if version_now(name, was) != was
    ]


@functools.cache
def version_now(name: str, was: str) -> str:
    """The version of a library that ``was`` of this version; for a module that was not there, whether
    it is.
    """
    if was:
        return version_of(name)
    found = importlib.machinery.PathFinder.find_spec(name)
    return "installed" if found is not None else ""


@functools.cache
def of_the_program() -> dict[str, str]:
    """The versions of the libraries that this program is made of, and of those that they need in
    turn: the others serve notebooks alone.
    """
    found, wanted = set[str](), ["broadsheet"]
    while wanted:
        name = _normal(wanted.pop())
        if name not in found and name in _folders():
            found.add(name)
            wanted += _requirements(_folders()[name] / "METADATA")
    return {name: version_of(name) for name in sorted(found)}


def _requirements(metadata: Path) -> Iterator[str]:
    """The libraries that a library needs, without those of its extras."""
    text = metadata.read_text("utf-8", "replace") if metadata.is_file() else ""
    return (found[1] for found in _NEEDS.finditer(text) if "extra ==" not in found[0])


_NEEDS = re.compile(r"^Requires-Dist: ([\w.-]+).*$", re.ASCII | re.MULTILINE)


@functools.cache
def version_of(name: str) -> str:
    """The installed version of a library; empty if it is not installed."""
    if folder := _folders().get(_normal(name)):
        return folder.name.removesuffix(_INFO).rpartition("-")[2]
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


@functools.cache
def _folders() -> Mapping[str, Path]:
    """The folder in which each installed library describes itself, by the library's name; of two
    the one that is imported.
    """
    found = [Path(folder) for folder in reversed(list(installed())) if folder.endswith(_INFO)]
    return {_normal(path.name.removesuffix(_INFO).rpartition("-")[0]): path for path in found}


_INFO = ".dist-info"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


_distributions = functools.cache(importlib.metadata.packages_distributions)


def _own_digest() -> str:
    """The digest of the modules that run inside of a notebook, so that a change of them is noticed
    without a new version.
    """
    package = Path(broadsheet.__file__).parent
    names = (
        *(
            f"text/{name}"
            for name in ("language.py", "lexicon.py", "text_width.py", "letter_widths.json")
        ),
        *(f"project/settings/{name}.py" for name in ("address", "colours")),
        "__init__.py",
        "project/sources/inline_expressions.py",
    )
    files = [
        *(package / name for name in names),
        *(
            path
            for part in ("data", "engine", "run", "notebook")
            for path in sorted(package.glob(f"{part}/**/*.py"))
        ),
        *sorted(package.glob("locale/**/*.po")),
        *sorted(package.glob("words/*.toml")),
    ]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
