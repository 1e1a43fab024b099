"""Look for front matter, configuration and notebooks on which something breaks, for as long as one
likes:

    python tests/fuzz/front_matter.py -max_total_time=3600

It needs atheris (`pip install atheris`), which no other part of the project does. The options are
libFuzzer's; a folder given as an argument keeps what was found to be worth trying. What breaks is
printed and written to `crash-…`; it belongs into `tests/bad/` then, as a case.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
SEEDS = (
    "title: A\ndate: 2023-05-26\nauthor: {name: B, url: 'https://b.example'}\ncategories: [C, D]\n",
    "title: \"\\u00e9\"\nlisting:\n  contents: ['*.qmd', {1..3}]\n  feed: true\n  sort: date desc\n",
    "editions:\n  - slug: b\n    parameters: {year: 2024}\n    date: 2024-01-01T10:00:00Z\n",
    "editions:\n  matrix: {year: [2022, 2024]}\n  slug: '{{ year }}'\n  title: 'T {{ year }}'\n",
    "corrections:\n  - {date: 2023-06-01, wrong: a, right: b}\naliases: [/old/, ../x.html]\nimage: a.png\n",
    "a: &a {x: 1}\nb: {<<: *a, y: !!int 3}\nc: |\n  text\nd: >-\n  more\n? key\n: value\n",
    "execute: {echo: false}\nformat: {html: {toc: true, toc-depth: 2}}\nlang: de\ndraft: true\norder: 1\n",
    '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": '
    '["x: int = 1"], "metadata": {"tags": ["parameters"]}, "outputs": [], "execution_count": null}]}',
    "project: {type: website, render: ['*.qmd']}\nwebsite: {title: T, navbar: {left: [a.qmd]}}\n",
)
"""What the search begins with."""


def run(targets: str, seeds: tuple[str, ...]) -> None:
    """Search with the functions of `targets` that these names are, chosen by an input's first byte."""
    try:
        import atheris
    except ImportError:
        sys.exit("this needs atheris: pip install atheris")
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    with atheris.instrument_imports(include=["broadsheet", "tests.fuzz", "yaml"]):
        from tests.fuzz import targets as functions
    chosen = [getattr(functions, name) for name in targets.split()]

    def test(data: bytes) -> None:
        if data:
            chosen[data[0] % len(chosen)](
                data[1:].decode("utf-8", "surrogatepass" if data[0] > 127 else "replace")
                if _decodes(data[1:])
                else data[1:].decode("utf-8", "replace")
            )

    with TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds):
            for first in range(len(chosen)):
                (Path(folder) / f"seed-{number}-{first}").write_bytes(
                    bytes([first]) + seed.encode()
                )
        atheris.Setup([*sys.argv, folder, "-timeout=20", "-rss_limit_mb=4096"], test)
        atheris.Fuzz()


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


if __name__ == "__main__":
    run("front_matter source notebook configuration", SEEDS)
