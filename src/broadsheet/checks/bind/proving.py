"""Proves edits of a source: the page with them is made, reads as before, and has no name beside a value
that is of something else. What does not hold is left out, and told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from broadsheet.checks.bind.asking import editions_with
from broadsheet.checks.bind.bound_page import PageAsRead, changed_spans, changed_texts, page_as_read
from broadsheet.checks.bind.bound_source import Insertion
from broadsheet.checks.bind.bound_words import Binding, BoundWords
from broadsheet.errors import BroadsheetError, Notice, Place
from broadsheet.press.press import Press

_MOST_TRIALS = 6
"""The most bound pages that are made, each without what was at fault in the one before."""


def proved_edits(
    press: Press, binding: Binding, edits: Sequence[BoundWords]
) -> tuple[tuple[BoundWords, ...], tuple[Notice, ...]]:
    """Return the edits with which the page reads as before, but for false words that are mended, and no
    name stands beside a value of something else; and what is told of the others. Raises
    :class:`BroadsheetError` for a page that cannot be made as it is.
    """
    left, notices = list(edits), list[Notice]()
    if not left:
        return (), ()
    before = _made(press, binding, binding.before)
    is_mended = any(edit.instead for edit in left)
    if is_mended and binding.tables(left):  # what loads tables changes nothing by itself
        loading = _made(press, binding, binding.source.text)
        if list(_differing(before, loading)):
            return (), tuple(_changed(edit) for edit in left)
    for _ in range(_MOST_TRIALS):
        mended = [edit for edit in left if edit.instead]
        was = _made(press, binding, _mended(binding, mended)) if mended else before
        try:
            now = _made(press, binding, binding.with_edits(left), is_proved=True)
        except BroadsheetError as error:
            at_fault = _at_fault(left, error)
            notices += [
                _left_out(edit, f"bound, `{edit.words}` would not hold: {error.what}")
                for edit in at_fault
            ]
        else:
            differing = list(_differing(was, now))
            doubted = list(_doubted(left, was, now))
            if differing:
                spans = [(was_text, changed_spans(was_text, text)) for was_text, text in differing]
                at_fault = [edit for edit in left if _has_changed(edit, spans)] or left
                notices += map(_changed, at_fault)
            elif doubted:
                claims = [each for each in doubted if each[0].kind == "claim"]
                at_fault = [edit for edit, _ in claims or doubted]
                notices += [
                    _left_out(edit, f"bound, `{edit.words}` would be in doubt: {what}")
                    for edit, what in claims or doubted
                ]
            else:
                return tuple(left), tuple(notices)
        left = [edit for edit in left if edit not in at_fault]
        if not left:
            return (), tuple(notices)
    return (), (*notices, *map(_changed, left))


def _made(press: Press, binding: Binding, text: str, *, is_proved: bool = False) -> PageAsRead:
    editions = editions_with(press.project, binding.source, text)
    return page_as_read(press, editions, is_proved=is_proved)


def _differing(was: PageAsRead, now: PageAsRead) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs of all editions that differ, as they were and as they are."""
    for first, other in zip(was.paragraphs, now.paragraphs, strict=True):
        yield from changed_texts(first, other)


def _doubted(
    edits: Sequence[BoundWords], was: PageAsRead, now: PageAsRead
) -> Iterator[tuple[BoundWords, str]]:
    """Yield each edit of a sentence in which a name is of something else than what is bound now, with
    what is said of it.
    """
    new = [doubt for doubt in now.doubts if doubt not in was.doubts]
    for edit in edits:
        words = " ".join(edit.words.split())
        said = [doubt for doubt in new if words in doubt[1]]
        here = [doubt for doubt in said if _is_at(now.doubts[doubt], edit)]
        for what, _ in (here or said)[:1]:
            yield edit, what


def _has_changed(
    edit: BoundWords, differing: Sequence[tuple[str, Sequence[tuple[int, int]]]]
) -> bool:
    """True if words of an edit, or what stands directly beside them, differ: of each text there are
    the places that do.
    """
    words = re.escape(edit.instead or edit.words)
    for was, spans in differing:
        for match in re.finditer(words, was):
            if any(match.start() - 1 <= end and start <= match.end() + 1 for start, end in spans):
                return True
    return False


def _mended(binding: Binding, edits: Sequence[BoundWords]) -> str:
    """Return the text of the source with true words in the place of false ones, unbound."""
    return binding.source.edited(
        [Insertion(edit.cell, edit.start, edit.end, edit.instead) for edit in edits]
    )


def _at_fault(edits: Sequence[BoundWords], error: BroadsheetError) -> list[BoundWords]:
    """Return the edits that a fault is of: those at its place, else all claims, else all."""
    claims = [edit for edit in edits if edit.kind == "claim"]
    near = [edit for edit in edits if _is_at(error.where, edit)]
    named = [edit for edit in near if edit.code in error.what or edit.words in error.what]
    longest = [edit for edit in named if not any(_is_part(edit, other) for other in named)]
    return longest or [edit for edit in near if edit in claims] or near or claims or list(edits)


def _is_at(place: Place, edit: BoundWords) -> bool:
    """True if an edit is at a place."""
    return edit.place.cell == place.cell and place.line in (None, edit.place.line)


def _is_part(edit: BoundWords, other: BoundWords) -> bool:
    """True if the words of an edit are a part of those of another one."""
    return edit.words != other.words and edit.words in other.words


def _changed(edit: BoundWords) -> Notice:
    return _left_out(edit, f"bound, `{edit.words}` would not read as before")


def _left_out(edit: BoundWords, what: str) -> Notice:
    return Notice(edit.place, what, "Bind it yourself, or leave it as it is.", topic="not-bound")
