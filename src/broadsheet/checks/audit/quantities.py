"""Reads the numbers of a sentence: value, precision as written, magnitude, unit, rounding word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from broadsheet.checks.audit.vocabulary import AuditWords, units
from broadsheet.notebook.values import rounding
from broadsheet.notebook.values.rounding import PLAIN, Rounding
from broadsheet.notebook.values.units import currency_in
from broadsheet.text.lexicon import any_of
from broadsheet.verify.sentences import Span
from broadsheet.verify.wording.meaning_rules import Meaning

UnitKind = Literal["", "percent", "points", "currency", "times", "rank", "unit"]

CENT = "cent"
"""The unit of cents, which are of dollars, of euros or of others."""
_MONEY = (
    "dollars?|us[ -]dollars?|u\\.s\\. dollars?|usd|euros?|eur|pounds?|gbp|sterling|yen|jpy|yuan|renminbi|"
    "cny|rupees?|francs?|pesos?|cents?"
)
_CURRENCIES = {
    "dollar": "USD", "us dollar": "USD", "u.s. dollar": "USD", "usd": "USD", "euro": "EUR", "eur": "EUR",
    "pound": "GBP", "gbp": "GBP", "sterling": "GBP", "yen": "JPY", "jpy": "JPY", "yuan": "CNY", "renminbi": "CNY",
    "cny": "CNY", "cent": CENT, "a$": "AUD", "c$": "CAD", "nz$": "NZD", "hk$": "HKD", "$": "USD", "us$": "USD",
}  # fmt: skip
_SHORT_SCALES = {"k": 3, "m": 6, "b": 9, "mn": 6, "bn": 9, "tn": 12, "mio": 6, "mrd": 9}
_TIMES = re.compile(r"\s?(?:-|‑)?\s?(?:times|fold|x\b|fach\w*|mal\b|fois)")
_RANK = re.compile(r"(?:st|nd|rd|th)\b|(?:er|ère|e|ème)\b|\.(?=-| (?:größte|höchste|platz))")
_LETTER_BEFORE = re.compile(r"[^\W_][-‑]?$|[#@§_/]$|(?<![\d\s])[.:]$|\d:$")
_NAMED = re.compile(
    r"(?:figure|fig\.?|table|tab\.?|chapter|section|sec\.?|appendix|equation|eq\.?|step|version|v|page|pp?\.|no\.?|number|"
    r"part|volume|vol\.?|issue|room|route|highway|windows|python|level|type|grade|phase|abbildung|tabelle|kapitel|"
    r"figure|chapitre|section)\s*$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
_GAP = re.compile(r"[\s\u00a0\u202f-]*(?:de |d['’])?")
_POINTS_BEHIND = re.compile(r"[\s-]*(?:points?\b|punkte?n?\b)", re.IGNORECASE)
_CHOSEN_BEHIND = re.compile(
    r"\s(?:most|least|largest|biggest|highest|smallest|lowest|best|worst|top|first|last|next|größten|höchsten|plus) ",
    re.IGNORECASE,
)
_CHOSEN_BEFORE = re.compile(
    r"\b(?:top|first|last|next|past|ersten|letzten|premiers|derniers)\s$", re.IGNORECASE
)
_LOOSE = 1.0
_FAR = 2.0
"""A value so many times beyond what "nearly" allows is not near."""
_LIMIT_LOOSE = 0.1
"""A limit that is kept or crossed but for so much of its last digit may be: "above 12" of 11.95."""
_PART_STEP, _PART_LOOSE = 5.0, 0.2
"""A part in letters is right within half so many points, and within half so much of itself."""
_MILLION = 6
"""A million as a power of 10: "a million" is a number."""


@dataclass(frozen=True)
class Quantity:
    """A number of a sentence."""

    start: int
    """The position of its first letter, of its sign or its currency."""
    end: int
    """The position behind its unit."""
    text: str
    """The words."""
    value: float
    """Its value, in the plain unit: 4.08 trillion is 4.08e12."""
    step: float
    """The value of its last written digit."""
    scale: float = 1.0
    """The value of its magnitude: a million is 1e6."""
    kind: UnitKind = ""
    """The kind of its unit."""
    unit: str = ""
    """Its unit: the code of a currency, or a word of :func:`broadsheet.checks.audit.vocabulary.units`."""
    round_to: Rounding = PLAIN
    """The meaning of a rounding word before it."""
    is_word: bool = False
    """It is written in letters: "twelve"."""

    def fits(self, exact: float) -> bool | None:
        """Return True if it is what is written of an exact value, False if it is not; None if it
        depends on what the author takes for precise.
        """
        off = abs(self.value - exact)
        slack = (0.0 if self.round_to.side else self.step * 0.5 * (1 + 1e-9)) + abs(exact) * 1e-12
        if self.round_to is PLAIN:
            return True if off <= slack else None if off < self.step * _LOOSE else False
        size = abs(self.value) or 1.0
        if self.round_to.side:
            over = (
                exact - self.value
            ) * -self.round_to.side  # how far it is on the side that the word says
            if over < -slack:
                doubtful = self.step * (_LOOSE if self.round_to.is_near else _LIMIT_LOOSE)
                return None if off <= doubtful else False
            if over <= 0 and not self.round_to.or_equal and off > slack:
                return False
            near = 0.1 if self.round_to.is_near else 0.34
            near = near if self.coarse > size / 1000 else 0.03  # "close to 70.48"
            if self.round_to.is_near and over > _FAR * size * near:
                return False  # "nearly half" of a third
            return True if over <= size * near else None
        # "About 213" says more than "about 200".
        near = max(slack, min(max(self.coarse * 0.75, size * 0.01), size * float(rounding.NEAR)))
        return True if off <= near else None if off <= 2 * near else False

    @property
    def is_telling(self) -> bool:
        """True if it is more than one figure: another value is hardly it by chance."""
        digits = sum(sign.isdigit() for sign in self.text.strip("0"))
        return digits > 1 or self.kind not in ("", "unit") or self.scale > 1.0

    @property
    def coarse(self) -> float:
        """The value of its last digit that is not 0."""
        digits = f"{abs(self.value) / self.step:.0f}" if self.step else "1"
        return self.step * 10.0 ** (len(digits) - len(digits.rstrip("0")))


def quantities_in(text: str, span: Span, words: AuditWords) -> Iterator[Quantity]:
    """Yield the numbers of a sentence, in order; no years, names or versions."""
    end = span[0]
    for match in _form(words.language).finditer(text, *span):
        if match.start() < end:
            continue
        quantity = _quantity(text, span, match, words)
        if quantity is not None:
            end = quantity.end
            yield quantity


def with_parts(numbers: Sequence[Quantity], meanings: Iterable[Meaning]) -> list[Quantity]:
    """Return the numbers of a sentence with the parts that it tells in letters, as percentages: "two thirds",
    "one in ten", but for those that begin a longer number, "half a million".
    """
    parts = [
        part
        for part in map(_part, meanings)
        if part and not any(_overlap(part, each) and not _is_within(each, part) for each in numbers)
    ]
    others = [each for each in numbers if not any(_is_within(each, part) for part in parts)]
    return sorted((*others, *parts), key=lambda each: each.start)


def _part(meaning: Meaning) -> Quantity | None:
    """Return a part of something as a percentage; None for one in figures, and for another meaning."""
    size = 100 * (meaning.size or 0.0)
    if meaning.kind != "part" or not 0 < size < 100 or re.search(r"\d", meaning.words):
        return None
    return Quantity(
        meaning.start,
        meaning.end,
        meaning.words,
        size,
        min(_PART_STEP, size * _PART_LOOSE),
        1.0,
        "percent",
        "",
        meaning.round_to,
        is_word=True,
    )


def _overlap(first: Quantity, other: Quantity) -> bool:
    return first.start < other.end and other.start < first.end


def _is_within(inner: Quantity, outer: Quantity) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _quantity(text: str, span: Span, match: re.Match[str], words: AuditWords) -> Quantity | None:
    before = text[max(span[0], match.start() - 30) : match.start()]
    figures, word = match["figures"], match["word"]
    prefix = match["money"] or ""
    if not prefix and _LETTER_BEFORE.search(before):
        return None
    if (
        figures
        and not prefix
        and (_NAMED.search(before) or (figures.isdecimal() and _is_name(text, span, match, words)))
    ):
        return None
    some = match["half"] or match["single"]
    if some:
        value, step = (
            (Decimal("0.5"), Decimal("0.1")) if match["half"] else (Decimal(1), Decimal("0.5"))
        )
    elif word:
        value, step = Decimal(words.counts[word.lower()]), Decimal(1)
    else:
        read = _number(figures, words.decimal)
        if read is None:
            return None
        value, step = read
    at, power, kind, unit = match.end(), 0, "", ""
    scale = _scale(words).match(text, at, span[1])
    if scale:
        name = (scale["word"] or scale["short"]).lower().rstrip(".")
        power = words.scales.get(name) or _SHORT_SCALES.get(name) or 0
        at = scale.end()
    rank = _RANK.match(text, at, span[1]) if not scale and figures and "." not in figures else None
    if rank:
        return Quantity(
            match.start(),
            rank.end(),
            text[match.start() : rank.end()],
            float(value),
            1.0,
            1.0,
            "rank",
        )
    is_large = value * Decimal(10) ** power >= 1000  # "downloaded 3 million times"
    kind, unit, at = _unit(text, at, span[1], prefix, words, is_large=is_large)
    if _CHOSEN_BEHIND.match(text, at, span[1]) or _CHOSEN_BEFORE.search(before):
        return None  # "the 10 most common", "the top 5": a choice of the author
    is_year = figures and _YEAR.fullmatch(figures) and not prefix and not scale and kind == ""
    if is_year or (
        figures and not scale and not kind and not prefix and _is_date(text, match, span)
    ):
        return None
    if match["sign"]:
        value = -value
    factor = Decimal(10) ** power
    start = match.start()
    if unit == CENT:
        factor /= 100
    return Quantity(
        start, at, text[start:at], float(value * factor), float(step * factor), float(factor),
        kind, unit, _rounding(before, words), bool(word or some),
    )  # fmt: skip


def _rounding(before: str, words: AuditWords) -> Rounding:
    """Return the meaning of the rounding word before a number; "no more than" is at most."""
    before = before.lower().replace("’", "'")
    about = rounding.at_end(before, words.limits)
    if _WENT_UP_TO.search(before):
        return PLAIN
    meaning = rounding.rounding_of(about, words.limits) if about else PLAIN
    is_denied = meaning.side and words.has("no", before.rstrip().removesuffix(about)[-10:])
    return Rounding(-meaning.side, or_equal=True) if is_denied else meaning


_WENT_UP_TO = re.compile(
    r"\b(?:went|gone|goes|came|edged|moved|crept|ticked|nudged|inched|stepped|climbed|jumped|shot|was|were|is|are|back)"
    r" up to\s$"
)
"""Words before what a value came to, and not the most that it may be: "went up to"."""


def _is_name(text: str, span: Span, match: re.Match[str], words: AuditWords) -> bool:
    """True if a number belongs to a name: "S&P 500", "Boeing 747". In German, in which each noun has a
    capital letter, one with a noun behind it counts that: "am Berg 15 Menschen".
    """
    if words.language == "de" and re.match(r"\s[A-ZÄÖÜ][a-zäöüß]{2,}", text[match.end() :]):
        return False
    before = _NAME.search(text[: match.start()], span[0])
    is_first = before is not None and before.start() == span[0]
    return (
        before is not None
        and not is_first
        and not _PLACED.search(text[: match.start()], span[0])
        and re.match(r"[,;:.)'’]|\s[a-zA-Z]|$", text[match.end() :]) is not None
    )


_PLACED = re.compile(r"\b(?:[Ii]n|[Aa]t|[EeÀ]n|of)\s(?:[A-Z][\w.'’&-]*\s)+$")
"""A name of several words behind a preposition, which is one of a place: "in Glasgow City 75 percent"."""
_NAME = re.compile(
    r"(?<![.!?]\s)(?<!\b[Ii]n\s)(?<!\b[Aa]t\s)(?<!\b[EeÀ]n\s)(?<!\bof\s)\b(?:[A-Z]&[A-Z]|[A-Z][a-z]{2,}|[A-Z]{2,})\s$"
)


def _unit(
    text: str, at: int, end: int, prefix: str, words: AuditWords, *, is_large: bool
) -> tuple[UnitKind, str, int]:
    """Return the kind of unit behind a number, the unit, and the position behind it. A large number
    is no ratio.
    """
    gap = _GAP.match(text, at, end)
    place = gap.end() if gap else at
    if points := words.points.match(text, place, end):
        return "points", "", points.end()
    if percent := words.percent.match(text, place, end):
        if more := _POINTS_BEHIND.match(text, percent.end(), end):
            return "points", "", more.end()
        is_points = "point" in percent[0].lower()
        return ("points" if is_points else "percent"), "", percent.end()
    if not is_large and (times := _TIMES.match(text, at, end)):
        return "times", "", times.end()
    if prefix:
        return (
            "currency",
            _CURRENCIES.get(prefix.lower()) or currency_in(prefix, "en") or prefix,
            at,
        )
    if money := _money().match(text, place, end):
        name = money[0].lower().removesuffix("s").replace("-", " ")
        sign = currency_in(money[0], "en")
        return "currency", sign or _CURRENCIES.get(name, name), money.end()
    if unit := _units().match(text, place, end):
        return "unit", unit[0].lower(), unit.end()
    return "", "", at


def _is_date(text: str, match: re.Match[str], span: Span) -> bool:
    """True if a number is the day of a date, a time of the day, or a part of an ISO date."""
    before, after = text[span[0] : match.start()], text[match.end() : span[1]]
    month = rf"(?:{_MONTHS})"
    return bool(
        re.match(rf"\.?(?:st|nd|rd|th)?(?: of)? {month}\b", after, re.IGNORECASE)
        or (
            re.search(rf"\b{month}\.? $", before, re.IGNORECASE)
            and re.match(r"(?:st|nd|rd|th)?(?:,| \d{4}|\b(?![.,]?\d))", after)
        )
        or re.match(
            rf"\.?(?: and| to| or| und| bis| oder|[–-]) ?\d{{1,2}}\.? {month}\b",
            after,
            re.IGNORECASE,
        )
        or re.match(r":\d\d|-\d\d-\d\d|/\d{1,2}/\d{2,4}", after)
    )


_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|"
    "sept?|oct|nov|dec|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|"
    "septembre|octobre|novembre|décembre"
)


@cache
def _form(language: str) -> re.Pattern[str]:
    from broadsheet.checks.audit.vocabulary import words_of

    words = words_of(language)
    counts = any_of(word for word, number in words.counts.items() if number > 1)
    large = any_of(word for word, power in words.scales.items() if power >= _MILLION)
    half, single, minus = (words.patterns[name].pattern for name in ("half", "single", "minus"))
    apart = "," if words.decimal == "." else "."
    figures = (
        rf"\d{{1,3}}(?:[{re.escape(apart)}\u00a0\u202f\u2009'’ ]\d{{3}})+(?!\d)(?:{re.escape(words.decimal)}\d+)?"
        rf"|\d+(?:{re.escape(words.decimal)}\d+)?"
    )
    return re.compile(
        rf"(?:(?P<money>(?:[A-Z]{{1,3}})?\$|€|£|¥)\s?)?(?P<sign>[-−–](?=\d)|\b(?i:{minus})\s(?=\d))?(?:(?P<figures>{figures})(?![\d])|\b(?P<word>(?i:{counts}))\b(?![-’']))"
        rf"|\b(?:(?P<half>(?i:{half}))|(?P<single>(?i:{single})))(?=[\s-](?i:{large})\b)"
    )


@cache
def _scale_form(language: str) -> re.Pattern[str]:
    from broadsheet.checks.audit.vocabulary import words_of

    scales = any_of(words_of(language).scales)
    return re.compile(
        rf"[\s\u00a0\u202f-]?(?P<word>(?i:{scales}))\b|[\s\u00a0]?(?P<short>[kK]|[mM]n?|[bB]n?|[tT]n|(?:Mrd|Mio)\b\.?)(?![\w²³/])"
    )


def _scale(words: AuditWords) -> re.Pattern[str]:
    return _scale_form(words.language)


@cache
def _money() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{_MONEY})\b|[€$£](?!\s?\d))", re.IGNORECASE)


@cache
def _units() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of(units())})(?![\w/²³-])", re.IGNORECASE)


def _number(figures: str, decimal: str) -> tuple[Decimal, Decimal] | None:
    """Return the value of some figures, and that of their last digit."""
    whole, _, part = figures.partition(decimal)
    digits = re.sub(r"\D", "", whole)
    if len(digits) + len(part) > 30:
        return None
    value = Decimal(f"{digits}.{part}" if part else digits)
    if part:
        return value, Decimal(1).scaleb(-len(part))
    zeros = len(digits) - len(digits.rstrip("0"))
    # "4,000" and "83,200,000" are rounded; "40" and "300" may be.
    is_rounded = zeros >= 3 and value
    return value, min(Decimal(10) ** zeros, value / 10) if is_rounded else Decimal(1)
