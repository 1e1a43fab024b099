"""The values of an audit: a statement of a document, and for each the operands that bear it out or
contradict it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from broadsheet.errors import Place

AuditVerdict = Literal["borne out", "contradicted", "stale", "unknown"]
VERDICTS: tuple[AuditVerdict, ...] = ("contradicted", "stale", "borne out", "unknown")
"""The verdicts, the worst first."""
Operation = Literal[
    "cell", "sum", "mean", "median", "share", "change", "change in percent", "change in points", "ratio",
    "difference", "difference in percent", "rank", "count", "highest", "lowest", "first above",
    "first below", "comparison", "comparison of changes",
]  # fmt: skip
"""The ways in which cells of a table make a number."""


@dataclass(frozen=True)
class AuditOperand:
    """A value of a table that a statement rests on."""

    table: str
    """The file of the table."""
    column: str
    """The column."""
    keys: Mapping[str, str]
    """The labels and the time of its row, by column."""
    row: int
    """The number of its row, from 1 without the header; 0 for the number of rows of which there are none."""
    value: float
    """The value."""
    unit: str = ""
    """The unit of the column."""


@dataclass(frozen=True)
class AuditReading:
    """One meaning that a statement may have: an operation on cells of a table."""

    operation: Operation
    """The operation."""
    operands: tuple[AuditOperand, ...]
    """The values that it is done with; of very many, the first."""
    count: int
    """The number of all operands."""
    value: float
    """The result: of cells in the unit of their column, else a ratio, or in percent."""
    fits: bool | None
    """True if the result is what the statement says, False if it is not; None if that is unclear."""
    is_sure: bool
    """The sentence names all of it: the measure, the row, the time."""
    score: float = 0.0
    """The clearness with which the sentence names the measure, up to 2."""
    is_main: bool = True
    """The words beside the number say this operation."""
    is_of_latest: bool = False
    """The sentence names all but the time, for which the last one is taken."""
    factor: float = 1.0
    """A written number times this is in the unit of the result."""


@dataclass(frozen=True)
class AuditStatement:
    """A number or a comparison of a document."""

    place: Place
    """The place of its first letter."""
    sentence: str
    """The sentence, as a reader reads it."""
    start: int
    """The position of its first letter in the sentence."""
    end: int
    """The position behind its last letter."""
    kind: Literal["number", "comparison"]
    """A number, or words that compare."""
    passage: str
    """The kind of the passage: paragraph, caption, table cell …"""
    verdict: AuditVerdict
    """The verdict of the tables."""
    reading: AuditReading | None = None
    """The reading that the verdict rests on."""
    scale: float = 1.0
    """The value of the magnitude that is written: a million is 1e6."""
    unit: str = ""
    """The unit that is written."""
    version: str = ""
    """The commit and the day of the older version that bears it out."""
    language: str = "en"
    """The language of the sentence."""
    context: str = ""
    """The heads of the column and row of a cell of a table in the text, or the place, the time and the
    measure carried from the sentence before or from the heading.
    """
    data_file: str | None = None
    """The file of data that is named last before it; None if the document names no file."""
    others: tuple[AuditReading, ...] = field(default=(), repr=False)
    """The readings that an older version of their table may bear out."""

    @property
    def words(self) -> str:
        """The number or the comparison, as written."""
        return self.sentence[self.start : self.end]

    def report(self) -> dict[str, Any]:
        """The statement as JSON."""
        reading = self.reading
        return {
            "file": self.place.file,
            "line": self.place.line,
            "cell": self.place.cell,
            "sentence": self.sentence,
            "written": self.words,
            "start": self.start,
            "end": self.end,
            "kind": self.kind,
            "passage": self.passage,
            "context": self.context,
            "verdict": self.verdict,
            "operation": reading.operation if reading else None,
            "value": reading.value if reading else None,
            "scale": self.scale,
            "unit": self.unit,
            "version": self.version or None,
            "operands": [asdict(operand) for operand in reading.operands] if reading else [],
            "operand_count": reading.count if reading else 0,
        }
