"""Messages that several pages share: each cause is told once, with the pages that it concerns."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath, PurePosixPath
from typing import TypeVar

from broadsheet.errors import GENERATED_ALT, VARIABLE, BroadsheetError, Notice, OnPage, Place

M = TypeVar("M", bound=Notice | BroadsheetError)


def told_of(message: M, page: str) -> M:
    """Return a message of a page, by its path in the site."""
    return _on(message, (OnPage(PurePath(page).with_suffix("").as_posix()),))


def of_each_page(faults: Mapping[PurePosixPath, BroadsheetError]) -> Iterator[BroadsheetError]:
    """Yield all faults of each page, with its path."""
    for page, fault in sorted(faults.items(), key=lambda item: item[0]):
        for message in (fault, *fault.others):
            yield told_of(message, str(page))


def once_each(messages: Iterable[M]) -> list[M]:
    """Return the messages, with those of one cause joined. Messages have one cause if they name the
    same ``cause``; if their words and places are the same; or if their words there differ in values
    alone, and each page has one of them.
    """
    by_cause: dict[str, list[M]] = {}
    for message in messages:
        cause = message.cause if isinstance(message, BroadsheetError) else ""
        by_cause.setdefault(cause or _place_and_words(message), []).append(message)
    alike: dict[tuple[str, Place, str], list[M]] = {}
    for cause, group in by_cause.items():
        message = _as_one(group, cause)
        alike.setdefault((message.code, message.where, _invariable(message)), []).append(message)
    together: list[M] = []
    for group in alike.values():
        pages = [one.page for message in group for one in message.pages]
        is_once = len(set(pages)) == len(pages) and all(message.pages for message in group)
        together += [_as_one(group)] if is_once else group
    return together


def _invariable(message: Notice | BroadsheetError) -> str:
    """Return the words of a message without what may differ from page to page."""
    if message.code == GENERATED_ALT:
        return message.what.partition("“")[0]  # the text of a chart may quote names
    return VARIABLE.sub("…", message.what)


def _place_and_words(message: Notice | BroadsheetError) -> str:
    return f"{message.where}: {message.what}"


def _as_one(group: Sequence[M], cause: str = "") -> M:
    """Return the first of some messages, or the one that is about their ``cause`` itself, with the
    pages of all of them.
    """
    first = next((one for one in group if _place_and_words(one) == cause), group[0])
    if len(group) == 1:
        return first
    pages = {one.page: one for one in first.pages or (OnPage(""),)}
    for message in group:
        for on_page in message.pages:
            page, words = on_page.page, on_page.words
            pages.setdefault(page, on_page if words else OnPage(page, _apart(message, first)))
    return _on(first, tuple(pages.values()) if len(pages) > 1 else first.pages)


def _apart(message: Notice | BroadsheetError, first: Notice | BroadsheetError) -> str:
    """Return the words in which a message differs from the ``first``."""
    if message.where != first.where:
        return ""
    if message.detail != first.detail:
        return "; ".join(message.detail.splitlines())
    if message.what == first.what:
        return ""
    return message.what.removeprefix(_invariable(first))


def _on(message: M, pages: tuple[OnPage, ...]) -> M:
    if isinstance(message, Notice):
        return replace(message, pages=pages)
    of_pages = copy.copy(message)
    of_pages.pages = pages
    return of_pages
