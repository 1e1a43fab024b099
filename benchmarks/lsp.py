"""How long an author waits for the problems of a text after a keystroke, in an editor.

    python benchmarks/lsp.py [NOTEBOOK]

A client of `broadsheet lsp` opens a notebook, by default the article of this publication on China
and Russia, and types words into its longest piece of prose, letter by letter. The time is from
sending a letter to the problems of the whole notebook, the server's pause included; beside it that
of the first check, which loads what it needs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import cast

from lsprotocol import types
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).resolve().parent.parent
TYPED = " Trade rose by 12 percent in 2022, a record, and came to $190 billion."
KINDS = {"markdown": types.NotebookCellKind.Markup}


async def measure(file: Path) -> None:
    """Print the times for a notebook."""
    client = LanguageClient("benchmark", "1")
    told: asyncio.Queue[str] = asyncio.Queue()

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
    def _told(params: types.PublishDiagnosticsParams) -> None:
        told.put_nowait(params.uri)

    await client.start_io(sys.executable, "-m", "broadsheet", "lsp")
    await client.initialize_async(types.InitializeParams(types.ClientCapabilities()))
    cells, documents = cells_of(file)
    started = time.perf_counter()
    client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument(file.as_uri(), "jupyter-notebook", 1, cells), documents
        )
    )
    last = documents[-1].uri
    while await told.get() != last:
        pass
    print(f"the first check: {time.perf_counter() - started:.2f} s")
    prose = max(
        (one for one in documents if one.language_id == "markdown"), key=lambda one: len(one.text)
    )
    times, text = [], prose.text
    for version, sign in enumerate(TYPED, start=2):
        text += sign
        started = time.perf_counter()
        client.notebook_document_did_change(
            types.DidChangeNotebookDocumentParams(
                types.VersionedNotebookDocumentIdentifier(version, file.as_uri()),
                changed(prose.uri, version, text),
            )
        )
        while await told.get() != last:
            pass
        times.append(time.perf_counter() - started)
    words = sum(len(one.text.split()) for one in documents)
    print(
        f"{len(times)} keystrokes in {len(documents)} cells of {words:,} words: "
        f"median {statistics.median(times):.3f} s, longest {max(times):.3f} s"
    )
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()  # type: ignore[no-untyped-call]


def cells_of(file: Path) -> tuple[list[types.NotebookCell], list[types.TextDocumentItem]]:
    """The cells of a notebook, and their texts, as VS Code sends them."""
    cells, documents = [], []
    for number, cell in enumerate(json.loads(file.read_text("utf-8"))["cells"]):
        kind = cell["cell_type"]
        uri = f"vscode-notebook-cell:{file.as_uri().removeprefix('file:')}#{number}"
        language = "python" if kind == "code" else kind
        documents.append(types.TextDocumentItem(uri, language, 1, "".join(cell["source"])))
        kind = KINDS.get(kind, types.NotebookCellKind.Code)
        cells.append(
            types.NotebookCell(kind, uri, cast(types.LSPObject, {"metadata": cell["metadata"]}))
        )
    return cells, documents


def changed(uri: str, version: int, text: str) -> types.NotebookDocumentChangeEvent:
    """The event of a cell's new text."""
    document = types.VersionedTextDocumentIdentifier(version, uri)
    change = types.TextDocumentContentChangeWholeDocument(text)
    content = types.NotebookDocumentCellContentChanges(document, [change])
    return types.NotebookDocumentChangeEvent(
        cells=types.NotebookDocumentCellChanges(text_content=[content])
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "notebook", type=Path, nargs="?", default=ROOT / "posts/china-russia/index.ipynb"
    )
    asyncio.run(measure(parser.parse_args().notebook.resolve()))
