"""Binds a source: for each number and comparison of its texts, the expression or the condition that
reads just so, in the notebook as it is.

The source is run, with a cell behind each text that looks for expressions
(:mod:`broadsheet.checks.bind.probe`). Each edition has its say: only what reads just so in all of
them is bound. Tables that bear out what the source cannot say are loaded first. In the end the bound
page is made, and what does not read as before is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from broadsheet.checks.audit.audited_sentence import tables_with
from broadsheet.checks.audit.table_files import read_table_files
from broadsheet.checks.bind.asking import AskedSentence, answers_of, editions_with, sentences_of
from broadsheet.checks.bind.audited_texts import (
    AuditedNumber,
    audited_numbers,
    mended_sentences,
)
from broadsheet.checks.bind.bound_page import changed_texts, paragraphs_of
from broadsheet.checks.bind.bound_source import BoundSource
from broadsheet.checks.bind.bound_words import Binding, BoundWords, UnsureWords
from broadsheet.checks.bind.choosing import chosen_words, without_overlaps
from broadsheet.checks.bind.loading import Loaded, add_tables, tables_read, with_tables
from broadsheet.checks.moved.revised_publication import revised_publication
from broadsheet.errors import BroadsheetError, FactError, Notice, Place, UsageError
from broadsheet.press.press import Press
from broadsheet.project.project import open_project
from broadsheet.storage.files import read_text
from broadsheet.storage.publication_root import find_root

SUFFIXES = (".ipynb", ".qmd", ".md")
_MOST_TRIALS = 6
"""The most bound pages that are made, each without what was at fault in the one before."""


@dataclass(frozen=True)
class _Asked:
    """The result of the runs of a source."""

    source: BoundSource
    """The source."""
    edits: Sequence[BoundWords]
    """The words that may be bound."""
    unsure: Sequence[UnsureWords]
    """The words that are unsure."""
    without: frozenset[str]
    """The tables that bear out numbers for which there is no expression."""


def bind_source(path: Path, data: Sequence[Path] = ()) -> Binding:
    """Return the binding of the source at a path, which is in a publication; ``data`` are folders or
    files of tables beside its own. Nothing is written. Raises :class:`UsageError` for another file,
    and :class:`BroadsheetError` for one that cannot be read or run.
    """
    root = _root_of(path)
    name = PurePosixPath(path.resolve().relative_to(root).as_posix())
    project = open_project(root).with_templates()
    before = read_text(root / name, str(name))
    source = BoundSource(name, before)
    beside = [root / "data"] if (root / "data").is_dir() else []
    files = read_table_files([*data, *beside], root)
    among = tables_with(files.tables)
    edition = editions_with(project, source, before)[0]
    language = edition.settings.lang[:2]
    audited = audited_numbers(sentences_of(source, language), among, language)
    with ExitStack() as stack:
        press = stack.enter_context(Press(project, draws=False))
        answered = None
        if tables_read(source):
            answered = _ask(press, source, audited, language)
            needed = answered.without
        else:
            needed = frozenset(number.table for number in audited.values())
        loaded = Loaded(source)
        if needed:
            tables = [
                (table, files.sources[table.file][0])
                for table in files.tables
                if table.file in needed
            ]
            loaded = with_tables(root, source, tables, project.today)
        if loaded.source.text != before:
            if loaded.added:
                copy = open_project(stack.enter_context(revised_publication(project, ())))
                with copy.at_work():
                    add_tables(copy, loaded.added)
                press = stack.enter_context(Press(copy.with_templates(), draws=False))
            audited = audited_numbers(sentences_of(loaded.source, language), among, language)
            answered = _ask(press, loaded.source, audited, language)
        if answered is None:
            return Binding(before, source, ())
        return _proved(press, before, answered, loaded)


def _root_of(path: Path) -> Path:
    if path.suffix not in SUFFIXES:
        raise UsageError(
            str(path), "this is no notebook and no page", "Give a file .ipynb, .qmd or .md."
        )
    if not path.is_file():
        raise UsageError(str(path), "there is no such file", "Look for a misspelling.")
    try:
        return find_root(path.resolve().parent)
    except UsageError as error:
        raise UsageError(
            str(path),
            f"it is in no publication: {error.what}",
            "Make one of its folder by `broadsheet init`, and bind it then.",
        ) from None


def _ask(
    press: Press,
    source: BoundSource,
    audited: Mapping[tuple[int, int, int], AuditedNumber],
    language: str,
) -> _Asked:
    sentences = sentences_of(source, language)
    parts: list[AskedSentence] = [*sentences, *mended_sentences(sentences, audited, language)]
    edition = editions_with(press.project, source, source.text)[0]
    answers = answers_of(press, source, parts, edition)
    edits, unsure = chosen_words(source, parts, answers, audited)
    bound = [(edit.cell, edit.start, edit.end) for edit in edits]
    bound += [(words.cell, words.start, words.end) for words in unsure]
    without = frozenset(
        number.table
        for (at, start, end), number in audited.items()
        if number.is_sure
        and not any(
            cell == parts[at].stretch.cell
            and first < parts[at].position + end
            and parts[at].position + start < last
            for cell, first, last in bound
        )
    )
    return _Asked(source, edits, unsure, without)


# Proved


def _proved(press: Press, before: str, answered: _Asked, loaded: Loaded) -> Binding:
    """Return the binding without what makes the page read otherwise."""
    edits = without_overlaps([edit for edit in answered.edits if not edit.instead])
    over = {(edit.cell, edit.start) for edit in edits}
    false = [
        edit for edit in answered.edits if edit.instead and (edit.cell, edit.start) not in over
    ]
    notices = list[Notice]()
    project, source = press.project, answered.source
    was = paragraphs_of(press, editions_with(project, source, source.text), is_proved=False)
    for _ in range(_MOST_TRIALS):
        text = Binding(before, source, tuple(edits)).text
        try:
            now = paragraphs_of(press, editions_with(project, source, text), is_proved=True)
        except BroadsheetError as error:
            left = _without(edits, error)
            if left == edits:
                raise
            edits, error_notice = left, _left_out(error.where, error.what)
            notices.append(error_notice)
            continue
        differing = [
            parts
            for first, other in zip(was, now, strict=True)
            for parts in changed_texts(first, other)
        ]
        if not differing:
            break
        texts = " ".join(text for parts in differing for text in parts)
        left = [edit for edit in edits if edit.words not in texts]
        notices += [
            _left_out(edit.place, f"bound, `{edit.words}` would not read as before")
            for edit in edits
            if edit not in left
        ]
        if left == edits:
            edits = []
            break
        edits = left
    else:
        edits = []
    added = loaded.added if loaded.source is source else ()
    return Binding(
        before, source, tuple(edits), tuple(answered.unsure), tuple(false), added, tuple(notices)
    )


def _left_out(place: Place, what: str) -> Notice:
    return Notice(place, what, "Bind it yourself, or leave it as it is.", topic="not-bound")


def _without(edits: list[BoundWords], error: BroadsheetError) -> list[BoundWords]:
    """Return the edits without those that a fault is of: at its place, or all claims."""
    place = error.where
    at_fault = [
        edit
        for edit in edits
        if edit.kind == "claim"
        and edit.place.cell == place.cell
        and (place.line is None or edit.place.line == place.line or edit.code in error.what)
    ]
    if isinstance(error, FactError) or at_fault:
        at_fault = at_fault or [edit for edit in edits if edit.kind == "claim"]
    return [edit for edit in edits if edit not in at_fault]
