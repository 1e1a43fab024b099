"""Errors that a person can correct.

Every such error is a :class:`BroadsheetError`: *where* it is (a :class:`Place`), *what* is wrong
with the value as given, and *what to do*. The command line prints these three and no traceback. A
:class:`Notice` has the same three parts and stops nothing.

What several pages share is told once, with their names (:mod:`broadsheet.site.build.shared_messages`).

:func:`guarded` is the one boundary around the work on one source. An exception of a library becomes
an :class:`UnexpectedError` of that source there, so that the other sources are still built.
"""

from __future__ import annotations

import errno
import re
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Self

from broadsheet.version import FOLDERS
from plotly_alive.errors import enumerated

_FULL = (errno.ENOSPC, errno.EDQUOT)
"""The codes of errors of a full disk, or of a full quota of a user."""


@dataclass(frozen=True)
class Place:
    """A place: a file, and in it a line, a notebook cell, or a row and a column."""

    file: str
    """The file, relative to the publication's root if it is below it."""
    line: int | None = None
    """The line of the file, or of the cell if there is one; counted from 1."""
    cell: int | None = None
    """The cell of a notebook, counted from 1."""
    row: int | None = None
    """The row of data, counted from 1 without the header."""
    column: str | None = None
    """The name of the column."""

    def at(self, line: int) -> Place:
        """The place of a line, counted from 1, of what begins here."""
        return replace(self, line=(self.line or 1) + line - 1)

    def __str__(self) -> str:
        parts = [
            "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in self.file) or "''"
        ]
        parts += [
            f"{name} {value}"
            for name, value in (("cell", self.cell), ("line", self.line), ("row", self.row))
            if value is not None
        ]
        if self.column is not None:
            parts.append(f"column {self.column!r}")
        return ", ".join(parts)


def place_in(
    file: str, places: Sequence[Place], cell: int | None, line: int | None = None
) -> Place:
    """The place of a line of a cell: in a notebook by the cell's number, in Markdown, where the
    cells begin at ``places``, by the line of the file.
    """
    if cell is None or not places:
        return Place(file, cell=cell, line=line)
    first = places[cell - 1]
    return first if line is None else first.at(line)


VARIABLE = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"|“[^”]*”|\d[\d,.]*|\S+\.\w{2,5}\b")
"""The parts in which messages of one kind differ: quotations, numbers, names of files."""
QUOTED = re.compile(r"[`“']([^`”'\n]+)[`”']")
"""The quotations in a message, of the text that it is about."""
CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)
"""A line by which git marks that two versions of a text are to be merged."""
CONFLICTING = "the marks of a merge conflict stand here"
CHOOSE = "Choose one of the two versions, and take the marks out."
SAVED = "saved"
"""The topic of a notice of a notebook that is shown with what is saved in it, as it is meant to be."""
MISSING_FILE = "missing-file"
"""The topic of a message about a file that is named and not there, or may not be used."""
GENERATED_ALT = "generated-alt-text"
"""The topic of a notice of a chart's alternative text that is generated, as an author may leave it."""
TO_A_FAULT = "link-to-a-fault"
"""The topic of a notice of a link to a page that has a fault of its own."""
UNREADABLE = "unreadable-claim"
"""The topic of a notice of a claim for whose condition the program has no words."""
GAPS = "gap-in-title"
"""The topic of a notice of a title whose claim leaves out places without a value."""
LAST_RUN = "last-run"
"""The topic of a notice of what the values of the last run say, which may not be those of the next."""
REWORDED = "reworded-sentence"
"""The topic of a notice of a sentence that a change of a table words otherwise, and that is to be read."""
NOT_RENDERED = "not-rendered"
"""The topic of a notice of articles that `render` leaves out, perhaps as it is meant."""
DATED_LIST = "dated-list"
"""The topic of a notice of a page with a date that lists others, and so is in no list itself."""
NO_ADDRESS = "site-url"
"""The topic of a notice of what a site lacks that has no address yet, as none has at first."""


@dataclass(frozen=True)
class OnPage:
    """A page of which a message is told."""

    page: str
    """Its path in the site, without the suffix."""
    words: str = ""
    """The words of the message about this page, if they differ from those about the first page."""


@dataclass(frozen=True)
class Notice:
    """A message to the author that stops nothing."""

    where: Place
    """The place that it is about."""
    what: str
    """The thing that is wrong, or that the author should know."""
    mend: str = ""
    """The way to mend it, as one or more sentences."""
    detail: str = field(default="", repr=False)
    """Further lines."""
    topic: str = ""
    """The name of its kind, such as `alt-text`."""
    pages: tuple[OnPage, ...] = ()
    """The pages that it is told of, if it is known of which."""

    def __str__(self) -> str:
        return self.text()

    def text(self, *, whole: bool = False) -> str:
        """The message; if it is told of many pages, with the names of a few, or of all of them with
        what is said of each.
        """
        message = f"{self.where}: {self.what}"
        if self.mend:
            message += f"\n  → {self.mend}"
        lines = [*self.detail.splitlines(), *_sharing(self.pages, whole=whole)]
        return message + "".join(f"\n  │ {line}" for line in lines)

    @property
    def code(self) -> str:
        """The short name of the kind of message, which stays the same when its words change."""
        return self.topic or "notice"

    @property
    def is_strict(self) -> bool:
        """True if it makes the exit code 1 with `--strict`, and stops `publish`."""
        return self.topic not in (
            SAVED,
            GENERATED_ALT,
            UNREADABLE,
            TO_A_FAULT,
            NO_ADDRESS,
            NOT_RENDERED,
            DATED_LIST,
            LAST_RUN,
            GAPS,
            REWORDED,
        )


