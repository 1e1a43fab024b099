"""Proves edits of a source: the page with them is made, and reads as before. What does not hold is left
out, and told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from broadsheet.checks.bind.asking import editions_with
from broadsheet.checks.bind.bound_page import changed_spans, changed_texts, paragraphs_of
from broadsheet.checks.bind.bound_source import Insertion
from broadsheet.checks.bind.bound_words import Binding, BoundWords
from broadsheet.errors import BroadsheetError, Notice
from broadsheet.press.press import Press

_MOST_TRIALS = 6
"""The most bound pages that are made, each without what was at fault in the one before."""


def proved_edits(
    press: Press, binding: Binding, edits: Sequence[BoundWords]
) -> tuple[tuple[BoundWords, ...], tuple[Notice, ...]]:
    """Return the edits with which the page reads as before, but for false words that are mended; and
    what is told of the others. Raises :class:`BroadsheetError` for a page that cannot be made as it is.
    """
    left, notices = list(edits), list[Notice]()
    if not left:
        return (), ()
    before = _paragraphs(press, binding, binding.before)
    is_mended = any(edit.instead for edit in left)
    if is_mended and binding.tables(left):  # what loads tables changes nothing by itself
        loading = _paragraphs(press, binding, binding.source.text)
        if list(_differing(before, loading)):
            return (), tuple(_changed(edit) for edit in left)
    for _ in range(_MOST_TRIALS):
        mended = [edit for edit in left if edit.instead]
        was = _paragraphs(press, binding, _mended(binding, mended)) if mended else before
        try:
            now = _paragraphs(press, binding, binding.with_edits(left), is_proved=True)
        except BroadsheetError as error:
            at_fault = _at_fault(left, error)
            notices += [
                _left_out(edit, f"bound, `{edit.words}` would not hold: {error.what}")
                for edit in at_fault
            ]
        else:
            differing = list(_differing(was, now))
            if not differing:
                return tuple(left), tuple(notices)
            spans = [(was_text, changed_spans(was_text, text)) for was_text, text in differing]
            at_fault = [edit for edit in left if _has_changed(edit, spans)] or left
            notices += map(_changed, at_fault)
        left = [edit for edit in left if edit not in at_fault]
        if not left:
            return (), tuple(notices)
    return (), (*notices, *map(_changed, left))


def _paragraphs(
    press: Press, binding: Binding, text: str, *, is_proved: bool = False
) -> list[list[str]]:
    editions = editions_with(press.project, binding.source, text)
    return paragraphs_of(press, editions, is_proved=is_proved)


def _differing(
    was: Sequence[Sequence[str]], now: Sequence[Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs of all editions that differ, as they were and as they are."""
    for first, other in zip(was, now, strict=True):
        yield from changed_texts(first, other)


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
    place = error.where
    claims = [edit for edit in edits if edit.kind == "claim"]
    near = [
        edit
        for edit in edits
        if edit.place.cell == place.cell and place.line in (None, edit.place.line)
    ]
    named = [edit for edit in near if edit.code in error.what or edit.words in error.what]
    longest = [edit for edit in named if not any(_is_part(edit, other) for other in named)]
    return longest or [edit for edit in near if edit in claims] or near or claims or list(edits)


def _is_part(edit: BoundWords, other: BoundWords) -> bool:
    """True if the words of an edit are a part of those of another one."""
    return edit.words != other.words and edit.words in other.words


def _changed(edit: BoundWords) -> Notice:
    return _left_out(edit, f"bound, `{edit.words}` would not read as before")


def _left_out(edit: BoundWords, what: str) -> Notice:
    return Notice(edit.place, what, "Bind it yourself, or leave it as it is.", topic="not-bound")
