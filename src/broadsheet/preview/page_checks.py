"""The checks of a page once it is shown: words that nothing accounts for, links and lists
that lead nowhere, and tables that differ suspiciously from their records.

A build knows every file of the site. Here most pages are not made, so of theirs a link may lead to
any file; and what only a build makes, such as feeds, is taken to be there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from broadsheet.checks.check import check_page
from broadsheet.checks.claim_report import claims_of
from broadsheet.errors import BroadsheetError, Notice, Place, guarded
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite, PreviewPage
from broadsheet.preview.site_files import SiteFiles
from broadsheet.project.file_lines import place_of_address
from broadsheet.project.project import INPUTS
from broadsheet.site.article import links
from broadsheet.site.build.addresses import redirects
from broadsheet.site.build.faults import lists_of_nothing
from broadsheet.site.pages.page_rendering import leads_of
from broadsheet.storage.files import is_file
from broadsheet.storage.limits import bounded_work

_ONLY_BUILT = (".xml", ".atom", ".json", ".txt", ".md")
"""The suffixes of files that only a build makes."""


def look_over(previewed: PreviewedSite, address: PageAddress) -> bool:
    """Look over a page, unless that was done. Returns whether others than before are found."""
    page = previewed.page(address)
    if page is None or page.rendering is None or page.article is None or page.is_checked:
        return False
    page.is_checked = True
    before = _found_on(page)
    where, faults = Place(str(page.source)), list[BroadsheetError]()
    doing = "checking this page"
    with _collected(faults), guarded(where, doing), bounded_work(where, doing):
        _, sentences = check_page(previewed.root, page.rendering)
        page.sentences = tuple(sentences)
        page.claims = tuple(claims_of(previewed.root, page.rendering))
    with _collected(faults), guarded(where, "checking the links of this page"):
        lists = lists_of_nothing(previewed.site, page.article.meta)
        page.broken_links = (*_broken(previewed, page), *lists)
    with _collected(faults), guarded(where, "comparing the tables of this page with their records"):
        page.table_changes = tuple(previewed.table_changes(page.rendering.finished.reads))
    page.check_faults = tuple(faults)
    changed = before != _found_on(page)
    page.version += changed
    return changed


def _found_on(page: PreviewPage) -> tuple[object, ...]:
    return page.sentences, page.claims, page.broken_links, page.table_changes, page.check_faults


@contextmanager
def _collected(faults: list[BroadsheetError]) -> Iterator[None]:
    """Add the fault of the block to the ``faults``."""
    try:
        yield
    except BroadsheetError as error:
        faults.append(error)


def _broken(previewed: PreviewedSite, page: PreviewPage) -> list[Notice]:
    assert page.record is not None
    leads = leads_of(previewed.site, page.record)
    records = previewed.records()
    paths = {*records, *redirects(records)}
    files = SiteFiles(previewed)
    paths |= {
        path for path in {lead.path for lead in leads} - paths if _is_there(previewed, files, path)
    }
    pages = [*previewed.pages_at(), page]
    anchors = {one.record.meta.path: one.anchors for one in pages if one.record}
    where = partial(place_of_address, previewed.root, str(page.source))
    path = page.record.meta.path
    return list(links.broken(path, where, leads, paths, anchors, withheld={}))


def _is_there(previewed: PreviewedSite, files: SiteFiles, path: str) -> bool:
    """True if the site would have a file."""
    owner = previewed.owner(path)
    if owner is not None and not previewed.pages_at(str(owner.output)):
        return True
    if path.endswith(_ONLY_BUILT):
        return True
    file = previewed.root / path
    is_authors = is_file(file) and file.suffix not in INPUTS
    return is_authors or files.at(path) is not None
