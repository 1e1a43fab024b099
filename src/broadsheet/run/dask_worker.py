"""The code that runs in a Dask worker: it puts the publication's files into a folder of its own,
and runs a job there.

Contents are stored under their digests in `broadsheet/contents` of the worker's own folder, so that
each is sent once. The publication is in `broadsheet/publication`, and is corrected before each run:
missing or altered files are copied anew, files that do not belong there are removed. A file that
was not sent has a link in its place that leads nowhere. Dask removes the worker's folder when the
worker ends.

State of the process: :data:`_turn`, since papermill changes the working directory;
:data:`_installed_files`, the files that were put there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import distributed
import nbformat

from broadsheet.errors import BroadsheetError, ExecutionError, Place
from broadsheet.run.library_versions import version_of, versions
from broadsheet.run.notebook_to_run import reads_of
from broadsheet.storage import store

if TYPE_CHECKING:
    from broadsheet.run.job import Job

_SIGN = Path("/nowhere/this file did not go along to the worker")
_turn = threading.Lock()
_installed_files: dict[Path, tuple[str, tuple[int, ...]]] = {}


@dataclass(frozen=True)
class Introduction:
    """A worker's description of itself."""

    versions: Mapping[str, str]
    """The versions that can change a result."""
    holds: frozenset[str] = frozenset()
    """The digests of the contents that the worker holds."""

    @classmethod
    def of_this_process(cls, libraries: Collection[str] = ()) -> Introduction:
        """Return the versions here, and those of ``libraries``; Dask's too, since it carries the
        rest.
        """
        return cls({name: version_of(name) for name in ("distributed", *libraries)} | versions())


@dataclass(frozen=True)
class JobAnswer:
    """The result of a job."""

    ran: str = ""
    """The notebook that ran, as JSON."""
    error: BroadsheetError | None = None
    """The error of a job that failed."""
    partial: str = ""
    """The notebook as far as it ran, if the job failed."""


def introduced(libraries: Collection[str], dask_worker: distributed.Worker) -> Introduction:
    """Return the introduction of this process, with the versions of these ``libraries``."""
    return replace(
        Introduction.of_this_process(libraries),
        holds=frozenset(_Contents(_folder(dask_worker)).held()),
    )


def work(
    run: Callable[[Job], str], job: Job, manifest: str, sent: Mapping[str, bytes]
) -> JobAnswer | None:
    """Do ``job`` with the files of the manifest with that digest; ``sent`` are contents that the
    worker does not have yet. Messages name the publication's root in place of the folder here. None
    if the worker does not hold all the contents that it should.
    """
    with _turn:
        folder = _folder(distributed.get_worker())
        root, contents = folder / "publication", _Contents(folder)
        contents.keep(sent)
        if manifest not in contents.held():
            return None
        files: dict[str, str] = json.loads(contents.path(manifest).read_bytes())
        if not set(files.values()) - {""} <= contents.held():
            return None
        _put_up(root, files, contents)
        here = replace(
            job,
            root=root,
            folder=root / job.folder.relative_to(job.root),
            partial=root / job.partial.relative_to(job.root),
        )
        here.folder.mkdir(parents=True, exist_ok=True)
        try:
            ran = run(here)
            _refuse_absent(job, ran, files)
        except BroadsheetError as error:
            partial = here.partial.read_text(encoding="utf-8") if here.partial.is_file() else ""
            _explain(error, [name for name, digest in files.items() if not digest])
            _translate_paths(error, root, job.root)
            return JobAnswer(error=error, partial=_moved(partial, root, job.root))
        return JobAnswer(_moved(ran, root, job.root))


def _folder(worker: distributed.Worker) -> Path:
    return Path(worker.local_directory).resolve() / "broadsheet"


class _Contents:
    """Files' bytes under their digests, on this worker's disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "contents"
        self._folder.mkdir(parents=True, exist_ok=True)

    def held(self) -> set[str]:
        return {path.name for path in self._folder.iterdir()}

    def path(self, digest: str) -> Path:
        return self._folder / digest

    def keep(self, sent: Mapping[str, bytes]) -> None:
        for digest, content in sent.items():
            assert hashlib.sha256(content).hexdigest() == digest, (
                "contents are named by their digest"
            )
            store.write_file(self.path(digest), content)


def _put_up(root: Path, files: Mapping[str, str], contents: _Contents) -> None:
    """Make the files under ``root`` those of the manifest."""
    digests = {root / name: digest for name, digest in files.items()}
    for folder, below, names in os.walk(root, topdown=False):
        for path in (Path(folder, name) for name in (*names, *below)):
            if path not in digests and (path.is_symlink() or not path.is_dir()):
                path.unlink()
            elif path not in digests and not any(path.iterdir()):
                path.rmdir()
    for path, digest in digests.items():
        installed = _installed_files.get(path)
        if installed is None or installed != (digest, _signature(path)):
            _place(path, contents.path(digest) if digest else _SIGN)
            _installed_files[path] = (digest, _signature(path))


def _place(path: Path, content: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    if content == _SIGN:
        path.symlink_to(content)
    else:
        shutil.copyfile(content, path)


def _signature(path: Path) -> tuple[int, ...]:
    try:
        stat = path.lstat()
    except OSError:
        return ()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def _refuse_absent(job: Job, ran: str, files: Mapping[str, str]) -> None:
    """Refuse a run that opened a file that was not sent. A notebook may catch the error and go on
    without the file; its result would be another one here.
    """
    for name, digest in reads_of(nbformat.from_dict(json.loads(ran))).items():
        if not digest and files.get(name) == "":
            raise ExecutionError(Place(job.file), f"it looks for {name}", "")


def _explain(error: BroadsheetError, absent: list[str]) -> None:
    """Add what to do if ``error`` comes from a file that was not sent."""
    missed = next((name for name in absent if Path(name).name in error.what), None)
    if missed is not None:
        error.mend = (
            f"{missed} did not go along to the worker. Name it in a code cell of the article, a comment will "
            f"do (`# {missed}`), or build the article once without --scheduler. {error.mend}"
        ).strip()


def _translate_paths(error: BroadsheetError, here: Path, origin: Path) -> None:
    for name, value in vars(error).items():
        if isinstance(value, str):
            setattr(error, name, _moved(value, here, origin))


def _moved(text: str, old: Path, new: Path) -> str:
    escaped = json.dumps(str(old))[1:-1], json.dumps(str(new))[1:-1]
    return text.replace(str(old), str(new)).replace(*escaped)
