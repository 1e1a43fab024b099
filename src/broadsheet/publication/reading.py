"""The whole publication, read: each source on its own, so that a broken one does not stop the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from broadsheet.errors import BroadsheetError, Notice, UsageError
from broadsheet.publication.edition import Edition, editions_of, folder_metadata, unknown_metadata
from broadsheet.publication.project import Project, open_project
from broadsheet.publication.source import GENERATED, Source, read_source, slug_of


@dataclass(frozen=True)
class Publication:
    """A project and its pages to be. ``faults`` has the error of each source that could not be read."""

    project: Project
    editions: tuple[Edition, ...]
    faults: Mapping[PurePosixPath, BroadsheetError]
    notices: tuple[Notice, ...]

    def choose(self, slugs: list[str]) -> list[Edition]:
        """The editions that ``slugs`` name (an article's slug stands for all of its editions), all for none."""
        if not slugs:
            return list(self.editions)
        chosen = [edition for edition in self.editions if {edition.slug, edition.source.slug} & set(slugs)]
        known = {name for edition in self.editions for name in (edition.slug, edition.source.slug)}
        known |= {slug_of(path) for path in self.faults}
        for slug in slugs:
            if slug not in known:
                raise UsageError(slug, "no article has this slug", f"There are: {', '.join(sorted(known))}.")
        return chosen


def open_publication(root: Path, project: Project | None = None, paths: Iterable[PurePosixPath] | None = None
                     ) -> Publication:
    """Read `_quarto.yml` and each source that it renders; or, of an open ``project``, those at ``paths``.

    Raises :class:`ConfigError` for `_quarto.yml` alone.
    """
    project = project or open_project(root)
    editions: list[Edition] = []
    faults: dict[PurePosixPath, BroadsheetError] = {}
    notices = project.notices()
    notices += unknown_metadata(project.text, project.metadata)
    folders = set()
    for path in project.inputs() if paths is None else paths:
        try:
            source = read_source(project.root, path)
            if _is_generated(source):
                continue
            found, unknown = editions_of(project, source)
        except BroadsheetError as error:
            faults[path] = error
            continue
        editions += [edition for edition in found if not edition.settings.draft]
        notices += unknown
        folders.add(path.parent)
    layers = {text.where.file: text for folder in sorted(folders) for text in folder_metadata(project, folder)}
    for text in layers.values():
        notices += unknown_metadata(text, text.data)
    return Publication(project, tuple(editions), faults, tuple(notices))


def _is_generated(source: Source) -> bool:
    return source.notebook is not None and GENERATED in source.notebook.metadata.get("broadsheet", {})
