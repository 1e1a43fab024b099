"""Renders a whole page from its content and its part of the index, by Jinja2 templates.

Templates escape everything; finished HTML is passed to them as ``Markup``. A :class:`Scene` is the
site as one page sees it: addresses made from that page, navigation with that page marked, dates as
people write them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal, NamedTuple
from urllib.parse import quote, urlsplit

from jinja2 import TemplateError
from lxml.html import HtmlElement
from markupsafe import Markup

from broadsheet.errors import RenderError, UnexpectedError
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.markdown.document import Inline
from broadsheet.markdown.prose import Update
from broadsheet.project.project import Project
from broadsheet.project.settings.config import merge
from broadsheet.project.settings.logos import IN_BAR, IN_SIDEBAR, ShownLogo, shown_logo
from broadsheet.project.settings.settings import KnownAuthor, Listing
from broadsheet.project.settings.website_settings import Navbar, NavItem, Sidebar
from broadsheet.site.article.article import Article
from broadsheet.site.article.citation import Citation, citation_of
from broadsheet.site.article.edition_select import Select
from broadsheet.site.article.entry import Byline, CorrectionText, Entry, Picture
from broadsheet.site.article.links import Address, relative, rewritten, target_of, url_of
from broadsheet.site.index.archived_pages import ArchivedPage
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
from broadsheet.storage.yaml_text import one_or_more
from broadsheet.text import html_tree
from broadsheet.text.html_tree import parsed
from broadsheet.text.language import speaking, speaking_with, spoken, t_, written_month

LINK = "link "
"""The beginning of the name of a link's text (:attr:`Scene.texts`); the text itself follows."""
EMPTY = Markup()
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
    """A list, as its listing asks for it."""

    listing: Listing
    """The settings of the list."""
    entries: Sequence[Entry]
    """All of its entries, or those on one page."""
    categories: Sequence[tuple[str, int]] = ()
    """Its categories, each with the number of its entries, if readers may filter it by them."""
    count: int = 0
    """The number of all of its entries."""
    number: int = 0
    """Its place among the lists of its page, from 0."""

    def shows(self, field: str) -> bool:
        """True if the items show a field."""
        return self.listing.fields is None or field in self.listing.fields

    @property
    def shows_categories(self) -> bool:
        """True if the items show all of their categories."""
        fields = self.listing.fields
        return bool(self.listing.categories) or (fields is not None and "categories" in fields)

    @property
    def shows_counts(self) -> bool:
        """True if each category has the number of its entries beside it."""
        return self.listing.categories in (True, "numbered")

    @property
    def weighed_categories(self) -> list[tuple[str, int, int]]:
        """The categories with the numbers of their entries, and in a cloud with weights from 1 to
        10; else with 0.
        """
        most = max((count for _, count in self.categories), default=1)
        is_cloud = self.listing.categories == "cloud"
        return [
            (name, count, max(1, round(10 * count / most)) if is_cloud else 0)
            for name, count in self.categories
        ]

    def addresses(self, paging: Paging, href: Callable[[str], str]) -> list[str]:
        """Return the addresses of the pages that the list takes; empty for the page itself."""
        paths = paging.paths[: pages_for(self.count, self.listing.page_size)]
        return [
            "" if number == paging.number else href(path) for number, path in enumerate(paths, 1)
        ]

    @property
    def table_fields(self) -> list[str]:
        """The fields of a list that is a table."""
        fields = self.listing.fields or ["date", "title", "author"]
        return [field for field in fields if not field.startswith("image-")]

    def is_lazy(self, entry: Entry) -> bool:
        """True if the picture of an entry is loaded when it comes into view."""
        return bool(entry.fields.get("image-lazy-loading", self.listing.image_lazy_loading))

    @property
    def pages(self) -> int:
        """The number of pages that the list takes."""
        return pages_for(len(self.entries), self.listing.page_size)

    def on(self, number: int) -> Block:
        """Return the part of the list that is on the page of that number."""
        return replace(self, entries=part_of(self.entries, number, self.listing.page_size))


@dataclass(frozen=True)
class Front:
    """The front page, edited as that of a newspaper."""

    lead: Entry | None
    """The first article."""
    lead_figure: PageFigure | None
    """Its figure, if it is shown with one."""
    beside: Sequence[Entry]
    """A few articles beside the first."""
    beside_figure: PageFigure | None
    """The figure of the first of these."""
    day: Sequence[Entry]
    """The articles of the day's list."""
    changes: Sequence[LatestChange]
    """Updates and corrections."""
    sections: Sequence[tuple[Entry, Sequence[Entry]]]
    """The sections as columns, with their further articles."""
    earlier: Sequence[Entry]
    """Some earlier articles."""
    archive: str
    """The path of the archive; empty without one."""
    count: int
    """The number of articles in the archive."""
    list: Block
    """The list that it is made of."""


