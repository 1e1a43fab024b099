"""Renders a whole page from its content and what is known of it, by Jinja2 templates.

Templates escape everything; finished HTML is passed to them as ``Markup``. A :class:`Scene` is the
site as one page sees it: addresses made from that page, navigation with that page marked, dates as
people write them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from jinja2 import TemplateError
from markupsafe import Markup

from broadsheet.errors import RenderError, UnexpectedError
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown.prose import Update
from broadsheet.project.project import Project
from broadsheet.project.settings.settings import KnownAuthor, Listing
from broadsheet.project.settings.website_settings import NavItem, Sidebar
from broadsheet.site.article.article import Article
from broadsheet.site.article.edition_select import Select
from broadsheet.site.article.entry import Byline, CorrectionText, Entry, Picture
from broadsheet.site.article.links import Address, relative, url_of
from broadsheet.site.index.corrections import LatestChange
from broadsheet.site.index.edition_index import AllEditions
from broadsheet.site.index.edition_picker import Picker, label_of
from broadsheet.site.index.navigation import Link, Navigation
from broadsheet.site.index.paging import Paging, pages_for, part_of
from broadsheet.site.index.sign_up import SignUp, sign_up
from broadsheet.site.index.translations import Version, is_translation
from broadsheet.site.output.sent_issues import SentIssue
from broadsheet.site.theme.templates import rendered
from broadsheet.site.theme.theme_files import Theme
from broadsheet.storage.limits import LimitError
from broadsheet.text.language import speaking, spoken, t_, written_month

EMPTY = Markup()
PLACE = re.compile(r'<div id="(?P<id>[^"]+)">\s*</div>')
"""An empty division: where an author wants a list."""
_SERVICES: Mapping[str, tuple[str, str]] = {
    "email": ("", "mailto:?subject={title}&body={url}"),
    "mastodon": ("Mastodon", "https://share.joinmastodon.org/#text={title}%20{url}"),
    "x": ("X", "https://x.com/intent/post?text={title}&url={url}"),
    "facebook": ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    "linkedin": ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    "whatsapp": ("WhatsApp", "https://wa.me/?text={title}%20{url}"),
}
"""By the name of a service in the configuration: its name for readers, and the address by which an
article is shared there. All are plain addresses, so that no service learns anything before a reader
follows a link. Each service documents its own: `mailto:` is RFC 6068; Mastodon's page asks for the
reader's own server, in the browser alone (the part after `#` is not sent).
"""


@dataclass(frozen=True)
class Block:
    """A list, as its ``listing`` asks for it: all of its entries, or those on one page. Each of the
    ``categories`` comes with how many entries have it.
    """

    listing: Listing
    entries: Sequence[Entry]
    categories: Sequence[tuple[str, int]] = ()

    def shows(self, field: str) -> bool:
        """Whether the items show a field."""
        return self.listing.fields is None or field in self.listing.fields

    @property
    def table_fields(self) -> list[str]:
        """The fields of a list that is a table, without pictures."""
        fields = self.listing.fields or ["date", "title", "author"]
        return [field for field in fields if not field.startswith("image")]

    @property
    def pages(self) -> int:
        """How many pages the list takes."""
        return pages_for(len(self.entries), self.listing.page_size)

    def on(self, number: int) -> Block:
        """The part of the list that is on the page of that number."""
        return replace(self, entries=part_of(self.entries, number, self.listing.page_size))


@dataclass(frozen=True)
class Front:
    """The front page, edited: ``lead``, perhaps with its figure, a few articles ``beside`` it, the
    first perhaps with its figure, the day's ``list``, what was updated or corrected, the
    ``sections`` as columns with their further articles, some ``earlier`` articles, and the path of
    the ``archive``, which has all ``count`` of them.
    """

    lead: Entry | None
    lead_figure: PageFigure | None
    beside: Sequence[Entry]
    beside_figure: PageFigure | None
    day: Sequence[Entry]
    changes: Sequence[LatestChange]
    sections: Sequence[tuple[Entry, Sequence[Entry]]]
    earlier: Sequence[Entry]
    archive: str
    count: int


@dataclass(frozen=True)
class Month:
    """A month's entries; ``id`` is `2023-05`."""

    title: str
    id: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Archive:
    """The archive, or the page of a year in it. ``years`` are all years, each with its path and
    count; ``months`` are on the page. If they are too many for one page, it has ``contents``
    instead: of each year the path, and its months by title, id, count and path.
    """

    years: Sequence[tuple[str, str, int]]
    current: str = ""
    months: Sequence[Month] = ()
    contents: Sequence[tuple[str, str, Sequence[tuple[str, str, int, str]]]] = ()


