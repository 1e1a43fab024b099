"""Figures are kept from one build to the next, and are drawn again when anything of them changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broadsheet.press import press
from conftest import Site, is_exact

CHART = """\
#| label: fig-trade
#| fig-alt: "Trade."
#| source: false
import plotly.graph_objects as go
go.Figure(go.Scatter(x=[2021, 2022], y=[3, {0}], name="Trade"))"""
EDITIONS = """\
title: Trade
date: 2024-01-02
editions: {slug: "of-{{ year }}", matrix: {year: [2021, 2022]}}"""

pytestmark = pytest.mark.usefixtures("chromium")


def write(site: Site, words: str, last: str = "year - 2000") -> None:
    """An article with two editions more, and a chart in each."""
    site.front()
    site.article(
        "trade",
        CHART.format(last),
        ("md", f"{words} of `{{python}} year`."),
        front=EDITIONS,
        parameters="year = 2020",
    )


def files(site: Site) -> dict[str, bytes]:
    root = site.root / "_site"
    return {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if is_exact(path)
    }


@pytest.fixture
def built(tmp_path: Path, run) -> Site:
    site = Site(tmp_path / "publication")
    write(site, "First words")
    assert run(site, "build", "--jobs", "1")[0] == 0
    return site


def without_drawings(site: Site) -> None:
    for drawing in (site.root / ".broadsheet/pictures").glob("*.svg"):
        drawing.unlink()


def charts_of(site: Site) -> int:
    return sum(
        b"chart-wide" in data
        for name, data in files(site).items()
        if re.fullmatch(r"posts/trade/of-\d+\.html", name)
    )


def test_figures_are_at_hand_when_the_prose_of_their_editions_has_changed(
    built: Site, tmp_path: Path, run, no_browser: None
) -> None:
    write(built, "Other words")
    without_drawings(built)
    code, _, told = run(built, "build", "--jobs", "1")
    assert (code, told) == (0, "")
    assert charts_of(built) == 2 and "Other words of 2022" in built.read(
        "_site/posts/trade/of-2022.html"
    )
    assert built.read("_site/posts/trade/of-2022_files/fig-trade.csv").endswith("2022,22\n")
    assert (built.root / "_site/posts/trade/of-2022_files/fig-trade-full.png").stat().st_size > 1000


def test_the_site_is_the_one_from_nothing(built: Site, tmp_path: Path, run) -> None:
    write(built, "Other words")
    assert run(built, "build", "--jobs", "1")[0] == 0
    other = Site(tmp_path / "other")
    write(other, "Other words")
    assert run(other, "build", "--jobs", "1")[0] == 0
    assert files(built) == files(other)


@pytest.mark.parametrize("change", ["its values", "the configuration", "its words"])
def test_a_figure_of_which_anything_has_changed_is_made_again(
    built: Site, run, no_browser: None, change: str
) -> None:
    if change == "its values":
        write(built, "First words", "year - 1990")
    elif change == "the configuration":
        built.write("_quarto.yml", built.read("_quarto.yml") + "lang: de\n")
    else:
        front = EDITIONS + "\nlanguage: {tools-download: Take}"
        built.article(
            "trade",
            CHART.format("year - 2000"),
            ("md", "First words of `{python} year`."),
            front=front,
            parameters="year = 2020",
        )
    without_drawings(built)
    assert "no static pictures" in run(built, "build", "--jobs", "1")[2]
    assert charts_of(built) == 0


def test_the_stores_are_limited(built: Site, run, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [built.root / ".broadsheet" / name for name in ("figures", "markdown")]
    assert all(any(path.is_file() for path in folder.rglob("*")) for folder in folders)
    monkeypatch.setattr(press, "ROOM", 0)
    write(built, "Other words")
    assert run(built, "build", "--jobs", "1")[0] == 0
    assert not any(path.is_file() for folder in folders for path in folder.rglob("*"))


def test_a_build_anew_uses_nothing_that_is_kept(built: Site, run, no_browser: None) -> None:
    without_drawings(built)
    assert "no static pictures" in run(built, "build", "--no-cache", "--jobs", "1")[2]
