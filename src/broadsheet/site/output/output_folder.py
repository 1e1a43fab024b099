"""The folder that a site goes to: whether it may be used, and which of the files in it builds
wrote.

An output may be absent, empty, a site of this very publication, which its *marker* says
(`.broadsheet.json` in its root), or one that Quarto built in the publication's folder and would
itself remove at its next render. :func:`output_of` refuses places where a site must never go: the
publication itself, the home folder, the root of a file system, `.git`, and what holds any of them.
:func:`site_at` refuses a folder that is there and is not ours. Neither changes anything.

The marker, format 1, is JSON with these keys::

    format       1
    publication  the path from the output to the publication's root: both may move together
    output       the name of the output: a marker that was copied to another folder counts for nothing there
    record       the SHA-256 digest of the site's record, which lies beside the output (`site/index/build_record.py`)
    files        the path of each file that the build wrote, sorted

What is in the output and not among these ``files`` is *foreign*: a `CNAME`, a `.git`, any symbolic
link. Builds carry it over to the next site (:mod:`.new_site`), and never change or remove it.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import msgspec

from broadsheet.errors import UsageError
from broadsheet.project import project
from broadsheet.storage.files import beginning, seen_from
from broadsheet.storage.private_paths import BEGINNING, private_content, private_name
from broadsheet.text.html_tree import parsed
from plotly_alive.text.json_decoding import decoder

MARKER = project.MARKER
WORK = ".broadsheet"
"""The folder beside the output in which builds work; in a publication's root it has the stores,
too.
"""

_KEPT = frozenset({".git", ".hg", ".svn", WORK})
"""Private folders that may be in a site, and come along: what publishes it leaves them out."""
_FORMAT = 1
_LONGEST = 255 - 80
"""The most bytes of an output's name: files beside it have its name and up to 80 bytes more.
"""
_SOURCES = (".ipynb", ".qmd")
_OF_A_PUBLICATION = ("_quarto.yml", "_metadata.yml", "datapackage.json")
_ANOTHER = "Name another folder: `output-dir` in _quarto.yml, or --output."


@dataclass(frozen=True)
class Marker:
    """The marker of a site, as the module describes it."""

    format: int
    """The number of its format."""
    publication: str
    """The path from the output to the publication's root."""
    output: str
    """The name of the output."""
    record: str
    """The SHA-256 digest of the site's record."""
    files: tuple[str, ...]
    """The path of each file that the build wrote, sorted."""


@dataclass(frozen=True)
class Contents:
    """The files and folders of an output. Paths are from the output."""

    built: Mapping[str, int] = field(default_factory=dict)
    """The files that builds wrote, each with its inode."""
    foreign: Mapping[str, int] = field(default_factory=dict)
    """All other files and links, each with its inode."""
    folders: frozenset[str] = frozenset()
    """The folders without any file that a build wrote."""


def output_of(output: Path, root: Path) -> Path:
    """Return the output as a path without links, for the publication at ``root``.

    Raises :class:`UsageError` for a place where a site must not go, even if it is empty.
    """
    place = _resolved(output)
    what = next((what for what, other in _protected(root) if _is_same(place, other)), "")
    if what:
        raise UsageError(str(output), f"this is {what}: a site there would replace it", _ANOTHER)
    for name in seen_from(root, place).parts:
        is_ours = name in _KEPT or place.is_relative_to(root)
        if is_ours and (why := private_name(name)):
            raise UsageError(
                str(output),
                f"this is `{name}`, or in it, which is no place for a site: it is for {why}",
                _ANOTHER,
            )
    if len(os.fsencode(place.name)) > _LONGEST:
        raise UsageError(
            str(output), "this name is too long for the files that builds keep beside it", _ANOTHER
        )
    if os.path.ismount(place):
        raise UsageError(
            str(output),
            "a file system is mounted here, and a mounted folder cannot be replaced",
            "Name a folder in it.",
        )
    return place


