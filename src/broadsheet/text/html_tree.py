"""HTML as a tree: a text is parsed once, worked on, and written once.

The parser is libxml2's. What it reads of a body says the same to a browser when it is written again.
Its spelling may differ: names of SVG are in small letters, which browsers put right
(`viewbox` is `viewBox` to them), each element of SVG has a closing tag, and letters outside of ASCII
are `%C3%A9` in an address.

What is not HTML, such as a figure, has its place in a tree as a comment, and is put in when the tree is
written (:func:`pieces`).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from copy import deepcopy
from html import escape
from typing import Any, TypeVar, cast

from lxml import etree
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HtmlProcessingInstruction

_T = TypeVar("_T")
TextPlace = tuple[HtmlElement, bool]
"""The place of a text: in an element before its first child; or, if true, after the element."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that no HTML may have."""
_ENDS = re.compile(
    r"(?P<kept><!--.*?(?:-->|\Z)|<(?P<kind>script|style|textarea|title)\b.*?(?:</(?P=kind)|\Z))"
    r"|</(?:html|body)\s*>",
    re.IGNORECASE | re.DOTALL,
)
"""Tags after which the parser reads no further, and browsers do not heed within a body; and texts that
only look like tags, which are ``kept``.
"""
_VOID = ("wbr", "source", "track")
"""Elements without content, of which the parser does not know that."""
_PARSER = etree.HTMLParser(huge_tree=True)
# All elements are of one class: lxml's own parser of HTML asks a function in Python for that of each.
_PARSER.set_element_class_lookup(
    etree.ElementDefaultClassLookup(
        element=HtmlElement,
        comment=HtmlComment,
        pi=HtmlProcessingInstruction,
        entity=HtmlEntity,
    )
)


def parsed(html: str) -> HtmlElement:
    """Return the tree of a piece of a body: a division that holds it."""
    text = _ENDS.sub(lambda match: match["kept"] or "", _UNPRINTABLE.sub("", html))
    body: HtmlElement = parsed_page(f"<html><body>{text}").body
    body.tag = "div"
    body.attrib.clear()  # those of a body within the text
    for element in list(body.iter(*_VOID)):
        _end_at_once(element)
    return body


def parsed_page(html: str) -> HtmlElement:
    """Return the tree of a whole page."""
    page: HtmlElement = etree.fromstring(html, _PARSER)
    return page


def written_page(page: HtmlElement) -> str:
    """Return the HTML of a whole page."""
    return f"<!DOCTYPE html>\n{_text_of(page)}"


def written(root: HtmlElement) -> str:
    """Return the HTML of what is in ``root``."""
    return escape(root.text or "", quote=False) + "".join(map(_text_of, root))


def pieces(root: HtmlElement, values: Mapping[HtmlElement, _T]) -> list[str | _T]:
    """Return the HTML of what is in ``root``, in pieces: these ``values`` are in the places of
    elements, which the tree loses.
    """
    # Nobody can know this text: it stands in the written tree where such a place is, and nowhere else.
    secret = secrets.token_hex(16)
    by_mark: dict[str, _T] = {}
    for number, (element, value) in enumerate(values.items()):
        replace_element(element, etree.Comment(f"{secret}{number}"))
        by_mark[str(number)] = value
    first, *parts = re.split(f"<!--{secret}(\\d+)-->", written(root))
    whole: list[str | _T] = [first]
    for mark, text in zip(parts[::2], parts[1::2], strict=True):
        whole += [by_mark[mark], text]
    return whole


def changed(html: str, change: Callable[[HtmlElement], object]) -> str:
    """Return ``html`` after a ``change`` of its tree; a text without elements stays as it is."""
    if "<" not in html:
        return html
    root = parsed(html)
    change(root)
    return written(root)


def words_of(html: str, without: tuple[str, ...] = ()) -> str:
    """Return the text of a piece of HTML, except that in elements of some names."""
    root = parsed(html)
    etree.strip_elements(root, *without, etree.Comment, with_tail=False)
    return str(root.text_content())


def classes(element: HtmlElement) -> list[str]:
    """Return the classes of an element, in their order."""
    return (element.get("class") or "").split()


def add_class(element: HtmlElement, name: str) -> None:
    """Give an element a class, unless it has it."""
    if name not in (names := classes(element)):
        element.set("class", " ".join([*names, name]))


def drop_dark(root: HtmlElement) -> None:
    """Remove what is for dark pages alone, where the light one beside it is shown to everybody."""
    for element in list(root.find_class("dark-content")):
        if "light-content" not in classes(element):
            element.drop_tree()


