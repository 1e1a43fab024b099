"""The notices to an author on a chart that lacks something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from broadsheet.errors import GENERATED_ALT, Notice, Place
from broadsheet.figures.drawing.chart_renderer import UndrawableError

EMPTY = "empty-chart"
"""The topic of a notice of a chart without a single value."""


class Figure(Protocol):
    """A figure, planned or drawn: a :class:`~broadsheet.figures.drawing.sketch.Sketch`, or one that
    an earlier build drew.
    """

    @property
    def label(self) -> str:
        """Its label."""

    @property
    def alt(self) -> str:
        """Its alternative text."""

    @property
    def is_empty(self) -> bool:
        """True if it has traces without a single value."""

    @property
    def unplaced(self) -> Sequence[str]:
        """The places that its map does not have."""

    @property
    def needs_source(self) -> bool:
        """True if neither a table nor its author names a source."""

    @property
    def has_table(self) -> bool:
        """True if its values are in a table."""


def undrawn(figure: Figure, fault: UndrawableError, place: Place) -> Notice:
    """Return the notice on a chart that plotly.js refuses."""
    instead = "its data are shown instead" if figure.has_table else "only its title is shown"
    return Notice(place, f"`{figure.label}`: {fault.what}; {instead}", fault.mend, topic="picture")


def notices_of(figure: Figure, place: Place, has_generated_alt: bool) -> Iterator[Notice]:
    """Yield notices on what a chart at ``place`` lacks; ``has_generated_alt`` is true if its
    alternative text is generated.
    """
    if figure.is_empty:
        yield Notice(
            place,
            f"the chart `{figure.label}` is empty: none of its traces has a value",
            "See which rows are left when it is drawn: a filter may compare text with numbers.",
            topic=EMPTY,
        )
    if figure.unplaced:
        yield Notice(
            place,
            f"the map `{figure.label}` has no place {', '.join(figure.unplaced[:5])}; it is drawn "
            "without, and says so",
            "Places are codes of ISO 3166-1 alpha-3, such as DEU; see `locationmode` for others.",
            topic="place",
        )
    if has_generated_alt:
        yield Notice(
            place,
            f"the chart `{figure.label}` has no `fig-alt`; this one is generated: “{figure.alt}”",
            "Say in a sentence or two what the chart shows, or keep it.",
            topic=GENERATED_ALT,
        )
    if figure.needs_source:
        yield Notice(
            place,
            f"the chart `{figure.label}` names no source: its cell reads no table of the catalogue",
            "Give `source` a table, or {text: …, url: …}; `source: false` if there is none.",
            topic="source",
        )
    if not figure.has_table:
        yield Notice(
            place,
            f"the chart `{figure.label}` has no table: its kind has none that says what it draws",
            "Show the data as a table of its own, below the chart.",
            topic="data",
        )
