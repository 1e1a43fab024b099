"""The line that says what was not tested here, of a real run of pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """\
import pytest

@pytest.mark.parametrize("number", range(3))
def test_quarto(number):
    pytest.skip("needs Quarto, which is not on PATH")

@pytest.mark.skip(reason="needs sshd")
def test_server():
    pass

@pytest.mark.slow
@pytest.mark.parametrize("number", range(4))
def test_slow(number):
    pass

def test_passes():
    pass
"""
CONFTEST = """\
from not_tested import *

def pytest_collection_modifyitems(config, items):
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in slow]
"""


def last_line(folder: Path, *options: str) -> str:
    (folder / "test_some.py").write_text(TESTS)
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = slow: slow\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-ra", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTEST_ADDOPTS": ""},
        text=True,
        capture_output=True,
        check=False,
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("options", [("-n", "0"), ("-n", "2", "--dist", "loadfile")])
def test_what_is_skipped_and_left_out_is_in_the_last_line(tmp_path, options):
    assert last_line(tmp_path, *options) == (
        "Not tested here: 3 tests need Quarto, which is not on PATH; 1 needs sshd; "
        "4 are slow (make test-all)"
    )


def test_what_options_leave_out_is_said_too(tmp_path):
    assert last_line(tmp_path, "-n", "0", "-k", "server or passes") == (
        "Not tested here: 1 test needs sshd; 3 are left out by -k or -m; 4 are slow (make test-all)"
    )


def test_where_all_is_tested_there_is_no_line(tmp_path):
    assert "Not tested" not in last_line(tmp_path, "-n", "0", "test_some.py::test_passes")
