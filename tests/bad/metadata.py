"""`_metadata.yml` of a folder, and `_variables.yml`: every page that depends on it has the fault."""

from __future__ import annotations

from pathlib import Path

from bad import Bad, Content

_GOOD = "---\ntitle: Old\n---\nThe old page.\n"


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def _folder(path: Path) -> None:
    path.mkdir()


def _bad(name: str, content: Content, tolerated: bool = False, told: bool = False) -> Bad:
    """A page in a folder of its own, which has this metadata."""
    return Bad(
        f"metadata/{name}/page.qmd",
        _GOOD.replace("old", "new"),
        _GOOD,
        beside=((f"metadata/{name}/_metadata.yml", content),),
        tolerated=tolerated,
        told=told,
    )


CASES = {
    "date": _bad("date", "date: 2023-02-30\n"),
    "unknown-key": _bad("unknown-key", "mine:\n  - day: 2023-13-01\n"),
    "tag": _bad("tag", "mine: !!int abc\n"),
    "nul": _bad("nul", "author: a\0b\n"),
    "list": _bad("list", "- author\n"),
    "word": _bad("word", "author\n"),
    "second-document": _bad("second-document", "author: A\n---\nauthor: B\n"),
    "in-dashes": _bad("in-dashes", "---\nauthor: A\n---\n"),
    "latin-1": _bad("latin-1", "author: Café\n".encode("latin-1")),
    "utf-16": _bad("utf-16", "author: A\n".encode("utf-16")),
    "author": _bad("author", "author: 12\n", told=True),
    "lang": _bad("lang", "lang: 12\n", told=True),
    "listing": _bad("listing", "listing: {contents: '{1..100000}'}\n", told=True),
    "toc-depth": _bad("toc-depth", "toc-depth: deep\n", tolerated=True),
    "dates": _bad("dates", "date: today\ndate-modified: last-modified\n", tolerated=True),
    "nested": _bad("nested", "mine: " + "[" * 1200 + "\n"),
    "key-twice": _bad("key-twice", "author: A\nauthor: B\n"),
    "dangling-link": _bad("dangling-link", _dangling),
    "folder": _bad("folder", _folder),
    "empty": _bad("empty", "", tolerated=True),
    "comment": _bad("comment", "# nothing\n", tolerated=True),
    "byte-order-mark": _bad("byte-order-mark", "\ufeffauthor: A\n", tolerated=True),
    "one-document": _bad("one-document", "---\nauthor: A\n", tolerated=True),
}
