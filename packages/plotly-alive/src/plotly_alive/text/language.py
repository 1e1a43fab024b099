"""The language of a chart, or of a page: the words that we ourselves put on it, its dates, its
numbers, its direction.

English is the source text. Each other language has a catalogue,
`locale/LANG/LC_MESSAGES/plotly_alive.po`, which is read as it is written: nothing is compiled, so
an installed program and one under work are alike. A program that draws charts adds catalogues of
its own (:func:`add_catalogues`). Where there is none, our words stay English; dates and numbers are
Babel's (Unicode CLDR) in any case.

Has state: which language is spoken, in a thread, and in the threads to which it gives work
(:func:`speaking`), or in a run of a notebook for all of it (:func:`settle`). What is written for
readers is marked where it stands: `t_("no data")`. `make messages` brings it into the catalogues.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError, dates, lists, numbers

from plotly_alive.text.numbers import COUNT, Notation, Number, NumberStyle

SOURCE = "en"
_TAG = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,4}")

_LOCALES = {"en": "en_001"}
"""The locale of a language without a country. English without one writes dates as most of the world
does: 26 May 2023.
"""


@dataclass(frozen=True)
class Language:
    """A language."""

    tag: str
    """The tag, as HTML has it: ``de``, ``pt-BR``."""
    locale: Locale
    """Babel's locale."""
    catalogue: NullTranslations
    """The translations of our words."""
    notation: Notation
    """The marks and words for numbers."""
    words: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Texts that take the place of ours, by :func:`catalogue_key`."""

    @property
    def separators(self) -> str:
        """The decimal mark and the mark between thousands, as plotly has them."""
        return self.notation.decimal + self.notation.group

    @property
    def currency_follows(self) -> bool:
        """True if the sign of a currency is written after the number."""
        return not str(self.locale.currency_formats["standard"].pattern).startswith("¤")

    @property
    def is_rtl(self) -> bool:
        """True if it is written from right to left."""
        return self.locale.text_direction == "rtl"


@lru_cache(1024)
def language_of(tag: str) -> Language:
    """Return the language of a tag; English for an unknown tag, and for a text that is not a tag.
    Babel ignores what follows a point or an `@`.
    """
    if not _TAG.fullmatch(tag):
        return language_of(SOURCE)
    try:
        locale = Locale.parse(_LOCALES.get(tag.lower(), tag.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return language_of(SOURCE)
    return Language(tag, locale, _catalogue(locale), notation_of(locale))


def add_catalogues(folder: Path, domain: str) -> None:
    """Look texts up in the catalogues of another program, too: those in
    `FOLDER/LANG/LC_MESSAGES/DOMAIN.po`. They come before those that were added earlier.
    """
    if (folder, domain) not in _process.catalogues:
        _process.catalogues.insert(0, (folder, domain))
        for remembered in (language_of, _catalogue, notation_of):
            remembered.cache_clear()


@cache
def _catalogue(locale: Locale) -> NullTranslations:
    first = NullTranslations()
    for folder, domain in reversed(_process.catalogues):
        file = folder / locale.language / "LC_MESSAGES" / f"{domain}.po"
        if file.is_file():
            catalogue = _compiled(file, locale, domain)
            catalogue.add_fallback(first)
            first = catalogue
    return first


def _compiled(file: Path, locale: Locale, domain: str) -> NullTranslations:
    from babel.messages import mofile, pofile

    with file.open("rb") as source:
        messages = pofile.read_po(source, locale=locale, domain=domain)
    compiled = BytesIO()
    mofile.write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def notation_of(locale: Locale) -> Notation:
    """Return the marks and words for numbers in a language of Babel's."""
    words = _catalogue(locale)
    return Notation(
        numbers.get_decimal_symbol(locale),
        numbers.get_group_symbol(locale),
        words.pgettext("after a number", "%"),
        _scales(locale, words),
        locale.plural_form(1.5) == locale.plural_form(1),
    )


def _scales(locale: Locale, words: NullTranslations) -> dict[int, tuple[str, str]]:
    """Return the words for large numbers by their powers of ten. A language that counts by ten
    thousands, such as Chinese, has those of the Unicode CLDR.
    """
    formats = locale.compact_decimal_formats
    forms = (formats.get("long") or formats.get("short") or {}).get("other", {})
    patterns = {
        power: str(getattr(forms.get(str(10**power)), "pattern", "")) for power in (12, 8, 4)
    }
    if all(pattern.count("0") == 1 for pattern in patterns.values()):
        words_of = {power: text.replace("0", "%(number)s") for power, text in patterns.items()}
        return {power: (word, word) for power, word in words_of.items()}
    of_one, of_many = (
        {
            12: words.ngettext("%(number)s trillion", "%(number)s trillion", number),
            9: words.ngettext("%(number)s billion", "%(number)s billion", number),
            6: words.ngettext("%(number)s million", "%(number)s million", number),
        }
        for number in (1, 2)
    )
    return {power: (of_one[power], of_many[power]) for power in of_one}


# Which is spoken

_spoken: ContextVar[Language] = ContextVar("spoken")


