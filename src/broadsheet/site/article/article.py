"""The content of a page, which does not depend on the rest of the site.

The content depends on the page's source, on what that reads, and on the configuration; not on other
pages. So when another article is published, a page's file may be written anew, because it shows
something of the rest of the site, while the content itself is taken from the store
(:mod:`broadsheet.site.article.article_store`): no notebook is finished and Pandoc is not called
again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Any

from lxml.etree import Comment
from lxml.html import HtmlElement
from markupsafe import Markup

from broadsheet.errors import MISSING_FILE, BroadsheetError, Notice, Place, RenderError
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown.document import Document, Inline, Rendered
from broadsheet.markdown.elements.wide_tables import make_scroll
from broadsheet.markdown.finished_edition import Finished
from broadsheet.markdown.prose import Heading, Update, own_number
from broadsheet.markdown.rendering import Rendering
from broadsheet.project.editions.edition import Edition
from broadsheet.project.project import SCRIPT
from broadsheet.project.settings.rights import Rights, rights_of
from broadsheet.project.settings.settings import FrontMatter, Listing
from broadsheet.project.sources import inline_expressions as inline
from broadsheet.project.sources.pairing import is_article
from broadsheet.site.article import links
from broadsheet.site.article.about_box import AboutBox, about_box, place_about
from broadsheet.site.article.article_references import references_in
from broadsheet.site.article.before_after import IS_COMPARED, Comparisons
from broadsheet.site.article.code_style import code_style
from broadsheet.site.article.code_tools import PageCode, page_code
from broadsheet.site.article.edition_select import select_fields
from broadsheet.site.article.entry import (
    Byline,
    CorrectionText,
    Entry,
    Picture,
    minutes_of,
    plain_fields,
)
from broadsheet.site.article.included_html import AroundPage, included_html
from broadsheet.site.article.lead_picture import (
    ELSEWHERE,
    PreviewPicture,
    figure_of,
    miniature,
    preview_pictures,
)
from broadsheet.site.article.links import Lead, Reference
from broadsheet.site.article.margin_notes import place_notes
from broadsheet.site.article.photos import Photos
from broadsheet.site.article.proof import proof_of
from broadsheet.site.article.table_places import NO_PLACES, TablePlaces
from broadsheet.storage.files import check_path, is_file, refusal
from broadsheet.text import html_tree, url_schemes
from broadsheet.text.html_tree import changed, classes, parsed, written
from broadsheet.text.language import speaking_with, t_
from broadsheet.verify.ledger import ledger_path, read_ledger

NOT_FOUND = "404.html"
COPY_ONLY, PAGE_ONLY = "copy-only", "page-only"
"""The classes of what only the copy of a page in Markdown has, and of what only the page has."""

_WHOLE = re.compile(
    r"(?P<whole>[$€£]?\d[\d.,]*+(?:\w*+(?:-\w++)+"
    r"| (?:(?:m|b|tr)illion|percent|Millionen|Milliarden|Prozent)\b))|\d[\d.,]*+"
)
# The last part passes over other numbers, so that no letter is looked at for each letter before it.
_LONGEST_OPENING = 500
"""The most characters that lists know of a page's first paragraph."""
_SECTION = ("section", "div", "aside", "figure", "details")
"""Elements within which a section is not one of the body."""
_OF_SCRIPTED_CODE = frozenset({"code-with-copy", "code-annotation-container-hidden"})
"""Classes of elements that `theme/code.js` serves."""
_DELIMITER = re.compile(r"[^\w\s]*\s+")
_ALLOWED = url_schemes.LINKS | {links.SCHEME.rstrip(":")}
"""The schemes that an address may have before links to other articles are resolved."""


