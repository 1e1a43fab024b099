"""The notices to an author on a chart that lacks something."""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.errors import GENERATED_ALT, Notice, Place
from broadsheet.figures.drawing.chart_renderer import UndrawableError
from broadsheet.figures.drawing.sketch import Sketch

EMPTY = "empty-chart"
"""The topic of a notice of a chart without a single value."""


def undrawn(sketch: Sketch, fault: UndrawableError, place: Place) -> Notice:
    """Return the notice on a chart that plotly.js refuses."""
    instead = "its data are shown instead" if sketch.table else "only its title is shown"
    return Notice(place, f"`{sketch.label}`: {fault.what}; {instead}", fault.mend, topic="picture")


def notices_of(sketch: Sketch, place: Place, has_generated_alt: bool) -> Iterator[Notice]:
    """Yield notices on what a chart at ``place`` lacks; ``has_generated_alt`` is true if its
    alternative text is generated.
    """
    if sketch.is_empty:
        yield Notice(
            place,
            f"the chart `{sketch.label}` is empty: none of its traces has a value",
            "See which rows are left when it is drawn: a filter may compare text with numbers.",
            topic=EMPTY,
        )
    if sketch.unplaced:
        yield Notice(
            place,
            f"the map `{sketch.label}` has no place {', '.join(sketch.unplaced[:5])}; it is drawn "
            "without, and says so",
            "Places are codes of ISO 3166-1 alpha-3, such as DEU; see `locationmode` for others.",
            topic="place",
        )
    if has_generated_alt:
        yield Notice(
            place,
            f"the chart `{sketch.label}` has no `fig-alt`; this one is generated: “{sketch.alt}”",
            "Say in a sentence or two what the chart shows, or keep it.",
            topic=GENERATED_ALT,
        )
    if sketch.needs_source:
        yield Notice(
            place,
            f"the chart `{sketch.label}` names no source: its cell reads no table of the catalogue",
            "Give `source` a table, or {text: …, url: …}; `source: false` if there is none.",
            topic="source",
        )
    if sketch.table is None:
        yield Notice(
            place,
            f"the chart `{sketch.label}` has no table: its kind has none that says what it draws",
            "Show the data as a table of its own, below the chart.",
            topic="data",
        )
