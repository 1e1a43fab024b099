"""The newsletter's box in an article: its text, and where to sign up.

An article that has an `excerpt` has this box, as a paragraph between rules, before the second
section: a reader who has come that far may want more. It works without scripts: a plain form that
posts to the provider, or a link to the feed where there is none. The addresses and names of the
fields are the providers':

- Buttondown, https://docs.buttondown.com/building-your-subscriber-base (`embed-subscribe`);
- Mailchimp, the form that an audience's page on embedded forms gives, with the field that only
  robots fill;
- listmonk, the form that its page "Forms" gives; its `nonce` is a field that only robots fill, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit

from markupsafe import Markup

from broadsheet.project.settings import Newsletter
from broadsheet.site.page import FeedLink, Scene, site_title
from broadsheet.site.templates import rendered


@dataclass(frozen=True)
class SignUp:
    """A form: the address that it posts to, the name of the field with the e-mail address, other
    values that it sends, and the name of the field that has to stay empty.
    """

    action: str
    address: str
    hidden: Mapping[str, str] = field(default_factory=dict)
    empty: str = ""


def sign_up(newsletter: Newsletter) -> SignUp | None:
    """The form of the provider; None if there is no provider."""
    return _FORMS[newsletter.provider](newsletter) if newsletter.provider else None


def box(excerpt: str, scene: Scene, feeds: Sequence[FeedLink]) -> str:
    """The box of an article; empty if the article has no excerpt, or there is nothing to offer."""
    form = sign_up(scene.project.settings.broadsheet.newsletter)
    feed = next((scene.href(one.path) for one in feeds if one.name == "RSS"), "")
    if not excerpt or not (form or feed):
        return ""
    return rendered(
        "newsletter-box.html.jinja",
        excerpt=Markup(excerpt),
        form=form,
        feed=feed,
        site_title=site_title(scene.project),
    )


def _buttondown(newsletter: Newsletter) -> SignUp:
    return SignUp(
        f"https://buttondown.com/api/emails/embed-subscribe/{quote(newsletter.username or '')}",
        "email",
        {"embed": "1"},
    )


def _mailchimp(newsletter: Newsletter) -> SignUp:
    action = (newsletter.action or "").replace("&amp;", "&")
    query = parse_qs(urlsplit(action).query)
    return SignUp(action, "EMAIL", empty=f"b_{query['u'][0]}_{query['id'][0]}")


def _listmonk(newsletter: Newsletter) -> SignUp:
    return SignUp(
        f"{(newsletter.url or '').rstrip('/')}/subscription/form",
        "email",
        {"l": newsletter.list_ or ""},
        empty="nonce",
    )


_FORMS: Mapping[str, Callable[[Newsletter], SignUp]] = {
    "buttondown": _buttondown,
    "mailchimp": _mailchimp,
    "listmonk": _listmonk,
}
