"""Lighthouse's marks for pages of a built site, as on a phone over slow mobile data.

    python benchmarks/lighthouse.py [SITE] [--pages PAGE…] [--runs 3]

Lighthouse comes from npm (`make .venv/.test` installs it) and drives the installed Chromium. The
site is served on loopback without compression, which a real server would add; the slow line and
processor are Lighthouse's simulation. Of the runs, the middle one by performance is printed: a machine
with other work marks the page down.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import subprocess
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from plotly_alive.drawing.drawing_page import browser_path

ROOT = Path(__file__).parents[1]
LIGHTHOUSE = ROOT / "node_modules/lighthouse/cli/index.js"
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
PAGES = ["", "posts/china-russia/2024.html"]
METRICS = (
    "first-contentful-paint",
    "largest-contentful-paint",
    "total-blocking-time",
    "cumulative-layout-shift",
    "speed-index",
)


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def marks(address: str, folder: Path) -> dict[str, Any]:
    """Lighthouse's report on a page."""
    report = folder / "report.json"
    browser = browser_path()
    subprocess.run(
        [
            "node",
            str(LIGHTHOUSE),
            address,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            f"--chrome-flags={FLAGS}",
        ],
        check=True,
        cwd=folder,
        env={**os.environ, "CHROME_PATH": str(browser)},
    )
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Lighthouse on pages of a built site.")
    parser.add_argument("site", nargs="?", type=Path, default=ROOT / "_site")
    parser.add_argument("--pages", nargs="*", default=PAGES)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(options.site))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for page in options.pages:
        with tempfile.TemporaryDirectory() as folder:
            reports = [
                marks(f"http://127.0.0.1:{server.server_port}/{page}", Path(folder))
                for _ in range(options.runs)
            ]
        reports.sort(key=lambda report: report["categories"]["performance"]["score"])
        report = reports[len(reports) // 2]
        scores = ", ".join(
            f"{name} {category['score'] * 100:.0f}"
            for name, category in report["categories"].items()
        )
        print(f"/{page}: {scores}")
        print(
            "   "
            + ", ".join(f"{name} {report['audits'][name]['displayValue']}" for name in METRICS)
        )


if __name__ == "__main__":
    main()
