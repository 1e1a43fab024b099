"""The versions of a table beside each other, and those that a git history has."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from broadsheet.data.catalogue import Catalogue, unkept
from broadsheet.data.checking import TableState, judge
from broadsheet.data.csv_reading import plain_table
from broadsheet.data.descriptor import Resource
from broadsheet.data.last_day import last_day
from broadsheet.data.versions.git_history import Committed, Repository
from broadsheet.data.versions.version_changes import VersionChanges, version_changes
from broadsheet.data.vintages import (
    Accepted,
    Vintage,
    as_known,
    content_of,
    entry_of,
    keep_all,
    vintages,
)
from broadsheet.errors import BroadsheetError, DataError, UsageError
from plotly_alive.errors import shown

if TYPE_CHECKING:
    import pandas as pd

NOW = "now"
"""The word for the table as it stands."""
_DIGEST = re.compile(r"[0-9a-f]{4,64}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class LoggedVersion:
    """A version, and what it changed."""

    vintage: Vintage
    """The version."""
    changes: VersionChanges | None = None
    """The changes since the version before; None for the first, and where either cannot be read."""
    reason: str = ""
    """The reason for which it cannot be read."""


@dataclass(frozen=True)
class TakenIn:
    """The versions of a history that became versions of a table, and those that did not."""

    versions: tuple[Vintage, ...]
    """The new versions, oldest first."""
    passed_over: tuple[tuple[Committed, str], ...]
    """The others, oldest first, each with the reason."""
    commits: int
    """The number of all."""


def logged(
    root: Path, name: str, most: int, compared: int | None = None
) -> tuple[list[LoggedVersion], int]:
    """Return the newest ``most`` versions of a table, newest first, and the number of the others. All
    are ``compared`` with those before them, or so many of the newest.
    """
    versions = vintages(root, name)
    if not versions:
        Catalogue.open(root).origin(name)  # which says what is wrong with the name
    shown_ones = versions[-most:]
    read = shown_ones if compared is None else shown_ones[max(0, len(shown_ones) - compared) :]
    first = versions[: -len(read)][-1:] if read else ()
    lines, before = list[LoggedVersion](), None
    for version in (*first, *read):
        try:
            state, reason = _read(root, name, version), ""
        except BroadsheetError as fault:
            state, reason = None, fault.what
        changes = version_changes(before, state) if before and state else None
        lines.append(LoggedVersion(version, changes, reason))
        before = state
    older = map(LoggedVersion, shown_ones[: len(shown_ones) - len(read)])
    return [*older, *lines[len(first) :]][::-1], len(versions) - len(shown_ones)


def difference(root: Path, name: str, first: str, other: str) -> VersionChanges:
    """Return the changes from one version of a table to another. Each is named by a day, by the
    beginning of its digest, or by `now`. Raises :class:`UsageError` for what names none.
    """
    return version_changes(_chosen(root, name, first), _chosen(root, name, other))


def take_in(root: Path, name: str, repository: Repository, path: str) -> TakenIn:
    """Keep the versions of a table that the history of a file has, each known from the day of its
    author. Those that are no table, or do not fit the table's schema, are passed over.
    """
    resource = Catalogue.open(root).resource(name)
    resource = resource.model_copy(update={"corrections": ()})  # which nobody had made then
    history = repository.history(path)[::-1]
    if not history:
        raise DataError(
            str(repository.folder),
            f"no commit has a file {shown(path)}",
            "Give its path from the top of the repository: REPOSITORY:data/trade.csv.",
        )
    passed_over: list[tuple[Committed, str]] = []

    def accepted() -> Iterator[Accepted]:
        contents = repository.contents(version.blob for version in history if version.blob)
        for version in history:
            if not version.blob:
                passed_over.append((version, "there is no plain file"))
                continue
            data = next(contents)
            try:
                state = _fitting(resource, data, path)
            except BroadsheetError as fault:
                passed_over.append((version, fault.what.removeprefix(f"table {name!r}: ")))
                continue
            source = f"commit {version.commit[:12]}, {path}"
            yield Accepted(_of_day(*state, version.day), state[1], version.day, source)

    versions = tuple(keep_all(root, name, accepted()))
    return TakenIn(versions, tuple(passed_over), len(history))


def _fitting(resource: Resource, data: bytes | None, path: str) -> tuple[TableState, bytes]:
    """Return the state of a table with this content, as it is or in the catalogue's own form, and
    its bytes. Raises :class:`DataError` if it breaks the schema.
    """
    if data is None:
        raise DataError(
            path, "it is missing or damaged in the repository, or larger than a table may be", ""
        )
    state = _judged(resource, data)
    if state.frame is None:
        with suppress(BroadsheetError):
            plain = plain_table(data, path, resource.table_schema.primary_key).data
            state, data = _judged(resource, plain), plain
    if state.frame is None:
        raise state.faults[0]
    return state, data


def _judged(resource: Resource, data: bytes) -> TableState:
    checksum = {"hash": f"sha256:{hashlib.sha256(data).hexdigest()}", "bytes": len(data)}
    return judge(resource.model_copy(update=checksum), data)


def _of_day(state: TableState, data: bytes, day: date) -> Resource:
    """Return the entry of a version of a history: the last day that its figures cover is that of its
    last row, and no later than the ``day`` on which it was known.
    """
    assert state.frame is not None
    schema, frame = state.resource.table_schema, state.frame
    last = last_day(schema.fields, schema.primary_key, lambda name: frame[name].max())
    last = last or state.resource.as_of
    return state.resource.model_copy(update={"as_of": min(last, day), "retrieved": day})


def _read(root: Path, name: str, vintage: Vintage) -> tuple[Resource, pd.DataFrame]:
    resource = entry_of(root, name, vintage)
    return _framed(judge(resource, content_of(root, name, vintage)))


def _framed(state: TableState) -> tuple[Resource, pd.DataFrame]:
    """Return the entry and the rows of a table. Raises the first of its faults, if there are no rows."""
    if state.frame is None:
        raise state.faults[0]
    return state.resource, state.frame


def _chosen(root: Path, name: str, text: str) -> tuple[Resource, pd.DataFrame]:
    if text == NOW:
        catalogue = Catalogue.open(root)
        resource = catalogue.resource(name)
        if resource.is_parquet:
            raise unkept(resource)
        return _framed(catalogue.state(resource))
    if _DAY.fullmatch(text):
        with suppress(ValueError):
            return _read(root, name, as_known(root, name, date.fromisoformat(text)))
    versions = vintages(root, name)
    digests = {one.sha256 for one in versions if one.sha256.startswith(text)}
    if not _DIGEST.fullmatch(text) or len(digests) != 1:
        if not versions:
            Catalogue.open(root).resource(name)  # which says what is wrong with the name
        raise UsageError(
            shown(text),
            f"several versions of the table {name!r} begin so"
            if len(digests) > 1 and _DIGEST.fullmatch(text)
            else f"no version of the table {name!r} is named so",
            "Name one by a day (2023-05-26), by four or more digits of its digest, or `now`: "
            f"broadsheet data log {name}",
        )
    return _read(root, name, next(one for one in versions if one.sha256 in digests))
