"""A cell's plotly figure, made into a chart for a page.

The figure's own title and subtitle become text of the page, above the picture; the picture is drawn without them,
once for a wide page and once for a phone. Beside the page go the figure's JSON, from which the interactive chart is
made when a reader comes to it, the picture in light and dark, and the data as CSV.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from broadsheet.assembly import svg
from broadsheet.assembly.drawing import Figure
from broadsheet.assembly.engraving import Engraver
from broadsheet.assembly.interactive import interactive, traces
from broadsheet.assembly.tabulation import plain_text, tabulate
from broadsheet.catalogue import Origin
from broadsheet.errors import AssemblyError, Place
from broadsheet.house import NARROW, WIDE

MIME = "application/vnd.plotly.v1+json"

_TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True,
                         undefined=StrictUndefined, trim_blocks=False, keep_trailing_newline=False)


@dataclass(frozen=True)
class Chart:
    """``html`` for the page, ``assets`` by their path from the site's root, ``alt`` as the picture is named."""

    label: str
    html: str
    alt: str
    assets: Mapping[str, bytes]


def chart(figure: Figure, label: str, files: PurePosixPath, engraver: Engraver, *, alt: str = "", note: str = "",
          origins: tuple[Origin, ...] = (), as_of: date | None = None) -> Chart:
    """The chart of ``figure``; ``files`` is the edition's folder of assets, from the site's root.

    Without ``alt``, the figure is described from its data.
    """
    figure = {"data": figure.get("data", []), "layout": dict(figure.get("layout", {}))}
    title, subtitle = _take_title(figure["layout"])
    alt = alt or _described(figure, title, subtitle)
    phone = _for_phone(figure)
    wide, narrow = engraver.draw(figure, _size(figure, WIDE)), engraver.draw(phone, _size(figure, NARROW))
    table = tabulate(figure)
    assets = {f"{label}.json": interactive(figure, phone)}
    if table is not None:
        assets[f"{label}.csv"] = table.csv().encode()
    if wide is not None:
        assets[f"{label}.svg"] = svg.standalone_svg(wide, alt, dark=False)
        assets[f"{label}-dark.svg"] = svg.standalone_svg(wide, alt, dark=True)
    page = {
        "label": label, "name": title or alt, "title": title, "subtitle": subtitle, "note": note, "table": table,
        "data_url": f"{files.name}/{label}.json", "traces": traces(figure), "csv_url": f"{files.name}/{label}.csv",
        "sources": tuple({source.publisher: source for origin in origins for source in _cited(origin)}.values()),
        "as_of": as_of or max((origin.as_of for origin in origins), default=None),
        "wide": svg.inline_svg(wide, label, alt, "chart-wide") if wide else "",
        "narrow": svg.inline_svg(narrow, f"{label}-n", alt, "chart-narrow") if narrow else "",
    }
    html = _TEMPLATES.get_template("chart.html.jinja").render(page)
    return Chart(label, html, alt, {str(files / name): data for name, data in assets.items()})


def _described(figure: Figure, title: str, subtitle: str) -> str:
    from broadsheet.assembly.description import describe
    from broadsheet.assembly.statements import FalseStatementError
    try:
        return describe(figure, title, subtitle)
    except FalseStatementError as error:
        raise AssemblyError(Place("charts"), f"the chart cannot be described from its data: {error}",
                            "Say in `fig-alt` what it shows; and report the figure: this is a fault of ours."
                            ) from error


def picture(figure: Figure, engraver: Engraver) -> bytes | None:
    """A PNG of the whole figure, title and all, in the proportions of a card for social sites (1200 × 630)."""
    layout = {**figure.get("layout", {}), "margin": {"l": 56, "r": 96, "t": 84, "b": 48}}
    layout.pop("height", None)
    return engraver.draw({"data": figure.get("data", []), "layout": layout}, (800, 420), "png", scale=1.5)


def _cited(origin: Origin) -> list[Any]:
    return [source for source in origin.sources if source.key is None] or list(origin.sources[:1])


def _take_title(layout: dict[str, Any]) -> tuple[str, str]:
    title = layout.pop("title", None) or {}
    if isinstance(title, str):
        title = {"text": title}
    subtitle = title.get("subtitle") or {}
    return plain_text(title.get("text") or ""), plain_text(subtitle.get("text") or "")


def _size(figure: Figure, size: tuple[int, int]) -> tuple[int, int]:
    return size[0], int(figure["layout"].get("height") or size[1])


def _for_phone(figure: Figure) -> Figure:
    """The same figure with fewer ticks, for a width of 360 pixels."""
    layout = dict(figure["layout"])
    layout.pop("width", None)
    for name, axis in layout.items():
        if name.startswith("xaxis") and isinstance(axis, dict) and not {"tickvals", "dtick"} & set(axis):
            layout[name] = {"nticks": 5, **axis}
    layout.setdefault("xaxis", {"nticks": 5})
    return {"data": figure["data"], "layout": layout}

