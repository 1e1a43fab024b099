"""Search: an index of all articles by Pagefind, which a reader's browser loads piece by piece.

There are as many indexes as the months of the articles need for each to have two hundred, or a tenth of all:
`search/2019-04/` is of April 2019 and of the months up to the next one. The reader's script joins them, so that an edit
makes one of them anew and no other. (In an index of a few, a word says little of how near an article is, and of each
index a reader loads a piece.) What Pagefind reads is not the pages, most
of whose bytes are drawings, but a document of each article, made with its story and kept beside it in
`.broadsheet/search/`: its words, without what stands behind a summary or on the card of a fact, and what it can be
filtered by. That takes an eighth of the time. It is done beside the pressing of pages.

The index is by the language of the publication, in which its readers search. Lists, plain pages, drafts and what asks
to be left out (`search: false`) are in none.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from broadsheet import keeping
from broadsheet.environment import for_child
from broadsheet.errors import Notice, Place
from broadsheet.language import speaking, t_
from broadsheet.press.entry import Entry
from broadsheet.press.folder import link
from broadsheet.press.page import Page, Scene, part, press
from broadsheet.press.record import PageRecord, Shard
from broadsheet.press.stories import Stories
from broadsheet.press.story import Story
from broadsheet.publication import Project

SMALLEST, MOST = 200, 10
"""An index has so many articles at least, unless there are not so many, and there are no more indexes than that."""
FOLDER = "search"
PAGE = f"{FOLDER}/index.html"
STORE = Path(".broadsheet/search")
ROOM = 256 * 2**20
"""Bytes of documents that are kept."""

_ELSEWHERE = "https://duckduckgo.com/?q="
_PLAIN = "!'()*~"
"""Signs that JavaScript's encodeURIComponent leaves, beside those that all leave."""
_SIGNATURE = b"pagefind_dcd"
_RUNTIME = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json")
_ASIDE = re.compile(r'<(?P<tag>svg|details|script|style|math)\b.*?</(?P=tag)\s*>|<section class="known".*?</section>'
                    r'|<ul class="chart-line">.*?</ul>|<sup\b.*?</sup>', re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|h\d|li|td|th|div|figcaption|blockquote|pre|br|section)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s*\n\s*")


def has_search(project: Project) -> bool:
    """Whether the publication wants it, which it does unless it says otherwise (`website: search: false`)."""
    website = project.settings.website
    return website.search is not False and website.navbar.search is not False


def is_searched(entry: Entry) -> bool:
    """Whether a page is in the index."""
    return entry.is_article and entry.is_searched


class Documents:
    """The store of what Pagefind reads of a publication; each is named as the one of its ``stories`` that it is of."""

    def __init__(self, root: Path, stories: Stories) -> None:
        self._folder, self._stories = root / STORE, stories

    def keep(self, name: str, story: Story) -> Path:
        """Remember the document of a story; where it is."""
        path = self._path(name)
        keeping.put(path, document_of(story).encode())
        return path

    def find(self, name: str) -> Path | None:
        """Where a story's document is, made anew if it has gone; None if its story has gone too."""
        path = self._path(name)
        if path.is_file():
            return path
        return self.keep(name, self._stories.get(name)) if self._stories.has(name) else None

    def trim(self) -> None:
        """Remove the documents that were made longest ago until there is room."""
        keeping.trim(self._folder.glob("??/*"), ROOM)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / f"{name}.html"


def document_of(story: Story) -> str:
    """What Pagefind reads of an article. The text is the body's, and as escaped as that."""
    text = _TAG.sub("", _BLOCK.sub("\n", _ASIDE.sub(" ", story.body)))
    entry = story.entry
    filters = [_filter("year", str(entry.date.year) if entry.date else ""),
               *(_filter("section", name) for name in entry.categories[:1]),
               *(_filter("author", author.name) for author in entry.authors)]
    with speaking(entry.lang):
        return part("searched.html.jinja", entry=entry, filters=filters, text=Markup(_SPACE.sub("\n", text).strip()))


def _filter(name: str, value: str) -> str:
    """Each value is a filter of its own, in signs that mean nothing to Pagefind: it orders the values of one as chance
    has it, and the same articles are to make the same files. `theme/search.js` writes it in the same way.
    """
    return f"{name}={quote(value, safe=_PLAIN)}"


@dataclass
class Index:
    """The indexes of a site: ``shards`` by their first months; of those that were made now ``files``, by their path in
    the site, which lie in a folder of their own.
    """

    shards: dict[str, Shard] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)


def press_search(scene: Scene, articles: Iterable[Entry], ways: Sequence[tuple[str, str]], lang: str
                 ) -> str:
    """The page to search the ``articles`` on; ``ways`` are the titles and paths of what leads to them otherwise."""
    with speaking(lang):
        title, sections, authors, years = t_("Search"), t_("Section"), t_("Author"), t_("Year")
        anywhere = t_("Any")
    found = list(articles)
    indexes = reversed(shards_of(found))
    by_year = sorted({str(entry.date.year) for entry in found if entry.date}, reverse=True)
    filters = [("section", sections, _names(name for entry in found for name in entry.categories[:1])),
               ("author", authors, _names(author.name for entry in found for author in entry.authors)),
               ("year", years, by_year)]
    entry = Entry(PAGE, f"{FOLDER}/", "_quarto.yml", title, title, lang=lang, is_searched=False)
    site = urlsplit(scene.project.site_url)
    return press("search", entry, scene=scene, page=Page(entry, kind="search"), json_ld="",
                 indexes=[scene.href(f"{FOLDER}/{month}/x").removesuffix("x") for month in indexes], anywhere=anywhere,
                 filters=[(name, label, values) for name, label, values in filters if len(values) > 1], ways=ways,
                 elsewhere=f"{_ELSEWHERE}{quote(f'site:{site.netloc}{site.path}')}" if site.netloc else "")


