"""The papermill engine `warm`: the stock engine, with kernels that are forked instead of
started.

Everything that papermill and nbclient do stays theirs. A notebook that cannot be warm is run by the
stock engine, with one line in papermill's log that says why.
"""

from __future__ import annotations

import logging
import math
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from nbclient.exceptions import DeadKernelError
from papermill.engines import NBClientEngine, papermill_engines
from papermill.utils import merge_kwargs, remove_args

from papermill_warm.kernel import RunPlan
from papermill_warm.notebook_client import WarmNotebookClient
from papermill_warm.run_record import RunRecord
from papermill_warm.settings import EngineSettings, SettingsError
from papermill_warm.wire import Hello, Preparation
from papermill_warm.zygote_pool import ZygoteError, ZygotePlan

logger = logging.getLogger("papermill")

OUTPUT_PATIENCE = 60
"""The seconds for the outputs of a cell to be read after it has ended. nbclient's own four are too
few on a busy machine.
"""

_INJECTED = "injected-parameters"
_LOCAL = "local-provisioner"
_STOCK = "Run by the stock engine, not the warm one{}: {}"
_REASONS = {
    "output-size": "the notebook put out more than its limit",
    "outputs": "a cell has more outputs than its limit",
    "stopped": "the notebook's process stopped itself by a signal",
    "time": "the notebook took longer than its limit of time",
    "unreadable": "the notebook's process sent what is no message",
}
_TOO_MUCH = ("output-size", "outputs")

SAID: set[str] = set()
"""The warnings of this process that were logged. Each is logged once; clear this to have it again."""
_NAMES = ("python", "python3", f"python3.{sys.version_info[1]}")
"""The names for which jupyter_client takes the interpreter of this process."""
_LAUNCH = ("-m", "ipykernel_launcher", "-f", "{connection_file}")


class UnsuitedError(Exception):
    """An error: the notebook cannot be run in a warm process, for the reason given."""


