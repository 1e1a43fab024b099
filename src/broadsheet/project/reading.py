"""Reads the whole publication: each source on its own, so that a broken one does not stop the
others.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath

from broadsheet.errors import (
    NOT_RENDERED,
    BroadsheetError,
    Notice,
    Place,
    UsageError,
    also,
    guarded,
)
from broadsheet.project.editions.address_collisions import colliding
from broadsheet.project.editions.edition import (
    DRAFT,
    Edition,
    editions_of,
    faults_of_layer,
    metadata_in,
)
from broadsheet.project.project import (
    CONFIG,
    INPUTS,
    NOTEBOOK,
    SCRIPT,
    Project,
    is_foreign,
    matching,
    misnamed,
    open_project,
)
from broadsheet.project.settings.language_words import layer_words
from broadsheet.project.sources import pairing
from broadsheet.project.sources.source import GENERATED, Source, read_source, slug_of
from broadsheet.storage import limits
from broadsheet.storage.yaml_text import YamlText
from broadsheet.text.own_words import OWN_WORDS
from plotly_alive.errors import enumerated
from plotly_alive.text.did_you_mean import question

_NAMED = 20
"""The most articles that a message lists."""


@dataclass(frozen=True)
class Publication:
    """A project and its pages on one day."""

    project: Project
    """The project."""
    editions: tuple[Edition, ...]
    """The editions that are on the site that day, in the order of their sources; with drafts, all.
    """
    faults: Mapping[PurePosixPath, BroadsheetError]
    """The error of each source that could not be read."""
    notices: tuple[Notice, ...]
    """The notices of the project and of its sources."""
    day: date
    """The day for which it was read."""
    withheld: tuple[Edition, ...] = ()
    """The editions that are not on the site that day: drafts, and those with a later date."""
    disputed: frozenset[PurePosixPath] = frozenset()
    """The sources that were not read and have a page at the address of a page that was."""

    def choose(self, slugs: list[str]) -> list[Edition]:
        """Return the editions that ``slugs`` name, or all without slugs. The slug of an article
        names all of its editions. Raises :class:`UsageError` for an unknown slug.
        """
        if not slugs:
            return list(self.editions)
        chosen = [
            edition for edition in self.editions if {edition.slug, edition.source.slug} & set(slugs)
        ]
        names = {name for edition in self.editions for name in (edition.slug, edition.source.slug)}
        names |= {slug_of(path) for path in self.faults}
        withheld = {
            name: edition
            for edition in self.withheld
            for name in (edition.source.slug, edition.slug)
        }
        for slug in slugs:
            if slug in withheld and slug not in names:
                raise UsageError(
                    slug,
                    f"{not_yet(withheld[slug])}, so it is not on the site",
                    "Change `draft` or "
                    "`date` in its front matter; build and check take it in with `--drafts`.",
                )
            if slug not in names:
                raise self._unknown(slug, names)
        return chosen

    def _unknown(self, slug: str, names: set[str]) -> UsageError:
        """Return the error of a slug that is not one of ``names``: some write the file's path."""
        path = PurePosixPath(os.path.relpath(self.project.root / slug, self.project.root))
        if self.project.leaves_out(path):
            return UsageError(
                slug,
                f"`render` of {CONFIG} leaves this file out, so it is not on the site",
                f'Add it there, as `- "/{path}"`; `- "/{path.parent / "**/*"}{path.suffix}"` takes '
                "each such file of its folder.",
            )
        articles = {edition.source.slug for edition in self.editions}
        articles |= {slug_of(path) for path in self.faults}
        is_article = path in {*(edition.source.path for edition in self.editions), *self.faults}
        suggestion = f"Its slug is `{slug_of(path)}`. " if is_article else question(slug, names)
        return UsageError(
            slug,
            "no article has this slug",
            f"{suggestion}There are: {enumerated(sorted(articles), _NAMED)}.",
        )

    def choose_read(self, slugs: list[str]) -> list[Edition]:
        """Return the editions that ``slugs`` name, at least one. Raises the fault of a source that
        is named and could not be read.
        """
        chosen = self.choose(slugs)
        for slug in slugs:
            if not any(slug in (edition.slug, edition.source.slug) for edition in chosen):
                raise next(fault for path, fault in self.faults.items() if slug_of(path) == slug)
        return chosen


