"""Keeps the bytes that a source has sent, before anything is done with them.

They are first in `.broadsheet/retrieved/NAME/`, whatever becomes of them: an author can look at what
was refused. When the table is accepted they go to `data/originals/NAME/`, beside the table and
committed with it, so that anybody can make the table again of what the agency has sent. There the
last ones take the place of those before, so that git shows what has changed in the agency's own
words; earlier tables are in `data/vintages/`. `.broadsheet/` alone would not do, since it may be
removed at any time; nor would `data/originals/` at once, since a refresh that changes nothing
touches no file.

`request.json` beside them says what was asked, when, with which headers it came, the digest of each
answer, and the terms of the source. No key is in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from broadsheet.data.descriptor import Refresh, Resource
from broadsheet.data.refresh.answers import RawAnswer, SourceDescription
from broadsheet.data.refresh.file_formats import FORMATS_BY_SUFFIX
from broadsheet.storage import store
from broadsheet.storage.json_text import decoded
from broadsheet.storage.limits import TABLE

RETRIEVED = "retrieved"
"""The folder in `.broadsheet/`."""
ORIGINALS_FOLDER = "data/originals"
_RECORD = "request.json"


class AnswerRecord(msgspec.Struct, frozen=True):
    """An answer of a source, as `request.json` has it."""

    file: str
    """The name of the file that has its bytes."""
    request: str
    """The request, without secrets."""
    at: datetime
    """The time at which it came."""
    sha256: str
    """The digest of the bytes."""
    bytes: int
    """The number of the bytes."""
    headers: dict[str, str]
    """The headers that say what it is."""


class RetrievalRecord(msgspec.Struct, frozen=True):
    """A retrieval, as `request.json` has it."""

    source: str
    """The name of the source in the entry."""
    title: str
    """Its name for people."""
    licence: str
    """The terms of the source, in a sentence."""
    terms: str
    """The address of these terms."""
    licences: list[str]
    """The licences in the entry of the table."""
    entry: str
    """The digest of the entry's `refresh`."""
    latest: str
    """The mark that the source had; empty if it has none."""
    answers: list[AnswerRecord]
    """The answers, in order."""
    table: str = ""
    """The digest of the table that was made of them; empty if none was."""

    @property
    def address(self) -> str:
        """The first request's address, without secrets and without its query."""
        request = self.answers[0].request.removeprefix("GET ") if self.answers else ""
        split = urlsplit(request)
        return f"{split.scheme}://{split.netloc}{split.path}" if split.netloc else request


def entry_digest_of(entry: Refresh) -> str:
    """Return the digest of all in an entry that says what is asked, and how it is mapped."""
    return hashlib.sha256(entry.model_dump_json(exclude={"every"}).encode()).hexdigest()


def keep_answers(
    root: Path,
    resource: Resource,
    entry: Refresh,
    *,
    description: SourceDescription,
    latest: str,
    answers: Sequence[RawAnswer],
) -> RetrievalRecord:
    """Write what has come into `.broadsheet/retrieved/NAME/`."""
    record = RetrievalRecord(
        entry.source,
        description.title,
        description.licence,
        description.terms,
        [licence.name for licence in resource.licenses],
        entry_digest_of(entry),
        latest,
        [
            AnswerRecord(
                f"answer-{number}{_suffix(answer)}",
                answer.request,
                answer.at,
                hashlib.sha256(answer.content).hexdigest(),
                len(answer.content),
                dict(answer.headers),
            )
            for number, answer in enumerate(answers, 1)
        ],
    )
    folder = _retrieved(root, resource.name)
    store.make_room(folder / _RECORD)
    (folder / _RECORD).unlink(missing_ok=True)
    for old in folder.glob("answer-*"):
        old.unlink(missing_ok=True)
    for answer, kept in zip(answers, record.answers, strict=True):
        store.write_file(folder / kept.file, answer.content)
    _write(folder, record)
    return record


def note_table(root: Path, name: str, record: RetrievalRecord, content: bytes) -> None:
    """Note in `.broadsheet/retrieved/NAME/` which table was made of the answers."""
    digest = hashlib.sha256(content).hexdigest()
    _write(_retrieved(root, name), msgspec.structs.replace(record, table=digest))


def last_retrieval(root: Path, name: str, content: bytes) -> RetrievalRecord | None:
    """Return the record of the retrieval of the table ``name`` that has this ``content``; None if
    none is kept.
    """
    digest = hashlib.sha256(content).hexdigest()
    for folder in (_retrieved(root, name), root / ORIGINALS_FOLDER / name):
        data = store.file_content(folder / _RECORD)
        record = decoded(data, RetrievalRecord) if data else None
        if record is not None and record.table == digest:
            return record
    return None


def originals(
    root: Path, kept_in: Path, name: str, record: RetrievalRecord
) -> dict[str, bytes | None]:
    """Return the files of `data/originals/NAME/` as they are to be, by their paths from the root;
    None for one that is to go. Answers that are too large are not among them. ``kept_in`` is the
    root of the publication that has retrieved them.
    """
    place = f"{ORIGINALS_FOLDER}/{name}"
    folder = root / ORIGINALS_FOLDER / name
    files: dict[str, bytes | None] = {
        f"{place}/{path.name}": None for path in sorted(folder.glob("answer-*"))
    }
    if sum(answer.bytes for answer in record.answers) <= TABLE["original-size"].value:
        for answer in record.answers:
            files[f"{place}/{answer.file}"] = store.file_content(
                _retrieved(kept_in, name) / answer.file
            )
    files[f"{place}/{_RECORD}"] = _written(record)
    return files


def _retrieved(root: Path, name: str) -> Path:
    return root / store.FOLDER / RETRIEVED / name


def _write(folder: Path, record: RetrievalRecord) -> None:
    store.write_file(folder / _RECORD, _written(record))


def _written(record: RetrievalRecord) -> bytes:
    text = json.dumps(msgspec.to_builtins(record), indent=2, ensure_ascii=False)
    return f"{text}\n".encode()


def _suffix(answer: RawAnswer) -> str:
    """Return the suffix of a file of an answer: that of its address, if it is of a table."""
    path = urlsplit(answer.request).path.lower()
    packed = ".gz" if path.endswith(".gz") else ""
    suffix = f".{path.removesuffix('.gz').rpartition('.')[2]}"
    if suffix in FORMATS_BY_SUFFIX:
        return suffix + packed
    kind = answer.headers.get("content-type", "")
    start = answer.content.lstrip()[:1]
    if "json" in kind or start in (b"{", b"["):
        return ".json"
    return ".csv" if "csv" in kind else ".txt"
