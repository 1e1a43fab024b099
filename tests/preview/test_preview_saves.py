"""What a save makes anew in the preview, and no more; saves that come in pieces or all at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest

from broadsheet.preview import previewed_site
from broadsheet.preview.file_watcher import watch_files
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite
from broadsheet.preview.site_files import SiteFiles
from broadsheet.preview.work_queue import WorkQueue
from conftest import CONFIG, Site

SOURCE, ADDRESS = "posts/trade/index.qmd", PageAddress("posts/trade/index.html")
TEXT = "---\ntitle: Trade\ndate: 2023-05-26\n---\n\nThe first paragraph.\n"


@pytest.fixture
def trade(site: Site) -> Site:
    site.write("index.qmd", "---\ntitle: Front\nlisting: {contents: posts}\n---\n")
    site.write(SOURCE, TEXT)
    return site


@pytest.fixture
def watched(trade: Site) -> Iterator[tuple[PreviewedSite, WorkQueue]]:
    """A site whose saves are noted, and made in the main thread when it serves."""
    stop = threading.Event()
    with PreviewedSite(trade.root) as previewed:
        work_queue = WorkQueue(previewed)
        watcher = threading.Thread(
            target=watch_files,
            args=(trade.root, trade.root / "_site", work_queue.changed, print, stop),
        )
        watcher.start()
        yield previewed, work_queue
        stop.set()
        watcher.join()


def _serve_until(work_queue: WorkQueue, words: str) -> None:
    """Do what has changed until the page has these words, without a fault."""

    def look(previewed: PreviewedSite) -> None:
        page = previewed.page(ADDRESS)
        assert page is not None
        if words in page.html and page.fault is None:
            raise SystemExit
        work_queue.ask(look)

    work_queue.ask(look)
    with pytest.raises(SystemExit):
        work_queue.serve()


def test_a_style_sheet_is_there_while_a_page_is_being_made(trade: Site) -> None:
    with PreviewedSite(trade.root) as previewed:
        work_queue = WorkQueue(previewed)  # which does no work yet
        trade.write("theme/broadsheet.css", "h1 { color: rgb(1, 2, 3); }")
        previewed.note({"theme/broadsheet.css"})
        style = work_queue.theme_file(previewed.styles[0])
        assert isinstance(style, bytes)
        assert b"rgb(1, 2, 3)" in style
        assert work_queue.theme_file("index.html") is None


def test_a_style_sheet_makes_no_list_of_articles_anew(
    trade: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with PreviewedSite(trade.root) as previewed:
        previewed.page(ADDRESS)
        made = []
        index_of = previewed_site.index_of
        monkeypatch.setattr(
            previewed_site,
            "index_of",
            lambda *given, **more: made.append(1) or index_of(*given, **more),
        )
        before, styles = previewed.site, previewed.styles
        trade.write("theme/broadsheet.css", "h1 { color: rgb(1, 2, 3); }")
        previewed.note({"theme/broadsheet.css"})
        assert made == []
        assert previewed.styles != styles
        assert previewed.site.articles is before.articles
        page = previewed.page(ADDRESS)
        assert page is not None
        assert previewed.styles[0].rpartition("/")[2] in page.html
        trade.write(SOURCE, TEXT.replace("title: Trade", "title: Imports"))
        previewed.note({SOURCE})
        assert made == [1]
        assert "Imports" in previewed.page(PageAddress("index.html")).html


@pytest.mark.usefixtures("chromium")
def test_the_page_of_a_table_follows_each_edit_and_is_made_once_for_all_its_files(
    trade: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade.write("_quarto.yml", CONFIG.replace("  render:", "  resources: [data/*.csv]\n  render:"))
    trade.table("year,total\n2020,107.8\n2021,146.9\n2022,190.3\n")
    made = []
    page_of = previewed_site.data_page
    monkeypatch.setattr(
        previewed_site, "data_page", lambda *given: made.append(1) or page_of(*given)
    )

    def shown(previewed: PreviewedSite, name: str) -> str:
        content = SiteFiles(previewed).at(f"data/trade/{name}")
        assert isinstance(content, bytes)
        return content.decode(errors="replace")

    with PreviewedSite(trade.root) as previewed:
        for name in ("index.html", "trade.json", "trade.parquet", "fig-data.csv", "index.html"):
            assert shown(previewed, name)
        assert made == [1]
        described = json.loads(trade.read("data/datapackage.json"))
        described["resources"][0] |= {
            "title": "Trade, revised",
            "licenses": [{"name": "CC0-1.0", "title": "To the public domain"}],
        }
        trade.write("data/datapackage.json", json.dumps(described))
        previewed.note({"data/datapackage.json"})
        text = shown(previewed, "index.html")
        assert "Trade, revised" in text and "To the public domain" in text
        index = SiteFiles(previewed).at("data/index.html")
        assert isinstance(index, bytes) and b"Trade, revised" in index
        rows = trade.read("data/trade.csv")
        trade.table(rows + "2023,234.5\n", entry=described["resources"][0])
        previewed.note({"data/trade.csv", "data/datapackage.json"})
        assert "234.5" in shown(previewed, "trade.json") and "234.5" in shown(
            previewed, "index.html"
        )
        assert made == [1, 1, 1]


def test_a_save_in_pieces_ends_in_the_whole_page(
    trade: Site, watched: tuple[PreviewedSite, WorkQueue]
) -> None:
    previewed, work_queue = watched
    assert previewed.page(ADDRESS).fault is None
    whole = TEXT.replace("The first", "The changed first")
    with (trade.root / SOURCE).open("w", encoding="utf-8") as file:
        for start in range(0, len(whole), 7):
            file.write(whole[start : start + 7])
            file.flush()
    _serve_until(work_queue, "The changed first paragraph.")


def test_a_burst_of_saves_ends_in_the_last_of_them(
    trade: Site, watched: tuple[PreviewedSite, WorkQueue]
) -> None:
    previewed, work_queue = watched
    previewed.page(ADDRESS)
    for number in range(40):
        trade.write(SOURCE, TEXT.replace("The first", f"Number {number}, the first"))
    _serve_until(work_queue, "Number 39, the first paragraph.")


def test_a_save_while_a_page_is_made_is_made_next(
    trade: Site, watched: tuple[PreviewedSite, WorkQueue], monkeypatch: pytest.MonkeyPatch
) -> None:
    previewed, work_queue = watched
    previewed.page(ADDRESS)
    article_of = previewed_site.article_of

    def saved_meanwhile(*given: object, **more: object) -> object:
        monkeypatch.setattr(previewed_site, "article_of", article_of)
        trade.write(SOURCE, TEXT.replace("The first", "The second"))
        return article_of(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(previewed_site, "article_of", saved_meanwhile)
    trade.write(SOURCE, TEXT.replace("The first", "Another first"))
    _serve_until(work_queue, "The second paragraph.")
