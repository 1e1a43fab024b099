"""The pages by which readers subscribe: `newsletter/`, with the form and the archive of what was
sent, a page for each issue; and `feeds/`, which says in plain words what a feed is.

Each is in the language of the publication, and in the others that its articles have:
`newsletter/de/`.
"""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.site.formats.feeds import feeds_by_page
from broadsheet.site.index.author_and_topic_pages import list_entry
from broadsheet.site.index.scene import Page, site_title
from broadsheet.site.index.site_index import Index
from broadsheet.text.language import speaking, t_


def subscription_pages(site: Index) -> Iterator[Page]:
    """Yield these pages, before the rest of the site is known."""
    title = site_title(site.project)
    for (kind, lang), path in site.subscription_pages.items():
        with speaking(lang):
            if kind == "feeds":
                name = t_("Feeds")
                description = t_("How to follow %(title)s with a feed reader.", title=title)
            else:
                name = t_("Newsletter")
                description = t_("%(title)s by e-mail, and what has been sent so far.", title=title)
        meta = list_entry(path.removesuffix("/index.html"), name, lang, description)
        if kind == "feeds":
            yield Page(meta, kind="feeds", feed_groups=feeds_by_page(site))
        else:
            yield Page(meta, kind="newsletter", issues=site.issues)
    for issue in site.issues:
        folder = issue.path.removesuffix("/index.html")
        meta = list_entry(folder, issue.title, issue.lang, issue.subtitle)
        yield Page(meta, kind="issue", issue=issue)
