"""The notices to an author on a chart that lacks something."""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.errors import GENERATED_ALT, Notice, Place
from broadsheet.figures.figure_making import Made

EMPTY = "empty-chart"
"""The topic of a notice of a chart without a single value."""


def notices_of(made: Made, place: Place, has_generated_alt: bool) -> Iterator[Notice]:
    """Notices on what a chart at ``place`` lacks; ``has_generated_alt`` is true if its alternative text is
    generated.
    """
    figure = made.figure
    if made.is_empty:
        yield Notice(
            place,
            f"the chart `{figure.label}` is empty: none of its traces has a value",
            "See which rows are left when it is drawn: a filter may compare text with numbers.",
            topic=EMPTY,
        )
    if made.fault is not None:
        instead = "its data are shown instead" if figure.table else "only its title is shown"
        yield Notice(
            place,
            f"`{figure.label}`: {made.fault.what}; {instead}",
            made.fault.mend,
            topic="picture",
        )
    if made.unplaced:
        yield Notice(
            place,
            f"the map `{figure.label}` has no place {', '.join(made.unplaced[:5])}; it is drawn "
            "without, and says so",
            "Places are codes of ISO 3166-1 alpha-3, such as DEU; see `locationmode` for others.",
            topic="place",
        )
    if made.repeated:
        yield Notice(
            place,
            f"the map `{figure.label}` has places with two values, one drawn over the other: "
            f"{'; '.join(made.repeated[:3])}{' …' if len(made.repeated) > 3 else ''}",
            "Keep one row for each place, or put its rows together first, such as by `groupby`.",
            topic="place",
        )
    if has_generated_alt:
        yield Notice(
            place,
            f"the chart `{figure.label}` has no `fig-alt`; this one is generated: “{figure.alt}”",
            "Say in a sentence or two what the chart shows, or keep it.",
            topic=GENERATED_ALT,
        )
    if made.needs_source:
        yield Notice(
            place,
            f"the chart `{figure.label}` names no source: its cell reads no table of the catalogue",
            "Give `source` a table, or {text: …, url: …}; `source: false` if there is none.",
            topic="source",
        )
    if not figure.table:
        yield Notice(
            place,
            f"the chart `{figure.label}` has no table: its kind has none that says what it draws",
            "Show the data as a table of its own, below the chart.",
            topic="data",
        )
