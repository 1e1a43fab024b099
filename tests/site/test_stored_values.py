"""The sites of `sites/`, composed of stored articles: each page, list and feed is the one that the
whole pipeline makes (`test_sites.py`), and no process is started.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from markupsafe import escape

from broadsheet.site.article.article_store import Articles
from broadsheet.site.build.addresses import redirect_pages
from broadsheet.site.formats.feeds import feeds_of_site
from broadsheet.site.formats.markdown_copy import copy_of
from broadsheet.site.formats.search import Documents, commonest, document_of, words_of
from broadsheet.site.formats.sitemaps import for_crawlers
from broadsheet.site.output.new_site import SiteFolder
from broadsheet.site.output.output_folder import Contents
from broadsheet.site.pages.data_pages import catalogue_pages, data_page
from broadsheet.site.pages.page_rendering import figure_pages_of, text_of, text_of_list
from broadsheet.site.pages.template_values import list_pages, more_pages
from broadsheet.text.language import speaking
from stored import (
    CASES,
    DAY,
    SITES,
    VALUES,
    as_json,
    fixed,
    fixed_json,
    made_now,
    stored,
    stored_index,
)

FILES = [
    (case, name)
    for case in CASES
    for path in sorted((SITES / f"{case}.expected").rglob("*.*"))
    if (name := path.relative_to(SITES / f"{case}.expected").as_posix()) != "_files.txt"
    and not ("_files/" in name and path.suffix in (".json", ".csv"))
]
"""What is made of articles; the data of a figure come with its article, and are not."""
Composed = Callable[[str], dict[str, str]]


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Composed:
    """The texts of a site that are made of its articles, by the names of their files."""

    @cache
    def compose(case: str) -> dict[str, str]:
        work = tmp_path_factory.mktemp("stored")
        index = stored_index(case, work)
        folder = SiteFolder(work, index.project.root / "_site", Contents())
        files: dict[str, str | bytes | Path] = {}
        for path, record in index.records.items():
            article = index.article(record.meta)
            assert article is not None
            files[path] = text_of(index, record, article)
            files |= copy_of(article, index.project)
            files |= figure_pages_of(index, article)
        files |= {page.meta.path: text_of_list(index, page) for page in list_pages(index)}
        files |= more_pages(index)
        day = datetime.fromtimestamp(int(DAY), UTC).date()
        files |= {meta.path: html_of() for meta, _, html_of in catalogue_pages(index)}
        for table in index.data.ours:
            files |= data_page(index, table, day, None).files
        with speaking(index.lang):
            files |= for_crawlers(index, day)
        files |= {feed.name: feed.content()[0] for feed in feeds_of_site(index)}
        files |= redirect_pages(index, index.records, folder).pages
        return {
            fixed(name): fixed(text if isinstance(text, str) else bytes(text).decode())
            for name, text in files.items()
            if not isinstance(text, Path)
        }

    return compose


@pytest.mark.parametrize(("case", "name"), FILES)
def test_a_file_is_the_one_that_the_pipeline_makes(
    composed: Composed, case: str, name: str
) -> None:
    expected = (SITES / f"{case}.expected" / name).read_text("utf-8")
    assert composed(case)[name] == expected


@pytest.mark.parametrize("case", CASES)
def test_what_is_searched_of_an_article_has_its_headline_and_its_charts(case: str) -> None:
    for page in stored(case).pages:
        article = page.article
        if article.meta.is_in_search:
            searched = set(words_of(document_of(article)))
            said = [article.meta.title, *(figure.title for figure in article.figures)]
            assert searched.issuperset(
                commonest(words_of(f"<p>{escape(text)}</p>") for text in said)
            )


def test_the_words_of_a_document_are_stored_beside_it(tmp_path: Path) -> None:
    articles = (page.article for case in CASES for page in stored(case).pages)
    content = next(article for article in articles if article.meta.is_in_search)
    documents = Documents(tmp_path, Articles(tmp_path))
    documents.put("0" * 64, content)
    words = documents.words("0" * 64, "<p>another document</p>")
    assert words == words_of(document_of(content))
    assert documents.words("1" * 64, "<p>Another <b>document</b></p>") == ["another", "document"]


def test_the_commonest_words_come_first() -> None:
    assert commonest([["oil"], ["coal", "oil"], ["coal", "gas", "oil"]]) == ["oil", "coal", "gas"]


@pytest.mark.parametrize("case", CASES)
def test_the_stored_values_are_those_that_the_pipeline_makes(case: str, tmp_path: Path) -> None:
    """If one is not: `python scripts/write_test_values.py`, and read the difference."""
    stored = (VALUES / f"{case}.json").read_text("utf-8")
    assert fixed_json(as_json(made_now(case, tmp_path))) == fixed_json(stored)
