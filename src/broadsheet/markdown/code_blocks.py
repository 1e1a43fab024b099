"""Blocks of code that Quarto would run and Broadsheet does not: "```{sql}", "```{mermaid}".

Broadsheet runs the cells of a page's kernel, and Python. Any other such block is shown
as code with a note for readers, and counted for the author. Its options are obeyed: `echo: false`
shows the note alone, `include: false` nothing, `eval: false` says that it was never meant to run,
so that nothing is to be noted. With a `label` it is what references to it lead to.

A cell that is there to be read, "```{{python}}" or `` `{{python}} x` ``, is shown with one pair of
braces less, as in Quarto.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from broadsheet.errors import CHOOSE, CONFLICT, CONFLICTING, ConfigError, Notice, Place
from broadsheet.figures.drawing.diagrams import DIAGRAM_NAMES
from broadsheet.markdown.elements.diagram_blocks import DiagramBlock, add_diagram
from broadsheet.markdown.elements.embeds import call_of
from broadsheet.markdown.finished_edition import FIGURE_OUTPUT, HTML_OUTPUT
from broadsheet.markdown.markdown_writing import MarkdownText, attributes
from broadsheet.markdown.outputs import clean_html, is_seen, lost_notices
from broadsheet.markdown.saved_parts import note
from broadsheet.project.settings.settings import Execute
from broadsheet.project.sources.code_fences import Fence, fences
from broadsheet.project.sources.includes import Line
from broadsheet.project.sources.inline_expressions import without_blocks
from broadsheet.project.sources.kernels import PYTHON, how_to_install, is_installable
from broadsheet.storage.yaml_text import read_yaml
from broadsheet.text.language import t_

_NAMES = {
    **DIAGRAM_NAMES,
    "bash": "Bash",
    "css": "CSS",
    "d3": "D3",
    "html": "HTML",
    "js": "JavaScript",
    "julia": "Julia",
    "ojs": "Observable JS",
    "python": "Python",
    "r": "R",
    "sql": "SQL",
}
_HIGHLIGHTED_AS = {"ojs": "javascript", "js": "javascript", "webr-r": "r", "webr": "r"}
_OPTION = re.compile(r"[ \t]*(?:#|//|%%|--|;|!)\|[ \t]?")
_HEADER_OPTION = re.compile(r"\b(echo|eval|include)[ \t]*=[ \t]*(TRUE|FALSE|T|F)\b", re.IGNORECASE)
_SHOWN_CELL = re.compile(r"(^[ \t>]*`{3,}[ \t]*|`+)\{(\{+[A-Za-z][^{}<`]*\}+)\}")

_SPACED_DIV = re.compile(r"[ \t>]*:{3,}[ \t]*\{.*(?: =|= ).*\}")
_EQUALS = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|[ \t]*=[ \t]*""")


def add_written(
    author_lines: Iterable[Line],
    text: MarkdownText,
    execute: Execute,
    *,
    is_frozen: bool = False,
) -> None:
    """Add an author's Markdown, with included files in place and such blocks shown. In one that
    ``is_frozen`` HTML and figures are the outputs of cells.
    """
    lines = list(text.includes.lines(author_lines))
    written = [line for _, line in lines]
    start = 0
    blocks = list(fences(written))
    code = {number for fence in blocks for number in range(fence.opens, fence.closes + 1)}
    text.notices += _left_open(blocks, lines, code)
    lines = _without_spaces(lines, code)
    html_outputs = itertools.count(1)
    for fence in blocks:
        is_output = is_frozen and fence.info in (HTML_OUTPUT, FIGURE_OUTPUT)
        if not (fence.language or fence.shown_as or is_output):
            continue
        _add_prose(lines, range(start, fence.opens), code, text)
        begin = len(text.lines)
        text.at(lines[fence.opens][0])
        body = fence.body(written)
        if is_output and fence.info == FIGURE_OUTPUT:
            text.add_slot(text.figures[int(body[0])])
        elif is_output:
            html = "\n".join(body)
            name = f"the HTML output `{next(html_outputs)}`"
            lost = list(lost_notices(html, "text/html", name, Place(lines[0][0].file)))
            text.notices += lost
            cleaned = clean_html(html)
            text.add_slot(cleaned if is_seen(cleaned) or not lost else note())
        elif fence.shown_as:
            shown = "\n".join([f"```{fence.shown_as}", *body, "```"])
            text.add_fenced(".markdown", shown)
        else:
            places = (here for here, _ in lines[fence.opens + 1 :])
            located = list(zip(places, body, strict=False))
            _add_cell(fence, located, lines[fence.opens][0], text, execute)
        text.lines[begin:] = [fence.prefix + line for line in text.lines[begin:]]
        start = fence.closes + 1
    _add_prose(lines, range(start, len(lines)), code, text)


