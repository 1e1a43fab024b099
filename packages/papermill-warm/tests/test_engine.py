"""The warm engine: what it runs comes out as from the stock engine, and what goes wrong stays
inside its process.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer
from typing import Any

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from papermill_warm.settings import parse_memory
from papermill_warm.zygote_pool import KEPT, ZYGOTES
from warm_cells import CORPUS, Cell
from warm_runs import WARM, Ran, merged, notebook, reported, shortened, slow_but

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


ENDS_EARLY = {"errors", "exit-0", "exit-3"}


STOCK = Path(__file__).with_name("stock.json")
"""What the stock engine makes of each topic of `QUICK`, as it was last run (`--regenerate`)."""


QUICK = ("values", "errors", "magics", "plotly", "exit-0")
"""The topics that are run by day, against what the stock engine made of them."""


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize("topic", slow_but(CORPUS, QUICK))
def test_a_notebook_runs_to_the_same_outputs(
    topic: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The stock engine runs beside it where what it put out before is not the same, and with
    `--all`.
    """
    ran = reported(Ran(tmp_path / "warm", CORPUS[topic]))
    regenerates = request.config.getoption("--regenerate", False)
    if (
        not regenerates
        and not request.config.getoption("--all", False)
        and shortened(ran) == known_stock(topic)
    ):
        return
    stock = reported(Ran(tmp_path / "stock", CORPUS[topic], None))
    for expected, found in zip(stock["cells"], ran["cells"], strict=True):
        assert found == expected
    assert ran == stock
    last = stock["cells"][-1][2]["status"]
    assert (last == "completed") == (topic not in ENDS_EARLY), (
        f"the last cell is {last}: {stock['error']}"
    )
    if regenerates and topic in QUICK:
        stored = {**json.loads(STOCK.read_text("utf-8")), topic: shortened(stock)}
        text = json.dumps(stored, indent=1, ensure_ascii=False, sort_keys=True)
        STOCK.write_text(f"{text}\n", "utf-8")


def known_stock(topic: str) -> Any:
    return json.loads(STOCK.read_text("utf-8")).get(topic)


PRINTED = [
    (
        "print('a'); os.write(1, b'b\\n'); print('c'); os.write(2, b'd\\n'); print('e')",
        {"stdout": "a\nb\nc\ne\n", "stderr": "d\n"},
    ),
    (
        "subprocess.run(['sh', '-c', 'echo out; echo err >&2']); print('then')",
        {"stdout": "out\nthen\n", "stderr": "err\n"},
    ),
    ("os.system('echo shell'); display('then')", {"stdout": "shell\n", "display_data": "'then'"}),
    (
        "print('first', end=' '); print('real', file=sys.__stdout__, flush=True)",
        {"stdout": "first real\n"},
    ),
    ("os.write(1, 'é☃'.encode()[:3]); os.write(1, 'é☃'.encode()[3:])", {"stdout": "é☃"}),
    (
        "p = mp.get_context('fork').Process(target=print, args=('fork',)); p.start(); p.join()",
        {"stdout": "fork\n"},
    ),
    (
        "p = mp.get_context('spawn').Process(target=print, args=('spawn',)); p.start(); p.join()",
        {"stdout": "spawn\n"},
    ),
    (
        "p = mp.get_context('fork').Process(target=print, args=('y' * 200_000,)); p.start(); p.join()",
        {"stdout": "y" * 200_000 + "\n"},
    ),
    (
        "subprocess.run([sys.executable, '-c', 'print(\"z\" * 300_000)'])",
        {"stdout": "z" * 300_000 + "\n"},
    ),
]


@pytest.mark.parametrize("cell, printed", slow_but(PRINTED, 3))
def test_what_other_processes_print_is_all_there_in_order(
    cell: str, printed: dict[str, str], tmp_path: Path
) -> None:
    ran = Ran(tmp_path, ["import multiprocessing as mp, os, subprocess, sys", cell + ";"])
    assert [
        (
            output.get("name", output["output_type"]),
            output.get("text") or output["data"]["text/plain"],
        )
        for output in merged(ran.outputs()[1])
    ] == list(printed.items())


