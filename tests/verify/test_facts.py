"""Facts and claims in an article: the text that readers get, what the text rests on, and what stops
a page.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import lxml.html
import pytest

from broadsheet.data.catalogue import update_hashes
from conftest import TABLE, Site

Command = Callable[..., tuple[int, str, str]]
CELL = """import broadsheet as bs
trade = bs.table("trade").set_index("year")
sum_ = bs.usd(trade["total"][2022], "$190 billion", name="trade-sum")
record = bs.highest(trade["total"], at=2022)"""
PROSE = "Trade came to `{python} sum_` in 2022, [a record]{claim='record'}."


@pytest.fixture
def trading(site: Site) -> Site:
    site.table()
    site.article("trade", CELL, ("md", PROSE))
    return site


def page(site: Site, path: str = "posts/trade/index.html") -> lxml.html.HtmlElement:
    return lxml.html.fromstring(site.read(f"_site/{path}"))


def body_text(site: Site) -> str:
    return " ".join(page(site).get_element_by_id("article-body").text_content().split())


def test_a_fact_reads_as_its_example_and_leads_to_what_it_rests_on(
    trading: Site, run: Command
) -> None:
    assert run(trading, "build")[0] == 0
    made = page(trading)
    mark = made.find_class("fact")[0]
    assert mark.text_content() == "$190 billion in 2022, a record"
    entry = made.get_element_by_id(mark.get("href").removeprefix("#"))
    reported = " ".join(entry.text_content().split())
    assert "Total, 2022: $190.3 billion" in reported
    assert "Source: The Customs, as of 31 December 2022" in reported
    back = entry.find_class("known-back")[0].get("href").removeprefix("#")
    assert made.get_element_by_id(back).text_content() == "$190 billion"


def test_a_claim_leads_to_its_evidence(trading: Site, run: Command) -> None:
    assert run(trading, "build")[0] == 0
    made = page(trading)
    assert made.get_element_by_id("claim-record-1").text_content() == "a record"
    reported = " ".join(made.get_element_by_id("claim-record").text_content().split())
    assert "“Total” of 2022 is the highest of 2021 to 2022." in reported
    assert "Total, 2021: $146.9 billion" in reported


def test_readers_meet_no_name_that_only_the_code_has(site: Site, run: Command) -> None:
    site.table()
    site.article(
        "trade",
        CELL
        + """
day = bs.amount("2023-05-26", source=trade, name="the-day")
month = bs.amount("2023-05", source=trade, name="the-month")
part = bs.amount(200 / 3, "67", unit="", source=trade, name="the-part")
rest = bs.amount(100 / 3, "33", unit="", source=trade, name="the-rest")
ahead = bs.more(part, rest)
""",
        (
            "md",
            "`{python} day`, `{python} month`: `{python} part` is [more]{claim='ahead'} than `{python} rest`.",
        ),
    )
    assert run(site, "build")[0] == 0
    reported = [
        " ".join(entry.text_content().split())
        for entry in page(site).find_class("known")[0].iter("li")
    ]
    assert reported[0].startswith("2023-05-26 26 May 2023. Source:") and reported[1].startswith(
        "2023-05 May 2023. Source:"
    )
    assert reported[2].startswith("67 200 / 3 = 66.7. Source:")
    assert reported[4].startswith("67 is more than 33. 67: 66.7; 33: 33.3. Checked")


def test_the_same_statement_is_one_entry_with_several_ways_back(
    trading: Site, run: Command
) -> None:
    cell = (
        CELL
        + """
