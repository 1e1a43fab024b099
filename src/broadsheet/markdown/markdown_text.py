"""A finished notebook, or a Markdown page, as one Markdown document, by Quarto's rules.

- The raw cell with the front matter is left out; other raw cells stay, by their format.
- Markdown cells stay as they are.
- A code cell is `::: {.cell}` with its code (`echo`) and its outputs (`output`). An output is a
  slot: finished HTML that the Markdown reader never sees; only an output that is Markdown on
  purpose (`text/markdown`, `output: asis`) is text.
- `label: fig-x`, `tbl-x` make the cell's outputs a numbered float with its caption, `fig-subcap`
  one with parts; a caption without such a label is an unnumbered figure's. `label: lst-x` numbers
  the code.

Cell options are Quarto's (`OPTIONS`). An option that only Quarto acts on is ignored; an unknown one
is a notice. The cell tags `remove-cell`, `hide-input` … work as they do in Quarto and nbconvert.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from pathlib import Path
from urllib.parse import quote

from nbformat.notebooknode import NotebookNode

from broadsheet.data.descriptor import has_catalogue
from broadsheet.errors import Notice, Place, RenderError
from broadsheet.figures.drawing.chart_renderer import Pictures
from broadsheet.markdown import cell_lines
from broadsheet.markdown.bibliography import check_cited
from broadsheet.markdown.code_blocks import add_written, inline_not_run, not_run
from broadsheet.markdown.document import STRICT, Document, Stretch
from broadsheet.markdown.elements import figure_steps, live_updates
from broadsheet.markdown.elements.big_numbers import CLASS
from broadsheet.markdown.finished_edition import FIGURE, Finished
from broadsheet.markdown.knitr import CELL_OPTIONS, left_to_knitr
from broadsheet.markdown.markdown_writing import MarkdownText, attributes
from broadsheet.markdown.reasons import without_reason
from broadsheet.project.editions.execution import uses_broadsheet
from broadsheet.project.settings.brand_values import brand_files
from broadsheet.project.settings.crossref_settings import filter_options
from broadsheet.project.settings.rights import rights_of, with_rights
from broadsheet.project.settings.settings import Execute
from broadsheet.project.sources.cell_options import REMOVED, CellOptions, cell_options, tags_of
from broadsheet.project.sources.includes import Includes, numbered
from broadsheet.project.sources.notebook_file import language_of, language_of_cell
from broadsheet.storage.files import readable_text
from broadsheet.storage.unprintable import UNSEEN
from broadsheet.text import terminal_text
from broadsheet.text.language import speaking_with, t_
from plotly_alive.text.did_you_mean import question
from plotly_alive.text.unprintable import UNPRINTABLE, named

ACTED_ON = frozenset(CELL_OPTIONS["acted-on"])
"""The cell options that this renderer acts on."""
QUARTO_ONLY = frozenset(CELL_OPTIONS["quarto-only"])
"""Cell options that only Quarto acts on."""
OPTIONS = ACTED_ON | QUARTO_ONLY

_REMOVE_CODE = {"remove-input", "remove_input", "remove-code", "hide-code"}
_FOLD_CODE = {"hide-input", "hide_input"}
_REMOVE_OUTPUT = {"remove-output", "remove_output", "hide-output"}
_REMOVE_WARNINGS = {"remove-warnings", "hide-warnings", "remove-stderr"}

_PREFERRED = (
    FIGURE,
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/latex",
    "text/plain",
)
_RAW_FORMATS = {
    "text/html": "html",
    "text/markdown": None,
    "text/latex": "latex",
    "text/restructuredtext": "rst",
    "text/asciidoc": "asciidoc",
    "": None,
}
_SHOWN_KINDS = ("display", "asis")
"""The kinds of outputs that are shown as figures and the like; the rest is printed."""
_OF_FIGURES = (
    "fig-align",
    "cap-location",
    "fig-cap-location",
    "tbl-cap-location",
    "tbl-colwidths",
)
"""The options of a cell that are attributes of its figure or table."""
_DISPLAY = ".cell-output .cell-output-display"
_ECHO = re.compile(r"[ \t]*\S+[ \t]*\|?[ \t]*echo[ \t]*:")
"""The option that has the options shown."""
_CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
"""Code in a line, and blocks between fences of backticks."""
_CONTENTS = re.compile(r"\{\{<\s*contents\s+([\w:.-]+)\s*>\}\}")
_HELD_BY = re.compile(r"\bheld-by=[\"']?@([\w:][\w:.#$%&+?<>~/-]*)")


def document_of(finished: Finished, root: Path, pictures: Pictures | None = None) -> Document:
    """Return the page's Markdown, with its outputs, and the ``pictures`` of its diagrams, in slots.
    Raises :class:`RenderError` for an output that a page cannot show, and for an included file that
    is missing.
    """
    edition, settings = finished.edition, finished.edition.settings
    cited = check_cited(edition, root)
    text = MarkdownText(
        Includes(root),
        finished.figures,
        pictures=pictures,
        theme=settings.mermaid.theme,
        moved=_moved(finished),
    )
    text.embed = partial(_add_embedded, finished, text)
    with speaking_with(settings.lang, settings.language):
        if finished.lacks:
            with text.div(".cell-not-run"):
                text.add(t_("The code of this page was not run for its publication."), "")
        if finished.notebook is None:
            _page(finished, root, text)
        else:
            for number, cell in enumerate(finished.notebook.cells, start=1):
                _CELLS[cell.cell_type](cell, number, finished, text)
    text.notices += not_run(text, finished.notebook is not None)
    if not finished.is_frozen:  # what knitr has frozen is as knitr does it
        text.notices += inline_not_run(*_inline_in(finished, root))
        text.notices += left_to_knitr(edition.source)
    is_strict = uses_broadsheet(edition) or has_catalogue(root)
    for notice in (*edition.source.not_included, *text.includes.missing):
        if is_strict:
            raise RenderError(notice.where, notice.what, notice.mend, notice.detail, notice.topic)
        text.notices.append(notice)
    options: dict[str, object] = {
        "toc-depth": settings.toc_depth,
        "number-sections": settings.number_sections,
        "number-depth": settings.number_depth,
        "number-offset": settings.number_offset,
        "crossref": filter_options(settings.crossref),
        "cap-location": settings.cap_location,
        "fig-cap-location": settings.fig_cap_location,
        "tbl-cap-location": settings.tbl_cap_location,
        "fig-align": settings.fig_align,
        "tbl-colwidths": settings.tbl_colwidths,
        "default-image-extension": settings.default_image_extension,
        "reference-location": settings.reference_location,
        "callout-appearance": settings.callout_appearance,
        "callout-icon": settings.callout_icon,
        "from": settings.from_,
        "link-citations": settings.link_citations,
        "notes-after-punctuation": settings.notes_after_punctuation,
        "nocite": settings.nocite,
        "lang": settings.lang,
        "code-line-numbers": settings.code_line_numbers,
        "code-annotations": settings.code_annotations,
        "code-copy": settings.code_copy,
        "code-overflow": settings.code_overflow,
        "html-table-processing": settings.html_table_processing,
        STRICT: is_strict,
        "bibliography": [str(root / path) for path in cited.bibliography],
        "csl": str(root / cited.csl) if cited.csl else None,
    }
    inlines = {
        name: value
        for name in ("title", "subtitle", "description", "excerpt")
        if (value := getattr(settings, name))
    }
    markdown = "\n".join(text.lines)
    sources = [
        name[1:]
        for declared in finished.facts.values()
        for fact in declared.values()
        for name in fact["sources"]
        if name.startswith("@")
    ]
    document = Document(
        file=str(edition.source.path),
        markdown=markdown,
        slots=tuple(text.slots),
        inlines=inlines,
        options={key: value for key, value in options.items() if value is not None},
        metadata=with_rights(edition.metadata, rights_of(settings.license, settings.copyright)),
        stretches=tuple(text.stretches),
        notices=(*cited.notices, *text.notices),
        page=str(edition.output),
        values=tuple(value for _, _, value in finished.values),
        references=tuple(dict.fromkeys([*sources, *_HELD_BY.findall(_CODE.sub("", markdown))])),
        reads=(
            *text.includes.files,
            *settings.bibliography,
            *([settings.csl] if settings.csl else []),
            *brand_files(edition.metadata.get("brand"), str(edition.source.path)),
        ),
    )
    titles = {name: edition.source.front_matter.place((name,)) for name in inlines}
    document = replace(document, notices=(*document.notices, *without_reason(document, titles)))
    return _without_unseen(document)


def _without_unseen(document: Document) -> Document:
    """Return the document without the control characters of its text that nobody sees."""
    markdown = document.markdown
    if (match := UNSEEN.search(markdown)) is None:
        return document
    notice = Notice(
        document.place(markdown.count("\n", 0, match.start()) + 1),
        f"here is {named(match[0])}, which no reader sees; the page is without it",
        "Take it out; or save the file as UTF-8 anew, if it stands where a quotation mark or a dash "
        "should be.",
        topic="control-character",
    )
    return replace(document, markdown=UNSEEN.sub("", markdown), notices=(*document.notices, notice))


def _inline_in(finished: Finished, root: Path) -> tuple[list[tuple[Place, str]], str]:
    """Return the texts in which other languages may have inline expressions, and the page's own."""
    source, notebook = finished.edition.source, finished.edition.source.notebook
    if notebook is None:
        is_of_r = (
            "knitr" in str(source.front_matter.data.get("engine")) or "```{r" in source.markdown
        )
        place = Place(str(source.path), line=_first_line(finished, root))
        return [(place, source.markdown)], "r" if is_of_r else ""
    texts = [
        (source.place(number, 1), cell.source)
        for number, cell in enumerate(source.cells(), start=1)
        if cell.cell_type == "markdown"
    ]
    return texts, language_of(notebook)


