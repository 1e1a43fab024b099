"""Runs of small notebooks by papermill, and what of them can be compared."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from warm_cells import Cell

WARM = "warm"


def slow_but(values: Iterable[Any], quick: int | Collection[Any]) -> list[Any]:
    """The values of a parametrized test, all marked `slow` but those of ``quick``, or so many at the
    beginning.
    """
    return [
        value
        if (number < quick if isinstance(quick, int) else value in quick)
        else pytest.param(*value if isinstance(value, tuple) else (value,), marks=pytest.mark.slow)
        for number, value in enumerate(values)
    ]


def notebook(cells: list[Cell], **kernel: str) -> Any:
    pairs = [(cell, []) if isinstance(cell, str) else (cell[0], list(cell[1:])) for cell in cells]
    made = [new_code_cell(source, metadata={"tags": tags}) for source, tags in pairs]
    for number, cell in enumerate(made):
        cell["id"] = f"c{number}"
    spec = {"name": "python3", "language": "python", "display_name": "Python 3", **kernel}
    return new_notebook(cells=made, metadata={"kernelspec": spec})


class Ran:
    """A run: the notebook as it was left in the file, and what papermill raised."""

    def __init__(self, folder: Path, cells: Any, engine: str | None = WARM, **options: Any) -> None:
        folder.mkdir(exist_ok=True)
        source, self.file = folder / "in.ipynb", folder / "out.ipynb"
        nbformat.write(cells if isinstance(cells, dict) else notebook(cells), source)
        self.error: BaseException | None = None
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv(
                "PYTEST_CURRENT_TEST", raising=False
            )  # ipykernel would not watch descriptors 1 and 2
            try:
                papermill.execute_notebook(
                    str(source),
                    str(self.file),
                    engine_name=engine,
                    cwd=str(folder),
                    progress_bar=False,
                    **options,
                )
            except Exception as error:
                self.error = error
        self.notebook = nbformat.read(self.file, as_version=4)

    def outputs(self) -> list[Any]:
        return [cell.outputs for cell in self.notebook.cells if cell.cell_type == "code"]

    def text(self) -> str:
        """All that was printed and all plain text, together."""
        return "".join(
            output.get("text", "") or output.get("data", {}).get("text/plain", "")
            for outputs in self.outputs()
            for output in outputs
        )


# What may differ, and why. Everything else must be the same, character by character.
MAY_DIFFER = [
    (r"/tmp/ipykernel_\d+/", "/tmp/ipykernel_PID/"),  # a cell's file name has the process id in it
    (r"0x[0-9a-f]{6,}", "0xADDRESS"),  # addresses of objects
    (
        r"\b[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{32}\b",
        "UUID",
    ),  # ids that are drawn anew each time
    (r"CPU times: .*|[\d.]+ (ns|[µμu]s|ms|s)\b", "TIME"),  # %time, %timeit
    (r"<dc:date>[^<]*", "<dc:date>NOW"),  # matplotlib writes it into an SVG
    (r"(?<=[/'])(stock|warm)\b", "FOLDER"),  # the tests run the two engines in two folders
]


def comparable(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, name in MAY_DIFFER:
            value = re.sub(pattern, name, value)
        return value
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    return [comparable(item) for item in value] if isinstance(value, list) else value


def merged(outputs: list[Any]) -> list[Any]:
    """Streams that follow each other as one: where the kernel's clock cuts them is chance in the
    stock engine too.
    """
    found: list[Any] = []
    for output in outputs:
        if found and output.output_type == "stream" and found[-1].get("name") == output.name:
            found[-1] = {**found[-1], "text": found[-1]["text"] + output.text}
        else:
            found.append(dict(output))
    return found


def reported(ran: Ran) -> dict[str, Any]:
    """All of a run that must be the same."""
    metadata = json.loads(json.dumps(ran.notebook.metadata))
    for name in ("start_time", "end_time", "duration"):  # the clock
        assert metadata["papermill"].pop(name) is not None
    cells = []
    for cell in ran.notebook.cells:
        timing = cell.metadata.get("papermill", {})
        marks = {name: timing.get(name) for name in ("status", "exception")}
        timed = sorted(cell.metadata.get("execution", {}))
        cells.append(
            [
                cell.source,
                cell.metadata.get("tags"),
                marks,
                timed,
                cell.get("execution_count"),
                merged(cell.get("outputs", [])),
            ]
        )
    all_of_it = {
        "error": [type(ran.error).__name__, str(ran.error)],
        "metadata": metadata,
        "cells": cells,
    }
    text = json.dumps(all_of_it).replace(str(ran.file.parents[1]), "/folder")
    return comparable(json.loads(text.replace(sys.prefix, "/prefix")))


def shortened(value: Any) -> Any:
    """The same with digests in place of long texts."""
    if isinstance(value, str):
        is_long = len(value) > 200
        return (
            hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest() if is_long else value
        )
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    return [shortened(item) for item in value] if isinstance(value, list) else value
