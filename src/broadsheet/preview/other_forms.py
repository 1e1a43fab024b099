"""A page in its other forms: as an e-mail, as the card that is shown where somebody shares it, and
as what has changed since the site was built.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from difflib import SequenceMatcher

from lxml import etree

from broadsheet.errors import Notice, UsageError
from broadsheet.press.press import Press
from broadsheet.preview.previewed_site import PageAddress, PreviewedSite, PreviewPage
from broadsheet.processes.extras import needed
from broadsheet.project.editions.edition import Edition
from broadsheet.site.article.article import Article
from broadsheet.site.formats.social_cards import with_card
from broadsheet.site.theme.templates import rendered
from broadsheet.storage.files import readable_text


def letter_of(previewed: PreviewedSite, address: PageAddress) -> str:
    """Return the HTML of an article's e-mail edition. Raises :class:`BroadsheetError`."""
    with needed("the e-mail edition"):
        from broadsheet.newsletter.email_message import html_to, sender_of, write_letter
        from broadsheet.newsletter.issue import issue_of
    edition, _ = _made(previewed, address)

    def contents(editions: Sequence[Edition]) -> tuple[list[Article], list[Notice]]:
        pages = [_made(previewed, PageAddress(str(one.output)))[1] for one in editions]
        return [page.article for page in pages if page.article is not None], []

    project = previewed.publication.project
    with Press(project, 1) as press:  # the preview's own draws nothing as PNG
        issue = issue_of(previewed.publication, edition, press, contents)
    sender = sender_of(project)
    letter = write_letter(issue, sender)
    addresses = {
        kind: f"data:image/png;base64,{base64.b64encode(picture).decode()}"
        for kind, picture in issue.pictures.items()
    }
    return letter.with_pictures(html_to(letter, sender.address), addresses)


def card_of(previewed: PreviewedSite, address: PageAddress) -> bytes:
    """Return an article's social card, as PNG. Raises :class:`BroadsheetError`."""
    edition, page = _made(previewed, address)
    assert page.article is not None
    project = previewed.publication.project
    content, files = with_card(page.article, edition, page.files, project)
    if content.meta.card is None:
        mend = "Give it a `date`." if project.site_url else "Set `site-url` in _quarto.yml."
        raise UsageError(address.path, "it has no card", f"{mend} Articles have one.")
    return files[content.meta.card.path]


def changes_of(previewed: PreviewedSite, address: PageAddress) -> str:
    """Return a page that shows what differs between a page's text and that of the site that was
    built last.
    """
    _, page = _made(previewed, address)
    assert page.record is not None
    published = previewed.publication.project.output / address.path
    before = _texts(readable_text(published)) if published.is_file() else []
    after, changes = _texts(page.html), list[tuple[list[str], list[str]]]()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, old, old_end, new, new_end in matcher.get_opcodes():
        if kind != "equal":
            changes.append((before[old:old_end], after[new:new_end]))
    return rendered(
        "preview-changes.html.jinja",
        title=page.record.meta.title,
        lang=page.record.meta.lang,
        styles=previewed.styles,
        changes=changes,
    )


_BLOCKS = ("h1", "h2", "h3", "h4", "p", "li", "figcaption")


def _texts(html: str) -> list[str]:
    """Return the paragraphs, headings and the like of a page, in its own text."""
    main = etree.HTML(html).find(".//main") if html else None
    blocks = main.iter(*_BLOCKS) if main is not None else ()
    texts = (
        etree.tostring(one, method="text", encoding="unicode", with_tail=False) for one in blocks
    )
    return [" ".join(text.split()) for text in texts if text.strip()]


def _made(previewed: PreviewedSite, address: PageAddress) -> tuple[Edition, PreviewPage]:
    """Return an edition and its page. Raises the fault for which it cannot be made."""
    page = previewed.page(address)
    if page is None or page.edition is None or (page.fault is None and page.article is None):
        raise UsageError(address.path, "there is no article at this address", "See the address.")
    if page.fault is not None:
        raise page.fault
    return page.edition, page
