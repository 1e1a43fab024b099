"""Where jobs run: in processes of this machine, or on a Dask cluster.

Both are `concurrent.futures` executors that say how many jobs they run at once (``slots``), so that
:func:`~broadsheet.run.running.execute` can prepare a few more than that, and no more.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import SpawnProcess
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from broadsheet import secret_values
from broadsheet.errors import Notice, UsageError

if TYPE_CHECKING:  # each worker process imports this module, and needs none of the publication's
    from broadsheet.project.project import Project
    from broadsheet.run.dask_cluster import Cluster

P = ParamSpec("P")
T = TypeVar("T")


class LocalExecutor(Executor):
    """Worker processes on this machine. (Papermill changes the working directory, so threads would
    not do.) If a process dies, the running jobs are lost, and the next jobs get new processes.
    """

    def __init__(self, jobs: int, variables: Mapping[str, str]) -> None:
        self.slots, self._variables = jobs, variables
        self._pool = self._opened()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a process do the job."""
        try:
            return self._pool.submit(fn, *args, **kwargs)
        except BrokenProcessPool:
            self._pool = self._opened()
            return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes."""
        self._pool.shutdown(wait, cancel_futures=cancel_futures)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is KeyboardInterrupt:
            self.kill()
        self.shutdown(cancel_futures=kind is not None)

    def kill(self) -> None:
        """End the processes at once, whatever they are doing."""
        for process in multiprocessing.active_children():
            if isinstance(process, SpawnProcess):
                process.kill()

    def _opened(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self.slots,
            multiprocessing.get_context("spawn"),
            initializer=_begin_worker,
            initargs=(self._variables,),
        )


def _begin_worker(variables: Mapping[str, str]) -> None:
    """Make a worker end with its parent, and not before: Ctrl-C is handled by the parent. It gets
    the ``variables``.
    """
    signal.signal(signal.SIGINT, lambda number, frame: None)
    _end_with_build()
    secret_values.receive(variables)


def _end_with_build() -> None:
    """End this worker when the build ends, however it does. A pool's own workers would wait for
    work for ever.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def local_executor(jobs: int, project: Project) -> LocalExecutor:
    """``jobs`` processes on this machine for ``project``, whose notebooks get the secrets that it
    names.
    """
    return LocalExecutor(jobs, secret_values.to_pass(project.settings.broadsheet.pass_environment))


def open_executor(
    scheduler: str | None,
    jobs: int,
    project: Project,
    report: Callable[[Notice], None] = lambda notice: None,
) -> Executor:
    """An executor for the runs of ``project``: ``jobs`` local processes or, given the address of a
    Dask scheduler, its cluster. ``report`` gets a notice of each worker that is refused, from any
    thread. Raises :class:`UsageError` for an invalid address or if Dask is not installed,
    :class:`ClusterError` if the cluster cannot do the work.
    """
    if scheduler is None:
        return local_executor(jobs, project)
    return _cluster(scheduler, project, report)


def _cluster(scheduler: str, project: Project, report: Callable[[Notice], None]) -> Cluster:
    try:
        from broadsheet.run.dask_cluster import Cluster
    except ModuleNotFoundError as error:
        if error.name not in ("dask", "distributed"):
            raise
        raise UsageError(
            f"--scheduler {scheduler}",
            "Dask is not installed here",
            "pip install 'broadsheet[dask]', and build again.",
        ) from None
    return Cluster(scheduler, project, report)
