"""Each known key with each kind of wrong value: taken, or refused by name with its line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path, PurePosixPath
from typing import get_args

import nbformat
import pytest
from pydantic import BaseModel

from bad import put
from broadsheet.errors import BroadsheetError
from broadsheet.figures.drawing.chart_renderer import ChartRenderer
from broadsheet.markdown.markdown_text import OPTIONS, document_of
from broadsheet.press.finishing import finish
from broadsheet.project.editions.edition import editions_of
from broadsheet.project.project import open_project
from broadsheet.project.reading import open_publication
from broadsheet.project.settings.settings import FrontMatter, ProjectSettings
from broadsheet.project.sources.source import read_source
from broadsheet.run.notebook_to_run import executed_of, script_of
from broadsheet.site.build.build import build
from conftest import slow_but

VALUES = {
    "null": "null",
    "true": "true",
    "zero": "0",
    "negative": "-1",
    "large": "999999999999",
    "fraction": "0.5",
    "infinite": ".inf",
    "no-number": ".nan",
    "empty": "''",
    "words": "some words",
    "long": "x" * 300,
    "date": "2023-05-26",
    "time": "2023-05-26T10:00:00Z",
    "empty-list": "[]",
    "empty-mapping": "{}",
    "list-of-null": "[null]",
    "list-of-numbers": "[1, 2]",
    "list-of-lists": "[[a]]",
    "list-of-mappings": "[{a: b}]",
    "mapping": "{a: b}",
    "mapping-of-mappings": "{a: {b: c}}",
    "markup": "'<script>alert(1)</script>'",
    "glob": "'**/[a-'",
    "path-out": "'../../../etc'",
    "address": "'https://[::1'",
    "template": "'{{ x }}{{< meta y >}}'",
}
QUICK = ("negative", "words", "list-of-lists", "mapping")
"""Values of four kinds, which are tried each time."""
CONFIG = "project: {type: website}\nwebsite: {title: T, search: false}\n"
NOT_TRIED = {("project", "output-dir"), ("project", "resources"), ("project", "type")}
"""What says where a site goes and what is copied into it: tried in tests of their own."""


def _keys(model: type[BaseModel], at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all keys that a model knows, those of mappings and of lists of mappings below it
    too.
    """
    for name, field in model.model_fields.items():
        here = (*at, field.alias or name)
        yield here
        for inner in _models(field.annotation):
            if len(here) < 4:
                yield from _keys(inner, (*here, "0") if "list" in str(field.annotation) else here)


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from _models(one)


def _nested(path: tuple[str, ...], value: str) -> str:
    """The value at a path, in YAML's flow style."""
    for key in reversed(path):
        value = f"[{value}]" if key == "0" else f"{{{json.dumps(key)}: {value}}}"
    return value[1:-1]


@cache
def _root(folder: Path) -> Path:
    put(folder / "_quarto.yml", CONFIG)
    put(folder / "index.qmd", "---\ntitle: The Test\nlisting: {contents: '*'}\n---\n")
    return folder


def _is_taken(root: Path, path: tuple[str, ...], value: str) -> bool:
    """Whether a page's front matter may have it; if not, the fault names the key."""
    put(root / "tried.qmd", f"---\n{_nested(path, value)}\n---\n")
    faults = open_publication(root).faults
    for fault in faults.values():
        assert str(fault).startswith(("tried.qmd", "data/datapackage.json")), fault
        assert fault.where.line == 2 and path[0] in fault.what and fault.mend, fault
        assert "pydantic" not in str(fault) and "instance of" not in str(fault)
    return not faults


