"""What plotly.js writes to the console of the drawing page goes nowhere."""

from __future__ import annotations

import asyncio

from plotly_alive.drawing.drawing_page import DrawingPage

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
