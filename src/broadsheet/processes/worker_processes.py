"""Worker processes: forked ones that make pages, and spawned ones that run notebooks.

A forked worker begins with everything in this process's memory, so only tasks and their results are
sent. All of them are forked at the start. Where nothing can be forked, or a thread might hold a lock
for ever in the new process, the same work is done in this process, in the thread that asks for it;
so is the work of a forked worker that has died.

:class:`Threads` are threads of this process that work on the publication that their caller works on.

A spawned worker begins as a new interpreter. It is started when there is work for it, at any time
and on any system, and one that has died is replaced.
"""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.connection
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic, ParamSpec, Self, TypeVar

_ASKS = "asks"
"""The message by which a worker announces a question, and not its result."""
PAGES_EACH = 4
"""The fewest pages for each process, so that it saves more time than it takes."""

P = ParamSpec("P")
Asked = TypeVar("Asked")
Done = TypeVar("Done")


class DiedError(Exception):
    """An error: the process that did this work has died."""


class Threads(ThreadPoolExecutor):
    """Threads that do what they are given as whoever gives it would: in the same context, and so by
    the limits and with the templates of the same publication.
    """

    def submit(self, fn: Callable[P, Done], /, *args: P.args, **kwargs: P.kwargs) -> Future[Done]:
        """Have a thread do it."""
        return super().submit(partial(copy_context().run, fn, *args, **kwargs))


def _nothing() -> None:
    """Do nothing. It is called at a worker's start and end by default."""


def _no_answer(question: Any) -> Any:
    """Refuse a question. It answers by default."""
    raise NotImplementedError


class ParentLine:
    """The line by which work asks the process that has forked its own, where ``answers`` answers.
    Work that is done in this process is answered here. Has state: in a forked process, the pipe to
    its parent.
    """

    def __init__(self, answers: Callable[[Any], Any]) -> None:
        self.answers = answers
        self._parent: Connection | None = None

    def open(self, parent: Connection) -> None:
        """Ask by this pipe from now on."""
        self._parent = parent

    def ask(self, question: Any) -> Any:
        """Ask, and return the answer. Raises what ``answers`` raises."""
        if self._parent is None:
            return self.answers(question)
        self._parent.send((_ASKS, question))
        kind, answer = self._parent.recv()
        if kind == "failed":
            raise answer
        return answer


@dataclass(frozen=True)
class _Worker:
    """A process, and our end of the pipe to it."""

    connection: Connection
    """Our end of the pipe."""
    process: BaseProcess
    """The process."""


class Workers(Generic[Asked, Done]):
    """``count`` processes, each of which calls ``work`` with its tasks; a context manager. Has
    state: which of them is idle.

    ``begin`` and ``end`` are called in each process when it starts and before it ends. All of them
    end with this process, however it ends. If they are ``spawned``, all functions are picklable.
    Work in a forked process may ask this one by the ``line``.
    """

    def __init__(
        self,
        count: int,
        work: Callable[[Asked], Done],
        *,
        begin: Callable[[], None] = _nothing,
        end: Callable[[], None] = _nothing,
        line: ParentLine | None = None,
        spawned: bool = False,
    ) -> None:
        self._line = line or ParentLine(_no_answer)
        self._work, self._begin, self._end, self._spawned = work, begin, end, spawned
        self._lock = threading.Lock()
        self._workers: list[_Worker] = []
        # Of spawned ones those that are warm come first, of forked ones those that live.
        self._idle: queue.Queue[_Worker | None] = queue.LifoQueue() if spawned else queue.Queue()
        self._count = count if spawned or (count > 1 and _can_fork()) else 0
        for _ in range(self._count):
            self._idle.put(None if spawned else self._started())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self.kill()
        self.close()

    def kill(self) -> None:
        """End the processes at once, whatever they are doing. Spawned ones are replaced when there
        is work. Any thread may call it.
        """
        for worker in self._workers:
            worker.process.kill()

    def close(self) -> None:
        """End the processes after their present work."""
        for worker in self._workers:
            worker.connection.close()
        for worker in self._workers:
            worker.process.join()

    def do(self, task: Asked) -> Done:
        """Return the result of the work on a ``task``. Many threads may call it at a time. Raises
        what the work raises, and :class:`DiedError`.
        """
        if not self._count:
            return self._work(task)
        worker = self._idle.get()
        try:
            if self._spawned and (worker is None or not worker.process.is_alive()):
                worker = self._started()
            if worker is None:
                kind, answer = _tried(self._work, task)
            else:
                worker.connection.send(task)
                while (said := worker.connection.recv())[0] == _ASKS:
                    worker.connection.send(_tried(self._line.answers, said[1]))
                kind, answer = said
        except (EOFError, ConnectionError):
            worker = None
            raise DiedError from None
        finally:
            self._idle.put(worker)
        if kind == "failed":
            raise answer
        done: Done = answer
        return done

    def map(
        self, items: Iterable[Asked], died: Callable[[Asked], Done] | None = None
    ) -> Iterator[Done]:
        """Yield the result of each task, in order. If the process at work on a task dies, its
        result is that of ``died``.
        """

        def do(task: Asked) -> Done:
            try:
                return self.do(task)
            except DiedError:
                if died is None:
                    raise
                return died(task)

        if not self._count:
            yield from map(self._work, items)
            return
        with Threads(self._count) as pool:
            yield from pool.map(do, items)

    def _started(self) -> _Worker:
        """Start a worker."""
        with self._lock:
            ours, theirs = multiprocessing.Pipe()
            copied = [] if self._spawned else [ours, *(other.connection for other in self._workers)]
            context: Any = multiprocessing.get_context("spawn" if self._spawned else "fork")
            begin = self._begin if self._spawned else partial(self._begin_forked, theirs)
            process = context.Process(
                target=_serve, args=(theirs, self._work, begin, self._end, copied)
            )
            process.start()
            theirs.close()
            worker = _Worker(ours, process)
            self._workers.append(worker)
            return worker

    def _begin_forked(self, parent: Connection) -> None:
        self._line.open(parent)
        self._begin()


def worker_count(jobs: int, pages: int) -> int:
    """Return the number of processes for so many pages, of the ``jobs`` that are allowed."""
    return min(jobs, pages // PAGES_EACH)


def _serve(
    connection: Connection,
    work: Callable[[Any], Any],
    begin: Callable[[], None],
    end: Callable[[], None],
    copied: Sequence[Connection],
) -> None:
    """Serve as a worker. ``copied`` are ends of pipes that belong to its parent alone."""
    # Ctrl-C is handled by the parent; to ignore it would be inherited by the programs started here.
    signal.signal(signal.SIGINT, lambda number, frame: None)
    for other in copied:
        other.close()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    begin()
    gc.freeze()
    with suppress(EOFError, ConnectionError):
        while True:
            connection.send(_tried(work, connection.recv()))
    end()


def _end_with_parent() -> None:
    """End this process as soon as its parent has ended, whatever it is doing."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)


def _can_fork() -> bool:
    """True if no other thread might hold a lock that a new process would wait for."""
    return sys.platform == "linux" and threading.active_count() == 1


def _tried(work: Callable[[Any], Any], task: Any) -> tuple[str, Any]:
    """Return the result of the work, or its error."""
    try:
        return "done", work(task)
    except Exception as error:
        if not hasattr(error, "report"):  # an error of ours, which a traceback would not explain
            error.add_note("".join(traceback.format_exception(error)))
        return "failed", error
