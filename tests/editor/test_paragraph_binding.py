"""The quick fix that binds a text: a language client asks for it and makes the edits that it is sent."""

from __future__ import annotations

import asyncio
from pathlib import PurePosixPath
from typing import Any

import pytest
from lsprotocol import types
from test_column_renaming_editor import changed
from test_lsp import Editor, edit, publication  # noqa: F401

from broadsheet.editor.edited_file import EditedCell, EditedFile
from broadsheet.editor.paragraph_binding import (
    bound_text,
    changed_lines,
    position_at,
    told_of_binding,
)
from broadsheet.errors import Place, UsageError
from conftest import Site

PATH = "posts/wind/index.qmd"
POWER = "year,wind,coal\n2021,17,24\n2022,22,19\n2023,27,15\n2024,31,11\n"
FRONT = '---\ntitle: "Wind power"\ndate: 2025-01-01\n---\n\n'
TRUE = "𝒜 In 2024 wind gave 31 TWh. Wind power rose by 15 percent from 2023 to 2024.\n"
OTHER = "In 2022 coal gave 19 TWh.\n"
BOUND = (
    '𝒜 In 2024 wind gave `{python} amount(power.wind[2024], "31 TWh")`. Wind power '
    '[rose]{claim="rose(power.wind, 2023, 2024)"} by '
    '`{python} pct(power.wind[2024] / power.wind[2023] - 1, "15 percent")` from 2023 to 2024.\n'
)


def power(publication: Site) -> None:  # noqa: F811
    """Give a publication a table, and an article without text."""
    publication.write("data/power.csv", POWER)
    publication.write(PATH, FRONT)


async def bind(editor: Editor, words: str) -> str:
    """Choose the quick fix at some words, and return the text that the editor has then."""
    uri, place = editor.uri(PATH), editor.at(PATH, words)
    editor.sent = {}
    arguments = [uri, place.line, place.character]
    await editor.client.workspace_execute_command_async(
        types.ExecuteCommandParams("broadsheet.bind", arguments)
    )
    return changed(editor.texts[uri], editor.sent.get(uri, []))


@pytest.mark.whole  # the server is a program of its own
def test_a_text_is_bound_as_it_is_in_the_editor(
    publication: Site,  # noqa: F811
    edit: Any,  # noqa: F811
) -> None:
    """It is not saved. The other texts stay, and the table comes into the catalogue. What the
    article writes to standard output is no message.
    """
    power(publication)
    noise = '```{python}\nimport os\nos.system("echo Content-Length: 2; echo; echo {}")\n```\n\n'

    async def work(editor: Editor) -> None:
        await editor.open(PATH, f"{FRONT}{noise}{TRUE}\n{OTHER}")
        uri, place = editor.uri(PATH), editor.at(PATH, "31 TWh")
        found = await editor.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(uri),
                types.Range(place, place),
                types.CodeActionContext([]),
            )
        )
        assert "Bind the numbers and comparisons of this text" in [one.title for one in found]
        text = await bind(editor, "31 TWh")
        loads = '```{python}\n#| echo: false\nimport broadsheet as bs\n\npower = bs.table("power").set_index("year")\n```\n'
        assert text == f"{FRONT}{loads}\n{noise}{BOUND}\n{OTHER}"
        assert "'power'" in repr(publication.read("data/datapackage.json")).replace('"', "'")
        assert editor.shown == ["Broadsheet: Numbers bound: 2. Comparisons bound: 1."]
        await editor.change(PATH, text)
        assert await bind(editor, "coal gave 19") == text.replace(
            "19 TWh.", '`{python} amount(power.coal[2022], "19 TWh")`.'
        )

    edit(work)


@pytest.mark.whole  # the server is a program of its own
def test_a_text_that_changes_meanwhile_or_cannot_run_is_left_as_it_is(
    publication: Site,  # noqa: F811
    edit: Any,  # noqa: F811
) -> None:
    power(publication)

    async def work(editor: Editor) -> None:
        await editor.open(PATH, FRONT + TRUE)
        binding = asyncio.create_task(bind(editor, "31 TWh"))
        await asyncio.sleep(0.5)
        await editor.change(PATH, FRONT + TRUE + "More.\n")
        assert await binding == FRONT + TRUE + "More.\n"
        broken = f"{FRONT}```{{python}}\n1 / 0\n```\n\n{TRUE}"
        await editor.change(PATH, broken)
        assert await bind(editor, "31 TWh") == broken
        first, second = editor.shown
        assert first == "Broadsheet: it has changed meanwhile. Bind the text again."
        assert "ZeroDivisionError" in second

    edit(work)
    assert "power" not in publication.read("data/datapackage.json")


def notebook(*cells: tuple[str, str]) -> EditedFile:
    path = PurePosixPath("posts/wind/index.ipynb")
    return EditedFile(path, cells=tuple(EditedCell(kind, text) for kind, text in cells))


def test_a_cell_of_a_notebook_is_bound_and_tables_are_loaded_behind_the_import(
    publication: Site,  # noqa: F811
) -> None:
    power(publication)
    edited = notebook(("raw", FRONT), ("code", "import broadsheet as bs"), ("markdown", OTHER))
    at = position_at(edited, Place("", line=1, cell=3), 4)
    assert at == (3, 4)
    binding = bound_text(edited, publication.root, at)
    assert [(each.cell, each.start, each.end, each.text) for each in changed_lines(binding)] == [
        (2, (0, 23), (0, 23), '\npower = bs.table("power").set_index("year")'),
        (3, (0, 0), (0, 25), 'In 2022 coal gave `{python} amount(power.coal[2022], "19 TWh")`.'),
    ]
    without = notebook(("raw", FRONT), ("markdown", OTHER))
    binding = bound_text(without, publication.root, (2, 4))
    with pytest.raises(UsageError, match="no cell imports broadsheet yet"):
        changed_lines(binding)


def test_what_is_false_is_told_and_stays(publication: Site) -> None:  # noqa: F811
    power(publication)
    edited = EditedFile(PurePosixPath(PATH), f"{FRONT}In 2022 wind gave 23 TWh.\n\n{OTHER}")
    binding = bound_text(edited, publication.root, (1, len(FRONT)))
    assert changed_lines(binding) == []
    assert "Contradicted: “23 TWh”. The tables say “22 TWh”." in told_of_binding(binding)


@pytest.mark.parametrize(
    ("place", "column"),
    [
        (Place("", line=8), 3),  # code
        (Place("", line=11), 0),  # no figure
        (Place("", line=3), 3),  # a date
        (Place("", line=99), 0),
    ],
)
def test_nothing_is_offered_where_nothing_can_be_bound(place: Place, column: int) -> None:
    text = f"{FRONT}```{{python}}\nx = 1\ny = 2\n```\n\nNo figure here.\n\n{OTHER}"
    assert position_at(EditedFile(PurePosixPath(PATH), text), place, column) is None
    assert position_at(EditedFile(PurePosixPath("a.md"), text), Place("", line=13), 3) is None
    assert position_at(EditedFile(PurePosixPath(PATH), text), Place("", line=13), 3) is not None
