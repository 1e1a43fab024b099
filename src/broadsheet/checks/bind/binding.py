"""Binds a source: for each number and comparison of its texts, the expression or the condition that
reads just so, in the notebook as it is. What is accepted is written.

The source is run, with a cell behind each text that looks for expressions
(:mod:`broadsheet.checks.bind.probe`). Each edition has its say: only what reads just so in all of
them is bound. Tables that bear out what the source cannot say are loaded first. In the end the bound
page is made, and what does not read as before is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from broadsheet.checks.audit.indexed_tables import AuditTables, tables_with
from broadsheet.checks.audit.table_files import read_table_files
from broadsheet.checks.bind.asking import (
    AskedSentence,
    answers_of,
    editions_with,
    meanings_apart,
    sentences_of,
)
from broadsheet.checks.bind.audited_texts import (
    audited_numbers,
    mended_sentences,
    tables_with_figures,
)
from broadsheet.checks.bind.bound_source import BoundSource, encoded_as
from broadsheet.checks.bind.bound_words import Binding, BoundWords, UnsureWords
from broadsheet.checks.bind.choosing import chosen_words, without_overlaps
from broadsheet.checks.bind.document_texts import TextStretch
from broadsheet.checks.bind.loading import Loaded, add_tables, with_tables
from broadsheet.checks.bind.proving import proved_edits
from broadsheet.checks.moved.revised_publication import revised_publication
from broadsheet.errors import ConfigError, Notice, Place, UsageError
from broadsheet.press.press import Press
from broadsheet.project.project import Project, open_project
from broadsheet.storage import store
from broadsheet.storage.files import read_text
from broadsheet.storage.limits import TABLE
from broadsheet.storage.publication_root import find_root

SUFFIXES = (".ipynb", ".qmd", ".md")


@dataclass(frozen=True)
class _Asked:
    """The result of the runs of a source."""

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
    text, content = read_text(root / name, str(name)), (root / name).read_bytes()
    if encoded_as(content, text) != content:
        raise ConfigError(
            str(name),
            "its lines end in several ways, or it has form feeds, which binding would not keep",
            "Save it with lines that all end alike, and without form feeds.",
        )
    source = BoundSource(name, text)
    if source.cells and source.is_of_older_format:
        raise ConfigError(
            str(name),
            "it is a notebook of an older format, whose cells binding would not keep",
            "Open it in Jupyter and save it, which converts it.",
        )
    return bind_text(root, source, content, data)


def bind_text(
    root: Path,
    source: BoundSource,
    content: bytes,
    data: Sequence[Path] = (),
    *,
    at: tuple[int, int] | None = None,
) -> Binding:
    """Return the binding of a source of the publication at ``root``, whose file need not have this text;
    if ``at`` is given, a cell and a position in it, only of the text there. ``content`` are the bytes of
    the file as it was read. Raises as :func:`bind_source` does.
    """
    only = None if at is None else _number_at(source, *at)
    project = open_project(root).with_templates()
    beside = [root / "data"] if (root / "data").is_dir() else []
    files = read_table_files([*data, *beside], root)
    among = tables_with(files.tables)
    edition = editions_with(project, source, source.text)[0]
    language = edition.settings.lang.partition("-")[0]
    with ExitStack() as stack:
        press = stack.enter_context(Press(project, draws=False))
        answered = _ask(press, source, among, language, only)
        loaded = Loaded(source)
        if answered.without:
            tables = [
                (table, files.sources[table.file][0])
                for table in files.tables
                if table.file in answered.without
            ]
            loaded = with_tables(root, source, tables, project.today)
        notices = (*loaded.notices, *([_too_long(source)] if source.is_too_long else []))
        binding = Binding(root, content, source.text, loaded, notices=notices)
        if loaded.tables:
            press = _press(
                stack,
                project,
                [(table.name, table.file) for table in loaded.tables if table.file is not None],
            )
            answered = _ask(press, loaded.source, among, language, only)
        edits, false = edits_apart(answered.edits)
        binding = replace(binding, unsure=tuple(answered.unsure), contradicted=tuple(false))
        proved, left_out = proved_edits(press, binding, edits)
        return replace(binding, edits=proved, notices=(*notices, *left_out))


def proved(
    binding: Binding, edits: Sequence[BoundWords]
) -> tuple[tuple[BoundWords, ...], tuple[Notice, ...]]:
    """Return the edits, of those of a binding, with which the page reads as before but for what was
    false; and what is told of the others.
    """
    if tuple(edits) == binding.edits:
        return binding.edits, ()
    with ExitStack() as stack:
        project = open_project(binding.root).with_templates()
        return proved_edits(_press(stack, project, binding.added(edits)), binding, edits)


def write_binding(binding: Binding, edits: Sequence[BoundWords]) -> None:
    """Write the file of a binding with some edits, and the tables that they read into the catalogue.
    Raises :class:`UsageError` if the file has changed since it was read, and as
    :func:`broadsheet.data.adding.add` does.
    """
    home = (binding.root / binding.source.path).resolve()
    _check_unchanged(home, binding)
    if add_tables_of(binding, edits):
        _check_unchanged(home, binding)
    mode = home.stat().st_mode & 0o777
    content = encoded_as(binding.content, binding.with_edits(edits))
    store.write_file(home, content, durable=True, mode=mode)


def add_tables_of(binding: Binding, edits: Sequence[BoundWords]) -> bool:
    """Put the tables that some edits read into the catalogue; False if there are none to put there.
    Raises as :func:`broadsheet.data.adding.add` does.
    """
    added = binding.added(edits)
    if added:
        project = open_project(binding.root)
        with project.at_work():
            add_tables(project, added)
    return bool(added)


def _press(stack: ExitStack, project: Project, added: Sequence[tuple[str, Path]]) -> Press:
    """Return a press for a publication; with tables that are added, for a copy of it."""
    if added:
        project = open_project(stack.enter_context(revised_publication(project, ())))
        with project.at_work():
            add_tables(project, added, replace=True)
        project = project.with_templates()
    return stack.enter_context(Press(project, draws=False))


def edits_apart(edits: Sequence[BoundWords]) -> tuple[list[BoundWords], list[BoundWords]]:
    """Return edits, and those of false words, of which none overlap."""
    true = without_overlaps([edit for edit in edits if not edit.instead])
    false = without_overlaps([edit for edit in edits if edit.instead])
    return true, [edit for edit in false if len(without_overlaps([*true, edit])) > len(true)]


def _too_long(source: BoundSource) -> Notice:
    return Notice(
        Place(str(source.path)),
        f"it has more than {TABLE['bound-text'].value:,} letters of text, of which the first are bound",
        "Make several articles of it, or bind the rest yourself.",
        topic="not-bound",
    )


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
    press: Press, source: BoundSource, among: AuditTables, language: str, only: int | None
) -> _Asked:
    sentences, texts = sentences_of(source, language), list(source.stretches())
    if only is not None:  # beside those that stand around it, which say what it is about
        near = texts[max(0, only - 1) : only + 2]
        sentences = [sentence for sentence in sentences if sentence.stretch in near]
        texts = [texts[only]]
    audited = audited_numbers(sentences, among, language)
    parts: list[AskedSentence] = [*sentences, *mended_sentences(sentences, audited, language)]
    answers = answers_of(press, source, parts, language)
    answers[0] = meanings_apart(press, source, parts, answers[0], language)
    edits, unsure = chosen_words(source, parts, answers, audited)
    bound = [(edit.cell, edit.start, edit.end) for edit in edits]
    bound += [(words.cell, words.start, words.end) for words in unsure]

    def is_left(at: int, start: int, end: int) -> bool:
        position = parts[at].position
        return not any(
            cell == parts[at].stretch.cell and first < position + end and position + start < last
            for cell, first, last in bound
        )

    without = {
        number.table for place, number in audited.items() if number.is_sure and is_left(*place)
    }
    left = [
        (answer.said, answer.size)
        for (at, start, end, kind), answer in answers[0].items()
        if kind == "fact" and is_left(at, start, end)
    ]
    return _Asked(
        [edit for edit in edits if _is_in(texts, edit)],
        [words for words in unsure if _is_in(texts, words)],
        frozenset(without | {*tables_with_figures(left, among.tables)}),
    )


def _check_unchanged(home: Path, binding: Binding) -> None:
    if store.file_content(home) != binding.content:
        raise UsageError(str(binding.source.path), "it has changed meanwhile", "Bind it again.")


def _number_at(source: BoundSource, cell: int, at: int) -> int:
    """Return the number, from 0, of the text of a source at a position."""
    for number, text in enumerate(source.stretches()):
        if text.has(cell, at):
            return number
    raise UsageError(
        str(source.path), "there is no text that can be bound", "Choose a paragraph or a title."
    )


def _is_in(texts: Sequence[TextStretch], words: BoundWords | UnsureWords) -> bool:
    """True if words are in one of some texts."""
    return any(text.has(words.cell, words.start) for text in texts)
