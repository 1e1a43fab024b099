"""`broadsheet lsp`: what an editor is told of the text in it, by a client over standard input and
output.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from broadsheet.editor.completions import complete
from broadsheet.editor.diagnostics import diagnose, mends_of
from broadsheet.editor.edited_file import EditedFile
from broadsheet.editor.prose import unaccounted
from broadsheet.editor.references import entries_of
from broadsheet.editor.workspace import Workspace
from broadsheet.errors import Place
from conftest import Site

FRONT = "---\ntitle: Trade\ndate: 2023-05-26\nbibliography: /references.bib\n---\n\n"
SETUP = '```{python}\nimport broadsheet as bs\ntrade = bs.table("trade").set_index("year")\n```\n\n'


class Editor:
    """A client of the server: it opens texts, changes them, and keeps what it is told."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.client = LanguageClient("editor", "1")
        self.told: dict[str, list[types.Diagnostic]] = {}
        self.news = asyncio.Event()
        self.texts: dict[str, str] = {}
        self.shown: list[str] = []
        self.sent: dict[str, list[types.TextEdit]] = {}

        @self.client.feature(types.WORKSPACE_APPLY_EDIT)
        def _apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
            self.sent = {uri: list(edits) for uri, edits in (params.edit.changes or {}).items()}
            return types.ApplyWorkspaceEditResult(applied=True)

        @self.client.feature(types.WINDOW_SHOW_MESSAGE)
        def _shown(params: types.ShowMessageParams) -> None:
            self.shown.append(params.message)

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _told(params: types.PublishDiagnosticsParams) -> None:
            self.told[params.uri] = list(params.diagnostics)
            self.news.set()

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    async def start(self) -> None:
        await self.client.start_io(sys.executable, "-m", "broadsheet", "lsp")
        await self.client.initialize_async(
            types.InitializeParams(types.ClientCapabilities(), root_uri=self.root.as_uri())
        )
        self.client.initialized(types.InitializedParams())

    async def problems(self, uri: str) -> list[str]:
        """The problems that come next of a document: code, and the text that each is about."""
        while uri not in self.told:
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), 60)
        found = self.told.pop(uri)
        return [f"{one.code}: {self.covered(uri, one.range)}" for one in found]

    def covered(self, uri: str, span: types.Range) -> str:
        line = self.texts[uri].split("\n")[span.start.line].encode("utf-16-le")
        return line[2 * span.start.character : 2 * span.end.character].decode("utf-16-le")

    async def open(self, path: str, text: str, language: str = "quarto") -> list[str]:
        uri = self.uri(path)
        self.texts[uri] = text
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, language, 1, text))
        )
        return await self.problems(uri)

    async def change(self, path: str, text: str) -> list[str]:
        uri = self.uri(path)
        self.texts[uri] = text
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(2, uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )
        return await self.problems(uri)

    async def close(self, path: str) -> list[str]:
        uri = self.uri(path)
        self.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
        )
        return await self.problems(uri)

    def at(self, path: str, words: str) -> types.Position:
        """The place behind some words."""
        text = self.texts[self.uri(path)]
        before = text[: text.index(words) + len(words)]
        return types.Position(before.count("\n"), len(before) - before.rfind("\n") - 1)

    async def mends(self, path: str, words: str) -> dict[str, str]:
        """The quick fixes at some words: the title of each, and the text that it writes."""
        uri, place = self.uri(path), self.at(path, words)
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(uri),
                types.Range(place, place),
                types.CodeActionContext([]),
            )
        )
        return {
            one.title: one.edit.changes[uri][0].new_text
            for one in found
            if isinstance(one, types.CodeAction)
        }

    async def complete(self, path: str, words: str) -> list[str]:
        found = await self.client.text_document_completion_async(
            types.CompletionParams(
                types.TextDocumentIdentifier(self.uri(path)), self.at(path, words)
            )
        )
        return [one.label for one in found]

    async def hover(self, path: str, words: str) -> str:
        place = self.at(path, words)
        found = await self.client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(self.uri(path)), place)
        )
        return found.contents.value if found else ""

    async def end(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()


@pytest.fixture
def publication(site: Site) -> Site:
    site.table()
    site.write("references.bib", "@misc{paper, title = {A paper}, year = {2023}}\n")
    site.write("_quarto.yml", site.read("_quarto.yml").replace('"*.qmd"', '"**/*.qmd"'))
    return site


@pytest.fixture
def edit(publication: Site) -> Callable[[Callable[[Editor], Awaitable[None]]], None]:
    """Run a session in an editor."""

    def session(work: Callable[[Editor], Awaitable[None]]) -> None:
        async def whole() -> None:
            editor = Editor(publication.root)
            await editor.start()
            await work(editor)
            await editor.end()

        # In a thread of its own: a browser of other tests may have a loop in this one.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, whole()).result()

    return session


@pytest.mark.whole  # the editor's thread has a process match patterns
def test_problems_are_those_of_the_text_in_the_editor_and_each_has_its_mend(edit: Any) -> None:
    """Nothing of it is on the disk. Columns are right behind a character of two UTF-16 units."""
    path = "posts/trade/index.qmd"
    text = (
        FRONT.replace("date:", "subtitel: More\ndate:")
        + SETUP
        + "𝒜 Trade came to $190.3 billion.\n\n"
        + "## Prices {#sec-prices}\n\nSee @sec-price and @papr, or [it](article:trad).\n"
        + "It is `{python} usd(trad.total[2022])`.\n"
    )

    async def work(editor: Editor) -> None:
        assert await editor.open(path, text) == [
            "unknown-key: subtitel",
            "unbound-number: $190.3 billion",
            "missing-reference: sec-price",
            "missing-reference: papr",
            "missing-reference: trad",
            "execution: trad",
        ]
        assert await editor.mends(path, "subtitel") == {"Change to `subtitle`": "subtitle"}
        assert await editor.mends(path, "@sec-price") == {"Change to `sec-prices`": "sec-prices"}
        assert await editor.mends(path, "@papr") == {"Change to `paper`": "paper"}
        assert await editor.mends(path, "usd(trad") == {"Change to `trade`": "trade"}
        bound = 'usd(trade.total[2022], "$190.3 billion")'
        assert await editor.mends(path, "$190.3 billion") == {
            f"Write it by code: {bound}": f"`{{python}} {bound}`",
            "Cite @paper": " [@paper]",
            "Answer for it yourself: say the reason": '[$190.3 billion]{.unchecked reason=""}',
        }
        mended = FRONT + SETUP + "Trade came to `{python} usd(trade.total[2022])` [@paper].\n"
        assert await editor.change(path, mended) == []
        assert await editor.change(path, "---\ntitle: [\n---\n") == ["config: ---"]

    edit(work)


@pytest.mark.slow
def test_a_script_is_read_as_its_cells_are_written(publication: Site, edit: Any) -> None:
    """Columns are those of the file, with the signs that make comments of prose."""
    config = publication.read("_quarto.yml").replace("*.ipynb", "*.py")
    publication.write("_quarto.yml", config)
    path = "posts/a/index.py"
    text = (
        "# %% [markdown]\n# ---\n# title: Trade\n# date: 2023-05-26\n# subtitel: x\n# cat\n# ---\n\n"
        "# %%\nimport broadsheet as bs\n"
        'trade = bs.table("trade").set_index("year")\nother = bs.table("trad")\n\n'
        "# %% [markdown]\n# It came to 📈 $190.3 billion, `{python} trad.total`.\n\n"
        '# %% [markdown]\n"""\nAnd to 77 percent.\n"""\n'
    )

    async def session(editor: Editor) -> None:
        broken = await editor.open(path, text, "python")
        assert [one.partition(":")[0] for one in broken] == ["config"]
        found = await editor.change(path, text.replace("# cat\n", ""))
        assert found == [
            "unknown-key: subtitel",
            "data: trad",
            "unbound-number: $190.3 billion",
            "execution: trad",
            "unbound-number: 77 percent",
        ]
        assert await editor.mends(path, "subtitel") == {"Change to `subtitle`": "subtitle"}
        assert 'usd(trade.total[2022], "$190.3 billion")' in str(await editor.mends(path, "$190"))
        assert "trade" in await editor.complete(path, 'table("tra')
        assert "categories" in await editor.complete(path, "2023-05-26\n# ")
        assert "usd" in await editor.complete(path, "`{python} tra")
        helper = "posts/a/helper.py"
        assert await editor.open(helper, "x = 'It came to 77 percent.'\n", "python") == []

    edit(session)


@pytest.mark.whole  # the editor's thread has a process match patterns
def test_a_notebook_is_read_cell_by_cell(publication: Site, edit: Any) -> None:
    """As VS Code has it: a raw cell is code in the language `raw`; tags are in nested metadata."""
    uri = publication.root.joinpath("posts/trade/index.ipynb").as_uri()
    front = (
        "---\ntitle: Trade\ndate: 2023-05-26\neditions:\n  - slug: b\n"
        "    parameters: {measure: tonns}\n---"
    )
    cells = [
        ("raw", front, None),
        (
            "python",
            'from typing import Literal\nmeasure: Literal["value", "tonnes"] = "value"',
            {"metadata": {"tags": ["parameters"]}},
        ),
        ("markdown", "All is well.\n\nTrade doubled.", None),
        ("python", '#| labl: fig-a\nimport broadsheet as bs\nbs.table("trad")', None),
    ]

    async def work(editor: Editor) -> None:
        documents = []
        for number, (language, text, _) in enumerate(cells):
            name = f"vscode-notebook-cell:{uri.removeprefix('file:')}#{number}"
            editor.texts[name] = text
            documents.append(types.TextDocumentItem(name, language, 1, text))
        kinds = {"markdown": types.NotebookCellKind.Markup}
        editor.client.notebook_document_did_open(
            types.DidOpenNotebookDocumentParams(
                types.NotebookDocument(
                    uri,
                    "jupyter-notebook",
                    1,
                    [
                        types.NotebookCell(
                            kinds.get(language, types.NotebookCellKind.Code), one.uri, metadata
                        )
                        for one, (language, _, metadata) in zip(documents, cells, strict=True)
                    ],
                ),
                documents,
            )
        )
        found = [await editor.problems(one.uri) for one in documents]
        assert found == [
            ["parameter: tonns"],
            [],
            ["unbound-comparison: doubled"],
            ["unknown-option: labl", "data: trad"],
        ]
        prose = documents[2].uri
        editor.texts[prose] = "Trade [doubled]{held-by=them}."
        editor.client.notebook_document_did_change(
            types.DidChangeNotebookDocumentParams(
                types.VersionedNotebookDocumentIdentifier(2, uri),
                types.NotebookDocumentChangeEvent(
                    cells=types.NotebookDocumentCellChanges(
                        text_content=[
                            types.NotebookDocumentCellContentChanges(
                                types.VersionedTextDocumentIdentifier(2, prose),
                                [types.TextDocumentContentChangeWholeDocument(editor.texts[prose])],
                            )
                        ]
                    )
                ),
            )
        )
        assert await editor.problems(prose) == []
        last = documents[3].uri
        assert await editor.problems(last) != []
        editor.told.clear()
        editor.client.notebook_document_did_change(  # the last cell is deleted
            types.DidChangeNotebookDocumentParams(
                types.VersionedNotebookDocumentIdentifier(3, uri),
                types.NotebookDocumentChangeEvent(
                    cells=types.NotebookDocumentCellChanges(
                        structure=types.NotebookDocumentCellChangeStructure(
                            types.NotebookCellArrayChange(3, 1),
                            did_close=[types.TextDocumentIdentifier(last)],
                        )
                    )
                ),
            )
        )
        assert await editor.problems(last) == []
        editor.told.clear()
        editor.client.notebook_document_did_close(
            types.DidCloseNotebookDocumentParams(
                types.NotebookDocumentIdentifier(uri),
                [types.TextDocumentIdentifier(one.uri) for one in documents],
            )
        )
        assert [await editor.problems(one.uri) for one in documents] == [[], [], [], []]

    edit(work)


def test_completions_notes_and_values_of_the_last_run(
    publication: Site, run: Any, edit: Any
) -> None:
    """A value of the run is shown under the pointer, and put in place of a number that reads so."""
    known, expression = "posts/known/index.qmd", "usd(trade.total[2022])"
    ran = FRONT + SETUP + f"It was `{{python}} {expression}`.\n\nIt was $190.3 billion.\n"
    publication.write(known, ran)
    assert run(publication, "run", "known")[0] == 0
    path, config = "posts/trade/index.qmd", "_quarto.yml"
    front = "posts/other/index.qmd"
    text = (
        FRONT
        + SETUP.replace("```\n\n", 'trade["\n```\n\n')
        + "{#fig-a}\n\nAs @ and `{python} trade.` and bs.\n"
    )
    settings = publication.read(config) + (
        "broadsheet:\n  time\n  newsletter:\n    provider: \n  publish:\n    web:\n      pro\n"
    )

    async def work(editor: Editor) -> None:
        await editor.open(path, text)
        await editor.open(front, "---\nto\nexecute:\n  ec\n---\n")
        await editor.open(config, settings, "yaml")
        assert {"toc", "toc-depth", "editions"} <= set(await editor.complete(front, "\nto"))
        assert "echo" in await editor.complete(front, "  ec")
        assert await editor.complete(path, 'bs.table("') == ["trade"]
        assert await editor.complete(path, 'trade["') == ["total"]
        assert set(await editor.complete(path, "As @")) >= {"fig-a", "paper"}
        assert await editor.complete(path, "`{python} trade.") == ["total"]
        assert "time-limit" in await editor.complete(config, "  time")
        assert "listmonk" in await editor.complete(config, "provider: ")
        assert "profile" in await editor.complete(config, "      pro")
        assert "US$ bn" in await editor.hover(path, 'table("tra')
        assert "provider" in await editor.hover(config, "newsle")
        assert await editor.open(known, ran) == ["unbound-number: $190.3 billion"]
        offered = await editor.mends(known, "was $190.3")
        assert offered[f"Write it by code: {expression}"] == f"`{{python}} {expression}`"
        assert (await editor.hover(known, "usd(trade")).startswith("$190.3 billion")

    edit(work)


@pytest.mark.slow
def test_a_file_that_is_closed_has_no_problems_and_holds_for_no_other(
    publication: Site, edit: Any
) -> None:
    """It need not be on the disk; what its text said of other files no longer holds."""
    config, path = "_quarto.yml", "posts/new/index.qmd"

    async def work(editor: Editor) -> None:
        settings = publication.read(config).replace('"**/*.qmd"', '"other/*.qmd"')
        await editor.open(config, settings, "yaml")
        assert await editor.open(path, "---\ntitel: New\n---\n") == []
        await editor.close(config)
        assert await editor.problems(editor.uri(path)) == ["unknown-key: titel"]
        assert await editor.close(path) == []

    edit(work)


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("It was 12 percent.", ["12 percent"]),
        ("It was **12 percent**, *a record*.", ["12 percent", "record"]),
        ("It came to \\$190 billion[^1].\n\n[^1]: [@paper].", []),
        ("It came to \\$190 billion[^1].\n\n[^1]: A note.", ["$190 billion"]),
        (
            "<!-- 12 percent\n\nof it --> `12 percent` $x = 12$.\n\n<b>Ninety people</b> left.",
            ["Ninety"],
        ),
        ("1. The first of them\n2. 40 people", ["40"]),
        ("| a | 12.5 |\n|---|-----:|", ["12.5"]),
        ("```\n12 percent\n```\n\n[so](https://example.org/2022/40)", []),
        ('::: {.unchecked reason="mine"}\n12 percent\n:::\n\n17 people', ["17"]),
        (
            '[12 people]{.unchecked reason="x"} [rose]{claim="a < b"} and [fell|rose]{by="a, 1, 2"}',
            [],
        ),
        ("It cost `{python} usd(a[b])` less than `{python} c`.", []),
        ("It has [grown]{claim=grown} faster than it [@paper].", []),
        ("$190 billion, then\n40 people: $2", ["$190 billion", "40", "$2"]),
        ("It was 12 percent (@fig-a, [@Tbl-b; @sec-c]).", ["12 percent"]),
        ("It was 12 percent [see @fig-a and @paper].", []),
        ("It came to \\$190 billion[^1].\n\n[^1]: See @fig-a.", ["$190 billion"]),
    ],
)
def test_the_numbers_of_markdown(markdown: str, words: list[str], tmp_path: Path) -> None:
    found = list(unaccounted([(Place("a.qmd", 1), markdown)], {}, "en", tmp_path))
    assert [one.words for _, _, one in found] == words
    lines = markdown.split("\n")
    for place, column, one in found:
        assert lines[(place.line or 1) - 1][column:].startswith(one.words)


