"""The tables of a publication: open, load, list, check, record, and update their checksums."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.data.checking import TableState, judge
from broadsheet.data.compared_table import RECORDED
from broadsheet.data.descriptor import DESCRIPTOR, Package, Refresh, Resource, has_catalogue
from broadsheet.data.descriptor_reading import (
    answering,
    consulting,
    entry_of,
    is_entry,
    read_descriptor,
)
from broadsheet.data.differences import differences
from broadsheet.data.origin import Origin
from broadsheet.data.recorded import FOLDER as RECORDS
from broadsheet.data.recorded import (
    TableRecord,
    read_record,
    record_of,
    record_path,
    recorded_digest,
    write_record,
)
from broadsheet.data.slicing.parquet_checking import parquet_state
from broadsheet.data.slicing.parquet_file import slice_content
from broadsheet.data.slicing.slice_reading import slice_state, sliced_state
from broadsheet.data.slicing.slices import ALL_ROWS, named_slice, slice_name, sliced_resource
from broadsheet.data.table_file import table_bytes
from broadsheet.data.trial_changes import Change, in_force, with_change
from broadsheet.data.versions.git_history import committed
from broadsheet.data.versions.partial_reads import read_of, read_of_slice, slice_read
from broadsheet.data.vintages import (
    BY_HAND,
    SIGN,
    Accepted,
    as_known,
    content_of,
    first_source,
    keep_all,
    named_version,
    version_name,
    vintages,
)
from broadsheet.data.vintages import FOLDER as VINTAGES
from broadsheet.data.vintages import entry_of as version_entry
from broadsheet.errors import BroadsheetError, ConfigError, DataError, Notice, Place, guarded
from broadsheet.storage import store
from broadsheet.storage.files import is_file

if TYPE_CHECKING:
    import pandas as pd

FAULTS_SHOWN = 20
"""The most faults of one table that :meth:`Catalogue.check` lists before it counts the rest."""


@dataclass(frozen=True)
class Catalogue:
    """The tables of a publication."""

    root: Path
    """The publication's root."""
    package: Package
    """The descriptor."""
    today: date | None = None
    """The day on which tables are late for readers; None if nobody is told."""

    @classmethod
    def open(cls, root: Path, today: date | None = None) -> Catalogue:
        """Open the catalogue in ``root/data/datapackage.json``. Raises :class:`ConfigError` for a
        fault of that file.
        """
        return cls(root, read_descriptor(root), today)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tables, in the order of the descriptor."""
        return self.package.names

    def table(self, name: str) -> pd.DataFrame:
        """Return the table ``name``, typed and validated, with its :class:`Origin` in
        ``attrs["origin"]``; a version or a slice of it for the name of one (`trade@2023-05-26`,
        `flows?partner=Turkey`). A table with a fault is never returned. Raises its first fault, a
        :class:`DataError`.
        """
        frame, origin = self._sound(name)
        copy = frame.copy()
        copy.attrs["origin"] = origin
        return copy

    def _sound(self, name: str) -> tuple[pd.DataFrame, Origin]:
        """Return a table that has no fault, which stays as it is, and its origin. Raises its first
        fault.
        """
        table, part = named_slice(name)
        of, day = named_version(table)
        if day is None and self.resource(of).is_parquet:
            state = slice_state(self.root, self.resource(of), part or ALL_ROWS, in_force(name))
        else:
            state = self.state(self.resource(of)) if day is None else self._version(of, day)
            if part is not None and state.frame is not None and not state.faults:
                state = sliced_state(state, part)
        if state.frame is None or state.faults:
            first, others = state.faults[0], len(state.faults) - 1
            detail = f"and {_more_faults(others)}: broadsheet data check {name}" if others else ""
            raise type(first)(first.where, first.what, first.mend, detail or first.detail)
        is_told = self.today is not None and day is None
        return state.frame, _origin(state, name, day, self.today if is_told else None)

    def _version(self, name: str, day: date) -> TableState:
        """Return the state of a table as it was known on a ``day``. The last rules in force are its
        own of that time.
        """
        if name not in self.names and not (self.root / VINTAGES / name).is_dir():
            self.resource(name)  # which says what is near
        if name in self.names and self.resource(name).is_parquet:
            raise unkept(self.resource(name))
        vintage = as_known(self.root, name, day)
        resource = version_entry(self.root, name, vintage)
        with guarded(Place(resource.file), f"checking the table {name!r}"):
            return judge(resource, content_of(self.root, name, vintage))

    def has(self, name: str) -> bool:
        """True if there is a table, a version or a slice of this name."""
        of, day = named_version(named_slice(name)[0])
        return of in self.names or (day is not None and (self.root / VINTAGES / of).is_dir())

    def in_order(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the tables and versions among ``names`` in the order of the descriptor."""
        places = {name: number for number, name in enumerate(self.names)}

        def place(name: str) -> tuple[int, str]:
            return places.get(named_version(named_slice(name)[0])[0], len(places)), name

        return tuple(sorted(filter(self.has, names), key=place))

    def state(self, resource: Resource) -> TableState:
        """Read the file of a table of this catalogue, and return its state."""
        return _state(self.root, resource)

    def origin(self, name: str) -> Origin:
        """Return the origin of the table ``name``. Raises what :meth:`table` raises for a fault."""
        return self._sound(name)[1]

    def files(self, name: str) -> tuple[str, ...]:
        """Return the names under which a run records that it read the table ``name``: its entry in
        the descriptor, and its file, from the publication's root; of a version or a slice, what was
        asked. Raises as :meth:`table` does.
        """
        table, part = named_slice(name)
        if SIGN in table:
            return (read_of(table),)
        if part is not None:
            return (read_of_slice(self.resource(table).file, name),)
        return entry_of(name), self.resource(name).file

    def entries(self, files: Iterable[str]) -> set[str]:
        """Return the names of the parts of the descriptor that a page uses if it is made of these
        ``files``: the entries of its tables; for a file of `data/` without an entry, the whole
        descriptor.
        """
        names = {resource.file: resource.name for resource in self.package.resources}
        return {
            entry_of(names[file]) if file in names else DESCRIPTOR
            for file in files
            if file in names or _may_be_a_table(file)
        }

    def without_entry(self, name: str) -> str:
        """Return the CSV file in `data/` that has this name and no entry; empty if there is none."""
        file = f"data/{name.removeprefix('data/').removesuffix('.csv')}.csv"
        has_entry = any(resource.file == file for resource in self.package.resources)
        return "" if has_entry or not is_file(self.root / file) else file

    def refuses(self, change: Change) -> bool:
        """True if a table with this change would break its schema or an identity."""
        return bool(judge(*with_change(*self.changeable(change.table), change)).faults)

    def changeable(self, name: str) -> tuple[Resource, bytes]:
        """Return the entry and the rows, in CSV, in which a :class:`Change` of ``name`` is made: of a
        table, or of what is read of a table in Parquet, which is as a table of its own.
        """
        table, part = named_slice(name)
        resource = self.resource(table)
        if not resource.is_parquet:
            return resource, self.content(resource)
        part = part or ALL_ROWS
        of_slice = sliced_resource(resource, part).model_copy(update={"name": name})
        return of_slice, slice_content(self.root, resource, part)

    def content(self, resource: Resource) -> bytes:
        """Return the bytes of the file of a table."""
        return table_bytes(self.root, resource)

    def overdue(self, today: date, files: Collection[str] | None = None) -> list[Notice]:
        """Return a notice for each table that was due to be retrieved again before ``today``; with
        ``files``, only for tables of these files.
        """
        return [
            Notice(
                Place(DESCRIPTOR),
                f"the table {resource.name!r} was retrieved on {resource.retrieved}, and was "
                f"to be retrieved anew by {resource.due}",
                f"Retrieve it again{_by_command(resource)}, or mend its `refresh`.",
                topic="overdue-table",
            )
            for resource in self.package.resources
            if resource.overdue(today)
            if files is None or resource.file in files
        ]

    def check(self, names: Iterable[str] | None = None) -> list[BroadsheetError]:
        """Return the faults of the named tables, or of all: of each table the first 20, and the
        number of the rest.
        """
        reported: list[BroadsheetError] = []
        for name in self.names if names is None else names:
            resource = self.resource(name)
            faults = _state(self.root, resource).faults
            reported += faults[:FAULTS_SHOWN]
            try:
                vintages(self.root, name)
            except BroadsheetError as fault:
                reported.append(fault)
            if len(faults) > FAULTS_SHOWN:
                reported.append(
                    DataError(
                        Place(resource.file),
                        f"table {name!r}: {_more_faults(len(faults) - FAULTS_SHOWN)} in this table",
                        "Mend the first ones and check again.",
                    )
                )
        return reported

    def differences(self, names: Iterable[str] | None = None) -> list[Notice]:
        """Return a notice for each suspicious change of the named tables, or of all, since they
        were recorded, and for each record that cannot be read. A table without a record has none.
        """
        notices: list[Notice] = []
        for name in self.names if names is None else names:
            try:
                with guarded(record_path(name), f"comparing the table {name!r} with its record"):
                    notices += self._differences(self.resource(name))
            except BroadsheetError as fault:
                notices.append(Notice(fault.where, fault.what, fault.mend, topic=RECORDED))
        return notices

    def _differences(self, resource: Resource) -> Iterator[Notice]:
        before = recorded_digest(self.root, resource.name)
        if before is None:
            return
        try:
            now = hashlib.sha256(table_bytes(self.root, resource)).hexdigest()
        except BroadsheetError:  # a fault of the table, which is told as such
            return
        if now == before:
            return
        record = read_record(self.root, resource.name)
        frame = self.state(resource).frame
        if frame is None:  # a cell that breaks a rule can still be compared
            frame = _state(self.root, resource.without_rules).frame
        if frame is not None:
            for difference in differences(record, resource, frame):
                yield difference.notice(resource)

    def unrecorded(self, names: Iterable[str]) -> list[str]:
        """Return the named tables that have no record, with which they could be compared. One in
        Parquet, which may be large, needs none.
        """
        return [
            name
            for name in names
            if not os.path.lexists(self.root / record_path(name))
            and not self.resource(name).is_parquet
        ]

    def states(self) -> tuple[TableState, ...]:
        """Return the state of each table, with or without faults."""
        return tuple(_state(self.root, resource) for resource in self.package.resources)

    def resource(self, name: str) -> Resource:
        """Return the entry of the table ``name``. Raises :class:`DataError` if there is none."""
        if name not in self.names and (lies := self.without_entry(name)):
            raise DataError(
                DESCRIPTOR,
                f"{lies} has no entry in the catalogue",
                f"Add it: broadsheet data add {lies}",
            )
        return self.package.resource(name)


