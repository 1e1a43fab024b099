"""Broadsheet in JupyterLab: values in Markdown cells, divs, problems with fixes, completions, the preview.

A real JupyterLab, with the extension as `make` installs it, in a real browser.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from playwright.sync_api import expect

from conftest import Site
from editor_pages import pages_of_editors
from jupyter_running import TOKEN, running_jupyter

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

ROOT = Path(__file__).parents[2]
EXTENSION = Path(sys.prefix) / "share/jupyter/labextensions/broadsheet-lab/package.json"
MISSING = [
    name for name in ("jupyterlab", "broadsheet_lab") if importlib.util.find_spec(name) is None
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        bool(MISSING) or not EXTENSION.exists(),
        reason="needs JupyterLab with the extension, which npm builds (scripts/set_up.py --for-tests)",
    ),
]

SETUP = """\
import broadsheet as bs
trade = bs.table("trade").set_index("year")
year = 2022
"""
PROSE = """\
## Trade in `{python} year` {#sec-trade}

It was `{python} usd(trade.total[year])`, [rose]{claim="rose(trade.total, 2021, year)"} from 2021,
[grew|shrank]{by="trade.total, 2021, year"}, and [fell]{claim="trade.total[2022] < trade.total[2021]"}.
`{python} open("evaluated", "a").write("x")` `{python} "<img src=x onerror=alert(1)>"` `{python} nowhere + 1`
Nobody knows of 512 ships. {{< meta title >}}. See @fig-total, [@paper], [@papr]. [Small]{.smallcaps}
"""
DIVS = """\
::: {.callout-warning}
## Take care

- of `{python} year`
:::

:::: {.columns}
::: {.column width="30%"}
Left
:::

::: {.column width="70%"}
Right
:::
::::

::: {.content-visible when-format="html"}
Only there
:::
"""


HOSTILE = """\
## A part @x

