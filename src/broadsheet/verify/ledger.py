"""The ledger of an article: what each edition stated, and when, as it was recorded at publication.

Beside the source lies one file for each edition that was recorded, `facts.EDITION.jsonl`, with a
line for each value that a fact has had, in the order of names and days, so that a change is a line
and merges are by line:

    {"name": "trade", "on": "2023-05-26", "text": "$190.3 billion", "value": 190.271}

Nothing is taken out of it: when a fact has another value now than in its last line, the page says
what it was and since when it has changed, and recording adds a line. `broadsheet facts record`
writes it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from broadsheet.errors import ConfigError, Place, shown
from broadsheet.files import check_path, read_text
from broadsheet.project.edition import Edition


class Entry(msgspec.Struct, frozen=True):
    """A value of a fact, with its text, from the day ``on`` (ISO)."""

    name: str
    on: str
    text: str
    value: str | int | float | list[Any] | None

    def is_still(self, fact: Mapping[str, Any]) -> bool:
        """Whether the fact still has this value and text."""
        return (self.text, self.value) == (fact["text"], fact["value"])


@dataclass(frozen=True)
class Ledger:
    """The entries of one edition by the name of their fact, oldest first; none if it was never
    recorded.
    """

    entries: Mapping[str, tuple[Entry, ...]]

    def __bool__(self) -> bool:
        return bool(self.entries)

    def history(self, name: str, fact: Mapping[str, Any]) -> tuple[Entry, ...]:
        """The earlier values of a fact."""
        known = self.entries.get(name, ())
        return known[:-1] if known and known[-1].is_still(fact) else known

    def changed(self, facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Entry]:
        """The last entry of each of ``facts`` that differs from it."""
        return {
            name: known[-1]
            for name, known in sorted(self.entries.items())
            if name in facts and not known[-1].is_still(facts[name])
        }

    def recorded(self, facts: Mapping[str, Mapping[str, Any]], on: date) -> Ledger:
        """The ledger with ``facts`` added for a day."""
        entries = dict(self.entries)
        for name, fact in facts.items():
            known = entries.get(name, ())
            if not known or not known[-1].is_still(fact):
                now = Entry(name, on.isoformat(), fact["text"], fact["value"])
                entries[name] = (*(one for one in known if one.on != now.on), now)
        return Ledger(entries)

    def written(self) -> str:
        """The text of the ledger's file."""
        return "".join(
            json.dumps(msgspec.structs.asdict(one), ensure_ascii=False) + "\n"
            for _, known in sorted(self.entries.items())
            for one in known
        )


def ledger_path(edition: Edition) -> PurePosixPath:
    """The path of an edition's ledger, whether it exists or not."""
    return edition.source.path.with_name(f"facts.{edition.name}.jsonl")


def read_ledger(root: Path, edition: Edition) -> Ledger:
    """The ledger of an edition. Raises :class:`ConfigError` for a line that is not an entry."""
    path = ledger_path(edition)
    if not os.path.lexists(root / path):
        return Ledger({})
    check_path(root, root / path, Place(str(path)))
    lines = read_text(
        root / path, str(path), mend="Put the ledger back from its last version."
    ).splitlines()
    found = [
        _entry(line, Place(str(path), line=number))
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]
    entries: dict[str, tuple[Entry, ...]] = {}
    for one in sorted(found, key=lambda one: one.on):
        entries[one.name] = (*entries.get(one.name, ()), one)
    return Ledger(entries)


def _entry(line: str, where: Place) -> Entry:
    try:
        one = msgspec.json.decode(line, type=Entry)
        date.fromisoformat(one.on)
        return one
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            where,
            f"this line of the ledger is no entry: {shown(line, 120)}",
            "A merge may have left conflict marks: keep the lines of both sides.",
        ) from error
