"""Quick fixes for words of the prose that nothing accounts for: an expression that reads so, a citation, an answer.

The expressions are those of the last run, and cells of tables whose value, in the format of the words, reads
like the words. The tables that the edited file reads are opened for that; no code of the file is run.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from broadsheet.editor.code import TableCall
from broadsheet.editor.problem import Edit, Problem
from broadsheet.notebook.claims.conditions import Expressions

MOST = 5
"""The most expressions, and the most citations, that are offered."""
_TRIED = 200
_FIGURE = re.compile(r"\d[\d,]*(?:\.(?P<decimals>\d+))?")
_FORMATS = (
    ("usd", re.compile(r"\$")),
    ("eur", re.compile("€")),
    ("gbp", re.compile("£")),
    ("pp", re.compile(r"\bpoints?\b")),
    ("pct", re.compile(r"%|\bpercent\b|\bper cent\b")),
    ("times", re.compile(r"\btimes\b|-fold\b")),
    ("amount", re.compile("")),
)
"""The functions by which prose states values, and the words that call for each."""


def account_for(
    problem: Problem,
    words: str,
    values: Mapping[str, str],
    tables: Mapping[TableCall, Any],
    keys: list[str],
) -> list[Edit]:
    """Return the edits that would account for the ``words`` of a problem. ``values`` are the
    expressions of the last run with their texts, ``tables`` the tables in variables, ``keys`` the
    documents that may be cited.
    """
    place, start, end = problem.place, problem.start, problem.end
    codes = [code for code, text in values.items() if text == words]
    codes += [code for code in _in_tables(words, tables) if code not in codes]
    edits = [
        Edit(f"Write it by code: {code}", place, start, end, f"`{{python}} {code}`")
        for code in codes[:MOST]
    ]
    edits += [Edit(f"Cite @{key}", place, end, end, f" [@{key}]") for key in keys[:MOST]]
    answered = f'[{words}]{{.unchecked reason=""}}'
    return [*edits, Edit("Answer for it yourself: say the reason", place, start, end, answered)]


def tables_of(calls: list[TableCall], read: Callable[[str], Any]) -> dict[TableCall, Any]:
    """Return the tables in variables, by their calls: each with its index. ``read`` returns a table
    by its name, or None.
    """
    frames = {}
    for call in calls:
        table = read(call.name) if call.variable else None
        if table is not None and (not call.index or call.index in table.columns):
            frames[call] = table.set_index(call.index) if call.index else table
    return frames


def _in_tables(words: str, tables: Mapping[TableCall, Any]) -> Iterator[str]:
    """Yield the expressions of cells of tables that read like the words."""
    figure = _FIGURE.search(words)
    if figure is None or not tables:
        return
    number = float(figure[0].replace(",", ""))
    within = 0.51 * 10.0 ** -len(figure["decimals"] or "")
    function = next(name for name, form in _FORMATS if form.search(words))
    expressions = Expressions({call.variable: table for call, table in tables.items()})
    example, tried = words.replace('"', ""), 0
    for call, table in tables.items():
        if not call.index or not table.index.is_unique:
            continue
        for column in table.columns:
            for label, value in table[column].items():
                if tried > _TRIED or not _may_read(value, number, within):
                    continue
                tried += 1
                shown = f".{column}" if _is_attribute(table, column) else f"[{column!r}]"
                code = f'{function}({call.variable}{shown}[{label!r}], "{example}")'
                if _text(expressions, code) == words:
                    yield code


def _may_read(value: object, number: float, within: float) -> bool:
    """True if a value may be written with this number, in some unit."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        return False
    size = abs(float(value))
    return any(
        abs(size * 10.0**power - number) <= within
        for power in (0, 2, -2, 3, -3, 6, -6, 9, -9, 12, -12)
    )


def _is_attribute(table: Any, column: str) -> bool:
    return column.isidentifier() and not hasattr(type(table), column)


def _text(expressions: Expressions, code: str) -> str:
    try:
        return str(expressions.value(code))
    except Exception:  # of a format that does not fit the value
        return ""