def _left_open(
    blocks: Sequence[Fence], lines: Sequence[Line], code: Collection[int]
) -> Iterator[Notice]:
    """Yield notices of a block that never ends, and of the marks that git leaves where two versions
    are to be merged.
    """
    for fence in blocks:
        if fence.closes == len(lines):
            yield Notice(
                lines[fence.opens][0],
                "a block of code begins here and does not end",
                f"End it with a line of {len(fence.fence)} "
                f"{'backticks' if fence.fence[0] == '`' else 'tildes'}: what follows is shown as code.",
                topic="markdown",
            )
    for number, (place, line) in enumerate(lines):
        if number not in code and CONFLICT.match(line):
            yield Notice(place, CONFLICTING, CHOOSE, topic="merge-conflict")
            return


def not_run(text: MarkdownText, has_python: bool) -> Iterator[Notice]:
    """Yield a notice of the number of blocks of a page that are shown and not run."""
    if not text.not_run:
        return
    languages = [language for language, _ in text.not_run]
    counts = {language: languages.count(language) for language in sorted(set(languages))}
    number = f"{len(languages)} blocks" if len(languages) > 1 else "a block"
    listed = ", ".join(
        f"{count} in {_NAMES.get(language, language)}" for language, count in counts.items()
    )
    mend = _mend(counts, has_python)
    yield Notice(
        text.not_run[0][1],
        f"{number} of code on this page {'are' if len(languages) > 1 else 'is'} shown and not run: "
        f"{listed}",
        mend,
        topic="not-run",
    )


def inline_not_run(passages: Iterable[tuple[Place, str]], language: str) -> Iterator[Notice]:
    """Yield a notice of inline expressions in another language than Python, of a page in a
    ``language``. R's may be written without braces on its own pages.
    """
    written = [
        (place.at(text.count("\n", 0, match.start()) + 1), match[0])
        for place, text in passages
        for match in _INLINE.finditer(without_blocks(text))
        if match["language"] or language == "r"
    ]
    if written:
        place, first = written[0]
        more = f" and {len(written) - 1} more" if len(written) > 1 else ""
        yield Notice(
            place,
            f"{first}{more} is shown as code and not run: inline values are Python",
            "Write the value in Python, `{python} …`, or print it in a cell.",
            topic="not-run",
        )


_INLINE = re.compile(
    r"(?<!`)`(?:\{(?P<language>r|julia|bash)\}|r)[ \t]+[^`\n]+`(?!`)", re.IGNORECASE
)


def _mend(languages: Iterable[str], is_notebook: bool) -> str:
    """Return advice on blocks that are not run, of a page that is a notebook, or not."""
    shown = "`eval: false` says that a block is to be shown."
    if is_notebook:
        return f"A page has one kernel, and Python beside it; {shown}"
    if {*languages} == {PYTHON}:
        return (
            "The front matter names another engine or kernel: without `engine:` and `jupyter:`, "
            f"Python runs; {shown}"
        )
    language = next((name for name in languages if is_installable(name)), "")
    if language:
        return f"{how_to_install(language)} Else {shown}"
    return f"What is run is Python, and languages with a Jupyter kernel; {shown}"


