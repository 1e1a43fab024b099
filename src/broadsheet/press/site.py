"""From finished editions to a whole site on disk.

:func:`press_site` tells the story: render the bodies; give each page its entry; compose lists, pages, feeds and the
sitemap; gather files; check every link; write it all beside the old site, and swap. A page that can not be made is a
fault and stops no other: if the old site has it, the old page stays up, with its files and its place in every list.

What belongs to the site and not to a page is deterministic: the same publication gives the same bytes.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from itertools import groupby, islice
from pathlib import Path, PurePosixPath
from typing import Protocol

from markupsafe import Markup
from wcmatch import glob

from broadsheet.assembly.finished import Finished
from broadsheet.errors import BroadsheetError, Notice, Place, RenderError
from broadsheet.press import feeds, links
from broadsheet.press.document import Document, Heading, Inline, Rendered
from broadsheet.press.editions import LISTED, one_entry_each, picker_of
from broadsheet.press.entry import Byline, Entry, Kept, Picture, manifest, plain_fields, read_manifest
from broadsheet.press.listing import categories, listed, ordered
from broadsheet.press.notebook import document_of
from broadsheet.press.page import (
    EMPTY,
    Block,
    Front,
    Page,
    Scene,
    base_path,
    month_of,
    press_page,
    press_picker,
    press_redirect,
    site_title,
)
from broadsheet.press.picture import Chart, first_chart, miniature
from broadsheet.press.scrolling import scrolling
from broadsheet.press.swap import MARKER, building
from broadsheet.press.theme import Theme, load_theme
from broadsheet.publication import Edition, FrontMatter, Listing, Publication

NOT_FOUND = "404.html"
BESIDE, DAY, SECTION, EARLIER, RELATED = 3, 8, 4, 12, 3
"""How many entries the parts of the front page, and the end of an article, show."""

_NAVIGATED = re.compile(r"\.(html|xml|atom)$")


class Renders(Protocol):
    """What we need of the Pandoc pool."""

    def render(self, document: Document) -> Rendered:
        """One page's body. Raises :class:`RenderError`."""


@dataclass(frozen=True)
class Standing:
    """An edition that is not made in this build: the page that the old site has of it stays up.

    ``fault`` says why it could not be made; None if it was not asked for.
    """

    edition: Edition
    fault: BroadsheetError | None = None


@dataclass(frozen=True)
class SiteReport:
    """What became of a build. ``pages`` were made; ``standing`` are old pages that stay up; ``absent`` could not be
    made and had no old page. ``faults`` has the error of each page by its path in the publication.
    """

    output: Path
    pages: tuple[PurePosixPath, ...]
    standing: tuple[PurePosixPath, ...]
    absent: tuple[PurePosixPath, ...]
    faults: Mapping[PurePosixPath, BroadsheetError]
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class _Built:
    """A page of this build: its body's addresses are the site's own."""

    finished: Finished
    rendered: Rendered
    body: str
    entry: Entry
    files: Mapping[str, bytes] = field(repr=False)


