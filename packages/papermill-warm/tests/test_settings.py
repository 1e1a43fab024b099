"""What a user sets: which modules are imported before notebooks begin, and limits. A wrong value is told
with its place.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from papermill_warm.papermill_engine import StoppedError
from papermill_warm.settings import FIRST, EngineSettings, SettingsError
from warm_runs import Ran, slow_but

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Writes a `pyproject.toml`, and goes to a folder below it."""

    def write(text: str) -> Path:
        file = tmp_path / "pyproject.toml"
        file.write_text(text)
        (tmp_path / "a/b").mkdir(parents=True, exist_ok=True)
        monkeypatch.chdir(tmp_path / "a/b")
        return file

    return write


def settings(**arguments: Any) -> EngineSettings:
    names = ("preload", "memory_limit", "time_limit")
    return EngineSettings.of(*(arguments.get(name) for name in names))


def test_an_argument_comes_before_a_variable_and_that_before_a_file(
    project: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    project("[project]\nname = 'a'\n")
    assert settings() == EngineSettings(FIRST, "", None, None)
    file = project(
        '[tool.papermill-warm]\npreload = ["a.b"]\nmemory-limit = "1G"\ntime-limit = 9\n'
    )
    source = f"{file}, [tool.papermill-warm]: preload"
    assert settings() == EngineSettings(("a.b",), source, 1 << 30, 9.0)
    monkeypatch.setenv("PAPERMILL_WARM_PRELOAD", "c, d.e")
    monkeypatch.setenv("PAPERMILL_WARM_TIME_LIMIT", "0.5")
    source = "the environment variable PAPERMILL_WARM_PRELOAD"
    assert settings() == EngineSettings(("c", "d.e"), source, 1 << 30, 0.5)
    given = settings(preload=["f"], memory_limit="2M", time_limit=3)
    assert given == EngineSettings(("f",), "the argument preload", 2 << 20, 3.0)
    assert settings(preload=[], memory_limit="") == EngineSettings(
        (), "the argument preload", None, 0.5
    )


def test_the_nearest_file_with_the_table_counts(project: Callable[[str], Path]) -> None:
    file = project("[tool.papermill-warm]\ntime-limit = 9\n")
    nearer = file.parent / "a/pyproject.toml"
    nearer.write_text("[project]\nname = 'no table'\n")
    assert settings().time_limit == 9
    nearer.write_text("this is [no TOML")
    assert settings().time_limit == 9
    nearer.write_text("[tool.papermill-warm]\n")
    assert settings().time_limit is None


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("[tool.papermill-warm]\npreload = 1", "preload is 1: give a list of modules"),
        (
            "[tool.papermill-warm]\npreload = ['scikit-learn']",
            "'scikit-learn' is not the name of a module, as `import` has it",
        ),
        ("[tool.papermill-warm]\npreload = ['import os']", "'import os' is not the name"),
        ("[tool.papermill-warm]\npreload = [['os']]", "['os'] is not the name of a module"),
        ("[tool.papermill-warm]\nmemory-limit = 'much'", "memory-limit is 'much': give bytes"),
        ("[tool.papermill-warm]\nmemory-limit = true", "memory-limit is True: give bytes"),
        ("[tool.papermill-warm]\ntime-limit = -1", "time-limit is -1: give seconds, such as 600"),
        ("[tool.papermill-warm]\ntime-limit = 'nan'", "time-limit is 'nan': give seconds"),
        (
            "[tool.papermill-warm]\npreloads = ['a']",
            "preloads is no setting: there are preload, memory-limit, time-limit",
        ),
        ("[tool]\npapermill-warm = 1", "tool.papermill-warm is 1: make it a table"),
        ("[tool.papermill-warm\n", "cannot be read: "),
    ],
)
def test_a_wrong_setting_is_told_with_its_file(
    table: str, message: str, project: Callable[[str], Path]
) -> None:
    file = project(table)
    with pytest.raises(SettingsError) as error:
        settings()
    assert str(error.value).startswith(str(file)) and message in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"preload": 3}, "the argument preload is 3: give a list"),
        ({"memory_limit": "1.5G"}, "the argument memory_limit is '1.5G': give bytes"),
        ({"time_limit": "soon"}, "the argument time_limit is 'soon': give seconds"),
    ],
)
def test_a_wrong_argument_is_told(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        settings(**arguments)


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed modules."""
    folder = tmp_path / "modules"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


LOADED = "import sys\nprint({!r} in sys.modules, 'pandas' in sys.modules)"


@on_linux
@pytest.mark.parametrize("how", slow_but(["argument", "variable", "file"], ["file"]))
def test_a_module_that_is_set_is_imported_once_for_all_notebooks(
    how: str, modules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (modules / "dear").mkdir()
    (modules / "dear/__init__.py").write_text("")
    (modules / "dear/part.py").write_text("import os\nimported_in = os.getpid()\n")
    options = {}
    if how == "argument":
        options["preload"] = ["dear.part"]
    if how == "variable":
        monkeypatch.setenv("PAPERMILL_WARM_PRELOAD", "dear.part")
    if how == "file":
        (tmp_path / "pyproject.toml").write_text("[tool.papermill-warm]\npreload = ['dear.part']\n")
    cells = [
        LOADED.format("dear.part"),
        "import dear.part, os\nprint(dear.part.imported_in == os.getppid())",
    ]
    for _ in range(2):
        ran = Ran(tmp_path / "run", cells, **options)
        assert (ran.error, ran.text()) == (None, "True False\nTrue\n")


@on_linux
@pytest.mark.parametrize(
    ("code", "reason", "printed"),
    slow_but(
        [
            ("print('hello')", "it prints when it is imported", "hello\nTrue\n"),
            (
                "import os\nos.write(2, b'hello\\n')",
                "it prints when it is imported",
                "hello\nTrue\n",
            ),
            (
                "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
                "it keeps a thread, which a fork would break",
                "True\n",
            ),
            ("import os\nos._exit(3)", "its import ends the process", None),
            ("1 / 0", "ZeroDivisionError: division by zero", None),
            ("import not_there", "ModuleNotFoundError: No module named 'not_there'", None),
        ],
        1,
    ),
)
def test_a_module_that_cannot_be_shared_is_left_to_each_notebook_which_is_said_once(
    code: str,
    reason: str,
    printed: str | None,
    modules: Path,
    tmp_path: Path,
    warm_log: Callable[[], str],
) -> None:
    (modules / "odd.py").write_text(code + "\n")
    for _ in range(2):
        ran = Ran(tmp_path / "run", ["import sys\nprint('odd' in sys.modules)"], preload=["odd"])
        assert (ran.error, ran.text()) == (None, "False\n")
    message = f"odd is imported by each notebook itself, not once for all: {reason}"
    assert warm_log() == message
    if printed is not None:
        cells = ["import odd", "import sys\nprint('odd' in sys.modules)"]
        assert Ran(tmp_path / "run", cells, preload=["odd"]).text() == printed


@on_linux
def test_pyarrow_is_shared_though_its_allocator_would_hold_a_thread(
    tmp_path: Path, warm_log: Callable[[], str]
) -> None:
    pytest.importorskip("pyarrow")
    shows = (
        "import os, sys\nprint('pyarrow' in sys.modules, os.environ.get('JE_ARROW_MALLOC_CONF'))"
    )
    ran = Ran(tmp_path / "run", [shows], preload=["pyarrow"])
    assert (ran.error, ran.text()) == (None, "True None\n")
    assert warm_log() == ""


@on_linux
def test_a_module_that_is_not_installed_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERMILL_WARM_PRELOAD", "json,nosuch,os.nosuch")
    ran = Ran(tmp_path, ["1"])
    assert isinstance(ran.error, SettingsError)
    assert str(ran.error).startswith(
        "the environment variable PAPERMILL_WARM_PRELOAD names nosuch, os.nosuch, which "
    )


@on_linux
@pytest.mark.parametrize("library", slow_but(["matplotlib.pyplot", "plotly.io"], 0))
def test_libraries_that_ask_for_their_notebook_work_when_they_are_set(
    library: str, tmp_path: Path
) -> None:
    pytest.importorskip(library, reason=f"needs {library}")
    cells = {
        "matplotlib.pyplot": [
            "import matplotlib.pyplot as plt\nplt.get_backend()",
            "plt.plot([1, 2])\nplt.show()",
            "plt.figure(figsize=(1, 1))\nplt.title('a')",
        ],
        "plotly.io": [
            "import plotly.io as pio\npio.renderers.default",
            "import plotly.graph_objects as go\ngo.Figure(go.Bar(y=[1]))",
        ],
    }[library]
    stock, warm = (
        Ran(tmp_path / name, cells, engine, **options)
        for name, engine, options in (("stock", None, {}), ("warm", "warm", {"preload": [library]}))
    )
    assert warm.error is None
    assert [
        [sorted(output.get("data", {})) for output in outputs] for outputs in warm.outputs()
    ] == [[sorted(output.get("data", {})) for output in outputs] for outputs in stock.outputs()]
    assert warm.text() == stock.text()


@on_linux
@pytest.mark.parametrize(
    "cells",
    slow_but(
        [
            ["print('before')", "import time\nwhile True: time.sleep(0.01)", "1"],
            ["print('before')", *["import time\ntime.sleep(0.1)"] * 100],
        ],
        1,
    ),
    ids=["one long cell", "many short cells"],
)
def test_the_time_of_a_whole_notebook_is_limited(cells: list[Any], tmp_path: Path) -> None:
    ran = Ran(tmp_path, cells, time_limit=0.5)
    assert isinstance(ran.error, StoppedError) and ran.error.reason == "time"
    assert str(ran.error) == "The run was ended: the notebook took longer than its limit of time"
    assert ran.text() == "before\n"