[@x] <a href="&#xE000;99&#xE001;javascript:alert(1)//%">a</a> <a href="&#xE000;0&#xE001;javascript:alert(1)//%">b</a>
<a href=" @x javascript:alert(1)//%">c</a> <a href="@x:alert(1)//%">d</a> <a href="[java]{.x}script:alert(1)//%">e</a>
<a href="javascript[x]{.y}:alert(1)//%">f</a> <h3 data-jupyter-id="@x" href="@x">g</h3>
"""

SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false"},  # the question lies over the panel
    "completer-extension/manager": {"providerTimeout": 60_000},  # a busy machine has time
}
READY = """() => {
  const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
  return session?.isReady && session.session?.kernel?.status === "idle";
}"""


@dataclass
class Lab:
    """A JupyterLab that runs, in the folder of a publication."""

    site: Site
    address: str


@dataclass
class Notebook:
    """An open notebook."""

    page: Page

    def command(self, name: str, **arguments: object) -> None:
        """Run a command of JupyterLab's, as a menu does."""
        self.page.evaluate(
            "([name, more]) => { window.jupyterapp.commands.execute(name, more); }",
            [name, arguments],  # it may wait for an answer to a dialog
        )

    def cell(self, number: int) -> Locator:
        """A cell, from 0."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def prose(self, number: int) -> Locator:
        """A rendered Markdown cell."""
        return self.cell(number).locator(".jp-MarkdownOutput")

    def select(self, number: int) -> None:
        """Make a cell the active one."""
        self.page.evaluate(
            "(n) => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = n; }", number
        )

    def at(self, number: int) -> None:
        """Wait until a cell is the active one."""
        self.page.wait_for_function(
            f"() => window.jupyterapp.shell.currentWidget.content.activeCellIndex === {number}"
        )

    def marks(self, number: int) -> dict[str, str]:
        """The state of each marked text of a cell."""
        found = self.prose(number).locator("[data-state]").all()
        return {each.inner_text(): each.get_attribute("data-state") or "" for each in found}


def with_kernel(file: Path) -> None:
    """Give a notebook the kernel that JupyterLab starts without a question."""
    notebook = nbformat.read(file, 4)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, file)


@contextmanager
def running_lab(root: Path, folder: Path) -> Iterator[str]:
    """Run a JupyterLab in ``root``, with settings in ``folder``; the address, in the block."""
    for name, values in SETTINGS.items():
        file = folder / f"settings/@jupyterlab/{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(values))
    variables = {"JUPYTERLAB_SETTINGS_DIR": str(folder / "settings")}
    exposed = "--LabApp.expose_app_in_browser=True"
    with running_jupyter("jupyter-lab", root, folder, exposed, variables=variables) as jupyter:
        yield jupyter.address


def notebook_in(page: Page) -> Notebook:
    """The notebook of a page, when its kernel is there."""
    page.wait_for_function(READY)
    return Notebook(page)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    site = Site(folder / "site")
    site.front()
    site.table()
    site.write("references.bib", "@misc{paper, title = {A paper}, year = {2023}}\n")
    front = "title: The trade\ndate: 2023-05-26\nbibliography: ../../references.bib\nsubtitel: x"
    chart = '#| label: fig-total\n#| fig-cap: The total\nimport plotly.express as px\npx.line(trade, y="total")'
    for slug in ("trade", "foreign", "written", "seen"):
        file = site.article(slug, SETUP, ("md", PROSE), ("md", DIVS), chart, front=front)
        with_kernel(file)
    places = ("x = 1", ("md", "It is `{python} x`."), "x = 2", ("md", "It is `{python} x`."))
    with_kernel(site.article("places", *places, "x = 3", places[1]))
    with_kernel(site.article("hostile", ("md", HOSTILE), front="title: Hostile\ndate: 2023-05-26"))
    filler = "\n\n".join(["Nothing is said here, at some length. " * 40] * 4)
    last = "The last words are about the harbour of `{python} place`. Nobody knows of 512 ships."
    written = site.article(
        "shown",
        *(
            SETUP,
            "#| label: fig-total\n#| fig-cap: The total of the trade\nimport plotly.express as px\n"
            'px.line(trade, y="total")',
            ("md", f"First, trade was `{{python}} usd(trade.total[year])`.\n\n{filler}"),
        ),
        ("md", last),
        front="title: Shown\ndate: 2023-05-26\neditions:\n  - {slug: north, edition-label: The north,"
        " parameters: {place: Narvik}}",
        parameters='place: str = "Genoa"  # the harbour',
    )
    with_kernel(written)
    with running_lab(site.root, folder) as address:
        yield Lab(site, address)


@pytest.fixture
def opened(lab: Lab, browser: Browser) -> Iterator[Callable[[str], Notebook]]:
    """A notebook of the publication, in a window of its own. It raises no error in the browser."""
    errors: list[str] = []
    with pages_of_editors(browser, errors) as page_of:
        address = f"{lab.address}lab/tree/posts/{{}}/index.ipynb?token={TOKEN}&reset"
        yield lambda slug: notebook_in(page_of(address.format(slug)))
    assert errors == []


def test_markdown_cells_show_values_after_a_run_and_expressions_before(
    lab: Lab, opened: Callable[[str], Notebook]
) -> None:
    notebook = opened("trade")
    prose = notebook.prose(2)
    expect(prose.locator("code").first).to_have_text("year")
    assert "{python}" not in prose.inner_text() and "{claim" not in prose.inner_text()
    expect(prose.locator(".bs-shortcode")).to_have_text("The trade")
    assert set(notebook.marks(2).values()) == {"waiting", "value"}
    assert "run all cells" in str(prose.locator(".bs-value").first.get_attribute("title"))
    evaluated = lab.site.root / "posts/trade/evaluated"
    assert not evaluated.exists(), "nothing runs before its reader has run a cell"

    notebook.command("notebook:run-all-cells")
    expect(prose.locator("[data-state=proved]").first).to_have_text("rose")
    assert evaluated.read_text() == "x"
    marks = notebook.marks(2)
    assert marks["2022"] == "value" and marks["$190.3 billion"] == "bound"
    assert marks["grew"] == "proved" and marks["fell"] == "false"
    assert marks["nowhere + 1"] == "error" and marks["The trade"] == "value"
    assert marks["<img src=x onerror=alert(1)>"] == "value"
    titles = [each.get_attribute("title") or "" for each in prose.locator("[title]").all()]
    assert not any("`" in each for each in titles)
    assert any("exactly 190.3 US$ bn: Total, 2022\nsource: trade, as of" in each for each in titles)
    assert any("NameError: name 'nowhere' is not defined" in each for each in titles)
    assert any("the condition is not true" in each for each in titles)
    expect(prose.locator(".bs-unaccounted")).to_have_text("512")
    expect(prose.locator("h2")).to_contain_text("Trade in 2022")
    assert prose.locator("img").count() == 0

    notebook.select(1)
    notebook.command("notebook:enter-edit-mode")
    notebook.page.keyboard.press("Control+End")
    notebook.page.keyboard.type("year = 2021")
    notebook.command("notebook:run-cell")
    expect(prose.locator("[data-state=bound]").first).to_have_text("$146.9 billion")
    expect(notebook.prose(3)).to_contain_text("of 2021")  # further down, too

    prose.dblclick()
    expect(notebook.cell(2).locator(".cm-content")).to_contain_text(
        "`{python} usd(trade.total[year])`"
    )

    notebook.command("notebook:restart-kernel")
    notebook.page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(notebook.prose(3).locator("[data-state=waiting]")).to_have_text("year")


def test_prose_is_evaluated_only_below_code_that_its_reader_has_run(
    lab: Lab, opened: Callable[[str], Notebook]
) -> None:
    notebook = opened("foreign")
    notebook.page.evaluate(  # as Jupyter does at the second opening, whoever wrote it
        "() => { for (const model of window.jupyterapp.shell.currentWidget.content.model.cells)"
        " if (model.type === 'code') model.trusted = true; }"
    )
    evaluated = lab.site.root / "posts/foreign/evaluated"
    for number in (4, 2):  # the last cell of code alone
        notebook.select(number)
        notebook.command("notebook:run-cell")
    expect(notebook.cell(4).locator(".jp-InputPrompt")).to_have_text("[1]:")
    title = "[title*='run all cells of code above']"
    expect(notebook.prose(2).locator(title).first).to_be_visible()
    assert not evaluated.exists()

    notebook.command("broadsheet-lab:values")
    dialog = notebook.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("only if you trust whoever wrote them")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert not evaluated.exists()
    notebook.command("broadsheet-lab:values")
    dialog.get_by_role("button", name="Run them").click()
    expect(notebook.prose(2).locator("[data-state=error]").first).to_be_visible()
    assert evaluated.exists()


@pytest.mark.parametrize("slug", ["run", "allowed"])
def test_what_is_read_again_from_the_disk_is_evaluated_when_its_reader_says_so(
    lab: Lab, opened: Callable[[str], Notebook], slug: str
) -> None:
    file = lab.site.article(
        slug, "x = 1", ("md", "It is `{python} x`."), front="title: x\ndate: 2023-05-26"
    )
    with_kernel(file)
    notebook = opened(slug)
    if slug == "allowed":
        notebook.command("broadsheet-lab:values")
        notebook.page.get_by_role("button", name="Run them").click()
        expect(notebook.prose(2).locator("[data-state=error]")).to_have_text("x")
    else:
        notebook.command("notebook:run-all-cells")
        expect(notebook.prose(2).locator("[data-state=value]")).to_have_text("1")
    notebook.command("docmanager:save")
    notebook.page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    pulled = nbformat.read(file, 4)
    pulled.cells[2].source = 'It is `{python} open("evaluated", "a").write("x")`.'
    nbformat.write(pulled, file)
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.revert()")
    expression = notebook.prose(2).locator("[title*='run all cells of code above']")
    expect(expression).to_have_text('open("evaluated", "a").write("x")')
    assert not (file.parent / "evaluated").exists()
    notebook.command("notebook:run-all-cells")
    expect(notebook.prose(2).locator("[data-state=value]")).to_have_text("1")
    (file.parent / "evaluated").unlink()


def test_values_are_those_of_their_place_when_all_cells_are_run(
    opened: Callable[[str], Notebook],
) -> None:
    notebook = opened("places")
    notebook.command("notebook:run-all-cells")
    for cell, text in ((2, "It is 1."), (4, "It is 2."), (6, "It is 3.")):
        expect(notebook.prose(cell).locator("[data-state]")).to_have_text(text[6:7])
        expect(notebook.prose(cell)).to_have_text(text)


def test_no_link_of_a_foreign_notebook_is_written_anew(
    lab: Lab, opened: Callable[[str], Notebook]
) -> None:
    notebook = opened("hostile")
    prose = notebook.prose(1)
    expect(prose.locator(".bs-citation").first).to_have_text("x")
    assert notebook.page.evaluate(
        "() => [...document.querySelectorAll('.jp-MarkdownOutput a')].every((a) => a.protocol !== 'javascript:')"
    )
    expect(prose.locator("h2")).to_have_attribute("data-jupyter-id", "A-part-@x")
    anchor = prose.locator("h2 > a.jp-InternalAnchorLink")
    expect(anchor).to_have_attribute("href", "#A-part-@x")


def test_divs_and_references_are_readable(opened: Callable[[str], Notebook]) -> None:
    notebook = opened("seen")
    divs, prose = notebook.prose(3), notebook.prose(2)
    expect(divs.locator(".bs-callout-warning > .bs-label")).to_have_text("Take care")
    assert ":::" not in divs.inner_text()
    expect(divs.locator(".bs-callout-warning li")).to_have_text("of year")
    left, right = divs.locator(".bs-columns > .bs-column").all()
    boxes = [part.bounding_box() or {} for part in (left, right)]
    assert boxes[0]["y"] == boxes[1]["y"] and 2 * boxes[0]["width"] < boxes[1]["width"]
    expect(divs.locator(".bs-conditional")).to_contain_text("visible when format html")
    expect(prose.locator(".bs-reference")).to_have_text("fig-total")
    assert [each.inner_text() for each in prose.locator(".bs-citation").all()] == ["paper", "papr"]
    expect(prose.locator(".bs-span")).to_have_text("Small")
    assert "{" not in prose.inner_text()


def test_problems_have_fixes_and_all_that_is_written_has_completions(
    opened: Callable[[str], Notebook],
) -> None:
    notebook = opened("written")
    raw = notebook.cell(0)
    raw.locator(".cm-lintRange").hover()
    fix = notebook.page.get_by_role("button", name="Change to “subtitle”")
    expect(fix).to_be_visible()
    assert "`" not in notebook.page.locator(".cm-tooltip-lint").inner_text()
    first = "window.jupyterapp.shell.currentWidget.content.model.cells.get(0)"
    notebook.page.evaluate(f"() => {first}.setMetadata('editable', false)")
    fix.click()  # of a cell that may not be edited
    assert "subtitel: x" in raw.locator(".cm-content").inner_text()
    notebook.page.evaluate(f"() => {first}.deleteMetadata('editable')")
    notebook.page.mouse.move(0, 0)
    expect(fix).to_have_count(0)
    raw.locator(".cm-lintRange").hover()
    expect(fix).to_be_visible()
    notebook.page.evaluate(  # another text, of which nothing was reported yet
        "() => { const button = [...document.querySelectorAll('.cm-diagnosticAction')]"
        f".find((each) => each.textContent.includes('subtitle')); const {{sharedModel}} = {first};"
        " sharedModel.updateSource(0, 0, 'x\\n'); button.dispatchEvent(new MouseEvent('mousedown', {bubbles: true}));"
        " button.click(); sharedModel.updateSource(0, 2, ''); }"
    )
    assert "subtitel: x" in raw.locator(".cm-content").inner_text()
    notebook.page.mouse.move(0, 0)
    expect(fix).to_have_count(0)
    raw.locator(".cm-lintRange").hover()
    fix.click()
    expect(raw.locator(".cm-content")).to_contain_text("subtitle: x")
    expect(notebook.prose(2).locator(".bs-citation.bs-problem")).to_have_text("papr")
    notebook.prose(2).dblclick()
    prose = notebook.cell(2).locator(".cm-content")
    expect(notebook.cell(2).locator(".cm-lintRange").first).to_be_visible()
    prose.click()
    notebook.page.keyboard.press("Control+End")
    notebook.page.keyboard.type(" and @pap")
    notebook.page.locator(".cm-tooltip-autocomplete li", has_text="paper").click()
    expect(prose).to_contain_text("and @paper")
    notebook.page.keyboard.type(" `{python} trade.to")
    notebook.page.locator(".cm-tooltip-autocomplete li", has_text="total").click()
    expect(prose).to_contain_text("trade.total")
    notebook.select(1)
    notebook.command("notebook:enter-edit-mode")
    notebook.page.keyboard.press("Control+End")
    notebook.page.keyboard.type('other = bs.table("tra')
    notebook.command("completer:invoke-notebook")
    offered = notebook.page.locator(".jp-Completer-item", has_text="trade")
    taken = notebook.cell(1).locator(".cm-content", has_text='other = bs.table("trade')
    expect(offered.or_(taken).first).to_be_visible()  # a list of one is taken at once
    notebook.page.keyboard.press("Escape")
    notebook.command("notebook:enter-edit-mode")
    notebook.page.keyboard.press("Control+End")
    notebook.page.keyboard.type("🚢\n#| la")
    notebook.command("completer:invoke-notebook")
    expect(notebook.page.locator(".jp-Completer-item").first).to_contain_text("label")
    notebook.page.keyboard.press("Enter")
    expect(notebook.cell(1).locator(".cm-content")).to_contain_text("#| label: ")


def test_a_notebook_of_no_publication_is_left_alone_while_it_is_written(
    lab: Lab, opened: Callable[[str], Notebook]
) -> None:
    elsewhere = lab.site.root / "posts/elsewhere"
    lab.site.article("elsewhere", ("md", "words"), front="title: x")
    with_kernel(elsewhere / "index.ipynb")
    configuration = lab.site.root / "_quarto.yml"
    configuration.rename(lab.site.root / "away.yml")
    try:
        asked: list[str] = []
        notebook = opened("elsewhere")
        notebook.page.on(
            "request",
            lambda request: asked.append(request.url) if "/broadsheet/" in request.url else None,
        )
        notebook.command("docmanager:save")
        with notebook.page.expect_response("**/broadsheet/article*") as answer:
            pass
        assert "no _quarto.yml here" in answer.value.json()["why"]
        before = len(asked)
        notebook.prose(1).dblclick()
        text = notebook.cell(1).locator(".cm-content")
        text.click()
        notebook.page.keyboard.press("Control+End")
        notebook.page.keyboard.press("Tab")
        notebook.page.keyboard.type(" and others")
        expect(text).to_contain_text("others")
        expect(notebook.page.locator(".cm-tooltip-autocomplete")).to_have_count(0)
        assert len(asked) == before, "it is asked for nothing while it is written"
    finally:
        (lab.site.root / "away.yml").rename(configuration)


@pytest.mark.slow  # it builds pages of three editions
def test_the_preview_is_beside_the_notebook_and_follows_it(
    lab: Lab, opened: Callable[[str], Notebook]
) -> None:
    notebook = opened("shown")
    notebook.command("broadsheet-lab:preview")
    panel = notebook.page.locator("#broadsheet-lab-preview")
    start = panel.get_by_role("button", name="Run the code and start the preview")
    expect(panel.locator("p").first).to_contain_text("only if you trust whoever wrote that code")
    notebook.command("notebook:run-all-cells")
    expect(notebook.prose(5)).to_contain_text("harbour of Genoa")
    assert (panel.bounding_box() or {})["width"] >= 480
    expect(panel.locator("iframe")).to_be_hidden()
    start.click()
    frame = panel.frame_locator("iframe")
    last = frame.get_by_text("The last words are about")
    expect(last).to_contain_text("harbour of Genoa")
    notebook.select(5)
    expect(last).to_be_in_viewport()
    head = frame.get_by_role("heading", name="Shown")
    notebook.select(0)
    expect(head).to_be_in_viewport()
    notebook.select(5)
    expect(last).to_be_in_viewport()
    notebook.cell(5).hover()
    notebook.page.mouse.wheel(0, -50_000)
    expect(head).to_be_in_viewport()
    notebook.page.mouse.wheel(0, 50_000)
    expect(last).to_be_in_viewport()
    notebook.page.evaluate(
        "() => { window.heard = new Promise((done) => addEventListener('message', done, {once: true})); }"
    )
    last.evaluate(  # as if its reader had clicked there
        "() => parent.postMessage({broadsheet: 'clicked', id: '', text: 'First, trade was $190.3 billion.'}, '*')"
    )
    assert (
        notebook.page.evaluate(
            "async () => { await window.heard; return window.jupyterapp.shell.currentWidget.content.activeCellIndex; }"
        )
        == 5
    )
    frame.locator("summary", has_text="warning").click()
    places = (
        (frame.get_by_text("First, trade was"), 4),
        (frame.locator(".messages li", has_text="512").locator("a"), 5),
        (head, 0),
        (frame.locator("figcaption", has_text="The total of the trade"), 3),
    )
    for part, cell in places:
        part.click(position={"x": 4, "y": 8})  # at its beginning, where no fact leads on
        notebook.at(cell)
    panel.locator(".bs-preview-bar select").select_option(label="The north")
    expect(last).to_contain_text("harbour of Narvik")
    frame.get_by_text("Values", exact=True).click()
    frame.get_by_label("place").fill("Bergen")
    frame.get_by_role("button", name="Run", exact=True).click()
    expect(last).to_contain_text("harbour of Bergen")
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if b"preview_process\0" + os.fsencode(lab.site.root) in file.read_bytes():
                os.kill(int(file.parent.name), signal.SIGKILL)
    notebook.page.get_by_role("tab", name="Property Inspector").click()
    notebook.page.get_by_role("tab", name="Broadsheet").click()
    start.click()  # it has ended, and is started again
    expect(last).to_contain_text("harbour of Genoa")


@pytest.mark.slow  # it starts another JupyterLab, and a preview
def test_a_message_leads_to_its_cell_where_jupyterlab_is_started_in_the_folder_of_the_article(
    site: Site, tmp_path: Path, browser: Browser
) -> None:
    site.front()
    cells = ("x = 1", ("md", "It is `{python} x`."), ("md", "Nobody knows of 512 ships."))
    file = site.article("here", *cells)
    with_kernel(file)
    with running_lab(file.parent, tmp_path) as address, pages_of_editors(browser) as page_of:
        notebook = notebook_in(page_of(f"{address}lab/tree/index.ipynb?token={TOKEN}&reset"))
        notebook.command("broadsheet-lab:preview")
        panel = notebook.page.locator("#broadsheet-lab-preview")
        panel.get_by_role("button", name="Run the code and start the preview").click()
        frame = panel.frame_locator("iframe")
        frame.locator("summary", has_text="warning").click()
        notebook.select(0)
        frame.locator(".messages li", has_text="512").locator("a").click()
        notebook.at(3)
