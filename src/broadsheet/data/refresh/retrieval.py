"""The order of a refresh: asked, kept, mapped, validated, and only then put in place.

:func:`retrieved` goes as far as a :class:`Revision`, a table that is valid and has been held against
its past, and replaces nothing. :func:`accept` puts it in place: table, entry, record and originals
at once, so that whenever the process ends the old table stands whole or the new one does. Whatever
goes wrong on the way is a :class:`RetrievalError`, and the old table stands.

A source that has nothing new changes no file, with one exception: when the table was due, the day on
which it was `retrieved` becomes today. Nobody else could tell a source that is quiet from a job that
has silently stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.checking import judge
from broadsheet.data.descriptor import DESCRIPTOR, Refresh, Resource
from broadsheet.data.descriptor_reading import package_of
from broadsheet.data.recorded import as_file, record_of, record_path
from broadsheet.data.refresh.answers import SourceError
from broadsheet.data.refresh.client import Client
from broadsheet.data.refresh.mapping import mapped
from broadsheet.data.refresh.originals import (
    RetrievalRecord,
    entry_digest_of,
    keep_answers,
    last_retrieval,
    note_table,
    originals,
)
from broadsheet.data.refresh.registry import named_source
from broadsheet.data.refresh.table_past import suspicious_changes
from broadsheet.data.revision import Revision
from broadsheet.data.vintages import Accepted, files_to_keep, first_source
from broadsheet.errors import BroadsheetError, Place, RetrievalError, unexpected
from broadsheet.processes.secret_values import redacted
from broadsheet.storage.data_swap import check_replaceable, replace_together
from broadsheet.storage.files import read_text
from broadsheet.storage.json_text import positions
from broadsheet.storage.limits import TABLE

_LISTED = 8
"""The most faults or changes that a message lists."""
SUSPICIOUS = "suspicious-revision"
"""The topic of the error of a new table that is refused until somebody has looked."""


def retrieved(
    root: Path,
    name: str,
    *,
    today: date,
    is_accepted: bool = False,
    keeps: bool = True,
    client: Callable[..., Client] = Client,
) -> Revision:
    """Return the table ``name`` as its source has it now. Nothing is replaced.

    With ``is_accepted`` somebody has looked at a change that is suspicious, and takes it. Without
    ``keeps`` no answer is written into `.broadsheet/`. Raises :class:`RetrievalError`.
    """
    catalogue = Catalogue.open(root)
    resource = catalogue.resource(name)
    entry = resource.refresh
    if not isinstance(entry, Refresh):
        raise _error(resource, "its entry names no source", "Give `refresh` a `source`.")
    if resource.is_parquet:
        raise _error(
            resource,
            "it is Parquet, and a source gives a table in CSV",
            "Put the new file in its place: broadsheet data check --update-hashes",
        )
    is_new = not os.path.lexists(root / resource.file) and ".." not in Path(resource.path).parts
    before = b"" if is_new else catalogue.content(resource)
    with _told(resource):
        source = named_source(entry)
        description = source.describe(entry)
        way = client(
            root=root,
            key_name=(entry.key or description.key).removeprefix("$"),
            rates=description.rates,
        )
        latest = source.latest(entry, way)
        if latest and _is_last(root, resource, entry, before, latest):
            return _unchanged(resource, before, today)
        answers = source.fetch(entry, way)
        record = None
        if keeps:
            record = keep_answers(
                root, resource, entry, description=description, latest=latest, answers=answers
            )
        table = source.parse(entry, answers)
        new = mapped(resource, entry, table, before)
        if record is not None:
            note_table(root, name, record, new.content)
    if new.content == before:
        return _unchanged(resource, before, today)
    revised = resource.model_copy(
        update={
            "bytes": len(new.content),
            "hash": f"sha256:{hashlib.sha256(new.content).hexdigest()}",
            "as_of": min(new.last_day or today, today),
            "retrieved": today,
        }
    )
    _validate(resource, revised, before, new.content, is_accepted=is_accepted)
    return Revision(name, revised, new.content, before)


def accept(root: Path, revision: Revision, *, retrieved_in: Path | None = None) -> bool:
    """Put a revision in place. Returns True if a file has changed. Raises :class:`RetrievalError` if
    the table has changed since it was retrieved.

    ``retrieved_in`` is the root of the publication by which it was retrieved, if that is another
    one: ``root`` may be a worktree of it.
    """
    name, resource = revision.name, revision.resource
    descriptor = (root / DESCRIPTOR).read_bytes()
    text = read_text(root / DESCRIPTOR, DESCRIPTOR, limit=TABLE["config-size"])
    if name not in package_of(text).names:
        raise _error(resource, "its entry is gone meanwhile", "Put it back, and refresh it again.")
    values: dict[str, str | int] = {"retrieved": resource.retrieved.isoformat()}
    files: dict[str, bytes | None] = {}
    if revision.changes:
        check_replaceable(root, [resource.file, DESCRIPTOR])
        kept_in = retrieved_in or root
        record = last_retrieval(kept_in, name, revision.content)
        files |= files_to_keep(root, name, [_as_version(revision, record)])
        frame = judge(resource, revision.content).frame
        assert frame is not None  # a revision is valid
        values |= {"as_of": resource.as_of.isoformat()}
        values |= {"bytes": resource.bytes or 0, "hash": resource.hash or ""}
        sha256 = hashlib.sha256(revision.content).hexdigest()
        files[resource.file] = revision.content
        files[record_path(name)] = as_file(record_of(resource, frame, sha256))
        files |= originals(root, kept_in, name, record) if record is not None else {}
    written = _with_values(text, name, values)
    if written == text and not files:
        return False
    if not revision.changes:  # the table was known from the day that its entry still has
        files |= files_to_keep(root, name)
    files[DESCRIPTOR] = written.encode()
    if not replace_together(root, files, {resource.file: revision.before, DESCRIPTOR: descriptor}):
        raise _error(
            resource,
            "it or the catalogue has changed since it was retrieved",
            "See what has changed them, and refresh it again.",
        )
    return True


def _as_version(revision: Revision, record: RetrievalRecord | None) -> Accepted:
    """Return the new table as a version of it, known from the day on which it was retrieved."""
    resource = revision.resource
    source = (record.address if record is not None else "") or first_source(resource)
    return Accepted(resource, revision.content, resource.retrieved, source)


def _is_last(root: Path, resource: Resource, entry: Refresh, before: bytes, latest: str) -> bool:
    """True if the table that stands was made, by this entry, of what the source has now."""
    record = last_retrieval(root, resource.name, before)
    if record is None or (record.latest, record.entry) != (latest, entry_digest_of(entry)):
        return False
    return not judge(resource, before).faults


def _unchanged(resource: Resource, before: bytes, today: date) -> Revision:
    """Return the revision of a source that has nothing new."""
    is_due = resource.due is not None and resource.due <= today
    entry = resource.model_copy(update={"retrieved": today}) if is_due else resource
    return Revision(resource.name, entry, before, before)


def _validate(
    resource: Resource, revised: Resource, before: bytes, content: bytes, *, is_accepted: bool
) -> None:
    """Raise the error of a new table that breaks its rules, or whose change is suspicious."""
    state = judge(revised, content)
    if state.frame is None or state.faults:
        faults = [
            f"{str(fault.where).removeprefix(f'{resource.file}, ')}: "
            f"{fault.what.removeprefix(f'table {resource.name!r}: ')}"
            for fault in state.faults
        ]
        raise _error(
            resource,
            f"what came breaks its rules: {faults[0]}",
            f"See `.broadsheet/retrieved/{resource.name}`. If the source is right, correct the "
            f"rule in {DESCRIPTOR}.",
            "\n".join(f"also: {fault}" for fault in faults[1:_LISTED]),
        )
    old = judge(resource, before).frame
    if old is None:
        old = judge(resource.without_rules, before).frame
    if is_accepted or old is None:
        return
    changes = suspicious_changes(resource, before, old, state.frame)
    if changes:
        raise _error(
            resource,
            f"what came differs from it as only a mistake does: {changes[0]}",
            f"Look at `.broadsheet/retrieved/{resource.name}`. If the source means it: "
            f"broadsheet data refresh {resource.name} --accept",
            "\n".join(f"also: {change}" for change in changes[1:_LISTED]),
            SUSPICIOUS,
        )


def _with_values(text: str, name: str, values: Mapping[str, str | int]) -> str:
    """Return the descriptor's text with other values in the entry of a table; all else stays as it
    is written.
    """
    spans = {path: (start, end) for path, start, end in positions(text)}
    number = next(
        path[1]
        for path, (start, end) in spans.items()
        if len(path) == 3
        and (path[0], path[2]) == ("resources", "name")
        and json.loads(text[start:end]) == name
    )
    changes = []
    for key, value in values.items():
        written = json.dumps(value, ensure_ascii=False)
        span = spans.get(("resources", number, key))
        if span is not None:
            changes.append((*span, written))
        else:
            _, end = spans["resources", number, "retrieved"]
            changes.append((end, end, f', "{key}": {written}'))
    for start, end, written in sorted(changes, reverse=True):
        text = text[:start] + written + text[end:]
    return text


@contextmanager
def _told(resource: Resource) -> Iterator[None]:
    """Turn the error of a source into one of the table."""
    try:
        yield
    except SourceError as error:
        raise _error(resource, redacted(error.what), redacted(error.mend)) from None
    except BroadsheetError as error:
        raise _error(resource, redacted(error.what), error.mend, redacted(error.detail)) from None
    except Exception as error:
        # A source may be somebody else's code; and whatever comes, the old table stands.
        fault = unexpected(error, resource.file, "retrieving it")
        raise _error(resource, redacted(fault.what), fault.mend, fault.detail) from error


def _error(
    resource: Resource, what: str, mend: str, detail: str = "", topic: str = ""
) -> RetrievalError:
    return RetrievalError(
        Place(resource.file),
        f"table {resource.name!r} stays as it is: {what}",
        mend,
        detail,
        topic,
    )
