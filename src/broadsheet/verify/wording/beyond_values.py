"""Finds words beside a claim that say more than its values can bear out, though no other row or column of
the tables is named in their place.

    Ramsey fell, as did Lundy        what the condition says of Ramsey alone
    Ramsey may fall                  what may be, and not what was
    Europe's largest                 a rank among more places than the values have
    Ramsey is richer than Lundy      a word of another measure than the one that is compared
    Rents in Ramsey fell             a measure that no table of the page has

Which words these are is said by the file of a language, under `[meanings]`. The values do not contradict such
words: they are left to the author.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError

from broadsheet.errors import ConfigError
from broadsheet.text.lexicon import EXAMPLE, Lexicon, any_of
from broadsheet.verify.sentences import Span
from broadsheet.verify.wording.meaning_rules import Meaning, meanings_of, plain
from broadsheet.verify.wording.place_names import countries, in_language
from broadsheet.verify.wording.recorded_comparisons import (
    Cases,
    ComparedSeries,
    ComparedValue,
    Comparison,
    Extreme,
    Pair,
)
from broadsheet.verify.wording.table_names import Surroundings, stem_of, stems_of, words_at
from broadsheet.verify.wording.word_context import shown
from broadsheet.verify.wording.word_subjects import Subjects

_STOP = re.compile(r"[;:()—–]|(?<!\d)[.](?!\d)")
_PAUSE = re.compile(r"[,;:()—–]")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|2[01])\d\d(?!\d)")
_RANKS = frozenset(
    ("high", "low", "extreme", "none-more", "none-less", "only", "only-these", "none", "no", "top")
)
"""The meanings that hold among all that their scope has."""
_WORLD = 150
"""The number of rows from which on a table may have all countries."""
_STEM = 5
"""The number of letters by which a measure is compared."""
_NEAR = 3
"""The most words between a rank and its scope."""


@dataclass(frozen=True)
class Beyond:
    """Words that say more than the values of a claim."""

    span: Span
    """Their place in the sentence."""
    of: str = ""
    """What the claim reads in place of it; "" of what may be."""


@dataclass(frozen=True)
class Beside:
    """A claim in its sentence."""

    sentence: str
    """The sentence."""
    span: Span
    """The place of the words of the claim in it."""
    others: Sequence[Span]
    """The places of the other marks in it."""
    comparisons: Sequence[Comparison]
    """The comparisons of the claim."""
    around: Surroundings
    """The names in the tables of the page."""
    words: Lexicon
    """The words of its language."""

    @property
    def text(self) -> str:
        """The sentence in small letters."""
        return plain(self.sentence)

    @property
    def part(self) -> Span:
        """The part of the sentence from the last pause or mark before the words up to their end."""
        ends = [match.end() for match in _PAUSE.finditer(self.text, 0, self.span[0])]
        ends += [last for _, last in self.others if last <= self.span[0]]
        return max(ends, default=0), self.span[1]

    def is_apart(self, span: Span) -> bool:
        """Return True if another clause, or another mark, is between the claim and some words, or in
        them.
        """
        first, last = sorted((self.span, span))
        between = self.text[first[1] : last[0]]
        if any(first[1] <= start < last[0] for start, _ in self.others):
            return True
        return (
            _STOP.search(between) is not None or _contrasts(self.words).search(between) is not None
        )


def likenesses(beside: Beside) -> Iterator[tuple[Span, Span]]:
    """Yield the words that say of others what a claim says, "as did Lundy", each with the span of the
    others.
    """
    for form, is_of_names in _likenesses(beside.words):
        for match in form.finditer(beside.text):
            start, end = match.span("other")
            end = min(end, beside.span[0]) if start < beside.span[0] else end
            end = start + len(beside.text[start:end].rstrip())
            if beside.is_apart(match.span()) or any(
                start <= first < end for first, _ in beside.others
            ):
                continue
            if not is_of_names or _is_name_like(beside, (start, end)):
                yield match.span(), (start, end)


def beyond(beside: Beside, ours: Sequence[str], values: Sequence[ComparedValue]) -> Beyond | None:
    """Return the words that say more than a claim, which reads the rows ``ours`` and some ``values``;
    None if there are none.
    """
    of = ", ".join(ours[:2]) or next((value.what for value in values if value.what), "")
    alike = (
        Beyond(others, of)
        for _, others in likenesses(beside)
        if not _is_read(beside, others, ours, values)
    )
    return (
        next(alike, None)
        or _possible(beside)
        or _scope(beside)
        or _quality(beside, values)
        or _elsewhere(beside, ours)
        or _measure(beside, ours, values)
    )


def blanked(text: str, spans: Iterable[Span]) -> str:
    """Return a text with blanks in place of some spans."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


