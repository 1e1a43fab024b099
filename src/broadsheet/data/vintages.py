"""The vintages of a table: each version that was accepted, by the day from which it was known.

`data/vintages/NAME/` has an index, and for each version its content and its entry, which have the
digest of the content as their name:

    index.txt           2023-05-26 f68b71ee… 23 rows: https://example.org/trade.csv
                        2024-01-15 0c41d9a2… 24 rows: by hand
    f68b71ee….csv.gz    the table's file
    f68b71ee….json      its entry in the catalogue as it was, so that a column that is renamed later
                        does not make the version unreadable

A line of the index is a version. Their order does not matter, so of two branches that each add a
line, a merge keeps both; of two lines of one day the last counts. The table that stands is a version
too, from the day on which it was retrieved, even if nothing of it is in the index yet.

The digest shows damage: a file that is not what its name says is an error, never a table. The
content of all versions is bounded (`vintages-size`). The oldest goes first; its line stays and says so.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError

from broadsheet.data.checking import judge
from broadsheet.data.csv_rows import csv_rows
from broadsheet.data.descriptor import DESCRIPTOR, Resource, has_catalogue
from broadsheet.data.descriptor_reading import read_descriptor
from broadsheet.data.table_file import table_bytes
from broadsheet.errors import CONFLICT, BroadsheetError, DataError, Place
from broadsheet.storage import store
from broadsheet.storage.data_swap import writing_data
from broadsheet.storage.files import UnreadableError, check_path, content, read_text, real
from broadsheet.storage.limits import TABLE, exceeded
from plotly_alive.errors import shown

FOLDER = "data/vintages"
INDEX = "index.txt"
BY_HAND = "by hand"
"""The source of a version that no address is known of."""
SIGN = "@"
"""The sign between the name of a table and the day of a version: `trade@2023-05-26`."""

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LINE = re.compile(
    r"(?P<known>\d{4}-\d\d-\d\d) (?P<sha256>[0-9a-f]{64}) (?P<rows>\d{1,12}) rows"
    r"(?P<gone>, content gone)?: (?P<source>\S.{0,299})",
    re.ASCII,
)
_HEAD = "# The versions of this table: day known, SHA-256 of the file, rows, source."
_USER = re.compile(r"(?<=://)[^/@\s]*@")
"""The name and the password in an address."""


@dataclass(frozen=True)
class Vintage:
    """A version of a table."""

    known: date
    """The day from which it was known."""
    sha256: str
    """The digest of its content, hexadecimal."""
    rows: int
    """The number of its rows."""
    source: str
    """The address that it came from, a commit, or `by hand`."""
    is_kept: bool = True
    """False if its content went to make room for newer ones."""

    def __str__(self) -> str:
        """The line of the index."""
        gone = "" if self.is_kept else ", content gone"
        return f"{self.known} {self.sha256} {self.rows} rows{gone}: {self.source}"


@dataclass(frozen=True)
class Accepted:
    """A version of a table that is to be kept."""

    resource: Resource
    """Its entry in the catalogue."""
    content: bytes
    """The bytes of its file."""
    known: date
    """The day from which it was known."""
    source: str
    """The address that it came from, a commit, or `by hand`."""


def version_name(name: str, known: date | str) -> str:
    """Return the name of the version of a table that was known on a day: `trade@2023-05-26`.
    Raises :class:`DataError` for what is no day.
    """
    try:
        day = known.date() if isinstance(known, datetime) else known
        day = day if isinstance(day, date) else date.fromisoformat(day)
    except (TypeError, ValueError):
        raise DataError(
            FOLDER,
            f"table {name!r}: `known` is {shown(known)}, which is no day",
            "Write year, month and day: 2023-05-26.",
        ) from None
    if SIGN in name:
        raise DataError(FOLDER, f"{shown(name)} says twice when it was known", "Say it once.")
    return f"{name}{SIGN}{day.isoformat()}"


def named_version(name: str) -> tuple[str, date | None]:
    """Return the table and the day in the name of a version; no day for a table as it stands."""
    table, sign, day = name.partition(SIGN)
    return table, date.fromisoformat(version_name(table, day)[-10:]) if sign else None


def vintages(root: Path, name: str, entry: Resource | None = None) -> tuple[Vintage, ...]:
    """Return the versions of the table ``name`` of the publication at ``root``, oldest first.
    ``entry`` is its entry in the catalogue, for a caller that has it. Raises :class:`DataError` for an
    index that cannot be read.
    """
    versions = _index(root, name)
    resource = entry or _entry_now(root, name)
    if resource is not None and not resource.is_parquet and _is_new(resource, versions):
        versions.append(_standing(root, resource))
    return _in_order(versions)


def version_files(root: Path, name: str) -> list[tuple[str, int]]:
    """Return the names of the files with the contents and entries of a table's versions, which are
    those of digests, and their sizes.
    """
    return sorted(
        (file.name, file.stat().st_size)
        for file in (root / FOLDER / name).glob("*.*")
        if file.is_file() and file.name != INDEX
    )


def as_known(root: Path, name: str, day: date) -> Vintage:
    """Return the version of the table that was known on a ``day``: the last whose own day is not
    after it. Raises :class:`DataError` for a day before the first.
    """
    versions = vintages(root, name)
    before = [version for version in versions if version.known <= day]
    if before:
        return before[-1]
    if not versions:
        raise DataError(
            _where(name),
            f"no version of the table {name!r} is kept",
            "Accept the table: broadsheet data check --update-hashes",
        )
    raise DataError(
        _where(name),
        f"the table {name!r} was not known on {day}: its first version is of {versions[0].known}",
        f"Ask for {versions[0].known} or later; earlier versions can be taken in: "
        f"broadsheet data log {name} --take-in REPOSITORY",
    )


def content_of(root: Path, name: str, vintage: Vintage) -> bytes:
    """Return the bytes of the table's file as it was. Raises :class:`DataError` for content that is
    not there, or is not what the index says.
    """
    where = Place(f"{FOLDER}/{name}/{vintage.sha256}.csv.gz")
    packed = _file(root, name, f"{vintage.sha256}.csv.gz")
    if packed is not None:
        data = _unpacked(packed, where, name)
    elif (standing := _standing_content(root, _entry_now(root, name), vintage.sha256)) is not None:
        return standing
    else:
        raise _lacking(name, vintage, where)
    if hashlib.sha256(data).hexdigest() != vintage.sha256:
        raise _damaged(where, name, "its content is not the one that its name says")
    return data


def entry_of(root: Path, name: str, vintage: Vintage) -> Resource:
    """Return the table's entry in the catalogue as it was; of the version that stands, as it is now,
    so that a title or a correction that is added later holds for it. Its path is that of the
    version's content. Raises :class:`DataError` for one that is not there, or that cannot be read.
    """
    where = Place(f"{FOLDER}/{name}/{vintage.sha256}.json")
    standing = _entry_now(root, name)
    is_standing = _standing_content(root, standing, vintage.sha256) is not None
    if standing is not None and is_standing:
        return _as_version(standing, vintage.sha256, vintage.known)
    text = _file(root, name, f"{vintage.sha256}.json")
    if text is None:
        raise _lacking(name, vintage, where)
    try:
        resource = Resource.model_validate_json(text)
    except (ValidationError, RecursionError):
        raise _damaged(where, name, "it is no entry of a catalogue") from None
    if resource.name != name or _digest_of(resource) != vintage.sha256:
        raise _damaged(where, name, "it is the entry of another table or version")
    return _as_version(resource, vintage.sha256)


def keep_all(root: Path, name: str, versions: Iterable[Accepted]) -> list[Vintage]:
    """Keep versions of the table ``name``, and write the index once. Return those that were not
    kept yet.
    """
    before = list(_index(root, name))
    for file, data in _kept(root, name, versions).items():
        if data is None:
            _path(root, name, file).unlink(missing_ok=True)
        else:
            _write(root, name, file, data)
    return [version for version in _index(root, name) if version not in before]


def files_to_keep(
    root: Path, name: str, versions: Iterable[Accepted] = ()
) -> dict[str, bytes | None]:
    """Write the content of versions, and return the files by which they become that, and the table
    that stands, too, by their paths from the root; None for a file that goes. Whoever replaces the
    table replaces these with it, so that one that was not accepted is no version. Raises
    :class:`FileError` if something cannot be written.
    """
    with writing_data():
        files = _kept(root, name, [*_unkept(root, name), *versions])
    return {f"{FOLDER}/{name}/{file}": data for file, data in files.items()}


def _unkept(root: Path, name: str) -> list[Accepted]:
    """Return the table as it stands, known from the day on which it was retrieved, unless it is kept,
    has no entry, or is not the file that the entry is about.
    """
    resource = _entry_now(root, name)
    digest = "" if resource is None else _digest_of(resource)
    data = _standing_content(root, resource, digest) if digest else None
    if resource is None or data is None or judge(resource, data).frame is None:
        return []
    lines = [line for line in _index(root, name) if line.sha256 == digest]
    day = lines[-1].known if lines else resource.retrieved
    entry = _as_version(resource, digest, day)
    if lines and _has_files(root, name, lines[-1]):
        text = _entry_text(entry).encode()
        if _file(root, name, f"{digest}.json") != text:  # it was described anew
            _write(root, name, f"{digest}.json", text)
        return []
    return [Accepted(entry, data, day, first_source(resource))]


def first_source(resource: Resource) -> str:
    """Return the address of the source of a table, as a version has it: a table of several sources is
    made by hand.
    """
    addresses = [source.path for source in resource.sources if source.path]
    return addresses[0] if len(addresses) == 1 else BY_HAND


def version_digest(root: Path, name: str, day: date) -> str:
    """Return a digest of the version of a table that was known on a ``day``, of its content and its
    entry: another answer has another digest. Empty if there is none.
    """
    try:
        vintage = as_known(root, name, day)
        text = _entry_text(entry_of(root, name, vintage))
    except (BroadsheetError, OSError):
        return ""
    return hashlib.sha256(f"{vintage.sha256}\n{text}".encode()).hexdigest()


def _kept(root: Path, name: str, versions: Iterable[Accepted]) -> dict[str, bytes | None]:
    """Write the content and the entry of versions, which are named by their digests, and return what
    then makes versions of them: the new index, last, and the files that make room.
    """
    before = list(_index(root, name))
    index = list(before)
    for version in versions:
        index = _with(root, name, version, index)
    index, files = _bounded(root, name, _distinct(_in_order(index)))
    if index == before:
        return files
    return {**files, INDEX: "".join(f"{line}\n" for line in (_HEAD, *map(str, index))).encode()}


def _with(root: Path, name: str, version: Accepted, index: Sequence[Vintage]) -> list[Vintage]:
    """Return an index with a version of which the files are written."""
    sha256 = hashlib.sha256(version.content).hexdigest()
    rows = _rows_of(version.content, _where(name))
    vintage = Vintage(version.known, sha256, rows, _one_line(version.source))
    if not _has_files(root, name, vintage):
        entry = _as_version(version.resource, sha256)
        entry = entry.model_copy(update={"bytes": len(version.content)})
        _write(root, name, f"{sha256}.csv.gz", gzip.compress(version.content, 6, mtime=0))
        _write(root, name, f"{sha256}.json", _entry_text(entry).encode())
    kept = [replace(line, is_kept=line.is_kept or line.sha256 == sha256) for line in index]
    return [*kept, vintage]


def _distinct(versions: Sequence[Vintage]) -> list[Vintage]:
    """Return the versions without those of the same content as the version before them."""
    pairs = zip((None, *versions), versions, strict=False)
    return [line for before, line in pairs if before is None or before.sha256 != line.sha256]


def _bounded(
    root: Path, name: str, versions: Sequence[Vintage]
) -> tuple[list[Vintage], dict[str, bytes | None]]:
    """Return the versions of which the content is kept within the limit, and the files of the
    others, which go. The content of the last version stays.
    """
    room, result = TABLE["vintages-size"].value, list[Vintage]()
    held: dict[str, bool] = {}
    for version in reversed(versions):
        if version.sha256 not in held:
            path = _path(root, name, f"{version.sha256}.csv.gz")
            room -= path.stat().st_size if path.is_file() else 0
            held[version.sha256] = version.is_kept and (not held or room >= 0)
        result.append(replace(version, is_kept=held[version.sha256]))
    gone = [
        f"{sha256}.{suffix}"
        for sha256, is_held in held.items()
        if not is_held
        for suffix in ("csv.gz", "json")
    ]
    return result[::-1], {file: None for file in gone if _path(root, name, file).exists()}


def _in_order(versions: Iterable[Vintage]) -> tuple[Vintage, ...]:
    return tuple(sorted(versions, key=lambda version: version.known))


# The table that stands


def _entry_now(root: Path, name: str) -> Resource | None:
    """Return the entry of a table in the catalogue as it is; None without one."""
    if not has_catalogue(root):
        return None
    package = read_descriptor(root)
    return package.resource(name) if name in package.names else None


def _digest_of(resource: Resource) -> str:
    return (resource.hash or "").removeprefix("sha256:")


def _is_new(resource: Resource, versions: Iterable[Vintage]) -> bool:
    """True if the file that an entry is about is none of these versions."""
    digest = _digest_of(resource)
    return bool(digest) and digest not in {version.sha256 for version in versions}


def _standing(root: Path, resource: Resource) -> Vintage:
    digest = _digest_of(resource)
    data = _standing_content(root, resource, digest)
    rows = None
    with suppress(BroadsheetError):  # a fault of the table, which is told as such
        rows = None if data is None else _rows_of(data, Place(resource.file))
    source = _one_line(first_source(resource))
    return Vintage(resource.retrieved, digest, rows or 0, source, is_kept=rows is not None)


def _standing_content(root: Path, resource: Resource | None, sha256: str) -> bytes | None:
    """Return the bytes of a table's file as it is, if they have this digest."""
    if resource is None or _digest_of(resource) != sha256:
        return None
    try:
        data = table_bytes(root, resource)
    except BroadsheetError:  # a fault of the table, which is told as such
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


