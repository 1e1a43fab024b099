"""Watches the files of a publication and reports those that change."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from watchfiles import Change, watch

from broadsheet.project.project import is_foreign

STEP = 10
"""Milliseconds without a further change after which changes are reported: an editor may write a
file in several steps.
"""
PAUSE = 500
"""Milliseconds after which files of a new folder are reported if nothing else happens."""
_TICK = 0.01
"""The seconds by which the time of a file may lag behind the clock."""
_ENDS = ("~", ".swp", ".swx", ".tmp", ".part", ".crswap")
"""The ends of names of files that editors keep for themselves."""


class Stop(Protocol):
    """An event, such as that of a thread."""

    def is_set(self) -> bool:
        """True if watching is to stop."""
        ...

    def wait(self, timeout: float) -> bool:
        """Wait for the event, at most so many seconds. Return True if it is set."""
        ...


def watch_files(
    root: Path,
    output: Path | None,
    report: Callable[[frozenset[str]], None],
    say: Callable[[str], None],
    stop: Stop,
    *,
    begun: Callable[[], None] = lambda: None,
) -> None:
    """Report the files below ``root`` that change, by their paths from there, until ``stop``.
    Hidden files, the ``output``, other built sites and installed packages are left out. Where the
    system does not report changes, it is asked again and again for the state of each file. Call
    ``begun`` once from when on no change is missed.
    """
    watched, polls, has_begun = set(_folders(root, output)), False, False
    left: float | None = None
    while not stop.is_set():
        folders = set(_folders(root, output))
        added = {file for folder in folders - watched for file in _files(folder)}
        watched = folders
        try:
            for changes in watch(
                *folders,
                watch_filter=_counts,
                step=STEP,
                stop_event=stop,
                recursive=False,
                rust_timeout=PAUSE,
                yield_on_timeout=True,
                force_polling=polls or None,
            ):
                if not has_begun:
                    begun()
                has_begun = True
                looked = time.time()
                names = {Path(name) for _, name in changes} | added
                added = set()  # what was put into a new folder before it was watched
                if left is not None:
                    names |= _written_since(folders, left)
                    left = None
                if names:
                    report(frozenset(name.relative_to(root).as_posix() for name in names))
                if any(name in folders or name.is_dir() for name in names):
                    left = looked
                    break  # a folder is new or gone; until all are watched anew, nobody hears of files
        except FileNotFoundError:
            stop.wait(STEP / 1000)  # a folder that has gone meanwhile
        except (OSError, RuntimeError) as error:  # such as a limit of the system
            if not polls:
                say(
                    f"{error}: Broadsheet looks for changed files itself, a little later than else."
                )
            polls = True
            stop.wait(PAUSE / 1000)


def was_written(file: Path, begun: float, ended: float) -> bool:
    """Return True if a file was written, or taken away, between two times."""
    for path in (file, file.parent):
        with suppress(OSError):
            return begun <= path.stat().st_mtime <= ended
    return False


def _written_since(folders: Iterable[Path], when: float) -> set[Path]:
    """Return the files in some folders that were written after a time, to a tick of the system."""
    return {
        file
        for folder in folders
        for file in _files(folder)
        if _counts(Change.modified, str(file))
        and was_written(file, when - _TICK, float("inf"))
        and file.is_file()
    }


def _files(folder: Path) -> list[Path]:
    with suppress(OSError):  # it has gone meanwhile, or may not be read
        return list(folder.iterdir())
    return []


def _counts(change: Change, name: str) -> bool:
    file = Path(name).name
    return not file.startswith(".") and not file.endswith(_ENDS)


def _folders(root: Path, output: Path | None) -> Iterator[Path]:
    for folder, below, _ in os.walk(root):
        yield Path(folder)
        below[:] = [
            name for name in below if name[0] != "." and not is_foreign(Path(folder, name), output)
        ]