@dataclass
class _Process:
    """State of the process, which a kernel has for one notebook."""

    language: str = SOURCE
    """The tag of the language that it uses."""
    catalogues: list[tuple[Path, str]] = field(
        default_factory=lambda: [(Path(__file__).parents[1] / "locale", "plotly_alive")]
    )
    """The folders with catalogues, and their domains; the first that has a text counts."""


_process = _Process()


@contextmanager
def speaking(tag: str, words: Mapping[str, str] = {}) -> Iterator[Language]:
    """Within this block, our words are in the language of ``tag``. ``words`` has texts that take
    the place of ours, by :func:`catalogue_key`.
    """
    language = language_of(tag)
    if words:
        catalogue = _Worded(words)
        catalogue.add_fallback(language.catalogue)
        language = replace(language, catalogue=catalogue, words=words)
    token = _spoken.set(language)
    try:
        yield language
    finally:
        _spoken.reset(token)


def catalogue_key(text: str, context: str = "") -> str:
    """Return the key of a text of ours in a catalogue; the ``context`` tells texts apart that mean
    different things.
    """
    return f"{context}\x04{text}" if context else text


class _Worded(NullTranslations):
    """A catalogue of texts that take the place of ours."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__()
        self._words = words

    def gettext(self, message: str) -> str:
        return self._words.get(message) or super().gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._words.get(msgid1) or super().ngettext(msgid1, msgid2, n)

    def pgettext(self, context: str, message: str) -> str:
        return self._words.get(catalogue_key(message, context)) or super().pgettext(
            context, message
        )


def settle(tag: str) -> None:
    """Make the language of ``tag`` that of this process from now on, except within
    :func:`speaking`. Raises ValueError.
    """
    if language_of(tag).tag != tag:
        raise ValueError(f'there is no language {tag!r}: write it as "en", "de", "pt-BR"')
    _process.language = tag


def spoken() -> Language:
    """Return the current language."""
    return _spoken.get(None) or language_of(_process.language)


# Words


def gettext(text: str) -> str:
    """Return a text of ours in the current language."""
    return spoken().catalogue.gettext(text)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return a text of ours in the form that goes with a number."""
    return spoken().catalogue.ngettext(singular, plural, number)


def pgettext(context: str, text: str) -> str:
    """Return a text of ours that means different things in different contexts."""
    return spoken().catalogue.pgettext(context, text)


def t_(text: str, /, **values: object) -> str:
    """Return a text of ours with ``%(name)s`` filled in."""
    ours = gettext(text)
    return ours % values if values else ours


def n_(singular: str, plural: str, number: int, /, **values: object) -> str:
    """Return a text of ours in the form for a number, which is ``%(number)s`` unless ``values`` has
    it.
    """
    return ngettext(singular, plural, number) % {"number": written_number(number), **values}


p_ = pgettext


# Sentences


def clauses(texts: Sequence[str]) -> str:
    """Return texts as clauses of a sentence: ``A; B``."""
    return p_("punctuation", "; ").join(texts)


def under_head(head: str, said: str) -> str:
    """Return what is said under a head: ``Two lines: …``."""
    return t_("%(head)s: %(said)s", head=head, said=said)


def appended(text: str, more: str) -> str:
    """Return a text and more of the same: ``Germany, 45%``."""
    return p_("punctuation", ", ").join([text, more])


def as_sentence(text: str) -> str:
    """Return a text as a sentence, with a capital and one full stop."""
    return text[:1].upper() + text[1:].removesuffix(full_stop()) + full_stop()


def full_stop() -> str:
    """Return what ends a sentence."""
    return p_("punctuation", ".")


def followed_by(text: str, more: str) -> str:
    """Return two texts of sentences, one behind the other."""
    both = p_("sentences", "%(text)s %(more)s") % {"text": text, "more": more}
    return both if text and more else text or more


# Numbers, dates, lists


def written_number(value: Number, style: NumberStyle = COUNT) -> str:
    """Return a number in a style, in the current language: `1,234`."""
    return style.write(value, spoken().notation)


def written_date(day: date) -> str:
    """Return a date as `26 May 2023`."""
    return str(dates.format_date(day, "long", locale=spoken().locale))


def written_day(iso: str) -> str:
    """Return an ISO date as :func:`written_date` writes it; a month as `May 2023`, a quarter
    (`2023-Q2`) as `Q2 2023`; a year alone stays the same.
    """
    if "Q" in iso:
        start = date(int(iso[:4]), 3 * int(iso[-1]) - 2, 1)
        return str(dates.format_skeleton("yQQQ", start, locale=spoken().locale))
    if len(iso) == 7:
        return written_month(date.fromisoformat(f"{iso}-01"))
    return written_date(date.fromisoformat(iso)) if len(iso) == 10 else iso


def written_time(moment: date) -> str:
    """Return a time, in its own zone, as `26 May 2023, 16:00`; a day as :func:`written_date` does."""
    if not isinstance(moment, datetime):
        return written_date(moment)
    clock = dates.format_skeleton("Hm", moment, moment.tzinfo, locale=spoken().locale)
    return f"{written_date(moment.date())}, {clock}"


def written_month(day: date) -> str:
    """Return the month of a date as `May 2023`."""
    return str(dates.format_skeleton("yMMMM", day, locale=spoken().locale))


def listed(texts: Sequence[str]) -> str:
    """Return the items as ``A, B and C``."""
    return lists.format_list(texts, locale=spoken().locale)