@dataclass(frozen=True)
class Month:
    """The entries of a month."""

    title: str
    """Its name."""
    id: str
    """Its id, such as `2023-05`."""
    entries: Sequence[Entry]
    """The entries, newest first."""


@dataclass(frozen=True)
class Archive:
    """The archive, or the page of a year in it."""

    years: Sequence[tuple[str, str, int]]
    """All years, each with its path and the number of its articles."""
    current: str = ""
    """The year of the page; empty on the archive's own."""
    months: Sequence[Month] = ()
    """The months on the page."""
    contents: Sequence[tuple[str, str, Sequence[tuple[str, str, int, str]]]] = ()
    """In place of months that are too many for one page: of each year the path, and its months by
    title, id, number of articles and path.
    """


@dataclass(frozen=True)
class Scene:
    """The site, seen from one page."""

    project: Project
    """The project."""
    theme: Theme
    """The style sheets and scripts."""
    meta_by_path: Mapping[str, Entry]
    """The entries of all pages."""
    page: PurePosixPath
    """The page's path."""
    sections: Mapping[str, Entry]
    """The section pages, by their titles in lower case."""
    written_texts: Mapping[str, Inline]
    """The texts of the configuration, whose links start at the site's root: of the footer by language
    and side, of a link by :data:`LINK` and the text itself, of others by their keys.
    """
    rooted: bool = False
    """Addresses start at the host's root: for the 404 page, which is shown at any depth."""
    search: str = ""
    """The path of the search page; empty without one."""
    authors: Mapping[str, str] = field(default_factory=dict)
    """The paths of authors' pages, by name."""
    topics: Mapping[str, str] = field(default_factory=dict)
    """The paths of topics' pages, by category."""
    subscription_pages: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """The paths of the pages by which readers subscribe, by their kind and language."""

    def href(self, path: str | PurePosixPath) -> str:
        """Return the address of a file of the site, or one elsewhere, as it is."""
        if "://" in str(path):
            return str(path)
        return quote(f"{self.base}{path}") if self.rooted else relative(self.page, path)

    @property
    def base(self) -> str:
        """The path of the site's root on its host."""
        return base_path(self.project)

    def absolute(self, url: str) -> str:
        """Return the full address of a page or a file; empty without `site-url`, unless it is on
        another site.
        """
        if "://" in url:
            return url
        return self.project.site_url + quote(url) if self.project.site_url else ""

    def shares(self, meta: Entry) -> list[tuple[str, str]]:
        """Return the name and address of each service with which a reader can share a page."""
        url = self.absolute(meta.url)
        if not url:
            return []
        filled = {"title": quote(meta.title, safe=""), "url": quote(url, safe="")}
        services = [_SERVICES[service] for service in self.project.settings.broadsheet.share]
        return [(name or t_("E-mail"), address.format(**filled)) for name, address in services]

    def bundles(self, charts: Collection[str]) -> dict[str, str]:
        """Return the address of the plotly.js for each of a page's charts."""
        return {
            chart: self.href(bundle.path)
            for chart, bundle in self.theme.bundles_for(charts).items()
        }

    def navigation(self, items: Sequence[NavItem]) -> list[Link]:
        """Return the links of the bar or of the foot."""
        return self._navigation.links(items)

    @cached_property
    def texts(self) -> Mapping[str, Markup]:
        """The texts of the configuration as the page has them."""

        def rewrite(address: str) -> str:
            target = target_of(address, PurePosixPath())
            if target is None:
                return address
            return target.from_root(self.base) if self.rooted else target.from_page(self.page)

        return {
            name: Markup(rewritten(text.html, rewrite)) for name, text in self.written_texts.items()
        }

    @cached_property
    def sidebar(self) -> tuple[Sidebar, list[Link]] | None:
        """The settings and links of the page's sidebar, if it has one."""
        return self._navigation.sidebar(self.project.settings.website.sidebar)

    @cached_property
    def _side_links(self) -> list[Link]:
        return self.sidebar[1] if self.sidebar else []

    @cached_property
    def crumbs(self) -> list[Link]:
        """The way to the page through the sections of its sidebar, if it is below one."""
        website, meta = self.project.settings.website, self.meta_by_path.get(str(self.page))
        is_shown = meta is not None and meta.fields.get("bread-crumbs", website.bread_crumbs)
        way = self._navigation.way(self._side_links) if is_shown else []
        return way if len(way) > 1 else []

    def citation(self, meta: Entry, *, is_archived: bool = False) -> Citation | None:
        """Return the citation of a page, where its author asks for it, or has archived the page."""
        if not (is_archived or meta.fields.get("citation") or meta.fields.get("google-scholar")):
            return None
        return citation_of(meta, site_title(self.project), self.absolute(meta.url))

    def source_links(self, meta: Entry) -> list[Link]:
        """Return the links from a page to its source, as `repo-actions` asks for them."""
        website = self.project.settings.website
        actions = meta.fields.get("repo-actions", website.repo_actions)
        repository = (website.repo_url or "").rstrip("/")
        path = quote(str(PurePosixPath(website.repo_subdir.strip("/"), meta.source)))
        issues = website.issue_url or (f"{repository}/issues/new" if repository else "")
        tree = f"{website.repo_branch}/{path}"
        links = {
            "edit": (t_("Edit this page"), f"{repository}/edit/{tree}" if repository else ""),
            "source": (t_("View source"), f"{repository}/blob/{tree}" if repository else ""),
            "issue": (t_("Report an issue"), issues),
        }
        return [
            Link(text, href, rel=website.repo_link_rel, target=website.repo_link_target)
            for action in (
                one_or_more(actions) if actions and meta.path in self.meta_by_path else ()
            )
            for text, href in (links.get(str(action), ("", "")),)
            if href
        ]

    def side_text(self, key: Literal["header", "footer"]) -> Markup:
        """Return what stands above or below the links of the page's sidebar."""
        sidebars, shown = self.project.settings.website.sidebar, self.sidebar
        number = next((at for at, one in enumerate(sidebars) if shown and one is shown[0]), 0)
        return self.texts.get(f"sidebar {number} {key}", EMPTY)

    @property
    def favicon(self) -> str:
        """The path of the icon in the browser's tab, or its address elsewhere."""
        small = self.project.brand.logo.first(("small",), "light")
        named = self.project.settings.website.favicon or (small.path if small else "")
        return named.lstrip("/") or self.theme.paths["favicon.svg"]

    def logo(self, side: Navbar | Sidebar) -> ShownLogo | None:
        """Return the logo of the bar or of a sidebar. A sidebar without one of its own goes without
        the brand's, if the bar has it.
        """
        website, logos = self.project.settings.website, self.project.brand.logo
        if isinstance(side, Navbar):
            is_there = "navbar" in website.model_fields_set
            return shown_logo(side.logo, logos, IN_BAR, side.logo_alt) if is_there else None
        if side.logo is None and website.navbar.logo is None and self.logo(website.navbar):
            return None
        return shown_logo(side.logo, logos, IN_SIDEBAR, side.logo_alt)

    def lead(self, href: str | None) -> str:
        """Return the address to which a title or a logo leads; by default that of the front page."""
        return self._navigation.lead(href or "/index.html")

    @cached_property
    def beside(self) -> tuple[Link | None, Link | None]:
        """The links to the pages before and after, where `page-navigation` asks for them."""
        website, meta = self.project.settings.website, self.meta_by_path.get(str(self.page))
        is_shown = meta.fields.get("page-navigation", website.page_navigation) if meta else False
        return self._navigation.beside(self._side_links) if is_shown else (None, None)

    def contents(self, sidebar: Sidebar) -> list[Link]:
        """Return the links of a sidebar."""
        return self._navigation.contents(sidebar.contents)

    @property
    def _navigation(self) -> Navigation:
        return Navigation(
            self.meta_by_path, self.page, self.rooted, self._address, self._link_texts
        )

    @cached_property
    def _link_texts(self) -> Mapping[str, Markup]:
        return {
            name.removeprefix(LINK): text
            for name, text in self.texts.items()
            if name.startswith(LINK)
        }

    def _address(self, target: Address) -> str:
        return self.href(target.path) + (f"#{target.fragment}" if target.fragment else "")

    def section(self, meta: Entry) -> Entry | None:
        """Return the section page of a page: the list whose title is its first category."""
        return self.sections.get(meta.categories[0].casefold()) if meta.categories else None

    def topic(self, category: str) -> str:
        """Return the path of the page of a category: its section page, or else its topic's; empty
        if there is none.
        """
        section = self.sections.get(category.casefold())
        return section.path if section else self.topics.get(category, "")

    def known_author(self, author: Byline) -> KnownAuthor:
        """Return the settings of an author."""
        return self.project.settings.broadsheet.authors.get(author.name, KnownAuthor())

    def subscribing(self, kind: str) -> str:
        """Return the path of the page on the `newsletter` or on `feeds`, in the current language if
        there is one; empty if there is none.
        """
        ways = self.subscription_pages
        return ways.get((kind, spoken().tag)) or ways.get((kind, self.project.lang), "")

    @property
    def sign_up(self) -> SignUp | None:
        """The form by which readers sign up for the newsletter, in the current language."""
        return sign_up(self.project, spoken().tag)


