"""What an author writes who knows Jupyter and nothing else of this: it works, or it is told."""

from __future__ import annotations

import json

import pytest

from broadsheet.project.reading import open_publication
from broadsheet.project.sources.source import source_of


def notebook(site, *cells, name="posts/a/index.ipynb"):
    made = [
        {"cell_type": kind, "id": f"c{at}", "metadata": {}, "source": text}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for at, (kind, text) in enumerate(cells)
    ]
    site.write(
        name, json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})
    )


def opened(site):
    publication = open_publication(site.root)
    assert not publication.faults
    (edition,) = [one for one in publication.editions if one.slug == "a"]
    return edition, "\n".join(str(one) for one in publication.notices)


FRONT = "---\ntitle: Coffee\ndate: 2023-05-26\n---\n"


@pytest.mark.parametrize("kind", ["raw", "markdown"])
@pytest.mark.parametrize("before", [(), (("code", "1"),)])
def test_front_matter_is_found_where_quarto_finds_it(site, kind, before):
    notebook(site, *before, (kind, f"{FRONT}\nMore text."))
    edition, notices = opened(site)
    assert edition.settings.title == "Coffee"
    text = edition.source.cells()[-1].source
    assert kind == "raw" or text.strip() == "More text."
    assert kind == "raw" or text.index("More") == 5
    assert not notices


def test_a_heading_at_the_start_is_the_title_as_in_quarto(site):
    notebook(site, ("markdown", "# Coffee and *tea*\n\nText.\n\n# Second\n"))
    edition, _ = opened(site)
    assert edition.settings.title == "Coffee and *tea*"
    assert edition.source.cells()[0].source.strip() == "Text.\n\n# Second"


def test_a_rule_between_paragraphs_is_no_front_matter(site):
    notebook(site, ("raw", FRONT), ("markdown", "---\n\nText.\n\n---\n"))
    assert opened(site)[0].source.cells()[1].source == "---\n\nText.\n\n---\n"


def test_a_page_without_a_title_is_told(site):
    notebook(site, ("markdown", "Text.\n\n# Later\n"))
    assert "posts/a/index.ipynb, cell 1: the page has no title" in opened(site)[1]


def test_front_matter_in_a_cell_of_code_is_told(site):
    notebook(site, ("code", FRONT), ("markdown", "Text."))
    assert "looks like front matter, but is code: make it a raw cell" in opened(site)[1]


def test_categories_written_as_one_text_are_told(site):
    notebook(site, ("raw", FRONT.replace("date:", "categories: News, Health\ndate:")))
    assert "write a list: `categories: [News, Health]`" in opened(site)[1]


def test_a_slug_of_digits_is_told_with_the_mend(site):
    front = FRONT.replace("date:", "editions:\n  - slug: 2002\ndate:")
    notebook(site, ("raw", front))
    (fault,) = open_publication(site.root).faults.values()
    assert 'Put it in quotation marks: `slug: "2002"`' in str(fault)


def test_headings_and_titles_of_other_cells_stay(site):
    text = json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [
                {"cell_type": "raw", "metadata": {}, "source": FRONT},
                {"cell_type": "markdown", "metadata": {}, "source": "# A heading\n"},
            ],
        }
    )
    from pathlib import PurePosixPath

    source = source_of(PurePosixPath("posts/a/index.ipynb"), text, site.root)
    assert source.cells()[1].source == "# A heading\n"


def test_an_article_without_a_date_is_told(site):
    site.article("a", "1", front="title: A")
    _, notices = opened(site)
    assert "posts/a/index.ipynb, cell 1: it has no date, and so is a plain page" in notices
    assert "Give it a `date: 2024-05-31`" in notices


def test_an_article_that_lists_others_is_told_that_no_list_has_it(site):
    site.article("a", "1", front="title: A\ndate: 2024-05-31\nlisting: {contents: ../b}")
    notices = opened(site)[1]
    assert (
        "posts/a/index.ipynb, cell 1, line 4: it has a date and a `listing`, and so is a" in notices
    )
    site.article("a", "1", front="title: A\nlisting: {contents: ../b}")
    assert "`listing`" not in opened(site)[1]


def test_two_notebooks_of_one_slug_are_told_and_neither_is_run(site, run):
    for folder in ("b/x", "c/x"):
        site.article(folder, "import broadsheet as bs")
    site.article("a")
    _, notices = opened(site)
    assert "posts/c/x/index.ipynb: its slug is 'x', as is that of posts/b/x/index.ipynb" in notices
    code, _, err = run(site, "run", "x")
    assert code == 2
    assert "2 articles have this slug: posts/b/x/index.ipynb, posts/c/x/index.ipynb" in err


def test_silent_mistakes_are_told_with_their_places(site, run):
    chart = (
        "#| label: fig-a\n#| fig-cap: A\nimport plotly.express as px\npx.line(x=[1, 2], y=[1, 2])"
    )
    site.article("twice", chart, ("md", "See @fig-a."), chart)
    site.article(
        "loud", "for at in range(10_000): print('a line of some fifty letters, each numbered', at)"
    )
    book = "author={B, C}, year={2000}"
    site.write(
        "refs.bib",
        f"@book{{one, title={{A}}, {book}}}\n\n@book{{open,\n title={{A}},\n author={{D, E\n\n@book{{two, {book}}}\n",
    )
    for slug in ("c", "d"):
        site.article(
            slug,
            ("md", "As [@one] says."),
            front="title: C\ndate: 2023-05-26\nbibliography: ../../refs.bib",
        )
    code, _, err = run(site, "build")
    assert code == 1
    assert "posts/twice/index.ipynb, cell 2: two elements have the id `fig-a`" in err
    assert "the others: posts/twice/index.ipynb, cell 4" in err
    assert err.count("refs.bib, line 3: the entry `open` is not closed") == 1
    assert "the same, with other values, in posts/d/index" in err
    assert (
        "posts/loud/index.ipynb, cell 2: what is printed is cut: the page has more than 200 KB"
        in err
    )
    assert "write `#| output: false` in the cell" in err
    assert 200_000 < len(site.read("_site/posts/loud/index.html")) < 250_000


def test_a_name_that_every_notebook_imports_is_told_with_its_import(site, run):
    site.article("a", 'kind: Literal["one", "two"] = "one"')
    code, _, told = run(site, "build")
    assert code == 1 and "Begin the cell with `from typing import Literal`." in told
