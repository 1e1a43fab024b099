"""Runs on a Dask cluster, whose workers share no disk with this machine.

Dask carries jobs and answers, and runs the jobs. This module decides which worker gets which job,
so that a job reaches only a worker whose libraries were compared with ours, and so that an article
that kills workers is found out.

- A worker is asked once, when it is first seen, for its versions, those of the articles' imports
  among them, and for the contents that it holds (:class:`~broadsheet.run.dask_worker.Introduction`).
  If a version differs from ours the worker is refused, in a notice that names the version.
- An admitted worker has one job running and one waiting. With a job are sent the contents of its
  files that the worker does not hold yet (:mod:`~broadsheet.run.dask_files`,
  :mod:`~broadsheet.run.dask_worker`).
- If a worker dies, its jobs are given to others. From then on such a job is given only to a worker
  without other jobs, so that it cannot harm those: after :data:`DEATHS` deaths it is at fault.
- If the scheduler is gone, does not answer, or has no worker for us, for :data:`PATIENCE` seconds
  at most, every job without an answer ends in a :class:`ClusterError`.
"""

from __future__ import annotations

import functools
import logging
import re
import threading
import time
import uuid
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import dask
from distributed import Client
from distributed.scheduler import KilledWorker
from distributed.versions import VersionMismatchWarning

from broadsheet.errors import ClusterError, ExecutionError, Notice, Place, UsageError
from broadsheet.project.project import Project
from broadsheet.run.dask_files import Manifests
from broadsheet.run.dask_worker import Introduction, JobAnswer, introduced, work
from broadsheet.run.job import Job
from broadsheet.run.library_versions import imported

PATIENCE = 30.0
"""Seconds that the scheduler may be silent, or the cluster without a worker for us."""

DEATHS = 4
"""The number of workers that may die with a job in hand before the job is at fault."""

AHEAD = 2
"""The number of jobs of a worker: one running, one waiting."""

BEAT = 1.0
"""Seconds between two checks of which workers there are."""

CONNECTING = 10.0
"""Seconds for a scheduler to answer at first, and to disconnect at the end."""

_AGAIN = "Start it again, and build again: what was finished is kept and does not run again."
_MEND = "Install requirements.txt and this broadsheet there, and start the worker again."


@dataclass(eq=False)
class _Order:
    """A job and its result to be."""

    run: Callable[[Job], str]
    """The function that does the job."""
    job: Job
    """The job."""
    outcome: Future[str] = field(default_factory=Future)
    """The result to be."""
    task: Future[JobAnswer | None] | None = None
    """Dask's future while a worker has the job."""
    deaths: int = 0
    """The number of workers that died with the job in hand."""


@dataclass(eq=False)
class _Worker:
    """An admitted worker."""

    address: str
    """Its address."""
    holds: set[str]
    """The digests of the contents that it holds."""
    orders: set[_Order] = field(default_factory=set)
    """The orders that it has."""

    def takes(self, order: _Order) -> bool:
        """Return True if there is room for ``order``; an order on which a worker has died needs a
        worker without others.
        """
        suspect = order.deaths or any(other.deaths for other in self.orders)
        return len(self.orders) < (1 if suspect else AHEAD)


