"""Search: an index of all articles by Pagefind, which a reader's browser loads piece by piece.

There are as many indexes as the months of the articles need for each to have two hundred, or a
tenth of all: `search/2019-04/` is of April 2019 and of the months up to the next one. The reader's
script joins them, so that an edit makes one of them anew and no other. (In an index of a few, a
word says little of how near an article is, and of each index a reader loads a piece.) What Pagefind
reads is not the pages, most of whose bytes are drawings, but a document of each article, made with
its story and kept beside it in `.broadsheet/search/`: its words, without what stands behind a
summary or on the card of a fact, and what it can be filtered by. That takes an eighth of the time.
It is done beside the pressing of pages (:mod:`broadsheet.site.pagefind`).

The index is by the language of the publication, in which its readers search. Lists, plain pages,
drafts and what asks to be left out (`search: false`) are in none.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from broadsheet import store, store_entry
from broadsheet.errors import StoreError, ToolError
from broadsheet.figures.page_figure import PageFigure
from broadsheet.language import speaking, t_
from broadsheet.project.project import Project
from broadsheet.site import pagefind
from broadsheet.site.page import Page, Scene, press
from broadsheet.site.page_content import PageContent
from broadsheet.site.page_content_store import Stories
from broadsheet.site.page_meta import PageMeta
from broadsheet.site.record import PageRecord, Shard
from broadsheet.site.templates import rendered

SMALLEST, MOST = 200, 10
"""An index has so many articles at least, unless there are not so many, and there are no more
indexes than that.
"""
FOLDER = "search"
PAGE = f"{FOLDER}/index.html"
STORE = Path(".broadsheet/search")
ROOM = 256 * 2**20
"""Bytes of documents that are kept."""

_ELSEWHERE = "https://duckduckgo.com/?q="
_PLAIN = "!'()*~"
"""Signs that JavaScript's encodeURIComponent leaves, beside those that all leave."""
_ASIDE = re.compile(
    r"<(?P<tag>svg|details|script|style|math)\b.*?</(?P=tag)\s*>|<sup\b.*?</sup>",
    re.DOTALL,
)
_BLOCK = re.compile(r"</?(?:p|h\d|li|td|th|div|figcaption|blockquote|pre|br|section)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s*\n\s*")


def has_search(project: Project) -> bool:
    """Whether the publication wants it, which it does unless it says otherwise (`website: search:
    false`).
    """
    website = project.settings.website
    return website.search is not False and website.navbar.search is not False


def is_searched(entry: PageMeta) -> bool:
    """Whether a page is in the index."""
    return entry.is_article and entry.is_searched


class Documents:
    """The store of what Pagefind reads of a publication; each is named as the one of its
    ``stories`` that it is of.
    """

    def __init__(self, root: Path, stories: Stories) -> None:
        self._folder, self._stories = root / STORE, stories

    def keep(self, name: str, content: PageContent) -> None:
        """Remember the document of a story. Raises :class:`StoreError` where the store cannot be
        written.
        """
        store_entry.write(self._path(name), document_of(content).encode())

    def find(self, name: str) -> str | None:
        """A story's document, made anew if it has gone or is damaged; None if its story has gone
        too.
        """
        kept = store_entry.read(self._path(name))
        if kept is not None:
            return kept.decode()
        if not self._stories.has(name):
            return None
        text = document_of(self._stories.get(name))
        with suppress(StoreError):  # the next build makes it again
            store_entry.write(self._path(name), text.encode())
        return text

    def trim(self) -> None:
        """Remove the documents that were made longest ago until there is room."""
        store.trim(self._folder.glob("??/*"), ROOM)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / f"{name}.html"


def document_of(content: PageContent) -> str:
    """What Pagefind reads of an article. The text is the body's, and as escaped as that."""
    body = content.html(_words_of)
    text = _TAG.sub("", _BLOCK.sub("\n", _ASIDE.sub(" ", body)))
    entry = content.entry
    filters = [
        _filter("year", str(entry.date.year) if entry.date else ""),
        *(_filter("section", name) for name in entry.categories[:1]),
        *(_filter("author", author.name) for author in entry.authors),
    ]
    with speaking(entry.lang):
        return rendered(
            "searched.html.jinja",
            entry=entry,
            filters=filters,
            text=Markup(_SPACE.sub("\n", text).strip()),
        )


def _words_of(figure: PageFigure) -> str:
    words = (figure.title, figure.subtitle, figure.credits.note)
    return "\n".join(f"\n{Markup.escape(text)}\n" for text in words if text)