def attributes(root: HtmlElement, path: etree.XPath) -> list[Any]:
    """Return the attributes in a tree that a ``path`` leads to: texts with `attrname` and `getparent`."""
    return cast("list[Any]", path(root))


def comments(root: HtmlElement, start: str) -> list[HtmlElement]:
    """Return the comments whose text begins with ``start``."""
    return [one for one in root.iter(etree.Comment) if (one.text or "").startswith(start)]


def spell_drawings(root: HtmlElement) -> None:
    """Put the words of each drawing that has some, in its `desc`, in its place: for feeds and texts,
    which have no drawings.
    """
    for drawing in list(root.iter("svg")):
        words = drawing.find("desc")
        if words is not None and words.text and drawing.getparent() is not None:
            replace_element(drawing, new_element("p", {}, words.text))


def new_element(name: str, attributes: Mapping[str, str], text: str | None = None) -> HtmlElement:
    """Return a new element."""
    new: HtmlElement = _PARSER.makeelement(name, dict(attributes))
    new.text = text
    return new


def replace_element(old: HtmlElement, new: HtmlElement) -> None:
    """Put ``new`` in the place of an element; the text after that stays."""
    new.tail, old.tail = old.tail, None
    old.getparent().replace(old, new)


def wrap(old: HtmlElement, around: HtmlElement) -> None:
    """Put an element into ``around``, which takes its place."""
    replace_element(old, around)
    around.append(old)


def _text_of(element: HtmlElement) -> str:
    """Return the HTML of an element and of the text after it, without end tags that browsers would
    not heed.
    """
    if next(element.iter(*_VOID), None) is None:
        return _libxml2s(element)
    # An element without content is written by itself, and put in: its end tag may stand elsewhere, too.
    root = _PARSER.makeelement("div")
    root.append(deepcopy(element))
    secret = secrets.token_hex(16)
    tags: list[str] = []
    for void in list(root.iter(*_VOID)):
        mark = etree.Comment(f"{secret}{len(tags)}")
        replace_element(void, mark)
        tags.append(_libxml2s(void).removesuffix(f"</{void.tag}>"))
    text = "".join(map(_libxml2s, root))
    return re.sub(f"<!--{secret}(\\d+)-->", lambda match: tags[int(match[1])], text)


def _libxml2s(element: HtmlElement) -> str:
    return etree.tostring(element, encoding="unicode", method="html")


def end_with(element: HtmlElement, text: str) -> None:
    """Add a text to the end of an element."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def put_in_place(place: HtmlElement, content: HtmlElement) -> None:
    """Put what is in ``content`` in the place of an element."""
    before, parent, text = place.getprevious(), place.getparent(), content.text or ""
    if before is None:
        parent.text = (parent.text or "") + text
    else:
        before.tail = (before.tail or "") + text
    for child in list(content):
        place.addprevious(child)
    place.drop_tree()


def texts(root: HtmlElement) -> list[TextPlace]:
    """Return the places where a tree has text."""
    elements = [one for one in root.iter() if isinstance(one.tag, str)]
    return [*((one, False) for one in elements), *((one, True) for one in root.iterdescendants())]


def text_at(place: TextPlace) -> str:
    """Return the text at a place."""
    holder, is_after = place
    return (holder.tail if is_after else holder.text) or ""


def wrap_text(place: TextPlace, start: int, end: int, around: HtmlElement) -> None:
    """Put the letters from ``start`` up to ``end`` of a text into an element."""
    (holder, is_after), text = place, text_at(place)
    around.text, around.tail = text[start:end], text[end:]
    if is_after:
        parent = holder.getparent()
        holder.tail = text[:start]
        parent.insert(parent.index(holder) + 1, around)
    else:
        holder.text = text[:start]
        holder.insert(0, around)


def written_before(element: HtmlElement, most: int) -> int:
    """Count the letters of HTML before an element, until there are ``most``."""
    count, inner = 0, element
    while (parent := inner.getparent()) is not None and count < most:
        count += len(parent.text or "")
        for sibling in inner.itersiblings(preceding=True):
            count += len(_libxml2s(sibling))
        inner = parent
    return count


def _end_at_once(void: HtmlElement) -> None:
    """Take out of an element what the parser has put into it: it has no content."""
    parent, children, after = void.getparent(), list(void), void.tail
    void.tail, void.text = void.text, None
    at = parent.index(void) + 1
    parent[at:at] = children
    last = children[-1] if children else void
    last.tail = ((last.tail or "") + (after or "")) or None
