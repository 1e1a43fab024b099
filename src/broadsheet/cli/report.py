"""The reports of commands, and how they are put into words and shown.

Text for people or machines goes to standard output; faults, warnings and notes go to standard error.
Faults and warnings stop `broadsheet publish`, and the last lines of a report name them
(:func:`stopping`); notes stop nothing, not even with `--strict`.
"""

from __future__ import annotations

import copy
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
    GENERATED_ALT,
    QUOTED,
    VARIABLE,
    BroadsheetError,
    Notice,
    Place,
    UsageError,
    enumerated,
    in_short,
    kinds_of,
)

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control codes of a terminal: a message may quote text by others."""

_FEW = 3
"""How many messages of a kind are named, and how many are shown one by one."""
_MOST_STOPPING = 12
"""How many of the messages that stop publication are named again at the end."""

Message = BroadsheetError | Notice | str


@dataclass(frozen=True)
class Report:
    """The result of a command: its exit ``code``, the ``text`` for standard output, and the
    ``messages`` for standard error, ``whole`` or with a few of the pages that share each.
    """

    code: int
    text: str = ""
    messages: Sequence[Message] = ()
    whole: bool = False


def grouped(notices: Iterable[Notice], *, whole: bool = False) -> list[Notice]:
    """The notices, those of one kind as one with the places of the first few, so that the others
    are seen; as they are if the ``whole`` list is wanted. What is generated is told once for each
    article.
    """
    notices = list(notices)
    if whole:
        return notices
    found = []
    for first, *others in kinds_of(notices):
        if first.topic == GENERATED_ALT and others:
            found.append(_without_alternatives([first, *others]))
            continue
        if len(others) < _FEW:
            found += [first, *others]
            continue
        more = enumerated([_of_group(one, first) for one in others], _FEW)
        detail = f"{len(others):,} more of this kind: {more} (--verbose lists all)"
        found.append(replace(first, detail="\n".join(filter(None, (first.detail, detail)))))
    return found


def grouped_faults(
    faults: Iterable[BroadsheetError], *, whole: bool = False
) -> list[BroadsheetError]:
    """The faults, those with the same words in many places as one with all of their places."""
    found: list[BroadsheetError] = []
    for first, *others in _alike(faults):
        if whole or len(others) < _FEW:
            found += [first, *others]
            continue
        joined = copy.copy(first)
        also = f"the same at {'; '.join(str(one.where) for one in others)}"
        joined.detail = "\n".join(filter(None, (first.detail, also)))
        found.append(joined)
    return found


def stopping(faults: Iterable[BroadsheetError], notices: Iterable[Notice]) -> list[str]:
    """The last lines of a report: what stops publication, each with its place and why."""
    faults, warnings = list(faults), [one for one in notices if one.is_strict]
    if not (faults or warnings):
        return []
    counts = [
        many(len(found), noun)
        for found, noun in ((faults, "fault"), (warnings, "warning"))
        if found
    ]
    strict = " (`publish` is strict: warnings count, notes do not)" if warnings else ""
    verb = "stops" if len(faults) + len(warnings) == 1 else "stop"
    lines: list[str] = []
    kinds: list[list[BroadsheetError] | list[Notice]] = [*_alike(faults), *kinds_of(warnings)]
    for first, *others in kinds:
        if len(others) < _FEW:
            lines += [f"  {in_short(one)}" for one in (first, *others)]
        else:
            lines.append(f"  {in_short(first)}, and {len(others):,} more like it")
    more = len(lines) - _MOST_STOPPING
    if more > 0:
        lines[_MOST_STOPPING:] = [f"  and {more:,} more, told above"]
    return [f"{' and '.join(counts)} {verb} publication{strict}:", *lines]


def _alike(faults: Iterable[BroadsheetError]) -> Iterable[list[BroadsheetError]]:
    """The faults by their words."""
    alike: dict[tuple[str, str], list[BroadsheetError]] = {}
    for fault in faults:
        alike.setdefault((fault.code, fault.what), []).append(fault)
    return alike.values()


def _without_alternatives(notices: Sequence[Notice]) -> Notice:
    """The notice of several charts whose alternative text is generated, article by article."""
    by_file: dict[str, dict[str, None]] = {}
    for notice in notices:
        label = QUOTED.search(notice.what)
        by_file.setdefault(notice.where.file, {})[label[0] if label else "a chart"] = None
    first, *others = by_file
    count = sum(map(len, by_file.values()))
    labels = list(by_file[first])
    detail = [f"{file}: {enumerated(list(by_file[file]), _FEW)}" for file in others[:_FEW]]
    if len(others) > _FEW:
        detail.append(f"and in {len(others) - _FEW:,} more articles (--verbose lists all)")
    return Notice(
        Place(first),
        f"{many(count, 'chart')} without `fig-alt`, with an alternative text that is generated: "
        f"{enumerated(labels, _FEW * 2)}",
        "Say in a sentence or two what each shows, or keep it; --verbose shows the texts.",
        "\n".join(detail),
        GENERATED_ALT,
    )


def _of_group(notice: Notice, first: Notice) -> str:
    """The place of a notice, and the name in it if that is another one than in the ``first``."""
    own = [name for name in VARIABLE.findall(notice.what) if name not in first.what]
    return f"{notice.where} ({', '.join(own[:2])})" if own else str(notice.where)


def deliver(report: Report) -> int:
    """Show a report. Returns the exit code: that of the report, even if nobody reads what is
    printed (`… | head`), and 1 if standard output cannot be written.
    """
    for message in report.messages:
        say(message, whole=report.whole)
    try:
        if report.text:
            print(_plain(report.text))
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as error:
        _silence(sys.stdout)
        say(f"error: standard output: nothing more can be written: {error.strerror}")
        return 1
    return report.code


def say(message: Message, *, whole: bool = False) -> None:
    """Print a message on standard error; nothing happens if that cannot be written. ``whole`` names
    all pages that share it.
    """
    text = message if isinstance(message, str) else message.text(whole=whole)
    text = _plain(text)
    if isinstance(message, Notice):
        text = f"{'warning' if message.is_strict else 'note'}: {text}"
    elif isinstance(message, BroadsheetError):
        text = f"error: {text}"
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        _silence(sys.stderr)


def _plain(text: str) -> str:
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def _silence(stream: TextIO) -> None:
    """Drop the unwritten output of a stream, so that Python does not try again at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def as_json(value: object) -> str:
    """A report as JSON."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


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
    from broadsheet.project.project import find_root
    from broadsheet.storage import store

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
