"""The content of a page, which does not depend on the rest of the site.

The content depends on the page's source, on what that reads, and on the configuration; not on other
pages. So when another article is published, a page's file may be written anew, because it shows
something of the rest of the site, while the content itself is taken from the store
(:mod:`broadsheet.site.article.article_store`): no notebook is finished and Pandoc is not called again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from markupsafe import Markup, escape

from broadsheet.errors import MISSING_FILE, BroadsheetError, Notice, Place, RenderError
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown.document import Document, Inline, Rendered
from broadsheet.markdown.finished_edition import Finished
from broadsheet.markdown.prose import Heading, Update
from broadsheet.markdown.wide_tables import scrolling
from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import SCRIPT
from broadsheet.project.settings.settings import FrontMatter, Listing
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.pairing import is_article
from broadsheet.site.article import links
from broadsheet.site.article.about_box import AboutBox, about_box
from broadsheet.site.article.article_references import references_in
from broadsheet.site.article.before_after import IS_COMPARED, Comparisons
from broadsheet.site.article.edition_select import select_fields
from broadsheet.site.article.entry import Byline, Correction, Entry, Picture, plain_fields
from broadsheet.site.article.lead_picture import figure_of, miniature
from broadsheet.site.article.links import Lead, Reference
from broadsheet.site.article.photos import Photos
from broadsheet.site.article.proof import proof_of
from broadsheet.storage.files import check_path, is_file
from broadsheet.text import url_schemes
from broadsheet.text.language import speaking, t_
from broadsheet.verify.ledger import ledger_path, read_ledger

NOT_FOUND = "404.html"

_WHOLE = re.compile(
    r"(?P<whole>[$€£]?\d[\d.,]*+(?:\w*+(?:-\w++)+"
    r"| (?:(?:m|b|tr)illion|percent|Millionen|Milliarden|Prozent)\b))|<[^>]*+>?|\d[\d.,]*+"
)
# The last two pass over tags and other numbers, so that no letter is looked at for each letter
# before it.
_ELEMENT = re.compile(r"<(?P<end>/?)(?P<tag>section|div|aside|figure|details)\b[^>]*>")
_NOTE_MARK = re.compile(r'<a [^>]*class="footnote-ref".*?</a>', re.DOTALL)
_CAPTION = r"(?:(?!</?figure\b).)*?<figcaption[^>]*>(?P<text>.*?)(?=</figcaption>)"
"""What leads from a figure to its caption, and the caption."""
_NUMBER = re.compile(r"^\s*[^\d<>:]{1,20}\s\d+(?:\.\d+)*[:.]\s+")
_SORTABLE = re.compile(r'<table [^>]*class="[^"]*\bis-sortable\b')
_ALLOWED = url_schemes.LINKS | {links.SCHEME.rstrip(":")}
"""The schemes that an address may have before links to other articles are resolved."""


@dataclass(frozen=True)
class Article:
    """The content of a page; every output of the page is made of this.

    ``blocks`` is the body in its order: finished HTML with the site's own addresses, and figures.
    ``pause`` is the index of the block before which something else may be inserted, such as the
    newsletter's box. ``proof`` is the list of its facts and claims, as HTML. ``leads`` are its
    links inside the site; ``files`` are the site's files that belong to it; ``reads`` are the
    publication's files that it was made of; ``based_on`` are its sources, as schema.org has them;
    ``excerpt`` is its text for the newsletter, as HTML; ``references`` are the other articles that
    it links to by their slugs.
    """

    meta: Entry
    blocks: tuple[str | PageFigure, ...]
    pause: int = 0
    proof: str = ""
    headings: tuple[Heading, ...] = ()
    updates: tuple[Update, ...] = ()
    toc_title: str = ""
    listings: tuple[Listing, ...] = ()
    aliases: tuple[str, ...] = ()
    leads: tuple[Lead, ...] = ()
    files: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = field(default=(), repr=False)
    based_on: tuple[Mapping[str, Any], ...] = ()
    excerpt: str = ""
    references: tuple[Reference, ...] = ()
    about: AboutBox | None = None

    @property
    def figures(self) -> list[PageFigure]:
        """The figures, in their order."""
        return [block for block in self.blocks if isinstance(block, PageFigure)]

    @property
    def figure(self) -> PageFigure | None:
        """The figure that represents the page: the one that its picture is of, else the first that
        is drawn.
        """
        return figure_of(self.figures, self.meta.picture)

    @property
    def kinds(self) -> frozenset[str]:
        """The trace types of its figures, each figure's with spaces between; they say which scripts
        the page needs.
        """
        return frozenset(figure.kinds for figure in self.figures if figure.kinds)

    @property
    def is_sortable(self) -> bool:
        """Whether it has a table that can be sorted."""
        return any(
            block.is_sortable if isinstance(block, PageFigure) else bool(_SORTABLE.search(block))
            for block in self.blocks
        )

    @property
    def is_compared(self) -> bool:
        """Whether two of its pictures are laid on each other."""
        return any(IS_COMPARED in block for block in self.blocks if isinstance(block, str))

    def html(self, show: Callable[[PageFigure], str], *, pause: str = "") -> str:
        """The body, with its figures as ``show`` shows them, and what is inserted at its ``pause``."""
        shown = [block if isinstance(block, str) else show(block) for block in self.blocks]
        return "".join([*shown[: self.pause], pause, *shown[self.pause :]])

    def map_html(self, change: Callable[[str], str]) -> Article:
        """The same content, with ``change`` applied to all HTML of its author."""
        blocks = (
            change(block)
            if isinstance(block, str)
            else replace(block, caption=change(block.caption))
            for block in self.blocks
        )
        return replace(self, blocks=tuple(blocks), excerpt=change(self.excerpt))


def content_of(
    finished: Finished,
    document: Document,
    rendered: Rendered,
    root: Path,
    base: str,
    *,
    faults: list[BroadsheetError] | None = None,
    is_published: Callable[[str], bool] | None = None,
) -> tuple[Article, dict[str, bytes]]:
    """The content of a page, and the bytes of its files. Raises :class:`RenderError` for a file
    outside of the site, :class:`FactError` for a sentence that its data do not support; or, with
    ``faults``, adds it there. ``is_published`` says which of the publication's files are on the site.
    """
    rendered, refused = _without_refused(rendered, document)
    ledger = read_ledger(root, finished.edition)
    proof = proof_of(
        finished, document, rendered, root, ledger, faults=faults, is_published=is_published
    )
    rendered = replace(rendered, html=proof.html, inlines=proof.inlines)
    edition, front = finished.edition, finished.edition.settings
    page, folder = edition.output, edition.source.path.parent
    leads: dict[Lead, None] = {}

    def rewrite(address: str) -> str:
        target = links.target_of(address, folder)
        if target is not None and target.path.suffix == SCRIPT and is_article(root, target.path):
            target = replace(target, path=target.path.with_suffix(".html"))
        if target is None:
            if address.startswith("#"):
                leads[Lead(address, str(page), address[1:])] = None
            return address
        leads[Lead(address, str(target.path), target.fragment)] = None
        return target.from_root(base) if str(page) == NOT_FOUND else target.from_page(page)

    ledgers = [str(ledger_path(edition))] if finished.facts else []
    photos = Photos(root, edition, document.find)
    compared = Comparisons(document, rendered.figures)
    body = compared.placed(photos.placed(rendered.html), front.lang)
    body = scrolling(links.rewritten(body, rewrite))
    excerpt = links.rewritten(_inline(rendered, "excerpt", "").html, rewrite)
    known = links.rewritten(proof.section, rewrite)
    blocks, pause = _blocks(body, rendered.figures, has_end=bool(known))
    if front.excerpt_position == "top":
        pause = 0
    figures = [block for block in blocks if isinstance(block, PageFigure)]
    files: dict[str, bytes] = {
        _safe(path, edition): data for path, data in {**finished.assets, **proof.files}.items()
    }
    picture = _picture(edition, files, photos)
    files |= photos.files
    figure = figure_of(figures, picture)
    files |= _miniatures(figure, edition) if figure else {}
    meta = _meta(finished, rendered, picture, _chart(figure, edition, files))
    if ledger.last_change and meta.updated and ledger.last_change > meta.updated:
        meta = replace(meta, modified=ledger.last_change)
    for text in (meta.title_html, meta.subtitle_html):
        links.rewritten(text, rewrite)
    for listing in front.listing:
        for item in listing.items:
            for key in {"image", "path", "href"} & item.keys():
                rewrite(str(item[key]))
    return Article(
        meta,
        tuple(blocks),
        pause,
        known,
        _contents(rendered, front),
        rendered.prose.updates,
        _toc_title(front),
        tuple(front.listing),
        edition.aliases,
        tuple(leads),
        tuple(files),
        tuple(sorted({*finished.reads, *document.reads, *edition.reads, *ledgers, *photos.reads})),
        (
            *finished.notices,
            *rendered.notices,
            *refused,
            *proof.notices,
            *photos.notices,
            *compared.notices,
            *_without_picture(edition, picture),
        ),
        proof.based_on,
        excerpt,
        (
            *references_in(body + excerpt, document.find),
            *(Reference(slug, "", document.find(slug), False) for slug in front.related),
        ),
        about_box(front, rewrite),
    ), files


def _blocks(
    body: str, figures: Mapping[str, PageFigure], *, has_end: bool
) -> tuple[list[str | PageFigure], int]:
    """The body in pieces, with a figure in place of each mark; and the index of the piece before
    which something may be inserted. ``has_end`` says that a section follows the body.
    """
    for mark, figure in figures.items():
        body = _with_note(body, mark, figure.credits.note)
    marks = re.compile("(" + "|".join(map(re.escape, figures)) + ")") if figures else None
    at = _pause(body, has_end=has_end)
    blocks: list[str | PageFigure] = []
    pause = 0
    for part in (body[:at], body[at:]):
        pause = len(blocks)
        for piece in marks.split(part) if marks else [part]:
            if piece in figures:
                figure = figures[piece]
                blocks.append(replace(figure, caption=_caption(body, piece)))
            elif piece:
                blocks.append(piece)
    return blocks, pause


def _pause(body: str, *, has_end: bool) -> int:
    """The start of the second section, or of the first that has something before it; else the end."""
    starts, depth = list[int](), 0
    for tag in _ELEMENT.finditer(body):
        if not tag["end"] and depth == 0 and tag["tag"] == "section":
            starts.append(tag.start())
        depth += -1 if tag["end"] else 1
    starts += [len(body)] if has_end else []
    later = starts[1:] or [start for start in starts if body[:start].strip()]
    return later[0] if later else len(body)


def _captioned(body: str, mark: str) -> re.Match[str] | None:
    """The caption under the figure of a mark."""
    return re.compile(re.escape(mark) + _CAPTION, re.DOTALL).search(body)


def _caption(body: str, mark: str) -> str:
    """The caption of a figure without its number, which counts the article's figures."""
    found = _captioned(body, mark)
    return _NUMBER.sub("", found["text"].replace("&nbsp;", " ")).strip() if found else ""


