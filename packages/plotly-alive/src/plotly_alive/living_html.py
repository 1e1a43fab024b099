"""A figure as HTML that stands by itself: its drawings, its words, its table, and the script by which the
drawings answer.

The drawings are inline SVG, one for a wide column and one for a phone. Their colours are custom
properties, which follow the reader's setting for light and dark. Nothing is loaded from elsewhere
but, if that is wanted, the script and the style sheet (:func:`asset`).
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from markupsafe import escape

from plotly_alive.alive import SCRIPT, marks
from plotly_alive.alive.keyboard_series import keyboard_series
from plotly_alive.alive.values_file import values_file
from plotly_alive.chart_theme import PALETTE
from plotly_alive.drawing import svg
from plotly_alive.figure_plan import FigurePlan
from plotly_alive.table.table import Table
from plotly_alive.text.language import spoken, t_, written_number

Script = Literal["inline", "link"] | None
"""The way in which the script comes: in the HTML, by a link, or not at all."""
FORM = "1"
"""The number of the form in which a page has a figure's values. A script reads those of its own form,
so that outputs of several versions may stand on one page. It grows when values_file.py changes.
"""
SHOWN = 100
"""The most rows of a table in HTML."""
SCRIPT_NAME, STYLE_NAME = "plotly-alive.js", "plotly-alive.css"
"""The names of the script and the style sheet that are linked."""

_HERE = Path(__file__).parent / "alive"


@dataclass(frozen=True)
class Drawn:
    """A figure that is drawn, for a wide page and for a phone; cleaned SVG."""

    wide: bytes
    """The drawing for a wide page."""
    narrow: bytes
    """The drawing for a phone."""


def living_html(
    plan: FigurePlan,
    drawn: Drawn | None,
    name: str,
    *,
    table: bool = True,
    script: Script = "inline",
    base: str = "",
) -> str:
    """Return the HTML of a planned figure, in the current language. ``name`` is the beginning of its
    ids. Without drawings its table is open, and a line says that there is no picture. ``base`` is
    the address of the folder with the linked files, with its slash.
    """
    chart, lang, direction = plan.chart, spoken().tag, "rtl" if spoken().is_rtl else "ltr"
    unnamed = t_("Chart")
    parts: list[str] = []
    values, pictures, count = "", "", 0
    if drawn is not None:
        pictures, values, count = _pictures(plan, drawn, name)
    is_alive = script is not None and bool(values)
    attributes = f' data-form="{FORM}" data-series="{count}" data-pointing' if is_alive else ""
    parts.append(
        f'<figure class="plotly-alive" id="{name}" lang="{lang}" dir="{direction}" role="group"'
        f' aria-label="{escape(chart.title or unnamed)}"{attributes}>'
    )
    parts.append(
        f'<link rel="stylesheet" href="{escape(base + STYLE_NAME)}">'
        if script == "link"
        else f"<style>{style()}</style>"
    )
    parts += _caption(chart.title, chart.subtitle)
    if pictures:
        parts.append(f'<div class="chart-picture" hidden="hidden">{pictures}</div>')
    notes = [*plan.notes] if pictures else [t_("This chart could not be drawn."), *plan.notes]
    if notes:
        parts.append(f'<p class="chart-note">{escape(" ".join(notes))}</p>')
    if table and plan.table is not None:
        parts.append(_folded(plan.table, is_open=not pictures))
    if is_alive:
        parts.append(f'<script type="application/json" class="chart-values">{values}</script>')
        parts.append(
            f'<script src="{escape(base + SCRIPT_NAME)}" defer></script>'
            if script == "link"
            else f"<script>{code()}</script>"
        )
    parts.append("</figure>")
    return "".join(parts)


def asset(name: str) -> str:
    """Return the text of a file that a page links to: :data:`SCRIPT_NAME` or :data:`STYLE_NAME`.
    Raises :class:`KeyError`.
    """
    return {SCRIPT_NAME: code, STYLE_NAME: style}[name]()


@cache
def code() -> str:
    """Return the script, for a page that may have it several times."""
    begin, end = SCRIPT.read_text("utf-8"), (_HERE / "standalone.js").read_text("utf-8")
    end = end.replace("FORM", FORM)
    lines = [_COMMENT.sub("", line).strip() for line in (begin + end).splitlines()]
    body = "\n".join(filter(None, lines))
    begun = f"window.plotlyAlive{FORM}"
    return f"(()=>{{\nif({begun})return {begun}();\n{body}\n}})();"


_COMMENT = re.compile(r"(?:^|\s)//\s.*")


@cache
def style() -> str:
    """Return the style sheet, with the colours of the palette."""
    light, dark = (
        "".join(f"--{name}:{pair[at]};" for name, pair in PALETTE.items()) for at in (0, 1)
    )
    rules = (_HERE / "standalone.css").read_text("utf-8")
    compact = "".join(line.strip() for line in rules.splitlines() if not line.startswith("/*"))
    return compact.replace("--light:1;", light).replace("--dark:1;", dark)


_numbers = itertools.count(1)


def next_name() -> str:
    """Return a name for a figure that no other of this process has."""
    return f"plotly-alive-{next(_numbers)}"


def _pictures(plan: FigurePlan, drawn: Drawn, name: str) -> tuple[str, str, int]:
    """Return the drawings as inline SVG, the values as JSON for a script, and the number of series."""
    (wide, of_wide), (narrow, of_narrow) = svg.parted(drawn.wide), svg.parted(drawn.narrow)
    wide, narrow = (svg.with_line(drawing, plan.chart.line) for drawing in (wide, narrow))
    both = marks.read(of_wide), marks.read(of_narrow)
    series = keyboard_series(plan.chart, both[0], {})
    whole = ""
    if series:
        values = json.loads(values_file(plan.chart, series, *both))
        text = json.dumps(
            {"words": _words(), "values": values}, ensure_ascii=False, separators=(",", ":")
        )
        whole = text.replace("<", "\\u003c")
    pictures = svg.inline_svg(wide, name, plan.alt, "chart-wide")
    pictures += svg.inline_svg(narrow, f"{name}-n", plan.alt, "chart-narrow")
    return pictures, whole, len(series)


def _words() -> dict[str, str]:
    return {
        "chart": t_("chart"),
        "keys": t_("The arrow keys read its values."),
        "failed": t_("The values could not be loaded."),
        "none": t_("No data"),
        "since": t_("since {place}"),
        "more": t_("and {count} more"),
    }


def _caption(title: str, subtitle: str) -> list[str]:
    if not title:
        return []
    below = f'<span class="chart-subtitle">{escape(subtitle)}</span>' if subtitle else ""
    return [f'<figcaption><span class="chart-title">{escape(title)}</span>{below}</figcaption>']


def _folded(table: Table, *, is_open: bool) -> str:
    summary = escape(t_("Data"))
    return (
        f'<details class="chart-data"{" open" if is_open else ""}>'
        f"<summary>{summary}</summary>{table_html(table.first(SHOWN))}</details>"
    )


def table_html(table: Table) -> str:
    """Return a table as HTML, with a line below it if rows are left out."""
    columns = (*table.index, *table.columns)
    head = "".join(
        "<tr>"
        + (f'<td colspan="{len(table.index)}"></td>' if table.index else "")
        + "".join(
            f'<th scope="colgroup" colspan="{count}">{escape(name)}</th>' for name, count in level
        )
        + "</tr>"
        for level in table.groups()
    )
    names = "".join(
        f'<th scope="col"{_aligned(column.kind)}>{escape(column.name[-1])}'
        + (f" ({escape(column.unit)})" if column.unit else "")
        + "</th>"
        for column in columns
    )
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.rows())
    foot = ""
    if table.length < table.count:
        shown, every = written_number(table.length), written_number(table.count)
        line = t_("The first %(shown)s of %(all)s rows.", shown=shown, all=every)
        foot = f'<p class="chart-note">{escape(line)}</p>'
    label = escape(t_("Table"))
    return (
        '<div class="chart-table" tabindex="0" role="group"'
        f' aria-label="{label}"><table class="chart-cells"'
        f' data-quarto-disable-processing="true"><thead>{head}<tr>{names}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{foot}"
    )


def _aligned(kind: str) -> str:
    return ' class="is-number"' if kind == "number" else ""


def _cell(cell: Sequence[object]) -> str:
    kind, text, _, names_row, _ = cell
    if names_row:
        return f'<th scope="row">{escape(str(text) or "–")}</th>'
    missing = escape(t_("no data"))
    said = "" if text else f' aria-label="{missing}"'
    return f"<td{_aligned(str(kind))}{said}>{escape(str(text) or '–')}</td>"