again = bs.usd(trade["total"][2022], "$190.3 billion", name="again")
best = bs.highest(trade["total"], at=2022)"""
    )
    prose = "It was `{python} sum_`. It was [a record]{claim='record'}. `{python} again`, [the best]{claim='best'}."
    trading.article("trade", cell, ("md", prose))
    assert run(trading, "build")[0] == 0
    made = page(trading)
    fact, claim = made.find_class("known")[0].iter("li")
    assert fact.find("b").text_content() == "$190 billion; $190.3 billion"
    for entry in (fact, claim):
        assert len(entry.find_class("known-back")) == 2
    assert made.get_element_by_id("fact-again").getparent() is fact
    known = json.loads(trading.read("_site/posts/trade/index_files/facts.json"))
    assert [one["name"] for one in known["facts"]] == ["trade-sum", "again"]


def test_joined_marks_are_plain_words_in_feeds(trading: Site, run: Command) -> None:
    trading.write(
        "index.qmd", "---\ntitle: T\nlisting:\n  contents: posts\n  feed: {type: full}\n---\n"
    )
    assert run(trading, "build")[0] == 0
    assert "Trade came to $190 billion in 2022, a record.&lt;/p" in trading.read("_site/index.xml")


def test_a_value_names_what_its_row_cites_and_what_is_noted_on_it(site: Site, run: Command) -> None:
    text = {"type": "string", "constraints": {"required": True}}
    fields = [
        *TABLE["schema"]["fields"],
        {
            "name": "status",
            "title": "Status",
            **text,
            "notes": [{"value": "estimate", "text": "an estimate of the Fund"}],
        },
        {"name": "source", "title": "Source", **text, "source_key": True},
    ]
    paper = {
        "title": "The Year",
        "publisher": "The Paper",
        "path": "https://paper.example/a",
        "key": "paper",
    }
    bank = {
        "title": "The Sum",
        "publisher": "The Bank",
        "path": "https://bank.example/b",
        "key": "bank",
    }
    table = {
        **TABLE,
        "schema": {**TABLE["schema"], "fields": fields},
        "sources": [*TABLE["sources"], paper, bank],
    }
    site.write(
        "data/trade.csv",
        "year,total,status,source\n2021,146.9,reported,paper\n2022,190.3,estimate,bank\n",
    )
    site.write(
        "data/datapackage.json",
        json.dumps(
            {
                "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
                "name": "test",
                "title": "Test",
                "resources": [table],
            }
        ),
    )
    update_hashes(site.root)
    site.article("trade", CELL, ("md", "It was `{python} sum_`, [a record]{claim='record'}."))
    assert run(site, "build")[0] == 0
    fact, claim = page(site).find_class("known")[0].iter("li")
    assert "Total, 2022: $190.3 billion (an estimate of the Fund)." in fact.text_content()
    links = [one.get("href") for one in fact.find_class("known-source")[0].iter("a")]
    assert links == ["https://bank.example/b", "https://customs.example/trade"]
    shown = " ".join(claim.text_content().split())
    assert (
        "Total, 2022: $190.3 billion (an estimate of the Fund); Total, 2021: $146.9 billion."
        in shown
    )
    assert "The Bank" in shown and "The Paper" in shown


def test_a_false_claim_stops_its_page_with_sentence_and_values(trading: Site, run: Command) -> None:
    trading.table("year,total\n2021,246.9\n2022,190.3\n")
    code, _, reported = run(trading, "build")
    assert code == 1
    assert "posts/trade/index.ipynb, cell 3, line 1" in reported
    assert "“Trade came to $190 billion in 2022, a record.”" in reported
    assert "`record`" in reported
    assert "Total, 2021: 246.9 US$ bn" in reported
    assert not (trading.root / "_site/posts/trade/index.html").exists()


def test_missing_data_stop_a_claim(trading: Site, run: Command) -> None:
    trading.table("year,total\n2021,\n2022,190.3\n")
    code, _, reported = run(trading, "build")
    assert code == 1
    assert "data are missing" in reported
    assert "Total, 2021: no value" in reported


@pytest.mark.parametrize(
    ("sentence", "is_told"),
    [
        ("Caldey had [the fewest people]{claim='lowest(people)'}.", True),
        ("Lundy had [the fewest people]{claim='lowest(people)'}.", False),
        ("Caldey, not Lundy, had [the fewest people]{claim='lowest(people)'}.", False),
        ("Caldeyans were [the fewest]{claim='lowest(people)'}.", False),
    ],
)
def test_the_row_that_is_meant_is_told_if_the_sentence_names_it(
    site: Site, run: Command, sentence: str, is_told: bool
) -> None:
    site.table("year,total\n2020,40\n2021,90\n2022,60\n")
    cell = """import broadsheet as bs
