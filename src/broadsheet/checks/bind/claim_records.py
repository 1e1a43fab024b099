"""The records that words may mean: the highest of all years, of all countries, of all columns of a table;
and more than all others together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadsheet.checks.audit.vocabulary import concepts_in, words_listed
from broadsheet.checks.bind.compared_words import TIMES, PlacedComparison
from broadsheet.checks.bind.naming.columns_here import Candidate, ColumnHere
from broadsheet.checks.bind.naming.named_values import NamedColumn, is_dated, is_time, written
from broadsheet.checks.bind.naming.passages import PlacedWords

_OTHER_DIMENSION = 2.0
"""The clearness that a record lacks which the words say of places of another kind."""
_OTHER_THINGS = 5.0
"""The clearness that one lacks which the words say of things that are not those places."""
_RIVALLED = 0.6
"""The clearness that the record of times lacks beside it."""
_OF_PEERS = 0.6
"""The clearness that a record among columns has in addition, of words that tell of no times."""
_AMONG = re.compile(
    r"\b(?:(?:any|all|every|each|of the|jede\w*|alle\w*)(?: other)?(?: of)?(?: the| its)?"
    r"(?: (?:other|previous|earlier|single|ander\w+|\d+|two|three|four|five|six|seven|eight|nine|ten|"
    r"zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn))?) (?P<noun>[^\W\d_]{3,})",
    re.IGNORECASE,
)
"""The words behind a record that say of which things it is one."""
_OF_ANY = frozenset(
    ("others", "values", "figures", "numbers", "cases", "data", "these", "those", "anderen", "werte")
)  # fmt: skip
"""Nouns of the places of any column."""
_OF_REST = re.compile(
    r"[^.;:,]{0,40}\b(?:all|the|alle\w*|die) (?:the )?(?:others?|rest|ander\w+|übrigen)\b[^.;:,]{0,30}?"
    r"\b(?:together|combined|zusammen)\b",
    re.IGNORECASE,
)
"""The words that hold one against the sum of all others."""
_OF_TIMES = re.compile(
    r"\b(?:ever|record|since|so far|yet|years?|months?|weeks?|days?|decades?|quarters?|time|je|seit|bisher|"
    r"Jahre?n?|Monate?n?|Tage?n?)\b"
)
"""Words for times of which a record may be one."""
_HAS = re.compile(r"\b(?:has|have|had|hat|haben|hatten?)(?: \w+)? $")
"""The words before a record that say who has it."""
_THE = ("the ", "der ", "die ", "das ", "den ")
_SCOPE = 25
"""The letters behind the words of a record that may say of which places it is one."""
_SMALL = words_listed("small-en") | words_listed("small-de") | words_listed("function")


def records(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield the records of a column that words may mean, and what they hold against all others."""
    meaning, column = compared.meaning, here.column
    side = compared.side
    if len(column.values) < 3:
        return
    function = "highest" if side > 0 else "lowest"
    words = compared.words
    if _OF_REST.match(words.sentence, words.start):
        yield from _beside_rest(compared, here)
        return
    among, lack = list(_among_columns(compared, here)), _lack_of_dimension(words, here)
    yield from among
    for label, clear in here.labels.items():
        value, score = here.value(label), here.naming + clear - lack
        rank = sum(other * side > value * side for other in column.values.values()) + 1
        before = column.places[: column.places.index(label)]
        is_rivalled = any(f".loc[{here.key(label)}]" in each.value for each in among)
        score -= _RIVALLED * is_rivalled
        for key in here.named.keys(label):
            if meaning.size and meaning.size > 1:
                if rank == int(meaning.size):
                    lowest = ", lowest_first=True" if side < 0 else ""
                    yield Candidate(f"ranks({column.code}, {key}, {rank}{lowest})", score)
                continue
            is_so_far = bool(before) and all(
                here.value(other) * side < value * side for other in before
            )
            courses = [(f"{column.code}, {key}", score)] if rank == 1 else []
            if is_time(label) and is_so_far and column.is_in_order:
                courses.append((f"{column.code}[:{key}]", score - 0.05 * (rank == 1)))
            for course, clearness in courses:
                yield Candidate(f"{function}({course})", clearness)
            for since in filter(compared.is_since, before):
                code = f"{function}({column.code}, {key}, since={written(since)})"
                yield Candidate(code, score + 0.3)


