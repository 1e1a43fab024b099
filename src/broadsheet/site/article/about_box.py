"""The head of a page about somebody, `about:` in front matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from broadsheet.project.settings.settings import FrontMatter
from broadsheet.site.article.link_names import name_of


@dataclass(frozen=True)
class AboutBox:
    """The head of a page about somebody: its template, a picture with its address and shape, and
    links, each with its name.
    """

    template: str
    picture: str
    alt: str
    shape: str
    links: tuple[tuple[str, str], ...]


def about_box(front: FrontMatter, rewrite: Callable[[str], str]) -> AboutBox | None:
    """The head that the front matter asks for, with addresses by ``rewrite``."""
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
