"""The names that the tables of a page have: of columns, and of rows, which a text may name.

Of thousands of rows, a text names few. Each row is kept under the rarest of its words, and those of the
words in a text are looked at.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from broadsheet.data.origin import Origin
from broadsheet.text.lexicon import FOLDER, Lexicon, any_of, lexicon
from broadsheet.verify.numbers.table_rows import names_in
from broadsheet.verify.wording.meaning_rules import plain
from broadsheet.verify.wording.place_names import in_language

_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"\w+")
_SHORT, _STEM = 4, 5
"""The fewest letters of a word that names a column, and the number of them that are compared."""
_SHORTEST = 3
"""The fewest letters of a word that is the whole name of a column: "gas"."""


@dataclass(frozen=True)
class ColumnLabels:
    """The names and titles of a table's columns, by the stems of their words."""

    stems: Mapping[str, frozenset[str]]
    """The stems of each column, by its title."""
    labels: Mapping[str, Sequence[tuple[str, frozenset[str]]]]
    """The names and titles that have a stem: of each the title, and all its stems."""


@dataclass(frozen=True)
class Surroundings:
    """The names that the tables of a page have beside the values of its facts and claims."""

    columns: Sequence[Mapping[str, str]] = ()
    """The titles of columns by their names, for each table."""
    rows: Sequence[frozenset[str]] = ()
    """The names of rows, for each column that names them."""
    common: frozenset[str] = frozenset()
    """The stems of words that name no column, and such words that are shorter than a stem."""
    joined: re.Pattern[str] = re.compile(r"(?!)")
    """Words that join two facts, such as "and"."""
    leads: re.Pattern[str] = re.compile(r"(?!)")
    """Words before a place, such as "in"."""
    language: str = "en"
    """The language of the page."""
    about: str = ""
    """All that the tables say of themselves, in small letters: titles, descriptions, units."""

    def __hash__(self) -> int:
        return hash((tuple(self.rows), self.language, self.about))

    def labels_beside(self, whats: Collection[str]) -> ColumnLabels:
        """Return the names of the columns of a table that has all of ``whats``; of none, if none has."""
        titles = {*whats}
        table = next((table for table in self.columns if titles <= {*table.values()}), {})
        return _labels_of(tuple(table.items()), self.common)

    def named_in(self, text: str, beside: Collection[str] | None = None) -> list[str]:
        """Return the rows that a text may name, the longest first: all that it does name, and few
        others. If they have to stand ``beside`` some rows, they are of the same columns.
        """
        words = {form for word in _RUN.findall(text) for form in (word, word.removesuffix("s"))}
        rows = {
            row
            for column in self.rows
            if beside is None or not column.isdisjoint(beside)
            for by_word in [_by_word(column, self.language)]
            for word in words & by_word.keys()
            for row in by_word[word]
        }
        return sorted(rows, key=lambda row: (-len(row), row))


def around_of(root: Path, origins: Iterable[Origin], language: str) -> Surroundings:
    """Return the names in the tables from which the facts and claims of a page come. ``root`` is the
    publication's folder.
    """
    origins = list(origins)
    columns = [
        {column.name: column.title for column in origin.columns if column.name not in origin.key}
        for origin in origins
    ]
    rows = (column for origin in origins for column in names_in(root, origin))
    texts = [text for origin in origins for text in _texts_of(origin)]
    return surroundings(columns, rows, lexicon(language, root / FOLDER), texts)


def _texts_of(origin: Origin) -> Iterator[str]:
    """Yield what a table says of itself and of its columns."""
    yield from (origin.name, origin.title, origin.description)
    for column in origin.columns:
        yield from (column.name, column.title, column.description or "", column.unit or "")


def surroundings(
    columns: Iterable[Mapping[str, str]],
    rows: Iterable[frozenset[str]],
    words: Lexicon,
    texts: Iterable[str] = (),
) -> Surroundings:
    """Return the names that some tables have, for texts in a language, and what their ``texts`` say."""
    common, joined, leads = _of_language(words)
    columns = list(columns)
    titles = (label for table in columns for names in table.items() for label in names)
    about = plain(" ".join((*titles, *texts))).replace("_", " ")
    return Surroundings(columns, list(rows), common, joined, leads, words.language, about)


