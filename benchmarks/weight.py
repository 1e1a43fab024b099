"""What an article weighs for its reader, beside the same article by plain plotly, both measured in
Chromium.

    python benchmarks/weight.py [PUBLICATION] [--article china-russia] [--page posts/china-russia/2024.html]

The article is built by `broadsheet build` into a folder of its own. The peer is the same notebook,
run by papermill: by `quarto render`, as it comes, where quarto is on PATH; else a page that is put
together here of the article's own words and, for each figure, what plotly.py writes for a web page
(`to_html`). Either way plotly.js, which they ask for from elsewhere, is served from this machine.
Which peer it was is printed.

Both are served on loopback with gzip (level 9; Brotli, which browsers take over https only, makes
plotly.js a sixth smaller) and read over a line of 1.6 Mbit/s with 150 ms to an answer (Lighthouse's
slow 4G). Counted are the bytes on the wire, headers with them, as the browser's network service
tells them.

- **readable**: all that came when the page was read to its end by a reader who points at nothing.
- **JavaScript that the first chart waits for**: none, if it is seen by a reader whose browser
  refuses all scripts that are files; else all that had arrived when it was seen.
- **JavaScript that had come by then**: what had arrived, in whole or in part, beside the chart when
  it was first seen.
- **alive**: all that came when every chart has been pointed at, and has answered.
- **fonts**: what of that are typefaces; a browser keeps them for all pages of the site.
- **explored**: all that came when one chart has been explored with plotly.js, too.
- **shift**: the cumulative layout shift (CLS) until then.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import html
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nbformat
import plotly
import plotly.io
from playwright.sync_api import Browser, Page, sync_playwright

from broadsheet.project.reading import open_publication
from plotly_alive.drawing.drawing_page import browser_path

ROOT = Path(__file__).resolve().parents[1]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
WATCH = """
window.shift = 0;
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
const look = () => {
    const drawn = [...document.querySelectorAll(".chart-picture > svg, .js-plotly-plot .main-svg")];
    if (drawn.some(one => one.getBoundingClientRect().height)) requestAnimationFrame(() => requestAnimationFrame(() => {
        window.seen = performance.now();
        console.debug("a chart is seen");
    }));
    else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
TEXT = frozenset({".html", ".css", ".js", ".json", ".svg", ".csv", ".xml", ".atom", ".txt"})


@dataclass
class Weight:
    """Bytes of a page as its reader gets it; milliseconds until the first chart is seen."""

    readable: int
    needed: int
    before: int
    alive: int
    explored: int
    scripts: int
    shift: float
    seen: float
    charts: int
    fonts: int


class Compressing(SimpleHTTPRequestHandler):
    """Files of a folder, text with gzip."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """A file."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix in TEXT and "gzip" in self.headers.get("Accept-Encoding", ""):
            content = squeezed(path)
            self.send_header("Content-Encoding", "gzip")
        lasting = "/site_libs/" in self.path
        self.send_header(
            "Cache-Control", "public, max-age=31536000, immutable" if lasting else "no-cache"
        )
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@functools.cache
def squeezed(path: Path) -> bytes:
    """A file as it goes over the wire."""
    return gzip.compress(path.read_bytes(), 9)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder."""
    handler = functools.partial(Compressing, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def main() -> int:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("publication", type=Path, nargs="?", default=ROOT)
    parser.add_argument("--article", default="china-russia")
    parser.add_argument("--page", default="posts/china-russia/2024.html")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site, peer = Path(folder, "site"), Path(folder, "peer")
        subprocess.run(
            [sys.executable, "-m", "broadsheet", "build", options.article, "--output", str(site)],
            cwd=options.publication,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        kind = plain(options.publication, options.page, site, peer)
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        print(
            f"Chromium {browser.version}, plotly.py {importlib.metadata.version('plotly')}, plotly.js "
            f"{version()}; gzip, 1.6 Mbit/s, 150 ms"
        )
        print(f"peer: {kind}\n")
        with served(site) as ours, served(peer) as theirs:
            weights = {
                "Broadsheet": measure(browser, ours + options.page),
                kind.split(",")[0]: measure(browser, theirs + "index.html"),
            }
        browser.close()
    tell(weights)
    return 0


def measure(browser: Browser, address: str) -> Weight:
    """A page read by one who only reads, by one who points at all charts, by one who then explores
    a chart, by one who refuses scripts.
    """
    readable, *_ = read(browser, address, [])
    alive, before, scripts, page = read(browser, address, [point])
    explored, *_ = read(browser, address, [point, explore])
    needed = 0 if seen_without_scripts(browser, address) else before
    return Weight(readable, needed, before, alive, explored, scripts, *page)


def point(page: Page) -> None:
    """Every chart is pointed at, and answers."""
    charts = page.locator(".chart[data-pointing] .chart-picture, .plotly-graph-div")
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        if "chart-picture" in str(chart.get_attribute("class")):
            chart.hover()
            page.locator(".chart-tip:popover-open").wait_for(timeout=120_000)
            page.mouse.move(0, 0)
            page.locator(".chart-tip:popover-open").wait_for(state="detached", timeout=120_000)
        else:
            chart.locator(".main-svg").first.wait_for(state="attached", timeout=120_000)


def explore(page: Page) -> None:
    """The first chart that can be explored is."""
    for button in page.locator(".chart-explore button").all()[:1]:
        button.click()
        page.locator(".chart-live .main-svg").first.wait_for(state="attached", timeout=120_000)


def seen_without_scripts(browser: Browser, address: str) -> bool:
    """Whether there is a chart to be seen where scripts that are files are refused."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(WATCH)
    page.route(
        "**/*",
        lambda route: (
            route.abort() if route.request.resource_type == "script" else route.continue_()
        ),
    )
    page.goto(address, timeout=120_000)
    page.wait_for_load_state("load")
    seen = page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => "
        "requestAnimationFrame(() => done(Boolean(window.seen))))))"
    )
    page.close()
    return bool(seen)


