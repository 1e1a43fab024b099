"""The parts of a drawing that are pictures of pixels: what plotly.js draws in space, large clouds
of points, smoothed heat maps, an author's own picture.

plotly.js puts them into its SVG as `data:` addresses, which a page under `default-src 'self'` does
not show. So each is a file beside the figure's others, named by its content, and a page has its
address.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable

_EMBEDDED = re.compile(
    r'(?P<before><image\b[^<>]*?)\b(?:xlink:)?href="data:image/(?P<kind>png|jpeg|webp);base64,(?P<data>[^"]*)"'
)


def files_of(drawing: str, data: str) -> dict[str, bytes]:
    """Return the pictures in a drawing of the figure whose JSON is at ``data``, by their paths."""
    return {
        _path(match, data): content
        for match in _EMBEDDED.finditer(drawing)
        if (content := _content(match["data"]))
    }


def linked(drawing: str, data: str, href: Callable[[str], str]) -> str:
    """Return the drawing with the addresses of these files, as ``href`` gives them, in place of
    them.
    """
    if ";base64," not in drawing:
        return drawing
    return _EMBEDDED.sub(
        lambda match: f'{match["before"]}href="{href(_path(match, data))}"', drawing
    )


def _path(match: re.Match[str], data: str) -> str:
    name = hashlib.sha256(match["data"].encode()).hexdigest()[:10]
    return f"{data.removesuffix('.json')}-{name}.{match['kind']}"


def _content(text: str) -> bytes:
    try:
        return base64.b64decode(re.sub(r"\s|&#\d+;", "", text))
    except (binascii.Error, ValueError):
        return b""
