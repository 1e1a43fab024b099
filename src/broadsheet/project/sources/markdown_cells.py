"""The cells of a `.qmd`: those of its language, as in Quarto, and the Markdown between them.

A page with a block "```{python}" is a notebook, and has what notebooks have: parameters
(`#| tags: [parameters]`), editions, inline values, cached runs. So is a page with a block in another
language, "```{bash}", if a Jupyter kernel for it is installed here; and a page that names a kernel in
its front matter (`jupyter: python3`). Its first cell is the front matter. Cells of included files are
cells of the page.

A page has one kernel. Its front matter names the language (`jupyter: ir`, `engine: knitr`, which means
R, `engine: julia`); else a block in R or Julia claims the page, as in Quarto; else it is the first
language that has a kernel. On a page in another language, Python cells are cells, too: they run in the
process of Python beside the kernel, which evaluates the inline values. Blocks in any other language
stay in the Markdown (:mod:`broadsheet.markdown.code_blocks`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from broadsheet.errors import BroadsheetError, Place
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.cell_options import cell_options, yaml_lines
from broadsheet.project.sources.code_fences import Fence, fences
from broadsheet.project.sources.includes import Includes, Line, numbered
from broadsheet.project.sources.kernels import PYTHON, kernel_for, language_of_kernel
from broadsheet.project.sources.knitr_options import arguments
from broadsheet.project.sources.notebook_file import (
    CELL_LANGUAGE,
    FOR_KNITR,
    new_cell,
    new_kernel,
    new_notebook,
)
from broadsheet.storage.yaml_text import YamlText

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

_ENGINES = ("jupyter", "knitr", "julia", "markdown")
_OF_ENGINE = {"knitr": "r", "julia": "julia"}
"""The languages of other engines. A block in one of them claims the whole page."""
_INCLUDES = "{{< include"
_HEADER_KEYS = frozenset(
    {
        "echo",
        "eval",
        "include",
        "warning",
        "error",
        "output",
        "label",
        "fig-align",
        "fig-cap",
        "fig-alt",
        "tbl-cap",
    }
)
"""The options of knitr that have a meaning here, with hyphens in place of its dots."""
_LABEL = re.compile(r"[\w:-]{1,100}")


def read_cells(
    head: str, text: str, front: YamlText, includes: Includes, where: Place
) -> tuple[NotebookNode, tuple[Place, ...]] | None:
    """Return the notebook that a page is, and the first line of each of its cells. ``text`` is the
    page without its ``head``, the front matter. None for a page that is not run. Raises
    :class:`ConfigError` for options of a cell that are not YAML.
    """
    first = where.at(head.count("\n") + 1)
    lines = list(numbered(text, first))
    if _INCLUDES in text:
        with suppress(BroadsheetError):  # what is wrong with it is said when the page is rendered
            lines = list(includes.lines(lines))
    blocks = list(fences([line for _, line in lines]))
    kernel = _kernel(front.data, [fence.language for fence in blocks], text)
    if kernel is None:
        return None
    import nbformat  # a page without code does without

    placed = [(where.at(1), new_cell("raw", head.strip("\n")))] if head.strip() else []
    placed += _cells(lines, blocks, kernel["language"])
    content = new_notebook((cell for _, cell in placed), kernel)
    notebook: NotebookNode = nbformat.from_dict(content)
    return notebook, tuple(place for place, _ in placed)


def _kernel(
    data: Mapping[str, object], languages: Sequence[str], text: str
) -> dict[str, str] | None:
    """Return the kernel that runs a page; None for a page that is not run."""
    execute = data.get("execute")
    named = data.get("engine") or (execute.get("engine") if isinstance(execute, Mapping) else None)
    engine = str(named or next((key for key in _ENGINES if data.get(key)), "jupyter"))
    kernel = kernel_of(data)
    if engine not in _OF_ENGINE and engine != "jupyter":
        return None
    language = _OF_ENGINE.get(engine) or (
        kernel["language"] if isinstance(data.get("jupyter"), str | Mapping) else _first(languages)
    )
    if language not in languages and not (data.get("jupyter") and inline.expressions(text)):
        return None
    if language == PYTHON:
        return kernel
    name = kernel_for(language, kernel["name"])
    return new_kernel(name, language) if name else None


def _first(languages: Sequence[str]) -> str:
    """Return the language whose kernel Quarto takes for a page with blocks in these ``languages``."""
    claims = (language for language in languages if language in _OF_ENGINE.values())
    able = (language for language in languages if language == PYTHON or kernel_for(language))
    return next(claims, "") or next(able, PYTHON)


def kernel_of(data: Mapping[str, object]) -> dict[str, str]:
    """Return the kernel that the front matter names, or that of Python."""
    jupyter = data.get("jupyter")
    if isinstance(jupyter, Mapping):
        jupyter = jupyter.get("kernelspec") or jupyter.get("kernel")
    if isinstance(jupyter, Mapping):
        name = str(jupyter.get("name") or "python3")
        return new_kernel(name, str(jupyter.get("language") or PYTHON).lower())
    name = jupyter if isinstance(jupyter, str) else "python3"
    return new_kernel(name, language_of_kernel(name) or PYTHON)


def _cells(
    lines: Sequence[Line], blocks: Sequence[Fence], language: str
) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the cells of a page in a ``language`` in order, each with the place of its first line."""
    start = 0
    for fence in blocks:
        if fence.language not in (language, PYTHON):
            continue
        yield from _prose(lines[start : fence.opens])
        start = fence.closes + 1
        body = fence.body([line for _, line in lines])
        if any(line.strip() for line in body):
            place = lines[fence.opens + 1][0]
            metadata: dict[str, Any] = {}
            if language != PYTHON:
                options, others = _header_options(fence.header)
                written = cell_options("\n".join(body), place).options
                header = [
                    f"#| {line}"
                    for line in yaml_lines(options)
                    if line.partition(":")[0] not in written
                ]
                body, place = [*header, *body], place.at(1 - len(header))
                metadata = {FOR_KNITR: others} if others else {}
            if fence.language != language:
                metadata[CELL_LANGUAGE] = PYTHON
            yield place, _code("\n".join(body), fence.prefix, **metadata)
    yield from _prose(lines[start:])


def _header_options(header: str) -> tuple[dict[str, object], list[str]]:
    """Return the options behind the language of a block, as knitr has them, and the names of others:
    of options that have no meaning here, or whose value R would have to compute.
    """
    options: dict[str, object] = {}
    others = []
    for number, option in enumerate(arguments(header)):
        if not option.key:
            if not number and _LABEL.fullmatch(option.written):
                options["label"] = option.written
        elif option.key in _HEADER_KEYS and isinstance(option.value, str | bool):
            options[option.key] = option.value
        else:
            others.append(option.key)
    return options, others


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


def _code(source: str, prefix: str, **metadata: Any) -> dict[str, Any]:
    named = {"prefix": prefix} if prefix else {}
    return new_cell("code", source, tags=[], **named, **metadata)
