"""Makes a draft of an issue at the provider that keeps the list. A person sends it there.

The shapes are the providers' own:

- Buttondown: `POST /v1/emails` with `status: draft`, https://docs.buttondown.com/api-emails-create
- Mailchimp: `POST /3.0/campaigns`, then `PUT …/content`,
  https://mailchimp.com/developer/marketing/api/campaigns/
- listmonk: `POST /api/campaigns`, for the list's number, https://listmonk.app/docs/apis/campaigns/

Each provider puts in its own unsubscribe address, and takes the picture from the site, which has to be
published before. Text that a provider would read as code of its templates (`{{`, `{%`, `*|`) is written
as entities in the HTML. In the subject and the plain text, which have no entities, it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from broadsheet.errors import ConfigError, LetterError
from broadsheet.newsletter.email_message import Sender, html_of, text_of
from broadsheet.newsletter.issue import Issue, fault_of
from broadsheet.processes.secret_values import KEY, refuse
from broadsheet.project.settings.settings import Newsletter
from broadsheet.text.html_tree import parsed_page, written

_TIMEOUT = 30
_CODE = re.compile(r"\{\{|\{%|\*\|")
_ENTITIES = {"{{": "&#123;&#123;", "{%": "&#123;%", "*|": "*&#124;"}
_HERE = "https://leave.invalid/"


@dataclass(frozen=True)
class Draft:
    """The draft of an issue for a provider."""

    issue: Issue
    """The issue."""
    sender: Sender
    """The sender."""
    page: str
    """The whole HTML."""
    part: str
    """The HTML for a page of the provider's."""
    text: str
    """The plain text."""


def hand_over(issue: Issue, sender: Sender, newsletter: Newsletter, key: str) -> str:
    """Make a draft of ``issue`` at the provider. Returns the provider's name for it. Raises
    :class:`LetterError`.
    """
    provider = newsletter.provider
    if provider is None or provider not in _PROVIDERS:  # our own service takes no drafts
        raise ConfigError(
            "_quarto.yml",
            "no provider to hand the issue to",
            "Name one as `broadsheet: newsletter: provider:`, or send it with --send.",
        )
    if not key:
        raise LetterError(provider, "no key for its API", f"Put it into the environment as {KEY}.")
    leave, make = _PROVIDERS[provider]
    with issue.meta.speaking():
        whole = {"whole": issue.chart.address} if issue.chart and issue.chart.address else {}
        html = html_of(issue, whole, _HERE, sender.imprint)
        text = text_of(issue, _HERE, sender.imprint)
    for words in (issue.title, issue.preheader, text):
        if match := _CODE.search(words):
            raise fault_of(
                issue.slug,
                f"{provider} would read {match[0]!r} in it as code of a template",
                "Say it without these signs.",
            )
    refuse(f"{html}\n{text}", f"the e-mail edition of {issue.slug}", "it")
    html, part = (
        _CODE.sub(lambda match: _ENTITIES[match[0]], whole_or_part).replace(_HERE, leave)
        for whole_or_part in (html, _part_of(html))
    )
    return make(newsletter, key, Draft(issue, sender, html, part, text.replace(_HERE, leave)))


def _part_of(html: str) -> str:
    """The rules and the body of a whole e-mail, as a provider puts them into a page of its own."""
    page = parsed_page(html)
    page.body.text = f"\n{(page.body.text or '').lstrip()}"
    for rules in reversed(list(page.head.iter("style"))):
        page.body.insert(0, rules)
        rules.tail, page.body.text = page.body.text, None
    return written(page.body).strip()


def _buttondown(newsletter: Newsletter, key: str, draft: Draft) -> str:
    base = newsletter.api or "https://api.buttondown.com"
    answer = _ask(
        "POST",
        f"{base}/v1/emails",
        {
            "subject": draft.issue.title,
            "body": draft.part,
            "status": "draft",
            "description": draft.issue.preheader,
            "canonical_url": draft.issue.url,
        },
        headers={"Authorization": f"Token {key}"},
    )
    return str(answer.get("absolute_url") or answer.get("id", ""))


