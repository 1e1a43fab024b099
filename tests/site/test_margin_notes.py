"""Notes in the margin: beside their paragraphs in a wide window, behind them on a phone, and never
on each other.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml.html import HtmlElement

from broadsheet.site.build.build import build
from conftest import Site
from page_queries import page_at, select, words

LONG = "Many words follow each other here, so that there is a line of text. " * 6
PAGE = f"""\
---
title: Notes
date: 2023-05-01
bibliography: refs.bib
reference-location: margin
citation-location: margin
---

First, a note.[^a] As @knuth84 said, and @knuth84 again. {LONG}

[^a]: The note of the first.

[Said *aside*.]{{.aside}} Second. {LONG}

::: {{.column-margin}}
In the margin. {LONG}
:::

Third. {LONG}

## Heading

Fourth.^[Another note.]

::: {{.aside}}
An aside of a section.
:::

- An item.[In a list]{{#mine .column-margin}}

![Wide](picture.svg){{.column-page}}

Last, as @hopper52 said. {LONG}
"""
REFS = """\
@article{knuth84, author={Donald Knuth}, title={Literate Programming}, year={1984}, journal={A}}
@article{hopper52, author={Grace Hopper}, title={Compilers}, year={1952}, journal={B}}
@article{unused, author={Nobody}, title={Nothing}, year={1900}, journal={C}}
"""


def _site(site: Site, page: str = PAGE) -> HtmlElement:
    site.write("index.qmd", "---\ntitle: Home\n---\nWords.\n")
    site.write("posts/refs.bib", REFS)
    site.write(
        "posts/picture.svg",
        "<svg xmlns='http://www.w3.org/2000/svg' width='900' height='90'><rect width='9' height='9'/></svg>",
    )
    site.write("posts/notes.qmd", page)
    assert not build(site.root).faults
    return page_at(site.root / "_site", "posts/notes.html")


def _before(box: HtmlElement) -> str:
    return words(box.getprevious())[:6]


def test_each_note_stands_behind_its_block_and_those_of_one_block_in_one_box(site):
    page = _site(site)
    boxes = [
        box
        for box in select(page, "div.prose .column-margin")
        if not any("column-margin" in (one.get("class") or "") for one in box.iterancestors())
    ]
    assert [(_before(box), [words(note)[:12] for note in box]) for box in boxes] == [
        ("First,", ["The note of ", "Knuth, Donal"]),
        ("Second", ["In the margi", "Said aside."]),
        ("Fourth", ["Another note", "An aside of "]),
        ("An ite", ["In a list"]),
        ("Last, ", ["Hopper, Grac"]),
    ]
    assert "aside" not in words(boxes[1].getprevious()), "it is taken out of its paragraph"
    assert select(page, "em"), "with its markup"


def test_links_lead_to_the_notes_and_references_in_the_margin(site):
    page = _site(site)
    assert "broken-link" not in {one.topic for one in build(site.root).notices}
    targets = {element.get("id") for element in page.iter() if element.get("id")}
    links = [link.get("href")[1:] for link in page.iter("a") if link.get("href", "")[:1] == "#"]
    assert {"ref-knuth84", "ref-hopper52", "fn1"} <= set(links) <= targets
    assert {"mine"} <= targets
    assert not select(page, ".quarto-appendix-heading"), "nothing is left of the list of references"


def test_references_that_no_block_cites_stay_in_their_list(site):
    page = _site(site, PAGE.replace("---\n\nFirst", "nocite: '@unused'\n---\n\nFirst"))
    [listed] = select(page, ".quarto-appendix-contents .csl-entry")
    assert "Nothing" in words(listed)


def test_a_cell_s_results_go_into_the_margin_and_its_code_stays(site):
    site.front()
    site.article("cell", "#| column: margin\n#| echo: true\nprint('told')")
    assert not build(site.root).faults
    page = page_at(site.root / "_site", "posts/cell/index.html")
    [note] = select(page, ".column-margin")
    assert words(note) == "told" and not select(page, ".column-margin .sourceCode")
    assert select(note.getprevious(), ".sourceCode")


def test_a_picture_has_the_column_that_its_author_gives_it(site):
    page = _site(site)
    [block] = select(page, "div.prose .column-page")
    assert block.tag == "div" and select(block, "img")


@pytest.fixture
def address(site: Site, serve: Callable[..., str]) -> str:
    _site(site)
    return serve(site.root / "_site")


BOXES = """
() => {
  const boxes = [...document.querySelectorAll(".prose .column-margin")].filter((one) => !one.parentElement.closest(".column-margin"));
  const others = [...document.querySelectorAll(".prose p, .prose li, .prose img, .prose h2")].filter((one) => !one.closest(".column-margin"));
  const rect = (one) => one.getBoundingClientRect().toJSON();
  return { boxes: boxes.map(rect), others: others.map(rect), before: boxes.map((one) => rect(one.previousElementSibling)) };
}
"""


def _overlap(one: dict, other: dict) -> bool:
    return (
        min(one["right"], other["right"]) - max(one["left"], other["left"]) > 1
        and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 1
    )


@pytest.mark.parametrize("width", [1280, 1700, 390])
def test_no_note_lies_on_another_or_on_the_text(opened, width):
    seen = opened("posts/notes.html", width=width).evaluate(BOXES)
    boxes, others = seen["boxes"], seen["others"]
    assert len(boxes) == 5
    assert not [1 for box in boxes for other in others if _overlap(box, other)]
    assert not [1 for one in boxes for other in boxes if one is not other and _overlap(one, other)]
    for box, block in zip(boxes, seen["before"], strict=True):
        if width == 390:
            assert box["top"] >= block["bottom"] - 1
        else:
            assert box["left"] > block["right"], "beside the text"
            assert block["top"] - 1 <= box["top"] <= block["bottom"], "where its block is"