_NAMED = 3
"""The number of pages that are named of those that share a message."""


_LONGEST_QUOTED, _LONGEST_LINE = 48, 160
"""The number of characters of a sentence, and of a message, that a summary repeats."""


def in_short(message: Notice | BroadsheetError) -> str:
    """A message in a line, for a summary: its place, what is wrong, and on how many pages."""
    what = QUOTED.sub(lambda match: _cut(match[0], _LONGEST_QUOTED), message.what)
    what = re.sub(r"\Aedition [^:]+: ", "", " ".join(what.split()))
    count = sum(bool(one.page) for one in message.pages)
    pages = f" ({count:,} pages)" if count > 1 else ""
    return f"{_cut(f'{message.where}: {what}', _LONGEST_LINE)}{pages}"


def _cut(text: str, most: int) -> str:
    """A text of at most so many characters, in quotation marks if it was."""
    end = text[-1:] if text[-1:] in "”’`" else ""
    return text if len(text) <= most else f"{text[: most - 2].rstrip()}…{end}"


def _sharing(pages: Sequence[OnPage], *, whole: bool) -> list[str]:
    """The lines by which a message names the pages that share it."""
    first, *others = pages or [OnPage("")]
    if not others:
        return []
    is_varied = any(one.words for one in others)
    if whole and is_varied:
        return [f"in {one.page}: {one.words or 'the same'}" for one in others]
    named = enumerated([one.page for one in others], len(others) if whole else _NAMED)
    if not first.page:
        return [f"it concerns {named}"]
    return [f"the same{', with other values,' if is_varied else ''} in {named}"]


def kinds_of(notices: Iterable[Notice]) -> list[list[Notice]]:
    """The notices by kind, in the order of the first of each. Of one kind are those that say the
    same but for names and numbers, and all of generated alternative texts.
    """
    kinds: dict[tuple[str, ...], list[Notice]] = {}
    for notice in notices:
        kind = (notice.topic, VARIABLE.sub("…", notice.what), VARIABLE.sub("…", notice.mend))
        kinds.setdefault((GENERATED_ALT,) if GENERATED_ALT in kind else kind, []).append(notice)
    return list(kinds.values())


class BroadsheetError(Exception):
    """A fault of the publication or of its use: ``where``, ``what``, ``mend``, free-form ``detail``
    lines, and the ``topic`` of a kind of fault that has a name of its own (`missing-reference`).
    """

    cause: str = ""
    """The cause of the fault, where that is not its place and its words: a claim, or a row of a table
    that several articles read.
    """
    pages: tuple[OnPage, ...] = ()
    """The pages that it costs, if it is known which."""
    others: tuple[BroadsheetError, ...] = ()
    """The further faults of a page that has several."""

    def __init__(
        self, where: Place | str, what: str, mend: str, detail: str = "", topic: str = ""
    ) -> None:
        self.where = where if isinstance(where, Place) else Place(where)
        self.what = what
        self.mend = mend
        self.detail = detail
        self.topic = topic
        # Errors cross process borders: these are the arguments by which one is made again there.
        super().__init__(self.where, what, mend, detail, topic)

    def __str__(self) -> str:
        return self.text()

    def of_cause(self, cause: str) -> Self:
        """The error itself, with its cause."""
        self.cause = cause
        return self

    def text(self, *, whole: bool = False) -> str:
        """The message, as :meth:`Notice.text` has it."""
        return self._as_notice().text(whole=whole)

    def _as_notice(self) -> Notice:
        return Notice(self.where, self.what, self.mend, self.detail, self.code, self.pages)

    @property
    def code(self) -> str:
        """Its topic, or the name of its class: `config` of :class:`ConfigError`."""
        return self.topic or self.kind.removesuffix("Error").lower()

    @property
    def kind(self) -> str:
        """The name of its class; of a class of a module's own, the name of the public one above it."""
        names = (one.__name__ for one in type(self).__mro__)
        return next(name for name in names if not name.startswith("_"))

    @classmethod
    def description(cls) -> str:
        """Describe the faults of this class: the first sentence of its docstring."""
        sentence = re.split(r"(?<=\.)\s", " ".join((cls.__doc__ or "").split()), maxsplit=1)[0]
        return sentence.partition(": ``")[0].rstrip(".") + "."


def joined(errors: Sequence[BroadsheetError]) -> BroadsheetError:
    """The errors of one page, as the first of them with the others."""
    first, *others = errors
    first.others = (*first.others, *others)
    return first


