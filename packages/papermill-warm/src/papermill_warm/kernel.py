"""A warm kernel for nbclient: a kernel manager and a kernel client, with our sockets in place of
ZMQ's.

Everything else is nbclient's as usual: it sends the cells, makes outputs of messages, keeps the
time limits, and reports the death of a kernel. Only :meth:`WarmKernelManager.start_kernel` asks a
zygote for a run where the stock manager starts a program, and messages come over one socket
(:class:`KernelLine`) in place of five.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.client import KernelClient
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from nbformat.notebooknode import NotebookNode

from papermill_warm import processes, wire
from papermill_warm.kernel_line import Bound, KernelLine, header_of
from papermill_warm.wire import RunRequest
from papermill_warm.zygote_pool import ZYGOTES, Zygote, ZygotePlan

logger = logging.getLogger("papermill")

_STILL = 2
"""The number of times in a row, a second apart, that a run is found stopped by a signal before it
is ended.
"""
_AT_ONCE = _WORTH_WAITING = 0.05
"""In seconds: a timeout for messages that come at once, and the shortest wait that matters."""
_OUTPUTS = ("display_data", "execute_result", "update_display_data")
"""The types of the messages whose content a notebook holds."""


@dataclass
class RunPlan:
    """The needs of one run. :meth:`take` takes the zygote; the creator of the plan gives it back."""

    zygote_plan: ZygotePlan
    """The description of the zygote, whose environment is that of the notebook's process, too."""
    patience: float
    """The seconds for the zygote to get warm, and for the run to become ready."""
    memory: int | None
    """The limit of memory in bytes; None without one."""
    seconds: float | None
    """The limit of the whole run's time; None without one."""
    most_output: float
    """The most bytes that a run may put out."""
    most_outputs: float
    """The most outputs that a cell may have."""
    sources: Sequence[str]
    """The texts of the cells."""
    head: Sequence[str]
    """The texts of the cells that run once for all editions; empty if there are none."""
    on_stop: Callable[[str], None]
    """A function that gets the reason when a run is ended before its time: "output-size",
    "outputs", "stopped", "time", "unreadable".
    """
    on_pulse: Callable[[], None] = lambda: None
    """A function that is called each second of a cell."""
    zygote: Zygote | None = None
    """The zygote that was taken."""

    def take(self) -> Zygote:
        """Take a zygote, if there is none yet, and return it. Raises
        :class:`~papermill_warm.zygote_pool.ZygoteError`.
        """
        if self.zygote is None:
            self.zygote = ZYGOTES.take(self.zygote_plan, self.patience)
        return self.zygote

    def replace(self) -> None:
        """Drop the zygote, which was found dead. The next :meth:`take` takes another."""
        if self.zygote is not None:
            ZYGOTES.end(self.zygote)
        self.zygote = None

    def give_back(self) -> None:
        """Give the zygote back after the run."""
        if self.zygote is not None:
            ZYGOTES.give_back(self.zygote)


class Channel:
    """A channel of the protocol, on a line."""

    def __init__(self, client: WarmClient, number: int) -> None:
        self._client = client
        self._number = number

    def send(self, message: dict[str, Any]) -> None:
        """Send a message."""
        self._client.line.busy = message["header"]["msg_type"].endswith("_request")
        parts = self._client.session.serialize(message)
        self._client.line.send(wire.pack(self._number, parts))

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """Return the next message. Raises :class:`queue.Empty` after ``timeout`` seconds, not
        counting those in which the notebook was ready to run and other processes had the
        processors.
        """
        parts = await self._client.kernel.got(self._client.line.get, self._number, timeout)
        while (
            parts is None
        ):  # nbclient finds out by itself that the kernel is dead, and cancels this
            await asyncio.sleep(3600 if timeout is None else timeout)
            if timeout is not None:
                raise Empty
        if self._number == wire.SHELL:
            self._client.line.busy = False
        try:
            return _message(parts)
        except (ValueError, LookupError, TypeError, AttributeError):
            self._client.kernel.refuse_messages()
            raise DeadKernelError("Kernel sent what is no message") from None