class Cluster(Executor):
    """The executor. Its state is under one lock; a thread of its own watches the workers come and
    go.
    """

    def __init__(self, address: str, project: Project, report: Callable[[Notice], None]) -> None:
        """Connect, and check that there is a worker for us. Raises :class:`UsageError` and
        :class:`ClusterError`.
        """
        self._address = address
        self._start_one = f"Start one: dask worker {address} --nworkers -1"
        self._report = report
        self._manifests = Manifests(project)
        self._ours = Introduction.of_this_process(imported(self._manifests.code()))
        self._lock = threading.RLock()
        self._waiting: deque[_Order] = deque()
        self._workers: dict[str, _Worker] = {}
        self._known: set[str] = set()
        self._lost: ClusterError | None = None
        self._closing = threading.Event()
        self._cancelling: list[threading.Thread] = []
        self._client = _connected(address)
        self._dask = self._client.get_executor(pure=False)
        try:
            self._admit_the_first()
        except BaseException as error:
            _disconnect(self._client)
            if isinstance(error, OSError):
                raise ClusterError(address, _silent(error), _AGAIN) from None
            raise
        self._watcher = threading.Thread(target=self._watch, name="broadsheet-cluster", daemon=True)
        self._watcher.start()

    @property
    def slots(self) -> int:
        """The number of jobs that are done at once: one in each worker process."""
        return max(1, len(self._workers))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a worker do a job, which is an argument of ``fn``. Raises :class:`ClusterError` if
        the cluster is lost.
        """
        (job,) = args
        order = _Order(fn, job)
        with self._lock:
            if self._lost is not None:
                raise self._lost
            self._waiting.append(order)
            self._hand_out()
        return order.outcome

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Cancel the jobs that are not done, and disconnect."""
        self._closing.set()
        with self._lock:
            for worker in self._workers.values():
                for order in worker.orders:
                    self._take_back(order)
            self._workers.clear()
            self._waiting.clear()
        self._watcher.join()
        for cancelling in self._cancelling:
            cancelling.join(timeout=PATIENCE)
        _disconnect(self._client)

    # Handing out and getting back; called under the lock

    def _hand_out(self) -> None:
        while self._waiting and self._workers:
            worker = min(self._workers.values(), key=lambda worker: len(worker.orders))
            if not worker.takes(self._waiting[0]):
                return
            self._give(worker, self._waiting.popleft())

    def _give(self, worker: _Worker, order: _Order) -> None:
        try:
            manifest = self._manifests.of(order.job)
            sent = {
                digest: self._manifests.content(digest, order.job)
                for digest in manifest.digests - worker.holds
            }
        except Exception as error:  # raised here, it would be lost, and the order with it
            order.outcome.set_exception(error)
            return
        worker.holds |= manifest.digests
        worker.orders.add(order)
        order.task = task = self._dask.submit(
            work,
            order.run,
            order.job,
            manifest.digest,
            sent,
            workers=[worker.address],
            key=f"{order.job.partial.stem}-{uuid.uuid4()}",
        )
        task.add_done_callback(functools.partial(self._on_answer, worker, order))

    def _take_back(self, order: _Order) -> None:
        task, order.task = order.task, None
        if task is not None:
            # in a thread of its own: to cancel is to wait for the client's loop, and that may be in
            # `_on_answer`, waiting for our lock
            cancelling = threading.Thread(target=_cancel, args=(task,), daemon=True)
            cancelling.start()
            self._cancelling.append(cancelling)

    def _put_back(self, order: _Order) -> None:
        order.deaths += 1
        if order.deaths < DEATHS:
            self._waiting.appendleft(order)
            return
        order.outcome.set_exception(
            ExecutionError(
                Place(order.job.file),
                f"{DEATHS} workers died with this article in hand",
                "It may have taken their memory; run it alone on this machine to see.",
            )
        )

    def _on_answer(self, worker: _Worker, order: _Order, task: Future[JobAnswer | None]) -> None:
        with self._lock:
            if order.task is not task:
                return
            order.task = None
            worker.orders.discard(order)
            if task.cancelled():
                self._waiting.appendleft(order)
                self._lose("the connection to the scheduler broke", _AGAIN)
            elif isinstance(error := task.exception(), KilledWorker):
                self._put_back(order)
            elif error is not None:
                order.outcome.set_exception(error)
            elif (answer := task.result()) is None:  # it lacks contents
                worker.holds.clear()
                self._waiting.appendleft(order)
            else:
                _deliver(order, answer)
            self._hand_out()

    def _lose(self, what: str, mend: str) -> None:
        with self._lock:
            self._lost = self._lost or ClusterError(self._address, what, mend)
            for order in [
                *self._waiting,
                *(order for worker in self._workers.values() for order in worker.orders),
            ]:
                self._take_back(order)
                order.outcome.set_exception(self._lost)
            self._waiting.clear()
            self._workers.clear()

    # Workers come and go

    def _admit_the_first(self) -> None:
        deadline = time.monotonic() + PATIENCE
        refused = self._admit(self._current())
        while not self._workers and not refused and time.monotonic() < deadline:
            self._closing.wait(BEAT / 10)
            refused = self._admit(self._current())
        if self._workers:
            self._report_refused(refused)
        elif refused:
            raise ClusterError(
                self._address,
                "no worker of this cluster would give what this machine gives",
                _MEND,
                "\n".join(refused),
            )
        else:
            raise ClusterError(
                self._address, "the cluster has no worker that answers", self._start_one
            )

    def _watch(self) -> None:
        served = time.monotonic()
        while not self._closing.wait(BEAT) and self._lost is None:
            try:
                workers = self._current()
                self._let_go(workers)
                self._report_refused(self._admit(workers))
            except (
                Exception
            ) as error:  # whatever it is, those who wait for an answer must hear of it
                self._lose(_silent(error), _AGAIN)
                return
            served = time.monotonic() if self._workers else served
            if time.monotonic() - served > PATIENCE:
                self._lose("the cluster has no worker left", self._start_one)

    def _let_go(self, workers: Mapping[str, str]) -> None:
        self._known &= set(workers)
        with self._lock:
            for address in set(self._workers) - set(workers):
                for order in self._workers.pop(address).orders:
                    self._take_back(order)
                    self._put_back(order)
            self._hand_out()

    def _admit(self, workers: Mapping[str, str]) -> list[str]:
        """Admit or refuse the workers that are new. Return the notices of those that are refused."""
        new = {address: name for address, name in workers.items() if address not in self._known}
        refused: list[str] = []
        try:
            answers = (
                self._client.run(
                    introduced,
                    list(self._ours.versions),
                    workers=list(new),
                    on_error="return",
                    callback_timeout=PATIENCE,
                )
                if new
                else {}
            )
        except TimeoutError:
            return refused
        for address, answer in answers.items():
            if isinstance(answer, OSError):  # it ended meanwhile
                continue
            self._known.add(address)
            different = _differences(self._ours, answer)
            if different:
                refused.append(f"worker {new[address]!r} at {address} is refused: {different}")
                continue
            with self._lock:
                self._workers[address] = _Worker(address, set(answer.holds))
                self._hand_out()
        return refused

    def _report_refused(self, refused: Iterable[str]) -> None:
        for message in refused:
            self._report(Notice(Place(self._address), message, _MEND, topic="cluster"))

    def _current(self) -> dict[str, str]:
        """Return the addresses and names of the current workers."""
        assert self._client.scheduler is not None
        identity = self._client.sync(
            self._client.scheduler.identity, n_workers=-1, callback_timeout=PATIENCE
        )
        return {address: str(worker["name"]) for address, worker in identity["workers"].items()}


