"""Finds in a sentence what tables name: labels of rows, places under any of their names, times."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from babel import Locale

from broadsheet.checks.audit.audit_table import AuditTable, LabelColumn, bounds
from broadsheet.checks.audit.places import (
    WHOLE_WORLD,
    WORD,
    capitals_of_places,
    names_of_places,
    names_of_regions,
    place_code,
    plain_name,
)
from broadsheet.checks.audit.tables.table_shapes import spaced
from broadsheet.checks.audit.vocabulary import (
    label_sets,
    lemma,
    quarters_of,
    tokens,
    words_for_count,
    words_listed,
)
from broadsheet.verify.sentences import Span

_LONGEST = 6
"""The most words of a label that is looked for."""
_PLACES_AT_LEAST = 0.3
"""The share of the labels of a column that are places, in a column of places."""
_IN_SET_AT_LEAST = 0.8
"""The share of the labels of a column that are codes of states, in a column of states."""
_MOST_FOUND = 50_000
"""The most names whose labels are remembered."""
_TWO_MONTHS = 200
_A_YEAR = 10_000
_NUMBERED = re.compile(
    r"(?P<first>\d{1,4})(?:\s?(?:-|–|to)\s?(?P<last>\d{1,4})|(?P<more>\+))?|[A-Za-z]"
)
"""A label that is a number, a range, a number and more, or a letter."""
_MOST_NUMBERED = 400
"""A column with more such labels has numbers that nobody writes."""
_UNLABELLED = re.compile(r"[\d\W_]+|.", re.DOTALL)

Code = tuple[int, int]
"""A column of a table among those of labels, and the number of a label in it."""


@dataclass(frozen=True)
class LabelMention:
    """Words of a sentence that are the label of rows, or a place."""

    start: int
    """The position of their first letter."""
    end: int
    """The position behind their last letter."""
    words: str
    """The words."""
    place: str
    """The code of the place; empty for another label."""
    codes: Mapping[int, frozenset[Code]] = field(hash=False)
    """The labels, by the number of the table."""


@dataclass(frozen=True)
class TimeMention:
    """A time that a sentence names."""

    start: int
    """The position of its first letter."""
    end: int
    """The position behind its last letter."""
    key: int
    """The time as 20240131, 20240100 or 20240000."""
    role: Literal["at", "since", "from", "until"]
    """The time itself; since when; the first and the last of a range."""
    is_quarter: bool = False
    """It is a quarter, and the key that of its first month."""
    has_year_apart: bool = False
    """It is a month whose year stands elsewhere: "May was the warmest month of 2023"."""

    @property
    def last(self) -> int:
        """The last month of a quarter; of another time its key."""
        return self.key + _TWO_MONTHS if self.is_quarter else self.key

    @property
    def bounds(self) -> tuple[int, int]:
        """The first and the last time that are within it."""
        return bounds(self.key)[0], bounds(self.last)[1]

    @property
    def year_before(self) -> TimeMention:
        """The same time a year before."""
        return self.years_on(-1)

    def is_decade_from(self, first: TimeMention) -> bool:
        """True if a time and a first one are the two ends of "the 1930s"."""
        return self.start == first.start and self.end == first.end and self.key > first.key

    def quarters_on(self, quarters: int) -> TimeMention:
        """Return the quarter that comes so many later, or before."""
        at = self.key // _A_YEAR * 4 + self.key // 100 % 100 // 3 + quarters
        return replace(self, key=at // 4 * _A_YEAR + (at % 4 * 3 + 1) * 100, role="at")

    def years_on(self, years: int) -> TimeMention:
        """Return the same time some years later, or before."""
        return replace(self, key=self.key + years * _A_YEAR, role="at")


def distinct(times: Iterable[TimeMention]) -> list[TimeMention]:
    """Return the first mention of each time, in the order of time."""
    by_key = dict[int, TimeMention]()
    for time in times:
        by_key.setdefault(time.key, time)
    return [by_key[key] for key in sorted(by_key)]


def is_of_its_year(table: AuditTable, time: TimeMention) -> bool:
    """True if the name or the title of a table has a year, and a time is that: "election of 2013"."""
    is_year = not time.key % _A_YEAR and time.role == "at"
    years = re.findall(r"(?<!\d)\d{4}(?!\d)", f"{table.name} {table.title}")
    return is_year and set(years) == {str(time.key // _A_YEAR)}


class LabelIndex:
    """The labels of tables, by their words."""

    def __init__(self, tables: Sequence[AuditTable]) -> None:
        alike: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for number, table in enumerate(tables):
            for at, column in enumerate(table.labels):
                alike.setdefault(column.labels, []).append((number, at))
        self._columns = tuple(alike.values())
        """The columns with the same labels, each by its table and its number there: tables of counts have
        those of the table that they count.
        """
        # By its name, each label: which of these columns it is in, and its number there.
        self._labels: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self._places: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self._capitals: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self.place_columns: dict[int, set[int]] = {}
        """The columns of places, by the number of the table."""
        for same, labels in enumerate(alike):
            self._add(same, labels)
            columns = (tables[number].labels[at] for number, at in self._columns[same])
            heads = frozenset(head for column in columns for head in heads_of(column))
            for code, name in names_by_head(heads, labels):
                self._labels[name].append((same, code))
        self._found: dict[tuple[str, str, str], Mapping[int, frozenset[Code]]] = {}
        capitals = map(plain_name, (*self._capitals, *capitals_of_places()))
        names = (*self._labels, *names_of_places(), *capitals)
        self._firsts = frozenset(name.partition(" ")[0] for name in names)
        """The words with which labels and places begin."""

    def _add(self, same: int, labels: Sequence[str]) -> None:
        """Put the names of labels into the index, those of places if many are."""
        codes = _place_codes(labels)
        is_of_places = sum(map(bool, codes)) >= max(1, _PLACES_AT_LEAST * len(labels))
        regions = sum(len(name) > 3 and plain_name(name) in names_of_regions() for name in labels)
        is_of_regions = regions > _IN_SET_AT_LEAST * len(labels)
        if is_of_places:
            for number, at in self._columns[same]:
                self.place_columns.setdefault(number, set()).add(at)
        for code, (label, place) in enumerate(zip(labels, codes, strict=True)):
            if (is_of_places or is_of_regions) and place:
                self._places[place].append((same, code))
            if _UNLABELLED.fullmatch(label):
                continue
            if label.isupper() and len(label) <= 3:
                if not (is_of_places and place) and len(label) > 1:
                    self._capitals[label].append((same, code))
                continue
            name = plain_name(_DOTTED.sub(" ", label))
            if name in words_listed("common"):
                self._capitals[label.capitalize()].append((same, code))  # "North", no "north"
            elif name and name.count(" ") < _LONGEST:
                self._labels[name].append((same, code))
            short = plain_name(re.sub(r"\s*[(\[].*", "", label))
            town = plain_name(label.partition(",")[0])
            for part in {short, town if len(town) > 3 else name} - {name, ""}:
                if part not in words_listed("common") and not is_of_places:
                    self._labels[part].append((same, code))
        for code, name in _other_names(labels):
            self._labels[name].append((same, code))

    def mentions(self, text: str, span: Span) -> list[LabelMention]:
        """Return the labels in a sentence, in order, the longest at each place."""
        words = [(match.start(), match.end(), match[0]) for match in WORD.finditer(text, *span)]
        plain = [plain_name(word) for _, _, word in words]
        mentions, at = list[LabelMention](), 0
        while at < len(words):
            longest = self._at(text, words, plain, at)
            if longest is None:
                at += 1
                continue
            mention, count = longest
            mentions.append(mention)
            at += count
        return mentions

    def _at(
        self, text: str, words: Sequence[tuple[int, int, str]], plain: Sequence[str], at: int
    ) -> tuple[LabelMention, int] | None:
        first = _ELIDED.sub("", _bare(plain[at]))
        if not {plain[at], first, first.removesuffix("s"), lemma(first)} & self._firsts and not any(
            sign in words[at][2] for sign in ".&"
        ):
            return None
        for count in range(min(_LONGEST, len(words) - at), 0, -1):
            joined = " ".join(word for word in plain[at : at + count] if word)
            if not joined or not plain[at] or not plain[at + count - 1]:
                continue
            start, end = words[at][0], words[at + count - 1][1]
            if count == 1 and words[at][2] in words_listed("verbs-as-names"):
                return None  # "rose" is no Rose
            is_money = count == 1 and words[at][2].rstrip(".") in words_listed("currencies")
            if is_money and _NUMBER_BEFORE.search(text, max(0, start - _NEAR_NUMBER), start):
                return None  # "48 dollars" are no Dollar
            if "&" in text[start:end]:
                joined = plain_name(text[start:end])
            bare = _ELIDED.sub("", _bare(joined))
            for name in dict.fromkeys((joined, bare, bare.removesuffix("s"), lemma(bare))):
                place = self._place(name, text[start:end])
                shown = re.sub(r"['’]s?$|\.$", "", text[start:end])
                is_label = name in {joined, bare} or place or len(name) > 2
                is_opener = at == 0 and name in words_listed("common") and not _is_subject(plain)
                capitals = "" if is_opener else shown
                codes = self._codes_of(name if is_label else "", place, capitals)
                if codes or place:
                    return LabelMention(start, start + len(shown), shown, place, codes), count
        return None

    def _codes_of(self, name: str, place: str, shown: str) -> Mapping[int, frozenset[Code]]:
        """Return the labels of a name, of a place and of capitals, by the number of the table."""
        key = (name, place, shown)
        if key not in self._found:
            if len(self._found) >= _MOST_FOUND:
                self._found.clear()
            tables = defaultdict[int, set[Code]](set)
            for index, of in ((self._labels, name), (self._places, place), (self._capitals, shown)):
                for same, code in index.get(of, ()):
                    for number, at in self._columns[same]:
                        tables[number].add((at, code))
            self._found[key] = {number: frozenset(codes) for number, codes in tables.items()}
        return self._found[key]

    @staticmethod
    def _place(name: str, written: str) -> str:
        """Return the code of a place; a name in small letters, "turkey", is none."""
        bare = re.sub(r"^[ld]['’]|['’]s$|\.$", "", written)
        written = bare
        if bare.isupper() or "." in bare:
            return capitals_of_places().get(bare.rstrip("."), "") or (
                names_of_places().get(name, "") if len(bare) > 3 else ""
            )
        code = names_of_places().get(name, "")
        return code if code == WHOLE_WORLD or written[:1].isupper() else ""


def _other_names(labels: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the other names of labels, each with the number of its label, if most labels are of one set
    of short ones, such as the codes of states: "TX" is Texas, "Sat" Saturday.
    """
    plain = [label.strip().rstrip(".").lower() for label in labels]
    for names in label_sets():
        if sum(label in names for label in plain) > _IN_SET_AT_LEAST * len(plain):
            for code, label in enumerate(plain):
                yield from ((code, name) for name in names.get(label, ()))


