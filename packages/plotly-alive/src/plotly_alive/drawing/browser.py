"""Draws figures with a browser that stays open between them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from plotly_alive.drawing import svg
from plotly_alive.drawing.drawing_page import DrawingPage, LostError, RefusedError
from plotly_alive.drawing.svg_paths import BrokenPathError
from plotly_alive.errors import BrowserError, DrawingError
from plotly_alive.layout.figure_layout import Size
from plotly_alive.reading import inherited_names
from plotly_alive.reading.plotly_json import PlotlyFigure

TRIES = 2
"""The most tries of a drawing that loses the browser, or comes without all of its numbers."""


class Browser:
    """A browser that draws figures, of one process; :meth:`close` ends it. Threads take turns.

    Has state: the browser, which starts with the first drawing.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._page: DrawingPage | None = None

    def close(self) -> None:
        """End the browser."""
        with self._turn:
            page, self._page = self._page, None
        if page is not None:
            page.close()

    def cleaned_svg(self, figure: PlotlyFigure, size: Size) -> bytes:
        """Return a checked ``figure`` as cleaned SVG, ``size`` in CSS pixels. Raises
        :class:`DrawingError` and :class:`BrowserError`.
        """
        from choreographer.errors import ChromeNotFoundError

        marked: Mapping[str, Any] = inherited_names.marked(figure)
        reason = ""
        for _ in range(TRIES):
            try:
                with self._turn:
                    self._page = self._page or DrawingPage()
                    drawn = self._page.draw(dict(marked), size, "svg", 1)
                return svg.cleaned(inherited_names.unmarked(drawn.decode()).encode())
            except RefusedError as error:
                raise DrawingError(str(error)) from error
            except BrokenPathError as error:
                reason = f"plotly.js drew a line without all of its numbers: {error}"
            except ChromeNotFoundError as error:
                raise BrowserError(
                    "there is no Chrome or Chromium here to draw with. Install one, or run "
                    "`plotly_get_chrome`; or name one in the environment variable BROWSER_PATH."
                ) from error
            except LostError as error:
                lost = error
                reason = ""
        if reason:
            raise DrawingError(reason)
        raise BrowserError(f"the browser failed: {lost}")
