"""The pages by which readers subscribe: the newsletter's, with the issues that were sent, and the
one on feeds, in each language, and how a feed looks in a browser.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from playwright.sync_api import Browser, Page
from test_subscriptions import CONFIG, database, gazette, sent

from mailroom import open_mailroom
from publishing import SITE, article, publish, select, write

__all__ = ["gazette"]
OWN = f"{SITE}broadsheet:\n  newsletter:\n    provider: broadsheet\n"
ISSUE = {
    "sent": "2024-05-03",
    "lang": "en",
    "article": "posts/a.html",
    "title": "A bridge",
    "subtitle": "After nine years.",
    "excerpt": 'It <strong>holds</strong>, says <a href="https://gazette.example/">the council</a>.',
}


def page(root: Path, path: str) -> html.HtmlElement:
    return html.parse(root / "_site" / path).getroot()


def text(found: html.HtmlElement, css: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in select(found, css)]


def test_the_newsletter_has_a_page_a_place_on_the_front_page_and_a_link_on_each(tmp_path):
    write(tmp_path, {"_quarto.yml": OWN, "posts/a.qmd": article("A")})
    assert not publish(tmp_path).notices
    own, front = page(tmp_path, "newsletter/index.html"), page(tmp_path, "index.html")
    assert text(own, "h1") == ["Newsletter"] and text(own, ".listing-empty") == [
        "No issue has been sent yet."
    ]
    for found in (own, front):
        assert text(found, "form.sign-up label") == ["Get the first issue by e-mail"]
        (form,) = select(found, "form.sign-up")
        assert form.get("action") == "/paper/subscribe/sign-up"
        assert {one.get("name"): one.get("value") for one in select(form, "input")} == {
            "email": None,
            "lang": "en",
            "website": "",
        }
        assert "do not track what you open" in form.text_content()
    assert (
        select(page(tmp_path, "about.html"), ".feeds a")[0].get("href") == "newsletter/index.html"
    )


def test_without_a_service_or_a_provider_there_is_neither(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A")})
    publish(tmp_path)
    assert not (tmp_path / "_site/newsletter").exists()
    assert not select(page(tmp_path, "index.html"), "form")


def test_an_issue_that_was_sent_has_a_page_and_a_line_in_the_archive(tmp_path):
    issues = {
        "newsletter/2024-05-03-a.json": json.dumps(ISSUE),
        "newsletter/2024-06-01-b.json": json.dumps({**ISSUE, "sent": "2024-06-01", "title": "B"}),
    }
    write(tmp_path, {"_quarto.yml": OWN, "posts/a.qmd": article("A"), **issues})
    assert not publish(tmp_path).notices
    own = page(tmp_path, "newsletter/index.html")
    assert text(own, "form.sign-up label") == ["Get the next issue by e-mail"]
    assert text(own, ".lines li") == ["B 1 June 2024", "A bridge 3 May 2024"]
    issue = page(tmp_path, "newsletter/2024-05-03-a/index.html")
    assert text(issue, "h1") == ["A bridge"] and text(issue, ".dates") == ["Sent on 3 May 2024"]
    assert text(issue, ".prose p")[0] == "It holds, says the council."
    assert select(issue, ".prose p a")[-1].get("href") == "../../posts/a.html"
    assert "newsletter/2024-05-03-a/" in (tmp_path / "_site/sitemap.xml").read_text()
    # Built again, with one taken away; and one that cannot be read stops nothing.
    (tmp_path / "newsletter/2024-06-01-b.json").unlink()
    write(tmp_path, {"newsletter/2024-07-01-c.json": '{"sent": "soon"}'})
    (notice,) = publish(tmp_path).notices
    assert "this is no issue of the newsletter" in notice.what
    assert text(page(tmp_path, "newsletter/index.html"), ".lines li") == ["A bridge 3 May 2024"]
    assert not (tmp_path / "_site/newsletter/2024-06-01-b").exists()


def test_after_the_first_issue_the_form_of_each_page_offers_the_next(tmp_path):
    files = {"_quarto.yml": OWN, "posts/a.qmd": article("A", excerpt="It holds.", body="Words.")}
    for issues, label in (
        ({}, "first"),
        ({"newsletter/2024-05-03-a.json": json.dumps(ISSUE)}, "next"),
    ):
        write(tmp_path, files | issues)
        publish(tmp_path)
        (told,) = text(page(tmp_path, "posts/a.html"), "form.sign-up label")
        assert told == f"Get the {label} issue by e-mail"


def test_sending_writes_the_archive_once(gazette, run):
    with open_mailroom() as (_, port):
        gazette.write("_quarto.yml", CONFIG.format(port=port, lang="en"))
        database(gazette).add(["a@mail.example"], "en")
        assert "for the newsletter's archive" in sent(run, gazette)[1]
        (file,) = (gazette.root / "newsletter").glob("*.json")
        assert file.name.endswith("-bridge.json")
        database(gazette).add(["b@mail.example"], "en")
        assert "archive" not in sent(run, gazette)[1]
        assert run(gazette, "build")[0] == 0
    found = html.parse(gazette.root / f"_site/newsletter/{file.stem}/index.html").getroot()
    assert text(found, "h1") == ["A bridge is opened"]
    assert text(found, ".prose p")[0] == "It holds, says the council & an earlier report."
    file.unlink()
    assert run(gazette, "build")[0] == 0
    own = html.parse(gazette.root / "_site/newsletter/index.html").getroot()
    assert text(own, ".listing-empty") == ["No issue has been sent yet."]
    assert not (gazette.root / f"_site/newsletter/{file.stem}").exists()


def test_a_german_article_leads_to_german_pages(tmp_path):
    front = {"excerpt": "Sie hält.", "lang": "de"}
    write(tmp_path, {"_quarto.yml": OWN, "posts/a.qmd": article("A", body="Worte.", **front)})
    publish(tmp_path)
    story = page(tmp_path, "posts/a.html")
    assert [one.get("href") for one in select(story, ".feeds a")] == [
        "../newsletter/de/index.html",
        "../feeds/de/index.html",
    ]
    (form,) = select(story, "form.sign-up")
    assert select(form, "input[name=lang]")[0].get("value") == "de"
    assert "Die erste Ausgabe per E-Mail" in form.text_content()
    for path, heading in (("newsletter", "Bisherige Ausgaben"), ("feeds", "So folgen Sie")):
        found = page(tmp_path, f"{path}/de/index.html")
        assert found.get("lang") == "de" and text(found, "h2")[0] == heading
        words = " ".join(text(found, "main")).split()
        assert not {"the", "and", "you", "is"}.intersection(words)


def test_a_feed_names_a_style_sheet_of_the_site_and_says_what_it_is(tmp_path):
    write(tmp_path, {"posts/a.qmd": article("A")})
    publish(tmp_path)
    for name in ("index.xml", "index.atom"):
        written = (tmp_path / "_site" / name).read_text()
        line = written.splitlines()[1]
        assert line.startswith('<?xml-stylesheet type="text/css" href="site_libs/broadsheet/feed-')
        assert (tmp_path / "_site" / line.split('"')[3]).is_file()
        assert "This is a feed." in written and "https://gazette.example/paper/feeds/" in written


@pytest.fixture
def readers(browser: Browser) -> Iterator[list[Page]]:
    """A wide page by day and a phone's by night; axe is an inline script."""
    looks = (
        {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
        {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"},
    )
    contexts = [browser.new_context(**look, bypass_csp=True) for look in looks]  # type: ignore[arg-type]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


@pytest.mark.slow
@pytest.mark.browser
def test_these_pages_have_no_fault_that_axe_finds(
    tmp_path, serve: Callable[[Path], str], readers: list[Page]
):
    files = {
        "_quarto.yml": OWN,
        "posts/a.qmd": article("A", body="Words.", excerpt="It holds."),
        "newsletter/2024-05-03-a.json": json.dumps(ISSUE),
    }
    write(tmp_path, files)
    publish(tmp_path)
    address = serve(tmp_path / "_site")
    found = []
    for name in ("", "newsletter/", "newsletter/2024-05-03-a/", "feeds/", "posts/a.html"):
        for reader in readers:
            reader.goto(address + name)
            found += [one["id"] for one in Axe().run(reader).response["violations"]]
            wide = reader.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0
    assert found == []


@pytest.mark.browser
def test_a_browser_shows_a_feed_as_a_list(tmp_path, serve: Callable[[Path], str], readers):
    write(tmp_path, {"posts/a.qmd": article("A")})
    publish(tmp_path)
    reader = readers[0]
    reader.goto(serve(tmp_path / "_site") + "index.xml")
    shown = reader.evaluate("getComputedStyle(document.querySelector('item > title')).fontWeight")
    hidden = "getComputedStyle(document.querySelector('item > guid')).display"
    assert shown == "700" and reader.evaluate(hidden) == "none"
    link = "document.getElementsByTagNameNS('http://www.w3.org/1999/xhtml', 'a')[0].href"
    assert reader.evaluate(link) == "https://gazette.example/paper/feeds/"
