"""Runs editions, several at once, each as a :class:`~broadsheet.run.job.Job` of a worker process."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from broadsheet.data.catalogue import Catalogue
from broadsheet.data.descriptor import has_catalogue
from broadsheet.data.trial_changes import Change
from broadsheet.errors import (
    BroadsheetError,
    ClusterError,
    ExecutionError,
    UnexpectedError,
    guarded,
)
from broadsheet.processes import secret_values
from broadsheet.processes.worker_processes import DiedError
from broadsheet.project.editions.edition import Edition
from broadsheet.project.editions.execution import is_article, reason_not_run, uses_broadsheet
from broadsheet.project.editions.parameters import bind, bind_edition
from broadsheet.project.project import Project
from broadsheet.run.cache import Recipe, Runs, parse_run, read_run, recipe_of
from broadsheet.run.declared_reads import reads_beside, states, unchanged
from broadsheet.run.job import Job, run
from broadsheet.run.mutation_runs import Published, results_in
from broadsheet.run.notebook_to_run import (
    add_reads,
    executed_of,
    inline_results_of,
    saved_of,
    says_reads,
    script_of,
)
from broadsheet.run.page_format import settings_asked
from broadsheet.storage import store

STORE = Path(".broadsheet/runs")
PARTIAL = Path(".broadsheet/partial")
AHEAD = 3
"""The number of jobs that are prepared for each that the executor runs at once, so that memory does
not grow with the number of editions.
"""


@dataclass(frozen=True)
class Run:
    """The result of an edition's run: an executed notebook, or an error. An edition that is not run
    is shown as it is saved.
    """

    edition: Edition
    """The edition."""
    kept: Path | None = None
    """The file of the executed notebook."""
    error: BroadsheetError | None = None
    """The error of a run that failed."""
    ran: bool = False
    """The edition was run; False if an earlier run was used."""
    why: str = ""
    """The reason, in words, for which no earlier run could be used, or for which the edition was
    not run.
    """
    lacks: str = ""
    """The library, kernel or network that the edition needs and the machine does not have."""
    is_frozen: bool = False
    """True if Quarto has kept the results of the edition, which are shown."""

    def notebook(self) -> NotebookNode | None:
        """Return the executed notebook, or the saved one; None for a page without code."""
        place = self.edition.source.place()
        if self.kept is None and self.edition.source.notebook is None:
            return None
        ran = saved_of(self.edition) if self.kept is None else read_run(self.kept)
        if ran is None:
            raise ExecutionError(
                place,
                "its run is no longer kept",
                "Build again; see that nothing else empties .broadsheet/ meanwhile.",
            )
        if secret_values.searches():
            _refuse_secrets(self.edition, json.dumps(ran), ran)
        if self.kept is None:
            return ran
        try:
            with guarded(place, "reading its kept run"):
                return executed_of(self.edition, ran)
        except UnexpectedError as error:
            store.discard(self.kept)
            raise ExecutionError(
                place,
                f"its kept run is not of this article ({error.what})",
                "Build again: it was thrown away.",
            ) from error


def execute(
    project: Project,
    editions: Iterable[Edition],
    executor: Executor,
    *,
    given: Mapping[str, object] | None = None,
    use_cache: bool = True,
    kept_in: Path | None = None,
) -> Iterator[Run]:
    """Run ``editions`` (all of notebooks) and yield each as it is done; an earlier run is used
    while it is valid. ``given`` are parameter values of the command line, as strings, over each
    edition's own. At most :data:`AHEAD` jobs are prepared for each that the executor runs at once
    (its ``slots``, if it has that). Runs are ``kept_in`` the publication at that root, of which the
    project is a copy; by default in the project's own. Raises :class:`ClusterError` if the executor is lost, after the
    results that were there before.
    """
    home = kept_in or project.root
    runs, needs_all = Runs(project.root, home / STORE), has_catalogue(project.root)
    pending: dict[Future[str], _Pending] = {}
    for edition in editions:
        try:
            with guarded(edition.source.place(), "preparing to run this notebook"):
                reason = "" if given else reason_not_run(edition)
                parameters = {
                    **bind_edition(edition),
                    **bind(edition.source, given or {}, from_text=True),
                }
                script = script_of(edition, lambda: _tables(project.root))
                recipe = recipe_of(
                    script, parameters, str(edition.path.parent), settings_asked(edition, script)
                )
                earlier = runs.find(recipe) if use_cache and not reason else None
                job, declared = None, dict[str, str]()
                if earlier is None and not reason:
                    job = _job(project, edition, script, parameters, runs)
                    declared = states(project.root, reads_beside(project.root, edition, parameters))
                    job = replace(job, last_read=job.last_read | declared.keys())
        except BroadsheetError as error:
            yield Run(edition, error=error)
            continue
        if reason:
            yield Run(edition, why=f"not run: {reason}")
            continue
        if job is None:
            yield Run(edition, earlier)
            continue
        while len(pending) >= AHEAD * getattr(executor, "slots", os.cpu_count() or 1):
            yield from _ended(pending, runs, use_cache, home)
        is_needed = is_article(edition) if needs_all else uses_broadsheet(edition)
        pending[executor.submit(run, job)] = _Pending(edition, recipe, is_needed, declared)
    while pending:
        yield from _ended(pending, runs, use_cache, home)
    if runs.has_grown:
        runs.trim(int(project.settings.broadsheet.cache_size * 2**20))


def run_changed(
    project: Project,
    edition: Edition,
    executor: Executor,
    changes: Mapping[int, Change],
    folder: Path,
) -> Callable[[], Mapping[int, NotebookNode | None]]:
    """Begin runs of ``edition`` that are not stored, one for each of the ``changes``. What is returned
    waits for the executed notebooks, without outputs: None where a run fails, and nothing for a change
    that leaves all values as they are. It raises :class:`BroadsheetError` if the run without a change
    fails. The ``folder`` is theirs alone.
    """
    script = script_of(edition, lambda: _tables(project.root))
    runs = Runs(project.root, project.root / STORE)
    job = _job(project, edition, script, bind_edition(edition), runs)
    folder.mkdir(parents=True)
    job = replace(
        job,
        partial=folder / "run.ipynb",
        time_limit=job.time_limit * (1 + len(changes)),
        changes=tuple((number, asdict(change)) for number, change in changes.items()),
    )
    future = executor.submit(run, job)

    def ended() -> Mapping[int, NotebookNode | None]:
        with guarded(edition.source.place(), "running this notebook"):
            future.result()
            plain, changed = results_in(folder)
            return {
                number: _executed(edition, script, published)
                for number, published in changed.items()
                if published != plain
            }

    return ended


def _tables(root: Path) -> Iterable[str]:
    """Return the names of the catalogue's tables; none if it cannot be read, which is told elsewhere."""
    with suppress(BroadsheetError):
        return Catalogue.open(root).names if has_catalogue(root) else ()
    return ()


