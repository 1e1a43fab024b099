"""A rendered body, read: its prose and its headings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape

from lxml import etree, html

from broadsheet.markdown.document import Heading

_APART = {"pre", "script", "style", "annotation", "input", "svg", "figure", "table", "video"}
"""Elements that are no prose."""
_APART_CLASSES = {
    "cell-output",
    "header-section-number",
    "footnote-back",
    "footnote-ref",
    "quarto-appendix-contents",
    "screen-reader-only",
    "code-fold",
    "code-with-filename-file",
    "nav-link",
    "updates",
}
_APARTMENTS = {"callout", "panel-tabset", "quarto-float", "cell-output", "update"}
"""Classes whose headings are not the page's."""
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = {
    "p",
    "li",
    "div",
    "section",
    "blockquote",
    "dt",
    "dd",
    "summary",
    "br",
    "aside",
    "details",
    *_LEVELS,
}


@dataclass(frozen=True)
class Prose:
    """The text of a page without code, outputs, tables and references, its headings in order, and
    the ids that more than one element has.
    """

    text: str
    headings: tuple[Heading, ...]
    doubled: tuple[str, ...] = ()


def read(body: str) -> Prose:
    """Read a body before its slots are filled."""
    if not body.strip():
        return Prose("", ())
    root = html.fragment_fromstring(body, create_parent="div")
    headings = tuple(_heading(element) for element in root.iter(*_LEVELS) if _is_listed(element))
    parts: list[str] = []
    _gather(root, parts)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    ids = Counter(element.get("id") for element in root.iter("*"))
    doubled = tuple(name for name, count in ids.items() if name and count > 1)
    return Prose("\n".join(line for line in lines if line), headings, doubled)


def _gather(element: html.HtmlElement, parts: list[str]) -> None:
    if not isinstance(element.tag, str):
        pass  # a comment
    elif not _is_apart(element):
        block = element.tag in _BLOCKS
        if block:
            parts.append("\n")
        parts.append((element.text or "").replace("\n", " "))
        for child in element:
            _gather(child, parts)
        if block:
            parts.append("\n")
    parts.append((element.tail or "").replace("\n", " "))


def _is_apart(element: html.HtmlElement) -> bool:
    if element.tag == "sup":  # a number that stands for a reference, not one of the text
        parent = element.getparent()
        return parent is not None and "citation" in _classes(parent)
    return element.tag in _APART or bool(_APART_CLASSES & set(_classes(element)))


def _is_listed(element: html.HtmlElement) -> bool:
    if {"unlisted", "quarto-appendix-heading"} & set(_classes(element)):
        return False
    return not any(_APARTMENTS & set(_classes(parent)) for parent in element.iterancestors())


def _heading(element: html.HtmlElement) -> Heading:
    parent = element.getparent()
    fragment = element.get("id") or (
        parent.get("id") if parent is not None and parent.tag == "section" else None
    )
    inner = escape(element.text or "", quote=False)
    inner += "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)
    return Heading(_LEVELS[str(element.tag)], fragment or "", inner.strip())


def _classes(element: html.HtmlElement) -> list[str]:
    return (element.get("class") or "").split()