def heads_of(column: LabelColumn) -> frozenset[str]:
    """Return the nouns by which the labels of a column are called: "boat", "line"; "age" of an age group."""
    texts = [tokens(text) for text in (spaced(column.name), column.title)]
    ages = frozenset(word for words in texts for word in words) & words_listed("ages")
    return ages | frozenset(lemma(words[-1]) for words in texts if words)


def names_by_head(heads: Iterable[str], labels: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the names of labels that are a number, a range or a letter, by what they are of, each with the number of
    its label: "boat 13", "21-year-olds", "aged 65 and over".
    """
    numbered = [(code, label) for code, label in enumerate(labels) if _NUMBERED.fullmatch(label)]
    if len(numbered) > _MOST_NUMBERED:
        return
    for head in heads:
        forms = (
            words_listed("by-age") if head in words_listed("ages") else frozenset((f"{head}_{{}}",))
        )
        for code, label in numbered:
            for number in _ways_to_write(label):
                yield from (
                    (code, plain_name(form.replace("_", " ").format(number))) for form in forms
                )


def _ways_to_write(label: str) -> Iterator[str]:
    """Yield a number, a range or a letter as prose has it: "22 to 23" for "22-23"."""
    match = _NUMBERED.fullmatch(label)
    yield label
    if match and match["last"]:
        ends = (match["first"], match["last"])
        yield from (form.replace("_", " ").format(*ends) for form in words_listed("ranges"))
    elif match and match["more"]:
        yield from (
            form.replace("_", " ").format(match["first"]) for form in words_listed("and-more")
        )
    elif label.isdecimal():
        yield from words_for_count(int(label))


def _place_codes(labels: Sequence[str]) -> list[str | None]:
    """Return the codes of the places that labels name; None for others, and for a second one of a place,
    "France (mainland)".
    """
    codes = [place_code(_DOTTED.sub(" ", label)) for label in labels]
    whole = set(codes)
    for row, label in enumerate(labels):
        if codes[row] is None and "(" in label:
            place = place_code(label.partition("(")[0].strip())
            codes[row] = None if place in whole else place
    return codes


_NEAR_NUMBER = 40
_NUMBER_BEFORE = re.compile(r"\d\S*(?: [^\W\d_]+)? $")
"""A number, and maybe its magnitude, before a word."""
_DOTTED = re.compile(r"(?<=[^\W\d_]{2})\.(?=[^\W\d_]{2})")
"""A full stop in the place of a space: "Sierra.Leone"."""
_ELIDED = re.compile(r"^[ldLD]'")
_VERBS = frozenset(("has", "had", "have", "is", "was", "are", "were"))


def _is_subject(words: Sequence[str]) -> bool:
    """True if the first of some words is what a sentence is of: "North has"."""
    return len(words) > 1 and words[1] in _VERBS


def _bare(name: str) -> str:
    """Return a plain name without the ending of its possessive."""
    return name.replace("’", "'").removesuffix("'s").removesuffix("'")


# Times


@cache
def months(language: str) -> Mapping[str, int]:
    """Return the number of each month, by its names in small letters."""
    names = {
        str(name).rstrip(".").lower(): number
        for tag in ("en", language)
        for width in ("wide", "abbreviated")
        for number, name in Locale(tag).months["format"][width].items()
    }
    return names | {"sept": 9}


_DAY = re.compile(r"\d(?:st|nd|rd|th|\.)?\s$")
_YEARS = r"(?:1[5-9]|20|21)\d\d"
_SINCE = re.compile(
    r"(?:since|seit|depuis|desde)(?: the (?:start|beginning) of| dem jahr| early| late)?\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"(?:between|from|zwischen|von|entre|de|desde)(?: the (?:start|beginning) of)?\s*$",
    re.IGNORECASE,
)
_RANGED = re.compile(r"\b(?:years|jahren?|années|años)\s*$", re.IGNORECASE)
"""Words before the first year of a range: "the years 2019 to 2023"."""
_UNTIL = re.compile(
    r"(?:to|and|until|through|till|bis|und|et|y|a|hasta|à|jusqu'en)(?: the end of)?\s*$",
    re.IGNORECASE,
)


def _quarter_form(language: str) -> str:
    """Return the pattern of the words for a quarter, without the year behind it."""
    ranks, noun = quarters_of(language)
    forms = "|".join(f"(?P<rank{at}>{rank})" for at, rank in enumerate(ranks))
    return rf"(?:{forms}){noun}".replace(" ", r"\ ")


@cache
def _time_form(language: str) -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, months(language)), key=lambda name: -len(name)))
    return re.compile(
        rf"""(?<![\w.,$€£/-])(?:
        (?P<iso>{_YEARS})-(?P<isom>0[1-9]|1[0-2])(?:-(?P<isod>[0-3]\d))?(?![\d-])
        |(?:(?P<d>[0-3]?\d)(?:st|nd|rd|th|\.)?\ (?:of\ )?)?(?P<m>{names})\.?[ ]
        (?:(?P<d2>[0-3]?\d)(?:st|nd|rd|th)?,?\ )?(?:of\ )?(?P<my>{_YEARS})(?!\d)
        |Q(?P<q>[1-4])[ ](?:of[ ])?(?P<qy>{_YEARS})
        |{_quarter_form(language)}(?P<ry>{_YEARS})
        |(?P<decade>(?:1[5-9]|20|21)\d0)s\b
        |(?P<bare>{names})\b(?!\.?\ \d)
        |(?P<a>{_YEARS})\s?[–—-]\s?(?P<b>{_YEARS}|\d\d)(?![\d\w])
        |(?P<y>{_YEARS})(?![\d%]|[.,:]\d|\s?(?:percent|per\ cent|dollars|euros|million|billion|tonnes|people|km|kg)\b)
        )""",
        re.VERBOSE | re.IGNORECASE,
    )


def times_in(text: str, span: Span, language: str) -> list[TimeMention]:
    """Return the times in a sentence, in order. Months without a year are of the only year."""
    times = list(_dated(text, span, language))
    bare = [
        match
        for match in _time_form(language).finditer(text, *span)
        if match["bare"] and match["bare"][0].isupper() and not _DAY.search(text[: match.start()])
    ]
    if not bare or len({time.key for time in times}) != 1:
        return times
    year, numbers = times[0], months(language)
    if year.role != "at" or year.key % _A_YEAR:
        return times
    return [
        TimeMention(
            match.start(),
            match.end(),
            year.key + numbers[match["bare"].lower()] * 100,
            "at",
            has_year_apart=True,
        )
        for match in bare
    ]


def _dated(text: str, span: Span, language: str) -> Iterator[TimeMention]:
    """Yield the times with a year."""
    numbers = months(language)
    last: TimeMention | None = None
    matches = list(_time_form(language).finditer(text, *span))
    for at, match in enumerate(matches):
        if match["bare"]:
            near = [each for each in (*matches[:at][::-1], *matches[at + 1 :]) if each["m"]]
            if near and match["bare"][0].isupper():
                month = numbers[match["bare"].lower()] * 100
                key = int(near[0]["my"]) * 10_000 + month
                said = text[max(span[0], match.start() - 30) : match.start()]
                is_first = _FROM.search(said) and _continues(text, match.end(), span[1], language)
                last = TimeMention(match.start(), match.end(), key, "from" if is_first else "at")
                yield last
            continue
        before = text[max(span[0], match.start() - 30) : match.start()]
        key = _key(match, numbers)
        if match["a"]:
            end = int(match["b"]) if len(match["b"]) == 4 else int(match["a"][:2] + match["b"])
            yield TimeMention(match.start(), match.end(), int(match["a"]) * 10_000, "from")
            yield TimeMention(match.start(), match.end(), end * 10_000, "until")
            last = None
            continue
        if match["decade"]:
            yield TimeMention(match.start(), match.end(), key, "from")
            yield TimeMention(match.start(), match.end(), key + 90_000, "until")
            last = None
            continue
        role: Literal["at", "since", "from", "until"] = "at"
        if _SINCE.search(before):
            role = "since"
        elif last is not None and last.role == "from" and _UNTIL.search(before):
            role = "until"
        elif (_FROM.search(before) and _continues(text, match.end(), span[1], language)) or (
            _RANGED.search(before)
            and _continues(text, match.end(), span[1], language, with_and=False)
        ):
            role = "from"
        is_quarter = bool(match["q"] or match["ry"])
        last = TimeMention(match.start(), match.end(), key, role, is_quarter)
        yield last


def _continues(text: str, at: int, end: int, language: str, *, with_and: bool = True) -> bool:
    """True if a range goes on behind its first time, with words such as "to", or with "and", too."""
    joining = "to|until|through|till|bis|hasta|à" + ("|and|und|et|y|a" if with_and else "")
    after = re.compile(rf",?\s(?:{joining})\s").match(text, at, end)
    return after is not None and _time_form(language).match(text, after.end(), end) is not None


def _key(match: re.Match[str], numbers: Mapping[str, int]) -> int:
    if match["iso"]:
        return int(match["iso"]) * 10_000 + int(match["isom"]) * 100 + int(match["isod"] or 0)
    if match["m"]:
        day = int(match["d"] or match["d2"] or 0)
        return int(match["my"]) * 10_000 + numbers[match["m"].lower()] * 100 + day
    if match["q"]:
        return int(match["qy"]) * 10_000 + (int(match["q"]) * 3 - 2) * 100
    for rank in range(4):
        if match[f"rank{rank}"]:
            return int(match["ry"]) * 10_000 + (rank * 3 + 1) * 100
    return int(match["decade"] or match["y"] or match["a"]) * 10_000