def _executed(
    edition: Edition, script: NotebookNode, published: Mapping[str, Published] | None
) -> NotebookNode | None:
    """Return the executed notebook, of what was published in it; None if an expression of it
    failed.
    """
    if published is None:
        return None
    ran = copy.deepcopy(script)
    for cell in ran.cells:
        if cell["id"] in published:
            cell.outputs = [NotebookNode({"data": published[cell["id"]]})]
    try:
        return executed_of(edition, ran)
    except ExecutionError:
        return None


@dataclass(frozen=True)
class _Pending:
    """A run that the executor is to do."""

    edition: Edition
    """The edition."""
    recipe: Recipe
    """The recipe of its run."""
    is_needed: bool
    """There is no page without the run."""
    declared: Mapping[str, str]
    """The states, before it, of the files that it is taken to read."""


def _job(
    project: Project,
    edition: Edition,
    script: NotebookNode,
    parameters: Mapping[str, object],
    runs: Runs,
) -> Job:
    folder, settings = edition.path.parent, project.settings.broadsheet
    return Job(
        str(edition.source.path),
        json.dumps(script),
        parameters,
        project.root,
        project.root / folder,
        project.root / PARTIAL / folder / f"{edition.name}.ipynb",
        settings.time_limit,
        settings.memory_limit,
        runs.last_read(str(edition.path)),
        settings.limits,
        edition.source.places,
        settings.allow_install,
        settings=settings_asked(edition, script),
    )