def test_what_is_printed_comes_before_what_is_displayed_also_when_a_timer_is_sending_it(
    tmp_path: Path,
) -> None:
    slowly = (
        "import sys, threading, time\n"
        "send, begun = sys.stdout.session.send, threading.Event()\n"
        "def slow(*arguments, **options):\n"
        "    if threading.current_thread().name == 'IOPub':\n"
        "        begun.set()\n"
        "        time.sleep(0.3)\n"
        "    return send(*arguments, **options)\n"
        "sys.stdout.session.send = slow\n"
        "print('first')\nbegun.wait()\ndisplay('then')"
    )
    ran = Ran(tmp_path, [slowly])
    assert [output.output_type for output in ran.outputs()[0]] == ["stream", "display_data"]


PARENT = "import os\nzygote = os.getppid()"
# Where no zygote gets warm in time the stock engine serves, and the parent is pytest: not a process
# to kill.
ZYGOTE = f"{PARENT}\nassert 'papermill_warm.zygote' in open(f'/proc/{{zygote}}/cmdline').read()"


def zygote_of_a_run(folder: Path) -> int:
    """Run something; the process that it was forked from."""
    ran = Ran(folder, [ZYGOTE, "zygote"])
    assert ran.error is None
    return int(ran.text())


def alive(pid: int) -> bool:
    """Whether a process is there and more than a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ends(pid: int, patience: float = 20) -> bool:
    """Whether a process ends, if it has not."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ready, _, _ = select.select([handle], [], [], patience)
    os.close(handle)
    return bool(ready)


def children() -> list[int]:
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def zygote_processes() -> list[int]:
    return [
        pid
        for pid in children()
        if b"papermill_warm.zygote" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


def test_a_cell_past_its_time_is_interrupted_and_the_notebook_kept(tmp_path: Path) -> None:
    ran = Ran(
        tmp_path, ["import os\nprint(os.getpid())", "while True: pass", "1"], execution_timeout=1
    )
    assert isinstance(ran.error, CellTimeoutError)
    assert "after 1 seconds" in str(ran.error) and "while True: pass" in str(ran.error)
    assert [output.ename for output in ran.outputs()[1]] == ["KeyboardInterrupt"]
    assert not alive(int(ran.text()))


@pytest.mark.slow
def test_a_cell_that_will_not_be_interrupted_is_killed(tmp_path: Path) -> None:
    stubborn = "signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: time.sleep(60)"
    ran = Ran(
        tmp_path, ["import os, signal, time\nprint(os.getpid())", stubborn], execution_timeout=1
    )
    assert isinstance(ran.error, CellTimeoutError)
    assert not alive(int(ran.text()))


@pytest.mark.slow
def test_an_interrupted_run_goes_on_where_nbclient_is_told_so(tmp_path: Path) -> None:
    ran = Ran(
        tmp_path,
        [("while True: pass", "raises-exception"), "'went on'"],
        execution_timeout=1,
        interrupt_on_timeout=True,
    )
    assert [outputs[0].get("ename", outputs[0].get("data")) for outputs in ran.outputs()] == [
        "KeyboardInterrupt",
        {"text/plain": "'went on'"},
    ]


@pytest.mark.parametrize("how", slow_but(["keyword", "variable"], 1))
def test_memory_is_limited(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"memory_limit": "700M"} if how == "keyword" else {}
    if how == "variable":
        monkeypatch.setenv("PAPERMILL_WARM_MEMORY_LIMIT", "700M")
    ran = Ran(tmp_path, ["len(bytearray(10_000_000))", "bytearray(2_000_000_000)"], **options)
    assert isinstance(ran.error, PapermillExecutionError) and ran.error.ename == "MemoryError"
    assert "10000000" in ran.text()


@pytest.mark.parametrize(
    "given, limit",
    [
        ("2G", 2 << 30),
        ("512M", 512 << 20),
        (1000, 1000),
        ("3GiB", 3 << 30),
        ("", None),
        (None, None),
    ],
)
def test_a_memory_limit_is_read(given: Any, limit: int | None) -> None:
    assert parse_memory(given) == limit


@pytest.mark.parametrize("given", ["much", "-1", "0", "1.5G", "G"])
def test_a_memory_limit_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="give bytes"):
        parse_memory(given)


