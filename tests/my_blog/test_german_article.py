"""The article on Everest in German, as a reader of German meets it, and beside its original."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from broadsheet.checks.check import check

if TYPE_CHECKING:
    from playwright.sync_api import Page

ORIGINAL, GERMAN = "century-on-everest", "ein-jahrhundert-everest"
ENGLISH = re.compile(
    r"\b(?:the|of|and|with|was|were|by year|source|read|figure|data)\b", re.IGNORECASE
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(publication: Path, serve: Callable[[Path], str]) -> str:
    return serve(publication)


@pytest.fixture
def german(opened: Callable[..., Page]) -> Page:
    return opened(f"posts/{GERMAN}/")


def test_headline_dates_and_numbers_are_german(german: Page) -> None:
    assert german.locator("html").get_attribute("lang") == "de"
    assert german.locator("h1").inner_text().replace("\u2011", "-") == (
        "Audrey Salkeld, Historikerin der ersten Everest-Expeditionen, ist mit 87 Jahren gestorben"
    )
    assert german.locator(".dates").inner_text() == "27. November 2023\n3 Min. Lesezeit"
    prose = german.locator("#article-body").inner_text()
    for said in (
        "ist am 11. Oktober in Bristol gestorben. Sie wurde 87 Jahre alt",
        "etwa sechsmal so viele",
        "Die Zahl der Toten stieg um rund ein Drittel, von 62 in den 1990er-Jahren",
        "10.528 Besteigungen des Everest",
        "von 5,2 Prozent auf 8,1 Prozent",
        "In den 1970er-Jahren, dem ersten Jahrzehnt mit mindestens 50 Besteigungen",
        "19 bis 24 Tote",
        "Zwei Bergsteiger standen 1953 nachweislich als Erste auf dem Gipfel",
    ):
        assert said in prose, said


def test_charts_say_everything_in_german(german: Page) -> None:
    charts = german.locator(".chart")
    assert charts.count() == 4
    assert (
        german.locator("figcaption")
        .all_inner_texts()[0]
        .startswith("Abbildung\u00a01: Grenzen nach")
    )
    assert "Quelle: Natural Earth; GeoNames" in charts.first.locator(".chart-foot").inner_text()
    for number in range(1, 4):
        chart = charts.nth(number)
        assert chart.locator("svg[role=img]").first.get_attribute("aria-label", timeout=5000)
        assert not ENGLISH.search(" ".join(chart.locator("svg text").all_text_contents()))
        foot = chart.locator(".chart-foot").inner_text()
        assert "Quelle: The Himalayan Database" in foot
        assert "Stand: 31. Dezember 2021" in foot
        assert "Daten ansehen" in foot
    rates = german.locator("#chart-fig-rate")
    assert {"7,0", "1,5"} <= set(rates.locator(".chart-wide text").all_text_contents())
    rates.locator("summary").click()
    assert rates.locator("tbody tr").nth(2).inner_text().split() == ["1990er", "7,0"]


def test_a_chart_is_read_out_in_german(german: Page) -> None:
    keys = german.locator("#chart-fig-rate .chart-keys")
    assert str(keys.get_attribute("aria-label")).endswith("Die Pfeiltasten lesen die Werte vor.")
    keys.press("End")
    reported = german.locator("#chart-fig-rate .chart-reading")
    reported.get_by_text("2010er").wait_for()
    assert reported.inner_text() == "2010er: 1,5"


def test_a_card_and_the_list_of_facts_are_german(german: Page) -> None:
    german.locator("a.fact", has_text="8,1 Prozent").first.focus()
    card = german.locator("#known-card")
    german.keyboard.press("Tab")
    german.keyboard.press("Shift+Tab")
    card.wait_for()
    assert "Anteil der Angestellten an den Besteigungen, 1990er: 35,45 Prozent" in card.inner_text()
    assert "Woher wir das wissen" in card.inner_text()
    german.locator(".known summary", has_text="Jede Zahl und jede Aussage").click()
    known = german.locator(".known").inner_text()
    assert "Geprüft, als diese Seite erzeugt wurde: Es stimmt." in known
    assert "Das Jahr 1996 hat die zweitmeisten Todesfälle." in known
    assert "„Besteigungen“: 2019 ist der Höchstwert von 1921 bis 2021." in known


def test_references_have_german_dates(german: Page) -> None:
    listed = german.locator("#refs").inner_text()
    assert "13. März 2020, abgerufen am 25. November 2026" in listed
    assert "seen" not in listed


def test_the_two_lead_to_each_other_and_the_front_page_has_the_english_one(german: Page) -> None:
    german.get_by_role("link", name="Read in English").click()
    assert german.locator("html").get_attribute("lang") == "en"
    german.get_by_role("link", name="Auf Deutsch lesen").click()
    assert german.url.endswith(f"/posts/{GERMAN}/index.html")
    german.get_by_role("link", name="My Blog", exact=True).click()
    assert german.locator(f"main a[href*='{ORIGINAL}']").count() > 0
    assert german.locator(f"main a[href*='{GERMAN}']").count() == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_page(opened: Callable[..., Page], width: int) -> None:
    page = opened(f"posts/{GERMAN}/", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_both_versions_state_the_same_values(publication: Path) -> None:
    values = {}
    for slug in (ORIGINAL, GERMAN):
        facts = json.loads(
            (publication / f"posts/{slug}/index_files/facts.json").read_text("utf-8")
        )
        values[slug] = sorted(str(fact["value"]) for fact in facts["facts"])
        assert all(claim["holds"] for claim in facts["claims"])
    assert values[GERMAN] == values[ORIGINAL]


def test_the_gate_finds_nothing_in_it_that_nothing_accounts_for(
    publication: Path, publication_sources: Path
) -> None:
    report = check(publication_sources, [GERMAN], day=date(2026, 11, 25), jobs=2)
    assert [one.sentence for one in report.unaccounted] == []
    assert sum(count for kind, count in report.counts.items() if kind != "exempt") > 50
