"""The colours and typefaces of a Quarto site, read from its Sass files and its metadata, as a brand
(:mod:`broadsheet.project.settings.brand`): the lines of `_brand.yml`, which both renderers read.

Only what is written out is read: `$primary: #1b6e5a`, or the name of another variable of the files.
What Bootstrap's own themes set, such as `cosmo`, is not in the site and is left out; so is a colour
in which text could not be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from broadsheet.project.project import Project
from broadsheet.project.settings.brand import FILES, READABLE
from broadsheet.project.settings.config import html_format
from broadsheet.storage.files import is_file, readable_text
from broadsheet.storage.yaml_text import one_or_more
from plotly_alive.chart_theme import PALETTE
from plotly_alive.drawing.paper import contrast

_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\w])//[^\n]*", re.DOTALL)
_VARIABLE = re.compile(r"^\s*\$([\w-]+)\s*:\s*([^;{}]+?)\s*(?:!default\s*)?;", re.MULTILINE)
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")
_NAMED = {"white": "#ffffff", "black": "#000000"}
_COLOURS = {
    "background": ("body-bg", "backgroundcolor"),
    "foreground": ("body-color", "fontcolor"),
    "primary": ("primary", "link-color", "linkcolor"),
    "secondary": ("secondary",),
}
"""The variables of Sass, and the keys of Quarto, that a colour of a brand comes from."""
_TYPEFACES = {
    "base": ("font-family-base", "font-family-sans-serif", "font-family-serif", "mainfont"),
    "headings": ("headings-font-family",),
    "monospace": ("font-family-monospace", "monofont"),
}
"""The same of the typefaces."""
_PAPER = {
    shade: (PALETTE["chart-paper"][at], PALETTE["chart-ink"][at])
    for at, shade in enumerate(("light", "dark"))
}
"""The theme's own paper and ink."""
_GENERIC = frozenset(
    [
        "serif",
        "sans-serif",
        "monospace",
        "cursive",
        "fantasy",
        "system-ui",
        "inherit",
        "-apple-system",
    ]
)


@dataclass(frozen=True)
class SassBrand:
    """The brand of a site, and what it lacks."""

    lines: str
    """The lines of `_brand.yml`."""
    sources: tuple[str, ...]
    """The files that it was read from."""
    left_out: tuple[str, ...]
    """Sentences about what was left out, with the reason."""


def sass_brand(project: Project) -> SassBrand | None:
    """Return the brand of a site; None for one that has a brand, or nothing that could be one."""
    data = project.text.data
    if "brand" in data or any(is_file(project.root / name) for name in FILES):
        return None
    sources, left_out = list[str](), list[str]()
    shades: dict[str, dict[str, str]] = {}
    typefaces: dict[str, str] = {}
    html = html_format(data)
    for shade, names in _themes(html.get("theme", data.get("theme"))):
        variables = {
            key: str(value)
            for layer in (data, html)
            for key, value in layer.items()
            if shade == "light" and key.isalpha() and isinstance(value, str)
        }
        for name in names:
            if name.endswith(".scss") and is_file(project.root / name.lstrip("/")):
                text = _COMMENT.sub("", readable_text(project.root / name.lstrip("/")))
                variables |= dict(_VARIABLE.findall(text))
                sources.append(name)
        colours = _colours(variables, shade, left_out)
        for role, colour in colours.items():
            shades.setdefault(role, {})[shade] = colour
        for role, family in _families(variables).items():
            typefaces.setdefault(role, family)
    if not shades and not typefaces:
        return None
    lines = [*_color_lines(shades), *_typography_lines(typefaces)]
    files = tuple(dict.fromkeys(sources)) or (project.text.where.file,)
    return SassBrand("\n".join(lines) + "\n", files, tuple(dict.fromkeys(left_out)))


def _themes(theme: object) -> Iterator[tuple[str, list[str]]]:
    """Yield the names and files of the theme for light and for dark pages."""
    sides = theme if isinstance(theme, Mapping) else {"light": theme}
    for shade in ("light", "dark"):
        if shade in sides:
            yield shade, [str(name) for name in one_or_more(sides[shade]) if name]


def _colours(variables: Mapping[str, str], shade: str, left_out: list[str]) -> dict[str, str]:
    """Return the colours by their roles in a brand, without those in which text could not be read."""
    colours: dict[str, str] = {}
    pages = f"On {shade} pages, "
    for role, names in _COLOURS.items():
        for name in names:
            if name not in variables or role in colours:
                continue
            if colour := _colour(variables, name):
                colours[role] = colour
            else:
                left_out.append(f"`{_shown(name)}` is computed, and only Sass knows its colour.")
    paper, ink = _PAPER[shade]
    if contrast(colours.get("foreground", ink), colours.get("background", paper)) < READABLE:
        left_out.append(
            f"{pages}text in the colours of `$body-bg` and `$body-color` is hard to read."
        )
        colours.pop("foreground", None)
        colours.pop("background", None)
    for role in ("primary", "secondary"):
        if role in colours and contrast(colours[role], colours.get("background", paper)) < READABLE:
            colour = colours.pop(role)
            if shade == "light":  # on dark pages, that of light ones is made lighter
                left_out.append(f"{pages}text in {colour}, the `{role}` colour, is hard to read.")
    return colours


def _colour(variables: Mapping[str, str], name: str) -> str:
    """Return the colour of a variable as `#rrggbb`; empty if it is not written out."""
    value = f"${name}"
    for _ in range(len(variables) + 1):
        if not value.startswith("$"):
            break
        value = variables.get(value[1:], "").strip().strip("\"'")
    value = _NAMED.get(value, value)
    if match := _RGB.fullmatch(value):
        return "#" + "".join(f"{min(255, int(part)):02x}" for part in match.groups())
    if not _HEX.fullmatch(value):
        return ""
    digits = value[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def _families(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the first family of each typeface, without those that a browser chooses."""
    families: dict[str, str] = {}
    for role, names in _TYPEFACES.items():
        for name in names:
            family = variables.get(name, "").split(",")[0].strip().strip("\"'")
            if re.fullmatch(r"[\w .+-]+", family) and family not in _GENERIC:
                families.setdefault(role, family)
    return families


def _color_lines(shades: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    if shades:
        yield "color:"
    for role, colours in shades.items():
        written = ", ".join(f'{shade}: "{colour}"' for shade, colour in colours.items())
        is_light = set(colours) == {"light"}
        yield f'  {role}: "{colours["light"]}"' if is_light else f"  {role}: {{{written}}}"


def _typography_lines(typefaces: Mapping[str, str]) -> Iterable[str]:
    names = [f"  {role}: {json.dumps(family)}" for role, family in typefaces.items()]
    return ["typography:", *names] if names else []


def _shown(name: str) -> str:
    return (
        name
        if name.isalpha() and name in ("backgroundcolor", "fontcolor", "linkcolor")
        else f"${name}"
    )