# Markdown pages


def _page(finished: Finished, root: Path, text: MarkdownText) -> None:
    path = str(finished.edition.source.path)
    execute = finished.edition.settings.execute
    if finished.is_frozen:
        add_written(numbered(finished.markdown, Place(path, line=1)), text, execute, is_frozen=True)
        text.stretches[:] = [Stretch(1, Place(path))]
    else:
        first = Place(path, line=_first_line(finished, root))
        lines = list(numbered(finished.markdown, first))
        metadata, source = finished.edition.metadata, finished.edition.source
        until = live_updates.until(dict(metadata), source.front_matter)
        marked = live_updates.Updates(until).marked(lines).split("\n")
        placed = zip((place for place, _ in lines), marked, strict=True)
        add_written(placed, text, execute)


def _first_line(finished: Finished, root: Path) -> int:
    """Return the line of the file on which the text after the front matter starts."""
    source = finished.edition.source
    whole = readable_text(root / source.path)
    return whole.count("\n") - source.markdown.count("\n") + 1


# Cells


def _raw(cell: NotebookNode, number: int, finished: Finished, text: MarkdownText) -> None:
    place = finished.edition.source.place(number)
    if number == 1 and cell.source.lstrip().startswith("---"):
        return
    kind = str(cell.metadata.get("raw_mimetype") or cell.metadata.get("format") or "")
    written = _RAW_FORMATS.get(kind, kind)
    text.at(place)
    if written is None:
        add_written(numbered(cell.source, place.at(1)), text, finished.edition.settings.execute)
        text.add("")
    else:
        text.add_fenced(f"={written}", cell.source)