# The files


def _index(root: Path, name: str) -> list[Vintage]:
    path = _path(root, name, INDEX)
    if not os.path.lexists(path):
        return []
    where = _where(name)
    text = read_text(path, where, DataError, TABLE["config-size"])
    versions = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            versions.append(_version(line, Place(where.file, line=number), name))
    return versions


def _version(line: str, where: Place, name: str) -> Vintage:
    match = _LINE.fullmatch(line)
    if CONFLICT.match(line) or line == "=======":
        mend = "Keep the lines of both versions, in any order, and take the marks out."
        raise DataError(where, "the marks of a merge conflict stand here", mend)
    try:
        day = date.fromisoformat(match["known"]) if match else None
    except ValueError:
        day = None
    if match is None or day is None or not line.isprintable():
        raise DataError(
            where,
            f"this is no version of the table {name!r}: {shown(line, 80)}",
            "Put the index back from its last version, or take the line out.",
        )
    return Vintage(day, match["sha256"], int(match["rows"]), match["source"], not match["gone"])


def _write(root: Path, name: str, file: str, data: bytes) -> None:
    store.write_file(_path(root, name, file), data, durable=True, mode=0o644)


def _has_files(root: Path, name: str, vintage: Vintage) -> bool:
    """True if content and entry of a version are there, and the content is sound."""
    if not _path(root, name, f"{vintage.sha256}.json").is_file():
        return False
    packed = _file(root, name, f"{vintage.sha256}.csv.gz")
    try:
        data = None if packed is None else _unpacked(packed, _where(name), name)
    except BroadsheetError:
        return False
    return data is not None and hashlib.sha256(data).hexdigest() == vintage.sha256


