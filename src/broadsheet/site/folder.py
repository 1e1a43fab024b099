"""The folder that a new site grows in, beside the old one.

A file of the old site that stays is linked, not copied; so is one that is made again and comes out
the same. And the folder need not be empty at the start: the site before the old one is kept for the
new one to begin with. What of it is still in the old one, the very same file by its inode, needs no
link any more, and no folder; the rest of it goes. That is looked at beside other work.

At the end, :meth:`SiteFolder.settle` makes the folder exact. Files that nobody asked for go, such
as what a process that died has left. What is in the old site and no build wrote comes along, at its
place.
"""

from __future__ import annotations

import errno
import filecmp
import os
import shutil
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from typing import Self

from broadsheet import environment, limits, schemes
from broadsheet.errors import UsageError
from broadsheet.site.output import MARKER, Contents, folders_of
from broadsheet.site.workers import beside


class SiteFolder:
    """The folder ``new`` of a site that follows the one at ``old``, in which is what ``standing``
    says. Has state: ``names`` are the files that the new site has so far, ``record`` is its record
    (:mod:`.record`); ``refused`` are the pages from which an address was taken out when they were
    written, with the address.
    """

    def __init__(self, new: Path, old: Path, standing: Contents) -> None:
        self.new, self.old = new, old
        self.names: set[str] = set()
        self.record = b""
        self.refused: list[tuple[str, schemes.Refused]] = []
        self._standing = standing.built
        self._begun: set[str] = set()
        self._folders: set[str] = set()
        self._starting = beside(lambda: _start(new, {**standing.built, **standing.foreign}))

    def begin(self) -> Self:
        """Wait for what is there at the start to be known: before any file is put, and before a
        process is forked.
        """
        self._begun, self._folders = self._starting.result()
        return self

    def put(self, name: str, content: bytes | Path) -> None:
        """A file into the new site, unless there is one of that name, or ``content`` is no file.

        Whatever made a page, an address of a scheme that is not allowed does not get into the site.
        Raises :class:`SecretError` for a file that holds the value of a secret.
        """
        if environment.searches() and (isinstance(content, bytes) or content.is_file()):
            environment.refuse(
                content if isinstance(content, bytes) else content.read_bytes(), name, "the file"
            )
        if isinstance(content, bytes) and name.endswith(".html"):
            written = content.decode()
            text, refused = schemes.filtered(written.replace("\x1b", ""))
            content = text.encode() if text != written else content
            self.refused += ((name, one) for one in refused)
        if name in self.names or (self._is_as_it_was(name, content) and self.keep([name])):
            return
        if isinstance(content, Path) and not content.is_file():
            return
        if isinstance(content, Path):
            limits.check(limits.IMAGE, content.stat().st_size, name, name, "Make it smaller.")
        place = self._place(name)
        try:
            if isinstance(content, bytes):
                Path(place).write_bytes(content)
            else:
                shutil.copyfile(content, place)
        except BaseException:
            self.names.discard(name)  # what there is of it goes in `settle`
            raise

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
            with suppress(OSError):  # it may have failed to be put
                (self.new / name).unlink()

    def back_to(self, names: AbstractSet[str]) -> None:
        """Take back all files but ``names``, and what other processes have put here without
        telling: those that failed half-way.
        """
        self.drop(self.names - names)
        unseen, begun = [""], set[str]()
        while unseen:
            files, below = listed(self.new, unseen.pop())
            self._folders.update(below)
            unseen += below
            for name, inode in files:
                if name in self._begun and self._standing.get(name) == inode:
                    begun.add(name)
                elif name not in self.names and name != MARKER:
                    (self.new / name).unlink()
        self._begun = begun

    def keep(self, names: Iterable[str]) -> bool:
        """Files of the old site, unless there are newer ones of their names; whether all of them
        are there.
        """
        missing = False
        for name in names:
            if name in self.names:
                continue
            if name not in self._standing:
                missing = True
            elif name in self._begun and self._is_the_very_same(name):
                self.names.add(name)
            elif not link(f"{self.old}/{name}", self._place(name)):
                self.names.remove(name)
                missing = True
        return not missing

    def keep_page(self, path: str) -> None:
        """Keep an old page that no record knows, and the files that go with it by their names."""
        if path in self._standing:
            stem = (
                path.removesuffix("index.html")
                if path.endswith("/index.html")
                else path.removesuffix(".html") + "/"
            )
            own = (f"{path.removesuffix('.html')}_files/", f"{stem}figures/", "site_libs/")
            self.keep(
                name
                for name in self._standing
                if name in (path, path.removesuffix("html") + "md") or name.startswith(own)
            )

    def settle(self, standing: Contents) -> None:
        """Leave what was asked for, and what is foreign in the old site, in which is now what
        ``standing`` says.

        Raises :class:`UsageError` where both want one place.
        """
        self._refuse_conflicts(standing)
        needed = (
            folders_of(self.names)
            | folders_of(standing.foreign)
            | folders_of(f"{name}/" for name in standing.folders)
        )
        unseen, there, folders = [""], set[str](), list[str]()
        while unseen:
            files, below = listed(self.new, unseen.pop())
            for name, inode in files:
                if name in self.names or standing.foreign.get(name) == inode:
                    there.add(name)
                elif name != MARKER:
                    (self.new / name).unlink()
            folders += below
            unseen += below
        for folder in sorted(set(folders) - needed, reverse=True):
            (self.new / folder).rmdir()
        self.names &= there
        for folder in sorted(needed.difference(folders, {""})):
            (self.new / folder).mkdir()
            if folder in standing.folders:
                shutil.copystat(self.old / folder, self.new / folder)
        for name in sorted(standing.foreign.keys() - there):
            _carry(self.old / name, self.new / name)

    def _refuse_conflicts(self, standing: Contents) -> None:
        around = folders_of(self.names)
        for name in sorted([*standing.foreign, *standing.folders]):
            above = name
            while above and above not in self.names:
                above = above.rpartition("/")[0]
            if above or (name in around and name in standing.foreign):
                raise UsageError(
                    str(self.old / name),
                    "no build wrote this, and the new site has a file "
                    f"`{above or next(one for one in sorted(self.names) if one.startswith(f'{name}/'))}`",
                    "Move it out of the output, and build again. Nothing has been changed.",
                )

    def _is_the_very_same(self, name: str) -> bool:
        """Whether a file is still that of the old site: a process that died may have put another in
        its place.
        """
        with suppress(FileNotFoundError):
            return os.lstat(f"{self.new}/{name}").st_ino == self._standing[name]
        return False

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
        self._begun.discard(name)
        if name in self._folders:
            self._clear(name)
        self._make(name.rpartition("/")[0])
        place = f"{self.new}/{name}"
        with suppress(FileNotFoundError):
            os.unlink(place)  # noqa: PTH108 - never written through: it may be a link to a file of the old site
        return place

    def _make(self, folder: str) -> None:
        if folder in self._folders:
            return
        self._make(folder.rpartition("/")[0])
        if folder in self._begun:
            self._begun.remove(folder)
            (self.new / folder).unlink(missing_ok=True)
        (self.new / folder).mkdir(exist_ok=True)
        self._folders.add(folder)

    def _clear(self, folder: str) -> None:
        shutil.rmtree(self.new / folder)
        self._begun = {name for name in self._begun if not name.startswith(f"{folder}/")}
        self._folders = {
            name for name in self._folders if name != folder and not name.startswith(f"{folder}/")
        }


