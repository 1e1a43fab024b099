"""Finds columns and labels that were exchanged: recorded values that are in another column or row
now.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from broadsheet.data.compared_table import (
    ENOUGH,
    FEW,
    HEAVY_BITS,
    MORE_THAN_HALF,
    MOST_COLUMNS,
    MOST_OF,
    SURE,
    Array,
    Compared,
    Difference,
    count_of,
    kind_of,
    label_of,
    listed,
    same,
    signature_of,
)

_MOST_PAIRS = 5
"""The most pairs of exchanged labels that are reported one by one."""


def exchanged_columns(table: Compared) -> Iterator[Difference]:
    """Yield two columns that have exchanged their values, in all rows or in some."""
    import numpy as np

    changed = [name for name in table.columns if table.changed[name].any()][:MOST_COLUMNS]
    for number, column in enumerate(changed):
        for other in changed[number + 1 :]:
            if kind_of(table.types[column]) != kind_of(table.types[other]):
                continue
            agree = (
                table.open_cells(column)
                & table.open_cells(other)
                & ~table.is_lost
                & same(table.was[column], table.now[other])
                & same(table.was[other], table.now[column])
            )
            evidence = float((table.bits[column] + table.bits[other])[agree].sum())
            changes = int((table.open_cells(column) | table.open_cells(other)).sum())
            if evidence < ENOUGH or (agree.sum() < changes / 2 and evidence < 2 * SURE):
                continue
            table.explained[column] |= agree
            table.explained[other] |= agree
            yield table.difference(
                f"`{column}` and `{other}` are exchanged in {count_of(int(agree.sum()))}",
                np.flatnonzero(agree),
                [column, other],
            )


def moved_labels(table: Compared) -> Iterator[Difference]:
    """Yield labels that have the values of other labels: by pairs, or together if they are many."""
    moves = _moves(table)
    weights = {
        move: sum(_weight(table, move[0], row, names) for row, names in rows)
        for move, rows in moves.items()
    }
    changes = sum(int(table.open_cells(name).sum()) for name in table.columns)
    pairs = []
    for move in sorted(moves, key=lambda move: -weights[move]):
        part, label, other = move
        back = part, other, label
        rows = [*moves.pop(move, ()), *moves.pop(back, ())]
        weight = weights[move] + weights.get(back, 0)
        count = sum(len(names) for _, names in rows)
        if len({name for _, names in rows for name in names}) > 1 and count == changes:
            weight += HEAVY_BITS  # several columns, and nothing else has changed
        is_enough = weight >= ENOUGH if back in weights else weight >= SURE and count > 1
        if rows and is_enough and _is_most(table, move, rows, weight):
            table.explain(rows)
            pairs.append((move, rows, back in weights))
        else:
            moves[move] = rows
    if len(pairs) <= _MOST_PAIRS:
        yield from (_of_labels(table, *pair) for pair in pairs)
    for part in table.key:
        moved = [row for move, rows, _ in pairs for row in rows if move[0] == part]
        if len(pairs) > _MOST_PAIRS and moved:
            yield _at_other_labels(table, part, moved)
        rest = [row for move, rows in moves.items() for row in rows if move[0] == part]
        if _is_permuted(table, part, rest):
            table.explain(rest)
            yield _at_other_labels(table, part, rest)


def _moves(table: Compared) -> dict[tuple[str, Any, Any], list[tuple[int, list[str]]]]:
    """Return the rows that are met at another label, each with the columns in which it is met: by
    the part of the key, its label, and the other label. Whole rows come first.
    """
    import numpy as np

    changed = [name for name in table.columns if table.open_cells(name).any()]
    measured = [name for name in table.columns if table.is_number(name)]
    aspects = [table.columns, measured, *([name] for name in changed[:MOST_COLUMNS])]
    moves: dict[tuple[str, Any, Any], list[tuple[int, list[str]]]] = defaultdict(list)
    settled = {name: np.zeros(len(table.keys), dtype=bool) for name in table.columns}
    for aspect in aspects:
        if not aspect or not set(aspect) & set(changed):
            continue
        for row, part, label, other in _met_elsewhere(table, aspect, settled):
            names = [name for name in aspect if table.open_cells(name)[row]]
            moves[part, label, other].append((row, names))
            for name in names:
                settled[name][row] = True
    return moves


def _weight(table: Compared, part: str, row: int, names: Sequence[str]) -> float:
    """Return the evidence of a row that was met at another label. It falls with the number of
    changed rows among which the row could be met.
    """
    chances = max(math.log2(max(table.rivals(part, name)[row] - 1, 1)) for name in names)
    return float(max(sum(table.bits[name][row] for name in names) - chances, 0.0))


def _is_most(
    table: Compared,
    move: tuple[str, Any, Any],
    rows: Sequence[tuple[int, list[str]]],
    weight: float,
) -> bool:
    """True if most changes at the two labels, in the columns that moved, are explained."""
    part, label, other = move
    met: dict[str, int] = defaultdict(int)
    for _, names in rows:
        for name in names:
            met[name] += 1
    concerned = table.keys[part].isin([label, other]).to_numpy()
    changes = sum(int((table.open_cells(name) & concerned).sum()) for name in met)
    return weight >= 3 * SURE or sum(met.values()) >= MORE_THAN_HALF * changes


def _is_permuted(table: Compared, part: str, rows: Sequence[tuple[int, list[str]]]) -> bool:
    """True if rows have changed places in no order, as when labels were sorted apart."""
    names = {name for _, some in rows for name in some}
    weight = sum(_weight(table, part, row, some) for row, some in rows)
    changes = sum(int(table.open_cells(name).sum()) for name in names)
    is_most = sum(len(some) for _, some in rows) >= MOST_OF * changes
    return len(rows) >= FEW and weight >= SURE and is_most


def _at_other_labels(
    table: Compared, part: str, moved: Sequence[tuple[int, list[str]]]
) -> Difference:
    names = list(dict.fromkeys(name for _, some in moved for name in some))
    rows = sorted({row for row, _ in moved})
    return table.difference(
        f"the values of {count_of(len(rows))} in {listed(names)} stand at another {part}",
        rows,
        names,
    )


def _met_elsewhere(
    table: Compared, aspect: Sequence[str], settled: dict[str, Array]
) -> Iterator[tuple[int, str, Any, Any]]:
    """Yield the rows of the record whose old values in some columns are now at a place where they
    were not: each with the part of the key that differs, its label, and the other label.
    """
    import numpy as np
    import pandas as pd

    is_open = np.logical_or.reduce([table.open_cells(name) & ~settled[name] for name in aspect])
    weight = sum(table.bits[name] * table.open_cells(name) for name in aspect)
    rows = np.flatnonzero(is_open & (weight >= 1))
    if not len(rows):
        return
    is_held = np.ones(len(table.frame), dtype=bool)
    for name in sorted(aspect, key=lambda name: -float(table.bits[name][rows].sum()))[:3]:
        is_held &= pd.Series(table.whole(name)).isin(pd.unique(table.was[name][rows])).to_numpy()
    held = np.flatnonzero(is_held)
    if len(held) > 50 * len(rows) + 1000:
        return  # values that so many rows share tell nothing
    positions: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for position, values in zip(
        held, zip(*(table.taken(name, held) for name in aspect), strict=True), strict=True
    ):
        positions[signature_of(values)].append(int(position))
    for row in rows:
        targets = positions.get(signature_of(table.was[name][row] for name in aspect), ())
        if len(targets) > 50:
            continue
        row_key = tuple(table.keys.iloc[row])
        met = []
        for place in targets:
            stood = int(table.row_at[place])
            if place == table.at[row]:
                continue
            if stood < 0 and table.record.is_whole and not table.is_lost[row]:
                continue  # a new row that resembles one which was revised
            if stood >= 0 and not any(table.changed[name][stood] for name in aspect):
                continue
            key = tuple(table.now_keys.iloc[place])
            parts = [n for n, (a, b) in enumerate(zip(row_key, key, strict=True)) if a != b]
            if len(parts) == 1:
                met.append((table.key[parts[0]], row_key[parts[0]], key[parts[0]]))
        if len(met) == 1:
            yield int(row), *met[0]


def _of_labels(
    table: Compared,
    move: tuple[str, Any, Any],
    moved: Sequence[tuple[int, list[str]]],
    is_mutual: bool,
) -> Difference:
    part, label, other = move
    if is_mutual:
        label, other = sorted((label, other), key=str)
    columns = list(dict.fromkeys(name for _, names in moved for name in names))
    rows = sorted({row for row, _ in moved})
    texts = [label_of(text) for text in (label, other)]
    how = (
        f"{part} {texts[0]} and {texts[1]} have exchanged their values"
        if is_mutual
        else f"values of {part} {texts[0]} stand at {texts[1]}"
    )
    return table.difference(f"{how} in {listed(columns)}, in {count_of(len(rows))}", rows, columns)
