"""A build that is killed at any moment: the site is the old one or the new, and the next build is none the worse."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from broadsheet.building import build
from broadsheet.press.output import MARKER
from conftest import Site

MOMENTS = 50
PAGES = ("about.html", "posts/one.html", "posts/two.html", "posts/chart/index.html", "posts/value/index.html")
CHART = """\
#| label: fig-trade
#| fig-alt: "Trade."
import broadsheet as bs, plotly.graph_objects as go
trade = bs.table("trade")
go.Figure(go.Scatter(x=trade.year, y=trade.total))"""

pytestmark = pytest.mark.usefixtures("chromium")


def edit(site: Site, number: int) -> None:
    """Every page says which build it is of; now and then the table changes too, and so a picture."""
    site.write("about.qmd", f"---\ntitle: About\n---\nBuild {number}.\n")
    for name in ("one", "two"):
        site.write(f"posts/{name}.qmd", f"---\ntitle: {name}\ndate: 2024-01-01\n---\nBuild {number}.\n")
    if number % 7 == 0:
        site.table(f"year,total\n2021,146.9\n2022,{190 + number}\n")
    site.article("chart", CHART, ("md", f"Build {number}."))
    site.article("value", "n = 1", ("md", f"Build {number}, `{{python}} n`."))


def numbers(site: Site) -> set[int]:
    """The builds that the site's pages are of."""
    return {int(re.search(r"Build (\d+)", site.read(f"_site/{page}"))[1]) for page in PAGES}  # type: ignore[index]


def command(site: Site) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "broadsheet", "build", "--jobs", "2"], cwd=site.root,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Kill it; the processes that it had."""
    try:
        children = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        children = []
    process.kill()
    process.wait()
    return children


def test_a_build_killed_at_any_of_fifty_moments_leaves_the_old_site_or_the_new_one(site: Site) -> None:
    site.write("_quarto.yml", site.read("_quarto.yml").replace('- "*.qmd"', '- "**/*.qmd"'))
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts, feed: true}\n---\n")
    site.table()
    edit(site, 0)
    started = time.monotonic()
    assert command(site).wait() == 0
    longest = time.monotonic() - started
    standing, left, changed = 0, [], 0
    chance = random.Random(5)
    for number in range(1, MOMENTS + 1):
        edit(site, number)
        process = command(site)
        try:
            process.wait(chance.uniform(0, longest * (1 if number % 7 == 0 else 0.6)))
        except subprocess.TimeoutExpired:
            left += kill(process)
        found = numbers(site)
        assert found in ({standing}, {number})
        changed += found == {number}
        standing, = found
        manifest = json.loads(site.read(f"_site/{MARKER}"))
        needed = {name for page in manifest["pages"].values() for name in page["files"]}
        assert all((site.root / "_site" / name).is_file() for name in needed | set(PAGES))
    assert 0 < changed < MOMENTS  # both happened
    assert not build(site.root, jobs=2).faults
    assert numbers(site) == {MOMENTS}
    _, alive = psutil.wait_procs(left, timeout=30)
    assert not alive
    assert {path.name for path in (site.root / ".broadsheet").glob("_site*")} == {"_site.lock", "_site.before"}
    assert_like_new(site)


def assert_like_new(site: Site) -> None:
    """What the killed builds have left in the stores is sound: a build without them gives the same site."""
    def files(folder: Path) -> dict[str, bytes]:
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*")
                if path.is_file() and path.name != MARKER}
    before = files(site.root / "_site")
    (site.root / ".broadsheet").rename(site.root / ".kept")
    assert not build(site.root, jobs=2, output=site.root / "_twin").faults
    assert files(site.root / "_twin") == before
