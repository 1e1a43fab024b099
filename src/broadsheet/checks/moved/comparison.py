"""Compares a publication as it is with the same one with other tables, as its readers see the two.

Each edition is run with the old and with the new tables. An edition whose run has changed is rendered
from both, and its sentences and figures are compared. A run is kept with the runs of the publication:
the old one is mostly at hand, and the new one is when the tables have been replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from broadsheet.checks.moved.moved_report import (
    ChartMove,
    MovedReport,
    grouped_false,
    grouped_moves,
)
from broadsheet.checks.moved.page_texts import PageTexts, ShownFigure, texts_of
from broadsheet.checks.moved.pinned_years import pinned_years
from broadsheet.checks.moved.revised_publication import revised_publication
from broadsheet.checks.moved.sentence_moves import (
    FalseSentence,
    SentenceMove,
    false_page,
    sentence_at,
    sentence_moves,
)
from broadsheet.checks.moved.table_moves import table_move
from broadsheet.checks.moved.written_report import charts_with_pictures
from broadsheet.data.descriptor import Resource, has_catalogue
from broadsheet.data.descriptor_reading import read_descriptor
from broadsheet.data.revision import Revision
from broadsheet.errors import BroadsheetError, guarded
from broadsheet.markdown.rendering import rendering_of
from broadsheet.press.press import Press
from broadsheet.processes.worker_processes import worker_count
from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import Project
from broadsheet.project.reading import Publication, open_publication
from broadsheet.project.sources.source import slug_of
from broadsheet.run.running import Run
from broadsheet.site.build.faults import died
from broadsheet.site.build.options import Watch, unwatched
from broadsheet.text.lexicon import FOLDER

_DOING = "comparing this page"


def moved(
    project: Project,
    revisions: Sequence[Revision],
    *,
    jobs: int = 0,
    watch: Watch = unwatched,
    pictures: Path | None = None,
) -> MovedReport:
    """Return what moves when the tables of a publication are replaced by their ``revisions``. Nothing
    is replaced. With the path of a file for the report, ``pictures`` of charts are drawn beside it.
    Raises :class:`ConfigError` for a configuration or a catalogue that cannot be read.
    """
    entries = _entries(project.root)
    tables = tuple(table_move(revision, entries.get(revision.name)) for revision in revisions)
    report = MovedReport(tables)
    if not any(table.is_moved for table in tables):
        return report
    with revised_publication(project, revisions) as copy:
        before = open_publication(project.root, project)
        now = open_publication(copy, replace(project, root=copy))
        compared = _compared(before, now, jobs, watch)
        if pictures is not None:
            compared.charts = _pictured(compared, (before.project, now.project), pictures)
    readers = [edition for edition in now.editions if edition.slug in compared.readers]
    return replace(
        report,
        refuted=grouped_false(compared.refuted),
        moved=grouped_moves(compared.moves),
        charts=tuple(compared.charts),
        pinned=tuple(pinned_years(readers, revisions, entries, project.root / FOLDER)),
        pages=tuple(_other_pages(before, now)),
        unseen=tuple(compared.unseen),
        editions=len(compared.readers),
    )


def _entries(root: Path) -> Mapping[str, Resource]:
    resources = read_descriptor(root).resources if has_catalogue(root) else ()
    return {resource.name: resource for resource in resources}


def _other_pages(before: Publication, now: Publication) -> Iterator[tuple[str, str]]:
    old, new = ({edition.slug for edition in each.editions} for each in (before, now))
    lost = {slug_of(path) for path in now.faults.keys() - before.faults.keys()}
    yield from ((slug, "goes") for slug in sorted(old - new) if slug.partition("/")[0] not in lost)
    yield from ((slug, "is new") for slug in sorted(new - old))


@dataclass(frozen=True)
class _PageMoves:
    """The changes of one page."""

    refuted: Sequence[FalseSentence] = ()
    """The sentences that become false."""
    moves: Sequence[SentenceMove] = ()
    """The sentences that move."""
    charts: Sequence[ChartMove] = ()
    """The charts and tables that show something else."""


@dataclass
class _Compared:
    """The changes of all pages. Has state: it is filled page by page."""

    refuted: list[FalseSentence]
    """The sentences that become false."""
    moves: list[SentenceMove]
    """The sentences that move."""
    charts: list[ChartMove]
    """The charts and tables that show something else."""
    unseen: list[tuple[str, str]]
    """The editions that have a fault as they are."""
    readers: set[str]
    """The slugs of the editions whose run has changed."""
    runs: dict[str, tuple[Run, Run]]
    """The old and the new run of each of these that has both."""


def _compared(before: Publication, now: Publication, jobs: int, watch: Watch) -> _Compared:
    """Return the changes of the pages that both publications have."""
    compared = _Compared([], [], [], [], set(), {})
    for source, unread in now.faults.items():
        if source not in before.faults:
            compared.refuted.append(false_page(slug_of(source), unread))
    root = before.project.root
    shared = {edition.output for edition in before.editions}
    shared &= {edition.output for edition in now.editions}
    with (
        Press(before.project, jobs, draws=False) as press,
        Press(now.project, jobs, draws=False, kept_in=root) as later,
    ):
        old = _runs(press, (one for one in before.editions if one.output in shared), watch)
        new = _runs(later, (one for one in now.editions if one.output in shared), watch)
        changed = [path for path in new if _has_changed(old[path], new[path])]
        compared.unseen += [
            (slug_of(source), fault.what) for source, fault in before.faults.items()
        ]
        compared.unseen += [
            (run.edition.slug, run.error.what)
            for path, run in new.items()
            if run.error is not None and old[path].error is not None
        ]
        pairs = list[PurePosixPath]()
        for path in changed:
            slug, fault, fault_now = new[path].edition.slug, old[path].error, new[path].error
            compared.readers.add(slug)
            if fault is not None:
                compared.unseen.append((slug, fault.what))
            else:
                pairs.append(path)
                if fault_now is None:
                    compared.runs[slug] = old[path], new[path]

        def compare(path: PurePosixPath) -> _PageMoves | BroadsheetError:
            edition = new[path].edition
            try:
                with guarded(edition.source.place(), _DOING):
                    finished = press.finish(old[path])
                    standing = rendering_of(finished, later.pandoc, root, press.pictures)
                    texts = texts_of(standing, root)
            except BroadsheetError as error:
                return error
            try:
                with guarded(edition.source.place(), _DOING):
                    if (fault_now := new[path].error) is not None:
                        raise fault_now
                    rendering = later.rendering(new[path])
                    texts_now = texts_of(rendering, now.project.root)
                    refuted, moves = sentence_moves(edition.slug, texts, texts_now, rendering)
            except BroadsheetError as error:
                sentence = sentence_at(error.where, texts, standing)
                page = false_page(edition.slug, error, sentence)
                return _PageMoves([_of_copy(page, now.project, root)])
            return _PageMoves(refuted, moves, list(_charts(edition, texts, texts_now)))

        def lost(path: PurePosixPath) -> _PageMoves | BroadsheetError:
            return died(new[path].edition.source.place())

        press.release()
        later.release()
        with later.forked(worker_count(later.jobs, len(pairs)), compare) as forks:
            for path, page in zip(pairs, forks.map(pairs, lost), strict=True):
                if isinstance(page, BroadsheetError):
                    compared.unseen.append((new[path].edition.slug, page.what))
                    continue
                compared.refuted += page.refuted
                compared.moves += page.moves
                compared.charts += page.charts
    return compared


def _pictured(
    compared: _Compared, projects: tuple[Project, Project], file: Path
) -> list[ChartMove]:
    """Return the charts that move, the first few with pictures before and after."""
    root = projects[0].root
    with Press(projects[0]) as press, Press(projects[1], kept_in=root) as later:
        return list(charts_with_pictures(compared.charts, compared.runs, (press, later), file))


def _runs(press: Press, editions: Iterable[Edition], watch: Watch) -> dict[PurePosixPath, Run]:
    """Return the runs of editions, by the paths of their pages."""
    editions, runs = list(editions), dict[PurePosixPath, Run]()
    with watch([one for one in editions if one.source.notebook is not None]) as watched:
        for run in press.run(editions):
            runs[run.edition.output] = run
            if run.edition.source.notebook is not None:
                watched(run)
    return runs


def _has_changed(before: Run, now: Run) -> bool:
    """True if an edition has another run, or another title or parameter."""
    if before.error is not None and now.error is not None:
        return False
    return (
        before.kept != now.kept
        or bool(before.error) != bool(now.error)
        or before.edition.metadata != now.edition.metadata
    )


def _of_copy(page: FalseSentence, project: Project, root: Path) -> FalseSentence:
    """Return the fault of a page that was run in a copy of the publication, as if it were here."""
    why, detail = (text.replace(str(project.root), str(root)) for text in (page.why, page.detail))
    return replace(page, why=why, detail=detail)


def _charts(edition: Edition, before: PageTexts, now: PageTexts) -> Iterator[ChartMove]:
    old, new = (
        {(figure.is_table, figure.label): figure for figure in page.figures}
        for page in (before, now)
    )
    for key in dict.fromkeys((*old, *new)):
        was, shown = old.get(key), new.get(key)
        if was is None or shown is None or was.digest != shown.digest:
            change = "is new" if was is None else "goes" if shown is None else "moves"
            yield _chart(edition, shown or was, change)


def _chart(edition: Edition, figure: ShownFigure | None, change: str) -> ChartMove:
    assert figure is not None
    kind = "table" if figure.is_table else "chart"
    return ChartMove(edition.slug, figure.label, figure.title, kind, change)