class FeedLink(NamedTuple):
    """A feed that a page links to."""

    media: str
    """Its media type."""
    name: str
    """The name of its form."""
    title: str
    """Its title."""
    path: str
    """Its path from the site's root."""


@dataclass(frozen=True)
class Page:
    """The values of a page's template."""

    meta: Entry
    """The page's entry."""
    content: Article | None = None
    """The page's article; None for a page without a source."""
    body: Markup = EMPTY
    """The body, as HTML."""
    kind: str = "plain"
    """The name of the template."""
    blocks: Sequence[Block] = ()
    """The lists on the page."""
    front: Front | None = None
    """The front page, edited."""
    editions: Sequence[Entry] = ()
    """The other editions of the article."""
    picker: Markup = EMPTY
    """The picker of other editions, in place of a list where they are many."""
    related: Sequence[Entry] = ()
    """The related articles."""
    feeds: Sequence[FeedLink] = ()
    """The feeds that the page links to."""
    corrections: Sequence[tuple[Entry, CorrectionText]] = ()
    """All articles' corrections, newest first, on the page that lists them."""
    archived: Sequence[ArchivedPage] = ()
    """The earlier versions that have been archived, newest first."""
    versions: Sequence[Version] = ()
    """The versions in other languages and in this one, the original first, if there are several."""
    paging: Paging | None = None
    """The place of the page among those of its list."""
    kicker: str = ""
    """For a list without a source: the kind of list."""
    author: Byline | None = None
    """The author whose page it is, with an address elsewhere."""
    archive: Archive | None = None
    """The archive."""
    issues: Sequence[SentIssue] = ()
    """The issues of the newsletter that have been sent, newest first, on the page that lists them.
    """
    issue: SentIssue | None = None
    """The issue of the newsletter that the page shows."""
    feed_groups: Sequence[Sequence[FeedLink]] = ()
    """All feeds, on the page that explains them: of each list the forms of its feed."""
    selects: Sequence[Select] = ()
    """The parameters by which a reader goes to other editions."""
    index_path: str = ""
    """The path of the page with all editions of the article."""
    index_key: str = ""
    """The name of this edition on that page."""
    index_title: str = ""
    """The title of that page."""
    index: AllEditions | None = None
    """All editions of an article, on that page."""

    @property
    def pieces(self) -> list[Markup | Block]:
        """The body, with each list whose `id` an empty division of it has in that place; then the
        other lists.
        """
        placed = {block.listing.id: block for block in self.blocks if block.listing.id}
        root = parsed(self.body) if placed else None
        places = [] if root is None else list_places(root, placed)
        if root is None or not places:
            return [self.body, *self.blocks]
        lists = {place: placed[place.get("id", "")] for place in places}
        body = [
            Markup(one) if isinstance(one, str) else one for one in html_tree.pieces(root, lists)
        ]
        return [*body, *(block for block in self.blocks if block not in body)]

    @property
    def has_filter(self) -> bool:
        """True if readers may filter a list on the page."""
        blocks = [*self.blocks, *([self.front.list] if self.front else [])]
        return any(block.categories for block in blocks)

    @property
    def shared(self) -> Picture | None:
        """The picture that is shown where the page is shared."""
        return next(iter(sharing_pictures(self.meta)), None)

    def shared_of(self, scene: Scene) -> Picture | None:
        """Return that picture, or else the site's own, `website: image`."""
        website = scene.project.settings.website
        if self.shared or not website.image:
            return self.shared
        return Picture(website.image.lstrip("/"), website.image_alt)