@pytest.mark.parametrize("name", slow_but(VALUES, QUICK))
def test_a_page_has_each_known_key_with_a_value_of_another_kind(tmp_path: Path, name: str) -> None:
    root, value = _root(tmp_path), VALUES[name]
    taken: dict[str, str] = {}
    for path in _keys(FrontMatter):
        if _is_taken(root, path, value):
            taken.setdefault(path[0], _nested(path, value))
    (root / "tried.qmd").unlink()
    taken.pop("draft", None)
    put(root / "all.qmd", "---\n" + "\n".join(taken.values()) + "\n---\n\n# Words\n\nMore.\n")
    put(root / "good.qmd", "---\ntitle: Good\ndate: 2024-01-01\n---\nGood words.\n")
    report = build(root, jobs=1)
    assert all(
        not isinstance(fault, type(None)) and fault.where.file.startswith("all.qmd")
        for fault in report.faults
    )
    assert not [fault for fault in report.faults if type(fault).__name__ == "UnexpectedError"], (
        report.faults
    )
    assert (root / "_site/good.html").is_file()


def _configured(root: Path, text: str) -> BroadsheetError | None:
    put(root / "_quarto.yml", text)
    try:
        open_publication(root, open_project(root))
    except BroadsheetError as error:
        return error
    return None


@pytest.mark.parametrize("name", slow_but(VALUES, QUICK))
def test_the_configuration_has_each_known_key_with_a_value_of_another_kind(
    tmp_path: Path, name: str
) -> None:
    root, value = _root(tmp_path), VALUES[name]
    put(root / "good.qmd", "---\ntitle: Good\ndate: 2024-01-01\n---\nGood words.\n")
    taken: dict[str, str] = {}
    for path in _keys(ProjectSettings):
        if path[:2] in NOT_TRIED:
            continue
        fault = _configured(root, _nested(path, value))
        if fault is None:
            if len(path) == 2:
                taken.setdefault(f"{path[0]}.{path[1]}", _nested(path[1:], value))
        else:
            assert fault.where.file == "_quarto.yml" and fault.where.line == 1 and fault.mend, fault
            assert path[-1] in fault.what or path[-2] in fault.what, (path, fault)
    parts: dict[str, list[str]] = {"project": [], "website": [], "broadsheet": []}
    for key, written in taken.items():
        parts[key.partition(".")[0]].append(written)
    put(
        root / "_quarto.yml",
        "\n".join(
            f"{part}:\n  type: website\n" if part == "project" else f"{part}:\n  x: 1\n"
            for part in parts
            if not parts[part]
        )
        + "".join(
            f"{part}:\n" + "".join(f"  {line}\n" for line in lines)
            for part, lines in parts.items()
            if lines
        ),
    )
    assert _built(root) is None


OUTPUTS = [
    {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {"text/plain": "2"},
    },
    {"output_type": "stream", "name": "stdout", "text": "printed"},
]


@pytest.mark.parametrize("name", slow_but(VALUES, QUICK))
def test_a_cell_has_each_known_option_with_a_value_of_another_kind(
    tmp_path: Path, name: str
) -> None:
    root = _root(tmp_path)
    project = open_project(root)
    with ChartRenderer(root) as renderer:
        for option in sorted(OPTIONS):
            label = "" if option == "label" else "#| label: fig-a\n"
            put(
                root / "tried.ipynb",
                json.dumps(
                    {
                        "nbformat": 4,
                        "nbformat_minor": 5,
                        "metadata": {},
                        "cells": [
                            {
                                "cell_type": "code",
                                "source": f"#| {option}: {VALUES[name]}\n{label}1 + 1",
                            }
                        ],
                    }
                ),
            )
            with suppress(BroadsheetError):
                source = read_source(root, PurePosixPath("tried.ipynb"))
                (edition,), _ = editions_of(project, source)
                script = script_of(edition)
                for cell in script.cells:  # as if it had run
                    cell.execution_count = 1
                    cell.outputs = (
                        nbformat.from_dict(OUTPUTS) if cell.metadata.broadsheet.cell else []
                    )
                document_of(finish(edition, executed_of(edition, script), renderer, None), root)


def _built(root: Path) -> Mapping[str, object] | None:
    """Nothing, if the site is built or a named fault says why not."""
    try:
        report = build(root, jobs=1)
    except BroadsheetError as error:
        return {"unexpected": error} if type(error).__name__ == "UnexpectedError" else None
    found = [fault for fault in report.faults if type(fault).__name__ == "UnexpectedError"]
    return {"unexpected": found} if found else None
