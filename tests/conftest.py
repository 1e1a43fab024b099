"""The smallest publications that show a thing, made in a folder of their own."""

from __future__ import annotations

import fcntl
import functools
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from hypothesis import settings
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from loopback import LoopbackServer

# Some test files share what others have: each folder of tests is a place of modules.
sys.path.extend(sorted({str(file.parent) for file in Path(__file__).parent.glob("*/test_*.py")}))

import workers
from broadsheet.figures.drawing import chart_renderer
from broadsheet.project.sources import kernels
from broadsheet.run import executors
from broadsheet.storage import store
from not_tested import (  # noqa: F401 - hooks of pytest
    pytest_deselected,
    pytest_testnodedown,
    pytest_unconfigure,
)
from plotly_alive.drawing import drawing_page as drawing
from plotly_alive.drawing.drawing_page import DrawingPage
from sample import write_sample

pytest_plugins = ["tiers"]

settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("all", max_examples=200, deadline=None)
settings.register_profile("long", max_examples=10_000, deadline=None)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

ROOT = Path(__file__).parents[1]
_HERE = sys.modules[__name__]
CONFIG = """\
project:
  type: website
  output-dir: _site
  render:
    - "*.qmd"
    - "posts/**/*.ipynb"
website:
  title: "The Test"
  site-url: "https://example.org/"
execute:
  echo: false
"""

TABLE = {
    "name": "trade",
    "type": "table",
    "path": "trade.csv",
    "title": "Trade",
    "description": "Trade by year.",
    "schema": {
        "fields": [
            {"name": "year", "title": "Year", "type": "integer", "constraints": {"required": True}},
            {"name": "total", "title": "Total", "type": "number", "unit": "US$ bn"},
        ],
        "primaryKey": ["year"],
    },
    "sources": [
        {"title": "Trade", "publisher": "The Customs", "path": "https://customs.example/trade"}
    ],
    "licenses": [{"name": "CC-BY-4.0"}],
    "as_of": "2024-12-31",
    "retrieved": "2025-01-31",
}


LONGEST = (
    "test_jupyterlab.py",
    "test_accessibility.py",
    "test_wheel.py",
    "test_scale.py",
    "test_drawing.py",
    "test_failing_tools.py",
    "test_limits.py",
    "test_swap.py",
    "test_reader.py",
    "test_legibility.py",
    "test_claim_words.py",
    "test_beside_facts.py",
    "test_table_differences.py",
    "test_alt_text.py",
)
"""Files that take longest: begun last, one would run when all others are done."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make test-all` is `pytest --all`."""
    group = parser.getgroup("broadsheet")
    group.addoption(
        "--all",
        action="store_true",
        help="also the tests marked `slow`, the whole publication in place of the sample, and more examples",
    )
    group.addoption(
        "--regenerate",
        action="store_true",
        help="write what the tests expect anew: tests/sites/*.expected, stock.json of papermill-warm",
    )