def read(
    browser: Browser, address: str, then: Sequence[Callable[[Page], None]]
) -> tuple[int, int, int, tuple[float, float, int, int]]:
    """Bytes in all, bytes of scripts before the first chart was seen, bytes of scripts; shift,
    time, charts, bytes of fonts. ``then`` are the things that the reader does after reading to the end.
    """
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(WATCH)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", LINE)
    kinds: dict[str, str] = {}
    received: dict[str, int] = {}
    before: list[int] = []
    wire.on(
        "Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]})
    )
    wire.on(
        "Network.dataReceived",
        lambda event: add(received, event["requestId"], event["encodedDataLength"]),
    )
    wire.on(
        "Network.loadingFinished",
        lambda event: received.update({event["requestId"]: int(event["encodedDataLength"])}),
    )

    def of(kind: str) -> int:
        return sum(size for request, size in received.items() if kinds.get(request) == kind)

    page.on(
        "console",
        lambda line: before.append(of("Script")) if line.text == "a chart is seen" else None,
    )
    page.goto(address, timeout=120_000)
    count = through(page)
    for act in then:
        act(page)
    page.wait_for_load_state("networkidle")
    values = page.evaluate("[window.shift, window.seen]")
    inline = page.evaluate("""[...document.scripts].filter((script) => !script.src && !/json/.test(script.type))
        .map((script) => script.text).join("\\n")""")
    page.close()
    own = len(gzip.compress(inline.encode(), 9)) if inline else 0
    page_values = (values[0], values[1], count, of("Font"))
    return sum(received.values()), before[0] + own, of("Script") + own, page_values


def add(received: dict[str, int], request: str, size: int) -> None:
    """Count what has come of a request."""
    received[request] = received.get(request, 0) + size


def through(page: Page) -> int:
    """Reads to the end; how many charts there are."""
    charts = page.locator(".chart[data-figure], .plotly-graph-div")
    page.wait_for_function("window.seen", timeout=120_000)
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
    page.mouse.wheel(0, 100_000)
    return charts.count()


def plain(publication: Path, page: str, site: Path, folder: Path) -> str:
    """Put the same article, by plain means, into ``folder`` as index.html; says which means."""
    folder.mkdir()
    edition = next(one for one in open_publication(publication).editions if str(one.output) == page)
    shutil.copy(Path(plotly.__file__).parent / "package_data/plotly.min.js", folder)
    source = publication / edition.source.path
    run = folder / "run.ipynb"
    parameters = [
        word for name, value in edition.parameters.items() for word in ("-p", name, str(value))
    ]
    renderer = {
        "PLOTLY_RENDERER": "notebook_connected" if shutil.which("quarto") else "plotly_mimetype"
    }  # as Quarto
    subprocess.run(
        [
            sys.executable,
            "-m",
            "papermill",
            source.name,
            str(run),
            *parameters,
            "--no-progress-bar",
        ],
        cwd=source.parent,
        check=True,
        capture_output=True,
        env=os.environ | renderer,
    )
    if shutil.which("quarto"):
        return by_quarto(run, folder)
    return by_hand(run, site / page, folder)


