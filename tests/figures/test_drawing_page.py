"""The browser page in which figures are drawn: it is hidden, says what fails, and gives answers of
any length.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plotly_alive.drawing.drawing_page import DrawingPage, RefusedError

BARS = {"data": [{"type": "bar", "y": [1, 2, 3], "marker": {"color": [0, 1, 2]}}], "layout": {}}
SIZE = (300, 200)


@pytest.fixture(scope="module")
def page(chromium: object) -> Iterator[DrawingPage]:
    page = DrawingPage()
    yield page
    page.close()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    library = tmp_path / "library.js"
    library.write_text("window.isLoaded = true;")
    return library


def test_the_page_is_hidden_and_draws_what_waits_for_frames(
    page: DrawingPage, library: Path
) -> None:
    points = {"type": "scatter3d", "x": [1, 2], "y": [1, 2], "z": [1, 2]}
    drawn = page.draw({"data": [points], "layout": {}}, SIZE, "svg", 1)
    assert b"data:image/png" in drawn
    state = "function () { return {result: document.visibilityState}; }"
    assert page.answer(state, "", library) == "hidden"


def test_what_fails_is_told_and_the_next_figure_is_drawn(page: DrawingPage, library: Path) -> None:
    with pytest.raises(RefusedError, match=r'there is no trace type "scatterr"'):
        page.draw({"data": [{"type": "scatterr"}], "layout": {}}, SIZE, "svg", 1)
    with pytest.raises(RefusedError, match="boom"):
        page.answer("function () { throw new Error('boom'); }", "", library)
    with pytest.raises(RefusedError, match=r"plotly\.js gave no picture"):
        page.answer("function () {}", "", library)
    assert b"<svg" in page.draw(BARS, SIZE, "svg", 1)


@pytest.mark.parametrize("before", range(3))
def test_a_long_answer_comes_whole(page: DrawingPage, library: Path, before: int) -> None:
    text = "x" * before + "😀é" * 1_100_000
    assert page.answer("function (text) { return {result: text}; }", text, library) == text
    assert page.answer("function () { return {result: 'short'}; }", "", library) == "short"
    assert page.answer("function () { return {result: ''}; }", "", library) == ""
