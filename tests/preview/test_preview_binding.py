"""The preview binds a page: it shows what it finds, and writes what its reader chooses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from test_preview import look  # noqa: F401

from conftest import CONFIG, Site
from previewing import Previewed, ended, started

if TYPE_CHECKING:
    from playwright.sync_api import Page

POWER = "year,wind,coal\n2021,17,24\n2022,22,19\n2023,27,15\n2024,31,11\n"
FRONT = '---\ntitle: "Wind <i>power</i>"\ndate: 2025-01-01\n---\n\n'
TRUE = "In 2024 wind gave 31 TWh. In 2022 coal gave 19 TWh.\n"
FALSE = "\nIn 2022 wind gave 23 TWh.\n"


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Previewed]:
    site = Site(tmp_path_factory.mktemp("preview-binding"))
    site.write("_quarto.yml", CONFIG.replace('"*.qmd"', '"**/*.qmd"'))
    site.write("index.qmd", "---\ntitle: Front\nlisting:\n  contents: posts\n---\n")
    site.write("data/power.csv", POWER)
    for name in ("wind", "coal", "broken"):
        site.write(f"posts/{name}/index.qmd", FRONT + TRUE + FALSE)
    running = started(site)
    yield running
    assert ended(running) == 0


def ordered(preview: Previewed, order: object) -> tuple[int, str]:
    """The answer to an order of a page of the preview, which has the token."""
    _, page = preview.ask("posts/wind/index.html")
    token = re.search(r'data-token="([^"]+)"', page)
    assert token is not None
    return preview.post("_preview/bind", order, X_Broadsheet_Token=token[1])


def test_what_is_chosen_is_written_and_the_page_reads_as_before(
    preview: Previewed,
    look: Callable[[str], Page],  # noqa: F811
) -> None:
    page = look("posts/wind/index.html")
    page.locator("broadsheet-preview summary", has_text="Bind").click()
    form = page.locator("broadsheet-preview form[data-bind]")
    assert form.locator("button[type=submit]").is_hidden()
    form.get_by_text("Look for them").click()
    form.locator(".choices li").nth(2).wait_for()
    choices = form.locator(".choices li")
    assert choices.count() == 3
    assert [choices.nth(at).locator("input").is_checked() for at in range(3)] == [True, True, False]
    assert choices.nth(0).locator("code").inner_text() == 'amount(power.wind[2024], "31 TWh")'
    assert "is false: the tables say “22 TWh”" in choices.nth(2).inner_text()
    assert "Comes into the catalogue: power." in form.inner_text()
    choices.nth(1).locator("input").uncheck()
    form.get_by_text("Write those chosen").click()
    form.get_by_text("Written: 1.").wait_for()
    source = preview.site.read("posts/wind/index.qmd")
    assert '`{python} amount(power.wind[2024], "31 TWh")`. In 2022 coal gave 19 TWh.' in source
    assert FALSE in source
    assert '"power"' in preview.site.read("data/datapackage.json")
    page.locator("main [data-fact], main .fact, main .known").first.wait_for(state="attached")
    assert (
        "In 2024 wind gave 31 TWh. In 2022 coal gave 19 TWh." in page.locator("main").inner_text()
    )


def test_a_page_that_was_saved_meanwhile_is_not_written(preview: Previewed) -> None:
    path, before = "posts/coal/index.html", FRONT + TRUE
    preview.site.write("posts/coal/index.qmd", before)
    status, answer = ordered(preview, {"path": path})
    assert status == 200
    order = {"path": path, "key": json.loads(answer)["key"], "chosen": [0, 1, 99, -1]}
    preview.site.write("posts/coal/index.qmd", before + "More.\n")
    status, answer = ordered(preview, order)
    assert status == 422
    assert "it has changed meanwhile" in answer
    assert preview.site.read("posts/coal/index.qmd") == before + "More.\n"


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({}, 400),
        ([], 400),
        ({"path": "posts/wind/index.html", "chosen": ["x"]}, 400),
        ({"path": "posts/wind/index.html", "chosen": 7}, 400),
        ({"path": "posts/wind/index.html", "chosen": [1e999]}, 400),
        ({"path": "posts/wind/index.html", "key": "guessed", "chosen": [0]}, 422),
        ({"path": "../../etc/passwd"}, 404),
        ({"path": "index.html"}, 200),
        ({"path": "nowhere.html"}, 422),
    ],
)
def test_an_order_that_is_none_is_refused(preview: Previewed, order: object, status: int) -> None:
    before = preview.site.read("posts/wind/index.qmd")
    assert ordered(preview, order)[0] == status
    assert preview.site.read("posts/wind/index.qmd") == before


def test_nobody_binds_without_the_token(preview: Previewed) -> None:
    order = {"path": "posts/wind/index.html"}
    assert preview.post("_preview/bind", order, X_Broadsheet_Token="guessed")[0] == 403


def test_a_number_is_underlined_only_where_it_stands_by_itself(
    preview: Previewed,
    look: Callable[[str], Page],  # noqa: F811
) -> None:
    preview.site.write("posts/coal/index.qmd", f"{FRONT}In 2024 there were 24 of them.\n")
    page = look("posts/coal/index.html")
    page.wait_for_function("() => CSS.highlights.get('unaccounted')?.size > 0")
    found = (
        "[...CSS.highlights.get('unaccounted')].map((range) => [range.startOffset, String(range)])"
    )
    assert page.evaluate(found) == [[19, "24"]]


def test_an_article_that_cannot_run_is_told(preview: Previewed) -> None:
    preview.site.write("posts/broken/index.qmd", f"{FRONT}```{{python}}\n1 / 0\n```\n\n{TRUE}")
    status, answer = ordered(preview, {"path": "posts/broken/index.html"})
    assert status == 422
    assert "ZeroDivisionError" in answer
