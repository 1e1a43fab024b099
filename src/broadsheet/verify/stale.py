"""Stale words: words that were true when they were written, and that become untrue with time or in
another edition.

- **A year that was typed** where the edition's parameter or the latest year of its data is meant:
  "in 2022" reads the same in the edition for 2024.
- **A day that depends on the day**: "this year", "yesterday", "recently" in a page without a date,
  or in words that several editions share whose dates are not in the same year, month, week or day.

Nothing here reads a clock or a file: passages and data of the edition are arguments.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from broadsheet.errors import ConfigError, Notice
from broadsheet.markdown.prose import Passage
from broadsheet.text.lexicon import EXAMPLE, Lexicon, lexicon
from broadsheet.verify.sentences import Span, sentences

_YEAR = re.compile(r"(?<![\d.,/–$€£-])(?:19|20)\d\d(?![\d/–-]|[.,]\d)")
_PERIODS: Mapping[str, Callable[[datetime.date], object]] = {
    "day": lambda day: day,
    "week": lambda day: day.isocalendar()[:2],
    "month": lambda day: (day.year, day.month),
    "year": lambda day: day.year,
}


@dataclass(frozen=True)
class Known:
    """Data of an edition, by which its words are stale or not."""

    date: datetime.date | None
    """The edition's own date."""
    dates: Collection[datetime.date] = ()
    """The dates of all editions that share its words."""
    years: Mapping[int, str] = field(default_factory=dict)
    """The years that should not be typed, each with its origin: `the parameter "year"`."""


def stale(
    passages: Collection[Passage], known: Known, language: str = "en", own: Path | None = None
) -> Iterator[Notice]:
    """Yield the stale words in passages of an article's source, shared by its editions. ``own`` is
    the publication's folder of word files; a language without such words is read as English.
    """
    relative, dated = _patterns(lexicon(language, own))
    for passage in passages:
        for span in sentences(passage.text, language, own):
            if not any(
                mark.kind == "cite" and span[0] <= mark.start <= span[1] for mark in passage.marks
            ):
                yield from _years(passage, span, known, dated)
            yield from _relative(passage, span, known, relative)


@cache
def _patterns(words: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return a pattern for words that depend on the day, in groups named after their period; and
    one for words that make a year after them part of an exact date.
    """
    stale_words = words.stale
    periods = "|".join(f"(?P<{name}>{getattr(stale_words, name)})" for name in _PERIODS)
    try:
        return (
            re.compile(rf"\b(?:{periods})\b".replace("\n", ""), re.IGNORECASE),
            re.compile(f"(?:{stale_words.before_a_year})$".replace("\n", "")),
        )
    except re.error as error:
        raise ConfigError(
            words.file,
            f"`stale` has a regular expression that is none: {error}",
            EXAMPLE,
        ) from error


def _years(passage: Passage, span: Span, known: Known, dated: re.Pattern[str]) -> Iterator[Notice]:
    for match in _YEAR.finditer(passage.text, *span):
        meant = known.years.get(int(match[0]))
        is_date = dated.search(passage.text, max(span[0], match.start() - 16), match.start())
        if meant and not is_date and not _is_marked(passage, match):
            yield _notice(
                passage,
                match,
                span,
                f"“{match[0]}” is typed, and is {meant}",
                "Write it by code, `{python} "
                "…`; or say which event of that year is meant, and cite it.",
            )


def _relative(
    passage: Passage, span: Span, known: Known, words: re.Pattern[str]
) -> Iterator[Notice]:
    for match in words.finditer(passage.text, *span):
        period = str(match.lastgroup)
        if _is_marked(passage, match):
            continue
        if known.date is None:
            yield _notice(
                passage,
                match,
                span,
                f"“{match[0]}” on a page that has no date",
                "Name the year or day, or give the page a `date`.",
            )
        elif len(set(map(_PERIODS[period], known.dates))) > 1:
            yield _notice(
                passage,
                match,
                span,
                f"“{match[0]}” means another {period} in each edition: they are dated "
                f"{min(known.dates)} to {max(known.dates)}",
                "Write it by code, or show it in one edition alone (`when-meta`).",
            )


def _notice(passage: Passage, match: re.Match[str], span: Span, what: str, mend: str) -> Notice:
    line = (passage.place.line or 1) + passage.text.count("\n", 0, match.start())
    sentence = " ".join(passage.text[slice(*span)].split())
    return Notice(
        replace(passage.place, line=line), f"{what}: {sentence}", mend, topic="stale-word"
    )


def _is_marked(passage: Passage, match: re.Match[str]) -> bool:
    return any(
        mark.start <= match.start() and match.end() <= mark.end
        for mark in passage.marks
        if mark.kind in ("code", "fact", "claim", "held", "unchecked")
    )