people = bs.table("trade").total.set_axis(["Caldey", "Ramsey", "Lundy"])"""
    site.article("trade", cell, ("md", sentence))
    code, _, reported = run(site, "build")
    assert code == 1
    assert "of Lundy is the lowest of all 3" in reported
    assert ('If “Caldey” is meant, say so in the condition: `at="Caldey"`.' in reported) == is_told


@pytest.mark.parametrize("mark", ["claim=record", "claim=recrod"])
def test_a_claim_without_quotes_is_an_error_that_says_how_to_write_it(
    site: Site, run: Command, mark: str
) -> None:
    site.table()
    site.article("trade", CELL, ("md", f"It was [a record]{{{mark}}}."))
    code, _, reported = run(site, "build")
    assert code == 1
    assert f"no claim is called `{mark.partition('=')[2]}`" in reported
    assert "Write a condition in quotes, or the name of one" in reported


@pytest.mark.parametrize(
    ("word", "stops"), [("nearly", True), ("more than", False), ("about", False), ("", False)]
)
def test_a_rounding_word_before_a_fact_is_held_to_the_exact_value(
    site: Site, run: Command, word: str, stops: bool
) -> None:
    site.table()
    site.article(
        "trade", CELL, ("md", f"It came to {word} `{{python}} sum_`, [a record]{{claim='record'}}.")
    )
    code, _, reported = run(site, "build")
    assert code == int(stops)
    assert (f"“{word} $190 billion” is not true of the exact value" in reported) == stops


def test_a_fact_in_a_caption_is_reported_at_its_cell_though_the_text_has_it_too(
    site: Site, run: Command
) -> None:
    site.table()
    chart = """#| label: fig-trade
