"""A page on paper: what a reader can fold out is there, and no heading is parted from its table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from publishing import article, publish, write

pytestmark = pytest.mark.browser

BODY = """\
First words.

<details><summary>More about it</summary>

What was folded by hand.

</details>

::: {.callout-note collapse="true"}
## A box
What was folded in the box.
:::

## Wide

| a | b | c | d | e |
|--:|--:|--:|--:|--:|
| 1 | 2 | 3 | 4 | 5 |

## Narrow

| a | b |
|--:|--:|
| 1 | 2 |

## Words

Words.

::: {.panel-tabset}
### North
Snow falls.

### South
Rain falls.
:::
"""


@pytest.fixture
def printed(tmp_path: Path, serve: Callable[[Path], str], browser) -> Page:
    write(tmp_path, {"posts/a.qmd": article("A", body=BODY)})
    publish(tmp_path)
    page = browser.new_page()
    page.goto(serve(tmp_path / "_site") + "/posts/a.html")
    yield page
    page.close()


def test_what_is_folded_on_the_screen_is_on_paper(printed):
    for words in ("What was folded by hand.", "What was folded in the box."):
        place = printed.get_by_text(words)
        assert not place.evaluate("element => element.checkVisibility()")
        printed.emulate_media(media="print")
        assert place.evaluate("element => element.checkVisibility()")
        assert place.bounding_box()["height"] > 0
        printed.emulate_media(media="screen")


def test_a_heading_of_a_table_that_has_the_whole_width_has_it_too(printed):
    printed.emulate_media(media="print")
    spans = {
        name: printed.get_by_role("heading", name=name, exact=True).evaluate(
            "element => getComputedStyle(element).columnSpan"
        )
        for name in ("Wide", "Narrow", "Words")
    }
    assert spans == {"Wide": "all", "Narrow": "none", "Words": "none"}


def test_each_name_of_a_tab_stands_over_what_it_names(printed):
    printed.emulate_media(media="print")
    places = [
        printed.get_by_text(words, exact=True).bounding_box()["y"]
        for words in ("North", "Snow falls.", "South", "Rain falls.")
    ]
    assert places == sorted(places) and len(set(places)) == 4
