"""Makes editions: the content and the files of each, before the rest of the site is known.

The result depends on the edition, on what it reads and on the configuration, not on other pages
(:mod:`broadsheet.site.article.article`). The content goes into its store, the files into the folder
of the new site, and what lists and links need to know into a record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import astuple, dataclass, replace
from pathlib import Path, PurePosixPath
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from broadsheet.data.versions.partial_reads import files_behind
from broadsheet.errors import BroadsheetError, Notice, Place, guarded, joined
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown.rendering import Rendering
from broadsheet.markdown.typographic_quotes import misquoted_attributes
from broadsheet.press.press import Press
from broadsheet.processes import secret_values
from broadsheet.processes.worker_processes import DiedError, Threads
from broadsheet.project.project import Project
from broadsheet.run.running import Run
from broadsheet.site.article.article import NOT_FOUND, Article, content_of
from broadsheet.site.article.article_store import Articles
from broadsheet.site.build.copied_files import table_places
from broadsheet.site.build.faults import died
from broadsheet.site.build.plan import Plan
from broadsheet.site.build.shared_messages import told_of
from broadsheet.site.formats import search, social_cards
from broadsheet.site.formats.markdown_copy import OF_EACH_PAGE, copy_of
from broadsheet.site.index.build_record import PageRecord
from broadsheet.site.index.scene import base_path
from broadsheet.site.output.new_site import SiteFolder
from broadsheet.site.pages.page_rendering import asked_for, may_be_asked_for
from broadsheet.storage.files import check_path, is_file
from broadsheet.storage.limits import bounded_work
from broadsheet.text.quotation_marks import has_marks

if TYPE_CHECKING:
    from broadsheet.site.build.options import Reader

MAKING = "making this page"


@dataclass(frozen=True)
class NewPage:
    """An edition that was made. With a ``fault`` it is not on the site, and the other messages
    about it are told all the same.
    """

    record: PageRecord
    """The record of its page."""
    reads: frozenset[str]
    """The files of the publication that it was made of."""
    notices: tuple[Notice, ...]
    """Its notices."""
    libraries: Mapping[str, str]
    """The libraries of its notebook, with their versions."""
    files: tuple[str, ...] = ()
    """Its files in the site."""
    fault: BroadsheetError | None = None
    """The reason for which it cannot be on the site."""

    def with_files(self, root: Path) -> PageRecord:
        """Return the record with the files of the page, also of a page that has a fault. ``root``
        is the publication's.
        """
        names = filter(may_be_asked_for, asked_for(self.record))
        files = [name for name in names if is_file(root / name)]
        return replace(self.record, files=(*self.files, *files))


def notices_on(pages: Mapping[str, NewPage]) -> list[Notice]:
    """Return the notices of pages, by their paths, each with its page."""
    return [told_of(notice, path) for path, new in sorted(pages.items()) for notice in new.notices]


def make_articles(
    plan: Plan, press: Press, folder: SiteFolder, count: int
) -> tuple[dict[str, NewPage | BroadsheetError], dict[str, str], int]:
    """Run the editions that are wanted, and make the article of each as its run ends, in ``count``
    processes: by the paths of their pages, those that were made and the faults of the others; by
    their slugs, why each was run; and how many were. A few editions are under work at a time, so
    that memory does not grow with their number.
    """
    options, project = plan.options, plan.project
    editions = {str(edition.output): edition for edition in plan.wanted}
    of_source = Counter(edition.source.path for edition in plan.publication.editions)
    libraries: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}
    limit = BoundedSemaphore(2 * press.jobs)

    def make(asked: tuple[str, Path | None, str, bool]) -> NewPage:
        page, kept, lacks, is_frozen = asked
        place = editions[page].source.place()
        with guarded(place, MAKING), bounded_work(place, MAKING):
            run = Run(editions[page], kept, lacks=lacks, is_frozen=is_frozen)
            return make_article(press.rendering(run), project, folder, options.reader)

    def made(run: Run) -> NewPage | BroadsheetError:
        place, page = run.edition.source.place(), str(run.edition.output)
        try:
            if run.error is not None:
                return run.error
            with guarded(place, MAKING):
                new = forks.do((page, run.kept, run.lacks, run.is_frozen))
                put_files_of(new, project, folder)
                same = libraries.setdefault(tuple(sorted(new.libraries.items())), new.libraries)
                return replace(new, libraries=same)
        except DiedError:
            return died(place)
        except BroadsheetError as error:
            return error
        finally:
            if of_source[run.edition.source.path] == 1:
                run.edition.source.forget_cells()
            limit.release()

    pages: dict[str, Future[NewPage | BroadsheetError]] = {}
    explained, ran = dict[str, str](), 0
    notebooks = [edition for edition in plan.wanted if edition.source.notebook is not None]
    with (
        press.forked(count, make) as forks,
        options.watch(notebooks) as on_run,
        Threads(2 * press.jobs) as pool,
    ):
        for run in press.run(plan.wanted, use_cache=options.use_cache):
            edition = run.edition
            if edition.source.notebook is not None or run.is_frozen:
                ran += run.ran
                explained[edition.slug] = run.why or "unchanged"
            if edition.source.notebook is not None:
                on_run(run)
            limit.acquire()
            if count < 2:  # in the main thread, a page that takes too long can be broken off
                pages[str(edition.output)] = Future()
                pages[str(edition.output)].set_result(made(run))
            else:
                pages[str(edition.output)] = pool.submit(made, run)
        return {path: page.result() for path, page in pages.items()}, explained, ran


def make_article(
    rendering: Rendering, project: Project, folder: SiteFolder, reader: Reader | None = None
) -> NewPage:
    """Make the article of an edition, and its files; none of them if it has a fault. Perhaps in
    another process than the one that notes the result.
    """
    item, faults = rendering.finished, list[BroadsheetError]()
    content, files = article_of(project, rendering, faults)
    answer, refusal = _read(rendering, reader)
    _refuse_secrets(content, files)
    if refused := [*faults, *refusal]:
        record = replace(record_of(content, "", item.reads), answer=answer)
        fault = joined(refused)
        return NewPage(record, frozenset(), content.notices, {}, tuple(files), fault)
    if content.meta.is_article:
        content, card = social_cards.with_card(content, item.edition, files, project)
        files |= card
        if not (content.references or content.meta.copied_as):  # else when the others are known
            files |= copy_of(content, project)
    folder.put_all(files)
    articles = Articles(project.root)
    digest = articles.put(content)
    if content.meta.is_in_search:
        search.Documents(project.root, articles).put(digest, content)
    record = replace(record_of(content, digest, item.reads), answer=answer)
    reads = asked_for(record).difference(files).union(content.reads)
    return NewPage(record, reads, content.notices, item.libraries, tuple(files))


def put_files_of(new: NewPage, project: Project, folder: SiteFolder) -> None:
    """Note the files that an article has put into the ``folder``, and put the publication's files
    that it asks for. Raises :class:`FileError` for a file that may not be published.
    """
    if new.fault is None:
        folder.note(new.files)
        for name in asked_for(new.record):
            put_asked(name, new.record.meta.source, project, folder)


def put_asked(name: str, source: str, project: Project, folder: SiteFolder) -> None:
    """Put a file of the publication that a page of ``source`` asks for. Raises :class:`FileError`
    if it may not be there.
    """
    if name not in folder.names and may_be_asked_for(name):
        file = project.root / name
        check_path(project.root, file, Place(source), published=True)
        if is_file(file) and not file.resolve().is_relative_to(folder.old):
            folder.put(name, file)


def _read(rendering: Rendering, reader: Reader | None) -> tuple[object, list[BroadsheetError]]:
    """Return the answer of the reader, or the error by which it refuses the page."""
    try:
        return reader(rendering) if reader else None, []
    except BroadsheetError as error:
        return None, [error]


def article_of(
    project: Project, rendering: Rendering, faults: list[BroadsheetError] | None = None
) -> tuple[Article, dict[str, bytes]]:
    """Return the article of an edition that was rendered, and the bytes of its files. Raises
    :class:`FileError` for a file that it links to and that may not be published, and the faults for
    which it cannot be on the site; or, with ``faults``, adds them there.
    """
    document, front = rendering.document, rendering.finished.edition.source.front_matter
    refused = list[BroadsheetError]()
    article, files = content_of(
        rendering,
        project.root,
        base_path(project),
        faults=refused,
        places=table_places(project),
    )
    if project.settings.website.llms_txt and article.meta.path != NOT_FOUND:
        article = replace(article, meta=replace(article.meta, copied_as=OF_EACH_PAGE))
    titles = {name: front.place((name,)) for name in document.inlines}
    if wrong := list(misquoted_attributes(document, titles)):
        # A claim whose name has such marks is not looked for.
        refused = [*wrong, *(one for one in refused if not has_marks(one.cause))]
    first = {lead.path: lead for lead in reversed(article.leads)}
    for lead in reversed(first.values()):
        if lead.path not in files and may_be_asked_for(lead.path):
            file = project.root / lead.path
            check_path(project.root, file, document.find(lead.written), published=True)
    if refused and faults is None:
        raise joined(refused)
    if faults is not None:
        faults += refused
    return article, files


def record_of(content: Article, digest: str, reads: Iterable[str]) -> PageRecord:
    """Return the record of the page of a content, which is stored under that key."""
    return PageRecord(
        content.meta,
        digest,
        aliases=content.aliases,
        leads=content.leads,
        references=content.references,
        tables=tuple(
            sorted(
                {
                    file
                    for name in reads
                    for file in files_behind(name)
                    if file.endswith((".csv", ".parquet"))
                }
            )
        ),
    )


def _refuse_secrets(content: Article, files: Mapping[str, bytes]) -> None:
    """Raise :class:`SecretError` for a page, or a file of it, that holds the value of a known
    secret.
    """
    where = Place(content.meta.source)
    texts = [
        content.html(_text_of, without=None),
        content.excerpt,
        content.proof,
        content.code.source if content.code else "",
        *(astuple(content.around) if content.around else ()),
        repr(replace(content, blocks=())),
        repr(content.meta.fields),
    ]
    secret_values.refuse("\n".join(texts), where, "the page")
    for name, data in files.items():
        secret_values.refuse(data, where, f"the file {PurePosixPath(name).name} of the page")


def _text_of(figure: PageFigure) -> str:
    """Return all texts of a figure, to search for secrets in them."""
    return "\n".join([figure.wide, figure.narrow, figure.table, repr(figure)])