@pytest.mark.parametrize(
    "death",
    slow_but(["os.kill(os.getpid(), 9)", "os._exit(0)", "import ctypes; ctypes.string_at(0)"], 1),
)
def test_a_process_that_dies_is_a_dead_kernel_and_the_notebook_is_kept(
    death: str, tmp_path: Path
) -> None:
    ran = Ran(
        tmp_path, ["import os\nprint('before')", f"print('at the end', flush=True)\n{death}", "1"]
    )
    assert isinstance(ran.error, DeadKernelError)
    assert ran.text() == "before\nat the end\n"


def test_processes_that_a_notebook_leaves_are_ended_and_named(
    tmp_path: Path, warm_log: Callable[[], str]
) -> None:
    ran = Ran(
        tmp_path,
        [
            "import os, subprocess, time, warnings\n"
            "warnings.simplefilter('ignore')  # Python 3.12 and newer warn of forks beside threads\n"
            "pids = [subprocess.Popen(['sleep', '1000'], start_new_session=n % 2 == 0).pid for n in range(6)]",
            "reading, writing = os.pipe()\n"
            "for n in range(6):\n"
            "    if os.fork() == 0:\n"
            "        os.setsid()\n"
            "        os.write(writing, b'%d ' % os.fork())\n"
            "        time.sleep(1000)\n"
            "written = b''\n"
            "while written.count(b' ') < 12: written += os.read(reading, 999)\n"
            "print(*pids, *sorted(set(written.decode().split()) - {'0'}))",
        ],
    )
    assert ran.error is None
    pids = [int(pid) for pid in ran.text().split()]
    assert len(pids) == 12 and not any(alive(pid) for pid in pids)
    assert (
        "Processes that the notebook left running were ended: "
        "a fork of the notebook (12 times); sleep 1000 (6 times)"
    ) in warm_log()


def test_a_zygote_that_was_killed_is_replaced(tmp_path: Path) -> None:
    first = zygote_of_a_run(tmp_path)
    os.kill(first, signal.SIGKILL)
    second = zygote_of_a_run(tmp_path)
    assert second != first and alive(second)


