"""A value with its sources, its unit and its place: :class:`Traced`. The functions follow
these when a column is taken, a place looked up, an aggregate made, or two values are put
together.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from broadsheet.notebook.values.fact import Fact
from broadsheet.notebook.values.gaps import SKIPPING, missing_places
from broadsheet.notebook.values.method_words import RESULTS
from broadsheet.notebook.values.places import at_place, end_of, key_of, place_in_words
from broadsheet.notebook.values.remarks import EXTREMES, remark_on, remark_on_end
from broadsheet.notebook.values.replaced import replace
from broadsheet.notebook.values.source_value import Leaf
from broadsheet.notebook.values.sources import NO_SOURCES, Sources, carried_by, origin_of
from broadsheet.notebook.values.unit_arithmetic import NO_UNIT, Measure
from broadsheet.notebook.values.written_numbers import (
    bare,
    in_computation,
    is_number,
    with_unit,
)
from broadsheet.text.language import listed, t_
from plotly_alive.text.did_you_mean import meant

if TYPE_CHECKING:
    from broadsheet.data.descriptor import Field
    from broadsheet.data.origin import Origin

PLAIN_RESULTS = frozenset(
    {"count", "nunique", "size", "value_counts", "rank", "idxmax", "idxmin", "argmax", "argmin"}
    | {"index", "columns", "shape", "isin", "notna", "isna", "duplicated", "any", "all", "year"}
)
_PLACES = frozenset({"first_valid_index", "last_valid_index"})
"""The methods that give a place of values."""
_OTHER_UNITS: Mapping[str, str | None] = {
    **dict.fromkeys(("corr", "corrwith", "autocorr", "skew", "kurt", "kurtosis"), NO_UNIT),
    **dict.fromkeys(("get_loc", "searchsorted"), NO_UNIT),
    **dict.fromkeys(("var", "cov", "prod", "product", "cumprod"), None),
}
"""The unit of what methods make of values, other than theirs; None for one that is not known."""
_SAME_STEPS = frozenset({"dropna", "drop", "head", "tail", "iloc", "truncate"})
"""The methods that leave out values, and change none."""
COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Gt: operator.gt,
    ast.Lt: operator.lt,
    ast.GtE: operator.ge,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
Derivation = Callable[[Any], "Traced"]


@dataclass(frozen=True)
class Traced:
    """A value, with its sources, its unit, its place and its computation."""

    value: Any
    """The value itself."""
    sources: Sources = NO_SOURCES
    """The tables and documents that it comes of."""
    unit: str | None = None
    """The unit as tables write it; :data:`NO_UNIT` for a plain number; None if it is unknown."""
    factor: Decimal = Decimal(1)
    """The value times this is in the unit."""
    label: str = ""
    """The words for its column."""
    place: str = ""
    """The words for the place of its row."""
    as_of: date | None = None
    """The last day of which it is true, if that is known."""
    units: Mapping[Any, str] = field(default_factory=dict)
    """The units of a frame's columns."""
    labels: Mapping[Any, str] = field(default_factory=dict)
    """The labels of a frame's columns."""
    working: str = ""
    """A number's computation, with its numbers filled in."""
    rank: int = 9
    """The rank of the last operator in the computation; 9 without one."""
    leaves: tuple[Leaf, ...] = ()
    """The values of the data that went into it."""
    key: tuple[str, ...] = ()
    """The key of its row, as the table has it."""
    whole: Any = field(default=None, compare=False, repr=False)
    """The values of which a slice was taken."""
    sides: tuple[Traced, str, Traced] | None = field(default=None, compare=False, repr=False)
    """The sides of a comparison, with its sign."""
    derive: Derivation | None = field(default=None, compare=False, repr=False)
    """Gives the value at a place of a computed series, or at a row and a column of a frame,
    as it comes of the data.
    """
    formula: str = field(default="", compare=False)
    """The columns that it was computed of."""
    remark: str = field(default="", compare=False)
    """The rest that a reader needs to check it."""
    only: tuple[str, ...] = ()
    """The conditions by which rows were chosen."""
    steps_of: Any = field(default=None, compare=False, repr=False)
    """The column whose changes from each place to the next the values are."""
    is_dropped: bool = False
    """The author left out missing values, by `dropna()`."""
    is_without: bool = False
    """The author left out places, by `drop(…)`."""

    @property
    def amount(self) -> Any:
        """The value in its unit."""
        if self.factor == 1:
            return self.value
        return float(Decimal(repr(float(self.value))) * self.factor)

    @property
    def measure(self) -> Measure:
        """The unit of the value, for arithmetic."""
        is_constant = self.unit == NO_UNIT and not self.sources and is_number(self.value)
        return Measure(self.unit, self.factor, float(self.value) if is_constant else None)

    @property
    def what(self) -> str:
        """The words for its column and its place."""
        return " ".join(filter(None, [self.label, self.place]))

    @property
    def is_computed(self) -> bool:
        """It is the result of arithmetic, and was not looked up."""
        return self.rank < 9