def _filter(name: str, value: str) -> str:
    """Each value is a filter of its own, in signs that mean nothing to Pagefind: it orders the
    values of one as chance has it, and the same articles are to make the same files.
    `theme/search.js` writes it in the same way.
    """
    return f"{name}={quote(value, safe=_PLAIN)}"


@dataclass
class Index:
    """The indexes of a site: ``shards`` by their first months; of those that were made now
    ``files``, by their path in the site, which lie in a folder of their own. ``fault`` says why
    they are those of the old site, if they are.
    """

    shards: dict[str, Shard] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    fault: ToolError | None = None


def press_search(
    scene: Scene,
    articles: Iterable[PageMeta],
    months: Iterable[str],
    ways: Sequence[tuple[str, str]],
    lang: str,
) -> str:
    """The page to search the ``articles`` on, whose indexes are of these ``months``; ``ways`` are
    the titles and paths of what leads to them otherwise.
    """
    with speaking(lang):
        title, sections, authors, years = t_("Search"), t_("Section"), t_("Author"), t_("Year")
        anywhere = t_("Any")
    found = list(articles)
    indexes = sorted(months, reverse=True)
    by_year = sorted({str(entry.date.year) for entry in found if entry.date}, reverse=True)
    filters = [
        ("section", sections, _names(name for entry in found for name in entry.categories[:1])),
        ("author", authors, _names(author.name for entry in found for author in entry.authors)),
        ("year", years, by_year),
    ]
    entry = PageMeta(PAGE, f"{FOLDER}/", "_quarto.yml", title, title, lang=lang, is_searched=False)
    site = urlsplit(scene.project.site_url)
    return press(
        "search",
        entry,
        scene=scene,
        page=Page(entry, kind="search"),
        json_ld="",
        indexes=[scene.href(f"{FOLDER}/{month}/x").removesuffix("x") for month in indexes],
        anywhere=anywhere,
        filters=[(name, label, values) for name, label, values in filters if len(values) > 1],
        ways=ways,
        elsewhere=f"{_ELSEWHERE}{quote(f'site:{site.netloc}{site.path}')}" if site.netloc else "",
    )


def shards_of(articles: Iterable[PageMeta]) -> dict[str, list[str]]:
    """The pages of each index, by its first month, oldest first."""
    months: dict[str, list[str]] = {}
    for entry in articles:
        if entry.date:
            months.setdefault(f"{entry.date:%Y-%m}", []).append(entry.path)
    least = max(SMALLEST, sum(map(len, months.values())) // MOST)
    shards: list[tuple[str, list[str]]] = []
    for month, paths in sorted(months.items()):
        if not shards or len(shards[-1][1]) >= least:
            shards.append((month, []))
        shards[-1][1].extend(sorted(paths))
    if len(shards) > 1 and len(shards[-1][1]) < least:
        _, newest = shards.pop()
        shards[-1][1].extend(newest)
    return dict(shards)


def index_of(
    project: Project,
    documents: Documents,
    records: Mapping[str, PageRecord],
    site: Path,
    old: Mapping[str, Shard],
    *,
    is_current: bool,
    folder: Path,
) -> Index:
    """Make in ``folder`` each index whose articles are not those of the ``old`` one that the old
    ``site`` has, if that ``is_current``: made by this very program. Where one cannot be made, the
    search stays as it was, whole.
    """
    index = Index()
    if not has_search(project):
        return index
    standing = {
        month: shard
        for month, shard in old.items()
        if all((site / name).is_file() for name in shard.files)
    }
    shards = shards_of(record.entry for record in records.values() if is_searched(record.entry))
    for month, paths in shards.items():
        articles = {path: records[path].story for path in paths}
        digest = hashlib.sha256(json.dumps(articles).encode()).hexdigest()
        if is_current and month in standing and standing[month].digest == digest:
            index.shards[month] = standing[month]
            continue
        found = {
            path: text
            for path, story in articles.items()
            if (text := documents.find(story)) is not None
        }
        try:
            made = pagefind.index_of(found, _language(project))
        except ToolError as error:
            return Index(standing, fault=error)
        for name, content in made.items():
            path = f"{FOLDER}/{month}/{name}"
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
            index.files[path] = folder / path
        index.shards[month] = Shard(digest, tuple(f"{FOLDER}/{month}/{name}" for name in made))
    if index.files:
        documents.trim()
    return index


def _names(names: Iterable[str]) -> list[str]:
    return sorted(set(names), key=str.casefold)


def _language(project: Project) -> str:
    """The language of the publication, as Pagefind names it."""
    return str(project.metadata.get("lang", "en")).partition("-")[0].lower()