# Others of which it is said as well


def _is_name_like(beside: Beside, span: Span) -> bool:
    """Return True if words have a year or a name: one with a capital, a row, or a column."""
    words = beside.sentence[slice(*span)]
    low = beside.text[slice(*span)]
    has_capital = not beside.words.meanings.capital_nouns and re.search(r"[^\W\d_a-z]", words)
    columns = stems_of(
        " ".join(title for table in beside.around.columns for title in table.values())
    )
    return bool(
        has_capital
        or _YEAR.search(low)
        or any(_has(low, row, beside) for row in beside.around.named_in(low))
        or (stems_of(low) & columns) - beside.around.common
    )


def _has(text: str, row: str, beside: Beside) -> bool:
    names = any_of(in_language(row, beside.words.language))
    return re.search(rf"(?<!\w)(?:{names})(?:s|'s)?(?!\w)", text) is not None


def _is_read(
    beside: Beside, span: Span, ours: Sequence[str], values: Sequence[ComparedValue]
) -> bool:
    """Return True if a claim reads what some words name: a row, or a column or a time where these are
    not of one row or time alone.
    """
    low = beside.text[slice(*span)]
    rows = {row for comparison in beside.comparisons for row in _rows(comparison)}
    named = [row for row in beside.around.named_in(low) if _has(low, row, beside)]
    if named:
        return {*map(plain, named)} <= {*map(plain, ours), *map(plain, rows)}
    times = {value.time[0] for value in values if value.time}
    times |= {time[0] for each in _ranked(beside.comparisons) for time in each.times.values()}
    if years := {int(year) for year in _YEAR.findall(low)}:
        return years <= times
    whats = {value.what for value in values}
    stems = Subjects(beside.sentence, beside.words).alike(set(stems_of(" ".join(whats))))
    return len(whats) > 1 and not stems.isdisjoint(stems_of(low))


def _rows(comparison: Comparison) -> frozenset[str]:
    """Return the rows of all that a comparison reads at once."""
    if isinstance(comparison, Cases):
        return comparison.holds.rows
    sides = (comparison.this, comparison.than) if isinstance(comparison, Pair) else ()
    return frozenset[str]().union(
        *(side.series.rows for side in sides if side.method and side.series)
    )


# What may be


def _possible(beside: Beside) -> Beyond | None:
    """Return the words that tell what may be, in the words of a claim or directly beside them."""
    before, behind = _possibles(beside.words)
    (start, end), low = beside.span, beside.text
    clause = beside.part[0]
    for match in before.finditer(low, clause, end):
        if beside.sentence[match.start()].isupper() and match.start() > 0:
            continue  # the month of May
        if match.start() < end and (match.end() >= start or not low[match.end() : start].strip()):
            return Beyond(match.span())
    at = end + len(low[end:]) - len(low[end:].lstrip())
    said = behind.match(low, at)
    return Beyond(said.span()) if said else None


# A scope that is larger than the values


def _scope(beside: Beside) -> Beyond | None:
    """Return the words that name more than that among which a rank is one, "in the world"."""
    ranked = [series for series in _ranked(beside.comparisons) if series.values]
    if not ranked:
        return None
    start, end = beside.span
    meanings = meanings_of(beside.words)
    ranks = [
        meaning
        for meaning in (
            *meanings.of(beside.sentence, start, end),
            *meanings.around(beside.sentence, start, end),
        )
        if meaning.kind in _RANKS
    ]
    if not ranks:
        return None
    rows = [str(row) for row in ranked[0].values]
    is_of_places = not ranked[0].times
    for match in _scopes(beside.words).finditer(beside.text):
        if not any(_is_scope_of(beside, match.span(), rank) for rank in ranks):
            continue
        place = match["place"]
        if not (_is_of_place(place, beside) if place else _is_of_world(rows, beside)):
            return Beyond(match.span(), shown(rows))
    if not is_of_places or beside.words.meanings.capital_nouns:
        return None
    leads = any_of(beside.words.meanings.scope_leads)
    name = re.compile(rf"(?<!\w)(?:{leads}) (?:the )?(?P<place>[A-Z][\w'’-]+)")
    for match in name.finditer(beside.sentence):
        if any(_is_scope_of(beside, match.span(), rank, is_behind=True) for rank in ranks):
            place = plain(match["place"])
            if not _is_of_place(place, beside):
                return Beyond(match.span("place"), shown(rows))
    return None


def _is_scope_of(beside: Beside, span: Span, rank: Meaning, *, is_behind: bool = False) -> bool:
    """Return True if words stand directly behind a rank, or before it, or begin its clause."""
    first, last = sorted((span, (rank.start, rank.end)))
    between = beside.text[first[1] : last[0]]
    if _PAUSE.search(between.strip().removeprefix(",") if not is_behind else between):
        return False
    if any(first[1] <= start < last[0] for start, _ in beside.others):
        return False
    if first == span and last != span:
        return not is_behind and (not between.strip() or _begins(beside.text, span))
    return len(between.split()) <= _NEAR


