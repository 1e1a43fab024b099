"""papermill's own tests, with this engine as the one that it takes by default.

They are in the source that papermill publishes, in the version that is installed here. Two lines of it
are changed: the engine by default, also in the programs that tests start, and the engine that tests of
the stock one ask for. Tests that fail are run again with the source as it was: some need libraries of
cloud storage that are not here. What then passes is a difference of this engine.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux"),
]

DIFFERENCES = {
    "papermill/tests/test_engines.py::TestNBClientEngine::test_nb_convert_engine_execute": (
        "it counts how often the notebook is saved, and this engine saves at most once a second"
    ),
}
"""Tests that may pass with the stock engine alone, each with the reason."""

CHANGES = {
    "papermill/engines.py": (
        "papermill_engines.register_entry_points()\n",
        "papermill_engines.register_entry_points()\n"
        "papermill_engines.register(None, papermill_engines.get_engine('warm'))\n",
    ),
    "papermill/tests/test_engines.py": (
        "from ..engines import Engine, NBClientEngine, NotebookExecutionManager\n",
        "from papermill_warm import WarmEngine as NBClientEngine\n"
        "from ..engines import Engine, NotebookExecutionManager\n",
    ),
}

PLUGIN = """\
from papermill_warm.kernel import WarmKernelManager

start, runs = WarmKernelManager.start_kernel, []

def counted(self, **options):
    runs.append(self)
    return start(self, **options)

WarmKernelManager.start_kernel = counted

def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"warm runs: {len(runs)}")
"""
COUNT = re.compile(r"^warm runs: (\d+)$", re.MULTILINE)
OUTCOME = re.compile(r"^(PASSED|FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """papermill's source, unpacked."""
    folder = tmp_path_factory.mktemp("papermill")
    wanted = f"papermill=={importlib.metadata.version('papermill')}"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    loaded = subprocess.run(
        [*pip, "--no-deps", "--no-binary", "papermill", "--dest", folder, wanted],
        capture_output=True,
        text=True,
        check=False,
    )
    if loaded.returncode:
        pytest.skip(f"needs the source of {wanted}, which pip could not load: {loaded.stderr}")
    (archive,) = folder.glob("papermill-*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    (unpacked,) = folder.glob("papermill-*/papermill/tests")
    return unpacked.parents[1]


def outcomes(source: Path, *arguments: str) -> tuple[dict[str, str], str]:
    """What became of each test, and all that was printed."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-rA", "--continue-on-collection-errors"),
            *("-o", "addopts=", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments),
        ],
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return {name: outcome for outcome, name in OUTCOME.findall(done.stdout)}, done.stdout


def test_papermill_s_tests_pass_as_with_its_own_engine(source: Path) -> None:
    changed = Path(shutil.copytree(source, source.with_name("changed")))
    for name, (before, after) in CHANGES.items():
        text = (source / name).read_text("utf-8")
        assert text.count(before) == 1, name
        (changed / name).write_text(text.replace(before, after))
    (changed / "warm_runs_counted.py").write_text(PLUGIN)
    warm, printed = outcomes(changed, "-p", "warm_runs_counted", "papermill/tests")
    count = COUNT.search(printed)
    assert count is not None and int(count[1]) > 20, printed[-3000:]
    assert list(warm.values()).count("PASSED") > 400, printed[-3000:]
    failed = [name for name, outcome in warm.items() if outcome != "PASSED"]
    stock, _ = outcomes(source, *failed)
    different = {name for name in failed if stock.get(name) == "PASSED"}
    assert different <= DIFFERENCES.keys(), printed[-3000:]