def constant(value: Any) -> Traced:
    """Return a constant of the code."""
    return Traced(value, unit=NO_UNIT if is_number(value) else None, working=in_computation(value))


def carried(base: Traced) -> Traced:
    """Return a value with the origin of a frame, or the parts of a fact, that it carries itself."""
    value = base.value
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
        return base
    is_frame = hasattr(value, "columns")
    if is_frame and not base.place:
        shared = _shared_key(value, origin)
        base = replace(base, place=carried_by(value).place_in_words(shared), key=key_of(shared))
    name = None if is_frame else getattr(value, "name", None)
    names = set(value.columns) if is_frame else {name}
    columns: dict[Any, Field] = {
        column.name: column for column in origin.columns if column.name in names
    }
    sources = base.sources + carried_by(value)
    if not is_frame and base.unit is None and not base.units:
        source = columns.get(name)
        label = base.label or (source.title if source else str(name or ""))
        return replace(base, sources=sources, unit=source.unit if source else None, label=label)
    units = base.units or {name: column.unit or NO_UNIT for name, column in columns.items()}
    labels = base.labels or {name: column.title for name, column in columns.items()}
    return replace(base, sources=sources, units=units, labels=labels)


def sources_of_value(value: Any) -> Sources:
    """Return the sources that a value carries itself."""
    return value.sources if isinstance(value, Fact) else carried_by(value)


def _shared_key(frame: Any, origin: Origin) -> tuple[str, ...]:
    """Return the parts that all rows share in the key of their table: "Louvre", if only its
    rows were kept.
    """
    if len(origin.key) < 2 or not len(frame):
        return ()
    columns = (frame[name] for name in origin.key if name in frame.columns)
    return tuple(column.iloc[0] for column in columns if _is_one_text(column))


def _is_one_text(column: Any) -> bool:
    """True if all values of a column are the same text."""
    first, last = column.iloc[0], column.iloc[-1]
    if not isinstance(first, str) or (isinstance(last, str) and last != first):
        return False
    return bool((column == first).all())


def picked(base: Traced, value: Any, name: str) -> Traced:
    """Return an attribute of a value, or the result of its method: a column, a selection, an
    aggregate.
    """
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
        return Traced(value, base.sources, NO_UNIT, labels=sides)
    if name in ("index", "columns") or name in _PLACES:
        label = _title_of_index(base) if name != "columns" else ""
        return Traced(value, base.sources, NO_UNIT, label=label)
    if name in PLAIN_RESULTS:
        result = Traced(
            value, base.sources, NO_UNIT, label=label, place=base.place, as_of=base.as_of,
            labels={} if is_result else base.labels, working=in_computation(value),
        )  # fmt: skip
        return counted_leaf(result, base, name) if is_result else result
    if name in _OTHER_UNITS:
        return Traced(
            value, base.sources, _OTHER_UNITS[name], working=in_computation(value), rank=1
        )
    if name == "pct_change":
        return Traced(value, base.sources, NO_UNIT, label=own_name(value) or label, rank=1)
    if is_number(value) and name in base.units:
        return looked_up(base, value, name)
    if not base.sources:
        return carried(Traced(value, working=in_computation(value)))
    result = replace(base, value=value, label=label, working=in_computation(value))
    return _column(result, base)


