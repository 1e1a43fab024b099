"""Values of shortcodes may be data: nothing in them runs, whatever way it takes onto the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from broadsheet.markdown.document import Document, Rendered
from broadsheet.markdown.pandoc import Pandoc
from broadsheet.text.html_tree import parsed


@pytest.fixture(scope="module")
def pandoc() -> Iterator[Pandoc]:
    with Pandoc(workers=1, time_limit=30) as pool:
        yield pool


def rendered(pandoc: Pandoc, markdown: str, value: str) -> Rendered:
    metadata = {"v": value, "u": "javascript:alert(1)", "w": "{{< meta v >}}"}
    return pandoc.render(Document("a.qmd", markdown, metadata=metadata))


ATTRIBUTES = '[x]{onmouseover="alert(1)" style="color: red" srcdoc=a}'
ADDRESS = "[y](<{{< meta u >}}>)"
PICTURE = "![y](<{{< meta u >}}>)"
PLACES = (
    "{{< meta v >}}",
    "A {{< meta w >}} b",
    "# A {{< meta v >}}",
    "![{{< meta v >}}](a.png){#fig-a}",
    '::: {#fig-a fig-cap="So {{< meta v >}}"}\n![](a.png)\n:::',
    '::: {.callout-note title="So {{< meta w >}}"}\nText.\n:::',
    '```{.python filename="{{< meta v >}}"}\n1\n```',
)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "value",
    [
        ATTRIBUTES,
        ADDRESS,
        PICTURE,
        f"a\n\n{ATTRIBUTES}\n\n{ADDRESS}\n\nb",
        '`<b onclick="a()">c</b>`{=html}',
        "[y](java\tscript:alert(1))",
        "[y]( data:text/html,x)",
        "![y](vbscript:x)",
        "::: {onclick=x}\na\n:::\n\nb",
    ],
)
def test_no_value_runs(pandoc: Pandoc, place: str, value: str) -> None:
    body = parsed(rendered(pandoc, place, value).html)
    for element in body.iter("*"):
        for name, written in element.items():
            assert not name.removeprefix("data-").startswith("on"), name
            assert name.removeprefix("data-") not in ("style", "srcdoc")
            if name in ("href", "src"):
                assert (
                    not written.replace("\t", "")
                    .strip()
                    .startswith(("javascript", "vbscript", "data:"))
                )


def test_what_a_page_may_have_stays(pandoc: Pandoc) -> None:
    value = "[*x*]{.small title=T} {{< kbd Ctrl-C >}} [l](b.qmd) ![p](a.png){width=20}"
    html = rendered(pandoc, "{{< meta v >}}", value).html
    assert '<span class="small" title="T"><em>x</em></span>' in html and "<kbd" in html
    assert '<a href="b.html">l</a>' in html and 'width="20"' in html


def test_a_value_that_leads_where_no_link_may_is_text(pandoc: Pandoc) -> None:
    page = rendered(pandoc, "{{< meta v >}}", ADDRESS)
    assert "[y](&lt;javascript:alert(1)&gt;)" in page.html


def test_a_caption_has_the_markdown_of_its_value(pandoc: Pandoc) -> None:
    html = rendered(pandoc, PLACES[4], "[*x*]{.small} [l](b.qmd)").html
    assert '<span class="small"><em>x</em></span> <a href="b.html">l</a>' in html
