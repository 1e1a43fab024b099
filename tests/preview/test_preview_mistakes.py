"""Mistakes of authors, and what the preview says of each: where, what, and what to do.

One preview runs for all. Each mistake is made, the page that shows it is read, and the mistake is
undone; then the page is as it was. What was said is kept in `__snapshots__/`, from which
`scripts/write_mistakes.py` makes `docs/mistakes.md`.
"""

from __future__ import annotations

import http.client
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from lxml import html
from syrupy.assertion import SnapshotAssertion

from conftest import Site, slow_but
from message_kinds import MessageSnapshots
from mistakes import CONFIG, GROUPS, NOTEBOOK, Mistake, id_of, put, whole
from previewing import Previewed, ended, started

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DAY = "1795737600"
"""27 November 2026."""
PATIENCE = 60


_PARTS = {
    './/*[@class="where"]': "",
    './/*[@class="what"]': "",
    './/*[@class="mend"]': "→ ",
    ".//pre": "│ ",
}


@dataclass(frozen=True)
class Shown:
    """What the preview shows: the page, whether it lies under a fault, and the messages."""

    page: str
    is_covered: bool
    messages: tuple[str, ...]


class Desk:
    """A preview, and the events of each page that was looked at."""

    def __init__(self, preview: Previewed) -> None:
        self.preview = preview
        self.clean: dict[str, Shown] = {}
        self._events: dict[str, http.client.HTTPResponse] = {}

    def look(self, path: str) -> Shown:
        """The page as it is now. The second time has what was found when it had been looked over."""
        self.preview.ask(path)
        _, text = self.preview.ask(path)
        page = html.fromstring(text)
        (own,) = page.iter("broadsheet-preview")
        own.drop_tree()
        faults = own.xpath('.//section[@class="fault"]')
        messages = [*faults, *own.xpath('.//ul[@class="messages"]/li')]
        return Shown(
            html.tostring(page, encoding="unicode"),
            bool(faults),
            tuple(map(self._message, messages)),
        )

    def _message(self, box: html.HtmlElement) -> str:
        parts = [
            f"{sign}{line}"
            for kind, sign in _PARTS.items()
            for one in box.xpath(kind)
            for line in one.text_content().strip().splitlines()
        ]
        links = [f"opens {one}" for one in box.xpath('.//*[@class="where"]/a/@href')]
        text = "\n".join([*parts, *links])
        for machine, shown in ((self.preview.site.root, "/…"), (sys.executable, "python")):
            text = text.replace(str(machine), shown)
        return text.replace(sys.prefix, "/…/.venv")

    def until(self, path: str, fits: Callable[[Shown], bool]) -> Shown:
        """The page, when it fits, which is asked for after each event."""
        events = self._listen(path)
        while True:
            shown = self.look(path)
            if fits(shown):
                return shown
            try:
                while not events.readline().startswith(b"event: page"):
                    pass
            except TimeoutError:
                del self._events[path]
                raise AssertionError(f"{shown.messages} and nothing more was said") from None

    def _listen(self, path: str) -> http.client.HTTPResponse:
        if path not in self._events:
            _, _, host, secret, _ = self.preview.address.split("/")
            connection = http.client.HTTPConnection(host, timeout=PATIENCE)
            connection.request("GET", f"/{secret}/_preview/events?path={path}")
            self._events[path] = connection.getresponse()
            self.clean[path] = self.look(path)
        return self._events[path]

    def end(self) -> None:
        """Hang up."""
        for events in self._events.values():
            events.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    from broadsheet.cli.main import main

    site = Site(tmp_path_factory.mktemp("desk"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(site.root)
        patch.setenv("SOURCE_DATE_EPOCH", DAY)
        assert main(["init", "--title", "The Paper"]) == 0
        new = ["new", "decades", "--template", "editions", "--qmd", "--title", "Decades"]
        assert main(new) == 0
    site.write(CONFIG, site.read(CONFIG) + "broadsheet: {time-limit: 3}\n")
    preview = started(site, SOURCE_DATE_EPOCH=DAY)
    one = Desk(preview)
    yield one
    one.end()
    assert ended(preview) == 0


@pytest.mark.parametrize(
    "mistake", [one for many in GROUPS.values() for one in slow_but(many, 2)], ids=id_of
)
def test_a_mistake_is_told_and_gone_when_it_is_undone(
    desk: Desk, mistake: Mistake, snapshot: SnapshotAssertion
) -> None:
    root, path = desk.preview.site.root, mistake.page
    clean = desk.until(path, lambda shown: not shown.messages)
    before = mistake.make(root)
    try:
        shown = desk.until(path, lambda shown: shown.messages != ())
    finally:
        put(root, before)
        again = desk.until(path, lambda shown: not shown.messages)
    assert "\n\n".join(shown.messages) == snapshot.use_extension(MessageSnapshots)
    assert not shown.is_covered or shown.page == clean.page
    assert again == clean


@pytest.fixture
def look(browser: Browser, desk: Desk) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize(
    "name",
    slow_but(
        ["a misspelt name", "a wrong date", "a template that is no Jinja"], ["a misspelt name"]
    ),
)
def test_the_message_lies_over_the_last_good_page_until_it_is_mended(
    desk: Desk, look: Page, name: str
) -> None:
    (mistake,) = [one for many in GROUPS.values() for one in many if one.name == name]
    look.goto(desk.preview.address + mistake.page)
    message = look.locator("broadsheet-preview [role=alert]")
    before = mistake.make(desk.preview.site.root)
    message.wait_for()
    assert look.get_by_text("The observatory on Mauna Loa").is_visible()
    opens = message.locator(".where a").get_attribute("href")
    assert opens is not None and opens.startswith("vscode://file/")
    assert opens.partition(str(desk.preview.site.root))[2].partition(":")[0].lstrip("/")
    put(desk.preview.site.root, before)
    message.wait_for(state="detached")


def test_a_notebook_that_is_gone_has_no_page_until_it_is_back(desk: Desk, look: Page) -> None:
    look.goto(desk.preview.address + "posts/first-article/index.html")
    before = Mistake("", {NOTEBOOK: whole(None)}).make(desk.preview.site.root)
    look.get_by_role("heading", name="not here").wait_for()
    put(desk.preview.site.root, before)
    look.get_by_text("The observatory on Mauna Loa").wait_for()
