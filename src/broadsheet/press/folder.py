"""The folder that a new site grows in, beside the old one.

A file of the old site that stays is linked, not copied; so is one that is made again and comes out the same. And the
folder need not be empty at the start: the site before the old one is kept for the new one to begin with. What of it is
still in the old one, the very same file by its inode, needs no link any more, and no folder; the rest of it goes. That
is looked at beside other work.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from broadsheet import environment, schemes
from broadsheet.press.forks import beside


class SiteFolder:
    """The folder ``new`` of a site that follows the one at ``old``; ``standing`` are the files of that, with their
    inodes. Has state: ``names`` are the files that the new site has so far; ``refused`` are the pages from which an
    address was taken out when they were written, with the address.
    """

    def __init__(self, new: Path, old: Path, standing: Mapping[str, int]) -> None:
        self.new, self.old = new, old
        self.names: set[str] = set()
        self.refused: list[tuple[str, schemes.Refused]] = []
        self._standing = standing
        self._begun: set[str] = set()
        self._folders: set[str] = set()
        self._starting = beside(lambda: _start(new, standing))

    def begin(self) -> Self:
        """Wait for what is there at the start to be known: before any file is put, and before a process is forked."""
        self._begun, self._folders = self._starting()
        return self

    def put(self, name: str, content: bytes | Path) -> None:
        """A file into the new site, unless there is one of that name, or ``content`` is no file.

        Whatever made a page, an address of a scheme that is not allowed does not get into the site. Raises
        :class:`SecretError` for a file that holds the value of a secret.
        """
        if environment.searches() and (isinstance(content, bytes) or content.is_file()):
            environment.refuse(content if isinstance(content, bytes) else content.read_bytes(), name, "the file")
        if isinstance(content, bytes) and name.endswith(".html"):
            written = content.decode()
            text, refused = schemes.filtered(written.replace("\x1b", ""))
            content = text.encode() if text != written else content
            self.refused += ((name, one) for one in refused)
        if name in self.names or (self._is_as_it_was(name, content) and self.keep([name])):
            return
        if isinstance(content, bytes):
            Path(self._place(name)).write_bytes(content)
        elif content.is_file():
            shutil.copyfile(content, self._place(name))

    def note(self, names: Iterable[str], refused: Iterable[tuple[str, schemes.Refused]]) -> None:
        """Take note of files that another process has put, and of what it took out of them."""
        self.names.update(names)
        self.refused += refused

    def put_all(self, files: Mapping[str, bytes | Path]) -> None:
        """Files, by their names."""
        for name, content in files.items():
            self.put(name, content)

    def drop(self, names: Iterable[str]) -> None:
        """Take files back."""
        for name in self.names.intersection(names):
            self.names.remove(name)
            self._begun.discard(name)
            (self.new / name).unlink()

    def keep(self, names: Iterable[str]) -> bool:
        """Files of the old site, unless there are newer ones of their names; whether all of them are there."""
        missing = False
        for name in names:
            if name in self.names:
                continue
            if name not in self._standing:
                missing = True
            elif name in self._begun:
                self.names.add(name)
            elif not link(f"{self.old}/{name}", self._place(name)):
                self.names.remove(name)
                missing = True
        return not missing

    def settle(self) -> None:
        """Remove what nobody has asked for."""
        for name in self._begun - self.names:
            (self.new / name).unlink()
        asked = {""}
        for name in self.names:
            while (name := name.rpartition("/")[0]) not in asked:
                asked.add(name)
        for folder in sorted(self._folders - asked, reverse=True):
            (self.new / folder).rmdir()

    def _is_as_it_was(self, name: str, content: bytes | Path) -> bool:
        """Whether the old site has a file of that name and ``content``."""
        if name not in self._standing:
            return False
        old = self.old / name
        try:
            if isinstance(content, Path):
                return filecmp.cmp(content, old, shallow=False)
            return old.stat().st_size == len(content) and old.read_bytes() == content
        except FileNotFoundError:
            return False

    def _place(self, name: str) -> str:
        """Where a file goes: nothing is there, but the folder for it is."""
        self.names.add(name)
        if name in self._begun:
            self._begun.remove(name)
            (self.new / name).unlink()
        elif name in self._folders:
            self._clear(name)
        self._make(name.rpartition("/")[0])
        return f"{self.new}/{name}"

    def _make(self, folder: str) -> None:
        if folder in self._folders:
            return
        self._make(folder.rpartition("/")[0])
        if folder in self._begun:
            self._begun.remove(folder)
            (self.new / folder).unlink()
        (self.new / folder).mkdir(exist_ok=True)
        self._folders.add(folder)

    def _clear(self, folder: str) -> None:
        shutil.rmtree(self.new / folder)
        self._begun = {name for name in self._begun if not name.startswith(f"{folder}/")}
        self._folders = {name for name in self._folders if name != folder and not name.startswith(f"{folder}/")}


def _start(new: Path, standing: Mapping[str, int]) -> tuple[set[str], set[str]]:
    """Leave of what is in a folder at the start what the old site has too: these files, and all folders."""
    begun, folders, unseen = set[str](), {""}, [""]
    while unseen:
        files, below = listed(new, unseen.pop())
        for name, inode in files:
            if standing.get(name) == inode:
                begun.add(name)
            else:
                (new / name).unlink()
        folders.update(below)
        unseen += below
    return begun, folders


def files_in(root: Path) -> dict[str, int]:
    """The files below a folder with their inodes; none where there is no folder."""
    found: dict[str, int] = {}
    folders = [""] if root.is_dir() else []
    while folders:
        files, below = listed(root, folders.pop())
        found.update(files)
        folders += below
    return found


def listed(root: Path, folder: str) -> tuple[list[tuple[str, int]], list[str]]:
    """The files in ``folder``, each with its inode, and the folders in it; all by their paths from ``root``."""
    files, folders = [], []
    with os.scandir(f"{root}/{folder}") as entries:
        for entry in entries:
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append(name)
            else:
                files.append((name, entry.inode()))
    return files, folders


def link(old: str, new: str) -> bool:
    """Have a file also at ``new``. Whether it could be done: somebody may have taken it away meanwhile."""
    try:
        os.link(old, new)
    except FileNotFoundError:
        return False
    except OSError:  # another file system, or one without links
        shutil.copyfile(old, new)
    return True
