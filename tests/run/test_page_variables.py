"""The environment variables by which Quarto tells cells what page they are run for."""

from __future__ import annotations

from pathlib import Path

from broadsheet.run.page_format import page_variables
from broadsheet.site.build.build import build
from conftest import Site
from papermill_warm.zygote_pool import PASSING

SHOW = """\
```{python}
import json, os
from pathlib import Path
info = json.load(open(os.environ["QUARTO_EXECUTE_INFO"]))
root = Path(os.environ["QUARTO_PROJECT_ROOT"])
print(Path(os.environ["QUARTO_DOCUMENT_PATH"]).relative_to(root), os.environ["QUARTO_DOCUMENT_FILE"])
print(Path(info["document-path"]).relative_to(root), info["format"]["identifier"]["target-format"])
print(info["format"]["metadata"]["title"])
```
"""


def test_cells_know_their_document_its_format_and_its_front_matter(site: Site):
    for title in ("The first", "The second"):
        site.write("notes/day.qmd", f"---\ntitle: {title}\n---\n\n{SHOW}")
        result = build(site.root)
        assert not result.faults and not result.notices, (result.faults, result.notices)
        page = site.read("_site/notes/day.html")
        assert f"notes day.qmd\nnotes/day.qmd html\n{title}\n" in page
    assert not list(site.root.glob(".broadsheet/partial/**/*.json"))


def test_code_that_does_not_ask_is_not_run_again_for_a_title(site: Site):
    text = "```{python}\nimport os\nprint(os.environ['QUARTO_DOCUMENT_FILE'])\n```\n"
    for number, title in enumerate(("One", "Two")):
        site.write("day.qmd", f"---\ntitle: {title}\n---\n\n{text}")
        result = build(site.root)
        assert "day.qmd\n" in site.read("_site/day.html")
        assert result.ran == 1 - number


def test_pages_share_a_warm_process(tmp_path: Path):
    """A variable that differs from page to page would have each page start its own."""
    variables = page_variables(tmp_path / "day.qmd", tmp_path, "", tmp_path / "day.ipynb")
    assert variables.keys() <= PASSING
