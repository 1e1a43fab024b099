"""The tables of a publication: open, load, list, check, and update their checksums."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet import store
from broadsheet.data.change import Change, in_force
from broadsheet.data.checking import judge
from broadsheet.data.descriptor import DESCRIPTOR, Package, Resource
from broadsheet.data.descriptor_reading import parse_json, read_descriptor
from broadsheet.data.origin import Column, Licence, Origin, Source
from broadsheet.data.reading import read_bytes
from broadsheet.did_you_mean import nearest
from broadsheet.errors import BroadsheetError, ConfigError, DataError, Notice, Place, guarded

if TYPE_CHECKING:
    import pandas as pd

FAULTS_SHOWN = 20
"""How many faults of one table :meth:`Catalogue.check` lists before it counts the rest."""

Faults = list[BroadsheetError]
UPDATE_HASHES = "broadsheet data check --update-hashes"


@dataclass(frozen=True)
class Summary:
    """A table in a list. ``rows`` is None if the table has a fault; ``checksum_ok`` says that the
    file is as it was when its checksum was last updated.
    """

    name: str
    title: str
    path: str
    rows: int | None
    as_of: date
    retrieved: date
    sources: tuple[Source, ...]
    licences: tuple[Licence, ...]
    checksum_ok: bool


Summaries = list[Summary]


@dataclass(frozen=True)
class Catalogue:
    """The catalogue of the publication at ``root``."""

    root: Path
    package: Package

    @classmethod
    def open(cls, root: Path) -> Catalogue:
        """The catalogue in ``root/data/datapackage.json``. A fault of that file is a
        :class:`ConfigError`.
        """
        return cls(root, read_descriptor(root))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tables, in the order of the descriptor."""
        return tuple(resource.name for resource in self.package.resources)

    def table(self, name: str) -> pd.DataFrame:
        """The table ``name``, typed and validated, with its :class:`Origin` in ``attrs["origin"]``.
        A table with a fault is never returned: the first fault is raised, a :class:`DataError`.
        """
        resource = self._resource(name)
        found = _examined(self.root, resource)
        if found.frame is None or found.faults:
            first, others = found.faults[0], len(found.faults) - 1
            detail = f"and {_more_faults(others)}: broadsheet data check {name}" if others else ""
            raise type(first)(first.where, first.what, first.mend, detail or first.detail)
        frame = found.frame.copy()
        frame.attrs["origin"] = _origin(resource, found.sha256)
        return frame

    def origin(self, name: str) -> Origin:
        """The origin of the table ``name``. Raises what :meth:`table` raises for a fault."""
        origin: Origin = self.table(name).attrs["origin"]
        return origin

    def files(self, name: str) -> tuple[str, ...]:
        """The files of the publication, from its root, that the table ``name`` is made of. Raises
        what :meth:`table` does.
        """
        return DESCRIPTOR, self._resource(name).file

    def refuses(self, change: Change) -> bool:
        """Whether a table with this change would break its schema or an identity."""
        resource = self._resource(change.table)
        return bool(judge(resource, change.applied(read_bytes(self.root, resource))).faults)

    def overdue(self, today: date) -> list[Notice]:
        """The tables that should have been retrieved again by a day before ``today``."""
        return [
            Notice(
                Place(DESCRIPTOR),
                f"the table {resource.name!r} was retrieved on {resource.retrieved}, and was "
                f"to be retrieved anew by {resource.due}",
                "Retrieve it again, or mend its `refresh`.",
            )
            for resource in self.package.resources
            if resource.due is not None and resource.due < today
        ]

    def check(self, names: Iterable[str] | None = None) -> Faults:
        """Every fault of the named tables, or of all; of one table the first 20, and the number of
        the rest.
        """
        found: Faults = []
        for name in self.names if names is None else names:
            resource = self._resource(name)
            faults = _examined(self.root, resource).faults
            found += faults[:FAULTS_SHOWN]
            if len(faults) > FAULTS_SHOWN:
                found.append(
                    DataError(
                        Place(resource.file),
                        f"table {name!r}: {_more_faults(len(faults) - FAULTS_SHOWN)} in this table",
                        "Mend the first ones and check again.",
                    )
                )
        return found

    def list(self) -> Summaries:
        """A summary of each table, with or without faults."""
        return [self._summary(resource) for resource in self.package.resources]

    def _summary(self, resource: Resource) -> Summary:
        found = _examined(self.root, resource)
        origin = _origin(resource, found.sha256)
        return Summary(
            name=resource.name,
            title=resource.title,
            path=resource.file,
            rows=None if found.frame is None else len(found.frame),
            as_of=resource.as_of,
            retrieved=resource.retrieved,
            sources=origin.sources,
            licences=origin.licences,
            checksum_ok=found.is_as_blessed,
        )

    def _resource(self, name: str) -> Resource:
        for resource in self.package.resources:
            if resource.name == name:
                return resource
        near = nearest(name, self.names, 3, 0.4) or self.names
        raise DataError(
            DESCRIPTOR,
            f"there is no table {name!r} in the catalogue",
            f"The nearest names: {', '.join(near)}.",
        )


