"""The Language Server Protocol over standard input and output, by pygls: `broadsheet lsp`.

An open file is a text document, or a notebook document whose cells are text documents. Each change
is followed by the problems of the whole file, a moment later, unless there is another change.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument

from broadsheet.checks.bind.bound_words import Binding
from broadsheet.editor import completions
from broadsheet.editor.column_renaming import column_at, column_renamed
from broadsheet.editor.definitions import definitions
from broadsheet.editor.diagnostics import diagnose, mends_of
from broadsheet.editor.edited_file import EditedCell, EditedFile
from broadsheet.editor.outline import NestedPart, nested, outline_of
from broadsheet.editor.paragraph_binding import (
    bound_text,
    changed_lines,
    position_at,
    told_of_binding,
)
from broadsheet.editor.problem import Problem
from broadsheet.editor.renamed_table import NewText
from broadsheet.editor.renaming import label_at, renamed
from broadsheet.editor.workspace import Workspace, is_configuration
from broadsheet.errors import BroadsheetError, Place, UsageError, guarded
from broadsheet.project.project import NOTEBOOK
from broadsheet.storage.publication_root import find_root
from broadsheet.storage.unprintable import plain_lines
from broadsheet.version import __version__

_SHOWN = 500
"""The most characters of an error."""
PAUSE = 0.05
"""The seconds without a change after which a file is checked."""
BIND = "broadsheet.bind"
"""The command of the quick fix that binds a text."""
_BIND_TITLE = "Bind the numbers and comparisons of this text"
_NOTEBOOKS = types.NotebookDocumentSyncOptions(
    notebook_selector=[
        types.NotebookDocumentFilterWithNotebook(
            notebook=types.NotebookDocumentFilterNotebookType(notebook_type="jupyter-notebook"),
            cells=[
                types.NotebookCellLanguage(language=language)
                for language in ("markdown", "python", "raw")
            ],
        )
    ],
    save=True,
)


class EditorServer(LanguageServer):
    """The server. Has state: the publications of open files, the checks to come, the result of
    the last check of each file, and whether a text is being bound.
    """

    def __init__(self) -> None:
        super().__init__("broadsheet", __version__, notebook_document_sync=_NOTEBOOKS)
        self.publications: dict[Path, Workspace] = {}
        self.checks: dict[str, asyncio.Task[None]] = {}
        self.checked: dict[str, tuple[EditedFile, list[Problem]]] = {}
        self.binding = asyncio.Lock()

    @property
    def has_shut_down(self) -> bool:
        """True if the editor has asked for the end, as it should before it goes."""
        return bool(self.protocol._shutdown)

    def report_server_error(self, error: Exception, source: type[Exception]) -> None:
        """Show an error of a message in the editor, without its traceback."""
        self.tell(f"{type(error).__name__}: {error}", types.MessageType.Error)

    def tell(self, text: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Show a message in the editor."""
        self.window_show_message(types.ShowMessageParams(kind, f"Broadsheet: {text}"[:_SHOWN]))

    def check_soon(self, uri: str) -> None:
        """Look for the problems of an open file, unless it changes again in a moment."""
        uri = self._whole(uri)
        if uri in self.checks:
            self.checks[uri].cancel()
        self.checks[uri] = asyncio.get_running_loop().create_task(self._check_later(uri))

    def check_all(self) -> None:
        """Look for the problems of all open files. A change of one may have changed those of the
        others.
        """
        for uri in (*self.workspace.text_documents, *self.workspace.notebook_documents):
            self.check_soon(uri)

    def close(self, uri: str, texts: list[str]) -> None:
        """Forget a file, and the problems of its texts. It need not be on the disk."""
        self.clear(texts)
        if (check := self.checks.pop(uri, None)) is not None:
            check.cancel()
        self.checked.pop(uri, None)
        location = self._location(uri)
        if location is not None and location[1].edited.pop(str(location[0]), None) is not None:
            self.check_all()

    def clear(self, texts: list[str]) -> None:
        """Tell the client that texts, which it has closed, have no problems any more."""
        for text in texts:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(text, []))

    def problems(self, uri: str) -> list[Problem]:
        """Return the problems of an open file as it is now. The last check is used if the text is
        the same.
        """
        opened, checked = self.opened(uri), self.checked.get(self._whole(uri))
        if opened is None:
            return []
        return checked[1] if checked is not None and checked[0] == opened[0] else diagnose(*opened)

    def opened(self, uri: str) -> tuple[EditedFile, Workspace] | None:
        """Return an open file as an edited file, and its publication; None if it is in none."""
        uri = self._whole(uri)
        location = self._location(uri)
        if location is None:
            return None
        name, publication = location
        notebook = self.workspace.notebook_documents.get(uri)
        if notebook is not None:
            cells = tuple(map(self._cell, notebook.cells))
            return EditedFile(name, cells=cells), publication
        if name.suffix == NOTEBOOK:  # its JSON, in an editor that has no notebooks
            return None
        if uri not in self.workspace.text_documents:  # it would be read from the disk
            return None
        text = self.workspace.get_text_document(uri).source.replace("\r\n", "\n")
        if is_configuration(str(name)):
            publication.edited[str(name)] = text
        return EditedFile(name, text), publication

    def beside(self, publication: Workspace) -> dict[str, EditedFile]:
        """Return the open files of a publication, by name."""
        every = map(
            self.opened, (*self.workspace.text_documents, *self.workspace.notebook_documents)
        )
        return {str(each[0].path): each[0] for each in every if each and each[1] is publication}

    def uri(self, publication: Workspace, name: str) -> str:
        """Return the address of a file of a publication, as the client has it if it is open."""
        for uri in (*self.workspace.notebook_documents, *self.workspace.text_documents):
            location = self._location(uri)
            if location is not None and (str(location[0]), location[1]) == (name, publication):
                return str(uri)
        return (publication.root / name).as_uri()

    def placed(self, uri: str, position: types.Position) -> tuple[Place, int]:
        """Return the place of a client's position in a text document, and its column in characters."""
        cells = (
            number
            for notebook in self.workspace.notebook_documents.values()
            for number, cell in enumerate(notebook.cells, start=1)
            if cell.document == uri
        )
        document = self.workspace.get_text_document(uri)
        decoded = document.position_codec.position_from_client_units(document.lines, position)
        margin = _margin(document, Place(uri, position.line + 1))
        return Place(uri, position.line + 1, next(cells, None)), max(decoded.character - margin, 0)

    def document(self, uri: str, place: Place) -> TextDocument:
        """Return the text document of a place of an open file."""
        notebook = self.workspace.notebook_documents.get(self._whole(uri))
        if notebook is None:
            return self.workspace.get_text_document(uri)
        number = min(place.cell or 1, len(notebook.cells))
        return self.workspace.get_text_document(notebook.cells[number - 1].document)

    def range(self, document: TextDocument, place: Place, start: int, end: int) -> types.Range:
        """Return columns of the line at a place, as the client counts them."""
        line = min((place.line or 1) - 1, max(len(document.lines) - 1, 0))
        margin = _margin(document, place)
        start, end = start + margin, end + margin
        span = types.Range(types.Position(line, start), types.Position(line, end))
        return document.position_codec.range_to_client_units(document.lines, span)

    async def _check_later(self, uri: str) -> None:
        await asyncio.sleep(PAUSE)
        opened = self.opened(uri)
        problems = diagnose(*opened) if opened else []
        if opened:
            self.checked[uri] = opened[0], problems
        self._publish(uri, problems)

    def _publish(self, uri: str, problems: list[Problem]) -> None:
        """Send the client the problems of a file; of a notebook, cell by cell."""
        notebook = self.workspace.notebook_documents.get(uri)
        by_document: dict[str, list[types.Diagnostic]] = {
            name: [] for name in ([cell.document for cell in notebook.cells] if notebook else [uri])
        }
        for problem in problems:
            document = self.document(uri, problem.place)
            span = self.range(document, problem.place, problem.start, problem.end)
            by_document.setdefault(document.uri, []).append(_diagnostic(problem, span))
        for name, diagnostics in by_document.items():
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri=name, diagnostics=diagnostics)
            )

    def _location(self, uri: str) -> tuple[PurePosixPath, Workspace] | None:
        """Return the path of a file from the root of its publication, and the publication; None if
        it is in none.
        """
        file = to_fs_path(uri) if uri.startswith("file:") else None
        if file is None:
            return None
        path = Path(file)
        try:
            root = find_root(path.parent).resolve()
            name = PurePosixPath((path.parent.resolve() / path.name).relative_to(root).as_posix())
        except (UsageError, OSError, ValueError):
            return None
        return name, self.publications.setdefault(root, Workspace(root))

    def _whole(self, uri: str) -> str:
        """Return the notebook of a cell; any other file itself."""
        for name, notebook in self.workspace.notebook_documents.items():
            if any(cell.document == uri for cell in notebook.cells):
                return str(name)
        return uri

    def _cell(self, cell: types.NotebookCell) -> EditedCell:
        document = self.workspace.get_text_document(cell.document)
        kind = "markdown" if cell.kind == types.NotebookCellKind.Markup else "code"
        kind = "raw" if document.language_id == "raw" else kind
        text = document.source.replace("\r\n", "\n")
        return EditedCell(kind, text, tuple(_tags(cell.metadata)))


