"""Aggregates of traced values: sums, averages, numbers of cases, extremes, with the values in
them.
"""

from __future__ import annotations

from typing import Any

from broadsheet.notebook.claims.traced import (
    Traced,
    are_answers,
    chosen_rows,
    derived,
    leaf,
    looked_up,
    within_place,
)
from broadsheet.notebook.values.method_words import AGGREGATES, CASES_OF, RESULTS, VALUES_OF
from broadsheet.notebook.values.places import end_of
from broadsheet.notebook.values.remarks import remark_on, working_of
from broadsheet.notebook.values.replaced import replace
from broadsheet.notebook.values.source_value import Leaf
from broadsheet.text.language import t_, written_number


def reduced(base: Traced, result: Traced, method: str) -> Traced:
    """Return an aggregate with its place and its day: the place of the highest, or the first
    and the last.
    """
    values = getattr(base.value, "__self__", base.value)
    index = list(getattr(values, "index", ()))
    are_rows = (
        getattr(getattr(values, "index", None), "start", None) == 0
    )  # numbered, and no places
    if method in ("max", "min") and index and not are_rows and not hasattr(values, "columns"):
        at = getattr(values, f"idx{method}")()
        result = replace(result, as_of=end_of((at,)) or result.as_of)
        result = leaf(result, *within_place(base, at), at=at, series=values, method=method)
        return derived(result, base.derive, at)
    is_answered = are_answers(values)
    if is_answered and method in ("sum", "mean"):
        what = result.label or t_("the value")
        words = VALUES_OF if _names_values(what) else CASES_OF
        label = words[method]() % {"what": what}
        result = replace(result, label=label)
    if len(index) < 2:
        result = replace(result, as_of=base.as_of or result.as_of)
        return leaf(result, base.place, base.key, series=values, method=method)
    is_time = end_of((index[0],)) is not None
    ends = [base.sources.place_in_words(end) for end in (index[0], index[-1])]
    number = t_("%(number)s values", number=written_number(len(index)))
    of = "–".join(ends) if is_time else number
    span = of
    if is_answered and method in ("sum", "mean"):
        span = of if is_time else t_("of %(places)s", places=of)
    elif method in AGGREGATES:
        span = of if is_time and method == "sum" else AGGREGATES[method]() % {"places": of}
    else:
        span = t_("calculated from %(places)s", places=of)
    where = ", ".join(filter(None, [base.place, span]))
    result = replace(result, as_of=base.as_of or end_of((index[-1],)) or result.as_of)
    working = working_of(values, method)
    remark = "" if working else remark_on(values, method, base.sources.place_in_words)
    named = _named_terms(base, values) if working and not is_time else ()
    remark = "; ".join(filter(None, [*chosen_rows(base), remark]))
    return leaf(
        result, where, series=values, method=method, remark=remark, working=working, parts=named
    )


def _names_values(what: str) -> bool:
    """True if answers have the name of the values of which they are true: "missing values of
    Note".
    """
    return any(
        what.startswith((RESULTS[method]() % {"what": "", "place": ""}).rstrip())
        for method in ("isin", "notna", "isna", "duplicated")
    )


def _named_terms(base: Traced, values: Any) -> tuple[Leaf, ...]:
    """Return the terms of a sum of a few values that stand under names."""
    places = [place for place, value in values.items() if value]
    if not values.index.is_unique or not all(isinstance(place, (str, tuple)) for place in places):
        return ()
    of = replace(base, value=values, whole=None)
    return tuple(
        leaf for place in places for leaf in looked_up(of, values.loc[place], place).leaves
    )
