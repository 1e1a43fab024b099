"""The navigation of a site: the bar at the head, the foot, the sidebars, as trees of links.

A link leads to a page by its source, elsewhere, or nowhere: then it is a heading, or a menu of those
below it. Its text is the author's, or the title of the page, or the name of its icon.

A sidebar lists what its `contents` name: pages, sections, globs and folders, or with `auto` what is
there. The only one is on each page; of several, a page has the one that its `sidebar` names, else
the first that lists it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from broadsheet.project.project import matching
from broadsheet.project.settings.website_settings import NavItem, Sidebar
from broadsheet.site.article.entry import Entry
from broadsheet.site.article.link_names import icon_name, name_of, words_of
from broadsheet.site.article.links import Address, target_of
from broadsheet.text.language import spoken

_SEPARATOR = re.compile(r"-{3,}")


@dataclass(frozen=True)
class Link:
    """A link, ``current`` on its own page; without ``href`` a heading. ``lang`` is the language of a
    page in another than the one that it is on; ``below`` are the links of its menu or section.
    """

    text: str
    href: str = ""
    label: str | None = None
    rel: str | None = None
    current: bool = False
    lang: str = ""
    below: tuple[Link, ...] = ()

    @property
    def is_on_the_way(self) -> bool:
        """Whether it, or one below it, is the link to the page itself."""
        return self.current or any(one.is_on_the_way for one in self.below)


@dataclass(frozen=True)
class Navigation:
    """Makes links for the page at ``page``, ``rooted`` if its addresses start at the host's root.
    ``address`` makes the address of a file of the site.
    """

    meta_by_path: Mapping[str, Entry]
    page: PurePosixPath
    rooted: bool
    address: Callable[[Address], str]

    def links(self, items: Iterable[NavItem]) -> list[Link]:
        """The links of a bar or of the foot."""
        return [link for item in items if (link := self._link(item)) is not None]

    def sidebar(self, sidebars: Sequence[Sidebar]) -> tuple[str, list[Link]] | None:
        """The title and the links of the page's sidebar; None if it has none."""
        meta = self.meta_by_path.get(str(self.page))
        asked = meta.fields.get("sidebar") if meta else None
        if meta is None or asked is False:
            return None
        named = [one for one in sidebars if one.id is not None and one.id == asked]
        alone = list(sidebars) if len(sidebars) == 1 else []
        for one in [*named, *alone, *sidebars]:
            found = self.contents(one.contents)
            if one in [*named, *alone] or any(link.is_on_the_way for link in found):
                return (one.title if isinstance(one.title, str) else "", found) if found else None
        return None

    def beside(self, sidebars: Sequence[Sidebar]) -> tuple[Link | None, Link | None]:
        """The links to the pages before and after this one in its sidebar."""
        _, tree = self.sidebar(sidebars) or ("", [])
        pages = [one for one in _flat(tree) if one.href and not urlsplit(one.href).scheme]
        at = next((index for index, one in enumerate(pages) if one.current), None)
        if at is None:
            return None, None
        return (pages[at - 1] if at else None), next(iter(pages[at + 1 :]), None)

    def contents(self, contents: Sequence[NavItem] | str) -> list[Link]:
        """The links of a sidebar."""
        if isinstance(contents, str):
            return self._automatic(contents)
        return [link for item in contents for link in self._entries(item)]

    def _entries(self, item: NavItem) -> Iterator[Link]:
        if item.auto:
            for folder in [item.auto] if isinstance(item.auto, bool) else item.auto:
                yield from self._automatic("auto" if folder is True else str(folder))
            return
        is_page = bool(item.section and target_of(item.section, PurePosixPath()) is not None)
        known = is_page and self._page_of(item.section or "") is not None
        href = item.href or (item.section if known else None)
        if href and not item.contents and (href.endswith("/") or "*" in href):
            yield from self._automatic(href)
            return
        plain = item.model_copy(
            update={"href": href, "text": item.text or (None if known else item.section)}
        )
        link = self._link(plain)
        if link is not None:
            yield replace(link, below=(*link.below, *self.contents(item.contents or [])))

    def _automatic(self, written: str) -> list[Link]:
        """Links to all pages, or to those in a folder or of a glob, by folders."""
        paths = {PurePosixPath(meta.source): meta for meta in self.meta_by_path.values()}
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
        own = [source for source in sources if source.parent == folder]
        own.sort(key=lambda one: (one.stem != "index", paths[one].order or 0, str(one)))
        links = [self._to(paths[source]) for source in own]
        below: dict[str, list[PurePosixPath]] = {}
        for source in sources:
            if source.parent != folder and folder in source.parents:
                below.setdefault(source.relative_to(folder).parts[0], []).append(source)
        for name, inner in below.items():
            found = self._in_folder(inner, paths, folder / name)
            head = next(
                (one for one in inner if one.parent == folder / name and one.stem == "index"), None
            )
            title = self._to(paths[head]) if head else Link(words_of(name))
            if head:
                found = found[1:]
            links.append(replace(title, below=tuple(found)))
        return links

    def _page_of(self, href: str) -> Entry | None:
        target = target_of(href, PurePosixPath())
        if target is None:
            return None
        found, source = self.meta_by_path.get(str(target.path)), href.partition("#")[0].lstrip("/")
        if found is None and source != str(target.path):
            named = (one for one in self.meta_by_path.values() if one.source == source)
            found = next(named, None)  # a page that is called otherwise than its source
        return found

    def _to(self, meta: Entry) -> Link:
        path = PurePosixPath(meta.path)
        return Link(
            meta.title,
            self.address(Address(path)),
            current=self._is_current(path),
            lang=self._other_language(meta),
        )

    def _is_current(self, path: PurePosixPath) -> bool:
        return path == self.page and not self.rooted

    def _other_language(self, meta: Entry) -> str:
        return meta.lang if meta.lang != spoken().tag else ""

    def _link(self, item: NavItem) -> Link | None:
        below = tuple(self.links(item.menu or ()))
        if item.text and _SEPARATOR.fullmatch(item.text.strip()):
            return None
        if not item.href:
            text = item.text or item.aria_label or (icon_name(item.icon) if item.icon else "")
            return Link(text, label=item.aria_label, below=below) if text or below else None
        target, meta = target_of(item.href, PurePosixPath()), self._page_of(item.href)
        if target and meta:
            target = replace(target, path=PurePosixPath(meta.path))
        text = item.text or (meta.title if meta else name_of(item))
        return Link(
            text,
            self.address(target) if target else item.href,
            item.aria_label,
            item.rel,
            target is not None and self._is_current(target.path),
            self._other_language(meta) if meta else "",
            below,
        )


def _flat(links: Iterable[Link]) -> Iterator[Link]:
    for link in links:
        yield link
        yield from _flat(link.below)
