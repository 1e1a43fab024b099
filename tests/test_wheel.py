"""The wheel has all that a publication elsewhere needs: it builds one with nothing of this repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_each_file_of_the_program_is_in_the_wheel(wheel: Path) -> None:
    def files(folder: Path) -> set[str]:
        return {
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and path.parent.name != "__pycache__"
        }

    assert files(wheel / "broadsheet") == files(ROOT / "src/broadsheet")


def test_the_wheel_builds_a_publication_in_an_empty_folder(wheel: Path, site) -> None:
    site.write("index.qmd", "---\ntitle: Front\nlisting: {contents: 'posts/**/*.ipynb'}\n---\n")
    site.article(
        "first",
        "import pandas as pd\npd.DataFrame({'year': [2022], 'trade': [190.3]})",
        ("md", "::: {.callout-note}\nIt came to `{python} 190 + 0.3`.\n:::"),
        front="title: First\ndate: 2023-05-26\n",
    )
    for command in ("broadsheet build", "broadsheet.quarto setup"):
        done = subprocess.run(
            [sys.executable, "-P", "-m", *command.split()],
            cwd=site.root,
            env={**os.environ, "PYTHONPATH": str(wheel)},
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    page = site.read("_site/posts/first/index.html")
    assert "It came to 190.3." in page and "callout-note" in page and "<td" in page
    assert len(list((site.root / "_site/site_libs/broadsheet").glob("*.css"))) == 1
    assert (site.root / "theme/quarto/elements.lua").is_file()