@pytest.mark.slow
def test_a_zygote_is_replaced_as_soon_as_its_line_is_broken(tmp_path: Path) -> None:
    first = zygote_of_a_run(tmp_path)
    os.kill(first, signal.SIGSTOP)  # its end takes as long as we like
    for zygote in ZYGOTES._zygotes:
        with socket.socket(fileno=os.dup(zygote._line.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
    Timer(0.5, os.kill, (first, signal.SIGCONT)).start()
    assert zygote_of_a_run(tmp_path) != first


def test_a_zygote_that_is_killed_takes_the_run_along_that_it_guards(tmp_path: Path) -> None:
    ran = Ran(
        tmp_path,
        [
            ZYGOTE,
            "import time\nprint(os.getpid(), flush=True)\nos.kill(zygote, 9)\ntime.sleep(1000)",
        ],
    )
    assert isinstance(ran.error, DeadKernelError)
    assert ends(int(ran.text()))


@pytest.mark.slow
def test_runs_go_on_when_zygotes_are_told_to_end(tmp_path: Path) -> None:
    ZYGOTES.close_all()
    for name in ("zygote", "go"):
        os.mkfifo(tmp_path / name)
    cells: list[Cell] = [
        f"{PARENT}\nwritten = open('zygote', 'w').write(str(zygote))\nopen('go').close()",
        "'went on'",
    ]
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(Ran, tmp_path, cells)
        zygote = int((tmp_path / "zygote").read_text())
        ZYGOTES.close_all()
        assert alive(zygote)
        (tmp_path / "go").write_text("")
        assert running.result().error is None
    assert running.result().text() == "'went on'" and ends(zygote)


@pytest.mark.slow
def test_of_runs_at_once_each_is_told_what_it_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warm_log: Callable[[], str]
) -> None:
    """Each has a zygote of its own."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)

    def run(seconds: int) -> Any:
        cell = (
            "import subprocess\n"
            f"left = subprocess.Popen(['sleep', '{seconds}'], start_new_session=True)\n"
            f"open('{tmp_path}/left{seconds}', 'w').write(str(left.pid))\nopen('{tmp_path}/go{seconds}').close()"
        )
        return papermill.execute_notebook(
            notebook([cell]), None, engine_name=WARM, progress_bar=False
        )

    with ThreadPoolExecutor(2) as pool:
        running, left = {}, {}
        for seconds in (1111, 2222):
            for name in ("left", "go"):
                os.mkfifo(tmp_path / f"{name}{seconds}")
            running[seconds] = pool.submit(run, seconds)
            left[seconds] = int((tmp_path / f"left{seconds}").read_text())
        for seconds in (1111, 2222):
            assert alive(left[seconds]) and f"sleep {seconds}" not in warm_log()
            (tmp_path / f"go{seconds}").write_text("")
            running[seconds].result()
            assert not alive(left[seconds]) and f"were ended: sleep {seconds}" in warm_log()


def test_runs_at_once_from_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)

    def one(number: int) -> Any:
        slowly = "import time\nfor _ in range(20): n += 1; time.sleep(0.001)"
        cells: list[Cell] = ["n = 0", slowly, f"print(n, {number})"]
        return papermill.execute_notebook(
            notebook(cells), None, engine_name=WARM, progress_bar=False
        )

    with ThreadPoolExecutor(2) as pool:
        ran = list(pool.map(one, range(4)))
    assert [nb.cells[-1].outputs[0].text for nb in ran] == [f"20 {number}\n" for number in range(4)]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_runs_at_once_from_processes(method: str) -> None:
    """In a program of their own: pytest's process has threads, and a fork of it their locks."""
    program = Path(__file__).with_name("warm_pool.py")
    ran = subprocess.run(
        [sys.executable, program, method], capture_output=True, text=True, check=False
    )
    assert (ran.stdout.split(), ran.returncode) == (list("012345"), 0), ran.stderr


def test_nothing_is_left_after_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    Ran(tmp_path, ["1"])

    def left() -> tuple[int, list[int], list[str]]:
        gc.collect()  # what other tests have left may hold descriptors
        descriptors = len(list(Path("/proc/self/fd").iterdir()))
        return descriptors, children(), [path.name for path in folder.iterdir()]

    before = left()
    Ran(tmp_path, ["import tempfile\nx = 1", "1 / 0"])
    Ran(tmp_path, ["import os\nos._exit(1)"])
    assert left() == before


@pytest.mark.usefixtures("libraries")
def test_nothing_goes_from_one_run_to_the_next(tmp_path: Path) -> None:
    look = (
        "import os, sys, builtins, random\nimport numpy as np, pandas as pd, plotly.io as pio\n"
        "print('x' in globals(), hasattr(builtins, 'leak'), 'LEAK' in os.environ, pd.options.display.max_rows,\n"
        "      pio.templates.default, '/leak' in sys.path, os.path.basename(os.getcwd()), In, len(Out))"
    )
    chance = "random.random(), np.random.rand(), np.random.default_rng().random(), __import__('uuid').uuid4().hex"
    leak = (
        "x = builtins.leak = 1\nos.environ['LEAK'] = '1'\npd.options.display.max_rows = 3\n"
        "pio.templates.default = 'none'\nsys.path.append('/leak')\nos.chdir('/')\n"
        "np.random.seed(0)\nrandom.seed(0)"
    )
    before = dict(os.environ), Path.cwd()
    first, second = (Ran(tmp_path / "in", [look, chance, leak]) for _ in range(2))
    assert first.error is None and first.outputs()[0] == second.outputs()[0]
    drawn = [run.outputs()[1][0].data["text/plain"].split(", ") for run in (first, second)]
    assert not set(drawn[0]) & set(drawn[1])
    assert (dict(os.environ), Path.cwd()) == before


@pytest.mark.slow
def test_the_environment_is_that_of_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "import os\nprint(os.environ.get('ASKED'), hash('text'))"
    for value in ("one", "two"):
        monkeypatch.setenv("ASKED", value)
        monkeypatch.setenv("PYTHONHASHSEED", "7")
        plain = subprocess.run(
            [sys.executable, "-c", asked], capture_output=True, text=True, check=True
        ).stdout
        assert Ran(tmp_path, [asked]).text() == plain


@pytest.mark.slow
def test_what_is_registered_for_the_end_is_done(tmp_path: Path) -> None:
    Ran(
        tmp_path,
        [
            "import atexit, threading, time\natexit.register(lambda: open('end', 'w').write('done'))",
            "threading.Thread(target=lambda: (time.sleep(0.1), open('thread', 'w').write('done'))).start()",
        ],
    )
    assert [(tmp_path / name).read_text() for name in ("end", "thread")] == ["done", "done"]


PROGRAM = """\
import os, sys
import nbformat, papermill
print("started", flush=True)
papermill.execute_notebook(sys.argv[1], sys.argv[2], engine_name="warm", progress_bar=False)
print("ran", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("last", slow_but(["1", "import time\ntime.sleep(1000)"], 1))
def test_all_ends_with_the_engine(last: str, tmp_path: Path) -> None:
    """Killed as it is, between runs or in one."""
    pids = tmp_path / "pids"
    os.mkfifo(pids)
    tell = f"open({str(pids)!r}, 'w').write(f'{{zygote}} {{os.getpid()}}')"
    nbformat.write(notebook([PARENT, tell, last]), tmp_path / "in.ipynb")
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, tmp_path / "in.ipynb", tmp_path / "out.ipynb"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        found = [int(pid) for pid in pids.read_text().split()]
        if last == "1":
            assert program.stdout.read(12) == "started\nran\n"
        program.kill()
    assert all(ends(pid) for pid in found)


@pytest.mark.slow
def test_plain_papermill_runs_it(tmp_path: Path) -> None:
    nbformat.write(notebook(["x = 1", "print(x)\nx / 0"]), tmp_path / "in.ipynb")
    run = subprocess.run(
        [sys.executable, "-m", "papermill", "--engine", WARM, "in.ipynb", "out.ipynb"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1 and "ZeroDivisionError" in run.stderr
    assert nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[-1].outputs[0].text == "1\n"


@pytest.mark.parametrize(
    "first",
    slow_but(
        [
            "papermill",
            "papermill_warm",
            "papermill_warm.papermill_engine",
            "papermill_warm.settings",
            "papermill_warm.zygote_pool",
            "papermill.engines",
        ],
        3,
    ),
)
def test_the_engine_is_there_whatever_is_imported_first(first: str) -> None:
    subprocess.run(
        [
            sys.executable,
            "-c",
            f"import {first}\nfrom papermill_warm import WarmEngine\n"
            "from papermill.engines import papermill_engines\n"
            f"assert papermill_engines.get_engine({WARM!r}) is WarmEngine",
        ],
        check=True,
    )


@pytest.mark.slow
def test_another_interpreter_falls_to_the_stock_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warm_log: Callable[[], str]
) -> None:
    kernel = tmp_path / "kernels" / "other"
    kernel.mkdir(parents=True)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (kernel / "kernel.json").write_text(
        json.dumps(
            {
                "argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                "display_name": "Other",
                "language": "python",
            }
        )
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    ran = Ran(tmp_path / "run", notebook(["print('ran')"], name="other"))
    assert ran.error is None and ran.text() == "ran\n"
    assert (
        f"Run by the stock engine, not the warm one: the kernel 'other' has an interpreter of its own, {python}"
        in warm_log()
    )


@pytest.mark.usefixtures("libraries")
def test_a_module_beside_the_notebook_stands_before_a_warm_one(
    tmp_path: Path, warm_log: Callable[[], str]
) -> None:
    (tmp_path / "plotly.py").write_text("mine = True")
    assert Ran(tmp_path, ["import plotly\nprint(plotly.mine)"]).text() == "True\n"
    assert "plotly.py in the working directory stands before the installed module" in warm_log()


def test_a_module_beside_the_notebook_is_imported_anew_in_each_run(tmp_path: Path) -> None:
    for value in ("1", "22"):
        (tmp_path / "mine.py").write_text(f"value = {value}")
        assert Ran(tmp_path, ["import mine\nprint(mine.value)"]).text() == f"{value}\n"


@pytest.mark.slow
def test_a_library_that_was_installed_since_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    first = zygote_of_a_run(tmp_path)
    assert zygote_of_a_run(tmp_path) == first
    (folder / "new-1.0.dist-info").mkdir()
    assert zygote_of_a_run(tmp_path) != first


@pytest.mark.parametrize("library", slow_but(["psutil", "jinja2"], ["jinja2"]))
def test_a_library_that_warns_when_imported_does_so_in_each_notebook(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / f"{library}.py").write_text(
        "import warnings\nwarnings.warn('about to change', FutureWarning)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for _ in range(2):
        assert "about to change" in Ran(tmp_path / "run", [f"import {library}"]).text()


@pytest.mark.slow
def test_a_rare_library_is_warm_when_a_run_has_used_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warm_log: Callable[[], str]
) -> None:
    monkeypatch.setenv("ASKED", "a zygote of its own")
    cells: list[Cell] = [
        "import sys\nprint('jinja2' in sys.modules, 'babel.dates' in sys.modules)",
        "import jinja2",
    ]
    assert [Ran(tmp_path, cells).text() for _ in range(2)] == ["False False\n", "True False\n"]
    (tmp_path / "markupsafe.py").write_text("'what jinja2 imports'")
    Ran(tmp_path, cells)
    assert "markupsafe.py in the working directory stands before the installed module" in warm_log()


@pytest.mark.slow
def test_a_module_that_cannot_be_warmed_is_done_without(
    tmp_path: Path, warm_log: Callable[[], str]
) -> None:
    ran = Ran(tmp_path, [ZYGOTE, "1 + 1"], warm_up="no.such.module")
    assert (ran.error, ran.text(), warm_log()) == (None, "2", "")


@pytest.mark.slow
def test_zygotes_are_few_and_end_when_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in "abc":
        monkeypatch.setenv("ASKED", value)
        Ran(tmp_path, ["1"])
    assert len(zygote_processes()) == KEPT
    ZYGOTES.close_all()
    assert not zygote_processes()


@pytest.mark.slow
def test_a_long_cell_s_notebook_is_saved_while_it_runs(tmp_path: Path) -> None:
    ran = Ran(
        tmp_path,
        [
            "print('early')",
            "import json, time\n"
            "def saved():\n"
            "    try: return 'early' in str(json.load(open('out.ipynb'))['cells'][0]['outputs'])\n"
            "    except (FileNotFoundError, ValueError): return False  # not there yet, or not whole\n"
            "while not saved(): time.sleep(0.05)",
            "print(saved())",
        ],
        execution_timeout=100,
    )
    assert ran.error is None