def _file(root: Path, name: str, file: str) -> bytes | None:
    """Return the bytes of a file of a version; None if it is not there."""
    path = _path(root, name, file)
    if not os.path.lexists(path):
        return None
    where = Place(f"{FOLDER}/{name}/{file}")
    try:
        return content(path, where, TABLE["table-size"])
    except UnreadableError as error:
        raise DataError(where, f"the file {error}", error.mend) from None


def _path(root: Path, name: str, file: str) -> Path:
    """Return the path of a file of a version. No link below `data` is followed."""
    if not _NAME.fullmatch(name):
        raise DataError(DESCRIPTOR, f"no table is called {shown(name)}", "Give a table's name.")
    path, where = root / FOLDER / name / file, Place(f"{FOLDER}/{name}/{file}")
    check_path(root, path, where)
    if real(path) != (real(root / "data") or root) / "vintages" / name / file:
        raise DataError(
            where, "this is a link, or in a folder that is one", "Put the file itself there."
        )
    return path


def _unpacked(packed: bytes, where: Place, name: str) -> bytes:
    """Return what a gzip file holds, within the limit of a table's size."""
    most, unpacking = int(TABLE["table-size"].value), zlib.decompressobj(wbits=31)
    try:
        data = unpacking.decompress(packed, most + 1)
    except zlib.error:
        raise _damaged(where, name, "it is no gzip file") from None
    if len(data) > most:
        limit = TABLE["table-size"]
        raise exceeded(limit, most, where, "what is packed in it", "Remove it.", at_least=True)
    if not unpacking.eof or unpacking.unused_data:
        raise _damaged(where, name, "it ends too early or too late")
    return data


