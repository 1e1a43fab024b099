"""Static pictures of plotly figures: drawn in one browser that lives for the whole build, and
stored by content.

:class:`Pictures` gives those that are in the store, in any process, and has the others drawn. The
:class:`ChartRenderer` draws them. It holds the browser, which starts when the first picture is
really needed. On a machine without a browser, it says so once and gives no pictures. A browser that
fails is another matter: a picture at which it was lost is tried once more with a new one, and is
then an error, so that a page never loses its drawings to a passing failure. A figure that plotly.js
refuses is an :class:`UndrawableError`; the store keeps the reason, so that a page can be made
without the picture and say so. The store is `.broadsheet/pictures/`. A picture's key is what it
shows and what draws it: the figure, the size, the versions of plotly and kaleido. If the pictures
outgrow :data:`ROOM`, the pictures that served longest ago are removed.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from broadsheet.errors import AssemblyError, Notice, Place, ToolError
from broadsheet.figures.drawing.diagrams import DiagramRequest, diagram_script
from broadsheet.storage.store import Store
from plotly_alive import map_outlines
from plotly_alive.chart_theme import PALETTE
from plotly_alive.drawing import svg
from plotly_alive.drawing.drawing_page import DrawingPage, LostError, RefusedError
from plotly_alive.drawing.svg_paths import BrokenPathError
from plotly_alive.reading import inherited_names
from plotly_alive.reading.plotly_json import PlotlyFigure

_CLEANING = Path(svg.__file__)
STORE = Path(".broadsheet/pictures")
ROOM = 512 * 2**20
"""Bytes of pictures that are kept."""

_REFUSED = ".refused"
"""The end of the key of a reason for which a picture was refused."""

TRIES = 2
"""The most tries of a picture that loses the browser."""
LOSSES = 4
"""After this many losses of the browser in succession, no more pictures are tried in this build."""


@dataclass(frozen=True)
class PictureRequest:
    """A request for a picture: of a figure, as "svg" or "png", or of an SVG, as "png"."""

    of: PlotlyFigure | bytes
    """The figure, or the SVG."""
    size: tuple[int, int]
    """Its width and height in CSS pixels."""
    form: str
    """Its format: "svg" or "png"."""
    scale: float
    """The pixels of a PNG for each CSS pixel."""

    def drawn_by(self, page: DrawingPage) -> bytes:
        """Return the picture, drawn by the browser's page. Raises the errors of
        :meth:`DrawingPage.draw`.
        """
        if isinstance(self.of, bytes):
            return page.rasterize(self.of, self.size, self.scale)
        return page.draw(self.of, self.size, self.form, self.scale)


Draws = Callable[[PictureRequest | DiagramRequest], bytes | None]
"""Draws a picture, or gives None where there is no browser. Raises :class:`UndrawableError` for what
plotly.js refuses, and :class:`ToolError` for a browser that fails.
"""


def draws_nothing(request: PictureRequest | DiagramRequest) -> None:
    """Draw nothing, where no picture is needed."""


class UndrawableError(AssemblyError):
    """A figure that plotly.js does not draw, for the ``reason`` given."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            Place("charts"),
            f"the figure cannot be drawn: {reason}",
            "Mend the figure. What it would fetch, such as a picture, is not to be had: a build asks "
            "nothing of the network.",
        )
        self.reason = reason

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self.reason,)


