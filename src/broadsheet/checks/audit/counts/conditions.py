"""The readings of a number that counts rows by their values: "12 of 27 members exceeded 3 percent",
"no deaths in 32 airlines", "murders rose in 53 cities".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from broadsheet.checks.audit.audit_table import IntArray
from broadsheet.checks.audit.judging import Judge
from broadsheet.checks.audit.measured import in_unit_of
from broadsheet.checks.audit.mentions import distinct
from broadsheet.checks.audit.places import WORD, plain_name
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.statement import AuditReading
from broadsheet.checks.audit.vocabulary import concepts_in, lemma, units, words_listed, words_said

_ABOVE = re.compile(
    r"\b(?:above|over|more than|greater than|higher than|past|beyond|at least|or more|exceed\w*|topp\w*|surpass\w*|"
    r"dépass\w*|plus de|über\w*|mehr als|mindestens|más de)\W*$"
)
_BELOW = re.compile(
    r"\b(?:below|under|less than|fewer than|lower than|smaller than|at most|short of|"
    r"unter\w*|weniger als|moins de|menos de)\W*$"
)
_EQUAL = re.compile(
    r"\b(?:at least|at most|or (?:more|less|fewer|above|below)|mindestens|höchstens)\b"
)
_RESOLUTIONS = {
    "day": "day jour tag",
    "month": "month mois monat",
    "year": "year an jahr année",
    "quarter": "quarter",
}
_EXACTLY = 2
"""The side of a number that each of some rows has."""
_FEW = 4
_IN = re.compile(r"\b(?:in|dans|en)(?: (?:all|only|just|allen|nur|tous les|todos los))?(?: the)? $")
"""Words before the number of labels in which a value rose: "in all four countries"."""
_THAN_IN = re.compile(r"\bthan (?:in|at|during) (?=\d)|\bals (?=\d)")
_CLAUSE_END = re.compile("[.,;:]")
_NO = re.compile(r"\b(?:no|not a single|without(?: any)?|zero|kein\w*|aucune?)\b")


def counts_under(judge: Judge, quantity: Quantity) -> Iterator[AuditReading]:
    """Yield the readings of a number as a count of the rows that meet the condition of the sentence."""
    if judge.table.counted is not None:
        return
    if not _is_whole_or_share(quantity) or not _counts_rows(judge, quantity):
        return
    if re.search(
        r"\b(?:of|out of|from|unter|von|des|sur)(?: the| all| its| den| der)? ?$",
        judge.sentence.low[: quantity.start],
    ):
        return  # "of the 27 members"
    if any(
        judge.words.leads(name, judge.sentence.low[: quantity.start]) for name in ("up", "down")
    ):
        return  # "the club gained 14 members"
    met = _met(judge, quantity)
    if met is None:
        return
    places, is_sure, whole = met
    share = 100 * len(places) / whole if whole else 0.0
    exact = share if quantity.kind == "percent" else float(len(places))
    if quantity.kind == "percent" and not whole:
        return
    yield judge.reading(
        "count", places, exact, quantity.fits(exact), sure=is_sure and not _has_twin(judge)
    )


def _has_twin(judge: Judge) -> bool:
    """True if the table has the measure for several periods, and the sentence names none of them."""
    named = judge.named
    return not judge.sentence.times and any(
        each.table.file == named.table.file
        and each.measure is not named.measure
        and each.score >= named.score
        and (each.words.period or named.words.period)
        for each in judge.sentence.named
    )


def _is_whole_or_share(quantity: Quantity) -> bool:
    is_of_time = quantity.kind == "unit" and units()[quantity.unit][0] in ("time", "things")
    is_whole = quantity.value == int(quantity.value) and quantity.scale == 1.0
    return ((quantity.kind == "" or is_of_time) and is_whole) or quantity.kind == "percent"


def _counts_rows(judge: Judge, quantity: Quantity) -> bool:
    """True if the noun behind a number is one of the rows, or of their labels or times."""
    table = judge.table
    heads = frozenset[str]().union(
        *(concepts_in(f"{each.title} {each.name}") for each in table.labels)
    )
    about = words_said(f"{table.name.replace('-', ' ')} {table.title}")
    times = _RESOLUTIONS[table.time.resolution].split() if table.time is not None else []
    text = judge.sentence.text[max(quantity.end - len(quantity.unit), quantity.start) :]
    if table.is_of_things and judge.words.patterns["of-them"].match(text.lower().lstrip()):
        return True
    for match in list(WORD.finditer(text))[:_FEW]:
        name = lemma(plain_name(match[0]))
        is_place = bool(judge.sentence.among.labels.place_columns.get(judge.named.number))
        if (
            name in times
            or name in words_listed("rows")
            or concepts_in(name) & (heads | about)
            or (is_place and name in words_listed("groups"))
            or (bool(table.labels) and name in words_listed("members"))
        ):
            return True
    return False


def _met(judge: Judge, quantity: Quantity) -> tuple[IntArray, bool, int] | None:
    """Return the cells that meet a condition, with True if the sentence names all of it, and the
    number of all cells that it could be met by.
    """
    if (of_years := _met_by_year(judge)) is not None:
        return of_years
    low, values = judge.sentence.low, judge.measure.values
    cells = _cells(judge)
    for limit in judge.sentence.quantities:
        side, is_equal = _side(judge, quantity, limit)
        if not side or cells is None:
            continue
        places, is_sure = cells
        typical = float(np.median(np.abs(values[places])))
        converted = in_unit_of(limit, judge.measure, typical or 1.0)
        if converted is None:
            continue
        if side == _EXACTLY:
            return places[values[places] == converted[0].value], is_sure, len(places)
        off = (values[places] - converted[0].value) * side
        return places[(off >= 0) if is_equal else (off > 0)], is_sure, len(places)
    none = _NO.search(low)
    is_of_none = (
        none
        and concepts_in(_CLAUSE_END.split(low[none.end() : none.end() + 30])[0])
        & judge.named.words.own
    )
    if is_of_none and cells is not None:
        places, is_sure = cells
        return places[values[places] == 0], is_sure, len(places)
    return _moved(judge, quantity)


def _met_by_year(judge: Judge) -> tuple[IntArray, bool, int] | None:
    """Return the cells of a column of years that are before or after the only year of a sentence: "four of the
    bridges were opened before 1900"; None for another column, or another sentence.
    """
    times, table = judge.sentence.times, judge.table
    if not judge.measure.is_of_years or not table.is_of_things or table.time is not None:
        return None
    if len(times) != 1 or times[0].key % 10_000 or times[0].start <= 0:
        return None
    before = judge.sentence.low[: times[0].start]
    sides = [
        side
        for name, side in (("before-time", -1), ("after-time", 1))
        if judge.words.leads(name, before)
    ]
    if len(sides) != 1:
        return None
    places = np.flatnonzero(judge.chosen(judge.mentions))
    off = (judge.measure.values[places] - times[0].key // 10_000) * sides[0]
    return places[off > 0], not (off == 0).any(), len(places)


def _side(judge: Judge, quantity: Quantity, limit: Quantity) -> tuple[int, bool]:
    """Return 1 if the sentence says "above" of a number, -1 for "below", ``_EXACTLY`` for "each", 0 for none of
    them; and True if the number itself is included.
    """
    low = judge.sentence.low
    if limit is quantity or limit.kind in ("rank", "times"):
        return 0, False
    before, behind = low[: limit.start], low[limit.end : limit.end + 12]
    is_equal = bool(_EQUAL.search(low[max(0, limit.start - 12) : limit.end + 12]))
    each = judge.words.patterns["each"].search(low, limit.end)
    if each and not re.search(r"[\d.,;:]", low[limit.end : each.start()]):
        return _EXACTLY, True
    compared = [
        each.kind
        for each in judge.sentence.meanings
        if each.kind in ("more", "less") and 0 <= limit.start - each.end < 4
    ]
    if (
        _BELOW.search(before)
        or compared == ["less"]
        or behind.startswith((" or less", " or fewer"))
    ):
        return -1, is_equal
    if (
        _ABOVE.search(before)
        or compared == ["more"]
        or behind.startswith((" or more", " or above"))
    ):
        return 1, is_equal
    return 0, False


def _cells(judge: Judge) -> tuple[IntArray, bool] | None:
    """Return the cells that a condition is of: those of the labels and the time that are named."""
    times, until = judge.sentence.times, judge.sentence.until
    first = times[0] if times else None
    if len(times) > 1 and until is None:
        return None
    is_sure = True
    if judge.table.time is not None and first is None and not judge.is_series:
        is_sure = judge.table.is_of_things
        first = None if is_sure else judge.latest(())
    at = judge.at(first, until)
    if at is None:
        return None
    mentions = [each for each in judge.mentions if each.words.lower() not in ("us", "uk")]
    places = np.flatnonzero(judge.chosen(mentions) & at)
    places = judge.parts(places) if not mentions else places
    is_counted = judge.is_series or judge.table.is_of_things or judge.table.time is None
    is_at_once = is_counted or (until is None and first is not None)
    return (places, is_sure) if is_at_once and len(places) > 1 else None


def _compared_moves(judge: Judge, quantity: Quantity) -> list[tuple[int, int]]:
    """Return what "had more in 2015 than in 2010" says of the way from 2010 to 2015: how far it stands
    from a number, and 1 for up, -1 for down.
    """
    sentence = judge.sentence
    than = _THAN_IN.search(sentence.low)
    behind = [time for time in sentence.times if than and time.start >= than.start()]
    if than is None or len(behind) != 1 or len(distinct(sentence.times)) != 2:
        return []
    turned = -1 if behind[0].key == max(time.key for time in sentence.times) else 1
    return [
        (abs(each.start - quantity.start), turned * (1 if each.kind == "more" else -1))
        for each in sentence.meanings
        if each.kind in ("more", "less") and each.start < than.start() + 5
    ]


def _moved(judge: Judge, quantity: Quantity) -> tuple[IntArray, bool, int] | None:
    """Return the last cells of the labels whose values rose or fell. A label with several cells at a
    time, a quarter of months, has no value then.
    """
    low, words = judge.sentence.low, judge.words
    moves = [
        (abs(match.start() - quantity.start), side)
        for name, side in (("up", 1), ("down", -1))
        for match in words.patterns[name].finditer(low)
    ]
    moves += _compared_moves(judge, quantity)
    column, labels = judge.table.time, judge.table.labels
    if not moves or column is None or not labels or not judge.needs_label:
        return None
    side = min(moves)[1]
    times = distinct(judge.sentence.times)
    is_year = len(times) == 1 and times[0].role == "at" and not times[0].key % 10_000
    if is_year and _IN.search(low[: quantity.start]) and not judge.mentions:
        times = [times[0].year_before, times[0]]
    keys = [(time.key, time.last) for time in times]
    if not keys:
        present = column.keys[judge.has_values & (column.keys > 0)]
        keys = [(int(key), int(key)) for key in np.unique(present)]
    if len(keys) != 2:
        return None
    names = labels[0].codes
    at_times = [
        judge.parts(np.flatnonzero(judge.has_values & judge.table.at_time(*key))) for key in keys
    ]
    if any(len(np.unique(names[places])) < len(places) for places in at_times):
        return None
    levels = [{int(names[place]): int(place) for place in places} for places in at_times]
    both = sorted(set(levels[0]) & set(levels[1]))
    values = judge.measure.values
    met = [
        levels[1][name]
        for name in both
        if (values[levels[1][name]] - values[levels[0][name]]) * side > 0
    ]
    return np.array(met, dtype=np.int64), True, len(both)
