"""A publication's own colours and typefaces (:mod:`broadsheet.project.settings.brand`) as rules of
CSS that follow those of the theme.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from broadsheet.project.settings.brand import READABLE, Brand
from plotly_alive.drawing.paper import contrast

_PROPERTIES = {
    "background": ("paper", "chart-paper"),
    "foreground": ("ink", "chart-ink", "rule-strong"),
    "primary": ("accent", "chart-1", "chart-1-text"),
    "secondary": ("chart-2", "chart-2-text"),
}
"""The custom properties of the theme that a colour of a brand sets."""
_FAMILIES = {"base": "serif", "headings": "headline", "monospace": "mono"}
"""The custom property that each typeface of a brand stands before."""
_DARK_PAPER, _LIGHT_INK = "#161613", "#ffffff"
_TINTED = 0.05
FORMATS = {".woff2": "woff2", ".woff": "woff", ".ttf": "truetype", ".otf": "opentype"}
"""The formats of fonts in CSS, by the suffixes of their files."""


def brand_css(brand: Brand, theme: str, address: Callable[[str], str]) -> str:
    """Return the rules of a brand. ``theme`` is the style sheet that they follow, ``address`` gives
    that of a font's file.
    """
    light = dict(_colours(brand, "light"))
    dark = dict(_colours(brand, "dark"))
    families = dict(_families(brand, theme))
    rules = [*_faces(brand, address)]
    if light or families:
        rules.append(f":root, [data-paper=light] {{{_declared(families | light)}}}")
    if dark:
        rules.append(f"@media (prefers-color-scheme: dark) {{ :root {{{_declared(dark)}}} }}")
    return "\n".join(rules)


def _declared(properties: dict[str, str]) -> str:
    return "".join(f" --{name}: {value};" for name, value in properties.items()) + " "


def _colours(brand: Brand, shade: str) -> Iterator[tuple[str, str]]:
    """Yield the properties for light or for dark pages. A colour that is given for light pages
    alone is made light enough to be read on dark ones; paper and ink are then the theme's.
    """
    paper = brand.color.colour(getattr(brand.color.background, shade), shade)
    ink = brand.color.colour(getattr(brand.color.foreground, shade), shade)
    for role, names in _PROPERTIES.items():
        shades = getattr(brand.color, role)
        colour = brand.color.colour(getattr(shades, shade), shade)
        chosen = brand.color.colour(shades.light)
        if colour is None and shade == "dark" and chosen and role in ("primary", "secondary"):
            colour = _readable(chosen, paper or _DARK_PAPER)
        if colour is not None:
            yield from ((name, colour) for name in names)
    if paper and ink:
        yield "paper-tint", _mixed(paper, ink, _TINTED)


def _families(brand: Brand, theme: str) -> Iterator[tuple[str, str]]:
    """Yield typefaces of the brand, before those of the theme, which serve until they are loaded."""
    for role, name in _FAMILIES.items():
        family = getattr(brand.typography, role).family
        fallback = re.search(rf"--{name}: ([^;]+);", theme)
        if family and fallback:
            yield name, f'"{family}", {fallback[1]}'


def _faces(brand: Brand, address: Callable[[str], str]) -> Iterator[str]:
    for font in brand.typography.fonts:
        for file in font.files if font.source == "file" else ():
            kind = FORMATS.get(Path(file.path).suffix.lower(), "woff2")
            yield (
                f'@font-face {{ font-family: "{font.family}"; font-weight: {file.weight}; '
                f"font-style: {file.style}; font-display: swap; "
                f'src: url("{address(file.path)}") format("{kind}"); }}'
            )


def _readable(colour: str, paper: str) -> str:
    """Return the colour, made lighter until text in it can be read on a dark ``paper``."""
    steps = (_mixed(colour, _LIGHT_INK, step / 20) for step in range(21))
    return next((one for one in steps if contrast(one, paper) >= READABLE), _LIGHT_INK)


def _mixed(colour: str, other: str, part: float) -> str:
    """Return a colour with so much of the other in it."""
    pairs = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one + (two - one) * part):02x}" for one, two in pairs)
