"""Stale words: what was true when it was written, and what time or another edition makes untrue.

- **A year that was typed** where the edition's parameter or the latest year of its data is meant:
  "in 2022" reads the same in the edition for 2024.
- **A day that depends on the day**: "this year", "yesterday", "recently" in a page without a date,
  or in words that several editions share whose dates are not in the same year, month, week or day.

Nothing here reads a clock or a file: the passages are given, and what is known of the edition.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from broadsheet.errors import Notice
from broadsheet.markdown.prose import Passage
from broadsheet.verify import german
from broadsheet.verify.sentences import Span, sentences

_YEAR = re.compile(r"(?<![\d.,/–$€£-])(?:19|20)\d\d(?![\d/–-]|[.,]\d)")
_EXACT = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?,? (?:\d{1,2}, )?$|"
    r"(?:Jänner|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember) $"
)
_ENGLISH = re.compile(
    r"""\b(?:
    (?P<day>yesterday|today|tomorrow|tonight|this\ (?:morning|afternoon|evening))
  | (?P<week>(?:this|last|next)\ week|(?:last|next|this|on|since)\ (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?!,?\ \d))
  | (?P<month>(?:this|last|next)\ month|recently|currently|nowadays|at\ present|in\ recent\ (?:days|weeks|months))
  | (?P<year>(?:this|last|next)\ (?:year(?:[’']s)?|spring|summer|autumn|winter|decade)|in\ recent\ years)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_OTHER = "(?:vergangen|vorig|letzt|nächst|kommend|dies)e"
_GERMAN = re.compile(
    rf"""\b(?:
    (?P<day>gestern|vorgestern|heute|übermorgen)
  | (?P<week>{_OTHER}[nr]?\ Woche|{_OTHER}n\ (?:Mon|Diens|Donners|Frei|Sams|Sonn)tag(?!,?\ (?:den\ )?\d))
  | (?P<month>{_OTHER}[mns]\ Monate?s?|in\ den\ (?:letzten|vergangenen)\ (?:Tagen|Wochen|Monaten)|kürzlich|neulich
        |derzeit|zurzeit|gegenwärtig|momentan)
  | (?P<year>{_OTHER}[mns]\ (?:Jahr(?:es|zehnts?)?|Frühling|Frühjahr|Sommer|Herbst|Winter)|heuer
        |in\ den\ (?:letzten|vergangenen)\ Jahren)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


_PERIODS: Mapping[str, Callable[[datetime.date], object]] = {
    "day": lambda day: day,
    "week": lambda day: day.isocalendar()[:2],
    "month": lambda day: (day.year, day.month),
    "year": lambda day: day.year,
}


@dataclass(frozen=True)
class Known:
    """What is known of an edition: its own ``date``, the ``dates`` of all editions that share its
    words, and the years that are better not typed, each with what they are: `the parameter "year"`.
    """

    date: datetime.date | None
    dates: Collection[datetime.date] = ()
    years: Mapping[int, str] = field(default_factory=dict)


def stale(passages: Collection[Passage], known: Known, language: str = "en") -> Iterator[Notice]:
    """The stale words in passages of an article's source, shared by its editions."""
    cut, words = (german.sentences, _GERMAN) if language == "de" else (sentences, _ENGLISH)
    for passage in passages:
        for span in cut(passage.text):
            if not any(
                mark.kind == "cite" and span[0] <= mark.start <= span[1] for mark in passage.marks
            ):
                yield from _years(passage, span, known)
            yield from _relative(passage, span, known, words)


def _years(passage: Passage, span: Span, known: Known) -> Iterator[Notice]:
    for match in _YEAR.finditer(passage.text, *span):
        meant = known.years.get(int(match[0]))
        is_date = _EXACT.search(passage.text, max(span[0], match.start() - 16), match.start())
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
    return Notice(replace(passage.place, line=line), f"{what}: {sentence}", mend)


def _is_marked(passage: Passage, match: re.Match[str]) -> bool:
    return any(
        mark.start <= match.start() and match.end() <= mark.end
        for mark in passage.marks
        if mark.kind in ("code", "fact", "claim", "unchecked")
    )