def list_places(body: HtmlElement, ids: Collection[str]) -> list[HtmlElement]:
    """Return the first empty division for each of these ``ids``: where an author wants the list. They
    have nothing but their id.
    """
    places: dict[str, HtmlElement] = {}
    for division in body.iter("div"):
        name = division.get("id", "")
        is_empty = not len(division) and not (division.text or "").strip()
        if name in ids and is_empty and len(division.attrib) == 1:
            places.setdefault(name, division)
    return list(places.values())


def render_page(scene: Scene, page: Page) -> str:
    """Return the whole page. Raises :class:`RenderError`."""
    return render(page.kind, page.meta, scene=scene, page=page, json_ld=_json_ld(scene, page))


def render(kind: str, meta: Entry, *, scene: Scene, **given: object) -> str:
    """Return a page of a ``kind`` for ``meta``, in its language, from the values that its template
    is ``given``. Templates, also those of a publication, know ``meta`` as `entry`.

    Raises :class:`RenderError`.
    """
    try:
        words = merge(scene.project.own_words, meta.own_words)
        with speaking_with(meta.lang, words):
            return rendered(
                f"{kind}.html.jinja",
                scene=scene,
                site=scene.project.website_in(meta.lang),
                site_title=site_title(scene.project),
                entry=meta,
                site_lang=scene.project.lang,
                classes=_classes(meta),
                **given,
            )
    except (RenderError, LimitError, UnexpectedError) as error:  # of the publication's template
        what = f"{error.where}: {error.what}"
        fault = type(error)(meta.source, what, error.mend, error.detail)
        raise fault.of_cause(what) from error
    except TemplateError as error:
        raise RenderError(
            meta.source,
            f"the template {kind}.html.jinja: {error}",
            "This is a fault of Broadsheet or of its templates; report it with the page.",
        ) from error


