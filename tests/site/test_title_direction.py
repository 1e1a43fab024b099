"""The name of a publication on pages that are read from the other side."""

from __future__ import annotations

import pytest
from lxml import html

from publishing import SITE, article, publish, write


@pytest.mark.parametrize(
    "site, page, direction",
    [("en", "ar", ["auto"]), ("he", "en", ["auto"]), ("ar", "ar", ["auto"]), ("en", "de", [])],
)
def test_the_name_is_read_from_its_own_side(tmp_path, site, page, direction):
    config = SITE.replace("lang: en", f"lang: {site}").replace("The Gazette", "Gazette (Town)!")
    write(tmp_path, {"_quarto.yml": config, "posts/a.qmd": article("A", lang=page)})
    publish(tmp_path)
    shown = html.fromstring((tmp_path / "_site/posts/a.html").read_text())
    (name,) = shown.xpath("//*[@class='masthead-title']/a")
    assert name.text == "Gazette (Town)!" and name.xpath("@dir") == direction