def _begins(text: str, span: Span) -> bool:
    return not text[: span[0]].strip() or text[: span[0]].rstrip()[-1:] in ";:—–"


def _ranked(comparisons: Iterable[Comparison]) -> Iterator[ComparedSeries]:
    """Yield the series in which a comparison finds a rank, or what holds of all or of one."""
    for comparison in comparisons:
        if isinstance(comparison, Extreme):
            yield comparison.among
        elif isinstance(comparison, Cases):
            yield comparison.holds
        else:
            sides = (comparison.this, comparison.than)
            yield from (side.series for side in sides if side.series and side.method)


# A place of which the tables have nothing


def _elsewhere(beside: Beside, ours: Sequence[str]) -> Beyond | None:
    """Return the name of a place that begins the part of a sentence, "In Bremen", if no table of the
    page names it, and the sentence has no row that the claim reads.
    """
    names = [name for row in ours for name in in_language(row, beside.words.language)]
    if not names or any(_has(beside.text, name, beside) for name in names):
        return None
    meanings, (start, end) = beside.words.meanings, beside.part
    leads = any_of(meanings.scope_leads)
    form = re.compile(rf"\W*(?:{leads}) (?P<place>[^\W\d_][\w-]+)", re.IGNORECASE)
    match = form.match(beside.sentence, start, end)
    if match is None or not match["place"][0].isupper():
        return None
    place = plain(match["place"])
    is_country = place in countries(beside.words.language).values()
    is_time = place in {*meanings.months, *meanings.quarters}
    if is_time or (meanings.capital_nouns and not is_country) or _is_of_place(place, beside):
        return None
    return Beyond(match.span("place"), ", ".join(ours[:2]))


# Another measure


def _quality(beside: Beside, values: Sequence[ComparedValue]) -> Beyond | None:
    """Return a word in the words of a claim that compares another measure than its values: "richer"."""
    cases = [each for each in beside.comparisons if isinstance(each, Cases)]
    names = " ".join(f"{value.names} {_units(value)}" for value in values)
    names += "".join(f" {each.this} {each.than} {each.unit}" for each in cases)
    whats = [value.what or value.names for value in values] + [each.this for each in cases]
    names += " /" * any(_is_of_two(comparison) for comparison in beside.comparisons)
    if not names.strip():
        return None
    stems, low, (start, end) = stems_of(names), beside.text, beside.span
    for form, of in _qualities(beside.words):
        for match in form.finditer(low, start):
            if match.start() >= end:
                break
            is_of = stems & {stem_of(word) for word in of} - {""}
            if not is_of and not any(word in _signs(names) for word in of):
                return Beyond(match.span(), next(filter(None, whats), names.strip()))
    return None


def _is_of_two(comparison: Comparison) -> bool:
    """Return True if a value that is compared is made of two columns, as a rate is."""
    sides = [] if isinstance(comparison, Cases) else [comparison.this]
    sides += [comparison.than] if isinstance(comparison, Pair) else []
    return any(len({part.what for part in side.parts}) > 1 for side in sides)


def _units(value: ComparedValue) -> str:
    return " ".join((value.unit, *(_units(part) for part in value.parts)))


def _signs(names: str) -> set[str]:
    """Return the words of names and units, and their signs, "$", "°c", "/"."""
    low = plain(names).replace("_", " ")
    return {*re.findall(r"\w+", low), *re.findall(r"[$€£¥/]|°\w?", low)}


def _measure(beside: Beside, ours: Sequence[str], values: Sequence[ComparedValue]) -> Beyond | None:
    """Return a word for a measure, or for a kind of one, that no table of the page has: "rents",
    "industrial" before "electricity". It stands in the part of the sentence that ends with the words of
    the claim.
    """
    whats = [value.what for value in values if value.what]
    if not whats:
        return None
    stems = stems_of(" ".join(whats)) - stems_of(" ".join(ours)) - beside.around.common
    read = Subjects(beside.sentence, beside.words).alike(set(stems))
    near = list(words_at(beside.text, *beside.part))
    is_told = any(stem_of(word) in read for _, word in near)
    measures, kinds = _measures(beside.words), _kinds(beside.words)
    for index, (at, word) in enumerate(near):
        follows = near[index + 1][1] if index + 1 < len(near) else ""
        is_before = stem_of(follows) in read and bool(stem_of(follows))
        is_kind = kinds.fullmatch(word) is not None or word in measures
        is_kind &= is_before or beside.words.meanings.capital_nouns
        is_measure = not is_told and word in measures
        if (is_kind or is_measure) and not _is_known(word, beside, values):
            return Beyond((at, at + len(word)), whats[0])
    return None