def site_at(output: Path, root: Path) -> Contents:
    """Return the contents of ``output`` (a path without links) of the publication at ``root``.
    Raises :class:`UsageError` unless it is absent, or empty, or a site of that publication, and can
    be replaced.
    """
    mend = "Name an empty or new folder, or remove this one yourself."
    try:
        names = os.listdir(output)  # noqa: PTH208 - a list, of which only the length counts
    except FileNotFoundError:
        return Contents()
    except NotADirectoryError:
        raise UsageError(
            str(output), f"this is {_kind(output)}, where the site's folder should go", mend
        ) from None
    except OSError as error:
        raise UsageError(
            str(output), f"this folder cannot be used: {error.strerror}", mend
        ) from error
    if not os.access(output, os.R_OK | os.W_OK | os.X_OK):
        raise UsageError(
            str(output),
            "this folder is read-only, so it cannot be replaced",
            "Allow writing to it, or name another.",
        )
    if not names:
        return Contents()
    if (marker := read_marker(output)) is None and _is_built_by_quarto(output, root):
        return _contents_of_quarto(output)
    if marker is None:
        what = f"this folder has {len(names)} entries and is not a built site, so it will not be replaced"
        if _is_of_older_version(output):
            what = "this site was built by an older version of Broadsheet, and does not say which files are its own"
            mend = "Remove it, if nothing of yours is in it; the next build makes it anew."
        raise UsageError(str(output), what, mend)
    if marker.publication != os.path.relpath(root, output) or marker.output != output.name:
        other = os.path.normpath(output.parent / marker.output / marker.publication)
        raise UsageError(
            str(output),
            f"this site was built as `{marker.output}` of another publication, or before it "
            f"was moved: {other}",
            mend,
        )
    contents = contents_of(output, marker)
    for name in sorted(contents.foreign):
        path = PurePosixPath(name)
        if path.suffix in _SOURCES or path.name in _OF_A_PUBLICATION:
            raise UsageError(
                str(output), f"this folder has sources or data of a publication: {name}", _ANOTHER
            )
        if why := private_in(output, path):
            raise UsageError(
                str(output / path),
                f"this is {why}, and lies in the site, where everybody could read it",
                "Move it out of the site.",
            )
    return contents


def private_in(output: Path, path: PurePosixPath) -> str:
    """Return the reason for which a file must not be in a site; empty if it may be there."""
    if _KEPT.intersection(path.parts) or (output / path).is_symlink():
        return ""
    return private_name(path) or content_of(output / path)


def content_of(file: Path) -> str:
    """Return the reason for which the content of a file is never public; empty if it may be."""
    return private_content(beginning(file, BEGINNING))


def lies_in(path: Path, folder: Path) -> bool:
    """True if a path, which need not exist, is in a folder, also by other names."""
    place = path.resolve()
    return any(_is_same(other, folder.resolve()) for other in (place, *place.parents))


def contents_of(output: Path, marker: Marker | None) -> Contents:
    """Return the contents of a folder, which need not exist; without a ``marker`` all of it is
    foreign.
    """
    written = frozenset(marker.files) | {MARKER} if marker else frozenset[str]()
    built: dict[str, int] = {}
    foreign: dict[str, int] = {}
    files, folders = walked(output) if output.is_dir() else ({}, set[str]())
    for name, entry in files.items():
        is_ours = name in written and entry.is_file(follow_symlinks=False)
        (built if is_ours else foreign)[name] = entry.inode()
    return Contents(built, foreign, frozenset(folders.difference(folders_of(built))))


def _is_built_by_quarto(output: Path, root: Path) -> bool:
    """True if this is a site that Quarto alone has built inside of the publication."""
    return (
        output.is_relative_to(root)
        and (output / "site_libs").is_dir()
        and any(map(_is_of_quarto, output.glob("*.html")))
    )


