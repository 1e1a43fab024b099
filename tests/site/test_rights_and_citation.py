"""The rights in a page, and how it is cited."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import html

from broadsheet.project.settings.rights import Copyright, License, rights_of
from broadsheet.site.article.citation import citation_of
from broadsheet.site.article.entry import Entry
from small_sites import page, small_site

SITE = "website: {title: The Post, site-url: https://t.example}\n"


@pytest.mark.parametrize(
    "written, name, url",
    [
        ("CC BY", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        (
            "cc by-nc-sa 3.0",
            "CC BY-NC-SA 3.0",
            "https://creativecommons.org/licenses/by-nc-sa/3.0/",
        ),
        ("CC0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("Whatever", "Whatever", ""),
        ("CC BYE", "CC BYE", ""),
    ],
)
def test_the_name_and_address_of_a_licence(written, name, url):
    rights = rights_of(License(text=written), None)
    assert (rights.license, rights.license_url) == (name, url)


def test_a_statement_of_copyright():
    assert rights_of(None, Copyright(holder="Us", year=["2023", "2024"])).copyright == (
        "Copyright © 2023, 2024 Us"
    )
    assert rights_of(None, Copyright(statement="Ours.")).copyright == "Ours."


def entry(**fields: object) -> Entry:
    return Entry(
        "a.html", "a.html", "a.qmd", "Of 5% & more", "Of", date=date(2024, 5, 1), fields=fields
    )


def test_a_page_is_cited_by_its_authors_year_and_title():
    authors = [{"name": "Ada B. King Noel"}, {"name": {"given": "Max", "family": "Born"}}]
    citation = citation_of(entry(citation=True, author=authors), "The Post", "https://t.example/a")
    assert citation.bibtex == (
        "@online{king_noel2024,\n"
        "  author = {King Noel, Ada B. and Born, Max},\n"
        "  title = {{Of 5\\% \\& more}},\n"
        "  date = {2024-05-01},\n"
        "  url = {https://t.example/a},\n"
        "  langid = {en}\n"
        "}\n"
    )
    assert citation.text == (
        "King Noel, Ada B., and Max Born. 2024. “Of 5% & more.” The Post, 2024-05-01. "
        "https://t.example/a."
    )


def test_what_is_written_of_a_paper_holds():
    paper = {
        "type": "article-journal",
        "container-title": "The Journal",
        "volume": 1,
        "issue": 2,
        "page": "3-4",
        "doi": "10.1/x",
        "citation-key": "Own",
        "issued": "2021/05/23",
    }
    citation = citation_of(entry(citation=paper, author="Plato"), "The Post", "")
    assert citation.text == (
        "Plato. 2021. “Of 5% & more.” The Journal 1 (2): 3-4. https://doi.org/10.1/x."
    )
    assert citation.bibtex.startswith("@article{Own,\n  author = {{Plato}},")
    assert ("citation_journal_title", "The Journal") in citation.tags


@pytest.mark.parametrize(
    ("issued", "day"),
    [
        ({"year": 2024}, "2024"),
        ({"year": 2024, "month": 5, "day": "3"}, "2024-05-03"),
        ({"date-parts": [[2024, 5]]}, "2024-05"),
        ({"date-parts": [["2024", "05", "03"], [2025]]}, "2024-05-03"),
        ([2024, 5, 3], "2024-05-03"),
        ({"raw": "2024/5/3"}, "2024-05-03"),
        ("May 3, 2024", "2024-05-03"),
        ("3 May 2024 10:00", "2024-05-03"),
        ("2024-05-03T10:00:00Z", "2024-05-03"),
        (2024, "2024"),
        ({}, "2024-05-01"),
        ({"date-parts": []}, "2024-05-01"),
        ({"year": None}, "2024-05-01"),
    ],
)
def test_the_day_of_a_work_as_csl_has_it(issued, day):
    citation = citation_of(entry(citation={"issued": issued}, author="Plato"), "The Post", "")
    assert f"  date = {{{day}}},\n" in citation.bibtex
    assert citation.text.startswith("Plato. 2024. “")
    assert ("citation_publication_date", day) in citation.tags


def test_signs_of_bibtex_are_escaped_but_in_addresses():
    work = {"doi": "10.1000/ab_c", "url": "https://t.example/~a_b?x={1}", "title": r"A\B ~ ^ {c}"}
    authors = [{"name": {"given": "A_", "family": "M&M"}}]
    citation = citation_of(entry(citation=work, author=authors), "The Post", "")
    assert "  author = {M\\&M, A\\_},\n" in citation.bibtex
    assert (
        r"  title = {{A\textbackslash{}B \textasciitilde{} \textasciicircum{} \{c\}}},"
        in citation.bibtex
    )
    assert "  doi = {10.1000/ab_c},\n" in citation.bibtex
    assert "  url = {https://t.example/~a_b?x=%7B1%7D},\n" in citation.bibtex
    assert citation.bibtex.count("{") == citation.bibtex.count("}")


def test_a_page_without_author_and_date_is_cited_by_the_house():
    meta = Entry("a.html", "a.html", "a.qmd", "A", "A", fields={"citation": True})
    assert citation_of(meta, "The Post", "").text == "The Post. n.d. “A.”"


def test_the_end_of_a_page(tmp_path):
    front = (
        "author: Ada King\ndate: 2024-05-01\nlicense: CC BY\ncopyright: {holder: Us, year: 2024}\n"
        "citation: true\ngoogle-scholar: true\n"
    )
    body = "By {{< meta license.text >}}, {{< meta copyright.statement >}}."
    made = small_site(
        tmp_path,
        SITE,
        **{
            "a.qmd": page("A", front, body),
            "b.qmd": page("B", front + "appendix-cite-as: display\n"),
            "c.qmd": page("C", "citation: {title: X}\nappendix-cite-as: false\n"),
        },
    )
    tree = html.fromstring(made["a.html"])
    assert tree.xpath("string(//*[@id='quarto-reuse']//a[@rel='license'])") == "CC BY 4.0"
    assert "By CC BY 4.0, Copyright © 2024 Us." in made["a.html"]
    assert tree.xpath("//*[@id='quarto-citation']//pre") and tree.find_class(
        "quarto-appendix-citeas"
    )
    assert tree.xpath("//meta[@name='citation_author']/@content") == ["Ada King"]
    assert "bibtex" not in made["b.html"] and "quarto-appendix-citeas" in made["b.html"]
    assert "quarto-citation" not in made["c.html"] + made["index.html"]
    assert not made.said


def test_a_licence_leads_to_no_script(tmp_path):
    front = "license: {text: X, url: 'javascript:x()'}\n"
    made = small_site(tmp_path, SITE, **{"a.qmd": page("A", front)})
    assert "javascript" not in made["a.html"]
    assert any("license" in what for what in made.said)
