"""What a save makes anew in the preview, and no more; saves that come in pieces or all at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from broadsheet.preview import previewed_site
from broadsheet.preview.file_watcher import watch_files
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite
from broadsheet.preview.work_queue import WorkQueue
from conftest import Site

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
