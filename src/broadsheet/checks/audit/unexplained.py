"""The words of a sentence that neither a table nor the language explains: they may be what it is of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from broadsheet.checks.audit.audited_sentence import AuditedSentence
from broadsheet.checks.audit.indexed_tables import Named
from broadsheet.checks.audit.measured import is_rate, unit_of_measure
from broadsheet.checks.audit.places import plain_name
from broadsheet.checks.audit.read_sentence import Placed
from broadsheet.checks.audit.tables.table_shapes import spaced
from broadsheet.checks.audit.vocabulary import (
    bare_word,
    concepts_in,
    concepts_of_words,
    is_part_of,
    lemma,
    parts_of_compound,
    things_counted_by,
    verbs_of,
    words_listed,
)

_STEM = 5
"""The letters of the stem of a word."""


def strange_words(sentence: AuditedSentence, named: Named) -> list[str]:
    """Return the words with capitals that neither the table nor the language explains: they may
    be what the sentence is of.
    """
    if sentence.language == "de":
        return []
    said = concepts_in(
        f"{named.table.name} {named.table.title} {named.measure.title} {named.measure.description}"
    )
    strange, about = [], said | named.words.own | named.words.other
    explained = {word for word, names in concepts_of_words(sentence.text) if names & about}
    explained |= verbs_of(about)
    for start, word in _others(sentence, named):
        if not word[0].isupper() or re.search(r"[-‑]$", sentence.text[:start]):
            continue
        names = concepts_in(word) | sentence.shortened_of(plain_name(word))
        if plain_name(word) in explained or names & (about | words_listed("explained")):
            continue
        if start == 0 and sentence.words.is_opener(word.lower()):
            continue
        strange.append(word)
    return strange


def _others(sentence: AuditedSentence, named: Named) -> Iterator[tuple[int, str]]:
    """Yield the words outside of labels, times and numbers, with their positions."""
    placed: list[Placed] = [
        mention for mention in sentence.labels if named.number in mention.codes or mention.place
    ]
    placed += [*sentence.times, *sentence.quantities]
    for match in sentence.word_matches:
        start, end = match.span()  # "d'1,2" begins before its number
        if not any(each.start < end and start < each.end for each in placed):
            yield start, match[0]


def unexplained(sentence: AuditedSentence, named: Named) -> list[str]:
    """Return the words that neither the table nor the language explains. A sentence that names a
    measure by half a word is surely of it only without any.
    """
    table, measure = named.table, named.measure
    name = spaced(table.name.replace("-", " "))
    about = (
        concepts_in(
            f"{name} {table.title} {measure.title} {measure.description} {measure.unit} "
            + " ".join(f"{column.title} {column.name}" for column in table.labels)
        )
        | named.words.own
        | named.words.other
    )
    naming = about | things_counted_by(about)
    explained = {word for word, names in concepts_of_words(sentence.text) if names & naming}
    explained |= _parts_of(sentence, plain_name(f"{table.name} {table.title}").split())
    joined = [
        (start, end)
        for start, end, name in sentence.joined
        if name in about and _says_no_more(sentence.text[start:end], about)
    ]
    if "exchange_rate" in about:
        explained |= words_listed("currencies")
    if measure.is_of_years:
        explained |= words_listed("of-years")
    if unit_of_measure(measure).name == "energy":
        explained |= words_listed("of-energy")
    explained |= verbs_of(about)
    if sentence.language == "de":
        heads = plain_name(" ".join(column.title for column in table.labels)).split()
        words = (plain_name(match[0]) for match in sentence.word_matches)
        explained |= {word for word in words if is_part_of(word, heads)}
    if table.time is not None:
        explained |= _verbs_like(sentence, spaced(table.time.name))
    return [
        word
        for start, word in _others(sentence, named)
        if start in sentence.telling
        and not {plain_name(word), plain_name(bare_word(word))} & explained
        and not sentence.shortened_of(plain_name(word)) & about
        and not any(first <= start < last for first, last in joined)
    ]


def _says_no_more(word: str, about: frozenset[str]) -> bool:
    """True if the last part of a German word says no more of a measure than it is: "Weizenernte" of a table
    of harvests, "Besucherzahl" of any.
    """
    heads = {head for _, head in parts_of_compound(plain_name(word))}
    return all(head in words_listed("numbers") or concepts_in(head) & about for head in heads)


def _verbs_like(sentence: AuditedSentence, name: str) -> set[str]:
    """Return the verbs of which a column of times has the stem: "founded" of `founding year`."""
    stem = plain_name(name)[:_STEM]
    words = {plain_name(match[0]) for match in sentence.word_matches}
    return {word for word in words if word.endswith("ed") and word[:_STEM] == stem}


def _parts_of(sentence: AuditedSentence, names: Sequence[str]) -> set[str]:
    """Return the words of which two together are a word of a table: "World Cup" of `worldcups`."""
    words = [plain_name(match[0]) for match in sentence.word_matches]
    whole = {lemma(name) for name in names}
    return {word for pair in pairwise(words) if lemma("".join(pair)) in whole for word in pair}


def has_compound(sentence: AuditedSentence, named: Named) -> bool:
    """True if a word beside that of the measure makes another measure of it."""
    words = [(match.start(), match.end(), plain_name(match[0])) for match in sentence.word_matches]
    naming = named.words.own or named.words.other
    whole = named.words.own | named.words.other | named.words.whole
    inside = [(mention.start, mention.end) for mention in sentence.labels]
    of_phrase = {word for word, names in concepts_of_words(sentence.text) if names & naming}
    for at, (start, end, word) in enumerate(words):
        if not concepts_in(word) & naming:
            continue
        after = (
            words[at + 1][2]
            if at + 1 < len(words)
            and not re.search(r"[,;:()]", sentence.text[end : words[at + 1][0]])
            else ""
        )
        if after in words_listed("rates") and (is_rate(named.measure) or after in of_phrase):
            continue
        if after == "per" and "per-head" in named.words.implied | named.words.qualifiers:
            continue
        if after and not concepts_in(after) & whole and sentence.words.is_compound(after):
            is_label = any(s <= start < e for s, e in inside)
            if not is_label and not _is_change(sentence, after):
                return True
    return False


def _is_change(sentence: AuditedSentence, word: str) -> bool:
    return word in ("growth", "change", "wachstum", "croissance") and any(
        quantity.kind in ("percent", "points") for quantity in sentence.quantities
    )
