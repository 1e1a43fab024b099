"""`broadsheet build --watch` builds again whenever a file changes, and ends by Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import Site

PAGE = "---\ntitle: One\ndate: 2024-01-01\n---\nThe harbour closed.\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    site.front()
    site.write("posts/one.qmd", PAGE)
    return site


@pytest.fixture
def watching(site: Site) -> Iterator[subprocess.Popen[str]]:
    """A build that stays, in a group of processes as a terminal makes it."""
    process = subprocess.Popen(
        [
            *("env", "--default-signal=INT", sys.executable, "-m", "broadsheet"),
            *("build", "--watch", "--jobs", "1"),
        ],
        cwd=site.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def said(
    process: subprocess.Popen[str], words: str, until: Callable[[], bool] = lambda: True
) -> str:
    """All lines until one that has these words, from when something is so."""
    assert process.stdout is not None
    lines = list[str]()
    for line in process.stdout:
        lines.append(line)
        if words in line and until():
            return "".join(lines)
    raise AssertionError("".join(lines))


def test_a_change_builds_again_a_fault_goes_by_and_ctrl_c_ends_it(
    site: Site, watching: subprocess.Popen[str]
) -> None:
    new = "posts/new/two.qmd"
    assert "Ctrl-C ends it" in said(watching, "2 pages in")
    site.write("posts/one.qmd", PAGE.replace("closed", "opened"))
    said(watching, "2 pages", lambda: "harbour opened" in site.read("_site/posts/one.html"))

    (site.root / "posts/one.qmd").touch()  # of which nothing is said
    site.write(new, PAGE.replace("One", "Two"))
    lines = said(watching, "3 pages", (site.root / "_site/posts/new/two.html").is_file)
    assert "unchanged" not in lines

    site.write(new, "---\ntitle: [\n---\n")
    assert f"error: {new}" in said(watching, "1 fault")
    site.write("_quarto.yml", "project: {type: [\n")
    said(watching, "error: _quarto.yml")
    site.front()
    site.write(new, PAGE.replace("One", "Three"))
    said(watching, "3 pages", lambda: "Three" in site.read("_site/posts/new/two.html"))

    os.killpg(watching.pid, signal.SIGINT)
    assert watching.stdout is not None
    rest = watching.stdout.read()  # to its end: no process is left that could write
    assert watching.wait() == 0
    assert "Traceback" not in rest


def test_ctrl_c_while_it_builds_leaves_the_site_as_it_was(
    site: Site, watching: subprocess.Popen[str]
) -> None:
    said(watching, "2 pages in")
    old = site.read("_site/posts/one.html")
    site.article("slow", "import time\nopen('begun', 'w').close()\ntime.sleep(600)")
    assert watching.stdout is not None
    while not (site.root / "posts/slow/begun").exists() and watching.poll() is None:
        time.sleep(0.01)
    os.killpg(watching.pid, signal.SIGINT)
    rest = watching.stdout.read()
    assert (watching.wait(), "Traceback" in rest) == (0, False)
    assert site.read("_site/posts/one.html") == old
    assert not (site.root / "_site/posts/slow").exists()


def test_a_file_that_a_failing_cell_writes_each_time_builds_once_more_and_no_further(
    site: Site, watching: subprocess.Popen[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    said(watching, "2 pages in")
    write = (
        "import time\nopen('out.csv', 'w').write(str(time.time()))\nopen('runs', 'a').write('r')"
    )
    # Folder and notebook appear at once: a look between the two would be a build more.
    article = Site(tmp_path_factory.mktemp("aside")).article("failing", write, "1 / 0")
    article.parent.rename(site.root / "posts/failing")
    runs = site.root / "posts/failing/runs"
    said(watching, "1 fault", lambda: runs.read_text() == "rr")
    site.write("posts/one.qmd", PAGE.replace("closed", "opened"))
    said(watching, "1 fault", lambda: "harbour opened" in site.read("_site/posts/one.html"))
    assert runs.read_text() == "rrr"
    site.write("posts/one.qmd", PAGE.replace("closed", "froze"))
    said(watching, "1 fault", lambda: "harbour froze" in site.read("_site/posts/one.html"))
    assert runs.read_text() == "rrrr"


def test_what_it_needs_must_be_installed(site: Site) -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.modules['watchfiles'] = None; from broadsheet.cli.main import main;"
            " sys.exit(main(['build', '--watch']))",
        ],
        cwd=site.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "broadsheet[preview]" in run.stderr
