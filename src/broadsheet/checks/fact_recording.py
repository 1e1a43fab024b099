"""`broadsheet facts record`: writes what published articles state into their ledgers.

Each edition is run and rendered as for a build, so that what is recorded is what its page states. A
page on which something does not hold is not recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from broadsheet.errors import BroadsheetError, guarded
from broadsheet.press.press import Press
from broadsheet.project.reading import open_publication
from broadsheet.project.sources.source import slug_of
from broadsheet.site.article.proof import proof_of
from broadsheet.text.lexicon import FOLDER
from broadsheet.verify.chosen_values import chosen
from broadsheet.verify.ledger import ledger_path, read_ledger, write_ledger


@dataclass(frozen=True)
class Recorded:
    """The result of recording."""

    recorded: tuple[tuple[str, int, PurePosixPath], ...]
    """Each edition: its slug, the number of values that are new in its ledger, and the ledger's
    path.
    """
    faults: tuple[BroadsheetError, ...]
    """The faults of articles that could not be recorded."""


def record(root: Path, slugs: Sequence[str], on: date | None = None) -> Recorded:
    """Record articles or editions; without names, all that state facts or claims. Raises
    :class:`UsageError`.
    """
    publication = open_publication(root)
    project = publication.project
    editions = [
        edition
        for edition in publication.choose(list(slugs))
        if edition.source.notebook is not None
    ]
    unread = [
        fault for path, fault in publication.faults.items() if not slugs or slug_of(path) in slugs
    ]
    with Press(project) as press:
        result = press.finish_all(editions)
        faults, recorded = [*unread, *result.faults.values()], []
        for finished in result.finished:
            edition, path = finished.edition, ledger_path(finished.edition)
            try:
                with guarded(edition.source.place(), "recording what this page states"):
                    ledger = read_ledger(project.root, edition)
                    proof = proof_of(press.render(finished), project.root, ledger)
                    described = chosen(edition, finished.values, project.root / FOLDER)
                    stated = {**proof.stated, **{entry.name: entry for _, entry in described}}
                    new = ledger.recorded(stated, on or datetime.now(UTC).date())
                    if new != ledger:
                        write_ledger(project.root, edition, new)
            except BroadsheetError as error:
                faults.append(error)
                continue
            if not (slugs or new):
                continue  # a page that states nothing
            count = sum(map(len, new.entries.values())) - sum(map(len, ledger.entries.values()))
            recorded.append((edition.slug, count, path))
    return Recorded(tuple(recorded), tuple(faults))
