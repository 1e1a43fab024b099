"""Executors of jobs: processes of this machine, or a Dask cluster.

Both are `concurrent.futures` executors that say how many jobs they run at once (``slots``), so that
:func:`~broadsheet.run.running.execute` can prepare a few more than that, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from broadsheet.errors import Notice, UsageError
from broadsheet.processes import secret_values
from broadsheet.processes.extras import needed
from broadsheet.processes.worker_processes import Workers

if TYPE_CHECKING:  # each worker process imports this module, and needs none of the publication's
    from broadsheet.project.project import Project

P = ParamSpec("P")
T = TypeVar("T")


class LocalExecutor(Executor):
    """Worker processes on this machine. (Papermill changes the working directory, so threads would
    not do.) If a process dies, its job is lost, and the next job gets a new process.
    """

    def __init__(self, jobs: int, variables: Mapping[str, str]) -> None:
        self.slots = jobs
        self._workers = Workers(jobs, call, begin=partial(_begin, variables), spawned=True)
        self._threads = ThreadPoolExecutor(jobs)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a process do the job."""
        return self._threads.submit(self._workers.do, partial(fn, *args, **kwargs))

    def break_off(self) -> None:
        """End the jobs that are being done, which then fail. From any thread."""
        self._workers.kill()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes."""
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        self._workers.close()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is KeyboardInterrupt:
            self._workers.kill()
        self.shutdown(cancel_futures=kind is not None)


def _begin(variables: Mapping[str, str]) -> None:
    """Begin the work of a worker, whose notebooks get these secrets."""
    from broadsheet.run.job import prepare_worker

    secret_values.receive(variables)
    prepare_worker()


def call(job: Callable[[], Any]) -> Any:
    """Do the work of a worker: call a function without arguments."""
    return job()


def local_executor(jobs: int, project: Project) -> LocalExecutor:
    """Return ``jobs`` processes on this machine for ``project``, whose notebooks get the secrets
    that it names.
    """
    return LocalExecutor(jobs, secret_values.to_pass(project.settings.broadsheet.pass_environment))


def open_executor(
    scheduler: str | None,
    jobs: int,
    project: Project,
    report: Callable[[Notice], None] = lambda notice: None,
) -> Executor:
    """Return an executor for the runs of ``project``: ``jobs`` local processes or, with the address
    of a Dask scheduler, its cluster. ``report`` gets a notice of each worker that is refused, from
    any thread. Raises :class:`UsageError` for an invalid address or if Dask is not installed,
    :class:`ClusterError` if the cluster cannot do the work.
    """
    if scheduler is None:
        return local_executor(jobs, project)
    with needed(f"--scheduler {scheduler}", UsageError):
        from broadsheet.run.dask_cluster import Cluster
    return Cluster(scheduler, project, report)
