"""Search: an index of all articles by Pagefind, which a reader's browser loads piece by piece.

Many articles have several indexes, which Pagefind's own `mergeIndex` joins in the reader's browser,
so that an edit makes one of them anew and no other. Each has the articles of as many months as are
needed for two hundred of them, or a tenth of all: `search/2019-04/` is of April 2019 and of the
months up to the next index. (In an index of a few articles, word frequencies say little of
relevance, and a reader loads a piece of each index.) Pagefind does not read the pages, most of
whose bytes are drawings, but a document of each article, stored in `.broadsheet/search/`: its
words, without what is folded behind a summary or on the card of a fact, and its filters. Indexes
are made while the pages are made (:mod:`broadsheet.site.formats.pagefind`). Two indexes of the same
articles need not have the same bytes: Pagefind leaves the order of some things to chance.

The index is by the language of the publication, in which its readers search. Lists, plain pages,
drafts and pages with `search: false` are not indexed.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from urllib.parse import quote, urlsplit

from lxml.html import HtmlElement
from markupsafe import Markup

from broadsheet.errors import StoreError, ToolError
from broadsheet.figures.drawing.page_figure import PageFigure
from broadsheet.project.project import Project
from broadsheet.site.article.article import Article
from broadsheet.site.article.article_store import DIGEST, Articles
from broadsheet.site.article.entry import Entry
from broadsheet.site.formats.pagefind import Indexing
from broadsheet.site.index.build_record import PageRecord
from broadsheet.site.index.edition_picker import is_first
from broadsheet.site.index.scene import Page, Scene, render
from broadsheet.site.index.site_index import SEARCH_PAGE
from broadsheet.site.index.translations import language_name
from broadsheet.site.output.build_steps import Steps
from broadsheet.site.theme.templates import rendered
from broadsheet.storage.store import Store
from broadsheet.storage.value_digest import digest_of
from broadsheet.text.html_tree import classes, drop_dark, parsed, parsed_page
from broadsheet.text.language import speaking, t_

SMALLEST, MOST = 200, 10
"""The fewest articles of an index, unless the publication has fewer; and the most indexes."""
FOLDER = "search"
STORE = "search"
ROOM = 256 * 2**20
"""The most bytes of documents that the store keeps."""

_ELSEWHERE = "https://duckduckgo.com/?q="
_ASIDE = ("svg", "details", "script", "style", "math", "figcaption", "sup")
"""Elements whose words are not looked for."""
_BLOCKS = (
    *("p", "li", "td", "th", "div", "blockquote", "pre", "br", "section"),
    *(f"h{level}" for level in range(1, 7)),
)
"""Elements that begin a line and end one."""
_WORD = re.compile(r"[^\W\d_]{4,}")
WORDS = "words.json"
_MOST_WORDS = 20_000


class Documents:
    """The store of the documents that Pagefind reads, each by the digest of its content in
    ``contents``, and of the words in each.
    """

    def __init__(self, root: Path, contents: Articles) -> None:
        self._store, self._contents = Store(root, STORE), contents

    def put(self, digest: str, content: Article) -> None:
        """Store the document of a content. Raises :class:`StoreError` where the store cannot be
        written.
        """
        self._put(digest, document_of(content))

    def find(self, digest: str) -> str | None:
        """Return a content's document, made anew if it is missing or damaged; None if its content
        is missing too.
        """
        stored = self._store.get(_key(digest)) if DIGEST.fullmatch(digest) else None
        if stored is not None:
            return stored.decode()
        content = self._contents.get(digest)
        if content is None:
            return None
        document = document_of(content)
        with suppress(StoreError):  # the next build makes it again
            self._put(digest, document)
        return document

    def words(self, digest: str, document: str) -> list[str]:
        """Return the words of a ``document`` that was found, as :func:`words_of` does."""
        stored = self._store.get(_key(digest, "txt"))
        return words_of(document) if stored is None else stored.decode().split()

    def trim(self) -> None:
        """Remove the documents that were not used for longest until there is room."""
        self._store.trim(ROOM)

    def _put(self, digest: str, document: str) -> None:
        self._store.put(_key(digest), document.encode())
        self._store.put(_key(digest, "txt"), " ".join(words_of(document)).encode())


def _key(digest: str, kind: str = "html") -> str:
    return f"{digest[:2]}/{digest}.{kind}"


def document_of(content: Article) -> str:
    """Return the document that Pagefind reads of an article."""
    lines = _lines_of(parsed(content.html(_words_of)))
    meta = content.meta
    filters = [
        ("edition", "no" if is_first(meta) else "yes"),
        ("language", _language(meta.lang)),
        ("year", str(meta.date.year) if meta.date else ""),
        *(("section", name) for name in meta.categories[:1]),
        *(("author", author.name) for author in meta.authors),
    ]
    with meta.speaking():
        return rendered(
            "searched.html.jinja",
            entry=meta,
            filters=filters,
            is_edition=not is_first(meta),
            blocks=[line.strip() for line in lines if line.strip()],
        )


def _lines_of(body: HtmlElement) -> list[str]:
    """Return the words of a body that are looked for, by paragraphs and the like."""
    drop_dark(body)
    for aside in list(body.iter(*_ASIDE, "div")):
        is_entry = aside.tag != "div" or "csl-entry" in classes(aside)
        if is_entry and aside.getparent() is not None:
            aside.tail = f" {aside.tail or ''}"
            aside.drop_tree()
    for block in body.iter(*_BLOCKS):
        block.text, block.tail = f"\n{block.text or ''}", f"\n{block.tail or ''}"
    return str(body.text_content()).splitlines()


def _words_of(figure: PageFigure) -> str:
    words = (figure.title, figure.subtitle)
    return "\n".join(f"\n{Markup.escape(text)}\n" for text in words if text)


def words_of(document: str) -> list[str]:
    """Return the words of a document, each once, of four letters and more, in their order."""
    text = " ".join(map(str, parsed_page(document).itertext()))
    return sorted({word.lower() for word in set(_WORD.findall(text))})


def commonest(words: Iterable[Iterable[str]]) -> list[str]:
    """Return the words of several documents, those of the most documents first; so many as a
    reader's browser may load.
    """
    counts = Counter(chain.from_iterable(words))
    return sorted(counts, key=lambda word: (-counts[word], word))[:_MOST_WORDS]


@dataclass
class SearchFiles:
    """The indexes of a site."""

    months: list[str] = field(default_factory=list)
    """The first month of each index."""
    files: dict[str, Path] = field(default_factory=dict)
    """The files of the indexes that were made now, by their paths in the site."""
    fault: ToolError | None = None
    """The reason for which the old site's indexes were kept."""