def press_site(publication: Publication, finished: Sequence[Finished | Standing], output: Path, *, pandoc: Renders,
               jobs: int = 1, waiting: Callable[[], None] = lambda: None) -> SiteReport:
    """Build the site of ``publication`` at ``output``, whole or not at all.

    ``finished`` has each edition that is to have a page; what else the old site has is gone from the new one, except
    pages of sources that could not be read. ``jobs`` pages are rendered at a time. ``waiting`` is called if another
    build of this site is at work, which is waited for. Raises :class:`UsageError` if ``output`` is not a site's.
    """
    project = publication.project
    ready = [item for item in finished if isinstance(item, Finished)]
    faults: dict[PurePosixPath, BroadsheetError] = dict(publication.faults)
    faults |= {item.edition.path: item.fault for item in finished if isinstance(item, Standing) and item.fault}

    # Bodies, many at a time.
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        footer = pool.submit(_footer, publication, pandoc)
        bodies = list(pool.map(lambda item: _rendered(item, project.root, pandoc), ready))
    faults |= {item.edition.path: body for item, body in zip(ready, bodies, strict=True)
               if isinstance(body, BroadsheetError)}
    rendered = [(item, body) for item, body in zip(ready, bodies, strict=True) if isinstance(body, Rendered)]

    with building(output, waiting) as new:
        # Entries: of the pages made now, and of the old ones that stay up.
        old = _OldSite(output.resolve())
        made = {str(item.edition.output) for item, _ in rendered}
        kept = old.standing(publication, [item.edition for item in finished], made)
        pages = {str(edition.path): edition.output for edition in publication.editions}
        pages |= {kept_page.entry.source: PurePosixPath(kept_page.entry.path) for kept_page in kept.values()
                  if kept_page.entry.source not in pages}
        built = [_built(item, body, pages, project.root, base_path(project)) for item, body in rendered]
        entries = {page.entry.path: page.entry for page in built}
        entries |= {path: kept_page.entry for path, kept_page in kept.items()}

        # Pages.
        site = _Site(publication, load_theme(project.root), pages, entries, {page.entry.path: page for page in built},
                     old, footer.result())
        texts = {page.entry.path: site.page(page) for page in built}
        texts |= {path: text for path, text in site.more_pages().items() if path not in texts}
        standing = {path: old.text(path) for path in kept}

        # Files: what we make, what pages and the project ask for, and what the old pages need.
        files: dict[str, bytes | Path] = {}
        for page in built:
            files |= page.files
        files |= site.theme.files
        files |= site.feeds(texts | standing)
        files |= site.for_crawlers()
        files |= _resources(publication)
        files |= {path: text.encode() for path, text in texts.items()}
        uses = {path: _uses(path, text, entries[path]) for path, text in texts.items() if path in entries}
        for path, used in uses.items():
            files |= _copied(used, project.root, project.output, files)
            uses[path] = frozenset(name for name in used if name in files)
        for path, kept_page in kept.items():
            files |= {name: old.root / name for name in kept_page.files if name not in files}
            files[path] = old.root / path

        # Links, once all that may be linked to is known.
        notices = [notice for page in built for notice in page.rendered.notices] + site.notices
        notices += _broken(texts, entries, frozenset(files), {path: links.anchors(text)
                                                              for path, text in (texts | standing).items()})
        _write(files, new)
        everything = [Kept(page.entry, tuple(sorted(uses[page.entry.path]))) for page in built] + list(kept.values())
        (new / MARKER).write_text(manifest(everything), encoding="utf-8")

    expected = {item.edition.output for item in finished}
    return SiteReport(output, tuple(PurePosixPath(page.entry.path) for page in built),
                      tuple(PurePosixPath(path) for path in sorted(kept)),
                      tuple(sorted(expected - {PurePosixPath(path) for path in entries})), faults, tuple(notices))


def _rendered(finished: Finished, root: Path, pandoc: Renders) -> Rendered | BroadsheetError:
    try:
        return pandoc.render(document_of(finished, root))
    except BroadsheetError as error:
        return error


def _footer(publication: Publication, pandoc: Renders) -> dict[str, Inline]:
    footer = publication.project.settings.website.page_footer
    texts = {side: text for side in ("left", "center", "right") if isinstance(text := getattr(footer, side), str)}
    return dict(pandoc.render(Document("_quarto.yml", "", inlines=texts)).inlines) if texts else {}


def _built(finished: Finished, rendered: Rendered, pages: Mapping[str, PurePosixPath], root: Path,
           base: str) -> _Built:
    edition = finished.edition
    page, folder = edition.output, edition.source.path.parent

    def rewrite(address: str) -> str:
        target = links.internal(address, folder, pages)
        if target is None:
            return address
        return target.from_root(base) if str(page) == NOT_FOUND else target.from_page(page)
    body = scrolling(links.rewritten(rendered.html, rewrite))
    files: dict[str, bytes] = {_safe(path, edition): data for path, data in finished.assets.items()}
    chart = first_chart(body)
    drawn = _miniatures(chart, edition) if chart else {}
    entry = _entry(finished, rendered, _picture(edition, files, root), _chart(chart, edition, files | drawn))
    return _Built(finished, rendered, body, entry, files | drawn)