def size_of(base: Traced) -> Traced:
    """Return the number of rows or values, `len(…)`; of counts and of answers, the number of
    their places.
    """
    number = len(base.value)
    counts = (t_("number of rows"), RESULTS["count"]() % {"what": ""})
    of_places = are_answers(base.value) or base.label.startswith(counts)
    label = _title_of_index(base) if of_places else base.label
    result = Traced(
        number, base.sources, NO_UNIT, label=_called(replace(base, label=label), "size"),
        place=base.place, as_of=base.as_of, working=in_computation(number),
    )  # fmt: skip
    return counted_leaf(result, base, "size")


def counted_leaf(result: Traced, base: Traced, method: str) -> Traced:
    """Return the number or the place that a method makes of values, in a form that a
    computation can use.
    """
    if not is_number(result.value) and method not in EXTREMES:
        return result
    values = getattr(base.value, "__self__", base.value)
    text = at_place(result.label, result.place)
    counted = remark_on(values, method, base.sources.place_in_words)
    remark = "; ".join(filter(None, [*chosen_rows(base), counted]))
    number = in_computation(result.value)
    part = Leaf(
        text, bare(result.value), NO_UNIT, what=result.label, where=result.place, method=method,
        number=number, remark=remark, tables=result.sources.tables,
    )  # fmt: skip
    return replace(result, leaves=(part,) if number else (), remark=remark)


def are_answers(values: Any) -> bool:
    """True if these are truths: of each row, whether a condition holds."""
    return getattr(getattr(values, "dtype", None), "kind", "") == "b"


def _called(base: Traced, name: str) -> str:
    """Return the name of the result of a method."""
    if not base.label and name in ("count", "size"):
        return t_("number of rows") if name == "size" else t_("number of values")
    words = {"what": base.label or t_("the value"), "place": _title_of_index(base) or t_("place")}
    return RESULTS[name]() % words


def _title_of_index(base: Traced) -> str:
    """Return the name of the places of a series, as their table has it: "Year"."""
    values = getattr(base.value, "__self__", base.value)
    name = getattr(getattr(values, "index", None), "name", None)
    titles = {c.name: c.title for origin in base.sources.origins for c in origin.columns}
    return titles.get(str(name)) or str(name or "")


def item(base: Traced, at: Any) -> Any:
    """Return an item of a value. Raises LookupError with the label of a value that has no
    such place.
    """
    try:
        return base.value[at]
    except KeyError:
        if not base.sources:
            raise
        what = base.label or base.sources.tables[0]
        words = f"there is no {what} of {place_in_words(at)}{_others(base.value, at)}"
        raise LookupError(words) from None


def _others(values: Any, at: Any) -> str:
    """Return what there is beside a place that a value does not have, for a message: its columns,
    its lowest row and its highest, or the row that may be meant; empty for a row and a column.
    """
    columns = getattr(values, "columns", ())
    if len(columns):
        return (
            f"; its columns are {', '.join(map(str, columns))}{meant(str(at), map(str, columns))}"
        )
    index = getattr(getattr(values, "obj", values), "index", None)
    if index is None or isinstance(at, tuple) or index.nlevels > 1 or not len(index):
        return ""
    if index.dtype.kind in "iufM" or str(index.dtype).startswith("period"):
        return f"; its rows go from {place_in_words(index.min())} to {place_in_words(index.max())}"
    return meant(str(at), map(str, index))


