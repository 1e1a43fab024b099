"""The reports of commands, and the words in which people read them.

Text for people or machines goes to standard output; faults, warnings and notes go to standard error.
Faults and warnings stop `broadsheet publish`, and the last lines of a report name them
(:func:`stopping`); notes stop nothing, not even with `--strict`.
"""

from __future__ import annotations

import copy
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
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
    in_short,
    kinds_of,
)
from plotly_alive.errors import enumerated

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control codes of a terminal. A message may quote somebody else's text."""

_FEW = 3
"""The most messages of a kind that are named, or shown one by one."""
_MOST_STOPPING = 12
"""The most messages that stop publication and are named again at the end."""

Message = BroadsheetError | Notice | str


@dataclass(frozen=True)
class CommandReport:
    """The result of a command."""

    code: int
    """The exit code."""
    text: str = ""
    """The text for standard output."""
    messages: Sequence[Message] = ()
    """The messages for standard error."""
    whole: bool = False
    """True if each message names all pages that share it, and not only a few."""
    result: Mapping[str, object] | None = None
    """The result for programs (:mod:`broadsheet.cli.formats.json_report`). Messages may stand in it."""
    problems: Sequence[Message] | None = None
    """The messages for programs, if those for people are grouped."""
    root: Path | None = None
    """The folder of the files that the messages name, if it is not the publication's."""

    @property
    def for_programs(self) -> Sequence[Message]:
        """The messages for programs."""
        return self.messages if self.problems is None else self.problems

    def with_more(self, messages: Sequence[Message]) -> CommandReport:
        """Return the report with more messages, for people and for programs."""
        problems = None if self.problems is None else [*self.problems, *messages]
        return replace(self, messages=[*self.messages, *messages], problems=problems)

    @property
    def is_silent(self) -> bool:
        """True if there is nothing to tell anybody."""
        return not (self.text or self.messages or self.result is not None or self.code)


def failed(error: BroadsheetError, messages: Iterable[Message] = ()) -> CommandReport:
    """Return the report of a command that an error has ended, behind the ``messages`` before it."""
    return CommandReport(2 if isinstance(error, UsageError) else 1, messages=[*messages, error])


def grouped(notices: Iterable[Notice], *, whole: bool = False) -> list[Notice]:
    """Return the notices. Those of one kind become one, with the places of the first few, so that
    the others are seen; with ``whole`` they stay. A notice of generated alternative text is shown
    once for each article.
    """
    notices = list(notices)
    if whole:
        return notices
    groups = []
    for first, *others in kinds_of(notices):
        if first.topic == GENERATED_ALT and others:
            groups.append(_without_alternatives([first, *others]))
            continue
        if len(others) < _FEW:
            groups += [first, *others]
            continue
        more = enumerated([_of_group(notice, first) for notice in others], _FEW)
        detail = f"{len(others):,} more of this kind: {more} (--verbose lists all)"
        groups.append(replace(first, detail="\n".join(filter(None, (first.detail, detail)))))
    return groups


def grouped_faults(
    faults: Iterable[BroadsheetError], *, whole: bool = False
) -> list[BroadsheetError]:
    """Return the faults. Those with the same words in many places become one, with all of their
    places.
    """
    groups: list[BroadsheetError] = []
    for first, *others in _alike(faults):
        if whole or len(others) < _FEW:
            groups += [first, *others]
            continue
        joined = copy.copy(first)
        also = f"the same at {'; '.join(str(fault.where) for fault in others)}"
        joined.detail = "\n".join(filter(None, (first.detail, also)))
        groups.append(joined)
    return groups


def stopping(faults: Iterable[BroadsheetError], notices: Iterable[Notice]) -> list[str]:
    """Return the last lines of a report: what stops publication, each with its place and reason."""
    faults, warnings = list(faults), [notice for notice in notices if notice.is_strict]
    if not (faults or warnings):
        return []
    counts = [
        many(len(messages), noun)
        for messages, noun in ((faults, "fault"), (warnings, "warning"))
        if messages
    ]
    strict = " (`publish` is strict: warnings count, notes do not)" if warnings else ""
    verb = "stops" if len(faults) + len(warnings) == 1 else "stop"
    lines: list[str] = []
    kinds: list[list[BroadsheetError] | list[Notice]] = [*_alike(faults), *kinds_of(warnings)]
    for first, *others in kinds:
        if len(others) < _FEW:
            lines += [f"  {in_short(message)}" for message in (first, *others)]
        else:
            lines.append(f"  {in_short(first)}, and {len(others):,} more like it")
    more = len(lines) - _MOST_STOPPING
    if more > 0:
        lines[_MOST_STOPPING:] = [f"  and {more:,} more, told above"]
    return [f"{' and '.join(counts)} {verb} publication{strict}:", *lines]


def _alike(faults: Iterable[BroadsheetError]) -> Iterable[list[BroadsheetError]]:
    """Return the faults by their words."""
    alike: dict[tuple[str, str], list[BroadsheetError]] = {}
    for fault in faults:
        alike.setdefault((fault.code, fault.what), []).append(fault)
    return alike.values()


def _without_alternatives(notices: Sequence[Notice]) -> Notice:
    """Return one notice of several charts whose alternative text is generated, article by article."""
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
    """Return the place of a notice, and its name if that differs from the one in the ``first``."""
    names = [name for name in VARIABLE.findall(notice.what) if name not in first.what]
    return f"{notice.where} ({', '.join(names[:2])})" if names else str(notice.where)


def say(message: Message, *, whole: bool = False) -> None:
    """Print a message on standard error, if that can be written. ``whole`` names all pages that
    share it.
    """
    text = message if isinstance(message, str) else message.text(whole=whole)
    text = without_control_codes(text)
    if isinstance(message, Notice):
        text = f"{'warning' if message.is_strict else 'note'}: {text}"
    elif isinstance(message, BroadsheetError):
        text = f"error: {text}"
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        silence(sys.stderr)


def without_control_codes(text: str) -> str:
    """Return a text with the control codes of a terminal written out."""
    return _CONTROL.sub(lambda match: repr(match[0])[1:-1], text)


def silence(stream: TextIO) -> None:
    """Drop the unwritten output of a stream, so that Python does not try again at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def many(count: int, noun: str) -> str:
    """Return a count with its noun: `1 page`, `2 pages`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def short(path: Path) -> str:
    """Return a path from the working directory, if it is below it; else the whole path."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def root_of(report: CommandReport) -> Path | None:
    """Return the folder of the files that a report's messages name: its own, or the publication's, or
    else the working directory, if they are there.
    """
    from broadsheet.storage.publication_root import find_root

    if report.root is not None:
        return report.root
    try:
        here = Path.cwd()
        return find_root(here)
    except BroadsheetError:
        return here
    except OSError:
        return None


def root() -> Path:
    """Return the root of the publication that contains the working directory. Entries in its stores that are
    not ours are set aside.
    """
    from broadsheet.storage import store
    from broadsheet.storage.publication_root import find_root

    try:
        here = Path.cwd()
    except OSError:
        raise UsageError(
            "the working directory",
            "it is not there any more",
            "Change to the publication's folder.",
        ) from None
    folder = find_root(here)
    store.mend(folder / store.FOLDER)
    return folder