def rows_in(places: Iterable[str], around: Surroundings) -> list[str]:
    """Return the rows that places in words name, a part of each: Germany of "Germany, 2023"."""
    rows: list[str] = []
    for place in places:
        for row in around.named_in(place):
            is_part = row in place and re.search(rf"(?:^|, ){re.escape(row)}(?:$|, )", place)
            if is_part and not any(row in longer for longer in rows):
                rows.append(row)
    return rows


def words_at(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield the words of a span of a text, each with its position."""
    for match in _WORD.finditer(text, start, end):
        yield match.start(), match[0]


@lru_cache(maxsize=1000)
def stems_of(names: str) -> frozenset[str]:
    """Return the stems of the words of a column's names."""
    stems = (stem_of(word) for word in _WORD.findall(plain(names)) if not word.isdigit())
    return frozenset(stem for stem in stems if stem)


@lru_cache(maxsize=64)
def _labels_of(table: tuple[tuple[str, str], ...], common: frozenset[str]) -> ColumnLabels:
    """Return the names and titles of the columns of a table without ``common`` stems. Each fact and
    claim asks for those of all columns.
    """
    stems = dict[str, frozenset[str]]()
    labels = defaultdict[str, list[tuple[str, frozenset[str]]]](list)
    for name, title in table:
        for label in (name, title):
            of_label = _stems_of_label(label.replace("_", " ")) - common
            stems[title] = stems.get(title, frozenset()) | of_label
            for stem in of_label:
                labels[stem].append((title, of_label))
    return ColumnLabels(stems, labels)


def _stems_of_label(label: str) -> frozenset[str]:
    """Return the stems of the words of a column's name; of a single short word, "Gas", that word."""
    words = _WORD.findall(plain(label))
    is_name = len(words) == 1 and len(words[0]) >= _SHORTEST and len(label) < _SHORT
    return frozenset(words) if is_name else stems_of(label)


def spoken_stem(word: str) -> str:
    """Return the stem of a word, or a short word itself, by which it may name a column."""
    return stem_of(word) or word


def stem_of(word: str) -> str:
    """Return the letters of a word by which it is compared; none of a short one."""
    return word[:_STEM] if len(word) >= _SHORT else ""


@lru_cache(maxsize=64)
def _by_word(column: frozenset[str], language: str) -> Mapping[str, Sequence[str]]:
    """Return the rows that a column names by the rarest word of each, as the table writes it, and as
    texts in a language do.
    """
    names = [(row, name) for row in column for name in {row, *in_language(row, language)}]
    words = [_RUN.findall(name) for _, name in names]
    counts = Counter(word for of_name in words for word in set(of_name))
    by_word = defaultdict[str, list[str]](list)
    for (row, _), of_name in zip(names, words, strict=True):
        if of_name:
            by_word[min(of_name, key=counts.__getitem__)].append(row)
    return by_word


@cache
def _of_language(
    words: Lexicon,
) -> tuple[frozenset[str], re.Pattern[str], re.Pattern[str]]:
    """Return the stems of a language's words that name no column, and patterns of those that join
    two facts, and of those before a place.
    """
    meanings = words.meanings
    common = {
        *meanings.than,
        *meanings.compared,
        *meanings.from_times,
        *meanings.at_times,
        *meanings.in_places,
        *meanings.articles,
        *meanings.denials,
        *(word for family in meanings.units.values() for word in family),
    }
    few = {
        *common,
        *meanings.joins,
        *meanings.contrasts,
        *meanings.pronouns,
        *meanings.wholes,
        *meanings.earlier,
        *meanings.later,
        *meanings.months,
        *meanings.each,
        *words.facts.counts,
        *words.sentences.openers,
        *(word for one in meanings.classes.values() for word in one.words),
    }
    return (
        frozenset(map(stem_of, common)) | {word for word in few if len(word) < _SHORT},
        re.compile(rf"\b(?:{any_of(meanings.joins)})\b"),
        re.compile(rf"(?<!\w)(?:{any_of(meanings.in_places)}) $"),
    )
