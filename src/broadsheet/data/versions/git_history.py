"""The versions of a file in the history of a git repository, read by `git` itself.

A repository may be somebody else's, so nothing in it is run: no hook, no monitor of files, no
program for signatures, differences or texts, no fetch of what it lacks. Only objects are read, by
their ids. The number of commits (`history-commits`), the size of a file and the time are bounded.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from broadsheet.data.descriptor import Resource
from broadsheet.errors import DataError
from broadsheet.storage.limits import TABLE, wall
from plotly_alive.errors import enumerated, shown

_SAFE = (
    "--no-pager",
    "--literal-pathspecs",
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "log.showSignature=false"),
    *("-c", "protocol.allow=never"),
)
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}
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
        """Yield the bytes of each blob; None for one that is not there, or larger than a table may
        be.
        """
        most = int(TABLE["table-size"].value)
        command = ["git", "-C", str(self.folder), *_SAFE, "cat-file", "--batch"]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            for blob in blobs:
                process.stdin.write(f"{blob}\n".encode())
                process.stdin.flush()
                _, _, kind = process.stdout.readline().partition(b" ")
                if not kind.startswith(b"blob "):
                    yield None
                    continue
                size = int(kind[5:])
                content = process.stdout.read(min(size, most))
                for at in range(most, size, 2**20):
                    process.stdout.read(min(2**20, size - at))
                process.stdout.read(1)
                yield content if size <= most else None

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
            done = subprocess.run(
                ["git", "-C", str(self.folder), *_SAFE, *words],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env=_environment(),
                timeout=wall(TABLE["work-time"].value),
                check=False,
            )
        except FileNotFoundError:
            raise DataError(
                str(self.folder), "git is not installed", "Install git, which reads its histories."
            ) from None
        except subprocess.TimeoutExpired:
            raise DataError(
                str(self.folder),
                f"`git {words[0]}` did not end in time",
                "Give a lower `broadsheet: limits: history-commits` in _quarto.yml.",
            ) from None
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise DataError(
                str(self.folder),
                f"`git {words[0]}` says: {shown(said[-1] if said else '', 200)}",
                "Give the folder of a git repository that has commits.",
            )
        return done.stdout


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
    except DataError:
        return None
    contents = repository.contents(version.blob for version in history if version.blob)
    return next(
        (data for data in contents if data and hashlib.sha256(data).hexdigest() == digest), None
    )


def _committed(part: str) -> Iterator[Committed]:
    """Yield the version in the part of a log that is about one commit."""
    head, change = _HEAD.match(part), _CHANGE.search(part)
    if head is None or change is None:
        return
    blob = change["blob"] if change["mode"].startswith(_FILE) else ""
    with suppress(ValueError):  # no day
        yield Committed(head["commit"], date.fromisoformat(head["day"]), blob)


def _environment() -> dict[str, str]:
    """Return the environment for git, without settings that lead to another repository."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_")
    } | _ENVIRONMENT
