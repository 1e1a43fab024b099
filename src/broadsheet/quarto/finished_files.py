"""Finished notebooks on disk, where Quarto's scripts find them: `.broadsheet/finished/<the edition's path>`.

Each file is a notebook as Quarto is to see it: the YAML cell first, with the values put in; outputs as HTML; and in
its metadata, under `broadsheet`, the digest of the source that it was made of.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path, PurePosixPath

import nbformat
from nbformat.notebooknode import NotebookNode

from broadsheet.assembly import Finished
from broadsheet.assembly.finishing import FIGURE_KEYS
from broadsheet.errors import Place
from broadsheet.publication import Edition
from broadsheet.publication.source import GENERATED, cell_options

STORE = PurePosixPath(".broadsheet/finished")
_NOT_FOR_QUARTO = ("editions", "bibliography", "csl", "format")
_FROM_ASSEMBLY = ("image", "image-alt")


def notebook_for_quarto(finished: Finished) -> str:
    """The text of the notebook that Quarto renders for an edition; the same for the same edition."""
    edition = finished.edition
    assert finished.notebook is not None
    notebook = nbformat.from_dict(finished.notebook)
    cells = [cell for cell in notebook.cells if "injected-parameters" not in cell.metadata.get("tags", [])]
    if cells and cells[0].cell_type == "raw":
        cells = cells[1:]
    for cell in cells:
        if cell.cell_type == "code":
            cell.source = _without_own_options(cell.source, edition)
    notebook.cells = [nbformat.v4.new_raw_cell(_front_matter(finished)), *cells]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    notebook.metadata["broadsheet"] = {"source": digest(edition.source.notebook)}
    if not edition.is_first:
        notebook.metadata["broadsheet"][GENERATED] = str(edition.source.path)
    return str(nbformat.writes(notebook)) + "\n"


def digest(notebook: NotebookNode | None) -> str:
    """What tells one source notebook from another: its cells' texts and tags, not its outputs."""
    cells = notebook.cells if notebook is not None else []
    text = json.dumps([[cell.cell_type, cell.source, cell.metadata.get("tags", [])] for cell in cells])
    return hashlib.sha256(text.encode()).hexdigest()


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write a file unless it has these bytes already, since Quarto goes by modification times; whether it wrote."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
    return True


def _front_matter(finished: Finished) -> str:
    edition = finished.edition
    own = edition.source.front_matter.data
    declared = next((one.model_extra or {} for one in edition.settings.editions if one.slug == edition.name), {})
    kept = {key: value for key, value in own.items() if key in _NOT_FOR_QUARTO and key != "editions"}
    keys = [key for key in (*own, *declared, *_FROM_ASSEMBLY) if key in edition.metadata and key not in kept]
    values = {key: edition.metadata[key] for key in dict.fromkeys(keys) if key != "editions"}
    values["headline"] = edition.settings.title
    values |= kept
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False, default=str)}" for key, value in values.items()]
    return "\n".join(["---", *lines, "---"])


def _without_own_options(source: str, edition: Edition) -> str:
    options = cell_options(source, Place(str(edition.source.path)))
    if not set(FIGURE_KEYS) & set(options.options):
        return source
    kept = {key: value for key, value in options.options.items() if key not in FIGURE_KEYS}
    return "\n".join([*(f"#| {key}: {json.dumps(value, ensure_ascii=False, default=str)}"
                        for key, value in kept.items()), options.body])