def _add_prose(
    lines: Sequence[Line], numbers: range, code: Collection[int], text: MarkdownText
) -> None:
    """Add lines that are no cells, with cells of other notebooks in the place of lines that ask for
    them.
    """
    start = numbers.start
    for number in numbers:
        call = call_of(lines[number][1]) if number not in code else None
        if call is None:
            continue
        text.add_lines(_unescaped(lines[start:number]))
        start = number
        text.at(lines[number][0])
        if text.embed(call):
            start += 1
    text.add_lines(_unescaped(lines[start : numbers.stop]))


def _unescaped(lines: Sequence[Line]) -> list[Line]:
    return [
        (place, _SHOWN_CELL.sub(r"\1\2", line) if "{{" in line else line) for place, line in lines
    ]


def _without_spaces(lines: Sequence[Line], code: Collection[int]) -> list[Line]:
    """Return lines without spaces around the `=` of a div's attributes, which Pandoc does not read."""
    return [
        (place, _EQUALS.sub(lambda match: match[1] or "=", line))
        if ":::" in line and number not in code and _SPACED_DIV.match(line)
        else (place, line)
        for number, (place, line) in enumerate(lines)
    ]


def _add_cell(
    fence: Fence, body: Sequence[Line], place: Place, text: MarkdownText, execute: Execute
) -> None:
    options, code = _options(fence, [line for _, line in body], place)
    places = [here for here, _ in body[len(body) - len(code) :]]
    language = fence.language
    is_shown_only = not _is(options, "eval", execute.eval)
    is_included = _is(options, "include", execute.include)
    block = DiagramBlock(language, options, code, places, place)
    is_diagram = language in DIAGRAM_NAMES and not is_shown_only and is_included
    told = len(text.notices)
    if is_diagram and add_diagram(block, text):
        return
    if not is_shown_only and len(text.notices) == told:
        text.not_run.append((language, place))
    if not _is(options, "include", execute.include):
        return
    label, caption = str(options.get("label") or ""), options.get("fig-cap", options.get("tbl-cap"))
    is_float = label.startswith(("fig-", "tbl-"))
    keyed = {f"{label[:3] if is_float else 'fig'}-cap": caption} if caption else {}
    with text.div(".cell"), text.div(attributes(label, (), keyed) if is_float else ""):
        if _is(options, "echo", execute.echo) or is_shown_only:
            kind = _HIGHLIGHTED_AS.get(language, language)
            kept = {key: options[key] for key in ("filename", "lst-cap") if key in options}
            listing = str(options.get("lst-label") or "")
            text.add_fenced(attributes(listing, [kind, "cell-code"], kept), "\n".join(code))
        if not is_shown_only:
            name = _NAMES.get(language, language)
            with text.div(".cell-not-run"):
                text.add(
                    t_("A diagram in %(language)s, which is not drawn here.", language=name)
                    if language in DIAGRAM_NAMES
                    else t_("Code in %(language)s, which is not run here.", language=name),
                    "",
                )


def _options(
    fence: Fence, body: Sequence[str], place: Place
) -> tuple[Mapping[str, object], Sequence[str]]:
    """Return the options of a block, and its code. Lines that are not YAML are no options."""
    written = []
    for line in body:
        if not (option := _OPTION.match(line)):
            break
        written.append(line[option.end() :].rstrip().removesuffix("*/"))
    options: dict[str, object] = {
        name.lower(): value.upper().startswith("T")
        for name, value in _HEADER_OPTION.findall(fence.header)
    }
    try:
        options |= read_yaml("\n".join(written), replace(place, line=None)).data
    except ConfigError:
        return options, body
    return options, body[len(written) :]


def _is(options: Mapping[str, object], key: str, standard: object) -> bool:
    return options.get(key, standard) is not False
