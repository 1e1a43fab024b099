"""The conditions by which methods of pandas choose rows, in words: `query`, `dropna`, `xs`, `between`,
`str.startswith` and the like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from broadsheet.notebook.claims.derivations import MethodCall
from broadsheet.notebook.claims.traced import Traced, within_place
from broadsheet.notebook.values.method_words import RESULTS
from broadsheet.notebook.values.places import place_in_words
from broadsheet.notebook.values.replaced import replace
from broadsheet.notebook.values.written_numbers import as_given, is_number, with_limit
from broadsheet.text.language import t_

_SIGNS = {"gt": ">", "lt": "<", "ge": "≥", "le": "≤", "eq": "=", "ne": "≠"}
_IN_QUERIES = {">": ">", "<": "<", ">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}
_TEXTS: Mapping[str, Callable[[], str]] = {
    "startswith": lambda: t_("%(what)s beginning with “%(text)s”"),
    "endswith": lambda: t_("%(what)s ending with “%(text)s”"),
    "contains": lambda: t_("%(what)s with “%(text)s” in it"),
}
_ANSWERED = frozenset({*_SIGNS, *_TEXTS, "between"})
"""The methods whose results are truths with a name."""
_COMPARED = re.compile(r"""\s*`?(\w+)`?\s*(==|!=|>=|<=|>|<)\s*(@\w+|"[^"]*"|'[^']*'|-?[\d.]+)\s*""")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def with_condition(call: MethodCall, result: Traced, namespace: Mapping[str, Any]) -> Traced:
    """Return the ``result`` of a method, with the condition that the method stands for."""
    base, method, named = call.base, call.method, call.named
    arguments, condition = [argument.value for argument in call.arguments], ""
    if method == "xs" and arguments:
        parts = arguments[0] if isinstance(arguments[0], tuple) else arguments[:1]
        place, key = within_place(base, *parts)
        return replace(result, place=place, key=key)
    if method == "query" and arguments:
        condition = _of_query(str(arguments[0]), base, namespace)
    elif method == "dropna" and isinstance(column := named.get("subset"), str):
        words = {"what": base.labels.get(column, column), "place": ""}
        condition = RESULTS["notna"]() % words
    if condition:
        return replace(result, only=tuple(dict.fromkeys((*base.only, condition))))
    if not base.label or method not in _ANSWERED:  # a group's `dtype` is computed for each group
        return result
    if getattr(getattr(result.value, "dtype", None), "kind", "") != "b":
        return result
    if method in _SIGNS and arguments:
        label = with_limit(base.what, _SIGNS[method], arguments[0])
        return replace(result, label=label, formula=label)
    if method in _TEXTS and arguments and isinstance(arguments[0], str):
        return replace(result, label=_TEXTS[method]() % {"what": base.label, "text": arguments[0]})
    if method == "between" and len(arguments) == 2:
        low, high = (as_given(end) if is_number(end) else place_in_words(end) for end in arguments)
        ends = {"low": low, "high": high}
        return replace(
            result, label=t_("%(what)s from %(low)s to %(high)s", what=base.what, **ends)
        )
    return result


def _of_query(text: str, base: Traced, namespace: Mapping[str, Any]) -> str:
    """Return a query of simple comparisons in words; "" for any other."""
    conditions = []
    for part in re.split(r"\s+and\s+|&", text):
        match = _COMPARED.fullmatch(part)
        if match is None:
            return ""
        column, sign, value = match.groups()
        shown = namespace.get(value[1:], value) if value.startswith("@") else value.strip("\"'")
        title = base.labels.get(column) or _titles_of(base).get(column, column.replace("_", " "))
        number = Decimal(value) if _NUMBER.fullmatch(value) else shown
        conditions.append(with_limit(title, _IN_QUERIES[sign], number))
    return _joined(conditions)


def _joined(conditions: Sequence[str]) -> str:
    first, *others = conditions
    for other in others:
        first = t_("%(this)s and %(that)s", this=first, that=other)
    return first


def _titles_of(base: Traced) -> dict[str, str]:
    """Return the titles of the columns of the tables that a value comes of, by their names."""
    return {
        column.name: column.title for origin in base.sources.origins for column in origin.columns
    }