#| fig-cap: "Trade of nearly `{python} sum_`"
bs.charts.lines(trade)"""
    site.article("trade", CELL, chart, ("md", "It came to `{python} sum_`, as @fig-trade shows."))
    code, _, reported = run(site, "build")
    assert code == 1
    assert "index.ipynb, cell 3: edition trade: “Figure 1: Trade of nearly" in reported


def test_a_title_states_a_fact_as_text_and_is_held_to_it(trading: Site, run: Command) -> None:
    trading.article(
        "trade",
        CELL,
        ("md", PROSE),
        front="title: \"Trade was [a record]{claim='record'} `{python} sum_`\"\ndate: 2023-05-26",
    )
    assert run(trading, "build")[0] == 0
    head = page(trading).find(".//h1")
    assert head.text_content() == "Trade was a record $190 billion"
    assert [part.get("class") for part in head] == ["whole"]  # no mark, and no line that ends in it
    trading.table("year,total\n2021,246.9\n2022,190.3\n")
    assert "“Trade was a record $190 billion”" in run(trading, "build")[2]


def test_the_facts_are_there_for_machines(trading: Site, run: Command) -> None:
    assert run(trading, "build")[0] == 0
    folder = Path("posts/trade/index_files")
    reported = json.loads(trading.read(f"_site/{folder}/facts.json"))
    schema = json.loads(
        (trading.root / "_site" / folder / reported["$schema"]).resolve().read_text()
    )
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(
        reported
    )
    assert [fact["value"] for fact in reported["facts"]] == [190.3]
    data = json.loads(page(trading).xpath('//script[@type="application/ld+json"]')[0].text)
    assert data["isBasedOn"][0]["name"] == "Trade"


def test_hidden_words_need_not_be_true(site: Site, run: Command) -> None:
    site.table("year,total\n2021,246.9\n2022,190.3\n")
    site.article(
        "trade",
        CELL,
        ("md", f'::: {{.content-visible when-meta="record"}}\n{PROSE}\n:::\n\nNothing.'),
    )
    assert run(site, "build")[0] == 0


def test_a_broken_edition_stops_no_other(site: Site, run: Command) -> None:
    site.table("year,total\n2020,150\n2021,146.9\n2022,190.3\n")
    site.article(
        "trade",
        CELL.replace("2022", "year"),
        ("md", PROSE.replace("2022", "`{python} year`")),
        front="title: T\ndate: 2023-05-26\neditions: [{slug: before, parameters: {year: 2021}}]",
        parameters="year: int = 2022",
    )
    code, _, reported = run(site, "build")
    assert code == 1
    assert "edition trade/before" in reported
    assert (site.root / "_site/posts/trade/index.html").exists()
    assert not (site.root / "_site/posts/trade/before.html").exists()


# What was said before


def test_readers_and_authors_are_told_what_has_changed_since_it_was_recorded(
    trading: Site, run: Command
) -> None:
    assert (
        run(trading, "facts", "record", "trade", "--on", "2023-05-26")[1]
        == "trade: 2 values recorded in posts/trade/facts.index.jsonl\n"
    )
    assert (
        trading.read("posts/trade/facts.index.jsonl")
        == '{"name": "record", "on": "2023-05-26", "text": "“Total” of 2022 is the highest of 2021 to 2022", '
        '"value": [190.3, 146.9], "kind": "claim"}\n'
        '{"name": "trade-sum", "on": "2023-05-26", "text": "$190 billion", "value": 190.3}\n'
    )
    assert "changed since" not in run(trading, "build")[2] + body_text(trading)
    trading.table("year,total\n2021,146.9\n2022,192.4\n")
    reported = run(trading, "build")[2]
    assert (
        "`trade-sum` was $190 billion (190.3) on 2023-05-26 and is $192 billion (192.4)" in reported
    )
    assert (
        "26 May 2023: $190 billion ($190.3 billion) Now: $192 billion ($192.4 billion)"
        in body_text(trading)
    )
    run(trading, "facts", "record", "--on", "2024-01-31")
    assert "other values than were recorded" not in run(trading, "build")[2]
    assert "26 May 2023: $190 billion" in body_text(trading)
    made = page(trading)
    assert "Updated 31 January 2024" in made.find_class("dates")[0].text_content()
    assert '"dateModified": "2024-01-31' in trading.read("_site/posts/trade/index.html")


def test_a_value_that_reads_as_before_is_no_change_to_a_reader(trading: Site, run: Command) -> None:
    run(trading, "facts", "record", "trade", "--on", "2023-05-26")
    trading.table("year,total\n2021,146.9\n2022,190.4\n")
    assert "other values than were recorded" not in run(trading, "build")[2]
    run(trading, "facts", "record", "--on", "2024-01-31")
    run(trading, "build")
    assert "changed since" not in body_text(trading)
    assert "190.4" in trading.read("posts/trade/facts.index.jsonl")


def test_a_number_that_is_spelled_out_is_no_change_but_another_is(
    trading: Site, run: Command
) -> None:
    def built(example: str) -> str:
        cell = (
            f'{CELL}\nlength = bs.count(len(trade), "{example}", name="length", note="The rows.")'
        )
        trading.article("trade", cell, ("md", f"{PROSE} It has `{{python}} length`."))
        return run(trading, "build")[2]

    assert "error" not in built("5")
    run(trading, "facts", "record", "trade", "--on", "2023-05-26")
    assert "states other values" not in built("five")
    assert "26 May 2023" not in body_text(trading)
    trading.table("year,total\n2020,99.1\n2021,146.9\n2022,190.3\n")
    assert "`length` was 2 (2) on 2023-05-26 and is three (3)" in built("five")


def test_a_claim_that_a_newer_version_words_otherwise_is_no_change(
    trading: Site, run: Command
) -> None:
    trading.article("trade", CELL, ("md", PROSE))
    run(trading, "facts", "record", "trade", "--on", "2023-05-26")
    ledger = trading.read("posts/trade/facts.index.jsonl")
    assert "is the highest of" in ledger
    trading.write(
        "posts/trade/facts.index.jsonl", ledger.replace("is the highest of", "tops all of")
    )
    assert "states other values" not in run(trading, "build")[2]


def test_a_claim_without_evidence_is_another_when_its_words_are(
    trading: Site, run: Command
) -> None:
    cell = CELL + '\neven = bs.every(True, says="both sides were even", source="trade")'
    trading.article("trade", cell, ("md", f"{PROSE} They were [even]{{claim='even'}}."))
    run(trading, "facts", "record", "trade", "--on", "2023-05-26")
    assert "states other values" not in run(trading, "build")[2]
    quoted = cell.replace("both sides", "“both sides”")
    trading.article("trade", quoted, ("md", f"{PROSE} They were [even]{{claim='even'}}."))
    assert "states other values" not in run(trading, "build")[2]
    other = cell.replace("were even", "were almost even")
    trading.article("trade", other, ("md", f"{PROSE} They were [even]{{claim='even'}}."))
    reported = run(trading, "build")[2]
    assert "states other values than were recorded: `even` was “both sides were even”" in reported


def test_editions_made_from_a_table_have_one_ledger(trading: Site, run: Command) -> None:
    trading.article(
        "trade",
        CELL.replace("2022", "year"),
        ("md", "Trade came to `{python} sum_`."),
        parameters="year: int = 2022",
        front="title: Trade\ndate: 2023-05-26\neditions:\n  from: trade\n  slug: 'y{{ year }}'\n"
        "  parameters: {year: '{{ year }}'}",
    )
    code, _, reported = run(trading, "facts", "record", "trade", "--on", "2023-05-26")
    assert code == 0, reported
    folder = trading.root / "posts/trade"
    assert {one.name for one in folder.glob("*.jsonl")} == {"facts.jsonl", "facts.index.jsonl"}
    lines = [json.loads(line) for line in trading.read("posts/trade/facts.jsonl").splitlines()]
    assert [(one["edition"], one["text"]) for one in lines] == [
        ("y2021", "$147 billion"),
        ("y2022", "$190 billion"),
    ]
    assert "y2022: as recorded" in run(trading, "facts", "record", "trade")[1]


def test_a_correction_stands_on_the_edition_that_was_wrong(trading: Site, run: Command) -> None:
    trading.write("corrections.qmd", "---\ntitle: Corrections\ncorrections-page: true\n---\n")
    front = """title: Trade
