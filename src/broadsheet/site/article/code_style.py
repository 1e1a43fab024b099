"""The looks that a page gives its code: `syntax-highlighting`, `code-block-bg`, `code-block-border-left`.

They are a style sheet beside the page. A style of light paper holds on light pages alone, and the
theme's colours on dark ones, unless there is one for these: `{light: tango, dark: zenburn}`. So code
can be read on both. A style is one of Pandoc's, or a file of KDE's form, `*.theme`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath

from lxml.html import HtmlElement

from broadsheet.errors import BroadsheetError, Notice, Place
from broadsheet.markdown.pandoc import program
from broadsheet.project.editions.edition import Edition
from broadsheet.storage.files import check_path, is_file, readable_text

_FILE = ".theme"
_OURS = ("default", "idiomatic")
"""The names that leave code the colours of the theme."""
_OF_PANDOC = ("pygments", "tango", "espresso", "zenburn", "kate", "monochrome", "breezedark", "haddock")  # fmt: skip
_CLASSES = {
    "Alert": "al", "Annotation": "an", "Attribute": "at", "BaseN": "bn", "BuiltIn": "bu", "Char": "ch",
    "Comment": "co", "CommentVar": "cv", "Constant": "cn", "ControlFlow": "cf", "DataType": "dt",
    "DecVal": "dv", "Documentation": "do", "Error": "er", "Extension": "ex", "Float": "fl",
    "Function": "fu", "Import": "im", "Information": "in", "Keyword": "kw", "Operator": "op",
    "Other": "ot", "Preprocessor": "pp", "RegionMarker": "re", "SpecialChar": "sc",
    "SpecialString": "ss", "String": "st", "Variable": "va", "VerbatimString": "vs", "Warning": "wa",
}  # fmt: skip
"""Pandoc's class of each kind of token."""
_PLAIN = "color: inherit; background: none; font-style: inherit; font-weight: inherit"
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_LIGHT = "@media print, (prefers-color-scheme: light)"
_DARK = "@media screen and (prefers-color-scheme: dark)"


@dataclass(frozen=True)
class CodeStyle:
    """The looks of a page's code."""

    path: str = ""
    """The path of the style sheet in the site; empty for the theme's own looks."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """The style sheet, by its path."""
    notices: tuple[Notice, ...] = ()
    """Messages about what the page asks for in vain."""
    reads: tuple[str, ...] = ()
    """The paths of the files that hold its styles."""


def code_style(edition: Edition, root: Path, body: HtmlElement) -> CodeStyle:
    """Return the looks of the code in a page's ``body``."""
    if body.find(".//pre") is None:
        return CodeStyle()
    front = edition.settings
    notices: list[Notice] = []
    chosen = front.syntax_highlighting or front.highlight_style
    names = {"": chosen} if isinstance(chosen, str) else dict(chosen or {})
    rules = [
        rule
        for shade, name in names.items()
        for rule in _of_style(name, shade, edition, root, notices)
    ]
    grounds = (
        ("code-block-bg", front.code_block_bg, "background: {}"),
        ("code-block-border-left", front.code_block_border_left, "border-left: 3px solid {}"),
    )
    for key, value, declaration in grounds:
        rules += _of_ground(key, value, declaration, edition, notices)
    reads = tuple(
        _path(name, edition).as_posix() for name in names.values() if name.endswith(_FILE)
    )
    css = "".join(f"{rule}\n" for rule in rules).encode()
    path = f"{edition.files}/code-{hashlib.sha256(css).hexdigest()[:10]}.css" if css else ""
    return CodeStyle(path, {path: css} if css else {}, tuple(notices), reads)


def _path(name: str, edition: Edition) -> PurePosixPath:
    """Return the path of a style's file, from the root."""
    folder = PurePosixPath() if name.startswith("/") else edition.source.path.parent
    return PurePosixPath(os.path.normpath(folder / name.lstrip("/")))


