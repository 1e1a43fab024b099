"""The numbers of a DataFrame's rows: on the page beside the code that a reader sees, as pandas has
them, and not in a table that stands for itself.
"""

from __future__ import annotations

import pytest

from broadsheet.site.build.build import build
from page_queries import page_at, select, words

FRAMES = {
    "pd.DataFrame({'v': [7, 8]})": ["0 7", "1 8"],
    "pd.DataFrame({'v': [7, 8, 9]})[lambda one: one.v > 7]": ["1 8", "2 9"],
    "pd.Series([7, 8], name='v')": ["0 7", "1 8"],
    "pd.DataFrame({'v': [7, 8]}, index=['x', 'y'])": ["x 7", "y 8"],
    "pd.DataFrame({'v': [7, 8]}, index=pd.Index([0, 1], name='n'))": ["0 7", "1 8"],
    "pd.DataFrame({'v': [7, 8]}, index=[2021, 2022])": ["2021 7", "2022 8"],
}


@pytest.mark.parametrize("echo", [True, False])
def test_they_are_shown_beside_code(site, echo):
    site.front()
    cells = [f"#| echo: {str(echo).lower()}\n{frame}" for frame in FRAMES]
    site.article("frames", "#| echo: false\nimport pandas as pd", *cells)
    assert not build(site.root).faults
    tables = select(page_at(site.root / "_site", "posts/frames/index.html"), "table.data")
    for table, (frame, rows) in zip(tables, FRAMES.items(), strict=True):
        says_something = "index=" in frame
        shown = [words_of_row(row) for row in select(table, "tbody tr")]
        assert shown == (rows if echo or says_something else [row.split()[1] for row in rows])
        names = select(table, "tbody th")
        assert len(names) == (len(rows) if echo or says_something else 0)


def words_of_row(row):
    return " ".join(words(cell) for cell in row)
