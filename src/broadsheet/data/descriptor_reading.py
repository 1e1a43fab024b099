"""Reads ``data/datapackage.json``, and names its faults in the author's terms.

A fault is one of JSON, of a text that no page can hold, or of the models in
:mod:`broadsheet.data.descriptor`, which pydantic finds. All become one :class:`ConfigError`, with
the place of each as `resource 'trade': field 'year':`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from broadsheet.data.descriptor import (
    DESCRIPTOR,
    OBJECT,
    PLAIN_TEXT,
    ColumnSource,
    Constraints,
    DeclaredCorrection,
    Described,
    Field,
    Identity,
    LicenceEntry,
    Package,
    Refresh,
    Remark,
    Resource,
    Schema,
    SourceEntry,
    Unpivot,
    as_json,
)
from broadsheet.errors import BroadsheetError, ConfigError, Place, also, guarded
from broadsheet.storage.data_swap import finish_swap
from broadsheet.storage.files import check_path, read_text
from broadsheet.storage.json_text import read_json
from broadsheet.storage.limits import TABLE
from plotly_alive.errors import shown
from plotly_alive.text.did_you_mean import nearest
from plotly_alive.text.unprintable import UNPRINTABLE, named


def read_descriptor(root: Path) -> Package:
    """Return the package that ``root``'s descriptor describes. Raises one :class:`ConfigError` with
    all of its faults.
    """
    finish_swap(root)
    check_path(root, root / DESCRIPTOR, DESCRIPTOR)
    content = read_text(
        root / DESCRIPTOR,
        DESCRIPTOR,
        limit=TABLE["config-size"],
        mend="A publication keeps its data catalogue there: `broadsheet data add FILE` makes it of a "
        "CSV file; or put it back from its last version.",
    )
    return package_of(content)


_consulted: ContextVar[tuple[str, str, str | None]] = ContextVar(
    "_consulted", default=("", "", None)
)


@contextmanager
def consulting(name: str) -> Iterator[None]:
    """Within this context, the descriptor is read for its entry of the table ``name`` alone."""
    with _recording(name, "", None):
        yield


@contextmanager
def answering(folder: Path, read: str) -> Iterator[None]:
    """Within this context, all that is read in ``folder`` is read for one answer: a run records
    ``read`` for it, a path from the root with what was asked; nothing, if that is empty.
    """
    with _recording("", f"{folder}/", read):
        yield


@contextmanager
def _recording(*consulted: str | None) -> Iterator[None]:
    token = _consulted.set(cast(tuple[str, str, str | None], consulted))
    try:
        yield
    finally:
        _consulted.reset(token)


def consulted(file: str) -> str:
    """Return the name under which a run records that it reads ``file``: the entry of the table that
    is consulted, if it is a descriptor (:func:`entry_of`); what is asked, or nothing, if it is in
    the folder of an answer; else the file.
    """
    name, folder, read = _consulted.get()
    if read is not None and file.startswith(folder):
        return read
    return f"{file}{_ENTRY_OF}{name}" if name and file.endswith(f"/{DESCRIPTOR}") else file


def entry_of(name: str) -> str:
    """Return the name that stands for the entry of the table ``name`` among the files that were
    read.
    """
    return f"{DESCRIPTOR}{_ENTRY_OF}{name}"


def is_entry(read: str) -> bool:
    """True if a name among the files that were read is that of an entry."""
    return read.startswith(entry_of(""))


def entry_digest(root: Path, read: str) -> str:
    """Return the SHA-256 of an entry that was read, hexadecimal; empty if it does not exist."""
    try:
        content = read_text(root / DESCRIPTOR, DESCRIPTOR, limit=TABLE["config-size"])
    except (BroadsheetError, OSError):
        return ""
    return entry_digests(content).get(read.removeprefix(entry_of("")), "")


_ENTRY_OF = ": "


@lru_cache(maxsize=2)
def entry_digests(content: str) -> Mapping[str, str]:
    """Return the SHA-256 of each entry of a descriptor's text, hexadecimal, by the table's name; none if
    the text is not a descriptor. Cached for the process.
    """
    digests: dict[str, str] = {}
    with suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError):
        for entry in json.loads(content)["resources"]:
            text = json.dumps(entry, sort_keys=True)
            digests[str(entry.get("name"))] = hashlib.sha256(text.encode()).hexdigest()
    return digests


@lru_cache(maxsize=8)
def package_of(content: str) -> Package:
    """Return the package in a descriptor, cached for the process. Raises :class:`ConfigError`."""
    raw = read_json(content, Place(DESCRIPTOR), ConfigError, "this is not JSON")
    with guarded(DESCRIPTOR, "reading the catalogue"):
        messages = list(_unfit_texts(raw, (), raw))
        if not messages:
            try:
                return Package.model_validate_json(content)
            except ValidationError as error:
                messages = [_message(fault, raw) for fault in _causes(error)]
    (what, mend), *others = messages
    raise ConfigError(Place(DESCRIPTOR), what, mend, also([what for what, _ in others], _SHOWN))


_SHOWN = 20
"""The most faults that a message lists after the first."""


def _unfit_texts(value: Any, location: tuple[Any, ...], raw: Any) -> Iterator[tuple[str, str]]:
    """Yield the errors of texts in ``value`` that no page and no file name can hold."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _unfit_texts(key, location, raw)
            yield from _unfit_texts(item, (*location, key), raw)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unfit_texts(item, (*location, number), raw)
    elif isinstance(value, str) and (sign := UNPRINTABLE.search(value)):
        yield (
            f"{_path_of(location, raw)}{shown(value)} holds {named(sign[0])}, which is no text",
            "Take the character out.",
        )


