"""Linux's data on processes: their descendants, their states, and how long they have waited for a
processor; and processes that end with their parents.
"""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """Make this new process end when the thread that made it does, however that ends. Where the
    system has no way to ask for this, nothing is done.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def children(pid: int) -> list[int]:
    """Return the ids of the processes whose parent it is."""
    try:
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    except OSError:
        return []


def descendants(pid: int) -> list[int]:
    """Return the children, their children, and so on."""
    below = []
    for child in children(pid):
        below += [child, *descendants(child)]
    return below


def state(pid: int) -> str:
    """Return the system's letter for the state of a process; empty for one that has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0].decode()
    except (OSError, IndexError):
        return ""


def is_alive(pid: int) -> bool:
    """True if a process exists, and is not a zombie."""
    return state(pid) not in ("", "Z", "X")


def seconds_waited(pid: int) -> dict[int, float]:
    """Return the seconds for which each thread of a process and of its children was ready to run
    and had no processor, by the thread's id. Empty if the system does not say.
    """
    waited: dict[int, float] = {}
    waiting = [pid]
    while waiting:
        tasks = Path(f"/proc/{waiting.pop()}/task")
        try:
            for task in tasks.iterdir():
                waited[int(task.name)] = int((task / "schedstat").read_text().split()[1]) / 1e9
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except (OSError, IndexError, ValueError):  # it has ended meanwhile, or this is not Linux
            continue
    return waited


def longest_wait(before: Mapping[int, float], now: Mapping[int, float]) -> float:
    """Return the longest wait of one thread between two such measurements."""
    return max((seconds - before.get(task, 0.0) for task, seconds in now.items()), default=0.0)
