"""The processes of JupyterLab's server extension: nobody waits for ever, and nobody ends another's work."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

worker = pytest.importorskip(
    "broadsheet_lab.worker", reason="needs broadsheet_lab (scripts/set_up.py)"
)
previews = pytest.importorskip("broadsheet_lab.previews")


T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of ``work``, in a thread of its own: a browser of other tests may have a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def for_ever() -> None:
    threading.Event().wait()


def process() -> int:
    return os.getpid()


def interrupted() -> int:
    os.kill(os.getpid(), signal.SIGINT)
    return os.getpid()


def ended_once(file: str) -> str:
    if not Path(file).exists():
        Path(file).touch()
        os._exit(1)
    return "done"


def ended() -> None:
    os._exit(1)


async def asked(*works: Any) -> list[Any]:
    """What each work gives, all asked for at once."""
    workers = worker.Worker()
    try:
        return await asyncio.gather(*(workers.ask(*work) for work in works), return_exceptions=True)
    finally:
        workers.close()


@pytest.mark.whole  # the processes are real
def test_who_waits_for_ever_is_ended_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_PATIENCE", 5)
    slow, pid, again = run(asked((for_ever,), (process,), (process,)))
    assert isinstance(slow, TimeoutError)
    assert pid == again


@pytest.mark.whole  # the processes are real
def test_a_process_that_ends_is_started_once_more(tmp_path: Path) -> None:
    done, broken, pid = run(asked((ended_once, str(tmp_path / "x")), (ended,), (process,)))
    assert done == "done"
    assert isinstance(broken, worker.BrokenProcessPool)
    assert isinstance(pid, int)


@pytest.mark.whole  # the processes are real
def test_a_process_that_ended_while_nobody_asked_is_started_again() -> None:
    async def both() -> tuple[int, int]:
        workers = worker.Worker()
        try:
            first = await workers.ask(process)
            (running,) = workers._pool._processes.values()
            os.kill(first, signal.SIGKILL)
            while running.exitcode is None or not workers._pool._broken:
                await asyncio.sleep(0)
            return first, await workers.ask(process)
        finally:
            workers.close()

    first, second = run(both())
    assert first != second


@pytest.mark.whole  # the processes are real
def test_a_ctrl_c_for_the_server_ends_no_check() -> None:
    first, second = run(asked((interrupted,), (process,)))
    assert first == second


@pytest.mark.whole  # the processes are real
def test_who_stops_waiting_stops_no_other_check() -> None:
    async def both() -> int:
        workers = worker.Worker()
        await workers.ask(process)
        first = asyncio.create_task(workers.ask(for_ever))
        second = asyncio.create_task(workers.ask(process))
        await asyncio.wait({first}, timeout=1)  # it has begun
        first.cancel()
        try:
            pid: int = await second
            return pid
        finally:
            workers.close()

    assert run(both()) > 0


@pytest.mark.whole  # the processes are real
def test_of_a_preview_a_long_line_and_other_addresses_are_read_over() -> None:
    says = (
        "print('x' * 1_000_000); print('See http://127.0.0.1:2/index.html'); "
        "print('The preview is at http://example.org/index.html'); "
        "print('The preview is at http://127.0.0.1:1/a/posts/x/index.html (…)')"
    )

    async def address() -> str:
        started = await asyncio.create_subprocess_exec(
            sys.executable, "-c", says, stdout=PIPE, stderr=STDOUT
        )
        preview = previews._Preview(started, asyncio.get_running_loop().create_future())
        await previews._read(preview)
        return str(await preview.address)

    assert run(address()) == "http://127.0.0.1:1/a/posts/x/"
