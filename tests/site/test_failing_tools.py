"""A program that a build needs fails in mid-build: what stood stays, the fault is named, the next
build is whole.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from lxml import html
from test_drawing import kill_the_browser

from broadsheet.figures.drawing import chart_renderer
from broadsheet.site.build.build import build
from broadsheet.site.formats import pagefind, search
from broadsheet.site.index.site_index import SEARCH_PAGE
from conftest import CONFIG, Site, is_exact, slow_but
from plotly_alive.drawing import drawing_page as drawing
from publishing import article, write

SLEEP = f"sleep 600.{os.getpid()}"
"""What stubs of programs do, known from what other tests have asleep."""
CHART = """\
#| label: fig-trade
#| fig-alt: "Trade."
#| source: false
import plotly.graph_objects as go
go.Figure(go.Scatter(x=[1, 2], y=[3, {0}]))"""


@pytest.fixture(scope="module")
def charted(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication of two articles with a chart each, built."""
    site = Site(tmp_path_factory.mktemp("charted") / "publication")
    site.write("_quarto.yml", CONFIG)
    for number, name in enumerate(("one", "two")):
        site.article(name, CHART.format(number), ("md", "First."))
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts, feed: true}\n---\n")
    assert not build(site.root, jobs=1).faults
    return site.root


@pytest.fixture
def drawn(charted: Path, own_browser: None, tmp_path: Path) -> Site:
    """A copy of that, in which the figure of both has changed."""
    site = Site(tmp_path / "publication")
    shutil.copytree(charted, site.root)
    for number, name in enumerate(("one", "two"), start=5):
        site.article(name, CHART.format(number), ("md", "Second."))
    return site


@pytest.fixture
def killing(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Have the browser killed so many times, each time while it draws."""
    asked = drawing.DrawingPage._ask

    def kill(times: int) -> None:
        left = [None] * times

        async def ask(page, function, spec, library=None):
            if page._browser is None:
                await page._open()
            if left:
                left.pop()
                threading.Timer(0.1, kill_the_browser).start()
                return await asked(page, "function () { return new Promise(() => {}); }", spec)
            return await asked(page, function, spec, library)

        monkeypatch.setattr(drawing.DrawingPage, "_ask", ask)

    return kill


@pytest.mark.slow
def test_a_page_at_which_the_browser_is_killed_twice_stays_as_it_was(drawn, run, killing):
    old = drawn.read("_site/posts/one/index.html"), drawn.read("_site/posts/two/index.html")
    killing(chart_renderer.TRIES)
    code, out, reported = run(drawn, "build", "--jobs", "1")
    assert code == 1 and "and 1 broken page left as before" in out
    (fault,) = re.findall(r"^error: (.*)", reported, re.MULTILINE)
    kept, made = ("one", "two") if "posts/one/" in fault else ("two", "one")
    assert (
        fault
        == f"posts/{kept}/index.ipynb, cell 2: `fig-trade`: the browser that draws the charts failed: it ended"
    )
    assert "→ Build again: what was drawn is kept." in reported
    assert drawn.read(f"_site/posts/{kept}/index.html") == old[kept == "two"]
    page = drawn.read(f"_site/posts/{made}/index.html")
    assert "Second." in page and 'class="chart-wide"' in page
    code, out, reported = run(drawn, "build", "--jobs", "1")
    assert (code, reported) == (0, "")
    assert_like_new(drawn.root)
    assert "Second." in drawn.read(f"_site/posts/{kept}/index.html")


def test_a_browser_that_is_killed_once_is_not_noticed(drawn, run, killing):
    killing(1)
    code, _, reported = run(drawn, "build", "--jobs", "1")
    assert (code, reported) == (0, "")
    assert_like_new(drawn.root)


@pytest.mark.slow
def test_a_browser_that_does_not_start_loses_no_drawing(drawn, run, monkeypatch):
    old = files(drawn.root)

    async def lost(page):
        raise drawing.LostError("it did not start")

    with monkeypatch.context() as patch:
        patch.setattr(drawing.DrawingPage, "_open", lost)
        code, out, reported = run(drawn, "build", "--jobs", "1")
    assert (
        code == 1
        and "and 2 broken pages left as before" in out
        and reported.count("it did not start") == 2
    )
    assert files(drawn.root) == old
    assert run(drawn, "build", "--jobs", "1")[0] == 0
    assert_like_new(drawn.root)


def files(root: Path, site: str = "_site") -> dict[str, bytes]:
    return {
        path.relative_to(root / site).as_posix(): path.read_bytes()
        for path in sorted((root / site).rglob("*"))
        if is_exact(path)
    }


def searched_files(root: Path) -> dict[str, bytes]:
    folder = root / "_site/search"
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_like_new(root: Path) -> None:
    """The site is the one that a build from nothing makes."""
    (root / ".broadsheet").rename(root / ".aside")
    assert not build(root, jobs=1, output=root / "_twin").faults
    assert files(root, "_twin") == files(root)


# Pagefind

STUBS = {
    "hangs": (f"exec {SLEEP}", r"Pagefind did not make the index within 1 seconds"),
    "hangs with a child": (
        f"{SLEEP} &\n{SLEEP}",
        r"Pagefind did not make the index within 1 seconds",
    ),
    "fails": ("echo the disk is broken >&2; exit 3", r"Pagefind failed: the disk is broken"),
    "makes nothing": ("exit 0", r"Pagefind failed: it ended before its work was done"),
    "writes without end": (
        'while [ "$1" != --output-path ]; do shift; done; mkdir -p $2; exec cat /dev/zero > $2/pagefind.js',
        r"Pagefind failed: it ended before its work was done",
    ),
}


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write(
        tmp_path_factory.mktemp("searched") / "publication",
        {"posts/a.qmd": article("A", "2024-01-01"), "posts/b.qmd": article("B", "2019-01-01")},
    )
    assert not build(root, jobs=1).faults
    return root


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have another program in the place of Pagefind."""

    def put(script: str) -> None:
        path = tmp_path / "pagefind"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(path))
        monkeypatch.setattr(pagefind, "SECONDS", 1.0)
        monkeypatch.setattr(pagefind, "SECONDS_A_DOCUMENT", 0.0)
        monkeypatch.setattr(pagefind, "LARGEST", 2**20)

    return put


