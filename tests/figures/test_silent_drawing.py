"""What plotly.js writes to the console of the drawing page goes nowhere."""

from __future__ import annotations

import asyncio

import pytest

from plotly_alive.drawing.drawing_page import DrawingPage, RefusedError

BARS = {"data": [{"type": "bar", "y": [1, 2, 3], "marker": {"color": [0, 1, 2]}}], "layout": {}}


def test_bars_of_a_numeric_colour_send_no_line_for_each(chromium):
    page = DrawingPage()
    lines: list[object] = []

    async def listen() -> None:
        async def take(message: object) -> None:
            lines.append(message)

        page._tab.unsubscribe("Runtime.consoleAPICalled")  # kaleido's own
        page._tab.subscribe("Runtime.consoleAPICalled", take, repeating=True)
        await page._tab.send_command("Runtime.enable")

    try:
        page.draw({"data": [], "layout": {}}, (300, 200), "svg", 1)
        page._run(listen())
        page.draw(BARS, (300, 200), "svg", 1)
        page._run(asyncio.sleep(0))
        assert lines == []
    finally:
        page.close()


def test_the_page_is_hidden_and_draws_what_waits_for_frames(chromium):
    page = DrawingPage()
    points = {"type": "scatter3d", "x": [1, 2], "y": [1, 2], "z": [1, 2]}

    async def state() -> str:
        asked = {"expression": "document.visibilityState"}
        answer = await page._tab.send_command("Runtime.evaluate", asked)
        return str(answer["result"]["result"]["value"])

    try:
        drawn = page.draw({"data": [points], "layout": {}}, (300, 200), "svg", 1)
        assert page._run(state()) == "hidden"
        assert b"data:image/png" in drawn
    finally:
        page.close()


def test_what_fails_in_a_silent_page_is_told(chromium, tmp_path):
    library = tmp_path / "library.js"
    library.write_text("window.isLoaded = true;")
    page = DrawingPage()
    try:
        page.draw(BARS, (300, 200), "svg", 1)
        with pytest.raises(RefusedError, match='there is no trace type "scatterr"'):
            page.draw({"data": [{"type": "scatterr"}], "layout": {}}, (300, 200), "svg", 1)
        with pytest.raises(RefusedError, match="boom"):
            page.answer("function () { throw new Error('boom'); }", "", library)
        assert b"<svg" in page.draw(BARS, (300, 200), "svg", 1)
    finally:
        page.close()
