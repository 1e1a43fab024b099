"""Tells a run its publication, and cells what page they are run for, by environment variables.

`QUARTO_PROJECT_ROOT`, `QUARTO_DOCUMENT_PATH` and `QUARTO_DOCUMENT_FILE` are the publication's folder,
the source's folder and its name, as Quarto has them; `QUARTO_EXECUTE_INFO` is a file of JSON with
the source's path and the format. The front matter is in it for code that names that variable: then a run depends on it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a worker process needs no more of the publication than the variables
    from nbformat.notebooknode import NotebookNode

    from broadsheet.project.editions.edition import Edition

ROOT, LIMITS = "BROADSHEET_ROOT", "BROADSHEET_LIMITS"
"""The environment variables by which a run knows its publication: the root; the values that it gives to
limits, as JSON.
"""
INFO = "QUARTO_EXECUTE_INFO"
_HTML = {"display-name": "HTML", "target-format": "html", "base-format": "html"}


def settings_asked(edition: Edition, script: NotebookNode) -> str:
    """Return what the code of ``script`` is told of its edition's settings, as JSON; empty if it does
    not ask.
    """
    if not any(INFO in cell.source for cell in script.cells):
        return ""
    metadata = {key: value for key, value in edition.metadata.items() if key != "editions"}
    told = {"execute": metadata.get("execute", {}), "metadata": metadata}
    return json.dumps(told, default=str, sort_keys=True)


def page_variables(source: Path, root: Path, told: str, partial: Path) -> Mapping[str, str]:
    """Return the environment variables for the run of ``source``, and write the file that one of them
    names, beside the ``partial`` notebook. ``told`` is of :func:`settings_asked`.
    """
    info = partial.with_suffix(".info.json")
    form = {"identifier": _HTML, "pandoc": {"to": "html"}, **json.loads(told or "{}")}
    info.write_text(json.dumps({"document-path": str(source), "format": form}))
    return {
        "QUARTO_PROJECT_ROOT": str(root),
        "QUARTO_DOCUMENT_PATH": str(source.parent),
        "QUARTO_DOCUMENT_FILE": source.name,
        INFO: str(info),
    }
