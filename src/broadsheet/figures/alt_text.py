"""A figure in words, from its data: the alternative text of a chart whose author gave none.

``describe`` says what kind of chart it is, of what, over what range; then where it starts and ends,
what is highest and lowest, in units and rounding as the figure has them. What it says of the data
it also notes as statements, and these are recomputed from the figure
(:mod:`broadsheet.figures.statements`) before the text is given out: a sentence that is not true is
an error, never a text. It says what is drawn: no cause, no trend, no correlation, no judgement.

Out of scope, and named by kind alone: what has no plain highest and lowest (flows, surfaces,
parallel coordinates).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median
from typing import Any

from broadsheet.figures.number_words import (
    DRAWN,
    Measure,
    Places,
    as_percent,
    axis_of,
    counted,
    in_unit,
    is_unit,
    measure_of,
    number_of,
    percent,
    places_of,
    short,
    spelled,
    text_of,
    ticks_of,
)
from broadsheet.figures.statements import Statement, verify
from broadsheet.figures.traces import Figure, Trace, drawn, plain_text, values
from broadsheet.language import figures, listed, n_, t_

LIMIT = 350
"""Characters of a description."""
SENTENCES = 2
"""That follow the one which says what it is."""
NAMED = 3
"""Series that are named; of more, those that matter."""

_SUBJECT = 120
_SPAN = re.compile(r"\b\d{4} ?[-–] ?\d{4}\b")


# ---- What is drawn
# ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """A value at a place; None is a gap."""

    place: Any
    value: float | None


@dataclass(frozen=True)
class Series:
    """What is drawn under one name; ``places`` that are ordered are in order."""

    name: str
    points: tuple[Point, ...]
    measure: Measure
    named: bool = True

    @property
    def known(self) -> list[tuple[Any, float]]:
        """The places that have a value, and it."""
        return [(point.place, point.value) for point in self.points if point.value is not None]

    @property
    def last(self) -> float:
        """The value at the end."""
        return self.known[-1][1]

    @property
    def gaps(self) -> list[Any]:
        """The places that have none."""
        filled = {place for place, _ in self.known}
        return list(
            dict.fromkeys(point.place for point in self.points if point.place not in filled)
        )


@dataclass
class Telling:
    """Sentences, the most important first, each with what it states. Grows as the figure is told."""

    kind: str
    span: Sequence[str] = ()
    sentences: list[tuple[str, tuple[Statement, ...]]] = field(default_factory=list)

    def say(self, text: str, *statements: Statement) -> None:
        """Adds a sentence."""
        self.sentences.append((text[:1].upper() + text[1:] + ".", statements))


def _name_of_kind(kind: str) -> str:
    return {
        "pie": t_("Pie chart"),
        "funnelarea": t_("Funnel chart"),
        "heatmap": t_("Heat map"),
        "contour": t_("Contour chart"),
        "histogram": t_("Histogram"),
        "histogram2d": t_("Two-dimensional histogram"),
        "box": t_("Box plot"),
        "violin": t_("Violin plot"),
        "choropleth": t_("Map"),
        "choroplethmap": t_("Map"),
        "choroplethmapbox": t_("Map"),
        "scattergeo": t_("Map"),
        "scattermap": t_("Map"),
        "scattermapbox": t_("Map"),
        "candlestick": t_("Candlestick chart"),
        "ohlc": t_("Open-high-low-close chart"),
        "indicator": t_("Indicator"),
        "waterfall": t_("Waterfall chart"),
        "treemap": t_("Treemap"),
        "sunburst": t_("Sunburst chart"),
        "icicle": t_("Icicle chart"),
        "sankey": t_("Flow diagram"),
        "table": t_("Table"),
        "scatterpolar": t_("Polar chart"),
        "scatter3d": t_("Three-dimensional scatter plot"),
        "surface": t_("Surface"),
        "scatterternary": t_("Ternary plot"),
        "parcoords": t_("Parallel coordinates"),
        "splom": t_("Scatter plot matrix"),
    }.get(kind) or t_("Chart")


def describe(figure: Figure, title: str = "", subtitle: str = "") -> str:
    """What ``figure`` shows, in one to three sentences and at most :data:`LIMIT` characters.

    ``title`` and ``subtitle`` are the figure's own, as plain text: the subtitle says what is
    measured and in what unit (``Trade by year, US$ bn``), and the title stands for it where there
    is none.
    """
    traces = drawn(figure)
    told = _told(figure, traces, subtitle or title)
    subject = _subject(figure, traces, title, subtitle)
    whole = ": ".join(filter(None, [told.kind, short(subject, _SUBJECT)]))
    if told.span and not all(part in subject for part in told.span):
        span = (
            told.span[0]
            if len(told.span) == 1
            else t_("%(start)s to %(end)s", start=told.span[0], end=told.span[1])
        )
        whole += t_("; figures for %(span)s", span=span) if _SPAN.search(subject) else f", {span}"
    text, said, chosen = f"{whole}.", list[Statement](), 0
    for sentence, statements in told.sentences:
        if chosen < SENTENCES and len(text) + len(sentence) < LIMIT:
            text, chosen = f"{text} {sentence}", chosen + 1
            said += statements
    verify(figure, said)
    return text


def _subject(figure: Figure, traces: Sequence[Trace], title: str, subtitle: str) -> str:
    letters = "" if not traces else "xy" if traces[0].get("orientation") == "h" else "yx"
    axes = [text_of(axis_of(figure, traces[0], letter).get("title")) for letter in letters]
    subject = next(
        filter(None, ["" if is_unit(subtitle) else subtitle, title, *axes, subtitle]), ""
    )
    return re.sub(r"\s+", " ", subject).rstrip(" .:")


def _told(figure: Figure, traces: Sequence[Trace], subtitle: str) -> Telling:
    kinds = {_kind(trace) for trace in traces}
    if not traces:
        told = Telling(t_("Chart"))
        told.say(t_("it has no data"))
        return told
    if kinds <= {"scatter", "scattergl", "bar", "funnel"}:
        return _tell_series(figure, traces, subtitle)
    kind = kinds.pop() if len(kinds) == 1 else ""
    told = Telling(_name_of_kind(kind))
    tell = _TELLERS.get(re.sub(r"(choropleth|scattergeo|scattermap).*", r"\1", kind))
    if tell:
        tell(told, figure, traces, subtitle)
    return told


def _kind(trace: Trace) -> str:
    return str(trace.get("type") or "scatter")


# ---- Lines, areas, bars, dots
# ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Drawing:
    """The series of a chart and how they are read together: over which places, ``stacked`` or each
    for itself.

    ``measure`` is that of the statements; on more than one axis, values of one are not set against
    those of another.
    """

    series: Sequence[Series]
    places: Places
    look: str
    measure: str
    stacked: bool
    one_axis: bool


def _tell_series(figure: Figure, traces: Sequence[Trace], subtitle: str) -> Telling:
    looks = list(dict.fromkeys(_look(trace) for trace in traces))
    across, along = ("y", "x") if any(_columns(trace)[2] for trace in traces) else ("x", "y")
    columns = [_columns(trace)[:2] for trace in traces]
    places = places_of(
        (place for column, _ in columns for place in column if place is not None),
        axis_of(figure, traces[0], across),
        measure_of(figure, traces, across),
    )
    if _is_plane(looks, places, [column for column, _ in columns]):
        return _tell_points(figure, traces, columns)
    shown = _merged(traces, columns, places, lambda own: measure_of(figure, own, along, subtitle))
    stack = _stack(figure, traces, looks, shown)
    shown = _normed(shown) if stack == "norm" else shown
    told = Telling(_name(looks, stack, figure, traces, along))
    known = [series for series in shown if series.known]
    if not known:
        told.say(t_("it has no figures"))
        return told
    if places.ordered:
        ends = sorted(
            {places.order(place): place for series in known for place, _ in series.known}.items()
        )
        told.span = list(dict.fromkeys(places.write(place) for _, place in (ends[0], ends[-1])))
    one_axis = len({str(trace.get(f"{along}axis") or along) for trace in traces}) == 1
    drawing = _Drawing(
        known,
        places,
        looks[0] if len(looks) == 1 else "",
        "norm" if stack == "norm" else "value",
        stack == "total",
        one_axis,
    )
    (_tell_course if places.ordered else _tell_ranking)(told, drawing)
    for series in shown if not stack else ():
        _tell_gaps(told, series, places, is_named=series.named or len(shown) > 1)
    return told


def _is_plane(looks: Sequence[str], places: Places, columns: Sequence[Sequence[Any]]) -> bool:
    """Whether the chart shows points in a plane: dots over numbers, or a line that goes back and
    forth.
    """
    if looks == ["dot"]:
        return places.kind == "number"
    return (
        "bar" not in looks
        and places.ordered
        and not all(
            _is_sorted([places.order(place) for place in column if place is not None])
            for column in columns
        )
    )


def _look(trace: Trace) -> str:
    mode = str(trace.get("mode") or "lines")
    if _kind(trace) in ("bar", "funnel"):
        return "bar"
    if trace.get("stackgroup") or str(trace.get("fill") or "none") != "none":
        return "area"
    return "line" if "lines" in mode else "dot"


def _name(
    looks: Sequence[str], stack: str, figure: Figure, traces: Sequence[Trace], along: str
) -> str:
    plain = {
        "line": t_("Line chart"),
        "area": t_("Area chart"),
        "bar": t_("Bar chart"),
        "dot": t_("Dot chart"),
    }
    stacked = {"area": t_("Stacked area chart"), "bar": t_("Stacked bar chart")}
    if _kind(traces[0]) == "funnel":
        name = t_("Stacked funnel chart") if stack else t_("Funnel chart")
    else:
        name = (stacked if stack else plain).get("".join(looks)) or t_(
            "%(parts)s chart", parts=_parts(looks)
        )
    is_log = any(axis_of(figure, trace, along).get("type") == "log" for trace in traces)
    return t_("%(chart)s on a logarithmic scale", chart=name) if is_log else name


def _parts(looks: Sequence[str]) -> str:
    """``Line and dot``, of what a chart is made."""
    words = {"line": t_("line"), "area": t_("area"), "bar": t_("bar"), "dot": t_("dot")}
    text = listed([words[look] for look in looks])
    return text[0].upper() + text[1:]


def _columns(trace: Trace) -> tuple[list[Any], list[float | None], bool]:
    """Places, values, and whether it lies on its side."""
    x, y = values(trace.get("x")), values(trace.get("y"))
    horizontal = trace.get("orientation") == "h" or (
        "orientation" not in trace
        and _kind(trace).startswith("scatter")
        and any(isinstance(value, str) for value in y)
        and all(number_of(value) is None for value in y)
        and any(number_of(value) is not None for value in x)
    )
    letter, places, along = ("y", y, x) if horizontal else ("x", x, y)
    if places and all(isinstance(level, list) for level in places):
        places = [", ".join(map(str, level)) for level in zip(*places, strict=False)]
    if not places:
        start, step = trace.get(f"{letter}0", 0), trace.get(f"d{letter}", 1)
        places = [start + step * at for at in range(len(along))]
    pairs = [(_place(place), number_of(value)) for place, value in zip(places, along, strict=False)]
    return [place for place, _ in pairs], [value for _, value in pairs], horizontal


def _place(place: Any) -> Any:
    """A place as it is told apart from others: its text without tags, or a number that plotly
    draws.
    """
    if isinstance(place, float):
        return place if abs(place) < DRAWN else None
    return plain_text(place) if isinstance(place, str) else place


def _is_sorted(numbers: Sequence[float]) -> bool:
    return all(a <= b for a, b in pairwise(numbers)) or all(a >= b for a, b in pairwise(numbers))


def _label(trace: Trace) -> str:
    return plain_text(str(trace.get("name") or ""))


def _merged(
    traces: Sequence[Trace],
    columns: Sequence[tuple[list[Any], list[float | None]]],
    places: Places,
    measure: Callable[[Sequence[Trace]], Measure],
) -> list[Series]:
    """One series a name: a line that goes on dashed is one line, and the point that both parts have
    counts once.
    """
    points: dict[str, list[Point]] = {}
    of: dict[str, list[Trace]] = {}
    for number, (trace, (across, along)) in enumerate(zip(traces, columns, strict=True), start=1):
        name = _label(trace) or t_("Series %(number)s", number=number)
        of.setdefault(name, []).append(trace)
        own = points.setdefault(name, [])
        earlier = set(own) if _look(trace) in ("line", "dot") else set()
        own += [
            point
            for point in map(Point, across, along)
            if point.place is not None and point not in earlier
        ]
    return [
        Series(
            name,
            tuple(
                sorted(kept, key=lambda point: places.order(point.place))
                if places.ordered
                else kept
            ),
            measure(of[name]),
            bool(_label(of[name][0])),
        )
        for name, kept in points.items()
    ]


def _stack(
    figure: Figure, traces: Sequence[Trace], looks: Sequence[str], shown: Sequence[Series]
) -> str:
    """``norm`` where the parts are drawn as shares, ``total`` where they add up to one, "" where
    they do neither.
    """
    layout = figure.get("layout", {})
    bars = looks == ["bar"] and layout.get("barmode") in ("stack", "relative")
    groups = {trace.get("stackgroup") for trace in traces}
    if len(shown) < 2 or not (
        bars or (looks == ["area"] and len(groups) == 1 and None not in groups)
    ):
        return ""
    if any((value or 0) < 0 for series in shown for _, value in series.known) or any(
        series.gaps for series in shown
    ):
        return ""
    return (
        "norm"
        if layout.get("barnorm") or any(trace.get("groupnorm") for trace in traces)
        else "total"
    )


def _summed(shown: Sequence[Series]) -> dict[Any, float]:
    sums: dict[Any, float] = {}
    for series in shown:
        for place, value in series.known:
            sums[place] = sums.get(place, 0) + value
    return sums


def _normed(shown: Sequence[Series]) -> list[Series]:
    sums = _summed(shown)
    return [
        replace(
            series,
            measure=Measure(suffix=percent()),
            points=tuple(
                Point(place, value / sums[place] * 100 if sums[place] else None)
                for place, value in series.known
            ),
        )
        for series in shown
    ]


def _tell_course(told: Telling, drawing: _Drawing) -> None:
    """Over years, dates or numbers: from where to where, and what is highest and lowest on the way."""
    if drawing.stacked:
        _tell_one(told, _total(drawing), drawing.places, "total")
        _tell_end(told, drawing)
    elif len(drawing.series) == 1:
        _tell_one(told, drawing.series[0], drawing.places, drawing.measure)
    elif len(drawing.series) <= NAMED:
        _tell_each(told, drawing)
        if drawing.one_axis and not _ends_are_extremes(drawing.series):
            _tell_overall(told, drawing)
    elif drawing.one_axis:
        _tell_end(told, drawing)
        _tell_overall(told, drawing)


def _total(drawing: _Drawing) -> Series:
    sums = _summed(drawing.series).items()
    order = (
        sorted(sums, key=lambda item: drawing.places.order(item[0]))
        if drawing.places.ordered
        else sums
    )
    return Series("", tuple(Point(*item) for item in order), drawing.series[0].measure)


def _ends_are_extremes(shown: Sequence[Series]) -> bool:
    """Whether what is highest and lowest of all has been said with the ends."""
    ends = [value for series in shown for value in (series.known[0][1], series.known[-1][1])]
    found = [value for series in shown for _, value in series.known]
    return (min(ends), max(ends)) == (min(found), max(found))


def _tell_one(told: Telling, series: Series, places: Places, measure: str) -> None:
    """One alone: its start, its end, and its highest and lowest, each said where it stands if it is
    one of these.
    """
    write, (start, first), (end, last) = series.measure.write, series.known[0], series.known[-1]
    found = [value for _, value in series.known]
    who = t_("the total") if measure == "total" else _quoted(series) if series.named else t_("it")

    def state(what: str, value: float, place: object = None) -> Statement:
        return Statement(what, value, series.name or None, place, measure)

    if len(found) == 1:
        told.say(
            t_(
                "%(who)s has one value, %(value)s %(at)s",
                who=who,
                value=write(first),
                at=places.at(start),
            ),
            state("only", first, start),
        )
        return
    if min(found) == max(found):
        told.say(t_("%(who)s stays at %(value)s", who=who, value=write(first)), state("all", first))
        return
    roles, parts, said = (
        {first: "", last: ""},
        [],
        [state("first", first, start), state("last", last, end)],
    )
    for what, value in (("highest", max(found)), ("lowest", min(found))):
        place = next(place for place, each in series.known if each == value)
        said.append(state(what, value, place))
        is_highest, at = what == "highest", {"value": write(value), "at": places.at(place)}
        if found.count(value) > 1:
            parts.append(
                t_("the highest is %(value)s, first %(at)s", **at)
                if is_highest
                else t_("the lowest is %(value)s, first %(at)s", **at)
            )
        elif value in roles:
            roles[value] = what
        else:
            parts.append(
                t_("the highest is %(value)s %(at)s", **at)
                if is_highest
                else t_("the lowest is %(value)s %(at)s", **at)
            )
    course = t_(
        "%(who)s goes from %(start)s to %(end)s",
        who=who,
        start=f"{write(first)} {places.at(start)}{_aside(roles[first], is_start=True)}",
        end=f"{write(last)} {places.at(end)}{_aside(roles[last], is_start=False)}",
    )
    told.say("; ".join([course, t_(", and ").join(parts)] if parts else [course]), *said)


def _aside(role: str, *, is_start: bool) -> str:
    """``, the highest,`` after the value where a course starts or ends."""
    if not role:
        return ""
    if is_start:
        return t_(", the highest,") if role == "highest" else t_(", the lowest,")
    return t_(", the highest") if role == "highest" else t_(", the lowest")


def _quoted(series: Series) -> str:
    return t_("“%(text)s”", text=short(series.name))


def _tell_each(told: Telling, drawing: _Drawing) -> None:
    """Two or three: each from where to where, the one that ends highest first."""
    shown, places, measure = drawing.series, drawing.places, drawing.measure
    start = min(places.order(series.known[0][0]) for series in shown)
    end = max(places.order(series.known[-1][0]) for series in shown)
    leader = None
    if drawing.one_axis:
        reach = _reaching(shown, places)
        shown = [*reach, *(series for series in shown if series not in reach)]
        leader = reach[0] if len(reach) > 1 and reach[0].last > reach[1].last else None
    texts: list[str] = []
    goes = False  # whether it has been said that the one before goes
    said = [Statement("ends highest", leader.last, None, leader.name, measure)] if leader else []
    for series in shown:
        (first, value), (last, final), write = (
            series.known[0],
            series.known[-1],
            series.measure.write,
        )
        said += [
            Statement("first", value, series.name, first, measure),
            Statement("last", final, series.name, last, measure),
        ]
        since = f" {places.at(first)}" if places.order(first) != start else ""
        until = f" {places.at(last)}" if places.order(last) != end else ""
        who, is_course = _quoted(series), False
        if len(series.known) == 1:
            course = t_(
                "%(who)s has one value, %(value)s %(at)s",
                who=who,
                value=write(value),
                at=places.at(first),
            )
        elif len({each for _, each in series.known}) == 1:
            course = t_("%(who)s stays at %(value)s", who=who, value=write(value))
            said.append(Statement("all", value, series.name, None, measure))
        else:
            ends = {"who": who, "start": f"{write(value)}{since}", "end": f"{write(final)}{until}"}
            course = (
                t_("%(who)s from %(start)s to %(end)s", **ends)
                if goes
                else t_("%(who)s goes from %(start)s to %(end)s", **ends)
            )
            is_course = True
        goes = is_course
        texts.append(
            course + (t_(" and ends highest") if series is leader and len(series.known) > 1 else "")
        )
    told.say("; ".join(texts), *said)


def _reaching(shown: Sequence[Series], places: Places) -> list[Series]:
    """Those that reach the end of the chart, the highest there first."""
    end = max(places.order(series.known[-1][0]) for series in shown)
    return sorted(
        (series for series in shown if places.order(series.known[-1][0]) == end),
        key=lambda series: series.last,
        reverse=True,
    )


def _tell_end(told: Telling, drawing: _Drawing) -> None:
    """Which of many ends highest, which lowest."""
    reach = _reaching(drawing.series, drawing.places)
    if len(reach) < 2 or reach[0].last == reach[1].last or reach[-1].last == reach[-2].last:
        return
    when = drawing.places.at(reach[0].known[-1][0])
    at = [
        t_("%(name)s, at %(value)s", name=_quoted(series), value=series.measure.write(series.last))
        for series in reach
    ]
    said = [
        Statement("ends highest", reach[0].last, None, reach[0].name, drawing.measure),
        Statement("ends lowest", reach[-1].last, None, reach[-1].name, drawing.measure),
    ]
    if drawing.stacked:
        told.say(
            t_(
                "the largest part %(when)s is %(highest)s, the smallest %(lowest)s",
                when=when,
                highest=at[0],
                lowest=at[-1],
            ),
            *said,
        )
    elif len(reach) > 2:
        told.say(
            t_(
                "of %(series)s, the highest %(when)s is %(highest)s, then %(second)s; the lowest is %(lowest)s",
                series=_how_many(drawing),
                when=when,
                highest=at[0],
                second=at[1],
                lowest=at[-1],
            ),
            *said,
            Statement("series", len(drawing.series)),
            Statement("last", reach[1].last, reach[1].name, reach[1].known[-1][0], drawing.measure),
        )


def _how_many(drawing: _Drawing) -> str:
    number = len(drawing.series)
    if drawing.look == "line":
        return counted("one line", "%(count)s lines", number)
    if drawing.look == "area":
        return counted("one area", "%(count)s areas", number)
    if drawing.look == "bar":
        return counted("one set of bars", "%(count)s sets of bars", number)
    if drawing.look == "dot":
        return counted("one set of dots", "%(count)s sets of dots", number)
    return counted("one series", "%(count)s series", number)


def _tell_overall(told: Telling, drawing: _Drawing) -> None:
    """The highest and lowest value of all series."""
    points = [(value, series, place) for series in drawing.series for place, value in series.known]
    texts: list[str] = []
    said: list[Statement] = []
    for what, pick in (("highest", max), ("lowest", min)):
        value, series, place = pick(points, key=lambda point: point[0])
        name, alone = _quoted(series), sum(each == value for each, _, _ in points) == 1
        where = (
            t_("for %(series)s %(at)s", series=name, at=drawing.places.at(place))
            if drawing.places.ordered
            else (t_("%(series)s for %(name)s", series=name, name=drawing.places.write(place)))
        )
        texts.append(series.measure.write(value) + (f", {where}" if alone else ""))
        said += [
            Statement(what, value, None, None, drawing.measure),
            Statement("value", value, series.name, place, drawing.measure),
        ]
    told.say(
        t_(
            "the highest value is %(highest)s, and the lowest %(lowest)s",
            highest=texts[0],
            lowest=texts[1],
        ),
        *said,
    )


def _tell_ranking(told: Telling, drawing: _Drawing) -> None:
    """Over names: which is highest, which lowest."""
    if drawing.stacked:
        text, said = _ranked(_total(drawing), drawing.places, "total")
        told.say(t_("in total, %(said)s", said=text), *said)
    if len(drawing.series) <= NAMED and not drawing.stacked:
        ranked = [_ranked(series, drawing.places, drawing.measure) for series in drawing.series]
        texts = (
            [text for text, _ in ranked]
            if len(ranked) == 1
            else [
                t_("for %(series)s %(said)s", series=_quoted(series), said=text)
                for series, (text, _) in zip(drawing.series, ranked, strict=True)
            ]
        )
        told.say("; ".join(texts), *(statement for _, said in ranked for statement in said))
    elif drawing.one_axis:
        _tell_overall(told, drawing)


def _ranked(series: Series, places: Places, measure: str) -> tuple[str, list[Statement]]:
    """``the highest of 12 is Germany, at 45%, and the lowest Malta, at 3%``, and what that states."""
    write, known, name = series.measure.write, series.known, series.name or None
    found = [value for _, value in known]
    if len(known) == 1:
        one = {"value": write(found[0]), "name": places.write(known[0][0])}
        return t_("the one value is %(value)s, for %(name)s", **one), [
            Statement("only", found[0], name, known[0][0], measure)
        ]
    how_many = len({place for place, _ in known})
    said = [Statement("places", how_many, name, None, measure)]
    if min(found) == max(found) and how_many > 1:
        return counted(
            "the one value is %(value)s",
            "all %(count)s values are %(value)s",
            how_many,
            value=write(found[0]),
        ), [*said, Statement("all", found[0], name, None, measure)]
    texts = []
    for what, value in (("highest", max(found)), ("lowest", min(found))):
        tied = list(dict.fromkeys(place for place, each in known if each == value))
        said += [Statement(what, value, name, place, measure) for place in tied]
        if len(tied) > NAMED:
            texts.append(
                t_(
                    "is %(value)s, shared by %(count)s",
                    value=write(value),
                    count=spelled(len(tied)),
                )
            )
            continue
        texts.append(
            n_(
                "is %(names)s, at %(value)s",
                "are %(names)s, at %(value)s",
                len(tied),
                names=listed([places.write(place) for place in tied]),
                value=write(value),
            )
        )
    ends = {"highest": texts[0], "lowest": texts[1]}
    if how_many > 2:
        return t_(
            "the highest of %(count)s %(highest)s, and the lowest %(lowest)s",
            count=spelled(how_many),
            **ends,
        ), said
    return t_("the highest %(highest)s, and the lowest %(lowest)s", **ends), said


def _tell_gaps(told: Telling, series: Series, places: Places, *, is_named: bool) -> None:
    gaps = series.gaps
    if not gaps:
        return
    said = [Statement("gaps", len(gaps), series.name)]
    if len(gaps) <= NAMED:
        said += [Statement("missing", math.nan, series.name, gap) for gap in gaps]
        where = listed([places.write(gap) for gap in gaps])
        if is_named and places.kind in ("year", "date"):
            at = t_("in %(times)s", times=where)
        else:
            at = (
                t_("at %(value)s", value=where)
                if places.kind == "number"
                else t_("for %(name)s", name=where)
            )
    else:
        of = len({point.place for point in series.points})
        at = t_(
            "at %(number)s of %(all)s places",
            number=figures(f"{len(gaps):,}"),
            all=figures(f"{of:,}"),
        )
    if is_named:
        told.say(
            t_("there is no figure for %(series)s %(at)s", series=_quoted(series), at=at), *said
        )
    else:
        told.say(t_("there is no figure %(at)s", at=at), *said)


# ---- Other kinds
# -----------------------------------------------------------------------------------------------------


def _tell_points(
    figure: Figure, traces: Sequence[Trace], columns: Sequence[tuple[list[Any], list[float | None]]]
) -> Telling:
    """Points in a plane: how many, and the range of both axes."""
    horizontal = _columns(traces[0])[2]
    told = Telling(
        t_("Scatter plot")
        if all(_look(trace) == "dot" for trace in traces)
        else t_("Connected scatter plot")
    )
    pairs = [
        (place, value)
        for column, found in columns
        for place, value in zip(column, found, strict=True)
        if place is not None and value is not None
    ]
    if not pairs:
        told.say(t_("it has no points"))
        return told
    texts, said = [], [Statement("count", len(pairs))]
    for letter, at in (("x", horizontal), ("y", not horizontal)):
        axis, measure = axis_of(figure, traces[0], letter), measure_of(figure, traces, letter)
        column = [pair[int(at)] for pair in pairs]
        written = places_of(column, axis, measure) if not at else Places("number", measure=measure)
        ends = (min(column, key=written.order), max(column, key=written.order))
        title = re.sub(r"\s*\([^)]*\)$", "", text_of(axis.get("title")))
        name = (
            short(title)
            if title
            else t_("the horizontal axis")
            if letter == "x"
            else t_("the vertical axis")
        )
        texts.append(
            t_(
                "%(axis)s from %(start)s to %(end)s",
                axis=name,
                start=written.write(ends[0]),
                end=written.write(ends[1]),
            )
        )
        said += [Statement("lowest", ends[0]), Statement("highest", ends[1])] if at else []
        said += [] if at else [Statement("first", dict(pairs)[ends[0]], None, ends[0])]
    names = list(dict.fromkeys(filter(None, map(_label, traces))))
    points, ranges = counted("one point", "%(count)s points", len(pairs)), t_(", and ").join(texts)
    if len(names) > 1:
        points = t_(
            "%(points)s in %(groups)s",
            points=points,
            groups=counted("one group", "%(count)s groups", len(names)),
        )
    told.say(f"{points}: {ranges}", *said)
    return told


def _tell_pie(told: Telling, figure: Figure, traces: Sequence[Trace], subtitle: str) -> None:
    """The largest slices and the smallest, as shares of the whole."""
    if len(traces) > 1:
        return
    trace, hidden = (
        traces[0],
        {str(label) for label in figure.get("layout", {}).get("hiddenlabels") or ()},
    )
    labels, sizes = values(trace.get("labels")), values(trace.get("values"))
    sums: dict[str, float] = {}
    for label, size in zip(labels, sizes or [1] * len(labels), strict=False):
        value = number_of(size)
        if label is not None and str(label) not in hidden and value is not None and value >= 0:
            sums[plain_text(str(label))] = sums.get(plain_text(str(label)), 0) + value
    if number_of(trace.get("hole")):
        told.kind = t_("Donut chart")
    whole = sum(sums.values())
    if not whole:
        told.say(t_("it has no slices"))
        return
    shares = sorted(
        ((value / whole * 100, label) for label, value in sums.items()), key=lambda item: -item[0]
    )
    said = [
        Statement("value", share, None, label, "share") for share, label in shares[:2] + shares[-1:]
    ]
    said += [
        Statement("highest", shares[0][0], None, shares[0][1], "share"),
        Statement("lowest", shares[-1][0], None, shares[-1][1], "share"),
        Statement("count", len(shares), None, None, "share"),
    ]
    nameless = t_("a slice without a name")
    at = [f"{short(label) or nameless}, {as_percent(share)}" for share, label in shares]
    if len(shares) <= NAMED:
        slices = counted("one slice", "%(count)s slices", len(shares))
        told.say(
            f"{slices}: {'; '.join(at)}",
            *said,
            *(Statement("value", share, None, label, "share") for share, label in shares),
        )
    else:
        told.say(
            t_(
                "the largest of %(count)s slices is %(largest)s, then %(second)s; the smallest is %(smallest)s",
                count=spelled(len(shares)),
                largest=at[0],
                second=at[1],
                smallest=at[-1],
            ),
            *said,
        )


def _tell_grid(told: Telling, figure: Figure, traces: Sequence[Trace], subtitle: str) -> None:
    """A heat map: its size, its highest and lowest cell."""
    if len(traces) > 1:
        return
    trace = traces[0]
    grid = trace.get("z")
    cells = values(grid)
    if isinstance(grid, Mapping):
        width = int(str(grid.get("shape", len(cells))).split(",")[-1])
        cells = [cells[at : at + width] for at in range(0, len(cells), width or 1)]
    width = max((len(row) for row in cells if isinstance(row, list)), default=0)
    x, y = (
        values(trace.get("x")) or list(range(width)),
        values(trace.get("y")) or list(range(len(cells))),
    )
    if any(not isinstance(row, list) or len(row) != width for row in cells) or (len(x), len(y)) != (
        width,
        len(cells),
    ):
        return
    found = [
        (value, down, across)
        for down, row in zip(y, cells, strict=True)
        for across, cell in zip(x, row, strict=True)
        if (value := number_of(cell)) is not None
    ]
    if not found:
        told.say(t_("it has no figures"))
        return
    columns, rows = (
        places_of(places, axis_of(figure, trace, letter), Measure())
        for places, letter in ((x, "x"), (y, "y"))
    )
    measure = _of_colours(figure, trace, subtitle)
    texts, said = [], [Statement("count", len(found))]
    for what, pick in (("highest", max), ("lowest", min)):
        value, down, across = pick(found, key=lambda cell: cell[0])
        cell = {
            "value": measure.write(value),
            "row": rows.write(down),
            "column": columns.write(across),
        }
        texts.append(
            t_("the highest value is %(value)s, at %(row)s and %(column)s", **cell)
            if what == "highest"
            else t_("the lowest value is %(value)s, at %(row)s and %(column)s", **cell)
        )
        said += [
            Statement(what, value, None, across),
            Statement("value", value, plain_text(str(down)), across),
        ]
    size = t_(
        "%(columns)s by %(rows)s",
        columns=counted("one column", "%(count)s columns", width),
        rows=counted("one row", "%(count)s rows", len(cells)),
    )
    told.say(f"{size}: {'; '.join(texts)}", *said)
    if len(found) < width * len(cells):
        told.say(
            counted(
                "one cell has no figure",
                "%(count)s cells have no figure",
                width * len(cells) - len(found),
            )
        )


def _of_colours(figure: Figure, trace: Trace, subtitle: str) -> Measure:
    """How values that are shown as colours are written."""
    shared = figure.get("layout", {}).get(str(trace.get("coloraxis"))) or {}
    bar = trace.get("colorbar") or shared.get("colorbar") or {}
    return (
        ticks
        if (ticks := ticks_of(bar)) != Measure()
        else in_unit(text_of(bar.get("title")), subtitle)
    )


def _tell_histogram(told: Telling, figure: Figure, traces: Sequence[Trace], subtitle: str) -> None:
    """How many values, from where to where, and their median."""
    letter = "x" if values(traces[0].get("x")) else "y"
    raw = [value for trace in traces for value in values(trace.get(letter)) if value is not None]
    found = [value for value in map(number_of, raw) if value is not None]
    if any(values(trace.get("x")) and values(trace.get("y")) for trace in traces) or (
        raw and not found
    ):
        return
    if not found:
        told.say(t_("it has no values"))
        return
    write = measure_of(figure, traces[:1], letter, subtitle).write
    low, high, middle = min(found), max(found), median(found)
    how_many = counted("one value", "%(count)s values", len(found))
    text = t_(
        "%(values)s from %(start)s to %(end)s; the median is %(median)s",
        values=how_many,
        start=write(low),
        end=write(high),
        median=write(middle),
    )
    told.say(
        text if low != high else f"{how_many}, {write(low)}",
        Statement("count", len(found)),
        Statement("lowest", low),
        Statement("highest", high),
        Statement("middle", middle),
    )


def _tell_boxes(told: Telling, figure: Figure, traces: Sequence[Trace], subtitle: str) -> None:
    """The highest and lowest median, and the range of all values."""
    samples: dict[str, list[float]] = {}
    letter = "x" if traces[0].get("orientation") == "h" or not values(traces[0].get("y")) else "y"
    for number, trace in enumerate(traces, start=1):
        along, groups = values(trace.get(letter)), values(trace.get("y" if letter == "x" else "x"))
        if trace.get("median") is not None or (groups and len(traces) > 1):
            return
        groups = groups or [_label(trace) or t_("Series %(number)s", number=number)] * len(along)
        for group, value in zip(map(_place, groups), map(number_of, along), strict=False):
            if value is not None and group is not None:
                samples.setdefault(group, []).append(value)
    if not samples:
        told.say(t_("it has no values"))
        return
    write = measure_of(figure, traces, letter, subtitle).write
    low, high = (
        pick(value for column in samples.values() for value in column) for pick in (min, max)
    )
    ends = (Statement("lowest", low), Statement("highest", high))
    middles = sorted(
        ((median(sample), group) for group, sample in samples.items()), key=lambda item: -item[0]
    )
    said = [
        Statement("value", middle, None, group, "median")
        for middle, group in (middles[0], middles[-1])
    ]
    if len(middles) == 1:
        middle = write(middles[0][0])
        told.say(
            t_(
                "the values go from %(start)s to %(end)s; the median is %(median)s",
                start=write(low),
                end=write(high),
                median=middle,
            ),
            *ends,
            *said,
        )
        return
    of = [
        f"{short(plain_text(str(group)))}, {write(middle)}"
        for middle, group in (middles[0], middles[-1])
    ]
    told.say(
        t_(
            "the highest of %(count)s medians is that of %(highest)s, and the lowest that of %(lowest)s; all "
            "values go from %(start)s to %(end)s",
            count=spelled(len(middles)),
            highest=of[0],
            lowest=of[1],
            start=write(low),
            end=write(high),
        ),
        *ends,
        *said,
        Statement("highest", middles[0][0], None, middles[0][1], "median"),
        Statement("lowest", middles[-1][0], None, middles[-1][1], "median"),
        Statement("count", len(middles), None, None, "median"),
    )


def _tell_map(told: Telling, figure: Figure, traces: Sequence[Trace], subtitle: str) -> None:
    """How many places, the highest, the lowest; of several kinds of places, how many of each."""
    if len(traces) > 1:
        counts = {
            _label(trace): sum(number_of(value) is not None for value in values(trace.get("z")))
            for trace in traces
        }
        if len(counts) == len(traces) and all(counts):
            told.say(
                t_(
                    "places: %(names)s",
                    names=listed(
                        [
                            name if name.endswith(f" {number}") else f"{name} {number}"
                            for name, number in counts.items()
                        ]
                    ),
                ),
                *(Statement("count", number, name) for name, number in counts.items()),
            )
        return
    trace = traces[0]
    names = {
        place: text
        for key in ("text", "hovertext")
        for place, text in zip(values(trace.get("locations")), values(trace.get(key)), strict=False)
        if text
    }
    points = tuple(
        Point(_place(place), number_of(value))
        for place, value in zip(
            values(trace.get("locations")), values(trace.get("z")), strict=False
        )
        if place is not None
    )
    measure = _of_colours(figure, trace, subtitle)
    series = Series("", points, measure)
    if not series.known:
        told.say(t_("it has no figures"))
        return
    text, said = _ranked(series, _Named("name", names=names), "value")
    told.say(text, *said)


@dataclass(frozen=True)
class _Named(Places):
    """Places of a map: codes, and the names that the trace gives them."""

    names: Mapping[Any, Any] = field(default_factory=dict)

    def write(self, place: object) -> str:
        return super().write(self.names.get(place, place))


def _tell_marks(told: Telling, figure: Figure, traces: Sequence[Trace], subtitle: str) -> None:
    marks = sum(
        max(len(values(trace.get("lat"))), len(values(trace.get("locations")))) for trace in traces
    )
    told.say(counted("one place is marked", "%(count)s places are marked", marks))


def _tell_candles(told: Telling, figure: Figure, traces: Sequence[Trace], subtitle: str) -> None:
    """The first opening, the last close, the highest high, the lowest low."""
    trace = traces[0]
    days = values(trace.get("x"))
    places = places_of(
        (day for day in days if day is not None), axis_of(figure, trace, "x"), Measure()
    )
    side = {
        name: [
            (day, value)
            for day, cell in zip(days, values(trace.get(name)), strict=False)
            if day is not None and (value := number_of(cell)) is not None
        ]
        for name in ("open", "close", "high", "low")
    }
    if len(traces) > 1 or not places.ordered or not all(side.values()):
        return
    write = measure_of(figure, traces, "y", subtitle).write
    key: Callable[[tuple[Any, float]], float] = lambda item: item[1]  # noqa: E731
    first = min(side["open"], key=lambda item: places.order(item[0]))
    last = max(side["close"], key=lambda item: places.order(item[0]))
    high, low = max(side["high"], key=key), min(side["low"], key=key)
    told.span = list(dict.fromkeys(places.write(day) for day, _ in (first, last)))
    told.say(
        t_(
            "it opens at %(open)s and closes at %(close)s; the highest is %(high)s and the lowest %(low)s",
            open=write(first[1]),
            close=write(last[1]),
            high=f"{write(high[1])} {places.at(high[0])}",
            low=f"{write(low[1])} {places.at(low[0])}",
        ),
        Statement("first", first[1], "open", first[0]),
        Statement("last", last[1], "close", last[0]),
        Statement("highest", high[1], "high", high[0]),
        Statement("lowest", low[1], "low", low[0]),
    )


def _tell_indicator(told: Telling, figure: Figure, traces: Sequence[Trace], subtitle: str) -> None:
    trace = traces[0]
    value, number = number_of(trace.get("value")), trace.get("number") or {}
    if len(traces) > 1 or value is None:
        return
    measure = Measure(*(str(number.get(key) or "") for key in ("prefix", "suffix", "valueformat")))
    told.say(t_("it reads %(value)s", value=measure.write(value)), Statement("only", value))


_TELLERS: dict[str, Callable[[Telling, Figure, Sequence[Trace], str], None]] = {
    "pie": _tell_pie,
    "funnelarea": _tell_pie,
    "heatmap": _tell_grid,
    "contour": _tell_grid,
    "histogram": _tell_histogram,
    "box": _tell_boxes,
    "violin": _tell_boxes,
    "choropleth": _tell_map,
    "scattergeo": _tell_marks,
    "scattermap": _tell_marks,
    "candlestick": _tell_candles,
    "ohlc": _tell_candles,
    "indicator": _tell_indicator,
}
