"""A value, with what is known of it: :class:`Traced`, and what becomes of that when a column is
taken, a place looked up, an aggregate made, or two values are put together.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from broadsheet.language import figures, t_
from broadsheet.notebook.fact import Fact
from broadsheet.notebook.gaps import SKIPPING, missing_places
from broadsheet.notebook.leaf import Leaf
from broadsheet.notebook.method_words import AGGREGATES, RESULTS
from broadsheet.notebook.places import YEARS, at_place, end_of, key_of, place_in_words
from broadsheet.notebook.sources import NONE, Sources, carried_by, origin_of
from broadsheet.notebook.unit_arithmetic import PLAIN, Measure, of_result

if TYPE_CHECKING:
    from broadsheet.data.descriptor import Field
    from broadsheet.data.origin import Origin

PLAIN_RESULTS = frozenset(
    {"count", "nunique", "size", "value_counts", "rank", "idxmax", "idxmin", "argmax", "argmin"}
    | {"index", "columns", "shape", "isin", "notna", "isna", "duplicated", "any", "all", "year"}
)
OPERATORS: Mapping[type[ast.operator], tuple[str, Callable[[Any, Any], Any], int]] = {
    ast.Add: ("+", operator.add, 1),
    ast.Sub: ("−", operator.sub, 1),
    ast.Mult: ("×", operator.mul, 2),
    ast.Div: ("/", operator.truediv, 2),
    ast.FloorDiv: ("//", operator.floordiv, 2),
    ast.Mod: ("mod", operator.mod, 2),
    ast.Pow: ("^", operator.pow, 3),
}
COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Gt: operator.gt,
    ast.Lt: operator.lt,
    ast.GtE: operator.ge,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


@dataclass(frozen=True)
class Traced:
    """A value, and what is known of it.

    ``unit`` is written as tables write it, :data:`PLAIN` for a plain number, None if it is not
    known; the value times ``factor`` is in that unit. ``place`` is the place of its row in words, and
    ``key`` as the table has it. ``units`` and ``labels`` are those of a frame's columns. ``working``
    is a number's computation with its numbers filled in, of the ``rank`` that its last operator has.
    ``whole`` is what a slice was taken of, ``sides`` are those of a comparison, with its sign.
    """

    value: Any
    sources: Sources = NONE
    unit: str | None = None
    factor: Decimal = Decimal(1)
    label: str = ""
    place: str = ""
    as_of: date | None = None
    units: Mapping[Any, str] = field(default_factory=dict)
    labels: Mapping[Any, str] = field(default_factory=dict)
    working: str = ""
    rank: int = 9
    leaves: tuple[Leaf, ...] = ()
    key: tuple[str, ...] = ()
    whole: Any = field(default=None, compare=False, repr=False)
    sides: tuple[Traced, str, Traced] | None = field(default=None, compare=False, repr=False)
    is_dropped: bool = False
    """Whether the author left out what is missing, by `dropna()`."""

    @property
    def amount(self) -> Any:
        """The value in its unit."""
        if self.factor == 1:
            return self.value
        return float(Decimal(repr(float(self.value))) * self.factor)

    @property
    def measure(self) -> Measure:
        """The unit of the value, for arithmetic."""
        is_constant = self.unit == PLAIN and not self.sources and is_number(self.value)
        return Measure(self.unit, self.factor, float(self.value) if is_constant else None)

    @property
    def what(self) -> str:
        """What it is a value of: its column and its place."""
        return " ".join(filter(None, [self.label, self.place]))

    @property
    def is_computed(self) -> bool:
        """Whether it is the result of arithmetic, and not looked up."""
        return self.rank < 9


def constant(value: Any) -> Traced:
    """A constant of the code."""
    return Traced(value, unit=PLAIN if is_number(value) else None, working=written_number(value))


def carried(one: Traced) -> Traced:
    """A value with what it carries itself: the origin of a frame, the parts of a fact."""
    value = one.value
    if isinstance(value, Fact):
        text = value.place or value.text
        leaf = Leaf(text, value.value, value.unit, value.key, what=text)
        return Traced(
            value, value.sources, value.unit, Decimal(1), value.place, "", value.as_of,
            working=written_number(value.value), leaves=(leaf,), key=value.key,
        )  # fmt: skip
    origin = origin_of(value)
    if origin is None:
        return one
    is_frame = hasattr(value, "columns")
    if is_frame and not one.place:
        shared = _shared_key(value, origin)
        one = replace(one, place=carried_by(value).place_in_words(shared), key=key_of(shared))
    name = None if is_frame else getattr(value, "name", None)
    names = set(value.columns) if is_frame else {name}
    columns: dict[Any, Field] = {
        column.name: column for column in origin.columns if column.name in names
    }
    sources = one.sources + carried_by(value)
    if not is_frame and one.unit is None and not one.units:
        own = columns.get(name)
        label = one.label or (own.title if own else str(name or ""))
        return replace(one, sources=sources, unit=own.unit if own else None, label=label)
    units = one.units or {name: column.unit or PLAIN for name, column in columns.items()}
    labels = one.labels or {name: column.title for name, column in columns.items()}
    return replace(one, sources=sources, units=units, labels=labels)


def sources_of_value(value: Any) -> Sources:
    """The sources that a value carries itself."""
    return value.sources if isinstance(value, Fact) else carried_by(value)


def _shared_key(frame: Any, origin: Origin) -> tuple[str, ...]:
    """What all rows have in the key of their table: "Louvre", if only its rows were kept."""
    if len(origin.key) < 2 or not len(frame):
        return ()
    texts = (frame[name] for name in origin.key if name in frame.columns)
    return tuple(
        one.iloc[0] for one in texts if isinstance(one.iloc[0], str) and (one == one.iloc[0]).all()
    )


def picked(base: Traced, value: Any, name: str) -> Traced:
    """An attribute of a value, or the result of its method: a column, a selection, an aggregate."""
    if hasattr(base.value, "columns") and type(value).__name__ == "Series" and name in base.value:
        whole = base.whole[name] if name in getattr(base.whole, "columns", ()) else None
        return _column(replace(base, value=value, whole=whole), base)  # also one called `year`
    base = replace(base, whole=base.whole if name in ("loc", "iloc", "at") else None)
    is_result = not callable(value)  # and not the method itself
    if not base.label and base.labels:
        named = base.labels.get(getattr(value, "name", None), "")
        base = replace(base, label=named) if name in PLAIN_RESULTS else base
    label = _called(base, name) if is_result and name in RESULTS else base.label
    if name == "shape":
        sides = {0: t_("number of rows"), 1: t_("number of columns")}
        return Traced(value, base.sources, PLAIN, labels=sides)
    if name in ("index", "columns"):
        label = _title_of_index(base)
        return Traced(value, base.sources, PLAIN, label=label if name == "index" else "")
    if name in PLAIN_RESULTS:
        return Traced(
            value, base.sources, PLAIN, label=label, place=base.place, as_of=base.as_of,
            labels={} if is_result else base.labels, working=written_number(value),
        )  # fmt: skip
    if name == "pct_change":
        return Traced(value, base.sources, PLAIN, label=own_name(value) or label, rank=1)
    if is_number(value) and name in base.units:
        return looked_up(base, value, name)
    if not base.sources:
        return carried(Traced(value, working=written_number(value)))
    made = replace(base, value=value, label=label, working=written_number(value))
    return _column(made, base)


def counted(base: Traced) -> Traced:
    """The number of rows or values that there are, `len(…)`; of counts and of answers, that of their
    places.
    """
    number = len(base.value)
    counts = (t_("number of rows"), RESULTS["count"]() % {"what": ""})
    of_places = _are_answers(base.value) or base.label.startswith(counts)
    label = _title_of_index(base) if of_places else base.label
    return Traced(
        number, base.sources, PLAIN, label=_called(replace(base, label=label), "size"),
        place=base.place, as_of=base.as_of, working=written_number(number),
    )  # fmt: skip


def _are_answers(values: Any) -> bool:
    return getattr(getattr(values, "dtype", None), "kind", "") == "b"


def _called(base: Traced, name: str) -> str:
    """What the result of a method is called."""
    if not base.label and name in ("count", "size"):
        return t_("number of rows") if name == "size" else t_("number of values")
    words = {"what": base.label or t_("the value"), "place": _title_of_index(base) or t_("place")}
    return RESULTS[name]() % words


def _title_of_index(base: Traced) -> str:
    """What the places of a series are, as their table has it: "Year"."""
    values = getattr(base.value, "__self__", base.value)
    name = getattr(getattr(values, "index", None), "name", None)
    titles = {c.name: c.title for origin in base.sources.origins for c in origin.columns}
    return titles.get(str(name)) or str(name or "")


def item(base: Traced, at: Any) -> Any:
    """An item of a value. Raises LookupError with the label of what has no such place."""
    try:
        return base.value[at]
    except KeyError:
        if not base.sources:
            raise
        columns = getattr(base.value, "columns", ())
        known = f"; its columns are {', '.join(map(str, columns))}" if len(columns) else ""
        what = base.label or base.sources.tables[0]
        raise LookupError(f"there is no {what} of {place_in_words(at)}{known}") from None


def looked_up(base: Traced, value: Any, at: Any) -> Traced:
    """An item of a value: a column of a frame, or the value at a place."""
    made = replace(base, value=value, working=written_number(value))
    if isinstance(base.value, (tuple, list)) and is_number(value):
        label = base.labels.get(at, "")  # `table.shape[1]`
        return replace(made, unit=PLAIN, label=label, labels={}, place="")
    if type(base.value).__name__.endswith("Index"):
        return made
    values = getattr(base.value, "obj", base.value)
    if type(base.value).__name__ == "_iLocIndexer" and isinstance(at, int):
        at = values.index[at]
    is_series = type(values).__name__ == "Series"
    if is_series and isinstance(at, str) and hasattr(values.index, "freqstr"):
        row = values.index.get_loc(at)  # of a day or a month that is written as text
        at = values.index[row] if isinstance(row, int) else at
    if hasattr(value, "__len__") and not isinstance(value, str):
        made = replace(made, whole=_whole(base, values, at))
        if hasattr(value, "columns"):
            return carried(made)
        return _column(made, base)
    parts = at if isinstance(at, tuple) else (at,)
    column = next((part for part in parts if _hashable(part) and part in base.units), None)
    if column is not None:
        label = base.labels.get(column, str(column))
        made = replace(made, unit=base.units[column], label=label)
        parts = tuple(part for part in parts if part is not column)
    if not is_number(value) and not isinstance(value, str):
        return replace(made, unit=None, as_of=end_of(parts) or made.as_of)
    made = replace(made, as_of=end_of(parts) or made.as_of, whole=None)
    series = base.whole if is_series and base.whole is not None else values
    if column is not None and not is_series:
        series = series[column] if _hashable(column) and column in series else None
    at = parts[0] if len(parts) == 1 else parts
    return leaf(made, *_within_place(base, *parts), at=at, series=series)


def _whole(base: Traced, values: Any, at: Any) -> Any:
    """What a slice was taken of, and the column of that; None for any other selection."""
    if isinstance(at, slice):
        return values if base.whole is None else base.whole
    is_of_frame = _hashable(at) and at in getattr(base.whole, "columns", ())
    return base.whole[at] if is_of_frame else None


def _column(made: Traced, base: Traced) -> Traced:
    """A series, with what is known of its column; or a row, whose place is its name."""
    if type(made.value).__name__ != "Series":
        return made
    name = made.value.name
    if _hashable(name) and name in made.units:
        label = made.labels.get(name, str(name))
        return replace(made, unit=made.units[name], label=label, units={})
    frame = getattr(base.value, "obj", base.value)
    if isinstance(name, str) and not base.label and name in getattr(frame, "columns", ()):
        return replace(made, label=name.replace("_", " "))
    is_pivoted = bool(base.label) and name in list(getattr(frame, "columns", ()))
    if hasattr(frame, "columns") and name is not None and (is_pivoted or not own_name(made.value)):
        place, key = _within_place(base, name)
        return replace(made, place=place, key=key, as_of=end_of((name,)) or made.as_of)
    return replace(made, label=own_name(made.value) or made.label)


def _within_place(base: Traced, *parts: Any) -> tuple[str, tuple[str, ...]]:
    """A place among the values of ``base``, in words and as a key."""
    words = map(base.sources.place_in_words, parts)
    return ", ".join(filter(None, [base.place, *words])), (*base.key, *key_of(parts))


def leaf(made: Traced, place: str, key: tuple[str, ...] = (), **source: Any) -> Traced:
    """A value that was looked up at a place, or that a method makes of a series. Without a ``key`` it
    is that of no row alone, as is one that is not in a column of the table. ``source`` are the other
    fields of a :class:`Leaf`.
    """
    amount = made.amount if is_number(made.value) else made.value
    key = key if made.sources.has_column(made.label) and not made.is_computed else ()
    sides = (made.sides[0].value, made.sides[2].value) if made.sides else ()
    may_miss = source.get("method") in SKIPPING and not made.is_dropped
    unknown = missing_places(source["series"], *sides) if may_miss else []
    missing = tuple(at_place(made.label, made.sources.place_in_words(one)) for one in unknown)
    text = at_place(made.label, place)
    one = Leaf(
        text, amount, made.unit, key, what=made.label, where=place, missing=missing, **source
    )
    return replace(made, place=place, key=key, rank=9, leaves=(one,))


def reduced(base: Traced, made: Traced, method: str) -> Traced:
    """An aggregate, with its place and its day: where the highest is, or the first and the last."""
    values = getattr(base.value, "__self__", base.value)
    index = list(getattr(values, "index", ()))
    are_rows = (
        getattr(getattr(values, "index", None), "start", None) == 0
    )  # numbered, and no places
    if method in ("max", "min") and index and not are_rows and not hasattr(values, "columns"):
        at = getattr(values, f"idx{method}")()
        made = replace(made, as_of=end_of((at,)) or made.as_of)
        return leaf(made, *_within_place(base, at), at=at, series=values, method=method)
    are_answers = _are_answers(values)
    if are_answers and method in ("sum", "mean"):
        what = made.label or t_("the value")
        label = (
            t_("number of cases of %(what)s", what=what)
            if method == "sum"
            else t_("share of cases of %(what)s", what=what)
        )
        made = replace(made, label=label)
    if len(index) < 2:
        made = replace(made, as_of=base.as_of or made.as_of)
        return leaf(made, base.place, base.key, series=values, method=method)
    is_time = end_of((index[0],)) is not None
    ends = [base.sources.place_in_words(one) for one in (index[0], index[-1])]
    number = t_("%(number)s values", number=figures(f"{len(index):,}"))
    of = "–".join(ends) if is_time else number
    span = of
    if are_answers and method in ("sum", "mean"):
        span = of if is_time else t_("of %(places)s", places=of)
    elif method in AGGREGATES:
        span = of if is_time and method == "sum" else AGGREGATES[method]() % {"places": of}
    else:
        span = t_("calculated from %(places)s", places=of)
    where = ", ".join(filter(None, [base.place, span]))
    made = replace(made, as_of=base.as_of or end_of((index[-1],)) or made.as_of)
    return leaf(made, where, series=values, method=method)


def computed(left: Traced, right: Traced, op: type[ast.operator]) -> Traced:
    """The result of arithmetic on two values. Raises ValueError for units that cannot be added."""
    sign, apply, rank = OPERATORS[op]
    value = apply(bare(left.value), bare(right.value))
    made = of_result(left.measure, right.measure, op)
    unit, factor = made.unit, made.factor
    named = _names(left, right, rank)
    label = own_name(value) or (f" {sign} ".join(named) if len("".join(named)) <= 80 else named[0])
    sides = [_within(left, rank, left.working), _within(right, rank + 1, right.working)]
    if unit == PLAIN and factor != 1:  # one is in millions, the other in billions
        at, times = (0, factor) if factor > 1 else (1, 1 / factor)
        converted = f"{sides[at]} × {written_number(times)}"
        sides[at] = converted if at == 0 else f"({converted})"
    working = f" {sign} ".join(sides) if is_number(value) else ""
    measured = right if left.measure.constant is not None else left
    if unit and factor != measured.factor and not measured.is_computed:  # in another unit: the same
        return replace(measured, value=value, factor=factor, working=f"({working})")
    if unit == PLAIN and factor != 1:
        value, factor = value * float(factor), Decimal(1)
    days = [one.as_of for one in (left, right) if one.as_of]
    return Traced(
        value, left.sources + right.sources, unit, factor, label,
        as_of=max(days, default=None), working=working, rank=rank,
        leaves=tuple(dict.fromkeys((*left.leaves, *right.leaves))),
    )  # fmt: skip


def _names(left: Traced, right: Traced, rank: int) -> list[str]:
    """What the parts of a computation are called, a constant by its number: `imports × 0.5` is not
    `imports`. One empty name if neither is called anything.
    """
    if not (left.what or right.what):
        return [""]
    parts = ((left, rank), (right, rank + 1))
    return [
        _within(one, at, one.what or one.working) for one, at in parts if one.what or one.working
    ]


def _within(one: Traced, rank: int, text: str) -> str:
    """The text of a part of a computation, in brackets if they are needed."""
    return f"({text})" if one.rank < rank else bracketed(text) if rank > 1 else text


def bracketed(text: str) -> str:
    """A number of a computation after a sign, a negative one in brackets."""
    return f"({text})" if text.startswith("−") else text


def negated(one: Traced) -> Traced:
    """A value with the opposite sign."""
    working = f"−{_within(one, 2, one.working)}" if one.working else ""
    made = replace(one, value=-one.value, working=working)
    if one.is_computed:
        return replace(made, rank=1)
    return _changed(made, one, t_("%(what)s, with the opposite sign"))


def adjusted(one: Traced, value: Any, function: str) -> Traced:
    """A value without its sign, `abs(…)`, or rounded."""
    made = replace(one, value=value)
    if not is_number(value):
        return made
    if one.is_computed:
        is_abs = function == "abs"
        return replace(made, working=f"|{one.working}|", rank=8) if is_abs else made
    made = replace(made, working=written_number(value))
    without = t_("%(what)s, without its sign")
    words = without if function == "abs" else t_("%(what)s, rounded")
    return made if value == bare(one.value) else _changed(made, one, words)


def _changed(made: Traced, one: Traced, words: str) -> Traced:
    what = at_place(one.label, one.place)
    return replace(made, label=words % {"what": what}, place="", key=()) if what else made


def own_name(value: Any) -> str:
    """The name of a series that is written for people; a column's is not."""
    name = getattr(value, "name", None)
    return name if isinstance(name, str) and not name.isidentifier() else ""


def written_number(value: Any) -> str:
    """A number as it is written in a computation."""
    if not is_number(value):
        return ""
    number = float(value)
    if type(value) is int and value in YEARS:
        return str(value)
    if number.is_integer() and abs(number) < 10**15:
        text = f"{int(number):,}"
    else:
        text = f"{number:,.6g}" if abs(number) < 10**6 else f"{number:,.1f}"
    return figures(text).replace("-", "−", 1) if number < 0 else figures(text)


def bare(value: Any) -> Any:
    """The number of a fact; any other value unchanged."""
    return value.value if isinstance(value, Fact) else value


def is_number(value: Any) -> bool:
    """Whether a value is a number, of Python or NumPy."""
    if isinstance(value, (int, float, Decimal)):
        return not isinstance(value, bool)
    return (
        type(value).__module__ == "numpy"
        and getattr(value, "ndim", 1) == 0
        and value.dtype.kind in "iuf"
    )


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are one, or equal."""
    if one is other:
        return True
    if hasattr(other, "equals"):
        return type(one) is type(other) and bool(other.equals(one))
    try:
        return bool(one == other)
    except (TypeError, ValueError):
        return False
