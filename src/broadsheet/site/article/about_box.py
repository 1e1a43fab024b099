"""The head of a page about somebody, `about:` in front matter."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from broadsheet.project.settings.settings import FrontMatter
from broadsheet.site.article.link_names import name_of
from broadsheet.site.theme.templates import rendered
from broadsheet.text import html_tree

_SHAPES = {"jolla": "round", "solana": "rounded", "trestles": "rounded"}
"""The shape of the picture of each template, where an author names none."""
_LINKS_LATER = frozenset({"jolla", "marquee", "broadside"})
_WIDTH = re.compile(r"(\d+(?:\.\d+)?)(em|rem|px|%)")


@dataclass(frozen=True)
class AboutLink:
    """A link about a person or a house."""

    href: str
    """Its address."""
    text: str
    """Its words."""
    icon: str = ""
    """The name of its icon."""
    is_icon_alone: bool = False
    """It shows its icon and no words."""


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
    links: tuple[AboutLink, ...]
    """Links about the person or the house."""
    title: str = ""
    """The words that show when the pointer is on the picture."""
    width: str = ""
    """The width of the picture, as HTML has it; empty for that of the template."""
    is_placed: bool = False
    """It stands in the text, around the part with the `id` that it names."""

    @property
    def is_shown_later(self) -> bool:
        """The links stand below the text."""
        return self.template in _LINKS_LATER


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
        about.image_shape or _SHAPES.get(about.template, "rectangle"),
        tuple(
            AboutLink(
                rewrite(link.href),
                link.text or name_of(link),
                link.icon or "",
                bool(link.icon and not link.text),
            )
            for link in about.links
            if link.href
        ),
        about.image_title or "",
        _width(about.image_width or ""),
    )


def place_about(body: HtmlElement, box: AboutBox | None, name: str | None) -> AboutBox | None:
    """Put the head around the part of the body with the id ``name``, if there is one. Returns the
    head.
    """
    part = next((one for one in body.iter("div") if name and one.get("id") == name), None)
    if box is None or part is None:
        return box
    kind = f"quarto-about-{box.template} column-body about about-{box.template}"
    around = html_tree.new_element("div", {"class": kind})
    html_tree.wrap(part, around)
    html_tree.add_class(part, "about-contents")
    around.extend(html_tree.parsed(rendered("about-placed.html.jinja", about=box)))
    return replace(box, is_placed=True)


def _width(written: str) -> str:
    """Return a width of CSS as the attribute `width` has it, which a strict policy allows."""
    if (match := _WIDTH.fullmatch(written.strip())) is None:
        return ""
    number, unit = float(match[1]), match[2]
    return f"{number:g}%" if unit == "%" else f"{number * (1 if unit == 'px' else 16):.0f}"