def _of_style(
    name: str, shade: str, edition: Edition, root: Path, notices: list[Notice]
) -> Iterator[str]:
    """Yield the rules of a style for the pages of a ``shade``; for those that it suits if that is
    empty.
    """
    if name in _OURS:
        return
    if name == "none":
        yield f"pre.sourceCode span {{ {_PLAIN}; }}"
        return
    try:
        style = _read(name, edition, root)
    except BroadsheetError as error:
        notices.append(Notice(error.where, error.what, error.mend, topic="code-style"))
        return
    if style is None:
        notices.append(
            Notice(
                _place(edition, "syntax-highlighting"),
                f"the style of code `{name}` is not here: code has the colours of the theme",
                f"Name one of Pandoc's ({', '.join(_OF_PANDOC)}), `none`, or a file `*.theme`.",
                topic="code-style",
            )
        )
        return
    ground, ink = _colour(style, "background-color"), _colour(style, "text-color")
    is_dark = _is_dark(ground) if ground else bool(ink) and not _is_dark(ink)
    ink = ink or ("#f5f5f5" if is_dark else "#1b1a17")
    ground = ground or ("#20201c" if is_dark else "#f4f2ec")
    inner = [
        f"pre.sourceCode {{ color: {ink}; background: {ground}; }}",
        f"pre.sourceCode span {{ {_PLAIN}; }}",
    ]
    tokens = style.get("text-styles")
    for kind, look in (tokens if isinstance(tokens, Mapping) else {}).items():
        declared = "; ".join(_declarations(look)) if isinstance(look, Mapping) else ""
        if declared and kind in _CLASSES:
            inner.append(f"pre.sourceCode .{_CLASSES[kind]} {{ {declared}; }}")
    media = {"light": _LIGHT, "dark": _DARK}.get(shade, "" if is_dark else _LIGHT)
    yield f"{media} {{ {' '.join(inner)} }}" if media else "\n".join(inner)


def _read(name: str, edition: Edition, root: Path) -> Mapping[str, object] | None:
    """Return a style by its name or its file; None if there is none. Raises for a file that may not
    be read.
    """
    if name in _OF_PANDOC:
        return _of_pandoc(name)
    if not name.endswith(_FILE):
        return None
    path = root / _path(name, edition)
    place = _place(edition, "syntax-highlighting")
    check_path(root, path, place)
    if not is_file(path):
        return None
    try:
        style = json.loads(readable_text(path))
    except ValueError:
        return None
    return style if isinstance(style, Mapping) else None


@cache
def _of_pandoc(name: str) -> Mapping[str, object]:
    command = [program(), "--print-highlight-style", name]
    answer = subprocess.run(command, capture_output=True, check=True, timeout=60)
    style: Mapping[str, object] = json.loads(answer.stdout)
    return style


def _declarations(look: Mapping[str, object]) -> Iterator[str]:
    if ink := _colour(look, "text-color"):
        yield f"color: {ink}"
    if ground := _colour(look, "background-color"):
        yield f"background: {ground}"
    if look.get("bold") is True:
        yield "font-weight: 700"
    if look.get("italic") is True:
        yield "font-style: italic"
    if look.get("underline") is True:
        yield "text-decoration: underline"


def _of_ground(
    key: str, value: bool | str | None, declaration: str, edition: Edition, notices: list[Notice]
) -> Iterator[str]:
    if value is None:
        return
    if isinstance(value, bool):
        standard = "var(--paper-tint)" if "bg" in key else "var(--rule)"
        yield f".prose pre {{ {declaration.format(standard if value else 'transparent')}; }}"
    elif _HEX.fullmatch(value):
        rule = f".prose pre {{ {declaration.format(value)}; }}"
        is_paper = "bg" in key
        media = (_DARK if _is_dark(value) else _LIGHT) if is_paper else ""
        yield f"{media} {{ {rule} }}" if media else rule
    else:
        notices.append(
            Notice(
                _place(edition, key),
                f"`{key}` is no colour such as `#f4f2ec`: {value}",
                "Write it with six digits, or `true` for the theme's.",
                topic="code-style",
            )
        )


def _place(edition: Edition, key: str) -> Place:
    return edition.source.front_matter.place((key,))


def _colour(style: Mapping[str, object], key: str) -> str:
    value = style.get(key)
    return value if isinstance(value, str) and _HEX.fullmatch(value) else ""


def _is_dark(colour: str) -> bool:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 128
