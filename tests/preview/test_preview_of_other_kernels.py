"""`broadsheet preview` of pages in R and Bash: cells run again if they change, and not for prose."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from broadsheet.project.sources import kernels
from conftest import CONFIG, Site
from previewing import ended, started

HAS_R = any((Path(folder) / "ir/kernel.json").is_file() for folder in kernels.jupyter_folders())
PAGE = "---\ntitle: A\ndate: 2023-05-26\n---\n\nFirst prose.\n\n```{{{language}}}\n{code}\n```\n"
CODE = {
    "bash": "echo run >> {count}; echo it is $((20 + 1))",
    "r": 'cat("run\\n", file = "{count}", append = TRUE); cat("it is", 20 + 1)',
}


@pytest.mark.parametrize(
    "language",
    [
        pytest.param(
            "bash",
            marks=pytest.mark.skipif(
                find_spec("bash_kernel") is None, reason="needs the package bash_kernel"
            ),
        ),
        pytest.param("r", marks=pytest.mark.skipif(not HAS_R, reason="needs R and IRkernel")),
    ],
)
def test_an_edit_of_prose_runs_nothing_and_one_of_a_cell_its_page(
    site: Site, browser: Browser, tmp_path: Path, language: str
) -> None:
    spec = tmp_path / "jupyter/kernels/bash/kernel.json"
    spec.parent.mkdir(parents=True)
    argv = [sys.executable, "-m", "bash_kernel", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "Bash", "language": "bash"}))
    count = tmp_path / "count"
    text = PAGE.format(language=language, code=CODE[language].format(count=count))
    site.front(CONFIG.replace('"*.qmd"', '"**/*.qmd"'))
    site.write("posts/a/index.qmd", text)
    preview = started(site, JUPYTER_PATH=str(tmp_path / "jupyter"))
    try:
        page = browser.new_page()
        page.goto(f"{preview.address}posts/a/index.html")
        page.get_by_text("it is 21").wait_for()
        site.write("posts/a/index.qmd", text := text.replace("First prose", "Other prose"))
        page.get_by_text("Other prose.").wait_for()
        assert page.get_by_text("it is 21").count() == 1
        assert count.read_text() == "run\n"
        site.write("posts/a/index.qmd", text.replace("20 + 1", "4 * 7"))
        page.get_by_text("it is 28").wait_for()
        assert page.get_by_text("it is 21").count() == 0
        assert count.read_text() == "run\nrun\n"
        page.close()
    finally:
        assert ended(preview) == 0
