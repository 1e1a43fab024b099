"""A run in a warm process publishes the modules that a cold one does, its own and those of libraries."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from broadsheet.run.job import ENGINE, WARM_UP
from broadsheet.run.page_format import LIMITS, ROOT
from broadsheet.run.reads import FINISH, MIME, MODULES, START

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

AGAIN = """\
import sys
for name in [name for name in sys.modules if name.partition('.')[0] in ('yaml', 'nbformat')]:
    del sys.modules[name]
import mine, yaml, nbformat"""
THREAD = """\
import threading, mine
threading.Thread(target=__import__, args=('theirs',)).run()"""


def published(folder: Path, cell: str, **options: Any) -> dict[str, Any]:
    """What the last cell of a run publishes of its reads and its modules."""
    (folder / "mine.py").write_text("import csv\n")
    (folder / "theirs.py").write_text("import mine\n")
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    cells = list(map(new_code_cell, (START, cell, FINISH)))
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    ran = papermill.execute_notebook(notebook, None, cwd=str(folder), progress_bar=False, **options)
    data = next(output.data for output in ran.cells[-1].outputs if MIME in output.data)
    return {"reads": data[MIME], "modules": data[MODULES]}


@pytest.mark.parametrize("cell", ["import mine, yaml, nbformat, pandas", AGAIN, THREAD])
def test_a_warm_run_publishes_its_modules(
    cell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOT, str(tmp_path))
    monkeypatch.setenv(LIMITS, "{}")
    stock = published(tmp_path, cell)
    warm = published(tmp_path, cell, engine_name=ENGINE, warm_up=WARM_UP)
    assert "mine.py" in stock["reads"]
    assert warm["reads"] == stock["reads"]
    assert set(stock["modules"]) <= set(warm["modules"])