def open_publication(
    root: Path,
    project: Project | None = None,
    paths: Iterable[PurePosixPath] | None = None,
    *,
    day: date | None = None,
    drafts: bool = False,
    kept: Mapping[str, PurePosixPath] | None = None,
    folders: Iterable[PurePosixPath] | None = None,
) -> Publication:
    """Read `_quarto.yml` and each source that it renders; or, of an open ``project``, those at
    ``paths``.

    ``day`` is today by default; with ``drafts``, the editions include those withheld that day.
    ``kept`` has the pages of sources that are not read, each with its source: no other page may
    have their addresses. ``folders`` are the folders whose metadata are checked; by default those
    of the sources that are read. Raises :class:`ConfigError` only for `_quarto.yml` and the
    publication's templates.
    """
    project = (project or open_project(root)).with_templates()
    with project.at_work():
        paths = None if paths is None else list(paths)
        return _read(
            project, paths, folders, day=day or project.today, drafts=drafts, kept=kept or {}
        )


def _read(
    project: Project,
    paths: list[PurePosixPath] | None,
    folders: Iterable[PurePosixPath] | None,
    *,
    day: date,
    drafts: bool,
    kept: Mapping[str, PurePosixPath],
) -> Publication:
    faults: dict[PurePosixPath, BroadsheetError] = {}
    paths = project.inputs(faults) if paths is None else paths
    with guarded(CONFIG, "reading this file"):
        faulty, notices = faults_of_layer(project.text, project.metadata, project)
        if faulty:
            raise faulty[0]
        notices = [*project.notices(), *notices]
    read: dict[PurePosixPath, list[Edition]] = {}
    pages = 0
    for path in paths:
        where = Place(str(path))
        try:
            with (
                guarded(where, "reading this file"),
                limits.bounded_work(where, "reading this file"),
            ):
                if wrong := misnamed(path):
                    raise wrong
                source = read_source(project.root, path)
                if _is_generated(source):
                    continue
                source_editions, unknown = editions_of(project, source, day)
                unknown += pairing.notices(project.root, source)
                pages += len(source_editions)
                limits.check(
                    limits.TABLE["pages"],
                    pages,
                    where,
                    "the publication, with this source,",
                    "Divide the publication.",
                )
                read[path] = [
                    replace(edition, withheld=edition.awaits(day)) for edition in source_editions
                ]
        except BroadsheetError as error:
            faults[path] = error
            continue
        notices += unknown
    shown_of = {
        path: [edition for edition in source_editions if drafts or not edition.withheld]
        for path, source_editions in read.items()
    }
    collisions, disputed = colliding(shown_of, kept, project)
    faults |= collisions
    for path in collisions:
        read.pop(path)
    for text in _layers(project, {path.parent for path in read} if folders is None else folders):
        faulty, more = faults_of_layer(text, text.data, project)
        folder = PurePosixPath(text.where.file).parent
        notices += [
            *more,
            *layer_words(text.data.get(OWN_WORDS), folder, project.root, text).notices,
        ]
        if faulty:
            faults[PurePosixPath(text.where.file)] = _together(faulty)
    editions = [edition for path in paths for edition in read.get(path, ())]
    notices += _namesakes({*read, *kept.values()})
    withheld = tuple(edition for edition in editions if edition.withheld)
    shown = tuple(edition for edition in editions if drafts or not edition.withheld)
    return Publication(project, shown, faults, tuple(notices), day, withheld, frozenset(disputed))


