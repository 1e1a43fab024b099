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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import msgspec

from broadsheet.errors import ConfigError, Place, shown
from broadsheet.project.editions.edition import Edition
from broadsheet.storage import store
from broadsheet.storage.files import check_path, read_text
from broadsheet.storage.json_text import decoder

_NO_QUOTES = dict.fromkeys(map(ord, "“”„"))


class Statement(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value of a fact, with its text, from the day ``on`` (ISO); or a claim in its words, with the
    values of its evidence; or a value that the data chose, with the words beside it as its text
    (:mod:`broadsheet.verify.chosen_values`). ``edition`` is the edition's name in a ledger of several.
    """

    name: str
    on: str
    text: str
    value: str | int | float | list[Any] | None
    kind: Literal["fact", "claim", "chosen"] = "fact"
    edition: str = ""

    def is_still(self, now: Statement) -> bool:
        """Whether this value and text are those of ``now``."""
        return (self.text, self.value) == (now.text, now.value)

    def reads_as(self, now: Statement) -> bool:
        """Whether ``now`` tells a reader the same. A claim on the same values does, even if another
        version of the program words it otherwise; so does one in the same words, quotation marks
        aside; and a number that is now spelled out ("five" for "5").
        """
        if self.kind == "claim":
            was, reads = (one.text.translate(_NO_QUOTES) for one in (self, now))
            return was == reads or (bool(self.value) and self.value == now.value)
        texts = {self.text, now.text}
        others = texts - {f"{self.value}"}
        is_spelled = len(others) == 1 and all(text.isalpha() for text in others)
        return len(texts) == 1 or (self.value == now.value and is_spelled)


def entry_of(kind: Literal["fact", "claim"], name: str, declared: Mapping[str, Any]) -> Statement:
    """What a page states now, on no day yet."""
    if kind == "fact":
        return Statement(name, "", declared["text"], declared["value"])
    values = [one["value"] for one in declared["evidence"]]
    return Statement(name, "", declared["says"], values, "claim")


@dataclass(frozen=True)
class Ledger:
    """The entries of one edition by the name of their fact or claim, oldest first; none if it was
    never recorded.
    """

    entries: Mapping[str, tuple[Statement, ...]]

    def __bool__(self) -> bool:
        return bool(self.entries)

    def history(self, now: Statement) -> tuple[Statement, ...]:
        """The earlier values of a fact that read otherwise than what followed them."""
        known = [one for one in self.entries.get(now.name, ()) if one.kind == "fact"]
        return tuple(one for one, after in pairwise([*known, now]) if not one.reads_as(after))

    def changed(self, stated: Mapping[str, Statement]) -> dict[str, Statement]:
        """The last entry of each that reads otherwise than what is ``stated`` now."""
        return {
            name: known[-1]
            for name, known in sorted(self.entries.items())
            if name in stated and not known[-1].reads_as(stated[name])
        }

    def moved(self, stated: Mapping[str, Statement]) -> Iterator[tuple[Statement, Statement]]:
        """The values that the data chose and that are others now beside the same words, each as it was
        last and as it is.
        """
        for name, now in stated.items():
            known = self.entries.get(name, ())
            if now.kind == "chosen" and known and known[-1].value != now.value:
                yield known[-1], now

    @property
    def last_change(self) -> date | None:
        """The day on which it was last recorded that something reads otherwise."""
        days = [
            date.fromisoformat(after.on)
            for known in self.entries.values()
            for one, after in pairwise(known)
            if not one.reads_as(after)
        ]
        return max(days, default=None)

    def recorded(self, stated: Mapping[str, Statement], on: date) -> Ledger:
        """The ledger with what is ``stated`` added for a day."""
        entries = dict(self.entries)
        for name, now in stated.items():
            known = entries.get(name, ())
            if not known or not known[-1].is_still(now):
                dated = msgspec.structs.replace(now, on=on.isoformat())
                entries[name] = (*(one for one in known if one.on != dated.on), dated)
        return Ledger(entries)


def ledger_path(edition: Edition) -> PurePosixPath:
    """The path of an edition's ledger, whether it exists or not."""
    name = "facts.jsonl" if _is_of_table(edition) else f"facts.{edition.name}.jsonl"
    return edition.source.path.with_name(name)


def _is_of_table(edition: Edition) -> bool:
    return edition.declared is not None and bool(edition.declared.reads)


def read_ledger(root: Path, edition: Edition) -> Ledger:
    """The ledger of an edition. Raises :class:`ConfigError` for a line that is not an entry."""
    of = edition.name if _is_of_table(edition) else ""
    entries: dict[str, tuple[Statement, ...]] = {}
    for one in _read(root, ledger_path(edition)):
        if one.edition == of:
            entries[one.name] = (*entries.get(one.name, ()), one)
    return Ledger(entries)


def write_ledger(root: Path, edition: Edition, ledger: Ledger) -> None:
    """Write the ledger of an edition, beside those of others in the same file."""
    path, of = ledger_path(edition), edition.name if _is_of_table(edition) else ""
    entries = [one for one in _read(root, path) if one.edition != of]
    for known in ledger.entries.values():
        entries += [msgspec.structs.replace(one, edition=of) for one in known]
    entries.sort(key=lambda one: (one.edition, one.name, one.on))
    lines = [json.dumps(msgspec.to_builtins(one), ensure_ascii=False) + "\n" for one in entries]
    store.write_file(root / path, "".join(lines).encode(), durable=True, mode=0o644)


def _read(root: Path, path: PurePosixPath) -> tuple[Statement, ...]:
    """The entries of a ledger's file, oldest first."""
    if not os.path.lexists(root / path):
        return ()
    check_path(root, root / path, Place(str(path)))
    mend = "Put the ledger back from its last version."
    return _parsed(read_text(root / path, str(path), mend=mend), str(path))


@lru_cache(maxsize=8)
def _parsed(text: str, path: str) -> tuple[Statement, ...]:
    found = [
        _entry(line, Place(path, line=number))
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip()
    ]
    return tuple(sorted(found, key=lambda one: one.on))


def _entry(line: str, where: Place) -> Statement:
    try:
        one = decoder(Statement).decode(line)
        date.fromisoformat(one.on)
        return one
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ConfigError(
            where,
            f"this line of the ledger is no entry: {shown(line, 120)}",
            "A merge may have left conflict marks: keep the lines of both sides.",
        ) from error
