"""A finding: a number or a comparison in the prose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "comparison", "superlative"]


@dataclass(frozen=True)
class Finding:
    """The text from ``start`` up to ``end``. ``exempt`` says why nothing need account for it:
    `date`, `name` …. ``is_open`` says that no unit follows the number, so that a range may go on
    from it: 40 (to 50 percent).
    """

    start: int
    end: int
    kind: Kind
    exempt: str = ""
    is_open: bool = False