def test_a_bibliography_without_entries_is_no_fault() -> None:
    assert entries_of("references.bib", "") == {}


def test_what_is_written_almost_right_is_told_with_its_mend(publication: Site) -> None:
    """Typographic quotation marks hold no value, and an option without a space is none."""
    site = publication.read("_quarto.yml")
    custom = "crossref:\n  custom:\n    - {key: vid, kind: float, reference-prefix: Video}\n"
    publication.write("_quarto.yml", site + custom)
    text = (
        FRONT + "```{python}\n#| label:fig-a\n1\n```\n\n"
        "It [fell]{claim=“trade.total[2022] < 1”}. See @fig-a and @vid-b.\n"
    )
    edited, workspace = EditedFile(PurePosixPath("a.qmd"), text), Workspace(publication.root)
    problems = {problem.message.code: problem for problem in diagnose(edited, workspace)}
    assert problems["cell-option"].message.what.startswith("`#| label:fig-a` is no option")
    [[mend]] = mends_of(edited, workspace, [problems["typographic-quotes"]])
    assert mend.text == 'claim="trade.total[2022] < 1"'
    assert edited.line(mend.place)[mend.start : mend.end] == "claim=“trade.total[2022] < 1”"
    missing = [
        problem.message.what
        for problem in diagnose(edited, workspace)
        if problem.message.code == "missing-reference"
    ]
    assert missing == [f"the reference `@{name}` has no target" for name in ("fig-a", "vid-b")]


