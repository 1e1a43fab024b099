"""The newsletter's box in an article: its text, and where to sign up.

An article that has an `excerpt` has this box, as a paragraph between rules, before the second
section: a reader who has come that far may want more. It has the form to sign up by
(:mod:`broadsheet.site.index.sign_up`); or, where nobody can sign up, a link to the page on feeds.
"""

from __future__ import annotations

from markupsafe import Markup

from broadsheet.site.index.scene import Scene, site_title
from broadsheet.site.theme.templates import rendered


def box(excerpt: str, scene: Scene) -> str:
    """Return the box of an article; empty if the article has no excerpt, or there is nothing to
    offer.
    """
    form, feeds = scene.sign_up, scene.subscribing("feeds")
    if not excerpt or not (form or feeds):
        return ""
    return rendered(
        "newsletter-box.html.jinja",
        excerpt=Markup(excerpt),
        form=form,
        feeds=scene.href(feeds) if feeds else "",
        site_title=site_title(scene.project),
    )
