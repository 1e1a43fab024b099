"""The publication holds itself to what it offers: `broadsheet check --strict` finds nothing in it that
stops publication.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.checks.check import check
from broadsheet.data.catalogue import Catalogue


def test_the_publication_passes_strictly_and_all_of_its_words_are_accounted_for(
    publication: Path, publication_sources: Path, request: pytest.FixtureRequest
) -> None:
    """On the day of its newest table: which of them are overdue by now is for `make check` to say.

    The site is not looked at; that it was built says that the runs are there.
    """
    newest = max(table.resource.retrieved for table in Catalogue.open(publication_sources).states())
    report = check(publication_sources, day=newest)
    notices = [
        notice
        for notice in report.notices
        if notice.is_strict and "of the site before" not in notice.what  # whatever lies in _site
    ]
    assert [
        str(reported)
        for reported in (
            *report.faults,
            *(words.notice() for words in report.unaccounted),
            *report.stale,
            *notices,
        )
    ] == []
    assert report.share == 1
    assert report.pages > (200 if request.config.getoption("--all") else 15)
    assert report.counts["open"] == 0
    assert min(report.counts[way] for way in ("fact", "claim", "cite")) > 0
