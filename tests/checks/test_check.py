"""`broadsheet check`: what is wrong with a publication, told before it is published."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from broadsheet.markdown.document import Document
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.markdown.prose import Passage
from conftest import Site

Command = Callable[..., tuple[int, str, str]]

SETUP = """\
import broadsheet as bs
trade = bs.table("trade").set_index("year")
total = bs.usd(trade["total"][2022], "$190.3 billion", name="total")
record = bs.highest(trade["total"], at=2022)
"""
BIBLIOGRAPHY = """\
@misc{paper, title = {A paper}, author = {Writer, Ann}, year = {2023}, url = {https://paper.example/a}}
"""


@pytest.fixture
def paper(site: Site) -> Site:
    """A publication with a table and a bibliography, and no article yet."""
    site.table()
    site.write("references.bib", BIBLIOGRAPHY)
    site.write("index.qmd", "---\ntitle: Home\n---\nWelcome.\n")
    return site


def article(
    site: Site, prose: str, *, code: str = SETUP, front: str = "", parameters: str = ""
) -> None:
    head = f"title: Trade\ndate: 2023-05-26\nbibliography: /references.bib\n{front}".strip()
    site.article("trade", code, ("md", prose), front=head, parameters=parameters)


def report(run: Command, site: Site, *arguments: str) -> dict[str, list[dict[str, object]]]:
    _, out, _ = run(site, "check", "--json", *arguments)
    whole = json.loads(out)
    reported: dict[str, list[dict[str, object]]] = whole | whole["result"]
    return reported


# Words that nothing accounts for


def test_a_number_that_nothing_accounts_for_is_reported_where_it_was_written(
    paper: Site, run: Command
) -> None:
    article(paper, "All is well.\n\nIt was a long year,\nand trade came to $190 billion.")
    code, out, err = run(paper, "check")
    assert code == 0
    assert (
        "posts/trade/index.ipynb, cell 3, line 4: nothing accounts for “$190 billion” (trade): It was a long"
        in err
    )
    assert "0.0% of numbers and comparisons accounted for" in out
    code, _, _ = run(paper, "check", "--strict")
    assert code == 1


def test_what_is_bound_claimed_cited_or_answered_for_passes_strictly(
    paper: Site, run: Command
) -> None:
    article(
        paper,
        "In 2022 it came to `{python} total`, [a record]{claim='record'}. Sales rose by 3 percent [@paper]. "
        '[Three wise men]{.unchecked reason="a proverb"} came on 26 May 2023.',
    )
    code, out, err = run(paper, "check", "--strict")
    assert code == 0
    assert err == ""
    assert (
        "100.0% of numbers and comparisons accounted for (1 by a fact, 1 by a claim, 2 by a citation, "
        "0 by who holds them, 1 marked unchecked, 2 exempt, 0 by nothing)" in out
    )


def test_a_mark_without_a_reason_is_none(paper: Site, run: Command) -> None:
    for reason, wrong in (
        ("", "missing"),
        (' reason=""', "empty"),
        (" reason=' '", "empty"),
        (' reason="" .small', "empty"),
    ):
        article(paper, f"[Three wise men]{{.unchecked{reason}}} came.", code="")
        assert report(run, paper)["unaccounted"][0]["words"] == ["Three"]
        code, _, err = run(paper, "build", "--strict")
        assert code == 1 and f"the reason of `.unchecked` is {wrong}" in err


def test_a_mark_of_a_title_without_a_reason_is_none(paper: Site, run: Command) -> None:
    article(paper, "They came.", code="", front='subtitle: "[Three wise men]{.unchecked} came"')
    code, _, err = run(paper, "build", "--strict")
    assert code == 1 and "the reason of `.unchecked` is missing" in err
    assert "posts/trade/index.ipynb, cell 1, line 5" in err


def test_a_whole_page_may_be_unchecked_for_a_reason(paper: Site, run: Command) -> None:
    article(paper, "Trade came to $190 billion.", code="", front='unchecked: "A page of examples."')
    code, out, _ = run(paper, "check", "--strict")
    assert code == 0
    assert "1 marked unchecked" in out


def test_the_head_and_the_alternative_texts_are_read_too(paper: Site, run: Command) -> None:
    picture = """\
#| label: fig-a
#| fig-alt: "A bar for 2022, `{python} total`, which is twice that of 2021."
#| source: trade
import plotly.graph_objects as go
go.Figure(go.Bar(x=[2021, 2022], y=[146.9, 190.3]))
"""
    paper.article(
        "trade", SETUP, picture, front='title: "Trade came to $190 billion"\ndate: 2023-05-26'
    )
    reported = report(run, paper)["unaccounted"]
    assert [(one["notice"]["place"], one["words"]) for one in reported] == [
        ("posts/trade/index.ipynb, cell 1, line 2", ["$190 billion"]),
        ("posts/trade/index.ipynb, cell 3, line 2", ["twice"]),
    ]


def test_texts_that_cannot_be_marked_are_read_too(paper: Site, run: Command) -> None:
    picture = """\
#| label: fig-a
#| source: trade
import plotly.graph_objects as go
go.Figure(go.Bar(x=[2021, 2022], y=[146.9, 190.3]), {"title": {"text": "Trade doubled, a record"},
    "annotations": [{"text": "Overtook coal: 146.9"}],
    "yaxis": {"title": {"text": "Tonnes, highest on record"}}})
"""
    paper.article(
        "trade",
        SETUP,
        picture,
        ("md", "It came to `{python} total`, [a record]{claim='record'}."),
        front="title: Trade\ndate: 2023-05-26\nedition-label: Up 3 percent\n"
        "corrections:\n  - date: 2023-06-02\n    wrong: It was 9 tonnes.\n    right: It was 8 tonnes.",
    )
    reported = report(run, paper)["unaccounted"]
    assert sorted(str(one["words"]) for one in reported) == [
        "['8 tonnes']",
        "['Overtook']",
        "['Up 3 percent']",
        "['doubled']",
        "['highest']",
    ]


def test_what_was_reported_may_name_who_holds_it(paper: Site, run: Command) -> None:
    article(
        paper,
        '[Sales rose sharply to 40 tonnes]{held-by="Reuters, 24 May 2023"}, '
        '[the largest ever]{held-by="@paper"}, and then doubled.',
        code="",
    )
    reported = report(run, paper)
    assert [one["words"] for one in reported["unaccounted"]] == [["doubled"]]
    article(paper, '[Sales doubled]{held-by="@nobody"}.', code="")
    assert any("nobody" in str(one) for one in report(run, paper)["faults"])


def test_what_editions_share_is_reported_once(paper: Site, run: Command) -> None:
    front = 'editions:\n  - slug: "2021"\n    parameters: {year: 2021}\n'
    article(
        paper,
        "Sales came to `{python} year + 100` crowns.",
        code="",
        parameters="year: int = 2022",
        front=front,
    )
    [reported] = report(run, paper)["unaccounted"]
    assert reported["words"] == ["2122 crowns"]
    assert reported["editions"] == ["trade", "trade/2021"]
    assert "(trade and 1 more)" in str(reported["notice"]["message"])


def test_only_the_prose_of_the_articles_that_are_named_is_read(paper: Site, run: Command) -> None:
    article(paper, "Trade came to $190 billion.", code="")
    paper.article("other", ("md", "Aid came to $3 billion."))
    assert [one["words"] for one in report(run, paper, "other")["unaccounted"]] == [["$3 billion"]]


# Everything else that is wrong


def test_faults_of_data_articles_and_links_are_reported_and_the_site_is_not_touched(
    paper: Site, run: Command
) -> None:
    paper.write("data/trade.csv", "year,total\n2021,146.9\n2022,many\n")
    article(paper, "[Elsewhere](nowhere.qmd).", code="1 / 0")
    paper.article("links", ("md", "[Elsewhere](nowhere.qmd)."))
    code, out, err = run(paper, "check")
    assert code == 1
    assert "data/trade.csv, row 2, column 'total'" in err
    assert "ZeroDivisionError" in err
    assert "nowhere" in err
    assert "2 faults" in out
    assert not (paper.root / "_site").exists()


def test_a_second_check_makes_nothing_again_and_says_the_same(paper: Site, run: Command) -> None:
    article(paper, "Sales rose by 12 percent.")
    paper.article("other", ("md", "It has 7 doors."))
    code, out, err = run(paper, "check", "trade")
    kept = paper.root / ".broadsheet/check/site/posts/trade/index.html"
    made = kept.stat().st_ino
    assert "12" in err and "7 doors" not in err
    assert run(paper, "check", "trade") == (code, out, err)
    assert "7 doors" in run(paper, "check", "other")[2]
    assert kept.stat().st_ino == made


def test_an_article_that_does_not_exist_is_a_wrong_use(paper: Site, run: Command) -> None:
    assert run(paper, "check", "nothing")[0] == 2


# Stale words

EDITIONS = 'editions:\n  - slug: "2021"\n    parameters: {year: 2021}\n    date: 2022-01-13\n'


def stale(run: Command, site: Site) -> list[str]:
    reported: list[Any] = [
        one
        for one in report(run, site)["notices"]
        if one["kind"] in ("stale-word", "overdue-table")
    ]
    return [f"{one['cell_line'] or one['line']}: {one['message']}" for one in reported]


def test_a_typed_year_that_a_parameter_gives_is_stale(paper: Site, run: Command) -> None:
    article(
        paper,
        "Prices rose.\n\nIt was so in 2022,\nand in `{python} year`. On 1 May 2022 it rained. "
        "So it was in 2022 [@paper].",
        code="",
        parameters="year: int = 2022",
        front=EDITIONS,
    )
    assert stale(run, paper) == [
        "3: “2022” is typed, and is the parameter `year`: It was so in 2022, and in "
        "`{python} year`."
    ]


def test_in_german_too_a_day_that_depends_on_the_day_is_stale(paper: Site, run: Command) -> None:
    article(
        paper,
        "In diesem Jahr war es kalt. Am 26. Mai 2022 regnete es, z. B. gestern am Abend.",
        code="",
        parameters="year: int = 2022",
        front=f"lang: de\n{EDITIONS}",
    )
    assert [said.partition(" means")[0] for said in stale(run, paper)] == [
        "1: “diesem Jahr”",
        "1: “gestern”",
    ]


def test_a_typed_year_that_is_the_last_of_a_table_is_stale(paper: Site, run: Command) -> None:
    article(paper, "It was so in 2024.", parameters="year: int = 2022", front=EDITIONS)
    assert stale(run, paper) == [
        "1: “2024” is typed, and is the last year of data/trade.csv: It was so in 2024."
    ]


def test_a_year_may_be_typed_where_there_is_one_edition(paper: Site, run: Command) -> None:
    article(paper, "It was so in 2022.", code="", parameters="year: int = 2022")
    assert stale(run, paper) == []


def test_this_year_is_another_in_each_edition(paper: Site, run: Command) -> None:
    prose = 'It was cold this year.\n\n::: {.content-visible when-meta="story.now"}\nIt is warm this year.\n:::'
    article(paper, prose, code="", parameters="year: int = 2022", front=EDITIONS)
    assert stale(run, paper) == [
        "1: “this year” means another year in each edition: they are dated 2022-01-13 to "
        "2023-05-26: It was cold this year."
    ]


def test_this_year_says_nothing_on_a_page_without_a_date(paper: Site, run: Command) -> None:
    paper.article("trade", ("md", "It was cold last month."), front="title: Trade")
    assert stale(run, paper) == [
        "1: “last month” on a page that has no date: It was cold last month."
    ]


def test_a_table_that_was_to_be_retrieved_anew_is_overdue(paper: Site, run: Command) -> None:
    descriptor = paper.root / "data/datapackage.json"
    package = json.loads(descriptor.read_text())
    package["resources"][0] |= {"retrieved": "2020-01-31", "refresh": "P1M"}
    descriptor.write_text(json.dumps(package))
    [reported] = stale(run, paper)
    assert (
        reported
        == "1: the table 'trade' was retrieved on 2020-01-31, and was to be retrieved anew by 2020-02-29"
    )


def test_a_refresh_that_is_no_time_is_a_fault(paper: Site, run: Command) -> None:
    descriptor = paper.root / "data/datapackage.json"
    package = json.loads(descriptor.read_text())
    package["resources"][0]["refresh"] = "yearly"
    descriptor.write_text(json.dumps(package))
    code, _, err = run(paper, "check")
    assert code == 1
    assert "`refresh` is 'yearly', which is no time: write P1Y, P6M, P2W or P30D" in err


# Passages


@pytest.fixture(scope="module")
def pandoc() -> Iterator[Pandoc]:
    with Pandoc(1) as pool:
        yield pool


def passages(pandoc: Pandoc, markdown: str, bibliography: Path | None = None) -> list[Passage]:
    options = {"bibliography": [str(bibliography)]} if bibliography else {}
    document = Document("a.qmd", markdown, options=options)
    return list(pandoc.render(document).prose.passages)


def test_each_block_of_prose_is_a_passage(pandoc: Pandoc) -> None:
    read = passages(
        pandoc,
        "# A heading\n\nA *paragraph*\nof two lines.\n\n- An item\n\n> Quoted.\n\n"
        "```\ncode\n```\n\n| A | B |\n|---|---|\n| C | D |\n",
    )
    assert [(passage.kind, passage.text) for passage in read] == [
        ("heading", "A heading"),
        ("paragraph", "A paragraph of two lines."),
        ("list item", "An item"),
        ("paragraph", "Quoted."),
        *(("table cell", letter) for letter in "ABCD"),
    ]


def test_marks_are_where_the_words_are(pandoc: Pandoc) -> None:
    [read] = passages(
        pandoc,
        'It is [$5]{.fact name="sum"}, [a record]{claim=top}, `x = 7` and '
        '[two]{.unchecked reason="so"}.',
    )
    assert [(mark.kind, mark.name, read.text[mark.start : mark.end]) for mark in read.marks] == [
        ("fact", "sum", "$5"),
        ("claim", "top", "a record"),
        ("code", "", "x = 7"),
        ("unchecked", "so", "two"),
    ]


def test_a_citation_belongs_to_the_sentence_that_it_ends(pandoc: Pandoc, tmp_path: Path) -> None:
    bibliography = tmp_path / "a.bib"
    bibliography.write_text(BIBLIOGRAPHY)
    written = "One [@paper]. Two. [@paper] Three.^[A note [@paper].]\n\n::: {#refs}\n:::\n"
    [read, note] = passages(pandoc, written, bibliography)
    assert read.text == "One. Two. Three."
    assert [(mark.kind, mark.start) for mark in read.marks] == [
        ("cite", 3),
        ("cite", 9),
        ("cite", 16),
    ]
    assert note.text == "A note."


# A build that is strict


def test_a_strict_build_refuses_a_page_with_words_that_nothing_accounts_for(
    paper: Site, run: Command
) -> None:
    article(paper, "All is well.", code="")
    assert run(paper, "build", "--strict")[0] == 0
    article(paper, "Sales doubled.\n\nTrade came to $190 billion.", code="")
    paper.article("other", ("md", "All is well elsewhere."))
    code, _, err = run(paper, "build", "--strict")
    assert code == 1
    assert "posts/trade/index.ipynb, cell 3, line 1: nothing accounts for “doubled”" in err
    assert "Sales doubled." in err
    assert "cell 3, line 3: nothing accounts for “$190 billion”" in err
    assert "Trade came to $190 billion." in err
    assert "All is well." in paper.read("_site/posts/trade/index.html")
    assert "All is well elsewhere." in paper.read("_site/posts/other/index.html")


def test_a_page_that_was_built_and_not_read_is_read_by_a_strict_build(
    paper: Site, run: Command
) -> None:
    article(paper, "Trade came to $190 billion.", code="")
    assert run(paper, "build")[0] == 0
    assert [run(paper, "build", "--strict")[0] for _ in range(2)] == [1, 1]
    assert run(paper, "build")[0] == 0


def test_a_strict_build_is_incremental_and_a_warning_fails_it_each_time(
    paper: Site, run: Command
) -> None:
    article(paper, "All is well.", code="")
    assert run(paper, "build", "--strict")[0] == 0
    assert "unchanged" in run(paper, "build", "--strict")[1]
    article(paper, "[Elsewhere](nowhere.qmd).", code="")
    assert run(paper, "build")[0] == 0
    assert [run(paper, "build", "--strict")[0] for _ in range(2)] == [1, 1]
