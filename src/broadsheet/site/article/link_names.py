"""The names of links that have no text: their icon's, or what their address says."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import urlsplit

from broadsheet.project.settings.website_settings import NavItem

_ICON = re.compile(r"^(?:bi|fa|fab|fas|fa-brands|fa-solid)[ -]+")
_NAMES = {
    "github": "GitHub",
    "gitlab": "GitLab",
    "linkedin": "LinkedIn",
    "youtube": "YouTube",
    "twitter-x": "X",
    "orcid": "ORCID",
    "rss": "RSS",
    "envelope": "E-mail",
    "google-scholar": "Google Scholar",
    "stack-overflow": "Stack Overflow",
    "tiktok": "TikTok",
}
"""The names of icons that are not written as they are spoken."""


def name_of(item: NavItem) -> str:
    """Return the name of a link that has no text."""
    if item.icon:
        return item.aria_label or icon_name(item.icon)
    href = item.href or ""
    with suppress(ValueError):  # of an address that is none
        return item.aria_label or urlsplit(href).netloc or href
    return href


def icon_name(icon: str) -> str:
    """Return the name of an icon, as it is spoken."""
    name = _ICON.sub("", icon.strip())
    return _NAMES.get(name) or words_of(name)


def words_of(name: str) -> str:
    """Return the name of a folder or an icon as people write it."""
    words = re.sub(r"^\d+[-_. ]+", "", name).replace("-", " ").replace("_", " ").strip() or name
    return words[0].upper() + words[1:]
