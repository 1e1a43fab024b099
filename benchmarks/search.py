"""Search over many articles: how long its indexes take, and what a reader's browser loads for one
query.

    python benchmarks/search.py [--articles 10000] [--years 10] [--words 1100] [--query "WORD WORD"]

The articles are of made-up words, as frequent as words are (by Zipf's law), with five authors and
six sections. Their documents, their indexes and the page to search on are those of a build; no
other page is made. The site is served on loopback with gzip and read in Chromium. Counted are the
bytes on the wire, headers with them, as the browser's network service tells them: of the page with
its theme, and then of what the query asked for, with the ten articles shown.

The peer is Pagefind as it comes: the program itself over the same documents, as one index, whose
whole making is what an edit would cost.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from pagefind.service import get_executable
from playwright.sync_api import sync_playwright
from weight import FLAGS, served

from broadsheet.project.project import open_project
from broadsheet.site.article.article import Article
from broadsheet.site.article.article_store import Articles
from broadsheet.site.article.entry import Byline, Entry
from broadsheet.site.formats.search import Documents, SearchIndexing, render_search_page
from broadsheet.site.index.build_record import PageRecord
from broadsheet.site.index.scene import Scene
from broadsheet.site.index.site_index import SEARCH_PAGE
from broadsheet.site.output.build_steps import Steps
from broadsheet.site.theme.theme_files import load_theme

CONFIG = "project: {type: website}\nwebsite: {title: The Gazette, site-url: 'https://gazette.example/'}\n"


def main() -> int:
    """Make, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--words", type=int, default=1100)
    parser.add_argument("--query", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, site = Path(folder), Path(folder) / "_site"
        (root / "_quarto.yml").write_text(CONFIG)
        project = open_project(root)
        documents = Documents(root, Articles(root))
        vocabulary = words()
        records: dict[str, PageRecord] = {}
        started = time.perf_counter()
        for content in contents(options.articles, options.years, options.words, vocabulary):
            digest = hashlib.sha256(content.meta.path.encode()).hexdigest()
            documents.put(digest, content)
            records[content.meta.path] = PageRecord(content.meta, digest)
        print(f"{len(records):,} documents      {time.perf_counter() - started:6.1f} s")

        started = time.perf_counter()
        steps = Steps({}, Everything())
        indexing = SearchIndexing(project, documents, steps, root / "staging")
        indexing.start(records)
        index = indexing.result([])
        whole = time.perf_counter() - started
        put(site, index.files)
        size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
        print(
            f"all indexes ({len(index.months)})      {whole:6.1f} s, {size / 2**20:.0f} MB, {len(index.files)} files"
        )

        path = max(records)
        records[path] = PageRecord(
            records[path].meta, min(record.content for record in records.values())
        )
        started = time.perf_counter()
        steps = Steps(steps.done, Everything())
        indexing = SearchIndexing(project, documents, steps, root / "again")
        indexing.start(records)
        again = indexing.result([])
        edit = time.perf_counter() - started
        print(
            f"after one edit        {edit:6.1f} s, {len({name.split('/')[1] for name in again.files})} index"
        )
        print(f"one index, by itself  {one_index(root, documents, records):6.1f} s")

        theme = load_theme(open_project(root))
        scene = Scene(project, theme, {}, PurePosixPath(SEARCH_PAGE), {}, {}, search=SEARCH_PAGE)
        form = render_search_page(
            scene, (record.meta for record in records.values()), index.months, [], "en"
        )
        put(site, {**theme.files, SEARCH_PAGE: form.encode()})
        query = options.query or f"{vocabulary[40]} {vocabulary[900]}"
        page, asked, requests, status = loaded(site, query)
        print(f"the page              {page / 1000:6.0f} KB")
        print(f"the query “{query}”: {asked / 1000:.0f} KB in {requests} requests; {status}")
    return 0


class Everything:
    """A folder that has all files."""

    def keep(self, names: Collection[str]) -> bool:
        """They are there."""
        return True


def words() -> list[str]:
    """Made-up words, the most frequent first."""
    chance = random.Random(7)
    found = {
        "".join(
            chance.choice("bcdfghklmnprstv") + chance.choice("aeiou")
            for _ in range(chance.randint(1, 4))
        )
        for _ in range(60_000)
    }
    return sorted(found, key=lambda word: (len(word), chance.random()))[:30_000]


def contents(count: int, years: int, length: int, vocabulary: list[str]) -> Iterator[Article]:
    """Articles, oldest first."""
    chance = random.Random(1)
    weights = [1 / (rank + 1) for rank in range(len(vocabulary))]
    for number in range(count):
        text = chance.choices(vocabulary, weights, k=length)
        title, day = (
            " ".join(text[:8]).capitalize(),
            date(2015, 1, 1) + timedelta(days=365 * years * number // count),
        )
        paragraphs = (" ".join(text[start : start + 80]) for start in range(0, length, 80))
        meta = Entry(
            f"posts/a{number:05}/index.html",
            f"posts/a{number:05}/",
            "",
            title,
            title,
            date=day,
            authors=(Byline(f"Author {number % 5}"),),
            categories=(f"Section {number % 6}",),
        )
        yield Article(meta, ("".join(f"<p>{paragraph}.</p>" for paragraph in paragraphs),))


def put(site: Path, files: dict[str, Any]) -> None:
    """Files into the site."""
    for name, content in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            (site / name).write_bytes(content)
        else:
            shutil.copyfile(content, site / name)


def one_index(root: Path, documents: Documents, records: dict[str, PageRecord]) -> float:
    """Seconds that Pagefind takes for all documents as one index."""
    for path, record in records.items():
        found = documents.find(record.content)
        assert found is not None
        put(root / "peer", {path: found.encode()})
    program = get_executable()
    assert program is not None
    started = time.perf_counter()
    subprocess.run([program, "--site", root / "peer", "--silent"], check=True)
    return time.perf_counter() - started


def loaded(site: Path, query: str) -> tuple[int, int, int, str]:
    """Bytes of the page; bytes and requests of a query; what the page says of it."""
    with served(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page()
        sizes: list[int] = []

        def count(request: Any) -> None:
            sizes_of_request = request.sizes()
            sizes.append(
                sizes_of_request["responseHeadersSize"] + sizes_of_request["responseBodySize"]
            )

        page.on("requestfinished", count)
        page.goto(f"{address}search/")
        page.wait_for_load_state("networkidle")
        before = len(sizes), sum(sizes)
        page.get_by_label("Words").fill(query)
        page.keyboard.press("Enter")
        page.locator(".search-results li").first.wait_for()
        page.wait_for_load_state("networkidle")
        status = page.get_by_role("status").inner_text()
        browser.close()
    return before[1], sum(sizes) - before[1], len(sizes) - before[0], status


if __name__ == "__main__":
    raise SystemExit(main())
