"""Pages whose charts cannot be drawn, or whose pictures vanish from the store: no page is lost, and what cannot be drawn is told."""

from __future__ import annotations

import pytest
from test_drawing import CELL, MAP

from broadsheet.figures.drawing import chart_renderer
from broadsheet.project.reading import open_publication
from broadsheet.storage.store import Store
from pressing import prepare

pytestmark = pytest.mark.usefixtures("chromium")

UNKNOWN = {"data": [{"type": "spaceship", "x": [1, 2], "y": [3, 4]}], "layout": {}}
LINK = {"source": [0], "target": [None], "value": [1]}
BROKEN = {
    "data": [{"type": "sankey", "node": {"label": ["a"]}, "link": LINK}],
    "layout": {},
}
EMPTY = {"data": [], "layout": {"title": {"text": "Nothing"}}}


def test_a_chart_that_cannot_be_drawn_costs_no_page_and_is_told_with_its_cell(site):
    show = "from IPython.display import display"
    for name, figure in [("unknown", UNKNOWN), ("broken", BROKEN), ("empty", EMPTY), ("map", MAP)]:
        show += f"\ndisplay({{'application/vnd.plotly.v1+json': {figure!r}}}, raw=True)"
        site.article(name, f"#| label: fig-x\n#| source: false\n{show}")
        show = show.partition("\n")[0]
    publication = open_publication(site.root)
    for _ in range(2):  # the second time, the pictures are in the store
        result = prepare(publication.project, publication.editions, jobs=1)
        assert not result.faults
        told = "\n".join(map(str, result.notices))
        pages = {str(page.edition.path.parent.name): page.figures[0] for page in result.finished}
        for name, reason in [("unknown", "spaceship"), ("broken", "")]:
            assert f"posts/{name}/index.ipynb, cell 2: `fig-x`: the figure cannot be drawn" in told
            assert reason in told
            assert not pages[name].wide and pages[name].table and pages[name].file(".csv")
            assert "This chart could not be drawn." in pages[name].html(str)
        assert "posts/empty/index.ipynb, cell 2: the chart `fig-x` has no table" in told
        assert pages["empty"].title == "Nothing" and "has no data" in pages["empty"].alt
        assert "the map `fig-x` has no place XYZ" in told
        assert "<svg" in pages["map"].wide and "Not on the map: XYZ." in pages["map"].html(str)


@pytest.mark.slow
def test_a_page_whose_stored_pictures_vanish_has_them_all_the_same(site, monkeypatch):
    site.article("a", CELL.format(3))
    stored = Store.put

    def put(store, key, content):
        stored(store, key, content)
        (site.root / chart_renderer.STORE / key).unlink(missing_ok=True)

    monkeypatch.setattr(Store, "put", put)
    publication = open_publication(site.root)
    for _ in range(2):  # it is drawn anew
        result = prepare(publication.project, publication.editions, jobs=1)
        assert not result.faults and "<svg" in result.finished[0].figures[0].wide
        assert not any((site.root / chart_renderer.STORE).rglob("*.svg"))
