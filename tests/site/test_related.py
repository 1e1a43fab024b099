"""Related articles: three at the end of each, by titles, topics and tables, the same from build to
build.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest
from test_site import page, text

from broadsheet.site.article.entry import Entry
from broadsheet.site.build.build import build
from broadsheet.site.index.related import RelatedArticles
from publishing import article, publish, select, write

OIL = "Crude oil left the port by tanker, below the price of a barrel that the cap allows. "
WHEAT = "Farmers brought in the wheat harvest, and the mill bought the grain by the tonne. "
SNOW = "Skiers waited for snow on the slopes while the lifts stood still. "
WORLD = {
    "posts/cap.qmd": article("The cap on oil", "2024-01-01", OIL),
    "posts/tanker.qmd": article("Oil: a tanker in port", "2024-01-02", OIL * 2),
    "posts/barrel.qmd": article("The barrel of oil, in snow", "2024-01-03", OIL + SNOW),
    "posts/mill.qmd": article("The mill", "2024-01-04", WHEAT),
    "posts/grain.qmd": article("Grain of the mill", "2024-01-05", WHEAT * 3),
    "posts/slopes.qmd": article("Snow on the slopes", "2024-01-06", SNOW * 2),
}


def related(root: Path, path: str) -> list[str]:
    return text(page(root, path), ".related .headline")


def test_an_article_ends_with_the_three_that_are_nearest_to_it_with_byline_and_date(tmp_path):
    write(tmp_path, WORLD)
    publish(tmp_path)
    assert related(tmp_path, "posts/cap.html")[:2] == [
        "The barrel of oil, in snow",
        "Oil: a tanker in port",
    ]
    assert related(tmp_path, "posts/grain.html")[0] == "The mill"
    assert "The barrel of oil, in snow" in related(tmp_path, "posts/slopes.html")[:1]
    found = page(tmp_path, "posts/cap.html")
    assert (
        text(found, ".related h2") == ["Related articles"]
        and len(text(found, ".related article")) == 3
    )
    assert text(found, ".related .meta")[0] == "3 January 2024 A. Reporter 1 min read"
    assert not any("The cap on oil" in one for one in related(tmp_path, "posts/cap.html"))


def test_those_that_front_matter_names_come_first_in_their_order(tmp_path):
    named = article("The cap on oil", "2024-01-01", OIL, related="[slopes, mill, cap]")
    write(tmp_path, WORLD | {"posts/cap.qmd": named})
    publish(tmp_path)
    assert related(tmp_path, "posts/cap.html") == [
        "Snow on the slopes",
        "The mill",
        "The barrel of oil, in snow",
    ]


def test_a_related_article_that_does_not_exist_is_a_fault_of_the_page(tmp_path):
    named = article("The cap on oil", "2024-01-01", OIL, related="[slope]")
    write(tmp_path, WORLD | {"posts/cap.qmd": named})
    (fault,) = build(tmp_path).faults
    assert "refers to `article:slope`, and no article has that slug" in str(fault)
    assert "`article:slopes`" in str(fault)


def test_a_shared_topic_and_a_shared_table_count(site):
    site.table()
    site.article(
        "a",
        "import broadsheet as bs\ntrade = bs.table('trade')",
        ("md", "Alpha."),
        front="title: One\ndate: 2024-01-01\ncategories: [News, Salt]",
    )
    site.article(
        "b", ("md", "Beta."), front="title: Two\ndate: 2024-01-02\ncategories: [News, Salt]"
    )
    site.article(
        "c",
        "import broadsheet as bs\ntrade = bs.table('trade')",
        ("md", "Gamma."),
        front="title: Three\ndate: 2024-01-03\ncategories: [News]",
    )
    for number in range(4):
        site.article(
            f"n{number}",
            ("md", "Delta."),
            front="title: Four\ndate: 2024-01-04\ncategories: [News]",
        )
    assert not build(site.root).faults
    assert set(related(site.root, "posts/a/index.html")[:2]) == {"Two", "Three"}


@pytest.mark.slow
def test_no_list_has_the_article_itself_an_edition_of_it_or_two_of_another(tmp_path):
    def with_edition(name: str, slug: str) -> dict[str, str]:
        more = f"editions:\n- {{slug: {slug}, title: Another, date: 2025-01-01}}\nedition-entries: each\n---\n"
        return {name: WORLD[name].replace("---\nCrude", f"{more}Crude")}

    write(
        tmp_path,
        WORLD | with_edition("posts/cap.qmd", "lid") | with_edition("posts/tanker.qmd", "ship"),
    )
    publish(tmp_path)
    assert related(tmp_path, "posts/cap.html") == related(tmp_path, "posts/lid.html")
    addresses = [
        link.get("href")
        for link in select(page(tmp_path, "posts/lid.html"), ".related .headline a")
    ]
    assert len(addresses) == 3 and len({"ship.html", "tanker.html"} & set(addresses)) == 1
    assert not {"cap.html", "lid.html"} & set(addresses)


@pytest.mark.slow
def test_what_is_not_for_search_engines_or_a_draft_is_related_to_nothing(tmp_path):
    write(
        tmp_path,
        WORLD
        | {
            "posts/tanker.qmd": article("Oil: a tanker in port", "2024-01-02", OIL, search="false"),
            "posts/barrel.qmd": article(
                "The barrel of oil, in snow", "2024-01-03", OIL, draft="true"
            ),
        },
    )
    publish(tmp_path)
    assert not {"Oil: a tanker in port", "The barrel of oil, in snow"} & set(
        related(tmp_path, "posts/cap.html")
    )
    assert related(tmp_path, "posts/tanker.html")[0] == "The cap on oil"


def test_a_reader_is_led_to_the_translation_in_the_language_that_is_read(tmp_path):
    write(
        tmp_path,
        WORLD
        | {
            "posts/fass.qmd": article(
                "Das Fass",
                "2024-01-03",
                "Rohöl, barrelweise.",
                lang="de",
                translation_of="barrel.qmd",
            ),
            "posts/deckel.qmd": article(
                "Der Deckel", "2024-01-01", "Ein Preis für Öl.", lang="de", translation_of="cap.qmd"
            ),
        },
    )
    publish(tmp_path)
    assert {"Das Fass", "Oil: a tanker in port"} <= set(related(tmp_path, "posts/deckel.html"))
    assert not {"The barrel of oil, in snow", "The cap on oil"} & set(
        related(tmp_path, "posts/deckel.html")
    )
    assert {"The barrel of oil, in snow", "Oil: a tanker in port"} <= set(
        related(tmp_path, "posts/cap.html")
    )


@pytest.mark.slow
def test_news_elsewhere_changes_no_list_and_nothing_in_common_is_no_relation(tmp_path):
    write(tmp_path, WORLD)
    publish(tmp_path)
    before = {name: related(tmp_path, name.replace("qmd", "html")) for name in WORLD}
    far = article("Chess", "2024-02-01", "Knights, bishops, rooks.").replace("[Town]", "[Games]")
    write(tmp_path, {"posts/chess.qmd": far})
    publish(tmp_path)
    assert before == {name: related(tmp_path, name.replace("qmd", "html")) for name in WORLD}
    assert related(tmp_path, "posts/chess.html") == []


def made(titles: Iterable[str]) -> dict[str, list[str]]:
    """What is related to each of many articles of successive days, by number."""
    titles = list(titles)
    related = RelatedArticles(
        (
            Entry(
                f"{number:03}.html",
                "",
                f"{number:03}",
                title,
                "",
                date=date(2024, 1, 1) + timedelta(days=number),
            ),
            (),
        )
        for number, title in enumerate(titles)
    )
    return {f"{number:03}": related.of(f"{number:03}") for number in range(len(titles))}


def test_among_hundreds_each_finds_its_own_kind_and_of_equals_the_newest():
    letters = "abcdefghijklmnopqrst"
    kinds = [
        f"{one}{other}{one} {other}{one}{other}{other}"
        for one in letters
        for other in letters
        if one != other
    ]
    found = made(kinds[number % 75] for number in range(300))
    assert found["010"] == ["235.html", "160.html", "085.html"]
    assert found["235"] == ["160.html", "085.html", "010.html"]
    assert found == made(kinds[number % 75] for number in range(300))


def test_small_words_say_nothing_and_russia_is_what_is_russian():
    found = made(["While they were there, oil", "While they were there, wheat", "Snow", "Ice"])
    assert not any(found.values())
    found = made(["Russian oil", "Russia's harvest", "Snow", "Ice"])
    assert found["000"] == ["001.html"] and not found["002"]


def test_an_edit_of_the_text_changes_no_list(site):
    for number, words in enumerate((OIL, OIL * 2, WHEAT, WHEAT)):
        site.write(f"posts/n{number}.md", article(f"Number {number} of {words[:5]}", body=words))
    site.write("_quarto.yml", "project: {type: website}\n")
    assert not build(site.root).faults
    before = {number: related(site.root, f"posts/n{number}.html") for number in range(4)}
    site.write("posts/n2.md", article("Number 2 of Farme", body=SNOW * 3))
    assert not build(site.root).faults
    assert before == {number: related(site.root, f"posts/n{number}.html") for number in range(4)}
