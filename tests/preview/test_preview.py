"""`broadsheet preview`: pages are made when they are opened, and follow what is saved."""

from __future__ import annotations

import http.client
import json
import re
import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from broadsheet.figures import figure_making
from broadsheet.preview import page_checks
from broadsheet.preview.messages import EDITOR
from broadsheet.preview.page_checks import look_over
from broadsheet.preview.page_document import document
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite
from conftest import CONFIG, Site
from previewing import Previewed, ended, started

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGE = "posts/trade/index.html"
FRONT = "title: Charts\ndate: 2023-05-26"
TEXT = """\
---
title: Trade
date: 2023-05-26
---

The first paragraph.

## A heading

<details><summary>More</summary>Folded text.</details>

The second paragraph.

{{LONG}}

The last paragraph.
""".replace("{{LONG}}", "\n\n".join(f"Paragraph {number}." for number in range(60)))


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Previewed]:
    site = Site(tmp_path_factory.mktemp("preview"))
    site.write("_quarto.yml", CONFIG.replace('"*.qmd"', '"**/*.qmd"'))
    site.write("index.qmd", "---\ntitle: Front\nlisting:\n  contents: posts\n---\n")
    site.write("posts/trade/index.qmd", TEXT)
    site.write(
        "posts/draft/index.qmd",
        "---\ntitle: Sketch\ndate: 2023-05-27\ndraft: true\n---\n\nNot yet.\n",
    )
    letter = TEXT.replace("title: Trade", "title: A letter\nexcerpt: The excerpt.")
    site.write("posts/letter/index.qmd", letter)
    site.write(".secret/key.txt", "a secret")
    site.article(
        "numbers",
        "print(year * 2)",
        ("md", "It was `{python} year`."),
        parameters="year: int = 2022  # the year of the article",
    )
    running = started(site)
    yield running
    processes = psutil.Process(running.process.pid).children(recursive=True)
    assert ended(running) == 0
    _, left = psutil.wait_procs(processes, timeout=20)
    assert left == [], "Ctrl-C ends all that was started"