@dataclass(frozen=True)
class Article:
    """The content of a page; every output of the page is made of this."""

    meta: Entry
    """The metadata for lists, feeds and other pages."""
    blocks: tuple[str | PageFigure, ...]
    """The body in its order: finished HTML with the site's own addresses, and figures."""
    pause: int = 0
    """The index of the block before which something else may be inserted, such as the newsletter's
    box.
    """
    proof: str = ""
    """The list of its facts and claims, as HTML."""
    headings: tuple[Heading, ...] = ()
    """The headings of its table of contents."""
    updates: tuple[Update, ...] = ()
    """The dated updates in its text."""
    toc_title: str = ""
    """The title of its table of contents; empty without one."""
    listings: tuple[Listing, ...] = ()
    """The lists of pages that it shows."""
    aliases: tuple[str, ...] = ()
    """Other addresses that lead to it."""
    leads: tuple[Lead, ...] = ()
    """Its links inside the site."""
    files: tuple[str, ...] = ()
    """The paths of the site's files that belong to it."""
    reads: tuple[str, ...] = ()
    """The paths of the publication's files that it was made of."""
    notices: tuple[Notice, ...] = field(default=(), repr=False)
    """The messages to the author."""
    based_on: tuple[Mapping[str, Any], ...] = ()
    """Its sources, as schema.org has them."""
    excerpt: str = ""
    """Its text for the newsletter, as HTML."""
    references: tuple[Reference, ...] = ()
    """The other articles that it links to by their slugs."""
    about: AboutBox | None = None
    """The head of a page about somebody."""
    rights: Rights = field(default_factory=Rights)
    """The rights in it."""
    around: AroundPage | None = None
    """HTML of the author's own around it."""
    has_sorting: bool = False
    """A table of its text can be sorted."""
    is_compared: bool = False
    """Two of its pictures are laid on each other."""
    has_tab_groups: bool = False
    """It has tabsets that change together."""
    has_code: bool = False
    """It has code to copy, or with notes that are shown beside its lines."""
    code: PageCode | None = None
    """The menu of its code."""
    code_style: str = ""
    """The path of the style sheet of its code; empty for the theme's own looks."""

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
        """A table of its text or of a figure can be sorted."""
        return self.has_sorting or any(figure.is_sortable for figure in self.figures)

    def html(
        self,
        show: Callable[[PageFigure], str],
        *,
        pause: str = "",
        without: str | None = COPY_ONLY,
    ) -> str:
        """Return the body, with its figures as ``show`` shows them, and what is inserted at its
        ``pause``. Elements of the class ``without`` are left out.
        """
        shown = [block if isinstance(block, str) else show(block) for block in self.blocks]
        html = "".join([*shown[: self.pause], pause, *shown[self.pause :]])
        if without is None or without not in html:
            return html
        body = parsed(html)
        for element in [element for element in body.iter("*") if without in classes(element)]:
            element.drop_tree()
        return written(body)

    def with_html(self, change: Callable[[HtmlElement], object]) -> Article:
        """Return the same content after a ``change`` of all HTML of its author."""
        secret, figures = secrets.token_hex(8), iter(self.figures)
        body = parsed(
            self.html(lambda _: f"<!--{secret}figure-->", pause=f"<!--{secret}-->", without=None)
        )
        marks = html_tree.comments(body, secret)
        change(body)
        places: dict[HtmlElement, PageFigure | None] = {}
        for mark in marks:
            figure = next(figures) if mark.text != secret else None
            places[mark] = figure and replace(figure, caption=changed(figure.caption, change))
        blocks, pause = _pieces(body, places)
        return replace(self, blocks=blocks, pause=pause, excerpt=changed(self.excerpt, change))


