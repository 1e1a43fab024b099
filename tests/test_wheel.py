"""The wheel has all that a publication elsewhere needs: it builds one with nothing of this repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from broadsheet.cli.main import main

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

    bundles = {name for name in files(wheel / "broadsheet") if name.startswith("theme/plotly/")}
    assert files(wheel / "broadsheet") - bundles == files(ROOT / "src/broadsheet")
    npm = {file.name for file in ROOT.glob("node_modules/plotly.js-*-dist-min/*.min.js")}
    assert {Path(name).name for name in bundles if name.endswith(".js")} == npm
    assert (wheel / "broadsheet/theme/fonts/fonts.json").is_file()


def test_the_wheel_has_nothing_of_my_blog(wheel: Path) -> None:
    text = "\n".join(
        file.read_text("utf-8")
        for folder in ("starter", "templates", "theme", "quarto/starter")
        for file in (wheel / "broadsheet" / folder).rglob("*")
        if file.suffix not in (".js", ".json", ".woff2") and file.is_file()
    )
    assert [word for word in ("My Blog", "China", "Russia", "Odesa") if word in text] == []


def test_an_extra_that_is_missing_is_named_with_the_way_to_install_it(
    monkeypatch: pytest.MonkeyPatch, site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.article("first", front="title: First\ndate: 2023-05-26\n")
    monkeypatch.chdir(site.root)
    monkeypatch.setitem(sys.modules, "css_inline", None)
    monkeypatch.delitem(sys.modules, "broadsheet.newsletter.email_message", raising=False)
    assert main(["newsletter", "first"]) == 1
    assert "css_inline" in (said := capsys.readouterr().err)
    assert "pip install 'broadsheet[newsletter]'" in said


@pytest.mark.slow
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
    assert len(list((site.root / "_site/site_libs/broadsheet").glob("broadsheet-*.css"))) == 1
    assert (site.root / "theme/quarto/elements.lua").is_file()
