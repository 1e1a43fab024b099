"""The files that a run is taken to read, where nobody sees it read them.

A run in Python records what it opens (:mod:`broadsheet.run.reads`). What a kernel of another language
opens is not seen, nor what a program opens that a cell starts. So two things count as read:

- what the page declares: `depends: [../../data/*.csv]` in front matter, of any page;
- what the cells in another language name: a text in quotation marks, in Bash any word, that is the
  path of a file or folder of the publication. Of a folder the files in it count, too; and of a script
  that is named, what it names.

A pattern counts as the files that match, and as the lists of the folders in which others could. The
states are taken before the run. A file that is another one after the run was written by it, and does
not count.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from wcmatch import glob

from broadsheet.project.editions.edition import Edition
from broadsheet.project.settings.address import from_root
from broadsheet.project.settings.setting_types import GLOB
from broadsheet.project.sources.kernels import PYTHON
from broadsheet.project.sources.notebook_file import language_of, language_of_cell
from broadsheet.run.reads import state
from broadsheet.storage.files import is_file, readable_text, refusal

MOST = 500
"""The most files that one name or pattern stands for; of more, the lists of folders count alone."""
_SCRIPTS = (".r", ".jl", ".sh", ".bash")
_QUOTED = re.compile(r"\"((?:[^\"\\\n]|\\.)+)\"|'((?:[^'\\\n]|\\.)+)'")
_WORD = re.compile(r"[^\s\"'`;|&<>()={}$]+")
_WORDS_OF = frozenset({"bash", ".sh", ".bash"})
"""The languages, and the suffixes of scripts, in which any word may be a path."""


def reads_beside(root: Path, edition: Edition, parameters: Mapping[str, object]) -> set[str]:
    """Return what the run of an edition is taken to read: paths from the root, of folders with a
    slash at the end.
    """
    source, folder = edition.source, edition.path.parent
    names = declared_files(root, edition.settings.depends)
    assert source.notebook is not None
    language = language_of(source.notebook)
    if language == PYTHON:
        return names
    values = " ".join(json.dumps(value) for value in parameters.values() if isinstance(value, str))
    names |= named_files(root, folder, values, language)
    for cell in source.cells():
        if cell.cell_type == "code" and language_of_cell(source.notebook, cell) == language:
            names |= named_files(root, folder, cell.source, language)
    return names


def reads_named_in(
    code: str, language: str, folder: PurePosixPath, reads: Iterable[str]
) -> list[str]:
    """Return those of the files that a run read that ``code`` itself names: by their paths, those of
    their folders, or patterns.
    """
    names = {
        from_root(text, folder) if not text.startswith("/") else text
        for text in _paths_in(code, language)
    }
    patterns = [name for name in names if _is_pattern(name, language)]
    return [
        read
        for read in reads
        if not names.isdisjoint((read.rstrip("/"), str(PurePosixPath(read).parent)))
        or any(name.startswith("/") and name.endswith(f"/{read}") for name in names)
        or (patterns and glob.globmatch(read, patterns, flags=GLOB))
    ]


def declared_files(root: Path, patterns: Iterable[str]) -> set[str]:
    """Return what `depends:` stands for: paths from the root, of folders with a slash at the end."""
    names: set[str] = set()
    for pattern in patterns:
        if not glob.is_magic(pattern, flags=GLOB):
            is_refused = refusal(root, root / pattern)
            names |= _path(root, pattern) or (set() if is_refused else {pattern})
            continue
        matches = sorted(glob.glob(pattern, root_dir=root, flags=GLOB | glob.NODIR))[:MOST]
        names.update(name for name in matches if not refusal(root, root / name))
        names.update(_folders(root, pattern))
    return names


def named_files(
    root: Path, folder: PurePosixPath, code: str, language: str, seen: frozenset[str] = frozenset()
) -> set[str]:
    """Return what ``code`` names, as :func:`declared_files` does; paths count from the ``folder`` in
    which it runs.
    """
    names: set[str] = set()
    for text in _paths_in(code, language):
        path = Path(root, folder, text)
        if not path.is_relative_to(root):
            continue
        name = from_root(path.relative_to(root).as_posix())
        if name.startswith(".."):
            continue
        names |= declared_files(root, [name]) if _is_pattern(text, language) else _path(root, name)
    for script in sorted(names - seen):
        suffix = PurePosixPath(script).suffix.lower()
        if suffix in _SCRIPTS and is_file(root / script):
            text = readable_text(root / script)
            names |= named_files(root, folder, text, suffix, seen | names)
    return names


def states(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the state of each file or list of files (:func:`~broadsheet.run.reads.state`)."""
    return {name: state(root, name) for name in sorted(names)}


def unchanged(root: Path, before: Mapping[str, str]) -> dict[str, str]:
    """Return those of the states ``before`` a run that are the same now."""
    return {name: was for name, was in before.items() if state(root, name) == was}


def _paths_in(code: str, language: str) -> Iterator[str]:
    """Yield the texts of ``code`` that may be paths."""
    written = [match[1] or match[2] for match in _QUOTED.finditer(code)]
    if language in _WORDS_OF:
        written += _WORD.findall(code)
    for text in dict.fromkeys(written):
        if len(text) <= 1000 and "\0" not in text and "://" not in text and text.strip("./~"):
            yield text


def _is_pattern(text: str, language: str) -> bool:
    return language in _WORDS_OF and glob.is_magic(text, flags=glob.GLOBSTAR)


def _path(root: Path, name: str) -> set[str]:
    """Return a file; a folder and the files in it; nothing for what is neither, or is no part of the
    publication.
    """
    path = root / name
    if refusal(root, path):
        return set()
    if is_file(path):
        return {name}
    if not path.is_dir() or path == root or path.name.startswith("."):
        return set()
    files = sorted(
        f"{name.rstrip('/')}/{entry.name}"
        for entry in os.scandir(path)
        if entry.is_file() and not entry.name.startswith(".")
    )
    return {f"{name.rstrip('/')}/", *files[:MOST]}


def _folders(root: Path, pattern: str) -> Iterator[str]:
    """Yield the folders in which files could match a pattern."""
    parts = PurePosixPath(pattern).parts
    fixed = next(at for at, part in enumerate(parts) if glob.is_magic(part, flags=GLOB))
    depth = len(parts) - fixed if "**" not in pattern else MOST
    base = Path(root, *parts[:fixed])
    for folder, below, _ in os.walk(base):
        below[:] = sorted(name for name in below if not name.startswith((".", "_", "node_modules")))
        relative = Path(folder).relative_to(root).as_posix()
        yield "./" if relative == "." else f"{relative}/"
        if len(Path(folder).relative_to(base).parts) + 1 >= depth:
            below.clear()
