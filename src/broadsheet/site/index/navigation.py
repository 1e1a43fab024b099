"""The navigation of a site: the bar at the head, the foot, the sidebars, as trees of links.

A link leads to a page by its source, elsewhere, or nowhere: then it is a heading, or a menu of
those below it. Its text is the author's, or the title of the page, or the name of its icon.

A sidebar lists what its `contents` name: pages, sections, globs and folders, or with `auto` what is
there. The only one is on each page; of several, a page has the one that its `sidebar` names, else
the first that lists it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from broadsheet.project.project import matching
from broadsheet.project.settings.website_settings import NavItem, Sidebar
from broadsheet.site.article.entry import Entry
from broadsheet.site.article.link_names import icon_name, name_of, words_of
from broadsheet.site.article.links import Address, target_of
from broadsheet.site.index.edition_picker import page_of_each_source
from broadsheet.site.theme.icons import icon_svg
from broadsheet.text.language import spoken

_SEPARATOR = re.compile(r"-{3,}")


@dataclass(frozen=True)
class Link:
    """A link of a bar, a menu or a sidebar."""

    text: str
    """Its words; those of an icon are for readers who do not see it."""
    href: str = ""
    """Its address; without one it is a heading."""
    label: str | None = None
    """Its name for readers who do not see it."""
    rel: str | None = None
    """Its `rel`, as HTML has it."""
    target: str | None = None
    """Its `target`, as HTML has it."""
    current: bool = False
    """It leads to the page that it is on."""
    lang: str = ""
    """The language of the page that it leads to, if that is another than the page's."""
    below: tuple[Link, ...] = ()
    """The links of its menu or section."""
    icon: str = ""
    """The name of its icon."""
    is_icon_alone: bool = False
    """It shows its icon and no words."""
    is_of_edition: bool = False
    """It leads to the article of which the page is an edition."""

    @property
    def is_on_the_way(self) -> bool:
        """It, or one below it, is the link to the page itself, or to its article."""
        return self.current or self.is_of_edition or any(one.is_on_the_way for one in self.below)


