"""Chooses of the expressions that read as some words do the one that is meant, or says that it is not
clear.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from broadsheet.checks.audit.vocabulary import concepts_in, words_listed
from broadsheet.checks.bind.asking import Answer, Answers, AskedSentence, BoundReading, Key
from broadsheet.checks.bind.audited_texts import AuditedNumber
from broadsheet.checks.bind.bound_source import BoundSource
from broadsheet.checks.bind.bound_words import BoundWords, UnsureWords
from broadsheet.checks.bind.document_texts import TextStretch
from broadsheet.checks.bind.passages import label_positions
from broadsheet.checks.bind.probe import value_of

_MARGIN = 0.2
"""The clearness by which a reading must be ahead of the next one."""
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
_CLEAR_CLAIM = 0.9
"""The clearness that a comparison needs that rests on a value of the number beside it."""
_CLEAR_APART = 2.0
"""The clearness that one needs if nothing is known of the number beside it, but of another."""
_MARGIN_APART = 0.5
"""The clearness by which it must be ahead of the next one."""
_FAR_AHEAD = 1.5
"""The clearness by which a condition is so far ahead of those that rest on a number that it is none of it."""
_CLEAR_ALONE = 2.6
"""The clearness that a comparison needs in a sentence without numbers."""
_MARGIN_ALONE = 0.5
"""The clearness by which it must be ahead of the next one."""
_BESIDE = 180
"""The letters between words and the farthest number that says on what they rest."""
_NEAR_BY = 40
"""The letters between words and a number that halve what it says of them."""
_DIRECT = 16
"""The letters up to which a number is directly beside words, which rest on it."""
_ABREAST = 3
"""The letters by which another number may be farther, and still be beside them."""
_ALL_STATED = 0.5
"""The clearness that a condition has in addition of which the sentence states all values."""
_CITED = 0.8
"""The clearness that a number in a sentence with a source needs beside."""
_ROWS = re.compile(r"(?:count|amount)\(len\((?P<frame>\w+)\)(?:, [^()]+)?\)")
"""The number of rows of a frame."""
_OF_CASES = ("every(", "since(")
"""The beginnings of conditions that rest on no value, but on how many."""
_OTHER_ROWS = 1.2
"""The clearness that it lacks in a sentence whose other numbers are all of other frames."""
_ROUNDS = 3
"""The times that numbers are chosen, each time by what the others are bound to."""
_SAME_COLUMN = 0.5
"""The clearness that another number of the sentence adds that is bound to the same column."""
_SAME_FORM = 0.4
"""The clearness that one adds that is worked out in the same way, of other rows."""
_COLUMN_AROUND = 0.3
"""The clearness that one of a sentence beside adds."""
_NEAR = 1.5
"""The clearness by which a reading may be behind the best one, and still be meant."""
_OF_NUMBER = 1.0
"""The clearness that each number of a sentence adds to a condition that rests on its values."""
_SO_FAR = re.compile(
    r"(?P<function>highest|lowest)\((?P<of>.+)\[:(?P<key>[^\[\]:]+)\](?:, gaps=True)?\)"
)
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
_BREAK = re.compile(r"[;.—]\s|\b(?:while|whereas|but|während|aber)\b")
"""Words and marks behind which a sentence is about something else."""
_THAT_IS = re.compile(
    r"\s*(?:(?:still|but|yet|and),? )?(?:that|this|das|dies) (?:is|was|were|had been|ist|war)(?: still)? ",
    re.IGNORECASE,
)
"""The words before a comparison of what the sentence before tells."""
_NEXT_CLAUSE = re.compile(r", (?:and|but|und|aber)\b")
_AND = re.compile(r"\b(?:and|und)\b")
_PAUSE = re.compile(r"[:()]\s|, (?:and|und)\b")
"""Marks behind a number behind which the sentence may be about something else."""
_ASIDE = re.compile(r"[()]\s")
"""The same before a number: a colon introduces what words rest on."""
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
            numbers = _numbers_about(key, asked[key[0]], stated, _compared_in(answers[0], key[0]))
            if before := _number_before(key, asked, stated):
                numbers = [*(numbers or ()), before]
            told = _told_by_numbers(_of_all_times(options), key[0], columns if numbers else {})
            choices[key] = _claim(told, numbers)
    edits, unsure = list[BoundWords](), list[UnsureWords]()
    for key, choice in choices.items():
        words = _words_of(source, asked[key[0]], key, answers[0][key], choice)
        if isinstance(words, BoundWords):
            edits.append(words)
        elif words is not None:
            unsure.append(words)
    return edits, unsure


@dataclass(frozen=True)
class _Stated:
    """A number of the sentence of a comparison."""

    values: set[str]
    """The values that it states, and on which it rests."""
    distance: float
    """The letters between it and the words of the comparison, more for a break."""
    limit: str
    """Its figures, as a condition would have them."""
    is_behind_and: bool = False
    """It stands in a clause behind that of the words: "fell, and it was 12"."""

    @property
    def nearness(self) -> float:
        """Its nearness to the words, from 0 to 1."""
        return 1 / (1 + self.distance / _NEAR_BY)


@dataclass(frozen=True)
class _Choice:
    """The choice among the readings of some words."""

    best: BoundReading
    """The best one."""
    others: Sequence[BoundReading]
    """The best ones of other meanings."""
    is_clear: bool
    """True if the best one is meant."""


def _words_of(
    source: BoundSource, sentence: AskedSentence, key: Key, answer: Answer, choice: _Choice
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
) -> dict[Key, _Choice]:
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
    choices = dict[Key, _Choice]()
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


def _counts_other_rows(code: str, columns: set[str]) -> bool:
    """True if an expression counts the rows of another frame than that of the columns."""
    rows = _ROWS.fullmatch(code)
    return rows is not None and not any(
        rows["frame"] == re.split(r"[.\[]", column)[0] for column in columns or {rows["frame"]}
    )


def _columns_of(choices: Mapping[Key, _Choice]) -> defaultdict[int, set[str]]:
    """Return the codes of the columns to which the numbers of each sentence are bound."""
    columns = defaultdict[int, set[str]](set)
    for key, choice in choices.items():
        if choice.is_clear:
            columns[key[0]] |= _columns_in(choice.best.code)
    return columns


def _forms_of(choices: Mapping[Key, _Choice]) -> defaultdict[int, set[str]]:
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
    return read | {match["of"] for match in _CALLED.finditer(code)}


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
        told.append(replace(reading, score=reading.score + clear / max(1, len(read))))
    return told


def _fact(readings: Sequence[BoundReading], size: int, sentence: AskedSentence) -> _Choice:
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
    is_ahead = _is_ahead(best, others, _MARGIN) and _is_ahead(
        best, of_same, _MARGIN_OF_SAME.get(size, _MARGIN)
    )
    is_clear = best.score >= needed and is_ahead and not is_rivalled
    return _Choice(best, others, is_clear)


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


def _values_stated(choice: _Choice | None) -> set[str]:
    """Return the values that a number states in each reading that it may have."""
    if choice is None:
        return set()
    stated = set(choice.best.rests)
    if choice.is_clear:
        return stated
    near = [each for each in choice.others if each.score > choice.best.score - _NEAR]
    return stated.intersection(*(each.rests for each in near)) if near else set()


def _of_all_times(readings: Sequence[BoundReading]) -> Sequence[BoundReading]:
    """Return the readings without the records so far that are records of all times, too; but those up
    to the time of a parameter, of which an edition may tell.
    """
    codes = {reading.code.replace(", gaps=True", "") for reading in readings}
    return [
        reading
        for reading in readings
        if not (match := _SO_FAR.fullmatch(reading.code))
        or match["key"].isidentifier()
        or f"{match['function']}({match['of']}, {match['key']})" not in codes
    ]


def _claim(readings: Sequence[BoundReading], numbers: Sequence[_Stated] | None) -> _Choice:
    """Return the choice of a condition by what the ``numbers`` of its sentence state; None stands for a
    part of a sentence without numbers.
    """
    if numbers is None:
        best, *others = firsts_of(readings)
        is_clear = best.score >= _CLEAR_ALONE and _is_ahead(best, others, _MARGIN_ALONE)
        return _Choice(best, others, is_clear)
    nearest = min(number.distance for number in numbers)
    beside = [number for number in numbers if number.distance <= nearest + _ABREAST]
    values = set[str]().union(*(number.values for number in beside))
    resting = [
        replace(reading, score=reading.score + _support(reading, numbers))
        for reading in readings
        if not values or values.intersection(reading.rests)
    ]
    if all(number.is_behind_and for number in beside) and _is_of_far(readings, resting):
        return _claim(readings, None)
    best, *others = firsts_of(resting or readings)
    is_resting = bool(resting) and any(
        number.distance < _BESIDE and number.values.intersection(best.rests) for number in numbers
    )
    if is_resting and values:
        needed, margin = _CLEAR_CLAIM, _MARGIN
    elif is_resting:
        needed, margin = _CLEAR_APART, _MARGIN_APART
    else:
        needed, margin = _CLEAR_ALONE, _MARGIN_ALONE
    limits = [re.escape(number.limit) for number in beside if number.limit]
    is_limit = any(re.search(rf"[<>]=? {limit}(?![\d.])", best.code) for limit in limits)
    is_of_cases = best.code.startswith(_OF_CASES)
    # the number says on what the words rest
    is_of_number = nearest < _DIRECT and not (is_limit or is_of_cases)
    is_clear = (is_resting and bool(values)) or not is_of_number
    is_clear = is_clear and best.score >= needed and _is_ahead(best, others, margin)
    return _Choice(best, others, is_clear)


def _is_of_far(readings: Sequence[BoundReading], resting: Sequence[BoundReading]) -> bool:
    """True if the words name a condition far more clearly than those that rest on the number beside."""
    best = max(reading.score for reading in readings)
    return bool(resting) and max(reading.score for reading in resting) < best - _FAR_AHEAD


def _support(reading: BoundReading, numbers: Sequence[_Stated]) -> float:
    """Return how much clearer a condition is by the numbers on whose values it rests."""
    rests, stated = set(reading.rests), set[str]()
    if not rests:
        return 0.0
    support = 0.0
    for number in numbers:
        part = len(rests & number.values) / len(rests)
        support += _OF_NUMBER * part * (0.3 + 0.7 * number.nearness)
        stated |= number.values
    return support + _ALL_STATED * (rests <= stated)


def _is_ahead(best: BoundReading, others: Sequence[BoundReading], margin: float) -> bool:
    return not others or others[0].score <= best.score - margin


def _numbers_about(
    key: Key,
    sentence: AskedSentence,
    stated: Mapping[Key, set[str]],
    compared: Sequence[tuple[int, int]],
) -> list[_Stated] | None:
    """Return what the numbers of the sentence of a comparison state; None if it has none in the part of
    the sentence that it is in. A number behind "and" and another comparison is of that.
    """
    number, start, end, _ = key
    numbers, is_apart = list[_Stated](), True
    for (other, first, last, _), values in stated.items():
        if other == number:
            is_within = first < end and start < last
            if is_within and not values:
                continue  # "six times as much" says how large, and on what it rests others do
            between = "" if is_within else sentence.text[min(end, last) : max(start, first)]
            breaks = len(_BREAK.findall(between)) or any(
                end <= start_of and end_of <= first and _AND.search(sentence.text, end, start_of)
                for start_of, end_of in compared
            )
            is_apart = is_apart and breaks > 0
            pauses = len((_PAUSE if first < start else _ASIDE).findall(between))
            distance = len(between) + _BESIDE * (breaks / 2 + pauses / 4)
            limit = re.sub(r"[^\d.]", "", sentence.text[first:last])
            is_behind_and = first > start and _NEXT_CLAUSE.search(between) is not None
            numbers.append(_Stated(values, distance, limit, is_behind_and))
    return None if is_apart else numbers


def _number_before(
    key: Key, asked: Sequence[AskedSentence], stated: Mapping[Key, set[str]]
) -> _Stated | None:
    """Return the last number of the sentence before one that begins with "That is", which compares it."""
    number, start, _, _ = key
    if not _THAT_IS.fullmatch(asked[number].text[:start]):
        return None
    before = [of for of in stated if of[0] == number - 1 and stated[of]]
    if not before or asked[number].stretch != asked[number - 1].stretch:
        return None
    return _Stated(stated[max(before, key=lambda of: of[1])], start, "")


def _compared_in(answers: Answers, number: int) -> list[tuple[int, int]]:
    """Return the places of the comparisons of a sentence."""
    return [(start, end) for of, start, end, kind in answers if of == number and kind == "claim"]


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


def firsts_of(readings: Sequence[BoundReading]) -> list[BoundReading]:
    """Return the best reading of each meaning, the clearest first; one whose rows a reader is told,
    where there is one.
    """
    firsts = dict[str, BoundReading]()
    for reading in sorted(readings, key=lambda each: -each.score):
        parts = (meaning for meaning, other in firsts.items() if _are_of_a_part(reading, other))
        meaning = next(parts, meaning_of(reading))
        first = firsts.setdefault(meaning, reading)
        if _is_traced(reading) and not _is_traced(first):
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
