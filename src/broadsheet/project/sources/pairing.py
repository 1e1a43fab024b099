"""Notebooks that jupytext keeps in two files, `index.ipynb` beside `index.py` or `index.md`: one page.

The notebook is the source, and its text a copy. Of two texts, the script is the source. A text is the
source instead if `render` asks for its suffix (`posts/**/*.py`), and not for that of the notebook. A
notice names the first cell that differs. The files of a pair are in one folder, or where the header of
the text says (`formats: notebooks//ipynb,scripts//py:percent`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import suppress
from importlib.util import find_spec
from itertools import groupby
from operator import itemgetter
from pathlib import Path, PurePosixPath

from broadsheet.errors import BroadsheetError, Notice, Place
from broadsheet.project.sources import text_notebook
from broadsheet.project.sources.front_matter import split
from broadsheet.project.sources.source import Source, read_source
from broadsheet.storage.files import beginning, is_file, readable_text

_FORMS = (".ipynb", text_notebook.SCRIPT, ".md", ".qmd")
"""The suffixes of the files of one notebook. The first that exists is its source."""
_BEGINNING = 2048
"""The number of bytes from which it is clear whether a text is worth reading."""
_MAY_BE_PAGE = re.compile(r"(?:#[^\n]*\n){0,2}\s*#[ \t]*(?:%%|---)")


def is_article(root: Path, path: PurePosixPath) -> bool:
    """True if a `.py` begins as a page does."""
    start = _plain(beginning(root / path, _BEGINNING).decode(errors="replace"))
    return bool(_MAY_BE_PAGE.match(start)) and text_notebook.is_script(_text(root, path))


def is_notebook(root: Path, path: PurePosixPath) -> bool:
    """True if a file is a notebook in one of its forms, and not a module or a plain page."""
    if path.suffix == text_notebook.SCRIPT:
        return is_article(root, path)
    if path.suffix not in (".md", ".qmd"):
        return path.suffix in _FORMS
    try:
        front, _ = split(_text(root, path), Place(str(path)))
    except BroadsheetError:
        return False
    is_of_jupytext = bool(text_notebook.settings(front.data))
    return is_of_jupytext or (path.suffix == ".md" and text_notebook.is_jupytext(front.data))


def copies_among(
    root: Path, paths: Sequence[PurePosixPath], asked_for: Callable[[PurePosixPath], bool]
) -> set[PurePosixPath]:
    """Return the ``paths`` that are copies of another path. ``asked_for`` is true for a path that
    `render` asks for by its suffix.
    """
    beside: dict[PurePosixPath, list[PurePosixPath]] = {}
    for path in paths:
        if path.suffix in _FORMS:
            beside.setdefault(path.with_suffix(""), []).append(path)
    pairs = [
        [path for path in paths if is_notebook(root, path)]
        for paths in beside.values()
        if len(paths) > 1
    ]
    copies = set[PurePosixPath]()
    for forms in (*pairs, *_elsewhere(root, set(paths))):
        candidates = sorted(set(forms) - copies, key=lambda path: (_FORMS.index(path.suffix), path))
        preferred = [path for path in candidates if asked_for(path)]
        copies.update(path for path in candidates if path != (preferred or candidates)[0])
    return copies


def copies_of(path: PurePosixPath) -> tuple[str, ...]:
    """Return the names of files beside a source that may be copies of it."""
    if path.suffix not in _FORMS:
        return ()
    return tuple(str(path.with_suffix(form)) for form in _FORMS if form != path.suffix)


def notices(root: Path, source: Source) -> Iterator[Notice]:
    """Yield a notice for each copy of a source that has other cells. Without jupytext there are
    none.
    """
    for name in copies_of(source.path) if source.notebook is not None else ():
        path = PurePosixPath(name)
        if not is_file(root / path) or not is_notebook(root, path) or not find_spec("jupytext"):
            continue
        try:
            place = _difference(source, read_source(root, path))
        except BroadsheetError as fault:
            yield Notice(
                source.place(),
                f"its copy {name} cannot be read: {fault.what}",
                f"Mend it, or remove it: the page is made of {source.path}.",
                topic="paired",
            )
            continue
        if place is not None:
            yield Notice(
                place,
                f"its copy {name} says otherwise from here on",
                f"The page is made of {source.path}. Bring both together with "
                f"`jupytext --sync {source.path}`.",
                topic="paired",
            )


def _elsewhere(root: Path, paths: Set[PurePosixPath]) -> Iterator[list[PurePosixPath]]:
    """Yield pairs of a notebook and a text of the same name that are not in one folder."""
    names = {path.stem for path in paths if path.suffix == _FORMS[0]}
    for path in sorted(path for path in paths if path.stem in names):
        if path.suffix in _FORMS[1:] and b"formats:" in beginning(root / path, _BEGINNING):
            with suppress(BroadsheetError):
                others = text_notebook.partners(path, _text(root, path))
                yield [path, *(other for other in others if other in paths)]


def _text(root: Path, path: PurePosixPath) -> str:
    return _plain(readable_text(root / path))


def _plain(text: str) -> str:
    """Return a text without the bytes that UTF-16 leaves in it, to see what it is."""
    return text.replace("\0", "").lstrip("\ufeff\ufffd")


def _difference(source: Source, other: Source) -> Place | None:
    """Return the first place at which a source and its copy differ; None if they agree."""
    ours, theirs = list(_texts(source)), list(_texts(other))
    for cell, copy in zip(ours, theirs, strict=False):
        if cell[1:] != copy[1:]:
            return cell[0]
    if len(ours) != len(theirs):
        longer = ours[len(theirs) :] or ours[-1:]
        return longer[0][0] if longer else source.place()
    front, data, others = source.front_matter, source.front_matter.data, other.front_matter.data
    keys = (data.keys() | others.keys()) - text_notebook.KEYS
    changed = sorted(key for key in keys if data.get(key) != others.get(key))
    return front.place((changed[0],)) if changed else None


def _texts(source: Source) -> Iterator[tuple[Place, str, str]]:
    """Yield the code and the prose of a source, as far as both files of a pair keep it: cells of
    prose beside one another are one in some formats.
    """
    cells = (
        (source.place(number), cell.cell_type, cell.source.strip())
        for number, cell in enumerate(source.cells(), start=1)
        if cell.cell_type != "raw" and cell.source.strip()
    )
    for kind, alike in groupby(cells, key=itemgetter(1)):
        if kind == "code":
            yield from alike
        else:
            places, _, texts = zip(*alike, strict=True)
            yield places[0], kind, "\n".join(texts)