def _with_note(body: str, mark: str, note: str) -> str:
    """The body in which a figure's note is at the end of its caption, if it has one: readers have one
    block of notes under it. What the caption says is not repeated.
    """
    found = _captioned(body, mark)
    if found is None or not note:
        return body
    words = " ".join(Markup(found["text"]).striptags().split())
    if note in words:
        return body
    stop = "" if words.endswith((".", "!", "?", "…", ":")) else "."
    stop = ":" if _NUMBER.fullmatch(f"{words}: ") else stop
    after = f'{stop} <span class="chart-note">{escape(note)}</span>'
    return body[: found.end()].rstrip() + after + body[found.end() :]


def _without_refused(rendered: Rendered, document: Document) -> tuple[Rendered, list[Notice]]:
    """A page's body and its short texts without addresses of schemes that are not allowed, with a
    notice for each.
    """
    html, refused = url_schemes.filtered(rendered.html, _ALLOWED)
    inlines = {}
    for name, short in rendered.inlines.items():
        text, more = url_schemes.filtered(short.html, _ALLOWED)
        inlines[name] = replace(short, html=text) if more else short
        refused += more
    notices = [
        Notice(
            document.find(one.address),
            f"{one} is not on the page: its scheme is not one that a page may have",
            f"Link to a page or a file; of schemes there may be "
            f"{', '.join(sorted(url_schemes.LINKS))}.",
            topic="address",
        )
        for one in dict.fromkeys(refused)
    ]
    return (replace(rendered, html=html, inlines=inlines) if refused else rendered), notices


