"""The browser page in which figures are drawn, one after the other: plotly.js is loaded once.

kaleido starts the browser and makes the page. The function that it calls there for a figure,
`kaleido_scopes.plotly`, is called here in the same way, but without kaleido's reload of the page,
and so of plotly.js, after each figure, which takes many times as long as the drawing. plotly.js
draws each figure in an element of its own that it removes again: nothing of one figure is in the
next, and the page does not grow (measured over 2,000). A picture differs from kaleido's only in
what differs between two of kaleido's own drawings: random identifiers, the order of the root's
attributes.

A drawing says where its marks are, in an element `metadata`: `marks.js`, beside this module, writes
that while plotly.js still knows it, and :mod:`plotly_alive.alive.marks` reads it.

The outlines of maps, which plotly.js would fetch, go to the page with the figure
(:mod:`plotly_alive.map_outlines`). No request leaves the machine: the browser's proxy is a
port where nobody listens, so any other request of a figure is refused at once. A page that is lost,
because its browser was killed or its time ran out, is closed with all that belongs to it; the next
drawing opens a new one.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import os
import shutil
import signal
import threading
import time
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from plotly_alive import map_outlines
from plotly_alive.drawing.processor_time import processor_time
from plotly_alive.reading.plotly_json import PlotlyFigure

LIMIT = 60.0
"""Seconds for the browser to start, and then for each picture; see :meth:`DrawingPage._first_of`.
"""
PATIENCE = 10.0
"""The most seconds by the clock for each second of processor time, because the machine may be shared."""
GRACE = 10.0
"""Seconds for the browser to end by itself."""

_Result = TypeVar("_Result")

BROWSER = "BROWSER_PATH"
"""The environment variable that says which browser draws."""
SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
"""The names of programs that are Chromium or Chrome without a window."""

_MARKS = Path(__file__).with_name("marks.js")
_NOWHERE = "http://127.0.0.1:9"
_DRAW = """
function (text) {
    const spec = JSON.parse(text);
    Object.assign(PlotlyGeoAssets.topojson, spec.outlines);
    const traces = Array.isArray(spec.data.data) ? spec.data.data : [];
    const isKnown = type => Plotly.PlotSchema.getTraceValObject({type}, ["type"]);
    const unknown = traces.map(trace => trace?.type).find(type => type && !isKnown(type));
    // plotly.js takes a type that it does not know for a scatter plot
    return unknown ? {code: 400, message: `there is no trace type ${JSON.stringify(unknown)}`}
                   : kaleido_scopes.plotly(spec);
}"""
_QUIET = """
for (const name of Object.keys(console)) console[name] = () => {};
requestAnimationFrame = draw => setTimeout(() => draw(performance.now()), 16);
cancelAnimationFrame = clearTimeout;
"""
"""plotly.js writes a line for each bar of a numeric colour, with all that called it; thousands of
these, which nobody reads, take the pipe to the browser as long as many drawings. And the page is
hidden, since what a browser does for each frame is a fifth of a drawing: it has no frames, which
drawings by WebGL wait for.
"""
_FLAGS = ("--js-flags=--no-enable-lazy-source-positions",)
"""While plotly.js is loaded, it looks at the places of functions in its text. V8 would read the whole
text again for each of them, which takes as long as all the rest.
"""
_PIECE = 2**20
"""The most letters of an answer that are sent at a time. The library that reads a message copies
what it has of it for each 10 kB more, which takes 13 s for a drawing of 100,000 marks.
"""
_NEXT = f"""
function () {{
    const end = {_PIECE} - /[\\ud800-\\udbff]/.test(this.rest[{_PIECE} - 1]);  // no half letter
    const result = this.rest.slice(0, end);
    this.rest = this.rest.slice(end);
    return {{result, isMore: this.rest !== ""}};
}}"""
_FIRST = """
async function (text) {
    const answer = await (%s).call(this, text);
    this.rest = answer?.result ?? "";
    return {...answer, ...(this.rest && (%s).call(this))};
}"""
_RASTERIZE = """
async function (text) {
    const spec = JSON.parse(text);
    const image = new Image();
    image.src = "data:image/svg+xml," + encodeURIComponent(spec.svg);
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"),
                                 {width: spec.width * spec.scale, height: spec.height * spec.scale});
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return {result: canvas.toDataURL("image/png").split(",")[1]};
}"""


class RefusedError(Exception):
    """The figure cannot be drawn, for the reason given; other figures can."""


class LostError(Exception):
    """The browser did not start, or it ended; drawing may be tried again."""


def browser_path() -> str | None:
    """Return the path of a browser; None if there is none. Without :data:`BROWSER` in the
    environment, it is a headless shell, which starts in half of the time, or else any Chrome or
    Chromium.
    """
    from choreographer.browsers.chromium import Chromium

    shell = None if os.environ.get(BROWSER) else next(filter(None, map(shutil.which, SHELLS)), None)
    browser = shell or Chromium.find_browser(skip_local=False)
    return str(browser) if browser else None


class DrawingPage:
    """A browser with one page. Has state: both, and the thread that talks to them. It serves one
    caller at a time.
    """

    def __init__(self) -> None:
        self._browser: Any = None
        self._libraries: set[Path] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="drawing", daemon=True)
        self._thread.start()
        # What a browser writes and how it ends is reported by our own errors.
        logging.getLogger("choreographer").setLevel(logging.CRITICAL)
        self._loop.set_exception_handler(lambda *_: None)

    def draw(self, figure: PlotlyFigure, size: tuple[int, int], form: str, scale: float) -> bytes:
        """Return ``figure`` as "svg" or "png", ``size`` in CSS pixels, within :data:`LIMIT`.

        Raises :class:`RefusedError`, :class:`LostError`, and choreographer's `ChromeNotFoundError`.
        """
        from plotly.utils import PlotlyJSONEncoder

        whole = map_outlines.whole(figure)
        shapes = {
            name: json.loads(whole.get(name) or map_outlines.read(name))
            for name in map_outlines.names(figure)
        }
        spec = {
            "format": form,
            "width": size[0],
            "height": size[1],
            "scale": scale,
            "data": _named(figure),
            "outlines": shapes,
        }
        drawn = self._answer(_DRAW, json.dumps(spec, cls=PlotlyJSONEncoder))
        return base64.b64decode(drawn) if form == "png" else drawn.encode()

    def rasterize(self, svg: bytes, size: tuple[int, int], scale: float) -> bytes:
        """Return an SVG as PNG, which takes a fraction of the time of a drawing. Raises what
        :meth:`draw` does.
        """
        spec = {"svg": svg.decode(), "width": size[0], "height": size[1], "scale": scale}
        return base64.b64decode(self._answer(_RASTERIZE, json.dumps(spec)))

    def answer(self, function: str, text: str, library: Path) -> str:
        """Return the answer of a ``function`` in JavaScript to a ``text``, by another ``library``, a
        script that is loaded once: `{result: …}`, or `{message: …}` if it refuses. Raises what
        :meth:`draw` does.
        """
        return self._answer(function, text, library)

    def close(self) -> None:
        """End the browser and everything that belongs to it."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _answer(self, function: str, spec: str, library: Path | None = None) -> str:
        answer = self._run(self._ask(_FIRST % (function, _NEXT), spec, library))
        drawn = answer["result"].get("value") or {}
        if drawn.get("result") is None:
            raise RefusedError(drawn.get("message") or _exception(answer))
        pieces = [drawn["result"]]
        while drawn.get("isMore"):
            drawn = self._run(self._ask(_NEXT, ""))["result"]["value"]
            pieces.append(drawn["result"])
        return "".join(pieces)

    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _ask(self, function: str, spec: str, library: Path | None = None) -> dict[str, Any]:
        if self._browser is None:
            await self._open()
        if library is not None and library not in self._libraries:
            self._libraries.add(library)
            script = {"expression": f"{library.read_text('utf-8')}\n;0"}
            loading = asyncio.ensure_future(self._tab.send_command("Runtime.evaluate", script))
            if loading not in await self._first_of(loading, self._crash):
                loading.cancel()
                await self._close()
                raise LostError("it ended")
        answer = asyncio.ensure_future(
            self._tab.send_command(
                "Runtime.callFunctionOn",
                {
                    "functionDeclaration": function,
                    "arguments": [{"value": spec}],
                    "objectId": self._window,
                    "awaitPromise": True,
                    "returnByValue": True,
                },
            )
        )
        done = await self._first_of(answer, self._crash)
        if (
            answer in done
            and not answer.cancelled()
            and not answer.exception()
            and "result" in answer.result()
        ):
            result: dict[str, Any] = answer.result()["result"]
            return result
        answer.cancel()
        await self._close()
        if not done:
            raise RefusedError(
                f"it was not drawn within {LIMIT:g} seconds and as many of the browser's processor time"
            )
        raise LostError("it ended")

    async def _first_of(self, *awaited: asyncio.Future[Any]) -> set[asyncio.Future[Any]]:
        """Return the futures that are done within :data:`LIMIT`. On a busy machine the browser may
        be slow through no fault of the figure: so it has as many seconds of processor time again,
        and :data:`PATIENCE` times that by the clock.
        """
        done, _ = await asyncio.wait(awaited, timeout=LIMIT, return_when=asyncio.FIRST_COMPLETED)
        if done:
            return done
        begun, end = self._processor_time(), time.monotonic() + PATIENCE * LIMIT
        while not done and self._processor_time() - begun < LIMIT and time.monotonic() < end:
            done, _ = await asyncio.wait(
                awaited, timeout=LIMIT / 10, return_when=asyncio.FIRST_COMPLETED
            )
        return done

    def _processor_time(self) -> float:
        return processor_time(self._browser.subprocess.pid, below=True) or 0.0

    async def _open(self) -> None:
        import kaleido
        from choreographer.browsers.chromium import Chromium

        class Browser(Chromium):
            def get_cli(self) -> Sequence[str]:
                return [*super().get_cli(), *_FLAGS]

        self._browser = kaleido.Kaleido(
            path=browser_path(), n=1, mathjax=False, proxy_server=_NOWHERE, browser_cls=Browser
        )
        try:
            await asyncio.wait_for(self._browser.open(), LIMIT)
            self._tab = self._browser.get_tab()
            self._crash = self._tab.subscribe_once("Inspector.targetCrashed")
            await self._tab.send_command("Inspector.enable")
            window = await self._tab.send_command("Runtime.evaluate", {"expression": "window"})
            self._window = window["result"]["result"]["objectId"]
            await self._hide()
            for script in (_QUIET, _MARKS.read_text("utf-8")):
                await self._tab.send_command("Runtime.evaluate", {"expression": script})
        except (Exception, asyncio.CancelledError) as error:
            await self._close()
            raise LostError(f"it did not start: {type(error).__name__}") from error

    async def _hide(self) -> None:
        """Hide the page, where the browser can; a page that is shown is only slower."""
        target = {"targetId": self._tab.target_id}
        answer = await self._browser.send_command("Browser.getWindowForTarget", target)
        window = answer.get("result", {}).get("windowId")
        if window is not None:
            hidden = {"windowId": window, "bounds": {"windowState": "minimized"}}
            await self._browser.send_command("Browser.setWindowBounds", hidden)

    async def _close(self) -> None:
        browser, self._browser = self._browser, None
        self._libraries.clear()
        if browser is None:
            return
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await asyncio.wait_for(browser.close(), GRACE)
        # A browser that does not react outlives the library's own wrapper: what is left of their
        # group ends here.
        with contextlib.suppress(AttributeError, ProcessLookupError):
            os.killpg(browser.subprocess.pid, signal.SIGKILL)
        # Tasks of the library's own still reap the process and remove its profile.
        if rest := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(rest, timeout=GRACE)


def _named(figure: PlotlyFigure) -> PlotlyFigure:
    """Return ``figure`` with a `uid` for each trace that has none: plotly.js would make up another
    in each drawing, and name parts of the picture by it.
    """
    traces = figure.get("data")
    if not isinstance(traces, list):
        return figure
    return {
        **figure,
        "data": [
            {"uid": f"trace{number}", **trace} if isinstance(trace, dict) else trace
            for number, trace in enumerate(traces)
        ],
    }


def _exception(answer: dict[str, Any]) -> str:
    details = answer.get("exceptionDetails", {})
    message = (
        details.get("exception", {}).get("description")
        or details.get("text")
        or "plotly.js gave no picture"
    )
    return str(message).splitlines()[0]
