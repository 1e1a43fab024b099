"""What an author writes who knows Jupyter and nothing else of this: it works, or it is told."""

from __future__ import annotations

import json

import pytest

from broadsheet.project.reading import open_publication
from broadsheet.project.source import source_of


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
