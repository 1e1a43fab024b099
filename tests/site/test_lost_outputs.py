"""What a cell puts out is on the page, or the page is refused: no chart or table is lost silently,
whichever renderer makes the body.
"""

from __future__ import annotations

import nbformat
import pytest
from test_quarto import (  # noqa: F401 - `publication` is a fixture
    CHART,
    LOAD,
    READS,
    YEARS,
    as_quarto_leaves,
    call,
    filtered,
    prepared,
    publication,
)

TABLE = "from IPython.display import HTML\nHTML('<p>The output</p>')"
LOST = "what this cell puts out is lost"
PAGE = "posts/trade/index.html"


@pytest.mark.parametrize(
    ("before", "after"),
    [("~~~~\nA block that does not end", "~~~~"), ("<div title='", "'></div>")],
    ids=["code", "tag"],
)
def test_markdown_that_takes_an_output_up_is_a_fault_of_the_cell(site, run, before, after):
    site.front()
    site.article("lost", ("md", before), TABLE, ("md", after))
    site.article("other", ("md", "Text."))
    code, _, err = run(site, "build")
    assert code == 1 and f"posts/lost/index.ipynb, cell 3: {LOST}" in err
    assert not (site.root / "_site/posts/lost/index.html").exists()
    assert "Text." in site.read("_site/posts/other/index.html")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("::: {.content-hidden when-format='html'}", ":::"),
        ("::: {.content-visible when-meta='never'}\n::: {.callout-note}", ":::\n:::"),
        ("<!-- Not yet", "-->"),
        ("Text <!-- not yet", "-->"),
    ],
    ids=["hidden", "nested", "comment", "inline"],
)
def test_what_the_author_hides_is_not_lost(site, run, before, after):
    site.front()
    site.article("hidden", ("md", before), TABLE, ("md", after + "\n\nThe end."))
    code, _, err = run(site, "build")
    page = site.read("_site/posts/hidden/index.html")
    assert code == 0, err
    assert "The end." in page
    assert "<p>The output</p>" not in page.split("<!--")[0]


def rendered(site, body) -> tuple[int, str]:
    """`post-render` of a page of which Quarto has made this ``body``, or made it by this function of
    its slots."""
    prepared(site)
    notebook = nbformat.reads(filtered(site, "posts/trade/index.ipynb").stdout, as_version=4)
    slots = [
        output.data["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]
    as_quarto_leaves(site, PAGE, body if isinstance(body, str) else body(slots))
    done = call(site, "post_render.py")
    return done.returncode, done.stderr


def article(site, *cells) -> None:
    site.article("trade", READS, LOAD, *cells, parameters="year: int = 2022", front=YEARS)


@pytest.mark.parametrize("space", ["", "\n\n", " ", "\r\n"], ids=repr)
def test_a_slot_that_comes_back_with_white_space_is_filled(publication, space):  # noqa: F811
    article(publication, CHART)
    code, err = rendered(publication, f'<div class="slot" data-slot="0">{space}</div>')
    assert code == 0, err
    page = publication.read(f"_site/{PAGE}")
    assert 'data-figure="index_files/fig-t.json"' in page and "data-slot" not in page


@pytest.mark.parametrize("body", ["".join, lambda slots: "".join(reversed(slots))])
def test_slots_beside_one_another_are_filled_each_with_its_own(publication, body):  # noqa: F811
    article(publication, TABLE, TABLE.replace("output", "second"), CHART)
    code, err = rendered(publication, body)
    assert code == 0, err
    page = publication.read(f"_site/{PAGE}")
    assert [page.count(text) for text in ("The output", "The second", 'class="chart"')] == [1, 1, 1]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (lambda slots: slots[0], f"posts/trade/index.ipynb, cell 6: {LOST}"),
        (lambda slots: slots[1], f"posts/trade/index.ipynb, cell 5: {LOST}"),
        ("<p>By Quarto.</p>", f"posts/trade/index.ipynb, cell 5: {LOST}"),
        (lambda slots: "".join(slots).replace("></div>", ">Else</div>"), LOST),
        (lambda slots: "".join([*slots, slots[0]]), "that is no output's, or one twice (0)"),
        (
            lambda slots: "".join(slots) + slots[0].replace('"0"', '"7"'),
            "that is no output's, or one twice (7)",
        ),
    ],
    ids=["second", "first", "all", "changed", "twice", "unknown"],
)
def test_a_slot_that_quarto_loses_doubles_or_invents_stops_the_render(publication, body, message):  # noqa: F811
    article(publication, TABLE, CHART)
    before = publication.write("_site/posts/trade/earlier.html", "").parent
    code, err = rendered(publication, body)
    assert code == 1 and message in err
    assert "The output" not in "".join(page.read_text("utf-8") for page in before.glob("*.html"))


def test_quarto_need_not_show_what_the_author_does_not(publication):  # noqa: F811
    article(
        publication,
        f"#| output: false\n{TABLE}",
        ("md", "::: {.content-hidden when-format='html'}"),
        CHART,
        ("md", ":::\n\n<!-- Not yet"),
        TABLE.replace("output", "second"),
        ("md", "-->"),
    )
    slot = '<div class="slot" data-slot="{}">\n\n</div>'
    for body in ("<p>By Quarto.</p>", f"<p>By Quarto.</p><!-- Not yet {slot.format(2)} -->"):
        code, err = rendered(publication, body)
        assert code == 0, err
        page = publication.read(f"_site/{PAGE}")
        assert "By Quarto." in page and "The second" not in page and "data-slot" not in page
