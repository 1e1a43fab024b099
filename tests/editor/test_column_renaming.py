"""A column of a table gets another name from an editor: in the data, in the catalogue and in articles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pytest

from broadsheet.data.catalogue import Catalogue, record_tables, update_hashes
from broadsheet.editor.column_renaming import ColumnRenaming, column_at, column_renamed
from broadsheet.editor.column_uses import Snippet, column_uses
from broadsheet.editor.edited_file import EditedFile
from broadsheet.editor.imported_modules import first_mention
from broadsheet.editor.workspace import Workspace
from broadsheet.errors import Place, UsageError
from conftest import TABLE, Site

FRONT = "---\ntitle: Trade\ndate: 2023-05-26\n---\n\n"
SETUP = '```{python}\nimport broadsheet as bs\ntrade = bs.table("trade").set_index("year")\n```\n\n'
PATH = "posts/trade/index.qmd"


@pytest.fixture
def workspace(site: Site) -> Workspace:
    site.table()
    site.write("_quarto.yml", site.read("_quarto.yml").replace('"*.qmd"', '"**/*.qmd"'))
    return Workspace(site.root)


def renamed(
    workspace: Workspace,
    text: str,
    words: str,
    name: str,
    path: str = PATH,
    opened: Mapping[str, EditedFile] | None = None,
) -> ColumnRenaming:
    """Rename the column whose name is begun by some words of an article, which is saved."""
    file = workspace.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    before = text[: text.index(words) + len(words)]
    place = Place(path, before.count("\n") + 1)
    edited = EditedFile(PurePosixPath(path), text)
    column = column_at(edited, workspace, place, len(before) - before.rfind("\n") - 1, {})
    assert column is not None
    return column_renamed(workspace, column, name, opened or {})


def written(workspace: Workspace, renaming: ColumnRenaming) -> None:
    """Write what a renaming changes, as an editor does."""
    for edit in sorted(renaming.edits, key=lambda each: -each.start):
        file = workspace.root / edit.place.file
        lines = file.read_text("utf-8").split("\n")
        line = lines[(edit.place.line or 1) - 1]
        lines[(edit.place.line or 1) - 1] = line[: edit.start] + edit.text + line[edit.end :]
        file.write_text("\n".join(lines), "utf-8")
    for name, text in renaming.texts.items():
        file = workspace.root / name
        was = file.read_bytes()
        file.write_bytes(was.replace(text.before.encode(), text.after.encode()))


def after(workspace: Workspace, code: str, name: str, path: str = PATH) -> str:
    """An article with some code when the column is renamed."""
    text = (
        f"{FRONT}{SETUP}```{{python}}\n{code}\n```\n\nIt was `{{python}} usd(trade.total[2022])`.\n"
    )
    written(workspace, renamed(workspace, text, "usd(trade.tot", name, path))
    changed = (workspace.root / path).read_text("utf-8")
    assert not Catalogue.open(workspace.root).check()
    return changed.split("```{python}\n")[2].split("\n```")[0]


def refused(
    workspace: Workspace, name: str = "value", code: str = "trade.total", **more: str
) -> str:
    """What is said instead, when nothing changes."""
    text = (
        f"{FRONT}{SETUP}```{{python}}\n{code}\n```\n\nIt was `{{python}} usd(trade.total[2022])`.\n"
    )
    with pytest.raises(UsageError) as refusal:
        renamed(workspace, text, "usd(trade.tot", name, **more)
    assert refusal.value.mend
    return refusal.value.what


@pytest.mark.parametrize(
    ("code", "then"),
    [
        ("trade.total.max() + total.total", "trade.value.max() + total.total"),
        ("trade[['total']]; trade.loc[2022, \"total\"]", "trade[['value']]; trade.loc[2022, \"value\"]"),
        ('trade.sort_values("total")', 'trade.sort_values("value")'),
        (
            'import plotly.express as px\nfig = px.bar(trade, y="total", title="total", hover_data=["total"])\n'
            'fig.update_layout(title="total")',
            'import plotly.express as px\nfig = px.bar(trade, y="value", title="total", hover_data=["value"])\n'
            'fig.update_layout(title="total")',
        ),
        (
            'px.bar(trade, y="total", labels={"total": "total", "year": "total"})',
            'px.bar(trade, y="value", labels={"value": "total", "year": "total"})',
        ),
        (
            'bs.table("trade", where={"total": 2.5, "year": "total"}, columns=["total"])',
            'bs.table("trade", where={"value": 2.5, "year": "total"}, columns=["value"])',
        ),
        ('large = trade.query("total > 100 and `total` < 3")', 'large = trade.query("value > 100 and `value` < 3")'),
        ('trade.assign(total=lambda rows: rows.total * 2)', 'trade.assign(value=lambda rows: rows.value * 2)'),
        (
            'def most(rows, by):\n    return rows.nlargest(1, by).total\nmost(trade, "total")',
            'def most(rows, by):\n    return rows.nlargest(1, by).value\nmost(trade, "value")',
        ),
        ('for each in ["total"]:\n    trade[each]', 'for each in ["value"]:\n    trade[each]'),
        ('last = trade.iloc[-1]\nf"é {last.total:.1f} total"', 'last = trade.iloc[-1]\nf"é {last.value:.1f} total"'),
        ('sums = {"total": trade.total.sum()}\nsums["total"]', 'sums = {"value": trade.value.sum()}\nsums["value"]'),
        ('print("total"); trade[trade.index == "total"]  # total', 'print("total"); trade[trade.index == "total"]  # total'),
        ('#| fig-cap: "It was `{python} trade.total[2022]`"\ntrade', '#| fig-cap: "It was `{python} trade.value[2022]`"\ntrade'),
        (
            '#| source: trade.total\n#| alt: Total\ntrade, usd(1, source="trade?total=1#year,total")',
            '#| source: trade.value\n#| alt: Total\ntrade, usd(1, source="trade?value=1#year,value")',
        ),
        ('total = "total"\nother = {"total": 1}["total"]', 'total = "total"\nother = {"total": 1}["total"]'),
    ],
)  # fmt: skip
def test_code_names_the_column_anew_and_nothing_else(
    workspace: Workspace, code: str, then: str
) -> None:
    assert after(workspace, code, "value") == then


def test_a_name_of_several_words_is_a_text_everywhere(workspace: Workspace) -> None:
    code = 'trade.total.max(), f"{trade.total}", trade.query("total > 1"), trade["total"]'
    assert after(workspace, code, "all, goods") == (
        'trade["all, goods"].max(), f"{trade[\'all, goods\']}", trade.query("`all, goods` > 1"), '
        'trade["all, goods"]'
    )
    assert (workspace.root / "data/trade.csv").read_text().startswith('year,"all, goods"\n')
    text = (workspace.root / PATH).read_text()
    assert 'usd(trade["all, goods"][2022])' in text


def test_claims_and_blocks_with_a_margin_are_changed_too(workspace: Workspace) -> None:
    text = (
        f"{FRONT}{SETUP}> ```{{python}}\n> trade.total\n> ```\n\n"
        'It is [more]{claim="trade.total[2022] > trade.total[2021]"}, and '
        '[rose|fell]{by="trade.total, 2021, 2022"}; `trade.total` is shown.\n\n'
        "```python\ntrade.total\n```\n"
    )
    written(workspace, renamed(workspace, text, 'claim="trade.tot', "all goods"))
    assert (workspace.root / PATH).read_text("utf-8") == (
        f'{FRONT}{SETUP}> ```{{python}}\n> trade["all goods"]\n> ```\n\n'
        "It is [more]{claim=\"trade['all goods'][2022] > trade['all goods'][2021]\"}, and "
        "[rose|fell]{by=\"trade['all goods'], 2021, 2022\"}; `trade.total` is shown.\n\n"
        "```python\ntrade.total\n```\n"
    )


def test_the_entry_the_header_and_the_record_have_the_name(
    site: Site, workspace: Workspace
) -> None:
    """Its own dialect stays: the byte order mark, the quotes, the ends of lines."""
    field = {
        "name": "kind",
        "title": "Kind",
        "type": "string",
        "notes": [{"value": "a", "text": "A"}],
    }
    entry = {
        **TABLE,
        "schema": {
            "fields": [*TABLE["schema"]["fields"], {**field, "of": ["total"]}],
            "primaryKey": ["year", "kind"],
        },
        "sources": [{**TABLE["sources"][0], "of": ["total", "kind"]}],
        "identities": [
            {"holds": 'sum(total, year) == at(total, kind="total")', "unless": "total < 0"}
        ],
        "corrections": [
            {
                "row": {"year": 2021, "kind": "total"},
                "column": "total",
                "expect": 1,
                "value": 146.9,
                "reason": "a slip",
            }
        ],
        "refresh": {
            "source": "file",
            "address": "https://a.example/t.csv",
            "columns": {"kind": "k"},
        },
    }
    site.table(entry=entry, csv='\ufeff\r\n"year","total",kind\r\n2021,1,total\r\n')
    record_tables(site.root)
    for old, new in (("total", "value"), ("kind", "sort")):
        text = f"{FRONT}{SETUP}```{{python}}\ntrade.{old}\n```\n"
        written(workspace, renamed(workspace, text, f"trade.{old}", new))
        catalogue = Catalogue.open(site.root)
        assert not catalogue.check() and not catalogue.differences()
    data = (site.root / "data/trade.csv").read_bytes()
    assert data == '\ufeff\r\n"year","value",sort\r\n2021,1,total\r\n'.encode()
    [entry] = json.loads(site.read("data/datapackage.json"))["resources"]
    assert entry["schema"]["primaryKey"] == ["year", "sort"]
    assert entry["schema"]["fields"][2]["of"] == ["value"]
    assert entry["sources"][0]["of"] == ["value", "sort"]
    assert entry["identities"] == [
        {"holds": 'sum(value, year) == at(value, sort="total")', "unless": "value < 0"}
    ]
    assert entry["corrections"][0]["row"] == {"year": 2021, "sort": "total"}
    assert entry["corrections"][0]["column"] == "value"
    assert entry["refresh"]["columns"] == {"sort": "k", "value": "total"}


def test_a_column_is_found_in_its_entry(site: Site, workspace: Workspace) -> None:
    text = site.read("data/datapackage.json")
    line = next(at for at, line in enumerate(text.split("\n"), 1) if '"name": "total"' in line)
    edited = EditedFile(PurePosixPath("data/datapackage.json"), text)
    start = text.split("\n")[line - 1].index("total")
    column = column_at(edited, workspace, Place(str(edited.path), line), start + 2, {})
    assert column is not None and (column.table, column.name, column.start) == (
        "trade",
        "total",
        start,
    )
    assert column_at(edited, workspace, Place(str(edited.path), 2), 6, {}) is None
    escaped = EditedFile(edited.path, text.replace('"total"', '"t\\u006ftal"'))
    column = column_at(escaped, workspace, Place(str(edited.path), line), start + 2, {})
    assert column is not None and (column.name, column.end - column.start) == ("total", 10)
    shown = EditedFile(PurePosixPath(PATH), f"{FRONT}{SETUP}The total, `trade.total`.\n")
    for words in ("The tot", "`trade.tot"):
        line_text = shown.text.split("\n")[-2]
        at = line_text.index(words) + len(words)
        assert column_at(shown, workspace, Place(PATH, shown.text.count("\n")), at, {}) is None


def test_names_that_cannot_be_are_refused(workspace: Workspace, site: Site) -> None:
    assert "has this column already" in refused(workspace, "year")
    for name in ("", " a", 'a"b', "a\nb", "a{b"):
        assert refused(workspace, name) == "this is no name of a column"
    assert "'all goods' cannot stand here" in refused(
        workspace, "all goods", "trade.assign(total=1)"
    )
    assert f"{PATH}, line 13: the code here has a column 'value' already" in refused(
        workspace, code="x = 1\ntrade.total; trade.assign(value=2)"
    )
    site.table(entry={**TABLE, "identities": [{"holds": "total > 0"}]})
    assert "cannot name this" in refused(workspace, "all goods")
    assert "the identity" in refused(workspace, "lambda")


def test_tables_that_cannot_be_changed_are_refused(workspace: Workspace, site: Site) -> None:
    site.write("data/trade.csv", site.read("data/trade.csv") + "2023,200\n")
    assert "the file is not the one in the catalogue" in refused(workspace)
    update_hashes(site.root)
    site.write("data/vintages/trade/versions.txt", "")
    assert "earlier versions" in refused(workspace)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def of():\n    return 'total'", "line 13: this may be the column, or something else"),
        ("trade.loc['total']", "line 12: this may be the column, or something else"),
        (
            'kind = "TOTAL"\ntrade[kind.lower()]',
            "line 13: this may be the column, or something else",
        ),
        ('trade[f"{kind}tal"], trade[kind + "tal"]', "line 12: this may be"),
        ("trade['to' 'tal']", "line 12: this text is in several pieces"),
        ("trade.total +", "line 12: the code here is no Python"),
        (
            'other = bs.table("other")\nboth = trade.merge(other)\nboth.total',
            "line 14: the tables 'other' and 'trade' both have such a column",
        ),
        (
            'other = bs.table("other")\ndef most(rows):\n    return rows.total.max()',
            "line 14: the tables 'other' and 'trade' both have such a column",
        ),
        (
            'import pandas as pd\npd.read_csv("../../data/trade.csv")',
            "in another way than by its name",
        ),
    ],
)
def test_a_use_that_cannot_be_told_is_refused_with_its_line(
    workspace: Workspace, site: Site, code: str, reason: str
) -> None:
    package = json.loads(site.read("data/datapackage.json"))
    package["resources"].append({**package["resources"][0], "name": "other", "path": "other.csv"})
    site.write("data/other.csv", site.read("data/trade.csv"))
    site.write("data/datapackage.json", json.dumps(package))
    assert reason in refused(workspace, code=code)


def test_two_tables_with_such_a_column_are_told_apart(workspace: Workspace, site: Site) -> None:
    package = json.loads(site.read("data/datapackage.json"))
    package["resources"].append({**package["resources"][0], "name": "other", "path": "other.csv"})
    site.write("data/other.csv", site.read("data/trade.csv"))
    site.write("data/datapackage.json", json.dumps(package))
    code = 'other = bs.table("other")\nother.total / trade.total; f(other, "total"); trade["total"]'
    assert after(workspace, code, "value") == (
        'other = bs.table("other")\nother.total / trade.value; f(other, "total"); trade["value"]'
    )


def test_editions_that_are_made_of_the_column_refuse(workspace: Workspace) -> None:
    rule = 'editions: {from: trade, where: {total: 190.3}, slug: "{{ year }}", parameters: {}}'
    text = f"{FRONT}{SETUP}".replace("date:", f"{rule}\ndate:") + "`{python} trade.total[2022]`\n"
    with pytest.raises(UsageError, match="`editions` names 'total' here"):
        renamed(workspace, text, "trade.tot", "value")


def test_the_history_of_values_goes_on_under_the_names_that_they_derive(
    workspace: Workspace, site: Site
) -> None:
    path = "posts/trade/facts.index.jsonl"
    lines = [
        f'{{"name": "{name}", "on": "2023-05-26", "text": "1", "value": 1}}\n'
        for name in ("a-total", "not-trade-total-2022", "trade-total", "trade-total-2022-2")
    ]
    site.write(path, "".join(lines))
    after(workspace, 'usd(trade.total, name="trade-total")', "sum")
    assert [json.loads(line)["name"] for line in site.read(path).splitlines()] == [
        *("a-total", "not-trade-sum-2022", "trade-sum-2022-2", "trade-total"),
    ]


def test_the_history_of_a_chosen_value_goes_on(workspace: Workspace, site: Site) -> None:
    path, code = "posts/trade/facts.index.jsonl", "trade.total.idxmax()"
    chosen = (
        f'{{"name": "{code}: the war", "on": "2023-05-26", "text": "the war", "value": "2022", '
    )
    other = chosen.replace("total", "totals")
    text = f"{FRONT}{SETUP}It was most in `{{python}} {code}`, the war.\n"
    site.write(path, "<<<<<<<\n")
    with pytest.raises(UsageError, match="no entry"):
        renamed(workspace, text, "trade.tot", "sum")
    site.write(path, f'{chosen}"kind": "chosen"}}\n{other}"kind": "chosen"}}\n')
    written(workspace, renamed(workspace, text, "trade.tot", "all goods"))
    assert [json.loads(line)["name"] for line in site.read(path).splitlines()] == [
        *("trade.totals.idxmax(): the war", 'trade["all goods"].idxmax(): the war'),
    ]


def test_the_history_of_a_chosen_value_over_two_lines_goes_on(
    workspace: Workspace, site: Site
) -> None:
    path, code = "posts/trade/facts.index.jsonl", "(trade\n.total.idxmax())"
    entry = {"name": f"{code}: the war", "on": "2023-05-26", "text": "the war", "value": "2022"}
    site.write(path, json.dumps({**entry, "kind": "chosen"}) + "\n")
    text = f"{FRONT}{SETUP}It was most in `{{python}} {code}`, the war.\n"
    written(workspace, renamed(workspace, text, "trade\n.tot", "worth"))
    assert "`{python} (trade\n.worth.idxmax())`" in site.read(PATH)
    (line,) = site.read(path).splitlines()
    assert json.loads(line)["name"] == "(trade\n.worth.idxmax()): the war"


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"posts/trade/helper.py": '"""A total."""\n\nBY = "total"\n'}, "posts/trade/helper.py, line 3"),
        ({"helper/__init__.py": "def last(t):\n    return t.total\n"}, "helper/__init__.py, line 2"),
        ({"posts/helper.py": "def f(t):\n    return t.query('year > 1 and total > 2')"}, "posts/helper.py, line 2"),
        ({"helper/__init__.py": "from . import more", "helper/more.py": 't["total"]'}, "helper/more.py, line 1"),
        ({"posts/helper.py": "x = 1\nprint total"}, "posts/helper.py, line 2"),
        ({"helper.py": "def f(t):\n    return t.assign(\n        total=1)"}, "helper.py, line 3"),
        ({"helper.py": 'def f(t):\n    return t.agg(total=("x", "sum"))'}, "helper.py, line 2"),
        ({"helper.py": 'bs.fact("n", 1, sources="trade.total")'}, "helper.py, line 1"),
        ({"helper.py": 'def f(t, x):\n    return t.query(f"total > {x}")'}, "helper.py, line 2"),
        ({"posts/helper.py": "import other", "posts/trade/other.py": "t.total"}, "posts/trade/other.py, line 1"),
    ],
)  # fmt: skip
def test_a_module_that_the_article_imports_and_that_has_the_name_refuses(
    workspace: Workspace, site: Site, files: dict[str, str], place: str
) -> None:
    for path, text in files.items():
        site.write(path, text)
    why = refused(workspace, code="import helper\nhelper.last(trade)")
    assert why == f"{place}: a module that {PATH} imports has 'total' here"
    assert after(workspace, "import helpers\ntrade.total", "value").endswith("trade.value")


@pytest.mark.parametrize("name", ["all goods (%)", "%"])
def test_code_that_is_no_python_is_searched_for_any_name(name: str) -> None:
    code = f"print x\nt['{name}']"
    assert first_mention(code, "trade", name) == 2
    snippet = Snippet(Place(PATH, 1), 0, code)
    (use,) = column_uses([snippet], {"trade"}, "trade", name)
    assert use.doubt == "the code here is no Python"


def test_links_of_modules_lead_in_no_circle_and_nowhere_else(
    workspace: Workspace, site: Site, tmp_path: Path
) -> None:
    (tmp_path / "other.py").write_text("x = 'total'\n")
    (site.root / "other.py").symlink_to(tmp_path / "other.py")
    why = refused(workspace, code="import other")
    assert why.startswith(f"other.py: a module that {PATH} imports cannot be read: ")
    assert why.endswith("lies outside of the publication")
    site.write("helper/__init__.py", "from . import a, b\n")
    for link in ("a", "b"):
        (site.root / "helper" / link).symlink_to(".")
    assert after(workspace, "import helper\ntrade.total", "value").endswith("trade.value")


def test_dots_of_an_import_lead_to_their_own_folder_alone(workspace: Workspace, site: Site) -> None:
    site.write("posts/helper/__init__.py", "from . import other\n")
    site.write("posts/other.py", 'BY = "total"\n')
    assert after(workspace, "import helper\ntrade.total", "value").endswith("trade.value")


def test_an_open_module_is_read_from_the_editor(workspace: Workspace, site: Site) -> None:
    site.write("posts/trade/helper.py", "x = 1\n")
    site.write("posts/trade/more.py", 'BY = "total"\n')
    path = PurePosixPath("posts/trade/helper.py")
    opened = {str(path): EditedFile(path, "import more\n")}
    text = f"{FRONT}{SETUP}`{{python}} trade.total[2022]`\n".replace(
        "import broadsheet", "import helper\nimport broadsheet"
    )
    with pytest.raises(UsageError, match=r"posts/trade/more\.py, line 1"):
        renamed(workspace, text, "trade.tot", "value", opened=opened)


def test_a_module_without_the_name_is_left_alone(workspace: Workspace, site: Site) -> None:
    site.write("posts/helper.py", "import helper\n# total\ntotal = lambda total: total + 1\n")
    site.write("other.py", 'BY = "total"\n')
    code = "from helper import total\ntrade.total"
    assert after(workspace, code, "value") == "from helper import total\ntrade.value"


def test_a_closed_notebook_an_include_and_another_article_change(
    workspace: Workspace, site: Site
) -> None:
    site.article(
        "notebook",
        'import broadsheet as bs\n\ntrade = bs.table("trade")\nx = "é\\n"; trade.total',
        ("md", 'A *line*.\n\nIt was `{python} trade["total"].max()` 𝒜 `{python} trade.total`.'),
    )
    site.write("posts/_setup.qmd", f"{SETUP}```{{python}}\ntrade.total\n```\n")
    site.write(
        "posts/b/index.qmd",
        f"{FRONT}{{{{< include ../_setup.qmd >}}}}\n\n`{{python}} trade.total`\n",
    )
    site.write(
        "posts/c/index.qmd",
        f"{FRONT}{SETUP}".replace('"trade"', '"other"') + "`{python} trade.total`\n",
    )
    notebook, other = site.read("posts/notebook/index.ipynb"), site.read("posts/c/index.qmd")
    after(workspace, "trade.total", "value")
    expected = notebook.replace("trade.total", "trade.value").replace('\\"total\\"', '\\"value\\"')
    assert site.read("posts/notebook/index.ipynb") == expected != notebook
    assert site.read("posts/_setup.qmd").count("trade.value") == 1
    assert site.read("posts/b/index.qmd").endswith("`{python} trade.value`\n")
    assert site.read("posts/c/index.qmd") == other
