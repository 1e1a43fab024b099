"""The stage after Quarto has rendered (`post-render`).

The site is built of the bodies that Quarto has rendered, in a folder of its own, and its files are
written over Quarto's. So both renderers give the same pages around the bodies, and the same lists,
feeds and theme.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from broadsheet.errors import UsageError
from broadsheet.markdown.finished_edition import Finished
from broadsheet.press.press import Press
from broadsheet.project.project import NOTEBOOK, open_project
from broadsheet.quarto.bodies import QuartoBodies, collect, take_body
from broadsheet.quarto.foreign_files import foreign_files
from broadsheet.quarto.notebook import notebook_for_quarto, slots, write_if_changed
from broadsheet.quarto.pre_render import PREPARED, report
from broadsheet.quarto.prepared import read_prepared
from broadsheet.quarto.render_plan import SITE, RenderPlan, render_plan
from broadsheet.site.build.build import make_site
from broadsheet.site.index.build_record import read_record
from broadsheet.site.output.output_folder import (
    MARKER,
    marker_of,
    output_of,
    private_in,
    read_marker,
)
from broadsheet.site.output.swap import keep_record, locked

_LIBRARIES = "site_libs/quarto-"
"""The beginning of the paths of Quarto's own libraries; no page of ours uses them."""
_UNUSED = ("listings.json", "search.json", "*-listing.json", "*.feed-*-staged")
"""Other files of Quarto's that no page of ours uses."""


def post_render(root: Path) -> int:
    """Build the site around Quarto's bodies. Return 1 if there is a fault, which is printed."""
    project = open_project(root)
    with project.at_work():
        return _build_around(render_plan(project), root)


def _build_around(work: RenderPlan, root: Path) -> int:
    publication, editions = work.plan.publication, work.editions
    project, new_site = publication.project, root / SITE
    output = output_of(root / os.environ["QUARTO_PROJECT_OUTPUT_DIR"], project.root)
    notebooks = read_prepared(root / PREPARED, editions)
    prepared = {item.edition.output for item in notebooks}
    others = [
        edition
        for edition in editions
        if edition.source.path.suffix != NOTEBOOK
        or (edition.output not in prepared and not work.is_whole)
    ]
    with Press(project) as press:
        finished = [*notebooks, *press.finish_all(others).finished]
        paired = {path.with_suffix("") for path in project.copies()}
        rendered_from = {
            str(item.edition.output): item.markdown
            if item.notebook is None
            else notebook_for_quarto(item)
            for item in finished
            if not _is_ours(item, paired)
        }
        bodies = collect(root, output, rendered_from)
        if read_marker(new_site) is None:
            shutil.rmtree(new_site, ignore_errors=True)  # it is of an older version of this program
        old_names = _files_of(new_site)
        filling = {str(item.edition.output): slots(item) for item in finished}
        press.release()
        built = make_site(
            publication,
            finished,
            new_site,
            jobs=press.jobs,
            pandoc=QuartoBodies(press.pandoc, bodies, filling, press.pictures),
            plan=work.plan,
            pictures=press.pictures,
        )
    with locked(output):
        foreign = foreign_files(root, output, new_site)
        not_rendered = rendered_from.keys() - bodies.keys()
        not_rendered |= {page for page in work.plan.left_pages if not (output / page).is_file()}
        _write_over(new_site, output, old_names, not_rendered, foreign)
        _remove_leftovers(output, _files_of(output) - _files_of(new_site) - foreign)
        names = _files_of(output) - foreign | {MARKER}
        # No build goes on from pages with Quarto's bodies.
        record = keep_record(output, replace(read_record(new_site), globals={}).as_bytes())
        write_if_changed(output / MARKER, marker_of(output, project.root, record, names))
    report("warning", built.notices)
    report("error", built.faults)
    return 1 if built.faults else 0


def _is_ours(finished: Finished, paired: Collection[PurePosixPath]) -> bool:
    """Return True if our renderer makes a page's body. Quarto runs a `.qmd` or a script with Python
    cells by itself, and knows nothing of charts, values and facts as they are here. Of notebooks
    that are ``paired`` with a text it makes the page twice, of either.
    """
    path = finished.edition.source.path
    return finished.is_frozen or (
        finished.notebook is not None
        and (path.suffix != NOTEBOOK or path.with_suffix("") in paired)
    )


def _write_over(
    new_site: Path, output: Path, old_names: set[str], not_rendered: set[str], foreign: set[str]
) -> None:
    """Write the files of the new site over Quarto's, except pages that Quarto has not rendered yet.

    A page keeps its modification time, since `quarto preview` tells by it whether the source has
    changed. Raises :class:`UsageError` if a foreign file is in the way.
    """
    names = _files_of(new_site) - {MARKER}
    for name in sorted(foreign & names):
        raise UsageError(
            str(output / name),
            "no build wrote this, and the new site has a file of that name",
            "Move it out of the output, and render again.",
        )
    for name in sorted(names - not_rendered):
        target = output / name
        times = target.stat() if name.endswith(".html") and target.is_file() else None
        if write_if_changed(target, (new_site / name).read_bytes()) and times:
            os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
    for name in old_names - names - foreign - {MARKER}:
        (output / name).unlink(missing_ok=True)


def _remove_leftovers(output: Path, names: set[str]) -> None:
    """Remove what Quarto wrote for itself, the drafts, which are still as Quarto left them, and what is
    private: Quarto copies whatever `resources` names.
    """
    for name in sorted(names):
        path, is_unused = output / name, name.startswith(_LIBRARIES)
        is_unused = is_unused or any(PurePosixPath(name).match(pattern) for pattern in _UNUSED)
        is_unused = is_unused or bool(private_in(output, PurePosixPath(name)))
        if is_unused or (
            name.endswith(".html") and take_body(path.read_text("utf-8", "replace")) is not None
        ):
            path.unlink()
    for library in sorted(output.glob(f"{_LIBRARIES}*")):
        for folder, _, _ in os.walk(library, topdown=False):
            with suppress(OSError):  # a foreign file is in it
                Path(folder).rmdir()


def _files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