def table(
    name: str,
    *,
    where: Mapping[str, object] | None = None,
    columns: Sequence[str] | None = None,
    known: date | str | None = None,
) -> pd.DataFrame:
    """Return the table ``name`` of the publication that contains the working directory: of it the
    rows that have the values in ``where`` (a value, or a list of values, by column), and the
    ``columns``; with ``known``, as it was known on that day.

    It is a typed DataFrame, with rows as in the file, and its :class:`Origin` in
    ``df.attrs["origin"]``. Raises :class:`DataError` if the table is unknown or breaks its schema,
    has no such rows, or was not known yet. Warns of suspicious changes since it was recorded.
    """
    root = find_root()
    version = slice_name(name if known is None else version_name(name, known), where, columns)
    with _reading(root, version):
        catalogue = Catalogue.open(root)
        frame = catalogue.table(version)
        if not _process.leaves_records and version == name:
            for notice in catalogue.differences([name]):
                warnings.warn(str(notice), stacklevel=2)
        return frame


def _reading(root: Path, name: str) -> AbstractContextManager[None]:
    """Have a run record what it reads in the block as a read of the table, version or slice ``name``."""
    table, part = named_slice(name)
    if SIGN in table:
        return answering(root / "data", f"{root}/{read_of(table)}")
    if part is None:
        return consulting(name)
    with answering(root / "data", ""):  # since the answer has all that is read here
        (read,) = Catalogue.open(root).files(name)
    return answering(root / "data", f"{root}/{read}")


