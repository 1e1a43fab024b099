"""The files of the publication that are sent with a run to another machine.

What a run reads is known only after it has run. So these are sent: the files that its last run
read; files that its code names, by the file's name (`open("../../geo/shapes.json")`, or a comment)
or, in quotes, by the name without its suffix (`bs.table("trade")`); and, up to :data:`LIMIT` bytes
each, all of `data/`, the article's own folder, the files at the root, and every Python module.
Notebooks are sent only if they are named.

A :class:`JobFiles` lists *all* files of the publication, with a digest for those that are sent and
none for the others. In place of the others a worker creates broken links
(:mod:`broadsheet.run.dask_worker`), so that a listing of a folder is the same as here and opening
such a file fails. Hidden files, the site, and installed packages are not listed.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from broadsheet.data.versions.partial_reads import files_behind
from broadsheet.data.vintages import FOLDER as VINTAGES
from broadsheet.errors import ExecutionError, Place
from broadsheet.project.project import Project
from broadsheet.run.reads import digest
from broadsheet.storage.files import refusal
from broadsheet.storage.private_paths import private_name

if TYPE_CHECKING:
    from broadsheet.run.job import Job

LIMIT = 10 * 2**20
"""The size in bytes up to which a file is sent without being named."""

_PACKAGES = ("__pycache__", "node_modules", "site-packages", "env", "venv")


@dataclass(frozen=True)
class JobFiles:
    """The files of the publication, as a job is sent with them."""

    files: Mapping[str, str]
    """The SHA-256 of each file by its path from the root; "" for a file that is not sent."""
    text: bytes
    """The same as JSON."""
    digest: str
    """The SHA-256 of the text."""

    @property
    def digests(self) -> set[str]:
        """The digests of all that a worker must hold to put the files up: their contents and this
        list.
        """
        return {self.digest, *self.files.values()} - {""}


class Manifests:
    """The manifests of one build. Has state: the list of files, and their digests."""

    def __init__(self, project: Project) -> None:
        self._root = project.root
        self._sizes = dict(_files(project))
        self._digests: dict[str, str] = {}
        self._texts: dict[str, bytes] = {}
        self._paths: dict[str, str] = {}
        self._of = functools.lru_cache(maxsize=64)(self._made)
        self._named = functools.lru_cache(maxsize=64)(
            self._named_in
        )  # editions of an article have one script

    def code(self) -> Iterator[str]:
        """Return the text of each notebook and Python module."""
        return (
            (self._root / name).read_text(encoding="utf-8", errors="replace")
            for name in self._sizes
            if name.endswith((".ipynb", ".py"))
        )

    def of(self, job: Job) -> JobFiles:
        """Return the manifest for ``job``."""
        last_read = {file for read in job.last_read for file in files_behind(read)}
        named = self._named(job.script) | (last_read & self._sizes.keys())
        return self._of(job.folder.relative_to(self._root).as_posix(), named)

    def content(self, digest: str, job: Job) -> bytes:
        """Return the bytes with this digest. Raises :class:`ExecutionError` if the file has changed
        since it was listed.
        """
        if digest in self._texts:
            return self._texts[digest]
        name = self._paths[digest]
        content = (self._root / name).read_bytes() if (self._root / name).is_file() else b""
        if hashlib.sha256(content).hexdigest() != digest:
            raise ExecutionError(
                Place(job.file), f"{name} has changed while the build was at work", "Build again."
            )
        return content

    def _named_in(self, script: str) -> frozenset[str]:
        return frozenset(name for name in self._sizes if _is_named(name, script))

    def _made(self, folder: str, named: frozenset[str]) -> JobFiles:
        files = {
            name: self._digest(name) if name in named or _goes_along(name, size, folder) else ""
            for name, size in self._sizes.items()
        }
        text = json.dumps(files).encode()
        manifest = JobFiles(files, text, hashlib.sha256(text).hexdigest())
        self._texts[manifest.digest] = text
        return manifest

    def _digest(self, name: str) -> str:
        if name not in self._digests:
            sha256 = digest(self._root / name)
            self._digests[name], self._paths[sha256] = sha256, name
        return self._digests[name]


def _is_named(name: str, code: str) -> bool:
    path = PurePosixPath(name)
    stem = path.parent.name if path.is_relative_to(VINTAGES) else path.stem  # that of the table
    return (
        path.name in code or f"'{stem}'" in code or f'\\"{stem}\\"' in code
    )  # the code stands in JSON


def _goes_along(name: str, size: int, folder: str) -> bool:
    path = PurePosixPath(name)
    near = (
        path.suffix == ".py"
        or len(path.parts) == 1
        or path.is_relative_to("data")
        or path.is_relative_to(folder)
    )
    return near and size <= LIMIT and path.suffix != ".ipynb"


def _files(project: Project) -> Iterator[tuple[str, int]]:
    seen = {project.root.resolve(), project.output.resolve()}
    for folder, below, names in os.walk(project.root, followlinks=True):
        below[:] = sorted(
            name
            for name in below
            if not name.startswith(".")
            and not private_name(name)
            and name not in _PACKAGES
            and Path(folder, name).resolve() not in seen
        )
        seen.update(Path(folder, name).resolve() for name in below)
        for name in sorted(names):
            path = Path(folder, name)
            is_sent = not name.startswith(".") and not private_name(name) and path.is_file()
            if is_sent and not refusal(project.root, path):
                yield path.relative_to(project.root).as_posix(), path.stat().st_size