@dataclass(frozen=True)
class Scene:
    """The site, seen from one page."""

    project: Project
    theme: Theme
    meta_by_path: Mapping[str, Entry]
    page: PurePosixPath
    sections: Mapping[str, Entry]
    """Section pages by their title in lower case."""
    footer: Mapping[str, Markup]
    rooted: bool = False
    """Whether addresses start at the host's root: for the 404 page, which is shown at any depth."""
    search: str = ""
    """The path of the page to search on, if there is one."""
    authors: Mapping[str, str] = field(default_factory=dict)
    """The paths of authors' pages, by name."""
    topics: Mapping[str, str] = field(default_factory=dict)
    """The paths of topics' pages, by category."""
    subscription_pages: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """The paths of the pages by which readers subscribe, by their kind and language."""

    def href(self, path: str | PurePosixPath) -> str:
        """The address of a file of the site, or one elsewhere, as it is."""
        if "://" in str(path):
            return str(path)
        return quote(f"{self.base}{path}") if self.rooted else relative(self.page, path)

    @property
    def base(self) -> str:
        """The path of the site's root on its host."""
        return base_path(self.project)

    def absolute(self, url: str) -> str:
        """A page's or file's full address; empty without `site-url`."""
        return self.project.site_url + quote(url) if self.project.site_url else ""

    def shares(self, meta: Entry) -> list[tuple[str, str]]:
        """The name and address of each service with which a reader can share a page."""
        url = self.absolute(meta.url)
        if not url:
            return []
        filled = {"title": quote(meta.title, safe=""), "url": quote(url, safe="")}
        services = [_SERVICES[service] for service in self.project.settings.broadsheet.share]
        return [(name or t_("E-mail"), address.format(**filled)) for name, address in services]

    def bundles(self, charts: Collection[str]) -> dict[str, str]:
        """The address of the plotly.js for each of a page's charts."""
        return {
            chart: self.href(bundle.path)
            for chart, bundle in self.theme.bundles_for(charts).items()
        }

    def navigation(self, items: Sequence[NavItem]) -> list[Link]:
        """The links of the bar or of the foot."""
        return self._navigation.links(items)

    @cached_property
    def sidebar(self) -> tuple[str, list[Link]] | None:
        """The title and links of the page's sidebar, if it has one."""
        return self._navigation.sidebar(self.project.settings.website.sidebar)

    @property
    def beside(self) -> tuple[Link | None, Link | None]:
        """The links to the pages before and after, where `page-navigation` asks for them."""
        website, meta = self.project.settings.website, self.meta_by_path.get(str(self.page))
        asked = meta.fields.get("page-navigation", website.page_navigation) if meta else False
        return self._navigation.beside(website.sidebar) if asked else (None, None)

    def contents(self, sidebar: Sidebar) -> list[Link]:
        """The links of a sidebar."""
        return self._navigation.contents(sidebar.contents)

    @property
    def _navigation(self) -> Navigation:
        return Navigation(self.meta_by_path, self.page, self.rooted, self._address)

    def _address(self, target: Address) -> str:
        return self.href(target.path) + (f"#{target.fragment}" if target.fragment else "")

    def section(self, meta: Entry) -> Entry | None:
        """The section page of a page: the list whose title is its first category."""
        return self.sections.get(meta.categories[0].casefold()) if meta.categories else None

    def topic(self, category: str) -> str:
        """The path of the page of a category: its section page, or else its topic's; empty if there
        is none.
        """
        section = self.sections.get(category.casefold())
        return section.path if section else self.topics.get(category, "")

    def known_author(self, author: Byline) -> KnownAuthor:
        """What is known of an author."""
        return self.project.settings.broadsheet.authors.get(author.name, KnownAuthor())

    def subscribing(self, kind: str) -> str:
        """The path of the page on the `newsletter` or on `feeds`, in the current language if there is
        one; empty if there is none.
        """
        ways = self.subscription_pages
        return ways.get((kind, spoken().tag)) or ways.get((kind, self.project.lang), "")

    @property
    def sign_up(self) -> SignUp | None:
        """The form by which readers sign up for the newsletter, in the current language."""
        return sign_up(self.project, spoken().tag)


