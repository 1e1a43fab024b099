"""Chooses of the expressions that read as some words do the one that is meant, or says that it is not
clear.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from broadsheet.checks.bind.asking import Answers, AskedSentence, Key, Reading
from broadsheet.checks.bind.audited_texts import AuditedNumber
from broadsheet.checks.bind.bound_source import BoundSource
from broadsheet.checks.bind.bound_words import BoundWords, UnsureWords
from broadsheet.checks.bind.document_texts import TextStretch
from broadsheet.checks.bind.probe import value_of

_MARGIN = 0.3
"""The clearness by which a reading must be ahead of the next one."""
_CLEAR: Mapping[int, float] = {1: 2.2, 2: 1.5, 3: 0.7}
"""The clearness that a number of so few figures needs."""
_CLEAR_OTHERWISE = 0.5
_ALONE = 0.4
"""The clearness that a number needs less if no other reading fits."""
_CLEAR_CLAIM = 1.6
_WITHOUT_NUMBERS = 1.0
"""The clearness that a comparison needs beside if no number beside it is of its values."""
_CITED = 0.8
"""The clearness that a small number in a sentence with a source needs beside."""
_AUDITED = 1.0
"""The clearness that the audit adds."""
_Stated = tuple[int, set[str]]
"""A number of a sentence that is bound: its position, and the values that it rests on."""
_SHOWN = 4
"""The most readings of unsure words that are shown."""


def chosen_words(
    source: BoundSource,
    asked: Sequence[AskedSentence],
    answers: Sequence[Answers],
    audited: Mapping[tuple[int, int, int], AuditedNumber],
) -> tuple[list[BoundWords], list[UnsureWords]]:
    """Return the words that are bound, and those that are unsure. Of false words, the true ones are
    bound.
    """
    edits, unsure = list[BoundWords](), list[UnsureWords]()
    stated = defaultdict[int, list[_Stated]](list)
    for key, answer in sorted(answers[0].items(), key=lambda each: each[0][3] != "fact"):
        number, first, last, kind = key
        sentence = asked[number]
        start, end = sentence.position + first, sentence.position + last
        instead = ""
        if sentence.mended:
            if (first, answer.words) != (sentence.mended[0], sentence.mended[2]):
                continue
            end, instead = sentence.position + sentence.mended[1], sentence.mended[2]
        written = source.cells[sentence.stretch.cell - 1][1][start:end]
        readings = _in_all(key, answers)
        if not readings or (not instead and written != answer.words):
            continue
        if kind == "claim":
            more = [_beside(reading, stated, number, last) for reading in readings]
        else:
            more = [_audited(reading, audited.get(key[:3])) for reading in readings]
        best, *others = firsts_of(
            [
                replace(reading, score=reading.score + extra)
                for reading, extra in zip(readings, more, strict=True)
            ]
        )
        if kind == "claim":
            needed = _CLEAR_CLAIM + (0 if _beside(best, stated, number, last) else _WITHOUT_NUMBERS)
        else:
            needed = _CLEAR.get(answer.size, _CLEAR_OTHERWISE) - (0 if others else _ALONE)
        needed += _CITED if sentence.is_cited and answer.size < 3 else 0
        is_clear = best.score >= needed and not (others and others[0].score > best.score - _MARGIN)
        place = source.place(sentence.stretch.cell, start)
        quote = "'" if sentence.stretch.quote == '"' else '"'
        edit = BoundWords(
            sentence.stretch.cell, start, end, kind, written, best.code, best.declared, place, quote,
            instead,
        )  # fmt: skip
        if is_clear and _fits(edit, sentence.stretch):
            edits.append(edit)
            if kind == "fact":
                stated[number].append((first, _values_of(best.declared)))
        elif not instead and best.score > 0:
            codes = tuple(reading.code for reading in (best, *others)[:_SHOWN])
            unsure.append(UnsureWords(sentence.stretch.cell, start, end, written, codes, place))
    return edits, unsure


def _fits(edit: BoundWords, stretch: TextStretch) -> bool:
    """True if the code of an edit can stand in a text: it does not end early, nor is it something else in
    YAML without quotation marks.
    """
    is_bare = stretch.kind != "paragraph" and not stretch.quote
    if is_bare and (edit.start == stretch.start or ": " in edit.code or " #" in edit.code):
        return False
    return edit.is_whole(stretch.text, stretch.start)


def _values_of(declared: Mapping[str, Any]) -> set[str]:
    """Return the value of a fact, and those that it was computed of."""
    parts = (declared.get("derivation") or {}).get("parts", ())
    return {str(declared.get("value")), *(str(part.get("value")) for part in parts)}


def _in_all(key: Key, answers: Sequence[Answers]) -> list[Reading]:
    """Return the readings that fit in all editions."""
    everywhere = [answer[key].readings if key in answer else () for answer in answers]
    codes = [{reading.code for reading in readings} for readings in everywhere[1:]]
    return [reading for reading in everywhere[0] if all(reading.code in of for of in codes)]


def _beside(reading: Reading, stated: Mapping[int, list[_Stated]], number: int, end: int) -> float:
    """Return how much clearer a condition is for the number nearest to the end of its words, and for
    others, that rest on the same values.
    """
    values = {str(each["value"]) for each in reading.declared["evidence"]}
    here = sorted(stated.get(number, ()), key=lambda part: abs(part[0] - end))
    around = [*stated.get(number - 1, ()), *stated.get(number + 1, ())]
    nearest = sum(len(values & of) for _, of in here[:1])
    others = {value for _, of in here[1:] for value in values & of}
    before = {value for _, of in around for value in values & of}
    return 0.8 * min(2, nearest) + 0.3 * min(2, len(others)) + 0.15 * min(2, len(before))


def _audited(reading: Reading, number: AuditedNumber | None) -> float:
    """Return how much clearer an expression is by what the audit says of the number."""
    value = reading.declared["value"]
    if number is None or number.verdict != "borne out" or not isinstance(value, int | float):
        return 0.0
    near = any(
        abs(abs(value) * scale - abs(number.value)) <= 1e-6 * abs(number.value)
        for scale in (1, 100, 0.01)
    )
    return _AUDITED if near and number.is_sure else 0.0


def firsts_of(readings: Sequence[Reading]) -> list[Reading]:
    """Return the best reading of each meaning, the clearest first; one whose rows a reader is told,
    where there is one.
    """
    firsts = dict[str, Reading]()
    for reading in sorted(readings, key=lambda each: -each.score):
        meaning = meaning_of(reading)
        first = firsts.setdefault(meaning, reading)
        if _is_traced(reading) and not _is_traced(first):
            firsts[meaning] = replace(reading, score=first.score)
    return list(firsts.values())


def _is_traced(reading: Reading) -> bool:
    """True if a reader is told which rows a reading rests on."""
    declared = reading.declared
    has_rows = any(map(len, declared.get("keys") or ()))
    return bool(has_rows or (declared.get("derivation") or {}).get("parts"))


def meaning_of(reading: Reading) -> str:
    """Return what a reading means, in a form to compare: what it comes to where the tables have other
    numbers; if they tell nothing of it, what it rests on.
    """
    declared, now = reading.declared, value_of(reading.declared)
    if any(value not in (None, now) for value in reading.otherwise):
        return json.dumps(reading.otherwise)
    if "evidence" in declared:
        return now
    keys = sorted(map(str, declared["keys"]))
    derivation = declared.get("derivation") or {}
    parts = sorted(str(part.get("place", part)) for part in derivation.get("parts", ()))
    rests_on = parts or (keys if any(map(len, declared["keys"])) else declared["note"])
    return json.dumps([sorted(declared["sources"]), declared["text"], rests_on])


def without_overlaps(edits: Sequence[BoundWords]) -> list[BoundWords]:
    """Return edits that do not overlap: of two numbers the longer; a claim may have numbers in it."""
    kept = list[BoundWords]()
    for edit in sorted(edits, key=lambda each: (each.kind != "fact", each.start - each.end)):
        over = [
            other
            for other in kept
            if other.cell == edit.cell and other.start < edit.end and edit.start < other.end
        ]
        is_around = edit.kind == "claim" and all(
            other.kind == "fact" and edit.start <= other.start and other.end <= edit.end
            for other in over
        )
        if not over or is_around:
            kept.append(edit)
    return sorted(kept, key=lambda each: (each.cell, each.start, each.end))
