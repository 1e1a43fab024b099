"""Tables of counts: of a table whose rows are things, the number of rows of each label, of each time, and
of each label at each time. A sentence about murders or guests is held against them as against any table.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from broadsheet.checks.audit.audit_table import (
    DIVISORS,
    AuditTable,
    IntArray,
    LabelColumn,
    MeasureColumn,
    Resolution,
    TimeColumn,
)
from broadsheet.checks.audit.tables.measure_words import measure_words
from broadsheet.checks.audit.tables.table_shapes import spaced
from broadsheet.checks.audit.vocabulary import (
    concepts_in,
    is_generic,
    lemma,
    tokens,
    words_listed,
)

_MOST_CELLS = 50_000
"""The most cells of a table of counts."""
_MOST_COLUMNS = 12
"""The most columns of labels whose rows are counted."""
_PHRASE = re.compile(r"[,:;()\[\]|–—-]|\b(?:of|in|by|from|for|at|with|on|since|per|and|to)\b|\d+")
"""The end of the words that say what the rows of a table are."""


def with_counts(tables: Sequence[AuditTable]) -> list[AuditTable]:
    """Return some tables, each with the tables of its counts behind it."""
    names = defaultdict[str, set[frozenset[str]]](set)
    for table in tables:
        for measure in table.measures:
            names[table.file].update(measure_words(table, measure).names)
    return [each for table in tables for each in (table, *_counts_of(table, names[table.file]))]


def _counts_of(table: AuditTable, names: Collection[frozenset[str]]) -> Iterator[AuditTable]:
    if not table.is_of_things or table.wide or table.size < 2:
        return
    nouns = [noun for noun in _nouns(table) if not any(name <= concepts_in(noun) for name in names)]
    if not nouns:
        return  # also of cities, each with its number of murders
    years = _years(table)
    if years is not None and len(np.unique(years)) < table.size:
        yield from _table(table, nouns, None, years)
    for column in table.labels[:_MOST_COLUMNS]:
        if len(column.labels) >= table.size:
            continue
        yield from _table(table, nouns, column, None)
        if years is not None:
            yield from _table(table, nouns, column, years)


def _nouns(table: AuditTable) -> list[str]:
    """Return what the rows of a table are, by its title and its name: "Murders in London" are murders. If
    neither has a noun of many, it is the column that tells most rows apart: "laureate".
    """
    nouns = []
    for text in (table.title, spaced(table.name.replace("-", " "))):
        for part in _PHRASE.split(text):
            words = tokens(part)
            if words and not is_generic(words[-1]) and lemma(words[-1]) not in words_listed("rows"):
                nouns.append(words[-1])
                break
    if not any(lemma(noun) != noun for noun in nouns):
        key = max(table.labels, key=lambda column: len(column.labels))
        nouns += [word for word in tokens(key.title)[-1:] if not is_generic(word)]
    return list(dict.fromkeys(nouns))


def _years(table: AuditTable) -> IntArray | None:
    """Return the year of each row; None for a table without times."""
    if table.time is None:
        return None
    divisor = DIVISORS["year"]
    return table.time.keys // divisor * divisor


def _merged(column: LabelColumn) -> LabelColumn:
    """Return a column in which labels that differ only in capitals are one: "Media" and "media"."""
    first: dict[str, int] = {}
    numbers = [first.setdefault(label.casefold(), len(first)) for label in column.labels]
    if len(first) == len(numbers):
        return column
    names = dict(zip(reversed(numbers), reversed(column.labels), strict=True))
    codes = np.where(column.codes < 0, -1, np.array(numbers, dtype=np.int64)[column.codes])
    return LabelColumn(column.name, column.title, tuple(names[at] for at in sorted(names)), codes)


def _table(
    table: AuditTable, nouns: Sequence[str], column: LabelColumn | None, years: IntArray | None
) -> Iterator[AuditTable]:
    """Yield the counts of the rows by label, by year, or by both; years without a row have 0."""
    is_there = np.ones(table.size, dtype=bool)
    codes, labels = np.zeros(table.size, dtype=np.int64), 1
    if column is not None:
        column = _merged(column)
        codes, labels = column.codes, len(column.labels)
        is_there &= codes >= 0
    first, span = 0, 1
    if years is not None:
        is_there &= years > 0
        if not is_there.any():
            return
        divisor = DIVISORS["year"]
        first = int(years[is_there].min()) // divisor
        span = int(years[is_there].max()) // divisor - first + 1
    size = labels * span
    if size > _MOST_CELLS or size < 2 or not is_there.any():
        return
    cells = codes[is_there] * span
    if years is not None:
        cells = cells + years[is_there] // DIVISORS["year"] - first
    counts = np.bincount(cells, minlength=size)
    if counts.max() < 2:
        return
    rows = np.full(size, -1, dtype=np.int64)
    rows[cells[::-1]] = np.flatnonzero(is_there)[::-1]
    each = np.arange(size, dtype=np.int64)
    resolution: Resolution = "year"
    time = (
        None
        if years is None or table.time is None
        else TimeColumn(table.time.name, resolution, (each % span + first) * DIVISORS["year"])
    )
    kept = (
        ()
        if column is None
        else (LabelColumn(column.name, column.title, column.labels, each // span),)
    )
    measure = MeasureColumn(
        f"number of {nouns[-1]}",
        f"number of {nouns[0]}",
        table.title,
        "",
        counts.astype(float),
        True,
    )
    yield AuditTable(
        table.file, table.name, table.title, kept, time, (measure,), size, table.rows,
        sheet=table.sheet, columns=table.columns, counted=table, first_rows=rows,
    )  # fmt: skip
