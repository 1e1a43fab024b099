"""The renderer `alive` in tools that make pages of notebooks, each in an environment of its own, from
the package index. Without a network these tests are skipped, and say so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PACKAGE = Path(__file__).parents[1]
CELLS = (
    "import plotly.io as pio, plotly.graph_objects as go\nimport plotly_alive\npio.renderers.default = 'alive'",
    "go.Figure([go.Scatter(name=name, x=[2020, 2021, 2022], y=y) for name, y in "
    "(('North', [1, 3, 2]), ('South', [2, 1, 4]))], {'title': {'text': 'Lines'}})",
    "go.Figure(go.Bar(x=['East', 'West'], y=[5, 8]), {'title': {'text': 'Bars'}})",
    "go.Figure(go.Choropleth(locations=['FRA', 'BRA'], z=[1, 2]), {'title': {'text': 'Map'}})",
)
SPHINX = 'extensions = ["myst_nb"]\nnb_execution_mode = "force"\nhtml_theme = "furo"\n'
MKDOCS = """\
site_name: Figures
theme: {name: material, font: false}
plugins: [{mkdocs-jupyter: {execute: true}}]
"""
EXEC = MKDOCS.replace(
    "[{mkdocs-jupyter: {execute: true}}]",
    "[markdown-exec]\nmarkdown_extensions: [pymdownx.superfences]",
)
TOOLS = {
    "nbconvert": (
        ["nbconvert", "ipykernel"],
        {},
        "jupyter-nbconvert --execute --to html index.ipynb",
        "index.html",
    ),
    "nbconvert-basic": (
        ["nbconvert", "ipykernel"],
        {},
        "jupyter-nbconvert --execute --to html --template basic --embed-images index.ipynb",
        "index.html",
    ),
    "mkdocs-jupyter": (
        ["mkdocs-material<10", "mkdocs-jupyter", "ipykernel"],
        {"mkdocs.yml": MKDOCS},
        "mkdocs build",
        "site/index.html",
    ),
    "markdown-exec": (
        ["mkdocs-material<10", "markdown-exec"],
        {"mkdocs.yml": EXEC},
        "mkdocs build",
        "site/index.html",
    ),
    "myst-nb": (
        ["sphinx", "myst-nb", "furo", "ipykernel"],
        {"conf.py": SPHINX},
        "sphinx-build -b html . site",
        "site/index.html",
    ),
    "quarto": (
        ["jupyter-client", "nbclient", "pyyaml", "ipykernel"],
        {"index.qmd": "\n\n".join(f"```{{python}}\n{code}\n```" for code in CELLS)},
        "quarto render index.qmd --to html",
        "index.html",
    ),
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[str]], Path]:
    """Makes an environment with the package and others; the folder of its programs."""
    folders: dict[tuple[str, ...], Path] = {}

    def make(packages: list[str]) -> Path:
        if tuple(packages) not in folders:
            folder = tmp_path_factory.mktemp("environment")
            venv.create(folder, with_pip=True)
            programs = folder / "bin"
            pip = [programs / "python", "-m", "pip", "install", "--quiet", "--retries", "1"]
            done = subprocess.run(
                [*pip, str(PACKAGE), *packages], capture_output=True, text=True, check=False
            )
            if "NewConnectionError" in done.stderr or "No matching distribution" in done.stderr:
                pytest.skip(f"NOT TESTED, without a package index: {' '.join(packages)}")
            assert done.returncode == 0, done.stderr
            folders[tuple(packages)] = programs
        return folders[tuple(packages)]

    return make


def write(folder: Path, files: dict[str, str]) -> None:
    """The sources of a page: a notebook, or Markdown with the same code."""
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    notebook = {
        "cells": [{**cell, "id": f"c{at}", "source": text} for at, text in enumerate(CELLS)],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    notebook["cells"].insert(
        0, {"cell_type": "markdown", "id": "t", "metadata": {}, "source": "# T"}
    )  # type: ignore[attr-defined]
    docs = folder / "docs" if "mkdocs.yml" in files else folder
    docs.mkdir(parents=True, exist_ok=True)
    if "markdown-exec" in files.get("mkdocs.yml", ""):
        shown = [f"{CELLS[0]}\nprint(plotly_alive.html({figure}))" for figure in CELLS[1:]]
        blocks = [f'```python exec="on" html="on"\n{code}\n```' for code in shown]
        (docs / "index.md").write_text("\n\n".join(["# T", *blocks]), "utf-8")
    else:
        (docs / "index.ipynb").write_text(json.dumps(notebook), "utf-8")
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")


@pytest.mark.parametrize(
    "tool",
    [pytest.param(tool, marks=pytest.mark.quarto if tool == "quarto" else ()) for tool in TOOLS],
)
def test_figures_live_on_the_pages_of(
    tool: str,
    tmp_path: Path,
    environment: Callable[[list[str]], Path],
    chart_browser: Browser,
    served: Callable[[Path], str],
) -> None:
    packages, files, command, output = TOOLS[tool]
    if tool == "quarto" and shutil.which("quarto") is None:
        pytest.skip("NOT TESTED, without quarto on PATH")
    programs = environment(packages)
    write(tmp_path, files)
    program, *options = command.split()
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [shutil.which(program, path=path) or program, *options],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": path,
            "VIRTUAL_ENV": str(programs.parent),
            "QUARTO_PYTHON": str(programs / "python"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    page = chart_browser.new_page(viewport={"width": 1000, "height": 900})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(served((tmp_path / output).parent) + "index.html", wait_until="domcontentloaded")
    figures = page.locator("figure.plotly-alive")
    expect(figures).to_have_count(3)
    for figure, words in zip(figures.all(), ("2021", "East", "FRA"), strict=True):
        figure.scroll_into_view_if_needed()
        picture = figure.locator("svg:visible").first
        box = picture.bounding_box()
        assert box
        assert box["width"] > 500
        assert figure.locator("svg:visible").count() == 1
        figure.locator(".chart-keys").focus()
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        if words != "2021":
            page.keyboard.press("Home" if words == "East" else "End")
        expect(figure.get_by_role("status")).to_contain_text(words)
        expect(page.locator(".chart-tip:popover-open")).to_contain_text(words)
        page.keyboard.press("Escape")
    page.close()
    theirs = {"define is not defined"}  # Quarto's page asks for the loader of Jupyter's widgets
    assert set(faults) <= theirs
    assert "plotly.min.js" not in (tmp_path / output).read_text("utf-8")
