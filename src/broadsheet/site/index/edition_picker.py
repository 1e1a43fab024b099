"""The editions of one article among the pages of a site: one entry in lists, and a picker from
one to another.

What this needs to know of an edition is in the fields of its metadata, so that a page kept from an
earlier build takes part: `edition-entries` (`one`, or `each`), `edition-label`, `picker-title`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from pathlib import PurePosixPath

from broadsheet.project.settings.address import slug
from broadsheet.site.article.entry import Entry
from broadsheet.site.index.translations import is_translation, original_of
from broadsheet.text.language import speaking, t_

LISTED = 8
"""The most other editions that are a plain list; more get a picker."""


@dataclass(frozen=True)
class Picker:
    """All editions of an article, to choose from."""

    title: str
    """The picker's title."""
    first: Entry | None
    """The first edition, which stands apart."""
    others: Sequence[tuple[str, Sequence[Entry]]]
    """The other editions, grouped by their initial letter."""
    lang: str
    """The language of its words."""

    @property
    def count(self) -> int:
        """The number of editions to choose from, without the first."""
        return sum(len(group) for _, group in self.others)


def is_first(meta: Entry) -> bool:
    """True if ``meta`` is of its source's own page."""
    return meta.path == _own_page(meta.source)


@lru_cache(maxsize=1000)
def _own_page(source: str) -> str:
    return str(PurePosixPath(source).with_suffix(".html"))


def label_of(meta: Entry) -> str:
    """Return the label of an edition in a picker."""
    return str(meta.fields.get("edition-label") or meta.title)


def by_label(editions: Iterable[Entry]) -> list[Entry]:
    """Return editions sorted by their labels, without accents."""
    return sorted(editions, key=lambda meta: (slug(label_of(meta)), label_of(meta), meta.path))


def one_entry_each(entries: Iterable[Entry], lang: str = "") -> list[Entry]:
    """Return one entry for each article among ``entries``, in their order. If an article has
    translations, the entry is the one in the language ``lang``, else the original. If it has
    editions, the entry is the source's own page, else the newest. An article whose editions are
    each news of their own has them all.
    """
    entries = list(entries)
    chosen: dict[str, Entry] = {}
    for meta in entries:
        article = original_of(meta)
        other = chosen.get(article)
        if other is None or _rank(meta, lang) > _rank(other, lang):
            chosen[article] = meta
    return [
        meta
        for meta in entries
        if (one := chosen[original_of(meta)]) is meta
        or (meta.fields.get("edition-entries") == "each" and meta.source == one.source)
    ]


def page_of_each_source(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return the page that stands for each source: its own, else the newest of its editions."""
    chosen: dict[str, Entry] = {}
    for meta in sorted(entries, key=lambda one: one.path):
        other = chosen.get(meta.source)
        if other is None or _rank(meta, meta.lang) > _rank(other, other.lang):
            chosen[meta.source] = meta
    return chosen


def picker_of(editions: Iterable[Entry]) -> Picker:
    """Return the picker of an article, from the metadata of its editions; names are sorted by their
    letters without accents.
    """
    editions = list(editions)
    first = next((meta for meta in editions if is_first(meta)), None)
    others = by_label(meta for meta in editions if meta is not first)
    groups = [(letter, list(group)) for letter, group in groupby(others, key=_letter)]
    lang = editions[0].lang
    with speaking(lang):
        title = next(
            (str(title) for meta in editions if (title := meta.fields.get("picker-title"))),
            t_("Other editions"),
        )
    return Picker(title, first, groups, lang)


def _rank(meta: Entry, lang: str) -> tuple[bool, bool, bool, date]:
    return meta.lang == lang, not is_translation(meta), is_first(meta), meta.date or date.min


def _letter(meta: Entry) -> str:
    start = slug(label_of(meta))[:1]
    return start.upper() if start.isalpha() else "0–9"
