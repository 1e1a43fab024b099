"""A value, with what is known of it: :class:`Traced`, and what becomes of that when a column is
taken, a place looked up, an aggregate made, or two values are put together.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from broadsheet.notebook.values.fact import Fact
from broadsheet.notebook.values.gaps import SKIPPING, missing_places
from broadsheet.notebook.values.leaf import Leaf
from broadsheet.notebook.values.method_words import RESULTS
from broadsheet.notebook.values.places import at_place, end_of, key_of, place_in_words
from broadsheet.notebook.values.remarks import EXTREMES, remark_on, remark_on_end
from broadsheet.notebook.values.sources import NONE, Sources, carried_by, origin_of
from broadsheet.notebook.values.unit_arithmetic import PLAIN, Measure
from broadsheet.notebook.values.written_numbers import (
    bare,
    in_computation,
    is_number,
    with_unit,
)
from broadsheet.text.language import listed, t_

if TYPE_CHECKING:
    from broadsheet.data.descriptor import Field
    from broadsheet.data.origin import Origin

PLAIN_RESULTS = frozenset(
    {"count", "nunique", "size", "value_counts", "rank", "idxmax", "idxmin", "argmax", "argmin"}
    | {"index", "columns", "shape", "isin", "notna", "isna", "duplicated", "any", "all", "year"}
)
_SAME_STEPS = frozenset({"dropna", "drop", "head", "tail", "iloc", "truncate"})
"""The methods that leave out values, and change none."""
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
Derivation = Callable[[Any], "Traced"]


@dataclass(frozen=True)
class Traced:
    """A value, and what is known of it.

    ``unit`` is written as tables write it, :data:`PLAIN` for a plain number, None if it is not
    known; the value times ``factor`` is in that unit. ``place`` is the place of its row in words, and
    ``key`` as the table has it. ``units`` and ``labels`` are those of a frame's columns. ``working``
    is a number's computation with its numbers filled in, of the ``rank`` that its last operator has.
    ``whole`` is what a slice was taken of, ``sides`` are those of a comparison, with its sign. ``derive``
    gives the value at a place of a computed series or frame, of a frame at a row and a column, as
    it comes of the data; ``formula`` are the columns that it was computed of, ``remark`` is what else
    a reader needs to check the value. ``steps_of`` is the column whose changes from each place to the
    next the values are.
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
    derive: Derivation | None = field(default=None, compare=False, repr=False)
    formula: str = field(default="", compare=False)
    remark: str = field(default="", compare=False)
    only: tuple[str, ...] = ()
    """The conditions by which rows were chosen."""
    steps_of: Any = field(default=None, compare=False, repr=False)
    is_dropped: bool = False
    """Whether the author left out what is missing, by `dropna()`."""
    is_without: bool = False
    """Whether the author left out places, by `drop(…)`."""

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
    return Traced(value, unit=PLAIN if is_number(value) else None, working=in_computation(value))