def _ended(
    pending: dict[Future[str], _Pending], runs: Runs, use_cache: bool, home: Path
) -> Iterator[Run]:
    """Wait for some runs to end, and yield them in the order in which they were begun; results are
    stored before a lost cluster is reported. What was run in a copy of the publication at ``home``
    speaks of that one.
    """
    lost: ClusterError | None = None
    done = wait(pending, return_when=FIRST_COMPLETED).done
    for future in [future for future in pending if future in done]:
        order = pending.pop(future)
        edition, path, why = order.edition, str(order.edition.path), ""
        try:
            with guarded(edition.source.place(), "running this notebook"):
                why = runs.why(order.recipe, path) if use_cache else "the cache is off"
                text = future.result()
                if runs.root != home:
                    copy, here = (json.dumps(str(root))[1:-1] for root in (runs.root, home))
                    text = text.replace(copy, here)
                ran = parse_run(text)
                _refuse_silent(edition, ran)
                add_reads(ran, unchanged(runs.root, order.declared))
                _refuse_secrets(edition, text, ran)
                inline_results_of(edition, ran)  # a run in which an expression failed is not kept
                run = Run(edition, runs.keep(order.recipe, path, ran), ran=True, why=why)
        except BroadsheetError as error:
            if isinstance(error, ClusterError):
                lost = error
                continue
            if (lacks := getattr(error, "lacks", "")) and not order.is_needed:
                yield Run(edition, ran=True, why=f"not run: it needs {lacks}", lacks=lacks)
                continue
            died = isinstance(error.__cause__, DiedError)
            run = Run(
                edition,
                error=_died(edition) if died else _without_secrets(error),
                ran=True,
                why=why,
            )
        yield run
    if lost is not None:
        raise lost


def _died(edition: Edition) -> ExecutionError:
    return ExecutionError(
        edition.source.place(),
        "the process that ran this article died",
        "It may have run out of memory; run it alone to see.",
    )


def _refuse_silent(edition: Edition, ran: NotebookNode) -> None:
    """Raise :class:`ExecutionError` for a run that did not say what it read: then inline values are
    missing, too, and nobody knows when it must run again.
    """
    if not says_reads(ran):
        raise ExecutionError(
            edition.source.place(),
            "a cell keeps the values of this article from being published",
            "Take out what replaces functions of IPython, such as `display_pub.publish`.",
        )


def _refuse_secrets(edition: Edition, text: str, ran: NotebookNode) -> None:
    """Raise :class:`SecretError` for a run, of the JSON ``text``, that holds the value of a known
    secret.
    """
    if not secret_values.found_in(text):
        return
    for cell in ran.cells:
        number = cell.metadata.get("broadsheet", {}).get("cell")
        secret_values.refuse(
            json.dumps(cell), edition.source.place(number), "this cell or its output"
        )
    secret_values.refuse(text, edition.source.place(), "the run of this article")


def _without_secrets(error: BroadsheetError) -> BroadsheetError:
    """Return the error of a run with secrets removed from its text; a partial notebook that holds
    one is removed.
    """
    error.what, error.detail = (
        secret_values.redacted(error.what),
        secret_values.redacted(error.detail),
    )
    partial = Path(error.partial) if isinstance(error, ExecutionError) and error.partial else None
    if (
        secret_values.searches()
        and partial
        and partial.is_file()
        and secret_values.found_in(partial.read_bytes())
    ):
        partial.unlink()
        error.mend += " It held the value of a secret and was removed."
    return error