class StoppedError(DeadKernelError):
    """An error: a run was stopped early. ``reason``: it put out too much ("output-size"), a cell
    had too many outputs ("outputs"), it took too long ("time"), its process stopped itself by a
    signal ("stopped"), or sent messages that nobody can read ("unreadable").
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"The run was ended: {_REASONS[reason]}")
        self.reason = reason


class WarmEngine(NBClientEngine):  # type: ignore[misc]
    """Runs a notebook in a process forked from a warm one, or else as the stock engine does."""

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str,
        output_path: str | None = None,
        *,
        progress_bar: bool | dict[str, Any] = True,
        log_output: bool = False,
        autosave_cell_every: float = 30,
        **options: Any,
    ) -> Any:
        """Run a notebook as papermill's own engine does, but without a save before anything is run."""
        record = RunRecord(
            nb,
            progress_bar=progress_bar,
            log_output=log_output,
            autosave_cell_every=autosave_cell_every,
        )
        record.notebook_start()
        record.output_path = output_path
        try:
            cls.execute_managed_notebook(record, kernel_name, log_output=log_output, **options)
        finally:
            record.cleanup_pbar()
            record.notebook_complete()
        return record.nb

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: RunRecord,
        kernel_name: str,
        start_timeout: float = 60,
        *,
        preload: Iterable[str] | None = None,
        memory_limit: int | str | None = None,
        time_limit: float | None = None,
        share_head: bool | str | None = None,
        warm_up: str = "",
        most_output: float = math.inf,
        most_outputs: float = math.inf,
        **options: Any,
    ) -> Any:
        """Run a notebook as papermill's own engine does, with limits.

        ``preload`` are the modules that the warm process imports before it forks, in place of
        :data:`~papermill_warm.settings.FIRST`. ``memory_limit`` is for the notebook's process, in
        bytes or as "2G"; it is on what the process allocates (RLIMIT_DATA), libraries included, and
        a cell that exceeds it gets a `MemoryError`. ``time_limit`` is in seconds, for the whole
        notebook; papermill's own ``execution_timeout`` is for one cell. ``share_head`` False has the
        cells above the parameters run for each edition. These four have a variable and a key in
        `pyproject.toml`, too (:mod:`papermill_warm.settings`).

        ``most_output`` is in bytes, for all cells; ``most_outputs`` is for one cell. ``warm_up`` names
        a module that the warm process prepares too (:mod:`papermill_warm.preloading`).

        Raises :class:`~papermill_warm.settings.SettingsError` for an invalid setting, and
        :class:`StoppedError` for a run that took too long, put out too much or stopped itself.
        """
        options.setdefault("iopub_timeout", OUTPUT_PATIENCE)
        settings = EngineSettings.of(preload, memory_limit, time_limit, share_head)
        reasons: list[str] = []

        def on_stop(reason: str) -> None:
            reasons.append(reason)
            if reason in _TOO_MUCH:  # to be saved and read again
                nb_man.nb.cells[_last_begun(nb_man.nb)].outputs = []

        try:
            command, environment = _launch(kernel_name, options)
            plan = RunPlan(
                ZygotePlan(command, environment, Preparation(settings.preload, warm_up)),
                start_timeout,
                settings.memory_limit,
                settings.time_limit,
                most_output,
                most_outputs,
                [cell.source for cell in nb_man.nb.cells if cell.cell_type == "code"],
                _head_of(nb_man.nb, options) if settings.share_head else [],
                on_stop,
                nb_man.save_waiting,
            )
            try:
                hello = plan.take().hello
                _refuse_missing(hello, settings)
                _refuse_shadow(hello.names)
                with nb_man.seldom_saved():
                    return WarmNotebookClient(
                        nb_man, plan, **_client_options(kernel_name, start_timeout, options)
                    ).execute()
            finally:
                plan.give_back()
        except (UnsuitedError, ZygoteError) as error:
            _warn_of_stock(error, settings)
        except DeadKernelError:
            if reasons:
                raise StoppedError(reasons[0]) from None
            raise
        # not within the handler: errors of cells have nothing to do with it
        return super().execute_managed_notebook(
            nb_man, kernel_name, start_timeout=start_timeout, **options
        )


