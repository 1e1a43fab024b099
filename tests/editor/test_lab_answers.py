"""What the server extension of JupyterLab answers, without a browser: places as a browser counts them, the
values of the session, and no file outside of the server's folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broadsheet.editor.edited_file import EditedCell, EditedFile
from broadsheet.errors import UsageError
from broadsheet.notebook.session.inline_results import evaluated_in_session
from broadsheet.project.sources import inline_expressions as inline
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
    sent = [
        answers.SessionResult.of(number, {"cell": 2, **each}) for number, each in enumerate(results)
    ]
    return answers.Article(root or site.root, file, cells, sent)


def results_of(site: Site, monkeypatch: pytest.MonkeyPatch, *expressions: str) -> list[Any]:
    """What a session publishes of expressions, one after the other."""
    import broadsheet as bs

    monkeypatch.chdir(site.root)
    trade = bs.table("trade").set_index("year").assign(**{"all goods": 1.0})
    return evaluated_in_session(expressions, {"trade": trade, "year": 2022})


def states(report: Any, *texts: str) -> list[tuple[str, str]]:
    """The words of claims, each with its state."""
    return [
        (texts[each["cell"] - 2][each["start"] : each["end"]], each["state"])
        for each in report["claims"]
    ]


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


def test_all_expressions_have_the_completions_of_prose(site: Site) -> None:
    yaml = "---\ntitle: 'Trade of `{python} trade.to\n---"
    for text, column in (
        ("It [rose]{claim='trade.to", 25),
        ('It [rose]{.x claim="1 < trade.to', 32),
        ('It [rose|fell]{by="trade.to', 27),
        ('It [rose|fell]{if="trade.to', 27),
    ):
        found = answers.complete(article(site, text), 2, 0, column)
        assert [each["text"] for each in found] == ["total"], text
    cells = (EditedCell("raw", yaml), EditedCell("code", f"{CODE}\n#| fig-cap: `{{python}} us"))
    written = answers.Article(site.root, site.root / "posts/trade/index.ipynb", cells)
    assert [each["text"] for each in answers.complete(written, 0, 1, 34)] == ["total"]
    assert "usd" in [each["text"] for each in answers.complete(written, 1, 2, 24)]
    assert answers.complete(article(site, 'It [rose]{claim="a"}, trade.to'), 2, 0, 30) == []
    names = [each["text"] for each in answers.complete(article(site, '[x]{claim="tr'), 2, 0, 13)]
    assert {"trade", "rose"} <= {*names} and "total" not in names


def test_completions_in_code_begin_with_what_is_written(site: Site) -> None:
    def offered(line: str) -> list[str]:
        cells = (FRONT, EditedCell("code", f"{CODE}\n{line}"))
        written = answers.Article(site.root, site.root / "posts/trade/index.ipynb", cells)
        return [
            each["text"]
            for each in answers.complete(written, 1, 2, len(line.encode("utf-16-le")) // 2)
        ]

    options = offered("#| la")
    assert options[0] == "label: " and all(option.startswith("la") for option in options)
    assert offered('bs.table("TR') == offered('bs.table("') == ["trade"]
    assert offered('bs.table("st') == []
    assert offered("'🚢', trade.to") == offered("trade.to") == ["total"]
    assert "total" in [
        each["text"] for each in answers.complete(article(site, "`{python} trade.x"), 2, 0, 17)
    ]


@pytest.mark.parametrize(
    "title",
    [
        '"Trade of `{python} usd(trad.total[2022], \\"$5\\")`"',
        "'Trade of `{python} usd(trad.total[2022], ''$5'')`'",
        ">\n  Trade of `{python} usd(trad.total[2022],\n  '$5')`",
        "trad `{python} trad.total[2022]`",
        "'[rose|fell]{by=\"trad.total, 2021, 2022\"}'",
    ],
)
def test_expressions_in_yaml_are_checked_where_they_are_written(site: Site, title: str) -> None:
    front = f"---\ntitle: {title}\ndate: 2023-05-26\nabstract: Of `{{python}} usd(1, '$1')`\n---"
    option = "#| fig-cap: 'Until `{python} yaer`'\n"
    code = EditedCell("code", f"{option}{CODE}\nyear = 2022")
    written = answers.Article(
        site.root, site.root / "posts/trade/index.ipynb", (EditedCell("raw", front), code)
    )
    problems = answers.report(written)["problems"]
    texts = [front.split("\n"), code.text.split("\n")]
    assert [
        (texts[each["cell"]][each["line"]][each["start"] : each["end"]], each["fixes"][0]["text"])
        for each in problems
    ] == [("trad", "trade"), ("yaer", "year")]
    before = texts[0][problems[0]["line"]][: problems[0]["start"]]
    assert "{python}" in before or "by=" in before


def test_a_fix_that_asks_for_a_reason_is_told_until_it_has_one(site: Site) -> None:
    def codes(text: str) -> list[str]:
        return [each["code"] for each in answers.report(article(site, text))["problems"]]

    (problem,) = answers.report(article(site, "512 ships"))["problems"]
    answered = problem["fixes"][-1]["text"] + " ships"
    assert codes(answered) == ["unbound-number", "no-reason"]
    assert codes(answered.replace('""', '"the customs, by telephone"')) == []
    assert codes("`[x]{.unchecked reason=''}`") == []
    assert codes("[x]{.unchecked reason=\"'x' is its word\"}") == []
    assert codes("[x]{.unchecked reason='\"x\" is its word'}") == []


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("Of `{python} trade.totl[2022]` ships", "Of `{python} trade.total[2022]` ships"),
        ("`{python} usd(trade['totl'][2022])`", "`{python} usd(trade['total'][2022])`"),
        ('\n[rose]{claim="trade.totl[2022] > 1"}', '\n[rose]{claim="trade.total[2022] > 1"}'),
        ("[a|b]{by='trade.totl, 2021, 2022'}", "[a|b]{by='trade.total, 2021, 2022'}"),
        ("`{python} trade['all gods'][2022]`", "`{python} trade['all goods'][2022]`"),
    ],
)
def test_a_misspelt_column_has_its_fix(
    site: Site, monkeypatch: pytest.MonkeyPatch, text: str, fixed: str
) -> None:
    results = results_of(site, monkeypatch, *inline.expressions(text))
    (problem,) = answers.report(article(site, text, results=results))["problems"]
    assert problem["text"].startswith("in this session, the inline expression ")
    (fix,) = problem["fixes"]
    lines = text.split("\n")
    line = lines[fix["line"]]
    lines[fix["line"]] = line[: fix["start"]] + fix["text"] + line[fix["end"] :]
    assert "\n".join(lines) == fixed


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("trade.total[1985]", "there is no Total of 1985; its rows go from 2021 to 2022"),
        ("trade.loc[1985]", "there is no trade of 1985; its rows go from 2021 to 2022"),
        ("trade['totl']", "its columns are total; did you mean 'total'?"),
        ("by_name.total['Chna']", "there is no Total of Chna; did you mean 'China'?"),
        ("by_name.total['xyz']", "there is no Total of xyz"),
    ],
)
def test_a_row_that_is_missing_is_told_with_those_that_there_are(
    site: Site, monkeypatch: pytest.MonkeyPatch, code: str, says: str
) -> None:
    import broadsheet as bs

    monkeypatch.chdir(site.root)
    trade = bs.table("trade").set_index("year")
    by_name = trade.set_axis(["India", "China"])
    names = {"trade": trade, "by_name": by_name}
    (result,) = evaluated_in_session([f"amount({code}, '5')"], names)
    assert result["error"].endswith(says)


def test_fixes_name_their_cell_and_their_text(site: Site) -> None:
    (problem,) = answers.report(article(site, "", "`{python} trad.total[2022]`"))["problems"]
    (fix,) = problem["fixes"]
    assert (fix["cell"], fix["line"], fix["start"], fix["end"]) == (3, 0, 10, 14)
    assert fix["text"] == "trade"


def test_words_are_judged_by_the_values_of_the_session(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = [
        'claim="rose(trade.total, 2021, 2022)"',
        'claim="fell(trade.total, 2021, 2022)"',
        'claim="trade.total[2022] > trade.total[2021]"',
    ]
    results = results_of(site, monkeypatch, *claims)
    words = ("rose", "fell", "doubled")
    text = " ".join(f"It [{word}]{{{claim}}}." for word, claim in zip(words, claims, strict=True))
    assert answers.report(article(site, text))["claims"] == []
    report = answers.report(article(site, text, results=results))
    assert states(report, text) == [("rose", "proved"), ("fell", "false"), ("doubled", "refuted")]
    (problem,) = report["problems"]
    assert problem["code"] == "last-run" and problem["text"].startswith("in this session, ")


@pytest.mark.parametrize(
    "beside",
    [
        "`{python} moved(trade.total, 2021, year)`",
        "`{python} change(trade.total, 2021, year)` before",
        "`{python} trade.nothing[2022]`",
        '[rose|]{by="trade.total, 2022, 2021"}',
        '[rose|fell]{by="trade.nothing, 2021, 2022"}',
        "[[quickly]{claim=\"trade.total[2022] > 1\"} rose|fell]{by='trade.total, 2022, 2021'}",
        "[[quickly]{claim=\"trade.total[2022] > 1\"} rose|fell]{by='trade.nothing, 2022, 2021'}",
    ],
)
def test_words_beside_words_of_code_are_judged(
    site: Site, monkeypatch: pytest.MonkeyPatch, beside: str
) -> None:
    text = f'Trade {beside}. It [doubled]{{claim="rose(trade.total, 2021, 2022)"}}.'
    results = results_of(site, monkeypatch, *inline.expressions(text))
    judged = states(answers.report(article(site, text, results=results)), text)
    assert judged[-1] == ("doubled", "refuted")


def test_conditions_of_one_name_each_have_their_own_verdict(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    signs = ("<", ">", "<")
    claims = [f'claim="trade.total[2022] {sign} trade.total[2021]"' for sign in signs]
    results = results_of(site, monkeypatch, *claims[:2])
    assert {*results[0]["claims"]} == {*results[1]["claims"]}, "a session does not number names"
    text = " ".join(f"It [moved]{{{claim}}}." for claim in claims)
    verdicts = [
        state for _, state in states(answers.report(article(site, text, results=results)), text)
    ]
    assert verdicts == ["false", "open", "false"]


def test_an_expression_of_two_cells_has_the_value_of_each(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = 'claim="trade.total[year] > trade.total[2021]"'
    (before,) = results_of(site, monkeypatch, claim)
    after = {
        **before,
        "cell": 3,
        "claims": {n: {**c, "truth": False} for n, c in before["claims"].items()},
    }
    texts = [f"It [moved]{{{claim}}}."] * 2
    for results in ([before, after], [after, before]):
        report = answers.report(article(site, *texts, results=results))
        assert states(report, *texts) == [("moved", "open"), ("moved", "false")]


def test_a_faulty_shortcode_hides_neither_the_others_nor_the_claims(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.write("_variables.yml", "who: [\n")
    claim = 'claim="rose(trade.total, 2021, 2022)"'
    text = f"{{{{< var who >}}}} {{{{< meta title >}}}} It [rose]{{{claim}}}."
    report = answers.report(article(site, text, results=results_of(site, monkeypatch, claim)))
    assert report["shortcodes"] == {"{{< meta title >}}": "The trade"}
    assert states(report, text) == [("rose", "proved")]


def test_a_kernel_that_says_less_of_a_claim_loses_nothing_else(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = 'claim="rose(trade.total, 2021, 2022)"'
    (sent,) = results_of(site, monkeypatch, claim)
    for missing in ("says", "truth"):
        less = dict(next(iter(sent["claims"].values())))
        del less[missing]
        results = [{**sent, "claims": dict.fromkeys(sent["claims"], less)}]
        report = answers.report(article(site, f"512 ships. It [rose]{{{claim}}}.", results=results))
        assert report["claims"] == [] and len(report["editions"]) == 1
        problems = [(each["code"], bool(each["fixes"])) for each in report["problems"]]
        assert ("unbound-number", True) in problems


def test_many_problems_share_what_their_fixes_need(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []
    texts = EditedFile.texts
    monkeypatch.setattr(EditedFile, "texts", lambda *each: reads.append(each) or texts(*each))
    few, many = (
        (len(answers.report(article(site, *texts_))["problems"]), len(reads))
        for texts_ in (["512 ships"], ["512 ships"] * 50)
    )
    assert (few[0], many[0]) == (1, 50)
    assert many[1] == 2 * few[1]


def test_the_value_of_a_shortcode_is_shown_whatever_it_is_like(site: Site) -> None:
    site.write("_variables.yml", "who: scqn0x sc0n0x\n")
    shown = answers.report(article(site, "{{< var who >}}"))["shortcodes"]
    assert shown == {"{{< var who >}}": "scqn0x sc0n0x"}


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