class FeedLink(NamedTuple):
    """A feed that a page links to: its media type, the name of its form, its title, its path."""

    media: str
    name: str
    title: str
    path: str


@dataclass(frozen=True)
class Page:
    """What a template is given of one page in particular."""

    meta: Entry
    content: Article | None = None
    """None for a page without a source."""
    body: Markup = EMPTY
    kind: str = "plain"
    blocks: Sequence[Block] = ()
    front: Front | None = None
    editions: Sequence[Entry] = ()
    picker: Markup = EMPTY
    """Used in place of a list of ``editions`` where they are many."""
    related: Sequence[Entry] = ()
    feeds: Sequence[FeedLink] = ()
    corrections: Sequence[tuple[Entry, CorrectionText]] = ()
    """All articles' corrections, newest first, on the page that lists them."""
    versions: Sequence[Version] = ()
    """The versions in other languages and in this one, the original first, if there are several."""
    paging: Paging | None = None
    kicker: str = ""
    """For a list without a source: what it is a list of."""
    author: Byline | None = None
    """Of whom it is the page, with an address elsewhere."""
    archive: Archive | None = None
    issues: Sequence[SentIssue] = ()
    """The issues of the newsletter that have been sent, newest first, on the page that lists them."""
    issue: SentIssue | None = None
    feed_groups: Sequence[Sequence[FeedLink]] = ()
    """All feeds, on the page that explains them: of each list the forms of its feed."""
    selects: Sequence[Select] = ()
    """The parameters by which a reader goes to other editions."""
    index_path: str = ""
    """The page with all editions of the article."""
    index_key: str = ""
    """How that page calls this edition."""
    index_title: str = ""
    """The title of that page."""
    index: AllEditions | None = None
    """All editions of an article, on that page."""

    @property
    def pieces(self) -> list[Markup | Block]:
        """The body, with each list whose `id` an empty division of it has in that place; then the
        other lists.
        """
        pieces, left = list[Markup | Block](), str(self.body)
        places = {block.listing.id: block for block in self.blocks if block.listing.id}
        for match in PLACE.finditer(self.body):
            block = places.pop(match["id"], None)
            if block is not None:
                before, _, left = left.partition(match[0])
                pieces += [Markup(before), block]
        placed = [piece for piece in pieces if isinstance(piece, Block)]
        return [*pieces, Markup(left), *(block for block in self.blocks if block not in placed)]

    @property
    def shared(self) -> Picture | None:
        """The picture that is shown where the page is shared."""
        return next(iter(sharing_pictures(self.meta)), None)


def render_page(scene: Scene, page: Page) -> str:
    """The whole page. Raises :class:`RenderError`."""
    return render(page.kind, page.meta, scene=scene, page=page, json_ld=_json_ld(scene, page))


def render(kind: str, meta: Entry, *, scene: Scene, **given: object) -> str:
    """A page of a ``kind`` for ``meta``, in its language, from what its template is ``given``. Templates,
    also those of a publication, know ``meta`` as `entry`.

    Raises :class:`RenderError`.
    """
    try:
        with speaking(meta.lang):
            return rendered(
                f"{kind}.html.jinja",
                scene=scene,
                site=scene.project.website_in(meta.lang),
                site_title=site_title(scene.project),
                entry=meta,
                site_lang=scene.project.lang,
                **given,
            )
    except (RenderError, LimitError, UnexpectedError) as error:  # of the publication's template
        raise type(error)(
            meta.source, f"{error.where}: {error.what}", error.mend, error.detail
        ) from error
    except TemplateError as error:
        raise RenderError(
            meta.source,
            f"the template {kind}.html.jinja: {error}",
            "This is a fault of Broadsheet or of its templates; report it with the page.",
        ) from error


def render_picker(scene: Scene, picker: Picker) -> Markup:
    """The picker of an article for all of its pages. ``scene`` is that of one of them; none is
    marked as current.
    """
    with speaking(picker.lang):
        return Markup(rendered("picker.html.jinja", scene=scene, picker=picker, label_of=label_of))


def render_redirect(target: str, canonical: str, title: str, lang: str) -> str:
    """The page at an alias."""
    with speaking(lang):
        return rendered(
            "redirect.html.jinja", target=target, canonical=canonical, title=title, lang=lang
        )


