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
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from string import Template
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from nbclient.exceptions import DeadKernelError
from papermill.engines import NBClientEngine

from papermill_warm.kernel import RunPlan, manager_for
from papermill_warm.zygote_pool import ZygoteError

logger = logging.getLogger("papermill")

MEMORY = "PAPERMILL_WARM_MEMORY_LIMIT"
"""The environment variable that limits each notebook's memory: bytes, or with K, M or G behind the
number.
"""

SAVING = 1.0
"""The seconds between two saves of a running notebook."""
SHARE = 10
"""The least ratio of the time between two saves to the length of a save."""

OUTPUT_PATIENCE = 60
"""The seconds for the outputs of a cell to be read after it has ended. nbclient's own four are too
few on a busy machine.
"""

_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_LOCAL = "local-provisioner"
_STOCK = "Run by the stock engine, not the warm one: %s"
_LAUNCH = ("-m", "ipykernel_launcher", "-f", "{connection_file}")


class UnsuitedError(Exception):
    """An error: the notebook cannot be run in a warm process, for the reason given."""


class StoppedError(DeadKernelError):
    """An error: a run was stopped early. ``reason``: it put out too much ("output-size"), a cell
    had too many outputs ("outputs"), its process stopped itself by a signal ("stopped"), or sent
    messages that nobody can read ("unreadable").
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WarmEngine(NBClientEngine):  # type: ignore[misc]
    """Runs a notebook in a process forked from a warm one, or else as the stock engine does."""

    @classmethod
    def execute_notebook(
        cls, nb: Any, kernel_name: str, output_path: str | None = None, **options: Any
    ) -> Any:
        """Run a notebook as papermill's own engine does, but without a save before anything is run."""
        return super().execute_notebook(nb, kernel_name, saved_to=output_path, **options)

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        start_timeout: float = 60,
        *,
        memory_limit: int | str | None = None,
        saved_to: str | None = None,
        warm_up: str = "",
        most_output: float = math.inf,
        most_outputs: float = math.inf,
        **options: Any,
    ) -> Any:
        """Run a notebook as papermill's own engine does, with limits.

        ``memory_limit`` is for the notebook's process, in bytes or as "2G"; ``most_output`` is in
        bytes, for all cells; ``most_outputs`` is for one cell. ``warm_up`` names a module that the
        warm process prepares too (:mod:`papermill_warm.preloading`). The memory limit is on what
        the process allocates (RLIMIT_DATA), libraries included; a cell that exceeds it gets a
        `MemoryError`. By default it is :data:`MEMORY`. Raises :class:`ValueError` for an invalid
        limit, and :class:`StoppedError` for a run that put out too much or stopped itself.
        """
        nb_man.output_path = saved_to
        options.setdefault("iopub_timeout", OUTPUT_PATIENCE)
        memory = parse_memory(memory_limit if memory_limit is not None else os.environ.get(MEMORY))
        reasons: list[str] = []

        def on_stop(reason: str) -> None:
            reasons.append(reason)
            # too much to be saved and read again
            nb_man.nb.cells[_last_begun(nb_man.nb)].outputs = []

        run = partial(
            super().execute_managed_notebook, nb_man, kernel_name, start_timeout=start_timeout
        )
        try:
            command, environment = _launch(kernel_name, options)
        except UnsuitedError as error:
            logger.warning(_STOCK, error)
            return run(**options)
        plan = RunPlan(
            command,
            environment,
            warm_up,
            start_timeout,
            memory,
            most_output,
            most_outputs,
            [cell.source for cell in nb_man.nb.cells if cell.cell_type == "code"],
            on_stop,
        )
        try:
            _refuse_shadow(plan.take().hello.names)
            with _saving_seldom(nb_man, plan):
                return run(**options, kernel_manager_class=manager_for(plan))
        except (UnsuitedError, ZygoteError) as error:
            logger.warning(_STOCK, error)
            return run(**options)
        except DeadKernelError:
            if reasons:
                raise StoppedError(reasons[0]) from None
            raise
        finally:
            plan.give_back()


