"""Callouts by the options of their page, and elements that Quarto's style sheet hides."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from broadsheet.markdown.document import Document, Rendered
from broadsheet.markdown.pandoc import Pandoc

NOTE = "::: {.callout-note}\nText.\n:::\n"


@pytest.fixture(scope="module")
def pandoc() -> Iterator[Pandoc]:
    with Pandoc(workers=1, time_limit=30) as pool:
        yield pool


def rendered(pandoc: Pandoc, markdown: str, **options: object) -> Rendered:
    keys = {key.replace("_", "-"): value for key, value in options.items()}
    return pandoc.render(Document("a.qmd", markdown, slots=["<p>An output.</p>"], options=keys))


@pytest.mark.parametrize(
    ("options", "classes"),
    [
        ({}, "callout-style-default callout-note callout-titled"),
        ({"callout_appearance": "simple"}, "callout-style-simple callout-note"),
        ({"callout_appearance": "minimal"}, "callout-style-simple callout-note no-icon"),
        ({"callout_icon": False}, "callout-style-default callout-note no-icon callout-titled"),
    ],
)
def test_a_page_says_how_its_callouts_look(
    pandoc: Pandoc, options: dict[str, object], classes: str
):
    assert f'<div class="callout {classes}">' in rendered(pandoc, NOTE, **options).html


def test_a_callout_says_it_for_itself(pandoc: Pandoc):
    own = NOTE.replace("callout-note", 'callout-tip appearance="default" icon=true')
    html = rendered(pandoc, own, callout_appearance="simple", callout_icon=False).html
    assert '<div class="callout callout-style-default callout-tip callout-titled">' in html


@pytest.mark.parametrize("title", ['title=""', ""])
def test_a_callout_without_a_title_has_its_kinds(pandoc: Pandoc, title: str):
    html = rendered(pandoc, f"::: {{.callout-note {title}}}\nText.\n:::\n").html
    assert html.count("Note") == 1 and "screen-reader-only" not in html


def test_a_callout_that_is_its_title_has_no_empty_box(pandoc: Pandoc):
    html = rendered(pandoc, "::: {.callout-note}\n## All of it\n:::\n").html
    assert "callout-empty-content callout-titled" in html


def test_what_the_class_hidden_hides_is_not_there(pandoc: Pandoc):
    page = rendered(
        pandoc,
        "Seen [gone]{.hidden}.\n\n::: {.hidden}\nGone.\n\n```{=slot}\n0\n```\n:::\n\n"
        '<div class="hidden">gone</div>\n\n::: {.cell .hidden}\nA cell.\n:::\n',
    )
    assert page.html == '<p>Seen .</p>\n<div class="cell hidden">\n<p>A cell.</p>\n</div>'
    assert page.hidden == {0}
