"""A build that is killed at any moment: the site is the old one or the new, and the next build is
none the worse.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from broadsheet.site.build.build import build
from broadsheet.site.index.build_record import read_record
from broadsheet.site.output.output_folder import contents_of, read_marker
from conftest import Site, is_exact

KILLS, ALL_KILLS = 2, 50
KINDS = ("any", "search", "after", "any", "swap")
"""At any moment of a build; while the search index is made; after the swap; just before it, or in
it. Without `--all`, the second and the third.
"""
WITHIN = {"search": 0.05, "swap": 0.01, "after": 0.03}
"""Up to how many seconds later."""
PAGES = (
    "about.html",
    "posts/one.html",
    "posts/two.html",
    "posts/chart/index.html",
    "posts/value/index.html",
)
CHART = """\
#| label: fig-trade
#| fig-alt: "Trade."
import broadsheet as bs, plotly.graph_objects as go
trade = bs.table("trade")
go.Figure(go.Scatter(x=trade.year, y=trade.total))"""

pytestmark = [pytest.mark.usefixtures("chromium"), pytest.mark.slow]


def edit(site: Site, number: int) -> None:
    """Every page says which build it is of; now and then the table changes too, and so a picture."""
    site.write("about.qmd", f"---\ntitle: About\n---\nBuild {number}.\n")
    for name in ("one", "two"):
        site.write(
            f"posts/{name}.qmd", f"---\ntitle: {name}\ndate: 2024-01-01\n---\nBuild {number}.\n"
        )
    if number % 7 == 0:
        site.table(f"year,total\n2021,146.9\n2022,{190 + number}\n")
    site.article("chart", CHART, ("md", f"Build {number}."))
    site.article("value", "n = 1", ("md", f"Build {number}, `{{python}} n`."))


def numbers(site: Site) -> set[int]:
    """The builds that the site's pages are of."""
    return {int(re.search(r"Build (\d+)", site.read(f"_site/{page}"))[1]) for page in PAGES}  # type: ignore[index]


def command(site: Site) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "broadsheet", "build", "--jobs", "2"],
        cwd=site.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Kill it; the processes that it had."""
    try:
        children = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        children = []
    process.kill()
    process.wait()
    return children


def moment(site: Site, process: subprocess.Popen[bytes], kind: str, seconds: float) -> None:
    """Wait for a moment to kill a build at; or until it has ended."""
    output, before = site.root / "_site", (site.root / "_site").stat().st_ino
    records = len(list((site.root / ".broadsheet").glob("_site.*.json")))
    come = {
        "any": lambda: False,
        "search": lambda: any(
            "pagefind" in child.name() for child in psutil.Process(process.pid).children(True)
        ),
        "swap": lambda: len(list((site.root / ".broadsheet").glob("_site.*.json"))) > records,
        "after": lambda: output.stat().st_ino != before,
    }[kind]
    with suppress(subprocess.TimeoutExpired):
        while kind != "any" and process.poll() is None:
            with suppress(psutil.NoSuchProcess, FileNotFoundError):
                if come():
                    break
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.0005)
        process.wait(seconds)


def test_a_build_killed_at_any_moment_leaves_the_old_site_or_the_new_one(
    site: Site, request: pytest.FixtureRequest
) -> None:
    kills = ALL_KILLS if request.config.getoption("--all") else KILLS
    site.write("_quarto.yml", site.read("_quarto.yml").replace('- "*.qmd"', '- "**/*.qmd"'))
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts, feed: true}\n---\n")
    site.table()
    edit(site, 0)
    assert command(site).wait() == 0
    edit(site, 1000)  # the timed build has no picture to draw, as most of those that are killed
    started = time.monotonic()
    assert command(site).wait() == 0
    longest = time.monotonic() - started
    site.write("_site/CNAME", "example.org")
    standing, left, changed = 1000, [], 0
    chance = random.Random(5)
    for number in range(1, kills + 1):
        edit(site, number)
        process = command(site)
        kind = KINDS[number % len(KINDS)]
        moment(
            site,
            process,
            kind,
            chance.uniform(0, WITHIN.get(kind, longest * (3 if number % 7 == 0 else 1))),
        )
        left += kill(process)
        found = numbers(site)
        assert found in ({standing}, {number}), kind
        changed += found == {number}
        (standing,) = found
        assert site.read("_site/CNAME") == "example.org"
        marker = read_marker(site.root / "_site")
        assert marker is not None
        assert set(contents_of(site.root / "_site", None).foreign) == {*marker.files, "CNAME"}
        assert read_record(site.root / "_site").pages
    assert 0 < changed < kills  # both happened
    assert not build(site.root, jobs=2).faults
    assert numbers(site) == {kills}
    _, alive = psutil.wait_procs(left, timeout=30)
    assert not alive
    assert {
        path.name for path in (site.root / ".broadsheet").glob("_site*") if path.suffix != ".json"
    } == {"_site.lock", "_site.before"}
    assert len(list((site.root / ".broadsheet").glob("_site.*.json"))) == 1
    assert not list(site.root.rglob("*.part"))
    assert_like_new(site)


def assert_like_new(site: Site) -> None:
    """What the killed builds have left in the stores is sound: a build without them gives the same
    site.
    """

    def files(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if is_exact(path) and path.name != "CNAME"
        }

    before = files(site.root / "_site")
    (site.root / ".broadsheet").rename(site.root / ".kept")
    assert not build(site.root, jobs=2, output=site.root / "_twin").faults
    assert files(site.root / "_twin") == before
