"""The stores under `.broadsheet/`: results of earlier builds, so that the next build can reuse
them.

A :class:`Store` is a folder `.broadsheet/NAME/` of entries. The key of an entry is a digest of
everything that it was made of. :meth:`Store.get` gives an entry or None, and :meth:`Store.put`
stores one. An entry is whole or absent: any number of builds may use a store at once, and be killed
at any moment. :meth:`Store.trim` limits the size; it removes first what was not used for longest.

The content of a store is not trusted. It is data in a format that cannot carry code, and begins
with the SHA-256 of its key and its content, so that no entry is taken for another. An entry that is
truncated, foreign, of an older format, unreadable, or not a file at all is removed, and the caller
makes it anew; :func:`messages` reports that, in one line for each store. The digest shows damage.
It does not show who wrote the entry: whoever may write `.broadsheet/` may write what is on a page,
but runs no code here.

An entry is written to a temporary file in `.broadsheet/parts/`, and moved to its place. While it is
written its file is locked, so that :func:`sweep` can tell it from one that a killed build has left.

A cell, or a person, may also put something else where a store, a lock or a site of ours should be.
:func:`mend` moves that into `.broadsheet/set-aside/`, so that the command goes on as if nothing had
been there. No link within `.broadsheet/` is followed: what it leads to is neither read nor changed.

Has state: which stores had entries that were removed, which forked processes share, and what this
process has set aside.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import mmap
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from itertools import accumulate, chain, count
from pathlib import Path
from typing import Any

from broadsheet.errors import Place, StoreError
from broadsheet.storage.json_text import Kind, decoded

FOLDER = ".broadsheet"
PARTS = "parts"
_SUFFIX = ".part"
_FORMAT = b"broadsheet 1 "
_HEADER = len(_FORMAT) + hashlib.sha256().digest_size * 2 + 1
_STORES = (
    "runs",
    "pages",
    "pictures",
    "photos",
    "cards",
    "search",
    "slices",
    "standing",
    "quarto",
    "markdown",
    "figures",
    "another store",
)
_damaged = mmap.mmap(-1, len(_STORES))
_aside: list[tuple[str, str]] = []
_SET_ASIDE = "set-aside"
_FOLDERS = re.compile(
    r"runs|pages|pictures|figures|markdown|photos|cards|search|slices|standing|check|partial|parts|quarto|finished|set-aside"
    r"|retrieved|proposal|(?:proposal|revised)-.+"
    r"|publish\.git|.+\.before|.+\.(?:new|old)-\d+|.+\.index-[a-z0-9_]{8}"
)
_FILES = re.compile(r"preview\.html|data\.swap|.+\.lock|.+\.[0-9a-f]{64}\.json")
"""The names of what is ours directly in `.broadsheet/`: folders, and files."""


class HalfReplacedError(OSError):
    """Files of which some were replaced, and could not be put back."""


class Store:
    """The store `.broadsheet/NAME/` of the publication at ``root``. A key is a path in it."""

    def __init__(self, root: Path, name: str) -> None:
        self._folder = root / FOLDER / name

    def get(self, key: str) -> bytes | None:
        """Return an entry's content; None if there is none. A damaged entry is removed."""
        return read_entry(self._path(key))

    def put(self, key: str, content: bytes) -> None:
        """Store an entry. Raises :class:`StoreError` where the store cannot be written."""
        write_entry(self._path(key), content)

    def has(self, key: str) -> bool:
        """Return True if there is an entry under that key, damaged or not."""
        return self._path(key).is_file()

    def decode(
        self,
        key: str,
        content: bytes | None,
        kind: type[Kind],
        dec_hook: Callable[[type, Any], Any] | None = None,
    ) -> Kind | None:
        """Return the ``content`` of an entry as a value, as :func:`decode` does."""
        return decode(self._path(key), content, kind, dec_hook)

    def forget(self, pattern: str) -> None:
        """Remove the entries whose keys match, such as `*.svg`."""
        for path in self._folder.glob(pattern):
            if _is_way_real(path):
                with suppress(OSError):
                    path.unlink()

    def trim(self, room: int) -> None:
        """Remove the entries that were not used for longest until ``room`` bytes are left of all."""
        trim(map(Path, _files_below(self._folder)), room)

    def _path(self, key: str) -> Path:
        """Return the path of an entry. Raises ValueError for a key that would lead out of the
        store.
        """
        if key.startswith("/") or ".." in key.split("/"):
            raise ValueError(f"no key of a store: {key!r}")
        return self._folder / key


