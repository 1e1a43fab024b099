"""Addresses that a browser would run are in nothing that is published."""

from __future__ import annotations

import json

import lxml.html
import pytest
from hypothesis import given, settings, strategies

from broadsheet.errors import ConfigError
from broadsheet.project.reading import open_publication
from broadsheet.text import url_schemes
from conftest import examples
from publishing import TOWN, article, publish, write

LIVE = (
    '<a href="javascript:x">',
    "<a href=javascript:x>",
    "<A HREF='&#106;avascript:x'>",
    '<a href="java&Tab;script:x">',
    '<a href="\x01javascript:x">',
    '<a href=" JaVaScRiPt:x">',
    '<a/href="javascript:x">',
    "<a\x0chref=javascript:x>",
    '<a title="a>b"href="javascript:x">',
    '<a href="java\nscript:x">',
    '<a href="javascript&colon;x">',
    '<a href="javascript&#58;x">',
    '<a href="javascript&#x3a x">',
    '<a href="&#x6A&#x61vascript:x">',
    "<a href=&#1;javascript:x>",
    "<a href='javascript:\"x\"'>",
    '<a x="y" href = "javascript:x" >',
    '<a href="javascript:x',
    "<a <b href=javascript:x>",
    "<area href=javascript:x>",
    '<base href="javascript:/a/">',
    '<!-- <a title=" --><a href="javascript:x">"',
    "<noscript><p title=\"</noscript><a href='javascript:x'>\">",
    '<a href="data:text/html,x">',
    '<a href="vbscript:x">',
    '<a href="file:///etc/passwd">',
    '<a href="blob:x">',
    '<a ping="javascript:x" href=a>',
    '<blockquote cite="javascript:x">',
    '<iframe srcdoc="&lt;a href=javascript:x&gt;">',
    '<iframe src="data:text/html,x">',
    '<meta http-equiv=refresh content="0;url=javascript:x">',
    '<META HTTP-EQUIV="Refresh" content="0; javascript:x">',
    "<meta content=\"0;URL='javascript:x'\" http-equiv=REFRESH>",
    '<svg><a xlink:href="javascript:x">',
    '<svg><use href="data:image/svg+xml,x">',
    '<animate attributeName=href values="#;javascript:x">',
    "<set attributeName=href to=javascript:x>",
    '<object data="data:text/html,x">',
    '<embed src="data:x,y">',
    '<script src="data:,x">',
    '<link rel=stylesheet href="data:text/css,x">',
    '<form action="javascript:x">',
    "<button formaction=javascript:x>",
    '<img src="data:image/svg+xml,x">',
    '<img srcset="a.png 1x, javascript:x 2x">',
    '<video poster="javascript:x">',
    '<td background="javascript:x">',
    '<image xlink:href="data:image/svg+xml;x">',
    "<input type=image src=javascript:x>",
)
HARMLESS = (
    '<a href="https://a.example/b?c=d&amp;e=javascript:x">',
    '<a href="HTTPS://x.example">',
    '<a href="//x.example/y">',
    '<a href="a/b:c.html">',
    '<a href="#a:b">',
    '<a href="?x=a:b">',
    '<a href="12:30.html">',
    '<a href="">',
    '<a href="mailto:a@b.example">',
    '<a href="TEL:1">',
    '<a href="&amp;x">',
    '<a title="href=javascript:x" href="a">',
    '<img src="data:image/png;base64,AAA">',
    '<img srcset="a.png 1x, b.png 2x">',
    "<code>a href=javascript:x</code>",
    '<p>href="javascript:x"</p>',
    "<textarea>&lt;a href=&#34;javascript:x&#34;&gt;</textarea>",
    '<meta name="x" content="0;url=javascript:x">',
    '<animate attributeName="r" values="0;1">',
    '<div data-x="a:b">',
)


@pytest.mark.parametrize("html", LIVE)
def test_an_address_that_a_browser_would_run_is_taken_out(html):
    clean, refused = url_schemes.filtered(html)
    assert len(refused) == 1
    assert not any(word in clean.lower() for word in ("script:", "data:", "file:", "blob:"))


@pytest.mark.parametrize("html", HARMLESS)
def test_everything_else_stays_to_the_byte(html):
    assert url_schemes.filtered(html) == (html, [])


