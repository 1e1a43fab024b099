"""A finding: a number or a comparison in the prose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "comparison", "superlative"]


@dataclass(frozen=True)
class Finding:
    """A stretch of text that is a number or a comparison."""

    start: int
    """The position of its first letter."""
    end: int
    """The position behind its last letter."""
    kind: Kind
    """The kind of the finding."""
    exempt: str = ""
    """The reason for which nothing need account for it: `date`, `name` …; empty if something must.
    """
    is_open: bool = False
    """No unit follows the number, so that a range may go on from it: 40 (to 50 percent)."""