def _meta(
    finished: Finished, rendered: Rendered, picture: Picture | None, chart: Picture | None
) -> Entry:
    edition, front = finished.edition, finished.edition.settings
    title, subtitle, description = (
        _inline(rendered, name, getattr(front, name))
        for name in ("title", "subtitle", "description")
    )
    if not title.text:
        title = _inline(rendered, "", front.pagetitle or edition.name)
    return Entry(
        path=str(edition.output),
        url=edition.url,
        source=str(edition.source.path),
        title=title.text,
        title_html=_kept_whole(title.html),
        subtitle=subtitle.text,
        subtitle_html=subtitle.html,
        description=description.text,
        authors=tuple(Byline(author.name, author.url or "") for author in front.author),
        date=front.day,
        modified=_day(front.date_modified),
        categories=tuple(front.categories),
        corrections=tuple(
            sorted(
                (Correction(one.date, one.wrong, one.right) for one in front.corrections),
                key=lambda one: one.date,
            )
        ),
        lists_corrections=front.corrections_page,
        picture=picture,
        chart=chart,
        words=len(rendered.prose.text.split()),
        order=front.order,
        lang=front.lang,
        is_listing=bool(front.listing),
        is_searched=front.search,
        withheld=edition.withheld,
        related=tuple(front.related),
        fields=plain_fields(
            {key: value for key, value in edition.metadata.items() if key != "editions"}
            | select_fields(edition)
        ),
    )