def _start(new: Path, standing: Mapping[str, int]) -> tuple[set[str], set[str]]:
    """Leave of what is in a folder at the start what the old site has too: these files, and all
    folders.
    """
    begun, folders, unseen = set[str](), {""}, [""]
    while unseen:
        files, below = listed(new, unseen.pop())
        for name, inode in files:
            if standing.get(name) == inode and name != MARKER:
                begun.add(name)
            elif name != MARKER:  # which tells of each folder of ours that it is one
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
    """The files in ``folder``, each with its inode, and the folders in it; all by their paths from
    ``root``.
    """
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
    """Have a file also at ``new``. Whether it could be done: somebody may have taken it away
    meanwhile.
    """
    try:
        os.link(old, new)
    except FileNotFoundError:
        return False
    except OSError:  # another file system, or one without links
        shutil.copyfile(old, new)
    return True


def _carry(old: Path, new: Path) -> None:
    """Have a file that no build wrote also at ``new``: the very same, or a copy where there are no
    links.
    """
    try:
        os.link(old, new, follow_symlinks=False)
    except FileNotFoundError:
        return  # taken away meanwhile
    except OSError as error:
        if error.errno in (errno.EXDEV, errno.EEXIST):
            what = (
                "is on a file system that is mounted in the output"
                if error.errno == errno.EXDEV
                else "differs only in letter case from a file of the new site"
            )
            raise UsageError(
                str(old),
                f"no build wrote this, and it {what}",
                "Move it out of the output, and build again. Nothing has been changed.",
            ) from error
        if old.is_symlink():
            new.symlink_to(old.readlink())
        elif old.is_file():
            shutil.copy2(old, new)
        else:
            raise
