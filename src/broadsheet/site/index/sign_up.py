"""The form by which readers sign up for the newsletter, and the address that it posts to.

It works without scripts: a plain form that posts to our own service
(:mod:`broadsheet.newsletter.subscription_service`) or to a provider. The addresses and names of the
fields are the providers':

- Buttondown, https://docs.buttondown.com/building-your-subscriber-base (`embed-subscribe`);
- Mailchimp, the form that an audience's page on embedded forms gives, with the field that only
  robots fill;
- listmonk, the form that its page "Forms" gives; its `nonce` is a field that only robots fill, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, quote, urljoin, urlsplit

from broadsheet.project.project import Project
from broadsheet.project.settings.settings import Newsletter
from broadsheet.site.output.sent_issues import issue_files

OWN = "broadsheet"
"""The provider that is our own service."""
SIGN_UP = "sign-up"
"""The path that a form posts to, below the service's address."""
ADDRESS, LANGUAGE, TRAP = "email", "lang", "website"
"""The names of the fields of the service's form; only robots fill in the last one."""


@dataclass(frozen=True)
class SignUp:
    """A form to sign up by."""

    action: str
    """The address that it posts to."""
    address: str
    """The name of the field with the e-mail address."""
    hidden: Mapping[str, str] = field(default_factory=dict)
    """Other values that it sends."""
    empty: str = ""
    """The name of the field that has to stay empty."""
    provider: str = ""
    """The name of the provider; empty for the publication's own service."""
    is_first: bool = False
    """No issue has been sent yet."""


def sign_up(project: Project, lang: str) -> SignUp | None:
    """Return the form of the provider, or of our own service, on a page in ``lang``; None if there
    is neither.
    """
    newsletter = project.settings.broadsheet.newsletter
    if not newsletter.provider:
        return None
    if newsletter.provider == OWN:
        form = SignUp(f"{service_place(project)}/{SIGN_UP}", ADDRESS, {LANGUAGE: lang}, TRAP)
    else:
        form = _FORMS[newsletter.provider](newsletter)
    return replace(form, is_first=not issue_files(project.root))


def service_place(project: Project) -> str:
    """Return the place of our own service, as a page of the site names it: a path on the site's
    host, or a full address.
    """
    url = (
        project.settings.broadsheet.newsletter.url
        or f"{urlsplit(project.site_url).path or '/'}subscribe"
    )
    return url.rstrip("/")


def service_address(project: Project) -> str:
    """Return the full address of our own service."""
    return urljoin(project.site_url, service_place(project))


def _buttondown(newsletter: Newsletter) -> SignUp:
    return SignUp(
        f"https://buttondown.com/api/emails/embed-subscribe/{quote(newsletter.username or '')}",
        "email",
        {"embed": "1"},
        provider="Buttondown",
    )


def _mailchimp(newsletter: Newsletter) -> SignUp:
    action = (newsletter.action or "").replace("&amp;", "&")
    query = parse_qs(urlsplit(action).query)
    trap = f"b_{query['u'][0]}_{query['id'][0]}"
    return SignUp(action, "EMAIL", empty=trap, provider="Mailchimp")


def _listmonk(newsletter: Newsletter) -> SignUp:
    return SignUp(
        f"{(newsletter.url or '').rstrip('/')}/subscription/form",
        "email",
        {"l": newsletter.list_ or ""},
        empty="nonce",
        provider=urlsplit(newsletter.url or "").hostname or "",
    )


_FORMS: Mapping[str, Callable[[Newsletter], SignUp]] = {
    "buttondown": _buttondown,
    "mailchimp": _mailchimp,
    "listmonk": _listmonk,
}
