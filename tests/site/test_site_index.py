"""The index of a site: made at once, of records alone, and the same however often it is read. A kept
article that goes while a site is built is the fault of its page, and stops no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from broadsheet.project.editions.edition import Edition
from broadsheet.project.reading import open_publication
from broadsheet.run.running import Run
from broadsheet.site.article.article import meta_before
from broadsheet.site.build.build import build
from broadsheet.site.index.build_record import PageRecord, read_record
from broadsheet.site.index.site_index import Index, index_of
from broadsheet.site.pages.template_values import list_pages, more_pages
from broadsheet.site.theme.theme_files import load_theme
from conftest import Site

CONFIG = 'website: {title: "The Test", site-url: "https://example.org/"}\n'
EDITIONS = """\
title: Trade
date: 2023-05-26
edition-select: [land]
edition-index: {table: none, over: year, value: total}
editions:
  matrix: {country: [China, India]}
  slug: "{{ country | slug }}"
  title: "Trade of {{ country }}\""""


def records_of(root: Path) -> dict[str, PageRecord]:
    """The records of a publication whose pages have not been made."""
    editions = open_publication(root).editions
    return {str(edition.output): PageRecord(meta_before(edition)) for edition in editions}


def index_at(root: Path, records: Mapping[str, PageRecord], **options: bool) -> Index:
    """The index of a publication with these pages."""
    project = open_publication(root).project
    return index_of(records, {}.get, project, load_theme(project), {}, **options)


@pytest.fixture
def editions(site: Site) -> Site:
    """A publication of an article with two editions."""
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: The Test\nlisting: {contents: posts}\n---\n")
    site.article("trade", "1", front=EDITIONS, parameters='country = "Chile"')
    return site


def test_the_notices_of_an_index_are_there_before_anything_is_read(editions: Site) -> None:
    index = index_at(editions.root, records_of(editions.root))
    before = index.notices
    (of_index, of_select) = before
    assert "`edition-index` is left out: " in of_index.what
    assert "`edition-select` names 'land'" in of_select.what
    for _ in range(2):
        assert [page.meta.path for page in list_pages(index)][:1] == ["archive/index.html"]
        assert "search/index.html" in more_pages(index)
    assert index.notices == before


def test_an_index_is_not_changed_and_one_of_other_pages_is_another(editions: Site) -> None:
    records = records_of(editions.root)
    index = index_at(editions.root, records)
    with pytest.raises(FrozenInstanceError):
        index.search_path = ""  # type: ignore[misc]
    fewer = index.of({"index.html": records["index.html"]})
    assert (len(index.articles), len(fewer.articles)) == (3, 0)
    assert (index.search_path, fewer.search_path) == ("search/index.html", "")
    assert index.edition_indexes == fewer.edition_indexes == {} and not fewer.notices


def test_where_nothing_can_be_searched_no_page_leads_to_the_search(editions: Site) -> None:
    index = index_at(editions.root, records_of(editions.root), has_search=False)
    assert index.scene("index.html").search == "" and list(more_pages(index)) == ["404.html"]


REMOVES = """\
from pathlib import Path
for kept in Path("{root}/.broadsheet/pages").rglob("*"):
    if kept.is_file():
        kept.{damage}"""


@pytest.mark.parametrize("damage", ["unlink()", "write_bytes(b'{}')"])
def test_an_article_that_goes_while_the_site_is_built_is_a_fault_of_its_page(
    site: Site, damage: str
) -> None:
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: The Test\n---\n")
    site.write("posts/a.qmd", "---\ntitle: A\ndate: 2023-05-25\ncategories: [Town]\n---\nOne.\n")
    topic = "title: {title}\ndate: 2023-05-26\ncategories: [Town]"
    site.article("b", "1", front=topic.format(title="B"))
    assert not build(site.root, jobs=1).faults
    old = (site.root / "_site/posts/a.html").read_text()
    removing = REMOVES.format(root=site.root, damage=damage)
    site.article("b", removing, front=topic.format(title="Another"))  # which A names as related
    report = build(site.root, jobs=1)
    (fault,) = report.faults
    assert fault.where.file == "posts/a.qmd" and report.kept_pages == ("posts/a.html",)
    assert "taken away from .broadsheet/pages" in fault.what
    assert (site.root / "_site/posts/a.html").read_text() == old
    assert "<title>Another" in (site.root / "_site/posts/b/index.html").read_text()
    site.article("b", "1", front=topic.format(title="Another"))
    report = build(site.root, jobs=1)
    assert not report.faults and report.kept == 0
    assert "Another" in (site.root / "_site/posts/a.html").read_text()


def test_a_kept_article_that_is_damaged_is_made_again_once(site: Site) -> None:
    site.write("_quarto.yml", CONFIG)
    site.write("index.qmd", "---\ntitle: The Test\n---\n")
    for name in ("a", "b", "c"):
        site.article(name, "1", front=f"title: {name}\ndate: 2023-05-26")
    build(site.root, jobs=1)
    content = read_record(site.root / "_site").pages["posts/a/index.html"].content
    (site.root / ".broadsheet/pages" / content[:2] / content).write_bytes(b"{}")
    site.article("b", "1", front="title: another\ndate: 2023-05-26")
    builds: list[list[str]] = []

    @contextmanager
    def watch(editions: Sequence[Edition]) -> Iterator[Callable[[Run], None]]:
        builds.append([edition.slug for edition in editions])
        yield lambda run: None

    report = build(site.root, jobs=1, watch=watch)
    assert not report.faults and builds == [["a", "b"]]
    assert report.ran == 0 and report.explained["a"] == "unchanged"
