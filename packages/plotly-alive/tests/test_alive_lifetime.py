"""The browser behind the drawings: it is shared, lost, forked, and gone when the program is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import plotly_alive as alive
from plotly_alive.plotly_renderer import AliveRenderer

pytestmark = pytest.mark.browser

FIGURE = {"data": [{"type": "bar", "x": ["a", "b"], "y": [1, 2]}]}
BEGIN = f"""\
import asyncio, multiprocessing, os, signal, sys, threading
import psutil
import plotly_alive as alive
figure = {FIGURE!r}
drawn = len(alive.draw(figure).svg)
def again(queue=None):
    is_same = len(alive.draw(figure).svg) == drawn
    queue.put(is_same) if queue else None
    return is_same
browsers = psutil.Process().children()
print(*[browser.pid for browser in psutil.Process().children(recursive=True)], flush=True)
"""
FORKED = """\
context = multiprocessing.get_context("fork")
def forked():
    queue = context.Queue()
    process = context.Process(target=again, args=(queue,))
    process.start()
    is_same = queue.get(timeout=120)
    process.join()
    return is_same and process.exitcode == 0
"""


def run(program: str, folder: Path, **environment: str) -> tuple[int, str, set[int]]:
    """Run a program that has drawn: its exit code, what it printed after that, and the processes of
    its browsers that are left.
    """
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + program],
        env={**os.environ, "TMPDIR": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    first, _, rest = done.stdout.partition("\n")
    processes = [int(number) for number in first.split()]
    _, left = psutil.wait_procs(
        [psutil.Process(number) for number in processes if psutil.pid_exists(number)], timeout=60
    )
    return done.returncode, rest + done.stderr, {process.pid for process in left}


ENDS: dict[str, tuple[str, int, str]] = {
    "the end": ("", 0, ""),
    "exit": ("sys.exit(3)", 3, ""),
    "an error": ("sys.excepthook = lambda *_: None; 1 / 0", 1, ""),
    "threads": (
        "threads = [threading.Thread(target=again) for _ in range(4)]\n"
        "[thread.start() for thread in threads]; [thread.join() for thread in threads]; print(again())",
        0,
        "True\n",
    ),
    "a running loop": (
        "async def main(): return again()\nprint(asyncio.run(main()))",
        0,
        "True\n",
    ),
    "a fork": (FORKED + "print(forked(), again())", 0, "True True\n"),
    "a fork while another thread draws": (
        FORKED
        + "drawing = threading.Event()\n"
        + "def draw():\n    while not drawing.is_set(): again()\n"
        + "thread = threading.Thread(target=draw); thread.start()\n"
        + "print(forked(), forked()); drawing.set(); thread.join()",
        0,
        "True True\n",
    ),
    "a lost browser": (
        "for browser in browsers: browser.kill()\nprint(again())",
        0,
        "True\n",
    ),
    "a closed renderer": (
        "with alive.Renderer() as renderer: renderer.draw(figure)\n"
        "renderer.close(); print(len(psutil.Process().children()) == len(browsers))\n"
        "renderer.draw(figure); renderer.close(); other = alive.Renderer(); other.draw(figure)",
        0,
        "True\n",
    ),
}
QUICK = {"the end", "a fork while another thread draws", "a lost browser"}


@pytest.mark.parametrize(
    ("program", "code", "printed"),
    [
        pytest.param(*end, id=name, marks=() if name in QUICK else pytest.mark.slow)
        for name, end in ENDS.items()
    ],
)
def test_nothing_is_left(tmp_path: Path, program: str, code: int, printed: str) -> None:
    assert run(program, tmp_path) == (code, printed, set())
    assert [*tmp_path.iterdir()] == []


@pytest.mark.slow
@pytest.mark.parametrize("end", ["os._exit(1)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_no_process_survives_a_kill(tmp_path: Path, end: str) -> None:
    assert run(end, tmp_path)[2] == set()


@pytest.mark.parametrize(
    ("browser", "said"),
    [("/none/chromium", "there is no Chrome or Chromium here"), ("/bin/false", "did not start")],
)
def test_without_a_browser(monkeypatch: pytest.MonkeyPatch, browser: str, said: str) -> None:
    monkeypatch.setenv("BROWSER_PATH", browser)
    with alive.Renderer() as renderer:
        with pytest.raises(alive.BrowserError, match=said):
            renderer.draw(FIGURE)
        with pytest.warns(UserWarning, match=said):
            html = renderer.html(FIGURE, without_picture="warn")
    assert '<details class="chart-data" open>' in html
    assert "<svg" not in html
    assert alive.describe(FIGURE)
    assert alive.tabulate(FIGURE).length == 2


def test_the_renderer_of_plotly() -> None:
    import plotly.graph_objects as go
    import plotly.io as pio

    figure = go.Figure(FIGURE)
    assert alive.describe(figure) in AliveRenderer().to_mimebundle(figure.to_dict())["text/html"]
    german = AliveRenderer("de", table=False, script=None).to_mimebundle(figure.to_dict())
    assert "Balkendiagramm" in german["text/html"]
    assert "<table" not in german["text/html"]
    with pytest.warns(UserWarning, match="shown as its table"):
        refused = AliveRenderer().to_mimebundle({"data": [{"type": "nonsense", "y": [1]}]})
    assert "plotly-alive" in refused["text/html"]
    unreadable = {"data": [{"type": "scatter", "name": "a\x00b", "y": [1]}], "layout": {}}
    with pytest.warns(UserWarning, match="shown by plotly itself"):
        by_plotly = AliveRenderer().to_mimebundle(unreadable)
    assert "Plotly.newPlot" in by_plotly["text/html"]
    assert "alive" in pio.renderers
