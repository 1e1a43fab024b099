"""A notebook opened in Jupyter: the usual kernel, started in the notebook's folder, runs an article of
the publication cell by cell, each cell as often as its author likes.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
QUICK = "century-on-everest"
SLUGS = sorted(path.parent.name for path in ROOT.glob("posts/*/index.ipynb"))


@pytest.mark.parametrize(
    "slug",
    [slug if slug == QUICK else pytest.param(slug, marks=pytest.mark.slow) for slug in SLUGS],
)
def test_a_plain_kernel_runs_each_cell_of_an_article(slug: str) -> None:
    folder = ROOT / "posts" / slug
    notebook = nbformat.read(folder / "index.ipynb", as_version=4)
    client = NotebookClient(
        notebook, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    with client.setup_kernel():
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            for _ in range(2):
                client.execute_cell(cell, number)
            kinds = {one.output_type for one in cell.outputs}
            assert "stream" not in kinds, f"cell {number} prints or warns"
            if any(line.startswith("#| label: fig-") for line in cell.source.splitlines()):
                assert kinds & {"display_data", "execute_result"}, f"cell {number} shows no figure"