def _is_known(word: str, beside: Beside, values: Sequence[ComparedValue]) -> bool:
    """Return True if a table of the page, or a value, has a word in its names, or one that means the
    same.
    """
    same = _measures(beside.words).get(word, frozenset((word,)))
    stems = Subjects(beside.sentence, beside.words).alike({each[:_STEM] for each in same})
    names = plain(" ".join(f"{value.names} {_units(value)}" for value in values)).replace("_", " ")
    starts = "" if beside.words.meanings.capital_nouns else r"(?<![^\W_])"
    form = re.compile(rf"{starts}(?:{any_of(stems)})")
    return bool(
        form.search(beside.around.about) or form.search(names) or beside.around.named_in(word)
    )


def _is_of_place(place: str, beside: Beside) -> bool:
    """Return True if the tables of the page say that they are of a place, or have it in a row."""
    return bool(
        re.search(rf"(?<!\w){re.escape(place)}", beside.around.about)
        or beside.around.named_in(place)
        or any(plain(row) == place for series in _ranked(beside.comparisons) for row in series.rows)
    )


def _is_of_world(rows: Sequence[str], beside: Beside) -> bool:
    """Return True if the tables of the page say that they are of the world, or have so many rows."""
    worlds = any_of(beside.words.meanings.world)
    return len(rows) >= _WORLD or bool(re.search(rf"(?<!\w)(?:{worlds})", beside.around.about))


# The words of a language


@cache
def _contrasts(words: Lexicon) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(words.meanings.contrasts)})(?!\w)")


@cache
def _likenesses(words: Lexicon) -> list[tuple[re.Pattern[str], bool]]:
    """Return the patterns of what is said of others as well, each with True if they have to be names."""
    others = r"(?P<other>(?!\s)[^,;:.()—–]{1,80})"
    return [
        (
            _pattern(re.sub(r"\{(?:other|name)\}", lambda _: others, line), "likenesses", words),
            "{name}" in line,
        )
        for line in words.meanings.likenesses.splitlines()
        if line
    ]


@cache
def _possibles(words: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return patterns of the words before what may be, and of those behind it."""
    meanings = words.meanings
    return (
        _pattern(rf"(?:{meanings.possible})(?!\w)", "possible", words),
        _pattern(rf"(?:{meanings.possible_behind})(?!\w)", "possible-behind", words),
    )


@cache
def _scopes(words: Lexicon) -> re.Pattern[str]:
    """Return a pattern of the words for the world or a part of it, as a scope."""
    meanings = words.meanings
    try:
        territories = dict(Locale.parse(words.language).territories)
    except (UnknownLocaleError, ValueError):
        territories = {}
    parts = any_of(plain(name) for code, name in territories.items() if code.isdigit())
    leads = any_of({*meanings.scope_leads, *meanings.of_times})
    articles = any_of(meanings.articles)
    place = rf"(?:(?:{leads}) (?:(?:{articles}) )?)?(?P<place>{parts})(?:'?s)?"
    return _pattern(rf"(?:(?P<world>{meanings.scopes})|{place})(?!\w)", "scopes", words)


@cache
def _qualities(words: Lexicon) -> list[tuple[re.Pattern[str], frozenset[str]]]:
    """Return the patterns of words that compare a measure, each with the words that name it."""
    return [
        (_pattern(rf"(?:{form})(?!\w)", "qualities", words), of)
        for form, of in words.meanings.qualities.items()
    ]


@cache
def _measures(words: Lexicon) -> Mapping[str, frozenset[str]]:
    """Return, for each word for a measure, those that name the same."""
    same = defaultdict[str, frozenset[str]](frozenset)
    for line in words.meanings.measures.splitlines():
        measures, _, names = line.partition(":")
        for word in measures.split():
            same[word] |= frozenset((*measures.split(), *names.split()))
    return dict(same)


@cache
def _kinds(words: Lexicon) -> re.Pattern[str]:
    """Return a pattern of the words that name a part of a measure."""
    return _pattern(rf"(?:{words.meanings.kinds})(?!\w)", "kinds", words)


def _pattern(form: str, key: str, words: Lexicon) -> re.Pattern[str]:
    """Return the pattern of a form that begins a word. Raises :class:`ConfigError` for one of a
    publication that cannot be read.
    """
    try:
        return re.compile(rf"(?<!\w){form.replace(chr(10), '')}")
    except re.error as error:
        what = f"`meanings.{key}` cannot be used: {error}"
        raise ConfigError(words.file, what, EXAMPLE) from error
