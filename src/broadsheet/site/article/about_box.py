"""The head of a page about somebody, `about:` in front matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from broadsheet.project.settings.settings import FrontMatter
from broadsheet.site.article.link_names import name_of


@dataclass(frozen=True)
class AboutBox:
    """The head of a page about somebody."""

    template: str
    """The name of its template."""
    picture: str
    """The address of a picture; empty without one."""
    alt: str
    """The text for readers who do not see the picture."""
    shape: str
    """The shape of the picture."""
    links: tuple[tuple[str, str], ...]
    """Links, each an address and a name."""


def about_box(front: FrontMatter, rewrite: Callable[[str], str]) -> AboutBox | None:
    """Return the head that the front matter asks for, with addresses by ``rewrite``."""
    about = front.about
    if about is None:
        return None
    picture = about.image or front.image
    return AboutBox(
        about.template,
        rewrite(picture) if picture else "",
        about.image_alt or front.image_alt or about.image_title or "",
        about.image_shape,
        tuple(
            (rewrite(link.href), link.text or name_of(link)) for link in about.links if link.href
        ),
    )
