"""The results that Quarto has frozen of a page: `_freeze/PAGE/execute-results/html.json`.

With `freeze: true` Quarto takes a page's results from there and does not run it; with `freeze:
auto` if the page's source is still the one that was run, by its digest. The file has the page's
Markdown with its outputs in it; its pictures lie beside it. They serve pages of other engines too,
such as those in R. A page without such a file is run.

A plotly figure is HTML with a script in that Markdown. Its data are taken out of it, and it becomes
a figure as any other (:func:`with_figures`); what an author says of it in its cell's options, such
as `fig-alt`, is looked up in the source.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from broadsheet.errors import SAVED, NotebookError, Notice, Place
from broadsheet.markdown.finished_edition import FIGURE_OUTPUT, HTML_OUTPUT, Finished
from broadsheet.markdown.markdown_writing import attributes
from broadsheet.markdown.plotly_html import pieces
from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import NOTEBOOK
from broadsheet.project.sources.cell_options import CellOptions, cell_options
from broadsheet.project.sources.code_fences import Fence, fences
from broadsheet.project.sources.front_matter import split, titled
from broadsheet.run.running import Run
from broadsheet.storage.files import check_path, read_text
from broadsheet.storage.unprintable import refuse_unprintable
from plotly_alive.text.json_decoding import decoder

ShowsFigure = Callable[[Mapping[str, Any], str, CellOptions], int | str]
"""A function that makes a figure for the page, of a label and the options of its cell. It returns
its number among the page's figures, or HTML in its place."""

_OPENS = re.compile(r"[ \t>]*:{3,}[ \t]*(?:\{(?P<attributes>[^{}]*)\}|[^\s{}:]+)[ \t]*:*[ \t\r]*")
_CLOSES = re.compile(r"[ \t>]*:{3,}[ \t\r]*")
_ID = re.compile(r"#([\w:.-]+)")
_FLOAT = re.compile(r"(?:fig|tbl)-.+")
_IS_CODE = re.compile(r"\{[^{}]*\.cell-code\b[^{}]*\}")


class _Result(msgspec.Struct):
    markdown: str
    """The page, with its outputs in it."""
    preserve: dict[str, str] = {}
    """HTML by the marks that stand for it in the Markdown."""
    includes: dict[str, str | list[str]] = {}
    """HTML for the page's head and its ends."""


class _Frozen(msgspec.Struct):
    hash: str
    """The digest of the source that was run."""
    result: _Result
    """The results of its run."""


def frozen_run(root: Path, edition: Edition) -> Run | None:
    """Return the run of a page whose frozen results are used; None for one that is run."""
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
    return Run(edition, is_frozen=True, why=f"not run: its results are in {path}")


def frozen_page(root: Path, edition: Edition) -> Finished:
    """Return the page, with its files. Raises :class:`NotebookError` for a file that is not
    Quarto's.
    """
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
        markdown=_folded(_without_front_matter(text, edition), edition),
        assets={
            str(edition.files / name.relative_to(folder)): file.read_bytes()
            for name, file in zip(names, files, strict=True)
        },
        reads=(str(path), *map(str, names)),
        notices=(notice, *_in_head(result, edition)),
        is_frozen=True,
    )


def _without_front_matter(text: str, edition: Edition) -> str:
    """Return the Markdown without its front matter and its title, whatever is in it: its cells were
    run.
    """
    where = Place(str(edition.source.path.with_suffix(".md")))
    refuse_unprintable(text, where, NotebookError, is_body=True)
    return titled(*split(text, where))[1]


def _in_head(result: _Result, edition: Edition) -> Iterator[Notice]:
    """Yield the notice of plotly figures in what Quarto has put into the page's head: an output
    that has all of plotly.js within it.
    """
    texts = [
        text
        for included in result.includes.values()
        for text in ([included] if isinstance(included, str) else included)
    ]
    count = sum(not isinstance(piece, str) for text in texts for piece in pieces(text))
    if count:
        what = "a plotly figure is" if count == 1 else f"{count} plotly figures are"
        yield Notice(
            edition.source.place(),
            f"{what} not shown: Quarto has frozen an output with plotly.js in it as a part of the head",
            'Show the figure itself, or `fig.to_html(include_plotlyjs="cdn")`, and render the page with '
            "Quarto again.",
            topic="output",
        )


