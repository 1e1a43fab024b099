"""Measures the letters of the fonts that ship, for `plotly_alive.text.text_width`: run it when they change.

    .venv/bin/python scripts/letter_widths.py

needs fontTools, which is in the development environment. The widths are in thousandths of the
letters' size; letters of one width stand together.
"""

from __future__ import annotations

import json
from pathlib import Path

import fontpkg
from fontTools.ttLib import TTFont

OUTPUT = (
    Path(__file__).parents[1] / "packages/plotly-alive/src/plotly_alive/text/letter_widths.json"
)
FACES: dict[str, tuple[str, dict[str, float]]] = {
    "sans": ("source-sans-3", {"wght": 400}),
    "sans bold": ("source-sans-3", {"wght": 700}),
    "serif bold": ("source-serif-4", {"wght": 700, "opsz": 60}),
}
SCRIPTS = [range(0x20, 0x250), range(0x370, 0x530), range(0x1E00, 0x1F00), range(0x2010, 0x2200)]


def measured(family: str, axes: dict[str, float]) -> dict[str, str]:
    """The letters of a font by their width."""
    font = TTFont(fontpkg.path(family))
    names, glyphs = font.getBestCmap(), font.getGlyphSet(location=axes)
    unit = font["head"].unitsPerEm
    found: dict[str, str] = {}
    for code in (code for script in SCRIPTS for code in script if code in names):
        width = str(round(glyphs[names[code]].width * 1000 / unit))
        found[width] = found.get(width, "") + chr(code)
    return dict(sorted(found.items(), key=lambda item: int(item[0])))


if __name__ == "__main__":
    faces = {face: measured(family, axes) for face, (family, axes) in FACES.items()}
    OUTPUT.write_text(json.dumps(faces, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