@pytest.fixture
def look(browser: Browser, preview: Previewed) -> Iterator[Callable[[str], Page]]:
    """A page of the preview in a browser; afterwards nothing may have failed there."""
    troubles: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 800})

    def look_at(path: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(preview.address + path)
        return page

    yield look_at
    context.close()
    assert troubles == []


def test_a_saved_change_is_put_into_the_page_as_it_stands(
    preview: Previewed, look: Callable[[str], Page]
) -> None:
    page = look(PAGE)
    page.locator("main summary").click()
    page.evaluate("document.querySelector('h2').kept = true; scrollTo(0, 700)")
    preview.site.write("posts/trade/index.qmd", TEXT.replace("The last", "The very last"))
    page.get_by_text("The very last paragraph.").wait_for()
    assert page.locator("[data-preview-changed]").all_inner_texts() == ["The very last paragraph."]
    assert page.get_by_text("The last paragraph.").count() == 0
    assert page.evaluate("scrollY") == 700
    assert page.locator("main details").get_attribute("open") is not None
    assert page.evaluate("document.querySelector('h2').kept")


def test_a_page_that_fails_says_so_over_the_last_good_one(
    preview: Previewed, look: Callable[[str], Page]
) -> None:
    page = look(PAGE)
    path = "posts/trade/index.qmd"
    message = page.locator("broadsheet-preview [role=alert]")
    preview.site.write(path, TEXT.replace("date: 2023", "date: [2023"))
    message.wait_for()
    assert "this is not YAML" in message.inner_text()
    link = message.locator(".where a").get_attribute("href")
    assert link == f"vscode://file{preview.site.root / path}:3"
    summary = page.locator("broadsheet-preview summary", has_text="fault")
    summary.click()  # what it opens lies above the message
    page.locator("broadsheet-preview .sheet .what", has_text="this is not YAML").click()
    summary.click()
    assert page.get_by_text("The second paragraph.").count() == 1
    preview.site.write(path, TEXT.replace("The second", "The mended second"))
    page.get_by_text("The mended second paragraph.").wait_for()
    assert message.count() == 0


def test_a_page_that_could_never_be_made_says_so_itself(
    preview: Previewed, look: Callable[[str], Page]
) -> None:
    """In its own text, too, which frames show without the bar, and which stays if the message is hidden."""
    preview.site.article("broken", "1 / 0")
    page = look("posts/broken/index.html")
    page.locator("main h1", has_text="This page could not be made").wait_for()
    assert "ZeroDivisionError" in page.locator("main").inner_text()
    bar = page.locator("broadsheet-preview .bar")
    assert "1 fault" in bar.inner_text()
    assert "No warnings" not in bar.inner_text()
    assert page.locator("main a").get_attribute("href").startswith("vscode://file/")
    assert page.locator("broadsheet-preview [role=alert]").is_hidden(), (
        "it would cover the same words"
    )
    bar.locator("summary", has_text="1 fault").click()
    assert "ZeroDivisionError" in page.locator("broadsheet-preview .bar .sheet").first.inner_text()
    _, bare = preview.ask("posts/broken/index.html?bare")
    assert "ZeroDivisionError" in bare
    preview.site.article("broken", "1 / 1", ("md", "Mended."))
    page.get_by_text("Mended.").wait_for()
    assert page.get_by_text("could not be made").count() == 0


def test_a_fault_of_our_own_is_on_the_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a figure cannot be made, and where a page cannot be checked."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("out of order")

    figure = "import plotly.graph_objects as go\ngo.Figure(go.Bar(x=['a'], y=[1]))"
    site.article("trade", "#| source: false\n" + figure)
    address = PageAddress("posts/trade/index.html")
    with PreviewedSite(site.root) as previewed:
        with monkeypatch.context() as patch:
            patch.setattr(figure_making, "sketched", broken)
            page = document(previewed, address, "/", "", EDITOR)
            assert page.count("failed: RuntimeError: out of order") >= 2
            assert ">1 fault<" in page
        previewed.note(["posts/trade/index.ipynb"])
        with monkeypatch.context() as patch:
            patch.setattr(page_checks, "check_page", broken)
            assert look_over(previewed, address)
        page = document(previewed, address, "/", "", EDITOR)
        assert "checking this page failed: RuntimeError: out of order" in page
        assert ">No warnings<" not in page


def test_words_that_nothing_accounts_for_are_listed_and_underlined(
    preview: Previewed, look: Callable[[str], Page]
) -> None:
    page = look(PAGE)
    claimed = TEXT.replace("The last", "Exports rose by 29 percent. The last")
    preview.site.write("posts/trade/index.qmd", claimed)
    page.wait_for_function("() => CSS.highlights.get('unaccounted').size > 0")
    words = "[...CSS.highlights.get('unaccounted')].map(String)"
    assert any("29 percent" in one for one in page.evaluate(words))
    page.locator("broadsheet-preview summary", has_text="warning").click()
    assert page.locator("broadsheet-preview .messages", has_text="29 percent").count() == 1


def test_an_article_is_run_with_the_values_of_the_form(
    preview: Previewed, look: Callable[[str], Page]
) -> None:
    page = look("posts/numbers/")
    assert page.get_by_text("It was 2022.").count() == 1
    page.locator("broadsheet-preview summary", has_text="Values").click()
    form = page.locator("broadsheet-preview form[data-run]")
    assert "the year of the article" in form.inner_text()
    form.get_by_label("year").fill("1999")
    form.get_by_role("button", name="Run").click()
    page.get_by_text("It was 1999.").wait_for()
    assert not list(preview.site.root.glob("_site/*"))
    assert look("posts/numbers/").get_by_text("It was 2022.").count() == 1


def test_a_draft_is_shown_and_marked(preview: Previewed) -> None:
    code, text = preview.ask("posts/draft/")
    assert code == 200
    assert '<p class="draft">Draft</p>' in text
    assert "Sketch" in preview.ask("")[1]


def test_a_style_sheet_is_exchanged_alone(preview: Previewed, look: Callable[[str], Page]) -> None:
    page = look(PAGE)
    page.evaluate("document.querySelector('h1').kept = true")
    preview.site.write("theme/broadsheet.css", "h1 { color: rgb(1, 2, 3); }")
    page.wait_for_function(
        "() => getComputedStyle(document.querySelector('h1')).color === 'rgb(1, 2, 3)'"
    )
    assert page.evaluate("document.querySelector('h1').kept")


def test_style_sheets_of_several_saves_follow_one_another(
    preview: Previewed, look: Callable[[str], Page]
) -> None:
    page = look(PAGE)
    of_site = "link[rel=stylesheet]:not([href*='/_preview/'])"
    medias = f'[...document.querySelectorAll("{of_site}")].map((link) => link.media)'
    before = page.evaluate(medias)
    for number in range(6):
        preview.site.write("theme/broadsheet.css", f"h1 {{ color: rgb(4, 5, {number}); }}")
        page.wait_for_timeout(15)  # less than one takes
    preview.site.write("posts/trade/index.qmd", TEXT.replace("Paragraph 7.", "Paragraph seven."))
    page.get_by_text("Paragraph seven.").wait_for()
    page.wait_for_function(
        "() => getComputedStyle(document.querySelector('h1')).color === 'rgb(4, 5, 5)'"
    )
    page.wait_for_function(
        f'(count) => document.querySelectorAll("{of_site}").length === count', arg=len(before)
    )
    assert page.evaluate(medias) == before
    preview.site.write("posts/trade/index.qmd", TEXT)


def test_a_frame_follows_with_its_page(preview: Previewed, look: Callable[[str], Page]) -> None:
    page = look(PAGE)
    page.locator("broadsheet-preview button", has_text="Dark").click()
    frame = page.frame_locator("broadsheet-preview iframe")
    frame.get_by_text("Paragraph 7.").wait_for()
    preview.site.write("posts/trade/index.qmd", TEXT.replace("Paragraph 7.", "Paragraph seven."))
    frame.get_by_text("Paragraph seven.").wait_for()
    assert frame.locator("main").evaluate(  # the place of a message opens the author's editor
        "(main) => { main.insertAdjacentHTML('beforeend', '<a href=#x data-file=a.qmd>a.qmd</a>');"
        " let isKept; addEventListener('click', (event) => { isKept = !event.defaultPrevented; });"
        " main.lastElementChild.click(); return isKept; }"
    )


def test_a_template_and_a_configuration_that_cannot_be_used_end_nothing(
    preview: Previewed, look: Callable[[str], Page]
) -> None:
    page = look(PAGE)
    message = page.locator("broadsheet-preview [role=alert]")
    template = preview.site.write("theme/templates/page.html.jinja", "{{ unknown.name }}")
    message.get_by_text("'unknown' is undefined").wait_for()
    template.unlink()
    message.wait_for(state="detached")
    config = preview.site.read("_quarto.yml")
    preview.site.write("_quarto.yml", "project: [")
    message.wait_for()
    editions = "title: Trade\neditions: [{slug: second, title: The second}]"
    preview.site.write("posts/trade/index.qmd", TEXT.replace("title: Trade", editions))
    preview.site.write("_quarto.yml", config)
    page.locator("broadsheet-preview option", has_text="second").wait_for(state="attached")
    assert message.count() == 0
    preview.site.write("posts/trade/index.qmd", TEXT)


@pytest.mark.slow
def test_a_run_whose_code_has_changed_is_broken_off(
    preview: Previewed, look: Callable[[str], Page]
) -> None:
    """The limit of a cell is two minutes."""
    preview.site.article("endless", "1 + 1", ("md", "It ends."), front=FRONT)
    page = look("posts/endless/")
    page.get_by_text("It ends.").wait_for()
    preview.site.article("endless", "while True: pass", ("md", "It ends."), front=FRONT)
    page.locator("broadsheet-preview .bar[aria-busy=true]").wait_for()
    preview.site.article("endless", "2 + 2", ("md", "It ends again."), front=FRONT)
    page.get_by_text("It ends again.").wait_for()


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("", {"Host": "attacker.example"}),
        ("", {"Origin": "http://attacker.example"}),
        ("", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}),
        ("_preview/events?path=index.html", {"Host": "attacker.example:80"}),
    ],
)
def test_a_request_of_another_site_is_refused(
    preview: Previewed, path: str, headers: dict[str, str]
) -> None:
    assert preview.ask(path, **headers)[0] == 403


