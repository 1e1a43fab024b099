"""The tables of a publication: open, load, list, check, and bless with new checksums."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.data.checking import Verdict, judge
from broadsheet.data.descriptor import DESCRIPTOR, Package, Resource, parse_json, read_descriptor
from broadsheet.data.origin import Column, Licence, Origin, Source
from broadsheet.data.reading import read_bytes
from broadsheet.errors import BroadsheetError, ConfigError, DataError, Notice, Place, guarded
from broadsheet.nearest import nearest

if TYPE_CHECKING:
    import pandas as pd

FAULTS_SHOWN = 20
"""How many faults of one table :meth:`Catalogue.check` tells before it counts the rest."""

Faults = list[BroadsheetError]
UPDATE_HASHES = "broadsheet data check --update-hashes"


@dataclass(frozen=True)
class Summary:
    """A table in a list. ``rows`` is None where the table has a fault; ``checksum_ok`` says that
    the file is as it was when it was last blessed.
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

        A table with a fault is never handed out: the first fault is raised, a :class:`DataError`.
        """
        resource = self._resource(name)
        data = read_bytes(self.root, resource)
        faults = _faults(resource, data)
        if faults:
            first, others = faults[0], len(faults) - 1
            detail = f"and {_faults_told(others)}: broadsheet data check {name}" if others else ""
            raise DataError(first.where, first.what, first.mend, detail)
        frame = judge(resource, data).frame.copy()
        frame.attrs["origin"] = _origin(resource, _sha256(data))
        return frame

    def origin(self, name: str) -> Origin:
        """Where the table ``name`` comes from. Raises as :meth:`table` does: no fault is passed
        over.
        """
        origin: Origin = self.table(name).attrs["origin"]
        return origin

    def files(self, name: str) -> tuple[str, ...]:
        """The files of the publication, from its root, that the table ``name`` is made of. Raises
        as :meth:`table`.
        """
        return DESCRIPTOR, self._resource(name).file

    def overdue(self, today: date) -> list[Notice]:
        """The tables that promise to be retrieved anew by a day before ``today``."""
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
        """Every fault of the tables named, or of all; of one table the first 20, and a count of the
        rest.
        """
        found: Faults = []
        for name in self.names if names is None else names:
            resource = self._resource(name)
            faults = _faults_on_disk(self.root, resource)
            found += faults[:FAULTS_SHOWN]
            if len(faults) > FAULTS_SHOWN:
                found.append(
                    DataError(
                        Place(resource.file),
                        f"table {name!r}: {_faults_told(len(faults) - FAULTS_SHOWN)} in this table",
                        "Mend the first ones and check again.",
                    )
                )
        return found

    def list(self) -> Summaries:
        """One line a table, whether it is sound or not."""
        return [self._summary(resource) for resource in self.package.resources]

    def _summary(self, resource: Resource) -> Summary:
        try:
            data = read_bytes(self.root, resource)
        except BroadsheetError:  # `check` says it
            data = b""
        try:
            verdict = _judged(resource, data)
        except BroadsheetError:  # `check` says it
            verdict = None
        origin = _origin(resource, _sha256(data))
        return Summary(
            name=resource.name,
            title=resource.title,
            path=resource.file,
            rows=None if verdict is None or verdict.faults else len(verdict.frame),
            as_of=resource.as_of,
            retrieved=resource.retrieved,
            sources=origin.sources,
            licences=origin.licences,
            checksum_ok=_checksum_fault(resource, data) is None,
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
    """Writes ``hash`` and ``bytes`` of each sound table into the descriptor, and returns the names
    of those changed.

    A table that breaks its schema keeps its old checksum: a checksum says that somebody has looked.
    The descriptor is replaced in one step, in its usual form: two spaces of indent, letters as they
    are.
    """
    catalogue = Catalogue.open(root)
    path = root / DESCRIPTOR
    raw = parse_json(path.read_text("utf-8-sig"))
    changed = []
    for resource, entry in zip(catalogue.package.resources, raw["resources"], strict=True):
        try:
            data = read_bytes(root, resource)
            verdict = _judged(resource, data)
        except BroadsheetError:
            continue
        if not verdict.faults and _checksum_fault(resource, data):
            entry["bytes"], entry["hash"] = len(data), f"sha256:{_sha256(data)}"
            changed.append(resource.name)
    if changed:
        _replace(path, json.dumps(raw, indent=2, ensure_ascii=False) + "\n")
    return tuple(changed)


def _faults_on_disk(root: Path, resource: Resource) -> Sequence[BroadsheetError]:
    try:
        return _faults(resource, read_bytes(root, resource))
    except BroadsheetError as fault:
        return [fault]


def _judged(resource: Resource, data: bytes) -> Verdict:
    with guarded(Place(resource.file), f"checking the table {resource.name!r}"):
        return judge(resource, data)


def _faults(resource: Resource, data: bytes) -> list[DataError]:
    verdict = _judged(resource, data)
    checksum = None if verdict.faults else _checksum_fault(resource, data)
    return [*verdict.faults, *([checksum] if checksum else [])]


def _checksum_fault(resource: Resource, data: bytes) -> DataError | None:
    actual = f"sha256:{_sha256(data)}"
    if (resource.hash, resource.bytes) == (actual, len(data)):
        return None
    if resource.hash is None or resource.bytes is None:
        what = "the catalogue has no checksum of the file yet, the rule `hash`"
        mend = f"Look the table over, then run: {UPDATE_HASHES}"
    else:
        what = (
            f"the file is not the one in the catalogue, the rule `hash`: its checksum is {actual[:19]}… of "
            f"{len(data)} bytes, not {resource.hash[:19]}… of {resource.bytes}"
        )
        mend = f"If you meant to change the table, run: {UPDATE_HASHES}; if not, put it back from its last version."
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


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _faults_told(number: int) -> str:
    return "1 more fault" if number == 1 else f"{number} more faults"


def _replace(path: Path, text: str) -> None:
    """Writes a file whole or not at all, with the permissions that it had."""
    mode = path.stat().st_mode
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, delete=False, newline="\n"
    ) as temporary:
        temporary.write(text)
    Path(temporary.name).chmod(mode)
    Path(temporary.name).replace(path)
