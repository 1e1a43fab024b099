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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from typing import Literal

from markupsafe import Markup

Name = tuple[str, str]
"""The kind of a mark, and the name of its fact or claim."""

JOINED_OVER = 2
"""The most words between two marks that are joined."""
NO_STOP = ' tabindex="-1"'
_BETWEEN = re.compile(r"[^<.!?:;]*")
_WORD = re.compile(r"[^\W_]+")
_BLOCK = re.compile(r"</(?:p|li|figcaption|td|th|dd|dt|h[1-6]|div|blockquote|summary)\b")
_SMALL = re.compile(r"[^\W\d_]{1,3}|\d{1,2}")
_TAG = re.compile(r"<(?P<end>/?)span\b(?P<attributes>[^>]*)>")
_MARK = re.compile(r'\bclass="(?:[^"]* )?(?P<fact>fact)\b|\bdata-claim="(?P<claim>[^"]*)"')
_NAME = re.compile(r'\b(?:data-)?name="([^"]*)"')


@dataclass(frozen=True)
class _Span:
    """A mark in HTML: the positions of its tags and of its words."""

    kind: Literal["fact", "claim"]
    name: str
    start: int
    inner: int
    inner_end: int
    end: int


@dataclass
class _Group:
    """Marks that one link covers: outer ones beside each other, and those in them."""

    spans: list[_Span]
    is_stop: bool = False
    is_link: bool = True

    @property
    def start(self) -> int:
        """Where its first mark begins."""
        return self.spans[0].start

    @property
    def end(self) -> int:
        """Where its last mark ends."""
        return max(span.end for span in self.spans)


def linked(html: str, known_as: Mapping[Name, Name]) -> tuple[str, dict[Name, list[str]]]:
    """The body with its marks as links, and the ids of the marks of each entry. ``known_as`` has the
    entry of each fact and claim.
    """
    uses: dict[Name, list[str]] = {}
    insertions: list[tuple[int, int, str]] = []
    spans = sorted(spans_in(html), key=lambda one: (one.start, -one.end))
    for block in _blocks(html, _groups(html, spans)):
        _choose_stop(html, block)
        for group in block:
            insertions += _insertions(html, group, known_as, uses)
    ordered = sorted(enumerate(insertions), key=lambda one: (*one[1][:2], one[0]), reverse=True)
    for _, (first, last, text) in ordered:
        html = html[:first] + text + html[last:]
    return html, uses


def _groups(html: str, spans: Sequence[_Span]) -> list[_Group]:
    groups: list[_Group] = []
    for span in spans:
        is_within = bool(groups) and span.start < groups[-1].end
        if is_within or (groups and _is_joined(html, groups[-1], span)):
            groups[-1].spans.append(span)
        else:
            groups.append(_Group([span]))
    return groups


def _is_joined(html: str, group: _Group, span: _Span) -> bool:
    between = html[group.end : span.start]
    has_link = "<a " in html[group.start : group.end] or "<a " in html[span.start : span.end]
    is_near = len(_WORD.findall(between)) <= JOINED_OVER
    return is_near and not has_link and _BETWEEN.fullmatch(between) is not None


def _blocks(html: str, groups: Sequence[_Group]) -> list[list[_Group]]:
    """The groups of each paragraph, cell of a table, or the like."""
    blocks = [[group] for group in groups[:1]]
    for before, group in pairwise(groups):
        if _BLOCK.search(html, before.end, group.start):
            blocks.append([])
        blocks[-1].append(group)
    return blocks


def _choose_stop(html: str, block: Sequence[_Group]) -> None:
    """Make small words no links, and the first of the links the one that the keyboard stops at."""
    for group in block:
        words = re.sub(r"<[^>]*>", "", html[group.start : group.end]).strip()
        group.is_link = _SMALL.fullmatch(words) is None
    first = next((group for group in block if group.is_link), block[0])
    first.is_link = first.is_stop = True


