"""The styles that an output brings for itself, such as the colours of pandas' Styler, as a file of
CSS.

A page has no `<style>`, which its security policy would refuse. Rules stay that begin with the id of
an element of the output, and in them properties of text, colours, lines and spaces; nothing that
loads a file or leaves the output's place. They hold within cells alone, since another element of the
page may have the same id. The typeface is the page's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from broadsheet.text.html_tree import parsed

_WITHIN = ".cell"
"""The class of the elements in which outputs stand."""
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE = re.compile(r"[{};]")
_SELECTOR = re.compile(
    r"#([A-Za-z][\w-]*)"
    r"(?:[\w\s.#>*-]|::?(?:nth-[a-z-]+\([\w\s+-]*\)|(?:not|is|where)\([\w\s.#:>*-]*\)|[a-z-]++))*+",
    re.ASCII,
)
"""An element with an id, or elements in it; `+` and `~` would lead to those beside it."""
_PROPERTY = re.compile(
    r"(?:background-color|color|vertical-align|white-space|min-height|(?:min-|max-)?width"
    r"|font-(?:size|style|weight|variant[a-z-]*)|letter-spacing|line-height"
    r"|text-(?:align(?:-last)?|decoration(?:-[a-z]+)?|indent|transform|wrap)"
    r"|border(?!-image)(?:-[a-z-]+)?|padding(?:-[a-z]+)?|margin(?:-[a-z]+)?)"
)
_MOVING = re.compile(r"margin|text-indent|letter-spacing|vertical-align|line-height")
"""Properties that take content out of its place by a length below 0, or one that is computed."""
_MOVED = re.compile(r"\(|(?<![a-z])-")
_VALUE = re.compile(r"[\w\s.,%#()+!*/-]+", re.ASCII)
_FUNCTION = re.compile(r"([\w-]*)\(")
_FUNCTIONS = {
    *("", "calc", "clamp", "color", "color-mix", "hsl", "hsla", "hwb", "lab", "lch"),
    *("max", "min", "oklab", "oklch", "rgb", "rgba"),
}
"""The functions of lengths and colours; others load files, or read what else is on the page."""


def styles_of(html: str) -> str:
    """Return the CSS of an output's own styles; empty for none that a page may have."""
    if "<style" not in html.lower():
        return ""
    root = parsed(html)
    ids = {str(element.get("id")) for element in root.iter("*") if element.get("id")}
    written = "".join(element.text or "" for element in root.iter("style"))
    return "".join(
        f"{', '.join(selectors)} {{ {'; '.join(declared)} }}\n"
        for names, body in _rules(_COMMENT.sub("", written))
        if (selectors := list(_selectors(names, ids))) and (declared := list(_declared(body)))
    )


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Yield the selectors and the body of each rule, without those within another, such as
    `@media`.
    """
    depth, start, opens, is_nested = 0, 0, 0, False
    for match in _BRACE.finditer(css):
        if match[0] == "{":
            depth += 1
            opens, is_nested = (match.start(), False) if depth == 1 else (opens, True)
        elif match[0] == "}":
            depth = max(depth - 1, 0)
            if depth == 0:
                if opens >= start and not is_nested:
                    yield css[start:opens], css[opens + 1 : match.start()]
                start = match.end()
        elif depth == 0:
            start = match.end()


def _selectors(names: str, ids: Collection[str]) -> Iterator[str]:
    for name in names.split(","):
        match = _SELECTOR.fullmatch(name.strip())
        if match and match[1] in ids:
            yield f"{_WITHIN} {' '.join(name.split())}"


def _declared(body: str) -> Iterator[str]:
    for declaration in body.split(";"):
        name, _, value = (" ".join(part.split()) for part in declaration.partition(":"))
        if _PROPERTY.fullmatch(name.lower()) and _stays(name.lower(), value.lower()):
            yield f"{name}: {value}"


def _stays(name: str, value: str) -> bool:
    """True if a value loads nothing and leaves content in its place."""
    if not _VALUE.fullmatch(value) or not _FUNCTIONS.issuperset(_FUNCTION.findall(value)):
        return False
    return not (_MOVING.match(name) and _MOVED.search(value))
