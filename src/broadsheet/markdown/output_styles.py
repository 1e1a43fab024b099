"""The styles that an output brings for itself, such as the colours of pandas' Styler, as a file of
CSS.

A page has no `<style>`, which its security policy would refuse. Rules stay that begin with the id of
an element of the output, and in them properties of text, colours, lines and spaces; nothing that
loads, hides, or leaves the output's place. The typeface is the page's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from broadsheet.text.html_tree import parsed

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE = re.compile(r"[{};]")
_SELECTOR = re.compile(r"#([A-Za-z][\w-]*)(?:[\w\s.#:>+~*()-]*)")
_PROPERTY = re.compile(
    r"(?:background-color|color|opacity|vertical-align|white-space|(?:min-|max-)?(?:width|height)"
    r"|font-(?:size|style|weight|variant[a-z-]*)|letter-spacing|line-height|text-[a-z-]+"
    r"|border(?:-[a-z-]+)?|padding(?:-[a-z]+)?|margin(?:-[a-z]+)?)"
)
_VALUE = re.compile(r"(?!.*\b(?:url|image|image-set|expression|attr|var|env)\b)[\w\s.,%#()+!/-]+")


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
            yield " ".join(name.split())


def _declared(body: str) -> Iterator[str]:
    for declaration in body.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if _PROPERTY.fullmatch(name.lower()) and _VALUE.fullmatch(value.lower()):
            yield f"{name}: {' '.join(value.split())}"
