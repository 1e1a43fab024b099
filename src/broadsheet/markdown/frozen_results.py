"""What Quarto has frozen of a page: `_freeze/PAGE/execute-results/html.json`.

With `freeze: true` Quarto takes a page's results from there and does not run it; with `freeze: auto`
if the page's source is still the one that was run, by its digest. The file has the page's Markdown
with its outputs in it; its pictures lie beside it. They serve pages of other engines too, such as
those in R. A page without such a file is run.
"""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

import msgspec

from broadsheet.errors import SAVED, NotebookError, Notice, Place
from broadsheet.files import check_path, read_text
from broadsheet.markdown.finished_edition import Finished
from broadsheet.project.edition import Edition
from broadsheet.project.project import NOTEBOOK
from broadsheet.project.source import source_of
from broadsheet.run.running import Outcome


class _Result(msgspec.Struct):
    markdown: str
    preserve: dict[str, str] = {}


class _Frozen(msgspec.Struct):
    hash: str
    result: _Result


def frozen_outcome(root: Path, edition: Edition) -> Outcome | None:
    """The outcome of a page whose frozen results are used; None for one that is run."""
    freeze, enabled = edition.settings.execute.freeze, edition.settings.execute.enabled
    is_page = edition.source.path.suffix != NOTEBOOK or enabled
    if not freeze or enabled is False or not is_page or not edition.is_first:
        return None
    path = edition.frozen
    check_path(root, root / path, Place(str(path)))
    if not (root / path).is_file():
        return None
    if freeze == "auto" and _read(root, path).hash != _digest(root, edition):
        return None
    return Outcome(edition, frozen=path, why=f"not run: its results are in {path}")


def frozen_page(root: Path, edition: Edition) -> Finished:
    """The page, with its files. Raises :class:`NotebookError` for a file that is not Quarto's."""
    path = edition.frozen
    result = _read(root, path).result
    text = result.markdown
    for mark, html in result.preserve.items():
        text = text.replace(mark, html)
    folder = path.parent.parent
    files = [
        one
        for one in sorted((root / folder).rglob("*"))
        if one.is_file() and not one.is_relative_to(root / path.parent)
    ]
    for file in files:
        check_path(root, file, Place(str(path)))
    names = [PurePosixPath(file.relative_to(root).as_posix()) for file in files]
    notice = Notice(
        edition.source.place(),
        "this page is shown with results that Quarto has frozen, and was not run",
        "`freeze: false` in its front matter, under `execute`, runs it.",
        topic=SAVED,
    )
    return Finished(
        edition,
        # As a page of plain Markdown, whatever is in it: its cells were run.
        markdown=source_of(edition.source.path.with_suffix(".md"), text, root).markdown,
        assets={
            str(edition.files / name.relative_to(folder)): file.read_bytes()
            for name, file in zip(names, files, strict=True)
        },
        reads=(str(path), *map(str, names)),
        notices=(notice,),
        is_frozen=True,
    )


def _read(root: Path, path: PurePosixPath) -> _Frozen:
    text = read_text(root / path, Place(str(path)), NotebookError)
    try:
        return msgspec.json.decode(text, type=_Frozen)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise NotebookError(
            Place(str(path)),
            f"these are no results that Quarto has frozen: {error}",
            "Render the page with Quarto again, or remove the file.",
        ) from None


def _digest(root: Path, edition: Edition) -> str:
    """The digest by which Quarto knows a source: MD5 of its text with line feeds alone."""
    text = (root / edition.source.path).read_text("utf-8").replace("\r\n", "\n")
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
