"""Everything that a site depends on, as states of files, and the standing that a build leaves of it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from broadsheet.data.versions.partial_reads import files_behind
from broadsheet.project.project import Project, is_foreign
from broadsheet.project.sources.kernels import SPEC, jupyter_folders
from broadsheet.run.library_versions import descriptions_of_the_program
from broadsheet.site.article.article_store import STORE as ARTICLES
from broadsheet.site.build import standing_site
from broadsheet.site.build.copied_files import resources_of
from broadsheet.site.build.options import Options
from broadsheet.site.build.plan import Plan
from broadsheet.site.build.report import Report
from broadsheet.site.build.standing_site import Standing
from broadsheet.site.output.output_folder import MARKER, Contents, folders_of, read_marker
from broadsheet.site.output.swap import lock_of, record_path
from broadsheet.site.theme.theme_files import bundle_files
from broadsheet.storage.file_states import Moment, States
from broadsheet.storage.store import FOLDER, PARTS
from broadsheet.version import FOLDERS

_HIDDEN = re.compile(r"(?:^|[/{,(|!])\.(?!\.?/)")
"""The beginning of a hidden name in a glob."""


def states_of(project: Project, site: Path, moment: Moment, options: Options) -> States:
    """Return the states of all files of a publication, taken after the ``moment`` and before they
    are read.
    """
    before = standing_site.states_before(project.root, options.output, drafts=options.drafts)
    states, output = States(moment, {}, {}, [], [str(site)]), project.output

    def is_entered(path: str) -> bool:
        is_hidden = path.rpartition("/")[2][0] == "."
        return not (is_hidden or path == str(site) or is_foreign(Path(path), output))

    states.add_tree(str(project.root), is_entered, before)
    return states


def leave_standing(plan: Plan, present: Contents, report: Report, states: States) -> None:
    """Leave the standing of a site that has nothing to do, as a ``plan`` of now says, for the next
    build. ``states`` are those of the publication's files, and ``present`` is the output.
    """
    project, options, root = plan.project, plan.options, plan.project.root
    written = project.settings.project.resources
    if any(_HIDDEN.search(name) and not (root / name).is_file() for name in written):
        return  # what is in hidden folders is not among the states
    resources = [
        str(file) for file in resources_of(project).files.values() if isinstance(file, Path)
    ]
    for path in map(os.path.normpath, (*_used(plan), *resources)):
        if os.path.dirname(path) not in states.folders or os.path.lexists(path):  # noqa: PTH120 - of each page
            states.add(path)
    for folder in FOLDERS:
        states.add_tree(str(folder))
    if not states.is_sure:
        return
    store, site = root / FOLDER, plan.site
    (store / standing_site.STORE).mkdir(parents=True, exist_ok=True)
    for folder in (store, site.parent / FOLDER, store / PARTS):
        states.add_folder(str(folder))
    for entry in states.add_folder(str(root / ARTICLES)):
        states.add_folder(entry.path)
    for name in folders_of(present.built) | present.folders:
        states.add_folder(os.path.normpath(f"{site}/{name}"))
    for name in (MARKER, *present.foreign):
        states.add(f"{site}/{name}")
    if marker := read_marker(site):
        states.add(str(record_path(site, marker.record)))
    standing_site.put(
        root,
        options.output,
        Standing(
            standing_site.question_of(root, options.output, options.day, drafts=options.drafts),
            project.settings.broadsheet.time_zone,
            plan.publication.day,
            str(site),
            str(lock_of(site)),
            resources,
            report.pages,
            dict(report.explained),
            report.withheld,
            report.notices,
            states,
        ),
        drafts=options.drafts,
    )


def _used(plan: Plan) -> Iterator[str]:
    """Yield the paths of what a site is made of, beside what the publication's folder shows."""
    root = plan.project.root
    for name in plan.files.names:
        yield from (f"{root}/{file}" for file in files_behind(name))
    yield from map(str, bundle_files(root))
    yield from (path or "." for path in sys.path)
    yield from map(str, descriptions_of_the_program())
    for folder in jupyter_folders():
        yield folder
        yield from map(str, Path(folder).glob(f"*/{SPEC}"))
