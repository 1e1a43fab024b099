"""The name by which a screen reader reads out a chart that answers keys."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

CELL = """\
#| label: fig-%s
#| fig-alt: "%s"
import plotly.graph_objects as go
go.Figure(go.Scatter(x=[2020, 2021, 2022], y=[1, 2, 4]))"""
NAMES = {
    "full": ("A line goes up.", "A line goes up. The arrow keys read its values."),
    "plain": ("A line goes up", "A line goes up. The arrow keys read its values."),
    "asked": ("Does it go up?", "Does it go up? The arrow keys read its values."),
}


def test_a_name_that_is_a_sentence_has_one_full_stop(served_article, browser):
    address = served_article("trade", *(CELL % (name, alt) for name, (alt, _) in NAMES.items()))
    page = browser.new_page()
    page.goto(address + "posts/trade/index.html")
    for name, (_, read) in NAMES.items():
        place = page.locator(f"#chart-fig-{name}")
        place.scroll_into_view_if_needed()
        keys = place.locator(".chart-keys")
        keys.wait_for(state="attached")
        assert keys.get_attribute("aria-label") == read
    page.close()