@dataclass(frozen=True)
class Navigation:
    """Makes links for one page."""

    meta_by_path: Mapping[str, Entry]
    """The entries of all pages."""
    page: PurePosixPath
    """The page's path."""
    rooted: bool
    """The page's addresses start at the host's root."""
    address: Callable[[Address], str]
    """Makes the address of a file of the site."""
    texts: Mapping[str, Markup] = field(default_factory=dict)
    """The texts of links that are Markdown, rendered."""

    def links(self, items: Iterable[NavItem]) -> list[Link]:
        """Return the links of a bar or of the foot."""
        return [link for item in items if (link := self._link(item)) is not None]

    def sidebar(self, sidebars: Sequence[Sidebar]) -> tuple[Sidebar, list[Link]] | None:
        """Return the settings and the links of the page's sidebar; None if it has none."""
        meta = self.meta_by_path.get(str(self.page))
        chosen = meta.fields.get("sidebar") if meta else None
        if meta is None or chosen is False:
            return None
        named = [one for one in sidebars if one.id is not None and one.id == chosen]
        alone = list(sidebars) if len(sidebars) == 1 else []
        for sidebar in [*named, *alone, *sidebars]:
            links = self.contents(sidebar.contents)
            if sidebar in [*named, *alone] or any(link.is_on_the_way for link in links):
                return sidebar, links
        return None

    def lead(self, href: str) -> str:
        """Return the address to which ``href`` leads from the page."""
        target = self._target(href)
        return self.address(target) if target else href

    @staticmethod
    def way(tree: list[Link]) -> list[Link]:
        """Return the links of a sidebar from its top down to the page's own."""
        way = list[Link]()
        while step := next((link for link in tree if link.is_on_the_way), None):
            way.append(step)
            tree = [] if step.current or step.is_of_edition else list(step.below)
        return way

    @staticmethod
    def beside(tree: list[Link]) -> tuple[Link | None, Link | None]:
        """Return the links to the pages before and after this one in its sidebar."""
        pages = [one for one in _flat(tree) if one.href and not urlsplit(one.href).scheme]
        at = next((index for index, one in enumerate(pages) if one.current), None)
        if at is None:
            return None, None
        return (pages[at - 1] if at else None), next(iter(pages[at + 1 :]), None)

    def contents(self, contents: Sequence[NavItem] | str) -> list[Link]:
        """Return the links of a sidebar."""
        if isinstance(contents, str):
            return self._automatic(contents)
        return [link for item in contents for link in self._entries(item)]

    def _entries(self, item: NavItem) -> Iterator[Link]:
        if item.auto:
            for folder in [item.auto] if isinstance(item.auto, bool) else item.auto:
                yield from self._automatic("auto" if folder is True else str(folder))
            return
        is_page = bool(item.section and target_of(item.section, PurePosixPath()) is not None)
        has_page = is_page and self._page_of(item.section or "") is not None
        href = item.href or (item.section if has_page else None)
        if href and not item.contents and (href.endswith("/") or "*" in href):
            yield from self._automatic(href)
            return
        plain = item.model_copy(
            update={"href": href, "text": item.text or (None if has_page else item.section)}
        )
        link = self._link(plain)
        if link is not None:
            yield replace(link, below=(*link.below, *self.contents(item.contents or [])))

    def _automatic(self, written: str) -> list[Link]:
        """Return links to all pages, or to those in a folder or of a glob, by folders."""
        entries = page_of_each_source(self.meta_by_path.values())
        paths = {PurePosixPath(source): meta for source, meta in entries.items()}
        if written == "auto":
            chosen = [
                source for source in sorted(paths) if source.stem != "index" or source.parent.name
            ]
            return self._in_folder(chosen, paths, PurePosixPath())
        chosen = matching(sorted(paths), [written.rstrip("/") or "**"])
        named = PurePosixPath(posixpath.normpath(written.lstrip("/") or "."))
        is_folder = not named.suffix and "*" not in written
        folder = named if is_folder else next(p for p in named.parents if "*" not in str(p))
        return self._in_folder(chosen, paths, folder)

    def _in_folder(
        self,
        sources: Sequence[PurePosixPath],
        paths: Mapping[PurePosixPath, Entry],
        folder: PurePosixPath,
    ) -> list[Link]:
        here = [source for source in sources if source.parent == folder]
        here.sort(key=lambda one: (one.stem != "index", paths[one].order or 0, str(one)))
        links = [self._to(paths[source]) for source in here]
        below: dict[str, list[PurePosixPath]] = {}
        for source in sources:
            if source.parent != folder and folder in source.parents:
                below.setdefault(source.relative_to(folder).parts[0], []).append(source)
        for name, inner in below.items():
            inside = self._in_folder(inner, paths, folder / name)
            head = next(
                (one for one in inner if one.parent == folder / name and one.stem == "index"), None
            )
            title = self._to(paths[head]) if head else Link(words_of(name))
            if head:
                inside = inside[1:]
            links.append(replace(title, below=tuple(inside)))
        return links

    def _page_of(self, href: str) -> Entry | None:
        target = target_of(href, PurePosixPath())
        if target is None:
            return None
        meta, source = self.meta_by_path.get(str(target.path)), href.partition("#")[0].lstrip("/")
        if meta is None and source != str(target.path):
            named = (one for one in self.meta_by_path.values() if one.source == source)
            meta = page_of_each_source(named).get(source)  # it is called otherwise than its source
        return meta

    def _target(self, href: str) -> Address | None:
        """Return the address in the site that ``href`` names, by that of its page."""
        target, meta = target_of(href, PurePosixPath()), self._page_of(href)
        return replace(target, path=PurePosixPath(meta.path)) if target and meta else target

    def _to(self, meta: Entry) -> Link:
        path = PurePosixPath(meta.path)
        return Link(
            meta.title,
            self.address(Address(path)),
            current=self._is_current(path),
            lang=self._other_language(meta),
            is_of_edition=self._is_of_edition(meta),
        )

    def _is_current(self, path: PurePosixPath) -> bool:
        return path == self.page and not self.rooted

    def _is_of_edition(self, meta: Entry) -> bool:
        page = self.meta_by_path.get(str(self.page))
        return page is not None and page.path != meta.path and page.source == meta.source

    def _other_language(self, meta: Entry) -> str:
        return meta.lang if meta.lang != spoken().tag else ""

    def _link(self, item: NavItem) -> Link | None:
        below = tuple(self.links(item.menu or ()))
        if item.text and _SEPARATOR.fullmatch(item.text.strip()):
            return None
        if not item.href:
            text = item.text or item.aria_label or (icon_name(item.icon) if item.icon else "")
            text = self.texts.get(text, text)
            link = Link(text, label=item.aria_label, below=below, **_icon_of(item))
            return link if text or below else None
        target, meta = self._target(item.href), self._page_of(item.href)
        text = item.text or (meta.title if meta else name_of(item))
        return Link(
            self.texts.get(text, text),
            self.address(target) if target else item.href,
            item.aria_label,
            item.rel,
            item.target,
            target is not None and self._is_current(target.path),
            self._other_language(meta) if meta else "",
            below,
            is_of_edition=meta is not None and self._is_of_edition(meta),
            **_icon_of(item),
        )


def _icon_of(item: NavItem) -> dict[str, Any]:
    """Return the fields of a link that show the icon of an item."""
    has_icon = bool(icon_svg(item.icon or ""))
    return {"icon": item.icon or "", "is_icon_alone": has_icon and not item.text}


def _flat(links: Iterable[Link]) -> Iterator[Link]:
    for link in links:
        yield link
        yield from _flat(link.below)
