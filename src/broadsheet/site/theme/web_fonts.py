"""The theme's own typefaces as files of a site, and the rules of CSS that load them.

`scripts/subset_fonts.py` makes the files from the packages of the typefaces, when the program is
set up or its wheel is built, and lists them in `fonts.json`. Where there are none, pages have the
typefaces of a reader's machine.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from broadsheet.project.settings.brand import Brand
from plotly_alive.text.json_decoding import decoder

FOLDER = Path(__file__).resolve().parents[2] / "theme" / "fonts"


class WebFont(msgspec.Struct, frozen=True):
    """A file of a typeface: some letters of one style, in some weights."""

    file: str
    """The file's name."""
    family: str
    """The name of the typeface."""
    style: str
    """The style, as in CSS."""
    weight: str
    """The weights, as in CSS."""
    letters: str
    """The ranges of its letters, as in CSS."""
    preload: bool
    """Each page needs it."""

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return (FOLDER / self.file).read_bytes()

    def rule(self, address: str) -> str:
        """Return the rule that loads it. What each page preloads is there when the page is first
        drawn, or not used for that page: no line of a text moves. Italics and rare letters come
        when they do.
        """
        display = "optional" if self.preload else "swap"
        return (
            f'@font-face {{ font-family: "{self.family}"; font-style: {self.style}; '
            f"font-weight: {self.weight}; font-display: {display}; unicode-range: {self.letters}; "
            f'src: url("{address}") format("woff2"); }}'
        )


def web_fonts(brand: Brand) -> list[WebFont]:
    """Return the files of the theme that are here, without those of a typeface that the brand
    replaces.
    """
    try:
        listed = (FOLDER / "fonts.json").read_bytes()
    except FileNotFoundError:
        return []
    fonts = decoder(list[WebFont]).decode(listed)
    is_replaced = brand.typography.base.family and brand.typography.headings.family
    return [font for font in fonts if not (is_replaced and "Serif" in font.family)]