def _markdown(cell: NotebookNode, number: int, finished: Finished, text: MarkdownText) -> None:
    place = finished.edition.source.place(number)
    if REMOVED & tags_of(cell, {}):
        return
    lines = cell_lines.written_lines(cell, place)
    for piece in figure_steps.pieces(cell):
        add_written(lines[piece.start : piece.end], text, finished.edition.settings.execute)
        if piece.end == len(lines):
            break
        text.at(lines[piece.end][0])  # what stands here is no line of the author's
        text.add(*([] if piece.text else [""]), piece.before)
        if piece.figure is not None:
            text.add_slot(text.figures[piece.figure])
            text.add(piece.after)
    text.add("")


def _code(cell: NotebookNode, number: int, finished: Finished, text: MarkdownText) -> None:
    place = finished.edition.source.place(number)
    options = cell_options(cell.source, place)
    tags = tags_of(cell, options.options)
    text.notices += unknown_options(options)
    shown = _shown(options.options, tags, finished)
    outputs = _outputs(cell, shown) if shown.output else []
    if not shown.include or not (shown.echo or outputs):
        return
    text.at(place)
    start = len(text.lines)
    assert finished.notebook is not None
    _add_cell(outputs, options, shown, language_of_cell(finished.notebook, cell), text)
    prefix = str(cell.metadata.get("prefix", ""))  # a list's indentation, a quotation's marks
    text.lines[start:] = [prefix + line for line in text.lines[start:]]
    if start:
        text.stretches.append(Stretch(len(text.lines) + 1, Place(place.file)))


