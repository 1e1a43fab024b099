"""The pages that a render makes anew: all of them, or those that `quarto preview` needs now.

Quarto names the files that it renders to `pre-render`, and their pages to `post-render`. If these
are not all, the other pages stay as the last render has left them, unless something that went into
them has changed since: a build's own plan says so (:mod:`broadsheet.site.build.plan`). Of a source
that is as it was, only the pages that Quarto renders are made; of one that has changed, all.

The time at which `pre-render` begins is stored, since no file that has changed after it can be
trusted to be what the notebooks were finished with.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import Project
from broadsheet.project.reading import open_publication
from broadsheet.site.build.options import Options
from broadsheet.site.build.plan import Plan, plan_of
from broadsheet.site.build.unchanged_sources import Files
from broadsheet.site.output.output_folder import Contents
from broadsheet.storage import store
from broadsheet.storage.files import readable_text

SITE = PurePosixPath(".broadsheet/quarto/site")
"""The site built of Quarto's bodies, whole."""
BEGAN = PurePosixPath(".broadsheet/quarto/began")
"""The time at which `pre-render` began, in nanoseconds of the epoch."""
_ALL = "QUARTO_PROJECT_RENDER_ALL"
_NAMES = ("QUARTO_PROJECT_INPUT_FILES", "QUARTO_PROJECT_OUTPUT_FILES")


@dataclass(frozen=True)
class RenderPlan:
    """The work of a stage."""

    plan: Plan
    """The plan of the site: the sources that are left as they are, and the editions of the others."""
    rendered: tuple[Edition, ...] = ()
    """The editions, of sources that are left as they are, that Quarto renders."""

    @property
    def editions(self) -> list[Edition]:
        """All editions that are made."""
        return [*self.plan.publication.editions, *self.rendered]

    @property
    def is_whole(self) -> bool:
        """True if every page is made anew."""
        return not self.plan.left


def begin(root: Path) -> None:
    """Store the time at which `pre-render` begins."""
    store.write_file(root / BEGAN, str(time.time_ns()).encode())


def render_plan(project: Project) -> RenderPlan:
    """Return the plan of a stage, by what Quarto says that it renders."""
    root = project.root
    began = readable_text(root / BEGAN)
    names = _rendered_names(root)
    plan = plan_of(
        project,
        root / SITE,
        Contents(),
        Options(jobs=1, use_cache=names is not None),
        files=Files(root, since=int(began) if began.isdigit() else 0),
    )
    plan = replace(plan, is_idle=False)
    if not names or not plan.left:
        return RenderPlan(plan)
    sources = [
        PurePosixPath(source)
        for source, record in plan.left_sources.items()
        if source in names or not names.isdisjoint(_files_of(source, record.pages))
    ]
    publication = open_publication(root, project, sources)
    rendered = (
        edition
        for edition in publication.editions
        if not names.isdisjoint({str(edition.path), str(edition.output)})
    )
    return RenderPlan(plan, tuple(rendered))


def _rendered_names(root: Path) -> frozenset[str] | None:
    """Return the files that Quarto renders, or their pages, from the root; None if these are all."""
    if os.environ.get(_ALL) or not any(name in os.environ for name in _NAMES):
        return None
    output = Path(os.environ.get("QUARTO_PROJECT_OUTPUT_DIR", root))
    names = set[str]()
    for line in "\n".join(os.environ.get(name, "") for name in _NAMES).splitlines():
        path = Path(root, line)
        folder = output if path.is_relative_to(output) else root
        if path.is_relative_to(folder):
            names.add(path.relative_to(folder).as_posix())
    return frozenset(names)


def _files_of(source: str, pages: Collection[str]) -> set[str]:
    """Return the pages of a source, and the files that Quarto renders to them."""
    suffix = PurePosixPath(source).suffix
    return {*pages, *(str(PurePosixPath(page).with_suffix(suffix)) for page in pages)}
