"""An edition is planned whole before anything of it is drawn; every reader of a page makes it in the
same way.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broadsheet.errors import RenderError
from broadsheet.figures import figure_making
from broadsheet.figures.drawing.sketch import Sketch
from broadsheet.newsletter.issue import make_issue
from broadsheet.press.press import Press
from broadsheet.project.reading import open_publication
from broadsheet.site.build.build import build
from conftest import Site

FIGURE = "import plotly.graph_objects as go\ngo.Figure(go.Bar(x=['a', 'b'], y=[1, 2]))"


def pictures(root: Path) -> list[Path]:
    """The pictures that were drawn and kept."""
    return [path for path in root.glob(".broadsheet/pictures/**/*") if path.is_file()]


@pytest.mark.browser
@pytest.mark.parametrize(
    "cell",
    [
        f"#| label: [x]\n{FIGURE}",
        f"#| interactive: loud\n{FIGURE}",
        ("md", '::: {.steps figure="fig-none"}\n\n::: {.step}\nText.\n:::\n\n:::'),
    ],
)
def test_a_mistake_in_a_later_cell_is_told_before_anything_is_drawn(
    site: Site, cell: object
) -> None:
    site.article("first", f"#| source: false\n{FIGURE}", cell)
    assert len(build(site.root, jobs=1).faults) == 1
    assert pictures(site.root) == []
    site.article("first", f"#| source: false\n{FIGURE}")
    assert build(site.root, jobs=1).faults == ()
    assert pictures(site.root)


def test_a_press_that_does_not_draw_gives_a_page_with_its_table(site: Site) -> None:
    site.article("first", f"#| source: false\n#| label: fig-x\n{FIGURE}")
    publication = open_publication(site.root)
    with Press(publication.project, 1, draws=False) as press:
        [run] = press.run(publication.editions)
        body = press.rendering(run)
        assert press.notices == []
    [figure] = body.finished.figures
    assert not figure.wide and figure.table
    assert list(body.rendered.figures.values()) == [figure]
    assert pictures(site.root) == []


@pytest.mark.browser
def test_a_press_for_the_screen_draws_what_a_page_shows_and_remembers_it(site: Site) -> None:
    site.article("first", f"#| source: false\n#| label: fig-x\n{FIGURE}")
    publication = open_publication(site.root)
    with Press(publication.project, 1, for_screen=True) as press:
        [run] = press.run(publication.editions)
        first, second = press.finish(run), press.finish(run)
    assert "<svg" in first.figures[0].wide
    assert first.figures[0] is second.figures[0]
    assert {path.suffix for path in pictures(site.root)} == {".svg"}


@pytest.mark.browser
def test_a_figure_that_two_articles_share_is_made_once_and_is_at_home_in_both(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, title in (("first", "Of two"), ("second", "Of two"), ("third", "Of three")):
        code = f"{FIGURE}.update_layout(title='{title}')"
        site.article(name, f"#| source: false\n#| label: fig-x\n{code}")
    planned = list[str]()
    sketched = figure_making.sketched

    def counted(*given: Any) -> Sketch:
        sketch = sketched(*given)
        planned.append(sketch.chart.title)
        return sketch

    monkeypatch.setattr(figure_making, "sketched", counted)
    publication = open_publication(site.root)
    with Press(publication.project, 1) as press:
        first, second, third = (press.finish(run) for run in press.run(publication.editions))
    assert sorted(planned) == ["Of three", "Of two"]
    pages = [first, second, third]
    for page in pages:
        [figure] = page.figures
        assert {path.rpartition("/")[0] for path in page.assets} == {str(page.edition.files)}
        assert {figure.data, figure.values, *(file.path for file in figure.downloads)} <= {
            *page.assets
        }
        assert figure.page == str(page.edition.figures / "fig-x/index.html")
        assert {file.name.rpartition(".")[0] for file in figure.downloads} == {
            f"{page.edition.slug}-x"
        }
    assert [*first.assets.values()] == [*second.assets.values()] != [*third.assets.values()]


def test_an_issue_is_refused_for_what_a_build_refuses(site: Site) -> None:
    front = "title: First\ndate: 2023-05-26\nexcerpt: Short."
    site.article("first", ("md", "These are [words]{.small title=“x”}."), front=front)
    [fault] = build(site.root, jobs=1).faults
    assert "quotation marks" in fault.what
    with pytest.raises(RenderError, match="quotation marks"):
        make_issue(site.root, "first")
