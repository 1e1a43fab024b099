"""In no chart of the publication does text lie on text or end at the edge of the picture, on a wide
page or a phone.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from broadsheet.figures.drawing.chart_renderer import ChartRenderer
from broadsheet.project.reading import open_publication
from plotly_alive.drawing.svg import inline_svg
from plotly_alive.layout import figure_layout as setting
from pressing import prepare

FAULTS = """
() => [...document.querySelectorAll("svg")].flatMap(svg => {
    const edge = svg.getBoundingClientRect();
    // A line of text is judged by itself: the box of several would hold what stands beside the shorter one.
    const lines = [...svg.querySelectorAll("text")].flatMap(text => {
        const parts = [...text.querySelectorAll("tspan[dy]")];
        return (parts.length ? parts : [text]).map(line => [text, line]);
    }).filter(([, line]) => line.textContent.trim())
        .map(([text, line]) => {
            // The letters, without what a font leaves above and below them.
            const range = document.createRange();
            range.selectNodeContents(line);
            const box = range.getBoundingClientRect();
            return {text, words: line.textContent, left: box.left + 0.5, right: box.right - 0.5,
                    top: box.top + 0.2 * box.height, bottom: box.bottom - 0.15 * box.height};
        });
    const cut = lines.filter(one => one.left < edge.left - 1 || one.right > edge.right + 1
                                    || one.top < edge.top || one.bottom > edge.bottom)
        .map(one => `${svg.id}: “${one.words}” is cut off`);
    const on = lines.flatMap((one, n) => lines.slice(n + 1)
        .filter(other => other.text !== one.text && one.left < other.right && other.left < one.right
                         && one.top < other.bottom && other.top < one.bottom)
        .map(other => `${svg.id}: “${one.words}” lies on “${other.words}”`));
    return [...cut, ...on];
})"""


@pytest.fixture(scope="module")
def page(running_browser, publication_sources):
    """Figures in, what is wrong with their text out."""
    tab = running_browser().new_page(viewport={"width": 1000, "height": 800})
    with ChartRenderer(publication_sources) as renderer:

        def faults(figures: dict[str, Any]) -> list[str]:
            pictures = []
            for name, figure in figures.items():
                layout = {key: value for key, value in figure["layout"].items() if key != "title"}
                for variant in (setting.wide, setting.narrow):
                    drawn, size = variant({"data": figure["data"], "layout": layout})
                    picture = renderer.draw(drawn, size)
                    assert picture is not None
                    pictures.append(
                        inline_svg(picture, name, "", "chart").replace(
                            "<svg ", f'<svg id="{name} at {size[0]}" ', 1
                        )
                    )
            tab.set_content(
                "<style>svg { display: block } text { font-family: 'DejaVu Sans', sans-serif }</style>"
                + "".join(pictures)
            )
            found: list[str] = tab.evaluate(FAULTS)
            return found

        yield faults
    tab.close()


def figures_of(root: Path) -> dict[str, Any]:
    """Each figure of a publication, from its runs."""
    publication = open_publication(root)
    found = {}
    result = prepare(publication.project, publication.editions)
    assert not result.faults, [str(fault) for fault in result.faults.values()]
    for done in result.finished:
        for path, content in done.assets.items():
            if path.endswith(".json") and not path.endswith("-values.json"):
                found[path.removeprefix("posts/").removesuffix(".json")] = json.loads(content)
    return found


def test_no_text_of_the_publication_lies_on_other_text_or_is_cut_off(
    page, publication, publication_sources, request
):
    """Without `--all`, each fourth is looked at."""
    figures = figures_of(publication_sources)  # its runs are those of the site
    assert len(figures) > 30
    step = 1 if request.config.getoption("--all") else 4
    assert page(dict(itertools.islice(figures.items(), 0, None, step))) == []


def test_text_that_does_is_found(page):
    note = {"x": 1, "y": 1, "text": "One", "showarrow": False}
    assert (
        page(
            {
                "a": {
                    "data": [{"y": [1, 1, 1]}],
                    "layout": {
                        "annotations": [
                            note,
                            {**note, "text": "Other"},
                            {**note, "xshift": -600, "text": "Away"},
                        ]
                    },
                }
            }
        )
        != []
    )
