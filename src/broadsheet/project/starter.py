"""New publications and articles, made of the files in `starter/`.

The files are the author's own from then on. A file that exists is never overwritten.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from string import Template
from typing import TYPE_CHECKING

from slugify import slugify

from broadsheet.errors import UsageError
from broadsheet.processes.extras import needed
from broadsheet.project.project import CONFIG, NOTEBOOK, SCRIPT
from broadsheet.project.sources.notebook_file import new_cell, new_notebook
from broadsheet.project.sources.source import TAG, source_of
from broadsheet.storage.files import check_path
from broadsheet.version import __version__

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

STARTER = Path(__file__).parents[1] / "starter"
ARTICLES = PurePosixPath("posts")
FIRST = "first-article"
TABLE = "data/co2-mauna-loa.csv"
CATALOGUE = "data/datapackage.json"
RECORD = "data/recorded/co2-mauna-loa.jsonl"
_PARAMETERS = "#| tags: [parameters]\n"
"""The first line of the cell of parameters in Markdown; in a notebook, it is a tag of the cell."""
_FORMATS = {SCRIPT: "py:percent", ".md": "md:markdown"}
"""jupytext's names of the formats that it writes, by suffix."""
_TOOLS = {
    ".gitignore": "gitignore",
    ".pre-commit-config.yaml": "pre-commit.yml",
    ".github/workflows/refresh.yml": "refresh.yml",
    ".github/workflows/site.yml": "site.yml",
    "requirements.txt": "requirements.txt",
}
"""The files that any publication can use, each with its template in `starter/publication/`."""
_CONTENT = {
    CONFIG: "_quarto.yml",
    "index.qmd": "index.qmd",
    "about.qmd": "about.qmd",
    CATALOGUE: CATALOGUE,
    TABLE: TABLE,
    RECORD: RECORD,
}
_FILLED = (CONFIG, "index.qmd", "requirements.txt")
"""The files with words to fill in. A dollar sign of the others is their own: a shell's, a pattern's."""


def publication(root: Path, title: str, day: date, *, is_plain: bool = False) -> dict[str, bytes]:
    """Return the files of a new publication by their paths; for a Quarto site, those that it lacks.
    A plain one has no keys that `quarto render` alone needs.
    """
    templates = dict(_TOOLS)
    if not (root / CONFIG).exists():
        templates |= _CONTENT
    words = {"title": json.dumps(title, ensure_ascii=False), "version": __version__}
    for part in ("quarto_stages", "quarto_keys"):
        words[part] = "" if is_plain else (STARTER / f"publication/{part}.yml").read_text("utf-8")
    files = {
        path: _filled(f"publication/{name}", words)
        if path in _FILLED
        else (STARTER / "publication" / name).read_bytes()
        for path, name in templates.items()
    }
    if CONFIG in files:
        files |= article(root, FIRST, "story", "How much carbon dioxide is in the air?", day)
    return files


def article(
    root: Path, slug: str, template: str, title: str, day: date, *, form: str = NOTEBOOK
) -> dict[str, bytes]:
    """Return the file of a new article by its path: a notebook, or another ``form`` by its suffix.
    Raises :class:`UsageError` for a slug that cannot be an address, and :class:`ToolError` if
    jupytext is needed and missing.
    """
    if slug != slugify(slug):
        raise UsageError(
            f"new {slug}",
            "a slug is a part of an address: small letters, digits and hyphens",
            f"Write `broadsheet new {slugify(slug) or 'my-article'}`.",
        )
    words = {"title": json.dumps(title, ensure_ascii=False), "today": day.isoformat()}
    text = _filled(f"articles/{template}.qmd", words)
    path = ARTICLES / slug / "index.qmd"
    if form == path.suffix:
        return {str(path): text}
    import nbformat

    notebook = _notebook(path, text.decode(), root)
    written = f"{nbformat.writes(notebook)}\n" if form == NOTEBOOK else _text_of(notebook, form)
    return {str(path.with_suffix(form)): written.encode()}


def write(root: Path, files: Mapping[str, bytes]) -> tuple[list[str], list[str]]:
    """Write files that do not exist. Returns the paths that were written, and those that existed.
    Raises :class:`FileError` for a path that leads out of ``root``.
    """
    written: list[str] = []
    existing: list[str] = []
    for path, content in files.items():
        check_path(root, root / path, path)
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        try:
            with (root / path).open("xb") as file:
                file.write(content)
            written.append(path)
        except FileExistsError:
            existing.append(path)
    return written, existing


def _filled(name: str, words: Mapping[str, str]) -> bytes:
    text = (STARTER / name).read_text("utf-8")
    return Template(text).safe_substitute(words).encode()


def _notebook(path: PurePosixPath, text: str, root: Path) -> NotebookNode:
    """Return a page in Markdown as a notebook, its front matter as the first cell."""
    import nbformat

    front, body = text.split("\n---\n", 1)
    written = [(cell.cell_type, cell.source) for cell in source_of(path, text, root).cells()]
    written = written or [("raw", f"{front}\n---"), ("markdown", body.strip())]
    cells = []
    for number, (kind, source) in enumerate(written, start=1):
        tags = {"tags": [TAG]} if source.startswith(_PARAMETERS) else {}
        cell = new_cell(kind, source.removeprefix(_PARAMETERS), **tags)
        cells.append({**cell, "id": f"cell-{number}"})
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook: NotebookNode = nbformat.from_dict(new_notebook(cells, kernel))
    notebook.metadata.language_info = {"name": "python"}  # else VS Code adds it to each cell
    return notebook


def _text_of(notebook: NotebookNode, form: str) -> str:
    """Return a notebook as jupytext writes it; a script begins as Quarto wants it."""
    with needed(f"new --{form[1:]}"):
        import jupytext
    if form == SCRIPT:
        notebook.metadata["jupytext"] = {"notebook_metadata_filter": "-all"}
        notebook.cells[0].cell_type = "markdown"
    written: str = jupytext.writes(notebook, _FORMATS[form])
    return f"{written.rstrip()}\n"
