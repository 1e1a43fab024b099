"""Several builds of one publication at once: they take turns, each is whole, and nothing is left
over.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from broadsheet.site.output.output_folder import contents_of, read_marker
from conftest import Site


@pytest.mark.slow
def test_three_builds_at_once_leave_one_whole_site(site: Site) -> None:
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts, feed: true}\n---\n")
    for number in range(3):
        site.article(f"n{number}", f"n = {number}", ("md", "It is `{python} n`."))
    builds = []
    for number in range(3):
        site.write("about.qmd", f"---\ntitle: About\n---\nBuild {number}.\n")
        output = ["--output", "_other"] if number == 1 else []
        builds.append(
            subprocess.Popen(
                [sys.executable, "-m", "broadsheet", "build", "--jobs", "2", *output],
                cwd=site.root,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
    said = [build.communicate()[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0, 0], said
    for name in ("_site", "_other"):
        marker = read_marker(site.root / name)
        assert marker is not None
        assert set(contents_of(site.root / name, None).foreign) == set(marker.files)
        assert all(
            f"It is {number}." in site.read(f"{name}/posts/n{number}/index.html")
            for number in range(3)
        )
    assert "Build 2." in site.read("_site/about.html")
    left = {path.name for path in (site.root / ".broadsheet").glob("_*") if path.suffix != ".json"}
    assert left == {f"{name}.{kind}" for name in ("_site", "_other") for kind in ("lock", "before")}
    assert not list(site.root.rglob("*.part"))
