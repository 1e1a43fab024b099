"""What Quarto calls: before it renders, for each notebook, and after it has rendered.

*Before* (`pre-render`): every edition is run or found in the cache, finished, and put where the filter finds it;
editions other than a source's own are written beside it as notebooks, which Quarto then lists and renders as any
other. A source whose finished form has changed though its file has not (a table did) is given a new modification
time, since Quarto remembers a filtered notebook by that alone.
*For each notebook* (`ipynb-filters`): the finished one in place of the source.
*After* (`post-render`): the figures' files go into the site.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path, PurePosixPath

import nbformat
from nbformat.notebooknode import NotebookNode

from broadsheet.assembly import Finished
from broadsheet.errors import BroadsheetError, NotebookError, Place
from broadsheet.preparation import prepare
from broadsheet.publication import Publication, open_publication
from broadsheet.publication.source import GENERATED
from broadsheet.quarto.finished_files import STORE, digest, notebook_for_quarto, write_if_changed

ASSETS = PurePosixPath(".broadsheet/assets")


def before(root: Path) -> int:
    """Finish every notebook. Returns an exit code; each fault is told on stderr, and any of them stops Quarto."""
    publication = open_publication(root)
    notebooks = [edition for edition in publication.editions if edition.source.notebook is not None]
    prepared = prepare(publication.project, notebooks)
    for finished in prepared.finished:
        _hand_over(root, finished)
    _remove_strays(publication)
    faults = [*publication.faults.values(), *prepared.faults.values()]
    for told in (*publication.notices, *prepared.notices):
        print(f"warning: {told}", file=sys.stderr)
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    return 1 if faults else 0


def filtered(root: Path, folder: Path, text: str) -> str:
    """The finished notebook for the source ``text``, a notebook of ``folder``; other notebooks as they are.

    Raises :class:`NotebookError` where the source was not finished in this form.
    """
    given = nbformat.reads(text, as_version=4)
    if GENERATED in given.metadata.get("broadsheet", {}):
        return text
    store = root / STORE / folder.relative_to(root)
    wanted = digest(given)
    for path in sorted(store.glob("*.ipynb")):
        finished: NotebookNode = nbformat.read(path, as_version=4)
        own = finished.metadata.broadsheet
        if own["source"] == wanted and GENERATED not in own:
            return path.read_text(encoding="utf-8")
    raise NotebookError(Place(str(folder.relative_to(root))), "a notebook here has not been run in this form",
                        "Render the project with scripts/pre_render.py as its `pre-render` script.")


def after(root: Path, site: Path) -> int:
    """Put the figures' files into the site."""
    if (root / ASSETS).is_dir():
        shutil.copytree(root / ASSETS, site, dirs_exist_ok=True)
    return 0


def _hand_over(root: Path, finished: Finished) -> None:
    edition = finished.edition
    text = notebook_for_quarto(finished).encode()
    kept, source = root / STORE / edition.path, root / edition.path
    last = kept.stat().st_mtime if kept.exists() else 0.0
    changed = write_if_changed(kept, text)
    if not edition.is_first:
        write_if_changed(source, text)
    elif changed and last and source.stat().st_mtime <= last:
        later = max(time.time(), source.stat().st_mtime + 1)
        os.utime(source, (later, later))
    for path, content in finished.assets.items():
        write_if_changed(root / ASSETS / path, content)


def _remove_strays(publication: Publication) -> None:
    """Notebooks written for editions that are no longer declared."""
    root = publication.project.root
    current = {edition.path for edition in publication.editions}
    for path in publication.project.inputs():
        if path.suffix == ".ipynb" and path not in current and path not in publication.faults:
            try:
                notebook = nbformat.read(root / path, as_version=4)
            except (ValueError, AttributeError):
                continue
            if GENERATED in notebook.metadata.get("broadsheet", {}):
                (root / path).unlink()


def main(stage: str) -> int:
    """The scripts of `scripts/`, by the stage that they serve."""
    root = Path(os.environ.get("QUARTO_PROJECT_DIR") or Path.cwd()).resolve()
    try:
        if stage == "before":
            return before(root)
        if stage == "after":
            return after(root, Path(os.environ["QUARTO_PROJECT_OUTPUT_DIR"]))
        sys.stdout.write(filtered(root, Path.cwd().resolve(), sys.stdin.read()))
    except BroadsheetError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0