@dataclass
class _Process:
    """State of the process, which a run has for itself."""

    leaves_records: bool = False
    """True if the process leaves the comparison with records to the build."""


_process = _Process()


def leave_records() -> None:
    """Stop comparing tables with their records in this process. A run does so: the build compares
    them, and no page depends on records.
    """
    _process.leaves_records = True


def differences_of(root: Path) -> list[Notice]:
    """Return notices of suspicious changes in the tables of the publication at ``root``; none if
    its catalogue is missing or cannot be read, which is a fault elsewhere.
    """
    if not (root / RECORDS).is_dir() or not has_catalogue(root):
        return []
    try:
        return Catalogue.open(root).differences()
    except BroadsheetError:
        return []


def origin(name: str) -> Origin:
    """Return the origin of the table ``name`` of the publication that contains the working directory.
    Raises as :func:`table` does.
    """
    root = find_root()
    with _reading(root, name):
        return Catalogue.open(root).origin(name)


def find_root(start: Path | None = None) -> Path:
    """Return the publication's root: ``$BROADSHEET_ROOT``, else the first folder from ``start``
    (the working directory) upwards that has a data catalogue. Raises :class:`ConfigError` if there
    is none.
    """
    configured = os.environ.get("BROADSHEET_ROOT")
    if configured:
        if has_catalogue(Path(configured)):
            return Path(configured).resolve()
        raise ConfigError(
            "BROADSHEET_ROOT",
            f"{configured} has no {DESCRIPTOR}",
            "Set it to the publication's root, or unset it.",
        )
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if has_catalogue(folder):
            return folder
    raise ConfigError(
        DESCRIPTOR,
        f"there is no such file in {start} or any folder above it",
        "Work within the publication's folder, or set BROADSHEET_ROOT to it; the first table makes "
        "one: broadsheet data add FILE.",
    )


