"""A page's file itself: its bytes, what is at its path, its name."""

from __future__ import annotations

from pathlib import Path

from bad import Bad

_PAGE = "---\ntitle: New\n---\nA new page.\n"


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere.qmd")


def _looping(path: Path) -> None:
    path.symlink_to(path.name)


def _folder(path: Path) -> None:
    path.mkdir()


def _of(path: str, content: object, **more: object) -> Bad:
    return Bad(f"files/{path}", content, **more)  # type: ignore[arg-type]


CASES = {
    "empty": _of("empty.qmd", "", tolerated=True),
    "spaces": _of("spaces.qmd", " \n\t\n", tolerated=True),
    "byte-order-mark": _of("byte-order-mark.qmd", "\ufeff" + _PAGE, tolerated=True),
    "crlf": _of("crlf.qmd", _PAGE.replace("\n", "\r\n"), tolerated=True),
    "cr": _of("cr.qmd", _PAGE.replace("\n", "\r"), tolerated=True),
    "latin-1": _of("latin-1.qmd", "---\ntitle: T\n---\nCafé\n".encode("latin-1")),
    "latin-1-in-front-matter": _of(
        "latin-1-in-front-matter.qmd", "---\ntitle: Café\n---\n".encode("latin-1")
    ),
    "utf-16": _of("utf-16.qmd", _PAGE.encode("utf-16")),
    "utf-32": _of("utf-32.qmd", _PAGE.encode("utf-32")),
    "random-bytes": _of("random-bytes.qmd", bytes(range(256))),
    "png": _of("png.qmd", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "half-a-character": _of("half-a-character.qmd", _PAGE.encode() + "é".encode()[:1]),
    "surrogate": _of("surrogate.qmd", _PAGE + "\ud800"),
    "nul": _of("nul.qmd", _PAGE + "\0"),
    "control": _of("control.qmd", _PAGE + "a\x08b\n"),
    "escape-sequence": _of("escape-sequence.qmd", _PAGE + "\x1b[31mred\x1b[0m\n"),
    "non-character": _of("non-character.qmd", _PAGE + "\uffff\n"),
    "conflict-marks-in-front-matter": _of(
        "conflict-marks-in-front-matter.qmd",
        "---\n<<<<<<< HEAD\ntitle: A\n=======\ntitle: B\n>>>>>>> b\n---\n",
    ),
    "dangling-link": _of("dangling-link.qmd", _dangling),
    "looping-link": _of("looping-link.qmd", _looping),
    "folder": _of("folder.qmd", _folder),
    "folder-of-a-notebook": _of("folder-of-a-notebook.ipynb", _folder, good=""),
    "name-not-utf-8": _of("caf\udce9.qmd", _PAGE, good=""),
    "name-with-a-line-break": _of("a\nb.qmd", _PAGE, good=""),
    "name-with-a-control-character": _of("a\x01b.qmd", _PAGE, good=""),
    "name-of-255-bytes": _of("n" * 251 + ".qmd", _PAGE, good=""),
    "name-with-signs": _of("a b%20#c&d?e'f\"g<h>.qmd", _PAGE, good="", tolerated=True),
}
