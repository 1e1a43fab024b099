"""A disk that is full, wherever in a build: it is told in one message, the old site stands, the
next build is whole.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadsheet.site.build import build as building
from broadsheet.site.output.output_folder import contents_of, read_marker
from conftest import Site

pytestmark = pytest.mark.slow

SIZES, ALL_SIZES = 1, 40
ROOM = 64 << 20
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, resource.RLIM_INFINITY))
from broadsheet.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
PAGES = 22
Limit = Callable[[int], list[str]]


def edit(site: Site, number: int) -> None:
    """Every page says which build it is of."""
    site.write(
        "index.qmd",
        f"---\ntitle: The Test\nlisting: {{contents: posts, feed: true}}\n---\nBuild {number}.\n",
    )
    for page in range(PAGES):
        words = " ".join(f"word{word * (page + number)}" for word in range(300))
        site.write(
            f"posts/n{page}.qmd",
            f"---\ntitle: N {page}\ndate: 2024-01-01\n---\nBuild {number}.\n\n{words}\n",
        )
    site.article("code", f"n = {number}", ("md", "Build `{python} n`."))


def numbers(site: Site) -> set[int]:
    """The builds that the site's pages are of."""
    pages = [
        "index.html",
        "posts/code/index.html",
        *(f"posts/n{page}.html" for page in range(PAGES)),
    ]
    return {int(re.search(r"Build (\d+)", site.read(f"_site/{page}"))[1]) for page in pages}  # type: ignore[index]


def build(site: Site, command: list[str], folder: Path) -> tuple[int, str]:
    environment = {**os.environ, "TMPDIR": str(folder)}
    done = subprocess.run(
        [*command, "build", "--jobs", "2"],
        cwd=site.root,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Limit]]:
    """A folder, and what leaves so many bytes of room there: a disk of its own where one can be
    mounted, else a limit of what a file may have. It gives the command to build with.
    """
    program = [sys.executable, "-m", "broadsheet"]
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(*options: str) -> bool:
        return (
            subprocess.run(
                ["mount", *options, str(folder)], capture_output=True, check=False
            ).returncode
            == 0
        )

    def remount(room: int) -> list[str]:
        stat = os.statvfs(folder)
        used = (stat.f_blocks - stat.f_bfree) * stat.f_frsize
        assert mount("-o", f"remount,size={used + room}")
        return program

    if (
        os.geteuid() == 0
        and sys.platform == "linux"
        and mount("-t", "tmpfs", "-o", f"size={ROOM}", "none")
    ):
        yield folder, remount
        assert subprocess.run(["umount", "-l", str(folder)], check=False).returncode == 0
    else:
        yield folder, lambda room: [sys.executable, "-c", LIMITED.format(size=max(1, room >> 5))]


def test_a_disk_of_any_size_that_is_full_leaves_the_old_site_or_the_new_one(
    disk, tmp_path, request
):
    sizes = ALL_SIZES if request.config.getoption("--all") else SIZES
    folder, limit = disk
    site = Site(folder / "publication")
    site.write("_quarto.yml", CONFIG)
    edit(site, 0)
    code, said = build(site, limit(ROOM), tmp_path)
    assert code == 0, said
    used = sum(
        (site.root / "_site" / name).stat().st_size
        for name in contents_of(site.root / "_site", None).foreign
    )
    site.write("_site/CNAME", "example.org")
    standing, failed = 0, 0
    for number in range(1, sizes + 1):
        edit(site, number)
        room = int(3 * used * (number - 1) / sizes)
        code, said = build(site, limit(room), folder if number % 3 == 0 else tmp_path)
        assert code in (0, 1) and "Traceback" not in said, said
        assert code == 0 or "error: " in said
        assert numbers(site) <= {standing, number}, said
        assert code == 1 or numbers(site) == {number}
        failed += code
        marker = read_marker(site.root / "_site")
        assert marker is not None
        assert set(contents_of(site.root / "_site", None).foreign) == {*marker.files, "CNAME"}
        assert not list(site.root.rglob("*.part"))
        limit(ROOM)
        assert not building.build(site.root, jobs=2).faults
        assert numbers(site) == {number}
        standing = number
    assert failed


CONFIG = """\
project:
  type: website
  output-dir: _site
  render: ["*.qmd", "posts/*.qmd", "posts/**/*.ipynb"]
website:
  title: "The Test"
  site-url: "https://example.org/"
"""
