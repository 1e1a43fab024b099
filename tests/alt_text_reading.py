"""Reads the English description of a chart, and computes anew what each sentence says.

It knows nothing of how a description is made: it has the rows that were drawn, and the sentences. A
sentence that it cannot read fails, and so does one that is not true of the rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PLACES = ["Chile", "Fiji", "Ghana", "Malta", "Peru", "Qatar"]

COUNTS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_SIDES = {"highest": max, "largest": max, "lowest": min, "smallest": min}


@dataclass(frozen=True)
class Drawn:
    """The values of each series, at places that are in order; None is a gap."""

    places: Sequence[Any]
    rows: Mapping[str, Sequence[float | None]]
    is_stack: bool = False

    def known(self, name: str | None) -> list[tuple[str, float]]:
        """The places and values of a series; without a name, of the total or the only
        one that has values."""
        if name in self.rows:
            found = self.rows[name]
        elif self.is_stack:
            found = [
                sum(value or 0 for value in column)
                for column in zip(*self.rows.values(), strict=True)
            ]
        else:
            (found,) = (one for one in self.rows.values() if any(v is not None for v in one))
        pairs = zip(self.places, found, strict=True)
        return [(str(place), value) for place, value in pairs if value is not None]

    @property
    def filled(self) -> dict[str, list[tuple[str, float]]]:
        """The series that have values."""
        return {name: self.known(name) for name in self.rows if self.known(name)}

    @property
    def everything(self) -> list[tuple[float, str, str]]:
        """Every value with its series and its place."""
        return [
            (value, name, place) for name, found in self.filled.items() for place, value in found
        ]


def check(words: str, drawn: Drawn) -> None:
    """Raise :class:`AssertionError` unless ``words`` can be read, and all that they say is true."""
    head, *sentences = re.split(r"(?<=[^.])\. (?=[A-Z“])", words.removesuffix("."))
    span = re.search(r", (\d{4})(?: to (\d{4}))?$", head)
    if span:
        years = sorted(place for found in drawn.filled.values() for place, _ in found)
        assert (span[1], span[2] or span[1]) == (years[0], years[-1]), head
    for sentence in sentences:
        for clause in _clauses(sentence):
            _check_clause(clause, sentence, drawn)


def _clauses(sentence: str) -> list[str]:
    """The parts of a sentence that each say one thing, or belong together."""
    if re.match(r"(Of|The largest)\b", sentence):
        return [sentence]
    clauses: list[str] = []
    for part in sentence.split("; "):
        if re.match(r"(the highest|the lowest) is \S+( first)?,? (in|first)", part) and clauses:
            clauses += [f"{clauses[0]} :: {one}" for one in part.split(", and ")]
        else:
            clauses.append(part)
    return clauses


def _check_clause(clause: str, sentence: str, drawn: Drawn) -> None:
    for pattern, check_one in _GRAMMAR:
        found = re.fullmatch(pattern, clause)
        if found:
            check_one(found, drawn)
            return
    raise AssertionError(f"cannot be read: {clause!r} of {sentence!r}")


def _number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


def _count(text: str) -> int:
    return COUNTS.index(text.lower()) if text.lower() in COUNTS else int(_number(text))


def _names(text: str) -> list[str]:
    return re.split(r", and |, | and ", text)


def _course(found: re.Match[str], drawn: Drawn) -> None:
    known = drawn.known(found["who"])
    all_places = [place for one in drawn.filled.values() for place, _ in one]
    first = found["p0"] or min(all_places)
    last = found["p1"] or max(all_places)
    assert known[0] == (first, _number(found["v0"]))
    assert known[-1] == (last, _number(found["v1"]))
    values = [value for _, value in known]
    for role, value in ((found["r0"], known[0][1]), (found["r1"], known[-1][1])):
        if role:
            assert value == _SIDES[role](values) and values.count(value) == 1
    if found["leads"]:
        _check_end(drawn, known[-1][0], "highest", found["who"], known[-1][1])


def _check_end(drawn: Drawn, place: str, side: str, name: str, value: float) -> None:
    """That ``name`` is the one that is highest or lowest at the place where the chart ends."""
    assert place == max(place for one in drawn.filled.values() for place, _ in one)
    last = {one: dict(found)[place] for one, found in drawn.filled.items() if place in dict(found)}
    assert last[name] == value == _SIDES[side](last.values())
    assert list(last.values()).count(value) == 1


def _extreme(found: re.Match[str], drawn: Drawn) -> None:
    """``… :: the highest is 5 in 2020``, of the series that the sentence began with."""
    known = drawn.known(found["who"])
    values = [value for _, value in known]
    value = _number(found["v"])
    assert value == _SIDES[found["side"]](values)
    assert dict(known).get(found["p"]) == value
    places = [place for place, each in known if each == value]
    assert places[0] == found["p"] and (len(places) > 1) == bool(found["first"])


def _stays(found: re.Match[str], drawn: Drawn) -> None:
    values = [value for _, value in drawn.known(found["who"])]
    assert len(values) > 1 and {_number(found["v"])} == set(values)


def _one_value(found: re.Match[str], drawn: Drawn) -> None:
    assert drawn.known(found["who"]) == [(found["p"], _number(found["v"]))]


def _many_ends(found: re.Match[str], drawn: Drawn) -> None:
    assert _count(found["n"]) == len(drawn.filled)
    _check_end(drawn, found["p"], "highest", found["first"], _number(found["v"]))
    _check_end(drawn, found["p"], "lowest", found["last"], _number(found["v3"]))
    ends = [dict(one)[found["p"]] for one in drawn.filled.values() if found["p"] in dict(one)]
    assert dict(drawn.filled[found["second"]]).get(found["p"]) == _number(found["v2"])
    assert sorted(ends)[-2] == _number(found["v2"])


def _parts(found: re.Match[str], drawn: Drawn) -> None:
    _check_end(drawn, found["p"], "highest", found["first"], _number(found["v"]))
    _check_end(drawn, found["p"], "lowest", found["last"], _number(found["v3"]))


def _overall(found: re.Match[str], drawn: Drawn) -> None:
    for side in ("highest", "lowest"):
        value, where = _number(found[side]), found[f"{side}_at"]
        values = [each for each, *_ in drawn.everything]
        assert value == _SIDES[side](values)
        if where:
            at = re.fullmatch(r", (?:for )?“(?P<name>.)” (?:in|for) (?P<place>\w+)", where)
            assert at and (value, at["name"], at["place"]) in drawn.everything, where
        assert bool(where) == (values.count(value) == 1)


def _ranked(found: re.Match[str], drawn: Drawn) -> None:
    known = drawn.known(found["who"])
    places, values = [place for place, _ in known], [value for _, value in known]
    assert _count(found["n"] or "two") == len(places)
    for side in ("highest", "lowest"):
        one = found[side]
        tied = {place for place, value in known if value == _SIDES[side](values)}
        shared = re.fullmatch(r"is (\S+), shared by (\w+)", one)
        named = re.fullmatch(r"(?:is|are) (.+), at (\S+)", one)
        if shared:
            assert (_number(shared[1]), _count(shared[2])) == (_SIDES[side](values), len(tied))
        else:
            assert named and set(_names(named[1])) == tied, one
            assert _number(named[2]) == _SIDES[side](values)


def _all_equal(found: re.Match[str], drawn: Drawn) -> None:
    known = drawn.known(found["who"])
    assert _count(found["n"]) == len(known) > 1
    assert {value for _, value in known} == {_number(found["v"])}


def _only(found: re.Match[str], drawn: Drawn) -> None:
    assert drawn.known(found["who"]) == [(found["p"], _number(found["v"]))]


def _gaps(found: re.Match[str], drawn: Drawn) -> None:
    name = found["who"] or next(iter(drawn.rows))
    pairs = zip(drawn.places, drawn.rows[name], strict=True)
    gaps = {str(place) for place, value in pairs if value is None}
    if found["n"]:
        assert (_count(found["n"]), _count(found["all"])) == (len(gaps), len(drawn.places))
    else:
        assert set(_names(found["places"])) == gaps


def _empty(found: re.Match[str], drawn: Drawn) -> None:
    assert not drawn.filled


_V = r"−?[\d,]+"
_WHO = r"(?:“(?P<who>.)”|[Ii]t|[Tt]he total)"
_COUNTED = r"(?:lines|areas|sets of bars|sets of dots|series)"
_RANKED = r"(?:[Ii]n total, |[Ff]or “(?P<who>.)” )?"
_COURSE = (
    rf"{_WHO}(?: goes)? from (?P<v0>{_V})(?: in (?P<p0>\d+))?(?:, the (?P<r0>\w+),)?"
    rf" to (?P<v1>{_V})(?: in (?P<p1>\d+))?(?:, the (?P<r1>\w+))?(?P<leads> and ends highest)?"
)
_GRAMMAR: Sequence[tuple[str, Callable[[re.Match[str], Drawn], None]]] = [
    (_COURSE, _course),
    (
        rf"{_WHO} goes .* :: the (?P<side>\w+) is (?P<v>{_V})(?P<first>, first)? in (?P<p>\d+)",
        _extreme,
    ),
    (rf"{_WHO} stays at (?P<v>{_V})( and ends highest)?", _stays),
    (rf"{_WHO} has one value, (?P<v>{_V}) in (?P<p>\d+)", _one_value),
    (
        rf"Of (?P<n>\w+) {_COUNTED}, the highest in (?P<p>\d+) is “(?P<first>.)”, at (?P<v>{_V}), "
        rf"then “(?P<second>.)”, at (?P<v2>{_V}); the lowest is “(?P<last>.)”, at (?P<v3>{_V})",
        _many_ends,
    ),
    (
        rf"The largest part in (?P<p>\d+) is “(?P<first>.)”, at (?P<v>{_V}), "
        rf"the smallest “(?P<last>.)”, at (?P<v3>{_V})",
        _parts,
    ),
    (
        rf"The highest value is (?P<highest>{_V})(?P<highest_at>, (?:for )?“.+?)?, "
        rf"and the lowest (?P<lowest>{_V})(?P<lowest_at>, (?:for )?“.+)?",
        _overall,
    ),
    (
        rf"{_RANKED}[Tt]he highest(?: of (?P<n>\w+))? (?P<highest>(?:is|are) .+), "
        r"and the lowest (?P<lowest>(?:is|are) .+)",
        _ranked,
    ),
    (rf"{_RANKED}[Aa]ll (?P<n>\w+) values are (?P<v>{_V})", _all_equal),
    (rf"{_RANKED}[Tt]he one value is (?P<v>{_V}), for (?P<p>\w+)", _only),
    (
        r"There is no figure (?:for “(?P<who>.)” )?(?:(?:at|for) (?P<n>\d+) of (?P<all>\d+) (?:places|years)"
        r"|(?:in|for) (?P<places>.+))",
        _gaps,
    ),
    (r"It has no figures", _empty),
]