def _entry(finished: Finished, rendered: Rendered, picture: Picture | None, chart: Picture | None) -> Entry:
    edition, front = finished.edition, finished.edition.settings
    title, subtitle, description = (_inline(rendered, name, getattr(front, name))
                                    for name in ("title", "subtitle", "description"))
    if not title.text:
        title = _inline(rendered, "", front.pagetitle or edition.name)
    return Entry(
        path=str(edition.output), url=edition.url, source=str(edition.source.path),
        title=title.text, title_html=title.html, subtitle=subtitle.text, subtitle_html=subtitle.html,
        description=description.text, authors=tuple(Byline(author.name, author.url or "") for author in front.author),
        date=_day(front.date), modified=_day(front.date_modified), categories=tuple(front.categories),
        picture=picture, chart=chart, words=len(rendered.text.split()), order=front.order, lang=front.lang,
        is_listing=bool(front.listing), is_searched=front.search, fields=plain_fields(edition.metadata))


def _inline(rendered: Rendered, name: str, written: str) -> Inline:
    return rendered.inlines.get(name) or Inline(str(Markup.escape(written)), written)


def _day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _picture(edition: Edition, assets: Mapping[str, bytes], root: Path) -> Picture | None:
    written = edition.settings.image
    target = links.internal(written, edition.source.path.parent, {}) if written else None
    if target is None:
        return None
    path = str(target.path)
    if path not in assets and not (root / path).is_file():
        return None
    chart = path if path.endswith(".svg") else str(target.path.with_suffix(".svg"))
    return Picture(path, edition.settings.image_alt or "", is_chart=path.endswith(".svg") or chart in assets)


def _miniatures(chart: Chart, edition: Edition) -> dict[str, bytes]:
    if not chart.label:
        return {}
    light, dark = (miniature(chart.drawings[0], dark=setting) for setting in (False, True))
    stem = f"{edition.files}/{chart.label}-small"
    return {f"{stem}.svg": light, f"{stem}-dark.svg": dark} if light and dark else {}


def _chart(chart: Chart | None, edition: Edition, files: Mapping[str, bytes]) -> Picture | None:
    if chart is None:
        return None
    for stem in (f"{edition.files}/{chart.label}-small", f"{edition.files}/{chart.label}"):
        if f"{stem}.svg" in files:
            dark = f"{stem}-dark.svg"
            return Picture(f"{stem}.svg", chart.alt, dark if dark in files else "", is_chart=True)
    return None


@dataclass(frozen=True)
class _OldSite:
    """The site that is being replaced, if there is one."""

    root: Path

    def standing(self, publication: Publication, expected: Sequence[Edition], made: set[str]) -> dict[str, Kept]:
        """The pages that stay up, by path: of editions that are expected and not made, and of unread sources."""
        wanted = {str(edition.output) for edition in expected} - made
        unread = {str(path) for path in publication.faults}
        return {path: page for path, page in sorted(read_manifest(self.root).items())
                if path not in made and (path in wanted or page.entry.source in unread)
                and (self.root / path).is_file()}

    def text(self, path: str) -> str:
        """A page's HTML."""
        return (self.root / path).read_text(encoding="utf-8")