@pytest.mark.parametrize(
    "path",
    [
        "../_quarto.yml",
        "%2e%2e/%2e%2e/etc/passwd",
        "posts/..%2f..%2f.secret/key.txt",
        ".secret/key.txt",
        "_quarto.yml",
        "posts/trade/index.qmd",
        "posts/numbers/index.ipynb",
        "/etc/passwd",
    ],
)
def test_only_what_is_of_the_site_is_served(preview: Previewed, path: str) -> None:
    assert preview.ask(path)[0] == 404


@pytest.mark.parametrize(
    "path", ["posts/../index.html", "posts/..%2findex.html", "..%5cindex.html"]
)
def test_no_address_goes_up(preview: Previewed, path: str) -> None:
    assert preview.ask(path) == (404, "There is no such page.")


def test_a_redirection_stays_at_the_preview(preview: Previewed) -> None:
    asked = http.client.HTTPConnection(preview.address.split("/")[2])
    root = "/" + preview.address.split("/", 3)[3]
    asked.request("GET", f"{root}/elsewhere.example?given=x")
    assert asked.getresponse().getheader("location") == f"{root}elsewhere.example"


@pytest.mark.slow
def test_the_browser_is_opened_without_the_token_on_its_command_line(
    site: Site, browser: Browser
) -> None:
    """Other users see the command lines of all programs."""
    site.write("index.qmd", "---\ntitle: Front\n---\n")
    arguments = site.root / "arguments"
    script = f"import sys; open({str(arguments)!r}, 'w').write(sys.argv[1])"
    preview = started(
        site, opens_browser=True, BROWSER=shlex.join([sys.executable, "-c", script, "%s"])
    )
    try:
        for _ in range(200):
            if arguments.exists() and arguments.read_text():
                break
            preview.ask("")
        opened = arguments.read_text()
        assert preview.printed.split("/")[3] not in opened
        file = site.root / ".broadsheet/preview.html"
        assert (opened, file.stat().st_mode & 0o777) == (file.as_uri(), 0o600)
        page = browser.new_page()
        page.goto(opened)
        page.wait_for_url(f"{preview.address}index.html")
        page.get_by_role("heading", name="Front").wait_for()
        page.close()
        other = started(site)  # which opens no browser
        assert ended(other) == 0
        assert file.exists()
    finally:
        assert ended(preview) == 0
    assert not file.exists()


