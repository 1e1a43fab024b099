"""The versions of a file in the history of a git repository, read by `git` itself.

A repository may be somebody else's, so nothing in it is run (:mod:`broadsheet.processes.git`), no
program for differences or texts either. Only objects are read, by their ids. The number of commits
(`history-commits`), the size of a file and the time are bounded.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from broadsheet.data.descriptor import Resource
from broadsheet.errors import DataError
from broadsheet.processes.git import GitError, command, ended_in, environment, run_git
from broadsheet.storage.limits import TABLE, wall
from plotly_alive.errors import enumerated, shown

_HEAD = re.compile(r"(?P<commit>[0-9a-f]+) (?P<day>\d{4}-\d\d-\d\d)\0", re.ASCII)
_CHANGE = re.compile(r":\d+ (?P<mode>\d+) [0-9a-f]+ (?P<blob>[0-9a-f]+) [A-Z]\d*\0")
_FILE = "100"
"""The beginning of the mode of a plain file; links and submodules have another."""
_RECENT = 20
"""The commits in which :func:`committed` looks for a version."""
_LISTED = 10


@dataclass(frozen=True)
class Committed:
    """A version of a file in a history."""

    commit: str
    """The id of the commit."""
    day: date
    """The day on which its author wrote it."""
    blob: str
    """The id of the content; empty if the commit has no plain file there."""


@dataclass(frozen=True)
class Repository:
    """A git repository on this machine."""

    folder: Path
    """A folder in its working tree, or the repository itself."""

    def history(self, path: str, most: int | None = None) -> list[Committed]:
        """Return the versions of the file at a path from the top, which may have had others before,
        newest first. Raises :class:`DataError`.
        """
        up = self._run("rev-parse", "--show-cdup").decode(errors="replace").strip()
        most = int(TABLE["history-commits"].value) if most is None else most
        text = self._run(
            *("log", "--follow", "--raw", "--no-abbrev", "-z", f"--max-count={most}"),
            *("--format=%x01%H %as", "--no-ext-diff", "--no-textconv", "HEAD", "--", f"{up}{path}"),
        ).decode(errors="replace")
        return [version for part in text.split("\x01")[1:] for version in _committed(part)]

    def contents(self, blobs: Iterable[str]) -> Iterator[bytes | None]:
        """Yield the bytes of each blob; None for one that is not there or is damaged, or is larger
        than a table may be. Raises :class:`DataError` if one takes too long.
        """
        words = command(self.folder, "cat-file", "--batch")
        pipe, null = subprocess.PIPE, subprocess.DEVNULL
        left = iter(blobs)
        for first in left:
            with subprocess.Popen(
                words, stdin=pipe, stdout=pipe, stderr=null, env=environment()
            ) as process:
                assert process.stdin is not None
                try:
                    for blob in chain([first], left):
                        yield self._content(process, blob)
                        if process.returncode is not None:  # it has ended at a damaged blob
                            break
                finally:
                    process.kill()
                    with suppress(BrokenPipeError):
                        process.stdin.close()

    def _content(self, process: subprocess.Popen[bytes], blob: str) -> bytes | None:
        """Return the bytes of a blob that `git cat-file --batch` prints."""
        assert process.stdin is not None
        assert process.stdout is not None
        most = int(TABLE["table-size"].value)
        with ended_in(process, wall(TABLE["work-time"].value)), suppress(BrokenPipeError):
            process.stdin.write(f"{blob}\n".encode())
            process.stdin.flush()
            head = process.stdout.readline()
            _, _, kind = head.partition(b" ")
            if head and not kind.startswith(b"blob "):
                return None
            size = int(kind[5:] or 0)
            content = process.stdout.read(min(size, most))
            for at in range(most, size, 2**20):
                process.stdout.read(min(2**20, size - at))
            if head and process.stdout.read(1):
                return content if size <= most else None
        if process.wait() > 0:
            return None
        raise DataError(
            str(self.folder),
            "`git cat-file` did not end in time",
            "See what is wrong with the repository: git fsck.",
        )

    def tables(self) -> list[str]:
        """Return the paths of the CSV files of the newest commit."""
        listed = self._run("ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD")
        names = listed.decode(errors="replace").split("\0")
        return [name for name in names if name.lower().endswith(".csv")]

    def inner(self, file: Path) -> str | None:
        """Return the path from the top of the working tree to a file; None if it is not in it."""
        try:
            top = self._run("rev-parse", "--show-toplevel").decode(errors="replace").strip()
        except DataError:  # it has no working tree
            return None
        path, folder = file.resolve(), Path(top).resolve()
        is_inside = bool(top) and path.is_relative_to(folder)
        return path.relative_to(folder).as_posix() if is_inside else None

    def _run(self, *words: str) -> bytes:
        try:
            return run_git(self.folder, *words, seconds=wall(TABLE["work-time"].value))
        except GitError as error:
            said = error.said.splitlines()
            what = f"{error.what}: {shown(said[-1], 200)}" if said else error.what
            mend = "Give the folder of a git repository that has commits, and is sound: git fsck."
            if error.is_missing:
                mend = "Install git, which reads its histories."
            elif error.is_late:
                mend = "Give a lower `broadsheet: limits: history-commits` in _quarto.yml."
            elif error.is_of_trust:
                what = f"{error.what}: {shown(said[0], 200)}"
                mend = f"If you trust its owner, run what git says: {shown(said[-1].strip(), 300)}"
            raise DataError(str(self.folder), what, mend) from None


def repository_of(text: str, file: Path, name: str) -> tuple[Repository, str]:
    """Return a repository, and the path in it, of `REPOSITORY` or `REPOSITORY:PATH`. Without a path
    it is the table's own ``file``, if that is in the repository; else the CSV file with its
    ``name``, or the only one. Raises :class:`DataError`.
    """
    ends = [len(text), *(number for number, sign in enumerate(text) if sign == ":")]
    end = next((end for end in ends if text[:end] and Path(text[:end]).is_dir()), None)
    if end is None:
        raise DataError(
            text,
            "there is no such folder",
            "Give the folder of a git repository; one that is elsewhere is cloned first: "
            "git clone ADDRESS.",
        )
    folder, path = text[:end], text[end + 1 :]
    repository = Repository(Path(folder).absolute())
    path = path or repository.inner(file) or ""
    if path:
        return repository, path
    tables = repository.tables()
    named = [table for table in tables if Path(table).stem.lower() == name]
    for fitting in (named, tables):
        if len(fitting) == 1:
            return repository, fitting[0]
    raise DataError(
        text,
        f"the repository has {len(tables):,} CSV files: {enumerated(tables, _LISTED)}"
        if tables
        else "the repository has no CSV file",
        f"Say which: {folder}:PATH.",
    )


def committed(root: Path, resource: Resource) -> bytes | None:
    """Return the file of a table as its entry has it, from the last commits of the publication's own
    repository; None if it is not there.
    """
    digest = (resource.hash or "").removeprefix("sha256:")
    if not digest or not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return None
    repository = Repository(root)
    try:
        path = repository.inner(root / resource.file)
        history = repository.history(path, _RECENT) if path else []
        contents = repository.contents(version.blob for version in history if version.blob)
        return next(
            (data for data in contents if data and hashlib.sha256(data).hexdigest() == digest), None
        )
    except DataError:
        return None


def _committed(part: str) -> Iterator[Committed]:
    """Yield the version in the part of a log that is about one commit."""
    head, change = _HEAD.match(part), _CHANGE.search(part)
    if head is None or change is None:
        return
    blob = change["blob"] if change["mode"].startswith(_FILE) else ""
    with suppress(ValueError):  # no day
        yield Committed(head["commit"], date.fromisoformat(head["day"]), blob)
