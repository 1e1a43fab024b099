"""The keys of `website:` and `about:` that Broadsheet acts on: the navigation, the foot, and the
head of a page about somebody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from broadsheet.project.settings.address import from_root
from broadsheet.project.settings.logos import Logo
from broadsheet.project.settings.setting_models import (
    Settings,
    alone,
    each_named,
    named_by,
    switched,
    unless_off,
)
from broadsheet.project.settings.setting_types import (
    FilePath,
    Globs,
    LinkAddress,
    SiteUrl,
    Strings,
    Text,
    as_list,
)

BLOCKS = ("body-header", "body-footer", "margin-header", "margin-footer")
"""The keys of `website:` whose texts are on each page. A page may have its own."""
_OF_ONE = ("id", "title", "contents")
"""The keys of a sidebar that the others do not take from the first."""


def _sidebars(value: object) -> object:
    """Return `sidebar:` as a list. `auto` or a folder alone are the contents of one sidebar. What
    the first one says holds for the others, too.
    """
    sidebars = [] if isinstance(value, bool) else each_named(value, "contents")
    first = sidebars[0] if sidebars and isinstance(sidebars[0], dict) else {}
    shared = {key: setting for key, setting in first.items() if key not in _OF_ONE}
    return [{**shared, **one} if isinstance(one, dict) else one for one in sidebars]


class NavItem(Settings):
    """A link of the navigation or the footer; or a menu or section of these. `file` and `url` are
    other names of `href`.
    """

    @classmethod
    def _as_fields(cls, data: dict[str, Any]) -> dict[str, Any]:
        names = [name for name in ("file", "url") if isinstance(data.get(name), str)]
        rest = {key: value for key, value in data.items() if key not in names}
        return {"href": data[names[0]], **rest} if names else rest

    href: LinkAddress | None = None
    """A source of the publication, or an address."""
    text: Text | None = None
    """The text of the link; by default the page's title."""
    icon: str | None = None
    """A picture before the text."""
    menu: NavItems | None = None
    """The links of a menu."""
    aria_label: str | None = None
    """The name of the link for those who do not see it."""
    rel: str | None = None
    """The relation of the linked page to this one, as in HTML."""
    target: str | None = None
    """The window in which the link opens, as in HTML."""
    section: str | None = None
    """A heading in a sidebar, or the page at the head of a section."""
    contents: NavItems | str | None = None
    """The links of a section; or `auto`, or a folder, for the pages in it."""
    auto: bool | Strings | None = None
    """The pages of a folder, in place of links."""


NavItems = Annotated[list[NavItem], named_by("href")]
NavItem.model_rebuild()


class Navbar(Settings):
    """`website: navbar`."""

    title: str | bool | None = None
    """The title in the bar; by default that of the site."""
    title_href: LinkAddress | None = None
    """The page to which the title leads; by default the front page."""
    logo: Logo | Literal[False] | None = None
    """A picture before the title, or one for `light` and one for `dark` pages; by default that of
    the brand, `false` for none.
    """
    logo_alt: str = ""
    """A description of that picture."""
    logo_href: LinkAddress | None = None
    """The page to which the picture leads; by default that of the title."""
    left: NavItems = []
    """The links at the left."""
    right: NavItems = []
    """The links at the right."""
    tools: NavItems = []
    """Icons with links."""
    search: bool | None = None
    """Show the search in the bar."""


class Sidebar(Settings):
    """A sidebar of `website: sidebar`."""

    id: str | None = None
    """The sidebar's name, for a page's `sidebar`."""
    title: str | bool | None = None
    """The heading of the sidebar."""
    subtitle: str = ""
    """A second line below the heading."""
    logo: Logo | Literal[False] | None = None
    """A picture above the sidebar, or one for `light` and one for `dark` pages; by default that of
    the first sidebar or of the brand, `false` for none.
    """
    logo_alt: str = ""
    """A description of that picture."""
    logo_href: LinkAddress | None = None
    """The page to which the picture leads; by default the front page."""
    contents: NavItems | str = []
    """The links of the sidebar; or `auto`, or a folder, for the pages in it."""
    tools: NavItems = []
    """Icons with links."""
    header: Strings = []
    """Markdown, or files of it, above the links."""
    footer: Strings = []
    """Markdown, or files of it, below the links."""


class Announcement(Settings):
    """`website: announcement`."""

    content: str = ""
    """The announcement, in Markdown."""
    type: str = "primary"
    """Its kind, such as `warning`."""
    position: Literal["above-navbar", "below-navbar"] = "above-navbar"
    """Its place."""


class AnalyticsFile(Settings):
    """`website: plausible-analytics` as a file."""

    path: str
    """A file of HTML."""


class Footer(Settings):
    """`website: page-footer`."""

    left: str | NavItems | None = None
    """Markdown, or links, at the left."""
    center: str | NavItems | None = None
    """Markdown, or links, at the centre."""
    right: str | NavItems | None = None
    """Markdown, or links, at the right."""


class Search(Settings):
    """`website: search` as a mapping. The search is on a page of its own; only Quarto acts on its
    keys.
    """


