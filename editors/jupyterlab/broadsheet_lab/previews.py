"""The previews that the server has started, one for each publication. They end with it."""

from __future__ import annotations

import asyncio
import re
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from broadsheet.errors import ToolError

_ADDRESS = re.compile(r"^The preview is at (http://127\.0\.0\.1:\d+/(?:\S*/)?)(?=index\.html\b)")
_PATIENCE = 60


@dataclass
class _Preview:
    process: Process
    """The process."""
    address: asyncio.Future[str]
    """The address of the publication, when it is known."""
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=20))
    """The last lines of its output."""
    reading: asyncio.Task[None] | None = None
    """The reading of its output."""


class Previews:
    """The previews. Has state."""

    def __init__(self) -> None:
        self._running: dict[Path, _Preview] = {}
        self._starting = asyncio.Lock()

    async def address(self, publication: Path, *, starts: bool) -> str:
        """Return the address at which a publication's preview is, on this machine; it ends with a
        slash. If none runs, one is started, or the address is empty. Raises :class:`ToolError`.
        """
        async with self._starting:
            preview = self._running.get(publication)
            if preview is None or preview.process.returncode is not None:
                if not starts:
                    return ""
                preview = self._running[publication] = await _started(publication)
        try:
            return await asyncio.wait_for(asyncio.shield(preview.address), _PATIENCE)
        except TimeoutError:
            raise _no_preview(preview) from None

    async def close(self) -> None:
        """End them."""
        for preview in self._running.values():
            with suppress(ProcessLookupError):
                preview.process.terminate()
        for preview in self._running.values():
            with suppress(TimeoutError):
                await asyncio.wait_for(preview.process.wait(), 5)
            with suppress(ProcessLookupError):
                preview.process.kill()
        self._running.clear()


async def _started(publication: Path) -> _Preview:
    # Neither modules of the publication, nor a Ctrl-C that is meant for the server.
    command = [sys.executable, "-P", "-m", "broadsheet_lab.preview_process", str(publication)]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=publication, stdin=PIPE, stdout=PIPE, stderr=STDOUT, start_new_session=True
    )
    preview = _Preview(process, asyncio.get_running_loop().create_future())
    preview.reading = asyncio.create_task(_read(preview))
    return preview


async def _read(preview: _Preview) -> None:
    assert preview.process.stdout is not None
    while True:
        try:
            line = await preview.process.stdout.readline()
        except ValueError:  # a line that is longer than a reader may keep
            continue
        if not line:
            break
        text = line.decode(errors="replace").rstrip()
        if (match := _ADDRESS.search(text)) and not preview.address.done():
            preview.address.set_result(match[1])
        preview.lines.append(text)
    await preview.process.wait()
    if not preview.address.done():
        preview.address.set_exception(_no_preview(preview))
        preview.address.exception()  # it is retrieved, whoever asks


def _no_preview(preview: _Preview) -> ToolError:
    said = " ".join(preview.lines) or "it says nothing"
    return ToolError(
        "the preview", f"it does not start: {said}", "Run `broadsheet preview` in a terminal."
    )