class Pictures:
    """The pictures of the publication at ``root``. A picture that is not in the store is drawn, and
    kept there; it is None if nothing can draw it. For a screen, pictures in PNG are empty: they are
    for other sites and to take along, and nobody looks at them there.
    """

    def __init__(
        self, root: Path, draws: Draws = draws_nothing, *, for_screen: bool = False
    ) -> None:
        self._root, self._store = root, Store(root, STORE.name)
        self._draws, self._for_screen = draws, for_screen

    def draw(
        self, figure: PlotlyFigure, size: tuple[int, int], form: str = "svg", scale: float = 1
    ) -> bytes | None:
        """Return ``figure`` as cleaned SVG or as PNG, ``size`` in CSS pixels."""
        named = _named([figure, size, form, scale, _versions()])
        if inherited_names.are_in(named):
            figure = inherited_names.marked(figure)
            named = _named([figure, size, form, scale, _versions()])
        return self._stored(named, PictureRequest(figure, size, form, scale))

    def rasterize(self, picture: bytes, size: tuple[int, int], scale: float) -> bytes | None:
        """Return an SVG as PNG, ``size`` in CSS pixels."""
        request = PictureRequest(picture, size, "png", scale)
        return self._stored(_named([picture.decode(), size, scale]), request)

    def diagram(self, kind: str, text: str, theme: str = "") -> bytes | None:
        """Return a diagram's drawing in JSON; None without the script that draws its kind. Raises
        :class:`UndrawableError` for a text that is no such diagram.
        """
        script = diagram_script(kind, self._root)
        if script is None:
            return None
        request = DiagramRequest(kind, text, theme, script)
        return self._stored(_named(request.named), request)

    def _stored(self, named: str, request: PictureRequest | DiagramRequest) -> bytes | None:
        """Return the picture with this name from the store, or draw it now. Raises
        :class:`UndrawableError` if it is refused, now or before.
        """
        if self._for_screen and request.form == "png":
            return b""
        name = hashlib.sha256(named.encode()).hexdigest()
        key = f"{name}.{request.form}"
        stored = self._store.get(key)
        if stored is not None:
            return stored
        refused = self._store.get(name + _REFUSED)
        if refused is not None:
            raise UndrawableError(refused.decode())
        try:
            picture = self._made(request)
        except UndrawableError as error:
            self._store.put(name + _REFUSED, error.reason.encode())
            raise
        if picture is not None:
            self._store.put(key, picture)
        return picture

    def _made(self, request: PictureRequest | DiagramRequest) -> bytes | None:
        """Draw a picture now. A drawing is cleaned; a drawing that lacks a part is drawn once more."""
        for _ in range(2):
            drawn = self._draws(request)
            if drawn is None or request.form != "svg":
                return drawn
            try:
                return svg.cleaned(inherited_names.unmarked(drawn.decode()).encode())
            except BrokenPathError as error:
                broken = str(error)
        raise UndrawableError(f"plotly.js drew a line without all of its numbers: {broken}")


class ChartRenderer(Pictures):
    """Draws the pictures that are missing; they are None where there is no browser. A figure that
    cannot be drawn is an :class:`UndrawableError`, a browser that fails a :class:`ToolError`.

    Has state: the browser, whether there is one here (``is_absent``), and how often it was lost in
    succession. Threads take turns. A figure that an earlier renderer refused is tried again: it may
    have been for want of time.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(root, self.drawn)
        self._store.forget(f"*{_REFUSED}")
        self.is_absent = False
        self._turn = threading.Lock()
        self._page: DrawingPage | None = None
        self._lost = 0
        self._has_drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the browser, and limit the size of the store."""
        if self._page is not None:
            self._page.close()
            self._page = None
            self._store.trim(ROOM)

    @property
    def notices(self) -> list[Notice]:
        """Return a notice if pictures were requested and there is no browser to draw them."""
        if not self.is_absent:
            return []
        return [
            Notice(
                Place("charts"),
                "no static pictures: there is no Chrome or Chromium here; each chart shows its "
                "table instead",
                "Install Chrome or Chromium, or run `kaleido_get_chrome`, and build again.",
                topic="picture",
            )
        ]

    def drawn(self, request: PictureRequest | DiagramRequest) -> bytes | None:
        """Return a picture as the browser draws it, which is not cleaned yet; None if there is no
        browser. Raises :class:`UndrawableError` and :class:`ToolError`.
        """
        with self._turn:
            return self._drawn(request)

    def _drawn(self, request: PictureRequest | DiagramRequest) -> bytes | None:
        from choreographer.errors import ChromeNotFoundError

        if self.is_absent:
            return None
        reason = "it failed at other pictures before"
        for _ in range(TRIES):
            if self._lost >= LOSSES:
                break
            self._page = self._page or DrawingPage()
            try:
                drawn = request.drawn_by(self._page)
            except RefusedError as error:
                raise UndrawableError(str(error)) from error
            except ChromeNotFoundError:
                if not self._has_drawn:
                    self.is_absent = True
                    return None
                self._lost += 1
                reason = "it is no longer there"
            except LostError as error:
                self._lost += 1
                reason = str(error)
            else:
                self._lost, self._has_drawn = 0, True
                return drawn
        raise ToolError(
            Place("charts"),
            f"the browser that draws the charts failed: {reason}",
            "Build again: what was drawn is kept. If it fails again, see that Chrome or Chromium starts "
            "here, and that it has enough memory (fewer `--jobs` leave more).",
        )


def _named(parts: object) -> str:
    """Return what names a picture in the store, as JSON."""
    return json.dumps(parts, sort_keys=True)


@functools.cache
def _versions() -> list[str]:
    """Return the versions of all that makes a drawing: the renderer, the cleaning, the marks, the
    outlines of maps.
    """
    return [
        *(importlib.metadata.version(name) for name in ("plotly", "kaleido")),
        *(
            hashlib.sha256(_CLEANING.with_name(name).read_bytes()).hexdigest()
            for name in ("svg.py", "svg_paths.py", "paper.py", "marks.js")
        ),
        *(
            hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(map_outlines.FOLDER.rglob("*.json*"))
        ),
        str(PALETTE),
    ]
