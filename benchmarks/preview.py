"""How long the preview takes from a save to the screen, warm, in a real browser.

    python benchmarks/preview.py [--article china-russia] [--rounds 15] [--no-quarto]

A copy of this repository's publication is previewed, and its article is changed in four ways: a word
of the prose, the code of a chart, a value of a table (with its checksum), and the style sheet. A
round begins right before the file is written, and ends with the first frame of the browser that has
the change; both read the same clock. Where `quarto` is on PATH, `quarto preview` of the article's
notebook is measured in the same way, for prose and code, with the page that it loads again. Quarto
renders the whole publication first, which takes some minutes.

On a machine that has other work, look at the least time beside the median.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from plotly_alive.drawing.drawing_page import browser_path

ROOT = Path(__file__).parents[1]
PUBLICATION = (
    *("_quarto.yml", "index.qmd", "about.qmd", "corrections.qmd", "references.bib"),
    *("posts", "sections", "data", "theme", "scripts", "specimen"),
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
GOALS = {"prose": 0.3, "a chart's code": 1.0, "a table": 1.2, "the style sheet": 0.1}
_WATCH = """
let condition = () => false;
const look = () => {
  if (!window.seen && document.body && condition()) requestAnimationFrame(() => {
    window.seen ||= performance.timeOrigin + performance.now();
  });
};
window.shown = (wanted) => {
  window.seen = 0;
  condition = wanted;
};
new MutationObserver(look).observe(document, { subtree: true, childList: true });
document.addEventListener("load", look, true);  // of a style sheet, too
document.addEventListener("DOMContentLoaded", look);
const wanted = sessionStorage.getItem("wanted");  // before the page was loaded again
if (wanted) window.shown(eval(wanted));
"""
"""Runs in each page before anything else: notes when a condition first holds in a frame."""


@dataclass(frozen=True)
class Edit:
    """A change: by the number of a round its mark and what makes it; and JavaScript that then holds in
    the page, with the mark in place of `MARK`.
    """

    mark: Callable[[int], str]
    make: Callable[[int], object]
    shown: str = "document.body.textContent.includes('MARK')"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--article", default="china-russia")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--no-quarto", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        root = copied(Path(folder) / "ours")
        with served(["broadsheet", "preview", options.article, "--no-browser"], root) as address:
            page = opened(browser, address)
            for name, edit in edits(root, options.article).items():
                report(
                    f"broadsheet preview, {name}", rounds(page, edit, options.rounds), GOALS[name]
                )
        if shutil.which("quarto") and not options.no_quarto:
            root = copied(Path(folder) / "quarto's")
            source = f"posts/{options.article}/index.ipynb"
            with served(["quarto", "preview", source, "--no-browser"], root) as address:
                page = opened(browser, address)
                for name, edit in list(edits(root, options.article).items())[:2]:
                    seconds = rounds(page, edit, options.rounds, rest=30)
                    report(f"quarto preview, {name}", seconds, None)
        browser.close()


def copied(root: Path) -> Path:
    """A copy of the publication."""
    root.mkdir()
    for name in PUBLICATION:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, root / name)
        elif place.is_file():
            shutil.copyfile(place, root / name)
    return root


@contextmanager
def served(command: list[str], root: Path) -> Iterator[str]:
    """A preview at work; gives the address that it prints."""
    if command[0] == "broadsheet":
        command = [sys.executable, "-m", *command, "--port", "0"]
    log = root.with_name(f"{root.name}.log")
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "QUARTO_PYTHON": sys.executable},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not (found := re.search(r"http://[^\s\x1b]+", log.read_text())):
            if process.poll() is not None:
                sys.exit(f"{command[0]} did not start:\n{log.read_text()}")
            time.sleep(0.1)
        yield found[0]
    finally:
        for signum in (signal.SIGINT, signal.SIGTERM):  # as Ctrl-C does: `quarto` is a shell script
            with suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(process.pid, signum)
                process.wait(30)
                break


def opened(browser: Any, address: str) -> Page:
    """The page, at rest."""
    page: Page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(_WATCH)
    page.goto(address, timeout=600_000)
    page.wait_for_selector(
        "#article-body", timeout=600_000
    )  # a page that waits for it may come first
    page.wait_for_timeout(3000)
    return page


def edits(root: Path, article: str) -> dict[str, Edit]:
    """The changes that are measured, by their names."""
    notebook, table = root / f"posts/{article}/index.ipynb", root / "data/china-russia-trade.csv"
    descriptor = root / "data/datapackage.json"
    original, rows, described = notebook.read_text(), table.read_text(), descriptor.read_text()
    style = (ROOT / "src/broadsheet/theme/broadsheet.css").read_text()

    def cells(change: Callable[[Any], bool]) -> None:
        found = json.loads(original)
        next(cell for cell in found["cells"] if change(cell))
        notebook.write_text(json.dumps(found, indent=1))

    def prose(number: int) -> None:
        def change(cell: Any) -> bool:
            is_prose = cell["cell_type"] == "markdown" and bool(cell["source"])
            cell["source"] = [*cell["source"], f"\n\nWord{number}x"] if is_prose else cell["source"]
            return is_prose

        cells(change)

    def code(number: int) -> None:
        def change(cell: Any) -> bool:
            text = "".join(cell["source"])
            if "bargap=0.25" not in text:
                return False
            cell["source"] = text.replace("bargap=0.25", f"bargap=0.{200 + number}").replace(
                "China and Russia traded", f"Title{number}x China and Russia traded"
            )
            return True

        cells(change)

    def value(number: int) -> None:
        data = rows.replace("2005,29.1,", f"2005,29.1{number:02}3,").encode()
        package = json.loads(described)
        entry = next(one for one in package["resources"] if one["path"] == table.name)
        entry |= {"hash": f"sha256:{hashlib.sha256(data).hexdigest()}", "bytes": len(data)}
        text = json.dumps(package, indent=2)
        table.write_bytes(data)
        descriptor.write_text(text)

    def css(number: int) -> None:
        own = f"h1 {{ color: rgb(1, 2, {number}); }}"
        (root / "theme/broadsheet.css").write_text(f"{style}\n{own}\n")

    found = (
        Edit("Word{}x".format, prose),
        Edit("Title{}x".format, code),
        Edit("29.1{:02}3".format, value, """document.querySelector('[data-value="MARK"]')"""),
        Edit(
            "rgb(1, 2, {})".format,
            css,
            "getComputedStyle(document.querySelector('h1')).color === 'MARK'",
        ),
    )
    return dict(zip(GOALS, found, strict=True))


def rounds(page: Page, edit: Edit, count: int, rest: float = 0.7) -> list[float]:
    """The seconds of each round, after one that is not counted. What is done after the page was
    shown ends in the seconds of ``rest``, and so is not in the next round.
    """
    seconds = []
    for number in range(count + 1):
        mark = edit.mark(number)
        condition = f"() => {edit.shown.replace('MARK', mark)}"
        page.evaluate("one => sessionStorage.setItem('wanted', one)", condition)
        page.evaluate(f"shown({condition})")
        begun = time.time()
        edit.make(number)
        seen = page.wait_for_function("window.seen", polling=50, timeout=600_000).json_value()
        seconds.append(seen / 1000 - begun)
        page.wait_for_timeout(rest * 1000)
    return seconds[1:]


def report(name: str, seconds: list[float], goal: float | None) -> None:
    """Print a line of the table."""
    wanted = f", goal {goal:g} s" if goal else ""
    print(
        f"{name}: median {statistics.median(seconds):.2f} s, least {min(seconds):.2f} s, "
        f"most {max(seconds):.2f} s{wanted}",
        flush=True,
    )


if __name__ == "__main__":
    main()
