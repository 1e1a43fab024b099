"""What Quarto calls before it renders, and after. (What it calls for each notebook is in
`filtering`.)

*Before* (`pre-render`): every edition is run or found in the cache, finished, and put where the
filter finds it; editions other than a source's own are written beside it as notebooks, which Quarto
then renders as any other. A source whose finished form has changed though its file has not (a table
did) is given a new modification time, since Quarto remembers a filtered notebook by that alone.

*After* (`post-render`): the press makes its site of the bodies that Quarto has rendered, and its
files go over Quarto's. So both renderers have the same pages around the same bodies, the same
lists, feeds and theme.
"""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.resources import as_file, files
from pathlib import Path, PurePosixPath
from typing import Any

from broadsheet import environment, store
from broadsheet.errors import BroadsheetError, Notice, UsageError, guarded
from broadsheet.files import read_text
from broadsheet.language import SOURCE
from broadsheet.markdown.finished import Finished
from broadsheet.markdown.pandoc import Pandoc, words
from broadsheet.markdown.preparation import prepare
from broadsheet.project.project import Project
from broadsheet.project.reading import Publication, open_publication
from broadsheet.project.source import GENERATED
from broadsheet.quarto.bodies import QuartoBodies, collect, take_body
from broadsheet.quarto.filtering import STORE, finished_path
from broadsheet.quarto.finished_files import notebook_for_quarto, slots, write_if_changed
from broadsheet.quarto.prepared import read_prepared, write_prepared
from broadsheet.site.builder import make_site
from broadsheet.site.output import MARKER, contents_of, marker_of, output_of, read_marker
from broadsheet.site.record import record_bytes
from broadsheet.site.swap import keep_record, locked