def carried(one: Traced) -> Traced:
    """A value with what it carries itself: the origin of a frame, the parts of a fact."""
    value = one.value
    if isinstance(value, Fact):
        text = value.place or value.text
        said = value.remark or ("" if value.place or value.working else t_("as this page says"))
        leaf = Leaf(
            text, value.value, value.unit, value.key, what=text,
            number=with_unit(in_computation(value.value), value.unit),
            working=value.working, parts=value.leaves, remark=said, tables=value.sources.tables,
        )  # fmt: skip
        return Traced(
            value, value.sources, value.unit, Decimal(1), value.place, "", value.as_of,
            working=in_computation(value.value), leaves=(leaf,), key=value.key,
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
        derive = narrowed(base, base.value, name)
        return _column(replace(base, value=value, whole=whole, derive=derive), base)  # also `year`
    is_slicer = name in ("loc", "iloc", "at")
    base = replace(base, whole=base.whole if is_slicer else None)
    if not (is_slicer or name in _SAME_STEPS):
        base = replace(base, steps_of=None)
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
        made = Traced(
            value, base.sources, PLAIN, label=label, place=base.place, as_of=base.as_of,
            labels={} if is_result else base.labels, working=in_computation(value),
        )  # fmt: skip
        return counted_leaf(made, base, name) if is_result else made
    if name == "pct_change":
        return Traced(value, base.sources, PLAIN, label=own_name(value) or label, rank=1)
    if is_number(value) and name in base.units:
        return looked_up(base, value, name)
    if not base.sources:
        return carried(Traced(value, working=in_computation(value)))
    made = replace(base, value=value, label=label, working=in_computation(value))
    return _column(made, base)


def counted(base: Traced) -> Traced:
    """The number of rows or values that there are, `len(…)`; of counts and of answers, that of their
    places.
    """
    number = len(base.value)
    counts = (t_("number of rows"), RESULTS["count"]() % {"what": ""})
    of_places = are_answers(base.value) or base.label.startswith(counts)
    label = _title_of_index(base) if of_places else base.label
    made = Traced(
        number, base.sources, PLAIN, label=_called(replace(base, label=label), "size"),
        place=base.place, as_of=base.as_of, working=in_computation(number),
    )  # fmt: skip
    return counted_leaf(made, base, "size")


def counted_leaf(made: Traced, base: Traced, method: str) -> Traced:
    """The number or the place that a method makes of values, as one that a computation can be made of."""
    if not is_number(made.value) and method not in EXTREMES:
        return made
    values = getattr(base.value, "__self__", base.value)
    text = at_place(made.label, made.place)
    counted = remark_on(values, method, base.sources.place_in_words)
    remark = "; ".join(filter(None, [*chosen_rows(base), counted]))
    number = in_computation(made.value)
    one = Leaf(
        text, bare(made.value), PLAIN, what=made.label, where=made.place, method=method,
        number=number, remark=remark, tables=made.sources.tables,
    )  # fmt: skip
    return replace(made, leaves=(one,) if number else (), remark=remark)


def are_answers(values: Any) -> bool:
    """Whether these are truths: of each row, whether a condition holds."""
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


def looked_up(base: Traced, value: Any, at: Any, condition: str = "") -> Traced:
    """An item of a value: a column of a frame, or the value at a place; or the rows of which a
    ``condition`` is true.
    """
    made = replace(base, value=value, working=in_computation(value))
    if isinstance(base.value, (tuple, list)) and is_number(value):
        label = base.labels.get(at, "")  # `table.shape[1]`
        return replace(made, unit=PLAIN, label=label, labels={}, place="")
    if type(base.value).__name__.endswith("Index"):
        return replace(made, remark=remark_on_end(base.value, at))
    values = getattr(base.value, "obj", base.value)
    if type(base.value).__name__ == "_iLocIndexer" and isinstance(at, int):
        at = values.index[at]
    is_series = type(values).__name__ == "Series"
    if is_series and isinstance(at, str) and hasattr(values.index, "freqstr"):
        row = values.index.get_loc(at)  # of a day or a month that is written as text
        at = values.index[row] if isinstance(row, int) else at
    if hasattr(value, "__len__") and not isinstance(value, str):
        made = replace(made, whole=_whole(base, values, at), derive=narrowed(base, values, at))
        if condition:
            made = replace(made, only=tuple(dict.fromkeys((*base.only, condition))))
        if is_series and getattr(values.index, "nlevels", 1) > 1 and _is_place(at):
            place, key = within_place(base, *_parts(at))
            return replace(made, place=place, key=key)
        if hasattr(value, "columns"):
            is_part = getattr(getattr(values, "index", None), "nlevels", 1) > 1 and _is_place(at)
            if is_part and type(base.value).__name__ == "_LocIndexer":
                place, key = within_place(base, *_parts(at))
                made = replace(made, place=place, key=key)
            return carried(made)
        return _column(made, base)
    exact, parts = at, at if isinstance(at, tuple) else (at,)
    column = next((part for part in parts if _hashable(part) and part in base.units), None)
    if column is not None:
        label = base.labels.get(column, str(column))
        made = replace(made, unit=base.units[column], label=label)
        parts = tuple(part for part in parts if part is not column)
    if not is_number(value) and not isinstance(value, str):
        return replace(made, unit=None, as_of=end_of(parts) or made.as_of)
    working = in_computation(value, is_plain=made.unit == PLAIN)
    made = replace(made, as_of=end_of(parts) or made.as_of, whole=None, working=working)
    series = base.whole if is_series and base.whole is not None else values
    if column is not None and not is_series:
        series = series[column] if _hashable(column) and column in series else None
    at = parts[0] if len(parts) == 1 else parts
    found = leaf(made, *within_place(base, *parts), at=at, series=series)
    return derived(found, base.derive, exact)


def value_at(base: Traced, at: Any) -> Traced:
    """The value at a place of a series, or at a row and a column of a frame; a single value as it is."""
    values = base.value
    if not hasattr(values, "iloc"):
        return base
    if base.derive is not None and not own_name(values):  # a step of a computation, without a name
        of = _derived_of(base.derive, at, values.loc[at])
        if of is not None and of.working != in_computation(of.value):
            return of
        base = replace(base, derive=None if of is None else lambda _: of)
    if not hasattr(values, "columns"):
        return looked_up(base, values.loc[at], at)
    row, column = at
    return value_at(looked_up(base, values[column], column), row)


def narrowed(base: Traced, values: Any, at: Any) -> Derivation | None:
    """How the values at a part of the places are derived, a column, a row, or some of the rows."""
    derive = base.derive
    if derive is None or not _is_place(at):
        return derive
    if hasattr(values, "columns"):
        if type(base.value).__name__ not in ("_LocIndexer", "_iLocIndexer"):
            return lambda row: derive((row, at))
        return lambda column: derive((at, column))
    return lambda rest: derive((*_parts(at), *_parts(rest)))


def _is_place(at: Any) -> bool:
    """Whether this names one place, or a part of its name: no slice, list or condition."""
    return _hashable(at) and not any(isinstance(one, slice) for one in _parts(at))


def _parts(at: Any) -> tuple[Any, ...]:
    return at if isinstance(at, tuple) else (at,)


def derived(made: Traced, derive: Derivation | None, at: Any) -> Traced:
    """A value that was looked up, with what it was computed of: only if that gives the value again."""
    if derive is None or len(made.leaves) != 1 or not is_number(made.value):
        return made
    of = _derived_of(derive, at, made.value)
    if of is None:
        return made
    (one,), inner = made.leaves, next(iter(of.leaves), None)
    if of.working != in_computation(of.value):
        one = replace(one, working=of.working, parts=of.leaves)
    elif inner is None:
        one = replace(one, remark=of.remark)
    elif inner.working or (inner.key and not inner.is_same_place(one)):
        one = replace(one, parts=of.leaves)
    else:
        one = replace(one, remark=of.remark or inner.remark, parts=inner.parts)
    is_of_row = inner is not None and not of.is_computed and not inner.method
    key = (inner.key if inner and is_of_row else ()) or one.key
    return replace(made, key=key, leaves=(replace(one, key=key),))


def _derived_of(derive: Derivation, at: Any, value: Any) -> Traced | None:
    """The value at a place as it is derived; None if that is another one than it has."""
    try:
        of = derive(at)
        is_same_value = math.isclose(float(bare(of.value)), float(value), rel_tol=1e-9)
    except Exception:  # it was computed of something else at this place
        return None
    return of if is_same_value else None


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
    is_of_series = type(getattr(base.value, "__self__", base.value)).__name__ == "Series"
    if _hashable(name) and name in made.units and not (is_of_series and made.label):
        label = made.labels.get(name, str(name))
        return replace(made, unit=made.units[name], label=label, units={})
    frame = getattr(base.value, "obj", base.value)
    if isinstance(name, str) and not base.label and name in getattr(frame, "columns", ()):
        return replace(made, label=name.replace("_", " "))
    is_pivoted = bool(base.label) and name in list(getattr(frame, "columns", ()))
    if hasattr(frame, "columns") and name is not None and (is_pivoted or not own_name(made.value)):
        place, key = within_place(base, name)
        return replace(made, place=place, key=key, as_of=end_of((name,)) or made.as_of)
    return replace(made, label=own_name(made.value) or made.label)


def within_place(base: Traced, *parts: Any) -> tuple[str, tuple[str, ...]]:
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
        text, amount, made.unit, key, what=made.label, where=place, missing=missing,
        number=with_unit(made.working, made.unit if made.factor == 1 else ""),
        tables=made.sources.tables, **source,
    )  # fmt: skip
    return replace(made, place=place, key=key, rank=9, leaves=(one,))


def chosen_rows(base: Traced) -> Iterator[str]:
    """Of which rows the values are that an aggregate is made of, and of what they were computed."""
    if base.only:
        yield t_("where %(condition)s", condition=listed(base.only))
    if base.formula and base.formula != base.label:
        yield f"{base.label} = {base.formula}"


def own_name(value: Any) -> str:
    """The name of a series that is written for people; a column's is not."""
    name = getattr(value, "name", None)
    return name if isinstance(name, str) and not name.isidentifier() else ""


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
