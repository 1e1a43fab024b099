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
    """The folder of the site."""
    pages: int
    """The number of pages that are up to date."""
    new_pages: int = 0
    """The number of those that were made now."""
    kept_pages: tuple[str, ...] = ()
    """The old pages of what is broken, which stay up."""
    unasked_pages: tuple[str, ...] = ()
    """The old pages of what has changed and was not asked for, which stay up."""
    absent: tuple[str, ...] = ()
    """The pages that could not be made, or were not asked for, and that the old site does not have.
    """
    ran: int = 0
    """The number of notebooks that ran."""
    explained: Mapping[str, str] = field(default_factory=dict)
    """The reason for which each edition ran or did not, by its slug."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """The reason for which each page, list or feed was made anew, by its path in the site."""
    faults: tuple[BroadsheetError, ...] = ()
    """The faults, each cause once."""
    notices: tuple[Notice, ...] = ()
    """The notices, each cause once."""
    withheld: tuple[str, ...] = ()
    """The reason for which each page is not on the site that day: `draft`, or the day on which it
    comes out.
    """
    answers: Mapping[str, Any] = field(default_factory=dict)
    """The reader's answer to each page that is up to date, by its path in the site."""

    @property
    def kept(self) -> int:
        """The number of old pages that stay up."""
        return len(self.kept_pages)
