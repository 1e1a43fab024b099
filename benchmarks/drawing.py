"""How fast figures become pictures: kaleido as it is, and the ChartRenderer, the same figures, in the
same run.

    python benchmarks/drawing.py [PUBLICATION] [--pictures 900] [--sample 60]

The figures are those that the publication's kept runs hold (`.broadsheet/runs/`; build it first);
without any, or without PUBLICATION, simple lines. Of each there are three pictures, as a build
wants them: SVG for a wide page and for a phone, PNG for a card. `--sample N` draws only N of them
in kaleido's two ways: `calc_fig_sync`, its server running, and `write_fig_from_object`, all of them
gathered in one call. Starting the browser is not in the times, but printed beside them. Then all are
drawn by the ChartRenderer, once cold and once from its store. Memory is the sum of what the browser's
processes have for themselves, the most that was seen after a picture. Pictures of the sample are
compared with kaleido's: PNG byte for byte, SVG as it stands on a page.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import itertools
import json
import os
import platform
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import kaleido
import psutil

from broadsheet.figures import figure_making
from broadsheet.figures.drawing.chart_renderer import ChartRenderer, Pictures
from broadsheet.figures.drawing.sketch import card
from broadsheet.run.cache import read_run
from plotly_alive.drawing import svg
from plotly_alive.drawing.drawing_page import browser_path

Asked = tuple[dict[str, Any], tuple[int, int], str, float]


def simple() -> Iterator[dict[str, Any]]:
    """Lines of 30 years, each other than the last."""
    numbers = random.Random(1)
    while True:
        y = [round(numbers.random() * 100, 1) for _ in range(30)]
        yield {
            "data": [{"type": "scatter", "x": list(range(1990, 2020)), "y": y, "name": "line"}],
            "layout": {"title": {"text": "A line"}},
        }


def kept(publication: Path) -> Iterator[dict[str, Any]]:
    """The figures in a publication's kept runs."""
    for path in sorted(publication.glob(".broadsheet/runs/??/*/*.json")):
        run = read_run(path)
        for cell in run.cells if run is not None else ():
            yield from (
                output["data"][figure_making.MIME]
                for output in cell.get("outputs", [])
                if figure_making.MIME in output.get("data", {})
            )


def wanted(figures: Iterator[dict[str, Any]]) -> Iterator[Asked]:
    """What a build asks its ChartRenderer for."""
    asked: list[Asked] = []

    class Listening(Pictures):
        def draw(
            self, figure: Any, size: tuple[int, int], form: str = "svg", scale: float = 1
        ) -> None:
            asked.append((figure, size, form, scale))

    listening = Listening(Path())
    for figure in figures:
        sketch = figure_making.sketched(figure, "fig", PurePosixPath("files"))
        figure_making.drawn(sketch, listening)
        card(figure, listening)
        yield from asked
        asked.clear()


def options(asked: Asked) -> dict[str, Any]:
    """kaleido's own form of the same."""
    _, (width, height), form, scale = asked
    return {"format": form, "width": width, "height": height, "scale": scale}


def memory() -> int:
    """Bytes that the browser's processes have for themselves."""
    total = 0
    for process in psutil.Process().children(recursive=True):
        try:
            total += process.memory_full_info().uss
        except psutil.Error:
            continue
    return total


def measured(
    name: str, draw: Callable[[Asked], Any], pictures: list[Asked]
) -> tuple[list[Any], float]:
    """The pictures, and seconds for each; printed too."""
    drawn, peak, seconds = [], 0, 0.0
    for number, asked in enumerate(pictures):
        start = time.perf_counter()
        drawn.append(draw(asked))
        seconds += time.perf_counter() - start
        if number % 50 == 0:
            peak = max(peak, memory())
    return drawn, printed(name, seconds, len(pictures), peak)


def printed(name: str, seconds: float, count: int, peak: int = 0) -> float:
    """Seconds for each of ``count``."""
    print(
        f"{name:34} {count:5} pictures, {seconds / count * 1000:7.2f} ms each"
        + (f", browser {peak / 2**20:.0f} MB" if peak else "")
    )
    return seconds / count


async def gathered(pictures: list[Asked], folder: Path) -> float:
    """Seconds of one call of kaleido's for all of them."""
    async with kaleido.Kaleido(n=1, mathjax=False) as browser:
        start = time.perf_counter()
        await browser.write_fig_from_object(
            [
                {"fig": asked[0], "path": folder / f"{number}.{asked[2]}", "opts": options(asked)}
                for number, asked in enumerate(pictures)
            ]
        )
        return time.perf_counter() - start


def same(asked: Asked, ours: bytes, stock: bytes) -> bool:
    """Whether a reader gets the same."""
    if asked[2] == "png":
        return ours == stock
    return ours == svg.cleaned(stock)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="kaleido against the ChartRenderer.")
    parser.add_argument("publication", type=Path, nargs="?", default=None)
    parser.add_argument("--pictures", type=int, default=900)
    parser.add_argument("--sample", type=int, default=60)
    given = parser.parse_args()
    figures = itertools.chain(kept(given.publication) if given.publication else (), simple())
    unique = {
        json.dumps(asked, sort_keys=True): asked
        for asked in itertools.islice(wanted(figures), given.pictures)
    }
    pictures = list(unique.values())
    random.Random(1).shuffle(pictures)
    sample, first = pictures[: given.sample], next(wanted(simple()))
    chromium = subprocess.run(
        [str(browser_path()), "--version"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    names = ("plotly", "kaleido", "choreographer")
    print(
        f"Python {platform.python_version()}, "
        + ", ".join(f"{n} {importlib.metadata.version(n)}" for n in names)
        + f", {chromium}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start"
    )

    kaleido.start_sync_server(n=1, mathjax=False)
    kaleido.calc_fig_sync(first[0], opts=options(first))
    stock, each = measured(
        "kaleido.calc_fig_sync",
        lambda asked: kaleido.calc_fig_sync(asked[0], opts=options(asked)),
        sample,
    )
    kaleido.stop_sync_server()
    with tempfile.TemporaryDirectory() as folder:
        printed(
            "kaleido.write_fig_from_object",
            asyncio.run(gathered(sample, Path(folder))),
            len(sample),
        )
        with ChartRenderer(Path(folder)) as renderer:
            start = time.perf_counter()
            renderer.draw(*first)
            print(f"the ChartRenderer's browser is up in {time.perf_counter() - start:.1f} s")
            ours, cold = measured(
                "ChartRenderer, cold", lambda asked: renderer.draw(*asked), pictures
            )
            for form in ("svg", "png"):
                again = [(*asked[:3], asked[3] + 1e-9) for asked in sample if asked[2] == form]
                measured(
                    f"ChartRenderer, cold, {form.upper()} of the sample",
                    lambda asked: renderer.draw(*asked),
                    again,
                )
        with ChartRenderer(Path(folder)) as renderer:
            _, cached = measured(
                "ChartRenderer, from its store", lambda asked: renderer.draw(*asked), pictures
            )
    differing = sum(not same(*one) for one in zip(sample, ours, stock, strict=False))
    print(
        f"ratio {each / cold:.1f} cold, {each / cached:.0f} from the store; pictures that differ: {differing} of "
        f"{len(sample)}"
    )


if __name__ == "__main__":
    main()