def with_figures(page: Finished, show: ShowsFigure) -> str:
    """Return the Markdown of a frozen ``page`` in which each plotly figure is what ``show`` makes
    of it.
    """
    lines = page.markdown.split("\n")
    written = _options_by_name(page.edition)
    names: set[str] = set()
    changed: list[str] = []
    start = 0
    for output in _outputs(lines):
        content = pieces("\n".join(output.fence.body(lines)))
        if content == ["\n".join(output.fence.body(lines))]:
            continue
        changed += lines[start : output.fence.opens]
        start = output.fence.closes + 1
        for piece in content:
            if isinstance(piece, str):
                changed += _raw(HTML_OUTPUT, piece, output.fence)
                continue
            options = next((written[one] for one in output.names if one in written), _NO_OPTIONS)
            label = output.label or f"cell-{len(names) + 1}"
            label += f"-{len(names) + 1}" if label in names else ""
            names.add(label)
            if output.label:
                options = replace(options, options={**options.options, "label": label})
            shown = show(piece, label, options)
            info = HTML_OUTPUT if isinstance(shown, str) else FIGURE_OUTPUT
            changed += _raw(info, str(shown), output.fence)
    return "\n".join([*changed, *lines[start:]])


@dataclass(frozen=True)
class _Output:
    """HTML in the frozen Markdown."""

    fence: Fence
    """Its block."""
    label: str
    """The label of the float that it is, empty if it is none."""
    names: tuple[str, ...]
    """The names by which its cell may be found in the source: labels, and its code."""


_NO_OPTIONS = cell_options("", Place(""))


def _outputs(lines: Sequence[str]) -> Iterator[_Output]:
    """Yield the blocks of HTML in Markdown, in the divs of their cells."""
    opened: list[str] = []
    code, at = "", 0
    for fence in fences(lines):
        for line in lines[at : fence.opens]:
            if opening := _OPENS.fullmatch(line):
                identifier = _ID.search(opening["attributes"] or "")
                opened.append(identifier[1] if identifier else "")
                code = "" if ".cell " in f"{opening['attributes']} " else code
            elif opened and _CLOSES.fullmatch(line):
                opened.pop()
        at = fence.closes + 1
        if _IS_CODE.fullmatch(fence.info):
            code = "\n".join(fence.body(lines)).strip()
        elif fence.info == HTML_OUTPUT:
            labels = [one.removeprefix("cell-") for one in reversed(opened) if one]
            label = next((one for one in reversed(opened) if _FLOAT.fullmatch(one)), "")
            yield _Output(fence, label, tuple(one for one in (*labels, code) if one))


def _options_by_name(edition: Edition) -> dict[str, CellOptions]:
    """Return the options of the source's cells, by their labels and by their code."""
    by_name: dict[str, CellOptions] = {}
    cells = edition.source.notebook.cells if edition.source.notebook is not None else ()
    for number, cell in enumerate(cells, start=1):
        if cell.cell_type == "code":
            options = cell_options(cell.source, edition.source.place(number))
            names = (str(options.options.get("label") or ""), options.body.strip())
            by_name |= {name: options for name in names if name and name not in by_name}
    return by_name


def _raw(info: str, text: str, fence: Fence) -> list[str]:
    lines = (f"{fence.fence}{info}", *text.split("\n"), fence.fence, "")
    return [f"{fence.prefix}{line}" for line in lines]


def _folded(markdown: str, edition: Edition) -> str:
    """Return the Markdown in which code is folded as the page has it: only what a cell says of
    itself is frozen with it.
    """
    fold = edition.settings.code_fold
    if fold is False:
        return markdown
    lines = markdown.split("\n")
    summary = edition.settings.code_summary
    options = {"code-fold": fold, **({"code-summary": summary} if summary else {})}
    keyed = attributes("", (), options)
    for fence in fences(lines):
        if _IS_CODE.fullmatch(fence.info) and "code-fold=" not in fence.info:
            line = lines[fence.opens].rstrip()
            lines[fence.opens] = f"{line.removesuffix('}')} {keyed}}}"
    return "\n".join(lines)


def _read(root: Path, path: PurePosixPath) -> _Frozen:
    text = read_text(root / path, Place(str(path)), NotebookError)
    try:
        return decoder(_Frozen).decode(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise NotebookError(
            Place(str(path)),
            f"these are no results that Quarto has frozen: {error}",
            "Render the page with Quarto again, or remove the file.",
        ) from None


def _digest(root: Path, edition: Edition) -> str:
    """Return the digest by which Quarto knows a source: MD5 of its text with line feeds alone."""
    text = (root / edition.source.path).read_text("utf-8").replace("\r\n", "\n")
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
