"""What Broadsheet has its warm process prepare (`run/preload.py`): no notebook notices it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from broadsheet.run.job import ENGINE, WARM_UP
from broadsheet.run.page_format import LIMITS, ROOT
from broadsheet.run.reads import START

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@pytest.fixture(autouse=True)
def _publication(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables by which a run knows its publication."""
    monkeypatch.setenv(ROOT, str(tmp_path))
    monkeypatch.setenv(LIMITS, "{}")


def printed(folder: Path, cells: list[str], **options: Any) -> str:
    """What a notebook prints that papermill runs."""
    folder.mkdir(exist_ok=True)
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    made = new_notebook(cells=list(map(new_code_cell, cells)), metadata={"kernelspec": kernel})
    ran = papermill.execute_notebook(made, None, cwd=str(folder), progress_bar=False, **options)
    return "".join(
        output.text
        for cell in ran.cells
        for output in cell.outputs
        if output.get("name") == "stdout"
    )


@pytest.mark.slow
def test_of_a_module_that_is_warmed_a_notebook_sees_nothing(tmp_path: Path) -> None:
    """Not that Broadsheet's own was imported and used; the chart theme comes by each run's first cell."""
    look = (
        "import sys\nimport plotly.io as pio\n"
        "print('broadsheet' in sys.modules, 'broadsheet' in pio.templates, pio.templates.default)"
    )
    cells = [
        START,
        look,
        "import plotly.graph_objects as go\nprint(go.Figure().layout.template.layout.colorway[0])",
        "import broadsheet as bs\nprint(pio.templates.default, bs.COLOURS['accent'])",
        look,
        "import broadsheet.data.origin\nprint(bs.data.origin.Origin is bs.Origin)\n"
        "from broadsheet.notebook.values import declarations\nprint(declarations.declared())",
    ]
    stock = printed(tmp_path / "stock", cells)
    assert stock == (
        "True True broadsheet\n#b3262A\nbroadsheet #b3262a\nTrue True broadsheet\nTrue\n"
        "{'facts': {}, 'claims': {}}\n"
    )
    for _ in range(2):
        assert printed(tmp_path / "warm", cells, engine_name=ENGINE, warm_up=WARM_UP) == stock


@pytest.mark.slow
def test_the_chart_theme_is_in_force_whatever_a_profile_has_done_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    startup = tmp_path / "profile_default/startup/mine.py"
    startup.parent.mkdir(parents=True)
    startup.write_text("import plotly.io as pio\npio.templates.default = 'plotly_white'\n")
    for warm_up in ("", WARM_UP):
        cells = [START, "import plotly.io as pio\nprint(pio.templates.default)"]
        assert printed(tmp_path, cells, engine_name=ENGINE, warm_up=warm_up) == "broadsheet\n"


def test_the_shapes_of_countries_are_read_once_for_all_runs(tmp_path: Path) -> None:
    cells = [
        START,
        "from broadsheet.notebook.charts import countries\nprint(countries.are_read())",
        "import broadsheet as bs\nbs.charts.locator({'Kyiv': (50.45, 30.52)});",
    ]
    runs = [printed(tmp_path, cells, engine_name=ENGINE, warm_up=WARM_UP) for _ in range(2)]
    assert runs == ["False\n", "True\n"]
