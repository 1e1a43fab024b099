"""From sources to finished notebooks: execution and assembly in turn, for either renderer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from broadsheet.assembly import Engraver, Finished, finish
from broadsheet.catalogue import Catalogue
from broadsheet.errors import BroadsheetError, Notice
from broadsheet.execution import Outcome, execute, local_executor
from broadsheet.publication import Edition, Project

CATALOGUE = PurePosixPath("data/datapackage.json")


@dataclass
class Preparation:
    """What became of the editions: ``finished`` in the order asked for, faults by the edition's page, notices.

    ``explained`` says for each notebook's edition why it ran, or that it had no need to.
    """

    finished: list[Finished] = field(default_factory=list)
    faults: dict[PurePosixPath, BroadsheetError] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    ran: int = 0
    explained: dict[str, str] = field(default_factory=dict)


def prepare(project: Project, editions: Iterable[Edition], *, jobs: int = 0, use_cache: bool = True,
            given: Mapping[str, object] | None = None,
            on_outcome: Callable[[Outcome], None] = lambda outcome: None) -> Preparation:
    """Run and finish ``editions``; a broken one is a fault beside the others. ``jobs`` of 0 means the cores."""
    editions = list(editions)
    notebooks = [edition for edition in editions if edition.source.notebook is not None]
    prepared, outcomes = Preparation(), {}
    catalogue = None
    try:
        catalogue = Catalogue.open(project.root) if (project.root / CATALOGUE).is_file() else None
    except BroadsheetError as error:
        prepared.faults[CATALOGUE] = error
    with local_executor(max(1, min(jobs or os.cpu_count() or 1, len(notebooks)))) as executor:
        for outcome in execute(project, notebooks, executor, given=given, use_cache=use_cache):
            outcomes[outcome.edition.output] = outcome
            prepared.ran += outcome.ran
            prepared.explained[outcome.edition.slug] = outcome.why or "unchanged"
            on_outcome(outcome)
    with Engraver(project.root) as engraver:
        for edition in editions:
            ended = outcomes.get(edition.output, Outcome(edition))
            try:
                if ended.error is not None:
                    raise ended.error
                finished = finish(edition, ended.executed, engraver, catalogue)
            except BroadsheetError as error:
                prepared.faults[edition.output] = error
                continue
            prepared.finished.append(finished)
            prepared.notices += finished.notices
        prepared.notices += engraver.notices
    return prepared