def _mailchimp(newsletter: Newsletter, key: str, draft: Draft) -> str:
    base = newsletter.api or f"https://{key.rpartition('-')[2]}.api.mailchimp.com"
    audience = parse_qs(urlsplit((newsletter.action or "").replace("&amp;", "&")).query)["id"][0]
    login = ("broadsheet", key)
    answer = _ask(
        "POST",
        f"{base}/3.0/campaigns",
        {
            "type": "regular",
            "recipients": {"list_id": audience},
            "settings": {
                "subject_line": draft.issue.title,
                "preview_text": draft.issue.preheader,
                "title": f"{draft.issue.slug}: {draft.issue.title}"[:100],
                "from_name": draft.sender.name,
                "reply_to": draft.sender.reply_to or draft.sender.address,
            },
        },
        login=login,
    )
    _ask(
        "PUT",
        f"{base}/3.0/campaigns/{answer['id']}/content",
        {"html": draft.page, "plain_text": draft.text},
        login=login,
    )
    return str(answer["id"])


def _listmonk(newsletter: Newsletter, key: str, draft: Draft) -> str:
    base = (newsletter.api or newsletter.url or "").rstrip("/")
    headers = {"Authorization": f"token {key}"}
    lists = _ask("GET", f"{base}/api/lists?per_page=all", headers=headers)["data"]["results"]
    number = next((entry["id"] for entry in lists if entry["uuid"] == newsletter.list_), None)
    if number is None:
        raise LetterError(
            "listmonk",
            f"there is no list {newsletter.list_} for this key",
            "Mend `broadsheet: newsletter: list:`, or give the key's user that list.",
        )
    answer = _ask(
        "POST",
        f"{base}/api/campaigns",
        {
            "name": draft.issue.title,
            "subject": draft.issue.title,
            "lists": [number],
            "type": "regular",
            "from_email": str(Address(draft.sender.name, addr_spec=draft.sender.address)),
            "content_type": "html",
            "messenger": "email",
            "body": draft.part,
            "altbody": draft.text,
            "tags": ["broadsheet"],
        },
        headers=headers,
    )
    return str(answer["data"]["id"])


def _ask(
    method: str,
    url: str,
    content: object = None,
    *,
    headers: Mapping[str, str] | None = None,
    login: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Return the answer of a provider. Raises :class:`LetterError`; no message has the key."""
    where, request = str(urlsplit(url).hostname), f"{method} {urlsplit(url).path}"
    try:
        answer = requests.request(
            method,
            url,
            json=content,
            headers=headers,
            auth=login,
            timeout=_TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise LetterError(
            where,
            f"cannot be reached: {type(error).__name__}",
            "Try again later; nothing is known of a draft there: look before you do.",
        ) from error
    if not 200 <= answer.status_code < 300:
        raise LetterError(
            where,
            f"answers {answer.status_code} to {request}: {' '.join(answer.text.split())[:300]}",
            f"Mend the key in {KEY}."
            if answer.status_code in (401, 403)
            else "Mend what it says, and try again.",
        )
    try:
        return dict(answer.json()) if answer.content else {}
    except (ValueError, TypeError) as error:
        raise LetterError(
            where,
            f"answers {request} with what is no JSON",
            "Look whether the address is that of the API.",
        ) from error


_PROVIDERS: Mapping[str, tuple[str, Callable[[Newsletter, str, Draft], str]]] = {
    "buttondown": ("{{ unsubscribe_url }}", _buttondown),
    "mailchimp": ("*|UNSUB|*", _mailchimp),
    "listmonk": ("{{ UnsubscribeURL }}", _listmonk),
}
"""The unsubscribe address, as each provider writes it in a template, and the function that makes a
draft there.
"""
