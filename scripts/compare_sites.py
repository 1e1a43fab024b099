"""Compares two built sites as a reader sees them: `python scripts/compare_sites.py OLD NEW`.

Files that are the same to the byte are passed over, and digests in names do not count. Of a page
that differs, the parts that a reader sees are compared: text, headings, links, pictures with their
alternative texts, tables. Where these are the same, "spelling alone" says that the pages are the same
once they are parsed, "markup alone" that some element or attribute differs. Of other files, the name is
printed. The exit code is 1 if a reader would see a difference.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lxml import html

DIGEST = re.compile(r"-[0-9a-f]{8,64}(?=\.)")


def main() -> int:
    """Print the differences, then how many there are of each kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--most", type=int, default=20, help="files of which all is printed")
    options = parser.parse_args()
    old, new = files_of(options.old), files_of(options.new)
    kinds: Counter[str] = Counter()
    for name in sorted(old.keys() ^ new.keys()):
        report(kinds, "only old" if name in old else "only new", name, [], options.most)
    for name in sorted(old.keys() & new.keys()):
        if old[name].read_bytes() == new[name].read_bytes():
            kinds["the same"] += 1
        elif name.endswith(".html"):
            trees = parsed(old[name]), parsed(new[name])
            alike = "spelling alone" if elements(trees[0]) == elements(trees[1]) else "markup alone"
            before, after = map(shown, trees)
            parts = [part for part in before if before[part] != after[part]]
            lines = [line for part in parts for line in changes(part, before[part], after[part])]
            report(kinds, ", ".join(parts) or alike, name, lines, options.most)
        else:
            report(kinds, f"{Path(name).suffix} file", name, [], options.most)
    print(", ".join(f"{kind}: {count}" for kind, count in kinds.most_common()))
    return 1 if kinds.keys() - {"the same", "spelling alone", "markup alone"} else 0


def files_of(folder: Path) -> Mapping[str, Path]:
    """Each file of a site by its path, without the digest of its content."""
    return {
        DIGEST.sub("", path.relative_to(folder).as_posix()): path
        for path in folder.rglob("*")
        if path.is_file()
    }


def parsed(page: Path) -> Any:
    """The tree of a page."""
    return html.document_fromstring(page.read_bytes())


def elements(tree: Any) -> list[tuple[str, list[tuple[str, str]], str, str]]:
    """Each element of a page, with its attributes in one order and the texts in and after it."""
    return [
        (
            str(one.tag),
            sorted(
                (name, "" if value == name else DIGEST.sub("", value))
                for name, value in one.items()
            ),
            one.text or "",
            one.tail or "",
        )
        for one in tree.iter()
    ]


def shown(tree: Any) -> dict[str, list[str]]:
    """What a reader meets on a page, by parts."""
    for hidden in tree.xpath("//script|//style"):
        hidden.text = ""
    return {
        "text": [line for line in map(one_line, tree.text_content().splitlines()) if line],
        "headings": [f"{one.tag} {one_line(one.text_content())}" for one in tree.iter(*HEADINGS)],
        "links": [DIGEST.sub("", one.get("href", "")) for one in tree.iter("a", "link")],
        "pictures": [
            f"{one.get('alt')} {one.get('aria-label')}" for one in tree.iter("img", "{*}svg", "svg")
        ],
        "tables": [one_line(cell.text_content()) for cell in tree.iter("th", "td")],
    }


HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def one_line(text: str) -> str:
    """``text`` with single spaces."""
    return " ".join(text.split())


def changes(part: str, old: list[str], new: list[str]) -> list[str]:
    """The lines that differ, with a sign for the side that they are on."""
    lines = difflib.unified_diff(old, new, lineterm="", n=0)
    return [f"{part} {line}" for line in lines if not line.startswith(("---", "+++", "@@"))]


def report(kinds: Counter[str], kind: str, name: str, lines: list[str], most: int) -> None:
    """Count a difference; print it unless there were many."""
    kinds[kind] += 1
    if kinds.total() - kinds["the same"] <= most:
        print(f"{name}: {kind}", *(line[:200] for line in lines[:10]), sep="\n    ")


if __name__ == "__main__":
    sys.exit(main())