def _moved(finished: Finished) -> frozenset[str]:
    """Return the labels of the cells that a shortcode `contents` shows elsewhere."""
    cells = finished.notebook.cells if finished.notebook is not None else ()
    texts = (cell.source for cell in cells if cell.cell_type == "markdown")
    return frozenset(name for text in texts for name in _CONTENTS.findall(text))


def _add_cell(
    outputs: Sequence[_Output],
    options: CellOptions,
    shown: _Shown,
    language: str,
    text: MarkdownText,
) -> None:
    place = options.text.where
    label = str(options.options.get("label") or "")
    identifier = f"cell-{label}" if _float_of(label) or label in text.moved else ""
    with text.div(attributes(identifier, _cell_classes(options.options))):
        if shown.echo and options.body.strip():
            _add_code(options, shown, text, language)
        _add_outputs(outputs, options.options, place, text)


def _add_embedded(finished: Finished, text: MarkdownText, call: str) -> bool:
    """Add the cells of another notebook that ``call`` asks for, and a link to its page. Returns
    false for none.
    """
    embedded = finished.embedded.get(call)
    if embedded is None:
        return False
    other = embedded.source
    assert other.notebook is not None
    kept = {"notebook": str(other.path), "notebook-title": embedded.title}
    execute = finished.edition.settings.execute
    with text.div(attributes("", ("quarto-embed-nb-cell",), kept)), text.without_embeds():
        for number, cell in embedded.cells:
            place, options = other.place(number), other.options[number - 1]
            if cell.cell_type == "markdown":
                add_written(numbered(cell.source, place.at(1)), text, execute)
                text.add("")
                continue
            text.at(place)
            shown = _shown(options.options, tags_of(cell, options.options), finished)
            shown = replace(shown, echo=embedded.echo, fold="false")
            outputs = _outputs(cell, shown) if shown.output else []
            if shown.include and (shown.echo or outputs):
                _add_cell(outputs, options, shown, language_of(other.notebook), text)
        label = t_("Source:")
        written = escape(f"{label} {embedded.title}")
        if embedded.address:
            written = f'<a class="quarto-notebook-link" href="{escape(quote(embedded.address))}">{written}</a>'
        text.add_slot(f'<p class="embed-source">{written}</p>')
    return True


_CELLS = {"raw": _raw, "markdown": _markdown, "code": _code}