def pytest_configure(config: pytest.Config) -> None:
    """How many examples a property is tried with: what the command line says, or few. Snapshots of
    tests that are not run are not taken for unused.
    """
    # The distributions in packages/ have a conftest.py each; tests here import from this one.
    sys.modules["conftest"] = _HERE
    config.option.disable_unused_snapshots |= not config.getoption("--all")
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile("all" if config.getoption("--all") else "quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files first, the others in their order; slow tests only with `--all`, or where
    they are asked for by name.
    """
    by_name = any("::" in argument for argument in config.args)
    if not config.getoption("--all") and not by_name:
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]
    items.sort(
        key=lambda item: (
            LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST)
        )
    )


def examples(number: int) -> int:
    """How many examples a property has that needs more or fewer than others: ``number``, and eight
    times as many with `--all`.
    """
    return number * settings.default.max_examples // settings.get_profile("quick").max_examples


def slow_but(values: Iterable[Any], quick: int | Collection[Any]) -> list[Any]:
    """The values of a parametrized test, all marked `slow` but those of ``quick``, or so many at the
    beginning.
    """
    return [
        value
        if (number < quick if isinstance(quick, int) else value in quick)
        else pytest.param(*value if isinstance(value, tuple) else (value,), marks=pytest.mark.slow)
        for number, value in enumerate(values)
    ]


def tried(request: pytest.FixtureRequest, parameter: str) -> set[Any]:
    """The values of a parameter in the tests that are run, for a fixture that makes what they need."""
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    return {call.params[parameter] for call in calls if call and parameter in call.params}


class Site:
    """A publication in a folder: files are put into it, and it is run."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str) -> Path:
        """A file of the publication."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def read(self, path: str) -> str:
        """A file's text."""
        return (self.root / path).read_text(encoding="utf-8")

    def front(self, config: str = CONFIG) -> None:
        """`_quarto.yml`, and a front page that lists the articles."""
        self.write("_quarto.yml", config)
        self.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts}\n---\n")

    def article(self, slug: str, *cells: Any, front: str = "", parameters: str = "") -> Path:
        """`posts/SLUG/index.ipynb`: strings are code, `("md", text)` is Markdown, `("code", text,
        tags)` has tags.
        """
        front = front or f"title: {slug.capitalize()}\ndate: 2023-05-26"
        made = [new_raw_cell(f"---\n{front}\n---")]
        if parameters:
            made.append(new_code_cell(parameters, metadata={"tags": ["parameters"]}))
        made += [self._cell(cell) for cell in cells]
        for number, cell in enumerate(made):
            cell["id"] = f"c{number}"
        path = self.root / "posts" / slug / "index.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(new_notebook(cells=made), path)
        return path

    def table(
        self, csv: str = "year,total\n2021,146.9\n2022,190.3\n", *, entry: Any = None
    ) -> None:
        """A catalogue of one table, `trade` or that of ``entry``, with the right checksum."""
        from broadsheet.data.catalogue import update_hashes

        entry = entry or TABLE
        self.write(f"data/{entry['path']}", csv)
        self.write(
            "data/datapackage.json",
            json.dumps(
                {
                    "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
                    "name": "test",
                    "title": "Test",
                    "resources": [entry],
                }
            ),
        )
        update_hashes(self.root)

    @staticmethod
    def _cell(cell: Any) -> Any:
        if isinstance(cell, str):
            return new_code_cell(cell)
        kind, text, *tags = cell
        return (
            new_markdown_cell(text)
            if kind == "md"
            else new_code_cell(text, metadata={"tags": list(tags)})
        )


def is_exact(path: Path) -> bool:
    """Whether the same publication gives the same bytes of a file of its site, each time: all but
    what Pagefind made, which leaves the order of some things to chance, and the marker, which names
    that.
    """
    is_index = re.search(r"/search/\d{4}-\d\d/", path.as_posix())
    return path.is_file() and not is_index and path.name != ".broadsheet.json"


