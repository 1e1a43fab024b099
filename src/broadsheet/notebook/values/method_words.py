"""Names for the results of pandas' methods: a count is a number of values, and no value."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from broadsheet.text.language import t_

RESULTS: Mapping[str, Callable[[], str]] = {
    "count": lambda: t_("number of values of %(what)s"),
    "size": lambda: t_("number of values of %(what)s"),
    "value_counts": lambda: t_("number of values of %(what)s"),
    "nunique": lambda: t_("number of different values of %(what)s"),
    "rank": lambda: t_("rank by %(what)s"),
    "idxmax": lambda: t_("%(place)s with the highest value of %(what)s"),
    "idxmin": lambda: t_("%(place)s with the lowest value of %(what)s"),
    "argmax": lambda: t_("position of the highest value of %(what)s"),
    "argmin": lambda: t_("position of the lowest value of %(what)s"),
    "isin": lambda: t_("chosen values of %(what)s"),
    "notna": lambda: t_("known values of %(what)s"),
    "isna": lambda: t_("missing values of %(what)s"),
    "duplicated": lambda: t_("repeated values of %(what)s"),
    "pct_change": lambda: t_("change in %(what)s"),
    "diff": lambda: t_("change in %(what)s"),
    "cumsum": lambda: t_("running total of %(what)s"),
}
"""Names for results, made of the name of the values, ``what``; ``place`` names a kind of places."""

CASES_OF: Mapping[str, Callable[[], str]] = {
    "sum": lambda: t_("number of cases of %(what)s"),
    "mean": lambda: t_("share of cases of %(what)s"),
}
VALUES_OF: Mapping[str, Callable[[], str]] = {
    "sum": lambda: t_("number of %(what)s"),
    "mean": lambda: t_("share of %(what)s"),
}
"""Names for the number or share of cases, or of values: "number of missing values of Note"."""

AGGREGATES: Mapping[str, Callable[[], str]] = {
    "sum": lambda: t_("sum of %(places)s"),
    "mean": lambda: t_("average of %(places)s"),
    "median": lambda: t_("median of %(places)s"),
    "std": lambda: t_("standard deviation of %(places)s"),
    "max": lambda: t_("highest of %(places)s"),
    "min": lambda: t_("lowest of %(places)s"),
}
"""Names for a single number, made of the ``places`` whose values went into it."""
