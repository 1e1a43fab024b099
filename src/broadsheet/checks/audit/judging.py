"""Holds a sentence against the measures that it names: makes a reading of each number and each
comparison, whose operands are cells of a table.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from broadsheet.checks.audit.audit_table import DIVISORS, IntArray, Mask
from broadsheet.checks.audit.audited_sentence import AuditedSentence
from broadsheet.checks.audit.indexed_tables import Named
from broadsheet.checks.audit.measured import (
    can_be_added,
    in_unit_of,
    is_unit_of,
    unit_of_measure,
)
from broadsheet.checks.audit.mentions import Code, LabelMention, TimeMention, is_of_its_year
from broadsheet.checks.audit.places import WHOLE_WORLD, WORD
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.read_sentence import Placed
from broadsheet.checks.audit.statement import AuditOperand, AuditReading, Operation
from broadsheet.checks.audit.tables.measure_cells import MeasureCells
from broadsheet.checks.audit.tables.measure_words import names_of_measures
from broadsheet.checks.audit.unexplained import has_compound, strange_words, unexplained
from broadsheet.checks.audit.vocabulary import (
    CLEAR,
    concepts_in,
    units,
    words_listed,
)

_MOST_OPERANDS = 12
"""The most operands of a reading that are named."""

_WITHOUT_UNIT: tuple[Operation, ...] = (
    "share", "change in percent", "change in points", "difference in percent", "ratio", "count",
    "comparison of changes",
)  # fmt: skip
"""The operations whose result is a ratio, a number of rows, or in percent."""
_POSSESSED = re.compile(r"['’]s? (?:[^\W\d_]+ )?")
"""The words between the world and the number of what it has: "the world's 142 million telephones"."""
_NOUN_WITHIN = 4
"""The most words behind a number or "more" up to the noun that is counted."""


class Judge(MeasureCells):
    """Judges the numbers and comparisons of a sentence by one measure that it names."""

    def __init__(self, sentence: AuditedSentence, named: Named) -> None:
        super().__init__(named.table, named.measure)
        self.sentence, self.named = sentence, named
        self.words = sentence.words
        self._chosen: dict[tuple[frozenset[Code], ...], Mask] = {}
        self.mentions = tuple(
            mention for mention in sentence.labels if named.number in mention.codes
        )

    # What the sentence names

    @cached_property
    def is_elsewhere(self) -> bool:
        """True if the sentence names a place that the table has not, or of a table of counts another
        label of the rows that are counted.
        """
        among, counted = self.sentence.among.tables, self.table.counted
        if counted is not None and any(
            self.named.number not in mention.codes
            and any(among[number] is counted for number in mention.codes)
            for mention in self.sentence.labels
        ):
            return True
        about = concepts_in(
            f"{self.table.name} {self.table.title} {self.measure.title} {self.measure.description}"
        )
        return any(
            mention.place not in ("", WHOLE_WORLD)
            and self.named.number not in mention.codes
            and not concepts_in(mention.words) & about
            and not self._is_of_title(mention)
            for mention in self.sentence.labels
        )

    @cached_property
    def is_scoped(self) -> bool:
        """True if nothing in the sentence says that it is of something else than the table."""
        is_of_other = self.is_elsewhere or self.strange_words or self.is_of_compound
        return not is_of_other and self.is_named

    @cached_property
    def strange_words(self) -> list[str]:
        """The words with capitals that nothing explains, nor another measure of the table."""
        words = strange_words(self.sentence, self.named)
        return [word for word in words if not self.names_another(word)]

    @cached_property
    def is_of_compound(self) -> bool:
        """True if a word beside that of the measure makes another measure of it."""
        return has_compound(self.sentence, self.named)

    def counts_at(self, item: Placed) -> bool:
        """True if a table has no counts of rows, or words are of its counts: what the rows are is named
        behind them, or is the subject of a sentence whose number has no noun.
        """
        if self.table.counted is None:
            return True
        text, nouns = self.sentence.text, self.named.words.own | words_listed("rows")
        behind = [match[0] for match in WORD.finditer(text, item.end)][:_NOUN_WITHIN]
        if isinstance(item, Quantity):
            is_of_things = item.kind == "unit" and units()[item.unit][0] == "things"
            if (item.kind not in ("", "times", "percent") and not is_of_things) or item.scale > 1.0:
                return False
            if self.words.has("within-some", self.sentence.low[: item.start]):
                return False  # "up in 53 of the cities and down in 26"
            behind = [item.unit, *behind]
        if concepts_in(" ".join(behind)) & nouns:
            return True
        is_times = isinstance(item, Quantity) and item.kind == "times"
        is_bare = is_times or re.match(
            r"\s*(?:[.,;:)]|$|(?:in|from|to|and|by|of)\b)", text[item.end :]
        )
        return bool(is_bare and self.sentence.concepts & self.named.words.own)

    @cached_property
    def is_half_named(self) -> bool:
        """True if the sentence has half of a name of the measure."""
        names, concepts = self.named.words.names, self.sentence.concepts
        return not names or any(2 * len(name & concepts) >= len(name) for name in names)

    @cached_property
    def unexplained(self) -> list[str]:
        """The words of the sentence that neither the table nor the language explains."""
        return unexplained(self.sentence, self.named)

    def names_another(self, word: str) -> bool:
        """True if a word is of the name of another measure of the table: "more beer than wine"."""
        return bool(concepts_in(word) & names_of_measures(self.table))

    @cached_property
    def is_of_other_resolution(self) -> bool:
        """True if the sentence is of a month, or a day, and the table of quarters."""
        column = self.table.time
        return (
            column is not None
            and column.resolution == "quarter"
            and any(time.key % 10_000 and not time.is_quarter for time in self.sentence.times)
        )

    @cached_property
    def is_named(self) -> bool:
        """True if the sentence names the measure by most of its words, or has no word that the table
        does not explain.
        """
        return self.named.score >= CLEAR or not self.unexplained

    def _is_of_title(self, mention: LabelMention) -> bool:
        """True if the title of the table names a place: "US unemployment"."""
        kept = self.table.cache.get("places")
        if kept is None:
            text = f"{self.table.name.replace('-', ' ').replace('_', ' ')} {self.table.title}"
            text = re.sub(r"\b(us|uk|eu)\b", lambda match: match[0].upper(), text)
            labels = self.sentence.among.labels.mentions(
                text.title() if text.islower() else text, (0, len(text))
            )
            upper = self.sentence.among.labels.mentions(text, (0, len(text)))
            kept = self.table.cache["places"] = frozenset(
                label.place for label in (*labels, *upper)
            )
        assert isinstance(kept, frozenset)
        return mention.place in kept

    @cached_property
    def _is_plain(self) -> bool:
        """True if the sentence states what is of the measure."""
        heads = " ".join(column.title for column in self.table.labels)
        said = f"{self.measure.unit} {self.measure.title} {self.table.title} {heads}"
        return self.sentence.is_plain_for(said)

    def chosen(self, mentions: Sequence[LabelMention]) -> Mask:
        """Return the cells with these labels: of one column any of them, of several columns all."""
        key = tuple(mention.codes[self.named.number] for mention in mentions)
        if key not in self._chosen:
            self._chosen[key] = self._with(mentions)
        return self._chosen[key]

    def _with(self, mentions: Sequence[LabelMention]) -> Mask:
        mask = self.has_values.copy()
        for at, codes in self.codes_by_column(mentions).items():
            column = self.table.labels[at].codes
            first, *others = codes
            mask &= np.isin(column, list(codes)) if others else column == first
        return mask

    def codes_by_column(self, mentions: Sequence[LabelMention]) -> dict[int, set[int]]:
        """Return the codes that labels choose, by column; of two columns that say the same of a
        label, such as name and code, the first.
        """
        columns: dict[int, set[int]] = {}
        for mention in mentions:
            codes = sorted(mention.codes[self.named.number], key=self._by_head)
            first = next((at for at, _ in codes if at in columns), codes[0][0])
            columns.setdefault(first, set()).update(code for at, code in codes if at == first)
        return columns

    def _by_head(self, code: Code) -> tuple[bool, Code]:
        """Return the order of a label among those of the same words: that of a column first whose head
        is in the sentence, "the winner".
        """
        column = self.table.labels[code[0]]
        return not concepts_in(f"{column.title} {column.name}") & self.sentence.concepts, code

    def at(self, time: TimeMention | None, until: TimeMention | None = None) -> Mask | None:
        """Return the cells of a time; None for one that the table cannot tell."""
        column = self.table.time
        if time is None:
            return np.ones(self.table.size, dtype=bool)
        if column is None:
            if time.start < 0 and not self.named.words.period:
                return np.ones(self.table.size, dtype=bool)  # of the heading
            period = self.named.words.period
            year = time.key // 10_000
            is_whole = year in period if period is not None else is_of_its_year(self.table, time)
            return np.ones(self.table.size, dtype=bool) if is_whole else None
        if time.key % DIVISORS[column.resolution]:
            return None  # "in March" of a table of years
        return self.table.at_time(time.key, (until or time).last)

    def is_of_other_period(self, item: Placed) -> bool:
        """True if the measure is of years, and the sentence, or the words nearest to a number, of others."""
        period, times = self.named.words.period, self.sentence.times
        if period is None or not times or self.table.time is not None:
            return False
        if len(times) > 2:
            near = self.time_of(item)
            times = (near,) if near else times
        return not all(period[0] <= time.key // 10_000 <= period[1] for time in times)

    # Readings

    def reading(
        self,
        operation: Operation,
        places: IntArray | Sequence[int],
        value: float,
        fits: bool | None,
        *,
        sure: bool,
        main: bool = True,
        latest: bool = False,
    ) -> AuditReading:
        """Return a reading of the cells at some places."""
        unit = self.measure.unit
        operands = tuple(
            AuditOperand(
                self.table.file,
                self.table.column(int(place), self.measure),
                self.table.keys(int(place)),
                self.table.row(int(place)),
                float(self.measure.values[place]),
                unit,
            )
            for place in list(places)[:_MOST_OPERANDS]
        )
        is_whole = self._is_plain and (self.is_scoped or fits is False)
        is_whole = is_whole and (self.is_half_named or operation not in ("comparison", "rank"))
        return AuditReading(
            operation,
            operands,
            len(places),
            float(value),
            fits,
            sure and is_whole,
            self.named.score,
            main,
            latest and is_whole,
        )

    def label_sets(
        self, item: Placed, without: Sequence[LabelMention] = ()
    ) -> Sequence[LabelMention]:
        """Return the labels that a number is of: of each column the nearest one, but for some."""
        columns: dict[int, list[LabelMention]] = {}
        if self.is_of_world(item):
            return ()
        for mention in self.mentions:
            if mention in without:
                continue
            at = min(at for at, _ in mention.codes[self.named.number])
            columns.setdefault(at, []).append(mention)
        chosen = []
        for mentions in columns.values():
            nearest = self.sentence.nearest(mentions, item)
            if nearest is not None:
                chosen.append(nearest)
        return chosen

    @cached_property
    def _world(self) -> Sequence[LabelMention]:
        """The mentions of the world, if the table has only its parts."""
        has_places = bool(self.sentence.among.labels.place_columns.get(self.named.number))
        return [
            each
            for each in self.sentence.labels
            if each.place == WHOLE_WORLD and self.named.number not in each.codes and each.start >= 0
            if has_places and len(self.table.labels) == 1
        ]

    @cached_property
    def is_only_of_world(self) -> bool:
        """True if the sentence is of the world, and names no part of it."""
        is_ranked = any(each.kind in ("high", "low") for each in self.sentence.meanings)
        return bool(self._world) and not self.mentions and not is_ranked

    def is_of_world(self, item: Placed) -> bool:
        """True if a number is of the world, and the table has only its parts."""
        text = self.sentence.text
        return (
            self.is_only_of_world
            or (
                isinstance(item, Quantity)  # "leads the world" is of a part
                and any(
                    _POSSESSED.fullmatch(text[each.end : max(item.start, each.end)])
                    for each in self._world
                )
            )
        )

    def time_of(self, item: Placed) -> TimeMention | None:
        """Return the time that a number is of. "From 3 to 5 between 2010 and 2015" has the first
        number at the first time.
        """
        times = self.sentence.times
        direct = [time for time in times if time.role == "at"]
        if direct:
            return self.sentence.nearest(direct, item)
        before = self.sentence.low[: item.start]
        is_of_one_range = len(times) < 3
        for role, name in (("from", "from"), ("until", "to")):
            if is_of_one_range and self.words.leads(name, before):
                return next((time for time in times if time.role == role), None)
        return self.sentence.nearest(times, item)

    def cell(self, labels: Sequence[LabelMention], time: TimeMention | None) -> int | None:
        """Return the one cell of these labels and this time; None if there is none, or several."""
        at = self.at(time)
        if at is None:
            return None
        places = np.flatnonzero(self.chosen(labels) & at)
        if len(places) > 1:
            places = self.totals(places)
        return int(places[0]) if len(places) == 1 else None

    @cached_property
    def is_of_changes(self) -> bool:
        """True if the values of the measure are changes themselves, in percent: inflation, growth."""
        words = concepts_in(f"{self.measure.name} {self.measure.title}")
        words |= frozenset() if self.named.words.names else self.named.words.other
        is_in_percent = unit_of_measure(self.measure).kind in ("percent", "")
        return is_in_percent and bool(words & words_listed("changes"))

    @cached_property
    def may_be_deflated(self) -> bool:
        """True if a change may be told at constant prices: "GDP grew by 2 percent"."""
        words = self.named.words.own | self.named.words.other
        is_of_money = unit_of_measure(self.measure).kind == "currency" or "gdp" in words
        return is_of_money and bool(words & words_listed("deflated"))

    @cached_property
    def is_flow(self) -> bool:
        """True if the values of several times are added: births, sales."""
        words = self.named.words.own or self.named.words.other
        is_of_times = self.table.counted is not None or bool(words & words_listed("flows"))
        return self.can_be_added and is_of_times and not self.is_stock

    @cached_property
    def is_stock(self) -> bool:
        """True if the values of several times are not added: a population."""
        words = self.named.words.own | self.named.words.other
        return bool(words & words_listed("stocks")) and not words & words_listed("flows")

    def latest(self, labels: Sequence[LabelMention]) -> TimeMention | None:
        """Return the last time of some labels, for a sentence that names none."""
        if self.table.time is None:
            return None
        keys = self.table.time.keys[self.chosen(labels)]
        return TimeMention(0, 0, int(keys.max()), "at") if len(keys) else None

    def is_plausible(self, value: float, exact: float) -> bool:
        """True if a value is of the size of the measure's, or of an exact value, such as a sum of some."""
        if abs(exact) / 3 <= abs(value) <= abs(exact) * 3:
            return True
        return self.measure.smallest / 3 <= abs(value) <= self.measure.largest * 3 or value == 0

    @cached_property
    def can_be_added(self) -> bool:
        """True if values of the measure are amounts, and no rates, prices or means."""
        return can_be_added(self.measure, self.named.words.own | self.named.words.other)

    # What operations share

    def written(
        self, quantity: Quantity, exact: float, *, is_level: bool = True
    ) -> tuple[bool | None, bool] | None:
        """Return True if a number is what is written of an exact value of the measure, and True if
        its unit is surely that of the measure; None if it is of another unit.
        """
        converted = in_unit_of(quantity, self.measure, exact)
        if converted is None or self._is_in_unit_of_another(quantity):
            return None
        number, is_sure = converted
        is_sure = is_sure or (quantity.kind == "percent" and self.is_of_changes)
        is_of_data = self.measure.is_count and self.words.has(
            "of-data", self.sentence.part_around(quantity)
        )
        is_likely = not is_level or is_of_data or self.is_plausible(number.value, exact)
        is_sure = is_sure and is_likely
        return number.fits(exact), is_sure

    def _is_in_unit_of_another(self, quantity: Quantity) -> bool:
        """True if a number is in the unit of another measure of the table, and this one has none: "£319,700"."""
        unit = unit_of_measure(self.measure).kind
        return not unit and any(is_unit_of(quantity, each) for each in self.table.measures)

    def is_of_sibling(self, item: Placed) -> bool:
        """True if the noun behind a number is of the name of another measure of the table: "17.9 weeks"."""
        behind = WORD.match(self.sentence.text, item.end + 1)
        if not isinstance(item, Quantity) or behind is None or self.measure.is_count:
            return False
        noun = concepts_in(behind[0])
        whole = self.named.words.own | self.named.words.other
        return not noun & whole and self.names_another(behind[0])

    def factor(self, quantity: Quantity, reading: AuditReading) -> float:
        """Return the factor by which a number is written otherwise than the result of a reading."""
        if reading.operation in _WITHOUT_UNIT:
            return 1.0
        converted = in_unit_of(quantity, self.measure, math.copysign(reading.value, quantity.value))
        return converted[0].step / quantity.step if converted and quantity.step else 1.0

    def series(self, labels: Sequence[LabelMention]) -> tuple[IntArray, IntArray] | None:
        """Return the cells of some labels in the order of time, and their times; None if there are
        two of a time.
        """
        if self.table.time is None:
            return None
        places = np.flatnonzero(self.chosen(labels) & (self.table.time.keys > 0))
        keys = self.table.time.keys[places]
        order = np.argsort(keys, kind="stable")
        places, keys = places[order], keys[order]
        if len(keys) < 2 or (keys[1:] == keys[:-1]).any():
            return None
        return places, keys

    def among_labels(self, place: int) -> IntArray:
        """Return the cells with which one is ranked: those of its time, of all labels of its column
        but groups of others.
        """
        mask = self.has_values.copy()
        is_of_all_times = self.table.is_of_things and not self.sentence.times
        if self.table.time is not None and not is_of_all_times:
            mask &= self.table.time.keys == self.table.time.keys[place]
        return self.parts(np.flatnonzero(mask))
