"""The folder of a new site, beside the old one.

A file of the old site that stays is linked, not copied; so is one that is made again and comes out
the same. The folder need not be empty at the start: it begins as the site before the old one. Files
there that are still in the old site (the same inode) need no new link; the others are removed.

At the end, :meth:`SiteFolder.settle` makes the folder exact. It removes files that nobody asked
for, such as those of a process that died, and carries over what is in the old site and was not
written by a build.
"""

from __future__ import annotations

import errno
import filecmp
import os
import shutil
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Self

from broadsheet.errors import UsageError
from broadsheet.processes import secret_values
from broadsheet.site.output.output_folder import MARKER, Contents, folders_of, walked
from broadsheet.storage import limits
from broadsheet.text import url_schemes


class SiteFolder:
    """The folder ``new`` of a site that follows the one at ``old``, in which are these
    ``contents``. Has state: ``names`` are the files that the new site has so far, ``record`` is its
    record (:mod:`broadsheet.site.index.build_record`); ``refused`` are the pages from which an
    address was removed when they were written, with the address.
    """

    def __init__(self, new: Path, old: Path, contents: Contents) -> None:
        self.new, self.old = new, old
        self.names: set[str] = set()
        self.record = b""
        self.refused: list[tuple[str, url_schemes.Refused]] = []
        self._contents, self._built = contents, contents.built
        self._begun: set[str] = set()
        self._folders: set[str] = set()

    def begin(self) -> Self:
        """Keep only those files that the old site has too. Call it before any :meth:`put`."""
        files, self._folders = walked(self.new)
        old = {**self._contents.built, **self._contents.foreign}
        for name, entry in files.items():
            if name == MARKER:  # which tells of each folder of ours that it is one
                continue
            if old.get(name) == entry.inode():
                self._begun.add(name)
            else:
                (self.new / name).unlink()
        self._folders.add("")
        return self

    def put(self, name: str, content: bytes | Path) -> None:
        """Put a file into the new site, unless there is one of that name, or ``content`` is no
        file.

        Addresses of a scheme that is not allowed are removed from each page. Raises
        :class:`SecretError` for a file that holds the value of a secret.
        """
        if secret_values.searches() and (isinstance(content, bytes) or content.is_file()):
            secret_values.refuse(
                content if isinstance(content, bytes) else content.read_bytes(), name, "the file"
            )
        if isinstance(content, bytes) and name.endswith(".html"):
            written = content.decode()
            text, refused = url_schemes.filtered(written.replace("\x1b", ""))
            content = text.encode() if text != written else content
            self.refused += ((name, one) for one in refused)
        if name in self.names:
            return
        if self._is_as_it_was(name, content):
            self._begun.discard(
                name
            )  # linked anew: `note` may take it out of what `settle` looks at
            if self.keep([name]):
                return
        if isinstance(content, Path) and not content.is_file():
            return
        if isinstance(content, Path):
            limits.check(
                limits.TABLE["image-size"], content.stat().st_size, name, name, "Make it smaller."
            )
        place = self._place(name)
        try:
            if isinstance(content, bytes):
                Path(place).write_bytes(content)
            else:
                shutil.copyfile(content, place)
        except BaseException:
            self.names.discard(name)  # what there is of it goes in `settle`
            raise

    def has_room(self, name: str) -> bool:
        """True if the new site has no file of this name yet, and none where a folder of it would be."""
        above = map(str, PurePosixPath(name).parents)
        return name not in self.names and self.names.isdisjoint(above)

    def note(
        self, names: Iterable[str], refused: Iterable[tuple[str, url_schemes.Refused]] = ()
    ) -> None:
        """Note files that another process has put, and the addresses that it removed from them."""
        put = set(names)
        self.names |= put
        self._begun -= put
        self.refused += refused

    def put_all(self, files: Mapping[str, bytes | Path]) -> None:
        """Put files, by name."""
        for name, content in files.items():
            self.put(name, content)

    def drop(self, names: Iterable[str]) -> None:
        """Remove files from the new site."""
        for name in self.names.intersection(names):
            self.names.remove(name)
            self._begun.discard(name)
            with suppress(OSError):  # it may have failed to be put
                (self.new / name).unlink()

    def back_to(self, names: AbstractSet[str]) -> None:
        """Remove all files but ``names``, and those that other processes have put here and not
        reported, since they failed half-way.
        """
        self.drop(self.names - names)
        files, folders = walked(self.new)
        self._folders.update(folders)
        begun = set[str]()
        for name, entry in files.items():
            if name in self._begun and self._built.get(name) == entry.inode():
                begun.add(name)
            elif name not in self.names and name != MARKER:
                (self.new / name).unlink()
        self._begun = begun | (self._begun & self.names)  # `settle` looks at those

    def keep(self, names: Iterable[str]) -> bool:
        """Keep files of the old site, unless there are newer ones of their names. Returns whether
        all of them exist.
        """
        missing = False
        for name in names:
            if name in self.names:
                continue
            if name not in self._built:
                missing = True
            elif name in self._begun:
                self.names.add(name)
            elif not link(f"{self.old}/{name}", self._place(name)):
                self.names.remove(name)
                missing = True
        return not missing

    def keep_page(self, path: str) -> None:
        """Keep an old page that no record knows, and the files that belong to it by name."""
        if path in self._built:
            stem = (
                path.removesuffix("index.html")
                if path.endswith("/index.html")
                else path.removesuffix(".html") + "/"
            )
            beginnings = (f"{path.removesuffix('.html')}_files/", f"{stem}figures/", "site_libs/")
            self.keep(
                name
                for name in self._built
                if name in (path, path.removesuffix("html") + "md") or name.startswith(beginnings)
            )

    def settle(self, now: Contents) -> None:
        """Remove what was not asked for, and carry over the foreign files of the old site, which
        has ``now`` these contents. Raises :class:`UsageError` where a foreign file and a new one
        have the same place.
        """
        self._refuse_conflicts(now)
        files, folders = walked(self.new)
        needed = (
            folders_of(self.names)
            | folders_of(now.foreign)
            | folders_of(f"{name}/" for name in now.folders)
        )
        kept = self._begun & self.names
        present = set[str]()
        for name, entry in files.items():
            is_asked = name in self.names and (
                name not in kept or entry.inode() == self._built[name]
            )
            if is_asked or now.foreign.get(name) == entry.inode():
                present.add(name)
            elif name != MARKER:
                (self.new / name).unlink()
        for folder in sorted(folders - needed, reverse=True):
            (self.new / folder).rmdir()
        for folder in sorted(needed - folders - {""}):
            (self.new / folder).mkdir()
            if folder in now.folders:
                shutil.copystat(self.old / folder, self.new / folder)
        for name in kept - present:  # a process that died has written there
            if link(f"{self.old}/{name}", f"{self.new}/{name}"):
                present.add(name)
        self.names &= present
        for name in sorted(now.foreign.keys() - present):
            _carry(self.old / name, self.new / name)

    def _refuse_conflicts(self, now: Contents) -> None:
        folders = folders_of(self.names)
        for name in sorted([*now.foreign, *now.folders]):
            above = name
            while above and above not in self.names:
                above = above.rpartition("/")[0]
            if above or (name in folders and name in now.foreign):
                raise UsageError(
                    str(self.old / name),
                    "no build wrote this, and the new site has a file "
                    f"`{above or next(one for one in sorted(self.names) if one.startswith(f'{name}/'))}`",
                    "Move it out of the output, and build again. Nothing has been changed.",
                )

    def _is_as_it_was(self, name: str, content: bytes | Path) -> bool:
        """True if the old site has a file of that name and ``content``."""
        if name not in self._built:
            return False
        old = self.old / name
        try:
            if isinstance(content, Path):
                return filecmp.cmp(content, old, shallow=False)
            return old.stat().st_size == len(content) and old.read_bytes() == content
        except FileNotFoundError:
            return False

    def _place(self, name: str) -> str:
        """Return the path for a new file, after making its folder and removing what was at the
        path.
        """
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


def link(old: str, new: str) -> bool:
    """Link a file to ``new``. Returns False if it cannot be: somebody may have removed it
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
    """Link a foreign file to ``new``, or copy it where the file system has no links."""
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