class Website(Settings):
    """`website:`."""

    title: str = ""
    """The name of the publication."""
    description: str = ""
    """The subject of the publication, in a sentence."""
    site_url: SiteUrl = ""
    """The full address of the site, such as `https://example.org/news`. Feeds and cards need it."""
    search: bool | Search | None = None
    """Offer a search; `false` leaves it out."""
    image: str | None = None
    """A picture for cards of pages that have none."""
    image_alt: str = ""
    """A description of that picture."""
    open_graph: Any = None
    """Cards for social networks. There are cards in any case where the site has its address."""
    twitter_card: Any = None
    """Cards for X, in the same way."""
    favicon: str | None = None
    """The icon in the browser's tab."""
    navbar: Annotated[Navbar, BeforeValidator(switched)] = Navbar()
    """The links at the head of each page."""
    sidebar: Annotated[list[Sidebar], BeforeValidator(_sidebars)] = []
    """The sidebars: lists of pages beside those that they name."""
    page_footer: Annotated[Footer, BeforeValidator(switched), alone("center")] = Footer()
    """The foot of each page: Markdown, or links, at the left, the centre, the right."""
    page_navigation: bool = False
    """Link each page to those before and after it in the sidebar."""
    bread_crumbs: bool = True
    """Show on a page the way to it through the sections of its sidebar."""
    back_to_top_navigation: bool = False
    """Link from the foot of each page to its top."""
    announcement: Annotated[Announcement | None, BeforeValidator(unless_off), alone("content")] = (
        None
    )
    """A line on each page, in Markdown."""
    body_header: Strings = []
    """Markdown, or files of it, above the text of each page."""
    body_footer: Strings = []
    """Markdown, or files of it, below the text of each page."""
    margin_header: Strings = []
    """Markdown, or files of it, above the table of contents of each page."""
    margin_footer: Strings = []
    """Markdown, or files of it, below the table of contents of each page."""
    plausible_analytics: str | AnalyticsFile | None = None
    """Plausible's own HTML, or a file of it. With it, readers' browsers ask Plausible's server."""
    repo_url: LinkAddress | None = None
    """The address of the repository with the sources, for `repo-actions`."""
    repo_branch: str = "main"
    """The branch of the sources."""
    repo_subdir: str = ""
    """The folder of the sources in the repository."""
    repo_actions: Annotated[
        list[Literal["none", "edit", "source", "issue"]], BeforeValidator(as_list)
    ] = []
    """Links from each page to its source: to `edit` it, to the `source`, to report an `issue`."""
    issue_url: LinkAddress | None = None
    """The address at which readers report errors; by default that of the repository's issues."""
    repo_link_target: str | None = None
    """The window in which these links open, as in HTML."""
    repo_link_rel: str | None = None
    """The relation of what these links lead to, as in HTML."""
    drafts: Globs = []
    """Sources that are drafts, as if each said `draft: true`."""
    llms_txt: bool = False
    """Give each page, and not articles alone, a copy in Markdown, named as Quarto names it:
    `about.llms.md`.
    """

    @property
    def has_search(self) -> bool:
        """Readers can search, unless `search: false` says otherwise."""
        return self.search is not False and self.navbar.search is not False

    @property
    def texts(self) -> Mapping[str, Sequence[str]]:
        """The texts above and below pages and sidebars, by their keys: Markdown, or files of it."""
        texts = {key: getattr(self, key.replace("-", "_")) for key in BLOCKS}
        for number, sidebar in enumerate(self.sidebar):
            texts |= {f"sidebar {number} header": sidebar.header}
            texts |= {f"sidebar {number} footer": sidebar.footer}
        texts["announcement"] = [self.announcement.content] if self.announcement else []
        return texts

    @property
    def analytics(self) -> str:
        """Plausible's own HTML, or a file of it; empty without one."""
        analytics = self.plausible_analytics
        return analytics.path if isinstance(analytics, AnalyticsFile) else analytics or ""

    @property
    def text_files(self) -> frozenset[str]:
        """The paths, from the root, at which a file would take the place of one of these texts."""
        texts = [text for texts in self.texts.values() for text in texts]
        return frozenset(filter(None, map(file_of_text, [*texts, self.analytics])))


def file_of_text(text: str) -> str:
    """Return the path, from the root, of the file that a text of `website:` may name; empty if it
    can be no name.
    """
    name = text.strip()
    return "" if not name.strip("/.") or "\n" in name else from_root(name)


class InLanguage(Settings):
    """`broadsheet: languages: LANG:`."""

    navbar: Annotated[Navbar | None, BeforeValidator(switched)] = None
    """The links at the head of pages in that language."""
    page_footer: Annotated[Footer | None, BeforeValidator(switched), alone("center")] = None
    """The foot of pages in that language."""


class About(Settings):
    """`about:`: a page about a person or a house, with a picture and links."""

    template: Literal["jolla", "trestles", "solana", "marquee", "broadside"] = "jolla"
    """The layout of the head of the page."""
    id: str | None = None
    """The name of the part of the page that stands beside the picture."""
    image: FilePath | None = None
    """The picture."""
    image_alt: str | None = None
    """A description of that picture."""
    image_title: str | None = None
    """The words that show when the pointer is on it."""
    image_shape: Literal["rectangle", "round", "rounded"] | None = None
    """Its shape; by default that of the template."""
    image_width: str | None = None
    """Its width, such as `12em`."""
    links: NavItems = []
    """Links about the person or the house."""