@dataclass(frozen=True)
class _Site:
    """All that a page may need of the rest of the site."""

    publication: Publication
    theme: Theme
    pages: Mapping[str, PurePosixPath]
    entries: Mapping[str, Entry]
    built: Mapping[str, _Built]
    old: _OldSite
    footer_texts: Mapping[str, Inline]
    notices: list[Notice] = field(default_factory=list)
    pickers: dict[str, str] = field(default_factory=dict)

    def page(self, built: _Built) -> str:
        """The text of a page of a source."""
        entry, front = built.entry, built.finished.edition.settings
        page = Page(entry, Markup(built.body), layout=front.page_layout, feeds=self._feed_links(built),
                    headings=_contents(built.rendered, front), toc_title=_toc_title(front))
        if front.listing:
            blocks = [self._block(built, listing) for listing in front.listing]
            if entry.path == "index.html":
                page = replace(page, kind="front", front=self._front(blocks[0].entries), blocks=blocks[1:])
            else:
                page = replace(page, kind="section", blocks=blocks)
        elif entry.is_article:
            others = [other for other in self._articles_by_source[entry.source] if other.path != entry.path]
            page = replace(page, kind="article", editions=others, related=self._related(entry),
                           picker=self._picker(entry) if len(others) > LISTED else EMPTY)
        return press_page(self._scene(entry.path), page)

    def more_pages(self) -> dict[str, str]:
        """The pages that no source asks for: the 404 page, and one at each alias."""
        lang = str(self.publication.project.metadata.get("lang", "en"))
        entry = Entry(NOT_FOUND, NOT_FOUND, "_quarto.yml", "Page not found", "Page not found", lang=lang,
                      is_searched=False)
        newest = [other for other in self._news if other.is_searched][:5]
        page = Page(entry, kind="404", related=newest, feeds=self._front_feeds())
        texts = {NOT_FOUND: press_page(self._scene(NOT_FOUND), page)}
        for path, built in sorted(self.built.items()):
            for alias in built.finished.edition.settings.aliases if built.finished.edition.is_first else ():
                target = links.internal(alias, built.finished.edition.source.path.parent, {})
                if target is None:
                    continue
                place = target.path if target.path.suffix == ".html" else target.path / "index.html"
                address = self._scene(path).absolute(built.entry.url)
                texts[str(place)] = press_redirect(links.relative(place, path), address or
                                                   links.relative(place, path), built.entry.title)
        return texts

    def feeds(self, texts: Mapping[str, str]) -> dict[str, bytes | Path]:
        """The feeds of each list that has one."""
        files: dict[str, bytes | Path] = {}
        for _, built in sorted(self.built.items()):
            for listing in built.finished.edition.settings.listing:
                if listing.feed is None:
                    continue
                if not self.publication.project.site_url:
                    text = self.publication.project.text
                    self.notices.append(Notice(text.place(("website",)), f"no feed for {built.entry.source}: a feed "
                                               "needs full addresses", "Set `site-url` under `website`."))
                    continue
                files |= self._feed(built, listing, texts)
        return files

    def for_crawlers(self) -> dict[str, bytes | Path]:
        """`robots.txt`, and with a `site-url` the sitemap."""
        root, url = self.publication.project.root, self.publication.project.site_url
        found = sorted((entry for entry in self.entries.values() if entry.is_searched and entry.path != NOT_FOUND),
                       key=lambda entry: entry.url)
        files: dict[str, bytes | Path] = {}
        if url:
            scene = self._scene("index.html")
            files["sitemap.xml"] = feeds.sitemap((scene.absolute(entry.url), entry.updated) for entry in found)
        own = root / "robots.txt"
        files["robots.txt"] = own if own.is_file() else feeds.robots(f"{url}sitemap.xml" if url else "").encode()
        return files

    def _scene(self, path: str) -> Scene:
        page = PurePosixPath(path)
        rooted = path == NOT_FOUND

        def rewrite(address: str) -> str:
            target = links.internal(address, PurePosixPath(), self.pages)
            if target is None:
                return address
            return target.from_root(base_path(self.publication.project)) if rooted else target.from_page(page)
        footer = {side: Markup(links.rewritten(text.html, rewrite)) for side, text in self.footer_texts.items()}
        return Scene(self.publication.project, self.theme, self.pages, self.entries, page,
                     self._section_pages, footer, rooted)

    @cached_property
    def _articles(self) -> list[Entry]:
        """The articles, newest first."""
        return ordered((entry for entry in self.entries.values() if entry.is_article), ["date desc"])

    @cached_property
    def _news(self) -> list[Entry]:
        """The articles, newest first, with one edition of each."""
        return one_entry_each(self._articles)

    @cached_property
    def _articles_by_category(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self._news:
            found.setdefault("".join(entry.categories[:1]), []).append(entry)
        return found

    @cached_property
    def _articles_by_source(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self._articles:
            found.setdefault(entry.source, []).append(entry)
        return found

    @cached_property
    def _section_pages(self) -> dict[str, Entry]:
        return {entry.title.casefold(): entry for path, entry in sorted(self.entries.items(), reverse=True)
                if entry.is_listing and path != "index.html"}

    def _listed(self, built: _Built, listing: Listing) -> list[Entry]:
        return listed(listing, built.finished.edition.source.path, self.entries.values())

    def _block(self, built: _Built, listing: Listing) -> Block:
        found = self._listed(built, listing)
        fields = frozenset(listing.fields) if listing.fields is not None else None
        return Block(listing.id or "", found, fields=fields, categories=categories(found) if listing.categories else (),
                     max_description=listing.max_description_length)

    def _front(self, entries: Sequence[Entry]) -> Front:
        lead = entries[0] if entries else None
        beside, day = entries[1:1 + BESIDE], entries[1 + BESIDE:1 + BESIDE + DAY]
        shown = {entry.path for entry in (*entries[:1], *beside, *day)}
        columns = []
        for section, found in self._sections():
            below = [entry for entry in found if entry.path not in shown][:SECTION]
            shown |= {entry.path for entry in below}
            if below:
                columns.append((section, below))
        remaining = [entry for entry in entries if entry.path not in shown]
        rest = [(month, list(group)) for month, group in
                groupby(remaining[EARLIER:], key=lambda entry: month_of(entry.date))]
        chart = first_chart(self._text(lead)) if lead and (lead.shown is None or lead.shown == lead.chart) else None
        drawings = [Markup(drawing) for drawing in chart.drawings] if chart else []
        return Front(lead, drawings, Markup(chart.head if chart else ""), beside, day, columns, remaining[:EARLIER],
                     rest, len(remaining[EARLIER:]))

    def _sections(self) -> list[tuple[Entry, list[Entry]]]:
        navbar = self.publication.project.settings.website.navbar
        named = [target.path for item in [*navbar.left, *navbar.right] if item.href
                 and (target := links.internal(item.href, PurePosixPath(), self.pages))]
        found = [built for path, built in sorted(self.built.items())
                 if built.entry.is_listing and path != "index.html"]
        found.sort(key=lambda built: named.index(PurePosixPath(built.entry.path))
                   if PurePosixPath(built.entry.path) in named else len(named))
        return [(built.entry, self._listed(built, built.finished.edition.settings.listing[0])) for built in found]

    def _text(self, entry: Entry) -> str:
        return self.built[entry.path].body if entry.path in self.built else self.old.text(entry.path)

    def _picker(self, entry: Entry) -> Markup:
        """The picker on the page of ``entry``, with that page marked. It is made once for all editions of an article,
        which lie in one folder and so have the same addresses for each other.
        """
        if entry.source not in self.pickers:
            picker = picker_of(self._articles_by_source[entry.source])
            self.pickers[entry.source] = str(press_picker(self._scene(entry.path), picker))
        address = links.relative(PurePosixPath(entry.path), entry.path)
        return Markup(self.pickers[entry.source].replace(f'href="{address}"', f'href="{address}" aria-current="page"'))

    def _related(self, entry: Entry) -> list[Entry]:
        near = self._articles_by_category.get("".join(entry.categories[:1]), [])
        return list(islice((other for other in near if other.source != entry.source and other.is_searched), RELATED))

    def _feed_links(self, built: _Built) -> list[tuple[str, str, str]]:
        own = self._feeds_of(built)
        return own + [link for link in self._front_feeds() if link not in own]

    def _front_feeds(self) -> list[tuple[str, str, str]]:
        return self._feeds_of(self.built["index.html"]) if "index.html" in self.built else []

    def _feeds_of(self, built: _Built) -> list[tuple[str, str, str]]:
        """Media type, title and path of the feeds of a page."""
        if not self.publication.project.site_url:
            return []
        stem = PurePosixPath(built.entry.path).with_suffix("")
        listing = next((one for one in built.finished.edition.settings.listing if one.feed), None)
        if listing is None or listing.feed is None:
            return []
        title = listing.feed.title or self._feed_title(built)
        return [("application/rss+xml", title, f"{stem}.xml"), ("application/atom+xml", title, f"{stem}.atom")]

    def _feed_title(self, built: _Built) -> str:
        name = site_title(self.publication.project)
        return name if built.entry.title in ("", name) else f"{built.entry.title} – {name}"

    def _feed(self, built: _Built, listing: Listing, texts: Mapping[str, str]) -> dict[str, bytes | Path]:
        feed = listing.feed
        assert feed is not None
        scene, website = self._scene(built.entry.path), self.publication.project.settings.website
        found = ordered((entry for entry in self._listed(built, listing) if entry.date), ["date desc"])
        stem = str(PurePosixPath(built.entry.path).with_suffix(""))
        sets = [(stem, "", found)] + [
            (f"{stem}-{_slug(category)}", category, [entry for entry in found if category in entry.categories])
            for category in feed.categories or []]
        files: dict[str, bytes | Path] = {}
        for name, category, chosen in sets:
            title = (feed.title or self._feed_title(built)) + (f": {category}" if category else "")
            items = [feeds.Item(entry, scene.absolute(entry.url),
                                feeds.content(texts[entry.path], scene.absolute(entry.url), self._exists(entry),
                                              feed.type)) for entry in chosen[:feed.items]]
            for suffix, write in ((".xml", feeds.rss), (".atom", feeds.atom)):
                head = feeds.FeedHead(title, feed.description or built.entry.description or website.description,
                                      scene.absolute(built.entry.url), scene.absolute(name + suffix),
                                      feed.language or built.entry.lang,
                                      scene.absolute(feed.image.lstrip("/")) if feed.image else "")
                files[name + suffix] = write(head, items)
        return files

    def _exists(self, entry: Entry) -> Callable[[str], bool]:
        def exists(address: str) -> bool:
            target = links.internal(address, PurePosixPath(entry.path).parent, {})
            if target is None:
                return False
            built = self.built.get(entry.path)
            return str(target.path) in built.files if built else (self.old.root / target.path).is_file()
        return exists


def _contents(rendered: Rendered, front: FrontMatter) -> tuple[Heading, ...]:
    return tuple(heading for heading in rendered.headings if 1 < heading.level <= front.toc_depth) if front.toc else ()


def _toc_title(front: FrontMatter) -> str:
    return (front.toc_title or "On this page") if front.toc else ""


def _slug(category: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", category.casefold()).strip("-")


def _uses(path: str, text: str, entry: Entry) -> frozenset[str]:
    """The files that a page needs to be whole elsewhere: not the pages and feeds that it links to."""
    page = PurePosixPath(path)
    found = (links.internal(address, page.parent, {}) for address in links.addresses(text))
    used = {str(target.path) for target in found if target and not _NAVIGATED.search(str(target.path))}
    for picture in (entry.picture, entry.chart):
        used |= {name for name in (picture.path, picture.dark) if name} if picture else set()
    used |= {str(PurePosixPath(name).with_suffix(".svg")) for name in used if name.endswith(".json")}
    return frozenset(used | {path})


def _copied(used: frozenset[str], root: Path, output: Path, known: Mapping[str, object]) -> dict[str, Path]:
    """Those files of the publication that a page uses, and that nothing else has put into the site."""
    found = {}
    for name in used:
        path = PurePosixPath(name)
        if name in known or links.is_source(path) or any(part[0] in "._" for part in path.parts):
            continue
        file = root / path
        if file.is_file() and not file.is_relative_to(output):
            found[name] = file
    return found


def _resources(publication: Publication) -> dict[str, bytes | Path]:
    project = publication.project
    patterns = [pattern for given in project.settings.project.resources
                for pattern in (given.lstrip("/"), f"{given.strip('/')}/**")]
    favicon = project.settings.website.favicon
    patterns += [favicon.lstrip("/")] if favicon else []
    if not patterns:
        return {}
    found = glob.glob(patterns, root_dir=str(project.root), flags=glob.GLOBSTAR | glob.BRACE | glob.NEGATE | glob.NODIR)
    return {Path(name).as_posix(): project.root / name for name in sorted(found)
            if not (project.root / name).is_relative_to(project.output)}


def _broken(texts: Mapping[str, str], entries: Mapping[str, Entry], files: frozenset[str],
            anchors: Mapping[str, frozenset[str]]) -> list[Notice]:
    return [notice for path, text in sorted(texts.items()) if path in entries
            for notice in links.broken(PurePosixPath(path), entries[path].source, text, files, anchors)]


def _safe(path: str, edition: Edition) -> str:
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise RenderError(Place(str(edition.path)), f"a file of this page would lie outside of the site: {path!r}",
                          "Give the figure a plain label.")
    return path


def _write(files: Mapping[str, bytes | Path], new: Path) -> None:
    for name, content in sorted(files.items()):
        target = new / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            target.write_bytes(content)
        elif content.is_file():
            shutil.copyfile(content, target)
