"""ORCID: the number of an author in a register of researchers."""

from __future__ import annotations

import json

import pytest
from lxml.html import document_fromstring

from broadsheet.site.build.build import build
from conftest import Site

NUMBER = "0000-0002-1825-0097"


def built(site: Site, author: str, lang: str = "en") -> str:
    site.article(
        "a", ("md", "Text."), front=f"title: T\ndate: 2024-05-01\nlang: {lang}\nauthor: {author}"
    )
    result = build(site.root)
    assert not result.faults, result.faults
    return site.read("_site/posts/a/index.html")


@pytest.mark.parametrize(
    "value", [NUMBER, f"https://orcid.org/{NUMBER}?lang=en", "'0000000218250097'"]
)
def test_the_byline_and_the_data_lead_to_the_profile(site: Site, value: str):
    page = document_fromstring(built(site, f"{{name: Ada, orcid: {value}}}"))
    (link,) = page.xpath("//*[@class='authors']//a[@class='quarto-title-author-orcid']")
    assert link.get("href") == f"https://orcid.org/{NUMBER}"
    assert link.get("aria-label") == "ORCID profile of Ada" and link.text == "ORCID"
    (data,) = page.xpath("//script[@type='application/ld+json']")
    assert json.loads(data.text)["author"][0]["sameAs"] == f"https://orcid.org/{NUMBER}"
    assert f"[ORCID](https://orcid.org/{NUMBER})" in site.read("_site/posts/a/index.md")


def test_it_is_said_in_the_language_of_the_page(site: Site):
    assert 'aria-label="ORCID-Profil von Ada"' in built(
        site, f"{{name: Ada, orcid: {NUMBER}}}", "de"
    )


def test_an_author_without_one_has_no_link(site: Site):
    assert "orcid" not in built(site, "Ada")


@pytest.mark.parametrize("value", ["x", "0000-0002-1825", '"javascript:alert(1)"', "[1]"])
def test_what_is_no_number_is_a_fault_with_its_place(site: Site, value: str):
    front = f"title: T\ndate: 2024-05-01\nauthor:\n  name: Ada\n  orcid: {value}"
    site.article("a", ("md", "Text."), front=front)
    (fault,) = build(site.root).faults
    assert "four groups of four digits, such as 0000-0002-1825-0097" in str(fault)
    assert "line 5" in str(fault) or "cell 1" in str(fault)
