"""Includes: `{{< include file >}}` on a line that holds nothing else is the Markdown of that file.

The path counts from the page, or from the root where it starts with a slash, and stays within the
root; front matter of the included file is dropped. Included files may include others, whose paths
count from the page, too, as in Quarto. An include of a file that does not exist, or may not be read,
stays as written. Notebooks are not included: their cells would have to run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from broadsheet.errors import MISSING_FILE, BroadsheetError, Notice, Place, RenderError
from broadsheet.storage import limits
from broadsheet.storage.files import is_file, read_text, real, refusal
from broadsheet.storage.unprintable import refuse_unprintable
from plotly_alive.errors import shown

_INCLUDE = re.compile(r"^[ \t]*\{\{<[ \t]+include[ \t]+(?P<path>\S.*?)[ \t]+>\}\}[ \t]*$")
_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)

Line = tuple[Place, str]
"""A line, and the place where it was written."""


def numbered(text: str, where: Place) -> Iterator[Line]:
    """Yield the lines of a text whose first is at ``where``."""
    for number, line in enumerate(text.split("\n"), start=1):
        yield where.at(number), line


@dataclass
class Includes:
    """The includes of a page. Has state."""

    root: Path
    """The publication's root."""
    files: set[str] = field(default_factory=set)
    """The names of the files that were included so far."""
    missing: list[Notice] = field(default_factory=list)
    """The notices of files that could not be included."""
    count: int = 0
    """The number of includes so far."""
    letters: int = 0
    """The number of their characters."""

    def lines(self, written: Iterable[Line], within: tuple[str, ...] = ()) -> Iterator[Line]:
        """Yield the lines of a text, with the included files in place. ``within`` has the files
        that include it. Raises :class:`RenderError` for a file that is not text, or that includes
        itself, and :class:`LimitError` if they are too many, too deep or too long.
        """
        for here, line in written:
            match = _INCLUDE.match(line)
            if match is None:
                yield here, line
            else:
                path = match["path"].strip("\"'")
                yield from self._included(path, here, (*within, here.file))

    def _included(self, path: str, where: Place, within: tuple[str, ...]) -> Iterator[Line]:
        folder = PurePosixPath() if path.startswith("/") else PurePosixPath(within[0]).parent
        written = self.root / folder / path.lstrip("/")
        target = real(written)
        if target is None:
            raise RenderError(
                where,
                f"the include {shown(path)} is a link that leads to itself, or no path at all",
                "Mend the path; it counts from the page.",
            )
        name = os.path.relpath(target, self.root.resolve())
        if name in within:
            raise RenderError(
                where,
                f"{name} includes itself",
                "Take one of the includes out.",
                " → ".join((*within, name)),
            )
        by = f"included by {' → '.join(within)}" if len(within) > 1 else ""
        if target.suffix == ".ipynb":
            raise RenderError(
                where,
                f"the include {path!r} is a notebook",
                "Include Markdown; link to notebooks.",
                by,
            )
        missing = None
        if refused := refusal(self.root, written):
            missing = Notice(where, *refused, by, topic=MISSING_FILE)
        elif not is_file(target):
            missing = Notice(
                where,
                f"there is no file {name} to include",
                "Mend the path; it counts from the page.",
                by,
                topic=MISSING_FILE,
            )
        if missing is not None:
            self.files.add(name)
            self.missing.append(missing)
            yield where, f"{{{{{{< include {path} >}}}}}}"
            return
        try:
            text = read_text(target, Place(name), RenderError)
            refuse_unprintable(text, Place(name), RenderError, is_body=True)
        except BroadsheetError as error:
            error.detail = f"included by {' → '.join(within)}"
            raise
        self.count += 1
        self.letters += len(text)
        which = f"the page {within[0]}"
        again = "Look for a file that is included again and again."
        fewer = "Include files with fewer includes in them."
        limits.check(limits.TABLE["includes"], self.count, where, which, again)
        limits.check(limits.TABLE["included-size"], self.letters, where, which, again)
        limits.check(limits.TABLE["include-depth"], len(within), where, which, fewer)
        self.files.add(name)
        front = _FRONT_MATTER.match(text)
        start = front.end() if front else 0
        first = text.count("\n", 0, start) + 1
        body = text[start:].removesuffix("\n")
        yield from self.lines(numbered(body, Place(name, line=first)), within)