def looked_up(base: Traced, value: Any, at: Any, condition: str = "") -> Traced:
    """Return an item of a value: a column of a frame, or the value at a place; or the rows of
    which a ``condition`` is true.
    """
    result = replace(base, value=value, working=in_computation(value))
    if isinstance(base.value, (tuple, list)) and is_number(value):
        label = base.labels.get(at, "")  # `table.shape[1]`
        return replace(result, unit=NO_UNIT, label=label, labels={}, place="")
    if type(base.value).__name__.endswith("Index"):
        return replace(result, remark=remark_on_end(base.value, at))
    values = getattr(base.value, "obj", base.value)
    if type(base.value).__name__ == "_iLocIndexer" and isinstance(at, int):
        at = values.index[at]
    is_series = type(values).__name__ == "Series"
    if is_series and isinstance(at, str) and hasattr(values.index, "freqstr"):
        row = values.index.get_loc(at)  # of a day or a month that is written as text
        at = values.index[row] if isinstance(row, int) else at
    if hasattr(value, "__len__") and not isinstance(value, str):
        result = replace(result, whole=_whole(base, values, at), derive=narrowed(base, values, at))
        if condition:
            result = replace(result, only=tuple(dict.fromkeys((*base.only, condition))))
        if is_series and getattr(values.index, "nlevels", 1) > 1 and _is_place(at):
            place, key = within_place(base, *_parts(at))
            return replace(result, place=place, key=key)
        if hasattr(value, "columns"):
            is_part = getattr(getattr(values, "index", None), "nlevels", 1) > 1 and _is_place(at)
            if is_part and type(base.value).__name__ == "_LocIndexer":
                place, key = within_place(base, *_parts(at))
                result = replace(result, place=place, key=key)
            return carried(result)
        return _column(result, base)
    exact, parts = at, at if isinstance(at, tuple) else (at,)
    column = next((part for part in parts if _hashable(part) and part in base.units), None)
    if column is not None:
        label = base.labels.get(column, str(column))
        result = replace(result, unit=base.units[column], label=label)
        parts = tuple(part for part in parts if part is not column)
    if not is_number(value) and not isinstance(value, str):
        return replace(result, unit=None, as_of=end_of(parts) or result.as_of)
    working = in_computation(value, is_plain=result.unit == NO_UNIT)
    result = replace(result, as_of=end_of(parts) or result.as_of, whole=None, working=working)
    series = base.whole if is_series and base.whole is not None else values
    if column is not None and not is_series:
        series = series[column] if _hashable(column) and column in series else None
    at = parts[0] if len(parts) == 1 else parts
    result = leaf(result, *within_place(base, *parts), at=at, series=series)
    return derived(result, base.derive, exact)


def value_at(base: Traced, at: Any) -> Traced:
    """Return the value at a place of a series, or at a row and a column of a frame; a single
    value as it is.
    """
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
    """Return the derivation of the values at a part of the places: a column, a row, or some
    of the rows.
    """
    derive = base.derive
    if derive is None or not _is_place(at):
        return derive
    if hasattr(values, "columns"):
        if type(base.value).__name__ not in ("_LocIndexer", "_iLocIndexer"):
            return lambda row: derive((row, at))
        return lambda column: derive((at, column))
    return lambda rest: derive((*_parts(at), *_parts(rest)))


def _is_place(at: Any) -> bool:
    """True if this names one place, or a part of its name: no slice, list or condition."""
    return _hashable(at) and not any(isinstance(part, slice) for part in _parts(at))


def _parts(at: Any) -> tuple[Any, ...]:
    return at if isinstance(at, tuple) else (at,)


def derived(result: Traced, derive: Derivation | None, at: Any) -> Traced:
    """Return a value that was looked up, with its computation, if that gives the value again."""
    if derive is None or len(result.leaves) != 1 or not is_number(result.value):
        return result
    of = _derived_of(derive, at, result.value)
    if of is None:
        return result
    (part,), inner = result.leaves, next(iter(of.leaves), None)
    if of.working != in_computation(of.value):
        part = replace(part, working=of.working, parts=of.leaves)
    elif inner is None:
        part = replace(part, remark=of.remark)
    elif inner.working or (inner.key and not inner.is_same_place(part)):
        part = replace(part, parts=of.leaves)
    else:
        part = replace(part, remark=of.remark or inner.remark, parts=inner.parts)
    is_of_row = inner is not None and not of.is_computed and not inner.method
    key = (inner.key if inner and is_of_row else ()) or part.key
    return replace(result, key=key, leaves=(replace(part, key=key),))


