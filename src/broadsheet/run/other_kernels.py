"""The papermill engine for kernels of other languages than Python: papermill's own, with our limits.

The kernel is started as Jupyter starts it, by a line of Python before its command that limits its
memory and has it end with the process that started it, however that ends. What it puts out is
counted; too much ends it. When a run is over, the processes that the kernel has left are ended.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from tempfile import TemporaryFile
from typing import Any

import psutil
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from traitlets import Int

from papermill_warm.papermill_engine import OUTPUT_PATIENCE, StoppedError
from papermill_warm.settings import parse_memory

OTHER_ENGINE = "broadsheet-other"
"""The name of the engine."""
_LAST = 4000
"""The bytes at the end of what a kernel said in which its last words are looked for."""
_PIECE = 4000
"""The characters of printed text to which more is joined. Each time all of it is copied."""
_ENDED = "SystemExit"
"""The name of the error of a cell that ends the program of its kernel, as in Python."""
_NEW_BASH = "Restarting Bash"
"""The last words of bash_kernel on a cell that has ended Bash."""
_DEATH_SIGNAL = 1
_START = f"""\
import os, resource, sys
limit, parent, *command = sys.argv[1:]
if int(limit):
    resource.setrlimit(resource.RLIMIT_DATA, (int(limit), int(limit)))
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl({_DEATH_SIGNAL}, {int(signal.SIGKILL)})
    if os.getppid() != int(parent):
        sys.exit(1)
os.execvp(command[0], command)
"""


class OtherEngine(NBClientEngine):  # type: ignore[misc]
    """Runs a notebook as papermill's own engine does, with limits of memory and outputs."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        start_timeout: float,
        execution_timeout: float,
        memory_limit: str | None,
        most_output: float,
        most_outputs: float,
        **options: Any,
    ) -> Any:
        """Run a notebook. Raises :class:`StoppedError` if it put out too much."""
        client = _Client(
            nb_man,
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            timeout=execution_timeout,
            iopub_timeout=OUTPUT_PATIENCE,
            kernel_manager_class=_Manager,
        )
        client.most = {"output-size": most_output, "outputs": most_outputs}
        client.memory_limit = (parse_memory(memory_limit) if memory_limit else None) or 0
        try:
            return client.execute()
        except DeadKernelError:
            if client.reason:
                raise StoppedError(client.reason) from None
            raise
        except RuntimeError as error:
            said = client.manager.last_words() if client.manager is not None else ""
            raise RuntimeError(f"{error}{f' ({said})' if said else ''}") from None


papermill_engines.register(OTHER_ENGINE, OtherEngine)


class _Manager(AsyncKernelManager):
    """A kernel with a limit of memory, whose processes end with it. Has state: what it says to the
    terminal.
    """

    memory_limit = Int(0)
    """The bytes that each of its processes may allocate; 0 without a limit."""

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """Return the command that starts the kernel."""
        command: list[str] = super().format_kernel_cmd(extra_arguments)
        limits = [str(self.memory_limit), str(os.getpid())]
        return [sys.executable, "-I", "-S", "-c", _START, *limits, *command]

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
        """Start the kernel. What it says to the terminal is kept for the case that it does not start."""
        self.said = TemporaryFile("w+b")  # noqa: SIM115 - it is closed with the manager
        await super().start_kernel(**options, stderr=self.said)

    def last_words(self) -> str:
        """Return the end of what it said."""
        self.said.seek(0)
        lines = self.said.read()[-_LAST:].decode("utf-8", "replace").strip().splitlines()
        return lines[-1].strip() if lines else ""

    async def shutdown_kernel(  # type: ignore[override]
        self, now: bool = False, restart: bool = False
    ) -> None:
        """End the kernel and what it has started."""
        processes = _processes_of(self.provisioner)
        try:
            await super().shutdown_kernel(now, restart)
        finally:
            _end(processes)

    async def cleanup_resources(  # type: ignore[override]
        self, restart: bool = False
    ) -> None:
        """End what is left of a kernel that has died."""
        process = getattr(self.provisioner, "process", None)
        if process is not None:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        await super().cleanup_resources(restart)


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """Has a kernel run the cells, and counts what it puts out. Has state: the count."""

    most: Mapping[str, float] = {}
    """The most bytes that are put out, and the most outputs of a cell."""
    memory_limit = 0
    """The bytes that each process of the kernel may allocate; 0 without a limit."""
    reason = ""
    """The limit that was exceeded."""
    manager: _Manager | None = None
    """The manager of the kernel."""
    _size, _count, _cell = 0, 0, -1

    def create_kernel_manager(self) -> Any:
        """Return the manager of the kernel."""
        self.manager = super().create_kernel_manager()
        self.manager.memory_limit = self.memory_limit
        return self.manager

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str, cell_index: int
    ) -> NotebookNode | None:
        """Take an output of a cell, unless there are too many. Printed text often comes line by line,
        and is joined.
        """
        if self.reason:
            return None
        content = msg["content"]
        is_printed = msg["msg_type"] == "stream"
        self._count = (self._count if cell_index == self._cell else 0) + (not is_printed)
        self._cell = cell_index
        self._size += len(content["text"] if is_printed else json.dumps(content, default=str))
        sizes = {"output-size": self._size, "outputs": self._count}
        self.reason = next((name for name, most in self.most.items() if sizes[name] > most), "")
        if self.reason:
            outs.clear()
            _end(_processes_of(self.km.provisioner))
            return None
        last = outs[-1] if outs and is_printed and not self.clear_before_next_output else None
        if last is not None and last.get("name") == content["name"] and len(last.text) < _PIECE:
            last.text += content["text"]
            return last
        taken: NotebookNode | None = super().output(outs, msg, display_id, cell_index)
        return taken

    async def _check_raise_for_error(
        self, cell: NotebookNode, cell_index: int, exec_reply: dict[str, Any] | None
    ) -> None:
        """Have a cell fail that ends the program of its kernel. R's kernel goes on then, and Bash's
        with a new Bash, without what the cells before it have set.
        """
        if exec_reply is not None and _ends_program(cell, exec_reply["content"]):
            error = {"ename": _ENDED, "evalue": "it ends", "traceback": []}
            cell.outputs.append(new_output("error", **error))
            exec_reply = {**exec_reply, "content": {**error, "status": "error"}}
        await super()._check_raise_for_error(cell, cell_index, exec_reply)


def _ends_program(cell: NotebookNode, reply: Mapping[str, Any]) -> bool:
    """True if a cell has asked its kernel to end, or if it has ended the Bash behind its kernel."""
    texts = [output.text for output in cell.outputs if output.output_type == "stream"]
    return any(payload.get("source") == "ask_exit" for payload in reply.get("payload", ())) or (
        bool(texts) and texts[-1].rstrip().endswith(_NEW_BASH)
    )


def _processes_of(provisioner: Any) -> list[Any]:
    """Return the process of a kernel, and those that it has started."""
    with suppress(psutil.Error, AttributeError, TypeError):
        kernel = psutil.Process(provisioner.process.pid)
        return [kernel, *kernel.children(recursive=True)]
    return []


def _end(processes: list[Any]) -> None:
    """End processes that have not ended."""
    for process in processes:
        with suppress(psutil.Error):
            process.kill()