def record_tables(
    root: Path, names: Collection[str] | None = None, *, today: date | None = None
) -> tuple[tuple[str, ...], list[Notice]]:
    """Record tables as they are now, with their checksums (:mod:`broadsheet.data.recorded`): the
    named tables, or all in which nothing is suspicious. ``today`` is that of :func:`update_hashes`.

    A table that breaks its schema is not recorded. Returns the names of tables whose record
    changed, and notices of what is suspicious in the others.
    """
    catalogue = Catalogue.open(root)
    chosen = catalogue.names if names is None else names
    suspicious: list[Notice] = []
    recorded, sound = [], []
    for resource in map(catalogue.resource, chosen):
        state = catalogue.state(resource)
        if state.frame is None:
            continue
        if names is None and (notices := catalogue.differences([resource.name])):
            suspicious += notices
            continue
        sound.append(resource.name)
        record = record_of(resource, state.frame, state.sha256)
        if not _is_recorded(root, resource.name, record):
            write_record(root, resource.name, record)
            recorded.append(resource.name)
    update_hashes(root, sound, today=today)
    return tuple(recorded), suspicious


def _is_recorded(root: Path, name: str, record: TableRecord) -> bool:
    try:
        return read_record(root, name) == record
    except BroadsheetError:
        return False


def update_hashes(
    root: Path, names: Collection[str] | None = None, *, today: date | None = None
) -> tuple[str, ...]:
    """Write ``hash`` and ``bytes`` of each valid table, or of the named ones, into the descriptor.
    Returns the names of the tables that changed. With ``today`` they are kept as versions that are
    known from that day, and before them those that they replace
    (:mod:`broadsheet.data.vintages`).

    A table that breaks its schema keeps its old checksum, because a checksum says that somebody has
    looked. The descriptor is replaced in one step, in its usual form: two spaces of indent, letters
    as they are.
    """
    catalogue = Catalogue.open(root)
    path = root / DESCRIPTOR
    raw = json.loads(path.read_text("utf-8-sig"))
    changed = []
    for resource, entry in zip(catalogue.package.resources, raw["resources"], strict=True):
        if names is not None and resource.name not in names:
            continue
        state = _state(root, resource)
        if state.rows and not state.checksum_ok:
            entry["bytes"], entry["hash"] = state.size, f"sha256:{state.sha256}"
            changed.append(resource)
    if today is not None:
        for resource in changed:
            if not resource.is_parquet:
                _keep_accepted(root, resource, today)
    if changed:
        text = json.dumps(raw, indent=2, ensure_ascii=False) + "\n"
        store.write_file(path, text.encode(), mode=stat.S_IMODE(path.stat().st_mode))
    return tuple(resource.name for resource in changed)