def _last_begun(notebook: Any) -> int:
    """Return the number of the last cell that began, by papermill's marks."""
    begun = [
        number
        for number, cell in enumerate(notebook.cells)
        if cell.metadata.get("papermill", {}).get("start_time")
    ]
    return begun[-1] if begun else 0


@contextmanager
def _saving_seldom(nb_man: Any, plan: RunPlan) -> Iterator[None]:
    """Save less often. Papermill writes the whole notebook at each cell's start and end, which
    would take as long as running it.

    So a save within :data:`SAVING` seconds of the last one waits, for the next save or for the
    moment in each second of a running cell at which nbclient checks whether the kernel lives. If a
    save takes long, since the outputs are large, the next one waits :data:`SHARE` times as long. A
    run that is interrupted is saved at once; one that completes is not, since
    `papermill.execute_notebook` itself then writes it.
    """
    save, waiting, pause = nb_man.save, False, SAVING

    def save_seldom(nb: Any = None, **_: object) -> None:
        nonlocal waiting, pause
        nb_man.nb = nb or nb_man.nb
        waiting = (nb_man.now() - nb_man.last_save_time).total_seconds() < pause
        if not waiting:
            begun = time.monotonic()
            save()
            pause = max(SAVING, SHARE * (time.monotonic() - begun))

    def save_waiting() -> None:
        if waiting:
            save_seldom()

    nb_man.save, plan.on_pulse = save_seldom, save_waiting
    try:
        yield
    except BaseException:
        del nb_man.save
        raise


def parse_memory(limit: int | str | None) -> int | None:
    """Return a memory limit in bytes. Raises :class:`ValueError`."""
    if limit is None or limit == "":
        return None
    text = str(limit).strip().upper().removesuffix("B").removesuffix("I")
    unit = _UNITS.get(text[-1:], 1)
    number = text if unit == 1 else text[:-1]
    if not number.isdecimal() or int(number) == 0:
        raise ValueError(
            f"a memory limit of {limit!r} is none: give bytes, or a number with K, M or G, such as 2G"
        )
    return int(number) * unit


def _launch(kernel_name: str, options: Mapping[str, Any]) -> tuple[Sequence[str], dict[str, str]]:
    """Return the interpreter with its options, and the environment, with which a kernel of this
    name is started. Raises :class:`UnsuitedError`.
    """
    if sys.platform != "linux" or not hasattr(os, "pidfd_open"):
        raise UnsuitedError(
            f"a process is forked safely and watched only on Linux, and this is {sys.platform}"
        )
    if options.get("extra_arguments"):
        raise UnsuitedError(f"the kernel is given arguments: {options['extra_arguments']}")
    try:
        spec = KernelSpecManager().get_kernel_spec(kernel_name)
    except NoSuchKernel:
        raise UnsuitedError(f"there is no kernel {kernel_name!r}") from None
    _refuse_unsuited(spec, kernel_name)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONEXECUTABLE"}
    environment |= {
        name: Template(value).safe_substitute(environment) for name, value in spec.env.items()
    }
    return [sys.executable, *spec.argv[1 : -len(_LAUNCH)]], environment


def _refuse_unsuited(spec: KernelSpec, name: str) -> None:
    """Raise :class:`UnsuitedError` for a kernel other than the one that the zygote makes."""
    if spec.language.lower() != "python":
        raise UnsuitedError(f"the kernel {name!r} speaks {spec.language}")
    _, *flags = spec.argv[: -len(_LAUNCH)] or [""]
    if tuple(spec.argv[-len(_LAUNCH) :]) != _LAUNCH or not all(
        flag.startswith("-") for flag in flags
    ):
        raise UnsuitedError(
            f"the kernel {name!r} is not started as ipykernel is: {' '.join(spec.argv)}"
        )
    ours = {"python", "python3", f"python3.{sys.version_info[1]}", sys.executable}
    if spec.argv[0] not in ours:
        raise UnsuitedError(f"the kernel {name!r} has an interpreter of its own, {spec.argv[0]}")
    provisioner = spec.metadata.get("kernel_provisioner", {}).get("provisioner_name", _LOCAL)
    if provisioner != _LOCAL:
        raise UnsuitedError(f"the kernel {name!r} is started by {provisioner!r}")


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