def read_entry(path: Path, kind: type | None = None) -> bytes | None:
    """Return the content of the entry at ``path``, as :meth:`Store.get` does. The entry counts as
    used now. One that is to be JSON of a ``kind``, and is not, is removed.
    """
    if not mend_way(path):
        return None
    data = file_content(path, is_used=True)
    if data is None:
        return None
    content = data[_HEADER:]
    is_whole = data[:_HEADER] == _header(path, content)
    if is_whole and (kind is None or decoded(content, kind) is not None):
        return content
    discard(path)
    return None


def file_content(path: Path, *, is_used: bool = False) -> bytes | None:
    """Return the bytes of a regular file; none of what cannot be read and is something else, such
    as a link or a pipe; None if nothing is there. A file that ``is_used`` gets the time of now.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError):
        return b""
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            return b""
        if is_used:
            with suppress(OSError):
                os.utime(file)
        with open(file, "rb", closefd=False) as stream:
            return stream.read()
    except (OSError, MemoryError):
        return b""
    finally:
        os.close(file)


def write_entry(path: Path, content: bytes) -> None:
    """Store the entry at ``path``, as :meth:`Store.put` does."""
    try:
        _clear(path)
        write_file(path, _header(path, content) + content)
    except OSError as error:
        store = _store_of(path)
        shown = f"{FOLDER}/{store.name}" if store.parent.name == FOLDER else str(store)
        raise StoreError(
            Place(shown),
            f"this store cannot be written: {error.strerror or error}",
            "See that this is a folder, that you may write it, and that the disk has room; all of it may "
            "be removed.",
        ) from error


def decode(
    path: Path,
    content: bytes | None,
    kind: type[Kind],
    dec_hook: Callable[[type, Any], Any] | None = None,
) -> Kind | None:
    """Return the ``content`` of the entry at ``path``, which is JSON, as a value of that ``kind``;
    None for no content. An entry that is something else is removed.
    """
    if content is None:
        return None
    value = decoded(content, kind, dec_hook)
    if value is None:
        discard(path)
    return value


def discard(path: Path) -> None:
    """Remove the entry at ``path``, whatever it is; :func:`messages` will report it."""
    if not _is_way_real(path):
        return
    name = _store_of(path).name
    _damaged[_STORES.index(name if name in _STORES else _STORES[-1])] = 1
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def messages() -> list[str]:
    """Return one line for each store of which entries were removed since the last call."""
    names = [name for name, damaged in zip(_STORES, _damaged[:], strict=True) if damaged]
    _damaged[:] = bytes(len(_STORES))
    aside = sorted(set(_aside))
    _aside.clear()
    set_aside = [
        f"{name}: what lay here was not written by Broadsheet, and is {end}" for name, end in aside
    ]
    return set_aside + [
        f"{FOLDER}/{name}: what was damaged, foreign or of another version there was thrown away and is made anew"
        for name in names
    ]


def trim(paths: Iterable[str | Path], room: int) -> None:
    """Remove files, those first that were not used for longest (by their time), until ``room`` bytes
    are left of them.
    """
    kept = []
    for path in paths:
        with suppress(OSError):
            status = os.lstat(path)
            if not stat.S_ISDIR(status.st_mode):
                kept.append((status.st_mtime_ns, status.st_size, str(path)))
    if sum(size for _, size, _ in kept) <= room:
        return
    kept = [each for each in kept if _is_way_real(Path(each[2]))]
    for _, size, path in sorted(kept, reverse=True):
        room -= size
        if room < 0:
            with suppress(OSError):  # what is no file is thrown away when somebody asks for it
                Path(path).unlink(missing_ok=True)


def _files_below(folder: Path) -> Iterator[str]:
    """Yield the paths of all files below a folder of ours. No link is followed."""
    if _is_way_real(folder / "entry"):
        for path, _, names in os.walk(folder):
            yield from (f"{path}/{name}" for name in names)


def write_file(path: Path, content: bytes, *, durable: bool = False, mode: int = 0o600) -> None:
    """Write a file whole or not at all: under another name, and then moved to its place.

    A ``durable`` file is whole after a power failure, too. That takes milliseconds, and a page has
    some ten entries in stores, so it is not used for those: their digest is checked when they are
    read.
    """
    stores = next((folder for folder in path.parents if folder.name == FOLDER), None)
    folder = stores / PARTS if stores else path.parent  # on the file system of ``path``
    if stores:
        mend_way(folder / PARTS)
    path.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    with _locked_part(folder) as file:
        try:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if durable:
                os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def write_all(root: Path, files: Mapping[Path, bytes | None]) -> None:
    """Write several files of the publication at ``root`` at once, each whole: all are on disk under
    other names before the first is moved to its place. A file that is to be None is removed. A file
    that is there keeps its mode. On an :class:`OSError`, such as that of a full disk, all are as they
    were; on a :class:`HalfReplacedError`, only some.
    """
    stores = root / FOLDER / PARTS
    mend_way(stores / PARTS)
    stores.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        parts, standing = list[tuple[Path, Path]](), dict[Path, Path]()
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            is_near = stores.stat().st_dev == path.parent.stat().st_dev
            part = stack.enter_context(_locked_part(stores if is_near else path.parent))
            stack.callback(Path(part.name).unlink, missing_ok=True)
            if path.exists():
                standing[path] = Path(part.name).with_suffix(f".old{_SUFFIX}")
                stack.callback(standing[path].unlink, missing_ok=True)
                _keep_as(path, standing[path], stack)
            if content is not None:
                part.write(content)
                part.flush()
                mode = stat.S_IMODE(path.stat().st_mode) if path in standing else 0o644
                os.fchmod(part.fileno(), mode)
                os.fsync(part.fileno())
                parts.append((Path(part.name), path))
        try:
            for name, path in parts:
                name.replace(path)
            for path, content in files.items():
                if content is None:
                    path.unlink(missing_ok=True)
        except OSError as error:
            put_back = [_put_back(path, standing.get(path)) for path in files]
            if not all(put_back):
                raise HalfReplacedError(error.errno, error.strerror) from error
            raise


def _put_back(path: Path, old: Path | None) -> bool:
    """Put back the ``old`` file, or none, in a place. Returns False if that fails."""
    try:
        if old is None:
            path.unlink(missing_ok=True)
        else:
            old.replace(path)
    except OSError:
        return False
    return True


def _keep_as(path: Path, name: Path, stack: ExitStack) -> None:
    """Give a file another name, too, by which it can be put back without room on the disk. No
    :func:`sweep` removes that before the end of the ``stack``.
    """
    with suppress(OSError):  # a file system without locks
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        stack.callback(os.close, file)
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    try:
        name.hardlink_to(path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        copy = stack.enter_context(name.open("xb"))  # a file system without links
        with suppress(OSError):
            fcntl.flock(copy, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.copy2(path, name)


def sweep(stores: Path) -> None:
    """Remove half-written files of killed builds from a `.broadsheet` folder."""
    for part in sorted((stores / PARTS).glob(f"*{_SUFFIX}")):
        with suppress(OSError):
            if not stat.S_ISREG(part.lstat().st_mode):
                discard(part)
                continue
            with part.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part.unlink()


def mend(folder: Path) -> None:
    """Set aside what is not as it should be directly in the `.broadsheet` ``folder``, or in its place."""
    try:
        with os.scandir(folder) as entries:
            wrong = [entry for entry in entries if not _is_right(entry)]
    except FileNotFoundError:
        if folder.is_symlink():  # leads nowhere
            set_aside(folder)
        return
    except OSError:
        if not folder.is_dir():
            set_aside(folder)
        return
    for entry in wrong:
        set_aside(Path(entry.path))


def mend_way(path: Path) -> bool:
    """Set aside what is no folder on the way from the store to an entry. Return True if all were
    folders.
    """
    for folder in _folders_to(path):
        try:
            mode = os.lstat(folder).st_mode
        except (OSError, ValueError):
            return True
        if not stat.S_ISDIR(mode):
            set_aside(Path(folder))
            return False
    return True


def make_room(path: Path) -> None:
    """Set aside what is in the place of a file under `.broadsheet/` that is about to be written, or
    in that of its folders, and make these.
    """
    mend_way(path)
    if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
        set_aside(path)
    path.parent.mkdir(parents=True, exist_ok=True)


def set_aside(path: Path) -> None:
    """Move what is at a path of ours into `.broadsheet/set-aside/`, in place of what was last moved
    there from a path of that name; a link is removed. What stands in place of `.broadsheet` itself
    may be somebody's own: it is moved beside it, and replaces nothing. :func:`messages` will report
    it.
    """
    stores = next((folder for folder in path.parents if folder.name == FOLDER), None)
    shown = path.relative_to(stores.parent).as_posix() if stores else path.name
    with suppress(OSError):  # another process has moved it
        if path.is_symlink():
            path.unlink()
            _aside.append((shown, "gone: it was a link"))
            return
        folder = stores / _SET_ASIDE if stores else path.with_name(f"{path.name}-{_SET_ASIDE}")
        if stores and not (folder.is_dir() and not folder.is_symlink()):
            folder.unlink(missing_ok=True)
            folder.mkdir()
        names = (folder.with_name(f"{folder.name}-{number}") for number in count(2))
        place = (
            folder / path.name
            if stores
            else next(name for name in chain([folder], names) if not os.path.lexists(name))
        )
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        path.replace(place)
        _aside.append((shown, f"in {place.relative_to((stores or path).parent).as_posix()}"))


def _is_right(entry: os.DirEntry[str]) -> bool:
    """Return True if an entry of `.broadsheet` is a folder or a file as its name says."""
    if _FILES.fullmatch(entry.name):
        return entry.is_file(follow_symlinks=False)
    return entry.is_dir(follow_symlinks=False) or not _FOLDERS.fullmatch(entry.name)


def _folders_to(path: Path) -> list[str]:
    """Return the folders from that of the store to an entry, the outermost first."""
    root = _store_of(path)
    inner = path.parts[len(root.parts) : -1]
    return list(accumulate(inner, "{}/{}".format, initial=str(root)))


def _is_way_real(path: Path) -> bool:
    """Return True if no link is on the way from the store to an entry."""
    return not any(map(os.path.islink, _folders_to(path)))


def _locked_part(folder: Path) -> tempfile._TemporaryFileWrapper[bytes]:
    """Return a new temporary file that no :func:`sweep` removes."""
    while True:
        file = tempfile.NamedTemporaryFile(dir=folder, suffix=_SUFFIX, delete=False)  # noqa: SIM115 - it is returned
        with suppress(OSError):  # a file system without locks
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # swept before it was locked


def _header(path: Path, content: bytes) -> bytes:
    digest = hashlib.sha256(path.relative_to(_store_of(path)).as_posix().encode() + b"\0")
    digest.update(content)
    return _FORMAT + digest.hexdigest().encode() + b"\n"


def _store_of(path: Path) -> Path:
    """Return the folder of the store that an entry is in."""
    parts = path.parts
    at = len(parts) - 1 - parts[::-1].index(FOLDER) if FOLDER in parts else len(parts) - 2
    return Path(*parts[: at + 2]) if at + 2 < len(parts) else path.parent


def _clear(path: Path) -> None:
    """Make room for an entry, of whatever is at its place or on the way to it inside the store."""
    mend_way(path)
    if path.is_dir() and not path.is_symlink():
        discard(path)
