"""Reads ``data/datapackage.json``, and says what is wrong with it in its author's terms.

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
    Constraints,
    Described,
    Field,
    Identity,
    LicenceEntry,
    Package,
    Remark,
    Resource,
    Schema,
    SourceEntry,
    as_json,
)
from broadsheet.errors import BroadsheetError, ConfigError, Place, also, guarded, shown
from broadsheet.storage.files import check_path, read_text
from broadsheet.storage.json_text import read_json
from broadsheet.storage.limits import TABLE
from broadsheet.storage.unprintable import UNPRINTABLE, named
from broadsheet.text.did_you_mean import nearest


def read_descriptor(root: Path) -> Package:
    """The package that ``root``'s descriptor describes; every fault of it in one
    :class:`ConfigError`.
    """
    check_path(root, root / DESCRIPTOR, DESCRIPTOR)
    content = read_text(
        root / DESCRIPTOR,
        DESCRIPTOR,
        limit=TABLE["config-size"],
        mend="A publication keeps its data catalogue there: `broadsheet data add FILE` makes it of a "
        "CSV file; or put it back from its last version.",
    )
    return package_of(content)


_consulted: ContextVar[str] = ContextVar("_consulted", default="")


@contextmanager
def consulting(name: str) -> Iterator[None]:
    """While this lasts, the descriptor is read for its entry of the table ``name`` alone."""
    token = _consulted.set(name)
    try:
        yield
    finally:
        _consulted.reset(token)


def consulted(file: str) -> str:
    """What is read of ``file``: its entry of the table that is consulted, if it is a descriptor
    (:func:`entry_of`); else all of it.
    """
    name = _consulted.get()
    return f"{file}{_ENTRY_OF}{name}" if name and file.endswith(f"/{DESCRIPTOR}") else file


def entry_of(name: str) -> str:
    """What stands for the entry of the table ``name`` among the files that were read."""
    return f"{DESCRIPTOR}{_ENTRY_OF}{name}"


def is_entry(read: str) -> bool:
    """Whether a name among the files that were read is that of an entry."""
    return read.startswith(entry_of(""))


def entry_digest(root: Path, read: str) -> str:
    """The SHA-256 of an entry that was read, hexadecimal; empty if there is none."""
    try:
        content = read_text(root / DESCRIPTOR, DESCRIPTOR, limit=TABLE["config-size"])
    except (BroadsheetError, OSError):
        return ""
    return _digests(content).get(read.removeprefix(entry_of("")), "")


_ENTRY_OF = ": "


@lru_cache(maxsize=2)
def _digests(content: str) -> Mapping[str, str]:
    """The digest of each entry, by the table's name; none of a file that is no descriptor."""
    found: dict[str, str] = {}
    with suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError):
        for entry in json.loads(content)["resources"]:
            text = json.dumps(entry, sort_keys=True)
            found[str(entry.get("name"))] = hashlib.sha256(text.encode()).hexdigest()
    return found


@lru_cache(maxsize=8)
def package_of(content: str) -> Package:
    """The package in a descriptor, cached for the process. Raises :class:`ConfigError`."""
    raw = read_json(content, Place(DESCRIPTOR), ConfigError, "this is not JSON")
    with guarded(DESCRIPTOR, "reading the catalogue"):
        found = list(_unfit_texts(raw, (), raw))
        if not found:
            try:
                return Package.model_validate_json(content)
            except ValidationError as error:
                found = [_message(fault, raw) for fault in _causes(error)]
    (what, mend), *others = found
    raise ConfigError(Place(DESCRIPTOR), what, mend, also([what for what, _ in others], _SHOWN))


_SHOWN = 20
"""How many faults a message lists after the first."""


def _unfit_texts(value: Any, location: tuple[Any, ...], raw: Any) -> Iterator[tuple[str, str]]:
    """The errors of texts in ``value`` that no page and no file name can hold."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _unfit_texts(key, location, raw)
            yield from _unfit_texts(one, (*location, key), raw)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _unfit_texts(one, (*location, number), raw)
    elif isinstance(value, str) and (sign := UNPRINTABLE.search(value)):
        yield (
            f"{_path_of(location, raw)}{shown(value)} holds {named(sign[0])}, which is no text",
            "Take the character out.",
        )


def _causes(error: ValidationError) -> list[dict[str, Any]]:
    """The faults that pydantic found, without those that only follow from others: an author does
    not care that a list is `too short` when its items are invalid.
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
    """A fault that pydantic found, and the mend, in the author's terms."""
    location = fault["loc"]
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
            known = _known_keys(parents)
            near = nearest(str(key), known)
            mend = f"Did you mean {near[0]!r}?" if near else f"Known keys here: {', '.join(known)}."
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
    """``resource 'trade': field 'year': `` for a location in the descriptor."""
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
}
_MODEL_AT: dict[str, type[Described]] = {
    "resources": Resource,
    "schema": Schema,
    "fields": Field,
    "constraints": Constraints,
    "notes": Remark,
    "identities": Identity,
    "sources": SourceEntry,
    "licenses": LicenceEntry,
}


def _known_keys(parents: list[Any]) -> list[str]:
    steps = [step for step in parents if isinstance(step, str)]
    model = _MODEL_AT[steps[-1]] if steps else Package
    return sorted(info.alias or name for name, info in model.model_fields.items())
