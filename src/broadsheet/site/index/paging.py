"""A long list on several pages, each with an address of its own: no script is needed, and each page
can be linked to and found.

The first page keeps the list's address; the second of `town.html` is `town-page-2.html`, that of
`authors/a/index.html` is `authors/a/page-2.html`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from broadsheet.site.article.entry import Entry

BESIDE = 2
"""The number of pages that are named on each side of the current one; the first and the last always
are.
"""


@dataclass(frozen=True)
class Paging:
    """The place of a page among the pages of its list."""

    number: int
    """The number of the page, from 1."""
    paths: Sequence[str]
    """The paths of all pages."""

    @property
    def count(self) -> int:
        """The number of pages."""
        return len(self.paths)

    @property
    def previous(self) -> str:
        """The path of the page before; empty on the first."""
        return self.paths[self.number - 2] if self.number > 1 else ""

    @property
    def next(self) -> str:
        """The path of the page after; empty on the last."""
        return self.paths[self.number] if self.number < self.count else ""

    @property
    def named(self) -> list[tuple[int, str]]:
        """The numbers and paths of the pages to name, with a number 0 where some are left out."""
        near = {1, self.count, *range(self.number - BESIDE, self.number + BESIDE + 1)} & {
            *range(1, self.count + 1)
        }
        pages: list[tuple[int, str]] = []
        for number in sorted(near):
            if pages and number > pages[-1][0] + 1:
                pages.append((0, ""))
            pages.append((number, self.paths[number - 1]))
        return pages


def paged(first: Entry, count: int) -> Iterator[tuple[int, Entry, Paging | None]]:
    """Yield the number and metadata of each of the ``count`` pages of a list whose first is
    ``first``, and its paging, if there are several.
    """
    paths = [path_of(first.path, number) for number in range(1, count + 1)]
    for number, path in enumerate(paths, 1):
        yield (
            number,
            replace(first, path=path, url=first.url if number == 1 else path),
            Paging(number, paths) if count > 1 else None,
        )


def pages_for(length: int, size: int) -> int:
    """Return the number of pages that a list takes; an empty one takes one too."""
    return max(1, -(-length // size))


def part_of(entries: Sequence[Entry], number: int, size: int) -> Sequence[Entry]:
    """Return the entries on one page."""
    return entries[(number - 1) * size : number * size]


def path_of(first: str, number: int) -> str:
    """Return the path of a list's page of that number."""
    path = PurePosixPath(first)
    stem = "" if path.name == "index.html" else f"{path.stem}-"
    return first if number == 1 else str(path.with_name(f"{stem}page-{number}.html"))
