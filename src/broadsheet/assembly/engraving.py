"""Static pictures of plotly figures: drawn by kaleido in one browser that lives for the whole build, kept by content.

The :class:`Engraver` holds that browser; it is started when the first picture is really needed, and where there is
none, it says so once and gives no pictures. Pictures are kept in `.broadsheet/pictures/`, named by what they show:
the figure, the size, the version of plotly.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

from broadsheet.errors import Notice, Place

STORE = Path(".broadsheet/pictures")
Figure = dict[str, Any]
"""plotly's own form: `data`, `layout`."""


class Engraver:
    """Draws pictures, remembers them. Has state: the browser, and whether one could be had. Not for threads."""

    def __init__(self, root: Path) -> None:
        self._store = root / STORE
        self._running = False
        self._absent = ""

    def __enter__(self) -> Engraver:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        if self._running:
            import kaleido
            kaleido.stop_sync_server(silence_warnings=True)

    @property
    def notices(self) -> list[Notice]:
        """One line where pictures were wanted and no browser could draw them."""
        if not self._absent:
            return []
        return [Notice(Place("charts"), f"no static pictures: {self._absent}; each chart shows its table instead",
                       "Install Chrome or Chromium, or run `kaleido_get_chrome`, and build again.")]

    def draw(self, figure: Figure, size: tuple[int, int], form: str = "svg", scale: float = 1) -> bytes | None:
        """``figure`` as SVG or PNG, ``size`` in CSS pixels; None where there is no browser."""
        import plotly
        asked = json.dumps([figure, size, form, scale, plotly.__version__], sort_keys=True)
        path = self._store / f"{hashlib.sha256(asked.encode()).hexdigest()}.{form}"
        if path.is_file():
            return path.read_bytes()
        drawn = None if self._absent else self._drawn(figure, size, form, scale)
        if drawn is not None:
            self._store.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._store, suffix=".part", delete=False) as file:
                file.write(drawn)
            Path(file.name).replace(path)
        return drawn

    def _drawn(self, figure: Figure, size: tuple[int, int], form: str, scale: float) -> bytes | None:
        import kaleido
        from choreographer.errors import BrowserClosedError, BrowserFailedError, ChromeNotFoundError
        try:
            if not self._running:
                kaleido.start_sync_server(n=1, mathjax=False, silence_warnings=True)
                self._running = True
            drawn = kaleido.calc_fig_sync(
                figure, opts={"format": form, "width": size[0], "height": size[1], "scale": scale})
        except ChromeNotFoundError:
            self._absent = "there is no Chrome or Chromium here"
        except (BrowserFailedError, BrowserClosedError, TimeoutError) as error:
            self._absent = f"the browser did not start or stay up ({type(error).__name__})"
        else:
            return bytes(drawn)
        return None