def test_code_runs_with_given_values_for_the_token_alone(preview: Previewed) -> None:
    asked: dict[str, Any] = {"path": "posts/numbers/index.html", "values": {"year": "1984"}}
    assert preview.post("_preview/run", asked)[0] == 403
    assert preview.post("_preview/run", asked, X_Broadsheet_Token="guessed")[0] == 403
    assert preview.ask("_preview/run")[0] == 404
    found = re.search(r'data-token="([^"]+)"', preview.ask("posts/numbers/")[1])
    assert found
    code, answer = preview.post("_preview/run", asked, X_Broadsheet_Token=found[1])
    assert code == 200
    assert "It was 1984." in preview.ask(json.loads(answer)["address"].split("/", 2)[2])[1]
    assert preview.post("_preview/run", [], X_Broadsheet_Token=found[1])[0] == 400


def test_ctrl_c_ends_it_also_if_python_drops_the_exception(site: Site) -> None:
    """As it does where a finalizer runs."""
    code = """
import os, signal
from pathlib import Path
from broadsheet.preview.messages import EDITOR
from broadsheet.preview.session import preview

class Last:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

def say(text):
    Last()

preview(Path.cwd(), port=0, editor=EDITOR, opens_browser=False, say=say)
print("ended")
"""
    done = subprocess.run(
        ["env", "--default-signal=INT", sys.executable, "-c", code],
        cwd=site.root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Exception ignored in" in done.stderr and done.stdout == "ended\n"


def test_the_page_in_dark_colours(preview: Previewed, look: Callable[[str], Page]) -> None:
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light, dark = (look(f"{PAGE}?bare{scheme}").evaluate(paper) for scheme in ("", "&scheme=dark"))
    assert light != dark
    page = look(PAGE)
    button = page.locator("broadsheet-preview").get_by_role("button", name="Dark")
    colour = "() => getComputedStyle({}).backgroundColor === {!r}".replace(
        "{}", "document.querySelector('broadsheet-preview').shadowRoot.querySelector('.bar')"
    )
    for is_dark in (True, False):
        button.click()
        page.wait_for_function(colour.replace("{!r}", repr(dark if is_dark else light)))
        overflow = page.evaluate("getComputedStyle(document.documentElement).overflowY")
        assert (overflow == "hidden") == is_dark, "the page under it has no scroll bar of its own"


def test_the_bar_is_whole_in_a_narrow_window(look: Callable[[str], Page]) -> None:
    page = look(PAGE)
    page.set_viewport_size({"width": 320, "height": 700})
    bar = page.locator("broadsheet-preview .bar")
    for part in bar.locator("summary, .views button").all():
        box = part.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 320
    padding = "parseFloat(getComputedStyle(document.body).paddingBottom)"
    height = bar.bounding_box()["height"]
    page.wait_for_function(f"() => {padding} > {height}")  # the last line of the page is above it


@pytest.mark.slow
def test_a_chart_that_changes_answers_again_and_the_others_stay(
    preview: Previewed, look: Callable[[str], Page]
) -> None:
    cell = "import plotly.express as px\npx.bar(x=[1, 2], y=[{}, 2], title='{}')"
    first = cell.format(3, "First")
    preview.site.article("charts", first, cell.format(1, "Second"), front=FRONT)
    page = look("posts/charts/")
    for number in range(2):
        page.get_by_role("button", name="Explore").nth(number).click()
    page.locator(".chart-picture.is-live").nth(1).wait_for()
    page.evaluate("document.querySelector('.chart-live').kept = true")
    preview.site.article("charts", first, cell.format(5, "Another"), front=FRONT)
    page.get_by_text("Another").first.wait_for()
    page.locator(".chart-picture").nth(1).hover()
    page.locator(".chart-tip:popover-open").get_by_text("5").wait_for()
    assert page.evaluate("document.querySelector('.chart-live').kept")


def test_what_has_changed_since_the_site_was_built(preview: Previewed) -> None:
    built = preview.site.write(f"_site/{PAGE}", "<main><p>Paragraph 7.</p><p>It was.</p></main>")
    code, text = preview.ask(f"_preview/changes?path={PAGE}")
    built.unlink()
    assert code == 200
    assert "<del>It was.</del>" in text
    assert "<ins>Paragraph 8.</ins>" in text
    assert "<ins>Paragraph 7.</ins>" not in text


def test_an_article_as_a_card_and_as_an_email(preview: Previewed) -> None:
    with urllib.request.urlopen(f"{preview.address}_preview/card?path={PAGE}") as answer:
        assert answer.read(4) == b"\x89PNG"
    code, text = preview.ask(f"_preview/letter?path={PAGE}")
    assert (code, "no `excerpt`" in text) == (422, True)
    code, text = preview.ask("_preview/letter?path=posts/letter/index.html")
    assert (code, "The excerpt." in text) == (200, True), text


def test_what_a_saved_file_makes_anew(site: Site) -> None:
    """A failed page is not run again for another article or for what its own run writes; a list has
    the title of an article that nobody has opened; what the configuration names is taken when it is there.
    """
    front = site.write("index.qmd", "---\ntitle: Front\nlisting: {contents: posts}\n---\n")
    other = site.write("posts/other/index.qmd", "---\ntitle: Other\ndate: 2023-05-26\n---\n")
    failing = "open('log.txt', 'a').write('x')\nopen('missing.csv')"
    site.article("failing", failing, front=FRONT)
    log = "posts/failing/log.txt"
    address, index = (
        PageAddress("posts/failing/index.html"),
        PageAddress(front.with_suffix(".html").name),
    )
    with PreviewedSite(site.root) as previewed:
        assert previewed.page(address).fault is not None
        previewed.note({log, "posts/failing"})
        other.write_text(other.read_text().replace("Other", "Renamed"))
        previewed.note({"posts/other/index.qmd"})
        assert not previewed.is_stale(address)
        assert "Renamed" in previewed.page(index).html
        site.write("posts/failing/missing.csv", "")
        previewed.note({"posts/failing/missing.csv"})
        assert previewed.page(address).fault is None
        assert len(site.read(log)) == 2
        config = site.read("_quarto.yml")
        site.write("_quarto.yml", config + "format: {html: {css: styles.css}}\n")
        previewed.note({"_quarto.yml"})
        styles = len(previewed.styles)
        site.write("styles.css", "")
        previewed.note({"styles.css"})
        assert len(previewed.styles) == styles + 1
        site.write("_quarto.yml", "project: [")
        previewed.note({"_quarto.yml"})
        assert previewed.fault is not None
        site.write("_quarto.yml", config)
        previewed.note({"styles.css"})
        assert previewed.fault is None


def test_the_preview_is_for_this_machine_alone(
    site: Site, run: Callable[..., tuple[int, str, str]]
) -> None:
    site.write("index.qmd", "---\ntitle: Front\n---\n")
    code, _, messages = run(site, "preview", "--host", "0.0.0.0")
    assert code == 2
    assert "for this machine alone" in messages
    code, _, messages = run(site, "preview", "--editor", "my-editor:{file}")
    assert (code, "{path}, {line} and {cell}" in messages) == (2, True)