class UsageError(BroadsheetError):
    """The command was used wrongly (exit code 2): ``where`` is the argument."""


class ConfigError(BroadsheetError):
    """A value in `_quarto.yml`, `_metadata.yml` or front matter that cannot be used."""


class DataError(BroadsheetError):
    """The catalogue or a table breaks its own schema."""


class RetrievalError(BroadsheetError):
    """A table that is not refreshed: its source cannot be asked, or what came cannot take its place."""


class ParameterError(BroadsheetError):
    """A parameter that the notebook does not have, or a value that does not fit it."""


class NotebookError(BroadsheetError):
    """A notebook that cannot be read, or that is not an article."""


class ExecutionError(BroadsheetError):
    """A cell raised, ran out of time, or ended its kernel."""

    partial: str | None = None
    """The notebook as far as it ran, as JSON."""
    lacks: str = ""
    """The thing that the machine does not have and the cell needs, such as a library."""


class ClusterError(BroadsheetError):
    """A cluster that cannot do the work, or that was lost meanwhile: ``where`` is the scheduler's
    address.
    """


class AssemblyError(BroadsheetError):
    """An output that cannot be shown on a page."""


class FactError(BroadsheetError):
    """A sentence that its data do not support, or that rests on something that is not declared."""

    def text(self, *, whole: bool = False) -> str:
        """The message. Of several pages whose values differ, those of the first stand in one line."""
        notice = self._as_notice()
        if not whole and any(one.words for one in self.pages):
            notice = replace(notice, detail="; ".join(self.detail.splitlines()))
        return notice.text(whole=whole)


class RenderError(BroadsheetError):
    """A page that cannot be made: Markdown, a citation, a reference, a listing, a template."""


class LetterError(BroadsheetError):
    """An e-mail edition that cannot be made, sent or handed over; a list of readers that cannot be
    used.
    """


class PublishError(BroadsheetError):
    """A site that is not published, or a target that it cannot be published to: ``where`` is the
    target's address.
    """


class ToolError(BroadsheetError):
    """A program that the build needs is missing, failed, or did not answer in time: the browser,
    Pagefind.
    """


class StoreError(BroadsheetError):
    """A store under `.broadsheet/` that cannot be written."""


class UnexpectedError(BroadsheetError):
    """An exception of a library or of this program, turned into a fault of the source that was
    being worked on.
    """


def also(texts: Sequence[str], most: int) -> str:
    """The first ``most`` of further faults as lines of a detail, and how many more there are."""
    more = [f"and {len(texts) - most} more"] if len(texts) > most else []
    return "\n".join([*(f"also: {text}" for text in texts[:most]), *more])


@contextmanager
def guarded(where: Place | str, doing: str) -> Iterator[None]:
    """Turn any exception of the block into an :class:`UnexpectedError` at ``where``. ``doing``
    completes "… failed" in the message: `reading this page`. A :class:`BroadsheetError` passes
    unchanged; so do exceptions that are not errors of the work, such as `KeyboardInterrupt`.
    """
    try:
        yield
    except BroadsheetError:
        raise
    except Exception as error:
        raise unexpected(error, where, doing) from error


def unexpected(error: Exception, where: Place | str, doing: str) -> UnexpectedError:
    """The fault for an ``error`` of a library; the detail names the line of code that raised it."""
    kind, text = type(error).__name__, _first_line(error)
    mend = "Look for something unusual there, and take it out. If it looks right, please report this message."
    if isinstance(error, RecursionError):
        text, mend = "it is nested too deeply", "Take levels of nesting out."
    elif isinstance(error, MemoryError):
        text, mend = (
            "it needs more memory than there is",
            "Make it smaller, or build with fewer `--jobs`.",
        )
    elif text.startswith("Exceeds the limit (") and "digits" in text:
        # What Python says has a hint for programmers.
        text, mend = "a number there has thousands of digits", "Write it shorter, or as text."
    elif isinstance(error, OSError) and error.strerror:
        text = (
            f"{error.strerror}: {error.filename}" if error.filename is not None else error.strerror
        )
        mend = (
            "Make room on the disk, and run the command again."
            if error.errno in _FULL
            else "See that the file is there, that it can be read, and that the disk has room."
        )
    else:
        text = f"{kind}: {text}" if text else kind
    return UnexpectedError(where, f"{doing} failed: {text}", mend, _raised_in(error))


def _first_line(error: Exception) -> str:
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # an exception whose own text cannot be made
        return ""
    return lines[0][:300] if lines else ""


def _raised_in(error: Exception) -> str:
    """The last function of this program that the error came through: `ValueError in
    site/article/article.py, content_of`.
    """
    functions = [
        frame.f_code
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename != __file__
        and any(map(PurePath(frame.f_code.co_filename).is_relative_to, FOLDERS))
    ]
    if not functions:
        return ""
    file = PurePath(functions[-1].co_filename)
    folder = next(filter(file.is_relative_to, FOLDERS))
    file = file.relative_to(folder if folder == FOLDERS[0] else folder.parent)
    return f"{type(error).__name__} in {file.as_posix()}, {functions[-1].co_name}"
