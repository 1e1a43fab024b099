"""Chooses of the expressions that read as some words do the one that is meant, or says that it is not
clear.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from broadsheet.checks.audit.vocabulary import concepts_in, words_listed
from broadsheet.checks.bind.asking import Answer, Answers, AskedSentence, BoundReading, Key
from broadsheet.checks.bind.audited_texts import AuditedNumber
from broadsheet.checks.bind.bound_source import BoundSource
from broadsheet.checks.bind.bound_words import BoundWords, UnsureWords
from broadsheet.checks.bind.choosing_claims import (
    claim_chosen,
    compared_in,
    number_before,
    numbers_about,
    of_all_times,
)
from broadsheet.checks.bind.document_texts import TextStretch
from broadsheet.checks.bind.naming.labels import label_positions
from broadsheet.checks.bind.readings_apart import MARGIN_AHEAD, ChosenReading, firsts_of, is_ahead

_MARGIN_OF_SAME: Mapping[int, float] = {1: 1.5, 2: 0.6}
"""The clearness by which a number of so few figures must be ahead of one in another column of its row."""
_MARGIN_OF_NAME = 1.5
"""The clearness by which a number of several figures must be ahead of a fact that the cells name, if
the sentence has a word of the name."""
_LABEL = re.compile(r"\[([^\[\]]*)\]")
_CLEAR: Mapping[int, float] = {1: 2.4, 2: 1.7, 3: 0.9}
"""The clearness that a number of so few figures needs."""
_CLEAR_OTHERWISE = 0.5
_ALONE = 0.4
"""The clearness that a number needs less if no other reading fits."""
_ALONE_CELL: Mapping[int, float] = {2: 1.0, 3: 0.6}
"""The clearness that a number of so few figures needs less if it can only be a single value, of which
the sentence has a name."""
_EXTREME = re.compile(r"\((?P<of>[\w.]+(?:\[[^\[\]]*\])*)\.(?:max|min)\(\)[,)]")
_VALUE = re.compile(r"\((?P<of>[\w.]+(?:\[[^\[\]]*\])*)\[(?P<key>[^\[\]:]+)\][,)]")
"""The codes of the highest value of a column, and of one of its values."""
_ROW_BEFORE = 150
"""The letters before a sentence that may have the name of a row."""
_OF_SEVERAL = re.compile(r"\.(?:sum|max|min|mean|median|nunique)\(|\blen\(")
"""The parts of codes of several values."""
_CITED = 0.8
"""The clearness that a number in a sentence with a source needs beside."""
_ROWS = re.compile(r"(?:count|amount)\(len\((?P<frame>\w+)\)(?:, [^()]+)?\)")
"""The number of rows of a frame."""
_OTHER_ROWS = 1.2
"""The clearness that it lacks in a sentence whose other numbers are all of other frames."""
_SURE = 2
"""The figures of a number that is not bound from which on it tells on which value a condition rests."""
_ROUNDS = 3
"""The times that numbers are chosen, each time by what the others are bound to."""
_SAME_COLUMN = 0.5
"""The clearness that another number of the sentence adds that is bound to the same column."""
_SAME_FORM = 0.4
"""The clearness that one adds that is worked out in the same way, of other rows."""
_OF_CASES_HERE = 0.5
"""The clearness that a condition on all cases, which rests on no value, has by numbers of its column."""
_COLUMN_AROUND = 0.3
"""The clearness that one of a sentence beside adds."""
_NEAR = 1.5
"""The clearness by which a reading may be behind the best one, and still be meant."""
_COLUMN = re.compile(
    r"(?P<of>[A-Za-z_][\w.]*(?:\[[^\[\]]*\])*?)\[[^\[\]]*\]"
    r"(?!\[| ==|\.(?:sum|max|min|mean|median|nunique)\()"
    r"|(?P<all>[A-Za-z_][\w.]*(?:\[[^\[\]]*\])*)\.(?:sum|max|min|mean|median)\("
)
_CALLED = re.compile(
    r"\b(?:highest|lowest|rose|fell|held|ranks|every)\((?P<of>[A-Za-z_][\w.]*(?:\[[^\[\]:]*\])*)"
)
"""The column of which a condition tells a rank, a change, or what holds each time."""
_NAME = re.compile(r"(?:\w+[.\[(])?(?P<name>\w+|[\"'][^\"']*)")
"""The beginning of the code of a column, or of a name that stands alone: `power.wind["Iowa"]`."""
_SMALL = words_listed("small-en") | words_listed("function")
"""Words that name nothing: "at" of `at_peak`."""
_AUDITED = 1.0
"""The clearness that the audit adds."""
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
    readings = {key: options for key in answers[0] if (options := _in_all(key, answers))}
    choices = _facts_of(asked, answers[0], readings, audited)
    stated = {key: _values_stated(choices.get(key)) for key in answers[0] if key[3] == "fact"}
    columns = _columns_of(choices)
    for key, options in readings.items():
        if key[3] == "claim":
            of_values = {
                of: values
                for of, values in stated.items()
                if not _counts_only_rows(of, choices, options)
            }
            told = _values_told(key[0], answers[0], options)
            others = compared_in(answers[0], key[0])
            numbers = numbers_about(key, asked[key[0]], of_values, others, told)
            if before := number_before(key, asked, stated):
                numbers = [*(numbers or ()), before]
            clear = _told_by_numbers(of_all_times(options), key[0], columns if numbers else {})
            choices[key] = claim_chosen(clear, numbers)
    edits, unsure = list[BoundWords](), list[UnsureWords]()
    for key, choice in choices.items():
        words = _words_of(source, asked[key[0]], key, answers[0][key], choice)
        if isinstance(words, BoundWords):
            edits.append(words)
        elif words is not None:
            unsure.append(words)
    return edits, unsure


def _words_of(
    source: BoundSource, sentence: AskedSentence, key: Key, answer: Answer, choice: ChosenReading
) -> BoundWords | UnsureWords | None:
    """Return words as they are bound, or unsure; None for those of which nothing is told."""
    _, first, last, kind = key
    start, end, instead = sentence.position + first, sentence.position + last, ""
    if sentence.mended:
        if (first, answer.words) != (sentence.mended[0], sentence.mended[2]):
            return None
        end, instead = sentence.position + sentence.mended[1], sentence.mended[2]
    stretch, best = sentence.stretch, choice.best
    written = source.cells[stretch.cell - 1][1][start:end]
    if not instead and written != answer.words:
        return None
    place = source.place(stretch.cell, start)
    quote = "'" if stretch.quote == '"' else '"'
    edit = BoundWords(
        stretch.cell, start, end, kind, written, best.code, best.declared, place, quote, instead
    )
    if choice.is_clear and _fits(edit, stretch):
        return edit
    if instead or best.score <= 0:
        return None
    codes = tuple(reading.code for reading in (best, *choice.others)[:_SHOWN])
    return UnsureWords(stretch.cell, start, end, written, codes, place)


def _facts_of(
    asked: Sequence[AskedSentence],
    answers: Answers,
    readings: Mapping[Key, Sequence[BoundReading]],
    audited: Mapping[tuple[int, int, int], AuditedNumber],
) -> dict[Key, ChosenReading]:
    """Return the choices of numbers. Numbers of a sentence are often of one column: what one is bound to
    makes those of others clearer.
    """
    facts = {
        key: [
            (
                replace(reading, score=reading.score + _audited(reading, audited.get(key[:3]))),
                _columns_in(reading.code),
            )
            for reading in options
        ]
        for key, options in readings.items()
        if key[3] == "fact"
    }
    choices = dict[Key, ChosenReading]()
    for _ in range(_ROUNDS):
        columns, forms = _columns_of(choices), _forms_of(choices)
        for key, options in facts.items():
            number = key[0]
            around = columns[number - 1] | columns[number + 1]
            raised = [
                replace(
                    reading,
                    score=reading.score
                    + _SAME_COLUMN * bool(read & columns[number])
                    + _COLUMN_AROUND * bool(read & around)
                    + _SAME_FORM * (_form_of(reading.code) in forms[number] - {""})
                    - _OTHER_ROWS * _counts_other_rows(reading.code, columns[number]),
                )
                for reading, read in options
            ]
            choices[key] = _fact(raised, answers[key].size, asked[number])
    return choices


def _counts_only_rows(
    key: Key, choices: Mapping[Key, ChosenReading], options: Sequence[BoundReading]
) -> bool:
    """True if a number is the number of rows, and none of the readings of a comparison rests on it: "more
    than in any other of the 20 countries".
    """
    choice = choices.get(key)
    if choice is None or not choice.is_clear or not _ROWS.fullmatch(choice.best.code):
        return False
    return not any(set(choice.best.rests) & set(reading.rests) for reading in options)


def _counts_other_rows(code: str, columns: set[str]) -> bool:
    """True if an expression counts the rows of another frame than that of the columns."""
    rows = _ROWS.fullmatch(code)
    return rows is not None and not any(
        rows["frame"] == re.split(r"[.\[]", column)[0] for column in columns or {rows["frame"]}
    )


def _columns_of(choices: Mapping[Key, ChosenReading]) -> defaultdict[int, set[str]]:
    """Return the codes of the columns to which the numbers of each sentence are bound."""
    columns = defaultdict[int, set[str]](set)
    for key, choice in choices.items():
        if choice.is_clear:
            columns[key[0]] |= _columns_in(choice.best.code)
    return columns


def _forms_of(choices: Mapping[Key, ChosenReading]) -> defaultdict[int, set[str]]:
    """Return the forms of the computed numbers of each sentence that are clear."""
    forms = defaultdict[int, set[str]](set)
    for key, choice in choices.items():
        if choice.is_clear:
            forms[key[0]].add(_form_of(choice.best.code))
    return forms


def _form_of(code: str) -> str:
    """Return what is worked out of values, without their labels; empty for a value itself."""
    return _LABEL.sub("[]", code.partition(", ")[0]) if _is_computed(code) else ""


def _columns_in(code: str) -> set[str]:
    """Return the codes of the columns in an expression, or in a condition."""
    read = {match["of"] or match["all"] for match in _COLUMN.finditer(code)}
    return read | {match["of"].removesuffix(".diff") for match in _CALLED.finditer(code)}


def _values_told(
    number: int, answers: Answers, readings: Sequence[BoundReading]
) -> dict[Key, set[str]]:
    """Return the values with the figures of the numbers of a sentence, of those on which conditions rest."""
    rests = {each for reading in readings for each in reading.rests}
    return {
        key: {answer.said} & rests
        for key, answer in answers.items()
        if key[0] == number and len(answer.said.replace(".", "").rstrip("0")) >= _SURE
    }


def _told_by_numbers(
    readings: Sequence[BoundReading], number: int, columns: Mapping[int, set[str]]
) -> Sequence[BoundReading]:
    """Return the readings of a comparison, each clearer by the part of its columns to which numbers of
    its sentence, or of those beside it, are bound.
    """
    here = columns.get(number, set())
    around = columns.get(number - 1, set()) | columns.get(number + 1, set())
    told = list[BoundReading]()
    for reading in readings:
        read = _columns_in(reading.code)
        clear = _SAME_COLUMN * len(read & here) + _COLUMN_AROUND * len(read & around - here)
        clear = clear / max(1, len(read)) + _OF_CASES_HERE * _is_of_cases(reading.code, read, here)
        told.append(replace(reading, score=reading.score + clear))
    return told


def _is_of_cases(code: str, read: set[str], here: set[str]) -> bool:
    """True if a condition is on all cases of the columns to which the numbers of its sentence are bound."""
    return code.startswith("every(") and bool(read) and read <= here


def _fact(readings: Sequence[BoundReading], size: int, sentence: AskedSentence) -> ChosenReading:
    cells = [reading.code for reading in readings if _is_of_named_row(reading.code, sentence)]
    readings = [
        reading for reading in readings if not any(_is_extreme_of(reading.code, of) for of in cells)
    ]
    best, *others = firsts_of(readings)
    others = [reading for reading in others if not _is_extreme_of(reading.code, best.code)]
    needed = _CLEAR.get(size, _CLEAR_OTHERWISE)
    if not others and not _is_computed(best.code):
        is_cell = _OF_SEVERAL.search(best.code) is None and _names(sentence, best.code)
        needed -= _ALONE_CELL.get(size, _ALONE) if is_cell else _ALONE
    needed += _CITED if sentence.is_cited else 0
    is_rivalled = size > 1 and any(
        reading.code.isidentifier()
        and reading.score > best.score - _MARGIN_OF_NAME
        and _names(sentence, reading.code)
        for reading in others
    )
    of_same = [reading for reading in others if _row_of(reading.code) == _row_of(best.code)]
    is_first = is_ahead(best, others, MARGIN_AHEAD) and is_ahead(
        best, of_same, _MARGIN_OF_SAME.get(size, MARGIN_AHEAD)
    )
    is_clear = best.score >= needed and is_first and not is_rivalled
    return ChosenReading(best, others, is_clear)


def _names(sentence: AskedSentence, code: str) -> bool:
    """True if a sentence has a word of the columns of an expression, or of a name that stands alone."""
    names = filter(None, map(_NAME.match, _columns_in(code) or [code]))
    text = " ".join(match["name"] for match in names)
    return bool(concepts_in(re.sub(r"[\W_]+", " ", text)) & concepts_in(sentence.text) - _SMALL)


def _is_of_named_row(code: str, sentence: AskedSentence) -> bool:
    """True if an expression is a value whose row the sentence names, or the one before."""
    match = _VALUE.search(code)
    if match is None:
        return False
    text = f"{sentence.before.rstrip()[-_ROW_BEFORE:]} {sentence.text}"
    return bool(label_positions(text, match["key"].strip("'\"")))


def _is_extreme_of(code: str, cell: str) -> bool:
    """True if a code is the highest or the lowest value of a column of which another one is a value that
    has a name, "the most in 2022": that is what the sentence tells.
    """
    extreme, value = _EXTREME.search(code), _VALUE.search(cell)
    return extreme is not None and value is not None and extreme["of"] == value["of"]


def _row_of(code: str) -> str:
    """Return the label of the value that an expression is; the expression itself if it is computed."""
    labels = _LABEL.findall(code)
    return labels[-1] if labels and not _is_computed(code) else code


def _is_computed(code: str) -> bool:
    """True if an expression is a difference or a ratio of values."""
    return " / " in code or " - " in code


def _values_stated(choice: ChosenReading | None) -> set[str]:
    """Return the values that a number states in each reading that it may have."""
    if choice is None:
        return set()
    stated = set(choice.best.rests)
    if choice.is_clear:
        return stated
    near = [each for each in choice.others if each.score > choice.best.score - _NEAR]
    return stated.intersection(*(each.rests for each in near)) if near else set()


def _fits(edit: BoundWords, stretch: TextStretch) -> bool:
    """True if the code of an edit can stand in a text: it does not end early, nor is it something else in
    YAML without quotation marks.
    """
    is_bare = stretch.kind != "paragraph" and not stretch.quote
    if is_bare and (edit.start == stretch.start or ": " in edit.code or " #" in edit.code):
        return False
    return edit.is_whole(stretch.text, stretch.start)


def _in_all(key: Key, answers: Sequence[Answers]) -> list[BoundReading]:
    """Return the readings that fit in all editions."""
    everywhere = [answer[key].readings if key in answer else () for answer in answers]
    codes = [{reading.code for reading in readings} for readings in everywhere[1:]]
    return [reading for reading in everywhere[0] if all(reading.code in of for of in codes)]


def _audited(reading: BoundReading, number: AuditedNumber | None) -> float:
    """Return how much clearer an expression is by what the audit says of the number."""
    value = reading.declared["value"]
    if number is None or number.verdict != "borne out" or not isinstance(value, int | float):
        return 0.0
    near = any(
        abs(abs(value) * scale - abs(number.value)) <= 1e-6 * abs(number.value)
        for scale in (1, 100, 0.01)
    )
    return _AUDITED if near and number.is_sure else 0.0


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