def sleeping() -> list[psutil.Process]:
    return [one for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"] == SLEEP.split()]


@pytest.mark.parametrize("how", slow_but(STUBS, ["hangs with a child", "fails"]))
def test_a_pagefind_that_fails_leaves_the_search_as_it_was(
    how, searched, stub, run, tmp_path, monkeypatch
):
    script, what = STUBS[how]
    site = Site(tmp_path / "publication")
    shutil.copytree(searched, site.root)
    before = sleeping()
    old = searched_files(site.root)
    site.write("posts/a.qmd", article("A", "2024-01-01", "A zeppelin."))
    stub(script)
    code, _, reported = run(site, "build", "--jobs", "1")
    assert code == 1 and reported.startswith("error: search: ") and re.search(what, reported), (
        reported
    )
    assert "until then the search stays as it was" in " ".join(reported.split())
    assert searched_files(site.root) == old and len(old) > 10
    assert "A zeppelin." in site.read("_site/posts/a.html")
    assert sleeping() == before
    monkeypatch.undo()
    code, _, reported = run(site, "build", "--jobs", "1")
    assert (code, reported) == (0, "")
    assert_like_new(site.root)


def test_where_there_never_was_a_pagefind_the_site_is_built_without_the_search(
    site, run, tmp_path, monkeypatch
):
    write(site.root, {"posts/a.qmd": article("A", "2024-01-01")})
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(tmp_path / "none"))
    code, _, reported = run(site, "build", "--jobs", "1")
    assert code == 1 and reported.startswith("error: search: Pagefind does not start: ")
    assert "Install the package `pagefind[bin]` again" in reported
    page = html.parse(site.root / "_site" / SEARCH_PAGE)
    assert page.find(".//form[@data-indexes]").get("data-indexes") == "[]"
    assert [path.name for path in (site.root / "_site/search").iterdir()] == ["index.html"]
    assert (site.root / "_site/posts/a.html").is_file()
    monkeypatch.undo()
    assert run(site, "build", "--jobs", "1")[0] == 0
    assert_like_new(site.root)


def test_a_build_that_is_killed_takes_its_pagefind_along(searched, stub, tmp_path):
    root = tmp_path / "publication"
    shutil.copytree(searched, root)
    (root / "posts/a.qmd").write_text(article("A", "2024-01-01", "A zeppelin."))
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    stub(f"echo begun > {begun}\nexec {SLEEP}")
    before = sleeping()
    process = subprocess.Popen(
        [sys.executable, "-m", "broadsheet", "build", "--jobs", "1"],
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert begun.read_text() == "begun\n"
    found = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(found, timeout=30)
    assert not alive and found and sleeping() == before


# The same bytes everywhere


@pytest.mark.slow
def test_another_file_system_and_another_order_of_folders_make_the_same_site(tmp_path, monkeypatch):
    memory = Path("/dev/shm")
    if not memory.is_dir():
        pytest.skip("needs a file system in memory")
    monkeypatch.setattr(search, "SMALLEST", 1)
    posts = {
        f"posts/p{number}/index.qmd": article(
            f"Title {number}",
            f"2024-{1 + number % 3:02}-{1 + number:02}",
            f"The zeppelin of {number}.",
        )
        for number in range(20)
    }
    elsewhere = Path(tempfile.mkdtemp(dir=memory))
    try:
        made = []
        for root, order in ((tmp_path / "publication", 1), (elsewhere / "publication", -1)):
            write(root, dict(list(posts.items())[::order]))
            site = Site(root)
            site.table()
            for name in "acb"[::order]:
                site.write(f"places/{name}.txt", name)
                site.article(
                    f"of-{name}",
                    "import os, broadsheet as bs\nlen(os.listdir('../../places'))\n"
                    f"total = int(bs.table('trade').total.sum())\nopen('../../places/{name}.txt').read()",
                    ("md", "It was `{python} total`. <!-- unchecked -->"),
                )
            assert not build(root, jobs=2).faults
            made.append(
                {
                    path.relative_to(root).as_posix(): path.read_bytes()
                    for path in (root / "_site").rglob("*")
                    if is_exact(path)
                }
            )
    finally:
        shutil.rmtree(elsewhere)
    assert made[0].keys() == made[1].keys()
    assert [name for name in made[0] if made[0][name] != made[1][name]] == []