def _derived_of(derive: Derivation, at: Any, value: Any) -> Traced | None:
    """Return the value at a place as it is derived; None if that differs from the value itself."""
    try:
        of = derive(at)
        is_same_value = math.isclose(float(bare(of.value)), float(value), rel_tol=1e-9)
    except Exception:  # it was computed of something else at this place
        return None
    return of if is_same_value else None


def _whole(base: Traced, values: Any, at: Any) -> Any:
    """Return the values of which a slice was taken, or the column of them; None for any other
    selection.
    """
    if isinstance(at, slice):
        return values if base.whole is None else base.whole
    is_of_frame = _hashable(at) and at in getattr(base.whole, "columns", ())
    return base.whole[at] if is_of_frame else None


def _column(result: Traced, base: Traced) -> Traced:
    """Return a series with the unit and the label of its column; or a row, whose place is its
    name.
    """
    if type(result.value).__name__ != "Series":
        return result
    name = result.value.name
    is_of_series = type(getattr(base.value, "__self__", base.value)).__name__ == "Series"
    if _hashable(name) and name in result.units and not (is_of_series and result.label):
        label = result.labels.get(name, str(name))
        return replace(result, unit=result.units[name], label=label, units={})
    frame = getattr(base.value, "obj", base.value)
    if isinstance(name, str) and not base.label and name in getattr(frame, "columns", ()):
        return replace(result, label=name.replace("_", " "))
    is_pivoted = bool(base.label) and name in list(getattr(frame, "columns", ()))
    if (
        hasattr(frame, "columns")
        and name is not None
        and (is_pivoted or not own_name(result.value))
    ):
        place, key = within_place(base, name)
        return replace(result, place=place, key=key, as_of=end_of((name,)) or result.as_of)
    return replace(result, label=own_name(result.value) or result.label)


def within_place(base: Traced, *parts: Any) -> tuple[str, tuple[str, ...]]:
    """Return a place among the values of ``base``, in words and as a key."""
    words = map(base.sources.place_in_words, parts)
    return ", ".join(filter(None, [base.place, *words])), (*base.key, *key_of(parts))


def leaf(base: Traced, place: str, key: tuple[str, ...] = (), **source: Any) -> Traced:
    """Return a value that was looked up at a place, or that a method makes of a series. It
    belongs to no single row without a ``key``, or if it is in no column of the table.
    ``source`` are the other fields of a :class:`Leaf`.
    """
    amount = base.amount if is_number(base.value) else base.value
    key = key if base.sources.has_column(base.label) and not base.is_computed else ()
    sides = (base.sides[0].value, base.sides[2].value) if base.sides else ()
    may_miss = source.get("method") in SKIPPING and not base.is_dropped
    unknown = missing_places(source["series"], *sides) if may_miss else []
    missing = tuple(at_place(base.label, base.sources.place_in_words(part)) for part in unknown)
    text = at_place(base.label, place)
    part = Leaf(
        text, amount, base.unit, key, what=base.label, where=place, missing=missing,
        number=with_unit(base.working, base.unit if base.factor == 1 else ""),
        tables=base.sources.tables, **source,
    )  # fmt: skip
    return replace(base, place=place, key=key, rank=9, leaves=(part,))


def chosen_rows(base: Traced) -> Iterator[str]:
    """Yield the conditions by which the rows of an aggregate were chosen, and the formula of
    its values.
    """
    if base.only:
        yield t_("where %(condition)s", condition=listed(base.only))
    if base.formula and base.formula != base.label:
        yield f"{base.label} = {base.formula}"


def own_name(value: Any) -> str:
    """Return the name of a series that is written for people; a column's is not."""
    name = getattr(value, "name", None)
    return name if isinstance(name, str) and not name.isidentifier() else ""


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def is_same(left: Any, right: Any) -> bool:
    """True if two values are identical, or equal."""
    if left is right:
        return True
    if hasattr(right, "equals"):
        return type(left) is type(right) and bool(right.equals(left))
    try:
        return bool(left == right)
    except (TypeError, ValueError):
        return False