def table(name: str) -> pd.DataFrame:
    """The table ``name`` of the publication that the working directory lies in.

    Returns a typed DataFrame, rows as in the file, with its :class:`Origin` in
    ``df.attrs["origin"]``. Raises :class:`DataError` where the table is unknown or breaks its
    schema.
    """
    return Catalogue.open(find_root()).table(name)


def find_root(start: Path | None = None) -> Path:
    """The publication's root: ``$BROADSHEET_ROOT``, else the first folder from ``start`` (the
    working directory) upwards that has a data catalogue.
    """
    given = os.environ.get("BROADSHEET_ROOT")
    if given:
        if (Path(given) / DESCRIPTOR).is_file():
            return Path(given).resolve()
        raise ConfigError(
            "BROADSHEET_ROOT",
            f"{given} has no {DESCRIPTOR}",
            "Set it to the publication's root, or unset it.",
        )
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / DESCRIPTOR).is_file():
            return folder
    raise ConfigError(
        DESCRIPTOR,
        f"there is no such file in {start} or any folder above it",
        "Work within the publication's folder, or set BROADSHEET_ROOT to it.",
    )


def update_hashes(root: Path) -> tuple[str, ...]:
    """Write ``hash`` and ``bytes`` of each valid table into the descriptor. Returns the names of
    those changed.

    A table that breaks its schema keeps its old checksum, because a checksum says that somebody has
    looked. The descriptor is replaced in one step, in its usual form: two spaces of indent, letters
    as they are.
    """
    catalogue = Catalogue.open(root)
    path = root / DESCRIPTOR
    raw = parse_json(path.read_text("utf-8-sig"))
    changed = []
    for resource, entry in zip(catalogue.package.resources, raw["resources"], strict=True):
        found = _examined(root, resource)
        if found.frame is not None and not found.is_as_blessed:
            entry["bytes"], entry["hash"] = found.size, f"sha256:{found.sha256}"
            changed.append(resource.name)
    if changed:
        text = json.dumps(raw, indent=2, ensure_ascii=False) + "\n"
        store.write_file(path, text.encode(), mode=stat.S_IMODE(path.stat().st_mode))
    return tuple(changed)


@dataclass(frozen=True)
class _Examined:
    """The state of a table on disk: its typed ``frame``, if it keeps its schema, and the size and
    checksum of the file; ``is_as_blessed`` says that these are the catalogue's.
    """

    frame: pd.DataFrame | None
    faults: tuple[BroadsheetError, ...]
    size: int = 0
    sha256: str = hashlib.sha256(b"").hexdigest()
    is_as_blessed: bool = False


def _examined(root: Path, resource: Resource) -> _Examined:
    try:
        data = read_bytes(root, resource)
        if (change := in_force(resource.name)) is not None:
            data = change.applied(data)
            if change.is_extreme:
                resource = resource.without_rules
        with guarded(Place(resource.file), f"checking the table {resource.name!r}"):
            verdict = judge(resource, data)
    except BroadsheetError as fault:
        return _Examined(None, (fault,))
    size, sha256 = len(data), hashlib.sha256(data).hexdigest()
    is_as_blessed = change is not None or (
        (resource.hash, resource.bytes) == (f"sha256:{sha256}", size)
    )
    frame = None if verdict.faults else verdict.frame
    faults: tuple[BroadsheetError, ...] = verdict.faults
    if not faults and not is_as_blessed:
        faults = (_checksum_fault(resource, size, sha256),)
    return _Examined(frame, faults, size, sha256, is_as_blessed)


def _checksum_fault(resource: Resource, size: int, sha256: str) -> DataError:
    if resource.hash is None or resource.bytes is None:
        what = "the catalogue has no checksum of the file yet, the rule `hash`"
        mend = f"Look the table over, then run: {UPDATE_HASHES}"
    else:
        what = (
            "the file is not the one in the catalogue, the rule `hash`: its checksum is "
            f"sha256:{sha256[:12]}… of {size} bytes, not {resource.hash[:19]}… of {resource.bytes}"
        )
        mend = (
            f"If you meant to change the table, run: {UPDATE_HASHES}; if not, put it back from its "
            "last version."
        )
    return DataError(Place(resource.file), f"table {resource.name!r}: {what}", mend)


def _origin(resource: Resource, sha256: str) -> Origin:
    return Origin(
        name=resource.name,
        title=resource.title,
        description=resource.description,
        columns=tuple(
            Column(
                one.name,
                one.title,
                one.description,
                one.unit,
                tuple((remark.value, remark.text) for remark in one.notes),
                one.of,
            )
            for one in resource.table_schema.fields
        ),
        sources=tuple(
            Source(one.title, one.publisher, one.path, one.key) for one in resource.sources
        ),
        licences=tuple(Licence(one.name, one.title, one.path) for one in resource.licenses),
        as_of=resource.as_of,
        retrieved=resource.retrieved,
        sha256=sha256,
        path=resource.file,
        key=resource.table_schema.primary_key,
    )


def _more_faults(number: int) -> str:
    return "1 more fault" if number == 1 else f"{number} more faults"