server = EditorServer()


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
async def _changed(
    ls: EditorServer, params: types.DidOpenTextDocumentParams | types.DidChangeTextDocumentParams
) -> None:
    ls.check_soon(params.text_document.uri)


@server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
async def _opened_notebook(ls: EditorServer, params: types.DidOpenNotebookDocumentParams) -> None:
    ls.check_soon(params.notebook_document.uri)


@server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
async def _changed_notebook(
    ls: EditorServer, params: types.DidChangeNotebookDocumentParams
) -> None:
    cells = params.change.cells
    removed = cells.structure.did_close if cells and cells.structure else None
    ls.clear([cell.uri for cell in removed or ()])
    ls.check_soon(params.notebook_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_SAVE)
@server.feature(types.NOTEBOOK_DOCUMENT_DID_SAVE)
@server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
async def _saved(ls: EditorServer, params: object) -> None:
    ls.check_all()


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
async def _closed(ls: EditorServer, params: types.DidCloseTextDocumentParams) -> None:
    ls.close(params.text_document.uri, [params.text_document.uri])


@server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
async def _closed_notebook(ls: EditorServer, params: types.DidCloseNotebookDocumentParams) -> None:
    ls.close(params.notebook_document.uri, [cell.uri for cell in params.cell_text_documents])


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION,
    types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
)
def _mends(ls: EditorServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    uri = params.text_document.uri
    opened = ls.opened(uri)
    if opened is None:
        return []
    actions = list(_actions(ls, uri, params.range, *opened))
    if position_at(opened[0], *ls.placed(uri, params.range.start)) is not None:
        start = params.range.start
        command = types.Command(_BIND_TITLE, BIND, arguments=[uri, start.line, start.character])
        kind = types.CodeActionKind.QuickFix
        actions.append(types.CodeAction(_BIND_TITLE, kind=kind, command=command))
    return actions


def _actions(
    ls: EditorServer, uri: str, selected: types.Range, edited: EditedFile, publication: Workspace
) -> Iterator[types.CodeAction]:
    here = []
    for problem in ls.problems(uri):
        document = ls.document(uri, problem.place)
        span = ls.range(document, problem.place, problem.start, problem.end)
        if document.uri == uri and span.end >= selected.start and selected.end >= span.start:
            here.append((problem, span))
    with publication.at_work():
        mends = list(mends_of(edited, publication, [problem for problem, _ in here]))
    for (problem, span), edits in zip(here, mends, strict=True):
        document = ls.document(uri, problem.place)
        for edit in edits:
            change = types.TextEdit(ls.range(document, edit.place, edit.start, edit.end), edit.text)
            yield types.CodeAction(
                edit.title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[_diagnostic(problem, span)],
                edit=types.WorkspaceEdit(changes={uri: [change]}),
            )


@server.command(BIND)
async def _bind(ls: EditorServer, uri: str, line: int, character: int) -> None:
    """Bind the text at a position of a document, and say what is bound. It takes seconds, in which the
    server answers other requests.
    """
    opened = ls.opened(uri)
    at = (
        position_at(opened[0], *ls.placed(uri, types.Position(line, character))) if opened else None
    )
    if opened is None or at is None:
        return
    edited, publication = opened
    name = str(edited.path)
    try:
        async with ls.binding, _progress(ls):
            with guarded(name, "binding this text"), publication.at_work():
                binding = await asyncio.to_thread(bound_text, edited, publication.root, at)
        if ls.opened(uri) != opened:
            raise UsageError(name, "it has changed meanwhile", "Bind the text again.")
        await _edit(ls, uri, binding)
    except BroadsheetError as error:
        ls.tell(f"{error.what}. {error.mend}", types.MessageType.Error)
    else:
        ls.tell(told_of_binding(binding))


async def _edit(ls: EditorServer, uri: str, binding: Binding) -> None:
    """Have the client make the edits of a binding, and add the tables that they read to the catalogue."""
    from broadsheet.checks.bind.binding import add_tables_of

    changes: dict[str, list[types.TextEdit]] = {}
    for change in changed_lines(binding):
        document = ls.document(uri, Place(uri, cell=change.cell))
        span = types.Range(types.Position(*change.start), types.Position(*change.end))
        span = document.position_codec.range_to_client_units(document.lines, span)
        changes.setdefault(document.uri, []).append(types.TextEdit(span, change.text))
    edit = types.ApplyWorkspaceEditParams(types.WorkspaceEdit(changes=changes), _BIND_TITLE)
    if changes and (await ls.workspace_apply_edit_async(edit)).applied:
        await asyncio.to_thread(add_tables_of, binding, binding.edits)
        ls.check_all()


@asynccontextmanager
async def _progress(ls: EditorServer) -> AsyncIterator[None]:
    """Have the client show in the block that a text is being bound, if it can."""
    window = ls.client_capabilities.window
    if window is None or not window.work_done_progress:
        yield
        return
    token = str(uuid4())
    await ls.work_done_progress.create_async(token)
    ls.work_done_progress.begin(
        token, types.WorkDoneProgressBegin("Binding a text: the article is run")
    )
    try:
        yield
    finally:
        ls.work_done_progress.end(token, types.WorkDoneProgressEnd())


@server.feature(
    types.TEXT_DOCUMENT_COMPLETION,
    types.CompletionOptions(trigger_characters=["@", '"', "'", ".", ":", "|", " "]),
)
def _complete(ls: EditorServer, params: types.CompletionParams) -> list[types.CompletionItem]:
    uri = params.text_document.uri
    opened = ls.opened(uri)
    if opened is None:
        return []
    place, column = ls.placed(uri, params.position)
    document = ls.workspace.get_text_document(uri)
    return [
        types.CompletionItem(
            completion.text.strip(": "),
            detail=completion.detail or None,
            documentation=_markdown(completion.doc) if completion.doc else None,
            text_edit=types.TextEdit(
                ls.range(document, place, completion.start, column), completion.text
            ),
        )
        for completion in completions.complete(*opened, place, column)
    ]


@server.feature(types.TEXT_DOCUMENT_HOVER)
def _describe(ls: EditorServer, params: types.HoverParams) -> types.Hover | None:
    opened = ls.opened(params.text_document.uri)
    if opened is None:
        return None
    placed = ls.placed(params.text_document.uri, params.position)
    text = completions.describe(*opened, *placed)
    return types.Hover(_markdown(text)) if text else None


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def _outline(ls: EditorServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    uri = params.text_document.uri
    opened = ls.opened(uri)
    parts = outline_of(*opened) if opened else []
    here = [part for part in parts if ls.document(uri, part.place).uri == uri]
    return [_symbol(ls, uri, each) for each in nested(here)]


def _symbol(ls: EditorServer, uri: str, nested_part: NestedPart) -> types.DocumentSymbol:
    part = nested_part.part
    document = ls.document(uri, part.place)
    name = ls.range(document, part.place, part.start, part.end)
    children = [_symbol(ls, uri, each) for each in nested_part.below]
    whole = types.Range(name.start, children[-1].range.end if children else name.end)
    kind = types.SymbolKind.String if part.level else types.SymbolKind.Key
    return types.DocumentSymbol(
        part.name, kind, whole, name, part.detail or None, children=children
    )


@server.feature(types.TEXT_DOCUMENT_DEFINITION)
def _define(ls: EditorServer, params: types.DefinitionParams) -> list[types.Location]:
    uri = params.text_document.uri
    opened = ls.opened(uri)
    if opened is None:
        return []
    edited, publication = opened
    placed, locations = ls.placed(uri, params.position), list[types.Location]()
    for target in definitions(edited, publication, *placed):
        place, end = target.place, target.column + target.length
        if place.file == str(edited.path):
            document = ls.document(uri, place)
            span = ls.range(document, place, target.column, end)
            locations.append(types.Location(document.uri, span))
        else:
            line = (place.line or 1) - 1
            span = types.Range(types.Position(line, target.column), types.Position(line, end))
            locations.append(types.Location((publication.root / place.file).as_uri(), span))
    return locations


@server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
def _can_rename(ls: EditorServer, params: types.PrepareRenameParams) -> types.Range | None:
    uri = params.text_document.uri
    opened = ls.opened(uri)
    if opened is None:
        return None
    place, column = ls.placed(uri, params.position)
    if label := label_at(*opened, place, column):
        return ls.range(ls.document(uri, place), place, *label[1:])
    if name := column_at(*opened, _in_file(opened[0], place), column, ls.beside(opened[1])):
        return ls.range(ls.document(uri, place), place, name.start, name.end)
    return None


@server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
def _rename(ls: EditorServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
    uri = params.text_document.uri
    opened = ls.opened(uri)
    if opened is None:
        return None
    edited, publication = opened
    place, column = ls.placed(uri, params.position)
    texts: Mapping[str, NewText] = {}
    try:
        beside, here = ls.beside(publication), _in_file(edited, place)
        is_label = label_at(edited, publication, place, column) is not None
        name = None if is_label else column_at(edited, publication, here, column, beside)
        if name is None:
            edits = renamed(edited, publication, place, column, params.new_name)
        else:
            renaming = column_renamed(publication, name, params.new_name, beside)
            edits, texts = renaming.edits, renaming.texts
            _refuse_unsaved(ls, publication, texts)
    except UsageError as error:
        raise JsonRpcInvalidParams(f"{error.what}. {error.mend}") from error
    changes: dict[str, list[types.TextEdit]] = {}
    for edit in edits:
        is_here = name is None or edit.place.file == str(edited.path)
        document = ls.document(uri if is_here else ls.uri(publication, edit.place.file), edit.place)
        span = ls.range(document, edit.place, edit.start, edit.end)
        changes.setdefault(document.uri, []).append(types.TextEdit(span, edit.text))
    for file, text in texts.items():
        changes[ls.uri(publication, file)] = [_replaced(ls, text)]
    return types.WorkspaceEdit(changes=changes)


def _in_file(edited: EditedFile, place: Place) -> Place:
    """Return a place of a document as one of its file."""
    return Place(str(edited.path), place.line, place.cell)


def _refuse_unsaved(ls: EditorServer, publication: Workspace, texts: Mapping[str, NewText]) -> None:
    """Raise :class:`UsageError` for a file that is to be changed as a whole and has changes that are
    not saved.
    """
    for file, text in texts.items():
        document = ls.workspace.text_documents.get(ls.uri(publication, file))
        if document is not None and plain_lines(document.source) != plain_lines(text.before):
            what = f"{file} has changes that are not saved"
            raise UsageError(file, what, "Save it, and rename the column then.")


def _replaced(ls: EditorServer, text: NewText) -> types.TextEdit:
    """Return the change that makes a text of a file another."""
    before, after = plain_lines(text.before), plain_lines(text.after)
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    places = []
    for at in (start, len(before) - end):
        line = before.count("\n", 0, at)
        places.append(types.Position(line, at - before.rfind("\n", 0, at) - 1))
    span = ls.workspace.position_codec.range_to_client_units(
        before.split("\n"), types.Range(*places)
    )
    return types.TextEdit(span, after[start : len(after) - end])


def _shared(before: str, after: str) -> int:
    """Return the number of signs with which two texts begin alike."""
    alike, most = 0, min(len(before), len(after))
    while alike < most:
        middle = (alike + most + 1) // 2
        if before[alike:middle] == after[alike:middle]:
            alike = middle
        else:
            most = middle - 1
    return alike


def _margin(document: TextDocument, place: Place) -> int:
    path = PurePosixPath(document.filename or "")
    return EditedFile(path, document.source.replace("\r\n", "\n")).margin(place)


def _markdown(text: str) -> types.MarkupContent:
    return types.MarkupContent(types.MarkupKind.Markdown, text)


def _diagnostic(problem: Problem, span: types.Range) -> types.Diagnostic:
    severity = types.DiagnosticSeverity[problem.severity.capitalize()]
    code = problem.message.code
    return types.Diagnostic(span, problem.text, severity, code=code, source="broadsheet")


def _tags(metadata: Any) -> list[str]:
    """Return the tags in a cell's metadata, which each editor nests in its own way."""
    if not isinstance(metadata, Mapping):
        return []
    tags = metadata.get("tags")
    if isinstance(tags, list):
        return [str(tag) for tag in tags]
    return [tag for value in metadata.values() for tag in _tags(value)]
