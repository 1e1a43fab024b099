"""The cells of a `.qmd`: its Python cells as in Quarto, and the Markdown between them.

A page with a block "```{python}" is a notebook, and has what notebooks have: parameters
(`#| tags: [parameters]`), editions, inline values, cached runs. So is a page that names a Jupyter
kernel of Python in its front matter (`jupyter: python3`). Its first cell is the front
matter. Cells of included files are cells of the page.

A page is none of these if Quarto would give it to another engine: it says so (`engine: knitr`,
`julia:`), or has cells in R or Julia. Blocks in other languages stay in the Markdown
(:mod:`broadsheet.markdown.code_blocks`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from broadsheet.errors import BroadsheetError, Place
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.cell_options import cell_options
from broadsheet.project.sources.code_fences import Fence, fences
from broadsheet.project.sources.includes import Includes, Line, numbered
from broadsheet.project.sources.notebook_file import PYTHON, new_cell, new_notebook
from broadsheet.storage.yaml_text import YamlText, one_or_more

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

_ENGINES = ("jupyter", "knitr", "julia", "markdown")
_OTHER_ENGINES = ("r", "julia")
"""Languages whose cells give the whole page to another engine."""
_INCLUDES = "{{< include"


def read_cells(
    head: str, text: str, front: YamlText, includes: Includes, where: Place
) -> tuple[NotebookNode, tuple[Place, ...]] | None:
    """Return the notebook that a page is, and the first line of each of its cells. ``text`` is the
    page without its ``head``, the front matter. None for a page without Python. Raises
    :class:`ConfigError` for options of a cell that are not YAML.
    """
    first = where.at(head.count("\n") + 1)
    lines = list(numbered(text, first))
    if _INCLUDES in text:
        with suppress(BroadsheetError):  # what is wrong with it is said when the page is rendered
            lines = list(includes.lines(lines))
    blocks = list(fences([line for _, line in lines]))
    if not _is_python(front.data, [fence.language for fence in blocks], text):
        return None
    import nbformat  # a page without code does without

    placed = [(where.at(1), new_cell("raw", head.strip("\n")))] if head.strip() else []
    placed += _cells(lines, blocks)
    content = new_notebook((cell for _, cell in placed), kernel_of(front.data))
    notebook: NotebookNode = nbformat.from_dict(content)
    return notebook, tuple(place for place, _ in placed)


def _is_python(data: Mapping[str, object], languages: Sequence[str], text: str) -> bool:
    """True if Quarto would give the page to Jupyter, with a kernel of Python."""
    execute = data.get("execute")
    named = data.get("engine") or (execute.get("engine") if isinstance(execute, Mapping) else None)
    engine = named or next((key for key in _ENGINES if data.get(key)), None)
    if engine is None:
        engine = next((language for language in languages if language in _OTHER_ENGINES), "jupyter")
    if engine != "jupyter" or kernel_of(data)["language"] != PYTHON:
        return False
    return PYTHON in languages or bool(data.get("jupyter") and inline.expressions(text))


def kernel_of(data: Mapping[str, object]) -> dict[str, str]:
    """Return the kernel that the front matter names, or that of Python."""
    jupyter = data.get("jupyter")
    if isinstance(jupyter, Mapping):
        jupyter = jupyter.get("kernelspec") or jupyter.get("kernel")
    if isinstance(jupyter, Mapping):
        name = str(jupyter.get("name") or "python3")
        language = str(jupyter.get("language") or PYTHON).lower()
        return {"name": name, "display_name": name, "language": language}
    name = jupyter if isinstance(jupyter, str) else "python3"
    is_other = name == "ir" or name.startswith("julia")
    return {"name": name, "display_name": name, "language": name if is_other else PYTHON}


def _cells(
    lines: Sequence[Line], blocks: Sequence[Fence]
) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the cells in order, each with the place of its first line."""
    start = 0
    for fence in blocks:
        if fence.language != PYTHON:
            continue
        yield from _prose(lines[start : fence.opens])
        start = fence.closes + 1
        body = fence.body([line for _, line in lines])
        if any(line.strip() for line in body):
            place = lines[fence.opens + 1][0]
            yield place, _code("\n".join(body), place, fence.prefix)
    yield from _prose(lines[start:])


def _prose(lines: Sequence[Line]) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the Markdown between two cells: a cell for each stretch that was written in one piece."""
    begin = 0
    for at in range(1, len(lines) + 1):
        if at < len(lines) and lines[at][0] == lines[at - 1][0].at(2):
            continue
        piece = lines[begin:at]
        while piece and not piece[0][1].strip():
            piece = piece[1:]
        text = "\n".join(line for _, line in piece).rstrip()
        if text:
            yield piece[0][0], new_cell("markdown", text)
        begin = at


def _code(source: str, place: Place, prefix: str) -> dict[str, Any]:
    tags = one_or_more(cell_options(source, place).options.get("tags", []))
    named = {"prefix": prefix} if prefix else {}
    return new_cell("code", source, tags=list(map(str, tags)), **named)
