"""The ledger of an article: what each edition stated, and when, as it was recorded at publication.

Beside the source lies one file for each edition that was recorded, `facts.EDITION.jsonl`, or one for
all that are made from a table, `facts.jsonl`. It has a line for each value that a fact has had, and for
each form that a claim has had, in the order of names and days, so that a change is a line and merges
are by line:

    {"name": "trade", "on": "2023-05-26", "text": "$190.3 billion", "value": 190.271}
    {"name": "record", "on": "2023-05-26", "text": "2022 is the highest …", "value": [190.271], "kind": "claim"}
    {"name": "trade", "on": "2023-05-26", "text": "$3.1 billion", "value": 3.12, "edition": "india"}

Nothing is taken out of it: when a fact reads otherwise now than in its last line, the page says what it
was and since when it has changed, and recording adds a line. A new value that reads as the old one is
recorded, and is no change to a reader. `broadsheet facts record`
writes it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import msgspec

from broadsheet.errors import ConfigError, Place
from broadsheet.project.editions.edition import Edition
from broadsheet.storage import store
from broadsheet.storage.files import check_path, read_bytes, utf_8_text
from plotly_alive.errors import shown
from plotly_alive.text.json_decoding import decoder

_NO_QUOTES = dict.fromkeys(map(ord, "“”„"))


class Statement(msgspec.Struct, frozen=True, omit_defaults=True):
    """A statement of an edition, as an entry of the ledger."""

    name: str
    """The name of the fact or claim, or the expression of a chosen value."""
    on: str
    """The day of the entry (ISO)."""
    text: str
    """The text of a fact, the words of a claim, or the words beside a chosen value."""
    value: str | int | float | list[Any] | None
    """The value; of a claim, the values of its evidence."""
    kind: Literal["fact", "claim", "chosen"] = "fact"
    """A fact, a claim, or a value that the data chose (:mod:`broadsheet.verify.chosen_values`)."""
    edition: str = ""
    """The edition's name, in a ledger of several."""

    def is_still(self, now: Statement) -> bool:
        """Return True if this value and text are those of ``now``."""
        return (self.text, self.value) == (now.text, now.value)

    def reads_as(self, now: Statement) -> bool:
        """Return True if ``now`` tells a reader the same. A claim on the same values does, even if
        another version of the program words it otherwise; so does one in the same words, quotation
        marks aside; and a number that is now spelled out ("five" for "5").
        """
        if self.kind == "claim":
            was, reads = (statement.text.translate(_NO_QUOTES) for statement in (self, now))
            return was == reads or (bool(self.value) and self.value == now.value)
        texts = {self.text, now.text}
        others = texts - {f"{self.value}"}
        is_spelled = len(others) == 1 and all(text.isalpha() for text in others)
        return len(texts) == 1 or (self.value == now.value and is_spelled)


def entry_of(kind: Literal["fact", "claim"], name: str, declared: Mapping[str, Any]) -> Statement:
    """Return what a page states now as an entry, on no day yet."""
    if kind == "fact":
        return Statement(name, "", declared["text"], declared["value"])
    values = [evidence["value"] for evidence in declared["evidence"]]
    return Statement(name, "", declared["says"], values, "claim")