class WarmClient(KernelClient):
    """A client whose channels are on one line."""

    line: KernelLine
    """The line."""
    kernel: WarmKernelManager
    """The manager of the kernel."""

    def execute(self, *arguments: Any, **options: Any) -> str:
        """Ask for a cell to be run, and wait a moment: most cells have ended by then, and to wait
        here takes less than to go around an event loop. Returns the id of the request.
        """
        number: str = super().execute(*arguments, **options)
        self.line.wait(wire.SHELL, _AT_ONCE)
        return number

    def start_channels(self, *_: object, **__: object) -> None:
        """Do nothing. The channels exist when the run does."""
        self._shell, self._iopub = Channel(self, wire.SHELL), Channel(self, wire.IOPUB)

    def stop_channels(self) -> None:
        """Do nothing. The manager closes the line."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Do nothing. The manager has waited."""

    @property
    def shell_channel(self) -> Any:
        """The channel of requests and their replies."""
        return self._shell

    @property
    def iopub_channel(self) -> Any:
        """The channel of messages that the notebook publishes."""
        return self._iopub

    async def is_alive(self) -> bool:
        """Return True if more messages can come."""
        return await self.kernel.is_alive()


class WarmKernelManager(AsyncKernelManager):
    """A kernel that a zygote forks."""

    plan: RunPlan
    """The plan of its run."""

    _pid = 0
    _still = 0
    _deadline = math.inf
    """The moment at which the run has had its time."""
    _messages: KernelLine | None = None
    """The line of messages; None before the run."""
    _control: KernelLine | None = None
    """The line of orders; None before the run."""
    _report: dict[str, Any] | None = None
    """The supervisor's report; None before the end of the run."""

    @property
    def has_kernel(self) -> bool:
        """True if a run was started."""
        return self._messages is not None

    @property
    def ipykernel(self) -> bool:
        """False, since the kernel's arguments are complete and nbclient is to add none."""
        return False

    async def start_kernel(self, **_: object) -> None:  # type: ignore[override]
        """Ask for a run and wait until it is ready; once more, if the zygote is found dead. Raises
        :class:`RuntimeError`, as a cold kernel does, if it dies or is not ready in time.
        """
        self.session.key = b""  # a socket that nobody else can open needs no signatures
        for _attempt in range(2):
            try:
                messages, control = self.plan.take().ask(self._request())
            except OSError:
                self.plan.replace()  # its sockets go a moment before the system says that it is gone
                continue
            bound = Bound(self.plan.most_output, self.plan.most_outputs, self._stop)
            self._messages, self._control = KernelLine(messages, bound), KernelLine(control)
            try:
                ready = await self._messages.get(wire.CONTROL, self.plan.patience)
            except Empty:
                await self._give_up()
                raise RuntimeError(
                    f"Kernel didn't respond in {self.plan.patience:g} seconds"
                ) from None
            if ready is not None:
                self._pid = json.loads(ready[0])["pid"]
                if self.plan.seconds is not None:
                    self._deadline = time.monotonic() + self.plan.seconds
                return
            died = await self._end()
            await self._give_up()
            if died:
                break
            self.plan.replace()
        raise RuntimeError("Kernel died before replying to kernel_info")

    def client(self, **_: object) -> WarmClient:  # type: ignore[override]
        """Return a client for the run."""
        assert self._messages is not None
        client = WarmClient(session=self.session)
        client.line, client.kernel = self._messages, self
        return client

    async def is_alive(self) -> bool:  # type: ignore[override]
        """Return True if the notebook's process lives, or has left messages that are not read yet."""
        self.plan.on_pulse()
        self._still = self._still + 1 if processes.state(self._pid) == "T" else 0
        if self._still == _STILL:
            self._stop("stopped")
        self._end_in_time()
        if self._messages is None or self._control is None:
            return False
        if self._report is None and not self._control.ended:
            self._control.take_in()
            parts = self._control.take(wire.CONTROL)
            self._report = json.loads(parts[0]) if parts else None
        if self._report is None and not self._control.ended:
            return True
        return self._messages.take_in() or self._messages.pending()

    async def got(
        self,
        get: Callable[[int, float | None], Awaitable[list[bytes] | None]],
        channel: int,
        timeout: float | None,
    ) -> list[bytes] | None:
        """Return a message of a channel within ``timeout`` seconds, and as many more as the
        notebook waited for a processor. Raises :class:`queue.Empty`.
        """
        self._end_in_time()
        if timeout is None or not self._pid:
            return await get(channel, timeout)
        begun = time.monotonic()
        with suppress(Empty):  # nearly all come at once, and to ask the system takes longer
            return await get(channel, min(timeout, _AT_ONCE))
        before, left = processes.seconds_waited(self._pid), timeout - _AT_ONCE
        while True:
            try:
                return await get(channel, left)
            except Empty:
                waited = processes.longest_wait(before, processes.seconds_waited(self._pid))
                left = timeout + waited - (time.monotonic() - begun)
                if left < _WORTH_WAITING:
                    raise

    async def interrupt_kernel(self) -> None:  # type: ignore[override]
        """Send SIGINT to the notebook's process and its group."""
        self._order(wire.INTERRUPT)

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]
        """End the run: ask it to end, wait, and kill it if it does not."""
        if self._messages is None or self._control is None:
            return
        if not now and self._messages.busy:
            self._order(wire.INTERRUPT)
            self._messages.send(wire.pack(wire.CONTROL, []))
            now = not await self._falls_silent(self.shutdown_wait_time)
        elif not now:
            self._messages.send(wire.pack(wire.CONTROL, []))
            self._messages.hear_no_more()
        if now:
            self._order(wire.KILL)
        try:
            await self._end(self.shutdown_wait_time)
        except Empty:
            self._order(wire.KILL)
            await self._end()

    async def cleanup_resources(self, restart: bool = False) -> None:  # type: ignore[override]
        """Close the sockets; log which processes the run left behind, if any."""
        await self._end()
        for line in (self._messages, self._control):
            if line is not None:
                line.close()
        self._messages = self._control = None
        report, self._report = self._report, None
        if report and os.WIFSIGNALED(report["status"]):
            number = os.WTERMSIG(report["status"])
            logger.debug("The notebook's process was ended by %s", signal.Signals(number).name)
        if report and report["strays"]:
            logger.warning(
                "Processes that the notebook left running were ended: %s",
                "; ".join(report["strays"]),
            )

    async def _falls_silent(self, timeout: float) -> bool:
        """Return True if an interrupted cell ends in time. nbclient then reads its remaining
        messages.
        """
        assert self._messages is not None
        try:
            return await self._messages.get(wire.CONTROL, timeout) is None
        except Empty:
            return False

    def refuse_messages(self) -> None:
        """End the run, because a cell has made its process send what cannot be read."""
        self._stop("unreadable")

    def _end_in_time(self) -> None:
        """End the run if it has had its time."""
        if time.monotonic() > self._deadline:
            self._deadline = math.inf
            self._stop("time")

    def _stop(self, reason: str) -> None:
        """End the run early."""
        self.plan.on_stop(reason)
        self._order(wire.KILL)

    async def _give_up(self) -> None:
        self._order(wire.KILL)
        await self.cleanup_resources()

    def _request(self) -> RunRequest:
        plan = self.plan
        return RunRequest(
            dict(plan.zygote_plan.environment),
            str(Path.cwd()),
            _mask(),
            os.getpid(),
            plan.memory,
            plan.sources,
            plan.head,
        )

    def _order(self, order: bytes) -> None:
        if self._control is not None:
            self._control.send(order)

    async def _end(self, timeout: float | None = None) -> bool:
        """Wait for the supervisor's report. Returns True if there is one."""
        if self._control is not None and self._report is None:
            parts = await self._control.get(wire.CONTROL, timeout)
            self._report = json.loads(parts[0]) if parts else None
        return self._report is not None


