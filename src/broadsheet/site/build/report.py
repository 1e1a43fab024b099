"""The report of a build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from broadsheet.errors import BroadsheetError, Notice


@dataclass(frozen=True)
class Report:
    """The result of a build, for whoever asked for it."""

    output: Path
    pages: int
    """How many pages are up to date."""
    made: int = 0
    """How many of them were made now."""
    kept_pages: tuple[str, ...] = ()
    """The old pages of what is broken, which stay up."""
    absent: tuple[str, ...] = ()
    """The pages that could not be made, or were not asked for, and that the old site does not have."""
    ran: int = 0
    """How many notebooks ran."""
    explained: Mapping[str, str] = field(default_factory=dict)
    """Why each edition ran or did not, by its slug."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why each page, list or feed was made anew, by its path in the site."""
    faults: tuple[BroadsheetError, ...] = ()
    """What is broken, each cause once."""
    notices: tuple[Notice, ...] = ()
    withheld: tuple[str, ...] = ()
    """Why each page is not on the site that day: it is a `draft`, or the day on which it comes out."""
    answers: Mapping[str, Any] = field(default_factory=dict)
    """What the reader found in each page that is up to date, by its path in the site."""

    @property
    def kept(self) -> int:
        """How many old pages stay up."""
        return len(self.kept_pages)