def shards_of(articles: Iterable[Entry]) -> dict[str, list[str]]:
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


def index_of(project: Project, documents: Documents, records: Mapping[str, PageRecord], site: Path,
             known: Mapping[str, Shard], *, folder: Path) -> Index:
    """Make in ``folder`` each index whose articles are not those of the ``known`` one that the old ``site`` has."""
    index = Index()
    if not has_search(project):
        return index
    shards = shards_of(record.entry for record in records.values() if is_searched(record.entry))
    for month, paths in shards.items():
        articles = {path: records[path].story for path in paths}
        digest = hashlib.sha256(json.dumps(articles).encode()).hexdigest()
        old = known.get(month)
        if old and old.digest == digest and all((site / name).is_file() for name in old.files):
            index.shards[month] = old
            continue
        found = {path: document for path, story in articles.items() if (document := documents.find(story))}
        try:
            made = _made(found, folder / month, _language(project))
        except (OSError, subprocess.SubprocessError) as error:
            told = getattr(error, "stderr", "") or str(error)
            index.notices.append(Notice(
                Place("search"), f"no search of the articles from {month} on: {told.strip().splitlines()[-1]}",
                "Install the package `pagefind[bin]`, and build again."))
            continue
        files = {f"{FOLDER}/{month}/{name}": file for name, file in made.items()}
        index.files |= files
        index.shards[month] = Shard(digest, tuple(files))
    if index.files:
        documents.trim()
    return index


def _made(documents: Mapping[str, Path], folder: Path, language: str) -> dict[str, Path]:
    """The files of an index of ``documents``, which are given by the paths of their pages; it lies in ``folder``."""
    from pagefind.service import get_executable

    for path, document in documents.items():
        target = folder / "site" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        link(str(document), str(target))
    program = get_executable()
    if program is None:
        raise FileNotFoundError("there is no program `pagefind`")
    subprocess.run([program, "--site", folder / "site", "--output-path", folder / "index", "--force-language", language,
                    "--silent"], check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=for_child())
    shutil.rmtree(folder / "site")
    made = _files(folder / "index")
    for file in made.values():
        if file.suffix == ".pf_meta":
            _put_in_order(file, made["pagefind-entry.json"])
    made = _files(folder / "index")
    entry = json.loads(made["pagefind-entry.json"].read_text("utf-8"))
    needed = {*_RUNTIME, *(f"wasm.{one['wasm'] or 'unknown'}.pagefind" for one in entry["languages"].values())}
    return {name: file for name, file in made.items() if name in needed or file.suffix.startswith(".pf_")}


def _files(folder: Path) -> dict[str, Path]:
    return {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*")) if file.is_file()}


def _put_in_order(meta: Path, entry: Path) -> None:
    """Sort the list of filters, which Pagefind leaves as chance has it, in the list of an index's parts: CBOR, an array
    whose fourth item is the array of them. The file gets a name of its new content, in ``entry`` too.
    """
    data = gzip.decompress(meta.read_bytes())
    at = len(_SIGNATURE) + 1
    if not data.startswith(_SIGNATURE) or data[at - 1] >> 5 != 4:
        return  # it is written in another way
    for _ in range(3):
        at = _after(data, at)
    count, start = _head(data, at)
    ends = [start]
    for _ in range(count):
        ends.append(_after(data, ends[-1]))
    items = sorted(data[one:other] for one, other in pairwise(ends))
    ordered = b"".join([data[:start], *items, data[ends[-1]:]])
    language, _, was = meta.stem.removeprefix("pagefind.").partition("_")
    name = hashlib.sha256(ordered).hexdigest()[:len(was)]
    meta.unlink()
    meta.with_name(f"pagefind.{language}_{name}.pf_meta").write_bytes(gzip.compress(ordered, mtime=0))
    entry.write_text(entry.read_text("utf-8").replace(f"{language}_{was}", f"{language}_{name}"), encoding="utf-8")


def _head(data: bytes, at: int) -> tuple[int, int]:
    """The number in the head of a CBOR item (RFC 8949, section 3), and where what follows it begins."""
    short = data[at] & 31
    size = 1 << short - 24 if short >= 24 else 0
    return int.from_bytes(data[at + 1:at + 1 + size], "big") if size else short, at + 1 + size


def _after(data: bytes, at: int) -> int:
    """Where a CBOR item ends."""
    kind = data[at] >> 5
    number, at = _head(data, at)
    if kind in (2, 3):  # bytes, text
        return at + number
    for _ in range({4: number, 5: 2 * number, 6: 1}.get(kind, 0)):  # array, map, tag
        at = _after(data, at)
    return at


def _names(names: Iterable[str]) -> list[str]:
    return sorted(set(names), key=str.casefold)


def _language(project: Project) -> str:
    """The language of the publication, as Pagefind names it."""
    return str(project.metadata.get("lang", "en")).partition("-")[0].lower()
