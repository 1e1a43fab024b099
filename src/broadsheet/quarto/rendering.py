"""What Quarto calls before it renders, and after. (What it calls for each notebook is in `filtering`.)

*Before* (`pre-render`): every edition is run or found in the cache, finished, and put where the filter finds it;
editions other than a source's own are written beside it as notebooks, which Quarto then renders as any other. A source
whose finished form has changed though its file has not (a table did) is given a new modification time, since Quarto
remembers a filtered notebook by that alone.

*After* (`post-render`): the press makes its site of the bodies that Quarto has rendered, and its files go over
Quarto's. So both renderers have the same pages around the same bodies, the same lists, feeds and theme.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path, PurePosixPath
from typing import Any

from broadsheet import environment
from broadsheet.assembly import Finished
from broadsheet.errors import BroadsheetError, Notice, UsageError
from broadsheet.language import SOURCE
from broadsheet.preparation import prepare
from broadsheet.press.pandoc import Pandoc, words
from broadsheet.press.site import press_site
from broadsheet.publication import Project, Publication, open_publication
from broadsheet.publication.source import GENERATED
from broadsheet.quarto.bodies import QuartoBodies, collect, take_body
from broadsheet.quarto.filtering import STORE, finished_path
from broadsheet.quarto.finished_files import notebook_for_quarto, slots, write_if_changed

COMPOSED = PurePosixPath(".broadsheet/quarto/site")
"""The press's site of Quarto's bodies, whole."""
FILTERS = PurePosixPath(".broadsheet/quarto/filters")
"""Says where the press's Lua filters are, and their words by language; read by theme/quarto/elements.lua."""
PREPARED = PurePosixPath(".broadsheet/quarto/prepared.pickle")
"""What `pre-render` leaves for `post-render`."""
_LEFT_BY_QUARTO = ("site_libs/quarto-*", "listings.json", "search.json", "*-listing.json", "*.feed-*-staged")
"""What nothing on our pages uses."""
_WITHHELD = json.dumps({"cells": [{"cell_type": "raw", "id": "withheld", "metadata": {},
                                   "source": ["---\n", "title: Draft\n", "draft: true\n", "---"]}],
                        "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
"""The notebook in place of one that is not on the site: so nothing of it comes into the output, not even a picture."""


def before(root: Path) -> int:
    """Finish every notebook. Returns an exit code; each fault is told on stderr, and any of them stops Quarto."""
    publication = open_publication(root)
    notebooks = [edition for edition in publication.editions if edition.source.notebook is not None]
    prepared = prepare(publication.project, notebooks)
    _tell("warning", (*publication.notices, *prepared.notices))
    faults = [*publication.faults.values(), *prepared.faults.values()]
    _tell("error", faults)
    if faults:
        return 1
    if not (root / STORE).is_dir():
        _forget_filtered(publication.project)
    with as_file(files("broadsheet.press") / "lua") as lua:
        spoken = {lang: words(lang) for lang in {SOURCE, *(one.settings.lang for one in notebooks)}}
        write_if_changed(root / FILTERS, f"{lua}\n{json.dumps(spoken, sort_keys=True)}\n".encode())
    write_if_changed(root / PREPARED, pickle.dumps(prepared.finished))
    current = {path for finished in prepared.finished for path in _hand_over(root, finished)}
    _hand_over_others(publication, current)
    return 0


def after(root: Path, site: Path) -> int:
    """Make of Quarto's bodies the pages of the publication. Returns an exit code."""
    publication = open_publication(root)
    project = publication.project
    pages = prepare(project, (edition for edition in publication.editions if edition.source.notebook is None))
    finished = [*(replace(one, notices=()) for one in _prepared(root)), *pages.finished]  # told by `pre-render`
    given = {str(one.edition.output): _given(one) for one in finished}
    bodies = collect(root, site, given)
    filling = {str(one.edition.output): slots(one) for one in finished}
    old = _files_of(root / COMPOSED)
    with Pandoc(time_limit=project.settings.broadsheet.page_time_limit, root=root) as pandoc:
        report = press_site(publication, finished, root / COMPOSED, jobs=os.cpu_count() or 1,
                            pandoc=QuartoBodies(pandoc, bodies, filling))
    _lay_over(root / COMPOSED, site, old, except_for=set(given) - set(bodies))
    faults = list(report.faults.values())
    _tell("warning", report.notices)
    _tell("error", faults)
    return 1 if faults else 0


def _prepared(root: Path) -> list[Finished]:
    """The notebooks as `pre-render` has finished them, a moment ago."""
    try:
        finished: list[Finished] = pickle.loads((root / PREPARED).read_bytes())
    except FileNotFoundError as error:
        raise UsageError("post-render", "no notebook has been finished", "Name scripts/pre_render.py as `pre-render` "
                         "in _quarto.yml.") from error
    return finished


def _tell(kind: str, told: Iterable[BroadsheetError | Notice]) -> None:
    for one in told:
        print(f"{kind}: {one}", file=sys.stderr)


def _given(finished: Finished) -> str:
    return finished.markdown if finished.notebook is None else notebook_for_quarto(finished)


def _hand_over(root: Path, finished: Finished) -> list[PurePosixPath]:
    """Put the finished notebook where the filter finds it; returns what was put, for an edition its own file too."""
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
    """Make Quarto filter every notebook anew: what it remembers may be of tables that have changed since."""
    named = project.metadata.get("ipynb-filters")
    for script in named if isinstance(named, list) else []:
        if (project.root / str(script)).is_file():
            _touch(project.root / str(script))


def _hand_over_others(publication: Publication, current: set[PurePosixPath]) -> None:
    """What is not of an edition: of what is withheld Quarto gets an empty draft, and the notebooks of editions that are
    not declared any more go. So does what was finished of sources that have changed since.
    """
    root = publication.project.root
    for path in publication.project.inputs():
        if path.suffix != ".ipynb" or path in current:
            continue
        text = (root / path).read_text(encoding="utf-8")
        notebook = json.loads(text)
        if GENERATED in notebook.get("metadata", {}).get("broadsheet", {}):
            (root / path).unlink()
        else:
            current.add(_keep(root, path, notebook, _WITHHELD))
    for finished in (root / STORE).rglob("*.ipynb"):
        if PurePosixPath(finished.relative_to(root).as_posix()) not in current:
            finished.unlink()


def _files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _lay_over(composed: Path, site: Path, old: set[str], except_for: set[str]) -> None:
    """The press's files go over Quarto's, except pages that Quarto has still to render, when they are asked for.

    A page keeps its time: `quarto preview` tells by it whether its source has changed since.
    """
    new = _files_of(composed)
    for name in sorted(new - except_for):
        target = site / name
        times = target.stat() if name.endswith(".html") and target.is_file() else None
        if write_if_changed(target, (composed / name).read_bytes()) and times:
            os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
    for name in old - new:
        (site / name).unlink(missing_ok=True)
    for page in site.rglob("*.html"):
        if take_body(page.read_text(encoding="utf-8")) is not None:  # as Quarto left it: a draft
            page.unlink()
    for pattern in _LEFT_BY_QUARTO:
        for path in site.rglob(pattern) if "/" not in pattern else site.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def main(stage: str) -> int:
    """The scripts of `scripts/`, by the stage that they serve."""
    root = Path(os.environ.get("QUARTO_PROJECT_DIR") or Path.cwd()).resolve()
    try:
        with environment.withheld():
            return before(root) if stage == "before" else after(root, root / os.environ["QUARTO_PROJECT_OUTPUT_DIR"])
    except BroadsheetError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
