"""Makes one edition: its content and its files, before the rest of the site is known.

The result depends on the edition, on what it reads and on the configuration, not on other pages
(:mod:`broadsheet.site.article.article`). The content goes into its store, the files into the folder of
the new site, and what lists and links need to know into a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Protocol

from broadsheet.errors import BroadsheetError, Notice, Place, joined
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown.document import Document, Inline, Rendered
from broadsheet.markdown.finished_edition import Finished
from broadsheet.markdown.markdown_text import document_of
from broadsheet.markdown.typographic_quotes import misquoted_attributes
from broadsheet.processes import secret_values
from broadsheet.project.project import Project
from broadsheet.site.article.article import Article, content_of
from broadsheet.site.article.article_store import Articles
from broadsheet.site.build.copied_files import is_asked_for
from broadsheet.site.build.shared_messages import told_of
from broadsheet.site.formats import search, social_cards
from broadsheet.site.formats.markdown_copy import copy_of
from broadsheet.site.index.build_record import PageRecord
from broadsheet.site.index.page import base_path
from broadsheet.site.output.new_site import SiteFolder
from broadsheet.site.pages.page_rendering import asked_for, may_be_asked_for
from broadsheet.storage.files import check_path, is_file
from broadsheet.text.quotation_marks import has_marks

Reader = Callable[[Finished, Document, Rendered], object]
"""A function that gets each page once it is made, perhaps in another process, and may refuse it by an
error; its answer, of JSON's types, is kept with the page.
"""


class Renders(Protocol):
    """The part of the Pandoc pool that is used here."""

    def render(self, document: Document) -> Rendered:
        """One page's body. Raises :class:`RenderError`."""


@dataclass(frozen=True)
class NewPage:
    """An edition that was made: the record of its page, the files that it ``reads``, its notices,
    its ``files`` in the site, and the ``libraries`` of its notebook with their versions. With a
    ``fault`` it is not on the site: what else was found of it is told all the same.
    """

    record: PageRecord
    reads: frozenset[str]
    notices: tuple[Notice, ...]
    libraries: Mapping[str, str]
    files: tuple[str, ...] = ()
    fault: BroadsheetError | None = None

    def with_files(self, root: Path) -> PageRecord:
        """The record with the files of the page, also of a page that has a fault. ``root`` is the
        publication's.
        """
        names = filter(may_be_asked_for, asked_for(self.record))
        there = [name for name in names if is_file(root / name)]
        return replace(self.record, files=(*self.files, *there))


def notices_on(pages: Mapping[str, NewPage]) -> list[Notice]:
    """The notices of pages, by their paths, each with its page."""
    return [told_of(notice, path) for path, new in sorted(pages.items()) for notice in new.notices]


@dataclass(frozen=True)
class PageMaker:
    """Makes editions, perhaps in other processes than the one that notes the results."""

    project: Project
    pandoc: Renders
    folder: SiteFolder
    contents: Articles
    documents: search.Documents
    reader: Reader | None = None

    def make(self, item: Finished) -> NewPage:
        """Make the content of an edition, and its files; none of them if it has a fault."""
        project = self.project
        faults: list[BroadsheetError] = []
        made = content_made(project, self.pandoc, item, faults)
        content, files = made.content, dict(made.files)
        answer, refusals = self._read(item, made)
        _refuse_secrets(content, files)
        if refused := [*faults, *refusals]:
            record = replace(record_of(content, "", item.reads), answer=answer)
            fault = joined(refused)
            return NewPage(record, frozenset(), content.notices, {}, tuple(files), fault)
        if content.meta.is_article:
            content, card = social_cards.with_card(content, item.edition, files, project)
            files |= card
            if not content.references:  # else it is made when the others are known
                files |= copy_of(content, project)
        self.folder.put_all(files)
        digest = self.contents.put(content)
        if content.meta.is_in_search:
            self.documents.put(digest, content)
        record = replace(record_of(content, digest, item.reads), answer=answer)
        reads = asked_for(record).difference(files).union(content.reads)
        return NewPage(record, reads, content.notices, item.libraries, tuple(files))

    def _read(self, item: Finished, made: MadeContent) -> tuple[object, list[BroadsheetError]]:
        """The answer of the reader, or the errors by which it refuses the page."""
        try:
            return self.reader(item, made.document, made.rendered) if self.reader else None, []
        except BroadsheetError as error:
            return None, [error]


@dataclass(frozen=True)
class MadeContent:
    """The content of an edition with the bytes of its files, and what it was rendered from."""

    content: Article
    files: Mapping[str, bytes]
    document: Document
    rendered: Rendered


def content_made(
    project: Project, pandoc: Renders, item: Finished, faults: list[BroadsheetError] | None = None
) -> MadeContent:
    """Make the content of an edition. Raises :class:`FileError` for a file that it links to and that
    may not be published, and what :func:`~broadsheet.site.article.article.content_of` does.
    """
    document = document_of(item, project.root)
    front = item.edition.source.front_matter
    wrong = list(
        misquoted_attributes(document, {name: front.place((name,)) for name in document.inlines})
    )
    if wrong and faults is None:
        raise joined(wrong)
    rendered = pandoc.render(document)
    base = base_path(project)
    is_published = partial(is_asked_for, project)
    content, files = content_of(
        item, document, rendered, project.root, base, faults=faults, is_published=is_published
    )
    if faults is not None and wrong:  # a claim whose name has such marks is not looked for
        faults[:] = [*wrong, *(one for one in faults if not has_marks(one.cause))]
    first = {lead.path: lead for lead in reversed(content.leads)}
    for lead in reversed(first.values()):
        if lead.path not in files and may_be_asked_for(lead.path):
            file = project.root / lead.path
            check_path(project.root, file, document.find(lead.written), published=True)
    return MadeContent(content, files, document, rendered)


def record_of(content: Article, digest: str, reads: Iterable[str]) -> PageRecord:
    """The record of the page of a content, which is stored under that key."""
    return PageRecord(
        content.meta,
        digest,
        aliases=content.aliases,
        leads=content.leads,
        references=content.references,
        tables=tuple(sorted({name for name in reads if name.endswith(".csv")})),
    )


def footer_texts(project: Project, pandoc: Renders) -> dict[str, Inline]:
    """The texts of the footer that the configuration has in Markdown, by language and side (`de
    left`), rendered.
    """
    texts = {
        f"{lang} {side}": text
        for lang in (project.lang, *project.settings.broadsheet.languages)
        for side in ("left", "center", "right")
        if isinstance(text := getattr(project.website_in(lang).page_footer, side), str)
    }
    return dict(pandoc.render(Document("_quarto.yml", "", inlines=texts)).inlines) if texts else {}


def _refuse_secrets(content: Article, files: Mapping[str, bytes]) -> None:
    """Raise :class:`SecretError` for a page, or a file of it, that holds the value of a known
    secret.
    """
    where = Place(content.meta.source)
    texts = [
        content.html(_text_of),
        content.excerpt,
        content.proof,
        repr(content.meta),
        repr(content.meta.fields),
    ]
    secret_values.refuse("\n".join(texts), where, "the page")
    for name, data in files.items():
        secret_values.refuse(data, where, f"the file {PurePosixPath(name).name} of the page")


def _text_of(figure: PageFigure) -> str:
    """All texts of a figure, to search for secrets in them."""
    return "\n".join([figure.wide, figure.narrow, figure.table, repr(figure)])