def _causes(error: ValidationError) -> list[dict[str, Any]]:
    """Return the faults that pydantic found, without those that only follow from others: an author
    does not care that a list is `too short` when its items are invalid.
    """
    faults = [cast(dict[str, Any], fault) for fault in error.errors(include_url=False)]
    return [
        fault
        for fault in faults
        if fault["type"] != "too_short"
        or not any(
            other is not fault and other["loc"][: len(fault["loc"])] == fault["loc"]
            for other in faults
        )
    ]


_WRITTEN = "`broadsheet data add FILE` writes an entry with all of its keys, to compare with."


def _message(fault: dict[str, Any], raw: Any) -> tuple[str, str]:
    """Return a fault that pydantic found, and the remedy, in the author's terms."""
    location = tuple(step for step in fault["loc"] if step not in (PLAIN_TEXT, OBJECT))
    if not location and fault["type"] != "value_error":
        return (
            f"the file holds {as_json(raw)}, and not an object with `resources`",
            _WRITTEN,
        )
    *parents, key = location or ("",)
    is_item = isinstance(key, int)
    within = _path_of(location if is_item else parents, raw)
    subject = "" if is_item else f"{key!r} is "
    match fault["type"]:
        case "extra_forbidden":
            known_keys = _known_keys(parents)
            near = nearest(str(key), known_keys)
            mend = (
                f"Did you mean {near[0]!r}?"
                if near
                else f"Known keys here: {', '.join(known_keys)}."
            )
            return f"{within}unknown key {key!r}", mend
        case "missing":
            return (
                f"{within}the key {key!r} is missing",
                f"Add it. {_WRITTEN}",
            )
        case "too_short" | "string_too_short":
            return (
                f"{within}{subject}empty",
                f"Fill it in. {_WRITTEN}",
            )
        case "value_error":
            reason = str(fault["ctx"]["error"])
            return (
                f"{_path_of(location, raw)}{reason}",
                f"Correct it. {_WRITTEN}",
            )
    message = str(fault["msg"])
    reason = _WANTED.get(fault["type"]) or f"{message[0].lower()}{message[1:]}"
    if fault["type"].startswith("date"):
        reason = "it should be a date that exists, such as 2024-12-31"
    return (
        f"{within}{subject}{as_json(fault['input'])}: {reason}",
        f"Correct it. {_WRITTEN}",
    )


_WANTED = {
    "model_type": "it should be an object",
    "tuple_type": "it should be a list",
    "string_type": "it should be a text",
    "bool_type": "it should be true or false",
    "int_type": "it should be a whole number",
    "string_pattern_mismatch": "it should be of small letters, digits and hyphens, such as china-russia-trade",
}
"""The types that pydantic expects, in JSON's terms."""


def _path_of(location: list[Any] | tuple[Any, ...], raw: Any) -> str:
    """Return ``resource 'trade': field 'year': `` for a location in the descriptor."""
    path, value = "", raw
    for step in location:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(step, int):
            name = value.get("name") or value.get("key") if isinstance(value, dict) else None
            path = path.removesuffix(": ") + (f" {shown(name)}: " if name else f" {step + 1}: ")
        elif step in _ENTRY:
            path += f"{_ENTRY[step]}: "
        elif step != "schema":
            path += f"{step}: "
    return path


_ENTRY = {
    "resources": "resource",
    "fields": "field",
    "sources": "source",
    "licenses": "license",
    "notes": "note",
    "identities": "identity",
    "corrections": "correction",
}
_MODEL_AT: dict[str, type[Described]] = {
    "resources": Resource,
    "schema": Schema,
    "fields": Field,
    "constraints": Constraints,
    "notes": Remark,
    "identities": Identity,
    "corrections": DeclaredCorrection,
    "sources": SourceEntry,
    "licenses": LicenceEntry,
    "refresh": Refresh,
    "columns": ColumnSource,
    "unpivot": Unpivot,
}


def _known_keys(parents: list[Any]) -> list[str]:
    steps = [step for step in parents if step in _MODEL_AT]
    model = _MODEL_AT[steps[-1]] if steps else Package
    return sorted(info.alias or name for name, info in model.model_fields.items())