def site_title(project: Project) -> str:
    """The publication's name."""
    website = project.settings.website
    name = website.navbar.title if isinstance(website.navbar.title, str) else ""
    return name or website.title or project.settings.project.title or "Untitled"


def base_path(project: Project) -> str:
    """The path of the site's root on its host."""
    return urlsplit(project.site_url).path or "/"


def month_of(day: date | None) -> str:
    """`May 2023`, as the heading of a month's entries."""
    return written_month(day) if day else t_("Undated")


def _author(author: Byline, scene: Scene) -> dict[str, object]:
    """An author as schema.org has it: a person; or an organization, if it is a desk, or has the
    publication's own name.
    """
    known, page = scene.known_author(author), scene.authors.get(author.name)
    url = scene.absolute(url_of(page)) if page else ""
    is_house = author.name == site_title(scene.project)
    found: dict[str, object] = {
        "@type": "Organization" if known.desk or is_house else "Person",
        "name": author.name,
        "description": known.about,
        "url": url or author.url,
        "sameAs": author.url if url else "",
    }
    if known.desk and not is_house:
        found["parentOrganization"] = _publisher(scene)
    return {key: value for key, value in found.items() if value}


def _publisher(scene: Scene) -> dict[str, object]:
    """The publication as schema.org has it."""
    url = {"url": scene.project.site_url} if scene.project.site_url else {}
    return {"@type": "NewsMediaOrganization", "name": site_title(scene.project), **url}


def _as_json(data: Mapping[str, object]) -> Markup:
    """Data as a block of a page; `<`, `>` and `&` cannot end it."""
    given = {key: value for key, value in data.items() if value not in ("", [], None)}
    text = json.dumps(given, ensure_ascii=False, indent=1)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _json_ld(scene: Scene, page: Page) -> Markup:
    """schema.org's NewsArticle, or LiveBlogPosting, or the ProfilePage of an author, as a data block."""
    meta = page.meta
    if page.author:
        profile = {"@type": "ProfilePage", "mainEntity": _author(page.author, scene)}
        return _as_json({"@context": "https://schema.org", **profile})
    if not meta.is_article:
        return Markup("")
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": meta.title,
        "description": meta.description or meta.subtitle,
        "inLanguage": meta.lang,
        "datePublished": meta.date.isoformat() if meta.date else "",
        "dateModified": meta.updated.isoformat() if meta.updated else "",
        "author": [_author(author, scene) for author in meta.authors],
        "publisher": _publisher(scene),
        "articleSection": list(meta.categories[:1]),
        "wordCount": meta.words,
    }
    based_on = page.content.based_on if page.content else ()
    data["isBasedOn"] = [source for source in based_on if source["@type"] == "Dataset"]
    data["citation"] = [source for source in based_on if source["@type"] != "Dataset"]
    others = [
        {
            "@type": "NewsArticle",
            "inLanguage": one.meta.lang,
            "headline": one.meta.title,
            "url": scene.absolute(one.meta.url),
        }
        for one in page.versions
        if one.meta.path != meta.path
    ]
    if is_translation(meta):
        data["translationOfWork"] = others[0] if others else None
    else:
        data["workTranslation"] = others
    url = scene.absolute(meta.url)
    if url:
        data |= {"mainEntityOfPage": url, "url": url}
        data["image"] = [scene.absolute(picture.path) for picture in sharing_pictures(meta)]
    data |= _live_coverage(page.content.updates if page.content else (), url)
    return _as_json(data)


def _live_coverage(updates: Sequence[Update], url: str) -> dict[str, object]:
    """The keys that make an article a LiveBlogPosting; none if it has no updates. ``url`` is the
    page's full address; without one updates have none.
    """
    if not updates:
        return {}
    posts = []
    for update in updates:
        post = {
            "@type": "BlogPosting",
            "headline": update.headline or update.text[:110],
            "datePublished": update.time,
            "articleBody": update.text,
        }
        posts.append(post | ({"url": f"{url}#{update.id}"} if url else {}))
    return {
        "@type": "LiveBlogPosting",
        "coverageStartTime": updates[-1].time,
        "coverageEndTime": updates[0].time,
        "liveBlogUpdate": posts,
    }


def sharing_pictures(meta: Entry) -> list[Picture]:
    """The pictures for other sites, which take no SVG; the article's card first."""
    return [
        picture
        for picture in (meta.card, meta.picture)
        if picture and not picture.path.endswith(".svg")
    ]
