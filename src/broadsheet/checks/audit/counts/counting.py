"""The readings of a number that counts the rows of a table: "152 Adelie penguins", "31 companies in
the sector Real Estate", "20 percent of the sample"; and of one that is the size of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

import numpy as np

from broadsheet.checks.audit.audit_table import AuditTable, IntArray, Mask
from broadsheet.checks.audit.audited_sentence import AuditedSentence
from broadsheet.checks.audit.indexed_tables import Named
from broadsheet.checks.audit.mentions import LabelMention, TimeMention, is_of_its_year
from broadsheet.checks.audit.places import WORD, plain_name
from broadsheet.checks.audit.quantities import Quantity
from broadsheet.checks.audit.statement import AuditOperand, AuditReading
from broadsheet.checks.audit.tables.measure_words import NO_WORDS, measure_words
from broadsheet.checks.audit.unexplained import unexplained
from broadsheet.checks.audit.vocabulary import (
    CLEAR,
    concepts_in,
    lemma,
    words_listed,
    words_said,
)
from broadsheet.checks.audit.weighing.doubts_of_changes import has_condition

_FEW = 6
_ROWS_AND_COLUMNS = ("row", "column", "entry", "record", "observation", "zeile", "spalte", "ligne", "colonne",
                     "fila", "columna")  # fmt: skip
_OF_WHOLE_FILE = re.compile(
    r"(?:\W|\d|\b(?:the|this|our|file|table|data|dataset|set|list|it|there|has|have|had|contains?|consists?|comprises?|"
    r"holds?|of|in|is|are|and|with|a|an|total|rows?|columns?|entry|entries|records?|observations?|made|up|csv|all|"
    r"die|der|das|datei|tabelle|hat|enthält|mit|und|zeilen?|spalten?|le|la|les|fichier|tableau|compte|contient|a|et|"
    r"lignes?|colonnes?|el|los|archivo|fichero|tabla|tiene|contiene|y|filas?|columnas?)\b)*"
)
"""A sentence that says how large a file is, and no more."""


def counts_in(sentence: AuditedSentence, quantity: Quantity) -> Iterator[AuditReading]:
    """Yield the readings of a number as one of rows, in each table whose rows it may count."""
    if quantity.kind not in ("", "percent") or (
        quantity.value != int(quantity.value) and quantity.kind == ""
    ):
        return
    for number in sorted(sentence.among.near):
        table = sentence.among.tables[number]
        if not table.is_of_things:
            continue
        mentions = [mention for mention in sentence.labels if number in mention.codes]
        noun = _noun(sentence, quantity, table, mentions)
        if not mentions and noun is None:
            continue
        mask = _rows(sentence, table)
        if mask is None:
            continue
        if quantity.kind == "percent":
            if mentions and _is_share_of_rows(sentence, quantity, table):
                yield from _share(sentence, quantity, table, number, labels=mentions, mask=mask)
            continue
        if noun is None:
            continue
        is_scoped = _is_scoped(sentence, number, table, noun) and _is_in_prose(sentence, quantity)
        limit = time_limit(sentence)
        is_scoped = is_scoped and not has_condition(sentence, quantity, limit)
        is_of_some = limit is not None and _is_of_the_rows(sentence, quantity)
        about = words_said(f"{table.name} {table.title}")
        is_whole = noun in words_listed("rows") or noun in about
        is_of_table = is_of_some or _is_of_data(sentence, table)
        is_whole = is_whole or (is_of_table and bool(concepts_in(noun) & (about | _naming(table))))
        is_noun = is_whole or noun in words_listed("members")
        near = _near(sentence, quantity, mentions)
        sets = dict.fromkeys(
            tuple(part) for part in (mentions, near, *([mention] for mention in mentions))
        )
        for labels in sets:
            rows = np.flatnonzero(mask & _chosen(table, number, labels))
            is_said = (
                _are_kinds(table, number, labels)
                if labels
                else not mentions and is_whole and is_of_table
            )
            yield _reading(
                table,
                rows,
                float(len(rows)),
                quantity,
                is_sure=is_scoped and is_said and is_noun,
                noun=noun,
                is_count=is_of_some,
            )
        if not mentions and noun in words_listed("groups"):
            yield from _distinct(table, quantity, noun)


def _is_in_prose(sentence: AuditedSentence, quantity: Quantity) -> bool:
    """True if a number stands in prose, not in brackets or a formula."""
    before, behind = (
        sentence.text[: quantity.start].rstrip(),
        sentence.text[quantity.end :].lstrip(),
    )
    return before[-1:] not in ("=", "(", "/", ",", "≈", "~") and behind[:1] not in (
        "=",
        ")",
        "/",
        "-",
        "°",
    )


def _are_kinds(table: AuditTable, number: int, labels: Sequence[LabelMention]) -> bool:
    """True if labels are kinds of rows, a sector or a species, and none names a row alone."""
    for mention in labels:
        at = min(at for at, _ in mention.codes[number])
        kinds = table.labels[at]
        if len(kinds.labels) * 2 > table.size or len(mention.words) < 3:
            return False
    return True


def _is_of_data(sentence: AuditedSentence, table: AuditTable) -> bool:
    """True if a sentence speaks of the table itself, and no other file is named above it."""
    is_said = sentence.words.has("of-data", sentence.low)
    return is_said and sentence.file in (None, PurePosixPath(table.file).name.lower())


def _rows(sentence: AuditedSentence, table: AuditTable) -> Mask | None:
    """Return the rows of the time that the sentence names; None if the table cannot tell it."""
    mask = np.ones(table.size, dtype=bool)
    for time in sentence.times[:1]:
        if table.time is None and len(sentence.times) == 1 and is_of_its_year(table, time):
            break
        if table.time is None or len(sentence.times) > 1:
            return None
        mask = table.at_time(time.key, time.last)
        if time_limit(sentence) is not None:
            keys = table.time.keys
            is_before = sentence.words.leads("earlier-than", sentence.low[: time.start])
            mask = (keys > 0) & (keys < time.key) if is_before else keys > time.bounds[1]
        if not mask.any():
            return None
    return mask


def time_limit(sentence: AuditedSentence) -> TimeMention | None:
    """Return the only time of a sentence, if it limits others: "before 1900", "after 2010"."""
    times = sentence.times
    if len(times) != 1 or times[0].start < 0:
        return None
    low = sentence.low[: times[0].start]
    is_limit = any(sentence.words.leads(name, low) for name in ("earlier-than", "later-than"))
    return times[0] if is_limit else None


def _is_of_the_rows(sentence: AuditedSentence, quantity: Quantity) -> bool:
    """True if a number is one of the rows themselves: "nine of the journals"."""
    return sentence.words.patterns["of-the"].match(sentence.low, quantity.end + 1) is not None


def _chosen(table: AuditTable, number: int, labels: Sequence[LabelMention]) -> Mask:
    mask = np.ones(table.size, dtype=bool)
    columns: dict[int, set[int]] = {}
    for mention in labels:
        at = min(at for at, _ in mention.codes[number])
        columns.setdefault(at, set()).update(
            code for column, code in mention.codes[number] if column == at
        )
    for at, codes in columns.items():
        mask &= np.isin(table.labels[at].codes, list(codes))
    return mask


def _near(
    sentence: AuditedSentence, quantity: Quantity, mentions: Sequence[LabelMention]
) -> list[LabelMention]:
    """Return the label directly behind a number: "152 Adelie penguins"."""
    return [
        mention
        for mention in mentions
        if mention.start >= quantity.end and not sentence.text[quantity.end : mention.start].strip()
    ][:1]


def _naming(table: AuditTable) -> frozenset[str]:
    """Return what the column says that has a label of its own for each row: "athlete"."""
    keys = [column for column in table.labels if len(column.labels) == table.size][:1]
    return frozenset[str]().union(*(concepts_in(column.title) for column in keys))


def _noun(
    sentence: AuditedSentence,
    quantity: Quantity,
    table: AuditTable,
    mentions: Sequence[LabelMention],
) -> str | None:
    """Return the noun that a number counts, if rows of the table are such things."""
    about = words_said(f"{table.name} {table.title}")
    heads = frozenset[str]().union(*(concepts_in(column.title) for column in table.labels))
    words = [plain_name(match[0]) for match in WORD.finditer(sentence.text, quantity.end)][:_FEW]
    is_label = bool(_near(sentence, quantity, mentions))
    naming = _naming(table)
    for word in words:
        name = lemma(word)
        if (
            name in words_listed("rows")
            or name in about
            or (concepts_in(word) & about and word not in ("the", "of"))
        ):
            return name
        if name in words_listed("members") and (mentions or about & concepts_in(sentence.text)):
            return name
        if name in heads and name in words_listed("groups"):
            return name
        if (mentions or not sentence.labels) and concepts_in(word) & naming:
            return name
        if word in ("in", "were", "was", "are", "is", "have", "had", "with", "percent"):
            break
    return (
        words[0]
        if is_label and words and quantity.kind == ""
        else "percent"
        if quantity.kind == "percent"
        else None
    )


def _is_scoped(sentence: AuditedSentence, number: int, table: AuditTable, noun: str = "") -> bool:
    """True if no word is strange but the noun that is counted, and no place is of another table."""
    if not table.measures:
        return False
    named = Named(number, table, table.measures[0], NO_WORDS, 0.0)
    others = [
        mention for mention in sentence.labels if mention.place and number not in mention.codes
    ]
    strange = [word for word in unexplained(sentence, named) if lemma(plain_name(word)) != noun]
    return not others and not strange and sentence.is_plain


def _reading(
    table: AuditTable,
    rows: IntArray,
    count: float,
    quantity: Quantity,
    *,
    is_sure: bool,
    noun: str,
    is_count: bool = False,
) -> AuditReading:
    """Return the reading of a number of rows; one in letters is surely of them only if it ``is_count``."""
    operands = tuple(
        AuditOperand(table.file, "", table.keys(int(row)), table.row(int(row)), 1.0)
        for row in rows[:5]
    )
    sure = is_sure and bool(len(rows)) and (is_count or not quantity.is_word)
    return AuditReading(
        "count", operands, len(rows), count, quantity.fits(count), sure, 1.0, bool(noun)
    )


def _distinct(table: AuditTable, quantity: Quantity, noun: str) -> Iterator[AuditReading]:
    for column in table.labels:
        if noun in concepts_in(column.title):
            count = float(len(column.labels))
            yield AuditReading(
                "count", (), len(column.labels), count, quantity.fits(count), False, 0.8, True
            )


def _is_share_of_rows(sentence: AuditedSentence, quantity: Quantity, table: AuditTable) -> bool:
    """True if a percentage is of the rows of a table: "a fifth of the 47 cars", "20 percent of the sample"."""
    words = sentence.words
    whole = words.patterns["of-rows"].match(sentence.low, quantity.end + 1)
    if whole:
        nouns = [plain_name(match[0]) for match in WORD.finditer(sentence.text, whole.end())][:2]
        number = whole["number"] or ""
        is_all = number.isdecimal() and int(number) == table.rows
        key = max(table.labels, key=lambda column: len(column.labels), default=None)
        about = words_said(f"{table.name} {table.title}")
        about |= concepts_in(key.title) if key is not None else frozenset()
        listed = words_listed("rows") | words_listed("members")
        about -= frozenset[str]().union(
            *(measure_words(table, each).own for each in table.measures)
        )
        if is_all or any(lemma(noun) in listed or concepts_in(noun) & about for noun in nouns):
            return True
    name = re.escape(table.name.split("-")[0])
    of_table = rf"\b(?:sample|rows|data|index|list|members|companies|{name})"
    return words.has("share", sentence.low) and re.search(of_table, sentence.low) is not None


def _share(
    sentence: AuditedSentence,
    quantity: Quantity,
    table: AuditTable,
    number: int,
    *,
    labels: Sequence[LabelMention],
    mask: Mask,
) -> Iterator[AuditReading]:
    rows = np.flatnonzero(mask & _chosen(table, number, labels))
    share = 100 * len(rows) / max(int(mask.sum()), 1)
    is_scoped = _is_scoped(sentence, number, table)
    yield _reading(table, rows, share, quantity, is_sure=is_scoped, noun="percent")


def sizes_in(sentence: AuditedSentence, quantity: Quantity) -> Iterator[AuditReading]:
    """Yield the readings of a number as that of the rows or columns of a table: "1,234 rows"."""
    match = re.match(r"\W*(?P<noun>[^\W\d_]+)", sentence.low[quantity.end :])
    noun = lemma(plain_name(match["noun"])) if match else ""
    kind = next((kind for kind in ("rows", "columns") if noun in words_listed(kind)), "")
    if quantity.kind != "" or not kind:
        return
    near = (sentence.among.tables[number] for number in sorted(sentence.among.near))
    tables = [table for table in near if table.counted is None]
    names = {table: PurePosixPath(table.file).name.lower() for table in tables}
    named = [table for table in tables if names[table] in sentence.low]
    if not named and sentence.file is not None:
        named = [table for table in tables if names[table] == sentence.file]
    is_said = sentence.words.has("of-data", sentence.low) and sentence.file is None
    chosen = named or (tables if len(set(names.values())) == 1 and is_said else [])
    sizes = {table.rows if kind == "rows" else table.columns for table in chosen}
    if len(sizes) != 1 or len({table.file for table in chosen}) != 1:
        return
    size, table = sizes.pop(), chosen[0]
    said = sentence.low.replace(names[table], " ")
    is_sure = _OF_WHOLE_FILE.fullmatch(said) is not None and noun in _ROWS_AND_COLUMNS
    is_sure = is_sure and len(named) < 2
    fits = quantity.fits(float(size))
    yield AuditReading(
        "count",
        (AuditOperand(table.file, kind, {}, 1, 1.0),),
        size,
        float(size),
        fits,
        is_sure,
        CLEAR,
    )