@dataclass(frozen=True)
class _Shown:
    """The parts of a code cell that are on the page."""

    include: bool
    """The cell is on the page."""
    echo: bool
    """Its code is shown."""
    fenced: bool
    """Its code is shown with the fence and the options."""
    output: bool
    """Its outputs are shown."""
    asis: bool
    """Its printed text is Markdown."""
    warning: bool
    """Its warnings are shown."""
    fold: str
    """The state of folded code; `false` for code that does not fold."""
    summary: str
    """The summary of folded code."""


def _shown(options: Mapping[str, object], tags: set[str], finished: Finished) -> _Shown:
    settings = finished.edition.settings
    execute = settings.execute
    echo = options.get("echo", execute.echo)
    output = options.get("output", execute.output)
    fold = options.get("code-fold", bool(_FOLD_CODE & tags) or settings.code_fold)
    return _Shown(
        include=options.get("include", execute.include) is not False and not REMOVED & tags,
        echo=shows_code(options, tags, execute),
        fenced=echo == "fenced",
        output=output is not False and not _REMOVE_OUTPUT & tags,
        asis=output == "asis",
        warning=options.get("warning", execute.warning) is not False
        and not _REMOVE_WARNINGS & tags,
        fold={True: "true", False: "false"}.get(fold, "show")
        if isinstance(fold, bool)
        else str(fold),
        summary=str(options.get("code-summary", settings.code_summary or "")),
    )


def shows_code(options: Mapping[str, object], tags: set[str], execute: Execute) -> bool:
    """True if the code of a cell with these options and tags is on the page."""
    is_echoed = options.get("echo", execute.echo) is not False
    return (is_echoed and not _REMOVE_CODE & tags) or "show-code" in tags


def unknown_options(options: CellOptions) -> Iterator[Notice]:
    """Yield a notice for each option of a cell that Broadsheet does not know, or that is none."""
    yield from options.misspelt(ACTED_ON)
    for key in options.options:
        if key not in OPTIONS:
            yield Notice(
                options.text.place((key,)),
                f"Broadsheet does not know the cell option `{key}`",
                question(key, sorted(ACTED_ON))
                + "Quarto may act on it, this renderer does not; look for a misspelling.",
                topic="unknown-option",
            )


def _add_code(options: CellOptions, shown: _Shown, text: MarkdownText, language: str) -> None:
    named = options.options
    keyed: dict[str, object] = {
        key: named[key]
        for key in ("filename", "code-line-numbers", "lst-cap", "lst-cap-location")
        if key in named
    }
    if shown.fold != "false":
        keyed["code-fold"] = shown.fold
        if shown.summary:
            keyed["code-summary"] = shown.summary
    label = str(named.get("lst-label") or named.get("label") or "")
    body = options.body.strip("\n")
    if shown.fenced:
        lines = (line for line in options.lines if not _ECHO.match(line))
        body = "\n".join((f"```{{{language}}}", *lines, body, "```"))
    classes = ["markdown" if shown.fenced else language, "cell-code"]
    if named.get("code-overflow") in ("wrap", "scroll"):
        classes.append(f"code-overflow-{named['code-overflow']}")
    identifier = label if label.startswith("lst-") else ""
    text.add_fenced(attributes(identifier, classes, keyed), body)


# Outputs


@dataclass(frozen=True)
class _Output:
    """An output of a cell."""

    kind: str
    """Its kind: `stdout`, `stderr`, `display`, `error` or `asis`."""
    mimetype: str
    """Its mime type."""
    content: str
    """Its content."""


