"""Live coverage: entries with their times, newest first, for readers and for machines."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from lxml import html

UPDATES = """::: {.update time="2023-11-25"}
### The *second* day

Seventeen [people](#update-20231125).

#### A part of it

More.
:::

::: {.update time="2023-11-24T16:00+02:00"}
### The first day

Twenty-four.
:::

::: {.update #start time="2023-11-24T07:00+02:00"}
It begins.
:::

## Afterwards

Words."""
UNTIL = "until: str = '2023-11-25'"
EDITIONS = """updates-until: "`{python} until`"
editions:
  - slug: "24"
    parameters: {until: "2023-11-24"}
"""

Built = Callable[..., html.HtmlElement]


@pytest.fixture
def built(site: Any, run: Any) -> Built:
    """An article of some Markdown, built."""

    def build(text: str = UPDATES, front: str = "", **given: str) -> html.HtmlElement:
        site.article(
            "pause", ("md", text), front=f"title: The pause\ndate: 2023-11-25\n{front}", **given
        )
        code, _, errors = run(site, "build")
        assert code == 0, errors
        return html.fromstring(site.read("_site/posts/pause/index.html"))

    return build


def _texts(found: list[html.HtmlElement]) -> list[str]:
    return [" ".join(one.text_content().split()) for one in found]


def _entries(page: html.HtmlElement) -> list[html.HtmlElement]:
    return page.xpath("//article[contains(@class, 'update')]")


def _told(page: html.HtmlElement) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.xpath("string(//script[@type='application/ld+json'])"))
    return found


def test_an_entry_is_an_article_with_its_time_in_words_and_an_address(built: Built) -> None:
    entries = _entries(built())
    assert [entry.get("id") for entry in entries] == [
        "update-20231125",
        "update-20231124-1600",
        "start",
    ]
    times = [entry.find(".//time") for entry in entries]
    assert _texts(times) == [
        "25 November 2023",
        "24 November 2023, 16:00",
        "24 November 2023, 07:00",
    ]
    assert [time.get("datetime") for time in times] == [
        "2023-11-25",
        "2023-11-24T16:00+02:00",
        "2023-11-24T07:00+02:00",
    ]
    assert [time.find("a").get("href") for time in times] == [
        "#update-20231125",
        "#update-20231124-1600",
        "#start",
    ]
    assert _texts(entries[0].xpath("h3 | h4")) == ["The second day", "A part of it"]


def test_what_follows_the_entries_is_not_in_the_last_of_them(built: Built) -> None:
    page = built()
    assert "Words." not in _texts(_entries(page))[-1]
    assert _texts(page.xpath("//section/h2[text()='Afterwards']/../p")) == ["Words."]


def test_a_list_before_the_first_leads_to_each(built: Built) -> None:
    page = built()
    links = page.xpath("//nav[@class='updates']//a")
    assert _texts(links) == [
        "25 November 2023 The second day",
        "24 November 2023, 16:00 The first day",
        "24 November 2023, 07:00",
    ]
    assert [link.get("href")[1:] for link in links] == [entry.get("id") for entry in _entries(page)]


def test_a_page_in_another_language_has_its_times_in_it(built: Built) -> None:
    page = built(front="lang: de")
    assert _texts([_entries(page)[1].find(".//time")]) == ["24. November 2023, 16:00"]
    assert page.xpath("//nav[@class='updates']/@aria-label") == ["Meldungen"]


def test_a_page_of_markdown_has_times_in_words_too(site: Any, run: Any) -> None:
    site.front()
    front = "---\ntitle: The pause\ndate: 2023-11-25\n"
    config = site.read("_quarto.yml").replace('"posts/**/*.ipynb"', '"posts/**/*.qmd"')
    site.write("_quarto.yml", config)
    site.write("posts/pause/index.qmd", f"{front}updates-until: 2023-11-24\n---\n\n{UPDATES}\n")
    code, _, errors = run(site, "build")
    assert code == 0, errors
    page = html.fromstring(site.read("_site/posts/pause/index.html"))
    times = _texts(page.find_class("update-time"))
    assert times == ["24 November 2023, 16:00", "24 November 2023, 07:00"]
    assert page.get_element_by_id("update-20231124-1600") is not None
    wrong = UPDATES.replace('time="2023-11-25"', 'time="2023-11-23"')
    site.write("posts/pause/index.qmd", f"{front}---\n\n{wrong}\n")
    code, _, errors = run(site, "build")
    assert code == 1 and "posts/pause/index.qmd, line 16" in errors


def test_machines_are_told_of_a_live_blog_and_its_entries(built: Built) -> None:
    reported = _told(built())
    assert reported["@type"] == "LiveBlogPosting"
    assert (reported["coverageStartTime"], reported["coverageEndTime"]) == (
        "2023-11-24T07:00+02:00",
        "2023-11-25",
    )
    assert reported["liveBlogUpdate"][0] == {
        "@type": "BlogPosting",
        "headline": "The second day",
        "datePublished": "2023-11-25",
        "articleBody": "Seventeen people.\nA part of it\nMore.",
        "url": "https://example.org/posts/pause/#update-20231125",
    }
    assert [one["headline"] for one in reported["liveBlogUpdate"][1:]] == [
        "The first day",
        "It begins.",
    ]


def test_an_article_without_entries_is_none(built: Built) -> None:
    assert _told(built("Words."))["@type"] == "NewsArticle"


def test_an_edition_shows_the_page_as_it_stood_on_a_day(built: Built, site: Any) -> None:
    whole = built(front=EDITIONS, parameters=UNTIL)
    then = html.fromstring(site.read("_site/posts/pause/24.html"))
    assert [len(_entries(page)) for page in (whole, then)] == [3, 2]
    assert len(then.xpath("//nav[@class='updates']//a")) == 2
    assert _told(then)["coverageEndTime"] == "2023-11-24T16:00+02:00"
    assert "Seventeen" not in then.text_content()


def test_two_entries_of_one_time_have_two_addresses(built: Built) -> None:
    page = built(UPDATES.replace("24T07:00", "24T16:00").replace(" #start", ""))
    assert [entry.get("id") for entry in _entries(page)][1:] == [
        "update-20231124-1600",
        "update-20231124-1600-2",
    ]


def test_an_entry_in_a_code_block_is_code(built: Built) -> None:
    assert not _entries(built(f"````\n{UPDATES}\n````"))


@pytest.mark.parametrize(
    ("of", "instead", "line", "says"),
    [
        (' time="2023-11-25"', "", 1, "an update has no `time`"),
        ("2023-11-25", "yesterday", 1, "'yesterday' is no time of an update"),
        (
            "T16:00+02:00",
            "T16:00",
            11,
            "the time '2023-11-24T16:00' of an update does not say in which time zone",
        ),
        (
            "24T07:00",
            "24T16:30",
            17,
            "the update of 2023-11-24T16:30+02:00 stands below that of 2023-11-24T16:00+02:00, "
            "which is older",
        ),
        ("24T07:00", "26T07:00", 17, "which is older"),
    ],
)
def test_an_entry_without_a_time_or_out_of_order_is_an_error_at_its_line(
    site: Any, run: Any, of: str, instead: str, line: int, says: str
) -> None:
    site.article("pause", ("md", UPDATES.replace(of, instead, 1)))
    code, _, errors = run(site, "build")
    assert code == 1
    assert f"posts/pause/index.ipynb, cell 2, line {line}: " in errors
    assert says in errors


def test_a_day_that_is_none_is_an_error_at_its_key(site: Any, run: Any) -> None:
    site.article(
        "pause", ("md", UPDATES), front="title: The pause\ndate: 2023-11-25\nupdates-until: Friday"
    )
    code, _, errors = run(site, "build")
    assert code == 1
    assert "'Friday' is not a day, the key `updates-until`" in errors