@dataclass(frozen=True)
class Ledger:
    """The entries of one edition."""

    entries: Mapping[str, tuple[Statement, ...]]
    """The entries by the name of their fact or claim, oldest first; none if the edition was never
    recorded.
    """

    def __bool__(self) -> bool:
        return bool(self.entries)

    @property
    def has_chosen(self) -> bool:
        """True if it has a value that the data chose."""
        return any(one.kind == "chosen" for entries in self.entries.values() for one in entries)

    def history(self, now: Statement) -> tuple[Statement, ...]:
        """Return the earlier values of a fact that read otherwise than what followed them."""
        facts = [entry for entry in self.entries.get(now.name, ()) if entry.kind == "fact"]
        return tuple(entry for entry, after in pairwise([*facts, now]) if not entry.reads_as(after))

    def changed(self, stated: Mapping[str, Statement]) -> dict[str, Statement]:
        """Return the last entry of each that reads otherwise than what is ``stated`` now."""
        return {
            name: entries[-1]
            for name, entries in sorted(self.entries.items())
            if name in stated and not entries[-1].reads_as(stated[name])
        }

    def moved(self, stated: Mapping[str, Statement]) -> Iterator[tuple[Statement, Statement]]:
        """Yield the values that the data chose and that are others now beside the same words, each
        as it was last and as it is.
        """
        for name, now in stated.items():
            entries = self.entries.get(name, ())
            if now.kind == "chosen" and entries and entries[-1].value != now.value:
                yield entries[-1], now

    @property
    def last_change(self) -> date | None:
        """The day on which it was last recorded that something reads otherwise."""
        days = [
            date.fromisoformat(after.on)
            for entries in self.entries.values()
            for entry, after in pairwise(entries)
            if not entry.reads_as(after)
        ]
        return max(days, default=None)

    def recorded(self, stated: Mapping[str, Statement], on: date) -> Ledger:
        """Return the ledger with what is ``stated`` added for a day."""
        entries = dict(self.entries)
        for name, now in stated.items():
            earlier = entries.get(name, ())
            if not earlier or not earlier[-1].is_still(now):
                dated = msgspec.structs.replace(now, on=on.isoformat())
                entries[name] = (*(entry for entry in earlier if entry.on != dated.on), dated)
        return Ledger(entries)


def ledger_path(edition: Edition) -> PurePosixPath:
    """Return the path of an edition's ledger, which need not exist."""
    name = "facts.jsonl" if _is_of_table(edition) else f"facts.{edition.name}.jsonl"
    return edition.source.path.with_name(name)


def _is_of_table(edition: Edition) -> bool:
    return edition.declared is not None and bool(edition.declared.reads)


def read_ledger(root: Path, edition: Edition) -> Ledger:
    """Return the ledger of an edition. Raises :class:`ConfigError` for a line that is not an entry."""
    of = edition.name if _is_of_table(edition) else ""
    entries: dict[str, tuple[Statement, ...]] = {}
    for entry in entries_in(root, ledger_path(edition)).get(of, ()):
        entries[entry.name] = (*entries.get(entry.name, ()), entry)
    return Ledger(entries)


def write_ledger(root: Path, edition: Edition, ledger: Ledger) -> None:
    """Write the ledger of an edition, beside those of others in the same file."""
    path, of = ledger_path(edition), edition.name if _is_of_table(edition) else ""
    others = (of_edition for name, of_edition in entries_in(root, path).items() if name != of)
    entries = [entry for of_edition in others for entry in of_edition]
    for statements in ledger.entries.values():
        entries += [msgspec.structs.replace(entry, edition=of) for entry in statements]
    store.write_file(root / path, as_lines(entries).encode(), durable=True, mode=0o644)


def as_lines(entries: Iterable[Statement]) -> str:
    """Return the text of a ledger's file."""
    in_order = sorted(entries, key=lambda entry: (entry.edition, entry.name, entry.on))
    lines = (json.dumps(msgspec.to_builtins(entry), ensure_ascii=False) for entry in in_order)
    return "".join(f"{line}\n" for line in lines)


def entries_in(root: Path, path: PurePosixPath) -> Mapping[str, Sequence[Statement]]:
    """Return the entries of a ledger's file by their editions, oldest first. Raises
    :class:`ConfigError` for a line that is not an entry.
    """
    if not os.path.lexists(root / path):
        return {}
    check_path(root, root / path, Place(str(path)))
    mend = "Put the ledger back from its last version."
    return _parsed(read_bytes(root / path, str(path), mend=mend), str(path))


@lru_cache(maxsize=8)
def _parsed(data: bytes, path: str) -> Mapping[str, Sequence[Statement]]:
    entries = [
        _entry(line, Place(path, line=number))
        for number, line in enumerate(utf_8_text(data, path).splitlines(), start=1)
        if line.strip()
    ]
    by_edition: dict[str, list[Statement]] = {}
    for entry in sorted(entries, key=lambda entry: entry.on):
        by_edition.setdefault(entry.edition, []).append(entry)
    return by_edition


def _entry(line: str, where: Place) -> Statement:
    try:
        entry = decoder(Statement).decode(line)
        date.fromisoformat(entry.on)
        return entry
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ConfigError(
            where,
            f"this line of the ledger is no entry: {shown(line, 120)}",
            "A merge may have left conflict marks: keep the lines of both sides.",
        ) from error