def meta_before(edition: Edition) -> Entry:
    """The metadata of an edition that was not made yet: what its front matter says, with a mark in
    place of the values that a run would give.
    """
    meta = _meta(Finished(edition), Rendered(), None, None)
    title, subtitle = _without_values(meta.title), _without_values(meta.subtitle)
    return replace(
        meta,
        title=title,
        title_html=str(Markup.escape(title)),
        subtitle=subtitle,
        subtitle_html=str(Markup.escape(subtitle)),
        description=_without_values(meta.description),
    )


def _without_values(text: str) -> str:
    filled = inline.substitute(text, ["…"] * len(inline.expressions(text)))
    return re.sub(r"\\(\W)", r"\1", re.sub(r"\[([^\[\]]*)\]\{[^{}]*\}", r"\1", filled))


def _kept_whole(title: str) -> str:
    """A headline in which no line ends between a number and a word hyphenated to it, or its scale."""
    return _WHOLE.sub(
        lambda match: f'<span class="whole">{match[0]}</span>' if match["whole"] else match[0],
        title,
    )


def _inline(rendered: Rendered, name: str, written: str) -> Inline:
    return rendered.inlines.get(name) or Inline(str(Markup.escape(written)), written)


def _day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _picture(edition: Edition, assets: Mapping[str, bytes], photos: Photos) -> Picture | None:
    """The picture of a page: the front matter's, or one of the text that has a focal point."""
    settings = edition.settings
    written = settings.image or next((f"/{path}" for path in photos.focal), None)
    target = links.internal(written, edition.source.path.parent) if written else None
    if target is None:
        return None
    path, place = str(target.path), edition.source.front_matter.place(("image",))
    focal, crops = settings.image_focal or photos.focal.get(path), {}
    if path not in assets:
        check_path(photos.root, photos.root / path, place, published=True)
        if not is_file(photos.root / path):
            return None
        path = photos.clean(path, place)
        crops = photos.crops(path, focal) if focal else {}
    chart = path if path.endswith(".svg") else str(target.path.with_suffix(".svg"))
    return Picture(
        path,
        settings.image_alt or "",
        is_chart=path.endswith(".svg") or chart in assets,
        focal=focal if crops else None,
        **crops,
    )


def _without_picture(edition: Edition, picture: Picture | None) -> Iterator[Notice]:
    """A notice for an `image` that does not exist."""
    written = edition.settings.image
    if (
        written
        and picture is None
        and links.internal(written, edition.source.path.parent) is not None
    ):
        yield Notice(
            edition.source.front_matter.place(("image",)),
            f"`image` names `{written}`, which the site does not have",
            "Look for a misspelling, or add the file to the publication.",
            topic=MISSING_FILE,
        )


def _miniatures(figure: PageFigure, edition: Edition) -> dict[str, bytes]:
    light, dark = (miniature(figure, dark=is_dark) for is_dark in (False, True))
    stem = f"{edition.files}/{figure.label}-small"
    return {f"{stem}.svg": light, f"{stem}-dark.svg": dark} if light and dark else {}


def _chart(
    figure: PageFigure | None, edition: Edition, files: Mapping[str, bytes]
) -> Picture | None:
    if figure is None:
        return None
    for stem in (f"{edition.files}/{figure.label}-small", f"{edition.files}/{figure.label}"):
        if f"{stem}.svg" in files:
            dark = f"{stem}-dark.svg"
            return Picture(f"{stem}.svg", figure.alt, dark if dark in files else "", is_chart=True)
    return None


def _contents(rendered: Rendered, front: FrontMatter) -> tuple[Heading, ...]:
    """The headings of the table of contents, without the marks of their notes."""
    return (
        tuple(
            replace(heading, html=_NOTE_MARK.sub("", heading.html))
            for heading in rendered.prose.headings
            if heading.level <= front.toc_depth
        )
        if front.toc
        else ()
    )


def _toc_title(front: FrontMatter) -> str:
    with speaking(front.lang):
        return (front.toc_title or t_("On this page")) if front.toc else ""


def _safe(path: str, edition: Edition) -> str:
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise RenderError(
            Place(str(edition.path)),
            f"a file of this page would lie outside of the site: {path!r}",
            "Give the figure a plain label.",
        )
    return path
