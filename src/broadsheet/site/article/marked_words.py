"""The marks of facts and claims in a page's HTML, as links to their entries in "How we know".

A body has each mark as a plain `<span>`, one perhaps in another. Marks of one sentence with few words
between them are joined to one link:

    <a class="fact claim" href="#fact-total" data-known="fact-total claim-record" tabindex="-1">
    <span class="fact" id="fact-total-1">$190 billion</span>, <span class="claim" id=…>a record</span></a>

By keyboard, a reader stops once in a paragraph, at its first link. `theme/facts.js` then shows all that
the paragraph rests on, and the link's own entries where it is pointed at. Small words, "one" or "3", are
no link of their own where the paragraph has another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml.html import HtmlElement

from broadsheet.markdown.prose import mark_of
from broadsheet.text.html_tree import changed, new_element, text_at, wrap_text

Name = tuple[str, str]
"""The kind of a mark, and the name of its fact or claim."""

JOINED_OVER = 2
"""The most words between two marks that are joined."""
_BETWEEN = re.compile(r"[^.!?:;]*")
_WORD = re.compile(r"[^\W_]+")
_BLOCKS = (
    *("p", "li", "figcaption", "td", "th", "dd", "dt", "div", "blockquote", "summary"),
    *(f"h{level}" for level in range(1, 7)),
)
"""Elements in each of which a reader stops once."""
_SMALL = re.compile(r"[^\W\d_]{1,3}|\d{1,2}")


@dataclass
class _Group:
    """Marks that one link covers."""

    outer: list[HtmlElement]
    """Marks beside each other that are in no other mark."""
    marks: list[HtmlElement]
    """All marks, also those within others."""
    is_first: bool
    """The group is the first of its paragraph."""
    is_stop: bool = False
    """The keyboard stops at its link."""
    is_link: bool = True
    """The group becomes a link."""

    @property
    def has_link(self) -> bool:
        """A link of the author's is in it."""
        return any(True for mark in self.outer for _ in mark.iter("a"))

    @property
    def is_in_link(self) -> bool:
        """It is in a link of the author's."""
        return any(True for _ in self.outer[0].iterancestors("a"))

    @property
    def words(self) -> str:
        """Its words."""
        last = self.outer[-1]
        pieces = (f"{one.text_content()}{one.tail or ''}" for one in self.outer[:-1])
        return "".join([*pieces, str(last.text_content())]).strip()


def link_marks(body: HtmlElement, known_as: Mapping[Name, Name]) -> dict[Name, list[str]]:
    """Make the marks of a ``body`` links. Returns the ids of the marks of each entry. ``known_as``
    has the entry of each fact and claim.
    """
    uses: dict[Name, list[str]] = {}
    for paragraph in _paragraphs(_groups(body)):
        _choose_stop(paragraph)
        for group in paragraph:
            _link(group, known_as, uses)
    return uses


def unmarked(html: str) -> str:
    """Return a short text in HTML without its marks; their words stay."""

    def without_marks(root: HtmlElement) -> None:
        for span in list(root.iter("span")):
            if _name(span):
                span.drop_tag()

    return changed(html, without_marks)


def _name(span: HtmlElement) -> Name | None:
    """Return the kind and the name of a mark; None for another element."""
    kind, name = mark_of(span)
    return (kind, name) if kind in ("fact", "claim") else None


def _groups(body: HtmlElement) -> list[_Group]:
    """Return the marks of a body by links, in their order."""
    groups: list[_Group] = []
    blocks: list[HtmlElement] = []  # that have begun after the last mark
    for element in body.iter("span", *_BLOCKS):
        if element.tag != "span":
            blocks.append(element)
        elif _name(element):
            last = groups[-1] if groups else None
            if last and last.outer[-1] in element.iterancestors("span"):
                last.marks.append(element)
            elif last and _is_joined(last, element):
                last.outer.append(element)
                last.marks.append(element)
            else:
                around = set(element.iterancestors(*_BLOCKS))
                ended = [*blocks, *(last.outer[-1].iterancestors(*_BLOCKS) if last else ())]
                groups.append(_Group([element], [element], not around.issuperset(ended)))
            blocks.clear()
    return groups


def _is_joined(group: _Group, span: HtmlElement) -> bool:
    last = group.outer[-1]
    between = last.tail or ""
    is_near = last.getnext() is span and len(_WORD.findall(between)) <= JOINED_OVER
    has_link = group.has_link or any(True for _ in span.iter("a"))
    return is_near and not has_link and _BETWEEN.fullmatch(between) is not None


def _paragraphs(groups: list[_Group]) -> list[list[_Group]]:
    """Return the groups of each paragraph, cell of a table, or the like."""
    paragraphs = [[group] for group in groups[:1]]
    for group in groups[1:]:
        if group.is_first:
            paragraphs.append([])
        paragraphs[-1].append(group)
    return paragraphs


def _choose_stop(paragraph: list[_Group]) -> None:
    """Make small words no links, and the first of the links the one that the keyboard stops at."""
    able = [group for group in paragraph if not group.is_in_link]
    for group in paragraph:
        group.is_link = group in able and _SMALL.fullmatch(group.words) is None
    first = next((group for group in paragraph if group.is_link), None) or next(iter(able), None)
    if first:
        first.is_link = first.is_stop = True


def _link(group: _Group, known_as: Mapping[Name, Name], uses: dict[Name, list[str]]) -> None:
    """Give the marks of a group their ids, and make it a link to their entries."""
    entries: list[str] = []
    kinds: list[str] = []
    for mark in group.marks:
        name = _name(mark)
        assert name is not None
        many = uses.setdefault(name, [])
        number = len(many) + 1
        while (name[0], f"{name[1]}-{number}") in known_as:  # whose entry has that id
            number += 100
        many.append("-".join([*name, str(number)]))
        kinds.append(name[0])
        entries.append("-".join(known_as[name]))
        mark.attrib.clear()
        mark.set("class", name[0])
        mark.set("id", many[-1])
    classes, listed = (" ".join(dict.fromkeys(names)) for names in (kinds, entries))
    link = {"class": classes, "href": f"#{entries[0]}"}
    if " " in listed:
        link["data-known"] = listed
    if not group.is_stop:
        link["tabindex"] = "-1"
    if group.has_link and _link_pieces(group.outer[0], link):
        return
    if len(group.marks) == 1:
        mark = group.marks[0]
        is_link = group.is_link and not group.has_link
        mark.tag = "a" if is_link else "span"
        mark.attrib.clear()
        mark.attrib.update(link if is_link else {"class": classes, "data-known": listed})
        mark.set("id", many[-1])
    elif not (group.has_link or group.is_in_link):
        _put_around(group.outer, new_element("a", link))
    else:
        for mark in group.outer:
            mark.set("data-known", listed)


def _put_around(marks: list[HtmlElement], around: HtmlElement) -> None:
    """Put marks beside each other, and the words between them, into an element."""
    marks[0].addprevious(around)
    around.tail, marks[-1].tail = marks[-1].tail, None
    around.extend(marks)


def _link_pieces(mark: HtmlElement, link: Mapping[str, str]) -> bool:
    """Make the words of a mark links that are in no other element, such as a link of the author's:
    a link can hold no other. Returns whether there are any.
    """
    has_words = False
    for place in [(mark, False), *((child, True) for child in mark)]:
        text = text_at(place)
        if words := text.strip():
            start = text.index(words)
            wrap_text(place, start, start + len(words), new_element("a", link))
            link, has_words = {**link, "tabindex": "-1"}, True
    return has_words