def content_of(
    rendering: Rendering,
    root: Path,
    base: str,
    *,
    faults: list[BroadsheetError] | None = None,
    places: TablePlaces = NO_PLACES,
) -> tuple[Article, dict[str, bytes]]:
    """Return the content of a page, and the bytes of its files. Raises :class:`RenderError` for a
    file outside of the site, :class:`FactError` for a sentence that its data do not support; or,
    with ``faults``, adds it there. ``places`` are those where readers find tables.
    """
    finished, document = rendering.finished, rendering.document
    rendered, refused = _without_refused(rendering.rendered, document)
    edition, front = finished.edition, finished.edition.settings
    page, folder = edition.output, edition.source.path.parent
    ledger = read_ledger(root, edition)
    leads: dict[Lead, None] = {}

    @cache  # a page has many links to its tables and their publishers
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
    proof = proof_of(
        replace(rendering, rendered=rendered),
        root,
        ledger,
        href=rewrite,
        faults=faults,
        places=places,
    )
    rendered = replace(rendered, inlines=proof.inlines)
    photos = Photos(root, edition, document.find)
    compared = Comparisons(document, rendered.figures)
    body, excerpt = rendered.body, parsed(_inline(rendered, "excerpt", "").html)
    previews = preview_pictures(body)
    photos.place(body)
    compared.mark(body, front.lang)
    place_notes(body, with_references=front.citation_location == "margin")
    links.rewrite_addresses(body, rewrite)
    links.rewrite_addresses(excerpt, rewrite)
    make_scroll(body)
    about = place_about(body, about_box(front, rewrite), front.about.id if front.about else None)
    included = included_html(edition, document, root, rewrite)
    references = references_in((body, excerpt), document.find)
    opening = "" if front.description else _opening(body)
    blocks, pause = _blocks(
        body,
        {name: places.in_credits(one) for name, one in rendered.figures.items()},
        has_end=bool(proof.section),
    )
    if front.excerpt_position == "top":
        pause = 0
    figures = [block for block in blocks if isinstance(block, PageFigure)]
    files: dict[str, bytes] = {
        _safe(path, edition): data for path, data in {**finished.assets, **proof.files}.items()
    }
    has_chart = figure_of(figures, None) is not None
    previews = [one for one in previews if one.is_chosen or not has_chart]
    picture = _picture(edition, files, photos, previews)
    looks = code_style(edition, root, body)
    files |= {**photos.files, **looks.files}
    figure = figure_of(figures, picture)
    files |= _miniatures(figure, edition) if figure else {}
    meta = _meta(finished, rendered, picture, _chart(figure, edition, files))
    if ledger.last_change and meta.updated and ledger.last_change > meta.updated:
        meta = replace(meta, modified=ledger.last_change)
    for text in (meta.title_html, meta.subtitle_html):
        links.rewritten(text, rewrite)
    meta = replace(
        meta,
        description_html=links.rewritten(meta.description_html, rewrite),
        opening=opening,
    )
    for listing in front.listing:
        for item in listing.items:
            for key in {"image", "path", "href"} & item.keys():
                rewrite(str(item[key]))
    return Article(
        meta,
        blocks,
        pause,
        proof.section,
        _contents(rendered, front),
        rendered.prose.updates,
        _toc_title(front),
        tuple(front.listing),
        edition.aliases,
        tuple(leads),
        tuple(files),
        tuple(
            sorted(
                {
                    *finished.reads,
                    *document.reads,
                    *edition.reads,
                    *ledgers,
                    *photos.reads,
                    *looks.reads,
                    *included.reads,
                }
            )
        ),
        (
            *finished.notices,
            *rendered.notices,
            *refused,
            *proof.notices,
            *photos.notices,
            *included.notices,
            *compared.notices,
            *looks.notices,
            *_without_picture(edition, picture),
        ),
        proof.based_on,
        written(excerpt),
        (
            *references,
            *(Reference(slug, "", document.find(slug), False) for slug in front.related),
        ),
        about,
        rights_of(front.license, front.copyright),
        included.around,
        any("is-sortable" in classes(table) for table in body.iter("table")),
        any(IS_COMPARED in classes(pair) for pair in body.iter("div")),
        has_tab_groups=any(
            "panel-tabset" in classes(tabs) and tabs.get("data-group") for tabs in body.iter("div")
        ),
        has_code=any(
            not _OF_SCRIPTED_CODE.isdisjoint(classes(part)) for part in body.iter("pre", "dl")
        ),
        code=page_code(
            edition,
            front,
            root,
            has_folds=any("code-fold" in classes(fold) for fold in body.iter("details")),
        ),
        code_style=looks.path,
    ), files