def _classes(meta: Entry) -> list[str]:
    """Return the classes of the page's `<body>` that its author gives it."""
    written = one_or_more(meta.fields.get("body-classes") or ())
    return [name for text in written if isinstance(text, str) for name in text.split()]


def render_picker(scene: Scene, picker: Picker) -> Markup:
    """Return the picker of an article for all of its pages, with none marked as current. ``scene``
    is that of one of them.
    """
    with scene.project.speaking(picker.lang):
        return Markup(rendered("picker.html.jinja", scene=scene, picker=picker, label_of=label_of))


def render_redirect(target: str, canonical: str, title: str, lang: str) -> str:
    """Return the page at an alias."""
    with speaking(lang):
        return rendered(
            "redirect.html.jinja", target=target, canonical=canonical, title=title, lang=lang
        )


def site_title(project: Project) -> str:
    """Return the publication's name."""
    website = project.settings.website
    name = website.navbar.title if isinstance(website.navbar.title, str) else ""
    return name or website.title or project.settings.project.title or "Untitled"


def base_path(project: Project) -> str:
    """Return the path of the site's root on its host."""
    return urlsplit(project.site_url).path or "/"


def month_of(day: date | None) -> str:
    """Return the heading of a month's entries, such as `May 2023`."""
    return written_month(day) if day else t_("Undated")


def _author(author: Byline, scene: Scene) -> dict[str, object]:
    """Return an author as schema.org has it: a person; or an organization, if it is a desk, or has
    the publication's own name.
    """
    settings, page = scene.known_author(author), scene.authors.get(author.name)
    url = scene.absolute(url_of(page)) if page else ""
    is_house = author.name == site_title(scene.project)
    links = [link for link in (author.url if url else "", author.profile) if link]
    fields: dict[str, object] = {
        "@type": "Organization" if settings.desk or is_house else "Person",
        "name": author.name,
        "description": settings.about,
        "url": url or author.url,
        "sameAs": links[0] if len(links) == 1 else links,
    }
    if settings.desk and not is_house:
        fields["parentOrganization"] = publisher_of(scene)
    return {key: value for key, value in fields.items() if value}


def publisher_of(scene: Scene) -> dict[str, object]:
    """Return the publication as schema.org has it."""
    url = {"url": scene.project.site_url} if scene.project.site_url else {}
    return {"@type": "NewsMediaOrganization", "name": site_title(scene.project), **url}


def as_json_block(data: Mapping[str, object]) -> Markup:
    """Return data as a block of a page; `<`, `>` and `&` cannot end it."""
    filled = {key: value for key, value in data.items() if value not in ("", [], None)}
    text = json.dumps(filled, ensure_ascii=False, indent=1)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _json_ld(scene: Scene, page: Page) -> Markup:
    """Return schema.org's NewsArticle, or LiveBlogPosting, or the ProfilePage of an author, as a
    data block.
    """
    meta = page.meta
    if page.author:
        profile = {"@type": "ProfilePage", "mainEntity": _author(page.author, scene)}
        return as_json_block({"@context": "https://schema.org", **profile})
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
        "publisher": publisher_of(scene),
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
    return as_json_block(data)


def _live_coverage(updates: Sequence[Update], url: str) -> dict[str, object]:
    """Return the keys that make an article a LiveBlogPosting; none if it has no updates. ``url`` is
    the page's full address; without one updates have none.
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
    """Return the pictures for other sites, which take no SVG; the article's card first."""
    return [
        picture
        for picture in (meta.card, meta.picture)
        if picture and not picture.path.endswith(".svg")
    ]