def _client_options(
    kernel_name: str, start_timeout: float, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the options of nbclient, as papermill's own engine makes them of its own."""
    others = remove_args(
        ["input_path", "timeout", "startup_timeout", "execution_timeout"], **options
    )
    merged: dict[str, Any] = merge_kwargs(
        others,
        timeout=options.get("execution_timeout") or options.get("timeout"),
        startup_timeout=start_timeout,
        kernel_name=kernel_name,
        log=logger,
    )
    return merged


def _head_of(notebook: Any, options: Mapping[str, Any]) -> list[str]:
    """Return the texts of the cells that run above the parameters, if papermill has put in some."""
    tags = [cell.metadata.get("tags", ()) for cell in notebook.cells]
    if not any(_INJECTED in own for own in tags):
        return []
    first = next(
        number for number, own in enumerate(tags) if _INJECTED in own or "parameters" in own
    )
    skipped = options.get("skip_cells_with_tag", "skip-execution")
    return [
        cell.source
        for cell, own in zip(notebook.cells[:first], tags, strict=False)
        if cell.cell_type == "code" and cell.source.strip() and skipped not in own
    ]


def _warn_of_stock(reason: Exception, settings: EngineSettings) -> None:
    """Say that the stock engine runs a notebook, and which limits it then does not have."""
    limits = {"memory": settings.memory_limit, "time": settings.time_limit}
    missing = " and ".join(name for name, limit in limits.items() if limit is not None)
    _warn(_STOCK.format(f" and without a limit of {missing}" if missing else "", reason))


def _warn(message: str) -> None:
    """Log a warning, if this process has not done so."""
    if message not in SAID:
        SAID.add(message)
        logger.warning("%s", message)


def _refuse_missing(hello: Hello, settings: EngineSettings) -> None:
    """Raise :class:`~papermill_warm.settings.SettingsError` if modules of the settings are not
    installed; say which are left out.
    """
    if not settings.preload_source:
        return
    if hello.missing:
        raise SettingsError(
            f"{settings.preload_source} names {', '.join(hello.missing)}, which {sys.executable} does "
            "not have: install it, or take it out"
        )
    for name, reason in hello.left_out.items():
        _warn(f"{name} is imported by each notebook itself, not once for all: {reason}")


def _last_begun(notebook: Any) -> int:
    """Return the number of the last cell that began, by papermill's marks."""
    begun = [
        number
        for number, cell in enumerate(notebook.cells)
        if cell.metadata.get("papermill", {}).get("start_time")
    ]
    return begun[-1] if begun else 0


def _launch(kernel_name: str, options: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
    """Return the interpreter, with its options, that the kernel is started by, and the environment
    that it gets. Raises :class:`UnsuitedError`.
    """
    if sys.platform != "linux":
        raise UnsuitedError(
            f"notebooks are forked and watched only on Linux, and this is {sys.platform}"
        )
    if options.get("extra_arguments"):
        raise UnsuitedError(f"the kernel is given arguments: {options['extra_arguments']}")
    if options.get("kernel_manager_class"):
        raise UnsuitedError("the caller has a kernel manager of its own")
    try:
        Path.cwd()
    except OSError:
        raise UnsuitedError("the working directory has been removed") from None
    try:
        spec = KernelSpecManager().get_kernel_spec(kernel_name)
    except NoSuchKernel:
        raise UnsuitedError(f"there is no kernel {kernel_name!r}") from None
    _refuse_unsuited(spec, kernel_name)
    interpreter = sys.executable if spec.argv[0] in _NAMES else spec.argv[0]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONEXECUTABLE"}
    environment |= {
        name: Template(value).safe_substitute(environment) for name, value in spec.env.items()
    }
    return [interpreter, *spec.argv[1 : -len(_LAUNCH)]], environment


def _refuse_unsuited(spec: KernelSpec, name: str) -> None:
    """Raise :class:`UnsuitedError` for a kernel other than the one that the zygote makes."""
    if spec.language.lower() != "python":
        raise UnsuitedError(f"the kernel {name!r} speaks {spec.language}")
    program, *flags = spec.argv[: -len(_LAUNCH)] or [""]
    if tuple(spec.argv[-len(_LAUNCH) :]) != _LAUNCH or not all(
        flag.startswith("-") for flag in flags
    ):
        raise UnsuitedError(
            f"the kernel {name!r} is not started as ipykernel is: {' '.join(spec.argv)}"
        )
    if not _is_this_python(program):
        raise UnsuitedError(f"the kernel {name!r} has an interpreter of its own, {program}")
    provisioner = spec.metadata.get("kernel_provisioner", {}).get("provisioner_name", _LOCAL)
    if provisioner != _LOCAL:
        raise UnsuitedError(f"the kernel {name!r} is started by {provisioner!r}")


def _is_this_python(program: str) -> bool:
    """Return True if a program is the interpreter of this environment, by whatever name. Those of
    two environments may be links to one file; so their folder must be the same, too.
    """
    if program in _NAMES:
        return True
    ours, theirs = Path(sys.executable), Path(program)
    try:
        return ours.parent.samefile(theirs.parent) and ours.samefile(theirs)
    except OSError:
        return False


def _refuse_shadow(names: Sequence[str]) -> None:
    """Raise :class:`UnsuitedError` for a file or package of the working directory that a notebook
    would import in place of a warm module.
    """
    entries = {entry.name for entry in os.scandir()}
    for name in names:
        package = name in entries and Path(name, "__init__.py").is_file()
        if package or f"{name}.py" in entries:
            raise UnsuitedError(
                f"{name if package else f'{name}.py'} in the working directory stands before the "
                "installed module of that name"
            )


# papermill's entry point found nothing if this module was imported before papermill
papermill_engines.register("warm", WarmEngine)
