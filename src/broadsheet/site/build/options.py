"""The options of a build: one value, from the command line to where each is used."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from broadsheet.markdown.rendering import Rendering
    from broadsheet.project.editions.edition import Edition
    from broadsheet.run.running import Run

Reader = Callable[["Rendering"], object]
"""A function that gets each page once it is made, perhaps in another process, and may refuse it by
an error; its answer, of JSON's types, is kept with the page, and is in the report.
"""
Watch = Callable[[Sequence["Edition"]], AbstractContextManager[Callable[["Run"], None]]]
"""Given the editions that are notebooks, a context in which each is reported as it ends."""


@contextmanager
def unwatched(editions: Sequence[Edition]) -> Iterator[Callable[[Run], None]]:
    """Watch nothing."""
    yield lambda outcome: None


@dataclass(frozen=True)
class Options:
    """The options of a build."""

    slugs: Sequence[str] = ()
    """If there are some, only these articles are run and made anew, with the pages without code,
    such as lists; the others stay as they are.
    """
    alone: bool = False
    """With ``slugs``, the pages without code stay as they are, too."""
    output: Path | None = None
    """The folder for the site; without one it goes to the publication's own
    (:mod:`broadsheet.site.output.output_folder`).
    """
    day: date | None = None
    """The day as of which the site is, else today."""
    drafts: bool = False
    """The site has also what is withheld that day, each page marked, and is put beside the real one
    if no ``output`` is given.
    """
    is_scratch: bool = False
    """The output is the caller's own, and is not asked about."""
    is_foreign: bool = False
    """The publication is somebody else's: its settings allow its notebooks nothing on this machine.
    """
    has_own_templates: bool = True
    """The templates of a publication that ``is_foreign`` are used."""
    jobs: int = 0
    """The number of processes that run notebooks; 0 means the cores."""
    scheduler: str | None = None
    """The address of a Dask cluster on which they run instead."""
    use_cache: bool = True
    """Runs, articles and pages of earlier builds may be used."""
    reader: Reader | None = None
    """Pages that no reader has read are made anew for one."""
    watch: Watch = unwatched
    """The context in which notebooks run."""
    waiting: Callable[[], None] = lambda: None
    """Called if another build of the site is at work."""

    @property
    def processes(self) -> int:
        """The number of processes, never 0."""
        return self.jobs or os.cpu_count() or 1

    @property
    def may_stand(self) -> bool:
        """True if a build that has nothing to do may be told by the states of files alone
        (:mod:`broadsheet.site.build.standing_site`): it is one of the whole publication.
        """
        is_other = self.is_scratch or self.is_foreign or self.reader is not None
        return not (self.slugs or is_other) and self.use_cache

    @property
    def is_alone(self) -> bool:
        """True if some articles are made and nothing else."""
        return self.alone and bool(self.slugs)
