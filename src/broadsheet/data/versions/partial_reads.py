"""The names under which a run records parts of the catalogue that it reads: an entry, a version, or
a slice.

A run that read `bs.table("trade")` depends on the entry of that table, not on those of others; one
that read it with `known="2023-05-26"` depends on the answer alone, not on later versions:

    data/datapackage.json: trade
    data/vintages/trade/index.txt: 2023-05-26

Both are names like those of files, and have a digest as files have.
"""

from __future__ import annotations

from pathlib import Path

from broadsheet.data.descriptor import DESCRIPTOR
from broadsheet.data.descriptor_reading import entry_digest, is_entry
from broadsheet.data.slicing.slice_reading import slice_digest
from broadsheet.data.slicing.slices import SLICED
from broadsheet.data.vintages import FOLDER, INDEX, named_version, version_digest, version_name
from broadsheet.errors import DataError

_ASKED = f"/{INDEX}: "


def read_of(version: str) -> str:
    """Return the name under which a run records that it read a version: `trade@2023-05-26`."""
    name, day = named_version(version)
    return f"{FOLDER}/{name}{_ASKED}{day}"


def version_read(read: str) -> str:
    """Return the version that was read; empty if the name is that of something else."""
    if not read.startswith(f"{FOLDER}/") or _ASKED not in read:
        return ""
    name, _, day = read.removeprefix(f"{FOLDER}/").partition(_ASKED)
    try:
        return version_name(name, day)
    except DataError:
        return ""


def read_of_slice(file: str, name: str) -> str:
    """Return the name under which a run records that it read the slice ``name`` of a table's file."""
    return f"{file}{_OF_TABLE}{name}"


def slice_read(read: str) -> str:
    """Return the slice that was read; empty if the name is that of something else."""
    name = read.partition(_OF_TABLE)[2]
    return name if SLICED in name and read.startswith("data/") else ""


_OF_TABLE = ": "


def is_part(read: str) -> bool:
    """True if a name among the files that were read is that of a part of a file."""
    return is_entry(read) or bool(version_read(read) or slice_read(read))


def files_behind(read: str) -> tuple[str, ...]:
    """Return the files on which it depends what is read under this name."""
    if is_entry(read):
        return (DESCRIPTOR,)
    if version := version_read(read):
        return (DESCRIPTOR, f"{FOLDER}/{named_version(version)[0]}/{INDEX}")
    if slice_read(read):
        return (DESCRIPTOR, read.partition(_OF_TABLE)[0])
    return (read,)


def part_digest(root: Path, read: str) -> str:
    """Return the SHA-256 of a part, hexadecimal; empty if it does not exist."""
    if is_entry(read):
        return entry_digest(root, read)
    if name := slice_read(read):
        return slice_digest(root, read.partition(_OF_TABLE)[0], name)
    name, day = named_version(version_read(read))
    return version_digest(root, name, day) if day is not None else ""