def by_quarto(run: Path, folder: Path) -> str:
    """`quarto render` of the run notebook, alone in its folder."""
    done = subprocess.run(
        ["quarto", "render", run.name, "--no-execute", "--to", "html", "--output", "index.html"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"quarto render failed:\n{done.stderr[-3000:]}")
    text = (folder / "index.html").read_text(encoding="utf-8")
    text = re.sub(r'<script src="https://cdnjs[^>]*></script>', "", text)
    text = re.sub(r"https://cdn\.plot\.ly/[\w.-]+", "./plotly.min.js", text)
    text = re.sub(r' integrity="sha[^"]*"', "", text)
    (folder / "index.html").write_text(text, encoding="utf-8")
    version = subprocess.run(
        ["quarto", "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    return f"Quarto {version}, as it comes, but without the jQuery, require.js and MathJax that it has from elsewhere"


def by_hand(run: Path, page: Path, folder: Path) -> str:
    """The words of our page, and each figure as plotly.py writes it for a web page."""
    words = re.findall(r"<(h1|h2|p)\b[^>]*>(.*?)</\1>", page.read_text(encoding="utf-8"), re.DOTALL)
    figures = [
        output["data"]["application/vnd.plotly.v1+json"]
        for cell in nbformat.read(run, 4).cells
        for output in cell.get("outputs", [])
        if "application/vnd.plotly.v1+json" in output.get("data", {})
    ]
    drawn = [
        plotly.io.to_html(json.loads(json.dumps(figure)), include_plotlyjs=False, full_html=False)
        for figure in figures
    ]
    parts = [f"<{tag}>{html.escape(re.sub('<[^>]*>', '', text))}</{tag}>" for tag, text in words]
    for number, figure in enumerate(drawn, start=1):
        parts.insert(number * len(parts) // (len(drawn) + 1), figure)
    (folder / "index.html").write_text(
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Peer</title>"
        f'<script src="plotly.min.js"></script></head><body>{"".join(parts)}</body></html>',
        encoding="utf-8",
    )
    return "plain plotly, a page put together here (quarto is not on PATH): the same words, each figure by to_html"


def version() -> str:
    """Of plotly.py's plotly.js."""
    start = (
        (Path(plotly.__file__).parent / "package_data/plotly.min.js")
        .open(encoding="utf-8")
        .read(200)
    )
    found = re.search(r"v(\d+\.\d+\.\d+)", start)
    return found[1] if found else "unknown"


def tell(weights: dict[str, Weight]) -> None:
    """A table, and ratios."""
    rows: dict[str, list[float]] = {
        "readable, all charts drawn, KB": [weight.readable / 1000 for weight in weights.values()],
        "JavaScript the first chart waits for, KB": [
            weight.needed / 1000 for weight in weights.values()
        ],
        "JavaScript that had come by then, KB": [
            weight.before / 1000 for weight in weights.values()
        ],
        "alive, all charts pointed at, KB": [weight.alive / 1000 for weight in weights.values()],
        "of that fonts, KB": [weight.fonts / 1000 for weight in weights.values()],
        "one chart explored as well, KB": [weight.explored / 1000 for weight in weights.values()],
        "of that JavaScript, KB": [weight.scripts / 1000 for weight in weights.values()],
        "first chart seen after, s": [weight.seen / 1000 for weight in weights.values()],
        "layout shift (CLS)": [weight.shift for weight in weights.values()],
        "charts": [weight.charts for weight in weights.values()],
    }
    print(f"{'':42}" + "".join(f"{name:>24}" for name in weights))
    for name, (own, other) in rows.items():
        form = ".4f" if "shift" in name else ".1f" if name != "charts" else "d"
        ratio = f"   × {other / own:.1f}" if own > 0.5 and other != own else ""
        print(f"{name:42}{own:>24{form}}{other:>24{form}}{ratio}")


if __name__ == "__main__":
    sys.exit(main())