COMPOSED = PurePosixPath(".broadsheet/quarto/site")
"""The press's site of Quarto's bodies, whole."""
FILTERS = PurePosixPath(".broadsheet/quarto/filters")
"""Says where the press's Lua filters are, and their words by language; read by
theme/quarto/elements.lua.
"""
PREPARED = PurePosixPath(".broadsheet/quarto/prepared")
"""What `pre-render` leaves for `post-render`."""
FOREIGN = PurePosixPath(".broadsheet/quarto/foreign.json")
"""What was in the output before Quarto rendered and no build wrote, with its time: `{"CNAME":
1700000000000000000}`.
"""
_LIBRARIES = "site_libs/quarto-"
_LEFT_BY_QUARTO = ("listings.json", "search.json", "*-listing.json", "*.feed-*-staged")
"""What nothing on our pages uses; nor what is in these libraries."""
_WITHHELD = json.dumps(
    {
        "cells": [
            {
                "cell_type": "raw",
                "id": "withheld",
                "metadata": {},
                "source": ["---\n", "title: Draft\n", "draft: true\n", "---"],
            }
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)
"""The notebook in place of one that is not on the site: so nothing of it comes into the output, not
even a picture.
"""


def before(root: Path) -> int:
    """Finish every notebook. Returns an exit code; each fault is told on stderr, and any of them
    stops Quarto.
    """
    publication = open_publication(root)
    notebooks = [edition for edition in publication.editions if edition.source.notebook is not None]
    prepared = prepare(publication.project, notebooks)
    _tell("warning", (*publication.notices, *prepared.notices))
    faults = [*publication.faults.values(), *prepared.faults.values()]
    _tell("error", faults)
    if faults:
        return 1
    write_if_changed(root / FOREIGN, json.dumps(_foreign(publication.project.output)).encode())
    if not (root / STORE).is_dir():
        _forget_filtered(publication.project)
    with as_file(files("broadsheet.markdown") / "lua") as lua:
        spoken = {lang: words(lang) for lang in {SOURCE, *(one.settings.lang for one in notebooks)}}
        write_if_changed(root / FILTERS, f"{lua}\n{json.dumps(spoken, sort_keys=True)}\n".encode())
    write_prepared(root / PREPARED, prepared.finished)
    current = {path for finished in prepared.finished for path in _hand_over(root, finished)}
    _hand_over_others(publication, current)
    return 0


def after(root: Path, site: Path) -> int:
    """Make of Quarto's bodies the pages of the publication. Returns an exit code."""
    publication = open_publication(root)
    project = publication.project
    output = output_of(site, project.root)
    pages = prepare(
        project, (edition for edition in publication.editions if edition.source.notebook is None)
    )
    finished = [*read_prepared(root / PREPARED, publication.editions), *pages.finished]
    given = {str(one.edition.output): _given(one) for one in finished}
    bodies = collect(root, site, given)
    filling = {str(one.edition.output): slots(one) for one in finished}
    if read_marker(root / COMPOSED) is None:
        shutil.rmtree(root / COMPOSED, ignore_errors=True)  # of an older version of this program
    old = _files_of(root / COMPOSED)
    with Pandoc(time_limit=project.settings.broadsheet.page_time_limit, root=root) as pandoc:
        report = make_site(
            publication,
            finished,
            root / COMPOSED,
            jobs=os.cpu_count() or 1,
            pandoc=QuartoBodies(pandoc, bodies, filling),
        )
    with locked(output):
        foreign = _still_foreign(root, output, root / COMPOSED)
        _lay_over(root / COMPOSED, output, old, set(given) - set(bodies), foreign)
        _mark(root / COMPOSED, output, project.root, foreign)
    faults = list(report.faults.values())
    _tell("warning", report.notices)
    _tell("error", faults)
    return 1 if faults else 0


def _tell(kind: str, told: Iterable[BroadsheetError | Notice]) -> None:
    for one in told:
        print(f"{kind}: {one}", file=sys.stderr)


def _given(finished: Finished) -> str:
    return finished.markdown if finished.notebook is None else notebook_for_quarto(finished)


def _hand_over(root: Path, finished: Finished) -> list[PurePosixPath]:
    """Put the finished notebook where the filter finds it; returns what was put, for an edition its
    own file too.
    """
    edition = finished.edition
    text = notebook_for_quarto(finished)
    if not edition.is_first:
        write_if_changed(root / edition.path, text.encode())
        return [edition.path, _keep(root, edition.path, json.loads(text), text)]
    assert edition.source.notebook is not None
    kept = finished_path(edition.path.parent, edition.source.notebook)
    known = (root / kept).is_file()
    if write_if_changed(root / kept, text.encode()) and known:
        _touch(root / edition.path)
    return [edition.path, kept]


def _keep(root: Path, path: PurePosixPath, source: Mapping[str, Any], text: str) -> PurePosixPath:
    kept = finished_path(path.parent, source)
    write_if_changed(root / kept, text.encode())
    return kept


def _touch(path: Path) -> None:
    """A later modification time, to the second, which is all that Quarto looks at."""
    later = max(time.time(), path.stat().st_mtime + 1)
    os.utime(path, (later, later))


def _forget_filtered(project: Project) -> None:
    """Make Quarto filter every notebook anew: what it remembers may be of tables that have changed
    since.
    """
    named = project.metadata.get("ipynb-filters")
    for script in named if isinstance(named, list) else []:
        if (project.root / str(script)).is_file():
            _touch(project.root / str(script))


def _hand_over_others(publication: Publication, current: set[PurePosixPath]) -> None:
    """What is not of an edition: of what is withheld Quarto gets an empty draft, and the notebooks
    of editions that are not declared any more go. So does what was finished of sources that have
    changed since.
    """
    root = publication.project.root
    for path in publication.project.inputs():
        if path.suffix != ".ipynb" or path in current:
            continue
        notebook = json.loads(read_text(root / path, str(path)))
        if GENERATED in notebook.get("metadata", {}).get("broadsheet", {}):
            (root / path).unlink()
        else:
            current.add(_keep(root, path, notebook, _WITHHELD))
    for finished in (root / STORE).rglob("*.ipynb"):
        if PurePosixPath(finished.relative_to(root).as_posix()) not in current:
            finished.unlink()


def _files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _foreign(site: Path) -> dict[str, int]:
    """The files in the output that no build wrote, with their times."""
    return {
        name: (site / name).lstat().st_mtime_ns
        for name in sorted(contents_of(site, read_marker(site)).foreign)
    }


def _still_foreign(root: Path, site: Path, composed: Path) -> set[str]:
    """Those that were there before Quarto rendered, and are as they were; not what is the same in
    the new site, as after a render that was broken off.
    """
    known = (
        json.loads((root / FOREIGN).read_text(encoding="utf-8"))
        if (root / FOREIGN).is_file()
        else {}
    )
    return {
        name
        for name, time_ns in known.items()
        if os.path.lexists(site / name)
        and (site / name).lstat().st_mtime_ns == time_ns
        and not (
            (composed / name).is_file()
            and (site / name).is_file()
            and filecmp.cmp(composed / name, site / name, shallow=False)
        )
    }


def _lay_over(
    composed: Path, site: Path, old: set[str], except_for: set[str], foreign: set[str]
) -> None:
    """The press's files go over Quarto's, except pages that Quarto has still to render, when they
    are asked for.

    A page keeps its time: `quarto preview` tells by it whether its source has changed since. What
    is ``foreign`` stays.
    """
    new = _files_of(composed) - {MARKER}
    taken = sorted(foreign & new)
    if taken:
        raise UsageError(
            str(site / taken[0]),
            "no build wrote this, and the new site has a file of that name",
            "Move it out of the output, and render again.",
        )
    for name in sorted(new - except_for):
        target = site / name
        times = target.stat() if name.endswith(".html") and target.is_file() else None
        if write_if_changed(target, (composed / name).read_bytes()) and times:
            os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
    for name in old - new - foreign - {MARKER}:
        (site / name).unlink(missing_ok=True)
    for name in sorted(_files_of(site) - new - foreign):
        is_left = name.startswith(_LIBRARIES) or any(
            PurePosixPath(name).match(one) for one in _LEFT_BY_QUARTO
        )
        is_draft = (
            name.endswith(".html")
            and take_body((site / name).read_text(encoding="utf-8")) is not None
        )
        if is_left or is_draft:  # a draft is as Quarto left it
            (site / name).unlink()
    for library in sorted(site.glob(f"{_LIBRARIES}*")):
        for folder, _, _ in os.walk(library, topdown=False):
            with suppress(OSError):  # what is foreign is in it
                Path(folder).rmdir()


def _mark(composed: Path, site: Path, root: Path, foreign: set[str]) -> None:
    """Leave the marker of a site of ours, so that `broadsheet build` goes on from it: with the
    record of the press's site, and all files but those that were there before.
    """
    built = _files_of(site) - foreign
    record = keep_record(site, record_bytes(composed))
    write_if_changed(site / MARKER, marker_of(site, root, record, built | {MARKER}))


def main(stage: str) -> int:
    """The scripts of `scripts/`, by the stage that they serve."""
    root = Path(os.environ.get("QUARTO_PROJECT_DIR") or Path.cwd()).resolve()
    try:
        with (
            environment.withheld(),
            guarded("_quarto.yml", f"what comes {stage} Quarto's rendering"),
        ):
            return (
                before(root)
                if stage == "before"
                else after(root, root / os.environ["QUARTO_PROJECT_OUTPUT_DIR"])
            )
    except BroadsheetError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        for message in store.messages():
            print(message, file=sys.stderr)
