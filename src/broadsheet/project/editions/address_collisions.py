"""Pages with the same address. Both of their sources get a fault, so that neither page is lost unnoticed.

Addresses also collide if they differ only in case or in how an accent is encoded, since on some
file systems these are one file; and so do a page and a folder of one name. An edition that is
declared with the slug of another source's page gets the only fault, and so does a page that has the
address of a file that `resources` asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from broadsheet.errors import BroadsheetError, ConfigError
from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import Project, matching
from broadsheet.project.settings.address import as_one_file


@dataclass(frozen=True)
class _Page:
    """A page of a source."""

    path: str
    """Its path in the site."""
    source: PurePosixPath
    """The path of its source."""
    edition: Edition | None = None
    """Its edition, if the source was read."""

    @property
    def is_declared(self) -> bool:
        """True if `editions:` declares its name, and not the name of its source."""
        return PurePosixPath(self.path).stem != self.source.stem


def colliding(
    read: Mapping[PurePosixPath, Sequence[Edition]],
    kept: Mapping[str, PurePosixPath],
    project: Project,
) -> tuple[dict[PurePosixPath, BroadsheetError], set[PurePosixPath]]:
    """Return the fault of each source among those ``read`` that has a page at the address of
    another page; and the sources in ``kept`` that collide, and so have to be read. ``kept`` has the
    pages of sources that were not read, by their paths in the site.
    """
    pages = [
        _Page(str(edition.output), source, edition)
        for source, editions in read.items()
        for edition in editions
    ]
    pages += [_Page(path, source) for path, source in kept.items()]
    by_path: dict[str, list[_Page]] = {}
    for page in pages:
        by_path.setdefault(as_one_file(page.path), []).append(page)
    faults: dict[PurePosixPath, BroadsheetError] = {}
    unread: set[PurePosixPath] = set()
    for page in pages:
        alike = by_path[as_one_file(page.path)]
        above = [
            page
            for folder in PurePosixPath(as_one_file(page.path)).parents
            for page in by_path.get(str(folder), ())
        ]
        for first, other in [(page, other) for other in (*alike, *above)] + [
            (other, page) for other in above
        ]:
            if first.source == other.source or (
                other.is_declared and not first.is_declared and other in alike
            ):
                continue  # the other is at fault
            if first.edition is None:
                unread.add(first.source)
            else:
                faults.setdefault(first.source, _collision(first, first.edition, other))
    files = [PurePosixPath(page.path) for page in pages if (project.root / page.path).is_file()]
    resources = {str(path) for path in matching(files, project.settings.project.resources)}
    for page in pages:
        if page.edition is not None and page.source not in faults and page.path in resources:
            faults[page.source] = ConfigError(
                page.edition.source.place(),
                f"this page has the address /{page.path}, and `resources` in "
                f"{project.text.where.file} asks for a file of that name",
                "Rename one of the two, or take the file out of `resources`.",
            )
    return faults, unread


def _collision(page: _Page, edition: Edition, other: _Page) -> BroadsheetError:
    """Return the fault of a page that has the address of another."""
    if edition.declared is None:
        where, name, mend = edition.source.place(), "this page", "Rename one of the two."
    else:
        where = edition.source.front_matter.place((*edition.declared.at, "slug"))
        name, mend = f"the edition {edition.name!r}", "Give the edition another slug."
    if page.path == other.path:
        what = f"has the address /{page.path}, and so has the page of {other.source}"
    elif as_one_file(page.path) == as_one_file(other.path):
        what = (
            f"has the address /{page.path}, and that of {other.source} has /{other.path}, which some file systems "
            "take for the same"
        )
    else:
        what = (
            f"has the address /{page.path}, and that of {other.source} has /{other.path}: one name cannot be both "
            "a page and a folder"
        )
    return ConfigError(where, f"{name} {what}", mend)
