"""Aliases at places that are not an author's: those of our record, of git, of other pages and files.
Each is a fault of its page, and all other pages are built.
"""

from __future__ import annotations

import json

import pytest

from broadsheet.site.build.build import build
from conftest import Site, slow_but

FAULTS = {
    "/.broadsheet.json": "keep for themselves",
    "/.BROADSHEET.json": "keep for themselves",
    "/.broadsheet.json/x.html": "keep for themselves",
    "/.broadsheet/pages": "keep for themselves",
    "/posts/.git/x": "keep for themselves",
    "/.nojekyll": "keep for themselves",
    "/%00": "no address of this site",
    "/a%07b": "no address of this site",
    "/%2e%2e/x": "no address of this site",
    "/..%2f..%2fx": "no address of this site",
    "/posts/good/": "the address of another page",
    "/posts/GOOD/": "the address of another page",
    "/Index.html": "the address of another page",
    "/404.html": "the address of another page",
    "/404.HTML/..": "the address of another page",
    "/posts/good/index.html/x": "lies below `/posts/good/index.html`, which is a page",
    "/taken.html": "is an alias of posts/good/index.html, too",
    "/Taken.html": "is an alias of posts/good/index.html, too",
    "/caf\u0065\u0301.html": "is an alias of posts/good/index.html, too",
    "/taken.html/below": "lies below `/taken.html`, which is a page",
    "/folder.html": "is the name of a folder of other pages",
    "/a\ud800b": "half of a surrogate pair",
    "/a\x00b": "the control character U+0000",
}
QUICK = ("/.broadsheet.json", "/%00", "/posts/GOOD/", "/taken.html/below", "/folder.html")
NOTICED = ("/sitemap.xml", "/robots.txt", "/search", "/index.xml")
HARMLESS = (
    "/a b",
    "/%e2%80%aex",
    "/con",
    "/a\\b",
    "/posts/Later/",
    "/posts/later/",
    "/\u202eb",
    "/s%ed%a0%80",
)


def write(site: Site, alias: str) -> None:
    site.write("index.qmd", "---\ntitle: Home\nlisting: {contents: posts, feed: true}\n---\n")
    kept = json.dumps(["/taken.html", "/caf\u00e9.html", "/folder.html/inside"])
    site.write(
        "posts/good/index.qmd", f"---\ntitle: Good\ndate: 2024-01-01\naliases: {kept}\n---\nText.\n"
    )
    site.write(
        "posts/later/index.qmd",
        f"---\ntitle: Later\ndate: 2024-01-02\naliases: [{json.dumps(alias)}]\n---\nText.\n",
    )
    site.write("posts/zoo.qmd", "---\ntitle: Zoo\ndate: 2024-01-03\n---\nText.\n")


@pytest.fixture
def wide(site: Site) -> Site:
    config = (site.root / "_quarto.yml").read_text()
    site.write(
        "_quarto.yml", config.replace('    - "posts/**/*.ipynb"\n', '    - "posts/**/*.qmd"\n')
    )
    return site


@pytest.mark.parametrize("alias", slow_but(FAULTS, QUICK), ids=ascii)
def test_it_is_a_fault_of_its_page_alone(alias: str, wide: Site) -> None:
    write(wide, alias)
    for _ in range(2):
        report = build(wide.root, jobs=1)
        (fault,) = report.faults
        assert FAULTS[alias] in fault.what and fault.where.file == "posts/later/index.qmd"
        assert fault.kind != "UnexpectedError"
        assert (wide.root / "_site/posts/good/index.html").is_file()
        assert "posts/good" in (wide.root / "_site/taken.html").read_text()


@pytest.mark.parametrize("alias", NOTICED)
def test_a_file_of_the_site_stays_and_a_notice_says_so(alias: str, wide: Site) -> None:
    write(wide, alias)
    report = build(wide.root, jobs=1)
    assert not report.faults
    assert any(one.topic == "alias" and alias in one.what for one in report.notices)


@pytest.mark.parametrize("alias", HARMLESS, ids=ascii)
def test_an_odd_name_is_a_name(alias: str, wide: Site) -> None:
    write(wide, alias)
    report = build(wide.root, jobs=1)
    assert not report.faults
    assert (wide.root / "_site/posts/later/index.html").is_file()