def _connected(address: str) -> Client:
    for name in ("distributed", "distributed.client"):  # what they would say, we say
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore", VersionMismatchWarning)
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"})
    usage = UsageError(
        f"--scheduler {address}",
        "this is not the address of a Dask scheduler",
        "Write it as tcp://host:8786, or tls://host:8786.",
    )
    if not re.fullmatch(r"\w+://.+:\d+", address):
        raise usage
    try:
        client = Client(address, timeout=CONNECTING, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise ClusterError(
            address,
            f"no scheduler answers ({error})",
            "Start `dask scheduler` there, or correct the address.",
        ) from None
    except ValueError:
        raise usage from None
    try:
        answer = client.run_on_scheduler(Introduction.of_this_process, callback_timeout=PATIENCE)
    except Exception as error:  # Dask hands on what was raised there as text
        answer = error
    ours, carriers = (
        Introduction.of_this_process(),
        ("Python", "broadsheet", "distributed"),
    )  # of jobs and answers
    if different := _differences(ours, answer, carriers):
        _disconnect(client)
        raise ClusterError(
            address,
            f"the scheduler does not fit: {different}",
            "Install requirements.txt and this broadsheet there, and start it again.",
        )
    return client


def _cancel(task: Future[JobAnswer | None]) -> None:
    with suppress(Exception):  # the scheduler has gone, and the task with it
        task.cancel()


def _disconnect(client: Client) -> None:
    with suppress(OSError):  # a scheduler that is silent need not hear of it
        client.close(CONNECTING)


def _differences(
    this: Introduction, answer: Introduction | Exception, names: Iterable[str] = ()
) -> str:
    if isinstance(answer, Exception):
        return f"it cannot load broadsheet ({answer})"
    ours, theirs = this.versions, answer.versions
    return ", ".join(
        f"{name} is {theirs.get(name) or 'missing'} there, {ours.get(name) or 'missing'} here"
        for name in names or sorted({*ours, *theirs})
        if ours.get(name) != theirs.get(name)
    )


def _silent(error: Exception) -> str:
    return f"the scheduler does not answer any more ({error or type(error).__name__})"


def _deliver(order: _Order, answer: JobAnswer) -> None:
    if answer.error is None:
        order.job.partial.unlink(missing_ok=True)
        order.outcome.set_result(answer.ran)
        return
    try:
        if answer.partial:
            order.job.partial.parent.mkdir(parents=True, exist_ok=True)
            order.job.partial.write_text(answer.partial, encoding="utf-8")
    except OSError as error:
        order.outcome.set_exception(error)
    else:
        order.outcome.set_exception(answer.error)
