"""The events and periods marked on a figure's time axis, as `bs.charts.events` marks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plotly_alive.chart_events import NAMED
from plotly_alive.moments import Moment, moment_of
from plotly_alive.reading.plotly_json import Raw, plain_text
from plotly_alive.text.language import clauses, t_, written_day


@dataclass(frozen=True)
class Event:
    """An event or a period of a chart."""

    label: str
    """Its label."""
    ends: tuple[Moment, ...]
    """Its moment, or its first and its last."""

    @property
    def when(self) -> str:
        """Its date, or its dates, as people write them."""
        return " – ".join(written_day(end.text) for end in self.ends)

    @property
    def text(self) -> str:
        """The event with its date: ``Full-scale invasion, 24 February 2022``."""
        return f"{self.label}, {self.when}"


def events_of(layout: Raw) -> tuple[Event, ...]:
    """Return the events of a figure, in order of time."""
    events = []
    for note in labels_in(layout):
        moments = [moment_of(part) for part in str(note["name"])[len(NAMED) :].split("/")]
        ends = tuple(moment for moment in moments if moment is not None)
        if ends:
            label = " ".join(plain_text(str(note.get("text") or "").replace("<br>", " ")).split())
            events.append(Event(label, ends))
    return tuple(sorted(events, key=lambda event: event.ends[0].start))


def said(events: Sequence[Event]) -> str:
    """Return the events in a sentence; empty if there are none."""
    if not events:
        return ""
    return t_("Marked: %(events)s.", events=clauses([event.text for event in events]))


def labels_in(layout: Raw) -> Iterator[Raw]:
    """Yield the annotations that label events."""
    for note in layout.get("annotations") or ():
        if isinstance(note, Mapping) and str(note.get("name") or "").startswith(NAMED):
            yield note
