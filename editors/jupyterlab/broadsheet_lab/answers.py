"""What the browser is told of an article: the same that the language server tells an editor.

Cells, lines and columns count from 0, and columns in units of UTF-16, as a browser counts. The
functions are called in the worker process, which keeps what it has read of a publication.
"""

from __future__ import annotations

import operator
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Self

from broadsheet.editor import completions
from broadsheet.editor.claims import ClaimHere, claims_of
from broadsheet.editor.diagnostics import diagnose, mends_of
from broadsheet.editor.edited_file import EditedCell, EditedFile
from broadsheet.editor.problem import Edit
from broadsheet.editor.workspace import Workspace, if_sound
from broadsheet.errors import BroadsheetError, Place, UsageError, guarded
from broadsheet.markdown.document import Document
from broadsheet.markdown.shortcodes import Shortcodes
from broadsheet.project.editions.edition import Edition
from broadsheet.project.sources.inline_expressions import without_code
from broadsheet.storage.limits import LimitError, bounded_work
from broadsheet.storage.publication_root import find_root

Json = dict[str, Any]

_SHORTCODE = re.compile(r"\{\{<(?!/\*).*?>\}\}(?!\})", re.DOTALL)


@dataclass(frozen=True)
class SessionResult:
    """The result of an expression in the session of a notebook."""

    cell: int
    """The number of its cell, from 1."""
    expression: str
    """The expression."""
    texts: Mapping[str, str]
    """Its value as `text` and as `markdown`, as far as it has them."""
    declared: Mapping[str, Json]
    """Its `facts` and its `claims`, by their names in the Markdown."""
    error: str = ""
    """The error if it failed."""

    @classmethod
    def of(cls, number: int, sent: Mapping[str, Any]) -> Self:
        """Return a result that the browser sends. Its names are those of this ``number`` alone: in a
        session, two conditions can have one name. Raises `KeyError`, `TypeError` and `ValueError`.
        """
        declared = {kind: dict(sent.get(kind) or {}) for kind in ("facts", "claims")}
        names = {name: f"s{number}-{name}" for of_kind in declared.values() for name in of_kind}
        texts = {form: str(sent[form]) for form in ("text", "markdown") if form in sent}
        if "markdown" in texts:
            texts["markdown"] = re.sub(
                r'="([^"]+)"',
                lambda match: f'="{names.get(match[1], match[1])}"',
                texts["markdown"],
            )
        return cls(
            operator.index(sent["cell"]) + 1,
            str(sent["expression"]),
            texts,
            {
                kind: {names[name]: dict(what) for name, what in of_kind.items()}
                for kind, of_kind in declared.items()
            },
            str(sent.get("error") or ""),
        )


@dataclass
class SessionWorkspace(Workspace):
    """A publication in JupyterLab. The values of an article are those of its session, or else of its
    last run.
    """

    results: Sequence[SessionResult] = ()
    """The results of the session."""

    @property
    def run(self) -> str:
        """The words for the run that the values are of."""
        return "this session" if self.results else super().run

    def values(self, source: PurePosixPath, cell: int | None = None) -> dict[str, str]:
        """Return the texts of the expressions."""
        return self._of_session("text", cell) if self.results else super().values(source)

    def errors(self, source: PurePosixPath, cell: int | None = None) -> dict[str, str]:
        """Return the expressions that failed."""
        return {
            result.expression: result.error
            for result in self.results
            if result.error and cell in (None, result.cell)
        }

    def written(self, source: PurePosixPath, cell: int | None = None) -> dict[str, str]:
        """Return the expressions as Markdown."""
        return self._of_session("markdown", cell) if self.results else super().written(source)

    def declared(self, source: PurePosixPath) -> Mapping[str, Any]:
        """Return the facts and claims."""
        if not self.results:
            return super().declared(source)
        return {
            kind: {
                name: what
                for result in self.results
                for name, what in result.declared[kind].items()
            }
            for kind in ("facts", "claims")
        }

    def _of_session(self, form: str, cell: int | None) -> dict[str, str]:
        forms = (form, "text", "markdown")
        return {
            result.expression: next(result.texts[each] for each in forms if each in result.texts)
            for result in self.results
            if result.texts and cell in (None, result.cell)
        }


@dataclass(frozen=True)
class Article:
    """A notebook in the browser."""

    root: Path
    """The folder outside of which nothing is read."""
    file: Path
    """The notebook, which need not be on the disk."""
    cells: tuple[EditedCell, ...]
    """The cells."""
    results: Sequence[SessionResult] = ()
    """The results of its expressions in its session."""

    def opened(self) -> tuple[EditedFile, Workspace]:
        """Return the notebook as an edited file of its publication. Raises :class:`UsageError` if it
        is in none.
        """
        publication = publication_of(self.root, self.file)
        workspace = _WORKSPACES.setdefault(publication, SessionWorkspace(publication))
        workspace.results = self.results
        name = PurePosixPath(self.file.relative_to(publication).as_posix())
        return EditedFile(name, cells=self.cells), workspace


_WORKSPACES: dict[Path, SessionWorkspace] = {}
"""State of the process: the publications of open notebooks."""


def publication_of(root: Path, file: Path) -> Path:
    """Return the root of a file's publication. Raises :class:`UsageError` if it has none inside this
    ``root``.
    """
    publication = find_root(file.parent)
    if not publication.is_relative_to(root):
        raise UsageError(
            str(publication),
            "the publication is not inside the folder in which JupyterLab was started",
            f"Start it there: cd {publication} && jupyter lab",
        )
    return publication