class SearchIndexing:
    """Makes a site's indexes in ``folder`` while other work goes on. Has state: the running
    indexes.
    """

    def __init__(self, project: Project, documents: Documents, steps: Steps, folder: Path) -> None:
        self._project, self._documents, self._steps = project, documents, steps
        self._folder = folder
        self._index = SearchFiles()
        self._started: dict[str, tuple[dict[str, str], Indexing]] = {}

    def start(self, records: Mapping[str, PageRecord]) -> None:
        """Start to make the indexes whose articles have changed."""
        if not self._project.settings.website.has_search:
            return
        language = self._project.lang.partition("-")[0].lower()
        articles = [record.meta for record in records.values() if record.meta.is_in_search]
        try:
            for month, paths in shards_of(articles).items():
                contents = {path: records[path].content for path in paths}
                inputs = {"the articles in it": digest_of(sorted(contents.items()))}
                self._index.months.append(month)
                if not self._steps.reuse(f"{FOLDER}/{month}", inputs):
                    texts = {
                        path: self._documents.find(content) for path, content in contents.items()
                    }
                    present = {path: text for path, text in texts.items() if text is not None}
                    making = Indexing(present, language, self._folder / month)
                    self._started[month] = inputs, making
                    words = commonest(
                        self._documents.words(contents[path], text)
                        for path, text in present.items()
                    )
                    (self._folder / month).mkdir(exist_ok=True)  # of no document there is none yet
                    (self._folder / month / WORDS).write_text(
                        json.dumps(words, ensure_ascii=False), encoding="utf-8"
                    )
        except ToolError as error:
            self._index.fault = error

    def result(self, old: Iterable[str]) -> SearchFiles:
        """Wait for the indexes. If one cannot be made, the whole search stays that of the old site,
        with its ``old`` months.
        """
        index = self._index
        try:
            if index.fault is not None:
                raise index.fault
            for month, (inputs, making) in self._started.items():
                files = {**making.files(), WORDS: self._folder / month / WORDS}
                written = {f"{FOLDER}/{month}/{name}": path for name, path in files.items()}
                self._steps.put(f"{FOLDER}/{month}", inputs, written)
                index.files |= written
        except ToolError as error:
            for month in index.months:
                self._steps.done.pop(f"{FOLDER}/{month}", None)
            kept = [month for month in old if self._steps.keep(f"{FOLDER}/{month}")]
            return SearchFiles(kept, fault=error)
        finally:
            self.stop()
        if index.files:
            self._documents.trim()
        return index

    def stop(self) -> None:
        """Stop those that are still running."""
        for _, making in self._started.values():
            making.stop()


def render_search_page(
    scene: Scene,
    articles: Iterable[Entry],
    months: Iterable[str],
    ways: Sequence[tuple[str, str]],
    lang: str,
) -> str:
    """Return the page to search the ``articles`` on. ``months`` name its indexes; ``ways`` are the
    titles and paths of other ways to find articles.
    """
    with speaking(lang):
        title, sections, authors, years = t_("Search"), t_("Section"), t_("Author"), t_("Year")
        anywhere, languages = t_("Any"), t_("Language")
    searched = list(articles)
    indexes = sorted(months, reverse=True)
    by_year = sorted({str(meta.date.year) for meta in searched if meta.date}, reverse=True)
    filters = [
        ("language", languages, _names(_language(meta.lang) for meta in searched)),
        ("section", sections, _names(name for meta in searched for name in meta.categories[:1])),
        ("author", authors, _names(author.name for meta in searched for author in meta.authors)),
        ("year", years, by_year),
    ]
    meta = Entry(
        SEARCH_PAGE, f"{FOLDER}/", "_quarto.yml", title, title, lang=lang, is_searched=False
    )
    site = urlsplit(scene.project.site_url)
    return render(
        "search",
        meta,
        scene=scene,
        page=Page(meta, kind="search"),
        json_ld="",
        indexes=[scene.href(f"{FOLDER}/{month}/x").removesuffix("x") for month in indexes],
        anywhere=anywhere,
        chosen=_language(lang),
        filters=[(name, label, values) for name, label, values in filters if len(values) > 1],
        ways=ways,
        elsewhere=f"{_ELSEWHERE}{quote(f'site:{site.netloc}{site.path}')}" if site.netloc else "",
    )


def shards_of(articles: Iterable[Entry]) -> dict[str, list[str]]:
    """Return the pages of each index, by its first month, oldest first."""
    months: dict[str, list[str]] = {}
    for meta in articles:
        if meta.date:
            months.setdefault(f"{meta.date:%Y-%m}", []).append(meta.path)
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


def _language(lang: str) -> str:
    return language_name(lang).capitalize()


def _names(names: Iterable[str]) -> list[str]:
    return sorted(set(names), key=str.casefold)