def _blocks(
    body: HtmlElement, figures: Mapping[str, PageFigure], *, has_end: bool
) -> tuple[tuple[str | PageFigure, ...], int]:
    """Return the body in pieces, with a figure in place of each mark; and the index of the piece
    before which something may be inserted. ``has_end`` says that a section follows the body.
    """
    places: dict[HtmlElement, PageFigure | None] = {}
    for comment in html_tree.comments(body, "figure:"):
        if (figure := figures.get(comment.text)) is not None:
            caption = _caption_of(comment)
            if caption is not None:
                _add_note(caption, figure.credits.note)
            words = "" if caption is None else _without_number(caption)
            places[comment] = replace(figure, caption=words)
    if (section := _later_section(body, has_end=has_end)) is not None:
        pause = Comment("")
        section.addprevious(pause)
        places[pause] = None
    return _pieces(body, places)


def _pieces(
    body: HtmlElement, places: Mapping[HtmlElement, PageFigure | None]
) -> tuple[tuple[str | PageFigure, ...], int]:
    """Return a body written in pieces, with figures in their ``places``; and the index of the piece
    behind the place without one, the pause, or else of the end.
    """
    pieces = [piece for piece in html_tree.pieces(body, places) if piece != ""]
    pause = pieces.index(None) if None in pieces else len(pieces)
    return tuple(piece for piece in pieces if piece is not None), pause


def _later_section(body: HtmlElement, *, has_end: bool) -> HtmlElement | None:
    """Return the second section, or the first that has something before it; None where that is the
    end.
    """
    first: HtmlElement | None = None
    for section in body.iter("section"):
        if any(around is not body for around in section.iterancestors(*_SECTION)):
            continue
        if first is not None:
            return section
        first = section
    if first is None or has_end:
        return None
    around = first.getparent()
    is_later = first.getprevious() is not None or around is not body or (body.text or "").strip()
    return first if is_later else None


def _caption_of(mark: HtmlElement) -> HtmlElement | None:
    """Return the caption that comes after the mark of a figure, in the same frame."""
    for around in (mark, *mark.iterancestors()):
        if around.tag == "figure":
            return None
        for sibling in around.itersiblings():
            for frame in sibling.iter("figure", "figcaption"):
                return frame if frame.tag == "figcaption" else None
    return None


def _without_number(caption: HtmlElement) -> str:
    """Return a caption without its number, which counts the article's figures."""
    copy = deepcopy(caption)
    text = copy.text or ""
    if number := own_number(copy, text):
        copy.text = _DELIMITER.sub("", text[len(number) :], count=1)
    return written(copy).strip()


def _add_note(caption: HtmlElement, note: str) -> None:
    """Put a figure's note at the end of its caption, if it has one: readers have one block of notes
    under it. What the caption says is not repeated.
    """
    words = " ".join(caption.text_content().split())
    if not note or note in words:
        return
    stop = "" if words.endswith((".", "!", "?", "…", ":")) else "."
    whole = caption.text_content().strip()
    stop = ":" if own_number(caption, whole) == whole else stop
    last = caption[-1] if len(caption) else None
    if last is None:
        caption.text = f"{(caption.text or '').rstrip()}{stop} "
    else:
        last.tail = f"{(last.tail or '').rstrip()}{stop} "
    caption.append(html_tree.new_element("span", {"class": "chart-note"}, note))


def _remove_notes(text: HtmlElement) -> None:
    """Remove the marks of the notes of a heading or a paragraph."""
    for link in list(text.iter("a")):
        if "footnote-ref" in classes(link):
            link.drop_tree()