date: 2023-05-26
editions:
  - {slug: "2021", title: In 2021, corrections: [{date: 2023-06-03, wrong: Its own., right: Put right.}]}
  - {slug: "2022", title: In 2022}
corrections:
  - {date: 2023-06-02, wrong: Of the first., right: Put right.}
  - {date: 2023-06-04, wrong: Of two., right: Put right., editions: [2022, index]}"""
    trading.article("trade", CELL, ("md", PROSE), front=front)
    code, _, reported = run(trading, "build")
    assert code == 0, reported
    wrong = {
        name: [
            one
            for one in ("Of the first", "Its own", "Of two")
            if one in trading.read(f"_site/{name}")
        ]
        for name in ("posts/trade/index.html", "posts/trade/2021.html", "posts/trade/2022.html")
    }
    assert list(wrong.values()) == [["Of the first", "Of two"], ["Its own"], ["Of two"]]
    feed = trading.read("_site/corrections.xml")
    assert feed.count("<item>") == 4
    assert "posts/trade/2022.html#correction-2023-06-04" in feed
    trading.article("trade", CELL, ("md", PROSE), front=front.replace("[2022,", "[2032,"))
    assert "there is no edition '2032'" in run(trading, "build")[2]


def test_what_does_not_hold_is_not_recorded(trading: Site, run: Command) -> None:
    trading.table("year,total\n2021,246.9\n2022,190.3\n")
    code, _, reported = run(trading, "facts", "record", "trade")
    assert code == 1
    assert "`record`" in reported
    assert not (trading.root / "posts/trade/facts.index.jsonl").exists()


def test_a_broken_ledger_is_reported_with_its_line(trading: Site, run: Command) -> None:
    trading.write("posts/trade/facts.index.jsonl", "<<<<<<< ours\n")
    code, _, reported = run(trading, "build")
    assert code == 1
    assert "posts/trade/facts.index.jsonl, line 1" in reported


def test_a_correction_stands_in_its_article_on_one_page_and_in_a_feed(
    trading: Site, run: Command
) -> None:
    trading.write("corrections.qmd", "---\ntitle: Corrections\ncorrections-page: true\n---\n")
    trading.article(
        "trade",
        CELL,
        ("md", PROSE),
        front="title: Trade\ndate: 2023-05-26\ncorrections:\n"
        "  - {date: 2023-06-02, wrong: It was <b>$109</b> billion., right: It was $190 billion.}",
    )
    assert run(trading, "build")[0] == 0
    reported = (
        "2 June 2023 An earlier version said: It was <b>$109</b> billion. It was $190 billion."
    )
    article = page(trading)
    assert reported in " ".join(article.find_class("corrections")[0].text_content().split())
    assert "Corrected 2 June 2023" in article.find_class("dates")[0].text_content()
    listed = page(trading, "corrections.html")
    assert reported in " ".join(listed.text_content().split())
    assert listed.xpath("//h2/a/@href") == ["posts/trade/index.html#correction-2023-06-02"]
    assert "Correction: Trade" in trading.read("_site/corrections.atom")
    assert "https://example.org/posts/trade/#correction-2023-06-02" in trading.read(
        "_site/corrections.xml"
    )


# Documents


BIB = """@online{seen, title={A report}, publisher={The Agency}, date={2023-05-24}, url={https://agency.example/report},
  urldate={2023-06-01}, addendum={Archived at \\url{https://archive.example/report}}}
@online{unseen, title={Another}, date={2023}, url={https://agency.example/other}}
"""


def test_a_document_is_a_source_with_its_dates_and_its_archived_copy(
    site: Site, run: Command
) -> None:
    site.write("references.bib", BIB)
    config = site.read("_quarto.yml")
    site.write("_quarto.yml", config + "bibliography: references.bib\n")
    site.table()
    cell = 'import broadsheet as bs\nsaid = bs.usd(70, "$70 billion", unit="US$ bn", source="@seen", name="said")'
    site.article("trade", cell, ("md", "It was `{python} said` [@seen]."))
    code, _, reported = run(site, "build")
    assert code == 0
    assert "nothing cites the reference `unseen`" in reported
    entry = page(site).get_element_by_id("fact-said")
    text = " ".join(entry.text_content().split())
    assert "The Agency, “A report”, seen 1 June 2023 (archived copy), as of 24 May 2023." in text
    assert entry.xpath(".//a/@href")[:2] == [
        "https://agency.example/report",
        "https://archive.example/report",
    ]
    references = " ".join(page(site).get_element_by_id("refs").text_content().split())
    assert "seen" in references and "Archived at https://archive.example/report" in references


def test_a_source_that_is_not_in_the_bibliography_is_an_error(site: Site, run: Command) -> None:
    site.write("references.bib", BIB)
    site.write("_quarto.yml", site.read("_quarto.yml") + "bibliography: references.bib\n")
    site.article(
        "trade",
        'import broadsheet as bs\nsaid = bs.amount("much", source="@sen", name="said")',
        ("md", "It was `{python} said`."),
    )
    code, _, reported = run(site, "build")
    assert code == 1
    assert "`@sen` is not in the bibliography" in reported
