"""Finds a place beside a claim that is larger than the rows of its values, "the largest in Europe", or that no
table of the page names, "In Jersey".

A table that says in its title or its description that it is of a place has all of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from babel import Locale, UnknownLocaleError

from broadsheet.text.lexicon import Lexicon, any_of
from broadsheet.verify.sentences import PAUSE, Span
from broadsheet.verify.wording.claim_beside import (
    Beside,
    Beyond,
    is_of_place,
    pattern,
    series_of_ranks,
)
from broadsheet.verify.wording.meaning_rules import Meaning, meanings_of, plain
from broadsheet.verify.wording.place_names import countries, names_place
from broadsheet.verify.wording.word_context import shown

_RANKS = frozenset(
    ("high", "low", "extreme", "none-more", "none-less", "only", "only-these", "none", "no", "top")
)
"""The meanings that hold among all that their scope has."""
_WORLD = 150
"""The number of rows from which on a table may have all countries."""
_NEAR = 3
"""The most words between a rank and its scope."""


def scope(beside: Beside) -> Beyond | None:
    """Return the words that name more than that among which a rank is one, "in the world"."""
    among = [series for series in series_of_ranks(beside.comparisons) if series.values]
    if not among:
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
    rows = [str(row) for row in among[0].values]
    is_of_places = not among[0].times
    for match in _scopes(beside.words).finditer(beside.text):
        if not any(_is_scope_of(beside, match.span(), rank) for rank in ranks):
            continue
        place = match["place"]
        if not (is_of_place(place, beside) if place else _is_of_world(rows, beside)):
            return Beyond(match.span(), shown(rows))
    if not is_of_places:
        return None if among[0].rows else _rivals_beside(beside, shown(rows))
    for match in _all_time(beside.words).finditer(beside.text):
        if any(_is_scope_of(beside, match.span(), rank, is_behind=True) for rank in ranks):
            return Beyond(match.span(), shown(rows))
    if beside.words.meanings.capital_nouns:
        return None
    for match in _name_scopes(beside.words).finditer(beside.sentence):
        is_name = match["place"][0].isupper()
        if is_name and any(
            _is_scope_of(beside, match.span(), rank, is_behind=True) for rank in ranks
        ):
            place = plain(match["place"])
            if not is_of_place(place, beside):
                return Beyond(match.span("place"), shown(rows))
    return None


def _rivals_beside(beside: Beside, rows: str) -> Beyond | None:
    """Return the words in those of a claim on times that rank something among others of its kind: "than in
    any other county".
    """
    match = _rivals(beside.words).search(beside.text, *beside.span)
    return Beyond(match.span(), rows) if match else None


def elsewhere(beside: Beside, ours: Sequence[str]) -> Beyond | None:
    """Return the name of a place that begins the part of a sentence, "In Bremen", if no table of the
    page names it, and the sentence has no row that the claim reads.
    """
    language = beside.words.language
    if not ours or any(names_place(beside.text, row, language) for row in ours):
        return None
    meanings, (start, end) = beside.words.meanings, beside.part
    leads = any_of(meanings.scope_leads)
    form = re.compile(rf"\W*(?:{leads}) (?P<place>[^\W\d_][\w-]+)", re.IGNORECASE)
    match = form.match(beside.sentence, start, end)
    if match is None or not match["place"][0].isupper():
        return None
    place = plain(match["place"])
    is_country = place in countries(language).values()
    is_time = place in {*meanings.months, *meanings.quarters}
    if is_time or (meanings.capital_nouns and not is_country) or is_of_place(place, beside):
        return None
    return Beyond(match.span("place"), ", ".join(ours[:2]))


def _is_scope_of(beside: Beside, span: Span, rank: Meaning, *, is_behind: bool = False) -> bool:
    """Return True if words stand directly behind a rank, or before it, or begin its clause."""
    first, last = sorted((span, (rank.start, rank.end)))
    between = beside.text[first[1] : last[0]]
    if PAUSE.search(between.strip().removeprefix(",") if not is_behind else between):
        return False
    if any(first[1] <= start < last[0] for start, _ in beside.others):
        return False
    if first == span and last != span:
        return not is_behind and (not between.strip() or _begins(beside.text, span))
    return len(between.split()) <= _NEAR


def _begins(text: str, span: Span) -> bool:
    return not text[: span[0]].strip() or text[: span[0]].rstrip()[-1:] in ";:—–"


def _is_of_world(rows: Sequence[str], beside: Beside) -> bool:
    """Return True if the tables of the page say that they are of the world, or have so many rows."""
    worlds = any_of(beside.words.meanings.world)
    return len(rows) >= _WORLD or bool(re.search(rf"(?<!\w)(?:{worlds})", beside.around.about))


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
    return pattern(rf"(?:(?P<world>{meanings.scopes})|{place})(?!\w)", "scopes", words)


@cache
def _name_scopes(words: Lexicon) -> re.Pattern[str]:
    """Return a pattern of a word behind "in", or "in the", which is a name if it has a capital."""
    leads, articles = any_of(words.meanings.scope_leads), any_of(words.meanings.articles)
    return re.compile(rf"(?<!\w)(?:{leads}) (?:(?:{articles}) )?(?P<place>[^\W\d_][\w'’-]+)")


@cache
def _rivals(words: Lexicon) -> re.Pattern[str]:
    """Return a pattern of words that rank something among others of its kind."""
    return pattern(rf"(?:{words.meanings.rivals})", "rivals", words)


@cache
def _all_time(words: Lexicon) -> re.Pattern[str]:
    """Return a pattern of the words for all times, as a scope."""
    return pattern(rf"(?:{words.meanings.all_time})(?!\w)", "all-time", words)