def _without_refused(rendered: Rendered, document: Document) -> tuple[Rendered, list[Notice]]:
    """Return a page's body and its short texts without addresses of schemes that are not allowed,
    with a notice for each.
    """
    refused = url_schemes.remove_refused(rendered.body, _ALLOWED)
    inlines = {}
    for name, short in rendered.inlines.items():
        root = parsed(short.html)
        more = url_schemes.remove_refused(root, _ALLOWED)
        inlines[name] = replace(short, html=written(root)) if more else short
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
    return (replace(rendered, inlines=inlines) if refused else rendered), notices


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
    words = len(rendered.prose.text.split())
    return Entry(
        path=str(edition.output),
        url=edition.url,
        source=str(edition.source.path),
        title=title.text,
        title_html=_kept_whole(title.html),
        subtitle=subtitle.text,
        subtitle_html=subtitle.html,
        description=description.text,
        description_html=description.html,
        authors=tuple(
            Byline(author.name, author.url or "", author.orcid or "") for author in front.author
        ),
        date=front.day,
        modified=_day(front.date_modified),
        categories=tuple(front.categories),
        corrections=tuple(
            sorted(
                (CorrectionText(one.date, one.wrong, one.right) for one in front.corrections),
                key=lambda one: one.date,
            )
        ),
        lists_corrections=front.corrections_page,
        picture=picture,
        chart=chart,
        words=words,
        minutes=minutes_of(words),
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
    """Return the metadata of an edition that was not made yet: what its front matter says, with a
    mark in place of the values that a run would give.
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
    """Return a headline in which no line ends between a number and a word hyphenated to it, or its
    scale.
    """
    root = parsed(title)
    for place in html_tree.texts(root):
        wholes = [one for one in _WHOLE.finditer(html_tree.text_at(place)) if one["whole"]]
        for match in reversed(wholes):
            html_tree.wrap_text(
                place, *match.span(), html_tree.new_element("span", {"class": "whole"})
            )
    return written(root)


def _inline(rendered: Rendered, name: str, written: str) -> Inline:
    return rendered.inlines.get(name) or Inline(str(Markup.escape(written)), written)


def _day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _picture(
    edition: Edition,
    assets: Mapping[str, bytes],
    photos: Photos,
    previews: Iterable[PreviewPicture],
) -> Picture | None:
    """Return the picture of a page: the front matter's, or one of the text that has a focal point,
    or else the first of the ``previews``, pictures of the text, that can be shown.
    """
    settings = edition.settings
    written = settings.image or next((f"/{path}" for path in photos.focal), None)
    alt = settings.image_alt or ""
    if written is None:
        shown = (one for one in previews if _is_shown(one, edition, assets, photos))
        if (preview := next(shown, None)) is not None:
            written, alt = preview.address, alt or preview.alt
    target = links.internal(written, edition.source.path.parent) if written else None
    if target is None:
        is_elsewhere = written is not None and url_schemes.scheme_of(written) in ELSEWHERE
        return Picture(written or "", alt) if is_elsewhere else None
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
        alt,
        is_chart=path.endswith(".svg") or chart in assets,
        focal=focal if crops else None,
        **crops,
    )


def _is_shown(
    preview: PreviewPicture, edition: Edition, assets: Mapping[str, bytes], photos: Photos
) -> bool:
    """True if a picture of the text is on the site, as it is or made smaller; or on another."""
    if url_schemes.scheme_of(preview.address) in ELSEWHERE:
        return True
    target = links.internal(preview.address, edition.source.path.parent)
    path = str(target.path) if target else ""
    if path in assets or path in photos.reads:
        return True
    file = photos.root / path
    return (
        path.endswith(".svg")
        and is_file(file)
        and refusal(photos.root, file, published=True) is None
    )


def _without_picture(edition: Edition, picture: Picture | None) -> Iterator[Notice]:
    """Yield a notice for an `image` that does not exist."""
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
    """Return the headings of the table of contents, without the marks of their notes."""
    return (
        tuple(
            replace(heading, html=changed(heading.html, _remove_notes))
            for heading in rendered.prose.headings
            if heading.level <= front.toc_depth
        )
        if front.toc
        else ()
    )


def _toc_title(front: FrontMatter) -> str:
    with speaking_with(front.lang, front.language):
        return (front.toc_title or t_("On this page")) if front.toc else ""


def _opening(body: HtmlElement) -> str:
    """Return the first paragraph of the running text, in plain text, without the signs of notes."""
    for paragraph in body.iter("p"):
        around = takewhile(lambda element: element is not body, paragraph.iterancestors())
        if all(element.tag == "section" for element in around):
            copy = deepcopy(paragraph)
            copy.tail = None
            _remove_notes(copy)
            if words := " ".join(copy.text_content().split()):
                return words[:_LONGEST_OPENING]
    return ""


def _safe(path: str, edition: Edition) -> str:
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise RenderError(
            Place(str(edition.path)),
            f"a file of this page would lie outside of the site: {path!r}",
            "Give the figure a plain label.",
        )
    return path
