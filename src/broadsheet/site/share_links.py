"""Links by which a reader shares an article: plain addresses, without scripts, buttons or pictures
of others.

No service learns anything before a reader follows a link. Each service documents its address:
`mailto:` is RFC 6068; Mastodon's page asks for the reader's own server, in the browser alone (the
part after `#` is not sent).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from broadsheet.language import t_

_SERVICES: Mapping[str, tuple[str, str]] = {
    "email": ("", "mailto:?subject={title}&body={url}"),
    "mastodon": ("Mastodon", "https://share.joinmastodon.org/#text={title}%20{url}"),
    "x": ("X", "https://x.com/intent/post?text={title}&url={url}"),
    "facebook": ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    "linkedin": ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    "whatsapp": ("WhatsApp", "https://wa.me/?text={title}%20{url}"),
}


def share_links(services: Iterable[str], title: str, url: str) -> list[tuple[str, str]]:
    """The name of each service and its address for the article at ``url``; none without one."""
    filled = {"title": quote(title, safe=""), "url": quote(url, safe="")}
    return (
        [
            (name or t_("E-mail"), address.format(**filled))
            for name, address in map(_SERVICES.__getitem__, services)
        ]
        if url
        else []
    )