def report(article: Article) -> Json:
    """Return problems, claims, values of shortcodes, and editions of an article; or `why` not."""
    try:
        edited, workspace = article.opened()
    except BroadsheetError as error:
        return nothing(error)
    answer = nothing()
    place = Place(str(edited.path))
    problems = diagnose(edited, workspace)
    mends: list[list[Edit]] = []
    with _at_work(workspace, place, "looking for fixes"):
        mends.extend(mends_of(edited, workspace, problems))
    mends += [[]] * (len(problems) - len(mends))  # those for which there was no time
    for problem, edits in zip(problems, mends, strict=True):
        span = _span(edited, problem.place, problem.start, problem.end)
        fixes = [
            {
                **_span(edited, edit.place, edit.start, edit.end),
                "title": edit.title,
                "text": edit.text,
            }
            for edit in edits
        ]
        severity = problem.severity.replace("information", "info")
        code, text = problem.message.code, problem.text
        answer["problems"].append(
            {**span, "severity": severity, "code": code, "text": text, "fixes": fixes}
        )
    with _at_work(workspace, place, "reading this text"):
        _add_what_it_says(answer, edited, workspace)
    return answer


def complete(article: Article, cell: int, line: int, column: int) -> list[Json]:
    """Return the completions at a place of a cell; none outside of a publication. Those in code begin
    with what is written: JupyterLab's completer offers what it gets, and filters it only while one
    types on. The list in prose filters itself.
    """
    with suppress(BroadsheetError):
        edited, workspace = article.opened()
        if not 0 <= cell < len(edited.cells):
            return []
        place = Place(str(edited.path), line + 1, cell + 1)
        written = edited.line(place)
        at = _characters(written, column)
        with bounded_work(place, "completing this text"):
            found = completions.complete(edited, workspace, place, at)
        return [
            {
                "text": each.text,
                "start": _units(written, each.start),
                "detail": each.detail,
                "doc": each.doc,
            }
            for each in found
            if edited.cells[cell].kind != "code" or _begins(each.text, written[each.start : at])
        ]
    return []


def _begins(text: str, typed: str) -> bool:
    return text.casefold().startswith(typed.casefold())


def nothing(error: BroadsheetError | None = None) -> Json:
    """Return the report of a notebook of which there is nothing to say; with an ``error``, why."""
    why = f"{error.what}. {error.mend}" if error else ""
    return {"problems": [], "claims": [], "shortcodes": {}, "editions": [], "why": why}


@contextmanager
def _at_work(workspace: Workspace, place: Place, doing: str) -> Iterator[None]:
    """Work on an article in the block, which ends at a fault: the rest is answered without it."""
    with (
        suppress(BroadsheetError),
        workspace.at_work(),
        bounded_work(place, doing),
        guarded(place, doing),
    ):
        yield


def _add_what_it_says(answer: Json, edited: EditedFile, workspace: Workspace) -> None:
    source = edited.source(workspace.root)
    editions = if_sound(lambda: workspace.editions(source)[0])
    if not editions or not workspace.is_source(edited.path, ""):
        return
    first = editions[0]
    markdown = [(place, text) for kind, place, text in edited.texts(source) if kind == "markdown"]
    answer["editions"] = [
        {
            "label": each.settings.edition_label or each.name,
            "page": str(each.output),
        }
        for each in editions
    ]
    claims = claims_of(edited, markdown, first.settings.lang, workspace)
    answer["claims"] = [
        {
            **_span(edited, claim.place, claim.start, claim.end),
            "state": _state(claim),
            "text": claim.description(),
        }
        for claim in claims
    ]
    answer["shortcodes"] = dict(_shortcodes(markdown, first, workspace.root))


def _state(claim: ClaimHere) -> str:
    """Return what words rest on: `proved`, `open`, `refuted`, or `false` for their condition."""
    return claim.judged.truth if claim.truth is True else "false"


def _shortcodes(
    markdown: Sequence[tuple[Place, str]], edition: Edition, root: Path
) -> Iterator[tuple[str, str]]:
    """Yield the shortcodes of an article that are a text, with it."""
    document = Document(str(edition.source.path), "", metadata=edition.metadata)
    shortcodes, secret = Shortcodes(document, root), secrets.token_hex()
    for place, text in markdown:
        for match in _SHORTCODE.finditer(without_code(text)):
            try:
                word = shortcodes.replaced(match[0], secret, partial(_same, place))
            except LimitError:
                return
            except BroadsheetError:  # a build reports it
                continue
            shown = _text(shortcodes, secret, word)
            if shown not in ("", match[0]):
                yield match[0], shown


def _same(place: Place, _: int) -> Place:
    return place


def _text(shortcodes: Shortcodes, secret: str, word: str) -> str:
    """Return the text of an answer; empty if it is something else, such as a video."""
    answer = shortcodes.answers.get(word, {})
    text = str(answer.get("title") if answer.get("kind") == "link" else answer.get("text", ""))
    pattern = rf"sc{secret}n\d+x"
    return re.sub(pattern, lambda match: _text(shortcodes, secret, match[0]), text)


def _span(edited: EditedFile, place: Place, start: int, end: int) -> Json:
    cell = max(min(place.cell or 1, len(edited.cells)), 1)
    line = edited.line(Place(place.file, place.line, cell))
    return {
        "cell": cell - 1,
        "line": (place.line or 1) - 1,
        "start": _units(line, start),
        "end": _units(line, end),
    }


def _units(line: str, column: int) -> int:
    """Return a column in units of UTF-16."""
    return len(line[:column].encode("utf-16-le", "surrogatepass")) // 2


def _characters(line: str, units: int) -> int:
    """Return a column in characters."""
    encoded = line.encode("utf-16-le", "surrogatepass")[: 2 * max(units, 0)]
    return len(encoded.decode("utf-16-le", "replace"))