def _as_version(resource: Resource, sha256: str, known: date | None = None) -> Resource:
    """Return an entry as that of a version, which is never retrieved again; it was retrieved on the
    day from which it was ``known``.
    """
    return resource.model_copy(
        update={
            "path": f"vintages/{resource.name}/{sha256}.csv.gz",
            "hash": f"sha256:{sha256}",
            "refresh": None,
            "retrieved": known or resource.retrieved,
        },
    )


def _entry_text(resource: Resource) -> str:
    entry = resource.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return json.dumps(entry, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _rows_of(data: bytes, where: Place) -> int:
    """Return the number of rows of a table, without its header."""
    if b'"' not in data:  # each row is a line
        return sum(1 for line in data.splitlines() if line) - 1
    return sum(1 for _ in csv_rows(data.decode("utf-8-sig", "replace"), where)) - 1


def _one_line(source: str) -> str:
    """Return a source as a line has it: short, printable, without a user's name and password."""
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in source).split())
    return _USER.sub("", text)[:300].strip() or BY_HAND


def _where(name: str) -> Place:
    return Place(f"{FOLDER}/{name}/{INDEX}")


def _lacking(name: str, vintage: Vintage, where: Place) -> DataError:
    of = f"of the table {name!r} that was known from {vintage.known}"
    if not vintage.is_kept:
        return DataError(
            _where(name),
            f"the content of the version {of} is no longer kept",
            "Ask for a later day; or put the file back from the publication's history, and raise "
            "`broadsheet: limits: vintages-size` in _quarto.yml.",
        )
    return DataError(
        where,
        f"the version {of} is not here",
        "Put the file back from where it was kept: what git ignores is on one machine alone.",
    )


def _damaged(where: Place, name: str, what: str) -> DataError:
    return DataError(
        where,
        f"this is no version of the table {name!r}: {what}",
        "Put the file back from its last version.",
    )
