"""`broadsheet build`: the whole way from the sources to the site."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from broadsheet.errors import BroadsheetError, Notice
from broadsheet.execution import Outcome
from broadsheet.preparation import prepare
from broadsheet.press.pandoc import Pandoc
from broadsheet.press.site import Standing, press_site
from broadsheet.publication import open_publication


@dataclass(frozen=True)
class Report:
    """A build: how many pages were made and how many were kept from the old site, how many notebooks ran and why."""

    output: Path
    pages: int
    kept: int
    ran: int
    explained: Mapping[str, str]
    faults: tuple[BroadsheetError, ...]
    notices: tuple[Notice, ...]


Watch = Callable[[int], AbstractContextManager[Callable[[Outcome], None]]]
"""Given how many editions there are, a context in which each is told of as it ends."""


@contextmanager
def _unwatched(count: int) -> Iterator[Callable[[Outcome], None]]:
    yield lambda outcome: None


def build(root: Path, slugs: Sequence[str] = (), *, output: Path | None = None, jobs: int = 0,
          use_cache: bool = True, watch: Watch = _unwatched, waiting: Callable[[], None] = lambda: None) -> Report:
    """Build the site of the publication at ``root``. ``waiting`` is called if another build of it is at work.

    With ``slugs``, only these articles are run and made anew, with the pages that are lists; the others stay as they
    stand. What is broken is a fault in the report; its old page, if any, stays up. Raises :class:`ConfigError` for
    `_quarto.yml`, :class:`UsageError` for an unknown slug or an output that is not a site.
    """
    publication = open_publication(root)
    project = publication.project
    jobs = jobs or os.cpu_count() or 1
    chosen = {edition.output for edition in publication.choose(list(slugs))}
    wanted = [edition for edition in publication.editions
              if edition.output in chosen or edition.source.notebook is None]
    with watch(sum(edition.source.notebook is not None for edition in wanted)) as on_outcome:
        prepared = prepare(project, wanted, jobs=jobs, use_cache=use_cache, on_outcome=on_outcome)
    made = {finished.edition.output for finished in prepared.finished}
    others = [Standing(edition, prepared.faults.get(edition.output)) for edition in publication.editions
              if edition.output not in made]
    with Pandoc(jobs, time_limit=project.settings.broadsheet.page_time_limit, root=project.root) as pandoc:
        site = press_site(publication, [*prepared.finished, *others], output or project.output, pandoc=pandoc,
                          jobs=jobs, waiting=waiting)
    faults = list(site.faults.values())
    faults += [fault for fault in prepared.faults.values() if fault not in faults]
    return Report(site.output, len(site.pages), len(site.standing), prepared.ran, prepared.explained, tuple(faults),
                  (*publication.notices, *prepared.notices, *site.notices))