def _message(parts: Sequence[bytes]) -> dict[str, Any]:
    """Return a message from its parts. A session's own reading would also search the texts of its
    headers for dates.
    """
    first = header_of(parts)
    header = _header(parts[first])
    metadata, content = parts[first + 2 : first + 4]
    kind = header["msg_type"]
    # what nbclient would make of the outputs of a notebook, a value at a time
    hook = NotebookNode if kind in _OUTPUTS else None
    return {
        "header": header,
        "msg_id": header["msg_id"],
        "msg_type": kind,
        "parent_header": _parent(parts[first + 1]).copy(),
        "metadata": _parsed(metadata),
        "content": _parsed(content, hook),
        "buffers": [memoryview(part) for part in parts[first + 4 :]],
    }


def _parsed(part: bytes, hook: Callable[[dict[str, Any]], Any] | None = None) -> Any:
    return json.loads(part.decode("utf-8", "replace"), object_hook=hook)


def _header(part: bytes) -> dict[str, Any]:
    header: dict[str, Any] = _parsed(part)
    if "date" in header:
        header["date"] = datetime.fromisoformat(header["date"])
    return header


_parent = lru_cache(1)(_header)
"""The header of a request, which comes back with each message about it."""


def _mask() -> int:
    """Return the umask of this process. `os.umask` could only read it by changing it, for all
    threads.
    """
    status = Path("/proc/self/status").read_text()
    return int(status.partition("Umask:")[2].split()[0], 8)
