"""Notes in the margin: what an author puts there (`.column-margin`, `.aside`), footnotes
(`reference-location: margin`) and references (`citation-location: margin`).

A note that stands within a paragraph is put behind it, since on a phone it is read there. Notes of
one block stand below each other in one box. In a wide window the box stands beside its block and
those that follow, up to the next block with notes or one that needs the margin itself; its class
`rows-N` says beside how many, so that the style sheet can place it without a script and no note
ever lies on another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from broadsheet.text.html_tree import add_class, classes, new_element

MARGIN = "column-margin"
_ASIDE = ("aside", MARGIN)
_COLUMN = re.compile(r"column-[\w-]+")
_MOST_ROWS = 8
_FIXED = ("table", "figure", "pre")
"""Elements out of which no note is taken."""


def place_notes(body: HtmlElement, *, with_references: bool = False) -> None:
    """Put the notes of a ``body`` behind their blocks; ``with_references``, each entry of the list
    of references behind the block that cites it first, too.
    """
    _lift_columns(body)
    for name in _ASIDE:
        for division in _with_class(body, "div", name):
            add_class(division, MARGIN)
    for aside in body.iter("aside"):
        if not aside.get("class"):
            add_class(aside, MARGIN)
    for cell in _with_class(body, "div", "cell"):
        if MARGIN in classes(cell):
            _split_cell(cell)
    entries = _entries(body) if with_references else {}
    for block in list(_blocks(body)):
        if MARGIN not in classes(block):
            notes = [*_cited(block, entries), *_notes_within(block)]
            _put_behind(block, notes)
    _remove_empty_list(body)
    _count_rows(list(_blocks(body)))


def _blocks(root: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the blocks of the text in their order, those within its sections too."""
    for element in root:
        if not isinstance(element.tag, str):
            continue
        if element.tag == "section" and MARGIN not in classes(element):
            yield from _blocks(element)
        else:
            yield element


def _count_rows(blocks: list[HtmlElement]) -> None:
    """Say of each box in the margin beside how many blocks it may stand."""
    for number, block in enumerate(blocks):
        if MARGIN not in classes(block):
            continue
        rows = int(number > 0 and MARGIN not in classes(blocks[number - 1]))  # its own block
        for other in blocks[number + 1 : number + _MOST_ROWS]:
            if MARGIN in classes(other):
                rows -= 1  # the block of those notes
            if any(map(_COLUMN.fullmatch, classes(other))) or "is-wide" in classes(other):
                break
            rows += 1
        add_class(block, f"rows-{max(1, rows)}")


def _with_class(root: HtmlElement, tag: str, name: str) -> list[HtmlElement]:
    return [element for element in root.iter(tag) if name in classes(element)]


def _lift_columns(body: HtmlElement) -> None:
    """Give the block around a picture or a table the column that its author has given to that."""
    for block in _blocks(body):
        for element in block.iter("img", "table"):
            columns = [name for name in classes(element) if _COLUMN.fullmatch(name)]
            if columns and element is not block and not _is_in_the_margin(element, block):
                kept = [name for name in classes(element) if name not in columns]
                element.set("class", " ".join(kept))
                for name in columns:
                    add_class(block, name)
            if (
                "margin-caption" in classes(element)
                and (figure := next(element.iterancestors("figure"), None)) is not None
                and (caption := figure.find("figcaption")) is not None
            ):
                add_class(caption, "margin-caption")


def _is_in_the_margin(element: HtmlElement, block: HtmlElement) -> bool:
    return MARGIN in classes(block) or any(
        MARGIN in classes(around) for around in element.iterancestors("div", "aside", "span")
    )


def _split_cell(cell: HtmlElement) -> None:
    """Leave the code of a cell in the text: its results alone are notes."""
    code = [
        element
        for element in cell
        if element.tag in ("details", "pre") or "sourceCode" in classes(element)
    ]
    results = [element for element in cell if element not in code]
    if not code or not results:
        return
    names = [name for name in classes(cell) if name != MARGIN]
    cell.set("class", " ".join(names))
    note = new_element("div", {"class": f"cell {MARGIN}"})
    note.extend(results)
    _put_behind(cell, [note])


def _notes_within(block: HtmlElement) -> Iterator[HtmlElement]:
    """Take the notes out of a block's text, and yield them as divisions."""
    for span in list(block.iter("span")):
        is_fixed = any(True for _ in span.iterancestors(*_FIXED))
        if is_fixed or not set(_ASIDE) & set(classes(span)):
            continue
        around = span.getparent()
        note = new_element("div", {"class": MARGIN})
        paragraph = new_element("p", {}, span.text)
        paragraph.extend(list(span))
        if identifier := span.get("id"):
            note.set("id", identifier)
        note.append(paragraph)
        span.text = None
        span.drop_tree()
        if around.tag == "p" and not len(around) and not (around.text or "").strip():
            if around is block:
                around.set("class", "is-empty")
            else:
                around.drop_tree()
        yield note


def _entries(body: HtmlElement) -> dict[str, HtmlElement]:
    """Return the entries of the list of references, by their ids."""
    return {
        entry.get("id", ""): entry
        for entry in _with_class(body, "div", "csl-entry")
        if entry.get("id")
    }


def _cited(block: HtmlElement, entries: dict[str, HtmlElement]) -> Iterator[HtmlElement]:
    """Yield the entries that a block is the first to cite, and take them off the list."""
    cited = [
        f"ref-{key}"
        for citation in block.iter("span")
        for key in citation.get("data-cites", "").split()
    ]
    if any("csl-entry" in classes(element) for element in block.iter("div")):
        return
    for name in dict.fromkeys(cited):
        if (entry := entries.pop(name, None)) is not None:
            entry.tail = None
            entry.attrib.pop("role", None)
            note = new_element("div", {"class": f"{MARGIN} references csl-bib-body"})
            entry.getparent().remove(entry)
            note.append(entry)
            yield note


def _remove_empty_list(body: HtmlElement) -> None:
    """Take out a list of references of which nothing is left, with its heading."""
    for listed in _with_class(body, "div", "references"):
        if not len(listed) and not (listed.text or "").strip():
            around = listed.getparent()
            is_alone = around.get("id") == "quarto-bibliography"
            (around if is_alone else listed).drop_tree()


def _put_behind(block: HtmlElement, notes: list[HtmlElement]) -> None:
    """Put notes behind a block and the notes that are there, all in one box if they are several."""
    beside: list[HtmlElement] = []
    following = block.getnext()
    while following is not None and MARGIN in classes(following):
        beside.append(following)
        following = following.getnext()
    alls = sorted([*beside, *notes], key=lambda note: "footnotes" not in classes(note))
    if not alls:
        return
    box = alls[0] if len(alls) == 1 else new_element("div", {"class": f"{MARGIN} column-container"})
    tail = "".join(note.tail or "" for note in beside)
    for note in beside:
        note.getparent().remove(note)
    if len(alls) > 1:
        for note in alls:
            note.tail = None
            box.append(note)
    place = block.getparent()
    place.insert(place.index(block) + 1, box)
    box.tail, block.tail = (block.tail or "") + tail, None
    if "is-empty" in classes(block):
        block.drop_tree()
