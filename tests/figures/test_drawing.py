"""Pictures are drawn in one browser page: as kaleido draws them, each by itself, whatever becomes
of the browser.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from types import MappingProxyType

import psutil
import pytest

from broadsheet.errors import AssemblyError, ToolError
from broadsheet.figures.drawing import chart_renderer
from broadsheet.figures.drawing.chart_renderer import ChartRenderer
from broadsheet.project.reading import open_publication
from broadsheet.storage import limits
from plotly_alive.drawing import drawing_page as drawing
from plotly_alive.drawing import svg
from pressing import prepare

SIZE = (720, 432)
MAP = {"data": [{"type": "choropleth", "locations": ["XYZ", "CHN"], "z": [1, 2]}], "layout": {}}
CELL = """\
#| label: fig-{0}
#| fig-alt: "A line."
#| source: false
import plotly.graph_objects as go
go.Figure(go.Scatter(x=[1, 2], y=[1, {0}]))"""

pytestmark = [pytest.mark.usefixtures("chromium"), pytest.mark.own_workers]


def line(last, **layout):
    return {"data": [{"type": "scatter", "x": [1, 2], "y": [1, last]}], "layout": layout}


def browsers():
    """The processes of this one's browsers that draw, each without its own processes. Playwright's,
    which shows pages to tests, is none of them.
    """
    found = [
        (process, process.cmdline())
        for process in psutil.Process().children(recursive=True)
        if process.status() != psutil.STATUS_ZOMBIE
    ]
    return [
        process
        for process, words in found
        if "--remote-debugging-pipe" in words
        and "playwright" not in " ".join(words)
        and not re.search(r"python|/sh$", words[0])  # what starts it
        and not any(word.startswith("--type") for word in words)
    ]


def kill_the_browser():
    (process,) = browsers()
    process.kill()


@pytest.fixture
def renderer(tmp_path):
    with ChartRenderer(tmp_path) as made:
        yield made


@pytest.mark.slow
def test_a_picture_is_as_kaleido_draws_it_also_after_others(renderer):
    import kaleido

    async def by_kaleido(asked):  # its server of one process waits for ever where a browser fails
        async with kaleido.Kaleido(n=1, mathjax=False, path=drawing.browser_path()) as stock:
            return [await stock.calc_fig(figure, opts=options) for figure, options in asked]

    bars = {
        "data": [{"type": "bar", "x": ["é", "<b>&"], "y": [3, None]}],
        "layout": {"font": {"size": 22}},
    }
    figures = [line(3), bars, line(float("nan")), line(3)]
    drawn = [renderer.draw(figure, (720 + number, 432)) for number, figure in enumerate(figures)]
    cards = [renderer.draw(figure, SIZE, "png", scale=1.5) for figure in figures[:2]]
    as_svg = [
        (figure, {"format": "svg", "width": 720 + number, "height": 432})
        for number, figure in enumerate(figures)
    ]
    of_card = {"format": "png", "width": 720, "height": 432, "scale": 1.5}
    asked = [*as_svg, *((figure, of_card) for figure in figures[:2])]
    with ThreadPoolExecutor(1) as apart:  # in this thread, the loop of the tests' browser may run
        stock = apart.submit(asyncio.run, asyncio.wait_for(by_kaleido(asked), 120)).result()
    for picture, of_kaleido in zip(drawn, stock[:4], strict=True):
        plain, marks = svg.parted(picture)
        assert marks and plain == svg.cleaned(of_kaleido)
    assert cards == stock[4:]


@pytest.mark.slow
def test_threads_share_one_browser_and_each_gets_its_own_picture(renderer):
    figures = [line(2, title={"text": f"Figure {number}"}) for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(lambda figure: renderer.draw(figure, SIZE), figures))
    assert len(browsers()) == 1
    for number, picture in enumerate(pictures):
        assert f"Figure {number}<".encode() in picture


@pytest.mark.usefixtures("own_browser")
def test_nothing_is_left_behind_and_nothing_printed(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    processes, threads = len(psutil.Process().children(recursive=True)), threading.active_count()
    with ChartRenderer(tmp_path) as renderer:
        assert renderer.draw(line(1), SIZE)
        kill_the_browser()
        assert renderer.draw(line(2), SIZE)
        assert list((tmp_path / "temporary").iterdir())
    assert not list((tmp_path / "temporary").iterdir())
    assert len(psutil.Process().children(recursive=True)) == processes
    assert len([one for one in threading.enumerate() if one.name == "drawing"]) == 0
    # The library's readers of the two browsers' logs end by themselves, not always at once.
    end = time.monotonic() + 20
    while threading.active_count() > threads + 1 and time.monotonic() < end:
        time.sleep(0.05)
    assert threading.active_count() <= threads + 2
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_no_browser_is_started_for_pictures_that_are_kept(tmp_path):
    with ChartRenderer(tmp_path) as renderer:
        first = renderer.draw(line(1), SIZE)
    with ChartRenderer(tmp_path) as renderer:
        assert renderer.draw(line(1), SIZE) == first
        assert not browsers()


def test_a_figure_that_cannot_be_drawn_is_reported_and_the_next_is_drawn(renderer):
    refused = [
        (
            {"data": [{"type": "nonsense", "x": [1]}], "layout": {}},
            'there is no trace type "nonsense"',
        ),
        ({"data": {"y": [1]}, "layout": {}}, "non-array figure data"),
        ({"data": [None], "layout": {}}, "Cannot read properties of null"),
        (
            {"data": [{**MAP["data"][0], "geojson": "https://example.org/a.json"}], "layout": {}},
            "error while fetching",
        ),
    ]
    for number, (figure, reported) in enumerate(refused):
        with pytest.raises(AssemblyError, match=reported):
            renderer.draw(figure, SIZE)
        assert renderer.draw(line(number), SIZE)
    assert not renderer.notices


@pytest.mark.slow
def test_a_figure_without_end_is_reported_and_the_next_is_drawn(renderer, monkeypatch):
    assert renderer.draw(line(1), SIZE)
    with monkeypatch.context() as patch:
        patch.setattr(drawing, "LIMIT", 0.5)
        patch.setattr(drawing, "_DRAW", "function () { for (;;); }")
        with pytest.raises(AssemblyError, match=r"not drawn within 0\.5 seconds and as many"):
            renderer.draw(line(2), SIZE)
    assert renderer.draw(line(3), SIZE)
    assert not renderer.notices


@pytest.mark.slow
def test_a_browser_that_does_not_react_is_ended(renderer, monkeypatch):
    assert renderer.draw(line(1), SIZE)
    (stopped,) = browsers()
    stopped.suspend()
    with monkeypatch.context() as patch:
        patch.setattr(drawing, "LIMIT", 0.5)
        patch.setattr(drawing, "GRACE", 0.5)
        patch.setattr(
            limits, "_raised", ContextVar("_raised", default=MappingProxyType({"idle-time": 0.5}))
        )
        with pytest.raises(AssemblyError, match="not drawn within"):
            renderer.draw(line(2), SIZE)
    stopped.wait(30)  # it raises where the process lives on
    assert renderer.draw(line(3), SIZE)


@pytest.mark.slow
def test_a_picture_at_which_the_browser_is_killed_twice_is_reported_and_the_next_is_drawn(
    renderer, monkeypatch
):
    drawn = drawing._DRAW
    monkeypatch.setattr(drawing, "_DRAW", "function () { return new Promise(() => {}); }")
    started = threading.Event()
    asked = drawing.DrawingPage._ask

    async def ask(page, *given):
        if page._browser is None:
            await page._open()
        started.set()
        return await asked(page, *given)

    monkeypatch.setattr(drawing.DrawingPage, "_ask", ask)
    with ThreadPoolExecutor(1) as pool:
        picture = pool.submit(renderer.draw, line(1), SIZE)
        for _ in range(2):
            assert started.wait(60)
            started.clear()
            kill_the_browser()
        with pytest.raises(
            ToolError, match=r"the browser that draws the charts failed: it ended\n.*Build again"
        ):
            picture.result(60)
    monkeypatch.setattr(drawing, "_DRAW", drawn)
    assert renderer.draw(line(2), SIZE) and not renderer.notices


def test_a_browser_that_is_lost_again_and_again_is_no_longer_started(renderer, monkeypatch):
    started = []

    async def lost(page):
        started.append(page)
        raise drawing.LostError("it did not start")

    monkeypatch.setattr(drawing.DrawingPage, "_open", lost)
    for number in range(5):
        with pytest.raises(
            ToolError, match="it did not start" if number < 2 else "it failed at other pictures"
        ):
            renderer.draw(line(number), SIZE)
    assert len(started) == chart_renderer.LOSSES


@pytest.mark.slow
def test_a_page_that_crashes_is_opened_again(renderer):
    first = renderer.draw(line(1), SIZE)
    renderers = [
        process
        for process in browsers()[0].children(recursive=True)
        if "--type=renderer" in process.cmdline()
    ]
    for process in renderers:
        process.kill()
    second = renderer.draw(line(1), (721, 432))
    assert first and second and not renderer.notices


@pytest.mark.slow
def test_when_the_browser_ends_after_each_picture_all_pages_are_finished(site, monkeypatch):
    for slug in "ab":
        site.article(slug, CELL.format(ord(slug)))
    drawn = drawing.DrawingPage.draw

    def draw_and_die(page, *arguments):
        picture = drawn(page, *arguments)
        kill_the_browser()
        return picture

    monkeypatch.setattr(drawing.DrawingPage, "draw", draw_and_die)
    publication = open_publication(site.root)
    result = prepare(publication.project, publication.editions, jobs=1)
    assert len(result.finished) == 2 and not result.faults and not result.notices
    assert all("<svg" in page.figures[0].wide for page in result.finished)


def test_a_drawing_that_lacks_a_number_is_made_once_more_then_told(tmp_path, monkeypatch):
    sound, broken = (
        f"<svg xmlns='http://www.w3.org/2000/svg'><path d='{data}'/></svg>".encode()
        for data in ("M1,2L3,4", "M1,L3,4")
    )
    drawings = iter([broken, sound, broken, broken])
    monkeypatch.setattr(drawing.DrawingPage, "draw", lambda page, *asked: next(drawings))
    with ChartRenderer(tmp_path) as renderer:
        assert renderer.draw(line(1), SIZE) == svg.cleaned(sound) == renderer.draw(line(1), SIZE)
        with pytest.raises(AssemblyError, match="without all of its numbers: M1,L3,4"):
            renderer.draw(line(2), SIZE)
    assert next(drawings, None) is None


@pytest.mark.slow
def test_the_pictures_that_served_longest_ago_go_when_there_are_too_many(tmp_path, monkeypatch):
    with ChartRenderer(tmp_path) as renderer:
        assert all(renderer.draw(line(number), SIZE) for number in range(3))
        for age, path in enumerate(sorted((tmp_path / chart_renderer.STORE).iterdir())):
            os.utime(path, (age, age))
        assert renderer.draw(line(0), SIZE)
        largest = max(one.stat().st_size for one in path.parent.iterdir())
        monkeypatch.setattr(chart_renderer, "ROOM", largest)
    with ChartRenderer(tmp_path) as renderer:
        (kept,) = (tmp_path / chart_renderer.STORE).iterdir()
        assert kept.read_bytes().endswith(renderer.draw(line(0), SIZE)) and not browsers()
