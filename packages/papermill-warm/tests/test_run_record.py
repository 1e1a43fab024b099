"""The record of a run: what it says of cells is what papermill's own says, and when it is saved."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from nbformat.notebooknode import NotebookNode
from papermill.engines import NotebookExecutionManager

from papermill_warm.run_record import RunRecord
from warm_runs import notebook


def begun(kind: Any, file: Path) -> Any:
    made = notebook(["1", "2"])
    made.metadata["papermill"] = NotebookNode()
    record = kind(made, progress_bar=False)
    record.notebook_start()
    record.output_path = str(file)
    return record


def run(record: Any) -> None:
    for number, cell in enumerate(record.nb.cells):
        record.cell_start(cell, number)
        record.cell_complete(cell, number)


def test_it_says_of_a_cell_what_papermills_own_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2026, 1, 1, 0, 0, 1, 500_000, UTC)
    monkeypatch.setattr(NotebookExecutionManager, "now", lambda self: moment)
    kinds = (RunRecord, NotebookExecutionManager)
    ours, stock = (begun(kind, tmp_path / "out.ipynb") for kind in kinds)
    for record in (ours, stock):
        first, second = record.nb.cells
        record.cell_start(first, 0)
        first.metadata.papermill["start_time"] = "2026-01-01T00:00:00.250000+00:00"
        record.cell_complete(first, 0)
        record.cell_exception(second, 1)
        record.cell_complete(second, 1)
    assert json.dumps(ours.nb) == json.dumps(stock.nb)
    times, failed = (cell.metadata.papermill for cell in ours.nb.cells)
    assert (times.duration, times.status, failed.status) == (1.25, "completed", "failed")


def test_a_run_that_completes_is_left_to_papermill_to_save(tmp_path: Path) -> None:
    record = begun(RunRecord, tmp_path / "out.ipynb")
    with record.seldom_saved():
        run(record)
    record.notebook_complete()
    assert not (tmp_path / "out.ipynb").exists()


def test_a_run_that_breaks_off_is_saved_at_once(tmp_path: Path) -> None:
    record = begun(RunRecord, tmp_path / "out.ipynb")
    with suppress(KeyboardInterrupt), record.seldom_saved():
        run(record)
        raise KeyboardInterrupt
    record.notebook_complete()
    saved = json.loads((tmp_path / "out.ipynb").read_text("utf-8"))
    assert [cell["metadata"]["papermill"]["status"] for cell in saved["cells"]] == ["completed"] * 2


@pytest.mark.parametrize("is_due", [True, False])
def test_a_save_waits_until_it_is_due(is_due: bool, tmp_path: Path) -> None:
    record = begun(RunRecord, tmp_path / "out.ipynb")
    with record.seldom_saved():
        run(record)
        if is_due:
            record.last_save_time = record.last_save_time.replace(year=2000)
        record.save_waiting()
        assert (tmp_path / "out.ipynb").exists() == is_due


def test_the_stock_engine_saves_as_often_as_ever(tmp_path: Path) -> None:
    record = begun(RunRecord, tmp_path / "out.ipynb")
    record.cell_start(record.nb.cells[0], 0)
    assert (tmp_path / "out.ipynb").exists()