def _keep_accepted(root: Path, resource: Resource, today: date) -> None:
    """Keep a table as its file is; and the one that its entry is about, if git still has it."""
    source, accepted = first_source(resource), []
    before = committed(root, resource)
    if before is not None:
        accepted.append(Accepted(resource, before, resource.retrieved, source))
    day = today if accepted or vintages(root, resource.name) else resource.retrieved
    accepted.append(Accepted(resource, table_bytes(root, resource), day, BY_HAND))
    keep_all(root, resource.name, accepted)


def _state(root: Path, resource: Resource) -> TableState:
    try:
        if resource.is_parquet:
            with guarded(Place(resource.file), f"checking the table {resource.name!r}"):
                return parquet_state(root, resource)
        data = table_bytes(root, resource)
        if (change := in_force(resource.name)) is not None:
            resource, data = with_change(resource, data, change)
        with guarded(Place(resource.file), f"checking the table {resource.name!r}"):
            return judge(resource, data)
    except BroadsheetError as fault:
        return TableState(resource, None, (fault,))


def unkept(resource: Resource) -> DataError:
    """Return the error of a table of which a version is asked, and no versions are kept."""
    return DataError(
        Place(resource.file),
        f"the table {resource.name!r} is Parquet, of which no versions are kept",
        "Keep what you need of it as a table in CSV, whose versions are.",
    )


def overdue_tables(root: Path, reads: Iterable[str], today: date) -> frozenset[str]:
    """Return the names of the tables that were due to be retrieved again before ``today``, of those
    whose entries are among what was read; none if the catalogue cannot be read.
    """
    reads = list(reads)
    entries = set(filter(is_entry, reads))
    entries |= {entry_of(named_slice(name)[0]) for name in map(slice_read, reads) if name}
    try:
        resources = read_descriptor(root).resources if entries else ()
    except BroadsheetError:
        return frozenset()
    return frozenset(
        resource.name
        for resource in resources
        if entry_of(resource.name) in entries and resource.overdue(today)
    )


def _origin(state: TableState, name: str, known: date | None, today: date | None = None) -> Origin:
    resource = state.resource
    return Origin(
        name=name,
        title=resource.title,
        description=resource.description,
        columns=resource.table_schema.fields,
        sources=resource.sources,
        licences=resource.licenses,
        as_of=resource.as_of,
        retrieved=resource.retrieved,
        sha256=state.sha256,
        path=resource.file,
        key=resource.table_schema.primary_key,
        names=state.names,
        known=known,
        corrections=resource.corrections,
        overdue=resource.overdue(today) if today is not None else None,
    )


def _by_command(resource: Resource) -> str:
    """Return the command that retrieves a table, for a message; empty if it names no source."""
    is_by_command = isinstance(resource.refresh, Refresh)
    return f" (broadsheet data refresh {resource.name})" if is_by_command else ""


def _may_be_a_table(file: str) -> bool:
    return file.startswith("data/") and file.endswith(".csv")


def _more_faults(number: int) -> str:
    return "1 more fault" if number == 1 else f"{number} more faults"