def _outputs(cell: NotebookNode, shown: _Shown) -> list[_Output]:
    outputs: list[_Output] = []
    for output in cell.get("outputs", ()):
        kind = output.output_type
        if kind == "stream":
            if output.name == "stderr" and not shown.warning:
                continue
            last = outputs[-1] if outputs else None
            if last is not None and last.kind == output.name:  # the kernel flushes where it likes
                outputs[-1] = _Output(last.kind, last.mimetype, last.content + output.text)
            else:
                outputs.append(_Output(output.name, "text/plain", output.text))
        elif kind == "error":
            what = "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
            outputs.append(_Output("error", "text/plain", what))
        elif output.data:
            mimetype = next(
                (kind for kind in _PREFERRED if kind in output.data), ", ".join(sorted(output.data))
            )
            outputs.append(_Output("display", mimetype, _joined(output.data.get(mimetype, ""))))
    if shown.asis:
        outputs = [
            _Output("asis", "text/markdown", output.content)
            if output.kind == "stdout" or output.mimetype in ("text/plain", "text/markdown")
            else output
            for output in outputs
        ]
    return outputs


def _add_outputs(
    outputs: Sequence[_Output], options: Mapping[str, object], place: Place, text: MarkdownText
) -> None:
    displays = [output for output in outputs if output.kind in _SHOWN_KINDS]
    label = str(options.get("label") or "")
    kind = _float_of(label)
    subcaptions = _strings(options.get(f"{kind}-subcap")) if kind else []
    if "renderings" in options:
        shades = _renderings(displays, options, bool(subcaptions), place, text)
        if shades:
            _add_all_printed(outputs, text)
            _add_shades(shades, kind, options, place, text)
            return
    if kind is not None and (len(displays) > 1 or subcaptions):
        _add_all_printed(outputs, text)
        _add_parts(displays, kind, options, place, text)
        return
    captions = iter(_captions(options, len(displays)))
    laid_out = attributes("", (), _layouts(options)) if len(outputs) > 1 else ""
    with text.div(laid_out):
        for output in outputs:
            if output not in displays:
                _add_printed(output, text)
                continue
            outer = "" if output.kind == "asis" else _DISPLAY
            with text.div(outer), text.div(_figure(kind, label, next(captions), options)):
                _add_content(output, place, text)


def _renderings(
    displays: Sequence[_Output],
    options: Mapping[str, object],
    has_parts: bool,
    place: Place,
    text: MarkdownText,
) -> dict[str, _Output]:
    """Return the outputs of a cell by the shades of the page that they are for, `light` and `dark`;
    none, with a notice, if that cannot be told.
    """
    names = _strings(options["renderings"])
    shades = dict(zip(names, displays, strict=False))
    if len(names) == len(displays) and not has_parts and shades.keys() <= {"light", "dark"}:
        return shades
    text.notices.append(
        Notice(
            place,
            f"`renderings` is {', '.join(names) or 'empty'}, which does not fit the cell's outputs "
            f"({len(displays)}{', with captions of their own' if has_parts else ''}): light and dark "
            "pages show all",
            "Name one of `light` and `dark` for each output, in their order.",
            topic="renderings",
        )
    )
    return {}


def _add_shades(
    shades: Mapping[str, _Output],
    kind: str | None,
    options: Mapping[str, object],
    place: Place,
    text: MarkdownText,
) -> None:
    """Add an output for light pages and one for dark ones, with one caption; one alone is for both."""
    label = str(options.get("label") or "")
    [caption] = _captions(options, 1)
    with text.div(_figure(kind, label, caption, options)):
        for shade, output in sorted(shades.items(), reverse=True):
            with text.div(f"{_DISPLAY} .{shade}-content" if len(shades) > 1 else _DISPLAY):
                _add_content(output, place, text)


def _add_all_printed(outputs: Sequence[_Output], text: MarkdownText) -> None:
    for output in outputs:
        if output.kind not in _SHOWN_KINDS:
            _add_printed(output, text)


def _add_printed(output: _Output, text: MarkdownText) -> None:
    with text.div(f".cell-output .cell-output-{output.kind}"):
        text.add_slot(terminal_text.terminal_html(output.content))


