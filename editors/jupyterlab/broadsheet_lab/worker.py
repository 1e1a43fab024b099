"""The process in which articles are checked, so that kernels are answered meanwhile.

It is started when there is something to do, and again if it has died. It ends with the server.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar, TypeVarTuple

Args = TypeVarTuple("Args")
Answer = TypeVar("Answer")

_SAFE_PATH = "PYTHONSAFEPATH"
_PATIENCE = 120
"""The seconds after which a process that does not answer is ended."""


class Worker:
    """A process that does what it is asked, one after the other. Has state."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._asking = asyncio.Lock()

    async def ask(self, work: Callable[[*Args], Answer], *args: *Args) -> Answer:
        """Return what ``work``, a function of a module, gives in the process. Raises what it raises,
        `TimeoutError`, and `BrokenProcessPool` if the process ends at it twice.
        """
        async with self._asking:  # so nobody else's work is in a process that is ended
            try:
                return await self._answer(work, *args)
            except BrokenProcessPool:
                return await self._answer(work, *args)

    async def _answer(self, work: Callable[[*Args], Answer], *args: *Args) -> Answer:
        try:
            with _without_modules_of_this_folder():
                pool = self._pool = self._pool or _started()
                answer = asyncio.get_running_loop().run_in_executor(pool, work, *args)
            return await asyncio.wait_for(answer, _PATIENCE)
        except (BrokenProcessPool, TimeoutError, asyncio.CancelledError):
            self.close()
            raise

    def close(self) -> None:
        """End the process."""
        if self._pool is None:
            return
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
        self._pool = None


def _started() -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_begin)


@contextmanager
def _without_modules_of_this_folder() -> Iterator[None]:
    """Start processes in the block that import nothing from the folder in which the server was
    started. Kernels, which are started elsewhere, may.
    """
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before


def _begin() -> None:
    """Leave Ctrl-C to the server, and end when it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()