TOKENS = [
    "<",
    ">",
    "a ",
    "a/",
    "svg ",
    "img ",
    "meta ",
    "iframe ",
    "<!--",
    "-->",
    "href",
    "xlink:href",
    "src",
    "srcdoc",
    "content",
    "http-equiv",
    "refresh",
    "=",
    "'",
    '"',
    " ",
    "\t",
    "\n",
    "/",
    "javascript:x",
    "java",
    "script:",
    "x:",
    "data:text/html,",
    "&#106;",
    "&Tab;",
    "&colon;",
    "0;url=",
    "https://a.example/",
    "\x00",
    "&lt;",
    "&quot;",
]


@settings(max_examples=examples(100), deadline=None)
@given(strategies.lists(strategies.sampled_from(TOKENS), max_size=40).map("".join))
def test_nothing_live_is_left_of_any_text(text):
    clean, _ = url_schemes.filtered(text)
    assert url_schemes.filtered(clean) == (clean, [])
    if "<" in clean:
        root = lxml.html.fragment_fromstring(clean.replace("\x00", ""), create_parent="div")
        for element in root.iter("a"):
            assert url_schemes.is_link(str(element.get("href", "")))


def test_html_of_tags_without_end_is_shown_as_text():
    clean, _ = url_schemes.filtered("<a " * 2000 + "href=javascript:x")
    assert "<" not in clean


def test_an_address_from_a_bibliography_is_not_on_the_page_and_its_author_is_reported(tmp_path):
    write(
        tmp_path,
        {
            "references.bib": "@misc{evil, title={The Report}, author={Doe, J.}, year={2020}, url={javascript://a.example/%0aalert(1)}}\n",
            "posts/a.qmd": article(
                "A", body="As was said [@evil].", bibliography="/references.bib"
            ),
            "posts/b.qmd": article(
                "B",
                body='<a href="JAVA&Tab;SCRIPT:alert(1)">raw</a> and [file](file:///etc/passwd)',
            ),
        },
    )
    report = publish(tmp_path)
    pages = {
        path.relative_to(tmp_path / "_site").as_posix(): path.read_text(encoding="utf-8")
        for path in (tmp_path / "_site").rglob("*.*")
        if path.suffix in (".html", ".xml", ".atom", ".json", ".md")
        and path.name != ".broadsheet.json"
    }
    assert not report.faults
    assert "The report" in pages["posts/a.html"]
    assert not [
        name
        for name, text in pages.items()
        if 'href="javascript' in text.lower() or "file:///" in text
    ]
    reported = [str(notice) for notice in report.notices if notice.topic == "address"]
    assert [one.partition(":")[0] for one in reported] == [
        "posts/a.qmd",
        "posts/b.qmd",
        "posts/b.qmd, line 7",
    ]
    assert "its scheme is not one that a page may have" in reported[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "href: town.qmd",
            'href: "java\\tscript:alert(1)"',
            "line 10: `website.navbar.left.0.href`: no link may have an "
            "address of the scheme `javascript:`",
        ),
        (
            "https://gazette.example/paper",
            "javascript:alert(1)//",
            "line 7: `website.site-url`: this is no full address; one is https://example.org/news",
        ),
    ],
)
def test_an_address_of_the_configuration_is_a_fault_at_its_line(tmp_path, old, new, said):
    root = write(tmp_path, {})
    config = root / "_quarto.yml"
    config.write_text(config.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    try:
        found = [str(one) for one in open_publication(root).notices]  # a link is left out
    except ConfigError as error:
        found = [str(error)]
    assert any(f"_quarto.yml, {said}" in one for one in found)


def test_an_authors_address_is_a_fault_of_the_page(tmp_path):
    root = write(
        tmp_path,
        {
            "town.qmd": TOWN,
            "posts/a.qmd": "---\ntitle: A\ndate: 2024-05-01\nauthor:\n  - name: X\n"
            "    url: ' data:text/html,x'\n---\n",
        },
    )
    faults = open_publication(root).faults
    assert [str(fault).splitlines()[0] for fault in faults.values()] == [
        "posts/a.qmd, line 6: `author.0.url`: no link may have an address of the scheme `data:`; there may be geo, "
        "http, https, mailto, sms, tel, not ' data:text/html,x'"
    ]


def test_a_source_of_the_catalogue_is_a_fault_of_the_descriptor(site):
    site.table()
    described = json.loads(site.read("data/datapackage.json"))
    described["resources"][0]["sources"][0]["path"] = "javascript:alert(1)"
    site.write("data/datapackage.json", json.dumps(described))
    from broadsheet.data.catalogue import Catalogue

    with pytest.raises(
        ConfigError, match="source 1: path: no link may have an address of the scheme `javascript:`"
    ):
        Catalogue.open(site.root)
