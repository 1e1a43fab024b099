"""The report of a build on a site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from broadsheet.errors import BroadsheetError, Notice


@dataclass(frozen=True)
class SiteReport:
    """The result of a build. ``pages`` are up to date, and ``made`` is how many of them were not
    before; ``kept`` are old pages of editions that could not be made; ``absent`` could not be made
    and had no old page. ``faults`` has the error of each page by its path in the publication;
    ``reasons`` say why something was made anew, and ``answers`` what the reader found in each page.
    """

    output: Path
    pages: tuple[PurePosixPath, ...]
    made: int
    kept: tuple[PurePosixPath, ...]
    absent: tuple[PurePosixPath, ...]
    faults: Mapping[PurePosixPath, BroadsheetError]
    notices: tuple[Notice, ...]
    reasons: Mapping[str, str]
    answers: Mapping[str, Any]