def _lack_of_dimension(words: PlacedWords, here: ColumnHere) -> float:
    """Return the clearness that a record of the places of a column lacks whose words say that it is one
    of other things: of countries, "the most of all continents".
    """
    scope = concepts_in(words.sentence[words.start : words.end + _SCOPE].partition(",")[0])
    column, among = here.column, _things_among(words)
    is_of_times = all(map(is_dated, column.places))
    if among and not among & _own_things(column, is_of_times=is_of_times):
        return _OTHER_THINGS if is_of_times or column.groups else 0
    if column.groups and is_of_times and not among and _is_of_groups(words):
        return _OTHER_THINGS
    return _OTHER_DIMENSION * bool(scope & here.named.dimensions and not scope & column.dimension)


def _own_things(column: NamedColumn, *, is_of_times: bool) -> frozenset[str]:
    """Return the words for the places of a column; not those for the groups of which it is one."""
    if not column.groups:
        return column.dimension | column.labels | TIMES
    return column.dimension | (TIMES if is_of_times else frozenset())


def _is_of_groups(words: PlacedWords) -> bool:
    """True if something has a record among others of its kind: "Norway had the longest winter"."""
    is_the = words.text.lower().startswith(_THE)
    return is_the and _HAS.search(words.sentence[: words.start]) is not None


def _things_among(words: PlacedWords) -> frozenset[str]:
    """Return what words say that a record is one of: "than any other country", "of all six sites"."""
    match = _AMONG.search(words.sentence, words.start, words.end + _SCOPE)
    if match is None or (noun := match["noun"].lower()) in _SMALL or noun in _OF_ANY:
        return frozenset()
    return concepts_in(noun)


def _among_columns(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield the records of a column among those of its frame at a label, where the words say that it is
    one of other things than the places of the column, or the columns are countries, and no times are
    said.
    """
    words, side = compared.words, compared.side
    peers, among = here.named.peers(here.column), _things_among(words)
    if peers is None or (compared.meaning.size or 1) > 1 or compared.since is not None:
        return
    column = here.column
    is_of_places = peers.are_places and not _OF_TIMES.search(words.sentence)
    if not (among or is_of_places) or among & (column.dimension | column.labels | TIMES):
        return
    function = "highest" if side > 0 else "lowest"
    for label, clear in here.labels.items():
        if all(
            each is column or each.values[label] * side < here.value(label) * side
            for each in peers.columns
        ):
            code = f"{function}({peers.frame}.loc[{here.key(label)}], {peers.name})"
            yield Candidate(code, here.naming + clear + _OF_PEERS)


def _beside_rest(compared: PlacedComparison, here: ColumnHere) -> Iterator[Candidate]:
    """Yield comparisons with the sum of all others: "more than all other continents together"."""
    column, side = here.column, compared.side
    sign, peers = ">" if side > 0 else "<", here.named.peers(here.column)
    for label, clear in here.labels.items():
        value = here.value(label)
        if not column.is_rate and (column.total - 2 * value) * side < 0 and not is_dated(label):
            rest = f"{column.code}.drop({here.key(label)}).sum()"
            yield Candidate(f"{here.at(label)} {sign} {rest}", here.naming + clear)
        if peers is not None:
            total = sum(each.values[label] for each in peers.columns)
            if (total - 2 * value) * side < 0:
                rest = f"{peers.frame}.loc[{here.key(label)}].drop({peers.name}).sum()"
                yield Candidate(f"{here.at(label)} {sign} {rest}", here.naming + clear)
