"""What stands above the parameters runs once for the editions that follow each other, and comes out as
from papermill's own engine.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from papermill.exceptions import PapermillExecutionError

from papermill_warm.settings import EngineSettings, SettingsError
from warm_cells import CORPUS, Cell
from warm_runs import Ran, reported, slow_but

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

PARAMETERS: list[Cell] = [("n = 0", "parameters")]
COUNT = "with open('heads', 'a') as heads: heads.write('h')"
"""A cell that counts how often it has run."""


def editions(folder: Path, above: list[Cell], below: list[Cell], **options: Any) -> list[Ran]:
    """Three editions of a notebook that counts how often its head has run."""
    cells = [COUNT, *above, *PARAMETERS, *below]
    return [Ran(folder, cells, parameters={"n": number}, **options) for number in (1, 2, 3)]


def heads(folder: Path) -> int:
    """How often the head has run."""
    return len((folder / "heads").read_text())


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize(
    "topic", slow_but([topic for topic in CORPUS if topic != "magics"], ("displays", "errors"))
)
def test_each_edition_is_as_papermill_s_own(topic: str, tmp_path: Path) -> None:
    """Half of the cells stand above. (One of the magics overwrites a file, and says so.)"""
    cells = CORPUS[topic]
    middle = len(cells) // 2
    split = [*cells[:middle], *PARAMETERS, *cells[middle:]]
    stock = reported(Ran(tmp_path / "stock", split, None, parameters={"n": 1}))
    for _ in range(3):
        assert reported(Ran(tmp_path / "warm", split, parameters={"n": 1})) == stock


def test_the_head_runs_once_and_its_state_is_that_of_each_edition(tmp_path: Path) -> None:
    above: list[Cell] = [
        "import os, random, contextvars\nfrom IPython.display import display, update_display\n"
        "here, context = os.getpid(), contextvars.ContextVar('context')\ncontext.set('set above')\n"
        "print('above'); shown = display('first', display_id='kept'); values = [0]\n41",
        "os.environ['SET'] = 'yes'\nos.chdir('/')\nprint('last')",
    ]
    below: list[Cell] = [
        "values.append(n); update_display(f'edition {n}', display_id='kept')\n"
        "print(values, context.get(), os.environ['SET'], os.getcwd(), _, In[1][:4], len(In), os.getpid() != here)\n"
        "os.system('echo from a child'); values",
        "import asyncio\nawait asyncio.sleep(0, 'slept')",
    ]
    for number, ran in enumerate(editions(tmp_path, above, below), start=1):
        assert ran.error is None
        cells = [cell for cell in ran.notebook.cells if cell.cell_type == "code"]
        assert [cell.execution_count for cell in cells] == list(range(1, 8))
        assert cells[1].outputs[1].data["text/plain"] == f"'edition {number}'"
        printed = f"[0, {number}] set above yes / 41 with 7 True\nfrom a child\n"
        assert cells[-2].outputs[-2].text == printed
        assert cells[-1].outputs[0].data["text/plain"] == "'slept'"
    assert heads(tmp_path) == 1


def test_a_file_that_is_closed_just_before_the_fork_is_left_closed(tmp_path: Path) -> None:
    """As garbage is, whenever it is collected."""
    (tmp_path / "a").write_text("first")
    closing = (
        "import gc\nread, freeze = open('a'), gc.freeze\n"
        "def freeze_later():\n    read.close()\n    freeze()\n"
        "gc.freeze = freeze_later"
    )
    for ran in editions(tmp_path, [closing], ["read.closed"]):
        assert ran.error is None
        assert ran.notebook.cells[-1].outputs[0].data["text/plain"] == "True"
    assert heads(tmp_path) == 1


FORBIDS = {
    "a thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
    "a child process": "import subprocess\nchild = subprocess.Popen(['sleep', '60'])",
    "a file that is written": "log = open('log', 'w')",
    "a connection": "import socket\npair = socket.socketpair()",
    "a database": "import sqlite3\nbase = sqlite3.connect('base')",
    "a task": "import asyncio\ntask = asyncio.create_task(asyncio.sleep(60))",
    "a temporary folder": "import tempfile\nfolder = tempfile.TemporaryDirectory()",
    "a function for the end": "import atexit\ndone = atexit.register(print)",
    "a timer": "import signal\nbefore = signal.setitimer(signal.ITIMER_REAL, 60)",
    "shared memory": "import mmap\nshared = mmap.mmap(-1, 100)",
    "a file that the edition changes": "words = open('words', 'a'); words.close()",
}


@pytest.mark.parametrize("reason", slow_but(FORBIDS, ("a thread", "a temporary folder")))
def test_what_a_fork_would_share_has_each_edition_run_its_own_head(
    reason: str, tmp_path: Path
) -> None:
    below: list[Cell] = ["with open('words', 'a') as words: words.write('w')\nprint(n)"]
    for number, ran in enumerate(editions(tmp_path, [FORBIDS[reason]], below), start=1):
        assert (ran.error, ran.text()) == (None, f"{number}\n")
    assert heads(tmp_path) == 3


def test_a_file_that_was_read_above_is_read_on_by_each_edition_and_anew_when_it_changes(
    tmp_path: Path,
) -> None:
    (tmp_path / "lines").write_text("first\nsecond\nthird\n")
    above: list[Cell] = ["lines = open('lines')\nprint(lines.readline().strip())"]
    below: list[Cell] = ["print(lines.readline().strip(), lines.read().strip())"]
    for ran in editions(tmp_path, above, below):
        assert ran.text() == "first\nsecond third\n"
    assert heads(tmp_path) == 1
    (tmp_path / "lines").write_text("other\nsecond\nthird\n")
    assert [ran.text()[:5] for ran in editions(tmp_path, above, below)] == ["other"] * 3
    assert heads(tmp_path) == 2


def test_a_module_that_was_imported_above_is_imported_anew_when_it_changes(tmp_path: Path) -> None:
    texts = []
    for value in (1, 2):
        (tmp_path / "beside.py").write_text(f"value = {value}\n")
        os.utime(tmp_path / "beside.py", (value * 1000, value * 1000))
        texts += [
            ran.text() for ran in editions(tmp_path, ["import beside"], ["print(beside.value)"])
        ]
    assert texts == ["1\n"] * 3 + ["2\n"] * 3


def test_chance_goes_on_from_a_seed_above_and_is_new_without(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    draw: list[Cell] = ["import random, numpy as np\nprint(random.random(), np.random.rand())"]
    seed: list[Cell] = [
        "import random, numpy as np\nrandom.seed(1); np.random.seed(1); np.random.rand()"
    ]
    seeded = {ran.outputs()[-1][0].text for ran in editions(tmp_path / "seeded", seed, draw)}
    assert seeded == {"0.13436424411240122 0.7203244934421581\n"}
    drawn = [ran.text().split() for ran in editions(tmp_path / "drawn", [], draw)]
    assert len({number for numbers in drawn for number in numbers}) == 6
    assert heads(tmp_path / "seeded") == heads(tmp_path / "drawn") == 1


def test_an_error_above_stops_each_edition(tmp_path: Path) -> None:
    runs = editions(tmp_path, ["x = 1\n1 / 0"], ["print('not reached')"])
    messages = set()
    for ran in runs:
        assert isinstance(ran.error, PapermillExecutionError)
        messages.add((ran.error.exec_count, ran.error.ename, ran.error.evalue))
        assert "not reached" not in ran.text()
    assert messages == {(2, "ZeroDivisionError", "division by zero")}


def test_another_head_folder_or_environment_has_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells: list[Cell] = [
        COUNT,
        "import os\nword = 'a'",
        *PARAMETERS,
        "print(word, os.environ.get('WORD'))",
    ]

    def text(cells: list[Cell], folder: str = "a") -> str:
        return Ran(tmp_path / folder, cells, parameters={"n": 1}).text()

    assert text(cells) == text(cells) == "a None\n"
    assert text([cells[0], "import os\nword = 'b'", *cells[2:]]) == "b None\n"
    assert text(cells, "b") == "a None\n"
    monkeypatch.setenv("WORD", "there")
    assert text(cells) == "a there\n"
    assert (heads(tmp_path / "a"), heads(tmp_path / "b")) == (3, 1)


@pytest.mark.parametrize("dies", [1, 2])
def test_an_edition_that_dies_is_followed_by_the_next(tmp_path: Path, dies: int) -> None:
    below: list[Cell] = [
        f"import os, signal\nif n == {dies}: os.kill(os.getpid(), signal.SIGKILL)\nprint(n)"
    ]
    runs = editions(tmp_path, [], below)
    dead = runs.pop(dies - 1)
    assert dead.error is not None and heads(tmp_path) == 1
    assert [(ran.text(), ran.error) for ran in runs] == [
        (f"{number}\n", None) for number in (1, 2, 3) if number != dies
    ]


def test_a_head_that_cannot_be_forked_is_an_error_and_no_wait(tmp_path: Path) -> None:
    above: list[Cell] = ["import os\ndef fork(): raise OSError('too many')\nos.fork = fork"]
    for ran in editions(tmp_path, above, ["print(n)"]):
        assert ran.error is not None and ran.text() == ""


def test_the_messages_of_an_edition_are_its_own(tmp_path: Path) -> None:
    """No other process has their socket, so that the end of the edition is seen at once."""
    count: list[Cell] = [
        "import os\n"
        "def sockets(pid):\n"
        "    links = (f'/proc/{pid}/fd/{name}' for name in os.listdir(f'/proc/{pid}/fd'))\n"
        "    return {os.readlink(link) for link in links if os.path.islink(link)}",
        "above = os.getpid()",
    ]
    below: list[Cell] = [
        "import time\n"
        "mine = {name for name in sockets(os.getpid()) if name.startswith('socket:')}\n"
        "for _ in range(3000):\n"
        "    if not mine & sockets(above): break\n"
        "    time.sleep(0.01)\n"
        "print(len(mine) > 0, len(mine & sockets(above)))"
    ]
    texts = {ran.text() for ran in editions(tmp_path, count, below)}
    assert texts == {"True 0\n"} and heads(tmp_path) == 1


def test_a_file_that_no_link_may_lead_to_is_read_on_too(tmp_path: Path) -> None:
    (tmp_path / "lines").write_text("first\nsecond\n")
    above: list[Cell] = [
        "import os\nlines = open(os.open('lines', os.O_RDONLY | os.O_NOFOLLOW))\n"
        "print(lines.readline().strip())"
    ]
    for ran in editions(tmp_path, above, ["print(lines.read().strip())"]):
        assert (ran.text(), ran.error) == ("first\nsecond\n", None)
    assert heads(tmp_path) == 1


def test_it_can_be_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editions(tmp_path / "argument", [], ["n"], share_head=False)
    (tmp_path / "key").mkdir()
    (tmp_path / "key/pyproject.toml").write_text("[tool.papermill-warm]\nshare-head = false\n")
    editions(tmp_path / "key", [], ["n"])
    monkeypatch.setenv("PAPERMILL_WARM_SHARE_HEAD", "no")
    editions(tmp_path / "variable", [], ["n"])
    assert [heads(tmp_path / name) for name in ("argument", "key", "variable")] == [3, 3, 3]


def test_a_switch_that_is_neither_on_nor_off_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match="the argument share_head is 'maybe': give true or false"
    ):
        EngineSettings.of(None, None, None, "maybe")
