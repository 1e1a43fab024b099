"""The journal of an issue: `_newsletter/SLUG.jsonl`, a line for each step of each reader, on disk before
the next step.

==========  ===============================================================================================
`sending`   the whole message has gone out, its last line is about to; the server's answer is not known yet
`sent`      the server has taken it
`later`     the server said not now (4xx), or the connection broke before the last line
`refused`   the server said no (5xx)
`unsure`    the connection broke between the last line and the answer: it may have been taken
==========  ===============================================================================================

The last line of a reader counts. A reader whose last line is `sending`, since the program was stopped
there, is `unsure`. A line that was cut short while it was written is passed over.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Literal

from broadsheet.errors import LetterError
from broadsheet.newsletter.email_address import identity
from broadsheet.newsletter.issue_files import private_folder

Status = Literal["sending", "sent", "later", "refused", "unsure"]


@dataclass(frozen=True)
class ReaderStep:
    """The last known step of a reader."""

    status: Status
    """The status, from the table above."""
    issue: str
    """The digest of the letter."""
    answer: str = ""
    """The words of the server."""


class Journal:
    """The journal of one issue, open for this process alone. Has state: the file, and the last step
    of each reader.
    """

    def __init__(self, file: IO[str], steps: dict[str, ReaderStep]) -> None:
        self._file = file
        self._steps = steps

    def of(self, address: str) -> ReaderStep | None:
        """Return the last step of a reader; None without one."""
        step = self._steps.get(identity(address))
        return ReaderStep("unsure", step.issue) if step and step.status == "sending" else step

    @property
    def has_sent(self) -> bool:
        """True if somebody has got the issue."""
        return any(step.status == "sent" for step in self._steps.values())

    def note(self, address: str, status: Status, issue: str, answer: str = "") -> None:
        """Write a step; it is on disk when this returns."""
        line = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "to": address,
            "status": status,
            "issue": issue,
            **({"said": answer} if answer else {}),
        }
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._steps[identity(address)] = ReaderStep(status, issue, answer)


@contextmanager
def open_journal(path: Path) -> Iterator[Journal]:
    """Open the journal at ``path``, which only its owner can read. Raises :class:`LetterError` if
    another process has it open.
    """
    private_folder(path.parent)
    if path.exists() and not path.is_file():
        raise LetterError(
            str(path),
            "this is not a file, where the journal of the issue should be",
            "Move it away.",
        )
    with os.fdopen(
        os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "a+", encoding="utf-8"
    ) as file:
        os.fchmod(file.fileno(), 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LetterError(
                str(path),
                "this issue is being sent by another process",
                "Wait until that has ended.",
            ) from error
        file.seek(0)
        text = file.read()
        if text and not text.endswith("\n"):
            file.write("\n")
        yield Journal(file, dict(_steps(text)))


def _steps(text: str) -> Iterator[tuple[str, ReaderStep]]:
    for line in text.split("\n"):
        try:
            step = json.loads(line)
            yield (
                identity(step["to"]),
                ReaderStep(step["status"], step["issue"], step.get("said", "")),
            )
        except (ValueError, KeyError, TypeError):
            continue