def _is_of_quarto(page: Path) -> bool:
    """Return true if a page names Quarto as its generator."""
    metas = parsed(page.read_text("utf-8", errors="replace")).iter("meta")
    return any(
        meta.get("name") == "generator" and meta.get("content", "").startswith("quarto-")
        for meta in metas
    )


def _contents_of_quarto(output: Path) -> Contents:
    """Return the contents of such a site: what Quarto does not write there is foreign, which are
    hidden files, links, and the name of a domain.
    """
    files, folders = walked(output)
    foreign = {
        name: entry.inode()
        for name, entry in files.items()
        if name == "CNAME" or "/." in f"/{name}" or entry.is_symlink()
    }
    built = {name: entry.inode() for name, entry in files.items() if name not in foreign}
    return Contents(built, foreign, frozenset(folders.difference(folders_of(built))))


def walked(root: Path) -> tuple[dict[str, os.DirEntry[str]], set[str]]:
    """Return all files below a folder, and all folders, by their paths from it. A link is a file."""
    files: dict[str, os.DirEntry[str]] = {}
    folders, unseen = set[str](), [""]
    while unseen:
        folder = unseen.pop()
        with os.scandir(f"{root}/{folder}") as entries:
            for entry in entries:
                name = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    folders.add(name)
                    unseen.append(name)
                else:
                    files[name] = entry
    return files, folders


def folders_of(names: Iterable[str]) -> set[str]:
    """Return the folders that files lie in, at any depth, by their paths; the root is the empty
    one.
    """
    folders = {""}
    for name in names:
        while (name := name.rpartition("/")[0]) not in folders:
            folders.add(name)
    return folders


def marker_of(output: Path, root: Path, record: str, files: Iterable[str]) -> bytes:
    """Return the content of the marker of a site."""
    marker = Marker(
        _FORMAT, os.path.relpath(root, output), output.name, record, tuple(sorted(files))
    )
    return msgspec.json.encode(marker) + b"\n"


def read_marker(output: Path) -> Marker | None:
    """Return the marker of a folder; None if this version wrote none there."""
    path = output / MARKER
    if path.is_symlink() or not path.is_file():
        return None
    try:
        marker = decoder(Marker).decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError, RecursionError):
        return None
    return marker if marker.format == _FORMAT else None


def _is_of_older_version(output: Path) -> bool:
    """True if there is a manifest in the format of earlier versions: the site's whole record, which
    named no publication.
    """
    path = output / MARKER
    with suppress(OSError, msgspec.MsgspecError, RecursionError):
        if path.is_file():
            return {"format", "ground", "pages"} <= decoder(dict).decode(path.read_bytes()).keys()
    return False


def _resolved(output: Path) -> Path:
    try:
        place = output.resolve()
        with suppress(FileNotFoundError, NotADirectoryError):
            place.lstat()
    except (OSError, RuntimeError, ValueError) as error:
        what = (error.strerror if isinstance(error, OSError) else str(error)) or str(error)
        raise UsageError(
            str(output), f"there can be no folder of this name: {what}", _ANOTHER
        ) from error
    return place


def _protected(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield the folders that no site may replace, each with what it is."""
    yield "the publication itself", root
    yield from (("a folder that the publication lies in", folder) for folder in root.parents)
    for home in _homes():
        yield "your home folder", home
        yield from (("a folder that your home folder lies in", folder) for folder in home.parents)


def _homes() -> Iterator[Path]:
    with suppress(RuntimeError):
        yield Path.home().resolve()
    with suppress(KeyError):
        yield Path(pwd.getpwuid(os.getuid()).pw_dir).resolve()


def _is_same(folder: Path, other: Path) -> bool:
    """True if both paths are one folder, perhaps by two names (letter case, or mounted twice)."""
    if folder == other:
        return True
    try:
        return folder.samefile(other)
    except OSError:
        return False


def _kind(path: Path) -> str:
    return "a file" if path.is_file() else "no folder"
