"""Keeps what was read of tables between runs, in the user's cache folder: arrays of numbers and lists of texts,
never code.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from broadsheet.checks.audit.audit_table import AuditTable, LabelColumn, MeasureColumn, TimeColumn
from broadsheet.storage.store import trim, write_file

_ROOM = 1_000_000_000
"""The most bytes that are kept between runs."""


def cache_folder() -> Path:
    """Return the folder in which what was read is kept."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "broadsheet" / "audit"


def kept_tables(key: str) -> list[AuditTable] | None:
    """Return the tables kept under a key; None if there are none, or what is there cannot be used."""
    path = cache_folder() / f"{key}.npz"
    try:
        with np.load(path, allow_pickle=False) as arrays:
            texts = json.loads(bytes(arrays["texts"]))
            return [_unpacked(said, arrays) for said in texts]
    except Exception:  # nothing there, cut, foreign, of another form: it is read anew
        return None


def keep_tables(key: str, tables: Sequence[AuditTable]) -> None:
    """Keep some tables. A cache that cannot be written is done without."""
    arrays: dict[str, Any] = {}
    texts = [_packed(table, f"t{at}", arrays) for at, table in enumerate(tables)]
    arrays["texts"] = np.frombuffer(json.dumps(texts).encode(), dtype=np.uint8)
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    with suppress(OSError):
        write_file(cache_folder() / f"{key}.npz", packed.getvalue())


def trim_kept() -> None:
    """Remove the tables that were not used for longest, if very many are kept."""
    with suppress(OSError):
        trim(cache_folder().glob("*.npz"), _ROOM)


def _packed(table: AuditTable, name: str, arrays: dict[str, Any]) -> dict[str, Any]:
    for at, column in enumerate(table.labels):
        arrays[f"{name}l{at}"] = column.codes.astype(np.int32)
    for at, measure in enumerate(table.measures):
        arrays[f"{name}m{at}"] = measure.values
    if table.time is not None:
        arrays[f"{name}t"] = table.time.keys
    return {
        "name": name,
        "table": [
            table.file,
            table.name,
            table.title,
            table.size,
            table.rows,
            table.wide,
            table.sheet,
            table.columns,
        ],
        "labels": [[column.name, column.title, column.labels] for column in table.labels],
        "time": None if table.time is None else [table.time.name, table.time.resolution],
        "measures": [
            [measure.name, measure.title, measure.description, measure.unit]
            for measure in table.measures
        ],
    }


def _unpacked(said: Mapping[str, Any], arrays: Mapping[str, Any]) -> AuditTable:
    name = said["name"]
    file, short, title, size, rows, wide, sheet, columns = said["table"]
    time = said["time"]
    return AuditTable(
        file,
        short,
        title,
        tuple(
            LabelColumn(column, shown, tuple(labels), arrays[f"{name}l{at}"].astype(np.int64))
            for at, (column, shown, labels) in enumerate(said["labels"])
        ),
        None if time is None else TimeColumn(time[0], time[1], arrays[f"{name}t"]),
        tuple(
            MeasureColumn(column, shown, described, unit, arrays[f"{name}m{at}"])
            for at, (column, shown, described, unit) in enumerate(said["measures"])
        ),
        size,
        rows,
        tuple(wide),
        sheet,
        columns,
    )
