"""A previewed page as a document: the page of the site, with the preview's bar, form and messages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from lxml import etree
from lxml.html import HtmlElement

from broadsheet.checks.claim_report import ClaimWords, Rests
from broadsheet.errors import BroadsheetError, Notice
from broadsheet.preview.access import tell_nothing
from broadsheet.preview.messages import message_of, sentence_message
from broadsheet.preview.page_binding import can_be_bound
from broadsheet.preview.parameter_form import fields_of
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite, PreviewPage
from broadsheet.project.editions.edition import Edition
from broadsheet.project.editions.parameters import bind_edition
from broadsheet.site.article.links import relative
from broadsheet.site.theme.templates import rendered
from broadsheet.text.html_tree import attributes, new_element, parsed_page, written_page

_HEAD, _END = "</head>", "</body>"


def document(
    previewed: PreviewedSite,
    address: PageAddress,
    root: str,
    token: str,
    editor: str,
    *,
    is_bare: bool = False,
    is_dark: bool = False,
) -> str:
    """Return the document of the page at ``address``, which exists; without the bar if ``is_bare``,
    and in its dark colours, whatever the reader's system prefers, if ``is_dark``. The site is at the
    path ``root`` of the server.
    """
    page = previewed.page(address)
    assert page is not None
    values = _values(previewed, page, address, root, editor)
    shown = _last_good(previewed, page, address)
    head = _rendered("preview-head.html.jinja", root=root)
    bar = _rendered(
        "preview.html.jinja", root=root, token=token, is_shown=bool(shown.html), **values
    )
    html = shown.html or _empty(previewed, address, values["fault"])
    if shown.claims or is_dark:
        tree = parsed_page(html)
        _add_words(tree, shown.claims)
        if is_dark:
            _darken(tree)
        html = written_page(tree)
    before, _, after = html.partition(_HEAD)
    body, _, end = after.rpartition(_END)
    return f"{before}{head}{_HEAD}{body}{'' if is_bare else bar}{_END}{end}"


def followed(html: str, root: str, base: str) -> str:
    """Return a page that is no source's, with the script that loads it again when it is. Its
    addresses begin with the ``base`` of the published site.
    """
    tree = parsed_page(html)
    tell_nothing(tree)
    for value in attributes(tree, _VALUES):
        if value.startswith(base) and not value.startswith(f"{base}/"):
            value.getparent().set(value.attrname, root + value.removeprefix(base))
    head = _rendered("preview-head.html.jinja", root=root)
    return written_page(tree).replace(_HEAD, head + _HEAD, 1)


def dark_style(css: str) -> str:
    """Return a style sheet whose rules for dark colours hold, and those for light ones do not."""
    return _SCHEME.sub(
        lambda match: "(min-width: 0)" if match[1] == "dark" else "(max-width: 0)", css
    )


_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)")


def _darken(tree: HtmlElement) -> None:
    """Give a page its dark colours."""
    for value in attributes(tree, _VALUES):
        if "prefers-color-scheme" in value:
            value.getparent().set(value.attrname, dark_style(value))
    for style in tree.iter("style"):
        style.text = dark_style(style.text or "")
    for meta in tree.iter("meta"):
        if meta.get("content") == "light dark":
            meta.set("content", "dark")
    for link in tree.iter("link"):
        address, _, query = link.get("href", "").partition("?")
        if link.get("rel") == "stylesheet" and address and "/_preview/" not in address:
            link.set("href", f"{address}?scheme=dark&{query}")


def _last_good(previewed: PreviewedSite, page: PreviewPage, address: PageAddress) -> PreviewPage:
    """Return the page as it was made last, else with its own values."""
    plain = previewed.known(PageAddress(address.path))
    return page if page.html or plain is None else plain


def _add_words(tree: HtmlElement, claims: Sequence[ClaimWords]) -> None:
    """Say of each claim in "How we know" what its words rest on. The cards beside the words are made of
    these entries.
    """
    by_name: dict[str, dict[str, None]] = {}
    for claim in claims:
        by_name.setdefault(claim.name, {})[f"“{claim.words}”: {WORDS_REST[claim.rests]}."] = None
    checks = _checks_in(tree)
    for name, texts in by_name.items():
        if (check := checks.get(f"claim-{name}")) is not None:
            words = new_element("span", {"class": "preview-words", "lang": "en"}, " ".join(texts))
            words.tail, check.tail = check.tail, "\n"
            check.getparent().insert(check.getparent().index(check) + 1, words)


def _checks_in(tree: HtmlElement) -> Mapping[str, HtmlElement]:
    """Return the check of each claim of a page, the first behind the element with its id."""
    checks, waiting = dict[str, HtmlElement](), list[str]()
    elements: Any = _CLAIMS(tree)
    for element in elements:
        if element.get("class") != _CHECK:
            waiting.append(element.get("id"))
            continue
        for of_claim in waiting:
            checks.setdefault(of_claim, element)
        waiting.clear()
    return checks


_VALUES = etree.XPath("//@*")
_CHECK = "known-check"
_CLAIMS = etree.XPath(f"//*[starts-with(@id, 'claim-')] | //span[@class = '{_CHECK}']")
"""The elements of claims, and their checks, in the order of the page."""
WORDS_REST: Mapping[Rests, str] = {
    "meaning": "the values prove what these words mean",
    "author": "the condition is true, and the words are on your word",
    "nothing": "the values contradict these words",
}
"""The sentences of the preview on the words of a claim."""


def _empty(previewed: PreviewedSite, address: PageAddress, fault: object) -> str:
    """Return a page that says why the page cannot be shown yet."""
    theme = previewed.site.theme
    style = relative(PurePosixPath(address.path), theme.paths["broadsheet.css"])
    return _rendered("preview-empty.html.jinja", style=style, fault=fault)


def _values(
    previewed: PreviewedSite, page: PreviewPage, address: PageAddress, root: str, editor: str
) -> Mapping[str, object]:
    folder, publication = previewed.root, previewed.publication
    edition = page.edition
    fault = previewed.fault or page.fault
    others = {str(one.source.path) for one in publication.editions} | {
        str(path) for path in publication.faults
    }
    others.discard(str(page.source))
    notices: list[BroadsheetError | Notice] = [
        one for one in publication.notices if one.where.file not in others
    ]
    siblings = [one for one in publication.editions if one.source.path == page.source]
    notices += [
        *_misfits(siblings, edition),
        *page.notices,
        *page.broken_links,
        *page.table_changes,
    ]
    notices += page.check_faults
    sentences, told = page.sentences, list(dict.fromkeys(notices))
    notes = [one for one in told if isinstance(one, Notice) and not one.is_strict]
    return {
        "path": address.path,
        "own_address": f"{root}{quote(address.path)}",
        "version": page.version,
        "given": dict(address.values),
        "withheld": edition.withheld if edition else "",
        "can_be_bound": can_be_bound(edition),
        "has_code": bool(edition and edition.source.notebook is not None),
        "is_article": bool(edition and edition.settings.day and not edition.settings.listing),
        "is_published": (publication.project.output / address.path).is_file(),
        "editions": [
            (
                one.settings.edition_label or one.name,
                f"{root}{quote(str(one.output))}",
                str(one.output),
            )
            for one in siblings
        ],
        "fields": fields_of(edition, dict(address.values)) if edition else [],
        "fault": message_of(fault, folder, editor) if fault else None,
        "more_faults": [message_of(one, folder, editor) for one in fault.others] if fault else [],
        "kind": fault.kind if fault else "",
        "notices": [message_of(one, folder, editor) for one in told if one not in notes],
        "notes": [message_of(one, folder, editor) for one in notes],
        "sentences": [sentence_message(one, folder, editor) for one in sentences],
        "marks": json.dumps([[one.text, list(one.words)] for one in sentences]),
        "ran": page.ran,
        "why": page.why,
        "seconds": f"{page.seconds:.2f}",
    }


def _misfits(siblings: Sequence[Edition], shown: Edition | None) -> Iterator[BroadsheetError]:
    """Yield the faults in the parameters of an article's other editions, which are not looked at."""
    for edition in siblings:
        try:
            if edition is not shown:
                bind_edition(edition)
        except BroadsheetError as error:
            yield error


def _rendered(template: str, /, **values: object) -> str:
    return re.sub(r"\n\s*\n", "\n", rendered(template, **values))