def _figure(kind: str | None, label: str, caption: str, options: Mapping[str, object]) -> str:
    """Return the attributes of the figure or table around one output; empty if it is neither."""
    if not kind and not caption:
        return ""
    classes = () if kind else ("quarto-figure",)
    keyed: dict[str, object] = {f"{kind or 'fig'}-cap": caption} if caption else {}
    keyed |= {key: options[key] for key in _OF_FIGURES if key in options}
    return attributes(label if kind else "", classes, keyed)


def _captions(options: Mapping[str, object], count: int) -> list[str]:
    """Return a caption for each output: a list gives one to each in turn, one text to the first
    alone.
    """
    texts = options.get("fig-cap") or options.get("tbl-cap")
    captions = _strings(texts)[:count]
    return captions + [""] * (count - len(captions))


def _add_parts(
    displays: Sequence[_Output],
    kind: str,
    options: Mapping[str, object],
    place: Place,
    text: MarkdownText,
) -> None:
    label = str(options["label"])
    subcaptions = _strings(options.get(f"{kind}-subcap"))
    caption = " ".join(_strings(options.get(f"{kind}-cap")))
    keyed: dict[str, object] = {f"{kind}-cap": caption} if caption else {}
    keyed |= _layouts(options) | {key: options[key] for key in _OF_FIGURES if key in options}
    with text.div(attributes(label, (), keyed)):
        for index, output in enumerate(displays):
            part = {f"{kind}-cap": subcaptions[index]} if index < len(subcaptions) else {}
            of_part = attributes(f"{label}-{index + 1}", (), part) if subcaptions else _DISPLAY
            with text.div(of_part):
                _add_content(output, place, text)


def _layouts(options: Mapping[str, object]) -> dict[str, object]:
    """Return the attributes that place the outputs of a cell beside each other."""
    return {
        key: value if isinstance(value := options[key], str) else json.dumps(value, default=str)
        for key in ("layout-ncol", "layout-nrow", "layout", "layout-align", "layout-valign")
        if key in options
    }


def _add_content(output: _Output, place: Place, text: MarkdownText) -> None:
    if output.mimetype == FIGURE:
        figure = text.figures[int(output.content)]
        with text.div(f".{CLASS}" if figure.number else ""):
            if figure.number:
                text.add_output(figure.number)
            text.add_slot(figure)
    elif output.mimetype == "text/html":
        text.add_slot(output.content)
    elif output.mimetype == "text/plain":
        text.add_slot(terminal_text.terminal_html(output.content))
    elif output.mimetype == "text/markdown":
        text.add_output(UNPRINTABLE.sub("", output.content))
    elif output.mimetype == "text/latex":
        text.add(*UNPRINTABLE.sub("", output.content).split("\n"), "")
    elif output.mimetype.startswith("image/") and "," not in output.mimetype:
        raise RenderError(
            place,
            f"an output of the kind {output.mimetype} is not a file of the site yet",
            "Show it as HTML, with an <img> of a file of the site.",
        )
    else:
        raise RenderError(
            place,
            f"an output of the kind {output.mimetype}, which a page cannot show",
            "End the cell with a plotly figure, a table, or a value that has an HTML or text form.",
        )


# Markdown's own syntax


def _cell_classes(options: Mapping[str, object]) -> list[str]:
    classes = ["cell"]
    for key in ("column", "fig-column", "tbl-column"):
        column = options.get(key)
        if isinstance(column, str):
            classes.append("column-" + column.removeprefix("column-"))
    if isinstance(options.get("panel"), str):
        classes.append(f"panel-{options['panel']}")
    for names in _strings(options.get("classes")):
        classes += [name.removeprefix(".") for name in names.split()]
    return list(dict.fromkeys(classes))


def _float_of(label: str) -> str | None:
    return next((kind for kind in ("fig", "tbl") if label.startswith(f"{kind}-")), None)


def _strings(value: object) -> list[str]:
    if value is None or isinstance(value, bool):
        return []
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else [str(value)]


def _joined(value: object) -> str:
    return "".join(value) if isinstance(value, list) else str(value)
