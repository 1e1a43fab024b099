"""A previewed page as a document: the page of the site, with the preview's bar, form and messages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

from markupsafe import Markup

from broadsheet.checks.claim_check import ClaimWords, Rests
from broadsheet.errors import BroadsheetError, Notice
from broadsheet.preview.access import untold
from broadsheet.preview.messages import message_of, sentence_message
from broadsheet.preview.parameter_form import fields_of
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite, PreviewPage
from broadsheet.project.editions.edition import Edition
from broadsheet.project.editions.parameters import bind_edition
from broadsheet.site.article.links import relative
from broadsheet.site.theme.templates import rendered

_HEAD, _END = "</head>", "</body>"


def document(
    previewed: PreviewedSite,
    address: PageAddress,
    root: str,
    token: str,
    editor: str,
    *,
    is_bare: bool = False,
) -> str:
    """Return the document of the page at ``address``, which exists; without the bar if ``is_bare``.
    The site is at the path ``root`` of the server.
    """
    page = previewed.page(address)
    assert page is not None
    values = _values(previewed, page, address, root, editor)
    html = _last_good(previewed, page, address)
    head = _rendered("preview-head.html.jinja", root=root)
    bar = _rendered("preview.html.jinja", root=root, token=token, is_shown=bool(html), **values)
    html = html or _empty(previewed, address, values["fault"])
    before, _, after = untold(html).partition(_HEAD)
    body, _, end = after.rpartition(_END)
    return f"{before}{head}{_HEAD}{body}{'' if is_bare else bar}{_END}{end}"


def followed(html: str, root: str, base: str) -> str:
    """Return a page that is no source's, with the script that loads it again when it is. Its
    addresses begin with the ``base`` of the published site.
    """
    html = re.sub(rf'="{re.escape(base)}(?!/)', lambda _: f'="{root}', untold(html))
    return html.replace(_HEAD, _rendered("preview-head.html.jinja", root=root) + _HEAD, 1)


_STYLE = re.compile(r'(<link rel="stylesheet" href="(?![^"]*/_preview/)[^"?]+)(\??)([^"]*)')


def in_dark(html: str) -> str:
    """Return a page in its dark colours, whatever the reader's system prefers."""
    html = html.replace('content="light dark"', 'content="dark"')
    return _STYLE.sub(r"\1?scheme=dark&amp;\3", dark_style(html))


def dark_style(css: str) -> str:
    """Return a style sheet whose rules for dark colours hold, and those for light ones do not."""
    return _SCHEME.sub(
        lambda match: "(min-width: 0)" if match[1] == "dark" else "(max-width: 0)", css
    )


_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)")


def _last_good(previewed: PreviewedSite, page: PreviewPage, address: PageAddress) -> str:
    """Return the page as it was made last, else with its own values; empty if it never could be
    made.
    """
    plain = previewed.known(PageAddress(address.path))
    shown = page if page.html or plain is None else plain
    return _with_words(shown.html, shown.claims)


def _with_words(html: str, claims: Sequence[ClaimWords]) -> str:
    """Return a page in whose "How we know" each claim says what its words rest on. The cards beside
    the words are made of these entries.
    """
    by_name: dict[str, dict[str, None]] = {}
    for claim in claims:
        by_name.setdefault(claim.name, {})[f"“{claim.words}”: {WORDS_REST[claim.rests]}."] = None
    for name, texts in by_name.items():
        words = Markup(" ").join(texts)
        span = Markup('\n<span class="preview-words" lang="en">{}</span>').format(words)
        escaped = re.escape(Markup.escape(name))
        entry = rf'id="claim-{escaped}".*?<span class="known-check">[^<]*</span>'
        if match := re.search(entry, html, re.DOTALL):
            html = f"{html[: match.end()]}{span}{html[match.end() :]}"
    return html


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
