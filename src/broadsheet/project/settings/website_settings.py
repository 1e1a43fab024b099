"""The keys of `website:` and `about:` that Broadsheet acts on: the navigation, the foot, and the
head of a page about somebody.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from broadsheet.project.settings.setting_models import (
    Settings,
    alone,
    each_named,
    named_by,
    switched,
)
from broadsheet.project.settings.setting_types import FilePath, LinkAddress, SiteUrl, Strings, Text


def _sidebars(value: object) -> object:
    """`sidebar:` as a list: `auto` or a folder alone are the contents of one."""
    return [] if isinstance(value, bool) else each_named(value, "contents")


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
    text: Text | None = None
    icon: str | None = None
    menu: NavItems | None = None
    aria_label: str | None = None
    rel: str | None = None
    target: str | None = None
    # In a sidebar: a heading, or the page at the head of a section, and what is below it.
    section: str | None = None
    contents: NavItems | str | None = None
    auto: bool | Strings | None = None


NavItems = Annotated[list[NavItem], named_by("href")]
NavItem.model_rebuild()


class Navbar(Settings):
    """`website: navbar`."""

    title: str | bool | None = None
    logo: str | None = None
    logo_alt: str = ""
    left: NavItems = []
    right: NavItems = []
    tools: NavItems = []
    search: bool | None = None


class Sidebar(Settings):
    """One of `website: sidebar`: a list of pages beside those that it names."""

    id: str | None = None
    title: str | bool | None = None
    contents: NavItems | str = []
    tools: NavItems = []


class Footer(Settings):
    """`website: page-footer`: Markdown, or links, at the left, the centre, the right."""

    left: str | NavItems | None = None
    center: str | NavItems | None = None
    right: str | NavItems | None = None


class Website(Settings):
    """`website:`."""

    title: str = ""
    description: str = ""
    site_url: SiteUrl = ""
    search: Any = None
    image: str | None = None
    favicon: str | None = None
    navbar: Annotated[Navbar, BeforeValidator(switched)] = Navbar()
    sidebar: Annotated[list[Sidebar], BeforeValidator(_sidebars)] = []
    page_footer: Annotated[Footer, BeforeValidator(switched), alone("center")] = Footer()
    page_navigation: bool = False

    @property
    def has_search(self) -> bool:
        """Readers can search, unless `search: false` says otherwise."""
        return self.search is not False and self.navbar.search is not False


class InLanguage(Settings):
    """`broadsheet: languages: LANG:`: what `website:` says on pages in another language."""

    navbar: Annotated[Navbar | None, BeforeValidator(switched)] = None
    page_footer: Annotated[Footer | None, BeforeValidator(switched), alone("center")] = None


class About(Settings):
    """`about:`: a page about a person or a house, with a picture and links."""

    template: Literal["jolla", "trestles", "solana", "marquee", "broadside"] = "jolla"
    id: str | None = None
    image: FilePath | None = None
    image_alt: str | None = None
    image_title: str | None = None
    image_shape: Literal["rectangle", "round", "rounded"] = "rectangle"
    links: NavItems = []
