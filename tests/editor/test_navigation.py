"""The outline of a file, where its words come from, and other names for its labels: in an editor."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

import pytest
from lsprotocol import types

from broadsheet.editor import server as lsp
from broadsheet.editor.completions import describe
from broadsheet.editor.definitions import definitions
from broadsheet.editor.edited_file import EditedCell, EditedFile
from broadsheet.editor.outline import NestedPart, nested, outline_of
from broadsheet.editor.renaming import label_at, renamed
from broadsheet.editor.workspace import Workspace
from broadsheet.errors import Place, UsageError
from conftest import Site

FRONT = "---\ntitle: Trade\ndate: 2023-05-26\nbibliography: /references.bib\n---\n\n"
SETUP = '```{python}\nimport broadsheet as bs\ntrade = bs.table("trade").set_index("year")\n```\n\n'
CHART = '```{python}\n#| label: fig-trade\n#| fig-cap: "Trade by year"\ntrade["total"]\n```\n\n'
PROSE = """\
# Before {.unnumbered}

It was `{python} usd(trade.total[2022])` [more than]{claim="trade.total[2022] > trade.total[2021]"} before
(@fig-trade, @fig-trade-2), as the papers [@paper] and [others](article:other) say; see [it](#fig-trade).

## After

Not `@fig-trade`. ![a](a.png){#fig-other fig-cap="Another"}

### Below

# End
"""
PATH = PurePosixPath("posts/trade/index.qmd")
TEXT = FRONT + SETUP + CHART + PROSE


@pytest.fixture
def workspace(site: Site) -> Workspace:
    site.table()
    site.write("references.bib", "@misc{other, title = {B}}\n\n@misc{paper, title = {A paper}}\n")
    site.write("_quarto.yml", site.read("_quarto.yml").replace('"*.qmd"', '"**/*.qmd"'))
    site.write(str(PATH), TEXT)
    site.write("posts/other/index.qmd", "---\ntitle: Other\ndate: 2023-05-26\n---\n\nA.\n")
    return Workspace(site.root)


def at(text: str, words: str) -> tuple[Place, int]:
    """The place behind some words."""
    before = text[: text.index(words) + len(words)]
    return Place(str(PATH), before.count("\n") + 1), len(before) - before.rfind("\n") - 1


def leads_to(workspace: Workspace, words: str, text: str = TEXT) -> list[str]:
    found = definitions(EditedFile(PATH, text), workspace, *at(text, words))
    files = [(one, (workspace.root / one.place.file).read_text()) for one in found]
    return [
        f"{one.place.file}: {text.splitlines()[(one.place.line or 1) - 1].strip()}"[:80]
        for one, text in files
    ]


def test_the_outline_has_headings_and_labels(workspace: Workspace) -> None:
    shown = dict[str, tuple[int, str, list[str]]]()

    def note(parts: list[NestedPart]) -> None:
        for each in parts:
            below = [child.part.name for child in each.below]
            shown[each.part.name] = (each.part.level, each.part.detail, below)
            note(each.below)

    note(nested(outline_of(EditedFile(PATH, TEXT), workspace)))
    assert shown == {
        "fig-trade": (0, "Trade by year", []),
        "Before": (1, "", ["After"]),
        "After": (2, "", ["fig-other", "Below"]),
        "fig-other": (0, "a", []),
        "Below": (3, "", []),
        "End": (1, "", []),
    }
    assert outline_of(EditedFile(PATH, "---\ntitle: [\n---\n\n# A"), workspace) == []


def test_words_lead_to_where_they_come_from(workspace: Workspace) -> None:
    path = str(PATH)
    assert leads_to(workspace, "(@fig-tra") == [f"{path}: #| label: fig-trade"]
    assert leads_to(workspace, "@fig-trade-") == [f"{path}: #| label: fig-trade"]
    assert leads_to(workspace, "[@pap") == ["references.bib: @misc{paper, title = {A paper}}"]
    assert leads_to(workspace, "](article:oth") == ["posts/other/index.qmd: ---"]
    assert not leads_to(workspace, "It wa") and not leads_to(workspace, "title: Tr")
    assert not leads_to(workspace, "`@fig-tra")


def test_a_table_and_a_column_lead_to_their_names_in_the_descriptor(workspace: Workspace) -> None:
    """Another table before it has the column, too; the package is called as the table is."""
    file = workspace.root / "data/datapackage.json"
    package = json.loads(file.read_text("utf-8"))
    [trade] = package["resources"]
    other = {**trade, "name": "other", "title": "a {name} of its own"}
    package = {**package, "name": "trade", "resources": [other, trade]}
    file.write_text(json.dumps(package, indent=2), "utf-8")
    lines = file.read_text("utf-8").split("\n")
    named = next(
        number for number, line in enumerate(lines) if number > 9 and '"name": "trade"' in line
    )
    whole = ("trade", named), ("total", None)
    for words, (name, at_line) in (
        ('bs.table("tra', whole[0]),
        ('trade["tot', whole[1]),
        ("usd(trade.tot", whole[1]),
    ):
        [entry] = definitions(EditedFile(PATH, TEXT), workspace, *at(TEXT, words))
        number = (entry.place.line or 1) - 1
        assert entry.place.file == "data/datapackage.json"
        assert lines[number][entry.column : entry.column + entry.length] == f'"{name}"'
        assert number == at_line if at_line is not None else number > named
    quoted = TEXT.replace("It was `{python}", "It's `{python}").replace(
        "trade.total[2022])`", 'trade["total"][2022])`'
    )
    [entry] = definitions(EditedFile(PATH, quoted), workspace, *at(quoted, 'usd(trade["tot'))
    assert (entry.place.line or 1) - 1 > named


def test_names_of_headings_are_as_they_are_written(workspace: Workspace) -> None:
    text = (
        FRONT
        + "## Trade in `{python} year` {#x}\n\n# A <!-- "
        + "a" * 3_000
        + " --> b\n\n### C ###\n"
    )
    names = [part.name for part in outline_of(EditedFile(PATH, text), workspace)]
    assert names[0] == "Trade in `{python} year`"
    assert names[2] == "C"


@pytest.mark.whole  # the notebook runs
def test_a_value_of_the_last_run_leads_to_its_row(
    workspace: Workspace, site: Site, run: Any
) -> None:
    site.table('year,total\n"2021",146.9\n\n2022,190.3\n')
    assert run(site, "run", "trade")[0] == 0
    assert leads_to(workspace, "usd(trade.tot") == ["data/trade.csv: 2022,190.3"]
    assert leads_to(workspace, "[more th") == [
        "data/trade.csv: 2022,190.3",
        'data/trade.csv: "2021",146.9',
    ]
    note = describe(EditedFile(PATH, TEXT), workspace, *at(TEXT, "usd(trade.tot"))
    assert note.startswith("$190.3 billion")
    assert (
        "exactly 190.3 US$ bn" in note
        and "data/trade.csv, row 3" in note
        and "source: trade" in note
    )


def test_a_label_gets_another_name_wherever_the_file_has_it(workspace: Workspace) -> None:
    edited = EditedFile(PATH, TEXT)
    for words in ("label: fig-tra", "(@fig-tra", "](#fig-tra"):
        assert label_at(edited, workspace, *at(TEXT, words))
        lines = TEXT.split("\n")
        edits = renamed(edited, workspace, *at(TEXT, words), "fig-sales")
        for edit in sorted(edits, key=lambda edit: -edit.start):
            line = lines[(edit.place.line or 1) - 1]
            lines[(edit.place.line or 1) - 1] = line[: edit.start] + edit.text + line[edit.end :]
        expected = TEXT.replace("fig-trade", "fig-sales").replace("`@fig-sales`", "`@fig-trade`")
        assert "\n".join(lines) == expected
    shown = f"{TEXT}\n```markdown\nSee @fig-trade.\n```\n"
    assert len(
        renamed(EditedFile(PATH, shown), workspace, *at(shown, "(@fig-tra"), "fig-sales")
    ) == len(edits)
    for words in ("It wa", "[@pap", "`@fig-tra"):
        assert label_at(edited, workspace, *at(TEXT, words)) is None
    for name in ("tbl-sales", "fig-other", "fig sales", "fig-sales.", ""):
        with pytest.raises(UsageError):
            renamed(edited, workspace, *at(TEXT, "(@fig-tra"), name)


def test_a_label_of_a_notebook_is_renamed_in_all_its_cells(workspace: Workspace) -> None:
    cells = (
        EditedCell("raw", "---\ntitle: Trade\ndate: 2023-05-26\nimage: fig-a\n---"),
        EditedCell("code", "#| label: fig-a\n1"),
        EditedCell("markdown", "See @fig-a and @fig-a-2, not @fig-ab."),
        EditedCell("code", "#| label: fig-a-2\n1"),
    )
    edited = EditedFile(PurePosixPath("posts/a/index.ipynb"), cells=cells)
    edits = renamed(edited, workspace, Place("posts/a/index.ipynb", 1, 3), 7, "fig-b")
    assert [(edit.place.cell, edit.place.line, edit.start) for edit in edits] == [
        (1, 4, 7),
        (2, 1, 10),
        (3, 1, 5),
    ]


def test_the_server_says_that_it_can(workspace: Workspace) -> None:
    features = lsp.server.protocol.fm.features
    assert {
        types.TEXT_DOCUMENT_DOCUMENT_SYMBOL,
        types.TEXT_DOCUMENT_DEFINITION,
        types.TEXT_DOCUMENT_RENAME,
        types.TEXT_DOCUMENT_PREPARE_RENAME,
    } <= features.keys()
