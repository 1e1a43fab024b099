"""A big number (:mod:`broadsheet.notebook.session.big_number`) on a page: its words, as Markdown with the
marks of a fact and a claim, above its line, which is a figure of the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from broadsheet.errors import AssemblyError, Place
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.figures.drawing.sketch import Sketch
from broadsheet.notebook.session.big_number import MIME
from broadsheet.project.sources.inline_expressions import escaped

CLASS = "big-number"
"""The class of the element that holds all of it."""

_TEXTS = ("label", "value", "place", "sign", "change", "span")
_CHANGED = {"+": "number-rose", "-": "number-fell"}


def said_of(data: Mapping[str, Any], place: Place) -> Mapping[str, Any] | None:
    """Return the words and numbers of an output that is a big number; None for any other output.
    Raises :class:`AssemblyError` for another content of its type.
    """
    said = data.get(MIME)
    if said is None:
        return None
    is_ours = isinstance(said, Mapping) and all(isinstance(said.get(key), str) for key in _TEXTS)
    tables = said.get("tables") if is_ours else None
    if (
        not isinstance(tables, list)
        or "figure" not in said
        or not all(isinstance(table, str) for table in tables)
    ):
        raise AssemblyError(
            place,
            f"an output of the type {MIME} is not what `bs.big_number` makes",
            "End the cell with `bs.big_number` itself.",
        )
    return dict(said)


def with_words(line: PageFigure, sketch: Sketch, said: Mapping[str, Any]) -> PageFigure:
    """Put the words above the line of a ``sketch``; a single value has no line. The tables' remarks
    on the value are said of it, and not again in the note.
    """
    drawn = sketch.wide[0]["data"][0]
    at = str(drawn["x"][-1])
    remark = next((text for (place, _), text in sketch.remarks.items() if str(place) == at), "")
    note = line.credits.note
    credits = replace(
        line.credits,
        as_of=None,
        terms=(),
        note="" if note == f"{at}: {remark}." else note,
    )
    change, when = said["change"], said["place"] + (f", {escaped(remark)}" if remark else "")
    if sign := _CHANGED.get(said["sign"]):
        change = f"[{change}]{{.{sign}}}"
    texts = (said["label"], said["value"], f"{when}: {change}" if change else when)
    words = "\n\n".join(
        f"::: {{.number-{name}}}\n{text}\n:::"
        for name, text in zip(("label", "value", "change"), texts, strict=True)
    )
    if sum(value is not None for value in drawn["y"]) < 2:
        return PageFigure(line.label, line.alt, line.title, credits=credits, number=words)
    return replace(line, number=words, subtitle=said["span"], credits=credits)
