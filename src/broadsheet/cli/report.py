"""The reports of commands, and how they are put into words and shown.

Text for people or machines goes to standard output; faults and warnings go to standard error.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from broadsheet.errors import (
    VARIABLE,
    BroadsheetError,
    Notice,
    UsageError,
    enumerated,
    kinds_of,
)

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control codes of a terminal: a message may quote text by others."""

_FEW = 3
"""How many messages of a kind are named, and how many are shown one by one."""

Message = BroadsheetError | Notice | str


@dataclass(frozen=True)
class Report:
    """The result of a command: its exit ``code``, the ``text`` for standard output, and the
    ``messages`` for standard error.
    """

    code: int
    text: str = ""
    messages: Sequence[Message] = ()


def grouped(notices: Iterable[Notice], *, whole: bool = False) -> list[Notice]:
    """The notices, those of one kind as one with the places of the first few, so that the others
    are seen; as they are if the ``whole`` list is wanted.
    """
    notices = list(notices)
    if whole:
        return notices
    found = []
    for first, *others in kinds_of(notices):
        if len(others) < _FEW:
            found += [first, *others]
            continue
        more = enumerated([_of_group(one, first) for one in others], _FEW)
        detail = f"{len(others):,} more of this kind: {more} (--verbose lists all)"
        found.append(replace(first, detail="\n".join(filter(None, (first.detail, detail)))))
    return found


def _of_group(notice: Notice, first: Notice) -> str:
    """The place of a notice, and the name in it if that is another one than in the ``first``."""
    own = [name for name in VARIABLE.findall(notice.what) if name not in first.what]
    return f"{notice.where} ({', '.join(own[:2])})" if own else str(notice.where)


def deliver(report: Report) -> int:
    """Show a report. Returns the exit code: that of the report, even if nobody reads what is
    printed (`… | head`), and 1 if standard output cannot be written.
    """
    for message in report.messages:
        say(message)
    try:
        if report.text:
            print(report.text)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as error:
        _silence(sys.stdout)
        say(f"error: standard output: nothing more can be written: {error.strerror}")
        return 1
    return report.code


def say(message: Message) -> None:
    """Print a message on standard error; nothing happens if that cannot be written."""
    text = _CONTROL.sub(lambda found: repr(found[0])[1:-1], str(message))
    if isinstance(message, Notice):
        text = f"warning: {text}"
    elif isinstance(message, BroadsheetError):
        text = f"error: {text}"
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        _silence(sys.stderr)


def _silence(stream: TextIO) -> None:
    """Drop the unwritten output of a stream, so that Python does not try again at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def as_json(value: object) -> str:
    """A report as JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def reports(messages: Iterable[BroadsheetError | Notice]) -> list[dict[str, object]]:
    """Faults and warnings for JSON."""
    return [message.report() for message in messages]


def many(count: int, noun: str) -> str:
    """`1 page`, `2 pages`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def short(path: Path) -> str:
    """A path as seen from the working directory, if it lies below it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def root() -> Path:
    """The root of the publication that the working directory lies in; what is not ours in the stores
    there is set aside.
    """
    from broadsheet import store
    from broadsheet.project.project import find_root

    try:
        here = Path.cwd()
    except OSError:
        raise UsageError(
            "the working directory",
            "it is not there any more",
            "Change to the publication's folder.",
        ) from None
    found = find_root(here)
    store.mend(found / store.FOLDER)
    return found
