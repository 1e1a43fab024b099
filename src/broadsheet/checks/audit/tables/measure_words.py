"""The words that name a measure of a table, and how well a sentence names it by them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from broadsheet.checks.audit.audit_table import AuditTable, MeasureColumn
from broadsheet.checks.audit.tables.table_shapes import spaced
from broadsheet.checks.audit.vocabulary import (
    BY_TOPIC,
    concepts_in,
    phrases_in,
    qualifiers_in,
    stems_listed,
    tokens,
    units,
    words_listed,
    words_said,
)

_OF_A_HEAD = 2000
"""Figures of countries below this can be of a head."""
_SHORT = 2
_ENOUGH = 4
"""So many words of a long title name the only measure of a table as well as all of them."""


@dataclass(frozen=True)
class MeasureWords:
    """The words that name a measure."""

    names: tuple[frozenset[str], ...]
    """The words of its name, and of its title, that say what is measured."""
    other: frozenset[str]
    """The words of its description and of its table."""
    qualifiers: frozenset[str]
    """The words that make another measure of it."""
    table_qualifiers: frozenset[str]
    """The same in the title of the table, which a sentence may leave out."""
    whole: frozenset[str]
    """All that its name and its title say."""
    period: tuple[int, int] | None
    """The years that its name or its title says, the first and the last."""
    implied: frozenset[str]
    """The words that make another measure of others, and not of it: figures as small as a head's are
    per head.
    """

    @cached_property
    def own(self) -> frozenset[str]:
        """All words of its name and title."""
        return frozenset[str]().union(*self.names)

    def may_be(self, qualifiers: frozenset[str]) -> bool:
        """True if a sentence with these qualifiers can be of the measure."""
        return not (self.qualifiers ^ qualifiers) - self.table_qualifiers - self.implied

    def score(
        self,
        concepts: frozenset[str],
        qualifiers: frozenset[str],
        rare: frozenset[str],
        *,
        is_only: bool,
    ) -> float:
        """Return how well a sentence names it: 0 for not at all, up to 2. The only measure of a
        table is named by a word for what the table is of: "gold".
        """
        if concepts & words_listed("of-a-head"):
            qualifiers |= {"per-head"}  # "richer"
        if not self.may_be(qualifiers):
            return 0.0
        names = (self._score(name, concepts, rare, is_only=is_only) for name in self.names)
        best = max(names, default=0.0)
        telling = (self.other & concepts) - stems_listed("broad")
        if best:
            return best
        if not self.names:
            part = len(telling) / min(max(len(self.other), 1), _ENOUGH)
            by_number = 0.6 + min(len(telling), 4) * 0.2
            is_told = len(telling) >= _SHORT or part >= 0.5
            best = max(by_number, 1 + min(part, 1.0)) if is_told else by_number
            return best + 0.1 * len(self.other & concepts - telling) if telling else 0.0
        return BY_TOPIC if telling and (is_only or len(telling) > 1) else 0.0

    def _score(
        self, name: frozenset[str], concepts: frozenset[str], rare: frozenset[str], *, is_only: bool
    ) -> float:
        broad = stems_listed("broad")
        shared = name & concepts
        size = min(len(name), _ENOUGH) if is_only else len(name)
        part = min(len(shared) / size, 1.0)
        if not shared or (part < 0.5 and len(shared) < _SHORT and not shared & rare):
            return 0.0
        others = (self.other | self.own) - name
        is_sure = (
            bool(shared & rare)
            or bool(shared - broad)
            or bool(others & concepts - broad)
            or not (others - broad)
        )
        return (1 + part + 0.1 * min(len(others & concepts), 3)) if is_sure else 0.0


NO_WORDS = MeasureWords((), frozenset(), frozenset(), frozenset(), frozenset(), None, frozenset())
"""The words of a measure that none names."""


def measure_words(table: AuditTable, measure: MeasureColumn) -> MeasureWords:
    """Return the words that name a measure of a table."""
    kept: dict[str, MeasureWords] = table.cache.setdefault("measure words", {})  # type: ignore[assignment]
    name = measure.name
    if name not in kept:
        kept[name] = _measure_words(table, measure)
    return kept[name]


def names_of_measures(table: AuditTable) -> frozenset[str]:
    """Return the words of the names and titles of all measures of a table."""
    names = table.cache.get("names of measures")
    if names is None:
        each = (measure_words(table, measure).own for measure in table.measures)
        names = table.cache["names of measures"] = frozenset[str]().union(*each)
    assert isinstance(names, frozenset)
    return names


def _measure_words(table: AuditTable, measure: MeasureColumn) -> MeasureWords:
    column = re.sub(r"[(\[][^()\[\]]*[)\]]", " ", spaced(measure.name))
    title = re.sub(r"[(\[][^()\[\]]*[)\]]", " ", measure.title) if measure.name else ""
    sheet = "" if "sheet" in table.sheet.lower() else table.sheet
    about = f"{spaced(table.name)} {table.title} {sheet}"
    names = tuple(dict.fromkeys(name for text in (title, column) if (name := _name_in(text))))
    of_head = concepts_in(f"{column} | {title}") & words_listed("of-a-head")
    names += (of_head,) if of_head else ()
    whole = frozenset(tokens(title)) if words_listed("whole").issuperset(tokens(title)) else None
    topic = words_said(_BY.sub("", f"{spaced(table.name)} | {table.title}"))
    if not names and whole and len(topic) == 1:  # "Total" of "Emissions by sector"
        names = (topic | whole,)
    other = words_said(f"{measure.title} {measure.description} {about}")
    described = f"{measure.title} {measure.description}" if not names else measure.title
    return MeasureWords(
        names,
        other - frozenset[str]().union(*names),
        qualifiers_in(f"{column} {described}"),
        qualifiers_in(f"{about} {measure.title} {measure.description}"),
        concepts_in(f"{spaced(measure.name)} {measure.title}"),
        _period_in(measure),
        frozenset(("per-head",)) if measure.largest < _OF_A_HEAD else frozenset(),
    )


_PER_UNIT = re.compile(
    r"(?<!miles )(?<!km )\bper (?:(?:square|cubic|metric|troy) )?(?:met(?:re|er)s?|foot|feet|km|miles?|"
    r"kilomet(?:re|er)s?|lit(?:re|er)s?|gallons?|ounces?|barrels?|tons?|tonnes?|kilos?|kg|kilograms?|pounds?|"
    r"acres?|hectares?|kwh|mwh)\b"
    r"|\bper (?:\d[\d,.]*k?|thousand|million|(?:a |one )?hundred thousand)"
    r"(?: (?:thousand|million))?(?: (?:people|population|inhabitants|persons|residents))?\b",
    re.IGNORECASE,
)
"""The unit of a price or a yield, which a sentence may leave out."""
_BY = re.compile(r"\b(?:by|per|nach|par|por)\b[^|]*")
"""The words of a title that say by what its values are split: "Emissions by sector"."""


def _period_in(measure: MeasureColumn) -> tuple[int, int] | None:
    """Return the years of a name such as `deaths_85_99` or a title such as "Deaths, 2000 to 2014"."""
    for text in (measure.title, measure.name):
        years = [int(year) for year in re.findall(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)", text)]
        if not years and (short := re.search(r"[_ ](\d\d)[_-](\d\d)$", text)):
            years = [int(year) + (1900 if int(year) > 40 else 2000) for year in short.groups()]
        if 0 < len(years) <= 2 and years == sorted(years):
            return years[0], years[-1]
    return None


_THEMSELVES = frozenset(("life",))
"""The qualifiers that are measures themselves: a life expectancy."""


def _name_in(text: str) -> frozenset[str]:
    """Return what a name says beside the words that make another measure of it, and those for a unit; all
    if it says no more.
    """
    words, kept, at = tokens(_PER_UNIT.sub("", text)), list[str](), 0
    for length, groups in phrases_in(words, "qualifiers"):
        kept += [] if groups - _THEMSELVES else words[at : at + length]
        at += length
    measured = [word for word in kept if units().get(word, ("things",))[0] == "things"]
    return words_said(" ".join(measured)) or words_said(" ".join(kept)) or words_said(text)
