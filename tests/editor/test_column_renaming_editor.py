"""An editor renames a column of a table: what it is sent changes all files, and the site stays."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol import types
from test_lsp import Editor, edit, publication  # noqa: F401

from broadsheet.data.catalogue import record_tables
from conftest import Site

FRONT = "---\ntitle: Trade\ndate: 2023-05-26\n---\n\n"
SETUP = '```{python}\nimport broadsheet as bs\ntrade = bs.table("trade").set_index("year")\n```\n\n'
PATH = "posts/trade/index.qmd"


def changed(text: str, edits: list[types.TextEdit]) -> str:
    """The text with what an editor is sent, whose columns are UTF-16 units."""
    lines = text.split("\n")
    for each in sorted(edits, key=lambda one: one.range.start, reverse=True):
        first, last = each.range.start, each.range.end
        assert first <= last
        before = lines[first.line].encode("utf-16-le")[: 2 * first.character]
        behind = lines[last.line].encode("utf-16-le")[2 * last.character :]
        new = before + each.new_text.encode("utf-16-le") + behind
        lines[first.line : last.line + 1] = new.decode("utf-16-le").split("\n")
    return "\n".join(lines)


@pytest.mark.whole  # the server is a program of its own, and the site is built
def test_the_site_is_the_same_when_an_editor_has_renamed_a_column(
    publication: Site,  # noqa: F811
    edit: Any,  # noqa: F811
    run: Any,
) -> None:
    publication.front(publication.read("_quarto.yml"))
    head, end = "𝒜 It was `{python} usd(", 'trade.total[2022], name="t")`.\n'
    text = f'{FRONT}{SETUP}```{{python}}\n#| echo: false\ntrade[["total"]]\n```\n\n{head}{end}'
    publication.write(PATH, text)
    record_tables(publication.root)
    publication.article(
        "closed",
        'import broadsheet as bs\nt = bs.table("trade")',
        ("md", "`{python} t.total.max()`"),
    )
    assert run(publication, "build", "--output", str(publication.root.parent / "before"))[0] == 0

    async def work(editor: Editor) -> None:
        await editor.open(PATH, text + "More.\n")
        await editor.open(
            "data/datapackage.json", publication.read("data/datapackage.json"), "json"
        )
        document = types.TextDocumentIdentifier(editor.uri(PATH))
        place = editor.at(PATH, "usd(trade.tot")
        span = await editor.client.text_document_prepare_rename_async(
            types.PrepareRenameParams(document, place)
        )
        assert editor.covered(editor.uri(PATH), span) == "total"
        with pytest.raises(Exception, match="has this column already"):
            await editor.client.text_document_rename_async(
                types.RenameParams(document, place, "year")
            )
        described = publication.read("data/datapackage.json")
        await editor.change("data/datapackage.json", "{}")
        with pytest.raises(Exception, match="has changes that are not saved"):
            await editor.client.text_document_rename_async(
                types.RenameParams(document, place, "value")
            )
        await editor.change("data/datapackage.json", described)
        change = await editor.client.text_document_rename_async(
            types.RenameParams(document, place, "value")
        )
        for uri, edits in change.changes.items():
            name = uri.removeprefix(f"{publication.root.as_uri()}/")
            before = editor.texts.get(uri, publication.read(name))
            publication.write(name, changed(before, edits))

    edit(work)
    assert publication.read(PATH).endswith('trade.value[2022], name="t")`.\nMore.\n')
    publication.write(PATH, publication.read(PATH).removesuffix("More.\n"))
    assert run(publication, "data", "check", "--strict")[0] == 0
    assert run(publication, "build", "--output", str(publication.root.parent / "after"))[0] == 0
    pages = [
        (publication.root.parent / name / page).read_text("utf-8")
        for page in ("posts/trade/index.html", "posts/closed/index.html")
        for name in ("before", "after")
    ]
    assert pages[0].replace("trade.total", "trade.value") == pages[1]
    assert pages[2].replace("t-total-max", "t-value-max") == pages[3]
