"""A finding: a place in the prose where a number or a comparison stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "comparison", "superlative"]


@dataclass(frozen=True)
class Finding:
    """From ``start`` up to ``end`` of a text. ``exempt`` says why nothing need account for it:
    `date`, `name` ….

    ``is_open`` tells of a number that no unit follows, which a range may go on from: 40 (to 50
    percent).
    """

    start: int
    end: int
    kind: Kind
    exempt: str = ""
    is_open: bool = False
