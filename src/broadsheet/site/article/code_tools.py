"""The menu of a page's code, `code-tools` in front matter: show or hide all code that folds, and the
page's source.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from broadsheet.markdown.markdown_writing import fenced
from broadsheet.project.editions.edition import Edition
from broadsheet.project.settings.settings import FrontMatter
from broadsheet.project.sources.notebook_file import language_of_cell
from broadsheet.storage.files import readable_text


@dataclass(frozen=True)
class PageCode:
    """The menu of a page's code."""

    source: str = ""
    """The page's source, in Quarto's Markdown; empty if the menu does not show it."""
    address: str = ""
    """The address at which the source is, in place of that."""
    has_toggle: bool = False
    """The menu shows and hides all code."""
    caption: str | None = None
    """Its name; `none` for an icon alone, None for the usual one."""


def page_code(
    edition: Edition, front: FrontMatter, root: Path, *, has_folds: bool
) -> PageCode | None:
    """Return the menu that the front matter asks for; None if it asks for none, or nothing would be
    in it. ``has_folds`` says that code of the page folds.
    """
    tools = front.code_tools
    if tools is None:
        return None
    address = tools.source if isinstance(tools.source, str) else ""
    source = _source(edition, root) if tools.source is True else ""
    has_toggle = tools.toggle and has_folds
    if not (source or address or has_toggle):
        return None
    return PageCode(source, address, has_toggle, tools.caption)


def _source(edition: Edition, root: Path) -> str:
    """Return the source of a page as Quarto's Markdown has it."""
    if edition.source.path.suffix != ".ipynb":
        return readable_text(root / edition.source.path)
    notebook = edition.source.notebook
    assert notebook is not None
    written = (
        "\n".join(fenced(language_of_cell(notebook, cell), cell.source))
        if cell.cell_type == "code"
        else cell.source
        for cell in edition.source.cells()
    )
    return "\n\n".join(written) + "\n"