def _insertions(
    html: str, group: _Group, known_as: Mapping[Name, Name], uses: dict[Name, list[str]]
) -> Iterator[tuple[int, int, str]]:
    """What takes the place of the tags of a group's marks: start, end and text of each."""
    entries: list[str] = []
    identifiers: list[Markup] = []
    for span in group.spans:
        many = uses.setdefault((span.kind, span.name), [])
        number = len(many) + 1
        while (span.kind, f"{span.name}-{number}") in known_as:  # whose entry has that id
            number += 100
        many.append(f"{span.kind}-{span.name}-{number}")
        identifiers.append(Markup.escape(many[-1]))
        entries.append("-".join(known_as[span.kind, span.name]))
    kinds = " ".join(dict.fromkeys(span.kind for span in group.spans))
    listed = Markup.escape(" ".join(dict.fromkeys(entries)))
    link = f'<a class="{kinds}" href="#{Markup.escape(entries[0])}"'
    if " " in listed:
        link += f' data-known="{listed}"'
    if not group.is_stop:
        link += NO_STOP
    first = group.spans[0]
    pieces = _pieces(html, first) if "<a " in html[group.start : group.end] else []
    if len(group.spans) == 1 and not pieces:
        opening = link if group.is_link else f'<span class="{kinds}" data-known="{listed}"'
        yield first.start, first.inner, f'{opening} id="{identifiers[0]}">'
        yield first.inner_end, first.end, "</a>" if group.is_link else "</span>"
        return
    for span, identifier in zip(group.spans, identifiers, strict=True):
        yield span.start, span.inner, f'<span class="{span.kind}" id="{identifier}">'
        yield span.inner_end, span.end, "</span>"
    if not pieces:
        yield group.start, group.start, f"{link}>"
        yield group.end, group.end, "</a>"
    for start, end in pieces:
        yield start, start, f"{link}>"
        yield end, end, "</a>"
        link = link.removesuffix(NO_STOP) + NO_STOP


def unmarked(html: str) -> str:
    """``html`` without the tags of its marks."""
    tags = [
        place
        for span in spans_in(html)
        for place in ((span.start, span.inner), (span.inner_end, span.end))
    ]
    for start, end in sorted(tags, reverse=True):
        html = html[:start] + html[end:]
    return html


def spans_in(html: str) -> Iterator[_Span]:
    """The marks of a body, in the order of their ends: inner ones first."""
    if "<span" not in html:
        return
    opened: list[tuple[re.Match[str], re.Match[str] | None]] = []
    for tag in _TAG.finditer(html):
        if not tag["end"]:
            opened.append((tag, _MARK.search(tag["attributes"])))
        elif opened:
            start, mark = opened.pop()
            if mark is None:
                continue
            name = _NAME.search(start["attributes"]) if mark["fact"] else None
            yield _Span(
                "fact" if mark["fact"] else "claim",
                unescape(name[1] if name else mark["claim"] or ""),
                start.start(),
                start.end(),
                tag.start(),
                tag.end(),
            )


def _pieces(html: str, span: _Span) -> list[tuple[int, int]]:
    """The parts of a mark's words that can be a link where it has a link in it: a link can hold no
    other.
    """
    pieces, depth, last = [], 0, span.inner
    for tag in re.finditer(r"<(/?)[^>]+>", html[span.inner : span.inner_end]):
        at = span.inner + tag.start()
        if depth == 0 and html[last:at].strip():
            words = html[last:at]
            pieces.append(
                (last + len(words) - len(words.lstrip()), at - len(words) + len(words.rstrip()))
            )
        depth += -1 if tag[1] else 1
        last = span.inner + tag.end()
    tail = html[last : span.inner_end]
    if depth == 0 and tail.strip():
        pieces.append(
            (last + len(tail) - len(tail.lstrip()), span.inner_end - len(tail) + len(tail.rstrip()))
        )
    return pieces
