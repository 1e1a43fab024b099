"""What the server extension of JupyterLab answers, without a browser: places as a browser counts them, the
values of the session, and no file outside of the server's folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broadsheet.editor.edited_file import EditedCell
from broadsheet.errors import UsageError
from broadsheet.notebook.session.inline_results import _declared, evaluated
from conftest import Site

answers = pytest.importorskip(
    "broadsheet_lab.answers", reason="needs broadsheet_lab (scripts/set_up.py)"
)

FRONT = EditedCell("raw", "---\ntitle: The trade\ndate: 2023-05-26\n---")
CODE = 'import broadsheet as bs\ntrade = bs.table("trade").set_index("year")'


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "site")
    site.front()
    site.table()
    return site


def article(site: Site, *texts: str, root: Path | None = None, results: Any = ()) -> Any:
    cells = (FRONT, EditedCell("code", CODE), *(EditedCell("markdown", text) for text in texts))
    file = site.root / "posts/trade/index.ipynb"
    by_code = {result["expression"]: result for result in results}
    return answers.Article(root or site.root, file, cells, by_code)


def test_columns_count_as_a_browser_counts(site: Site) -> None:
    report = answers.report(article(site, "🚢🚢 512 ships, said [the customs]{claim=“x”}"))
    spans = {
        problem["code"]: (problem["cell"], problem["line"], problem["start"], problem["end"])
        for problem in report["problems"]
    }
    assert spans["unbound-number"] == (2, 0, 5, 8)
    found = answers.complete(article(site, "🚢 `{python} trade.to"), 2, 0, 21)
    assert ("total", 19) in [(each["text"], each["start"]) for each in found]
    assert answers.complete(article(site, "x"), 9, 0, 0) == []


def test_fixes_name_their_cell_and_their_text(site: Site) -> None:
    (problem,) = answers.report(article(site, "", "`{python} trad.total[2022]`"))["problems"]
    (fix,) = problem["fixes"]
    assert (fix["cell"], fix["line"], fix["start"], fix["end"]) == (3, 0, 10, 14)
    assert fix["text"] == "trade"


def test_words_are_judged_by_the_values_of_the_session(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    import broadsheet as bs

    monkeypatch.chdir(site.root)
    names = {"trade": bs.table("trade").set_index("year")}
    claims = [
        'claim="rose(trade.total, 2021, 2022)"',
        'claim="fell(trade.total, 2021, 2022)"',
        'claim="trade.total[2022] > trade.total[2021]"',
    ]
    results = [
        {**result, **_declared(result["markdown"])}
        for claim in claims
        for result in evaluated([claim], names)
    ]
    words = ("rose", "fell", "doubled")
    text = " ".join(f"It [{word}]{{{claim}}}." for word, claim in zip(words, claims, strict=True))
    assert answers.report(article(site, text))["claims"] == []
    report = answers.report(article(site, text, results=results))
    states = [(text[each["start"] : each["end"]], each["state"]) for each in report["claims"]]
    assert states == [("rose", "proved"), ("fell", "false"), ("doubled", "refuted")]
    assert [each["code"] for each in report["problems"]] == ["last-run"]


def test_shortcodes_have_their_values(site: Site) -> None:
    site.write("_variables.yml", "who: '{{< meta title >}}, by me'\n")
    text = "{{< meta title >}} {{< var who >}} {{< meta nothing >}} {{< video x.mp4 >}} `{{< meta date >}}`"
    assert answers.report(article(site, text))["shortcodes"] == {
        "{{< meta title >}}": "The trade",
        "{{< var who >}}": "The trade, by me",
        "{{< meta nothing >}}": "?meta:nothing",
    }


def test_a_publication_outside_of_the_servers_folder_is_not_read(site: Site) -> None:
    report = answers.report(article(site, "512 ships", root=site.root / "posts"))
    assert report["problems"] == [] and "not inside the folder" in report["why"]
    with pytest.raises(UsageError):
        answers.publication_of(site.root.parent, site.root.parent / "elsewhere.ipynb")
    elsewhere = answers.Article(site.root.parent, site.root.parent / "x.ipynb", (), {})
    assert "no _quarto.yml here" in answers.report(elsewhere)["why"]
    assert answers.complete(elsewhere, 0, 0, 0) == []
