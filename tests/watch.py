"""Watches the test that runs: one that is said to start no process fails where it starts one.

Python tells an audit hook of most processes and connections. Two ways are told here by those who
take them: multiprocessing, and workers that are kept from an earlier test (`workers.py`). Has state:
the tier of the test that runs, and what it was refused.
"""

from __future__ import annotations

import multiprocessing.process
import os
import sys
from pathlib import Path
from typing import Any

import pytest

EVENTS = frozenset(
    {
        *("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system"),
        *("socket.connect", "socket.bind", "socket.sendto"),
    }
)
"""What Python tells its audit hooks, and a test of the tier *unit* does not do."""

refused: list[str] = []
"""What the test that runs was refused, each as a message."""
_tier = "whole"


def begin(tier: str) -> None:
    """Watch a test of a tier; of the tier *whole* everything is allowed."""
    global _tier  # noqa: PLW0603
    _tier = tier
    refused.clear()


def refuse(started: str) -> None:
    """Fail the test that runs, unless it is of the tier *whole*."""
    if _tier == "whole":
        return
    refused.append(
        f"This test is of the tier {_tier!r}, and starts or asks {started}. If it must, mark it `whole`:"
        " `tests/reach.py` does not see how it comes to that."
    )
    pytest.fail(refused[-1])


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _tier == "whole" or event not in EVENTS:
        return
    program = Path(os.fsdecode(arguments[0])).name if event == "subprocess.Popen" else event
    if not (_tier == "page" and program.startswith("pandoc")):
        refuse(f"`{program}`")


def _start(self: multiprocessing.process.BaseProcess) -> None:
    refuse("a process of multiprocessing")
    _started(self)


_started = multiprocessing.process.BaseProcess.start
multiprocessing.process.BaseProcess.start = _start  # type: ignore[method-assign]
sys.addaudithook(_audit)
