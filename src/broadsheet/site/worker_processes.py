"""Worker processes that are forked from this one, so that each begins with everything in its memory.

Only tasks and their results are sent between the processes. Where nothing can be forked, or a thread
might hold a lock for ever in the new process, the same work is done in this process, in the thread
that asks for it.
"""

from __future__ import annotations

import gc
import multiprocessing
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Generic, Self, TypeVar

PAGES_EACH = 4
"""How many pages there must be for each process, so that it takes less time than it saves."""

Asked = TypeVar("Asked")
Done = TypeVar("Done")


class DiedError(Exception):
    """The process that did this work has died."""


class Forks(Generic[Asked, Done]):
    """``count`` processes, each of which calls ``work`` with what it is asked for; a context
    manager.

    ``end`` is called in each process before it ends. All of them end with this process, however it
    ends. Has state: which of them is idle.
    """

    def __init__(
        self,
        count: int,
        work: Callable[[Asked], Done],
        *,
        end: Callable[[], None] = lambda: None,
    ) -> None:
        self._work, self._end = work, end
        self._idle: queue.SimpleQueue[Connection | None] = queue.SimpleQueue()
        self._connections: list[Connection] = []
        self._processes: list[multiprocessing.process.BaseProcess] = []
        if count > 1 and _can_fork():
            for _ in range(count):
                self._fork()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for connection in self._connections:
            connection.close()
        for process in self._processes:
            if kind is not None:
                process.kill()
            process.join()

    def do(self, asked: Asked) -> Done:
        """The result of the work at ``asked``. Many threads may call it at a time. Raises what the
        work raises, and :class:`DiedError`.
        """
        if not self._connections:
            return self._work(asked)
        connection = self._idle.get()
        try:
            if connection is None:
                kind, answer = _tried(self._work, asked)
            else:
                connection.send(asked)
                kind, answer = connection.recv()
        except (EOFError, ConnectionError):
            connection = None
            raise DiedError from None
        finally:
            self._idle.put(connection)  # in the place of one that has died, the work is done here
        if kind == "failed":
            raise answer
        done: Done = answer
        return done

    def map(
        self, items: Iterable[Asked], died: Callable[[Asked], Done] | None = None
    ) -> Iterator[Done]:
        """The result of each, in order. If the process at work on one dies, its result is that of
        ``died``.
        """

        def do(asked: Asked) -> Done:
            try:
                return self.do(asked)
            except DiedError:
                if died is None:
                    raise
                return died(asked)

        if not self._connections:
            yield from map(self._work, items)
            return
        with ThreadPoolExecutor(len(self._connections)) as pool:
            yield from pool.map(do, items)

    def _fork(self) -> None:
        ours, theirs = multiprocessing.Pipe()
        self._connections.append(ours)
        process = multiprocessing.get_context("fork").Process(target=self._serve, args=(theirs,))
        process.start()
        theirs.close()
        self._processes.append(process)
        self._idle.put(ours)

    def _serve(self, connection: Connection) -> None:
        """The life of a process."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # its end is that of the one that it works for
        for other in self._connections:
            other.close()
        self._connections = []
        gc.freeze()
        with suppress(EOFError, ConnectionError):
            while True:
                connection.send(_tried(self._work, connection.recv()))
        self._end()


def worker_count(jobs: int, pages: int) -> int:
    """How many processes to have for so many pages, of the ``jobs`` that are allowed."""
    return min(jobs, pages // PAGES_EACH)


def _can_fork() -> bool:
    """Whether no other thread might hold a lock that a new process would wait for."""
    return sys.platform == "linux" and threading.active_count() == 1


def _tried(work: Callable[[Any], Any], asked: Any) -> tuple[str, Any]:
    """The result of the work, or its error."""
    try:
        return "done", work(asked)
    except Exception as error:
        if not hasattr(error, "report"):  # an error of ours, which a traceback would not explain
            error.add_note("".join(traceback.format_exception(error)))
        return "failed", error
