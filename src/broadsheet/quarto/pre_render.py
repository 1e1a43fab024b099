"""The stage before Quarto renders (`pre-render`).

Every edition is run, or its run is found in the cache, and finished; in a preview only those that are
rendered or have changed (:mod:`broadsheet.quarto.render_plan`). The finished notebooks are put where
the filter finds them. An edition that is not a source's own is also written beside the source
as a notebook, which Quarto then renders as any other. When a finished notebook has changed and its
source has not, because a table did, the source gets a new modification time: Quarto remembers a
filtered notebook by that alone.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

from broadsheet.errors import BroadsheetError, Notice
from broadsheet.markdown.filter_words import words
from broadsheet.markdown.finished_edition import Finished
from broadsheet.press.press import Press
from broadsheet.project.project import NOTEBOOK, Project, open_project
from broadsheet.project.reading import Publication
from broadsheet.project.sources.source import GENERATED
from broadsheet.quarto.finished_paths import FINISHED, finished_path
from broadsheet.quarto.foreign_files import remember_foreign
from broadsheet.quarto.notebook import notebook_for_quarto, write_if_changed
from broadsheet.quarto.prepared import write_prepared
from broadsheet.quarto.render_plan import RenderPlan, begin, render_plan
from broadsheet.site.build.shared_messages import of_each_page, once_each
from broadsheet.storage.files import read_text
from broadsheet.text.language import SOURCE

PREPARED = PurePosixPath(".broadsheet/quarto/prepared")
"""The finished notebooks that this stage leaves for `post-render`."""
FILTERS = PurePosixPath(".broadsheet/quarto/filters.json")
"""Tells `theme/quarto/elements.lua` where the Lua filters are, and their words in each language."""
_EMPTY_DRAFT = json.dumps(
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
"""The notebook in place of one that is not on the site, so that nothing of it is rendered."""


def pre_render(root: Path) -> int:
    """Finish the notebooks that are rendered, and those that have changed. Return 1 if there is a
    fault, which is printed and stops Quarto.
    """
    project = open_project(root)
    begin(root)
    with project.at_work():
        return _finish(render_plan(project), root)


def _finish(work: RenderPlan, root: Path) -> int:
    publication = work.plan.publication
    project = publication.project
    notebooks = [edition for edition in work.editions if edition.source.path.suffix == NOTEBOOK]
    with Press(project) as press:
        result = press.finish_all(notebooks)
    report("warning", (*publication.notices, *once_each(result.notices)))
    faults = once_each([*publication.faults.values(), *of_each_page(result.faults)])
    report("error", faults)
    if faults:
        return 1
    remember_foreign(root, project.output)
    if not (root / FINISHED).is_dir():
        _forget_filtered(project)
    _write_filters(root, {SOURCE, *(edition.settings.lang for edition in notebooks)})
    write_prepared(root / PREPARED, result.finished)
    current: set[PurePosixPath] = set()
    for finished in result.finished:
        current |= _write_finished(root, finished)
    if not work.is_whole:
        return 0
    current |= _write_drafts(publication, current)
    for path in (root / FINISHED).rglob("*.ipynb"):
        if PurePosixPath(path.relative_to(root).as_posix()) not in current:
            path.unlink()
    return 0


def report(kind: str, messages: Iterable[BroadsheetError | Notice]) -> None:
    """Print errors or warnings for whoever called Quarto."""
    for message in messages:
        print(f"{kind}: {message}", file=sys.stderr)


def _write_filters(root: Path, languages: set[str]) -> None:
    filters = {
        "elements": str(files("broadsheet.quarto") / "elements.lua"),
        "folder": str(files("broadsheet.markdown") / "lua"),
        "words": {language: words(language) for language in languages},
    }
    write_if_changed(root / FILTERS, json.dumps(filters, sort_keys=True).encode())


def _write_finished(root: Path, finished: Finished) -> set[PurePosixPath]:
    """Write the finished notebook of an edition. Return the paths that are current."""
    edition = finished.edition
    text = notebook_for_quarto(finished)
    if not edition.is_first:
        write_if_changed(root / edition.path, text.encode())
        return {edition.path, _store(root, edition.path, json.loads(text), text)}
    assert edition.source.notebook is not None
    path = finished_path(edition.path.parent, edition.source.notebook)
    is_new = not (root / path).is_file()
    if write_if_changed(root / path, text.encode()) and not is_new:
        _touch(root / edition.path)
    return {edition.path, path}


def _write_drafts(publication: Publication, current: set[PurePosixPath]) -> set[PurePosixPath]:
    """Finish the other notebooks of the project as empty drafts. Return the drafts' paths.

    A notebook that was written for an edition that is no longer declared is removed.
    """
    root, drafts = publication.project.root, set()
    for path in (*publication.project.inputs(), *publication.project.copies()):
        if path.suffix != NOTEBOOK or path in current:
            continue
        notebook = json.loads(read_text(root / path, str(path)))
        if GENERATED in notebook.get("metadata", {}).get("broadsheet", {}):
            (root / path).unlink()
        else:
            drafts.add(_store(root, path, notebook, _EMPTY_DRAFT))
    return drafts


def _store(root: Path, path: PurePosixPath, source: Mapping[str, Any], text: str) -> PurePosixPath:
    """Put ``text`` where the filter finds it for the notebook at ``path``. Return that place."""
    stored = finished_path(path.parent, source)
    write_if_changed(root / stored, text.encode())
    return stored


def _forget_filtered(project: Project) -> None:
    """Make Quarto filter every notebook again: what it remembers may be of older tables."""
    scripts = project.metadata.get("ipynb-filters")
    for script in scripts if isinstance(scripts, list) else []:
        if (project.root / str(script)).is_file():
            _touch(project.root / str(script))


def _touch(path: Path) -> None:
    """Give a file a later modification time, by a second, since Quarto counts in whole seconds."""
    later = max(time.time(), path.stat().st_mtime + 1)
    os.utime(path, (later, later))
