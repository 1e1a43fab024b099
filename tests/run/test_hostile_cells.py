"""Cells that take their kernel down, flood it, fork it or stop it: each is a fault of its article
and its cell.

They are run in one build, beside an article that is as it should be. Whatever they did, the others
are built, and no process of theirs is left.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from broadsheet.errors import BroadsheetError
from broadsheet.project.reading import open_publication
from broadsheet.run.executors import local_executor
from broadsheet.run.running import execute
from broadsheet.site.build.build import build
from conftest import Site, slow_but, tried

if not sys.platform.startswith("linux"):
    pytest.skip("needs Linux", allow_module_level=True)

pytestmark = pytest.mark.own_workers

DEAD = "the cell took its kernel down"
FORKED = "RuntimeError: The cell forked the notebook's process"
DISPLAY = "from IPython.display import display\n"

FAULTS: Mapping[str, tuple[str, str]] = {
    "os-exit": ("import os\nos._exit(3)", DEAD),
    "sys-exit": ("import sys\nsys.exit(3)", "SystemExit: 3"),
    "killed": ("import os\nos.kill(os.getpid(), 9)", DEAD),
    "terminated": ("import os\nos.kill(os.getpid(), 15)", DEAD),
    "group-killed": ("import os\nos.killpg(0, 9)", DEAD),
    "stopped": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
        "the cell stopped its own process",
    ),
    "alarm": ("import signal, time\nsignal.alarm(1)\ntime.sleep(30)", DEAD),
    "segfault": ("import ctypes\nctypes.string_at(0)", DEAD),
    "aborted": ("import os\nos.abort()", DEAD),
    "all-closed": ("import os\nos.closerange(0, 1000)", DEAD),
    "other-json": (
        "import json\njson.JSONEncoder.encode = lambda *a: 'x'",
        "the cell made its process send what is no output",
    ),
    "half-json": (
        "import json\njson.JSONEncoder.encode = lambda *a: '{}'",
        "the cell made its process send what is no output",
    ),
    "json-that-raises": ("import json\njson.JSONEncoder.encode = lambda *a: 1 / 0", DEAD),
    "no-json": ("import json\njson.JSONEncoder.encode = None", DEAD),
    "no-builtins": ("import builtins\nbuiltins.isinstance = lambda *a: False", DEAD),
    "other-program": ("import os\nos.execvp('true', ['true'])", DEAD),
    "forked": ("import os\npid = os.fork()\nprint('after')", FORKED),
    "forked-often": ("import os\nfor _ in range(4):\n    os.fork()", FORKED),
    "failed-in-fork": (
        "import os\nif os.fork() == 0:\n    raise ValueError('in the fork')",
        FORKED,
    ),
    "prints-for-ever": (
        "while True:\n    print('x' * 10_000)",
        "the cell put out more than 1 MB, the limit",
    ),
    "prints-much": ("print('x' * 200_000_000)", "the cell put out more than 1 MB, the limit"),
    "writes-for-ever": (
        "import subprocess\nsubprocess.run(['yes'])",
        "the cell put out more than 1 MB, the limit",
    ),
    "shows-often": (
        f"{DISPLAY}for number in range(100_000):\n    display(number)",
        "the cell has more than 100 outputs, the limit",
    ),
    "null-output": (
        f"{DISPLAY}display({{'text/plain': None}}, raw=True)",
        "an output cannot be held by a notebook",
    ),
    "number-output": (
        f"{DISPLAY}display({{'text/html': 5}}, raw=True)",
        "an output cannot be held by a notebook",
    ),
    "deep-output": (
        f"{DISPLAY}deep = []\nfor _ in range(900):\n    deep = [deep]\n"
        "display({'application/json': deep}, raw=True)",
        "running this notebook failed: it is nested too deeply",
    ),
    "object-output": (
        f"{DISPLAY}display({{'application/json': object()}}, raw=True)",
        "ValueError: Can't clean",
    ),
    "huge-number": ("2 ** 100_000", "ValueError: Exceeds the limit"),
    "too-much-memory": ("block = bytearray(8 * 2**30)", "MemoryError"),
    "half-a-character-raised": ("raise ValueError('\\ud800')", "ValueError: \ufffd"),
}

QUICK = (
    "os-exit",
    "segfault",
    "stopped",
    "other-json",
    "forked",
    "prints-for-ever",
    "shows-often",
    "null-output",
    "too-much-memory",
)
"""One of each kind, tried each time."""

LATER: Mapping[str, tuple[str, str]] = {
    "shows-nothing": (
        "get_ipython().display_pub.publish = lambda *a, **k: None",
        "a cell keeps the values of this article from being published",
    ),
    "no-modules": ("import sys\nsys.modules.clear()", DEAD),
    "no-streams": ("import sys\nsys.stdout = sys.stderr = None", DEAD),
}
"""What only shows after the cell."""

HEALTHY: Mapping[str, str] = {
    "no-environment": "import os\nos.environ.clear()\nprint('here')",
    "other-root": "import os\nos.environ['BROADSHEET_ROOT'] = '/nowhere'\nprint('here')",
    "own-streams": "import io, sys\nprint('here')\nsys.stdout = io.StringIO()",
    "no-open": "import builtins\nbuiltins.open = lambda *a, **k: 1 / 0\nprint('here')",
    "no-cwd": "import os\nos.getcwd = lambda: 1 / 0\nprint('here')",
    "no-hashes": "import hashlib\nhashlib.sha256 = None\nprint('here')",
    "no-log": "import logging\nlogging.disable(50)\nlogging.Logger.handle = None\nprint('here')",
    "warnings-raise": "import warnings\nwarnings.simplefilter('error')\nprint('here')",
    "signals-ignored": "import signal\nfor number in (1, 2, 10, 12, 15, 27):\n    signal.signal(number, signal.SIG_IGN)\nprint('here')",
    "exit-handlers": "import atexit, time\natexit.register(lambda: 1 / 0)\natexit.register(time.sleep, 999)\nprint('here')",
    "few-calls": "import sys\nprint('here')\nsys.setrecursionlimit(80)",
    "no-finders": "import sys\nprint('here')\nsys.meta_path.clear()\nsys.path.clear()",
    "other-plotly": "import plotly.io as pio\npio.to_json = None\npio.renderers.default = 'json'\nprint('here')",
    "odd-text": (
        "class Odd(str):\n    def __str__(self):\n        return 5\n"
        f"{DISPLAY}display({{'text/plain': Odd('here')}}, raw=True)"
    ),
    "waiting-thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(999,)).start()\nprint('here')",
    "half-a-character": "print('\\ud800 alone')",
    "nul": "print('a\\0b')",
    "closed-streams": "import os\nfor number in (0, 1, 2):\n    os.close(number)\nprint('still here')",
    "elsewhere": "import os\nos.chdir('/')\nprint('still here')",
    "folder-gone": "import os, shutil, tempfile\nfolder = tempfile.mkdtemp()\nos.chdir(folder)\nshutil.rmtree(folder)",
    "fork-that-ends": "import os\nif os.fork() == 0:\n    os._exit(0)\nos.wait()\nprint('parent')",
    "thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(999,), daemon=True).start()",
    "daemon": "import subprocess\n_ = subprocess.Popen(['sleep', '999'], start_new_session=True)",
    "holds-stdout": "import subprocess\n_ = subprocess.Popen(['sleep', '999'])",
}


@pytest.fixture(scope="module")
def built(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Site, dict[str, BroadsheetError]]:
    """All that are tried in one publication, built once: the site, and the fault of each article
    that has one.
    """
    asked = tried(request, "slug")
    site = Site(tmp_path_factory.mktemp("hostile") / "publication")
    site.write(
        "_quarto.yml",
        "project: {type: website, render: ['*.qmd', 'posts/**/*.ipynb']}\n"
        "website: {title: Hostile}\nbroadsheet:\n  time-limit: 60\n  memory-limit: 3G\n"
        "  limits: {output-size: 1048576, outputs: 100}\n",
    )
    site.write("index.qmd", "---\ntitle: Home\n---\n")
    for slug, (code, _) in FAULTS.items():
        if slug in asked:
            site.article(slug, code, "print('not reached')")
    for slug, (code, _) in LATER.items():
        site.article(slug, code, "1", ("md", "`{python} 1 + 1`"))
    for slug, code in HEALTHY.items():
        site.article(slug, code, "print('reached')")
    report = build(site.root, jobs=2)
    return site, {Path(fault.where.file).parent.name: fault for fault in report.faults}


@pytest.mark.parametrize("slug", slow_but(FAULTS, QUICK))
def test_it_is_a_fault_of_its_article_and_cell(
    slug: str, built: tuple[Site, dict[str, BroadsheetError]]
) -> None:
    _, faults = built
    expected = FAULTS[slug][1]
    assert faults[slug].what.startswith(
        (expected, "ValueError: in the fork") if expected is FORKED else expected
    )
    assert faults[slug].where.cell == 2


@pytest.mark.parametrize("slug", LATER)
def test_what_shows_later_is_a_fault_of_its_article(
    slug: str, built: tuple[Site, dict[str, BroadsheetError]]
) -> None:
    _, faults = built
    assert faults[slug].what.startswith(LATER[slug][1])


@pytest.mark.parametrize("slug", HEALTHY)
def test_what_does_no_harm_is_built(
    slug: str, built: tuple[Site, dict[str, BroadsheetError]]
) -> None:
    site, faults = built
    assert slug not in faults
    assert (site.root / f"_site/posts/{slug}/index.html").is_file()


def test_half_a_character_is_shown_as_what_is_no_character(
    built: tuple[Site, dict[str, BroadsheetError]],
) -> None:
    site, _ = built
    publication = open_publication(site.root)
    [edition] = publication.choose(["half-a-character"])
    with local_executor(1, publication.project) as executor:
        [outcome] = execute(publication.project, [edition], executor)
    notebook = outcome.notebook()
    assert notebook is not None
    assert notebook.cells[1].outputs[0].text == "\ufffd alone\n"


def test_no_process_is_left(built: tuple[Site, dict[str, BroadsheetError]]) -> None:
    site, _ = built
    left = []
    for process in psutil.process_iter():
        try:
            if str(site.root) in (
                process.cwd(),
                process.environ().get("BROADSHEET_ROOT", ""),
            ) or process.cwd().startswith(f"{site.root}/"):
                left.append(process.cmdline())
        except psutil.Error:
            continue
    assert left == []
