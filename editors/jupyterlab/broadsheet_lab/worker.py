"""The process in which articles are checked, so that kernels are answered meanwhile.

It is started when there is something to do, and again if it has died. It ends with the server.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Answer = TypeVar("Answer")

_PATIENCE = 120
"""The seconds after which a process that does not answer is ended."""


class Worker:
    """A process that does what it is asked, one after the other. Has state."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    async def ask(self, work: Callable[P, Answer], *args: P.args, **kwargs: P.kwargs) -> Answer:
        """Return what ``work``, a function of a module, gives in the process. Raises what it raises,
        and `TimeoutError`.
        """
        assert not kwargs
        loop = asyncio.get_running_loop()
        for is_last in (False, True):
            pool = self._pool = self._pool or _started()
            try:
                return await asyncio.wait_for(loop.run_in_executor(pool, work, *args), _PATIENCE)
            except (BrokenProcessPool, TimeoutError) as error:
                if self._pool is pool:
                    self.close()
                if is_last or isinstance(error, TimeoutError):
                    raise
        raise AssertionError

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
    return ProcessPoolExecutor(1, mp_context=context, initializer=_end_with_parent)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()
