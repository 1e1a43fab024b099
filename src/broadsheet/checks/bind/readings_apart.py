"""Tells readings of some words apart by their meaning, and finds which is ahead of the others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from broadsheet.checks.bind.asking import BoundReading
from broadsheet.checks.bind.probe import figures, value_of

MARGIN_AHEAD = 0.2
"""The clearness by which a reading must be ahead of the next one."""


@dataclass(frozen=True)
class ChosenReading:
    """The choice among the readings of some words."""

    best: BoundReading
    """The best one."""
    others: Sequence[BoundReading]
    """The best ones of other meanings."""
    is_clear: bool
    """True if the best one is meant."""


def is_ahead(best: BoundReading, others: Sequence[BoundReading], margin: float) -> bool:
    """True if a reading is clearer than the next one by a margin."""
    return not others or others[0].score <= best.score - margin


def firsts_of(readings: Sequence[BoundReading]) -> list[BoundReading]:
    """Return the best reading of each meaning, the clearest first; one whose rows a reader is told,
    where there is one.
    """
    firsts = dict[str, BoundReading]()
    for reading in sorted(readings, key=lambda each: -each.score):
        alike = (
            meaning
            for meaning, other in firsts.items()
            if _are_of_a_part(reading, other) or _are_worked_out_alike(reading, other)
        )
        meaning = next(alike, meaning_of(reading))
        first = firsts.setdefault(meaning, reading)
        is_plainer = _is_worked_out(first) and not _is_worked_out(reading)
        is_traced = _is_traced(reading) and not _is_traced(first)
        if is_plainer or (is_traced and not _is_worked_out(reading)):
            firsts[meaning] = replace(reading, score=first.score)
    return list(firsts.values())


def _are_of_a_part(reading: BoundReading, other: BoundReading) -> bool:
    """True if two readings are of the same rows, and differ only in that one is of a part of the table,
    in which they are not if it has other texts.
    """
    keys = [each.declared.get("keys") or () for each in (reading, other)]
    pairs = list(zip(reading.otherwise, other.otherwise, strict=True))
    return (
        keys[0] == keys[1]
        and any(map(len, keys[0]))
        and all(reading.declared.get(of) == other.declared.get(of) for of in ("place", "sources"))
        and all(None in pair or pair[0] == pair[1] for pair in pairs)
        and any(None not in pair for pair in pairs)
    )


def _are_worked_out_alike(reading: BoundReading, other: BoundReading) -> bool:
    """True if two conditions hold the same values against each other, which one has as a series, and the
    other works out.
    """
    pairs = [
        (json.loads(value)[0], json.loads(than)[0])
        for value, than in zip(reading.otherwise, other.otherwise, strict=True)
        if value is not None and than is not None and "evidence" in reading.declared
    ]
    return (
        set(reading.rests) == set(other.rests)
        and (_is_worked_out(reading) or _is_worked_out(other))
        and bool(pairs)
        and all(first == second for first, second in pairs)
    )


def _is_worked_out(reading: BoundReading) -> bool:
    """True if a condition rests on values that it works out of others."""
    evidence = reading.declared.get("evidence", ())
    read = {figures(each["value"]) for each in evidence if each["value"]}
    return bool(read and reading.rests) and not read & set(reading.rests)


def _is_traced(reading: BoundReading) -> bool:
    """True if a reader is told which rows a reading rests on."""
    declared = reading.declared
    has_rows = any(map(len, declared.get("keys") or ()))
    return bool(has_rows or (declared.get("derivation") or {}).get("parts"))


def meaning_of(reading: BoundReading) -> str:
    """Return what a reading means, in a form to compare: what it comes to where the tables have other
    numbers, and the places of values that are zero, as many are; if they tell nothing of it, what it
    rests on.
    """
    declared, now = reading.declared, value_of(reading.declared)
    evidence = declared.get("evidence", ())
    places = sorted(str(each["place"]) for each in evidence if not each["value"])
    if any(value not in (None, now) for value in reading.otherwise):
        return json.dumps([reading.otherwise, places])
    if "evidence" in declared:
        return json.dumps(
            [now, places] if evidence else [now, declared["compared"]], sort_keys=True
        )
    keys = sorted(map(str, declared["keys"]))
    derivation = declared.get("derivation") or {}
    parts = sorted(str(part.get("place", part)) for part in derivation.get("parts", ()))
    rests_on = parts or (keys if any(map(len, declared["keys"])) else declared["note"])
    return json.dumps([sorted(declared["sources"]), declared["text"], rests_on])
