"""Blocks of Mermaid and Graphviz in Markdown: "```{mermaid}", "```{dot}".

Each is drawn (:mod:`broadsheet.figures.drawing.diagrams`), with the options that Quarto has: `label`
and `fig-cap` make it a figure that references lead to, `fig-alt` describes it, `fig-width` and
`fig-align` say how it stands, `file` names the file that has its text, and `echo: true` shows that
text, too. What cannot be drawn is shown as code, with a note for readers and one for the author.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from broadsheet.errors import MISSING_FILE, BroadsheetError, Notice, Place, RenderError, ToolError
from broadsheet.figures.drawing.chart_renderer import UndrawableError
from broadsheet.figures.drawing.diagrams import DIAGRAM_NAMES, diagram_of
from broadsheet.markdown.markdown_writing import MarkdownText, attributes
from broadsheet.project.settings.address import from_root
from broadsheet.storage import limits
from broadsheet.storage.files import check_path, read_text

_LINE = re.compile(r"\bline (\d+)")
_MARKS = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\{[^{}]*\})")
_INCH = 96
_ALIGNED = ("left", "right", "center")
_LONGEST = 160


@dataclass(frozen=True)
class DiagramBlock:
    """A block of a diagram."""

    kind: str
    """The kind of diagram: `mermaid` or `dot`."""
    options: Mapping[str, object]
    """Its options."""
    code: Sequence[str]
    """The lines of its text."""
    places: Sequence[Place]
    """The place of each line."""
    opens: Place
    """The place of the line that opens it."""


def add_diagram(block: DiagramBlock, text: MarkdownText) -> bool:
    """Add the drawing of a diagram to a page. Return False for one that is not drawn, with a notice
    that says why, unless nothing here draws.
    """
    if text.pictures is None:
        return False
    place = block.opens
    code = "\n".join(block.code)
    try:
        if block.options.get("file"):
            code, place = _read(str(block.options["file"]), place, text)
        drawn = text.pictures.diagram(block.kind, code, text.theme if _is_mermaid(block) else "")
    except UndrawableError as error:
        text.notices.append(_refused(block, error.reason, place))
        return False
    except ToolError:
        raise
    except BroadsheetError as error:
        text.notices.append(Notice(error.where, error.what, error.mend, topic=MISSING_FILE))
        return False
    if drawn is None:
        return False
    _add(block, drawn, text)
    return True


def _is_mermaid(block: DiagramBlock) -> bool:
    return block.kind == "mermaid"


def _read(name: str, place: Place, text: MarkdownText) -> tuple[str, Place]:
    """Return the text of the file that a block names, and its place. Raises
    :class:`BroadsheetError`.
    """
    path = from_root(name, PurePosixPath(place.file).parent)
    file = text.includes.root / path
    check_path(text.includes.root, file, place)
    if not os.path.lexists(file):
        raise RenderError(place, f"`file`: there is no file {path!r}", "Mend the path.")
    text.includes.files.add(path)
    return read_text(file, place, limit=limits.TABLE["config-size"]), Place(path)


def _refused(block: DiagramBlock, reason: str, place: Place) -> Notice:
    """Return the notice of a diagram that is not drawn, at the line that its program names."""
    number = _LINE.search(reason)
    at = int(number[1]) - 1 if number else 0
    where = place
    if block.options.get("file"):
        where = place.at(at + 1)
    elif block.places:
        where = block.places[min(max(at, 0), len(block.places) - 1)]
    said = " ".join(reason.split())
    return Notice(
        where,
        f"{DIAGRAM_NAMES[block.kind]} cannot draw this diagram: {said[:_LONGEST]}",
        "Mend it; the page shows its code instead.",
        topic="diagram",
    )


def _plain(markdown: str) -> str:
    """Return a caption without the marks of Markdown."""
    return _MARKS.sub(r"\1", markdown).replace("*", "").replace("`", "")


def _add(block: DiagramBlock, drawn: bytes, text: MarkdownText) -> None:
    options = block.options
    label, caption = str(options.get("label") or ""), options.get("fig-cap")
    diagram = diagram_of(drawn)
    alt = str(options.get("fig-alt") or _plain(str(caption or "")))
    align = str(options.get("fig-align") or "")
    width = options.get("fig-width")
    html = diagram.html(
        len(text.slots),
        alt,
        min(float(width) * _INCH, 2000.0) if isinstance(width, int | float) and width > 0 else None,
        align if align in _ALIGNED else "",
    )
    is_float = label.startswith("fig-")
    keyed = {"fig-cap": caption} if caption and is_float else {}
    echo = options.get("echo", False)
    with text.div(".cell"):
        if echo is not False:
            kept = {
                key: options[key]
                for key in ("filename", "lst-cap", "code-fold", "code-summary")
                if key in options
            }
            listing = str(options.get("lst-label") or "")
            code = "\n".join(block.code)
            if echo == "fenced":
                code = f"```{{{block.kind}}}\n{code}\n```"
            text.add_fenced(attributes(listing, [block.kind, "cell-code"], kept), code)
        with (
            text.div(".cell-output-display"),
            text.div(attributes(label if is_float else "", (), keyed) if is_float else ""),
        ):
            if label and not is_float:
                text.add(f"[]{{#{label}}}", "")
            text.add_slot(html)
            if caption and not is_float:
                with text.div(".figure-caption"):
                    text.add(str(caption), "")
