"""Runs Pagefind, the program that makes search indexes: it reads a folder and writes a folder.

It runs while other work goes on. It has a limit of time that grows with the documents, and a limit
on the size of a file that it writes; past these it is killed with all processes of its group. It
ends with this process, however that ends.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from broadsheet.errors import Place, ToolError
from broadsheet.site.output.output_folder import contents_of
from papermill_warm.processes import end_with_parent

SECONDS, SECONDS_A_DOCUMENT = 120.0, 0.25
"""The limit of time for an index: a base, and an addition for each document. A document takes some
milliseconds.
"""
LARGEST = 256 * 2**20
"""The most bytes that one file of an index may have."""

_PROGRAM = "pagefind.js"
_NOT_USED = (
    "pagefind-ui.",
    "pagefind-modular-ui.",
    "pagefind-component-ui.",
    "pagefind-highlight.",
)
"""Pagefind's own search pages, which are replaced by ours."""
_MEND = "Install the package `pagefind[bin]` again, and build again; until then the search stays as it was."


class Indexing:
    """A running index of ``documents``, HTML by the paths of their pages, in ``folder``."""

    def __init__(self, documents: Mapping[str, str], language: str, folder: Path) -> None:
        for path, text in documents.items():
            file = folder / "documents" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        self._output = folder / "index"
        self._seconds = SECONDS + SECONDS_A_DOCUMENT * len(documents)
        self._deadline = time.monotonic() + self._seconds
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self._process = self._started(
            *("--site", str(folder / "documents")),
            *("--output-path", str(self._output)),
            *("--force-language", language),
        )

    def files(self) -> dict[str, Path]:
        """Wait for the files of the index, by their paths in it. Raises :class:`ToolError` if
        Pagefind fails, or takes too long.
        """
        try:
            code = self._process.wait(max(0.1, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise ToolError(
                Place("search"),
                f"Pagefind did not make the index within {self._seconds:,.0f} seconds",
                "See what keeps it (`python -m pagefind --version` answers at once), and build again; "
                "until then the search stays as it was.",
            ) from None
        finally:
            self.stop()
        if code or not (self._output / _PROGRAM).is_file():
            why = self._last_words() or "it ended before its work was done"
            raise ToolError(Place("search"), f"Pagefind failed: {why}", _MEND)
        return {
            name: self._output / name
            for name in sorted(contents_of(self._output, None).foreign)
            if not name.startswith(_NOT_USED)
        }

    def stop(self) -> None:
        """Kill it, with the processes that it has started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _started(self, *arguments: str) -> subprocess.Popen[bytes]:
        from pagefind.service import get_executable

        try:
            program = get_executable()
            if program is None:
                raise FileNotFoundError("there is no program `pagefind`")
            return subprocess.Popen(
                [program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._words,
                process_group=0,
                preexec_fn=_bound,  # noqa: PLW1509
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise ToolError(Place("search"), f"Pagefind does not start: {error}", _MEND) from error

    def _last_words(self) -> str:
        self._words.seek(max(0, self._words.seek(0, os.SEEK_END) - 2000))
        lines = self._words.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else ""


def _bound() -> None:
    """Run in the new process: it ends with the build, and can write no endless file."""
    end_with_parent()
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