def _namesakes(sources: Iterable[PurePosixPath]) -> Iterator[Notice]:
    """Yield a notice for each slug that several notebooks have, by which commands name them."""
    by_slug: dict[str, list[PurePosixPath]] = {}
    for path in sorted(sources):
        if path.suffix in (NOTEBOOK, SCRIPT):
            by_slug.setdefault(slug_of(path), []).append(path)
    for slug, (first, *others) in by_slug.items():
        if others:
            yield Notice(
                Place(str(others[0])),
                f"its slug is {slug!r}, as is that of {enumerated([str(path) for path in (first, *others[1:])], 3)}: "
                "commands cannot tell them apart",
                "Rename its folder, or the notebook.",
                topic="slug",
            )


def not_rendered(project: Project, inputs: Iterable[PurePosixPath]) -> Iterator[Notice]:
    """Yield a notice of the articles that `render` leaves out without saying so by a `!`: of files
    beside the ``inputs`` that have a title and a date, and are no drafts.
    """
    patterns = project.settings.project.render
    if all(pattern.startswith("!") for pattern in patterns):
        return
    excluded = [pattern for pattern in patterns if pattern.startswith("!")]
    others = list(_beside(project, {path.with_suffix("") for path in inputs}))
    articles = [
        str(path)
        for path in matching(others, ["**", *excluded])
        if project.leaves_out(path) and _is_dated(project, path)
    ]
    if articles:
        number = "an article is" if len(articles) == 1 else f"{len(articles):,} articles are"
        yield Notice(
            project.text.place(("project", "render")),
            f"{number} left out by `render`: {enumerated(articles, _NAMED)}",
            f'Add what is to be on the site; exclude the rest, as by `- "!/{articles[0]}"`.',
            topic=NOT_RENDERED,
        )


def _beside(project: Project, names: Collection[PurePosixPath]) -> Iterator[PurePosixPath]:
    """Yield the files that may be articles as those with these ``names``, by their places: in the
    folder of one, or as the `index` of a folder that stands beside that of one.
    """
    for home in sorted(
        {name.parent.parent if name.name == "index" else name.parent for name in names}
    ):
        with suppress(OSError):
            for entry in sorted(Path(project.root, home).iterdir()):
                name = home / entry.name / "index"
                if entry.suffix in INPUTS and (home / entry.stem) not in names:
                    yield home / entry.name
                elif name not in names and _is_home(entry, project):
                    yield from (name.with_suffix(suffix) for suffix in INPUTS)


def _is_home(folder: Path, project: Project) -> bool:
    """True if articles of a project may lie in a folder, and not another project or site."""
    is_other = is_foreign(folder, project.output) or (folder / CONFIG).exists()
    return folder.is_dir() and not is_other


def _is_dated(project: Project, path: PurePosixPath) -> bool:
    with suppress(BroadsheetError), guarded(str(path), "reading this file"):
        front = read_source(project.root, path).front_matter.data
        return bool(front.get("title") and front.get("date") and not front.get("draft"))
    return False


def not_yet(edition: Edition) -> str:
    """Return the reason for which an edition is withheld, in words."""
    return "it is a draft" if edition.withheld == DRAFT else f"it comes out on {edition.withheld}"


def _layers(project: Project, folders: Iterable[PurePosixPath]) -> list[YamlText]:
    """Return the metadata of folders that can be read. The sources of other folders have the fault."""
    layers: dict[PurePosixPath, YamlText | None] = {}
    for folder in sorted(set(folders)):
        with suppress(BroadsheetError):
            above = [each for each in (folder, *folder.parents) if each not in layers]
            layers |= {each: metadata_in(project, each) for each in reversed(above)}
    return list(filter(None, layers.values()))


def _together(faults: Sequence[BroadsheetError]) -> BroadsheetError:
    """Return the first fault of a file, with the others as its detail."""
    first, *others = faults
    first.detail = also([f"{fault.where}: {fault.what}" for fault in others], len(others))
    return first


def _is_generated(source: Source) -> bool:
    return source.notebook is not None and GENERATED in source.notebook.metadata.get(
        "broadsheet", {}
    )
