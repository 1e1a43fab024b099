"""How the source is laid out: which part may import which, in no circle, and no file too long to
be read.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/broadsheet"
LONGEST = 801
"""Lines that a file may have, less one."""
MOST_MODULES = 25
"""Modules that a folder may have."""


def test_imports_go_one_way_and_in_no_circle(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The contracts are in pyproject.toml, under `tool.importlinter`."""
    from importlinter.application.use_cases import lint_imports
    from importlinter.configuration import configure

    monkeypatch.chdir(ROOT)
    configure()
    passed = lint_imports(config_filename="pyproject.toml", cache_dir=None)
    assert passed, capsys.readouterr().out


def test_no_file_is_too_long_to_be_read() -> None:
    lengths = {
        path.relative_to(SOURCE).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in SOURCE.rglob("*.py")
    }
    too_long = {name: length for name, length in lengths.items() if length >= LONGEST}
    assert too_long == {}


STARTED = {"Pandoc", "Assembly", "local_executor", "open_executor"}
"""What outlives a page: the processes that run notebooks, those of Pandoc, the browser."""


def test_the_press_alone_starts_what_outlives_a_page() -> None:
    callers = {
        (path.relative_to(SOURCE).as_posix(), node.func.id)
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in STARTED
    }
    own = {(path, name) for path, name in callers if path != "run/executors.py"}
    assert own == {("press/press.py", name) for name in STARTED - {"local_executor"}}


def test_no_folder_has_more_modules_than_are_seen_at_a_glance() -> None:
    sizes = {
        folder.relative_to(SOURCE).as_posix(): len([*folder.glob("*.py")])
        for folder in (SOURCE, *SOURCE.rglob("*"))
        if folder.is_dir()
    }
    assert {name: size for name, size in sizes.items() if size > MOST_MODULES} == {}
