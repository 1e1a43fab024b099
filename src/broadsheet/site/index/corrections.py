"""The changes of articles since they were published: updates and corrections, for the front page.

An update is a `date-modified` after the `date`, a correction one of `corrections`. Of an article,
with its editions and translations, the latest change is listed, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from broadsheet.site.article.entry import Entry
from broadsheet.site.index.edition_picker import one_entry_each
from broadsheet.site.index.translations import original_of


@dataclass(frozen=True)
class LatestChange:
    """The latest change of an article."""

    meta: Entry
    """The article's entry."""
    date: date
    """The day of the change."""
    is_correction: bool
    """The change is a correction."""


def changes_of(articles: Iterable[Entry], lang: str) -> list[LatestChange]:
    """Return the changes, newest first. Where several editions of an article changed on the same
    day, the one that lists would show is taken, in the language ``lang`` if there is one.
    """
    by_article: dict[str, list[LatestChange]] = {}
    for meta in articles:
        if change := _latest(meta):
            by_article.setdefault(original_of(meta), []).append(change)
    chosen = [_chosen(changes, lang) for changes in by_article.values()]
    return sorted(chosen, key=lambda change: (-change.date.toordinal(), change.meta.path))


def _latest(meta: Entry) -> LatestChange | None:
    days = [(one.date, True) for one in meta.corrections]
    if meta.date and meta.modified and meta.modified > meta.date:
        days.append((meta.modified, False))
    return LatestChange(meta, *max(days)) if days else None


def _chosen(changes: list[LatestChange], lang: str) -> LatestChange:
    """Return the latest change of an article."""
    latest = max((change.date, change.is_correction) for change in changes)
    alike = [change for change in changes if (change.date, change.is_correction) == latest]
    first = one_entry_each((change.meta for change in alike), lang)[0]
    return next(change for change in alike if change.meta is first)
