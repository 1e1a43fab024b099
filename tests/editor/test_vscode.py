"""Broadsheet in VS Code: problems and their fixes, completions, evidence, places, new names, the preview.

A real VS Code in a real browser, code-server, with the extension as `make vsix` packs it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from conftest import Site
from editor_pages import pages_of_editors

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

EXTENSION = Path(__file__).parents[2] / "editors/vscode"
CODE_SERVER = EXTENSION / "code-server/node_modules/code-server"
BUILT = CODE_SERVER / "lib/vscode/node_modules/@vscode/ripgrep/bin/rg"
PACKER = EXTENSION / "node_modules/.bin/vsce"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,  # VS Code takes half a minute to start
    pytest.mark.skipif(
        shutil.which("node") is None or not BUILT.exists() or not PACKER.exists(),
        reason="needs code-server, a VS Code in a browser, which npm brings (make code-server)",
    ),
]
STARTED = re.compile(rb"HTTP server listening on (http://127\.0\.0\.1:\d+)/")
TEXT = """\
---
title: "Written"
date: 2023-05-26
---

```{python}
import broadsheet as bs
trade = bs.table("trade").set_index("year")
```

## A part {#sec-part}

It was `{python} usd(trade.total[2022])`, as @sec-part says.
Before, it was 146.9.
"""
OLD = """\
#!/bin/sh
echo x >> starts
echo 'it is too old' >&2
echo 'Take another.' >&2
exit 2
"""
REFUSING = """\
#!/bin/sh
answer='{"jsonrpc": "2.0", "id": 0, "error": {"code": -32603, "message": "not here"}}'
printf 'Content-Length: %s\\r\\n\\r\\n%s' ${#answer} "$answer"
exec sleep 1000
"""
WAITING = """\
#!/bin/sh
echo $$ > waiting
exec sleep 1000
"""


@dataclass
class Window:
    """A window of VS Code."""

    page: Page

    def trust(self) -> None:
        """Say that the folder is trusted."""
        self.page.get_by_role("button", name="Yes, I trust the authors").click()

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type a text."""
        self.page.keyboard.type(text)

    def choose(self, key: str, text: str) -> None:
        """Open the field that a key opens, type a text into it, and take what is offered of that."""
        self.press(key)
        field = self.page.locator(".quick-input-widget input[type=text]")
        expect(field).to_be_focused()
        field.press_sequentially(text)
        row = self.page.locator(".quick-input-list .monaco-list-row").first
        expect(row).to_contain_text(text.rsplit("/", maxsplit=1)[-1])
        self.press("Enter")
        expect(field).to_be_hidden()

    def command(self, title: str) -> None:
        """Run a command by its title."""
        self.choose("F1", title)

    def file(self, path: str) -> None:
        """Open a file."""
        self.choose("Control+p", path)
        expect(self.page.get_by_role("tab", selected=True, name=Path(path).name)).to_be_visible()

    def at(self, line: int, column: int) -> None:
        """Put the cursor at a place of the open file."""
        self.press("Control+g")
        field = self.page.locator(".quick-input-widget input[type=text]")
        expect(field).to_be_focused()
        field.press_sequentially(f"{line}:{column}")
        self.press("Enter")
        expect(self.page.locator(".statusbar")).to_contain_text(f"Ln {line}, Col {column}")

    def lines(self) -> Locator:
        """The text of the open editor."""
        return self.page.locator(".editor-instance .view-lines").last

    def cell(self, number: int) -> Locator:
        """A cell of the open notebook, from 0."""
        return self.page.locator(f".cell-list-container .monaco-list-row[data-index='{number}']")

    def offered(self, text: str) -> Locator:
        """What is offered to complete the text at the cursor."""
        return self.page.locator(".suggest-widget.visible .monaco-list-row", has_text=text)

    def problems(self) -> Locator:
        """The problems that are listed."""
        return self.page.locator(".markers-panel .monaco-list-row")

    def fix(self, title: str) -> None:
        """Take the first quick fix at the cursor."""
        expect(self.page.locator("[class*=lightbulb i]:visible").first).to_be_visible()
        self.press("Control+.")
        expect(self.page.locator(".action-widget .monaco-list-row.focused")).to_contain_text(title)
        self.press("Enter")


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension as it is released."""
    file = tmp_path_factory.mktemp("packed") / "broadsheet.vsix"
    subprocess.run(
        ["npm", "run", "--silent", "package", "--", "--out", str(file)],
        cwd=EXTENSION,
        check=True,
        capture_output=True,
    )
    return file


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory, packed: Path) -> Iterator[str]:
    """The address of a VS Code that runs."""
    folder = tmp_path_factory.mktemp("code")
    options = [
        *("--config", str(folder / "config.yaml"), "--user-data-dir", str(folder / "user")),
        *("--extensions-dir", str(folder / "extensions"), "--disable-telemetry"),
    ]
    line = ["node", str(CODE_SERVER / "out/node/entry.js"), *options]
    variables = {**os.environ, "HOME": str(folder)}
    own = {"workbench.startupEditor": "none", "files.autoSave": "off"}
    own["terminal.integrated.gpuAcceleration"] = "off"  # its text is in the page then
    of_machine = {"broadsheet.command": str(Path(sys.executable).parent / "broadsheet")}
    for scope, settings in (("User", own), ("Machine", of_machine)):
        (folder / "user" / scope).mkdir(parents=True)
        (folder / "user" / scope / "settings.json").write_text(json.dumps(settings))
    subprocess.run([*line, "--install-extension", str(packed)], env=variables, check=True)
    line += ["--auth", "none", "--bind-addr", "127.0.0.1:0", "--disable-update-check"]
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(line, env=variables, stdout=file, stderr=file)
    try:
        while not (started := STARTED.search(log.read_bytes())):
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
            assert process.returncode is None, log.read_text()
        yield started[1].decode()
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def opened(code: str, browser: Browser) -> Iterator[Callable[[Path], Window]]:
    """A folder, in a window of its own, before its reader has said whether it is trusted."""
    with pages_of_editors(browser) as page_of:
        yield lambda folder: Window(page_of(f"{code}/?folder={folder}"))


@pytest.fixture
def publication(site: Site) -> Site:
    site.front()
    site.table()
    site.write("_quarto.yml", site.read("_quarto.yml").replace('"*.qmd"', '"**/*.qmd"'))
    site.write("posts/written/index.qmd", TEXT)
    site.article(
        "trade",
        'import broadsheet as bs\ntrade = bs.table("trade").set_index("year")',
        ("md", "It was `{python} usd(trade.total[2022])`. Trade came to 146.9 in 2021."),
        ("md", "Nobody knows of 512 ships."),
    )
    return site


@pytest.fixture
def article(publication: Site, opened: Callable[[Path], Window]) -> Callable[[str], Window]:
    """A file of the publication, open in a folder that is trusted."""

    def open_(path: str) -> Window:
        window = opened(publication.root)
        window.trust()
        window.file(path)
        return window

    return open_


def test_nothing_is_started_in_a_folder_that_nobody_trusts(
    publication: Site, opened: Callable[[Path], Window]
) -> None:
    started = publication.root / "started"
    program = publication.write("bin/broadsheet", f"#!/bin/sh\ntouch '{started}'\n")
    program.chmod(0o755)
    publication.write(".vscode/settings.json", '{"broadsheet.command": "bin/broadsheet"}')
    window = opened(publication.root)
    window.page.get_by_role("button", name="No, I don't trust the authors").click()
    window.file("posts/written/index.qmd")
    window.press("F1")
    window.type("Broadsheet: Preview")
    rows = window.page.locator(".quick-input-list")
    expect(rows).to_contain_text("similar commands")
    expect(rows).not_to_contain_text("Broadsheet")
    window.press("Escape")
    assert not started.exists()
    window.command("Workspaces: Manage Workspace Trust")
    window.page.locator(".workspace-trust-editor").get_by_role("button", name="Trust").first.click()
    expect(window.page.get_by_role("treeitem", name="started")).to_be_visible()


def test_a_server_that_does_not_start_is_named_and_a_new_setting_starts_another(
    publication: Site, opened: Callable[[Path], Window]
) -> None:
    settings = publication.write(".vscode/settings.json", '{"broadsheet.command": "no/program"}')
    window = opened(publication.root)
    window.trust()
    toast = window.page.locator(".notification-toast", has_text="lsp` does not start")
    expect(toast).to_contain_text("pip install 'broadsheet[lsp]'")
    expect(toast).to_contain_text("ENOENT")
    toast.get_by_role("button", name="Open Settings").click()
    setting = window.page.locator(".settings-editor", has_text="Broadsheet: Command")
    expect(setting).to_be_visible()
    program = publication.write("bin/broadsheet", OLD)
    program.chmod(0o755)
    settings.write_text('{"broadsheet.command": "bin/broadsheet"}')
    other = window.page.locator(
        ".notification-toast", has_text="bin/broadsheet lsp` does not start"
    )
    expect(other).to_contain_text("pip install 'broadsheet[lsp]'")
    expect(other).to_contain_text("(it is too old)")
    window.command("Notifications: Show Notifications")
    told = window.page.locator(".notifications-center .notification-list-item")
    expect(told.filter(has_text="does not start")).to_have_count(1)
    expect(told).to_have_count(1)
    assert publication.read("starts").count("x") == 1

    program.write_text(REFUSING)
    window.command("Broadsheet: Start the Language Server Again")
    expect(told.filter(has_text="(not here)")).to_be_visible()
    program.write_text(WAITING)
    window.command("Broadsheet: Start the Language Server Again")
    waiting = publication.root / "waiting"
    expect(window.page.get_by_role("treeitem", name="waiting")).to_be_visible()
    settings.write_text("{}")
    window.file("posts/written/index.qmd")
    window.command("Problems: Focus on Problems View")
    expect(window.problems().filter(has_text="146.9")).to_be_visible()
    assert not Path("/proc", waiting.read_text().strip()).exists()
    expect(told).to_have_count(2)


def test_cells_of_a_notebook_have_problems_fixes_and_completions(
    publication: Site, article: Callable[[str], Window]
) -> None:
    window = article("posts/trade/index.ipynb")
    window.command("Problems: Focus on Problems View")
    first = window.problems().filter(has_text="nothing accounts for “146.9”")
    second = window.problems().filter(has_text="nothing accounts for “512”")
    expect(first).to_be_visible()
    expect(second).to_be_visible()

    first.dblclick()
    expect(window.cell(2).locator(".view-lines")).to_contain_text("146.9")
    window.fix("Write it by code: amount(trade.total[2021]")
    expect(window.cell(2).locator(".view-lines")).to_contain_text("amount(trade.total[2021]")
    expect(first).to_have_count(0)
    window.press("Control+End")
    window.type(" `{python} trade.")
    expect(window.offered("total")).to_contain_text("US$ bn")
    window.press("Tab")
    expect(window.cell(2).locator(".view-lines")).to_contain_text("`{python} trade.total")

    window.cell(1).locator(".view-lines").click()
    window.press("Control+End", "Enter")
    window.type('other = bs.table("')
    expect(window.offered("trade")).to_be_visible()
    window.press("Tab", "End", "Enter")
    window.type('trade["')
    expect(window.offered("total")).to_be_visible()
    window.press("Tab")
    expect(window.cell(1).locator(".view-lines")).to_contain_text('trade["total"]')

    window.cell(0).locator(".view-line", has_text="title").click()
    window.press("End", "Enter")
    window.type("subti")
    expect(window.offered("subtitle")).to_contain_text("key")
    window.press("Tab")
    window.type("Of trade")
    expect(window.cell(0).locator(".view-lines")).to_contain_text("subtitle: Of trade")

    second.dblclick()
    expect(window.cell(3).locator(".view-lines")).to_contain_text("512")
    window.command("Notebook: Delete Cell")
    expect(second).to_have_count(0)
    window.press("Control+s")
    expect(window.page.locator(".tab.dirty")).to_have_count(0)
    saved = json.loads(publication.read("posts/trade/index.ipynb"))
    assert [cell["cell_type"] for cell in saved["cells"]] == ["raw", "code", "markdown"]


def test_a_text_has_evidence_places_an_outline_and_new_names(
    publication: Site, article: Callable[[str], Window], run: Callable[..., tuple[int, str]]
) -> None:
    assert run(publication, "run", "written")[0] == 0
    window = article("posts/written/index.qmd")
    window.command("Problems: Focus on Problems View")
    problem = window.problems().filter(has_text="nothing accounts for “146.9”")
    expect(problem).to_be_visible()
    problem.dblclick()
    window.fix("Write it by code: amount(trade.total[2021]")
    expect(window.lines()).to_contain_text("amount(trade.total[2021]")

    window.at(13, 24)
    window.command("Show or Focus Hover")
    hover = window.page.locator(".monaco-hover:not(.hidden)")
    expect(hover).to_contain_text("$190.3 billion")
    expect(hover).to_contain_text("data/trade.csv, row 3")
    window.press("Escape")
    window.at(13, 24)
    window.press("F12")
    expect(window.page.locator(".statusbar")).to_contain_text("Ln 3, Col 1")
    expect(window.page.locator(".tab.active")).to_have_attribute("data-resource-name", "trade.csv")

    window.file("posts/written/index.qmd")
    window.at(13, 50)
    window.press("F2")
    name = window.page.locator(".rename-box input")
    expect(name).to_have_value("sec-part")
    name.fill("sec-first")
    name.press("Enter")
    expect(window.lines()).to_contain_text("{#sec-first}")
    expect(window.lines()).to_contain_text("@sec-first says")
    window.page.get_by_role("button", name="Outline Section").click()
    expect(window.page.locator(".outline-pane .monaco-list-row")).to_contain_text(["A part"])
    window.lines().click()
    window.at(13, 30)
    window.press("F2")
    expect(name).to_have_value("total")
    name.fill("worth")
    name.press("Enter")
    expect(window.lines()).to_contain_text("usd(trade.worth[2022])")
    window.command("File: Save All Files")
    expect(window.page.locator(".tab.dirty")).to_have_count(0)
    assert publication.read("data/trade.csv").startswith("year,worth\n")
    assert "trade.worth[2022]" in publication.read("posts/trade/index.ipynb")


def test_the_preview_of_the_open_article_runs_in_a_terminal(
    article: Callable[[str], Window],
) -> None:
    window = article("posts/written/index.qmd")
    window.command("Broadsheet: Preview This Article")
    terminal = window.page.locator(".xterm-rows")
    expect(terminal).to_contain_text("The preview is at http://127.0.0.1:")
    expect(terminal).to_contain_text("posts/written/")
    window.page.locator(".xterm-screen").click()
    window.press("Control+c")
    expect(terminal).to_have_count(0)