@pytest.mark.parametrize(
    ("code", "after", "columns"),
    [
        ("big = trade[trade.total > 100]", "big.", ["year", "total"]),
        (
            "big = trade.query('total > 100').sort_values('year')\nlast = big.tail(3)",
            "last.",
            ["year", "total"],
        ),
        ("big = bs.table('trade').loc[lambda rows: rows.total > 1]", "big.", ["year", "total"]),
        ("totals = trade['total']", "totals.", []),
        ("sums = trade.groupby('year').sum()", "sums.", []),
        ("trade = trade", "trade.", ["year", "total"]),
        ("trade = trade.set_index('year')", "trade.", ["total"]),
        ("trade = trade.set_index('year')", 'trade["', ["total"]),
        ("trade = trade.set_index('year')", 'px.line(trade.reset_index(), x="', ["year", "total"]),
        ("last = trade.set_index('year').tail(3)", "last.", ["total"]),
        ("last = trade.set_index('year').tail(3).reset_index()", "last.", ["year", "total"]),
    ],
)
def test_rows_of_a_table_have_its_columns(
    publication: Site, code: str, after: str, columns: list[str]
) -> None:
    cell = (
        f"```{{python}}\nimport broadsheet as bs\ntrade = bs.table('trade')\n{code}\n{after}\n```\n"
    )
    text = FRONT + cell
    edited, workspace = EditedFile(PurePosixPath("a.qmd"), text), Workspace(publication.root)
    line = text[: text.index(f"\n{after}\n") + 1].count("\n") + 1
    found = complete(edited, workspace, Place("a.qmd", line), len(after))
    assert [completion.text for completion in found] == columns