@pytest.fixture(scope="session")
def publication_sources(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The publication that ships with the project, in small (`tests/sample.py`); with `--all`, as
    it is.
    """
    if request.config.getoption("--all"):
        return ROOT
    root = _shared(tmp_path_factory) / "sample"
    made_once(root, lambda: write_sample(root))
    return root


@pytest.fixture(scope="session")
def publication(publication_sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the publication, built once for all workers."""
    from broadsheet.cli.main import main

    output = _shared(tmp_path_factory) / "publication/site"

    def build() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(publication_sources)
            assert main(["build", "--output", str(output)]) == 0

    made_once(output, build)
    return output


@pytest.fixture(scope="session", autouse=True)
def _no_other_kernels() -> Iterator[None]:
    """Pages see no Jupyter kernel of this machine, whatever is installed; Python's needs none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "jupyter_folders", list)
        kernels.installed_kernels.cache_clear()
        yield


@pytest.fixture(scope="session", autouse=True)
def _ended_workers() -> Iterator[None]:
    yield
    workers.close_all()


@pytest.fixture(scope="module", autouse=True)
def _kept_workers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Builds share worker processes and a browser, but in modules that are marked `own_workers`."""
    with pytest.MonkeyPatch.context() as patch:
        if request.node.get_closest_marker("own_workers") is None:
            patch.setattr(executors, "LocalExecutor", workers.KeptExecutor)
            patch.setattr(chart_renderer, "DrawingPage", workers.kept_page)
        else:
            workers.close_all()
        yield
    store.messages()  # what was damaged here is no news to the next module


@pytest.fixture
def own_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds have a browser of their own to draw with."""
    workers.close_page()
    monkeypatch.setattr(chart_renderer, "DrawingPage", DrawingPage)


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds find no browser to draw with."""
    monkeypatch.setattr(chart_renderer, "DrawingPage", DrawingPage)
    monkeypatch.setattr(
        "choreographer.browsers.chromium.Chromium.find_browser", lambda **options: None
    )
    monkeypatch.setattr(drawing, "SHELLS", ())


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that this run's workers share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def made_once(folder: Path, make: Callable[[], object]) -> None:
    """Have ``make`` called by the first of the workers that come here; the others wait for it.

    ``folder`` is what it writes. Beside it is noted that it was done.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = folder.with_name(f"{folder.name}.done")
    with folder.with_name(f"{folder.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make()
            done.touch()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An empty publication."""
    made = Site(tmp_path / "publication")
    made.write("_quarto.yml", CONFIG)
    return made


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """`broadsheet …` in a publication: its exit code, what it printed, what it printed as errors."""

    def command(site: Site, *arguments: str) -> tuple[int, str, str]:
        from broadsheet.cli.main import main

        monkeypatch.chdir(site.root)
        capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser; where CI sets none up, that is a failure, not a reason to skip."""
    found = drawing.browser_path()
    assert found, "the tests need Chrome or Chromium"
    return found


POLICY = "default-src 'self'"
"""What the site is meant to work under."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class _Strict(SimpleHTTPRequestHandler):
    """The strict policy on each page and script; Pagefind's worker may compile WebAssembly, as
    docs/site.md says.
    """

    for_worker = "; script-src 'self' 'wasm-unsafe-eval'"

    def end_headers(self) -> None:
        more = self.for_worker if self.path.endswith("/pagefind-worker.js") else ""
        self.send_header("Content-Security-Policy", POLICY + more)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Stricter(_Strict):
    for_worker = ""


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Serves a folder with the strict policy, at the address that is returned; perhaps even without
    WebAssembly.
    """
    with ExitStack() as stack:

        def start(folder: Path, *, webassembly: bool = True) -> str:
            handler = functools.partial(
                _Strict if webassembly else _Stricter, directory=str(folder)
            )
            server = stack.enter_context(LoopbackServer(("127.0.0.1", 0), handler))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}/"

        yield start


@pytest.fixture(scope="module")
def served_article(
    tmp_path_factory: pytest.TempPathFactory, chromium: str, serve: Callable[..., str]
) -> Callable[..., str]:
    """Builds a publication with one article, given as to :meth:`Site.article`; its address."""
    from broadsheet.site.build.build import build

    def make(slug: str, *cells: Any) -> str:
        site = Site(tmp_path_factory.mktemp("publication") / "site")
        site.front()
        site.article(slug, *cells)
        assert not build(site.root).faults
        return serve(site.root / "_site")

    return make


def playwright_of(config: pytest.Config) -> Playwright:
    """Playwright, of which a process can have one: the tests of all packages share it."""
    from playwright.sync_api import expect, sync_playwright

    if not hasattr(config, "playwright"):
        expect.set_options(timeout=30_000)
        config.playwright = sync_playwright().start()
        config.add_cleanup(config.playwright.stop)
    return config.playwright


@pytest.fixture(scope="session")
def running_browser(chromium: str, pytestconfig: pytest.Config) -> Iterator[Callable[[], Browser]]:
    """The browser of all tests, which is started again if it has gone: so one that the machine ended fails a
    single test.
    """
    launched: list[Browser] = []

    def running() -> Browser:
        if not launched or not answers(launched[-1]):
            playwright = playwright_of(pytestconfig)
            launched.append(playwright.chromium.launch(executable_path=chromium, args=FLAGS))
        return launched[-1]

    yield running
    for browser in launched:
        browser.close()


def answers(browser: Browser) -> bool:
    """Whether a browser is still there. Only a question tells: what it said last may be old."""
    from playwright.sync_api import Error as PlaywrightError

    try:
        browser.new_context().close()
    except PlaywrightError:
        return False
    return True


@pytest.fixture
def browser(running_browser: Callable[[], Browser]) -> Browser:
    """One browser for all tests; each opens contexts of its own. A busy machine has time."""
    return running_browser()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """A page of the site, with options of Playwright's context; afterwards, nothing may have been
    refused, failed, or asked for elsewhere.
    """
    troubles: list[str] = []
    contexts = []

    def listen(page: Page) -> None:
        page.on(
            "console",
            lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith(address) else troubles.append(request.url)
            ),
        )

    def open_(path: str, width: int = 1280, scheme: str = "light", **options: Any) -> Page:
        viewport = {"width": width, "height": 900}
        context = browser.new_context(viewport=viewport, color_scheme=scheme, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        listen(page)
        page.goto(address + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []
