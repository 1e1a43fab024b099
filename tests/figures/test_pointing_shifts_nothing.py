"""Pointing at a chart moves nothing of the page: neither the text around it nor, as browsers count,
the box that follows the pointer.
"""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

SHIFTS = """() => { window.shifts = []; new PerformanceObserver((list) => { for (const entry of list.getEntries())
    window.shifts.push([entry.value, ...entry.sources.map(({ node }) => node?.className ?? String(node))]);
  }).observe({ type: "layout-shift" }); }"""
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
CHARTS = {
    "lines": "go.Figure([go.Scatter(x=list(range(2000, 2020)), y=[n % 7 * k for n in range(20)], "
    "name='A series with a name of its own' * k) for k in (1, 2)])",
    "bars": "go.Figure(go.Bar(x=['a', 'b', 'a name that is much longer than others'], y=[1, 2, 1_000_000]))",
    "map": "go.Figure(go.Choropleth(locations=['DEU', 'FRA', 'CHN'], z=[1, 2, 3]))",
    "pie": "go.Figure(go.Pie(labels=['a', 'b', 'a name that is longer'], values=[3, 2, 1]))",
}


@pytest.fixture(scope="module")
def address(served_article) -> str:
    cells = [
        f"#| label: fig-{name}\n#| source: false\nimport plotly.graph_objects as go\n{code}"
        for name, code in CHARTS.items()
    ]
    return served_article("pointed", *cells)


@pytest.mark.parametrize("width", [1280, 390])
def test_pointing_moves_nothing_that_browsers_count(opened, width):
    page = opened("posts/pointed/index.html", width=width)
    for name in CHARTS:
        picture = page.locator(f"#fig-{name} .chart-picture")
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
        page.wait_for_load_state("networkidle")
        page.evaluate(SETTLED)
        page.evaluate(SHIFTS)
        seen = set()
        for part in range(1, 12):
            page.mouse.move(
                box["x"] + box["width"] * part / 12, box["y"] + box["height"] * (0.3 + part / 30)
            )
            page.evaluate(SETTLED)
            seen.add(page.locator(".chart-tip").inner_text())
        assert len(seen) > 1, name  # the box has followed
        assert page.evaluate("window.shifts") == [], name
