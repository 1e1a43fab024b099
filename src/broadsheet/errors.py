"""What can go wrong by a person's hand, told so that a person can mend it.

Every such error is a :class:`BroadsheetError`: *where* it is (a :class:`Place`), *what* is wrong with the value as
given, and *what to do*. The command line prints these three and no traceback. A :class:`Notice` has the same three
parts and stops nothing. Errors that are ours, not the author's, are ordinary exceptions and keep their traceback.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Place:
    """Where something is: a file, and in it a line, a notebook cell (counted from 1), or a row and a column.

    ``file`` is relative to the publication's root where it lies under it. ``row`` counts data rows from 1, without
    the header; ``line`` counts lines of the file, or of the cell where ``cell`` is given, from 1.
    """

    file: str
    line: int | None = None
    cell: int | None = None
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        parts = [self.file]
        parts += [f"{name} {value}" for name, value in
                  (("cell", self.cell), ("line", self.line), ("row", self.row)) if value is not None]
        if self.column is not None:
            parts.append(f"column {self.column!r}")
        return ", ".join(parts)


class BroadsheetError(Exception):
    """A fault of the publication or of its use: ``where``, ``what``, ``mend``, and free-form ``detail`` lines."""

    def __init__(self, where: Place | str, what: str, mend: str, detail: str = "") -> None:
        self.where = where if isinstance(where, Place) else Place(where)
        self.what = what
        self.mend = mend
        self.detail = detail
        super().__init__(str(self))

    def __str__(self) -> str:
        return _told(self.where, self.what, self.mend, self.detail)

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders; the default would call __init__ with the message alone.
        return (_revive, (type(self), self.__dict__.copy()))

    def report(self) -> dict[str, object]:
        """The same for machines: ``{"kind", "where", "what", "mend", "detail"}``."""
        return _report(type(self).__name__, self.where, self.what, self.mend, self.detail)


class UsageError(BroadsheetError):
    """The command was used wrongly (exit code 2): ``where`` is the argument."""


class ConfigError(BroadsheetError):
    """A value in `_quarto.yml`, `_metadata.yml` or front matter that cannot be used."""


class DataError(BroadsheetError):
    """The catalogue or a table breaks its own schema."""


class ParameterError(BroadsheetError):
    """A parameter that the notebook does not have, or a value that does not fit it."""


class NotebookError(BroadsheetError):
    """A notebook that cannot be read, or that is not an article."""


class ExecutionError(BroadsheetError):
    """A cell raised, ran past its time, or took its kernel down. ``partial`` is the notebook as far as it ran."""

    partial: str | None = None


class ClusterError(BroadsheetError):
    """A cluster that cannot do the work, or that was lost on the way: ``where`` is the scheduler's address."""


class AssemblyError(BroadsheetError):
    """An output that cannot be shown on a page."""


class FactError(BroadsheetError):
    """A sentence that its data do not bear out, or that rests on what is not declared."""


class RenderError(BroadsheetError):
    """A page that the press cannot make: Markdown, a citation, a reference, a listing, a template."""


class LetterError(BroadsheetError):
    """An e-mail edition that cannot be made, sent or handed over; a list of readers that cannot be used."""


@dataclass(frozen=True)
class Notice:
    """A warning: the build goes on, the author is told. ``topic`` is a word to list warnings by (`alt-text`)."""

    where: Place
    what: str
    mend: str = ""
    detail: str = field(default="", repr=False)
    topic: str = ""

    def __str__(self) -> str:
        return _told(self.where, self.what, self.mend, self.detail)

    def report(self) -> dict[str, object]:
        """The same for machines, with ``kind`` "Notice"."""
        return _report("Notice", self.where, self.what, self.mend, self.detail)


def _told(where: Place, what: str, mend: str, detail: str) -> str:
    told = f"{where}: {what}"
    if mend:
        told += f"\n  → {mend}"
    if detail:
        told += "\n" + "\n".join(f"  │ {line}" for line in detail.splitlines())
    return told


def _report(kind: str, where: Place, what: str, mend: str, detail: str) -> dict[str, object]:
    place = {name: value for name, value in asdict(where).items() if value is not None}
    return {"kind": kind, "where": place, "what": what, "mend": mend, "detail": detail}


def _revive(kind: type[BroadsheetError], state: dict[str, object]) -> BroadsheetError:
    error = kind.__new__(kind)
    error.__dict__.update(state)
    error.args = (str(error),)
    return error
