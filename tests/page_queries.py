"""Elements of a page of a site, by a path such as `.item p.summary`: names and classes alone."""

from __future__ import annotations

from pathlib import Path

from lxml import html
from lxml.html import HtmlElement


def page_at(site: Path, path: str) -> HtmlElement:
    """The page of the site at a path."""
    return html.fromstring((site / path).read_text("utf-8"))


def select(root: HtmlElement, path: str) -> list[HtmlElement]:
    """The elements at a path below ``root``, in their order."""
    steps = []
    for step in path.split():
        name, *classes = step.split(".")
        has = [f"[contains(concat(' ', @class, ' '), ' {one} ')]" for one in classes]
        steps.append(f"//{name or '*'}{''.join(has)}")
    return root.xpath("." + "".join(steps))


def words(element: HtmlElement) -> str:
    """The text of an element, with single spaces."""
    return " ".join(element.text_content().split())
