"""Proves edits of a source: the page with them is made, and reads as before. What does not hold is left
out, and told.
"""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.checks.bind.asking import editions_with
from broadsheet.checks.bind.bound_page import changed_texts, paragraphs_of
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
        if _differing(before, loading):
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
            texts = _differing(was, now)
            if not texts:
                return tuple(left), tuple(notices)
            at_fault = [edit for edit in left if (edit.instead or edit.words) in texts] or left
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


def _differing(was: Sequence[Sequence[str]], now: Sequence[Sequence[str]]) -> str:
    """Return the paragraphs that differ, as one text."""
    return "\n".join(
        text
        for first, other in zip(was, now, strict=True)
        for parts in changed_texts(first, other)
        for text in parts
    )


def _mended(binding: Binding, edits: Sequence[BoundWords]) -> str:
    """Return the text of the source with true words in the place of false ones, unbound."""
    return binding.source.edited(
        [Insertion(edit.cell, edit.start, edit.end, edit.instead) for edit in edits]
    )


def _at_fault(edits: Sequence[BoundWords], error: BroadsheetError) -> list[BoundWords]:
    """Return the edits that a fault is of: those at its place, else all claims, else all."""
    place = error.where
    claims = [edit for edit in edits if edit.kind == "claim"]
    for among in (claims, edits):
        at_place = [
            edit
            for edit in among
            if edit.place.cell == place.cell
            and (
                edit.code in error.what
                or (place.line is None and among is claims)
                or (place.line is not None and edit.place.line == place.line)
            )
        ]
        if at_place:
            return at_place
    return claims or list(edits)


def _changed(edit: BoundWords) -> Notice:
    return _left_out(edit, f"bound, `{edit.words}` would not read as before")


def _left_out(edit: BoundWords, what: str) -> Notice:
    return Notice(edit.place, what, "Bind it yourself, or leave it as it is.", topic="not-bound")
