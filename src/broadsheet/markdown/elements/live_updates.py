"""Entries of live coverage: `::: {.update time="2023-11-24T16:00+02:00"}`, in Markdown cells
and Markdown pages, newest first.

Each entry is checked (it has a time, and is not newer than the one before it) and gets an `id` from
its time, and the time in words, `when`, in the page's language. Entries after the day that
`updates-until` names are marked as hidden content. Only the line that opens an entry changes.
`markdown/lua/updates.lua` makes HTML of it, for both renderers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from broadsheet.errors import AssemblyError, ConfigError, Place
from broadsheet.project.sources.includes import Line
from broadsheet.storage.yaml_text import YamlText
from broadsheet.text.language import written_time

KEY = "updates-until"

_CODE_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_OPENING = re.compile(
    r"(?P<before> {0,3}:{3,}[ \t]*\{(?P<attributes>[^{}]*\.update(?![\w-])[^{}]*))\}"
)
_TIME = re.compile(r"\btime=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))")
_ID = re.compile(r"(?:^|\s)#[^\s#]+")
_MEND = (
    'Write it as time="2023-11-24T16:00+02:00", or time="2023-11-24" where only the day is known.'
)


@dataclass
class Updates:
    """The entries of a page, in its order. It has state: it is filled entry by entry."""

    until: date | None = None
    """The last day whose entries the page shows; None for all."""
    last: str = ""
    """The time of the last entry so far, as it is written."""
    ids: Counter[str] = field(default_factory=Counter)
    """The number of entries with each id."""

    def marked(self, written: Sequence[Line]) -> str:
        """Return the Markdown of a cell, by its lines, with ids and times for its entries.

        Raises :class:`AssemblyError` for an entry without a time, or newer than the one before it.
        """
        lines, fence = [line for _, line in written], ""
        for index, line in enumerate(lines):
            code = _CODE_FENCE.match(line)
            if code:
                fence = "" if fence and code[1].startswith(fence) else fence or code[1]
            elif not fence and (opening := _OPENING.match(line)):
                attributes = self._attributes(opening["attributes"], written[index][0])
                lines[index] = f"{opening['before']}{attributes}{line[opening.end() - 1 :]}"
        return "\n".join(lines)

    def _attributes(self, attributes: str, place: Place) -> str:
        match = _TIME.search(attributes)
        written = next(filter(None, match.groups()), "") if match else ""
        moment = _moment(written, place)
        if self.last and _is_after(moment, _moment(self.last, place)):
            raise AssemblyError(
                place,
                f"the update of {written} stands below that of {self.last}, which is older",
                "Put the newest first.",
            )
        self.last = written
        name = re.sub(r"\D", "", written[:16])
        name = f"update-{name[:8]}-{name[8:]}".rstrip("-")
        self.ids[name] += 1
        number = self.ids[name]
        added = "" if _ID.search(attributes) else f" #{name}{f'-{number}' if number > 1 else ''}"
        added += f' when="{written_time(moment)}"'
        is_hidden = self.until is not None and _day(moment) > self.until
        return added + (" .content-hidden" if is_hidden else "")


def until(metadata: dict[str, object], text: YamlText) -> date | None:
    """Return the day that the front matter names. Raises :class:`ConfigError`."""
    value = metadata.get(KEY)
    if value is None or isinstance(value, date):
        return value and _day(value)
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ConfigError(
            text.place((KEY,)),
            f"{value!r} is not a day, the key `{KEY}`",
            "Write a day as 2023-11-27.",
        ) from error


def _moment(written: str, place: Place) -> date | datetime:
    """Read a time, or a day if only the day is known."""
    if not written:
        raise AssemblyError(place, "an update has no `time`", _MEND)
    try:
        if len(written) == 10:
            return date.fromisoformat(written)
        time = datetime.fromisoformat(written)
    except ValueError as error:
        raise AssemblyError(place, f"{written!r} is no time of an update", _MEND) from error
    if time.tzinfo is None:
        raise AssemblyError(
            place, f"the time {written!r} of an update does not say in which time zone", _MEND
        )
    return time


def _is_after(moment: date | datetime, other: date | datetime) -> bool:
    """True if a moment is later; a time and a day are compared by the day."""
    if isinstance(moment, datetime) and isinstance(other, datetime):
        return moment > other
    return _day(moment) > _day(other)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
