"""The result of binding a source: words with the expressions and conditions that they are bound to, words
that are unsure, words that the tables contradict.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import unified_diff
from pathlib import Path
from typing import Any, Literal

from broadsheet.checks.bind.bound_source import BoundSource, Insertion
from broadsheet.checks.bind.loading import Loaded
from broadsheet.checks.bind.loading_code import LoadedTable
from broadsheet.errors import Notice, Place
from broadsheet.project.sources import inline_expressions as inline


@dataclass(frozen=True)
class BoundWords:
    """Words of a source with the expression or the condition that they are bound to."""

    cell: int
    """The number of their cell, from 1."""
    start: int
    """Their position in the text of the cell."""
    end: int
    """The position behind them."""
    kind: Literal["fact", "claim"]
    """A number, or a comparison."""
    words: str
    """The words."""
    code: str
    """The expression, or the condition."""
    declared: Mapping[str, Any] = field(repr=False)
    """The fact or claim that it declares in the run."""
    place: Place
    """Their place."""
    quote: str = '"'
    """The quotation mark about a condition."""
    instead: str = ""
    """The words that are true, where these are false."""

    @property
    def insertions(self) -> tuple[Insertion, ...]:
        """The changes of the source."""
        if self.kind == "fact":
            return (Insertion(self.cell, self.start, self.end, f"`{{python}} {self.code}`"),)
        return (
            Insertion(self.cell, self.start, self.start, "["),
            Insertion(
                self.cell, self.end, self.end, f"]{{claim={self.quote}{self.code}{self.quote}}}"
            ),
        )

    def is_whole(self, text: str, start: int) -> bool:
        """True if a text, whose position in the cell is ``start``, has with these edits just one
        expression more, and that is all of the code.
        """
        after = text
        for part in reversed(self.insertions):
            after = f"{after[: part.start - start]}{part.text}{after[part.end - start :]}"
        code = self.code if self.kind == "fact" else f"claim={self.quote}{self.code}{self.quote}"
        before = Counter(inline.expressions(text))
        before[code] += 1
        return Counter(inline.expressions(after)) == before

    def report(self) -> dict[str, Any]:
        """The words as JSON."""
        return {
            "file": self.place.file,
            "line": self.place.line,
            "cell": self.place.cell,
            "kind": self.kind,
            "words": self.words,
            "code": self.code,
            "instead": self.instead or None,
        }


@dataclass(frozen=True)
class UnsureWords:
    """Words for which several readings fit, or none is clear enough."""

    cell: int
    """The number of their cell, from 1."""
    start: int
    """Their position in the text of the cell."""
    end: int
    """The position behind them."""
    words: str
    """The words."""
    codes: tuple[str, ...]
    """The expressions that read so, the clearest first."""
    place: Place
    """Their place."""

    def report(self) -> dict[str, Any]:
        """The words as JSON."""
        return {
            "file": self.place.file,
            "line": self.place.line,
            "cell": self.place.cell,
            "words": self.words,
            "codes": list(self.codes),
        }


@dataclass(frozen=True)
class Binding:
    """The result of binding a source."""

    root: Path
    """The root of its publication."""
    content: bytes
    """The bytes of the file as it was."""
    before: str
    """The text of the file as it was."""
    loaded: Loaded
    """The source with the code that loads its tables; else as it was."""
    edits: tuple[BoundWords, ...] = ()
    """The words that are bound."""
    unsure: tuple[UnsureWords, ...] = ()
    """The words for which several readings fit."""
    contradicted: tuple[BoundWords, ...] = ()
    """The words that are false, with those that are true."""
    notices: tuple[Notice, ...] = ()
    """The words that were left out, and why."""

    @property
    def source(self) -> BoundSource:
        """The source, with the code that loads its tables."""
        return self.loaded.source

    @property
    def text(self) -> str:
        """The text of the file with all edits."""
        return self.with_edits(self.edits)

    @property
    def choices(self) -> list[BoundWords]:
        """The words from which an author may choose, bound and false ones, in the order of the file."""
        return sorted((*self.edits, *self.contradicted), key=lambda each: (each.cell, each.start))

    def tables(self, edits: Sequence[BoundWords]) -> tuple[LoadedTable, ...]:
        """Return the tables that some edits need to be loaded."""
        words = {word for edit in edits for word in re.findall(r"\w+", edit.code)}
        return tuple(table for table in self.loaded.tables if table.variable in words)

    def added(self, edits: Sequence[BoundWords]) -> list[tuple[str, Path]]:
        """Return the names of the tables that some edits need in the catalogue, with their files."""
        return [(table.name, table.file) for table in self.tables(edits) if table.file is not None]

    def with_edits(self, edits: Sequence[BoundWords]) -> str:
        """Return the text of the file with some edits; as it was, without any."""
        if not edits:
            return self.before
        insertions = [part for edit in edits for part in edit.insertions]
        needed = self.tables(edits)
        if self.loaded.cell and not needed:  # then the cell that loads tables is not needed
            insertions = [
                replace(part, cell=part.cell - (part.cell > self.loaded.cell))
                for part in insertions
            ]
            return BoundSource(self.source.path, self.before).edited(insertions)
        unused = [f"\n{table.code}" for table in self.loaded.tables if table not in needed]
        if self.loaded.block and not needed:
            unused = [self.loaded.block]
        for part in unused:
            cell, at = next(
                (number, text.index(part))
                for number, (kind, text) in enumerate(self.source.cells, start=1)
                if kind != "markdown" and part in text
            )
            insertions.append(Insertion(cell, at, at + len(part), ""))
        return self.source.edited(insertions)

    def diff(self, edits: Sequence[BoundWords]) -> str:
        """Return what some edits change, as a unified diff."""
        name = str(self.source.path)
        lines = unified_diff(
            self.before.splitlines(keepends=True),
            self.with_edits(edits).splitlines(keepends=True),
            f"a/{name}",
            f"b/{name}",
            n=1,
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
