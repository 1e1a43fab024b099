"""The same publication gives the same bytes, in whatever order a file system lists its folders."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broadsheet.site.build.build import build
from broadsheet.site.output.output_folder import contents_of
from conftest import Site

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c636060600000000400010ea7fbb10000000049454e44ae426082"
)


class Listing:
    """What `os.scandir` gives, in another order."""

    def __init__(self, entries: list[Any]) -> None:
        self._entries = iter(entries)

    def __iter__(self) -> Iterator[Any]:
        return self._entries

    def __next__(self) -> Any:
        return next(self._entries)

    def __enter__(self) -> Listing:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Nothing is open."""


def shuffle(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Have folders listed in another order each time."""
    chance, scandir, listdir = random.Random(seed), os.scandir, os.listdir

    def scanned(*arguments: Any) -> Listing:
        with scandir(*arguments) as found:
            return Listing(chance.sample(entries := list(found), len(entries)))

    def listed(*arguments: Any) -> list[Any]:
        return chance.sample(names := listdir(*arguments), len(names))

    monkeypatch.setattr(os, "scandir", scanned)
    monkeypatch.setattr(os, "listdir", listed)


def made(root: Path) -> Site:
    """A publication with something of each kind that is looked for in folders."""
    site = Site(root)
    site.write(
        "_quarto.yml",
        "project:\n  type: website\n  resources: ['files/*', extra]\n"
        "website:\n  title: The Test\n  site-url: https://example.org/\n  search: false\n"
        "  navbar:\n    left: [{href: posts/index.qmd, text: Posts}]\n",
    )
    site.write(
        "index.qmd", "---\ntitle: The Test\nlisting: {contents: ['posts/**'], feed: true}\n---\n"
    )
    site.write(
        "posts/index.qmd", "---\ntitle: Posts\nlisting: {contents: '.', categories: true}\n---\n"
    )
    site.table()
    for number in range(6):
        site.write(
            f"posts/n{number}/index.md",
            f"---\ntitle: N {number}\ndate: 2024-01-01\nauthor: A. Reporter\n"
            f"categories: [One, Two]\naliases: [old{number}.html]\n---\n![A dot.](dot.png) [Gone](none.html)\n",
        )
        site.write(f"files/f{number}.txt", "A file.")
        site.write(f"extra/{number}/f.txt", "A file.")
        (root / f"posts/n{number}/dot.png").write_bytes(PNG)
    site.write("posts/_metadata.yml", "toc: true\n")
    site.article(
        "code",
        "import broadsheet as bs, glob\nfound = sorted(glob.glob('../n*'))\nbs.table('trade')",
        front="title: Code\ndate: 2023-01-01\neditions:\n  - {slug: b, parameters: {n: 2}}\n"
        "  - {slug: a, parameters: {n: 3}}",
        parameters="n: int = 1",
    )
    return site


@pytest.mark.slow
def test_the_order_of_folders_is_not_in_the_site(tmp_path, monkeypatch):
    sites = []
    for number in range(2):
        site = made(tmp_path / str(number) / "publication")
        shuffle(monkeypatch, number)
        report = build(site.root, jobs=2)
        monkeypatch.undo()
        assert not report.faults
        sites.append(
            {
                name: (site.root / "_site" / name).read_bytes()
                for name in contents_of(site.root / "_site", None).foreign
            }
        )
    one, other = sites
    assert sorted(one) == sorted(other)
    assert [name for name in sorted(one) if one[name] != other[name]] == []
